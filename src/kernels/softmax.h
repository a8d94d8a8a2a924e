// softmax and log_softmax along one dimension.
//   s: output, input of equal sizes, any strides, floating kinds (float, double, Half, BFloat16 may mix);
//   computes in float, or double if either side is double. Output may be the input (same strides).
// Errors: kUndefined for other kinds.
#pragma once

#include "kernels/loop_nest.h"
#include "kernels/types.h"

namespace fac::kernels {

Outcome softmax(const Strided& s, int dim) noexcept;
Outcome log_softmax(const Strided& s, int dim) noexcept;

}  // namespace fac::kernels
