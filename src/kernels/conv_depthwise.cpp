// Depthwise convolution on blocked pictures: vectors hold channels, so a tap is one vector multiply-add per pixel.
// Input rows are padded into a ring of kernel-height rows that lives in the first cache level (rows without horizontal
// padding are read in place), each row once per output band; rows above and below the picture are one shared zero row.
#include <algorithm>
#include <array>
#include <bit>
#include <utility>

#include "kernels/conv_impl.h"
#include "kernels/epilogue_row.h"
#include "kernels/layout.h"
#include "kernels/parts.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/conv_depthwise.cpp"
#include "kernels/targets.h"
#include "kernels/clamp-inl.h"

#ifndef FACULA_CONV_DEPTHWISE_SHARED_
#define FACULA_CONV_DEPTHWISE_SHARED_
namespace fac::kernels {
namespace {

// Taller kernels go to the direct algorithm (their rows are addressed by an array on the stack).
constexpr std::int64_t kMaxDepthwiseRows = 32;

struct DepthwisePlan {
  bool pads_columns;        // rows are copied
  std::int64_t row_pixels;  // of a padded row
  std::int64_t ring;        // rows of the ring: a power of two, so that a row's place needs no division
  explicit DepthwisePlan(const Conv2d& d)
      : pads_columns(d.pad_left + d.pad_right > 0),
        row_pixels((d.out_w - 1) * d.stride_w + (d.kw - 1) * d.dilation_w + 1),
        ring(static_cast<std::int64_t>(std::bit_ceil(static_cast<std::uint64_t>((d.kh - 1) * d.dilation_h + 1)))) {}
  // The zero row, then the ring.
  std::int64_t scratch_floats(std::int64_t block) const {
    return round_up((1 + (pads_columns ? ring : 0)) * row_pixels * block, 16);
  }
};

}  // namespace
}  // namespace fac::kernels
#endif

