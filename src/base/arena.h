// Arena: bump allocation for trees. Objects are never destroyed one by one, so only trivially destructible types may
// live here, and freeing a deeply nested structure from a stranger never recurses.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace fac {

class Arena {
 public:
  Arena() = default;
  Arena(Arena&&) = default;
  Arena& operator=(Arena&&) = default;

  void* allocate(std::size_t bytes, std::size_t alignment) {
    const std::size_t start = (used_ + alignment - 1) & ~(alignment - 1);
    if (start + bytes > capacity_) return allocate_in_new_chunk(bytes);
    used_ = start + bytes;
    return chunks_.back().get() + start;
  }

  template <class T, class... A>
  T* make(A&&... args) {
    static_assert(std::is_trivially_destructible_v<T>);
    static_assert(alignof(T) <= alignof(std::max_align_t));
    return new (allocate(sizeof(T), alignof(T))) T{std::forward<A>(args)...};
  }

  template <class T>
  std::span<const T> copy(std::span<const T> items) {
    static_assert(std::is_trivially_copyable_v<T> && std::is_trivially_destructible_v<T>);
    if (items.empty()) return {};
    T* to = static_cast<T*>(allocate(items.size_bytes(), alignof(T)));
    std::uninitialized_copy(items.begin(), items.end(), to);
    return {to, items.size()};
  }

  std::string_view copy(std::string_view text) {
    const std::span<const char> chars = copy(std::span<const char>(text.data(), text.size()));
    return {chars.data(), chars.size()};
  }

 private:
  // Chunks double, so a large tree costs few allocations and a small one little memory.
  void* allocate_in_new_chunk(std::size_t bytes) {
    capacity_ = std::max(bytes, std::clamp<std::size_t>(capacity_ * 2, 1u << 12, 1u << 20));
    chunks_.push_back(std::make_unique_for_overwrite<std::byte[]>(capacity_));
    used_ = bytes;
    return chunks_.back().get();
  }

  std::vector<std::unique_ptr<std::byte[]>> chunks_;
  std::size_t used_ = 0;
  std::size_t capacity_ = 0;  // bytes of the newest chunk
};

}  // namespace fac
