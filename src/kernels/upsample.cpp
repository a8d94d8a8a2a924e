// Interpolation without antialiasing: each axis gives 1 (nearest, or equal sizes), 2 (linear) or 4 (cubic) taps.

#include <cstring>

#include "base/thread_pool.h"
#include "kernels/element_io.h"
#include "kernels/loop_nest.h"
#include "kernels/resample_axis.h"

namespace fac::kernels {

double area_scale(std::int64_t in, std::int64_t out, bool align_corners, double given) noexcept {
  if (align_corners) return out > 1 ? static_cast<double>(in - 1) / static_cast<double>(out - 1) : 0;
  return given > 0 ? 1 / given : static_cast<double>(in) / static_cast<double>(out);
}

namespace {

// Output columns whose taps are computed once for all rows and planes.
constexpr std::int64_t kColumns = 256;

template <class C>
struct Taps {
  int count = 1;
  std::int64_t at[4] = {};
  C weight[4] = {};
};

template <class C>
void cubic_weights(C t, C* w) {
  constexpr C a = C(-0.75);
  const C x[4] = {t + 1, t, 1 - t, 2 - t};
  for (int k = 0; k < 4; ++k)
    w[k] = k == 1 || k == 2 ? ((a + 2) * x[k] - (a + 3)) * x[k] * x[k] + 1
                            : ((a * x[k] - 5 * a) * x[k] + 8 * a) * x[k] - 4 * a;
}

template <class C>
Taps<C> taps_at(const Upsample& u, int axis, std::int64_t i) {
  const std::int64_t in = u.in[axis];
  Taps<C> t;
  t.weight[0] = 1;
  t.at[0] = i;
  if (in == u.out[axis]) return t;
  const C scale = static_cast<C>(u.scale[axis]), x = static_cast<C>(i);
  if (u.mode == UpsampleMode::kNearest || u.mode == UpsampleMode::kNearestExact) {
    // In float whatever C is, as PyTorch does: it decides ties.
    const float shift = u.mode == UpsampleMode::kNearestExact ? 0.5f : 0.0f;
    const float source = (static_cast<float>(i) + shift) * static_cast<float>(u.scale[axis]);
    t.at[0] = std::min(position(source), in - 1);
    return t;
  }
  C source = u.align_corners ? scale * x : scale * (x + C(0.5)) - C(0.5);
  if (u.mode == UpsampleMode::kLinear) {
    source = std::max(source, C(0));
    t.count = 2;
    t.at[0] = std::min(position(source), in - 1);
    t.at[1] = std::min(t.at[0] + 1, in - 1);
    t.weight[1] = std::clamp(source - static_cast<C>(t.at[0]), C(0), C(1));
    t.weight[0] = 1 - t.weight[1];
    return t;
  }
  t.count = 4;
  const C first = std::floor(source);
  cubic_weights(std::clamp(source - first, C(0), C(1)), t.weight);
  for (int k = 0; k < 4; ++k) t.at[k] = std::clamp<std::int64_t>(position(first) + k - 1, 0, in - 1);
  return t;
}

template <class T, class C>
T rounded(C x) {
  if constexpr (std::is_same_v<T, std::uint8_t>)
    return static_cast<std::uint8_t>(std::clamp(std::floor(x + C(0.5)), C(0), C(255)));
  else return static_cast<T>(x);
}

// kX: taps along the width.
template <class T, class C, int kX>
void interpolate_row(const Taps<C>* columns, std::int64_t n, const T* const* rows, const C* row_weights, int row_count,
                     T* y) {
  for (std::int64_t j = 0; j < n; ++j) {
    const Taps<C>& t = columns[j];
    C sum = 0;
    for (int r = 0; r < row_count; ++r) {
      C line = 0;
      for (int k = 0; k < kX; ++k) line += t.weight[k] * static_cast<C>(rows[r][t.at[k]]);
      sum += row_weights[r] * line;
    }
    y[j] = rounded<T>(sum);
  }
}

template <class T, class C>
void run(const Upsample& u) {
  const std::int64_t in_plane = u.in[0] * u.in[1] * u.in[2];
  const std::int64_t rows = u.planes * u.out[0] * u.out[1];
  const auto* x = static_cast<const T*>(u.x);
  auto* y = static_cast<T*>(u.y);
  parallel_for(rows, std::max<std::int64_t>(1, kGrain / 4 / std::max<std::int64_t>(1, u.out[2])),
               [&](std::int64_t begin, std::int64_t end) {
    Taps<C> columns[kColumns];
    for (std::int64_t first = 0; first < u.out[2]; first += kColumns) {
      const std::int64_t n = std::min(kColumns, u.out[2] - first);
      for (std::int64_t j = 0; j < n; ++j) columns[j] = taps_at<C>(u, 2, first + j);
      for (std::int64_t r = begin; r < end; ++r) {
        const Taps<C> h = taps_at<C>(u, 1, r % u.out[1]), d = taps_at<C>(u, 0, r / u.out[1] % u.out[0]);
        const T* plane = x + r / (u.out[1] * u.out[0]) * in_plane;
        const T* lines[16];
        C weights[16];
        int count = 0;
        for (int a = 0; a < d.count; ++a)
          for (int b = 0; b < h.count; ++b) {
            lines[count] = plane + (d.at[a] * u.in[1] + h.at[b]) * u.in[2];
            weights[count++] = d.weight[a] * h.weight[b];
          }
        T* to = y + r * u.out[2] + first;
        switch (columns[0].count) {
          case 1: interpolate_row<T, C, 1>(columns, n, lines, weights, count, to); break;
          case 2: interpolate_row<T, C, 2>(columns, n, lines, weights, count, to); break;
          default: interpolate_row<T, C, 4>(columns, n, lines, weights, count, to); break;
        }
      }
    }
  });
}

// Nearest only moves elements.
template <class T>
void run_nearest(const Upsample& u) {
  const auto* x = static_cast<const T*>(u.x);
  auto* y = static_cast<T*>(u.y);
  const std::int64_t rows = u.planes * u.out[0] * u.out[1];
  parallel_for(rows, std::max<std::int64_t>(1, kGrain / 2 / std::max<std::int64_t>(1, u.out[2])),
               [&](std::int64_t begin, std::int64_t end) {
    std::int64_t columns[kColumns];
    for (std::int64_t first = 0; first < u.out[2]; first += kColumns) {
      const std::int64_t n = std::min(kColumns, u.out[2] - first);
      bool doubled = n % 2 == 0;
      for (std::int64_t j = 0; j < n; ++j) {
        columns[j] = taps_at<float>(u, 2, first + j).at[0];
        doubled = doubled && columns[j] == columns[0] + j / 2;
      }
      const T* last = nullptr;  // the line that the row before this one was made of
      for (std::int64_t r = begin; r < end; ++r) {
        const std::int64_t h = taps_at<float>(u, 1, r % u.out[1]).at[0], d = taps_at<float>(u, 0, r / u.out[1] % u.out[0]).at[0];
        const T* line = x + ((r / (u.out[1] * u.out[0]) * u.in[0] + d) * u.in[1] + h) * u.in[2];
        T* to = y + r * u.out[2] + first;
        if (line == last) {
          std::memcpy(to, to - u.out[2], static_cast<std::size_t>(n) * sizeof(T));
        } else if (doubled) {
          const T* __restrict from = line + columns[0];
          T* __restrict pairs = to;
          for (std::int64_t j = 0; j < n / 2; ++j) pairs[2 * j] = from[j], pairs[2 * j + 1] = from[j];
        } else {
          for (std::int64_t j = 0; j < n; ++j) to[j] = line[columns[j]];
        }
        last = line;
      }
    }
  });
}

}  // namespace

Outcome upsample(const Upsample& u) noexcept {
  if (u.mode == UpsampleMode::kNearest || u.mode == UpsampleMode::kNearestExact) {
    visit_size(element_size(u.kind), [&](auto tag) { run_nearest<typename decltype(tag)::type>(u); });
    return Outcome::kDone;
  }
  switch (u.kind) {
    case ScalarKind::kFloat: run<float, float>(u); break;
    case ScalarKind::kDouble: run<double, double>(u); break;
    case ScalarKind::kHalf: run<Half, float>(u); break;
    case ScalarKind::kBFloat16: run<BFloat16, float>(u); break;
    case ScalarKind::kUInt8: run<std::uint8_t, float>(u); break;
    default: return Outcome::kUndefined;
  }
  return Outcome::kDone;
}

}  // namespace fac::kernels
