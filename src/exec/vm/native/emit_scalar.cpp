// Arithmetic, comparisons and branches on scalars.
#include <bit>

#include "exec/vm/native/compiler.h"

namespace fac::vm {

namespace {
bool fits32(std::int64_t v) { return v == static_cast<std::int32_t>(v); }
}  // namespace

Gpr Compiler::int_in(std::uint16_t r, Gpr scratch) {
  if (mapped_[r] >= 0) return static_cast<Gpr>(mapped_[r]);
  load_int(scratch, r);
  return scratch;
}
void Compiler::load_int(Gpr to, std::uint16_t r) {
  if (const Value* v = constant(r)) a_.mov_imm(to, v->i());
  else if (mapped_[r] >= 0) a_.mov(to, static_cast<Gpr>(mapped_[r]));
  else a_.mov(to, payload(r));
}
void Compiler::put_int(std::uint16_t r, Gpr from) {
  written(r);
  if (mapped_[r] >= 0) a_.mov(static_cast<Gpr>(mapped_[r]), from);
  else a_.mov(payload(r), from);
}
void Compiler::alu_with(Alu op, Gpr d, std::uint16_t r) {
  if (const Value* v = constant(r)) {
    if (fits32(v->i())) return a_.alu(op, d, static_cast<std::int32_t>(v->i()));
    return a_.alu(op, d, payload(r));  // the VM has it in memory
  }
  if (mapped_[r] >= 0) a_.alu(op, d, static_cast<Gpr>(mapped_[r]));
  else a_.alu(op, d, payload(r));
}
int Compiler::float_in(std::uint16_t r, int scratch) {
  if (mapped_[r] >= 0) return mapped_[r];
  a_.load(scratch, payload(r));
  return scratch;
}
void Compiler::put_float(std::uint16_t r, int from) {
  written(r);
  if (mapped_[r] >= 0) a_.mov_xmm(mapped_[r], from);
  else a_.store(payload(r), from);
}

void Compiler::arithmetic(Alu op, const Word& w, bool commutative) {
  std::uint16_t b = w.b, c = w.c;
  Gpr t = int_to(w.a);
  if (t != rax && mapped_[c] == t && c != b) {  // c would be overwritten before it is read
    if (commutative) std::swap(b, c);
    else t = rax;
  }
  load_int(t, b);
  alu_with(op, t, c);
  put_int(w.a, t);
}

void Compiler::multiply(const Word& w) {
  std::uint16_t b = w.b, c = w.c;
  if (constant(b)) std::swap(b, c);
  Gpr t = int_to(w.a);
  if (const Value* v = constant(c); v && fits32(v->i())) {
    a_.imul(t, int_in(b, rax), static_cast<std::int32_t>(v->i()));
  } else {
    if (t != rax && mapped_[c] == t) std::swap(b, c);
    load_int(t, b);
    if (mapped_[c] >= 0) a_.imul(t, static_cast<Gpr>(mapped_[c]));
    else a_.imul(t, payload(c));
  }
  put_int(w.a, t);
}

// Python's // and %: rounded towards minus infinity, the remainder has the divisor's sign.
void Compiler::divide(const Word& w, bool remainder) {
  if (const Value* v = constant(w.c); v && v->i() > 0 && fits32(v->i())) return divide_by(w, remainder, v->i());
  const Label zero = leave(at_), minus_one = a_.label(), done = a_.label();
  load_int(rcx, w.c);
  a_.test(rcx, rcx);
  a_.jump(Cc::kE, zero);
  load_int(rax, w.b);
  a_.alu(Alu::kCmp, rcx, -1);
  a_.jump(Cc::kE, minus_one);  // the smallest int divided by it would trap
  a_.cqo();
  a_.idiv(rcx);
  if (remainder) {
    a_.mov(rax, rdx);
    a_.test(rdx, rdx);
    a_.jump(Cc::kE, done);
    a_.alu(Alu::kXor, rdx, rcx);
    a_.jump(Cc::kNs, done);
    a_.alu(Alu::kAdd, rax, rcx);
  } else {
    a_.test(rdx, rdx);
    a_.jump(Cc::kE, done);
    a_.alu(Alu::kXor, rdx, rcx);
    a_.jump(Cc::kNs, done);
    a_.alu(Alu::kSub, rax, 1);
  }
  cold([this, minus_one, done, remainder] {
    a_.bind(minus_one);
    if (remainder) a_.mov_imm(rax, 0);
    else a_.neg(rax);
    a_.jump(done);
  });
  a_.bind(done);
  put_int(w.a, rax);
}

// By a known positive divisor d. A negative n goes as floor(n / d) = ~floor(~n / d), ~n = -n - 1 >= 0; for 0 <= u < 2^63,
// floor(u / d) = u * m >> (63 + l) with l = ceil(log2 d), m = floor(2^(63 + l) / d) + 1 < 2^64.
// Source: Granlund and Montgomery, Division by Invariant Integers using Multiplication, 1994, theorem 4.2.
void Compiler::divide_by(const Word& w, bool remainder, std::int64_t divisor) {
  const auto d = static_cast<std::uint64_t>(divisor);
  if (std::has_single_bit(d)) {
    load_int(rax, w.b);
    if (remainder) a_.alu(Alu::kAnd, rax, static_cast<std::int32_t>(divisor - 1));
    else if (d > 1) a_.shift(Shift::kSar, rax, std::countr_zero(d));
    return put_int(w.a, rax);
  }
  const int l = 64 - std::countl_zero(d - 1);
  // m - 1 = floor(2^(63 + l) / d), by long division.
  std::uint64_t m = 0, rest = 1;
  for (int i = 0; i < 63 + l; ++i) {
    m <<= 1;
    rest <<= 1;
    if (rest >= d) {
      rest -= d;
      m |= 1;
    }
  }
  m += 1;
  load_int(rcx, w.b);
  a_.mov(rax, rcx);
  a_.shift(Shift::kSar, rax, 63);
  a_.alu(Alu::kXor, rax, rcx);
  a_.mov_imm(rdx, static_cast<std::int64_t>(m));
  a_.mul(rdx);
  if (l > 1) a_.shift(Shift::kShr, rdx, l - 1);
  a_.mov(rax, rcx);
  a_.shift(Shift::kSar, rax, 63);
  a_.alu(Alu::kXor, rdx, rax);
  if (!remainder) return put_int(w.a, rdx);
  a_.imul(rax, rdx, static_cast<std::int32_t>(divisor));
  a_.alu(Alu::kSub, rcx, rax);
  put_int(w.a, rcx);
}

void Compiler::extreme(const Word& w, Cc replace) {
  load_int(rax, w.b);
  const Gpr other = int_in(w.c, rcx);
  a_.alu(Alu::kCmp, rax, other);
  a_.cmov(replace, rax, other);
  put_int(w.a, rax);
}

void Compiler::float_arithmetic(Sse op, const Word& w, bool commutative) {
  std::uint16_t b = w.b, c = w.c;
  int t = mapped_[w.a] >= 0 ? mapped_[w.a] : xmm0;
  if (t != xmm0 && mapped_[c] == t && c != b) {
    // NaNs: which of two survives depends on the order, and nothing may depend on that.
    if (commutative) std::swap(b, c);
    else t = xmm0;
  }
  if (mapped_[b] >= 0) a_.mov_xmm(t, mapped_[b]);
  else a_.load(t, payload(b));
  if (mapped_[c] >= 0) a_.sse(op, t, mapped_[c]);
  else a_.sse(op, t, payload(c));
  put_float(w.a, t);
}

bool Compiler::branch_follows(std::uint16_t condition) const {
  const std::size_t next = at_ + 1;
  if (next >= code_.words.size() || flow_.is_target(next)) return false;
  const Word& j = code_.words[next];
  return (j.op == Opcode::k_jump_if || j.op == Opcode::k_jump_unless) && j.a == condition &&
         !flow_.live_after(next, condition);
}
void Compiler::branch(Cc c) {
  const Word& j = code_.words[at_ + 1];
  a_.jump(j.op == Opcode::k_jump_if ? c : negate(c), labels_[j.wide()]);
  skip_next_ = true;
}

void Compiler::compare_ints(const Word& w, Cc c) {
  const Gpr x = int_in(w.b, rax);
  alu_with(Alu::kCmp, x, w.c);
  if (branch_follows(w.a)) return branch(c);
  a_.set(c, rax);
  put_int(w.a, rax);
}

// Unordered operands set carry, zero and parity: x < y is asked as y > x (above), which they do not fulfil.
void Compiler::compare_floats(const Word& w, Opcode op) {
  const bool order = op == Opcode::k_lt_float || op == Opcode::k_le_float;
  const std::uint16_t left = order ? w.c : w.b, right = order ? w.b : w.c;
  const int x = float_in(left, xmm0);
  if (mapped_[right] >= 0) a_.ucomisd(x, mapped_[right]);
  else a_.ucomisd(x, payload(right));
  if (order) {
    const Cc c = op == Opcode::k_lt_float ? Cc::kA : Cc::kAe;
    // The opposite of `above` holds for unordered operands too, which is what `not (x < y)` asks.
    if (branch_follows(w.a)) return branch(c);
    a_.set(c, rax);
  } else {
    const bool equal = op == Opcode::k_eq_float;
    a_.set(equal ? Cc::kNp : Cc::kP, rax);
    a_.set(equal ? Cc::kE : Cc::kNe, rcx);
    a_.alu(equal ? Alu::kAnd : Alu::kOr, rax, rcx);
  }
  put_int(w.a, rax);
}

void Compiler::jump_on(const Word& w) {
  const bool if_true = w.op == Opcode::k_jump_if;
  if (const Value* v = constant(w.a)) {
    if (v->b() == if_true) a_.jump(labels_[w.wide()]);
    return;
  }
  const Gpr x = int_in(w.a, rax);
  a_.test(x, x);
  a_.jump(if_true ? Cc::kNe : Cc::kE, labels_[w.wide()]);
}

bool Compiler::move(const Word& w) {
  if (!is_scalar(w.a)) return false;
  if (!is_scalar(w.b)) {  // Optional[int] that was found to hold an int
    if (is_float(w.a)) {
      const int t = mapped_[w.a] >= 0 ? mapped_[w.a] : xmm0;
      a_.load(t, payload(w.b));
      put_float(w.a, t);
    } else {
      const Gpr t = int_to(w.a);
      a_.mov(t, payload(w.b));
      put_int(w.a, t);
    }
    return true;
  }
  if (is_float(w.a)) {
    put_float(w.a, float_in(w.b, xmm0));
  } else {
    const Gpr t = int_to(w.a);
    load_int(t, w.b);
    put_int(w.a, t);
  }
  return true;
}

// A scalar out of a reference; the VM raises where it is of another kind.
bool Compiler::cast_tag(const Word& w) {
  if (!is_scalar(w.a) || is_scalar(w.b)) return false;
  const Label out = leave(at_);
  a_.cmp_byte_imm(tag(w.b), w.c);
  a_.jump(Cc::kNe, out);
  return move(w);
}

bool Compiler::present(const Word& w) {
  const Label out = leave(at_);
  a_.cmp_byte_imm(tag(w.a), static_cast<unsigned>(Tag::kNone));
  a_.jump(Cc::kE, out);
  return true;
}

bool Compiler::load_constant(const Word& w) {
  if (!is_scalar(w.a)) return false;
  // In memory too where it is the register's only value: that is where it is read from.
  const Value& v = code_.constants[w.b];
  a_.mov_imm(rax, is_float(w.a) ? std::bit_cast<std::int64_t>(v.d()) : v.i());
  if (mapped_[w.a] < 0) a_.mov(payload(w.a), rax);
  else if (is_float(w.a)) a_.bits_to_xmm(mapped_[w.a], rax);
  else a_.mov(static_cast<Gpr>(mapped_[w.a]), rax);
  written(w.a);
  return true;
}

}  // namespace fac::vm
