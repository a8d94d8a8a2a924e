// The expressions directly inside an expression; what lambdas and comprehensions hold is left out.
#pragma once

#include "frontend/script/tree.h"

namespace fac::script {

template <class F>
void for_each_child(const Expr& e, const F& f) {
  const auto all = [&](Exprs items) {
    for (const Expr* x : items) f(*x);
  };
  const auto maybe = [&](const Expr* x) {
    if (x) f(*x);
  };
  switch (e.kind) {
    case ExprKind::kUnary: return f(*e.as<Unary>().operand);
    case ExprKind::kBinary: f(*e.as<Binary>().left); return f(*e.as<Binary>().right);
    case ExprKind::kLogical: return all(e.as<Logical>().operands);
    case ExprKind::kCompare:
      f(*e.as<Compare>().left);
      for (const auto& part : e.as<Compare>().parts) f(*part.right);
      return;
    case ExprKind::kCall:
      f(*e.as<Call>().callee);
      for (const auto& arg : e.as<Call>().args) f(*arg.value);
      return;
    case ExprKind::kTuple: return all(e.as<Tuple>().items);
    case ExprKind::kList: return all(e.as<List>().items);
    case ExprKind::kSet: return all(e.as<Set>().items);
    case ExprKind::kDict:
      for (const DictItem& item : e.as<Dict>().items) maybe(item.key), f(*item.value);
      return;
    case ExprKind::kTernary:
      f(*e.as<Ternary>().condition);
      f(*e.as<Ternary>().then_value);
      return f(*e.as<Ternary>().else_value);
    case ExprKind::kAttribute: return f(*e.as<Attribute>().object);
    case ExprKind::kSubscript: f(*e.as<Subscript>().object); return all(e.as<Subscript>().indices);
    case ExprKind::kSlice:
      maybe(e.as<Slice>().lower);
      maybe(e.as<Slice>().upper);
      return maybe(e.as<Slice>().step);
    case ExprKind::kStarred: return f(*e.as<Starred>().value);
    case ExprKind::kWalrus: return f(*e.as<Walrus>().value);
    case ExprKind::kFString:
      for (const FStringPart& part : e.as<FString>().parts) maybe(part.value);
      return;
    default: return;
  }
}

}  // namespace fac::script
