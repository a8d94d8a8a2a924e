// Factorisations that finish in a fixed number of steps: LU, Cholesky, QR, triangular systems.
#include "kernels/linalg.h"

#include <algorithm>
#include <utility>

#include "kernels/linalg_number.h"

namespace fac::kernels {

template <class T>
std::int64_t lu(T* a, std::int64_t m, std::int64_t n, std::int32_t* pivots) noexcept {
  std::int64_t info = 0;
  for (std::int64_t j = 0; j < std::min(m, n); ++j) {
    std::int64_t best = j;
    for (std::int64_t i = j + 1; i < m; ++i)
      if (std::abs(a[i * n + j]) > std::abs(a[best * n + j])) best = i;
    pivots[j] = static_cast<std::int32_t>(best + 1);
    if (a[best * n + j] == T(0)) {
      if (info == 0) info = j + 1;
      continue;
    }
    if (best != j) std::swap_ranges(a + j * n, a + (j + 1) * n, a + best * n);
    for (std::int64_t i = j + 1; i < m; ++i) {
      const T f = a[i * n + j] /= a[j * n + j];
      if (f == T(0)) continue;
      for (std::int64_t c = j + 1; c < n; ++c) a[i * n + c] -= f * a[j * n + c];
    }
  }
  return info;
}

template <class T>
void solve_triangular(const T* a, std::int64_t n, const Triangle& t, T* b, std::int64_t k) noexcept {
  const auto at = [&](std::int64_t i, std::int64_t j) { return t.adjoint ? conj_of(a[j * n + i]) : a[i * n + j]; };
  const bool upper = t.upper != t.adjoint;  // of op(a)
  for (std::int64_t step = 0; step < n; ++step) {
    const std::int64_t i = upper ? n - 1 - step : step;
    T* row = b + i * k;
    for (std::int64_t j = upper ? i + 1 : 0; j < (upper ? n : i); ++j) {
      const T f = at(i, j);
      for (std::int64_t c = 0; c < k; ++c) row[c] -= f * b[j * k + c];
    }
    if (t.unit) continue;
    const T d = at(i, i);
    for (std::int64_t c = 0; c < k; ++c) row[c] /= d;
  }
}

template <class T>
void lu_solve(const T* lu, const std::int32_t* pivots, std::int64_t n, T* b, std::int64_t k, bool adjoint) noexcept {
  const auto exchange = [&](std::int64_t i) {
    const std::int64_t j = pivots[i] - 1;
    if (j != i) std::swap_ranges(b + i * k, b + (i + 1) * k, b + j * k);
  };
  if (adjoint) {
    solve_triangular(lu, n, {.upper = true, .adjoint = true}, b, k);
    solve_triangular(lu, n, {.unit = true, .adjoint = true}, b, k);
    for (std::int64_t i = n - 1; i >= 0; --i) exchange(i);
    return;
  }
  for (std::int64_t i = 0; i < n; ++i) exchange(i);
  solve_triangular(lu, n, {.unit = true}, b, k);
  solve_triangular(lu, n, {.upper = true}, b, k);
}

template <class T>
std::int64_t cholesky(T* a, std::int64_t n) noexcept {
  std::int64_t info = 0;
  for (std::int64_t j = 0; j < n && info == 0; ++j) {
    double d = real_of(a[j * n + j]);
    for (std::int64_t c = 0; c < j; ++c) d -= norm_of(a[j * n + c]);
    if (!(d > 0)) {
      info = j + 1;
      break;
    }
    d = std::sqrt(d);
    a[j * n + j] = d;
    for (std::int64_t i = j + 1; i < n; ++i) {
      T s = a[i * n + j];
      for (std::int64_t c = 0; c < j; ++c) s -= a[i * n + c] * conj_of(a[j * n + c]);
      a[i * n + j] = s / d;
    }
  }
  for (std::int64_t i = 0; i < n; ++i) std::fill(a + i * n + i + 1, a + (i + 1) * n, T(0));
  return info;
}

namespace {

// x [m, columns] -= tau v (v^H x), with v = (1, a[j+1..m, j]) acting on rows j and below.
template <class T>
void reflect(const T* a, std::int64_t m, std::int64_t n, std::int64_t j, T tau, T* x, std::int64_t stride, std::int64_t first, std::int64_t last) {
  for (std::int64_t c = first; c < last; ++c) {
    T s = x[j * stride + c];
    for (std::int64_t i = j + 1; i < m; ++i) s += conj_of(a[i * n + j]) * x[i * stride + c];
    s *= tau;
    x[j * stride + c] -= s;
    for (std::int64_t i = j + 1; i < m; ++i) x[i * stride + c] -= s * a[i * n + j];
  }
}

}  // namespace

template <class T>
void qr(T* a, std::int64_t m, std::int64_t n, T* tau) noexcept {
  for (std::int64_t j = 0; j < std::min(m, n); ++j) {
    double below = 0;
    for (std::int64_t i = j + 1; i < m; ++i) below += norm_of(a[i * n + j]);
    const T alpha = a[j * n + j];
    const double imaginary = norm_of(alpha) - real_of(alpha) * real_of(alpha);
    if (below == 0 && imaginary <= 0) {
      tau[j] = 0;
      continue;
    }
    const double size = std::sqrt(norm_of(alpha) + below);
    const double beta = real_of(alpha) > 0 || (real_of(alpha) == 0 && !std::signbit(real_of(alpha))) ? -size : size;
    tau[j] = (beta - alpha) / beta;
    for (std::int64_t i = j + 1; i < m; ++i) a[i * n + j] /= alpha - beta;
    reflect(a, m, n, j, conj_of(tau[j]), a, n, j + 1, n);
    a[j * n + j] = beta;
  }
}

template <class T>
void qr_columns(const T* a, std::int64_t m, std::int64_t n, const T* tau, std::int64_t count, T* q, std::int64_t columns) noexcept {
  for (std::int64_t i = 0; i < m; ++i)
    for (std::int64_t c = 0; c < columns; ++c) q[i * columns + c] = i == c ? T(1) : T(0);
  for (std::int64_t j = count - 1; j >= 0; --j) reflect(a, m, n, j, tau[j], q, columns, 0, columns);
}

#define FACULA_INSTANTIATE(T)                                                                                          \
  template std::int64_t lu(T*, std::int64_t, std::int64_t, std::int32_t*) noexcept;                                    \
  template void lu_solve(const T*, const std::int32_t*, std::int64_t, T*, std::int64_t, bool) noexcept;                \
  template std::int64_t cholesky(T*, std::int64_t) noexcept;                                                           \
  template void solve_triangular(const T*, std::int64_t, const Triangle&, T*, std::int64_t) noexcept;                  \
  template void qr(T*, std::int64_t, std::int64_t, T*) noexcept;                                                       \
  template void qr_columns(const T*, std::int64_t, std::int64_t, const T*, std::int64_t, T*, std::int64_t) noexcept;
FACULA_INSTANTIATE(double)
FACULA_INSTANTIATE(std::complex<double>)
#undef FACULA_INSTANTIATE

}  // namespace fac::kernels
