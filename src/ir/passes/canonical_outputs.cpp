// The order of what prim::If and prim::Loop give follows the order in which it is read first, as PyTorch's compiler
// leaves it; what nobody reads comes last. So neither graphs nor the code of archives depend on the order in which a
// compiler happened to merge variables.
#include <algorithm>
#include <numeric>
#include <optional>

#include "ir/passes.h"
#include "ir/symbols.h"

namespace fac::ir {
namespace {

class Canonical {
 public:
  explicit Canonical(Graph& g) : g_(g), node_place_(g.node_count()), return_place_(g.block_count()) { number(g.top()); }

  void block(BlockId b) {
    for (NodeId n = g_.block(b).last; n; n = g_.node(n).prev) {
      const Symbol kind = g_.node(n).kind;
      if (kind == sym::If || kind == sym::Loop) order_outputs(n);
      for (const BlockId inner : std::vector<BlockId>(g_.node(n).blocks)) block(inner);
    }
  }

 private:
  // Places in the text: a node stands before what its blocks hold, a block's returns behind it.
  void number(BlockId b) {
    g_.for_each(b, [&](NodeId n) {
      node_place_[n.index] = next_++;
      for (const BlockId inner : g_.node(n).blocks) number(inner);
    });
    return_place_[b.index] = next_++;
  }

  using Place = std::pair<std::uint32_t, std::uint32_t>;
  Place first_use(ValueId v) const {
    Place first{~0u, 0};
    for (const Use& u : g_.uses(v)) first = std::min(first, Place{u.user ? node_place_[u.user.index] : return_place_[u.block.index], u.operand});
    return first;
  }

  void order_outputs(NodeId n) {
    const std::vector<ValueId> outputs = g_.node(n).outputs;
    std::vector<Place> places;
    for (const ValueId v : outputs) places.push_back(first_use(v));
    std::vector<std::size_t> order(outputs.size());
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return places[a] < places[b]; });
    if (std::is_sorted(order.begin(), order.end())) return;

    for (std::size_t i = 0; i < order.size(); ++i) {
      g_.node(n).outputs[i] = outputs[order[i]];
      g_.value(outputs[order[i]]).index = static_cast<std::uint32_t>(i);
    }
    const bool loop = g_.node(n).kind == sym::Loop;
    const std::size_t skip = loop ? 1 : 0;
    for (const BlockId b : std::vector<BlockId>(g_.node(n).blocks)) {
      const std::vector<ValueId> returns = g_.block(b).returns;
      std::vector<ValueId> ordered(returns.begin(), returns.begin() + static_cast<std::ptrdiff_t>(skip));
      for (const std::size_t i : order) ordered.push_back(returns[i + skip]);
      g_.set_returns(b, std::move(ordered));
      if (loop) order_params(b, order);
    }
    if (!loop) return;
    const std::vector<ValueId> inputs = g_.node(n).inputs;
    for (std::size_t i = 0; i < order.size(); ++i) g_.set_input(n, i + 2, inputs[order[i] + 2]);
  }

  // New parameters behind the old ones take over their uses and names.
  void order_params(BlockId b, const std::vector<std::size_t>& order) {
    const std::vector<ValueId> old = g_.block(b).params;
    for (const std::size_t i : order) {
      const ValueId from = old[i + 1];
      const std::string name = g_.value(from).name;
      const ValueId to = g_.add_param(b, g_.type(from));
      g_.replace_uses(from, to);
      if (!name.empty()) g_.set_name(to, name);
    }
    for (std::size_t i = 0; i < order.size(); ++i) g_.remove_param(b, 1);
  }

  Graph& g_;
  std::vector<std::uint32_t> node_place_, return_place_;
  std::uint32_t next_ = 0;
};

}  // namespace

void canonical_outputs(Graph& g) { Canonical(g).block(g.top()); }

}  // namespace fac::ir
