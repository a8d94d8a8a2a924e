#include "value/schema.h"

#include <algorithm>

#include "value/print.h"

namespace fac {
namespace {

std::string mark_text(const AliasMark& m) {
  std::string out = "(" + m.before + (m.writes ? "!" : "");
  if (m.after != m.before) out += " -> " + m.after;
  return out + ")";
}

std::string type_text(const Type& t, bool symbolic) {
  if (!symbolic) return t.str();
  switch (t.kind()) {
    case TypeKind::kInt: return "SymInt";
    case TypeKind::kFloat: return "SymFloat";
    case TypeKind::kBool: return "SymBool";
    case TypeKind::kList: return type_text(*t.element(), true) + "[]";
    case TypeKind::kOptional: return type_text(*t.element(), true) + "?";
    default: return t.str();
  }
}

std::string default_text(const Argument& a, const Type& bare) {
  const Value& v = *a.default_value;
  if (v.is_str() && bare.kind() == TypeKind::kStr) return quoted(v.str());
  // `int[2] stride=1` stands for [1, 1]; PyTorch prints the short form for plain ints only.
  if (v.is_list() && v.list().is_ints() && !a.is_symbolic && a.type->kind() == TypeKind::kList) {
    const auto& ints = v.list().ints();
    if (ints.size() > 1 && std::all_of(ints.begin(), ints.end(), [&](std::int64_t i) { return i == ints[0]; }))
      return std::to_string(ints[0]);
  }
  return value_text(v);
}

std::string argument_text(const Argument& a) {
  const bool optional = a.type->kind() == TypeKind::kOptional;
  const Type& bare = optional ? *a.type->element() : *a.type;
  std::string out;
  if (bare.kind() == TypeKind::kList) {
    out = type_text(*bare.element(), a.is_symbolic);
    if (a.element_alias) out += mark_text(*a.element_alias);
    out += "[" + (a.fixed_size ? std::to_string(*a.fixed_size) : "") + "]";
  } else {
    out = type_text(bare, a.is_symbolic);
  }
  if (a.alias) out += mark_text(*a.alias);
  if (optional) out += "?";
  if (!a.name.empty()) out += " " + a.name;
  if (a.default_value) out += "=" + default_text(a, bare);
  return out;
}

}  // namespace

std::string Schema::str() const {
  std::string out = name;
  if (!overload.empty()) out += "." + overload;
  out += "(";
  bool seen_star = false;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (i) out += ", ";
    if (arguments[i].keyword_only && !seen_star) out += "*, ";
    seen_star = seen_star || arguments[i].keyword_only;
    out += argument_text(arguments[i]);
  }
  if (is_vararg) out += arguments.empty() ? "..." : ", ...";
  out += ") -> ";

  std::string results;
  for (std::size_t i = 0; i < returns.size(); ++i) results += (i ? ", " : "") + argument_text(returns[i]);
  if (is_varret) results += returns.empty() ? "..." : ", ...";
  // One result stands bare, unless its own text starts with a parenthesis: then a reader could not tell.
  const bool bare = returns.size() + (is_varret ? 1 : 0) == 1 && results[0] != '(';
  return out + (bare ? results : "(" + results + ")");
}

bool Schema::writes() const {
  return std::any_of(arguments.begin(), arguments.end(), [](const Argument& a) {
    return (a.alias && a.alias->writes) || (a.element_alias && a.element_alias->writes);
  });
}

}  // namespace fac
