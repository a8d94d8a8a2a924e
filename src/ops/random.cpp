// Random tensors and dropout. The order of draws is PyTorch's, so that equal seeds give equal tensors.
// Longer than most files: one family, a short function and a row for each of its operators.
#include <cmath>
#include <limits>

#include "kernels/copy.h"
#include "ops/copy.h"
#include "ops/dims.h"
#include "ops/elementwise.h"
#include "ops/functions.h"
#include "ops/generator.h"
#include "ops/options.h"
#include "ops/reduction.h"

namespace fac {
namespace {

using namespace ops;
using I = std::int64_t;
using T = const Tensor&;
using V = const Value&;

// Writes next() to each element, in the order of memory.
template <class Number, class F>
Status draw(T self, F&& next) {
  FACULA_TRY_VOID(check_writable(self));
  std::vector<Number> values(static_cast<std::size_t>(self.numel()));
  for (auto& v : values) v = next();
  self.bump_version();
  if (values.empty()) return {};
  if (self.is_non_overlapping_and_dense()) {
    kernels::convert(self.data(), kind_of(self.dtype()), values.data(), kernels::kind_of<Number>(), self.numel());
    return {};
  }
  FACULA_TRY(const Tensor dense, Tensor::empty_like(self));
  kernels::convert(dense.data(), kind_of(self.dtype()), values.data(), kernels::kind_of<Number>(), self.numel());
  return copy_into(self, dense);
}

Status floating(T self, std::string_view name) {
  FACULA_CHECK(is_floating(self.dtype()) || is_complex(self.dtype()), "\"{}\" not implemented for '{}'", name,
               dtype_name(self.dtype()));
  return {};
}

Status real_floating(T self, std::string_view name) {
  FACULA_CHECK(is_floating(self.dtype()), "\"{}\" not implemented for '{}'", name, dtype_name(self.dtype()));
  return {};
}
// The parts of a complex tensor in the order of memory; undefined where it has gaps.
Tensor memory_pairs(T self) {
  if (!self.is_non_overlapping_and_dense()) return Tensor();
  return Tensor::from_storage(self.storage(), self.offset() * 2, Dims{self.numel() * 2}, Dims{1}, real_dtype(self.dtype()));
}

// Bits of the significand.
int digits(DType t) { return t == DType::kHalf ? 11 : t == DType::kBFloat16 ? 8 : 24; }

Result<Tensor> uniform_(T self, double from, double to, V generator) {
  FACULA_TRY_VOID(floating(self, "check_uniform_bounds"));
  FACULA_CHECK(from <= to, "uniform_ expects to return a [from, to) range, but found from={} > to={}", from, to);
  if (is_complex(self.dtype())) {  // real and imaginary parts in turn
    if (const Tensor parts = memory_pairs(self); parts.defined()) {
      FACULA_TRY_VOID(uniform_(parts, from, to, generator));
      return self;
    }
    FACULA_TRY(const Tensor pairs, Tensor::empty(Dims{self.numel() * 2}, real_dtype(self.dtype())));
    FACULA_TRY_VOID(uniform_(pairs, from, to, generator));
    FACULA_TRY_VOID(copy_into(self, Tensor::from_storage(pairs.storage(), 0, self.sizes(), contiguous_strides(self.sizes()), self.dtype())));
    return self;
  }
  GeneratorLock g(generator);
  if (self.dtype() == DType::kDouble) {
    FACULA_TRY_VOID(draw<double>(self, [&] { return g->uniform_double() * (to - from) + from; }));
    return self;
  }
  const float low = static_cast<float>(from), span = static_cast<float>(to) - low;
  FACULA_TRY_VOID(draw<float>(self, [&] { return g->uniform_float() * span + low; }));
  return self;
}

// Sixteen at a time: the first half of the uniforms gives radii, the second angles.
template <class F>
void box_muller_16(F* x, F mean, F std) {
  for (int j = 0; j < 8; ++j) {
    const F u1 = 1 - x[j], u2 = x[j + 8];
    const F radius = std::sqrt(-2 * std::log(u1)), theta = static_cast<F>(2.0 * M_PI) * u2;
    x[j] = radius * std::cos(theta) * std + mean;
    x[j + 8] = radius * std::sin(theta) * std + mean;
  }
}
template <class F>
void normal_fill(F* x, I n, F mean, F std, Generator& g) {
  const auto uniform = [&] {
    if constexpr (std::is_same_v<F, double>) return g.uniform_double();
    else return g.uniform_float();
  };
  for (I i = 0; i < n; ++i) x[i] = uniform();
  for (I i = 0; i + 15 < n; i += 16) box_muller_16(x + i, mean, std);
  if (n % 16 != 0) {
    for (I i = n - 16; i < n; ++i) x[i] = uniform();
    box_muller_16(x + n - 16, mean, std);
  }
}
Result<Tensor> normal_(T self, double mean, double std, V generator) {
  FACULA_CHECK(std >= 0, "normal expects std >= 0.0, but found std {}", std);
  FACULA_TRY_VOID(floating(self, "normal_kernel_cpu"));
  if (is_complex(self.dtype())) {
    const auto moved = [&]() -> Result<Tensor> {  // both parts have the mean, as in PyTorch
      if (mean != 0) {
        FACULA_TRY(const Tensor sum, binary(self, Scalar(std::complex<double>(mean, mean)), BinaryOp::add));
        FACULA_TRY_VOID(copy_into(self, sum));
      }
      return self;
    };
    if (const Tensor parts = memory_pairs(self); parts.defined()) {
      if (self.is_contiguous()) {
        FACULA_TRY_VOID(normal_(parts, 0, std * M_SQRT1_2, generator));
      } else {
        GeneratorLock g(generator);
        FACULA_TRY_VOID(draw<double>(parts, [&] { return g->normal_double() * std * M_SQRT1_2; }));
      }
      return moved();
    }
    const Dims sizes{self.numel() * 2};
    FACULA_TRY(const Tensor pairs, Tensor::empty(sizes, real_dtype(self.dtype())));
    FACULA_TRY_VOID(normal_(pairs, 0, std * M_SQRT1_2, generator));
    const Tensor values = Tensor::from_storage(pairs.storage(), 0, self.sizes(), contiguous_strides(self.sizes()), self.dtype());
    FACULA_TRY_VOID(copy_into(self, values));
    return moved();
  }
  GeneratorLock g(generator);
  if (self.numel() >= 16 && self.is_contiguous() && self.dtype() == DType::kFloat) {
    normal_fill(self.data_as<float>(), self.numel(), static_cast<float>(mean), static_cast<float>(std), *g);
    self.bump_version();
  } else if (self.numel() >= 16 && self.is_contiguous() && self.dtype() == DType::kDouble) {
    normal_fill(self.data_as<double>(), self.numel(), mean, std, *g);
    self.bump_version();
  } else if (self.numel() >= 16 && self.is_contiguous()) {  // half precision: drawn as float
    FACULA_TRY(const Tensor wide, Tensor::empty(self.sizes(), DType::kFloat));
    normal_fill(wide.data_as<float>(), self.numel(), static_cast<float>(mean), static_cast<float>(std), *g);
    FACULA_TRY_VOID(copy_into(self, wide));
    self.bump_version();
  } else {
    FACULA_TRY_VOID(draw<double>(self, [&] { return g->normal_double() * std + mean; }));
  }
  return self;
}

Result<Tensor> bernoulli_p_(T self, double p, V generator) {
  FACULA_CHECK(p >= 0 && p <= 1, "bernoulli_ expects p to be in [0, 1], but got p={}", p);
  GeneratorLock g(generator);
  FACULA_TRY_VOID(draw<std::uint8_t>(self, [&] { return g->uniform_double() < p; }));
  return self;
}
// One probability for each element.
Result<Tensor> bernoulli_tensor_(T self, T p, V generator) {
  FACULA_CHECK(is_floating(p.dtype()), "expected probabilities tensor to have floating type, got {}", dtype_name(p.dtype()));
  FACULA_TRY(const Tensor wide, expand_to(p, self.sizes()));
  FACULA_TRY(const Tensor exact, cast(wide, DType::kDouble));
  FACULA_TRY(const Tensor dense, contiguous(exact));
  for (I i = 0; i < dense.numel(); ++i)
    FACULA_CHECK(dense.data_as<double>()[i] >= 0 && dense.data_as<double>()[i] <= 1, "Expected p_in >= 0 && p_in <= 1 to be true, but got false.");
  GeneratorLock g(generator);
  const double* next = dense.data_as<double>();
  const bool single = p.dtype() != DType::kDouble;
  FACULA_TRY(const Tensor out, Tensor::empty(self.sizes(), self.dtype()));
  FACULA_TRY_VOID(draw<std::uint8_t>(out, [&] { return (single ? static_cast<double>(g->uniform_float()) : g->uniform_double()) < *next++; }));
  FACULA_TRY_VOID(copy_into(self, out));
  return self;
}
Result<Tensor> bernoulli(T self, V generator) {
  FACULA_TRY(const Tensor out, Tensor::empty(self.sizes(), self.dtype()));
  return bernoulli_tensor_(out, self, generator);
}
Result<Tensor> bernoulli_p(T self, double p, V generator) {
  FACULA_TRY(const Tensor out, Tensor::empty_like(self));
  return bernoulli_p_(out, p, generator);
}
Result<Tensor> bernoulli_tensor(T self, T p, V generator) {
  FACULA_TRY(const Tensor out, Tensor::empty_like(self));
  return bernoulli_tensor_(out, p, generator);
}

// Integers of [from, from + range); wide ranges take 64 random bits.
Status draw_integers(T self, I from, std::uint64_t range, V generator) {
  GeneratorLock g(generator);
  return draw<I>(self, [&] {
    const std::uint64_t bits = range >= 1ull << 28 ? g->bits64() : g->bits32();
    return static_cast<I>(bits % range) + from;
  });
}
Result<Tensor> random_from_(T self, I from, std::optional<I> to, V generator) {
  const I end = to.value_or(std::numeric_limits<I>::max());
  FACULA_CHECK(from < end, "random_ expects 'from' to be less than 'to', but got from={} >= to={}", from, end);
  FACULA_TRY_VOID(draw_integers(self, from, static_cast<std::uint64_t>(end) - static_cast<std::uint64_t>(from), generator));
  return self;
}
Result<Tensor> random_to_(T self, I to, V generator) { return random_from_(self, 0, to, generator); }
Result<Tensor> random_(T self, V generator) {
  GeneratorLock g(generator);
  const DType t = self.dtype();
  const bool wide = t == DType::kInt64 || t == DType::kDouble;
  const std::uint64_t limit = t == DType::kInt64    ? 1ull << 63
                              : t == DType::kDouble ? (1ull << 53) + 1
                              : is_floating(t)      ? (1ull << digits(t)) + 1
                              : t == DType::kBool   ? 2
                              : t == DType::kUInt8  ? 256
                                                    : 1ull << (item_size(t) * 8 - 1);
  FACULA_TRY_VOID(draw<I>(self, [&] { return static_cast<I>((wide ? g->bits64() : g->bits32()) % limit); }));
  return self;
}
Result<Tensor> exponential_(T self, double lambda, V generator) {
  FACULA_TRY_VOID(real_floating(self, "exponential_"));
  FACULA_CHECK(lambda > 0, "exponential_ expects lambda > 0.0, but found lambda={}", lambda);
  GeneratorLock g(generator);
  FACULA_TRY_VOID(draw<double>(self, [&] { return -std::log1p(-g->uniform_double()) / lambda; }));
  return self;
}
Result<Tensor> log_normal_(T self, double mean, double std, V generator) {
  FACULA_TRY_VOID(real_floating(self, "log_normal_"));
  FACULA_CHECK(std > 0, "log_normal_ expects std > 0.0, but found std={}", std);
  GeneratorLock g(generator);
  FACULA_TRY_VOID(draw<double>(self, [&] { return std::exp(g->normal_double() * std + mean); }));
  return self;
}
Result<Tensor> cauchy_(T self, double median, double sigma, V generator) {
  FACULA_TRY_VOID(real_floating(self, "cauchy_"));
  FACULA_CHECK(sigma > 0, "cauchy_ expects sigma > 0.0, but found sigma={}", sigma);
  GeneratorLock g(generator);
  FACULA_TRY_VOID(draw<double>(self, [&] { return median + sigma * std::tan(M_PI * (g->uniform_double() - 0.5)); }));
  return self;
}
Result<Tensor> geometric_(T self, double p, V generator) {
  FACULA_CHECK(p > 0 && p < 1, "geometric_ expects p to be in (0, 1), but got p={}", p);
  GeneratorLock g(generator);
  FACULA_TRY_VOID(draw<double>(self, [&] { return std::ceil(std::log(g->uniform_double()) / std::log1p(-p)); }));
  return self;
}
// The same as functions of a tensor that is left as it is.
template <auto f, class... A>
Result<Tensor> on_like(T self, A... args) {
  FACULA_TRY(const Tensor out, Tensor::empty_like(self));
  return f(out, args...);
}

// normal with tensors: standard numbers, scaled and moved.
Status real_deviation(T std) {
  FACULA_CHECK(!is_complex(std.dtype()), "normal expects standard deviation to be non-complex");
  return {};
}
Result<Tensor> normal_of(T mean, T std, V generator) {
  FACULA_TRY_VOID(real_deviation(std));
  FACULA_TRY(const Dims shape, broadcast_shape(mean.sizes(), std.sizes()));
  FACULA_TRY(const Tensor z, Tensor::empty(shape, result_type(mean, std)));
  FACULA_TRY_VOID(normal_(z, 0, 1, generator));
  FACULA_TRY(const Tensor scaled, binary(z, std, BinaryOp::mul));
  return binary(scaled, mean, BinaryOp::add);
}
Result<Tensor> normal_tensor_float(T mean, double std, V generator) {
  FACULA_CHECK(std >= 0, "normal expects std >= 0.0, but found std {}", std);
  FACULA_TRY(const Tensor z, Tensor::empty(mean.sizes(), mean.dtype()));
  FACULA_TRY_VOID(normal_(z, 0, std, generator));
  return binary(z, mean, BinaryOp::add);
}
Result<Tensor> normal_float_tensor(double mean, T std, V generator) {
  FACULA_TRY_VOID(real_deviation(std));
  FACULA_TRY(const Tensor z, Tensor::empty(std.sizes(), std.dtype()));
  FACULA_TRY_VOID(normal_(z, 0, 1, generator));
  FACULA_TRY(const Tensor scaled, binary(z, std, BinaryOp::mul));
  return binary(scaled, Scalar(mean), BinaryOp::add);
}

Result<Tensor> fresh_for(Ints size, DType dtype, const LA& layout, const DV& device) {
  FACULA_TRY_VOID(check_place(device, layout));
  return Tensor::empty(size, dtype);
}
const Value kNoGenerator;

Result<Tensor> rand_generator(Ints size, V g, DT dtype, LA layout, DV device, PM) {
  FACULA_TRY(const Tensor t, fresh_for(size, dtype.value_or(default_dtype()), layout, device));
  return uniform_(t, 0, 1, g);
}
Result<Tensor> rand(Ints size, DT dtype, LA layout, DV device, PM pin) {
  return rand_generator(size, kNoGenerator, dtype, layout, device, pin);
}
Result<Tensor> randn_generator(Ints size, V g, DT dtype, LA layout, DV device, PM) {
  FACULA_TRY(const Tensor t, fresh_for(size, dtype.value_or(default_dtype()), layout, device));
  return normal_(t, 0, 1, g);
}
Result<Tensor> randn(Ints size, DT dtype, LA layout, DV device, PM pin) {
  return randn_generator(size, kNoGenerator, dtype, layout, device, pin);
}
Result<Tensor> normal_float_float(double mean, double std, Ints size, V g, DT dtype, LA layout, DV device, PM) {
  FACULA_TRY(const Tensor t, fresh_for(size, dtype.value_or(default_dtype()), layout, device));
  return normal_(t, mean, std, g);
}
Result<Tensor> randint_low_generator(I low, I high, Ints size, V g, DT dtype, LA layout, DV device, PM) {
  FACULA_TRY(const Tensor t, fresh_for(size, dtype.value_or(DType::kInt64), layout, device));
  return random_from_(t, low, high, g);
}
Result<Tensor> randint_low(I low, I high, Ints size, DT dtype, LA layout, DV device, PM pin) {
  return randint_low_generator(low, high, size, kNoGenerator, dtype, layout, device, pin);
}
Result<Tensor> randint_generator(I high, Ints size, V g, DT dtype, LA layout, DV device, PM pin) {
  return randint_low_generator(0, high, size, g, dtype, layout, device, pin);
}
Result<Tensor> randint(I high, Ints size, DT dtype, LA layout, DV device, PM pin) {
  return randint_low_generator(0, high, size, kNoGenerator, dtype, layout, device, pin);
}
Result<Tensor> randperm_generator(I n, V generator, DT dtype, LA layout, DV device, PM) {
  FACULA_CHECK(n >= 0, "n must be non-negative, got {}", n);
  FACULA_TRY(const Tensor t, fresh_for({&n, 1}, dtype.value_or(DType::kInt64), layout, device));
  std::vector<I> order(static_cast<std::size_t>(n));
  for (I i = 0; i < n; ++i) order[static_cast<std::size_t>(i)] = i;
  GeneratorLock g(generator);
  for (I i = 0; i < n - 1; ++i) {
    const I j = i + static_cast<I>(g->bits32() % static_cast<std::uint64_t>(n - i));
    std::swap(order[static_cast<std::size_t>(i)], order[static_cast<std::size_t>(j)]);
  }
  if (n > 0) kernels::convert(t.data(), kind_of(t.dtype()), order.data(), ScalarKind::kInt64, n);
  return t;
}
Result<Tensor> randperm(I n, DT dtype, LA layout, DV device, PM pin) {
  return randperm_generator(n, kNoGenerator, dtype, layout, device, pin);
}

Result<Tensor> like(T self, const DT& dtype, const DV& device, const MF& format) {
  FACULA_TRY_VOID(check_place(device));
  FACULA_TRY(Tensor t, Tensor::empty_like(self, dtype.value_or(self.dtype())));
  if (!format || *format == MemoryFormat::kPreserve || t.is_contiguous(*format)) return t;
  return clone_as(t, *format);
}
Result<Tensor> rand_like_generator(T self, V g, DT dtype, LA, DV device, PM, MF format) {
  FACULA_TRY(const Tensor t, like(self, dtype, device, format));
  return uniform_(t, 0, 1, g);
}
Result<Tensor> rand_like(T self, DT dtype, LA layout, DV device, PM pin, MF format) {
  return rand_like_generator(self, kNoGenerator, dtype, layout, device, pin, format);
}
Result<Tensor> randn_like_generator(T self, V g, DT dtype, LA, DV device, PM, MF format) {
  FACULA_TRY(const Tensor t, like(self, dtype, device, format));
  return normal_(t, 0, 1, g);
}
Result<Tensor> randn_like(T self, DT dtype, LA layout, DV device, PM pin, MF format) {
  return randn_like_generator(self, kNoGenerator, dtype, layout, device, pin, format);
}
Result<Tensor> randint_like_low_generator(T self, I low, I high, V g, DT dtype, LA, DV device, PM, MF format) {
  FACULA_TRY(const Tensor t, like(self, dtype, device, format));
  return random_from_(t, low, high, g);
}
Result<Tensor> randint_like_low(T self, I low, I high, DT dtype, LA layout, DV device, PM pin, MF format) {
  return randint_like_low_generator(self, low, high, kNoGenerator, dtype, layout, device, pin, format);
}
Result<Tensor> randint_like_generator(T self, I high, V g, DT dtype, LA layout, DV device, PM pin, MF format) {
  return randint_like_low_generator(self, 0, high, g, dtype, layout, device, pin, format);
}
Result<Tensor> randint_like(T self, I high, DT dtype, LA layout, DV device, PM pin, MF format) {
  return randint_like_low_generator(self, 0, high, kNoGenerator, dtype, layout, device, pin, format);
}
Result<Tensor> randint_like_tensor_generator(T self, T high, V g, DT dtype, LA layout, DV device, PM pin, MF format) {
  FACULA_TRY(const Scalar h, item(high));
  return randint_like_low_generator(self, 0, h.to_int(), g, dtype, layout, device, pin, format);
}
Result<Tensor> randint_like_tensor(T self, T high, DT dtype, LA layout, DV device, PM pin, MF format) {
  return randint_like_tensor_generator(self, high, kNoGenerator, dtype, layout, device, pin, format);
}

// Categories drawn by weight. One draw, or without replacement: the largest of weight / exponential noise.
Result<Tensor> multinomial(T self, I samples, bool replacement, V generator) {
  FACULA_CHECK(self.dim() > 0 && self.dim() <= 2, "prob_dist must be 1 or 2 dim");
  FACULA_CHECK(is_floating(self.dtype()), "multinomial only supports floating-point dtypes for input, got: {}", dtype_name(self.dtype()));
  const I n = self.size(self.dim() - 1), rows = self.dim() == 2 ? self.size(0) : 1;
  FACULA_CHECK(samples > 0, "cannot sample n_sample <= 0 samples");
  FACULA_CHECK(replacement || samples <= n, "cannot sample n_sample > prob_dist.size(-1) samples without replacement");
  FACULA_TRY(const Tensor exact, cast(self, DType::kDouble));
  FACULA_TRY(const Tensor dense, contiguous(exact));
  const double* weights = dense.data_as<double>();
  for (I r = 0; r < rows; ++r) {
    double sum = 0;
    for (I i = 0; i < n; ++i) {
      const double w = weights[r * n + i];
      FACULA_CHECK(std::isfinite(w) && w >= 0, "probability tensor contains either `inf`, `nan` or element < 0");
      sum += w;
    }
    FACULA_CHECK(sum > 0, "invalid multinomial distribution (sum of probabilities <= 0)");
  }
  Dims sizes(self.sizes());
  sizes.back() = samples;
  FACULA_TRY(const Tensor out, Tensor::empty(sizes, DType::kInt64));
  I* to = out.data_as<I>();
  if (!replacement || samples == 1) {
    FACULA_TRY(const Tensor noise, Tensor::empty(self.sizes(), self.dtype()));
    FACULA_TRY_VOID(exponential_(noise, 1, generator));
    FACULA_TRY(const Tensor scores, binary(self, noise, BinaryOp::div));
    FACULA_TRY(const auto sorted, sort(scores, -1, true));
    FACULA_TRY(const Tensor best, slice(std::get<1>(sorted), -1, 0, samples, 1));
    FACULA_TRY_VOID(copy_into(out, best));
    return out;
  }
  GeneratorLock g(generator);
  std::vector<double> cumulative(static_cast<std::size_t>(n));
  for (I r = 0; r < rows; ++r) {
    double sum = 0;
    for (I i = 0; i < n; ++i) cumulative[static_cast<std::size_t>(i)] = sum += weights[r * n + i];
    for (double& c : cumulative) c /= sum;
    cumulative.back() = 1;
    for (I k = 0; k < samples; ++k) {
      const auto at = std::lower_bound(cumulative.begin(), cumulative.end(), g->uniform_double());
      to[r * samples + k] = at - cumulative.begin();
    }
  }
  return out;
}

// Dropout. `noise_sizes`: of the mask; whole channels are dropped where it has size 1.
Status probability(double p) {
  FACULA_CHECK(p >= 0 && p <= 1, "dropout probability has to be between 0 and 1, but got {}", p);
  return {};
}
Dims feature_sizes(T input) {
  Dims sizes(input.sizes());
  for (std::size_t d = 2; d < sizes.size(); ++d) sizes[d] = 1;
  return sizes;
}
enum class Kind : std::uint8_t { kPlain, kFeature, kAlpha, kFeatureAlpha };
template <Kind kind>
Status dropped(Out& out, T input, double p) {
  constexpr bool kFeatures = kind == Kind::kFeature || kind == Kind::kFeatureAlpha;
  FACULA_CHECK(is_floating(input.dtype()) || is_complex(input.dtype()) || p == 1,
               "result type Float can't be cast to the desired output type {}", dtype_name(input.dtype()));
  FACULA_CHECK(!kFeatures || input.dim() >= 2, "Feature dropout requires at least 2 dimensions in the input");
  if (p == 1) {
    FACULA_TRY(const Tensor zero, zeros(Ints{}, input.dtype()));
    return binary(out, input, zero, BinaryOp::mul, Rule::kSame);
  }
  FACULA_TRY(Tensor noise, kFeatures ? Tensor::empty(feature_sizes(input), input.dtype()) : Tensor::empty_like(input));
  FACULA_TRY_VOID(bernoulli_p_(noise, 1 - p, kNoGenerator));
  if (kind == Kind::kPlain || kind == Kind::kFeature) {
    FACULA_TRY(noise, binary(noise, Scalar(1 - p), BinaryOp::div));
    return binary(out, input, noise, BinaryOp::mul, Rule::kSame);
  }
  // Self-normalising: dropped units take the value -alpha', then everything is scaled back to unit variance.
  constexpr double kAlphaPrime = 1.7580993408473766;
  const double a = 1 / std::sqrt((kAlphaPrime * kAlphaPrime * p + 1) * (1 - p));
  FACULA_TRY(const Tensor shifted, binary(noise, Scalar(1.0), BinaryOp::sub));
  FACULA_TRY(const Tensor low, binary(shifted, Scalar(kAlphaPrime * a), BinaryOp::mul));
  FACULA_TRY(const Tensor bias, binary(low, Scalar(kAlphaPrime * a * p), BinaryOp::add));
  FACULA_TRY(noise, binary(noise, Scalar(a), BinaryOp::mul));
  FACULA_TRY(const Tensor kept, binary(input, noise, BinaryOp::mul));
  return binary(out, kept, bias, BinaryOp::add, Rule::kSame);
}
template <Kind kind>
Result<Tensor> dropout(T input, double p, bool train) {
  FACULA_CHECK(input.defined(), "expected a Tensor but got None");
  FACULA_TRY_VOID(probability(p));
  if (p == 0 || !train || input.numel() == 0) return input;
  Out out;
  FACULA_TRY_VOID(dropped<kind>(out, input, p));
  return out.finish();
}
template <Kind kind>
Result<Tensor> dropout_(T self, double p, bool train) {
  FACULA_CHECK(self.defined(), "expected a Tensor but got None");
  FACULA_TRY_VOID(probability(p));
  if (p == 0 || !train || self.numel() == 0) return self;
  Out out(Out::Form::kInPlace, self);
  FACULA_TRY_VOID(dropped<kind>(out, self, p));
  return out.finish();
}
Result<std::tuple<Tensor, Tensor>> native_dropout(T input, double p, std::optional<bool> train) {
  FACULA_CHECK(!train.value_or(true) || p == 0 || p == 1 || !is_integral(input.dtype(), true), "result type Float can't be cast to the desired output type {}", dtype_name(input.dtype()));
  FACULA_TRY_VOID(probability(p));
  FACULA_TRY(Tensor mask, Tensor::empty_like(input, DType::kBool));
  if (train.has_value() && !*train) {
    FACULA_TRY_VOID(fill(mask, true));
    FACULA_TRY(Tensor same, clone(input));  // the schema promises a new tensor
    return std::tuple(std::move(same), std::move(mask));
  }
  FACULA_TRY_VOID(bernoulli_p_(mask, 1 - p, kNoGenerator));
  FACULA_TRY(const Tensor kept, binary(input, mask, BinaryOp::mul));
  FACULA_TRY(Tensor out, binary(kept, Scalar(p == 1 ? 0 : 1 / (1 - p)), BinaryOp::mul));
  return std::tuple(std::move(out), std::move(mask));
}

// The generator itself.
Status manual_seed(I seed) {
  GeneratorLock g(kNoGenerator);
  g->set_seed(static_cast<std::uint64_t>(seed));
  return {};
}
Result<Value> new_generator(DV device, std::optional<I> seed) {
  FACULA_TRY_VOID(check_place(device));
  auto g = make_ref<Generator>(seed ? static_cast<std::uint64_t>(*seed) : Generator::kDefaultSeed);
  return Value(Tag::kGenerator, Ref<RefCounted>(std::move(g)));
}
Result<Value> seed_generator(V generator, I seed) {
  GeneratorLock g(generator);
  g->set_seed(static_cast<std::uint64_t>(seed));
  return generator;
}
Result<I> initial_seed(V generator) {
  GeneratorLock g(generator);
  return static_cast<I>(g->seed());
}
Result<I> reseed(V generator) {
  GeneratorLock g(generator);
  std::random_device entropy;
  const std::uint64_t high = entropy(), seed = (high << 32 | entropy()) & ((1ull << 53) - 1);
  g->set_seed(seed);
  return static_cast<I>(seed);
}

}  // namespace

constexpr Op kRandomRows[] = {
    row<rand>("aten::rand(SymInt[] size, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor",
        {.traits = kRandom, .samples = {"[2,3]", "[20]", "[3], dtype=torch.float64", "[3], dtype=torch.half"}}),
    row<rand_generator>("aten::rand.generator(SymInt[] size, *, Generator? generator, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor",
        {.traits = kRandom}),
    row<rand_like>("aten::rand_like(Tensor self, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None, MemoryFormat? memory_format=None) -> Tensor",
        {.traits = kRandom, .samples = {"randn(2,3)", "randn(2,3).t()"}}),
    row<rand_like_generator>("aten::rand_like.generator(Tensor self, *, Generator? generator, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None, MemoryFormat? memory_format=None) -> Tensor",
        {.traits = kRandom}),
    row<randn>("aten::randn(SymInt[] size, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor",
        {.traits = kRandom, .samples = {"[2,3]", "[20]", "[32], dtype=torch.float64", "[3], dtype=torch.half"}}),
    row<randn_generator>("aten::randn.generator(SymInt[] size, *, Generator? generator, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor",
        {.traits = kRandom}),
    row<randn_like>("aten::randn_like(Tensor self, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None, MemoryFormat? memory_format=None) -> Tensor",
        {.traits = kRandom, .samples = {"randn(2,3)", "randn(6,3).t()"}}),
    row<randn_like_generator>("aten::randn_like.generator(Tensor self, *, Generator? generator, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None, MemoryFormat? memory_format=None) -> Tensor",
        {.traits = kRandom}),
    row<randint>("aten::randint(SymInt high, SymInt[] size, *, ScalarType? dtype=4, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor",
        {.traits = kRandom, .samples = {"10, [5]", "1000000000, [5]", "10, [3], dtype=torch.int32"}}),
    row<randint_generator>("aten::randint.generator(SymInt high, SymInt[] size, *, Generator? generator, ScalarType? dtype=4, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor",
        {.traits = kRandom}),
    row<randint_low>("aten::randint.low(SymInt low, SymInt high, SymInt[] size, *, ScalarType? dtype=4, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor",
        {.traits = kRandom, .samples = {"3, 10, [5]", "5, 5, [2]"}}),
    row<randint_low_generator>("aten::randint.low_generator(SymInt low, SymInt high, SymInt[] size, *, Generator? generator, ScalarType? dtype=4, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor",
        {.traits = kRandom}),
    row<randint_like>("aten::randint_like(Tensor self, SymInt high, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None, MemoryFormat? memory_format=None) -> Tensor",
        {.traits = kRandom, .samples = {"arange(4), 10"}}),
    row<randint_like_tensor>("aten::randint_like.Tensor(Tensor self, Tensor high, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None, MemoryFormat? memory_format=None) -> Tensor",
        {.traits = kRandom}),
    row<randint_like_low>("aten::randint_like.low_dtype(Tensor self, SymInt low, SymInt high, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None, MemoryFormat? memory_format=None) -> Tensor",
        {.traits = kRandom, .samples = {"arange(4), 3, 10"}}),
    row<randint_like_generator>("aten::randint_like.generator(Tensor self, SymInt high, *, Generator? generator, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None, MemoryFormat? memory_format=None) -> Tensor",
        {.traits = kRandom}),
    row<randint_like_tensor_generator>("aten::randint_like.Tensor_generator(Tensor self, Tensor high, *, Generator? generator, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None, MemoryFormat? memory_format=None) -> Tensor",
        {.traits = kRandom}),
    row<randint_like_low_generator>("aten::randint_like.low_generator_dtype(Tensor self, SymInt low, SymInt high, *, Generator? generator, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None, MemoryFormat? memory_format=None) -> Tensor",
        {.traits = kRandom}),
    row<randperm>("aten::randperm(SymInt n, *, ScalarType? dtype=4, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor",
        {.traits = kRandom, .samples = {"10", "0", "5, dtype=torch.int32"}}),
    row<randperm_generator>("aten::randperm.generator(SymInt n, *, Generator? generator, ScalarType? dtype=4, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor",
        {.traits = kRandom}),
    row<bernoulli>("aten::bernoulli(Tensor self, *, Generator? generator=None) -> Tensor",
        {.forms = kOut, .traits = kRandom, .samples = {"rand(10)", "rand(4,3)"}}),
    row<bernoulli_p>("aten::bernoulli.p(Tensor self, float p, *, Generator? generator=None) -> Tensor",
        {.traits = kRandom, .samples = {"randn(10), 0.3"}}),
    row<bernoulli_tensor>("aten::bernoulli.Tensor(Tensor self, Tensor p, *, Generator? generator=None) -> Tensor",
        {.forms = kOut, .traits = kRandom, .samples = {"randn(4), rand(4)"}}),
    row<bernoulli_tensor_>("aten::bernoulli_.Tensor(Tensor(a!) self, Tensor p, *, Generator? generator=None) -> Tensor(a!)",
        {.traits = kRandom, .samples = {"randn(4), rand(4)"}}),
    row<bernoulli_p_>("aten::bernoulli_.float(Tensor(a!) self, float p=0.5, *, Generator? generator=None) -> Tensor(a!)",
        {.traits = kRandom, .samples = {"randn(10), 0.3", "arange(10), 0.5"}}),
    row<normal_tensor_float>("aten::normal.Tensor_float(Tensor mean, float std=1., *, Generator? generator=None) -> Tensor",
        {.forms = kOut, .traits = kRandom, .samples = {"randn(4), 2."}}),
    row<normal_float_tensor>("aten::normal.float_Tensor(float mean, Tensor std, *, Generator? generator=None) -> Tensor",
        {.forms = kOut, .traits = kRandom, .samples = {"1., rand(4)"}}),
    row<normal_of>("aten::normal.Tensor_Tensor(Tensor mean, Tensor std, *, Generator? generator=None) -> Tensor",
        {.forms = kOut, .traits = kRandom, .samples = {"randn(4), rand(4)"}}),
    row<normal_float_float>("aten::normal.float_float(float mean, float std, SymInt[] size, *, Generator? generator=None, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor",
        {.traits = kRandom, .samples = {"1., 2., [3]"}}),
    row<on_like<normal_, double, double, V>>("aten::normal_functional(Tensor self, float mean=0., float std=1., *, Generator? generator=None) -> Tensor",
        {.traits = kRandom}),
    row<normal_>("aten::normal_(Tensor(a!) self, float mean=0., float std=1., *, Generator? generator=None) -> Tensor(a!)",
        {.traits = kRandom, .samples = {"randn(4)", "randn(20), 1., 2.", "arange(3)"}}),
    row<on_like<uniform_, double, double, V>>("aten::uniform(Tensor self, float from=0., float to=1., *, Generator? generator=None) -> Tensor",
        {.forms = kOut, .traits = kRandom, .samples = {"randn(4)"}}),
    row<uniform_>("aten::uniform_(Tensor(a!) self, float from=0., float to=1., *, Generator? generator=None) -> Tensor(a!)",
        {.traits = kRandom, .samples = {"randn(4)", "randn(4), -1., 2.", "arange(3)"}}),
    row<on_like<random_from_, I, std::optional<I>, V>>("aten::random.from(Tensor self, int from, int? to, *, Generator? generator=None) -> Tensor",
        {.forms = kOut, .traits = kRandom, .samples = {"arange(4), 3, 9"}}),
    row<on_like<random_to_, I, V>>("aten::random.to(Tensor self, int to, *, Generator? generator=None) -> Tensor",
        {.forms = kOut, .traits = kRandom, .samples = {"arange(4), 9"}}),
    row<on_like<random_, V>>("aten::random(Tensor self, *, Generator? generator=None) -> Tensor",
        {.forms = kOut, .traits = kRandom, .samples = {"arange(4)"}}),
    row<random_from_>("aten::random_.from(Tensor(a!) self, int from, int? to, *, Generator? generator=None) -> Tensor(a!)",
        {.traits = kRandom, .samples = {"arange(4), 3, 9"}}),
    row<random_to_>("aten::random_.to(Tensor(a!) self, int to, *, Generator? generator=None) -> Tensor(a!)",
        {.traits = kRandom, .samples = {"arange(4), 9"}}),
    row<random_>("aten::random_(Tensor(a!) self, *, Generator? generator=None) -> Tensor(a!)",
        {.traits = kRandom, .samples = {"arange(4)"}}),
    row<on_like<exponential_, double, V>>("aten::exponential(Tensor self, float lambd=1., *, Generator? generator=None) -> Tensor",
        {.forms = kOut, .traits = kRandom, .samples = {"randn(4)"}}),
    row<exponential_>("aten::exponential_(Tensor(a!) self, float lambd=1., *, Generator? generator=None) -> Tensor(a!)",
        {.traits = kRandom, .samples = {"randn(4)", "randn(4), 2."}}),
    row<on_like<log_normal_, double, double, V>>("aten::log_normal(Tensor self, float mean=1., float std=2., *, Generator? generator=None) -> Tensor",
        {.forms = kOut, .traits = kRandom, .samples = {"randn(4)"}}),
    row<log_normal_>("aten::log_normal_(Tensor(a!) self, float mean=1., float std=2., *, Generator? generator=None) -> Tensor(a!)",
        {.traits = kRandom, .samples = {"randn(4)"}}),
    row<on_like<cauchy_, double, double, V>>("aten::cauchy(Tensor self, float median=0., float sigma=1., *, Generator? generator=None) -> Tensor",
        {.forms = kOut, .traits = kRandom, .samples = {"randn(4)"}}),
    row<cauchy_>("aten::cauchy_(Tensor(a!) self, float median=0., float sigma=1., *, Generator? generator=None) -> Tensor(a!)",
        {.traits = kRandom, .samples = {"randn(4)"}}),
    row<on_like<geometric_, double, V>>("aten::geometric(Tensor self, float p, *, Generator? generator=None) -> Tensor",
        {.forms = kOut, .traits = kRandom, .samples = {"randn(4), 0.3"}}),
    row<geometric_>("aten::geometric_(Tensor(a!) self, float p, *, Generator? generator=None) -> Tensor(a!)",
        {.traits = kRandom, .samples = {"randn(4), 0.3"}}),
    row<multinomial>("aten::multinomial(Tensor self, SymInt num_samples, bool replacement=False, *, Generator? generator=None) -> Tensor",
        {.forms = kOut, .traits = kRandom, .samples = {"tensor([.1,.2,.3,.4]), 2", "tensor([.1,.2,.3,.4]), 5, True",
            "rand(3,4), 1"}}),
    row<dropout<Kind::kPlain>>("aten::dropout(Tensor input, float p, bool train) -> Tensor",
        {.traits = kRandom | kCompositeAlias, .samples = {"randn(2,3), 0.5, False", "randn(4,5), 0.3, True",
            "randn(3), 1., True", "randn(3), 2., True"}}),
    row<dropout_<Kind::kPlain>>("aten::dropout_(Tensor(a!) self, float p, bool train) -> Tensor(a!)",
        {.traits = kRandom, .samples = {"randn(4,5), 0.3, True"}}),
    row<dropout<Kind::kFeature>>("aten::feature_dropout(Tensor input, float p, bool train) -> Tensor",
        {.traits = kRandom | kCompositeAlias, .samples = {"randn(2,3,4), 0.5, True"}}),
    row<dropout_<Kind::kFeature>>("aten::feature_dropout_(Tensor(a!) self, float p, bool train) -> Tensor(a!)",
        {.traits = kRandom, .samples = {"randn(2,3,4), 0.5, True"}}),
    row<dropout<Kind::kAlpha>>("aten::alpha_dropout(Tensor input, float p, bool train) -> Tensor",
        {.traits = kRandom | kCompositeAlias, .samples = {"randn(2,3,4), 0.5, True"}}),
    row<dropout_<Kind::kAlpha>>("aten::alpha_dropout_(Tensor(a!) self, float p, bool train) -> Tensor(a!)",
        {.traits = kRandom, .samples = {"randn(2,3,4), 0.5, True"}}),
    row<dropout<Kind::kFeatureAlpha>>("aten::feature_alpha_dropout(Tensor input, float p, bool train) -> Tensor",
        {.traits = kRandom | kCompositeAlias, .samples = {"randn(2,3,4), 0.5, True"}}),
    row<dropout_<Kind::kFeatureAlpha>>("aten::feature_alpha_dropout_(Tensor(a!) self, float p, bool train) -> Tensor(a!)",
        {.traits = kRandom, .samples = {"randn(2,3,4), 0.5, True"}}),
    row<native_dropout>("aten::native_dropout(Tensor input, float p, bool? train) -> (Tensor, Tensor)",
        {.traits = kRandom}),
    row<manual_seed>("aten::manual_seed(int seed) -> ()", {.traits = kSideEffect}),
    row<seed_generator>("aten::manual_seed.generator(Generator(a!) self, int seed) -> Generator(a!)",
        {.traits = kSideEffect}),
    row<new_generator>("aten::Generator(*, Device? device=None, int? seed=None) -> Generator"),
    row<initial_seed>("aten::initial_seed(Generator self) -> int"),
    row<reseed>("aten::seed(Generator(a!) self) -> int", {.traits = kSideEffect | kRandom}),
};
FACULA_FAMILY(random, kRandomRows)

}  // namespace fac
