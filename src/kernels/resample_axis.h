// The taps of one axis for interpolation in two passes (upsample_antialias.cpp, upsample_bytes.cpp).
//   Antialiased filters widen with the reduction, as in Pillow, and are cut at the border; others keep their width and
//   read the border's element for what lies beyond it.
#pragma once

#include <algorithm>
#include <cmath>

#include "kernels/upsample.h"

namespace fac::kernels {

template <class C>
C sinc(C x) {
  if (x == 0) return 1;
  x *= C(3.14159265358979323846);
  return std::sin(x) / x;
}

// Keys' cubic has a = -0.5 with antialiasing, -0.75 without (PyTorch's choice).
template <class C>
C resample_filter(UpsampleMode mode, bool antialias, C x) {
  x = std::fabs(x);
  if (mode == UpsampleMode::kLinear) return x < 1 ? 1 - x : 0;
  if (mode == UpsampleMode::kLanczos) return x < 3 ? sinc(x) * sinc(x / 3) : 0;
  const C a = antialias ? C(-0.5) : C(-0.75);
  if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  if (x < 2) return ((a * x - 5 * a) * x + 8 * a) * x - 4 * a;
  return 0;
}

inline double filter_radius(const Upsample& u, int axis, bool antialias) {
  const double half_width = u.mode == UpsampleMode::kLanczos ? 3 : u.mode == UpsampleMode::kCubic ? 2 : 1;
  return antialias ? half_width * std::max(1.0, u.scale[axis]) : half_width;
}

// At most the axis' own elements: the scale is the caller's and may be anything.
inline std::int64_t max_taps(const Upsample& u, int axis, bool antialias) {
  const double radius = std::ceil(filter_radius(u, axis, antialias));
  if (!antialias) return static_cast<std::int64_t>(radius) * 2;
  return static_cast<std::int64_t>(std::min(radius * 2 + 1, static_cast<double>(u.in[axis])));
}

// A position as a number of elements, whatever size it has.
template <class C>
std::int64_t position(C x) {
  constexpr C kFar = C(std::int64_t{1} << 60);
  return static_cast<std::int64_t>(std::clamp(x, -kFar, kFar));
}

template <class C>
struct ResampleAxis {
  std::int64_t taps;
  std::int64_t *first, *count;  // [out]
  C* weights;                   // [out, taps]; the sum of a row is 1

  void fill(const Upsample& u, int axis, bool antialias) const {
    const C scale = static_cast<C>(u.scale[axis]), radius = static_cast<C>(filter_radius(u, axis, antialias));
    const C shrink = antialias && scale >= 1 ? 1 / scale : C(1);
    const C centre_shift = u.align_corners && !antialias ? C(0) : C(0.5);  // outer pixels' centres or outer edges agree
    const std::int64_t in = u.in[axis];
    for (std::int64_t i = 0; i < u.out[axis]; ++i) {
      const C center = scale * (static_cast<C>(i) + centre_shift), shift = C(1) - centre_shift;
      C* w = weights + i * taps;
      C total = 0;
      std::int64_t low, n;
      if (antialias) {
        low = std::clamp<std::int64_t>(position(center - radius + shift), 0, in);
        n = std::clamp<std::int64_t>(std::min(position(center + radius + shift), in) - low, 0, taps);
        for (std::int64_t k = 0; k < n; ++k) w[k] = resample_filter(u.mode, true, (static_cast<C>(k + low) - center + C(0.5)) * shrink);
      } else {
        const std::int64_t begin = position(std::floor(center - radius + shift));
        low = std::clamp<std::int64_t>(begin, 0, in - 1);
        n = std::clamp<std::int64_t>(std::min(begin + taps, in) - low, 1, taps);
        std::fill_n(w, n, C(0));
        for (std::int64_t k = 0; k < taps; ++k)
          w[std::clamp<std::int64_t>(begin + k - low, 0, n - 1)] +=
              resample_filter(u.mode, false, static_cast<C>(begin + k) - center + centre_shift);
      }
      for (std::int64_t k = 0; k < n; ++k) total += w[k];
      if (total != 0)
        for (std::int64_t k = 0; k < n; ++k) w[k] /= total;
      first[i] = low;
      count[i] = n;
    }
  }
};

}  // namespace fac::kernels
