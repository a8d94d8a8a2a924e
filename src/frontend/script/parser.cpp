#include "frontend/script/parser.h"

#include "frontend/script/parser_impl.h"

namespace fac::script {
namespace {

constexpr Diag<std::string_view, std::string_view, std::string> kExpected{"expected-token", "expected `{}` {}, found {}"};
constexpr Diag<std::string_view, std::string> kExpectedName{"expected-name", "expected {}, found {}"};
constexpr Diag<std::uint32_t> kTooDeep{"too-deep", "more than {} levels of nesting"};
constexpr Diag<> kTooLarge{"source-too-large", "the program text is larger than the limit allows"};
constexpr Diag<std::string> kTrailing{"trailing-text", "expected the end of the expression, found {}"};

}  // namespace

Parser::Parser(Tree& tree, Range within, LexMode mode, DiagSink& sink, const ParseOptions& options, std::uint32_t depth)
    : tree_(tree), file_(within.file), window_end_(within.end), sink_(sink), options_(options), depth_(depth) {
  TokenList lexed = lex(within, mode, sink);
  tokens_ = std::move(lexed.tokens);
  comments_ = std::move(lexed.type_comments);
}

std::string Parser::found() const {
  switch (const Tok kind = peek()) {
    case Tok::kEnd: case Tok::kNewline: case Tok::kIndent: case Tok::kDedent: case Tok::kError:
      return std::string(spelling(kind));
    case Tok::kString: return "a string";
    default: return fmt("`{}`", token_text(at_));
  }
}

void Parser::expect(Tok kind, std::string_view after) {
  if (!accept(kind)) fail(here(), kExpected, spelling(kind), after, found());
}

Symbol Parser::expect_name(std::string_view what, Range* range) {
  if (!at(Tok::kName)) {
    fail(here(), kExpectedName, what, found());
    return {};
  }
  if (range) *range = here();
  next();
  return Symbol(token_text(at_ - 1));
}

void Parser::stop(std::string message, Range range, std::string_view id) {
  // The lexer has already said what is wrong with an Error token.
  if (!at(Tok::kError)) {
    if (range.begin == range.end && range.end < file_->size() && file_->text()[range.end] != '\n') ++range.end;
    sink_.add(Severity::kError, range, id, message);
  }
  failure_ = std::move(message);
  has_failed_ = true;
  failed_at_ = at_;
  at_ = last();
}

// Skips the rest of the statement that failed, with the block that belongs to it.
const Stmt* Parser::recover(std::uint32_t first_token) {
  has_failed_ = false;
  at_ = failed_at_;
  ++bad_count_;
  // Something was missing where the next statement starts (a block, an `except`): that statement may be good.
  const bool at_next_statement =
      at_ > first_token && (tokens_[at_ - 1].kind == Tok::kNewline || tokens_[at_ - 1].kind == Tok::kDedent);
  if (!at_next_statement) {
    while (!at(Tok::kNewline) && !at(Tok::kIndent) && !at(Tok::kDedent) && !at(Tok::kEnd)) next();
    accept(Tok::kNewline);
  }
  if (at(Tok::kIndent)) {
    std::uint32_t open = 0;
    do {
      if (at(Tok::kIndent)) ++open;
      if (at(Tok::kDedent)) --open;
      next();
    } while (open > 0 && !at(Tok::kEnd));
  }
  Bad* bad = make<Bad>(since(tokens_[first_token].begin));
  bad->message = tree_.arena.copy(std::string_view(failure_));
  return bad;
}

bool Parser::enter() {
  if (++depth_ <= options_.limits.source_depth) return true;
  fail(here(), kTooDeep, options_.limits.source_depth);
  return false;
}

// Left-leaning chains (a + b + c, x.y.z) grow deep without recursion here; those who walk the tree recurse.
void Parser::deepen(Expr* node, const Expr* child) {
  if (!child || child->depth < node->depth) return;
  if (child->depth >= options_.limits.source_depth) return fail(node->range, kTooDeep, options_.limits.source_depth);
  node->depth = static_cast<std::uint16_t>(child->depth + 1);
}

Block Parser::module() {
  std::vector<const Stmt*> body;
  statements(body, false);
  return keep(body);
}

const Expr* Parser::whole_expression() {
  const Expr* e = expression_list();
  if (!has_failed() && !at(Tok::kEnd)) fail(here(), kTrailing, found());
  return has_failed() ? nullptr : e;
}

Ref<Tree> parse_module(Ref<const SourceFile> file, DiagSink& sink, const ParseOptions& options) {
  Ref<Tree> tree = make_ref<Tree>();
  tree->file = file;
  if (file->size() > options.limits.source_bytes) {
    sink.error({file.get(), 0, 0}, kTooLarge);
    return tree;
  }
  tree->body = Parser(*tree, {file.get(), 0, file->size()}, LexMode::kFile, sink, options).module();
  return tree;
}

const Expr* parse_expression(Tree& tree, Range within, DiagSink& sink, const ParseOptions& options) {
  return Parser(tree, within, LexMode::kExpression, sink, options).whole_expression();
}

}  // namespace fac::script
