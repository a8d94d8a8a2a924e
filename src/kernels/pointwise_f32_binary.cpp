// Binary and ternary float operations on vectors, one functor line each.
#include <cmath>
#include <cstring>

#include "kernels/pointwise_blocks.h"
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/pointwise_f32_binary.cpp"
#include "kernels/targets.h"
#include "kernels/vector_math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace fac::kernels {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;
namespace {

using D = hn::ScalableTag<float>;
using V = hn::Vec<D>;

struct Params {
  V a, b;
  bool flag;
};

// As in pointwise_f32_unary.cpp, the end of a row runs through the same vector code.
template <int kInputs, class F>
void map(float* out, const float* const* in, std::int64_t n, const BlockArgs& args) {
  const D d;
  const float* x = in[0];
  const float* y = in[1];
  const float* z = kInputs == 3 ? in[2] : x;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  const Params p{hn::Set(d, static_cast<float>(args.p.a)), hn::Set(d, static_cast<float>(args.p.b)), args.p.i != 0};
  const auto at = [&](std::int64_t i) HWY_ATTR { return F::apply(d, hn::LoadU(d, x + i), hn::LoadU(d, y + i), hn::LoadU(d, z + i), p); };
  std::int64_t i = 0;
  for (; i + 2 * lanes <= n; i += 2 * lanes) {
    const V first = at(i), second = at(i + lanes);
    hn::StoreU(first, d, out + i);
    hn::StoreU(second, d, out + i + lanes);
  }
  for (; i + lanes <= n; i += lanes) hn::StoreU(at(i), d, out + i);
  if (i == n) return;
  HWY_ALIGN float tail[3][HWY_MAX_BYTES / sizeof(float)] = {};
  const std::size_t bytes = static_cast<std::size_t>(n - i) * sizeof(float);
  std::memcpy(tail[0], x + i, bytes);
  std::memcpy(tail[1], y + i, bytes);
  std::memcpy(tail[2], z + i, bytes);
  hn::Store(F::apply(d, hn::Load(d, tail[0]), hn::Load(d, tail[1]), hn::Load(d, tail[2]), p), d, tail[0]);
  std::memcpy(out + i, tail[0], bytes);
}

HWY_INLINE V set(D d, double x) { return hn::Set(d, static_cast<float>(x)); }
HWY_INLINE V truth(D d, hn::Mask<D> m) { return hn::IfThenElseZero(m, hn::Set(d, 1.0f)); }
HWY_INLINE hn::Mask<D> is_true(D d, V x) { return hn::Not(hn::Eq(x, hn::Zero(d))); }  // NaN too; Ne is ordered on AVX3

template <bool kMax>
HWY_INLINE V nan_extreme(V x, V y) {
  const V m = hn::IfThenElse(kMax ? hn::Gt(x, y) : hn::Lt(x, y), x, y);  // a NaN compares false: y
  return hn::IfThenElse(hn::IsNaN(x), x, m);
}
template <bool kMax>
HWY_INLINE V number_extreme(V x, V y) {
  const V m = hn::IfThenElse(kMax ? hn::Gt(x, y) : hn::Lt(x, y), x, y);
  return hn::IfThenElse(hn::IsNaN(y), x, m);
}
HWY_INLINE V isclose(D d, V x, V y, const Params& p) {
  const V inf = hn::Set(d, HUGE_VALF);
  auto close = hn::Eq(x, y);
  if (p.flag) close = hn::Or(close, hn::And(hn::IsNaN(x), hn::IsNaN(y)));
  const auto near = hn::Le(hn::Abs(hn::Sub(x, y)), hn::Add(p.b, hn::Abs(hn::Mul(p.a, y))));
  const auto finite = hn::And(hn::Lt(hn::Abs(x), inf), hn::Lt(hn::Abs(y), inf));
  return truth(d, hn::Or(close, hn::And(near, finite)));
}
HWY_INLINE V smooth_l1(D d, V x, V y, V beta) {
  const V e = hn::Abs(hn::Sub(x, y)), half = set(d, 0.5);
  return hn::IfThenElse(hn::Lt(e, beta), hn::Div(hn::Mul(hn::Mul(half, e), e), beta), hn::NegMulAdd(half, beta, e));
}
HWY_INLINE V huber(D d, V x, V y, V delta) {
  const V e = hn::Abs(hn::Sub(x, y)), half = set(d, 0.5);
  return hn::IfThenElse(hn::Le(e, delta), hn::Mul(hn::Mul(half, e), e), hn::Mul(delta, hn::NegMulAdd(half, delta, e)));
}
HWY_INLINE V bce(D d, V x, V y) {
  const V floor = set(d, -100);
  const V low = vm::log1p(d, hn::Neg(x)), high = vm::log(d, x);
  const V a = hn::IfThenElse(hn::Lt(low, floor), floor, low), b = hn::IfThenElse(hn::Lt(high, floor), floor, high);
  return hn::Sub(hn::Mul(hn::Sub(y, set(d, 1)), a), hn::Mul(y, b));
}
HWY_INLINE V bce_logits(D d, V x, V y) {
  const V low = hn::IfThenElse(hn::Gt(x, hn::Zero(d)), hn::Zero(d), x);
  const V log_sigmoid = hn::Sub(low, vm::log1p(d, vm::exp(d, hn::Neg(hn::Abs(x)))));
  return hn::Sub(hn::Mul(hn::Sub(set(d, 1), y), x), log_sigmoid);
}
HWY_INLINE V lerp(D d, V x, V y, V w) {
  const V far = hn::Sub(y, x);
  return hn::IfThenElse(hn::Lt(hn::Abs(w), set(d, 0.5)), hn::MulAdd(w, far, x),
                        hn::NegMulAdd(far, hn::Sub(set(d, 1), w), y));
}

#define FACULA_F32_BINARY(X)                                                                        \
  X(add, hn::MulAdd(p.a, y, x))                                                                     \
  X(sub, hn::NegMulAdd(p.a, y, x))                                                                  \
  X(rsub, hn::NegMulAdd(p.a, x, y))                                                                 \
  X(mul, hn::Mul(x, y))                                                                             \
  X(div, hn::Div(x, y))                                                                             \
  X(div_trunc, hn::Trunc(hn::Div(x, y)))                                                            \
  X(atan2, vm::atan2(d, x, y))                                                                      \
  X(copysign, hn::CopySign(x, y))                                                                   \
  X(maximum, nan_extreme<true>(x, y))                                                               \
  X(minimum, nan_extreme<false>(x, y))                                                              \
  X(fmax, number_extreme<true>(x, y))                                                               \
  X(fmin, number_extreme<false>(x, y))                                                              \
  X(heaviside, hn::IfThenElse(hn::Eq(x, hn::Zero(d)), y, truth(d, hn::Gt(x, hn::Zero(d)))))     \
  X(eq, truth(d, hn::Eq(x, y)))                                                                     \
  X(ne, truth(d, hn::Not(hn::Eq(x, y))))                                                             \
  X(lt, truth(d, hn::Lt(x, y)))                                                                     \
  X(le, truth(d, hn::Le(x, y)))                                                                     \
  X(gt, truth(d, hn::Gt(x, y)))                                                                     \
  X(ge, truth(d, hn::Ge(x, y)))                                                                     \
  X(logical_and, truth(d, hn::And(is_true(d, x), is_true(d, y))))                                   \
  X(logical_or, truth(d, hn::Or(is_true(d, x), is_true(d, y))))                                     \
  X(logical_xor, truth(d, hn::Xor(is_true(d, x), is_true(d, y))))                                   \
  X(isclose, isclose(d, x, y, p))                                                                   \
  X(prelu, hn::IfThenElse(hn::Gt(x, hn::Zero(d)), x, hn::Mul(y, x)))                                \
  X(glu, hn::Mul(x, vm::sigmoid(d, y)))                                                             \
  X(mse, hn::Mul(hn::Sub(x, y), hn::Sub(x, y)))                                                     \
  X(l1, hn::Abs(hn::Sub(x, y)))                                                                     \
  X(smooth_l1, smooth_l1(d, x, y, p.a))                                                             \
  X(huber, huber(d, x, y, p.a))                                                                     \
  X(bce, bce(d, x, y))                                                                              \
  X(bce_logits, bce_logits(d, x, y))

#define FACULA_F32_TERNARY(X)                                                                       \
  X(where, hn::IfThenElse(is_true(d, x), y, z))                                                     \
  X(addcmul, hn::MulAdd(hn::Mul(p.a, y), z, x))                                                     \
  X(addcdiv, hn::Add(x, hn::Div(hn::Mul(p.a, y), z)))                                               \
  X(lerp, lerp(d, x, y, z))                                                                         \
  X(clamp_tensor, nan_extreme<false>(nan_extreme<true>(x, y), z))                                   \
  X(fma, hn::MulAdd(x, y, z))

#define FACULA_FUNCTOR(name, expr)                                        \
  struct F_##name {                                                       \
    static HWY_INLINE V apply(D d, V x, V y, V z, const Params& p) {      \
      (void)d;                                                            \
      (void)z;                                                            \
      (void)p;                                                            \
      return expr;                                                        \
    }                                                                     \
  };
