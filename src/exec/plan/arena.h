// Memory of a plan's run. The first run of a variant records when each allocation is made and freed; packing gives
// those that end inside the run fixed places in one block, so that later runs allocate nothing and stay in cache.
// Sound by construction: a place is handed out only when nothing that overlaps it is alive, whatever the recording said;
// otherwise the heap serves.
#pragma once

#include <atomic>
#include <memory>
#include <vector>

#include "tensor/storage.h"

namespace fac::plan {

// Watches one run.
class Recorder final : public AllocHook {
 public:
  struct Event {
    std::size_t bytes;
    std::uint32_t begin, end;  // time in allocations and releases; end = kAlive: outlived the run
  };
  static constexpr std::uint32_t kAlive = ~0u;

  Recorder();
  Result<Ref<Storage>> allocate(std::size_t bytes) override;
  std::vector<Event> events() const;

  struct Log;

 private:
  std::shared_ptr<Log> log_;
};

// Where each allocation of a run goes.
struct ArenaLayout {
  struct Place {
    std::size_t offset = 0, bytes = 0;
    bool in_arena = false;
    std::vector<std::uint32_t> overlaps;  // other allocations whose bytes this one shares
  };
  std::vector<Place> places;
  std::size_t total = 0;        // bytes of the block
  std::size_t lower_bound = 0;  // most bytes alive at one time: no packing can be smaller
};
ArenaLayout pack(const std::vector<Recorder::Event>& events);

// One block laid out so; serves one run at a time.
class Arena final : public AllocHook {
 public:
  static Result<std::unique_ptr<Arena>> create(std::shared_ptr<const ArenaLayout> layout);
  void restart() { next_ = 0; }
  Result<Ref<Storage>> allocate(std::size_t bytes) override;

  struct Block;

 private:
  Arena(std::shared_ptr<const ArenaLayout> layout, std::shared_ptr<Block> block)
      : layout_(std::move(layout)), block_(std::move(block)) {}
  std::shared_ptr<const ArenaLayout> layout_;
  std::shared_ptr<Block> block_;
  std::uint32_t next_ = 0;
};

}  // namespace fac::plan
