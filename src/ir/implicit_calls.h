// Methods that a node calls although it is no prim::CallMethod: __enter__ and __exit__ of `with`, __lt__ of the objects
// that aten::sort and aten::sorted compare.
#pragma once

#include <vector>

#include "ir/graph.h"

namespace fac::ir {

std::vector<Callable*> implicit_callees(const Graph& g, NodeId n);

}  // namespace fac::ir
