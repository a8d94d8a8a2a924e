// Statements: blocks, recovery after errors, and one rule for each form. Definitions are in parse_definition.cpp.
#include "frontend/script/parser_impl.h"

namespace fac::script {
namespace {

constexpr Diag<> kUnexpectedIndent{"unexpected-indent", "this line is indented, but no block starts here"};
constexpr Diag<std::string_view> kExpectedBlock{"expected-block", "expected an indented block after {}"};
constexpr Diag<std::string> kExpectedLineEnd{"expected-line-end", "expected the end of the statement, found {}"};
constexpr Diag<std::string_view, std::string> kBadTarget{"bad-target", "cannot {} {}"};
constexpr Diag<> kSeveralStars{"several-stars", "only one starred target is possible"};
constexpr Diag<std::string_view> kUnsupportedWord{"unsupported-syntax", "`{}` is not supported"};
constexpr Diag<> kNoMatch{"match-statement", "`match` is not supported; write `if` and `elif`"};
constexpr Diag<std::string> kExpectedImport{"expected-import", "expected a name to import, found {}"};
constexpr Diag<> kTryAlone{"try-alone", "`try` needs an `except` or a `finally`"};
constexpr Diag<> kExceptGroup{"except-group", "`except*` is not supported"};
constexpr Diag<std::string_view> kStrayClause{"stray-clause", "`{}` without the statement that it belongs to"};

// How a message calls an expression that is no target.
std::string describe(const Expr& e) {
  switch (e.kind) {
    case ExprKind::kCall: return "a call";
    case ExprKind::kNoneLit: return "`None`";
    case ExprKind::kBoolLit: return fmt("`{}`", e.range.text());
    case ExprKind::kIntLit: case ExprKind::kBigIntLit: case ExprKind::kFloatLit: case ExprKind::kImagLit:
    case ExprKind::kStringLit: case ExprKind::kBytesLit: case ExprKind::kFString: case ExprKind::kEllipsisLit:
      return "a literal";
    case ExprKind::kCompare: return "a comparison";
    case ExprKind::kLambda: return "a lambda";
    case ExprKind::kTernary: return "a conditional expression";
    case ExprKind::kDict: case ExprKind::kSet: return "a display in braces";
    case ExprKind::kComprehension: return "a comprehension";
    default: return "an expression with operators";
  }
}

bool assignment_op(Tok t, BinaryOp& op) {
  switch (t) {
    case Tok::kPlusEqual: op = BinaryOp::kAdd; return true;
    case Tok::kMinusEqual: op = BinaryOp::kSub; return true;
    case Tok::kStarEqual: op = BinaryOp::kMul; return true;
    case Tok::kStarStarEqual: op = BinaryOp::kPow; return true;
    case Tok::kSlashEqual: op = BinaryOp::kDiv; return true;
    case Tok::kSlashSlashEqual: op = BinaryOp::kFloorDiv; return true;
    case Tok::kPercentEqual: op = BinaryOp::kMod; return true;
    case Tok::kAtEqual: op = BinaryOp::kMatMul; return true;
    case Tok::kShiftLeftEqual: op = BinaryOp::kShiftLeft; return true;
    case Tok::kShiftRightEqual: op = BinaryOp::kShiftRight; return true;
    case Tok::kAmpersandEqual: op = BinaryOp::kBitAnd; return true;
    case Tok::kBarEqual: op = BinaryOp::kBitOr; return true;
    case Tok::kCaretEqual: op = BinaryOp::kBitXor; return true;
    default: return false;
  }
}

}  // namespace

void Parser::statements(std::vector<const Stmt*>& out, bool in_block) {
  while (!at(Tok::kEnd) && !(in_block && at(Tok::kDedent))) {
    const std::uint32_t first_token = at_;
    if (at(Tok::kIndent)) {
      fail(here(), kUnexpectedIndent);
    } else if (at(Tok::kDedent) || at(Tok::kNewline)) {  // left over from an error that was reported
      next();
      continue;
    } else if (const Stmt* compound = compound_statement()) {
      if (!has_failed()) out.push_back(compound);
    } else if (!has_failed()) {
      simple_statements(out);
    }
    if (has_failed()) out.push_back(recover(first_token));
  }
}

// After the header's colon: an indented block, or simple statements on the same line.
Block Parser::block(std::string_view owner) {
  if (has_failed()) return {};
  const Level level(*this);
  if (!level.ok) return {};
  std::vector<const Stmt*> body;
  if (!accept(Tok::kNewline)) {
    const std::uint32_t first_token = at_;
    simple_statements(body);
    if (has_failed()) body.push_back(recover(first_token));
    return keep(body);
  }
  if (!accept(Tok::kIndent)) {
    fail(here(), kExpectedBlock, owner);
    return {};
  }
  statements(body, true);
  accept(Tok::kDedent);
  return keep(body);
}

void Parser::simple_statements(std::vector<const Stmt*>& out) {
  do {
    if (const Stmt* s = simple_statement(); !has_failed()) out.push_back(s);
  } while (accept(Tok::kSemicolon) && !at(Tok::kNewline));
  if (!accept(Tok::kNewline)) fail(here(), kExpectedLineEnd, found());
}

const Stmt* Parser::simple_statement() {
  const std::uint32_t begin = begin_here();
  const auto ends = [this] { return at(Tok::kNewline) || at(Tok::kSemicolon); };
  switch (const Tok kind = peek()) {
    case Tok::kPass: next(); return make<Pass>(since(begin));
    case Tok::kBreak: next(); return make<Break>(since(begin));
    case Tok::kContinue: next(); return make<Continue>(since(begin));
    case Tok::kReturn: {
      next();
      const Expr* value = ends() ? nullptr : expression_list();
      Return* node = make<Return>(since(begin));
      node->value = value;
      return node;
    }
    case Tok::kRaise: {
      next();
      const Expr* exception = ends() ? nullptr : expression();
      const Expr* cause = exception && accept(Tok::kFrom) ? expression() : nullptr;
      Raise* node = make<Raise>(since(begin));
      node->exception = exception;
      node->cause = cause;
      return node;
    }
    case Tok::kAssert: {
      next();
      const Expr* condition = named_expression();
      const Expr* message = accept(Tok::kComma) ? expression() : nullptr;
      Assert* node = make<Assert>(since(begin));
      node->condition = condition;
      node->message = message;
      return node;
    }
    case Tok::kDel: {
      next();
      std::vector<const Expr*> targets;
      do targets.push_back(binary(kPowerBitOr));
      while (accept(Tok::kComma) && !ends());
      for (const Expr* target : targets) check_target(target, "delete");
      Delete* node = make<Delete>(since(begin));
      node->targets = keep(targets);
      return node;
    }
    case Tok::kGlobal: return names_statement<Global>();
    case Tok::kNonlocal: return names_statement<Nonlocal>();
    case Tok::kImport: return import_statement();
    case Tok::kFrom: return import_from_statement();
    case Tok::kElif: case Tok::kElse: case Tok::kExcept: case Tok::kFinally:
      fail(here(), kStrayClause, spelling(kind));
      return nullptr;
    default: return expression_statement();
  }
}

template <class T>
const Stmt* Parser::names_statement() {
  const std::uint32_t begin = begin_here();
  next();
  std::vector<Symbol> names;
  do names.push_back(expect_name("a name"));
  while (accept(Tok::kComma));
  T* node = make<T>(since(begin));
  node->names = keep(names);
  return node;
}

// Marks the narrowest part that cannot be assigned to.
bool Parser::check_target(const Expr* target, std::string_view verb) {
  if (has_failed()) return false;
  switch (target->kind) {
    case ExprKind::kName: case ExprKind::kAttribute: case ExprKind::kSubscript: return true;
    case ExprKind::kTuple: case ExprKind::kList: {
      const Exprs items = target->kind == ExprKind::kTuple ? target->as<Tuple>().items : target->as<List>().items;
      bool has_star = false;
      for (const Expr* item : items) {
        if (const Starred* star = item->try_as<Starred>()) {
          if (has_star) fail(item->range, kSeveralStars);
          has_star = true;
          item = star->value;
        }
        if (!check_target(item, verb)) return false;
      }
      return !has_failed();
    }
    default: fail(target->range, kBadTarget, verb, describe(*target)); return false;
  }
}

const Stmt* Parser::expression_statement() {
  const std::uint32_t begin = begin_here();
  const Expr* first = expression_list();
  if (at(Tok::kEqual)) return assignment(first, begin);
  if (at(Tok::kColon)) {
    if (first->kind != ExprKind::kName && first->kind != ExprKind::kAttribute && first->kind != ExprKind::kSubscript) {
      fail(first->range, kBadTarget, "annotate", describe(*first));
      return nullptr;
    }
    next();
    const Expr* annotation = expression();
    const Expr* value = accept(Tok::kEqual) ? expression_list() : nullptr;
    AnnAssign* node = make<AnnAssign>(since(begin));
    node->target = first;
    node->annotation = annotation;
    node->value = value;
    return node;
  }
  BinaryOp op;
  if (assignment_op(peek(), op)) {
    if (first->kind != ExprKind::kName && first->kind != ExprKind::kAttribute && first->kind != ExprKind::kSubscript) {
      fail(first->range, kBadTarget, "update", describe(*first));
      return nullptr;
    }
    const Range op_range = here();
    next();
    const Expr* value = expression_list();
    AugAssign* node = make<AugAssign>(since(begin));
    node->op = op;
    node->op_range = op_range;
    node->target = first;
    node->value = value;
    return node;
  }
  ExprStmt* node = make<ExprStmt>(since(begin));
  node->value = first;
  return node;
}

const Stmt* Parser::assignment(const Expr* first, std::uint32_t begin) {
  std::vector<const Expr*> chain{first};
  while (accept(Tok::kEqual)) {
    check_target(chain.back(), "assign to");
    chain.push_back(expression_list());
  }
  Assign* node = make<Assign>(since(begin));
  node->value = chain.back();
  chain.pop_back();
  node->targets = keep(chain);
  if (at(Tok::kNewline))
    if (const TypeComment* comment = comment_before(at_)) node->type_comment = type_comment(*comment);
  return node;
}

// a.b.c as one symbol.
Symbol Parser::dotted_name(std::string_view what) {
  Symbol name = expect_name(what);
  if (!at(Tok::kDot)) return name;
  std::string text(name.str());
  while (accept(Tok::kDot)) {
    text += '.';
    text += expect_name(what).str();
  }
  return Symbol(text);
}

const Stmt* Parser::import_statement() {
  const std::uint32_t begin = begin_here();
  next();
  std::vector<ImportName> names;
  do {
    ImportName item;
    const std::uint32_t item_begin = begin_here();
    item.name = dotted_name("the name of a module");
    if (accept(Tok::kAs)) item.alias = expect_name("a name after `as`");
    item.range = since(item_begin);
    names.push_back(item);
  } while (accept(Tok::kComma));
  Import* node = make<Import>(since(begin));
  node->names = keep(names);
  return node;
}

const Stmt* Parser::import_from_statement() {
  const std::uint32_t begin = begin_here();
  next();
  std::uint32_t level = 0;
  for (; at(Tok::kDot) || at(Tok::kEllipsis); next()) level += at(Tok::kDot) ? 1 : 3;
  const Symbol module = level > 0 && at(Tok::kImport) ? Symbol() : dotted_name("the name of a module");
  expect(Tok::kImport, "after the module's name");
  const bool in_parens = accept(Tok::kOpenParen);
  std::vector<ImportName> names;
  do {
    if (in_parens && at(Tok::kCloseParen)) break;
    ImportName item;
    const std::uint32_t item_begin = begin_here();
    if (!in_parens && names.empty() && accept(Tok::kStar)) {
      item.name = Symbol("*");
    } else {
      if (!at(Tok::kName)) fail(here(), kExpectedImport, found());
      item.name = expect_name("a name");
      if (accept(Tok::kAs)) item.alias = expect_name("a name after `as`");
    }
    item.range = since(item_begin);
    names.push_back(item);
  } while (accept(Tok::kComma));
  if (names.empty()) fail(here(), kExpectedImport, found());
  if (in_parens) expect(Tok::kCloseParen, "after the imported names");
  ImportFrom* node = make<ImportFrom>(since(begin));
  node->module = module;
  node->level = level;
  node->names = keep(names);
  return node;
}

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

const Stmt* Parser::match_statement() {
  fail(here(), kNoMatch);
  return nullptr;
}

}  // namespace fac::script
