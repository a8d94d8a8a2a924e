// Gathering and scattering by indices. Indices are int64 (or int32 where said), already checked by the caller;
// negative ones count from the end where the operator allows it.
// Element bytes are moved without interpretation; only accumulation needs the kind.
#pragma once

#include <cstdint>

#include "kernels/loop_nest.h"
#include "kernels/types.h"

namespace fac::kernels {

// Smallest and largest value of an index tensor (one operand, integral kind); empty: lo = 0, hi = -1.
// With it the caller checks bounds before it calls anything below.
void index_range(const Strided& s, std::int64_t* lo, std::int64_t* hi) noexcept;

// out[i] = self[..., index[i], ...] along dim.  s: out, index (int64), self with the strides of self and sizes of
// index; self's stride along dim is passed apart in self_dim_stride (bytes) and must be 0 in s.
void gather(const Strided& s, std::int64_t self_dim_stride, std::int64_t dim_size) noexcept;

enum class ScatterOp : std::uint8_t { kSet, kAdd, kMul, kMean, kMax, kMin };
// out[..., index[i], ...] op= src[i].  s: out (stride 0 along dim; its stride is out_dim_stride), index (int64),
// src of out's kind (stride 0 for a scalar). Repeated indices apply in order. kMean only adds: see scatter_counts.
Outcome scatter(ScatterOp op, const Strided& s, std::int64_t out_dim_stride, std::int64_t dim_size) noexcept;

// x[indices...]: every tensor index selects along its own dimension. s: result, self, index_0, index_1, ...
// of the result's (broadcast) sizes; self has stride 0 where indices decide; element_strides[k] (bytes) and
// sizes[k] belong to self's dimension k that index_k selects. `self` and `result` swap roles in put.
struct IndexedDims {
  int count = 0;
  const std::int64_t* sizes = nullptr;
  const std::int64_t* strides = nullptr;  // bytes
};
inline constexpr int kMaxIndexTensors = kMaxOperands - 2;
void index_get(const Strided& s, const IndexedDims& dims) noexcept;
// s: self (output), values, index_0, ... . accumulate adds instead of setting.
Outcome index_put(const Strided& s, const IndexedDims& dims, bool accumulate) noexcept;

// rows: out[i, :] = table[index[i], :], dense rows of row_bytes. index_kind kInt32 or kInt64.
void embedding(void* out, const void* table, std::int64_t row_bytes, const void* index, ScalarKind index_kind,
               std::int64_t count) noexcept;
// out [outer, count, inner_bytes] = self [outer, dim_size, inner_bytes][:, index, :], dense.
void index_select(void* out, const void* self, const void* index, ScalarKind index_kind, std::int64_t count,
                  std::int64_t outer, std::int64_t dim_size, std::int64_t inner_bytes) noexcept;
// Sums, means or maxima of bags of rows: bag b takes the rows index[offsets[b] .. offsets[b + 1]), the last one up
// to count; float only. weights [count] or null (sum only). mode 0 sum, 1 mean, 2 max. padding: row left out, or -1.
void embedding_bag(float* out, const float* table, std::int64_t row, const std::int64_t* index, std::int64_t count,
                   const std::int64_t* offsets, std::int64_t bags, const float* weights, int mode,
                   std::int64_t padding) noexcept;

// s: self (output), mask (bool): self = *value where mask.
void masked_fill(const Strided& s, const void* value) noexcept;
// Number of true elements of a dense mask; then packs the elements of dense self into out, in order; the inverse
// takes the next element of dense source for each true one.
std::int64_t count_true(const bool* mask, std::int64_t n) noexcept;
void masked_select(void* out, const void* self, const bool* mask, std::int64_t n, std::int64_t element_bytes) noexcept;
void masked_scatter(void* self, const void* source, const bool* mask, std::int64_t n,
                    std::int64_t element_bytes) noexcept;

// Indices of non-zero elements of a dense tensor: count first, then out [rank, count].
std::int64_t count_nonzero(const void* x, ScalarKind kind, std::int64_t n) noexcept;
void nonzero(std::int64_t* out, std::int64_t count, const void* x, ScalarKind kind, const std::int64_t* sizes, int rank) noexcept;

// out[index[i]] += src row i: dense rows along dim 0 of [dim_size, row] with `row` elements.
Outcome index_add(void* out, ScalarKind kind, std::int64_t row, const std::int64_t* index, std::int64_t count,
                  const void* source, double alpha) noexcept;

}  // namespace fac::kernels
