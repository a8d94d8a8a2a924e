// Calls: functions, methods, classes.
#include "interp/interp.h"
#include "source/did_you_mean.h"

namespace fac::interp {

using namespace script;

const Value* arg(const Args& args, std::size_t position, std::string_view name) {
  if (position < args.pos.size()) return &args.pos[position];
  if (!name.empty())
    for (const auto& [n, v] : args.kw)
      if (n == name) return &v;
  return nullptr;
}

Result<Value> Interp::call(const Value& callee, Args args) {
  const Depth depth(*this);
  FACULA_TRY_VOID(depth.ok());
  FACULA_TRY_VOID(tick());
  Obj* o = object(callee);
  if (!o) return raise("TypeError", "'{}' object is not callable", type_name(*this, callee));
  const Ref<Obj> keep(o);
  switch (o->kind) {
    case Kind::kFunction: return call_function(static_cast<Function&>(*o), std::move(args));
    case Kind::kNative: {
      auto& n = static_cast<Native&>(*o);
      if (n.has_data) args.pos.insert(args.pos.begin(), n.data);
      return n.fn(*this, args);
    }
    case Kind::kMethod: {
      auto& m = static_cast<Method&>(*o);
      args.pos.insert(args.pos.begin(), m.self);
      return call(m.function, std::move(args));
    }
    case Kind::kClass: {
      auto& c = static_cast<Class&>(*o);
      if (c.cls && c.cls.get() != known.type)
        if (const Value* f = c.cls->find("__call__")) {
          FACULA_TRY(const Value bound, bind(*f, callee, c.cls.get()));
          return call(bound, std::move(args));
        }
      return construct(c, std::move(args));
    }
    case Kind::kInert: {
      const auto& inert_object = static_cast<Inert&>(*o);
      return inert(inert_object.name + "()", inert_object.why);
    }
    case Kind::kStaticMethod: return call(static_cast<Descriptor&>(*o).get, std::move(args));
    default: break;
  }
  if (const Value* f = type_of(callee)->find("__call__")) {
    FACULA_TRY(const Value bound, bind(*f, callee, type_of(callee)));
    return call(bound, std::move(args));
  }
  return raise("TypeError", "'{}' object is not callable", type_name(*this, callee));
}

Status Interp::bind_parameters(Function& fn, Args& args, Scope& scope) {
  const auto params = fn.params;
  scope.variables.reserve(params.size() + 4);
  std::size_t next = 0;
  std::vector<bool> used(args.kw.size(), false);
  std::size_t positional = 0;
  for (const Param& p : params) {
    positional += p.kind == ParamKind::kPositional || p.kind == ParamKind::kPositionalOnly;
  }
  std::vector<std::string> missing;
  for (std::size_t i = 0; i < params.size(); ++i) {
    const Param& p = params[i];
    if (p.kind == ParamKind::kStar) {
      if (!p.name) continue;
      std::vector<Value> rest(std::make_move_iterator(args.pos.begin() + static_cast<std::ptrdiff_t>(std::min(next, args.pos.size()))),
                              std::make_move_iterator(args.pos.end()));
      next = args.pos.size();
      scope.variables.emplace_back(p.name, tuple(std::move(rest)));
      continue;
    }
    if (p.kind == ParamKind::kDoubleStar) {
      Ref<Dict> d = dict();
      for (std::size_t k = 0; k < args.kw.size(); ++k)
        if (!used[k]) {
          bool named = false;  // a keyword of a parameter that a position has filled
          for (const Param& q : params)
            if (q.name.str() == args.kw[k].first && q.kind != ParamKind::kPositionalOnly && q.kind != ParamKind::kDoubleStar)
              named = true;
          if (named) continue;
          used[k] = true;
          d->set(args.kw[k].first, std::move(args.kw[k].second));
        }
      scope.variables.emplace_back(p.name, value_of(d));
      continue;
    }
    if (p.kind != ParamKind::kKeywordOnly && next < args.pos.size()) {
      scope.variables.emplace_back(p.name, std::move(args.pos[next++]));
      continue;
    }
    bool found = false;
    if (p.kind != ParamKind::kPositionalOnly)
      for (std::size_t k = 0; k < args.kw.size(); ++k)
        if (!used[k] && args.kw[k].first == p.name.str()) {
          used[k] = found = true;
          scope.variables.emplace_back(p.name, std::move(args.kw[k].second));
          break;
        }
    if (found) continue;
    if (fn.has_default[i]) scope.variables.emplace_back(p.name, fn.defaults[i]);
    else missing.push_back("'" + std::string(p.name.str()) + "'");
  }
  if (next < args.pos.size())
    return raise("TypeError", "{}() takes {} positional argument{} but {} {} given", fn.qualified_name, positional,
                 positional == 1 ? "" : "s", args.pos.size(), args.pos.size() == 1 ? "was" : "were");
  for (std::size_t k = 0; k < used.size(); ++k) {
    if (used[k]) continue;
    std::vector<std::string_view> names;
    for (const Param& p : params) {
      names.push_back(p.name.str());
      if (p.name.str() == args.kw[k].first && p.kind != ParamKind::kPositionalOnly)
        return raise("TypeError", "{}() got multiple values for argument '{}'", fn.qualified_name, args.kw[k].first);
    }
    std::string hint = did_you_mean(args.kw[k].first, names);
    return raise("TypeError", "{}() got an unexpected keyword argument '{}'{}", fn.qualified_name, args.kw[k].first,
                 hint.empty() ? "" : "; " + hint);
  }
  if (!missing.empty()) {
    std::string names;
    for (std::size_t i = 0; i < missing.size(); ++i)
      names += (i == 0 ? "" : i + 1 < missing.size() ? ", " : missing.size() > 2 ? ", and " : " and ") + missing[i];
    return raise("TypeError", "{}() missing {} required argument{}: {}", fn.qualified_name, missing.size(),
                 missing.size() == 1 ? "" : "s", names);
  }
  return {};
}

Result<Value> Interp::call_function(Function& fn, Args args) {
  if (calls_ >= limits_.calls) return raise("RecursionError", "maximum recursion depth exceeded");
  ++calls_;
  struct Leave {
    std::uint32_t& calls;
    ~Leave() { --calls; }
  } leave{calls_};
  const Ref<Function> keep(&fn);
  Frame f;
  f.scope = make_ref<Scope>(heap_, fn.closure);
  f.scope->names = fn.names;
  f.scope->function = keep;
  f.module = fn.module;
  f.tree = fn.tree;
  f.function = &fn.name;
  FACULA_TRY_VOID(bind_parameters(fn, args, *f.scope));
  if (fn.lambda) {
    f.at = fn.lambda->range;
    return eval(*fn.lambda->body, f);
  }
  if (fn.def->is_broken) f.at = fn.def->range;
  Result<Flow> flow = exec(fn.def->body, f);
  if (!flow.ok()) {
    ErrorPtr e = flow.take_error();
    if (e->frames.size() < 64) {
      const Range at = f.at;
      std::string where = at ? fmt("  File \"{}\", line {}, in {}\n    {}", at.file->name(), at.file->position(at.begin).line,
                                   fn.name, at.file->line_text(at.file->line_index(at.begin)).substr(
                                       std::min(at.file->line_text(at.file->line_index(at.begin)).find_first_not_of(" \t"), at.file->line_text(at.file->line_index(at.begin)).size())))
                             : fmt("  in {}", fn.name);
      e->frames.push_back({fn.name, std::move(where)});
    }
    return e;
  }
  return std::move(f.returned);
}

Result<Value> Interp::call_method(const Value& self, std::string_view name, std::vector<Value> args) {
  FACULA_TRY(const Value f, get_attr(self, name));
  return call(f, std::move(args));
}

Result<std::optional<Value>> Interp::try_special(const Value& self, std::string_view name, std::vector<Value> args) {
  Class* c = type_of(self);
  if (c->is_builtin) return std::optional<Value>();
  const Value* f = c->find(name);
  if (!f || f->is_none()) return std::optional<Value>();
  if (const Native* n = as<Native>(*f); n && n->is_method && c->layout != Layout::kObject && c->layout != Layout::kTensor)
    return std::optional<Value>();  // the builtin base's own: the caller knows it
  FACULA_TRY(const Value bound, bind(*f, self, c));
  FACULA_TRY(Value v, call(bound, std::move(args)));
  return std::optional<Value>(std::move(v));
}

Result<Value> Interp::construct(Class& c, Args args) {
  const Value* make = c.find("__new__");
  Value self;
  if (make) {
    Value f = *make;
    if (const auto* d = as<Descriptor>(f)) f = d->get;
    Args given = args;
    given.pos.insert(given.pos.begin(), value_of(Ref<Obj>(&c)));
    FACULA_TRY(self, call(f, std::move(given)));
    if (!is_instance(self, &c)) return self;
  } else {
    self = instance_of(&c);
  }
  const Value* init = type_of(self)->find("__init__");
  if (!init) {
    if (!make && (!args.pos.empty() || !args.kw.empty())) return raise("TypeError", "{}() takes no arguments", c.name);
    return self;
  }
  FACULA_TRY(const Value bound, bind(*init, self, &c));
  FACULA_TRY_VOID(call(bound, std::move(args)));
  return self;
}

}  // namespace fac::interp
