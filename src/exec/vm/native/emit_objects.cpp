// Lists and attributes. A reference that is read out of a list or an object, used and dropped within a run of simple words
// (`a[i][k]`, `self.rows[i]`) is borrowed: nothing in between can release it, so it is not counted but found anew at each use.
#include "exec/vm/native/compiler.h"

namespace fac::vm {
namespace {

constexpr std::size_t kLongestBorrow = 80;  // words
constexpr std::int32_t kSlot = sizeof(Value);

// Words that are done inline and release nothing.
bool is_simple(const Code& code, const Word& w) {
  const auto scalar = [&](std::uint16_t r) { return r < code.scalar_registers(); };
  switch (w.op) {
    case Opcode::k_move: return scalar(w.a) && scalar(w.b);
    case Opcode::k_constant: return scalar(w.a);
    case Opcode::k_get_attr:
    case Opcode::k_set_attr: return (w.flags & 1) != 0;
    case Opcode::k_list_len:
    case Opcode::k_ints_get:
    case Opcode::k_floats_get:
    case Opcode::k_bools_get:
    case Opcode::k_ints_set:
    case Opcode::k_floats_set:
    case Opcode::k_bools_set:
    case Opcode::k_ints_append:
    case Opcode::k_floats_append:
    case Opcode::k_bools_append: return true;
    default: return w.op >= Opcode::k_add_int && w.op <= Opcode::k_range_len && w.op != Opcode::k_is_none &&
                    w.op != Opcode::k_is_not_none;
  }
}

}  // namespace

void Compiler::find_borrows() {
  borrow_end_.assign(code_.words.size(), 0);
  borrowed_drop_.assign(code_.words.size(), false);
  // Inner ones first: an outer one may hold them.
  for (std::size_t i = code_.words.size(); i-- > 0;) {
    const Word& w = code_.words[i];
    if (w.op == Opcode::k_list_get) {
      const Value* index = constant(w.c);
      if (index && (index->i() < 0 || index->i() > 1 << 24)) continue;
    } else if (w.op != Opcode::k_get_attr || is_scalar(w.a)) {
      continue;
    }
    find_borrow(i);
  }
}

bool Compiler::find_borrow(std::size_t first) {
  const Word& w = code_.words[first];
  std::size_t dropped = 0, needed = first;  // needed: by borrows that begin from this one
  for (std::size_t at = first + 1; at < code_.words.size() && at < first + kLongestBorrow; ++at) {
    const Word& other = code_.words[at];
    if (flow_.is_target(at)) return false;
    if (other.op == Opcode::k_drop && other.a == w.a && !dropped) {
      dropped = at;
    } else {
      const bool nested = borrow_end_[at] != 0;
      if (!nested && !borrowed_drop_[at] && !is_simple(code_, other)) return false;
      if (nested && other.b == w.a) needed = std::max(needed, borrow_end_[at]);
      for (std::uint16_t r : flow_.effects(at).writes)
        if (r == w.a || r == w.b || (w.op == Opcode::k_list_get && r == w.c)) return false;
    }
    if (dropped && at >= needed) {
      borrow_end_[first] = at;
      borrowed_drop_[dropped] = true;
      return true;
    }
  }
  return false;
}

void Compiler::box(std::uint16_t r, Gpr to) {
  for (std::size_t i = borrows_.size(); i-- > 0;) {
    const Word& w = code_.words[borrows_[i]];
    if (w.a != r) continue;
    box(w.b, to);
    if (w.op == Opcode::k_get_attr) {
      a_.mov(to, Mem{to, layout_.slots});
      a_.mov(to, Mem{to, w.c * kSlot + 8});
    } else {
      a_.mov(to, Mem{to, layout_.list});
      if (const Value* index = constant(w.c)) {
        a_.mov(to, Mem{to, static_cast<std::int32_t>(index->i()) * kSlot + 8});
      } else {
        load_int(rcx, w.c);
        a_.shift(Shift::kShl, rcx, 4);
        a_.mov(to, Mem{to, 8, rcx, 0});
      }
    }
    return;
  }
  a_.mov(to, payload(r));
}

// The index of list_get is looked at where the borrow begins; the list keeps its length until it ends.
void Compiler::check_borrowed_index(const Word& w) {
  const Label out = leave(at_);
  box(w.b, rax);
  a_.mov(rdx, Mem{rax, layout_.list + 8});
  a_.alu(Alu::kSub, rdx, Mem{rax, layout_.list});
  a_.shift(Shift::kSar, rdx, 4);
  load_int(rax, w.c);
  a_.alu(Alu::kCmp, rax, rdx);
  a_.jump(Cc::kAe, out);
}

// The place of an element whose index is in range; else the VM goes on here. rax, rcx, rdx.
Mem Compiler::element(std::uint16_t list, std::uint16_t index, int shift) {
  const Label out = leave(at_);
  box(list, rax);
  a_.mov(rcx, Mem{rax, layout_.list});
  a_.mov(rdx, Mem{rax, layout_.list + 8});
  a_.alu(Alu::kSub, rdx, rcx);
  if (shift) a_.shift(Shift::kSar, rdx, shift);
  if (const Value* v = constant(index); v && v->i() >= -(1 << 24) && v->i() < 1 << 24) {
    const auto i = static_cast<std::int32_t>(v->i());
    if (i >= 0) {
      a_.alu(Alu::kCmp, rdx, i);
      a_.jump(Cc::kBe, out);
      return {rcx, i << shift};
    }
    a_.alu(Alu::kAdd, rdx, i);
    a_.jump(Cc::kS, out);
    return {rcx, 0, rdx, shift};
  }
  const Label negative = a_.label(), found = a_.label();
  load_int(rax, index);
  a_.alu(Alu::kCmp, rax, rdx);
  a_.jump(Cc::kAe, negative);
  a_.bind(found);
  cold([this, negative, found, out] {
    a_.bind(negative);
    a_.alu(Alu::kAdd, rax, rdx);
    a_.alu(Alu::kCmp, rax, rdx);
    a_.jump(Cc::kAe, out);
    a_.jump(found);
  });
  return {rcx, 0, rax, shift};
}

bool Compiler::list_get(const Word& w, int shift) {
  if (shift == 4) {
    if (!borrow_end_[at_]) return false;
    check_borrowed_index(w);
    borrows_.push_back(at_);
    return true;
  }
  const Mem m = element(w.b, w.c, shift);
  if (is_float(w.a)) {
    const int t = mapped_[w.a] >= 0 ? mapped_[w.a] : xmm0;
    a_.load(t, m);
    put_float(w.a, t);
  } else {
    const Gpr t = int_to(w.a);
    if (shift) a_.mov(t, m);
    else a_.load_byte(t, m);
    put_int(w.a, t);
  }
  return true;
}

bool Compiler::list_set(const Word& w, int shift) {
  const Mem m = element(w.a, w.b, shift);
  const Gpr scratch = m.index == rdx ? rax : rdx;
  if (is_float(w.c)) {
    a_.store(m, float_in(w.c, xmm0));
  } else if (shift) {
    a_.mov(m, int_in(w.c, scratch));
  } else {
    load_int(scratch, w.c);
    a_.mov_byte(m, scratch);
  }
  return true;
}

bool Compiler::list_append(const Word& w, int shift) {
  const Label full = leave(at_);
  box(w.a, rax);
  a_.mov(rcx, Mem{rax, layout_.list + 8});
  a_.alu(Alu::kCmp, rcx, Mem{rax, layout_.list + 16});
  a_.jump(Cc::kE, full);
  if (is_float(w.b)) {
    a_.store(Mem{rcx}, float_in(w.b, xmm0));
  } else if (shift) {
    a_.mov(Mem{rcx}, int_in(w.b, rdx));
  } else {
    load_int(rdx, w.b);
    a_.mov_byte(Mem{rcx}, rdx);
  }
  a_.alu(Alu::kAdd, rcx, 1 << shift);
  a_.mov(Mem{rax, layout_.list + 8}, rcx);
  return true;
}

void Compiler::list_len(const Word& w) {
  box(w.b, rax);
  a_.mov(rdx, Mem{rax, layout_.list + 8});
  a_.alu(Alu::kSub, rdx, Mem{rax, layout_.list});
  if (w.c) a_.shift(Shift::kSar, rdx, w.c);
  put_int(w.a, rdx);
}

// Nothing sets a slot to None again while it is borrowed.
void Compiler::check_borrowed_slot(const Word& w) {
  const Label out = leave(at_);
  box(w.b, rax);
  a_.mov(rax, Mem{rax, layout_.slots});
  a_.cmp_byte_imm(Mem{rax, w.c * kSlot}, static_cast<unsigned>(Tag::kNone));
  a_.jump(Cc::kE, out);
}

bool Compiler::get_attr(const Word& w) {
  if (!is_scalar(w.a)) {
    if (!borrow_end_[at_]) return false;
    if (w.flags & 2) check_borrowed_slot(w);
    borrows_.push_back(at_);
    return true;
  }
  if (!(w.flags & 1)) return false;
  box(w.b, rax);
  a_.mov(rax, Mem{rax, layout_.slots});
  const Mem m{rax, w.c * kSlot + 8};
  if (is_float(w.a)) {
    const int t = mapped_[w.a] >= 0 ? mapped_[w.a] : xmm0;
    a_.load(t, m);
    put_float(w.a, t);
  } else {
    const Gpr t = int_to(w.a);
    a_.mov(t, m);
    put_int(w.a, t);
  }
  return true;
}

bool Compiler::set_attr(const Word& w) {
  if (!(w.flags & 1)) return false;
  box(w.a, rax);
  a_.mov(rax, Mem{rax, layout_.slots});
  const Mem m{rax, w.c * kSlot + 8};
  if (is_float(w.b)) a_.store(m, float_in(w.b, xmm0));
  else a_.mov(m, int_in(w.b, rdx));
  const Tag tag = is_float(w.b) ? Tag::kFloat : w.b < code_.ints ? Tag::kInt : Tag::kBool;
  a_.mov_byte_imm(Mem{rax, w.c * kSlot}, static_cast<unsigned>(tag));
  return true;
}

}  // namespace fac::vm
