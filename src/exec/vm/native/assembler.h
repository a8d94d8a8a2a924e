// Encodes x86-64 instructions into a buffer: only what the compiler of loops needs. Memory operands have 32-bit
// displacements, jumps 32-bit distances; labels are bound once and may be used before.
#pragma once

#include <cstdint>
#include <vector>

namespace fac::vm {

enum Gpr : std::uint8_t { rax, rcx, rdx, rbx, rsp, rbp, rsi, rdi, r8, r9, r10, r11, r12, r13, r14, r15 };
enum Xmm : std::uint8_t { xmm0, xmm1, xmm2 };  // others by number

struct Mem {
  Gpr base;  // not rsp, r12
  std::int32_t disp = 0;
  int index = -1;  // a Gpr, not rsp
  int shift = 0;   // index << shift
};

// Condition codes, as in jcc and setcc.
enum class Cc : std::uint8_t { kB = 2, kAe = 3, kE = 4, kNe = 5, kBe = 6, kA = 7, kS = 8, kNs = 9, kP = 10, kNp = 11, kL = 12, kGe = 13, kLe = 14, kG = 15 };
inline Cc negate(Cc c) { return static_cast<Cc>(static_cast<std::uint8_t>(c) ^ 1); }

// reg, r/m forms of two-operand instructions.
enum class Alu : std::uint8_t { kAdd = 0x03, kOr = 0x0b, kAnd = 0x23, kSub = 0x2b, kXor = 0x33, kCmp = 0x3b };
enum class Shift : std::uint8_t { kShl = 4, kShr = 5, kSar = 7 };
enum class Sse : std::uint8_t { kAdd = 0x58, kMul = 0x59, kSub = 0x5c, kDiv = 0x5e, kSqrt = 0x51 };

struct Label {
  std::uint32_t id;
};

class Assembler {
 public:
  Label label();
  void bind(Label l);
  std::size_t position(Label l) const { return static_cast<std::size_t>(labels_[l.id]); }
  // Writes the distances of jumps. False: a label was never bound.
  bool resolve();
  const std::vector<std::uint8_t>& bytes() const { return code_; }

  void mov(Gpr d, Gpr s);
  void mov(Gpr d, Mem m) { op(0, true, 0x8b, d, m); }
  void mov(Mem m, Gpr s) { op(0, true, 0x89, s, m); }
  void mov_byte_imm(Mem m, unsigned v) {
    op(0, false, 0xc6, 0, m);
    byte(v);
  }
  void cmp_byte_imm(Mem m, unsigned v) {
    op(0, false, 0x80, 7, m);
    byte(v);
  }
  void mov_byte(Mem m, Gpr s) { op(0, false, 0x88, s, m); }  // s: rax, rcx or rdx
  void mov_imm(Gpr d, std::int64_t v);
  void load_byte(Gpr d, Mem m) { op(0, false, 0x0fb6, d, m); }  // zero-extended
  void alu(Alu o, Gpr d, Gpr s) { op(0, true, static_cast<std::uint8_t>(o), d, s); }
  void alu(Alu o, Gpr d, Mem m) { op(0, true, static_cast<std::uint8_t>(o), d, m); }
  void alu(Alu o, Gpr d, std::int32_t imm);
  void imul(Gpr d, Gpr s) { op(0, true, 0x0faf, d, s); }
  void imul(Gpr d, Mem m) { op(0, true, 0x0faf, d, m); }
  void imul(Gpr d, Gpr s, std::int32_t imm);
  void mul(Gpr s) { op(0, true, 0xf7, 4, s); }   // rdx:rax = rax * s, unsigned
  void idiv(Gpr s) { op(0, true, 0xf7, 7, s); }  // rax, rdx = rdx:rax / s
  void neg(Gpr d) { op(0, true, 0xf7, 3, d); }
  void cqo();
  void shift(Shift s, Gpr d, int count);
  void test(Gpr a, Gpr b) { op(0, true, 0x85, b, a); }
  void set(Cc c, Gpr d);  // d = c ? 1 : 0; d: rax, rcx or rdx
  void cmov(Cc c, Gpr d, Gpr s) { op(0, true, 0x0f40u + static_cast<std::uint8_t>(c), d, s); }
  void lea(Gpr d, Mem m) { op(0, true, 0x8d, d, m); }

  void load(int x, Mem m) { op(0xf2, false, 0x0f10, x, m); }
  void store(Mem m, int x) { op(0xf2, false, 0x0f11, x, m); }
  void mov_xmm(int d, int s);
  void sse(Sse o, int d, int s) { op(0xf2, false, 0x0f00u + static_cast<std::uint8_t>(o), d, s); }
  void sse(Sse o, int d, Mem m) { op(0xf2, false, 0x0f00u + static_cast<std::uint8_t>(o), d, m); }
  void ucomisd(int a, int b) { op(0x66, false, 0x0f2e, a, b); }
  void ucomisd(int a, Mem m) { op(0x66, false, 0x0f2e, a, m); }
  void xorpd(int d, int s) { op(0x66, false, 0x0f57, d, s); }
  void int_to_float(int d, Gpr s) { op(0xf2, true, 0x0f2a, d, s); }
  void int_to_float(int d, Mem m) { op(0xf2, true, 0x0f2a, d, m); }
  void float_to_int(Gpr d, int s) { op(0xf2, true, 0x0f2c, d, s); }
  void bits_to_xmm(int d, Gpr s) { op(0x66, true, 0x0f6e, d, s); }

  void jump(Label l);
  void jump(Cc c, Label l);
  void jump(Gpr r) { op(0, false, 0xff, 4, r); }
  void call(Gpr r) { op(0, false, 0xff, 2, r); }
  void push(Gpr r);
  void pop(Gpr r);
  void ret() { byte(0xc3); }

 private:
  void byte(unsigned b) { code_.push_back(static_cast<std::uint8_t>(b)); }
  void word32(std::uint32_t v);
  void opcode(unsigned prefix, bool wide, unsigned code, int reg, int index, int base);
  void op(unsigned prefix, bool wide, unsigned code, int reg, int rm);
  void op(unsigned prefix, bool wide, unsigned code, int reg, Mem m);

  struct Jump {
    std::size_t at;  // of the distance
    std::uint32_t label;
  };
  std::vector<std::uint8_t> code_;
  std::vector<std::int64_t> labels_;
  std::vector<Jump> jumps_;
};

}  // namespace fac::vm
