// Classes of a program: inheritance is resolved while compiling, so that each class holds all its methods itself.
#include <algorithm>

#include "frontend/script/define.h"
#include "frontend/script/parser.h"
#include "frontend/script/program/meanings.h"

namespace fac::script {
namespace {

constexpr Diag<std::string_view, std::string_view> kBase{
    "class-base", "the base `{}` of class `{}` is no class of this program"};
constexpr Diag<std::string_view> kModuleClass{
    "module-class", "Type '{}' cannot be compiled since it inherits from nn.Module, consider passing an instance instead"};
constexpr Diag<> kInheritance{"class-inheritance", "TorchScript classes does not support inheritance yet. Please directly inherit from 'object'. (Torchscript does not support class inheritance.)"};
constexpr Diag<std::string_view> kEnumValue{"enum-member-value", "the value of the enum member `{}` is not a constant"};
constexpr Diag<std::string_view, std::string_view> kEnumType{
    "enum-value-type", "Cannot create Enum with value type '{}' (member `{}`): only int, float and str are possible"};
constexpr Diag<std::string_view, std::string_view> kEnumMixed{"enum-mixed-types",
                                                              "Could not unify type list of the enum's values: {} and {}"};
constexpr Diag<std::string_view, std::string_view> kFieldDefault{
    "field-default", "the default of the field `{}` is not a constant of type {}"};
constexpr Diag<std::string_view> kClassBody{"class-body", "this statement in the body of class `{}` is not supported"};
constexpr Diag<std::string_view> kMixedOrder{"class-order", "the bases of `{}` have no consistent order"};

std::string last_of(std::string_view dotted) { return std::string(dotted.substr(dotted.rfind('.') + 1)); }

bool is_docstring(const Stmt& s) {
  const auto* e = s.try_as<ExprStmt>();
  return e && (e->value->kind == ExprKind::kStringLit || e->value->kind == ExprKind::kEllipsisLit);
}

// Merges the bases' lines as Python does (C3): a class before its bases, bases in written order.
std::optional<std::vector<TypePtr>> line_of(Program& program, const TypePtr& self, const std::vector<TypePtr>& bases) {
  std::vector<std::vector<TypePtr>> lines;
  for (const TypePtr& b : bases)
    if (const auto* info = program.class_info(b)) lines.push_back(info->line);
  lines.push_back(bases);
  std::vector<TypePtr> out{self};
  for (;;) {
    std::erase_if(lines, [](const auto& l) { return l.empty(); });
    if (lines.empty()) return out;
    TypePtr next;
    for (const auto& l : lines) {
      const bool is_later = std::any_of(lines.begin(), lines.end(), [&](const auto& other) {
        return std::find(other.begin() + 1, other.end(), l[0]) != other.end();
      });
      if (!is_later) {
        next = l[0];
        break;
      }
    }
    if (!next) return std::nullopt;
    out.push_back(next);
    for (auto& l : lines)
      if (l[0] == next) l.erase(l.begin());
  }
}

TypePtr named_tuple_type(Program& program, ModuleScope& module, const ClassDef& def, std::string name) {
  TypeReader reader(*module.resolver, program.sink());
  std::vector<std::string> fields;
  std::vector<TypePtr> elements;
  std::vector<Value> defaults;
  for (const Stmt* s : def.body) {
    const auto* a = s->try_as<AnnAssign>();
    if (!a) {
      const bool method = program.everyday() && s->kind == StmtKind::kFunctionDef;
      if (s->kind != StmtKind::kPass && !is_docstring(*s) && !method) program.sink().error(s->range, kClassBody, name);
      continue;
    }
    TypePtr t = reader.read(*a->annotation);
    if (!t) return nullptr;
    const std::string field = dotted_name(*a->target);
    if (a->value) {
      auto v = constant_of(*a->value, t, program.constants(module));
      if (!v) program.sink().error(a->value->range, kFieldDefault, field, t->annotation());
      else defaults.push_back(std::move(*v));
    }
    fields.push_back(field);
    elements.push_back(std::move(t));
  }
  return types::named_tuple(std::move(name), std::move(fields), std::move(elements), std::move(defaults));
}

TypePtr enum_type(Program& program, ModuleScope& module, const ClassDef& def, std::string name) {
  std::vector<std::pair<std::string, Value>> members;
  std::int64_t last = 0;
  for (const Stmt* s : def.body) {
    const auto* a = s->try_as<Assign>();
    if (!a || a->targets.size() != 1) {
      const bool method = program.everyday() && s->kind == StmtKind::kFunctionDef;
      if (s->kind != StmtKind::kPass && !is_docstring(*s) && !method) program.sink().error(s->range, kClassBody, name);
      continue;
    }
    const std::string member = dotted_name(*a->targets[0]);
    const auto* call = a->value->try_as<Call>();
    std::optional<Value> v;
    if (call && last_of(dotted_name(*call->callee)) == "auto") v = Value(last + 1);
    else v = constant_of(*a->value, nullptr, program.constants(module));
    if (!v) {
      program.sink().error(a->value->range, kEnumValue, member);
      continue;
    }
    if (!v->is_int() && !v->is_float() && !v->is_str()) {
      program.sink().error(a->value->range, kEnumType, type_of(*v)->annotation(), member);
      continue;
    }
    if (!members.empty() && !same(type_of(members[0].second), type_of(*v)))
      program.sink().error(a->value->range, kEnumMixed, type_of(members[0].second)->annotation(), type_of(*v)->annotation());
    if (v->is_int()) last = v->i();
    members.emplace_back(member, std::move(*v));
  }
  TypePtr value_type = members.empty() ? types::int_() : type_of(members[0].second);
  return make_ref<const EnumType>(std::move(name), std::move(value_type), std::move(members));
}

TypePtr interface_type(Program& program, ModuleScope& module, const ClassDef& def, std::string name) {
  const auto t = make_ref<InterfaceType>(std::move(name), false);
  if (!program.unit().add_type(t).ok()) return nullptr;
  TypeReader reader(*module.resolver, program.sink());
  for (const Stmt* s : def.body)
    if (const auto* d = s->try_as<FunctionDef>())
      if (auto schema = schema_of(*d, std::string(d->name.str()), t, reader, program.sink(), program.constants(module), program.options().dialect))
        t->add_method(std::move(*schema));
  return t;
}

// Methods of one class: `super()` and the members that its type does not hold.
class MethodResolver final : public Resolver {
 public:
  MethodResolver(std::shared_ptr<Program> program, ModuleScope& module, TypePtr self, TypePtr written_in)
      : program_(std::move(program)), module_(module), self_(std::move(self)), written_in_(std::move(written_in)) {}
  MeaningPtr value(std::string_view, Range) override { return nullptr; }
  MeaningPtr value_in(Emitter& e, std::string_view name, Range at) override {
    if (name == "__class__") return program_class(program_, self_);
    return module_.resolver->value_in(e, name, at);
  }
  TypePtr type(std::string_view name, Range at) override { return module_.resolver->type(name, at); }
  std::string canonical_type(std::string_view name) override { return module_.resolver->canonical_type(name); }
  bool defines(std::string_view name) override { return module_.resolver->defines(name); }
  AttributeHints* attribute_hints() override { return program_->options().attributes.get(); }
  Dialect dialect() const override { return program_->options().dialect; }
  DiagSink* diagnostics() override { return &program_->reports(); }
  MeaningPtr super_of(Emitter& e, Range at) override;
  MeaningPtr class_member(Emitter& e, const TypePtr& type, ValueId self, std::string_view name, Range at) override {
    return script::class_member(program_, e, type, self, name, at);
  }

