// Functions, classes, decorators, and the `# type:` comments that stand for annotations.
#include <algorithm>

#include "frontend/script/parser_impl.h"

namespace fac::script {
namespace {

constexpr Diag<Symbol> kRepeatedParameter{"repeated-parameter", "parameter `{}` is declared twice"};
constexpr Diag<Symbol> kDefaultOrder{"default-order", "parameter `{}` without a default follows one with a default"};
constexpr Diag<> kAfterDoubleStar{"after-double-star", "no parameter can follow `**`"};
constexpr Diag<> kSecondStar{"second-star", "only one `*` is possible among the parameters"};
constexpr Diag<> kLoneStar{"lone-star", "a named parameter must follow `*`"};
constexpr Diag<> kStraySlash{"stray-slash", "`/` stands once, after a parameter and before `*`"};
constexpr Diag<> kStarDefault{"star-default", "`*` and `**` parameters have no default"};
constexpr Diag<std::string> kExpectedParameter{"expected-parameter", "expected a parameter, found {}"};
constexpr Diag<> kTypeParameters{"type-parameters", "type parameters `def f[T]` are not supported"};
constexpr Diag<std::string> kAfterDecorator{"after-decorator", "expected `def` or `class` after a decorator, found {}"};
constexpr Diag<> kBadTypeComment{"bad-type-comment", "type comment is not understood and has no effect"};
constexpr Diag<std::size_t, std::size_t> kCommentCount{
    "type-comment-count", "Number of type annotations ({}) did not match the number of function parameters ({})"};

}  // namespace

const Stmt* Parser::decorated() {
  const std::uint32_t begin = begin_here();
  std::vector<const Expr*> decorators;
  while (accept(Tok::kAt)) {
    decorators.push_back(named_expression());
    expect(Tok::kNewline, "after the decorator");
  }
  if (at(Tok::kDef)) return function(keep(decorators), begin);
  if (at(Tok::kClass)) return class_definition(keep(decorators), begin);
  if (at(Tok::kAsync)) fail(here(), kUnsupportedWord, "Async");
  else fail(here(), kAfterDecorator, found());
  return nullptr;
}

const Stmt* Parser::function(Exprs decorators, std::uint32_t begin) {
  next();
  FunctionDef* node = make<FunctionDef>({});
  node->decorators = decorators;
  node->name = expect_name("the function's name", &node->name_range);
  if (at(Tok::kOpenBracket)) fail(here(), kTypeParameters);
  expect(Tok::kOpenParen, "after the function's name");
  node->params = parameters(Tok::kCloseParen, false);
  expect(Tok::kCloseParen, "after the parameters");
  if (accept(Tok::kArrow)) node->returns = expression();
  expect(Tok::kColon, "after the function's header");
  if (at(Tok::kNewline)) signature_comment(at_, *node);
  const std::uint32_t bad_before = bad_count_;
  node->body = block("the function's header");
  node->is_broken = bad_count_ != bad_before;
  node->range = since(begin);
  return node;
}

const Stmt* Parser::class_definition(Exprs decorators, std::uint32_t begin) {
  next();
  ClassDef* node = make<ClassDef>({});
  node->decorators = decorators;
  node->name = expect_name("the class's name", &node->name_range);
  if (at(Tok::kOpenBracket)) fail(here(), kTypeParameters);
  if (accept(Tok::kOpenParen)) {
    Call* bases = make<Call>(here());  // a call's argument list, of which only the arguments are kept
    node->bases = arguments(bases);
  }
  expect(Tok::kColon, "after the class's header");
  node->body = block("the class's header");
  node->range = since(begin);
  return node;
}

Param Parser::parameter(ParamKind kind, bool is_lambda) {
  Param param;
  const std::uint32_t begin = begin_here();
  if (kind == ParamKind::kStar || kind == ParamKind::kDoubleStar) next();
  param.kind = kind;
  if (!at(Tok::kName)) fail(here(), kExpectedParameter, found());
  param.name = expect_name("a parameter", &param.name_range);
  if (!is_lambda && accept(Tok::kColon))
    param.annotation = kind == ParamKind::kStar ? star_or(&Parser::expression) : expression();
  if (at(Tok::kEqual)) {
    if (kind == ParamKind::kStar || kind == ParamKind::kDoubleStar) fail(here(), kStarDefault);
    next();
    param.default_value = expression();
  }
  param.range = since(begin);
  return param;
}

std::span<const Param> Parser::parameters(Tok close, bool is_lambda) {
  std::vector<Param> params;
  bool has_star = false, has_slash = false, needs_default = false;
  Range lone_star;
  while (!at(close) && !has_failed()) {
    const Range start = here();
    if (!params.empty() && params.back().kind == ParamKind::kDoubleStar) fail(start, kAfterDoubleStar);
    if (at(Tok::kSlash)) {
      if (params.empty() || has_star || has_slash) fail(start, kStraySlash);
      has_slash = true;
      for (Param& p : params) p.kind = ParamKind::kPositionalOnly;
      next();
    } else if (at(Tok::kStar)) {
      if (has_star) fail(start, kSecondStar);
      has_star = true;
      if (peek(1) == Tok::kComma || peek(1) == close) {
        lone_star = start;
        next();
      } else {
        params.push_back(parameter(ParamKind::kStar, is_lambda));
      }
    } else if (at(Tok::kStarStar)) {
      if (lone_star) fail(lone_star, kLoneStar);
      params.push_back(parameter(ParamKind::kDoubleStar, is_lambda));
    } else {
      params.push_back(parameter(has_star ? ParamKind::kKeywordOnly : ParamKind::kPositional, is_lambda));
      lone_star = {};
      const Param& p = params.back();
      if (!has_star && !p.default_value && needs_default) fail(p.range, kDefaultOrder, p.name);
      needs_default = needs_default || p.default_value;
    }
    const bool is_last = !accept(Tok::kComma);
    // def f(a,  # type: int
    //       b   # type: Tensor
    if (!is_lambda && !params.empty() && !params.back().annotation)
      if (const TypeComment* comment = comment_before(at_)) params.back().annotation = type_comment(*comment);
    if (is_last) break;
  }
  if (lone_star) fail(lone_star, kLoneStar);
  if (params.size() > 1 && !has_failed()) {
    // Sorted by symbol, neighbours of one name are the repeated ones; stable, so the later one is marked.
    std::vector<const Param*> sorted;
    for (const Param& p : params) sorted.push_back(&p);
    std::stable_sort(sorted.begin(), sorted.end(), [](const Param* a, const Param* b) { return a->name < b->name; });
    for (std::size_t i = 1; i < sorted.size(); ++i)
      if (sorted[i]->name == sorted[i - 1]->name) fail(sorted[i]->name_range, kRepeatedParameter, sorted[i]->name);
  }
  return keep(params);
}

const TypeComment* Parser::comment_before(std::uint32_t token_index) const {
  const auto it = std::lower_bound(comments_.begin(), comments_.end(), token_index,
                                   [](const TypeComment& c, std::uint32_t index) { return c.next_token < index; });
  return it != comments_.end() && it->next_token == token_index ? &*it : nullptr;
}

// Comments may be anything, so one that is no type is only warned about.
const Expr* Parser::type_comment(const TypeComment& comment) {
  const Range range{file_, comment.begin, comment.end};
  DiagSink unheard;
  const Expr* type = Parser(tree_, range, LexMode::kExpression, unheard, options_, depth_).whole_expression();
  if (!type || unheard.has_errors()) {
    sink_.warning(range, kBadTypeComment);
    return nullptr;
  }
  return type;
}

// (int, *Tensor) -> Tensor, or (...) -> Tensor where the parameters have comments of their own.
bool Parser::parse_signature(std::vector<const Expr*>& params, const Expr*& returns, bool& is_open) {
  expect(Tok::kOpenParen, "in a type comment");
  if (at(Tok::kEllipsis) && peek(1) == Tok::kCloseParen) {
    is_open = true;
    next();
  }
  while (!at(Tok::kCloseParen) && !has_failed()) {
    if (!accept(Tok::kStar)) accept(Tok::kStarStar);
    params.push_back(expression());
    if (!accept(Tok::kComma)) break;
  }
  expect(Tok::kCloseParen, "in a type comment");
  if (at(Tok::kEnd)) return !has_failed();  // the result is inferred then
  expect(Tok::kArrow, "in a type comment");
  returns = expression();
  return !has_failed() && at(Tok::kEnd);
}

// The comment stands on the header's line, on a line of its own below, or after the docstring. `newline` is the token
// after the header's colon.
void Parser::signature_comment(std::uint32_t newline, FunctionDef& function) {
  const auto signature_before = [&](std::uint32_t index) -> const TypeComment* {
    const TypeComment* c = comment_before(index);
    return c && file_->text()[c->begin] == '(' ? c : nullptr;
  };
  const TypeComment* comment = signature_before(newline);
  if (!comment) comment = signature_before(newline + 1);
  if (!comment && newline + 3 < last() && tokens_[newline + 1].kind == Tok::kIndent &&
      tokens_[newline + 2].kind == Tok::kString)
    comment = signature_before(newline + 4);
  if (!comment) return;

  const Range range{file_, comment->begin, comment->end};
  DiagSink unheard;
  std::vector<const Expr*> types;
  const Expr* returns = nullptr;
  bool is_open = false;
  Parser inner(tree_, range, LexMode::kExpression, unheard, options_, depth_);
  if (!inner.parse_signature(types, returns, is_open) || unheard.has_errors()) {
    sink_.warning(range, kBadTypeComment);
    return;
  }
  if (!function.returns) function.returns = returns;
  if (is_open) return;
  // A method's comment leaves `self` out.
  std::vector<Param> params(function.params.begin(), function.params.end());
  const std::size_t skipped = params.size() == types.size() + 1 ? 1 : 0;
  if (params.size() != types.size() + skipped) {
    sink_.error(range, kCommentCount, types.size(), params.size());
    return;
  }
  for (std::size_t i = 0; i < types.size(); ++i)
    if (!params[i + skipped].annotation) params[i + skipped].annotation = types[i];
  function.params = keep(params);
}

}  // namespace fac::script
