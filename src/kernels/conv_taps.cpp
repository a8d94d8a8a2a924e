// Convolution as one product per tap: out[rectangle] += tap's weights x in[shifted rectangle], for taps that reach the
// picture. With wide dilation on a small picture most taps see padding only (a dilation of 36 on 32 x 32: eight of nine),
// and the direct algorithm would multiply those zeros. 1x1 with many channels is the same with one tap.
//
// Loops: chunk of input channels > strip of input rows (copied: planes that lie a power of two apart would fall into the same
// cache sets) > group of output channels > tap > tiles. A strip stays in the second-level cache while the weights of all its
// taps and groups pass; sums of other strips and chunks are taken up from y.
#include <algorithm>
#include <cstring>

#include "kernels/conv_impl.h"
#include "kernels/cpu.h"
#include "kernels/epilogue_row.h"
#include "kernels/layout.h"
#include "kernels/parts.h"
#include "kernels/tile.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/conv_taps.cpp"
#include "kernels/targets.h"

#ifndef FACULA_CONV_TAPS_SHARED_
#define FACULA_CONV_TAPS_SHARED_
namespace fac::kernels {
namespace {

// Positions along one axis that a tap reaches: output o reads input o + shift.
struct Reach {
  std::int64_t shift, begin, end;  // of outputs; empty where begin >= end
  Reach(std::int64_t tap, std::int64_t dilation, std::int64_t pad, std::int64_t in, std::int64_t out)
      : shift(tap * dilation - pad), begin(std::max<std::int64_t>(0, -shift)), end(std::min(out, in - shift)) {}
  std::int64_t size() const { return std::max<std::int64_t>(0, end - begin); }
};

struct TapsPlan {
  std::int64_t L, in_blocks, out_blocks, groups, chunk, strip_rows, plane;  // plane: floats of a block of the copied strip
  explicit TapsPlan(const Conv2d& d)
      : L(channel_block()), in_blocks(blocks_of(d.c_in, L)), out_blocks(blocks_of(d.c_out, L)), groups(ceil_div(out_blocks, 2)) {
    chunk = std::min<std::int64_t>(in_blocks, 512 / L);
    const std::int64_t row_floats = std::max<std::int64_t>(1, chunk * d.w * L);
    strip_rows = std::clamp<std::int64_t>(level2_bytes() / 8 / row_floats, 1, std::max<std::int64_t>(1, d.h));
    plane = round_up(strip_rows * d.w * L, 16) + 16;  // an odd number of cache lines apart
  }
  std::int64_t group_floats(const Conv2d& d) const { return d.kh * d.kw * d.c_in * 2 * L; }
  std::int64_t scratch_floats() const { return chunk * plane; }
  std::int64_t vectors(std::int64_t g) const { return std::min<std::int64_t>(2, out_blocks - 2 * g); }
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

struct TapsRun {
  const Conv2d& d;
  const TapsPlan& p;
  const ConvTask& task;
  EpilogueSplit split;

  std::int64_t offset(std::int64_t image, std::int64_t block) const {
    return (image * p.out_blocks + block) * d.out_h * d.out_w * kBlock;
  }

  // y = bias (+ residual) on output rows r0 .. r1 of a block.
  void start(std::int64_t image, std::int64_t block, std::int64_t r0, std::int64_t r1) const {
    const hn::CappedTag<float, kBlock> lanes;
    alignas(64) float values[kBlock];
    for (std::int64_t i = 0; i < kBlock; ++i)
      values[i] = task.bias != nullptr && block * kBlock + i < d.c_out ? task.bias[block * kBlock + i] : 0.0f;
    const auto bias = hn::Load(lanes, values);
    const std::int64_t first = offset(image, block) + r0 * d.out_w * kBlock;
    for (std::int64_t i = 0; i < (r1 - r0) * d.out_w * kBlock; i += kBlock)
      hn::StoreU(split.residual != nullptr ? hn::Add(bias, hn::LoadU(lanes, split.residual + first + i)) : bias, lanes,
                 task.y + first + i);
  }

