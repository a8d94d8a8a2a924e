// Reading and changing the state of modules.
#include <set>
#include <unordered_map>

#include "module/module.h"
#include "ops/copy.h"

namespace fac {

Result<Value> get_attr(const ObjectBox& object, std::string_view name) {
  if (const Value* v = object.find(name)) return *v;
  if (const Value* c = object.type().find_constant(name)) return *c;
  return runtime_error("'{}' object has no attribute '{}'", object.type().name(), name);
}

Status set_attr(ObjectBox& object, std::string_view name, Value v) {
  const auto slot = object.type().find_attribute(name);
  FACULA_CHECK(slot.has_value(), "'{}' object has no attribute '{}'", object.type().name(), name);
  const auto& type = object.type().attributes()[*slot].type;
  FACULA_CHECK(value_matches(v, *type), "Expected a value of type '{}' for attribute '{}' but found type '{}'",
               type->annotation(), name, type_of(v)->annotation());
  object.slots[*slot] = std::move(v);
  object.bump_version();
  return {};
}

std::vector<NamedModule> named_modules(const Ref<ObjectBox>& root) {
  std::vector<NamedModule> out;
  std::set<const ObjectBox*> seen;
  // A work list, since the depth of a stranger's module tree is not ours to trust to the stack.
  std::vector<NamedModule> work{{"", root}};
  while (!work.empty()) {
    NamedModule m = std::move(work.back());
    work.pop_back();
    if (!seen.insert(m.module.get()).second) continue;
    const auto& attributes = m.module->type().attributes();
    for (std::size_t i = attributes.size(); i-- > 0;) {
      const Value& v = m.module->slots[i];
      if (v.is_object() && v.object().type().is_module())
        work.push_back({m.name.empty() ? attributes[i].name : m.name + "." + attributes[i].name,
                        Ref<ObjectBox>(&v.object())});
    }
    out.push_back(std::move(m));
  }
  return out;
}

std::vector<NamedTensor> named_tensors(const Ref<ObjectBox>& root) {
  std::vector<NamedTensor> out;
  for (const auto& m : named_modules(root)) {
    const auto& attributes = m.module->type().attributes();
    for (std::size_t i = 0; i < attributes.size(); ++i) {
      if (!attributes[i].is_parameter && !attributes[i].is_buffer) continue;
      if (!m.module->slots[i].is_tensor()) continue;
      out.push_back({m.name.empty() ? attributes[i].name : m.name + "." + attributes[i].name,
                     m.module->slots[i].tensor(), attributes[i].is_parameter});
    }
  }
  return out;
}

Status train(const Ref<ObjectBox>& root, bool on) {
  for (const auto& m : named_modules(root))
    if (const auto slot = m.module->type().find_attribute("training")) {
      m.module->slots[*slot] = Value(on);
      m.module->bump_version();
    }
  return {};
}

bool is_training(const ObjectBox& module) {
  const Value* v = module.find("training");
  return v && v->is_bool() && v->b();
}

Status to_dtype(const Ref<ObjectBox>& root, DType dtype) {
  FACULA_CHECK(is_floating(dtype) || is_complex(dtype), "nn.Module.to only accepts floating point or complex dtypes, but got desired dtype={}",
               dtype_python(dtype));
  std::unordered_map<const TensorImpl*, Tensor> done;  // shared tensors stay shared
  for (const auto& m : named_modules(root)) {
    const auto& attributes = m.module->type().attributes();
    bool changed = false;
    for (std::size_t i = 0; i < attributes.size(); ++i) {
      Value& slot = m.module->slots[i];
      if ((!attributes[i].is_parameter && !attributes[i].is_buffer) || !slot.is_tensor()) continue;
      const Tensor t = slot.tensor();
      if (!is_floating(t.dtype()) || t.dtype() == dtype) continue;
      auto it = done.find(t.impl());
      if (it == done.end()) {
        FACULA_TRY(Tensor c, cast(t, dtype));
        c.impl()->requires_grad = t.impl()->requires_grad;
        c.impl()->is_parameter = t.impl()->is_parameter;
        it = done.emplace(t.impl(), std::move(c)).first;
      }
      slot = Value(it->second);
      changed = true;
    }
    if (changed) m.module->bump_version();
  }
  return {};
}

namespace {

// Copies what a module owns. Objects met twice stay one; with `tensors`, storages are copied as well.
class Cloner {
 public:
  explicit Cloner(bool tensors) : tensors_(tensors) {}

  Result<Value> copy(const Value& v) {
    if (++depth_ > 10000) return error(ErrorKind::kLimit, "a module is nested too deeply to be copied");
    struct Leave {
      int& d;
      ~Leave() { --d; }
    } leave{depth_};
    switch (v.tag()) {
      case Tag::kTensor: return tensor(v);
      case Tag::kObject: return object(v.object());
      case Tag::kList: {
        if (auto it = done_.find(v.box_ptr()); it != done_.end()) return it->second;
        auto list = make_ref<ListBox>(v.list().element_type());
        done_.emplace(v.box_ptr(), Value(list));
        for (const Value& item : v.list().to_values()) {
          FACULA_TRY(Value c, copy(item));
          list->append(std::move(c));
        }
        return Value(std::move(list));
      }
      case Tag::kDict: {
        if (auto it = done_.find(v.box_ptr()); it != done_.end()) return it->second;
        auto dict = make_ref<DictBox>(v.dict().key_type(), v.dict().value_type());
        done_.emplace(v.box_ptr(), Value(dict));
        for (const auto& [key, item] : v.dict().items()) {
          FACULA_TRY(Value c, copy(item));
          dict->set(key, std::move(c));
        }
        return Value(std::move(dict));
      }
      case Tag::kTuple: {
        std::vector<Value> items;
        for (const Value& item : v.tuple().values) {
          FACULA_TRY(Value c, copy(item));
          items.push_back(std::move(c));
        }
        return Value(make_ref<TupleBox>(std::move(items), v.tuple().type));
      }
      default: return v;
    }
  }

  Result<Value> object(ObjectBox& o) {
    if (auto it = done_.find(&o); it != done_.end()) return it->second;
    auto fresh = make_ref<ObjectBox>(o.type_ref(), o.owner());
    done_.emplace(&o, Value(fresh));
    for (std::size_t i = 0; i < o.slots.size(); ++i) {
      FACULA_TRY(fresh->slots[i], copy(o.slots[i]));
    }
    return Value(std::move(fresh));
  }

 private:
  Result<Value> tensor(const Value& v) {
    if (!tensors_) return v;
    if (auto it = done_.find(v.box_ptr()); it != done_.end()) return it->second;
    const Tensor t = v.tensor();
    FACULA_TRY(Tensor c, clone(t));
    c.impl()->requires_grad = t.impl()->requires_grad;
    c.impl()->is_parameter = t.impl()->is_parameter;
    done_.emplace(v.box_ptr(), Value(c));
    return Value(std::move(c));
  }

  const bool tensors_;
  int depth_ = 0;
  std::unordered_map<const RefCounted*, Value> done_;
};

}  // namespace

Result<Ref<ObjectBox>> clone_module(const Ref<ObjectBox>& root, bool copy_tensors) {
  Cloner cloner(copy_tensors);
  FACULA_TRY(Value v, cloner.object(*root));
  return Ref<ObjectBox>(&v.object());
}

}  // namespace fac
