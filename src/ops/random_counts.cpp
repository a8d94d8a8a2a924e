// Distributions whose parameters come in tensors: Poisson, binomial, gamma, Dirichlet. The streams are PyTorch's.
// sources: W. Hoermann, The transformed rejection method for generating Poisson random variables (1993), and The generation of
// binomial random variates (1993); Marsaglia and Tsang, A simple method for generating gamma variables (2000).
#include <cmath>
#include <limits>

#include "ops/copy.h"
#include "ops/dims.h"
#include "ops/elementwise.h"
#include "ops/expr.h"
#include "ops/generator.h"

namespace fac {
namespace {

using namespace ops;
using T = const Tensor&;
using V = const Value&;

double poisson_of(double rate, Generator& g) {
  if (rate == 0) return 0;
  if (rate < 10) {  // counts the factors until their product falls below exp(-rate)
    const double end = std::exp(-rate);
    double count = 0, product = 1;
    for (;;) {
      product *= g.uniform_double();
      if (!(product > end)) return count;
      count += 1;
    }
  }
  const double root = std::sqrt(rate), log_rate = std::log(rate), b = 0.931 + 2.53 * root, a = -0.059 + 0.02483 * b,
               inverse_alpha = 1.1239 + 1.1328 / (b - 3.4), sure = 0.9277 - 3.6224 / (b - 2);
  for (;;) {
    const double u = g.uniform_double() - 0.5, v = g.uniform_double(), us = 0.5 - std::fabs(u);
    const double k = std::floor((2 * a / us + b) * u + rate + 0.43);
    if (us >= 0.07 && v <= sure) return k;
    if (k < 0 || (us < 0.013 && v > us)) continue;
    if (std::log(v) + std::log(inverse_alpha) - std::log(a / (us * us) + b) <= -rate + k * log_rate - std::lgamma(k + 1)) return k;
  }
}

// The tail of Stirling's series for log(k!).
double stirling_tail(double k) {
  static constexpr double kTails[] = {0.0810614667953272, 0.0413406959554092, 0.0276779256849983, 0.02079067210376509, 0.0166446911898211,
                                      0.0138761288230707, 0.0118967099458917, 0.0104112652619720, 0.00925546218271273, 0.00833056343336287};
  if (k <= 9) return kTails[static_cast<int>(k)];
  const double square = (k + 1) * (k + 1);
  return (1.0 / 12 - (1.0 / 360 - 1.0 / 1260 / square) / square) / (k + 1);
}
double binomial_small(double count, double p, Generator& g) {  // sums of geometric waiting times
  double waited = 0, successes = 0;
  const double log_q = std::log1p(-p);
  for (;;) {
    waited += std::ceil(std::log(g.uniform_double()) / log_q);
    if (waited > count) return successes;
    successes += 1;
  }
}
double binomial_large(double count, double p, Generator& g) {
  const double deviation = std::sqrt(count * p * (1 - p)), b = 1.15 + 2.53 * deviation, a = -0.0873 + 0.0248 * b + 0.01 * p, c = count * p + 0.5,
               sure = 0.92 - 4.2 / b, odds = p / (1 - p), alpha = (2.83 + 5.1 / b) * deviation, mode = std::floor((count + 1) * p);
  for (;;) {
    const double u = g.uniform_double() - 0.5;
    double v = g.uniform_double();
    const double us = 0.5 - std::fabs(u), k = std::floor((2 * a / us + b) * u + c);
    if (us >= 0.07 && v <= sure) return k;
    if (k < 0 || k > count) continue;
    v = std::log(v * alpha / (a / (us * us) + b));
    const double bound = (mode + 0.5) * std::log((mode + 1) / (odds * (count - mode + 1))) + (count + 1) * std::log((count - mode + 1) / (count - k + 1)) +
                         (k + 0.5) * std::log(odds * (count - k + 1) / (k + 1)) + stirling_tail(mode) + stirling_tail(count - mode) - stirling_tail(k) - stirling_tail(count - k);
    if (v <= bound) return k;
  }
}
double binomial_of(double count, double p, Generator& g) {
  if (count <= 0 || p <= 0) return 0;
  if (p >= 1) return count;
  if (std::isnan(p)) return p;
  const bool flip = p > 0.5;
  const double q = flip ? 1 - p : p;
  const double k = count * q >= 10 ? binomial_large(count, q, g) : binomial_small(count, q, g);
  return flip ? count - k : k;
}

double gamma_of(double alpha, Generator& g) {
  double scale = 1;
  if (alpha < 1) {
    if (alpha == 0) return 0;
    scale = std::pow(1 - g.uniform_double(), 1 / alpha);
    alpha += 1;
  }
  const double d = alpha - 1.0 / 3, c = 1 / std::sqrt(9 * d);
  for (;;) {
    double x, y;
    do {
      x = g.normal_double();
      y = 1 + c * x;
    } while (y <= 0);
    const double v = y * y * y, u = 1 - g.uniform_double(), xx = x * x;
    if (u < 1 - 0.0331 * xx * xx || std::log(u) < 0.5 * xx + d * (1 - v + std::log(v))) return scale * d * v;
  }
}

// f(parameters..., generator) for each element, in row-major order; the result has `dtype`.
template <class F>
Result<Tensor> each(T first, T second, DType dtype, V generator, F&& f) {
  FACULA_TRY(const Tensor wide1, cast(first, DType::kDouble));
  FACULA_TRY(const Tensor a, contiguous(wide1));
  FACULA_TRY(const Tensor wide2, cast(second, DType::kDouble));
  FACULA_TRY(const Tensor b, contiguous(wide2));
  FACULA_TRY(const Tensor y, Tensor::empty(a.sizes(), DType::kDouble));
  GeneratorLock g(generator);
  for (std::int64_t i = 0; i < y.numel(); ++i) y.data_as<double>()[i] = f(a.data_as<double>()[i], b.data_as<double>()[i], *g);
  return cast(y, dtype);
}
Status floating(T t, std::string_view name) {
  FACULA_CHECK(is_floating(t.dtype()), "\"{}\" not implemented for '{}'", name, dtype_name(t.dtype()));
  return {};
}

Result<Tensor> poisson(T self, V generator) {
  FACULA_TRY_VOID(floating(self, "poisson_cpu"));
  if (self.numel() > 0) {
    FACULA_TRY(const Tensor low, extreme(self, false, std::nullopt, false));
    FACULA_TRY(const Scalar least, item(low));
    FACULA_CHECK(least.to_double() >= 0, "invalid Poisson rate, expected rate to be non-negative");
    FACULA_TRY(const Tensor high, extreme(self, true, std::nullopt, false));
    FACULA_TRY(const Scalar most, item(high));
    FACULA_CHECK(std::isfinite(most.to_double()), "invalid Poisson rate, expected rate to be finite");
  }
  return each(self, self, self.dtype(), generator, [](double rate, double, Generator& g) { return poisson_of(rate, g); });
}
Result<Tensor> binomial(T count, T prob, V generator) {
  FACULA_TRY_VOID(floating(count, "binomial_cpu"));
  FACULA_CHECK(count.dtype() == prob.dtype(), "Found dtype {} but expected {}", dtype_name(prob.dtype()), dtype_name(count.dtype()));
  FACULA_TRY(const Dims shape, broadcast_shape(count.sizes(), prob.sizes()));
  FACULA_TRY(const Tensor n, expand_to(count, shape));
  FACULA_TRY(const Tensor p, expand_to(prob, shape));
  if (n.numel() > 0) {  // rejection would not end with a count that is not a number
    FACULA_TRY(const Tensor high, extreme(count, true, std::nullopt, false));
    FACULA_TRY(const Scalar most, item(high));
    FACULA_CHECK(std::isfinite(most.to_double()), "binomial: count must be finite");
  }
  return each(n, p, count.dtype(), generator, [](double c, double q, Generator& g) { return binomial_of(c, q, g); });
}
double smallest(DType t) {
  return t == DType::kDouble ? std::numeric_limits<double>::min() : t == DType::kHalf ? 0x1p-14 : static_cast<double>(std::numeric_limits<float>::min());
}
Result<Tensor> standard_gamma(T self, V generator) {
  FACULA_TRY_VOID(floating(self, "gamma"));
  const double least = smallest(self.dtype());
  return each(self, self, self.dtype(), generator, [&](double alpha, double, Generator& g) {
    return std::isfinite(alpha) && alpha >= 0 ? std::max(least, gamma_of(alpha, g)) : std::nan("");
  });
}
Result<Tensor> sample_dirichlet(T self, V generator) {
  FACULA_TRY_VOID(floating(self, "dirichlet"));
  const double least = smallest(self.dtype()), most = 1 - (self.dtype() == DType::kDouble ? 0x1p-52 : self.dtype() == DType::kFloat ? 0x1p-23 : self.dtype() == DType::kHalf ? 0x1p-10 : 0x1p-7);
  FACULA_TRY(const Tensor g, each(self, self, DType::kDouble, generator, [](double alpha, double, Generator& r) {
    return std::isfinite(alpha) && alpha >= 0 ? gamma_of(alpha, r) : std::nan("");
  }));
  const std::int64_t last = -1;
  const Expr share = Expr(g) / Expr(sum(g, Ints(&last, 1), true));
  return cast_to(apply(apply(share, Expr(most), BinaryOp::minimum), Expr(least), BinaryOp::maximum), self.dtype()).result();
}

constexpr Op kRandomCounts[] = {
    row<poisson>("aten::poisson(Tensor self, Generator? generator=None) -> Tensor", {.forms = kOut, .traits = kRandom, .samples = {"rand(4,5)*5", "rand(4,5)*50", "zeros(3)"}}),
    row<binomial>("aten::binomial(Tensor count, Tensor prob, Generator? generator=None) -> Tensor", {.forms = kOut, .traits = kRandom, .samples = {"torch.full((4,5),10.), rand(4,5)", "torch.full((4,5),200.), rand(5)"}}),
    row<standard_gamma>("aten::_standard_gamma(Tensor self, Generator? generator=None) -> Tensor", {.forms = kOut, .traits = kRandom, .samples = {"rand(4,5)*3"}}),
    row<sample_dirichlet>("aten::_sample_dirichlet(Tensor self, Generator? generator=None) -> Tensor", {.forms = kOut, .traits = kRandom, .samples = {"rand(4,5)*3+0.1"}}),
};

}  // namespace

FACULA_FAMILY(random_counts, kRandomCounts)

}  // namespace fac
