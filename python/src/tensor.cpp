// facula.Tensor: what is not an operator.
#include <nanobind/stl/complex.h>

#include "binding.h"
#include "ops/copy.h"
#include "tensor/element.h"
#include "tensor/print.h"
#include "tensor_exchange.h"
#include "types.h"

namespace fac::python {
namespace {

nb::object int_tuple(Ints v) {
  nb::object out = nb::steal(PyTuple_New(static_cast<Py_ssize_t>(v.size())));
  for (std::size_t i = 0; i < v.size(); ++i)
    PyTuple_SET_ITEM(out.ptr(), static_cast<Py_ssize_t>(i), PyLong_FromLongLong(v[i]));
  return out;
}

nb::object element(const Tensor& t, const char* at) {
  const DType d = t.dtype();
  if (is_complex(d)) return nb::cast(load_complex(at, d));
  if (is_floating(d)) return nb::float_(load_double(at, d));
  if (d == DType::kBool) return nb::bool_(load_integer(at, d) != 0);
  return nb::int_(load_integer(at, d));
}

nb::object item(const Tensor& t) {
  if (t.numel() != 1)
    throw std::runtime_error(fmt("a Tensor with {} elements cannot be converted to Scalar", t.numel()));
  return element(t, static_cast<const char*>(t.data()));
}

nb::object nested_list(const Tensor& t, std::int64_t dim, const char* at) {
  if (dim == t.dim()) return element(t, at);
  nb::object out = nb::steal(PyList_New(static_cast<Py_ssize_t>(t.size(dim))));
  const auto step = t.stride(dim) * static_cast<std::int64_t>(t.element_bytes());
  for (std::int64_t i = 0; i < t.size(dim); ++i)
    PyList_SET_ITEM(out.ptr(), static_cast<Py_ssize_t>(i), nested_list(t, dim + 1, at + i * step).release().ptr());
  return out;
}

}  // namespace

void bind_indexing(nb::class_<Tensor>& c);  // indexing.cpp
void bind_creation(nb::module_& m);         // creation.cpp

void bind_tensor(nb::module_& m) {
  bind_creation(m);
  nb::class_<Tensor> c(m, "Tensor", nb::is_weak_referenceable(), nb::dynamic_attr(),
                     "A strided array of numbers; shares memory with torch tensors and NumPy arrays.");
  bind_indexing(c);
  c.def_prop_ro("shape", [](const Tensor& t) { return int_tuple(t.sizes()); })
      .def_prop_ro("dtype", [](const Tensor& t) { return dtype_to_python(t.dtype()); })
      .def_prop_ro("device", [](const Tensor& t) { return t.device(); })
      .def_prop_ro("ndim", [](const Tensor& t) { return t.dim(); })
      .def_prop_ro("itemsize", [](const Tensor& t) { return t.element_bytes(); })
      .def_prop_ro("nbytes", [](const Tensor& t) { return t.element_bytes() * static_cast<std::size_t>(t.numel()); })
      .def_prop_rw("requires_grad", [](const Tensor& t) { return t.impl()->requires_grad; },
                   [](const Tensor& t, bool on) { t.impl()->requires_grad = on; })
      .def_prop_ro("is_leaf", [](const Tensor&) { return true; })
      .def_prop_ro("grad", [](const Tensor&) { return nb::none(); })
      .def_prop_ro("is_sparse", [](const Tensor&) { return false; })
      .def_prop_ro("is_quantized", [](const Tensor&) { return false; })
      .def_prop_ro("is_cuda", [](const Tensor&) { return false; })
      .def_prop_ro("is_cpu", [](const Tensor&) { return true; })
      .def("data_ptr", [](const Tensor& t) { return reinterpret_cast<std::uintptr_t>(t.data()); })
      .def("storage_offset", [](const Tensor& t) { return t.offset(); })
      .def("stride", [](const Tensor& t, std::optional<std::int64_t> dim) -> nb::object {
        if (!dim) return int_tuple(t.strides());
        const std::int64_t d = *dim < 0 ? *dim + t.dim() : *dim;
        if (d < 0 || d >= t.dim()) throw nb::index_error("Dimension out of range");
        return nb::object(nb::int_(t.stride(d)));
      }, nb::arg("dim") = nb::none())
      .def("size", [](const Tensor& t, std::optional<std::int64_t> dim) -> nb::object {
        if (!dim) return int_tuple(t.sizes());
        const std::int64_t d = *dim < 0 ? *dim + t.dim() : *dim;
        if (d < 0 || d >= t.dim())
          throw nb::index_error(fmt("Dimension out of range (expected to be in range of [{}, {}], but got {})", -t.dim(), t.dim() - 1, *dim).c_str());
        return nb::object(nb::int_(t.size(d)));
      }, nb::arg("dim") = nb::none())
      .def("dim", [](const Tensor& t) { return t.dim(); })
      .def("numel", [](const Tensor& t) { return t.numel(); })
      .def("element_size", [](const Tensor& t) { return t.element_bytes(); })
      .def("is_contiguous", [](const Tensor& t) { return t.is_contiguous(); })
      .def("is_floating_point", [](const Tensor& t) { return is_floating(t.dtype()); })
      .def("is_complex", [](const Tensor& t) { return is_complex(t.dtype()); })
      .def("item", &item)
      .def("tolist", [](const Tensor& t) { return nested_list(t, 0, static_cast<const char*>(t.data())); })
      .def("cpu", [](nb::handle self) { return nb::borrow(self); })
      .def("requires_grad_", [](nb::handle self, bool on) {
        nb::cast<const Tensor&>(self).impl()->requires_grad = on;
        return nb::borrow(self);
      }, nb::arg("requires_grad") = true)
      .def("__len__", [](const Tensor& t) {
        if (t.dim() == 0) throw nb::type_error("len() of a 0-d tensor");
        return t.size(0);
      })
      .def("__bool__", [](const Tensor& t) {
        if (t.numel() == 0) throw std::runtime_error("Boolean value of Tensor with no values is ambiguous");
        if (t.numel() > 1) throw std::runtime_error("Boolean value of Tensor with more than one value is ambiguous");
        return PyObject_IsTrue(item(t).ptr()) == 1;
      })
      .def("__int__", [](const Tensor& t) { return nb::steal(PyNumber_Long(item(t).ptr())); })
      .def("__float__", [](const Tensor& t) { return nb::steal(PyNumber_Float(item(t).ptr())); })
      .def("__complex__", [](const Tensor& t) { return nb::cast<std::complex<double>>(item(t)); })
      .def("__index__", [](const Tensor& t) {
        if (!is_integral(t.dtype(), true) || t.numel() != 1)
          throw nb::type_error("only integer tensors of a single element can be converted to an index");
        return nb::steal(PyNumber_Index(item(t).ptr()));
      })
      .def("__hash__", [](nb::handle self) { return reinterpret_cast<std::uintptr_t>(self.ptr()) >> 4; })
      .def("__repr__", [](const Tensor& t) { return tensor_repr(t); })
      .def("__dlpack__", [](const Tensor& t, nb::handle, nb::handle max_version, nb::handle, nb::handle copy) {
        if (is_integral(t.dtype(), false) || is_floating(t.dtype()) || is_complex(t.dtype()) || t.dtype() == DType::kBool) {
          const bool versioned = !max_version.is_none() && nb::cast<int>(max_version[0]) >= 1;
          if (!copy.is_none() && nb::cast<bool>(copy)) return dlpack_capsule(take(clone(t)), versioned);
          return dlpack_capsule(t, versioned);
        }
        throw nb::buffer_error("quantised tensors cannot be lent");
      }, nb::kw_only(), nb::arg("stream").none() = nb::none(), nb::arg("max_version").none() = nb::none(),
           nb::arg("dl_device").none() = nb::none(), nb::arg("copy").none() = nb::none())
      .def("__dlpack_device__", [](const Tensor&) { return nb::make_tuple(1, 0); })
      .def_prop_ro("_identity", [](const Tensor& t) { return reinterpret_cast<std::uintptr_t>(t.impl()); },
                   "Equal for handles of one tensor.")
      .def_prop_ro("_c_repr", [](const Tensor& t) { return tensor_text(t); });
  m.def("from_dlpack", [](nb::handle h) { return take(to_tensor(h)); }, nb::arg("tensor"),
        "A tensor that shares memory with any object that has __dlpack__, or with a DLPack capsule.");
}

}  // namespace fac::python
