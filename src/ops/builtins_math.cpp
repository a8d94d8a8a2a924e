// The functions of Python's math and cmath modules, and round(), floor() and their like, on numbers.
#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <utility>

#include "ops/builtins.h"
#include "ops/op.h"

namespace fac::ops {
namespace {

using Int = std::int64_t;
using Complex = std::complex<double>;

// One function for float and (where the formula has a meaning) complex numbers.
#define FACULA_MATH(Name, call)          \
  struct Name {                          \
    template <class T>                   \
    static auto of(T x) -> decltype(call) { \
      return call;                       \
    }                                    \
  }
FACULA_MATH(Acos, std::acos(x));
FACULA_MATH(Acosh, std::acosh(x));
FACULA_MATH(Asin, std::asin(x));
FACULA_MATH(Asinh, std::asinh(x));
FACULA_MATH(Atan, std::atan(x));
FACULA_MATH(Atanh, std::atanh(x));
FACULA_MATH(Cos, std::cos(x));
FACULA_MATH(Cosh, std::cosh(x));
FACULA_MATH(Sin, std::sin(x));
FACULA_MATH(Sinh, std::sinh(x));
FACULA_MATH(Tan, std::tan(x));
FACULA_MATH(Tanh, std::tanh(x));
FACULA_MATH(Exp, std::exp(x));
FACULA_MATH(Log, std::log(x));
FACULA_MATH(Log10, std::log10(x));
FACULA_MATH(Sqrt, std::sqrt(x));
FACULA_MATH(Angle, std::arg(x));
FACULA_MATH(Log1p, std::log1p(x));
FACULA_MATH(Expm1, std::expm1(x));
FACULA_MATH(Erf, std::erf(x));
FACULA_MATH(Erfc, std::erfc(x));
FACULA_MATH(Gamma, std::tgamma(x));
FACULA_MATH(Lgamma, std::lgamma(x));
FACULA_MATH(Fabs, std::fabs(x));
FACULA_MATH(Degrees, x * (180.0 / std::numbers::pi));
FACULA_MATH(Radians, x * (std::numbers::pi / 180.0));
FACULA_MATH(Round, std::nearbyint(x));  // halves to even, as Python's round()
#undef FACULA_MATH

template <class F>
Result<double> of_int(Int a) {
  return F::of(static_cast<double>(a));
}
template <class F>
Result<double> of_float(double a) {
  return F::of(a);
}
template <class F>
auto of_complex(Complex a) -> Result<decltype(F::of(a))> {
  return F::of(a);
}
// A number whose kind is known at run time only: libtorch rounds the real result to float32 here.
template <class F>
Result<Scalar> of_scalar(const Scalar& a) {
  if constexpr (requires { F::of(Complex()); }) {
    if (a.is_complex()) {
      const auto y = F::of(a.to_complex());
      if constexpr (std::is_same_v<decltype(y), const double>) return Scalar(static_cast<double>(static_cast<float>(y)));
      else return Scalar(y);
    }
  }
  FACULA_TRY_VOID(real_numbers(a, a));
  return Scalar(static_cast<double>(static_cast<float>(F::of(a.to_double()))));
}

template <double (*F)(double, double)>
struct Two {
  template <class A, class B>
  static Result<double> of(A a, B b) {
    return F(static_cast<double>(a), static_cast<double>(b));
  }
  static Result<double> of_scalars(const Scalar& a, const Scalar& b) { return F(a.to_double(), b.to_double()); }
};
double log_to_base(double a, double b) { return std::log(a) / std::log(b); }
using Atan2 = Two<&std::atan2>;
using Fmod = Two<&std::fmod>;
using IeeeRemainder = Two<&std::remainder>;
using Copysign = Two<&std::copysign>;
using LogTo = Two<&log_to_base>;

// The logarithm of a real operand is the real one: NaN below zero.
template <class A, class B>
Result<Complex> log_complex(A a, B b) {
  const auto log = [](auto x) {
    if constexpr (std::is_same_v<decltype(x), Complex>) return std::log(x);
    else return std::log(static_cast<double>(x));
  };
  const auto above = log(a);
  const auto below = log(b);
  if constexpr (std::is_same_v<B, Complex>) return divide(above, below);
  else return above / below;
}
template <class A, class B>
Result<Complex> polar(A r, B angle) {
  const auto radius = static_cast<double>(r), phi = static_cast<double>(angle);
  return Complex(radius * std::cos(phi), radius * std::sin(phi));
}
Result<Scalar> polar_scalars(const Scalar& r, const Scalar& angle) {
  return Scalar(*polar(r.to_double(), angle.to_double()));
}

Result<Int> whole(double rounded, double given) {
  FACULA_CHECK(std::fabs(rounded) < 9223372036854775808.0 || rounded == -9223372036854775808.0,
               "Cannot convert float {} to integer", std::to_string(given));
  return static_cast<Int>(rounded);
}
Result<Int> same_int(Int a) { return a; }
Result<Int> floor_float(double a) { return whole(std::floor(a), a); }
Result<Int> ceil_float(double a) { return whole(std::ceil(a), a); }
Result<Scalar> floor_scalar(const Scalar& a) {
  if (!a.is_float()) return Scalar(a.to_int());
  FACULA_TRY(const Int i, floor_float(a.to_double()));
  return Scalar(i);
}
Result<Scalar> ceil_scalar(const Scalar& a) {
  if (!a.is_float()) return Scalar(a.to_int());
  FACULA_TRY(const Int i, ceil_float(a.to_double()));
  return Scalar(i);
}

Result<bool> is_nan(double a) { return std::isnan(a); }
Result<bool> is_inf(double a) { return std::isinf(a); }
Result<bool> is_finite(double a) { return std::isfinite(a); }
Result<bool> is_nan_complex(Complex a) { return std::isnan(a.real()) || std::isnan(a.imag()); }
Result<bool> is_inf_complex(Complex a) { return std::isinf(a.real()) || std::isinf(a.imag()); }
Result<bool> is_finite_complex(Complex a) { return std::isfinite(a.real()) && std::isfinite(a.imag()); }

Result<Int> factorial(Int n) {
  FACULA_CHECK(n >= 0, "factorial() not defined for negative values");
  std::uint64_t product = 1;  // wraps above 20!; from 66! on every factor of two has been shifted out
  for (Int i = 2; i <= n && product != 0; ++i) product *= static_cast<std::uint64_t>(i);
  return static_cast<Int>(product);
}
Result<Int> gcd(Int a, Int b) {
  auto x = static_cast<std::uint64_t>(a < 0 ? -static_cast<std::uint64_t>(a) : static_cast<std::uint64_t>(a));
  auto y = static_cast<std::uint64_t>(b < 0 ? -static_cast<std::uint64_t>(b) : static_cast<std::uint64_t>(b));
  while (y != 0) x = std::exchange(y, x % y);
  return static_cast<Int>(x);
}
Result<double> ldexp(double x, Int i) {
  return std::ldexp(x, static_cast<int>(std::clamp<Int>(i, std::numeric_limits<int>::min(), std::numeric_limits<int>::max())));
}
Result<std::tuple<double, Int>> frexp(double a) {
  int exponent = 0;
  const double mantissa = std::frexp(a, &exponent);
  return std::tuple<double, Int>(mantissa, exponent);
}
Result<std::tuple<double, double>> modf(double a) {
  double whole = 0;
  const double fraction = std::modf(a, &whole);
  return std::tuple(fraction, whole);
}

constexpr Op kMath[] = {
    row<of_int<Acos>>("aten::acos.int(int a) -> float"),
    row<of_float<Acos>>("aten::acos.float(float a) -> float"),
    row<of_complex<Acos>>("aten::acos.complex(complex a) -> complex"),
    row<of_scalar<Acos>>("aten::acos.Scalar(Scalar a) -> Scalar"),
    row<of_int<Acosh>>("aten::acosh.int(int a) -> float"),
    row<of_float<Acosh>>("aten::acosh.float(float a) -> float"),
    row<of_complex<Acosh>>("aten::acosh.complex(complex a) -> complex"),
    row<of_scalar<Acosh>>("aten::acosh.Scalar(Scalar a) -> Scalar"),
    row<of_int<Asin>>("aten::asin.int(int a) -> float"),
    row<of_float<Asin>>("aten::asin.float(float a) -> float"),
    row<of_complex<Asin>>("aten::asin.complex(complex a) -> complex"),
    row<of_scalar<Asin>>("aten::asin.Scalar(Scalar a) -> Scalar"),
    row<of_int<Asinh>>("aten::asinh.int(int a) -> float"),
    row<of_float<Asinh>>("aten::asinh.float(float a) -> float"),
    row<of_complex<Asinh>>("aten::asinh.complex(complex a) -> complex"),
    row<of_scalar<Asinh>>("aten::asinh.Scalar(Scalar a) -> Scalar"),
    row<of_int<Atan>>("aten::atan.int(int a) -> float"),
    row<of_float<Atan>>("aten::atan.float(float a) -> float"),
    row<of_complex<Atan>>("aten::atan.complex(complex a) -> complex"),
    row<of_scalar<Atan>>("aten::atan.Scalar(Scalar a) -> Scalar"),
    row<of_int<Atanh>>("aten::atanh.int(int a) -> float"),
    row<of_float<Atanh>>("aten::atanh.float(float a) -> float"),
    row<of_complex<Atanh>>("aten::atanh.complex(complex a) -> complex"),
    row<of_scalar<Atanh>>("aten::atanh.Scalar(Scalar a) -> Scalar"),
    row<of_int<Cos>>("aten::cos.int(int a) -> float"),
    row<of_float<Cos>>("aten::cos.float(float a) -> float"),
    row<of_complex<Cos>>("aten::cos.complex(complex a) -> complex"),
    row<of_scalar<Cos>>("aten::cos.Scalar(Scalar a) -> Scalar"),
    row<of_int<Cosh>>("aten::cosh.int(int a) -> float"),
    row<of_float<Cosh>>("aten::cosh.float(float a) -> float"),
    row<of_complex<Cosh>>("aten::cosh.complex(complex a) -> complex"),
    row<of_scalar<Cosh>>("aten::cosh.Scalar(Scalar a) -> Scalar"),
    row<of_int<Sin>>("aten::sin.int(int a) -> float"),
    row<of_float<Sin>>("aten::sin.float(float a) -> float"),
    row<of_complex<Sin>>("aten::sin.complex(complex a) -> complex"),
    row<of_scalar<Sin>>("aten::sin.Scalar(Scalar a) -> Scalar"),
    row<of_int<Sinh>>("aten::sinh.int(int a) -> float"),
    row<of_float<Sinh>>("aten::sinh.float(float a) -> float"),
    row<of_complex<Sinh>>("aten::sinh.complex(complex a) -> complex"),
    row<of_scalar<Sinh>>("aten::sinh.Scalar(Scalar a) -> Scalar"),
    row<of_int<Tan>>("aten::tan.int(int a) -> float"),
    row<of_float<Tan>>("aten::tan.float(float a) -> float"),
    row<of_complex<Tan>>("aten::tan.complex(complex a) -> complex"),
    row<of_scalar<Tan>>("aten::tan.Scalar(Scalar a) -> Scalar"),
    row<of_int<Tanh>>("aten::tanh.int(int a) -> float"),
    row<of_float<Tanh>>("aten::tanh.float(float a) -> float"),
    row<of_complex<Tanh>>("aten::tanh.complex(complex a) -> complex"),
    row<of_scalar<Tanh>>("aten::tanh.Scalar(Scalar a) -> Scalar"),
    row<of_int<Exp>>("aten::exp.int(int a) -> float"),
    row<of_float<Exp>>("aten::exp.float(float a) -> float"),
    row<of_complex<Exp>>("aten::exp.complex(complex a) -> complex"),
    row<of_scalar<Exp>>("aten::exp.Scalar(Scalar a) -> Scalar"),
    row<of_int<Log>>("aten::log.int(int a) -> float"),
    row<of_float<Log>>("aten::log.float(float a) -> float"),
    row<of_complex<Log>>("aten::log.complex(complex a) -> complex"),
    row<of_scalar<Log>>("aten::log.Scalar(Scalar a) -> Scalar"),
    row<of_int<Log10>>("aten::log10.int(int a) -> float"),
    row<of_float<Log10>>("aten::log10.float(float a) -> float"),
    row<of_complex<Log10>>("aten::log10.complex(complex a) -> complex"),
    row<of_scalar<Log10>>("aten::log10.Scalar(Scalar a) -> Scalar"),
    row<of_int<Sqrt>>("aten::sqrt.int(int a) -> float"),
    row<of_float<Sqrt>>("aten::sqrt.float(float a) -> float"),
    row<of_complex<Sqrt>>("aten::sqrt.complex(complex a) -> complex"),
    row<of_scalar<Sqrt>>("aten::sqrt.Scalar(Scalar a) -> Scalar"),
    row<of_int<Angle>>("aten::angle.int(int a) -> float"),
    row<of_float<Angle>>("aten::angle.float(float a) -> float"),
    row<of_complex<Angle>>("aten::angle.complex(complex a) -> float"),
    row<of_scalar<Angle>>("aten::angle.Scalar(Scalar a) -> Scalar"),
    row<of_int<Log1p>>("aten::log1p.int(int a) -> float"),
    row<of_float<Log1p>>("aten::log1p.float(float a) -> float"),
    row<of_scalar<Log1p>>("aten::log1p.Scalar(Scalar a) -> Scalar"),
    row<of_int<Expm1>>("aten::expm1.int(int a) -> float"),
    row<of_float<Expm1>>("aten::expm1.float(float a) -> float"),
    row<of_scalar<Expm1>>("aten::expm1.Scalar(Scalar a) -> Scalar"),
    row<of_int<Erf>>("aten::erf.int(int a) -> float"),
    row<of_float<Erf>>("aten::erf.float(float a) -> float"),
    row<of_scalar<Erf>>("aten::erf.Scalar(Scalar a) -> Scalar"),
    row<of_int<Erfc>>("aten::erfc.int(int a) -> float"),
    row<of_float<Erfc>>("aten::erfc.float(float a) -> float"),
    row<of_scalar<Erfc>>("aten::erfc.Scalar(Scalar a) -> Scalar"),
    row<of_int<Gamma>>("aten::gamma.int(int a) -> float"),
    row<of_float<Gamma>>("aten::gamma.float(float a) -> float"),
    row<of_scalar<Gamma>>("aten::gamma.Scalar(Scalar a) -> Scalar"),
    row<of_int<Lgamma>>("aten::lgamma.int(int a) -> float"),
    row<of_float<Lgamma>>("aten::lgamma.float(float a) -> float"),
    row<of_scalar<Lgamma>>("aten::lgamma.Scalar(Scalar a) -> Scalar"),
    row<of_int<Fabs>>("aten::fabs.int(int a) -> float"),
    row<of_float<Fabs>>("aten::fabs.float(float a) -> float"),
    row<of_scalar<Fabs>>("aten::fabs.Scalar(Scalar a) -> Scalar"),
    row<of_int<Degrees>>("aten::degrees.int(int a) -> float"),
    row<of_float<Degrees>>("aten::degrees.float(float a) -> float"),
    row<of_scalar<Degrees>>("aten::degrees.Scalar(Scalar a) -> Scalar"),
    row<of_int<Radians>>("aten::radians.int(int a) -> float"),
    row<of_float<Radians>>("aten::radians.float(float a) -> float"),
    row<of_scalar<Radians>>("aten::radians.Scalar(Scalar a) -> Scalar"),
    row<of_int<Round>>("aten::round.int(int a) -> float"),
    row<of_float<Round>>("aten::round.float(float a) -> float"),
    row<of_scalar<Round>>("aten::round.Scalar(Scalar a) -> Scalar"),
    row<Atan2::of<Int, Int>>("aten::atan2.int(int a, int b) -> float"),
    row<Atan2::of<double, double>>("aten::atan2.float(float a, float b) -> float"),
    row<Atan2::of<Int, double>>("aten::atan2.int_float(int a, float b) -> float"),
    row<Atan2::of<double, Int>>("aten::atan2.float_int(float a, int b) -> float"),
    row<Atan2::of_scalars>("aten::atan2.Scalar_Scalar(Scalar a, Scalar b) -> float"),
    row<Fmod::of<Int, Int>>("aten::fmod.int(int a, int b) -> float"),
    row<Fmod::of<double, double>>("aten::fmod.float(float a, float b) -> float"),
    row<Fmod::of<Int, double>>("aten::fmod.int_float(int a, float b) -> float"),
    row<Fmod::of<double, Int>>("aten::fmod.float_int(float a, int b) -> float"),
    row<Fmod::of_scalars>("aten::fmod(Scalar a, Scalar b) -> float"),
    row<IeeeRemainder::of<Int, Int>>("aten::mathremainder.int(int a, int b) -> float"),
    row<IeeeRemainder::of<double, double>>("aten::mathremainder.float(float a, float b) -> float"),
    row<IeeeRemainder::of<Int, double>>("aten::mathremainder.int_float(int a, float b) -> float"),
    row<IeeeRemainder::of<double, Int>>("aten::mathremainder.float_int(float a, int b) -> float"),
    row<IeeeRemainder::of_scalars>("aten::mathremainder(Scalar a, Scalar b) -> float"),
    row<Copysign::of<Int, Int>>("aten::copysign.int(int a, int b) -> float"),
    row<Copysign::of<double, double>>("aten::copysign.float(float a, float b) -> float"),
    row<Copysign::of<Int, double>>("aten::copysign.int_float(int a, float b) -> float"),
    row<Copysign::of<double, Int>>("aten::copysign.float_int(float a, int b) -> float"),
    row<Copysign::of_scalars>("aten::copysign(Scalar a, Scalar b) -> float"),
    row<LogTo::of<Int, Int>>("aten::log.int_int(int a, int b) -> float"),
    row<LogTo::of<double, double>>("aten::log.float_float(float a, float b) -> float"),
    row<log_complex<Complex, Complex>>("aten::log.complex_complex(complex a, complex b) -> complex"),
    row<LogTo::of<Int, double>>("aten::log.int_float(int a, float b) -> float"),
    row<LogTo::of<double, Int>>("aten::log.float_int(float a, int b) -> float"),
    row<log_complex<Int, Complex>>("aten::log.int_complex(int a, complex b) -> complex"),
    row<log_complex<Complex, Int>>("aten::log.complex_int(complex a, int b) -> complex"),
    row<log_complex<double, Complex>>("aten::log.float_complex(float a, complex b) -> complex"),
    row<log_complex<Complex, double>>("aten::log.complex_float(complex a, float b) -> complex"),
    row<LogTo::of_scalars>("aten::log.Scalar_Scalar(Scalar a, Scalar b) -> float"),
    row<polar<Int, Int>>("aten::polar.int(int a, int b) -> complex"),
    row<polar<double, double>>("aten::polar.float(float a, float b) -> complex"),
    row<polar<Int, double>>("aten::polar.int_float(int a, float b) -> complex"),
    row<polar<double, Int>>("aten::polar.float_int(float a, int b) -> complex"),
    row<polar_scalars>("aten::polar.Scalar_Scalar(Scalar a, Scalar b) -> Scalar"),
    row<same_int>("aten::floor.int(int a) -> int"),
    row<floor_float>("aten::floor.float(float a) -> int"),
    row<floor_scalar>("aten::floor.Scalar(Scalar a) -> Scalar"),
    row<same_int>("aten::ceil.int(int a) -> int"),
    row<ceil_float>("aten::ceil.float(float a) -> int"),
    row<ceil_scalar>("aten::ceil.Scalar(Scalar a) -> Scalar"),
    row<is_nan>("aten::isnan.float(float a) -> bool"),
    row<is_nan_complex>("aten::isnan.complex(complex a) -> bool"),
    row<is_inf>("aten::isinf.float(float a) -> bool"),
    row<is_inf_complex>("aten::isinf.complex(complex a) -> bool"),
    row<is_finite>("aten::isfinite.float(float a) -> bool"),
    row<is_finite_complex>("aten::isfinite.complex(complex a) -> bool"),
    row<factorial>("aten::factorial.int(int a) -> int"),
    row<gcd>("aten::gcd.int(int a, int b) -> int"),
    row<ldexp>("aten::ldexp(float x, int i) -> float"),
    row<frexp>("aten::frexp(float a) -> (float, int)"),
    row<modf>("aten::modf(float a) -> (float, float)"),
};

}  // namespace

}  // namespace fac::ops

namespace fac {
FACULA_FAMILY(builtins_math, ops::kMath)
}
