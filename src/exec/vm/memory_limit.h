// Limits::memory_bytes: how many bytes the tensors that one call allocates may hold at the same time, tensors that live on
// in its result included. Lists, texts and other values are not counted.
#pragma once

#include <atomic>
#include <memory>

#include "tensor/storage.h"

namespace fac::vm {

// Installed (AllocHookGuard) on each thread that works on the call. Storages may outlive it.
class MemoryLimit final : public AllocHook {
 public:
  explicit MemoryLimit(std::uint64_t most) : most_(most), used_(std::make_shared<std::atomic<std::uint64_t>>(0)) {}
  // errors: kLimit
  Result<Ref<Storage>> allocate(std::size_t bytes) override;

 private:
  std::uint64_t most_;
  std::shared_ptr<std::atomic<std::uint64_t>> used_;
};

}  // namespace fac::vm
