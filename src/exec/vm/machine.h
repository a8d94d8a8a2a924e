// What runs one call of one function: its registers and everything that an instruction may do. The loop is in run.cpp,
// instructions that are calls are in machine.cpp, native code of loops (native/) comes back to step() for what it has not.
// Rules: (1) `pc` points behind the word that runs, so a failing word is pc - 1; (2) registers own their Value, scalar
// registers are overwritten without a look at what was there; (3) operands marked `last` are moved, so a tensor arrives
// with one owner; (4) slow paths are out of line; (5) calls recurse on the C++ stack, bounded by Limits::call_depth.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "exec/vm/run.h"
#include "exec/vm/tasks.h"
#include "ops/method_calls.h"

namespace fac::vm {

class Machine final : ops::MethodCaller {
 public:
  Machine(const Code& code, RunContext& context);
  ~Machine();
  Machine(const Machine&) = delete;
  Machine& operator=(const Machine&) = delete;

  Result<Value> run(std::span<Value> args);

  // For native code: the registers, and one word that is neither a jump nor a return.
  Value* registers() { return regs_; }
  RunContext& context() { return context_; }
  Status step(Word w);
  // What made the last step that native code asked for fail.
  Status pending;

 private:
  Result<Value> loop(const Word*& pc);
  Status poll(const Word*& pc);
  Status call_op(const Call& c);
  Status call_function(const Call& c);
  Status call_method(const Call& c);
  Status call_host(const Call& c);
  Result<Value> call_method(Callable& method, std::span<Value> args) override;
  Result<Value> run_callee(ir::Function& f, std::span<Value> args);
  Status checked_arguments(ir::Function& f, std::span<const Value> args);
  Status run_unproven(ir::Function& f, std::span<Value> args, std::uint16_t result);
  Status run_callee(ir::Function& f, std::span<Value> args, std::uint16_t result) {
    FACULA_TRY(regs_[result], run_callee(f, args));
    return {};
  }
  Status within_memory(const Value& v) const;
  void drop_operands(Word w);
  void make_tuple(const Call& c);
  Status make_list(const Call& c);
  Status make_dict(const Call& c);
  void is_instance(const Call& c);
  Status unpack(const Call& c, bool list);
  Status raise(const Call& c);
  Status warn(const Call& c);
  Status enter(const Call& c);
  Status leave();
  Status fork(const Call& c);
  Status wait(const Call& c);
  Status plan(const PlanCall& p);
  void attempt(const Call& c);

  static constexpr std::size_t kInlineRegisters = 24;
  const Code& code_;
  RunContext& context_;
  Value* regs_;
  const NativeCode* native_;    // of code_, once there is some
  std::uint64_t begun_;         // the context's instructions when the call began
  bool use_native_;
  alignas(Value) unsigned char inline_[kInlineRegisters * sizeof(Value)];
  std::unique_ptr<Value[]> heap_;
  std::vector<Value> entered_;  // objects whose __exit__ is owed
  TaskGroup tasks_;
};

ErrorPtr index_error();
// Python's index: negative counts from the end.
inline bool wrap_index(std::int64_t& i, std::size_t size) {
  if (i < 0) i += static_cast<std::int64_t>(size);
  return i >= 0 && static_cast<std::size_t>(i) < size;
}

}  // namespace fac::vm
