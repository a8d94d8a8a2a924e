// Equality, subtyping and unification of types, and the normal form of Optional and Union. Semantics follow PyTorch:
// containers that can be written to (List, Dict) are invariant; Optional, Tuple and Future are covariant.
#include <algorithm>

#include "value/schema.h"
#include "value/type.h"
#include "value/value.h"

namespace fac {
namespace {

// dtype, layout, memory format and qscheme are ints in the language.
TypeKind language_kind(TypeKind k) {
  switch (k) {
    case TypeKind::kDtype:
    case TypeKind::kLayout:
    case TypeKind::kMemoryFormat:
    case TypeKind::kQScheme: return TypeKind::kInt;
    default: return k;
  }
}

bool all_same(std::span<const TypePtr> a, std::span<const TypePtr> b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const TypePtr& x, const TypePtr& y) { return same(*x, *y); });
}

bool is_none(const Type& t) { return t.kind() == TypeKind::kNone; }

// `as_method`: the first argument is self and is not compared.
bool is_schema_subtype(const Schema& sub, const Schema& super, std::string* why) {
  const auto compare = [why](std::span<const Argument> child, std::span<const Argument> parent) {
    if (child.size() != parent.size()) return false;
    for (std::size_t i = 0; i < child.size(); ++i)
      if (child[i].name != parent[i].name || !is_subtype(*child[i].type, *parent[i].type, why)) return false;
    return true;
  };
  if (sub.arguments.empty() || super.arguments.empty()) return false;
  const std::span<const Argument> sub_arguments = sub.arguments, super_arguments = super.arguments;
  return compare(super_arguments.subspan(1), sub_arguments.subspan(1)) && compare(sub.returns, super.returns);
}

void explain(std::string* why, std::string text) {
  if (why) *why += text;
}

// `find` gives the schema of a method of `sub`, or null.
template <class Find>
bool implements(const Type& sub, std::string_view noun, const InterfaceType& face, Find find, std::string* why) {
  for (const Schema& wanted : face.methods()) {
    const Schema* own = find(wanted.name);
    if (!own) {
      explain(why, fmt("{} '{}' does not have method '{}' but {}'{}' does.\n", noun, sub.annotation(), wanted.name,
                       noun == "Interface" ? "interface " : "", face.annotation()));
      return false;
    }
    if (!is_schema_subtype(*own, wanted, why)) {
      std::string lower(noun);
      lower[0] = static_cast<char>(lower[0] - 'A' + 'a');
      explain(why, fmt("Method on {} '{}' (1) is not compatible with interface '{}' (2)\n  (1) {}\n  (2) {}\n", lower,
                       sub.annotation(), face.annotation(), own->str(), wanted.str()));
      return false;
    }
  }
  return true;
}

bool class_implements(const ClassType& sub, const InterfaceType& face, std::string* why) {
  if (!sub.is_module() && face.is_module()) {
    explain(why, fmt("Class '{}' is not a subtype of the module interface '{}' , only ScriptModule class can be "
                     "subtype of module interface.\n",
                     sub.annotation(), face.annotation()));
    return false;
  }
  const auto find = [&sub](std::string_view name) -> const Schema* {
    const Callable* f = sub.find_method(name);
    return f ? &f->schema() : nullptr;
  };
  return implements(sub, "Class", face, find, why);
}

bool interface_extends(const InterfaceType& sub, const InterfaceType& face, std::string* why) {
  if (!sub.is_module() && face.is_module()) {
    explain(why, fmt("Interface '{}' is not a subtype of the module interface '{}'.\n", sub.annotation(),
                     face.annotation()));
    return false;
  }
  return implements(sub, "Interface", face, [&sub](std::string_view name) { return sub.find_method(name); }, why);
}

bool is_tuple_subtype(const TupleType& sub, const TupleType& super, std::string* why) {
  // A named tuple may stand for a plain one, or for one with the same fields; not the other way round.
  if (!super.fields().empty() && sub.fields() != super.fields()) return false;
  const auto a = sub.elements(), b = super.elements();
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [why](const TypePtr& x, const TypePtr& y) { return is_subtype(*x, *y, why); });
}

