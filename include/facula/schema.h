// What a method takes and gives, taken apart from the text of its schema: `forward(__torch__.Net self, Tensor x, int n=3) -> Tensor`.
#pragma once

#include "facula/ivalue_convert.h"

namespace facula {

class Argument {
 public:
  Argument(std::string name, TypePtr type, std::optional<IValue> default_value = std::nullopt, bool kwarg_only = false)
      : name_(std::move(name)), type_(std::move(type)), default_(std::move(default_value)), kwarg_only_(kwarg_only) {}
  const std::string& name() const { return name_; }
  const TypePtr& type() const { return type_; }
  const std::optional<IValue>& default_value() const { return default_; }
  bool kwarg_only() const { return kwarg_only_; }

 private:
  std::string name_;
  TypePtr type_;
  std::optional<IValue> default_;
  bool kwarg_only_;
};

namespace detail {

// The parts between commas that stand in no bracket and no text.
inline std::vector<std::string> schema_parts(std::string_view text) {
  std::vector<std::string> parts;
  std::size_t start = 0;
  int depth = 0;
  char quote = 0;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    const char c = i < text.size() ? text[i] : ',';
    if (quote) {
      if (c == '\\') ++i;
      else if (c == quote) quote = 0;
      if (i < text.size()) continue;
    }
    if (c == '"' || c == '\'') quote = c;
    if (c == '(' || c == '[') ++depth;
    if (c == ')' || c == ']') --depth;
    if (c != ',' || (depth > 0 && i < text.size())) continue;
    std::string_view part = text.substr(start, std::min(i, text.size()) - start);
    while (!part.empty() && part.front() == ' ') part.remove_prefix(1);
    if (!part.empty()) parts.emplace_back(part);
    start = i + 1;
  }
  return parts;
}

// "Dict(str, Tensor[])" as annotations write it: "Dict[str, List[Tensor]]".
inline std::string annotation_of(const std::string& text) {
  const Type t(text);
  const auto inner = [&](const char* name) {
    std::string all;
    for (const TypePtr& part : t.containedTypes()) all += (all.empty() ? "" : ", ") + annotation_of(part->str());
    return std::string(name) + "[" + all + "]";
  };
  switch (t.kind()) {
    case TypeKind::ListType: return inner("List");
    case TypeKind::OptionalType: return inner("Optional");
    case TypeKind::DictType: return inner("Dict");
    case TypeKind::TupleType: return text[0] == '(' ? inner("Tuple") : text;
    default: return text;
  }
}
inline TypePtr type_of_text(const std::string& text) { return std::make_shared<Type>(text, annotation_of(text)); }

inline IValue literal(const std::string& s) {
  if (s == "None" || s.empty()) return IValue();
  if (s == "True" || s == "False") return IValue(s == "True");
  if (s.front() == '"' || s.front() == '\'') return IValue(s.substr(1, s.size() - 2));
  if (s.front() == '[') {
    const std::vector<std::string> parts = schema_parts(std::string_view(s).substr(1, s.size() - 2));
    const bool real = s.find_first_of(".e") != std::string::npos;
    if (real) {
      std::vector<double> v;
      for (const std::string& p : parts) v.push_back(std::strtod(p.c_str(), nullptr));
      return IValue(v);
    }
    std::vector<std::int64_t> v;
    for (const std::string& p : parts) v.push_back(std::strtoll(p.c_str(), nullptr, 10));
    return IValue(v);
  }
  if (s.find_first_of(".enif") != std::string::npos) return IValue(std::strtod(s.c_str(), nullptr));
  return IValue(static_cast<std::int64_t>(std::strtoll(s.c_str(), nullptr, 10)));
}

}  // namespace detail

class FunctionSchema {
 public:
  FunctionSchema(std::string text) : text_(std::move(text)) {
    const std::size_t open = text_.find('('), arrow = text_.rfind(" -> ");
    if (open == std::string::npos || arrow == std::string::npos || arrow < open + 1) return;
    name_ = text_.substr(0, open);
    bool kwarg_only = false;
    for (const std::string& part : detail::schema_parts(std::string_view(text_).substr(open + 1, arrow - open - 2))) {
      if (part == "*") kwarg_only = true;
      else arguments_.push_back(argument(part, kwarg_only));
    }
    // Several results stand in brackets; so does one tuple, in two of them.
    std::string_view result = std::string_view(text_).substr(arrow + 4);
    const bool several = !result.empty() && result.front() == '(' && closes_last(result);
    if (several) result = result.substr(1, result.size() - 2);
    if (several && detail::schema_parts(result).size() > 1) {
      returns_.emplace_back("", detail::type_of_text(std::string(text_, arrow + 4)));
    } else if (!result.empty()) {
      returns_.emplace_back("", detail::type_of_text(std::string(result)));
    }
  }
  const std::string& name() const { return name_; }
  const std::string& overload_name() const { return overload_; }
  const std::vector<Argument>& arguments() const { return arguments_; }
  const std::vector<Argument>& returns() const { return returns_; }
  std::optional<int> argumentIndexWithName(std::string_view name) const {
    for (std::size_t i = 0; i < arguments_.size(); ++i)
      if (arguments_[i].name() == name) return static_cast<int>(i);
    return std::nullopt;
  }
  bool is_vararg() const { return false; }
  bool is_varret() const { return false; }
  const std::string& toString(bool = true) const { return text_; }
  friend std::ostream& operator<<(std::ostream& out, const FunctionSchema& s) {
    abi::write_text(out, s.text_.data(), s.text_.size());
    return out;
  }

 private:
  static bool closes_last(std::string_view s) {
    int depth = 0;
    for (std::size_t i = 0; i < s.size(); ++i) {
      if (s[i] == '(') ++depth;
      if (s[i] == ')' && --depth == 0) return i + 1 == s.size();
    }
    return false;
  }
  // "int n=3": the name is the last word before the `=`.
  static Argument argument(const std::string& part, bool kwarg_only) {
    int depth = 0;
    std::size_t equals = std::string::npos;
    for (std::size_t i = 0; i < part.size() && equals == std::string::npos; ++i) {
      if (part[i] == '(' || part[i] == '[') ++depth;
      if (part[i] == ')' || part[i] == ']') --depth;
      if (part[i] == '=' && depth == 0) equals = i;
    }
    const std::string head = part.substr(0, equals);
    const std::size_t space = head.rfind(' ');
    if (space == std::string::npos) return {"", detail::type_of_text(head)};
    std::optional<IValue> value;
    if (equals != std::string::npos) value = detail::literal(part.substr(equals + 1));
    return {head.substr(space + 1), detail::type_of_text(head.substr(0, space)), std::move(value), kwarg_only};
  }
  std::string text_, name_, overload_;
  std::vector<Argument> arguments_, returns_;
};

}  // namespace facula
