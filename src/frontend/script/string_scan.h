// Where string literals end. f-strings nest: braces hold expressions that may hold strings, of the same quotes too.
#pragma once

#include <cstdint>
#include <string_view>

namespace fac::script {

constexpr std::uint32_t kUnterminated = ~0u;

// What stands before the text of a string literal. Length 0: no literal starts here.
struct StringOpening {
  std::uint32_t prefix_size = 0;  // letters before the quotes
  std::uint32_t size = 0;         // letters and quotes
  char quote = '"';
  bool is_triple = false;
  bool is_raw = false;
  bool is_bytes = false;
  bool is_format = false;
  bool spans_lines = false;  // triple, and not inside a literal of one line
  std::uint32_t quote_size() const { return is_triple ? 3 : 1; }
};
StringOpening read_string_opening(std::string_view text, std::uint32_t at);

// The position after the closing quotes of the literal whose text starts at `at`, or kUnterminated.
std::uint32_t skip_string(std::string_view text, std::uint32_t at, const StringOpening& opening);

// From inside `{`: the position of what ends the expression: `!` of a conversion, `:` of a format spec, or `}`.
// kUnterminated when the literal's line, or the text, ends before.
std::uint32_t skip_replacement_expression(std::string_view text, std::uint32_t at, const StringOpening& opening);

// The whole `{...}` with conversion and format spec; `at` follows the `{`, the result follows the `}`.
std::uint32_t skip_replacement(std::string_view text, std::uint32_t at, const StringOpening& opening);

}  // namespace fac::script
