// What names and members mean while a method is compiled.
#include "frontend/nn/library.h"
#include "frontend/script/emitter.h"
#include "frontend/script/parser.h"
#include "interp/compile.h"

namespace fac::interp {

using script::CallArg;
using script::Emitter;
using script::Meaning;
using script::MeaningPtr;
using script::Wanted;

namespace {

constexpr Diag<std::string_view, std::string_view> kUnavailable{"python-unavailable", "`{}` is not available: {}"};
constexpr Diag<std::string_view, std::string_view> kNoMember{"python-no-member", "{} has no attribute '{}'"};
constexpr Diag<std::string_view> kNotValue{"host-not-a-value", "python value of type '{}' cannot be used as a value"};
constexpr Diag<std::string_view> kBroken{"python-broken-callee", "{}"};

// A Python module, class or object that is asked for its members only.
class ObjectMeaning final : public Meaning {
 public:
  ObjectMeaning(Compiler& c, Value v, std::string name) : compiler_(c), value_(std::move(v)), name_(std::move(name)) {}
  std::string kind() const override { return "python value of type '" + compiler_.interp().type_of(value_)->name + "'"; }
  ir::ValueId value(Emitter& e, Range at) override {
    e.error(at, kNotValue, compiler_.interp().type_of(value_)->name);
    return {};
  }
  MeaningPtr attribute(Emitter& e, Range at, std::string_view name) override {
    auto found = compiler_.interp().find_attr(value_, name);
    if (!found.ok()) {
      e.error(at, kBroken, found.error().message);
      return nullptr;
    }
    if (!*found) {
      e.error(at, kNoMember, kind(), name);
      return nullptr;
    }
    return compiler_.meaning(**found, &e, at, name_ + "." + std::string(name));
  }
  bool has_attribute(Emitter&, Range, std::string_view name) override {
    auto found = compiler_.interp().find_attr(value_, name);
    return found.ok() && found->has_value();
  }

 private:
  Compiler& compiler_;
  Value value_;
  std::string name_;
};

class UnavailableMeaning final : public Meaning {
 public:
  UnavailableMeaning(std::string name, std::string why) : name_(std::move(name)), why_(std::move(why)) {}
  std::string kind() const override { return "`" + name_ + "`, which is not available: " + why_; }
  ir::ValueId value(Emitter& e, Range at) override {
    e.error(at, kUnavailable, name_, why_);
    return {};
  }
  MeaningPtr attribute(Emitter& e, Range at, std::string_view) override {
    e.error(at, kUnavailable, name_, why_);
    return nullptr;
  }
  MeaningPtr call(Emitter& e, Range at, std::vector<CallArg>, const Wanted&) override {
    e.error(at, kUnavailable, name_, why_);
    return nullptr;
  }

 private:
  std::string name_, why_;
};

// A function that is marked as unused: calling it raises when the program runs.
class UnusedMeaning final : public Meaning {
 public:
  UnusedMeaning(std::string name, TypePtr result) : name_(std::move(name)), result_(std::move(result)) {}
  std::string kind() const override { return "unused function"; }
  MeaningPtr call(Emitter& e, Range at, std::vector<CallArg>, const Wanted& wanted) override {
    e.call_operator("prim::RaiseException",
                    {e.constant(Value("'" + name_ + "' was marked as unused or ignored and cannot run in a compiled program"), at), e.none(at)}, at);
    TypePtr t = result_ ? result_ : wanted.targets == 0 ? types::none() : types::tensor();
    return script::value_meaning(e.emit("prim::Uninitialized", {}, std::move(t), at));
  }

 private:
  std::string name_;
  TypePtr result_;
};

// torch.a.b as the compiler itself knows it.
MeaningPtr torch_path(Emitter& e, Range at, std::string_view path) {
  if (path.starts_with("torch.nn.functional")) {
    if (path == "torch.nn.functional") return nn::functional_module();
    return nn::functional_meaning(path.substr(path.rfind('.') + 1));
  }
  MeaningPtr m = script::builtin_module("aten");
  std::size_t start = path.find('.');
  while (m && start != std::string_view::npos) {
    const std::size_t end = path.find('.', start + 1);
    m = m->attribute(e, at, path.substr(start + 1, end == std::string_view::npos ? path.npos : end - start - 1));
    start = end;
  }
  return m;
}

// `torch` and what is below it: names of the compiler first, our Python modules' afterwards.
class TorchMeaning final : public Meaning {
 public:
  TorchMeaning(Compiler& c, Value module, std::string path) : compiler_(c), module_(std::move(module)), path_(std::move(path)) {}
  std::string kind() const override { return "module '" + path_ + "'"; }
  MeaningPtr attribute(Emitter& e, Range at, std::string_view name) override {
    if (path_ == "torch.nn.functional") return nn::functional_meaning(name);
    auto found = compiler_.interp().find_attr(module_, name);
    if (found.ok() && *found) {
      const Value& v = **found;
      if (as<Module>(v) || as<Class>(v) || (as<Function>(v) && path_.starts_with("torch.nn"))) return compiler_.meaning(v, &e, at, path_ + "." + std::string(name));
      if (const Constant* c = as<Constant>(v)) return script::constant_meaning(Value(c->number));
      if (v.is_scalar()) return script::constant_meaning(v);
    }
    return torch_path(e, at, path_ + "." + std::string(name));
  }

