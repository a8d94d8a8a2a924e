// build_lists — a list that is built by appending in straight-line code becomes one construction for each time it is read:
//     %l = prim::ListConstruct(%a);  aten::append(%l, %b);  %c = aten::cat(%l, %d);  aten::append(%l, %c);  return (%l)
//     %l.1 = prim::ListConstruct(%a, %b);  %c = aten::cat(%l.1, %d);  %l.2 = prim::ListConstruct(%a, %b, %c);  return (%l.2)
//   Needs: verified graph.  Keeps: everything. A reader between two appends must not keep the list; at the first that
//   may, the rewrite ends.  Cost: O(nodes), and the elements of each construction.
#include <algorithm>

#include "ir/alias.h"
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

  struct Reader {
    std::uint32_t order;
    NodeId node;     // the user, or the node whose nested block uses the list; none: the block's own returns
    bool at_once;    // the user itself stands in the list's block
  };

  std::vector<Reader> readers(ValueId l, BlockId in) const {
    std::vector<Reader> out;
    for (const Use& u : g_.uses(l)) {
      if (!u.user && u.block == in) {
        out.push_back({~0u, {}, false});
        continue;
      }
      NodeId n = u.user ? u.user : g_.block(u.block).owner;
      const bool at_once = u.user && g_.node(n).parent == in;
      while (g_.node(n).parent != in) n = g_.block(g_.node(n).parent).owner;
      out.push_back({order_[n.index], n, at_once});
    }
    std::sort(out.begin(), out.end(), [](const Reader& a, const Reader& b) { return a.order < b.order; });
    return out;
  }

  bool list(NodeId made) {
    const ValueId l = g_.node(made).outputs[0];
    const BlockId in = g_.node(made).parent;
    const auto uses = readers(l, in);
    const auto appends = [&](const Reader& r) { return r.node && r.at_once && is_append(r.node, l, in); };
    const auto keeps = [&](const Reader& r) {
      return !r.at_once || g_.has_effect(r.node) || !AliasInfo::makes_fresh(g_, r.node);
    };
    auto appends_left = std::count_if(uses.begin(), uses.end(), appends);
    const auto first_keeper = std::find_if(uses.begin(), uses.end(), [&](const Reader& r) { return !appends(r) && keeps(r); });
    if (std::none_of(uses.begin(), first_keeper, appends)) return false;

    auto parts = g_.node(made).inputs;
    ValueId current;  // a list of `parts`; none: to be made
    for (const Reader& r : uses) {
      if (appends(r)) {
        parts.push_back(g_.node(r.node).inputs[1]);
        g_.erase(r.node);
        --appends_left;
        current = {};
        continue;
      }
      if (!current) current = construct(made, parts, r.node, in);
      if (keeps(r) || appends_left == 0) {
        g_.replace_uses(l, current);  // nobody before still reads l
        break;
      }
      for (std::size_t i = 0; i < g_.node(r.node).inputs.size(); ++i)
        if (g_.node(r.node).inputs[i] == l) g_.set_input(r.node, i, current);
    }
    g_.erase(made);
    return true;
  }

  ValueId construct(NodeId like, const std::vector<ValueId>& parts, NodeId before, BlockId in) {
    const NodeId n = g_.create(sym::ListConstruct, parts, g_.node(like).range);
    g_.node(n).scope = g_.node(like).scope;
    if (before) g_.insert_before(before, n);
    else g_.append(in, n);
    return g_.add_output(n, g_.type(g_.node(like).outputs[0]));
  }

  Graph& g_;
  std::vector<std::uint32_t> order_;
  std::vector<NodeId> lists_;
};

}  // namespace

bool build_lists(Graph& g) { return ListBuilder(g).run(); }

}  // namespace fac::ir
