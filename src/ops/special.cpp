// Special functions that models seldom use: computed one number at a time, in double.
// Sources of the formulas: NIST Digital Library of Mathematical Functions (chapters 8, 10, 18, 25).
// Longer than most files: one family, a short function and a row for each of its operators.
#include <cmath>
#include <limits>

#include "ops/copy.h"
#include "ops/elementwise.h"
#include "ops/functions.h"

namespace fac {
namespace {

using namespace ops;
using I = std::int64_t;
using T = const Tensor&;
using S = const Scalar&;
constexpr double kInf = std::numeric_limits<double>::infinity(), kNan = std::numeric_limits<double>::quiet_NaN();

Status real_only(T t, std::string_view name) {
  FACULA_CHECK(!is_complex(t.dtype()), "\"{}\" not implemented for '{}'", name, dtype_name(t.dtype()));
  return {};
}
template <double (*f)(double)>
Result<Tensor> each(T self) {
  FACULA_TRY_VOID(real_only(self, "special"));
  FACULA_TRY(const Tensor exact, cast(self, DType::kDouble));
  FACULA_TRY(const Tensor x, exact.is_same(self) ? clone(self) : Result<Tensor>(exact));
  FACULA_TRY(const Tensor dense, contiguous(x));
  for (I i = 0; i < dense.numel(); ++i) dense.data_as<double>()[i] = f(dense.data_as<double>()[i]);
  return cast(dense, to_floating(self.dtype()));
}
Result<Tensor> as_tensor(T t) { return t; }
Result<Tensor> as_tensor(S s) { return scalar_tensor(s, s.dtype()); }
template <double (*f)(double, double), class A, class B>
Result<Tensor> pairs(A a, B b) {
  const DType t = to_floating(result_type(a, b));
  FACULA_TRY(const Tensor at, as_tensor(a));
  FACULA_TRY(const Tensor bt, as_tensor(b));
  FACULA_TRY_VOID(real_only(at, "special"));
  FACULA_TRY_VOID(real_only(bt, "special"));
  FACULA_TRY(const Dims shape, broadcast_shape(at.sizes(), bt.sizes()));
  FACULA_TRY(const Tensor out, Tensor::empty(shape, DType::kDouble));
  FACULA_TRY(const Tensor right, Tensor::empty(shape, DType::kDouble));
  FACULA_TRY_VOID(copy_into(out, at));
  FACULA_TRY_VOID(copy_into(right, bt));
  double* x = out.data_as<double>();
  for (I i = 0; i < out.numel(); ++i) x[i] = f(x[i], right.data_as<double>()[i]);
  return cast(out, t);
}

// --- Bessel functions ---

// exp(-x) I_n(x) for x >= 0, n 0 or 1: power series, or the asymptotic one where it has converged.
double scaled_bessel_i(int n, double x) {
  if (x <= 20) {
    double term = n == 0 ? 1 : x / 2, total = term;
    for (int k = 1; k < 200 && term > total * 1e-18; ++k) {
      term *= x * x / 4 / k / (k + n);
      total += term;
    }
    return total * std::exp(-x);
  }
  double term = 1, total = 1;
  for (int k = 1; k < 40; ++k) {
    term *= -(4.0 * n * n - (2.0 * k - 1) * (2.0 * k - 1)) / (k * 8 * x);
    if (std::abs(term) < 1e-18) break;
    total += term;
  }
  return total / std::sqrt(2 * M_PI * x);
}
double i0e(double x) { return scaled_bessel_i(0, std::abs(x)); }
double i1e(double x) { return std::copysign(scaled_bessel_i(1, std::abs(x)), x); }
double i1(double x) { return i1e(x) * std::exp(std::abs(x)); }
template <int n>
double bessel_k(double x) {
  if (x == 0) return kInf;
  if (!(x > 0)) return kNan;
  return x > 700 ? 0 : std::cyl_bessel_k(static_cast<double>(n), x);
}
template <int n>
double scaled_bessel_k(double x) {
  if (x == 0) return kInf;
  if (!(x > 0)) return kNan;
  if (x < 100) return std::cyl_bessel_k(static_cast<double>(n), x) * std::exp(x);
  double term = 1, total = 1;
  for (int k = 1; k < 30; ++k) total += term *= (4.0 * n * n - (2.0 * k - 1) * (2.0 * k - 1)) / (k * 8 * x);
  return total * std::sqrt(M_PI / (2 * x));
}
double j0_of(double x) { return ::j0(x); }
double j1_of(double x) { return ::j1(x); }
double y0_of(double x) { return x < 0 ? kNan : ::y0(x); }
double y1_of(double x) { return x < 0 ? kNan : ::y1(x); }
double spherical_j0(double x) { return std::isinf(x) ? 0 : std::abs(x) < 1e-3 ? 1 - x * x / 6 : std::sin(x) / x; }

// --- the error function's relatives ---

double erfcx(double x) {
  if (x < 25) return std::exp(x * x) * std::erfc(x);
  const double y = 1 / (2 * x * x);
  return (1 - y + 3 * y * y) / (x * std::sqrt(M_PI));
}
double log_ndtr(double x) {
  const double t = x * M_SQRT1_2;
  return x < -1 ? std::log(erfcx(-t) / 2) - t * t : std::log1p(-std::erfc(t) / 2);
}
// Quantile of the normal distribution: Newton's method on the logarithm, from the tail's first approximation.
double ndtri(double p) {
  if (p == 0) return -kInf;
  if (p == 1) return kInf;
  if (!(p > 0 && p < 1)) return kNan;
  const double q = std::min(p, 1 - p);
  double x = -std::sqrt(-2 * std::log(q)) * (q < 0.1 ? 0.9 : 0.5);
  for (int i = 0; i < 60; ++i) {
    const double density = std::exp(-x * x / 2) / std::sqrt(2 * M_PI), mass = std::erfc(-x * M_SQRT1_2) / 2;
    const double step = (std::log(mass) - std::log(q)) * mass / density;
    x -= step;
    if (std::abs(step) < 1e-15 * std::max(1.0, std::abs(x))) break;
  }
  return p < 0.5 ? x : -x;
}

// --- zeta, polygamma, incomplete gamma ---

// Hurwitz zeta by Euler and Maclaurin: the first terms, then the integral with corrections.
double zeta(double s, double q) {
  if (s == 1) return kInf;
  if (s < 1) return kNan;
  if (q <= 0) {
    if (q == std::floor(q)) return kInf;
    if (s != std::floor(s)) return kNan;
  }
  constexpr int kTerms = 12;
  constexpr double kBernoulli[] = {1.0 / 6, -1.0 / 30, 1.0 / 42, -1.0 / 30, 5.0 / 66, -691.0 / 2730, 7.0 / 6, -3617.0 / 510};
  double total = 0, a = q;
  for (int k = 0; k < kTerms || a < 9; ++k, a += 1) {
    const double term = std::pow(a, -s);
    total += term;
    if (std::abs(term) < 1e-18 * std::abs(total)) return total;
  }
  total += std::pow(a, 1 - s) / (s - 1) + std::pow(a, -s) / 2;
  double factor = s, power = std::pow(a, -s - 1), factorial = 2;
  for (int k = 1; k <= 8; ++k) {
    total += kBernoulli[k - 1] / factorial * factor * power;
    factor *= (s + 2 * k - 1) * (s + 2 * k);
    power /= a * a;
    factorial *= (2 * k + 1) * (2 * k + 2);
  }
  return total;
}
Result<Tensor> polygamma(I n, T self) {
  FACULA_CHECK(n >= 0, "polygamma(n, x) does not support negative n.");
  if (n == 0) return unary(self, UnaryOp::digamma, Rule::kFloating);
  const double order = static_cast<double>(n), factor = (n % 2 ? 1 : -1) * std::tgamma(order + 1);
  FACULA_TRY(const Tensor value, pairs<zeta>(Scalar(order + 1), self));
  FACULA_TRY(const Tensor typed, cast(value, to_floating(self.dtype())));
  return binary(typed, Scalar(factor), BinaryOp::mul);
}
Result<Tensor> polygamma_(T self, I n) {
  FACULA_CHECK(!is_integral(self.dtype(), true), "result type Float can't be cast to the desired output type {}", dtype_name(self.dtype()));
  FACULA_TRY(const Tensor value, polygamma(n, self));
  FACULA_TRY_VOID(copy_into(self, value));
  self.bump_version();
  return self;
}
// Lower incomplete gamma function, normalised: a series below a + 1, a continued fraction (Lentz) above.
double gamma_p(double a, double x, bool upper) {
  if (std::isnan(a) || std::isnan(x) || x < 0 || a < 0) return kNan;
  if (a == 0) return x > 0 ? (upper ? 0 : 1) : kNan;
  if (x == 0) return upper ? 1 : 0;
  if (std::isinf(a)) return std::isinf(x) ? kNan : upper ? 1 : 0;
  if (std::isinf(x)) return upper ? 0 : 1;
  const double front = std::exp(a * std::log(x) - x - std::lgamma(a));
  if (x < a + 1) {
    double term = 1 / a, total = term;
    for (int k = 1; k < 5000 && term > total * 1e-17; ++k) total += term *= x / (a + k);
    return upper ? 1 - total * front : total * front;
  }
  double b = x + 1 - a, c = 1e300, d = 1 / b, h = d;
  for (int k = 1; k < 5000; ++k) {
    const double an = -k * (k - a);
    b += 2;
    d = 1 / (an * d + b);
    c = b + an / c;
    h *= d * c;
    if (std::abs(d * c - 1) < 1e-16) break;
  }
  return upper ? h * front : 1 - h * front;
}
double igamma(double a, double x) { return gamma_p(a, x, false); }
double igammac(double a, double x) { return gamma_p(a, x, true); }

Result<Tensor> mvlgamma(T self, I p) {
  FACULA_CHECK(self.dtype() != DType::kBool, "The input tensor may not be a boolean tensor.");
  FACULA_CHECK(p >= 1, "p has to be greater than or equal to 1");
  Tensor total;
  for (I j = 0; j < p; ++j) {
    FACULA_TRY(const Tensor moved, binary(self, Scalar(-0.5 * static_cast<double>(j)), BinaryOp::add, Rule::kFloating));
    FACULA_TRY(const Tensor term, unary(moved, UnaryOp::lgamma, Rule::kFloating));
    if (!total.defined()) {
      total = term;
    } else {
      FACULA_TRY(total, binary(total, term, BinaryOp::add));
    }
  }
  const double order = static_cast<double>(p);
  return binary(total, Scalar(order * (order - 1) / 4 * std::log(M_PI)), BinaryOp::add);
}

Result<std::tuple<Tensor, Tensor>> frexp(T self) {
  FACULA_CHECK(is_floating(self.dtype()), "torch.frexp() only supports floating-point dtypes");
  FACULA_TRY(const Tensor exact, cast(self, DType::kDouble));
  FACULA_TRY(const Tensor dense, clone_as(exact, MemoryFormat::kContiguous));
  FACULA_TRY(Tensor exponent, Tensor::empty(self.sizes(), DType::kInt32));
  for (I i = 0; i < dense.numel(); ++i) {
    int e = 0;
    double& x = dense.data_as<double>()[i];
    x = std::frexp(x, &e);
    exponent.data_as<std::int32_t>()[i] = e;
  }
  FACULA_TRY(Tensor mantissa, cast(dense, self.dtype()));
  return std::tuple(std::move(mantissa), std::move(exponent));
}

// Maclaurin series near zero (long double absorbs the cancellation), a Bessel function of order 1/3 to the right, the
// asymptotic series to the left (DLMF 9.4, 9.6, 9.7).
double airy_ai(double x) {
  if (std::isnan(x) || std::isinf(x)) return kNan;
  if (x > 103.892) return 0;
  const double size = std::abs(x), zeta = 2.0 / 3 * size * std::sqrt(size);
  if (x >= 5) return std::sqrt(x / 3) / M_PI * std::cyl_bessel_k(1.0 / 3, zeta);
  if (x > -9) {
    const long double cube = static_cast<long double>(x) * x * x;
    long double f = 0, g = 0, a = 1, b = x;
    for (int k = 0; k < 200; ++k) {
      f += a;
      g += b;
      const int n = 3 * k;
      a *= cube / static_cast<long double>((n + 2) * (n + 3));
      b *= cube / static_cast<long double>((n + 3) * (n + 4));
    }
    return static_cast<double>(0.35502805388781723926006318600418L * f - 0.25881940379280679840518356018920L * g);
  }
  double even = 0, odd = 0, term = 1;
  for (int k = 0; k < 12; ++k) {
    (k % 2 ? odd : even) += (k / 2 % 2 ? -1 : 1) * term;
    term *= (6.0 * k + 5) * (6.0 * k + 3) * (6.0 * k + 1) / (216.0 * (k + 1) * (2.0 * k + 1)) / zeta;
  }
  const double phase = zeta - M_PI / 4;
  return (std::cos(phase) * even + std::sin(phase) * odd) / (std::sqrt(M_PI) * std::sqrt(std::sqrt(size)));
}

// --- orthogonal polynomials, by their recurrences; the degree is cut to an integer, negative ones give 0 ---

template <class Next>
double recur(double degree, double p0, double p1, Next&& next) {
  if (!(degree > -1)) return 0;
  const auto n = static_cast<I>(degree);
  if (n == 0) return p0;
  double before = p0, now = p1;
  for (I k = 1; k < n && !std::isnan(now); ++k) {
    const double after = next(static_cast<double>(k), now, before);
    before = now;
    now = after;
  }
  return now;
}
double chebyshev(double x, double n, double first) {
  return recur(n, 1, first, [x](double, double p, double q) { return 2 * x * p - q; });
}
double chebyshev_t(double x, double n) { return chebyshev(x, n, x); }
double chebyshev_u(double x, double n) { return chebyshev(x, n, 2 * x); }
double chebyshev_v(double x, double n) { return chebyshev(x, n, 2 * x - 1); }
double chebyshev_w(double x, double n) { return chebyshev(x, n, 2 * x + 1); }
double shifted_t(double x, double n) { return chebyshev_t(2 * x - 1, n); }
double shifted_u(double x, double n) { return chebyshev_u(2 * x - 1, n); }
double shifted_v(double x, double n) { return chebyshev_v(2 * x - 1, n); }
double shifted_w(double x, double n) { return chebyshev_w(2 * x - 1, n); }
double hermite_h(double x, double n) {
  return recur(n, 1, 2 * x, [x](double k, double p, double q) { return 2 * x * p - 2 * k * q; });
}
double hermite_he(double x, double n) {
  return recur(n, 1, x, [x](double k, double p, double q) { return x * p - k * q; });
}
double laguerre(double x, double n) {
  return recur(n, 1, 1 - x, [x](double k, double p, double q) { return ((2 * k + 1 - x) * p - k * q) / (k + 1); });
}
double legendre(double x, double n) {
  return recur(n, 1, x, [x](double k, double p, double q) { return ((2 * k + 1) * x * p - k * q) / (k + 1); });
}

}  // namespace

constexpr Op kSpecial[] = {
    row<each<i0e>>("aten::special_i0e(Tensor self) -> Tensor",
        {.forms = kOut, .traits = kPointwise, .samples = {"randn(5)*5", "tensor([0.,30.,-40.])"}}),
    row<each<i1>>("aten::special_i1(Tensor self) -> Tensor",
        {.forms = kOut, .traits = kPointwise, .samples = {"randn(5)*5"}}),
    row<each<i1e>>("aten::special_i1e(Tensor self) -> Tensor",
        {.forms = kOut, .traits = kPointwise, .samples = {"randn(5)*5", "tensor([0.,30.,-40.])"}}),
    row<each<i1>>("aten::special_modified_bessel_i1(Tensor self) -> Tensor",
        {.forms = kOut, .traits = kPointwise, .samples = {"randn(5)*5"}}),
    row<each<bessel_k<0>>>("aten::special_modified_bessel_k0(Tensor self) -> Tensor",
        {.forms = kOut, .traits = kPointwise, .samples = {"rand(5)*5"}}),
    row<each<bessel_k<1>>>("aten::special_modified_bessel_k1(Tensor self) -> Tensor",
        {.forms = kOut, .traits = kPointwise, .samples = {"rand(5)*5"}}),
    row<each<scaled_bessel_k<0>>>("aten::special_scaled_modified_bessel_k0(Tensor x) -> Tensor",
        {.forms = kOut, .traits = kPointwise, .samples = {"rand(5)*5"}}),
    row<each<scaled_bessel_k<1>>>("aten::special_scaled_modified_bessel_k1(Tensor x) -> Tensor",
        {.forms = kOut, .traits = kPointwise, .samples = {"rand(5)*5"}}),
    row<each<j0_of>>("aten::special_bessel_j0(Tensor self) -> Tensor",
        {.forms = kOut, .traits = kPointwise, .samples = {"randn(5)*5"}}),
    row<each<j1_of>>("aten::special_bessel_j1(Tensor self) -> Tensor",
        {.forms = kOut, .traits = kPointwise, .samples = {"randn(5)*5"}}),
    row<each<y0_of>>("aten::special_bessel_y0(Tensor self) -> Tensor",
        {.forms = kOut, .traits = kPointwise, .samples = {"rand(5)*5"}}),
    row<each<y1_of>>("aten::special_bessel_y1(Tensor self) -> Tensor",
        {.forms = kOut, .traits = kPointwise, .samples = {"rand(5)*5"}}),
    row<each<spherical_j0>>("aten::special_spherical_bessel_j0(Tensor x) -> Tensor",
        {.forms = kOut, .traits = kPointwise, .samples = {"randn(5)*5"}}),
    row<each<erfcx>>("aten::special_erfcx(Tensor self) -> Tensor",
        {.forms = kOut, .traits = kPointwise, .samples = {"randn(5)*3", "tensor([0.,30.])"}}),
    row<each<log_ndtr>>("aten::special_log_ndtr(Tensor self) -> Tensor",
        {.forms = kOut, .traits = kPointwise, .samples = {"randn(5)*5", "tensor([-30.,3.])"}}),
    row<each<ndtri>>("aten::special_ndtri(Tensor self) -> Tensor",
        {.forms = kOut, .traits = kPointwise, .samples = {"rand(5)", "tensor([0.,1.,0.5,1e-6])"}}),
    row<pairs<zeta, T, T>>("aten::special_zeta(Tensor self, Tensor other) -> Tensor",
        {.forms = kOut, .traits = kPointwise, .samples = {"rand(5)*5+1.1, rand(5)*3"}}),
    row<pairs<zeta, S, T>>("aten::special_zeta.self_scalar(Scalar self, Tensor other) -> Tensor",
        {.forms = kOut, .traits = kPointwise, .samples = {"2.5, rand(5)*3"}}),
    row<pairs<zeta, T, S>>("aten::special_zeta.other_scalar(Tensor self, Scalar other) -> Tensor",
        {.forms = kOut, .traits = kPointwise, .samples = {"rand(5)*5+1.1, 2"}}),
    row<polygamma>("aten::polygamma(int n, Tensor self) -> Tensor",
        {.forms = kOut, .samples = {"1, rand(5)*3", "2, rand(5)*3", "0, rand(5)*3"}}),
    row<polygamma_>("aten::polygamma_(Tensor(a!) self, int n) -> Tensor(a!)"),
    row<polygamma>("aten::special_polygamma(int n, Tensor self) -> Tensor",
        {.forms = kOut, .samples = {"1, rand(5)*3"}}),
    row<pairs<igamma, T, T>>("aten::igamma(Tensor self, Tensor other) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise, .samples = {"rand(5)*5, rand(5)*5"}}),
    row<pairs<igammac, T, T>>("aten::igammac(Tensor self, Tensor other) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise, .samples = {"rand(5)*5, rand(5)*5"}}),
    row<pairs<igamma, T, T>>("aten::special_gammainc(Tensor self, Tensor other) -> Tensor",
        {.forms = kOut, .traits = kPointwise, .samples = {"rand(5)*5, rand(5)*5"}}),
    row<pairs<igammac, T, T>>("aten::special_gammaincc(Tensor self, Tensor other) -> Tensor",
        {.forms = kOut, .traits = kPointwise, .samples = {"rand(5)*5, rand(5)*5"}}),
    row<mvlgamma>("aten::mvlgamma(Tensor self, int p) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise, .samples = {"rand(5)*5+2, 2"}}),
    row<mvlgamma>("aten::special_multigammaln(Tensor self, int p) -> Tensor",
        {.forms = kOut, .traits = kPointwise, .samples = {"rand(5)*5+2, 2"}}),
    row<frexp>("aten::frexp.Tensor(Tensor self) -> (Tensor mantissa, Tensor exponent)", {.samples = {"randn(5)"}}),
    row<each<airy_ai>>("aten::special_airy_ai(Tensor x) -> Tensor",
        {.forms = kOut, .traits = kPointwise, .samples = {"randn(7)*3", "tensor([0.,30.,-40.,200.])", "arange(5)"}}),
    row<pairs<chebyshev_t, T, T>>("aten::special_chebyshev_polynomial_t(Tensor x, Tensor n) -> Tensor",
        {.forms = kOut, .traits = kPointwise, .samples = {"rand(5), tensor([0,1,2,3,4])"}}),
    row<pairs<chebyshev_t, S, T>>("aten::special_chebyshev_polynomial_t.x_scalar(Scalar x, Tensor n) -> Tensor",
        {.forms = kOut, .traits = kPointwise, .samples = {"0.3, tensor([0,1,2,3,4])"}}),
    row<pairs<chebyshev_t, T, S>>("aten::special_chebyshev_polynomial_t.n_scalar(Tensor x, Scalar n) -> Tensor",
        {.forms = kOut, .traits = kPointwise, .samples = {"rand(5), 3"}}),
    row<pairs<chebyshev_u, T, T>>("aten::special_chebyshev_polynomial_u(Tensor x, Tensor n) -> Tensor",
        {.forms = kOut, .traits = kPointwise, .samples = {"rand(5), tensor([0,1,2,3,4])"}}),
    row<pairs<chebyshev_u, S, T>>("aten::special_chebyshev_polynomial_u.x_scalar(Scalar x, Tensor n) -> Tensor",
        {.forms = kOut, .traits = kPointwise, .samples = {"0.3, tensor([0,1,2,3,4])"}}),
    row<pairs<chebyshev_u, T, S>>("aten::special_chebyshev_polynomial_u.n_scalar(Tensor x, Scalar n) -> Tensor",
        {.forms = kOut, .traits = kPointwise, .samples = {"rand(5), 3"}}),
    row<pairs<chebyshev_v, T, T>>("aten::special_chebyshev_polynomial_v(Tensor x, Tensor n) -> Tensor",
        {.forms = kOut, .traits = kPointwise, .samples = {"rand(5), tensor([0,1,2,3,4])"}}),
    row<pairs<chebyshev_v, S, T>>("aten::special_chebyshev_polynomial_v.x_scalar(Scalar x, Tensor n) -> Tensor",
        {.forms = kOut, .traits = kPointwise, .samples = {"0.3, tensor([0,1,2,3,4])"}}),
    row<pairs<chebyshev_v, T, S>>("aten::special_chebyshev_polynomial_v.n_scalar(Tensor x, Scalar n) -> Tensor",
        {.forms = kOut, .traits = kPointwise, .samples = {"rand(5), 3"}}),
    row<pairs<chebyshev_w, T, T>>("aten::special_chebyshev_polynomial_w(Tensor x, Tensor n) -> Tensor",
        {.forms = kOut, .traits = kPointwise, .samples = {"rand(5), tensor([0,1,2,3,4])"}}),
    row<pairs<chebyshev_w, S, T>>("aten::special_chebyshev_polynomial_w.x_scalar(Scalar x, Tensor n) -> Tensor",
        {.forms = kOut, .traits = kPointwise, .samples = {"0.3, tensor([0,1,2,3,4])"}}),
    row<pairs<chebyshev_w, T, S>>("aten::special_chebyshev_polynomial_w.n_scalar(Tensor x, Scalar n) -> Tensor",
        {.forms = kOut, .traits = kPointwise, .samples = {"rand(5), 3"}}),
    row<pairs<shifted_t, T, T>>("aten::special_shifted_chebyshev_polynomial_t(Tensor x, Tensor n) -> Tensor",
        {.forms = kOut, .traits = kPointwise, .samples = {"rand(5), tensor([0,1,2,3,4])"}}),
    row<pairs<shifted_t, S, T>>("aten::special_shifted_chebyshev_polynomial_t.x_scalar(Scalar x, Tensor n) -> Tensor",
        {.forms = kOut, .traits = kPointwise, .samples = {"0.3, tensor([0,1,2,3,4])"}}),
    row<pairs<shifted_t, T, S>>("aten::special_shifted_chebyshev_polynomial_t.n_scalar(Tensor x, Scalar n) -> Tensor",
        {.forms = kOut, .traits = kPointwise, .samples = {"rand(5), 3"}}),
    row<pairs<shifted_u, T, T>>("aten::special_shifted_chebyshev_polynomial_u(Tensor x, Tensor n) -> Tensor",
        {.forms = kOut, .traits = kPointwise, .samples = {"rand(5), tensor([0,1,2,3,4])"}}),
    row<pairs<shifted_u, S, T>>("aten::special_shifted_chebyshev_polynomial_u.x_scalar(Scalar x, Tensor n) -> Tensor",
        {.forms = kOut, .traits = kPointwise, .samples = {"0.3, tensor([0,1,2,3,4])"}}),
    row<pairs<shifted_u, T, S>>("aten::special_shifted_chebyshev_polynomial_u.n_scalar(Tensor x, Scalar n) -> Tensor",
        {.forms = kOut, .traits = kPointwise, .samples = {"rand(5), 3"}}),
    row<pairs<shifted_v, T, T>>("aten::special_shifted_chebyshev_polynomial_v(Tensor x, Tensor n) -> Tensor",
        {.forms = kOut, .traits = kPointwise, .samples = {"rand(5), tensor([0,1,2,3,4])"}}),
    row<pairs<shifted_v, S, T>>("aten::special_shifted_chebyshev_polynomial_v.x_scalar(Scalar x, Tensor n) -> Tensor",
        {.forms = kOut, .traits = kPointwise, .samples = {"0.3, tensor([0,1,2,3,4])"}}),
    row<pairs<shifted_v, T, S>>("aten::special_shifted_chebyshev_polynomial_v.n_scalar(Tensor x, Scalar n) -> Tensor",
        {.forms = kOut, .traits = kPointwise, .samples = {"rand(5), 3"}}),
    row<pairs<shifted_w, T, T>>("aten::special_shifted_chebyshev_polynomial_w(Tensor x, Tensor n) -> Tensor",
        {.forms = kOut, .traits = kPointwise, .samples = {"rand(5), tensor([0,1,2,3,4])"}}),
    row<pairs<shifted_w, S, T>>("aten::special_shifted_chebyshev_polynomial_w.x_scalar(Scalar x, Tensor n) -> Tensor",
        {.forms = kOut, .traits = kPointwise, .samples = {"0.3, tensor([0,1,2,3,4])"}}),
    row<pairs<shifted_w, T, S>>("aten::special_shifted_chebyshev_polynomial_w.n_scalar(Tensor x, Scalar n) -> Tensor",
        {.forms = kOut, .traits = kPointwise, .samples = {"rand(5), 3"}}),
    row<pairs<hermite_h, T, T>>("aten::special_hermite_polynomial_h(Tensor x, Tensor n) -> Tensor",
        {.forms = kOut, .traits = kPointwise, .samples = {"rand(5), tensor([0,1,2,3,4])"}}),
    row<pairs<hermite_h, S, T>>("aten::special_hermite_polynomial_h.x_scalar(Scalar x, Tensor n) -> Tensor",
        {.forms = kOut, .traits = kPointwise, .samples = {"0.3, tensor([0,1,2,3,4])"}}),
    row<pairs<hermite_h, T, S>>("aten::special_hermite_polynomial_h.n_scalar(Tensor x, Scalar n) -> Tensor",
        {.forms = kOut, .traits = kPointwise, .samples = {"rand(5), 3"}}),
    row<pairs<hermite_he, T, T>>("aten::special_hermite_polynomial_he(Tensor x, Tensor n) -> Tensor",
        {.forms = kOut, .traits = kPointwise, .samples = {"rand(5), tensor([0,1,2,3,4])"}}),
    row<pairs<hermite_he, S, T>>("aten::special_hermite_polynomial_he.x_scalar(Scalar x, Tensor n) -> Tensor",
        {.forms = kOut, .traits = kPointwise, .samples = {"0.3, tensor([0,1,2,3,4])"}}),
    row<pairs<hermite_he, T, S>>("aten::special_hermite_polynomial_he.n_scalar(Tensor x, Scalar n) -> Tensor",
        {.forms = kOut, .traits = kPointwise, .samples = {"rand(5), 3"}}),
    row<pairs<laguerre, T, T>>("aten::special_laguerre_polynomial_l(Tensor x, Tensor n) -> Tensor",
        {.forms = kOut, .traits = kPointwise, .samples = {"rand(5), tensor([0,1,2,3,4])"}}),
    row<pairs<laguerre, S, T>>("aten::special_laguerre_polynomial_l.x_scalar(Scalar x, Tensor n) -> Tensor",
        {.forms = kOut, .traits = kPointwise, .samples = {"0.3, tensor([0,1,2,3,4])"}}),
    row<pairs<laguerre, T, S>>("aten::special_laguerre_polynomial_l.n_scalar(Tensor x, Scalar n) -> Tensor",
        {.forms = kOut, .traits = kPointwise, .samples = {"rand(5), 3"}}),
    row<pairs<legendre, T, T>>("aten::special_legendre_polynomial_p(Tensor x, Tensor n) -> Tensor",
        {.forms = kOut, .traits = kPointwise, .samples = {"rand(5), tensor([0,1,2,3,4])"}}),
    row<pairs<legendre, S, T>>("aten::special_legendre_polynomial_p.x_scalar(Scalar x, Tensor n) -> Tensor",
        {.forms = kOut, .traits = kPointwise, .samples = {"0.3, tensor([0,1,2,3,4])"}}),
    row<pairs<legendre, T, S>>("aten::special_legendre_polynomial_p.n_scalar(Tensor x, Scalar n) -> Tensor",
        {.forms = kOut, .traits = kPointwise, .samples = {"rand(5), 3"}}),
};
FACULA_FAMILY(special, kSpecial)

}  // namespace fac
