// Elementary functions on float vectors, compiled once per CPU target (include after kernels/targets.h).
//   V f(D d, V x), D any float tag. NaN in gives NaN, infinities, zeros and subnormals as in libm.
//   Largest errors seen against double libm over the whole range (tests/unit/kernels/vector_math_test.cpp), in ulp:
//   exp 1, exp2 2, expm1 2, log 1, log2 2, log10 2, log1p 2, tanh 5.3, sigmoid 3, erf 2, gelu 2e-7 |x|, sin and cos 2, tan 4, asin 3,
//   acos 2, atan 2, atan2 3.
//   Coefficients: own Remez fits of the functions named beside them. Longer than most files: they build on each other.
#if defined(FACULA_KERNELS_VECTOR_MATH_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef FACULA_KERNELS_VECTOR_MATH_INL_H_
#undef FACULA_KERNELS_VECTOR_MATH_INL_H_
#else
#define FACULA_KERNELS_VECTOR_MATH_INL_H_
#endif

#include <cmath>

#include "kernels/clamp-inl.h"

HWY_BEFORE_NAMESPACE();
namespace fac::kernels {
namespace HWY_NAMESPACE {
namespace vm {
namespace hn = hwy::HWY_NAMESPACE;

template <class D, class V>
HWY_INLINE V polynomial(D d, V x, float c0) {
  (void)x;
  return hn::Set(d, c0);
}
// c0 + c1 x + c2 x^2 + ... by Horner's rule.
template <class D, class V, class... C>
HWY_INLINE V polynomial(D d, V x, float c0, C... rest) {
  return hn::MulAdd(polynomial(d, x, rest...), x, hn::Set(d, c0));
}

// Adding it rounds a number below 2^22 to an integer, which then stands in the lowest bits.
constexpr float kRounder = 12582912.0f;  // 1.5 * 2^23
template <class D, class V>
HWY_INLINE V round_small(D d, V x) {
  return hn::Sub(hn::Add(x, hn::Set(d, kRounder)), hn::Set(d, kRounder));
}
// The integer n in the lowest bits; kRounder's own bits are above, where a shift to the exponent drops them.
template <class D, class V>
HWY_INLINE auto low_bits(D d, V n) {
  return hn::BitCast(hn::RebindToSigned<D>(), hn::Add(n, hn::Set(d, kRounder)));
}

// 2^n for integral n in [-126, 127].
template <class D, class V>
HWY_INLINE V power_of_two(D d, V n) {
  const hn::RebindToSigned<D> di;
  return hn::BitCast(d, hn::ShiftLeft<23>(hn::Add(low_bits(d, n), hn::Set(di, 127))));
}

// e^r - 1 for |r| <= ln(2) / 2.
template <class D, class V>
HWY_INLINE V expm1_reduced(D d, V r) {
  const V q = polynomial(d, r, 5.000000054e-01f, 1.666654840e-01f, 4.166630008e-02f, 8.366069538e-03f, 1.394549418e-03f);
  return hn::MulAdd(hn::Mul(q, r), r, r);
}

// x = n ln(2) + r. The high part of ln(2) has 15 bits, so n * high is exact without a fused multiply-add too.
template <class D, class V>
HWY_INLINE V reduce_by_ln2(D d, V x, V* n) {
  *n = round_small(d, hn::Mul(x, hn::Set(d, 1.44269504f)));
  const V r = hn::NegMulAdd(*n, hn::Set(d, 0.693145751953125f), x);
  return hn::NegMulAdd(*n, hn::Set(d, 1.42860677e-6f), r);
}

// x 2^n for integral n in [-252, 254]: in two steps, as 2^n alone may be out of range.
template <class D, class V>
HWY_INLINE V scale_by_power(D d, V x, V n) {
  const hn::RebindToSigned<D> di;
  const auto whole = low_bits(d, n), bias = hn::Set(di, 127);
  const auto half = hn::ShiftRight<1>(whole);
  const V first = hn::BitCast(d, hn::ShiftLeft<23>(hn::Add(half, bias)));
  const V second = hn::BitCast(d, hn::ShiftLeft<23>(hn::Add(hn::Sub(whole, half), bias)));
  return hn::Mul(hn::Mul(x, first), second);
}

template <class D, class V>
HWY_INLINE V keep_nan(V x, V y) {
  return hn::IfThenElse(hn::IsNaN(x), x, y);
}

// For NaN, some number.
template <class D, class V>
HWY_INLINE V exp_of_number(D d, V x) {
  V n;
  const V c = hn::Min(hn::Max(x, hn::Set(d, -105.0f)), hn::Set(d, 90.0f));
  const V r = reduce_by_ln2(d, c, &n);
  return scale_by_power(d, hn::Add(hn::Set(d, 1.0f), expm1_reduced(d, r)), n);
}
template <class D, class V>
HWY_INLINE V exp(D d, V x) {
  return keep_nan<D>(x, exp_of_number(d, x));
}

// e^x for x <= 0 (and NaN), as softmax needs it: zero where it is below float's normal numbers (x < -87.3).
template <class D, class V>
HWY_INLINE V exp_nonpositive(D d, V x) {
  const hn::RebindToSigned<D> di;
  const V lowest = hn::Set(d, -87.33f), rounder = hn::Set(d, kRounder);
  const V c = clamp_keeping_nan(d, x, lowest, hn::Zero(d));
  const V t = hn::MulAdd(c, hn::Set(d, 1.44269504f), rounder);  // n in its lowest bits
  const V n = hn::Sub(t, rounder);
  V r = hn::NegMulAdd(n, hn::Set(d, 0.693145751953125f), c);
  r = hn::NegMulAdd(n, hn::Set(d, 1.42860677e-6f), r);
  const V power = hn::BitCast(d, hn::ShiftLeft<23>(hn::Add(hn::BitCast(di, t), hn::Set(di, 127))));
  return hn::IfThenZeroElse(hn::Lt(x, lowest), hn::MulAdd(power, expm1_reduced(d, r), power));
}

template <class D, class V>
HWY_INLINE V exp2(D d, V x) {
  const V c = hn::Min(hn::Max(x, hn::Set(d, -152.0f)), hn::Set(d, 130.0f));
  const V n = round_small(d, c);
  const V r = hn::Mul(hn::Sub(c, n), hn::Set(d, 0.693147181f));
  const V y = scale_by_power(d, hn::Add(hn::Set(d, 1.0f), expm1_reduced(d, r)), n);
  return keep_nan<D>(x, y);
}

template <class D, class V>
HWY_INLINE V expm1(D d, V x) {
  V n;
  const V c = hn::Min(hn::Max(x, hn::Set(d, -30.0f)), hn::Set(d, 88.8f));  // just above overflow: n <= 128
  const V r = reduce_by_ln2(d, c, &n);
  // 2^n (1 + q) - 1 = 2 (2^(n-1) q + (2^(n-1) - 1/2)); n - 1, as 2^128 is out of range.
  const V p = power_of_two(d, hn::Sub(n, hn::Set(d, 1.0f)));
  const V t = hn::MulAdd(p, expm1_reduced(d, r), hn::Sub(p, hn::Set(d, 0.5f)));
  const V y = hn::IfThenElse(hn::Eq(n, hn::Zero(d)), expm1_reduced(d, c), hn::Add(t, t));
  return hn::IfThenElse(hn::Eq(x, hn::Zero(d)), x, keep_nan<D>(x, y));
}

// x = 2^e m with m in [sqrt(1/2), sqrt(2)); returns m - 1. x positive and finite.
template <class D, class V>
HWY_INLINE V split_exponent(D d, V x, V* e) {
  const hn::RebindToSigned<D> di;
  const auto tiny = hn::Lt(x, hn::Set(d, 1.17549435e-38f));
  const V scaled = hn::IfThenElse(tiny, hn::Mul(x, hn::Set(d, 8388608.0f)), x);
  const auto bits = hn::Sub(hn::BitCast(di, scaled), hn::Set(di, 0x3F3504F3));  // bits of sqrt(1/2)
  const auto exponent = hn::ShiftRight<23>(bits);
  const auto mantissa = hn::Add(hn::And(bits, hn::Set(di, 0x007FFFFF)), hn::Set(di, 0x3F3504F3));
  *e = hn::Sub(hn::ConvertTo(d, exponent), hn::IfThenElseZero(tiny, hn::Set(d, 23.0f)));
  return hn::Sub(hn::BitCast(d, mantissa), hn::Set(d, 1.0f));
}

// ln(1 + f) - f for f in [sqrt(1/2) - 1, sqrt(2) - 1].
template <class D, class V>
HWY_INLINE V log1p_rest(D d, V f) {
  const V p = polynomial(d, f, 3.333332224e-01f, -2.499998585e-01f, 2.000155444e-01f, -1.666894159e-01f, 1.423043185e-01f,
                         -1.239493568e-01f, 1.180356823e-01f, -1.170895496e-01f, 6.967697188e-02f);
  const V f2 = hn::Mul(f, f);
  return hn::MulAdd(hn::Mul(p, f), f2, hn::Mul(hn::Set(d, -0.5f), f2));
}

// Logarithms of zero, infinity, negative numbers and NaN.
template <class D, class V>
HWY_INLINE V log_edges(D d, V x, V y) {
  const V inf = hn::Set(d, HUGE_VALF);
  y = hn::IfThenElse(hn::Eq(x, hn::Zero(d)), hn::Neg(inf), y);
  y = hn::IfThenElse(hn::Eq(x, inf), x, y);
  return hn::IfThenElse(hn::Ge(x, hn::Zero(d)), y, hn::Set(d, std::nanf("")));
}

template <class D, class V>
HWY_INLINE V log(D d, V x) {
  V e;
  const V f = split_exponent(d, x, &e);
  V y = hn::MulAdd(e, hn::Set(d, 1.42860677e-6f), log1p_rest(d, f));
  y = hn::MulAdd(e, hn::Set(d, 0.693145751953125f), hn::Add(f, y));
  return log_edges(d, x, y);
}

template <class D, class V>
HWY_INLINE V log2(D d, V x) {
  V e;
  const V f = split_exponent(d, x, &e);
  const V y = hn::MulAdd(hn::Add(f, log1p_rest(d, f)), hn::Set(d, 1.44269504f), e);
  return log_edges(d, x, y);
}

template <class D, class V>
HWY_INLINE V log10(D d, V x) {
  V e;
  const V f = split_exponent(d, x, &e);
  // log10(2) = 77/256 + a rest: the product with an exponent is exact.
  V y = hn::MulAdd(e, hn::Set(d, 2.48745664e-4f), hn::Mul(hn::Add(f, log1p_rest(d, f)), hn::Set(d, 0.434294482f)));
  y = hn::MulAdd(e, hn::Set(d, 0.30078125f), y);
  return log_edges(d, x, y);
}

template <class D, class V>
HWY_INLINE V log1p(D d, V x) {
  const V one = hn::Set(d, 1.0f);
  const V u = hn::Add(one, x);
  // ln(1 + x) = ln(u) + (what the sum lost) / u.
  const V big = hn::Max(x, one), small = hn::Min(x, one);
  const V lost = hn::Sub(small, hn::Sub(u, big));
  V y = hn::Add(log(d, u), hn::Div(lost, u));
  const V inf = hn::Set(d, HUGE_VALF);
  y = hn::IfThenElse(hn::Eq(u, hn::Zero(d)), hn::Neg(inf), y);
  y = hn::IfThenElse(hn::Eq(x, inf), x, y);
  return hn::IfThenElse(hn::Eq(x, hn::Zero(d)), x, keep_nan<D>(x, y));
}

// x P(x^2) / Q(x^2), 0.4 ulp off before rounding up to 9.02; all coefficients are positive, so that nothing cancels. Beyond, it
// grows above 1 (30 ulp at 10), which the second clamp makes 1.
template <class D, class V>
HWY_INLINE V tanh(D d, V x) {
  const V edge = hn::Set(d, 10.0f), one = hn::Set(d, 1.0f);
  const V c = clamp_keeping_nan(d, x, hn::Neg(edge), edge);
  const V t = hn::Mul(c, c);
  const V p = polynomial(d, t, 1.0f, 1.337971817e-01f, 3.494034843e-03f, 2.058348594e-05f, 1.331907794e-08f);
  const V q = polynomial(d, t, 1.0f, 4.671303341e-01f, 2.587107426e-02f, 3.283093306e-04f, 7.762022026e-07f);
  return clamp_keeping_nan(d, hn::Div(hn::Mul(c, p), q), hn::Neg(one), one);
}

// 1 + e^-x: one where e^-x is below half an ulp of it, infinite where e^-x is beyond float (x < -88.7).
template <class D, class V>
HWY_INLINE V one_plus_exp_neg(D d, V x) {
  V n;
  const V r = reduce_by_ln2(d, clamp_keeping_nan(d, hn::Neg(x), hn::Set(d, -20.0f), hn::Set(d, 89.0f)), &n);
  const V half = power_of_two(d, hn::Sub(n, hn::Set(d, 1.0f)));  // 2^128 alone is out of range
  return hn::MulAdd(hn::MulAdd(half, expm1_reduced(d, r), half), hn::Set(d, 2.0f), hn::Set(d, 1.0f));
}

// Zero where e^-x is beyond float, as PyTorch's.
template <class D, class V>
HWY_INLINE V sigmoid(D d, V x) {
  return hn::Div(hn::Set(d, 1.0f), one_plus_exp_neg(d, x));
}

// x * sigmoid(x); NaN for -infinity, as PyTorch's.
template <class D, class V>
HWY_INLINE V silu(D d, V x) {
  return hn::Div(x, one_plus_exp_neg(d, x));
}

template <class D, class V>
HWY_INLINE V erf(D d, V x) {
  const V a = hn::Abs(x);
  const V t = hn::Mul(x, x);
  const V small = polynomial(d, t, 1.283791659e-01f, -3.761262714e-01f, 1.128360018e-01f, -2.685444464e-02f,
                             5.189535449e-03f, -8.020842332e-04f, 7.889123246e-05f);
  // ln(erfc(a)) on [1, 3.95]; erf is 1 in float above.
  const V b = hn::Min(a, hn::Set(d, 3.95f));
  const V l = polynomial(d, b, 1.880362179e-04f, -1.129578407e+00f, -6.332199259e-01f, -1.084185440e-01f,
                         2.520823687e-02f, -4.204554896e-03f, 4.413350423e-04f, -2.168674272e-05f);
  const V large = hn::CopySign(hn::Sub(hn::Set(d, 1.0f), exp(d, l)), x);
  const V y = hn::IfThenElse(hn::Lt(a, hn::Set(d, 1.0f)), hn::MulAdd(small, x, x), large);
  return keep_nan<D>(x, y);
}

// x (1 + erf(x / sqrt 2)) / 2. The factor of x is 1/2 + x P(x^2) / Q(x^2), to 2e-7; all coefficients are positive, so that
// nothing cancels. Beyond 5.6 it is 1 or 0 in float.
template <class D, class V>
HWY_INLINE V gelu(D d, V x) {
  const V edge = hn::Set(d, 5.6f);
  const V c = hn::Min(hn::Max(x, hn::Neg(edge)), edge);
  const V t = hn::Mul(c, c);
  const V p = polynomial(d, t, 3.989422619e-01f, 3.392873704e-02f, 4.677330609e-03f, 1.689260243e-04f, 6.289734756e-06f,
                         2.229752383e-08f);
  const V q = polynomial(d, t, 1.0f, 2.517130673e-01f, 2.867738344e-02f, 1.885473961e-03f, 7.334304973e-05f, 1.179657033e-06f);
  const V inside = hn::MulAdd(c, hn::Div(p, q), hn::Set(d, 0.5f));
  const V below_one = hn::IfThenElse(hn::Ge(x, edge), hn::Set(d, 1.0f), inside);
  return hn::Mul(x, hn::IfThenElse(hn::Le(x, hn::Neg(edge)), hn::Zero(d), below_one));
}

// Sine, or cosine for shift 1, or tangent for kTangent, where |x| <= kTrigLimit.
constexpr float kTrigLimit = 8192.0f;
constexpr int kTangent = 2;
template <int shift, class D, class V>
HWY_INLINE V sine_reduced(D d, V x) {
  const hn::RebindToSigned<D> di;
  const V n = hn::Round(hn::Mul(x, hn::Set(d, 0.636619772f)));
  // pi/2 in parts of 11 bits: n (13 bits) times a part is exact.
  V r = hn::NegMulAdd(n, hn::Set(d, 1.5703125f), x);
  r = hn::NegMulAdd(n, hn::Set(d, 4.837512969970703125e-4f), r);
  r = hn::NegMulAdd(n, hn::Set(d, 7.54953362047672271729e-8f), r);
  r = hn::NegMulAdd(n, hn::Set(d, 2.5633440682570896e-12f), r);
  const V t = hn::Mul(r, r);
  const V s = hn::MulAdd(
      hn::Mul(polynomial(d, t, -1.666666665e-01f, 8.333329746e-03f, -1.983942497e-04f, 2.719012143e-06f), t), r, r);
  const V c0 = hn::MulAdd(t, hn::Set(d, -0.5f), hn::Set(d, 1.0f));
  const V c = hn::MulAdd(polynomial(d, t, 4.166665674e-02f, -1.388778093e-03f, 2.448008438e-05f), hn::Mul(t, t), c0);
  const auto quadrant = hn::Add(hn::ConvertTo(di, n), hn::Set(di, shift == kTangent ? 0 : shift));
  const auto odd = hn::MaskFromVec(hn::BitCast(d, hn::Neg(hn::And(quadrant, hn::Set(di, 1)))));
  if (shift == kTangent) return hn::Div(hn::IfThenElse(odd, hn::Neg(c), s), hn::IfThenElse(odd, s, c));
  const V flip = hn::BitCast(d, hn::ShiftLeft<30>(hn::And(quadrant, hn::Set(di, 2))));
  return hn::Xor(hn::IfThenElse(odd, c, s), flip);
}

template <int shift, class D, class V>
HWY_INLINE V sine(D d, V x) {
  const V limit = hn::Set(d, kTrigLimit);
  if (HWY_LIKELY(hn::AllTrue(d, hn::Le(hn::Abs(x), limit)))) {
    const V y = sine_reduced<shift>(d, x);
    return shift == 1 ? y : hn::IfThenElse(hn::Eq(x, hn::Zero(d)), x, y);
  }
  // A lane is huge, infinite or NaN: libm, for all lanes that are out of range.
  HWY_ALIGN float lanes[HWY_MAX_BYTES / sizeof(float)];
  const V in_range = hn::IfThenElseZero(hn::Le(hn::Abs(x), limit), x);
  hn::Store(x, d, lanes);
  for (std::size_t i = 0; i < hn::Lanes(d); ++i) {
    const double v = lanes[i];
    lanes[i] = static_cast<float>(shift == kTangent ? std::tan(v) : shift == 1 ? std::cos(v) : std::sin(v));
  }
  return hn::IfThenElse(hn::Le(hn::Abs(x), limit), sine_reduced<shift>(d, in_range), hn::Load(d, lanes));
}

template <class D, class V>
HWY_INLINE V sin(D d, V x) {
  return sine<0>(d, x);
}
template <class D, class V>
HWY_INLINE V cos(D d, V x) {
  return sine<1>(d, x);
}
template <class D, class V>
HWY_INLINE V tan(D d, V x) {
  return sine<kTangent>(d, x);
}

// high - x, where high + low is a multiple of pi/2 to more than float's precision.
template <class D, class V>
HWY_INLINE V from_half_pi(D d, V x) {
  return hn::Add(hn::Sub(hn::Set(d, 1.57079637f), x), hn::Set(d, -4.37113883e-8f));
}
template <class D, class V>
HWY_INLINE V from_pi(D d, V x) {
  return hn::Add(hn::Sub(hn::Set(d, 3.14159274f), x), hn::Set(d, -8.74227766e-8f));
}

// Arc tangent of t in [0, 1].
template <class D, class V>
HWY_INLINE V atan_reduced(D d, V t) {
  const V z = hn::Mul(t, t);
  const V p = polynomial(d, z, -3.333331835e-01f, 1.999909324e-01f, -1.426976140e-01f, 1.097992043e-01f,
                         -8.481767200e-02f, 5.925984744e-02f, -3.244315777e-02f, 1.157913245e-02f, -1.939328800e-03f);
  return hn::MulAdd(hn::Mul(p, z), t, t);
}

template <class D, class V>
HWY_INLINE V atan(D d, V x) {
  const V a = hn::Abs(x);
  const auto large = hn::Gt(a, hn::Set(d, 1.0f));
  const V p = atan_reduced(d, hn::IfThenElse(large, hn::Div(hn::Set(d, 1.0f), a), a));
  return hn::CopySign(hn::IfThenElse(large, from_half_pi(d, p), p), x);
}

template <class D, class V>
HWY_INLINE V atan2(D d, V y, V x) {
  const V zero = hn::Zero(d), a = hn::Abs(y), b = hn::Abs(x);
  const auto steep = hn::Gt(a, b);
  const V low = hn::IfThenElse(steep, b, a), high = hn::IfThenElse(steep, a, b);
  V t = hn::Div(low, high);
  t = hn::IfThenElse(hn::Eq(low, high), hn::Set(d, 1.0f), t);  // both infinite
  t = hn::IfThenElse(hn::Eq(low, zero), zero, t);              // both zero
  V p = atan_reduced(d, t);
  p = hn::IfThenElse(steep, from_half_pi(d, p), p);
  p = hn::IfThenElse(hn::Lt(hn::CopySign(hn::Set(d, 1.0f), x), zero), from_pi(d, p), p);
  p = hn::CopySign(p, y);
  return hn::IfThenElse(hn::IsNaN(x), x, hn::IfThenElse(hn::IsNaN(y), y, p));
}

// Arc sine of s given z = s^2, s in [0, 1/2].
template <class D, class V>
HWY_INLINE V asin_reduced(D d, V s, V z) {
  const V p = polynomial(d, z, 1.666666451e-01f, 7.500278639e-02f, 4.455497416e-02f, 3.152155329e-02f, 1.543091599e-02f,
                         3.622330061e-02f);
  return hn::MulAdd(hn::Mul(p, z), s, s);
}
// Beyond 1/2: asin(a) = pi/2 - 2 asin(sqrt((1 - a) / 2)). Returns the inner arc sine and whether it was taken.
template <class D, class V>
HWY_INLINE V asin_folded(D d, V a, hn::Mask<D> large) {
  const V half = hn::Set(d, 0.5f);
  const V z = hn::IfThenElse(large, hn::NegMulAdd(half, a, half), hn::Mul(a, a));
  return asin_reduced(d, hn::IfThenElse(large, hn::Sqrt(z), a), z);
}

template <class D, class V>
HWY_INLINE V asin(D d, V x) {
  const V a = hn::Abs(x);
  const auto large = hn::Gt(a, hn::Set(d, 0.5f));
  const V p = asin_folded(d, a, large);
  return hn::CopySign(hn::IfThenElse(large, from_half_pi(d, hn::Add(p, p)), p), x);
}

template <class D, class V>
HWY_INLINE V acos(D d, V x) {
  const V a = hn::Abs(x);
  const auto large = hn::Gt(a, hn::Set(d, 0.5f));
  const V p = asin_folded(d, a, large);
  const V twice = hn::Add(p, p);
  const V outer = hn::IfThenElse(hn::Lt(x, hn::Zero(d)), from_pi(d, twice), twice);
  return hn::IfThenElse(large, outer, from_half_pi(d, hn::CopySign(p, x)));
}

}  // namespace vm
}  // namespace HWY_NAMESPACE
}  // namespace fac::kernels
HWY_AFTER_NAMESPACE();
#endif
