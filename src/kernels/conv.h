// Two-dimensional convolution, float32, for inference: weights packed once, blocked pictures (layout.h), epilogues.
//
//   Conv2d d{...};                                    // shapes; see below
//   auto algo = conv2d_choose(d);
//   packed: conv2d_packed_bytes(d, algo), 64-byte aligned;   conv2d_pack_weights(d, algo, weights, scale, packed);
//   scratch: conv2d_scratch_bytes(d, algo, threads), 64-byte aligned, contents meaningless between calls
//   conv2d_run(d, algo, x, packed, bias, epilogue, y, scratch, scratch_bytes);
//
//   weights [c_out, c_in / groups, kh, kw], contiguous, taken times scale [c_out] (null: 1);  bias [c_out] or null
//   x blocked [n, c_in, h, w], but plain NCHW where conv2d_takes_plain_input(algo);  y blocked [n, c_out, out_h, out_w]
//   x and y need no alignment; y overlaps neither x nor packed (the residual may, see Epilogue)
//   Sums are float32, in another order than a plain loop's. A non-finite number in one channel may spread to all output
//   channels of the same block (padding weights are zeros, and 0 * inf = NaN).
//   Packed weights belong to the CPU target and the algorithm that they were packed for.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/epilogue.h"

namespace fac::kernels {

struct Conv2d {
  std::int64_t n = 1, c_in = 1, h = 1, w = 1;  // input
  std::int64_t c_out = 1, kh = 1, kw = 1;
  std::int64_t stride_h = 1, stride_w = 1;
  std::int64_t pad_top = 0, pad_left = 0, pad_bottom = 0, pad_right = 0;  // >= 0
  std::int64_t dilation_h = 1, dilation_w = 1;
  std::int64_t groups = 1;
  std::int64_t out_h = 1, out_w = 1;  // (h + pad_top + pad_bottom - dilation_h * (kh - 1) - 1) / stride_h + 1, ...
};

// Fills out_h and out_w from the rest.
void conv2d_set_output(Conv2d& d) noexcept;

enum class ConvAlgo : std::uint8_t {
  kDirect,      // any shape, any groups (odd groups as dense blocks with zero weights)
  kPointwise,   // 1x1, stride 1, no padding: the picture as one long row
  kPlainInput,  // few input channels (the first layer): reads plain NCHW
  kDepthwise,   // groups == c_in == c_out
  kTaps,        // stride 1, groups 1: a product per tap, without the taps' parts outside the picture
  kWinograd,    // F(4x4, 3x3): 3x3, stride 1, groups 1; within 2e-5 of the largest output (typically 2e-6)
};
const char* conv_algo_name(ConvAlgo algo) noexcept;

bool conv2d_supports(const Conv2d& d, ConvAlgo algo) noexcept;
// The fastest by a model of arithmetic and memory traffic. `plain_input`: x is at hand in plain NCHW (kPlainInput
// may be chosen); otherwise only algorithms on blocked x are.
ConvAlgo conv2d_choose(const Conv2d& d, bool plain_input = false) noexcept;
inline bool conv2d_takes_plain_input(ConvAlgo algo) noexcept { return algo == ConvAlgo::kPlainInput; }

std::size_t conv2d_packed_bytes(const Conv2d& d, ConvAlgo algo) noexcept;
void conv2d_pack_weights(const Conv2d& d, ConvAlgo algo, const float* weights, const float* scale, float* packed) noexcept;

// For at most `threads` threads (0: thread_count()). conv2d_run uses no more threads than its scratch has room for.
std::size_t conv2d_scratch_bytes(const Conv2d& d, ConvAlgo algo, int threads = 0) noexcept;

void conv2d_run(const Conv2d& d, ConvAlgo algo, const float* x, const float* packed, const float* bias,
                const Epilogue& epilogue, float* y, void* scratch, std::size_t scratch_bytes) noexcept;

}  // namespace fac::kernels
