// Reduced precision against its definition in plain arithmetic. Longer than most files: products and convolutions share that definition.
#include "kernels/reduced.h"

#include <bit>
#include <limits>

#include "kernel_test.h"
#include "kernels/conv_general.h"
#include "kernels/layout.h"

using namespace fac::kernels;
using namespace kernel_test;

namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN(), kInf = std::numeric_limits<float>::infinity();

// Numbers that are no multiples of anything, of several magnitudes.
Array<float> uneven_array(std::int64_t n, unsigned seed) {
  std::mt19937 engine(seed);
  std::normal_distribution<float> pick(0.1f, 1.0f);
  Array<float> out(static_cast<std::size_t>(n));
  for (float& v : out) v = pick(engine);
  return out;
}

template <class F>
void on_every_form(bool int8, F&& f) {
  on_every_target([&] {
    for (int i = 0; i < kDotForms; ++i) {
      const auto form = static_cast<DotForm>(i);
      if (is_int8(form) != int8 || !dot_form_available(form)) continue;
      CAPTURE(i);
      f(form);
    }
  });
}

// The definition in reduced.h, in plain C++.
struct Inputs {
  float scale, inverse;
  int zero;
  Inputs(const float* x, std::int64_t n) {
    float lo = 0, hi = 0;
    bool finite = true;
    for (std::int64_t i = 0; i < n; ++i) {
      finite = finite && std::isfinite(x[i]);
      lo = std::min(lo, x[i]), hi = std::max(hi, x[i]);
    }
    scale = std::max(hi / 255.0f - lo / 255.0f, std::numeric_limits<float>::min());
    inverse = 1.0f / scale;
    zero = std::clamp(static_cast<int>(std::nearbyint(-lo * inverse)), 0, 255);
    if (!finite) scale = kNan;
  }
  int of(float x) const {
    return std::isnan(scale) ? 0 : std::clamp(static_cast<int>(std::nearbyint(x * inverse)) + zero, 0, 255) - zero;
  }
};
struct Channel {
  float scale;
  std::vector<int> q;
  Channel(const float* w, std::int64_t n, std::int64_t step = 1) {
    float most = 0;
    for (std::int64_t i = 0; i < n; ++i) most = std::max(most, std::abs(w[i * step]));
    scale = std::max(most / 127.0f, std::numeric_limits<float>::min());
    const float inverse = 1.0f / scale;
    for (std::int64_t i = 0; i < n; ++i)
      q.push_back(std::clamp(static_cast<int>(std::nearbyint(w[i * step] * inverse)), -127, 127));
  }
};
// Rounded one by one, as the kernels do.
float scaled(std::int64_t sum, float row, float channel, float bias) {
  volatile float y = static_cast<float>(sum) * row;
  y = y * channel;
  y = y + bias;
  return y;
}

float bf16(float x) {
  const auto bits = std::bit_cast<std::uint32_t>(x);
  if (std::isnan(x)) return x;
  return std::bit_cast<float>((bits + 0x7FFFu + (bits >> 16 & 1u)) & 0xFFFF0000u);
}

struct Shape {
  std::int64_t m, n, k;
};
constexpr Shape kShapes[] = {{1, 1, 1},    {1, 100, 64}, {2, 33, 17},  {3, 70, 130}, {5, 16, 40},   {14, 32, 16}, {15, 31, 9},
                             {29, 65, 100}, {64, 64, 64}, {7, 5, 1100}, {700, 40, 30}, {20, 600, 70}, {4, 9, 0},    {1, 12, 0},
                             {31, 16, 3},  {9, 17, 2},   {13, 8, 5}};

