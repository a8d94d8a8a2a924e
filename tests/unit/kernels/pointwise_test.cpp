#include "kernels/pointwise.h"

#include <doctest/doctest.h>

#include <cmath>
#include <cstring>
#include <limits>

#include "kernels/element_io.h"
#include "strided_fixture.h"

using namespace fac::kernels;
using namespace fac::kernels::test;

namespace {

const double kNaN = std::numeric_limits<double>::quiet_NaN();

double sample(std::int64_t i) {
  static const double kSpecial[] = {0.0, -0.0, 1, -1, 0.5, -0.5, 2.5, -2.5, HUGE_VAL, -HUGE_VAL, kNaN, 3, 7, 30, -30, 1e-3};
  if (i < 16) return kSpecial[i];
  return std::sin(static_cast<double>(i) * 1.7) * static_cast<double>(1 + i % 7);
}

bool close(double got, double want, double tolerance) {
  if (std::isnan(want)) return std::isnan(got);
  if (got == want) return true;
  return std::fabs(got - want) <= tolerance * std::max(1.0, std::fabs(want));
}

// The sign of a NaN depends on the order in which a compiler places operands.
bool same_bits(float a, float b) { return std::memcmp(&a, &b, 4) == 0 || (std::isnan(a) && std::isnan(b)); }

}  // namespace

TEST_CASE("every unary operation: float, half types and layouts agree with double") {
  PointwiseParams p{0.3, 1.5, 0.7, 2, 3};
  on_each_target([&] {
    for (int o = 0; o <= static_cast<int>(UnaryOp::signbit); ++o) {
      const auto op = static_cast<UnaryOp>(o);
      if (op == UnaryOp::round_decimals || op == UnaryOp::bitwise_not) continue;
      CAPTURE(o);
      Array<double> xd({37, 5}), yd({37, 5});
      xd.generate([](std::int64_t i) { return static_cast<float>(sample(i)); });
      Array<float> x({37, 5}, {1, 0}), y({37, 5}), y2({37, 5}, {1, 0});
      Array<fac::BFloat16> b({37, 5}), yb({37, 5});
      for (std::int64_t i = 0; i < xd.numel(); ++i) {
        x.at(i) = static_cast<float>(xd.at(i));
        b.at(i) = fac::BFloat16(static_cast<float>(xd.at(i)));
      }
      REQUIRE(unary(op, ScalarKind::kDouble, strided(yd, xd), p) == Outcome::kDone);
      REQUIRE(unary(op, ScalarKind::kFloat, strided(y, x), p) == Outcome::kDone);
      REQUIRE(unary(op, ScalarKind::kFloat, strided(y2, x), p) == Outcome::kDone);
      REQUIRE(unary(op, ScalarKind::kBFloat16, strided(yb, b), p) == Outcome::kDone);
      for (std::int64_t i = 0; i < xd.numel(); ++i) {
        CAPTURE(xd.at(i));
        CHECK(close(y.at(i), yd.at(i), 4e-6));
        CHECK(same_bits(y.at(i), y2.at(i)));
      }
    }
  });
}

TEST_CASE("every binary operation: float and layouts agree with double") {
  PointwiseParams p{0.5, 0.25, 0, 1, 0};
  on_each_target([&] {
    for (int o = 0; o <= static_cast<int>(BinaryOp::bce_logits); ++o) {
      const auto op = static_cast<BinaryOp>(o);
      CAPTURE(o);
      Array<double> xd({37, 16}), yd({37, 16}), zd({37, 16});
      xd.generate([](std::int64_t i) { return static_cast<float>(sample(i % 37)); });
      yd.generate([](std::int64_t i) { return static_cast<float>(sample(i / 16)); });
      Array<float> x({37, 16}, {1, 0}), y({37, 16}), z({37, 16}), z2({37, 16}, {1, 0});
      for (std::int64_t i = 0; i < xd.numel(); ++i) x.at(i) = static_cast<float>(xd.at(i)), y.at(i) = static_cast<float>(yd.at(i));
      const Outcome done = binary(op, ScalarKind::kDouble, strided(zd, xd, yd), p);
      REQUIRE(binary(op, ScalarKind::kFloat, strided(z, x, y), p) == done);
      if (done != Outcome::kDone) continue;
      REQUIRE(binary(op, ScalarKind::kFloat, strided(z2, x, y), p) == Outcome::kDone);
      for (std::int64_t i = 0; i < xd.numel(); ++i) {
        CAPTURE(xd.at(i));
        CAPTURE(yd.at(i));
        if (op != BinaryOp::nextafter && !(std::fabs(zd.at(i)) > 3e38)) CHECK(close(z.at(i), zd.at(i), 4e-6));
        CHECK(same_bits(z.at(i), z2.at(i)));
      }
    }
  });
}

