#include "base/result.h"

#include <cmath>
#include <cstdio>

namespace fac {

std::string Error::full() const {
  if (frames.empty()) return message;
  std::string out = message;
  for (const auto& f : frames) {
    out += "\n";
    out += f.text;
  }
  return out;
}

namespace detail {

std::string to_text(std::int64_t v) { return std::to_string(v); }
std::string to_text(std::uint64_t v) { return std::to_string(v); }
std::string to_text(double v) {
  char buf[40];
  std::snprintf(buf, sizeof buf, "%g", v);
  return buf;
}

std::string fill_holes(std::string_view format, const std::string* parts, std::size_t count) {
  std::string out;
  out.reserve(format.size() + 16 * count);
  std::size_t next = 0;
  for (std::size_t i = 0; i < format.size(); ++i) {
    if (format[i] == '{' && i + 1 < format.size() && format[i + 1] == '}' && next < count) {
      out += parts[next++];
      ++i;
    } else {
      out += format[i];
    }
  }
  return out;
}

}  // namespace detail
}  // namespace fac
