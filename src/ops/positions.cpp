// What the families that select and write by position are made of: index, index_put, gather, scatter.
#include "kernels/index.h"

#include <limits>

#include "kernels/copy.h"
#include "ops/copy.h"
#include "ops/dims.h"
#include "ops/elementwise.h"
#include "ops/functions.h"
#include "ops/indexing.h"
#include "ops/reduction.h"

namespace fac {
namespace ops {

Status check_index_range(const Tensor& index, std::int64_t size, bool negative, std::string_view text, std::int64_t dim,
                         ErrorKind kind) {
  if (index.numel() == 0) return {};
  Operands operands(index.sizes());
  operands.add(index);
  std::int64_t low = 0, high = -1;
  kernels::index_range(operands.get(), &low, &high);
  const std::int64_t least = negative ? -size : 0;
  if (low >= least && high < size) return {};
  if (!text.empty()) return make_error(kind, std::string(text));
  return error(kind, "index {} is out of bounds for dimension {} with size {}", low < least ? low : high, dim, size);
}

Result<Tensor> nonzero(const Tensor& t) {
  FACULA_TRY(const Tensor dense, contiguous(t));
  const std::int64_t n = kernels::count_nonzero(dense.data(), kind_of(t.dtype()), t.numel());
  // Column by column in memory, as PyTorch returns it: each column is an index tensor.
  FACULA_TRY(Tensor out, Tensor::empty_strided(Dims{n, t.dim()}, Dims{1, std::max<std::int64_t>(n, 1)}, DType::kInt64));
  if (out.numel() > 0)
    kernels::nonzero(out.data_as<std::int64_t>(), n, dense.data(), kind_of(t.dtype()), t.sizes().data(), static_cast<int>(t.dim()));
  return out;
}

namespace {

// One tensor index for each dimension of `self` (undefined: all of it), after masks have become positions.
struct Indexing {
  Tensor self;                   // with indexed dimensions in front if they were not adjacent
  std::vector<Tensor> indices;   // int64, broadcast to one shape
  Dims sizes;                    // of the result
  std::size_t first = 0;         // where the index shape stands in the result
  std::size_t index_rank = 0, indexed = 0;
  bool combined = false;         // the last of `indices` holds offsets in elements, for all indexed dimensions left
};

Result<std::vector<Tensor>> positions(const Tensor& self, std::span<const Tensor> given) {
  std::vector<Tensor> out;
  for (std::size_t k = 0; k < given.size(); ++k) {
    const Tensor& t = given[k];
    if (!t.defined()) {
      out.emplace_back();
      continue;
    }
    const DType type = t.dtype();
    FACULA_CHECK_KIND(type == DType::kInt64 || type == DType::kInt32 || type == DType::kUInt8 || type == DType::kBool,
                      kIndex, "tensors used as indices must be long, int, byte or bool tensors");
    if (type == DType::kUInt8 || type == DType::kBool) {
      for (std::int64_t j = 0; j < t.dim(); ++j) {
        const auto at = static_cast<std::int64_t>(out.size()) + j;
        FACULA_CHECK_KIND(at < self.dim() && t.size(j) == self.size(at), kIndex,
                          "The shape of the mask {} at index {} does not match the shape of the indexed tensor {} at "
                          "index {}", ints_text(t.sizes()), j, ints_text(self.sizes()), at);
      }
      FACULA_TRY(const Tensor where, nonzero(t));
      for (std::int64_t j = 0; j < t.dim(); ++j) {
        FACULA_TRY(Tensor column, select(where, 1, j));
        out.push_back(std::move(column));
      }
      continue;
    }
    FACULA_TRY(Tensor wide, cast(t, DType::kInt64));
    out.push_back(std::move(wide));
  }
  FACULA_CHECK_KIND(static_cast<std::int64_t>(out.size()) <= self.dim(), kIndex,
                    "too many indices for tensor of dimension {}", self.dim());
  return out;
}

// Kernels take a few index tensors; more are made one, of offsets in elements over their dimensions.
Status combine_indices(Indexing& x) {
  constexpr std::size_t kMost = kernels::kMaxIndexTensors;
  if (x.indexed <= kMost) return {};
  FACULA_TRY(Tensor offsets, zeros(x.indices[0].sizes(), DType::kInt64));
  auto* sum = offsets.data_as<std::int64_t>();
  for (std::size_t k = kMost - 1; k < x.indexed; ++k) {
    FACULA_TRY(const Tensor dense, contiguous(x.indices[k]));
    const auto* i = dense.data_as<std::int64_t>();
    const std::int64_t size = x.self.sizes()[x.first + k], stride = x.self.strides()[x.first + k];
    for (std::int64_t e = 0; e < offsets.numel(); ++e) sum[e] += (i[e] < 0 ? i[e] + size : i[e]) * stride;
  }
  x.indices.resize(kMost - 1);
  x.indices.push_back(std::move(offsets));
  x.combined = true;
  return {};
}

Result<Indexing> prepare(const Tensor& self, std::span<const Tensor> given) {
  FACULA_TRY(std::vector<Tensor> list, positions(self, given));
  list.resize(static_cast<std::size_t>(self.dim()));
  Indexing out{self, {}, {}, 0, 0, 0};
  Dims shape;
  std::size_t first = list.size(), last = 0;
  for (std::size_t d = 0; d < list.size(); ++d) {
    if (!list[d].defined()) continue;
    ++out.indexed;
    first = std::min(first, d);
    last = d;
    if (!broadcast_into(shape, list[d].sizes()).ok()) {
      std::string shapes;
      for (const Tensor& t : list)
        if (t.defined()) shapes += (shapes.empty() ? "" : ", ") + ints_text(t.sizes());
      return error(ErrorKind::kIndex,
                   "shape mismatch: indexing tensors could not be broadcast together with shapes {}", shapes);
    }
  }
  FACULA_CHECK_KIND(out.indexed > 0 || given.empty() || self.dim() > 0, kIndex, "too many indices for tensor of dimension 0 (got {})", given.size());
  FACULA_CHECK(out.indexed > 0, "at least one index must be a tensor");
  if (last - first + 1 != out.indexed) {  // not adjacent: to the front
    Dims order;
    std::vector<Tensor> moved;
    for (int pass = 0; pass < 2; ++pass)
      for (std::size_t d = 0; d < list.size(); ++d)
        if (list[d].defined() == (pass == 0)) {
          order.push_back(static_cast<std::int64_t>(d));
          moved.push_back(list[d]);
        }
    FACULA_TRY(out.self, permute(self, order));
    list = std::move(moved);
    first = 0;
  }
  out.first = first;
  out.index_rank = shape.size();
  for (std::size_t d = 0; d < list.size(); ++d) {
    const auto size = out.self.sizes()[d];
    if (d == first)
      for (auto s : shape) out.sizes.push_back(s);
    if (!list[d].defined()) {
      out.sizes.push_back(size);
      continue;
    }
    FACULA_TRY_VOID(check_index_range(list[d], size, true, "", static_cast<std::int64_t>(d), ErrorKind::kIndex));
    FACULA_TRY(Tensor wide, expand_to(list[d], shape));
    out.indices.push_back(std::move(wide));
  }
  FACULA_TRY_VOID(combine_indices(out));
  return out;
}

// Byte strides of self for the result's shape (0 where indices decide), and of the indexed dimensions.
struct IndexStrides {
  Dims result, sizes, strides;
};
IndexStrides strides_of(const Indexing& x) {
  IndexStrides s;
  const auto width = static_cast<std::int64_t>(x.self.element_bytes());
  for (std::size_t d = 0; d < x.self.sizes().size(); ++d) {
    if (d == x.first)
      for (std::size_t i = 0; i < x.index_rank; ++i) s.result.push_back(0);
    if (d >= x.first && d < x.first + x.indexed) {
      s.sizes.push_back(x.self.sizes()[d]);
      s.strides.push_back(x.self.strides()[d] * width);
    } else {
      s.result.push_back(x.self.strides()[d] * width);
    }
  }
  if (x.combined) {
    s.sizes.resize(x.indices.size());
    s.strides.resize(x.indices.size());
    s.sizes.back() = std::numeric_limits<std::int64_t>::max();  // offsets are never negative
    s.strides.back() = width;
  }
  return s;
}
void add_indices(Operands& operands, const Indexing& x) {
  for (const Tensor& t : x.indices) {
    Dims strides(x.sizes.size(), 0);
    for (std::size_t i = 0; i < x.index_rank; ++i) strides[x.first + i] = t.strides()[i] * 8;
    operands.add_raw(t.data(), strides, ScalarKind::kInt64);
  }
}

}  // namespace

Result<Tensor> index(const Tensor& t, std::span<const Tensor> indices) {
  FACULA_TRY(const Indexing x, prepare(t, indices));
  FACULA_TRY(const Tensor out, Tensor::empty(x.sizes, t.dtype()));
  if (out.numel() == 0) return out;
  const IndexStrides s = strides_of(x);
  Operands operands(x.sizes);
  operands.add(out);
  operands.add_raw(x.self.data(), s.result, kind_of(t.dtype()));
  add_indices(operands, x);
  kernels::index_get(operands.by_dim(), {static_cast<int>(x.indices.size()), s.sizes.data(), s.strides.data()});
  return out;
}

Status index_put(const Tensor& self, std::span<const Tensor> indices, const Tensor& values, bool accumulate) {
  FACULA_CHECK(self.dtype() == values.dtype(), "Index put requires the source and destination dtypes match, got {} for "
               "the destination and {} for the source.", dtype_name(self.dtype()), dtype_name(values.dtype()));
  FACULA_TRY_VOID(check_writable(self));
  FACULA_TRY(const Indexing x, prepare(self, indices));
  const auto wide = expand_to(values, x.sizes);
  FACULA_CHECK(wide.ok(), "shape mismatch: value tensor of shape {} cannot be broadcast to indexing result of shape {}",
               ints_text(values.sizes()), ints_text(x.sizes));
  FACULA_TRY(const Tensor source, unaliased(self, *wide));
  if (product(x.sizes) == 0) return {};
  const IndexStrides s = strides_of(x);
  Operands operands(x.sizes);
  operands.add_raw(x.self.data(), s.result, kind_of(self.dtype()));
  operands.add(source);
  add_indices(operands, x);
  return check(kernels::index_put(operands.by_dim(), {static_cast<int>(x.indices.size()), s.sizes.data(), s.strides.data()}, accumulate),
               "index_put", self.dtype());
}

Result<Tensor> index_select(const Tensor& t, std::int64_t dim, const Tensor& index) {
  FACULA_TRY(const std::int64_t d, wrap_dim(dim, t.dim()));
  FACULA_CHECK_KIND(index.dim() <= 1, kIndex, "index_select(): Index is supposed to be a vector");
  FACULA_CHECK(index.dtype() == DType::kInt64 || index.dtype() == DType::kInt32,
               "index_select(): Expected dtype int32 or int64 for index");
  FACULA_CHECK(t.dim() > 0 || index.numel() == 1, "index_select(): Expected index to have one element for a 0-dim tensor");
  const std::int64_t n = t.dim() == 0 ? 1 : t.size(d);
  FACULA_TRY_VOID(check_index_range(index, n, false, "index out of range in self", d, ErrorKind::kIndex));
  if (t.dim() == 0) return clone(t);
  Dims sizes(t.sizes());
  sizes[static_cast<std::size_t>(d)] = index.numel();
  FACULA_TRY(const Tensor out, Tensor::empty(sizes, t.dtype()));
  if (out.numel() == 0) return out;
  FACULA_TRY(const Tensor dense, contiguous(t));
  FACULA_TRY(const Tensor where, contiguous(index));
  std::int64_t outer = 1, inner = static_cast<std::int64_t>(t.element_bytes());
  for (std::int64_t i = 0; i < d; ++i) outer *= t.size(i);
  for (std::int64_t i = d + 1; i < t.dim(); ++i) inner *= t.size(i);
  kernels::index_select(out.data(), dense.data(), where.data(), kind_of(index.dtype()), index.numel(), outer, n, inner);
  return out;
}

// A 0-dim tensor as one of one element, which is how gather and scatter treat it.
Tensor at_least_1d(const Tensor& t) { return t.dim() > 0 ? t : t.as_view(Dims{1}, Dims{1}, t.offset()); }

Result<Tensor> gather(const Tensor& self, std::int64_t dim, const Tensor& index) {
  FACULA_TRY(const std::int64_t d, wrap_dim(dim, self.dim()));
  FACULA_TRY(const Tensor out, Tensor::empty(index.sizes(), self.dtype()));
  FACULA_CHECK(index.dtype() == DType::kInt64 || index.dtype() == DType::kInt32, "gather(): Expected dtype int32/int64 for index");
  if (index.numel() == 0) return out;
  const Tensor x = at_least_1d(self), at = at_least_1d(index), y = at_least_1d(out);
  FACULA_CHECK(x.dim() == at.dim(), "Index tensor must have the same number of dimensions as input tensor");
  for (std::int64_t i = 0; i < x.dim(); ++i)
    FACULA_CHECK(i == d || at.size(i) <= x.size(i), "Size does not match at dimension {} expected index {} to be no "
                 "larger than self {} apart from dimension {}", i, ints_text(index.sizes()), ints_text(self.sizes()), d);
  FACULA_TRY_VOID(check_index_range(at, x.size(d), false, "", d, ErrorKind::kRuntime));
  FACULA_TRY(const Tensor wide, cast(at, DType::kInt64));
  const auto width = static_cast<std::int64_t>(x.element_bytes());
  Dims strides;
  for (std::int64_t i = 0; i < x.dim(); ++i) strides.push_back(i == d ? 0 : x.stride(i) * width);
  Operands operands(at.sizes());
  operands.add(y);
  operands.add(wide);
  operands.add_raw(x.data(), strides, kind_of(x.dtype()));
  kernels::gather(operands.by_dim(), x.stride(d) * width, x.size(d));
  return out;
}

Status scatter_into(const Tensor& out, std::int64_t dim, const Tensor& index, const Tensor& src, kernels::ScatterOp op) {
  FACULA_TRY(const std::int64_t d, wrap_dim(dim, out.dim()));
  FACULA_CHECK(index.dtype() == DType::kInt64 || index.dtype() == DType::kInt32, "scatter(): Expected dtype int32/int64 for index");
  FACULA_CHECK(src.dtype() == out.dtype(), "scatter(): Expected self.dtype to be equal to src.dtype");
  if (index.numel() == 0) return {};
  FACULA_TRY_VOID(check_writable(out));
  const Tensor y = at_least_1d(out), at = at_least_1d(index);
  FACULA_CHECK(y.dim() == at.dim(), "Index tensor must have the same number of dimensions as self tensor");
  Tensor from = src;
  if (src.dim() == 0) {
    from = src.as_view(at.sizes(), Dims(at.sizes().size(), 0), src.offset());
  } else {
    FACULA_CHECK(src.dim() == at.dim(), "Index tensor must have the same number of dimensions as src tensor");
  }
  for (std::int64_t i = 0; i < y.dim(); ++i)
    FACULA_CHECK((i == d || at.size(i) <= y.size(i)) && at.size(i) <= from.size(i),
                 "Expected index {} to be no larger than self {} apart from dimension {} and to be no larger size than "
                 "src {}", ints_text(index.sizes()), ints_text(out.sizes()), d, ints_text(src.sizes()));
  FACULA_TRY_VOID(check_index_range(at, y.size(d), false, "", d, ErrorKind::kRuntime));
  FACULA_TRY(const Tensor wide, cast(at, DType::kInt64));
  FACULA_TRY(from, unaliased(out, from));
  const auto width = static_cast<std::int64_t>(y.element_bytes());
  Dims strides, from_strides;
  for (std::int64_t i = 0; i < y.dim(); ++i) {
    strides.push_back(i == d ? 0 : y.stride(i) * width);
    from_strides.push_back(from.stride(i) * width);
  }
  Operands operands(at.sizes());
  operands.add_raw(y.data(), strides, kind_of(y.dtype()));
  operands.add(wide);
  operands.add_raw(from.data(), from_strides, kind_of(from.dtype()));
  return check(kernels::scatter(op, operands.by_dim(), y.stride(d) * width, y.size(d)), "scatter", out.dtype());
}

}  // namespace ops

}  // namespace fac
