// Elementwise operations, erased over element types.
//   compute: the element type in which the operation is defined (PyTorch's promoted dtype). Inputs of another
//   kind are converted to it on the way, results are converted to the output's kind: no cast temporaries needed.
//   Half and BFloat16 compute in float; integers wrap at the output's width; comparisons and predicates give bool.
//   Results have the same bits for every layout and number of threads.
//   Operand 0 is the output. It may be the same memory as an input with equal strides (in-place), not overlap else.
// Errors: kUndefined where PyTorch has no such kernel; kZeroDivision for integers.   Sources: PyTorch docs.
#pragma once

#include <cstdint>

#include "kernels/loop_nest.h"
#include "kernels/types.h"

namespace fac::kernels {

// Numbers that an operation needs besides its operands; the row of the operation says which.
struct PointwiseParams {
  double a = 0, b = 0, c = 0;
  std::int64_t i = 0, j = 0;  // exact integer twins, where a and b stand for integers
};

// Operations that PyTorch defines on integers by way of floats (exp of an int tensor) are called with compute kFloat.
#define FACULA_UNARY_OPS(X)                                                                          \
  X(abs) X(neg) X(sign) X(sgn) X(square) X(positive)                                                 \
  X(exp) X(exp2) X(expm1) X(log) X(log2) X(log10) X(log1p) X(sqrt) X(rsqrt) X(reciprocal)            \
  X(sin) X(cos) X(tan) X(asin) X(acos) X(atan) X(sinh) X(cosh) X(tanh) X(asinh) X(acosh) X(atanh)    \
  X(sigmoid) X(logsigmoid) X(softsign) X(relu) X(relu6) X(silu) X(mish) X(hardswish) X(hardsigmoid)  \
  X(gelu) X(gelu_tanh) X(selu) X(tanhshrink)                                                         \
  X(erf) X(erfc) X(erfinv) X(lgamma) X(digamma) X(sinc) X(i0)                                        \
  X(floor) X(ceil) X(round) X(trunc) X(frac) X(deg2rad) X(rad2deg) X(angle) X(conj)                  \
  X(clamp)          /* a <= x <= b; NaN stays; infinite bounds for "none". Integers: i, j         */ \
  X(leaky_relu)     /* a: slope                                                                   */ \
  X(elu)            /* a: alpha, b: scale, c: input scale                                         */ \
  X(celu)           /* a: alpha                                                                   */ \
  X(softplus)       /* a: beta, b: threshold                                                      */ \
  X(threshold)      /* x <= a ? b : x. Integers: i, j                                             */ \
  X(hardshrink)     /* a: lambda                                                                  */ \
  X(softshrink)     /* a: lambda                                                                  */ \
  X(logit)          /* a: eps, negative for none                                                  */ \
  X(round_decimals) /* i: digits after the point                                                  */ \
  X(nan_to_num)     /* a, b, c: replacements of NaN, +inf, -inf                                   */ \
  X(bitwise_not) X(logical_not) X(isnan) X(isinf) X(isfinite) X(isposinf) X(isneginf) X(signbit)

#define FACULA_BINARY_OPS(X)                                                                         \
  X(add)            /* x + a*y. Integers: i; complex: a + b*1j                                    */ \
  X(sub)            /* x - a*y. Integers: i                                                       */ \
  X(rsub)           /* y - a*x. Integers: i                                                       */ \
  X(mul) X(div)     /* div: true division, floating compute                                       */ \
  X(div_floor) X(div_trunc) X(remainder) X(fmod) X(pow) X(atan2) X(hypot) X(copysign)                \
  X(maximum) X(minimum) X(fmax) X(fmin) X(logaddexp) X(logaddexp2) X(nextafter) X(xlogy) X(xlog1py)  \
  X(gcd) X(lcm) X(heaviside) X(ldexp)                                                                \
  X(eq) X(ne) X(lt) X(le) X(gt) X(ge) X(logical_and) X(logical_or) X(logical_xor)                    \
  X(bitwise_and) X(bitwise_or) X(bitwise_xor) X(shift_left) X(shift_right)                           \
  X(isclose)        /* a: rtol, b: atol, i: equal_nan                                             */ \
  X(prelu)          /* x > 0 ? x : y*x                                                            */ \
  X(glu)            /* x * sigmoid(y)                                                             */ \
  X(complex)        /* real x, imaginary y -> complex compute                                     */ \
  X(polar)          /* abs x, angle y -> complex compute                                          */ \
  X(mse) X(l1)      /* (x - y)^2, |x - y| (l1: not for integers)                                  */ \
  X(smooth_l1)      /* a: beta                                                                    */ \
  X(huber)          /* a: delta                                                                   */ \
  X(bce)            /* binary cross entropy, logs clamped at -100                                 */ \
  X(bce_logits)     /* from logits                                                                */

#define FACULA_TERNARY_OPS(X)                                                                        \
  X(where)          /* condition (bool), x, y                                                     */ \
  X(addcmul)        /* x + a*y*z. Integers: i                                                     */ \
  X(addcdiv)        /* x + a*y/z                                                                  */ \
  X(lerp)           /* start x, end y, weight z                                                   */ \
  X(clamp_tensor)   /* min(max(x, y), z), NaN of any operand wins                                 */ \
  X(fma)            /* x*y + z                                                                    */

#define FACULA_ENUM_ENTRY(name) name,
enum class UnaryOp : std::uint8_t { FACULA_UNARY_OPS(FACULA_ENUM_ENTRY) };
enum class BinaryOp : std::uint8_t { FACULA_BINARY_OPS(FACULA_ENUM_ENTRY) };
enum class TernaryOp : std::uint8_t { FACULA_TERNARY_OPS(FACULA_ENUM_ENTRY) };
#undef FACULA_ENUM_ENTRY

// s: output, then 1, 2 or 3 inputs.
Outcome unary(UnaryOp op, ScalarKind compute, const Strided& s, const PointwiseParams& p = {}) noexcept;
Outcome binary(BinaryOp op, ScalarKind compute, const Strided& s, const PointwiseParams& p = {.a = 1, .i = 1}) noexcept;
Outcome ternary(TernaryOp op, ScalarKind compute, const Strided& s, const PointwiseParams& p = {.a = 1, .i = 1}) noexcept;

}  // namespace fac::kernels
