// Functions of the user's files where a compiled method calls them. In the everyday dialect a call may compile a copy for the types
// it gives, or be compiled into its place: lambdas, `*args`, functions as arguments.
#include "frontend/script/define.h"
#include "frontend/script/specialise.h"
#include "interp/compile.h"
#include "interp/compile_shared.h"

namespace fac::interp {

using script::CallArg;
using script::Emitter;
using script::MeaningPtr;

namespace {

class UserFunction final : public script::Meaning {
 public:
  UserFunction(Compiler& c, Ref<Function> fn) : compiler_(c), fn_(std::move(fn)) {}
  std::string kind() const override { return fn_->def ? "function" : "lambda"; }
  bool takes_meanings() const override { return true; }
  ir::ValueId value(Emitter& e, Range at) override {
    ir::Function* f = general(e, at);
    return f ? script::function_meaning(f)->value(e, at) : ir::ValueId{};
  }
  MeaningPtr call(Emitter& e, Range at, std::vector<CallArg> args, const script::Wanted&) override {
    if (!fn_->def || script::inlines(*fn_->def, args)) {
      script::InlineBody body;
      body.params = fn_->params;
      body.def = fn_->def;
      body.expression = fn_->lambda ? fn_->lambda->body : nullptr;
      body.resolver = compiler_.resolver(*fn_);
      body.name = fn_->qualified_name;
      return e.inline_call(body, std::move(args), at);
    }
    ir::Function* f = general(e, at);
    if (!f) return nullptr;
    if (auto special = script::specialise(e, *f, *fn_->def, args)) {
      auto copy = compiler_.copy(*f, *fn_, std::move(*special));
      if (!copy.ok()) return broken(e, at, copy.error());
      f = *copy;
    }
    return script::value_meaning(e.call_function(*f, std::move(args), at));
  }

 private:
  static MeaningPtr broken(Emitter& e, Range at, const Error& why) {
    e.error(at, kBroken, why.full());
    return nullptr;
  }
  ir::Function* general(Emitter& e, Range at) {
    auto f = compiler_.function(*fn_);
    if (f.ok()) return *f;
    broken(e, at, f.error());
    return nullptr;
  }

  Compiler& compiler_;
  Ref<Function> fn_;
};

}  // namespace

MeaningPtr Compiler::user_function(Function& fn) { return std::make_shared<UserFunction>(*this, Ref<Function>(&fn)); }

script::Resolver* Compiler::resolver(Function& fn) {
  auto& slot = resolvers_[&fn];
  if (!slot) slot = std::make_shared<FunctionResolver>(*this, fn);
  return slot.get();
}

Result<ir::Function*> Compiler::copy(const ir::Function& general, Function& fn, script::Specialised special) {
  if (const auto it = copies_.find(special.key); it != copies_.end()) return it->second;
  FACULA_TRY(ir::Function* f, unit_->add_function(unit_->unique_name(general.qualified_name()), std::move(special.schema)));
  script::define_later(*f, *fn.def, fn.tree, std::make_shared<FunctionResolver>(*this, fn));
  return copies_[special.key] = f;
}

}  // namespace fac::interp
