// What native code must know of bytecode: which registers a word reads and writes, where jumps land, how deep loops nest,
// and which scalar registers are read later (liveness, backwards to a fixed point).
#pragma once

#include <cstdint>
#include <vector>

#include "exec/vm/code.h"

namespace fac::vm {

struct Effects {
  std::vector<std::uint16_t> reads, writes;
};
Effects effects_of(const Code& code, const Word& w);

inline bool is_jump(Opcode op) { return op == Opcode::k_jump || op == Opcode::k_jump_if || op == Opcode::k_jump_unless; }

class Flow {
 public:
  explicit Flow(const Code& code);
  const Effects& effects(std::size_t word) const { return effects_[word]; }
  bool is_target(std::size_t word) const { return target_[word]; }
  int depth(std::size_t word) const { return depth_[word]; }
  bool live_before(std::size_t word, std::uint16_t reg) const { return bit(word, reg); }
  bool live_after(std::size_t word, std::uint16_t reg) const;
  // The number that a scalar register holds wherever it is read; null: not always the same.
  const Value* constant(std::uint16_t reg) const { return constants_[reg]; }

 private:
  bool bit(std::size_t word, std::uint16_t reg) const { return live_[word * stride_ + reg / 64] >> (reg % 64) & 1; }
  void find_constants();
  void find_live();

  const Code& code_;
  std::vector<Effects> effects_;
  std::vector<bool> target_;
  std::vector<int> depth_;
  std::vector<const Value*> constants_;  // by scalar register
  std::size_t stride_;                   // words of 64 bits in a row
  std::vector<std::uint64_t> live_;      // before each word
};

}  // namespace fac::vm
