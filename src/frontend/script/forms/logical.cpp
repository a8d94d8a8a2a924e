// `x or y` and `x and y` as values: in the everyday dialect they give one of their operands, as in Python. (TorchScript: a bool.)
#include "frontend/script/emitter.h"

namespace fac::script {
namespace {

// A test by its form: its value is a bool, and what it says about variables holds for the operands behind it.
bool is_test(const Expr& e) {
  switch (e.kind) {
    case ExprKind::kCompare:
    case ExprKind::kBoolLit: return true;
    case ExprKind::kUnary: return e.as<Unary>().op == UnaryOp::kNot;
    case ExprKind::kCall: {
      const auto* name = e.as<Call>().callee->try_as<Name>();
      return name && (name->name.str() == "isinstance" || name->name.str() == "hasattr" || name->name.str() == "bool");
    }
    default: return false;
  }
}

}  // namespace

ValueId Emitter::truth(ValueId v, Range at) {
  const TypePtr inner = v ? optional_element(type(v)) : nullptr;
  if (!inner) {
    if (v && type(v)->kind() == TypeKind::kNone) return constant(Value(false), at);
    if (v && type(v)->kind() == TypeKind::kTuple) return constant(Value(!type(v)->elements().empty()), at);
    if (v && type(v)->kind() == TypeKind::kComplex) return call_operator("aten::ne", {v, constant(Value(std::complex<double>()), at)}, at);
    return to_bool(v, at);
  }
  Condition there;
  there.value = call_operator("aten::__isnot__", {v, none(at)}, at);
  return branch_value(
      there, [&] {
        const ClassType* cls = as_class(inner);  // an object without __bool__ and __len__ is true
        if (cls && !cls->find_method("__bool__")) return constant(Value(true), at);
        return to_bool(unchecked_cast(v, inner, at), at);
      },
      [&] { return constant(Value(false), at); }, at);
}

ValueId Emitter::logical_value(const Logical& e) {
  const bool is_and = e.op == LogicalOp::kAnd;
  if (is_test(*e.operands[0])) return condition(e).value;
  ValueId left = expression(*e.operands[0]);
  for (const Expr* operand : e.operands.subspan(1)) {
    if (!left) return {};
    Condition c;
    c.value = truth(left, e.range);
    if (!c.value) return {};
    const auto* name = e.operands[0]->try_as<Name>();
    const TypePtr inner = optional_element(type(left));
    if (name && inner && operand == e.operands[1]) c.when_true.push_back({name->name, inner});
    if (const Value* known = graph_.constant(c.value); known && known->is_bool() && !name) c.known = known->b();
    // The operand behind is compiled first: a mixture of a bool and something else that no type holds is a test.
    Condition goes_on = c;
    if (!is_and) {
      std::swap(goes_on.when_true, goes_on.when_false);
      if (c.known) goes_on.known = !*c.known;
      goes_on.value = call_operator("aten::__not__", {c.value}, e.range);
    }
    const TypePtr mine = !is_and && inner ? inner : type(left);
    bool mixed = false;
    const auto next = [&]() -> ValueId {
      const ValueId v = expression(*operand);
      mixed = v && !join_types(mine, type(v)) && (mine->kind() == TypeKind::kBool || type(v)->kind() == TypeKind::kBool);
      return mixed ? truth(v, operand->range) : v;
    };
    const auto keep = [&]() -> ValueId {
      if (mixed) return c.value;
      return !is_and && inner ? unchecked_cast(left, inner, e.range) : left;
    };
    left = branch_value(goes_on, next, keep, e.range);
  }
  return left;
}

}  // namespace fac::script
