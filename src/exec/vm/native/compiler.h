// Makes x86-64 code from the bytecode of one function, word by word.
//
// Where things are: rbx the VM's registers, r15 the Bridge, r14 the fuel of loops. rax, rcx, rdx, xmm0 and xmm1 are free
// within a word. The scalar registers that matter most (weighed by the depth of their loops) live in machine registers all
// through the function, the others in memory, where the VM has them. Registers with references stay in memory.
// What a word cannot do (an index out of range, division by zero, a list that must grow) leaves to the VM at that word,
// before anything was changed; what native code does not know at all is done by a call of Machine::step().
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "exec/vm/native/assembler.h"
#include "exec/vm/native/flow.h"
#include "exec/vm/native/layout.h"
#include "exec/vm/native/native.h"

namespace fac::vm {

// What native code gets besides the registers.
struct Bridge {
  Machine* machine;
  std::int64_t fuel;
  bool (*step)(Bridge*, std::uint32_t word);  // false: failed, the error is in Machine::pending
  bool (*poll)(Bridge*, std::uint32_t word);  // the fuel is used up
  const Word* words;
};

class Compiler {
 public:
  explicit Compiler(const Code& code);
  // False: nothing to gain, or a limit exceeded.
  bool compile();
  Assembler& assembler() { return a_; }
  std::size_t position_of(std::size_t word) const { return a_.position(labels_[word]); }

 private:
  // --- compile.cpp: registers, the frame, leaving and calling back
  void map_registers();
  void prologue();
  void emit_word(std::size_t at);
  bool emit_inline(const Word& w);      // false: not known, call step()
  void call_step(std::size_t at);
  void poll();
  void store_live(bool only_changed);   // scalars that are read later, to the VM's registers
  Label leave(std::size_t word);        // a place to jump to where the VM must go on at `word`
  void cold(std::function<void()> f) { cold_.push_back(std::move(f)); }

  bool is_scalar(std::uint16_t r) const { return r < code_.scalar_registers(); }
  bool is_float(std::uint16_t r) const { return r >= code_.ints + code_.bools && is_scalar(r); }
  const Value* constant(std::uint16_t r) const { return is_scalar(r) ? flow_.constant(r) : nullptr; }
  int mapped(std::uint16_t r) const { return is_scalar(r) ? mapped_[r] : -1; }
  static Mem tag(std::uint16_t r) { return {rbx, static_cast<std::int32_t>(r * sizeof(Value))}; }
  static Mem payload(std::uint16_t r) { return {rbx, static_cast<std::int32_t>(r * sizeof(Value)) + 8}; }
  bool callee_saved(std::uint16_t r) const { return !is_float(r) && (mapped_[r] == r12 || mapped_[r] == r13 || mapped_[r] == rbp); }
  void written(std::uint16_t r) { changed_[r] = true; }

  // --- emit_scalar.cpp
  Gpr int_in(std::uint16_t r, Gpr scratch);            // a register that holds it; may be its own
  void load_int(Gpr to, std::uint16_t r);
  Gpr int_to(std::uint16_t r) const { return mapped_[r] >= 0 ? static_cast<Gpr>(mapped_[r]) : rax; }
  void put_int(std::uint16_t r, Gpr from);
  void alu_with(Alu op, Gpr d, std::uint16_t r);       // d = d op r
  int float_in(std::uint16_t r, int scratch);
  void put_float(std::uint16_t r, int from);
  void arithmetic(Alu op, const Word& w, bool commutative);
  void multiply(const Word& w);
  void divide(const Word& w, bool remainder);
  void divide_by(const Word& w, bool remainder, std::int64_t divisor);
  void extreme(const Word& w, Cc replace);
  void float_arithmetic(Sse op, const Word& w, bool commutative);
  void compare_ints(const Word& w, Cc c);
  void compare_floats(const Word& w, Opcode op);
  bool branch_follows(std::uint16_t condition) const;  // the next word branches on it, and nothing else reads it
  void branch(Cc c);                                   // instead of the next word
  void jump_on(const Word& w);
  bool move(const Word& w);
  bool cast_tag(const Word& w);
  bool present(const Word& w);
  bool load_constant(const Word& w);

  // --- emit_objects.cpp
  void find_borrows();
  bool find_borrow(std::size_t first);
  void box(std::uint16_t r, Gpr to);                   // pointer of the box that register r refers to
  Mem element(std::uint16_t list, std::uint16_t index, int shift);
  void check_borrowed_index(const Word& w);
  bool list_get(const Word& w, int shift);
  bool list_set(const Word& w, int shift);
  bool list_append(const Word& w, int shift);
  void list_len(const Word& w);
  bool get_attr(const Word& w);
  void check_borrowed_slot(const Word& w);
  bool set_attr(const Word& w);

  const Code& code_;
  const Flow flow_;
  const BoxLayout& layout_;
  Assembler a_;
  std::vector<Label> labels_;              // by word
  std::vector<int> mapped_;                // by scalar register: Gpr or xmm number, -1: memory
  std::vector<std::uint16_t> in_machine_;  // scalar registers that are mapped
  std::vector<bool> changed_;              // by scalar register: memory does not have what the machine register has
  std::vector<std::function<void()>> cold_;
  Label exit_{};
  std::size_t at_ = 0;                     // the word being translated
  bool skip_next_ = false;                 // its branch was made with the comparison
  // References that are borrowed: not counted, found anew at each use. By word: where the borrow begins or ends.
  std::vector<std::size_t> borrow_end_;    // by word that begins one: the last word that may use it; 0: none begins
  std::vector<bool> borrowed_drop_;
  std::vector<std::size_t> borrows_;       // those open now, by the word that began them
};

}  // namespace fac::vm
