// Tasks of prim::fork, and which of them may run beside the function that forks them.
//
// TorchScript leaves open when a task runs. Where that can be seen (a task that writes what others read, prints or draws
// random numbers), or where two threads would change one list, the task runs where it is forked: the results are those
// of one of the allowed orders, the same each time, and no program can make threads race in our memory.
#pragma once

#include <memory>

#include "base/result.h"
#include "ir/graph.h"

namespace fac::ir {

// The body of a prim::fork; null if it has none.
std::shared_ptr<Graph> task_body(const Graph& g, NodeId fork);

// Whether running the body is seen by nobody but through its result: no writes to what it was given or read from
// outside, no random numbers, no printing, no calls of code that is not seen. Bodies must be inlined before.
bool is_quiet(const Graph& body);

// Gives every fork of `g` a body of its own, inlined and optimised, and marks those that may run at any time with
// `isolated`: the body is quiet, and nothing in `g` writes what it can reach.
// Needs: inline_calls of `g`.  errors: a body that does not compile.
Status prepare_tasks(Graph& g);
bool is_isolated(const Graph& g, NodeId fork);

}  // namespace fac::ir
