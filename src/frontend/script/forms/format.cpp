// Texts with values in them: f-strings, str.format and `%`. TorchScript's `format` knows "{}" only, and writes floats in its own
// way. In the everyday dialect each value that needs more becomes a text first, by the library's functions (nn/text.py).
#include <algorithm>
#include <functional>
#include <utility>

#include "frontend/nn/everyday.h"
#include "frontend/script/emitter.h"

namespace fac::script {
namespace {

constexpr Diag<std::string_view> kNested{"nested-format", "{} expressions aren't supported"};
constexpr Diag<std::string_view> kSpec{"format-spec", "a format specification cannot be used for a value of type {}"};
constexpr Diag<std::string_view, std::string_view> kConversion{"format-conversion", "`!{}` of a value of type {} is not supported"};
constexpr Diag<std::string_view> kField{"format-field", "the field `{}` of a format text is not supported"};
constexpr Diag<std::string_view> kMissing{"format-argument", "format text asks for the argument `{}`, which is not given"};
constexpr Diag<std::string_view> kPercent{"percent-format", "`%{}` is not supported in a format text"};
constexpr Diag<std::uint64_t, std::uint64_t> kPercentCount{"percent-arguments", "format text asks for {} values but found {}"};

// TorchScript's format knows "{}" only, and no way to write a brace that could be one: such text becomes a value itself.
void append_literal(Emitter& e, std::string& text, std::vector<ValueId>& values, std::string_view literal, Range at) {
  if (!e.everyday() || literal.find_first_of("{}") == literal.npos) {
    text += literal;
    return;
  }
  text += "{}";
  values.push_back(e.constant(Value(literal), at));
}

}  // namespace

// `spec`: a text value, or none. conversion: 'r', 's' or 0.
ValueId Emitter::formatted(ValueId v, char conversion, ValueId spec, Range at) {
  if (!v) return {};
  const auto text_call = [&](std::string_view name, std::vector<ValueId> args) {
    std::vector<CallArg> given;
    for (const ValueId a : args) given.push_back({at, {}, a});
    return call_function(nn::text_function(name), std::move(given), at);
  };
  TypeKind k = type(v)->kind();
  if (k == TypeKind::kClass) {
    const ClassType* cls = as_class(type(v));
    const std::string_view method = conversion == 'r' ? "__repr__" : "__str__";
    const std::string_view other = conversion == 'r' ? "__str__" : "__repr__";
    const std::string_view found = cls->find_method(method) ? method : !conversion || conversion == 's' ? other : method;
    if (cls->find_method(found)) {
      v = call_method(v, found, {}, at);
      if (!v) return {};
      k = type(v)->kind();
      conversion = 0;
    }
  }
  if (python_text_differs(type(v)) && k != TypeKind::kFloat && k != TypeKind::kStr) {
    v = python_text(v, at);
    if (!v) return {};
    k = TypeKind::kStr;
    conversion = 0;
  }
  if (conversion == 'r' && k == TypeKind::kStr) v = text_call("repr_str", {v}), conversion = 0;
  if (conversion && k != TypeKind::kInt && k != TypeKind::kFloat && k != TypeKind::kBool && k != TypeKind::kStr && conversion != 's') {
    if (k == TypeKind::kTensor || k == TypeKind::kNone || k == TypeKind::kList || k == TypeKind::kDict || k == TypeKind::kTuple || k == TypeKind::kOptional || k == TypeKind::kEnum) return call_operator("aten::str", {v}, at);
    error(at, kConversion, std::string_view(&conversion, 1), type(v)->annotation());
    return {};
  }
  if (const Value* known = spec ? graph_.constant(spec) : nullptr; known && known->is_str() && known->str().empty()) spec = {};
  if (conversion || (spec && k == TypeKind::kBool)) {  // a bool in a format is its text only without specification
    if (k == TypeKind::kBool && !conversion && spec) {
      v = call_operator("aten::Int", {v}, at);
    } else {
      v = k == TypeKind::kFloat ? text_call("repr_float", {v}) : k == TypeKind::kStr ? v : call_operator("aten::str", {v}, at);
    }
    if (!v) return {};
    k = type(v)->kind();
  }
  if (spec && (k == TypeKind::kNumber || k == TypeKind::kTensor)) {  // x.item(), a tensor of one element: the specification says which
    const Value* known = graph_.constant(spec);
    const char last = known && known->is_str() ? known->str().back() : 'f';
    const bool whole = std::string_view("dxXboc").find(last) != std::string_view::npos;
    v = call_operator(whole ? "aten::Int" : "aten::Float", {v}, at);
    if (!v) return {};
    k = type(v)->kind();
  }
  if (!spec) return k == TypeKind::kFloat ? text_call("repr_float", {v}) : v;
  switch (k) {
    case TypeKind::kFloat: return text_call("format_float", {v, spec});
    case TypeKind::kInt: return text_call("format_int", {v, spec});
    case TypeKind::kStr: return text_call("format_str", {v, spec});
    default: error(at, kSpec, type(v)->annotation()); return {};
  }
}

// Whether Python writes values of this type in another way than TorchScript does.
bool Emitter::python_text_differs(const TypePtr& t) const {
  const std::function<bool(const TypePtr&, bool)> differs = [&](const TypePtr& x, bool inside) {
    switch (x->kind()) {
      case TypeKind::kFloat:
      case TypeKind::kComplex: return true;
      case TypeKind::kStr: return inside;
      case TypeKind::kClass: return inside && (as_class(x)->find_method("__repr__") || as_class(x)->find_method("__str__"));
      case TypeKind::kOptional: return differs(x->element(), inside);
      case TypeKind::kTuple: return !as_tuple(x)->fields().empty() || std::any_of(x->elements().begin(), x->elements().end(), [&](const TypePtr& e) { return differs(e, true); });
      case TypeKind::kList: return differs(x->element(), true);
      case TypeKind::kDict: return differs(x->element(0), true) || differs(x->element(1), true);
      default: return false;
    }
  };
  return everyday() && differs(t, false);
}

// Python's text of a container, an Optional or a complex number.
ValueId Emitter::python_text(ValueId v, Range at) {
  switch (type(v)->kind()) {
    case TypeKind::kList: return nn::call_everyday(*this, "show_list", {v}, at);
    case TypeKind::kDict: return nn::call_everyday(*this, "show_dict", {v}, at);
    case TypeKind::kOptional: return nn::call_everyday(*this, "show_optional", {v}, at);
    case TypeKind::kComplex: return nn::call_everyday(*this, "show_complex", {v}, at);
    default: break;
  }
  const TupleType* tuple = as_tuple(type(v));
  const std::vector<ValueId> items = unpack_tuple(v, at);
  std::string pattern;
  const bool named = !tuple->fields().empty();
  if (named) pattern = std::string(tuple->name().substr(tuple->name().rfind('.') + 1));
  pattern += '(';
  std::vector<ValueId> values{ValueId{}};
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (i) pattern += ", ";
    if (named) pattern += tuple->fields()[i] + "=";
    pattern += "{}";
    const TypeKind k = type(items[i])->kind();
    const bool plain = k == TypeKind::kTensor || k == TypeKind::kNone || k == TypeKind::kInt || k == TypeKind::kBool;
    values.push_back(plain ? items[i] : formatted(items[i], 'r', {}, at));
    if (!values.back()) return {};
  }
  pattern += items.size() == 1 && !named ? ",)" : ")";
  values[0] = constant(Value(pattern), at);
  return call_operator("aten::format", std::move(values), at);
}

