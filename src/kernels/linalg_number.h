// The few functions by which real and complex matrices differ.
#pragma once

#include <cmath>
#include <complex>

namespace fac::kernels {

inline double conj_of(double x) { return x; }
inline std::complex<double> conj_of(std::complex<double> x) { return std::conj(x); }
inline double real_of(double x) { return x; }
inline double real_of(std::complex<double> x) { return x.real(); }
inline double norm_of(double x) { return x * x; }  // squared absolute value
inline double norm_of(std::complex<double> x) { return std::norm(x); }

}  // namespace fac::kernels
