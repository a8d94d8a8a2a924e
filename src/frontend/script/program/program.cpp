#include "frontend/script/program/program.h"

#include <algorithm>

#include "frontend/nn/library.h"
#include "frontend/script/define.h"
#include "frontend/script/emitter.h"
#include "frontend/script/parser.h"
#include "frontend/script/program/meanings.h"

namespace fac::script {
namespace {

constexpr Diag<std::string_view> kUntyped{
    "untyped-function", "`{}` has parameters without types and does not compile for tensors: it is compiled only where it is called"};
constexpr Diag<std::string_view> kNoModule{"no-module", "there is no module `{}`"};
constexpr Diag<std::string_view, std::string_view> kNoName{"no-name-in-module", "module `{}` has no name `{}`"};

// `name` of module `module` when a program says `name`. The program owns it by its module, so it must not own the program.
class ModuleResolver final : public Resolver {
 public:
  ModuleResolver(Program& program, ModuleScope& module) : program_(&program), module_(module) {}
  MeaningPtr value(std::string_view, Range) override { return nullptr; }
  MeaningPtr value_in(Emitter& e, std::string_view name, Range at) override { return program_->value(e, module_, name, at); }
  TypePtr type(std::string_view name, Range at) override { return program_->type(module_, name, at); }
  std::string canonical_type(std::string_view name) override { return program_->canonical_type(module_, name); }
  bool defines(std::string_view name) override {
    ModuleScope* owner = nullptr;
    return program_->everyday() && program_->find(module_, name, &owner);
  }
  MeaningPtr class_member(Emitter& e, const TypePtr& type, ir::ValueId self, std::string_view name, Range at) override {
    return script::class_member(program_->shared_from_this(), e, type, self, name, at);
  }
  AttributeHints* attribute_hints() override { return program_->options().attributes.get(); }
  Dialect dialect() const override { return program_->options().dialect; }
  DiagSink* diagnostics() override { return &program_->reports(); }

