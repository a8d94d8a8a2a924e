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
float max_impl(const float* x, std::int64_t n) { return fold(x, n, Extreme<true>(), -HUGE_VALF); }
float min_impl(const float* x, std::int64_t n) { return fold(x, n, Extreme<false>(), HUGE_VALF); }

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
    const V e = vm::exp(d, hn::Sub(x, top));
    *sum = hn::Add(*sum, hn::IfThenElseZero(hn::FirstN(d, static_cast<std::size_t>(count)), e));
    return e;
  }
};
float exp_minus_impl(float* out, const float* x, float top, std::int64_t n) {
  const D d;
  V sum = hn::Zero(d);
  for_each_vector(out, x, n, ExpMinus{hn::Set(d, top), &sum});
  HWY_ALIGN float acc[HWY_MAX_BYTES / sizeof(float)];
  hn::Store(sum, d, acc);
  for (std::size_t width = hn::Lanes(d) / 2; width > 0; width /= 2)
    for (std::size_t k = 0; k < width; ++k) acc[k] += acc[k + width];
  return acc[0];
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
FACULA_EXPORT(max_impl)
FACULA_EXPORT(min_impl)
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
float max_f32(const float* x, std::int64_t n) noexcept { return FACULA_DISPATCH(max_impl)(x, n); }
float min_f32(const float* x, std::int64_t n) noexcept { return FACULA_DISPATCH(min_impl)(x, n); }
}  // namespace fac::kernels
#endif
