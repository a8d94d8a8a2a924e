#include "frontend/script/match.h"

#include <algorithm>

#include "frontend/script/emitter.h"
#include "frontend/script/schema_from_tree.h"

namespace fac::script {
namespace {

TypePtr unwrap_optional(const TypePtr& t) {
  TypePtr inner = optional_element(t);
  return inner ? inner : t;
}

bool all_fit(const TypePtr& tuple, const TypePtr& element) {
  const auto parts = tuple->elements();
  return std::all_of(parts.begin(), parts.end(), [&](const TypePtr& t) { return is_subtype(t, element); });
}

// Homogeneous tuples stand for lists.
bool tuple_makes_list(const TypePtr& from, const TypePtr& list) {
  return list->kind() == TypeKind::kList && from->kind() == TypeKind::kTuple && all_fit(from, list->element());
}

// The operator that turns a value of type `from` into the scalar type `to`; empty: none.
std::string_view implicit_operator(const TypePtr& from, const TypePtr& to, bool everyday) {
  if (everyday) {
    const TypeKind f = from->kind(), t = to->kind();
    if (t == TypeKind::kFloat && (f == TypeKind::kInt || f == TypeKind::kBool)) return "aten::Float";
    if (t == TypeKind::kInt && f == TypeKind::kBool) return "aten::Int";
    if (t == TypeKind::kComplex && (f == TypeKind::kInt || f == TypeKind::kFloat)) return "aten::Complex";
  }
  if (from->kind() == TypeKind::kTensor) {
    switch (to->kind()) {
      case TypeKind::kFloat: return "aten::FloatImplicit";
      case TypeKind::kComplex: return "aten::ComplexImplicit";
      case TypeKind::kInt: return "aten::IntImplicit";
      case TypeKind::kNumber: return "aten::ScalarImplicit";
      default: return {};
    }
  }
  if (from->kind() == TypeKind::kNumber) {
    switch (to->kind()) {
      case TypeKind::kFloat: return "aten::Float";
      case TypeKind::kComplex: return "aten::Complex";
      case TypeKind::kInt: return "aten::Int";
      default: return {};
    }
  }
  if (from->kind() == TypeKind::kBool) {
    if (to->kind() == TypeKind::kFloat) return "aten::Float";
    if (to->kind() == TypeKind::kInt || to->kind() == TypeKind::kNumber) return "aten::Int";
  }
  if (from->kind() == TypeKind::kStr && to->kind() == TypeKind::kDevice) return "aten::device";
  return {};
}

bool is_unconditional(const TypePtr& t) { return t->kind() == TypeKind::kOptional || t->kind() == TypeKind::kNone; }

}  // namespace

TypePtr substitute(const TypePtr& t, const Bindings& bindings) {
  if (!t->has_free_variables()) return t;
  if (t->kind() == TypeKind::kVar) {
    const auto found = bindings.find(t->name());
    return found == bindings.end() ? nullptr : found->second;
  }
  std::vector<TypePtr> parts;
  for (const auto& e : t->elements()) {
    parts.push_back(substitute(e, bindings));
    if (!parts.back()) return nullptr;
  }
  switch (t->kind()) {
    case TypeKind::kOptional: return types::optional(parts[0]);
    case TypeKind::kUnion: return types::union_of(std::move(parts));
    case TypeKind::kTuple: return types::tuple(std::move(parts));
    case TypeKind::kList: return types::list(parts[0]);
    case TypeKind::kDict: return types::dict(parts[0], parts[1]);
    case TypeKind::kFuture: return types::future(parts[0]);
    default: return make_ref<Type>(t->kind(), std::move(parts), t->name());
  }
}

bool bind_variables(const TypePtr& formal, const TypePtr& actual, Bindings& bindings, std::string* why) {
  if (!formal->has_free_variables()) return true;
  const auto fail = [&](std::string text) {
    if (why) *why = std::move(text);
    return false;
  };
  if (formal->kind() == TypeKind::kVar) {
    const auto [at, fresh] = bindings.emplace(formal->name(), actual);
    if (fresh) return true;
    if (TypePtr both = unify(at->second, actual)) {
      at->second = std::move(both);
      return true;
    }
    return fail(fmt("Type variable '{}' previously matched to type {} is matched to type {}", formal->name(),
                    at->second->annotation(), actual->annotation()));
  }
  if (formal->kind() == TypeKind::kOptional) {
    if (const TypePtr inner = optional_element(actual)) return bind_variables(formal->element(), inner, bindings, why);
    if (actual->kind() == TypeKind::kNone) return true;
    return bind_variables(formal->element(), actual, bindings, why);
  }
  if (formal->kind() == TypeKind::kList && actual->kind() == TypeKind::kTuple && !actual->elements().empty()) {
    TypePtr all = actual->element(0);  // a tuple of alike elements counts as a list
    for (std::size_t i = 1; all && i < actual->elements().size(); ++i) all = unify(all, actual->element(i));
    if (all) return bind_variables(formal->element(), all, bindings, why);
  }
  if (formal->kind() != actual->kind() || formal->elements().size() != actual->elements().size())
    return fail(fmt("Cannot match {} to {}", formal->annotation(), actual->annotation()));
  for (std::size_t i = 0; i < formal->elements().size(); ++i)
    if (!bind_variables(formal->element(i), actual->element(i), bindings, why)) return false;
  return true;
}

TypePtr converted_type(const TypePtr& from, bool is_empty_list, const TypePtr& to, bool numbers, bool everyday) {
  if (to->kind() == TypeKind::kOptional && !is_unconditional(from))
    return converted_type(from, is_empty_list, to->element(), numbers, everyday);
  if (is_empty_list && to->kind() == TypeKind::kList) return to;
  if (from->kind() == TypeKind::kTuple) {
    const TypePtr list = unwrap_optional(to);
    if (tuple_makes_list(from, list)) return list;
    if (to->kind() == TypeKind::kTuple && !is_subtype(from, to) && to->elements().size() == from->elements().size()) {
      std::vector<TypePtr> parts;
      for (std::size_t i = 0; i < to->elements().size(); ++i)
        parts.push_back(converted_type(from->element(i), false, to->element(i), numbers, everyday));
      return types::tuple(std::move(parts));
    }
    return from;
  }
  if (numbers && !implicit_operator(from, to, everyday).empty()) return to;
  return from;
}

ValueId Emitter::convert(ValueId v, const TypePtr& to, bool numbers, Range at) {
  if (!v) return v;
  const TypePtr from = type(v);
  if (is_guess(v) && !is_subtype(from, to)) {
    if (!graph_.uses(v).empty()) return unchecked_cast(v, to, at);
    graph_.set_type(v, to);
    return v;
  }
  if (to->kind() == TypeKind::kOptional && !is_unconditional(from)) return convert(v, to->element(), numbers, at);
  if (is_open(v) && to->kind() == TypeKind::kDict) settle(v, to);
  if (is_empty_list_literal(v) && to->kind() == TypeKind::kList) {
    if (same(from, to)) return v;
    settle(v, to);
    if (!graph_.uses(v).empty()) return make_list(to->element(), {}, at);
    graph_.set_type(v, to);
    return v;
  }
  if (from->kind() == TypeKind::kTuple) {
    const TypePtr list = unwrap_optional(to);
    if (tuple_makes_list(from, list)) return make_list(list->element(), unpack_tuple(v, at), at);
    if (to->kind() == TypeKind::kTuple && !is_subtype(from, to) && to->elements().size() == from->elements().size()) {
      std::vector<ValueId> parts = unpack_tuple(v, at);
      for (std::size_t i = 0; i < parts.size(); ++i) parts[i] = convert(parts[i], to->element(i), numbers, at);
      return make_tuple(std::move(parts), at);
    }
    return v;
  }
  if (!numbers) return v;
  if (everyday())
    if (const ValueId wide = coerce(v, to, at); wide != v) return wide;
  const std::string_view op = implicit_operator(from, to, everyday());
  return op.empty() ? v : call_operator(op, {v}, at);
}

std::string type_mismatch(const Argument& arg, const TypePtr& found) {
  const auto shown = [](const Type& t) { return t.annotation() + (is_inferred_tensor(t) ? " (inferred)" : ""); };
  std::string out = fmt("Expected a value of type '{}' for argument '{}' but instead found type '{}'.\n", shown(*arg.type),
                        arg.name, shown(*found));
  constexpr std::string_view kWhy = "to be of type 'Tensor' because it was not annotated with an explicit type.\n";
  if (is_inferred_tensor(*found)) out += fmt("Inferred the value for argument '{}' {}", arg.name, kWhy);
  else if (is_inferred_tensor(*arg.type)) out += fmt("Inferred '{}' {}", arg.name, kWhy);
  return out;
}

namespace {

struct Matcher {
  Emitter& e;
  const Schema& schema;
  bool conversions;
  std::string* why;
  Bindings bindings = {};

