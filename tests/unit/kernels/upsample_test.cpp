// Golden values from PyTorch 2.13: torch.nn.functional.interpolate and grid_sample of the squares 0, 1, 4 .. 121 as a
// 3 x 4 picture.
#include "kernels/upsample.h"

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "strided_fixture.h"

using namespace fac::kernels;
using namespace fac::kernels::test;

namespace {

template <class T>
std::vector<T> squares() {
  std::vector<T> x(12);
  for (std::size_t i = 0; i < 12; ++i) x[i] = static_cast<T>(static_cast<float>(i * i));
  return x;
}

template <class T>
void check_resize(UpsampleMode mode, bool align, bool antialias, std::int64_t oh, std::int64_t ow,
                  const std::vector<double>& want, double tolerance = 6e-4) {
  const std::vector<T> x = squares<T>();
  std::vector<T> y(want.size());
  Upsample u;
  u.x = x.data(), u.y = y.data(), u.kind = kind_of<T>(), u.mode = mode, u.align_corners = align, u.planes = 1;
  u.in[1] = 3, u.in[2] = 4, u.out[1] = oh, u.out[2] = ow;
  for (int a = 0; a < 3; ++a) u.scale[a] = area_scale(u.in[a], u.out[a], align, 0);
  if (antialias) {
    std::vector<std::byte> scratch(static_cast<std::size_t>(antialias_scratch_bytes(u)));
    REQUIRE(upsample_antialias(u, scratch.data()) == Outcome::kDone);
  } else {
    REQUIRE(upsample(u) == Outcome::kDone);
  }
  for (std::size_t i = 0; i < want.size(); ++i) CHECK(std::fabs(as_double(y[i]) - want[i]) <= tolerance);
}

}  // namespace

TEST_CASE("interpolation") {
  const std::vector<double> linear = {4.5, 9.5, 17.8333, 54.5, 75.5, 99.8333};
  check_resize<float>(UpsampleMode::kLinear, false, false, 2, 3, linear);
  check_resize<double>(UpsampleMode::kLinear, false, false, 2, 3, linear);
  check_resize<fac::BFloat16>(UpsampleMode::kLinear, false, false, 2, 3, linear, 0.3);
  check_resize<std::uint8_t>(UpsampleMode::kLinear, false, false, 2, 3, linear, 1);
  check_resize<float>(UpsampleMode::kLinear, true, false, 2, 3, {0, 2.5, 9, 64, 90.5, 121});
  check_resize<float>(UpsampleMode::kCubic, false, false, 4, 3,
                      {-1.12944, 0.115234, 5.53584, 5.58706, 13.4434, 25.4756, 36.63, 54.8223, 77.1905, 69.6277, 94.4316, 123.412});
  check_resize<float>(UpsampleMode::kLinear, false, true, 2, 2, {9.14286, 18.5714, 56.2857, 81.4286});
  check_resize<float>(UpsampleMode::kCubic, false, true, 2, 3, {4.21878, 9.74924, 18.5728, 50.4896, 70.4876, 93.7787});
  check_resize<float>(UpsampleMode::kNearest, false, false, 5, 3, {0, 1, 4, 0, 1, 4, 16, 25, 36, 16, 25, 36, 64, 81, 100});
  check_resize<std::int8_t>(UpsampleMode::kNearest, false, false, 1, 1, {0});
  check_resize<float>(UpsampleMode::kNearestExact, false, false, 5, 3, {0, 4, 9, 0, 4, 9, 16, 36, 49, 64, 100, 121, 64, 100, 121});
}

TEST_CASE("grid sampling") {
  const std::vector<float> x = squares<float>(), grid = {-1.2f, 0.3f, 0.1f, -0.9f, 0.55f, 1.4f};
  const double want[3][3][3] = {{{3.76, 2.015, 0}, {37.6, 3.1, 112.6}, {37.6, 3.1, 105.72}},
                                {{0, 4, 0}, {16, 4, 121}, {16, 4, 121}},
                                {{3.53134, -1.47183, -7.73275}, {38.8463, -0.586548, 114.22}, {38.0342, -2.33416, 108.776}}};
  for (int mode = 0; mode < 3; ++mode)
    for (int padding = 0; padding < 3; ++padding) {
      float y[3];
      GridSample g;
      g.x = x.data(), g.grid = grid.data(), g.y = y, g.kind = ScalarKind::kFloat, g.batch = g.channels = 1;
      g.in[1] = 3, g.in[2] = 4, g.out[2] = 3;
      g.mode = static_cast<GridMode>(mode), g.padding = static_cast<GridPadding>(padding);
      REQUIRE(grid_sample(g) == Outcome::kDone);
      for (int i = 0; i < 3; ++i) CHECK(std::fabs(as_double(y[i]) - want[mode][padding][i]) < 5e-4);
    }
  // Coordinates from nowhere must not read outside.
  const float wild[] = {std::nanf(""), HUGE_VALF, -1e30f, 0};
  float y[2];
  for (int mode = 0; mode < 3; ++mode)
    for (int padding = 0; padding < 3; ++padding) {
      GridSample g;
      g.x = x.data(), g.grid = wild, g.y = y, g.kind = ScalarKind::kFloat, g.batch = g.channels = 1;
      g.in[1] = 3, g.in[2] = 4, g.out[2] = 2;
      g.mode = static_cast<GridMode>(mode), g.padding = static_cast<GridPadding>(padding);
      CHECK(grid_sample(g) == Outcome::kDone);
    }
}

TEST_CASE("unfolding and folding back counts the overlaps") {
  const std::vector<float> x = squares<float>();
  Blocks b;
  b.kind = ScalarKind::kFloat;
  b.planes = 1, b.h = 3, b.w = 4, b.oh = 3, b.ow = 4;
  for (int a = 0; a < 2; ++a) b.kernel[a] = 3, b.stride[a] = 1, b.padding[a] = 1, b.dilation[a] = 1;
  std::vector<float> columns(9 * 12), back(12);
  im2col(b, x.data(), columns.data());
  CHECK(columns[0] == 0);
  CHECK(columns[5] == 0);          // left of and above (1, 1)
  CHECK(columns[4 * 12 + 7] == 49);  // the middle tap is the picture
  CHECK(columns[8 * 12] == 25);
  REQUIRE(col2im(b, columns.data(), back.data()) == Outcome::kDone);
  CHECK(back[5] == 9 * 25);
  CHECK(back[11] == 4 * 121);
}
