// Transposed convolution of pictures, float32, as ordinary convolutions (conv.h) of stride 1.
//   With stride s, the outputs o = q * s + r of one phase r see the taps t with t = r + pad (mod s) only: a convolution of
//   the input with those. Phases that see equally many taps from equally far are one convolution with as many times the
//   output channels; its result is then spread over the output's rows and columns. No tap is multiplied with a zero between
//   inputs, and nothing is summed into the output.
//
//   parts = transposed_parts(d)                       // empty: not in this way (a phase without taps, dilation with stride)
//   for each: transposed_part_weights(...), conv2d_* of conv.h with part.conv, transposed_spread(...)
//
//   With groups, each phase is a convolution of its own, of the same groups.
//
//   weights [c_in, c_out / groups, kh, kw], contiguous; x blocked [n, c_in, h, w]; y blocked [n, c_out, out_h, out_w]
#pragma once

#include <cstdint>
#include <vector>

#include "kernels/conv.h"

namespace fac::kernels {

struct ConvTransposed2d {
  std::int64_t n = 1, c_in = 1, h = 1, w = 1;  // input
  std::int64_t c_out = 1, kh = 1, kw = 1, groups = 1;
  std::int64_t stride_h = 1, stride_w = 1, pad_h = 0, pad_w = 0, dilation_h = 1, dilation_w = 1;
  std::int64_t out_h = 1, out_w = 1;  // (h - 1) * stride_h - 2 * pad_h + dilation_h * (kh - 1) + output_padding + 1, ...
};

// Phases first .. first + count of an axis. Row `start + q` of the convolution's result is output q * stride + phase, q < rows.
struct PhaseRange {
  std::int64_t first = 0, count = 1, taps = 1, start = 0, rows = 0;
};
struct TransposedPart {
  Conv2d conv;  // c_out: of one phase c_out, of several padded_channels(c_out) each, by rows, then columns; pads without weights
  PhaseRange y, x;
  // Whether its result is the output itself.
  bool whole(const ConvTransposed2d& d) const {
    return y.count * x.count * d.stride_h * d.stride_w == 1 && conv.out_h == d.out_h && conv.out_w == d.out_w && y.start + x.start == 0;
  }
};

std::vector<TransposedPart> transposed_parts(const ConvTransposed2d& d);
// to [part.conv.c_out, c_in / groups, part.conv.kh, part.conv.kw]; scale [c_out] or null.
void transposed_part_weights(const ConvTransposed2d& d, const TransposedPart& part, const float* weights, const float* scale,
                             float* to) noexcept;
// bias [c_out] as the part's convolution takes it: once for each phase, zero for pads.
void transposed_part_bias(const ConvTransposed2d& d, const TransposedPart& part, const float* bias, float* to) noexcept;
// The part's result, blocked, into its places of y.
void transposed_spread(const ConvTransposed2d& d, const TransposedPart& part, const float* from, float* y) noexcept;

}  // namespace fac::kernels
