// Special functions that <cmath> lacks, in double, one element at a time.
#pragma once

namespace fac::kernels {

double digamma(double x) noexcept;
double erfinv(double y) noexcept;
double bessel_i0(double x) noexcept;
double sinc(double x) noexcept;  // sin(pi x) / (pi x)

}  // namespace fac::kernels
