// The frame of native code: which registers live where, how it calls back and how it leaves.
#include <algorithm>
#include <array>
#include <cstddef>
#include <limits>

#include "exec/vm/native/compiler.h"

namespace fac::vm {
namespace {

// rbx, r14 and r15 are taken; the first three survive calls.
constexpr std::array<Gpr, 9> kInts = {r12, r13, rbp, rsi, rdi, r8, r9, r10, r11};
constexpr int kFirstFloat = 2, kFloats = 14;  // xmm2 and up; none survives calls
constexpr std::size_t kMostWords = 20000;
constexpr std::size_t kMostScalars = 4096;

Mem in_bridge(std::size_t offset) { return {r15, static_cast<std::int32_t>(offset)}; }

}  // namespace

Compiler::Compiler(const Code& code) : code_(code), flow_(code), layout_(box_layout()) {}

bool Compiler::compile() {
  if (!layout_.known || code_.words.size() > kMostWords || code_.scalar_registers() > kMostScalars) return false;
  for (std::size_t i = 0; i <= code_.words.size(); ++i) labels_.push_back(a_.label());
  exit_ = a_.label();
  find_borrows();
  map_registers();
  prologue();
  for (std::size_t i = 0; i < code_.words.size(); ++i) {
    // Whoever jumps here may have left other registers unwritten.
    if (flow_.is_target(i)) std::fill(changed_.begin(), changed_.end(), true);
    at_ = i;
    emit_word(i);
    if (code_.words[i].op == Opcode::k_poll) std::fill(changed_.begin(), changed_.end(), true);
  }
  for (std::size_t i = 0; i < cold_.size(); ++i) cold_[i]();
  return a_.resolve();
}

void Compiler::map_registers() {
  const std::uint32_t scalars = code_.scalar_registers();
  std::vector<double> gain(scalars), cost(scalars);
  const auto weight = [&](std::size_t word) {
    double w = 1;
    for (int d = std::min(flow_.depth(word), 6); d > 0; --d) w *= 8;
    return w;
  };
  for (std::size_t i = 0; i < code_.words.size(); ++i) {
    const double w = weight(i);
    for (const auto* list : {&flow_.effects(i).reads, &flow_.effects(i).writes})
      for (std::uint16_t r : *list)
        if (is_scalar(r)) gain[r] += w;
    // Calls: what does not survive them is stored before and loaded after.
    const Opcode op = code_.words[i].op;
    if (op == Opcode::k_call_op || op == Opcode::k_call_function || op == Opcode::k_call_method || op == Opcode::k_plan || op == Opcode::k_attempt ||
        op == Opcode::k_dict_get || op == Opcode::k_dict_set || op == Opcode::k_dict_contains)
      for (std::uint16_t r = 0; r < scalars; ++r)
        if (flow_.live_after(i, r)) cost[r] += 1.5 * w;
  }
  mapped_.assign(scalars, -1);
  changed_.assign(scalars, true);
  std::vector<std::uint16_t> order;
  for (std::uint16_t r = 0; r < scalars; ++r)
    if (gain[r] > 1 && !flow_.constant(r)) order.push_back(r);
  std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return gain[a] > gain[b]; });
  std::size_t ints = 0;
  int floats = 0;
  for (std::uint16_t r : order) {
    if (is_float(r)) {
      if (floats == kFloats || cost[r] > gain[r]) continue;
      mapped_[r] = kFirstFloat + floats++;
    } else {
      if (ints == kInts.size() || (ints >= 3 && cost[r] > gain[r])) continue;
      mapped_[r] = kInts[ints++];
    }
    in_machine_.push_back(r);
  }
}

// C++ calls entry(registers, bridge, address): everything mapped is loaded, then the address is jumped to.
void Compiler::prologue() {
  constexpr Gpr kSaved[] = {rbx, rbp, r12, r13, r14, r15};
  for (Gpr r : kSaved) a_.push(r);
  a_.alu(Alu::kSub, rsp, 8);  // calls find the stack aligned to 16
  a_.mov(rbx, rdi);
  a_.mov(r15, rsi);
  a_.mov(rax, rdx);
  a_.mov(r14, in_bridge(offsetof(Bridge, fuel)));
  for (std::uint16_t r : in_machine_) {
    if (is_float(r)) a_.load(mapped_[r], payload(r));
    else a_.mov(static_cast<Gpr>(mapped_[r]), payload(r));
  }
  a_.jump(rax);
  a_.bind(exit_);  // rax: the word, and 1 << 32 where it failed
  a_.mov(in_bridge(offsetof(Bridge, fuel)), r14);
  a_.alu(Alu::kAdd, rsp, 8);
  for (std::size_t i = std::size(kSaved); i-- > 0;) a_.pop(kSaved[i]);
  a_.ret();
}

void Compiler::store_live(bool only_changed) {
  for (std::uint16_t r : in_machine_) {
    if (!flow_.live_before(at_, r) || (only_changed && !changed_[r])) continue;
    if (is_float(r)) a_.store(payload(r), mapped_[r]);
    else a_.mov(payload(r), static_cast<Gpr>(mapped_[r]));
  }
}

