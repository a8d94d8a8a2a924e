// Calls and the forms that look like calls. Longer than most files: one switch over the forms.
#include <algorithm>

#include "frontend/nn/everyday.h"
#include "frontend/script/emitter.h"
#include "frontend/script/meanings/keywords.h"

namespace fac::script {
namespace {

constexpr Diag<std::string_view, std::string_view, std::uint64_t> kArgCount{"special-arguments-count", "{} expected {} but found {}"};
constexpr Diag<std::string_view> kNoKeywords{"special-keywords", "{} takes no keyword arguments"};
constexpr Diag<std::string_view, std::string_view, std::string_view> kAnnotated{
    "annotate-type", "expected an expression of type {} but found {}\n{}"};
constexpr Diag<std::string_view, std::string_view, std::uint64_t> kIterArgs{"iteration-arguments",
                                                                            "{} expected {} arguments, got {}"};
constexpr Diag<> kSliceKeywords{"slice-keywords", "Slice does not accept any keyword arguments"};
constexpr Diag<> kAttrName{"getattr-name", "getattr's second argument must be a string literal"};
constexpr Diag<> kNewArg{"new-argument", "Only one argument to __new__ allowed"};
constexpr Diag<std::string_view> kNewClass{"new-class", "Expected class value as argument to __new__, got {} instead"};
constexpr Diag<> kDoubleStar{"double-star-call", "`**kwargs` in a call is supported for dict literals only"};
constexpr Diag<> kToListHint{"tolist-annotation", "Expected type hint for result of tolist()"};
constexpr Diag<std::string_view> kEnumerateKeyword{"enumerate-keyword", "enumerate expected kwarg name 'start', got '{}'"};
constexpr Diag<std::string_view> kUnzip{"zip-star", "zip(*rows) takes a list of lists or of tuples, but its elements are of type {}"};
constexpr Diag<> kSuperInit{"super", "only `super().__init__()` is supported"};

std::string_view form_name(const Call& e) {
  if (const auto* n = e.callee->try_as<Name>()) return n->name.str();
  if (const auto* a = e.callee->try_as<Attribute>()) return a->name.str();
  return "this form";
}

// super().__init__(…): the base classes of modules and exceptions have nothing to do here.
class SuperMeaning final : public Meaning {
 public:
  std::string kind() const override { return "super"; }
  MeaningPtr attribute(Emitter& e, Range at, std::string_view name) override {
    if (name == "__init__") return std::make_shared<SuperMeaning>();
    e.error(at, kSuperInit);
    return nullptr;
  }
  MeaningPtr call(Emitter& e, Range at, std::vector<CallArg>, const Wanted&) override { return value_meaning(e.none(at)); }
};

// zip(*rows): the columns, as lists. Of a list of tuples there are as many as a tuple has elements.
MeaningPtr zip_of_rows(Emitter& e, ValueId rows, Range at) {
  const TypePtr row = e.type(rows)->element();
  if (row->kind() == TypeKind::kList) return value_meaning(nn::call_everyday(e, "columns", {rows}, at));
  if (!as_tuple(row)) {
    e.error(at, kUnzip, row->annotation());
    return nullptr;
  }
  std::vector<MeaningPtr> columns;
  for (std::size_t i = 0; i < row->elements().size(); ++i) {
    const ValueId column = nn::call_everyday(e, "column", {rows, e.constant(Value(static_cast<std::int64_t>(i)), at)}, at);
    if (!column) return nullptr;
    columns.push_back(value_meaning(column));
  }
  return tuple_meaning(std::move(columns));
}

}  // namespace

std::vector<CallArg> Emitter::call_args(std::span<const Arg> args, bool meanings, bool spreads_lists) {
  std::vector<CallArg> positional, keywords;
  std::vector<std::size_t> splats;  // positional arguments that are lists of arguments
  const auto evaluate = [&](const Arg& arg) {
    CallArg out{arg.range, arg.kind == ArgKind::kKeyword ? arg.name : Symbol(), {}};
    if (!meanings) {
      out.value = expression(*arg.value);
      return out;
    }
    const MeaningPtr m = meaning(*arg.value);
    if (m && m->is_function()) out.meaning = m;
    else if (m) out.value = m->value(*this, arg.range);
    return out;
  };
  for (const Arg& arg : args) {
    switch (arg.kind) {
      case ArgKind::kPositional: positional.push_back(evaluate(arg)); break;
      case ArgKind::kKeyword: keywords.push_back(evaluate(arg)); break;
      case ArgKind::kStar: {
        const MeaningPtr m = meaning(*arg.value);
        if (everyday() && spreads_lists && is_list_like(m)) {
          const ValueId v = plain_value(m);
          splats.push_back(positional.size());
          positional.push_back({arg.range, {}, v && type(v)->kind() == TypeKind::kList ? v : gather_list(m, nullptr, arg.range)});
          break;
        }
        const auto parts = m ? m->elements(*this, arg.range, std::nullopt) : std::nullopt;
        if (!parts) {
          positional.push_back({arg.range, {}, {}});
          break;
        }
        for (const auto& p : *parts) {
          if (meanings && p && p->is_function()) positional.push_back({arg.range, {}, {}, p});
          else positional.push_back({arg.range, {}, p ? p->value(*this, arg.range) : ValueId{}});
        }
        break;
      }
      case ArgKind::kDoubleStar: {
        if (const auto* name = arg.value->try_as<Name>(); name && everyday()) {
          const MeaningPtr m = meaning(*name);
          if (const auto* given = dynamic_cast<const KeywordsMeaning*>(m.get())) {
            for (const auto& item : given->items()) {
              const MeaningPtr one = given->find(*this, item.first.str());
              if (meanings && one->is_function()) keywords.push_back({arg.range, item.first, {}, one});
              else keywords.push_back({arg.range, item.first, one->value(*this, arg.range)});
            }
            break;
          }
        }
        const auto* dict = arg.value->try_as<Dict>();
        bool literal = dict != nullptr;
        for (std::size_t i = 0; literal && i < dict->items.size(); ++i)
          literal = dict->items[i].key && dict->items[i].key->kind == ExprKind::kStringLit;
        if (!literal) {
          error(arg.range, kDoubleStar);
          positional.push_back({arg.range, {}, {}});
          break;
        }
        for (const DictItem& item : dict->items)
          keywords.push_back({arg.range, Symbol(item.key->as<StringLit>().value), expression(*item.value)});
        break;
      }
    }
  }
  if (!splats.empty()) merge_splats(positional, splats);
  positional.insert(positional.end(), keywords.begin(), keywords.end());
  return positional;
}

MeaningPtr Emitter::call(const Call& e, const Wanted& wanted) {
  const MeaningPtr callee = meaning(*e.callee);
  if (!callee) {
    call_args(e.args);  // their errors are worth reporting, too
    return nullptr;
  }
  if (const SpecialFormOf* form = special_form_of(callee)) return special_call(*form, e, wanted);
  std::vector<CallArg> args = call_args(e.args, callee->takes_meanings(), callee->kind() == "builtin");
  for (const auto& a : args)
    if (!a.value && !a.meaning) return nullptr;
  // PyTorch says where the callee stands, and the whole call only for forms that look like calls.
  return callee->call(*this, resolver_->marks_as_pytorch() ? e.callee->range : e.range, std::move(args), wanted);
}

MeaningPtr Emitter::special_call(const SpecialFormOf& form, const Call& e, const Wanted& wanted) {
  const auto& args = e.args;
  const auto has = [&](std::size_t least, std::size_t most) {
    for (const Arg& a : args)
      if (a.kind != ArgKind::kPositional) {
        error(a.range, kNoKeywords, form_name(e));
        return false;
      }
    if (args.size() >= least && args.size() <= most) return true;
    const std::string count = least == most ? "exactly " + std::to_string(least) + " arguments"
                                            : "between " + std::to_string(least) + " and " + std::to_string(most) + " arguments";
    error(e.range, kArgCount, form_name(e), count, args.size());
    return false;
  };
  switch (form.form) {
    case SpecialForm::kAnnotate: {
      if (!has(2, 2)) return nullptr;
      const TypePtr t = types_.read(*args[0].value);
      if (!t) return nullptr;
      ValueId v = convert(expression(*args[1].value, t), t, true, e.range);
      if (!v) return nullptr;
      std::string why;
      if (!is_subtype(type(v), t, &why)) {
        error(args[1].range, kAnnotated, t->annotation(), type(v)->annotation(), why);
        return nullptr;
      }
      // An annotated None remembers what else it may be.
      if (type(v)->kind() == TypeKind::kNone && t->kind() != TypeKind::kNone) v = constant(Value(), t, e.range);
      return value_meaning(v);
    }
    case SpecialForm::kUncheckedCast: {
      if (!has(2, 2)) return nullptr;
      const TypePtr t = types_.read(*args[0].value);
      const ValueId v = expression(*args[1].value);
      return t ? value_meaning(unchecked_cast(v, t, e.range)) : nullptr;
    }
    case SpecialForm::kUninitialized: {
      if (!has(1, 1)) return nullptr;
      const TypePtr t = types_.read(*args[0].value);
      return t ? value_meaning(emit("prim::Uninitialized", {}, t, e.range)) : nullptr;
    }
    case SpecialForm::kIsInstance:
      return has(2, 2) ? value_meaning(is_instance(*args[0].value, *args[1].value, e.range).value) : nullptr;
    case SpecialForm::kHasAttr:
      return has(2, 2) ? value_meaning(has_attribute(*args[0].value, *args[1].value, e.range).value) : nullptr;
    case SpecialForm::kGetAttr: {
      if (!has(2, 3)) return nullptr;
      const MeaningPtr object = meaning(*args[0].value);
      const auto* name = args[1].value->try_as<StringLit>();
      if (!name) error(args[1].range, kAttrName);
      if (!object || !name) return nullptr;
      if (args.size() == 3 && !object->has_attribute(*this, e.range, name->value)) return meaning(*args[2].value);
      return object->attribute(*this, e.range, name->value);
    }
    case SpecialForm::kFork: return fork(e, "prim::fork");
    case SpecialForm::kAwaitable: return fork(e, "prim::awaitable");
    case SpecialForm::kTuple: {
      if (args.empty()) return value_meaning(make_tuple({}, e.range));
      if (!has(1, 1)) return nullptr;
      if (const auto* c = args[0].value->try_as<Comprehension>(); c && everyday())
        if (MeaningPtr unrolled = tuple_comprehension(*c)) return unrolled;
      const MeaningPtr m = meaning(*args[0].value);
      const auto parts = m ? m->elements(*this, e.range, wanted.targets > 1 ? std::optional(wanted.targets) : std::nullopt)
                           : std::nullopt;
      return parts ? value_meaning(tuple_meaning(*parts)->value(*this, e.range)) : nullptr;
    }
    case SpecialForm::kList:
      if (args.size() > 1 && !has(1, 1)) return nullptr;
      return value_meaning(list_call(e, wanted.type));
    case SpecialForm::kSet: return value_meaning(set_call(e));
    case SpecialForm::kDefaultDict:
    case SpecialForm::kCounter:
    case SpecialForm::kDeque: return value_meaning(collection_call(form.form, e, wanted.type));
    case SpecialForm::kDict: return value_meaning(dict_call(e, wanted.type));
    case SpecialForm::kRange: {
      std::vector<ValueId> bounds;
      for (const CallArg& a : call_args(args)) bounds.push_back(a.value);
      return range_meaning(*this, e.range, std::move(bounds));
    }
    case SpecialForm::kEnumerate: {
      if (args.empty() || args.size() > 2) {
        error(e.range, kIterArgs, "enumerate", args.empty() ? "at least 1" : "at most 2", args.size());
        return nullptr;
      }
      if (args.size() == 2 && args[1].kind == ArgKind::kKeyword && args[1].name.str() != "start")
        error(args[1].range, kEnumerateKeyword, args[1].name.str());
      const MeaningPtr m = meaning(*args[0].value);
      const MeaningPtr part = m ? m->iterable(*this, e.range) : nullptr;
      const ValueId start = args.size() == 2 ? expression(*args[1].value) : ValueId{};
      return part ? enumerate_meaning(*this, e.range, part, start) : nullptr;
    }
    case SpecialForm::kZip: {
      if (args.empty()) {
        error(e.range, kIterArgs, "zip", "at least 1", args.size());
        return nullptr;
      }
      std::vector<MeaningPtr> parts;
      for (const Arg& a : args) {
        const MeaningPtr m = meaning(*a.value);
        if (a.kind == ArgKind::kStar) {
          const ValueId rows = m && everyday() ? plain_value(m) : ValueId{};
          if (rows && type(rows)->kind() == TypeKind::kList && args.size() == 1) return zip_of_rows(*this, rows, a.range);
          const auto several = m ? m->elements(*this, a.range, std::nullopt) : std::nullopt;
          if (!several) return nullptr;
          for (const MeaningPtr& one : *several) parts.push_back(one ? one->iterable(*this, a.range) : nullptr);
        } else {
          parts.push_back(m ? m->iterable(*this, a.range) : nullptr);
        }
        if (parts.empty() || std::any_of(parts.begin(), parts.end(), [](const MeaningPtr& p) { return !p; })) return nullptr;
      }
      return zip_meaning(std::move(parts));
    }
    case SpecialForm::kReversed: {
      if (!has(1, 1)) return nullptr;
      const MeaningPtr m = meaning(*args[0].value);
      const MeaningPtr source = m ? m->iterable(*this, e.range) : nullptr;
      if (!source) return nullptr;
      if (source->is_unrolled()) {
        auto parts = source->elements(*this, e.range, std::nullopt);
        return parts ? tuple_meaning({parts->rbegin(), parts->rend()}) : nullptr;
      }
      ValueId list = plain_value(source);
      if (!list) list = list_call(e, nullptr);
      else list = call_operator("aten::list", {list}, e.range);
      call_operator("aten::reverse", {list}, e.range);
      return value_meaning(list);
    }
    case SpecialForm::kToList: {
      const ValueId v = form.self->value(*this, e.range);
      TypePtr want = wanted.type;
      if (!want) {
        error(e.range, kToListHint).hint("say the type of the list where it gets a name: `xs: List[float] = x.tolist()`");
        return nullptr;
      }
      TypePtr element = want;
      std::int64_t depth = 0;
      for (; element->kind() == TypeKind::kList; element = element->element()) ++depth;
      const std::int64_t code = element->kind() == TypeKind::kInt     ? 0
                                : element->kind() == TypeKind::kFloat ? 1
                                : element->kind() == TypeKind::kBool  ? 2
                                                                      : 3;
      return value_meaning(
          emit_row("prim::tolist", {v, constant(Value(depth), e.range), constant(Value(code), e.range)}, want, e.range));
    }
    case SpecialForm::kNew: {
      if (args.size() != 1) {
        error(e.range, kNewArg);
        return nullptr;
      }
      const MeaningPtr m = meaning(*args[0].value);
      const TypePtr cls = m ? meant_class(m) : nullptr;
      if (m && !cls) error(e.range, kNewClass, m->kind());
      return cls ? value_meaning(emit("prim::CreateObject", {}, cls, e.range)) : nullptr;
    }
    case SpecialForm::kSlice:
      for (const Arg& a : args)
        if (a.kind == ArgKind::kKeyword) {
          error(a.range, kSliceKeywords);
          return nullptr;
        }
      return slice_object(call_args(args), e.range);
    case SpecialForm::kSuper:
      if (MeaningPtr m = resolver_->super_of(*this, e.range)) return m;
      return std::make_shared<SuperMeaning>();
    case SpecialForm::kTensorIndex: {
      if (!has(1, 1)) return nullptr;
      const ValueId self = form.self->value(*this, e.range), index = expression(*args[0].value);
      if (!index) return nullptr;
      std::vector<ValueId> items{index};
      if (type(index)->kind() == TypeKind::kTuple) items = unpack_tuple(index, e.range);
      return value_meaning(
          call_operator("aten::index", {self, make_list(types::optional(types::tensor()), std::move(items), e.range)}, e.range));
    }
  }
  return nullptr;
}

}  // namespace fac::script
