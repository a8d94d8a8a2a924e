// List and dict comprehensions: an empty container filled by a loop. Variables inside do not leak out.
#include "frontend/script/emitter.h"

namespace fac::script {
namespace {

constexpr Diag<std::string_view> kForm{"comprehension-form", "{} comprehensions aren't supported"};
constexpr Diag<std::string_view, std::string_view> kElementType{
    "comprehension-type", "List type annotation `{}` did not match the types of the given list elements, which were unified to {}"};
constexpr Diag<std::string_view> kWantedList{"list-comprehension-annotation", "Expected an annotation of type List but got {}"};
constexpr Diag<std::string_view> kWantedDict{"dict-comprehension-annotation",
                                             "Expected Dict type annotation for dict comprehension, found {}"};
constexpr Diag<std::string_view, std::string_view, std::string_view> kItemTypes{
    "comprehension-items", "Dict type annotation `{}` did not match the type of an actual {} type `{}`"};
constexpr Diag<std::string_view, std::string_view> kWantedUnion{"comprehension-union",
                                              "Expected an Union type annotation with an inner {} type, but got {}"};

TypePtr container(const TypePtr& wanted, TypeKind kind) {
  if (!wanted) return nullptr;
  if (wanted->kind() == kind) return wanted;
  if (wanted->kind() != TypeKind::kOptional && wanted->kind() != TypeKind::kUnion) return nullptr;
  TypePtr only;
  for (const auto& t : wanted->elements())
    if (t->kind() == kind) {
      if (only) return nullptr;
      only = t;
    }
  return only;
}

bool holds(const TypePtr& wanted, TypeKind kind) {
  for (const auto& t : wanted->elements())
    if (t->kind() == kind) return true;
  return false;
}

}  // namespace

// The container's type is settled when its first element is compiled: the node that makes it stands before the loop and
// is typed afterwards.
ValueId Emitter::comprehension(const Comprehension& e, const TypePtr& wanted) {
  const bool is_set = e.form == ComprehensionForm::kSet && everyday();
  const bool is_dict = e.form == ComprehensionForm::kDict || is_set;
  if (e.form == ComprehensionForm::kSet && !is_set) {
    error(e.range, kForm, "set");
    return {};
  }
  if (wanted && !is_dict && (wanted->kind() == TypeKind::kInt || wanted->kind() == TypeKind::kFloat || wanted->kind() == TypeKind::kStr ||
                             wanted->kind() == TypeKind::kBool || wanted->kind() == TypeKind::kTensor || wanted->kind() == TypeKind::kDict)) {
    error(e.range, kWantedList, wanted->annotation());
    return {};
  }
  if (wanted && is_dict && !container(wanted, TypeKind::kDict) && wanted->kind() != TypeKind::kAny && wanted->kind() != TypeKind::kUnion) {
    error(e.range, kWantedDict, wanted->annotation());
    return {};
  }
  if (const TypeKind kind = is_dict ? TypeKind::kDict : TypeKind::kList;
      wanted && wanted->kind() == TypeKind::kUnion && !everyday() && !holds(wanted, kind)) {
    error(e.range, kWantedUnion, is_dict ? "Dict" : "List", wanted->annotation());
    return {};
  }
  TypePtr want = container(wanted, is_dict ? TypeKind::kDict : TypeKind::kList);
  const TypePtr empty = is_dict ? types::dict(types::str(), types::tensor()) : types::list(types::tensor());
  const ValueId made = emit(is_dict ? "prim::DictConstruct" : "prim::ListConstruct", {}, want ? want : empty, e.range);
  TypePtr first = want;
  const auto mark = [&](Range narrow) { return resolver_->marks_as_pytorch() ? e.range : narrow; };
  const auto element = [&] {
    if (is_dict) {
      const ValueId key = expression(*e.element, want ? want->element(0) : nullptr);
      const ValueId value = is_set ? constant(Value(true), e.range) : expression(*e.value, want ? want->element(1) : nullptr);
      if (!key || !value) return;
      if (!first) {
        first = types::dict(type(key), type(value));
        graph_.set_type(made, first);
      }
      if (!is_subtype(type(key), first->element(0))) {
        error(mark(e.element->range), kItemTypes, first->annotation(), "key", type(key)->annotation());
        return;
      }
      if (want && !is_subtype(type(coerce(value, first->element(1), e.range)), first->element(1))) {
        error(mark(e.value ? e.value->range : e.range), kItemTypes, first->annotation(), "value", type(value)->annotation());
        return;
      }
      call_operator("aten::_set_item", {made, key, value}, e.range);
      return;
    }
    ValueId value = expression(*e.element, want ? want->element() : nullptr);
    if (!value) return;
    if (!first) {
      first = types::list(type(value));
      graph_.set_type(made, first);
    }
    value = convert(value, first->element(), false, e.range);
    if (!is_subtype(type(value), first->element())) {
      error(mark(e.element->range), kElementType, first->annotation(), type(value)->annotation());
      return;
    }
    call_operator("aten::append", {made, value}, e.range);
  };
  const std::function<void(std::size_t)> nest = [&](std::size_t depth) {
    if (depth == e.fors.size()) return element();
    const ComprehensionFor& clause = e.fors[depth];
    const MeaningPtr source = meaning(*clause.iterable);
    env_.push_scope();
    for_loop(
        *clause.target, source, BodyScan{},
        [&] {
          filtered(clause.conditions, [&] { nest(depth + 1); });
          return Flow::kFalls;
        },
        clause.range);
    env_.pop();
  };
  nest(0);
  return made;
}

// tuple(f(x) for x in items) over a tuple: a tuple. Null: the items are no tuple.
MeaningPtr Emitter::tuple_comprehension(const Comprehension& e) {
  if (e.fors.size() != 1 || !e.fors[0].conditions.empty() || !e.element || e.value) return nullptr;
  if (e.fors[0].iterable->kind == ExprKind::kCall) return nullptr;  // compiled once only
  const MeaningPtr m = meaning(*e.fors[0].iterable);
  const MeaningPtr source = m ? m->iterable(*this, e.range) : nullptr;
  if (!source || !source->is_unrolled()) return nullptr;
  const auto items = source->elements(*this, e.range, std::nullopt);
  if (!items) return nullptr;
  std::vector<ValueId> out;
  env_.push_scope();
  for (const MeaningPtr& item : *items) {
    assign_to(*e.fors[0].target, item, e.range);
    out.push_back(expression(*e.element));
  }
  env_.pop();
  return value_meaning(make_tuple(std::move(out), e.range));
}

void Emitter::filtered(Exprs conditions, const std::function<void()>& body) {
  if (conditions.empty()) return body();
  const Condition c = condition(*conditions[0]);
  if (c.known) {
    if (*c.known) filtered(conditions.subspan(1), body);
    return;
  }
  if (!c.value) return;
  const NodeId n = emit_node("prim::If", {c.value}, conditions[0]->range);
  const BlockId outer = builder_.block(), inside = graph_.add_block(n);
  graph_.add_block(n);
  builder_.set_block(inside);
  env_.push();
  refine(c.when_true, conditions[0]->range);
  filtered(conditions.subspan(1), body);
  env_.pop();
  builder_.set_block(outer);
}

ValueId Emitter::gather_list(const MeaningPtr& source, const TypePtr& wanted, Range at) {
  const TypePtr want = container(wanted, TypeKind::kList);
  const ValueId made = make_list(want ? want->element() : types::tensor(), {}, at);
  const MeaningPtr items = source->iterable(*this, at);
  if (!items) return {};
  bool typed = want != nullptr;
  const auto append = [&](const MeaningPtr& item) {
    const ValueId v = item ? item->value(*this, at) : ValueId{};
    if (!v) return;
    if (!typed) graph_.set_type(made, types::list(type(v)));
    typed = true;
    call_operator("aten::append", {made, v}, at);
  };
  if (items->is_unrolled()) {
    const auto parts = items->elements(*this, at, std::nullopt);
    for (std::size_t i = 0; parts && i < parts->size(); ++i) append((*parts)[i]);
    return made;
  }
  loop(
      items->length(*this, at), nullptr, BodyScan{},
      [&](ValueId index) {
        append(items->item(*this, at, index, nullptr));
        return Flow::kFalls;
      },
      at, nullptr);
  return made;
}

}  // namespace fac::script
