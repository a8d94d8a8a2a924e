// Which kernel stands behind an element-wise operator of a lean program.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "ir/graph.h"
#include "kernels/pointwise_blocks.h"

namespace fac::plan::lean {

struct OperandKind {
  enum Kind : std::uint8_t { kKnown, kFloats, kTruth, kInt, kFloat } kind = kKnown;  // tensors of float32 or bool; numbers
  const Value* known = nullptr;
};

struct Operation {
  struct Operand {
    std::optional<std::size_t> input;  // of the node; nullopt: a number
    float number = 0;
    friend bool operator==(const Operand&, const Operand&) = default;
  };
  bool is_binary = false, truth = false, cheap = false;
  kernels::BlockFn<float> fn = nullptr;
  kernels::BlockArgs args;
  Operand x, y;
  std::optional<kernels::UnaryOp> unary;
  std::optional<kernels::BinaryOp> binary;
  std::string_view name;
};

// inputs: of the node, in order. nullopt: the operator does something else as well, or is not for float32 and bools.
std::optional<Operation> find_operation(const ir::Node& node, std::span<const OperandKind> inputs);

}  // namespace fac::plan::lean