struct Product {
  Array<float> y;
  bool packed;
};
Product multiply(DotForm form, const Shape& s, const Array<float>& a, std::int64_t lda, const Array<float>& w, std::int64_t ldw,
                 const float* bias, const GemmEpilogue<float>& e, std::int64_t ldc) {
  Array<std::uint8_t> packed(reduced_packed_bytes(form, s.n, s.k));
  Product p{Array<float>(static_cast<std::size_t>(s.m * ldc), 7.0f), false};
  p.packed = reduced_pack(form, s.n, s.k, w.data(), ldw, false, bias, packed.data());
  if (!p.packed) return p;
  const ReducedGemm g{s.m, s.n, s.k, lda, ldc};
  Array<std::uint8_t> scratch(reduced_scratch_bytes(form, g), 0xA5);
  reduced_gemm(form, g, a.data(), packed.data(), e, p.y.data(), scratch.data());
  return p;
}

bool same_bits(const Array<float>& x, const std::vector<float>& y) {
  for (std::size_t i = 0; i < y.size(); ++i)
    if (std::bit_cast<std::uint32_t>(x[i]) != std::bit_cast<std::uint32_t>(y[i]) && !(std::isnan(x[i]) && std::isnan(y[i]))) return false;
  return true;
}

}  // namespace

TEST_CASE("int8 products are the definition's, bit for bit, on every target") {
  for (const Shape& s : kShapes) {
    CAPTURE(s.m); CAPTURE(s.n); CAPTURE(s.k);
    const std::int64_t lda = s.k + 3, ldw = s.k + 2, ldc = s.n + 5;
    const auto a = uneven_array(s.m * lda, 1), w = uneven_array(s.n * ldw, 2), bias = uneven_array(s.n, 3);
    const auto residual = uneven_array(s.m * (s.n + 1), 4);
    for (const bool with_residual : {false, true})
      for (const Activation act : {Activation::kNone, Activation::kRelu, Activation::kClamp}) {
        GemmEpilogue<float> e;
        e.activation = act, e.a = -0.5f, e.b = 2.0f;
        if (with_residual) e.residual = residual.data(), e.ldr = s.n + 1;
        std::vector<float> expected(static_cast<std::size_t>(s.m * ldc), 7.0f);
        std::vector<Channel> channels;
        for (std::int64_t j = 0; j < s.n; ++j) channels.emplace_back(w.data() + j * ldw, s.k);
        for (std::int64_t i = 0; i < s.m; ++i) {
          const Inputs in(a.data() + i * lda, s.k);
          for (std::int64_t j = 0; j < s.n; ++j) {
            const Channel& c = channels[static_cast<std::size_t>(j)];
            std::int64_t sum = 0;
            for (std::int64_t k = 0; k < s.k; ++k) sum += in.of(a[static_cast<std::size_t>(i * lda + k)]) * c.q[static_cast<std::size_t>(k)];
            float y = scaled(sum, in.scale, c.scale, bias[static_cast<std::size_t>(j)]);
            if (with_residual) y += residual[static_cast<std::size_t>(i * e.ldr + j)];
            if (act == Activation::kRelu) y = std::max(y, 0.0f);
            if (act == Activation::kClamp) y = std::clamp(y, e.a, e.b);
            expected[static_cast<std::size_t>(i * ldc + j)] = y;
          }
        }
        on_every_form(true, [&](DotForm form) {
          with_threads([&] {
            const auto p = multiply(form, s, a, lda, w, ldw, bias.data(), e, ldc);
            REQUIRE(p.packed);
            CHECK(same_bits(p.y, expected));
          });
        });
      }
  }
}

TEST_CASE("activations and additions behind reduced products") {
  const Shape s{17, 45, 33};
  const auto a = uneven_array(s.m * s.k, 1), w = uneven_array(s.n * s.k, 2), residual = uneven_array(s.m * s.n, 4);
  for (const bool int8 : {true, false})
    on_every_form(int8, [&](DotForm form) {
      const auto plain = multiply(form, s, a, s.k, w, s.k, nullptr, {}, s.n).y;
      for (const Activation act : {Activation::kGelu, Activation::kSilu, Activation::kRelu})
        for (const bool after : {false, true}) {
          GemmEpilogue<float> e;
          e.activation = act, e.residual = residual.data(), e.ldr = s.n, e.residual_after = after;
          auto expected = plain;
          if (!after)
            for (std::size_t i = 0; i < expected.size(); ++i) expected[i] += residual[i];
          activate(expected.data(), static_cast<std::int64_t>(expected.size()), act, 0, 0);
          if (after)
            for (std::size_t i = 0; i < expected.size(); ++i) expected[i] += residual[i];
          CHECK(relative_error(multiply(form, s, a, s.k, w, s.k, nullptr, e, s.n).y, expected, expected.size()) < 1e-6);
        }
    });
}

