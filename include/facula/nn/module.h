// torch::nn::Module: a tree of named parameters, buffers and sub-modules that a program writes in C++, run operator by
// operator. (Modules loaded from archives are torch::jit::Module.) No gradients are recorded.
#pragma once

#include <cstdlib>
#include <functional>
#include <typeinfo>
#if defined(__GNUC__)
#include <cxxabi.h>
#endif

#include "facula/nn/ordered_dict.h"

namespace facula {
namespace serialize {
class OutputArchive;
class InputArchive;
}  // namespace serialize

namespace nn {

class Module;
struct ModuleHolderBase {};
template <class T>
inline constexpr bool is_module = std::is_base_of_v<Module, std::decay_t<T>>;
template <class T>
inline constexpr bool is_module_holder = std::is_base_of_v<ModuleHolderBase, std::decay_t<T>>;

namespace detail {
inline std::string class_name(const std::type_info& t) {
#if defined(__GNUC__)
  int status = 0;
  if (char* text = ::abi::__cxa_demangle(t.name(), nullptr, nullptr, &status)) {
    std::string s(text);
    std::free(text);
    return s;
  }
#endif
  return t.name();
}
}  // namespace detail

class Module : public std::enable_shared_from_this<Module> {
 public:
  using ModuleApplyFunction = std::function<void(Module&)>;
  using NamedModuleApplyFunction = std::function<void(const std::string&, Module&)>;
  using ModulePointerApplyFunction = std::function<void(const std::shared_ptr<Module>&)>;

  explicit Module(std::string name) : name_(std::move(name)) {}
  Module() = default;
  Module(const Module&) = default;
  Module& operator=(const Module&) = default;
  Module(Module&&) = default;
  Module& operator=(Module&&) = default;
  virtual ~Module() = default;

  const std::string& name() const {
    if (!name_) name_ = detail::class_name(typeid(*this));
    return *name_;
  }

  // --- the tree: a module, then its children, names joined by dots ---
  std::vector<Tensor> parameters(bool recurse = true) const { return named_parameters(recurse).values(); }
  OrderedDict<std::string, Tensor> named_parameters(bool recurse = true) const {
    return collect<Tensor>("Parameter", recurse, [](const Module& m) -> auto& { return m.parameters_; });
  }
  std::vector<Tensor> buffers(bool recurse = true) const { return named_buffers(recurse).values(); }
  OrderedDict<std::string, Tensor> named_buffers(bool recurse = true) const {
    return collect<Tensor>("Buffer", recurse, [](const Module& m) -> auto& { return m.buffers_; });
  }
  std::vector<std::shared_ptr<Module>> modules(bool include_self = true) const {
    return named_modules({}, include_self).values();
  }
  OrderedDict<std::string, std::shared_ptr<Module>> named_modules(const std::string& prefix = {},
                                                                  bool include_self = true) const {
    OrderedDict<std::string, std::shared_ptr<Module>> all("Module");
    if (include_self) all.insert(prefix, self());
    walk(prefix, [&](const std::string& path, const std::shared_ptr<Module>& m) { all.insert(path, m); });
    return all;
  }
  std::vector<std::shared_ptr<Module>> children() const { return children_.values(); }
  OrderedDict<std::string, std::shared_ptr<Module>> named_children() const { return children_; }

  void apply(const ModuleApplyFunction& fn) {
    fn(*this);
    walk({}, [&](const std::string&, const std::shared_ptr<Module>& m) { fn(*m); });
  }
  void apply(const NamedModuleApplyFunction& fn, const std::string& prefix = {}) {
    fn(prefix, *this);
    walk(prefix, [&](const std::string& path, const std::shared_ptr<Module>& m) { fn(path, *m); });
  }
  void apply(const ModulePointerApplyFunction& fn) const {
    fn(self());
    walk({}, [&](const std::string&, const std::shared_ptr<Module>& m) { fn(m); });
  }

  // --- state ---
  virtual void train(bool on = true) {
    for (auto& c : children_) c.value()->train(on);
    training_ = on;
  }
  void eval() { train(false); }
  bool is_training() const noexcept { return training_; }
  virtual void to(Device device, ScalarType dtype, bool non_blocking = false) {
    to_all([&](const Tensor& t) { return t.to(device, t.is_floating_point() ? dtype : t.scalar_type(), non_blocking); });
  }
  virtual void to(ScalarType dtype, bool non_blocking = false) {
    to_all([&](const Tensor& t) { return t.is_floating_point() ? t.to(dtype, non_blocking) : t; });
  }
  virtual void to(Device device, bool non_blocking = false) {
    to_all([&](const Tensor& t) { return t.to(TensorOptions(device), non_blocking); });
  }
  virtual void zero_grad(bool = true) {}
  virtual std::shared_ptr<Module> clone(const std::optional<Device>& = std::nullopt) const {
    fail("clone() has not been implemented for " + name() +
         ". Subclass torch::nn::Cloneable<" + name() + "> instead of torch::nn::Module to inherit the ability to clone.");
  }

