// The float functions against double libm, over the whole range of bit patterns.
#include <doctest/doctest.h>

#include <bit>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <limits>

#include "kernels/pointwise.h"
#include "strided_fixture.h"

using namespace fac::kernels;
using namespace fac::kernels::test;

namespace {

double ulps(float got, double want) {
  if (std::isnan(want)) return std::isnan(got) ? 0 : 1e9;
  const auto rounded = static_cast<float>(want);
  if (std::isinf(rounded) || std::isinf(got)) {
    if (got == rounded) return 0;
    // One of them just overflowed.
    return std::fabs(want) > 3.4e38 && std::fabs(static_cast<double>(got)) > 3.4e38 && std::signbit(got) == std::signbit(rounded) ? 1 : 1e9;
  }
  const double step = std::max(1.4e-45, std::ldexp(1.0, std::max(-149, std::ilogb(rounded == 0 ? 1e-45 : want) - 23)));
  return std::fabs(got - want) / step;
}

double worst(UnaryOp op, double (*exact)(double), float lowest = -HUGE_VALF, float highest = HUGE_VALF) {
  double most = 0;
  float at = 0;
  Array<float> x({10007}), y({10007});
  // A stride through the bit patterns that is prime to 2^32, split in blocks.
  std::uint32_t bits = 0;
  for (int block = 0; block < 60; ++block) {
    x.generate([&](std::int64_t) {
      bits += 7157u;
      const float v = std::bit_cast<float>(bits);
      return v < lowest || v > highest ? 0.5f : v;
    });
    bits += 71570011u;
    const float edges[] = {0.0f, -0.0f, HUGE_VALF, -HUGE_VALF, std::nanf(""), 1.0f, -1.0f, 1e-45f, -1e-45f, 88.72283f, -103.97f};
    for (std::size_t i = 0; i < std::size(edges); ++i)
      if (!(edges[i] < lowest || edges[i] > highest)) x.at(static_cast<std::int64_t>(i)) = edges[i];
    for (std::int64_t i = 20; i < 5000; ++i) x.at(i) = static_cast<float>((static_cast<double>(i) - 2500) * 0.01 * (block + 1) / 20 + 1e-4 * block);
    for (std::int64_t i = 20; i < 5000; ++i)
      if (x.at(i) < lowest || x.at(i) > highest) x.at(i) = 0.25f;
    const Outcome done = unary(op, ScalarKind::kFloat, strided(y, x));
    REQUIRE(done == Outcome::kDone);
    for (std::int64_t i = 0; i < x.numel(); ++i) {
      const double e = ulps(y.at(i), exact(x.at(i)));
      if (e > most) most = e, at = x.at(i);
    }
  }
  INFO("worst at ", at);
  if (most > 6) MESSAGE("op ", static_cast<int>(op), " worst ", most, " at ", at);
  return most;
}

}  // namespace

TEST_CASE("elementary functions stay within their bounds on every target") {
  on_each_target([] {
    CAPTURE(target_name(current_target()));
    CHECK(worst(UnaryOp::exp, [](double x) { return std::exp(x); }) <= 1.1);
    CHECK(worst(UnaryOp::exp2, [](double x) { return std::exp2(x); }) <= 2);
    CHECK(worst(UnaryOp::expm1, [](double x) { return std::expm1(x); }) <= 2);
    CHECK(worst(UnaryOp::log, [](double x) { return std::log(x); }) <= 1.1);
    CHECK(worst(UnaryOp::log2, [](double x) { return std::log2(x); }) <= 2);
    CHECK(worst(UnaryOp::log1p, [](double x) { return std::log1p(x); }) <= 2);
    CHECK(worst(UnaryOp::tanh, [](double x) { return std::tanh(x); }) <= 5.5);  // 3.3e-7 of the result
    // Zero where float's e^-x overflows.
    static const auto e = [](double x) { return std::exp(-x) < 3.4028235e38 ? std::exp(-x) : HUGE_VAL; };
    CHECK(worst(UnaryOp::sigmoid, [](double x) { return 1 / (1 + e(x)); }) <= 3);
    CHECK(worst(UnaryOp::silu, [](double x) { return x / (1 + e(x)); }) <= 4);
    CHECK(worst(UnaryOp::erf, [](double x) { return std::erf(x); }) <= 2);
    CHECK(worst(UnaryOp::sin, [](double x) { return std::sin(x); }) <= 2);
    CHECK(worst(UnaryOp::cos, [](double x) { return std::cos(x); }) <= 2);
    CHECK(worst(UnaryOp::tan, [](double x) { return std::tan(x); }) <= 4);
    CHECK(worst(UnaryOp::asin, [](double x) { return std::asin(x); }) <= 3);
    CHECK(worst(UnaryOp::acos, [](double x) { return std::acos(x); }) <= 2);
    CHECK(worst(UnaryOp::atan, [](double x) { return std::atan(x); }) <= 2);
    CHECK(worst(UnaryOp::log10, [](double x) { return std::log10(x); }) <= 2);
    CHECK(worst(UnaryOp::rsqrt, [](double x) { return 1 / std::sqrt(x); }) <= 1.6);
  });
}

TEST_CASE("tanh is exactly one far out and never more") {
  on_each_target([] {
    Array<float> x({4000}), y({4000});
    std::int64_t n = 0;
    x.generate([&](std::int64_t) { return 6.0f + 0.002f * static_cast<float>(n++); });
    x.at(3998) = 3e38f;
    x.at(3999) = HUGE_VALF;
    REQUIRE(unary(UnaryOp::tanh, ScalarKind::kFloat, strided(y, x)) == Outcome::kDone);
    for (std::int64_t i = 0; i < 4000; ++i) {
      CHECK(y.at(i) <= 1.0f);
      if (x.at(i) >= 9.8f) CHECK(y.at(i) == 1.0f);
    }
  });
}

TEST_CASE("gelu: a few ulp above zero, below it absolute, as the definition itself cancels there") {
  on_each_target([] {
    CAPTURE(target_name(current_target()));
    const auto exact = [](double x) { return x * 0.5 * std::erfc(-x / std::sqrt(2.0)); };
    CHECK(worst(UnaryOp::gelu, exact, 0.0f) <= 4);
    Array<float> x({20003}), y({20003});
    std::int64_t n = 0;
    x.generate([&](std::int64_t) { return -1e-3f * static_cast<float>(n++) * 0.5f; });
    x.at(20000) = -1e30f;
    x.at(20001) = -HUGE_VALF;
    x.at(20002) = std::nanf("");
    REQUIRE(unary(UnaryOp::gelu, ScalarKind::kFloat, strided(y, x)) == Outcome::kDone);
    double most = 0;
    for (std::int64_t i = 1; i < 20000; ++i)
      most = std::max(most, std::fabs(static_cast<double>(y.at(i)) - exact(x.at(i))) / std::fabs(static_cast<double>(x.at(i))));
    CHECK(most <= 2e-7);
    CHECK(y.at(20000) == 0.0f);
    CHECK(std::isnan(y.at(20001)));  // -inf times zero, as in PyTorch
    CHECK(std::isnan(y.at(20002)));
  });
}
