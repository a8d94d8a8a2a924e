// Plan: a straight-line region of tensor operators, prepared once per kind of input and then run without dispatch:
// packed weights, fused epilogues, blocked layouts, memory from one arena.
#pragma once

#include <memory>
#include <span>

#include "ir/graph.h"
#include "value/value.h"

namespace fac::plan {

class Plan {
 public:
  virtual ~Plan() = default;
  // `region`: straight-line nodes only; the plan keeps it.
  static Result<std::shared_ptr<Plan>> create(std::shared_ptr<const ir::Graph> region);
  // Thread-safe. args are moved from; results: one per region output.
  virtual Status run(std::span<Value> args, std::span<Value> results) = 0;
};

// Groups maximal straight-line tensor regions of `g` (all blocks) into facula::Plan nodes with a `Subgraph`.
// Needs: verified graph.  Keeps: order of effects.  Cost: O(nodes).
bool form_regions(ir::Graph& g);

}  // namespace fac::plan