  // What torch::save and torch::load do with the module; in serialize.h.
  virtual void save(serialize::OutputArchive& archive) const;
  virtual void load(serialize::InputArchive& archive);
  virtual bool is_serializable() const { return true; }

  virtual void pretty_print(std::ostream& out) const { out << name(); }
  friend std::ostream& operator<<(std::ostream& out, const Module& m) {
    m.print_tree(out, "");
    return out;
  }

  // as<Linear>() and as<LinearImpl>(): null if the module is another.
  template <class T>
  auto as() noexcept {
    if constexpr (is_module_holder<T>) return dynamic_cast<typename T::ContainedType*>(this);
    else return dynamic_cast<T*>(this);
  }
  template <class T>
  auto as() const noexcept {
    if constexpr (is_module_holder<T>) return dynamic_cast<const typename T::ContainedType*>(this);
    else return dynamic_cast<const T*>(this);
  }

  // --- making the tree ---
  Tensor& register_parameter(std::string name, Tensor v, bool requires_grad = true) {
    check_name("Parameter", name);
    if (v.defined()) v.set_requires_grad(requires_grad);
    return parameters_.insert(std::move(name), std::move(v));
  }
  Tensor& register_buffer(std::string name, Tensor v) {
    check_name("Buffer", name);
    return buffers_.insert(std::move(name), std::move(v));
  }
  template <class M>
  std::shared_ptr<M> register_module(std::string name, std::shared_ptr<M> m) {
    check_name("Submodule", name);
    return std::dynamic_pointer_cast<M>(children_.insert(std::move(name), std::shared_ptr<Module>(std::move(m))));
  }
  template <class H, std::enable_if_t<is_module_holder<H>, int> = 0>
  std::shared_ptr<typename H::ContainedType> register_module(std::string name, H holder) {
    return register_module(std::move(name), holder.ptr());
  }
  template <class M>
  std::shared_ptr<M> replace_module(const std::string& name, std::shared_ptr<M> m) {
    children_[name] = m;
    return m;
  }
  template <class H, std::enable_if_t<is_module_holder<H>, int> = 0>
  std::shared_ptr<typename H::ContainedType> replace_module(const std::string& name, H holder) {
    return replace_module(name, holder.ptr());
  }
  void unregister_module(const std::string& name) {
    if (!children_.contains(name)) fail("No Module with name `" + name + "` is registered");
    children_.erase(name);
  }

 protected:
  template <class Derived>
  friend class Cloneable;
  virtual void clone_(Module&, const std::optional<Device>&) {}

  OrderedDict<std::string, Tensor> parameters_{"Parameter"};
  OrderedDict<std::string, Tensor> buffers_{"Buffer"};
  OrderedDict<std::string, std::shared_ptr<Module>> children_{"Submodule"};

 private:
  static void check_name(const char* what, const std::string& name) {
    if (name.empty()) fail(std::string(what) + " name must not be empty");
    if (name.find('.') != std::string::npos) fail(std::string(what) + " name must not contain a dot (got '" + name + "')");
  }
  std::shared_ptr<Module> self() const {
    auto p = const_cast<Module*>(this)->weak_from_this().lock();
    if (!p)
      fail("It looks like you attempted to retrieve your top-level module as a shared_ptr, but it is not stored in a "
           "shared_ptr. Use std::make_shared<" + name() + "> instead of creating your module on the stack, or alternatively "
           "do not try to access your top-level module at all by passing /*include_self=*/false to modules() or named_modules()");
    return p;
  }
  template <class F>
  void walk(const std::string& prefix, const F& fn) const {
    for (const auto& c : children_) {
      const std::string path = prefix.empty() ? c.key() : prefix + "." + c.key();
      fn(path, c.value());
      c.value()->walk(path, fn);
    }
  }
  template <class T, class Get>
  OrderedDict<std::string, T> collect(const char* what, bool recurse, const Get& get) const {
    OrderedDict<std::string, T> all(what);
    for (const auto& p : get(*this))
      if (p.value().defined()) all.insert(p.key(), p.value());
    if (recurse)
      walk({}, [&](const std::string& path, const std::shared_ptr<Module>& m) {
        for (const auto& p : get(*m))
          if (p.value().defined()) all.insert(path + "." + p.key(), p.value());
      });
    return all;
  }
  template <class F>
  void to_all(const F& change) {
    for (auto& c : children_) c.value()->to_all(change);
    for (auto* set : {&parameters_, &buffers_})
      for (auto& p : *set)
        if (p.value().defined()) p.value().set_data(change(p.value()));
  }
  void print_tree(std::ostream& out, const std::string& indent) const {
    pretty_print(out);
    if (children_.is_empty()) return;
    out << "(\n";
    for (const auto& c : children_) {
      out << indent << "  (" << c.key() << "): ";
      c.value()->print_tree(out, indent + "  ");
      out << '\n';
    }
    out << indent << ')';
  }