// f"a {x} b" is "a {} b".format(x), as PyTorch writes it.
ValueId Emitter::format_string(const FString& e) {
  std::string text;
  std::vector<ValueId> values{ValueId{}};
  for (const FStringPart& part : e.parts) {
    if (!part.value) {
      append_literal(*this, text, values, part.text, e.range);
      continue;
    }
    text += '{';
    if (everyday()) {
      const ValueId v = expression(*part.value);
      const ValueId spec = part.spec ? format_string(*part.spec) : ValueId{};
      if (!v || (part.spec && !spec)) return {};
      values.push_back(formatted(v, part.conversion, spec, part.value->range));
      if (!values.back()) return {};
      text += '}';
      continue;
    }
    if (part.spec) {
      text += ':';
      for (const FStringPart& s : part.spec->parts) {
        if (s.value) {
          error(e.range, kNested, "nested format specification");
          return {};
        }
        text += s.text;
      }
    }
    text += '}';
    values.push_back(expression(*part.value));
  }
  bool is_text = true;
  std::string plain;
  for (const FStringPart& part : e.parts) {
    is_text = is_text && !part.value;
    plain += part.text;
  }
  if (is_text) return constant(Value(plain), e.range);
  values[0] = constant(Value(text), e.range);
  return call_operator("aten::format", std::move(values), e.range);
}

