// defaultdict, Counter and deque in the everyday dialect. A defaultdict and a Counter are dicts, a deque is a list: that is what archives
// and other functions see. What a missing key gives is known to the function that made the dict, and to methods where it
// is an attribute; elsewhere a missing key is an error, as in any dict.
#include <algorithm>

#include "frontend/nn/everyday.h"
#include "frontend/script/emitter.h"

namespace fac::script {
namespace {

constexpr Diag<> kFactory{"defaultdict-factory",
                          "defaultdict takes int, float, str, bool, complex, list, dict, set or a function without parameters, and an optional dict"};
constexpr Diag<> kFactoryAttribute{"defaultdict-attribute", "a defaultdict with a function of its own cannot become an attribute"};
constexpr Diag<> kMaxLen{"deque-maxlen", "a deque with `maxlen` is not supported: it is compiled to a list, which grows"};
constexpr Diag<std::string_view, std::uint64_t> kArguments{"collection-arguments", "{} does not take {} arguments here"};

MissingItem factory_of(const Expr& e) {
  const auto* lambda = e.try_as<Lambda>();
  if (lambda && lambda->params.empty()) {
    const Expr& body = *lambda->body;
    const auto* i = body.try_as<IntLit>();
    const auto* f = body.try_as<FloatLit>();
    const auto* s = body.try_as<StringLit>();
    if (i && i->value == 0) return MissingItem::kInt;
    if (f && f->value == 0.0) return MissingItem::kFloat;
    if (s && s->value.empty()) return MissingItem::kStr;
    if (const auto* list = body.try_as<List>(); list && list->items.empty()) return MissingItem::kList;
    if (const auto* dict = body.try_as<Dict>(); dict && dict->items.empty()) return MissingItem::kDict;
    return MissingItem::kFunction;
  }
  const std::string name = dotted_name(e);
  if (name == "int") return MissingItem::kInt;
  if (name == "float") return MissingItem::kFloat;
  if (name == "complex") return MissingItem::kComplex;
  if (name == "str") return MissingItem::kStr;
  if (name == "bool") return MissingItem::kBool;
  if (name == "list") return MissingItem::kList;
  if (name == "dict") return MissingItem::kDict;
  if (name == "set") return MissingItem::kSet;
  return MissingItem::kFunction;
}

TypePtr value_type(MissingItem m) {
  switch (m) {
    case MissingItem::kInt:
    case MissingItem::kCount: return types::int_();
    case MissingItem::kFloat: return types::float_();
    case MissingItem::kComplex: return types::complex_();
    case MissingItem::kStr: return types::str();
    case MissingItem::kBool: return types::bool_();
    case MissingItem::kList: return types::list(types::tensor());
    case MissingItem::kDict: return types::dict(types::str(), types::tensor());
    case MissingItem::kSet: return types::dict(types::str(), types::bool_());
    default: return types::tensor();
  }
}

// counts.update(xs), counts.subtract(xs): the counts of another Counter, or one for each element.
class CounterMethod final : public Meaning {
 public:
  CounterMethod(ValueId self, bool add) : self_(self), add_(add) {}
  std::string kind() const override { return "method"; }
  MeaningPtr call(Emitter& e, Range at, std::vector<CallArg> args, const Wanted&) override {
    if (args.size() != 1 || !args[0].value) {
      e.error(at, kArguments, add_ ? "update" : "subtract", args.size());
      return nullptr;
    }
    const TypePtr given = e.type(args[0].value);
    const bool counts = given->kind() == TypeKind::kDict;
    e.settle_counter(self_, counts ? given->element(0) : given->kind() == TypeKind::kStr ? types::str() : given->kind() == TypeKind::kList ? given->element() : nullptr);
    const std::string_view f = add_ ? (counts ? "counter_merge" : "counter_add") : counts ? "counter_subtract_counts" : "counter_subtract";
    nn::call_everyday(e, f, {self_, args[0].value}, at);
    return value_meaning(e.none(at));
  }

