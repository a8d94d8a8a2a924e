// Cursor and literals; types are in text_reader_types.cpp.
#include "ir/text_reader.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstdlib>

#include "ir/literal.h"

namespace fac::ir {

ErrorPtr TextReader::fail(std::string_view what) const {
  const auto before = text_.substr(0, at_);
  const auto line = 1 + std::count(before.begin(), before.end(), '\n');
  const auto newline = before.rfind('\n');
  const auto column = newline == std::string_view::npos ? at_ + 1 : at_ - newline;
  return error(ErrorKind::kCompile, "line {}, column {}: {}", line, column, what);
}

Status TextReader::check_depth() const {
  if (depth_ > 400) return fail("nested too deeply");
  return {};
}

void TextReader::skip_blanks() {
  while (at_ < text_.size()) {
    if (text_[at_] == '#') at_ = std::min(text_.find('\n', at_), text_.size());
    else if (std::isspace(static_cast<unsigned char>(text_[at_]))) ++at_;
    else break;
  }
}
bool TextReader::at_end() {
  skip_blanks();
  return at_ == text_.size();
}
bool TextReader::looking_at(std::string_view token) {
  skip_blanks();
  return text_.substr(at_).starts_with(token);
}
bool TextReader::accept(std::string_view token) {
  if (!looking_at(token)) return false;
  at_ += token.size();
  return true;
}
Status TextReader::expect(std::string_view token) {
  if (!accept(token)) return fail(fmt("expected `{}`", token));
  return {};
}

std::string_view TextReader::word() {
  skip_blanks();
  const std::size_t begin = at_;
  const auto plain = [&](std::size_t i) {
    return i < text_.size() && (std::isalnum(static_cast<unsigned char>(text_[i])) || text_[i] == '_' || text_[i] == '.');
  };
  while (true) {
    if (plain(at_)) ++at_;
    else if (text_.substr(at_).starts_with("::")) at_ += 2;
    else break;
  }
  return text_.substr(begin, at_ - begin);
}

std::string_view TextReader::value_name() {
  const std::size_t begin = at_;
  while (at_ < text_.size() && std::string_view(" \t\r\n,():#=%").find(text_[at_]) == std::string_view::npos) ++at_;
  return text_.substr(begin, at_ - begin);
}

Result<std::string> TextReader::quoted_string() {
  FACULA_TRY_VOID(expect("\""));
  static constexpr std::string_view kFrom = "abfnrtv", kTo = "\a\b\f\n\r\t\v";
  std::string out;
  while (at_ < text_.size() && text_[at_] != '"') {
    char c = text_[at_++];
    if (c != '\\' || at_ == text_.size()) {
      out += c;
      continue;
    }
    c = text_[at_++];
    if (c >= '0' && c <= '7') {
      int code = c - '0';
      for (int i = 0; i < 2 && at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '7'; ++i)
        code = code * 8 + (text_[at_++] - '0');
      out += static_cast<char>(code);
    } else if (const auto i = kFrom.find(c); i != std::string_view::npos) {
      out += kTo[i];
    } else {
      out += c;
    }
  }
  if (at_ == text_.size()) return fail("string without an end");
  ++at_;
  return out;
}

Result<std::int64_t> TextReader::integer() {
  skip_blanks();
  std::int64_t i = 0;
  const auto r = std::from_chars(text_.data() + at_, text_.data() + text_.size(), i);
  if (r.ec != std::errc()) return fail("expected an integer");
  at_ = static_cast<std::size_t>(r.ptr - text_.data());
  return i;
}

Result<Value> TextReader::number() {
  skip_blanks();
  const std::string rest(text_.substr(at_, 64));
  char* end = nullptr;
  const double d = std::strtod(rest.c_str(), &end);
  const auto used = static_cast<std::size_t>(end - rest.c_str());
  if (!used) return fail("expected a literal");
  const std::string_view spelled = std::string_view(rest).substr(0, used);
  // "1.+2.j": the imaginary part follows the real one at once.
  if (used < rest.size() && (rest[used] == '+' || rest[used] == '-')) {
    char* imaginary_end = nullptr;
    const double imaginary = std::strtod(rest.c_str() + used, &imaginary_end);
    if (*imaginary_end == 'j') {
      at_ += static_cast<std::size_t>(imaginary_end - rest.c_str()) + 1;
      return Value(std::complex<double>(d, imaginary));
    }
  }
  if (spelled.find_first_of(".enEN") == std::string_view::npos) {
    FACULA_TRY(const std::int64_t i, integer());
    return Value(i);
  }
  at_ += used;
  return Value(d);
}

Result<Value> TextReader::tensor(const TypeText::TensorShape& shape) {
  const std::int64_t count = product(shape.sizes);
  if (count > (std::int64_t{1} << 26)) return fail("tensor too large");
  FACULA_TRY(Tensor t, Tensor::empty_strided(shape.sizes, shape.strides, shape.dtype));
  t.impl()->requires_grad = shape.requires_grad;
  for (std::int64_t i = 0; i < count; ++i) set_element(t, i, 0);
  if (accept("<Tensor>")) return Value(std::move(t));
  const bool braces = accept("{");
  for (std::int64_t i = 0; i < count; ++i) {
    FACULA_TRY(const Value v, number());
    set_element(t, i, v.is_float() ? v.d() : v.is_int() ? static_cast<double>(v.i()) : v.c().real());
  }
  if (braces) {
    FACULA_TRY_VOID(expect("}"));
  } else {  // "[ CPUFloatType{2,2} ]"
    FACULA_TRY_VOID(expect("["));
    while (at_ < text_.size() && text_[at_] != ']') ++at_;
    FACULA_TRY_VOID(expect("]"));
  }
  return Value(std::move(t));
}

Result<Value> TextReader::list(const TypePtr& element) {
  if (looking_at("<Tensors>")) return fail("a list of tensors has no text form");
  std::vector<Value> values;
  while (!accept("]")) {
    if (!values.empty()) FACULA_TRY_VOID(expect(","));
    FACULA_TRY(Value v, literal({element, {}}));
    values.push_back(std::move(v));
  }
  TypePtr type = element;
  if (!type) type = values.empty() ? types::tensor() : type_of(values[0]);
  return Value(make_ref<ListBox>(std::move(type), std::move(values)));
}

Result<Value> TextReader::dict(const TypePtr& expected) {
  if (!expected || expected->kind() != TypeKind::kDict) return fail("a dictionary where its type is not known");
  auto d = make_ref<DictBox>(expected->element(0), expected->element(1));
  while (!accept("}")) {
    if (d->size()) FACULA_TRY_VOID(expect(","));
    FACULA_TRY(Value k, literal({expected->element(0), {}}));
    FACULA_TRY_VOID(expect(":"));
    FACULA_TRY(Value v, literal({expected->element(1), {}}));
    d->set(std::move(k), std::move(v));
  }
  return Value(std::move(d));
}

Result<Value> TextReader::tuple(const TypePtr& expected) {
  const TupleType* type = as_tuple(expected);
  std::vector<Value> values;
  while (!accept(")")) {
    if (!values.empty()) {
      FACULA_TRY_VOID(expect(","));
      if (accept(")")) break;  // "(1,)"
    }
    TypePtr element = type && values.size() < type->elements().size() ? type->element(values.size()) : nullptr;
    FACULA_TRY(Value v, literal({std::move(element), {}}));
    values.push_back(std::move(v));
  }
  return Value(make_ref<TupleBox>(std::move(values), type && !type->fields().empty() ? expected : nullptr));
}

Result<Value> TextReader::literal(const TypeText& expected) {
  const Depth nested(*this);
  FACULA_TRY_VOID(check_depth());
  if (expected.tensor) return tensor(*expected.tensor);
  TypePtr type = expected.type;
  if (const TypePtr inner = optional_element(type)) type = inner;
  const TypeKind kind = type ? type->kind() : TypeKind::kAny;

  if (looking_at("\"")) {
    FACULA_TRY(std::string s, quoted_string());
    if (kind != TypeKind::kDevice) return Value(std::move(s));
    const auto device = device_from_text(s);
    if (!device) return fail("no such device");
    return Value(*device);
  }
  if (accept("torch.device(")) {
    FACULA_TRY(const std::string s, quoted_string());
    FACULA_TRY_VOID(expect(")"));
    const auto device = device_from_text(s);
    if (!device) return fail("no such device");
    return Value(*device);
  }
  if (accept("annotate(")) {
    // The type is known from the constant's own; its text is skipped up to the comma after it.
    for (int depth = 0; at_ < text_.size() && (depth > 0 || text_[at_] != ','); ++at_) {
      if (text_[at_] == '[' || text_[at_] == '(') ++depth;
      if (text_[at_] == ']' || text_[at_] == ')') --depth;
    }
    FACULA_TRY_VOID(expect(","));
    FACULA_TRY(Value v, literal({type, {}}));
    FACULA_TRY_VOID(expect(")"));
    return v;
  }
  if (accept("[")) return list(kind == TypeKind::kList ? type->element() : nullptr);
  if (accept("{")) return dict(type);
  if (accept("(")) return tuple(type);

  const std::size_t begin = at_;
  const std::string_view name = word();
  if (name == "None") return Value();
  if (name == "True") return Value(true);
  if (name == "False") return Value(false);
  if (const EnumType* e = as_enum(type)) {
    const auto member = e->find_member(name.substr(name.rfind('.') + 1));
    if (!member) return fail("no such member of the enum");
    return Value(make_ref<EnumBox>(Ref<const EnumType>(e), *member));
  }
  at_ = begin;
  FACULA_TRY(Value v, number());
  if (kind == TypeKind::kBool && v.is_int()) return Value(v.i() != 0);
  if (kind == TypeKind::kFloat && v.is_int()) return Value(static_cast<double>(v.i()));
  return v;
}

}  // namespace fac::ir
