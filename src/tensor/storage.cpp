#include "tensor/storage.h"

#ifdef __linux__
#include <sys/mman.h>
#endif

#include <cstdint>
#include <cstdlib>
#include <new>

namespace fac {
namespace {

constexpr std::size_t kAlignment = 64;
thread_local AllocHook* t_hook = nullptr;

class HeapStorage final : public Storage {
 public:
  using Storage::Storage;
  ~HeapStorage() override { std::free(data_); }
};

// A few bytes right behind their storage, one allocation from the heap's fast lists instead of two.
class SmallStorage final : public Storage {
 public:
  static constexpr std::size_t kMost = 512;
  static SmallStorage* make(std::size_t bytes) {
    constexpr std::size_t kHead = sizeof(SmallStorage) + kAlignment - 1;
    void* p = ::operator new(kHead + (bytes ? bytes : 1), std::nothrow);
    if (!p) return nullptr;
    const std::uintptr_t data = (reinterpret_cast<std::uintptr_t>(p) + kHead) / kAlignment * kAlignment;
    return ::new (p) SmallStorage(reinterpret_cast<void*>(data), bytes);
  }
  static void operator delete(void* p) { ::operator delete(p); }

 private:
  using Storage::Storage;
};

class BorrowedStorage final : public Storage {
 public:
  BorrowedStorage(void* data, std::size_t bytes, std::function<void()> release)
      : Storage(data, bytes), release_(std::move(release)) {}
  ~BorrowedStorage() override {
    if (release_) release_();
  }

 private:
  std::function<void()> release_;
};

// Large blocks (packed weights, arenas) begin at a huge page and are asked to be backed by such: hundreds of times fewer page
// faults when they are first written, and fewer TLB misses later. Only a wish; the kernel may not follow.
constexpr std::size_t kHugePage = std::size_t{2} << 20;
bool is_large(std::size_t bytes) { return bytes >= 2 * kHugePage; }
void wish_huge_pages([[maybe_unused]] void* p, [[maybe_unused]] std::size_t bytes) {
#ifdef __linux__
  (void)madvise(p, bytes / kHugePage * kHugePage, MADV_HUGEPAGE);
#endif
}

}  // namespace

Result<Ref<Storage>> allocate_storage(std::size_t bytes) {
  if (t_hook) {
    FACULA_TRY(Ref<Storage> s, t_hook->allocate(bytes));
    if (s) return s;
  }
  if (bytes <= SmallStorage::kMost) {
    if (auto* small = SmallStorage::make(bytes)) return Ref<Storage>(small);
    return error(ErrorKind::kLimit, "not enough memory: you tried to allocate {} bytes", bytes);
  }
  if (bytes > (std::size_t{1} << 46)) return error(ErrorKind::kLimit, "cannot allocate {} bytes for a tensor", bytes);
  const std::size_t rounded = (bytes + kAlignment - 1) / kAlignment * kAlignment;
  void* p = is_large(rounded) ? std::aligned_alloc(kHugePage, (rounded + kHugePage - 1) / kHugePage * kHugePage)
                              : std::aligned_alloc(kAlignment, rounded ? rounded : kAlignment);
  if (!p) return error(ErrorKind::kLimit, "not enough memory: you tried to allocate {} bytes", bytes);
  if (is_large(rounded)) wish_huge_pages(p, rounded);
  return Ref<Storage>(new HeapStorage(p, bytes));
}

Ref<Storage> borrow_storage(void* data, std::size_t bytes, std::function<void()> release) {
  return Ref<Storage>(new BorrowedStorage(data, bytes, std::move(release)));
}

AllocHookGuard::AllocHookGuard(AllocHook* hook) : saved_(t_hook) { t_hook = hook; }
AllocHookGuard::~AllocHookGuard() { t_hook = saved_; }

}  // namespace fac
