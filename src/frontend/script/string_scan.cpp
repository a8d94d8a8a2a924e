#include "frontend/script/string_scan.h"

namespace fac::script {
namespace {

// f-strings inside f-strings inside ...; deeper ones count as unterminated.
constexpr int kMaxNesting = 20;

std::uint32_t skip_string_at(std::string_view text, std::uint32_t at, const StringOpening& opening, int nesting);
std::uint32_t skip_replacement_at(std::string_view text, std::uint32_t at, const StringOpening& opening, int nesting);

bool closes(std::string_view text, std::uint32_t at, const StringOpening& o) {
  if (text[at] != o.quote) return false;
  return !o.is_triple || (at + 2 < text.size() && text[at + 1] == o.quote && text[at + 2] == o.quote);
}

bool is_name_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || (c & 0x80) != 0;
}

std::uint32_t skip_expression_at(std::string_view text, std::uint32_t at, const StringOpening& opening, int nesting) {
  std::uint32_t brackets = 0;
  while (at < text.size()) {
    const char c = text[at];
    if (is_name_char(c) || c == '"' || c == '\'') {
      if (StringOpening inner = read_string_opening(text, at); inner.size) {
        if (nesting >= kMaxNesting) return kUnterminated;
        inner.spans_lines = inner.spans_lines && opening.spans_lines;
        at = skip_string_at(text, at + inner.size, inner, nesting + 1);
        if (at == kUnterminated) return kUnterminated;
        continue;
      }
      while (at < text.size() && is_name_char(text[at])) ++at;
      continue;
    }
    if (c == '\n' && !opening.spans_lines) return kUnterminated;
    if (c == '(' || c == '[' || c == '{') ++brackets;
    if (brackets == 0) {
      const char next = at + 1 < text.size() ? text[at + 1] : '\0';
      if (c == '}' || c == ':' || (c == '!' && next != '=')) return at;
      if (c == '!' || ((c == '<' || c == '>' || c == '=') && next == '=')) ++at;
    } else if (c == ')' || c == ']' || c == '}') {
      --brackets;
    }
    ++at;
  }
  return kUnterminated;
}

std::uint32_t skip_replacement_at(std::string_view text, std::uint32_t at, const StringOpening& opening, int nesting) {
  at = skip_expression_at(text, at, opening, nesting);
  if (at == kUnterminated) return at;
  if (text[at] == '!') {
    ++at;
    while (at < text.size() && is_name_char(text[at])) ++at;
    while (at < text.size() && text[at] == ' ') ++at;
  }
  if (at < text.size() && text[at] == ':') {
    for (++at; at < text.size() && text[at] != '}';) {
      if (closes(text, at, opening) || (text[at] == '\n' && !opening.spans_lines)) return kUnterminated;
      if (text[at] == '{') {
        if (nesting >= kMaxNesting) return kUnterminated;
        at = skip_replacement_at(text, at + 1, opening, nesting + 1);
        if (at == kUnterminated) return at;
      } else {
        at += text[at] == '\\' && !opening.is_raw ? 2 : 1;
      }
    }
  }
  return at < text.size() && text[at] == '}' ? at + 1 : kUnterminated;
}

std::uint32_t skip_string_at(std::string_view text, std::uint32_t at, const StringOpening& o, int nesting) {
  while (at < text.size()) {
    const char c = text[at];
    if (closes(text, at, o)) return at + o.quote_size();
    if (c == '\\') {
      if (o.is_format && at + 1 < text.size() && (text[at + 1] == '{' || text[at + 1] == '}')) {
        ++at;
      } else if (o.is_format && !o.is_raw && text.substr(at, 3) == "\\N{") {
        at += 3;
        while (at < text.size() && text[at] != '}' && text[at] != '\n') ++at;
      } else {
        // "\" CR LF is one escaped line end.
        at += text.substr(at + 1, 2) == "\r\n" ? 3u : 2u;
      }
    } else if (c == '\n' && !o.spans_lines) {
      return kUnterminated;
    } else if (c == '{' && o.is_format) {
      if (at + 1 < text.size() && text[at + 1] == '{') {
        at += 2;
      } else {
        at = skip_replacement_at(text, at + 1, o, nesting);
        if (at == kUnterminated) return at;
      }
    } else {
      ++at;
    }
  }
  return kUnterminated;
}

}  // namespace

StringOpening read_string_opening(std::string_view text, std::uint32_t at) {
  StringOpening o;
  std::uint32_t i = at;
  for (; i < text.size() && i < at + 3; ++i) {
    const char letter = static_cast<char>(text[i] | 0x20);
    if (letter == 'r' && !o.is_raw) o.is_raw = true;
    else if (letter == 'b' && !o.is_bytes) o.is_bytes = true;
    else if (letter == 'f' && !o.is_format) o.is_format = true;
    else if (letter != 'u' || i != at) break;
  }
  if (i >= text.size() || (text[i] != '"' && text[i] != '\'')) return {};
  if (o.is_bytes && o.is_format) return {};
  o.prefix_size = i - at;
  o.quote = text[i];
  o.is_triple = i + 2 < text.size() && text[i + 1] == o.quote && text[i + 2] == o.quote;
  o.spans_lines = o.is_triple;
  o.size = o.prefix_size + o.quote_size();
  return o;
}

std::uint32_t skip_string(std::string_view text, std::uint32_t at, const StringOpening& opening) {
  return skip_string_at(text, at, opening, 0);
}
std::uint32_t skip_replacement_expression(std::string_view text, std::uint32_t at, const StringOpening& opening) {
  return skip_expression_at(text, at, opening, 0);
}
std::uint32_t skip_replacement(std::string_view text, std::uint32_t at, const StringOpening& opening) {
  return skip_replacement_at(text, at, opening, 0);
}

}  // namespace fac::script
