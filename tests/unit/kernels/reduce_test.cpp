#include "kernels/reduce.h"

#include <doctest/doctest.h>

#include <cmath>
#include <map>

#include "base/thread_pool.h"
#include "kernels/norm.h"
#include "kernels/softmax.h"
#include "strided_fixture.h"

using namespace fac::kernels;
using namespace fac::kernels::test;
using I64s = std::vector<std::int64_t>;

namespace {

// Elements of x grouped by the output they belong to, in logical order.
template <class T>
std::map<std::int64_t, std::vector<double>> groups(Array<T>& x, DimMask mask) {
  std::map<std::int64_t, std::vector<double>> result;
  for (std::int64_t i = 0; i < x.numel(); ++i) {
    std::int64_t rest = i, key = 0, step = 1;
    for (std::size_t d = x.sizes.size(); d-- > 0;) {
      if (!(mask >> d & 1)) key += rest % x.sizes[d] * step, step *= x.sizes[d];
      rest /= x.sizes[d];
    }
    result[key].push_back(as_double(x.at(i)));
  }
  return result;
}

// An output of x's kept shape whose strides are 0 along reduced dimensions.
template <class T>
Array<T> output_for(const I64s& shape, DimMask mask) {
  I64s kept = shape;
  for (std::size_t d = 0; d < shape.size(); ++d)
    if (mask >> d & 1) kept[d] = 1;
  Array<T> out(kept);
  for (std::size_t d = 0; d < shape.size(); ++d)
    if (mask >> d & 1) out.strides[d] = 0;
  return out;
}

double expected(ReduceOp op, const std::vector<double>& v, double a) {
  double least = HUGE_VAL, sum = 0, prod = 1, low = HUGE_VAL, high = -HUGE_VAL, norm = 0, exps = 0;
  bool any = false, all = true;
  for (double x : v) {
    sum += x, prod *= x, low = std::min(low, x), high = std::max(high, x);
    least = std::min(least, std::fabs(x));
    any = any || x != 0, all = all && x != 0;
    norm += a == 0 ? x != 0 : std::pow(std::fabs(x), a);
    exps += std::exp(x);
  }
  const double mean = sum / static_cast<double>(v.size());
  double squares = 0;
  for (double x : v) squares += (x - mean) * (x - mean);
  switch (op) {
    case ReduceOp::kMean: return mean;
    case ReduceOp::kProd: return prod;
    case ReduceOp::kAmax: return high;
    case ReduceOp::kAmin: return low;
    case ReduceOp::kAny: return any;
    case ReduceOp::kAll: return all;
    case ReduceOp::kNorm:
      if (std::isinf(a)) return a > 0 ? std::max(std::fabs(low), std::fabs(high)) : least;
      return a == 0 ? norm : std::pow(norm, 1 / a);
    case ReduceOp::kVar: return squares / std::max(0.0, static_cast<double>(v.size()) - a);
    case ReduceOp::kLogsumexp: return std::log(exps);
    default: return sum;
  }
}

template <class T>
void check(ReduceOp op, I64s shape, std::vector<int> perm, DimMask mask, double a = 0, double tolerance = 2e-6) {
  Array<T> x(shape, perm);
  x.generate([](std::int64_t i) { return static_cast<float>(std::sin(static_cast<double>(i) * 0.37) + (i % 3 == 0 ? 0.5 : 0.9)); });
  Array<T> out = output_for<T>(shape, mask);
  Strided s = strided(out, x);
  s.sizes = x.sizes.data();
  REQUIRE(reduce(op, kind_of<T>(), s, mask, a) == Outcome::kDone);
  const auto want = groups(x, mask);
  for (const auto& [key, values] : want) {
    const double w = expected(op, values, a), got = as_double(out.data()[key]);
    REQUIRE(std::fabs(got - w) <= tolerance * std::max(1.0, std::fabs(w)));
  }
}

}  // namespace

