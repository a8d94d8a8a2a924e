// Packing and the order of work of reduced precision; what computes is in reduced_dot.cpp.
// Longer than most files: products and convolutions share the packed form and the cutting of rows.
// Packed: scale [channels], sums [channels], bias [channels], panels (reduced_dot.h); channels rounded up to whole panels.
#include "kernels/reduced.h"

#include <algorithm>
#include <atomic>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

#include "kernels/conv_impl.h"
#include "kernels/cpu.h"
#include "kernels/epilogue_row.h"
#include "kernels/parts.h"
#include "kernels/reduced_dot.h"

namespace fac::kernels {
namespace {

constexpr std::int64_t kHeaderBytes = 12;  // of a channel: scale, sum, bias
constexpr int kMostLanes = 16, kMostRows = 14;

struct Layout {
  const DotKernels& k;
  std::int64_t width, channels, panels, panel_bytes;
  Layout(DotForm form, std::int64_t n, std::int64_t words)
      : k(dot_kernels(form)), width(2 * k.lanes), channels(round_up(n, width)), panels(channels / width),
        panel_bytes(words * width * k.weight_bytes) {}
  std::size_t bytes() const { return static_cast<std::size_t>(channels * kHeaderBytes + panels * panel_bytes); }
};

template <class Byte>
struct Packed {
  using Float = std::conditional_t<std::is_const_v<Byte>, const float, float>;
  using Int = std::conditional_t<std::is_const_v<Byte>, const std::int32_t, std::int32_t>;
  Float* scale;
  Int* sums;
  Float* bias;
  Byte* panels;
  Packed(Byte* data, const Layout& l)
      : scale(reinterpret_cast<Float*>(data)), sums(reinterpret_cast<Int*>(data + 4 * l.channels)),
        bias(reinterpret_cast<Float*>(data + 8 * l.channels)), panels(data + kHeaderBytes * l.channels) {}
};

std::uint16_t bf16_of(float x) {
  const auto bits = std::bit_cast<std::uint32_t>(x);
  return static_cast<std::uint16_t>((bits + 0x7FFFu + (bits >> 16 & 1u)) >> 16);
}

// Nearest integer, ties to even; |x| < 2^22.
std::int32_t nearest(float x) { return std::bit_cast<std::int32_t>(x + 12582912.0f) - std::bit_cast<std::int32_t>(12582912.0f); }

// Input i of a tap of output channel o: w[o * channel + tap * tap_step + i * input_step].
struct Weights {
  const float* w;
  std::int64_t channel, taps, tap_step, inputs, input_step;
  const float* factors;  // of the channels, or null
};

// Panels of `n` channels; each tap has `words` words. False: a weight is not finite.
bool pack(DotForm form, std::int64_t n, std::int64_t words, const Weights& from, const float* bias, void* packed) {
  const Layout l(form, n, from.taps * words);
  if (l.k.lanes == 0) return false;
  const Packed<std::uint8_t> to(static_cast<std::uint8_t*>(packed), l);
  const bool integer = is_int8(form);
  const int group = l.k.group;
  std::atomic<bool> finite{true};
  parallel_for(l.panels, 1, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t p = begin; p < end; ++p) {
      std::uint8_t* const panel = to.panels + p * l.panel_bytes;
      std::memset(panel, 0, static_cast<std::size_t>(l.panel_bytes));
      for (std::int64_t j = 0; j < l.width; ++j) {
        const std::int64_t o = p * l.width + j;
        to.scale[o] = 0, to.sums[o] = 0;
        to.bias[o] = o < n && bias != nullptr ? bias[o] : 0.0f;
        if (o >= n) continue;
        const float factor = from.factors != nullptr ? from.factors[o] : 1.0f;
        const float* const row = from.w + o * from.channel;
        float most = 0;
        bool odd = false;
        for (std::int64_t t = 0; t < from.taps; ++t)
          for (std::int64_t i = 0; i < from.inputs; ++i) {
            const float v = row[t * from.tap_step + i * from.input_step] * factor;
            most = std::max(most, std::abs(v));
            odd = odd || !(v - v == 0.0f);
          }
        // Rounded to bf16, the largest numbers become infinite.
        if (!integer) odd = odd || std::isinf(std::bit_cast<float>(static_cast<std::uint32_t>(bf16_of(most)) << 16));
        if (odd) finite.store(false, std::memory_order_relaxed);
        if (odd || !finite.load(std::memory_order_relaxed)) return;
        const float scale = std::max(most / 127.0f, std::numeric_limits<float>::min()), inverse = 1.0f / scale;
        to.scale[o] = scale;
        std::int32_t sum = 0;
        for (std::int64_t t = 0; t < from.taps; ++t)
          for (std::int64_t i = 0; i < from.inputs; ++i) {
            const float v = row[t * from.tap_step + i * from.input_step] * factor;
            std::uint8_t* const word = panel + ((t * words + i / group) * l.width + j) * l.k.weight_bytes;
            if (integer) {
              const std::int32_t q = std::clamp(nearest(v * inverse), -127, 127);
              sum += q;
              word[i % group] = static_cast<std::uint8_t>(static_cast<std::int8_t>(q));
            } else {
              const std::uint16_t half = bf16_of(v);
              std::memcpy(word + 2 * (i % group), &half, 2);
            }
          }
        to.sums[o] = sum;
      }
    }
  });
  return finite.load();
}