FACULA_F32_BINARY(FACULA_FUNCTOR)
FACULA_F32_TERNARY(FACULA_FUNCTOR)
#undef FACULA_FUNCTOR

BlockFn<float> binary_f32_impl(BinaryOp op) {
  switch (op) {
#define FACULA_CASE(name, expr) \
  case BinaryOp::name: return map<2, F_##name>;
    FACULA_F32_BINARY(FACULA_CASE)
#undef FACULA_CASE
    default: return nullptr;
  }
}
BlockFn<float> ternary_f32_impl(TernaryOp op) {
  switch (op) {
#define FACULA_CASE(name, expr) \
  case TernaryOp::name: return map<3, F_##name>;
    FACULA_F32_TERNARY(FACULA_CASE)
#undef FACULA_CASE
  }
  return nullptr;
}
#undef FACULA_F32_BINARY
#undef FACULA_F32_TERNARY

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace fac::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace fac::kernels {
FACULA_EXPORT(binary_f32_impl)
FACULA_EXPORT(ternary_f32_impl)
BlockFn<float> binary_block_f32(BinaryOp op) noexcept {
  const BlockFn<float> fn = FACULA_DISPATCH(binary_f32_impl)(op);
  return fn ? fn : binary_block_real<float>(op);
}
BlockFn<float> ternary_block_f32(TernaryOp op) noexcept { return FACULA_DISPATCH(ternary_f32_impl)(op); }
}  // namespace fac::kernels
#endif
