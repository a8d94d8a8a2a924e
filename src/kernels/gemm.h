// Matrix product, float32 and float64:  C = act(alpha * op(A) op(B) + beta * C + bias + residual)
//   op(A) [m, k], op(B) [k, n], C [m, n]; row-major with row strides lda, ldb, ldc (in elements). trans_a: A is stored
//   [k, m]; trans_b: B is stored [n, k] (a linear layer's weight [out, in]: trans_b = true).
//   bias: [n] (one per column) or, with bias_per_row, [m].
//   residual [m, n], row stride ldr; may be C unless residual_after.
//   beta = 0 never reads C. k = 0 gives act(beta * C + bias + residual).
//   A constant B is packed once: gemm_pack_b; gemm_run then takes the packed form in place of B.
//   Scratch: 64-byte aligned, meaningless between calls; gemm uses no more threads than it has room for.
//   Packed data belong to the CPU target that they were packed for.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/epilogue.h"

namespace fac::kernels {

struct Gemm {
  std::int64_t m = 0, n = 0, k = 0;
  std::int64_t lda = 0, ldb = 0, ldc = 0;
  bool trans_a = false, trans_b = false;
};

template <class T>
struct GemmEpilogue {
  T alpha = 1, beta = 0;
  const T* bias = nullptr;
  bool bias_per_row = false;
  const T* residual = nullptr;
  std::int64_t ldr = 0;
  bool residual_after = false;                     // see Epilogue
  Activation activation = Activation::kNone;       // with float64 only kNone, kRelu, kClamp and kLeakyRelu
  T a = 0, b = 0;
};

template <class T>
std::size_t gemm_packed_b_bytes(std::int64_t n, std::int64_t k) noexcept;
template <class T>
void gemm_pack_b(std::int64_t n, std::int64_t k, const T* b, std::int64_t ldb, bool trans_b, T* packed) noexcept;

// packed_b: B comes packed.  threads 0: thread_count().
template <class T>
std::size_t gemm_scratch_bytes(const Gemm& g, bool packed_b, int threads = 0) noexcept;

template <class T>
void gemm_run(const Gemm& g, const T* a, const T* b, const GemmEpilogue<T>& epilogue, T* c, void* scratch,
              std::size_t scratch_bytes) noexcept;
template <class T>
void gemm_run_packed(const Gemm& g, const T* a, const T* packed_b, const GemmEpilogue<T>& epilogue, T* c,
                     void* scratch, std::size_t scratch_bytes) noexcept;

// `batch` products of one shape; operand i starts at a + i * stride_a, ... (stride 0: shared). Bias is shared; residual
// moves with stride_c and has C's row stride.
struct GemmBatch {
  std::int64_t count = 1;
  std::int64_t stride_a = 0, stride_b = 0, stride_c = 0;
};
template <class T>
std::size_t gemm_batch_scratch_bytes(const Gemm& g, const GemmBatch& batch, int threads = 0) noexcept;
template <class T>
void gemm_run_batch(const Gemm& g, const GemmBatch& batch, const T* a, const T* b, const GemmEpilogue<T>& epilogue,
                    T* c, void* scratch, std::size_t scratch_bytes) noexcept;

// All defined for float and double.

}  // namespace fac::kernels