bool clamps(Activation a) { return a == Activation::kRelu || a == Activation::kClamp; }

// Tiles over `rows` rows from x on; body(tile function, first row).
template <class F>
void cut_rows(const DotKernels& k, std::int64_t rows, F&& body) {
  std::int64_t r = 0;
  for (int s = 0; s < kMostDotSizes && k.sizes[s] > 0; ++s)
    for (; rows - r >= k.sizes[s]; r += k.sizes[s]) body(k.tiles[s], k.sizes[s], r);
}

// In time of one product in float32, by reduced_bench on AVX2: m rows of n outputs, each a sum of k products; `inputs` numbers are
// reduced, and an output takes some time of its own. How much faster the instructions of AVX-512 multiply is from their throughput;
// nobody has measured it here.
bool pays(DotForm form, double in_float, double m, std::int64_t n, double k, double inputs) {
  const double faster = form == DotForm::kInt8Pairs ? 1.6 : form == DotForm::kInt8Vnni ? 3.2 : form == DotForm::kBf16 ? 1.5 : 0.5;
  const auto whole = static_cast<double>(Layout(form, n, 0).channels);
  return in_float > 1.1 * (m * whole * k / faster + 24 * inputs + 14 * m * static_cast<double>(n));
}

// --- products

struct GemmLayout {
  std::int64_t words, row_bytes;
  std::size_t inputs;  // bytes
  GemmLayout(DotForm form, const ReducedGemm& g) {
    words = ceil_div(g.k, std::max(1, dot_kernels(form).group));
    row_bytes = 4 * words;
    inputs = static_cast<std::size_t>(round_up(g.m * row_bytes, 64));
  }
  std::size_t total(const ReducedGemm& g) const { return inputs + static_cast<std::size_t>(8 * g.m); }
};

struct GemmRun {
  DotForm form;
  const ReducedGemm& g;
  const GemmLayout& s;
  const Layout& l;
  const Packed<const std::uint8_t>& packed;
  const GemmEpilogue<float>& e;
  const float* a;
  float* c;
  std::uint8_t* inputs;
  float* scales;
  std::int32_t* zeros;

  void reduce_rows(std::int64_t begin, std::int64_t end) const {
    for (std::int64_t i = begin; i < end; ++i) {
      Quantiser q;
      if (is_int8(form)) {
        Range range;
        widen_range(a + i * g.lda, g.k, range);
        q = Quantiser::of(range);
      }
      scales[i] = q.scale, zeros[i] = q.zero;
      std::uint8_t* const row = inputs + i * s.row_bytes;
      if (s.words > 0) std::memset(row + 4 * (s.words - 1), 0, 4);
      reduce_inputs(form, a + i * g.lda, g.k, std::max<std::int64_t>(g.k, 1), q, row, 0);
    }
  }

  bool residual_in_tile() const {
    return e.residual != nullptr && (!e.residual_after || e.activation == Activation::kNone);
  }

