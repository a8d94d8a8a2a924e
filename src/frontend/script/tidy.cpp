// After a body is compiled: removes what joins and conversions made in vain, so that graphs read as PyTorch's do.
//   - outputs of prim::If and carried values of prim::Loop that nobody reads
//   - nodes without effects that nobody reads
//   - casts to a wider type other than Any (an annotation `x: Optional[T] = t` made them)
//   - in live Python: arithmetic of constants
// and orders the outputs of branches and loops.
#include "frontend/script/emitter.h"
#include "ir/passes.h"
#include "ir/passes/support.h"
#include "ir/symbols.h"
#include "value/print.h"

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
      const bool to_any = g.type(out)->kind() == TypeKind::kAny;  // PyTorch keeps these
      if (!to_any && !same(g.type(in), g.type(out)) && is_subtype(g.type(in), g.type(out)) && !unused(out)) {
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

bool is_plain(const TypePtr& t) {
  const TypeKind k = t->kind();
  return k == TypeKind::kInt || k == TypeKind::kFloat || k == TypeKind::kBool || k == TypeKind::kStr;
}

// Computes numbers and strings of constants, and takes branches that are decided, as PyTorch does with a function that it
// has just compiled. What fails stays, and fails when it runs.
class ScalarFolder {
 public:
  explicit ScalarFolder(ir::Graph& g) : g_(g) {}

  bool block(BlockId b) {
    bool changed = false;
    for (NodeId n = g_.block(b).first; n;) {
      const NodeId next = g_.node(n).next;
      for (const BlockId inner : std::vector<BlockId>(g_.node(n).blocks)) changed |= block(inner);
      changed |= g_.node(n).kind == ir::sym::If ? branch(n) : computed(n);
      n = next;
    }
    return changed;
  }

 private:
  bool branch(NodeId n) {
    const auto known = ir::constant_bool(g_, g_.node(n).inputs[0]);
    if (!known) return false;
    const BlockId taken = g_.node(n).blocks[*known ? 0 : 1];
    const auto returns = g_.block(taken).returns;
    ir::splice_before(g_, n, taken);
    for (std::size_t i = 0; i < returns.size(); ++i) g_.replace_uses(g_.node(n).outputs[i], returns[i]);
    g_.erase(n);
    return true;
  }

  bool computed(NodeId n) {
    const ir::Node& at = g_.node(n);
    if (!at.op || at.inputs.empty() || at.outputs.size() != 1 || g_.has_effect(n) || !is_plain(g_.type(at.outputs[0]))) return false;
    std::vector<Value> args;
    for (const ValueId v : at.inputs) {
      const Value* known = g_.constant(v);
      if (!known || !(is_plain(type_of(*known)) || known->is_none())) return false;
      args.push_back(*known);
    }
    Value result[1];
    if (!at.op->call(args, result).ok() || !same(type_of(result[0]), g_.type(at.outputs[0]))) return false;
    ir::replace_node(g_, n, constant(result[0]));
    return true;
  }

  // Constants stand first in the top block; equal ones are one.
  ValueId constant(const Value& v) {
    const std::string text = value_repr(v);
    for (NodeId n = g_.block(g_.top()).first; n && g_.node(n).kind == ir::sym::Constant; n = g_.node(n).next) {
      const ValueId out = g_.node(n).outputs[0];
      const Value* known = g_.constant(out);
      if (known && same(g_.type(out), type_of(v)) && known->tag() == v.tag() && value_repr(*known) == text) return out;
    }
    const NodeId n = g_.create(ir::sym::Constant, {}, Range{});
    g_.set_attr(n, ir::sym::value, v);
    const ValueId out = g_.add_output(n, type_of(v));
    g_.prepend(g_.top(), n);
    return out;
  }

  ir::Graph& g_;
};

}  // namespace

void Emitter::tidy() {
  Tidier t{graph_};
  ScalarFolder folder(graph_);
  do {
    t.changed = false;
    t.block(graph_.top());
    if (resolver_->marks_as_pytorch()) t.changed |= folder.block(graph_.top());
  } while (t.changed);
  ir::canonical_outputs(graph_);
}

}  // namespace fac::script
