// `for` and `while`: prim::Loop(limit, condition, carried...) with one block (index, carried...) -> (condition, carried...).
#include <algorithm>
#include <limits>

#include "frontend/script/emitter.h"
#include "frontend/script/hidden.h"

namespace fac::script {
namespace {

constexpr Diag<> kIterables{"list-of-iterables", "List of iterables is not supported currently"};
constexpr Diag<> kLoopElse{"loop-else", "else branches of for and while loops aren't supported"};
constexpr Diag<std::string_view> kLeaveOutside{"leave-outside-loop", "SyntaxError: '{}' outside loop"};
constexpr Diag<> kLeaveUnrolled{
    "leave-unrolled-loop",
    "Because we emit iteration over modulelists or tuples as unrolled loops, we do not support break or continue inside "
    "the body of these loops"};
constexpr std::size_t kMaxUnrolledNodes = 2'000'000;
constexpr Diag<std::uint64_t> kTooLarge{"unrolled-too-large", "unrolled loops make this function larger than {} nodes"};
constexpr Diag<std::string_view, std::string_view, std::string_view> kCarriedType{
    "loop-variable-type", "Variable '{}' previously had type {} but is now being assigned to a value of type {} in a loop"};
constexpr Diag<std::string_view> kFunctionInLoop{
    "function-in-loop", "`{}` holds a function, and a loop assigns another one to it: functions are no values of a compiled program"};
constexpr Diag<std::string_view> kLostInLoop{"deleted-in-loop", "`{}` is deleted in the body of a loop that carries it"};

}  // namespace

Flow Emitter::loop(ValueId limit, const Expr* condition_expr, const BodyScan& scan,
                   const std::function<Flow(ValueId index)>& body, Range at, const void* key) {
  using namespace hidden_names;
  struct Carried {
    Symbol name;
    ValueId initial, param;
  };
  std::vector<Carried> carried;
  if (scan.returns) {
    const TypePtr result = declared_return_ ? declared_return_ : merged_return_ ? merged_return_ : types::none();
    ValueId value = hidden(kValue), returned = hidden(kReturned);
    if (!value) {
      value = emit("prim::Uninitialized", {}, result, at);
      return_values_.push_back(value);
    }
    if (!returned) returned = constant(Value(false), at);
    carried.push_back({kReturned, returned, {}});
    carried.push_back({kValue, value, {}});
  }
  Condition first;
  const bool assigns = condition_expr && holds_walrus(*condition_expr);
  if (assigns) first = condition(*condition_expr);
  for (const Symbol name : scan.assigned) {
    const Variable* v = env_.find(name);
    ValueId value = v ? plain_value(v->meaning) : ValueId{};
    if (!value) continue;
    if (const TypePtr wider = key ? hinted(key, name) : nullptr) value = coerce(value, wider, at);
    carried.push_back({name, value, {}});
  }

  if (condition_expr && !assigns) first = condition(*condition_expr);
  const ValueId enter = condition_expr ? first.value : constant(Value(true), at);
  if (!limit || !enter) {  // reported; the body may hold more errors, but would echo this one
    for (const auto& c : carried) env_.set(c.name, nullptr);
    return Flow::kFalls;
  }

  std::vector<ValueId> inputs{limit, enter};
  for (const auto& c : carried) inputs.push_back(c.initial);
  const NodeId n = emit_node("prim::Loop", std::move(inputs), at);
  const BlockId outer = builder_.block(), block = graph_.add_block(n);
  const ValueId index = graph_.add_param(block, types::int_());
  const bool was_unrolled = std::exchange(in_unrolled_loop_, false);
  ++loop_depth_;
  builder_.set_block(block);
  env_.push();
  for (auto& c : carried) {
    c.param = graph_.add_param(block, type(c.initial));
    if (c.name == kValue) return_values_.push_back(c.param);
    share_open(c.initial, c.param);
    set_name(c.param, c.name);
    env_.set(c.name, value_meaning(c.param));
  }
  env_.push();
  const bool may_stop = scan.returns || scan.breaks;
  const ValueId no = constant(Value(false), at);
  env_.set(kLeft, value_meaning(no));
  env_.set(kStop, value_meaning(no));
  refine(first.when_true, at);
  std::vector<std::pair<Symbol, MeaningPtr>> functions;  // variables that hold functions: a round may not choose for the next
  if (everyday())
    for (const Symbol name : scan.assigned)
      if (const Variable* v = env_.find(name); v && v->meaning && !plain_value(v->meaning)) functions.emplace_back(name, v->meaning);
  body(index);
  for (const auto& [name, before] : functions)
    if (const Variable* v = env_.find(name); v && v->meaning && v->meaning != before && !plain_value(v->meaning)) error(at, kFunctionInLoop, name.str());

  const auto next_condition = [&]() -> ValueId {
    if (!condition_expr) return constant(Value(true), at);
    const Condition again = condition(*condition_expr);
    return again.value;
  };
  ValueId next;
  if (const ValueId stop = hidden(kStop); !may_stop || stop == no) {
    next = next_condition();
  } else if (const Value* known = graph_.constant(stop); known && known->b()) {
    next = no;
  } else if (condition_expr) {
    Condition stopped;
    stopped.value = stop;
    next = branch_value(stopped, [&] { return constant(Value(false), at); }, next_condition, at);
  } else {
    next = call_operator("aten::__not__", {stop}, at);
  }
  graph_.add_return(block, next ? next : no);
  for (const auto& c : carried) {
    const Variable* v = env_.find(c.name);
    ValueId value = v ? plain_value(v->meaning) : ValueId{};
    if (!v) error(at, kLostInLoop, c.name.str());
    if (value && everyday() && c.name != kValue) value = carry(value, c.param, key, c.name, at);
    graph_.add_return(block, value ? value : c.param);
  }
  env_.pop();
  env_.pop();
  --loop_depth_;
  in_unrolled_loop_ = was_unrolled;
  builder_.set_block(outer);
  for (const auto& c : carried) {
    const ValueId out = graph_.add_output(n, type(c.param));
    if (c.name == kValue) return_values_.push_back(out);
    share_open(c.param, out);
    set_name(out, c.name);
    env_.set(c.name, value_meaning(out));
  }
  if (!scan.returns) return Flow::kFalls;
  const MeaningPtr returned = env_.find(kReturned)->meaning;
  env_.set(kLeft, returned);
  if (loop_depth_ > 0) env_.set(kStop, returned);
  return Flow::kMayLeave;
}

// What a turn of the loop hands on for a variable: of the type that the variable had, or the hint says more next time.
ValueId Emitter::carry(ValueId value, ValueId param, const void* key, Symbol name, Range at) {
  value = coerce(value, type(param), at);
  if (is_subtype(type(value), type(param))) return value;
  if (is_open(param) && !is_open(value)) {
    settle(param, type(value));
    return value;
  }
  if (is_open(value)) {
    settle(value, type(param));
    return value;
  }
  const TypePtr both = join_types(type(param), type(value));
  if (both && key && hints_ && hints_->note(hint_key(key, name), both)) return value;
  error(at, kCarriedType, name.str(), type(param)->annotation(), type(value)->annotation());
  return value;
}

Flow Emitter::unrolled(const Expr& target, const std::vector<MeaningPtr>& items, std::size_t first,
                       const std::function<Flow()>& body, Range at) {
  for (std::size_t i = first; i < items.size(); ++i) {
    if (graph_.node_count() > kMaxUnrolledNodes) {
      error(at, kTooLarge, kMaxUnrolledNodes);
      return Flow::kFalls;
    }
    assign_to(target, items[i], at);
    const Flow flow = body();
    if (flow == Flow::kFalls) continue;
    if (flow != Flow::kMayLeave || i + 1 == items.size()) return flow;
    return guarded([&] { return unrolled(target, items, i + 1, body, at); }, at);
  }
  return Flow::kFalls;
}

// `break` and `continue` in an unrolled loop: each turn is a loop that runs once, and turns after a `break` are skipped. `flag`
// holds until then.
Flow Emitter::unrolled_with_exits(const Expr& target, const std::vector<MeaningPtr>& items, std::size_t first, const BodyScan& scan,
                                  Symbol flag, const std::function<Flow()>& body, Range at) {
  for (std::size_t i = first; i < items.size(); ++i) {
    if (graph_.node_count() > kMaxUnrolledNodes) {
      error(at, kTooLarge, kMaxUnrolledNodes);
      return Flow::kFalls;
    }
    const auto turn = [&] {
      return loop(constant(Value(std::int64_t{1}), at), nullptr, scan,
                  [&](ValueId) {
                    assign_to(target, items[i], at);
                    return body();
                  },
                  at, nullptr);
    };
    const Flow flow = i == 0 ? turn() : when(hidden(flag), turn, at);
    if (flow == Flow::kFalls) continue;
    if (flow != Flow::kMayLeave || i + 1 == items.size()) return flow;
    const Flow after = guarded([&] { return unrolled_with_exits(target, items, i + 1, scan, flag, body, at); }, at);
    return after == Flow::kFalls ? Flow::kMayLeave : after;
  }
  return Flow::kFalls;
}

Flow Emitter::for_loop(const Expr& target, const MeaningPtr& iterable, const BodyScan& scan,
                       const std::function<Flow()>& body, Range at) {
  const MeaningPtr source = iterable ? iterable->iterable(*this, at) : nullptr;
  if (source && source->is_unrolled()) {
    const auto items = source->elements(*this, at, std::nullopt);
    if (!items) return Flow::kFalls;
    if (everyday() && (scan.breaks || scan.continues)) {
      // The flag of the loop's `else`, which a `break` clears, serves here, too.
      const bool has_flag = !loop_else_.empty() && loop_else_.back();
      const Symbol flag = has_flag ? loop_else_.back() : Symbol("$turn" + std::to_string(loop_else_.size()));
      BodyScan turn = scan;
      if (!has_flag) {
        env_.set(flag, value_meaning(constant(Value(true), at)));
        turn.assigned.push_back(flag);
        loop_else_.push_back(flag);
      }
      turn.breaks = true;  // the turn ends where the body left
      const Flow flow = unrolled_with_exits(target, *items, 0, turn, flag, body, at);
      if (!has_flag) {
        loop_else_.pop_back();
        env_.remove(flag);
      }
      return flow;
    }
    const bool was = std::exchange(in_unrolled_loop_, true);
    const Flow flow = unrolled(target, *items, 0, body, at);
    in_unrolled_loop_ = was;
    return flow;
  }
  const ValueId limit = source ? source->length(*this, at) : ValueId{};
  return loop(
      limit, nullptr, scan,
      [&](ValueId index) {
        assign_to(target, source->item(*this, at, index, nullptr), target.range);
        return body();
      },
      at, &target);
}

Flow Emitter::for_statement(const For& s) {
  if (resolver_->dialect() == Dialect::kText && s.iterable->kind == ExprKind::kTuple && !s.iterable->range.text().starts_with('(')) {
    error(s.iterable->range, kIterables);
    return Flow::kFalls;
  }
  const MeaningPtr iterable = meaning(*s.iterable);
  const auto repeat = [&](const BodyScan& scan) {
    return for_loop(*s.target, iterable, scan, [&] { return statements(s.body); }, s.range);
  };
  return with_else(scan_body(s.body, s.target), s.else_body, s.range, repeat);
}

Flow Emitter::while_statement(const While& s) {
  const ValueId limit = constant(Value(std::numeric_limits<std::int64_t>::max()), s.range);
  const auto repeat = [&](const BodyScan& scan) {
    return loop(limit, s.condition, scan, [&](ValueId) { return statements(s.body); }, s.range, s.condition);
  };
  return with_else(scan_body(s.body, nullptr, s.condition), s.else_body, s.range, repeat);
}

// A loop and its `else`, which runs unless a `break` ended the loop: the break clears a hidden flag.
Flow Emitter::with_else(BodyScan scan, Block else_body, Range at, const std::function<Flow(const BodyScan&)>& repeat) {
  const bool has_else = !else_body.empty() && everyday();
  if (!else_body.empty() && !has_else) error(at, kLoopElse);
  const Symbol flag = has_else ? Symbol("$else" + std::to_string(loop_else_.size())) : Symbol();
  if (has_else) {
    env_.set(flag, value_meaning(constant(Value(true), at)));
    scan.assigned.push_back(flag);
  }
  loop_else_.push_back(flag);
  const Flow flow = repeat(scan);
  loop_else_.pop_back();
  if (!has_else || flow == Flow::kLeaves || flow == Flow::kThrows) return flow;
  const auto rest = [&] {
    const Flow after = when(hidden(flag), [&] { return statements(else_body); }, at);
    env_.remove(flag);
    return after;
  };
  if (flow != Flow::kMayLeave) return rest();
  const Flow after = guarded(rest, at);
  return after == Flow::kFalls ? Flow::kMayLeave : after;
}

Flow Emitter::leave_loop(bool stop, Range at) {
  if (in_unrolled_loop_) {
    error(at, kLeaveUnrolled);
    return Flow::kLeaves;
  }
  if (loop_depth_ == 0) {
    error(at, kLeaveOutside, stop ? "break" : "continue");
    return Flow::kLeaves;
  }
  const MeaningPtr yes = value_meaning(constant(Value(true), at));
  env_.set(hidden_names::kLeft, yes);
  if (stop) env_.set(hidden_names::kStop, yes);
  if (stop && !loop_else_.empty() && loop_else_.back())
    env_.set(loop_else_.back(), value_meaning(constant(Value(false), at)));
  return Flow::kLeaves;
}

}  // namespace fac::script
