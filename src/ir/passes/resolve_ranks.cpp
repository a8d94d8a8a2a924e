// resolve_ranks — answers x.dim(), and comparisons of it with constants, where the number of dimensions is known: of
// constants, and after a check that raises otherwise (`if x.dim() != 4: raise`, as every BatchNorm2d has). Convolutions, normalisations, activations and pools
// keep the rank, so one check answers all that follow; such a check is asked of the tensor at the root and moved up to
// where that is defined, so that the operators behind it stand in one piece.
//   Needs: verified graph.  Keeps: order of effects. Where both the check and an operator that it passes would fail, the
//   check now fails first.  Not done in graphs that change tensors' ranks in place or hold calls.  Cost: O(nodes).
#include <algorithm>
#include <map>

#include "ir/alias.h"
#include "ir/passes.h"
#include "ir/passes/support.h"
#include "ir/passes/tensor_facts.h"
#include "ir/symbols.h"

namespace fac::ir {
namespace {

bool may_change_ranks(const Graph& g) {
  static constexpr std::string_view kChanging[] = {"aten::resize_",  "aten::resize_as_", "aten::squeeze_",
                                                   "aten::unsqueeze_", "aten::set_",     "aten::as_strided_"};
  bool found = false;
  g.for_each_deep(g.top(), [&](NodeId n) {
    const Node& at = g.node(n);
    for (std::string_view name : kChanging) found = found || at.kind.str() == name;
    found = found || (at.op && at.op->overload().ends_with("out"));
    found = found || (!at.op && !AliasInfo::cannot_run(at) && at.blocks.empty() && g.has_effect(n) &&
                      at.kind != sym::SetAttr && at.kind != sym::RaiseException && at.kind != sym::Print);
  });
  return found;
}

class Ranks {
 public:
  explicit Ranks(Graph& g) : g_(g), roots_(g) {}

  bool run() {
    block(g_.top());
    return changed_;
  }

 private:
  // Ranks that are possible where we stand.
  struct Bounds {
    std::int64_t least = 0, most = 1 << 20;
  };

  void block(BlockId b) {
    const auto before = known_;
    g_.for_each(b, [&](NodeId n) {
      if (g_.node(n).kind.str() == "aten::dim") {
        dim(n);
        return;
      }
      if (const auto c = comparison(n)) {
        if (const auto answer = decide(*c, bounds(c->root))) {
          replace_node(g_, n, constant_before(g_, n, *answer, types::bool_()));
          changed_ = true;
        }
        return;
      }
      const auto blocks = g_.node(n).blocks;
      for (BlockId inner : blocks) block(inner);
      if (g_.node(n).kind == sym::If) check(n);
    });
    known_ = before;  // what a check inside showed holds only behind it
  }

  Bounds bounds(ValueId root) const {
    if (const Value* c = g_.constant(root); c && c->is_tensor()) return {c->tensor().dim(), c->tensor().dim()};
    const auto found = known_.find(root);
    return found == known_.end() ? Bounds{} : found->second;
  }

  void dim(NodeId n) {
    const ValueId asked = g_.node(n).inputs[0];
    const ValueId root = roots_.of(asked);
    if (const Bounds b = bounds(root); b.least == b.most) {
      replace_node(g_, n, constant_before(g_, n, b.least, types::int_()));
      changed_ = true;
    } else if (root != asked) {
      g_.set_input(n, 0, root);
      changed_ = true;
    }
  }

  // dim(root) <op> constant
  struct Comparison {
    std::string_view op;
    NodeId dim;
    ValueId root;
    std::int64_t rank;
  };
  std::optional<Comparison> comparison(NodeId n) const {
    static constexpr std::string_view kOps[] = {"aten::eq", "aten::ne", "aten::lt", "aten::le", "aten::gt", "aten::ge"};
    const Node& at = g_.node(n);
    if (at.inputs.size() != 2) return std::nullopt;
    const auto op = std::find(std::begin(kOps), std::end(kOps), at.kind.str());
    if (op == std::end(kOps)) return std::nullopt;
    const NodeId dim = producer_of_kind(g_, at.inputs[0], Symbol("aten::dim"));
    const auto rank = constant_int(g_, at.inputs[1]);
    if (!dim || !rank) return std::nullopt;
    return Comparison{op->substr(6), dim, g_.node(dim).inputs[0], *rank};
  }