  // Rows i0 .. i1 of one panel.
  void panel(std::int64_t p, std::int64_t i0, std::int64_t i1) const {
    const std::int64_t j = p * l.width, columns = std::min(l.width, g.n - j), tap = 0;
    DotTile t;
    t.x_row = s.row_bytes;
    t.taps = &tap;
    t.words = s.words;
    t.scale = packed.scale + j;
    t.sums = packed.sums + j;
    t.bias = packed.bias + j;
    t.y_vector = t.r_vector = l.k.lanes;
    t.clamp = clamps(e.activation);
    t.lo = e.activation == Activation::kRelu ? 0.0f : e.a;
    t.hi = e.activation == Activation::kRelu ? std::numeric_limits<float>::infinity() : e.b;
    const bool inside = residual_in_tile();
    const bool direct = columns == l.width && (e.activation == Activation::kNone || t.clamp) && (e.residual == nullptr || inside);
    const std::uint8_t* const w = packed.panels + p * l.panel_bytes;
    cut_rows(l.k, i1 - i0, [&](DotTileFn tile, std::int64_t rows, std::int64_t first) {
      const std::int64_t i = i0 + first;
      t.row_scale = scales + i;
      t.row_zero = zeros + i;
      float* const out = c + i * g.ldc + j;
      const float* const residual = e.residual != nullptr ? e.residual + i * e.ldr + j : nullptr;
      if (direct) {
        t.y_row = g.ldc, t.r_row = e.ldr;
        return tile(t, inputs + i * s.row_bytes, w, inside ? residual : nullptr, out);
      }
      alignas(64) float corner[kMostRows * 2 * kMostLanes], beside[kMostRows * 2 * kMostLanes];
      t.y_row = t.r_row = l.width;
      if (inside) {
        for (std::int64_t r = 0; r < rows; ++r) {
          std::copy_n(residual + r * e.ldr, columns, beside + r * l.width);
          std::fill(beside + r * l.width + columns, beside + (r + 1) * l.width, 0.0f);
        }
      }
      tile(t, inputs + i * s.row_bytes, w, inside ? beside : nullptr, corner);
      if (!t.clamp) activate(corner, rows * l.width, e.activation, e.a, e.b);
      for (std::int64_t r = 0; r < rows; ++r) {
        float* const row = out + r * g.ldc;
        if (e.residual != nullptr && !inside) {
          for (std::int64_t q = 0; q < columns; ++q) row[q] = corner[r * l.width + q] + residual[r * e.ldr + q];
        } else {
          std::copy_n(corner + r * l.width, columns, row);
        }
      }
    });
  }
};

// --- convolutions

// The picture with its padding, [h + pads][w + pads][channels] of inputs; then a row of one image.
struct ConvLayout {
  std::int64_t L, in_blocks, out_blocks, channels, pixel_bytes, item, height, width, words, tap_count, tap_words;
  ConvLayout(DotForm form, const Conv2d& d) {
    const DotKernels& k = dot_kernels(form);
    L = channel_block();
    in_blocks = blocks_of(d.c_in, L);
    out_blocks = blocks_of(d.c_out, L);
    const std::int64_t group = std::max(1, k.group);
    item = 4 / group;
    channels = round_up(in_blocks * L, group);
    pixel_bytes = channels * item;
    height = d.h + d.pad_top + d.pad_bottom;
    width = d.w + d.pad_left + d.pad_right;
    words = channels / group;
    // Columns of a kernel without dilation lie one after the other.
    const bool joined = d.dilation_w == 1;
    tap_count = joined ? d.kh : d.kh * d.kw;
    tap_words = joined ? d.kw * words : words;
  }
  std::int64_t row_bytes() const { return width * pixel_bytes; }
  std::size_t picture() const { return static_cast<std::size_t>(round_up(height * row_bytes(), 64)); }
  std::size_t total() const { return picture() + static_cast<std::size_t>(tap_count) * sizeof(std::int64_t); }
};

constexpr std::int64_t kRangeParts = 64;

