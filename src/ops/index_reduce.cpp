// Reductions whose groups are named by an index or by lengths: index_reduce, segment_reduce; renormalised embeddings.
#include <algorithm>
#include <cmath>
#include <limits>

#include "ops/call.h"
#include "ops/copy.h"
#include "ops/dims.h"
#include "ops/elementwise.h"
#include "ops/functions.h"
#include "ops/indexing.h"
#include "ops/reduction.h"

namespace fac {
namespace {

using namespace ops;
using I = std::int64_t;
using T = const Tensor&;

// Along dim, slice i of source goes to slice index[i]: a scatter whose index is the same in all other dimensions.
Result<Tensor> index_reduce_(T self, I dim, T index, T source, std::string_view reduce, bool include_self) {
  FACULA_CHECK(reduce == "prod" || reduce == "mean" || reduce == "amax" || reduce == "amin",
               "index_reduce(): Expected reduce to be one of prod, mean, amax or amin but got {}.", reduce);
  FACULA_CHECK(index.dtype() == DType::kInt64 || index.dtype() == DType::kInt32, "index_reduce(): Expected dtype int32/int64 for index");
  FACULA_CHECK_KIND(index.dim() <= 1, kIndex, "index_reduce(): Index is supposed to be a vector, but got dim: {} with type: {} and size: {}", index.dim(), dtype_name(index.dtype()), ints_text(index.sizes()));
  FACULA_CHECK(self.dtype() == source.dtype(), "index_reduce(): self ({}) and source ({}) must have the same scalar type", dtype_name(self.dtype()), dtype_name(source.dtype()));
  FACULA_TRY(const I d, wrap_dim(dim, source.dim()));
  const I count = source.dim() == 0 ? 1 : source.size(d);
  FACULA_CHECK(index.numel() == count, "index_reduce(): Number of indices ({}) should be equal to source.size(dim): ({}), for dim: {}", index.numel(), count, d);
  const Tensor to = at_least_1d(self), from = at_least_1d(source);
  FACULA_CHECK(to.dim() == from.dim(), "index_reduce(): self and source must have the same number of dimensions");
  for (I k = 0; k < to.dim(); ++k)
    FACULA_CHECK(k == d || to.size(k) == from.size(k), "source tensor shape must match self tensor shape, excluding the specified dimension. Got self.shape = {} source.shape = {}", ints_text(self.sizes()), ints_text(source.sizes()));
  FACULA_TRY(const Tensor wide, cast(index, DType::kInt64));
  FACULA_TRY_VOID(check_index_range(wide, to.size(d), false, "index out of range in self", d, ErrorKind::kIndex));
  Dims shape(from.sizes().size(), 1);
  shape[static_cast<std::size_t>(d)] = count;
  FACULA_TRY(const Tensor row, reshape(wide, shape));
  FACULA_TRY(const Tensor all, expand_to(row, from.sizes()));
  if (from.numel() == 0) return self;
  self.bump_version();
  FACULA_TRY_VOID(call("aten::scatter_reduce_", "two", {to, d, all, from, reduce, include_self}));
  return self;
}
Result<Tensor> index_reduce(T self, I dim, T index, T source, std::string_view reduce, bool include_self) {
  FACULA_TRY(const Tensor out, clone_as(self, MemoryFormat::kContiguous));
  return index_reduce_(out, dim, index, source, reduce, include_self);
}

// Reduces runs of `axis`; lengths [leading sizes..., segments].
template <class F>
void segments(const F* x, const I* lengths, F* y, I outer, I count, I size, I inner, std::string_view reduce, std::optional<double> initial) {
  const bool largest = reduce == "max", least = reduce == "min", product = reduce == "prod", mean = reduce == "mean";
  constexpr double kInf = std::numeric_limits<double>::infinity();
  const F start = static_cast<F>(initial.value_or(largest ? -kInf : least ? kInf : product ? 1.0 : 0.0));
  for (I o = 0; o < outer; ++o) {
    I at = 0;
    for (I s = 0; s < count; ++s) {
      const I n = lengths[o * count + s];
      for (I k = 0; k < inner; ++k) {
        F value = start;
        for (I i = at; i < at + n; ++i) {
          const F v = x[(o * size + i) * inner + k];
          if (largest) value = std::isnan(v) ? v : std::max(value, v);
          else if (least) value = std::isnan(v) ? v : std::min(value, v);
          else if (product) value *= v;
          else value += v;
        }
        if (mean) {
          if (n == 0 && !initial) value = std::numeric_limits<F>::quiet_NaN();
          else if (n > 0) value /= static_cast<F>(n);
        }
        y[(o * count + s) * inner + k] = value;
      }
      at += n;
    }
  }
}
Result<Tensor> segment_reduce(T data, std::string_view reduce, T lengths_in, T indices, T offsets, I axis_in, bool unsafe, const std::optional<Scalar>& initial) {
  FACULA_CHECK(reduce == "max" || reduce == "mean" || reduce == "min" || reduce == "sum" || reduce == "prod", "segment_reduce(): Expected reduce to be one of max, mean, min, sum or prod but got {}", reduce);
  FACULA_CHECK(data.dim() >= 1, "Expected data.dim() >= 1 to be true, but got false.");
  FACULA_TRY(const I axis, wrap_dim(axis_in, data.dim()));
  FACULA_CHECK(!indices.defined(), "segment_reduce(): indices based reduction is not supported yet.");
  FACULA_CHECK(lengths_in.defined() || offsets.defined(), "segment_reduce(): Either lengths or offsets must be defined.");
  FACULA_CHECK(is_floating(data.dtype()), "\"segment_reduce_cpu\" not implemented for '{}'", dtype_name(data.dtype()));
  Tensor lengths = lengths_in;
  const bool by_offsets = !lengths.defined();
  if (by_offsets) {
    FACULA_CHECK(offsets.dim() == axis + 1 && offsets.size(axis) > 0, "segment_reduce(): Expected axis to be the last dimension of offsets but got {}.", axis);
    FACULA_TRY(const Tensor ends, slice(offsets, -1, 1, std::nullopt, 1));
    FACULA_TRY(const Tensor starts, slice(offsets, -1, 0, -1, 1));
    FACULA_TRY(lengths, binary(ends, starts, BinaryOp::sub));
  }
  FACULA_CHECK(is_integral(lengths.dtype(), false), "segment_reduce(): lengths must be integers");
  FACULA_CHECK(lengths.dim() == axis + 1, "segment_reduce(): Expected axis to be the last dimension of lengths but got {}.", axis);
  FACULA_CHECK(same_sizes(Ints(lengths.sizes()).first(static_cast<std::size_t>(axis)), Ints(data.sizes()).first(static_cast<std::size_t>(axis))), "segment_reduce(): the leading dimensions of lengths must be those of data");
  FACULA_TRY(const Tensor wide, cast(lengths, DType::kInt64));
  FACULA_TRY(const Tensor runs, contiguous(wide));
  const I count = runs.size(axis), outer = product(Ints(data.sizes()).first(static_cast<std::size_t>(axis))), size = data.size(axis);
  for (I o = 0; o < outer; ++o) {
    I total = 0;
    for (I s = 0; s < count; ++s) {
      const I n = runs.data_as<I>()[o * count + s];
      FACULA_CHECK(n >= 0, "lengths contains negative value!");
      FACULA_CHECK(n <= size - total, "segment_reduce(): Expected all rows of lengths along axis to sum to data.size(lengths.dim()-1) when !unsafe.");
      total += n;
    }
    FACULA_CHECK(by_offsets || unsafe || total == size, "segment_reduce(): Expected all rows of lengths along axis to sum to data.size(lengths.dim()-1) when !unsafe.");
  }
  const DType t = data.dtype() == DType::kDouble ? DType::kDouble : DType::kFloat;
  FACULA_TRY(const Tensor typed, cast(data, t));
  FACULA_TRY(const Tensor x, contiguous(typed));
  Dims sizes(data.sizes());
  sizes[static_cast<std::size_t>(axis)] = count;
  FACULA_TRY(const Tensor y, Tensor::empty(sizes, t));
  const I inner = product(Ints(data.sizes()).subspan(static_cast<std::size_t>(axis) + 1));
  const std::optional<double> start = initial ? std::optional(initial->to_double()) : std::nullopt;
  if (t == DType::kDouble) segments(x.data_as<double>(), runs.data_as<I>(), y.data_as<double>(), outer, count, size, inner, reduce, start);
  else segments(x.data_as<float>(), runs.data_as<I>(), y.data_as<float>(), outer, count, size, inner, reduce, start);
  return cast(y, data.dtype());
}

// Rows that the indices name and whose norm is above max_norm are scaled down to it.
Result<Tensor> embedding_renorm_(T self, T indices, double max_norm, double norm_type) {
  FACULA_CHECK(self.dim() == 2, "embedding_renorm_: Expected a 2-dimensional tensor, but got {} dimensions", self.dim());
  FACULA_CHECK(indices.dtype() == DType::kInt64 || indices.dtype() == DType::kInt32, "Expected tensor for argument #2 'indices' to have one of the following scalar types: Long, Int; but got {} instead (while checking arguments for embedding_renorm_)", dtype_name(indices.dtype()));
  FACULA_TRY_VOID(check_index_range(indices, self.size(0), false, "index out of range in self", 0, ErrorKind::kIndex));
  FACULA_TRY(const Tensor wide, cast(indices, DType::kInt64));
  FACULA_TRY(const Tensor dense, contiguous(wide));
  std::vector<I> rows(dense.data_as<I>(), dense.data_as<I>() + dense.numel());
  std::sort(rows.begin(), rows.end());
  rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
  self.bump_version();
  for (I r : rows) {
    FACULA_TRY(const Tensor row, select(self, 0, r));
    FACULA_TRY(const Tensor norm, vector_norm(row, norm_type, std::nullopt, false, std::nullopt));
    FACULA_TRY(const Scalar n, item(norm));
    if (!(n.to_double() > max_norm)) continue;
    FACULA_TRY(const Tensor scaled, binary(row, Scalar(max_norm / (n.to_double() + 1e-7)), BinaryOp::mul));
    FACULA_TRY_VOID(copy_into(row, scaled));
  }
  return self;
}
Result<Tensor> embedding_renorm(T self, T indices, double max_norm, double norm_type) {
  FACULA_TRY(const Tensor out, clone(self));
  return embedding_renorm_(out, indices, max_norm, norm_type);
}

constexpr Op kIndexReduce[] = {
    row<index_reduce>("aten::index_reduce(Tensor self, int dim, Tensor index, Tensor source, str reduce, *, bool include_self=True) -> Tensor",
        {.forms = kOut, .samples = {"randn(3,4), 0, tensor([0,2,0]), randn(3,4), 'prod'", "randn(3,4), 1, tensor([3,0,3]), randn(3,3), 'mean', include_self=False",
            "randn(3,4), 0, tensor([0,0]), randn(2,4), 'amax'", "randn(3,4), 0, tensor([2,2]), randn(2,4), 'amin', include_self=False",
            "randn(3,4), 0, tensor([2,2]), randn(2,4), 'mean'"}}),
    row<index_reduce_>("aten::index_reduce_(Tensor(a!) self, int dim, Tensor index, Tensor source, str reduce, *, bool include_self=True) -> Tensor(a!)",
        {.samples = {"randn(3,4), 0, tensor([0,2,0]), randn(3,4), 'prod'", "randn(3,4), 1, tensor([3,0,3]), randn(3,3), 'mean', include_self=False"}}),
    row<segment_reduce>("aten::segment_reduce(Tensor data, str reduce, *, Tensor? lengths=None, Tensor? indices=None, Tensor? offsets=None, int axis=0, bool unsafe=False, Scalar? initial=None) -> Tensor",
        {.samples = {"randn(5,2), 'sum', lengths=tensor([2,0,3])", "randn(5,2), 'mean', lengths=tensor([2,0,3])", "randn(5), 'max', lengths=tensor([2,0,3]), initial=0.5",
            "randn(2,5), 'prod', lengths=tensor([[2,3],[4,1]]), axis=1", "randn(5,2), 'min', offsets=tensor([0,2,2,5])", "randn(5), 'sum', lengths=tensor([2,2])",
            "randn(5), 'mean', lengths=tensor([2,2]), unsafe=True, initial=1"}}),
    row<embedding_renorm>("aten::embedding_renorm(Tensor self, Tensor indices, float max_norm, float norm_type) -> Tensor",
        {.forms = kOut, .samples = {"randn(4,3), tensor([0,2,2]), 0.5, 2.", "randn(4,3), tensor([[1],[3]]), 1.5, 1."}}),
    row<embedding_renorm_>("aten::embedding_renorm_(Tensor(a!) self, Tensor indices, float max_norm, float norm_type) -> Tensor(a!)",
        {.samples = {"randn(4,3), tensor([0,2,2]), 0.5, 2."}}),
};

}  // namespace

FACULA_FAMILY(index_reduce, kIndexReduce)

}  // namespace fac
