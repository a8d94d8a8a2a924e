// Calls of operators, functions and methods: overloads, argument binding, results.
#include "frontend/script/composites.h"
#include "frontend/script/define.h"
#include "frontend/script/emitter.h"
#include "frontend/script/match.h"
#include "frontend/script/upgraders.h"
#include "ir/symbols.h"
#include "source/render.h"

namespace fac::script {
namespace {

constexpr Diag<std::string_view> kNoMatch{"arguments-not-valid", "{}"};
constexpr Diag<std::string_view> kUnknownOperator{"unknown-operator", "Unknown builtin op: {}"};
constexpr Diag<std::string_view> kRecursive{
    "recursive-call", "function '{}' is called recursively. Recursive calls are not supported"};
constexpr Diag<std::string_view, std::string_view, std::string_view> kBroken{
    "broken-callee", "{}\n'{}' is being compiled since it was called from '{}'"};
constexpr Diag<std::string_view> kNotBool{"bool-result", "expected a bool expression for condition but found {}"};
constexpr Diag<std::string_view> kToBool{"not-a-condition", "Could not cast value of type {} to bool"};

std::string indent(std::string_view text, std::string_view prefix) {
  std::string out;
  bool fresh = true;
  for (char c : text) {
    if (fresh) out += prefix;
    out += c;
    fresh = c == '\n';
  }
  return out;
}

bool has_poison(const std::vector<CallArg>& args, const std::optional<CallArg>& self) {
  if (self && !self->value) return true;
  for (const auto& a : args)
    if (!a.value) return true;
  return false;
}

// What a call may mean: an operator of the table, or a function whose body stands for it (an overload written in
// TorchScript; the meaning that the operator had in the program's version).
struct Candidate {
  const ops::Overload* op;
  ir::Function* function;
  const Schema* schema;
};

std::vector<Candidate> candidates(std::string_view name, std::int64_t version) {
  std::vector<Candidate> out;
  for (const ops::Overload* op : ops::find(name)) {
    const Upgrader* u = nullptr;
    if (version > 0) {
      std::string full(op->name());
      if (!op->overload().empty()) full += "." + std::string(op->overload());
      u = find_upgrader(full, version);
    }
    const Schema* old = u ? upgrader_schema(*u) : nullptr;
    ir::Function* f = old ? upgrader_function(*u) : nullptr;
    out.push_back(f ? Candidate{op, f, old} : Candidate{op, nullptr, &op->schema()});
  }
  for (ir::Function* f : composites(name)) out.push_back({nullptr, f, &f->schema()});
  return out;
}

// Several results make a tuple, with the names that the schema gives them.
TypePtr result_tuple(const Schema& schema, const std::vector<TypePtr>& returns) {
  std::vector<std::string> names;
  for (const auto& r : schema.returns)
    if (!r.name.empty()) names.push_back(r.name);
  if (names.size() != returns.size()) return types::tuple(returns);
  return types::named_tuple("", std::move(names), returns);
}

// A result type for an operator that the table lacks: what its place wants, else what most operators give.
TypePtr guessed_type(const Wanted& wanted) {
  if (wanted.type) return wanted.type;
  if (wanted.targets > 1) return types::tuple(std::vector<TypePtr>(wanted.targets, types::tensor()));
  return types::tensor();
}

}  // namespace

ValueId Emitter::call_operator(std::string_view name, std::vector<ValueId> args, Range at) {
  std::vector<CallArg> given;
  for (ValueId v : args) given.push_back({at, {}, v});
  return call_operator(name, std::move(given), at);
}

ValueId Emitter::call_operator(std::string_view name, std::vector<CallArg> args, Range at, const Wanted& wanted,
                               std::optional<CallArg> self) {
  if (has_poison(args, self)) return {};
  learn_from_call(name, args, self);
  if (has_poison(args, self)) return {};
  const auto options = candidates(name, resolver_->operator_version());
  for (const bool conversions : {false, true}) {
    if (options.size() == 1 && !conversions) continue;
    for (const Candidate& c : options) {
      const auto m = match_schema(*this, *c.schema, args, self, conversions, nullptr);
      if (!m) continue;
      std::vector<ValueId> inputs = bind_arguments(*this, *c.schema, *m, args, self, conversions, at);
      for (ValueId v : inputs)
        if (!v) return {};
      if (c.function) {
        const auto body = c.function->graph();
        if (!body.ok()) continue;
        const ir::Graph& g = **body;
        std::vector<ValueId> map(g.value_count());
        for (std::size_t i = 0; i < inputs.size(); ++i) map[g.inputs()[i].index] = inputs[i];
        const auto results = graph_.copy_block(g, g.top(), builder_.block(), {}, map);
        return results.at(0);
      }
      const ValueId first = inputs.empty() ? ValueId{} : inputs[0];
      const NodeId n = builder_.insert(graph_.create(*c.op, std::move(inputs), at));
      std::vector<ValueId> outputs;
      for (const auto& t : m->returns) outputs.push_back(graph_.add_output(n, t));
      if (!elements_open_.empty() && outputs.size() == 1) share_elements(first, outputs[0]);
      if (outputs.empty()) return none(at);
      return outputs.size() == 1 ? outputs[0] : make_tuple(std::move(outputs), at, result_tuple(*c.schema, m->returns));
    }
  }
  if (resolver_->keeps_unknown_operators()) {
    std::vector<ValueId> inputs;
    if (self) inputs.push_back(self->value);
    std::vector<std::string> keywords;  // of the last arguments: whoever prints the call again needs them
    for (const auto& a : args) {
      inputs.push_back(a.value);
      if (a.name) keywords.emplace_back(a.name.str());
    }
    const ValueId out = emit(name, std::move(inputs), guessed_type(wanted), at);
    if (out && !keywords.empty()) graph_.set_attr(graph_.value(out).producer, Symbol("keywords"), std::move(keywords));
    return out;
  }
  if (options.empty()) {
    std::string hint;
    for (const auto& s : ops::similar_names(name)) hint += (hint.empty() ? "did you mean `" : "`, `") + s;
    std::string text(name);
    text += hint.empty() ? ".\nCould not find any similar ops to " + text + "." : ".";
    text += " This op may not exist or may not be currently supported in TorchScript.";
    error(at, kUnknownOperator, text).hint(hint.empty() ? hint : hint + "`?");
    return {};
  }
  std::string reasons;
  for (const Candidate& c : options) (void)match_schema(*this, *c.schema, args, self, true, &reasons);
  report_no_overload(at, reasons, options.size() != 1);
  return {};
}

void Emitter::report_no_overload(Range at, const std::string& reasons, bool several) {
  const std::string text = !several ? reasons
                                    : "Arguments for call are not valid.\nThe following variants are available:\n" +
                                          indent(reasons, "  ") + "\nThe original call is";
  DiagBuilder report = error(at, kNoMatch, text);
  if (reasons.find("found type 'Optional[") != reasons.npos)
    report.hint("test the value with `is not None` first: after that it has the type inside the Optional");
  if (reasons.find("Inferred '") != reasons.npos) report.hint("annotate that parameter where the function is defined");
}

namespace {

// A callee without annotated result must be compiled before its type is known.
bool know_result(Emitter& e, ir::Function& f, Range at) {
  if (!f.schema().returns.empty()) return true;
  if (auto compiled = f.graph(); !compiled.ok()) {
    const Error& why = compiled.error();
    const Range caller = e.resolver().marks_as_pytorch() && e.resolver().statement ? e.resolver().statement : at;
    if (why.kind == ErrorKind::kCompile && why.message.find("recursive") == std::string::npos)
      e.error(caller, kBroken, why.full(), display_name(f), e.function_name().substr(e.function_name().rfind('.') + 1));
    else
      e.error(at, kRecursive, f.qualified_name());
    return false;
  }
  return true;
}

std::optional<std::vector<ValueId>> bind_call(Emitter& e, const Schema& schema, const std::vector<CallArg>& args, Range at) {
  if (has_poison(args, std::nullopt)) return std::nullopt;
  std::string why;
  const auto m = match_schema(e, schema, args, std::nullopt, true, &why);
  if (!m) {
    e.error(at, kNoMatch, why);
    return std::nullopt;
  }
  return bind_arguments(e, schema, *m, args, std::nullopt, true, at);
}

TypePtr result_type(const Schema& s) { return s.returns.empty() ? types::none() : s.returns[0].type; }

}  // namespace

ValueId Emitter::call_function(ir::Function& f, std::vector<CallArg> args, Range at) {
  if (!know_result(*this, f, at)) return {};
  auto inputs = bind_call(*this, f.schema(), args, at);
  if (!inputs) return {};
  inputs->insert(inputs->begin(), constant(Value::function(&f), make_ref<FunctionType>(&f), at));
  return emit("prim::CallFunction", std::move(*inputs), result_type(f.schema()), at);
}

ValueId Emitter::call_method(ValueId self, std::string_view name, std::vector<CallArg> args, Range at) {
  if (!self) return {};
  const Schema* schema = nullptr;
  if (const ClassType* cls = as_class(type(self))) {
    Callable* f = cls->find_method(name);
    for (const auto& hooks : {cls->forward_pre_hooks(), cls->forward_hooks()})
      for (Callable* hook : hooks)
        if (!f && hook->name() == name) f = hook;
    if (auto* fn = dynamic_cast<ir::Function*>(f); fn && !know_result(*this, *fn, at)) return {};
    if (f) schema = &f->schema();
  } else if (const InterfaceType* face = as_interface(type(self))) {
    schema = face->find_method(name);
  }
  if (!schema) return {};
  args.insert(args.begin(), CallArg{at, {}, self});
  const auto inputs = bind_call(*this, *schema, args, at);
  if (!inputs) return {};
  const ValueId out = emit("prim::CallMethod", *inputs, result_type(*schema), at);
  if (out) graph_.set_attr(graph_.value(out).producer, ir::sym::name, std::string(name));
  return out;
}

ValueId Emitter::enter_context(ValueId object, Range at) {
  Callable* enter = as_class(type(object))->find_method("__enter__");
  if (auto* f = dynamic_cast<ir::Function*>(enter); f && !know_result(*this, *f, at)) return {};
  return emit("prim::Enter", {object}, result_type(enter->schema()), at);
}

ValueId Emitter::to_bool(ValueId v, Range at) {
  if (!v || type(v)->kind() == TypeKind::kBool) return v;
  if (const ClassType* cls = as_class(type(v)); cls && cls->find_method("__bool__")) {
    const ValueId out = call_method(v, "__bool__", {}, at);
    if (!out || type(out)->kind() == TypeKind::kBool) return out;
    error(at, kNotBool, type(out)->annotation());
    return {};
  }
  const TypeKind k = type(v)->kind();
  if (k == TypeKind::kList || k == TypeKind::kDict || k == TypeKind::kStr)
    return call_operator("aten::gt", {call_operator("aten::len", {v}, at), constant(Value(0), at)}, at);
  if (k != TypeKind::kTensor && k != TypeKind::kInt && k != TypeKind::kFloat && k != TypeKind::kComplex &&
      k != TypeKind::kNumber) {
    error(at, kToBool, type(v)->annotation());
    return {};
  }
  return call_operator("aten::Bool", {v}, at);
}

}  // namespace fac::script
