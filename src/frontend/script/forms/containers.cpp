// Literals of tuples, lists and dicts.
#include "frontend/script/emitter.h"

namespace fac::script {
namespace {

constexpr Diag<std::string_view> kMixedKeys{"dict-literal-key", "Cannot create dict for key type '{}', only int, float, complex, Tensor, device and string keys are supported"};
constexpr Diag<std::string_view, std::string_view> kListTypes{
    "list-annotation", "List type annotation `{}` did not match the types of the given list elements, which were unified to {}"};
constexpr Diag<std::string_view, std::string_view> kWantedUnion{
    "union-annotation", "Expected an Union type annotation with an inner {} type, but got {}"};
constexpr Diag<std::string_view, std::string_view, std::string_view> kManyCandidates{
    "empty-container-candidates",
    "Cannot assign an empty {} to a variable annotated to be type {} because there are multiple possible {} type candidates in the "
    "Union annotation"};
constexpr Diag<std::string_view, std::string_view, std::string_view> kNoListCandidate{
    "list-candidates",
    "Union type annotation `{}` can hold {}, but none of those types match the types of the given list elements, which were unified to {}"};
constexpr Diag<std::string_view, std::string_view, std::string_view, std::string_view> kNoDictCandidate{
    "dict-candidates",
    "Union type annotation `{}` can hold {}, but none of those dict types can hold the types of the given keys and values, which were "
    "unified to Dict[{}, {}]"};
constexpr Diag<std::string_view, std::string_view> kKeyTypes{"dict-keys",
                                                             "Dict keys must contain only a single type. Expected: {} but found {} instead"};
constexpr Diag<std::string_view, std::string_view> kWantedContainer{"container-annotation",
                                                                    "Expected an annotation of type {} but got {}"};
constexpr Diag<std::string_view, std::string_view, std::string_view> kDictItem{
    "dict-annotation", "Type annotation was inferred to be `{}`, but the type of {} given by the dict literal is {}"};
constexpr Diag<> kDictUnpack{"dict-unpack", "`**` inside a dict literal isn't supported"};

// The member of a wanted Optional or Union that is a container of this kind; null: the wanted type is another one.
TypePtr wanted_container(const TypePtr& wanted, TypeKind kind) {
  if (!wanted) return nullptr;
  if (wanted->kind() == kind) return wanted;
  if (wanted->kind() == TypeKind::kOptional || wanted->kind() == TypeKind::kUnion) {
    TypePtr only;
    for (const auto& t : wanted->elements())
      if (t->kind() == kind) {
        if (only) return nullptr;
        only = t;
      }
    return only;
  }
  return nullptr;
}

bool names_other_type(const TypePtr& wanted, TypeKind kind) {
  if (!wanted || wanted->kind() == TypeKind::kAny || wanted->kind() == TypeKind::kVar) return false;
  return wanted->kind() != kind && wanted->kind() != TypeKind::kOptional && wanted->kind() != TypeKind::kUnion;
}

// "List[int] or List[str]"
std::string candidates_text(const TypePtr& wanted, TypeKind kind) {
  std::string out;
  for (const auto& t : wanted->elements())
    if (t->kind() == kind) out += (out.empty() ? "" : " or ") + t->annotation();
  return out;
}

std::size_t candidates_in(const TypePtr& wanted, TypeKind kind) {
  std::size_t n = 0;
  for (const auto& t : wanted->elements()) n += t->kind() == kind;
  return n;
}

}  // namespace

ValueId Emitter::tuple_literal(const Tuple& e, const TypePtr& wanted) {
  const TupleType* want = wanted ? as_tuple(wanted) : nullptr;
  std::vector<ValueId> items;
  for (const Expr* item : e.items) {
    if (const auto* star = item->try_as<Starred>()) {
      const MeaningPtr m = meaning(*star->value);
      const auto parts = m ? m->elements(*this, star->range, std::nullopt) : std::nullopt;
      if (!parts) return {};
      for (const auto& p : *parts) items.push_back(p ? p->value(*this, star->range) : ValueId{});
    } else {
      const bool fits = want && want->elements().size() == e.items.size();
      items.push_back(expression(*item, fits ? want->element(items.size()) : nullptr));
    }
  }
  return make_tuple(std::move(items), e.range);
}

ValueId Emitter::list_literal(const List& e, const TypePtr& wanted) {
  const TypePtr list = wanted_container(wanted, TypeKind::kList);
  if (names_other_type(wanted, TypeKind::kList)) {
    error(e.range, kWantedContainer, "List", wanted->annotation());
    return {};
  }
  if (wanted && wanted->kind() == TypeKind::kUnion && !list && !everyday()) {
    const std::size_t candidates = candidates_in(wanted, TypeKind::kList);
    if (candidates == 0) error(e.range, kWantedUnion, "List", wanted->annotation());
    else if (e.items.empty()) error(e.range, kManyCandidates, "list", wanted->annotation(), "List");
    if (candidates == 0 || e.items.empty()) return {};
  }
  std::vector<ValueId> items;
  std::vector<std::pair<ValueId, bool>> splats;  // items so far, and whether each is a list of them
  bool has_splat = false;
  for (const Expr* item : e.items) {
    if (const auto* star = item->try_as<Starred>()) {
      const MeaningPtr m = meaning(*star->value);
      if (everyday() && is_list_like(m)) {
        has_splat = true;
        const ValueId v = plain_value(m);
        splats.emplace_back(v && type(v)->kind() == TypeKind::kList ? v : gather_list(m, nullptr, star->range), true);
        continue;
      }
      const auto parts = m ? m->elements(*this, star->range, std::nullopt) : std::nullopt;
      if (!parts) return {};
      for (const auto& p : *parts) items.push_back(p ? p->value(*this, star->range) : ValueId{});
      for (std::size_t i = items.size() - parts->size(); i < items.size(); ++i) splats.emplace_back(items[i], false);
      if (parts->empty()) continue;
    } else {
      items.push_back(expression(*item, list ? list->element() : nullptr));
      splats.emplace_back(items.back(), false);
    }
    if (!items.back()) return {};
  }
  if (has_splat) return splat_list(splats, list ? list->element() : nullptr, e.range);
  if (items.empty()) {
    const TypePtr learned = list ? nullptr : hinted(&e);
    const ValueId out = make_list(list      ? list->element()
                                  : learned ? learned->element()
                                            : types::tensor(), {}, e.range);
    if (!list && !learned) empty_lists_.push_back(out);
    if (!list && hints_) open_container(out, hint_key(&e));
    return out;
  }
  TypePtr element = type(items[0]);
  if (everyday() && !list) {
    for (ValueId v : items) element = join_types(element, type(v));
    for (ValueId& v : items) v = coerce(v, element, e.range);
    element = type(items[0]);
  }
  for (ValueId v : items) element = unify(element, type(v), true);
  if (list) {
    for (ValueId& v : items) {
      const TypePtr before = type(v);
      v = convert(v, list->element(), true, e.range);
      if (v && !is_subtype(type(v), list->element())) {
        error(e.range, kListTypes, list->annotation(), element->annotation());
        return {};
      }
    }
    element = list->element();
  }
  if (wanted && wanted->kind() == TypeKind::kUnion && !list && !everyday() && !is_subtype(types::list(element), wanted)) {
    error(e.range, kNoListCandidate, wanted->annotation(), candidates_text(wanted, TypeKind::kList), element->annotation());
    return {};
  }
  const std::vector<ValueId> made = items;
  const ValueId out = make_list(element, std::move(items), e.range);
  for (ValueId v : made) hold_open(out, v);
  return out;
}

ValueId Emitter::dict_literal(const Dict& e, const TypePtr& wanted) {
  const TypePtr dict = wanted_container(wanted, TypeKind::kDict);
  if (names_other_type(wanted, TypeKind::kDict)) {
    error(e.range, kWantedContainer, "Dict", wanted->annotation());
    return {};
  }
  if (wanted && wanted->kind() == TypeKind::kUnion && !dict && !everyday()) {
    const std::size_t candidates = candidates_in(wanted, TypeKind::kDict);
    if (candidates == 0) error(e.range, kWantedUnion, "Dict", wanted->annotation());
    else if (e.items.empty()) error(e.range, kManyCandidates, "dict", wanted->annotation(), "Dict");
    if (candidates == 0 || e.items.empty()) return {};
  }
  TypePtr key = dict ? dict->element(0) : nullptr, value = dict ? dict->element(1) : nullptr;
  std::vector<ValueId> inputs;
  for (const DictItem& item : e.items) {
    if (!item.key) {
      if (everyday()) return splat_dict(e, dict);
      error(item.value->range, kDictUnpack);
      return {};
    }
    const ValueId k = expression(*item.key, dict ? key : nullptr);
    const ValueId v = expression(*item.value, dict ? value : nullptr);
    if (!k || !v) return {};
    inputs.push_back(k);
    inputs.push_back(v);
    if (dict) {
      inputs[inputs.size() - 2] = coerce(k, key, item.key->range);
      inputs.back() = coerce(v, value, item.value->range);
      if (!is_subtype(type(inputs[inputs.size() - 2]), key) || !is_subtype(type(inputs.back()), value)) {
        const bool key_fits = is_subtype(type(k), key);
        error(resolver_->marks_as_pytorch() ? e.range : (key_fits ? item.value : item.key)->range, kDictItem, dict->annotation(), key_fits ? "values" : "keys", (key_fits ? type(v) : type(k))->annotation());
        return {};
      }
      continue;
    }
    if (key && !everyday() && resolver_->dialect() == Dialect::kStrict && !is_subtype(type(k), key)) {
      error(item.key->range, kKeyTypes, key->annotation(), type(k)->annotation());
      return {};
    }
    TypePtr joined_key = key && everyday() ? join_types(key, type(k)) : nullptr;
    TypePtr joined_value = value && everyday() ? join_types(value, type(v)) : nullptr;
    key = joined_key ? joined_key : key ? unify(key, type(k), true) : type(k);
    value = joined_value ? joined_value : value ? unify(value, type(v), true) : type(v);
  }
  const bool empty = !key;
  const TypePtr learned = empty ? hinted(&e) : nullptr;
  if (!key) key = learned ? learned->element(0) : types::str();
  if (!value) value = learned ? learned->element(1) : types::tensor();
  if (everyday() && !dict)
    for (std::size_t i = 0; i < inputs.size(); ++i) inputs[i] = coerce(inputs[i], i % 2 == 0 ? key : value, e.range);
  if (wanted && wanted->kind() == TypeKind::kUnion && !dict && !everyday() && !is_subtype(types::dict(key, value), wanted)) {
    error(e.range, kNoDictCandidate, wanted->annotation(), candidates_text(wanted, TypeKind::kDict), key->annotation(), value->annotation());
    return {};
  }
  if (const TypeKind k = key->kind(); (!inputs.empty() || learned) && (k == TypeKind::kUnion || k == TypeKind::kOptional || k == TypeKind::kNone || k == TypeKind::kList || k == TypeKind::kDict || k == TypeKind::kEnum)) {
    error(e.range, kMixedKeys, key->str());
    return {};
  }
  const std::vector<ValueId> made = inputs;
  const ValueId out = emit("prim::DictConstruct", std::move(inputs), types::dict(key, value), e.range);
  if (empty && hints_) open_container(out, hint_key(&e));
  for (std::size_t i = 1; i < made.size(); i += 2) hold_open(out, made[i]);
  return out;
}

}  // namespace fac::script
