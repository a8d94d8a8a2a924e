// Runs, positions and counts in dense data.
#include <algorithm>
#include <cmath>

#include "base/thread_pool.h"
#include "kernels/element_io.h"
#include "kernels/sort.h"

namespace fac::kernels {
namespace {

// Half types compare as floats.
template <class T>
auto comparable(T x) {
  if constexpr (is_half_type<T>) return static_cast<float>(x);
  else return x;
}

template <class T>
std::int64_t insertion_point(const T* sorted, std::int64_t n, T x, bool right) {
  std::int64_t low = 0, high = n;
  while (low < high) {
    const std::int64_t middle = low + (high - low) / 2;
    const auto a = comparable(sorted[middle]), b = comparable(x);
    // Negated, so that a NaN counts as larger than all.
    if (right ? !(a > b) : !(a >= b)) low = middle + 1;
    else high = middle;
  }
  return low;
}

}  // namespace

std::int64_t unique_sorted(const void* sorted, ScalarKind kind, std::int64_t n, const std::int64_t* order, void* values,
                           std::int64_t* inverse, std::int64_t* counts) noexcept {
  return visit_kind(kind, [&](auto tag) -> std::int64_t {
    using T = typename decltype(tag)::type;
    if constexpr (std::is_same_v<T, ComplexHalf>) {
      return 0;
    } else {
      const T* x = static_cast<const T*>(sorted);
      std::int64_t runs = 0;
      for (std::int64_t i = 0; i < n; ++i) {
        if (i == 0 || comparable(x[i]) != comparable(x[i - 1])) {
          if (values) static_cast<T*>(values)[runs] = x[i];
          if (counts) counts[runs] = 0;
          ++runs;
        }
        if (counts) ++counts[runs - 1];
        if (inverse) inverse[order ? order[i] : i] = runs - 1;
      }
      return runs;
    }
  });
}

Outcome searchsorted(void* out, ScalarKind out_kind, const void* boundaries, const void* x, ScalarKind kind,
                     std::int64_t rows, std::int64_t n, std::int64_t m, bool shared, bool right) noexcept {
  if (is_complex(kind)) return Outcome::kUndefined;
  visit_kind(kind, [&](auto tag) {
    using T = typename decltype(tag)::type;
    if constexpr (!is_complex_type<T>)
      parallel_for(rows * m, 2048, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t i = begin; i < end; ++i) {
          const T* row = static_cast<const T*>(boundaries) + (shared ? 0 : i / m * n);
          const std::int64_t at = insertion_point(row, n, static_cast<const T*>(x)[i], right);
          if (out_kind == ScalarKind::kInt32) static_cast<std::int32_t*>(out)[i] = static_cast<std::int32_t>(at);
          else static_cast<std::int64_t*>(out)[i] = at;
        }
      });
  });
  return Outcome::kDone;
}

void bincount(void* out, const std::int64_t* x, std::int64_t n, const void* weights, ScalarKind weight_kind) noexcept {
  if (!weights) {
    for (std::int64_t i = 0; i < n; ++i) ++static_cast<std::int64_t*>(out)[x[i]];
  } else if (weight_kind == ScalarKind::kFloat) {
    for (std::int64_t i = 0; i < n; ++i) static_cast<float*>(out)[x[i]] += static_cast<const float*>(weights)[i];
  } else {
    for (std::int64_t i = 0; i < n; ++i) static_cast<double*>(out)[x[i]] += static_cast<const double*>(weights)[i];
  }
}

Outcome histc(void* out, std::int64_t bins, double lo, double hi, const void* x, ScalarKind kind,
              std::int64_t n) noexcept {
  auto count = [&](auto zero) {
    using T = decltype(zero);
    T* to = static_cast<T*>(out);
    const T low = static_cast<T>(lo), high = static_cast<T>(hi);
    for (std::int64_t i = 0; i < n; ++i) {
      const T v = static_cast<const T*>(x)[i];
      if (!(v >= low && v <= high)) continue;
      const auto bin = static_cast<std::int64_t>((v - low) / (high - low) * static_cast<T>(bins));
      to[std::min(bin, bins - 1)] += 1;
    }
  };
  if (kind == ScalarKind::kFloat) count(0.0f);
  else if (kind == ScalarKind::kDouble) count(0.0);
  else return Outcome::kUndefined;
  return Outcome::kDone;
}

}  // namespace fac::kernels
