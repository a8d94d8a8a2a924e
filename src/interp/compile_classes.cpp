// Classes of the user's own that are no modules: what `__init__` assigns are the attributes, methods compile as they are asked for.
#include "interp/compile.h"

namespace fac::interp {

namespace {

// Methods that the language calls by itself: nobody asks for them by name.
constexpr std::string_view kCalledByTheLanguage[] = {
    "__add__", "__and__", "__call__", "__contains__", "__delitem__", "__enter__", "__eq__", "__exit__", "__floordiv__", "__ge__", "__getitem__",
    "__gt__", "__invert__", "__le__", "__len__", "__lshift__", "__lt__", "__matmul__", "__mod__", "__mul__", "__ne__", "__neg__", "__or__",
    "__pow__", "__rshift__", "__setitem__", "__sub__", "__truediv__", "__xor__"};

}  // namespace

Result<TypePtr> Compiler::plain_class(Class& c, std::string name) {
  const bool is_ours = c.tree && c.tree->file->name().starts_with("<facula>");
  if (c.layout != fac::interp::Layout::kObject || !c.def || is_ours) return TypePtr();
  if (const Ref<Module> m = in_.find_module("torch.nn.modules.module"); m && m->attrs)
    if (const Value* module = m->attrs->find("Module"); module && c.is_subclass_of(as<Class>(*module))) return TypePtr();

  auto made = std::make_unique<ModuleInfo>();
  ModuleInfo& info = *made;
  info.cls = &c;
  info.type = make_ref<ClassType>(std::move(name), false);
  info.sample = value_of(Ref<Obj>(&c));
  const TypePtr type = info.type;
  FACULA_TRY_VOID(unit_->add_type(type));
  classes_[&c] = type;
  by_type_[info.type.get()] = &info;
  by_key_["class " + std::to_string(reinterpret_cast<std::uintptr_t>(&c))] = std::move(made);
  auto filled = fill_class(info);
  if (filled.ok()) return type;
  // What was declared is never reached; nor may it be compiled.
  classes_[&c] = TypePtr();
  for (Callable* f : info.type->methods()) abandoned_.insert(f);
  return filled.take_error();
}

Status Compiler::fill_class(ModuleInfo& info) {
  Class& c = *info.cls;
  for (auto base = c.mro.rbegin(); dialect_ == script::Dialect::kEveryday && base != c.mro.rend(); ++base) {
    const Value* annotations = (*base)->members->find("__annotations__");
    const Dict* declared = annotations ? as<Dict>(*annotations) : nullptr;
    if (!declared) continue;
    for (const auto& [k, annotation] : declared->items()) {
      if (!k.is_str() || (*base)->members->find(k.str()) || info.type->find_attribute(k.str())) continue;
      FACULA_TRY(TypePtr t, annotation_type(annotation));
      if (t) info.type->add_attribute({k.str(), std::move(t), false, false});
      if (t && attributes_) attributes_->fix(info.type->name(), k.str());
    }
  }
  if (c.find("__dataclass_fields__")) FACULA_TRY_VOID(dataclass_methods(c));
  if (const Value* init = method_of(c, "__init__"))
    if (Function* fn = as<Function>(*init)) {
      FACULA_TRY(ir::Function* f, method(info, "__init__", *fn));
      if (auto g = f->graph(); !g.ok()) return g.take_error();
    }
  for (const std::string_view name : kCalledByTheLanguage)
    if (const Value* member = method_of(c, name))
      if (Function* fn = as<Function>(*member); fn && !(fn->module && fn->module->name == "dataclasses")) {
        FACULA_TRY(const ir::Function* f, method(info, std::string(name), *fn));
        (void)f;
      }
  return declare_for_interfaces(info);
}

const Value* Compiler::method_of(const Class& c, std::string_view name) const {
  if (const auto made = made_methods_.find(&c); made != made_methods_.end())
    if (const auto it = made->second.find(std::string(name)); it != made->second.end()) return &it->second;
  return c.find(name);
}

// An object that __init__ of a module has made.
Result<std::optional<Value>> Compiler::convert_object(const Value& v, const ClassType& type) {
  using Out = std::optional<Value>;
  const Instance* instance = as<Instance>(v);
  const auto known = instance ? classes_.find(instance->cls.get()) : classes_.end();
  if (known == classes_.end() || known->second.get() != &type) return Out();
  const Obj* o = fac::interp::object(v);
  if (const auto it = objects_.find(o); it != objects_.end()) return Out(it->second);
  auto box = make_ref<ObjectBox>(Ref<const ClassType>(&type), unit_);
  box->slots.resize(type.attributes().size());
  objects_[o] = Value(box);
  for (std::size_t i = 0; i < type.attributes().size(); ++i) {
    const auto& a = type.attributes()[i];
    FACULA_TRY(const Value value, in_.get_attr(v, a.name));
    FACULA_TRY(auto c, convert(value, a.type));
    if (!c) return Out();
    box->slots[i] = std::move(*c);
  }
  return Out(Value(std::move(box)));
}

}  // namespace fac::interp
