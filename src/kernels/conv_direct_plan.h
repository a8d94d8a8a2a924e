// How the direct convolution cuts its work: shared by packing, scratch sizes and the run, all of which must agree.
#pragma once

#include <algorithm>
#include <cstdint>

#include "kernels/conv.h"
#include "kernels/cpu.h"
#include "kernels/layout.h"
#include "kernels/parts.h"

namespace fac::kernels {

// Cache budgets in floats, as shares of the second-level cache: with 2 MB, 512 KB, 1 MB and 640 KB.
inline std::int64_t band_floats() { return level2_bytes() / 16; }           // padded input rows of one band
inline std::int64_t prefetched_floats() { return level2_bytes() / 8; }      // more weights than this do not stay in the cache
inline std::int64_t weight_floats() { return level2_bytes() / 64 * 5; }     // weights of one group over one chunk

// Output blocks are taken in groups of `ob` (2, or 1 for the last and where two blocks have different inputs).
// Packed weights: [group][input block][kh][kw][channel][ob * L], where L is the vector's length. Plain input counts
// each channel as an input block; its "channels" are then the taps of a row (contiguous in memory if not dilated).
struct DirectPlan {
  std::int64_t L = 1, out_blocks = 1, ob = 1, groups = 1;
  std::int64_t in_blocks = 1;        // most input blocks that one group reads
  std::int64_t kc = 1, kc_last = 1;  // channels per input block
  std::int64_t kh = 1, kw = 1;       // tap loops (kw = 1 when the taps of a row are the channels)
  std::int64_t pixel = 1;            // floats per input pixel: L or 1
  std::int64_t group_floats = 0;     // packed weights of one full group
  // Bands: `band` output rows; `chunk` input blocks at once; their input rows are copied, padded, unless nothing is
  // padded. tap_rows: rows are copied per tap row (wide dilation) instead of as one stretch.
  bool copies = false, tap_rows = false;
  std::int64_t band = 1, chunk = 1, row_pixels = 0, band_in_rows = 0;

  // First input block of group g and their number.
  std::int64_t first_block(const Conv2d& d, std::int64_t g) const {
    if (d.groups == 1) return 0;
    const std::int64_t in = d.c_in / d.groups, out = d.c_out / d.groups;
    return g * ob * L / out * in / L;
  }
  std::int64_t end_block(const Conv2d& d, std::int64_t g) const {
    if (d.groups == 1) return in_blocks;
    const std::int64_t in = d.c_in / d.groups, out = d.c_out / d.groups;
    const std::int64_t last = std::min(d.c_out, (g * ob + vectors(g)) * L) - 1;
    return ceil_div((last / out + 1) * in, L);
  }
  // Output vectors of group g.
  std::int64_t vectors(std::int64_t g) const { return std::min(ob, out_blocks - g * ob); }
  std::int64_t scratch_floats() const {
    return copies ? chunk * (tap_rows ? kh : 1) * band_in_rows * row_pixels * pixel : 0;
  }
};

inline DirectPlan plan_direct(const Conv2d& d, ConvAlgo algo) {
  DirectPlan p;
  p.L = channel_block();
  p.out_blocks = blocks_of(d.c_out, p.L);
  const std::int64_t out_per_group = d.c_out / d.groups, in_per_group = d.c_in / d.groups;
  p.ob = p.out_blocks > 1 && (d.groups == 1 || out_per_group % (2 * p.L) == 0) ? 2 : 1;
  p.groups = ceil_div(p.out_blocks, p.ob);
  p.kh = d.kh;
  p.kw = d.kw;
  if (algo == ConvAlgo::kPlainInput) {
    p.pixel = 1;
    p.in_blocks = d.c_in;
    if (d.dilation_w == 1) {
      p.kc = p.kc_last = d.kw;
      p.kw = 1;
    }
  } else {
    p.pixel = p.L;
    p.kc = p.kc_last = p.L;
    if (d.groups == 1) {
      p.in_blocks = blocks_of(d.c_in, p.L);
      p.kc_last = d.c_in - (p.in_blocks - 1) * p.L;
    } else {
      p.in_blocks = in_per_group % p.L == 0 && p.ob == 2 ? in_per_group / p.L : 0;
      if (p.in_blocks == 0)
        for (std::int64_t g = 0; g < p.groups; ++g)
          p.in_blocks = std::max(p.in_blocks, p.end_block(d, g) - p.first_block(d, g));
    }
  }
  const std::int64_t taps = p.kh * p.kw;
  p.group_floats = ((p.in_blocks - 1) * p.kc + p.kc_last) * taps * p.ob * p.L;
  if (algo == ConvAlgo::kPointwise) return p;

  p.copies = d.pad_top + d.pad_bottom + d.pad_left + d.pad_right > 0;
  p.row_pixels = p.copies ? (d.out_w - 1) * d.stride_w + (d.kw - 1) * d.dilation_w + 1 : d.w;
  p.chunk = std::clamp<std::int64_t>(weight_floats() / (taps * p.kc * p.ob * p.L), 1, p.in_blocks);
  const auto rows_of = [&](std::int64_t out_rows) {  // input rows of a band, all tap rows counted
    const std::int64_t stretch = (out_rows - 1) * d.stride_h + (d.kh - 1) * d.dilation_h + 1;
    return std::min(stretch, d.kh * ((out_rows - 1) * d.stride_h + 1));
  };
  const std::int64_t row_floats = p.chunk * p.row_pixels * p.pixel;
  std::int64_t rows = d.out_h;
  while (rows > 2 && rows_of(rows) * row_floats > band_floats()) rows = round_up(ceil_div(rows, 2), 2);
  p.band = rows;
  const std::int64_t stretch = (rows - 1) * d.stride_h + (d.kh - 1) * d.dilation_h + 1;
  const std::int64_t own = (rows - 1) * d.stride_h + 1;
  p.tap_rows = p.copies && d.kh * own < stretch;
  p.band_in_rows = p.tap_rows ? own : stretch;
  return p;
}

}  // namespace fac::kernels