// "{:.3f} {name}".format(x, name=y) of a known text.
ValueId Emitter::format_text(std::string_view pattern, const std::vector<CallArg>& args, Range at) {
  std::string text;
  std::vector<ValueId> values{ValueId{}};
  std::size_t next = 0;
  const auto argument = [&](std::string_view name) -> ValueId {
    const bool number = name.find_first_not_of("0123456789") == name.npos && name.size() < 4;
    std::size_t wanted = name.empty() ? next++ : number ? std::stoul(std::string(name)) : args.size();
    for (std::size_t i = 0; i < args.size(); ++i) {
      if (args[i].name ? (!number && args[i].name.str() == name) : (number && i == wanted)) return args[i].value;
    }
    if (number) error(at, kMissing, std::to_string(wanted));
    else error(at, name.find_first_of(".[") == name.npos ? kMissing : kField, name);
    return {};
  };
  std::string literal;
  const auto flush = [&] { append_literal(*this, text, values, std::exchange(literal, {}), at); };
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const char c = pattern[i];
    const bool doubled = (c == '{' || c == '}') && i + 1 < pattern.size() && pattern[i + 1] == c;
    if (c != '{' || doubled) {
      literal += c;
      i += doubled ? 1 : 0;
      continue;
    }
    flush();
    std::size_t end = i + 1;
    for (int depth = 1; end < pattern.size(); ++end) {
      if (pattern[end] == '{') ++depth;
      if (pattern[end] == '}' && --depth == 0) break;
    }
    if (end >= pattern.size()) {
      error(at, kField, pattern.substr(i));
      return {};
    }
    std::string_view field = pattern.substr(i + 1, end - i - 1);
    const auto colon = field.find(':');
    const std::string_view spec = colon == field.npos ? std::string_view() : field.substr(colon + 1);
    std::string_view name = field.substr(0, colon);
    char conversion = 0;
    if (name.size() >= 2 && name[name.size() - 2] == '!') {
      conversion = name.back();
      name.remove_suffix(2);
    }
    const ValueId v = argument(name);
    if (!v) return {};
    ValueId spec_value;
    if (const auto open = spec.find('{'); open != spec.npos) {  // "{:{}.2f}"
      if (const auto close = spec.find('}', open); spec.find('{', open + 1) < close) {
        error(at, kField, pattern.substr(i, end - i + 1));
        return {};
      }
      std::string inner(spec);
      std::vector<CallArg> rest;
      for (std::size_t k = 0; k < args.size(); ++k)
        if (args[k].name || k >= next) rest.push_back(args[k]);
      for (const char x : spec)
        if (x == '{') ++next;
      spec_value = format_text(inner, rest, at);
    } else if (!spec.empty()) {
      spec_value = constant(Value(spec), at);
    }
    values.push_back(formatted(v, conversion, spec_value, at));
    if (!values.back()) return {};
    text += "{}";
    i = end;
  }
  flush();
  values[0] = constant(Value(text), at);
  return call_operator("aten::format", std::move(values), at);
}

