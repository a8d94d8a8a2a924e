// Direct convolution on blocked (or few-channelled plain) pictures, and 1x1 convolution.
// Bands of padded input rows are copied into scratch once per output band and then serve all output channels: one
// copied vector takes part in kh * kw * c_out multiply-adds, so the copy costs about a per cent and no inner loop knows
// of edges. Loop order: band > chunk of input channels > group of output channels > tiles; a group's weights (and the
// band) stay in the second-level cache while the band's tiles pass.
#include <algorithm>
#include <cstring>

#include "kernels/conv_direct_plan.h"
#include "kernels/conv_impl.h"
#include "kernels/epilogue_row.h"
#include "kernels/tile.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/conv_direct.cpp"
#include "kernels/targets.h"

HWY_BEFORE_NAMESPACE();
namespace fac::kernels {
namespace HWY_NAMESPACE {
namespace {

constexpr std::int64_t kBlock = HWY_LANES(float);

// Zero-padded bias of one group.
struct GroupBias {
  alignas(64) float values[2 * kBlock];
  const float* load(const float* bias, std::int64_t first, std::int64_t c_out) {
    for (std::int64_t i = 0; i < 2 * kBlock; ++i)
      values[i] = bias != nullptr && first + i < c_out ? bias[first + i] : 0.0f;
    return values;
  }
};

// Copies the padded input rows of `chunk` input blocks from `b0` for output rows r0 .. r1.
void copy_band(const Conv2d& d, const DirectPlan& p, const float* image, std::int64_t b0, std::int64_t chunk,
               std::int64_t r0, std::int64_t r1, float* out) {
  const std::int64_t tap_copies = p.tap_rows ? d.kh : 1;
  const std::int64_t rows =
      p.tap_rows ? (r1 - r0 - 1) * d.stride_h + 1 : (r1 - r0 - 1) * d.stride_h + (d.kh - 1) * d.dilation_h + 1;
  const std::int64_t left = std::min(d.pad_left, p.row_pixels);
  const std::int64_t inside = std::clamp<std::int64_t>(p.row_pixels - left, 0, d.w);
  const std::int64_t right = p.row_pixels - left - inside;
  const auto bytes = [&](std::int64_t pixels) { return static_cast<std::size_t>(pixels * p.pixel) * sizeof(float); };
  for (std::int64_t b = 0; b < chunk; ++b) {
    for (std::int64_t t = 0; t < tap_copies; ++t) {
      float* row = out + (b * tap_copies + t) * p.band_in_rows * p.row_pixels * p.pixel;
      for (std::int64_t i = 0; i < rows; ++i, row += p.row_pixels * p.pixel) {
        const std::int64_t source = r0 * d.stride_h - d.pad_top + t * d.dilation_h + i;
        if (source < 0 || source >= d.h) {
          std::memset(row, 0, bytes(p.row_pixels));
          continue;
        }
        std::memset(row, 0, bytes(left));
        std::memcpy(row + left * p.pixel, image + ((b0 + b) * d.h + source) * d.w * p.pixel, bytes(inside));
        std::memset(row + (left + inside) * p.pixel, 0, bytes(right));
      }
    }
  }
}

constexpr std::int64_t kFinishPixels = 64;  // of two blocks: 8 KB at most, in the first-level cache

struct DirectRun {
  const Conv2d& d;
  const DirectPlan& p;
  const ConvTask& task;
  EpilogueSplit split;
  std::int64_t plain_blocks;  // input blocks of one image

  void finish(std::int64_t image, std::int64_t g, std::int64_t offset, std::int64_t y_ob, std::int64_t pixels) const {
    for (std::int64_t o = 0; o < p.vectors(g); ++o) {
      const std::int64_t block = g * p.ob + o;
      finish_conv_row(task.epilogue, split, task.y, offset + o * y_ob, pixels, (image * p.out_blocks + block) * kBlock,
                      std::min(kBlock, d.c_out - block * kBlock));
    }
  }

