#include "module/compile_module.h"

#include "archive/safetensors.h"
#include "interp/compile.h"
#include "interp/weights.h"
#include "source/did_you_mean.h"

namespace fac {

namespace {

using interp::Interp;

Result<Value> find_callable(Interp& in, interp::Module& m, const std::string& name) {
  FACULA_TRY(auto found, in.find_attr(value_of(Ref<interp::Obj>(&m)), name));
  if (found) return std::move(*found);
  std::vector<std::string_view> names;
  for (const auto& e : m.attrs->entries())
    if (e.live && e.key.is_str()) names.push_back(e.key.str());
  const std::string hint = did_you_mean(name, names);
  return error(ErrorKind::kCompile, "{} has no `{}`{}", m.path.empty() ? m.name : m.path, name, hint.empty() ? "" : "; " + hint);
}

// `def forward(self, *args)`: compiled for as many inputs as there are examples, of their types.
Status fix_inputs(Interp& in, const Value& module, const std::vector<std::string>& types) {
  std::string parameters, names;
  for (std::size_t i = 0; i < types.size(); ++i) {
    const std::string name = ", args_" + std::to_string(i);
    parameters += name + ": " + types[i];
    names += name;
  }
  const std::string text = "import inspect\nfrom torch import Tensor\nfrom typing import Dict, List, Optional, Tuple\n"
                           "def fix(module):\n"
                           "    cls = type(module)\n"
                           "    original = cls.forward\n"
                           "    def forward(self" + parameters + "):\n"
                           "        return original(self" + names + ")\n"
                           "    if any(p.kind == p.VAR_POSITIONAL for p in inspect.signature(original).parameters.values()):\n"
                           "        cls.forward = forward\n";
  FACULA_TRY(const Ref<interp::Module> m, in.run_text(text, "facula_inputs"));
  FACULA_TRY(const Value fix, find_callable(in, *m, "fix"));
  interp::Args args;
  args.pos.push_back(module);
  auto done = in.call(fix, std::move(args));
  return done.ok() ? Status() : Status(done.take_error());
}

Result<CompiledModule> run(Interp& in, const ModuleSource& source) {
  FACULA_TRY(const Ref<interp::Module> m, in.run_file(source.file));
  FACULA_TRY(const Value callee, find_callable(in, *m, source.class_name.empty() ? source.factory : source.class_name));
  FACULA_TRY(interp::Args args, in.read_arguments(*m, source.arguments));
  FACULA_TRY(const Value module, in.call(callee, std::move(args)));
  FACULA_TRY_VOID(in.call_method(module, source.training ? "train" : "eval", {}));
  if (!source.input_types.empty() && !source.strict) FACULA_TRY_VOID(fix_inputs(in, module, source.input_types));
  if (!source.weights.empty()) {
    FACULA_TRY(auto bytes, archive::ByteSource::map_file(source.weights));
    FACULA_TRY(const auto weights, archive::read_state_dict(std::move(bytes), source.archive_limits));
    FACULA_TRY_VOID(interp::load_weights(in, module, weights, {source.allow_missing, source.allow_unexpected, source.strip_prefix}));
  }
  if (const Ref<interp::Module> utils = in.find_module("torch.nn.utils")) {
    FACULA_TRY(const auto bake, in.find_attr(value_of(Ref<interp::Obj>(utils.get())), "bake"));
    if (bake) FACULA_TRY_VOID(in.call(*bake, std::vector<Value>{module}));
  }
  CompiledModule out;
  script::AttributeHints attributes;
  for (int attempt = 0;; ++attempt) {  // types of attributes only grow, so this ends
    constexpr int kMaxAttempts = 50;
    attributes.start_attempt();
    interp::Compiler compiler(in, source.strict ? script::Dialect::kStrict : script::Dialect::kEveryday, &attributes);
    auto made = compiler.module(module);
    if (attributes.grown() && attempt < kMaxAttempts) continue;
    FACULA_TRY(out.module, std::move(made));
    break;
  }
  out.warnings = in.warnings();
  if (source.training)
    out.warnings.push_back("the module stays in training mode: dropout and batch norms will not do what inference expects (leave out --train)");
  return out;
}

}  // namespace

Result<CompiledModule> compile_module(const ModuleSource& source) {
  if (source.class_name.empty() == source.factory.empty())
    return error(ErrorKind::kCompile, "name a class of the file (--class) or a function that makes the module (--factory)");
  Interp in(source.limits);
  for (const std::string& p : source.paths) in.add_path(p);
  auto made = run(in, source);
  if (!made.ok()) {
    ErrorPtr e = made.take_error();
    if (e->kind == ErrorKind::kIo || e->kind == ErrorKind::kArchive) return e;
    return in.explained(std::move(e));
  }
  return made;
}

}  // namespace fac
