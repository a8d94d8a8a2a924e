#include "frontend/script/importer.h"

#include <algorithm>
#include <limits>

#include "frontend/script/define.h"
#include "frontend/script/emitter.h"
#include "frontend/script/meaning.h"
#include "frontend/script/parser.h"
#include "source/render.h"

namespace fac::script {
namespace {

constexpr Diag<std::string_view> kClassStatement{"class-statement", "this statement has no place in the class `{}`"};
constexpr Diag<std::string_view, std::string_view> kBrokenDefinition{"broken-definition", "{}\n'{}' is used here"};
constexpr Diag<std::string_view> kEnumValue{"enum-value", "the value of the enum member `{}` is not a constant"};
constexpr Diag<std::string_view> kClassConstant{"class-constant", "the constant `{}` is not a constant of its type"};

std::pair<std::string_view, std::string_view> split_name(std::string_view qualified) {
  const auto dot = qualified.rfind('.');
  if (dot == std::string_view::npos) return {"", qualified};
  return {qualified.substr(0, dot), qualified.substr(dot + 1)};
}

Status status_of(const DiagSink& sink) {
  if (sink.has_errors()) return to_error(sink);
  return {};
}

// `__torch__.a.b`: a class or function where the program has one of that name, else a longer name in the making.
class ClassNamespace final : public Meaning {
 public:
  ClassNamespace(std::string prefix, std::shared_ptr<SourceImporter> importer)
      : prefix_(std::move(prefix)), importer_(std::move(importer)) {}
  std::string kind() const override { return "namespace `" + prefix_ + "`"; }
  MeaningPtr attribute(Emitter& e, Range at, std::string_view name) override {
    std::string full = prefix_ + "." + std::string(name);
    auto t = importer_->type(full);
    if (!t.ok()) return broken(e, at, full, t.error());
    if (*t) return class_meaning(std::move(*t));
    auto f = importer_->function(full);
    if (!f.ok()) return broken(e, at, full, f.error());
    if (*f) return function_meaning(*f);
    return std::make_shared<ClassNamespace>(std::move(full), importer_);
  }

 private:
  static MeaningPtr broken(Emitter& e, Range at, std::string_view name, const Error& why) {
    e.error(at, kBrokenDefinition, why.full(), name);
    return nullptr;
  }

  std::string prefix_;
  std::shared_ptr<SourceImporter> importer_;
};

class ArchiveResolver final : public Resolver {
 public:
  explicit ArchiveResolver(std::shared_ptr<SourceImporter> importer) : importer_(std::move(importer)) {}
  MeaningPtr value(std::string_view name, Range) override {
    constexpr double kInf = std::numeric_limits<double>::infinity(), kNan = std::numeric_limits<double>::quiet_NaN();
    if (name == "torch") return builtin_module("aten");
    if (name == "ops") return ops_module();
    if (name == "CONSTANTS") return constant_table(importer_->constant_list());
    if (name == "__torch__") return std::make_shared<ClassNamespace>("__torch__", importer_);
    if (name == "inf") return constant_meaning(Value(kInf));
    if (name == "nan") return constant_meaning(Value(kNan));
    if (name == "infj") return constant_meaning(Value(std::complex<double>(0, kInf)));
    if (name == "nanj") return constant_meaning(Value(std::complex<double>(0, kNan)));
    return nullptr;
  }
  TypePtr type(std::string_view qualified_name, Range) override {
    if (!qualified_name.starts_with("__torch__.")) return nullptr;
    auto t = importer_->type(qualified_name);
    return t.ok() ? std::move(*t) : nullptr;
  }
  bool keeps_unknown_operators() const override { return true; }
  std::int64_t operator_version() const override { return importer_->version(); }

