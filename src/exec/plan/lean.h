// Lean programs: regions of views and element-wise operators on small tensors, made for all sizes at once. What a loop over
// boxes, cells or steps does is planned once: where each view begins is arithmetic on integers, no tensor is made for what
// lies between inputs and results, and each result is one pass over memory (kernels/strided_chain.h).
//
// A view of a computed value is a computation on views: (a + b)[1:] is a[1:] + b[1:]. Pushed down to the inputs like this,
// views are offsets and strides. What the sizes of one call showed (these two are equal, this one is 1 and repeats) is
// written down as guards; a call that does not meet them is left to others, before anything was changed.
#pragma once

#include <array>
#include <atomic>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "ir/graph.h"
#include "value/value.h"

namespace fac::plan {

class LeanProgram {
 public:
  virtual ~LeanProgram() = default;
  // False: not this program's case (other dtypes or ranks, a guard that does not hold); nothing was changed.
  virtual bool run(std::span<const Value* const> args, std::span<Value> results) const = 0;
  virtual std::string text() const = 0;

  // For inputs like these. Null: not possible.
  static std::unique_ptr<const LeanProgram> make(const ir::Graph& region, std::span<const Value* const> args);
  static constexpr std::int64_t kMost = 1 << 14;  // elements of a result
};

// A region with the programs that its calls have led to. Its last node may write in place what the others computed.
class LeanRegion {
 public:
  // Null: some operator cannot stand in such a program, whatever the inputs.
  static std::shared_ptr<LeanRegion> create(std::shared_ptr<const ir::Graph> region);
  // An operator that writes its first operand in place, the same for each element.
  static bool may_be_last(const ops::Overload& op);
  // Thread-safe. False: no program takes these inputs; nothing was changed.
  bool run(std::span<const Value* const> args, std::span<Value> results);
  std::string text() const;

  static constexpr std::size_t kMostResults = 8;

 private:
  explicit LeanRegion(std::shared_ptr<const ir::Graph> region) : region_(std::move(region)) {}

  // Kinds of input (ranks, dtypes, what is repeated) that have a program; making one costs some hundred microseconds.
  static constexpr std::size_t kPrograms = 4;
  static constexpr std::uint32_t kPlainRuns = 3, kTries = 12;
  const std::shared_ptr<const ir::Graph> region_;
  std::array<std::atomic<const LeanProgram*>, kPrograms> programs_{};
  mutable std::mutex mutex_;
  std::vector<std::unique_ptr<const LeanProgram>> owned_;
  std::atomic<std::uint32_t> tries_{0};
};

}  // namespace fac::plan
