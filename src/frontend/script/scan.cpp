#include "frontend/script/scan.h"

#include <algorithm>

#include "frontend/script/expr_children.h"

namespace fac::script {
namespace {

struct Scanner {
  BodyScan& out;

  void walrus(const Expr* e) {
    if (!e) return;
    if (const auto* w = e->try_as<Walrus>()) out.assigned.push_back(w->target);
    for_each_child(*e, [this](const Expr& child) { walrus(&child); });
  }

  void target(const Expr& e) {
    switch (e.kind) {
      case ExprKind::kName: out.assigned.push_back(e.as<Name>().name); return;
      case ExprKind::kStarred: target(*e.as<Starred>().value); return;
      case ExprKind::kTuple:
        for (const Expr* x : e.as<Tuple>().items) target(*x);
        return;
      case ExprKind::kList:
        for (const Expr* x : e.as<List>().items) target(*x);
        return;
      default: return;
    }
  }

  void block(Block body, bool own_loop) {
    for (const Stmt* s : body) statement(*s, own_loop);
  }

  void statement(const Stmt& s, bool own_loop) {
    switch (s.kind) {
      case StmtKind::kExprStmt: walrus(s.as<ExprStmt>().value); return;
      case StmtKind::kAssign:
        for (const Expr* t : s.as<Assign>().targets) target(*t);
        walrus(s.as<Assign>().value);
        return;
      case StmtKind::kAnnAssign: target(*s.as<AnnAssign>().target); return walrus(s.as<AnnAssign>().value);
      case StmtKind::kAugAssign: target(*s.as<AugAssign>().target); return walrus(s.as<AugAssign>().value);
      case StmtKind::kAssert: return walrus(s.as<Assert>().condition);
      case StmtKind::kDelete:
        for (const Expr* t : s.as<Delete>().targets) target(*t);
        return;
      case StmtKind::kIf:
        walrus(s.as<If>().condition);
        block(s.as<If>().body, own_loop);
        block(s.as<If>().else_body, own_loop);
        return;
      case StmtKind::kFor:
        walrus(s.as<For>().iterable);
        target(*s.as<For>().target);
        block(s.as<For>().body, false);
        block(s.as<For>().else_body, own_loop);
        return;
      case StmtKind::kWhile:
        walrus(s.as<While>().condition);
        block(s.as<While>().body, false);
        block(s.as<While>().else_body, own_loop);
        return;
      case StmtKind::kWith:
        for (const auto& item : s.as<With>().items)
          if (item.target) target(*item.target);
        block(s.as<With>().body, own_loop);
        return;
      case StmtKind::kTry:
        block(s.as<Try>().body, own_loop);
        for (const Handler& h : s.as<Try>().handlers) block(h.body, own_loop);
        block(s.as<Try>().else_body, own_loop);
        block(s.as<Try>().finally_body, own_loop);
        return;
      case StmtKind::kReturn: out.returns = true; return walrus(s.as<Return>().value);
      case StmtKind::kBreak: out.breaks |= own_loop; return;
      case StmtKind::kContinue: out.continues |= own_loop; return;
      default: return;
    }
  }
};

void nested_nonlocals(Block body, bool inside, std::vector<Symbol>& out) {
  for (const Stmt* s : body) {
    if (const auto* d = s->try_as<FunctionDef>()) nested_nonlocals(d->body, true, out);
    if (const auto* n = s->try_as<Nonlocal>(); n && inside) out.insert(out.end(), n->names.begin(), n->names.end());
    if (const auto* i = s->try_as<If>()) nested_nonlocals(i->body, inside, out), nested_nonlocals(i->else_body, inside, out);
    if (const auto* f = s->try_as<For>()) nested_nonlocals(f->body, inside, out), nested_nonlocals(f->else_body, inside, out);
    if (const auto* w = s->try_as<While>()) nested_nonlocals(w->body, inside, out), nested_nonlocals(w->else_body, inside, out);
    if (const auto* w = s->try_as<With>()) nested_nonlocals(w->body, inside, out);
    if (const auto* t = s->try_as<Try>()) {
      nested_nonlocals(t->body, inside, out);
      for (const Handler& h : t->handlers) nested_nonlocals(h.body, inside, out);
      nested_nonlocals(t->else_body, inside, out);
      nested_nonlocals(t->finally_body, inside, out);
    }
  }
}

}  // namespace

std::vector<Symbol> nonlocals_below(const FunctionDef& def) {
  std::vector<Symbol> out;
  nested_nonlocals(def.body, false, out);
  return out;
}

bool holds_walrus(const Expr& e) {
  bool found = e.kind == ExprKind::kWalrus;
  for_each_child(e, [&](const Expr& child) { found = found || holds_walrus(child); });
  return found;
}

BodyScan scan_body(Block body, const Expr* target, const Expr* condition) {
  BodyScan out;
  Scanner scanner{out};
  if (target) scanner.target(*target);
  scanner.walrus(condition);
  scanner.block(body, true);
  std::sort(out.assigned.begin(), out.assigned.end(), [](Symbol a, Symbol b) { return a.str() < b.str(); });
  out.assigned.erase(std::unique(out.assigned.begin(), out.assigned.end()), out.assigned.end());
  return out;
}

}  // namespace fac::script