 private:
  std::shared_ptr<SourceImporter> importer_;
};

}  // namespace

SourceImporter::SourceImporter(ir::Unit& unit, std::shared_ptr<const std::vector<Value>> constants, Loader loader,
                               std::int64_t version, const Limits& limits)
    : unit_(unit), constants_(std::move(constants)), loader_(std::move(loader)), version_(version), limits_(limits) {}

std::shared_ptr<Resolver> SourceImporter::resolver() {
  auto r = resolver_.lock();
  if (!r) resolver_ = r = std::make_shared<ArchiveResolver>(shared_from_this());
  return r;
}

ConstantNames SourceImporter::constant_names() {
  return [this](const Expr& e) -> std::optional<Value> {
    const std::string name = dotted_name(e);
    if (name.starts_with("CONSTANTS.c")) {
      std::size_t i = 0;
      for (char c : std::string_view(name).substr(11)) {
        if (c < '0' || c > '9' || i > constants_->size()) return std::nullopt;
        i = i * 10 + static_cast<std::size_t>(c - '0');
      }
      if (i < constants_->size()) return (*constants_)[i];
    }
    if (name.starts_with("__torch__.")) {  // a member of an enum
      const auto [type_name, member] = split_name(name);
      auto t = type(type_name);
      if (!t.ok() || !*t) return std::nullopt;
      if (const EnumType* en = as_enum(*t))
        if (const auto i = en->find_member(member)) return Value(make_ref<EnumBox>(Ref<const EnumType>(en), *i));
    }
    return std::nullopt;
  };
}

Result<const SourceImporter::File*> SourceImporter::file(std::string_view qualifier) {
  if (const auto it = files_.find(std::string(qualifier)); it != files_.end()) return it->second.get();
  auto& slot = files_[std::string(qualifier)];
  FACULA_TRY(Ref<const SourceFile> source, loader_(qualifier));
  if (!source) return static_cast<const File*>(nullptr);
  DiagSink sink;
  ParseOptions options;
  options.limits = limits_;
  options.byte_escapes = true;
  auto f = std::make_unique<File>();
  f->tree = parse_module(source, sink, options);
  FACULA_TRY_VOID(status_of(sink));
  for (const Stmt* s : f->tree->body) {
    if (const auto* c = s->try_as<ClassDef>()) f->definitions.emplace(c->name.str(), s);
    if (const auto* d = s->try_as<FunctionDef>()) f->definitions.emplace(d->name.str(), s);
  }
  slot = std::move(f);
  return slot.get();
}

Result<std::pair<const Stmt*, const SourceImporter::File*>> SourceImporter::find(std::string_view qualified_name) {
  const auto [qualifier, last] = split_name(qualified_name);
  FACULA_TRY(const File* f, file(qualifier));
  if (f)
    if (const auto it = f->definitions.find(last); it != f->definitions.end()) return std::pair(it->second, f);
  return std::pair<const Stmt*, const File*>(nullptr, nullptr);
}

Result<TypePtr> SourceImporter::type(std::string_view qualified_name) {
  std::lock_guard lock(unit_.compile_mutex());
  if (TypePtr t = unit_.find_type(qualified_name)) return t;
  if (qualified_name.starts_with("__torch__.torch.classes.")) return types::custom_class(qualified_name);
  FACULA_TRY(const auto found, find(qualified_name));
  const auto* def = found.first ? found.first->try_as<ClassDef>() : nullptr;
  if (!def) return TypePtr();
  if (depth_ >= limits_.source_depth)
    return error(ErrorKind::kLimit, "classes refer to each other more than {} deep at `{}`", limits_.source_depth, qualified_name);
  ++depth_;
  auto t = define_class(*def, *found.second, std::string(qualified_name));
  --depth_;
  return t;
}

Result<ir::Function*> SourceImporter::function(std::string_view qualified_name) {
  std::lock_guard lock(unit_.compile_mutex());
  if (ir::Function* f = unit_.find_function(qualified_name)) return f;
  FACULA_TRY(const auto found, find(qualified_name));
  const auto* def = found.first ? found.first->try_as<FunctionDef>() : nullptr;
  if (!def) return static_cast<ir::Function*>(nullptr);
  return add_function(*def, *found.second, std::string(qualified_name), nullptr);
}

Result<ir::Function*> SourceImporter::add_function(const FunctionDef& def, const File& file, std::string name, const TypePtr& self) {
  DiagSink sink;
  const auto r = resolver();
  TypeReader reader(*r, sink);
  auto schema = schema_of(def, std::string(def.name.str()), self, reader, sink, constant_names());
  FACULA_TRY_VOID(status_of(sink));
  if (!schema) return error(ErrorKind::kCompile, "the signature of `{}` has no meaning", name);
  FACULA_TRY(ir::Function* f, unit_.add_function(std::move(name), std::move(*schema)));
  f->range = def.range;
  define_later(*f, def, file.tree, r);
  return f;
}

Result<TypePtr> SourceImporter::define_class(const ClassDef& def, const File& file, std::string name) {
  const std::string base = def.bases.empty() ? std::string() : dotted_name(*def.bases[0].value);
  if (base == "NamedTuple") return define_named_tuple(def, std::move(name));
  if (base == "Enum") return define_enum(def, std::move(name));
  if (base == "Interface") return define_interface(def, std::move(name), false);
  if (base == "ModuleInterface") return define_interface(def, std::move(name), true);
  return define_object(def, file, std::move(name), base == "Module", base == "Module" ? std::string() : base);
}

Result<TypePtr> SourceImporter::define_named_tuple(const ClassDef& def, std::string name) {
  DiagSink sink;
  const auto r = resolver();
  TypeReader reader(*r, sink);
  std::vector<std::string> fields;
  std::vector<TypePtr> elements;
  std::vector<Value> defaults;
  for (const Stmt* s : def.body) {
    const auto* a = s->try_as<AnnAssign>();
    if (!a) {
      if (s->kind != StmtKind::kPass) sink.error(s->range, kClassStatement, name);
      continue;
    }
    TypePtr t = reader.read(*a->annotation);
    if (!t) continue;
    if (a->value) {
      auto v = constant_of(*a->value, t, constant_names());
      if (v) defaults.push_back(std::move(*v));
      else sink.error(a->value->range, kClassConstant, dotted_name(*a->target));
    }
    fields.push_back(dotted_name(*a->target));
    elements.push_back(std::move(t));
  }
  FACULA_TRY_VOID(status_of(sink));
  // A field's type may have needed this very name meanwhile.
  if (TypePtr t = unit_.find_type(name)) return t;
  TypePtr t = types::named_tuple(std::move(name), std::move(fields), std::move(elements), std::move(defaults));
  FACULA_TRY_VOID(unit_.add_type(t));
  return t;
}

Result<TypePtr> SourceImporter::define_enum(const ClassDef& def, std::string name) {
  DiagSink sink;
  std::vector<std::pair<std::string, Value>> members;
  for (const Stmt* s : def.body) {
    const auto* a = s->try_as<Assign>();
    if (!a || a->targets.size() != 1) {
      if (s->kind != StmtKind::kPass) sink.error(s->range, kClassStatement, name);
      continue;
    }
    auto v = constant_of(*a->value, nullptr, constant_names());
    if (v) members.emplace_back(dotted_name(*a->targets[0]), std::move(*v));
    else sink.error(a->value->range, kEnumValue, dotted_name(*a->targets[0]));
  }
  FACULA_TRY_VOID(status_of(sink));
  TypePtr value_type = members.empty() ? types::int_() : type_of(members[0].second);
  TypePtr t = make_ref<const EnumType>(std::move(name), std::move(value_type), std::move(members));
  FACULA_TRY_VOID(unit_.add_type(t));
  return t;
}

Result<TypePtr> SourceImporter::define_interface(const ClassDef& def, std::string name, bool is_module) {
  auto t = make_ref<InterfaceType>(name, is_module);
  FACULA_TRY_VOID(unit_.add_type(t));
  DiagSink sink;
  const auto r = resolver();
  TypeReader reader(*r, sink);
  for (const Stmt* s : def.body) {
    const auto* d = s->try_as<FunctionDef>();
    if (!d) continue;
    if (auto schema = schema_of(*d, std::string(d->name.str()), t, reader, sink, constant_names())) t->add_method(std::move(*schema));
  }
  FACULA_TRY_VOID(status_of(sink));
  return TypePtr(t);
}

namespace {

// ["a", "b"] in `__parameters__ = ["a", "b", ]`.
std::vector<std::string> string_list(const Expr& e) {
  std::vector<std::string> out;
  const Exprs items = e.kind == ExprKind::kList ? e.as<List>().items : e.kind == ExprKind::kTuple ? e.as<Tuple>().items : Exprs{};
  for (const Expr* i : items)
    if (const auto* s = i->try_as<StringLit>()) out.emplace_back(s->value);
  return out;
}

// `__annotations__["0"] = T`: the attribute's name, where s is such a statement.
std::optional<std::string> annotated_item(const Expr& target) {
  const auto* s = target.try_as<Subscript>();
  if (!s || dotted_name(*s->object) != "__annotations__" || s->indices.size() != 1) return std::nullopt;
  const auto* name = s->indices[0]->try_as<StringLit>();
  return name ? std::optional(std::string(name->value)) : std::nullopt;
}

bool contains(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

Result<TypePtr> SourceImporter::define_object(const ClassDef& def, const File& file, std::string name, bool is_module, std::string base) {
  auto cls = make_ref<ClassType>(name, is_module);
  cls->base_name = std::move(base);
  // Registered first: attributes and methods may name the class itself.
  FACULA_TRY_VOID(unit_.add_type(cls));
  DiagSink sink;
  const auto r = resolver();
  TypeReader reader(*r, sink);

  std::vector<std::string> parameters, buffers, pre_hooks, hooks;
  std::vector<std::pair<std::string, const Expr*>> attributes;
  std::vector<const FunctionDef*> methods;
  const auto list_named = [&](std::string_view n) -> std::vector<std::string>* {
    if (n == "__parameters__") return &parameters;
    if (n == "__buffers__") return &buffers;
    if (n == "__forward_pre_hooks__") return &pre_hooks;
    if (n == "__forward_hooks__") return &hooks;
    return nullptr;
  };
  for (const Stmt* s : def.body) {
    if (const auto* a = s->try_as<Assign>(); a && a->targets.size() == 1) {
      const std::string target = dotted_name(*a->targets[0]);
      if (auto* list = list_named(target)) *list = string_list(*a->value);
      else if (auto item = annotated_item(*a->targets[0])) attributes.emplace_back(std::move(*item), a->value);
      else if (target != "__annotations__") sink.error(s->range, kClassStatement, name);
    } else if (const auto* an = s->try_as<AnnAssign>()) {
      const std::string target = dotted_name(*an->target);
      if (!an->value) {
        attributes.emplace_back(target, an->annotation);
        continue;
      }
      const TypePtr t = reader.read(*an->annotation);
      if (!t) continue;
      auto v = constant_of(*an->value, t, constant_names());
      if (v) cls->add_constant(target, std::move(*v));
      else sink.error(an->value->range, kClassConstant, target);
    } else if (const auto* d = s->try_as<FunctionDef>()) {
      methods.push_back(d);
    } else if (s->kind != StmtKind::kPass) {
      sink.error(s->range, kClassStatement, name);
    }
  }
  for (auto& [attribute, annotation] : attributes) {
    TypePtr t = reader.read(*annotation);
    if (!t) continue;
    cls->add_attribute({attribute, std::move(t), contains(parameters, attribute), contains(buffers, attribute)});
  }
  FACULA_TRY_VOID(status_of(sink));
  std::unordered_map<std::string, ir::Function*> hook_functions;
  for (const FunctionDef* d : methods) {
    const std::string method(d->name.str());
    FACULA_TRY(ir::Function* f, add_function(*d, file, name + "." + method, cls));
    if (contains(pre_hooks, method) || contains(hooks, method)) hook_functions[method] = f;
    else cls->add_method(f);
  }
  // In the order of the lists; one function may be called several times.
  for (const std::string& hook : pre_hooks)
    if (const auto it = hook_functions.find(hook); it != hook_functions.end()) cls->add_forward_pre_hook(it->second);
  for (const std::string& hook : hooks)
    if (const auto it = hook_functions.find(hook); it != hook_functions.end()) cls->add_forward_hook(it->second);
  return TypePtr(cls);
}

}  // namespace fac::script