TEST_CASE("reductions over all layouts") {
  on_each_target([] {
    for (const auto op : {ReduceOp::kSum, ReduceOp::kMean, ReduceOp::kAmax, ReduceOp::kAmin, ReduceOp::kAny, ReduceOp::kAll,
                          ReduceOp::kVar, ReduceOp::kLogsumexp}) {
      CAPTURE(static_cast<int>(op));
      for (DimMask mask = 1; mask < 8; ++mask) {
        check<float>(op, {7, 30, 19}, {0, 1, 2}, mask, 1);
        check<float>(op, {7, 30, 19}, {2, 0, 1}, mask, 1);
        check<double>(op, {3, 20, 5}, {0, 2, 1}, mask, 1);
        check<fac::Half>(op, {3, 20, 5}, {0, 1, 2}, mask, 1, 2e-3);
      }
      check<float>(op, {300000}, {0}, 1, 1);
      check<float>(op, {3, 100001}, {0, 1}, 2, 1);
      check<float>(op, {4000, 70}, {0, 1}, 1, 1);
    }
    for (const double p : {0.0, 1.0, 2.0, 3.0, HUGE_VAL, -HUGE_VAL}) {
      check<float>(ReduceOp::kNorm, {5, 40}, {0, 1}, 2, p);
      check<float>(ReduceOp::kNorm, {50, 40}, {0, 1}, 1, p);
      check<double>(ReduceOp::kNorm, {5, 40}, {0, 1}, 2, p);
    }
    check<float>(ReduceOp::kProd, {5, 9}, {0, 1}, 2);
  });
}

TEST_CASE("integer, empty and NaN reductions") {
  Array<std::int32_t> x({10, 7});
  x.generate([](std::int64_t i) { return i; });
  Array<std::int64_t> sum({1, 1});
  sum.strides = {0, 0};
  Strided s = strided(sum, x);
  s.sizes = x.sizes.data();
  REQUIRE(reduce(ReduceOp::kSum, ScalarKind::kInt64, s, 3) == Outcome::kDone);
  CHECK(sum.data()[0] == 69 * 35);
  CHECK(reduce(ReduceOp::kMean, ScalarKind::kInt64, s, 3) == Outcome::kUndefined);

  Array<float> none({4, 0});
  Array<float> out = output_for<float>({4, 0}, 2);
  s = strided(out, none);
  s.sizes = none.sizes.data();
  REQUIRE(reduce(ReduceOp::kProd, ScalarKind::kFloat, s, 2) == Outcome::kDone);
  CHECK(out.data()[3] == 1);
  REQUIRE(reduce(ReduceOp::kMean, ScalarKind::kFloat, s, 2) == Outcome::kDone);
  CHECK(std::isnan(out.data()[0]));

  on_each_target([] {
    Array<float> y({3, 50});
    y.generate([](std::int64_t i) { return i == 70 || i == 80 ? std::nanf("") : static_cast<float>(i % 50); });
    Array<float> top = output_for<float>({3, 50}, 2);
    Array<std::int64_t> at = output_for<std::int64_t>({3, 50}, 2);
    Strided t = strided(top, at, y);
    t.sizes = y.sizes.data();
    REQUIRE(arg_max(t, 2) == Outcome::kDone);
    CHECK(top.data()[0] == 49);
    CHECK(at.data()[0] == 49);
    CHECK(std::isnan(top.data()[1]));
    CHECK(at.data()[1] == 20);
    CHECK(at.data()[2] == 49);
  });
}

