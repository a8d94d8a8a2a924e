// The VM's loop. One function, one screenful per group of instructions; it stays whole because the switch is the VM.
// Rules: (1) `pc` points behind the word that runs, so a failing word is pc - 1; (2) registers own their Value, scalar
// registers are overwritten without a look at what was there; (3) operands marked `last` are moved, so a tensor arrives
// with one owner; (4) slow paths are out of line; (5) calls recurse on the C++ stack, bounded by Limits::call_depth.
#include "exec/vm/run.h"

#include <algorithm>
#include <cmath>

#include "base/checked.h"
#include "exec/plan/plan.h"
#include "exec/vm/frames.h"
#include "exec/vm/tasks.h"
#include "ops/method_calls.h"

namespace fac::vm {

RunContext::RunContext(CodeSource& code_source, const Limits& l, Observer* o)
    : source(code_source), limits(l), observer(o), has_deadline(l.milliseconds != ~0ull) {
  if (l.memory_bytes != ~0ull) memory = std::make_shared<MemoryLimit>(l.memory_bytes);
  if (has_deadline) deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(l.milliseconds);
}

Status RunContext::poll(std::uint64_t words) {
  instructions += words;
  if (instructions > limits.instructions)
    return error(ErrorKind::kLimit, "the program ran more than {} instructions", limits.instructions);
  if (stop && stop->load(std::memory_order_relaxed)) return error(ErrorKind::kLimit, "the run was stopped");
  if (has_deadline && (instructions & 0xf) == 0 && std::chrono::steady_clock::now() > deadline)
    return error(ErrorKind::kLimit, "the program ran longer than {} ms", limits.milliseconds);
  return {};
}

namespace {

// Arguments of a call-like word, on the stack for the usual few.
class Arguments {
 public:
  Arguments(std::span<const Operand> operands, Value* regs) : count_(operands.size()) {
    if (count_ > kInline) heap_ = std::make_unique<Value[]>(count_);
    Value* out = data();
    for (std::size_t i = 0; i < count_; ++i) {
      if (operands[i].last) out[i] = std::move(regs[operands[i].reg]);
      else out[i] = regs[operands[i].reg];
    }
  }
  Value* data() { return heap_ ? heap_.get() : inline_; }
  std::span<Value> span() { return {data(), count_}; }

 private:
  static constexpr std::size_t kInline = 12;
  std::size_t count_;
  Value inline_[kInline];
  std::unique_ptr<Value[]> heap_;
};

ErrorPtr index_error(std::int64_t, std::size_t) { return error(ErrorKind::kIndex, "list index out of range"); }

// Python's index: negative counts from the end.
inline bool wrap_index(std::int64_t& i, std::size_t size) {
  if (i < 0) i += static_cast<std::int64_t>(size);
  return i >= 0 && static_cast<std::size_t>(i) < size;
}

std::int64_t floor_div(std::int64_t a, std::int64_t b) {
  if (b == -1) return wrap_sub(0, a);
  const std::int64_t q = a / b;
  return q - ((a % b != 0 && (a < 0) != (b < 0)) ? 1 : 0);
}
std::int64_t floor_mod(std::int64_t a, std::int64_t b) {
  if (b == -1) return 0;
  const std::int64_t r = a % b;
  return r != 0 && (r < 0) != (b < 0) ? r + b : r;
}

class Machine final : ops::MethodCaller {
 public:
  Machine(const Code& code, RunContext& context) : code_(code), context_(context) {
    regs_ = code.registers <= kInlineRegisters ? inline_ : (heap_ = std::make_unique<Value[]>(code.registers)).get();
  }

