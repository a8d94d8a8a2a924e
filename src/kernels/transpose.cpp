#include "kernels/transpose.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/transpose.cpp"
#include "kernels/targets.h"
#include "kernels/transpose-inl.h"

HWY_BEFORE_NAMESPACE();
namespace fac::kernels {
namespace HWY_NAMESPACE {
namespace {

void transpose_impl(const float* in, std::int64_t in_stride, float* out, std::int64_t out_stride, std::int64_t rows, std::int64_t columns) {
  transpose(in, in_stride, out, out_stride, rows, columns);
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace fac::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace fac::kernels {

FACULA_EXPORT(transpose_impl)

void transpose_f32(const float* in, std::int64_t in_stride, float* out, std::int64_t out_stride, std::int64_t rows,
                   std::int64_t columns) noexcept {
  FACULA_DISPATCH(transpose_impl)(in, in_stride, out, out_stride, rows, columns);
}

}  // namespace fac::kernels
#endif
