#include "kernels/sort.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "strided_fixture.h"

using namespace fac::kernels;
using namespace fac::kernels::test;

namespace {

template <class T>
bool before(T a, T b) {  // NaN last
  const double x = as_double(a), y = as_double(b);
  return std::isnan(y) ? !std::isnan(x) : x < y;
}

template <class T>
void check_sort(std::vector<std::int64_t> shape, std::vector<int> perm, int dim, bool descending) {
  Array<T> x(shape, perm), values(shape);
  Array<std::int64_t> index(shape);
  x.generate([](std::int64_t i) { return static_cast<float>((i * 7919) % 101 - 50); });
  if constexpr (std::is_floating_point_v<T>) x.at(1) = std::numeric_limits<T>::quiet_NaN(), x.at(5) = T(-0.0);
  const std::int64_t n = shape[static_cast<std::size_t>(dim)];
  std::vector<std::byte> scratch(static_cast<std::size_t>(sort_scratch_bytes(kind_of<T>(), n)));
  REQUIRE(sort(strided(values, index, x), dim, descending, scratch.data()) == Outcome::kDone);
  std::int64_t inner = 1;
  for (std::size_t d = static_cast<std::size_t>(dim) + 1; d < shape.size(); ++d) inner *= shape[d];
  for (std::int64_t row = 0; row < x.numel() / n; ++row) {
    const std::int64_t first = row / inner * inner * n + row % inner;
    std::vector<std::int64_t> want(static_cast<std::size_t>(n));
    std::iota(want.begin(), want.end(), 0);
    std::stable_sort(want.begin(), want.end(), [&](std::int64_t a, std::int64_t b) {
      const T p = x.at(first + a * inner), q = x.at(first + b * inner);
      return descending ? before(q, p) : before(p, q);
    });
    for (std::int64_t k = 0; k < n; ++k) REQUIRE(index.at(first + k * inner) == want[static_cast<std::size_t>(k)]);
  }
}

}  // namespace

TEST_CASE("stable sort of all kinds, layouts and directions") {
  for (const bool descending : {false, true}) {
    check_sort<float>({5, 300}, {0, 1}, 1, descending);
    check_sort<float>({300, 5}, {0, 1}, 0, descending);
    check_sort<double>({2, 100, 3}, {2, 1, 0}, 1, descending);
    check_sort<std::int64_t>({500}, {0}, 0, descending);
    check_sort<std::int8_t>({20, 20}, {1, 0}, 1, descending);
    check_sort<std::uint8_t>({200}, {0}, 0, descending);
    check_sort<fac::Half>({7, 30}, {0, 1}, 1, descending);
    check_sort<bool>({70}, {0}, 0, descending);
  }
}

TEST_CASE("largest, k-th and median") {
  Array<float> x({3, 100}), top({3, 4}), kth({3, 1});
  Array<std::int64_t> where({3, 4}), at({3, 1});
  x.generate([](std::int64_t i) { return static_cast<double>((i * 37) % 100); });
  std::vector<std::byte> scratch(static_cast<std::size_t>(sort_scratch_bytes(ScalarKind::kFloat, 100)));
  Strided s = strided(top, where, x);
  s.sizes = x.sizes.data();
  REQUIRE(topk(s, 1, 4, true, true, scratch.data()) == Outcome::kDone);
  for (std::int64_t r = 0; r < 3; ++r)
    for (std::int64_t k = 0; k < 4; ++k) {
      CHECK(top.at(r * 4 + k) == 99 - k);
      CHECK(x.at(r * 100 + where.at(r * 4 + k)) == 99 - k);
    }
  kth.strides[1] = at.strides[1] = 0;
  s = strided(kth, at, x);
  s.sizes = x.sizes.data();
  REQUIRE(kth_value(s, 1, 50, scratch.data()) == Outcome::kDone);
  CHECK(kth.at(2) == 49);
  CHECK(x.at(200 + at.at(2)) == 49);
}

TEST_CASE("runs, insertion points and counts") {
  const std::int32_t sorted[] = {1, 1, 4, 4, 4, 9};
  const std::int64_t order[] = {3, 1, 0, 2, 5, 4};
  std::int32_t values[6];
  std::int64_t inverse[6], counts[6];
  REQUIRE(unique_sorted(sorted, ScalarKind::kInt32, 6, order, values, inverse, counts) == 3);
  CHECK(values[1] == 4);
  CHECK(counts[1] == 3);
  CHECK(inverse[5] == 1);
  CHECK(inverse[4] == 2);

  const float edges[] = {1, 3, 3, 7}, x[] = {0, 3, 8, std::nanf("")};
  std::int64_t left[4];
  std::int32_t right[4];
  REQUIRE(searchsorted(left, ScalarKind::kInt64, edges, x, ScalarKind::kFloat, 1, 4, 4, true, false) == Outcome::kDone);
  REQUIRE(searchsorted(right, ScalarKind::kInt32, edges, x, ScalarKind::kFloat, 1, 4, 4, true, true) == Outcome::kDone);
  CHECK(left[1] == 1);
  CHECK(right[1] == 3);
  CHECK(left[3] == 4);
  CHECK(right[0] == 0);

  const std::int64_t labels[] = {2, 0, 2};
  std::int64_t bins[3] = {};
  bincount(bins, labels, 3, nullptr, ScalarKind::kFloat);
  CHECK(bins[2] == 2);
  const float data[] = {0, 0.5f, 1, 2, -1, std::nanf("")};
  float histogram[2] = {};
  REQUIRE(histc(histogram, 2, 0, 1, data, ScalarKind::kFloat, 6) == Outcome::kDone);
  CHECK(histogram[0] == 1);
  CHECK(histogram[1] == 2);
}
