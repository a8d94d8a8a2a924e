// Convolution and transposed convolution on plain layout, 1 to 3 spatial dimensions, float32 and float64: everything
// that conv.h does not take. Implicit matrix product over tiles of output pixels; the picture is never unfolded whole.
//   x [n, c_in, in...], y [n, c_out, out...], contiguous; bias [c_out] or null.
//   weights: [c_out, c_in / groups, kernel...]; transposed: [c_in, c_out / groups, kernel...], as PyTorch stores them.
//   Unused dimensions stand first with size 1 (a 1-d convolution uses index 2 only).
//   out: normal       (in + pad_before + pad_after - dilation * (kernel - 1) - 1) / stride + 1
//        transposed   (in - 1) * stride - 2 * pad_before + dilation * (kernel - 1) + output_padding + 1
//   pads >= 0; transposed uses pad_before only (out carries output_padding).
//   y overlaps no input. Weights are packed at each call, into the scratch.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/thread_pool.h"

namespace fac::kernels {

struct ConvNd {
  std::int64_t n = 1, c_in = 1, c_out = 1, groups = 1;
  std::int64_t in[3] = {1, 1, 1}, out[3] = {1, 1, 1}, kernel[3] = {1, 1, 1};
  std::int64_t stride[3] = {1, 1, 1}, dilation[3] = {1, 1, 1};
  std::int64_t pad_before[3] = {0, 0, 0};  // what lies beyond the input is zero, so no pad_after is needed
  bool transposed = false;
};

// Defined for float and double. threads 0: thread_count().
template <class T>
std::size_t conv_nd_scratch_bytes(const ConvNd& d, int threads = 0) noexcept;
template <class T>
void conv_nd(const ConvNd& d, const T* x, const T* weights, const T* bias, T* y, void* scratch,
             std::size_t scratch_bytes) noexcept;

// The definition itself, for integers (sums in Acc) and as the tests' reference. Slow.
template <class T, class Acc = T>
void conv_nd_naive(const ConvNd& d, const T* x, const T* weights, const T* bias, T* y) noexcept {
  const std::int64_t in_size = d.in[0] * d.in[1] * d.in[2], out_size = d.out[0] * d.out[1] * d.out[2];
  const std::int64_t taps = d.kernel[0] * d.kernel[1] * d.kernel[2];
  const std::int64_t in_group = d.c_in / d.groups, out_group = d.c_out / d.groups;
  // Input index of output index o under tap k, or -1.
  const auto source = [&d](int axis, std::int64_t o, std::int64_t k) -> std::int64_t {
    std::int64_t i = 0;
    if (d.transposed) {
      const std::int64_t t = o + d.pad_before[axis] - k * d.dilation[axis];
      if (t < 0 || t % d.stride[axis] != 0) return -1;
      i = t / d.stride[axis];
    } else {
      i = o * d.stride[axis] - d.pad_before[axis] + k * d.dilation[axis];
    }
    return i >= 0 && i < d.in[axis] ? i : -1;
  };
  parallel_for(d.n * d.c_out, 1, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t plane = begin; plane < end; ++plane) {
      const std::int64_t image = plane / d.c_out, o = plane % d.c_out, group = o / out_group;
      for (std::int64_t p = 0; p < out_size; ++p) {
        const std::int64_t at[3] = {p / (d.out[1] * d.out[2]), p / d.out[2] % d.out[1], p % d.out[2]};
        Acc sum = bias != nullptr ? static_cast<Acc>(bias[o]) : Acc(0);
        for (std::int64_t k = 0; k < taps; ++k) {
          const std::int64_t i0 = source(0, at[0], k / (d.kernel[1] * d.kernel[2]));
          const std::int64_t i1 = source(1, at[1], k / d.kernel[2] % d.kernel[1]);
          const std::int64_t i2 = source(2, at[2], k % d.kernel[2]);
          if (i0 < 0 || i1 < 0 || i2 < 0) continue;
          for (std::int64_t c = 0; c < in_group; ++c) {
            const std::int64_t channel = group * in_group + c;
            const std::int64_t weight =
                d.transposed ? (channel * out_group + o % out_group) * taps + k : (o * in_group + c) * taps + k;
            const T value = x[(image * d.c_in + channel) * in_size + (i0 * d.in[1] + i1) * d.in[2] + i2];
            sum = static_cast<Acc>(sum + static_cast<Acc>(value) * static_cast<Acc>(weights[weight]));
          }
        }
        y[plane * out_size + p] = static_cast<T>(sum);
      }
    }
  });
}

}  // namespace fac::kernels
