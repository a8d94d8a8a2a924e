// `if` statements, and what their branches do to variables.
#include <algorithm>
#include <set>

#include "frontend/script/emitter.h"
#include "frontend/script/hidden.h"

namespace fac::script {
namespace {

constexpr Diag<std::string_view, std::string_view, std::string_view> kBranchTypes{
    "branch-type-mismatch", "Type mismatch: {} is set to type {} in the true branch and type {} in the false branch"};
constexpr Diag<std::string_view, std::string_view> kTernaryTypes{
    "ternary-type-mismatch", "if-expression's true branch has type {} but false branch has type {}"};

// What follows an early return nests one block deeper; graphs are walked by recursion, so this is bounded.
constexpr int kMaxContinued = 300;
constexpr Diag<int> kTooManyReturns{"too-many-early-exits", "more than {} returns, breaks or continues follow each other in one function"};

// What two branches do together, seen from after the `if`.
Flow combine(Flow a, Flow b) {
  if (a == b) return a;
  if (a == Flow::kThrows) return b;
  if (b == Flow::kThrows) return a;
  return Flow::kMayLeave;
}

bool goes_on(Flow f) { return f == Flow::kFalls || f == Flow::kMayLeave; }

bool is_hidden(Symbol name) { return name.str().starts_with('$'); }

}  // namespace

Flow Emitter::statements(Block body) {
  for (std::size_t i = 0; i < body.size(); ++i) {
    const Block rest = body.subspan(i + 1);
    Flow flow;
    if (const If* branch = body[i]->try_as<If>()) {
      bool took_rest = false;
      resolver_->statement = {};
      flow = if_statement(*branch, rest, took_rest);
      if (took_rest) return flow;
    } else {
      flow = statement(*body[i]);
    }
    if (flow == Flow::kLeaves || flow == Flow::kThrows) return flow;
    if (flow == Flow::kMayLeave) return rest.empty() ? flow : guarded([&] { return statements(rest); }, rest[0]->range);
  }
  return Flow::kFalls;
}

Flow Emitter::guarded(const std::function<Flow()>& rest, Range at) {
  const ValueId left = hidden(hidden_names::kLeft);
  if (!left) return rest();
  if (continued_ >= kMaxContinued) {
    error(at, kTooManyReturns, kMaxContinued);
    return Flow::kLeaves;
  }
  ++continued_;
  const NodeId n = emit_node("prim::If", {left}, at);
  const BlockId outer = builder_.block();
  graph_.add_block(n);
  builder_.set_block(graph_.add_block(n));
  env_.push();
  env_.continue_frame();
  const Flow flow = rest();
  --continued_;
  Frame frame = env_.pop();
  builder_.set_block(outer);
  join(n, Frame{}, Flow::kLeaves, std::move(frame), flow, at);
  return combine(Flow::kLeaves, flow);
}

Flow Emitter::when(ValueId condition, const std::function<Flow()>& body, Range at) {
  if (!condition) return Flow::kFalls;
  const NodeId n = emit_node("prim::If", {condition}, at);
  const BlockId outer = builder_.block();
  builder_.set_block(graph_.add_block(n));
  graph_.add_block(n);
  env_.push();
  const Flow flow = body();
  Frame frame = env_.pop();
  builder_.set_block(outer);
  join(n, std::move(frame), flow, Frame{}, Flow::kFalls, at);
  return combine(flow, Flow::kFalls);
}

Flow Emitter::either(ValueId condition, const std::function<Flow()>& yes, const std::function<Flow()>& no, Range at) {
  if (!condition) return Flow::kFalls;
  const NodeId n = emit_node("prim::If", {condition}, at);
  const BlockId outer = builder_.block(), blocks[2] = {graph_.add_block(n), graph_.add_block(n)};
  Frame frames[2];
  Flow flows[2];
  for (const int i : {0, 1}) {
    builder_.set_block(blocks[i]);
    env_.push();
    flows[i] = i == 0 ? yes() : no();
    frames[i] = env_.pop();
  }
  builder_.set_block(outer);
  join(n, std::move(frames[0]), flows[0], std::move(frames[1]), flows[1], at);
  return combine(flows[0], flows[1]);
}

Flow Emitter::if_statement(const If& s, Block rest, bool& took_rest) {
  Condition c = condition(*s.condition);
  if (c.known) {
    refine(*c.known ? c.when_true : c.when_false, s.condition->range);
    return statements(*c.known ? s.body : s.else_body);
  }
  if (!c.value) c.value = constant(Value(false), s.condition->range);
  const NodeId n = emit_node("prim::If", {c.value}, s.range);
  const BlockId outer = builder_.block(), then_block = graph_.add_block(n), else_block = graph_.add_block(n);

  builder_.set_block(then_block);
  env_.push();
  refine(c.when_true, s.condition->range);
  Flow then_flow = statements(s.body);
  Frame then_frame = env_.pop();

  builder_.set_block(else_block);
  env_.push();
  refine(c.when_false, s.condition->range);
  Flow else_flow = statements(s.else_body);
  Frame else_frame = env_.pop();

  // Where one branch leaves for good, what follows belongs to the other one.
  const auto append = [&](BlockId block, Frame& frame, Flow& flow) {
    took_rest = true;
    if (continued_ >= kMaxContinued) {
      error(s.range, kTooManyReturns, kMaxContinued);
      return;
    }
    ++continued_;
    builder_.set_block(block);
    env_.restore(std::move(frame));
    env_.continue_frame();
    const auto go_on = [&] { return statements(rest); };
    flow = flow == Flow::kMayLeave ? guarded(go_on, rest[0]->range) : go_on();
    frame = env_.pop();
    --continued_;
  };
  if (!rest.empty()) {
    if (then_flow == Flow::kLeaves && goes_on(else_flow)) append(else_block, else_frame, else_flow);
    else if (else_flow == Flow::kLeaves && goes_on(then_flow)) append(then_block, then_frame, then_flow);
  }
  builder_.set_block(outer);
  join(n, std::move(then_frame), then_flow, std::move(else_frame), else_flow, s.range);
  return combine(then_flow, else_flow);
}

void Emitter::join(NodeId branch, Frame then_frame, Flow then_flow, Frame else_frame, Flow else_flow, Range at) {
  const BlockId outer = builder_.block();
  // Outside loops nothing reads the variables of a branch that returned.
  const auto is_gone = [&](Flow f) { return f == Flow::kThrows || (f == Flow::kLeaves && loop_depth_ == 0); };
  struct Side {
    const char* word;
    BlockId block;
    Frame* frame;
    bool gone, left;
  };
  const std::vector<BlockId> blocks = graph_.node(branch).blocks;
  const Side sides[2] = {{"true", blocks[0], &then_frame, is_gone(then_flow), then_flow == Flow::kLeaves},
                         {"false", blocks[1], &else_frame, is_gone(else_flow), else_flow == Flow::kLeaves}};
  std::set<std::string_view> names;  // sorted, as PyTorch orders the outputs
  for (const Side& side : sides)
    for (const auto& [name, variable] : side.frame->variables) names.insert(name.str());

  for (const std::string_view text : names) {
    const Symbol name(text);
    const Variable* before = env_.find(name);
    const Variable* after[2];
    bool removed = false, changed[2];
    for (int i = 0; i < 2; ++i) {
      const auto found = sides[i].frame->variables.find(name);
      changed[i] = found != sides[i].frame->variables.end();
      after[i] = changed[i] ? &found->second : before;
      removed |= changed[i] && found->second.removed;
    }
    if (removed) {
      env_.remove(name);
      continue;
    }
    ValueId value[2];
    bool poison = false;
    for (int i = 0; i < 2; ++i) {
      if (!after[i]) continue;
      poison |= !after[i]->meaning;
      value[i] = plain_value(after[i]->meaning);
    }
    if (poison) {
      env_.set(name, nullptr);
      continue;
    }
    if (is_hidden(name)) {
      for (int i = 0; i < 2; ++i)
        if (!value[i] && name != hidden_names::kValue) value[i] = constant(Value(false), at);
    } else if (sides[0].gone != sides[1].gone) {
      const int stays = sides[0].gone ? 1 : 0;
      if (!changed[stays]) continue;
      if (after[stays] && !value[stays]) {
        env_.set(name, after[stays]->meaning);
        continue;
      }
      value[1 - stays] = {};
    } else {
      int missing = after[0] ? (after[1] ? -1 : 1) : 0;
      // A branch of a loop's body that went to the next iteration need not have every variable.
      if (missing >= 0 && !(sides[missing].left && value[1 - missing])) {
        env_.undefined_because[name] = std::string(text) + " is not defined in the " + sides[missing].word + " branch";
        continue;
      }
      if (missing < 0 && (!value[0] || !value[1])) {
        if (after[0]->meaning == after[1]->meaning) env_.set(name, after[0]->meaning);
        else if (MeaningPtr f = chosen(graph_.node(branch).inputs[0], after[0]->meaning, after[1]->meaning)) env_.set(name, std::move(f));
        else env_.undefined_because[name] = std::string(text) + " is not a first-class value in both branches";
        continue;
      }
    }
    if (value[0] == value[1]) {
      env_.set(name, value_meaning(value[0]));
      continue;
    }

    TypePtr both;
    if (value[0] && value[1]) {
      const ValueId old = before ? plain_value(before->meaning) : ValueId{};
      const TypeKind kind = old ? type(old)->kind() : TypeKind::kTensor;
      const bool to_union = kind == TypeKind::kOptional || kind == TypeKind::kUnion || kind == TypeKind::kNumber;
      both = name == hidden_names::kValue && declared_return_ ? declared_return_
                                                              : unify(type(value[0]), type(value[1]), to_union && !everyday());
      if (!both && everyday() && is_open(value[0]) != is_open(value[1])) {
        const int open = is_open(value[0]) ? 0 : 1;
        settle(value[open], type(value[1 - open]));
        both = type(value[1 - open]);
      }
      if (!both && everyday()) both = join_types(type(value[0]), type(value[1]));
      if (!both && to_union) both = unify(type(value[0]), type(value[1]), true);
      if (!both && name == hidden_names::kValue) both = types::any();
      for (int i = 0; i < 2 && !both; ++i)
        if (sides[i].left) {  // never read with this type: the program left
          value[i] = {};
          both = type(value[1 - i]);
        }
      if (!both) {
        const std::string a = type(value[0])->annotation(), b = type(value[1])->annotation();
        if (before) error(at, kBranchTypes, text, a, b);
        else
          env_.undefined_because[name] = fmt(kBranchTypes.format, text, a, b);
        continue;
      }
    } else {
      both = type(value[0] ? value[0] : value[1]);
    }
    for (int i = 0; i < 2; ++i) {
      if (!value[i]) {
        builder_.set_block(sides[i].block);
        value[i] = emit("prim::Uninitialized", {}, both, at);
        if (name == hidden_names::kValue) return_values_.push_back(value[i]);
      } else if (everyday() && name != hidden_names::kValue) {
        builder_.set_block(sides[i].block);
        value[i] = coerce(value[i], both, at);
      }
      graph_.add_return(sides[i].block, value[i]);
    }
    builder_.set_block(outer);
    const ValueId out = graph_.add_output(branch, both);
    if (name == hidden_names::kValue) return_values_.push_back(out);
    for (const ValueId v : value) share_open(v, out);
    set_name(out, name);
    env_.set(name, value_meaning(out));
  }
}

ValueId Emitter::branch_value(const Condition& c, const std::function<ValueId()>& then_value,
                              const std::function<ValueId()>& else_value, Range at) {
  if (c.known) {
    refine(*c.known ? c.when_true : c.when_false, at);
    return *c.known ? then_value() : else_value();
  }
  if (!c.value) return {};
  const NodeId n = emit_node("prim::If", {c.value}, at);
  const BlockId outer = builder_.block();
  ValueId values[2];
  BlockId blocks[2];
  Frame frames[2];
  const std::size_t walruses = walrus_names_.size();
  for (int i = 0; i < 2; ++i) {
    blocks[i] = graph_.add_block(n);
    builder_.set_block(blocks[i]);
    env_.push();
    refine(i == 0 ? c.when_true : c.when_false, at);
    values[i] = i == 0 ? then_value() : else_value();
    frames[i] = env_.pop();
  }
  builder_.set_block(outer);
  if (walrus_names_.size() > walruses) {  // a name assigned inside one of them is the function's
    const auto is_assigned = [&](Symbol name) {
      return std::find(walrus_names_.begin() + static_cast<std::ptrdiff_t>(walruses), walrus_names_.end(), name) != walrus_names_.end();
    };
    for (Frame& f : frames) std::erase_if(f.variables, [&](const auto& v) { return !is_assigned(v.first); });
    join(n, std::move(frames[0]), Flow::kFalls, std::move(frames[1]), Flow::kFalls, at);
  }
  if (!values[0] || !values[1]) return {};
  TypePtr both = unify(type(values[0]), type(values[1]));
  if (!both && everyday()) {
    for (int i = 0; i < 2 && !both; ++i)
      if (is_open(values[i]) && !is_open(values[1 - i])) settle(values[i], both = type(values[1 - i]));
    if (!both) both = join_types(type(values[0]), type(values[1]));
    for (int i = 0; i < 2 && both; ++i) {
      builder_.set_block(blocks[i]);
      values[i] = coerce(values[i], both, at);
    }
    builder_.set_block(outer);
  }
  if (!both) {
    error(at, kTernaryTypes, type(values[0])->annotation(), type(values[1])->annotation());
    return {};
  }
  for (int i = 0; i < 2; ++i) graph_.add_return(blocks[i], values[i]);
  const ValueId out = graph_.add_output(n, both);
  for (const ValueId v : values) share_open(v, out);
  return out;
}

ValueId Emitter::ternary(const Ternary& e, const TypePtr& wanted) {
  return branch_value(
      condition(*e.condition), [&] { return expression(*e.then_value, wanted); },
      [&] { return expression(*e.else_value, wanted); }, e.range);
}

}  // namespace fac::script
