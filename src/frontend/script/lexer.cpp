#include "frontend/script/lexer.h"

#include <array>

#include "frontend/script/string_scan.h"

namespace fac::script {
namespace {

constexpr Diag<> kUnterminatedString{"unterminated-string", "expected a valid token: this string literal is never closed"};
constexpr Diag<std::string_view> kUnclosedBracket{"unclosed-bracket", "`{}` is never closed"};
constexpr Diag<> kUnindentMismatch{"unindent-mismatch", "indentation matches no outer block"};
constexpr Diag<> kMixedTabs{"mixed-tabs", "tabs and spaces are mixed inconsistently in the indentation"};
constexpr Diag<std::string_view> kStrayCharacter{"stray-character", "unexpected character `{}`"};
constexpr Diag<> kBadNumber{"bad-number", "number literal is malformed"};
constexpr Diag<> kLeadingZero{"leading-zero", "a decimal number does not start with 0"};
constexpr Diag<> kStrayBackslash{"stray-backslash", "unexpected text after a line continuation `\\`"};

constexpr std::string_view kSpellings[kTokCount] = {
#define OTHER(name, text) text,
#define KEYWORD(name, text) text,
#define OPERATOR(name, text) text,
#include "frontend/script/tokens.def"
#undef OTHER
#undef KEYWORD
#undef OPERATOR
};

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (c & 0x80) != 0; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_hex_digit(char c) { return is_digit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f'); }

constexpr std::size_t index_of(Tok t) { return static_cast<std::size_t>(t); }

// Keywords hashed by length and two letters into a table without collisions (checked when compiling).
constexpr std::size_t kKeywordSlots = 512;
constexpr std::size_t keyword_slot(std::string_view s) {
  const auto at = [&](std::size_t i) { return static_cast<std::size_t>(static_cast<unsigned char>(s[i])); };
  return (s.size() + at(0) + at(1) + at(s.size() - 1) * 21) % kKeywordSlots;
}
constexpr std::array<Tok, kKeywordSlots> kKeywords = [] {
  std::array<Tok, kKeywordSlots> table{};
  for (Tok& t : table) t = Tok::kName;
  for (std::size_t i = index_of(Tok::kFalse); i <= index_of(Tok::kYield); ++i) {
    Tok& slot = table[keyword_slot(kSpellings[i])];
    if (slot != Tok::kName) throw "two keywords share a slot";
    slot = static_cast<Tok>(i);
  }
  return table;
}();

Tok keyword_or_name(std::string_view word) {
  if (word.size() < 2 || word.size() > 8) return Tok::kName;
  const Tok t = kKeywords[keyword_slot(word)];
  return t != Tok::kName && kSpellings[index_of(t)] == word ? t : Tok::kName;
}

// Operators grouped by first byte, longest first: [begin, end) into kOperators.
struct OperatorTable {
  std::array<Tok, kTokCount> order{};
  std::array<std::uint8_t, 129> begin{};
};
constexpr OperatorTable kOperators = [] {
  OperatorTable table;
  std::uint8_t next = 0;
  for (std::size_t byte = 0; byte < 128; ++byte) {
    table.begin[byte] = next;
    for (std::size_t size = 3; size >= 1; --size)
      for (std::size_t i = index_of(Tok::kOpenParen); i < kTokCount; ++i)
        if (kSpellings[i].size() == size && static_cast<std::size_t>(kSpellings[i][0]) == byte)
          table.order[next++] = static_cast<Tok>(i);
  }
  table.begin[128] = next;
  return table;
}();

// Words that start a statement and never occur inside an expression: seen at the start of a line within brackets,
// they tell that a bracket was left open before.
bool starts_statement_only(Tok t) {
  switch (t) {
    case Tok::kAssert: case Tok::kBreak: case Tok::kClass: case Tok::kContinue: case Tok::kDef: case Tok::kDel:
    case Tok::kGlobal: case Tok::kImport: case Tok::kNonlocal: case Tok::kPass: case Tok::kRaise: case Tok::kReturn:
    case Tok::kTry: case Tok::kWhile: case Tok::kWith: return true;
    default: return false;
  }
}

struct Indent {
  std::uint32_t column;         // a tab counts to the next multiple of 8
  std::uint32_t strict_column;  // a tab counts 1; must agree, else the text depends on the tab width
};

class Lexer {
 public:
  Lexer(Range within, LexMode mode, DiagSink& sink)
      : file_(within.file), text_(within.file->text().substr(0, within.end)), at_(within.begin), sink_(sink),
        is_expression_(mode == LexMode::kExpression) {
    out_.tokens.reserve((within.end - within.begin) / 4 + 8);
  }

  TokenList run() {
    if (!is_expression_) {
      if (text_.substr(at_, 3) == "\xEF\xBB\xBF") at_ += 3;
      start_line();
    }
    while (at_ < text_.size()) next_token();
    finish();
    return std::move(out_);
  }

 private:
  char peek(std::uint32_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }
  Range range(std::uint32_t begin, std::uint32_t end) const { return {file_, begin, end}; }
  void emit(Tok kind, std::uint32_t begin, std::uint32_t end) { out_.tokens.push_back({kind, begin, end}); }
  bool in_brackets() const { return is_expression_ || !brackets_.empty(); }

  // Reads the indentation of the next line that holds code, and emits Indent or Dedents.
  void start_line() {
    Indent indent{0, 0};
    std::uint32_t line = at_;
    while (true) {
      const char c = peek();
      if (c == ' ') {
        ++indent.column, ++indent.strict_column;
      } else if (c == '\t') {
        indent.column = indent.column / 8 * 8 + 8;
        ++indent.strict_column;
      } else if (c == '\f') {
        indent = {0, 0};
      } else if (c == '\n' || c == '\r') {
        indent = {0, 0};
        line = at_ + 1;
      } else if (c == '#') {
        comment();
        continue;
      } else if (c == '\\' && (peek(1) == '\n' || peek(1) == '\r')) {
        ++at_;  // a continuation of an empty line: the next one's indentation adds to this one
        if (peek() == '\r' && peek(1) == '\n') ++at_;
      } else {
        break;
      }
      ++at_;
    }
    if (at_ >= text_.size()) return;
    if (indents_.empty()) {  // the whole text may be indented
      indents_.push_back(indent);
      return;
    }
    const Indent& top = indents_.back();
    if (indent.column > top.column) {
      if (indent.strict_column <= top.strict_column) sink_.error(range(line, at_), kMixedTabs);
      indents_.push_back(indent);
      emit(Tok::kIndent, line, at_);
      return;
    }
    while (indents_.size() > 1 && indent.column < indents_.back().column) {
      indents_.pop_back();
      emit(Tok::kDedent, at_, at_);
    }
    if (indent.column != indents_.back().column) {
      sink_.error(range(line, at_), kUnindentMismatch);  // goes on as if it stood at the outer block's column
    } else if (indent.strict_column != indents_.back().strict_column) {
      sink_.error(range(line, at_), kMixedTabs);
      indents_.back() = indent;
    }
  }

  void comment() {
    std::size_t end = text_.find('\n', at_);
    if (end == std::string_view::npos) end = text_.size();
    const std::uint32_t begin = at_;
    at_ = static_cast<std::uint32_t>(end);
    std::uint32_t text = begin + 1;
    while (text < end && text_[text] == ' ') ++text;
    if (text_.substr(text, 5) != "type:") return;
    text += 5;
    while (text < end && (text_[text] == ' ' || text_[text] == '\t')) ++text;
    while (end > text && (text_[end - 1] == ' ' || text_[end - 1] == '\r')) --end;
    if (text >= end || text_.substr(text, 6) == "ignore") return;
    out_.type_comments.push_back(
        {static_cast<std::uint32_t>(out_.tokens.size()), text, static_cast<std::uint32_t>(end)});
  }

  void newline() {
    const std::uint32_t begin = at_;
    at_ += peek() == '\r' && peek(1) == '\n' ? 2 : 1;
    if (is_expression_) return;
    if (!brackets_.empty()) {
      if (bracket_is_left_open()) {
        const Token open = out_.tokens[brackets_.back()];
        sink_.error(range(open.begin, open.end), kUnclosedBracket, spelling(open.kind));
        brackets_.clear();
        emit(Tok::kError, begin, begin);
      } else {
        return;
      }
    }
    emit(Tok::kNewline, begin, at_);
    start_line();
  }

  bool bracket_is_left_open() const {
    std::uint32_t i = at_;
    while (i < text_.size() && (text_[i] == ' ' || text_[i] == '\t')) ++i;
    const std::uint32_t begin = i;
    while (i < text_.size() && is_letter(text_[i])) ++i;
    if (i < text_.size() && (text_[i] == '=' || is_digit(text_[i]))) return false;
    return starts_statement_only(keyword_or_name(text_.substr(begin, i - begin)));
  }

  void next_token() {
    const char c = text_[at_];
    const std::uint32_t begin = at_;
    if (c == ' ' || c == '\t' || c == '\f') {
      ++at_;
    } else if (c == '\n' || c == '\r') {
      newline();
    } else if (is_letter(c)) {
      word();
    } else if (is_digit(c) || (c == '.' && is_digit(peek(1)))) {
      number();
    } else if (c == '"' || c == '\'') {
      string(read_string_opening(text_, at_));
    } else if (c == '#') {
      comment();
    } else if (c == '\\') {
      ++at_;
      if (peek() == '\r' && peek(1) == '\n') ++at_;
      if (peek() == '\n' || peek() == '\r') {
        ++at_;
      } else {
        sink_.error(range(begin, at_), kStrayBackslash);
        emit(Tok::kError, begin, at_);
      }
    } else {
      operator_or_stray(begin);
    }
  }

  void word() {
    const std::uint32_t begin = at_;
    const char c = text_[at_] | 0x20;
    if (c == 'r' || c == 'b' || c == 'f' || c == 'u')
      if (const StringOpening opening = read_string_opening(text_, at_); opening.size) return string(opening);
    while (at_ < text_.size() && (is_letter(text_[at_]) || is_digit(text_[at_]))) ++at_;
    emit(keyword_or_name(text_.substr(begin, at_ - begin)), begin, at_);
  }

  void string(const StringOpening& opening) {
    const std::uint32_t begin = at_;
    const std::uint32_t end = skip_string(text_, at_ + opening.size, opening);
    if (end != kUnterminated && end <= text_.size()) {
      at_ = end;
      return emit(Tok::kString, begin, end);
    }
    sink_.error(range(begin, begin + opening.size), kUnterminatedString);
    const std::size_t stop = opening.is_triple ? text_.size() : std::min(text_.find('\n', at_), text_.size());
    at_ = static_cast<std::uint32_t>(stop);
    emit(Tok::kError, begin, at_);
  }

  template <class IsDigit>
  bool digits(IsDigit is) {
    const std::uint32_t begin = at_;
    while (is(peek()) || (peek() == '_' && at_ > begin && is(peek(1)))) ++at_;
    return at_ > begin;
  }

  void number() {
    const std::uint32_t begin = at_;
    Tok kind = Tok::kInt;
    bool good = true;
    const char base = static_cast<char>(peek(1) | 0x20);
    if (peek() == '0' && (base == 'x' || base == 'o' || base == 'b')) {
      at_ += 2;
      if (peek() == '_') ++at_;
      good = base == 'x'   ? digits(is_hex_digit)
             : base == 'o' ? digits([](char c) { return c >= '0' && c <= '7'; })
                           : digits([](char c) { return c == '0' || c == '1'; });
      good = good && !is_digit(peek());
    } else {
      digits(is_digit);
      if (peek() == '.') {
        kind = Tok::kFloat;
        ++at_;
        digits(is_digit);
      }
      if ((peek() | 0x20) == 'e') {
        const bool is_signed = peek(1) == '+' || peek(1) == '-';
        if (is_digit(peek(is_signed ? 2 : 1))) {
          kind = Tok::kFloat;
          at_ += is_signed ? 2 : 1;
          digits(is_digit);
        }
      }
      if ((peek() | 0x20) == 'j') {
        kind = Tok::kImag;
        ++at_;
      }
      const std::string_view text = text_.substr(begin, at_ - begin);
      if (kind == Tok::kInt && text[0] == '0' && text.find_first_not_of("0_") != std::string_view::npos) {
        sink_.error(range(begin, at_), kLeadingZero).hint("write octal numbers as `0o17`");
        return emit(Tok::kError, begin, at_);
      }
    }
    // `1if x` and `0or y` are numbers followed by a keyword; `12abc` is neither.
    if (is_letter(peek())) {
      std::uint32_t end = at_;
      while (end < text_.size() && (is_letter(text_[end]) || is_digit(text_[end]))) ++end;
      if (keyword_or_name(text_.substr(at_, end - at_)) == Tok::kName) {
        at_ = end;
        good = false;
      }
    }
    if (!good) sink_.error(range(begin, at_), kBadNumber);
    emit(good ? kind : Tok::kError, begin, at_);
  }

  void operator_or_stray(std::uint32_t begin) {
    const auto byte = static_cast<unsigned char>(text_[at_]);
    for (std::uint8_t i = kOperators.begin[byte]; i < kOperators.begin[byte + 1u]; ++i) {
      const Tok kind = kOperators.order[i];
      const std::string_view op = kSpellings[index_of(kind)];
      if (text_.substr(at_, op.size()) != op) continue;
      if (!is_expression_) {
        if (kind == Tok::kOpenParen || kind == Tok::kOpenBracket || kind == Tok::kOpenBrace)
          brackets_.push_back(static_cast<std::uint32_t>(out_.tokens.size()));
        else if ((kind == Tok::kCloseParen || kind == Tok::kCloseBracket || kind == Tok::kCloseBrace) &&
                 !brackets_.empty())
          brackets_.pop_back();
      }
      at_ += static_cast<std::uint32_t>(op.size());
      return emit(kind, begin, at_);
    }
    ++at_;
    const bool printable = byte >= 0x20 && byte < 0x7F;
    sink_.error(range(begin, at_), kStrayCharacter,
                printable ? std::string(1, static_cast<char>(byte)) : fmt("\\x{}", hex(byte)));
    emit(Tok::kError, begin, at_);
  }

  static std::string hex(unsigned char byte) {
    static constexpr char kDigits[] = "0123456789abcdef";
    return {kDigits[byte >> 4], kDigits[byte & 15]};
  }

  void finish() {
    const auto end = static_cast<std::uint32_t>(text_.size());
    if (!is_expression_) {
      if (!brackets_.empty()) {
        const Token open = out_.tokens[brackets_.back()];
        sink_.error(range(open.begin, open.end), kUnclosedBracket, spelling(open.kind));
        emit(Tok::kError, end, end);
      }
      if (!out_.tokens.empty() && out_.tokens.back().kind != Tok::kNewline && out_.tokens.back().kind != Tok::kDedent)
        emit(Tok::kNewline, end, end);
      for (; indents_.size() > 1; indents_.pop_back()) emit(Tok::kDedent, end, end);
    }
    emit(Tok::kEnd, end, end);
  }

  const SourceFile* file_;
  std::string_view text_;
  std::uint32_t at_;
  DiagSink& sink_;
  bool is_expression_;
  std::vector<Indent> indents_;           // of the open blocks, the outermost first
  std::vector<std::uint32_t> brackets_;   // token indices of the open ones
  TokenList out_;
};

}  // namespace

std::string_view spelling(Tok kind) { return kSpellings[index_of(kind)]; }
bool is_keyword(Tok kind) { return kind >= Tok::kFalse && kind <= Tok::kYield; }

TokenList lex(Range within, LexMode mode, DiagSink& sink) { return Lexer(within, mode, sink).run(); }

}  // namespace fac::script