  Result<Value> run(std::span<Value> args) {
    for (std::size_t i = 0; i < args.size(); ++i) regs_[code_.params[i]] = std::move(args[i]);
    const Word* pc = code_.words.data();
    auto result = loop(pc);
    if (code_.has_tasks) tasks_.end(result.ok(), &context_);
    if (!result.ok()) {
      while (!entered_.empty()) static_cast<void>(leave());  // an error of __exit__ does not hide the first one
      // A region's own code has named the place already.
      const Word* failed = pc - 1;
      const bool named = failed->op == Opcode::k_plan && !result.error().frames.empty();
      if (!named) add_frames(result.error(), code_, static_cast<std::size_t>(failed - code_.words.data()));
    }
    return result;
  }

 private:
  Result<Value> loop(const Word*& pc);
  Status call_op(const Call& c);
  Status call_function(const Call& c);
  Status call_method(const Call& c);
  Status call_host(const Call& c);
  Result<Value> call_method(Callable& method, std::span<Value> args) override;
  Result<Value> run_callee(ir::Function& f, std::span<Value> args);
  Status run_callee(ir::Function& f, std::span<Value> args, std::uint16_t result) {
    FACULA_TRY(regs_[result], run_callee(f, args));
    return {};
  }
  Status make_dict(const Call& c);
  Status unpack(const Call& c, bool list);
  Status raise(const Call& c);
  Status enter(const Call& c);
  Status leave();
  Status fork(const Call& c);
  Status wait(const Call& c);
  Status plan(const PlanCall& p);

