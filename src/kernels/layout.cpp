#include "kernels/layout.h"

#include <algorithm>
#include <cstring>

#ifndef FACULA_KERNELS_PLAIN_ORDER
#define FACULA_KERNELS_PLAIN_ORDER
namespace fac::kernels {
namespace {
// Plain element (channel k, pixel p) of image i stands at i * image + k * plane + p * pixel: planes apart (NCHW) or channels
// apart (NHWC).
struct PlainOrder {
  std::int64_t image, plane;
  bool channels_last;
};
}  // namespace
}  // namespace fac::kernels
#endif

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/layout.cpp"
#include "kernels/parts.h"
#include "kernels/targets.h"
#include "kernels/transpose-inl.h"

HWY_BEFORE_NAMESPACE();
namespace fac::kernels {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;
namespace {

constexpr std::int64_t kBlock = HWY_LANES(float);
std::int64_t block_impl() { return kBlock; }

void to_blocked_impl(const float* x, float* y, std::int64_t n, std::int64_t c, std::int64_t hw, const PlainOrder& order) {
  const std::int64_t blocks = blocks_of(c, kBlock);
  const bool channels_last = order.channels_last;
  const std::int64_t plane = order.plane, pixel = channels_last ? c : 1;
  const std::int64_t grain = std::max<std::int64_t>(1, 16384 / (hw * kBlock));
  parallel_for(n * blocks, grain, [&](std::int64_t begin, std::int64_t end) HWY_ATTR {
    for (std::int64_t u = begin; u < end; ++u) {
      const std::int64_t first = u % blocks * kBlock, count = std::min(kBlock, c - first);
      const float* in = x + u / blocks * order.image + first * plane;
      float* out = y + u * hw * kBlock;
      if (channels_last && count == kBlock) {
        for (std::int64_t p = 0; p < hw; ++p)
          std::memcpy(out + p * kBlock, in + p * pixel, static_cast<std::size_t>(kBlock) * sizeof(float));
        continue;
      }
      if (!channels_last) transpose(in, plane, out, kBlock, count, hw);
      else
        for (std::int64_t p = 0; p < hw; ++p) std::copy_n(in + p * pixel, count, out + p * kBlock);
      for (std::int64_t p = 0; count < kBlock && p < hw; ++p)
        std::fill(out + p * kBlock + count, out + (p + 1) * kBlock, 0.0f);
    }
  });
}

void from_blocked_impl(const float* x, float* y, std::int64_t n, std::int64_t c, std::int64_t hw, const PlainOrder& order) {
  const std::int64_t blocks = blocks_of(c, kBlock);
  const bool channels_last = order.channels_last;
  const std::int64_t plane = order.plane, pixel = channels_last ? c : 1;
  const std::int64_t grain = std::max<std::int64_t>(1, 16384 / (hw * kBlock));
  parallel_for(n * blocks, grain, [&](std::int64_t begin, std::int64_t end) HWY_ATTR {
    for (std::int64_t u = begin; u < end; ++u) {
      const std::int64_t first = u % blocks * kBlock, count = std::min(kBlock, c - first);
      const float* in = x + u * hw * kBlock;
      float* out = y + u / blocks * order.image + first * plane;
      if (channels_last) {
        for (std::int64_t p = 0; p < hw; ++p) std::copy_n(in + p * kBlock, count, out + p * pixel);
        continue;
      }
      transpose(in, kBlock, out, plane, hw, count);
    }
  });
}

void place_impl(const float* x, float* y, std::int64_t n, std::int64_t c, std::int64_t c_total, std::int64_t first,
                std::int64_t hw) {
  const std::int64_t x_blocks = blocks_of(c, kBlock), y_blocks = blocks_of(c_total, kBlock);
  const std::int64_t shift = first % kBlock, b0 = first / kBlock, b1 = blocks_of(first + c, kBlock);
  const bool last = first + c == c_total;
  const std::int64_t grain = std::max<std::int64_t>(1, 16384 / (hw * kBlock));
  parallel_for(n * (b1 - b0), grain, [&](std::int64_t begin, std::int64_t end) HWY_ATTR {
    for (std::int64_t u = begin; u < end; ++u) {
      const std::int64_t image = u / (b1 - b0), b = b0 + u % (b1 - b0);
      const float* in = x + image * x_blocks * hw * kBlock;
      float* out = y + (image * y_blocks + b) * hw * kBlock;
      if (shift == 0 && (last || first + c >= (b + 1) * kBlock)) {  // pads of x are zero: whole vectors
        std::memcpy(out, in + (b - b0) * hw * kBlock, static_cast<std::size_t>(hw * kBlock) * sizeof(float));
        continue;
      }
      // Channels of this block: lanes from .. to, then zeros if nothing follows.
      const std::int64_t from = b == b0 ? shift : 0, to = std::min(kBlock, first + c - b * kBlock);
      for (std::int64_t lane = from; lane < to; ++lane) {
        const std::int64_t channel = b * kBlock + lane - first;
        const float* line = in + channel / kBlock * hw * kBlock + channel % kBlock;
        for (std::int64_t p = 0; p < hw; ++p) out[p * kBlock + lane] = line[p * kBlock];
      }
      if (last)
        for (std::int64_t lane = to; lane < kBlock; ++lane)
          for (std::int64_t p = 0; p < hw; ++p) out[p * kBlock + lane] = 0.0f;
    }
  });
}

void scale_impl(const float* x, const float* scale, float* y, std::int64_t n, std::int64_t c, std::int64_t hw) {
  const hn::ScalableTag<float> d;
  const std::int64_t grain = std::max<std::int64_t>(1, 16384 / (hw * kBlock));
  parallel_for(n * blocks_of(c, kBlock), grain, [&](std::int64_t begin, std::int64_t end) HWY_ATTR {
    for (std::int64_t u = begin; u < end; ++u) {
      const auto s = hn::LoadU(d, scale + u * kBlock);
      for (std::int64_t i = u * hw * kBlock; i < (u + 1) * hw * kBlock; i += kBlock)
        hn::StoreU(hn::Mul(hn::LoadU(d, x + i), s), d, y + i);
    }
  });
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace fac::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace fac::kernels {

FACULA_EXPORT(block_impl)
FACULA_EXPORT(to_blocked_impl)
FACULA_EXPORT(from_blocked_impl)
FACULA_EXPORT(place_impl)
FACULA_EXPORT(scale_impl)

std::int64_t channel_block() noexcept { return FACULA_DISPATCH(block_impl)(); }

void nchw_to_blocked(const float* x, float* y, std::int64_t n, std::int64_t c, std::int64_t hw) noexcept {
  FACULA_DISPATCH(to_blocked_impl)(x, y, n, c, hw, {c * hw, hw, false});
}
void blocked_to_nchw(const float* x, float* y, std::int64_t n, std::int64_t c, std::int64_t hw) noexcept {
  FACULA_DISPATCH(from_blocked_impl)(x, y, n, c, hw, {c * hw, hw, false});
}
void nhwc_to_blocked(const float* x, float* y, std::int64_t n, std::int64_t c, std::int64_t hw) noexcept {
  FACULA_DISPATCH(to_blocked_impl)(x, y, n, c, hw, {c * hw, 1, true});
}
void blocked_to_nhwc(const float* x, float* y, std::int64_t n, std::int64_t c, std::int64_t hw) noexcept {
  FACULA_DISPATCH(from_blocked_impl)(x, y, n, c, hw, {c * hw, 1, true});
}
void frames_to_blocked(const float* x, float* y, std::int64_t frames, std::int64_t c, std::int64_t hw) noexcept {
  FACULA_DISPATCH(to_blocked_impl)(x, y, frames, c, hw, {hw, frames * hw, false});
}
void blocked_to_frames(const float* x, float* y, std::int64_t frames, std::int64_t c, std::int64_t hw) noexcept {
  FACULA_DISPATCH(from_blocked_impl)(x, y, frames, c, hw, {hw, frames * hw, false});
}
void blocked_place_channels(const float* x, float* y, std::int64_t n, std::int64_t c, std::int64_t c_total,
                            std::int64_t first, std::int64_t hw) noexcept {
  FACULA_DISPATCH(place_impl)(x, y, n, c, c_total, first, hw);
}
void blocked_scale_channels(const float* x, const float* scale, float* y, std::int64_t n, std::int64_t c,
                            std::int64_t hw) noexcept {
  FACULA_DISPATCH(scale_impl)(x, scale, y, n, c, hw);
}

}  // namespace fac::kernels
#endif