 private:
  ValueId self_;
  bool add_;
};

class AppendLeft final : public Meaning {
 public:
  explicit AppendLeft(ValueId self) : self_(self) {}
  std::string kind() const override { return "method"; }
  MeaningPtr call(Emitter& e, Range at, std::vector<CallArg> args, const Wanted&) override {
    if (args.size() != 1 || !args[0].value) {
      e.error(at, kArguments, "appendleft", args.size());
      return nullptr;
    }
    e.call_operator("aten::insert", {self_, e.constant(Value(std::int64_t{0}), at), args[0].value}, at);
    return value_meaning(e.none(at));
  }

 private:
  ValueId self_;
};

class PopLeft final : public Meaning {
 public:
  explicit PopLeft(ValueId self) : self_(self) {}
  std::string kind() const override { return "method"; }
  MeaningPtr call(Emitter& e, Range at, std::vector<CallArg> args, const Wanted&) override {
    if (!args.empty()) {
      e.error(at, kArguments, "popleft", args.size());
      return nullptr;
    }
    return value_meaning(e.call_operator("aten::pop", {self_, e.constant(Value(std::int64_t{0}), at)}, at));
  }

 private:
  ValueId self_;
};

}  // namespace

MeaningPtr collection_class(std::string_view name) {
  if (name == "collections.defaultdict") return special_form(SpecialForm::kDefaultDict);
  if (name == "collections.Counter") return special_form(SpecialForm::kCounter);
  if (name == "collections.deque") return special_form(SpecialForm::kDeque);
  return nullptr;
}

MeaningPtr deque_method(Emitter&, ValueId self, std::string_view name) {
  if (name == "appendleft") return std::make_shared<AppendLeft>(self);
  if (name == "popleft") return std::make_shared<PopLeft>(self);
  if (name == "extendleft" || name == "rotate") return nn::everyday_method(name, self);
  return nullptr;
}

MeaningPtr counter_method(Emitter& e, ValueId self, std::string_view name) {
  const Missing* m = e.missing_of(self);
  if (!m || m->item != MissingItem::kCount) return nullptr;
  if (name == "update" || name == "subtract") return std::make_shared<CounterMethod>(self, name == "update");
  if (name == "most_common" || name == "elements" || name == "total") return nn::everyday_method(name, self);
  return nullptr;
}

const Missing* Emitter::missing_of(ValueId dict) const {
  const auto it = std::find_if(missing_.begin(), missing_.end(), [&](const auto& m) { return m.first == dict; });
  return it == missing_.end() ? nullptr : &it->second;
}

void Emitter::settle_counter(ValueId dict, const TypePtr& key) {
  if (key && is_open(dict)) settle(dict, types::dict(key, types::int_()));
}

// dict[key], where a missing key has a meaning.
ValueId Emitter::item_or_missing(ValueId dict, ValueId key, const Missing& m, Range at) {
  const ValueId there = call_operator("aten::__contains__", {dict, key}, at);
  if (!there) {  // an empty dict's keys are not known yet
    if (is_open(dict)) settle(dict, types::dict(type(key), type(dict)->element(1)));
    return {};
  }
  if (m.item == MissingItem::kCount) {
    Condition found;
    found.value = there;
    return branch_value(
        found, [&] { return call_operator("aten::__getitem__", {dict, key}, at); }, [&] { return constant(Value(std::int64_t{0}), at); }, at);
  }
  const ValueId absent = call_operator("aten::__not__", {there}, at);
  when(
      absent,
      [&] {
        ValueId made;
        const TypePtr known = hints_ ? hints_->find(m.key) : nullptr;
        switch (m.item) {
          case MissingItem::kInt: made = constant(Value(std::int64_t{0}), at); break;
          case MissingItem::kFloat: made = constant(Value(0.0), at); break;
          case MissingItem::kComplex: made = constant(Value(std::complex<double>()), at); break;
          case MissingItem::kStr: made = constant(Value(std::string_view()), at); break;
          case MissingItem::kBool: made = constant(Value(false), at); break;
          case MissingItem::kFunction: {
            const MeaningPtr out = m.function ? m.function->call(*this, at, {}, {}) : nullptr;
            made = out ? out->value(*this, at) : ValueId{};
            break;
          }
          default: {
            const TypePtr here = type(dict)->element(1);
            const TypeKind wanted = m.item == MissingItem::kList ? TypeKind::kList : TypeKind::kDict;
            const TypePtr t = known ? known : here->kind() == wanted ? here : value_type(m.item);
            made = wanted == TypeKind::kList ? make_list(t->element(), {}, at) : emit("prim::DictConstruct", {}, t, at);
            if (hints_) open_container(made, m.key);
          }
        }
        if (made) call_operator("aten::_set_item", {dict, key, made}, at);
        return Flow::kFalls;
      },
      at);
  return call_operator("aten::__getitem__", {dict, key}, at);
}

ValueId Emitter::collection_call(SpecialForm form, const Call& e, const TypePtr& wanted) {
  const auto& args = e.args;
  if (form == SpecialForm::kDeque) {
    if (args.size() > 1 || (args.size() == 1 && args[0].kind != ArgKind::kPositional)) {
      error(e.range, kMaxLen).hint("drop the first element where the list became too long: `if len(xs) > n: xs.pop(0)`");
      return {};
    }
    return list_call(e, wanted);
  }
  const bool counter = form == SpecialForm::kCounter;
  Missing m;
  m.key = hint_key(&e, Symbol("missing"));
  const Expr* items = nullptr;
  if (counter) {
    m.item = MissingItem::kCount;
    if (!args.empty() && args[0].kind == ArgKind::kPositional) items = args[0].value;
    if (args.size() > 1 || (!items && !args.empty())) {
      error(e.range, kArguments, "Counter", args.size());
      return {};
    }
  } else {
    if (args.empty() || args.size() > 2 || std::any_of(args.begin(), args.end(), [](const Arg& a) { return a.kind != ArgKind::kPositional; })) {
      error(e.range, kFactory);
      return {};
    }
    m.item = factory_of(*args[0].value);
    if (m.item == MissingItem::kFunction) {
      m.function = meaning(*args[0].value);
      if (!m.function) return {};
      if (!m.function->is_function()) {
        error(args[0].range, kFactory);
        return {};
      }
    }
    if (args.size() == 2) items = args[1].value;
  }
  ValueId out;
  if (items) {
    const MeaningPtr given = meaning(*items);
    ValueId v = given ? plain_value(given) : ValueId{};
    if (given && !v) v = gather_list(given, nullptr, e.range);
    if (!v) return {};
    if (counter && type(v)->kind() != TypeKind::kDict) out = nn::call_everyday(*this, "counter_of", {v}, e.range);
    else out = call_operator("aten::copy", {v}, e.range);
    if (!out) return {};
    if (counter) out = unchecked_cast(out, type(out), e.range);  // a value of its own
  } else {
    const TypePtr want = wanted && wanted->kind() == TypeKind::kDict ? wanted : nullptr;
    const TypePtr learned = want ? nullptr : hinted(&e);
    TypePtr made = want ? want : learned ? learned : types::dict(types::str(), value_type(m.item));
    out = emit("prim::DictConstruct", {}, made, e.range);
    if (!want && hints_) open_container(out, hint_key(&e));
  }
  missing_.emplace_back(out, m);
  return out;
}

// An attribute that begins as a defaultdict or a Counter is one in every method.
void Emitter::note_missing_attribute(const ClassType& cls, std::string_view name, ValueId given, Range at) {
  AttributeHints* hints = resolver_->attribute_hints();
  const Missing* m = missing_of(given);
  if (!hints || !m) return;
  if (m->item == MissingItem::kFunction) error(at, kFactoryAttribute).hint("use `int`, `float`, `list`, … or test `if key not in …` first");
  else hints->set_missing(cls.name(), name, static_cast<int>(m->item));
}

void Emitter::recall_missing_attribute(const ClassType& cls, std::string_view name, ValueId read) {
  const AttributeHints* hints = resolver_->attribute_hints();
  const int item = hints && read ? hints->missing(cls.name(), name) : 0;
  if (!item) return;
  Missing m;
  m.item = static_cast<MissingItem>(item);
  m.key = {nullptr, Symbol(std::string(cls.name()) + "." + std::string(name)), 0};
  missing_.emplace_back(read, std::move(m));
}

}  // namespace fac::script
