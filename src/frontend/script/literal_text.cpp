#include "frontend/script/literal_text.h"

#include <charconv>
#include <cmath>
#include <cstdint>

namespace fac::script {
namespace {

constexpr char kHex[] = "0123456789abcdef";

void append_octal(std::string& out, unsigned char byte) {
  out += '\\';
  out += static_cast<char>('0' + (byte >> 6));
  out += static_cast<char>('0' + ((byte >> 3) & 7));
  out += static_cast<char>('0' + (byte & 7));
}

bool append_simple_escape(std::string& out, char c) {
  switch (c) {
    case '\\': out += "\\\\"; return true;
    case '"': out += "\\\""; return true;
    case '\n': out += "\\n"; return true;
    case '\r': out += "\\r"; return true;
    case '\t': out += "\\t"; return true;
    default: return false;
  }
}

// Length of the well-formed UTF-8 sequence (surrogates included) at `at`, or 0.
std::size_t sequence_length(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[at + i]); };
  const unsigned char lead = byte(0);
  const std::size_t length = lead >= 0xC2 && lead < 0xE0 ? 2 : lead >= 0xE0 && lead < 0xF0 ? 3 : lead >= 0xF0 && lead < 0xF5 ? 4 : 0;
  if (length == 0 || at + length > text.size()) return 0;
  for (std::size_t i = 1; i < length; ++i)
    if ((byte(i) & 0xC0) != 0x80) return 0;
  if ((lead == 0xE0 && byte(1) < 0xA0) || (lead == 0xF0 && byte(1) < 0x90) || (lead == 0xF4 && byte(1) > 0x8F)) return 0;
  return length;
}

}  // namespace

std::string python_string_body(std::string_view text, bool double_braces) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const auto byte = static_cast<unsigned char>(c);
    if (append_simple_escape(out, c)) continue;
    if (double_braces && (c == '{' || c == '}')) out += c;
    if (byte >= 0x20 && byte < 0x7F) {
      out += c;
    } else if (byte < 0x80) {
      append_octal(out, byte);
    } else if (const std::size_t length = sequence_length(text, i); length == 0) {
      append_octal(out, byte);
    } else if (byte == 0xED && static_cast<unsigned char>(text[i + 1]) >= 0xA0) {
      const auto second = static_cast<unsigned char>(text[i + 1]), third = static_cast<unsigned char>(text[i + 2]);
      const std::uint32_t code = 0xD000u | ((second & 0x3Fu) << 6) | (third & 0x3Fu);
      out += "\\u";
      for (int shift = 12; shift >= 0; shift -= 4) out += kHex[(code >> shift) & 15];
      i += 2;
    } else {
      out += text.substr(i, length);
      i += length - 1;
    }
  }
  return out;
}

std::string python_string(std::string_view text) { return '"' + python_string_body(text, false) + '"'; }

std::string python_bytes(std::string_view bytes) {
  std::string out = "b\"";
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (append_simple_escape(out, c)) continue;
    if (byte >= 0x20 && byte < 0x7F) {
      out += c;
    } else {
      out += "\\x";
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    }
  }
  return out + '"';
}

std::string python_float(double value) {
  if (std::isinf(value)) return "1e999";
  char digits[40];
  const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
  std::string out(digits, end);
  if (out.find_first_of(".e") == std::string::npos) out += ".0";
  return out;
}

}  // namespace fac::script