TEST_CASE("weights may be stored transposed") {
  const Shape s{5, 19, 37};
  const auto a = uneven_array(s.m * s.k, 1), w = uneven_array(s.n * s.k, 2), bias = uneven_array(s.n, 3);
  Array<float> turned(static_cast<std::size_t>((s.n + 2) * s.k));
  for (std::int64_t j = 0; j < s.n; ++j)
    for (std::int64_t k = 0; k < s.k; ++k) turned[static_cast<std::size_t>(k * (s.n + 2) + j)] = w[static_cast<std::size_t>(j * s.k + k)];
  for (const bool int8 : {true, false})
    on_every_form(int8, [&](DotForm form) {
      Array<std::uint8_t> packed(reduced_packed_bytes(form, s.n, s.k)), other = packed;
      REQUIRE(reduced_pack(form, s.n, s.k, w.data(), s.k, false, bias.data(), packed.data()));
      REQUIRE(reduced_pack(form, s.n, s.k, turned.data(), s.n + 2, true, bias.data(), other.data()));
      CHECK(packed == other);
    });
}

TEST_CASE("int8 is taken where it is faster") {
  const DotForm form = best_int8_form();
  if (form == DotForm::kInt8) return;  // plain arithmetic never is
  CHECK(reduced_gemm_pays(form, {1, 1024, 1024, 1024, 1024}));
  CHECK(reduced_gemm_pays(form, {128, 768, 768, 768, 768}));
  CHECK_FALSE(reduced_gemm_pays(form, {128, 16, 16, 16, 16}));
  CHECK_FALSE(reduced_gemm_pays(form, {128, 768, kMostInt8Depth + 1, kMostInt8Depth + 1, 768}));
}

TEST_CASE("int8 stays within its bound") {
  const Shape s{23, 31, 517};
  const auto a = uneven_array(s.m * s.k, 5), w = uneven_array(s.n * s.k, 6);
  on_every_form(true, [&](DotForm form) {
    const auto y = multiply(form, s, a, s.k, w, s.k, nullptr, {}, s.n).y;
    for (std::int64_t i = 0; i < s.m; ++i) {
      const Inputs in(a.data() + i * s.k, s.k);
      for (std::int64_t j = 0; j < s.n; ++j) {
        const Channel c(w.data() + j * s.k, s.k);
        double exact = 0, bound = 0, size = 0;
        for (std::int64_t k = 0; k < s.k; ++k) {
          const double x = static_cast<double>(a[static_cast<std::size_t>(i * s.k + k)]), v = static_cast<double>(w[static_cast<std::size_t>(j * s.k + k)]);
          exact += x * v;
          size += std::abs(x * v);
          bound += static_cast<double>(in.scale) / 2 * std::abs(v) +
                   static_cast<double>(c.scale) / 2 * std::abs(static_cast<double>(in.scale) * in.of(a[static_cast<std::size_t>(i * s.k + k)]));
        }
        CHECK(std::abs(static_cast<double>(y[static_cast<std::size_t>(i * s.n + j)]) - exact) <= bound + 1e-5 * size);
      }
    }
  });
}