HWY_BEFORE_NAMESPACE();
namespace fac::kernels {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;
namespace {

constexpr std::int64_t kBlock = HWY_LANES(float);
#if HWY_TARGET == HWY_AVX3
constexpr int kWidest = 14;  // sums of one strip; beside them the weights of a tap row
#else
constexpr int kWidest = 8;
#endif

struct StripArgs {
  std::int64_t kh, kw, stride_w, dilation_w;
  bool clamp;
  float lo, hi;
};

// Q output pixels of one row; rows: where each tap row starts for the first pixel.
// SW, KW: compiled stride and kernel width, 0 for any; a compiled width means dilation 1.
template <int Q, int SW, int KW>
void strip(const StripArgs& a, const float* const* rows, const float* HWY_RESTRICT w, const float* HWY_RESTRICT bias,
           const float* residual, float* y) {
  const hn::ScalableTag<float> d;
  using V = hn::Vec<decltype(d)>;
  const std::int64_t sw = (SW != 0 ? SW : a.stride_w) * kBlock;
  const std::int64_t dw = (KW != 0 ? 1 : a.dilation_w) * kBlock;
  V acc[Q];
  const V start = hn::LoadU(d, bias);
  FACULA_UNROLL(16)
  for (int q = 0; q < Q; ++q) acc[q] = start;
  for (std::int64_t i = 0; i < a.kh; ++i) {
    const float* HWY_RESTRICT x = rows[i];
    if constexpr (KW != 0) {
      FACULA_UNROLL(5)
      for (int j = 0; j < KW; ++j) {
        const V weight = hn::Load(d, w + j * kBlock);
        FACULA_UNROLL(16)
        for (int q = 0; q < Q; ++q) acc[q] = hn::MulAdd(hn::LoadU(d, x + q * sw + j * kBlock), weight, acc[q]);
      }
      w += KW * kBlock;
    } else {
      for (std::int64_t j = 0; j < a.kw; ++j, w += kBlock, x += dw) {
        const V weight = hn::Load(d, w);
        FACULA_UNROLL(16)
        for (int q = 0; q < Q; ++q) acc[q] = hn::MulAdd(hn::LoadU(d, x + q * sw), weight, acc[q]);
      }
    }
  }
  if (residual != nullptr) {
    FACULA_UNROLL(16)
    for (int q = 0; q < Q; ++q) acc[q] = hn::Add(acc[q], hn::LoadU(d, residual + q * kBlock));
  }
  if (a.clamp) {
    const V lo = hn::Set(d, a.lo), hi = hn::Set(d, a.hi);
    FACULA_UNROLL(16)
    for (int q = 0; q < Q; ++q) acc[q] = clamp_keeping_nan(d, acc[q], lo, hi);
  }
  FACULA_UNROLL(16)
  for (int q = 0; q < Q; ++q) hn::StoreU(acc[q], d, y + q * kBlock);
}

using StripFn = void (*)(const StripArgs&, const float* const*, const float*, const float*, const float*, float*);

template <int SW, int KW, int... Q>
constexpr std::array<StripFn, sizeof...(Q)> make_strips(std::integer_sequence<int, Q...>) {
  return {{&strip<Q + 1, SW, KW>...}};
}

const StripFn* find_strips(const Conv2d& c) {
  using Widths = std::make_integer_sequence<int, kWidest>;
  static constexpr auto k3s1 = make_strips<1, 3>(Widths{});
  static constexpr auto k3s2 = make_strips<2, 3>(Widths{});
  static constexpr auto k5s1 = make_strips<1, 5>(Widths{});
  static constexpr auto k5s2 = make_strips<2, 5>(Widths{});
  static constexpr auto kAny = make_strips<0, 0>(Widths{});
  if (c.dilation_w != 1 || c.stride_w > 2) return kAny.data();
  if (c.kw == 3) return (c.stride_w == 1 ? k3s1 : k3s2).data();
  if (c.kw == 5) return (c.stride_w == 1 ? k5s1 : k5s2).data();
  return kAny.data();
}

// Output rows r0 .. r1 of one block of one image (`plane` counts both).
void depthwise_rows(const Conv2d& c, const DepthwisePlan& plan, const ConvTask& task, const EpilogueSplit& split,
                    const StripFn* strips, std::int64_t plane, std::int64_t r0, std::int64_t r1, float* scratch) {
  const std::int64_t blocks = blocks_of(c.c_out, kBlock), block = plane % blocks;
  const float* x = task.x + plane * c.h * c.w * kBlock;
  const float* w = task.packed + block * c.kh * c.kw * kBlock;
  const std::int64_t channels = std::min(kBlock, c.c_out - block * kBlock);
  alignas(64) float bias[kBlock];
  for (std::int64_t i = 0; i < kBlock; ++i)
    bias[i] = task.bias != nullptr && i < channels ? task.bias[block * kBlock + i] : 0.0f;

  const std::int64_t row_floats = plan.row_pixels * kBlock;
  float* zeros = scratch;
  float* ring = scratch + row_floats;
  std::fill_n(zeros, row_floats, 0.0f);
  const std::int64_t left = std::min(c.pad_left, plan.row_pixels);
  const std::int64_t inside = std::clamp<std::int64_t>(plan.row_pixels - left, 0, c.w);
  if (plan.pads_columns)
    for (std::int64_t i = 0; i < plan.ring; ++i) {
      float* row = ring + i * row_floats;
      std::fill_n(row, left * kBlock, 0.0f);
      std::fill_n(row + (left + inside) * kBlock, (plan.row_pixels - left - inside) * kBlock, 0.0f);
    }

  const StripArgs args{c.kh, c.kw, c.stride_w, c.dilation_w, split.clamp, split.lo, split.hi};
  const std::int64_t pieces = ceil_div(c.out_w, kWidest);
  const hn::ScalableTag<float> d;
  const std::int64_t last = plan.ring - 1;
  const float *rows[kMaxDepthwiseRows], *starts[kMaxDepthwiseRows];
  std::int64_t copied = std::max<std::int64_t>(0, r0 * c.stride_h - c.pad_top);  // rows below are in the ring
  for (std::int64_t r = r0; r < r1; ++r) {
    const std::int64_t top = r * c.stride_h - c.pad_top;
    for (std::int64_t i = 0; i < c.kh; ++i) {
      const std::int64_t source = top + i * c.dilation_h;
      if (source < 0 || source >= c.h) {
        rows[i] = zeros;
      } else if (!plan.pads_columns) {
        rows[i] = x + source * c.w * kBlock;
      } else {
        for (copied = std::max(copied, top); copied <= source; ++copied) {
          const float* from = x + copied * c.w * kBlock;
          float* to = ring + (copied & last) * row_floats + left * kBlock;
          for (std::int64_t q = 0; q < inside * kBlock; q += kBlock) hn::StoreU(hn::LoadU(d, from + q), d, to + q);
        }
        rows[i] = ring + (source & last) * row_floats;
      }
    }
    const std::int64_t row = (plane * c.out_h + r) * c.out_w * kBlock;
    for (std::int64_t piece = 0; piece < pieces; ++piece) {
      const std::int64_t q0 = c.out_w * piece / pieces, q1 = c.out_w * (piece + 1) / pieces;
      const std::int64_t offset = row + q0 * kBlock;
      for (std::int64_t i = 0; i < c.kh; ++i) starts[i] = rows[i] + q0 * c.stride_w * kBlock;
      strips[q1 - q0 - 1](args, starts, w, bias, split.residual != nullptr ? split.residual + offset : nullptr,
                          task.y + offset);
    }
    if (split.finish) finish_conv_row(task.epilogue, split, task.y, row, c.out_w, plane * kBlock, channels);
  }
}

void depthwise_impl(const Conv2d& c, const ConvTask& task) {
  const DepthwisePlan plan(c);
  const EpilogueSplit split = split_epilogue(task.epilogue, c.c_out % kBlock != 0);
  const StripFn* strips = find_strips(c);
  const std::int64_t planes = c.n * blocks_of(c.c_out, kBlock);
  // Few planes: each is cut, so that threads get equal shares.
  const std::int64_t bands = std::clamp<std::int64_t>(ceil_div(16, planes), 1, c.out_h);
  const std::int64_t slice = plan.scratch_floats(kBlock);
  // Depthwise layers are bound by memory: they pay for a thread sooner than their arithmetic says.
  run_parts(planes * bands, 4 * conv_flops(c), parts_in(task.scratch_bytes, static_cast<std::size_t>(slice) * 4),
            [&](std::int64_t part, std::int64_t begin, std::int64_t end) {
              for (std::int64_t u = begin; u < end; ++u)
                depthwise_rows(c, plan, task, split, strips, u / bands, c.out_h * (u % bands) / bands,
                               c.out_h * (u % bands + 1) / bands, task.scratch + part * slice);
            });
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace fac::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace fac::kernels {

FACULA_EXPORT(depthwise_impl)

bool depthwise_supports(const Conv2d& d) noexcept {
  return d.groups == d.c_in && d.c_in == d.c_out && d.kh <= kMaxDepthwiseRows;
}

std::size_t depthwise_packed_bytes(const Conv2d& d) noexcept {
  return static_cast<std::size_t>(padded_channels(d.c_out) * d.kh * d.kw) * sizeof(float);
}

// [block][kh][kw][L]
void depthwise_pack(const Conv2d& d, const float* weights, const float* scale, float* packed) noexcept {
  const std::int64_t L = channel_block(), taps = d.kh * d.kw;
  std::fill_n(packed, padded_channels(d.c_out) * taps, 0.0f);
  for (std::int64_t c = 0; c < d.c_out; ++c)
    for (std::int64_t t = 0; t < taps; ++t)
      packed[(c / L * taps + t) * L + c % L] = weights[c * taps + t] * (scale != nullptr ? scale[c] : 1.0f);
}

std::size_t depthwise_scratch_bytes(const Conv2d& d) noexcept {
  return static_cast<std::size_t>(DepthwisePlan(d).scratch_floats(channel_block())) * sizeof(float);
}

void depthwise_run(const Conv2d& d, const ConvTask& task) noexcept { FACULA_DISPATCH(depthwise_impl)(d, task); }

}  // namespace fac::kernels
#endif
