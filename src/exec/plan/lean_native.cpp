// Encoding: VEX prefix of three bytes, opcode, ModRM [SIB] [displacement] [immediate]. Source: Intel 64 and IA-32
// Architectures Software Developer's Manual, volume 2.
//
// The code is called as f(registers, bytes): rdi the chain's registers, rsi how far to go in each, rcx where it stands.
// ymm0 .. ymm2 are free within a step; the chain's own registers follow, then numbers that are the same for all elements.
// The results have the bits of the kernels' (pointwise_f32_*.cpp), which say what NaN and the signs of zeros do.
#include "exec/plan/lean_native.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <vector>

#include "kernels/cpu.h"

namespace fac::plan::lean {

#if defined(__x86_64__) && defined(__linux__)
namespace {

using kernels::BinaryOp;
using kernels::StridedChain;
using kernels::StridedStep;
using kernels::UnaryOp;

constexpr int kX = 0, kY = 1, kT = 2, kFirst = 3, kCount = 16;  // ymm registers

enum Vop : std::uint8_t { kAnd = 0x54, kAndNot = 0x55, kOr = 0x56, kXor = 0x57, kAdd = 0x58, kMul = 0x59, kSub = 0x5c, kMin = 0x5d, kDiv = 0x5e, kMax = 0x5f };
enum Predicate : std::uint8_t { kEq = 0x00, kUnordered = 0x03, kNe = 0x04, kLt = 0x11, kLe = 0x12, kGe = 0x1d, kGt = 0x1e };

class Emitter {
 public:
  void load(int d, int chain_register) { memory(1, 0, 0x28, d, 0, chain_register, true); }
  void store(int chain_register, int s) { memory(1, 0, 0x29, s, 0, chain_register, true); }
  void broadcast(int d, int chain_register) { memory(2, 1, 0x18, d, 0, chain_register, false); }
  void broadcast_constant(int d, std::uint32_t bits) {
    vex(2, 1, d, 0, 0, 0x18);
    byte(static_cast<unsigned>(d & 7) << 3 | 5);  // relative to the next instruction
    constants_.push_back({bytes_.size(), bits});
    word(0);
  }
  void op(Vop o, int d, int a, int b) { registers(1, 0, o, d, a, b); }
  void sqrt(int d, int s) { registers(1, 0, 0x51, d, 0, s); }
  void compare(int d, int a, int b, Predicate p) {
    registers(1, 0, 0xc2, d, a, b);
    byte(p);
  }
  void blend(int d, int zero, int one, int mask) {  // mask ? one : zero
    registers(3, 1, 0x4a, d, zero, one);
    byte(static_cast<unsigned>(mask) << 4);
  }
  void begin_loop() {
    raw({0x31, 0xc9});  // xor ecx, ecx
    loop_ = bytes_.size();
  }
  std::vector<std::uint8_t> finish() {
    raw({0x48, 0x83, 0xc1, 0x20, 0x48, 0x39, 0xf1, 0x0f, 0x8c});  // add rcx, 32; cmp rcx, rsi; jl
    word(static_cast<std::uint32_t>(static_cast<std::int64_t>(loop_) - static_cast<std::int64_t>(bytes_.size()) - 4));
    raw({0xc5, 0xf8, 0x77, 0xc3});  // vzeroupper; ret
    for (const auto& [at, bits] : constants_) {
      const auto distance = static_cast<std::uint32_t>(bytes_.size() - at - 4);
      std::memcpy(bytes_.data() + at, &distance, 4);
      word(bits);
    }
    return std::move(bytes_);
  }

