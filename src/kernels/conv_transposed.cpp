#include "kernels/conv_transposed.h"

#include <algorithm>
#include <cstring>

#include "base/thread_pool.h"
#include "kernels/layout.h"
#include "kernels/parts.h"

namespace fac::kernels {
namespace {

struct Axis {
  std::int64_t size, kernel, stride, pad, dilation, out;
};

// How far the input's index stands behind q at a phase's first tap, and that tap.
std::int64_t lead(const Axis& a, std::int64_t phase) { return (phase + a.pad) / a.stride; }
std::int64_t first_tap(const Axis& a, std::int64_t phase) { return (phase + a.pad) % a.stride; }

// The axis cut into phases that are one convolution; empty: not in this way.
std::vector<PhaseRange> phases(const Axis& a, bool join) {
  if (a.kernel < a.stride || (a.stride > 1 && a.dilation > 1) || a.out < 1) return {};
  std::vector<PhaseRange> out;
  for (std::int64_t r = 0; r < std::min(a.stride, a.out); ++r) {
    const std::int64_t taps = ceil_div(a.kernel - first_tap(a, r), a.stride), rows = ceil_div(a.out - r, a.stride);
    if (join && !out.empty() && out.back().taps == taps && lead(a, out.back().first) == lead(a, r)) {
      ++out.back().count;
      continue;
    }
    PhaseRange p;
    p.first = r, p.count = 1, p.taps = taps, p.rows = rows;  // the first phase has most rows
    out.push_back(p);
  }
  return out;
}

// Sizes and padding of the convolution along one axis: result row z reads inputs z - before .. z - before + span - 1.
void fit(const Axis& a, PhaseRange& p, std::int64_t& kernel, std::int64_t& dilation, std::int64_t& before, std::int64_t& after) {
  kernel = p.taps;
  dilation = a.dilation;  // 1 where there is a stride
  const std::int64_t reach = a.dilation * (p.taps - 1);
  // Output q reads inputs q + lead - reach .. q + lead.
  before = std::max<std::int64_t>(0, reach - lead(a, p.first));
  p.start = lead(a, p.first) - reach + before;
  after = std::max<std::int64_t>(0, p.start + p.rows - (a.size + before - reach));
}

}  // namespace

std::vector<TransposedPart> transposed_parts(const ConvTransposed2d& d) {
  const Axis v{d.h, d.kh, d.stride_h, d.pad_h, d.dilation_h, d.out_h}, h{d.w, d.kw, d.stride_w, d.pad_w, d.dilation_w, d.out_w};
  std::vector<TransposedPart> out;
  for (const PhaseRange& y : phases(v, d.groups == 1))
    for (const PhaseRange& x : phases(h, d.groups == 1)) {
      TransposedPart part;
      part.y = y, part.x = x;
      Conv2d& c = part.conv;
      c.n = d.n, c.c_in = d.c_in, c.h = d.h, c.w = d.w;
      const std::int64_t count = y.count * x.count;
      c.c_out = count == 1 ? d.c_out : count * padded_channels(d.c_out);
      c.groups = d.groups;
      fit(v, part.y, c.kh, c.dilation_h, c.pad_top, c.pad_bottom);
      fit(h, part.x, c.kw, c.dilation_w, c.pad_left, c.pad_right);
      if (c.h + c.pad_top + c.pad_bottom < c.dilation_h * (c.kh - 1) + 1 || c.w + c.pad_left + c.pad_right < c.dilation_w * (c.kw - 1) + 1)
        return {};
      conv2d_set_output(c);
      out.push_back(part);
    }
  return out;
}

void transposed_part_weights(const ConvTransposed2d& d, const TransposedPart& part, const float* weights, const float* scale,
                             float* to) noexcept {
  const Conv2d& c = part.conv;
  const Axis v{d.h, d.kh, d.stride_h, d.pad_h, d.dilation_h, d.out_h}, h{d.w, d.kw, d.stride_w, d.pad_w, d.dilation_w, d.out_w};
  const std::int64_t each = c.c_out / (part.y.count * part.x.count), taps = c.kh * c.kw;
  const std::int64_t group_in = d.c_in / d.groups, group_out = d.c_out / d.groups;
  std::memset(to, 0, static_cast<std::size_t>(c.c_out * group_in * taps) * sizeof(float));
  for (std::int64_t py = 0; py < part.y.count; ++py)
    for (std::int64_t px = 0; px < part.x.count; ++px)
      for (std::int64_t o = 0; o < d.c_out; ++o) {
        const float factor = scale != nullptr ? scale[o] : 1.0f;
        float* row = to + ((py * part.x.count + px) * each + o) * group_in * taps;
        for (std::int64_t i = 0; i < group_in; ++i) {
          const float* from = weights + ((o / group_out * group_in + i) * group_out + o % group_out) * d.kh * d.kw;
          for (std::int64_t y = 0; y < c.kh; ++y)
            for (std::int64_t x = 0; x < c.kw; ++x) {
              // The window's last row sees the first tap.
              const std::int64_t ty = first_tap(v, part.y.first + py) + (c.kh - 1 - y) * d.stride_h;
              const std::int64_t tx = first_tap(h, part.x.first + px) + (c.kw - 1 - x) * d.stride_w;
              row[(i * c.kh + y) * c.kw + x] = factor * from[ty * d.kw + tx];
            }
        }
      }
}

void transposed_part_bias(const ConvTransposed2d& d, const TransposedPart& part, const float* bias, float* to) noexcept {
  const std::int64_t count = part.y.count * part.x.count, each = part.conv.c_out / count;
  std::fill_n(to, part.conv.c_out, 0.0f);
  for (std::int64_t k = 0; k < count; ++k) std::copy_n(bias, d.c_out, to + k * each);
}

namespace {

// Rows of the output are the units of work; B: the block, so that a pixel's copy is an instruction or two.
template <std::int64_t B>
void spread_rows(const ConvTransposed2d& d, const TransposedPart& part, const float* from, float* y) {
  const Conv2d& c = part.conv;
  const std::int64_t blocks = blocks_of(d.c_out, B), last = d.c_out - (blocks - 1) * B;
  const std::int64_t all_blocks = blocks_of(c.c_out, B), each = all_blocks / (part.y.count * part.x.count);
  const std::int64_t rows = part.y.rows * part.y.count, rows_each = std::max<std::int64_t>(1, 16384 / (d.out_w * B));
  parallel_for(d.n * blocks * rows, rows_each, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t unit = begin; unit < end; ++unit) {
      const std::int64_t row = unit % rows, block = unit / rows % blocks, image = unit / rows / blocks;
      const std::int64_t q = row / part.y.count, py = row % part.y.count, oy = q * d.stride_h + part.y.first + py;
      if (oy >= d.out_h) continue;
      float* to = y + ((image * blocks + block) * d.out_h + oy) * d.out_w * B;
      for (std::int64_t px = 0; px < part.x.count; ++px) {
        const std::int64_t phase = py * part.x.count + px, first = part.x.first + px;
        const float* at = from + (((image * all_blocks + phase * each + block) * c.out_h + part.y.start + q) * c.out_w + part.x.start) * B;
        for (std::int64_t ox = first; ox < d.out_w; ox += d.stride_w, at += B) {
          std::memcpy(to + ox * B, at, B * sizeof(float));
          if (block + 1 == blocks) std::fill(to + ox * B + last, to + (ox + 1) * B, 0.0f);  // an activation may have changed the pads
        }
      }
    }
  });
}

}  // namespace

void transposed_spread(const ConvTransposed2d& d, const TransposedPart& part, const float* from, float* y) noexcept {
  switch (channel_block()) {
    case 16: return spread_rows<16>(d, part, from, y);
    case 8: return spread_rows<8>(d, part, from, y);
    case 4: return spread_rows<4>(d, part, from, y);
    default: return spread_rows<1>(d, part, from, y);
  }
}

}  // namespace fac::kernels
