#include <string>

#include "ir/graph.h"
#include "ir/match.h"
#include "ir/symbols.h"

namespace fac::ir {
namespace {

class Verifier {
 public:
  explicit Verifier(const Graph& g) : g_(g), visible_(g.value_count(), false), seen_(g.node_count(), false) {}

  Status graph() {
    FACULA_TRY_VOID(block(g_.top()));
    // Uses that no operand mirrors would keep dead values alive.
    std::size_t uses = 0;
    for (std::uint32_t i = 0; i < g_.value_count(); ++i) uses += g_.uses(ValueId{i}).size();
    if (uses != operands_) return broken("{} uses are recorded for {} operands", uses, operands_);
    return {};
  }

 private:
  template <class... A>
  ErrorPtr broken(std::string_view format, const A&... args) const {
    return error(ErrorKind::kInternal, format, args...);
  }
  std::string text(NodeId n) const { return print_node(g_, n); }

  Status define(ValueId v, NodeId producer, BlockId block, std::size_t index) {
    const ValueInfo& info = g_.value(v);
    if (!info.type) return broken("value {} has no type", info.number);
    if (info.producer != producer || info.block != block || info.index != index)
      return broken("value {} does not know where it comes from", info.number);
    if (visible_[v.index]) return broken("value {} is defined twice", info.number);
    visible_[v.index] = true;
    return {};
  }

  Status operand(ValueId v, Use u, std::string_view where) {
    if (v.index >= visible_.size() || !visible_[v.index]) return broken("operand {} of {} is not defined before", u.operand, where);
    ++operands_;
    for (const Use& known : g_.uses(v))
      if (known == u) return {};
    return broken("operand {} of {} is not among its value's uses", u.operand, where);
  }

  Status block(BlockId b) {
    const Block& at = g_.block(b);
    for (std::size_t i = 0; i < at.params.size(); ++i) FACULA_TRY_VOID(define(at.params[i], {}, b, i));
    NodeId prev;
    for (NodeId n = at.first; n; n = g_.node(n).next) {
      if (g_.node(n).parent != b || g_.node(n).prev != prev || !g_.node(n).alive || seen_[n.index])
        return broken("the order of nodes is broken");
      seen_[n.index] = true;
      FACULA_TRY_VOID(node(n));
      prev = n;
    }
    if (at.last != prev) return broken("a block's last node is wrong");
    for (std::size_t i = 0; i < at.returns.size(); ++i)
      FACULA_TRY_VOID(operand(at.returns[i], {{}, b, static_cast<std::uint32_t>(i)}, "a block's returns"));
    // What a block defined is not visible outside.
    for (ValueId p : at.params) visible_[p.index] = false;
    for (NodeId n = at.first; n; n = g_.node(n).next)
      for (ValueId o : g_.node(n).outputs) visible_[o.index] = false;
    return {};
  }

  Status node(NodeId n) {
    const Node& at = g_.node(n);
    for (std::size_t i = 0; i < at.inputs.size(); ++i)
      FACULA_TRY_VOID(operand(at.inputs[i], {n, {}, static_cast<std::uint32_t>(i)}, text(n)));
    for (BlockId b : at.blocks) {
      if (g_.block(b).owner != n) return broken("a block does not know its owner: {}", text(n));
      FACULA_TRY_VOID(block(b));
    }
    if (at.kind == sym::If) FACULA_TRY_VOID(branch(n));
    else if (at.kind == sym::Loop) FACULA_TRY_VOID(loop(n));
    else if (at.op) FACULA_TRY_VOID(call(n));
    for (std::size_t i = 0; i < at.outputs.size(); ++i) FACULA_TRY_VOID(define(at.outputs[i], n, {}, i));
    return {};
  }

  Status flows(ValueId from, ValueId to, NodeId n) const {
    std::string why;
    if (is_subtype(g_.type(from), g_.type(to), &why)) return {};
    return broken("a {} flows into a {}: {}{}", g_.type(from)->str(), g_.type(to)->str(), why, text(n));
  }

  Status branch(NodeId n) const {
    const Node& at = g_.node(n);
    if (at.blocks.size() != 2 || at.inputs.size() != 1 || g_.type(at.inputs[0])->kind() != TypeKind::kBool)
      return broken("prim::If takes one bool and two blocks: {}", text(n));
    for (BlockId b : at.blocks) {
      if (!g_.block(b).params.empty() || g_.block(b).returns.size() != at.outputs.size())
        return broken("prim::If's blocks have no parameters and return its outputs: {}", text(n));
      for (std::size_t i = 0; i < at.outputs.size(); ++i)
        FACULA_TRY_VOID(flows(g_.block(b).returns[i], at.outputs[i], n));
    }
    return {};
  }

  Status loop(NodeId n) const {
    const Node& at = g_.node(n);
    const std::size_t carried = at.outputs.size();
    if (at.blocks.size() != 1 || at.inputs.size() != carried + 2)
      return broken("prim::Loop takes a trip count, a condition and what it carries: {}", text(n));
    const Block& body = g_.block(at.blocks[0]);
    if (body.params.size() != carried + 1 || body.returns.size() != carried + 1)
      return broken("prim::Loop's block takes and returns one more than it carries: {}", text(n));
    const auto is = [&](ValueId v, TypeKind k) { return g_.type(v)->kind() == k; };
    if (!is(at.inputs[0], TypeKind::kInt) || !is(at.inputs[1], TypeKind::kBool) ||
        !is(body.params[0], TypeKind::kInt) || !is(body.returns[0], TypeKind::kBool))
      return broken("prim::Loop counts with ints and continues by a bool: {}", text(n));
    for (std::size_t i = 0; i < carried; ++i) {
      FACULA_TRY_VOID(flows(at.inputs[i + 2], body.params[i + 1], n));
      FACULA_TRY_VOID(flows(at.inputs[i + 2], at.outputs[i], n));  // no trips
      FACULA_TRY_VOID(flows(body.returns[i + 1], body.params[i + 1], n));
      FACULA_TRY_VOID(flows(body.returns[i + 1], at.outputs[i], n));
    }
    return {};
  }

  Status call(NodeId n) const {
    const Node& at = g_.node(n);
    std::vector<TypePtr> inputs;
    for (ValueId v : at.inputs) inputs.push_back(g_.type(v));
    const Schema& s = at.op->schema();
    if (at.op->name() != at.kind.str()) return broken("the node's kind is not its operator's name: {}", text(n));
    if (!accepts(s, inputs)) return broken("the inputs do not fit {}: {}", s.str(), text(n));
    if (!s.is_varret && s.returns.size() != at.outputs.size())
      return broken("the number of outputs is not that of {}: {}", s.str(), text(n));
    return {};
  }

  const Graph& g_;
  std::vector<bool> visible_, seen_;
  std::size_t operands_ = 0;
};

}  // namespace

Status verify(const Graph& g) { return Verifier(g).graph(); }

}  // namespace fac::ir
