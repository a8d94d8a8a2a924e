// Eigenvalues of Hermitian matrices and singular values by Jacobi rotations: simple, and as accurate as any method.
#include <algorithm>
#include <limits>
#include <numeric>
#include <vector>

#include "kernels/linalg.h"
#include "kernels/linalg_number.h"

namespace fac::kernels {
namespace {

constexpr int kMostSweeps = 60;  // ten are the rule
constexpr double kEpsilon = std::numeric_limits<double>::epsilon();

// The rotation that makes the Hermitian matrix (alpha, gamma; conj(gamma), beta) diagonal: columns p and q become
// c p - s conj(phase) q and s phase p + c q.
template <class T>
struct Rotation {
  double c, s;
  T phase;
  Rotation(double alpha, double beta, T gamma) {
    const double size = std::abs(gamma), zeta = (beta - alpha) / (2 * size);
    const double t = (zeta >= 0 ? 1 : -1) / (std::fabs(zeta) + std::sqrt(1 + zeta * zeta));
    c = 1 / std::sqrt(1 + t * t);
    s = c * t;
    phase = gamma / size;
  }
  void columns(T* a, std::int64_t rows, std::int64_t stride, std::int64_t p, std::int64_t q) const {
    for (std::int64_t i = 0; i < rows; ++i) {
      const T x = a[i * stride + p], y = a[i * stride + q];
      a[i * stride + p] = c * x - s * conj_of(phase) * y;
      a[i * stride + q] = s * phase * x + c * y;
    }
  }
  void rows(T* a, std::int64_t n, std::int64_t p, std::int64_t q) const {  // the conjugate transpose of columns()
    for (std::int64_t j = 0; j < n; ++j) {
      const T x = a[p * n + j], y = a[q * n + j];
      a[p * n + j] = c * x - s * phase * y;
      a[q * n + j] = s * conj_of(phase) * x + c * y;
    }
  }
};

template <class T>
void set_identity(T* v, std::int64_t n) {
  std::fill_n(v, n * n, T(0));
  for (std::int64_t i = 0; i < n; ++i) v[i * n + i] = 1;
}
template <class T>
void permute_columns(T* a, std::int64_t rows, std::int64_t n, const std::vector<std::int64_t>& order) {
  std::vector<T> row(static_cast<std::size_t>(n));
  for (std::int64_t i = 0; i < rows; ++i) {
    std::copy_n(a + i * n, n, row.data());
    for (std::int64_t j = 0; j < n; ++j) a[i * n + j] = row[static_cast<std::size_t>(order[static_cast<std::size_t>(j)])];
  }
}

}  // namespace

template <class T>
void eigh(T* a, std::int64_t n, double* values, T* v) {
  if (v) set_identity(v, n);
  double total = 0;
  for (std::int64_t i = 0; i < n * n; ++i) total += norm_of(a[i]);
  for (int sweep = 0; sweep < kMostSweeps; ++sweep) {
    double off = 0;
    for (std::int64_t i = 0; i < n; ++i)
      for (std::int64_t j = 0; j < i; ++j) off += norm_of(a[i * n + j]);
    if (!(off > kEpsilon * kEpsilon * total)) break;
    for (std::int64_t p = 0; p < n; ++p)
      for (std::int64_t q = p + 1; q < n; ++q) {
        const T gamma = a[p * n + q];
        if (gamma == T(0)) continue;
        const Rotation<T> r(real_of(a[p * n + p]), real_of(a[q * n + q]), gamma);
        r.columns(a, n, n, p, q);
        r.rows(a, n, p, q);
        a[p * n + q] = a[q * n + p] = 0;
        if (v) r.columns(v, n, n, p, q);
      }
  }
  std::vector<std::int64_t> order(static_cast<std::size_t>(n));
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](auto i, auto j) { return real_of(a[i * n + i]) < real_of(a[j * n + j]); });
  for (std::int64_t i = 0; i < n; ++i) {
    const std::int64_t at = order[static_cast<std::size_t>(i)];
    values[i] = real_of(a[at * n + at]);
  }
  if (v) permute_columns(v, n, n, order);
}

