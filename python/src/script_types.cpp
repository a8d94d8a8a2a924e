// TorchScript types as Python objects, and the making of classes.
#include <map>

#include "frontend/script/schema_from_tree.h"
#include "script.h"
#include "values.h"

namespace fac::python {
namespace {

std::map<const Type*, script::ModuleContainer>& containers() {
  static auto* c = new std::map<const Type*, script::ModuleContainer>;
  return *c;
}

TypeHandle handle(TypePtr t) { return {std::move(t)}; }
std::vector<TypePtr> plain(const std::vector<TypeHandle>& list) {
  std::vector<TypePtr> out;
  for (const auto& h : list) out.push_back(h.type);
  return out;
}

ClassType& class_of(const TypeHandle& t) {
  const ClassType* c = as_class(t.type);
  if (!c) raise(*error(ErrorKind::kType, "`{}` is no class", t.type->annotation()));
  // The package makes its classes itself and completes them before anything else sees them.
  return const_cast<ClassType&>(*c);
}

constexpr std::pair<std::string_view, TypeKind> kSimple[] = {
    {"Any", TypeKind::kAny}, {"Tensor", TypeKind::kTensor}, {"int", TypeKind::kInt}, {"float", TypeKind::kFloat},
    {"bool", TypeKind::kBool}, {"complex", TypeKind::kComplex}, {"number", TypeKind::kNumber}, {"None", TypeKind::kNone},
    {"str", TypeKind::kStr}, {"Device", TypeKind::kDevice}, {"Generator", TypeKind::kGenerator},
    {"Storage", TypeKind::kStorage}, {"Stream", TypeKind::kStream}, {"PyObject", TypeKind::kPyObject}};

}  // namespace

const script::ModuleContainer* container_of(const ClassType& cls) {
  const auto found = containers().find(&cls);
  return found == containers().end() ? nullptr : &found->second;
}

void bind_script_types(nb::module_& m) {
  m.def("type_name", [](const TypeHandle& t) { return t.type->name(); });
  m.def("annotation", [](const TypeHandle& t) { return t.type->annotation(); });
  m.def("is_class", [](const TypeHandle& t) { return as_class(t.type) != nullptr; });
  m.def("is_interface", [](const TypeHandle& t) { return as_interface(t.type) != nullptr; });
  m.def("is_module", [](const TypeHandle& t) {
    const ClassType* c = as_class(t.type);
    const InterfaceType* i = as_interface(t.type);
    return (c && c->is_module()) || (i && i->is_module());
  });
  m.def("is_tensor", [](const TypeHandle& t) { return t.type->kind() == TypeKind::kTensor; });
  m.def("elements", [](const TypeHandle& t) {
    std::vector<TypeHandle> out;
    for (const auto& e : t.type->elements()) out.push_back(handle(e));
    return out;
  });
  m.def("method_names", [](const TypeHandle& t) {
    std::vector<std::string> out;
    if (const InterfaceType* i = as_interface(t.type))
      for (const Schema& s : i->methods()) out.push_back(s.name);
    if (const ClassType* c = as_class(t.type))
      for (const Callable* f : c->methods()) out.emplace_back(f->name());
    return out;
  });
  m.def("attributes", [](const TypeHandle& t) {
    nb::list out;
    if (const ClassType* c = as_class(t.type))
      for (const auto& a : c->attributes()) out.append(nb::make_tuple(a.name, handle(a.type), a.is_parameter, a.is_buffer));
    return out;
  });
  m.def("is_subtype", [](const TypeHandle& a, const TypeHandle& b) { return is_subtype(a.type, b.type); });
  m.def("why_not_subtype", [](const TypeHandle& a, const TypeHandle& b) {
    std::string why;
    (void)is_subtype(a.type, b.type, &why);
    return why;
  });
  m.def("inferred_tensor", [] { return handle(script::inferred_tensor()); }, "Tensor, for what nobody annotated.");
  m.def("simple", [](std::string_view name) {
    for (const auto& [n, kind] : kSimple)
      if (n == name) return handle(types::simple(kind));
    raise(*error(ErrorKind::kValue, "no simple type is called {}", name));
  });
  m.def("list_of", [](const TypeHandle& t) { return handle(types::list(t.type)); });
  m.def("dict_of", [](const TypeHandle& k, const TypeHandle& v) { return handle(types::dict(k.type, v.type)); });
  m.def("optional_of", [](const TypeHandle& t) { return handle(types::optional(t.type)); });
  m.def("future_of", [](const TypeHandle& t) { return handle(types::future(t.type)); });
  m.def("await_of", [](const TypeHandle& t) { return handle(make_ref<const Type>(TypeKind::kAwait, std::vector<TypePtr>{t.type})); });
  m.def("rref_of", [](const TypeHandle& t) { return handle(make_ref<const Type>(TypeKind::kRRef, std::vector<TypePtr>{t.type})); });
  m.def("tuple_of", [](const std::vector<TypeHandle>& t) { return handle(types::tuple(plain(t))); });
  m.def("union_of", [](const std::vector<TypeHandle>& t) { return handle(types::union_of(plain(t))); });
  m.def("unify", [](const TypeHandle& a, const TypeHandle& b, bool to_union) -> std::optional<TypeHandle> {
    TypePtr t = unify(a.type, b.type, to_union);
    if (!t) return std::nullopt;
    return handle(std::move(t));
  }, nb::arg("a"), nb::arg("b"), nb::arg("to_union") = false);
  m.def("named_tuple", [](std::string name, std::vector<std::string> fields, const std::vector<TypeHandle>& elements, nb::list defaults,
                          nb::object python_class) {
    if (elements.size() != fields.size()) raise(*error(ErrorKind::kValue, "a named tuple needs a type for each field"));
    std::vector<Value> values;
    const std::size_t count = nb::len(defaults);
    for (std::size_t i = 0; i < count && count <= fields.size(); ++i)
      values.push_back(take(to_value(defaults[i], elements[fields.size() - count + i].type)));
    TypePtr t = types::named_tuple(std::move(name), std::move(fields), plain(elements), std::move(values));
    register_class(t, python_class);
    return handle(std::move(t));
  });
  m.def("enum_type", [](std::string name, const TypeHandle& value_type, nb::list members, nb::object python_class) {
    std::vector<std::pair<std::string, Value>> list;
    for (nb::handle pair : members)
      list.emplace_back(nb::cast<std::string>(pair[0]), take(to_value(pair[1], value_type.type)));
    TypePtr t = make_ref<const EnumType>(std::move(name), value_type.type, std::move(list));
    register_class(t, python_class);
    return handle(std::move(t));
  });
  // The type that an object has by itself; raises TypeError with the reason.
  m.def("infer", [](nb::object o) { return handle(take(infer_type(o))); }, nb::arg("object").none());
  m.def("type_of_class", [](nb::handle c) -> std::optional<TypeHandle> {
    TypePtr t = type_of_python_class(c);
    if (!t) return std::nullopt;
    return handle(std::move(t));
  });
  m.def("register_class", [](const TypeHandle& t, nb::handle c, const ProgramHandle& u) { register_class(t.type, c, u.unit); });

  // Classes.
  m.def("new_class", [](const ProgramHandle& u, std::string name, bool is_module, std::string base) {
    auto cls = make_ref<ClassType>(std::move(name), is_module);
    cls->base_name = std::move(base);
    check(u.unit->add_type(cls));
    return handle(cls);
  }, nb::arg("unit"), nb::arg("name"), nb::arg("is_module"), nb::arg("base") = "");
  m.def("add_type", [](const ProgramHandle& u, const TypeHandle& t) {
    if (!u.unit->find_type(t.type->name())) check(u.unit->add_type(t.type));
  });
  m.def("add_attribute", [](const TypeHandle& t, std::string name, const TypeHandle& type, bool is_parameter, bool is_buffer) {
    class_of(t).add_attribute({std::move(name), type.type, is_parameter, is_buffer});
  });
  m.def("add_constant", [](const TypeHandle& t, std::string name, nb::object value) {
    class_of(t).add_constant(std::move(name), take(to_value(value)));
  }, nb::arg("type"), nb::arg("name"), nb::arg("value").none());
  m.def("add_property", [](const TypeHandle& t, std::string name, FunctionHandle& getter, FunctionHandle* setter) {
    class_of(t).add_property({std::move(name), getter.f.get(), setter ? setter->f.get() : nullptr});
  }, nb::arg("type"), nb::arg("name"), nb::arg("getter"), nb::arg("setter").none());
  m.def("set_container", [](const TypeHandle& t, std::string_view kind, std::vector<std::string> names) {
    using Kind = script::ModuleContainer::Kind;
    const Kind k = kind == "list" ? Kind::kList : kind == "dict" ? Kind::kDict : kind == "parameters" ? Kind::kParameterList : Kind::kParameterDict;
    containers()[&class_of(t)] = {k, std::move(names)};
  });
  m.def("new_interface", [](const ProgramHandle& u, std::string name, bool is_module) {
    auto t = make_ref<InterfaceType>(std::move(name), is_module);
    check(u.unit->add_type(t));
    return handle(t);
  });
  // An object of a class, its attributes still unset.
  m.def("new_object", [](const TypeHandle& t, const ProgramHandle& u) {
    return object_object(make_ref<ObjectBox>(Ref<const ClassType>(&class_of(t)), u.unit));
  });
  m.def("set_slot", [](nb::handle object, std::string_view name, nb::object value) {
    ObjectHandle* o = as_object(object);
    if (!o) raise(*error(ErrorKind::kType, "no object of a compiled class"));
    const auto slot = o->box->type().find_attribute(name);
    if (!slot) raise(*error(ErrorKind::kRuntime, "`{}` has no attribute `{}`", o->box->type().name(), name));
    if (o->box->slots.size() <= *slot) o->box->slots.resize(o->box->type().attributes().size());
    auto v = to_value(value, o->box->type().attributes()[*slot].type);
    if (!v.ok())
      raise(*error(v.error().kind, "Could not convert the value of attribute '{}' to type {}. {}", name,
                   o->box->type().attributes()[*slot].type->annotation(), v.error().message));
    o->box->slots[*slot] = std::move(*v);
    o->box->bump_version();
  }, nb::arg("object"), nb::arg("name"), nb::arg("value").none());
  // A tensor of a module, sharing memory: one for each of the user's tensors, so that tied weights stay tied.
  m.def("import_tensor", [](nb::handle o, bool is_parameter, bool requires_grad) {
    const Tensor t = take(to_tensor(o)).alias();
    t.impl()->is_parameter = is_parameter;
    t.impl()->requires_grad = requires_grad;
    return tensor_object(t);
  });
  m.def("type_of_object", [](nb::handle object) -> std::optional<TypeHandle> {
    ObjectHandle* o = as_object(object);
    if (!o) return std::nullopt;
    return handle(o->box->type_ref());
  });
}

}  // namespace fac::python
