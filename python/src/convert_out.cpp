// Value -> Python object.
#include <nanobind/stl/complex.h>

#include "binding.h"
#include "ops/generator.h"
#include "python_box.h"
#include "values.h"

namespace fac::python {
namespace {

nb::object text_object(const std::string& s) {
  nb::object o = nb::steal(PyUnicode_DecodeUTF8(s.data(), static_cast<Py_ssize_t>(s.size()), "surrogateescape"));
  if (!o.is_valid()) throw nb::python_error();
  return o;
}

nb::object tuple_object(const TupleBox& t) {
  nb::object out = nb::steal(PyTuple_New(static_cast<Py_ssize_t>(t.values.size())));
  for (std::size_t i = 0; i < t.values.size(); ++i)
    PyTuple_SET_ITEM(out.ptr(), static_cast<Py_ssize_t>(i), to_python(t.values[i]).release().ptr());
  const TupleType* named = as_tuple(t.type);
  if (!named || named->fields().empty() || named->name().empty()) return out;  // operators' named results have no class
  return python_class_of(t.type)(*nb::borrow<nb::tuple>(out));
}

// An instance of a scripted class with a Python class: a Python instance with copies of the attributes, as torch gives.
// Modules, and instances of classes that only an archive knows, stay objects of the compiled world.
nb::object instance_object(const Value& v) {
  const Ref<ObjectBox> box(&v.object());
  if (box->type().is_module()) return object_object(box);
  nb::object cls = python_class_of(TypePtr(box->type_ref()));
  if (!cls.is_valid() || cls.is_none()) return object_object(box);
  nb::object instance = cls.attr("__new__")(cls);
  // Nobody unpacks such an object again: its tensors are of the kind that its Python class works with.
  nb::object convert = nb::module_::import_("facula._script.meaning").attr("to_torch");
  for (std::size_t i = 0; i < box->type().attributes().size(); ++i)
    nb::setattr(instance, box->type().attributes()[i].name.c_str(), convert(to_python(box->slots[i])));
  return instance;
}

}  // namespace

nb::object to_python(const Value& v) {
  switch (v.tag()) {
    case Tag::kNone: return nb::none();
    case Tag::kBool: return nb::bool_(v.b());
    case Tag::kInt: return nb::int_(v.i());
    case Tag::kFloat: return nb::float_(v.d());
    case Tag::kComplex: return nb::cast(v.c());
    case Tag::kStr: return text_object(v.str());
    case Tag::kDevice: return nb::cast(v.device());
    case Tag::kTensor: return tensor_object(v.tensor());
    case Tag::kList: {
      ListBox& list = v.list();
      nb::object out = nb::steal(PyList_New(0));
      for (std::size_t i = 0; i < list.size(); ++i)
        if (PyList_Append(out.ptr(), to_python(list.get(i)).ptr()) != 0) throw nb::python_error();
      return out;
    }
    case Tag::kDict: {
      nb::dict out;
      for (const auto& [key, value] : v.dict().items()) out[to_python(key)] = to_python(value);
      return out;
    }
    case Tag::kTuple: return tuple_object(v.tuple());
    case Tag::kObject: return instance_object(v);
    case Tag::kEnum: return nb::getattr(python_class_of(TypePtr(v.enum_().type)), v.enum_().name().c_str());
    case Tag::kFuture: return nb::cast(FutureHandle{Ref<FutureBox>(&v.future())});
    case Tag::kFunction: {
      if (auto* f = dynamic_cast<ir::Function*>(v.function())) return function_object(Ref<ir::Function>(f));
      break;
    }
    case Tag::kGenerator: {
      return nb::cast(Ref<ops::Generator>(static_cast<ops::Generator*>(v.box_ptr())));
    }
    case Tag::kCapsule:
      if (auto* box = dynamic_cast<PythonBox*>(v.box_ptr())) return box->get();
      break;
    case Tag::kStorage: break;
  }
  raise(*make_error(ErrorKind::kType, fmt("a value of type {} has no counterpart in Python", tag_name(v.tag()))));
}

}  // namespace fac::python
