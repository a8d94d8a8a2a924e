// Class names of a program: constructors, static and class methods, constants, methods called with self given.
#include <algorithm>

#include "frontend/script/program/meanings.h"

namespace fac::script {
namespace {

// Base.method(self, x)
class UnboundMethod final : public Meaning {
 public:
  UnboundMethod(std::shared_ptr<Program> p, TypePtr cls, std::string name)
      : program_(std::move(p)), class_(std::move(cls)), name_(std::move(name)) {}
  std::string kind() const override { return "method"; }
  MeaningPtr call(Emitter& e, Range at, std::vector<CallArg> args, const Wanted&) override {
    if (args.empty() || !args[0].value || args[0].name) {
      e.error(at, kNeedsSelf, name_);
      return nullptr;
    }
    const ValueId self = args[0].value;
    const TypePtr type = e.type(self);
    args.erase(args.begin());
    Program::ClassInfo* owner = nullptr;
    const FunctionDef* def = find_method(*program_, class_, 0, name_, &owner);
    if (!def) {
      if (name_ == "__init__") return value_meaning(e.none(at));
      e.error(at, kNeedsSelf, name_);
      return nullptr;
    }
    return value_meaning(e.call_method(self, method_for(*program_, type, *owner, *def), std::move(args), at));
  }

 private:
  static constexpr Diag<std::string_view> kNeedsSelf{"unbound-method", "`{}` needs the object as its first argument"};
  std::shared_ptr<Program> program_;
  TypePtr class_;
  std::string name_;
};

// A class method: compiled into its place, with the class for `cls`.
class ClassMethod final : public Meaning {
 public:
  // self: of a method of a named tuple or an enum's member, which are no classes of TorchScript.
  ClassMethod(std::shared_ptr<Program> p, TypePtr cls, const FunctionDef& def, ModuleScope& module, ValueId self = {})
      : program_(std::move(p)), class_(std::move(cls)), def_(def), module_(module), self_(self) {}
  std::string kind() const override { return "method"; }
  bool takes_meanings() const override { return true; }
  MeaningPtr call(Emitter& e, Range at, std::vector<CallArg> args, const Wanted&) override {
    if (self_) args.insert(args.begin(), CallArg{at, {}, self_});
    else args.insert(args.begin(), CallArg{at, {}, {}, program_class(program_, class_)});
    InlineBody body;
    body.params = def_.params;
    body.def = &def_;
    body.resolver = module_.resolver.get();
    body.name = class_->name() + "." + std::string(def_.name.str());
    return e.inline_call(body, std::move(args), at);
  }

 private:
  std::shared_ptr<Program> program_;
  TypePtr class_;
  const FunctionDef& def_;
  ModuleScope& module_;
  ValueId self_;
};

class ProgramClass final : public Meaning {
 public:
  ProgramClass(std::shared_ptr<Program> p, TypePtr type) : program_(std::move(p)), type_(type), base_(class_meaning(type)) {}
  std::string kind() const override { return base_->kind(); }
  TypePtr meant_type() const override { return type_; }
  const std::string* meant_exception() const override { return exception_name(base_); }
  MeaningPtr call(Emitter& e, Range at, std::vector<CallArg> args, const Wanted& w) override {
    if (const EnumType* en = as_enum(type_); en && args.size() == 1 && args[0].value)  // Mode(2)
      if (const Value* known = e.graph().constant(args[0].value))
        for (std::size_t i = 0; i < en->members().size(); ++i)
          if (equal(en->members()[i].second, *known)) return constant_meaning(Value(make_ref<EnumBox>(Ref<const EnumType>(en), i)));
    const ClassType* cls = as_class(type_);
    if (cls && !exception_name(base_) && !cls->find_method("__init__") && args.empty() && program_->everyday())
      return value_meaning(e.emit("prim::CreateObject", {}, type_, at));
    return base_->call(e, at, std::move(args), w);
  }
  MeaningPtr attribute(Emitter& e, Range at, std::string_view name) override {
    if (MeaningPtr m = class_member(program_, e, type_, {}, name, at)) return m;
    if (const ClassType* cls = as_class(type_); cls && cls->find_method(name))
      return std::make_shared<UnboundMethod>(program_, type_, std::string(name));
    if (name == "__init__" && as_class(type_)) return std::make_shared<UnboundMethod>(program_, type_, "__init__");
    if (name == "__name__") {
      const std::string& full = type_->name();
      return constant_meaning(Value(full.substr(full.rfind('.') + 1)));
    }
    return base_->attribute(e, at, name);
  }
  MeaningPtr iterable(Emitter& e, Range at) override { return base_->iterable(e, at); }
  MeaningPtr item(Emitter& e, Range at, ValueId index, const TypePtr& w) override {
    const EnumType* en = as_enum(type_);
    const Value* known = en ? e.graph().constant(index) : nullptr;  // Mode["FAST"]
    if (known && known->is_str())
      if (const auto i = en->find_member(known->str())) return constant_meaning(Value(make_ref<EnumBox>(Ref<const EnumType>(en), *i)));
    return base_->item(e, at, index, w);
  }

 private:
  std::shared_ptr<Program> program_;
  TypePtr type_;
  MeaningPtr base_;
};

class ObjectInit final : public Meaning {
 public:
  std::string kind() const override { return "method"; }
  MeaningPtr call(Emitter& e, Range at, std::vector<CallArg>, const Wanted&) override { return value_meaning(e.none(at)); }
};

}  // namespace

MeaningPtr object_init_meaning() { return std::make_shared<ObjectInit>(); }

MeaningPtr program_class(std::shared_ptr<Program> program, TypePtr type) {
  return std::make_shared<ProgramClass>(std::move(program), std::move(type));
}

MeaningPtr class_member(const std::shared_ptr<Program>& program, Emitter& e, const TypePtr& type, ValueId self, std::string_view name,
                        Range at) {
  const auto* info = program->class_info(type);
  if (!info) return nullptr;
  if (!as_class(type)) {  // a named tuple or an enum: its methods are compiled into their calls
    for (const FunctionDef* d : info->methods) {
      if (d->name.str() != name || !self) continue;
      const auto method = std::make_shared<ClassMethod>(program, type, *d, *info->module, self);
      return method_kind(*d, nullptr) == MethodKind::kGetter ? method->call(e, at, {}, {}) : method;
    }
    return nullptr;
  }
  if (const auto it = info->statics.find(std::string(name)); it != info->statics.end()) return function_meaning(it->second);
  for (const FunctionDef* d : info->class_methods)
    if (d->name.str() == name) return std::make_shared<ClassMethod>(program, type, *d, *info->module);
  for (const TypePtr& link : info->line) {
    const auto* base = program->class_info(link);
    if (!base) continue;
    if (const auto it = base->constants.find(std::string(name)); it != base->constants.end()) {
      Binding b;
      b.kind = Binding::Kind::kValue;
      b.value = it->second;
      if (const auto v = constant_of(*it->second, nullptr, program->constants(*base->module)); v && !v->is_list() && v->tag() != Tag::kDict)
        return constant_meaning(*v);
      return e.in_scope_of(*base->module->resolver, [&](Emitter& inner) { return inner.meaning(*it->second); });
    }
    for (const Stmt* s : base->def->body)
      if (const auto* inner = s->try_as<ClassDef>(); inner && inner->name.str() == name)
        if (const TypePtr t = program->class_type(*base->module, *inner, link->name() + "." + std::string(name)))
          return program_class(program, t);
  }
  (void)at;
  return nullptr;
}

}  // namespace fac::script
