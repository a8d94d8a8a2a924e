#include "frontend/script/program/meanings.h"

#include <algorithm>
#include <array>

#include "frontend/nn/everyday.h"
#include "frontend/nn/library.h"
#include "frontend/script/define.h"
#include "frontend/script/match.h"
#include "frontend/script/specialise.h"

namespace fac::script {
namespace {

constexpr Diag<std::string_view> kPythonValue{
    "closed-over-global",
    "python value of type '{}' cannot be used as a value. Perhaps it is a closed over global variable? If so, please "
    "consider passing it in as an argument or use a local variable instead."};
constexpr Diag<std::string_view, std::string_view> kDecorator{
    "unknown-decorator", "the decorator `{}` of `{}` is not known: what it makes of the function cannot be compiled"};
constexpr Diag<std::string_view> kNeedsPython{"ignored-function", "`{}` is marked @torch.jit.ignore: it runs in Python only"};
constexpr Diag<std::string_view, std::string_view> kNoMember{"module-attribute", "module '{}' has no attribute '{}'"};
constexpr Diag<std::string_view> kCircular{"circular-global", "the global `{}` is defined by itself"};

std::string last_of(std::string_view dotted) { return std::string(dotted.substr(dotted.rfind('.') + 1)); }

std::string decorator_name(const Expr& d) {
  const auto* call = d.try_as<Call>();
  return dotted_name(call ? *call->callee : d);
}

class ProgramFunction final : public Meaning {
 public:
  ProgramFunction(std::shared_ptr<Program> p, ModuleScope& m, const FunctionDef& d)
      : program_(std::move(p)), module_(m), def_(d) {}
  std::string kind() const override { return "function"; }
  bool takes_meanings() const override { return program_->everyday(); }
  ValueId value(Emitter& e, Range at) override {
    ir::Function* f = declared();
    return f ? function_meaning(f)->value(e, at) : ValueId{};
  }
  MeaningPtr call(Emitter& e, Range at, std::vector<CallArg> args, const Wanted&) override {
    const bool session = program_->options().session;
    if (program_->everyday() && (session || inlines(def_, args))) {
      InlineBody body;
      if (session) body.home = &e.outermost();
      body.params = def_.params;
      body.def = &def_;
      body.resolver = module_.resolver.get();
      body.name = qualified(module_, def_.name.str());
      return e.inline_call(body, std::move(args), at);
    }
    ir::Function* f = declared();
    if (!f) return nullptr;
    if (program_->everyday())
      if (ir::Function* special = specialised(e, *f, args)) f = special;
    return value_meaning(e.call_function(*f, std::move(args), at));
  }

 private:
  ir::Function* declared() { return program_->function(module_, def_, qualified(module_, def_.name.str())); }

  // The copy for arguments that are no tensors where the parameters do not say what they are.
  ir::Function* specialised(Emitter& e, ir::Function& general, const std::vector<CallArg>& args) {
    const auto derived = [&](const TypePtr& given, const TypePtr& wanted) {  // an object of a class that inherits from the one asked for
      const auto* info = as_class(wanted) ? program_->class_info(given) : nullptr;
      return info && std::any_of(info->line.begin(), info->line.end(), [&](const TypePtr& base) { return same(base, wanted); });
    };
    auto special = specialise(e, general, def_, args, derived);
    if (!special) return nullptr;
    auto& copies = program_->copies();
    if (const auto it = copies.find(special->key); it != copies.end()) return it->second;
    auto f = program_->unit().add_function(program_->unit().unique_name(general.qualified_name()), std::move(special->schema));
    if (!f.ok()) return nullptr;
    define_later(**f, def_, module_.tree, module_.resolver);
    return copies[special->key] = *f;
  }

  std::shared_ptr<Program> program_;
  ModuleScope& module_;
  const FunctionDef& def_;
};

class IgnoredFunction final : public Meaning {
 public:
  IgnoredFunction(std::string name, bool unused) : name_(std::move(name)), unused_(unused) {}
  std::string kind() const override { return "ignored function"; }
  MeaningPtr call(Emitter& e, Range at, std::vector<CallArg>, const Wanted& wanted) override {
    if (!unused_) {
      e.error(at, kNeedsPython, name_).hint("mark it @torch.jit.unused if the compiled program never calls it");
      return nullptr;
    }
    e.call_operator("prim::RaiseException",
                    {e.constant(Value("Cannot call @unused methods"), at), e.constant(Value("builtins.RuntimeError"), at)}, at);
    return value_meaning(e.emit("prim::Uninitialized", {}, wanted.type ? wanted.type : types::tensor(), at));
  }

