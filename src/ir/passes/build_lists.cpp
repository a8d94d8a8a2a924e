// build_lists — a list that is built by appending in straight-line code becomes one construction:
//     %l = prim::ListConstruct(%a)  ...  aten::append(%l, %b)        ->        ...  %l = prim::ListConstruct(%a, %b)
//   Needs: verified graph.  Keeps: everything; nobody reads the list before its last append.  Cost: O(nodes).
#include <algorithm>

#include "ir/passes.h"
#include "ir/symbols.h"

namespace fac::ir {
namespace {

class ListBuilder {
 public:
  explicit ListBuilder(Graph& g) : g_(g), order_(g.node_count(), 0) {
    std::uint32_t next = 0;
    g_.for_each_deep(g_.top(), [&](NodeId n) {
      order_[n.index] = ++next;
      if (g_.node(n).kind == sym::ListConstruct) lists_.push_back(n);
    });
  }

  bool run() {
    bool changed = false;
    for (NodeId n : lists_) changed = list(n) || changed;
    return changed;
  }

 private:
  bool is_append(NodeId n, ValueId to, BlockId in) const {
    const Node& at = g_.node(n);
    return at.kind.str() == "aten::append" && at.op && at.parent == in && at.inputs.size() == 2 && at.inputs[0] == to &&
           at.inputs[1] != to && std::all_of(at.outputs.begin(), at.outputs.end(), [&](ValueId o) { return g_.uses(o).empty(); });
  }

  bool list(NodeId made) {
    const ValueId l = g_.node(made).outputs[0];
    const BlockId in = g_.node(made).parent;
    // Nodes in order; what a block returns is read after all of them, and inside a nested block after its owner began.
    std::vector<std::pair<std::uint32_t, NodeId>> uses;
    for (const Use& u : g_.uses(l)) {
      if (u.user) {
        uses.emplace_back(order_[u.user.index], u.user);
      } else if (const NodeId owner = g_.block(u.block).owner) {
        if (u.block != in) uses.emplace_back(order_[owner.index], owner);
      }
    }
    std::sort(uses.begin(), uses.end());
    std::vector<NodeId> appends;
    for (const auto& [order, n] : uses) {
      if (!is_append(n, l, in)) break;
      appends.push_back(n);
    }
    if (appends.empty()) return false;

    auto parts = g_.node(made).inputs;
    for (NodeId n : appends) parts.push_back(g_.node(n).inputs[1]);
    const NodeId whole = g_.create(sym::ListConstruct, std::move(parts), g_.node(made).range);
    g_.node(whole).scope = g_.node(made).scope;
    g_.insert_before(appends.back(), whole);
    const ValueId fresh = g_.add_output(whole, g_.type(l));
    for (NodeId n : appends) g_.erase(n);
    g_.replace_uses(l, fresh);
    g_.erase(made);
    return true;
  }

  Graph& g_;
  std::vector<std::uint32_t> order_;
  std::vector<NodeId> lists_;
};

}  // namespace

bool build_lists(Graph& g) { return ListBuilder(g).run(); }

}  // namespace fac::ir
