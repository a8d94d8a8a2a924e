// The parser's class, shared by its .cpp files: parser.cpp (tokens, errors, recovery), parse_statement.cpp (simple ones),
// parse_compound.cpp, parse_definition.cpp (functions, classes, type comments), parse_expression.cpp (operators, calls),
// parse_display.cpp (brackets, comprehensions), parse_literal.cpp; statements made of others: forms.def.
//
// How errors travel: fail() reports once and jumps to the End token, where every rule stops by itself, so no rule
// tests for failure after each step. The loop over statements sees has_failed(), goes back to where the error was, skips
// the rest of that statement and carries on. A rule that fails still returns a node, which nobody will look at.
#pragma once

#include <algorithm>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "frontend/script/lexer.h"
#include "frontend/script/parser.h"
#include "frontend/script/string_scan.h"

namespace fac::script {

// Binding strength of expression levels, weakest first; also used by the unparser to place parentheses.
enum Power : std::uint8_t {
  kPowerNone, kPowerWalrus, kPowerLambda, kPowerTernary, kPowerOr, kPowerAnd, kPowerNot, kPowerCompare, kPowerBitOr,
  kPowerBitXor, kPowerBitAnd, kPowerShift, kPowerSum, kPowerProduct, kPowerUnary, kPowerPow, kPowerPostfix
};
Power power_of(BinaryOp op);

// Diagnostics of more than one file; each file declares the others.
inline constexpr Diag<std::string_view> kUnsupportedWord{"unsupported-syntax", "{} aren't supported"};
inline constexpr Diag<> kStarAlone{"star-alone", "a starred expression stands alone; it needs a list, tuple or call around it"};
inline constexpr Diag<std::string, std::string_view> kExpectedComma{"expected-comma", "found {}, but expected {} or a comma"};

class Parser {
 public:
  Parser(Tree& tree, Range within, LexMode mode, DiagSink& sink, const ParseOptions& options, std::uint32_t depth = 0);

  Block module();
  const Expr* whole_expression();  // null after an error

  // All is public for the files of forms.def; users of the parser see parser.h alone.
  // ---- tokens (parser.cpp)
  Tok peek(std::uint32_t ahead = 0) const { return tokens_[std::min(at_ + ahead, last())].kind; }
  std::uint32_t last() const { return static_cast<std::uint32_t>(tokens_.size()) - 1; }
  bool at(Tok kind) const { return peek() == kind; }
  bool accept(Tok kind) { return at(kind) ? (next(), true) : false; }
  void next() {
    if (at_ < last()) ++at_;
  }
  Range token_range(std::uint32_t index) const { return {file_, tokens_[index].begin, tokens_[index].end}; }
  Range here() const { return token_range(at_); }
  std::string_view token_text(std::uint32_t index) const { return token_range(index).text(); }
  // From `begin` to the end of the last consumed token.
  Range since(std::uint32_t begin) const { return {file_, begin, at_ > 0 ? tokens_[at_ - 1].end : begin}; }
  std::uint32_t begin_here() const { return tokens_[at_].begin; }
  std::string found() const;  // how a message calls the present token
  void expect(Tok kind, std::string_view after);
  Symbol expect_name(std::string_view what, Range* range = nullptr);

  // ---- errors and depth (parser.cpp)
  template <class... Args>
  void fail(Range range, const Diag<Args...>& diag, const std::type_identity_t<Args>&... args) {
    if (has_failed_) return;
    stop(fmt(diag.format, diag_text(args)...), range, diag.id);
  }
  void stop(std::string message, Range range, std::string_view id);
  bool has_failed() const { return has_failed_; }
  const Stmt* recover(std::uint32_t first_token);
  bool enter();  // one level deeper; false when that is too deep (an error was reported)
  void leave() { --depth_; }
  struct Level {  // enter() and leave() by scope
    explicit Level(Parser& p) : parser(p), ok(p.enter()) {}
    ~Level() { parser.leave(); }
    Level(const Level&) = delete;
    Level& operator=(const Level&) = delete;
    Parser& parser;
    bool ok;
  };

  // ---- nodes
  template <class T>
  T* make(Range range) {
    T* node = tree_.arena.make<T>();
    node->range = range;
    node->kind = T::kKind;
    if constexpr (std::is_base_of_v<Expr, T>) node->id = tree_.expr_count++;
    return node;
  }
  void deepen(Expr* node, const Expr* child);
  void deepen(Expr* node, Exprs children) {
    for (const Expr* child : children) deepen(node, child);
  }
  template <class T>
  std::span<const T> keep(const std::vector<T>& items) { return tree_.arena.copy(std::span<const T>(items)); }
  const Expr* placeholder() { return make<NoneLit>(here()); }

