// FunctionResolver: what names mean inside a function of the interpreter's, and what modules have besides their attributes.
#include <algorithm>

#include "frontend/script/emitter.h"
#include "frontend/script/parser.h"
#include "frontend/script/program/meanings.h"
#include "frontend/script/specialise.h"
#include "interp/compile.h"
#include "interp/compile_shared.h"

namespace fac::interp {

using script::Emitter;
using script::Meaning;
using script::MeaningPtr;

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

// Our own library is written in the everyday dialect.
script::Dialect FunctionResolver::dialect() const {
  return fn_->module && is_of_torch(fn_->module->name) ? script::Dialect::kEveryday : compiler_.dialect();
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
      if (!fn && c->is_builtin && name == "__init__") break;
      if (!fn) return compiler_.meaning(*v, &e, at, std::string(name));
      const std::string method = "_super_" + c->name + "_" + std::string(name);
      auto f = compiler_.method(info_, method, *fn);
      if (f.ok()) return script::method_meaning(self_, method);
      e.error(at, kBroken, f.error().full());
      return nullptr;
    }
    if (name == "__init__") return script::object_init_meaning();
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

namespace {

// A method with parameters that have no annotation: a call with other types than Tensor compiles a copy.
class OwnMethod final : public script::Meaning {
 public:
  OwnMethod(Compiler& c, Compiler::ModuleInfo& m, Ref<Function> fn, ir::ValueId self, std::string name)
      : compiler_(c), info_(m), fn_(std::move(fn)), self_(self), name_(std::move(name)) {}
  std::string kind() const override { return "method"; }
  MeaningPtr call(Emitter& e, Range at, std::vector<script::CallArg> args, const script::Wanted&) override {
    auto name = called(e, args);
    if (!name.ok()) {
      e.error(at, kBroken, name.error().full());
      return nullptr;
    }
    return script::value_meaning(e.call_method(self_, *name, std::move(args), at));
  }

 private:
  Result<std::string> called(Emitter& e, const std::vector<script::CallArg>& args) {
    FACULA_TRY(ir::Function* general, compiler_.declared_method(info_, name_, *fn_));
    std::vector<script::CallArg> all(1);
    all[0].value = self_;
    all.insert(all.end(), args.begin(), args.end());
    if (auto special = script::specialise(e, *general, *fn_->def, all)) return compiler_.copy_method(info_, name_, *fn_, std::move(*special));
    FACULA_TRY_VOID(compiler_.method(info_, name_, *fn_));
    return name_;
  }

  Compiler& compiler_;
  Compiler::ModuleInfo& info_;
  Ref<Function> fn_;
  ir::ValueId self_;
  std::string name_;
};

}  // namespace

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
  // `self.fusion = self._add`: the method by its own name.
  if (o && o->attrs)
    if (const Value* own = o->attrs->find(name); const Method* bound = own ? as<Method>(*own) : nullptr)
      if (const Function* fn = as<Function>(bound->function); fn && fn->name != name && bound->self.is_same(m->sample))
        if (const Value* in_class = m->cls->find(fn->name); in_class && in_class->is_same(bound->function))
          return m->type->find_method(fn->name) ? script::method_meaning(self, fn->name) : member(e, at, self, cls, fn->name);
  const Value* member = m->cls->find(name);
  if (!member && compiler_.dialect() == script::Dialect::kEveryday && o && o->attrs && m->failed.contains(name))
    if (const Value* own = o->attrs->find(name); own && (as<Dict>(*own) || as<Seq>(*own)))
      return compiler_.meaning(*own, &e, at, "self." + std::string(name));
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
    const bool open = fn->def && fn->def->params.size() > 1 &&
                      std::any_of(fn->def->params.begin() + 1, fn->def->params.end(), [](const auto& p) { return !p.annotation; });
    if (open && compiler_.dialect() == script::Dialect::kEveryday)
      return std::make_shared<OwnMethod>(compiler_, *m, Ref<Function>(fn), self, std::string(name));
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

static bool own_attribute(const Compiler::ModuleInfo& m, std::string_view name) {
  const Obj* o = fac::interp::object(m.sample);
  return o && o->attrs && o->attrs->find(name);
}

bool FunctionResolver::has_member(const ClassType& cls, std::string_view name) {
  Compiler::ModuleInfo* m = compiler_.info(cls);
  return m && (m->cls->find(name) != nullptr || (own_attribute(*m, name) && !m->failed.contains(name)));
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