  // Ranks within b for which the comparison holds, or does not; none where these are not one stretch.
  static std::optional<Bounds> narrowed(const Comparison& c, bool holds, Bounds b) {
    const std::string_view op = c.op;
    if ((op == "eq" && holds) || (op == "ne" && !holds)) return Bounds{c.rank, c.rank};
    if (op == "eq" || op == "ne") return std::nullopt;
    if ((op == "lt" && holds) || (op == "ge" && !holds)) return Bounds{b.least, std::min(b.most, c.rank - 1)};
    if ((op == "le" && holds) || (op == "gt" && !holds)) return Bounds{b.least, std::min(b.most, c.rank)};
    if ((op == "gt" && holds) || (op == "le" && !holds)) return Bounds{std::max(b.least, c.rank + 1), b.most};
    return Bounds{std::max(b.least, c.rank), b.most};
  }

  static std::optional<bool> decide(const Comparison& c, Bounds b) {
    for (const bool answer : {true, false}) {
      const auto other = narrowed(c, !answer, b);
      if (other && (other->least > other->most || other->most < b.least || other->least > b.most)) return answer;
    }
    return std::nullopt;
  }

  bool raises(BlockId b) const {
    for (NodeId n = g_.block(b).first; n; n = g_.node(n).next)
      if (g_.node(n).kind == sym::RaiseException) return true;
    return false;
  }

  // If(comparison) with a branch that raises: behind it the other answer holds.
  void check(NodeId n) {
    const Node at = g_.node(n);
    const NodeId compare = g_.value(at.inputs[0]).producer;
    const auto c = compare ? comparison(compare) : std::nullopt;
    if (!c) return;
    for (const bool holds : {true, false}) {
      if (!raises(at.blocks[holds ? 1 : 0])) continue;
      if (const auto b = narrowed(*c, holds, bounds(c->root))) known_[c->root] = *b;
      if (at.outputs.empty()) hoist({c->dim, compare, n});
      return;
    }
  }

  // Moves the chain to the earliest place in its block that passes pure nodes only.
  void hoist(const std::vector<NodeId>& chain) {
    const NodeId branch = chain.back();
    const BlockId b = g_.node(branch).parent;
    std::vector<bool> in_chain(g_.node_count(), false);
    for (NodeId n : chain) {
      if (g_.node(n).parent != b) return;
      in_chain[n.index] = true;
    }
    std::vector<bool> needed(g_.value_count(), false);  // from outside of the chain
    const auto need = [&](NodeId n) {
      for (ValueId v : g_.node(n).inputs)
        if (const NodeId p = g_.value(v).producer; !p || !in_chain[p.index]) needed[v.index] = true;
    };
    for (NodeId n : chain) need(n);
    for (BlockId inner : g_.node(branch).blocks) g_.for_each_deep(inner, need);

    // A part of the chain that stands above the target stays: others between may read it.
    NodeId target;
    std::vector<NodeId> passed;
    std::vector<bool> below(g_.node_count(), false);
    below[branch.index] = true;
    for (NodeId n = g_.node(branch).prev; n; n = g_.node(n).prev) {
      if (in_chain[n.index]) passed.push_back(n);
      if (in_chain[n.index] || g_.node(n).kind == sym::Constant) continue;
      if (g_.has_effect(n)) break;
      bool defines = false;
      for (ValueId o : g_.node(n).outputs) defines = defines || needed[o.index];
      if (defines) break;
      target = n;
      for (NodeId p : passed) below[p.index] = true;
      passed.clear();
    }
    if (!target) return;
    // Constants that it needs and that would be left behind go along.
    for (NodeId n = g_.node(branch).prev; n != target; n = g_.node(n).prev)
      if (g_.node(n).kind == sym::Constant && needed[g_.node(n).outputs[0].index]) constants_.push_back(n);
    for (NodeId c : constants_) g_.move_before(target, c);
    constants_.clear();
    for (NodeId n : chain)
      if (below[n.index]) g_.move_before(target, n);
    changed_ = true;
  }

  Graph& g_;
  RankRoots roots_;
  std::map<ValueId, Bounds> known_;  // by root
  std::vector<NodeId> constants_;
  bool changed_ = false;
};

}  // namespace

bool resolve_ranks(Graph& g) { return !may_change_ranks(g) && Ranks(g).run(); }

}  // namespace fac::ir
