// Which Python class stands for which TorchScript type. Both directions hold on to what they map: classes are few, and
// a type that was compiled once must be found again.
#include <map>

#include "binding.h"
#include "values.h"

namespace fac::python {
namespace {

struct Entry {
  TypePtr type;
  nb::object python_class;
  std::shared_ptr<void> owner;
};
struct Registry {
  std::map<const Type*, Entry> by_type;
  std::map<PyObject*, TypePtr> by_class;
};
Registry& registry() {
  static auto* r = new Registry;  // never destroyed: the interpreter may be gone by then
  return *r;
}

std::string last_name(const std::string& qualified) { return qualified.substr(qualified.rfind('.') + 1); }

nb::object make_named_tuple(const TupleType& type) {
  nb::list fields, defaults;
  for (const auto& f : type.fields()) fields.append(nb::str(f.c_str()));
  for (const Value& d : type.defaults()) defaults.append(to_python(d));
  return nb::module_::import_("collections").attr("namedtuple")(last_name(type.name()), fields, nb::arg("defaults") = defaults);
}

nb::object make_enum(const EnumType& type) {
  nb::list members;
  for (const auto& [name, value] : type.members()) members.append(nb::make_tuple(name, to_python(value)));
  return nb::module_::import_("enum").attr("Enum")(last_name(type.name()), members, nb::arg("module") = "facula.enums");
}

}  // namespace

void register_class(const TypePtr& type, nb::handle python_class, std::shared_ptr<void> owner) {
  auto& r = registry();
  r.by_type[type.get()] = Entry{type, nb::borrow(python_class), std::move(owner)};
  r.by_class[python_class.ptr()] = type;
}

nb::object python_class_of(const TypePtr& type) {
  auto& r = registry();
  if (const auto it = r.by_type.find(type.get()); it != r.by_type.end()) return it->second.python_class;
  if (const TupleType* t = as_tuple(type); t && !t->fields().empty()) {
    // Named tuples are structural: another type object of the same name and fields is the same class.
    for (const auto& [other, entry] : r.by_type)
      if (const TupleType* o = as_tuple(entry.type); o && o->name() == t->name() && o->fields() == t->fields()) return entry.python_class;
    nb::object made = make_named_tuple(*t);
    r.by_type[type.get()] = Entry{type, made, nullptr};
    return made;
  }
  if (const EnumType* e = as_enum(type)) {
    nb::object made = make_enum(*e);
    register_class(type, made);
    return made;
  }
  return nb::object();
}

TypePtr type_of_python_class(nb::handle python_class) {
  const auto& r = registry();
  const auto it = r.by_class.find(python_class.ptr());
  return it == r.by_class.end() ? nullptr : it->second;
}

std::shared_ptr<void> owner_of_class(const TypePtr& type) {
  const auto& r = registry();
  const auto it = r.by_type.find(type.get());
  return it == r.by_type.end() ? nullptr : it->second.owner;
}

Result<TypePtr> enum_type_of(nb::handle python_class) {
  if (TypePtr known = type_of_python_class(python_class)) return known;
  const std::string name = nb::cast<std::string>(python_class.attr("__module__")) + "." +
                           nb::cast<std::string>(python_class.attr("__qualname__"));
  std::vector<std::pair<std::string, Value>> members;
  TypePtr value_type;
  for (nb::handle m : nb::borrow(python_class)) {
    auto v = to_value(m.attr("value"));
    if (!v.ok()) return v.take_error();
    TypePtr joined = value_type ? unify(value_type, type_of(*v)) : type_of(*v);
    if (!joined)
      return make_error(ErrorKind::kType, fmt("Could not unify type list of Enum '{}': all values must have one type", name));
    value_type = std::move(joined);
    members.emplace_back(nb::cast<std::string>(m.attr("name")), std::move(*v));
  }
  if (members.empty()) return make_error(ErrorKind::kType, fmt("No enum values defined for: '{}'", name));
  TypePtr type = make_ref<EnumType>("__torch__." + name, value_type, std::move(members));
  register_class(type, python_class);
  return type;
}

PythonClasses& python_classes() {
  static auto* c = new PythonClasses;
  return *c;
}

}  // namespace fac::python
