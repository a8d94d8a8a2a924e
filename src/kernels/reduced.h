// Products and convolutions with float32 on both sides and fewer bits inside, as an option:
//   int8: y = s_x s_w[j] sum_k (q_x[k] - z_x) q_w[k, j] + bias. Weights become integers in -127 .. 127, one scale for each
//         output channel, when they are packed. Inputs become 0 .. 255 on each run, one scale and zero point for each
//         row of a product and for each picture of a convolution; zero is always represented exactly. Sums are
//         32-bit integers and exact, and nothing is left to contraction: every CPU target gives the same bits.
//   bf16: weights and inputs rounded to bfloat16 (nearest even), products and sums in float32.
//   |y - float32's y| <= sum_k (s_x / 2 |w[k, j]| + s_w[j] / 2 |x^[k]|) and float32's own rounding, x^ = s_x (q_x - z_x).
// Hostile numbers: weights must be finite, else packing refuses. A row (int8: picture) of inputs with NaN or infinity gives
// NaN everywhere in int8; bf16 treats them as float32 does. A range below 1e-36 is as good as zero.
//   Scratch: 64-byte aligned, meaningless between calls.  Packed data belong to the CPU target and form they were packed for.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/conv.h"
#include "kernels/gemm.h"

namespace fac::kernels {

// How numbers lie in 32-bit words and which instructions multiply them. A form exists for some CPU targets only.
enum class DotForm : std::uint8_t {
  kInt8,           // four u8 x four i8, plain arithmetic (targets without the others)
  kInt8Pairs,      // two i16 x two i8 widened: multiply-add of pairs (SSE4, AVX2, AVX-512)
  kInt8Vnni,       // four u8 x four i8: AVX-VNNI, AVX-512 VNNI
  kBf16Emulated,   // two bf16, widened to float32
  kBf16,           // AVX-512 BF16
};
inline constexpr int kDotForms = 5;
inline bool is_int8(DotForm form) { return form <= DotForm::kInt8Vnni; }
const char* dot_form_name(DotForm form) noexcept;
bool dot_form_available(DotForm form) noexcept;  // for the CPU target in use
DotForm best_int8_form() noexcept;

// int8 sums of more products could leave 32 bits.
inline constexpr std::int64_t kMostInt8Depth = 65536;

// --- C = act(A W^T + bias + residual): W [n, k] constant.  k <= kMostInt8Depth for int8.
struct ReducedGemm {
  std::int64_t m = 0, n = 0, k = 0;
  std::int64_t lda = 0, ldc = 0;
};
std::size_t reduced_packed_bytes(DotForm form, std::int64_t n, std::int64_t k) noexcept;
// trans: W is stored [k, n]. bias [n] or null becomes part of the packed data. False, and packed is worthless: a weight is not finite.
bool reduced_pack(DotForm form, std::int64_t n, std::int64_t k, const float* w, std::int64_t ldw, bool trans, const float* bias,
                  void* packed) noexcept;
std::size_t reduced_scratch_bytes(DotForm form, const ReducedGemm& g) noexcept;
// Of the epilogue: residual, ldr, residual_after, activation, a, b.
void reduced_gemm(DotForm form, const ReducedGemm& g, const float* a, const void* packed, const GemmEpilogue<float>& epilogue,
                  float* c, void* scratch) noexcept;

// Whether the form can do it, and is expected to take a tenth less time than float32 at least (the emulation: always).
bool reduced_gemm_pays(DotForm form, const ReducedGemm& g) noexcept;

// --- convolutions (conv.h) of blocked pictures with groups == 1; x, y blocked.
bool reduced_conv_supports(const Conv2d& d) noexcept;
bool reduced_conv_pays(DotForm form, const Conv2d& d, ConvAlgo algo) noexcept;  // beside this algorithm in float32
std::size_t reduced_conv_packed_bytes(DotForm form, const Conv2d& d) noexcept;
// weights, scale, as conv2d_pack_weights; bias [c_out] or null.
bool reduced_conv_pack(DotForm form, const Conv2d& d, const float* weights, const float* scale, const float* bias,
                       void* packed) noexcept;
std::size_t reduced_conv_scratch_bytes(DotForm form, const Conv2d& d) noexcept;
void reduced_conv(DotForm form, const Conv2d& d, const float* x, const void* packed, const Epilogue& epilogue, float* y,
                  void* scratch) noexcept;

}  // namespace fac::kernels
