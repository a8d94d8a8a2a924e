#include "exec/plan/tail.h"

#include "exec/plan/activation.h"

namespace fac::plan {

Tail take_tail(VariantBuilder& b, ir::ValueId y, const Dims& sizes, Residual form) {
  Tail tail;
  bool activated = false;
  while (!(activated && tail.residual)) {
    const auto next = b.only_reader(y);
    if (!next) break;
    const auto act = activation_of(b, *next);
    if (act && !activated && b.graph().node(*next).inputs[0] == y) {
      tail.activation = act->kind;
      tail.a = act->a;
      tail.b = act->b;
      activated = true;
    } else {
      const auto other = addend(b, *next, y);
      if (!other || tail.residual || form == Residual::kNone) break;
      const Dims* s = b.sizes(*other);
      const bool there = b.has_plain(*other) || (form == Residual::kBlocked && b.has_blocked(*other));
      if (!s || !(*s == sizes) || !there || b.dtype(*other) != DType::kFloat) break;
      tail.residual = *other;
      tail.residual_after = activated;
    }
    b.fuse(*next);
    b.define_sizes(y, sizes);
    y = b.graph().node(*next).outputs.at(0);
  }
  tail.result = y;
  return tail;
}

}  // namespace fac::plan
