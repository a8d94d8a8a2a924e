// Unary float operations on vectors, one functor line each.
#include <cmath>
#include <cstring>

#include "kernels/pointwise_blocks.h"
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/pointwise_f32_unary.cpp"
#include "kernels/targets.h"
#include "kernels/vector_math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace fac::kernels {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;
namespace {

using D = hn::ScalableTag<float>;
using V = hn::Vec<D>;

// The parameters as vectors; functors are called with the same values for every vector of a block.
struct Params {
  V a, b, c;
};

// The rest of a row runs through the same vector code as its body: equal inputs give equal bits in any place.
template <class F>
void map(float* out, const float* const* in, std::int64_t n, const BlockArgs& args) {
  const D d;
  const float* x = in[0];
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  const Params p{hn::Set(d, static_cast<float>(args.p.a)), hn::Set(d, static_cast<float>(args.p.b)),
                 hn::Set(d, static_cast<float>(args.p.c))};
  std::int64_t i = 0;
  for (; i + 2 * lanes <= n; i += 2 * lanes) {  // two chains of arithmetic at once (room.cmake)
    const V first = F::apply(d, hn::LoadU(d, x + i), p), second = F::apply(d, hn::LoadU(d, x + i + lanes), p);
    hn::StoreU(first, d, out + i);
    hn::StoreU(second, d, out + i + lanes);
  }
  for (; i + lanes <= n; i += lanes) hn::StoreU(F::apply(d, hn::LoadU(d, x + i), p), d, out + i);
  if (i == n) return;
  HWY_ALIGN float tail[HWY_MAX_BYTES / sizeof(float)] = {};
  const std::size_t bytes = static_cast<std::size_t>(n - i) * sizeof(float);
  std::memcpy(tail, x + i, bytes);
  hn::Store(F::apply(d, hn::Load(d, tail), p), d, tail);
  std::memcpy(out + i, tail, bytes);
}

HWY_INLINE V set(D d, double x) { return hn::Set(d, static_cast<float>(x)); }
HWY_INLINE V truth(D d, hn::Mask<D> m) { return hn::IfThenElseZero(m, hn::Set(d, 1.0f)); }
HWY_INLINE V clamp(V x, V lo, V hi) {
  const V y = hn::IfThenElse(hn::Lt(x, lo), lo, x);
  return hn::IfThenElse(hn::Gt(y, hi), hi, y);
}
HWY_INLINE V log_sigmoid(D d, V x) {
  const V low = hn::IfThenElse(hn::Gt(x, hn::Zero(d)), hn::Zero(d), x);
  return hn::Sub(low, vm::log1p(d, vm::exp(d, hn::Neg(hn::Abs(x)))));
}
HWY_INLINE V gelu_tanh(D d, V x) {
  const V cubic = hn::MulAdd(hn::Mul(hn::Mul(x, x), x), set(d, 0.044715), x);
  const V t = vm::tanh(d, hn::Mul(cubic, set(d, 0.79788456080286535588)));
  return hn::Mul(hn::Mul(x, set(d, 0.5)), hn::Add(set(d, 1), t));
}
// x tanh(softplus(x)) with e = e^x: tanh(ln(1 + e)) = n / (n + 2), n = e (e + 2).
HWY_INLINE V mish(D d, V x) {
  const V limit = set(d, 20);
  const V e = vm::exp(d, hn::IfThenElse(hn::Gt(x, limit), limit, x));
  const V n = hn::Mul(e, hn::Add(e, set(d, 2)));
  return hn::IfThenElse(hn::Gt(x, limit), x, hn::Mul(x, hn::Div(n, hn::Add(n, set(d, 2)))));
}
HWY_INLINE V elu(D d, V x, V alpha, V scale, V input_scale) {
  const V negative = hn::Mul(hn::Mul(vm::expm1(d, hn::Mul(x, input_scale)), alpha), scale);
  return hn::IfThenElse(hn::Gt(x, hn::Zero(d)), hn::Mul(x, scale), negative);
}
HWY_INLINE V softplus(D d, V x, V beta, V threshold) {
  const V z = hn::Mul(x, beta);
  return hn::IfThenElse(hn::Gt(z, threshold), x, hn::Div(vm::log1p(d, vm::exp(d, z)), beta));
}
HWY_INLINE V softshrink(D d, V x, V lambda) {
  const V inner = hn::IfThenElse(hn::Lt(x, hn::Neg(lambda)), hn::Add(x, lambda), hn::Mul(x, hn::Zero(d)));
  return hn::IfThenElse(hn::Gt(x, lambda), hn::Sub(x, lambda), inner);
}
HWY_INLINE V logit(D d, V x, V eps) {
  const V one = set(d, 1);
  const auto plain = hn::Lt(eps, hn::Zero(d));
  const V y = hn::IfThenElse(plain, x, clamp(x, eps, hn::Sub(one, eps)));
  return vm::log(d, hn::Div(y, hn::Sub(one, y)));
}
HWY_INLINE V nan_to_num(D d, V x, V nan, V high, V low) {
  const V inf = hn::Set(d, HUGE_VALF);
  V y = hn::IfThenElse(hn::Eq(x, inf), high, x);
  y = hn::IfThenElse(hn::Eq(x, hn::Neg(inf)), low, y);
  return hn::IfThenElse(hn::IsNaN(x), nan, y);
}
HWY_INLINE V sign(D d, V x) {
  return hn::Sub(truth(d, hn::Gt(x, hn::Zero(d))), truth(d, hn::Lt(x, hn::Zero(d))));
}
HWY_INLINE V relu(D d, V x) { return hn::IfThenElse(hn::Lt(x, hn::Zero(d)), hn::Zero(d), x); }
HWY_INLINE V hardsigmoid6(D d, V x) { return clamp(hn::Add(x, set(d, 3)), hn::Zero(d), set(d, 6)); }

#define FACULA_F32_UNARY(X)                                                                             \
  X(abs, hn::Abs(x))                                                                                    \
  X(neg, hn::Neg(x))                                                                                    \
  X(sign, sign(d, x))                                                                                   \
  X(sgn, sign(d, x))                                                                                    \
  X(square, hn::Mul(x, x))                                                                              \
  X(positive, x)                                                                                        \
  X(conj, x)                                                                                            \
  X(exp, vm::exp(d, x))                                                                                 \
  X(exp2, vm::exp2(d, x))                                                                               \
  X(expm1, vm::expm1(d, x))                                                                             \
  X(log, vm::log(d, x))                                                                                 \
  X(log2, vm::log2(d, x))                                                                               \
  X(log10, vm::log10(d, x))                                                                             \
  X(log1p, vm::log1p(d, x))                                                                             \
  X(sqrt, hn::Sqrt(x))                                                                                  \
  X(rsqrt, hn::Div(set(d, 1), hn::Sqrt(x)))                                                             \
  X(reciprocal, hn::Div(set(d, 1), x))                                                                  \
  X(sin, vm::sin(d, x))                                                                                 \
  X(cos, vm::cos(d, x))                                                                                 \
  X(tan, vm::tan(d, x))                                                                                 \
  X(asin, vm::asin(d, x))                                                                               \
  X(acos, vm::acos(d, x))                                                                               \
  X(atan, vm::atan(d, x))                                                                               \
  X(tanh, vm::tanh(d, x))                                                                               \
  X(sigmoid, vm::sigmoid(d, x))                                                                         \
  X(logsigmoid, log_sigmoid(d, x))                                                                      \
  X(softsign, hn::Div(x, hn::Add(set(d, 1), hn::Abs(x))))                                               \
  X(relu, relu(d, x))                                                                                   \
  X(relu6, clamp(x, hn::Zero(d), set(d, 6)))                                                            \
  X(silu, vm::silu(d, x))                                                                \
  X(mish, mish(d, x))                                                                                   \
  X(hardswish, hn::Div(hn::Mul(x, hardsigmoid6(d, x)), set(d, 6)))                                      \
  X(hardsigmoid, hn::Div(hardsigmoid6(d, x), set(d, 6)))                                                \
  X(gelu, vm::gelu(d, x))                                                                               \
  X(gelu_tanh, gelu_tanh(d, x))                                                                         \
  X(selu, elu(d, x, set(d, 1.6732632423543772848), set(d, 1.0507009873554804934), set(d, 1)))           \
  X(tanhshrink, hn::Sub(x, vm::tanh(d, x)))                                                             \
  X(erf, vm::erf(d, x))                                                                                 \
  X(floor, hn::Floor(x))                                                                                \
  X(ceil, hn::Ceil(x))                                                                                  \
  X(round, hn::Round(x))                                                                                \
  X(trunc, hn::Trunc(x))                                                                                \
  X(frac, hn::Sub(x, hn::Trunc(x)))                                                                     \
  X(deg2rad, hn::Mul(x, set(d, 0.017453292519943295769)))                                               \
  X(rad2deg, hn::Mul(x, set(d, 57.295779513082320877)))                                                 \
  X(angle, hn::IfThenElse(hn::IsNaN(x), x, hn::IfThenElseZero(hn::Lt(x, hn::Zero(d)), set(d, 3.14159265358979323846)))) \
  X(clamp, clamp(x, p.a, p.b))                                                                          \
  X(leaky_relu, hn::IfThenElse(hn::Gt(x, hn::Zero(d)), x, hn::Mul(x, p.a)))                             \
  X(elu, elu(d, x, p.a, p.b, p.c))                                                                      \
  X(celu, elu(d, x, p.a, set(d, 1), hn::Div(set(d, 1), p.a)))                                           \
  X(softplus, softplus(d, x, p.a, p.b))                                                                 \
  X(threshold, hn::IfThenElse(hn::Le(x, p.a), p.b, x))                                                  \
  X(hardshrink, hn::IfThenElse(hn::Le(hn::Abs(x), p.a), hn::Zero(d), x))                                \
  X(softshrink, softshrink(d, x, p.a))                                                                  \
  X(logit, logit(d, x, p.a))                                                                            \
  X(nan_to_num, nan_to_num(d, x, p.a, p.b, p.c))                                                        \
  X(logical_not, truth(d, hn::Eq(x, hn::Zero(d))))                                                      \
  X(isnan, truth(d, hn::IsNaN(x)))                                                                      \
  X(isinf, truth(d, hn::Eq(hn::Abs(x), hn::Set(d, HUGE_VALF))))                                         \
  X(isfinite, truth(d, hn::Lt(hn::Abs(x), hn::Set(d, HUGE_VALF))))                                      \
  X(isposinf, truth(d, hn::Eq(x, hn::Set(d, HUGE_VALF))))                                               \
  X(isneginf, truth(d, hn::Eq(x, hn::Set(d, -HUGE_VALF))))                                              \
  X(signbit, truth(d, hn::Lt(hn::CopySign(set(d, 1), x), hn::Zero(d))))

#define FACULA_FUNCTOR(name, expr)                                        \
  struct F_##name {                                                       \
    static HWY_INLINE V apply(D d, V x, const Params& p) {                \
      (void)d;                                                            \
      (void)p;                                                            \
      return expr;                                                        \
    }                                                                     \
  };
FACULA_F32_UNARY(FACULA_FUNCTOR)
#undef FACULA_FUNCTOR

BlockFn<float> unary_f32_impl(UnaryOp op) {
  switch (op) {
#define FACULA_CASE(name, expr) \
  case UnaryOp::name: return map<F_##name>;
    FACULA_F32_UNARY(FACULA_CASE)
#undef FACULA_CASE
    default: return nullptr;
  }
}
#undef FACULA_F32_UNARY

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace fac::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace fac::kernels {
FACULA_EXPORT(unary_f32_impl)
BlockFn<float> unary_block_f32(UnaryOp op) noexcept {
  const BlockFn<float> fn = FACULA_DISPATCH(unary_f32_impl)(op);
  return fn ? fn : unary_block_real<float>(op);
}
}  // namespace fac::kernels
#endif
