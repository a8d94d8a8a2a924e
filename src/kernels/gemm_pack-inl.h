// Packing of matrix products' operands (gemm.cpp says into what and why), per CPU target.
#if defined(FACULA_GEMM_PACK_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef FACULA_GEMM_PACK_INL_H_
#undef FACULA_GEMM_PACK_INL_H_
#else
#define FACULA_GEMM_PACK_INL_H_
#endif

#include <algorithm>
#include <cstdint>

#include "kernels/targets.h"
#include "kernels/transpose-inl.h"

HWY_BEFORE_NAMESPACE();
namespace fac::kernels {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;
namespace {

// Columns j0 .. j1 (whole panels but for the last), depths k0 .. k1 of op(B) as panels [k1 - k0][width].
template <class T>
void pack_panels(const T* b, std::int64_t ldb, bool trans, std::int64_t j0, std::int64_t j1, std::int64_t k0,
                 std::int64_t k1, T* out) {
  constexpr std::int64_t L = HWY_LANES(T);
  for (std::int64_t j = j0; j < j1;) {
    const std::int64_t width = j1 - j > L ? 2 * L : L, columns = std::min(width, j1 - j);
    if (!trans) {
      for (std::int64_t k = k0; k < k1; ++k, out += width) {
        std::copy_n(b + k * ldb + j, columns, out);
        std::fill(out + columns, out + width, T(0));
      }
    } else {
      transpose(b + j * ldb + k0, ldb, out, width, columns, k1 - k0);
      for (std::int64_t k = 0; columns < width && k < k1 - k0; ++k)
        std::fill(out + k * width + columns, out + (k + 1) * width, T(0));
      out += (k1 - k0) * width;
    }
    j += columns;
  }
}

// Rows i0 .. i1, depths k0 .. k1 of alpha op(A) as [k / L][row][L]. The last block's unused depths stay unwritten: the
// inner loop does not read them.
template <class T>
void pack_rows(const T* a, std::int64_t lda, bool trans, T alpha, std::int64_t i0, std::int64_t i1, std::int64_t k0,
               std::int64_t k1, T* out) {
  constexpr std::int64_t L = HWY_LANES(T);
  const hn::ScalableTag<T> d;
  const auto factor = hn::Set(d, alpha);
  for (std::int64_t k = k0; k < k1; k += L) {
    const std::int64_t count = std::min(L, k1 - k);
    if (trans) {
      transpose(a + k * lda + i0, lda, out, L, count, i1 - i0);
      for (std::int64_t i = 0; alpha != T(1) && i < (i1 - i0) * L; i += L)
        hn::StoreU(hn::Mul(factor, hn::LoadU(d, out + i)), d, out + i);
    } else {
      for (std::int64_t i = i0; i < i1; ++i) {
        const T* row = a + i * lda + k;
        if (count == L) hn::StoreU(hn::Mul(factor, hn::LoadU(d, row)), d, out + (i - i0) * L);
        else
          for (std::int64_t c = 0; c < count; ++c) out[(i - i0) * L + c] = alpha * row[c];
      }
    }
    out += (i1 - i0) * L;
  }
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace fac::kernels
HWY_AFTER_NAMESPACE();

#endif  // per-target include guard