  mutable std::optional<std::string> name_;
  bool training_ = true;
};

// clone() for a class whose reset() makes its parameters, buffers and sub-modules.
template <class Derived>
class Cloneable : public Module {
 public:
  using Module::Module;
  virtual void reset() = 0;
  std::shared_ptr<Module> clone(const std::optional<Device>& device = std::nullopt) const override {
    const auto copy = std::make_shared<Derived>(static_cast<const Derived&>(*this));
    copy->parameters_.clear();
    copy->buffers_.clear();
    copy->children_.clear();
    copy->reset();
    if (copy->parameters_.size() != parameters_.size() || copy->buffers_.size() != buffers_.size() ||
        copy->children_.size() != children_.size())
      fail("The cloned module does not have the same number of parameters, buffers or child modules as the original module "
           "after calling reset(). Are you sure you called register_parameter(), register_buffer() and register_module() inside "
           "reset() and not the constructor?");
    const auto copied = [&](const Tensor& t) { return device ? t.to(TensorOptions(*device), false, true) : t.clone(); };
    for (const auto& p : parameters_)
      if (p.value().defined()) copy->parameters_[p.key()].set_data(copied(p.value()));
    for (const auto& p : buffers_)
      if (p.value().defined()) copy->buffers_[p.key()].set_data(copied(p.value()));
    for (const auto& c : children_) copy->children_[c.key()]->clone_(*c.value(), device);
    copy->train(is_training());
    return copy;
  }

 private:
  // Takes over the contents of a module of the same class, in place: others hold pointers to this one.
  void clone_(Module& other, const std::optional<Device>& device) final {
    const auto made = std::dynamic_pointer_cast<Derived>(other.clone(device));
    if (!made) fail("Attempted to clone submodule, but it is of a different type than the submodule it was to be cloned into");
    static_cast<Derived&>(*this) = *made;
  }
};

// What a program holds: `struct NetImpl : Module {...}; TORCH_MODULE(Net);` makes Net a pointer with NetImpl's constructors.
template <class Contained>
class ModuleHolder : public ModuleHolderBase {
 public:
  using ContainedType = Contained;
  ModuleHolder() : impl_(make_default()) {}
  ModuleHolder(std::nullptr_t) {}
  template <class Head, class... Tail,
            std::enable_if_t<!(is_module_holder<Head> && sizeof...(Tail) == 0 && std::is_base_of_v<ModuleHolder, std::decay_t<Head>>) &&
                                 !std::is_same_v<std::decay_t<Head>, std::shared_ptr<Contained>>,
                             int> = 0>
  explicit ModuleHolder(Head&& head, Tail&&... tail)
      : impl_(new Contained(std::forward<Head>(head), std::forward<Tail>(tail)...)) {}
  ModuleHolder(std::shared_ptr<Contained> m) : impl_(std::move(m)) {}

  explicit operator bool() const noexcept { return impl_ != nullptr; }
  bool is_empty() const noexcept { return impl_ == nullptr; }
  Contained* operator->() { return get(); }
  const Contained* operator->() const { return get(); }
  Contained& operator*() { return *get(); }
  const Contained& operator*() const { return *get(); }
  const std::shared_ptr<Contained>& ptr() const {
    check();
    return impl_;
  }
  Contained* get() {
    check();
    return impl_.get();
  }
  const Contained* get() const {
    check();
    return impl_.get();
  }
  template <class... A, class C = Contained>
  auto operator()(A&&... args) -> decltype(std::declval<C&>().forward(std::forward<A>(args)...)) {
    return get()->forward(std::forward<A>(args)...);
  }
  friend std::ostream& operator<<(std::ostream& out, const ModuleHolder& m) { return out << *m; }

 protected:
  std::shared_ptr<Contained> impl_;

 private:
  static std::shared_ptr<Contained> make_default() {
    if constexpr (std::is_default_constructible_v<Contained>) return std::make_shared<Contained>();
    else return nullptr;
  }
  void check() const {
    if (!impl_) fail("Accessing empty ModuleHolder");
  }
};

#define TORCH_MODULE_IMPL(Name, ImplType)                         \
  class Name : public ::facula::nn::ModuleHolder<ImplType> {      \
   public:                                                        \
    using ::facula::nn::ModuleHolder<ImplType>::ModuleHolder;     \
    using Impl = ImplType;                                        \
  }
#define TORCH_MODULE(Name) TORCH_MODULE_IMPL(Name, Name##Impl)

}  // namespace nn
}  // namespace facula
