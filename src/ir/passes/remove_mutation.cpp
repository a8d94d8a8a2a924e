// remove_mutation — an in-place operator on a temporary that nothing else refers to becomes its functional form:
//     %y = aten::relu_(%x)        ->        %y = aten::relu(%x), and %y wherever %x was read afterwards
//   Needs: verified graph.  Keeps: values, dtypes and shapes of runs that do not fail.
//   Only where it is proven that %x is fresh memory made in the same block, that nothing before kept it or a view of
//   it, and that the functional form gives the same dtype (the in-place form keeps that of %x).  Cost: O(nodes).
#include <algorithm>
#include <array>
#include <string>

#include "ir/alias.h"
#include "ir/passes.h"
#include "ir/passes/tensor_facts.h"
#include "ir/symbols.h"

namespace fac::ir {
namespace {

// Operators whose functional form, on a floating input, has the input's dtype; the last rows with a second operand of
// the same dtype or a plain number.
constexpr std::string_view kUnary[] = {
    "relu_",       "relu6_", "hardtanh_", "silu_", "hardswish_", "hardsigmoid_", "leaky_relu_", "elu_",   "selu_",
    "celu_",       "gelu_",  "mish_",     "tanh_", "sigmoid_",   "neg_",         "abs_",        "exp_",   "sqrt_",
    "rsqrt_",      "floor_", "ceil_",     "round_", "log_",      "square_",      "softplus_",   "threshold_"};
constexpr std::string_view kBinary[] = {"add_", "sub_", "mul_", "div_"};
// With plain numbers only.
constexpr std::string_view kClamping[] = {"clamp_", "clamp_min_", "clamp_max_"};

class Remover {
 public:
  explicit Remover(Graph& g) : g_(g), dtypes_(g), order_(g.node_count(), 0) {
    std::uint32_t next = 0;
    g_.for_each_deep(g_.top(), [&](NodeId n) { order_[n.index] = ++next; });
  }

  bool run() {
    bool changed = false;
    g_.for_each_deep(g_.top(), [&](NodeId n) {
      if (const ops::Overload* op = functional_form(n); op && is_lone_temporary(n)) {
        rewrite(n, *op);
        changed = true;
      }
    });
    return changed;
  }

 private:
  const ops::Overload* functional_form(NodeId n) {
    const Node& at = g_.node(n);
    if (!at.op || at.outputs.size() != 1 || at.inputs.empty()) return nullptr;
    std::string_view name = at.op->name();
    if (!name.starts_with("aten::")) return nullptr;
    name.remove_prefix(6);
    const auto in = [&](auto& names) { return std::find(std::begin(names), std::end(names), name) != std::end(names); };
    if (!in(kUnary) && !in(kBinary) && !in(kClamping)) return nullptr;
    const auto dtype = dtypes_.of(at.inputs[0]);
    if (!dtype || !is_floating(*dtype)) return nullptr;
    for (std::size_t i = 1; i < at.inputs.size(); ++i) {
      const TypeKind kind = g_.type(at.inputs[i])->kind();
      if (kind == TypeKind::kInt || kind == TypeKind::kFloat || kind == TypeKind::kBool || kind == TypeKind::kNone) continue;
      if (kind == TypeKind::kStr) {
        if (g_.constant(at.inputs[i])) continue;  // gelu's approximation, div's rounding mode
      } else if (kind == TypeKind::kTensor && in(kBinary) && i == 1) {
        if (dtypes_.of(at.inputs[1]) == dtype) continue;
      }
      return nullptr;
    }
    const std::string functional = "aten::" + std::string(name.substr(0, name.size() - 1));
    const ops::Overload* op = ops::find(functional, at.op->overload());
    if (!op || op->schema().arguments.size() != at.inputs.size() || op->schema().writes()) return nullptr;
    return op;
  }

  // Place of a node, or of the node around it, in block b; 0 if it is not inside.
  std::uint32_t place_in(NodeId n, BlockId b) const {
    while (n && g_.node(n).parent != b) n = g_.block(g_.node(n).parent).owner;
    return n ? order_[n.index] : 0;
  }

  bool is_lone_temporary(NodeId n) const {
    const ValueId x = g_.node(n).inputs[0];
    const BlockId b = g_.node(n).parent;
    const NodeId producer = g_.value(x).producer;
    if (!producer || g_.node(producer).parent != b || !AliasInfo::makes_fresh(g_, producer)) return false;
    if (std::count(g_.node(n).inputs.begin(), g_.node(n).inputs.end(), x) != 1) return false;
    for (const Use& u : g_.uses(x)) {
      const NodeId at = u.user ? u.user : g_.block(u.block).owner;
      if (at == n || (!u.user && u.block == b)) continue;
      const std::uint32_t place = place_in(at, b);
      if (place > order_[n.index]) continue;  // reads the result instead
      // Before the write: a plain read that keeps nothing.
      if (place == 0 || !u.user || g_.has_effect(u.user) || !AliasInfo::makes_fresh(g_, u.user)) return false;
    }
    return true;
  }

  void rewrite(NodeId n, const ops::Overload& op) {
    const Node at = g_.node(n);
    const NodeId fresh = g_.create(op, at.inputs, at.range);
    g_.node(fresh).scope = at.scope;
    g_.insert_before(n, fresh);
    order_.resize(g_.node_count(), 0);
    order_[fresh.index] = order_[n.index];
    const ValueId y = g_.add_output(fresh, g_.type(at.outputs[0]));
    g_.replace_uses(at.outputs[0], y);
    const ValueId x = at.inputs[0];
    const auto uses = std::vector<Use>(g_.uses(x).begin(), g_.uses(x).end());
    for (const Use& u : uses) {
      if (!u.user) {
        if (u.block == at.parent || place_in(g_.block(u.block).owner, at.parent) > order_[n.index]) {
          auto returns = g_.block(u.block).returns;
          returns[u.operand] = y;
          g_.set_returns(u.block, std::move(returns));
        }
      } else if (u.user != fresh && place_in(u.user, at.parent) > order_[n.index]) {
        g_.set_input(u.user, u.operand, y);
      }
    }
    const std::string name = g_.value(at.outputs[0]).name;
    g_.erase(n);
    if (!name.empty()) g_.set_name(y, name);
  }

  Graph& g_;
  KnownDTypes dtypes_;
  std::vector<std::uint32_t> order_;
};

}  // namespace

bool remove_mutation(Graph& g) { return Remover(g).run(); }

}  // namespace fac::ir
