// What can be said of tensors without running: rank and dtype, as far as operators pass them on.
#pragma once

#include <optional>
#include <unordered_map>

#include "ir/graph.h"
#include "tensor/dtype.h"

namespace fac::ir {

// The value whose rank v has: v is reached from it through operators that keep the rank of their inputs.
class RankRoots {
 public:
  explicit RankRoots(const Graph& g) : g_(g) {}
  ValueId of(ValueId v) { return within(v, kMostSteps); }

 private:
  static constexpr int kMostSteps = 2000;  // bounds the recursion
  ValueId within(ValueId v, int steps);
  ValueId derive(ValueId v, int steps);
  const Graph& g_;
  std::unordered_map<std::uint32_t, ValueId> found_;
};

// Dtypes that values have in every run that does not fail.
class KnownDTypes {
 public:
  explicit KnownDTypes(const Graph& g) : g_(g) {}
  std::optional<DType> of(ValueId v) { return within(v, kMostSteps); }

 private:
  static constexpr int kMostSteps = 2000;  // bounds the recursion
  std::optional<DType> within(ValueId v, int steps);
  std::optional<DType> derive(ValueId v, int steps);
  const Graph& g_;
  std::unordered_map<std::uint32_t, std::optional<DType>> found_;
};

}  // namespace fac::ir
