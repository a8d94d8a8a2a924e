// Which nodes are activations that a kernel's epilogue can apply.
#pragma once

#include <optional>

#include "exec/plan/builder.h"
#include "kernels/epilogue.h"

namespace fac::plan {

struct FusedActivation {
  kernels::Activation kind = kernels::Activation::kNone;
  float a = 0, b = 0;
};
// The activation that node n applies to its first input (relu, hardtanh, gelu ... and their in-place forms).
std::optional<FusedActivation> activation_of(const VariantBuilder& b, ir::NodeId n);

// `x + other` with alpha 1: the other operand, when n is such an addition of v.
std::optional<ir::ValueId> addend(const VariantBuilder& b, ir::NodeId n, ir::ValueId v);

}  // namespace fac::plan
