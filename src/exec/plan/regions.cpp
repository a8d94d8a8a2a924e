// Forms regions: maximal runs of nodes without effects whose control flow depends on metadata alone.
#include <unordered_map>

#include "exec/plan/plain_steps.h"
#include "exec/plan/plan.h"

namespace fac::plan {

using ir::BlockId;
using ir::Graph;
using ir::NodeId;
using ir::ValueId;

namespace {

bool holds_tensor(const TypePtr& t) {
  if (t->kind() == TypeKind::kTensor) return true;
  for (const auto& e : t->elements())
    if (holds_tensor(e)) return true;
  return false;
}

// A branch that only raises: taken, it sends the call to the fallback, which raises properly.
bool only_raises(const Graph& g, BlockId b) {
  bool raises = false, other = false;
  g.for_each(b, [&](NodeId n) {
    const std::string_view kind = g.node(n).kind.str();
    if (kind == "prim::RaiseException") raises = true;
    else if (!g.node(n).blocks.empty() || (g.has_effect(n))) other = true;
  });
  return raises && !other;
}

class Former {
 public:
  explicit Former(Graph& g) : g_(g) {}

  bool run(BlockId b) {
    std::vector<NodeId> region;
    bool changed = false;
    g_.for_each(b, [&](NodeId n) {
      if (is_copied(n)) return;  // into each region that reads it
      if (fits(n)) {
        region.push_back(n);
        return;
      }
      changed = close(region) || changed;
      for (auto inner : g_.node(n).blocks) changed = run(inner) || changed;
    });
    return close(region) || changed;
  }

 private:
  // Constants, and tensors that are never made: what a branch that raises hands on.
  bool is_copied(NodeId n) const {
    const auto& node = g_.node(n);
    return node.kind.str() == "prim::Constant" ||
           (node.kind.str() == "prim::Uninitialized" && g_.type(node.outputs.at(0))->kind() == TypeKind::kTensor);
  }
  bool fits(NodeId n) const {
    const auto& node = g_.node(n);
    const std::string_view kind = node.kind.str();
    if (kind == "prim::If") return fits_branch(n);
    if (!node.blocks.empty()) return false;
    if (kind == "prim::ListConstruct" || kind == "prim::TupleConstruct" || kind == "prim::ListUnpack" ||
        kind == "prim::TupleUnpack")
      return fits_container(n);
    if (kind == "prim::Constant" || is_copied(n)) return true;
    if (kind == "prim::unchecked_cast") {  // those that the builder can look at: of what may be None
      const TypePtr &from = g_.type(node.inputs.at(0)), &to = g_.type(node.outputs.at(0));
      return is_subtype(*from, *to) || (from->kind() == TypeKind::kOptional && is_subtype(*from->element(), *to));
    }
    if (!node.op || g_.has_effect(n) || node.op->has(kDataDependentShape)) return false;
    bool tensor_in = false, tensor_out = false;
    for (auto v : node.inputs) {
      tensor_in = tensor_in || holds_tensor(g_.type(v));
      if (!plannable_type(g_.type(v))) return false;
    }
    for (auto v : node.outputs) {
      tensor_out = tensor_out || holds_tensor(g_.type(v));
      if (!plannable_type(g_.type(v))) return false;
      // A list may be changed by its readers later on: lists of scalars stay inside only when nobody writes them.
      if (g_.type(v)->kind() == TypeKind::kList && written(v)) return false;
    }
    // Numbers read out of tensors are data: what follows from them cannot be planned for.
    if (tensor_in && !tensor_out && !is_metadata_op(kind)) return false;
    return true;
  }
  static bool plannable_type(const TypePtr& t) {
    switch (t->kind()) {
      case TypeKind::kTensor: case TypeKind::kInt: case TypeKind::kFloat: case TypeKind::kBool: case TypeKind::kNone:
      case TypeKind::kStr: case TypeKind::kNumber: case TypeKind::kDevice: case TypeKind::kDtype: case TypeKind::kLayout:
      case TypeKind::kMemoryFormat: return true;
      case TypeKind::kOptional: case TypeKind::kList: case TypeKind::kTuple:
        for (const auto& e : t->elements())
          if (!plannable_type(e)) return false;
        return true;
      default: return false;
    }
  }
  bool written(ValueId list) const {
    for (const auto& use : g_.uses(list)) {
      if (!use.user) return true;  // leaves the block: who knows
      const auto& user = g_.node(use.user);
      if (user.op && user.op->schema().writes()) return true;
      if (!user.op && user.kind.str() != "prim::ListUnpack") return true;
    }
    return false;
  }
  bool fits_container(NodeId n) const {
    const auto& node = g_.node(n);
    for (auto v : node.inputs)
      if (!plannable_type(g_.type(v))) return false;
    for (auto v : node.outputs) {
      if (!plannable_type(g_.type(v))) return false;
      if (g_.type(v)->kind() == TypeKind::kList && written(v)) return false;
    }
    return true;
  }
  bool fits_branch(NodeId n) const {
    const auto& node = g_.node(n);
    for (auto v : node.outputs)
      if (!plannable_type(g_.type(v)) || g_.type(v)->kind() == TypeKind::kList) return false;
    for (auto b : node.blocks) {
      if (only_raises(g_, b)) continue;
      bool ok = true;
      g_.for_each(b, [&](NodeId inner) { ok = ok && fits(inner); });
      if (!ok) return false;
    }
    return true;
  }

