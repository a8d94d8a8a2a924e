#include "frontend/script/expr_children.h"
#include "frontend/script/scan.h"

namespace fac::script {
namespace {

struct AttributeScanner {
  Symbol self;
  AttributeScan& out;

  bool is_own(const Expr& e) const {
    const auto* a = e.try_as<Attribute>();
    const auto* object = a ? a->object->try_as<Name>() : nullptr;
    return object && object->name == self;
  }

  void condition(const Expr* e) {
    if (is_own(*e)) out.conditions.push_back(e->as<Attribute>().name);
    if (const auto* u = e->try_as<Unary>()) condition(u->operand);
    // `self.stride == 2`
    if (const auto* c = e->try_as<Compare>(); c && c->parts.size() == 1)
      for (const Expr* side : {c->left, c->parts[0].right})
        if (is_own(*side)) out.conditions.push_back(side->as<Attribute>().name);
    if (const auto* l = e->try_as<Logical>())
      for (const Expr* x : l->operands) condition(x);
  }

  void expression(const Expr* e, bool in_index = false) {
    if (!e) return;
    if (const auto* t = e->try_as<Ternary>()) condition(t->condition);
    if (in_index && is_own(*e)) out.indexes.push_back(e->as<Attribute>().name);
    if (const auto* s = e->try_as<Subscript>()) {
      expression(s->object, in_index);
      for (const Expr* i : s->indices) expression(i, true);
      return;
    }
    if (const auto* c = e->try_as<Comprehension>()) {
      expression(c->element);
      expression(c->value);
      for (const auto& f : c->fors) {
        expression(f.iterable);
        for (const Expr* x : f.conditions) expression(x);
      }
      return;
    }
    if (const auto* l = e->try_as<Lambda>()) return expression(l->body);
    for_each_child(*e, [&](const Expr& child) { expression(&child, in_index); });
  }

  void target(const Expr& e) {
    if (is_own(e)) out.assigned.push_back(e.as<Attribute>().name);
    else if (const auto* t = e.try_as<Tuple>()) targets(t->items);
    else if (const auto* l = e.try_as<List>()) targets(l->items);
    else if (const auto* s = e.try_as<Starred>()) target(*s->value);
    else expression(&e);
  }
  void targets(Exprs items) {
    for (const Expr* x : items) target(*x);
  }
  void block(Block body) {
    for (const Stmt* s : body) statement(*s);
  }

  void statement(const Stmt& s) {
    switch (s.kind) {
      case StmtKind::kExprStmt: return expression(s.as<ExprStmt>().value);
      case StmtKind::kAssign: targets(s.as<Assign>().targets); return expression(s.as<Assign>().value);
      case StmtKind::kAnnAssign: target(*s.as<AnnAssign>().target); return expression(s.as<AnnAssign>().value);
      case StmtKind::kAugAssign: target(*s.as<AugAssign>().target); return expression(s.as<AugAssign>().value);
      case StmtKind::kReturn: return expression(s.as<Return>().value);
      case StmtKind::kRaise: return expression(s.as<Raise>().exception);
      case StmtKind::kAssert: expression(s.as<Assert>().condition); return expression(s.as<Assert>().message);
      case StmtKind::kDelete: return targets(s.as<Delete>().targets);
      case StmtKind::kIf:
        condition(s.as<If>().condition);
        expression(s.as<If>().condition);
        block(s.as<If>().body);
        return block(s.as<If>().else_body);
      case StmtKind::kFor:
        target(*s.as<For>().target);
        expression(s.as<For>().iterable);
        block(s.as<For>().body);
        return block(s.as<For>().else_body);
      case StmtKind::kWhile:
        expression(s.as<While>().condition);
        block(s.as<While>().body);
        return block(s.as<While>().else_body);
      case StmtKind::kWith:
        for (const auto& item : s.as<With>().items) {
          expression(item.context);
          if (item.target) target(*item.target);
        }
        return block(s.as<With>().body);
      case StmtKind::kTry:
        block(s.as<Try>().body);
        for (const auto& h : s.as<Try>().handlers) block(h.body);
        block(s.as<Try>().else_body);
        return block(s.as<Try>().finally_body);
      case StmtKind::kFunctionDef: return block(s.as<FunctionDef>().body);
      default: return;
    }
  }
};

}  // namespace

void scan_attributes(const FunctionDef& def, AttributeScan& out) {
  if (def.params.empty()) return;
  AttributeScanner{def.params[0].name, out}.block(def.body);
}

}  // namespace fac::script