  // Activation and whatever else follows the sums.
  void finish(std::int64_t image, std::int64_t block, std::int64_t r0, std::int64_t r1) const {
    EpilogueSplit done = split;
    done.clamp = false;  // no inner loop has clamped
    finish_conv_row(task.epilogue, done, task.y, offset(image, block) + r0 * d.out_w * kBlock, (r1 - r0) * d.out_w,
                    (image * p.out_blocks + block) * kBlock, std::min(kBlock, d.c_out - block * kBlock));
  }

  void copy_strip(std::int64_t image, std::int64_t c0, std::int64_t c1, std::int64_t s0, std::int64_t s1, float* out) const {
    for (std::int64_t c = c0; c < c1; ++c, out += p.plane)
      std::copy_n(task.x + (((image * p.in_blocks + c) * d.h + s0) * d.w) * kBlock, (s1 - s0) * d.w * kBlock, out);
  }

  // Adds what input rows s0 .. s1 (copied to `strip`), blocks c0 .. c1, give to the output rows r0 .. r1 of group g.
  void strip_taps(std::int64_t image, std::int64_t g, std::int64_t c0, std::int64_t c1, std::int64_t s0, std::int64_t s1,
                  std::int64_t r0, std::int64_t r1, const float* strip, TileArgs<float>& a) const {
    const int vectors = static_cast<int>(p.vectors(g));
    const std::int64_t width = vectors * kBlock, taps = d.kh * d.kw;
    const float* const w = task.packed + g * p.group_floats(d);
    for (std::int64_t t = 0; t < taps; ++t) {
      const Reach down(t / d.kw, d.dilation_h, d.pad_top, d.h, d.out_h), along(t % d.kw, d.dilation_w, d.pad_left, d.w, d.out_w);
      const std::int64_t first = std::max({r0, down.begin, s0 - down.shift}), end = std::min({r1, down.end, s1 - down.shift});
      if (first >= end || along.size() == 0) continue;
      // Whole rows on both sides lie one after the other: one long row.
      std::int64_t rows = end - first, columns = along.size();
      if (columns == d.w && columns == d.out_w) columns *= rows, rows = 1;
      const TileCuts cuts(columns, tile_pixels());
      const TilePair<float> tiles(cuts, vectors, 1, kBlock);
      const float* const tap = w + (t * d.c_in + c0 * kBlock) * width;
      const float* const next = t + 1 < taps ? tap + d.c_in * width : g + 1 < p.groups ? w + p.group_floats(d) + c0 * kBlock * width : nullptr;
      FetchAhead<float> fetch(a, next, ((c1 - c0 - 1) * a.kc + a.kc_last) * width, rows * cuts.count);
      for (std::int64_t r = 0; r < rows; ++r)
        for (std::int64_t piece = 0; piece < cuts.count; ++piece) {
          const std::int64_t column = along.begin + cuts.begin_of(piece);
          const std::int64_t in = (first + r + down.shift - s0) * d.w + column + along.shift, out = (first + r) * d.out_w + column;
          fetch.step();
          tiles.of(cuts, piece)(a, strip + in * kBlock, tap, nullptr, nullptr, task.y + offset(image, 2 * g) + out * kBlock);
        }
    }
  }

  // Groups g0 .. g1 of output rows r0 .. r1 of one image.
  void part(std::int64_t image, std::int64_t g0, std::int64_t g1, std::int64_t r0, std::int64_t r1, float* strip) const {
    const std::int64_t b0 = 2 * g0, b1 = std::min(p.out_blocks, 2 * g1);
    for (std::int64_t b = b0; b < b1; ++b) start(image, b, r0, r1);
    TileArgs<float> a;
    a.kc = kBlock;
    a.x_block = p.plane;
    a.x_ahead = a.x_block;
    a.y_pixel = kBlock;
    a.y_ob = d.out_h * d.out_w * kBlock;
    a.accumulate = true;
    // Input rows that the taps of these output rows reach.
    const std::int64_t reach = (d.kh - 1) * d.dilation_h;
    const std::int64_t from = std::max<std::int64_t>(0, r0 - d.pad_top), to = std::min(d.h, r1 - d.pad_top + reach);
    for (std::int64_t c0 = 0; c0 < p.in_blocks; c0 += p.chunk) {
      const std::int64_t c1 = std::min(p.in_blocks, c0 + p.chunk);
      a.blocks = c1 - c0;
      a.kc_last = c1 == p.in_blocks ? d.c_in - (p.in_blocks - 1) * kBlock : kBlock;
      for (std::int64_t s0 = from; s0 < to; s0 += p.strip_rows) {
        const std::int64_t s1 = std::min(to, s0 + p.strip_rows);
        copy_strip(image, c0, c1, s0, s1, strip);
        for (std::int64_t g = g0; g < g1; ++g) strip_taps(image, g, c0, c1, s0, s1, r0, r1, strip, a);
      }
    }
    if (split.finish || split.clamp)
      for (std::int64_t b = b0; b < b1; ++b) finish(image, b, r0, r1);
  }

