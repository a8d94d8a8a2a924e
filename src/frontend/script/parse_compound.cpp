// Statements that hold blocks; functions and classes are in parse_definition.cpp.
#include "frontend/script/parser_impl.h"

namespace fac::script {
namespace {

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
    case Tok::kAsync: fail(here(), kUnsupportedWord, "Async"); return nullptr;
    case Tok::kName: return compound_form();
    default: return nullptr;
  }
}

const Stmt* Parser::compound_form() {
#define FACULA_SIMPLE_FORM(word)
#define FACULA_COMPOUND_FORM(word) \
  if (token_text(at_) == #word)    \
    if (const Stmt* s = word##_form(*this)) return s;
#include "frontend/script/forms.def"
#undef FACULA_COMPOUND_FORM
#undef FACULA_SIMPLE_FORM
  return nullptr;
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

}  // namespace fac::script