  bool fail(std::string text) const {
    if (why) *why += "\n" + schema.str() + ":\n" + std::move(text);
    return false;
  }

  // One value for one argument (or for one element of it).
  bool take(const Argument& arg, const TypePtr& wanted, ValueId v, BoundArg& out) {
    TypePtr actual = e.type(v);
    const TypePtr inner = unwrap_optional(wanted);
    if (arg.fixed_size && (actual->kind() == TypeKind::kInt || actual->kind() == TypeKind::kFloat) &&
        inner->kind() == TypeKind::kList && same(inner->element(), actual)) {
      out.repeat = *arg.fixed_size;
      out.type = inner;
      return true;
    }
    const bool is_empty_list = e.is_empty_list_literal(v);
    std::string reason;
    if (!bind_variables(wanted, actual, bindings, &reason))
      return fail(fmt("Could not match type {} to {} in argument '{}': {}.\n", actual->annotation(), wanted->annotation(),
                      arg.name, reason));
    out.type = substitute(wanted, bindings);
    if (!out.type)
      return fail(fmt("Type variables in type {} could not be inferred from actual type {}", wanted->annotation(),
                      actual->annotation()));
    const TypePtr after = converted_type(actual, is_empty_list, out.type, conversions, e.everyday());
    std::string detail;
    if (is_subtype(after, out.type, &detail) || e.is_guess(v)) return true;
    std::string text = type_mismatch(arg, actual);
    if (actual->kind() == TypeKind::kList && actual->element()->kind() == TypeKind::kTensor)
      text += "Empty lists default to List[Tensor]. Add a variable annotation to the assignment to create an empty list "
              "of another type (torch.jit.annotate(List[T, []]) where T is the type of elements in the list for Python 2)\n";
    return fail(text + detail);
  }