 private:
  std::shared_ptr<Program> program_;
  ModuleScope& module_;
  TypePtr self_, written_in_;
};

constexpr Diag<std::string_view> kNoSuper{"super-attribute", "'super' object has no attribute '{}'"};

class SuperObject final : public Meaning {
 public:
  SuperObject(std::shared_ptr<Program> program, TypePtr self_type, std::size_t first, ValueId self)
      : program_(std::move(program)), type_(std::move(self_type)), first_(first), self_(self) {}
  std::string kind() const override { return "super"; }
  MeaningPtr attribute(Emitter& e, Range at, std::string_view name) override {
    Program::ClassInfo* owner = nullptr;
    if (const FunctionDef* def = find_method(*program_, type_, first_, name, &owner))
      return method_meaning(self_, method_for(*program_, type_, *owner, *def));
    if (name == "__init__" || name == "__post_init__") return object_init_meaning();
    e.error(at, kNoSuper, name);
    return nullptr;
  }

 private:
  std::shared_ptr<Program> program_;
  TypePtr type_;
  std::size_t first_;
  ValueId self_;
};

MeaningPtr MethodResolver::super_of(Emitter& e, Range) {
  const auto* info = program_->class_info(self_);
  if (!info || e.graph().inputs().empty()) return nullptr;
  const auto at = std::find(info->line.begin(), info->line.end(), written_in_);
  const auto first = static_cast<std::size_t>(at - info->line.begin()) + 1;
  return std::make_shared<SuperObject>(program_, self_, first, e.graph().inputs()[0]);
}

ir::Function* add_method(Program& program, const TypePtr& type, const Program::ClassInfo& base, const FunctionDef& def,
                         const std::string& name) {
  TypeReader types(*base.module->resolver, program.sink());
  auto schema = schema_of(def, name, type, types, program.sink(), program.constants(*base.module), program.options().dialect);
  if (!schema) return nullptr;
  auto f = program.unit().add_function(type->name() + "." + name, std::move(*schema));
  if (!f.ok()) return nullptr;
  const auto resolver =
      std::make_shared<MethodResolver>(program.shared_from_this(), *base.module, type, base.line.empty() ? type : base.line[0]);
  define_later(**f, def, base.module->tree, resolver);
  return *f;
}

}  // namespace

MethodKind method_kind(const FunctionDef& def, std::string* property) {
  for (const Expr* d : def.decorators) {
    const auto* call = d->try_as<Call>();
    const std::string name = dotted_name(call ? *call->callee : *d);
    const std::string last = last_of(name);
    if (last == "staticmethod") return MethodKind::kStatic;
    if (last == "classmethod") return MethodKind::kClass;
    if (last == "property" || last == "cached_property") return MethodKind::kGetter;
    if (last == "setter") {
      if (property) *property = name.substr(0, name.rfind('.'));
      return MethodKind::kSetter;
    }
    if (last == "ignore" || last == "unused" || last == "abstractmethod") return MethodKind::kIgnored;
  }
  return MethodKind::kPlain;
}

bool is_abstract(Program& program, const TypePtr& type) {
  const auto left_open = [](const FunctionDef& def) {
    for (const Expr* d : def.decorators)
      if (last_of(dotted_name(*d)) == "abstractmethod") return true;
    const Stmt* only = nullptr;
    for (const Stmt* s : def.body) {
      if (is_docstring(*s)) continue;
      if (only) return false;
      only = s;
    }
    const auto* r = only ? only->try_as<Raise>() : nullptr;
    if (!r || !r->exception) return false;
    const auto* call = r->exception->try_as<Call>();
    return dotted_name(call ? *call->callee : *r->exception) == "NotImplementedError";
  };
  const auto* info = program.class_info(type);
  if (!info) return false;
  std::vector<std::string_view> seen;
  for (const TypePtr& link : info->line)
    if (const auto* base = program.class_info(link))
      for (const FunctionDef* def : base->methods) {
        const std::string_view name = def->name.str();
        if (std::find(seen.begin(), seen.end(), name) != seen.end()) continue;
        seen.push_back(name);
        if (left_open(*def)) return true;
      }
  return false;
}

const FunctionDef* find_method(Program& program, const TypePtr& type, std::size_t first, std::string_view name,
                               Program::ClassInfo** owner) {
  const auto* info = program.class_info(type);
  if (!info) return nullptr;
  for (std::size_t i = first; i < info->line.size(); ++i) {
    Program::ClassInfo* base = program.class_info(info->line[i]);
    if (!base) continue;
    for (const FunctionDef* def : base->methods)
      if (def->name.str() == name) {
        *owner = base;
        return def;
      }
  }
  return nullptr;
}

std::string method_for(Program& program, const TypePtr& type, const Program::ClassInfo& base, const FunctionDef& def) {
  Program::ClassInfo* owner = nullptr;
  const std::string name(def.name.str());
  if (find_method(program, type, 0, name, &owner) == &def) return name;
  const std::string mangled = "_" + std::string(base.def->name.str()) + "__" + name;
  const ClassType* cls = as_class(type);
  if (!cls->find_method(mangled))
    if (ir::Function* f = add_method(program, type, base, def, mangled)) const_cast<ClassType*>(cls)->add_method(f);
  return mangled;
}

TypePtr Program::class_type(ModuleScope& module, const ClassDef& def, std::string name) {
  if (TypePtr t = unit_.find_type(name)) return t;
  std::vector<TypePtr> bases;
  std::string exception;
  for (const Arg& a : def.bases) {
    if (a.kind != ArgKind::kPositional) continue;  // metaclass=ABCMeta
    const std::string written = dotted_name(*a.value);
    const std::string full = canonical_type(module, written);
    const std::string last = last_of(full);
    const bool known = full == written || is_known_module(full.substr(0, full.rfind('.')));
    const bool mixin = (written == "str" || written == "int" || written == "float") && def.bases.size() == 2 && everyday();
    if (mixin && last_of(dotted_name(*def.bases[1].value)) == "Enum") continue;  // class Mode(str, Enum)
    if (last == "object" || last == "ABC" || last == "Generic" || last == "Protocol" || (known && last.empty())) continue;
    if (last == "NamedTuple" || ((last == "Enum" || last == "IntEnum") && known)) {
      TypePtr t = last == "NamedTuple" ? named_tuple_type(*this, module, def, name) : enum_type(*this, module, def, name);
      if (t && unit_.add_type(t).ok()) {
        classes_[name].def = &def;
        classes_[name].module = &module;
        for (const Stmt* s : def.body)
          if (const auto* d = s->try_as<FunctionDef>()) classes_[name].methods.push_back(d);
      }
      return t;
    }
    if (TypePtr base = type(module, written, a.range)) {
      if (const ClassType* c = as_class(base); c && !c->base_name.empty()) exception = c->base_name;
      bases.push_back(std::move(base));
    } else if (last.ends_with("Exception") || last.ends_with("Error") || last.ends_with("Warning")) {
      exception = last;
    } else if (full == "torch.nn.Module" || last == "Module") {
      sink_.error(def.name_range, kModuleClass, def.name.str());
      return nullptr;
    } else {
      sink_.error(a.range, kBase, written, def.name.str());
      return nullptr;
    }
  }
  for (const Expr* d : def.decorators)
    if (last_of(dotted_name(*d)) == "interface") return interface_type(*this, module, def, std::move(name));
  if (!bases.empty() && !everyday()) {
    sink_.error(def.name_range, kInheritance).hint("write the methods into one class, or compile with the everyday dialect");
    return nullptr;
  }

  auto cls = make_ref<ClassType>(name, false);
  cls->base_name = exception;
  const TypePtr self = cls;
  if (!unit_.add_type(cls).ok()) return nullptr;
  ClassInfo& info = classes_[name];
  info.def = &def;
  info.module = &module;
  const auto line = line_of(*this, self, bases);
  if (!line) {
    sink_.error(def.name_range, kMixedOrder, def.name.str());
    return nullptr;
  }
  info.line = *line;
  for (const Stmt* s : def.body) {
    if (const auto* d = s->try_as<FunctionDef>()) {
      info.methods.push_back(d);
    } else if (const auto* a = s->try_as<Assign>()) {
      for (const Expr* target : a->targets) info.constants[dotted_name(*target)] = a->value;
    } else if (const auto* an = s->try_as<AnnAssign>()) {
      if (an->value && !is_dataclass(def)) info.constants[dotted_name(*an->target)] = an->value;
    } else if (s->kind != StmtKind::kPass && s->kind != StmtKind::kClassDef && !is_docstring(*s)) {
      sink_.error(s->range, kClassBody, def.name.str());
    }
  }
  if (!exception.empty() && info.methods.empty()) return self;
  if (is_dataclass(def)) {
    std::vector<const ClassDef*> texts;  // bases first
    for (auto it = info.line.rbegin(); it != info.line.rend(); ++it)
      if (const auto* b = class_info(*it); b && is_dataclass(*b->def)) texts.push_back(b->def);
    const auto file = make_ref<SourceFile>("<dataclass " + std::string(def.name.str()) + ">", dataclass_text(def, texts));
    const Ref<Tree> tree = parse_module(file, sink_);
    keep(tree);
    for (const Stmt* s : tree->body)
      if (const auto* d = s->try_as<FunctionDef>())
        if (std::none_of(info.methods.begin(), info.methods.end(), [&](const FunctionDef* m) { return m->name == d->name; }))
          info.methods.push_back(d);
  }
  // Types that the class declares for its attributes.
  TypeReader types(*module.resolver, sink_);
  for (auto it = info.line.rbegin(); it != info.line.rend(); ++it) {
    const auto* b = class_info(*it);
    for (const Stmt* s : b && everyday() ? b->def->body : Block{})
      if (const auto* an = s->try_as<AnnAssign>(); an && (!an->value || is_dataclass(*b->def))) {
        const auto* sub = an->annotation->try_as<Subscript>();
        if (sub && last_of(dotted_name(*sub->object)) == "ClassVar") continue;
        const std::string attribute = dotted_name(*an->target);
        if (TypePtr t = types.read(*an->annotation); t && !cls->find_attribute(attribute)) {
          cls->add_attribute({attribute, std::move(t), false, false});
          if (options_.attributes) options_.attributes->fix(name, attribute);
        }
      }
  }
  std::vector<std::string> done;
  for (const TypePtr& link : info.line) {
    const ClassInfo base = *class_info(link);
    for (const FunctionDef* d : base.methods) {
      std::string property, method(d->name.str());
      const MethodKind kind = method_kind(*d, &property);
      const std::string key = method + (kind == MethodKind::kSetter ? "=" : "");
      if (std::find(done.begin(), done.end(), key) != done.end()) continue;
      done.push_back(key);
      if (kind == MethodKind::kStatic) {
        if (auto* f = function(*base.module, *d, name + "__" + method)) classes_[name].statics[method] = f;
      } else if (kind == MethodKind::kClass) {
        classes_[name].class_methods.push_back(d);
      } else if (kind == MethodKind::kGetter || kind == MethodKind::kSetter) {
        const bool getter = kind == MethodKind::kGetter;
        ir::Function* f = add_method(*this, self, base, *d, "__" + method + (getter ? "_getter" : "_setter"));
        if (!f) continue;
        cls->add_method(f);
        if (getter) cls->add_property({method, f, nullptr});
        else if (auto* p = const_cast<ClassType::Property*>(cls->find_property(property))) p->setter = f;
      } else if (kind == MethodKind::kPlain) {
        if (ir::Function* f = add_method(*this, self, base, *d, method)) cls->add_method(f);
      }
    }
  }
  // Attributes are what __init__ assigns.
  if (auto* init = dynamic_cast<ir::Function*>(cls->find_method("__init__"))) (void)init->graph();
  return self;
}

}  // namespace fac::script
