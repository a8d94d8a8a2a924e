// x[...] and x[...] = v: ints, slices, None, Ellipsis, masks, lists and tensors of positions, mixed as in NumPy.
// Everything becomes the operators that TorchScript has (select, slice, unsqueeze, index), so that a trace sees them.
#include "operators.h"

namespace fac::python {
namespace {

struct Parts {
  Tensor view;                   // after the basic indices
  std::vector<Tensor> tensors;   // one for each leading dimension of view; undefined: all of it
  bool has_tensors = false;
};

Tensor tensor_of(Value v) { return std::move(v).take_tensor(); }

bool is_mask_or_positions(nb::handle h) {
  return is_tensor_like(h) || PyList_Check(h.ptr()) || (PyTuple_Check(h.ptr()) && !nb::hasattr(h, "_fields"));
}

Tensor index_tensor(nb::handle h) {
  if (is_tensor_like(h)) return take(to_tensor(h));
  nb::object made = nb::module_::import_("facula._facula").attr("tensor")(h);
  Tensor t = nb::cast<Tensor>(made);
  if (t.numel() == 0 && is_floating(t.dtype()))  // [] has no elements to tell their type
    t = tensor_of(invoke("aten::to", "dtype", {t, DType::kInt64, false, false, Value()}));
  return t;
}

// How many dimensions of the tensor an index uses up.
std::int64_t uses(nb::handle h) {
  if (h.is_none() || h.is(Py_Ellipsis) || PyBool_Check(h.ptr())) return 0;
  if (is_tensor_like(h)) {
    const Tensor t = take(to_tensor(h));
    if (t.dtype() == DType::kBool || t.dtype() == DType::kUInt8) return t.dim();
  }
  if (PyList_Check(h.ptr()) && nb::len(h) > 0) {
    const Tensor t = index_tensor(h);
    if (t.dtype() == DType::kBool) return t.dim();
  }
  return 1;
}

std::optional<std::int64_t> bound(nb::handle h) {
  if (h.is_none()) return std::nullopt;
  nb::object number = nb::steal(PyNumber_Index(h.ptr()));
  if (!number.is_valid()) throw nb::python_error();
  return nb::cast<std::int64_t>(number);
}
Value optional_int(const std::optional<std::int64_t>& i) { return i ? Value(*i) : Value(); }

// A list of plain numbers or slices indexes each dimension of itself in old NumPy code; today it holds positions.
nb::tuple as_tuple_of_indices(nb::handle key) {
  if (PyTuple_Check(key.ptr())) return nb::borrow<nb::tuple>(key);
  return nb::make_tuple(nb::borrow(key));
}

Parts apply(const Tensor& self, nb::handle key) {
  const nb::tuple keys = as_tuple_of_indices(key);
  std::int64_t named = 0;
  int dots = 0;
  for (nb::handle k : keys) {
    named += uses(k);
    dots += k.is(Py_Ellipsis);
  }
  if (dots > 1) throw nb::index_error("an index can only have a single ellipsis ('...')");
  if (named > self.dim())
    throw nb::index_error(fmt("too many indices for tensor of dimension {}", self.dim()).c_str());
  Parts out{self, {}, false};
  std::int64_t dim = 0;
  const auto put = [&](Tensor index, std::int64_t width) {
    out.tensors.resize(static_cast<std::size_t>(dim));
    out.tensors.push_back(std::move(index));
    out.has_tensors = true;
    dim += width;
  };
  for (nb::handle k : keys) {
    if (k.is(Py_Ellipsis)) {
      dim += self.dim() - named;
    } else if (k.is_none()) {
      out.view = tensor_of(invoke("aten::unsqueeze", "", {out.view, dim}));
      ++dim;
    } else if (PyBool_Check(k.ptr())) {
      out.view = tensor_of(invoke("aten::unsqueeze", "", {out.view, dim}));
      const bool on = k.is(Py_True);
      Tensor mask = tensor_of(invoke("aten::full", "", {Value(ListBox::of_ints({})), Value(on), DType::kBool, Value(), Value(), Value()}));
      put(tensor_of(invoke("aten::unsqueeze", "", {mask, 0})), 1);
    } else if (PySlice_Check(k.ptr())) {
      const auto step = bound(k.attr("step"));
      if (step && *step <= 0) throw nb::value_error("step must be greater than zero");
      out.view = tensor_of(invoke("aten::slice", "Tensor", {out.view, dim, optional_int(bound(k.attr("start"))),
                                                            optional_int(bound(k.attr("stop"))), step.value_or(1)}));
      ++dim;
    } else if (is_mask_or_positions(k)) {
      Tensor t = index_tensor(k);
      if (t.dim() == 0 && is_integral(t.dtype(), false) && t.dtype() != DType::kUInt8) {
        const Value number = invoke("aten::item", "", {t});
        out.view = tensor_of(invoke("aten::select", "int", {out.view, dim, number}));
        continue;
      }
      const bool mask = t.dtype() == DType::kBool || t.dtype() == DType::kUInt8;
      if (mask && t.dim() == 0) {
        out.view = tensor_of(invoke("aten::unsqueeze", "", {out.view, dim}));
        put(tensor_of(invoke("aten::unsqueeze", "", {t, 0})), 1);
        continue;
      }
      put(t, mask ? t.dim() : 1);
    } else if (PyIndex_Check(k.ptr())) {
      out.view = tensor_of(invoke("aten::select", "int", {out.view, dim, *bound(k)}));
    } else {
      throw nb::type_error("only integers, slices (`:`), ellipsis (`...`), None and long or byte tensors (or lists of them) are valid indices");
    }
  }
  return out;
}

Value index_list(const std::vector<Tensor>& tensors) {
  auto list = make_ref<ListBox>(types::optional(types::tensor()));
  for (const Tensor& t : tensors) list->append(Value(t));
  return Value(std::move(list));
}

nb::object get_item(const Tensor& self, nb::handle key) {
  if (self.dim() == 0 && PyIndex_Check(key.ptr()) && !PyBool_Check(key.ptr()) && !is_tensor_like(key))
    throw nb::index_error("invalid index of a 0-dim tensor. Use `tensor.item()` in Python or `tensor.item<T>()` in C++ to convert a 0-dim tensor to a number");
  Parts p = apply(self, key);
  if (p.has_tensors) return to_python(invoke("aten::index", "Tensor", {p.view, index_list(p.tensors)}));
  if (p.view.is_same(self)) p.view = tensor_of(invoke("aten::alias", "", {self}));
  return tensor_object(std::move(p.view));
}

void set_item(const Tensor& self, nb::handle key, nb::handle value) {
  Parts p = apply(self, key);
  Tensor source;
  if (is_tensor_like(value)) {
    source = take(to_tensor(value));
    if (source.dtype() != self.dtype())
      source = tensor_of(invoke("aten::to", "dtype", {source, self.dtype(), false, false, Value()}));
  } else {
    const Value number = take(to_value(value, types::number()));
    if (!p.has_tensors) {
      invoke("aten::fill_", "Scalar", {p.view, number});
      return;
    }
    source = tensor_of(invoke("aten::full", "", {Value(ListBox::of_ints({})), number, self.dtype(), Value(), Value(), Value()}));
  }
  if (p.has_tensors) {
    invoke("aten::index_put_", "", {p.view, index_list(p.tensors), source, false});
    return;
  }
  // As NumPy: leading dimensions of size 1 that the place does not have are dropped.
  while (source.dim() > p.view.dim() && source.size(0) == 1) source = tensor_of(invoke("aten::select", "int", {source, 0, 0}));
  invoke("aten::copy_", "", {p.view, source, false});
}

}  // namespace

void bind_indexing(nb::class_<Tensor>& c) {
  c.def("__getitem__", &get_item, nb::arg("index").none());
  c.def("__setitem__", &set_item, nb::arg("index").none(), nb::arg("value"));
}

}  // namespace fac::python
