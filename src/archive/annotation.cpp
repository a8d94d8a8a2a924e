// The notation of types that restore_type_tag carries: "Dict[str, List[Tuple[int, Tensor]]]".
#include <cctype>
#include <string>
#include <vector>

#include "archive/pickle.h"
#include "archive/restore_types.h"

namespace fac::archive {

namespace {

struct Simple {
  std::string_view name;
  TypeKind kind;
};
constexpr Simple kSimple[] = {
    {"Tensor", TypeKind::kTensor}, {"int", TypeKind::kInt}, {"float", TypeKind::kFloat}, {"bool", TypeKind::kBool},
    {"complex", TypeKind::kComplex}, {"number", TypeKind::kNumber}, {"str", TypeKind::kStr},
    {"None", TypeKind::kNone}, {"NoneType", TypeKind::kNone}, {"Device", TypeKind::kDevice},
    {"Any", TypeKind::kAny}, {"Generator", TypeKind::kGenerator}, {"Storage", TypeKind::kStorage},
    {"Stream", TypeKind::kStream}, {"Capsule", TypeKind::kCapsule}, {"AnyList", TypeKind::kAnyList},
    {"AnyTuple", TypeKind::kAnyTuple},
};

class Parser {
 public:
  Parser(std::string_view text, ClassResolver* classes, std::uint32_t depth)
      : text_(text), classes_(classes), depth_left_(depth) {}

  Result<TypePtr> whole() {
    FACULA_TRY(TypePtr t, type());
    skip_space();
    if (at_ != text_.size()) return bad();
    return t;
  }

 private:
  ErrorPtr bad() const { return error(ErrorKind::kArchive, "'{}' is not a type (position {})", text_, at_); }

  void skip_space() {
    while (at_ < text_.size() && text_[at_] == ' ') ++at_;
  }
  bool accept(char c) {
    skip_space();
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  std::string_view name() {
    skip_space();
    const std::size_t first = at_;
    while (at_ < text_.size() && (std::isalnum(static_cast<unsigned char>(text_[at_])) || text_[at_] == '_' || text_[at_] == '.')) ++at_;
    return text_.substr(first, at_ - first);
  }

  Result<TypePtr> type() {
    if (depth_left_ == 0) return error(ErrorKind::kLimit, "a type is nested too deeply");
    --depth_left_;
    Result<TypePtr> t = one_type();
    ++depth_left_;
    return t;
  }

  Result<TypePtr> one_type() {
    const std::string_view n = name();
    if (n.empty()) return bad();
    for (const Simple& s : kSimple)
      if (s.name == n) return types::simple(s.kind);
    if (n == "List" || n == "Dict" || n == "Tuple" || n == "Optional" || n == "Union" || n == "Future") {
      FACULA_TRY(std::vector<TypePtr> e, elements());
      if (n == "Tuple") return types::tuple(std::move(e));
      if (n == "Union" && !e.empty()) return types::union_of(std::move(e));
      if (n == "Dict" && e.size() == 2) return types::dict(e[0], e[1]);
      if (e.size() != 1) return bad();
      if (n == "List") return types::list(e[0]);
      if (n == "Optional") return types::optional(e[0]);
      if (n == "Future") return types::future(e[0]);
      return bad();
    }
    if (!n.starts_with("__torch__") || !classes_) return bad();
    FACULA_TRY(TypePtr t, classes_->resolve(n));
    if (!t) return error(ErrorKind::kArchive, "class '{}' is not defined in the archive", n);
    return t;
  }

  // "[A, B]"; "[()]" is the empty tuple's.
  Result<std::vector<TypePtr>> elements() {
    std::vector<TypePtr> e;
    if (!accept('[')) return bad();
    if (accept('(')) {
      if (!accept(')') || !accept(']')) return bad();
      return e;
    }
    do {
      FACULA_TRY(TypePtr t, type());
      e.push_back(std::move(t));
    } while (accept(','));
    if (!accept(']')) return bad();
    return e;
  }

  std::string_view text_;
  ClassResolver* classes_;
  std::uint32_t depth_left_;
  std::size_t at_ = 0;
};

}  // namespace

Result<TypePtr> parse_annotation(std::string_view text, ClassResolver* classes, const Limits& limits) {
  return Parser(text, classes, limits.source_depth).whole();
}

}  // namespace fac::archive
