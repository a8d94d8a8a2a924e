#include "kernels/conv_frames.h"

#include <algorithm>
#include <vector>

#include "kernels/layout.h"
#include "kernels/parts.h"

namespace fac::kernels {
namespace {

// Frames first .. first + count of the result, which see the same taps of depth.
struct Segment {
  std::int64_t first = 0, count = 1, tap_begin = 0, tap_end = 0;
};

// Taps of depth that lie inside the film for a frame of the result.
Segment taps_of(const ConvFrames& c, std::int64_t out) {
  const std::int64_t start = out * c.stride - c.pad;  // depth of tap 0
  Segment s;
  s.first = out;
  s.tap_begin = start < 0 ? ceil_div(-start, c.dilation) : 0;
  s.tap_end = start >= c.d ? 0 : std::min(c.kd, (c.d - 1 - start) / c.dilation + 1);
  return s;
}
// Frames one behind the other in film and result are one batch.
template <class F>
void for_each_segment(const ConvFrames& c, F&& f) {
  Segment s;
  for (std::int64_t out = 0; out < c.out_d; ++out) {
    const Segment next = taps_of(c, out);
    if (out > 0 && c.stride == 1 && next.tap_begin == s.tap_begin && next.tap_end == s.tap_end) {
      ++s.count;
      continue;
    }
    if (out > 0) f(s);
    s = next;
  }
  f(s);
}

std::int64_t frame_in(const ConvFrames& c) { return padded_channels(c.frame.c_in) * c.frame.h * c.frame.w; }
std::int64_t frame_out(const ConvFrames& c) { return padded_channels(c.frame.c_out) * c.frame.out_h * c.frame.out_w; }
std::size_t in_bytes(const ConvFrames& c) { return static_cast<std::size_t>(round_up(c.d * frame_in(c), 16)) * sizeof(float); }
std::size_t out_bytes(const ConvFrames& c) { return static_cast<std::size_t>(round_up(c.out_d * frame_out(c), 16)) * sizeof(float); }
std::size_t tap_bytes(const ConvFrames& c, ConvAlgo algo) {
  return static_cast<std::size_t>(round_up(static_cast<std::int64_t>(conv2d_packed_bytes(c.frame, algo)), 64));
}

}  // namespace

bool conv_frames_set_output(ConvFrames& c) noexcept {
  c.out_d = (c.d + 2 * c.pad - c.dilation * (c.kd - 1) - 1) / c.stride + 1;
  conv2d_set_output(c.frame);
  std::int64_t most = 0;
  bool reached = true;
  for_each_segment(c, [&](const Segment& s) {
    most = std::max(most, s.count);
    reached = reached && s.tap_begin < s.tap_end;
  });
  c.frame.n = most;
  return reached;
}

ConvAlgo conv_frames_choose(const ConvFrames& c) noexcept { return conv2d_choose(c.frame); }

std::size_t conv_frames_packed_bytes(const ConvFrames& c, ConvAlgo algo) noexcept {
  return static_cast<std::size_t>(c.kd) * tap_bytes(c, algo);
}

void conv_frames_pack_weights(const ConvFrames& c, ConvAlgo algo, const float* weights, const float* scale, float* packed) {
  const Conv2d& f = c.frame;
  const std::int64_t area = f.kh * f.kw, filters = f.c_out * (f.c_in / f.groups);
  std::vector<float> tap(static_cast<std::size_t>(filters * area));
  for (std::int64_t t = 0; t < c.kd; ++t) {
    for (std::int64_t i = 0; i < filters; ++i) std::copy_n(weights + (i * c.kd + t) * area, area, tap.data() + i * area);
    conv2d_pack_weights(f, algo, tap.data(), scale, packed + static_cast<std::size_t>(t) * tap_bytes(c, algo) / sizeof(float));
  }
}

std::size_t conv_frames_scratch_bytes(const ConvFrames& c, ConvAlgo algo) noexcept {
  return in_bytes(c) + out_bytes(c) + conv2d_scratch_bytes(c.frame, algo);
}

void conv_frames_run(const ConvFrames& c, ConvAlgo algo, const float* x, const float* packed, const float* bias,
                     const Epilogue& epilogue, float* y, void* scratch, std::size_t scratch_bytes) noexcept {
  auto* in = static_cast<float*>(scratch);
  float* out = in + in_bytes(c) / sizeof(float);
  void* rest = out + out_bytes(c) / sizeof(float);
  const std::size_t rest_bytes = scratch_bytes - in_bytes(c) - out_bytes(c);
  const Conv2d& f = c.frame;
  for (std::int64_t image = 0; image < c.n; ++image) {
    frames_to_blocked(x + image * f.c_in * c.d * f.h * f.w, in, c.d, f.c_in, f.h * f.w);
    for_each_segment(c, [&](const Segment& s) {
      Conv2d frames = f;
      frames.n = s.count;
      float* to = out + s.first * frame_out(c);
      for (std::int64_t t = s.tap_begin; t < s.tap_end; ++t) {
        const bool first = t == s.tap_begin;
        Epilogue e;
        if (t + 1 == s.tap_end) e = epilogue;
        e.residual = first ? nullptr : to;
        e.residual_after = false;
        const float* from = in + (s.first * c.stride - c.pad + t * c.dilation) * frame_in(c);
        conv2d_run(frames, algo, from, packed + static_cast<std::size_t>(t) * tap_bytes(c, algo) / sizeof(float), first ? bias : nullptr, e, to,
                   rest, rest_bytes);
      }
    });
    blocked_to_frames(out, y + image * f.c_out * c.out_d * f.out_h * f.out_w, c.out_d, f.c_out, f.out_h * f.out_w);
  }
}

}  // namespace fac::kernels
