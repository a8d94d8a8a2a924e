// Schema texts of operator rows at compile time: one letter for each argument and result, which a row's C++ function is
// compared with. (The schemas of the running library are parsed by value/schema_parse.cpp.)
#pragma once

#include <cstddef>
#include <string_view>

namespace fac::detail {

// One letter per schema type; upper case = optional.
consteval char schema_code(std::string_view t) {
  struct Row {
    std::string_view text;
    char code;
  };
  constexpr Row rows[] = {
      {"Tensor", 't'}, {"Tensor?", 'T'}, {"Tensor[]", 'l'}, {"Tensor?[]", 'l'}, {"int", 'i'}, {"int?", 'I'},
      {"SymInt", 'i'}, {"SymInt?", 'I'}, {"float", 'f'}, {"float?", 'F'}, {"bool", 'b'}, {"bool?", 'B'},
      {"complex", 'c'}, {"Scalar", 's'}, {"Scalar?", 'S'}, {"number", 's'}, {"int[]", 'n'}, {"int[]?", 'N'}, {"SymInt[]", 'n'}, {"SymInt[]?", 'N'},
      {"float[]", 'd'}, {"float[]?", 'D'}, {"str", 'r'}, {"str?", 'R'}, {"ScalarType", 'y'}, {"ScalarType?", 'Y'},
      {"Device", 'v'}, {"Device?", 'V'}, {"Layout", 'a'}, {"Layout?", 'A'}, {"MemoryFormat", 'm'},
      {"MemoryFormat?", 'M'}};
  for (const auto& r : rows)
    if (r.text == t) return r.code;
  return '*';
}

struct TypeText {  // a schema type without alias marks and list sizes
  char text[64] = {};
  std::size_t size = 0;
};
consteval TypeText strip_type(std::string_view t) {
  TypeText out;
  for (std::size_t i = 0; i < t.size(); ++i) {
    if (t[i] == '(' && i > 0) {  // alias mark, e.g. Tensor(a!)
      while (t[i] != ')') ++i;
      continue;
    }
    if (t[i] >= '0' && t[i] <= '9' && i > 0 && out.size > 0 && out.text[out.size - 1] == '[') continue;
    if (out.size < 63) out.text[out.size++] = t[i];
  }
  return out;
}
consteval char code_of(std::string_view t) {
  const TypeText s = strip_type(t);
  return schema_code({s.text, s.size});
}

struct SchemaShape {
  char params[32] = {};
  std::size_t count = 0;
  char returns[12] = {};
  std::size_t return_count = 0;
};
consteval std::string_view trim(std::string_view s) {
  while (!s.empty() && s.front() == ' ') s.remove_prefix(1);
  while (!s.empty() && s.back() == ' ') s.remove_suffix(1);
  return s;
}
// Type part of "Tensor(a!) self=None": up to the first space at depth 0.
consteval std::string_view type_part(std::string_view arg) {
  int depth = 0;
  for (std::size_t i = 0; i < arg.size(); ++i) {
    if (arg[i] == '(' || arg[i] == '[') ++depth;
    if (arg[i] == ')' || arg[i] == ']') --depth;
    if (arg[i] == ' ' && depth == 0) return arg.substr(0, i);
  }
  return arg;
}
consteval std::size_t split_list(std::string_view list, char* codes, std::size_t most) {
  std::size_t n = 0, start = 0;
  int depth = 0;
  char quote = 0;
  for (std::size_t i = 0; i <= list.size(); ++i) {
    if (i < list.size()) {
      const char c = list[i];
      if (quote) {
        if (c == '\\') ++i;
        else if (c == quote) quote = 0;
        continue;
      }
      if (c == '"' || c == '\'') quote = c;
      if (c == '(' || c == '[') ++depth;
      if (c == ')' || c == ']') --depth;
    }
    if (i == list.size() || (list[i] == ',' && depth == 0)) {
      const auto arg = trim(list.substr(start, i - start));
      start = i + 1;
      if (arg.empty() || arg == "*") continue;
      if (n >= most) throw "too many arguments in an operator's schema";
      codes[n++] = arg == "..." ? '.' : code_of(type_part(arg));
    }
  }
  return n;
}
consteval SchemaShape shape_of(std::string_view text) {
  SchemaShape s;
  const auto open = text.find('(');
  const auto arrow = text.rfind(") -> ");
  if (open == std::string_view::npos || arrow == std::string_view::npos) throw "schema must be `ns::name(args) -> returns`";
  s.count = split_list(text.substr(open + 1, arrow - open - 1), s.params, 32);
  auto ret = trim(text.substr(arrow + 5));
  if (ret.size() >= 2 && ret.front() == '(' && ret.back() == ')') ret = ret.substr(1, ret.size() - 2);
  s.return_count = split_list(ret, s.returns, 12);
  return s;
}

}  // namespace fac::detail
