// x[indices], gather, scatter, masks: selecting and writing elements by position (functions: positions.cpp).
// Longer than most files: one family, a short function and a row for each of its operators.
#include <limits>

#include "kernels/copy.h"
#include "kernels/index.h"
#include "ops/copy.h"
#include "ops/dims.h"
#include "ops/elementwise.h"
#include "ops/functions.h"
#include "ops/indexing.h"
#include "ops/reduction.h"

namespace fac {
namespace {

using namespace ops;
using kernels::ScatterOp;
using I = std::int64_t;
using T = const Tensor&;
using S = const Scalar&;

// Out-of-place (keeping the memory order, or dense) and in-place spellings of a function that writes into its first
// argument.
template <auto f, class... A>
Result<Tensor> on_dense(T self, A... args) {
  FACULA_CHECK(self.defined(), "expected a Tensor but got None");
  FACULA_TRY(Tensor out, clone_as(self, MemoryFormat::kContiguous));
  FACULA_TRY_VOID(f(out, args...));
  return out;
}
template <auto f, class... A>
Result<Tensor> on_copy(T self, A... args) {
  FACULA_CHECK(self.defined(), "expected a Tensor but got None");
  FACULA_TRY(Tensor out, clone(self));
  FACULA_TRY_VOID(f(out, args...));
  return out;
}
template <auto f, class... A>
Result<Tensor> on_self(T self, A... args) {
  FACULA_CHECK(self.defined(), "expected a Tensor but got None");
  FACULA_TRY_VOID(f(self, args...));
  self.bump_version();
  return self;
}

Result<Tensor> index_op(T self, TensorList indices) { return index(self, to_vector(indices)); }
Status put_at(T self, TensorList indices, T values, bool accumulate) {
  // A 0-dim value is converted, as a number would be.
  FACULA_TRY(const Tensor v, values.dim() == 0 ? cast(values, self.dtype()) : Result<Tensor>(values));
  return index_put(self, to_vector(indices), v, accumulate);
}
Status put_impl(T self, TensorList indices, T values, bool accumulate, bool) {
  return put_at(self, indices, values, accumulate);
}
Result<Tensor> gather_op(T self, I dim, T index, bool) { return gather(self, dim, index); }

// self[..., index, ...] along dim, for the index_* family.
Result<std::vector<Tensor>> along(T self, I dim, T index, std::string_view name) {
  FACULA_TRY(const I d, wrap_dim(dim, self.dim()));
  FACULA_CHECK_KIND(index.dim() <= 1, kIndex, "{}(): Index should have dimension 1 or 0 (got {})", name, index.dim());
  FACULA_CHECK_KIND(index.dtype() == DType::kInt64 || index.dtype() == DType::kInt32, kIndex,
                    "{}(): Expected dtype int32/int64 for index", name);
  FACULA_TRY_VOID(check_index_range(index, self.dim() == 0 ? 1 : self.size(d), name == "index_fill",
                                    "index out of range in self", d, ErrorKind::kIndex));
  std::vector<Tensor> list(static_cast<std::size_t>(d));
  FACULA_TRY(Tensor flat, index.dim() == 0 ? reshape(index, Dims{1}) : Result<Tensor>(index));
  list.push_back(std::move(flat));
  return list;
}
I size_at(T source, std::size_t d) { return d < source.sizes().size() ? source.sizes()[d] : 1; }
Status index_add(T self, I dim, T index, T source, const Scalar& alpha) {
  FACULA_CHECK(self.dtype() == source.dtype(), "index_add_(): self ({}) and source ({}) must have the same scalar type",
               dtype_name(self.dtype()), dtype_name(source.dtype()));
  FACULA_TRY(const auto list, along(self, dim, index, "index_add_"));
  FACULA_CHECK(source.dim() == 0 || list.back().numel() == size_at(source, list.size() - 1),
               "index_add_(): Number of indices ({}) should be equal to source.size(dim) ({}), for dim: {}",
               list.back().numel(), size_at(source, list.size() - 1), dim);
  FACULA_TRY(const Tensor scaled, binary(source, alpha, BinaryOp::mul));
  FACULA_TRY(const Tensor typed, cast(scaled, self.dtype()));
  return index_put(at_least_1d(self), list, typed, true);
}
Status index_copy(T self, I dim, T index, T source) {
  FACULA_CHECK(self.dtype() == source.dtype(), "index_copy_(): self and source expected to have the same dtype, but got "
               "(self) {} and (source) {}", dtype_name(self.dtype()), dtype_name(source.dtype()));
  FACULA_TRY(const auto list, along(self, dim, index, "index_copy_"));
  FACULA_CHECK_KIND(source.dim() == 0 || list.back().numel() == size_at(source, list.size() - 1), kIndex,
                    "index_copy_(): Number of indices ({}) should be equal to source.size(dim) ({})",
                    list.back().numel(), size_at(source, list.size() - 1));
  return index_put(at_least_1d(self), list, source, false);
}
Status index_fill_tensor(T self, I dim, T index, T value) {
  FACULA_CHECK(value.dim() == 0, "index_fill_ only supports a 0-dimensional value tensor, but got tensor with {} "
               "dimension(s).", value.dim());
  FACULA_TRY(const auto list, along(self, dim, index, "index_fill"));
  FACULA_TRY(const Tensor v, cast(value, self.dtype()));
  return index_put(at_least_1d(self), list, v, false);
}
Status index_fill(T self, I dim, T index, const Scalar& value) {
  FACULA_TRY(const Tensor v, scalar_tensor(value, self.dtype()));
  return index_fill_tensor(self, dim, index, v);
}

Result<Tensor> take(T self, T index) {
  FACULA_CHECK(index.dtype() == DType::kInt64, "take(): Expected a long tensor for index, but got {}", dtype_name(index.dtype()));
  FACULA_CHECK_KIND(self.numel() > 0 || index.numel() == 0, kIndex, "take(): tried to take from an empty tensor");
  FACULA_TRY_VOID(check_index_range(index, self.numel(), true, "out of range: tried to access an index outside the tensor", 0, ErrorKind::kIndex));
  FACULA_TRY(const Tensor flat, reshape(self, Dims{-1}));
  FACULA_TRY(const Tensor i, reshape(index, Dims{-1}));
  FACULA_TRY(const Tensor got, ops::index(flat, {{i}}));
  return reshape(got, index.sizes());
}
Status put(T self, T index, T source, bool accumulate) {
  FACULA_CHECK(index.dtype() == DType::kInt64, "put_(): Expected a long tensor for index, but got {}", dtype_name(index.dtype()));
  FACULA_CHECK(self.dtype() == source.dtype(), "put_(): self and source expected to have the same dtype, but got self.dtype = {} and source.dtype = {}",
               dtype_name(self.dtype()), dtype_name(source.dtype()));
  FACULA_CHECK_KIND(index.numel() == source.numel(), kIndex, "put_(): Expected source and index to have the same number of elements, but got source.numel() = {}, index.numel() = {}",
                    source.numel(), index.numel());
  FACULA_TRY(const Tensor flat, reshape(self, Dims{-1}));
  FACULA_TRY(const Tensor i, reshape(index, Dims{-1}));
  FACULA_TRY(const Tensor v, reshape(source, Dims{-1}));
  FACULA_TRY_VOID(index_put(flat, {{i}}, v, accumulate));
  return flat.storage() == self.storage() ? Status() : copy_into(self, *view(flat, self.sizes()));
}
// Negative indices count from the end.
Result<Tensor> from_the_end(T index, I size) {
  FACULA_TRY(const Tensor negative, binary(index, Scalar(0), BinaryOp::lt, Rule::kBool));
  FACULA_TRY(const Tensor moved, binary(index, Scalar(size), BinaryOp::add));
  return where(negative, moved, index);
}
Result<Tensor> take_along_dim(T self, T indices, std::optional<I> dim) {
  FACULA_CHECK(indices.dtype() == DType::kInt64, "torch.take_along_dim(): dtype of indices should be Long but got {}", dtype_name(indices.dtype()));
  if (!dim) {
    FACULA_TRY(const Tensor flat, view(self, Dims{-1}));
    FACULA_TRY(Tensor i, view(indices, Dims{-1}));
    FACULA_TRY(i, from_the_end(i, flat.numel()));
    return gather(flat, 0, i);
  }
  FACULA_CHECK(self.dim() == indices.dim(), "torch.take_along_dim(): input and indices should have the same number of "
               "dimensions, but got {} dimensions for input, and {} dimensions for indices", self.dim(), indices.dim());
  FACULA_TRY(const I d, wrap_dim(*dim, self.dim()));
  const auto k = static_cast<std::size_t>(d);
  Dims a(self.sizes()), b(indices.sizes());
  a[k] = b[k] = 1;
  FACULA_TRY(Dims shape, broadcast_shape(a, b));
  shape[k] = indices.size(d);
  FACULA_TRY(Tensor i, expand_to(indices, shape));
  FACULA_TRY(i, from_the_end(i, self.size(d)));
  shape[k] = self.size(d);
  FACULA_TRY(const Tensor x, expand_to(self, shape));
  return gather(x, d, i);
}

// scatter
Status scatter_src(T self, I dim, T index, T src) { return scatter_into(self, dim, index, src, ScatterOp::kSet); }
Status scatter_value(T self, I dim, T index, const Scalar& value) {
  FACULA_TRY(const Tensor v, scalar_tensor(value, self.dtype()));
  return scatter_into(self, dim, index, v, ScatterOp::kSet);
}
Status scatter_add(T self, I dim, T index, T src) { return scatter_into(self, dim, index, src, ScatterOp::kAdd); }
Status scatter_old_reduce(T self, I dim, T index, T src, std::string_view reduce) {
  FACULA_CHECK(reduce == "add" || reduce == "multiply", "reduce argument must be either add or multiply.");
  return scatter_into(self, dim, index, src, reduce == "add" ? ScatterOp::kAdd : ScatterOp::kMul);
}
Status scatter_value_reduce(T self, I dim, T index, const Scalar& value, std::string_view reduce) {
  FACULA_TRY(const Tensor v, scalar_tensor(value, self.dtype()));
  return scatter_old_reduce(self, dim, index, v, reduce);
}
// The number that changes nothing; also what an unwritten element starts from if self does not count.
Scalar identity(ScatterOp op, DType t) {
  const auto limit = [&](bool lowest) -> Scalar {
    if (!is_integral(t, true)) return lowest ? -std::numeric_limits<double>::infinity() : std::numeric_limits<double>::infinity();
    const int bits = static_cast<int>(item_size(t)) * 8;
    if (t == DType::kBool) return !lowest;
    if (t == DType::kUInt8) return lowest ? I{0} : I{255};
    const I most = bits == 64 ? std::numeric_limits<I>::max() : (I{1} << (bits - 1)) - 1;
    return lowest ? -most - 1 : most;
  };
  switch (op) {
    case ScatterOp::kMul: return 1;
    case ScatterOp::kMax: return limit(true);
    case ScatterOp::kMin: return limit(false);
    default: return 0;
  }
}
Status scatter_reduce(T self, I dim, T index, T src, std::string_view reduce, bool include_self) {
  ScatterOp op{};
  if (reduce == "sum") op = ScatterOp::kAdd;
  else if (reduce == "prod") op = ScatterOp::kMul;
  else if (reduce == "mean") op = ScatterOp::kMean;
  else if (reduce == "amax") op = ScatterOp::kMax;
  else if (reduce == "amin") op = ScatterOp::kMin;
  else return runtime_error("reduce argument must be either sum, prod, mean, amax or amin, got {}", reduce);
  if (!include_self) {
    FACULA_TRY(const Tensor start, scalar_tensor(identity(op, self.dtype()), self.dtype()));
    FACULA_TRY_VOID(scatter_into(self, dim, index, start, ScatterOp::kSet));
  }
  FACULA_TRY_VOID(scatter_into(self, dim, index, src, op));
  if (op != ScatterOp::kMean) return {};
  FACULA_TRY(const Tensor count, full(self.sizes(), include_self ? 1 : 0, DType::kInt64));
  FACULA_TRY(const Tensor one, scalar_tensor(1, DType::kInt64));
  FACULA_TRY_VOID(scatter_into(count, dim, index, one, ScatterOp::kAdd));
  FACULA_TRY(const Tensor whole, binary(count, Scalar(1), BinaryOp::maximum));
  FACULA_TRY(const Tensor divisor, cast(whole, self.dtype()));
  FACULA_TRY(const Tensor mean, binary(self, divisor, is_integral(self.dtype(), true) ? BinaryOp::div_floor : BinaryOp::div));
  return copy_into(self, mean);
}

// Masks.
Status mask_is_bool(T mask, std::string_view name) {
  FACULA_CHECK(mask.dtype() == DType::kBool, "{} only supports boolean masks, but got mask with dtype {}", name,
               dtype_python(mask.dtype()));
  return {};
}
Status masked_fill(T self, T mask, const Scalar& value) {
  FACULA_TRY_VOID(mask_is_bool(mask, "masked_fill_"));
  FACULA_TRY_VOID(check_writable(self));
  FACULA_TRY(const Tensor wide, expand_to(mask, self.sizes()));
  FACULA_TRY(const Tensor v, scalar_tensor(value, self.dtype()));
  if (self.numel() == 0) return {};
  Operands operands(self.sizes());
  operands.add(self);
  operands.add(wide);
  kernels::masked_fill(operands.get(), v.data());
  return {};
}
Status masked_fill_tensor(T self, T mask, T value) {
  FACULA_CHECK(value.dim() == 0, "masked_fill_ only supports a 0-dimensional value tensor, but got tensor with {} "
               "dimension(s).", value.dim());
  FACULA_TRY(const Scalar v, item(value));
  return masked_fill(self, mask, v);
}
// Out of place, self and mask broadcast to each other.
template <auto f, class V>
Result<Tensor> masked_copy(T self, T mask, V value) {
  FACULA_CHECK(self.defined() && mask.defined(), "expected a Tensor but got None");
  FACULA_TRY(const Dims shape, broadcast_shape(self.sizes(), mask.sizes()));
  FACULA_TRY(const Tensor wide, expand_to(self, shape));
  FACULA_TRY(Tensor out, clone_as(wide, MemoryFormat::kContiguous));
  FACULA_TRY_VOID(f(out, mask, value));
  return out;
}
Result<Tensor> masked_select(T self, T mask) {
  FACULA_TRY_VOID(mask_is_bool(mask, "masked_select"));
  FACULA_TRY(const Dims shape, broadcast_shape(self.sizes(), mask.sizes()));
  FACULA_TRY(const Tensor x, expand_to(self, shape));
  FACULA_TRY(const Tensor m, expand_to(mask, shape));
  FACULA_TRY(const Tensor dense, contiguous(x));
  FACULA_TRY(const Tensor where, contiguous(m));
  const I n = kernels::count_true(where.data_as<bool>(), where.numel());
  FACULA_TRY(const Tensor out, Tensor::empty({&n, 1}, self.dtype()));
  if (n > 0)
    kernels::masked_select(out.data(), dense.data(), where.data_as<bool>(), where.numel(), static_cast<I>(self.element_bytes()));
  return out;
}
Status masked_scatter(T self, T mask, T source) {
  FACULA_TRY_VOID(mask_is_bool(mask, "masked_scatter_"));
  FACULA_CHECK(self.dtype() == source.dtype(), "masked_scatter_: expected self and source to have same dtypes but got {} and {}",
               dtype_name(self.dtype()), dtype_name(source.dtype()));
  FACULA_TRY(const Tensor wide, expand_to(mask, self.sizes()));
  FACULA_TRY(const Tensor where, contiguous(wide));
  FACULA_TRY(const Tensor from, contiguous(source));
  FACULA_TRY(const Tensor dense, contiguous(self));
  if (self.numel() == 0) return {};
  FACULA_CHECK(kernels::count_true(where.data_as<bool>(), where.numel()) <= from.numel(),
               "Number of elements of source < number of ones in mask");
  kernels::masked_scatter(dense.data(), from.data(), where.data_as<bool>(), where.numel(), static_cast<I>(self.element_bytes()));
  return copy_into(self, dense);
}

Result<Tensor> nonzero_op(T self) { return nonzero(self); }
Result<std::vector<Tensor>> nonzero_numpy(T self) {
  FACULA_TRY(const Tensor where, nonzero(at_least_1d(self)));
  std::vector<Tensor> out;
  for (I d = 0; d < where.size(1); ++d) {
    FACULA_TRY(Tensor column, select(where, 1, d));
    out.push_back(std::move(column));
  }
  return out;
}
Result<Tensor> nonzero_static(T self, I size, I fill_value) {
  FACULA_CHECK(size >= 0, "nonzero_static: 'size' must be an non-negative integer");
  FACULA_TRY(const Tensor where, nonzero(self));
  FACULA_TRY(const Tensor out, full(Dims{size, self.dim()}, fill_value, DType::kInt64));
  const I n = std::min(size, where.size(0));
  FACULA_TRY(const Tensor to, slice(out, 0, 0, n, 1));
  FACULA_TRY(const Tensor from, slice(where, 0, 0, n, 1));
  FACULA_TRY_VOID(copy_into(to, from));
  return out;
}

// A copy of the whole storage, so that strides stay; of the elements alone where the storage holds much more.
Result<Tensor> clone_storage(T self) {
  const I width = static_cast<I>(self.element_bytes()), total = static_cast<I>(self.storage()->bytes()) / width;
  bool overlapping = false;
  for (I d = 0; d < self.dim(); ++d) overlapping |= self.size(d) > 1 && self.stride(d) == 0;
  if (overlapping || total > 64 + 8 * self.numel()) return clone(self);
  FACULA_TRY(const Tensor copy, clone(Tensor::from_storage(self.storage(), 0, Dims{total}, Dims{1}, self.dtype())));
  return copy.as_view(self.sizes(), self.strides(), self.offset());
}

// Copies with a part replaced.
Result<Tensor> replaced(T self, T src, Result<Tensor> (*part)(T, I, I, I, I), I a, I b, I c, I d, std::string_view name) {
  FACULA_TRY(Tensor out, clone_storage(self));
  FACULA_TRY(const Tensor slot, part(out, a, b, c, d));
  FACULA_CHECK(same_sizes(slot.sizes(), src.sizes()), "expected src to have a size equal to the {} of self. src size = {}, "
               "{} size = {}", name, ints_text(src.sizes()), name, ints_text(slot.sizes()));
  FACULA_TRY_VOID(copy_into(slot, src));
  return out;
}
Result<Tensor> select_scatter(T self, T src, I dim, I index) {
  return replaced(self, src, [](T t, I d, I i, I, I) { return select(t, d, i); }, dim, index, 0, 0, "slice");
}
Result<Tensor> slice_scatter(T self, T src, I dim, std::optional<I> start, std::optional<I> end, I step) {
  constexpr I kMost = std::numeric_limits<I>::max();
  return replaced(self, src, [](T t, I d, I a, I b, I s) { return slice(t, d, a, b, s); }, dim, start.value_or(0),
                  end.value_or(kMost), step, "slice");
}
Result<Tensor> diagonal_scatter(T self, T src, I offset, I dim1, I dim2) {
  return replaced(self, src, [](T t, I o, I a, I b, I) { return diagonal(t, o, a, b); }, offset, dim1, dim2, 0, "slice");
}

}  // namespace

constexpr Op kIndexing[] = {
    row<index_op>("aten::index.Tensor(Tensor self, Tensor?[] indices) -> Tensor",
        {.forms = kOut, .samples = {"randn(4,5), [tensor([0,2])]", "randn(4,5), [None, tensor([0,-1])]",
            "randn(4,5), [tensor([0,1]), tensor([1,2])]", "randn(2,3,4), [tensor([0,1]), None, tensor([1,2])]",
            "randn(4,5), [randn(4,5)>0]", "randn(4,5), [tensor([True,False,True,True]), None]",
            "randn(2,3,4), [None, tensor([[0],[1]]), tensor([0,2])]", "randn(3), [tensor([3])]"}}),
    row<index_op>("aten::index.Tensor_hacked_twin(Tensor self, Tensor[] indices) -> Tensor",
        {.samples = {"randn(4,5), [tensor([0,2])]"}}),
    row<on_copy<put_at, TensorList, T, bool>>("aten::index_put(Tensor self, Tensor?[] indices, Tensor values, bool accumulate=False) -> Tensor",
        {.forms = kOut, .samples = {"randn(4,5), [tensor([0,2])], randn(5)",
            "randn(4,5), [tensor([0,0])], randn(2,5), True", "randn(4,5), [None, tensor([1,2])], randn(4,2)",
            "randn(3,3), [randn(3,3)>0], tensor(1.5)", "randn(3), [tensor([0])], arange(2)"}}),
    row<on_copy<put_at, TensorList, T, bool>>("aten::index_put.hacked_twin(Tensor self, Tensor[] indices, Tensor values, bool accumulate=False) -> Tensor"),
    row<on_self<put_at, TensorList, T, bool>>("aten::index_put_(Tensor(a!) self, Tensor?[] indices, Tensor values, bool accumulate=False) -> Tensor(a!)",
        {.samples = {"randn(4,5), [tensor([0,2])], randn(5)", "randn(4,5), [tensor([0,0])], randn(2,5), True",
            "randn(4,5).t(), [tensor([0,2])], tensor(1.)"}}),
    row<on_self<put_at, TensorList, T, bool>>("aten::index_put_.hacked_twin(Tensor(a!) self, Tensor[] indices, Tensor values, bool accumulate=False) -> Tensor(a!)"),
    row<on_self<put_impl, TensorList, T, bool, bool>>("aten::_index_put_impl_(Tensor(a!) self, Tensor?[] indices, Tensor values, bool accumulate=False, bool unsafe=False) -> Tensor(a!)",
        {.samples = {"randn(4,5), [tensor([0,2])], randn(5)"}}),
    row<on_self<put_impl, TensorList, T, bool, bool>>("aten::_index_put_impl_.hacked_twin(Tensor(a!) self, Tensor[] indices, Tensor values, bool accumulate=False, bool unsafe=False) -> Tensor(a!)"),
    row<index_select>("aten::index_select(Tensor self, int dim, Tensor index) -> Tensor",
        {.forms = kOut, .samples = {"randn(4,5), 0, tensor([0,2,2])", "randn(4,5), 1, tensor([4,0])",
            "randn(5,4).t(), -1, tensor([1])", "randn(4), 0, tensor([4])",
            "randn(4,5), 0, tensor([],dtype=torch.int64)"}}),
    row<gather_op>("aten::gather(Tensor self, int dim, Tensor index, *, bool sparse_grad=False) -> Tensor",
        {.forms = kOut, .samples = {"randn(3,4), 1, tensor([[0,3],[1,2]])", "randn(3,4), 0, tensor([[0,1,2,0]])",
            "randn(4,3).t(), 1, tensor([[0],[1],[2]])", "randn(3), 0, tensor([5])", "randn(()), 0, tensor(0)"}}),
    row<take>("aten::take(Tensor self, Tensor index) -> Tensor",
        {.forms = kOut, .samples = {"randn(3,4), tensor([[0,11],[-1,5]])"}}),
    row<on_copy<put, T, T, bool>>("aten::put(Tensor self, Tensor index, Tensor source, bool accumulate=False) -> Tensor",
        {.forms = kOut, .samples = {"randn(3,4), tensor([0,11]), randn(2)",
            "randn(3,4), tensor([0,0]), randn(2), True"}}),
    row<on_self<put, T, T, bool>>("aten::put_(Tensor(a!) self, Tensor index, Tensor source, bool accumulate=False) -> Tensor(a!)",
        {.samples = {"randn(3,4), tensor([0,11]), randn(2)"}}),
    row<take_along_dim>("aten::take_along_dim(Tensor self, Tensor indices, int? dim=None) -> Tensor",
        {.forms = kOut, .samples = {"randn(3,4), tensor([[0,3]]), 1", "randn(3,4), tensor([0,5])"}}),
    row<on_dense<index_add, I, T, T, S>>("aten::index_add(Tensor self, int dim, Tensor index, Tensor source, *, Scalar alpha=1) -> Tensor",
        {.forms = kOut, .samples = {"randn(3,4), 0, tensor([0,0]), randn(2,4)",
            "randn(3,4), 1, tensor([1,2]), randn(3,2), alpha=2"}}),
    row<on_self<index_add, I, T, T, S>>("aten::index_add_(Tensor(a!) self, int dim, Tensor index, Tensor source, *, Scalar alpha=1) -> Tensor(a!)",
        {.samples = {"randn(3,4), 0, tensor([0,0]), randn(2,4)"}}),
    row<on_dense<index_copy, I, T, T>>("aten::index_copy(Tensor self, int dim, Tensor index, Tensor source) -> Tensor",
        {.forms = kOut, .samples = {"randn(3,4), 0, tensor([0,2]), randn(2,4)",
            "randn(3,4), 1, tensor([1]), randn(3,1)"}}),
    row<on_self<index_copy, I, T, T>>("aten::index_copy_(Tensor(a!) self, int dim, Tensor index, Tensor source) -> Tensor(a!)",
        {.samples = {"randn(3,4), 0, tensor([0,2]), randn(2,4)"}}),
    row<on_copy<index_fill, I, T, S>>("aten::index_fill.int_Scalar(Tensor self, int dim, Tensor index, Scalar value) -> Tensor",
        {.forms = kOut, .samples = {"randn(3,4), 0, tensor([0,2]), 7", "randn(3,4), 1, tensor([-1]), 0.5"}}),
    row<on_copy<index_fill_tensor, I, T, T>>("aten::index_fill.int_Tensor(Tensor self, int dim, Tensor index, Tensor value) -> Tensor",
        {.forms = kOut, .samples = {"randn(3,4), 0, tensor([0,2]), tensor(7.)"}}),
    row<on_self<index_fill, I, T, S>>("aten::index_fill_.int_Scalar(Tensor(a!) self, int dim, Tensor index, Scalar value) -> Tensor(a!)",
        {.samples = {"randn(3,4), 0, tensor([0,2]), 7"}}),
    row<on_self<index_fill_tensor, I, T, T>>("aten::index_fill_.int_Tensor(Tensor(a!) self, int dim, Tensor index, Tensor value) -> Tensor(a!)",
        {.samples = {"randn(3,4), 0, tensor([0,2]), tensor(7.)"}}),
    row<on_dense<scatter_src, I, T, T>>("aten::scatter.src(Tensor self, int dim, Tensor index, Tensor src) -> Tensor",
        {.forms = kOut, .samples = {"randn(3,4), 0, tensor([[0,1,2,0]]), randn(1,4)",
            "randn(3,4), 1, tensor([[0],[3]]), randn(3,4)", "randn(3), 0, tensor([3]), randn(1)"}}),
    row<on_dense<scatter_value, I, T, S>>("aten::scatter.value(Tensor self, int dim, Tensor index, Scalar value) -> Tensor",
        {.forms = kOut, .samples = {"randn(3,4), 0, tensor([[0,1,2,0]]), 7"}}),
    row<on_dense<scatter_old_reduce, I, T, T, std::string_view>>("aten::scatter.reduce(Tensor self, int dim, Tensor index, Tensor src, *, str reduce) -> Tensor",
        {.forms = kOut, .samples = {"randn(3,4), 0, tensor([[0,1,2,0]]), randn(1,4), reduce='add'",
            "randn(3,4), 0, tensor([[0,1,2,0]]), randn(1,4), reduce='multiply'"}}),
    row<on_dense<scatter_value_reduce, I, T, S, std::string_view>>("aten::scatter.value_reduce(Tensor self, int dim, Tensor index, Scalar value, *, str reduce) -> Tensor",
        {.forms = kOut, .samples = {"randn(3,4), 0, tensor([[0,1,2,0]]), 2, reduce='multiply'"}}),
    row<on_self<scatter_src, I, T, T>>("aten::scatter_.src(Tensor(a!) self, int dim, Tensor index, Tensor src) -> Tensor(a!)",
        {.samples = {"randn(3,4), 0, tensor([[0,1,2,0]]), randn(1,4)"}}),
    row<on_self<scatter_value, I, T, S>>("aten::scatter_.value(Tensor(a!) self, int dim, Tensor index, Scalar value) -> Tensor(a!)",
        {.samples = {"randn(3,4), 0, tensor([[0,1,2,0]]), 7"}}),
    row<on_self<scatter_old_reduce, I, T, T, std::string_view>>("aten::scatter_.reduce(Tensor(a!) self, int dim, Tensor index, Tensor src, *, str reduce) -> Tensor(a!)"),
    row<on_self<scatter_value_reduce, I, T, S, std::string_view>>("aten::scatter_.value_reduce(Tensor(a!) self, int dim, Tensor index, Scalar value, *, str reduce) -> Tensor(a!)"),
    row<on_dense<scatter_add, I, T, T>>("aten::scatter_add(Tensor self, int dim, Tensor index, Tensor src) -> Tensor",
        {.forms = kOut, .samples = {"randn(3,4), 0, tensor([[0,0,2,0],[0,1,1,1]]), randn(2,4)"}}),
    row<on_self<scatter_add, I, T, T>>("aten::scatter_add_(Tensor(a!) self, int dim, Tensor index, Tensor src) -> Tensor(a!)",
        {.samples = {"randn(3,4), 0, tensor([[0,0,2,0],[0,1,1,1]]), randn(2,4)"}}),
    row<on_dense<scatter_reduce, I, T, T, std::string_view, bool>>("aten::scatter_reduce.two(Tensor self, int dim, Tensor index, Tensor src, str reduce, *, bool include_self=True) -> Tensor",
        {.forms = kOut, .samples = {"randn(3,4), 0, tensor([[0,0,2,0],[0,1,1,1]]), randn(2,4), 'sum'",
            "randn(3,4), 0, tensor([[0,0,2,0],[0,1,1,1]]), randn(2,4), 'prod', include_self=False",
            "randn(3,4), 0, tensor([[0,0,2,0],[0,1,1,1]]), randn(2,4), 'mean'",
            "randn(3,4), 0, tensor([[0,0,2,0],[0,1,1,1]]), randn(2,4), 'mean', include_self=False",
            "randn(3,4), 0, tensor([[0,0,2,0],[0,1,1,1]]), randn(2,4), 'amax', include_self=False",
            "randn(3,4), 0, tensor([[0,0,2,0],[0,1,1,1]]), randn(2,4), 'amin'"}}),
    row<on_self<scatter_reduce, I, T, T, std::string_view, bool>>("aten::scatter_reduce_.two(Tensor(a!) self, int dim, Tensor index, Tensor src, str reduce, *, bool include_self=True) -> Tensor(a!)"),
    row<masked_copy<masked_fill, S>>("aten::masked_fill.Scalar(Tensor self, Tensor mask, Scalar value) -> Tensor",
        {.forms = kOut, .samples = {"randn(2,3), randn(2,3)>0, 7", "randn(2,3), randn(3)>0, -float('inf')",
            "randn(3), randn(2,3)>0, 1", "randn(3), arange(3), 1", "arange(3), arange(3)>1, 1.5"}}),
    row<masked_copy<masked_fill_tensor, T>>("aten::masked_fill.Tensor(Tensor self, Tensor mask, Tensor value) -> Tensor",
        {.forms = kOut, .samples = {"randn(2,3), randn(2,3)>0, tensor(7.)"}}),
    row<on_self<masked_fill, T, S>>("aten::masked_fill_.Scalar(Tensor(a!) self, Tensor mask, Scalar value) -> Tensor(a!)",
        {.samples = {"randn(2,3), randn(3)>0, 7"}}),
    row<on_self<masked_fill_tensor, T, T>>("aten::masked_fill_.Tensor(Tensor(a!) self, Tensor mask, Tensor value) -> Tensor(a!)",
        {.samples = {"randn(2,3), randn(3)>0, tensor(7.)"}}),
    row<masked_select>("aten::masked_select(Tensor self, Tensor mask) -> Tensor",
        {.forms = kOut, .traits = kDataDependentShape, .samples = {"randn(2,3), randn(2,3)>0",
            "randn(2,3), randn(3)>0"}}),
    row<masked_copy<masked_scatter, T>>("aten::masked_scatter(Tensor self, Tensor mask, Tensor source) -> Tensor",
        {.forms = kOut, .samples = {"randn(2,3), randn(2,3)>0, randn(6)"}}),
    row<on_self<masked_scatter, T, T>>("aten::masked_scatter_(Tensor(a!) self, Tensor mask, Tensor source) -> Tensor(a!)",
        {.samples = {"randn(2,3), randn(2,3)>0, randn(6)"}}),
    row<nonzero_op>("aten::nonzero(Tensor self) -> Tensor",
        {.forms = kOut, .traits = kDataDependentShape, .samples = {"arange(6).view(2,3)", "randn(2,3)>0",
            "tensor(3)", "zeros(2,2)"}}),
    row<nonzero_op>("aten::argwhere(Tensor self) -> Tensor",
        {.traits = kDataDependentShape, .samples = {"arange(6).view(2,3)"}}),
    row<nonzero_numpy>("aten::nonzero_numpy(Tensor self) -> Tensor[]",
        {.traits = kDataDependentShape, .samples = {"arange(6).view(2,3)", "tensor(3)"}}),
    row<nonzero_numpy>("aten::where(Tensor condition) -> Tensor[]",
        {.traits = kDataDependentShape, .samples = {"arange(6).view(2,3)"}}),
    row<nonzero_static>("aten::nonzero_static(Tensor self, *, SymInt size, int fill_value=-1) -> Tensor",
        {.forms = kOut, .samples = {"arange(6).view(2,3), size=4", "arange(6).view(2,3), size=7, fill_value=9"}}),
    row<select_scatter>("aten::select_scatter(Tensor self, Tensor src, int dim, SymInt index) -> Tensor",
        {.forms = kOut, .samples = {"randn(2,3), randn(3), 0, 1"}}),
    row<slice_scatter>("aten::slice_scatter(Tensor self, Tensor src, int dim=0, SymInt? start=None, SymInt? end=None, SymInt step=1) -> Tensor",
        {.forms = kOut, .samples = {"randn(5,3), randn(2,3), 0, 1, 3", "randn(5,3), randn(3,3), 0, None, None, 2"}}),
    row<diagonal_scatter>("aten::diagonal_scatter(Tensor self, Tensor src, int offset=0, int dim1=0, int dim2=1) -> Tensor",
        {.forms = kOut, .samples = {"randn(3,3), randn(3)"}}),
};
FACULA_FAMILY(indexing, kIndexing)

}  // namespace fac
