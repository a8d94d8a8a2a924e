// TorchScript's text has `for i in range(n)` and `while c`, but no loop that is both; a `for` with a `break` is one in IR.
#pragma once

#include <memory>

#include "ir/graph.h"

namespace fac::script {

// A copy of the graph in which loops with both a limit and a condition count for themselves, as `while` loops. Null:
// there are none, print the graph as it is.
std::shared_ptr<const ir::Graph> canonical_loops(const ir::Graph& g);

}  // namespace fac::script
