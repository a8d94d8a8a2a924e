// `try` in the everyday dialect. Compiled programs catch no exceptions, and no archive could say so: `finally` runs whichever way the
// body leaves, except by an exception, which ends the program. `except` is compiled where a test beforehand says the same: a body that
// is one look-up in a dict, list or text.
#include <algorithm>
#include <array>

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
    case ExprKind::kStringLit: return true;
    case ExprKind::kAttribute: return is_simple(*e.as<Attribute>().object);
    case ExprKind::kUnary: return e.as<Unary>().op == UnaryOp::kNeg && is_simple(*e.as<Unary>().operand);
    default: return false;
  }
}

// The look-up that is all the body does: `return d[k]`, `x = xs[i]`.
const Subscript* only_lookup(Block body) {
  if (body.size() != 1) return nullptr;
  const Expr* value = nullptr;
  if (const auto* r = body[0]->try_as<Return>()) value = r->value;
  if (const auto* a = body[0]->try_as<Assign>(); a && a->targets.size() == 1 && a->targets[0]->kind == ExprKind::kName) value = a->value;
  const auto* s = value ? value->try_as<Subscript>() : nullptr;
  if (!s || s->indices.size() != 1 || s->is_tuple || !is_simple(*s->object) || !is_simple(*s->indices[0])) return nullptr;
  return s;
}

bool catches(const Expr* type, std::string_view raised) {
  if (!type) return true;
  if (const auto* several = type->try_as<Tuple>())
    return std::any_of(several->items.begin(), several->items.end(), [&](const Expr* t) { return catches(t, raised); });
  const std::string name = dotted_name(*type);
  return name == raised || name == "LookupError" || name == "Exception" || name == "BaseException";
}

}  // namespace

Flow Emitter::try_statement(const Try& s) {
  Flow flow;
  if (!s.handlers.empty()) {
    const Subscript* lookup = only_lookup(s.body);
    const ValueId object = lookup ? expression(*lookup->object) : ValueId{};
    const TypeKind kind = object ? type(object)->kind() : TypeKind::kNone;
    if (lookup && !object) return Flow::kFalls;
    if (kind != TypeKind::kDict && kind != TypeKind::kList && kind != TypeKind::kStr) {
      error(s.handlers[0].range, kExcept)
          .hint("test for the condition before it happens; or drop the `try` where an error should end the program");
      return Flow::kFalls;
    }
    const Range at = s.body[0]->range;
    const ValueId index = expression(*lookup->indices[0]);
    if (!index) return Flow::kFalls;
    const auto handler = std::find_if(s.handlers.begin(), s.handlers.end(), [&](const Handler& h) {
      return catches(h.type, kind == TypeKind::kDict ? "KeyError" : "IndexError");
    });
    const auto body = [&] {
      const Flow f = statements(s.body);
      return f == Flow::kFalls ? statements(s.else_body) : f;
    };
    if (handler == s.handlers.end()) {
      flow = body();
    } else {
      ValueId there;
      if (kind == TypeKind::kDict) {
        there = call_operator("aten::__contains__", {object, index}, at);
      } else {
        const ValueId length = call_operator("aten::len", {object}, at);
        there = call_operator("aten::__and__", {call_operator("aten::lt", {index, length}, at),
                                                call_operator("aten::ge", {index, call_operator("aten::neg", {length}, at)}, at)}, at);
      }
      flow = either(there, body, [&] { return statements(handler->body); }, at);
    }
  } else {
    flow = statements(s.body);
  }
  if (flow == Flow::kThrows) return flow;
  const Flow after = statements(s.finally_body);  // as in `with`: leaving early has only set variables so far
  return after == Flow::kFalls ? flow : after;
}

}  // namespace fac::script
