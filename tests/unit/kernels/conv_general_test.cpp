#include "kernels/conv_general.h"

#include <limits>

#include "kernel_test.h"

using namespace fac::kernels;
using namespace kernel_test;

namespace {

ConvNd make(std::int64_t n, std::int64_t c_in, std::int64_t c_out, std::int64_t groups, std::vector<std::int64_t> in,
            std::vector<std::int64_t> kernel, std::int64_t stride, std::int64_t pad, std::int64_t dilation,
            bool transposed = false, std::int64_t output_padding = 0) {
  ConvNd d;
  d.n = n, d.c_in = c_in, d.c_out = c_out, d.groups = groups, d.transposed = transposed;
  const std::size_t rank = in.size();
  for (std::size_t i = 0; i < rank; ++i) {
    const std::size_t axis = 3 - rank + i;
    d.in[axis] = in[i], d.kernel[axis] = kernel[i], d.stride[axis] = stride;
    d.dilation[axis] = dilation, d.pad_before[axis] = pad;
    d.out[axis] = transposed ? (in[i] - 1) * stride - 2 * pad + dilation * (kernel[i] - 1) + output_padding + 1
                             : (in[i] + 2 * pad - dilation * (kernel[i] - 1) - 1) / stride + 1;
  }
  return d;
}

template <class T>
void check(const ConvNd& d) {
  const std::int64_t in = d.in[0] * d.in[1] * d.in[2], out = d.out[0] * d.out[1] * d.out[2];
  const auto x = random_array<T>(d.n * d.c_in * in, 1), bias = random_array<T>(d.c_out, 3);
  const auto w = random_array<T>(d.c_in * d.c_out / d.groups * d.kernel[0] * d.kernel[1] * d.kernel[2], 2);
  for (const bool with_bias : {true, false}) {
    Array<T> expected(static_cast<std::size_t>(d.n * d.c_out * out)), y(expected.size());
    conv_nd_naive<T, double>(d, x.data(), w.data(), with_bias ? bias.data() : nullptr, expected.data());
    with_threads([&] {
      const std::size_t bytes = conv_nd_scratch_bytes<T>(d);
      Array<T> scratch(bytes / sizeof(T), std::numeric_limits<T>::quiet_NaN());
      std::fill(y.begin(), y.end(), std::numeric_limits<T>::quiet_NaN());
      conv_nd(d, x.data(), w.data(), with_bias ? bias.data() : nullptr, y.data(), scratch.data(), bytes);
      CHECK(relative_error(y, expected, y.size()) < 2e-6);
    });
  }
}

}  // namespace

TEST_CASE("conv_nd against the definition") {
  const std::vector<ConvNd> shapes = {
      make(2, 6, 10, 1, {50}, {3}, 1, 1, 1),
      make(1, 40, 30, 1, {400}, {7}, 2, 3, 1),
      make(1, 8, 8, 8, {33}, {5}, 1, 2, 1),
      make(1, 4, 6, 2, {40}, {3}, 3, 0, 4),
      make(2, 3, 20, 1, {17, 19}, {3, 3}, 2, 1, 1),
      make(1, 5, 15, 5, {9, 12}, {2, 3}, 1, 2, 2),
      make(1, 3, 5, 1, {6, 7, 8}, {3, 2, 3}, 1, 1, 1),
      make(2, 4, 6, 2, {5, 9, 7}, {2, 3, 1}, 2, 1, 1),
      make(1, 100, 3, 1, {4, 4, 30}, {3, 3, 3}, 1, 1, 1),  // several slices of channels
      make(1, 2, 3, 1, {5}, {1}, 4, 6, 1),                 // outputs wholly in the padding
      make(2, 6, 10, 1, {20}, {4}, 2, 1, 1, true),
      make(1, 6, 4, 2, {13}, {3}, 3, 0, 2, true, 1),
      make(1, 5, 7, 1, {8, 9}, {2, 2}, 2, 0, 1, true),
      make(2, 6, 9, 3, {7, 5}, {3, 4}, 2, 1, 1, true, 1),
      make(1, 4, 4, 1, {5, 6}, {3, 3}, 1, 1, 2, true),
      make(1, 3, 5, 1, {4, 6}, {2, 2}, 3, 0, 1, true, 2),  // phases without a tap
      make(1, 3, 2, 1, {3, 4, 5}, {3, 3, 2}, 2, 1, 1, true, 1),
  };
  on_every_target([&] {
    for (std::size_t i = 0; i < shapes.size(); ++i) {
      CAPTURE(i);
      check<float>(shapes[i]);
      check<double>(shapes[i]);
    }
  });
}

TEST_CASE("conv_nd_naive on integers") {
  ConvNd d = make(1, 1, 1, 1, {4}, {2}, 1, 0, 1);
  const std::int64_t x[] = {1, 2, 3, 4}, w[] = {10, 1};
  std::int64_t y[3], b[] = {100};
  conv_nd_naive(d, x, w, b, y);
  CHECK(y[0] == 112);
  CHECK(y[2] == 134);
  d = make(1, 1, 1, 1, {2}, {2}, 2, 0, 1, true);
  std::int64_t z[4];
  conv_nd_naive<std::int64_t>(d, x, w, nullptr, z);
  CHECK(z[1] == 1);
  CHECK(z[2] == 20);
}
