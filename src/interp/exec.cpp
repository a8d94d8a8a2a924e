// Statements.
#include "interp/interp.h"

namespace fac::interp {

using namespace script;

Result<Flow> Interp::exec(Block body, Frame& f) {
  for (const Stmt* s : body) {
    FACULA_TRY_VOID(tick());
    f.at = s->range;
    FACULA_TRY(const Flow flow, statement(*s, f));
    if (flow != Flow::kNext) return flow;
  }
  return Flow::kNext;
}

Result<Flow> Interp::statement(const Stmt& s, Frame& f) {
  const auto done = [](Status status) -> Result<Flow> {
    if (!status.ok()) return status.take_error();
    return Flow::kNext;
  };
  switch (s.kind) {
    case StmtKind::kExprStmt: {
      FACULA_TRY_VOID(eval(*s.as<ExprStmt>().value, f));
      return Flow::kNext;
    }
    case StmtKind::kAssign: {
      const auto& a = s.as<Assign>();
      FACULA_TRY(const Value v, eval(*a.value, f));
      for (const Expr* target : a.targets) FACULA_TRY_VOID(assign(*target, v, f));
      return Flow::kNext;
    }
    case StmtKind::kAnnAssign: return done(annotate(s.as<AnnAssign>(), f));
    case StmtKind::kAugAssign: return done(augment(s.as<AugAssign>(), f));
    case StmtKind::kReturn: {
      f.returned = Value();
      if (s.as<Return>().value) {
        FACULA_TRY(f.returned, eval(*s.as<Return>().value, f));
      }
      return Flow::kReturn;
    }
    case StmtKind::kRaise: return done(raise_statement(s.as<Raise>(), f));
    case StmtKind::kAssert: {
      const auto& a = s.as<Assert>();
      FACULA_TRY(const Value v, eval(*a.condition, f));
      FACULA_TRY(const bool holds, truth(v));
      if (holds) return Flow::kNext;
      if (!a.message) return raise("AssertionError", "");
      FACULA_TRY(const Value m, eval(*a.message, f));
      FACULA_TRY(std::string message, text(m));
      return raise("AssertionError", std::move(message));
    }
    case StmtKind::kIf: {
      const auto& i = s.as<If>();
      FACULA_TRY(const Value c, eval(*i.condition, f));
      FACULA_TRY(const bool yes, truth(c));
      return exec(yes ? i.body : i.else_body, f);
    }
    case StmtKind::kFor: return for_loop(s.as<For>(), f);
    case StmtKind::kWhile: return while_loop(s.as<While>(), f);
    case StmtKind::kWith: return with(s.as<With>(), 0, f);
    case StmtKind::kTry: return try_statement(s.as<Try>(), f);
    case StmtKind::kDelete:
      for (const Expr* t : s.as<Delete>().targets) FACULA_TRY_VOID(delete_target(*t, f));
      return Flow::kNext;
    case StmtKind::kGlobal:
    case StmtKind::kNonlocal:
    case StmtKind::kPass: return Flow::kNext;
    case StmtKind::kBreak: return Flow::kBreak;
    case StmtKind::kContinue: return Flow::kContinue;
    case StmtKind::kImport: return done(import(s.as<Import>(), f));
    case StmtKind::kImportFrom: return done(import_from(s.as<ImportFrom>(), f));
    case StmtKind::kFunctionDef: return done(define(s.as<FunctionDef>(), f));
    case StmtKind::kClassDef: return done(class_statement(s.as<ClassDef>(), f));
    case StmtKind::kBad: return raise("SyntaxError", std::string(s.as<Bad>().message));
  }
  return raise("SyntaxError", "this statement is not supported");
}

Result<Flow> Interp::for_loop(const For& s, Frame& f) {
  FACULA_TRY(const Value source, eval(*s.iterable, f));
  FACULA_TRY(const Value it, iterate(source));
  Value item;
  while (true) {
    FACULA_TRY_VOID(tick());
    FACULA_TRY(const bool more, next(it, item));
    if (!more) return exec(s.else_body, f);
    FACULA_TRY_VOID(assign(*s.target, std::move(item), f));
    FACULA_TRY(const Flow flow, exec(s.body, f));
    if (flow == Flow::kBreak) return Flow::kNext;
    if (flow == Flow::kReturn) return flow;
  }
}

Result<Flow> Interp::while_loop(const While& s, Frame& f) {
  while (true) {
    FACULA_TRY_VOID(tick());
    FACULA_TRY(const Value c, eval(*s.condition, f));
    FACULA_TRY(const bool on, truth(c));
    if (!on) return exec(s.else_body, f);
    FACULA_TRY(const Flow flow, exec(s.body, f));
    if (flow == Flow::kBreak) return Flow::kNext;
    if (flow == Flow::kReturn) return flow;
  }
}

namespace {

// A program that handles missing modules itself gets to see them missing.
bool handles_imports(const Try& s) {
  for (const Handler& h : s.handlers) {
    if (!h.type) return true;
    const std::string_view text = h.type->range.text();
    if (text.find("ImportError") != text.npos || text.find("ModuleNotFound") != text.npos || text == "Exception") return true;
  }
  return false;
}

}  // namespace

Result<Flow> Interp::try_statement(const Try& s, Frame& f) {
  const bool guards = handles_imports(s);
  if (guards) ++import_guard_;
  Result<Flow> flow = exec(s.body, f);
  if (guards) --import_guard_;
  if (!flow.ok()) flow = handle(s, flow.take_error(), f);
  else if (*flow == Flow::kNext) flow = exec(s.else_body, f);
  if (s.finally_body.empty()) return flow;
  // The exception and the returned value wait while the clean-up runs.
  Value pending = pending_, returned = f.returned;
  FACULA_TRY(const Flow last, exec(s.finally_body, f));
  if (last != Flow::kNext) return last;
  pending_ = std::move(pending);
  f.returned = std::move(returned);
  return flow;
}

Result<Flow> Interp::handle(const Try& s, ErrorPtr error, Frame& f) {
  const std::optional<Value> exception = caught(*error);
  if (!exception) return error;
  for (const Handler& h : s.handlers) {
    if (h.type) {
      FACULA_TRY(const Value type, eval(*h.type, f));
      FACULA_TRY(const bool fits, is_instance_of(*exception, type));
      if (!fits) continue;
    }
    if (h.name) FACULA_TRY_VOID(assign_name(h.name, *exception, f));
    handling_.push_back(*exception);
    pending_ = Value();
    Result<Flow> flow = exec(h.body, f);
    handling_.pop_back();
    if (h.name && f.scope) f.scope->erase(h.name);
    return flow;
  }
  pending_ = *exception;
  return error;
}

Result<Flow> Interp::with(const With& s, std::size_t item, Frame& f) {
  if (item == s.items.size()) return exec(s.body, f);
  FACULA_TRY(const Value context, eval(*s.items[item].context, f));
  FACULA_TRY(Value entered, call_method(context, "__enter__", {}));
  if (s.items[item].target) FACULA_TRY_VOID(assign(*s.items[item].target, std::move(entered), f));
  Result<Flow> flow = with(s, item + 1, f);
  if (flow.ok()) {
    Value returned = f.returned;
    FACULA_TRY_VOID(call_method(context, "__exit__", {Value(), Value(), Value()}));
    f.returned = std::move(returned);
    return flow;
  }
  ErrorPtr error = flow.take_error();
  const std::optional<Value> exception = caught(*error);
  if (!exception) return error;
  FACULA_TRY(const Value swallow, call_method(context, "__exit__", {value_of(Ref<Obj>(type_of(*exception))), *exception, Value()}));
  FACULA_TRY(const bool yes, truth(swallow));
  if (yes) return Flow::kNext;
  pending_ = *exception;
  return error;
}

Status Interp::raise_statement(const Raise& s, Frame& f) {
  if (!s.exception) {
    if (handling_.empty()) return raise("RuntimeError", "No active exception to reraise");
    return raise_object(handling_.back());
  }
  FACULA_TRY(Value v, eval(*s.exception, f));
  if (as<Class>(v)) {
    FACULA_TRY(v, call(v, std::vector<Value>{}));
  }
  if (!is_instance(v, known.base_exception)) return raise("TypeError", "exceptions must derive from BaseException");
  if (s.cause) {
    FACULA_TRY(Value cause, eval(*s.cause, f));
    set_attr_raw(*object(v), "__cause__", std::move(cause));
  }
  return raise_object(std::move(v));
}

// --- assignment --------------------------------------------------------------------------------------------------------

Status Interp::assign_name(Symbol name, Value v, Frame& f) {
  Scope* s = f.scope.get();
  if (s && s->names && s->names->has(s->names->globals, name)) s = nullptr;
  else if (s && s->names && s->names->has(s->names->nonlocals, name)) {
    for (s = s->parent.get(); s; s = s->parent.get())
      if (!s->is_class && (s->find(name) || (s->names && s->names->has(s->names->locals, name)))) break;
    if (!s) return raise("SyntaxError", "no binding for nonlocal '{}' found", name.str());
  }
  if (s) {
    s->set(name, std::move(v));
    return {};
  }
  f.module->attrs->set(name.str(), std::move(v));
  return {};
}

Status Interp::unpack(Exprs targets, const Value& v, Range at, Frame& f) {
  (void)at;
  FACULA_TRY(auto values, gather(v));
  std::size_t star = targets.size();
  for (std::size_t i = 0; i < targets.size(); ++i)
    if (targets[i]->kind == ExprKind::kStarred) star = i;
  const bool has_star = star < targets.size();
  if (values.size() < targets.size() - (has_star ? 1 : 0))
    return raise("ValueError", "not enough values to unpack (expected {}{}, got {})", has_star ? "at least " : "",
                 targets.size() - (has_star ? 1 : 0), values.size());
  if (!has_star && values.size() > targets.size())
    return raise("ValueError", "too many values to unpack (expected {})", targets.size());
  const std::size_t extra = values.size() - (targets.size() - (has_star ? 1 : 0));
  std::size_t at_value = 0;
  for (std::size_t i = 0; i < targets.size(); ++i) {
    if (i == star) {
      std::vector<Value> rest(values.begin() + static_cast<std::ptrdiff_t>(at_value),
                              values.begin() + static_cast<std::ptrdiff_t>(at_value + extra));
      at_value += extra;
      FACULA_TRY_VOID(assign(*targets[i]->as<Starred>().value, list(std::move(rest)), f));
    } else {
      FACULA_TRY_VOID(assign(*targets[i], values[at_value++], f));
    }
  }
  return {};
}

Status Interp::assign(const Expr& target, Value v, Frame& f) {
  switch (target.kind) {
    case ExprKind::kName: return assign_name(target.as<Name>().name, std::move(v), f);
    case ExprKind::kTuple: return unpack(target.as<Tuple>().items, v, target.range, f);
    case ExprKind::kList: return unpack(target.as<List>().items, v, target.range, f);
    case ExprKind::kAttribute: {
      FACULA_TRY(const Value o, eval(*target.as<Attribute>().object, f));
      f.at = target.range;
      return set_attr(o, target.as<Attribute>().name.str(), std::move(v));
    }
    case ExprKind::kSubscript: {
      FACULA_TRY(const Value o, eval(*target.as<Subscript>().object, f));
      FACULA_TRY(const Value i, index_of(target.as<Subscript>(), f));
      return set_item(o, i, std::move(v));
    }
    default: return raise("SyntaxError", "cannot assign to this expression");
  }
}

Status Interp::augment(const AugAssign& s, Frame& f) {
  const Expr& target = *s.target;
  if (const auto* a = target.try_as<Attribute>()) {
    FACULA_TRY(const Value o, eval(*a->object, f));
    FACULA_TRY(const Value old, get_attr(o, a->name.str()));
    FACULA_TRY(const Value by, eval(*s.value, f));
    FACULA_TRY(Value v, in_place(s.op, old, by));
    return set_attr(o, a->name.str(), std::move(v));
  }
  if (const auto* sub = target.try_as<Subscript>()) {
    FACULA_TRY(const Value o, eval(*sub->object, f));
    FACULA_TRY(const Value i, index_of(*sub, f));
    FACULA_TRY(const Value old, get_item(o, i));
    FACULA_TRY(const Value by, eval(*s.value, f));
    FACULA_TRY(Value v, in_place(s.op, old, by));
    return set_item(o, i, std::move(v));
  }
  FACULA_TRY(const Value old, eval(target, f));
  FACULA_TRY(const Value by, eval(*s.value, f));
  FACULA_TRY(Value v, in_place(s.op, old, by));
  return assign(target, std::move(v), f);
}

Status Interp::delete_target(const Expr& target, Frame& f) {
  switch (target.kind) {
    case ExprKind::kName: {
      const Symbol n = target.as<Name>().name;
      const bool gone = f.scope ? f.scope->erase(n) : f.module->attrs->erase(n.str());
      if (!gone) return raise("NameError", "name '{}' is not defined", n.str());
      return {};
    }
    case ExprKind::kTuple:
      for (const Expr* t : target.as<Tuple>().items) FACULA_TRY_VOID(delete_target(*t, f));
      return {};
    case ExprKind::kAttribute: {
      FACULA_TRY(const Value o, eval(*target.as<Attribute>().object, f));
      return delete_attr(o, target.as<Attribute>().name.str());
    }
    case ExprKind::kSubscript: {
      FACULA_TRY(const Value o, eval(*target.as<Subscript>().object, f));
      FACULA_TRY(const Value i, index_of(target.as<Subscript>(), f));
      return delete_item(o, i);
    }
    default: return raise("SyntaxError", "cannot delete this expression");
  }
}

Status Interp::annotate(const AnnAssign& s, Frame& f) {
  if (s.value) {
    FACULA_TRY(Value v, eval(*s.value, f));
    FACULA_TRY_VOID(assign(*s.target, std::move(v), f));
  }
  // Fields of a class, in their order: dataclasses, NamedTuples and TorchScript's attribute types ask for them.
  if (!f.scope || !f.scope->is_class || s.target->kind != ExprKind::kName) return {};
  Value* all = f.scope->find(Symbol("__annotations__"));
  Dict* table = all ? as<Dict>(*all) : nullptr;
  if (!table) {
    Ref<Dict> fresh = dict();
    f.scope->set(Symbol("__annotations__"), value_of(fresh));
    table = fresh.get();
  }
  Result<Value> type = eval(*s.annotation, f);
  if (!type.ok()) {  // a forward reference, or a name that only type checkers know
    Error& e = type.error();
    if (e.kind == ErrorKind::kLimit) return type.take_error();
    pending_ = Value();
  }
  table->set(s.target->as<Name>().name.str(), type.ok() ? *type : Value(s.annotation->range.text()));
  return {};
}

}  // namespace fac::interp
