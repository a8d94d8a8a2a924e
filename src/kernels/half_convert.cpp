#include "kernels/half_convert.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/half_convert.cpp"
#include "kernels/targets.h"

HWY_BEFORE_NAMESPACE();
namespace fac::kernels {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;
namespace {

// Only AVX2 and up have F16C among their instructions; elsewhere the shifts and adds of base/half.h are as good.
#if HWY_TARGET == HWY_AVX2 || HWY_TARGET == HWY_AVX3
using D = hn::ScalableTag<float>;
using DH = hn::Rebind<hwy::float16_t, D>;

std::int64_t promote(float* to, const Half* from, std::int64_t n) {
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(D()));
  const auto* bits = reinterpret_cast<const hwy::float16_t*>(from);
  std::int64_t i = 0;
  for (; i + lanes <= n; i += lanes) hn::StoreU(hn::PromoteTo(D(), hn::LoadU(DH(), bits + i)), D(), to + i);
  return i;
}
std::int64_t demote(Half* to, const float* from, std::int64_t n) {
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(D()));
  auto* bits = reinterpret_cast<hwy::float16_t*>(to);
  std::int64_t i = 0;
  for (; i + lanes <= n; i += lanes) hn::StoreU(hn::DemoteTo(DH(), hn::LoadU(D(), from + i)), DH(), bits + i);
  return i;
}
#else
std::int64_t promote(float*, const Half*, std::int64_t) { return 0; }
std::int64_t demote(Half*, const float*, std::int64_t) { return 0; }
#endif

void half_to_float_impl(float* to, const Half* from, std::int64_t n) {
  for (std::int64_t i = promote(to, from, n); i < n; ++i) to[i] = from[i];
}
void float_to_half_impl(Half* to, const float* from, std::int64_t n) {
  for (std::int64_t i = demote(to, from, n); i < n; ++i) to[i] = Half(from[i]);
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace fac::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace fac::kernels {
FACULA_EXPORT(half_to_float_impl)
FACULA_EXPORT(float_to_half_impl)
void half_to_float(float* to, const Half* from, std::int64_t n) noexcept {
  FACULA_DISPATCH(half_to_float_impl)(to, from, n);
}
void float_to_half(Half* to, const float* from, std::int64_t n) noexcept {
  FACULA_DISPATCH(float_to_half_impl)(to, from, n);
}
}  // namespace fac::kernels
#endif
