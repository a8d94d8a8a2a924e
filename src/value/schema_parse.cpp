// The reader of schema text. Recursive descent over the characters; the grammar, as PyTorch writes it:
//   schema  := name ['.' overload] '(' [arg {',' arg}] ')' '->' (result | '(' [result {',' result}] ')')
//   arg     := '*' | '...' | type ident ['=' default]          result := '...' | type [ident]
//   type    := base [mark] { '[' [size] ']' [mark] | '?' }
//   base    := '(' type {',' type} ')' | ('Dict' | 'Future' | 'RRef' | 'Await' | 'Union') '(' type {',' type} ')' | name
//   mark    := '(' set ['!'] ['->' set] ')'                     set := '*' | ident {'|' ident}
// Longer than most files: one grammar, a function for each of its rules.
#include <cctype>
#include <charconv>
#include <limits>

#include "value/schema.h"

namespace fac {
namespace {

struct ParsedType {
  TypePtr type;
  std::optional<std::int64_t> fixed_size;  // of the outermost list
  std::optional<AliasMark> mark, element_mark;
  bool symbolic = false;
};

constexpr int kMaxDepth = 64;

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  Result<Schema> schema();
  Result<ParsedType> type();
  Status end() {
    skip_spaces();
    if (pos_ != text_.size()) return expected("the end");
    return {};
  }

 private:
  ErrorPtr expected(std::string_view what) const {
    const auto rest = text_.substr(pos_, 20);
    return error(ErrorKind::kCompile, "schema `{}`: expected {} at column {}, found {}", text_, what, pos_ + 1,
                 rest.empty() ? "the end" : "`" + std::string(rest) + "`");
  }
  void skip_spaces() {
    while (pos_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[pos_]))) ++pos_;
  }
  char peek() {
    skip_spaces();
    return pos_ < text_.size() ? text_[pos_] : '\0';
  }
  bool accept(std::string_view token) {
    skip_spaces();
    if (text_.substr(pos_, token.size()) != token) return false;
    pos_ += token.size();
    return true;
  }
  Status expect(std::string_view token) {
    if (!accept(token)) return expected("`" + std::string(token) + "`");
    return {};
  }
  // Letters, digits, `_`, and dots where asked (qualified class names).
  std::string_view ident(bool dots = false) {
    skip_spaces();
    const std::size_t start = pos_;
    const auto fits = [&](char c) {
      return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || (dots && (c == '.' || c == '$'));
    };
    if (pos_ < text_.size() && std::isdigit(static_cast<unsigned char>(text_[pos_]))) return {};
    while (pos_ < text_.size() && fits(text_[pos_])) ++pos_;
    return text_.substr(start, pos_ - start);
  }

  Status name(Schema& s);
  Result<std::vector<TypePtr>> type_list();  // after '(' up to and including ')'
  Result<ParsedType> base_type();
  Result<AliasMark> mark();
  Result<std::string> alias_set();
  Result<Argument> argument(bool is_result, bool keyword_only);
  Status result(Schema& s);
  Result<Value> literal(const TypePtr& wanted, std::optional<std::int64_t> size);
  Result<Value> number(const Type& wanted);
  Result<std::string> string_literal();

  std::string_view text_;
  std::size_t pos_ = 0;
  int depth_ = 0;
};

// Names of values that stand as defaults of dtype, layout and memory format arguments.
std::optional<std::int64_t> named_constant(std::string_view name) {
  if (const auto t = dtype_from_python(name)) return static_cast<std::int64_t>(*t);
  if (name == "contiguous_format") return static_cast<std::int64_t>(MemoryFormat::kContiguous);
  if (name == "preserve_format") return static_cast<std::int64_t>(MemoryFormat::kPreserve);
  if (name == "channels_last") return static_cast<std::int64_t>(MemoryFormat::kChannelsLast);
  if (name == "strided") return static_cast<std::int64_t>(Layout::kStrided);
  if (name == "Mean") return 1;  // at::Reduction
  return std::nullopt;
}