  // Tiles of output rows r0 .. r1 for one group and one chunk [c0, c1) of its input blocks; `x` is the first input row.
  void tiles(std::int64_t image, std::int64_t g, std::int64_t c0, std::int64_t c1, std::int64_t count, std::int64_t r0,
             std::int64_t r1, const float* x, TileArgs<float>& a) const {
    const int ob = static_cast<int>(p.vectors(g));
    const bool last = c1 == count;
    GroupBias bias;
    const float* start = c0 == 0 ? bias.load(task.bias, g * p.ob * kBlock, d.c_out) : nullptr;
    const float* w = task.packed + g * p.group_floats + c0 * p.kh * p.kw * p.kc * ob * kBlock;
    a.blocks = c1 - c0;
    a.kc_last = c1 == p.in_blocks ? p.kc_last : p.kc;
    // A residual in y itself would be lost under partial sums: then the sum starts from it.
    const bool in_place = split.residual == task.y;
    a.accumulate = c0 != 0 || in_place;
    a.clamp = last && split.clamp;
    const std::int64_t x_row = a.x_row;  // between output rows
    const std::int64_t pixel = d.stride_w * p.pixel;
    const TileCuts cuts(d.out_w, widest_tile(pixel));
    const std::int64_t y0 = (image * p.out_blocks + g * p.ob) * d.out_h * d.out_w * kBlock;
    const bool two_rows = cuts.count == 1 && d.out_w <= tile_pixels_in_two_rows() &&
                          find_tile<float>(ob, 2, static_cast<int>(d.out_w), pixel) != nullptr;
    const TilePair<float> single(cuts, ob, 1, pixel), both(cuts, ob, two_rows ? 2 : 1, pixel);
    // The next group's weights of this chunk arrive while this group's tiles run.
    const bool fetches = g + 1 < p.groups && p.groups * p.group_floats > prefetched_floats();
    const std::int64_t taken = ((c1 - c0 - 1) * p.kc + a.kc_last) * p.kh * p.kw * ob * kBlock;
    FetchAhead<float> fetch(a, fetches ? w + p.group_floats : nullptr, taken, ceil_div(r1 - r0, two_rows ? 2 : 1) * cuts.count);
    for (std::int64_t r = r0; r < r1;) {
      const int rows = two_rows && r + 1 < r1 ? 2 : 1;
      for (std::int64_t piece = 0; piece < cuts.count; ++piece) {
        const std::int64_t q0 = cuts.begin_of(piece);
        const std::int64_t offset = y0 + (r * d.out_w + q0) * kBlock;
        const TileFn<float> tile = (rows == 2 ? both : single).of(cuts, piece);
        fetch.step();
        tile(a, x + (r - r0) * x_row + q0 * pixel, w, start,
             last && split.residual != nullptr && !in_place ? split.residual + offset : nullptr, task.y + offset);
      }
      if (last && split.finish) finish(image, g, y0 + r * d.out_w * kBlock, a.y_ob, rows * d.out_w);
      r += rows;
    }
  }

  // One band of one image for the groups g0 .. g1.
  void band(std::int64_t image, std::int64_t r0, std::int64_t r1, std::int64_t g0, std::int64_t g1,
            float* scratch) const {
    const float* picture = task.x + image * plain_blocks * d.h * d.w * p.pixel;
    TileArgs<float> a;
    a.kh = p.kh;
    a.kw = p.kw;
    a.kc = p.kc;
    a.x_pixel = d.stride_w * p.pixel;
    const std::int64_t in_row = p.row_pixels * p.pixel;
    a.x_row = d.stride_h * in_row;
    a.x_kw = d.dilation_w * p.pixel;
    a.x_kh = p.tap_rows ? p.band_in_rows * in_row : d.dilation_h * in_row;
    a.x_block = p.copies ? (p.tap_rows ? d.kh : 1) * p.band_in_rows * in_row : d.h * d.w * p.pixel;
    a.y_pixel = a.r_pixel = kBlock;
    a.y_row = a.r_row = d.out_w * kBlock;
    a.y_ob = a.r_ob = d.out_h * d.out_w * kBlock;
    a.lo = split.lo;
    a.hi = split.hi;
    for (std::int64_t g = g0; g < g1;) {
      // Groups that read the same input blocks share its copy.
      const std::int64_t first = p.first_block(d, g), end = p.end_block(d, g);
      std::int64_t same = g + 1;
      while (same < g1 && p.first_block(d, same) == first && p.end_block(d, same) == end) ++same;
      for (std::int64_t c0 = 0; c0 < end - first; c0 += p.chunk) {
        const std::int64_t c1 = std::min(end - first, c0 + p.chunk);
        const float* x = picture + ((first + c0) * d.h + r0 * d.stride_h) * d.w * p.pixel;
        if (p.copies) {
          copy_band(d, p, picture, first + c0, c1 - c0, r0, r1, scratch);
          x = scratch;
        }
        for (std::int64_t i = g; i < same; ++i) tiles(image, i, c0, c1, end - first, r0, r1, x, a);
      }
      g = same;
    }
  }

