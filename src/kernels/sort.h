// Sorting, searching and counting. NaN sorts as the largest number, as PyTorch does. Equal elements keep their order.
//   Rows lie along `dim`; s: value output, index output (int64), input, all of equal sizes except as stated.
//   scratch: the caller's memory, because kernels do not allocate; sort_scratch_bytes(...) says how much.
// Errors: kUndefined for complex kinds.
#pragma once

#include <cstdint>

#include "kernels/loop_nest.h"
#include "kernels/types.h"

namespace fac::kernels {

// Bytes of scratch for rows of n elements.
std::int64_t sort_scratch_bytes(ScalarKind kind, std::int64_t n) noexcept;

// data[0] (values) may be null.
Outcome sort(const Strided& s, int dim, bool descending, void* scratch) noexcept;
// The outputs have k elements along dim (s.sizes are the input's). sorted: in order, else any order.
Outcome topk(const Strided& s, int dim, std::int64_t k, bool largest, bool sorted, void* scratch) noexcept;
// The k-th smallest (k from 1); outputs have stride 0 along dim. Median is k = (n + 1) / 2.
Outcome kth_value(const Strided& s, int dim, std::int64_t k, void* scratch) noexcept;

// For each of n sorted dense elements: does it begin a new run? Returns the number of runs. Outputs may be null:
// values [runs], inverse [n] (through order: inverse[order[i]] = run of i), counts [runs].
std::int64_t unique_sorted(const void* sorted, ScalarKind kind, std::int64_t n, const std::int64_t* order, void* values,
                           std::int64_t* inverse, std::int64_t* counts) noexcept;

// out[i] = first position in the sorted row where x[i] may be inserted (right: last). boundaries: rows of n dense
// elements; x: rows of m; one row of boundaries serves all if shared. out is int64 or int32.
Outcome searchsorted(void* out, ScalarKind out_kind, const void* boundaries, const void* x, ScalarKind kind,
                     std::int64_t rows, std::int64_t n, std::int64_t m, bool shared, bool right) noexcept;

// out[x[i]] += weights ? weights[i] : 1; out is int64 without weights, double (or float) with.
void bincount(void* out, const std::int64_t* x, std::int64_t n, const void* weights, ScalarKind weight_kind) noexcept;
// Counts of dense x in `bins` equal bins of [lo, hi]; what lies outside or is NaN is left out. out has x's kind.
Outcome histc(void* out, std::int64_t bins, double lo, double hi, const void* x, ScalarKind kind,
              std::int64_t n) noexcept;

}  // namespace fac::kernels
