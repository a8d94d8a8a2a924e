#include "kernels/conv.h"

#include <limits>

#include "kernel_test.h"
#include "kernels/conv_general.h"
#include "kernels/layout.h"

using namespace fac::kernels;
using namespace kernel_test;

namespace {

double reference_activation(double x, const Epilogue& e) {
  const double a = static_cast<double>(e.a), b = static_cast<double>(e.b);
  switch (e.activation) {
    case Activation::kNone: return x;
    case Activation::kRelu: return x < 0 ? 0 : x;
    case Activation::kClamp: return x < a ? a : x > b ? b : x;
    case Activation::kLeakyRelu: return x < 0 ? a * x : x;
    case Activation::kElu: return x < 0 ? a * std::expm1(x) : x;
    case Activation::kSigmoid: return 1 / (1 + std::exp(-x));
    case Activation::kTanh: return std::tanh(x);
    case Activation::kSilu: return x / (1 + std::exp(-x));
    case Activation::kHardsigmoid: return std::min(6.0, std::max(0.0, x + 3)) / 6;
    case Activation::kHardswish: return x * std::min(6.0, std::max(0.0, x + 3)) / 6;
    case Activation::kGelu: return x * (1 + std::erf(x / std::sqrt(2.0))) / 2;
    case Activation::kGeluTanh: return x * (1 + std::tanh(0.7978845608028654 * (x + 0.044715 * x * x * x))) / 2;
  }
  return x;
}

struct Case {
  const char* what;
  Conv2d d;
};

Conv2d shape(std::int64_t n, std::int64_t c_in, std::int64_t h, std::int64_t w, std::int64_t c_out, std::int64_t k,
             std::int64_t stride = 1, std::int64_t pad = 0, std::int64_t dilation = 1, std::int64_t groups = 1) {
  Conv2d d;
  d.n = n, d.c_in = c_in, d.h = h, d.w = w, d.c_out = c_out, d.kh = d.kw = k;
  d.stride_h = d.stride_w = stride;
  d.pad_top = d.pad_left = d.pad_bottom = d.pad_right = pad;
  d.dilation_h = d.dilation_w = dilation;
  d.groups = groups;
  conv2d_set_output(d);
  return d;
}

Conv2d asymmetric(Conv2d d, std::int64_t top, std::int64_t left, std::int64_t bottom, std::int64_t right) {
  d.pad_top = top, d.pad_left = left, d.pad_bottom = bottom, d.pad_right = right;
  conv2d_set_output(d);
  return d;
}

Conv2d oblong(Conv2d d, std::int64_t kh, std::int64_t kw, std::int64_t sh, std::int64_t sw, std::int64_t dh,
              std::int64_t dw) {
  d.kh = kh, d.kw = kw, d.stride_h = sh, d.stride_w = sw, d.dilation_h = dh, d.dilation_w = dw;
  conv2d_set_output(d);
  return d;
}

std::vector<Case> cases() {
  return {
      {"3x3, odd channels", shape(1, 19, 9, 11, 37, 3, 1, 1)},
      {"3x3, 7x7 picture", shape(1, 32, 7, 7, 48, 3, 1, 1)},
      {"3x3, batch", shape(3, 16, 8, 8, 33, 3, 1, 1)},
      {"3x3 stride 2", shape(1, 24, 15, 14, 32, 3, 2, 1)},
      {"3x3 stride 2, narrow output", shape(1, 32, 14, 14, 32, 3, 2, 1)},
      {"3x3 stride 3", shape(2, 17, 16, 19, 20, 3, 3, 1)},
      {"3x3 dilated", shape(1, 20, 17, 15, 16, 3, 1, 2, 2)},
      {"3x3 widely dilated", shape(1, 16, 20, 21, 16, 3, 1, 9, 9)},
      {"5x5", shape(1, 8, 12, 30, 8, 5, 1, 2)},
      {"7x7 stride 2, 3 channels", shape(1, 3, 32, 35, 64, 7, 2, 3)},
      {"3x3 stride 2, 3 channels", shape(2, 3, 20, 33, 24, 3, 2, 1)},
      {"3x3, 1 channel", shape(1, 1, 12, 40, 5, 3, 1, 1)},
      {"4x4 stride 4, 3 channels", shape(1, 3, 16, 24, 40, 4, 4)},
      {"16x16 stride 16", shape(1, 3, 48, 32, 40, 16, 16)},
      {"dilated, 2 channels", shape(1, 2, 20, 20, 16, 3, 1, 2, 2)},
      {"2x2 without padding", shape(1, 16, 9, 30, 16, 2)},
      {"asymmetric padding", asymmetric(shape(1, 18, 10, 12, 20, 3), 0, 1, 2, 3)},
      {"oblong", asymmetric(oblong(shape(1, 17, 12, 13, 18, 3), 1, 7, 2, 1, 1, 1), 0, 3, 0, 3)},
      {"oblong, strides and dilations differ",
       asymmetric(oblong(shape(2, 6, 15, 22, 18, 3), 3, 2, 1, 2, 2, 3), 2, 1, 2, 1)},
      {"1x1", shape(1, 33, 9, 13, 50, 1)},
      {"1x1, wide", shape(2, 64, 28, 28, 32, 1)},
      {"1x1, one pixel", shape(3, 40, 1, 1, 20, 1)},
      {"1x1 stride 2", shape(1, 32, 14, 15, 48, 1, 2)},
      {"1x1 padded", shape(1, 16, 6, 6, 16, 1, 1, 1)},
      {"grouped by 32", shape(1, 64, 9, 10, 128, 3, 1, 1, 1, 2)},
      {"grouped by 16", shape(1, 48, 9, 10, 48, 3, 2, 1, 1, 3)},
      {"grouped by 4", shape(1, 32, 9, 10, 32, 3, 1, 1, 1, 8)},
      {"grouped by 5 and 3", shape(2, 20, 9, 10, 12, 3, 1, 1, 1, 4)},
      {"grouped 1x1", shape(1, 30, 7, 7, 60, 1, 1, 0, 1, 3)},
      {"depthwise 3x3", shape(1, 35, 9, 31, 35, 3, 1, 1, 1, 35)},
      {"depthwise 3x3, 7x7 picture", shape(2, 32, 7, 7, 32, 3, 1, 1, 1, 32)},
      {"depthwise 3x3 stride 2", shape(1, 24, 15, 16, 24, 3, 2, 1, 1, 24)},
      {"depthwise 5x5", shape(1, 17, 14, 14, 17, 5, 1, 2, 1, 17)},
      {"depthwise 5x5 stride 2", shape(1, 16, 28, 28, 16, 5, 2, 2, 1, 16)},
      {"depthwise 7x7", shape(1, 16, 14, 15, 16, 7, 1, 3, 1, 16)},
      {"depthwise dilated", shape(1, 20, 16, 17, 20, 3, 1, 4, 4, 20)},
      {"depthwise stride 3", shape(1, 20, 16, 17, 20, 3, 3, 1, 1, 20)},
      {"depthwise without padding", shape(1, 16, 8, 8, 16, 3, 1, 0, 1, 16)},
      {"depthwise, padding beyond the picture", shape(1, 16, 2, 2, 16, 5, 1, 4, 1, 16)},
      {"depthwise multiplier", shape(1, 10, 9, 9, 30, 3, 1, 1, 1, 10)},
      {"dilation beyond the picture", shape(2, 20, 9, 7, 33, 3, 1, 12, 12)},
      {"dilation that outer taps half reach", shape(1, 70, 13, 10, 21, 3, 1, 6, 6)},
      {"many input channels", shape(1, 600, 8, 9, 20, 3, 1, 1)},
      {"tall picture, several bands", shape(1, 64, 130, 20, 16, 3, 1, 1)},
  };
}

// Compares one algorithm with the double sums of the definition.
void check(const Conv2d& d, ConvAlgo algo, const Epilogue& base, bool with_bias, bool with_residual, bool with_scale) {
  const std::int64_t in = d.h * d.w, out = d.out_h * d.out_w;
  const auto x = random_array(d.n * d.c_in * in, 1);
  const auto w = random_array(d.c_out * d.c_in / d.groups * d.kh * d.kw, 2);
  const auto bias = random_array(d.c_out, 3);
  const auto residual = random_array(d.n * d.c_out * out, 4);
  const std::int64_t padded = padded_channels(d.c_out);
  const auto scale = random_array(d.n * padded, 5);

  ConvNd reference;
  reference.n = d.n, reference.c_in = d.c_in, reference.c_out = d.c_out, reference.groups = d.groups;
  const std::int64_t spatial[2][6] = {{d.h, d.out_h, d.kh, d.stride_h, d.dilation_h, d.pad_top},
                                      {d.w, d.out_w, d.kw, d.stride_w, d.dilation_w, d.pad_left}};
  for (int i = 0; i < 2; ++i) {
    reference.in[i + 1] = spatial[i][0], reference.out[i + 1] = spatial[i][1], reference.kernel[i + 1] = spatial[i][2];
    reference.stride[i + 1] = spatial[i][3], reference.dilation[i + 1] = spatial[i][4];
    reference.pad_before[i + 1] = spatial[i][5];
  }
  std::vector<double> dx(x.begin(), x.end()), dw(w.begin(), w.end()), db(bias.begin(), bias.end());
  std::vector<double> expected(static_cast<std::size_t>(d.n * d.c_out * out));
  conv_nd_naive<double>(reference, dx.data(), dw.data(), with_bias ? db.data() : nullptr, expected.data());

  Array<float> xb(static_cast<std::size_t>(d.n * padded_channels(d.c_in) * in));
  nchw_to_blocked(x.data(), xb.data(), d.n, d.c_in, in);
  Array<float> rb(static_cast<std::size_t>(d.n * padded * out));
  nchw_to_blocked(residual.data(), rb.data(), d.n, d.c_out, out);
  Epilogue e = base;
  if (with_residual) e.residual = rb.data();
  if (with_scale) e.scale = scale.data();
  for (std::int64_t i = 0; i < d.n * d.c_out * out; ++i) {
    const auto u = static_cast<std::size_t>(i);
    double v = expected[u];
    const double r = with_residual ? static_cast<double>(residual[u]) : 0;
    if (!e.residual_after) v += r;
    v = reference_activation(v, e);
    const std::int64_t image = i / (d.c_out * out), channel = i / out % d.c_out;
    if (with_scale) v *= static_cast<double>(scale[static_cast<std::size_t>(image * padded + channel)]);
    if (e.residual_after) v += r;
    expected[u] = v;
  }

  Array<float> packed(conv2d_packed_bytes(d, algo) / sizeof(float));
  conv2d_pack_weights(d, algo, w.data(), nullptr, packed.data());
  with_threads([&] {
    Array<float> scratch(conv2d_scratch_bytes(d, algo) / sizeof(float), std::numeric_limits<float>::quiet_NaN());
    Array<float> yb(static_cast<std::size_t>(d.n * padded * out), std::numeric_limits<float>::quiet_NaN());
    conv2d_run(d, algo, conv2d_takes_plain_input(algo) ? x.data() : xb.data(), packed.data(),
               with_bias ? bias.data() : nullptr, e, yb.data(), scratch.data(), conv2d_scratch_bytes(d, algo));
    Array<float> y(expected.size());
    blocked_to_nchw(yb.data(), y.data(), d.n, d.c_out, out);
    CHECK(relative_error(y, expected, expected.size()) < (algo == ConvAlgo::kWinograd ? 2e-5 : 2e-6));
    // Pads are zero.
    const std::int64_t L = channel_block(), blocks = padded / L;
    bool zero = true;
    for (std::int64_t image = 0; image < d.n; ++image)
      for (std::int64_t p = 0; p < out; ++p)
        for (std::int64_t lane = d.c_out - (blocks - 1) * L; lane < L; ++lane)
          zero = zero && yb[static_cast<std::size_t>(((image * blocks + blocks - 1) * out + p) * L + lane)] == 0.0f;
    CHECK(zero);
  });
}

constexpr ConvAlgo kAlgos[] = {ConvAlgo::kDirect, ConvAlgo::kPointwise, ConvAlgo::kPlainInput, ConvAlgo::kDepthwise,
                               ConvAlgo::kTaps,   ConvAlgo::kWinograd};

}  // namespace