// "%5.1f %s" % (x, y) of a known text.
ValueId Emitter::percent_text(std::string_view pattern, ValueId right, Range at) {
  std::vector<ValueId> given{right};
  if (type(right)->kind() == TypeKind::kTuple) given = unpack_tuple(right, at);
  std::string text;
  std::vector<ValueId> values{ValueId{}};
  std::size_t next = 0, asked = 0;
  std::string literal;
  const auto flush = [&] { append_literal(*this, text, values, std::exchange(literal, {}), at); };
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const bool doubled = pattern[i] == '%' && i + 1 < pattern.size() && pattern[i + 1] == '%';
    if (pattern[i] != '%' || doubled) {
      literal += pattern[i];
      i += doubled ? 1 : 0;
      continue;
    }
    flush();
    bool left = false, zero = false, alternate = false;
    std::string sign, width, precision;
    std::size_t at_char = i + 1;
    for (; at_char < pattern.size() && std::string_view("-+ #0").find(pattern[at_char]) != std::string_view::npos; ++at_char) {
      const char c = pattern[at_char];
      if (c == '-') left = true;
      else if (c == '0') zero = true;
      else if (c == '#') alternate = true;
      else if (sign != "+") sign = c;
    }
    while (at_char < pattern.size() && pattern[at_char] >= '0' && pattern[at_char] <= '9') width += pattern[at_char++];
    if (at_char < pattern.size() && pattern[at_char] == '.') {
      ++at_char;
      precision = ".";
      while (at_char < pattern.size() && pattern[at_char] >= '0' && pattern[at_char] <= '9') precision += pattern[at_char++];
      if (precision == ".") precision = ".0";
    }
    const char kind = at_char < pattern.size() ? pattern[at_char] : ' ';
    ++asked;
    if (std::string_view("diusrxXoeEfFgGc").find(kind) == std::string_view::npos) {
      error(at, kPercent, pattern.substr(i + 1, at_char - i));
      return {};
    }
    i = at_char;
    if (next >= given.size()) continue;
    ValueId v = given[next++];
    const bool text_kind = kind == 's' || kind == 'r';
    const bool whole = kind == 'd' || kind == 'i' || kind == 'u';
    if (whole && (type(v)->kind() == TypeKind::kFloat || type(v)->kind() == TypeKind::kNumber)) v = call_operator("aten::Int", {v}, at);
    if ((whole || std::string_view("eEfFgG").find(kind) != std::string_view::npos) && type(v)->kind() == TypeKind::kTensor)
      v = call_operator(whole ? "aten::Int" : "aten::Float", {v}, at);
    std::string spec;
    if (!width.empty() || !precision.empty() || !sign.empty() || !text_kind) {
      spec = left ? "<" : zero && !text_kind ? "" : ">";
      if (!text_kind) spec += sign;
      if (alternate) spec += "#";
      if (zero && !left && !text_kind) spec += "0";
      spec += width;
      if (!whole) spec += precision;
      if (!text_kind) spec += whole ? 'd' : kind;
    }
    if (text_kind && type(v)->kind() != TypeKind::kStr && !spec.empty()) v = formatted(v, kind, {}, at), v = v && type(v)->kind() != TypeKind::kStr ? call_operator("aten::str", {v}, at) : v;
    else if (text_kind) v = formatted(v, kind == 'r' ? 'r' : 0, {}, at);
    if (v && !spec.empty() && spec != ">d") v = formatted(v, 0, constant(Value(spec), at), at);
    if (!v) return {};
    values.push_back(v);
    text += "{}";
  }
  flush();
  if (asked != given.size()) {
    error(at, kPercentCount, asked, given.size());
    return {};
  }
  values[0] = constant(Value(text), at);
  return call_operator("aten::format", std::move(values), at);
}

}  // namespace fac::script
