// Python object -> Value.
//   source of the rules and of what messages say: torch/csrc/jit/python/pybind_utils (toIValue, tryToInferType)
// Longer than most files: one case for each type.
#include <nanobind/stl/complex.h>

#include "binding.h"
#include "ops/device_names.h"
#include "ops/generator.h"
#include "python_box.h"
#include "types.h"
#include "values.h"

namespace fac::python {
namespace {

ErrorPtr type_error(std::string text) { return make_error(ErrorKind::kType, std::move(text)); }
std::string repr_text(nb::handle h) { return nb::cast<std::string>(nb::repr(h)); }
ErrorPtr cannot_cast(nb::handle h, const TypePtr& type) {
  return type_error(fmt("Unable to cast Python instance of type {} to {}", repr_text(h.type()), type->annotation()));
}

// Guards against lists that hold themselves.
struct Depth {
  Depth() {
    if (Py_EnterRecursiveCall(" while converting a value for a compiled program")) throw nb::python_error();
  }
  ~Depth() { Py_LeaveRecursiveCall(); }
};

std::string to_text(nb::handle h) {
  Py_ssize_t size = 0;
  const char* text = PyUnicode_AsUTF8AndSize(h.ptr(), &size);
  if (!text) throw nb::python_error();
  return std::string(text, static_cast<std::size_t>(size));
}

Result<Value> to_int(nb::handle h) {
  nb::object number = nb::steal(PyNumber_Index(h.ptr()));
  if (!number.is_valid()) {
    PyErr_Clear();
    return type_error("not an int");
  }
  int overflow = 0;
  const long long v = PyLong_AsLongLongAndOverflow(number.ptr(), &overflow);
  if (overflow) return error(ErrorKind::kRuntime, "the number {} does not fit into 64 bits", repr_text(h));
  if (v == -1 && PyErr_Occurred()) throw nb::python_error();
  return Value(static_cast<std::int64_t>(v));
}

bool has_index(nb::handle h) { return PyIndex_Check(h.ptr()) != 0; }
bool has_float(nb::handle h) {
  const auto* number = Py_TYPE(h.ptr())->tp_as_number;
  return number && number->nb_float;
}

bool is_plain_sequence(nb::handle h) { return PyList_Check(h.ptr()) || PyTuple_Check(h.ptr()) || PyRange_Check(h.ptr()); }

Result<Value> to_list(nb::handle h, const TypePtr& type) {
  if (Value* held = held_list(h)) {
    if (same(held->list().element_type(), type->element())) return *held;
  } else if (!is_plain_sequence(h)) {
    return cannot_cast(h, type);
  }
  auto list = make_ref<ListBox>(type->element());
  for (nb::handle item : nb::borrow(h)) {
    FACULA_TRY(Value v, to_value(item, type->element()));
    list->append(std::move(v));
  }
  return Value(std::move(list));
}

Result<Value> to_dict(nb::handle h, const TypePtr& type) {
  if (Value* held = held_dict(h)) {
    if (same(held->dict().key_type(), type->element(0)) && same(held->dict().value_type(), type->element(1))) return *held;
  } else if (!PyDict_Check(h.ptr())) {
    return cannot_cast(h, type);
  }
  auto dict = make_ref<DictBox>(type->element(0), type->element(1));
  for (nb::handle pair : nb::borrow(h).attr("items")()) {
    FACULA_TRY(Value k, to_value(pair[0], type->element(0)));
    FACULA_TRY(Value v, to_value(pair[1], type->element(1)));
    dict->set(std::move(k), std::move(v));
  }
  return Value(std::move(dict));
}

Result<Value> to_tuple(nb::handle h, const TypePtr& type) {
  if (!PyTuple_Check(h.ptr())) return cannot_cast(h, type);
  const std::size_t n = static_cast<std::size_t>(PyTuple_GET_SIZE(h.ptr()));
  if (n != type->elements().size())
    return type_error(fmt("Object {} had a different number of elements than type {}", repr_text(h), type->annotation()));
  const TupleType* named = as_tuple(type);
  const bool has_fields = named && !named->fields().empty();
  if (has_fields && nb::hasattr(h, "_fields")) {
    std::size_t i = 0;
    for (nb::handle field : h.attr("_fields"))
      if (i >= n || to_text(field) != named->fields()[i++])
        return type_error(fmt("Object {} has other fields than {}", repr_text(h), type->annotation()));
  }
  std::vector<Value> values;
  values.reserve(n);
  for (std::size_t i = 0; i < n; ++i) {
    FACULA_TRY(Value v, to_value(PyTuple_GET_ITEM(h.ptr(), static_cast<Py_ssize_t>(i)), type->element(i)));
    values.push_back(std::move(v));
  }
  return Value(make_ref<TupleBox>(std::move(values), has_fields ? type : TypePtr()));
}

// An instance of a scripted class becomes an object of the compiled one: attributes are copied.
Result<Value> to_object(nb::handle h, const TypePtr& type) {
  nb::object real = look_behind(h);
  if (ObjectHandle* o = as_object(real)) {
    std::string why;
    if (is_subtype(o->box->type_ref(), type, &why)) return Value(o->box);
    if (as_interface(type))
      return type_error(fmt("Object of type {} is not compatible with interface {}\n{}", o->box->type().name(), type->annotation(), why));
    return type_error(fmt("Expected an object of type {}, not {}. {}", type->annotation(), o->box->type().name(), why));
  }
  const ClassType* c = as_class(type);
  if (!c) {  // an interface: any scripted class that has its methods
    TypePtr own = type_of_python_class(real.type());
    if (!own) return cannot_cast(h, type);
    std::string why;
    if (!is_subtype(own, type, &why))
      return type_error(fmt("Object of type {} is not compatible with interface {}\n{}", own->annotation(), type->annotation(), why));
    return to_object(real, own);
  }
  nb::object cls = python_class_of(type);
  if (!cls.is_valid() || cls.is_none() || !PyObject_IsInstance(real.ptr(), cls.ptr())) return cannot_cast(h, type);
  auto box = make_ref<ObjectBox>(Ref<const ClassType>(c), owner_of_class(type));
  for (std::size_t i = 0; i < c->attributes().size(); ++i) {
    const auto& a = c->attributes()[i];
    nb::object v = nb::getattr(real, a.name.c_str(), nb::object());
    if (!v.is_valid())
      return type_error(fmt("Tried to cast object to type {} but object was missing attribute {}", type->annotation(), a.name));
    auto value = to_value(v, a.type);
    if (!value.ok())
      return type_error(fmt("Could not cast attribute '{}' to type {}: {}", a.name, a.type->annotation(), value.error().message));
    box->slots[i] = std::move(*value);
  }
  return Value(std::move(box));
}

Result<Value> to_enum(nb::handle h, const TypePtr& type) {
  const EnumType* e = as_enum(type);
  nb::object cls = python_class_of(type);
  if (!cls.is_valid() || !PyObject_IsInstance(h.ptr(), cls.ptr())) return cannot_cast(h, type);
  const auto member = e->find_member(to_text(h.attr("name")));
  if (!member) return cannot_cast(h, type);
  return Value(make_ref<EnumBox>(Ref<const EnumType>(e), *member));
}

bool is_enum_member(nb::handle h) {
  static PyObject* base = nb::object(nb::module_::import_("enum").attr("Enum")).release().ptr();
  return PyObject_IsInstance(h.ptr(), base) == 1;
}

// The common type of a container's items, as torch infers it; null when they do not agree.
Result<TypePtr> joined_type(const std::vector<Value>& values) {
  TypePtr t;
  for (const Value& v : values) {
    const TypePtr own = type_of(v);
    TypePtr joined = t ? unify(t, own) : own;
    if (!joined) return type_error(fmt("items of types {} and {} do not go together", t->annotation(), own->annotation()));
    t = std::move(joined);
  }
  return t;
}

Result<Value> infer_list(nb::handle h) {
  if (Value* held = held_list(h)) return *held;
  std::vector<Value> values;
  for (nb::handle item : nb::borrow(h)) {
    FACULA_TRY(Value v, to_value(item));
    values.push_back(std::move(v));
  }
  auto joined = joined_type(values);
  if (!joined.ok()) return type_error("Could not infer type of list element: " + joined.error().message);
  const TypePtr type = types::list(*joined ? *joined : types::tensor());
  return to_list(h, type);  // items again, now that their type is known: nested empty lists, None
}

Result<Value> infer_dict(nb::handle h) {
  if (Value* held = held_dict(h)) return *held;
  std::vector<Value> keys, values;
  for (nb::handle pair : nb::borrow(h).attr("items")()) {
    FACULA_TRY(Value k, to_value(pair[0]));
    FACULA_TRY(Value v, to_value(pair[1]));
    keys.push_back(std::move(k));
    values.push_back(std::move(v));
  }
  if (keys.empty()) return Value(make_ref<DictBox>(types::str(), types::tensor()));
  auto key = joined_type(keys);
  if (!key.ok()) return type_error("Could not infer type of dict key: " + key.error().message);
  auto value = joined_type(values);
  if (!value.ok()) return type_error("Could not infer type of dict value: " + value.error().message);
  return to_dict(h, types::dict(*key, *value));
}

Result<Value> infer_tuple(nb::handle h) {
  std::vector<Value> values;
  for (nb::handle item : nb::borrow(h)) {
    FACULA_TRY(Value v, to_value(item));
    values.push_back(std::move(v));
  }
  TypePtr type = type_of_python_class(h.type());
  if (!type && nb::hasattr(h, "_fields")) {
    std::vector<std::string> fields;
    std::vector<TypePtr> elements;
    for (nb::handle f : h.attr("_fields")) fields.push_back(to_text(f));
    for (const Value& v : values) elements.push_back(type_of(v));
    if (fields.size() == elements.size())
      type = types::named_tuple(nb::cast<std::string>(h.type().attr("__name__")), std::move(fields), std::move(elements));
  }
  if (type && type->elements().size() == values.size() && PyTuple_Check(h.ptr())) return to_tuple(h, type);
  return Value(make_ref<TupleBox>(std::move(values)));
}

Result<Value> infer(nb::handle h) {
  PyObject* p = h.ptr();
  if (p == Py_None) return Value();
  if (PyBool_Check(p)) return Value(p == Py_True);
  if (is_enum_member(h)) {
    if (TypePtr type = type_of_python_class(h.type())) return to_enum(h, type);
    FACULA_TRY(TypePtr type, enum_type_of(h.type()));
    return to_enum(h, type);
  }
  if (PyLong_Check(p)) return to_int(h);
  if (PyFloat_Check(p)) return Value(PyFloat_AS_DOUBLE(p));
  if (PyUnicode_Check(p)) return Value(to_text(h));
  if (PyComplex_Check(p)) return Value(nb::cast<std::complex<double>>(h));
  nb::object real = look_behind(h);
  if (nb::isinstance<Tensor>(real)) return Value(nb::cast<Tensor>(real));
  if (ObjectHandle* o = as_object(real)) return Value(o->box);
  if (FunctionHandle* f = as_function(real)) return Value::function(f->f.get());
  if (FutureHandle* f = as_future(real)) return Value(f->future);
  if (PyList_Check(p) || held_list(real)) return infer_list(real);
  if (PyDict_Check(p) || held_dict(real)) return infer_dict(real);
  if (PyTuple_Check(p)) return infer_tuple(h);
  if (auto d = dtype_object(h)) return Value(*d);
  if (auto n = enumerator_of_torch(h)) return Value(*n);
  if (auto d = device_object(h)) return Value(*d);
  if (auto g = generator_object(h)) return Value(Tag::kGenerator, g);
  if (is_tensor_like(h)) {
    FACULA_TRY(Tensor t, to_tensor(h));
    return Value(std::move(t));
  }
  if (TypePtr type = type_of_python_class(h.type())) return to_object(h, type);
  if (has_index(h)) return to_int(h);
  if (has_float(h)) {
    const double d = PyFloat_AsDouble(p);
    if (d == -1.0 && PyErr_Occurred()) throw nb::python_error();
    return Value(d);
  }
  return type_error(fmt("Only tensors and (possibly nested) tuples of tensors, lists, or dicts are supported as inputs or "
                        "outputs of traced functions, but instead got value of type {}.\nValue: {}",
                        friendly_type_name(h), repr_text(h)));
}

Result<Value> to_union(nb::handle h, const TypePtr& type) {
  auto found = infer(h);
  if (found.ok() && value_matches(*found, *type)) return found;
  for (const TypePtr& member : type->elements()) {
    if (member->kind() == TypeKind::kAny) continue;
    auto v = to_value(h, member);
    // int -> float and the like are not tried: infer() has seen the exact type.
    if (v.ok() && (v->is_list() || v->is_dict() || v->is_tuple() || v->is_object() || v->is_enum())) return v;
  }
  return type_error(fmt("Expected a member of {} but instead found type {}", type->annotation(),
                        found.ok() ? type_of(*found)->annotation() : friendly_type_name(h)));
}

}  // namespace

Result<Value> to_value(nb::handle h, const TypePtr& wanted) {
  Depth depth;
  if (!wanted) return infer(h);
  PyObject* p = h.ptr();
  switch (wanted->kind()) {
    case TypeKind::kTensor: {
      nb::object real = look_behind(h);
      if (!is_tensor_like(real)) return cannot_cast(h, wanted);
      FACULA_TRY(Tensor t, to_tensor(real));
      return Value(std::move(t));
    }
    case TypeKind::kBool:
      if (PyBool_Check(p)) return Value(p == Py_True);
      if (PyLong_Check(p) || has_index(h) || std::string_view(Py_TYPE(p)->tp_name).find("bool") != std::string_view::npos) {
        const int truth = PyObject_IsTrue(p);
        if (truth < 0) throw nb::python_error();
        return Value(truth == 1);
      }
      return cannot_cast(h, wanted);
    case TypeKind::kDtype:
      if (auto d = to_dtype(h)) return Value(*d);
      [[fallthrough]];
    case TypeKind::kInt:
    case TypeKind::kLayout:
    case TypeKind::kMemoryFormat:
    case TypeKind::kQScheme:
      if (PyLong_Check(p)) return to_int(h);
      if (auto d = dtype_object(h)) return Value(*d);
      if (auto n = enumerator_of_torch(h)) return Value(*n);
      if (has_index(h) && !PyFloat_Check(p)) {
        auto v = to_int(h);
        if (v.ok()) return v;
      }
      return cannot_cast(h, wanted);
    case TypeKind::kFloat: {
      if (PyFloat_Check(p)) return Value(PyFloat_AS_DOUBLE(p));
      if (PyUnicode_Check(p) || PyComplex_Check(p) || !(has_float(h) || has_index(h))) return cannot_cast(h, wanted);
      const double d = PyFloat_AsDouble(p);
      if (d == -1.0 && PyErr_Occurred()) {
        PyErr_Clear();
        return cannot_cast(h, wanted);
      }
      return Value(d);
    }
    case TypeKind::kComplex: {
      if (PyComplex_Check(p)) return Value(nb::cast<std::complex<double>>(h));
      FACULA_TRY(Value d, to_value(h, types::float_()));
      return Value(std::complex<double>(d.d(), 0.0));
    }
    case TypeKind::kNumber: {
      if (nb::isinstance<Tensor>(h) || (is_tensor_like(h) && !PyNumber_Check(p))) return cannot_cast(h, wanted);
      FACULA_TRY(Value v, infer(h));
      if (v.is_scalar()) return v;
      return cannot_cast(h, wanted);
    }
    case TypeKind::kStr:
      if (!PyUnicode_Check(p)) return cannot_cast(h, wanted);
      return Value(to_text(h));
    case TypeKind::kNone:
      if (p != Py_None) return cannot_cast(h, wanted);
      return Value();
    case TypeKind::kDevice:
      if (auto d = to_device(h)) return Value(*d);
      if (PyUnicode_Check(p)) {
        FACULA_TRY(Device d, ops::device_named(to_text(h)));  // says which devices there are
        return Value(d);
      }
      return cannot_cast(h, wanted);
    case TypeKind::kOptional:
      if (p == Py_None) return Value();
      return to_value(h, wanted->element());
    case TypeKind::kUnion: return to_union(h, wanted);
    case TypeKind::kList: return to_list(look_behind(h), wanted);
    case TypeKind::kDict: return to_dict(look_behind(h), wanted);
    case TypeKind::kTuple: return to_tuple(h, wanted);
    case TypeKind::kClass:
    case TypeKind::kInterface: return to_object(h, wanted);
    case TypeKind::kEnum: return to_enum(h, wanted);
    case TypeKind::kFuture: {
      nb::object real = look_behind(h);
      if (FutureHandle* f = as_future(real)) return Value(f->future);
      return cannot_cast(h, wanted);
    }
    case TypeKind::kGenerator:
      if (auto g = generator_object(h)) return Value(Tag::kGenerator, g);
      return cannot_cast(h, wanted);
    case TypeKind::kFunction: {
      nb::object real = look_behind(h);
      if (FunctionHandle* f = as_function(real)) return Value::function(f->f.get());
      return cannot_cast(h, wanted);
    }
    case TypeKind::kPyObject:
    case TypeKind::kCapsule: return Value(Tag::kCapsule, Ref<RefCounted>(make_ref<PythonBox>(nb::borrow(h))));
    default: {
      FACULA_TRY(Value v, infer(h));
      if (!value_matches(v, *wanted)) return cannot_cast(h, wanted);
      return v;
    }
  }
}

Result<TypePtr> infer_type(nb::handle object) {
  FACULA_TRY(Value v, to_value(object));
  return type_of(v);
}

std::string friendly_type_name(nb::handle h) {
  const std::string name = nb::cast<std::string>(h.type().attr("__name__"));
  if (!PyTuple_Check(h.ptr()) || !nb::hasattr(h, "_fields")) return name;
  std::string fields;
  for (nb::handle f : h.attr("_fields")) fields += (fields.empty() ? "" : ", ") + to_text(f);
  return name + " (aka NamedTuple(" + fields + "))";
}

nb::object look_behind(nb::handle object) {
  PyTypeObject* type = Py_TYPE(object.ptr());
  // Only Python classes can have the attribute: numbers, strings and containers are not asked.
  if (!(type->tp_flags & Py_TPFLAGS_HEAPTYPE)) return nb::borrow(object);
  static PyObject* name = PyUnicode_InternFromString("__script_object__");
  if (!nb::hasattr(nb::handle(reinterpret_cast<PyObject*>(type)), name)) return nb::borrow(object);
  nb::object found = nb::steal(PyObject_GetAttr(object.ptr(), name));
  if (!found.is_valid()) {
    PyErr_Clear();
    return nb::borrow(object);
  }
  return found;
}

}  // namespace fac::python
