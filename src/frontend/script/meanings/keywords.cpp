// `**kwargs` of a function that is compiled into its call: the names are known there, so each is a value of its own type.
// It is no dict of the program: it is read by constant names, run over, and passed on with `**kwargs`.
#include "frontend/script/meanings/keywords.h"

#include <algorithm>

#include "frontend/script/emitter.h"

namespace fac::script {
namespace {

constexpr Diag<> kNoValue{"keywords-value", "the names in a `**` parameter are known while compiling only: it is no dict of the program"};
constexpr Diag<> kConstantName{"keywords-name", "the names in a `**` parameter are asked for by a string literal"};
constexpr Diag<std::string_view> kNoName{"keywords-missing", "KeyError: the call gives no argument `{}`"};
constexpr Diag<std::string_view> kNoMethod{"keywords-method", "a `**` parameter has no method `{}` in compiled programs: only get, items, keys and values"};

// kwargs.get("name", default)
class GetMethod final : public Meaning {
 public:
  explicit GetMethod(std::shared_ptr<KeywordsMeaning> of) : of_(std::move(of)) {}
  std::string kind() const override { return "method"; }
  MeaningPtr call(Emitter& e, Range at, std::vector<CallArg> args, const Wanted&) override {
    const Value* name = !args.empty() && args[0].value ? e.graph().constant(args[0].value) : nullptr;
    if (!name || !name->is_str() || args.size() > 2) {
      e.error(at, kConstantName);
      return nullptr;
    }
    if (MeaningPtr m = of_->find(e, name->str())) return m;
    return args.size() == 2 ? value_meaning(args[1].value) : value_meaning(e.none(at));
  }

 private:
  std::shared_ptr<KeywordsMeaning> of_;
};

// kwargs.items() and the like: called without arguments.
class ListingMethod final : public Meaning {
 public:
  explicit ListingMethod(MeaningPtr what) : what_(std::move(what)) {}
  std::string kind() const override { return "method"; }
  MeaningPtr call(Emitter&, Range, std::vector<CallArg>, const Wanted&) override { return what_; }

 private:
  MeaningPtr what_;
};

}  // namespace

MeaningPtr KeywordsMeaning::find(Emitter& e, std::string_view name) const {
  for (const auto& [n, m] : items_)
    if (n.str() == name) {
      const ValueId v = plain_value(m);
      return v ? value_meaning(e.reachable(home_, v)) : m;
    }
  return nullptr;
}

ValueId KeywordsMeaning::value(Emitter& e, Range at) {
  e.error(at, kNoValue).hint("read `kwargs[\"name\"]` or `kwargs.get(\"name\", default)`, or pass it on as `**kwargs`");
  return {};
}

MeaningPtr KeywordsMeaning::keys(Emitter& e, Range at) const {
  std::vector<MeaningPtr> out;
  for (const auto& item : items_) out.push_back(value_meaning(e.constant(Value(item.first.str()), at)));
  return tuple_meaning(std::move(out));
}

std::optional<std::vector<MeaningPtr>> KeywordsMeaning::elements(Emitter& e, Range at, std::optional<std::size_t> count) {
  return keys(e, at)->elements(e, at, count);
}

MeaningPtr KeywordsMeaning::iterable(Emitter& e, Range at) { return keys(e, at); }
ValueId KeywordsMeaning::length(Emitter& e, Range at) { return e.constant(Value(static_cast<std::int64_t>(items_.size())), at); }

MeaningPtr KeywordsMeaning::item(Emitter& e, Range at, ValueId index, const TypePtr&) {
  const Value* name = index ? e.graph().constant(index) : nullptr;
  if (!name || !name->is_str()) {
    if (index) e.error(at, kConstantName);
    return nullptr;
  }
  if (MeaningPtr m = find(e, name->str())) return m;
  e.error(at, kNoName, name->str());
  return nullptr;
}

MeaningPtr KeywordsMeaning::attribute(Emitter& e, Range at, std::string_view name) {
  if (name == "get") return std::make_shared<GetMethod>(shared_from_this());
  if (name == "keys") return std::make_shared<ListingMethod>(keys(e, at));
  if (name == "values" || name == "items") {
    std::vector<MeaningPtr> out;
    for (const auto& item : items_) {
      MeaningPtr m = find(e, item.first.str());
      if (name == "values") out.push_back(m);
      else out.push_back(tuple_meaning({value_meaning(e.constant(Value(item.first.str()), at)), m}));
    }
    return std::make_shared<ListingMethod>(tuple_meaning(std::move(out)));
  }
  e.error(at, kNoMethod, name);
  return nullptr;
}

}  // namespace fac::script
