// Linear, cubic and Lanczos interpolation of bytes in two passes, rows then columns, in whole numbers as Pillow and
// PyTorch do it: weights of an axis are rounded to int16 with as many fractional bits as the largest one leaves room for,
// each pass rounds to a byte.
//   scratch: first tap and count of each output position, weights [out_w, taps_x] and [out_h, taps_y] as double and as
//   int16, one plane [in_h, out_w] of bytes between the passes.
#include "base/thread_pool.h"
#include "kernels/loop_nest.h"
#include "kernels/resample_axis.h"

namespace fac::kernels {
namespace {

struct ByteAxis {
  std::int64_t taps;
  const std::int64_t *first, *count;
  std::int16_t* weights;
  int bits = 0;  // fractional bits of the weights

  // Rounds to the nearest number, halves away from zero.
  void quantise(const double* exact, std::int64_t out) {
    double largest = 0;
    for (std::int64_t i = 0; i < out; ++i)
      for (std::int64_t k = 0; k < count[i]; ++k) largest = std::max(largest, exact[i * taps + k]);
    while (bits < 22 && std::int64_t(0.5 + largest * static_cast<double>(1 << (bits + 1))) < (1 << 15)) ++bits;
    const double one = static_cast<double>(1 << bits);
    for (std::int64_t i = 0; i < out; ++i)
      for (std::int64_t k = 0; k < count[i]; ++k)
        weights[i * taps + k] = static_cast<std::int16_t>(std::round(std::clamp(exact[i * taps + k] * one, -32768.0, 32767.0)));
  }
  std::int32_t half() const { return bits ? 1 << (bits - 1) : 0; }
  std::uint8_t byte(std::int32_t sum) const { return static_cast<std::uint8_t>(std::clamp(sum >> bits, 0, 255)); }
};

std::int64_t numbers(const Upsample& u, bool antialias) {
  return u.out[2] * max_taps(u, 2, antialias) + u.out[1] * max_taps(u, 1, antialias);
}

}  // namespace

std::int64_t upsample_bytes_scratch(const Upsample& u, bool antialias) noexcept {
  return 8 * (2 * (u.out[1] + u.out[2]) + numbers(u, antialias)) + 2 * numbers(u, antialias) + u.in[1] * u.out[2];
}

void upsample_bytes(const Upsample& u, bool antialias, void* scratch) noexcept {
  const std::int64_t out_h = u.out[1], out_w = u.out[2], in_h = u.in[1], in_w = u.in[2];
  auto* words = static_cast<std::int64_t*>(scratch);
  auto* exact = reinterpret_cast<double*>(words + 2 * (out_w + out_h));
  auto* rounded = reinterpret_cast<std::int16_t*>(exact + numbers(u, antialias));
  auto* between = reinterpret_cast<std::uint8_t*>(rounded + numbers(u, antialias));
  const auto prepare = [&](int axis, std::int64_t* at, std::int64_t before) {
    const ResampleAxis<double> a{max_taps(u, axis, antialias), at, at + u.out[axis], exact + before};
    a.fill(u, axis, antialias);
    ByteAxis bytes{a.taps, a.first, a.count, rounded + before};
    bytes.quantise(a.weights, u.out[axis]);
    return bytes;
  };
  const ByteAxis ax = prepare(2, words, 0), ay = prepare(1, words + 2 * out_w, out_w * ax.taps);
  const std::int64_t grain = std::max<std::int64_t>(1, kGrain / 8 / out_w);
  for (std::int64_t plane = 0; plane < u.planes; ++plane) {
    const auto* x = static_cast<const std::uint8_t*>(u.x) + plane * in_h * in_w;
    auto* y = static_cast<std::uint8_t*>(u.y) + plane * out_h * out_w;
    std::uint8_t* rows = out_h == in_h ? y : between;
    if (out_w == in_w) {
      std::copy_n(x, in_h * in_w, rows);
    } else {
      parallel_for(in_h, grain, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t r = begin; r < end; ++r)
          for (std::int64_t j = 0; j < out_w; ++j) {
            const std::uint8_t* from = x + r * in_w + ax.first[j];
            const std::int16_t* w = ax.weights + j * ax.taps;
            std::int32_t sum = ax.half();
            for (std::int64_t k = 0; k < ax.count[j]; ++k) sum += w[k] * from[k];
            rows[r * out_w + j] = ax.byte(sum);
          }
      });
    }
    if (out_h == in_h) continue;
    parallel_for(out_h, grain, [&](std::int64_t begin, std::int64_t end) {
      constexpr std::int64_t kColumns = 256;
      std::int32_t sum[kColumns];
      for (std::int64_t i = begin; i < end; ++i)
        for (std::int64_t j = 0; j < out_w; j += kColumns) {
          const std::int64_t n = std::min(kColumns, out_w - j);
          std::fill_n(sum, n, ay.half());
          for (std::int64_t k = 0; k < ay.count[i]; ++k) {
            const std::int32_t w = ay.weights[i * ay.taps + k];
            const std::uint8_t* from = between + (ay.first[i] + k) * out_w + j;
            for (std::int64_t c = 0; c < n; ++c) sum[c] += w * from[c];
          }
          for (std::int64_t c = 0; c < n; ++c) y[i * out_w + j + c] = ay.byte(sum[c]);
        }
    });
  }
}

}  // namespace fac::kernels
