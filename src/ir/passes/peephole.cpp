// peephole — replaces operators by simpler equals, looking at one node and what made its inputs.
//   Needs: verified graph.  Keeps: order of effects, aliasing (no rewrite where the difference could be written).
//   Cost: O(nodes).
#include "ir/alias.h"
#include "ir/passes.h"
#include "ir/passes/support.h"
#include "ir/symbols.h"

namespace fac::ir {
namespace {

class Peephole {
 public:
  explicit Peephole(Graph& g) : g_(g), alias_(g) {}

  bool run() {
    bool changed = false;
    g_.for_each_deep(g_.top(), [&](NodeId n) {
      if (g_.node(n).op) changed = node(n) || changed;
    });
    return changed;
  }

 private:
  bool node(NodeId n) {
    const std::string_view name = g_.node(n).kind.str();
    if (name.ends_with("dropout") || name.ends_with("dropout_")) return idle_dropout(n);
    if (name == "aten::len") return length(n);
    if (name == "aten::__getitem__") return item(n);
    if (name == "aten::__not__") return negation(n);
    if (name == "aten::add" || name == "aten::sub" || name == "aten::mul") return int_arithmetic(n);
    return false;
  }

  // dropout(x, p, train=False) hands x itself on, as PyTorch's does.
  bool idle_dropout(NodeId n) {
    const Node& at = g_.node(n);
    if (at.inputs.size() != 3 || at.outputs.size() != 1 || constant_bool(g_, at.inputs[2]) != false) return false;
    const Value* p = g_.constant(at.inputs[1]);
    if (!p || !p->is_float() || !(p->d() >= 0 && p->d() <= 1)) return false;  // would raise
    replace_node(g_, n, at.inputs[0]);
    return true;
  }

  // len(x.size()) == x.dim()
  bool length(NodeId n) {
    const Node& at = g_.node(n);
    const NodeId size = producer_of_kind(g_, at.inputs[0], Symbol("aten::size"));
    const ops::Overload* dim = ops::find("aten::dim", "");
    if (!size || g_.node(size).inputs.size() != 1 || !dim || alias_.container_may_be_written(at.inputs[0])) return false;
    return becomes_op(n, *dim, {g_.node(size).inputs[0]});
  }

  // x.size()[i] == x.size(i)
  bool item(NodeId n) {
    const Node& at = g_.node(n);
    const NodeId size = producer_of_kind(g_, at.inputs[0], Symbol("aten::size"));
    const ops::Overload* one = ops::find("aten::size", "int");
    if (!size || g_.node(size).inputs.size() != 1 || !one || alias_.container_may_be_written(at.inputs[0])) return false;
    return becomes_op(n, *one, {g_.node(size).inputs[0], at.inputs[1]});
  }

  // Sizes are read later than before the rewrite: nobody may resize the tensor in between.
  bool becomes_op(NodeId n, const ops::Overload& op, std::vector<ValueId> inputs) {
    if (alias_.may_be_written(inputs[0])) return false;
    const Node at = g_.node(n);
    const NodeId fresh = g_.create(op, std::move(inputs), at.range);
    g_.node(fresh).scope = at.scope;
    g_.insert_before(n, fresh);
    replace_node(g_, n, g_.add_output(fresh, g_.type(at.outputs[0])));
    return true;
  }

  bool negation(NodeId n) {
    const Node& at = g_.node(n);
    const NodeId inner = producer_of_kind(g_, at.inputs[0], at.kind);
    if (!inner) return false;
    replace_node(g_, n, g_.node(inner).inputs[0]);
    return true;
  }

  // x + 0, x - 0, x * 1 on ints.
  bool int_arithmetic(NodeId n) {
    const Node& at = g_.node(n);
    if (at.inputs.size() != 2) return false;
    for (ValueId v : at.inputs)
      if (g_.type(v)->kind() != TypeKind::kInt) return false;
    const std::int64_t idle = at.kind.str() == "aten::mul" ? 1 : 0;
    if (constant_int(g_, at.inputs[1]) == idle) {
      replace_node(g_, n, at.inputs[0]);
      return true;
    }
    if (at.kind.str() != "aten::sub" && constant_int(g_, at.inputs[0]) == idle) {
      replace_node(g_, n, at.inputs[1]);
      return true;
    }
    return false;
  }

  Graph& g_;
  AliasInfo alias_;
};

}  // namespace

bool peephole(Graph& g) { return Peephole(g).run(); }

}  // namespace fac::ir
