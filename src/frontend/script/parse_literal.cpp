// Numbers and strings: from the bytes of a token to values.
#include <charconv>
#include <limits>

#include "frontend/script/parser_impl.h"

namespace fac::script {
namespace {

constexpr Diag<> kBytesAndText{"bytes-and-text", "bytes and text literals do not join"};
constexpr Diag<> kBadEscape{"bad-escape", "escape sequence is malformed"};
constexpr Diag<> kNamedEscape{"named-escape", "characters by name are not supported; write `\\u....`"};
constexpr Diag<> kNonAsciiBytes{"non-ascii-bytes", "a bytes literal holds ASCII characters only; write `\\x..`"};
constexpr Diag<> kEmptyReplacement{"empty-replacement", "expected an expression between `{` and `}`"};
constexpr Diag<> kLoneBrace{"lone-brace", "a single `}` in an f-string; write `}}`"};
constexpr Diag<> kBadConversion{"bad-conversion", "a conversion is one of `!r`, `!s`, `!a`"};

std::string without_underscores(std::string_view text) {
  std::string out(text);
  std::erase(out, '_');
  return out;
}

void append_utf8(std::string& out, std::uint32_t c) {
  const auto add = [&](std::uint32_t byte) { out += static_cast<char>(byte); };
  if (c < 0x80) return add(c);
  if (c < 0x800) {
    add(0xC0 | (c >> 6));
  } else {
    if (c < 0x10000) {
      add(0xE0 | (c >> 12));
    } else {
      add(0xF0 | (c >> 18));
      add(0x80 | ((c >> 12) & 0x3F));
    }
    add(0x80 | ((c >> 6) & 0x3F));
  }
  add(0x80 | (c & 0x3F));
}

}  // namespace

const Expr* Parser::integer() {
  const Range range = here();
  std::string digits = without_underscores(range.text());
  next();
  int base = 10;
  if (digits.size() > 1 && digits[0] == '0' && digits[1] > '9') {
    base = (digits[1] | 0x20) == 'x' ? 16 : (digits[1] | 0x20) == 'o' ? 8 : 2;
    digits.erase(0, 2);
  }
  std::int64_t value = 0;
  if (std::from_chars(digits.data(), digits.data() + digits.size(), value, base).ec != std::errc())
    return make<BigIntLit>(range);
  IntLit* node = make<IntLit>(range);
  node->value = value;
  return node;
}

const Expr* Parser::floating(Tok kind) {
  const Range range = here();
  const std::string digits = without_underscores(range.text());
  next();
  double value = 0;
  // Beyond the range of double from_chars leaves the value alone: it is infinity, or zero when the exponent is negative.
  if (std::from_chars(digits.data(), digits.data() + digits.size(), value).ec == std::errc::result_out_of_range)
    value = digits.find("e-") != std::string::npos || digits.find("E-") != std::string::npos
                ? 0.0
                : std::numeric_limits<double>::infinity();
  if (kind == Tok::kImag) {
    ImagLit* node = make<ImagLit>(range);
    node->value = value;
    return node;
  }
  FloatLit* node = make<FloatLit>(range);
  node->value = value;
  return node;
}

const Expr* Parser::strings() {
  const std::uint32_t begin = begin_here();
  const bool is_bytes = read_string_opening(file_->text(), begin).is_bytes;
  std::string text;
  std::vector<FStringPart> parts;
  bool is_format = false;
  FString* format = nullptr;  // takes part in depth counting before its range is known
  for (; at(Tok::kString) && !has_failed(); next()) {
    const Token token = tokens_[at_];
    const StringOpening opening = read_string_opening(file_->text(), token.begin);
    const std::uint32_t text_begin = token.begin + opening.size, text_end = token.end - opening.quote_size();
    if (opening.is_bytes != is_bytes) {
      fail(here(), kBytesAndText);
    } else if (opening.is_format) {
      if (!format) format = make<FString>(here());
      is_format = true;
      format_parts(parts, text, text_begin, text_end, opening, false, format);
    } else {
      decode(text, text_begin, text_end, opening);
    }
  }
  if (is_format) {
    flush_text(parts, text);
    format->range = since(begin);
    format->parts = keep(parts);
    return format;
  }
  if (is_bytes) {
    BytesLit* node = make<BytesLit>(since(begin));
    node->value = tree_.arena.copy(std::string_view(text));
    return node;
  }
  StringLit* node = make<StringLit>(since(begin));
  node->value = tree_.arena.copy(std::string_view(text));
  return node;
}

// Literal text without braces' meaning; CR LF becomes LF as Python reads files.
void Parser::decode(std::string& out, std::uint32_t begin, std::uint32_t end, const StringOpening& opening) {
  const std::string_view text = file_->text();
  for (std::uint32_t at = begin; at < end && !has_failed();) {
    const char c = text[at];
    if (c == '\\' && !opening.is_raw) {
      decode_escape(out, at, end, opening);
    } else if (c == '\r') {
      out += '\n';
      at += at + 1 < end && text[at + 1] == '\n' ? 2 : 1;
    } else {
      if (opening.is_bytes && (c & 0x80) != 0) fail({file_, at, at + 1}, kNonAsciiBytes);
      out += c;
      ++at;
    }
  }
}

void Parser::decode_escape(std::string& out, std::uint32_t& at, std::uint32_t end, const StringOpening& opening) {
  const std::string_view text = file_->text();
  const std::uint32_t begin = at++;
  const char c = at < end ? text[at] : '\0';
  const auto number = [&](std::uint32_t digits, int base) {
    std::uint32_t value = 0;
    const char* from = text.data() + at;
    const char* to = text.data() + std::min(end, at + digits);
    const auto parsed = std::from_chars(from, to, value, base);
    at += static_cast<std::uint32_t>(parsed.ptr - from);
    if (base == 16 && parsed.ptr != from + digits) fail({file_, begin, at}, kBadEscape);
    return value;
  };
  const bool as_byte = opening.is_bytes || options_.byte_escapes;
  const auto add = [&](std::uint32_t value) {
    if (as_byte) out += static_cast<char>(value & 0xFF);
    else append_utf8(out, value);
  };
  if (c >= '0' && c <= '7') return add(number(3, 8));
  ++at;
  switch (c) {
    case '\n': return;
    case '\r':
      if (at < end && text[at] == '\n') ++at;
      return;
    case '\\': case '\'': case '"': out += c; return;
    case 'a': out += '\a'; return;
    case 'b': out += '\b'; return;
    case 'f': out += '\f'; return;
    case 'n': out += '\n'; return;
    case 'r': out += '\r'; return;
    case 't': out += '\t'; return;
    case 'v': out += '\v'; return;
    case 'x': return add(number(2, 16));
    case 'u': case 'U':
      if (opening.is_bytes) break;
      if (const std::uint32_t value = number(c == 'u' ? 4 : 8, 16); value <= 0x10FFFF) append_utf8(out, value);
      else fail({file_, begin, at}, kBadEscape);
      return;
    case 'N':
      if (opening.is_bytes) break;
      return fail({file_, begin, at}, kNamedEscape);
    default: break;
  }
  at = begin + 1;  // an unknown escape stands for itself
  out += '\\';
}

void Parser::flush_text(std::vector<FStringPart>& parts, std::string& out) {
  if (out.empty()) return;
  FStringPart part;
  part.text = tree_.arena.copy(std::string_view(out));
  parts.push_back(part);
  out.clear();
}

void Parser::format_parts(std::vector<FStringPart>& parts, std::string& out, std::uint32_t begin, std::uint32_t end,
                          const StringOpening& opening, bool is_spec, Expr* owner) {
  const std::string_view text = file_->text();
  for (std::uint32_t at = begin; at < end && !has_failed();) {
    const char c = text[at];
    const bool is_doubled = at + 1 < end && text[at + 1] == c && !is_spec;
    if (c == '{' && !is_doubled) {
      at = replacement(parts, out, at + 1, opening, owner);
    } else if (c == '{' || c == '}') {
      if (!is_doubled) fail({file_, at, at + 1}, kLoneBrace);
      out += c;
      at += 2;
    } else if (c == '\\' && !opening.is_raw) {
      decode_escape(out, at, end, opening);
    } else {
      std::uint32_t stop = at + 1;
      while (stop < end && text[stop] != '{' && text[stop] != '}' && text[stop] != '\\') ++stop;
      StringOpening plain = opening;
      plain.is_raw = true;
      decode(out, at, stop, plain);
      at = stop;
    }
  }
}

// One {...}; `at` follows the brace, the result follows the closing one. The lexer made sure that it is complete.
std::uint32_t Parser::replacement(std::vector<FStringPart>& parts, std::string& out, std::uint32_t at,
                                  const StringOpening& opening, Expr* owner) {
  const std::string_view text = file_->text();
  const std::uint32_t after = skip_replacement(text, at, opening);
  const std::uint32_t stop = skip_replacement_expression(text, at, opening);
  if (after == kUnterminated || after > window_end_) {
    fail({file_, at - 1, at}, kEmptyReplacement);
    return window_end_;
  }
  FStringPart part;
  // {x=} shows its own text: find a `=` that is no comparison, at the end.
  std::uint32_t end = stop;
  while (end > at && text[end - 1] == ' ') --end;
  const bool shows_text = end > at + 1 && text[end - 1] == '=' &&
                          std::string_view("=!<>").find(text[end - 2]) == std::string_view::npos;
  if (shows_text) {
    out += text.substr(at, stop - at);
    --end;
  }
  if (text.substr(at, end - at).find_first_not_of(" \n\r\t") == std::string_view::npos) {
    fail({file_, at - 1, stop + 1}, kEmptyReplacement);
    return after;
  }
  flush_text(parts, out);
  {
    const Level level(*this);
    if (!level.ok) return after;
    Parser inner(tree_, {file_, at, end}, LexMode::kExpression, sink_, options_, depth_);
    part.value = inner.whole_expression();
    // Whatever is wrong was reported by the inner parser or its lexer.
    if (!part.value) {
      failure_ = inner.failure_;
      has_failed_ = true;
      failed_at_ = at_;
      at_ = last();
      return after;
    }
  }
  deepen(owner, part.value);
  std::uint32_t i = stop;
  if (text[i] == '!') {
    std::uint32_t word_end = i + 1;
    while (text[word_end] != ':' && text[word_end] != '}' && text[word_end] != ' ') ++word_end;
    const std::string_view word = text.substr(i + 1, word_end - i - 1);
    if (word != "r" && word != "s" && word != "a") fail({file_, i, word_end}, kBadConversion);
    else part.conversion = word[0];
    i = word_end;
    while (text[i] == ' ') ++i;
  } else if (shows_text && text[i] == '}') {
    part.conversion = 'r';
  }
  if (text[i] == ':') {
    FString* spec = make<FString>({file_, i + 1, after - 1});
    std::vector<FStringPart> spec_parts;
    std::string spec_text;
    format_parts(spec_parts, spec_text, i + 1, after - 1, opening, true, spec);
    flush_text(spec_parts, spec_text);
    spec->parts = keep(spec_parts);
    deepen(owner, spec);
    part.spec = spec;
  }
  parts.push_back(part);
  return after;
}

}  // namespace fac::script
