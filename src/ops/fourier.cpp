#include "ops/fourier.h"

#include <cmath>

namespace fac::ops {
namespace {
// Largest prime that is worth a direct sum.
constexpr std::int64_t kMostRadix = 61;
}  // namespace

Fourier::Fourier(std::int64_t n, bool inverse) : n_(n) {
  const double sign = inverse ? 1.0 : -1.0;
  std::int64_t rest = n;
  for (std::int64_t p = 4; rest > 1 && p <= kMostRadix;) {
    if (rest % p == 0) {
      factors_.push_back(p);
      rest /= p;
    } else {
      p = p == 4 ? 2 : p == 2 ? 3 : p + 2;
    }
  }
  if (rest > 1) {
    std::int64_t m = 1;
    while (m < 2 * n - 1) m *= 2;
    halves_.emplace_back(m, false);
    halves_.emplace_back(m, true);
    chirp_.resize(static_cast<std::size_t>(n));
    std::vector<C> filter(static_cast<std::size_t>(m));
    for (std::int64_t j = 0; j < n; ++j) {
      const double angle = sign * M_PI * static_cast<double>((j * j) % (2 * n)) / static_cast<double>(n);
      const C w(std::cos(angle), std::sin(angle));
      chirp_[static_cast<std::size_t>(j)] = w;
      filter[static_cast<std::size_t>(j)] = filter[static_cast<std::size_t>(j ? m - j : 0)] = std::conj(w);
    }
    filter_.resize(filter.size());
    halves_[0].run(filter.data(), filter_.data());
    work_.resize(filter.size());
    spectrum_.resize(filter.size());
    return;
  }
  roots_.resize(static_cast<std::size_t>(n));
  for (std::int64_t k = 0; k < n; ++k) {
    const double angle = sign * 2 * M_PI * static_cast<double>(k) / static_cast<double>(n);
    roots_[static_cast<std::size_t>(k)] = {std::cos(angle), std::sin(angle)};
  }
}

void Fourier::run(const C* in, C* out) {
  if (!halves_.empty()) bluestein(in, out);
  else step(in, 1, out, n_, 0);
}

// p transforms of every p-th number, then butterflies across them.
void Fourier::step(const C* in, std::int64_t stride, C* out, std::int64_t n, std::size_t factor) const {
  if (n == 1) {
    out[0] = in[0];
    return;
  }
  const std::int64_t p = factors_[factor], m = n / p, turn = n_ / n;
  for (std::int64_t r = 0; r < p; ++r) step(in + r * stride, stride * p, out + r * m, m, factor + 1);
  const C* w = roots_.data();
  const auto times = [](C a, C b) {
    return C(a.real() * b.real() - a.imag() * b.imag(), a.real() * b.imag() + a.imag() * b.real());
  };
  if (p == 2) {
    for (std::int64_t k = 0; k < m; ++k) {
      const C a = out[k], b = times(out[m + k], w[k * turn]);
      out[k] = a + b;
      out[m + k] = a - b;
    }
    return;
  }
  if (p == 4) {
    const C quarter = w[n_ / 4];  // -i, or i for the inverse
    for (std::int64_t k = 0; k < m; ++k) {
      const C a = out[k], b = times(out[m + k], w[k * turn]), c = times(out[2 * m + k], w[2 * k * turn]),
              d = times(out[3 * m + k], w[3 * k * turn]);
      const C even = a + c, odd = a - c, sum = b + d, turned = times(b - d, quarter);
      out[k] = even + sum;
      out[m + k] = odd + turned;
      out[2 * m + k] = even - sum;
      out[3 * m + k] = odd - turned;
    }
    return;
  }
  C parts[kMostRadix];
  for (std::int64_t k = 0; k < m; ++k) {
    for (std::int64_t r = 0; r < p; ++r) parts[r] = times(out[r * m + k], w[r * k * turn]);
    for (std::int64_t q = 0; q < p; ++q) {
      C total = parts[0];
      for (std::int64_t r = 1; r < p; ++r) total += times(parts[r], w[(r * q % p) * m * turn]);
      out[q * m + k] = total;
    }
  }
}

void Fourier::bluestein(const C* in, C* out) {
  const std::size_t n = static_cast<std::size_t>(n_), m = work_.size();
  for (std::size_t j = 0; j < m; ++j) work_[j] = j < n ? in[j] * chirp_[j] : C();
  halves_[0].run(work_.data(), spectrum_.data());
  for (std::size_t j = 0; j < m; ++j) spectrum_[j] *= filter_[j];
  halves_[1].run(spectrum_.data(), work_.data());
  for (std::size_t k = 0; k < n; ++k) out[k] = work_[k] * chirp_[k] / static_cast<double>(m);
}

}  // namespace fac::ops
