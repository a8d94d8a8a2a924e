#include "frontend/script/hints.h"

#include <algorithm>

#include "value/value.h"

namespace fac::script {
namespace {

// int < float < complex; 0: no number.
int number_rank(const TypePtr& t) {
  switch (t->kind()) {
    case TypeKind::kInt: return 1;
    case TypeKind::kFloat: return 2;
    case TypeKind::kComplex: return 3;
    default: return 0;
  }
}

// Whether `to` says more than `from` where that has the element type of an empty literal: List[int] after List[Tensor].
bool settles(const TypePtr& from, const TypePtr& to) {
  if (same(from, to) || from->kind() == TypeKind::kTensor) return true;
  if (from->kind() != to->kind() || (from->kind() != TypeKind::kList && from->kind() != TypeKind::kDict)) return false;
  if (from->kind() == TypeKind::kDict && !same(from->element(0), to->element(0)) && from->element(0)->kind() != TypeKind::kStr) return false;
  const std::size_t last = from->elements().size() - 1;
  return settles(from->element(last), to->element(last));
}

bool has_named(const TypePtr& t) {
  const TypeKind k = t->kind();
  if (k == TypeKind::kClass || k == TypeKind::kEnum || k == TypeKind::kInterface) return true;
  if (const TupleType* tuple = as_tuple(t); tuple && !tuple->fields().empty()) return true;
  for (const TypePtr& e : t->elements())
    if (has_named(e)) return true;
  return false;
}

// "List[__torch__.shapes.Point]" as the program writes it: "List[Point]".
std::string short_text(std::string_view annotation) {
  std::string out;
  for (std::size_t i = 0; i < annotation.size();) {
    const std::size_t end = std::min(annotation.find_first_of("[], ", i), annotation.size());
    const std::string_view word = annotation.substr(i, end - i);
    out += word.starts_with("__torch__.") ? word.substr(word.rfind('.') + 1) : word;
    if (end < annotation.size()) out += annotation[end];
    i = end + 1;
  }
  return out;
}

bool is_object(const TypePtr& t) {
  if (t->kind() == TypeKind::kUnion) return std::all_of(t->elements().begin(), t->elements().end(), is_object);
  const ClassType* cls = as_class(t);
  return cls && !cls->is_module();
}

}  // namespace

std::string AttributeHints::key(std::string_view cls, std::string_view name) {
  std::string out(cls);
  // Another shape of the same class has a number in its name.
  while (true) {
    const auto at = out.find("___torch_mangle_");
    const auto dot = at == out.npos ? out.npos : out.find('.', at);
    if (dot == out.npos) break;
    out.erase(at, dot - at + 1);
  }
  return out + "." + std::string(name);
}

std::string AttributeHints::find_text(std::string_view cls, std::string_view name) const {
  const auto it = texts_.find(key(cls, name));
  return it == texts_.end() ? std::string() : it->second.back();
}

TypePtr AttributeHints::find(std::string_view cls, std::string_view name) const {
  const auto it = types_.find(key(cls, name));
  return it == types_.end() ? nullptr : it->second;
}

bool AttributeHints::note(std::string_view cls, std::string_view name, const TypePtr& type) {
  const std::string k = key(cls, name);
  if (fixed_.contains(k)) return false;
  if (has_named(type)) {
    constexpr std::size_t kMostChanges = 4;
    std::vector<std::string>& texts = texts_[k];
    std::string text = short_text(type->annotation());
    const std::string own(cls.substr(cls.rfind('.') + 1));  // PyTorch loads no class whose attributes hold the class itself
    if (text == own || text.find("[" + own + "]") != text.npos || text.find(" " + own + "]") != text.npos) return false;
    if (std::find(texts.begin(), texts.end(), text) != texts.end() || texts.size() >= kMostChanges) return false;
    texts.push_back(std::move(text));
    return grown_ = true;
  }
  const auto [it, fresh] = types_.emplace(k, type);
  if (fresh) return grown_ = true;
  TypePtr both = join_types(it->second, type);
  if (!both && open_.contains(k) && settles(it->second, type)) both = type;
  if (!both || same(both, it->second)) return false;
  it->second = std::move(both);
  return grown_ = true;
}

bool Hints::note(const Key& key, const TypePtr& type) {
  const auto [it, fresh] = types_.emplace(key, type);
  if (fresh) return grown_ = true;
  TypePtr both = join_types(it->second, type);
  if (!both && settles(it->second, type)) both = type;  // [] inside of {}: its elements have become known
  if (!both || same(both, it->second)) return false;
  it->second = std::move(both);
  return grown_ = true;
}

TypePtr join_types(const TypePtr& a, const TypePtr& b) {
  if (!a || !b) return nullptr;
  if (same(a, b)) return a;
  const int ra = number_rank(a), rb = number_rank(b);
  if (ra > 0 && rb > 0) return ra > rb ? a : b;
  const auto inner = [](const TypePtr& t) -> TypePtr { return t->kind() == TypeKind::kOptional ? t->element() : t; };
  if (a->kind() == TypeKind::kNone || b->kind() == TypeKind::kNone || a->kind() == TypeKind::kOptional ||
      b->kind() == TypeKind::kOptional) {
    if (a->kind() == TypeKind::kNone) return b->kind() == TypeKind::kOptional ? b : types::optional(b);
    if (b->kind() == TypeKind::kNone) return a->kind() == TypeKind::kOptional ? a : types::optional(a);
    TypePtr both = join_types(inner(a), inner(b));
    return both ? types::optional(both) : nullptr;
  }
  if (a->kind() == b->kind() && a->elements().size() == b->elements().size()) {
    const TupleType *ta = as_tuple(a), *tb = as_tuple(b);
    const bool plain_tuples = ta && tb && ta->fields().empty() && tb->fields().empty();
    if (a->kind() == TypeKind::kList || a->kind() == TypeKind::kDict || plain_tuples) {
      std::vector<TypePtr> parts;
      for (std::size_t i = 0; i < a->elements().size(); ++i) {
        parts.push_back(join_types(a->element(i), b->element(i)));
        if (!parts.back()) return nullptr;
      }
      if (a->kind() == TypeKind::kList) return types::list(parts[0]);
      if (a->kind() == TypeKind::kDict) return types::dict(parts[0], parts[1]);
      return types::tuple(std::move(parts));
    }
  }
  if (TypePtr both = unify(a, b)) return both;
  return is_object(a) && is_object(b) ? types::union_of({a, b}) : nullptr;  // objects of several classes: told apart where they are used
}

}  // namespace fac::script
