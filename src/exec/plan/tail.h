// What stands behind a convolution or a linear layer and can be taken into its kernel's epilogue: one activation and one
// addition, in either order, as long as each is the only reader of what stands before it.
#pragma once

#include <optional>

#include "exec/plan/builder.h"
#include "kernels/epilogue.h"

namespace fac::plan {

struct Tail {
  ir::ValueId result;                   // of the last node taken in
  std::optional<ir::ValueId> residual;  // the other operand of the addition
  kernels::Activation activation = kernels::Activation::kNone;
  float a = 0, b = 0;                   // of the activation
  bool residual_after = false;          // activate first, then add

  template <class Epilogue>
  void fill(Epilogue& e) const {
    e.activation = activation;
    e.a = a;
    e.b = b;
    e.residual_after = residual_after;
  }
};

// Follows the readers of `y` (of the given sizes) and marks those that it takes as fused. A residual must be there
// already, in a form that the step can have: blocked or plain, only plain, or none (only an activation is taken).
enum class Residual : std::uint8_t { kNone, kPlain, kBlocked };
Tail take_tail(VariantBuilder& b, ir::ValueId y, const Dims& sizes, Residual form);

}  // namespace fac::plan
