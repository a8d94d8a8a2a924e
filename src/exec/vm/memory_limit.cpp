#include "exec/vm/memory_limit.h"

namespace fac::vm {
namespace {

// Gives its bytes back to the call's account when the last tensor has gone.
class CountedStorage final : public Storage {
 public:
  CountedStorage(Ref<Storage> held, std::shared_ptr<std::atomic<std::uint64_t>> used)
      : Storage(held->data(), held->bytes()), held_(std::move(held)), used_(std::move(used)) {}
  ~CountedStorage() override { used_->fetch_sub(bytes_, std::memory_order_relaxed); }

 private:
  Ref<Storage> held_;
  std::shared_ptr<std::atomic<std::uint64_t>> used_;
};

}  // namespace

Result<Ref<Storage>> MemoryLimit::allocate(std::size_t bytes) {
  const std::uint64_t before = used_->fetch_add(bytes, std::memory_order_relaxed);
  if (bytes > most_ || before > most_ - bytes) {
    used_->fetch_sub(bytes, std::memory_order_relaxed);
    return error(ErrorKind::kLimit, "the program's tensors need more than {} bytes", most_);
  }
  const AllocHookGuard heap(nullptr);
  auto held = allocate_storage(bytes);
  if (!held.ok()) {
    used_->fetch_sub(bytes, std::memory_order_relaxed);
    return held.take_error();
  }
  return Ref<Storage>(new CountedStorage(std::move(*held), used_));
}

}  // namespace fac::vm
