// Encoding: [prefix] [REX] opcode ModRM [SIB] [disp32] [imm]. Source: Intel 64 and IA-32 Architectures Software
// Developer's Manual, volume 2.
#include "exec/vm/native/assembler.h"

#include <cstring>

namespace fac::vm {

Label Assembler::label() {
  labels_.push_back(-1);
  return {static_cast<std::uint32_t>(labels_.size() - 1)};
}
void Assembler::bind(Label l) { labels_[l.id] = static_cast<std::int64_t>(code_.size()); }

bool Assembler::resolve() {
  for (const Jump& j : jumps_) {
    if (labels_[j.label] < 0) return false;
    const std::int64_t distance = labels_[j.label] - static_cast<std::int64_t>(j.at) - 4;
    const auto d = static_cast<std::int32_t>(distance);
    if (d != distance) return false;
    std::memcpy(code_.data() + j.at, &d, 4);
  }
  return true;
}

void Assembler::word32(std::uint32_t v) {
  for (int i = 0; i < 4; ++i) byte(v >> (8 * i) & 0xff);
}

void Assembler::opcode(unsigned prefix, bool wide, unsigned code, int reg, int index, int base) {
  if (prefix) byte(prefix);
  const unsigned rex = (wide ? 8u : 0u) | (reg > 7 ? 4u : 0u) | (index > 7 ? 2u : 0u) | (base > 7 ? 1u : 0u);
  if (rex) byte(0x40 | rex);
  if (code > 0xff) byte(code >> 8);
  byte(code & 0xff);
}
void Assembler::op(unsigned prefix, bool wide, unsigned code, int reg, int rm) {
  opcode(prefix, wide, code, reg, 0, rm);
  byte(0xc0u | static_cast<unsigned>(reg & 7) << 3 | static_cast<unsigned>(rm & 7));
}
void Assembler::op(unsigned prefix, bool wide, unsigned code, int reg, Mem m) {
  opcode(prefix, wide, code, reg, m.index < 0 ? 0 : m.index, m.base);
  const unsigned r = static_cast<unsigned>(reg & 7) << 3;
  if (m.index < 0) {
    byte(0x80u | r | (m.base & 7u));
  } else {
    byte(0x84u | r);
    byte(static_cast<unsigned>(m.shift) << 6 | static_cast<unsigned>(m.index & 7) << 3 | (m.base & 7u));
  }
  word32(static_cast<std::uint32_t>(m.disp));
}

void Assembler::mov(Gpr d, Gpr s) {
  if (d != s) op(0, true, 0x8b, d, s);
}
void Assembler::mov_imm(Gpr d, std::int64_t v) {
  if (v >= 0 && v <= 0xffffffff) {  // 32-bit moves clear the upper half
    opcode(0, false, 0xb8u | (d & 7u), 0, 0, d);
    word32(static_cast<std::uint32_t>(v));
  } else if (v == static_cast<std::int32_t>(v)) {
    op(0, true, 0xc7, 0, d);
    word32(static_cast<std::uint32_t>(v));
  } else {
    opcode(0, true, 0xb8u | (d & 7u), 0, 0, d);
    word32(static_cast<std::uint32_t>(v));
    word32(static_cast<std::uint32_t>(static_cast<std::uint64_t>(v) >> 32));
  }
}
void Assembler::alu(Alu o, Gpr d, std::int32_t imm) {
  const int extension = static_cast<int>(o) >> 3;
  if (imm == static_cast<std::int8_t>(imm)) {
    op(0, true, 0x83, extension, d);
    byte(static_cast<std::uint8_t>(imm));
  } else {
    op(0, true, 0x81, extension, d);
    word32(static_cast<std::uint32_t>(imm));
  }
}
void Assembler::imul(Gpr d, Gpr s, std::int32_t imm) {
  op(0, true, 0x69, d, s);
  word32(static_cast<std::uint32_t>(imm));
}
void Assembler::cqo() {
  byte(0x48);
  byte(0x99);
}
void Assembler::shift(Shift s, Gpr d, int count) {
  op(0, true, 0xc1, static_cast<int>(s), d);
  byte(static_cast<unsigned>(count));
}
void Assembler::set(Cc c, Gpr d) {
  op(0, false, 0x0f90u + static_cast<std::uint8_t>(c), 0, d);
  op(0, false, 0x0fb6, d, d);
}
void Assembler::mov_xmm(int d, int s) {
  if (d != s) op(0, false, 0x0f28, d, s);
}

void Assembler::jump(Label l) {
  byte(0xe9);
  jumps_.push_back({code_.size(), l.id});
  word32(0);
}
void Assembler::jump(Cc c, Label l) {
  byte(0x0f);
  byte(0x80u + static_cast<std::uint8_t>(c));
  jumps_.push_back({code_.size(), l.id});
  word32(0);
}
void Assembler::push(Gpr r) { opcode(0, false, 0x50u | (r & 7u), 0, 0, r); }
void Assembler::pop(Gpr r) { opcode(0, false, 0x58u | (r & 7u), 0, 0, r); }

}  // namespace fac::vm
