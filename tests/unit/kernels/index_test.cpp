#include "kernels/index.h"

#include <doctest/doctest.h>

#include "strided_fixture.h"

using namespace fac::kernels;
using namespace fac::kernels::test;

TEST_CASE("gather and scatter along a dimension") {
  Array<float> self({4, 5}), out({4, 3});
  Array<std::int64_t> index({4, 3}, {1, 0});
  self.generate([](std::int64_t i) { return i; });
  index.generate([](std::int64_t i) { return (i * 3) % 5 - (i == 4 ? 5 : 0); });
  std::vector<std::int64_t> rows = {self.strides[0], 0};
  Strided s = strided(out, index);
  s.add(self.data(), rows.data(), ScalarKind::kFloat);
  gather(s, self.strides[1], 5);
  auto column = [&](std::int64_t i) { return (index.at(i) + 5) % 5; };
  for (std::int64_t i = 0; i < 12; ++i) CHECK(out.at(i) == self.at(i / 3 * 5 + column(i)));

  Strided t;
  t.rank = 2;
  t.sizes = out.sizes.data();
  t.add(self.data(), rows.data(), ScalarKind::kFloat);
  t.add(index.data(), index.strides.data(), ScalarKind::kInt64);
  t.add(out.data(), out.strides.data(), ScalarKind::kFloat);
  const Outcome done = scatter(ScatterOp::kAdd, t, self.strides[1], 5);
  REQUIRE(done == Outcome::kDone);
  for (std::int64_t i = 0; i < 12; ++i) CHECK(self.at(i / 3 * 5 + column(i)) == 2 * (i / 3 * 5 + column(i)));
}

TEST_CASE("indexing by several tensors") {
  // self[rows, :, cols] of [3, 2, 4] with two pairs of indices: result [pair, 2].
  Array<std::int32_t> self({3, 2, 4}), out({2, 2});
  Array<std::int64_t> rows({2}), cols({2});
  self.generate([](std::int64_t i) { return i; });
  rows.at(0) = -1, rows.at(1) = 0;
  cols.at(0) = 3, cols.at(1) = -4;
  const std::vector<std::int64_t> self_strides = {0, self.strides[1]}, by_pair = {8, 0};
  Strided s = strided(out);
  s.add(self.data(), self_strides.data(), ScalarKind::kInt32);
  s.add(rows.data(), by_pair.data(), ScalarKind::kInt64);
  s.add(cols.data(), by_pair.data(), ScalarKind::kInt64);
  const std::int64_t sizes[] = {3, 4}, strides[] = {self.strides[0], self.strides[2]};
  const IndexedDims dims{2, sizes, strides};
  index_get(s, dims);
  CHECK(out.at(0) == 2 * 8 + 3);
  CHECK(out.at(1) == 2 * 8 + 4 + 3);
  CHECK(out.at(2) == 0);
  CHECK(out.at(3) == 4);

  std::swap(s.data[0], s.data[1]);
  std::swap(s.strides[0], s.strides[1]);
  REQUIRE(index_put(s, dims, true) == Outcome::kDone);
  CHECK(self.at(19) == 38);
  CHECK(self.at(4) == 8);
}

TEST_CASE("rows, masks and nonzero") {
  Array<float> table({5, 3}), out({4, 3});
  table.generate([](std::int64_t i) { return i; });
  const std::int64_t index[] = {4, 0, 0, 2};
  embedding(out.data(), table.data(), 12, index, ScalarKind::kInt64, 4);
  CHECK(out.at(1) == 13);
  CHECK(out.at(9) == 6);

  const std::int64_t offsets[] = {0, 2};
  Array<float> bags({2, 3});
  embedding_bag(bags.data(), table.data(), 3, index, 4, offsets, 2, nullptr, 1, -1);
  CHECK(bags.at(0) == 6);
  CHECK(bags.at(3) == 3);

  const bool mask[] = {true, false, false, true, true};
  const std::int16_t x[] = {1, 2, 3, 4, 5};
  std::int16_t packed[3];
  REQUIRE(count_true(mask, 5) == 3);
  masked_select(packed, x, mask, 5, 2);
  CHECK(packed[1] == 4);

  const float z[] = {0, 1, 0, -0.0f, 2, 3};
  const std::int64_t sizes[] = {2, 3};
  std::int64_t where[6];
  REQUIRE(count_nonzero(z, ScalarKind::kFloat, 6) == 3);
  nonzero(where, 3, z, ScalarKind::kFloat, sizes, 2);
  const std::int64_t want[] = {0, 1, 1, 1, 1, 2};  // rows, then columns, of (0, 1), (1, 1), (1, 2)
  CHECK(std::equal(want, want + 6, where));

  Array<std::int64_t> i({4});
  i.generate([&](std::int64_t k) { return index[k]; });
  std::int64_t lo, hi;
  index_range(strided(i), &lo, &hi);
  CHECK(lo == 0);
  CHECK(hi == 4);
  REQUIRE(index_add(table.data(), ScalarKind::kFloat, 3, index, 4, out.data(), 2.0) == Outcome::kDone);
  CHECK(table.at(0) == 0 + 2 * (0 + 0));
  CHECK(table.at(1) == 1 + 2 * (1 + 1));
}