 private:
  std::string name_;
  bool unused_;
};

// A module of the user's, or one of those the language knows whose names are types or are not looked at (typing, enum).
class ModuleMeaning final : public Meaning {
 public:
  ModuleMeaning(std::shared_ptr<Program> p, std::string name) : program_(std::move(p)), name_(std::move(name)) {}
  std::string kind() const override { return "module"; }
  MeaningPtr attribute(Emitter& e, Range at, std::string_view name) override {
    if (ModuleScope* m = program_->find_module(name_)) {
      if (MeaningPtr v = program_->value(e, *m, name, at)) return v;
      ModuleScope* owner = nullptr;
      if (program_->find(*m, name, &owner)) return nullptr;  // reported
    }
    const std::string full = name_ + "." + std::string(name);
    if (MeaningPtr m = program_->module_meaning(full)) return m;
    e.error(at, kNoMember, name_, name);
    return nullptr;
  }
  bool has_attribute(Emitter&, Range, std::string_view name) override {
    ModuleScope* owner = nullptr;
    ModuleScope* m = program_->find_module(name_);
    return m && program_->find(*m, name, &owner);
  }

 private:
  std::shared_ptr<Program> program_;
  std::string name_;
};

// A list or dict at module level: made anew at each use, so a change would be lost, where Python keeps it.
constexpr Diag<std::string_view> kGlobalChanged{"global-container-changed",
                                                "`{}` changes a list or dict of the module, which compiled functions cannot keep"};
class GlobalContainer final : public Meaning {
 public:
  explicit GlobalContainer(ValueId v) : value_(v) {}
  std::string kind() const override { return "global container"; }
  ValueId value(Emitter&, Range) override { return value_; }
  MeaningPtr attribute(Emitter& e, Range at, std::string_view name) override {
    constexpr std::string_view kChanges[] = {"append", "extend", "insert", "pop", "remove", "clear", "sort", "reverse", "update",
                                             "setdefault", "popitem", "add", "discard"};
    const bool changes = std::find(std::begin(kChanges), std::end(kChanges), name) != std::end(kChanges) ||
                         (e.type(value_)->kind() == TypeKind::kTensor && name.ends_with('_') && !name.ends_with("__"));
    if (changes) {
      e.error(at, kGlobalChanged, name).hint("take it as an argument, or copy it into a variable first: `x = list(...)`");
      return nullptr;
    }
    return ValueMeaning(value_).attribute(e, at, name);
  }
  MeaningPtr call(Emitter& e, Range at, std::vector<CallArg> args, const Wanted& w) override {
    return ValueMeaning(value_).call(e, at, std::move(args), w);
  }
  MeaningPtr item(Emitter& e, Range at, ValueId index, const TypePtr& w) override { return ValueMeaning(value_).item(e, at, index, w); }
  std::optional<std::vector<MeaningPtr>> elements(Emitter& e, Range at, std::optional<std::size_t> n) override {
    return ValueMeaning(value_).elements(e, at, n);
  }
  MeaningPtr iterable(Emitter& e, Range at) override { return ValueMeaning(value_).iterable(e, at); }
  ValueId length(Emitter& e, Range at) override { return ValueMeaning(value_).length(e, at); }

