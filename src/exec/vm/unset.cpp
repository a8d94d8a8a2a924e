#include "exec/vm/unset.h"

#include <algorithm>

#include "exec/vm/registers.h"
#include "ir/passes/support.h"
#include "ir/symbols.h"

namespace fac::vm {
namespace {

bool has_uninitialized(const ir::Graph& g) {
  bool found = false;
  g.for_each_deep(g.top(), [&](ir::NodeId n) { found = found || g.node(n).kind == ir::sym::Uninitialized; });
  return found;
}

class Spread {
 public:
  explicit Spread(const ir::Graph& g) : g_(g), unset_(g.value_count(), false) {}

  std::vector<bool> run() {
    do {
      changed_ = false;
      g_.for_each_deep(g_.top(), [&](ir::NodeId n) { node(n); });
    } while (changed_);
    return std::move(unset_);
  }

 private:
  void mark(ir::ValueId v) {
    if (unset_[v.index] || is_scalar_type(g_.type(v)) || ir::may_be_none(g_.type(v))) return;
    unset_[v.index] = changed_ = true;
  }
  void mark_if(ir::ValueId to, ir::ValueId from) {
    if (unset_[from.index]) mark(to);
  }

  void node(ir::NodeId n) {
    const ir::Node& at = g_.node(n);
    if (at.kind == ir::sym::Uninitialized) {
      mark(at.outputs.at(0));
    } else if (at.kind == ir::sym::If) {
      for (const ir::BlockId b : at.blocks)
        for (std::size_t i = 0; i < std::min(at.outputs.size(), g_.block(b).returns.size()); ++i)
          mark_if(at.outputs[i], g_.block(b).returns[i]);
    } else if (at.kind == ir::sym::Loop) {
      const auto& params = g_.block(at.blocks.at(0)).params;
      const auto& returns = g_.block(at.blocks[0]).returns;
      for (std::size_t i = 0; i + 2 < at.inputs.size() && i < at.outputs.size(); ++i)
        for (const ir::ValueId to : {params.at(i + 1), at.outputs[i]}) {
          mark_if(to, at.inputs[i + 2]);
          mark_if(to, returns.at(i + 1));
        }
    } else if (at.kind.str() == "facula::Plan") {
      const auto* attr = at.attr(ir::sym::Subgraph);
      const auto* sub = attr ? std::get_if<std::shared_ptr<ir::Graph>>(attr) : nullptr;
      const bool given = std::any_of(at.inputs.begin(), at.inputs.end(), [&](ir::ValueId v) { return unset_[v.index]; });
      if (given || (sub && *sub && has_uninitialized(**sub)))
        for (const ir::ValueId v : at.outputs) mark(v);
    }
  }

  const ir::Graph& g_;
  std::vector<bool> unset_;
  bool changed_ = false;
};

}  // namespace

std::vector<bool> maybe_unset(const ir::Graph& g) {
  if (!has_uninitialized(g)) {
    // Regions may hold some that the graph around them does not show.
    bool planned = false;
    g.for_each_deep(g.top(), [&](ir::NodeId n) { planned = planned || g.node(n).kind.str() == "facula::Plan"; });
    if (!planned) return std::vector<bool>(g.value_count(), false);
  }
  return Spread(g).run();
}

}  // namespace fac::vm