TEST_CASE("positions of extremes: first one wins, in any layout") {
  for (const auto& perm : {std::vector<int>{0, 1, 2}, std::vector<int>{2, 1, 0}, std::vector<int>{1, 2, 0}})
    for (DimMask mask = 1; mask < 8; ++mask) {
      Array<float> x({6, 11, 40}, perm);
      x.generate([](std::int64_t i) { return static_cast<float>((i * 7919) % 23); });
      Array<std::int64_t> at = output_for<std::int64_t>({6, 11, 40}, mask);
      Strided s = strided(at, x);
      s.sizes = x.sizes.data();
      REQUIRE(arg_max(s, mask) == Outcome::kDone);
      for (const auto& [key, v] : groups(x, mask))
        REQUIRE(at.data()[key] == std::max_element(v.begin(), v.end()) - v.begin());
      REQUIRE(arg_min(s, mask) == Outcome::kDone);
      for (const auto& [key, v] : groups(x, mask))
        REQUIRE(at.data()[key] == std::min_element(v.begin(), v.end()) - v.begin());
    }
}

TEST_CASE("sums do not depend on threads") {
  Array<float> x({1, 1000003});
  x.generate([](std::int64_t i) { return std::sin(static_cast<double>(i)); });
  float sums[2];
  for (int t = 0; t < 2; ++t) {
    fac::set_thread_count(t == 0 ? 1 : 4);
    Array<float> out = output_for<float>({1, 1000003}, 2);
    Strided s = strided(out, x);
    s.sizes = x.sizes.data();
    REQUIRE(reduce(ReduceOp::kSum, ScalarKind::kFloat, s, 2) == Outcome::kDone);
    sums[t] = out.data()[0];
  }
  fac::set_thread_count(0);
  CHECK(sums[0] == sums[1]);
}

TEST_CASE("scans") {
  Array<float> x({3, 1100, 2}), y({3, 1100, 2}, {2, 0, 1});
  x.generate([](std::int64_t i) { return i % 5; });
  REQUIRE(scan(ScanOp::kCumsum, ScalarKind::kFloat, strided(y, x), 1) == Outcome::kDone);
  double sum = 0;
  for (std::int64_t i = 0; i < 1100; ++i) {
    sum += static_cast<double>(x.at(2200 + i * 2 + 1));
    REQUIRE(static_cast<double>(y.at(2200 + i * 2 + 1)) == sum);
  }
  Array<std::int64_t> a({6}), v({6}), at({6});
  const std::int64_t values[] = {1, 3, 2, 3, 0, 4}, tops[] = {1, 3, 3, 3, 3, 4}, where[] = {0, 1, 1, 3, 3, 5};
  a.generate([&](std::int64_t i) { return values[i]; });
  REQUIRE(cummax(strided(v, at, a), 0) == Outcome::kDone);
  for (std::int64_t i = 0; i < 6; ++i) {
    CHECK(v.at(i) == tops[i]);
    CHECK(at.at(i) == where[i]);
  }
}

namespace {
template <class T>
void check_softmax(I64s shape, std::vector<int> perm, int dim, double tolerance) {
  Array<T> x(shape, perm), y(shape), z(shape);
  x.generate([](std::int64_t i) { return static_cast<float>(std::sin(static_cast<double>(i)) * 8); });
  REQUIRE(softmax(strided(y, x), dim) == Outcome::kDone);
  REQUIRE(log_softmax(strided(z, x), dim) == Outcome::kDone);
  std::int64_t inner = 1;
  for (std::size_t d = static_cast<std::size_t>(dim) + 1; d < shape.size(); ++d) inner *= shape[d];
  const std::int64_t n = shape[static_cast<std::size_t>(dim)];
  for (std::int64_t i = 0; i < x.numel(); ++i) {
    const std::int64_t first = i / (inner * n) * inner * n + i % inner;
    double sum = 0;
    for (std::int64_t k = 0; k < n; ++k) sum += std::exp(as_double(x.at(first + k * inner)));
    const double want = std::exp(as_double(x.at(i))) / sum;
    REQUIRE(std::fabs(as_double(y.at(i)) - want) <= tolerance);
    REQUIRE(std::fabs(as_double(z.at(i)) - std::log(want)) <= 20 * tolerance);
  }
}
}  // namespace

