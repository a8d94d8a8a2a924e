// Statements that hold blocks; functions and classes are in parse_definition.cpp.
#include "frontend/script/parser_impl.h"

namespace fac::script {
namespace {

constexpr Diag<> kPattern{"match-pattern", "this pattern of `case` is not supported: values, `|`, `_`, names, class names and sequences are"};
constexpr Diag<> kTryAlone{"try-alone", "`try` needs an `except` or a `finally`"};
constexpr Diag<> kExceptGroup{"except-group", "`except*` is not supported"};

}  // namespace

const Stmt* Parser::compound_statement() {
  switch (peek()) {
    case Tok::kIf: return if_statement(false);
    case Tok::kFor: return for_statement();
    case Tok::kWhile: return while_statement();
    case Tok::kWith: return with_statement();
    case Tok::kTry: return try_statement();
    case Tok::kDef: return function({}, begin_here());
    case Tok::kClass: return class_definition({}, begin_here());
    case Tok::kAt: return decorated();
    case Tok::kAsync: fail(here(), kUnsupportedWord, "async"); return nullptr;
    case Tok::kName: return at_match_statement() ? match_statement() : nullptr;
    default: return nullptr;
  }
}

Block Parser::else_block() {
  if (!accept(Tok::kElse)) return {};
  expect(Tok::kColon, "after `else`");
  return block("`else`");
}

const Stmt* Parser::if_statement(bool is_elif) {
  const Level level(*this);  // an `elif` nests in the `if` before it
  if (!level.ok) return nullptr;
  const std::uint32_t begin = begin_here();
  next();
  const Expr* condition = named_expression();
  expect(Tok::kColon, "after the condition");
  const Block body = block(is_elif ? "`elif`" : "`if`");
  Block else_body;
  if (at(Tok::kElif)) {
    const std::vector<const Stmt*> rest{if_statement(true)};
    else_body = keep(rest);
  } else {
    else_body = else_block();
  }
  If* node = make<If>(since(begin));
  node->condition = condition;
  node->body = body;
  node->else_body = else_body;
  node->is_elif = is_elif;
  return node;
}

const Stmt* Parser::for_statement() {
  const std::uint32_t begin = begin_here();
  next();
  const Expr* target = target_list();
  check_target(target, "assign to");
  expect(Tok::kIn, "after the target of `for`");
  const Expr* iterable = expression_list();
  expect(Tok::kColon, "after the header of `for`");
  const Expr* comment = nullptr;
  if (at(Tok::kNewline))
    if (const TypeComment* found = comment_before(at_)) comment = type_comment(*found);
  const Block body = block("`for`");
  const Block else_body = else_block();
  For* node = make<For>(since(begin));
  node->target = target;
  node->iterable = iterable;
  node->body = body;
  node->else_body = else_body;
  node->type_comment = comment;
  return node;
}

const Stmt* Parser::while_statement() {
  const std::uint32_t begin = begin_here();
  next();
  const Expr* condition = named_expression();
  expect(Tok::kColon, "after the condition");
  const Block body = block("`while`");
  const Block else_body = else_block();
  While* node = make<While>(since(begin));
  node->condition = condition;
  node->body = body;
  node->else_body = else_body;
  return node;
}

// `with (a as b, c):` and `with (a, b):`, as against `with (a, b) as c:` and `with (a).b:`.
bool Parser::at_parenthesised_with() const {
  if (!at(Tok::kOpenParen)) return false;
  bool has_items = false;
  std::uint32_t open = 0, i = at_;
  for (; i < last(); ++i) {
    const Tok t = tokens_[i].kind;
    if (t == Tok::kOpenParen || t == Tok::kOpenBracket || t == Tok::kOpenBrace) ++open;
    if (open == 1 && (t == Tok::kAs || t == Tok::kComma)) has_items = true;
    if ((t == Tok::kCloseParen || t == Tok::kCloseBracket || t == Tok::kCloseBrace) && --open == 0) break;
    if (t == Tok::kNewline) return false;
  }
  return has_items && i + 1 < last() && tokens_[i + 1].kind == Tok::kColon;
}

const Stmt* Parser::with_statement() {
  const std::uint32_t begin = begin_here();
  next();
  const bool in_parens = at_parenthesised_with() && accept(Tok::kOpenParen);
  std::vector<WithItem> items;
  do {
    if (in_parens && at(Tok::kCloseParen)) break;
    WithItem item;
    item.context = expression();
    if (accept(Tok::kAs)) {
      item.target = star_or(&Parser::expression);
      check_target(item.target, "assign to");
    }
    items.push_back(item);
  } while (accept(Tok::kComma));
  if (in_parens) expect(Tok::kCloseParen, "after the items of `with`");
  expect(Tok::kColon, "after the header of `with`");
  const Block body = block("`with`");
  With* node = make<With>(since(begin));
  node->items = keep(items);
  node->body = body;
  return node;
}

const Stmt* Parser::try_statement() {
  const std::uint32_t begin = begin_here();
  next();
  expect(Tok::kColon, "after `try`");
  const Block body = block("`try`");
  std::vector<Handler> handlers;
  while (at(Tok::kExcept)) {
    Handler handler;
    const std::uint32_t handler_begin = begin_here();
    next();
    if (at(Tok::kStar)) fail(here(), kExceptGroup);
    if (!at(Tok::kColon)) {
      handler.type = expression();
      if (accept(Tok::kAs)) handler.name = expect_name("a name after `as`");
    }
    expect(Tok::kColon, "after `except`");
    handler.body = block("`except`");
    handler.range = since(handler_begin);
    handlers.push_back(handler);
  }
  const Block else_body = else_block();
  Block finally_body;
  if (at(Tok::kFinally)) {
    next();
    expect(Tok::kColon, "after `finally`");
    finally_body = block("`finally`");
  } else if (handlers.empty()) {
    fail({file_, begin, begin + 3}, kTryAlone);
  }
  Try* node = make<Try>(since(begin));
  node->body = body;
  node->handlers = keep(handlers);
  node->else_body = else_body;
  node->finally_body = finally_body;
  return node;
}

// `match` is a name everywhere but in front of `...:`, a new line and an indented `case`.
bool Parser::at_match_statement() const {
  if (token_text(at_) != "match") return false;
  std::uint32_t i = at_ + 1;
  while (i < last() && tokens_[i].kind != Tok::kNewline) ++i;
  return i + 2 < last() && tokens_[i - 1].kind == Tok::kColon && tokens_[i + 1].kind == Tok::kIndent &&
         tokens_[i + 2].kind == Tok::kName && token_text(i + 2) == "case";
}

// `match x:` with its cases as `if`s over the subject, which is kept in a variable unless it is one.
const Stmt* Parser::match_statement() {
  const std::uint32_t begin = begin_here();
  next();  // match
  const Expr* subject = expression_list();
  expect(Tok::kColon, "after the subject of `match`");
  if (!accept(Tok::kNewline) || !accept(Tok::kIndent)) fail(here(), kPattern);
  std::vector<const Stmt*> before;
  const Expr* variable = subject;
  if (subject->kind != ExprKind::kName) {
    Name* name = make<Name>(subject->range);
    name->name = Symbol("$match" + std::to_string(begin));
    variable = name;
    Assign* keep_it = make<Assign>(subject->range);
    const std::vector<const Expr*> targets{name};
    keep_it->targets = keep(targets);
    keep_it->value = subject;
    before.push_back(keep_it);
  }
  const Stmt* cases = match_case(variable);
  accept(Tok::kDedent);
  before.push_back(cases);
  if (before.size() == 1) return cases;
  BoolLit* always = make<BoolLit>(subject->range);  // both statements as one: `if True:`
  always->value = true;
  If* both = make<If>(since(begin));
  both->condition = always;
  both->body = keep(before);
  return both;
}

const Stmt* Parser::match_case(const Expr* subject) {
  const Level level(*this);
  if (!level.ok || has_failed()) return make<Pass>(here());
  const std::uint32_t begin = begin_here();
  if (token_text(at_) != "case") {
    fail(here(), kPattern);
    return make<Pass>(here());
  }
  next();
  std::vector<const Stmt*> bindings;
  const std::uint32_t pattern_begin = begin_here();
  std::vector<const Expr*> items{binary(kPowerBitOr)};  // no `if … else`: an `if` is the guard
  const bool is_sequence = at(Tok::kComma);
  while (accept(Tok::kComma) && !at(Tok::kColon) && !at(Tok::kIf)) items.push_back(binary(kPowerBitOr));
  const Expr* pattern = items[0];
  if (is_sequence) {
    Tuple* sequence = make<Tuple>(since(pattern_begin));
    sequence->items = keep(items);
    pattern = sequence;
  }
  const Expr* test = pattern_test(pattern, subject, bindings);
  if (accept(Tok::kIf)) {
    const Expr* guard = named_expression();
    // A name that the pattern binds is in view of the guard: `(n := subject)` comes before it, as a statement would.
    if (!bindings.empty()) {
      if (pattern->kind != ExprKind::kName) fail(guard->range, kPattern);
      Walrus* bind = make<Walrus>(pattern->range);
      bind->target = bindings[0]->as<Assign>().targets[0]->as<Name>().name;
      bind->target_range = pattern->range;
      bind->value = subject;
      Compare* yes = make<Compare>(pattern->range);  // (n := subject) == subject, for its effect
      ComparePart part;
      part.op = CompareOp::kEq;
      part.op_range = pattern->range;
      part.right = subject;
      const std::vector<ComparePart> parts{part};
      yes->left = bind;
      yes->parts = keep(parts);
      test = yes;
      bindings.clear();
    }
    const std::vector<const Expr*> both{test, guard};
    Logical* l = make<Logical>(guard->range);
    l->op = LogicalOp::kAnd;
    l->operands = keep(both);
    test = test->kind == ExprKind::kBoolLit ? guard : l;
  }
  expect(Tok::kColon, "after the pattern");
  const Block body = block("`case`");
  bindings.insert(bindings.end(), body.begin(), body.end());
  If* node = make<If>(since(begin));
  node->condition = test;
  node->body = keep(bindings);
  if (!at(Tok::kDedent) && !at(Tok::kEnd) && !has_failed()) {
    const std::vector<const Stmt*> rest{match_case(subject)};
    node->else_body = keep(rest);
  }
  return node;
}

// The test that a pattern makes of the subject; names that it binds become assignments.
const Expr* Parser::pattern_test(const Expr* pattern, const Expr* subject, std::vector<const Stmt*>& bindings) {
  const auto compare = [&](CompareOp op, const Expr* right) -> const Expr* {
    Compare* c = make<Compare>(pattern->range);
    ComparePart part;
    part.op = op;
    part.op_range = pattern->range;
    part.right = right;
    const std::vector<ComparePart> parts{part};
    c->left = subject;
    c->parts = keep(parts);
    deepen(c, right);
    return c;
  };
  const auto logical = [&](LogicalOp op, const std::vector<const Expr*>& operands) -> const Expr* {
    if (operands.size() == 1) return operands[0];
    Logical* l = make<Logical>(pattern->range);
    l->op = op;
    l->operands = keep(operands);
    deepen(l, l->operands);
    return l;
  };
  const auto call = [&](const char* name, const std::vector<const Expr*>& values) -> const Expr* {
    Name* callee = make<Name>(pattern->range);
    callee->name = Symbol(name);
    std::vector<Arg> args;
    for (const Expr* v : values) {
      Arg a;
      a.range = pattern->range;
      a.value = v;
      args.push_back(a);
    }
    Call* c = make<Call>(pattern->range);
    c->callee = callee;
    c->args = keep(args);
    return c;
  };
  switch (pattern->kind) {
    case ExprKind::kName: {
      if (pattern->as<Name>().name.str() != "_") {
        Assign* bind = make<Assign>(pattern->range);
        const std::vector<const Expr*> targets{pattern};
        bind->targets = keep(targets);
        bind->value = subject;
        bindings.push_back(bind);
      }
      BoolLit* yes = make<BoolLit>(pattern->range);
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
      const std::vector<const Expr*> sides{pattern_test(b.left, subject, bindings), pattern_test(b.right, subject, bindings)};
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
      IntLit* size = make<IntLit>(pattern->range);
      size->value = static_cast<std::int64_t>(items.size());
      Compare* length = make<Compare>(pattern->range);
      ComparePart part;
      part.op = CompareOp::kEq;
      part.op_range = pattern->range;
      part.right = size;
      const std::vector<ComparePart> parts{part};
      length->left = call("len", {subject});
      length->parts = keep(parts);
      std::vector<const Expr*> tests{length};
      for (std::size_t i = 0; i < items.size(); ++i) {
        IntLit* index = make<IntLit>(items[i]->range);
        index->value = static_cast<std::int64_t>(i);
        const std::vector<const Expr*> indices{index};
        Subscript* item = make<Subscript>(items[i]->range);
        item->object = subject;
        item->indices = keep(indices);
        const Expr* test = pattern_test(items[i], item, bindings);
        if (test->kind != ExprKind::kBoolLit || !test->as<BoolLit>().value) tests.push_back(test);
      }
      return logical(LogicalOp::kAnd, tests);
    }
    default: break;
  }
  fail(pattern->range, kPattern);
  return pattern;
}

}  // namespace fac::script