TEST_CASE("bf16 products") {
  for (const Shape& s : kShapes) {
    CAPTURE(s.m); CAPTURE(s.n); CAPTURE(s.k);
    const auto a = uneven_array(s.m * (s.k + 1), 1), w = uneven_array(s.n * s.k, 2), bias = uneven_array(s.n, 3);
    std::vector<double> expected;
    for (std::int64_t i = 0; i < s.m; ++i)
      for (std::int64_t j = 0; j < s.n; ++j) {
        double sum = static_cast<double>(bias[static_cast<std::size_t>(j)]);
        for (std::int64_t k = 0; k < s.k; ++k)
          sum += static_cast<double>(bf16(a[static_cast<std::size_t>(i * (s.k + 1) + k)])) * static_cast<double>(bf16(w[static_cast<std::size_t>(j * s.k + k)]));
        expected.push_back(sum);
      }
    on_every_form(false, [&](DotForm form) {
      with_threads([&] {
        const auto p = multiply(form, s, a, s.k + 1, w, s.k, bias.data(), {}, s.n);
        REQUIRE(p.packed);
        CHECK(relative_error(p.y, expected, expected.size()) < 3e-6);
      });
    });
  }
}

TEST_CASE("reduced products of hostile numbers") {
  const Shape s{6, 20, 50};
  auto a = uneven_array(s.m * s.k, 1);
  const auto w = uneven_array(s.n * s.k, 2), bias = uneven_array(s.n, 3);
  const auto row = [&](std::int64_t i) { return a.data() + i * s.k; };
  row(0)[7] = kNan;
  row(1)[49] = -kInf;
  std::fill(row(2), row(3), 0.0f);
  row(3)[0] = 3e38f, row(3)[1] = -3e38f;
  std::fill(row(4), row(5), 1e-42f);
  on_every_form(true, [&](DotForm form) {
    const auto y = multiply(form, s, a, s.k, w, s.k, bias.data(), {}, s.n).y;
    for (std::int64_t j = 0; j < s.n; ++j) {
      const auto at = [&](std::int64_t i) { return y[static_cast<std::size_t>(i * s.n + j)]; };
      CHECK(std::isnan(at(0)));  // never a number that looks right
      CHECK(std::isnan(at(1)));
      CHECK(at(2) == bias[static_cast<std::size_t>(j)]);
      CHECK(!std::isnan(at(3)));
      CHECK(std::abs(at(4) - bias[static_cast<std::size_t>(j)]) <= 1e-35f);
      CHECK(std::isfinite(at(5)));
    }
  });
  on_every_form(false, [&](DotForm form) {
    const auto y = multiply(form, s, a, s.k, w, s.k, bias.data(), {}, s.n).y;
    for (std::int64_t j = 0; j < s.n; ++j) {
      CHECK(std::isnan(y[static_cast<std::size_t>(j)]));
      CHECK(std::isinf(y[static_cast<std::size_t>(s.n + j)]));
      CHECK(y[static_cast<std::size_t>(2 * s.n + j)] == bias[static_cast<std::size_t>(j)]);
    }
  });
  // Weights: zeros are exact, what is not finite is refused.
  for (const bool int8 : {true, false})
    on_every_form(int8, [&](DotForm form) {
      const auto good = uneven_array(s.m * s.k, 9);
      CHECK(multiply(form, s, good, s.k, Array<float>(static_cast<std::size_t>(s.n * s.k), 0.0f), s.k, bias.data(), {}, s.n).y[5] == bias[5]);
      for (const float odd : {kNan, kInf, -kInf}) {
        auto v = w;
        v[static_cast<std::size_t>(3 * s.k + 11)] = odd;
        CHECK_FALSE(multiply(form, s, good, s.k, v, s.k, nullptr, {}, s.n).packed);
      }
    });
}

TEST_CASE("the deepest int8 product does not overflow") {
  const Shape s{1, 2, kMostInt8Depth};
  const Array<float> a(static_cast<std::size_t>(s.k), 1.0f), w(static_cast<std::size_t>(s.k * s.n), -1.0f);
  on_every_form(true, [&](DotForm form) {
    const auto y = multiply(form, s, a, s.k, w, s.k, nullptr, {}, s.n).y;
    CHECK(std::abs(y[1] + 65536.0f) < 0.1f);
  });
}