 private:
  Compiler& compiler_;
  Value module_;
  std::string path_;
};

bool is_of_torch(const std::string& module) { return module == "torch" || module == "_torch" || module.starts_with("torch."); }

}  // namespace

MeaningPtr Compiler::meaning(const Value& given, Emitter* e, Range at, const std::string& name) {
  const Value& v = in_.plain(given);
  if (v.is_none() || v.is_scalar() || v.is_str() || v.is_device() || v.is_tensor()) return script::constant_meaning(v);
  Obj* o = fac::interp::object(v);
  if (!o) return nullptr;
  const auto report = [&](std::string why) -> MeaningPtr {
    return std::make_shared<UnavailableMeaning>(name, std::move(why));
  };
  switch (o->kind) {
    case Kind::kConstant: return script::constant_meaning(Value(static_cast<Constant*>(o)->number));
    case Kind::kInert: return report(static_cast<Inert*>(o)->why);
    case Kind::kModule: {
      const std::string& module = static_cast<Module*>(o)->name;
      if (is_of_torch(module)) return std::make_shared<TorchMeaning>(*this, v, module);
      if (module == "warnings") return script::builtin_module("aten");
      return std::make_shared<ObjectMeaning>(*this, v, name);
    }
    case Kind::kNative: {
      auto& n = static_cast<Native&>(*o);
      if (n.has_data && n.data.is_str()) {
        if (n.data.str().starts_with("F::")) return nn::functional_meaning(std::string_view(n.data.str()).substr(3));
        return script::builtin_function(n.data.str());
      }
      if (const Ref<Module> math = in_.find_module("math"))
        if (const Value* f = math->attrs->find(n.name); f && f->is_same(v)) return script::builtin_function("aten::" + n.name);
      if (MeaningPtr m = script::language_builtin(n.name)) return m;
      if (e && in_.has_operator("aten::" + n.name)) return script::builtin_function("aten::" + n.name);
      return report("it is a Python function that compiled programs do not have");
    }
    case Kind::kStaticMethod: return meaning(static_cast<Descriptor*>(o)->get, e, at, name);
    case Kind::kFunction: {
      auto& fn = static_cast<Function&>(*o);
      const std::string module = fn.module ? fn.module->name : "";
      if (is_of_torch(module) && !module.starts_with("torch.nn.modules") && e)
        if (MeaningPtr m = torch_path(*e, at, module + "." + fn.name)) return m;
      if (module == "warnings") return script::builtin_function("aten::" + fn.name);
      if (const std::string m = mark(fn); m == "unused" || m == "ignore") {
        TypePtr result;
        if (fn.def && fn.def->returns) {
          DiagSink sink;
          FunctionResolver r(*this, fn);
          result = script::TypeReader(r, sink).try_read(*fn.def->returns);
        }
        return std::make_shared<UnusedMeaning>(fn.name, std::move(result));
      }
      auto f = function(fn);
      if (!f.ok()) return report(f.error().full());
      return script::function_meaning(*f);
    }
    case Kind::kClass: {
      auto& c = static_cast<Class&>(*o);
      if (c.is_builtin) {
        if (c.layout == fac::interp::Layout::kException) return script::language_builtin(c.name) ? script::language_builtin(c.name) : script::exception_meaning("builtins." + c.name);
        if (MeaningPtr m = script::language_builtin(c.name)) return m;
        if (e && (&c == in_.known.tensor || &c == in_.known.device)) return torch_path(*e, at, &c == in_.known.tensor ? "torch.Tensor" : "torch.device");
        return std::make_shared<ObjectMeaning>(*this, v, name);
      }
      if (c.module_name == "collections" && c.name == "OrderedDict") return script::special_form(script::SpecialForm::kDict);
      if (c.layout == fac::interp::Layout::kException) return script::exception_meaning(c.name);
      if (is_of_torch(c.module_name) && !c.module_name.starts_with("torch.nn") && e)
        if (MeaningPtr m = torch_path(*e, at, c.module_name + "." + c.name)) return m;
      auto t = class_type(c);
      if (!t.ok()) return report(t.error().full());
      if (*t) return script::class_meaning(*t);
      return std::make_shared<ObjectMeaning>(*this, v, name);
    }
    case Kind::kList:
    case Kind::kTuple:
    case Kind::kDict:
    case Kind::kInstance: {
      std::string why;
      auto t = infer(v, why);
      if (t.ok() && *t) {
        auto c = convert(v, *t);
        if (c.ok() && *c) return script::constant_meaning(std::move(**c), *t);
      }
      if (o->kind == Kind::kInstance) return std::make_shared<ObjectMeaning>(*this, v, name);
      return report(why);
    }
    default: return std::make_shared<ObjectMeaning>(*this, v, name);
  }
}

// --- FunctionResolver ----------------------------------------------------------------------------------------------------

std::optional<Value> FunctionResolver::find(std::string_view name, bool with_builtins) {
  Interp& in = compiler_.interp();
  const Symbol symbol(name);
  for (Scope* s = fn_->closure.get(); s; s = s->parent.get())
    if (!s->is_class)
      if (const Value* v = s->find(symbol)) return *v;
  if (fn_->module && fn_->module->attrs)
    if (const Value* v = fn_->module->attrs->find(name)) return *v;
  if (with_builtins)
    if (const Value* v = in.builtins()->attrs->find(name)) return *v;
  return std::nullopt;
}

MeaningPtr FunctionResolver::value_in(Emitter& e, std::string_view name, Range at) {
  const auto v = find(name);
  return v ? compiler_.meaning(*v, &e, at, std::string(name)) : nullptr;
}

bool FunctionResolver::defines(std::string_view name) { return find(name, false).has_value(); }

namespace {

// super() in a method of a module: the methods behind the class that the method was written in. They join the compiled
// class under names of their own.
class SuperMeaning final : public Meaning {
 public:
  SuperMeaning(Compiler& c, Compiler::ModuleInfo& m, Ref<Class> owner, ir::ValueId self)
      : compiler_(c), info_(m), owner_(std::move(owner)), self_(self) {}
  std::string kind() const override { return "super()"; }
  MeaningPtr attribute(Emitter& e, Range at, std::string_view name) override {
    bool on = false;
    for (const auto& c : info_.cls->mro) {
      const Value* v = on ? c->members->find(name) : nullptr;
      if (c.get() == owner_.get()) on = true;
      if (!v) continue;
      Function* fn = as<Function>(*v);
      if (!fn) return compiler_.meaning(*v, &e, at, std::string(name));
      const std::string method = "_super_" + c->name + "_" + std::string(name);
      auto f = compiler_.method(info_, method, *fn);
      if (f.ok()) return script::method_meaning(self_, method);
      e.error(at, kBroken, f.error().full());
      return nullptr;
    }
    e.error(at, kNoMember, kind(), name);
    return nullptr;
  }

