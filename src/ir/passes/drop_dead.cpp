// drop_dead — removes nodes without effects whose results nobody reads, unread results of branches, and values that a
// loop carries for nobody.
//   Needs: verified graph.  Keeps: order of effects.  Cost: O(nodes).
#include "ir/passes.h"
#include "ir/symbols.h"

namespace fac::ir {
namespace {

class Liveness {
 public:
  explicit Liveness(Graph& g) : g_(g), values_(g.value_count(), false), nodes_(g.node_count(), false) {}

  bool run() {
    for (ValueId v : g_.outputs()) mark(v);
    mark_effects(g_.top());
    drain();
    return sweep(g_.top());
  }

 private:
  void mark(ValueId v) {
    if (values_[v.index]) return;
    values_[v.index] = true;
    pending_.push_back(v);
  }

  void mark_node(NodeId n) {
    if (nodes_[n.index]) return;
    nodes_[n.index] = true;
    const Node& at = g_.node(n);
    if (at.kind == sym::If) {
      mark(at.inputs[0]);
    } else if (at.kind == sym::Loop) {
      mark(at.inputs[0]);
      mark(at.inputs[1]);
      mark(g_.block(at.blocks[0]).returns[0]);
    } else {
      for (ValueId v : at.inputs) mark(v);
      for (BlockId b : at.blocks)
        for (ValueId v : g_.block(b).returns) mark(v);
    }
    // What stands around a live node decides whether it runs.
    if (const NodeId owner = g_.block(at.parent).owner) mark_node(owner);
  }

  void mark_effects(BlockId b) {
    g_.for_each(b, [&](NodeId n) {
      if (!g_.has_effect(n)) return;
      mark_node(n);
      for (BlockId inner : g_.node(n).blocks) mark_effects(inner);
    });
  }

  void drain() {
    while (!pending_.empty()) {
      const ValueId v = pending_.back();
      pending_.pop_back();
      const ValueInfo& info = g_.value(v);
      if (info.producer) {
        const Node& at = g_.node(info.producer);
        mark_node(info.producer);
        if (at.kind == sym::If)
          for (BlockId b : at.blocks) mark(g_.block(b).returns[info.index]);
        else if (at.kind == sym::Loop)
          mark_carried(info.producer, info.index);
      } else if (info.block != g_.top()) {
        const NodeId owner = g_.block(info.block).owner;
        mark_node(owner);
        if (g_.node(owner).kind == sym::Loop && info.index > 0) mark_carried(owner, info.index - 1);
      }
    }
  }

  void mark_carried(NodeId loop, std::size_t i) {
    const Node& at = g_.node(loop);
    mark(at.inputs[i + 2]);
    mark(g_.block(at.blocks[0]).returns[i + 1]);
  }

  bool sweep(BlockId b) {
    bool changed = false;
    for (NodeId n = g_.block(b).last; n;) {
      const NodeId before = g_.node(n).prev;
      changed = node(n) || changed;
      n = before;
    }
    return changed;
  }

  bool node(NodeId n) {
    if (!nodes_[n.index]) {
      g_.erase(n);
      return true;
    }
    const Symbol kind = g_.node(n).kind;
    const auto blocks = g_.node(n).blocks;
    std::vector<std::size_t> dead_params;  // removed last: dead nodes of the body still read them
    bool changed = false;
    if (kind == sym::If || kind == sym::Loop) {
      for (std::size_t i = g_.node(n).outputs.size(); i-- > 0;) {
        if (values_[g_.node(n).outputs[i].index]) continue;
        if (kind == sym::If) {
          for (BlockId b : blocks) g_.remove_return(b, i);
        } else {
          if (values_[g_.block(blocks[0]).params[i + 1].index]) continue;
          g_.remove_return(blocks[0], i + 1);
          g_.remove_input(n, i + 2);
          dead_params.push_back(i + 1);
        }
        g_.remove_output(n, i);
        changed = true;
      }
    }
    for (BlockId b : blocks) changed = sweep(b) || changed;
    for (std::size_t i : dead_params) g_.remove_param(blocks[0], i);
    return changed;
  }

  Graph& g_;
  std::vector<bool> values_, nodes_;
  std::vector<ValueId> pending_;
};

}  // namespace

bool drop_dead(Graph& g) { return Liveness(g).run(); }

}  // namespace fac::ir
