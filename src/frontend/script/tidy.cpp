// After a body is compiled: removes what joins and conversions made in vain, so that graphs read as PyTorch's do.
//   - outputs of prim::If and carried values of prim::Loop that nobody reads
//   - nodes without effects that nobody reads
//   - casts to a wider type (an annotation `x: Optional[T] = t` made them)
// and orders the outputs of branches and loops.
#include "frontend/script/emitter.h"
#include "ir/passes.h"
#include "ir/symbols.h"

namespace fac::script {
namespace {

struct Tidier {
  ir::Graph& g;
  bool changed = false;

  bool unused(ValueId v) const { return g.uses(v).empty(); }

  void if_outputs(NodeId n) {
    for (std::size_t i = g.node(n).outputs.size(); i-- > 0;) {
      if (!unused(g.node(n).outputs[i])) continue;
      g.remove_output(n, i);
      for (const BlockId b : std::vector<BlockId>(g.node(n).blocks)) g.remove_return(b, i);
      changed = true;
    }
  }

  // A carried value is dead when the output is and the body only hands the parameter on.
  void loop_values(NodeId n) {
    const BlockId body = g.node(n).blocks[0];
    for (std::size_t i = g.node(n).outputs.size(); i-- > 0;) {
      if (!unused(g.node(n).outputs[i])) continue;
      const ValueId param = g.block(body).params[i + 1];
      bool read = false;
      for (const ir::Use& u : g.uses(param)) read |= !(u.block == body && !u.user && u.operand == i + 1);
      if (read) continue;
      g.remove_return(body, i + 1);
      g.remove_output(n, i);
      g.remove_input(n, i + 2);
      g.remove_param(body, i + 1);
      changed = true;
    }
  }

  void block(BlockId b) {
    for (NodeId n = g.block(b).last; n;) {
      const NodeId before = g.node(n).prev;
      node(n);
      n = before;
    }
  }

  void node(NodeId n) {
    const Symbol kind = g.node(n).kind;
    if (kind == ir::sym::If) if_outputs(n);
    if (kind == ir::sym::Loop) loop_values(n);
    for (const BlockId b : std::vector<BlockId>(g.node(n).blocks)) block(b);
    if (kind == ir::sym::unchecked_cast) {
      const ValueId in = g.node(n).inputs[0], out = g.node(n).outputs[0];
      if (!same(g.type(in), g.type(out)) && is_subtype(g.type(in), g.type(out)) && !unused(out)) {
        g.replace_uses(out, in);
        changed = true;
      }
    }
    for (ValueId v : g.node(n).outputs)
      if (!unused(v)) return;
    if (g.has_effect(n)) return;
    g.erase(n);
    changed = true;
  }
};

}  // namespace

void Emitter::tidy() {
  Tidier t{graph_};
  do {
    t.changed = false;
    t.block(graph_.top());
  } while (t.changed);
  ir::canonical_outputs(graph_);
}

}  // namespace fac::script
