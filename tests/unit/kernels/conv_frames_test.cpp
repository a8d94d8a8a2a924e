#include "kernels/conv_frames.h"

#include "kernel_test.h"
#include "kernels/conv_general.h"

using namespace fac::kernels;
using namespace kernel_test;

namespace {

struct Case {
  std::int64_t n, c_in, c_out, groups, in[3], kernel[3], stride[3], pad[3], dilation[3];
};

constexpr Case kCases[] = {
    {1, 8, 16, 1, {5, 9, 8}, {3, 3, 3}, {1, 1, 1}, {1, 1, 1}, {1, 1, 1}},  // Winograd's shape
    {2, 19, 5, 1, {4, 6, 7}, {3, 1, 1}, {1, 1, 1}, {1, 0, 0}, {1, 1, 1}},
    {1, 3, 20, 1, {1, 12, 9}, {3, 5, 5}, {1, 2, 2}, {1, 2, 2}, {1, 1, 1}},  // one frame: the middle tap alone
    {1, 12, 12, 4, {7, 5, 5}, {2, 3, 3}, {2, 1, 1}, {1, 1, 1}, {1, 1, 1}},
    {2, 9, 8, 1, {9, 4, 6}, {3, 2, 3}, {1, 1, 1}, {2, 0, 1}, {2, 1, 2}},
};

}  // namespace

TEST_CASE("convolutions of films as convolutions of their frames") {
  on_every_target([] {
    for (const Case& k : kCases) {
      ConvFrames c;
      c.n = k.n, c.d = k.in[0], c.kd = k.kernel[0], c.stride = k.stride[0], c.pad = k.pad[0], c.dilation = k.dilation[0];
      Conv2d& f = c.frame;
      f.c_in = k.c_in, f.c_out = k.c_out, f.groups = k.groups, f.h = k.in[1], f.w = k.in[2], f.kh = k.kernel[1], f.kw = k.kernel[2];
      f.stride_h = k.stride[1], f.stride_w = k.stride[2], f.dilation_h = k.dilation[1], f.dilation_w = k.dilation[2];
      f.pad_top = f.pad_bottom = k.pad[1], f.pad_left = f.pad_right = k.pad[2];
      REQUIRE(conv_frames_set_output(c));
      ConvNd g;
      g.n = k.n, g.c_in = k.c_in, g.c_out = k.c_out, g.groups = k.groups;
      const std::int64_t out[3] = {c.out_d, f.out_h, f.out_w};
      for (int i = 0; i < 3; ++i) {
        g.in[i] = k.in[i], g.out[i] = out[i], g.kernel[i] = k.kernel[i], g.stride[i] = k.stride[i];
        g.dilation[i] = k.dilation[i], g.pad_before[i] = k.pad[i];
      }
      const std::int64_t out_size = k.n * k.c_out * out[0] * out[1] * out[2];
      const auto x = random_array(k.n * k.c_in * k.in[0] * k.in[1] * k.in[2], 1);
      const auto w = random_array(k.c_out * (k.c_in / k.groups) * k.kernel[0] * k.kernel[1] * k.kernel[2], 2), bias = random_array(k.c_out, 3);
      Array<float> expected(static_cast<std::size_t>(out_size)), got(expected.size());
      conv_nd_naive<float, double>(g, x.data(), w.data(), bias.data(), expected.data());
      for (float& v : expected) v = std::max(v, 0.0f);

      const ConvAlgo algo = conv_frames_choose(c);
      Array<float> packed(conv_frames_packed_bytes(c, algo) / sizeof(float)), scratch(conv_frames_scratch_bytes(c, algo) / sizeof(float));
      conv_frames_pack_weights(c, algo, w.data(), nullptr, packed.data());
      Epilogue e;
      e.activation = Activation::kRelu;
      conv_frames_run(c, algo, x.data(), packed.data(), bias.data(), e, got.data(), scratch.data(), scratch.size() * sizeof(float));
      CHECK(relative_error(got, expected, expected.size()) < 2e-5);
    }
  });
}

TEST_CASE("films with frames that no tap reaches are not for this way") {
  ConvFrames c;
  c.d = 3, c.kd = 1, c.pad = 1;
  CHECK(!conv_frames_set_output(c));
}
