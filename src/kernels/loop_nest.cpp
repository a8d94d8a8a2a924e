#include "kernels/loop_nest.h"

#include <algorithm>
#include <utility>

#include "base/thread_pool.h"

namespace fac::kernels {
namespace {

// Rows shorter than this cost more in calls than in strided access.
constexpr std::int64_t kShortRow = 8;

// Should dimension a be further in than b? The output decides; broadcast operands have no opinion.
bool inner_than(const LoopNest& n, int a, int b) {
  for (int o = 0; o < n.operands; ++o) {
    const std::int64_t x = n.strides[a][o], y = n.strides[b][o];
    if (x == y || x == 0 || y == 0) continue;
    return x < y;
  }
  return false;
}

void swap_dims(LoopNest& n, int a, int b) {
  std::swap(n.sizes[a], n.sizes[b]);
  for (int o = 0; o < n.operands; ++o) std::swap(n.strides[a][o], n.strides[b][o]);
}

}  // namespace

LoopNest::LoopNest(const Strided& s) : operands(s.operands) {
  for (int o = 0; o < operands; ++o) data[o] = static_cast<char*>(s.data[o]);
  for (int d = s.rank - 1; d >= 0; --d) {
    numel *= s.sizes[d];
    if (numel == 0) break;
    if (s.sizes[d] == 1) continue;
    sizes[rank] = s.sizes[d];
    for (int o = 0; o < operands; ++o) strides[rank][o] = s.strides[o][d];
    ++rank;
  }
  if (rank == 0 || numel == 0) {
    rank = 1;
    sizes[0] = numel;
    for (int o = 0; o < operands; ++o) strides[0][o] = element_size(s.kinds[o]);
    return;
  }
  for (int i = 1; i < rank; ++i)
    for (int j = i; j > 0 && inner_than(*this, j, j - 1); --j) swap_dims(*this, j, j - 1);

  int last = 0;
  for (int d = 1; d < rank; ++d) {
    bool joins = true;
    for (int o = 0; o < operands; ++o) joins = joins && strides[d][o] == strides[last][o] * sizes[last];
    if (joins) {
      sizes[last] *= sizes[d];
    } else if (++last != d) {
      sizes[last] = sizes[d];
      std::copy_n(strides[d], operands, strides[last]);
    }
  }
  rank = last + 1;
  if (rank > 1 && sizes[0] < kShortRow && sizes[1] > sizes[0]) swap_dims(*this, 0, 1);
}

void run_rows(const LoopNest& nest, std::int64_t begin, std::int64_t end, RowFn fn, void* context) noexcept {
  run_rows_at(nest, nest.data, begin, end, fn, context);
}

void run_rows_at(const LoopNest& nest, char* const* base, std::int64_t begin, std::int64_t end, RowFn fn,
                 void* context) noexcept {
  if (begin >= end) return;
  std::int64_t index[LoopNest::kMaxDims];
  char* data[kMaxOperands];
  std::copy_n(base, nest.operands, data);
  std::int64_t rest = begin;
  for (int d = 0; d < nest.rank; ++d) {
    index[d] = rest % nest.sizes[d];
    rest /= nest.sizes[d];
    for (int o = 0; o < nest.operands; ++o) data[o] += index[d] * nest.strides[d][o];
  }
  for (;;) {
    const std::int64_t n = std::min(nest.sizes[0] - index[0], end - begin);
    fn(context, data, nest.strides[0], n);
    begin += n;
    if (begin == end) return;
    for (int o = 0; o < nest.operands; ++o) data[o] -= index[0] * nest.strides[0][o];
    index[0] = 0;
    for (int d = 1;; ++d) {
      for (int o = 0; o < nest.operands; ++o) data[o] += nest.strides[d][o];
      if (++index[d] < nest.sizes[d]) break;
      for (int o = 0; o < nest.operands; ++o) data[o] -= nest.sizes[d] * nest.strides[d][o];
      index[d] = 0;
    }
  }
}

void for_each_1d(const Strided& s, std::int64_t grain, RowFn fn, void* context) noexcept {
  const LoopNest nest(s);
  parallel_for(nest.numel, grain,
               [&](std::int64_t begin, std::int64_t end) { run_rows(nest, begin, end, fn, context); });
}

}  // namespace fac::kernels
