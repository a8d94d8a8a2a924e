// Memory of a variant's packed weights: pieces of large blocks, so that the kernel can back them by huge pages. Weights of
// most layers are smaller than a huge page; by themselves they would cost a TLB miss every 4 KB that are read, and as many
// page faults when they are packed. A block is freed when the last piece is.
#pragma once

#include "tensor/storage.h"

namespace fac::plan {

// An AllocHook: what is allocated while it is installed (AllocHookGuard) comes from the pool.
class WeightPool final : public AllocHook {
 public:
  Result<Ref<Storage>> allocate(std::size_t bytes) override;

 private:
  Ref<Storage> block_;
  std::size_t used_ = 0;
};

}  // namespace fac::plan
