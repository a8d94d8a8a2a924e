// Forward hooks of modules: functions (self, inputs) and (self, inputs, output) that run around each call of the module.
#include <algorithm>

#include "interp/compile.h"

namespace fac::interp {

Result<std::vector<Ref<Function>>> Compiler::hooks_of(const Value& v, std::string_view list) {
  const Obj* o = fac::interp::object(v);
  const Value* all = o && o->attrs ? o->attrs->find(list) : nullptr;
  const Seq* hooks = all ? as<Seq>(*all) : nullptr;
  std::vector<Ref<Function>> out;
  for (std::size_t i = 0; hooks && i < hooks->items.size(); ++i) {
    Function* fn = as<Function>(hooks->items[i]);
    const std::size_t parameters = list == "_forward_hooks" ? 3 : 2;
    if (!fn || !fn->def || fn->params.size() != parameters) {
      return error(ErrorKind::kCompile,
                   "A forward hook of '{}' cannot be compiled: a hook is a function `def {}`. If you did not want to compile this hook, "
                   "remove it (`handle.remove()`).",
                   in_.type_of(v)->name, parameters == 3 ? "hook(self, input: Tuple[Tensor], output: Tensor)" : "hook(self, input: Tuple[Tensor])");
    }
    out.emplace_back(fn);
  }
  return out;
}

// They are methods of the compiled class, declared before any body that calls the module.
Status Compiler::add_hooks(ModuleInfo& m) {
  if (m.hooks.empty() && m.pre_hooks.empty()) return {};
  const Value* member = m.cls->find("forward");
  Function* forward = member ? as<Function>(*member) : nullptr;
  if (!forward) return error(ErrorKind::kCompile, "'{}' has forward hooks but no `forward`", m.cls->name);
  FACULA_TRY(const ir::Function* f, method(m, "forward", *forward));
  const Schema& schema = f->schema();
  // What a hook's parameters are where nothing is written: what forward takes, and gives.
  std::vector<TypePtr> inputs;
  for (std::size_t i = 1; i < schema.arguments.size(); ++i) inputs.push_back(schema.arguments[i].type);
  const std::vector<TypePtr> given{nullptr, types::tuple(std::move(inputs)), schema.returns.empty() ? nullptr : schema.returns[0].type};
  std::vector<std::pair<const Function*, ir::Function*>> made;
  for (const auto* hooks : {&m.pre_hooks, &m.hooks}) {
    for (const auto& hook : *hooks) {
      auto it = std::find_if(made.begin(), made.end(), [&](const auto& known) { return known.first == hook.get(); });
      if (it == made.end()) {
        const std::string name = m.type->name() + "." + hook->name;
        if (unit_->find_function(name) || m.type->find_method(hook->name)) {
          return error(ErrorKind::kCompile, "Hook '{}' on {} has at least two different definitions. Please use unique names for all hooks.",
                       hook->name, m.cls->name);
        }
        FACULA_TRY(ir::Function* compiled, declare(name, TypePtr(m.type), *hook, *hook->def, given));
        it = made.insert(made.end(), {hook.get(), compiled});
      }
      if (hooks == &m.hooks) m.type->add_forward_hook(it->second);
      else
        m.type->add_forward_pre_hook(it->second);
    }
  }
  return {};
}

// The type of a hook's `output` is what came before it, as PyTorch demands when it loads an archive: a hook that gives nothing
// can only be the last one.
Status Compiler::check_hooks(const ModuleInfo& m) const {
  const Ref<ClassType>& type = m.type;
  const auto* before = dynamic_cast<ir::Function*>(type->find_method("forward"));
  for (Callable* hook : type->forward_hooks()) {
    const auto* f = dynamic_cast<ir::Function*>(hook);
    const TypePtr given = before->schema().returns[0].type, taken = f->schema().arguments[2].type;
    if (!same(given, taken)) {
      return error(ErrorKind::kCompile,
                   "Hook '{}' on module '{}' has the wrong type for the output argument. Received type: '{}'. Expected type: '{}', which is "
                   "what '{}' returns{}.",
                   f->schema().name, m.cls->name, taken->annotation(), given->annotation(), before->schema().name,
                   given->kind() == TypeKind::kNone ? "; let it return its output" : "");
    }
    before = f;
  }
  return {};
}

}  // namespace fac::interp
