// Convolution on plain layout as a matrix product without the unfolded picture: output[o, pixel] = sum over (channel,
// tap) of weight[o, (channel, tap)] * input[(channel, tap), pixel]. Each part takes a tile of pixels, unfolds a
// slice of channels of it into panels (gemm's packed B), and multiplies with the packed weights (gemm's packed A) into a
// small block of sums.
// A transposed convolution of stride s splits into s phases per axis: output pixels phase, phase + s, ... meet a fixed
// subset of the taps at consecutive input pixels, so each phase is an ordinary convolution of stride 1.
#include "kernels/conv_general.h"

#include <algorithm>
#include <cstring>
#include <type_traits>

#include "kernels/parts.h"
#include "kernels/tile.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/conv_general.cpp"
#include "kernels/targets.h"

#ifndef FACULA_CONV_GENERAL_SHARED_
#define FACULA_CONV_GENERAL_SHARED_
namespace fac::kernels {
namespace {

constexpr std::int64_t kSliceDepth = 512;   // unfolded numbers per pixel at once
constexpr std::int64_t kTilePixels = 256;   // pixels per tile: 512 KB of float32 panels
constexpr std::int64_t kMostLanes = 16;

// One axis of one phase: output index first + q * step for q < count; tap k reads input q * in_step + offset(k).
struct PhaseAxis {
  std::int64_t first = 0, step = 1, count = 0, in_step = 1, taps = 0;
  std::int64_t kernel = 1, dilation = 1, pad = 0, divisor = 1;

  PhaseAxis() = default;
  PhaseAxis(const ConvNd& d, int axis, std::int64_t phase)
      : kernel(d.kernel[axis]), dilation(d.dilation[axis]), pad(d.pad_before[axis]) {
    if (d.transposed) {
      first = phase;
      step = divisor = d.stride[axis];
      count = ceil_div(std::max<std::int64_t>(0, d.out[axis] - phase), step);
    } else {
      count = d.out[axis];
      in_step = d.stride[axis];
      divisor = 0;
    }
    for (std::int64_t k = 0; k < kernel; ++k) taps += used(k) ? 1 : 0;
  }
  bool used(std::int64_t k) const { return divisor == 0 || (first + pad - k * dilation) % divisor == 0; }
  std::int64_t offset(std::int64_t k) const {
    return divisor == 0 ? k * dilation - pad : (first + pad - k * dilation) / divisor;
  }
};

struct Phase {
  PhaseAxis axis[3];
  std::int64_t pixels, taps;
  Phase(const ConvNd& d, std::int64_t index) {
    const std::int64_t s1 = d.transposed ? d.stride[1] : 1, s2 = d.transposed ? d.stride[2] : 1;
    axis[0] = PhaseAxis(d, 0, index / (s1 * s2));
    axis[1] = PhaseAxis(d, 1, index / s2 % s1);
    axis[2] = PhaseAxis(d, 2, index % s2);
    pixels = axis[0].count * axis[1].count * axis[2].count;
    taps = axis[0].taps * axis[1].taps * axis[2].taps;
  }
  // f(k0, k1, k2, number) for each tap of this phase.
  template <class F>
  void each_tap(F&& f) const {
    std::int64_t number = 0;
    for (std::int64_t a = 0; a < axis[0].kernel; ++a) {
      if (!axis[0].used(a)) continue;
      for (std::int64_t b = 0; b < axis[1].kernel; ++b) {
        if (!axis[1].used(b)) continue;
        for (std::int64_t c = 0; c < axis[2].kernel; ++c)
          if (axis[2].used(c)) f(a, b, c, number++);
      }
    }
  }
  std::int64_t slice_channels(std::int64_t channels) const {
    return taps == 0 ? channels : std::clamp<std::int64_t>(kSliceDepth / taps, 1, channels);
  }
};

// Where things lie in the scratch, in elements.
struct GeneralPlan {
  std::int64_t phases, in, out;   // channels of one group
  std::int64_t weights = 0;       // packed: [phase][group][slice][k / L][out][L]
  std::int64_t panels = 0, sums = 0;  // of each part
  explicit GeneralPlan(const ConvNd& d) {
    phases = d.transposed ? d.stride[0] * d.stride[1] * d.stride[2] : 1;
    in = d.c_in / d.groups;
    out = d.c_out / d.groups;
    for (std::int64_t i = 0; i < phases; ++i) {
      const Phase phase(d, i);
      weights += d.groups * group_weights(phase);
      const std::int64_t wide = std::min(round_up(phase.pixels, 2 * kMostLanes), kTilePixels);
      panels = std::max(panels, phase.slice_channels(in) * phase.taps * wide);
      sums = std::max(sums, out * wide);
    }
  }
  // A slice's depth is rounded up to the longest vector, so that the sizes are the same for every target.
  std::int64_t slice_weights(const Phase& p) const { return round_up(p.slice_channels(in) * p.taps, kMostLanes) * out; }
  std::int64_t group_weights(const Phase& p) const {
    return p.taps == 0 ? 0 : ceil_div(in, p.slice_channels(in)) * slice_weights(p);
  }
  std::int64_t part() const { return panels + sums; }
};

}  // namespace
}  // namespace fac::kernels
#endif

