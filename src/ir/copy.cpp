// Copying graphs and blocks: what inlining and unrolling are made of.
#include "ir/graph.h"
#include "ir/graph_names.h"

namespace fac::ir {

std::unique_ptr<Graph> Graph::clone() const {
  auto g = std::make_unique<Graph>();
  g->nodes_ = nodes_;
  g->values_ = values_;
  g->blocks_ = blocks_;
  g->scopes_ = scopes_;
  g->files_ = files_;
  *g->names_ = *names_;
  return g;
}

// `from` may be this graph, so nothing of it is held by reference while nodes are added.
NodeId Graph::copy_node(const Graph& from, NodeId n, BlockId into, NodeId at, std::vector<ValueId>& map,
                        const std::function<std::int32_t(std::int32_t)>& scope_of, Range call) {
  const Node original = from.node(n);
  std::vector<ValueId> inputs;
  for (ValueId v : original.inputs) inputs.push_back(map[v.index]);
  const NodeId copy = create(original.kind, std::move(inputs), original.range ? original.range : call);
  nodes_[copy.index].op = original.op;
  nodes_[copy.index].attrs = original.attrs;
  nodes_[copy.index].scope = scope_of(original.scope);
  for (BlockId b : original.blocks) {
    const BlockId inner = add_block(copy);
    for (ValueId p : std::vector(from.block(b).params)) {
      const ValueInfo old = from.value(p);
      map[p.index] = add_param(inner, old.type, old.name);
    }
    for (NodeId m = from.block(b).first; m; m = from.node(m).next) copy_node(from, m, inner, {}, map, scope_of, call);
    for (ValueId r : std::vector(from.block(b).returns)) add_return(inner, map[r.index]);
  }
  for (ValueId o : original.outputs) {
    const ValueInfo old = from.value(o);
    map[o.index] = add_output(copy, old.type, old.name);
  }
  link(copy, into, at);
  return copy;
}

std::vector<ValueId> Graph::copy_block(const Graph& from, BlockId block, BlockId into, NodeId at,
                                       std::vector<ValueId>& map, std::int32_t scope, Range call) {
  map.resize(from.value_count());
  const bool same = &from == this;
  if (!same)
    for (const auto& f : from.files_) keep_file(f);

  // Scopes of `from` become scopes of this graph, below `scope`.
  std::vector<std::int32_t> scope_map(from.scopes_.size(), -1);
  const std::function<std::int32_t(std::int32_t)> scope_of = [&](std::int32_t s) -> std::int32_t {
    if (s < 0) return scope;
    if (same) return s;
    auto& mapped = scope_map[static_cast<std::size_t>(s)];
    if (mapped < 0) {
      InlineScope moved = from.scopes_[static_cast<std::size_t>(s)];
      moved.parent = scope_of(moved.parent);
      mapped = add_scope(std::move(moved));
    }
    return mapped;
  };

  std::vector<NodeId> nodes;  // listed first: copies may be placed into the block that is being copied
  from.for_each(block, [&](NodeId n) { nodes.push_back(n); });
  for (NodeId n : nodes) copy_node(from, n, into, at, map, scope_of, call);
  std::vector<ValueId> returns;
  for (ValueId r : from.block(block).returns) returns.push_back(map[r.index]);
  return returns;
}

}  // namespace fac::ir
