// A Variant is what a plan became for one kind of inputs (dtypes, shapes, strides, scalar values): a list of steps over
// slots, built while the first call runs.
//
// Slots: two for each value of the region, 2 * v its plain form (a Value), 2 * v + 1 its blocked form, a float32 tensor
// [N, ceil(C / c), H, W, c] (kernels/layout.h); of a signal [N, C, L] with H = 1.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "exec/plan/arena.h"
#include "exec/plan/precision.h"
#include "ir/graph.h"
#include "tensor/baked.h"
#include "value/value.h"

namespace fac::plan {

using Slot = std::uint32_t;
inline Slot plain_slot(ir::ValueId v) { return 2 * v.index; }
inline Slot blocked_slot(ir::ValueId v) { return 2 * v.index + 1; }

struct Frame {
  std::vector<Value> slots;
  std::unique_ptr<Arena> arena;
};

class Step {
 public:
  virtual ~Step() = default;
  virtual Status run(Frame& f) const = 0;
  virtual std::string text() const = 0;  // one line for people
  virtual double flops() const { return 0; }  // of a plain algorithm; 0: not counted
  virtual bool reduced() const { return false; }  // computes in fewer bits than float32
  // What it must move at least: the tensors of these slots, and so many bytes of packed weights. No slots: not counted.
  struct Traffic {
    std::vector<Slot> slots;
    std::size_t weights = 0;
  };
  virtual Traffic traffic() const { return {}; }
  std::vector<Slot> release;             // not read after this step
};

struct Variant {
  std::vector<std::int64_t> key;
  std::vector<std::unique_ptr<Step>> steps;
  std::vector<std::pair<Slot, Value>> constants;  // in every frame, never released
  std::vector<Slot> inputs, outputs;
  std::vector<Slot> leftover;                     // still held when the last step is done
  std::vector<BakedFrom> watched;                 // packed weights: another version makes the variant stale
  std::shared_ptr<const ArenaLayout> layout;
  std::size_t slot_count = 0;
  std::uint64_t last_used = 0;

  std::mutex frames_mutex;
  std::vector<std::unique_ptr<Frame>> idle_frames;  // one per run that was ever concurrent

  bool stale() const;
};

// The key of arguments; nullopt where an argument's kind cannot be planned for.
std::optional<std::vector<std::int64_t>> key_of(std::span<const Value> args);

// Plans and runs for the first time. nullptr result with ok(): these inputs cannot be planned.
Result<std::shared_ptr<Variant>> build(const ir::Graph& region, std::span<const Value> args, std::span<Value> results, Precision precision);

}  // namespace fac::plan
