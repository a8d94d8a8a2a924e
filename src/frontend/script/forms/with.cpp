// `with a as x, b:` becomes prim::Enter before the body and prim::Exit after it, in reverse order. Leaving the body early
// by return, break or continue passes through prim::Exit too, since it only sets variables (emitter.h). When the body
// raises, whoever runs the graph calls __exit__ of what was entered.
#include "frontend/script/emitter.h"

namespace fac::script {
namespace {

constexpr Diag<> kNotObject{"with-not-object", "With item expression must return an object"};
constexpr Diag<> kNoMethods{"with-no-methods",
                            "Object returned by with item expression does not define __enter__ and __exit__ methods"};
constexpr Diag<> kEnterArgs{"with-enter-arguments", "__enter__ must have only one argument and one return value"};
constexpr Diag<> kExitArgs{"with-exit-arguments", "__exit__ must have four arguments"};
constexpr Diag<std::uint64_t> kExitTypes{
    "with-exit-types",
    "argument {} of __exit__ must have Any type; TorchScript does not currently support passing exception type, value, or "
    "traceback to the __exit__ function."};

}  // namespace

Flow Emitter::with(const With& s) {
  std::vector<std::pair<ValueId, Range>> entered;
  for (const WithItem& item : s.items) {
    const Range at = item.context->range;
    const MeaningPtr context = meaning(*item.context);
    if (context && context->is_empty_context()) continue;
    const ValueId object = context ? context->value(*this, at) : ValueId{};
    if (!object) continue;
    const ClassType* cls = as_class(type(object));
    if (!cls) {
      error(at, kNotObject);
      continue;
    }
    const Callable* enter = cls->find_method("__enter__");
    const Callable* exit = cls->find_method("__exit__");
    if (!enter || !exit) {
      error(at, kNoMethods);
      continue;
    }
    if (enter->schema().arguments.size() != 1) error(at, kEnterArgs);
    const auto& exit_args = exit->schema().arguments;
    if (exit_args.size() != 4) {
      error(at, kExitArgs);
      continue;
    }
    for (std::size_t i = 1; i < 4; ++i)
      if (exit_args[i].type->kind() != TypeKind::kAny) error(at, kExitTypes, i);
    const ValueId result = enter_context(object, at);
    entered.emplace_back(object, at);
    if (item.target) assign_to(*item.target, value_meaning(result), at);
  }
  const Flow flow = statements(s.body);
  if (flow == Flow::kThrows) return flow;
  for (auto it = entered.rbegin(); it != entered.rend(); ++it)
    emit("prim::Exit", {it->first}, types::tensor(), it->second);  // PyTorch's type; nobody reads the result
  return flow;
}

}  // namespace fac::script
