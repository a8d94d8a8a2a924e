#include "frontend/unparse/names.h"

#include <algorithm>
#include <charconv>

#include "value/print.h"

namespace fac::script {
namespace {

// Classes and functions are what they are by identity; a FunctionType is made anew at each use.
const void* identity(const TypePtr& t) {
  if (t->kind() == TypeKind::kFunction) return static_cast<const FunctionType&>(*t).function();
  return t.get();
}

template <class Items, class Text>
std::string joined(const Items& items, Text text) {
  std::string out;
  bool first = true;
  for (const auto& item : items) {
    if (!first) out += ", ";
    first = false;
    out += text(item);
  }
  return out;
}

}  // namespace

bool is_named(const Type& t) {
  switch (t.kind()) {
    case TypeKind::kClass:
    case TypeKind::kInterface:
    case TypeKind::kEnum:
    case TypeKind::kFunction: return true;
    case TypeKind::kTuple: return !t.name().empty();
    default: return false;
  }
}

std::string annotation(const TypePtr& t, const TypeNames& names) {
  if (is_named(*t)) {
    std::string name = names ? names(t) : std::string();
    return name.empty() ? t->name() : name;
  }
  const auto inner = [&] { return joined(t->elements(), [&](const TypePtr& e) { return annotation(e, names); }); };
  switch (t->kind()) {
    case TypeKind::kOptional: return "Optional[" + inner() + "]";
    case TypeKind::kUnion: return "Union[" + inner() + "]";
    case TypeKind::kList: return "List[" + inner() + "]";
    case TypeKind::kDict: return "Dict[" + inner() + "]";
    case TypeKind::kFuture: return "Future[" + inner() + "]";
    case TypeKind::kAwait: return "Await[" + inner() + "]";
    case TypeKind::kRRef: return "RRef[" + inner() + "]";
    case TypeKind::kTuple: return "Tuple[" + (t->elements().empty() ? "()" : inner()) + "]";
    default: return t->annotation();
  }
}

bool shows_in_members(const Type& element) {
  switch (element.kind()) {
    case TypeKind::kUnion:
    case TypeKind::kOptional:
    case TypeKind::kNumber:
    case TypeKind::kInterface:
    case TypeKind::kAny: return false;
    default: return true;
  }
}

std::string literal(const Value& v, const TypeNames& names, const SpecialLiteral& special) {
  if (special)
    if (auto text = special(v)) return std::move(*text);
  const auto inner = [&](const Value& item) { return literal(item, names, special); };
  const auto maybe_annotated = [&](bool ambiguous, std::string text) {
    return ambiguous ? "annotate(" + annotation(type_of(v), names) + ", " + text + ")" : text;
  };
  switch (v.tag()) {
    case Tag::kEnum:
      return annotation(TypePtr(v.enum_().type), names) + "." + v.enum_().name();
    case Tag::kTuple: {
      const TupleBox& t = v.tuple();
      const std::string head = t.type && !t.type->name().empty() ? annotation(t.type, names) : std::string();
      return head + "(" + joined(t.values, inner) + (t.values.size() == 1 ? ",)" : ")");
    }
    case Tag::kList:
      return maybe_annotated(v.list().size() == 0 || !shows_in_members(*v.list().element_type()),
                             "[" + joined(v.list().to_values(), inner) + "]");
    case Tag::kDict:
      return maybe_annotated(v.dict().size() == 0 || !shows_in_members(*v.dict().value_type()),
                             "{" + joined(v.dict().items(), [&](const auto& e) { return inner(e.first) + ": " + inner(e.second); }) + "}");
    case Tag::kFloat: {
      // "10000000000" would be read as an integer.
      std::string text = value_repr(v);
      if (text.find_first_not_of("-0123456789") == text.npos) text += '.';
      return text;
    }
    case Tag::kStr: {
      // PyTorch's parser does not know its own printer's "\r".
      std::string text = value_repr(v);
      for (std::size_t i = 0; i + 1 < text.size(); ++i)
        if (text[i] == '\\') {
          if (text[i + 1] == 'r') text.replace(i, 2, "\\015");
          ++i;
        }
      return text;
    }
    default: return value_repr(v);
  }
}

void Dependencies::add(const TypePtr& t) {
  if (!seen_.insert(identity(t)).second) return;
  keep_.push_back(t);
  if (t->kind() == TypeKind::kTuple)
    for (const TypePtr& other : table_)
      if (same(other, t)) return;
  table_.push_back(t);
}

void Dependencies::add_all(const TypePtr& t) {
  if (is_named(*t) && t->kind() != TypeKind::kFunction) add(t);
  if (t->kind() == TypeKind::kEnum) return;
  for (const TypePtr& e : t->elements()) add_all(e);
}

std::string UniqueNames::name(const TypePtr& t) {
  if (t->kind() == TypeKind::kTuple) {
    auto& known = tuples_[t->name()];
    for (const auto& [type, name] : known)
      if (same(type, t)) return name;
    std::string name = mangled(t->name());
    known.emplace_back(t, name);
    return name;
  }
  const auto [it, fresh] = given_.try_emplace(identity(t));
  if (fresh) {
    keep_.push_back(t);
    it->second = mangled(t->name());
  }
  return it->second;
}

std::string UniqueNames::mangled(const std::string& own_name) {
  static constexpr std::string_view kMangle = "___torch_mangle_", kRoot = "__torch__.";
  // Readers look for a program's names there only.
  const std::string name = own_name.starts_with(kRoot) ? own_name : std::string(kRoot) + own_name;
  if (used_.insert(name).second) return name;
  // `a.___torch_mangle_3.M` counts on from 4; a name without number gets one before its last component.
  std::string head, tail;
  if (const auto at = name.find(kMangle); at != std::string::npos) {
    const char* digits = name.data() + at + kMangle.size();
    const char* end = name.data() + name.size();
    std::uint64_t number = 0;
    const char* after = std::from_chars(digits, end, number).ptr;
    next_ = std::max(next_, number + 1);
    head = name.substr(0, at);
    tail = std::string(after, end);
  } else {
    const auto dot = name.rfind('.');
    head = dot == std::string::npos ? "" : name.substr(0, dot + 1);
    tail = "." + (dot == std::string::npos ? name : name.substr(dot + 1));
  }
  std::string free;
  do free = head + std::string(kMangle) + std::to_string(next_++) + tail;
  while (!used_.insert(free).second);
  return free;
}

}  // namespace fac::script
