// Output sizes of sliding windows, shared by the operators and the planner.
//   source: PyTorch docs, Conv2d and MaxPool2d ("Shape")
#pragma once

#include <algorithm>
#include <cstdint>
#include <initializer_list>

namespace fac {

// Sizes, strides, paddings and dilations that windows may have: sums of a few products of two such numbers fit into 64 bits.
constexpr std::int64_t kLargestWindowNumber = (std::int64_t{1} << 30) - 1;

inline bool fit_windows(std::initializer_list<std::int64_t> numbers) { return std::max(numbers) <= kLargestWindowNumber; }

// Positions of a window of `kernel` taps, `dilation` apart, in `size` elements padded by `pad` on both sides. May be
// below 1 where the window does not fit: the caller's error.
inline std::int64_t conv_output_size(std::int64_t size, std::int64_t kernel, std::int64_t stride, std::int64_t pad,
                                     std::int64_t dilation) {
  const std::int64_t room = size + 2 * pad - dilation * (kernel - 1) - 1;
  return room < 0 ? 0 : room / stride + 1;
}

// The same for pooling, where ceil_mode lets a last window stick out, if it starts inside the input or its left padding.
inline std::int64_t pool_output_size(std::int64_t size, std::int64_t kernel, std::int64_t stride, std::int64_t pad,
                                     std::int64_t dilation, bool ceil_mode) {
  const std::int64_t room = size + 2 * pad - dilation * (kernel - 1) - 1 + (ceil_mode ? stride - 1 : 0);
  std::int64_t out = (room >= 0 ? room / stride : -((-room + stride - 1) / stride)) + 1;
  if (ceil_mode && (out - 1) * stride >= size + pad) --out;
  return out;
}

}  // namespace fac