TEST_CASE("reduced convolutions") {
  struct Case {
    std::int64_t n, c_in, h, w, c_out, kh, kw, stride, pad, dilation;
  };
  constexpr Case kCases[] = {{1, 16, 9, 11, 37, 1, 1, 1, 0, 1}, {2, 33, 7, 8, 16, 1, 1, 1, 0, 1}, {1, 24, 15, 14, 40, 1, 1, 2, 0, 1},
                             {1, 19, 9, 11, 37, 3, 3, 1, 1, 1}, {2, 32, 8, 7, 20, 3, 3, 2, 1, 1}, {1, 20, 17, 15, 9, 3, 3, 1, 2, 2},
                             {1, 9, 1, 40, 12, 1, 5, 1, 2, 1},  {1, 8, 6, 6, 16, 1, 1, 1, 1, 1},  {1, 64, 40, 40, 8, 3, 3, 1, 1, 1},
                             {3, 40, 1, 1, 20, 1, 1, 1, 0, 1}};
  for (const Case& k : kCases) {
    Conv2d d;
    d.n = k.n, d.c_in = k.c_in, d.h = k.h, d.w = k.w, d.c_out = k.c_out, d.kh = k.kh, d.kw = k.kw;
    d.stride_h = d.stride_w = k.stride, d.dilation_h = d.dilation_w = k.dilation;
    d.pad_left = d.pad_right = k.pad;
    d.pad_top = d.pad_bottom = k.kh == 1 && k.kw > 1 ? 0 : k.pad;
    conv2d_set_output(d);
    REQUIRE(reduced_conv_supports(d));
    CAPTURE(k.c_in); CAPTURE(k.h); CAPTURE(k.kh); CAPTURE(k.stride); CAPTURE(k.dilation);
    const std::int64_t in_plane = d.h * d.w, out_plane = d.out_h * d.out_w, taps = d.kh * d.kw, depth = d.c_in * taps;
    const auto x = uneven_array(d.n * d.c_in * in_plane, 1), weights = uneven_array(d.c_out * depth, 2);
    const auto bias = uneven_array(d.c_out, 3), residual = uneven_array(d.n * d.c_out * out_plane, 4);
    Array<float> factors(static_cast<std::size_t>(d.c_out));
    for (std::int64_t o = 0; o < d.c_out; ++o) factors[static_cast<std::size_t>(o)] = o % 2 ? 0.5f : -2.0f;
    Array<float> w = weights;
    for (std::int64_t i = 0; i < d.c_out * depth; ++i) w[static_cast<std::size_t>(i)] *= factors[static_cast<std::size_t>(i / depth)];
    for (const bool int8 : {true, false}) {
      // Sums before anything follows: int8 as integers, bf16 as doubles.
      std::vector<float> expected(static_cast<std::size_t>(d.n * d.c_out * out_plane));
      std::vector<Channel> channels;
      for (std::int64_t o = 0; o < d.c_out; ++o) channels.emplace_back(w.data() + o * depth, depth);
      for (std::int64_t n = 0; n < d.n; ++n) {
        const float* image = x.data() + n * d.c_in * in_plane;
        const Inputs in(image, d.c_in * in_plane);
        for (std::int64_t o = 0; o < d.c_out; ++o)
          for (std::int64_t p = 0; p < out_plane; ++p) {
            std::int64_t whole = 0;
            double sum = 0;
            for (std::int64_t i = 0; i < depth; ++i) {
              const std::int64_t c = i / taps, y = p / d.out_w * d.stride_h + i % taps / d.kw * d.dilation_h - d.pad_top,
                                 z = p % d.out_w * d.stride_w + i % d.kw * d.dilation_w - d.pad_left;
              if (y < 0 || y >= d.h || z < 0 || z >= d.w) continue;
              const float v = image[c * in_plane + y * d.w + z];
              whole += in.of(v) * channels[static_cast<std::size_t>(o)].q[static_cast<std::size_t>(i)];
              sum += static_cast<double>(bf16(v)) * static_cast<double>(bf16(w[static_cast<std::size_t>(o * depth + i)]));
            }
            const float b = bias[static_cast<std::size_t>(o)];
            expected[static_cast<std::size_t>((n * d.c_out + o) * out_plane + p)] =
                int8 ? scaled(whole, in.scale, channels[static_cast<std::size_t>(o)].scale, b) : static_cast<float>(sum + static_cast<double>(b));
          }
      }
      on_every_form(int8, [&](DotForm form) {
        with_threads([&] {
          const std::int64_t ci = padded_channels(d.c_in), co = padded_channels(d.c_out);
          Array<float> xb(static_cast<std::size_t>(d.n * ci * in_plane)), rb(static_cast<std::size_t>(d.n * co * out_plane)), y = rb;
          nchw_to_blocked(x.data(), xb.data(), d.n, d.c_in, in_plane);
          nchw_to_blocked(residual.data(), rb.data(), d.n, d.c_out, out_plane);
          Array<std::uint8_t> packed(reduced_conv_packed_bytes(form, d)), scratch(reduced_conv_scratch_bytes(form, d), 0xA5);
          REQUIRE(reduced_conv_pack(form, d, weights.data(), factors.data(), bias.data(), packed.data()));
          Array<float> plain(expected.size());
          reduced_conv(form, d, xb.data(), packed.data(), {}, y.data(), scratch.data());
          blocked_to_nchw(y.data(), plain.data(), d.n, d.c_out, out_plane);
          if (int8) CHECK(same_bits(plain, expected));
          else CHECK(relative_error(plain, expected, expected.size()) < 3e-6);
          for (const bool after : {false, true})
            for (const Activation act : {Activation::kRelu, Activation::kHardswish}) {
              Epilogue e;
              e.activation = act, e.residual = rb.data(), e.residual_after = after;
              reduced_conv(form, d, xb.data(), packed.data(), e, y.data(), scratch.data());
              auto want = expected;
              for (std::size_t i = 0; i < want.size(); ++i) {
                if (!after) want[i] += residual[i];
                activate(&want[i], 1, act, 0, 0);
                if (after) want[i] += residual[i];
              }
              blocked_to_nchw(y.data(), plain.data(), d.n, d.c_out, out_plane);
              CHECK(relative_error(plain, want, want.size()) < 3e-6);
            }
          for (std::int64_t i = 0; d.c_out != co && i < d.n * out_plane; ++i) {  // pads stay zero
            const std::int64_t L = channel_block(), n = i / out_plane, p = i % out_plane;
            for (std::int64_t c = d.c_out; c < co; ++c)
              if (y[static_cast<std::size_t>(((n * (co / L) + c / L) * out_plane + p) * L + c % L)] != 0.0f) FAIL("a pad is not zero");
          }
        });
      });
    }
  }
}