  // zeros(2, 3): the remaining positional arguments become the list that the last argument asks for.
  bool may_gather(std::size_t i) const {
    const auto& args = schema.arguments;
    const Argument& arg = args[i];
    const bool is_last = i + 1 == args.size() || args[i + 1].keyword_only;
    return conversions && is_last && arg.type->kind() == TypeKind::kList && !arg.fixed_size &&
           arg.type->element()->kind() != TypeKind::kVar;
  }
};

bool keyword_names(const Argument& arg, const CallArg& given, bool is_aten) {
  const std::string_view name = given.name.str();
  return name == arg.name || (is_aten && arg.name == "self" && name == "input");
}

}  // namespace

std::optional<Match> match_schema(Emitter& e, const Schema& schema, std::span<const CallArg> given,
                                  const std::optional<CallArg>& self, bool conversions, std::string* why) {
  // dtype is an int in the language, so x.view(1) would fit this one too.
  if (schema.name == "aten::view" && schema.overload == "dtype") return std::nullopt;
  Matcher m{e, schema, conversions, why};
  const auto positional = static_cast<std::size_t>(
      std::find_if(given.begin(), given.end(), [](const CallArg& a) { return bool(a.name); }) - given.begin());
  const bool is_aten = schema.name.starts_with("aten::");
  std::vector<bool> used(given.size());
  std::size_t next = 0;
  bool self_left = self.has_value();
  Match out;
  for (std::size_t i = 0; i < schema.arguments.size(); ++i) {
    const Argument& arg = schema.arguments[i];
    BoundArg bound;
    if (arg.name == "self" && self_left) {
      self_left = false;
      bound.index = given.size();  // beyond the given ones: self
      if (!m.take(arg, arg.type, self->value, bound)) return std::nullopt;
    } else if (!arg.keyword_only && next < positional) {
      const TypePtr& actual = e.type(given[next].value);
      if (m.may_gather(i) && actual->kind() != TypeKind::kList && !tuple_makes_list(actual, arg.type)) {
        bound.from = BoundArg::From::kGathered;
        bound.index = next;
        bound.count = positional - next;
        Argument element = arg;
        element.name = "<varargs>";
        element.type = arg.type->element();
        for (; next < positional; ++next) {
          BoundArg one;
          if (!m.take(element, element.type, given[next].value, one)) return std::nullopt;
          used[next] = true;
        }
        bound.type = substitute(arg.type, m.bindings);
      } else {
        bound.index = next;
        used[next] = true;
        if (!m.take(arg, arg.type, given[next++].value, bound)) return std::nullopt;
      }
    } else {
      std::size_t k = positional;
      while (k < given.size() && (used[k] || !keyword_names(arg, given[k], is_aten))) ++k;
      if (k < given.size()) {
        used[k] = true;
        bound.index = k;
        if (!m.take(arg, arg.type, given[k].value, bound)) return std::nullopt;
      } else if (arg.default_value) {
        bound.from = BoundArg::From::kDefault;
        bound.type = substitute(arg.type, m.bindings);
        if (!bound.type) bound.type = arg.type;
      } else {
        m.fail(fmt("Argument {} not provided.\n", arg.name));
        return std::nullopt;
      }
    }
    out.args.push_back(std::move(bound));
  }
  if (self_left) {
    m.fail("Provided self argument not used in schema.\n");
    return std::nullopt;
  }
  if (schema.is_vararg)
    for (; next < positional; ++next) {
      used[next] = true;
      out.varargs.push_back(next);
    }
  if (next < positional) {
    m.fail(fmt("Expected at most {} arguments but found {} positional arguments.\n", next, positional));
    return std::nullopt;
  }
  for (std::size_t k = positional; k < given.size(); ++k) {
    if (used[k]) continue;
    const bool known = std::any_of(schema.arguments.begin(), schema.arguments.end(),
                                   [&](const Argument& a) { return a.name == given[k].name.str(); });
    m.fail(fmt("Keyword argument {} {}.\n", given[k].name.str(), known ? "specified twice" : "unknown"));
    return std::nullopt;
  }
  for (const Argument& r : schema.returns) {
    TypePtr t = substitute(r.type, m.bindings);
    if (!t) {
      m.fail(fmt("{} has unbound type variables.\n", r.type->annotation()));
      return std::nullopt;
    }
    const TypeKind k = t->kind();  // dtypes and the like are ints in the language
    const bool is_code = k == TypeKind::kDtype || k == TypeKind::kLayout || k == TypeKind::kMemoryFormat || k == TypeKind::kQScheme;
    out.returns.push_back(is_code ? types::int_() : std::move(t));
  }
  return out;
}

std::vector<ValueId> bind_arguments(Emitter& e, const Schema& schema, const Match& m, std::span<const CallArg> given,
                                    const std::optional<CallArg>& self, bool conversions, Range at) {
  std::vector<ValueId> out;
  for (std::size_t i = 0; i < m.args.size(); ++i) {
    const BoundArg& b = m.args[i];
    const Argument& arg = schema.arguments[i];
    if (b.from == BoundArg::From::kDefault) {
      const Value& v = *arg.default_value;
      out.push_back(v.is_list() ? e.constant(v, b.type, at) : e.constant(v, at));
    } else if (b.from == BoundArg::From::kGathered) {
      std::vector<ValueId> items;
      for (std::size_t k = 0; k < b.count; ++k)
        items.push_back(e.convert(given[b.index + k].value, b.type->element(), conversions, given[b.index + k].range));
      out.push_back(e.make_list(b.type->element(), std::move(items), at));
    } else {
      const CallArg& from = b.index == given.size() ? *self : given[b.index];
      if (b.repeat > 0)
        out.push_back(e.make_list(b.type->element(),
                                  std::vector<ValueId>(static_cast<std::size_t>(b.repeat), from.value), at));
      else
        out.push_back(e.convert(from.value, b.type, conversions, from.range));
    }
  }
  for (std::size_t k : m.varargs) out.push_back(given[k].value);
  return out;
}

}  // namespace fac::script
