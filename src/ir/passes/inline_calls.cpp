// inline_calls — replaces calls of functions and of methods of known classes by their bodies, recursively.
//   Needs: nothing.  Keeps: order of effects; ranges; inline scopes say where each node came from.
//   Left as calls: recursion, calls through an interface, functions without a graph.
//   errors: a body that does not compile.  Cost: O(size of the result).
#include "ir/passes.h"
#include "ir/symbols.h"
#include "ir/unit.h"

namespace fac::ir {
namespace {

constexpr int kMostNestedCalls = 200;

Function* callee(const Graph& g, NodeId n) {
  const Node& at = g.node(n);
  if (at.inputs.empty()) return nullptr;
  const TypePtr& type = g.type(at.inputs[0]);
  Callable* f = nullptr;
  if (at.kind == sym::CallFunction) {
    const Value* constant = g.constant(at.inputs[0]);
    if (constant && constant->is_function()) f = constant->function();
  } else if (at.kind == sym::CallMethod) {
    const ClassType* c = as_class(type);
    const auto name = g.attr_string(n, sym::name);
    if (c && name) f = c->find_method(*name);
  }
  return dynamic_cast<Function*>(f);
}

bool is_on_stack(const Graph& g, std::int32_t scope, const Function& f) {
  int depth = 0;
  for (; scope >= 0; scope = g.scopes()[static_cast<std::size_t>(scope)].parent)
    if (++depth > kMostNestedCalls || g.scopes()[static_cast<std::size_t>(scope)].function == f.qualified_name())
      return true;
  return false;
}

// Gives the first node of the inlined body, or the node after the call where the body is empty.
Result<NodeId> inline_one(Graph& g, NodeId call, Function& f) {
  FACULA_TRY(const Graph* body, f.graph());
  const Node at = g.node(call);
  const std::size_t skipped = at.kind == sym::CallFunction ? 1 : 0;
  if (body->inputs().size() != at.inputs.size() - skipped || body->outputs().size() != at.outputs.size())
    return error(ErrorKind::kInternal, "{} takes {} values and a call gives {}", f.qualified_name(),
                 body->inputs().size(), at.inputs.size() - skipped);
  std::vector<ValueId> map(body->value_count());
  for (std::size_t i = 0; i < body->inputs().size(); ++i) map[body->inputs()[i].index] = at.inputs[i + skipped];
  const std::int32_t scope = g.add_scope({f.qualified_name(), at.range, at.scope});
  const auto returns = g.copy_block(*body, body->top(), at.parent, call, map, scope, at.range);
  const NodeId first = at.prev ? g.node(at.prev).next : g.block(at.parent).first;
  for (std::size_t i = 0; i < at.outputs.size(); ++i) g.replace_uses(at.outputs[i], returns[i]);
  const NodeId after = g.node(call).next;
  g.erase(call);
  return first == call ? after : first;
}

Status inline_block(Graph& g, BlockId b) {
  for (NodeId n = g.block(b).first; n;) {
    const Symbol kind = g.node(n).kind;
    if (kind == sym::CallFunction || kind == sym::CallMethod) {
      Function* f = callee(g, n);
      if (f && !is_on_stack(g, g.node(n).scope, *f)) {
        FACULA_TRY(n, inline_one(g, n, *f));
        continue;
      }
    }
    const auto blocks = g.node(n).blocks;
    for (BlockId inner : blocks) FACULA_TRY_VOID(inline_block(g, inner));
    n = g.node(n).next;
  }
  return {};
}

}  // namespace

Status inline_calls(Graph& g) { return inline_block(g, g.top()); }

}  // namespace fac::ir
