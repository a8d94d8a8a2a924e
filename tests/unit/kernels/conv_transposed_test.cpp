#include "kernels/conv_transposed.h"

#include "kernel_test.h"
#include "kernels/conv_general.h"
#include "kernels/layout.h"

using namespace fac::kernels;
using namespace kernel_test;

namespace {

struct Case {
  std::int64_t n, c_in, h, w, c_out, kernel[2], stride[2], pad[2], dilation[2], extra[2], groups = 1;
};

constexpr Case kCases[] = {
    {1, 8, 5, 6, 16, {2, 2}, {2, 2}, {0, 0}, {1, 1}, {0, 0}},     // one convolution of 1x1
    {2, 19, 4, 7, 5, {4, 4}, {2, 2}, {1, 1}, {1, 1}, {0, 0}},     // four of 2x2
    {1, 16, 1, 40, 33, {1, 16}, {1, 8}, {0, 4}, {1, 1}, {0, 0}},  // a signal
    {1, 3, 6, 5, 20, {3, 3}, {2, 2}, {1, 1}, {1, 1}, {1, 1}},     // phases with unlike numbers of taps
    {1, 9, 7, 7, 12, {5, 3}, {3, 2}, {2, 0}, {1, 1}, {2, 1}},
    {1, 20, 6, 9, 17, {3, 3}, {1, 1}, {1, 1}, {1, 1}, {0, 0}},    // stride 1: the output itself
    {2, 8, 5, 8, 8, {3, 2}, {1, 1}, {0, 1}, {2, 3}, {1, 2}},      // dilated
    {1, 4, 3, 3, 4, {3, 3}, {1, 1}, {3, 3}, {2, 2}, {0, 0}},      // more padding than taps reach: cut
    {1, 20, 6, 5, 20, {4, 4}, {2, 2}, {1, 1}, {1, 1}, {0, 0}, 20},  // each channel by itself
    {2, 12, 3, 4, 18, {3, 3}, {2, 1}, {0, 1}, {1, 1}, {0, 0}, 3},
    {1, 5, 1, 1, 7, {6, 6}, {4, 4}, {1, 2}, {1, 1}, {3, 0}},
};

}  // namespace

TEST_CASE("transposed convolutions as convolutions of their phases") {
  on_every_target([] {
    for (const Case& k : kCases) {
      ConvTransposed2d d;
      d.n = k.n, d.c_in = k.c_in, d.h = k.h, d.w = k.w, d.c_out = k.c_out, d.groups = k.groups, d.kh = k.kernel[0], d.kw = k.kernel[1];
      d.stride_h = k.stride[0], d.stride_w = k.stride[1], d.pad_h = k.pad[0], d.pad_w = k.pad[1];
      d.dilation_h = k.dilation[0], d.dilation_w = k.dilation[1];
      ConvNd g;
      g.n = d.n, g.c_in = d.c_in, g.c_out = d.c_out, g.groups = d.groups, g.transposed = true;
      g.in[1] = d.h, g.in[2] = d.w;
      for (int i = 0; i < 2; ++i) {
        g.kernel[i + 1] = k.kernel[i], g.stride[i + 1] = k.stride[i], g.dilation[i + 1] = k.dilation[i], g.pad_before[i + 1] = k.pad[i];
        g.out[i + 1] = (g.in[i + 1] - 1) * k.stride[i] - 2 * k.pad[i] + k.dilation[i] * (k.kernel[i] - 1) + k.extra[i] + 1;
      }
      d.out_h = g.out[1], d.out_w = g.out[2];
      CAPTURE(d.out_h);
      CAPTURE(d.out_w);
      const auto x = random_array(d.n * d.c_in * d.h * d.w, 1), w = random_array(d.c_in * (d.c_out / d.groups) * d.kh * d.kw, 2), bias = random_array(d.c_out, 3);
      const auto floats = [](std::int64_t n) { return Array<float>(static_cast<std::size_t>(n)); };
      auto expected = floats(d.n * d.c_out * d.out_h * d.out_w), got = expected;
      conv_nd_naive<float, double>(g, x.data(), w.data(), bias.data(), expected.data());

      const std::int64_t hw = d.out_h * d.out_w;
      auto xb = floats(d.n * padded_channels(d.c_in) * d.h * d.w), yb = floats(d.n * padded_channels(d.c_out) * hw);
      std::fill(yb.begin(), yb.end(), -7.0f);
      nchw_to_blocked(x.data(), xb.data(), d.n, d.c_in, d.h * d.w);
      const auto parts = transposed_parts(d);
      REQUIRE(!parts.empty());
      for (const TransposedPart& part : parts) {
        const Conv2d& c = part.conv;
        const ConvAlgo algo = conv2d_choose(c);
        auto pw = floats(c.c_out * (c.c_in / c.groups) * c.kh * c.kw), pb = floats(c.c_out);
        transposed_part_weights(d, part, w.data(), nullptr, pw.data());
        transposed_part_bias(d, part, bias.data(), pb.data());
        Array<float> packed(conv2d_packed_bytes(c, algo) / sizeof(float)), scratch(conv2d_scratch_bytes(c, algo) / sizeof(float));
        conv2d_pack_weights(c, algo, pw.data(), nullptr, packed.data());
        Epilogue e;
        e.activation = Activation::kElu;  // pads stay zero, whatever an activation makes of them
        e.a = 0.5f;
        auto own = floats(c.n * padded_channels(c.c_out) * c.out_h * c.out_w);
        conv2d_run(c, algo, xb.data(), packed.data(), pb.data(), e, own.data(), scratch.data(), scratch.size() * sizeof(float));
        if (part.whole(d)) yb = own;
        else transposed_spread(d, part, own.data(), yb.data());
      }
      blocked_to_nchw(yb.data(), got.data(), d.n, d.c_out, hw);
      for (std::size_t i = 0; i < got.size(); ++i) {
        const double v = expected[i] < 0 ? 0.5 * std::expm1(static_cast<double>(expected[i])) : static_cast<double>(expected[i]);
        REQUIRE(std::fabs(v - static_cast<double>(got[i])) < 1e-4);
      }
      // The pads of the last block.
      const std::int64_t block = channel_block(), blocks = blocks_of(d.c_out, block);
      for (std::int64_t image = 0; image < d.n; ++image)
        for (std::int64_t p = 0; p < hw; ++p)
          for (std::int64_t i = d.c_out - (blocks - 1) * block; i < block; ++i)
            REQUIRE(yb[static_cast<std::size_t>((((image + 1) * blocks - 1) * hw + p) * block + i)] == 0.0f);
    }
  });
}

TEST_CASE("transposed convolutions that are not made of phases") {
  ConvTransposed2d d;
  d.kh = d.kw = 2, d.stride_h = d.stride_w = 3, d.out_h = d.out_w = 2;  // a phase without taps
  CHECK(transposed_parts(d).empty());
  d.kh = d.kw = 4, d.stride_h = d.stride_w = 2, d.dilation_h = d.dilation_w = 2, d.out_h = d.out_w = 7;
  CHECK(transposed_parts(d).empty());
}
