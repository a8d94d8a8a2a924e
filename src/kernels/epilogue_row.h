// How an Epilogue is shared between the inner loops and a second pass over the row just stored.
// Inner loops add bias and residual and clamp; whatever else there is (sigmoid, ..., scale, a residual after the
// activation) follows on the finished row while it is in the first cache level: few registers and one code for all.
#pragma once

#include <cstdint>
#include <limits>

#include "kernels/epilogue.h"

namespace fac::kernels {

struct EpilogueSplit {
  bool clamp = false;              // in the inner loop, to [lo, hi]
  float lo = -std::numeric_limits<float>::infinity();
  float hi = std::numeric_limits<float>::infinity();
  const float* residual = nullptr;  // added in the inner loop
  bool finish = false;              // call finish_row
};

// pads: the last block has unused channels, which must stay zero.
inline EpilogueSplit split_epilogue(const Epilogue& e, bool pads) {
  EpilogueSplit s;
  const bool identity = e.activation == Activation::kNone;
  const bool simple = identity || e.activation == Activation::kRelu ||
                      (e.activation == Activation::kClamp && (!pads || (e.a <= 0.0f && e.b >= 0.0f)));
  const bool after = e.residual != nullptr && e.residual_after && !(identity && e.scale == nullptr);
  if (!after) s.residual = e.residual;
  s.finish = !simple || after || e.scale != nullptr;
  if (simple && !identity) {
    s.clamp = true;
    s.lo = e.activation == Activation::kRelu ? 0.0f : e.a;
    if (e.activation == Activation::kClamp) s.hi = e.b;
  }
  return s;
}

// The second pass over `pixels` pixels of one block: y [pixels, block].
//   already_clamped: the inner loop has applied the activation.   scale [block] or null;  residual [pixels, block] or
//   null;  channels: used channels of this block, the others become zero.
struct RowFinish {
  Activation activation = Activation::kNone;
  float a = 0.0f, b = 0.0f;
  const float* scale = nullptr;
  const float* residual = nullptr;
  std::int64_t channels = 0;
};
void finish_row(float* y, std::int64_t pixels, const RowFinish& f) noexcept;

// The second pass that `e` asks for after an inner loop that did `s`. `offset`: of the row in y (and in the residual);
// `channel`: image * padded channels + first channel of the block;  channels: used ones in the block.
inline void finish_conv_row(const Epilogue& e, const EpilogueSplit& s, float* y, std::int64_t offset,
                            std::int64_t pixels, std::int64_t channel, std::int64_t channels) noexcept {
  RowFinish f;
  if (!s.clamp) f.activation = e.activation;
  f.a = e.a;
  f.b = e.b;
  f.scale = e.scale != nullptr ? e.scale + channel : nullptr;
  f.residual = e.residual != nullptr && s.residual == nullptr ? e.residual + offset : nullptr;
  f.channels = channels;
  finish_row(y + offset, pixels, f);
}

}  // namespace fac::kernels