HWY_BEFORE_NAMESPACE();
namespace fac::kernels {
namespace HWY_NAMESPACE {
namespace {

template <class T>
struct GeneralRun {
  static constexpr std::int64_t L = HWY_LANES(T);
  const ConvNd& d;
  const GeneralPlan& plan;
  const T* x;
  const T* bias;
  T* y;

  void pack_weights(const T* weights, T* packed) const {
    const std::int64_t taps = d.kernel[0] * d.kernel[1] * d.kernel[2];
    for (std::int64_t index = 0; index < plan.phases; ++index) {
      const Phase phase(d, index);
      if (phase.taps == 0) continue;
      const std::int64_t slice = phase.slice_channels(plan.in);
      parallel_for(d.groups * plan.out, 16, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t row = begin; row < end; ++row) {
          const std::int64_t group = row / plan.out, o = row % plan.out;
          T* target = packed + group * plan.group_weights(phase) + o * L;
          for (std::int64_t c = 0; c < plan.in; ++c) {
            const std::int64_t channel = group * plan.in + c;
            const T* source = weights + (d.transposed ? channel * plan.out + o : row * plan.in + c) * taps;
            phase.each_tap([&](std::int64_t a, std::int64_t b, std::int64_t e, std::int64_t number) {
              const std::int64_t k = c % slice * phase.taps + number;
              target[c / slice * plan.slice_weights(phase) + k / L * plan.out * L + k % L] =
                  source[(a * d.kernel[1] + b) * d.kernel[2] + e];
            });
          }
        }
      });
      packed += d.groups * plan.group_weights(phase);
    }
  }

