#include "base/half.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

using fac::BFloat16;
using fac::Half;

TEST_CASE("every half survives the way through float") {
  for (std::uint32_t b = 0; b < 0x10000; ++b) {
    const auto bits = static_cast<std::uint16_t>(b);
    const float f = Half::from_bits(bits);
    const float g = BFloat16::from_bits(bits);
    if (std::isnan(f)) CHECK(std::isnan(static_cast<float>(Half(f))));
    else CHECK(Half(f).bits == bits);
    if (std::isnan(g)) CHECK(std::isnan(static_cast<float>(BFloat16(g))));
    else CHECK(BFloat16(g).bits == bits);
  }
}

TEST_CASE("half rounds to nearest even") {
  for (std::uint32_t b = 0; b < 0x7C00; ++b) {
    const auto bits = static_cast<std::uint16_t>(b);
    const double low = Half::from_bits(bits);
    const double high = b + 1 == 0x7C00 ? 65536.0 : static_cast<double>(Half::from_bits(static_cast<std::uint16_t>(b + 1)));
    const float middle = static_cast<float>((low + high) / 2);  // exact in float
    CHECK(Half(middle).bits == (b & 1 ? b + 1 : b));
    CHECK(Half(std::nextafter(middle, 0.0f)).bits == b);
    CHECK(Half(std::nextafter(middle, 1e9f)).bits == b + 1);
    CHECK(Half(-middle).bits == (0x8000u | (b & 1 ? b + 1 : b)));
  }
  CHECK(Half(1e9f).bits == 0x7C00);
  CHECK(Half(-std::numeric_limits<float>::infinity()).bits == 0xFC00);
  CHECK(Half(1e-30f).bits == 0);
  CHECK(static_cast<float>(Half(2.0f)) == 2.0f);
  static_assert(static_cast<float>(Half(1.5f)) == 1.5f);
}

TEST_CASE("bfloat16 rounds to nearest even") {
  CHECK(BFloat16(1.00390625f).bits == 0x3F80);   // halfway between 0x3F80 and 0x3F81
  CHECK(BFloat16(1.01171875f).bits == 0x3F82);   // halfway between 0x3F81 and 0x3F82
  CHECK(BFloat16(std::numeric_limits<float>::max()).bits == 0x7F80);
}
