// Complex operations, in complex<double>; complex<float> is rounded when stored.
#include <cmath>

#include "kernels/pointwise_blocks.h"

namespace fac::kernels {
namespace {

using C = Complex;

template <class F>
BlockFn<C> unary_loop(F) {
  return [](C* out, const C* const* in, std::int64_t n, const BlockArgs& args) {
    const C* x = in[0];
    for (std::int64_t i = 0; i < n; ++i) out[i] = F()(x[i], args.p);
  };
}
template <class F>
BlockFn<C> binary_loop(F) {
  return [](C* out, const C* const* in, std::int64_t n, const BlockArgs& args) {
    const C *x = in[0], *y = in[1];
    for (std::int64_t i = 0; i < n; ++i) out[i] = F()(x[i], y[i], args.p);
  };
}
template <class F>
BlockFn<C> ternary_loop(F) {
  return [](C* out, const C* const* in, std::int64_t n, const BlockArgs& args) {
    const C *x = in[0], *y = in[1], *z = in[2];
    for (std::int64_t i = 0; i < n; ++i) out[i] = F()(x[i], y[i], z[i], args.p);
  };
}

bool is_nan(C x) { return std::isnan(x.real()) || std::isnan(x.imag()); }
bool is_inf(C x) { return std::isinf(x.real()) || std::isinf(x.imag()); }
C sign(C x) {
  const double r = std::abs(x);
  return r == 0 ? C(0) : x / r;
}
C power(C x, C y) {
  if (y == C(0)) return 1;
  if (y == C(2)) return x * x;
  return std::pow(x, y);
}
double replaced(double x, const PointwiseParams& p) { return std::isnan(x) ? p.a : std::isinf(x) ? (x > 0 ? p.b : p.c) : x; }
constexpr double kPi = 3.14159265358979323846;
constexpr double kLog2 = 0.693147180559945309417;

}  // namespace

#define UNARY(name, expr) \
  case UnaryOp::name: return unary_loop([](C x, const PointwiseParams& p) -> C { (void)p; return expr; });

BlockFn<C> unary_block_complex(UnaryOp op) noexcept {
  switch (op) {
    UNARY(abs, std::abs(x))
    UNARY(angle, std::arg(x))
    UNARY(conj, std::conj(x))
    UNARY(neg, -x)
    UNARY(sgn, sign(x))
    UNARY(square, x * x)
    UNARY(positive, x)
    UNARY(exp, std::exp(x))
    UNARY(exp2, std::exp(x * kLog2))
    UNARY(expm1, std::exp(x) - 1.0)
    UNARY(log, std::log(x))
    UNARY(log2, std::log(x) / kLog2)
    UNARY(log10, std::log10(x))
    UNARY(log1p, std::log(1.0 + x))
    UNARY(sqrt, std::sqrt(x))
    UNARY(rsqrt, 1.0 / std::sqrt(x))
    UNARY(reciprocal, 1.0 / x)
    UNARY(sin, std::sin(x))
    UNARY(cos, std::cos(x))
    UNARY(tan, std::tan(x))
    UNARY(asin, std::asin(x))
    UNARY(acos, std::acos(x))
    UNARY(atan, std::atan(x))
    UNARY(sinh, std::sinh(x))
    UNARY(cosh, std::cosh(x))
    UNARY(tanh, std::tanh(x))
    UNARY(asinh, std::asinh(x))
    UNARY(acosh, std::acosh(x))
    UNARY(atanh, std::atanh(x))
    UNARY(sigmoid, 1.0 / (1.0 + std::exp(-x)))
    UNARY(silu, x / (1.0 + std::exp(-x)))
    UNARY(tanhshrink, x - std::tanh(x))
    UNARY(softsign, x / (1.0 + std::abs(x)))
    UNARY(sinc, x == C(0) ? C(1) : std::sin(kPi * x) / (kPi * x))
    UNARY(nan_to_num, C(replaced(x.real(), p), replaced(x.imag(), p)))
    UNARY(logical_not, x == C(0))
    UNARY(isnan, is_nan(x))
    UNARY(isinf, is_inf(x))
    UNARY(isfinite, !is_nan(x) && !is_inf(x))
    default: return nullptr;
  }
}
#undef UNARY

#define BINARY(name, expr) \
  case BinaryOp::name: return binary_loop([](C x, C y, const PointwiseParams& p) -> C { (void)p; return expr; });

BlockFn<C> binary_block_complex(BinaryOp op) noexcept {
  switch (op) {
    BINARY(add, x + C(p.a, p.b) * y)
    BINARY(sub, x - C(p.a, p.b) * y)
    BINARY(rsub, y - C(p.a, p.b) * x)
    BINARY(mul, x * y)
    BINARY(div, x / y)
    BINARY(pow, power(x, y))
    BINARY(ldexp, x * std::exp(y * kLog2))
    BINARY(eq, x == y)
    BINARY(ne, x != y)
    BINARY(logical_and, x != C(0) && y != C(0))
    BINARY(logical_or, x != C(0) || y != C(0))
    BINARY(logical_xor, (x != C(0)) != (y != C(0)))
    BINARY(isclose, x == y || (p.i && is_nan(x) && is_nan(y)) || (!is_inf(x) && !is_inf(y) && std::abs(x - y) <= p.b + p.a * std::abs(y)))
    BINARY(complex, C(x.real(), y.real()))
    BINARY(polar, C(x.real() * std::cos(y.real()), x.real() * std::sin(y.real())))
    BINARY(mse, (x - y) * (x - y))
    BINARY(l1, std::abs(x - y))
    default: return nullptr;
  }
}
#undef BINARY

#define TERNARY(name, expr) \
  case TernaryOp::name: return ternary_loop([](C x, C y, C z, const PointwiseParams& p) -> C { (void)p; return expr; });

BlockFn<C> ternary_block_complex(TernaryOp op) noexcept {
  switch (op) {
    TERNARY(where, x != C(0) ? y : z)
    TERNARY(addcmul, x + C(p.a, p.b) * y * z)
    TERNARY(addcdiv, x + C(p.a, p.b) * y / z)
    TERNARY(lerp, std::abs(z) < 0.5 ? x + z * (y - x) : y - (y - x) * (1.0 - z))
    TERNARY(fma, x * y + z)
    default: return nullptr;
  }
}
#undef TERNARY

}  // namespace fac::kernels
