// list(...) and dict(...).
#include "frontend/script/emitter.h"

namespace fac::script {
namespace {

constexpr Diag<std::string_view> kListHint{"list-call-annotation", "Expected list type annotation for list(), found {}"};
constexpr Diag<std::string_view> kNotDict{"dict-call", "dict() of {} isn't supported"};
constexpr Diag<std::string_view, std::string_view, std::string_view> kDictItem{
    "dict-call-items", "Dict type annotation `{}` did not match the type of an actual {} type `{}`"};
constexpr Diag<std::string_view, std::string_view> kWantedContainer{"call-container-annotation",
                                                                    "Expected an annotation of type {} but got {}"};
constexpr Diag<std::string_view, std::string_view> kWantedUnion{"call-union-annotation",
                                                                "Expected an Union type annotation with an inner {} type, but got {}"};
constexpr Diag<std::string_view> kManyDicts{
    "dict-call-candidates",
    "There are multiple candidate Dict types in the Union type annotation `{}`, and full type inference is not yet supported for the "
    "`dict()` constructor."};

}  // namespace

// list(x): [element for element in x].
ValueId Emitter::list_call(const Call& e, const TypePtr& wanted) {
  const auto is_scalar = [](TypeKind k) {
    return k == TypeKind::kInt || k == TypeKind::kFloat || k == TypeKind::kBool || k == TypeKind::kStr || k == TypeKind::kTensor ||
           k == TypeKind::kDict;
  };
  if (wanted && !e.args.empty() && !everyday() && is_scalar(wanted->kind())) {
    error(e.range, kWantedContainer, "List", wanted->annotation());
    return {};
  }
  if (e.args.empty()) {
    if (wanted && wanted->kind() != TypeKind::kList && !optional_element(wanted)) {
      error(e.range, kListHint, wanted->annotation());
      return {};
    }
    const TypePtr inner = wanted ? optional_element(wanted) : nullptr;
    const TypePtr list = inner ? inner : wanted ? wanted : types::list(types::tensor());
    if (list->kind() != TypeKind::kList) return {};
    const TypePtr learned = wanted ? nullptr : hinted(&e);
    const ValueId out = make_list(learned ? learned->element() : list->element(), {}, e.range);
    if (!wanted && hints_) open_container(out, hint_key(&e));
    return out;
  }
  const MeaningPtr m = meaning(*e.args[0].value);
  if (!m) return {};
  if (const ValueId v = plain_value(m); v && (type(v)->kind() == TypeKind::kList || type(v)->kind() == TypeKind::kStr))
    return call_operator("aten::list", {v}, e.range);
  return gather_list(m, wanted, e.range);
}

ValueId Emitter::dict_call(const Call& e, const TypePtr& wanted) {
  std::vector<const Arg*> positional, keywords;
  for (const Arg& a : e.args) (a.kind == ArgKind::kKeyword ? keywords : positional).push_back(&a);
  ValueId dict;
  TypePtr want = wanted;
  if (want && optional_element(want)) want = optional_element(want);
  if (want && !everyday() && want->kind() == TypeKind::kUnion) {
    TypePtr only;
    bool any = false;
    for (const auto& t : want->elements())
      if (t->kind() == TypeKind::kDict) only = any ? nullptr : t, any = true;
    if (!any || !only) {
      if (!any) error(e.range, kWantedUnion, "Dict", want->annotation());
      else error(e.range, kManyDicts, want->annotation());
      return {};
    }
    want = only;
  } else if (want && !everyday() && want->kind() != TypeKind::kDict && want->kind() != TypeKind::kAny &&
             want->kind() != TypeKind::kVar) {
    error(e.range, kWantedContainer, "Dict", want->annotation());
    return {};
  }
  if (positional.empty()) {
    std::vector<ValueId> inputs;
    TypePtr value;
    for (const Arg* a : keywords) {
      inputs.push_back(constant(Value(a->name.str()), a->range));
      inputs.push_back(expression(*a->value, want && want->kind() == TypeKind::kDict ? want->element(1) : nullptr));
      value = value ? unify(value, type(inputs.back()), true) : type(inputs.back());
    }
    const bool known = want && want->kind() == TypeKind::kDict;
    if (known && !everyday())
      for (std::size_t i = 1; i < inputs.size(); i += 2)
        if (inputs[i] && !is_subtype(type(inputs[i]), want->element(1))) {
          error(e.range, kDictItem, want->annotation(), "value", type(inputs[i])->annotation());
          return {};
        }
    const TypePtr learned = known || !keywords.empty() ? nullptr : hinted(&e);
    const TypePtr made = known     ? want
                         : learned ? learned
                                   : types::dict(types::str(), value ? value : types::tensor());
    const ValueId out = emit("prim::DictConstruct", std::move(inputs), made, e.range);
    if (!known && keywords.empty() && hints_) open_container(out, hint_key(&e));
    return out;
  }
  const Expr& source = *positional[0]->value;
  const auto* list = source.try_as<List>();
  const auto* literal = source.try_as<Dict>();
  if ((list && list->items.empty()) || (literal && literal->items.empty())) {
    dict = emit("prim::DictConstruct", {},
                want && want->kind() == TypeKind::kDict ? want : types::dict(types::str(), types::tensor()), e.range);
  } else {
    const bool hinted = literal || source.kind == ExprKind::kComprehension;
    const MeaningPtr m = meaning(source, {hinted ? want : nullptr, 1});
    if (!m) return {};
    const ValueId v = plain_value(m) ? plain_value(m) : gather_list(m, nullptr, e.range);
    if (!v) return {};
    const TypePtr t = type(v);
    const bool pairs = t->kind() == TypeKind::kList && t->element()->kind() == TypeKind::kTuple;
    if (t->kind() != TypeKind::kDict && !pairs) {
      error(source.range, kNotDict, t->annotation());
      return {};
    }
    dict = call_operator("aten::dict", {v}, e.range);
  }
  if (dict && want && want->kind() == TypeKind::kDict && !everyday() && !same(type(dict), want) && keywords.empty()) {
    for (const std::size_t i : {std::size_t{0}, std::size_t{1}})
      if (const TypePtr& have = type(dict)->element(i); !is_subtype(have, want->element(i)))
        error(e.range, kDictItem, want->annotation(), i == 0 ? "key" : "value", have->annotation());
    if (!is_subtype(type(dict)->element(0), want->element(0)) || !is_subtype(type(dict)->element(1), want->element(1))) return {};
  }
  for (const Arg* a : keywords)
    call_operator("aten::_set_item", {dict, constant(Value(a->name.str()), a->range), expression(*a->value)}, a->range);
  return dict;
}

}  // namespace fac::script
