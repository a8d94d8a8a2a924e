#include "kernels/special_math.h"

#include <cmath>
#include <limits>

namespace fac::kernels {

namespace {
constexpr double kPi = 3.14159265358979323846;
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kInf = std::numeric_limits<double>::infinity();
}  // namespace

// Recurrence up to x >= 10, then the asymptotic series (Abramowitz and Stegun 6.3.18); reflection below zero (6.3.7).
double digamma(double x) noexcept {
  if (x == 0) return std::copysign(kInf, -x);
  if (x < 0) {
    double whole;
    const double fraction = std::modf(x, &whole);
    if (fraction == 0) return kNaN;
    return digamma(1 - x) - kPi / std::tan(kPi * fraction);
  }
  double sum = 0;
  while (x < 10) {
    sum -= 1 / x;
    x += 1;
  }
  if (std::isinf(x)) return x;
  const double t = 1 / (x * x);
  const double series =
      t * (1.0 / 12 - t * (1.0 / 120 - t * (1.0 / 252 - t * (1.0 / 240 - t * (1.0 / 132 - t * (691.0 / 32760 - t / 12))))));
  return sum + std::log(x) - 0.5 / x - series;
}

// Winitzki's closed form as a start, then Newton's method on erfc near the ends and erf elsewhere.
double erfinv(double y) noexcept {
  if (std::isnan(y) || std::fabs(y) > 1) return kNaN;
  if (std::fabs(y) == 1) return std::copysign(kInf, y);
  if (y == 0) return y;
  const double a = std::fabs(y);
  const double l = std::log1p(-a * a);
  const double u = 2 / (kPi * 0.147) + l / 2;
  double x = std::sqrt(std::sqrt(u * u - l / 0.147) - u);
  if (a < 1e-4) x = a * 0.88622692545275801365;  // sqrt(pi) / 2: the root above cancels
  for (int i = 0; i < 4; ++i) {
    const double error = a > 0.5 ? (1 - a) - std::erfc(x) : std::erf(x) - a;
    const double slope = 1.12837916709551257390 * std::exp(-x * x);
    const double step = error / slope;
    x -= step / (1 + x * step);  // Halley's correction: erf'' / erf' = -2x
  }
  return std::copysign(x, y);
}

// Power series below 15 (all terms positive), asymptotic series above (Abramowitz and Stegun 9.6.12, 9.7.1).
double bessel_i0(double x) noexcept {
  const double a = std::fabs(x);
  if (std::isinf(a)) return a;
  if (a < 15) {
    const double t = a * a / 4;
    double term = 1, sum = 1;
    for (int k = 1; k < 200 && term > sum * 1e-17; ++k) {
      term *= t / (static_cast<double>(k) * k);
      sum += term;
    }
    return sum;
  }
  double term = 1, sum = 1;
  for (int k = 1; k < 30; ++k) {
    const double next = term * (2.0 * k - 1) * (2.0 * k - 1) / (8.0 * a * k);
    if (next >= term || next < 1e-17 * sum) break;
    term = next;
    sum += term;
  }
  return std::exp(a / 2) * (std::exp(a / 2) / std::sqrt(2 * kPi * a)) * sum;
}

double sinc(double x) noexcept { return x == 0 ? 1 : std::sin(kPi * x) / (kPi * x); }

}  // namespace fac::kernels