 private:
  Program* program_;  // kept alive by the unit whose functions keep this resolver
  ModuleScope& module_;
};

}  // namespace

ModuleScope* Program::add_module(std::string name, Ref<const SourceFile> file, bool is_package) {
  if (modules_.empty()) unit_.keep(shared_from_this());  // the graphs' ranges point into its files
  ParseOptions options;
  options.limits = options_.limits;
  auto module = std::make_unique<ModuleScope>();
  module->name = name;
  module->is_package = is_package;
  module->tree = parse_module(std::move(file), sink_, options);
  module->resolver = std::make_shared<ModuleResolver>(*this, *module);
  ModuleScope* out = module.get();
  modules_[std::move(name)] = std::move(module);
  bind(*out, out->tree->body);
  return out;
}

ModuleScope* Program::find_module(std::string_view name) {
  if (const auto it = modules_.find(name); it != modules_.end()) return it->second.get();
  if (!options_.loader || is_known_module(name)) return nullptr;
  bool is_package = false;
  auto file = options_.loader(name, is_package);
  if (!file.ok() || !*file) return nullptr;
  return add_module(std::string(name), std::move(*file), is_package);
}

bool Program::knows_module(std::string_view name) { return is_known_module(name) || find_module(name); }

const Binding* Program::find(ModuleScope& module, std::string_view name, ModuleScope** owner) {
  if (const auto it = module.bindings.find(name); it != module.bindings.end()) {
    *owner = &module;
    return &it->second;
  }
  for (const std::string& other : module.star_imports)
    if (ModuleScope* m = find_module(other); m && m != &module)
      if (const Binding* b = find(*m, name, owner)) return b;
  return nullptr;
}

ir::Function* Program::function(ModuleScope& module, const FunctionDef& def, const std::string& qualified_name) {
  if (ir::Function* f = unit_.find_function(qualified_name)) return f;
  TypeReader types(*module.resolver, sink_);
  auto schema = schema_of(def, std::string(def.name.str()), nullptr, types, sink_, constants(module), options_.dialect);
  if (!schema) return nullptr;
  auto f = unit_.add_function(qualified_name, std::move(*schema));
  if (!f.ok()) return nullptr;
  define_later(**f, def, module.tree, module.resolver);
  return *f;
}

std::string qualified(const ModuleScope& module, std::string_view name) {
  return "__torch__." + (module.name.empty() ? "" : module.name + ".") + std::string(name);
}

MeaningPtr Program::value(Emitter& e, ModuleScope& module, std::string_view name, Range at) {
  if (name == "__name__") return constant_meaning(Value(module.name));
  ModuleScope* owner = nullptr;
  const Binding* b = find(module, name, &owner);
  if (!b) return nullptr;
  switch (b->kind) {
    case Binding::Kind::kFunction: {
      const auto& def = b->statement->as<FunctionDef>();
      if (!def.decorators.empty())
        if (MeaningPtr m = decorated_function(*this, *owner, def)) return m;
      return program_function(shared_from_this(), *owner, def);
    }
    case Binding::Kind::kClass: {
      const TypePtr t = class_type(*owner, b->statement->as<ClassDef>(), qualified(*owner, name));
      return t ? program_class(shared_from_this(), t) : nullptr;
    }
    case Binding::Kind::kValue: return program_constant(shared_from_this(), *owner, *b, e, at);
    case Binding::Kind::kModule: {
      MeaningPtr m = module_meaning(b->module);
      if (!m) e.error(at, kNoModule, b->module);
      return m;
    }
    case Binding::Kind::kImported: {
      if (ModuleScope* m = find_module(b->module)) {
        if (MeaningPtr found = value(e, *m, b->name, at)) return found;
        if (ModuleScope* inner = find_module(b->module + "." + b->name)) return module_meaning(inner->name);
        ModuleScope* unused = nullptr;
        if (!find(*m, b->name, &unused)) e.error(at, kNoName, b->module, b->name);
        return nullptr;
      }
      if (MeaningPtr m = module_meaning(b->module + "." + b->name)) return m;
      const MeaningPtr m = module_meaning(b->module);
      if (!m) {
        e.error(at, kNoModule, b->module);
        return nullptr;
      }
      return m->attribute(e, at, b->name);
    }
    case Binding::Kind::kDynamic: e.error(at, kDynamicGlobal, name); return nullptr;
  }
  return nullptr;
}

std::string Program::canonical_type(ModuleScope& module, std::string_view dotted) {
  const auto dot = dotted.find('.');
  const std::string_view head = dotted.substr(0, dot);
  const std::string rest = dot == std::string_view::npos ? "" : std::string(dotted.substr(dot));
  ModuleScope* owner = nullptr;
  const Binding* b = find(module, head, &owner);
  if (!b) return std::string(dotted);
  if (b->kind == Binding::Kind::kModule) return b->module + rest;
  if (b->kind == Binding::Kind::kImported) {
    if (ModuleScope* m = find_module(b->module)) return canonical_type(*m, b->name + rest);
    return b->module + "." + b->name + rest;
  }
  if (b->kind == Binding::Kind::kValue && b->value) {  // T = torch.Tensor; L = List
    const std::string other = dotted_name(*b->value);
    if (!other.empty() && other != head) return canonical_type(*owner, other + rest);
  }
  return std::string(dotted);
}

TypePtr Program::type(ModuleScope& module, std::string_view dotted, Range at) {
  const auto dot = dotted.find('.');
  const std::string_view head = dotted.substr(0, dot);
  const std::string_view rest = dot == std::string_view::npos ? std::string_view() : dotted.substr(dot + 1);
  ModuleScope* owner = nullptr;
  const Binding* b = find(module, head, &owner);
  if (!b) return nullptr;
  switch (b->kind) {
    case Binding::Kind::kClass: {
      if (rest.empty()) return class_type(*owner, b->statement->as<ClassDef>(), qualified(*owner, head));
      for (const Stmt* s : b->statement->as<ClassDef>().body)  // Outer.Inner
        if (const auto* inner = s->try_as<ClassDef>(); inner && inner->name.str() == rest)
          return class_type(*owner, *inner, qualified(*owner, dotted));
      return nullptr;
    }
    case Binding::Kind::kImported: {
      const std::string tail = rest.empty() ? "" : "." + std::string(rest);
      if (ModuleScope* m = find_module(b->module)) return type(*m, b->name + tail, at);
      return nullptr;
    }
    case Binding::Kind::kModule:
      if (rest.empty()) return nullptr;
      for (std::string name = b->module;;) {  // import pkg.sub; pkg.sub.C
        if (ModuleScope* m = find_module(name))
          if (TypePtr t = type(*m, rest, at)) return t;
        return nullptr;
      }
    case Binding::Kind::kValue: {
      if (!b->value || !rest.empty()) return nullptr;
      if (TypePtr made = functional_type(*this, *owner, *b, qualified(*owner, head))) return made;
      const bool is_type = b->value->kind == ExprKind::kSubscript ||
                           (b->value->kind == ExprKind::kBinary && b->value->as<Binary>().op == BinaryOp::kBitOr);
      if (!is_type) return nullptr;  // Vec = List[float]
      DiagSink quiet;
      TypeReader reader(*owner->resolver, quiet);
      return reader.try_read(*b->value);
    }
    default: return nullptr;
  }
}

void Program::compile_all(ModuleScope& module) {
  TypeReader types(*module.resolver, sink_);
  for (const std::string& name : module.order) {
    const auto it = module.bindings.find(name);
    if (it == module.bindings.end()) continue;
    const Binding& b = it->second;
    if (b.kind == Binding::Kind::kClass) {
      const TypePtr t = class_type(module, b.statement->as<ClassDef>(), qualified(module, name));
      if (t && everyday() && is_abstract(*this, t)) continue;  // compiled as far as classes derived from it are
      if (const ClassType* cls = t ? as_class(t) : nullptr)
        for (std::size_t i = 0; i < cls->methods().size(); ++i)  // compiling one may add others
          if (auto* f = dynamic_cast<ir::Function*>(cls->methods()[i])) (void)f->graph();
      if (ClassInfo* info = t ? class_info(t) : nullptr)
        for (const auto& [unused, f] : std::map<std::string, ir::Function*>(info->statics)) (void)f->graph();
    } else if (b.kind == Binding::Kind::kFunction) {
      const auto& def = b.statement->as<FunctionDef>();
      if (!is_compiled(*this, module, def)) continue;
      ir::Function* f = function(module, def, qualified(module, name));
      if (!f) continue;
      const bool is_open = everyday() && std::any_of(def.params.begin(), def.params.end(), [](const Param& p) {
        return !p.annotation && !p.default_value && p.name;
      });
      if (!is_open && !options_.session) {
        (void)f->graph();
        continue;
      }
      // Tensors by TorchScript's rule; where that does not fit, the callers' arguments will say what is meant.
      DiagSink trial;
      trial_ = &trial;
      const bool fits = f->graph().ok();
      trial_ = nullptr;
      if (fits) continue;
      if (options_.session) {  // a name may become a variable of the session yet
        for (const Diagnostic& d : trial.diagnostics()) {
          if (d.id == "undefined-value" || d.id == "broken-callee" || is_open) continue;
          DiagBuilder copy = sink_.add(d.severity, d.range, d.id, d.message);
          for (const Label& l : d.labels) copy.label(l.range, "{}", l.text);
          for (const std::string& h : d.hints) copy.hint(h);
        }
        continue;
      }
      auto warned = sink_.warning(def.name_range, kUntyped, name);
      if (!trial.diagnostics().empty()) warned.label(trial.diagnostics()[0].range, "{}", trial.diagnostics()[0].message);
      warned.hint("annotate its parameters to compile it by itself");
    }
  }
}

std::vector<ir::Function*> Program::functions_of(ModuleScope& module) {
  std::vector<ir::Function*> out;
  for (const std::string& name : module.order)
    if (const auto it = module.bindings.find(name);
        it != module.bindings.end() && it->second.kind == Binding::Kind::kFunction)
      if (ir::Function* f = unit_.find_function(qualified(module, name)); f && f->graph().ok()) out.push_back(f);
  return out;
}

ConstantNames Program::constants(ModuleScope& module) {
  return [this, &module](const Expr& expr) -> std::optional<Value> { return constant_named(*this, module, expr); };
}

Program::ClassInfo* Program::class_info(const TypePtr& type) {
  const auto it = type ? classes_.find(type->name()) : classes_.end();
  return it == classes_.end() ? nullptr : &it->second;
}

}  // namespace fac::script
