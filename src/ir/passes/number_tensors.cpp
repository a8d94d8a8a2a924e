// number_tensors — integers that a trace holds as tensors become integers again.
//   A trace writes `x.size(1) // 2` as prim::NumToTensor(aten::size(x, 1)), aten::floor_divide on tensors, aten::Int. Reading a
//   number out of a tensor ends a region that can be planned; integers made of sizes do not.
//   Needs: verified graph.  Keeps: order of effects; tensors that are seen or written stay (what nobody reads goes with
//   drop_dead).  Cost: O(nodes).
#include <unordered_map>

#include "ir/alias.h"
#include "ir/passes.h"
#include "ir/passes/fold_recorder.h"
#include "ir/passes/support.h"
#include "ir/symbols.h"

namespace fac::ir {
namespace {

// Expressions deeper than this stay tensors: nobody writes such, and the stack is not theirs to fill.
constexpr int kDeepest = 100, kDeepestSizes = 8;

class NumberTensors {
 public:
  explicit NumberTensors(Graph& g) : g_(g), alias_(g) {}

  bool run() {
    bool changed = false;
    g_.for_each_deep(g_.top(), [&](NodeId n) { changed = read(n) || changed; });
    return changed;
  }

 private:
  // A number read out of a tensor that is made of integers: those take its place.
  bool read(NodeId n) {
    const Node& at = g_.node(n);
    const std::string_view kind = at.kind.str();
    if (kind != "aten::Int" && kind != "aten::IntImplicit" && kind != "aten::ScalarImplicit" && kind != "aten::item") return false;
    if (at.inputs.size() != 1 || at.outputs.size() != 1 || g_.type(at.outputs[0])->kind() != TypeKind::kInt) return false;
    const ValueId tensor = at.inputs[0];
    if (g_.type(tensor)->kind() != TypeKind::kTensor || !is_integer(tensor, 0)) return false;
    replace_node(g_, n, integer(n, tensor));
    return true;
  }

  // The operator on integers beside one on tensors; null if there is none that does the same.
  const ops::Overload* on_integers(const Node& n) const {
    const std::string_view kind = n.kind.str();
    if (kind == "aten::mul" && n.inputs.size() == 2) return ops::find("aten::mul", "int");
    if (kind == "aten::floor_divide" && n.inputs.size() == 2) return ops::find("aten::floordiv", "int");
    if (kind == "aten::div" && n.inputs.size() == 3) {
      const Value* rounding = g_.constant(n.inputs[2]);
      const bool floor = rounding && rounding->is_str() && rounding->str() == "floor";
      const bool down = rounding && rounding->is_str() && rounding->str() == "trunc" && is_natural(n.inputs[0], 0) && is_natural(n.inputs[1], 0);
      return floor || down ? ops::find("aten::floordiv", "int") : nullptr;
    }
    if ((kind == "aten::add" || kind == "aten::sub") && n.inputs.size() == 3 && constant_int(g_, n.inputs[2]) == 1)
      return ops::find(kind, "int");
    return nullptr;
  }

  // Never negative: sizes, and what is made of such.
  bool is_natural(ValueId v, int depth) const {
    if (const auto k = constant_int(g_, v)) return *k >= 0;
    if (const Value* c = g_.constant(v)) {
      if (!c->is_tensor() || !is_long(c->tensor())) return false;
      FoldRecorder::note(c->tensor());
      return *c->tensor().data_as<std::int64_t>() >= 0;
    }
    const NodeId made = g_.value(v).producer;
    if (!made || depth == kDeepestSizes || (g_.type(v)->kind() == TypeKind::kTensor && alias_.may_be_written(v))) return false;
    const Node& n = g_.node(made);
    const std::string_view kind = n.kind.str();
    if (kind == "aten::size") return n.inputs.size() == 2;
    if (kind == "prim::NumToTensor" || kind == "aten::Int") return is_natural(n.inputs[0], depth + 1);
    return (kind == "aten::floor_divide" || kind == "aten::floordiv") && is_natural(n.inputs[0], depth + 1) && is_natural(n.inputs[1], depth + 1);
  }

  static bool is_long(const Tensor& t) { return t.dim() == 0 && t.dtype() == DType::kInt64; }
  bool is_integer(ValueId v, int depth) {
    if (g_.type(v)->kind() == TypeKind::kInt) return true;
    if (const Value* c = g_.constant(v))
      return c->is_tensor() && is_long(c->tensor()) && !alias_.may_be_written(v);
    const auto seen = known_.find(v.index);
    if (seen != known_.end()) return seen->second;
    const NodeId made = g_.value(v).producer;
    bool is = false;
    if (made && depth < kDeepest && !alias_.may_be_written(v)) {
      const Node& n = g_.node(made);
      if (n.kind.str() == "prim::NumToTensor") is = g_.type(n.inputs[0])->kind() == TypeKind::kInt;
      else if (on_integers(n)) is = is_integer(n.inputs[0], depth + 1) && is_integer(n.inputs[1], depth + 1);
    }
    return known_[v.index] = is;
  }

  // The integer, made where its tensor is. What the answer above promised.
  ValueId integer(NodeId before, ValueId v) {
    if (g_.type(v)->kind() == TypeKind::kInt) return v;
    if (const Value* c = g_.constant(v)) {
      FoldRecorder::note(c->tensor());
      return constant_before(g_, before, Value(*c->tensor().data_as<std::int64_t>()), types::int_());
    }
    if (const auto done = integers_.find(v.index); done != integers_.end()) return done->second;
    const NodeId made = g_.value(v).producer;
    const Node n = g_.node(made);
    const ops::Overload* op = on_integers(n);
    if (!op) return n.inputs[0];  // prim::NumToTensor
    const ValueId a = integer(made, n.inputs[0]), b = integer(made, n.inputs[1]);
    const NodeId fresh = g_.create(*op, {a, b}, n.range);
    g_.node(fresh).scope = n.scope;
    g_.insert_before(made, fresh);
    return integers_[v.index] = g_.add_output(fresh, types::int_());
  }

  Graph& g_;
  AliasInfo alias_;
  std::unordered_map<std::uint32_t, bool> known_;
  std::unordered_map<std::uint32_t, ValueId> integers_;  // by the tensors that they stand for
};

}  // namespace

bool number_tensors(Graph& g) { return NumberTensors(g).run(); }

}  // namespace fac::ir