 private:
  void byte(unsigned b) { bytes_.push_back(static_cast<std::uint8_t>(b)); }
  void raw(std::initializer_list<unsigned> list) {
    for (unsigned b : list) byte(b);
  }
  void word(std::uint32_t v) {
    for (int i = 0; i < 4; ++i) byte(v >> (8 * i) & 0xff);
  }
  // map: 1 0F, 2 0F38, 3 0F3A; prefix: 0 none, 1 66. 256 bits wide.
  void vex(unsigned map, unsigned prefix, int reg, int source, int rm, unsigned opcode) {
    byte(0xc4);
    byte((reg > 7 ? 0u : 0x80u) | 0x40u | (rm > 7 ? 0u : 0x20u) | map);
    byte(static_cast<unsigned>(~source & 15) << 3 | 4u | prefix);
    byte(opcode);
  }
  void registers(unsigned map, unsigned prefix, unsigned opcode, int reg, int source, int rm) {
    vex(map, prefix, reg, source, rm, opcode);
    byte(0xc0u | static_cast<unsigned>(reg & 7) << 3 | static_cast<unsigned>(rm & 7));
  }
  void memory(unsigned map, unsigned prefix, unsigned opcode, int reg, int source, int chain_register, bool indexed) {
    vex(map, prefix, reg, source, 0, opcode);
    const unsigned r = static_cast<unsigned>(reg & 7) << 3;
    if (indexed) {
      byte(0x84u | r);
      byte(0x0f);  // rdi + rcx
    } else {
      byte(0x87u | r);  // rdi
    }
    word(static_cast<std::uint32_t>(chain_register) * static_cast<std::uint32_t>(kernels::kStridedBlock * sizeof(float)));
  }

  struct Constant {
    std::size_t at;
    std::uint32_t bits;
  };
  std::vector<std::uint8_t> bytes_;
  std::vector<Constant> constants_;
  std::size_t loop_ = 0;
};

class ChainCompiler {
 public:
  explicit ChainCompiler(const StridedChain& c) : c_(c) { kept_.fill(-1); }

  bool compile(std::span<const NativeStep> steps) {
    // The chain's own registers first; the rest holds numbers as far as it goes.
    int own = 0;
    for (int s = 0; s < c_.steps; ++s) own = std::max(own, c_.tape[s].to + 1 - first_own());
    if (own > kCount - kFirst) return false;
    next_ = kFirst + own;
    for (int k = 0; k < first_own(); ++k)
      if (is_number(k) && next_ < kCount) {
        kept_[k] = next_;
        e_.broadcast(next_++, k);
      }
    one_ = constant(std::bit_cast<std::uint32_t>(1.0f));
    e_.begin_loop();
    for (int s = 0; s < c_.steps; ++s)
      if (!step(c_.tape[s], steps[static_cast<std::size_t>(s)])) return false;
    e_.store(c_.result, own_register(c_.result));
    return true;
  }
  std::vector<std::uint8_t> finish() { return e_.finish(); }

 private:
  int first_own() const { return c_.inputs + c_.numbers; }
  bool is_number(int k) const { return k >= c_.inputs ? k < first_own() : c_.same[k]; }
  int own_register(int k) const { return kFirst + k - first_own(); }
  // A register that holds a number all the time; -1: none is left, put it into a free one when needed.
  int constant(std::uint32_t bits) {
    if (next_ == kCount) return -1;
    e_.broadcast_constant(next_, bits);
    return next_++;
  }
  int one(int scratch) {
    if (one_ >= 0) return one_;
    e_.broadcast_constant(scratch, std::bit_cast<std::uint32_t>(1.0f));
    return scratch;
  }
  int number(float x, int scratch) {
    e_.broadcast_constant(scratch, std::bit_cast<std::uint32_t>(x));
    return scratch;
  }
  int operand(int k, int scratch) {
    if (k >= first_own()) return own_register(k);
    if (is_number(k)) {
      if (kept_[k] >= 0) return kept_[k];
      e_.broadcast(scratch, k);
    } else {
      e_.load(scratch, k);
    }
    return scratch;
  }
  void compare(int d, int x, int y, Predicate p) {
    e_.compare(kT, x, y, p);
    e_.op(kAnd, d, kT, one(kY));
  }
  // x > y ? x : y with NaN in either winning; min likewise.
  void extreme(Vop o, int d, int x, int y) {
    e_.op(o, kT, x, y);
    e_.compare(kY, x, x, kUnordered);
    e_.blend(d, kT, x, kY);
  }

