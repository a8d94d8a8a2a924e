// Storage: a block of bytes that tensors view. Who owns the bytes differs: the heap, a mapped file, an arena of the
// planner, or the user (from_blob).
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>

#include "base/ref.h"
#include "base/result.h"
#include "tensor/dtype.h"

namespace fac {

class Storage : public RefCounted {
 public:
  Storage(void* data, std::size_t bytes) : data_(data), bytes_(bytes) {}

  void* data() const { return data_; }
  std::size_t bytes() const { return bytes_; }

  // Counts writes; packed weights and folded constants are stale when it changed.
  std::uint32_t version() const { return version_.load(std::memory_order_relaxed); }
  void bump_version() { version_.fetch_add(1, std::memory_order_relaxed); }

  Device device() const { return device_; }
  void set_device(Device d) { device_ = d; }

 protected:
  void* data_;
  std::size_t bytes_;
  std::atomic<std::uint32_t> version_{0};
  Device device_{};
};

// Heap memory aligned to 64 bytes (one cache line, one AVX-512 vector), not initialised. A failed or refused
// allocation is an error, never an exception. An AllocHook on this thread may answer instead.
Result<Ref<Storage>> allocate_storage(std::size_t bytes);

// Memory of the user's; `release` (may be empty) runs when the last tensor has gone.
Ref<Storage> borrow_storage(void* data, std::size_t bytes, std::function<void()> release);

// While one is installed on the calling thread, allocate_storage asks it first. The planner's arena and the memory
// limit work through it. Returning null means: use the heap.
class AllocHook {
 public:
  virtual ~AllocHook() = default;
  virtual Result<Ref<Storage>> allocate(std::size_t bytes) = 0;
};
class AllocHookGuard {
 public:
  explicit AllocHookGuard(AllocHook* hook);  // null: plain heap inside the scope
  ~AllocHookGuard();
  AllocHookGuard(const AllocHookGuard&) = delete;
  AllocHookGuard& operator=(const AllocHookGuard&) = delete;

 private:
  AllocHook* saved_;
};

}  // namespace fac
