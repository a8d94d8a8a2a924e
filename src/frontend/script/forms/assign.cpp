// Assignment to names, attributes, subscripts and patterns.
#include <algorithm>

#include "frontend/script/emitter.h"

namespace fac::script {
namespace {

constexpr Diag<std::string_view> kRedeclared{
    "redeclared", "Attempting to declare and annotate the type of variable '{}' but it is already defined in an outer block"};
constexpr Diag<std::string_view, std::string_view> kNotFirstClass{
    "reassign-not-first-class",
    "Cannot re-assign '{}' to a value of type {} because it is not a first-class value.  Only reassignments to first-class "
    "values are allowed"};
constexpr Diag<std::string_view, std::string_view> kWasModule{
    "reassigned-module",
    "Cannot re-assign '{}' because it has type module and {} is not a first-class value.  Only reassignments to first-class values "
    "are allowed"};
constexpr Diag<std::string_view, std::string_view, std::string_view, std::string_view> kTypeChanged{
    "variable-type-changed", "Variable '{}' previously had type {} but is now being assigned to a value of type {}{}"};
constexpr Diag<std::string_view, std::string_view, std::string_view> kAnnotation{
    "variable-annotation", "Variable '{}' is annotated with type {} but is being assigned to a value of type {}"};
constexpr Diag<std::string_view> kGlobalWrite{"assigned-global", "the global `{}` cannot be changed by a compiled function"};
constexpr Diag<std::string_view, std::string_view, std::string_view> kInplace{
    "inplace-operator", "Cannot emit inplace op on {} since it does not define an {} or {} method"};
constexpr Diag<> kLoneStar{"starred-target-alone",
                           "A Starred expression may only appear on the lhs within the presence of another non-starred expression"};
constexpr Diag<> kBadTarget{"assignment-target", "unexpected expression on left-hand side of assignment"};
constexpr Diag<std::uint64_t, std::uint64_t> kTooFew{"unpack-too-few", "need {} values to unpack but found only {}"};
constexpr Diag<std::uint64_t, std::uint64_t> kTooMany{"unpack-too-many", "too many values to unpack: need {} but found {}"};
constexpr Diag<> kTwoStars{"two-starred", "Only one starred expression is allowed on the lhs"};
constexpr Diag<> kNoValue{"declaration-only", "For an assignment, expected an expression on the right-hand side"};

Exprs pattern_items(const Expr& e) {
  if (const auto* t = e.try_as<Tuple>()) return t->items;
  if (const auto* l = e.try_as<List>()) return l->items;
  return {};
}

bool is_pattern(const Expr& e) { return e.kind == ExprKind::kTuple || e.kind == ExprKind::kList; }

// Whether some variable in view holds the value.
bool is_variable(const Environment& env, ValueId v) {
  for (const std::string_view name : env.names())
    if (const Variable* held = env.find(Symbol(name)); held && held->meaning && plain_value(held->meaning) == v) return true;
  return false;
}

}  // namespace

void Emitter::set_variable(Symbol name, MeaningPtr value, Range at, TypePtr declared) {
  if (std::find(globals_.begin(), globals_.end(), name) != globals_.end()) {
    error(at, kGlobalWrite, name.str()).hint("take it as an argument and return the new value");
    return;
  }
  forget_attributes_of(name);
  if ((!cells_.empty() || !nonlocals_.empty()) && assign_cell(name, value, at)) return;
  ValueId v = plain_value(value);
  if (value && !v && dynamic_cast<ValueMeaning*>(value.get()) == nullptr && (value->kind() == "constant" || value->kind() == "global container")) {
    v = value->value(*this, at);
    value = value_meaning(v);
  }
  if (!value) {
    env_.set(name, nullptr);
    return;
  }
  const Variable* parent = env_.find_in_parents(name);
  if (parent && parent->meaning) {
    const ValueId before = plain_value(parent->meaning);
    if (declared && !(everyday() && before && same(type(before), declared))) {
      error(at, kRedeclared, name.str());
      return;
    }
    if (everyday() && !v && !before && parent->meaning->is_function() && value->is_function()) {  // the branch joins them; a loop says no
      env_.set(name, std::move(value));
      return;
    }
    if (!v || !before) {
      error(at, kNotFirstClass, name.str(), value->kind());
      return;
    }
    // PyTorch resolves live modules while it compiles: they are no values of its program.
    const auto is_module = [&](ValueId of) {
      const ClassType* cls = as_class(type(of));
      return cls && cls->is_module() && resolver_->marks_as_pytorch();
    };
    if (is_module(v) && !is_module(before)) {
      error(at, kNotFirstClass, name.str(), "module");
      return;
    }
    if (is_module(before)) {
      error(at, kWasModule, name.str(), name.str());
      return;
    }
    const TypePtr wanted = type(before);
    v = convert(v, wanted, true, at);
    std::string why;
    if (!v) return;
    v = coerce(v, wanted, at);
    // In the everyday dialect the join of the branches, or the loop, finds the type that holds both.
    if (!is_subtype(type(v), wanted, &why) && !everyday()) {
      std::string detail;
      if (wanted->kind() == TypeKind::kList && type(v)->kind() == TypeKind::kList)
        detail = "\nEmpty lists default to List[Tensor]. Add a variable annotation to the assignment to create an empty list "
                 "of another type (torch.jit.annotate(List[T, []]) where T is the type of elements in the list for Python 2)";
      if (!why.empty()) detail += "\n" + why;
      error(at, kTypeChanged, name.str(), wanted->annotation(), type(v)->annotation(), detail);
      return;
    }
    value = value_meaning(v);
  }
  if (v && declared) {
    v = coerce(convert(v, declared, false, at), declared, at);
    if (!v) return;
    if (!is_subtype(type(v), declared)) {
      error(at, kAnnotation, name.str(), declared->annotation(), type(v)->annotation());
      return;
    }
    if (!same(type(v), declared)) v = unchecked_cast(v, declared, at);
    value = value_meaning(v);
  }
  // As in PyTorch, `y = x` names nothing anew: what branches and loops give has the name of the variable that they joined.
  const NodeId producer = v ? graph_.value(v).producer : NodeId{};
  const bool joined = producer && !graph_.node(producer).blocks.empty() && is_variable(env_, v);
  if (v && !joined) set_name(v, name);
  env_.set(name, std::move(value));
}

void Emitter::assign(const Assign& s) {
  const TypePtr declared = s.type_comment ? types_.read(*s.type_comment) : take_declared(*s.targets[0]);
  const Expr& first = *s.targets[0];
  const Exprs items = is_pattern(first) ? pattern_items(first) : Exprs{};
  const auto stars = static_cast<std::size_t>(std::count_if(items.begin(), items.end(), [](const Expr* e) { return e->kind == ExprKind::kStarred; }));
  Wanted wanted{declared, items.empty() ? 1 : std::max<std::size_t>(items.size() - stars, 1)};
  if (s.targets.size() == 1 && first.kind == ExprKind::kAttribute && !declared) wanted.type = nullptr;
  const MeaningPtr value = meaning(*s.value, wanted);
  if (s.targets.size() == 1 && declared) {
    if (const auto* name = first.try_as<Name>()) {
      set_variable(name->name, value, first.range, declared);
      return;
    }
  }
  for (const Expr* target : s.targets) assign_to(*target, value, s.value->range, s.range);
}

// `x: int` before: the type that the first assignment declares.
TypePtr Emitter::take_declared(const Expr& target) {
  const auto* name = target.try_as<Name>();
  const auto it = name ? declared_.find(name->name) : declared_.end();
  if (it == declared_.end() || env_.find(name->name)) return nullptr;
  return it->second;
}

void Emitter::assign_annotated(const AnnAssign& s) {
  const TypePtr declared = types_.read(*s.annotation);
  if (!s.value && everyday() && s.target->kind == ExprKind::kName) {
    if (declared) declared_[s.target->as<Name>().name] = declared;  // of the first assignment to come
    return;
  }
  if (!s.value) {
    error(s.range, kNoValue);
    return;
  }
  const MeaningPtr value = meaning(*s.value, {declared, 1});
  if (const auto* a = s.target->try_as<Attribute>(); a && resolver_->attribute_hints()) {  // self.x: int = 0
    const MeaningPtr object = meaning(*a->object);
    if (const ClassType* cls = plain_value(object) ? as_class(type(plain_value(object))) : nullptr)
      resolver_->attribute_hints()->fix(cls->name(), a->name.str());
  }
  if (const auto* name = s.target->try_as<Name>()) set_variable(name->name, value, s.target->range, declared);
  else assign_to(*s.target, value, s.value->range, s.range);
}

void Emitter::assign_to(const Expr& target, MeaningPtr value, Range value_range, Range statement) {
  const Range at = statement && resolver_->marks_as_pytorch() ? statement : target.range;
  switch (target.kind) {
    case ExprKind::kName: set_variable(target.as<Name>().name, std::move(value), target.range); return;
    case ExprKind::kAttribute: {
      const auto& a = target.as<Attribute>();
      const MeaningPtr object = meaning(*a.object);
      const ValueId v = value ? value->value(*this, value_range) : ValueId{};
      if (object && v) {
        object->set_attribute(*this, at, a.name.str(), v);
        if (const ValueId owner = plain_value(object)) note_attribute(target, v, owner);
      }
      return;
    }
    case ExprKind::kSubscript:
      assign_subscript(target.as<Subscript>(), value ? value->value(*this, value_range) : ValueId{}, at);
      return;
    case ExprKind::kTuple:
    case ExprKind::kList: break;
    default: error(target.range, kBadTarget); return;
  }
  const Exprs items = pattern_items(target);
  std::size_t star = items.size();
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (items[i]->kind != ExprKind::kStarred) continue;
    if (star != items.size()) error(items[i]->range, kTwoStars);
    star = i;
  }
  const bool has_star = star != items.size();
  if (has_star && items.size() == 1 && !everyday()) error(target.range, kLoneStar);
  const ValueId whole = plain_value(value);
  const bool splits = has_star && everyday() && whole && type(whole)->kind() == TypeKind::kList;
  const auto parts = splits  ? split_list(whole, star, items.size() - star - 1, value_range)
                     : value ? value->elements(*this, value_range, has_star ? std::nullopt : std::optional(items.size()))
                             : std::nullopt;
  const std::size_t fixed = items.size() - (has_star ? 1 : 0);
  const bool fits = parts && (splits || (has_star ? parts->size() >= fixed : parts->size() == fixed));
  if (parts && !fits) {
    if (parts->size() < fixed) error(target.range, kTooFew, fixed, parts->size());
    else error(target.range, kTooMany, fixed, parts->size());
  }
  std::size_t next = 0;
  for (const Expr* item : items) {
    if (!fits) {
      const Expr& poisoned = item->kind == ExprKind::kStarred ? *item->as<Starred>().value : *item;
      if (poisoned.kind == ExprKind::kName) env_.set(poisoned.as<Name>().name, nullptr);
      continue;
    }
    if (const auto* s = item->try_as<Starred>()) {
      if (splits) {
        assign_to(*s->value, (*parts)[next++], value_range);
        continue;
      }
      const std::size_t count = parts->size() - fixed;
      const auto from = parts->begin() + static_cast<std::ptrdiff_t>(next);
      const MeaningPtr rest = tuple_meaning({from, from + static_cast<std::ptrdiff_t>(count)});
      assign_to(*s->value, value_meaning(rest->value(*this, value_range)), value_range);
      next += count;
    } else {
      assign_to(*item, (*parts)[next++], value_range);
    }
  }
}

