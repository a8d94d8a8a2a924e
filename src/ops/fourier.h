// The discrete Fourier transform of one row, any length.
#pragma once

#include <complex>
#include <cstdint>
#include <vector>

namespace fac::ops {

// Mixed radix over the prime factors of n; lengths with a large prime factor go through a convolution of a power of
// two (Bluestein). Computes in double. Reusable for many rows, by one thread at a time.
class Fourier {
 public:
  using C = std::complex<double>;
  Fourier(std::int64_t n, bool inverse);
  // out[k] = sum of in[j] exp(-+2 pi i j k / n); out is not in. Not scaled.
  void run(const C* in, C* out);

 private:
  void step(const C* in, std::int64_t stride, C* out, std::int64_t n, std::size_t factor) const;
  void bluestein(const C* in, C* out);

  std::int64_t n_;
  std::vector<std::int64_t> factors_;
  std::vector<C> roots_;  // exp(-+2 pi i k / n)
  // Bluestein: x[j] w[j] convolved with 1/w, where w[j] = exp(-+pi i j^2 / n).
  std::vector<Fourier> halves_;  // forward and inverse of the power of two
  std::vector<C> chirp_, filter_, work_, spectrum_;
};

}  // namespace fac::ops
