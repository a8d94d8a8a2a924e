// Statements that are no branch and no loop, and the function as a whole.
#include <algorithm>

#include "frontend/script/emitter.h"
#include "frontend/script/hidden.h"
#include "ir/symbols.h"

namespace fac::script {
namespace {

constexpr Diag<std::string_view> kNotSupported{"statement-not-supported", "{} statements aren't supported"};
constexpr Diag<std::string_view, std::string_view> kReturnType{
    "return-type", "Return value was annotated as having type {} but is actually of type {}"};
constexpr Diag<std::string_view, std::string_view> kReturnTypes{
    "return-types-differ",
    "Previous return statement returned a value of type {} but this return statement returns a value of type {}"};
constexpr Diag<> kNotDeletable{"not-deletable",
                               "del statements are only supported for deleting list and dict items and variables"};
constexpr Diag<> kFallsOff{"no-return",
                           "Function was not annotated as having type None, but does not return along all paths"};
constexpr Diag<> kNotException{"not-an-exception", "exceptions must derive from BaseException"};
constexpr Diag<std::string_view> kUnparsed{"syntax-error", "{}"};

}  // namespace

Flow Emitter::statement(const Stmt& s) {
  const bool compound = s.kind == StmtKind::kFor || s.kind == StmtKind::kWhile || s.kind == StmtKind::kWith ||
                        s.kind == StmtKind::kTry || s.kind == StmtKind::kFunctionDef;
  resolver_->statement = compound ? Range{} : s.range;
  switch (s.kind) {
    case StmtKind::kExprStmt:
      // A bare string is a docstring.
      if (s.as<ExprStmt>().value->kind != ExprKind::kStringLit) meaning(*s.as<ExprStmt>().value, {nullptr, 0});
      return Flow::kFalls;
    case StmtKind::kAssign: assign(s.as<Assign>()); return Flow::kFalls;
    case StmtKind::kAnnAssign: assign_annotated(s.as<AnnAssign>()); return Flow::kFalls;
    case StmtKind::kAugAssign: augmented(s.as<AugAssign>()); return Flow::kFalls;
    case StmtKind::kReturn: return return_statement(s.as<Return>());
    case StmtKind::kRaise: return raise(s.as<Raise>());
    case StmtKind::kAssert: return assertion(s.as<Assert>());
    case StmtKind::kFor: return for_statement(s.as<For>());
    case StmtKind::kWhile: return while_statement(s.as<While>());
    case StmtKind::kWith: return with(s.as<With>());
    case StmtKind::kBreak: return leave_loop(true, s.range);
    case StmtKind::kContinue: return leave_loop(false, s.range);
    case StmtKind::kPass: return Flow::kFalls;
    case StmtKind::kFunctionDef: nested_function(s.as<FunctionDef>()); return Flow::kFalls;
    case StmtKind::kDelete:
      for (const Expr* target : s.as<Delete>().targets) {
        if (const auto* name = target->try_as<Name>()) {
          if (lookup(name->name, name->range)) env_.remove(name->name);
        } else if (const auto* sub = target->try_as<Subscript>()) {
          delete_subscript(*sub);
        } else {
          error(target->range, kNotDeletable);
        }
      }
      return Flow::kFalls;
    case StmtKind::kBad: error(s.range, kUnparsed, s.as<Bad>().message); return Flow::kFalls;
    case StmtKind::kTry:
      if (everyday()) return try_statement(s.as<Try>());
      break;
    case StmtKind::kGlobal:
      if (everyday()) {
        for (const Symbol name : s.as<Global>().names) globals_.push_back(name);
        return Flow::kFalls;
      }
      break;
    case StmtKind::kNonlocal:
      if (everyday()) {
        declare_nonlocal(s.as<Nonlocal>());
        return Flow::kFalls;
      }
      break;
    case StmtKind::kIf:  // statements() handles them
    case StmtKind::kImport:
    case StmtKind::kImportFrom:
    case StmtKind::kClassDef: break;
  }
  error(s.range, kNotSupported, kind_name(s.kind));
  return Flow::kFalls;
}

Flow Emitter::return_statement(const Return& s) {
  ValueId v = s.value ? expression(*s.value, declared_return_) : none(s.range);
  const Range at = s.value && !resolver_->marks_as_pytorch() ? s.value->range : s.range;
  if (v && declared_return_) {
    const bool any = declared_return_->kind() == TypeKind::kAny;
    if (!any) v = coerce(convert(v, declared_return_, true, at), declared_return_, at);
    if (v && !is_subtype(type(v), declared_return_)) {
      error(at, kReturnType, declared_return_->annotation(), type(v)->annotation());
      v = {};
    }
  } else if (v) {
    const TypePtr wider = hinted(return_key_);
    if (wider) v = coerce(v, wider, at);
    TypePtr both = merged_return_ ? unify(merged_return_, type(v)) : type(v);
    if (!both && everyday() && hints_ && merged_return_) {
      both = join_types(merged_return_, type(v));
      if (both) hints_->note(hint_key(return_key_), both);
    }
    if (!both) error(at, kReturnTypes, merged_return_->annotation(), type(v)->annotation());
    else merged_return_ = both;
  }
  env_.set(hidden_names::kValue, value_meaning(v));
  const MeaningPtr yes = value_meaning(constant(Value(true), s.range));
  env_.set(hidden_names::kLeft, yes);
  if (loop_depth_ > 0) {
    env_.set(hidden_names::kStop, yes);
    env_.set(hidden_names::kReturned, yes);
  }
  return Flow::kLeaves;
}

Flow Emitter::raise(const Raise& s) {
  if (!s.exception) {
    error(s.range, kNotSupported, "re-raise");
    return Flow::kThrows;
  }
  // Exception("text", ...) or a class alone; an object of a user's exception class has its text as `__str__` gives it.
  const auto* called = s.exception->try_as<Call>();
  const MeaningPtr what = meaning(called ? *called->callee : *s.exception);
  if (!what) return Flow::kThrows;
  const std::string* exception = exception_name(what);
  if (!exception) {
    error(s.exception->range, kNotException);
    return Flow::kThrows;
  }
  ValueId message = constant(Value(""), s.range);
  if (called && !called->args.empty()) {
    std::vector<ValueId> parts;
    for (const CallArg& a : call_args(called->args)) {
      if (!a.value) return Flow::kThrows;
      parts.push_back(type(a.value)->kind() == TypeKind::kStr ? a.value : call_operator("aten::str", {a.value}, a.range));
    }
    message = parts[0];
    if (parts.size() > 1) message = call_operator("aten::str", {make_tuple(parts, s.range)}, s.range);
  }
  call_operator("prim::RaiseException", {message, constant(Value(*exception), s.range)}, s.range);
  return Flow::kThrows;
}

Flow Emitter::assertion(const Assert& s) {
  Condition c = condition(*s.condition);
  if (!c.value) return Flow::kFalls;
  if (c.known && *c.known) {
    refine(c.when_true, s.range);
    return Flow::kFalls;
  }
  const NodeId n = emit_node("prim::If", {c.value}, s.range);
  const BlockId outer = builder_.block(), holds = graph_.add_block(n), fails = graph_.add_block(n);
  // What the condition shows holds in the branch that goes on. A cast after the `if` would stand there for a None that is
  // known when a call is inlined, too, and PyTorch's optimiser folds such casts.
  builder_.set_block(holds);
  env_.push();
  refine(c.when_true, s.range);
  Frame refined = env_.pop();
  builder_.set_block(fails);
  env_.push();
  ValueId message = s.message ? expression(*s.message) : constant(Value("AssertionError: "), s.range);
  if (message && type(message)->kind() != TypeKind::kStr) message = call_operator("aten::str", {message}, s.range);
  if (message && s.message) {
    const Value* known = graph_.constant(message);
    message = known ? constant(Value("AssertionError: " + known->str()), s.range)
                    : call_operator("aten::add", {constant(Value("AssertionError: "), s.range), message}, s.range);
  }
  if (message) call_operator("prim::RaiseException", {message, none(s.range)}, s.range);
  Frame failed = env_.pop();
  builder_.set_block(outer);
  join(n, std::move(refined), Flow::kFalls, std::move(failed), Flow::kThrows, s.range);
  return c.known ? Flow::kThrows : Flow::kFalls;
}

void Emitter::function(const FunctionDef& def, Schema& schema) {
  return_key_ = &def;
  if (!schema.returns.empty()) declared_return_ = schema.returns[0].type;
  for (std::size_t i = 0; i < schema.arguments.size(); ++i) {
    const Argument& arg = schema.arguments[i];
    const ValueId v = graph_.add_param(graph_.top(), arg.type);
    const Symbol name = i < def.params.size() ? def.params[i].name : Symbol(arg.name);
    set_name(v, name);
    env_.set(name, value_meaning(v));
  }
  begin_cells(def);
  finish(def, statements(def.body), schema);
}

void Emitter::finish(const FunctionDef& def, Flow flow, Schema& schema) {
  const Range at = def.name_range ? def.name_range : def.range;
  const bool falls = flow == Flow::kFalls || flow == Flow::kMayLeave;
  if (falls) {
    // Optional results do not help in TorchScript: `return None` has to be written.
    if (declared_return_ && (everyday() ? !is_subtype(types::none(), declared_return_) : declared_return_->kind() != TypeKind::kNone))
      error(at, kFallsOff);
    if (!declared_return_) {
      const TypePtr both = merged_return_ ? unify(merged_return_, types::none()) : types::none();
      if (!both) error(at, kReturnTypes, merged_return_->annotation(), "NoneType");
      else merged_return_ = both;
    }
    guarded(
        [&] {
          env_.set(hidden_names::kValue, value_meaning(none(at)));
          return Flow::kFalls;
        },
        at);
  }
  const TypePtr result = declared_return_ ? declared_return_ : merged_return_ ? merged_return_ : types::none();
  ValueId value = hidden(hidden_names::kValue);
  if (!value) {  // it only raises, or the value is poison
    value = result->kind() == TypeKind::kNone ? none(at) : emit("prim::Uninitialized", {}, result, at);
  }
  for (ValueId v : return_values_) graph_.set_type(v, result);
  graph_.add_return(graph_.top(), value);
  if (schema.returns.empty()) {
    Argument r;
    r.type = result;
    schema.returns.push_back(std::move(r));
  }
  tidy();
}

}  // namespace fac::script
