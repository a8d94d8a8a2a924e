// Antialiased interpolation in two passes, rows then columns; the filter widens with the reduction as in Pillow.
//   scratch: horizontal weights [out_w, taps_x], vertical weights [out_h, taps_y], first tap and count of each, and
//   one plane [in_h, out_w] between the passes; the computing type is float, or double for kDouble.
#include "base/thread_pool.h"
#include "kernels/element_io.h"
#include "kernels/loop_nest.h"
#include "kernels/resample_axis.h"

namespace fac::kernels {
namespace {

template <class T, class C>
void run(const Upsample& u, void* scratch) {
  const std::int64_t out_h = u.out[1], out_w = u.out[2], in_h = u.in[1], in_w = u.in[2];
  ResampleAxis<C> ax{max_taps(u, 2, true), nullptr, nullptr, nullptr}, ay{max_taps(u, 1, true), nullptr, nullptr, nullptr};
  auto* words = static_cast<std::int64_t*>(scratch);
  ax.first = words, ax.count = words + out_w;
  ay.first = words + 2 * out_w, ay.count = ay.first + out_h;
  ax.weights = reinterpret_cast<C*>(words + 2 * (out_w + out_h));
  ay.weights = ax.weights + out_w * ax.taps;
  C* between = ay.weights + out_h * ay.taps;
  ax.fill(u, 2, true);
  ay.fill(u, 1, true);
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
          between[r * out_w + j] = sum;
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
          for (std::int64_t c = 0; c < n; ++c) y[i * out_w + j + c] = static_cast<T>(sum[c]);
        }
    });
  }
}

}  // namespace

std::int64_t antialias_scratch_bytes(const Upsample& u) noexcept {
  const std::int64_t numbers = u.out[2] * max_taps(u, 2, true) + u.out[1] * max_taps(u, 1, true) + u.in[1] * u.out[2];
  return 8 * (2 * (u.out[1] + u.out[2]) + numbers);
}

Outcome upsample_antialias(const Upsample& u, void* scratch) noexcept {
  if (u.mode != UpsampleMode::kLinear && u.mode != UpsampleMode::kCubic && u.mode != UpsampleMode::kLanczos) return Outcome::kUndefined;
  switch (u.kind) {
    case ScalarKind::kFloat: run<float, float>(u, scratch); break;
    case ScalarKind::kDouble: run<double, double>(u, scratch); break;
    case ScalarKind::kHalf: run<Half, float>(u, scratch); break;
    case ScalarKind::kBFloat16: run<BFloat16, float>(u, scratch); break;
    default: return Outcome::kUndefined;
  }
  return Outcome::kDone;
}

}  // namespace fac::kernels
