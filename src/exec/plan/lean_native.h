// Machine code for the steps of a chain (kernels/strided_chain.h): eight numbers at a time, what lies between the inputs and
// the result in vector registers. For x86-64 with AVX2 and for arithmetic, extremes, comparisons and logic; chains with other
// steps are run kernel by kernel.
#pragma once

#include <memory>
#include <optional>
#include <span>

#include "exec/code_memory.h"
#include "kernels/strided_chain.h"

namespace fac::plan::lean {

// What a step of the tape does; nullopt in both: something that has no machine code.
struct NativeStep {
  std::optional<kernels::UnaryOp> unary;
  std::optional<kernels::BinaryOp> binary;
  bool truth_x = false, truth_y = false;  // operands are 0 or 1
};

// steps: one for each of the tape's. Sets chain.native. Null: not possible; the chain is as it was.
std::unique_ptr<const CodeMemory> make_native(kernels::StridedChain& chain, std::span<const NativeStep> steps);

}  // namespace fac::plan::lean
