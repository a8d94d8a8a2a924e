// Sampling at positions given by a grid: the taps of a position are found once and used for all channels.
#include <algorithm>
#include <cmath>

#include "base/thread_pool.h"
#include "kernels/loop_nest.h"
#include "kernels/upsample.h"

namespace fac::kernels {
namespace {

template <class T>
T unnormalized(T x, std::int64_t size, bool align_corners) {
  const T n = static_cast<T>(size);
  return align_corners ? (x + 1) / 2 * (n - 1) : ((x + 1) * n - 1) / 2;
}

// Folds x into [low/2, high/2] by reflection at the ends.
template <class T>
T reflected(T x, std::int64_t twice_low, std::int64_t twice_high) {
  if (twice_low == twice_high) return 0;
  const T low = static_cast<T>(twice_low) / 2, span = static_cast<T>(twice_high - twice_low) / 2;
  x = std::fabs(x - low);
  const T extra = std::fmod(x, span), flips = std::floor(x / span);
  return std::fmod(flips, T(2)) == 0 ? extra + low : span - extra + low;
}

template <class T>
T padded(T x, std::int64_t size, GridPadding padding, bool align_corners) {
  if (padding == GridPadding::kZeros) return x;
  if (padding == GridPadding::kReflection)
    x = align_corners ? reflected(x, 0, 2 * (size - 1)) : reflected(x, -1, 2 * size - 1);
  const T top = static_cast<T>(size - 1);
  return x > 0 ? std::min(x, top) : T(0);  // NaN goes to 0
}

// Far outside, infinite or NaN: some place outside.
template <class T>
std::int64_t whole(T x) {
  return std::fabs(x) < T(1e9) ? static_cast<std::int64_t>(x) : -100;
}

// Positions and weights along one axis; at < 0: outside, contributes nothing.
template <class T>
struct Taps {
  int count = 0;
  std::int64_t at[4];
  T weight[4];

  void add(std::int64_t i, std::int64_t size, T w) {
    at[count] = i >= 0 && i < size ? i : -1;
    weight[count++] = w;
  }
};

template <class T>
Taps<T> taps_of(const GridSample& g, T coordinate, std::int64_t size) {
  Taps<T> t;
  T x = unnormalized(coordinate, size, g.align_corners);
  if (g.mode == GridMode::kBicubic) {
    constexpr T a = T(-0.75);
    const T first = std::floor(x), f = x - first;
    const T d[4] = {f + 1, f, 1 - f, 2 - f};
    for (int k = 0; k < 4; ++k) {
      const T w = k == 1 || k == 2 ? ((a + 2) * d[k] - (a + 3)) * d[k] * d[k] + 1
                                   : ((a * d[k] - 5 * a) * d[k] + 8 * a) * d[k] - 4 * a;
      t.add(whole(padded(first + static_cast<T>(k - 1), size, g.padding, g.align_corners)), size, w);
    }
    return t;
  }
  x = padded(x, size, g.padding, g.align_corners);
  if (g.mode == GridMode::kNearest) {
    t.add(whole(std::nearbyint(x)), size, T(1));
    return t;
  }
  const T first = std::floor(x);
  const std::int64_t i = whole(first);
  t.add(i, size, first + 1 - x);
  t.add(i + 1, size, x - first);
  return t;
}

template <class T>
void run(const GridSample& g) {
  const std::int64_t in_plane = g.in[0] * g.in[1] * g.in[2], out_plane = g.out[0] * g.out[1] * g.out[2];
  parallel_for(g.batch * out_plane, std::max<std::int64_t>(1, kGrain / 16 / std::max<std::int64_t>(1, g.channels)),
               [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t p = begin; p < end; ++p) {
      const T* at = static_cast<const T*>(g.grid) + p * g.dims;
      const Taps<T> w = taps_of(g, at[0], g.in[2]), h = taps_of(g, at[1], g.in[1]);
      Taps<T> d;
      if (g.dims == 3) d = taps_of(g, at[2], g.in[0]);
      else d.add(0, 1, T(1));
      std::int64_t offset[64];
      T weight[64];
      int count = 0;
      for (int a = 0; a < d.count; ++a)
        for (int b = 0; b < h.count; ++b)
          for (int c = 0; c < w.count; ++c) {
            if (d.at[a] < 0 || h.at[b] < 0 || w.at[c] < 0) continue;
            offset[count] = (d.at[a] * g.in[1] + h.at[b]) * g.in[2] + w.at[c];
            weight[count++] = d.weight[a] * h.weight[b] * w.weight[c];
          }
      const std::int64_t n = p / out_plane;
      const T* x = static_cast<const T*>(g.x) + n * g.channels * in_plane;
      T* y = static_cast<T*>(g.y) + n * g.channels * out_plane + p % out_plane;
      for (std::int64_t c = 0; c < g.channels; ++c, x += in_plane, y += out_plane) {
        T sum = 0;
        for (int k = 0; k < count; ++k) sum += weight[k] * x[offset[k]];
        *y = sum;
      }
    }
  });
}

}  // namespace

Outcome grid_sample(const GridSample& g) noexcept {
  if (g.kind == ScalarKind::kFloat) run<float>(g);
  else if (g.kind == ScalarKind::kDouble) run<double>(g);
  else return Outcome::kUndefined;
  return Outcome::kDone;
}

}  // namespace fac::kernels
