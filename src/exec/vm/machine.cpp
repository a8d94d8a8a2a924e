// Instructions that are calls, and step(): every instruction that is neither arithmetic nor a jump.
// Longer than most files: one switch, and a short function for each kind of call.
#include "exec/vm/machine.h"

#include <bit>
#include <algorithm>
#include <new>

#include "exec/plan/lean.h"
#include "exec/plan/plan.h"
#include "exec/vm/frames.h"
#include "ops/host.h"
#include "ops/method_calls.h"
#include "value/print.h"

namespace fac::vm {
namespace {

// Arguments of a call-like word, on the stack for the usual few.
class Arguments {
 public:
  Arguments(std::span<const Operand> operands, Value* regs) : count_(operands.size()) {
    if (count_ > kInline) heap_ = std::make_unique<unsigned char[]>(count_ * sizeof(Value));
    data_ = reinterpret_cast<Value*>(heap_ ? heap_.get() : inline_);
    for (std::size_t i = 0; i < count_; ++i) {
      Value& from = regs[operands[i].reg];
      if (operands[i].last) new (data_ + i) Value(std::move(from));
      else new (data_ + i) Value(from);
    }
  }
  ~Arguments() { std::destroy_n(data_, count_); }
  Arguments(const Arguments&) = delete;
  Arguments& operator=(const Arguments&) = delete;
  Value* data() { return data_; }
  std::span<Value> span() { return {data_, count_}; }

