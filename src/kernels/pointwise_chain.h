// Fused chains of float32 pointwise operations: a short tape run over blocks that stay in the L1 cache.
//   Registers 0 .. inputs-1 hold the inputs, each step writes the next register; the last one is the output.
//   Layout: the output is dense [outer, channels, inner]; an input is dense of the same shape, one number, or one
//   number per channel.
// Results have the same bits as the single operations one after the other.
#pragma once

#include <cstdint>

#include "kernels/pointwise.h"
#include "kernels/types.h"

namespace fac::kernels {

constexpr int kMaxChainInputs = 8;
constexpr int kMaxChainSteps = 16;

enum class ChainInput : std::uint8_t { kDense, kScalar, kChannel };

struct ChainStep {
  bool is_binary = false;
  UnaryOp unary{};
  BinaryOp binary{};
  std::uint8_t x = 0, y = 0;  // registers; y for binary steps
  PointwiseParams params;
};

struct Chain {
  int inputs = 0;
  int steps = 0;
  ChainInput input_kinds[kMaxChainInputs] = {};
  ChainStep tape[kMaxChainSteps];
};

// Can this operation stand in a chain (is it float32 -> float32)?
bool chainable(UnaryOp op) noexcept;
bool chainable(BinaryOp op) noexcept;

// in[k]: input k. out may be a dense input.
void run_chain(const Chain& chain, const float* const* in, float* out, std::int64_t outer, std::int64_t channels,
               std::int64_t inner) noexcept;

}  // namespace fac::kernels
