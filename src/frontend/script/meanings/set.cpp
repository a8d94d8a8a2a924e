// Sets in the everyday dialect: TorchScript has none, so a set is a dict whose keys are the elements and whose values are
// True. Membership, length and iteration are the dict's own; what follows are the operations that only sets have.
// Elements come in the order of insertion, and a set that leaves the program is seen as that dict.
#include "frontend/nn/everyday.h"
#include "frontend/script/emitter.h"

namespace fac::script {
namespace {

constexpr Diag<std::uint64_t> kArguments{"set-arguments", "set() takes at most 1 argument but found {}"};
constexpr Diag<std::string_view> kElement{"set-element", "a set cannot hold values of type {}"};

bool is_set(const TypePtr& t) { return t->kind() == TypeKind::kDict && t->element(1)->kind() == TypeKind::kBool; }

enum class SetOp : std::uint8_t { kAdd, kDiscard, kRemove, kUnion, kIntersection, kDifference, kIsSubset, kIsSuperset };
struct SetMethodRow {
  std::string_view name;
  SetOp op;
};
constexpr SetMethodRow kMethods[] = {
    {"add", SetOp::kAdd}, {"discard", SetOp::kDiscard}, {"remove", SetOp::kRemove},
    {"union", SetOp::kUnion}, {"intersection", SetOp::kIntersection}, {"difference", SetOp::kDifference},
    {"issubset", SetOp::kIsSubset}, {"issuperset", SetOp::kIsSuperset}};

class SetMethod final : public Meaning {
 public:
  SetMethod(ValueId self, SetOp op) : self_(self), op_(op) {}
  std::string kind() const override { return "method"; }
  MeaningPtr call(Emitter& e, Range at, std::vector<CallArg> args, const Wanted&) override {
    if (args.size() != 1 || !args[0].value) {
      e.error(at, kArguments, args.size());
      return nullptr;
    }
    return value_meaning(e.set_operation(static_cast<int>(op_), self_, args[0].value, at));
  }

