// Values that may never have been made: what prim::Uninitialized stands for, and what branches, loops and regions hand on of it.
// The compiler's own are never read; code of strangers may read them, so each such read is looked at (Opcode::k_present).
#pragma once

#include <vector>

#include "ir/graph.h"

namespace fac::vm {

// By value id. Scalars are never unset (their register holds 0), nor is what may be None.
std::vector<bool> maybe_unset(const ir::Graph& g);

}  // namespace fac::vm
