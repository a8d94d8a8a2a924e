#include "kernels/epilogue.h"

#include <algorithm>

#include "kernels/epilogue_row.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/epilogue.cpp"
#include "kernels/targets.h"
#include "kernels/clamp-inl.h"
#include "kernels/vector_math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace fac::kernels {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;
namespace {

constexpr std::int64_t kBlock = HWY_LANES(float);
using D = hn::ScalableTag<float>;
using V = hn::Vec<D>;

// y = f(x). Four vectors at once: a polynomial is a chain of multiply-adds, and a processor's scheduler does not hold enough
// of them to overlap one vector's chain with the next one's (room.cmake has the compiler interleave them).
template <class F>
HWY_INLINE void map(float* x, std::int64_t count, F f) {
  const D d;
  std::int64_t i = 0;
  for (; i + 4 * kBlock <= count; i += 4 * kBlock) {
    float* at = x + i;
    const V y0 = f(d, hn::LoadU(d, at)), y1 = f(d, hn::LoadU(d, at + kBlock));
    const V y2 = f(d, hn::LoadU(d, at + 2 * kBlock)), y3 = f(d, hn::LoadU(d, at + 3 * kBlock));
    hn::StoreU(y0, d, at);
    hn::StoreU(y1, d, at + kBlock);
    hn::StoreU(y2, d, at + 2 * kBlock);
    hn::StoreU(y3, d, at + 3 * kBlock);
  }
  for (; i + kBlock <= count; i += kBlock) hn::StoreU(f(d, hn::LoadU(d, x + i)), d, x + i);
  if (i < count) {
    alignas(64) float tail[kBlock] = {};
    std::copy(x + i, x + count, tail);
    hn::Store(f(d, hn::Load(d, tail)), d, tail);
    std::copy(tail, tail + (count - i), x + i);
  }
}

HWY_INLINE V hard_sigmoid(D d, V x) {
  const V shifted = hn::Add(x, hn::Set(d, 3.0f));
  return hn::Div(clamp_keeping_nan(d, shifted, hn::Zero(d), hn::Set(d, 6.0f)), hn::Set(d, 6.0f));
}

void activate_impl(float* x, std::int64_t count, Activation activation, float fa, float fb) {
  const D tag;
  const V a = hn::Set(tag, fa), b = hn::Set(tag, fb), half = hn::Set(tag, 0.5f);
  switch (activation) {
    case Activation::kNone: return;
    case Activation::kRelu:
      return map(x, count, [](D d, V v) HWY_ATTR {
        return clamp_keeping_nan(d, v, hn::Zero(d), hn::Set(d, std::numeric_limits<float>::infinity()));
      });
    case Activation::kClamp:
      return map(x, count, [=](D d, V v) HWY_ATTR { return clamp_keeping_nan(d, v, a, b); });
    case Activation::kLeakyRelu:
      return map(x, count, [=](D d, V v) HWY_ATTR { return hn::IfThenElse(hn::Gt(v, hn::Zero(d)), v, hn::Mul(v, a)); });
    case Activation::kElu:
      return map(x, count, [=](D d, V v) HWY_ATTR {
        return hn::IfThenElse(hn::Gt(v, hn::Zero(d)), v, hn::Mul(a, vm::expm1(d, v)));
      });
    case Activation::kSigmoid: return map(x, count, [](D d, V v) HWY_ATTR { return vm::sigmoid(d, v); });
    case Activation::kTanh: return map(x, count, [](D d, V v) HWY_ATTR { return vm::tanh(d, v); });
    case Activation::kSilu: return map(x, count, [](D d, V v) HWY_ATTR { return vm::silu(d, v); });
    case Activation::kHardsigmoid: return map(x, count, [](D d, V v) HWY_ATTR { return hard_sigmoid(d, v); });
    case Activation::kHardswish:
      return map(x, count, [](D d, V v) HWY_ATTR { return hn::Mul(v, hard_sigmoid(d, v)); });
    case Activation::kGelu: return map(x, count, [](D d, V v) HWY_ATTR { return vm::gelu(d, v); });
    case Activation::kGeluTanh:
      return map(x, count, [=](D d, V v) HWY_ATTR {
        // sqrt(2 / pi) (x + 0.044715 x^3)
        const V inner = hn::MulAdd(hn::Mul(hn::Mul(v, v), v), hn::Set(d, 0.044715f), v);
        const V t = vm::tanh(d, hn::Mul(inner, hn::Set(d, 0.79788456f)));
        return hn::Mul(hn::Mul(v, half), hn::Add(hn::Set(d, 1.0f), t));
      });
  }
}

void finish_row_impl(float* y, std::int64_t pixels, const RowFinish& f) {
  activate_impl(y, pixels * kBlock, f.activation, f.a, f.b);
  const D d;
  if (f.scale != nullptr || f.residual != nullptr) {
    const V scale = f.scale != nullptr ? hn::LoadU(d, f.scale) : hn::Set(d, 1.0f);
    for (std::int64_t i = 0; i < pixels * kBlock; i += kBlock) {
      V v = hn::Mul(hn::LoadU(d, y + i), scale);
      if (f.residual != nullptr) v = hn::Add(v, hn::LoadU(d, f.residual + i));
      hn::StoreU(v, d, y + i);
    }
  }
  if (f.channels < kBlock) {
    const auto used = hn::FirstN(d, static_cast<std::size_t>(f.channels));
    for (std::int64_t i = 0; i < pixels * kBlock; i += kBlock)
      hn::StoreU(hn::IfThenElseZero(used, hn::LoadU(d, y + i)), d, y + i);
  }
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace fac::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace fac::kernels {

FACULA_EXPORT(activate_impl)
FACULA_EXPORT(finish_row_impl)

void activate(float* x, std::int64_t count, Activation activation, float a, float b) noexcept {
  FACULA_DISPATCH(activate_impl)(x, count, activation, a, b);
}

void finish_row(float* y, std::int64_t pixels, const RowFinish& f) noexcept {
  FACULA_DISPATCH(finish_row_impl)(y, pixels, f);
}

}  // namespace fac::kernels
#endif