namespace {
template <class T>
T one(BinaryOp op, T x, T y, Outcome expected = Outcome::kDone) {
  Array<T> a({1}), b({1}), c({1});
  a.at(0) = x;
  b.at(0) = y;
  REQUIRE(binary(op, kind_of<T>(), strided(c, a, b)) == expected);
  return c.at(0);
}
}  // namespace

TEST_CASE("integers") {
  CHECK(one<std::int32_t>(BinaryOp::div_floor, -7, 2) == -4);
  CHECK(one<std::int32_t>(BinaryOp::div_trunc, -7, 2) == -3);
  CHECK(one<std::int32_t>(BinaryOp::remainder, -7, 3) == 2);
  CHECK(one<std::int32_t>(BinaryOp::remainder, 7, -3) == -2);
  CHECK(one<std::int32_t>(BinaryOp::fmod, -7, 3) == -1);
  CHECK(one<std::int64_t>(BinaryOp::div_trunc, INT64_MIN, -1) == INT64_MIN);
  CHECK(one<std::int64_t>(BinaryOp::remainder, INT64_MIN, -1) == 0);
  one<std::int64_t>(BinaryOp::div_floor, 3, 0, Outcome::kZeroDivision);
  one<std::int8_t>(BinaryOp::remainder, 3, 0, Outcome::kZeroDivision);
  CHECK(one<std::uint8_t>(BinaryOp::sub, 3, 5) == 254);
  CHECK(one<std::int8_t>(BinaryOp::mul, 100, 2) == -56);
  CHECK(one<std::int64_t>(BinaryOp::pow, 3, 39) == 4052555153018976267);
  CHECK(one<std::int64_t>(BinaryOp::gcd, -12, 18) == 6);
  CHECK(one<std::int64_t>(BinaryOp::lcm, -4, 6) == 12);
  CHECK(one<std::uint8_t>(BinaryOp::shift_left, 255, 9) == 0);
  CHECK(one<std::int8_t>(BinaryOp::shift_right, -128, 100) == -1);
  CHECK(one<bool>(BinaryOp::add, true, true));
  CHECK(one<std::int64_t>(BinaryOp::div, 1, 2, Outcome::kUndefined) == 0);
}

TEST_CASE("floor division and remainders of floats follow Python") {
  CHECK(one<float>(BinaryOp::div_floor, -7, 2) == -4);
  CHECK(one<double>(BinaryOp::remainder, -7, 3) == 2);
  CHECK(one<float>(BinaryOp::div_floor, 1, 0) == HUGE_VALF);
  CHECK(one<float>(BinaryOp::pow, -3, 2) == 9);
  CHECK(one<float>(BinaryOp::pow, 2, 10) == 1024);
}

TEST_CASE("mixed kinds, broadcasting and bool results") {
  Array<float> x({4, 100});
  Array<std::int64_t> y({4, 100});
  Array<bool> out({4, 100});
  x.generate([](std::int64_t i) { return static_cast<float>(i) / 10; });
  y.strides = {0, 0};
  y.data()[0] = 7;
  REQUIRE(binary(BinaryOp::lt, ScalarKind::kFloat, strided(out, x, y)) == Outcome::kDone);
  for (std::int64_t i = 0; i < 400; ++i) CHECK(out.at(i) == (x.at(i) < 7));
  Array<float> chosen({4, 100});
  Array<double> other({4, 100});
  REQUIRE(ternary(TernaryOp::where, ScalarKind::kFloat, strided(chosen, out, x, other)) == Outcome::kDone);
  for (std::int64_t i = 0; i < 400; ++i) CHECK(chosen.at(i) == (x.at(i) < 7 ? x.at(i) : 0));
}

TEST_CASE("complex") {
  using Z = std::complex<float>;
  Array<Z> x({3}), y({3});
  Array<float> r({3});
  x.at(0) = {3, 4};
  x.at(1) = {0, -2};
  x.at(2) = {1, 1};
  REQUIRE(unary(UnaryOp::abs, ScalarKind::kComplexFloat, strided(r, x)) == Outcome::kDone);
  CHECK(r.at(0) == 5);
  REQUIRE(binary(BinaryOp::mul, ScalarKind::kComplexFloat, strided(y, x, x)) == Outcome::kDone);
  CHECK(y.at(1) == Z(-4, 0));
}

TEST_CASE("in place and empty") {
  Array<float> x({1000});
  x.generate([](std::int64_t i) { return static_cast<float>(i); });
  REQUIRE(binary(BinaryOp::add, ScalarKind::kFloat, strided(x, x, x), {.a = 2}) == Outcome::kDone);
  CHECK(x.at(10) == 30);
  Array<float> none({0, 4});
  CHECK(unary(UnaryOp::exp, ScalarKind::kFloat, strided(none, none)) == Outcome::kDone);
}
