#include "kernels/layout.h"

#include "kernel_test.h"

using namespace fac::kernels;
using namespace kernel_test;

TEST_CASE("blocked layout: there and back, pads are zero") {
  on_every_target([] {
    for (const std::int64_t c : {1, 3, 16, 21, 40}) {
      for (const std::int64_t hw : {1, 7, 16, 35}) {
        CAPTURE(c);
        CAPTURE(hw);
        const std::int64_t n = 2, L = channel_block(), padded = padded_channels(c);
        const auto x = random_array(n * c * hw, 1);
        Array<float> y(static_cast<std::size_t>(n * padded * hw), 9.0f), z(x.size()), last(x.size());
        nchw_to_blocked(x.data(), y.data(), n, c, hw);
        bool right = true;
        for (std::int64_t i = 0; i < n; ++i)
          for (std::int64_t k = 0; k < padded; ++k)
            for (std::int64_t p = 0; p < hw; ++p) {
              const float got = y[static_cast<std::size_t>(((i * padded / L + k / L) * hw + p) * L + k % L)];
              right = right && got == (k < c ? x[static_cast<std::size_t>((i * c + k) * hw + p)] : 0.0f);
            }
        CHECK(right);
        blocked_to_nchw(y.data(), z.data(), n, c, hw);
        CHECK(z == x);
        blocked_to_nhwc(y.data(), last.data(), n, c, hw);
        CHECK(last[static_cast<std::size_t>(((n - 1) * hw + hw - 1) * c)] ==
              x[static_cast<std::size_t>(((n - 1) * c) * hw + hw - 1)]);
        Array<float> again(y.size(), 9.0f);
        nhwc_to_blocked(last.data(), again.data(), n, c, hw);
        CHECK(again == y);
      }
    }
  });
}

TEST_CASE("blocked layout: concatenation of channels") {
  on_every_target([] {
    const std::int64_t n = 2, hw = 9;
    for (const auto& parts : {std::vector<std::int64_t>{16, 32, 16}, {3, 20, 1, 17}, {8, 8, 5}}) {
      std::int64_t total = 0;
      for (const std::int64_t c : parts) total += c;
      Array<float> joined(static_cast<std::size_t>(n * padded_channels(total) * hw), 9.0f);
      const auto whole = random_array(n * total * hw, 7);
      std::int64_t first = 0;
      for (const std::int64_t c : parts) {
        Array<float> part(static_cast<std::size_t>(n * c * hw)), blocked(static_cast<std::size_t>(n * padded_channels(c) * hw));
        for (std::int64_t i = 0; i < n; ++i)
          std::copy_n(whole.begin() + (i * total + first) * hw, c * hw, part.begin() + i * c * hw);
        nchw_to_blocked(part.data(), blocked.data(), n, c, hw);
        blocked_place_channels(blocked.data(), joined.data(), n, c, total, first, hw);
        first += c;
      }
      Array<float> expected(joined.size());
      nchw_to_blocked(whole.data(), expected.data(), n, total, hw);
      CHECK(joined == expected);
    }
  });
}

TEST_CASE("blocked layout: scaled channels") {
  on_every_target([] {
    const auto x = random_array(2 * padded_channels(20) * 6, 1), s = random_array(2 * padded_channels(20), 2);
    Array<float> y(x.size());
    blocked_scale_channels(x.data(), s.data(), y.data(), 2, 20, 6);
    const auto L = static_cast<std::size_t>(channel_block());
    bool right = true;
    for (std::size_t i = 0; i < x.size(); ++i) right = right && y[i] == x[i] * s[i / (6 * L) * L + i % L];
    CHECK(right);
  });
}
