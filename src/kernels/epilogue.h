// What happens to a matrix product's or a convolution's result before it is stored.
#pragma once

#include <cstdint>

namespace fac::kernels {

enum class Activation : std::uint8_t {
  kNone,
  kRelu,
  kClamp,        // to [a, b]: relu6, hardtanh, clamp
  kLeakyRelu,    // a = slope for x < 0
  kElu,          // a = alpha: a * (exp(x) - 1) for x < 0
  kSigmoid,
  kTanh,
  kSilu,         // x * sigmoid(x)
  kHardsigmoid,  // clamp(x / 6 + 1/2, 0, 1)
  kHardswish,    // x * hardsigmoid(x)
  kGelu,         // x * (1 + erf(x / sqrt 2)) / 2
  kGeluTanh,     // its approximation by tanh
};

// y = scale * act(sum + bias + residual)           residual_after = false
// y = scale * act(sum + bias) + residual           residual_after = true
//   residual: laid out as y, may be y itself unless residual_after;  scale (convolutions only): [n, channels of y
//   rounded up to the block].  Null pointers: absent.   NaN passes through every activation, as in PyTorch.
struct Epilogue {
  Activation activation = Activation::kNone;
  bool residual_after = false;
  float a = 0.0f, b = 0.0f;
  const float* residual = nullptr;
  const float* scale = nullptr;
};

// act(x) over `count` numbers, in place; the same code as the fused form.
void activate(float* x, std::int64_t count, Activation activation, float a, float b) noexcept;

}  // namespace fac::kernels
