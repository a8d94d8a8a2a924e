// max(lo, min(hi, x)) that lets NaN through, per CPU target.
#if defined(FACULA_CLAMP_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef FACULA_CLAMP_INL_H_
#undef FACULA_CLAMP_INL_H_
#else
#define FACULA_CLAMP_INL_H_
#endif

#include "kernels/targets.h"

HWY_BEFORE_NAMESPACE();
namespace fac::kernels {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;
namespace {

// x86's instructions return the second operand if one is NaN; Highway's scalar target returns the number.
template <class D, class V = hn::Vec<D>>
HWY_INLINE V clamp_keeping_nan(D, V x, V lo, V hi) {
#if HWY_TARGET == HWY_SCALAR
  return hn::IfThenElse(hn::Lt(x, lo), lo, hn::IfThenElse(hn::Gt(x, hi), hi, x));
#else
  return hn::Min(hi, hn::Max(lo, x));
#endif
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace fac::kernels
HWY_AFTER_NAMESPACE();

#endif  // per-target include guard
