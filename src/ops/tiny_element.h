// Reading one element of a tensor as a number, `float(x[i])` or `x[i, j].item()`, without making the views in between.
#pragma once

#include "ops/tiny.h"

namespace fac::ops {

constexpr int kMostSelects = 2;

// For `reader` (aten::item, Float, Int, Bool of a tensor) behind `selects` aten::select.int: args are the tensor, then
// dimension and index of each. Null: there is none.
TinyFn element_form(const Overload& reader, int selects);

}  // namespace fac::ops