TEST_CASE("softmax along every dimension") {
  on_each_target([] {
    for (int dim = 0; dim < 3; ++dim) {
      check_softmax<float>({5, 21, 33}, {0, 1, 2}, dim, 1e-6);
      check_softmax<float>({5, 21, 33}, {0, 2, 1}, dim, 1e-6);
      check_softmax<double>({5, 21, 33}, {0, 1, 2}, dim, 1e-12);
      check_softmax<fac::BFloat16>({5, 21, 33}, {0, 1, 2}, dim, 4e-3);
    }
    check_softmax<float>({2, 2500}, {0, 1}, 1, 1e-6);
  });
}

namespace {
template <class T>
void check_layer_norm(std::int64_t rows, std::int64_t cols, double tolerance) {
  Array<T> x({rows, cols}), y({rows, cols}), w({cols}), b({cols});
  x.generate([](std::int64_t i) { return static_cast<float>(100 + std::sin(static_cast<double>(i))); });
  w.generate([](std::int64_t i) { return static_cast<float>(i % 3); });
  b.generate([](std::int64_t i) { return static_cast<float>(i % 5); });
  RowNorm n;
  n.x = x.data(), n.y = y.data(), n.weight = w.data(), n.bias = b.data();
  n.kind = n.param_kind = kind_of<T>();
  n.rows = rows, n.cols = cols, n.eps = 1e-5;
  REQUIRE(layer_norm(n) == Outcome::kDone);
  for (std::int64_t r = 0; r < rows; ++r) {
    double mean = 0, var = 0;
    auto v = [&](Array<T>& a, std::int64_t i) { return as_double(a.at(i)); };
    for (std::int64_t c = 0; c < cols; ++c) mean += v(x, r * cols + c);
    mean /= static_cast<double>(cols);
    for (std::int64_t c = 0; c < cols; ++c) var += std::pow(v(x, r * cols + c) - mean, 2);
    var /= static_cast<double>(cols);
    for (std::int64_t c = 0; c < cols; ++c)
      REQUIRE(std::fabs(v(y, r * cols + c) - ((v(x, r * cols + c) - mean) / std::sqrt(var + 1e-5) * v(w, c) + v(b, c))) <= tolerance);
  }
}
}  // namespace

TEST_CASE("normalisations") {
  on_each_target([] {
    check_layer_norm<float>(5, 1500, 1e-4);
    check_layer_norm<float>(3, 7, 1e-4);
    check_layer_norm<double>(3, 70, 1e-9);
    check_layer_norm<fac::Half>(3, 700, 2e-2);

    // Group norm of one group over (2 channels, 3 pixels), batch norm with its statistics: the same numbers.
    Array<float> x({1, 2, 3}), y({1, 2, 3}), z({1, 2, 3}), mean({2}), var({2});
    x.generate([](std::int64_t i) { return i * i; });
    GroupNorm g;
    g.x = x.data(), g.y = y.data(), g.kind = g.param_kind = ScalarKind::kFloat;
    g.batch = 1, g.channels = 2, g.spatial = 3, g.groups = 2, g.eps = 0.1;
    REQUIRE(group_norm(g) == Outcome::kDone);
    BatchNorm b;
    b.x = x.data(), b.y = z.data(), b.kind = b.param_kind = ScalarKind::kFloat;
    b.batch = 1, b.channels = 2, b.spatial = 3, b.eps = 0.1;
    REQUIRE(batch_norm_stats(b, mean.data(), var.data()) == Outcome::kDone);
    CHECK(mean.at(0) == doctest::Approx(5.0 / 3));
    CHECK(var.at(0) == doctest::Approx(17.0 / 3 - 25.0 / 9));
    b.mean = mean.data(), b.var = var.data();
    REQUIRE(batch_norm(b) == Outcome::kDone);
    for (std::int64_t i = 0; i < 6; ++i) CHECK(y.at(i) == doctest::Approx(z.at(i)));
    CHECK(y.at(0) == doctest::Approx((0 - 5.0 / 3) / std::sqrt(17.0 / 3 - 25.0 / 9 + 0.1)));
  });
}