template <class T>
void complete_basis(T* q, std::int64_t m, std::int64_t have, std::int64_t want) noexcept {
  for (std::int64_t c = have; c < want; ++c) {
    // The unit vector that lies least in the span so far; its remainder is not small.
    std::int64_t best = 0;
    double least = std::numeric_limits<double>::infinity();
    for (std::int64_t i = 0; i < m; ++i) {
      double inside = 0;
      for (std::int64_t j = 0; j < c; ++j) inside += norm_of(q[i * want + j]);
      if (inside < least) least = inside, best = i;
    }
    for (std::int64_t i = 0; i < m; ++i) q[i * want + c] = i == best ? T(1) : T(0);
    for (int pass = 0; pass < 2; ++pass)
      for (std::int64_t j = 0; j < c; ++j) {
        T dot = 0;
        for (std::int64_t i = 0; i < m; ++i) dot += conj_of(q[i * want + j]) * q[i * want + c];
        for (std::int64_t i = 0; i < m; ++i) q[i * want + c] -= dot * q[i * want + j];
      }
    double size = 0;
    for (std::int64_t i = 0; i < m; ++i) size += norm_of(q[i * want + c]);
    size = std::sqrt(size);
    for (std::int64_t i = 0; i < m; ++i) q[i * want + c] /= size;
  }
}

template <class T>
void svd(T* a, std::int64_t m, std::int64_t n, double* values, T* v) {
  set_identity(v, n);
  const auto column_norm = [&](std::int64_t j) {
    double s = 0;
    for (std::int64_t i = 0; i < m; ++i) s += norm_of(a[i * n + j]);
    return s;
  };
  double total = 0;
  for (std::int64_t j = 0; j < n; ++j) total += column_norm(j);
  const double nothing = kEpsilon * kEpsilon * total;  // columns below are zero to working precision
  bool again = true;
  for (int sweep = 0; sweep < kMostSweeps && again; ++sweep) {
    again = false;
    for (std::int64_t p = 0; p < n; ++p)
      for (std::int64_t q = p + 1; q < n; ++q) {
        T gamma = 0;
        for (std::int64_t i = 0; i < m; ++i) gamma += conj_of(a[i * n + p]) * a[i * n + q];
        const double alpha = column_norm(p), beta = column_norm(q);
        if (!(std::abs(gamma) > kEpsilon * std::sqrt(alpha * beta)) || std::abs(gamma) <= nothing) continue;
        again = true;
        const Rotation<T> r(alpha, beta, gamma);
        r.columns(a, m, n, p, q);
        r.columns(v, n, n, p, q);
      }
  }
  std::vector<double> sizes;
  for (std::int64_t j = 0; j < n; ++j) sizes.push_back(std::sqrt(column_norm(j)));
  std::vector<std::int64_t> order(static_cast<std::size_t>(n));
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](auto i, auto j) { return sizes[static_cast<std::size_t>(i)] > sizes[static_cast<std::size_t>(j)]; });
  permute_columns(a, m, n, order);
  permute_columns(v, n, n, order);
  std::int64_t rank = 0;
  for (std::int64_t j = 0; j < n; ++j) {
    values[j] = sizes[static_cast<std::size_t>(order[static_cast<std::size_t>(j)])];
    if (!(values[j] * values[j] > nothing)) continue;
    for (std::int64_t i = 0; i < m; ++i) a[i * n + j] /= values[j];
    rank = j + 1;
  }
  if (std::isfinite(total)) complete_basis(a, m, rank, n);
}

#define FACULA_INSTANTIATE(T)                                      \
  template void eigh(T*, std::int64_t, double*, T*);               \
  template void svd(T*, std::int64_t, std::int64_t, double*, T*);  \
  template void complete_basis(T*, std::int64_t, std::int64_t, std::int64_t) noexcept;
FACULA_INSTANTIATE(double)
FACULA_INSTANTIATE(std::complex<double>)
#undef FACULA_INSTANTIATE

}  // namespace fac::kernels
