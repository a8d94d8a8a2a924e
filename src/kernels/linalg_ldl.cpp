// Symmetric indefinite factorisation with diagonal pivoting.
#include <algorithm>
#include <cmath>

#include "kernels/linalg.h"

namespace fac::kernels {

template <class T>
std::int64_t ldl(T* data, std::int64_t n, std::int32_t* pivots) noexcept {
  const auto a = [&](std::int64_t i, std::int64_t j) -> T& { return data[i * n + j]; };
  const auto size = [&](std::int64_t i, std::int64_t j) {
    if constexpr (std::is_same_v<T, double>) return std::fabs(a(i, j));
    else return std::fabs(a(i, j).real()) + std::fabs(a(i, j).imag());
  };
  const double alpha = (1 + std::sqrt(17.0)) / 8;
  std::int64_t info = 0;
  for (std::int64_t k = 0; k < n;) {
    std::int64_t step = 1, p = k, below = k;
    double column = 0;
    for (std::int64_t i = k + 1; i < n; ++i)
      if (size(i, k) > column) column = size(i, k), below = i;
    const double own = size(k, k);
    if (!(std::max(own, column) > 0)) {
      if (info == 0) info = k + 1;
      pivots[k] = static_cast<std::int32_t>(k + 1);
      ++k;
      continue;
    }
    if (own < alpha * column) {
      double row = 0;  // the largest entry of that row of the symmetric matrix
      for (std::int64_t j = k; j < below; ++j) row = std::max(row, size(below, j));
      for (std::int64_t i = below + 1; i < n; ++i) row = std::max(row, size(i, below));
      if (own >= alpha * column * (column / row)) p = k;
      else if (size(below, below) >= alpha * row) p = below;
      else p = below, step = 2;
    }
    const std::int64_t from = k + step - 1;
    if (p != from) {
      for (std::int64_t i = p + 1; i < n; ++i) std::swap(a(i, from), a(i, p));
      for (std::int64_t i = from + 1; i < p; ++i) std::swap(a(i, from), a(p, i));
      std::swap(a(from, from), a(p, p));
      if (step == 2) std::swap(a(k + 1, k), a(p, k));
    }
    if (step == 1) {
      const T inverse = T(1) / a(k, k);
      for (std::int64_t j = k + 1; j < n; ++j)
        for (std::int64_t i = j; i < n; ++i) a(i, j) -= inverse * a(i, k) * a(j, k);
      for (std::int64_t i = k + 1; i < n; ++i) a(i, k) *= inverse;
      pivots[k] = static_cast<std::int32_t>(p + 1);
    } else {
      if (k + 2 < n) {
        const T d11 = a(k + 1, k + 1) / a(k + 1, k), d22 = a(k, k) / a(k + 1, k), d21 = T(1) / (d11 * d22 - T(1)) / a(k + 1, k);
        for (std::int64_t j = k + 2; j < n; ++j) {
          const T x = d21 * (d11 * a(j, k) - a(j, k + 1)), y = d21 * (d22 * a(j, k + 1) - a(j, k));
          for (std::int64_t i = j; i < n; ++i) a(i, j) -= a(i, k) * x + a(i, k + 1) * y;
          a(j, k) = x;
          a(j, k + 1) = y;
        }
      }
      pivots[k] = pivots[k + 1] = static_cast<std::int32_t>(-(p + 1));
    }
    k += step;
  }
  return info;
}

template <class T>
void ldl_solve(const T* data, const std::int32_t* pivots, std::int64_t n, T* b, std::int64_t count) noexcept {
  const auto a = [&](std::int64_t i, std::int64_t j) { return data[i * n + j]; };
  const auto swap_rows = [&](std::int64_t i, std::int64_t j) {
    if (i != j) std::swap_ranges(b + i * count, b + (i + 1) * count, b + j * count);
  };
  for (std::int64_t k = 0; k < n;) {
    const bool single = pivots[k] > 0 || k + 1 == n;
    const std::int64_t p = std::abs(pivots[k]) - 1, last = single ? k : k + 1;
    swap_rows(last, p);
    for (std::int64_t j = 0; j < count; ++j) {
      for (std::int64_t i = last + 1; i < n; ++i)
        for (std::int64_t c = k; c <= last; ++c) b[i * count + j] -= a(i, c) * b[c * count + j];
      if (single) {
        b[k * count + j] /= a(k, k);
      } else {
        const T off = a(k + 1, k), d0 = a(k, k) / off, d1 = a(k + 1, k + 1) / off, det = d0 * d1 - T(1);
        const T x = b[k * count + j] / off, y = b[(k + 1) * count + j] / off;
        b[k * count + j] = (d1 * x - y) / det;
        b[(k + 1) * count + j] = (d0 * y - x) / det;
      }
    }
    k = last + 1;
  }
  for (std::int64_t k = n - 1; k >= 0;) {
    const bool single = pivots[k] > 0 || k == 0;
    const std::int64_t first = single ? k : k - 1;
    for (std::int64_t c = first; c <= k; ++c)
      for (std::int64_t j = 0; j < count; ++j)
        for (std::int64_t i = k + 1; i < n; ++i) b[c * count + j] -= a(i, c) * b[i * count + j];
    swap_rows(k, std::abs(pivots[k]) - 1);
    k = first - 1;
  }
}

template std::int64_t ldl<double>(double*, std::int64_t, std::int32_t*) noexcept;
template std::int64_t ldl<std::complex<double>>(std::complex<double>*, std::int64_t, std::int32_t*) noexcept;
template void ldl_solve<double>(const double*, const std::int32_t*, std::int64_t, double*, std::int64_t) noexcept;
template void ldl_solve<std::complex<double>>(const std::complex<double>*, const std::int32_t*, std::int64_t, std::complex<double>*, std::int64_t) noexcept;

}  // namespace fac::kernels
