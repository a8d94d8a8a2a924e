// A function of several signatures: the first one that fits as the arguments are, else the first that fits by implicit
// conversions.
#include "frontend/script/emitter.h"
#include "frontend/script/match.h"

namespace fac::script {
namespace {

class OverloadedMeaning final : public Meaning {
 public:
  explicit OverloadedMeaning(std::vector<ir::Function*> functions) : functions_(std::move(functions)) {}
  std::string kind() const override { return "function"; }
  MeaningPtr call(Emitter& e, Range at, std::vector<CallArg> args, const Wanted&) override {
    for (const auto& a : args)
      if (!a.value) return nullptr;
    for (const bool conversions : {false, true})
      for (ir::Function* f : functions_)
        if (match_schema(e, f->schema(), args, std::nullopt, conversions, nullptr))
          return value_meaning(e.call_function(*f, std::move(args), at));
    std::string reasons;
    for (ir::Function* f : functions_) (void)match_schema(e, f->schema(), args, std::nullopt, true, &reasons);
    e.report_no_overload(at, reasons, true);
    return nullptr;
  }

 private:
  std::vector<ir::Function*> functions_;
};

}  // namespace

MeaningPtr overloaded_meaning(std::vector<ir::Function*> functions) {
  if (functions.size() == 1) return function_meaning(functions[0]);
  return std::make_shared<OverloadedMeaning>(std::move(functions));
}

}  // namespace fac::script