// Place of a kind in the printed order of a Union's members (PyTorch's enumeration of kinds).
int union_rank(TypeKind kind) {
  static constexpr TypeKind kOrder[] = {
      TypeKind::kAny, TypeKind::kEnum, TypeKind::kAnyEnum, TypeKind::kTensor, TypeKind::kStorage, TypeKind::kTuple,
      TypeKind::kList, TypeKind::kDict, TypeKind::kNumber, TypeKind::kFloat, TypeKind::kComplex, TypeKind::kFuture,
      TypeKind::kAwait, TypeKind::kRRef, TypeKind::kInt, TypeKind::kNone, TypeKind::kStr, TypeKind::kGenerator,
      TypeKind::kBool, TypeKind::kOptional, TypeKind::kVar, TypeKind::kDevice, TypeKind::kStream, TypeKind::kFunction,
      TypeKind::kClass, TypeKind::kPyObject, TypeKind::kCapsule, TypeKind::kInterface};
  const auto* at = std::find(std::begin(kOrder), std::end(kOrder), language_kind(kind));
  return static_cast<int>(at - std::begin(kOrder));
}

void flatten(const TypePtr& t, std::vector<TypePtr>& out) {
  switch (t->kind()) {
    case TypeKind::kUnion:
      for (const auto& e : t->elements()) flatten(e, out);
      return;
    case TypeKind::kOptional:
      flatten(t->element(), out);
      out.push_back(types::none());
      return;
    case TypeKind::kNumber:
      out.insert(out.end(), {types::int_(), types::float_(), types::complex_()});
      return;
    default: out.push_back(t);
  }
}

// Members that unify become one. None stays apart: it makes the whole Optional at the end.
void merge_members(std::vector<TypePtr>& members) {
  for (std::size_t i = 1; i < members.size();) {
    bool merged = false;
    for (std::size_t j = 0; j < i && !merged; ++j) {
      if (is_none(*members[i]) != is_none(*members[j])) continue;
      if (TypePtr both = unify(members[j], members[i])) {
        members[j] = std::move(both);
        merged = true;
      }
    }
    if (merged) members.erase(members.begin() + static_cast<std::ptrdiff_t>(i));
    else ++i;
  }
}

}  // namespace

namespace types {

TypePtr optional(TypePtr element) {
  switch (element->kind()) {
    case TypeKind::kOptional:
    case TypeKind::kNone:
    case TypeKind::kAny: return element;
    case TypeKind::kUnion: return union_of({std::move(element), none()});
    default: return make_ref<Type>(TypeKind::kOptional, std::vector<TypePtr>{std::move(element)});
  }
}

TypePtr union_of(std::vector<TypePtr> given) {
  std::vector<TypePtr> members;
  for (const auto& t : given) flatten(t, members);
  merge_members(members);
  std::stable_sort(members.begin(), members.end(), [](const TypePtr& a, const TypePtr& b) {
    const int ra = union_rank(a->kind()), rb = union_rank(b->kind());
    return ra != rb ? ra < rb : a->str() < b->str();
  });
  if (members.size() == 1) return members[0];
  const auto has = [&members](TypeKind k) {
    return std::any_of(members.begin(), members.end(), [k](const TypePtr& t) { return language_kind(t->kind()) == k; });
  };
  const bool numbers = has(TypeKind::kInt) && has(TypeKind::kFloat) && has(TypeKind::kComplex);
  const bool none_too = has(TypeKind::kNone);
  if (numbers && members.size() == (none_too ? 4u : 3u)) return none_too ? optional(number()) : number();
  if (none_too && members.size() == 2) return optional(is_none(*members[0]) ? members[1] : members[0]);
  return make_ref<Type>(TypeKind::kUnion, std::move(members));
}

}  // namespace types

bool same(const Type& a, const Type& b) {
  if (&a == &b) return true;
  const TypeKind kind = language_kind(a.kind());
  if (kind != language_kind(b.kind())) return false;
  switch (kind) {
    case TypeKind::kClass:
    case TypeKind::kInterface:
    case TypeKind::kEnum: return false;  // by identity
    case TypeKind::kFunction:
      return static_cast<const FunctionType&>(a).function() == static_cast<const FunctionType&>(b).function();
    case TypeKind::kVar: return a.name() == b.name();
    case TypeKind::kTuple:
      return a.name() == b.name() &&
             static_cast<const TupleType&>(a).fields() == static_cast<const TupleType&>(b).fields() &&
             all_same(a.elements(), b.elements());
    default: return all_same(a.elements(), b.elements());
  }
}