Label Compiler::leave(std::size_t word) {
  const Label here = a_.label();
  cold([this, here, word, borrows = borrows_, changed = changed_] {
    a_.bind(here);
    at_ = word;
    changed_ = changed;
    store_live(true);
    // The VM finds in its registers what was only borrowed here.
    for (std::size_t b : borrows) {
      const Word& w = code_.words[b];
      if (w.op == Opcode::k_list_get && mapped(w.c) >= 0) a_.mov(payload(w.c), static_cast<Gpr>(mapped_[w.c]));
    }
    for (std::size_t b : borrows) {
      a_.mov(rdi, r15);
      a_.mov_imm(rsi, static_cast<std::int64_t>(b));
      a_.mov(rax, in_bridge(offsetof(Bridge, step)));
      a_.call(rax);  // cannot fail: the index was looked at
    }
    a_.mov_imm(rax, static_cast<std::int64_t>(word));
    a_.jump(exit_);
  });
  return here;
}

void Compiler::emit_word(std::size_t at) {
  a_.bind(labels_[at]);
  const Word& w = code_.words[at];
  if (skip_next_) {
    skip_next_ = false;
    return;
  }
  std::erase_if(borrows_, [&](std::size_t b) { return borrow_end_[b] < at; });
  if (borrowed_drop_[at]) return;
  if (emit_inline(w)) return;
  call_step(at);
}

void Compiler::call_step(std::size_t at) {
  const Effects& e = flow_.effects(at);
  const auto has = [](const std::vector<std::uint16_t>& list, std::uint16_t r) {
    return std::find(list.begin(), list.end(), r) != list.end();
  };
  for (std::uint16_t r : in_machine_) {
    if (!changed_[r]) continue;
    const bool lost = !callee_saved(r) && flow_.live_after(at, r) && !has(e.writes, r);
    if (!lost && !has(e.reads, r)) continue;
    if (is_float(r)) a_.store(payload(r), mapped_[r]);
    else a_.mov(payload(r), static_cast<Gpr>(mapped_[r]));
    changed_[r] = false;
  }
  a_.mov(in_bridge(offsetof(Bridge, fuel)), r14);
  a_.mov(rdi, r15);
  a_.mov_imm(rsi, static_cast<std::int64_t>(at));
  a_.mov(rax, in_bridge(offsetof(Bridge, step)));
  a_.call(rax);
  a_.mov(r14, in_bridge(offsetof(Bridge, fuel)));
  const Label failed = a_.label();
  a_.alu(Alu::kAnd, rax, 0xff);
  a_.jump(Cc::kE, failed);
  cold([this, failed, at] {
    a_.bind(failed);
    a_.mov_imm(rax, static_cast<std::int64_t>(at) | std::int64_t{1} << 32);
    a_.jump(exit_);
  });
  for (std::uint16_t r : in_machine_) {
    const bool result = has(e.writes, r);
    if (!flow_.live_after(at, r) || (callee_saved(r) && !result)) continue;
    if (is_float(r)) a_.load(mapped_[r], payload(r));
    else a_.mov(static_cast<Gpr>(mapped_[r]), payload(r));
    changed_[r] = false;
  }
}

void Compiler::poll() {
  const Label empty = a_.label(), go_on = a_.label();
  a_.alu(Alu::kSub, r14, 1);
  a_.jump(Cc::kL, empty);
  a_.bind(go_on);
  cold([this, empty, go_on, at = at_] {
    a_.bind(empty);
    at_ = at;
    store_live(false);
    const Label failed = a_.label();
    a_.mov(in_bridge(offsetof(Bridge, fuel)), r14);
    a_.mov(rdi, r15);
    a_.mov_imm(rsi, static_cast<std::int64_t>(at));
    a_.mov(rax, in_bridge(offsetof(Bridge, poll)));
    a_.call(rax);
    a_.mov(r14, in_bridge(offsetof(Bridge, fuel)));
    for (std::uint16_t r : in_machine_) {
      if (!flow_.live_before(at, r) || callee_saved(r)) continue;
      if (is_float(r)) a_.load(mapped_[r], payload(r));
      else a_.mov(static_cast<Gpr>(mapped_[r]), payload(r));
    }
    a_.alu(Alu::kAnd, rax, 0xff);
    a_.jump(Cc::kNe, go_on);
    a_.bind(failed);
    a_.mov_imm(rax, static_cast<std::int64_t>(at) | std::int64_t{1} << 32);
    a_.jump(exit_);
  });
}

