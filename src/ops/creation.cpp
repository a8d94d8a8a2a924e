// Tensors from nothing: constants, ranges, like-shaped tensors.
// Longer than most files: one family, a short function and a row for each of its operators.
#include <cmath>
#include <cstring>
#include <limits>

#include "base/checked.h"
#include "kernels/copy.h"
#include "ops/copy.h"
#include "ops/elementwise.h"
#include "ops/functions.h"
#include "ops/options.h"

namespace fac {
namespace ops {

namespace {
// Whether the number fits an integer dtype or float32; unsigned types take negative numbers of their width (they wrap).
bool fits(const Scalar& v, DType t) {
  if (v.is_complex() && !is_complex(t) && t != DType::kBool && v.to_complex().imag() != 0) return false;
  if (t == DType::kFloat && !v.is_complex() && std::isfinite(v.to_double()) && std::abs(v.to_double()) > std::numeric_limits<float>::max()) return false;
  if (!is_integral(t, false)) return true;
  const double bits = static_cast<double>(item_size(t) * 8), high = std::ldexp(1.0, static_cast<int>(bits) - 1);
  const double d = v.to_double();
  if (v.is_int() && t == DType::kInt64) return true;
  if (t == DType::kUInt8) return d > -256 && d < 256;
  return d >= -high && (v.is_int() ? d <= high - 1 : d < high);
}
}  // namespace

Status fill(const Tensor& t, const Scalar& value) {
  FACULA_CHECK(fits(value, t.dtype()), "value cannot be converted to type {} without overflow",
               t.dtype() == DType::kUInt8   ? "uint8_t"
               : t.dtype() == DType::kInt8  ? "int8_t"
               : t.dtype() == DType::kInt16 ? "int16_t"
               : t.dtype() == DType::kInt32 ? "int"
               : t.dtype() == DType::kFloat ? "float"
               : t.dtype() == DType::kDouble ? "double"
                                            : "int64_t");
  if (t.numel() == 0) return {};
  const NumberCell cell(value, t.dtype());
  alignas(16) unsigned char element[16];
  kernels::convert(element, kind_of(t.dtype()), cell.bytes, cell.kind, 1);
  Dims once(t.sizes());  // what an expanded tensor repeats in memory is written once
  for (std::size_t d = 0; d < once.size(); ++d)
    if (t.strides()[d] == 0) once[d] = 1;
  const Tensor elements = t.as_view(once, t.strides(), t.offset());
  Operands operands(elements.sizes());
  operands.add(elements);
  kernels::fill(operands.get(), element);
  return {};
}

Result<Tensor> full(Ints sizes, const Scalar& value, DType dtype) {
  FACULA_TRY(Tensor t, Tensor::empty(sizes, dtype));
  FACULA_TRY_VOID(fill(t, value));
  return t;
}

Result<Tensor> zeros(Ints sizes, DType dtype) {
  FACULA_TRY(Tensor t, Tensor::empty(sizes, dtype));
  if (t.numel() > 0) std::memset(t.data(), 0, static_cast<std::size_t>(t.numel()) * t.element_bytes());
  return t;
}

Result<Tensor> scalar_tensor(const Scalar& value, DType dtype) { return full({}, value, dtype); }

// Fills a dense tensor from a dense one of another kind: values are computed in double or int64, then converted.
template <class T>
Result<Tensor> converted(const std::vector<T>& values, DType dtype, Ints sizes) {
  FACULA_TRY(Tensor t, Tensor::empty(sizes, dtype));
  if (!values.empty())
    kernels::convert(t.data(), kind_of(dtype), values.data(), kernels::kind_of<T>(), static_cast<std::int64_t>(values.size()));
  return t;
}

Result<Tensor> arange(const Scalar& start, const Scalar& end, const Scalar& step, DType dtype) {
  const bool exact = is_integral(dtype, false) && !start.is_float() && !end.is_float() && !step.is_float();
  const double a = start.to_double(), b = end.to_double(), d = step.to_double();
  FACULA_CHECK(d > 0 || d < 0, "step must be nonzero");
  FACULA_CHECK(std::isfinite(a) && std::isfinite(b), "unsupported range: {} -> {}", a, b);
  FACULA_CHECK((d > 0 && b >= a) || (d < 0 && b <= a),
               "upper bound and lower bound inconsistent with step sign");
  std::int64_t span = 0;
  const bool fits = exact && !__builtin_sub_overflow(end.to_int(), start.to_int(), &span);
  const double count = fits ? std::ceil(static_cast<double>(span) / d) : std::ceil((b - a) / d);
  FACULA_CHECK(count >= 0 && count < 9.2e18, "invalid size, possible overflow?");
  const auto n = static_cast<std::int64_t>(count);
  FACULA_TRY(Tensor t, Tensor::empty({&n, 1}, dtype));
  if (dtype == DType::kInt64) {
    const std::int64_t s = start.to_int(), k = step.to_int();
    auto* p = t.data_as<std::int64_t>();
    for (std::int64_t i = 0; i < n; ++i) p[i] = wrap_add(s, wrap_mul(i, k));
    return t;
  }
  if (is_integral(dtype, true)) {
    const std::int64_t s = start.to_int(), k = step.to_int();
    std::vector<std::int64_t> values(static_cast<std::size_t>(n));
    for (std::int64_t i = 0; i < n; ++i) values[static_cast<std::size_t>(i)] = wrap_add(s, wrap_mul(i, k));
    if (n > 0) kernels::convert(t.data(), kind_of(dtype), values.data(), ScalarKind::kInt64, n);
    return t;
  }
  if (dtype == DType::kFloat) {
    auto* p = t.data_as<float>();
    for (std::int64_t i = 0; i < n; ++i) p[i] = static_cast<float>(a + static_cast<double>(i) * d);
    return t;
  }
  std::vector<double> values(static_cast<std::size_t>(n));
  for (std::int64_t i = 0; i < n; ++i) values[static_cast<std::size_t>(i)] = a + static_cast<double>(i) * d;
  if (n > 0) kernels::convert(t.data(), kind_of(dtype), values.data(), ScalarKind::kDouble, n);
  return t;
}

}  // namespace ops

namespace {

using namespace ops;
using I = std::int64_t;

DType or_default(const DT& dtype) { return dtype.value_or(default_dtype()); }
// full(): the dtype of the number where none is given.
DType or_number(const DT& dtype, const Scalar& v) { return dtype ? *dtype : v.dtype(); }

Result<Tensor> empty(Ints size, DT dtype, LA layout, DV device, PM, MF format) {
  FACULA_TRY_VOID(check_place(device, layout));
  if (format && *format == MemoryFormat::kChannelsLast && size.size() == 4)
    return Tensor::empty_strided(size, channels_last_strides(size), or_default(dtype));
  if (format && *format == MemoryFormat::kChannelsLast3d && size.size() == 5)
    return Tensor::empty_strided(size, channels_last_strides(size), or_default(dtype));
  FACULA_CHECK(!format || *format == MemoryFormat::kContiguous || *format == MemoryFormat::kPreserve,
               "required rank {} tensor to use channels_last format", *format == MemoryFormat::kChannelsLast ? 4 : 5);
  return Tensor::empty(size, or_default(dtype));
}
Result<Tensor> zeros_op(Ints size, DT dtype, LA layout, DV device, PM) {
  FACULA_TRY_VOID(check_place(device, layout));
  return zeros(size, or_default(dtype));
}
Result<Tensor> ones(Ints size, DT dtype, LA layout, DV device, PM) {
  FACULA_TRY_VOID(check_place(device, layout));
  return full(size, 1, or_default(dtype));
}
Result<Tensor> full_op(Ints size, const Scalar& v, DT dtype, LA layout, DV device, PM) {
  FACULA_TRY_VOID(check_place(device, layout));
  return full(size, v, or_number(dtype, v));
}
Result<Tensor> empty_strided(Ints size, Ints stride, DT dtype, LA layout, DV device, PM) {
  FACULA_TRY_VOID(check_place(device, layout));
  FACULA_CHECK(size.size() == stride.size(), "mismatch in length of strides and shape");
  for (auto s : stride) FACULA_CHECK(s >= 0, "negative strides are not supported, got {}", ints_text(stride));
  return Tensor::empty_strided(size, stride, or_default(dtype));
}
Result<Tensor> empty_permuted(Ints size, Ints layout_order, DT dtype, LA layout, DV device, PM) {
  FACULA_TRY_VOID(check_place(device, layout));
  FACULA_CHECK(size.size() == layout_order.size(), "Number of dimensions in size does not match the length of the "
               "physical_layout; i.e. len(size) = {} is not equal to len(physical_layout) = {}", size.size(),
               layout_order.size());
  Dims strides(size.size(), -1);
  I step = 1;
  for (std::size_t k = size.size(); k-- > 0;) {
    const I d = layout_order[k];
    FACULA_CHECK(d >= 0 && d < static_cast<I>(size.size()), "Dimension out of range (expected to be between 0 and {}, "
                 "but got {} at index {}).", size.size() - 1, d, k);
    auto& s = strides[static_cast<std::size_t>(d)];
    FACULA_CHECK(s < 0, "Duplicate dim not allowed");
    s = step;
    step *= std::max<I>(size[static_cast<std::size_t>(d)], 1);
  }
  return Tensor::empty_strided(size, strides, or_default(dtype));
}

Result<Tensor> empty_like(const Tensor& self, DT dtype, LA layout, DV device, PM pin, MF format) {
  const MemoryFormat f = format.value_or(MemoryFormat::kPreserve);
  if (f == MemoryFormat::kPreserve) {
    FACULA_TRY_VOID(check_place(device, layout));
    return Tensor::empty_like(self, dtype.value_or(self.dtype()));
  }
  return empty(self.sizes(), dtype.value_or(self.dtype()), layout, device, pin, f);
}
Result<Tensor> full_like(const Tensor& self, const Scalar& v, DT dtype, LA layout, DV device, PM pin, MF format) {
  FACULA_TRY(Tensor t, empty_like(self, dtype, layout, device, pin, format));
  FACULA_TRY_VOID(fill(t, v));
  return t;
}
Result<Tensor> zeros_like(const Tensor& self, DT dtype, LA layout, DV device, PM pin, MF format) {
  return full_like(self, 0, dtype, layout, device, pin, format);
}
Result<Tensor> ones_like(const Tensor& self, DT dtype, LA layout, DV device, PM pin, MF format) {
  return full_like(self, 1, dtype, layout, device, pin, format);
}
Result<Tensor> new_empty(const Tensor& self, Ints size, DT dtype, LA layout, DV device, PM pin) {
  return empty(size, dtype.value_or(self.dtype()), layout, device, pin, std::nullopt);
}
Result<Tensor> new_empty_strided(const Tensor& self, Ints size, Ints stride, DT dtype, LA layout, DV device, PM pin) {
  return empty_strided(size, stride, dtype.value_or(self.dtype()), layout, device, pin);
}
Result<Tensor> new_zeros(const Tensor& self, Ints size, DT dtype, LA layout, DV device, PM pin) {
  return zeros_op(size, dtype.value_or(self.dtype()), layout, device, pin);
}
Result<Tensor> new_ones(const Tensor& self, Ints size, DT dtype, LA layout, DV device, PM pin) {
  return ones(size, dtype.value_or(self.dtype()), layout, device, pin);
}
Result<Tensor> new_full(const Tensor& self, Ints size, const Scalar& v, DT dtype, LA layout, DV device, PM pin) {
  return full_op(size, v, dtype.value_or(self.dtype()), layout, device, pin);
}
Result<Tensor> scalar_tensor_op(const Scalar& v, DT dtype, LA layout, DV device, PM) {
  FACULA_TRY_VOID(check_place(device, layout));
  return scalar_tensor(v, or_default(dtype));
}

Result<Tensor> arange_step(const Scalar& start, const Scalar& end, const Scalar& step, DT dtype, LA layout, DV device,
                           PM) {
  FACULA_TRY_VOID(check_place(device, layout));
  const bool floats = start.is_float() || end.is_float() || step.is_float();
  return arange(start, end, step, dtype.value_or(floats ? default_dtype() : DType::kInt64));
}
Result<Tensor> arange_start(const Scalar& start, const Scalar& end, DT dtype, LA layout, DV device, PM pin) {
  return arange_step(start, end, 1, dtype, layout, device, pin);
}
Result<Tensor> arange_end(const Scalar& end, DT dtype, LA layout, DV device, PM pin) {
  return arange_step(0, end, 1, dtype, layout, device, pin);
}
// torch.range: both ends included, floating by default.
Result<Tensor> range_step(const Scalar& start, const Scalar& end, const Scalar& step, DT dtype, LA layout, DV device,
                          PM) {
  FACULA_TRY_VOID(check_place(device, layout));
  const double a = start.to_double(), b = end.to_double(), d = step.to_double();
  FACULA_CHECK(d > 0 || d < 0, "step must be nonzero");
  FACULA_CHECK((d > 0 && b >= a) || (d < 0 && b <= a), "upper bound and lower bound inconsistent with step sign");
  const double count = (b - a) / d + 1;
  FACULA_CHECK(count < 9.2e18, "invalid size, possible overflow?");
  const auto n = static_cast<I>(count);
  FACULA_TRY_VOID(Tensor::empty({&n, 1}, DType::kDouble));  // as much as the numbers take
  std::vector<double> values(static_cast<std::size_t>(n));
  for (I i = 0; i < n; ++i) values[static_cast<std::size_t>(i)] = a + static_cast<double>(i) * d;
  return converted(values, or_default(dtype), {&n, 1});
}
Result<Tensor> range(const Scalar& start, const Scalar& end, DT dtype, LA layout, DV device, PM pin) {
  return range_step(start, end, 1, dtype, layout, device, pin);
}

// n evenly spaced numbers; `f` maps each to its value. Counted from both ends, as PyTorch does, so that it is symmetric.
template <class F>
Result<Tensor> spaced(const Scalar& start, const Scalar& end, I steps, DT dtype, LA layout, DV device, F&& f) {
  FACULA_TRY_VOID(check_place(device, layout));
  FACULA_CHECK(steps >= 0, "number of steps must be non-negative");
  const bool complex = start.is_complex() || end.is_complex();
  const DType t = dtype.value_or(complex ? complex_dtype(default_dtype()) : default_dtype());
  FACULA_TRY_VOID(Tensor::empty({&steps, 1}, DType::kDouble));  // as much as the numbers take
  const auto count = static_cast<std::size_t>(steps);
  const auto at = [&](auto zero) {
    using T = decltype(zero);
    const auto number = [](const Scalar& s) {
      if constexpr (std::is_same_v<T, std::complex<double>>) return s.to_complex();
      else return static_cast<T>(s.to_double());
    };
    const T a = number(start), b = number(end);
    std::vector<T> values(count);
    const T step = steps > 1 ? (b - a) / static_cast<T>(static_cast<double>(steps - 1)) : T(0);
    for (std::size_t i = 0; i < count; ++i) {
      const T k = static_cast<T>(static_cast<double>(i)), back = static_cast<T>(static_cast<double>(count - i - 1));
      values[i] = f(i < count / 2 || count == 1 ? a + step * k : b - step * back);
    }
    return converted(values, t, {&steps, 1});
  };
  if (is_complex(t)) return at(std::complex<double>());
  if (t == DType::kFloat || t == DType::kHalf || t == DType::kBFloat16) return at(float());
  return at(double());
}
Result<Tensor> linspace(const Scalar& start, const Scalar& end, I steps, DT dtype, LA layout, DV device, PM) {
  return spaced(start, end, steps, dtype, layout, device, [](auto x) { return x; });
}
Result<Tensor> logspace(const Scalar& start, const Scalar& end, I steps, double base, DT dtype, LA layout, DV device,
                        PM) {
  return spaced(start, end, steps, dtype, layout, device, [base](auto x) {
    using T = decltype(x);
    if constexpr (std::is_floating_point_v<T>) return static_cast<T>(std::pow(base, static_cast<double>(x)));
    else return std::pow(T(base), x);
  });
}
Result<Scalar> zero_dim(const Tensor& t) {
  FACULA_CHECK(t.dim() == 0, "linspace only supports 0-dimensional start and end tensors, but got start with {} "
               "dimension(s).", t.dim());
  return item(t);
}
Result<Scalar> zero_dim(const Scalar& s) { return s; }
template <class A, class B>
Result<Tensor> linspace_of(const A& start, const B& end, I steps, DT dtype, LA layout, DV device, PM pin) {
  FACULA_TRY(const Scalar a, zero_dim(start));
  FACULA_TRY(const Scalar b, zero_dim(end));
  return linspace(a, b, steps, dtype, layout, device, pin);
}
template <class A, class B>
Result<Tensor> logspace_of(const A& start, const B& end, I steps, double base, DT dtype, LA layout, DV device, PM pin) {
  FACULA_TRY(const Scalar a, zero_dim(start));
  FACULA_TRY(const Scalar b, zero_dim(end));
  return logspace(a, b, steps, base, dtype, layout, device, pin);
}

Result<Tensor> eye_m(I n, I m, DT dtype, LA layout, DV device, PM) {
  FACULA_TRY_VOID(check_place(device, layout));
  FACULA_CHECK(n >= 0, "n must be greater or equal to 0, got {}", n);
  FACULA_CHECK(m >= 0, "m must be greater or equal to 0, got {}", m);
  FACULA_TRY(Tensor t, zeros(Dims{n, m}, or_default(dtype)));
  const I k = std::min(n, m);
  if (k > 0) FACULA_TRY_VOID(fill(t.as_view(Dims{k}, Dims{m + 1}, 0), 1));
  return t;
}
Result<Tensor> eye(I n, DT dtype, LA layout, DV device, PM pin) { return eye_m(n, n, dtype, layout, device, pin); }

// In place.
Result<Tensor> fill_scalar_(const Tensor& self, const Scalar& v) {
  FACULA_TRY_VOID(fill(self, v));
  self.bump_version();
  return self;
}
Result<Tensor> fill_tensor_(const Tensor& self, const Tensor& v) {
  FACULA_CHECK(v.dim() == 0, "fill_ only supports 0-dimension value tensor but got tensor with {} dimensions.", v.dim());
  FACULA_TRY_VOID(copy_into(self, v));
  self.bump_version();
  return self;
}
Result<Tensor> zero_(const Tensor& self) { return fill_scalar_(self, 0); }
Result<Tensor> fill_scalar(const Tensor& self, const Scalar& v) {
  FACULA_TRY(Tensor t, Tensor::empty_like(self));
  return fill_scalar_(t, v);
}
Result<Tensor> fill_tensor(const Tensor& self, const Tensor& v) {
  FACULA_TRY(Tensor t, Tensor::empty_like(self));
  return fill_tensor_(t, v);
}
Result<Tensor> zero(const Tensor& self) { return fill_scalar(self, 0); }

// torch.tensor(): a number or nested lists of numbers.
Result<Tensor> number_tensor(const Value& v, const DT& dtype, const DV& device, bool requires_grad) {
  FACULA_TRY_VOID(check_place(device));
  const Scalar s = Scalar::from_value(v);
  FACULA_TRY(Tensor t, scalar_tensor(s, or_number(dtype, s)));
  t.impl()->requires_grad = requires_grad;
  return t;
}
Result<Tensor> tensor_number(const Value& v, DT dtype, DV device, bool requires_grad) {
  return number_tensor(v, dtype, device, requires_grad);
}
Result<Tensor> as_tensor_number(const Value& v, DT dtype, DV device) { return number_tensor(v, dtype, device, false); }

struct NestedList {
  Dims sizes;
  std::vector<double> reals, imags;
  std::vector<std::int64_t> ints;
  Scalar::Kind kind = Scalar::Kind::kBool;
  bool seen = false;
};
Status flatten_list(const Value& v, std::size_t depth, NestedList& out) {
  if (v.is_list()) {
    ListBox& list = v.list();
    const auto n = static_cast<I>(list.size());
    if (out.sizes.size() == depth && !out.seen) out.sizes.push_back(n);
    FACULA_CHECK(depth < out.sizes.size() && out.sizes[depth] == n,
                 "Expected sequence of length {} at dim {} (got {})", depth < out.sizes.size() ? out.sizes[depth] : 0,
                 depth, n);
    for (std::size_t i = 0; i < list.size(); ++i) FACULA_TRY_VOID(flatten_list(list.get(i), depth + 1, out));
    return {};
  }
  Scalar s;
  if (v.is_tensor()) {
    FACULA_TRY(s, item(v.tensor()));
  } else {
    FACULA_CHECK(v.is_scalar(), "Input must be of ints, floats, or bools, got {}", tag_name(v.tag()));
    s = Scalar::from_value(v);
  }
  FACULA_CHECK(depth == out.sizes.size(), "Expected sequence of length {} at dim {}", depth, depth);
  if (!out.seen) out.kind = s.kind();
  out.seen = true;
  out.reals.push_back(s.to_double());
  out.imags.push_back(s.is_complex() ? s.to_complex().imag() : 0);
  out.ints.push_back(s.to_int());
  return {};
}
// The dtype of an empty list follows its declared element type.
DType list_dtype(const Value& v, const NestedList& flat) {
  if (flat.seen)
    switch (flat.kind) {
      case Scalar::Kind::kInt: return DType::kInt64;
      case Scalar::Kind::kBool: return DType::kBool;
      case Scalar::Kind::kFloat: return default_dtype();
      default: return complex_dtype(default_dtype());
    }
  if (v.is_list() && v.list().is_ints()) return DType::kInt64;
  if (v.is_list() && v.list().is_bools()) return DType::kBool;
  return default_dtype();
}
Result<Tensor> tensor_list(const Value& data, DT dtype, DV device, bool requires_grad) {
  FACULA_TRY_VOID(check_place(device));
  NestedList flat;
  FACULA_TRY_VOID(flatten_list(data, 0, flat));
  const DType t = dtype.value_or(list_dtype(data, flat));
  Tensor out;
  if (flat.kind == Scalar::Kind::kComplex) {
    std::vector<std::complex<double>> values;
    for (std::size_t i = 0; i < flat.reals.size(); ++i) values.emplace_back(flat.reals[i], flat.imags[i]);
    FACULA_TRY(out, converted(values, t, flat.sizes));
  } else if (flat.kind == Scalar::Kind::kFloat) {
    FACULA_TRY(out, converted(flat.reals, t, flat.sizes));
  } else {
    FACULA_TRY(out, converted(flat.ints, t, flat.sizes));
  }
  out.impl()->requires_grad = requires_grad;
  return out;
}
Result<Tensor> as_tensor_list(const Value& data, DT dtype, DV device) {
  return tensor_list(data, dtype, device, false);
}
Result<Tensor> as_tensor(const Tensor& data, DT dtype, DV device) {
  FACULA_TRY_VOID(check_place(device));
  return cast(data, dtype.value_or(data.dtype()));
}
Result<Tensor> number_to_tensor(const Value& v) { return number_tensor(v, std::nullopt, std::nullopt, false); }

Result<Tensor> from_file(std::string_view, std::optional<bool>, std::optional<I>, DT, LA, DV, PM) {
  return error(ErrorKind::kNotImplemented, "from_file: programs may not read files");
}

}  // namespace

constexpr Op kCreation[] = {
    row<empty>("aten::empty.memory_format(SymInt[] size, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None, MemoryFormat? memory_format=None) -> Tensor"),
    row<empty_strided>("aten::empty_strided(SymInt[] size, SymInt[] stride, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor"),
    row<empty_permuted>("aten::empty_permuted(SymInt[] size, int[] physical_layout, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor"),
    row<empty_like>("aten::empty_like(Tensor self, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None, MemoryFormat? memory_format=None) -> Tensor"),
    row<new_empty>("aten::new_empty(Tensor self, SymInt[] size, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor"),
    row<new_empty_strided>("aten::new_empty_strided(Tensor self, SymInt[] size, SymInt[] stride, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor"),
    row<zeros_op>("aten::zeros(SymInt[] size, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor",
        {.samples = {"[2,3]", "[]", "[0,2]", "[2], dtype=torch.int64", "[2,-1]"}}),
    row<zeros_like>("aten::zeros_like(Tensor self, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None, MemoryFormat? memory_format=None) -> Tensor",
        {.samples = {"randn(2,3)", "randn(2,3).t()", "randn(2,3), dtype=torch.bool"}}),
    row<new_zeros>("aten::new_zeros(Tensor self, SymInt[] size, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor",
        {.samples = {"randn(2), [2,3]", "randn(2), [2], dtype=torch.int32"}}),
    row<ones>("aten::ones(SymInt[] size, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor",
        {.samples = {"[2,3]", "[2], dtype=torch.bool"}}),
    row<ones_like>("aten::ones_like(Tensor self, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None, MemoryFormat? memory_format=None) -> Tensor",
        {.samples = {"randn(2,3)", "randn(2,3).t()"}}),
    row<new_ones>("aten::new_ones(Tensor self, SymInt[] size, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor",
        {.samples = {"randn(2), [2,3]"}}),
    row<full_op>("aten::full(SymInt[] size, Scalar fill_value, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor",
        {.samples = {"[2,3], 2", "[2], 1.5", "[2], True", "[], 300, dtype=torch.uint8", "[2], 3, dtype=torch.half"}}),
    row<full_like>("aten::full_like(Tensor self, Scalar fill_value, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None, MemoryFormat? memory_format=None) -> Tensor",
        {.samples = {"randn(2,3), 7", "arange(3), 1.5", "randn(2,3), 2+1j"}}),
    row<new_full>("aten::new_full(Tensor self, SymInt[] size, Scalar fill_value, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor",
        {.samples = {"randn(2), [2,3], 4"}}),
    row<scalar_tensor_op>("aten::scalar_tensor(Scalar s, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor",
        {.samples = {"3", "2.5, dtype=torch.int32"}}),
    row<arange_end>("aten::arange(Scalar end, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor",
        {.samples = {"5", "2.5", "5, dtype=torch.float32", "5, dtype=torch.half", "-1"}}),
    row<arange_start>("aten::arange.start(Scalar start, Scalar end, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor",
        {.samples = {"1, 5", "0.5, 3", "3, 1"}}),
    row<arange_step>("aten::arange.start_step(Scalar start, Scalar end, Scalar step=1, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor",
        {.samples = {"1, 10, 3", "1, 2, 0.3", "5, 0, -2", "0, 5, 0", "0, 1, 0.1, dtype=torch.float64"}}),
    row<range>("aten::range(Scalar start, Scalar end, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor",
        {.samples = {"1, 5", "0.5, 3"}}),
    row<range_step>("aten::range.step(Scalar start, Scalar end, Scalar step=1, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor",
        {.samples = {"1, 10, 3", "1, 2, 0.25"}}),
    row<linspace_of<Tensor, Tensor>>("aten::linspace.Tensor_Tensor(Tensor start, Tensor end, int steps, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor",
        {.samples = {"tensor(1.), tensor(2.), 5"}}),
    row<linspace_of<Tensor, Scalar>>("aten::linspace.Tensor_Scalar(Tensor start, Scalar end, int steps, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor",
        {.samples = {"tensor(1.), 2, 5"}}),
    row<linspace_of<Scalar, Tensor>>("aten::linspace.Scalar_Tensor(Scalar start, Tensor end, int steps, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor",
        {.samples = {"1, tensor(2.), 5"}}),
    row<linspace>("aten::linspace(Scalar start, Scalar end, int steps, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor",
        {.samples = {"0, 1, 5", "-3, 7.5, 11", "1, 2, 1", "1, 2, 0", "0, 10, 4, dtype=torch.int64", "0, 1, -1"}}),
    row<logspace_of<Tensor, Tensor>>("aten::logspace.Tensor_Tensor(Tensor start, Tensor end, int steps, float base=10., *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor",
        {.samples = {"tensor(1.), tensor(2.), 5"}}),
    row<logspace_of<Tensor, Scalar>>("aten::logspace.Tensor_Scalar(Tensor start, Scalar end, int steps, float base=10., *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor",
        {.samples = {"tensor(1.), 2, 5"}}),
    row<logspace_of<Scalar, Tensor>>("aten::logspace.Scalar_Tensor(Scalar start, Tensor end, int steps, float base=10., *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor",
        {.samples = {"1, tensor(2.), 5"}}),
    row<logspace>("aten::logspace(Scalar start, Scalar end, int steps, float base=10., *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor",
        {.samples = {"0, 1, 5", "-3, 3, 4, 2.0"}}),
    row<eye>("aten::eye(SymInt n, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor",
        {.samples = {"3", "2, dtype=torch.int64", "0"}}),
    row<eye_m>("aten::eye.m(SymInt n, SymInt m, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor",
        {.samples = {"2, 3", "3, 2"}}),
    row<fill_scalar>("aten::fill.Scalar(Tensor self, Scalar value) -> Tensor",
        {.forms = kOut, .samples = {"randn(2,3), 2"}}),
    row<fill_tensor>("aten::fill.Tensor(Tensor self, Tensor value) -> Tensor",
        {.forms = kOut, .samples = {"randn(2,3), tensor(2)"}}),
    row<fill_scalar_>("aten::fill_.Scalar(Tensor(a!) self, Scalar value) -> Tensor(a!)",
        {.samples = {"randn(2,3), 2", "randn(2,3).t(), 2.5", "arange(3), 2.5"}}),
    row<fill_tensor_>("aten::fill_.Tensor(Tensor(a!) self, Tensor value) -> Tensor(a!)",
        {.samples = {"randn(2,3), tensor(2)", "randn(2), randn(1)"}}),
    row<zero>("aten::zero(Tensor self) -> Tensor", {.forms = kOut, .samples = {"randn(2,3)"}}),
    row<zero_>("aten::zero_(Tensor(a!) self) -> Tensor(a!)", {.samples = {"randn(2,3)"}}),
    row<tensor_number>("aten::tensor.bool(bool t, *, ScalarType? dtype=None, Device? device=None, bool requires_grad=False) -> Tensor",
        {.samples = {"True"}}),
    row<tensor_number>("aten::tensor.float(float t, *, ScalarType? dtype=None, Device? device=None, bool requires_grad=False) -> Tensor",
        {.samples = {"1.5", "1.5, dtype=torch.int64"}}),
    row<tensor_number>("aten::tensor.int(int t, *, ScalarType? dtype=None, Device? device=None, bool requires_grad=False) -> Tensor",
        {.samples = {"3", "3, dtype=torch.float64"}}),
    row<tensor_number>("aten::tensor.complex(complex t, *, ScalarType? dtype=None, Device? device=None, bool requires_grad=False) -> Tensor",
        {.samples = {"1+2j"}}),
    row<tensor_list>("aten::tensor(t[] data, *, ScalarType? dtype=None, Device? device=None, bool requires_grad=False) -> Tensor"),
    row<as_tensor_number>("aten::as_tensor.bool(bool t, *, ScalarType? dtype=None, Device? device=None) -> Tensor"),
    row<as_tensor_number>("aten::as_tensor.float(float t, *, ScalarType? dtype=None, Device? device=None) -> Tensor"),
    row<as_tensor_number>("aten::as_tensor.int(int t, *, ScalarType? dtype=None, Device? device=None) -> Tensor"),
    row<as_tensor_number>("aten::as_tensor.complex(complex t, *, ScalarType? dtype=None, Device? device=None) -> Tensor"),
    row<as_tensor>("aten::as_tensor(Tensor(a) data, *, ScalarType? dtype=None, Device? device=None) -> Tensor(b|a)",
        {.traits = kCompositeAlias}),
    row<as_tensor_list>("aten::as_tensor.list(t[] data, *, ScalarType? dtype=None, Device? device=None) -> Tensor"),
    row<number_to_tensor>("prim::NumToTensor.Scalar(Scalar a) -> Tensor"),
    row<number_to_tensor>("prim::NumToTensor.bool(bool a) -> Tensor"),
    row<from_file>("aten::from_file(str filename, bool? shared=None, int? size=0, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor"),
};
FACULA_FAMILY(creation, kCreation)

}  // namespace fac
