#include "frontend/script/pytorch_ranges.h"

#include <algorithm>

namespace fac::script {
namespace {

class Shortener {
 public:
  explicit Shortener(bool python) : python_(python) {}

  void block(Block body) {
    for (const Stmt* s : body) statement(*s);
  }

 private:
  // Nodes are const for everybody else; whoever has just made the tree may still change it.
  static void end_at(const Expr& e, std::uint32_t end) {
    if (end > e.range.begin && end < e.range.end) const_cast<Expr&>(e).range.end = end;
  }
  static void end_at(const Stmt& s, std::uint32_t end) {
    if (end > s.range.begin && end < s.range.end) const_cast<Stmt&>(s).range.end = end;
  }
  std::uint32_t last(Exprs items) {
    std::uint32_t end = 0;
    for (const Expr* x : items) end = std::max(end, expression(*x));
    return end;
  }
  std::uint32_t maybe(const Expr* e) { return e ? expression(*e) : 0; }

  // Where e ends now.
  std::uint32_t expression(const Expr& e) {
    switch (e.kind) {
      case ExprKind::kStringLit:
        if (python_) end_at(e, e.range.end - 1);
        break;
      case ExprKind::kTuple: end_at(e, last(e.as<Tuple>().items)); break;
      case ExprKind::kList: end_at(e, last(e.as<List>().items)); break;
      case ExprKind::kDict: {
        std::uint32_t end = 0;
        for (const DictItem& item : e.as<Dict>().items) end = std::max({end, maybe(item.key), expression(*item.value)});
        end_at(e, end);
        break;
      }
      case ExprKind::kComprehension: {
        const auto& c = e.as<Comprehension>();
        std::uint32_t end = std::max(expression(*c.element), maybe(c.value));
        for (const auto& f : c.fors) end = std::max({end, expression(*f.iterable), last(f.conditions)});
        end_at(e, end);
        break;
      }
      case ExprKind::kUnary: end_at(e, expression(*e.as<Unary>().operand)); break;
      case ExprKind::kBinary: {
        expression(*e.as<Binary>().left);
        end_at(e, expression(*e.as<Binary>().right));
        break;
      }
      case ExprKind::kLogical: end_at(e, last(e.as<Logical>().operands)); break;
      case ExprKind::kCompare: {
        expression(*e.as<Compare>().left);
        std::uint32_t end = 0;
        for (const auto& part : e.as<Compare>().parts) end = expression(*part.right);
        end_at(e, end);
        break;
      }
      case ExprKind::kTernary: {
        const auto& t = e.as<Ternary>();
        end_at(e, std::max({expression(*t.condition), expression(*t.then_value), expression(*t.else_value)}));
        break;
      }
      case ExprKind::kCall: {
        const auto& c = e.as<Call>();
        std::uint32_t end = expression(*c.callee);
        for (const Arg& a : c.args) end = std::max(end, expression(*a.value));
        end_at(e, end);
        break;
      }
      case ExprKind::kAttribute: expression(*e.as<Attribute>().object); break;
      case ExprKind::kSubscript: {
        const auto& s = e.as<Subscript>();
        expression(*s.object);
        for (const Expr* index : s.indices)
          if (index->kind != ExprKind::kSlice) end_at(e, expression(*index) + 1);  // the bracket counts
        break;
      }
      case ExprKind::kStarred: end_at(e, expression(*e.as<Starred>().value)); break;
      default: break;
    }
    return e.range.end;
  }

  void statement(const Stmt& s) {
    switch (s.kind) {
      case StmtKind::kExprStmt: end_at(s, expression(*s.as<ExprStmt>().value)); break;
      case StmtKind::kAssign:
        last(s.as<Assign>().targets);
        end_at(s, expression(*s.as<Assign>().value));
        break;
      case StmtKind::kAnnAssign:
        expression(*s.as<AnnAssign>().target);
        if (const Expr* value = s.as<AnnAssign>().value) end_at(s, expression(*value));
        break;
      case StmtKind::kAugAssign:
        expression(*s.as<AugAssign>().target);
        end_at(s, expression(*s.as<AugAssign>().value));
        break;
      case StmtKind::kReturn:
        if (const Expr* value = s.as<Return>().value) end_at(s, expression(*value));
        break;
      case StmtKind::kRaise:
        if (const Expr* exception = s.as<Raise>().exception; exception && !s.as<Raise>().cause) end_at(s, expression(*exception));
        break;
      case StmtKind::kAssert: end_at(s, std::max(expression(*s.as<Assert>().condition), maybe(s.as<Assert>().message))); break;
      case StmtKind::kDelete: last(s.as<Delete>().targets); break;
      case StmtKind::kIf:
        expression(*s.as<If>().condition);
        block(s.as<If>().body);
        block(s.as<If>().else_body);
        break;
      case StmtKind::kFor:
        expression(*s.as<For>().target);
        expression(*s.as<For>().iterable);
        block(s.as<For>().body);
        block(s.as<For>().else_body);
        break;
      case StmtKind::kWhile:
        expression(*s.as<While>().condition);
        block(s.as<While>().body);
        block(s.as<While>().else_body);
        break;
      case StmtKind::kWith:
        for (const WithItem& item : s.as<With>().items) expression(*item.context), maybe(item.target);
        block(s.as<With>().body);
        break;
      case StmtKind::kFunctionDef: block(s.as<FunctionDef>().body); break;
      default: break;
    }
  }

  bool python_;
};

}  // namespace

void shorten_ranges_as_pytorch(Tree& tree, bool python) { Shortener(python).block(tree.body); }

}  // namespace fac::script