  static constexpr std::size_t kInlineRegisters = 24;
  const Code& code_;
  RunContext& context_;
  Value* regs_;
  Value inline_[kInlineRegisters];
  std::unique_ptr<Value[]> heap_;
  std::vector<Value> entered_;  // objects whose __exit__ is owed
  TaskGroup tasks_;
};

Status Machine::call_op(const Call& c) {
  if (!c.op)
    return error(ErrorKind::kNotImplemented, "the operator `{}` is not known to Facula{}", c.name, known_alternatives(c.name));
  Arguments args(c.args, regs_);
  Value one;
  std::vector<Value> many;
  std::span<Value> results(&one, 1);
  if (c.results.size() > 1) {
    many.resize(c.results.size());
    results = many;
  }
  if (context_.observer) [[unlikely]]
    context_.observer->before(c.op->name(), args.span());
  if (c.calls_methods) [[unlikely]] {
    const ops::MethodCallerScope methods(*this);
    FACULA_TRY_VOID(c.op->call(args.span(), results));
  } else {
    FACULA_TRY_VOID(c.op->call(args.span(), results));
  }
  if (context_.observer) [[unlikely]]
    context_.observer->after(c.op->name(), results, {});
  for (std::size_t i = 0; i < c.results.size(); ++i) regs_[c.results[i]] = std::move(results[i]);
  return {};
}

Result<Value> Machine::run_callee(ir::Function& f, std::span<Value> args) {
  FACULA_TRY_VOID(context_.poll(1));
  if (context_.depth >= context_.limits.call_depth)
    return error(ErrorKind::kLimit, "maximum recursion depth of {} calls exceeded", context_.limits.call_depth);
  FACULA_TRY(auto code, context_.source.code(f));
  if (code->params.size() != args.size())
    return error(ErrorKind::kInternal, "`{}` takes {} arguments, {} were given", f.qualified_name(), code->params.size(), args.size());
  ++context_.depth;
  auto r = vm::run(*code, args, context_);
  --context_.depth;
  return r;
}

Result<Value> Machine::call_method(Callable& method, std::span<Value> args) {
  auto* f = dynamic_cast<ir::Function*>(&method);
  if (!f) return error(ErrorKind::kInternal, "`{}` has no code", method.qualified_name());
  return run_callee(*f, args);
}

Status Machine::call_function(const Call& c) {
  Arguments args(c.args, regs_);
  return run_callee(*c.function, args.span(), c.results.at(0));
}

// Interfaces and modules whose class is known only now.
Status Machine::call_method(const Call& c) {
  Arguments args(c.args, regs_);
  const Value& self = args.span().front();
  if (!self.is_object()) return runtime_error("a method `{}` was called on a {}", c.name, tag_name(self.tag()));
  auto* f = dynamic_cast<ir::Function*>(self.object().type().find_method(c.name));
  if (!f) return runtime_error("`{}` has no method `{}`", self.object().type().name(), c.name);
  return run_callee(*f, args.span(), c.results.at(0));
}

Status Machine::call_host(const Call& c) {
  Arguments args(c.args, regs_);
  FACULA_TRY(Value result, c.host->call(args.span()));
  regs_[c.results.at(0)] = std::move(result);
  return {};
}

Status Machine::make_dict(const Call& c) {
  Arguments args(c.args, regs_);
  auto dict = make_ref<DictBox>(c.type->element(0), c.type->element(1));
  for (std::size_t i = 0; i + 1 < args.span().size(); i += 2)
    dict->set(std::move(args.data()[i]), std::move(args.data()[i + 1]));
  regs_[c.results.at(0)] = Value(std::move(dict));
  return {};
}

Status Machine::unpack(const Call& c, bool list) {
  Arguments args(c.args, regs_);
  const Value& v = args.span().front();
  const std::size_t size = list ? v.list().size() : v.tuple().values.size();
  if (size != c.results.size())
    return runtime_error("Expected {} elements in a list but found {}", c.results.size(), size);
  for (std::size_t i = 0; i < size; ++i)
    regs_[c.results[i]] = list ? v.list().get(i) : v.tuple().values[i];
  return {};
}

Status Machine::raise(const Call& c) {
  Arguments args(c.args, regs_);
  Error e{ErrorKind::kRaised, {}, {}, {}};
  if (args.span()[0].is_str()) e.message = args.span()[0].str();
  if (args.span().size() > 1 && args.span()[1].is_str()) e.python_class = args.span()[1].str();
  return ErrorPtr(std::move(e));
}

// As in Python, an object whose __enter__ fails is not left.
Status Machine::enter(const Call& c) {
  Arguments args(c.args, regs_);
  Value object = args.span().front();
  auto* f = object.is_object() ? dynamic_cast<ir::Function*>(object.object().type().find_method("__enter__")) : nullptr;
  if (!f) return error(ErrorKind::kInternal, "prim::Enter of a value without __enter__");
  FACULA_TRY_VOID(run_callee(*f, args.span(), c.results.at(0)));
  entered_.push_back(std::move(object));
  return {};
}

Status Machine::leave() {
  if (entered_.empty()) return error(ErrorKind::kInternal, "prim::Exit without prim::Enter");
  Value args[4] = {std::move(entered_.back())};
  entered_.pop_back();
  auto* f = dynamic_cast<ir::Function*>(args[0].object().type().find_method("__exit__"));
  if (!f) return error(ErrorKind::kInternal, "prim::Exit of a value without __exit__");
  FACULA_TRY_VOID(run_callee(*f, args));
  return {};
}

// A task that may run at any time is given to other threads; others run here to their end, which is one of the allowed
// orders. With an observer everything runs here, in order.
Status Machine::fork(const Call& c) {
  Arguments args(c.args, regs_);
  if (c.isolated && !context_.observer) {
    FACULA_TRY_VOID(context_.poll(1));
    if (auto task = tasks_.start(c, args.span(), context_)) {
      regs_[c.results.at(0)] = Value(Ref<FutureBox>(std::move(task)));
      return {};
    }
  }
  auto future = make_ref<FutureBox>(c.type->element());
  if (context_.depth >= context_.limits.call_depth)
    return error(ErrorKind::kLimit, "maximum recursion depth of {} calls exceeded", context_.limits.call_depth);
  ++context_.depth;
  future->complete(vm::run(*c.body, args.span(), context_));
  --context_.depth;
  regs_[c.results.at(0)] = Value(std::move(future));
  return {};
}

Status Machine::wait(const Call& c) {
  Arguments args(c.args, regs_);
  if (!args.span()[0].is_future()) return runtime_error("wait() of a {}", tag_name(args.span()[0].tag()));
  FACULA_TRY(regs_[c.results.at(0)], tasks_.wait(args.span()[0].future(), context_));
  return {};
}

Status Machine::plan(const PlanCall& p) {
  Arguments args(p.args, regs_);
  Value one[4];
  std::vector<Value> many;
  std::span<Value> results(one, p.results.size());
  if (p.results.size() > 4) {
    many.resize(p.results.size());
    results = many;
  }
  FACULA_TRY_VOID(p.plan->run(args.span(), results));
  for (std::size_t i = 0; i < p.results.size(); ++i) regs_[p.results[i]] = std::move(results[i]);
  return {};
}

#define FACULA_VM_TRY(...)                                   \
  if (Status s = (__VA_ARGS__); !s.ok()) [[unlikely]]        \
    return s.take_error();                                   \
  break

Result<Value> Machine::loop(const Word*& pc) {
  Value* const R = regs_;
  const Word* const base = pc;
  for (;;) {
    const Word w = *pc++;
    switch (w.op) {
      case Opcode::k_move: R[w.a] = R[w.b]; break;
      case Opcode::k_move_last: R[w.a] = std::move(R[w.b]); break;
      case Opcode::k_drop: R[w.a] = Value(); break;
      case Opcode::k_constant: R[w.a] = code_.constants[w.b]; break;
      case Opcode::k_jump: pc = base + w.wide(); break;
      case Opcode::k_jump_if: if (R[w.a].b()) pc = base + w.wide(); break;
      case Opcode::k_jump_unless: if (!R[w.a].b()) pc = base + w.wide(); break;
      case Opcode::k_poll: FACULA_VM_TRY(context_.poll(1));
      case Opcode::k_ret: return std::move(R[w.a]);

      case Opcode::k_add_int: R[w.a].put_int(wrap_add(R[w.b].i(), R[w.c].i())); break;
      case Opcode::k_sub_int: R[w.a].put_int(wrap_sub(R[w.b].i(), R[w.c].i())); break;
      case Opcode::k_mul_int: R[w.a].put_int(wrap_mul(R[w.b].i(), R[w.c].i())); break;
      case Opcode::k_floordiv_int:
        if (R[w.c].i() == 0) return error(ErrorKind::kRuntime, "division by zero");
        R[w.a].put_int(floor_div(R[w.b].i(), R[w.c].i()));
        break;
      case Opcode::k_mod_int:
        if (R[w.c].i() == 0) return error(ErrorKind::kRuntime, "division by zero");
        R[w.a].put_int(floor_mod(R[w.b].i(), R[w.c].i()));
        break;
      case Opcode::k_neg_int: R[w.a].put_int(wrap_sub(0, R[w.b].i())); break;
      case Opcode::k_and_int: R[w.a].put_int(R[w.b].i() & R[w.c].i()); break;
      case Opcode::k_or_int: R[w.a].put_int(R[w.b].i() | R[w.c].i()); break;
      case Opcode::k_xor_int: R[w.a].put_int(R[w.b].i() ^ R[w.c].i()); break;
      case Opcode::k_lt_int: R[w.a].put_bool(R[w.b].i() < R[w.c].i()); break;
      case Opcode::k_le_int: R[w.a].put_bool(R[w.b].i() <= R[w.c].i()); break;
      case Opcode::k_eq_int: R[w.a].put_bool(R[w.b].i() == R[w.c].i()); break;
      case Opcode::k_ne_int: R[w.a].put_bool(R[w.b].i() != R[w.c].i()); break;
      case Opcode::k_add_int_imm: R[w.a].put_int(wrap_add(R[w.b].i(), static_cast<std::int16_t>(w.c))); break;
      case Opcode::k_min_int: R[w.a].put_int(std::min(R[w.b].i(), R[w.c].i())); break;
      case Opcode::k_max_int: R[w.a].put_int(std::max(R[w.b].i(), R[w.c].i())); break;

      case Opcode::k_add_float: R[w.a].put_float(R[w.b].d() + R[w.c].d()); break;
      case Opcode::k_sub_float: R[w.a].put_float(R[w.b].d() - R[w.c].d()); break;
      case Opcode::k_mul_float: R[w.a].put_float(R[w.b].d() * R[w.c].d()); break;
      case Opcode::k_div_float:
        if (R[w.c].d() == 0) return error(ErrorKind::kRuntime, "division by zero");
        R[w.a].put_float(R[w.b].d() / R[w.c].d());
        break;
      case Opcode::k_neg_float: R[w.a].put_float(-R[w.b].d()); break;
      case Opcode::k_lt_float: R[w.a].put_bool(R[w.b].d() < R[w.c].d()); break;
      case Opcode::k_le_float: R[w.a].put_bool(R[w.b].d() <= R[w.c].d()); break;
      case Opcode::k_eq_float: R[w.a].put_bool(R[w.b].d() == R[w.c].d()); break;
      case Opcode::k_ne_float: R[w.a].put_bool(R[w.b].d() != R[w.c].d()); break;

      case Opcode::k_not_bool: R[w.a].put_bool(!R[w.b].b()); break;
      case Opcode::k_and_bool: R[w.a].put_bool(R[w.b].b() && R[w.c].b()); break;
      case Opcode::k_or_bool: R[w.a].put_bool(R[w.b].b() || R[w.c].b()); break;
      case Opcode::k_eq_bool: R[w.a].put_bool(R[w.b].b() == R[w.c].b()); break;
      case Opcode::k_ne_bool: R[w.a].put_bool(R[w.b].b() != R[w.c].b()); break;

      case Opcode::k_int_to_float: R[w.a].put_float(static_cast<double>(R[w.b].i())); break;
      case Opcode::k_float_to_int: R[w.a].put_int(float_to_int(R[w.b].d())); break;
      case Opcode::k_int_to_bool: R[w.a].put_bool(R[w.b].i() != 0); break;
      case Opcode::k_bool_to_int: R[w.a].put_int(R[w.b].b() ? 1 : 0); break;
      case Opcode::k_is_none: R[w.a].put_bool(R[w.b].is_none()); break;
      case Opcode::k_is_not_none: R[w.a].put_bool(!R[w.b].is_none()); break;

      case Opcode::k_list_len: R[w.a].put_int(static_cast<std::int64_t>(R[w.b].list().size())); break;
      case Opcode::k_ints_get: {
        const auto& v = R[w.b].list().ints();
        std::int64_t i = R[w.c].i();
        if (!wrap_index(i, v.size())) return index_error(i, v.size());
        R[w.a].put_int(v[static_cast<std::size_t>(i)]);
        break;
      }
      case Opcode::k_floats_get: {
        const auto& v = R[w.b].list().floats();
        std::int64_t i = R[w.c].i();
        if (!wrap_index(i, v.size())) return index_error(i, v.size());
        R[w.a].put_float(v[static_cast<std::size_t>(i)]);
        break;
      }
      case Opcode::k_bools_get: {
        const auto& v = R[w.b].list().bools();
        std::int64_t i = R[w.c].i();
        if (!wrap_index(i, v.size())) return index_error(i, v.size());
        R[w.a].put_bool(v[static_cast<std::size_t>(i)] != 0);
        break;
      }
      case Opcode::k_list_get: {
        const ListBox& v = R[w.b].list();
        std::int64_t i = R[w.c].i();
        if (!wrap_index(i, v.size())) return index_error(i, v.size());
        R[w.a] = v.get(static_cast<std::size_t>(i));
        break;
      }
      case Opcode::k_ints_set: {
        auto& v = R[w.a].list().ints();
        std::int64_t i = R[w.b].i();
        if (!wrap_index(i, v.size())) return index_error(i, v.size());
        v[static_cast<std::size_t>(i)] = R[w.c].i();
        break;
      }
      case Opcode::k_floats_set: {
        auto& v = R[w.a].list().floats();
        std::int64_t i = R[w.b].i();
        if (!wrap_index(i, v.size())) return index_error(i, v.size());
        v[static_cast<std::size_t>(i)] = R[w.c].d();
        break;
      }
      case Opcode::k_ints_append: R[w.a].list().ints().push_back(R[w.b].i()); break;
      case Opcode::k_floats_append: R[w.a].list().floats().push_back(R[w.b].d()); break;

      case Opcode::k_get_attr: R[w.a] = R[w.b].object().slots[w.c]; break;
      case Opcode::k_set_attr: R[w.a].object().slots[w.c] = R[w.b]; break;
      case Opcode::k_tuple_get: R[w.a] = R[w.b].tuple().values[w.c]; break;

      case Opcode::k_call_op: FACULA_VM_TRY(call_op(code_.calls[w.a]));
      case Opcode::k_call_function: FACULA_VM_TRY(call_function(code_.calls[w.a]));
      case Opcode::k_call_method: FACULA_VM_TRY(call_method(code_.calls[w.a]));
      case Opcode::k_call_host: FACULA_VM_TRY(call_host(code_.calls[w.a]));
      case Opcode::k_make_tuple: {
        const Call& c = code_.calls[w.a];
        Arguments args(c.args, R);
        std::vector<Value> items(std::make_move_iterator(args.span().begin()), std::make_move_iterator(args.span().end()));
        R[c.results[0]] = Value(make_ref<TupleBox>(std::move(items), c.type));
        break;
      }
      case Opcode::k_make_list: {
        const Call& c = code_.calls[w.a];
        Arguments args(c.args, R);
        auto list = make_ref<ListBox>(c.type);
        for (Value& v : args.span()) list->append(std::move(v));
        R[c.results[0]] = Value(std::move(list));
        break;
      }
      case Opcode::k_make_dict: FACULA_VM_TRY(make_dict(code_.calls[w.a]));
      case Opcode::k_make_object: {
        const Call& c = code_.calls[w.a];
        R[c.results[0]] = Value(make_ref<ObjectBox>(Ref<const ClassType>(as_class(c.type)), nullptr));
        break;
      }
      case Opcode::k_unpack_tuple: FACULA_VM_TRY(unpack(code_.calls[w.a], false));
      case Opcode::k_unpack_list: FACULA_VM_TRY(unpack(code_.calls[w.a], true));
      case Opcode::k_is_instance: {
        const Call& c = code_.calls[w.a];
        const Value& v = R[c.args[0].reg];
        const bool yes = std::any_of(c.types.begin(), c.types.end(), [&](const TypePtr& t) { return value_matches(v, *t); });
        R[c.results[0]].put_bool(yes);
        if (c.args[0].last) R[c.args[0].reg] = Value();
        break;
      }
      case Opcode::k_raise: FACULA_VM_TRY(raise(code_.calls[w.a]));
      case Opcode::k_enter: FACULA_VM_TRY(enter(code_.calls[w.a]));
      case Opcode::k_exit: FACULA_VM_TRY(leave());
      case Opcode::k_wait: FACULA_VM_TRY(wait(code_.calls[w.a]));
      case Opcode::k_fork: FACULA_VM_TRY(fork(code_.calls[w.a]));
      case Opcode::k_plan: FACULA_VM_TRY(plan(code_.plans[w.a]));
    }
  }
}

}  // namespace

Result<Value> run(const Code& code, std::span<Value> args, RunContext& context) {
  return Machine(code, context).run(args);
}

}  // namespace fac::vm
