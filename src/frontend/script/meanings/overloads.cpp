// A function of several signatures: the first one that fits as the arguments are, else the first that fits by implicit
// conversions.
#include "frontend/script/emitter.h"
#include "frontend/script/match.h"

namespace fac::script {
namespace {

class OverloadedMeaning final : public Meaning {
 public:
  OverloadedMeaning(std::vector<ir::Function*> functions, ValueId self) : functions_(std::move(functions)), self_(self) {}
  std::string kind() const override { return "function"; }
  MeaningPtr call(Emitter& e, Range at, std::vector<CallArg> args, const Wanted&) override {
    if (self_) args.insert(args.begin(), CallArg{at, {}, self_});
    for (const auto& a : args)
      if (!a.value) return nullptr;
    for (const bool conversions : {false, true})
      for (ir::Function* f : functions_)
        if (match_schema(e, f->schema(), args, std::nullopt, conversions, nullptr)) {
          if (!self_) return value_meaning(e.call_function(*f, std::move(args), at));
          args.erase(args.begin());
          return value_meaning(e.call_method(self_, f->name(), std::move(args), at));
        }
    std::string reasons;
    for (ir::Function* f : functions_) (void)match_schema(e, f->schema(), args, std::nullopt, true, &reasons);
    e.report_no_overload(at, reasons, true);
    return nullptr;
  }

 private:
  std::vector<ir::Function*> functions_;
  ValueId self_;
};

}  // namespace

MeaningPtr overloaded_meaning(std::vector<ir::Function*> functions, ir::ValueId self) {
  if (functions.size() == 1 && !self) return function_meaning(functions[0]);
  return std::make_shared<OverloadedMeaning>(std::move(functions), self);
}

}  // namespace fac::script
