#include "exec/plan/arena.h"

#include <algorithm>
#include <cstdlib>
#include <mutex>
#include <numeric>

namespace fac::plan {
namespace {
constexpr std::size_t kAlign = 64;
constexpr std::size_t kHugePage = std::size_t{2} << 20;
std::size_t round_up(std::size_t n, std::size_t to) { return (n + to - 1) / to * to; }
}  // namespace

// --- recording -------------------------------------------------------------------------------------------------------

struct Recorder::Log {
  std::mutex mutex;  // storages may be released by another thread, after the run even
  std::vector<Event> events;
  std::uint32_t now = 0;
};

namespace {
class RecordedStorage final : public Storage {
 public:
  RecordedStorage(Ref<Storage> memory, std::shared_ptr<Recorder::Log> log, std::size_t index)
      : Storage(memory->data(), memory->bytes()), memory_(std::move(memory)), log_(std::move(log)), index_(index) {}
  ~RecordedStorage() override {
    std::lock_guard lock(log_->mutex);
    log_->events[index_].end = log_->now++;
  }

 private:
  Ref<Storage> memory_;
  std::shared_ptr<Recorder::Log> log_;
  std::size_t index_;
};
}  // namespace

Recorder::Recorder() : log_(std::make_shared<Log>()) {}

Result<Ref<Storage>> Recorder::allocate(std::size_t bytes) {
  AllocHookGuard heap(nullptr);
  FACULA_TRY(Ref<Storage> memory, allocate_storage(bytes));
  std::size_t index;
  {
    std::lock_guard lock(log_->mutex);
    index = log_->events.size();
    log_->events.push_back({bytes, log_->now++, kAlive});
  }
  return Ref<Storage>(new RecordedStorage(std::move(memory), log_, index));
}

std::vector<Recorder::Event> Recorder::events() const {
  std::lock_guard lock(log_->mutex);
  return log_->events;
}

// --- packing ---------------------------------------------------------------------------------------------------------

// Largest first, each at the lowest offset that is free for its whole life: within a few per cent of the bound on the
// networks measured.
ArenaLayout pack(const std::vector<Recorder::Event>& events) {
  ArenaLayout layout;
  layout.places.resize(events.size());
  std::vector<std::uint32_t> order(events.size());
  std::iota(order.begin(), order.end(), 0u);
  std::stable_sort(order.begin(), order.end(),
                   [&](std::uint32_t a, std::uint32_t b) { return events[a].bytes > events[b].bytes; });
  std::vector<std::uint32_t> placed;
  for (std::uint32_t i : order) {
    const auto& e = events[i];
    auto& p = layout.places[i];
    p.bytes = round_up(std::max<std::size_t>(e.bytes, 1), kAlign);
    if (e.end == Recorder::kAlive) continue;
    std::vector<std::pair<std::size_t, std::size_t>> busy;
    for (std::uint32_t j : placed)
      if (events[j].begin < e.end && e.begin < events[j].end)
        busy.emplace_back(layout.places[j].offset, layout.places[j].offset + layout.places[j].bytes);
    std::sort(busy.begin(), busy.end());
    std::size_t at = 0;
    for (const auto& [from, to] : busy) {
      if (at + p.bytes <= from) break;
      at = std::max(at, to);
    }
    p.offset = at;
    p.in_arena = true;
    placed.push_back(i);
    layout.total = std::max(layout.total, at + p.bytes);
  }
  for (std::uint32_t i : placed)
    for (std::uint32_t j : placed) {
      const auto &a = layout.places[i], &b = layout.places[j];
      if (i != j && a.offset < b.offset + b.bytes && b.offset < a.offset + a.bytes) layout.places[i].overlaps.push_back(j);
    }
  std::vector<std::pair<std::uint32_t, std::int64_t>> changes;
  for (const auto& e : events)
    if (e.end != Recorder::kAlive) {
      changes.emplace_back(e.begin, static_cast<std::int64_t>(round_up(e.bytes, kAlign)));
      changes.emplace_back(e.end, -static_cast<std::int64_t>(round_up(e.bytes, kAlign)));
    }
  std::sort(changes.begin(), changes.end());
  std::int64_t alive = 0, most = 0;
  for (const auto& c : changes) most = std::max(most, alive += c.second);
  layout.lower_bound = static_cast<std::size_t>(most);
  return layout;
}

// --- replaying -------------------------------------------------------------------------------------------------------

struct Arena::Block {
  Block(Ref<Storage> m, std::size_t count) : memory(std::move(m)), alive(count) {}
  Ref<Storage> memory;
  std::vector<std::atomic<bool>> alive;
};

namespace {
class ArenaStorage final : public Storage {
 public:
  ArenaStorage(void* data, std::size_t bytes, std::shared_ptr<Arena::Block> block, std::uint32_t index)
      : Storage(data, bytes), block_(std::move(block)), index_(index) {}
  ~ArenaStorage() override { block_->alive[index_].store(false, std::memory_order_release); }

 private:
  std::shared_ptr<Arena::Block> block_;
  std::uint32_t index_;
};
}  // namespace

Result<std::unique_ptr<Arena>> Arena::create(std::shared_ptr<const ArenaLayout> layout) {
  AllocHookGuard heap(nullptr);
  // Large blocks start at a huge page, which allocate_storage asks for.
  const bool huge = layout->total >= 2 * kHugePage;
  FACULA_TRY(Ref<Storage> memory, allocate_storage(layout->total + (huge ? kHugePage : 0)));
  auto block = std::make_shared<Block>(std::move(memory), layout->places.size());
  return std::unique_ptr<Arena>(new Arena(std::move(layout), std::move(block)));
}

Result<Ref<Storage>> Arena::allocate(std::size_t bytes) {
  const std::uint32_t i = next_++;
  if (i >= layout_->places.size()) return Ref<Storage>();
  const auto& p = layout_->places[i];
  if (!p.in_arena || bytes > p.bytes || block_->alive[i].load(std::memory_order_acquire)) return Ref<Storage>();
  for (std::uint32_t j : p.overlaps)
    if (block_->alive[j].load(std::memory_order_acquire)) return Ref<Storage>();
  block_->alive[i].store(true, std::memory_order_relaxed);
  const auto base = reinterpret_cast<std::size_t>(block_->memory->data());
  const std::size_t start = layout_->total >= 2 * kHugePage ? round_up(base, kHugePage) : base;
  return Ref<Storage>(new ArenaStorage(reinterpret_cast<void*>(start + p.offset), bytes, block_, i));
}

}  // namespace fac::plan