Status Parser::name(Schema& s) {
  const auto open = text_.find('(');
  if (open == std::string_view::npos) {
    pos_ = text_.size();
    return expected("`(`");
  }
  auto full = text_.substr(0, open);
  while (!full.empty() && full.back() == ' ') full.remove_suffix(1);
  if (full.empty()) return expected("a name");
  // Only operators (`ns::name`) have overloads; dots of a qualified function name belong to the name.
  const auto colons = full.find("::");
  const auto dot = colons == std::string_view::npos ? std::string_view::npos : full.find('.', colons);
  s.name = full.substr(0, dot);
  if (dot != std::string_view::npos) s.overload = full.substr(dot + 1);
  pos_ = open + 1;
  return {};
}

Result<Schema> Parser::schema() {
  Schema s;
  FACULA_TRY_VOID(name(s));
  bool keyword_only = false;
  if (!accept(")")) {
    do {
      if (accept("...")) s.is_vararg = true;
      else if (accept("*")) keyword_only = true;
      else {
        FACULA_TRY(Argument a, argument(false, keyword_only));
        s.arguments.push_back(std::move(a));
      }
    } while (accept(","));
    FACULA_TRY_VOID(expect(")"));
  }
  FACULA_TRY_VOID(expect("->"));
  if (accept("(")) {
    if (!accept(")")) {
      do FACULA_TRY_VOID(result(s));
      while (accept(","));
      FACULA_TRY_VOID(expect(")"));
    }
  } else {
    FACULA_TRY_VOID(result(s));
  }
  FACULA_TRY_VOID(end());
  return s;
}

Status Parser::result(Schema& s) {
  if (accept("...")) {
    s.is_varret = true;
    return {};
  }
  FACULA_TRY(Argument a, argument(true, false));
  s.returns.push_back(std::move(a));
  return {};
}

Result<Argument> Parser::argument(bool is_result, bool keyword_only) {
  FACULA_TRY(ParsedType t, type());
  Argument a;
  a.type = std::move(t.type);
  a.fixed_size = t.fixed_size;
  a.alias = std::move(t.mark);
  a.element_alias = std::move(t.element_mark);
  a.is_symbolic = t.symbolic;
  a.keyword_only = keyword_only;
  a.name = ident();
  if (is_result) return a;
  if (a.name.empty()) return expected("an argument's name");
  if (accept("=")) {
    FACULA_TRY(a.default_value, literal(a.type, a.fixed_size));
  }
  return a;
}

Result<ParsedType> Parser::type() {
  if (++depth_ > kMaxDepth) return expected("a type of less depth");
  FACULA_TRY(ParsedType t, base_type());
  if (peek() == '(') {
    FACULA_TRY(t.mark, mark());
  }
  for (;;) {
    if (accept("[")) {
      t.fixed_size.reset();
      if (!accept("]")) {
        std::int64_t n = 0;
        const auto [stop, ec] = std::from_chars(text_.data() + pos_, text_.data() + text_.size(), n);
        if (ec != std::errc()) return expected("`]` or a size");
        pos_ = static_cast<std::size_t>(stop - text_.data());
        t.fixed_size = n;
        FACULA_TRY_VOID(expect("]"));
      }
      t.type = types::list(std::move(t.type));
      t.element_mark = std::exchange(t.mark, std::nullopt);
      if (peek() == '(') {
        FACULA_TRY(t.mark, mark());
      }
    } else if (accept("?")) {
      t.type = types::optional(std::move(t.type));
    } else {
      break;
    }
  }
  --depth_;
  return t;
}

Result<std::vector<TypePtr>> Parser::type_list() {
  std::vector<TypePtr> list;
  if (accept(")")) return list;
  do {
    FACULA_TRY(ParsedType t, type());
    ident();  // `(Tensor a, Tensor b)`: a name inside a tuple says nothing
    list.push_back(std::move(t.type));
  } while (accept(","));
  FACULA_TRY_VOID(expect(")"));
  return list;
}

