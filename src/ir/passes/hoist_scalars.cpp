// hoist_scalars — moves arithmetic on numbers that a loop repeats with the same result in front of the loop.
//   Needs: verified graph.  Keeps: order of effects; only what can neither fail nor be seen moves, so that a loop
//   without a single round may compute it for nothing.  Cost: O(nodes * depth of loops).
#include <algorithm>
#include <array>

#include "ir/passes.h"
#include "ir/symbols.h"

namespace fac::ir {
namespace {

// Division, powers, shifts and conversions of floats may raise; they stay.
constexpr auto kNeverFail = std::to_array<std::string_view>(
    {"aten::add", "aten::sub", "aten::mul", "aten::neg", "aten::eq", "aten::ne", "aten::lt", "aten::le", "aten::gt", "aten::ge",
     "aten::__and__", "aten::__or__", "aten::__xor__", "aten::__not__"});

class Hoister {
 public:
  explicit Hoister(Graph& g) : g_(g) {}
  bool run() {
    block(g_.top());
    return changed_;
  }

 private:
  // Inner loops first: what leaves one may leave the next.
  void block(BlockId b) {
    g_.for_each(b, [&](NodeId n) {
      const auto blocks = g_.node(n).blocks;
      for (BlockId inner : blocks) block(inner);
      if (g_.node(n).kind == sym::Loop) loop(n);
    });
  }

  void loop(NodeId n) {
    const BlockId body = g_.node(n).blocks[0];
    g_.for_each(body, [&](NodeId inner) {
      if (!may_move(inner, body)) return;
      g_.move_before(n, inner);
      changed_ = true;
    });
  }

  bool may_move(NodeId n, BlockId body) const {
    const Node& at = g_.node(n);
    const auto is_number = [&](ValueId v) {
      const TypeKind k = g_.type(v)->kind();
      return k == TypeKind::kInt || k == TypeKind::kFloat || k == TypeKind::kBool;
    };
    if (at.outputs.size() != 1 || !is_number(at.outputs[0])) return false;
    if (at.kind == sym::Constant) return true;
    if (!at.op || std::find(kNeverFail.begin(), kNeverFail.end(), at.kind.str()) == kNeverFail.end()) return false;
    return std::all_of(at.inputs.begin(), at.inputs.end(), [&](ValueId v) { return is_number(v) && block_of(v) != body; });
  }

  // Where a value is made. What `body`'s own nodes read stands in it or around it.
  BlockId block_of(ValueId v) const {
    const ValueInfo& info = g_.value(v);
    return info.producer ? g_.node(info.producer).parent : info.block;
  }

  Graph& g_;
  bool changed_ = false;
};

}  // namespace

bool hoist_scalars(Graph& g) { return Hoister(g).run(); }

}  // namespace fac::ir
