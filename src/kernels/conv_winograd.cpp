// 3x3 convolution of stride 1 by Winograd's F(4x4, 3x3): 36 multiplications for 16 outputs of a channel pair instead of
// 144. A. Lavin and S. Gray, "Fast Algorithms for Convolutional Neural Networks", 2015. Their matrices come from the points
// 0, +-1, +-2 and infinity; ours from 0, +-5/8, +-3/2 and infinity, whose powers differ less in size: a third of the error (5.7e-6
// against 1.6e-6 of the largest output over 128 channels), at the same cost. Toom and Cook's construction gives, with f(p) the
// product of p's distances to the other finite points:
//   A^T = [p^k],  G = [p^k / f(p)],  B^T = coefficients of the polynomial that vanishes at all finite points but p (at all: infinity)
//   U = G g G^T             weights, when packed:  [output group][36][input block][channel][2 L]
//   V = B^T d B             6x6 input tiles:       [36][input block][tile][L]
//   M[e] = V[e] U[e]        36 matrix products:    [36][2][tile][L]
//   Y = A^T M A             4x4 output tiles, epilogue
// Vectors hold channels, so both transformations are plain vector arithmetic, and the products are the convolutions'
// inner loop (tile.h) with tiles for pixels. A strip of tiles is transformed at once; its V and one group's M stay
// in the second-level cache.
// A dilation of d splits the picture into d x d interleaved pictures ("phases"), each an undilated convolution.
#include <algorithm>
#include <cstring>

#include "kernels/conv_impl.h"
#include "kernels/cpu.h"
#include "kernels/epilogue_row.h"
#include "kernels/tile.h"
#include "kernels/layout.h"
#include "kernels/parts.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/conv_winograd.cpp"
#include "kernels/targets.h"
#include "kernels/clamp-inl.h"

#ifndef FACULA_CONV_WINOGRAD_SHARED_
#define FACULA_CONV_WINOGRAD_SHARED_
namespace fac::kernels {
namespace {

constexpr std::int64_t kPoints = 36;
constexpr std::int64_t kMostTiles = 28;                  // two inner-loop tiles of 14
// V of a strip, in floats: with 2 MB of second-level cache 768 KB.
inline std::int64_t strip_floats() { return level2_bytes() / 32 * 3; }

struct WinogradPlan {
  std::int64_t L, in_blocks, out_blocks, groups;
  // Tiles of one phase's picture; phases of different sizes are cut alike, and some tiles may then be empty.
  std::int64_t tiles_h, tiles_w, tiles;  // tiles: of all images and phases
  std::int64_t strips, strip;            // strip: most tiles of a strip

