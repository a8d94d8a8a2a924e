// torch::save and torch::load for C++ modules and tensors. The files are archives of a module with nothing but attributes,
// as libtorch writes them: either library reads the other's.
#pragma once

#include "facula/nn/module.h"

namespace facula {
namespace serialize {

class OutputArchive {
 public:
  OutputArchive() : module_("__torch__.Module") {}
  void write(const std::string& key, const Tensor& v, bool is_buffer = false) { module_.register_parameter(key, v, is_buffer); }
  void write(const std::string& key, const IValue& v) { module_.register_attribute(key, nullptr, v); }
  void write(const std::string& key, OutputArchive& nested) { module_.register_module(key, nested.module_); }
  template <class Target>
  void save_to(Target&& target) {
    module_.save(std::forward<Target>(target));
  }
  template <class... A>
  void operator()(A&&... args) {
    write(std::forward<A>(args)...);
  }

 private:
  jit::Module module_;
};

class InputArchive {
 public:
  InputArchive() = default;
  // False where there is nothing of that name.
  bool try_read(const std::string& key, IValue& v) {
    if (!module_.hasattr(key)) return false;
    v = module_.attr(key);
    return true;
  }
  // Into the tensor that is there, if there is one: others share it.
  bool try_read(const std::string& key, Tensor& t, bool = false) {
    IValue v;
    if (!try_read(key, v) || !v.isTensor()) return false;
    const Tensor read = v.toTensor();
    if (t.defined()) t.set_data(read.device() == t.device() ? read : read.to(TensorOptions(t.device())));
    else t = read;
    return true;
  }
  bool try_read(const std::string& key, InputArchive& nested) {
    IValue v;
    if (!try_read(key, v) || !v.isModule()) return false;
    nested.module_ = v.toModule();
    nested.path_ = path_ + key + ".";
    return true;
  }
  void read(const std::string& key, Tensor& t, bool is_buffer = false) {
    if (!try_read(key, t, is_buffer)) fail("No such serialized tensor '" + path_ + key + "'");
  }
  void read(const std::string& key, IValue& v) {
    if (!try_read(key, v)) fail("No such serialized IValue '" + path_ + key + "'");
  }
  void read(const std::string& key, InputArchive& nested) {
    if (!try_read(key, nested)) fail("No such serialized submodule: '" + path_ + key + "'");
  }
  std::vector<std::string> keys() {
    std::vector<std::string> names;
    for (const auto& a : module_.named_attributes(false)) names.push_back(a.name);
    return names;
  }
  template <class... A>
  void load_from(A&&... args) {
    module_ = jit::load(std::forward<A>(args)...);
  }
  template <class... A>
  void operator()(A&&... args) {
    read(std::forward<A>(args)...);
  }

 private:
  jit::Module module_;
  std::string path_;
};

}  // namespace serialize

namespace nn {
inline void Module::save(serialize::OutputArchive& archive) const {
  for (const auto& p : named_parameters(false)) archive.write(p.key(), p.value());
  for (const auto& b : named_buffers(false)) archive.write(b.key(), b.value(), true);
  for (const auto& c : children_) {
    if (!c.value()->is_serializable()) continue;
    serialize::OutputArchive nested;
    c.value()->save(nested);
    archive.write(c.key(), nested);
  }
}
inline void Module::load(serialize::InputArchive& archive) {
  for (auto& p : named_parameters(false)) archive.read(p.key(), p.value());
  for (auto& b : named_buffers(false)) archive.read(b.key(), b.value(), true);
  for (auto& c : children_) {
    if (!c.value()->is_serializable()) continue;
    serialize::InputArchive nested;
    archive.read(c.key(), nested);
    c.value()->load(nested);
  }
}

inline serialize::OutputArchive& operator<<(serialize::OutputArchive& archive, const std::shared_ptr<Module>& m) {
  if (!m) fail("Cannot serialize empty module");
  m->save(archive);
  return archive;
}
inline serialize::InputArchive& operator>>(serialize::InputArchive& archive, const std::shared_ptr<Module>& m) {
  if (!m) fail("Cannot deserialize empty module");
  m->load(archive);
  return archive;
}
template <class Contained>
serialize::OutputArchive& operator<<(serialize::OutputArchive& archive, const ModuleHolder<Contained>& m) {
  m->save(archive);
  return archive;
}
template <class Contained>
serialize::InputArchive& operator>>(serialize::InputArchive& archive, ModuleHolder<Contained>& m) {
  m->load(archive);
  return archive;
}
}  // namespace nn

inline serialize::OutputArchive& operator<<(serialize::OutputArchive& archive, const Tensor& t) {
  archive.write("0", t);
  return archive;
}
inline serialize::InputArchive& operator>>(serialize::InputArchive& archive, Tensor& t) {
  archive.read("0", t);
  return archive;
}

// A module or its holder, to a path or stream. (Tensors: facula/module.h.)
template <class T, class... To, class = std::enable_if_t<!std::is_same_v<T, Tensor>>>
void save(const T& v, To&&... to) {
  serialize::OutputArchive archive;
  archive << v;
  archive.save_to(std::forward<To>(to)...);
}
template <class T, class... From, class = std::enable_if_t<!std::is_same_v<T, Tensor>>>
void load(T& v, From&&... from) {
  serialize::InputArchive archive;
  archive.load_from(std::forward<From>(from)...);
  archive >> v;
}

}  // namespace facula
