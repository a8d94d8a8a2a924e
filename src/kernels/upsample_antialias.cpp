// Antialiased interpolation in two passes, rows then columns; the filter widens with the reduction as in Pillow.
//   scratch: horizontal weights [out_w, taps_x], vertical weights [out_h, taps_y], first tap and count of each, and
//   one plane [in_h, out_w] between the passes; the computing type is float, or double for kDouble.
#include <algorithm>
#include <cmath>

#include "base/thread_pool.h"
#include "kernels/element_io.h"
#include "kernels/loop_nest.h"
#include "kernels/upsample.h"

namespace fac::kernels {
namespace {

double filter_radius(const Upsample& u, int axis) {
  const double half_width = u.mode == UpsampleMode::kLanczos ? 3 : u.mode == UpsampleMode::kCubic ? 2 : 1;
  return half_width * std::max(1.0, u.scale[axis]);
}
std::int64_t max_taps(const Upsample& u, int axis) {
  return static_cast<std::int64_t>(std::ceil(filter_radius(u, axis))) * 2 + 1;
}

template <class C>
C sinc(C x) {
  if (x == 0) return 1;
  x *= C(3.14159265358979323846);
  return std::sin(x) / x;
}

template <class C>
C filter(UpsampleMode mode, C x) {
  x = std::fabs(x);
  if (mode == UpsampleMode::kLinear) return x < 1 ? 1 - x : 0;
  if (mode == UpsampleMode::kLanczos) return x < 3 ? sinc(x) * sinc(x / 3) : 0;
  constexpr C a = C(-0.5);
  if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  if (x < 2) return ((a * x - 5 * a) * x + 8 * a) * x - 4 * a;
  return 0;
}

template <class C>
struct Axis {
  std::int64_t taps;
  std::int64_t *first, *count;
  C* weights;

  void fill(const Upsample& u, int axis) const {
    const C scale = static_cast<C>(u.scale[axis]), radius = static_cast<C>(filter_radius(u, axis));
    const C shrink = scale >= 1 ? 1 / scale : C(1);
    for (std::int64_t i = 0; i < u.out[axis]; ++i) {
      const C center = scale * (static_cast<C>(i) + C(0.5));
      const std::int64_t low = std::max<std::int64_t>(static_cast<std::int64_t>(center - radius + C(0.5)), 0);
      const std::int64_t high = std::min(static_cast<std::int64_t>(center + radius + C(0.5)), u.in[axis]);
      const std::int64_t n = std::clamp<std::int64_t>(high - low, 0, taps);
      C* w = weights + i * taps;
      C total = 0;
      for (std::int64_t k = 0; k < n; ++k) {
        w[k] = filter(u.mode, (static_cast<C>(k + low) - center + C(0.5)) * shrink);
        total += w[k];
      }
      if (total != 0)
        for (std::int64_t k = 0; k < n; ++k) w[k] /= total;
      first[i] = low;
      count[i] = n;
    }
  }
};

template <class C>
C to_byte(C x) {
  return std::clamp(std::floor(x + C(0.5)), C(0), C(255));
}

template <class T, class C>
void run(const Upsample& u, void* scratch) {
  const std::int64_t out_h = u.out[1], out_w = u.out[2], in_h = u.in[1], in_w = u.in[2];
  constexpr bool bytes = std::is_same_v<T, std::uint8_t>;
  Axis<C> ax{max_taps(u, 2), nullptr, nullptr, nullptr}, ay{max_taps(u, 1), nullptr, nullptr, nullptr};
  auto* words = static_cast<std::int64_t*>(scratch);
  ax.first = words, ax.count = words + out_w;
  ay.first = words + 2 * out_w, ay.count = ay.first + out_h;
  ax.weights = reinterpret_cast<C*>(words + 2 * (out_w + out_h));
  ay.weights = ax.weights + out_w * ax.taps;
  C* between = ay.weights + out_h * ay.taps;
  ax.fill(u, 2);
  ay.fill(u, 1);
  for (std::int64_t plane = 0; plane < u.planes; ++plane) {
    const T* x = static_cast<const T*>(u.x) + plane * in_h * in_w;
    T* y = static_cast<T*>(u.y) + plane * out_h * out_w;
    parallel_for(in_h, std::max<std::int64_t>(1, kGrain / 8 / out_w), [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t r = begin; r < end; ++r)
        for (std::int64_t j = 0; j < out_w; ++j) {
          const T* from = x + r * in_w + ax.first[j];
          const C* w = ax.weights + j * ax.taps;
          C sum = 0;
          for (std::int64_t k = 0; k < ax.count[j]; ++k) sum += w[k] * static_cast<C>(from[k]);
          between[r * out_w + j] = bytes ? to_byte(sum) : sum;
        }
    });
    parallel_for(out_h, std::max<std::int64_t>(1, kGrain / 8 / out_w), [&](std::int64_t begin, std::int64_t end) {
      constexpr std::int64_t kColumns = 256;
      C sum[kColumns];
      for (std::int64_t i = begin; i < end; ++i)
        for (std::int64_t j = 0; j < out_w; j += kColumns) {
          const std::int64_t n = std::min(kColumns, out_w - j);
          std::fill_n(sum, n, C(0));
          for (std::int64_t k = 0; k < ay.count[i]; ++k) {
            const C w = ay.weights[i * ay.taps + k];
            const C* from = between + (ay.first[i] + k) * out_w + j;
            for (std::int64_t c = 0; c < n; ++c) sum[c] += w * from[c];
          }
          for (std::int64_t c = 0; c < n; ++c) y[i * out_w + j + c] = static_cast<T>(bytes ? to_byte(sum[c]) : sum[c]);
        }
    });
  }
}

}  // namespace

std::int64_t antialias_scratch_bytes(const Upsample& u) noexcept {
  const std::int64_t numbers = u.out[2] * max_taps(u, 2) + u.out[1] * max_taps(u, 1) + u.in[1] * u.out[2];
  return 8 * (2 * (u.out[1] + u.out[2]) + numbers);
}

Outcome upsample_antialias(const Upsample& u, void* scratch) noexcept {
  if (u.mode != UpsampleMode::kLinear && u.mode != UpsampleMode::kCubic && u.mode != UpsampleMode::kLanczos) return Outcome::kUndefined;
  switch (u.kind) {
    case ScalarKind::kFloat: run<float, float>(u, scratch); break;
    case ScalarKind::kDouble: run<double, double>(u, scratch); break;
    case ScalarKind::kHalf: run<Half, float>(u, scratch); break;
    case ScalarKind::kBFloat16: run<BFloat16, float>(u, scratch); break;
    case ScalarKind::kUInt8: run<std::uint8_t, float>(u, scratch); break;
    default: return Outcome::kUndefined;
  }
  return Outcome::kDone;
}

}  // namespace fac::kernels
