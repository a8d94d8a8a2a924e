// Real operations one element at a time: all of them for double, and for float those without a SIMD version.
#include <algorithm>
#include <cmath>
#include <limits>

#include "kernels/pointwise_blocks.h"
#include "kernels/special_math.h"

namespace fac::kernels {
namespace {

template <class T, class F>
BlockFn<T> unary_loop(F) {
  return [](T* out, const T* const* in, std::int64_t n, const BlockArgs& args) {
    const T* x = in[0];
    for (std::int64_t i = 0; i < n; ++i) out[i] = F()(x[i], args.p);
  };
}
template <class T, class F>
BlockFn<T> binary_loop(F) {
  return [](T* out, const T* const* in, std::int64_t n, const BlockArgs& args) {
    const T *x = in[0], *y = in[1];
    for (std::int64_t i = 0; i < n; ++i) out[i] = F()(x[i], y[i], args.p);
  };
}
template <class T, class F>
BlockFn<T> ternary_loop(F) {
  return [](T* out, const T* const* in, std::int64_t n, const BlockArgs& args) {
    const T *x = in[0], *y = in[1], *z = in[2];
    for (std::int64_t i = 0; i < n; ++i) out[i] = F()(x[i], y[i], z[i], args.p);
  };
}

using P = PointwiseParams;

template <class T>
T sigmoid(T x) {
  return T(1) / (T(1) + std::exp(-x));
}
template <class T>
T log_sigmoid(T x) {
  return std::min(x, T(0)) - std::log1p(std::exp(-std::fabs(x)));
}
template <class T>
T elu(T x, T alpha, T scale, T input_scale) {
  return x <= 0 ? std::expm1(x * input_scale) * alpha * scale : x * scale;
}
template <class T>
T clamp(T x, T lo, T hi) {
  const T y = x < lo ? lo : x;
  return y > hi ? hi : y;
}
template <class T>
T round_decimals(T x, std::int64_t digits) {
  if (digits == 0) return std::nearbyint(x);
  const T ten = static_cast<T>(std::pow(10.0, static_cast<double>(std::abs(digits))));
  return digits > 0 ? std::nearbyint(x * ten) / ten : std::nearbyint(x / ten) * ten;
}
template <class T>
constexpr T kPi = static_cast<T>(3.14159265358979323846);

// libm finds remainders bit by bit. For floats whose quotient is below 2^27, double holds quotient and product exactly.
double remainder_of(double x, double y) { return std::fmod(x, y); }
float remainder_of(float x, float y) {
  if (std::fabs(x) < std::fabs(y)) return x;
  const double dx = static_cast<double>(x), dy = static_cast<double>(y), q = dx / dy;
  if (!(std::fabs(q) < 0x1p27)) return std::fmod(x, y);
  return std::copysign(static_cast<float>(dx - static_cast<double>(static_cast<std::int64_t>(q)) * dy), x);
}

// Python's rule: the remainder has the sign of the divisor.
template <class T>
T remainder(T x, T y) {
  const T r = remainder_of(x, y);
  return r != 0 && (r < 0) != (y < 0) ? r + y : r;
}
// floor(x / y) without the error of rounding x / y up to an integer first.
template <class T>
T div_floor(T x, T y) {
  if (y == 0) return x / y;
  const T r = remainder_of(x, y);
  T q = (x - r) / y;
  if (r != 0 && (y < 0) != (r < 0)) q -= T(1);
  if (q == 0) return std::copysign(T(0), x / y);
  const T f = std::floor(q);
  return q - f > T(0.5) ? f + T(1) : f;
}
template <class T>
T logaddexp(T x, T y) {
  if (std::isinf(x) && x == y) return x;
  const T m = std::max(x, y);
  return std::isnan(x) || std::isnan(y) ? x + y : m + std::log1p(std::exp(-std::fabs(x - y)));
}
template <class T>
T logaddexp2(T x, T y) {
  if (std::isinf(x) && x == y) return x;
  const T m = std::max(x, y);
  return std::isnan(x) || std::isnan(y)
             ? x + y
             : m + std::log1p(std::exp2(-std::fabs(x - y))) * static_cast<T>(1.44269504088896340736);
}
template <class T>
T lerp(T x, T y, T w) {
  return std::fabs(w) < T(0.5) ? x + w * (y - x) : y - (y - x) * (T(1) - w);
}
template <class T>
T nan_max(T x, T y) {
  return std::isnan(x) ? x : std::isnan(y) ? y : std::max(x, y);
}
template <class T>
T nan_min(T x, T y) {
  return std::isnan(x) ? x : std::isnan(y) ? y : std::min(x, y);
}
template <class T>
T xlogy(T x, T y) {
  return std::isnan(y) ? y : x == 0 ? T(0) : x * std::log(y);
}

}  // namespace

#define UNARY(name, expr) \
  case UnaryOp::name: return unary_loop<T>([](T x, const P& p) -> T { (void)p; return static_cast<T>(expr); });

template <class T>
BlockFn<T> unary_block_real(UnaryOp op) noexcept {
  switch (op) {
    UNARY(sinh, std::sinh(x))
    UNARY(cosh, std::cosh(x))
    UNARY(asinh, std::asinh(x))
    UNARY(acosh, std::acosh(x))
    UNARY(atanh, std::atanh(x))
    UNARY(erfc, std::erfc(x))
    UNARY(erfinv, erfinv(static_cast<double>(x)))
    UNARY(lgamma, std::lgamma(x))
    UNARY(digamma, digamma(static_cast<double>(x)))
    UNARY(sinc, sinc(static_cast<double>(x)))
    UNARY(i0, bessel_i0(static_cast<double>(x)))
    UNARY(round_decimals, round_decimals(x, p.i))
    default: break;
  }
  if constexpr (std::is_same_v<T, double>) switch (op) {
    UNARY(abs, std::fabs(x))
    UNARY(neg, -x)
    UNARY(sign, (x > 0) - (x < 0))
    UNARY(sgn, (x > 0) - (x < 0))
    UNARY(square, x * x)
    UNARY(positive, x)
    UNARY(conj, x)
    UNARY(exp, std::exp(x))
    UNARY(exp2, std::exp2(x))
    UNARY(expm1, std::expm1(x))
    UNARY(log, std::log(x))
    UNARY(log2, std::log2(x))
    UNARY(log1p, std::log1p(x))
    UNARY(sqrt, std::sqrt(x))
    UNARY(rsqrt, T(1) / std::sqrt(x))
    UNARY(reciprocal, T(1) / x)
    UNARY(sin, std::sin(x))
    UNARY(cos, std::cos(x))
    UNARY(atan, std::atan(x))
    UNARY(acos, std::acos(x))
    UNARY(asin, std::asin(x))
    UNARY(tan, std::tan(x))
    UNARY(log10, std::log10(x))
    UNARY(tanh, std::tanh(x))
    UNARY(sigmoid, sigmoid(x))
    UNARY(logsigmoid, log_sigmoid(x))
    UNARY(softsign, x / (T(1) + std::fabs(x)))
    UNARY(relu, x < 0 ? T(0) : x)
    UNARY(relu6, clamp(x, T(0), T(6)))
    UNARY(silu, x / (T(1) + std::exp(-x)))
    UNARY(mish, x * std::tanh(std::log1p(std::exp(x))))
    UNARY(hardswish, x * clamp(x + T(3), T(0), T(6)) / T(6))
    UNARY(hardsigmoid, clamp(x + T(3), T(0), T(6)) / T(6))
    UNARY(gelu, x * T(0.5) * (T(1) + std::erf(x * T(0.70710678118654752440))))
    UNARY(gelu_tanh, T(0.5) * x * (T(1) + std::tanh(T(0.79788456080286535588) * (x + T(0.044715) * x * x * x))))
    UNARY(selu, elu(x, T(1.6732632423543772848), T(1.0507009873554804934), T(1)))
    UNARY(tanhshrink, x - std::tanh(x))
    UNARY(erf, std::erf(x))
    UNARY(floor, std::floor(x))
    UNARY(ceil, std::ceil(x))
    UNARY(round, std::nearbyint(x))
    UNARY(trunc, std::trunc(x))
    UNARY(frac, x - std::trunc(x))
    UNARY(deg2rad, x * (kPi<T> / T(180)))
    UNARY(rad2deg, x * (T(180) / kPi<T>))
    UNARY(angle, std::isnan(x) ? x : x < 0 ? kPi<T> : T(0))
    UNARY(clamp, clamp(x, T(p.a), T(p.b)))
    UNARY(leaky_relu, x > 0 ? x : x * T(p.a))
    UNARY(elu, elu(x, T(p.a), T(p.b), T(p.c)))
    UNARY(celu, elu(x, T(p.a), T(1), T(1) / T(p.a)))
    UNARY(softplus, x * T(p.a) > T(p.b) ? x : std::log1p(std::exp(x * T(p.a))) / T(p.a))
    UNARY(threshold, x <= T(p.a) ? T(p.b) : x)
    UNARY(hardshrink, x >= -T(p.a) && x <= T(p.a) ? T(0) : x)
    UNARY(softshrink, x > T(p.a) ? x - T(p.a) : x < -T(p.a) ? x + T(p.a) : x * T(0))
    UNARY(logit, p.a < 0 ? std::log(x / (T(1) - x)) : std::log(clamp(x, T(p.a), T(1 - p.a)) / (T(1) - clamp(x, T(p.a), T(1 - p.a)))))
    UNARY(nan_to_num, std::isnan(x) ? T(p.a) : std::isinf(x) ? (x > 0 ? T(p.b) : T(p.c)) : x)
    UNARY(logical_not, x == 0)
    UNARY(isnan, std::isnan(x))
    UNARY(isinf, std::isinf(x))
    UNARY(isfinite, std::isfinite(x))
    UNARY(isposinf, std::isinf(x) && x > 0)
    UNARY(isneginf, std::isinf(x) && x < 0)
    UNARY(signbit, std::signbit(x))
    default: break;
  }
  return nullptr;
}
#undef UNARY

#define BINARY(name, expr) \
  case BinaryOp::name: return binary_loop<T>([](T x, T y, const P& p) -> T { (void)p; return static_cast<T>(expr); });

template <class T>
BlockFn<T> binary_block_real(BinaryOp op) noexcept {
  switch (op) {
    BINARY(div_floor, div_floor(x, y))
    BINARY(remainder, remainder(x, y))
    BINARY(fmod, remainder_of(x, y))
    BINARY(pow, std::pow(x, y))
    BINARY(hypot, std::hypot(x, y))
    BINARY(logaddexp, logaddexp(x, y))
    BINARY(logaddexp2, logaddexp2(x, y))
    BINARY(nextafter, std::nextafter(x, y))
    BINARY(xlogy, xlogy(x, y))
    BINARY(xlog1py, std::isnan(y) ? y : x == 0 ? T(0) : x * std::log1p(y))
    BINARY(ldexp, x * std::exp2(y))
    default: break;
  }
  if constexpr (std::is_same_v<T, double>) switch (op) {
    BINARY(add, x + T(p.a) * y)
    BINARY(sub, x - T(p.a) * y)
    BINARY(rsub, y - T(p.a) * x)
    BINARY(mul, x * y)
    BINARY(div, x / y)
    BINARY(div_trunc, std::trunc(x / y))
    BINARY(atan2, std::atan2(x, y))
    BINARY(copysign, std::copysign(x, y))
    BINARY(maximum, nan_max(x, y))
    BINARY(minimum, nan_min(x, y))
    BINARY(fmax, std::fmax(x, y))
    BINARY(fmin, std::fmin(x, y))
    BINARY(heaviside, x == 0 ? y : T(x > 0))
    BINARY(eq, x == y)
    BINARY(ne, x != y)
    BINARY(lt, x < y)
    BINARY(le, x <= y)
    BINARY(gt, x > y)
    BINARY(ge, x >= y)
    BINARY(logical_and, x != 0 && y != 0)
    BINARY(logical_or, x != 0 || y != 0)
    BINARY(logical_xor, (x != 0) != (y != 0))
    BINARY(isclose, x == y || (p.i && std::isnan(x) && std::isnan(y)) ||
                        (std::isfinite(x) && std::isfinite(y) && std::fabs(x - y) <= T(p.b) + std::fabs(T(p.a) * y)))
    BINARY(prelu, x > 0 ? x : y * x)
    BINARY(glu, x * sigmoid(y))
    BINARY(mse, (x - y) * (x - y))
    BINARY(l1, std::fabs(x - y))
    BINARY(smooth_l1, std::fabs(x - y) < T(p.a) ? T(0.5) * (x - y) * (x - y) / T(p.a) : std::fabs(x - y) - T(0.5) * T(p.a))
    BINARY(huber, std::fabs(x - y) <= T(p.a) ? T(0.5) * (x - y) * (x - y) : T(p.a) * (std::fabs(x - y) - T(0.5) * T(p.a)))
    BINARY(bce, (y - T(1)) * std::max(std::log1p(-x), T(-100)) - y * std::max(std::log(x), T(-100)))
    BINARY(bce_logits, (T(1) - y) * x - log_sigmoid(x))
    default: break;
  }
  return nullptr;
}
#undef BINARY

#define TERNARY(name, expr) \
  case TernaryOp::name: return ternary_loop<T>([](T x, T y, T z, const P& p) -> T { (void)p; return expr; });

template <class T>
BlockFn<T> ternary_block_real(TernaryOp op) noexcept {
  switch (op) {
    TERNARY(where, x != 0 ? y : z)
    TERNARY(addcmul, x + T(p.a) * y * z)
    TERNARY(addcdiv, x + T(p.a) * y / z)
    TERNARY(lerp, lerp(x, y, z))
    TERNARY(clamp_tensor, nan_min(nan_max(x, y), z))
    TERNARY(fma, x * y + z)
  }
  return nullptr;
}
#undef TERNARY

template BlockFn<float> unary_block_real<float>(UnaryOp) noexcept;
template BlockFn<double> unary_block_real<double>(UnaryOp) noexcept;
template BlockFn<float> binary_block_real<float>(BinaryOp) noexcept;
template BlockFn<double> binary_block_real<double>(BinaryOp) noexcept;
template BlockFn<double> ternary_block_real<double>(TernaryOp) noexcept;

}  // namespace fac::kernels
