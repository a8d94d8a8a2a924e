#include "exec/plan/weight_pool.h"

#include <algorithm>

namespace fac::plan {
namespace {

constexpr std::size_t kAlignment = 64;
constexpr std::size_t kBlock = std::size_t{16} << 20;
constexpr std::size_t kOwn = std::size_t{8} << 20;  // from here on a piece is a block by itself

}  // namespace

Result<Ref<Storage>> WeightPool::allocate(std::size_t bytes) {
  AllocHookGuard heap(nullptr);
  if (bytes >= kOwn) return allocate_storage(bytes);
  const std::size_t rounded = (bytes + kAlignment - 1) / kAlignment * kAlignment;
  if (!block_ || used_ + rounded > block_->bytes()) {
    FACULA_TRY(block_, allocate_storage(kBlock));  // untouched pages of its end cost nothing
    used_ = 0;
  }
  char* at = static_cast<char*>(block_->data()) + used_;
  used_ += rounded;
  return borrow_storage(at, bytes, [block = block_] {});
}

}  // namespace fac::plan