TEST_CASE("conv2d: every algorithm against the definition") {
  on_every_target([] {
    for (const Case& c : cases()) {
      CAPTURE(c.what);
      for (const ConvAlgo algo : kAlgos) {
        if (!conv2d_supports(c.d, algo)) continue;
        if (algo == ConvAlgo::kPlainInput && c.d.c_in > 40) continue;
        CAPTURE(conv_algo_name(algo));
        Epilogue e;
        e.activation = Activation::kRelu;
        check(c.d, algo, e, true, true, false);
        check(c.d, algo, Epilogue{}, false, false, false);
      }
    }
  });
}

TEST_CASE("conv2d: every epilogue") {
  on_every_target([] {
    const Conv2d shapes[] = {shape(2, 10, 9, 9, 21, 3, 1, 1), shape(1, 20, 6, 6, 20, 3, 1, 1, 1, 20),
                             shape(1, 20, 6, 7, 20, 1), shape(1, 3, 9, 9, 20, 3, 2, 1)};
    for (int i = 0; i <= static_cast<int>(Activation::kGeluTanh); ++i) {
      CAPTURE(i);
      Epilogue e;
      e.activation = static_cast<Activation>(i);
      e.a = e.activation == Activation::kClamp ? -0.25f : 0.3f;
      e.b = 1.5f;
      for (const Conv2d& d : shapes) {
        for (const ConvAlgo algo : kAlgos) {
          if (!conv2d_supports(d, algo)) continue;
          CAPTURE(conv_algo_name(algo));
          check(d, algo, e, true, false, false);
          e.residual_after = false;
          check(d, algo, e, true, true, true);
          e.residual_after = true;
          check(d, algo, e, true, true, false);
        }
      }
    }
    Epilogue positive;  // f(0) != 0: pads must stay zero
    positive.activation = Activation::kClamp;
    positive.a = 0.5f, positive.b = 2.0f;
    check(shape(1, 3, 5, 5, 17, 3), ConvAlgo::kDirect, positive, true, false, false);
  });
}