  // Unfolds `channels` planes from `planes` for pixels p0 .. p1 into panels of 2 L pixels, [channel, tap][2 L].
  void unfold(const Phase& phase, const T* planes, std::int64_t channels, std::int64_t p0, std::int64_t p1,
              T* out) const {
    const PhaseAxis &z = phase.axis[0], &v = phase.axis[1], &h = phase.axis[2];
    const std::int64_t width = 2 * L, plane = d.in[0] * d.in[1] * d.in[2];
    for (std::int64_t first = p0; first < p1; first += width, out += channels * phase.taps * width) {
      const std::int64_t end = std::min(p1, first + width);
      if (end < first + width) std::fill_n(out, channels * phase.taps * width, T(0));
      for (std::int64_t p = first; p < end;) {  // stretches of one output row
        const std::int64_t q2 = p % h.count, q1 = p / h.count % v.count, q0 = p / h.count / v.count;
        const std::int64_t length = std::min(h.count - q2, end - p);
        phase.each_tap([&](std::int64_t a, std::int64_t b, std::int64_t c, std::int64_t number) {
          const std::int64_t i0 = q0 * z.in_step + z.offset(a), i1 = q1 * v.in_step + v.offset(b);
          const std::int64_t start = q2 * h.in_step + h.offset(c);
          T* target = out + number * width + p - first;
          const bool outside = i0 < 0 || i0 >= d.in[0] || i1 < 0 || i1 >= d.in[1];
          // Pixels from .. to of the stretch lie within the input row.
          const std::int64_t before = ceil_div(std::max<std::int64_t>(-start, 0), h.in_step);
          const std::int64_t beyond = ceil_div(std::max<std::int64_t>(d.in[2] - start, 0), h.in_step);
          const std::int64_t from = outside ? length : std::min(before, length);
          const std::int64_t to = outside ? length : std::clamp(beyond, from, length);
          const T* row = planes + (i0 * d.in[1] + i1) * d.in[2] + start;
          for (std::int64_t channel = 0; channel < channels; ++channel, target += phase.taps * width, row += plane) {
            std::fill_n(target, from, T(0));
            if (h.in_step == 1) std::copy_n(row + from, to - from, target + from);
            else
              for (std::int64_t i = from; i < to; ++i) target[i] = row[i * h.in_step];
            std::fill_n(target + to, length - to, T(0));
          }
        });
        p += length;
      }
    }
  }

  // Output pixels p0 .. p1 of one phase, all channels of one group.
  void tile(const Phase& phase, std::int64_t image, std::int64_t group, std::int64_t p0, std::int64_t p1,
            const T* packed, T* panels, T* sums) const {
    const std::int64_t wide = round_up(p1 - p0, 2 * L), slice = phase.slice_channels(plan.in);
    const std::int64_t plane = d.in[0] * d.in[1] * d.in[2];
    if (phase.taps == 0) std::fill_n(sums, plan.out * wide, T(0));
    for (std::int64_t c = 0; phase.taps != 0 && c < plan.in; c += slice) {
      const std::int64_t channels = std::min(slice, plan.in - c), depth = channels * phase.taps;
      unfold(phase, x + (image * d.c_in + group * plan.in + c) * plane, channels, p0, p1, panels);
      TileArgs<T> t;
      t.blocks = ceil_div(depth, L);
      t.kc = L;
      t.kc_last = depth - (t.blocks - 1) * L;
      t.x_block = plan.out * L;
      t.x_ahead = t.x_block;
      t.y_pixel = wide;
      t.y_ob = L;
      t.accumulate = c != 0;
      const T* rows = packed + c / slice * plan.slice_weights(phase);
      const TileCuts cuts(plan.out, tile_pixels());
      const TilePair<T> tiles(cuts, 2, 1, L);
      for (std::int64_t j = 0; j < wide; j += 2 * L)
        for (std::int64_t piece = 0; piece < cuts.count; ++piece) {
          const std::int64_t o0 = cuts.begin_of(piece);
          tiles.of(cuts, piece)(t, rows + o0 * L, panels + j * depth, nullptr, nullptr, sums + o0 * wide + j);
        }
    }
    store(phase, image, group, p0, p1, sums, wide);
  }

  void store(const Phase& phase, std::int64_t image, std::int64_t group, std::int64_t p0, std::int64_t p1,
             const T* sums, std::int64_t wide) const {
    const PhaseAxis &z = phase.axis[0], &v = phase.axis[1], &h = phase.axis[2];
    const std::int64_t plane = d.out[0] * d.out[1] * d.out[2];
    for (std::int64_t p = p0; p < p1;) {
      const std::int64_t q2 = p % h.count, q1 = p / h.count % v.count, q0 = p / h.count / v.count;
      const std::int64_t length = std::min(h.count - q2, p1 - p);
      const std::int64_t row = (z.first + q0 * z.step) * d.out[1] + v.first + q1 * v.step;
      const std::int64_t at = row * d.out[2] + h.first + q2 * h.step;
      for (std::int64_t o = 0; o < plan.out; ++o) {
        const std::int64_t channel = group * plan.out + o;
        const T start = bias != nullptr ? bias[channel] : T(0);
        const T* source = sums + o * wide + p - p0;
        T* target = y + (image * d.c_out + channel) * plane + at;
        for (std::int64_t i = 0; i < length; ++i) target[i * h.step] = source[i] + start;
      }
      p += length;
    }
  }

