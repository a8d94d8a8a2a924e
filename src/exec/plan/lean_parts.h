// What a lean program consists of: arithmetic on integers, then one chain of element-wise steps for each computed result.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/checked.h"
#include "exec/code_memory.h"
#include "exec/plan/lean.h"
#include "kernels/strided_chain.h"

namespace fac::plan::lean {

constexpr std::size_t kMostIntegers = 320;
constexpr std::size_t kMostRank = static_cast<std::size_t>(kernels::kStridedRank);
using Reg = std::uint16_t;  // an integer: a size, an offset, an index

enum class IntOp : std::uint8_t {
  kAdd, kSub, kMul,        // wrapping
  kFloorDiv, kMod,         // Python's; guard: c != 0
  kMin, kMax,
  kBound,                  // a[b:]: where b begins in a dimension of size c
  kIndex,                  // a[b]: b counted from the front, size c; guard: in range
  kLength,                 // of a[b:c]
  kSame,                   // guard: b == c
};
struct IntStep {
  IntOp op;
  Reg to, b, c;
  friend bool operator==(const IntStep&, const IntStep&) = default;
};

struct Argument {
  enum Kind : std::uint8_t { kTensor, kInt, kOther } kind = kOther;
  DType dtype = DType::kFloat;
  std::uint8_t rank = 0;
  Reg first = 0;  // tensor: offset, sizes, strides; int: itself
};

struct Number {  // of a chain
  enum Kind : std::uint8_t { kConstant, kArgument, kInteger } kind = kConstant;
  float value = 0;
  std::uint16_t from = 0;  // the argument, a float; or the integer
};

struct Input {  // of a chain: a view of an argument
  std::uint16_t argument;
  Reg offset;
  Reg strides[kMostRank];
};

struct Output {
  enum Kind : std::uint8_t { kChain, kView, kInt } kind = kInt;
  std::uint16_t from = 0;  // chain: its index; view: the argument; int: the integer
  DType dtype = DType::kFloat;
  Reg offset = 0;
  std::vector<Reg> sizes, strides;
};

struct Write {  // the last pass goes into an argument's memory
  std::uint16_t argument = 0;
  Reg offset = 0;
  std::vector<Reg> sizes, strides;
  bool copies = false;  // what is written is computed as a whole first
};

struct Pass {
  kernels::StridedChain chain;
  std::shared_ptr<const CodeMemory> native;  // what chain.native points into
  std::vector<Input> inputs;
  std::vector<Number> numbers;
  std::vector<Reg> sizes;
};

struct Parts {
  std::vector<Argument> arguments;
  std::vector<std::int64_t> integers;  // constants; room for the others
  std::vector<IntStep> steps;
  std::vector<Pass> passes;
  std::vector<Output> outputs;
  std::optional<Write> write;
  std::vector<Value> constants;  // tensors; named like arguments, from arguments.size() on
  std::string text;
};

// One step on integers. False: a guard does not hold.
inline bool run_step(const IntStep& s, std::int64_t* r) {
  const std::int64_t b = r[s.b], c = r[s.c];
  switch (s.op) {
    case IntOp::kAdd: r[s.to] = wrap_add(b, c); return true;
    case IntOp::kSub: r[s.to] = wrap_sub(b, c); return true;
    case IntOp::kMul: r[s.to] = wrap_mul(b, c); return true;
    case IntOp::kFloorDiv:
      if (c <= 0) return false;  // errors and the rest: the VM's
      r[s.to] = b / c - (b % c < 0 ? 1 : 0);
      return true;
    case IntOp::kMod: {
      if (c <= 0) return false;
      const std::int64_t m = b % c;
      r[s.to] = m < 0 ? m + c : m;
      return true;
    }
    case IntOp::kMin: r[s.to] = std::min(b, c); return true;
    case IntOp::kMax: r[s.to] = std::max(b, c); return true;
    case IntOp::kBound: {
      const std::int64_t i = b < 0 ? wrap_add(b, c) : b;
      r[s.to] = i < 0 ? 0 : i > c ? c : i;
      return true;
    }
    case IntOp::kIndex: {
      const std::int64_t i = b < 0 ? wrap_add(b, c) : b;
      r[s.to] = i;
      return i >= 0 && i < c;
    }
    case IntOp::kLength: r[s.to] = b < c ? c - b : 0; return true;
    case IntOp::kSame: return b == c;
  }
  return false;
}

// Null: more results than it has room for.
std::unique_ptr<const LeanProgram> make_program(Parts parts);

}  // namespace fac::plan::lean
