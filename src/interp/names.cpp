// Which names a function's body binds: they are local to it.
#include "interp/interp.h"

namespace fac::interp {

using namespace script;

namespace {

class Finder {
 public:
  explicit Finder(NameInfo& info) : info_(info) {}

  void block(Block body) {
    for (const Stmt* s : body) statement(*s);
  }
  void add(Symbol s) {
    if (s && !info_.has(info_.locals, s)) info_.locals.push_back(s);
  }

  void expression(const Expr* e) {  // walrus targets, at any depth but inside lambdas
    if (!e) return;
    switch (e->kind) {
      case ExprKind::kWalrus: add(e->as<Walrus>().target); expression(e->as<Walrus>().value); break;
      case ExprKind::kTuple: all(e->as<Tuple>().items); break;
      case ExprKind::kList: all(e->as<List>().items); break;
      case ExprKind::kUnary: expression(e->as<Unary>().operand); break;
      case ExprKind::kBinary: expression(e->as<Binary>().left); expression(e->as<Binary>().right); break;
      case ExprKind::kLogical: all(e->as<Logical>().operands); break;
      case ExprKind::kCompare:
        expression(e->as<Compare>().left);
        for (const auto& p : e->as<Compare>().parts) expression(p.right);
        break;
      case ExprKind::kTernary:
        expression(e->as<Ternary>().condition);
        expression(e->as<Ternary>().then_value);
        expression(e->as<Ternary>().else_value);
        break;
      case ExprKind::kCall:
        expression(e->as<Call>().callee);
        for (const auto& a : e->as<Call>().args) expression(a.value);
        break;
      case ExprKind::kAttribute: expression(e->as<Attribute>().object); break;
      case ExprKind::kSubscript: expression(e->as<Subscript>().object); all(e->as<Subscript>().indices); break;
      case ExprKind::kComprehension:
        expression(e->as<Comprehension>().element);
        expression(e->as<Comprehension>().value);
        for (const auto& c : e->as<Comprehension>().fors) all(c.conditions);
        break;
      default: break;
    }
  }

 private:
  void all(Exprs exprs) {
    for (const Expr* e : exprs) expression(e);
  }
  void target(const Expr* t) {
    if (!t) return;
    switch (t->kind) {
      case ExprKind::kName: add(t->as<Name>().name); break;
      case ExprKind::kTuple:
        for (const Expr* e : t->as<Tuple>().items) target(e);
        break;
      case ExprKind::kList:
        for (const Expr* e : t->as<List>().items) target(e);
        break;
      case ExprKind::kStarred: target(t->as<Starred>().value); break;
      default: break;
    }
  }
  void statement(const Stmt& s) {
    switch (s.kind) {
      case StmtKind::kExprStmt: expression(s.as<ExprStmt>().value); break;
      case StmtKind::kAssign:
        for (const Expr* t : s.as<Assign>().targets) target(t);
        expression(s.as<Assign>().value);
        break;
      case StmtKind::kAnnAssign: target(s.as<AnnAssign>().target); expression(s.as<AnnAssign>().value); break;
      case StmtKind::kAugAssign: target(s.as<AugAssign>().target); expression(s.as<AugAssign>().value); break;
      case StmtKind::kReturn: expression(s.as<Return>().value); break;
      case StmtKind::kAssert: expression(s.as<Assert>().condition); break;
      case StmtKind::kIf: expression(s.as<If>().condition); block(s.as<If>().body); block(s.as<If>().else_body); break;
      case StmtKind::kFor:
        target(s.as<For>().target);
        expression(s.as<For>().iterable);
        block(s.as<For>().body);
        block(s.as<For>().else_body);
        break;
      case StmtKind::kWhile:
        expression(s.as<While>().condition);
        block(s.as<While>().body);
        block(s.as<While>().else_body);
        break;
      case StmtKind::kWith:
        for (const auto& i : s.as<With>().items) {
          target(i.target);
          expression(i.context);
        }
        block(s.as<With>().body);
        break;
      case StmtKind::kTry:
        block(s.as<Try>().body);
        for (const auto& h : s.as<Try>().handlers) {
          add(h.name);
          block(h.body);
        }
        block(s.as<Try>().else_body);
        block(s.as<Try>().finally_body);
        break;
      case StmtKind::kDelete:
        for (const Expr* t : s.as<Delete>().targets) target(t);
        break;
      case StmtKind::kGlobal:
        for (Symbol n : s.as<Global>().names) info_.globals.push_back(n);
        break;
      case StmtKind::kNonlocal:
        for (Symbol n : s.as<Nonlocal>().names) info_.nonlocals.push_back(n);
        break;
      case StmtKind::kImport:
        for (const auto& n : s.as<Import>().names) {
          const std::string_view text = n.name.str();
          add(n.alias ? n.alias : Symbol(text.substr(0, text.find('.'))));
        }
        break;
      case StmtKind::kImportFrom:
        for (const auto& n : s.as<ImportFrom>().names) add(n.alias ? n.alias : n.name);
        break;
      case StmtKind::kFunctionDef: add(s.as<FunctionDef>().name); break;
      case StmtKind::kClassDef: add(s.as<ClassDef>().name); break;
      default: break;
    }
  }
  NameInfo& info_;
};

}  // namespace

const NameInfo* Interp::names_of(const FunctionDef* def, const Lambda* lambda) {
  const void* key = def ? static_cast<const void*>(def) : static_cast<const void*>(lambda);
  auto& slot = names_[key];
  if (slot) return slot.get();
  slot = std::make_unique<NameInfo>();
  Finder finder(*slot);
  for (const Param& p : def ? def->params : lambda->params) finder.add(p.name);
  if (def) finder.block(def->body);
  else finder.expression(lambda->body);
  std::erase_if(slot->locals, [&](Symbol s) { return slot->has(slot->globals, s) || slot->has(slot->nonlocals, s); });
  return slot.get();
}

}  // namespace fac::interp