Range picture_range(const float* x, std::int64_t count) {
  Range parts[kRangeParts];
  run_parts(kRangeParts, static_cast<double>(count), kRangeParts, [&](std::int64_t, std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) {
      const std::int64_t from = count * i / kRangeParts;
      widen_range(x + from, count * (i + 1) / kRangeParts - from, parts[i]);
    }
  });
  Range all;
  for (const Range& r : parts) {
    all.lo = std::min(all.lo, r.lo);
    all.hi = std::max(all.hi, r.hi);
    all.finite = all.finite && r.finite;
  }
  return all;
}

struct ConvRun {
  DotForm form;
  const Conv2d& d;
  const ConvLayout& s;
  const Layout& l;
  const Packed<const std::uint8_t>& packed;
  const Epilogue& e;
  std::uint8_t* inputs;
  const std::int64_t* taps;

  // Row r of the padded picture.
  void reduce_row(const float* x, std::int64_t r, const Quantiser& q) const {
    std::uint8_t* const row = inputs + r * s.row_bytes();
    const int blank = form == DotForm::kInt8 || form == DotForm::kInt8Vnni ? q.zero : 0;  // the number 0
    const std::int64_t from = r - d.pad_top;
    const bool inside = from >= 0 && from < d.h;
    if (!inside || s.channels != s.in_blocks * s.L) std::memset(row, blank, static_cast<std::size_t>(s.row_bytes()));
    if (!inside) return;
    std::memset(row, blank, static_cast<std::size_t>(d.pad_left * s.pixel_bytes));
    std::memset(row + (d.pad_left + d.w) * s.pixel_bytes, blank, static_cast<std::size_t>(d.pad_right * s.pixel_bytes));
    for (std::int64_t b = 0; b < s.in_blocks; ++b)
      reduce_inputs(form, x + (b * d.h + from) * d.w * s.L, d.w * s.L, s.L, q,
                    row + d.pad_left * s.pixel_bytes + b * s.L * s.item, s.pixel_bytes);
  }

  void image(const float* x, float* y, std::int64_t number) const {
    Quantiser q;
    if (is_int8(form)) q = Quantiser::of(picture_range(x, s.in_blocks * d.h * d.w * s.L));
    run_parts(s.height, 4.0 * static_cast<double>(s.in_blocks * d.h * d.w * s.L), INT64_MAX,
              [&](std::int64_t, std::int64_t begin, std::int64_t end) {
                for (std::int64_t r = begin; r < end; ++r) reduce_row(x, r, q);
              });
    // Without padding and stride rows lie one after the other: one long row.
    const bool joined = d.kh == 1 && d.kw == 1 && d.stride_h == 1 && d.stride_w == 1 && s.width == d.w && s.height == d.h;
    const std::int64_t rows = joined ? 1 : d.out_h, columns = joined ? d.out_h * d.out_w : d.out_w;
    // A band's inputs stay in the second-level cache while all panels pass.
    const std::int64_t bytes = std::max<std::int64_t>(1, (joined ? 1 : d.stride_h) * d.stride_w * columns * s.pixel_bytes);
    const std::int64_t pieces = joined ? columns : rows;
    const std::int64_t wanted = ceil_div(rows * bytes, level2_bytes() / 2);
    const std::int64_t bands = std::clamp<std::int64_t>(std::max<std::int64_t>(wanted, l.panels < thread_count() ? thread_count() : 1), 1,
                                                        std::max<std::int64_t>(1, joined ? ceil_div(pieces, kMostRows) : pieces));
    EpilogueSplit split = split_epilogue(e, d.c_out % s.L != 0);
    split.finish = split.finish || (std::isnan(q.scale) && d.c_out % s.L != 0);  // pads stay zero
    run_parts(bands * l.panels, conv_flops(d) / static_cast<double>(d.n), INT64_MAX, [&](std::int64_t, std::int64_t u, std::int64_t end) {
      for (; u < end; ++u) {
        const std::int64_t band = u / l.panels, p = u % l.panels;
        const std::int64_t begin = pieces * band / bands, stop = pieces * (band + 1) / bands;
        if (joined) strip(y, number, p, q, split, 0, begin, stop);
        else
          for (std::int64_t r = begin; r < stop; ++r) strip(y, number, p, q, split, r, 0, columns);
      }
    });
  }

