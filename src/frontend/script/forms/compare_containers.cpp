// Comparison of tuples and lists as Python has it, in the everyday dialect.
#include <functional>

#include "frontend/nn/everyday.h"
#include "frontend/script/emitter.h"

namespace fac::script {
namespace {

// Whether values of these types may be equal in Python.
bool comparable(const TypePtr& a, const TypePtr& b) {
  const auto group = [](const TypePtr& t) {
    const TypeKind k = t->kind();
    return k == TypeKind::kFloat || k == TypeKind::kBool || k == TypeKind::kComplex || k == TypeKind::kNumber ? TypeKind::kInt : k;
  };
  const auto open = [](const TypePtr& t) { return t->kind() == TypeKind::kOptional || t->kind() == TypeKind::kUnion || t->kind() == TypeKind::kAny || t->kind() == TypeKind::kTensor; };
  return open(a) || open(b) || group(a) == group(b);
}

}  // namespace

// (a, b) < (c, d): by the first elements that differ, as in Python; elements of types that cannot be equal are not.
ValueId Emitter::compare_tuples(CompareOp op, ValueId left, ValueId right, Range at) {
  const std::vector<ValueId> a = unpack_tuple(left, at), b = unpack_tuple(right, at);
  const bool equality = op == CompareOp::kEq || op == CompareOp::kNe;
  const std::function<ValueId(std::size_t)> from = [&](std::size_t i) -> ValueId {
    if (i == a.size() || i == b.size()) {
      const auto x = a.size(), y = b.size();
      const bool out = op == CompareOp::kEq   ? x == y
                       : op == CompareOp::kNe ? x != y
                       : op == CompareOp::kLt ? x < y
                       : op == CompareOp::kLe ? x <= y
                       : op == CompareOp::kGt ? x > y
                                              : x >= y;
      return constant(Value(out), at);
    }
    if (equality && !comparable(type(a[i]), type(b[i]))) return constant(Value(op == CompareOp::kNe), at);
    Condition equal;
    equal.value = to_bool(compare_values(CompareOp::kEq, a[i], b[i], at), at);
    return branch_value(
        equal, [&] { return from(i + 1); },
        [&] { return equality ? constant(Value(op == CompareOp::kNe), at) : to_bool(compare_values(op, a[i], b[i], at), at); }, at);
  };
  return equality && a.size() != b.size() ? constant(Value(op == CompareOp::kNe), at) : from(0);
}

ValueId Emitter::compare_lists(CompareOp op, ValueId left, ValueId right, Range at) {
  const bool swapped = op == CompareOp::kGt || op == CompareOp::kLe;
  const ValueId less = nn::call_everyday(*this, "list_less", swapped ? std::vector{right, left} : std::vector{left, right}, at);
  return less && (op == CompareOp::kLe || op == CompareOp::kGe) ? call_operator("aten::__not__", {less}, at) : less;
}

ValueId Emitter::in_tuple(ValueId item, ValueId tuple, Range at) {
  ValueId out = constant(Value(false), at);
  for (const ValueId v : unpack_tuple(tuple, at)) {
    if (!comparable(type(item), type(v))) continue;
    const ValueId equal = to_bool(compare_values(CompareOp::kEq, item, v, at), at);
    out = graph_.constant(out) ? equal : call_operator("aten::__or__", {out, equal}, at);
  }
  return out;
}

}  // namespace fac::script
