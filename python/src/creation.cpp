// facula.tensor(data): copies of numbers, nested lists, arrays and tensors.
#include "binding.h"
#include "ops/copy.h"
#include "tensor/element.h"
#include "types.h"

namespace fac::python {
namespace {

struct Elements {
  Dims sizes;
  std::vector<Value> numbers;
  bool any_float = false, any_complex = false, all_bool = true;
};

bool is_sequence(nb::handle h) { return PyList_Check(h.ptr()) || PyTuple_Check(h.ptr()) || (PySequence_Check(h.ptr()) && !PyUnicode_Check(h.ptr()) && !is_tensor_like(h)); }

// Nested sequences must be rectangular: the first of each level sets its size.
void shape_of(nb::handle h, Dims& sizes) {
  if (is_tensor_like(h)) {
    const Tensor t = take(to_tensor(h));
    for (const auto n : t.sizes()) sizes.push_back(n);
    return;
  }
  if (!is_sequence(h)) return;
  if (sizes.size() >= 64) throw nb::value_error("too many dimensions");
  const auto n = static_cast<std::int64_t>(nb::len(h));
  sizes.push_back(n);
  if (n > 0) shape_of(nb::object(h[0]), sizes);
}

void add_number(Elements& out, Value v) {
  if (!v.is_scalar()) throw nb::type_error("new(): data must be numbers, or nested sequences of numbers");
  out.any_float |= v.is_float();
  out.any_complex |= v.is_complex();
  out.all_bool &= v.is_bool();
  out.numbers.push_back(std::move(v));
}

void add_tensor(const Tensor& t, Elements& out, std::size_t dim) {
  if (static_cast<std::size_t>(t.dim()) != out.sizes.size() - dim) throw nb::value_error("only one element tensors can be converted to Python scalars");
  Dims index(static_cast<std::size_t>(t.dim()), 0);
  for (std::int64_t i = 0; i < t.numel(); ++i) {
    std::int64_t rest = i;
    for (std::size_t d = index.size(); d-- > 0;) {
      index[d] = rest % t.sizes()[d];
      rest /= t.sizes()[d];
    }
    const void* p = element_address(t, index);
    if (is_complex(t.dtype())) add_number(out, Value(load_complex(p, t.dtype())));
    else if (is_floating(t.dtype())) add_number(out, Value(load_double(p, t.dtype())));
    else if (t.dtype() == DType::kBool) add_number(out, Value(load_integer(p, t.dtype()) != 0));
    else add_number(out, Value(load_integer(p, t.dtype())));
  }
}

void collect(nb::handle h, std::size_t dim, Elements& out) {
  if (is_tensor_like(h)) return add_tensor(take(to_tensor(h)), out, dim);
  if (dim == out.sizes.size()) {
    if (is_sequence(h)) throw nb::value_error(fmt("expected a number at dim {}, but got a sequence", dim).c_str());
    auto v = to_value(h);
    if (!v.ok() || !v->is_scalar())
      throw nb::type_error(fmt("a value of type {} cannot be an element of a tensor", friendly_type_name(h)).c_str());
    return add_number(out, std::move(*v));
  }
  if (!is_sequence(h)) throw nb::type_error("not a sequence");
  const auto n = static_cast<std::int64_t>(nb::len(h));
  if (n != out.sizes[dim])
    throw nb::value_error(fmt("expected sequence of length {} at dim {} (got {})", out.sizes[dim], dim, n).c_str());
  for (std::int64_t i = 0; i < n; ++i) {
    nb::object item = nb::steal(PySequence_GetItem(h.ptr(), static_cast<Py_ssize_t>(i)));
    if (!item.is_valid()) throw nb::python_error();
    collect(item, dim + 1, out);
  }
}

DType dtype_for(const Elements& e) {
  if (e.any_complex) return complex_dtype(default_dtype());
  if (e.any_float || e.numbers.empty()) return default_dtype();
  return e.all_bool ? DType::kBool : DType::kInt64;
}

std::complex<double> as_complex(const Value& v) {
  if (v.is_complex()) return v.c();
  if (v.is_float()) return v.d();
  return static_cast<double>(v.is_bool() ? v.b() : v.i());
}

// Through the widest dtype of the kind, then one cast: the same rounding as the operators have.
Tensor fill(const Elements& e, DType dtype) {
  const DType wide = e.any_complex ? DType::kComplexDouble : e.any_float ? DType::kDouble : DType::kInt64;
  const Tensor t = take(Tensor::empty(e.sizes, wide));
  for (std::size_t i = 0; i < e.numbers.size(); ++i) {
    const Value& v = e.numbers[i];
    if (wide == DType::kComplexDouble) t.data_as<std::complex<double>>()[i] = as_complex(v);
    else if (wide == DType::kDouble) t.data_as<double>()[i] = as_complex(v).real();
    else t.data_as<std::int64_t>()[i] = v.is_bool() ? v.b() : v.i();
  }
  return take(cast(t, dtype));
}

Tensor make(nb::handle data, nb::handle dtype, nb::handle device, bool requires_grad) {
  std::optional<DType> wanted;
  if (!dtype.is_none()) {
    wanted = to_dtype(dtype);
    if (!wanted) throw nb::type_error("dtype must be a facula, torch or NumPy dtype");
  }
  if (!device.is_none()) {
    const auto d = to_device(device);
    if (!d || d->type != DeviceType::kCPU) raise(*runtime_error("Facula computes on the CPU"));
  }
  Tensor out;
  if (is_tensor_like(data)) {
    out = take(clone(take(to_tensor(data))));
    if (wanted) out = take(cast(out, *wanted));
  } else {
    Elements e;
    shape_of(data, e.sizes);
    if (product(e.sizes) > 0 || e.sizes.empty()) collect(data, 0, e);
    out = fill(e, wanted.value_or(dtype_for(e)));
  }
  out.impl()->requires_grad = requires_grad;
  return out;
}

}  // namespace

void bind_creation(nb::module_& m) {
  m.def("tensor", &make, nb::arg("data"), nb::arg("dtype").none() = nb::none(), nb::arg("device").none() = nb::none(),
        nb::arg("requires_grad") = false, "A tensor with a copy of `data`: a number, nested lists, an array or another tensor.");
}

}  // namespace fac::python