  // Columns q0 .. q1 of output row r, one panel.
  void strip(float* y, std::int64_t number, std::int64_t p, const Quantiser& q, const EpilogueSplit& split, std::int64_t r,
             std::int64_t q0, std::int64_t q1) const {
    const std::int64_t plane = d.out_h * d.out_w * s.L, block = 2 * p;
    DotTile t;
    t.x_row = d.stride_w * s.pixel_bytes;
    t.taps = taps;
    t.tap_count = s.tap_count;
    t.words = s.tap_words;
    t.row_scale = &q.scale;
    t.row_zero = &q.zero;
    t.row_step = 0;
    t.scale = packed.scale + p * l.width;
    t.sums = packed.sums + p * l.width;
    t.bias = packed.bias + p * l.width;
    t.y_row = t.r_row = s.L;
    t.y_vector = t.r_vector = plane;
    t.vectors = static_cast<int>(std::min<std::int64_t>(2, s.out_blocks - block));
    t.clamp = split.clamp;
    t.lo = split.lo;
    t.hi = split.hi;
    const std::int64_t first = (number * s.out_blocks + block) * plane + (r * d.out_w + q0) * s.L;
    const std::uint8_t* const x = inputs + (r * d.stride_h * s.width + q0 * d.stride_w) * s.pixel_bytes;
    const std::uint8_t* const w = packed.panels + p * l.panel_bytes;
    cut_rows(l.k, q1 - q0, [&](DotTileFn tile, std::int64_t, std::int64_t at) {
      tile(t, x + at * t.x_row, w, split.residual != nullptr ? split.residual + first + at * s.L : nullptr, y + first + at * s.L);
    });
    for (int v = 0; split.finish && v < t.vectors; ++v)
      finish_conv_row(e, split, y, first + v * plane, q1 - q0, (number * s.out_blocks + block + v) * s.L,
                      std::min(s.L, d.c_out - (block + v) * s.L));
  }
};

}  // namespace

const char* dot_form_name(DotForm form) noexcept {
  constexpr const char* kNames[kDotForms] = {"int8", "int8", "int8 VNNI", "bf16 emulated", "bf16"};
  return kNames[static_cast<int>(form)];
}
bool dot_form_available(DotForm form) noexcept { return dot_kernels(form).lanes > 0; }
DotForm best_int8_form() noexcept {
  if (dot_form_available(DotForm::kInt8Vnni)) return DotForm::kInt8Vnni;
  return dot_form_available(DotForm::kInt8Pairs) ? DotForm::kInt8Pairs : DotForm::kInt8;
}

std::size_t reduced_packed_bytes(DotForm form, std::int64_t n, std::int64_t k) noexcept {
  return Layout(form, n, ceil_div(k, std::max(1, dot_kernels(form).group))).bytes();
}

bool reduced_pack(DotForm form, std::int64_t n, std::int64_t k, const float* w, std::int64_t ldw, bool trans, const float* bias,
                  void* packed) noexcept {
  const std::int64_t words = ceil_div(k, std::max(1, dot_kernels(form).group));
  return pack(form, n, words, {w, trans ? 1 : ldw, 1, 0, k, trans ? ldw : 1, nullptr}, bias, packed);
}

bool reduced_gemm_pays(DotForm form, const ReducedGemm& g) noexcept {
  if (form == DotForm::kBf16Emulated) return true;
  if (is_int8(form) && g.k > kMostInt8Depth) return false;
  // Few rows in float32 wait for the weights.
  const double m = static_cast<double>(g.m), n = static_cast<double>(g.n), k = static_cast<double>(g.k);
  return pays(form, std::max(m, 4.0) * n * k + 4 * m * n, m, g.n, k, m * k);
}

std::size_t reduced_scratch_bytes(DotForm form, const ReducedGemm& g) noexcept { return GemmLayout(form, g).total(g); }

