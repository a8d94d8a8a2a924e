// Between tensors of other dtypes and layouts, and between tensors and numbers, sizes and flags.
// Longer than most files: one family, a short function and a row for each of its operators.
#include <cmath>
#include <cstring>

#include "kernels/copy.h"
#include "ops/copy.h"
#include "ops/dims.h"
#include "ops/elementwise.h"
#include "ops/functions.h"
#include "ops/options.h"

namespace fac {
namespace ops {

Result<Scalar> item(const Tensor& t) {
  FACULA_CHECK(t.numel() == 1, "a Tensor with {} elements cannot be converted to Scalar", t.numel());
  const void* p = t.data();
  if (is_complex(t.dtype())) {
    std::complex<double> c;
    kernels::convert(&c, ScalarKind::kComplexDouble, p, kind_of(t.dtype()), 1);
    return Scalar(c);
  }
  if (t.dtype() == DType::kBool) return Scalar(*t.data_as<bool>());
  if (t.dtype() == DType::kInt64) return Scalar(*t.data_as<std::int64_t>());
  if (t.dtype() == DType::kFloat) return Scalar(static_cast<double>(*t.data_as<float>()));
  if (is_integral(t.dtype(), false)) {
    std::int64_t i = 0;
    kernels::convert(&i, ScalarKind::kInt64, p, kind_of(t.dtype()), 1);
    return Scalar(i);
  }
  double d = 0;
  kernels::convert(&d, ScalarKind::kDouble, p, kind_of(t.dtype()), 1);
  return Scalar(d);
}

namespace {
Result<Tensor> empty_in(Ints sizes, DType dtype, MemoryFormat format) {
  const std::size_t rank = format == MemoryFormat::kChannelsLast ? 4 : format == MemoryFormat::kChannelsLast3d ? 5 : 0;
  if (rank == 0) return Tensor::empty(sizes, dtype);
  FACULA_CHECK(sizes.size() == rank, "required rank {} tensor to use channels_last{} format", rank, rank == 5 ? "_3d" : "");
  return Tensor::empty_strided(sizes, channels_last_strides(sizes), dtype);
}
}  // namespace

Result<Tensor> clone_as(const Tensor& t, MemoryFormat format) {
  if (format == MemoryFormat::kPreserve) return clone(t);
  FACULA_TRY(Tensor out, empty_in(t.sizes(), t.dtype(), format));
  FACULA_TRY_VOID(copy_into(out, t));
  return out;
}

}  // namespace ops

namespace {

using namespace ops;
using I = std::int64_t;

// `to` in all its spellings: the tensor itself where nothing changes.
Result<Tensor> convert(const Tensor& self, DType dtype, bool copy, MF format) {
  FACULA_CHECK(self.defined(), "expected a Tensor but got None");
  const MemoryFormat f = format.value_or(MemoryFormat::kPreserve);
  if (!copy && dtype == self.dtype() && (f == MemoryFormat::kPreserve || self.is_contiguous(f))) return self;
  Tensor out;
  if (f == MemoryFormat::kPreserve) {
    FACULA_TRY(out, Tensor::empty_like(self, dtype));
  } else {
    FACULA_TRY(out, empty_in(self.sizes(), dtype, f));
  }
  FACULA_TRY_VOID(copy_into(out, self));
  return out;
}
Result<Tensor> to_device(const Tensor& self, Device device, DType dtype, bool, bool copy, MF format) {
  FACULA_TRY_VOID(check_place(device));
  return convert(self, dtype, copy, format);
}
Result<Tensor> to_dtype(const Tensor& self, DType dtype, bool, bool copy, MF format) {
  return convert(self, dtype, copy, format);
}
Result<Tensor> to_other(const Tensor& self, const Tensor& other, bool, bool copy, MF format) {
  return convert(self, other.dtype(), copy, format);
}
Result<Tensor> to_layout(const Tensor& self, DT dtype, LA layout, DV device, PM, bool, bool copy, MF format) {
  FACULA_TRY_VOID(check_place(device, layout));
  return convert(self, dtype.value_or(self.dtype()), copy, format);
}
Result<Tensor> to_copy(const Tensor& self, DT dtype, LA layout, DV device, PM pin, bool, MF format) {
  return to_layout(self, dtype, layout, device, pin, false, true, format);
}
Result<Tensor> to_prim_device(const Tensor& self, DV device, std::optional<I> dtype, bool, bool copy) {
  FACULA_TRY_VOID(check_place(device));
  return convert(self, dtype ? static_cast<DType>(*dtype) : self.dtype(), copy, std::nullopt);
}
Result<Tensor> to_prim_dtype(const Tensor& self, std::optional<I> dtype, bool, bool copy) {
  return convert(self, dtype ? static_cast<DType>(*dtype) : self.dtype(), copy, std::nullopt);
}
Result<Tensor> to_prim_other(const Tensor& self, bool, bool copy) {
  return convert(self, self.dtype(), copy, std::nullopt);
}
Result<Tensor> type_as(const Tensor& self, const Tensor& other) { return cast(self, other.dtype()); }
template <DType T>
Result<Tensor> cast_to(const Tensor& self, bool) {
  return cast(self, T);
}
Result<Tensor> itself(const Tensor& self) { return self; }
Result<Tensor> cuda(const Tensor&) { return check_place(Device{DeviceType::kCUDA, -1}).take_error(); }
Result<Tensor> chalf(const Tensor& self, MF format) { return convert(self, DType::kComplexHalf, false, format); }
Result<Tensor> to_dense(const Tensor& self, DT dtype, std::optional<bool>) {
  return cast(self, dtype.value_or(self.dtype()));
}
Result<Tensor> contiguous_op(const Tensor& self, MemoryFormat format) {
  if (self.is_contiguous(format)) return self;
  FACULA_CHECK(format != MemoryFormat::kPreserve, "preserve memory format is unsupported by the contiguous operator");
  return clone_as(self, format);
}
Result<Tensor> clone_op(const Tensor& self, MF format) {
  return clone_as(self, format.value_or(MemoryFormat::kPreserve));
}
Result<Tensor> copy_(const Tensor& self, const Tensor& src, bool) {
  FACULA_TRY_VOID(copy_into(self, src));
  self.bump_version();
  return self;
}
Result<Tensor> copy_tensor_(const Tensor& self, const Tensor& src) { return copy_(self, src, false); }
Result<Tensor> copy_number_(const Tensor& self, const Value& v) {
  FACULA_TRY_VOID(fill(self, Scalar::from_value(v)));
  self.bump_version();
  return self;
}
Result<Tensor> copy_op(const Tensor& self, const Tensor& src, bool) {
  FACULA_TRY(Tensor out, Tensor::empty_like(self));
  FACULA_TRY_VOID(copy_into(out, src));
  return out;
}

// Numbers.
Result<Scalar> item_op(const Tensor& self) { return item(self); }
Result<bool> to_bool(const Tensor& self) {
  FACULA_CHECK(self.numel() != 0, "Boolean value of Tensor with no values is ambiguous");
  FACULA_CHECK(self.numel() == 1, "Boolean value of Tensor with more than one value is ambiguous");
  FACULA_TRY(const Scalar s, item(self));
  return s.to_bool();
}
Result<I> to_int(const Tensor& self) {
  FACULA_TRY(const Scalar s, item(self));
  FACULA_CHECK(!s.is_complex() || s.to_complex().imag() == 0, "value cannot be converted to type int64_t without overflow");
  FACULA_CHECK(!s.is_float() || std::abs(s.to_double()) < 9.3e18, "value cannot be converted to type int64_t without overflow");
  return s.to_int();
}
Result<double> to_float(const Tensor& self) {
  FACULA_TRY(const Scalar s, item(self));
  FACULA_CHECK(!s.is_complex() || s.to_complex().imag() == 0, "value cannot be converted to type double without overflow");
  return s.to_double();
}
Result<Value> to_complex(const Tensor& re, const Tensor& im) {
  FACULA_TRY(const Scalar a, item(re));
  FACULA_TRY(const Scalar b, item(im));
  return Value(a.to_complex() + b.to_complex() * std::complex<double>(0, 1));
}
Result<Value> to_complex_tn(const Tensor& re, const Value& im) {
  FACULA_TRY(const Scalar a, item(re));
  return Value(a.to_complex() + std::complex<double>(0, Scalar::from_value(im).to_double()));
}
Result<Value> to_complex_nt(const Value& re, const Tensor& im) {
  FACULA_TRY(const Scalar b, item(im));
  return Value(Scalar::from_value(re).to_complex() + b.to_complex() * std::complex<double>(0, 1));
}
// A tensor passed where a number is expected.
Status implicit_ok(const Tensor& t, bool integral) {
  FACULA_CHECK(!t.impl()->requires_grad, "Cannot input a tensor that requires grad as a scalar argument");
  FACULA_CHECK(t.dim() == 0, "Cannot input a tensor of dimension other than 0 as a scalar argument");
  FACULA_CHECK(!integral || is_integral(t.dtype(), false), "Cannot input a tensor of type {} as an integral argument",
               dtype_name(t.dtype()));
  return {};
}
Result<Scalar> scalar_implicit(const Tensor& t) {
  FACULA_TRY_VOID(implicit_ok(t, false));
  return item(t);
}
Result<I> int_implicit(const Tensor& t) {
  FACULA_TRY_VOID(implicit_ok(t, true));
  return to_int(t);
}
Result<double> float_implicit(const Tensor& t) {
  FACULA_TRY_VOID(implicit_ok(t, false));
  return to_float(t);
}
Result<Value> complex_implicit(const Tensor& t) {
  FACULA_TRY_VOID(implicit_ok(t, false));
  FACULA_TRY(const Scalar s, item(t));
  return Value(s.to_complex());
}

// prim::tolist(tensor, dims, element kind: 0 int, 1 float, 2 bool, 3 complex) -> nested lists, a number if dims is 0.
Value to_list_at(const Tensor& dense, std::size_t level, I offset, std::span<const TypePtr> list_types) {
  const auto number = [&](I i) -> Value {
    switch (dense.dtype()) {
      case DType::kInt64: return Value(dense.data_as<I>()[i]);
      case DType::kBool: return Value(dense.data_as<bool>()[i]);
      case DType::kComplexDouble: return Value(dense.data_as<std::complex<double>>()[i]);
      default: return Value(dense.data_as<double>()[i]);
    }
  };
  if (level == dense.sizes().size()) return number(offset);
  auto list = make_ref<ListBox>(list_types[level]);
  I step = 1;
  for (std::size_t d = level + 1; d < dense.sizes().size(); ++d) step *= dense.sizes()[d];
  for (I i = 0; i < dense.sizes()[level]; ++i) list->append(to_list_at(dense, level + 1, offset + i * step, list_types));
  return Value(std::move(list));
}
Status tolist(std::span<Value> args, std::span<Value> results) {
  FACULA_CHECK(args.size() == 3 && args[0].is_tensor(), "tolist() expects a Tensor");
  const Tensor t = args[0].tensor();
  const I dims = args[1].i(), kind = args[2].i();
  FACULA_CHECK(dims == t.dim(), "Output annotation list dimension and runtime tensor dimension must match for tolist()");
  const bool matches = kind == 0   ? t.dtype() == DType::kInt64
                       : kind == 1 ? t.dtype() == DType::kFloat || t.dtype() == DType::kDouble
                       : kind == 2 ? t.dtype() == DType::kBool
                                   : is_complex(t.dtype());
  FACULA_CHECK(matches, "Output annotation element type and runtime tensor element type must match for tolist()");
  FACULA_TRY(Tensor dense, contiguous(t));
  if (kind == 1) {
    FACULA_TRY(dense, cast(dense, DType::kDouble));
  } else if (kind == 3) {
    FACULA_TRY(dense, cast(dense, DType::kComplexDouble));
  }
  std::vector<TypePtr> nested(static_cast<std::size_t>(dims));
  TypePtr element = kind == 0 ? types::int_() : kind == 1 ? types::float_() : kind == 2 ? types::bool_() : types::complex_();
  for (std::size_t d = nested.size(); d-- > 0;) {
    nested[d] = types::list(element);
    element = nested[d];
  }
  results[0] = to_list_at(dense, 0, 0, nested);
  return {};
}

// Sizes and flags.
std::vector<I> ints(Ints v) { return {v.begin(), v.end()}; }
Result<std::vector<I>> size(const Tensor& self) { return ints(self.sizes()); }
Result<std::vector<I>> stride(const Tensor& self) { return ints(self.strides()); }
Result<I> size_at(const Tensor& self, I dim) {
  FACULA_CHECK_KIND(self.dim() > 0, kIndex, "Dimension specified as {} but tensor has no dimensions", dim);
  FACULA_TRY(const I d, wrap_dim(dim, self.dim()));
  return self.size(d);
}
Result<I> stride_at(const Tensor& self, I dim) {
  FACULA_CHECK_KIND(self.dim() > 0, kIndex, "Dimension specified as {} but tensor has no dimensions", dim);
  FACULA_TRY(const I d, wrap_dim(dim, self.dim()));
  return self.stride(d);
}
Result<I> len(const Tensor& self) {
  FACULA_CHECK_KIND(self.dim() > 0, kType, "len() of a 0-d tensor");
  return self.size(0);
}
Result<I> dim(const Tensor& self) { return self.dim(); }
Result<I> numel(const Tensor& self) { return self.numel(); }
Result<I> storage_offset(const Tensor& self) { return self.offset(); }
Result<I> element_size(const Tensor& self) { return static_cast<I>(self.element_bytes()); }
Result<I> nbytes(const Tensor& self) { return self.numel() * static_cast<I>(self.element_bytes()); }
Result<I> get_device(const Tensor&) { return -1; }
Result<I> zero(const Tensor&) { return 0; }
Result<I> version(const Tensor& self) { return static_cast<I>(self.storage()->version()); }
Result<I> dtype(const Tensor& self) { return static_cast<I>(self.dtype()); }
Result<Device> device(const Tensor& self) { return self.device(); }
Status layout(std::span<Value>, std::span<Value> results) {
  results[0] = Value(static_cast<I>(Layout::kStrided));
  return {};
}
Result<bool> requires_grad(const Tensor& self) { return self.impl()->requires_grad; }
Result<bool> is_leaf(const Tensor&) { return true; }
Result<bool> yes(const Tensor&) { return true; }
Result<bool> no(const Tensor&) { return false; }
Result<bool> is_pinned(const Tensor&, DV) { return false; }
Result<bool> is_contiguous(const Tensor& self) { return self.is_contiguous(); }
Result<bool> is_contiguous_as(const Tensor& self, MemoryFormat f) { return self.is_contiguous(f); }
Result<bool> strides_like(const Tensor& self, MemoryFormat f) { return self.suggest_memory_format() == f; }
Result<bool> is_dense(const Tensor& self) { return self.is_non_overlapping_and_dense(); }
Result<bool> is_floating_point(const Tensor& self) { return is_floating(self.dtype()); }
Result<bool> is_complex_op(const Tensor& self) { return is_complex(self.dtype()); }
Result<bool> is_signed(const Tensor& self) {
  return self.dtype() != DType::kUInt8 && self.dtype() != DType::kBool && self.dtype() != DType::kQUInt8;
}
Result<bool> is_same_size(const Tensor& self, const Tensor& other) { return same_sizes(self.sizes(), other.sizes()); }
Result<bool> is_set_to(const Tensor& self, const Tensor& other) {
  return self.storage() == other.storage() && self.offset() == other.offset() &&
         same_sizes(self.sizes(), other.sizes()) && same_sizes(self.strides(), other.strides());
}
Result<bool> is_nonzero(const Tensor& self) {
  FACULA_CHECK(self.numel() == 1, "Boolean value of Tensor with {} is ambiguous",
               self.numel() == 0 ? "no values" : "more than one value");
  return to_bool(self);
}
Result<Value> name(const Tensor&) { return Value(); }
Result<Tensor> requires_grad_(const Tensor& self, bool on) {
  FACULA_CHECK(!on || is_floating(self.dtype()) || is_complex(self.dtype()),
               "only Tensors of floating point dtype can require gradients");
  self.impl()->requires_grad = on;
  return self;
}
Result<Tensor> data(const Tensor& self) { return self.alias(); }
Status set_data(const Tensor& self, const Tensor& fresh) {
  TensorImpl& t = *self.impl();
  const TensorImpl& f = *fresh.impl();
  t.storage = f.storage;
  t.offset = f.offset;
  t.sizes = f.sizes;
  t.strides = f.strides;
  t.dtype = f.dtype;
  t.refresh();
  return {};
}
Status restride(const Tensor& self, const MF& format) {
  if (format == MemoryFormat::kChannelsLast || format == MemoryFormat::kChannelsLast3d) {
    FACULA_CHECK(self.dim() == (format == MemoryFormat::kChannelsLast ? 4 : 5), "required rank {} tensor to use channels_last format", 4);
    self.impl()->strides = channels_last_strides(self.sizes());
    self.impl()->refresh();
  }
  return {};
}
Result<Tensor> resize_copy(const Tensor& self, Ints size, MF format) {
  FACULA_TRY(Tensor out, clone(self));
  FACULA_TRY_VOID(resize(out, size));
  FACULA_TRY_VOID(restride(out, format));
  return out;
}
Result<Tensor> resize_as_copy(const Tensor& self, const Tensor& like, MF format) {
  return resize_copy(self, like.sizes(), format == MemoryFormat::kPreserve ? MF(like.suggest_memory_format()) : format);
}
Result<Tensor> set_tensor_(const Tensor& self, const Tensor& source) {
  FACULA_CHECK(self.dtype() == source.dtype(), "Could not set tensor of type {} to a tensor of type {}",
               dtype_name(source.dtype()), dtype_name(self.dtype()));
  FACULA_TRY_VOID(set_data(self, source));
  return self;
}
Result<bool> not_sparse(const Tensor&) { return runtime_error("is_coalesced expected sparse coordinate tensor layout but got Strided"); }
Result<Tensor> shape_as_tensor(const Tensor& self) {
  const auto n = static_cast<I>(self.dim());
  FACULA_TRY(Tensor t, Tensor::empty({&n, 1}, DType::kInt64));
  std::copy(self.sizes().begin(), self.sizes().end(), t.data_as<I>());
  return t;
}

Result<Tensor> resize_(const Tensor& self, Ints size, MF format) {
  FACULA_TRY_VOID(resize(self, size));
  FACULA_TRY_VOID(restride(self, format));
  return self;
}
Result<Tensor> resize_as_(const Tensor& self, const Tensor& like, MF format) {
  return resize_(self, like.sizes(), format == MemoryFormat::kPreserve ? MF(like.suggest_memory_format()) : format);
}

// Promotion as operators.
Result<DType> result_type_tt(const Tensor& a, const Tensor& b) { return result_type(a, b); }
Result<DType> result_type_ts(const Tensor& a, const Scalar& b) { return result_type(a, b); }
Result<DType> result_type_st(const Scalar& a, const Tensor& b) { return result_type(a, b); }
Result<DType> result_type_ss(const Scalar& a, const Scalar& b) { return result_type(a, b); }
Result<DType> promote_types(DType a, DType b) { return promote(a, b); }
Result<bool> can_cast_op(DType from, DType to) { return can_cast(from, to); }

// Conjugation is done at once: no lazy conjugate views.
Result<Tensor> conj(const Tensor& self) {
  return is_complex(self.dtype()) ? unary(self, UnaryOp::conj) : Result<Tensor>(self);
}
}  // namespace

constexpr Op kConversion[] = {
    row<to_device>("aten::to.device(Tensor(a) self, Device device, ScalarType dtype, bool non_blocking=False, bool copy=False, MemoryFormat? memory_format=None) -> Tensor(a)",
        {.traits = kCompositeAlias}),
    row<to_dtype>("aten::to.dtype(Tensor(a) self, ScalarType dtype, bool non_blocking=False, bool copy=False, MemoryFormat? memory_format=None) -> Tensor(a)",
        {.traits = kCompositeAlias, .samples = {"randn(2,3), torch.int64", "randn(2,3).t(), torch.float64",
            "randn(2,3), torch.float32", "arange(3), torch.bool"}}),
    row<to_other>("aten::to.other(Tensor(a) self, Tensor other, bool non_blocking=False, bool copy=False, MemoryFormat? memory_format=None) -> Tensor(a)",
        {.traits = kCompositeAlias, .samples = {"randn(2), arange(2)"}}),
    row<to_layout>("aten::to.dtype_layout(Tensor(a) self, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None, bool non_blocking=False, bool copy=False, MemoryFormat? memory_format=None) -> Tensor(a)",
        {.traits = kCompositeAlias}),
    row<to_prim_device>("aten::to.prim_Device(Tensor(a) self, Device? device, int? dtype=None, bool non_blocking=False, bool copy=False) -> Tensor(b|a)",
        {.traits = kCompositeAlias}),
    row<to_prim_dtype>("aten::to.prim_dtype(Tensor(a) self, int? dtype=None, bool non_blocking=False, bool copy=False) -> Tensor(b|a)",
        {.traits = kCompositeAlias}),
    row<to_prim_other>("aten::to.prim_other(Tensor(a) self, bool non_blocking=False, bool copy=False) -> Tensor(b|a)",
        {.traits = kCompositeAlias}),
    row<to_copy>("aten::_to_copy(Tensor self, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None, bool non_blocking=False, MemoryFormat? memory_format=None) -> Tensor"),
    row<type_as>("aten::type_as(Tensor self, Tensor other) -> Tensor",
        {.traits = kCompositeAlias, .samples = {"randn(2), arange(2)"}}),
    row<cast_to<DType::kHalf>>("aten::_cast_Half(Tensor self, bool non_blocking=False) -> Tensor"),
    row<cast_to<DType::kInt16>>("aten::_cast_Short(Tensor self, bool non_blocking=False) -> Tensor"),
    row<cast_to<DType::kInt64>>("aten::_cast_Long(Tensor self, bool non_blocking=False) -> Tensor"),
    row<cast_to<DType::kInt32>>("aten::_cast_Int(Tensor self, bool non_blocking=False) -> Tensor"),
    row<cast_to<DType::kFloat>>("aten::_cast_Float(Tensor self, bool non_blocking=False) -> Tensor"),
    row<cast_to<DType::kDouble>>("aten::_cast_Double(Tensor self, bool non_blocking=False) -> Tensor"),
    row<cast_to<DType::kInt8>>("aten::_cast_Char(Tensor self, bool non_blocking=False) -> Tensor"),
    row<cast_to<DType::kUInt8>>("aten::_cast_Byte(Tensor self, bool non_blocking=False) -> Tensor"),
    row<itself>("aten::cpu(Tensor(a) self) -> Tensor(b|a)", {.traits = kCompositeAlias, .samples = {"randn(2)"}}),
    row<cuda>("aten::cuda(Tensor(a) self) -> Tensor(b|a)"),
    row<chalf>("aten::chalf(Tensor self, *, MemoryFormat? memory_format=None) -> Tensor",
        {.traits = kCompositeAlias}),
    row<to_dense>("aten::to_dense(Tensor self, ScalarType? dtype=None, *, bool? masked_grad=None) -> Tensor",
        {.traits = kCompositeAlias}),
    row<contiguous_op>("aten::contiguous(Tensor(a) self, *, MemoryFormat memory_format=0) -> Tensor(a)",
        {.traits = kCompositeAlias, .samples = {"randn(2,3).t()", "randn(2,3)",
            "randn(2,3,4,5), memory_format=torch.channels_last"}}),
    row<clone_op>("aten::clone(Tensor self, *, MemoryFormat? memory_format=None) -> Tensor",
        {.forms = kOut, .samples = {"randn(2,3).t()", "randn(2,3,4)[:,:,::2]",
            "randn(2,3).t(), memory_format=torch.contiguous_format"}}),
    row<copy_op>("aten::copy(Tensor self, Tensor src, bool non_blocking=False) -> Tensor",
        {.samples = {"randn(2,3), randn(3)"}}),
    row<copy_>("aten::copy_(Tensor(a!) self, Tensor src, bool non_blocking=False) -> Tensor(a!)",
        {.samples = {"randn(2,3), randn(3)", "randn(2,3), arange(3)", "arange(3), randn(3)", "randn(2), randn(3)"}}),
    row<copy_tensor_>("aten::copy_.Tensor(Tensor(a!) self, Tensor other) -> Tensor(a!)"),
    row<copy_number_>("aten::copy_.int(Tensor(a!) self, int other) -> Tensor(a!)"),
    row<copy_number_>("aten::copy_.float(Tensor(a!) self, float other) -> Tensor(a!)"),
    row<item_op>("aten::item(Tensor self) -> Scalar",
        {.samples = {"tensor(3)", "randn(1,1)", "randn(2)", "tensor(True)"}}),
    row<item_op>("aten::_local_scalar_dense(Tensor self) -> Scalar"),
    row<to_bool>("aten::Bool.Tensor(Tensor a) -> bool"),
    row<to_int>("aten::Int.Tensor(Tensor a) -> int"),
    row<to_float>("aten::Float.Tensor(Tensor a) -> float"),
    row<to_complex>("aten::Complex.Tensor_Tensor(Tensor a, Tensor b) -> complex"),
    row<to_complex_tn>("aten::Complex.Tensor_float(Tensor x, float y) -> complex"),
    row<to_complex_nt>("aten::Complex.float_Tensor(float x, Tensor y) -> complex"),
    row<to_complex_tn>("aten::Complex.Tensor_int(Tensor x, int y) -> complex"),
    row<to_complex_nt>("aten::Complex.int_Tensor(int x, Tensor y) -> complex"),
    row<to_complex_tn>("aten::Complex.Tensor_bool(Tensor x, bool y) -> complex"),
    row<to_complex_nt>("aten::Complex.bool_Tensor(bool x, Tensor y) -> complex"),
    row<scalar_implicit>("aten::ScalarImplicit(Tensor a) -> Scalar"),
    row<int_implicit>("aten::IntImplicit(Tensor a) -> int"),
    row<float_implicit>("aten::FloatImplicit(Tensor a) -> float"),
    row<complex_implicit>("aten::ComplexImplicit(Tensor a) -> complex"),
    row<tolist>("prim::tolist(...) -> ..."),
    row<size>("aten::size(Tensor self) -> int[]"),
    row<size_at>("aten::size.int(Tensor self, int dim) -> int"),
    row<stride>("aten::stride(Tensor self) -> int[]"),
    row<stride_at>("aten::stride.int(Tensor self, int dim) -> int"),
    row<size>("aten::sym_size(Tensor self) -> SymInt[]"),
    row<size_at>("aten::sym_size.int(Tensor self, int dim) -> SymInt"),
    row<stride>("aten::sym_stride(Tensor self) -> SymInt[]"),
    row<stride_at>("aten::sym_stride.int(Tensor self, int dim) -> SymInt"),
    row<numel>("aten::sym_numel(Tensor self) -> SymInt"),
    row<storage_offset>("aten::sym_storage_offset(Tensor self) -> SymInt"),
    row<len>("aten::len.Tensor(Tensor t) -> int"),
    row<dim>("aten::dim(Tensor self) -> int"),
    row<numel>("aten::numel(Tensor self) -> int"),
    row<storage_offset>("aten::storage_offset(Tensor self) -> int"),
    row<element_size>("aten::element_size(Tensor self) -> int"),
    row<element_size>("prim::itemsize(Tensor a) -> int"),
    row<nbytes>("prim::nbytes(Tensor a) -> int"),
    row<get_device>("aten::get_device(Tensor self) -> int"),
    row<zero>("aten::output_nr(Tensor self) -> int"),
    row<zero>("aten::sparse_dim(Tensor self) -> int"),
    row<dim>("aten::dense_dim(Tensor self) -> int"),
    row<version>("aten::_version(Tensor self) -> int"),
    row<dtype>("prim::dtype(Tensor a) -> int"),
    row<device>("prim::device(Tensor a) -> Device"),
    row<layout>("prim::layout(Tensor a) -> Layout"),
    row<requires_grad>("prim::requires_grad(Tensor a) -> bool"),
    row<name>("prim::name(Tensor a) -> str?"),
    row<data>("prim::data(Tensor(a) a) -> Tensor(a)"),
    row<data>("aten::data(Tensor self) -> Tensor"),
    row<set_data>("aten::set_data(Tensor(a!) self, Tensor new_data) -> ()"),
    row<set_tensor_>("aten::set_.source_Tensor(Tensor(a!) self, Tensor source) -> Tensor(a!)"),
    row<requires_grad_>("aten::requires_grad_(Tensor(a!) self, bool requires_grad=True) -> Tensor(a!)"),
    row<is_leaf>("aten::is_leaf(Tensor self) -> bool"),
    row<no>("aten::retains_grad(Tensor self) -> bool"),
    row<yes>("prim::is_cpu(Tensor a) -> bool"),
    row<no>("prim::is_cuda(Tensor a) -> bool"),
    row<no>("prim::is_xla(Tensor a) -> bool"),
    row<no>("prim::is_xpu(Tensor a) -> bool"),
    row<no>("prim::is_mtia(Tensor a) -> bool"),
    row<no>("prim::is_ipu(Tensor a) -> bool"),
    row<no>("prim::is_maia(Tensor a) -> bool"),
    row<no>("prim::is_mps(Tensor a) -> bool"),
    row<no>("prim::is_meta(Tensor a) -> bool"),
    row<no>("prim::is_mkldnn(Tensor a) -> bool"),
    row<no>("prim::is_vulkan(Tensor a) -> bool"),
    row<no>("prim::is_quantized(Tensor a) -> bool"),
    row<no>("prim::is_nested(Tensor a) -> bool"),
    row<no>("prim::is_sparse(Tensor a) -> bool"),
    row<no>("prim::is_sparse_csr(Tensor a) -> bool"),
    row<not_sparse>("aten::is_coalesced(Tensor self) -> bool"),
    row<no>("aten::is_inference(Tensor self) -> bool"),
    row<no>("aten::is_neg(Tensor self) -> bool"),
    row<no>("aten::is_conj(Tensor self) -> bool"),
    row<no>("aten::is_distributed(Tensor self) -> bool"),
    row<is_pinned>("aten::is_pinned(Tensor self, Device? device=None) -> bool"),
    row<is_contiguous>("aten::is_contiguous(Tensor self) -> bool"),
    row<is_contiguous_as>("aten::is_contiguous.memory_format(Tensor self, MemoryFormat memory_format) -> bool"),
    row<strides_like>("aten::is_strides_like_format(Tensor self, MemoryFormat memory_format) -> bool"),
    row<is_dense>("aten::is_non_overlapping_and_dense(Tensor self) -> bool"),
    row<is_floating_point>("aten::is_floating_point(Tensor self) -> bool"),
    row<is_complex_op>("aten::is_complex(Tensor self) -> bool"),
    row<is_signed>("aten::is_signed(Tensor self) -> bool"),
    row<is_same_size>("aten::is_same_size(Tensor self, Tensor other) -> bool"),
    row<is_set_to>("aten::is_set_to(Tensor self, Tensor tensor) -> bool"),
    row<is_nonzero>("aten::is_nonzero(Tensor self) -> bool"),
    row<shape_as_tensor>("aten::_shape_as_tensor(Tensor self) -> Tensor", {.samples = {"randn(2,3)"}}),
    row<resize_copy>("aten::resize(Tensor self, SymInt[] size, *, MemoryFormat? memory_format=None) -> Tensor"),
    row<resize_as_copy>("aten::resize_as(Tensor self, Tensor the_template, *, MemoryFormat? memory_format=None) -> Tensor"),
    row<resize_>("aten::resize_(Tensor(a!) self, SymInt[] size, *, MemoryFormat? memory_format=None) -> Tensor(a!)",
        {.samples = {"randn(2,3), [3,2]", "randn(2), [4,4]"}}),
    row<resize_as_>("aten::resize_as_(Tensor(a!) self, Tensor the_template, *, MemoryFormat? memory_format=None) -> Tensor(a!)",
        {.samples = {"randn(2,3), randn(6)"}}),
    row<result_type_tt>("aten::result_type.Tensor(Tensor tensor, Tensor other) -> ScalarType"),
    row<result_type_ts>("aten::result_type.Scalar(Tensor tensor, Scalar other) -> ScalarType"),
    row<result_type_st>("aten::result_type.Scalar_Tensor(Scalar scalar, Tensor tensor) -> ScalarType"),
    row<result_type_ss>("aten::result_type.Scalar_Scalar(Scalar scalar1, Scalar scalar2) -> ScalarType"),
    row<promote_types>("aten::promote_types(ScalarType type1, ScalarType type2) -> ScalarType"),
    row<can_cast_op>("aten::can_cast(ScalarType from_, ScalarType to) -> bool"),
    row<conj>("aten::conj(Tensor(a) self) -> Tensor(a)", {.traits = kCompositeAlias}),
    row<conj>("aten::_conj(Tensor(a) self) -> Tensor(a)", {.traits = kCompositeAlias}),
    row<conj>("aten::conj_physical(Tensor self) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise | kCompositeAlias, .samples = {"randn(2,3,dtype=torch.cfloat)", "randn(2)"}}),
};
FACULA_FAMILY(conversion, kConversion)

}  // namespace fac
