// Functions and classes as they are defined.
#include <algorithm>

#include "interp/interp.h"

namespace fac::interp {

using namespace script;

Result<Value> Interp::make_function(const FunctionDef* def, const Lambda* lambda, Frame& f) {
  auto fn = make_ref<Function>(heap_, known.function);
  fn->def = def;
  fn->lambda = lambda;
  fn->params = def ? def->params : lambda->params;
  fn->name = def ? std::string(def->name.str()) : "<lambda>";
  fn->names = names_of(def, lambda);
  fn->tree = f.tree;
  fn->module = f.module;
  fn->closure = f.scope && f.scope->is_class ? f.scope->parent : f.scope;
  // Comprehension variables are seen by functions made inside one.
  fn->qualified_name = fn->name;
  if (f.scope && f.scope->is_class)
    if (const Value* q = f.scope->find(Symbol("__qualname__"))) fn->qualified_name = q->str() + "." + fn->name;
  fn->defaults.resize(fn->params.size());
  fn->has_default.resize(fn->params.size(), false);
  for (std::size_t i = 0; i < fn->params.size(); ++i)
    if (fn->params[i].default_value) {
      FACULA_TRY(fn->defaults[i], eval(*fn->params[i].default_value, f));
      fn->has_default[i] = true;
    }
  if (f.scope && f.scope->is_class) {  // super() needs to know the class, which does not exist yet
    const Symbol key("$functions");
    Value* made = f.scope->find(key);
    if (!made) {
      f.scope->set(key, list({}));
      made = f.scope->find(key);
    }
    as<Seq>(*made)->items.push_back(value_of(fn));
  }
  if (def && !def->body.empty() && def->body[0]->kind == StmtKind::kExprStmt)
    if (const auto* doc = def->body[0]->as<ExprStmt>().value->try_as<StringLit>()) set_attr_raw(*fn, "__doc__", Value(doc->value));
  return value_of(fn);
}

Status Interp::decorate(Exprs decorators, Value& v, Frame& f) {
  std::vector<Value> applied;
  for (const Expr* d : decorators) {
    FACULA_TRY(Value decorator, eval(*d, f));
    applied.push_back(std::move(decorator));
  }
  for (std::size_t i = applied.size(); i-- > 0;) {
    if (as<Inert>(applied[i])) continue;  // of a library that is not here: the function stays as it is
    FACULA_TRY(v, call(applied[i], std::vector<Value>{v}));
  }
  return {};
}

Status Interp::define(const FunctionDef& s, Frame& f) {
  FACULA_TRY(Value v, make_function(&s, nullptr, f));
  FACULA_TRY_VOID(decorate(s.decorators, v, f));
  return assign_name(s.name, std::move(v), f);
}

Status Interp::class_statement(const ClassDef& s, Frame& f) {
  Args bases;
  FACULA_TRY_VOID(arguments(s.bases, f, bases));
  Frame inner = f;
  inner.scope = make_ref<Scope>(heap_, f.scope && f.scope->is_class ? f.scope->parent : f.scope);
  inner.scope->is_class = true;
  const std::string name(s.name.str());
  std::string qualified = name;
  if (f.scope && f.scope->is_class)
    if (const Value* q = f.scope->find(Symbol("__qualname__"))) qualified = q->str() + "." + name;
  inner.scope->set(Symbol("__qualname__"), Value(qualified));
  if (!s.body.empty() && s.body[0]->kind == StmtKind::kExprStmt)
    if (const auto* doc = s.body[0]->as<ExprStmt>().value->try_as<StringLit>()) inner.scope->set(Symbol("__doc__"), Value(doc->value));
  FACULA_TRY_VOID(exec(s.body, inner));
  f.at = s.range;
  Ref<Dict> members = dict();
  Value functions;
  for (auto& [n, v] : inner.scope->variables) {
    if (n.str() == "$functions") functions = v;
    else if (n.str() != "__qualname__") members->set(n.str(), v);  // the class's own: its objects have none
  }
  members->set("__module__", Value(f.module ? f.module->name : std::string()));
  Module* const outer_module = class_module;
  class_module = f.module.get();
  Result<Value> made = make_class(name, std::move(bases.pos), members, Args{{}, std::move(bases.kw)});
  class_module = outer_module;
  if (!made.ok()) return made.take_error();
  Value v = std::move(*made);
  if (Class* c = as<Class>(v)) {
    c->def = &s;
    c->tree = f.tree;
    c->qualified_name = qualified;
    if (const Seq* list = as<Seq>(functions))
      for (const Value& fn : list->items) as<Function>(fn)->owner = Ref<Class>(c);
  }
  FACULA_TRY_VOID(decorate(s.decorators, v, f));
  return assign_name(s.name, std::move(v), f);
}

namespace {

// C3: the order in which a class and its bases are searched. Empty: there is none.
std::vector<Ref<Class>> linearize(Class* self, const std::vector<Ref<Class>>& bases) {
  std::vector<std::vector<Ref<Class>>> lists;
  for (const auto& b : bases) lists.push_back(b->mro);
  lists.push_back(bases);
  std::vector<Ref<Class>> out{Ref<Class>(self)};
  while (true) {
    std::erase_if(lists, [](const auto& l) { return l.empty(); });
    if (lists.empty()) return out;
    Ref<Class> good;
    for (const auto& l : lists) {
      const auto in_tail = [&](const auto& other) { return std::find(other.begin() + 1, other.end(), l[0]) != other.end(); };
      if (std::none_of(lists.begin(), lists.end(), in_tail)) {
        good = l[0];
        break;
      }
    }
    if (!good) return {};
    out.push_back(good);
    for (auto& l : lists)
      if (l[0] == good) l.erase(l.begin());
  }
}

}  // namespace

Result<Value> Interp::make_class(std::string name, std::vector<Value> bases, Ref<Dict> members, Args keywords) {
  Class* metaclass = known.type;
  std::vector<Ref<Class>> parents;
  for (const Value& b : bases) {
    if (as<Inert>(b)) continue;  // unknown bases are left out
    Value base = b;
    // Generic[T], Protocol[T]: what __class_getitem__ made of them.
    if (const Instance* i = as<Instance>(b))
      if (i->attrs)
        if (const Value* origin = i->attrs->find("__origin__")) base = *origin;
    Class* c = as<Class>(base);
    if (!c) {
      FACULA_TRY(std::string text, repr(b));
      return raise("TypeError", "a class cannot inherit from {}", text);
    }
    if (c->mro.size() > 200) return raise("RecursionError", "too many base classes");
    parents.emplace_back(c);
    if (c->cls && c->cls->is_subclass_of(metaclass)) metaclass = c->cls.get();
  }
  if (parents.empty()) parents.emplace_back(known.object);
  for (std::size_t k = 0; k < keywords.kw.size(); ++k)
    if (keywords.kw[k].first == "metaclass") {
      if (Class* m = as<Class>(keywords.kw[k].second)) metaclass = m;
      keywords.kw.erase(keywords.kw.begin() + static_cast<std::ptrdiff_t>(k));
      break;
    }
  auto c = make_ref<Class>(heap_, metaclass, name);
  c->qualified_name = name;
  c->members = members;
  if (const Value* m = members->find("__module__"); m && m->is_str()) c->module_name = m->str();
  c->bases = parents;
  c->mro = linearize(c.get(), parents);
  if (c->mro.empty()) return raise("TypeError", "Cannot create a consistent method resolution order (MRO) for bases of {}", name);
  for (const auto& b : c->mro)
    if (b->layout != Layout::kObject) {
      c->layout = b->layout;
      break;
    }
  const Value value = value_of(c);
  for (const auto& [key, v] : members->items())
    if (type_of(v)->find("__set_name__") && object(v)) {
      FACULA_TRY(const auto done, try_special(v, "__set_name__", {value, key}));
      (void)done;
    }
  if (const Value* hook = c->find("__init_subclass__", c.get())) {
    Value f = *hook;
    if (const auto* d = as<Descriptor>(f)) f = d->get;
    Args given = std::move(keywords);
    given.pos.assign(1, value);
    FACULA_TRY_VOID(call(f, std::move(given)));
  }
  if (metaclass != known.type)
    if (const Value* hook = metaclass->find("__init__"); hook && as<Function>(*hook)) {
      FACULA_TRY_VOID(call(*hook, std::vector<Value>{value, Value(name), tuple(bases), value_of(members)}));
    }
  return value;
}

}  // namespace fac::interp
