// Rows along one dimension: for_each_row(s, dim, f) calls f(char* const* data, const std::int64_t* strides,
// std::int64_t n) once for every position of the other dimensions; strides are those along `dim`, in bytes.
#pragma once

#include <algorithm>

#include "base/thread_pool.h"
#include "kernels/loop_nest.h"

namespace fac::kernels {

template <class F>
void for_each_row(const Strided& s, int dim, F&& f) noexcept {
  std::int64_t sizes[LoopNest::kMaxDims], strides[kMaxOperands][LoopNest::kMaxDims];
  std::int64_t along[kMaxOperands];
  Strided others = s;
  others.rank = 0;
  others.sizes = sizes;
  // A 0-d tensor has one row of one element.
  const std::int64_t n = s.rank == 0 ? 1 : s.sizes[dim];
  for (int o = 0; o < s.operands; ++o) {
    along[o] = s.rank == 0 ? element_size(s.kinds[o]) : s.strides[o][dim];
    others.strides[o] = strides[o];
  }
  for (int d = 0; d < s.rank; ++d) {
    if (d == dim || s.sizes[d] == 1) continue;
    sizes[others.rank] = s.sizes[d];
    for (int o = 0; o < s.operands; ++o) strides[o][others.rank] = s.strides[o][d];
    ++others.rank;
    if (s.sizes[d] == 0) break;
  }
  for_each_1d(others, std::max<std::int64_t>(1, kGrain / std::max<std::int64_t>(1, n)),
              [&](char* const* data, const std::int64_t* outer, std::int64_t count) {
                char* at[kMaxOperands];
                for (std::int64_t i = 0; i < count; ++i) {
                  for (int o = 0; o < s.operands; ++o) at[o] = data[o] + i * outer[o];
                  f(at, along, n);
                }
              });
}

}  // namespace fac::kernels