// x += y changes tensors and lists in place; other values are assigned anew.
ValueId Emitter::augmented_value(BinaryOp op, ValueId old, ValueId by, Range at) {
  if (!old || !by) return {};
  // PyTorch's compiler reads `%=` as fmod, other than `%`: Python's reader does not.
  const bool as_fmod = op == BinaryOp::kMod && !everyday() && !as_class(type(old));
  const std::string in_place = std::string(as_fmod ? "aten::fmod" : operator_name(op)) + "_";
  const TypeKind k = type(old)->kind();
  if (as_fmod && k != TypeKind::kTensor && k != TypeKind::kStr) return call_operator("aten::fmod", {old, by}, at);
  if (const ClassType* cls = as_class(type(old))) {
    const std::string magic = "__i" + std::string(magic_name(op)).substr(2);
    if (cls->find_method(magic)) return call_method(old, magic, {{at, {}, by}}, at);
    if (!cls->find_method(magic_name(op))) {
      error(at, kInplace, cls->name(), magic, magic_name(op));
      return {};
    }
    return binary(op, old, by, at);
  }
  if (k == TypeKind::kTensor) {
    switch (op) {
      case BinaryOp::kAdd:
      case BinaryOp::kSub:
      case BinaryOp::kMul:
      case BinaryOp::kDiv:
      case BinaryOp::kMod:
      case BinaryOp::kPow: return call_operator(in_place, {old, by}, at);
      case BinaryOp::kFloorDiv: return call_operator("aten::floor_divide_", {old, by}, at);
      case BinaryOp::kBitAnd: return call_operator("aten::__iand__", {old, by}, at);
      case BinaryOp::kBitOr: return call_operator("aten::__ior__", {old, by}, at);
      case BinaryOp::kBitXor: return call_operator("aten::__ixor__", {old, by}, at);
      case BinaryOp::kShiftLeft: return call_operator("aten::__ilshift__", {old, by}, at);
      case BinaryOp::kShiftRight: return call_operator("aten::__irshift__", {old, by}, at);
      case BinaryOp::kMatMul: return binary(op, old, by, at);
    }
  }
  if (k == TypeKind::kList && (op == BinaryOp::kAdd || op == BinaryOp::kMul)) return call_operator(in_place, {old, by}, at);
  if (k == TypeKind::kDict && op == BinaryOp::kBitOr && everyday() && type(by)->kind() == TypeKind::kDict) {
    if (is_open(old) && !is_open(by)) settle(old, type(by));
    call_operator("aten::update", {old, by}, at);
    return old;
  }
  return binary(op, old, by, at);
}