Result<ParsedType> Parser::base_type() {
  ParsedType t;
  if (accept("(")) {
    FACULA_TRY(auto elements, type_list());
    t.type = types::tuple(std::move(elements));
    return t;
  }
  const std::size_t start = pos_;
  const auto name = ident(true);
  struct Simple {
    std::string_view text;
    TypeKind kind;
  };
  static constexpr Simple kSimple[] = {
      {"Tensor", TypeKind::kTensor}, {"int", TypeKind::kInt}, {"SymInt", TypeKind::kInt}, {"SymFloat", TypeKind::kFloat}, {"SymBool", TypeKind::kBool}, {"float", TypeKind::kFloat},
      {"bool", TypeKind::kBool}, {"complex", TypeKind::kComplex}, {"Scalar", TypeKind::kNumber},
      {"number", TypeKind::kNumber}, {"str", TypeKind::kStr}, {"None", TypeKind::kNone}, {"NoneType", TypeKind::kNone},
      {"Any", TypeKind::kAny}, {"Device", TypeKind::kDevice}, {"Generator", TypeKind::kGenerator},
      {"Storage", TypeKind::kStorage}, {"Stream", TypeKind::kStream}, {"Capsule", TypeKind::kCapsule},
      {"PyObject", TypeKind::kPyObject}, {"ScalarType", TypeKind::kDtype}, {"Layout", TypeKind::kLayout},
      {"MemoryFormat", TypeKind::kMemoryFormat}, {"QScheme", TypeKind::kQScheme},
      {"AnyClassType", TypeKind::kAnyClass}, {"AnyEnumType", TypeKind::kAnyEnum}, {"list", TypeKind::kAnyList},
      {"tuple", TypeKind::kAnyTuple}, {"Dimname", TypeKind::kStr}};
  for (const auto& s : kSimple) {
    if (s.text != name) continue;
    t.type = types::simple(s.kind);
    t.symbolic = name.starts_with("Sym");
    return t;
  }
  struct Container {
    std::string_view text;
    TypeKind kind;
    std::size_t count;  // 0: any
  };
  static constexpr Container kContainers[] = {{"Dict", TypeKind::kDict, 2}, {"Future", TypeKind::kFuture, 1},
                                              {"RRef", TypeKind::kRRef, 1}, {"Await", TypeKind::kAwait, 1},
                                              {"Union", TypeKind::kUnion, 0}};
  for (const auto& c : kContainers) {
    if (c.text != name) continue;
    FACULA_TRY_VOID(expect("("));
    FACULA_TRY(auto elements, type_list());
    if (elements.empty() || (c.count && elements.size() != c.count)) return expected("other type arguments");
    t.type = c.kind == TypeKind::kUnion ? types::union_of(std::move(elements))
                                        : make_ref<Type>(c.kind, std::move(elements));
    return t;
  }
  if (name.starts_with("__torch__.")) {
    t.type = types::custom_class(name);
    return t;
  }
  if (!name.empty() && std::islower(static_cast<unsigned char>(name[0])) && name.find('.') == std::string_view::npos) {
    t.type = types::var(std::string(name));
    return t;
  }
  pos_ = start;
  return expected("a type");
}

Result<std::string> Parser::alias_set() {
  if (accept("*")) return std::string("*");
  std::string set;
  do {
    const auto name = ident();
    if (name.empty()) return expected("an alias set");
    if (!set.empty()) set += '|';
    set += name;
  } while (accept("|"));
  return set;
}

Result<AliasMark> Parser::mark() {
  AliasMark m;
  FACULA_TRY_VOID(expect("("));
  FACULA_TRY(m.before, alias_set());
  m.writes = accept("!");
  m.after = m.before;
  if (accept("->")) {
    FACULA_TRY(m.after, alias_set());
  }
  FACULA_TRY_VOID(expect(")"));
  return m;
}