 private:
  ValueId value_;
};

std::string_view python_type_name(const Value& v) {
  switch (v.tag()) {
    case Tag::kInt: return "int";
    case Tag::kFloat: return "float";
    case Tag::kStr: return "str";
    case Tag::kBool: return "bool";
    case Tag::kList: return "list";
    case Tag::kDict: return "dict";
    case Tag::kTuple: return "tuple";
    default: return "object";
  }
}

}  // namespace

MeaningPtr program_function(std::shared_ptr<Program> program, ModuleScope& module, const FunctionDef& def) {
  return std::make_shared<ProgramFunction>(std::move(program), module, def);
}

MeaningPtr Program::module_meaning(const std::string& name) {
  if (name == "torch") return builtin_module("aten");
  if (name == "torch.nn.functional") return nn::functional_module();
  if (name == "math") return math_module();
  if (name == "warnings" || name == "torch._VF" || name == "torch._C" || name == "torch.functional") return builtin_module("aten");
  if (name == "torch.ops") return ops_module();
  if (name.starts_with("torch.") && is_known_module(name)) return torch_submodule(name.substr(6));
  if (everyday()) {
    if (name == "functools.partial") return partial_function();
    if (name == "collections.OrderedDict") return special_form(SpecialForm::kDict);
    if (MeaningPtr m = collection_class(name)) return m;
    if (MeaningPtr m = standard_name(name)) return m;
    if (MeaningPtr m = nn::everyday_builtin(name)) return m;
  }
  if (name.starts_with("functools.") || name.starts_with("itertools.") || name.starts_with("operator.") || name.starts_with("copy.") || name.starts_with("heapq.") ||
      name.starts_with("bisect.") || name.starts_with("string."))
    return language_builtin(name);
  if (is_known_module(name) || find_module(name)) return std::make_shared<ModuleMeaning>(shared_from_this(), name);
  return nullptr;
}

MeaningPtr decorated_function(Program& program, ModuleScope& module, const FunctionDef& def) {
  constexpr std::array kHarmless = std::to_array<std::string_view>(
      {"script", "export", "no_grad", "inference_mode", "enable_grad", "script_if_tracing", "cache", "lru_cache", "final",
       "override", "overload", "_overload", "staticmethod", "script_method"});
  for (const Expr* d : def.decorators) {
    const std::string full = program.canonical_type(module, decorator_name(*d));
    const std::string name = last_of(full);
    if (name == "ignore" || name == "unused") {
      const auto* call = d->try_as<Call>();
      const bool drops = call && std::any_of(call->args.begin(), call->args.end(), [](const Arg& a) {
        return a.name && a.name.str() == "drop" && a.value->kind == ExprKind::kBoolLit && a.value->as<BoolLit>().value;
      });
      return std::make_shared<IgnoredFunction>(std::string(def.name.str()), name == "unused" || drops);
    }
    if (std::find(kHarmless.begin(), kHarmless.end(), name) == kHarmless.end()) {
      program.sink().error(d->range, kDecorator, full, def.name.str());
      return nullptr;
    }
  }
  return nullptr;
}

bool is_compiled(Program& program, ModuleScope& module, const FunctionDef& def) {
  if (!def.decorators.empty() && decorated_function(program, module, def)) return false;
  if (!program.everyday()) return true;
  for (const Param& p : def.params) {  // a parameter that is a function: compiled into its calls
    const auto* sub = p.annotation ? p.annotation->try_as<Subscript>() : nullptr;
    if (p.annotation && last_of(dotted_name(sub ? *sub->object : *p.annotation)) == "Callable") return false;
  }
  // Without annotations a function may be meant for anything: it is compiled where it is called.
  return std::none_of(def.params.begin(), def.params.end(), [](const Param& p) {
    return (p.kind == ParamKind::kStar && p.name) || p.kind == ParamKind::kDoubleStar;
  });
}

MeaningPtr program_constant(std::shared_ptr<Program> program, ModuleScope& module, const Binding& b, Emitter& e, Range at) {
  const auto constant = constant_of(*b.value, nullptr, program->constants(module));
  if (constant && !program->everyday()) {
    e.error(at, kPythonValue, python_type_name(*constant))
        .hint("annotate it `Final` in a module, pass it as an argument, or compile with the everyday dialect");
    return nullptr;
  }
  const bool is_container = constant && (constant->is_list() || constant->tag() == Tag::kDict);
  if (constant && !is_container) return constant_meaning(*constant);
  if (const TypePtr t = functional_type(*program, module, b, qualified(module, dotted_name(*b.statement->as<Assign>().targets[0]))))
    return program_class(program, t);
  if (b.value->kind == ExprKind::kName || b.value->kind == ExprKind::kAttribute) {  // relu = F.relu
    if (!program->enter(b.value)) {
      e.error(at, kCircular, b.value->range.text());
      return nullptr;
    }
    MeaningPtr m = e.in_scope_of(*module.resolver, [&](Emitter& inner) { return inner.meaning(*b.value); });
    program->leave();
    return m;
  }
  if (b.value->kind == ExprKind::kLambda && program->everyday())
    return lambda_meaning(b.value->as<Lambda>(), nullptr, module.resolver.get());
  if (!program->everyday()) {
    e.error(at, kPythonValue, "object");
    return nullptr;
  }
  // A list, dict or tensor: made anew at each use, which shows no difference unless somebody changes it.
  if (!program->enter(b.value)) {
    e.error(at, kCircular, b.value->range.text());
    return nullptr;
  }
  MeaningPtr m = e.in_scope_of(*module.resolver, [&](Emitter& inner) { return inner.meaning(*b.value); });
  program->leave();
  if (const ValueId v = plain_value(m)) return std::make_shared<GlobalContainer>(v);
  return m;
}

std::optional<Value> constant_named(Program& program, ModuleScope& module, const Expr& expr) {
  const std::string name = dotted_name(expr);
  if (name.empty()) return std::nullopt;
  const auto dot = name.rfind('.');
  if (dot == std::string::npos) {
    ModuleScope* owner = nullptr;
    const Binding* b = program.find(module, name, &owner);
    if (!b) return std::nullopt;
    if (b->kind == Binding::Kind::kImported) {
      if (b->module == "math") return math_number(b->name);
      ModuleScope* other = program.find_module(b->module);
      const Binding* there = other ? program.find(*other, b->name, &owner) : nullptr;
      if (!there) return std::nullopt;
      b = there;
    }
    if (b->kind != Binding::Kind::kValue || !b->value || !program.enter(b->value)) return std::nullopt;
    auto v = constant_of(*b->value, nullptr, program.constants(*owner));
    program.leave();
    return v;
  }
  const std::string full = program.canonical_type(module, name);
  if (full.starts_with("math.")) return math_number(full.substr(5));
  // A member of an enum.
  const TypePtr t = program.type(module, std::string_view(name).substr(0, dot), expr.range);
  if (const EnumType* en = t ? as_enum(t) : nullptr)
    if (const auto i = en->find_member(std::string_view(name).substr(dot + 1)))
      return Value(make_ref<EnumBox>(Ref<const EnumType>(en), *i));
  return std::nullopt;
}

}  // namespace fac::script
