// A reader of `f(g(a), h(b))` emits g, then h, then f: a walk over the expression from left to right, operands first.
// Backwards, that is a walk from right to left, operator first, and it must meet the nodes in the reverse order of the
// block. So the block is scanned from its end: as long as the operand's producer is the very node that stands before
// the current place, it belongs inside the expression.
#include "frontend/unparse/inline_scan.h"

#include "ir/symbols.h"

namespace fac::script {
namespace {

// Expressions nested deeper than this get variables, so that no chain of calls exhausts our stack or a reader's.
constexpr int kDeepest = 200;

class Scan {
 public:
  explicit Scan(const ir::Graph& g) : g_(g), inlined_(g.node_count()) {}

  void block(BlockId b) {
    NodeId point = skip_constants(g_.block(b).last);
    for (std::size_t i = g_.block(b).returns.size(); i-- > 0;) point = operand(point, g_.block(b).returns[i]);
    for (NodeId n = g_.block(b).last; n; n = g_.node(n).prev) node(n);
  }
  std::vector<bool> take() { return std::move(inlined_); }

 private:
  bool is_constant(NodeId n) const { return g_.node(n).kind == ir::sym::Constant; }
  NodeId skip_constants(NodeId n) const {
    while (n && is_constant(n)) n = g_.node(n).prev;
    return n;
  }

  bool may_inline(ValueId v) const {
    static const Symbol kFork{"prim::fork"}, kAwaitable{"prim::awaitable"};
    const ir::ValueInfo& info = g_.value(v);
    const ir::Node& n = g_.node(info.producer);
    if (n.outputs.size() != 1 || info.uses.size() != 1 || !n.blocks.empty()) return false;
    const ir::Use& use = info.uses[0];
    // The programmer's variable stays one, unless it only names what the block gives back.
    if (!info.name.empty() && use.user) return false;
    if (use.user) {
      const Symbol user = g_.node(use.user).kind;
      // A carried value is assigned before the loop; written there, it could move past the limit and the condition.
      if (user == ir::sym::Loop && use.operand >= 2) return false;
      if (user == kFork || user == kAwaitable) return false;  // the nested function may use it several times
    }
    // In the condition of an `if` a reader would refine types anew.
    return n.kind != ir::sym::isinstance;
  }

  // `point`: the node that the next operand to the left must come from. Returns the point after `v`.
  NodeId operand(NodeId point, ValueId v) {
    const NodeId n = g_.value(v).producer;
    if (!n) return point;
    if (n == point && depth_ < kDeepest && may_inline(v)) {
      ++depth_;
      point = node(point);
      --depth_;
      inlined_[n.index] = true;
    } else if (is_constant(n)) {
      inlined_[n.index] = true;
    }
    return point;
  }

  NodeId node(NodeId n) {
    if (inlined_[n.index]) return n;
    for (const BlockId b : g_.node(n).blocks) {
      const int depth = std::exchange(depth_, 0);
      block(b);
      depth_ = depth;
    }
    NodeId point = skip_constants(g_.node(n).prev);
    const auto& inputs = g_.node(n).inputs;
    for (std::size_t i = inputs.size(); i-- > 0;) point = operand(point, inputs[i]);
    return point;
  }

  const ir::Graph& g_;
  std::vector<bool> inlined_;
  int depth_ = 0;
};

}  // namespace

std::vector<bool> find_inlined(const ir::Graph& g, BlockId body) {
  Scan scan(g);
  scan.block(body);
  return scan.take();
}

}  // namespace fac::script
