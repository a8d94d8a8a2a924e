#include "kernels/pool.h"

#include <limits>

#include "kernel_test.h"
#include "kernels/layout.h"

using namespace fac::kernels;
using namespace kernel_test;

namespace {

Pool square(std::int64_t planes, std::int64_t h, std::int64_t w, std::int64_t k, std::int64_t s, std::int64_t pad,
            std::int64_t dilation = 1, bool ceil_mode = false) {
  Pool p;
  p.planes = planes;
  p.in[1] = h, p.in[2] = w;
  for (int i = 1; i < 3; ++i) {
    p.kernel[i] = k, p.stride[i] = s, p.pad[i] = pad, p.dilation[i] = dilation;
    const std::int64_t room = p.in[i] + 2 * pad - dilation * (k - 1) - 1;
    p.out[i] = (room + (ceil_mode ? s - 1 : 0)) / s + 1;
    if (ceil_mode && (p.out[i] - 1) * s >= p.in[i] + pad) --p.out[i];
  }
  return p;
}

// The definition, cell by cell, on one plane.
double cell(const Pool& p, const float* x, std::int64_t i, std::int64_t j, bool max, std::int64_t* at) {
  double best = -HUGE_VAL, sum = 0;
  std::int64_t inside = 0;
  for (std::int64_t a = 0; a < p.kernel[1]; ++a)
    for (std::int64_t b = 0; b < p.kernel[2]; ++b) {
      const std::int64_t r = i * p.stride[1] - p.pad[1] + a * p.dilation[1];
      const std::int64_t c = j * p.stride[2] - p.pad[2] + b * p.dilation[2];
      if (r < 0 || r >= p.in[1] || c < 0 || c >= p.in[2]) continue;
      const double v = static_cast<double>(x[r * p.in[2] + c]);
      ++inside;
      sum += v;
      if (v > best || std::isnan(v)) best = v, *at = r * p.in[2] + c;
    }
  if (max) return best;
  const std::int64_t rows = std::min(i * p.stride[1] - p.pad[1] + p.kernel[1], p.in[1] + p.pad[1]) - (i * p.stride[1] - p.pad[1]);
  const std::int64_t cols = std::min(j * p.stride[2] - p.pad[2] + p.kernel[2], p.in[2] + p.pad[2]) - (j * p.stride[2] - p.pad[2]);
  const std::int64_t divisor = p.divisor_override != 0 ? p.divisor_override : p.count_include_pad ? rows * cols : inside;
  return sum / static_cast<double>(divisor);
}

template <class F>
Array<float> through_blocked(const Pool& p, const Array<float>& x, F&& f) {
  const std::int64_t in = p.in[1] * p.in[2], out = p.out[1] * p.out[2];
  Array<float> xb(static_cast<std::size_t>(padded_channels(p.planes) * in));
  Array<float> yb(static_cast<std::size_t>(padded_channels(p.planes) * out)), y(static_cast<std::size_t>(p.planes * out));
  nchw_to_blocked(x.data(), xb.data(), 1, p.planes, in);
  Pool q = p;
  q.planes = blocks_of(p.planes, channel_block());
  f(q, xb.data(), yb.data());
  blocked_to_nchw(yb.data(), y.data(), 1, p.planes, out);
  return y;
}

}  // namespace

