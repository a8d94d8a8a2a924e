// The blocked layout of pictures: [N, C, H, W] stored as [N, ceil(C / c), H, W, c], c = channel_block().
//   A vector register then holds the c channels of one pixel, whatever the picture's width. Channels beyond C ("pads")
//   are zero: every function here and every convolution writes them so and expects them finite.
//   float32; c is fixed by the CPU target in use: 16 (AVX-512), 8 (AVX2), 4 (SSE4), 1 (scalar, where it is plain NCHW).
//   x and y must not overlap.
#pragma once

#include <cstdint>

namespace fac::kernels {

std::int64_t channel_block() noexcept;

inline std::int64_t blocks_of(std::int64_t channels, std::int64_t block) { return (channels + block - 1) / block; }
// Channels of the blocked form, pads included.
inline std::int64_t padded_channels(std::int64_t channels) {
  return blocks_of(channels, channel_block()) * channel_block();
}

// hw = H * W (or D * H * W). The plain side is NCHW with planes hw apart: x [n, c, hw].
void nchw_to_blocked(const float* x, float* y, std::int64_t n, std::int64_t c, std::int64_t hw) noexcept;
void blocked_to_nchw(const float* x, float* y, std::int64_t n, std::int64_t c, std::int64_t hw) noexcept;
// The plain side is channels_last: [n, hw, c].
void nhwc_to_blocked(const float* x, float* y, std::int64_t n, std::int64_t c, std::int64_t hw) noexcept;
void blocked_to_nhwc(const float* x, float* y, std::int64_t n, std::int64_t c, std::int64_t hw) noexcept;

// A film [c, frames, hw] to one blocked picture a frame, [frames, ceil(c / block), hw, block], and back.
void frames_to_blocked(const float* x, float* y, std::int64_t frames, std::int64_t c, std::int64_t hw) noexcept;
void blocked_to_frames(const float* x, float* y, std::int64_t frames, std::int64_t c, std::int64_t hw) noexcept;

// Places blocked x [n, c] as channels first .. first + c of the wider y [n, c_total] (concatenation of channels);
// `first` need not be a multiple of the block. Pads of y are zeroed by the caller that places the last part.
void blocked_place_channels(const float* x, float* y, std::int64_t n, std::int64_t c, std::int64_t c_total,
                            std::int64_t first, std::int64_t hw) noexcept;

// y = x * scale, blocked; scale [n, padded c] (squeeze-excite). x == y allowed.
void blocked_scale_channels(const float* x, const float* scale, float* y, std::int64_t n, std::int64_t c,
                            std::int64_t hw) noexcept;

// [n, c] <-> [n, padded c]: a picture of one pixel, as squeeze-excite needs it.
inline void vector_to_blocked(const float* x, float* y, std::int64_t n, std::int64_t c) noexcept {
  nchw_to_blocked(x, y, n, c, 1);
}

}  // namespace fac::kernels
