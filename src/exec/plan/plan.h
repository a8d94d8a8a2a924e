// Plan: a straight-line region of tensor operators, prepared once per kind of input and then run without dispatch:
// packed weights, fused epilogues, blocked layouts, memory from one arena.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "exec/plan/precision.h"
#include "ir/graph.h"
#include "value/value.h"

namespace fac::plan {

// What a plan became for one kind of inputs, for people and tools.
struct VariantReport {
  struct Step {
    std::string text;
    double flops = 0;    // multiplications and additions of a plain algorithm; 0: not counted
    double seconds = 0;  // the shortest call that a StepClock saw; 0: none
    double bytes = 0;    // that the step reads and writes at least, weights too; 0: not counted, or no StepClock saw it
    bool reduced = false;  // computes in fewer bits than float32
  };
  std::vector<Step> steps;
  std::size_t arena_bytes = 0, arena_lower_bound = 0;  // of one run; no packing can be below the bound
};

class Step;
// While it lives, plans run by this thread are timed step by step.
class StepClock {
 public:
  StepClock();
  ~StepClock();
  StepClock(const StepClock&) = delete;
  StepClock& operator=(const StepClock&) = delete;
  struct Seen {
    double seconds = 0, bytes = 0;  // of the shortest call
  };
  std::unordered_map<const Step*, Seen> seen;
  static StepClock* current();

 private:
  StepClock* outer_;
};

class Plan {
 public:
  virtual ~Plan() = default;
  // `region`: straight-line nodes only; the plan keeps it.
  // `fallback` runs the region operator by operator: for inputs that cannot be planned, and for precise errors.
  using Fallback = std::function<Status(std::span<Value> args, std::span<Value> results)>;
  static Result<std::shared_ptr<Plan>> create(std::shared_ptr<const ir::Graph> region, Fallback fallback, Precision precision);
  // Thread-safe. args are moved from; results: one per region output.
  virtual Status run(std::span<Value> args, std::span<Value> results) = 0;
  // The steps of its variants, one a line, for people; nothing before the first call.
  virtual std::string text() const = 0;
  virtual std::vector<VariantReport> report(const StepClock& clock) const = 0;
};

// Groups maximal straight-line tensor regions of `g` (all blocks) into facula::Plan nodes with a `Subgraph`.
// Needs: verified graph.  Keeps: order of effects.  Cost: O(nodes).
bool form_regions(ir::Graph& g);

}  // namespace fac::plan