  void run() const {
    const std::int64_t slice = p.scratch_floats();
    // Threads share the groups of output channels; rows too where there are fewer groups than threads.
    const std::int64_t bands = std::min(d.out_h, ceil_div(thread_count(), d.n * p.groups));
    run_parts(d.n * bands * p.groups, taps_flops(d), parts_in(task.scratch_bytes, static_cast<std::size_t>(slice) * sizeof(float)),
              [&](std::int64_t part_index, std::int64_t u, std::int64_t end) {
                while (u < end) {
                  const std::int64_t g0 = u % p.groups, g1 = std::min(p.groups, g0 + end - u);
                  const std::int64_t band = u / p.groups % bands, image = u / p.groups / bands;
                  part(image, g0, g1, d.out_h * band / bands, d.out_h * (band + 1) / bands, task.scratch + part_index * slice);
                  u += g1 - g0;
                }
              });
  }
};

void taps_impl(const Conv2d& d, const ConvTask& task) {
  const TapsPlan p(d);
  TapsRun{d, p, task, split_epilogue(task.epilogue, d.c_out % kBlock != 0)}.run();
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace fac::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace fac::kernels {

FACULA_EXPORT(taps_impl)

bool taps_supports(const Conv2d& d) noexcept { return d.groups == 1 && d.stride_h == 1 && d.stride_w == 1; }

double taps_flops(const Conv2d& d) noexcept {
  double reached = 0, down = 0;
  for (std::int64_t i = 0; i < d.kh; ++i) down += static_cast<double>(Reach(i, d.dilation_h, d.pad_top, d.h, d.out_h).size());
  for (std::int64_t j = 0; j < d.kw; ++j)
    reached += down * static_cast<double>(Reach(j, d.dilation_w, d.pad_left, d.w, d.out_w).size());
  return 2.0 * static_cast<double>(d.n) * reached * static_cast<double>(d.c_in) * static_cast<double>(d.c_out);
}

std::size_t taps_packed_bytes(const Conv2d& d) noexcept {
  const TapsPlan p(d);
  return static_cast<std::size_t>(p.groups * p.group_floats(d)) * sizeof(float);
}

// [group][tap][input channel][output]
void taps_pack(const Conv2d& d, const float* weights, const float* scale, float* packed) noexcept {
  const TapsPlan p(d);
  const std::int64_t taps = d.kh * d.kw, chunk = 64, chunks = ceil_div(d.c_in, chunk);
  parallel_for(p.groups * chunks, 1, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t job = begin; job < end; ++job) {
      const std::int64_t g = job / chunks, width = p.vectors(g) * p.L, o0 = g * 2 * p.L;
      const std::int64_t outputs = std::min(width, d.c_out - o0);
      float* const target = packed + g * p.group_floats(d);
      const std::int64_t c_end = std::min(d.c_in, (job % chunks + 1) * chunk);
      for (std::int64_t t = 0; t < taps; ++t)
        for (std::int64_t c = job % chunks * chunk; c < c_end; ++c) {
          float* const to = target + (t * d.c_in + c) * width;
          const float* const from = weights + (o0 * d.c_in + c) * taps + t;
          for (std::int64_t o = 0; o < outputs; ++o) to[o] = from[o * d.c_in * taps] * (scale != nullptr ? scale[o0 + o] : 1.0f);
          std::fill(to + outputs, to + width, 0.0f);
        }
    }
  });
}

std::size_t taps_scratch_bytes(const Conv2d& d) noexcept {
  return static_cast<std::size_t>(TapsPlan(d).scratch_floats()) * sizeof(float);
}

void taps_run(const Conv2d& d, const ConvTask& task) noexcept { FACULA_DISPATCH(taps_impl)(d, task); }

}  // namespace fac::kernels
#endif
