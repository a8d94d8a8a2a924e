#include "types.h"

#include "tensor/dtype.h"

namespace fac::python {
namespace {

bool is_of_torch(nb::handle h, const char* name) {
  nb::handle torch = torch_if_loaded();
  if (!torch) return false;
  nb::object cls = nb::getattr(torch, name, nb::object());
  return cls.is_valid() && reinterpret_cast<PyObject*>(Py_TYPE(h.ptr())) == cls.ptr();
}
std::string text(nb::handle h) { return nb::cast<std::string>(nb::str(h)); }

// "torch.float32" -> "float32"
std::string after_dot(const std::string& s) { return s.substr(s.rfind('.') + 1); }

std::optional<Device> parse_device(const std::string& s) { return device_from_text(s); }

struct TypeHandle {
  TypePtr type;
};

}  // namespace

nb::handle torch_if_loaded() {
  static PyObject* name = PyUnicode_InternFromString("torch");
  PyObject* modules = PyImport_GetModuleDict();  // borrowed
  PyObject* torch = PyDict_GetItemWithError(modules, name);
  if (!torch && PyErr_Occurred()) PyErr_Clear();
  // A half-imported torch has no Tensor yet.
  return torch && torch != Py_None && PyObject_HasAttrString(torch, "Tensor") ? torch : nullptr;
}

std::optional<DType> dtype_object(nb::handle h) {
  if (nb::isinstance<PyDType>(h)) return nb::cast<PyDType>(h).dtype;
  if (std::string_view(Py_TYPE(h.ptr())->tp_name).ends_with("dtype") && is_of_torch(h, "dtype"))
    return dtype_from_python(after_dot(text(h)));
  return std::nullopt;
}

std::optional<Device> device_object(nb::handle h) {
  if (nb::isinstance<Device>(h)) return nb::cast<Device>(h);
  if (std::string_view(Py_TYPE(h.ptr())->tp_name).ends_with("device") && is_of_torch(h, "device")) return parse_device(text(h));
  return std::nullopt;
}

std::optional<std::int64_t> enumerator_of_torch(nb::handle h) {
  const std::string_view name = Py_TYPE(h.ptr())->tp_name;
  if (!name.ends_with("layout") && !name.ends_with("memory_format") && !name.ends_with("qscheme")) return std::nullopt;
  static constexpr std::pair<std::string_view, std::int64_t> kNumbers[] = {
      {"strided", 0}, {"sparse_coo", 1}, {"sparse_csr", 2}, {"_mkldnn", 3}, {"sparse_csc", 4}, {"sparse_bsr", 5},
      {"sparse_bsc", 6}, {"jagged", 7}, {"contiguous_format", 0}, {"preserve_format", 1}, {"channels_last", 2}, {"channels_last_3d", 3},
      {"per_tensor_affine", 0}, {"per_channel_affine", 1}, {"per_tensor_symmetric", 2}, {"per_channel_symmetric", 3}};
  const std::string s = after_dot(text(h));
  for (const auto& [key, number] : kNumbers)
    if (key == s) return number;
  return std::nullopt;
}

Ref<ops::Generator> generator_object(nb::handle h) {
  if (nb::isinstance<Ref<ops::Generator>>(h)) return nb::cast<Ref<ops::Generator>>(h);
  return nullptr;
}

std::optional<DType> to_dtype(nb::handle h) {
  if (auto d = dtype_object(h)) return d;
  PyObject* p = h.ptr();
  if (p == reinterpret_cast<PyObject*>(&PyFloat_Type)) return DType::kDouble;
  if (p == reinterpret_cast<PyObject*>(&PyBool_Type)) return DType::kBool;
  if (p == reinterpret_cast<PyObject*>(&PyLong_Type)) return DType::kInt64;
  if (p == reinterpret_cast<PyObject*>(&PyComplex_Type)) return DType::kComplexDouble;
  if (PyLong_Check(p) && !PyBool_Check(p)) {
    const long n = PyLong_AsLong(p);
    if (n == -1 && PyErr_Occurred()) PyErr_Clear();
    else if (is_valid_dtype(n)) return static_cast<DType>(n);
    return std::nullopt;
  }
  // numpy.dtype('float32'), and numpy.float32 itself.
  const std::string_view type_name = Py_TYPE(p)->tp_name;
  if (type_name.starts_with("numpy.dtype")) return dtype_from_python(nb::cast<std::string>(h.attr("name")));
  if (PyType_Check(p) && std::string_view(reinterpret_cast<PyTypeObject*>(p)->tp_name).starts_with("numpy.")) {
    const std::string name = nb::cast<std::string>(h.attr("__name__"));
    return dtype_from_python(name == "bool_" ? "bool" : name);
  }
  return std::nullopt;
}

std::optional<Device> to_device(nb::handle h) {
  if (auto d = device_object(h)) return d;
  if (PyUnicode_Check(h.ptr())) return parse_device(nb::cast<std::string>(h));
  return std::nullopt;
}

nb::object dtype_to_python(DType d) {
  static auto* made = new std::vector<std::pair<DType, nb::object>>;
  for (const auto& [known, object] : *made)
    if (known == d) return object;
  made->emplace_back(d, nb::cast(PyDType{d}));
  return made->back().second;
}

void bind_types(nb::module_& m) {
  nb::class_<PyDType>(m, "dtype", "The type of a tensor's elements: facula.float32, facula.int64 ...")
      .def("__init__", [](PyDType* self, std::string_view name) {
        const auto d = dtype_from_python(name);
        if (!d) throw nb::value_error("unknown dtype");
        new (self) PyDType{*d};
      }, nb::arg("name"))
      .def("__repr__", [](const PyDType& d) { return "facula." + std::string(dtype_python(d.dtype)); })
      .def("__eq__", [](const PyDType& a, nb::handle b) -> nb::object {
        if (auto other = dtype_object(b)) return nb::bool_(*other == a.dtype);
        if (PyLong_Check(b.ptr())) return nb::bool_(nb::cast<std::int64_t>(b) == static_cast<std::int64_t>(a.dtype));
        return nb::borrow(Py_NotImplemented);
      }, nb::arg("other").none())
      .def("__hash__", [](const PyDType& d) { return static_cast<std::int64_t>(d.dtype) + 7919; })
      .def("__index__", [](const PyDType& d) { return static_cast<std::int64_t>(d.dtype); })
      .def("__reduce__", [](const PyDType& d) {
        return nb::make_tuple(nb::type<PyDType>(), nb::make_tuple(std::string(dtype_python(d.dtype))));
      })
      .def_prop_ro("is_floating_point", [](const PyDType& d) { return is_floating(d.dtype); })
      .def_prop_ro("is_complex", [](const PyDType& d) { return is_complex(d.dtype); })
      .def_prop_ro("itemsize", [](const PyDType& d) { return item_size(d.dtype); });
  static constexpr std::pair<const char*, DType> kNames[] = {
      {"uint8", DType::kUInt8}, {"int8", DType::kInt8}, {"int16", DType::kInt16}, {"short", DType::kInt16},
      {"int32", DType::kInt32}, {"int", DType::kInt32}, {"int64", DType::kInt64}, {"long", DType::kInt64},
      {"float16", DType::kHalf}, {"half", DType::kHalf}, {"float32", DType::kFloat}, {"float", DType::kFloat},
      {"float64", DType::kDouble}, {"double", DType::kDouble}, {"complex32", DType::kComplexHalf}, {"complex64", DType::kComplexFloat},
      {"cfloat", DType::kComplexFloat}, {"complex128", DType::kComplexDouble}, {"cdouble", DType::kComplexDouble},
      {"bool", DType::kBool}, {"bfloat16", DType::kBFloat16}};
  nb::dict names;
  for (const auto& [name, d] : kNames) names[name] = dtype_to_python(d);
  m.attr("_dtypes") = names;
  m.def("_is_dtype", [](nb::handle h) { return to_dtype(h).has_value() && !PyLong_Check(h.ptr()); }, nb::arg("object").none());
  m.def("_to_dtype", [](nb::handle h) {
    const auto d = to_dtype(h);
    if (!d) throw nb::type_error("expected a dtype");
    return dtype_to_python(*d);
  }, nb::arg("object"));

  nb::class_<Device>(m, "device", "Where a tensor lives; this build computes on the CPU.")
      .def("__init__", [](Device* self, nb::handle what, std::optional<int> index) {
        auto d = to_device(what);
        if (!d) {
          const std::string text = nb::cast<std::string>(nb::str(what));
          raise(*runtime_error("Expected a device such as 'cpu' or 'cuda:0', not '{}'", text));
        }
        if (index) d->index = static_cast<std::int8_t>(*index);
        new (self) Device(*d);
      }, nb::arg("type"), nb::arg("index") = nb::none())
      .def_prop_ro("type", [](const Device& d) {
        const std::string s = device_text(d);
        return s.substr(0, s.find(':'));
      })
      .def_prop_ro("index", [](const Device& d) { return d.index < 0 ? std::optional<int>() : std::optional<int>(d.index); })
      .def("__str__", [](const Device& d) { return device_text(d); })
      .def("__repr__", [](const Device& d) {
        const std::string s = device_text(d);
        std::string out = "device(type='" + s.substr(0, s.find(':')) + "'";
        if (d.index >= 0) out += ", index=" + std::to_string(d.index);
        return out + ")";
      })
      .def("__eq__", [](const Device& a, nb::handle b) -> nb::object {
        if (auto other = device_object(b)) return nb::bool_(*other == a);
        return nb::borrow(Py_NotImplemented);
      }, nb::arg("other").none())
      .def("__hash__", [](const Device& d) { return static_cast<int>(d.type) * 256 + d.index; })
      .def("__reduce__", [](const Device& d) {
        return nb::make_tuple(nb::type<Device>(), nb::make_tuple(device_text(d)));
      });

  nb::class_<Ref<ops::Generator>>(m, "Generator", "A stream of random numbers.")
      .def("__init__", [](Ref<ops::Generator>* self, nb::handle) { new (self) Ref<ops::Generator>(make_ref<ops::Generator>()); },
           nb::arg("device") = nb::none())
      .def("manual_seed", [](nb::handle self, std::int64_t seed) {
        auto& g = nb::cast<Ref<ops::Generator>&>(self);
        std::lock_guard lock(g->mutex);
        g->set_seed(static_cast<std::uint64_t>(seed));
        return nb::borrow(self);
      }, nb::arg("seed"))
      .def("initial_seed", [](const Ref<ops::Generator>& g) { return g->seed(); });
}

}  // namespace fac::python
