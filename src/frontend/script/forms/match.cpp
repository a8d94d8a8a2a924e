// `match x:` (Python 3.10), read into `if`s.
#include "frontend/script/parser_impl.h"

namespace fac::script {
namespace {

constexpr Diag<> kPattern{"match-pattern", "this pattern of `case` is not supported: values, `|`, `_`, names, class names and sequences are"};

// `match` is a name everywhere but in front of `...:`, a new line and an indented `case`.
bool at_match_statement(const Parser& p) {
  std::uint32_t i = p.at_ + 1;
  while (i < p.last() && p.tokens_[i].kind != Tok::kNewline) ++i;
  return i + 2 < p.last() && p.tokens_[i - 1].kind == Tok::kColon && p.tokens_[i + 1].kind == Tok::kIndent &&
         p.tokens_[i + 2].kind == Tok::kName && p.token_text(i + 2) == "case";
}

// The test that a pattern makes of the subject; names that it binds become assignments.
const Expr* pattern_test(Parser& p, const Expr* pattern, const Expr* subject, std::vector<const Stmt*>& bindings) {
  const auto compare = [&](CompareOp op, const Expr* right) -> const Expr* {
    Compare* c = p.make<Compare>(pattern->range);
    ComparePart part;
    part.op = op;
    part.op_range = pattern->range;
    part.right = right;
    const std::vector<ComparePart> parts{part};
    c->left = subject;
    c->parts = p.keep(parts);
    p.deepen(c, right);
    return c;
  };
  const auto logical = [&](LogicalOp op, const std::vector<const Expr*>& operands) -> const Expr* {
    if (operands.size() == 1) return operands[0];
    Logical* l = p.make<Logical>(pattern->range);
    l->op = op;
    l->operands = p.keep(operands);
    p.deepen(l, l->operands);
    return l;
  };
  const auto call = [&](const char* name, const std::vector<const Expr*>& values) -> const Expr* {
    Name* callee = p.make<Name>(pattern->range);
    callee->name = Symbol(name);
    std::vector<Arg> args;
    for (const Expr* v : values) {
      Arg a;
      a.range = pattern->range;
      a.value = v;
      args.push_back(a);
    }
    Call* c = p.make<Call>(pattern->range);
    c->callee = callee;
    c->args = p.keep(args);
    return c;
  };
  switch (pattern->kind) {
    case ExprKind::kName: {
      if (pattern->as<Name>().name.str() != "_") {
        Assign* bind = p.make<Assign>(pattern->range);
        const std::vector<const Expr*> targets{pattern};
        bind->targets = p.keep(targets);
        bind->value = subject;
        bindings.push_back(bind);
      }
      BoolLit* yes = p.make<BoolLit>(pattern->range);
      yes->value = true;
      return yes;
    }
    case ExprKind::kNoneLit: return compare(CompareOp::kIs, pattern);
    case ExprKind::kIntLit: case ExprKind::kFloatLit: case ExprKind::kStringLit: case ExprKind::kBoolLit:
    case ExprKind::kUnary: case ExprKind::kAttribute: return compare(CompareOp::kEq, pattern);
    case ExprKind::kBinary: {
      const auto& b = pattern->as<Binary>();
      if (b.op != BinaryOp::kBitOr) break;
      const std::size_t names = bindings.size();
      const std::vector<const Expr*> sides{pattern_test(p, b.left, subject, bindings), pattern_test(p, b.right, subject, bindings)};
      if (bindings.size() != names) break;  // alternatives that bind names
      return logical(LogicalOp::kOr, sides);
    }
    case ExprKind::kCall: {
      const auto& c = pattern->as<Call>();
      if (!c.args.empty()) break;
      return call("isinstance", {subject, c.callee});  // case int():
    }
    case ExprKind::kTuple: case ExprKind::kList: {
      const Exprs items = pattern->kind == ExprKind::kTuple ? pattern->as<Tuple>().items : pattern->as<List>().items;
      IntLit* size = p.make<IntLit>(pattern->range);
      size->value = static_cast<std::int64_t>(items.size());
      Compare* length = p.make<Compare>(pattern->range);
      ComparePart part;
      part.op = CompareOp::kEq;
      part.op_range = pattern->range;
      part.right = size;
      const std::vector<ComparePart> parts{part};
      length->left = call("len", {subject});
      length->parts = p.keep(parts);
      std::vector<const Expr*> tests{length};
      for (std::size_t i = 0; i < items.size(); ++i) {
        IntLit* index = p.make<IntLit>(items[i]->range);
        index->value = static_cast<std::int64_t>(i);
        const std::vector<const Expr*> indices{index};
        Subscript* item = p.make<Subscript>(items[i]->range);
        item->object = subject;
        item->indices = p.keep(indices);
        const Expr* test = pattern_test(p, items[i], item, bindings);
        if (test->kind != ExprKind::kBoolLit || !test->as<BoolLit>().value) tests.push_back(test);
      }
      return logical(LogicalOp::kAnd, tests);
    }
    default: break;
  }
  p.fail(pattern->range, kPattern);
  return pattern;
}

const Stmt* match_case(Parser& p, const Expr* subject) {
  const Parser::Level level(p);
  if (!level.ok || p.has_failed()) return p.make<Pass>(p.here());
  const std::uint32_t begin = p.begin_here();
  if (p.token_text(p.at_) != "case") {
    p.fail(p.here(), kPattern);
    return p.make<Pass>(p.here());
  }
  p.next();
  std::vector<const Stmt*> bindings;
  const std::uint32_t pattern_begin = p.begin_here();
  std::vector<const Expr*> items{p.binary(kPowerBitOr)};  // no `if … else`: an `if` is the guard
  const bool is_sequence = p.at(Tok::kComma);
  while (p.accept(Tok::kComma) && !p.at(Tok::kColon) && !p.at(Tok::kIf)) items.push_back(p.binary(kPowerBitOr));
  const Expr* pattern = items[0];
  if (is_sequence) {
    Tuple* sequence = p.make<Tuple>(p.since(pattern_begin));
    sequence->items = p.keep(items);
    pattern = sequence;
  }
  const Expr* test = pattern_test(p, pattern, subject, bindings);
  if (p.accept(Tok::kIf)) {
    const Expr* guard = p.named_expression();
    // A name that the pattern binds is in view of the guard: `(n := subject)` comes before it, as a statement would.
    if (!bindings.empty()) {
      if (pattern->kind != ExprKind::kName) p.fail(guard->range, kPattern);
      Walrus* bind = p.make<Walrus>(pattern->range);
      bind->target = bindings[0]->as<Assign>().targets[0]->as<Name>().name;
      bind->target_range = pattern->range;
      bind->value = subject;
      Compare* yes = p.make<Compare>(pattern->range);  // (n := subject) == subject, for its effect
      ComparePart part;
      part.op = CompareOp::kEq;
      part.op_range = pattern->range;
      part.right = subject;
      const std::vector<ComparePart> parts{part};
      yes->left = bind;
      yes->parts = p.keep(parts);
      test = yes;
      bindings.clear();
    }
    const std::vector<const Expr*> both{test, guard};
    Logical* l = p.make<Logical>(guard->range);
    l->op = LogicalOp::kAnd;
    l->operands = p.keep(both);
    test = test->kind == ExprKind::kBoolLit ? guard : l;
  }
  p.expect(Tok::kColon, "after the pattern");
  const Block body = p.block("`case`");
  bindings.insert(bindings.end(), body.begin(), body.end());
  If* node = p.make<If>(p.since(begin));
  node->condition = test;
  node->body = p.keep(bindings);
  if (!p.at(Tok::kDedent) && !p.at(Tok::kEnd) && !p.has_failed()) {
    const std::vector<const Stmt*> rest{match_case(p, subject)};
    node->else_body = p.keep(rest);
  }
  return node;
}

}  // namespace

// `match x:` with its cases as `if`s over the subject, which is kept in a variable unless it is one.
const Stmt* match_form(Parser& p) {
  if (!at_match_statement(p)) return nullptr;
  const std::uint32_t begin = p.begin_here();
  p.next();  // match
  const Expr* subject = p.expression_list();
  p.expect(Tok::kColon, "after the subject of `match`");
  if (!p.accept(Tok::kNewline) || !p.accept(Tok::kIndent)) p.fail(p.here(), kPattern);
  std::vector<const Stmt*> before;
  const Expr* variable = subject;
  if (subject->kind != ExprKind::kName) {
    Name* name = p.make<Name>(subject->range);
    name->name = Symbol("$match" + std::to_string(begin));
    variable = name;
    Assign* keep_it = p.make<Assign>(subject->range);
    const std::vector<const Expr*> targets{name};
    keep_it->targets = p.keep(targets);
    keep_it->value = subject;
    before.push_back(keep_it);
  }
  const Stmt* cases = match_case(p, variable);
  p.accept(Tok::kDedent);
  before.push_back(cases);
  if (before.size() == 1) return cases;
  BoolLit* always = p.make<BoolLit>(subject->range);  // both statements as one: `if True:`
  always->value = true;
  If* both = p.make<If>(p.since(begin));
  both->condition = always;
  both->body = p.keep(before);
  return both;
}

}  // namespace fac::script
