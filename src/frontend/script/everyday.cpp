// The everyday dialect's view of types: what Python's reader takes for one value (1 and 1.0, None and Optional), and what
// the uses of an empty container say about its elements.
#include <algorithm>

#include "frontend/nn/everyday.h"
#include "frontend/script/emitter.h"
#include "ir/symbols.h"

namespace fac::script {
namespace {

// int, float, complex or bool as the wider number `to`.
std::optional<Value> widened(const Value& v, TypeKind to) {
  const bool is_int = v.is_int() || v.is_bool();
  if (!is_int && !v.is_float()) return std::nullopt;
  const std::int64_t i = v.is_bool() ? v.b() : v.is_int() ? v.i() : 0;
  const double d = v.is_float() ? v.d() : static_cast<double>(i);
  if (to == TypeKind::kInt) return is_int ? std::optional(Value(i)) : std::nullopt;
  if (to == TypeKind::kFloat) return Value(d);
  if (to == TypeKind::kComplex) return Value(std::complex<double>(d, 0));
  return std::nullopt;
}

}  // namespace

ValueId Emitter::coerce(ValueId v, const TypePtr& to, Range at) {
  if (!v || !to || !everyday()) return v;
  const TypePtr from = type(v);
  if (same(from, to)) return v;
  if (is_open(v) && from->kind() == to->kind()) {
    settle(v, to);
    return v;
  }
  if (to->kind() == TypeKind::kOptional)
    return from->kind() == TypeKind::kNone ? constant(Value(), to, at) : coerce(v, to->element(), at);
  const TypeKind f = from->kind(), t = to->kind();
  const bool widens = (t == TypeKind::kInt && f == TypeKind::kBool) ||
                      (t == TypeKind::kFloat && (f == TypeKind::kInt || f == TypeKind::kBool)) ||
                      (t == TypeKind::kComplex && (f == TypeKind::kInt || f == TypeKind::kFloat));
  if (widens) {
    if (const Value* known = graph_.constant(v))
      if (auto wide = widened(*known, t)) return constant(std::move(*wide), at);
    return call_operator(t == TypeKind::kInt ? "aten::Int" : t == TypeKind::kFloat ? "aten::Float" : "aten::Complex", {v}, at);
  }
  if (f == TypeKind::kTuple && t == TypeKind::kTuple && !is_subtype(from, to) &&
      from->elements().size() == to->elements().size()) {
    std::vector<ValueId> parts = unpack_tuple(v, at);
    for (std::size_t i = 0; i < parts.size(); ++i) parts[i] = coerce(parts[i], to->element(i), at);
    return make_tuple(std::move(parts), at, as_tuple(to)->fields().empty() ? nullptr : to);
  }
  return v;
}

bool Emitter::is_open(ValueId v) const {
  if (std::any_of(open_attributes_.begin(), open_attributes_.end(), [&](const auto& o) { return o.value == v; })) return true;
  return std::any_of(open_.begin(), open_.end(), [&](const auto& o) { return o.first == v; });
}

void Emitter::settle(ValueId v, const TypePtr& to) {
  if (!v || !hints_ || same(type(v), to)) return;
  for (std::size_t i = 0; i < open_.size(); ++i)
    if (open_[i].first == v) hints_->note(open_[i].second, to);
  if (AttributeHints* attributes = resolver_->attribute_hints())
    for (const OpenAttribute& a : open_attributes_)
      if (a.value == v) attributes->note(a.cls, a.name, to);
}

namespace {

class SetAttribute final : public Meaning {
 public:
  std::string kind() const override { return "attribute that is not None"; }
};

}  // namespace

bool Emitter::attribute_is_set(const Expr& path) const {
  if (!refines_attributes_ || raw_attributes_ || path.kind != ExprKind::kAttribute) return false;
  const std::string name = dotted_name(path);
  const Variable* v = name.empty() ? nullptr : env_.find(Symbol(name));
  return v && v->meaning;
}

// After `path = given`, or (owner none) a test.
void Emitter::note_attribute(const Expr& path, ValueId given, ValueId owner) {
  if (!everyday()) return;
  const std::string name = dotted_name(path);
  if (name.empty() || name.find('.') == name.npos) return;
  static const auto* const marker = new MeaningPtr(std::make_shared<SetAttribute>());
  const Symbol symbol(name);
  if (owner) {
    const ClassType* cls = as_class(type(owner));
    const auto slot = cls ? cls->find_attribute(path.as<Attribute>().name.str()) : std::nullopt;
    const bool optional = slot && optional_element(cls->attributes()[*slot].type);
    const bool none = !given || type(given)->kind() == TypeKind::kNone || optional_element(type(given));
    if (!optional || none) {
      if (refines_attributes_ && env_.find(symbol)) env_.remove(symbol);
      return;
    }
  }
  refines_attributes_ = true;
  env_.set(symbol, *marker);
}

void Emitter::forget_attributes_of(Symbol variable) {
  if (!refines_attributes_) return;
  const std::string prefix = std::string(variable.str()) + ".";
  for (const std::string_view name : env_.names())
    if (name.starts_with(prefix)) env_.remove(Symbol(name));
}

void Emitter::share_open(ValueId from, ValueId to) {
  if (!from || !to || from == to) return;
  const auto copy = [&](auto& table) {
    for (std::size_t i = 0, n = table.size(); i < n; ++i)
      if (table[i].first == from) {
        const auto key = table[i].second;
        table.emplace_back(to, key);
      }
  };
  copy(open_);
  copy(elements_open_);
  copy(missing_);
}

void Emitter::hold_open(ValueId container, ValueId element) {
  for (std::size_t i = 0; i < open_.size(); ++i)
    if (open_[i].first == element) elements_open_.emplace_back(container, open_[i].second);
}

void Emitter::share_elements(ValueId container, ValueId element) {
  for (std::size_t i = 0; i < elements_open_.size(); ++i)
    if (elements_open_[i].first == container)
      open_.emplace_back(element, elements_open_[i].second);
}

void Emitter::learn_from_call(std::string_view op, std::vector<CallArg>& args, std::optional<CallArg>& self) {
  if (!everyday() || !op.starts_with("aten::")) return;
  op.remove_prefix(6);
  std::vector<CallArg*> all;
  if (self) all.push_back(&*self);
  for (CallArg& a : args) {
    if (a.name) return;
    all.push_back(&a);
  }
  if (all.size() < 2 || all.size() > 3) return;
  const ValueId container = all[0]->value;
  const TypePtr t = type(container);
  const auto element = [&](CallArg* from, const TypePtr& have, const auto& container_of) {
    hold_open(container, from->value);
    if (!hints_ || !is_open(container)) {
      from->value = coerce(from->value, have, from->range);
      return;
    }
    from->value = coerce(from->value, have, from->range);
    const TypePtr joined = join_types(have, type(from->value));
    settle(container, container_of(joined ? joined : type(from->value)));
  };
  if (t->kind() == TypeKind::kList) {
    const auto list_of = [](const TypePtr& e) { return types::list(e); };
    const TypePtr have = t->element();
    if ((op == "append" || op == "remove" || op == "index" || op == "count" || op == "__contains__") && all.size() == 2)
      element(all[1], have, list_of);
    else if ((op == "insert" || op == "_set_item") && all.size() == 3) element(all[2], have, list_of);
    else if ((op == "extend" || op == "add" || op == "add_" || op == "eq" || op == "ne") && all.size() == 2) {
      const ValueId other = all[1]->value;
      const TypePtr other_type = type(other);
      if (other_type->kind() != TypeKind::kList || same(other_type, t)) return;
      if (is_open(container)) settle(container, other_type);
      else if (is_open(other)) settle(other, t);
      else if (t->element()->kind() == TypeKind::kFloat && other_type->element()->kind() == TypeKind::kInt)
        all[1]->value = nn::call_everyday(*this, "as_floats", {other}, all[1]->range);
    } else if (op == "__getitem__" && is_open(container)) {
      return;
    }
  } else if (t->kind() == TypeKind::kDict) {
    const bool has_value = (op == "_set_item" || op == "setdefault" || op == "get" || op == "pop") && all.size() == 3;
    if (has_value) {
      const ValueId k = all[1]->value;
      if (type(all[2]->value)->kind() == TypeKind::kNone && op != "_set_item") return;
      element(all[2], t->element(1), [&](const TypePtr& e) { return types::dict(type(k), e); });
    } else if (op == "update" && all.size() == 2 && is_open(container)) {
      settle(container, type(all[1]->value));
    }
  }
}

}  // namespace fac::script
