// "{}".format(...), "%d" % (...), print and warn: the operators that turn several values into one text.
#include <cstdio>

#include "ops/host.h"
#include "ops/op.h"
#include "value/print.h"

namespace fac::ops {
namespace {

// TorchScript knows the plain {} only; a hole with anything inside is text.
Status format(std::span<Value> args, std::span<Value> results) {
  const std::string& pattern = args[0].str();
  std::string out;
  std::size_t start = 0, used = 1;
  for (std::size_t at; (at = pattern.find("{}", start)) != std::string::npos; start = at + 2) {
    out.append(pattern, start, at - start);
    FACULA_CHECK(used < args.size(), "Too few arguments for format string: {}", pattern);
    out += value_text(args[used++]);
  }
  results[0] = Value(out + pattern.substr(start));
  return {};
}

Result<std::string> formatted(char key, const Value& v) {
  char buffer[400];
  const auto as_float = [&v] {  // libtorch narrows to float32 before it prints
    return static_cast<double>(static_cast<float>(v.is_float() ? v.d() : static_cast<double>(v.i())));
  };
  switch (key) {
    case 's': return value_text(v);
    case 'd':
    case 'i':
    case 'e':
    case 'E':
    case 'f':
    case 'F': {
      const bool real = v.is_int() || v.is_float() || v.is_bool();
      FACULA_CHECK(real, "%{} requires a number for formatting, but got {}", key, v.is_str() ? "String" : tag_name(v.tag()));
      if (key == 'd' || key == 'i') return std::to_string(v.is_float() ? static_cast<std::int64_t>(v.d()) : v.i());
      std::snprintf(buffer, sizeof buffer, key == 'e' ? "%e" : key == 'E' ? "%E" : "%f", as_float());
      return std::string(buffer);
    }
    case 'c':
      if (v.is_int()) return std::string(1, static_cast<char>(v.i()));
      FACULA_CHECK(v.is_str() && v.str().size() == 1, "%c requires an int or char for formatting, but got {}",
                   v.is_str() ? "String" : tag_name(v.tag()));
      return v.str();
    default: return runtime_error("The specifier %{} is not supported in TorchScript format strings", key);
  }
}

Status percent_format(std::span<Value> args, std::span<Value> results) {
  FACULA_CHECK(args.size() == 2, "percentFormat() takes a format string and one argument");
  const std::string& pattern = args[0].str();
  std::vector<Value> given = {args[1]};
  if (args[1].is_tuple()) given = args[1].tuple().values;
  std::string out;
  std::size_t start = 0, used = 0;
  for (std::size_t at; (at = pattern.find('%', start)) != std::string::npos; start = at + 2) {
    FACULA_CHECK(at + 1 < pattern.size(), "Incomplete format specifier");
    out.append(pattern, start, at - start);
    if (pattern[at + 1] == '%') {
      out += '%';
      continue;
    }
    FACULA_CHECK(used < given.size(), "Too few arguments for format string");
    FACULA_TRY(const std::string piece, formatted(pattern[at + 1], given[used++]));
    out += piece;
  }
  FACULA_CHECK(used == given.size(), "Too many arguments for format string");
  results[0] = Value(out + pattern.substr(start));
  return {};
}

Status print(std::span<Value> args, std::span<Value>) {
  std::string line;
  for (std::size_t i = 0; i < args.size(); ++i) line += (i ? " " : "") + value_text(args[i]);
  line += '\n';
  if (host().print) host().print(line);
  return {};
}
// torch.utils' print of one string, without a newline.
Status print_text(std::string_view s) {
  if (host().print) host().print(s);
  return {};
}
Status warn(std::string_view message, std::int64_t) {
  if (host().warn) host().warn(message, {});
  return {};
}

constexpr Op kFormat[] = {
    row<format>("aten::format(str self, ...) -> str"),
    row<percent_format>("aten::percentFormat(str self, ...) -> str"),
    row<print>("prim::Print(...) -> ()", {.traits = kSideEffect}),
    row<print_text>("aten::_print(str s) -> ()", {.traits = kSideEffect}),
    row<warn>("aten::warn(str message, int stacklevel=2) -> ()", {.traits = kSideEffect}),
};

}  // namespace

}  // namespace fac::ops

namespace fac {
FACULA_FAMILY(builtins_format, ops::kFormat)
}