  void rows() const {
    const std::int64_t bands = ceil_div(d.out_h, p.band);
    const std::int64_t slice = p.scratch_floats();
    const std::int64_t most = parts_in(task.scratch_bytes, static_cast<std::size_t>(slice) * sizeof(float));
    run_parts(d.n * bands * p.groups, conv_flops(d), most, [&](std::int64_t part, std::int64_t u, std::int64_t end) {
      while (u < end) {
        const std::int64_t g0 = u % p.groups, g1 = std::min(p.groups, g0 + end - u);
        const std::int64_t b = u / p.groups % bands;
        band(u / p.groups / bands, b * p.band, std::min(d.out_h, (b + 1) * p.band), g0, g1,
             slice != 0 ? task.scratch + part * slice : nullptr);
        u += g1 - g0;
      }
    });
  }

  // 1x1: strips of pixels whose input stays in the second-level cache while all output channels pass.
  void pointwise() const {
    const std::int64_t hw = d.h * d.w, most = tile_pixels();
    const std::int64_t strip =
        std::min(hw, round_up(std::max<std::int64_t>(band_floats() / (p.in_blocks * kBlock), 4 * most), most));
    const std::int64_t strips = ceil_div(hw, strip);
    TileArgs<float> a;
    a.kc = p.kc;
    a.kc_last = p.kc_last;
    a.x_block = hw * kBlock;
    a.x_ahead = a.x_block;
    a.y_pixel = a.r_pixel = kBlock;
    a.y_ob = a.r_ob = hw * kBlock;
    a.clamp = split.clamp;
    a.lo = split.lo;
    a.hi = split.hi;
    run_parts(d.n * strips * p.groups, conv_flops(d), INT64_MAX,
              [&](std::int64_t, std::int64_t begin, std::int64_t end) HWY_ATTR {
                for (std::int64_t u = begin; u < end; ++u) {
                  const std::int64_t g = u % p.groups, image = u / p.groups / strips, s = u / p.groups % strips;
                  const std::int64_t p0 = hw * s / strips, p1 = hw * (s + 1) / strips;
                  const std::int64_t first = p.first_block(d, g);
                  const int ob = static_cast<int>(p.vectors(g));
                  GroupBias bias;
                  const float* start = bias.load(task.bias, g * p.ob * kBlock, d.c_out);
                  const float* x = task.x + (image * plain_blocks + first) * hw * kBlock;
                  const float* w = task.packed + g * p.group_floats;
                  const std::int64_t y0 = (image * p.out_blocks + g * p.ob) * hw * kBlock;
                  TileArgs<float> args = a;
                  args.blocks = p.end_block(d, g) - first;
                  const TileCuts cuts(p1 - p0, most);
                  const TilePair<float> tiles(cuts, ob, 1, kBlock);
                  const bool fetches = g + 1 < p.groups && p.groups * p.group_floats > prefetched_floats();
                  FetchAhead<float> fetch(args, fetches ? w + p.group_floats : nullptr, p.group_floats, cuts.count);
                  std::int64_t unfinished = p0;
                  for (std::int64_t piece = 0; piece < cuts.count; ++piece) {
                    const std::int64_t q0 = p0 + cuts.begin_of(piece), q1 = q0 + cuts.size_of(piece);
                    const std::int64_t offset = y0 + q0 * kBlock;
                    fetch.step();
                    tiles.of(cuts, piece)(args, x + q0 * kBlock, w, start,
                                          split.residual != nullptr ? split.residual + offset : nullptr, task.y + offset);
                    // Some tiles at a time: a tile's pixels are too few for the second pass to get going.
                    if (split.finish && (q1 - unfinished >= kFinishPixels || piece + 1 == cuts.count)) {
                      finish(image, g, y0 + unfinished * kBlock, a.y_ob, q1 - unfinished);
                      unfinished = q1;
                    }
                  }
                }
              });
  }
};

void direct_impl(const Conv2d& d, ConvAlgo algo, const ConvTask& task) {
  const DirectPlan p = plan_direct(d, algo);
  const std::int64_t blocks = algo == ConvAlgo::kPlainInput ? d.c_in : blocks_of(d.c_in, kBlock);
  const DirectRun run{d, p, task, split_epilogue(task.epilogue, d.c_out % kBlock != 0), blocks};
  if (algo == ConvAlgo::kPointwise)
    run.pointwise();
  else
    run.rows();
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace fac::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace fac::kernels {

FACULA_EXPORT(direct_impl)

std::size_t direct_packed_bytes(const Conv2d& d, ConvAlgo algo) noexcept {
  const DirectPlan p = plan_direct(d, algo);
  return static_cast<std::size_t>(p.groups * p.group_floats) * sizeof(float);
}

void direct_pack(const Conv2d& d, ConvAlgo algo, const float* weights, const float* scale, float* packed) noexcept {
  const DirectPlan p = plan_direct(d, algo);
  const bool plain = algo == ConvAlgo::kPlainInput;
  const std::int64_t in = d.c_in / d.groups, out = d.c_out / d.groups, taps = d.kh * d.kw;
  parallel_for(p.groups, 1, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t g = begin; g < end; ++g) {
      const std::int64_t width = p.vectors(g) * p.L, first = p.first_block(d, g), o0 = g * p.ob * p.L;
      const std::int64_t outputs = std::min(d.c_out - o0, width);
      float* target = packed + g * p.group_floats;
      // Position of a channel's tap in the stream of weight vectors.
      const auto at = [&](std::int64_t channel, std::int64_t t) {
        if (plain) return channel * taps + t;  // [channel][kh][kw] either way
        const std::int64_t block = channel / p.L - first;
        const std::int64_t kc = block + 1 == p.in_blocks ? p.kc_last : p.kc;
        return block * p.kc * taps + t * kc + channel % p.L;
      };
      const bool one_group = o0 / out == (o0 + outputs - 1) / out;
      if (!one_group || d.groups > 1 || outputs < width || p.vectors(g) < p.ob) std::fill_n(target, p.group_floats, 0.0f);
      const float* source = weights + o0 * in * taps;
      // Vectors are written one after the other from as many streams as they have lanes.
      for (std::int64_t c = 0; c < in && one_group; ++c)
        for (std::int64_t t = 0; t < taps; ++t) {
          const float* from = source + c * taps + t;
          float* to = target + at(o0 / out * in + c, t) * width;
          for (std::int64_t o = 0; o < outputs; ++o) to[o] = from[o * in * taps];
        }
      for (std::int64_t o = 0; o < outputs && !one_group; ++o)
        for (std::int64_t c = 0; c < in; ++c)
          for (std::int64_t t = 0; t < taps; ++t)
            target[at((o0 + o) / out * in + c, t) * width + o] = source[(o * in + c) * taps + t];
      if (scale != nullptr)
        for (std::int64_t i = 0; i < p.group_floats; i += width)
          for (std::int64_t o = 0; o < outputs; ++o) target[i + o] *= scale[o0 + o];
    }
  });
}

std::size_t direct_scratch_bytes(const Conv2d& d, ConvAlgo algo) noexcept {
  return static_cast<std::size_t>(round_up(plan_direct(d, algo).scratch_floats(), 16)) * sizeof(float);
}

void direct_run(const Conv2d& d, ConvAlgo algo, const ConvTask& task) noexcept {
  FACULA_DISPATCH(direct_impl)(d, algo, task);
}

}  // namespace fac::kernels
#endif
