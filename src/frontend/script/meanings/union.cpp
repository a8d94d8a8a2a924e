// Objects of several classes in one variable or list, in the everyday dialect: what they share can be used. Which class it is decides a
// test when the program runs, as `isinstance` would.
#include <algorithm>
#include <functional>

#include "frontend/script/emitter.h"

namespace fac::script {
namespace {

// `one` for each class, by a chain of tests; the last class needs none.
ValueId by_class(Emitter& e, ValueId self, Range at, const std::function<ValueId(ValueId)>& one) {
  const std::vector<TypePtr> classes(e.type(self)->elements().begin(), e.type(self)->elements().end());
  const std::function<ValueId(std::size_t)> from = [&](std::size_t i) -> ValueId {
    const auto here = [&] { return one(e.unchecked_cast(self, classes[i], at)); };
    if (i + 1 == classes.size()) return here();
    Condition is;
    is.value = e.emit("prim::isinstance", {self}, types::bool_(), at);
    e.graph().set_attr(e.graph().value(is.value).producer, Symbol("types"), std::vector<TypePtr>{classes[i]});
    return e.branch_value(is, here, [&] { return from(i + 1); }, at);
  };
  return from(0);
}

class UnionMethod final : public Meaning {
 public:
  UnionMethod(ValueId self, std::string name) : self_(self), name_(std::move(name)) {}
  std::string kind() const override { return "method"; }
  MeaningPtr call(Emitter& e, Range at, std::vector<CallArg> args, const Wanted& wanted) override {
    return value_meaning(by_class(e, self_, at, [&](ValueId object) {
      const MeaningPtr method = ValueMeaning(object).attribute(e, at, name_);
      const MeaningPtr out = method ? method->call(e, at, args, wanted) : nullptr;
      return out ? out->value(e, at) : ValueId{};
    }));
  }

 private:
  ValueId self_;
  std::string name_;
};

}  // namespace

MeaningPtr union_member(Emitter& e, ValueId self, std::string_view name, Range at) {
  const auto& classes = e.type(self)->elements();
  const auto all = [&](const auto& has) {
    return std::all_of(classes.begin(), classes.end(), [&](const TypePtr& t) {
      const ClassType* cls = as_class(t);
      return cls && has(*cls);
    });
  };
  if (!all([](const ClassType&) { return true; })) return nullptr;
  if (all([&](const ClassType& c) { return c.find_method(name) || e.resolver().has_member(c, name); })) return std::make_shared<UnionMethod>(self, std::string(name));
  if (all([&](const ClassType& c) { return c.find_attribute(name) || c.find_property(name) || c.find_constant(name); }))
    return value_meaning(by_class(e, self, at, [&](ValueId object) {
      const MeaningPtr m = ValueMeaning(object).attribute(e, at, name);
      return m ? m->value(e, at) : ValueId{};
    }));
  return nullptr;
}

}  // namespace fac::script
