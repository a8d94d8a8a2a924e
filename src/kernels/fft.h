// Discrete Fourier transforms of rows.
//   forward:  y[k] = scale * sum over j of x[j] exp(-2 pi i j k / n);   inverse: the conjugate exponent.
//   Any length: lengths with prime factors up to 31 in mixed radix (Stockham's order), others by Bluestein's chirp.
//   Kinds: kFloat and kDouble, the kind of one component; complex numbers are pairs (real, imaginary).
//   Sources: van Loan, Computational Frameworks for the FFT (1992); Bluestein 1970.
// Errors: kUndefined for other kinds.
#pragma once

#include <cstdint>

#include "kernels/types.h"

namespace fac::kernels {

enum class FftKind : std::uint8_t {
  kComplex,      // x [rows, n] complex -> y [rows, n] complex
  kRealInput,    // x [rows, n] real -> y [rows, n/2 + 1] complex, the first half of a Hermitian spectrum
  kRealOutput,   // x [rows, n/2 + 1] complex -> y [rows, n] real; imaginary parts at 0 and n/2 are ignored
};

struct Fft {
  ScalarKind component{};
  FftKind kind{};
  std::int64_t rows = 0, n = 1;
  bool forward = true;
  double scale = 1;
};

Outcome fft(const Fft& f, const void* x, void* y) noexcept;  // x and y dense, not overlapping

}  // namespace fac::kernels