void reduced_gemm(DotForm form, const ReducedGemm& g, const float* a, const void* data, const GemmEpilogue<float>& e, float* c,
                  void* scratch) noexcept {
  if (g.m <= 0 || g.n <= 0) return;
  const GemmLayout s(form, g);
  const Layout l(form, g.n, s.words);
  const Packed<const std::uint8_t> packed(static_cast<const std::uint8_t*>(data), l);
  auto* const inputs = static_cast<std::uint8_t*>(scratch);
  auto* const scales = reinterpret_cast<float*>(inputs + s.inputs);
  const GemmRun run{form, g, s, l, packed, e, a, c, inputs, scales, reinterpret_cast<std::int32_t*>(scales + g.m)};
  run_parts(g.m, 8.0 * static_cast<double>(g.m * g.k), INT64_MAX,
            [&](std::int64_t, std::int64_t begin, std::int64_t end) { run.reduce_rows(begin, end); });
  // A strip of rows stays in the second-level cache while all panels pass.
  const std::int64_t most = std::clamp<std::int64_t>(level2_bytes() / 2 / std::max<std::int64_t>(1, s.row_bytes), 2 * kMostRows, 256);
  const std::int64_t strips = ceil_div(g.m, most);
  const double flops = static_cast<double>(std::max<std::int64_t>(g.m, 4) * g.n) * static_cast<double>(g.k);
  run_parts(strips * l.panels, flops, INT64_MAX, [&](std::int64_t, std::int64_t u, std::int64_t end) {
    for (; u < end; ++u) {
      const std::int64_t strip = u / l.panels;
      run.panel(u % l.panels, g.m * strip / strips, g.m * (strip + 1) / strips);
    }
  });
}

bool reduced_conv_pays(DotForm form, const Conv2d& d, ConvAlgo algo) noexcept {
  if (!reduced_conv_supports(d) || conv2d_takes_plain_input(algo)) return false;
  if (form == DotForm::kBf16Emulated) return true;
  const double m = static_cast<double>(d.n * d.out_h * d.out_w), k = static_cast<double>(d.c_in * d.kh * d.kw);
  double products = m * static_cast<double>(d.c_out) * k;
  if (algo == ConvAlgo::kTaps) products = taps_flops(d) / 2;
  if (algo == ConvAlgo::kWinograd) products = winograd_seconds(d) / products_seconds(2);
  return pays(form, products + 4 * m * static_cast<double>(d.c_out), m, d.c_out, k, static_cast<double>(d.n * d.c_in * d.h * d.w));
}

bool reduced_conv_supports(const Conv2d& d) noexcept {
  return d.groups == 1 && d.c_in * d.kh * d.kw <= kMostInt8Depth && d.c_in >= 8;
}

std::size_t reduced_conv_packed_bytes(DotForm form, const Conv2d& d) noexcept {
  return Layout(form, d.c_out, d.kh * d.kw * ConvLayout(form, d).words).bytes();
}

bool reduced_conv_pack(DotForm form, const Conv2d& d, const float* weights, const float* scale, const float* bias,
                       void* packed) noexcept {
  const ConvLayout s(form, d);
  const std::int64_t taps = d.kh * d.kw;
  return pack(form, d.c_out, s.words, {weights, d.c_in * taps, taps, 1, d.c_in, taps, scale}, bias, packed);
}

std::size_t reduced_conv_scratch_bytes(DotForm form, const Conv2d& d) noexcept { return ConvLayout(form, d).total(); }

void reduced_conv(DotForm form, const Conv2d& d, const float* x, const void* data, const Epilogue& e, float* y,
                  void* scratch) noexcept {
  const ConvLayout s(form, d);
  const Layout l(form, d.c_out, d.kh * d.kw * s.words);
  const Packed<const std::uint8_t> packed(static_cast<const std::uint8_t*>(data), l);
  auto* const inputs = static_cast<std::uint8_t*>(scratch);
  auto* const taps = reinterpret_cast<std::int64_t*>(inputs + s.picture());
  for (std::int64_t t = 0; t < s.tap_count; ++t) {
    const std::int64_t i = s.tap_count == d.kh ? t : t / d.kw, j = s.tap_count == d.kh ? 0 : t % d.kw;
    taps[t] = (i * d.dilation_h * s.width + j * d.dilation_w) * s.pixel_bytes;
  }
  const ConvRun run{form, d, s, l, packed, e, inputs, taps};
  for (std::int64_t n = 0; n < d.n; ++n) run.image(x + n * s.in_blocks * d.h * d.w * s.L, y, n);
}

}  // namespace fac::kernels