  // ---- statements (parse_statement.cpp, parse_compound.cpp)
  Block block(std::string_view owner);
  void statements(std::vector<const Stmt*>& out, bool in_block);
  void simple_statements(std::vector<const Stmt*>& out);
  const Stmt* simple_statement();
  const Stmt* compound_statement();  // null when no compound statement starts here
  const Stmt* expression_statement();
  const Stmt* assignment(const Expr* first, std::uint32_t begin);
  const Stmt* import_statement();
  const Stmt* import_from_statement();
  const Stmt* if_statement(bool is_elif);
  const Stmt* for_statement();
  const Stmt* while_statement();
  const Stmt* with_statement();
  const Stmt* try_statement();
  const Stmt* compound_form();  // of forms.def; null when none starts here
  const Stmt* simple_form();
  bool at_parenthesised_with() const;
  Block else_block();
  Symbol dotted_name(std::string_view what);
  template <class T>
  const Stmt* names_statement();
  bool check_target(const Expr* target, std::string_view verb);

  // ---- definitions (parse_definition.cpp)
  const Stmt* decorated();
  const Stmt* function(Exprs decorators, std::uint32_t begin);
  const Stmt* class_definition(Exprs decorators, std::uint32_t begin);
  std::span<const Param> parameters(Tok close, bool is_lambda);
  Param parameter(ParamKind kind, bool is_lambda);
  const TypeComment* comment_before(std::uint32_t token_index) const;
  const Expr* type_comment(const TypeComment& comment);  // null when it does not parse
  void signature_comment(std::uint32_t newline, FunctionDef& function);
  bool parse_signature(std::vector<const Expr*>& params, const Expr*& returns, bool& is_open);

  // ---- expressions (parse_expression.cpp, parse_display.cpp)
  const Expr* expression();        // no walrus, no bare tuple
  const Expr* named_expression();  // walrus allowed
  const Expr* expression_list();   // bare tuples and stars allowed: a, *b
  const Expr* star_or(const Expr* (Parser::*item)());
  const Expr* target_list();  // before `in` of for and comprehensions
  const Expr* binary(Power min);
  const Expr* prefix(Power min);
  const Expr* postfix(const Expr* head);
  const Expr* atom();
  const Expr* lambda();
  const Expr* ternary(const Expr* then_value);
  const Expr* compare(const Expr* left);
  const Expr* logical(const Expr* left, Tok op);
  const Expr* call(const Expr* callee);
  std::span<const Arg> arguments(Expr* owner);
  void check_repeated_keywords(std::span<const Arg> args);
  const Expr* subscript(const Expr* object);
  const Expr* slice_or_index();
  const Expr* parenthesised();
  const Expr* list_display();
  const Expr* brace_display();
  const Expr* comprehension(ComprehensionForm form, const Expr* element, const Expr* value, std::uint32_t begin);
  const Expr* bare_tuple(const Expr* first, std::uint32_t begin, bool (*ends)(Tok));

  // ---- literals (parse_literal.cpp)
  const Expr* integer();
  const Expr* floating(Tok kind);
  const Expr* strings();  // neighbouring literals
  void decode(std::string& out, std::uint32_t begin, std::uint32_t end, const StringOpening& opening);
  void decode_escape(std::string& out, std::uint32_t& at, std::uint32_t end, const StringOpening& opening);
  // Reads format-string text in [begin, end) into parts; `out` gathers literal text across neighbours.
  void format_parts(std::vector<FStringPart>& parts, std::string& out, std::uint32_t begin, std::uint32_t end,
                    const StringOpening& opening, bool is_spec, Expr* owner);
  std::uint32_t replacement(std::vector<FStringPart>& parts, std::string& out, std::uint32_t at,
                            const StringOpening& opening, Expr* owner);
  void flush_text(std::vector<FStringPart>& parts, std::string& out);

  Tree& tree_;
  const SourceFile* file_;
  std::uint32_t window_end_;
  DiagSink& sink_;
  const ParseOptions& options_;
  std::vector<Token> tokens_;
  std::vector<TypeComment> comments_;
  std::uint32_t at_ = 0;         // index of the present token
  std::uint32_t failed_at_ = 0;  // token where the last error was
  std::uint32_t depth_;
  std::uint32_t bad_count_ = 0;  // Bad statements so far
  bool has_failed_ = false;
  std::string failure_;  // its message, for the Bad node
};

// The forms of forms.def, by their words.
#define FACULA_COMPOUND_FORM(word) const Stmt* word##_form(Parser& p);
#define FACULA_SIMPLE_FORM(word) const Stmt* word##_form(Parser& p);
#include "frontend/script/forms.def"
#undef FACULA_COMPOUND_FORM
#undef FACULA_SIMPLE_FORM

}  // namespace fac::script
