// Every element becomes a 64-bit key that orders like it (NaN last), paired with its index: one stable radix sort
// then serves all element types and both directions.
#include "kernels/sort.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "base/thread_pool.h"
#include "kernels/element_io.h"

namespace fac::kernels {
namespace {

struct Entry {
  std::uint64_t key;
  std::int64_t index;
};

std::uint64_t ordered_bits(double x) {
  if (x != x) return ~std::uint64_t{0};
  const auto bits = std::bit_cast<std::uint64_t>(x == 0 ? 0.0 : x);  // -0 equals 0
  return bits >> 63 ? ~bits : bits | std::uint64_t{1} << 63;
}
// 32 significant bits save half of the radix passes.
std::uint64_t ordered_bits(float x) {
  if (x != x) return 0xFFFFFFFFu;
  const auto bits = std::bit_cast<std::uint32_t>(x == 0 ? 0.0f : x);
  return bits >> 31 ? ~bits : bits | 0x80000000u;
}

template <class T>
std::uint64_t key_of(T x) {
  if constexpr (std::is_same_v<T, double>) return ordered_bits(x);
  else if constexpr (std::is_same_v<T, float> || is_half_type<T>) return ordered_bits(static_cast<float>(x));
  else if constexpr (std::is_same_v<T, std::int64_t>) return static_cast<std::uint64_t>(x) ^ std::uint64_t{1} << 63;
  else return static_cast<std::uint32_t>(static_cast<std::int32_t>(x)) ^ 0x80000000u;
}
template <class T>
constexpr std::uint64_t key_mask() {
  return sizeof(T) == 8 ? ~std::uint64_t{0} : 0xFFFFFFFFu;
}

template <class T>
void make_entries(const char* from, std::int64_t stride, std::int64_t n, bool descending, Entry* entries) {
  const std::uint64_t flip = descending ? key_mask<T>() : 0;
  for (std::int64_t i = 0; i < n; ++i)
    entries[i] = {key_of(*reinterpret_cast<const T*>(from + i * stride)) ^ flip, i};
}

// Least significant byte first; a byte that is equal everywhere needs no pass. Returns the array that holds the result.
Entry* radix_sort(Entry* a, Entry* b, std::int64_t n) {
  if (n <= 64) {
    for (std::int64_t i = 1; i < n; ++i) {
      const Entry e = a[i];
      std::int64_t j = i;
      for (; j > 0 && e.key < a[j - 1].key; --j) a[j] = a[j - 1];
      a[j] = e;
    }
    return a;
  }
  std::uint64_t any = 0;
  for (std::int64_t i = 1; i < n; ++i) any |= a[i].key ^ a[0].key;
  for (int shift = 0; shift < 64; shift += 8) {
    if ((any >> shift & 0xFF) == 0) continue;
    std::int64_t start[257] = {};
    for (std::int64_t i = 0; i < n; ++i) ++start[(a[i].key >> shift & 0xFF) + 1];
    for (int d = 0; d < 256; ++d) start[d + 1] += start[d];
    for (std::int64_t i = 0; i < n; ++i) b[start[a[i].key >> shift & 0xFF]++] = a[i];
    std::swap(a, b);
  }
  return a;
}

// Rows of s along dim, one after the other, because there is one scratch.
template <class F>
void for_each_row(const Strided& s, int dim, F&& f) {
  std::int64_t sizes[LoopNest::kMaxDims], strides[kMaxOperands][LoopNest::kMaxDims];
  Strided others = s;
  others.rank = 0;
  others.sizes = sizes;
  for (int o = 0; o < s.operands; ++o) others.strides[o] = strides[o];
  for (int d = 0; d < s.rank; ++d) {
    if (d == dim || s.sizes[d] == 1) continue;
    sizes[others.rank] = s.sizes[d];
    for (int o = 0; o < s.operands; ++o) strides[o][others.rank] = s.strides[o][d];
    ++others.rank;
    if (s.sizes[d] == 0) break;
  }
  rows_of(LoopNest(others), 0, others.numel(), [&](char* const* data, const std::int64_t* outer, std::int64_t n) {
    char* at[kMaxOperands];
    for (std::int64_t i = 0; i < n; ++i) {
      for (int o = 0; o < s.operands; ++o) at[o] = data[o] + i * outer[o];
      f(at);
    }
  });
}

template <class T>
void write_row(char* const* at, const std::int64_t* along, const Entry* entries, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) {
    const std::int64_t from = entries[i].index;
    if (at[0]) *reinterpret_cast<T*>(at[0] + i * along[0]) = *reinterpret_cast<const T*>(at[2] + from * along[2]);
    *reinterpret_cast<std::int64_t*>(at[1] + i * along[1]) = from;
  }
}

// order(entries, spare, n) arranges a row and returns the first entry to write; `take` of them are written.
template <class Order>
Outcome run(const Strided& s, int dim, std::int64_t take, bool descending, void* scratch, Order order) {
  const ScalarKind kind = s.kinds[2];
  if (is_complex(kind)) return Outcome::kUndefined;
  const std::int64_t n = s.rank == 0 ? 1 : s.sizes[dim];
  std::int64_t along[3];
  Strided rows = s;
  for (int o = 0; o < 3; ++o) along[o] = s.rank == 0 ? 0 : s.strides[o][dim];
  if (s.data[0] == nullptr) rows.data[0] = s.data[1];  // never written, but walked
  auto* entries = static_cast<Entry*>(scratch);
  visit_kind(kind, [&](auto tag) {
    using T = typename decltype(tag)::type;
    if constexpr (!is_complex_type<T>)
      for_each_row(rows, dim, [&](char* const* data) {
        char* at[3] = {s.data[0] ? data[0] : nullptr, data[1], data[2]};
        make_entries<T>(at[2], along[2], n, descending, entries);
        write_row<T>(at, along, order(entries, entries + n, n), take);
      });
  });
  return Outcome::kDone;
}

}  // namespace

