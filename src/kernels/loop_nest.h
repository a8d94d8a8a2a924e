// Loops over N-d strided operands of one common (already broadcast) shape, written once for all elementwise work.
//   for_each_1d(s, grain, inner): inner(char* const* data, const std::int64_t* strides, std::int64_t n) is called
//   for rows that together cover each index once; strides are in bytes, 0 for a broadcast operand. The order of
//   visits is free: dimensions are sorted by stride and merged, so a permuted dense tensor is one long row.
//   grain: elements below which no second thread is used (kGrain unless an element costs much).
// Errors: none. Lifetime: the arrays behind Strided must live during the call. inner must not throw.
#pragma once

#include <cstdint>
#include <type_traits>

#include "kernels/types.h"

namespace fac::kernels {

constexpr int kMaxOperands = 8;

// Elements per thread that make the hand-over worth its price (about 1 us) for a memory-bound operation.
constexpr std::int64_t kGrain = 32768;

struct Strided {
  int rank = 0;
  int operands = 0;                                // outputs first
  const std::int64_t* sizes = nullptr;             // rank entries, outermost first
  const std::int64_t* strides[kMaxOperands] = {};  // rank entries each, in bytes, not negative
  void* data[kMaxOperands] = {};
  ScalarKind kinds[kMaxOperands] = {};             // element type in memory of each operand

  // Adds an operand; inputs are only read.
  void add(const void* p, const std::int64_t* byte_strides, ScalarKind kind) {
    data[operands] = const_cast<void*>(p);
    strides[operands] = byte_strides;
    kinds[operands++] = kind;
  }
  std::int64_t numel() const {
    std::int64_t n = 1;
    for (int d = 0; d < rank; ++d) n *= sizes[d];
    return n;
  }
};

// The same loops after merging: dimension 0 is the innermost. More than 63 dimensions of size >= 2 cannot be
// addressed, so the arrays never overflow.
struct LoopNest {
  static constexpr int kMaxDims = 64;
  explicit LoopNest(const Strided& s);

  int operands;
  int rank = 0;  // at least 1
  std::int64_t numel = 1;
  std::int64_t sizes[kMaxDims];
  std::int64_t strides[kMaxDims][kMaxOperands];  // bytes
  char* data[kMaxOperands];
};

using RowFn = void (*)(void* context, char* const* data, const std::int64_t* strides, std::int64_t n);

// Rows of the linear indices [begin, end) of the nest.
void run_rows(const LoopNest& nest, std::int64_t begin, std::int64_t end, RowFn fn, void* context) noexcept;
// The same loops over other memory.
void run_rows_at(const LoopNest& nest, char* const* base, std::int64_t begin, std::int64_t end, RowFn fn,
                 void* context) noexcept;
void for_each_1d(const Strided& s, std::int64_t grain, RowFn fn, void* context) noexcept;

template <class Inner>
void rows_of(const LoopNest& nest, std::int64_t begin, std::int64_t end, Inner&& inner) noexcept {
  using Body = std::remove_reference_t<Inner>;
  run_rows(
      nest, begin, end,
      [](void* body, char* const* data, const std::int64_t* strides, std::int64_t n) {
        (*static_cast<Body*>(body))(data, strides, n);
      },
      const_cast<void*>(static_cast<const void*>(&inner)));
}

template <class Inner>
void for_each_1d(const Strided& s, std::int64_t grain, Inner&& inner) noexcept {
  using Body = std::remove_reference_t<Inner>;
  for_each_1d(
      s, grain,
      [](void* body, char* const* data, const std::int64_t* strides, std::int64_t n) {
        (*static_cast<Body*>(body))(data, strides, n);
      },
      const_cast<void*>(static_cast<const void*>(&inner)));
}

}  // namespace fac::kernels