bool is_subtype(const Type& sub, const Type& super, std::string* why) {
  const TypeKind to = language_kind(super.kind()), from = language_kind(sub.kind());
  if (to == TypeKind::kAny || same(sub, super)) return true;

  // A sum is a subtype when each member is.
  if (from == TypeKind::kUnion)
    return std::all_of(sub.elements().begin(), sub.elements().end(),
                       [&](const TypePtr& t) { return is_subtype(*t, super, why); });
  if (from == TypeKind::kOptional && (to == TypeKind::kOptional || to == TypeKind::kUnion)) {
    if (!is_subtype(*types::none(), super)) {
      explain(why, super.annotation() + " cannot hold None");
      return false;
    }
    return is_subtype(*sub.element(), super, why);
  }
  if (from == TypeKind::kNumber && to == TypeKind::kUnion)
    return is_subtype(*types::int_(), super) && is_subtype(*types::float_(), super) &&
           is_subtype(*types::complex_(), super);
  if (to == TypeKind::kOptional) return from == TypeKind::kNone || is_subtype(sub, *super.element(), why);
  if (to == TypeKind::kUnion)
    return std::any_of(super.elements().begin(), super.elements().end(),
                       [&](const TypePtr& t) { return is_subtype(sub, *t, why); });

  switch (from) {
    case TypeKind::kInt:
    case TypeKind::kFloat:
    case TypeKind::kComplex: return to == TypeKind::kNumber;
    case TypeKind::kList: return to == TypeKind::kAnyList;
    case TypeKind::kTuple:
      if (to == TypeKind::kAnyTuple) return true;
      return to == TypeKind::kTuple &&
             is_tuple_subtype(static_cast<const TupleType&>(sub), static_cast<const TupleType&>(super), why);
    case TypeKind::kFuture:
    case TypeKind::kAwait:
    case TypeKind::kRRef: return to == from && is_subtype(*sub.element(), *super.element(), why);
    case TypeKind::kEnum: return to == TypeKind::kAnyEnum;
    case TypeKind::kClass:
      if (to == TypeKind::kAnyClass) return true;
      return to == TypeKind::kInterface &&
             class_implements(static_cast<const ClassType&>(sub), static_cast<const InterfaceType&>(super), why);
    case TypeKind::kInterface:
      return to == TypeKind::kInterface &&
             interface_extends(static_cast<const InterfaceType&>(sub), static_cast<const InterfaceType&>(super), why);
    default: return false;
  }
}

namespace {

TypePtr unify_or_null(const TypePtr& a, const TypePtr& b, bool default_to_union) {
  if (is_subtype(*a, *b)) return b;
  if (is_subtype(*b, *a)) return a;
  // Number is never the answer: too few operators take it.
  if (is_none(*a)) return types::optional(b);
  if (is_none(*b)) return types::optional(a);
  if (const TypePtr e = optional_element(a)) {
    const TypePtr both = unify(e, b);
    return both ? types::optional(both) : nullptr;
  }
  if (const TypePtr e = optional_element(b)) {
    const TypePtr both = unify(e, a);
    return both ? types::optional(both) : nullptr;
  }
  if (a->kind() == TypeKind::kTuple && b->kind() == TypeKind::kTuple) {
    if (a->elements().size() != b->elements().size()) return nullptr;
    std::vector<TypePtr> elements;
    for (std::size_t i = 0; i < a->elements().size(); ++i) {
      TypePtr both = unify(a->element(i), b->element(i), default_to_union);
      if (!both) return nullptr;
      elements.push_back(std::move(both));
    }
    return types::tuple(std::move(elements));
  }
  if (a->kind() == TypeKind::kFuture && b->kind() == TypeKind::kFuture) {
    TypePtr both = unify(a->element(), b->element());
    return both ? types::future(std::move(both)) : nullptr;
  }
  return nullptr;
}

}  // namespace

TypePtr unify(const TypePtr& a, const TypePtr& b, bool default_to_union) {
  TypePtr both = unify_or_null(a, b, default_to_union);
  return both || !default_to_union ? both : types::union_of({a, b});
}

}  // namespace fac