  explicit WinogradPlan(const Conv2d& d)
      : L(channel_block()),
        in_blocks(blocks_of(d.c_in, L)),
        out_blocks(blocks_of(d.c_out, L)),
        groups(ceil_div(out_blocks, 2)),
        tiles_h(ceil_div(ceil_div(d.out_h, d.dilation_h), 4)),
        tiles_w(ceil_div(ceil_div(d.out_w, d.dilation_w), 4)),
        tiles(d.n * d.dilation_h * d.dilation_w * tiles_h * tiles_w) {
    const std::int64_t most =
        std::clamp<std::int64_t>(strip_floats() / (kPoints * in_blocks * L), 8, kMostTiles);
    strips = ceil_div(tiles, most);
    strip = ceil_div(tiles, strips);
  }
  std::int64_t group_floats() const { return kPoints * in_blocks * L * 2 * L; }
  std::int64_t transformed_floats() const { return kPoints * in_blocks * L * strip; }
  std::int64_t scratch_floats() const { return round_up(transformed_floats() + kPoints * 2 * L * strip, 16); }
};

// Where a tile lies: its first output pixel and the image; pixels step by the dilation.
struct TilePlace {
  std::int64_t image, row, column;
  TilePlace(const Conv2d& d, const WinogradPlan& p, std::int64_t tile) {
    const std::int64_t tx = tile % p.tiles_w, ty = tile / p.tiles_w % p.tiles_h;
    const std::int64_t phase = tile / (p.tiles_w * p.tiles_h);
    image = phase / (d.dilation_h * d.dilation_w);
    row = phase / d.dilation_w % d.dilation_h + 4 * ty * d.dilation_h;
    column = phase % d.dilation_w + 4 * tx * d.dilation_w;
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
using D = hn::ScalableTag<float>;
using V = hn::Vec<D>;

// The points 0, +-a, +-b, infinity. Squares and products of a and b^2 are exact in float.
constexpr float kA = 0.625f, kB = 1.5f, kA2 = kA * kA, kB2 = kB * kB;

// One dimension of B^T d.
HWY_INLINE void input_1d(D d, V d0, V d1, V d2, V d3, V d4, V d5, V* HWY_RESTRICT t) {
  const V a = hn::Set(d, kA), b = hn::Set(d, kB), a2 = hn::Set(d, kA2), b2 = hn::Set(d, kB2);
  const V sum = hn::Set(d, kA2 + kB2), product = hn::Set(d, kA2 * kB2);
  const V even_a = hn::NegMulAdd(b2, d2, d4), odd_a = hn::NegMulAdd(b2, d1, d3);
  const V even_b = hn::NegMulAdd(a2, d2, d4), odd_b = hn::NegMulAdd(a2, d1, d3);
  t[0] = hn::MulAdd(product, d0, hn::NegMulAdd(sum, d2, d4));
  t[1] = hn::MulAdd(a, odd_a, even_a);
  t[2] = hn::NegMulAdd(a, odd_a, even_a);
  t[3] = hn::MulAdd(b, odd_b, even_b);
  t[4] = hn::NegMulAdd(b, odd_b, even_b);
  t[5] = hn::MulAdd(product, d1, hn::NegMulAdd(sum, d3, d5));
}

// One dimension of A^T m.
HWY_INLINE void output_1d(D d, V m0, V m1, V m2, V m3, V m4, V m5, V* HWY_RESTRICT o) {
  const V s12 = hn::Add(m1, m2), d12 = hn::Sub(m1, m2), s34 = hn::Add(m3, m4), d34 = hn::Sub(m3, m4);
  o[0] = hn::Add(hn::Add(m0, s12), s34);
  o[1] = hn::MulAdd(hn::Set(d, kA), d12, hn::Mul(hn::Set(d, kB), d34));
  o[2] = hn::MulAdd(hn::Set(d, kA2), s12, hn::Mul(hn::Set(d, kB2), s34));
  o[3] = hn::MulAdd(hn::Set(d, kA2 * kA), d12, hn::MulAdd(hn::Set(d, kB2 * kB), d34, m5));
}

// x: the 6x6 pixels, `row` and `pixel` floats apart;  out: 36 vectors, `point` floats apart.
void transform_input(const float* HWY_RESTRICT x, std::int64_t row, std::int64_t pixel, float* HWY_RESTRICT out,
                     std::int64_t point) {
  const D d;
  alignas(64) float half[kPoints * kBlock];  // [column][row]
  for (std::int64_t j = 0; j < 6; ++j) {
    V t[6];
    const float* c = x + j * pixel;
    input_1d(d, hn::LoadU(d, c), hn::LoadU(d, c + row), hn::LoadU(d, c + 2 * row), hn::LoadU(d, c + 3 * row),
             hn::LoadU(d, c + 4 * row), hn::LoadU(d, c + 5 * row), t);
    FACULA_UNROLL(6)
    for (int i = 0; i < 6; ++i) hn::Store(t[i], d, half + (j * 6 + i) * kBlock);
  }
  for (std::int64_t i = 0; i < 6; ++i) {
    V t[6];
    const float* r = half + i * kBlock;
    input_1d(d, hn::Load(d, r), hn::Load(d, r + 6 * kBlock), hn::Load(d, r + 12 * kBlock),
             hn::Load(d, r + 18 * kBlock), hn::Load(d, r + 24 * kBlock), hn::Load(d, r + 30 * kBlock), t);
    FACULA_UNROLL(6)
    for (int j = 0; j < 6; ++j) hn::Store(t[j], d, out + (i * 6 + j) * point);
  }
}

// m: 36 vectors, `point` floats apart -> out[16] vectors.
void transform_output(const float* HWY_RESTRICT m, std::int64_t point, float* HWY_RESTRICT out) {
  const D d;
  alignas(64) float half[24 * kBlock];  // [column][row]
  for (std::int64_t j = 0; j < 6; ++j) {
    V t[4];
    const float* c = m + j * point;
    output_1d(d, hn::Load(d, c), hn::Load(d, c + 6 * point), hn::Load(d, c + 12 * point), hn::Load(d, c + 18 * point),
              hn::Load(d, c + 24 * point), hn::Load(d, c + 30 * point), t);
    FACULA_UNROLL(4)
    for (int i = 0; i < 4; ++i) hn::Store(t[i], d, half + (j * 4 + i) * kBlock);
  }
  for (std::int64_t i = 0; i < 4; ++i) {
    V t[4];
    const float* r = half + i * kBlock;
    output_1d(d, hn::Load(d, r), hn::Load(d, r + 4 * kBlock), hn::Load(d, r + 8 * kBlock), hn::Load(d, r + 12 * kBlock),
              hn::Load(d, r + 16 * kBlock), hn::Load(d, r + 20 * kBlock), t);
    FACULA_UNROLL(4)
    for (int j = 0; j < 4; ++j) hn::Store(t[j], d, out + (i * 4 + j) * kBlock);
  }
}

struct WinogradRun {
  const Conv2d& c;
  const WinogradPlan& p;
  const ConvTask& task;
  EpilogueSplit split;

  // V of tiles t0 .. t0 + count.
  void transform_strip(std::int64_t t0, std::int64_t count, float* v) const {
    const std::int64_t point = p.in_blocks * count * kBlock;
    alignas(64) float edge[kPoints * kBlock];
    const std::int64_t row = c.dilation_h * c.w * kBlock, pixel = c.dilation_w * kBlock;
    for (std::int64_t i = 0; i < count; ++i) {
      const TilePlace at(c, p, t0 + i);
      const std::int64_t y0 = at.row - c.pad_top, x0 = at.column - c.pad_left;
      const bool inside = y0 >= 0 && x0 >= 0 && y0 + 5 * c.dilation_h < c.h && x0 + 5 * c.dilation_w < c.w;
      for (std::int64_t b = 0; b < p.in_blocks; ++b) {
        const float* plane = task.x + (at.image * p.in_blocks + b) * c.h * c.w * kBlock;
        float* out = v + (b * count + i) * kBlock;
        if (inside) {
          transform_input(plane + (y0 * c.w + x0) * kBlock, row, pixel, out, point);
          continue;
        }
        for (std::int64_t r = 0; r < 6; ++r)
          for (std::int64_t q = 0; q < 6; ++q) {
            const std::int64_t y = y0 + r * c.dilation_h, x = x0 + q * c.dilation_w;
            float* target = edge + (r * 6 + q) * kBlock;
            if (y >= 0 && y < c.h && x >= 0 && x < c.w) std::copy_n(plane + (y * c.w + x) * kBlock, kBlock, target);
            else std::fill_n(target, kBlock, 0.0f);
          }
        transform_input(edge, 6 * kBlock, kBlock, out, point);
      }
    }
  }

  // Output tiles of one group.
  void store_strip(std::int64_t t0, std::int64_t count, std::int64_t group, const float* m) const {
    const D d;
    const std::int64_t vectors = std::min<std::int64_t>(2, p.out_blocks - 2 * group);
    const std::int64_t point = vectors * count * kBlock;
    const V lo = hn::Set(d, split.lo), hi = hn::Set(d, split.hi);
    alignas(64) float tile[16 * kBlock];
    alignas(64) float bias_values[kBlock];
    for (std::int64_t o = 0; o < vectors; ++o) {
      const std::int64_t block = 2 * group + o, channels = std::min(kBlock, c.c_out - block * kBlock);
      for (std::int64_t i = 0; i < kBlock; ++i)
        bias_values[i] = task.bias != nullptr && i < channels ? task.bias[block * kBlock + i] : 0.0f;
      const V bias = hn::Load(d, bias_values);
      for (std::int64_t i = 0; i < count; ++i) {
        const TilePlace at(c, p, t0 + i);
        if (at.row >= c.out_h || at.column >= c.out_w) continue;
        transform_output(m + (o * count + i) * kBlock, point, tile);
        const std::int64_t rows = std::min<std::int64_t>(4, ceil_div(c.out_h - at.row, c.dilation_h));
        const std::int64_t columns = std::min<std::int64_t>(4, ceil_div(c.out_w - at.column, c.dilation_w));
        const std::int64_t plane = (at.image * p.out_blocks + block) * c.out_h;
        for (std::int64_t r = 0; r < rows; ++r)
          for (std::int64_t q = 0; q < columns; ++q) {
            const std::int64_t offset =
                ((plane + at.row + r * c.dilation_h) * c.out_w + at.column + q * c.dilation_w) * kBlock;
            V y = hn::Add(hn::Load(d, tile + (r * 4 + q) * kBlock), bias);
            if (split.residual != nullptr) y = hn::Add(y, hn::LoadU(d, split.residual + offset));
            if (split.clamp) y = clamp_keeping_nan(d, y, lo, hi);
            hn::StoreU(y, d, task.y + offset);
            if (split.finish)
              finish_conv_row(task.epilogue, split, task.y, offset, 1, (at.image * p.out_blocks + block) * kBlock,
                              channels);
          }
      }
    }
  }

  // M of one group: 36 products of [count, c_in] by [c_in, 2 L].
  void multiply(std::int64_t count, std::int64_t group, const float* v, float* m) const {
    const int vectors = static_cast<int>(std::min<std::int64_t>(2, p.out_blocks - 2 * group));
    TileArgs<float> a;
    a.blocks = p.in_blocks;
    a.kc = kBlock;
    a.kc_last = c.c_in - (p.in_blocks - 1) * kBlock;
    a.x_block = count * kBlock;
    a.x_ahead = a.x_block;
    a.y_pixel = kBlock;
    a.y_ob = count * kBlock;
    const float* w = task.packed + group * p.group_floats();
    const std::int64_t w_point = c.c_in * vectors * kBlock;
    const TileCuts cuts(count, tile_pixels());
    const TilePair<float> tiles(cuts, vectors, 1, kBlock);
    for (std::int64_t e = 0; e < kPoints; ++e) {
      // The next point's weights (or the next group's first) arrive meanwhile.
      const bool more = e + 1 < kPoints || group + 1 < p.groups;
      FetchAhead<float> fetch(a, more ? w + (e + 1) * w_point : nullptr, w_point, cuts.count);
      for (std::int64_t piece = 0; piece < cuts.count; ++piece) {
        const std::int64_t q0 = cuts.begin_of(piece);
        fetch.step();
        tiles.of(cuts, piece)(a, v + (e * p.in_blocks * count + q0) * kBlock, w + e * w_point, nullptr, nullptr,
                              m + (e * vectors * count + q0) * kBlock);
      }
    }
  }

  void run() const {
    const std::int64_t slice = p.scratch_floats();
    const double flops = 2.0 * static_cast<double>(kPoints * p.tiles * c.c_in) * static_cast<double>(c.c_out);
    run_parts(p.strips * p.groups, flops, parts_in(task.scratch_bytes, static_cast<std::size_t>(slice) * sizeof(float)),
              [&](std::int64_t part, std::int64_t begin, std::int64_t end) {
                float* v = task.scratch + part * slice;
                float* m = v + p.transformed_floats();
                for (std::int64_t u = begin; u < end; ++u) {
                  const std::int64_t strip = u / p.groups, group = u % p.groups;
                  const std::int64_t t0 = p.tiles * strip / p.strips, t1 = p.tiles * (strip + 1) / p.strips;
                  if (u == begin || group == 0) transform_strip(t0, t1 - t0, v);
                  multiply(t1 - t0, group, v, m);
                  store_strip(t0, t1 - t0, group, m);
                }
              });
  }
};

void winograd_impl(const Conv2d& d, const ConvTask& task) {
  const WinogradPlan p(d);
  WinogradRun{d, p, task, split_epilogue(task.epilogue, d.c_out % kBlock != 0)}.run();
}

// One dimension of G g.
HWY_INLINE void weight_1d(D d, V g0, V g1, V g2, V* HWY_RESTRICT t) {
  constexpr double a = kA, b = kB, fa = 2 * a * a * (a * a - b * b), fb = 2 * b * b * (b * b - a * a);
  const auto scaled = [&](V v, double factor) HWY_ATTR { return hn::Mul(v, hn::Set(d, static_cast<float>(factor))); };
  const V even_a = hn::MulAdd(g2, hn::Set(d, static_cast<float>(a * a / fa)), scaled(g0, 1 / fa)), odd_a = scaled(g1, a / fa);
  const V even_b = hn::MulAdd(g2, hn::Set(d, static_cast<float>(b * b / fb)), scaled(g0, 1 / fb)), odd_b = scaled(g1, b / fb);
  t[0] = scaled(g0, 1 / (a * a * b * b));
  t[1] = hn::Add(even_a, odd_a);
  t[2] = hn::Sub(even_a, odd_a);
  t[3] = hn::Add(even_b, odd_b);
  t[4] = hn::Sub(even_b, odd_b);
  t[5] = g2;
}

// One input channel of a vector of outputs at a time, so that the stores run along the packed rows.
void winograd_pack_impl(const Conv2d& c, const float* weights, const float* scale, float* packed) {
  const WinogradPlan p(c);
  const std::int64_t chunk = 16, chunks = ceil_div(c.c_in, chunk);  // input channels whose taps stay in cache
  parallel_for(p.groups * chunks, 1, [&](std::int64_t begin, std::int64_t end) HWY_ATTR {
    const D d;
    alignas(64) float taps[9 * kBlock];
    for (std::int64_t job = begin; job < end; ++job) {
      const std::int64_t group = job / chunks, first = group * 2 * kBlock;
      const std::int64_t vectors = std::min<std::int64_t>(2, p.out_blocks - 2 * group), width = vectors * kBlock;
      for (std::int64_t i = job % chunks * chunk; i < std::min(c.c_in, (job % chunks + 1) * chunk); ++i)
        for (std::int64_t v = 0; v < vectors; ++v) {
          const std::int64_t o0 = first + v * kBlock, outputs = std::min(kBlock, c.c_out - o0);
          if (outputs < kBlock) std::fill_n(taps, 9 * kBlock, 0.0f);
          for (std::int64_t o = 0; o < outputs; ++o) {
            const float* source = weights + ((o0 + o) * c.c_in + i) * 9;
            const float factor = scale != nullptr ? scale[o0 + o] : 1.0f;
            for (std::int64_t t = 0; t < 9; ++t) taps[t * kBlock + o] = source[t] * factor;
          }
          V half[3][6], point[6];
          for (std::int64_t k = 0; k < 3; ++k)
            weight_1d(d, hn::Load(d, taps + k * kBlock), hn::Load(d, taps + (3 + k) * kBlock), hn::Load(d, taps + (6 + k) * kBlock), half[k]);
          float* target = packed + group * p.group_floats() + i * width + v * kBlock;
          for (std::int64_t r = 0; r < 6; ++r) {
            weight_1d(d, half[0][r], half[1][r], half[2][r], point);
            for (std::int64_t q = 0; q < 6; ++q) hn::StoreU(point[q], d, target + (r * 6 + q) * c.c_in * width);
          }
        }
    }
  });
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace fac::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace fac::kernels {

FACULA_EXPORT(winograd_impl)
FACULA_EXPORT(winograd_pack_impl)

bool winograd_supports(const Conv2d& d) noexcept {
  return d.kh == 3 && d.kw == 3 && d.stride_h == 1 && d.stride_w == 1 && d.groups == 1;
}

double winograd_seconds(const Conv2d& d) noexcept {
  const WinogradPlan p(d);
  // Measured on one AVX-512 core: the products reach 140 GFLOP/s where the direct kernel does 165; a 6x6 or 4x4 tile of
  // one block takes some 45 ns to transform; weights beyond the second-level cache (four times the direct kernel's)
  // arrive at 20 GB/s for all threads together, and the products wait for them. Narrower vectors slow all arithmetic
  // alike. So ResNet-34's 256 channels at 14 x 14 pay with one thread (0.75 against 1.35 ms), not with two.
  const double threads = thread_count(), slow = 16.0 / static_cast<double>(p.L);
  const double products = 2.0 * kPoints * static_cast<double>(p.tiles * d.c_in) * static_cast<double>(d.c_out) / 140e9;
  const double transforms =
      static_cast<double>(p.tiles * (p.in_blocks + p.out_blocks)) * 45e-9 * static_cast<double>(p.L) / 16.0;
  const double bytes = static_cast<double>(p.groups * p.group_floats()) * 4.0;
  const double memory = bytes > 1e6 ? bytes / 20e9 : 0.0;
  return (products + transforms) * slow / threads + memory;
}

std::size_t winograd_packed_bytes(const Conv2d& d) noexcept {
  const WinogradPlan p(d);
  return static_cast<std::size_t>(p.groups * p.group_floats()) * sizeof(float);
}

void winograd_pack(const Conv2d& d, const float* weights, const float* scale, float* packed) noexcept {
  FACULA_DISPATCH(winograd_pack_impl)(d, weights, scale, packed);
}

std::size_t winograd_scratch_bytes(const Conv2d& d) noexcept {
  return static_cast<std::size_t>(WinogradPlan(d).scratch_floats()) * sizeof(float);
}

void winograd_run(const Conv2d& d, const ConvTask& task) noexcept { FACULA_DISPATCH(winograd_impl)(d, task); }

}  // namespace fac::kernels
#endif
