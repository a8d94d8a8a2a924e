#include "base/result.h"

#include <cmath>
#include <cstdio>

namespace fac {

namespace {

std::string_view python_name(const Error& e) {
  switch (e.kind) {
    case ErrorKind::kIndex: return "IndexError";
    case ErrorKind::kKey: return "KeyError";
    case ErrorKind::kValue: return "ValueError";
    case ErrorKind::kType: return "TypeError";
    case ErrorKind::kNotImplemented: return "NotImplementedError";
    case ErrorKind::kRaised: {
      std::string_view name = e.python_class;
      for (const std::string_view home : {"builtins.", "__torch__."})
        if (name.starts_with(home)) name.remove_prefix(home.size());
      return name.empty() ? "RuntimeError" : name;
    }
    default: return "RuntimeError";
  }
}

}  // namespace

std::string Error::full() const {
  if (frames.empty()) return message;
  std::string out =
      "The following operation failed in the TorchScript interpreter.\nTraceback of TorchScript (most recent call last):\n";
  for (std::size_t i = frames.size(); i-- > 0;) {
    out += frames[i].text;
    if (!out.ends_with('\n')) out += '\n';
  }
  out += python_name(*this);
  out += ": ";
  out += message;
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