bool Compiler::emit_inline(const Word& w) {
  switch (w.op) {
    case Opcode::k_move: return move(w);
    case Opcode::k_cast_tag: return cast_tag(w);
    case Opcode::k_present: return present(w);
    case Opcode::k_constant: return load_constant(w);
    case Opcode::k_jump: a_.jump(labels_[w.wide()]); return true;
    case Opcode::k_jump_if:
    case Opcode::k_jump_unless: jump_on(w); return true;
    case Opcode::k_poll: poll(); return true;
    case Opcode::k_ret: a_.jump(leave(at_)); return true;

    case Opcode::k_add_int: arithmetic(Alu::kAdd, w, true); return true;
    case Opcode::k_sub_int: arithmetic(Alu::kSub, w, false); return true;
    case Opcode::k_and_int:
    case Opcode::k_and_bool: arithmetic(Alu::kAnd, w, true); return true;
    case Opcode::k_or_int:
    case Opcode::k_or_bool: arithmetic(Alu::kOr, w, true); return true;
    case Opcode::k_xor_int:
    case Opcode::k_ne_bool: arithmetic(Alu::kXor, w, true); return true;
    case Opcode::k_eq_bool: compare_ints(w, Cc::kE); return true;
    case Opcode::k_mul_int: multiply(w); return true;
    case Opcode::k_floordiv_int: divide(w, false); return true;
    case Opcode::k_mod_int: divide(w, true); return true;
    case Opcode::k_neg_int:
      load_int(rax, w.b);
      a_.neg(rax);
      put_int(w.a, rax);
      return true;
    case Opcode::k_not_bool:
      load_int(rax, w.b);
      a_.alu(Alu::kXor, rax, 1);
      put_int(w.a, rax);
      return true;
    case Opcode::k_add_int_imm: {
      const Gpr t = int_to(w.a);
      load_int(t, w.b);
      a_.alu(Alu::kAdd, t, static_cast<std::int16_t>(w.c));
      put_int(w.a, t);
      return true;
    }
    case Opcode::k_lt_int: compare_ints(w, Cc::kL); return true;
    case Opcode::k_le_int: compare_ints(w, Cc::kLe); return true;
    case Opcode::k_eq_int: compare_ints(w, Cc::kE); return true;
    case Opcode::k_ne_int: compare_ints(w, Cc::kNe); return true;
    case Opcode::k_min_int: extreme(w, Cc::kG); return true;
    case Opcode::k_max_int: extreme(w, Cc::kL); return true;
    case Opcode::k_range_len: {
      load_int(rax, w.c);
      alu_with(Alu::kSub, rax, w.b);
      a_.mov_imm(rdx, 0);
      const Gpr low = int_in(w.b, rcx);
      alu_with(Alu::kCmp, low, w.c);
      a_.cmov(Cc::kGe, rax, rdx);
      put_int(w.a, rax);
      return true;
    }

    case Opcode::k_add_float: float_arithmetic(Sse::kAdd, w, true); return true;
    case Opcode::k_sub_float: float_arithmetic(Sse::kSub, w, false); return true;
    case Opcode::k_mul_float: float_arithmetic(Sse::kMul, w, true); return true;
    case Opcode::k_div_float: float_arithmetic(Sse::kDiv, w, false); return true;
    case Opcode::k_neg_float: {
      const int x = float_in(w.b, xmm0);
      a_.mov_imm(rax, std::numeric_limits<std::int64_t>::min());  // the sign bit
      a_.bits_to_xmm(xmm1, rax);
      a_.xorpd(xmm1, x);
      put_float(w.a, xmm1);
      return true;
    }
    case Opcode::k_lt_float:
    case Opcode::k_le_float:
    case Opcode::k_eq_float:
    case Opcode::k_ne_float: compare_floats(w, w.op); return true;

    case Opcode::k_int_to_float: {
      const int t = mapped_[w.a] >= 0 ? mapped_[w.a] : xmm0;
      const Gpr x = int_in(w.b, rax);
      a_.xorpd(t, t);  // the conversion keeps the upper half: do not wait for it
      a_.int_to_float(t, x);
      put_float(w.a, t);
      return true;
    }
    case Opcode::k_float_to_int:
      a_.float_to_int(rax, float_in(w.b, xmm0));  // out of range: the smallest int, as frames.cpp has it
      put_int(w.a, rax);
      return true;
    case Opcode::k_int_to_bool: {
      const Gpr x = int_in(w.b, rax);
      a_.test(x, x);
      a_.set(Cc::kNe, rax);
      put_int(w.a, rax);
      return true;
    }
    case Opcode::k_bool_to_int: return move(w);

    case Opcode::k_list_len: list_len(w); return true;
    case Opcode::k_ints_get:
    case Opcode::k_floats_get: return list_get(w, 3);
    case Opcode::k_bools_get: return list_get(w, 0);
    case Opcode::k_list_get: return list_get(w, 4);
    case Opcode::k_ints_set:
    case Opcode::k_floats_set: return list_set(w, 3);
    case Opcode::k_bools_set: return list_set(w, 0);
    case Opcode::k_ints_append:
    case Opcode::k_floats_append: return list_append(w, 3);
    case Opcode::k_bools_append: return list_append(w, 0);
    case Opcode::k_get_attr: return get_attr(w);
    case Opcode::k_set_attr: return set_attr(w);
    default: return false;
  }
}

}  // namespace fac::vm
