// Texts are UTF-8; Python counts code points. Ill-formed bytes count as one each.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace fac::interp {

inline std::size_t sequence_length(unsigned char c) { return c < 0x80 ? 1 : c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : c >= 0xC0 ? 2 : 1; }

inline bool is_ascii(std::string_view s) {
  for (const char c : s)
    if (static_cast<unsigned char>(c) >= 0x80) return false;
  return true;
}
// Offsets of the code points, and the end.
inline std::vector<std::size_t> code_points(std::string_view s) {
  std::vector<std::size_t> out;
  for (std::size_t i = 0; i < s.size();) {
    out.push_back(i);
    i += sequence_length(static_cast<unsigned char>(s[i]));
  }
  out.push_back(s.size());
  return out;
}
inline std::size_t count_points(std::string_view s) {
  if (is_ascii(s)) return s.size();
  return code_points(s).size() - 1;
}
inline std::uint32_t decode_point(std::string_view s) {
  if (s.empty()) return 0;
  const auto c = static_cast<unsigned char>(s[0]);
  const std::size_t n = sequence_length(c);
  if (n == 1 || s.size() < n) return c;
  std::uint32_t p = c & (0xFFu >> (n + 1));
  for (std::size_t i = 1; i < n; ++i) p = p << 6 | (static_cast<unsigned char>(s[i]) & 0x3F);
  return p;
}
inline std::string encode_point(std::uint32_t p) {
  std::string out;
  const auto add = [&out](std::uint32_t b) { out += static_cast<char>(static_cast<unsigned char>(b)); };
  if (p < 0x80) add(p);
  else if (p < 0x800) {
    add(0xC0 | p >> 6);
    add(0x80 | (p & 0x3F));
  } else if (p < 0x10000) {
    add(0xE0 | p >> 12);
    add(0x80 | (p >> 6 & 0x3F));
    add(0x80 | (p & 0x3F));
  } else {
    add(0xF0 | p >> 18);
    add(0x80 | (p >> 12 & 0x3F));
    add(0x80 | (p >> 6 & 0x3F));
    add(0x80 | (p & 0x3F));
  }
  return out;
}

}  // namespace fac::interp