  static bool is_heavy(std::string_view kind) {
    return kind == "aten::conv2d" || kind == "aten::conv1d" || kind == "aten::_convolution" || kind == "aten::linear" ||
           kind == "aten::lstm_cell" || kind == "aten::lstm" || kind == "aten::gru_cell" || kind == "aten::gru";
  }
  // Worth a plan: two operators on tensors, or one whose weights can be packed.
  bool worth(const std::vector<NodeId>& region) const {
    std::size_t count = 0;
    for (NodeId n : region)
      for (auto v : g_.node(n).outputs)
        if (g_.node(n).op && g_.type(v)->kind() == TypeKind::kTensor) count += is_heavy(g_.node(n).kind.str()) ? 2 : 1;
    return count >= 2;
  }

  bool close(std::vector<NodeId>& region) {
    const std::vector<NodeId> nodes = std::move(region);
    region.clear();
    if (nodes.empty() || !worth(nodes)) return false;
    auto sub = std::make_shared<Graph>();
    for (const auto& s : g_.scopes()) sub->add_scope(s);
    std::unordered_map<std::uint32_t, ValueId> map;  // value of g_ -> value of sub
    std::vector<ValueId> inputs;
    copy_nodes(nodes, *sub, sub->top(), map, inputs);

    std::vector<bool> inside(g_.node_count(), false);
    for (NodeId n : nodes) {
      inside[n.index] = true;
      for (auto b : g_.node(n).blocks) g_.for_each_deep(b, [&](NodeId m) { inside[m.index] = true; });
    }
    const NodeId plan = g_.create(Symbol("facula::Plan"), inputs, g_.node(nodes.front()).range);
    g_.node(plan).scope = g_.node(nodes.front()).scope;
    std::vector<std::pair<ValueId, ValueId>> outputs;
    for (NodeId n : nodes)
      for (auto v : g_.node(n).outputs) {
        bool outside = false;
        for (const auto& use : g_.uses(v)) outside = outside || !use.user || !inside[use.user.index];
        if (!outside) continue;
        sub->add_return(sub->top(), map.at(v.index));
        outputs.emplace_back(v, g_.add_output(plan, g_.type(v)));
      }
    g_.set_attr(plan, Symbol("Subgraph"), std::shared_ptr<Graph>(sub));
    g_.insert_before(nodes.front(), plan);
    // Inputs may be defined between the region's nodes only by what was copied.
    for (const auto& [from, to] : outputs) g_.replace_uses(from, to);
    for (std::size_t i = nodes.size(); i-- > 0;) g_.erase(nodes[i]);
    return true;
  }

  ValueId mapped(ValueId v, Graph& sub, std::unordered_map<std::uint32_t, ValueId>& map, std::vector<ValueId>& inputs) {
    if (const auto it = map.find(v.index); it != map.end()) return it->second;
    ValueId fresh;
    if (const auto producer = g_.value(v).producer; producer && is_copied(producer)) {
      const NodeId c = sub.create(g_.node(producer).kind, {}, g_.node(producer).range);
      for (const auto& [name, attr] : g_.node(producer).attrs) sub.set_attr(c, name, attr);
      fresh = sub.add_output(c, g_.type(v));
      sub.prepend(sub.top(), c);
    } else {
      fresh = sub.add_param(sub.top(), g_.type(v));
      inputs.push_back(v);
    }
    map.emplace(v.index, fresh);
    return fresh;
  }

  void copy_nodes(const std::vector<NodeId>& nodes, Graph& sub, BlockId into,
                  std::unordered_map<std::uint32_t, ValueId>& map, std::vector<ValueId>& inputs) {
    for (NodeId n : nodes) {
      const ir::Node node = g_.node(n);
      std::vector<ValueId> in;
      for (auto v : node.inputs) in.push_back(mapped(v, sub, map, inputs));
      const NodeId copy = node.op ? sub.create(*node.op, std::move(in), node.range) : sub.create(node.kind, std::move(in), node.range);
      sub.node(copy).scope = node.scope;
      for (const auto& [name, attr] : node.attrs) sub.set_attr(copy, name, attr);
      for (auto b : node.blocks) {
        const BlockId inner = sub.add_block(copy);
        std::vector<NodeId> body;
        g_.for_each(b, [&](NodeId m) { body.push_back(m); });
        copy_nodes(body, sub, inner, map, inputs);
        for (auto v : g_.block(b).returns) sub.add_return(inner, mapped(v, sub, map, inputs));
      }
      for (auto v : node.outputs) map.emplace(v.index, sub.add_output(copy, g_.type(v)));
      sub.append(into, copy);
    }
  }

  Graph& g_;
};

}  // namespace

bool form_regions(Graph& g) { return Former(g).run(g.top()); }

}  // namespace fac::plan
