// Functions that a condition chooses, in the everyday dialect: `f = torch.relu if c else torch.tanh`. A call of such a function is a branch
// with a call of either.
#include "frontend/script/emitter.h"

namespace fac::script {
namespace {

constexpr Diag<> kEscapes{"chosen-function-escapes", "a function that a condition chose can only be called: functions are no values of a compiled program"};

class ChosenFunction final : public Meaning {
 public:
  ChosenFunction(ValueId condition, MeaningPtr yes, MeaningPtr no, Emitter* home)
      : condition_(condition), yes_(std::move(yes)), no_(std::move(no)), home_(home) {}
  std::string kind() const override { return "closure"; }
  bool takes_meanings() const override { return yes_->takes_meanings() && no_->takes_meanings(); }
  ValueId value(Emitter& e, Range at) override {
    e.error(at, kEscapes);
    return {};
  }
  MeaningPtr call(Emitter& e, Range at, std::vector<CallArg> args, const Wanted& wanted) override {
    Condition c;
    c.value = e.reachable(*home_, condition_);
    if (!c.value) {
      e.error(at, kEscapes);
      return nullptr;
    }
    const auto one = [&](const MeaningPtr& f) {
      const MeaningPtr out = f->call(e, at, args, wanted);
      return out ? out->value(e, at) : ValueId{};
    };
    return value_meaning(e.branch_value(c, [&] { return one(yes_); }, [&] { return one(no_); }, at));
  }

 private:
  ValueId condition_;
  MeaningPtr yes_, no_;
  Emitter* home_;
};

}  // namespace

MeaningPtr Emitter::chosen(ValueId condition, const MeaningPtr& yes, const MeaningPtr& no) {
  if (!everyday() || !condition || !yes || !no || !yes->is_function() || !no->is_function() || yes->meant_type() || no->meant_type() || yes->keeps_values() || no->keeps_values()) return nullptr;
  return std::make_shared<ChosenFunction>(condition, yes, no, this);
}

MeaningPtr Emitter::chosen_by(const Ternary& e) {
  const auto names_function = [&](const Expr& x) -> MeaningPtr {
    if (x.kind != ExprKind::kName && x.kind != ExprKind::kAttribute && x.kind != ExprKind::kLambda) return nullptr;
    if (x.kind == ExprKind::kLambda) return meaning(x);
    const std::string name = dotted_name(x);
    if (name.empty()) return nullptr;
    const Symbol first(name.substr(0, name.find('.')));
    if (sees(first) && name.find('.') != std::string::npos) return nullptr;  // an attribute of a variable is a value, or a method bound to one
    const MeaningPtr m = meaning(x);
    return m && m->is_function() && !m->meant_type() ? m : nullptr;
  };
  if (!everyday()) return nullptr;
  const MeaningPtr yes = names_function(*e.then_value), no = yes ? names_function(*e.else_value) : nullptr;
  if (!no) return nullptr;
  const Condition c = condition(*e.condition);
  if (c.known) return *c.known ? yes : no;
  return chosen(c.value, yes, no);
}

}  // namespace fac::script
