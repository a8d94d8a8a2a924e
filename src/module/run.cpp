#include <cstdlib>
#include <optional>

#include "base/thread_pool.h"
#include "exec/plan/plan.h"
#include "ir/passes.h"
#include "module/executor.h"
#include "module/module.h"

namespace fac {
namespace {

// Compiling a function may refine its signature (the type of its result): it is compiled before anybody reads that, since
// another thread may be compiling it.
Result<const Schema*> signature(ir::Function& f) {
  FACULA_TRY(const ir::Graph* compiled, f.graph());
  static_cast<void>(compiled);
  return &f.schema();
}

ir::Function* as_function(Callable* c) { return dynamic_cast<ir::Function*>(c); }

// Plans keep arenas and packed weights for later calls: a call whose memory is limited runs without.
bool planned(const RunOptions& o) {
  static const bool allowed = [] {  // FACULA_PLAN, read once
    const char* v = std::getenv("FACULA_PLAN");
    return !v || std::string_view(v) != "off";
  }();
  return allowed && o.plan && !o.observer && o.limits.memory_bytes == ~0ull;
}

Result<Value> execute(const vm::Code& code, std::vector<Value> args, const RunOptions& options) {
  FunctionCode source(planned(options), code.precision);
  vm::RunContext context(source, options.limits, options.observer);
  context.stop = options.stop;
  ThreadCountGuard threads(options.threads);
  std::optional<AllocHookGuard> counted;
  if (context.memory) counted.emplace(context.memory.get());
  return vm::run(code, args, context);
}

Result<Value> call(const Ref<ObjectBox>& self, ir::Function& f, std::vector<Value> args, const RunOptions& options) {
  FACULA_TRY(auto code, method_code(self, f, planned(options), options.precision.value_or(precision_of(self))));
  return execute(*code, std::move(args), options);
}

Result<Value> call_hook(const Ref<ObjectBox>& self, Callable* hook, std::vector<Value> args, const RunOptions& options) {
  ir::Function* f = as_function(hook);
  if (!f) return runtime_error("the hook '{}' has no code", hook->qualified_name());
  FACULA_TRY(const Schema* schema, signature(*f));
  FACULA_TRY(args, bind_arguments(*schema, std::move(args), {}, true));
  return call(self, *f, std::move(args), options);
}

}  // namespace

Result<Value> run_method(const Ref<ObjectBox>& self, std::string_view method, std::vector<Value> args, Kwargs kwargs,
                         const RunOptions& options) {
  ir::Function* f = as_function(self->type().find_method(method));
  if (!f) return runtime_error("Method '{}' is not defined.", method);
  args.insert(args.begin(), Value(self));
  FACULA_TRY(const Schema* schema, signature(*f));
  FACULA_TRY(args, bind_arguments(*schema, std::move(args), std::move(kwargs), true));
  if (method == "forward") {
    for (Callable* hook : self->type().forward_pre_hooks()) {
      // hook(self, (inputs...)) -> None, one new input, or a tuple of them.
      std::vector<Value> inputs(args.begin() + 1, args.end());
      std::vector<Value> hook_args{Value(self), Value(make_ref<TupleBox>(std::move(inputs)))};
      FACULA_TRY(Value changed, call_hook(self, hook, std::move(hook_args), options));
      if (changed.is_none()) continue;
      args.resize(1);
      if (changed.is_tuple()) args.insert(args.end(), changed.tuple().values.begin(), changed.tuple().values.end());
      else args.push_back(std::move(changed));
      // What a hook gives need not be what `forward` takes.
      FACULA_TRY(args, bind_arguments(*schema, std::move(args), {}, true));
    }
  }
  const auto& hooks = self->type().forward_hooks();
  std::vector<Value> inputs;
  if (method == "forward" && !hooks.empty()) inputs.assign(args.begin() + 1, args.end());
  FACULA_TRY(Value result, call(self, *f, std::move(args), options));
  if (method != "forward") return result;
  for (Callable* hook : hooks) {
    std::vector<Value> hook_args{Value(self), Value(make_ref<TupleBox>(inputs)), result};
    FACULA_TRY(Value changed, call_hook(self, hook, std::move(hook_args), options));
    if (!changed.is_none()) result = std::move(changed);
  }
  return result;
}

Result<Value> run_function(ir::Function& f, std::vector<Value> args, Kwargs kwargs, const RunOptions& options) {
  FACULA_TRY(const Schema* schema, signature(f));
  FACULA_TRY(args, bind_arguments(*schema, std::move(args), std::move(kwargs), false));
  FunctionCode source(planned(options), options.precision.value_or(Precision::kFloat32));
  FACULA_TRY(auto code, source.code(f));
  return execute(*code, std::move(args), options);
}

Result<std::shared_ptr<const ir::Graph>> method_graph(const Ref<ObjectBox>& self, std::string_view method, GraphStage stage) {
  ir::Function* f = as_function(self->type().find_method(method));
  if (!f) return runtime_error("Method '{}' is not defined.", method);
  if (stage >= GraphStage::kOptimized) {
    std::vector<Ref<ObjectBox>> used;
    FACULA_TRY(std::shared_ptr<ir::Graph> g, specialise(self, *f, &used));
    if (stage == GraphStage::kPlanned) plan::form_regions(*g);
    return std::shared_ptr<const ir::Graph>(std::move(g));
  }
  FACULA_TRY(const ir::Graph* compiled, f->graph());
  std::shared_ptr<ir::Graph> g = compiled->clone();
  if (stage == GraphStage::kInlined) FACULA_TRY_VOID(ir::inline_calls(*g));
  return std::shared_ptr<const ir::Graph>(std::move(g));
}

}  // namespace fac
