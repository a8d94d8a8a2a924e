// Fast forms of common operators for tiny tensors: what a loop over cells, steps or boxes does, where finding out what to do
// costs far more than doing it. They read the operands where they stand, look whether the case is the plain one (dense,
// same shape and dtype, few elements) and else leave it to the operator. Results are the operator's, bit for bit:
// tests/unit/ops/tiny_test.cpp compares them.
#pragma once

#include "ops/table.h"

namespace fac::ops {

// args: the schema's arguments in order; bit i of `last`: nobody reads args[i] afterwards, it may be taken apart.
// False: not this form's case; nothing was changed.
using TinyFn = bool (*)(Value* const* args, unsigned last, Value& result);

TinyFn tiny_form(const Overload& o);  // null: the operator has none

}  // namespace fac::ops