 private:
  ValueId self_;
  SetOp op_;
};

}  // namespace

MeaningPtr set_method(Emitter& e, ValueId self, std::string_view name) {
  if (!e.everyday() || !is_set(e.type(self))) return nullptr;
  if (name == "isdisjoint") return nn::everyday_method(name, self);
  for (const SetMethodRow& row : kMethods)
    if (row.name == name) return std::make_shared<SetMethod>(self, row.op);
  return nullptr;
}

ValueId Emitter::set_operation(int code, ValueId self, ValueId other, Range at) {
  const ValueId yes = constant(Value(true), at);
  const auto contains = [&](ValueId set, ValueId x) { return call_operator("aten::__contains__", {set, x}, at); };
  // Keys of `from` for which `test` holds, added to (or taken out of) a set.
  const auto each_key = [&](ValueId from, const std::function<void(ValueId)>& body) {
    const ValueId keys = type(from)->kind() == TypeKind::kDict ? call_operator("aten::keys", {from}, at) : from;
    loop(
        call_operator("aten::len", {keys}, at), nullptr, BodyScan{},
        [&](ValueId i) {
          body(call_operator("aten::__getitem__", {keys, i}, at));
          return Flow::kFalls;
        },
        at, nullptr);
  };
  const auto if_true = [&](ValueId condition, const std::function<void()>& body, bool negated) {
    if (!condition) return;
    const NodeId n = emit_node("prim::If", {condition}, at);
    const BlockId outer = builder_.block(), first = graph_.add_block(n), second = graph_.add_block(n);
    builder_.set_block(negated ? second : first);
    env_.push();
    body();
    env_.pop();
    builder_.set_block(outer);
  };
  switch (static_cast<SetOp>(code)) {
    case SetOp::kAdd: call_operator("aten::_set_item", {self, other, yes}, at); return none(at);
    case SetOp::kRemove: call_operator("aten::Delete", {self, other}, at); return none(at);
    case SetOp::kDiscard:
      if_true(contains(self, other), [&] { call_operator("aten::Delete", {self, other}, at); }, false);
      return none(at);
    case SetOp::kUnion: {
      const ValueId out = call_operator("aten::copy", {self}, at);
      each_key(other, [&](ValueId x) { call_operator("aten::_set_item", {out, x, yes}, at); });
      return out;
    }
    case SetOp::kIntersection:
    case SetOp::kDifference: {
      const ValueId out = emit("prim::DictConstruct", {}, type(self), at);
      each_key(self, [&](ValueId x) {
        if_true(contains(other, x), [&] { call_operator("aten::_set_item", {out, x, yes}, at); },
                static_cast<SetOp>(code) == SetOp::kDifference);
      });
      return out;
    }
    case SetOp::kIsSubset:
    case SetOp::kIsSuperset: {
      const bool sub = static_cast<SetOp>(code) == SetOp::kIsSubset;
      const ValueId rest = set_operation(static_cast<int>(SetOp::kDifference), sub ? self : other, sub ? other : self, at);
      return rest ? call_operator("aten::eq", {call_operator("aten::len", {rest}, at), constant(Value(0), at)}, at) : ValueId{};
    }
  }
  return {};
}

// a | b, a & b, a - b on two sets; none: they are none.
ValueId Emitter::set_binary(BinaryOp op, ValueId left, ValueId right, Range at) {
  if (!everyday() || !is_set(type(left)) || !is_set(type(right))) return {};
  if (is_open(left) && !is_open(right)) settle(left, type(right));
  if (is_open(right) && !is_open(left)) settle(right, type(left));
  switch (op) {
    case BinaryOp::kBitOr: return {};  // as dicts do: the keys of both
    case BinaryOp::kBitAnd: return set_operation(static_cast<int>(SetOp::kIntersection), left, right, at);
    case BinaryOp::kSub: return set_operation(static_cast<int>(SetOp::kDifference), left, right, at);
    case BinaryOp::kBitXor: {
      const ValueId a = set_operation(static_cast<int>(SetOp::kDifference), left, right, at);
      const ValueId b = set_operation(static_cast<int>(SetOp::kDifference), right, left, at);
      return a && b ? set_operation(static_cast<int>(SetOp::kUnion), a, b, at) : ValueId{};
    }
    default: return {};
  }
}

// == and != of dicts, which TorchScript lacks; of sets also <, <=, >, >=.
ValueId Emitter::compare_dicts(CompareOp op, ValueId left, ValueId right, Range at) {
  if (op == CompareOp::kEq || op == CompareOp::kNe) {
    const ValueId equal = nn::call_everyday(*this, "dict_equal", {left, right}, at);
    return equal && op == CompareOp::kNe ? call_operator("aten::__not__", {equal}, at) : equal;
  }
  if (!is_set(type(left)) || !is_set(type(right))) return {};
  const bool sub = op == CompareOp::kLe || op == CompareOp::kLt;
  if (!sub && op != CompareOp::kGe && op != CompareOp::kGt) return {};
  const ValueId within = set_operation(static_cast<int>(sub ? SetOp::kIsSubset : SetOp::kIsSuperset), left, right, at);
  if (op == CompareOp::kLe || op == CompareOp::kGe || !within) return within;
  const ValueId differ = call_operator("aten::ne", {call_operator("aten::len", {left}, at), call_operator("aten::len", {right}, at)}, at);
  return call_operator("aten::__and__", {within, differ}, at);
}

ValueId Emitter::set_literal(const Set& e) {
  std::vector<ValueId> inputs;
  TypePtr element;
  for (const Expr* item : e.items) {
    const ValueId v = expression(*item);
    if (!v) return {};
    element = element ? join_types(element, type(v)) : type(v);
    if (!element) {
      error(item->range, kElement, type(v)->annotation());
      return {};
    }
    inputs.push_back(v);
    inputs.push_back(constant(Value(true), item->range));
  }
  for (std::size_t i = 0; i < inputs.size(); i += 2) inputs[i] = coerce(inputs[i], element, e.range);
  return emit("prim::DictConstruct", std::move(inputs), types::dict(element, types::bool_()), e.range);
}

ValueId Emitter::set_call(const Call& e) {
  if (e.args.size() > 1) {
    error(e.range, kArguments, e.args.size());
    return {};
  }
  const TypePtr learned = hinted(&e);
  const ValueId out = emit("prim::DictConstruct", {}, learned ? learned : types::dict(types::str(), types::bool_()), e.range);
  if (hints_) open_container(out, hint_key(&e));
  if (e.args.empty()) return out;
  const MeaningPtr m = meaning(*e.args[0].value);
  const ValueId items = m ? plain_value(m) && type(plain_value(m))->kind() == TypeKind::kList ? plain_value(m) : gather_list(m, nullptr, e.range) : ValueId{};
  if (!items) return {};
  const ValueId yes = constant(Value(true), e.range);
  loop(
      call_operator("aten::len", {items}, e.range), nullptr, BodyScan{},
      [&](ValueId i) {
        call_operator("aten::_set_item", {out, call_operator("aten::__getitem__", {items, i}, e.range), yes}, e.range);
        return Flow::kFalls;
      },
      e.range, nullptr);
  return out;
}

}  // namespace fac::script