std::int64_t sort_scratch_bytes(ScalarKind, std::int64_t n) noexcept {
  return 2 * std::max<std::int64_t>(1, n) * static_cast<std::int64_t>(sizeof(Entry));
}

Outcome sort(const Strided& s, int dim, bool descending, void* scratch) noexcept {
  return run(s, dim, s.rank == 0 ? 1 : s.sizes[dim], descending, scratch, radix_sort);
}

// Which of several equal elements come out, and in which order, follows from the algorithm: these are the steps that
// PyTorch takes (a heap where few are wanted, else a partition; a quickselect with the median of three as pivot).
Outcome topk(const Strided& s, int dim, std::int64_t k, bool largest, bool sorted, void* scratch) noexcept {
  return run(s, dim, k, largest, scratch, [&](Entry* a, Entry*, std::int64_t n) {
    const auto before = [](const Entry& x, const Entry& y) { return x.key < y.key; };
    if (k * 64 <= n) {
      std::partial_sort(a, a + k, a + n, before);
    } else if (k > 0) {
      std::nth_element(a, a + k - 1, a + n, before);
      if (sorted) std::sort(a, a + k - 1, before);
    }
    return a;
  });
}

Outcome kth_value(const Strided& s, int dim, std::int64_t k, void* scratch) noexcept {
  return run(s, dim, 1, false, scratch, [&](Entry* a, Entry*, std::int64_t n) {
    const std::int64_t want = k - 1;
    const auto above = [&](std::int64_t i, std::int64_t j) { return a[i].key > a[j].key; };
    std::int64_t left = 0, right = n - 1;
    while (right > left) {
      if (right == left + 1) {
        if (above(left, right)) std::swap(a[left], a[right]);
        break;
      }
      std::swap(a[(left + right) / 2], a[left + 1]);
      if (above(left + 1, right)) std::swap(a[left + 1], a[right]);
      if (above(left, right)) std::swap(a[left], a[right]);
      if (above(left + 1, left)) std::swap(a[left + 1], a[left]);
      const std::uint64_t pivot = a[left].key;
      std::int64_t i = left + 1, j = right;
      for (;;) {
        do ++i;
        while (pivot > a[i].key);
        do --j;
        while (a[j].key > pivot);
        if (j < i) break;
        std::swap(a[i], a[j]);
      }
      std::swap(a[left], a[j]);
      if (j <= want) left = i;
      if (j >= want) right = j - 1;
    }
    return a + want;
  });
}

}  // namespace fac::kernels
