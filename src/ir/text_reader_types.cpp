#include <algorithm>

#include "ir/text_reader.h"

namespace fac::ir {
namespace {

// Types without elements, by their printed and their annotation's spelling.
TypePtr plain_type(std::string_view name) {
  for (int k = 0; k < static_cast<int>(TypeKind::kVar); ++k) {
    const auto kind = static_cast<TypeKind>(k);
    if (kind >= TypeKind::kOptional && kind <= TypeKind::kEnum) continue;
    const TypePtr& t = types::simple(kind);
    if (t->str() == name) return t;
  }
  for (const auto& t : {types::number(), types::none()})
    if (t->annotation() == name) return t;
  return nullptr;
}

std::optional<DType> printed_dtype(std::string_view name) {
  for (int i = 0; i < 32; ++i)
    if (is_valid_dtype(i) && dtype_name(static_cast<DType>(i)) == name) return static_cast<DType>(i);
  return std::nullopt;
}

}  // namespace

Result<TypePtr> TextReader::resolve(std::string_view name) {
  if (resolve_)
    if (TypePtr t = resolve_(name)) return t;
  if (name.starts_with("__torch__.torch.classes.")) return types::custom_class(name);
  if (name.find('.') == std::string_view::npos) return fail(fmt("unknown type `{}`", name));
  auto& t = placeholders_[std::string(name)];
  if (!t) t = make_ref<ClassType>(std::string(name), true);
  return t;
}

// Its members are those that the text mentions, in order; their values are not known.
TypePtr TextReader::placeholder_enum(const std::string& name) {
  TypePtr& t = placeholders_[name];
  if (t) return t;
  std::vector<std::pair<std::string, Value>> members;
  const std::string prefix = "value=" + name + ".";
  for (std::size_t at = text_.find(prefix); at != std::string_view::npos; at = text_.find(prefix, at + 1)) {
    const std::size_t begin = at + prefix.size();
    std::string member(text_.substr(begin, text_.find_first_of("] ,)", begin) - begin));
    const auto known = std::find_if(members.begin(), members.end(), [&](const auto& m) { return m.first == member; });
    if (known == members.end()) members.emplace_back(std::move(member), static_cast<std::int64_t>(members.size()));
  }
  t = make_ref<EnumType>(name, types::int_(), std::move(members));
  return t;
}

Result<std::vector<TypePtr>> TextReader::type_list(std::string_view close) {
  std::vector<TypePtr> out;
  while (!accept(close)) {
    if (!out.empty()) FACULA_TRY_VOID(expect(","));
    FACULA_TRY(TypeText t, type());
    out.push_back(std::move(t.type));
  }
  return out;
}

// "Float(2, 3, strides=[3, 1], requires_grad=0, device=cpu)"; unknown sizes are written "*".
Result<TextReader::TypeText> TextReader::tensor_type(DType dtype) {
  TypeText out{types::tensor(), TypeText::TensorShape{dtype, {}, {}, false}};
  bool known = true;
  bool has_strides = false;
  while (!accept(")")) {
    if (accept(",")) continue;
    if (accept("*")) {
      known = false;
    } else if (accept("strides=[")) {
      has_strides = true;
      while (!accept("]")) {
        FACULA_TRY(const std::int64_t s, integer());
        out.tensor->strides.push_back(s);
        accept(",");
      }
    } else if (accept("requires_grad=")) {
      FACULA_TRY(const std::int64_t flag, integer());
      out.tensor->requires_grad = flag != 0;
    } else if (accept("device=")) {
      if (word().empty()) return fail("expected a device");
    } else {
      FACULA_TRY(const std::int64_t n, integer());
      if (n < 0) return fail("negative size");
      out.tensor->sizes.push_back(n);
    }
  }
  if (!has_strides) out.tensor->strides = contiguous_strides(out.tensor->sizes);
  if (!known || out.tensor->strides.size() != out.tensor->sizes.size()) out.tensor.reset();
  return out;
}

Result<TextReader::TypeText> TextReader::simple_type() {
  if (accept("(")) {
    FACULA_TRY(auto elements, type_list(")"));
    return TypeText{types::tuple(std::move(elements)), {}};
  }
  const std::string name(word());
  if (name.empty()) return fail("expected a type");
  if (name == "Enum" && accept("<")) {
    const std::string enum_name(word());
    TypePtr t = resolve_ ? resolve_(enum_name) : nullptr;
    if (!as_enum(t)) t = placeholder_enum(enum_name);
    FACULA_TRY_VOID(expect(">"));
    return TypeText{std::move(t), {}};
  }
  if (name == "NamedTuple" && accept("(")) {
    std::vector<std::string> fields;
    std::vector<TypePtr> elements;
    while (!accept(")")) {
      if (!fields.empty()) FACULA_TRY_VOID(expect(","));
      fields.emplace_back(word());
      FACULA_TRY_VOID(expect(":"));
      FACULA_TRY(TypeText t, type());
      elements.push_back(std::move(t.type));
    }
    return TypeText{types::named_tuple("NamedTuple", std::move(fields), std::move(elements)), {}};
  }
  if (const auto dtype = printed_dtype(name); dtype && accept("(")) return tensor_type(*dtype);

  static constexpr std::pair<std::string_view, TypeKind> kGeneric[] = {
      {"Dict", TypeKind::kDict},   {"Union", TypeKind::kUnion}, {"Future", TypeKind::kFuture},
      {"Await", TypeKind::kAwait}, {"RRef", TypeKind::kRRef},
  };
  for (const auto& [text, kind] : kGeneric) {
    if (name != text) continue;
    const bool brackets = accept("[");
    if (!brackets && !accept("(")) continue;
    FACULA_TRY(auto elements, type_list(brackets ? "]" : ")"));
    if (elements.size() != (kind == TypeKind::kDict ? 2u : 1u) && kind != TypeKind::kUnion)
      return fail("wrong number of element types");
    if (kind == TypeKind::kUnion) return TypeText{types::union_of(std::move(elements)), {}};
    return TypeText{make_ref<Type>(kind, std::move(elements)), {}};
  }
  if (name == "Function") return TypeText{types::simple(TypeKind::kFunction), {}};
  if (TypePtr t = plain_type(name)) return TypeText{std::move(t), {}};
  if (name == "t") return TypeText{types::var(name), {}};
  FACULA_TRY(TypePtr t, resolve(name));
  return TypeText{std::move(t), {}};
}

Result<TextReader::TypeText> TextReader::type() {
  const Depth nested(*this);
  FACULA_TRY_VOID(check_depth());
  FACULA_TRY(TypeText t, simple_type());
  while (true) {
    if (accept("[]")) t = TypeText{types::list(t.type), {}};
    else if (accept("?")) t = TypeText{types::optional(t.type), {}};
    else return t;
  }
}

}  // namespace fac::ir
