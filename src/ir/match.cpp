#include "ir/match.h"

#include <map>

namespace fac::ir {
namespace {

using Bindings = std::map<std::string, TypePtr, std::less<>>;

TypePtr substitute(const TypePtr& t, const Bindings& env) {
  if (!t->has_free_variables()) return t;
  if (t->kind() == TypeKind::kVar) {
    const auto found = env.find(t->name());
    return found == env.end() ? t : found->second;
  }
  std::vector<TypePtr> elements;
  for (const auto& e : t->elements()) elements.push_back(substitute(e, env));
  switch (t->kind()) {
    case TypeKind::kOptional: return types::optional(elements[0]);
    case TypeKind::kUnion: return types::union_of(std::move(elements));
    case TypeKind::kTuple: return types::tuple(std::move(elements));
    default: return make_ref<Type>(t->kind(), std::move(elements), t->name());
  }
}

// Gives the formal type's variables the types that stand at their places in the actual one.
bool bind(const TypePtr& formal, const TypePtr& actual, Bindings& env) {
  if (!formal->has_free_variables()) return true;
  if (formal->kind() == TypeKind::kVar) {
    const auto [at, fresh] = env.emplace(formal->name(), actual);
    if (fresh) return true;
    TypePtr both = unify(at->second, actual);
    if (!both) return false;
    at->second = std::move(both);
    return true;
  }
  if (formal->kind() == TypeKind::kOptional) {
    if (actual->kind() == TypeKind::kNone) return true;
    const TypePtr inner = optional_element(actual);
    return bind(formal->element(), inner ? inner : actual, env);
  }
  if (formal->kind() != actual->kind() || formal->elements().size() != actual->elements().size()) return false;
  for (std::size_t i = 0; i < formal->elements().size(); ++i)
    if (!bind(formal->element(i), actual->element(i), env)) return false;
  return true;
}

bool match(const Schema& s, std::span<const TypePtr> inputs, Bindings& env) {
  if (inputs.size() < s.arguments.size() || (inputs.size() > s.arguments.size() && !s.is_vararg)) return false;
  for (std::size_t i = 0; i < s.arguments.size(); ++i) {
    const TypePtr& formal = s.arguments[i].type;
    if (!bind(formal, inputs[i], env) || !is_subtype(inputs[i], substitute(formal, env))) return false;
  }
  return true;
}

}  // namespace

bool accepts(const Schema& s, std::span<const TypePtr> inputs) {
  Bindings env;
  return match(s, inputs, env);
}

const ops::Overload* match_overload(std::string_view name, std::span<const TypePtr> inputs) {
  for (const ops::Overload* o : ops::find(name))
    if (accepts(o->schema(), inputs)) return o;
  return nullptr;
}

std::optional<std::vector<TypePtr>> result_types(const Schema& s, std::span<const TypePtr> inputs) {
  Bindings env;
  if (!match(s, inputs, env)) return std::nullopt;
  std::vector<TypePtr> out;
  for (const auto& r : s.returns) out.push_back(substitute(r.type, env));
  return out;
}

}  // namespace fac::ir
