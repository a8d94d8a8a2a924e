#include "exec/vm/native/flow.h"

#include <algorithm>
#include <string_view>

namespace fac::vm {
namespace {

constexpr std::string_view kOperands[] = {
#define OP(name, operands, meaning) operands,
#include "exec/vm/opcodes.def"
#undef OP
};

}  // namespace

Effects effects_of(const Code& code, const Word& w) {
  Effects e;
  const std::uint16_t fields[3] = {w.a, w.b, w.c};
  const std::string_view operands = kOperands[static_cast<std::size_t>(w.op)];
  for (std::size_t k = 0; k < 3; ++k) {
    if (operands[k] == 'd') e.writes.push_back(fields[k]);
    if (operands[k] == 'r') e.reads.push_back(fields[k]);
    if (operands[k] != 's') continue;
    const bool plan = w.op == Opcode::k_plan;
    for (const Operand& o : plan ? code.plans[w.a].args : code.calls[w.a].args) e.reads.push_back(o.reg);
    e.writes = plan ? code.plans[w.a].results : code.calls[w.a].results;
  }
  return e;
}

Flow::Flow(const Code& code)
    : code_(code),
      target_(code.words.size() + 1),
      depth_(code.words.size()),
      constants_(code.scalar_registers()),
      stride_((code.scalar_registers() + 63) / 64) {
  const std::size_t count = code.words.size();
  for (std::size_t i = 0; i < count; ++i) {
    const Word& w = code.words[i];
    effects_.push_back(effects_of(code, w));
    if (!is_jump(w.op)) continue;
    target_[w.wide()] = true;
    for (std::size_t k = w.wide(); k <= i; ++k) ++depth_[k];
  }
  find_constants();
  find_live();
}

void Flow::find_constants() {
  std::vector<int> writers(constants_.size());
  for (std::uint16_t p : code_.params)
    if (p < writers.size()) writers[p] = 2;
  for (std::size_t i = 0; i < code_.words.size(); ++i)
    for (std::uint16_t r : effects_[i].writes) {
      if (r >= writers.size()) continue;
      const bool load = code_.words[i].op == Opcode::k_constant;
      constants_[r] = load && writers[r] == 0 ? &code_.constants[code_.words[i].b] : nullptr;
      ++writers[r];
    }
}

void Flow::find_live() {
  const std::size_t count = code_.words.size();
  live_.assign((count + 1) * stride_, 0);
  std::vector<std::uint64_t> row(stride_);
  for (bool changed = true; changed;) {
    changed = false;
    for (std::size_t i = count; i-- > 0;) {
      const Word& w = code_.words[i];
      std::fill(row.begin(), row.end(), 0);
      const auto join = [&](std::size_t at) {
        for (std::size_t k = 0; k < stride_; ++k) row[k] |= live_[at * stride_ + k];
      };
      if (w.op != Opcode::k_ret && w.op != Opcode::k_jump) join(i + 1);
      if (is_jump(w.op)) join(w.wide());
      for (std::uint16_t r : effects_[i].writes)
        if (r < constants_.size()) row[r / 64] &= ~(std::uint64_t{1} << (r % 64));
      for (std::uint16_t r : effects_[i].reads)
        if (r < constants_.size()) row[r / 64] |= std::uint64_t{1} << (r % 64);
      for (std::size_t k = 0; k < stride_; ++k) {
        changed = changed || row[k] != live_[i * stride_ + k];
        live_[i * stride_ + k] = row[k];
      }
    }
  }
}

bool Flow::live_after(std::size_t word, std::uint16_t reg) const {
  const Word& w = code_.words[word];
  if (is_jump(w.op) && bit(w.wide(), reg)) return true;
  return w.op != Opcode::k_ret && w.op != Opcode::k_jump && bit(word + 1, reg);
}

}  // namespace fac::vm
