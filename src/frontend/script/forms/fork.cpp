// fork(f, args...): the call becomes a graph of its own; what it reads of the function around it becomes its inputs.
// Archives write the body as a nested function without arguments, `def __forked_function(): ...`.
#include "frontend/script/emitter.h"
#include "frontend/script/schema_from_tree.h"

namespace fac::script {
namespace {

constexpr Diag<> kNoCallee{"fork-arguments", "Expected at least one argument to fork()"};
constexpr Diag<> kClosureCall{"closure-call", "a nested function can only be forked"};

class ClosureMeaning final : public Meaning {
 public:
  ClosureMeaning(const FunctionDef& function, Emitter& around) : def(function), home(around) {}
  std::string kind() const override { return "closure"; }
  bool takes_meanings() const override { return home.everyday(); }
  MeaningPtr call(Emitter& e, Range at, std::vector<CallArg> args, const Wanted&) override {
    if (!e.everyday()) {
      e.error(at, kClosureCall);
      return nullptr;
    }
    InlineBody body;
    body.params = def.params;
    body.def = &def;
    body.home = &home;
    body.name = std::string(def.name.str());
    return e.inline_call(body, std::move(args), at);
  }
  const FunctionDef& def;
  Emitter& home;
};

}  // namespace

void Emitter::nested_function(const FunctionDef& def) { env_.set(def.name, std::make_shared<ClosureMeaning>(def, *this)); }

bool Emitter::sees(Symbol name) const { return env_.find(name) || (outer_ && outer_->sees(name)); }

MeaningPtr Emitter::fork(const Call& e, std::string_view kind) {
  if (e.args.empty() || e.args[0].kind != ArgKind::kPositional) {
    error(e.range, kNoCallee);
    return nullptr;
  }
  std::vector<CallArg> args = call_args(e.args.subspan(1));
  for (const auto& a : args)
    if (!a.value) return nullptr;
  const auto graph = std::make_shared<ir::Graph>();
  Emitter inner(*graph, *resolver_, sink_, function_name_ + ".<fork>", this);
  inner.caller_ = this;
  std::vector<ValueId> inputs;
  TypePtr result;
  const auto* name = e.args[0].value->try_as<Name>();
  const Variable* local = name ? env_.find(name->name) : nullptr;
  if (const auto* closure = local ? dynamic_cast<const ClosureMeaning*>(local->meaning.get()) : nullptr) {
    auto schema = schema_of(closure->def, function_name_ + "." + std::string(closure->def.name.str()), nullptr, types_,
                            sink_, {});
    if (!schema) return nullptr;
    for (const auto& a : args) inputs.push_back(a.value);
    inner.function(closure->def, *schema);
    result = schema->returns.at(0).type;
  } else {
    for (auto& a : args) a.value = inner.capture_from(*this, a.value, {});
    const MeaningPtr callee = inner.meaning(*e.args[0].value);
    const MeaningPtr out = callee ? callee->call(inner, e.range, std::move(args), {}) : nullptr;
    const ValueId v = out ? out->value(inner, e.range) : ValueId{};
    if (!v) return nullptr;
    graph->add_return(graph->top(), v);
    result = inner.type(v);
  }
  for (const auto& [from, to] : inner.captures_) inputs.push_back(from.first == this ? from.second : import_value(*from.first, from.second));
  const ValueId out = emit(kind, std::move(inputs), types::future(result), e.range);
  if (out) graph_.set_attr(graph_.value(out).producer, Symbol("Subgraph"), graph);
  return value_meaning(out);
}

}  // namespace fac::script
