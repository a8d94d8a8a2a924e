// `try` in the everyday dialect. Compiled programs catch no exceptions, and no archive could say so: `finally` runs whichever way the
// body leaves, except by an exception, which ends the program. `except` is compiled where a test beforehand says the same: a body that
// is one look-up, one division, one text read as a number, or one `index`, `remove` or `pop`.
#include <algorithm>
#include <functional>
#include <optional>

#include "frontend/nn/everyday.h"
#include "frontend/script/emitter.h"
#include "frontend/script/hidden.h"

namespace fac::script {
namespace {

constexpr Diag<> kExcept{"try-except", "`except` is not supported here: compiled programs catch no exceptions"};

// Names, attributes and numbers: evaluated twice without a difference.
bool is_simple(const Expr& e) {
  switch (e.kind) {
    case ExprKind::kName:
    case ExprKind::kIntLit:
    case ExprKind::kFloatLit:
    case ExprKind::kStringLit: return true;
    case ExprKind::kAttribute: return is_simple(*e.as<Attribute>().object);
    case ExprKind::kUnary: return e.as<Unary>().op == UnaryOp::kNeg && is_simple(*e.as<Unary>().operand);
    default: return false;
  }
}

// All that the body does: `return d[k]`, `x = xs[i]`, `xs.remove(v)`.
const Expr* only_expression(Block body) {
  if (body.size() != 1) return nullptr;
  if (const auto* r = body[0]->try_as<Return>()) return r->value;
  if (const auto* a = body[0]->try_as<Assign>(); a && a->targets.size() == 1 && a->targets[0]->kind == ExprKind::kName) return a->value;
  if (const auto* e = body[0]->try_as<ExprStmt>()) return e->value;
  return nullptr;
}

bool catches(const Expr* type, std::string_view raised) {
  if (!type) return true;
  if (const auto* several = type->try_as<Tuple>())
    return std::any_of(several->items.begin(), several->items.end(), [&](const Expr* t) { return catches(t, raised); });
  const std::string name = dotted_name(*type);
  const bool lookup = raised == "KeyError" || raised == "IndexError";
  return name == raised || (lookup && name == "LookupError") || (raised == "ZeroDivisionError" && name == "ArithmeticError") ||
         name == "Exception" || name == "BaseException";
}

// One operation that may fail, with the test that tells beforehand whether it will not.
struct Attempt {
  std::string_view raises;
  std::function<ValueId()> works;  // none: an error was reported
};

std::optional<Attempt> attempt_of(Emitter& e, const Expr& body) {
  const Range at = body.range;
  const auto within = [&e, at](ValueId list, ValueId index) {
    const ValueId length = e.call_operator("aten::len", {list}, at);
    return e.call_operator("aten::__and__", {e.call_operator("aten::lt", {index, length}, at),
                                             e.call_operator("aten::ge", {index, e.call_operator("aten::neg", {length}, at)}, at)}, at);
  };
  const auto contains = [&e, at](ValueId in, ValueId item) { return e.call_operator("aten::__contains__", {in, item}, at); };
  if (const auto* s = body.try_as<Subscript>()) {
    if (s->indices.size() != 1 || s->is_tuple || !is_simple(*s->object) || !is_simple(*s->indices[0])) return std::nullopt;
    const ValueId object = e.expression(*s->object), index = e.expression(*s->indices[0]);
    const TypeKind k = object && index ? e.type(object)->kind() : TypeKind::kNone;
    if (k == TypeKind::kDict) return Attempt{"KeyError", [=] { return contains(object, index); }};
    if (k == TypeKind::kList || k == TypeKind::kStr) return Attempt{"IndexError", [=] { return within(object, index); }};
    return std::nullopt;
  }
  if (const auto* b = body.try_as<Binary>()) {
    if ((b->op != BinaryOp::kDiv && b->op != BinaryOp::kFloorDiv && b->op != BinaryOp::kMod) || !is_simple(*b->left) || !is_simple(*b->right)) return std::nullopt;
    const ValueId left = e.expression(*b->left), right = e.expression(*b->right);
    const auto number = [&](ValueId v) { return v && (e.type(v)->kind() == TypeKind::kInt || e.type(v)->kind() == TypeKind::kFloat); };
    if (!number(left) || !number(right)) return std::nullopt;
    return Attempt{"ZeroDivisionError", [&e, right, at] { return e.call_operator("aten::ne", {right, e.constant(Value(std::int64_t{0}), at)}, at); }};
  }
  const auto* c = body.try_as<Call>();
  if (!c || std::any_of(c->args.begin(), c->args.end(), [](const Arg& a) { return a.kind != ArgKind::kPositional || !is_simple(*a.value); })) return std::nullopt;
  if (const auto* name = c->callee->try_as<Name>()) {
    const std::string_view f = name->name.str();
    if ((f != "int" && f != "float") || c->args.size() != 1) return std::nullopt;
    const ValueId text = e.expression(*c->args[0].value);
    if (!text || e.type(text)->kind() != TypeKind::kStr) return std::nullopt;
    return Attempt{"ValueError", [&e, f, text, at] { return nn::call_everyday(e, f == "int" ? "is_int_text" : "is_float_text", {text}, at); }};
  }
  const auto* method = c->callee->try_as<Attribute>();
  if (!method || !is_simple(*method->object)) return std::nullopt;
  const std::string_view m = method->name.str();
  if (m != "index" && m != "remove" && m != "pop") return std::nullopt;
  const ValueId object = e.expression(*method->object);
  const TypeKind k = object ? e.type(object)->kind() : TypeKind::kNone;
  const ValueId argument = c->args.size() == 1 ? e.expression(*c->args[0].value) : ValueId{};
  if (k == TypeKind::kList && m == "pop" && c->args.empty())
    return Attempt{"IndexError", [&e, object, at] { return e.call_operator("aten::gt", {e.call_operator("aten::len", {object}, at), e.constant(Value(std::int64_t{0}), at)}, at); }};
  if (!argument) return std::nullopt;
  if (m == "pop" && k == TypeKind::kList) return Attempt{"IndexError", [=] { return within(object, argument); }};
  if (k == TypeKind::kDict && m != "index") return Attempt{"KeyError", [=] { return contains(object, argument); }};  // a set's remove, too
  if ((k == TypeKind::kList && m != "pop") || (k == TypeKind::kStr && m == "index")) return Attempt{"ValueError", [=] { return contains(object, argument); }};
  return std::nullopt;
}

}  // namespace

Flow Emitter::try_statement(const Try& s) {
  Flow flow;
  if (!s.handlers.empty()) {
    const Expr* only = only_expression(s.body);
    const std::optional<Attempt> attempt = only ? attempt_of(*this, *only) : std::nullopt;
    if (!attempt) {
      error(s.handlers[0].range, kExcept)
          .hint("test for the condition before it happens; or drop the `try` where an error should end the program");
      return Flow::kFalls;
    }
    const Range at = s.body[0]->range;
    const auto handler = std::find_if(s.handlers.begin(), s.handlers.end(), [&](const Handler& h) { return catches(h.type, attempt->raises); });
    const auto body = [&] {
      const Flow f = statements(s.body);
      return f == Flow::kFalls ? statements(s.else_body) : f;
    };
    if (handler == s.handlers.end()) flow = body();
    else flow = either(attempt->works(), body, [&] { return statements(handler->body); }, at);
  } else {
    flow = statements(s.body);
  }
  if (flow == Flow::kThrows) return flow;
  const Flow after = statements(s.finally_body);  // as in `with`: leaving early has only set variables so far
  return after == Flow::kFalls ? flow : after;
}

}  // namespace fac::script
