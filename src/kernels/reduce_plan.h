// How a reduction walks its input: kept dimensions outside, reduced ones inside.
#pragma once

#include <algorithm>
#include <cstdint>

#include "base/thread_pool.h"
#include "kernels/loop_nest.h"
#include "kernels/reduce.h"

namespace fac::kernels {

// Columns that a vertical reduction accumulates side by side.
constexpr std::int64_t kReduceTile = 256;

struct ReducePlan {
  // Kept rows have the operands (input, output 0, output 1 ...).
  ReducePlan(const Strided& s, DimMask mask)
      : kept(part(s, mask, false)), reduced(part(s, mask, true)) {
    // Vertical: neighbours in memory belong to different outputs, or each output takes only a few elements.
    vertical = kept.sizes[0] >= 8 && (kept.strides[0][0] < reduced.strides[0][0] || reduced.numel < 16);
  }

  static LoopNest part(const Strided& s, DimMask mask, bool take_reduced) {
    std::int64_t sizes[LoopNest::kMaxDims], strides[kMaxOperands][LoopNest::kMaxDims];
    const int in = s.operands - 1;
    Strided p;
    p.sizes = sizes;
    for (int d = 0; d < s.rank; ++d) {
      if ((mask >> d & 1) != (take_reduced ? 1u : 0u) || s.sizes[d] == 1) continue;
      sizes[p.rank] = s.sizes[d];
      strides[0][p.rank] = s.strides[in][d];
      for (int o = 0; o < in; ++o) strides[o + 1][p.rank] = s.strides[o][d];
      ++p.rank;
      if (s.sizes[d] == 0) break;  // nothing to walk; further dimensions do not matter
    }
    p.add(s.data[in], strides[0], s.kinds[in]);
    if (!take_reduced)
      for (int o = 0; o < in; ++o) p.add(s.data[o], strides[o + 1], s.kinds[o]);
    return LoopNest(p);
  }

  LoopNest kept, reduced;
  bool vertical;
};

// Rows of outputs, spread over threads by the work behind each.
template <class Row>
void for_each_kept(const ReducePlan& plan, Row&& row) noexcept {
  const std::int64_t grain = std::max<std::int64_t>(1, kGrain / std::max<std::int64_t>(1, plan.reduced.numel));
  parallel_for(plan.kept.numel, grain,
               [&](std::int64_t begin, std::int64_t end) { rows_of(plan.kept, begin, end, row); });
}

}  // namespace fac::kernels
