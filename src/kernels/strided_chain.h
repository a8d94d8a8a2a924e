// Chains of element-wise operations over strided operands: results of a few thousand elements whose operands are rows,
// columns and tails of others, as loops over boxes or cells make them. One thread, no allocation.
//   Registers 0 .. inputs-1 hold the inputs, the next `numbers` one number each, steps write the others. A truth value is
//   0 or 1 in a register and one byte in memory.
//   The result and the inputs have a stride for each of the result's dimensions; an input's is 0 where it is the same along
//   it. The result may be an input's memory with equal strides, not overlap else.
// Results have the same bits as the single operations one after the other.
#pragma once

#include <cstdint>

#include "kernels/pointwise_blocks.h"

namespace fac::kernels {

constexpr int kStridedRank = 5;
constexpr int kMaxStridedInputs = 24;
constexpr int kMaxStridedSteps = 48;
constexpr int kStridedRegisters = 40;
constexpr std::int64_t kStridedBlock = 256;  // numbers of a register: those in use at one time stay in the L1 cache

struct StridedStep {
  BlockFn<float> fn = nullptr;
  BlockArgs args;
  std::uint8_t to = 0, x = 0, y = 0;
};

// The steps as machine code, in place of the tape: works on the first `bytes` of each register, a multiple of 32.
using NativeChain = void (*)(float* registers, std::int64_t bytes);

struct StridedChain {
  int rank = 0, inputs = 0, numbers = 0, steps = 0;
  bool truth[kMaxStridedInputs] = {};  // inputs of bools; the others are float32
  bool same[kMaxStridedInputs] = {};   // one number for all elements, whatever the sizes
  std::uint8_t result = 0;             // the register that holds it
  bool result_truth = false;
  StridedStep tape[kMaxStridedSteps];
  NativeChain native = nullptr;        // reads inputs that are `same`, and numbers, in a register's first place
};

struct StridedOperands {
  std::int64_t sizes[kStridedRank];
  const void* data[kMaxStridedInputs];
  std::int64_t strides[kMaxStridedInputs][kStridedRank];  // in elements
  float numbers[kStridedRegisters];
  void* out;
  std::int64_t out_strides[kStridedRank];
};

void run_strided_chain(const StridedChain& chain, const StridedOperands& operands) noexcept;

}  // namespace fac::kernels
