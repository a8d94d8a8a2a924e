// Matrix product for every other element type (integers, complex, half in a wider accumulator): correct, blocked for
// the cache, threaded, not written for speed.
//   C[m, n] = alpha * op(A) op(B) + beta * C, shapes and strides as in gemm.h; sums in Acc. beta = 0 never reads C.
//   Integer sums wrap (Acc should then be unsigned or wide enough).
#pragma once

#include <algorithm>
#include <cstdint>

#include "base/thread_pool.h"
#include "kernels/gemm.h"

namespace fac::kernels {

template <class T, class Acc = T>
void gemm_generic(const Gemm& g, const T* a, const T* b, T* c, T alpha = T(1), T beta = T(0)) noexcept {
  const std::int64_t a_row = g.trans_a ? 1 : g.lda, a_col = g.trans_a ? g.lda : 1;
  const std::int64_t b_row = g.trans_b ? 1 : g.ldb, b_col = g.trans_b ? g.ldb : 1;
  constexpr std::int64_t kColumns = 32;  // accumulators of one row: stay in the first cache level
  const std::int64_t grain = std::max<std::int64_t>(1, 32768 / std::max<std::int64_t>(1, g.n * g.k));
  parallel_for(g.m, grain, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) {
      for (std::int64_t j0 = 0; j0 < g.n; j0 += kColumns) {
        const std::int64_t count = std::min(kColumns, g.n - j0);
        Acc sum[kColumns] = {};
        for (std::int64_t k = 0; k < g.k; ++k) {
          const Acc left = static_cast<Acc>(a[i * a_row + k * a_col]);
          const T* right = b + k * b_row + j0 * b_col;
          for (std::int64_t j = 0; j < count; ++j)
            sum[j] = static_cast<Acc>(sum[j] + left * static_cast<Acc>(right[j * b_col]));
        }
        T* out = c + i * g.ldc + j0;
        for (std::int64_t j = 0; j < count; ++j) {
          Acc value = static_cast<Acc>(static_cast<Acc>(alpha) * sum[j]);
          if (beta != T(0)) value = static_cast<Acc>(value + static_cast<Acc>(beta) * static_cast<Acc>(out[j]));
          out[j] = static_cast<T>(value);
        }
      }
    }
  });
}

}  // namespace fac::kernels