 private:
  static constexpr std::size_t kInline = 12;
  std::size_t count_;
  Value* data_;
  alignas(Value) unsigned char inline_[kInline * sizeof(Value)];
  std::unique_ptr<unsigned char[]> heap_;
};

}  // namespace

ErrorPtr index_error() { return error(ErrorKind::kIndex, "list index out of range"); }

Status Machine::call_op(const Call& c) {
  for (std::uint32_t bits = c.present; bits != 0; bits &= bits - 1) {
    const auto i = static_cast<std::size_t>(std::countr_zero(bits));
    if (regs_[c.args[i].reg].is_none()) [[unlikely]]
      return runtime_error("{}: expected a value of type '{}' for argument '{}' but found None", c.op->name(),
                           c.op->schema().arguments[i].type->str(), c.op->schema().arguments[i].name);
  }
  for (std::uint32_t bits = c.present_items; bits != 0; bits &= bits - 1) {
    const Value& list = regs_[c.args[static_cast<std::size_t>(std::countr_zero(bits))].reg];
    for (const Value& item : list.list().values())
      if (item.is_none()) [[unlikely]]
        return runtime_error("{}: expected a Tensor in a list but found None", c.op->name());
  }
  if (c.tiny && !context_.observer) {
    Value* args[kMostTinyArguments];
    unsigned last = 0;
    for (std::size_t i = 0; i < c.args.size(); ++i) {
      args[i] = regs_ + c.args[i].reg;
      last |= static_cast<unsigned>(c.args[i].last) << i;
    }
    if (c.tiny(args, last, regs_[c.results[0]])) {
      for (const Operand& o : c.args)
        if (o.last) regs_[o.reg] = Value();
      return {};
    }
  }
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
  if (!c.brief) context_.look_soon();
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
  if (context_.memory) [[unlikely]]
    for (const Value& v : results) FACULA_TRY_VOID(within_memory(v));
  for (std::size_t i = 0; i < c.results.size(); ++i) regs_[c.results[i]] = std::move(results[i]);
  return {};
}

// Lists and texts that grow by themselves (`x = x + x`) end at the limit of tensors; what many small ones hold is not counted.
Status Machine::within_memory(const Value& v) const {
  if (!context_.memory) return {};
  const std::uint64_t bytes = v.is_str() ? v.str().size() : v.is_list() ? v.list().size() * sizeof(std::int64_t) : 0;
  if (bytes > context_.limits.memory_bytes)
    return error(ErrorKind::kLimit, "a {} of the program needs more than {} bytes", tag_name(v.tag()), context_.limits.memory_bytes);
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

// Callees that are found by name while the program runs: nobody has compared the arguments with what they take.
Status Machine::checked_arguments(ir::Function& f, std::span<const Value> args) {
  FACULA_TRY(auto code, context_.source.code(f));
  if (code->params.size() != args.size())
    return runtime_error("`{}` takes {} arguments, {} were given", f.qualified_name(), code->params.size(), args.size());
  for (std::size_t i = 0; i < args.size(); ++i)
    if (!value_matches(args[i], *code->param_types[i]))
      return runtime_error("`{}` takes a {} as argument {}, a {} was given", f.qualified_name(), code->param_types[i]->annotation(),
                           i, tag_name(args[i].tag()));
  return {};
}

Status Machine::run_unproven(ir::Function& f, std::span<Value> args, std::uint16_t result) {
  FACULA_TRY_VOID(checked_arguments(f, args));
  return run_callee(f, args, result);
}

Result<Value> Machine::call_method(Callable& method, std::span<Value> args) {
  auto* f = dynamic_cast<ir::Function*>(&method);
  if (!f) return error(ErrorKind::kInternal, "`{}` has no code", method.qualified_name());
  FACULA_TRY_VOID(checked_arguments(*f, args));
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
  return run_unproven(*f, args.span(), c.results.at(0));
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

Status Machine::warn(const Call& c) {
  Arguments args(c.args, regs_);
  if (std::find(context_.warned.begin(), context_.warned.end(), c.place) != context_.warned.end()) return {};
  context_.warned.push_back(c.place);
  if (host().warn) host().warn(args.span()[0].str(), c.where);
  return {};
}

// As in Python, an object whose __enter__ fails is not left.
Status Machine::enter(const Call& c) {
  Arguments args(c.args, regs_);
  Value object = args.span().front();
  auto* f = object.is_object() ? dynamic_cast<ir::Function*>(object.object().type().find_method("__enter__")) : nullptr;
  if (!f) return error(ErrorKind::kInternal, "prim::Enter of a value without __enter__");
  FACULA_TRY_VOID(run_unproven(*f, args.span(), c.results.at(0)));
  entered_.push_back(std::move(object));
  return {};
}

Status Machine::leave() {
  if (entered_.empty()) return error(ErrorKind::kInternal, "prim::Exit without prim::Enter");
  Value args[4] = {std::move(entered_.back())};
  entered_.pop_back();
  auto* f = dynamic_cast<ir::Function*>(args[0].object().type().find_method("__exit__"));
  if (!f) return error(ErrorKind::kInternal, "prim::Exit of a value without __exit__");
  FACULA_TRY_VOID(checked_arguments(*f, args));
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
  context_.look_soon();
  FACULA_TRY_VOID(p.plan->run(args.span(), results));
  for (std::size_t i = 0; i < p.results.size(); ++i) regs_[p.results[i]] = std::move(results[i]);
  return {};
}

// Operands are left as they are unless all is done.
void Machine::attempt(const Call& c) {
  bool done = false;
  if (!context_.observer) {
    Value results[plan::LeanRegion::kMostResults];
    const std::size_t count = c.results.size() - 1;
    if (c.lean) {
      const Value* args[kMostLeanArguments];
      for (std::size_t i = 0; i < c.args.size(); ++i) args[i] = regs_ + c.args[i].reg;
      done = c.lean->run({args, c.args.size()}, {results, count});
    } else {
      Value* args[kMostTinyArguments];
      for (std::size_t i = 0; i < c.args.size(); ++i) args[i] = regs_ + c.args[i].reg;
      done = c.tiny(args, 0, results[0]);
    }
    if (done) {
      for (const Operand& o : c.args)
        if (o.last) regs_[o.reg] = Value();
      for (std::size_t i = 0; i < count; ++i) regs_[c.results[i]] = std::move(results[i]);
    }
  }
  regs_[c.results.back()].put_bool(done);
}

void Machine::make_tuple(const Call& c) {
  Arguments args(c.args, regs_);
  std::vector<Value> items(std::make_move_iterator(args.span().begin()), std::make_move_iterator(args.span().end()));
  regs_[c.results[0]] = Value(make_ref<TupleBox>(std::move(items), c.type));
}

Status Machine::make_list(const Call& c) {
  Arguments args(c.args, regs_);
  auto list = make_ref<ListBox>(c.type);
  const bool tensors = c.type->kind() == TypeKind::kTensor;
  for (Value& v : args.span()) {
    if (tensors && v.is_none()) [[unlikely]]
      return runtime_error("expected a Tensor in a list but found None");
    list->append(std::move(v));
  }
  regs_[c.results[0]] = Value(std::move(list));
  return {};
}

void Machine::is_instance(const Call& c) {
  const Value& v = regs_[c.args[0].reg];
  const bool yes = std::any_of(c.types.begin(), c.types.end(), [&](const TypePtr& t) { return value_matches(v, *t); });
  regs_[c.results[0]].put_bool(yes);
  if (c.args[0].last) regs_[c.args[0].reg] = Value();
}

// Flags 1, 2, 4: a, b, c is not read again.
inline void Machine::drop_operands(Word w) {
  if (w.flags & 1) regs_[w.a] = Value();
  if (w.flags & 2) regs_[w.b] = Value();
  if (w.flags & 4) regs_[w.c] = Value();
}

Status Machine::step(Word w) {
  Value* const R = regs_;
  switch (w.op) {
    case Opcode::k_move: R[w.a] = R[w.b]; return {};
    case Opcode::k_move_last: R[w.a] = std::move(R[w.b]); return {};
    case Opcode::k_drop: R[w.a] = Value(); return {};
    case Opcode::k_constant: R[w.a] = code_.constants[w.b]; return {};
    case Opcode::k_cast_tag:
      if (R[w.b].tag() != static_cast<Tag>(w.c)) [[unlikely]] {
        // An int may stand where a float is declared.
        if (static_cast<Tag>(w.c) == Tag::kFloat && R[w.b].is_int()) return R[w.a].put_float(static_cast<double>(R[w.b].i())), Status();
        return runtime_error("a {} was cast to {}", tag_name(R[w.b].tag()), tag_name(static_cast<Tag>(w.c)));
      }
      R[w.a] = R[w.b];
      return {};
    case Opcode::k_cast:
      if (const Type& t = *code_.types[w.c]; !value_matches(R[w.b], t))
        return runtime_error("a {} was cast to {}", tag_name(R[w.b].tag()), t.annotation());
      R[w.a] = R[w.b];
      return {};
    case Opcode::k_present:
      if (R[w.a].is_none()) [[unlikely]]
        return runtime_error("a value is used that was never set");
      return {};
    case Opcode::k_is_none: R[w.a].put_bool(R[w.b].is_none()); return {};
    case Opcode::k_is_not_none: R[w.a].put_bool(!R[w.b].is_none()); return {};

    case Opcode::k_list_get: {
      const ListBox& v = R[w.b].list();
      std::int64_t i = R[w.c].i();
      if (!wrap_index(i, v.size())) return index_error();
      R[w.a] = v.get(static_cast<std::size_t>(i));
      return {};
    }
    case Opcode::k_list_set: {
      ListBox& v = R[w.a].list();
      std::int64_t i = R[w.b].i();
      if (!wrap_index(i, v.size())) return index_error();
      v.set(static_cast<std::size_t>(i), w.flags & 4 ? std::move(R[w.c]) : R[w.c]);
      drop_operands(w);
      return {};
    }
    case Opcode::k_ints_append: R[w.a].list().ints().push_back(R[w.b].i()); return {};
    case Opcode::k_floats_append: R[w.a].list().floats().push_back(R[w.b].d()); return {};
    case Opcode::k_bools_append: R[w.a].list().bools().push_back(R[w.b].b()); return {};
    case Opcode::k_list_append:
      R[w.a].list().append(w.flags & 2 ? std::move(R[w.b]) : R[w.b]);
      drop_operands(w);
      return {};

    case Opcode::k_dict_len:
      R[w.a].put_int(static_cast<std::int64_t>(R[w.b].dict().size()));
      drop_operands(w);
      return {};
    case Opcode::k_dict_contains:
      R[w.a].put_bool(R[w.b].dict().find(R[w.c]) != nullptr);
      drop_operands(w);
      return {};
    case Opcode::k_dict_get: {
      const Value* v = R[w.b].dict().find(R[w.c]);
      if (!v) return error(ErrorKind::kKey, "KeyError: {}", value_text(R[w.c]));
      R[w.a] = *v;
      drop_operands(w);
      return {};
    }
    case Opcode::k_dict_set:
      R[w.a].dict().set(w.flags & 2 ? std::move(R[w.b]) : R[w.b], w.flags & 4 ? std::move(R[w.c]) : R[w.c]);
      drop_operands(w);
      return {};
    case Opcode::k_str_len:
      R[w.a].put_int(static_cast<std::int64_t>(R[w.b].str().size()));
      drop_operands(w);
      return {};
    case Opcode::k_str_add: {
      const std::string &x = R[w.b].str(), &y = R[w.c].str();
      std::string sum;
      sum.reserve(x.size() + y.size());
      sum.append(x).append(y);
      R[w.a] = Value(std::move(sum));
      drop_operands(w);
      return within_memory(R[w.a]);
    }

    case Opcode::k_get_attr: {
      const ObjectBox& object = R[w.b].object();
      const Value& slot = object.slots[w.c];
      if ((w.flags & 2) && slot.is_none()) [[unlikely]]
        return runtime_error("'{}' object has no attribute '{}' yet: it was never set", object.type().name(),
                             object.type().attributes()[w.c].name);
      R[w.a] = slot;
      return {};
    }
    case Opcode::k_set_attr: R[w.a].object().slots[w.c] = R[w.b]; return {};
    case Opcode::k_tuple_get: R[w.a] = R[w.b].tuple().values[w.c]; return {};

    case Opcode::k_call_op: return call_op(code_.calls[w.a]);
    case Opcode::k_call_function: return call_function(code_.calls[w.a]);
    case Opcode::k_call_method: return call_method(code_.calls[w.a]);
    case Opcode::k_call_host: return call_host(code_.calls[w.a]);
    case Opcode::k_make_tuple: make_tuple(code_.calls[w.a]); return {};
    case Opcode::k_make_list: return make_list(code_.calls[w.a]);
    case Opcode::k_make_dict: return make_dict(code_.calls[w.a]);
    case Opcode::k_make_object: {
      const Call& c = code_.calls[w.a];
      R[c.results[0]] = Value(make_ref<ObjectBox>(Ref<const ClassType>(as_class(c.type)), nullptr));
      return {};
    }
    case Opcode::k_unpack_tuple: return unpack(code_.calls[w.a], false);
    case Opcode::k_unpack_list: return unpack(code_.calls[w.a], true);
    case Opcode::k_is_instance: is_instance(code_.calls[w.a]); return {};
    case Opcode::k_raise: return raise(code_.calls[w.a]);
    case Opcode::k_warn: return warn(code_.calls[w.a]);
    case Opcode::k_enter: return enter(code_.calls[w.a]);
    case Opcode::k_exit: return leave();
    case Opcode::k_wait: return wait(code_.calls[w.a]);
    case Opcode::k_fork: return fork(code_.calls[w.a]);
    case Opcode::k_plan: return plan(code_.plans[w.a]);
    case Opcode::k_attempt: attempt(code_.calls[w.a]); return {};
    default: return error(ErrorKind::kInternal, "the VM has no instruction {}", static_cast<int>(w.op));
  }
}

}  // namespace fac::vm
