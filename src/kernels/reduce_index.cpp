// Positions of extremes. Reduced dimensions are walked in their logical order, so the first extreme is found first.
#include <algorithm>
#include <cmath>
#include <limits>

#include "kernels/element_io.h"
#include "kernels/reduce.h"
#include "kernels/reduce_blocks.h"
#include "kernels/reduce_plan.h"

namespace fac::kernels {
namespace {

constexpr std::int64_t kBlock = 512;

template <class C>
bool is_nan(C x) {
  if constexpr (std::is_floating_point_v<C>) return std::isnan(x);
  else return (void)x, false;
}

// Does x replace the best so far? Equal values do not, a NaN replaces every number.
template <bool kMax, class C>
bool better(C x, C best) {
  return (kMax ? x > best : x < best) || (is_nan(x) && !is_nan(best));
}

// Reduced dimensions in logical order, innermost first; only neighbours that follow each other in memory are merged.
struct Walk {
  int rank = 0;
  std::int64_t numel = 1, sizes[LoopNest::kMaxDims], strides[LoopNest::kMaxDims];

  Walk(const Strided& s, DimMask mask) {
    const int in = s.operands - 1;
    for (int d = s.rank - 1; d >= 0; --d) {
      if (!(mask >> d & 1) || s.sizes[d] == 1) continue;
      numel *= s.sizes[d];
      const std::int64_t stride = s.strides[in][d];
      if (rank > 0 && stride == strides[rank - 1] * sizes[rank - 1]) {
        sizes[rank - 1] *= s.sizes[d];
      } else {
        sizes[rank] = s.sizes[d];
        strides[rank++] = stride;
      }
      if (numel == 0) break;
    }
    if (rank == 0) {
      rank = 1;
      sizes[0] = 1;
      strides[0] = 0;
    }
  }

  // f(pointer, first linear index) for each innermost row.
  template <class F>
  void rows(const char* base, F&& f) const {
    std::int64_t index[LoopNest::kMaxDims];  // all of it is not cleared: rows may be short
    std::fill_n(index, rank, 0);
    for (std::int64_t done = 0; done < numel; done += sizes[0]) {
      f(base, done);
      for (int d = 1; d < rank; ++d) {
        base += strides[d];
        if (++index[d] < sizes[d]) break;
        base -= sizes[d] * strides[d];
        index[d] = 0;
      }
    }
  }
};

template <class C>
struct Best {
  C value;
  std::int64_t index = -1;
};

template <bool kMax, class C>
void search_block(const C* x, std::int64_t n, std::int64_t first, Best<C>& best) {
  if constexpr (std::is_same_v<C, float>) {
    // The vector fold says whether the block holds anything better; where it stands matters only then.
    if (best.index >= 0 && !better<kMax>(kMax ? max_f32(x, n) : min_f32(x, n), best.value)) return;
    const Place p = kMax ? max_place_f32(x, n) : min_place_f32(x, n);
    best = {p.value, first + p.index};
  } else {
    for (std::int64_t i = 0; i < n; ++i)
      if (best.index < 0 || better<kMax>(x[i], best.value)) best = {x[i], first + i};
  }
}

template <bool kMax, class C>
void run(const Strided& s, DimMask mask) {
  const ReducePlan plan(s, mask);
  const Walk walk(s, mask);
  const ScalarKind in_kind = s.kinds[s.operands - 1];
  const auto load = loader<C>(in_kind);
  const bool dense_kind = in_kind == kind_of<C>();
  const int index_out = s.operands == 3 ? 2 : 1;  // among (input, outputs...)
  const auto store = storer<C>(s.kinds[0]);
  const auto store_index = storer<std::int64_t>(s.kinds[index_out - 1]);

  for_each_kept(plan, [&](char* const* data, const std::int64_t* strides, std::int64_t n) {
    alignas(64) C value[kReduceTile], buffer[kBlock];
    std::int64_t index[kReduceTile];
    for (std::int64_t i = 0; i < n; i += kReduceTile) {
      const std::int64_t m = std::min(kReduceTile, n - i);
      const char* base = data[0] + i * strides[0];
      if (plan.vertical) {
        walk.rows(base, [&](const char* row, std::int64_t first) {
          for (std::int64_t r = 0; r < walk.sizes[0]; ++r) {
            const char* from = row + r * walk.strides[0];
            const bool direct = dense_kind && strides[0] == sizeof(C);
            if (!direct) load(buffer, from, strides[0], m);
            const C* x = direct ? reinterpret_cast<const C*>(from) : buffer;
            const std::int64_t at = first + r;
            for (std::int64_t k = 0; k < m; ++k) {
              const bool take = at == 0 || better<kMax>(x[k], value[k]);
              value[k] = take ? x[k] : value[k];
              index[k] = take ? at : index[k];
            }
          }
        });
      } else {
        for (std::int64_t k = 0; k < m; ++k) {
          Best<C> best{};
          walk.rows(base + k * strides[0], [&](const char* row, std::int64_t first) {
            for (std::int64_t r = 0; r < walk.sizes[0]; r += kBlock) {
              const std::int64_t block = std::min(kBlock, walk.sizes[0] - r);
              const bool direct = dense_kind && walk.strides[0] == sizeof(C);
              if (!direct) load(buffer, row + r * walk.strides[0], walk.strides[0], block);
              search_block<kMax>(direct ? reinterpret_cast<const C*>(row) + r : buffer, block, first + r, best);
            }
          });
          value[k] = best.value;
          index[k] = best.index;
        }
      }
      if (index_out == 2) store(data[1] + i * strides[1], strides[1], value, m);
      store_index(data[index_out] + i * strides[index_out], strides[index_out], index, m);
    }
  });
}

template <bool kMax>
Outcome dispatch(const Strided& s, DimMask mask) {
  const ScalarKind kind = s.kinds[s.operands - 1];
  if (is_complex(kind)) return Outcome::kUndefined;
  if (is_integral(kind)) run<kMax, std::int64_t>(s, mask);
  else if (kind == ScalarKind::kDouble) run<kMax, double>(s, mask);
  else run<kMax, float>(s, mask);
  return Outcome::kDone;
}

}  // namespace

Outcome arg_max(const Strided& s, DimMask reduced) noexcept { return dispatch<true>(s, reduced); }
Outcome arg_min(const Strided& s, DimMask reduced) noexcept { return dispatch<false>(s, reduced); }

}  // namespace fac::kernels