Result<Value> Parser::literal(const TypePtr& wanted, std::optional<std::int64_t> size) {
  if (accept("None")) return Value();
  const TypePtr inner = optional_element(wanted);
  const Type& type = inner ? *inner : *wanted;
  if (type.kind() == TypeKind::kList) {
    auto list = make_ref<ListBox>(type.element());
    if (!accept("[")) {  // int[2] x=1
      FACULA_TRY(Value v, literal(type.element(), std::nullopt));
      if (!size) return expected("a list");
      for (std::int64_t i = 0; i < *size; ++i) list->append(v);
      return Value(std::move(list));
    }
    if (!accept("]")) {
      do {
        FACULA_TRY(Value v, literal(type.element(), std::nullopt));
        list->append(std::move(v));
      } while (accept(","));
      FACULA_TRY_VOID(expect("]"));
    }
    return Value(std::move(list));
  }
  const char c = peek();
  if (c == '"' || c == '\'') {
    FACULA_TRY(std::string s, string_literal());
    return Value(std::move(s));
  }
  if (std::isdigit(static_cast<unsigned char>(c)) || c == '-' || c == '.') return number(type);
  const std::size_t start = pos_;
  const auto word = ident();
  if (word == "True") return Value(true);
  if (word == "False") return Value(false);
  if (word == "inf") return Value(std::numeric_limits<double>::infinity());
  if (word == "nan") return Value(std::numeric_limits<double>::quiet_NaN());
  if (const auto n = named_constant(word)) return Value(*n);
  pos_ = start;
  return expected("a default value");
}

Result<Value> Parser::number(const Type& wanted) {
  skip_spaces();
  const char* const first = text_.data() + pos_;
  const char* const last = text_.data() + text_.size();
  if (accept("-inf")) return Value(-std::numeric_limits<double>::infinity());
  double d = 0;
  const auto as_double = std::from_chars(first, last, d);
  std::int64_t i = 0;
  const auto as_int = std::from_chars(first, last, i);
  if (as_double.ec != std::errc()) return expected("a number");
  pos_ = static_cast<std::size_t>(as_double.ptr - text_.data());
  if (accept("j")) return Value(std::complex<double>(0, d));
  if (peek() == '+' || peek() == '-') {  // the imaginary part
    accept("+");
    double imag = 0;
    const auto part = std::from_chars(text_.data() + pos_, last, imag);
    if (part.ec != std::errc()) return expected("a number");
    pos_ = static_cast<std::size_t>(part.ptr - text_.data());
    FACULA_TRY_VOID(expect("j"));
    return Value(std::complex<double>(d, imag));
  }
  const bool whole = as_int.ec == std::errc() && as_int.ptr == as_double.ptr;
  if (wanted.kind() == TypeKind::kFloat || !whole) return Value(d);
  if (wanted.kind() == TypeKind::kComplex) return Value(std::complex<double>(d, 0));
  if (wanted.kind() == TypeKind::kBool) return Value(i != 0);
  return Value(i);
}

Result<std::string> Parser::string_literal() {
  const char quote = text_[pos_++];
  std::string out;
  while (pos_ < text_.size() && text_[pos_] != quote) {
    char c = text_[pos_++];
    if (c != '\\' || pos_ == text_.size()) {
      out += c;
      continue;
    }
    c = text_[pos_++];
    constexpr std::string_view kNames = "abfnrtv", kValues = "\a\b\f\n\r\t\v";
    const auto named = kNames.find(c);
    if (named != std::string_view::npos) {
      out += kValues[named];
    } else if (c >= '0' && c <= '7') {
      int octal = c - '0';
      for (int n = 0; n < 2 && pos_ < text_.size() && text_[pos_] >= '0' && text_[pos_] <= '7'; ++n)
        octal = octal * 8 + (text_[pos_++] - '0');
      out += static_cast<char>(octal);
    } else {
      out += c;
    }
  }
  if (pos_ == text_.size()) return expected("a closing quote");
  ++pos_;
  return out;
}

}  // namespace

Result<Schema> parse_schema(std::string_view text) { return Parser(text).schema(); }

Result<TypePtr> parse_schema_type(std::string_view text) {
  Parser p(text);
  FACULA_TRY(ParsedType t, p.type());
  FACULA_TRY_VOID(p.end());
  return std::move(t.type);
}

}  // namespace fac
