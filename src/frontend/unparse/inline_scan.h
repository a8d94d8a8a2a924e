// Which values of a graph are written as part of the expression that uses them, instead of being assigned to a variable.
#pragma once

#include <vector>

#include "ir/graph.h"

namespace fac::script {

using ir::BlockId;
using ir::NodeId;
using ir::ValueId;

// True for nodes (by index) whose result is written inside its use: constants; and values without a name of their own
// that are used once, where the text read from left to right evaluates them in the order of the graph.
std::vector<bool> find_inlined(const ir::Graph& g, BlockId body);

}  // namespace fac::script