  bool step(const StridedStep& s, const NativeStep& n) {
    const int d = own_register(s.to);
    if (n.unary) {
      const int x = operand(s.x, kX);
      const auto low = static_cast<float>(s.args.p.a), high = static_cast<float>(s.args.p.b);
      switch (*n.unary) {
        case UnaryOp::abs: e_.op(kAnd, d, x, number(std::bit_cast<float>(0x7fffffffu), kY)); return true;
        case UnaryOp::neg: e_.op(kXor, d, x, number(-0.0f, kY)); return true;
        case UnaryOp::square: e_.op(kMul, d, x, x); return true;
        case UnaryOp::sqrt: e_.sqrt(d, x); return true;
        case UnaryOp::relu: e_.op(kMax, d, number(0.0f, kY), x); return true;
        case UnaryOp::clamp:
          e_.op(kMax, kT, number(low, kY), x);
          e_.op(kMin, d, number(high, kY), kT);
          return true;
        case UnaryOp::logical_not:
          if (!n.truth_x) return false;
          e_.op(kXor, d, x, one(kY));
          return true;
        default: return false;
      }
    }
    if (!n.binary) return false;
    const int x = operand(s.x, kX), y = s.y == s.x ? x : operand(s.y, kY);
    const bool plain = s.args.p.a == 1, logic = n.truth_x && n.truth_y;
    switch (*n.binary) {
      case BinaryOp::add: e_.op(kAdd, d, x, y); return plain;
      case BinaryOp::sub: e_.op(kSub, d, x, y); return plain;
      case BinaryOp::rsub: e_.op(kSub, d, y, x); return plain;
      case BinaryOp::mul: e_.op(kMul, d, x, y); return true;
      case BinaryOp::div: e_.op(kDiv, d, x, y); return true;
      case BinaryOp::maximum: extreme(kMax, d, x, y); return true;
      case BinaryOp::minimum: extreme(kMin, d, x, y); return true;
      case BinaryOp::eq: compare(d, x, y, kEq); return true;
      case BinaryOp::ne: compare(d, x, y, kNe); return true;
      case BinaryOp::lt: compare(d, x, y, kLt); return true;
      case BinaryOp::le: compare(d, x, y, kLe); return true;
      case BinaryOp::gt: compare(d, x, y, kGt); return true;
      case BinaryOp::ge: compare(d, x, y, kGe); return true;
      case BinaryOp::logical_and: e_.op(kAnd, d, x, y); return logic;
      case BinaryOp::logical_or: e_.op(kOr, d, x, y); return logic;
      case BinaryOp::logical_xor: e_.op(kXor, d, x, y); return logic;
      default: return false;
    }
  }

  const StridedChain& c_;
  Emitter e_;
  int next_ = kFirst, one_ = -1;
  std::array<int, kernels::kStridedRegisters> kept_;
};

}  // namespace

std::unique_ptr<const CodeMemory> make_native(StridedChain& chain, std::span<const NativeStep> steps) {
  if (!native_enabled() || kernels::current_target() < kernels::Target::kAvx2) return nullptr;
  ChainCompiler compiler(chain);
  if (!compiler.compile(steps)) return nullptr;
  auto memory = CodeMemory::make(compiler.finish());
  if (!memory) return nullptr;
  const void* const begin = memory->at(0);
  std::memcpy(&chain.native, &begin, sizeof begin);
  return memory;
}
#else
std::unique_ptr<const CodeMemory> make_native(kernels::StridedChain&, std::span<const NativeStep>) { return nullptr; }
#endif

}  // namespace fac::plan::lean