TEST_CASE("pooling: windows against the definition, plain and blocked") {
  on_every_target([] {
    with_threads([] {
      std::vector<Pool> pools = {square(19, 12, 11, 3, 2, 1), square(5, 7, 9, 2, 2, 0), square(3, 7, 7, 3, 2, 1, 1, true),
                                 square(20, 9, 9, 3, 1, 1), square(4, 15, 14, 3, 2, 1, 2), square(2, 6, 6, 5, 3, 2, 1, true)};
      for (Pool p : pools) {
        auto x = random_array(p.planes * p.in[1] * p.in[2], 3);
        x[5] = std::numeric_limits<float>::quiet_NaN();
        const std::int64_t out = p.out[1] * p.out[2];
        const auto count = static_cast<std::size_t>(p.planes * out);
        for (int mode = 0; mode < 4; ++mode) {
          const bool max = mode == 0;
          if (!max && p.dilation[1] != 1) continue;
          p.count_include_pad = mode == 1;
          p.divisor_override = mode == 3 ? 5 : 0;
          std::vector<double> expected(count);
          std::vector<std::int64_t> where(count), argmax(count);
          for (std::size_t i = 0; i < count; ++i) {
            const auto k = static_cast<std::int64_t>(i);
            expected[i] = cell(p, x.data() + k / out * p.in[1] * p.in[2], k % out / p.out[2], k % p.out[2], max, &where[i]);
          }
          Array<float> y(count);
          if (max) max_pool(p, x.data(), y.data(), argmax.data());
          else avg_pool(p, x.data(), y.data());
          CHECK(relative_error(y, expected, count) < 1e-6);
          if (max) CHECK(argmax == where);
          const auto z = through_blocked(p, x, max ? max_pool_blocked : avg_pool_blocked);
          CHECK(relative_error(z, expected, count) < 1e-6);
        }
      }
    });
  });
}

TEST_CASE("pooling: adaptive and global") {
  on_every_target([] {
    Pool p;
    p.planes = 21;
    p.in[1] = 10, p.in[2] = 7, p.out[1] = 3, p.out[2] = 5;
    const auto x = random_array(21 * 70, 1);
    std::vector<double> mean(21 * 15), top(21 * 15);
    std::vector<std::int64_t> argmax(mean.size()), where(mean.size());
    for (std::int64_t c = 0; c < 21; ++c)
      for (std::int64_t i = 0; i < 3; ++i)
        for (std::int64_t j = 0; j < 5; ++j) {
          double sum = 0, best = -HUGE_VAL;
          std::int64_t n = 0;
          const auto o = static_cast<std::size_t>((c * 3 + i) * 5 + j);
          for (std::int64_t r = i * 10 / 3; r < ((i + 1) * 10 + 2) / 3; ++r)
            for (std::int64_t q = j * 7 / 5; q < ((j + 1) * 7 + 4) / 5; ++q, ++n) {
              const double v = static_cast<double>(x[static_cast<std::size_t>((c * 10 + r) * 7 + q)]);
              sum += v;
              if (v > best) best = v, where[o] = r * 7 + q;
            }
          mean[o] = sum / static_cast<double>(n), top[o] = best;
        }
    Array<float> y(mean.size());
    adaptive_avg_pool(p, x.data(), y.data());
    CHECK(relative_error(y, mean, y.size()) < 1e-6);
    adaptive_max_pool(p, x.data(), y.data(), argmax.data());
    CHECK(relative_error(y, top, y.size()) == 0.0);
    CHECK(argmax == where);
    CHECK(relative_error(through_blocked(p, x, adaptive_avg_pool_blocked), mean, y.size()) < 1e-6);
    CHECK(relative_error(through_blocked(p, x, adaptive_max_pool_blocked), top, y.size()) == 0.0);

    Pool one = p;
    one.out[1] = one.out[2] = 1;
    Array<float> expected(21), plain(21);
    adaptive_avg_pool(one, x.data(), expected.data());
    global_avg_pool(x.data(), plain.data(), 21, 70);
    CHECK(relative_error(plain, expected, 21) < 1e-6);
    CHECK(relative_error(through_blocked(one, x, [](const Pool& q, const float* in, float* out) {
                           global_avg_pool_blocked(in, out, 1, q.planes * channel_block(), 70);
                         }),
                         expected, 21) < 1e-6);
  });
}

TEST_CASE("pooling: three dimensions and integers") {
  Pool p;
  p.planes = 2;
  for (int i = 0; i < 3; ++i) p.in[i] = 4, p.out[i] = 2, p.kernel[i] = 2, p.stride[i] = 2;
  std::vector<std::int64_t> x(128), y(16), at(16);
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = static_cast<std::int64_t>(i % 64);
  max_pool(p, x.data(), y.data(), at.data());
  CHECK(y[0] == 21);
  CHECK(y[7] == 63);
  CHECK(at == y);
}