TEST_CASE("conv2d: the chosen algorithm is supported") {
  for (const Case& c : cases())
    for (const bool plain : {false, true}) CHECK(conv2d_supports(c.d, conv2d_choose(c.d, plain)));
}

TEST_CASE("conv2d: residual in place, with partial sums") {
  on_every_target([] {
    const Conv2d d = shape(1, 600, 6, 7, 20, 3, 1, 1);
    const auto x = random_array(padded_channels(600) * 42, 1), w = random_array(20 * 600 * 9, 2);
    const auto r = random_array(padded_channels(20) * 42, 3);
    Array<float> packed(conv2d_packed_bytes(d, ConvAlgo::kDirect) / 4), y(r.size()), z = r;
    conv2d_pack_weights(d, ConvAlgo::kDirect, w.data(), nullptr, packed.data());
    Array<float> scratch(conv2d_scratch_bytes(d, ConvAlgo::kDirect) / 4);
    Epilogue e;
    e.activation = Activation::kRelu;
    e.residual = r.data();
    conv2d_run(d, ConvAlgo::kDirect, x.data(), packed.data(), nullptr, e, y.data(), scratch.data(), scratch.size() * 4);
    e.residual = z.data();
    conv2d_run(d, ConvAlgo::kDirect, x.data(), packed.data(), nullptr, e, z.data(), scratch.data(), scratch.size() * 4);
    CHECK(relative_error(z, y, y.size()) < 1e-6);
  });
}
