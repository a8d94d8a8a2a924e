// Transposition of a small float32 or float64 matrix, by 4x4 squares in 128-bit registers, per CPU target.
//   out[j * out_stride + i] = in[i * in_stride + j],  i < rows, j < columns
// Half a cycle an element; element by element it is three to five.

#if defined(FACULA_TRANSPOSE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef FACULA_TRANSPOSE_INL_H_
#undef FACULA_TRANSPOSE_INL_H_
#else
#define FACULA_TRANSPOSE_INL_H_
#endif

#include <cstdint>

#include "kernels/targets.h"

HWY_BEFORE_NAMESPACE();
namespace fac::kernels {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;
namespace {

template <class T>
HWY_INLINE void transpose_slowly(const T* in, std::int64_t in_stride, T* out, std::int64_t out_stride, std::int64_t i0,
                                 std::int64_t i1, std::int64_t j0, std::int64_t j1) {
  for (std::int64_t j = j0; j < j1; ++j)
    for (std::int64_t i = i0; i < i1; ++i) out[j * out_stride + i] = in[i * in_stride + j];
}

template <class T>
void transpose(const T* HWY_RESTRICT in, std::int64_t in_stride, T* HWY_RESTRICT out, std::int64_t out_stride,
               std::int64_t rows, std::int64_t columns) {
  std::int64_t square_rows = 0, square_columns = 0;
#if HWY_TARGET != HWY_SCALAR
  if constexpr (sizeof(T) == 4) {
    const hn::CappedTag<T, 4> d;
    square_rows = rows / 4 * 4;
    square_columns = columns / 4 * 4;
    for (std::int64_t j = 0; j < square_columns; j += 4) {
      for (std::int64_t i = 0; i < square_rows; i += 4) {
        const T* p = in + i * in_stride + j;
        const auto a = hn::LoadU(d, p), b = hn::LoadU(d, p + in_stride);
        const auto c = hn::LoadU(d, p + 2 * in_stride), e = hn::LoadU(d, p + 3 * in_stride);
        const auto ac = hn::InterleaveLower(d, a, c), be = hn::InterleaveLower(d, b, e);
        const auto ac2 = hn::InterleaveUpper(d, a, c), be2 = hn::InterleaveUpper(d, b, e);
        T* q = out + j * out_stride + i;
        hn::StoreU(hn::InterleaveLower(d, ac, be), d, q);
        hn::StoreU(hn::InterleaveUpper(d, ac, be), d, q + out_stride);
        hn::StoreU(hn::InterleaveLower(d, ac2, be2), d, q + 2 * out_stride);
        hn::StoreU(hn::InterleaveUpper(d, ac2, be2), d, q + 3 * out_stride);
      }
    }
  }
#endif
  transpose_slowly(in, in_stride, out, out_stride, square_rows, rows, 0, square_columns);
  transpose_slowly(in, in_stride, out, out_stride, 0, rows, square_columns, columns);
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace fac::kernels
HWY_AFTER_NAMESPACE();

#endif  // per-target include guard
