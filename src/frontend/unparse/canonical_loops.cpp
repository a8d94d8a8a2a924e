#include "frontend/unparse/canonical_loops.h"

#include <limits>

#include "ir/passes.h"
#include "ir/symbols.h"

namespace fac::script {
namespace {

using ir::BlockId;
using ir::NodeId;
using ir::ValueId;

constexpr std::int64_t kUnlimited = std::numeric_limits<std::int64_t>::max();

bool is_true(const Value* v) { return v && v->is_bool() && v->b(); }

bool is_modified(const ir::Graph& g, NodeId n) {
  const ir::Node& at = g.node(n);
  const ir::Block& body = g.block(at.blocks[0]);
  if (is_true(g.constant(at.inputs[1])) && is_true(g.constant(body.returns[0]))) return false;
  const Value* limit = g.constant(at.inputs[0]);
  return !limit || !limit->is_int() || limit->i() != kUnlimited || !g.uses(body.params[0]).empty();
}

// for i in range(n), as long as c   ->   go = n > 0 and c; i = 0; while go: ...; i += 1; go = i < n and c
void rewrite(ir::Graph& g, NodeId n) {
  const BlockId body = g.node(n).blocks[0];
  const Range range = g.node(n).range;
  ir::Builder outside(g, g.node(n).parent);
  outside.set_before(n);
  outside.set_range(range);
  const ValueId zero = outside.constant(Value(0)), one = outside.constant(Value(1));
  const ValueId limit = g.node(n).inputs[0], condition = g.node(n).inputs[1];
  ValueId go = outside.op("aten::gt", "int", {limit, zero});
  if (!is_true(g.constant(condition))) go = outside.op("aten::__and__", "bool", {go, condition});
  g.set_input(n, 0, outside.constant(Value(kUnlimited)));
  g.set_input(n, 1, go);

  g.add_input(n, zero);
  const ValueId index = g.add_param(body, types::int_());
  g.replace_uses(g.block(body).params[0], index);
  ir::Builder inside(g, body);
  inside.set_range(range);
  const ValueId next = inside.op("aten::add", "int", {index, one});
  const ValueId more = inside.op("aten::lt", "int", {next, limit});
  std::vector<ValueId> returns = g.block(body).returns;
  returns[0] = is_true(g.constant(returns[0])) ? more : inside.op("aten::__and__", "bool", {more, returns[0]});
  returns.push_back(next);
  g.set_returns(body, std::move(returns));
  g.add_output(n, types::int_());
}

}  // namespace

std::shared_ptr<const ir::Graph> canonical_loops(const ir::Graph& g) {
  bool any = false;
  g.for_each_deep(g.top(), [&](NodeId n) {
    const ir::Node& at = g.node(n);
    any |= at.kind == ir::sym::Loop && is_modified(g, n);
    for (const auto& [name, attr] : at.attrs)
      if (const auto* inner = std::get_if<std::shared_ptr<ir::Graph>>(&attr)) any |= canonical_loops(**inner) != nullptr;
  });
  if (!any) return nullptr;
  std::shared_ptr<ir::Graph> copy = g.clone();
  std::vector<NodeId> nodes;
  copy->for_each_deep(copy->top(), [&](NodeId n) { nodes.push_back(n); });
  for (const NodeId n : nodes) {
    if (copy->node(n).kind == ir::sym::Loop && is_modified(*copy, n)) rewrite(*copy, n);
    for (const auto& [name, attr] : std::vector<std::pair<Symbol, ir::Attr>>(copy->node(n).attrs))
      if (const auto* inner = std::get_if<std::shared_ptr<ir::Graph>>(&attr))
        if (auto better = canonical_loops(**inner)) copy->set_attr(n, name, std::const_pointer_cast<ir::Graph>(better));
  }
  ir::canonical_outputs(*copy);
  return copy;
}

}  // namespace fac::script