  void run(const T* weights, T* scratch, std::size_t scratch_bytes) const {
    pack_weights(weights, scratch);
    const T* packed = scratch;
    T* slices = scratch + plan.weights;
    const std::size_t used = static_cast<std::size_t>(plan.weights) * sizeof(T);
    const std::int64_t most = parts_in(scratch_bytes - used, static_cast<std::size_t>(plan.part()) * sizeof(T));
    for (std::int64_t index = 0; index < plan.phases; ++index) {
      const Phase phase(d, index);
      if (phase.pixels == 0) continue;
      const std::int64_t tiles = ceil_div(phase.pixels, kTilePixels);
      const double flops = 2.0 * static_cast<double>(d.n * d.c_out * phase.pixels) *
                           (static_cast<double>(plan.in * phase.taps) + 8.0);
      run_parts(d.n * d.groups * tiles, flops, most, [&](std::int64_t part, std::int64_t begin, std::int64_t end) {
        T* mine = slices + part * plan.part();
        for (std::int64_t u = begin; u < end; ++u) {
          const std::int64_t t = u % tiles, group = u / tiles % d.groups, image = u / tiles / d.groups;
          tile(phase, image, group, phase.pixels * t / tiles, phase.pixels * (t + 1) / tiles,
               packed + group * plan.group_weights(phase), mine, mine + plan.panels);
        }
      });
      packed += d.groups * plan.group_weights(phase);
    }
  }
};

void general_f32(const ConvNd& d, const float* x, const float* weights, const float* bias, float* y, float* scratch,
                 std::size_t bytes) {
  const GeneralPlan plan(d);
  GeneralRun<float>{d, plan, x, bias, y}.run(weights, scratch, bytes);
}
void general_f64(const ConvNd& d, const double* x, const double* weights, const double* bias, double* y,
                 double* scratch, std::size_t bytes) {
  const GeneralPlan plan(d);
  GeneralRun<double>{d, plan, x, bias, y}.run(weights, scratch, bytes);
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace fac::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace fac::kernels {
namespace {
FACULA_EXPORT(general_f32)
FACULA_EXPORT(general_f64)
}  // namespace

template <class T>
std::size_t conv_nd_scratch_bytes(const ConvNd& d, int threads) noexcept {
  const GeneralPlan plan(d);
  return static_cast<std::size_t>(plan.weights + plan.part() * threads_or_default(threads)) * sizeof(T);
}

template <class T>
void conv_nd(const ConvNd& d, const T* x, const T* weights, const T* bias, T* y, void* scratch,
             std::size_t scratch_bytes) noexcept {
  if constexpr (std::is_same_v<T, float>)
    FACULA_DISPATCH(general_f32)(d, x, weights, bias, y, static_cast<float*>(scratch), scratch_bytes);
  else
    FACULA_DISPATCH(general_f64)(d, x, weights, bias, y, static_cast<double*>(scratch), scratch_bytes);
}

template std::size_t conv_nd_scratch_bytes<float>(const ConvNd&, int) noexcept;
template std::size_t conv_nd_scratch_bytes<double>(const ConvNd&, int) noexcept;
template void conv_nd<float>(const ConvNd&, const float*, const float*, const float*, float*, void*,
                             std::size_t) noexcept;
template void conv_nd<double>(const ConvNd&, const double*, const double*, const double*, double*, void*,
                              std::size_t) noexcept;

}  // namespace fac::kernels
#endif
