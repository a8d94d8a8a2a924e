// Lean programs: regions of views and element-wise operators on small tensors, made for all sizes at once. What a loop over
// boxes, cells or steps does is planned once: where each view begins is arithmetic on integers, no tensor is made for what
// lies between inputs and results, and each result is one pass over memory (kernels/strided_chain.h).
//
// A view of a computed value is a computation on views: (a + b)[1:] is a[1:] + b[1:]. Pushed down to the inputs like this,
// views are offsets and strides. What the sizes of one call showed (these two are equal, this one is 1 and repeats) is
// written down as guards; a call that does not meet them is left to others, before anything was changed.
#pragma once

#include <memory>
#include <span>
#include <string>

#include "ir/graph.h"
#include "value/value.h"

namespace fac::plan {

class LeanProgram {
 public:
  virtual ~LeanProgram() = default;
  // False: not this program's case (other dtypes or ranks, a guard that does not hold); nothing was changed.
  virtual bool run(std::span<const Value> args, std::span<Value> results) const = 0;
  virtual std::string text() const = 0;

  // Whether all operators of the region may stand in such a program; says nothing about dtypes and sizes.
  static bool may_be(const ir::Graph& region);
  // For inputs like these. Null: not possible.
  static std::unique_ptr<const LeanProgram> make(const ir::Graph& region, std::span<const Value> args);
  static constexpr std::int64_t kMost = 1 << 14;  // elements of a result
};

}  // namespace fac::plan
