#include "kernels/reduce_blocks.h"

#include <cmath>
#include <cstring>
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/reduce_blocks.cpp"
#include "kernels/targets.h"
#include "kernels/vector_math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace fac::kernels {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;
namespace {

using D = hn::ScalableTag<float>;
using V = hn::Vec<D>;

struct Sum {
  V operator()(V acc, V x) const { return hn::Add(acc, x); }
  V join(V a, V b) const { return hn::Add(a, b); }
  float join(float a, float b) const { return a + b; }
};
struct ShiftedSum {
  V center;
  V operator()(V acc, V x) const { return hn::Add(acc, hn::Sub(x, center)); }
  V join(V a, V b) const { return hn::Add(a, b); }
  float join(float a, float b) const { return a + b; }
};
struct SumOfSquares {
  V center;
  V operator()(V acc, V x) const {
    const V e = hn::Sub(x, center);
    return hn::MulAdd(e, e, acc);
  }
  V join(V a, V b) const { return hn::Add(a, b); }
  float join(float a, float b) const { return a + b; }
};
template <bool kMax>
struct Extreme {
  V operator()(V acc, V x) const {
    const V m = hn::IfThenElse(kMax ? hn::Gt(acc, x) : hn::Lt(acc, x), acc, x);
    return hn::IfThenElse(hn::IsNaN(acc), acc, m);
  }
  V join(V a, V b) const { return (*this)(a, b); }
  float join(float a, float b) const { return std::isnan(a) ? a : std::isnan(b) ? b : (kMax ? a > b : a < b) ? a : b; }
};

// Four accumulators hide the latency of an addition (4 cycles at one or two a cycle).
template <class F>
HWY_INLINE float fold(const float* x, std::int64_t n, F f, float start) {
  const D d;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  V a0 = hn::Set(d, start), a1 = a0, a2 = a0, a3 = a0;
  std::int64_t i = 0;
  for (; i + 4 * lanes <= n; i += 4 * lanes) {
    a0 = f(a0, hn::LoadU(d, x + i));
    a1 = f(a1, hn::LoadU(d, x + i + lanes));
    a2 = f(a2, hn::LoadU(d, x + i + 2 * lanes));
    a3 = f(a3, hn::LoadU(d, x + i + 3 * lanes));
  }
  for (; i + lanes <= n; i += lanes) a0 = f(a0, hn::LoadU(d, x + i));
  HWY_ALIGN float acc[HWY_MAX_BYTES / sizeof(float)];
  if (i < n) {
    HWY_ALIGN float tail[HWY_MAX_BYTES / sizeof(float)];
    for (std::int64_t k = 0; k < lanes; ++k) tail[k] = x[i + k < n ? i + k : n - 1];
    const V folded = f(a1, hn::Load(d, tail));
    a1 = hn::IfThenElse(hn::FirstN(d, static_cast<std::size_t>(n - i)), folded, a1);
  }
  hn::Store(f.join(f.join(a0, a1), f.join(a2, a3)), d, acc);
  for (std::int64_t width = lanes / 2; width > 0; width /= 2)
    for (std::int64_t k = 0; k < width; ++k) acc[k] = f.join(acc[k], acc[k + width]);
  return acc[0];
}

float sum_impl(const float* x, std::int64_t n) { return fold(x, n, Sum(), 0.0f); }
float sum_of_squares_impl(const float* x, float center, std::int64_t n) {
  return fold(x, n, SumOfSquares{hn::Set(D(), center)}, 0.0f);
}
float shifted_sum_impl(const float* x, float center, std::int64_t n) {
  return fold(x, n, ShiftedSum{hn::Set(D(), center)}, 0.0f);
}
// Four vectors of columns at a time keep their sums in registers for all rows.
void sum_rows_impl(float* out, const float* x, std::int64_t stride, std::int64_t rows, std::int64_t cols) {
  const D d;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  std::int64_t c = 0;
  for (; c + 4 * lanes <= cols; c += 4 * lanes) {
    V s0 = hn::LoadU(d, x + c), s1 = hn::LoadU(d, x + c + lanes), s2 = hn::LoadU(d, x + c + 2 * lanes), s3 = hn::LoadU(d, x + c + 3 * lanes);
    for (std::int64_t r = 1; r < rows; ++r) {
      const float* row = x + r * stride + c;
      s0 = hn::Add(s0, hn::LoadU(d, row));
      s1 = hn::Add(s1, hn::LoadU(d, row + lanes));
      s2 = hn::Add(s2, hn::LoadU(d, row + 2 * lanes));
      s3 = hn::Add(s3, hn::LoadU(d, row + 3 * lanes));
    }
    hn::StoreU(s0, d, out + c);
    hn::StoreU(s1, d, out + c + lanes);
    hn::StoreU(s2, d, out + c + 2 * lanes);
    hn::StoreU(s3, d, out + c + 3 * lanes);
  }
  for (; c + lanes <= cols; c += lanes) {
    V sum = hn::LoadU(d, x + c);
    for (std::int64_t r = 1; r < rows; ++r) sum = hn::Add(sum, hn::LoadU(d, x + r * stride + c));
    hn::StoreU(sum, d, out + c);
  }
  for (; c < cols; ++c) {
    out[c] = x[c];
    for (std::int64_t r = 1; r < rows; ++r) out[c] += x[r * stride + c];
  }
}

// Where there is a whole vector, the rest of a row is read as the row's last vector: elements seen twice do not matter to an
// extreme.
constexpr std::int64_t kShort = 64;  // vectors
template <bool kMax>
HWY_INLINE V either(V a, V b) {
  return kMax ? hn::Max(a, b) : hn::Min(a, b);
}
template <bool kMax>
HWY_INLINE float extreme(const float* x, std::int64_t n) {
  const D d;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  if (n >= lanes) {
    V a = hn::LoadU(d, x + n - lanes), b = a;
    auto nan = hn::IsNaN(a);
    std::int64_t i = 0;
    for (; i + 4 * lanes <= n; i += 4 * lanes) {
      const V v = hn::LoadU(d, x + i), w = hn::LoadU(d, x + i + lanes);
      const V y = hn::LoadU(d, x + i + 2 * lanes), z = hn::LoadU(d, x + i + 3 * lanes);
      nan = hn::Or(nan, hn::Or(hn::Or(hn::IsNaN(v), hn::IsNaN(w)), hn::Or(hn::IsNaN(y), hn::IsNaN(z))));
      a = either<kMax>(a, either<kMax>(v, w));
      b = either<kMax>(b, either<kMax>(y, z));
    }
    for (; i + lanes <= n; i += lanes) {
      const V v = hn::LoadU(d, x + i);
      nan = hn::Or(nan, hn::IsNaN(v));
      a = either<kMax>(a, v);
    }
    a = either<kMax>(a, b);
    if (HWY_LIKELY(hn::AllFalse(d, nan))) return hn::GetLane(kMax ? hn::MaxOfLanes(d, a) : hn::MinOfLanes(d, a));
  }
  return fold(x, n, Extreme<kMax>(), kMax ? -HUGE_VALF : HUGE_VALF);
}
float max_impl(const float* x, std::int64_t n) { return extreme<true>(x, n); }
float min_impl(const float* x, std::int64_t n) { return extreme<false>(x, n); }


#if HWY_TARGET != HWY_SCALAR
HWY_INLINE std::uint64_t bits_of(hn::Mask<D> m) {
  std::uint8_t b[8];
  const std::size_t bytes = hn::StoreMaskBits(D(), m, b);
  return bytes == 1 ? b[0] : b[0] | std::uint64_t{b[1]} << 8;
}
#endif
template <bool kMax>
HWY_INLINE Place place(const float* x, std::int64_t n) {
  [[maybe_unused]] const D d;
  const float value = extreme<kMax>(x, n);
  const bool nan = std::isnan(value);
#if HWY_TARGET != HWY_SCALAR
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  // Which elements equal it, as bits: no branch for each vector.
  if (!nan && n >= lanes && n <= 64) {
    const V wanted = hn::Set(d, value);
    std::uint64_t bits = bits_of(hn::Eq(hn::LoadU(d, x + n - lanes), wanted)) << (n - lanes);
    for (std::int64_t i = 0; i + lanes <= n; i += lanes)
      bits |= bits_of(hn::Eq(hn::LoadU(d, x + i), wanted)) << i;
    return {value, static_cast<std::int64_t>(hwy::Num0BitsBelowLS1Bit_Nonzero64(bits))};
  }
#endif
  std::int64_t i = 0;
  while (i < n && !(nan ? std::isnan(x[i]) : x[i] == value)) ++i;
  return {value, i};
}
Place max_place_impl(const float* x, std::int64_t n) { return place<true>(x, n); }
Place min_place_impl(const float* x, std::int64_t n) { return place<false>(x, n); }

// out = f(vector of x, index, count): whole vectors, then the rest through a padded buffer.
template <class F>
HWY_INLINE void for_each_vector(float* out, const float* x, std::int64_t n, F f) {
  const D d;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  std::int64_t i = 0;
  for (; i + lanes <= n; i += lanes) hn::StoreU(f(hn::LoadU(d, x + i), i, lanes), d, out + i);
  if (i == n) return;
  HWY_ALIGN float tail[HWY_MAX_BYTES / sizeof(float)] = {};
  std::memcpy(tail, x + i, static_cast<std::size_t>(n - i) * sizeof(float));
  hn::Store(f(hn::Load(d, tail), i, n - i), d, tail);
  std::memcpy(out + i, tail, static_cast<std::size_t>(n - i) * sizeof(float));
}

// Loads `count` <= lanes elements.
HWY_INLINE V load_part(D d, const float* p, std::int64_t count) {
  if (HWY_LIKELY(count == static_cast<std::int64_t>(hn::Lanes(d)))) return hn::LoadU(d, p);
  HWY_ALIGN float part[HWY_MAX_BYTES / sizeof(float)] = {};
  std::memcpy(part, p, static_cast<std::size_t>(count) * sizeof(float));
  return hn::Load(d, part);
}

struct ExpMinus {
  V top;
  V* sum;
  HWY_INLINE V operator()(V x, std::int64_t, std::int64_t count) const {
    const D d;
    const V e = vm::exp_nonpositive(d, hn::Sub(x, top));
    *sum = hn::Add(*sum, hn::IfThenElseZero(hn::FirstN(d, static_cast<std::size_t>(count)), e));
    return e;
  }
};
// The row's last vector is read before anything is written (out may be x); what it shares with others is summed once.
HWY_INLINE V exp_minus_short(float* out, const float* x, V top, std::int64_t n) {
  const D d;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  const V last = vm::exp_nonpositive(d, hn::Sub(hn::LoadU(d, x + n - lanes), top));
  V sum = hn::Zero(d), other = sum;
  std::int64_t i = 0;
  for (; i + 2 * lanes <= n; i += 2 * lanes) {
    const V e = vm::exp_nonpositive(d, hn::Sub(hn::LoadU(d, x + i), top));
    const V f = vm::exp_nonpositive(d, hn::Sub(hn::LoadU(d, x + i + lanes), top));
    sum = hn::Add(sum, e);
    other = hn::Add(other, f);
    hn::StoreU(e, d, out + i);
    hn::StoreU(f, d, out + i + lanes);
  }
  for (; i + lanes <= n; i += lanes) {
    const V e = vm::exp_nonpositive(d, hn::Sub(hn::LoadU(d, x + i), top));
    sum = hn::Add(sum, e);
    hn::StoreU(e, d, out + i);
  }
  sum = hn::Add(sum, other);
  hn::StoreU(last, d, out + n - lanes);
  return hn::Add(sum, hn::IfThenZeroElse(hn::FirstN(d, static_cast<std::size_t>(lanes - (n - i))), last));
}
float exp_minus_impl(float* out, const float* x, float top, std::int64_t n) {
  const D d;
  V sum = hn::Zero(d);
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  if (n > lanes && n <= kShort * lanes) return hn::GetLane(hn::SumOfLanes(d, exp_minus_short(out, x, hn::Set(d, top), n)));
  for_each_vector(out, x, n, ExpMinus{hn::Set(d, top), &sum});
  HWY_ALIGN float acc[HWY_MAX_BYTES / sizeof(float)];
  hn::Store(sum, d, acc);
  for (std::size_t width = hn::Lanes(d) / 2; width > 0; width /= 2)
    for (std::size_t k = 0; k < width; ++k) acc[k] += acc[k + width];
  return acc[0];
}

// A row of a few vectors in one go. A NaN, and infinities that make one, end up in the sum and so everywhere.
bool softmax_short_impl(float* y, const float* x, std::int64_t n) {
  const D d;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  if (n <= lanes || n > kShort * lanes) return false;
  V top = hn::LoadU(d, x + n - lanes);
  for (std::int64_t i = 0; i + lanes <= n; i += lanes) top = hn::Max(top, hn::LoadU(d, x + i));
  const float sum = hn::GetLane(hn::SumOfLanes(d, exp_minus_short(y, x, hn::MaxOfLanes(d, top), n)));
  const V scale = hn::Set(d, static_cast<float>(1 / static_cast<double>(sum)));
  const V last = hn::Mul(hn::LoadU(d, y + n - lanes), scale);
  for (std::int64_t i = 0; i + lanes <= n; i += lanes) hn::StoreU(hn::Mul(hn::LoadU(d, y + i), scale), d, y + i);
  hn::StoreU(last, d, y + n - lanes);
  return true;
}

struct Normalize {
  V center, scale;
  const float *weight, *bias;
  HWY_INLINE V operator()(V x, std::int64_t at, std::int64_t count) const {
    const D d;
    V y = hn::Mul(hn::Sub(x, center), scale);
    if (weight && bias) return hn::MulAdd(y, load_part(d, weight + at, count), load_part(d, bias + at, count));
    if (weight) y = hn::Mul(y, load_part(d, weight + at, count));
    if (bias) y = hn::Add(y, load_part(d, bias + at, count));
    return y;
  }
};
void normalize_impl(float* y, const float* x, float center, float scale, const float* weight, const float* bias,
                    std::int64_t n) {
  const D d;
  for_each_vector(y, x, n, Normalize{hn::Set(d, center), hn::Set(d, scale), weight, bias});
}

struct ScaleShift {
  V scale, shift;
  HWY_INLINE V operator()(V x, std::int64_t, std::int64_t) const { return hn::MulAdd(x, scale, shift); }
};
void scale_shift_impl(float* y, const float* x, float scale, float shift, std::int64_t n) {
  const D d;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  if (n > lanes && n <= kShort * lanes) {  // as above
    const V a = hn::Set(d, scale), b = hn::Set(d, shift), last = hn::MulAdd(hn::LoadU(d, x + n - lanes), a, b);
    for (std::int64_t i = 0; i + lanes <= n; i += lanes) hn::StoreU(hn::MulAdd(hn::LoadU(d, x + i), a, b), d, y + i);
    return hn::StoreU(last, d, y + n - lanes);
  }
  for_each_vector(y, x, n, ScaleShift{hn::Set(d, scale), hn::Set(d, shift)});
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace fac::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace fac::kernels {
FACULA_EXPORT(sum_impl)
FACULA_EXPORT(sum_of_squares_impl)
FACULA_EXPORT(shifted_sum_impl)
FACULA_EXPORT(exp_minus_impl)
FACULA_EXPORT(normalize_impl)
FACULA_EXPORT(scale_shift_impl)
FACULA_EXPORT(sum_rows_impl)
FACULA_EXPORT(max_impl)
FACULA_EXPORT(min_impl)
FACULA_EXPORT(softmax_short_impl)
FACULA_EXPORT(max_place_impl)
FACULA_EXPORT(min_place_impl)
float sum_f32(const float* x, std::int64_t n) noexcept { return FACULA_DISPATCH(sum_impl)(x, n); }
float sum_of_squares_f32(const float* x, float center, std::int64_t n) noexcept {
  return FACULA_DISPATCH(sum_of_squares_impl)(x, center, n);
}
float shifted_sum_f32(const float* x, float center, std::int64_t n) noexcept {
  return FACULA_DISPATCH(shifted_sum_impl)(x, center, n);
}
float exp_minus_f32(float* out, const float* x, float top, std::int64_t n) noexcept {
  return FACULA_DISPATCH(exp_minus_impl)(out, x, top, n);
}
void normalize_f32(float* y, const float* x, float center, float scale, const float* weight, const float* bias,
                   std::int64_t n) noexcept {
  FACULA_DISPATCH(normalize_impl)(y, x, center, scale, weight, bias, n);
}
void scale_shift_f32(float* y, const float* x, float scale, float shift, std::int64_t n) noexcept {
  FACULA_DISPATCH(scale_shift_impl)(y, x, scale, shift, n);
}
void sum_rows_f32(float* out, const float* x, std::int64_t stride, std::int64_t rows, std::int64_t cols) noexcept {
  FACULA_DISPATCH(sum_rows_impl)(out, x, stride, rows, cols);
}
float max_f32(const float* x, std::int64_t n) noexcept { return FACULA_DISPATCH(max_impl)(x, n); }
float min_f32(const float* x, std::int64_t n) noexcept { return FACULA_DISPATCH(min_impl)(x, n); }
bool softmax_short_f32(float* y, const float* x, std::int64_t n) noexcept { return FACULA_DISPATCH(softmax_short_impl)(y, x, n); }
Place max_place_f32(const float* x, std::int64_t n) noexcept { return FACULA_DISPATCH(max_place_impl)(x, n); }
Place min_place_f32(const float* x, std::int64_t n) noexcept { return FACULA_DISPATCH(min_place_impl)(x, n); }
}  // namespace fac::kernels
#endif