 private:
  Compiler& compiler_;
  Compiler::ModuleInfo& info_;
  Ref<Class> owner_;
  ir::ValueId self_;
};

}  // namespace

MeaningPtr FunctionResolver::super_of(Emitter& e, Range at) {
  if (!fn_->owner || fn_->params.empty()) return nullptr;
  const ir::ValueId self = script::plain_value(e.lookup(fn_->params[0].name, at));
  const ClassType* cls = self ? as_class(e.type(self)) : nullptr;
  Compiler::ModuleInfo* m = cls ? compiler_.info(*cls) : nullptr;
  return m ? std::make_shared<SuperMeaning>(compiler_, *m, fn_->owner, self) : nullptr;
}

MeaningPtr FunctionResolver::value(std::string_view name, Range at) {
  const auto v = find(name);
  if (!v) return nullptr;
  return compiler_.meaning(*v, nullptr, at, std::string(name));
}

TypePtr FunctionResolver::type(std::string_view name, Range) {
  Interp& in = compiler_.interp();
  std::optional<Value> v = find(name.substr(0, name.find('.')));
  for (std::size_t at = name.find('.'); v && at != std::string_view::npos;) {
    const std::size_t end = name.find('.', at + 1);
    auto found = in.find_attr(*v, name.substr(at + 1, end == std::string_view::npos ? name.npos : end - at - 1));
    if (!found.ok()) return nullptr;
    v = std::move(*found);
    at = end;
  }
  Class* c = v ? as<Class>(*v) : nullptr;
  if (!c) return nullptr;
  if (c->is_builtin) {
    auto t = compiler_.annotation_type(*v);
    return t.ok() && (c == in.known.tensor || c == in.known.parameter) ? *t : nullptr;
  }
  auto t = compiler_.class_type(*c);
  if (t.ok()) return *t;
  fail(t.take_error());
  return nullptr;
}

TypePtr FunctionResolver::annotation(std::string_view text, Range) {
  Interp& in = compiler_.interp();
  DiagSink ignored;
  const auto tree = script::parse_module(make_ref<SourceFile>("<annotation>", std::string(text)), ignored);
  if (ignored.has_errors() || tree->body.size() != 1 || tree->body[0]->kind != script::StmtKind::kExprStmt) return nullptr;
  Frame f;
  f.scope = fn_->closure;
  f.module = fn_->module;
  f.tree = tree;
  auto v = in.eval(*tree->body[0]->as<script::ExprStmt>().value, f);
  if (!v.ok()) return nullptr;
  auto t = compiler_.annotation_type(*v);
  return t.ok() ? *t : nullptr;
}

MeaningPtr FunctionResolver::member(Emitter& e, Range at, ir::ValueId self, const ClassType& cls, std::string_view name) {
  Compiler::ModuleInfo* m = compiler_.info(cls);
  if (!m) return nullptr;
  Interp& in = compiler_.interp();
  const auto broken = [&](const Error& why) -> MeaningPtr {
    e.error(at, kBroken, why.full());
    return nullptr;
  };
  const Obj* o = fac::interp::object(m->sample);
  if (o && o->attrs)
    if (const Value* own = o->attrs->find(name); own && (as<Function>(*own) || as<Native>(*own)))
      return compiler_.meaning(*own, &e, at, std::string(name));
  const Value* member = m->cls->find(name);
  if (!member) return nullptr;
  if (Function* fn = as<Function>(*member)) {
    const std::string mark = Compiler::mark(*fn);
    if (mark == "unused" || mark == "ignore") return compiler_.meaning(*member, &e, at, std::string(name));
    const auto heads = compiler_.overloads(*m->cls, name, *fn);
    if (!heads.empty()) {
      std::vector<ir::Function*> made;
      for (std::size_t i = 0; i < heads.size(); ++i) {
        auto f = compiler_.method(*m, std::string(name) + "__" + std::to_string(i), *fn, heads[i]->def);
        if (!f.ok()) return broken(f.error());
        made.push_back(*f);
      }
      return script::overloaded_meaning(std::move(made), self);
    }
    auto f = compiler_.method(*m, std::string(name), *fn);
    if (!f.ok()) return broken(f.error());
    return script::method_meaning(self, std::string(name));
  }
  const Descriptor* d = as<Descriptor>(*member);
  if (d && d->kind == Kind::kStaticMethod) return compiler_.meaning(d->get, &e, at, std::string(name));
  if (d && d->kind == Kind::kProperty) {
    Function* getter = as<Function>(d->get);
    if (!getter || !Compiler::mark(*getter).empty()) return nullptr;
    const std::string method = "__" + std::string(name) + "_getter";
    auto f = compiler_.method(*m, method, *getter);
    if (!f.ok()) return broken(f.error());
    if (!m->type->find_property(name)) m->type->add_property({std::string(name), *f, nullptr});
    return script::value_meaning(e.call_method(self, method, {}, at));
  }
  if (d) return nullptr;
  auto bound = in.find_attr(m->sample, name);
  if (!bound.ok() || !*bound) return nullptr;
  return compiler_.meaning(**bound, &e, at, std::string(name));
}

bool FunctionResolver::has_member(const ClassType& cls, std::string_view name) {
  Compiler::ModuleInfo* m = compiler_.info(cls);
  return m && (m->cls->find(name) != nullptr || (fac::interp::object(m->sample)->attrs->find(name) != nullptr && !m->failed.contains(name)));
}

std::optional<std::string> FunctionResolver::missing_member(const ClassType& cls, std::string_view name) {
  Compiler::ModuleInfo* m = compiler_.info(cls);
  if (!m) return std::nullopt;
  const auto it = m->failed.find(name);
  if (it == m->failed.end()) return std::string();
  return "(This attribute exists on the Python module, but it has no TorchScript type: " + it->second + ")";
}

const script::ModuleContainer* FunctionResolver::container(const ClassType& cls) {
  Compiler::ModuleInfo* m = compiler_.info(cls);
  return m && m->container ? &*m->container : nullptr;
}

Status FunctionResolver::outcome() {
  if (!failed_) return {};
  ErrorPtr e = std::move(*failed_);
  failed_ = nullptr;
  return e;
}

}  // namespace fac::interp
