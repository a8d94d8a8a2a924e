#include "kernels/copy.h"

#include <doctest/doctest.h>

#include <limits>

#include "kernels/element_io.h"
#include "strided_fixture.h"

using namespace fac::kernels;
using namespace fac::kernels::test;

namespace {
template <class To, class From>
void check_copy(std::vector<std::int64_t> shape, std::vector<int> to_perm, std::vector<int> from_perm) {
  Array<To> to(shape, to_perm);
  Array<From> from(shape, from_perm);
  from.generate([](std::int64_t i) { return static_cast<float>(i % 100); });
  copy(strided(to, from));
  for (std::int64_t i = 0; i < to.numel(); ++i) {
    REQUIRE(convert_element<double>(to.at(i)) == convert_element<double>(convert_element<To>(from.at(i))));
  }
}
}  // namespace

TEST_CASE("copies of all layouts and kinds") {
  check_copy<float, float>({70, 33}, {0, 1}, {1, 0});
  check_copy<float, float>({5, 70, 33}, {0, 1, 2}, {2, 0, 1});
  check_copy<float, float>({2, 3, 40, 50}, {0, 2, 3, 1}, {0, 1, 2, 3});
  check_copy<std::uint8_t, std::uint8_t>({100, 200}, {0, 1}, {1, 0});
  check_copy<std::complex<double>, std::complex<double>>({20, 31}, {1, 0}, {0, 1});
  check_copy<float, std::uint8_t>({3, 40, 50}, {0, 1, 2}, {1, 2, 0});
  check_copy<std::int64_t, float>({7, 9}, {0, 1}, {1, 0});
  check_copy<fac::Half, float>({7, 999}, {0, 1}, {0, 1});
  check_copy<fac::BFloat16, fac::Half>({1500}, {0}, {0});
  check_copy<bool, double>({1500}, {0}, {0});
  check_copy<float, std::complex<float>>({15, 3}, {0, 1}, {0, 1});
  check_copy<std::complex<float>, std::int32_t>({15, 3}, {0, 1}, {0, 1});
  check_copy<float, float>({0, 3}, {0, 1}, {0, 1});
  check_copy<float, float>({}, {}, {});
}

TEST_CASE("conversions that need care") {
  CHECK(convert_element<std::uint8_t>(-1.0f) == 255);
  CHECK(convert_element<std::int64_t>(std::numeric_limits<double>::quiet_NaN()) == INT64_MIN);
  CHECK(convert_element<bool>(1e-300));
  CHECK(convert_element<bool>(std::complex<float>(0, 1)));
  CHECK(convert_element<std::int8_t>(std::int64_t{300}) == 44);
  const double tiny = 1e-300;
  bool b = false;
  convert(&b, ScalarKind::kBool, &tiny, ScalarKind::kDouble, 1);
  CHECK(b);
}

TEST_CASE("vector conversions of halves are those of base/half.h") {
  on_each_target([] {
    Array<fac::Half> h({65536}), back({65536});
    Array<float> f({65536});
    for (std::int64_t i = 0; i < 65536; ++i) h.at(i) = fac::Half::from_bits(static_cast<std::uint16_t>(i));
    copy(strided(f, h));
    for (std::int64_t i = 0; i < 65536; ++i) {
      const float want = h.at(i);
      REQUIRE((f.at(i) == want || (want != want && f.at(i) != f.at(i))));
      f.at(i) = want * 1.0003f;
    }
    copy(strided(back, f));
    for (std::int64_t i = 0; i < 65536; ++i)
      REQUIRE((back.at(i).bits == fac::Half(f.at(i)).bits || f.at(i) != f.at(i)));
  });
}

TEST_CASE("fill") {
  Array<std::int16_t> a({3, 50}, {1, 0});
  const std::int16_t seven = 7;
  fill(strided(a), &seven);
  for (std::int64_t i = 0; i < a.numel(); ++i) CHECK(a.at(i) == 7);
}

TEST_CASE("rows cover every index once, threaded, with broadcasting") {
  Array<std::int32_t> out({9, 3, 1, 2000}, {3, 1, 2, 0});
  Array<std::int32_t> in({9, 3, 1, 2000});
  in.strides[1] = 0;
  in.generate([](std::int64_t i) { return i; });
  for_each_1d(strided(out, in), 100, [](char* const* data, const std::int64_t* strides, std::int64_t n) {
    for (std::int64_t i = 0; i < n; ++i)
      *reinterpret_cast<std::int32_t*>(data[0] + i * strides[0]) += 1 + *reinterpret_cast<std::int32_t*>(data[1] + i * strides[1]);
  });
  for (std::int64_t i = 0; i < out.numel(); ++i) REQUIRE(out.at(i) == in.at(i) + 1);
}