TEST_CASE("an int8 convolution of a picture with NaN gives NaN, and zeros in its pads") {
  Conv2d d;
  d.c_in = 8, d.h = d.w = 5, d.c_out = 5, d.kh = d.kw = 3;
  conv2d_set_output(d);
  auto x = uneven_array(8 * 25, 1);
  x[30] = kNan;
  const auto w = uneven_array(5 * 72, 2);
  on_every_form(true, [&](DotForm form) {
    const std::int64_t ci = padded_channels(8), co = padded_channels(5), L = channel_block();
    Array<float> xb(static_cast<std::size_t>(ci * 25)), y(static_cast<std::size_t>(co * 9));
    nchw_to_blocked(x.data(), xb.data(), 1, 8, 25);
    Array<std::uint8_t> packed(reduced_conv_packed_bytes(form, d)), scratch(reduced_conv_scratch_bytes(form, d));
    REQUIRE(reduced_conv_pack(form, d, w.data(), nullptr, nullptr, packed.data()));
    reduced_conv(form, d, xb.data(), packed.data(), {}, y.data(), scratch.data());
    for (std::int64_t c = 0; c < co; ++c)
      for (std::int64_t p = 0; p < 9; ++p) {
        const float v = y[static_cast<std::size_t>((c / L * 9 + p) * L + c % L)];
        CHECK((c < 5 ? std::isnan(v) : v == 0.0f));
      }
  });
}