void Emitter::augmented(const AugAssign& s) {
  if (const auto* name = s.target->try_as<Name>()) {
    const MeaningPtr old = lookup(name->name, s.target->range);
    const ValueId old_value = old ? old->value(*this, s.target->range) : ValueId{};
    const ValueId by = expression(*s.value);
    set_variable(name->name, value_meaning(augmented_value(s.op, old_value, by, s.range)), s.range);
    return;
  }
  if (const auto* sub = s.target->try_as<Subscript>()) {
    augmented_subscript(*sub, s.op, expression(*s.value), s.range);
    return;
  }
  const auto* a = s.target->try_as<Attribute>();
  if (!a) {
    error(s.target->range, kBadTarget);
    return;
  }
  const MeaningPtr object = meaning(*a->object);
  const MeaningPtr old = object ? object->attribute(*this, s.target->range, a->name.str()) : nullptr;
  const ValueId old_value = old ? old->value(*this, s.target->range) : ValueId{};
  const ValueId by = expression(*s.value);
  const ValueId fresh = augmented_value(s.op, old_value, by, s.range);
  if (object && fresh) {
    object->set_attribute(*this, s.range, a->name.str(), fresh);
    if (const ValueId owner = plain_value(object)) note_attribute(*s.target, fresh, owner);
  }
}

}  // namespace fac::script
