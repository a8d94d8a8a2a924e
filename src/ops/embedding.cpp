// Rows picked by number: embedding, bags of embeddings, one_hot, repeat_interleave.
#include "base/checked.h"
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
using I = std::int64_t;
using T = const Tensor&;

Result<Tensor> embedding(T weight, T indices, I, bool, bool) {
  FACULA_CHECK(weight.defined() && indices.defined(), "expected a Tensor but got None");
  FACULA_CHECK(weight.dim() == 2, "'weight' must be 2-D");
  FACULA_CHECK(indices.dtype() == DType::kInt64 || indices.dtype() == DType::kInt32,
               "Expected tensor for argument #1 'indices' to have one of the following scalar types: Long, Int; but got "
               "torch.{}Tensor instead (while checking arguments for embedding)", dtype_name(indices.dtype()));
  FACULA_TRY_VOID(check_index_range(indices, weight.size(0), false, "index out of range in self", 0, ErrorKind::kIndex));
  Dims sizes(indices.sizes());
  sizes.push_back(weight.size(1));
  FACULA_TRY(const Tensor out, Tensor::empty(sizes, weight.dtype()));
  if (out.numel() == 0) return out;
  FACULA_TRY(const Tensor table, contiguous(weight));
  FACULA_TRY(const Tensor index, contiguous(indices));
  kernels::embedding(out.data(), table.data(), weight.size(1) * static_cast<I>(weight.element_bytes()), index.data(), kind_of(index.dtype()), index.numel());
  return out;
}

using Four = Result<std::tuple<Tensor, Tensor, Tensor, Tensor>>;
// Sums, means or maxima of bags; bags are given by their first positions.
Four embedding_bag_padding(T weight, T indices, T offsets, bool, I mode, bool, T weights, bool include_last,
                           std::optional<I> padding) {
  FACULA_CHECK(weight.dim() == 2, "'weight' must be 2-D");
  FACULA_CHECK(indices.dim() == 1, "input has to be a 1D Tensor, but got Tensor of dimension {}", indices.dim());
  FACULA_CHECK(offsets.dim() == 1, "offsets has to be a 1D Tensor, but got Tensor of dimension {}", offsets.dim());
  FACULA_CHECK(mode >= 0 && mode <= 2, "embedding_bag: mode must be 0 (sum), 1 (mean) or 2 (max)");
  FACULA_CHECK(!weights.defined() || mode == 0, "embedding_bag: per_sample_weights was not None. per_sample_weights is only supported for mode='sum'");
  FACULA_CHECK(is_floating(weight.dtype()), "embedding_bag: expected a floating point weight, but got {}", dtype_name(weight.dtype()));
  FACULA_TRY_VOID(check_index_range(indices, weight.size(0), false, "index out of range in self", 0, ErrorKind::kIndex));
  FACULA_TRY(const Tensor table32, cast(weight, DType::kFloat));
  FACULA_TRY(const Tensor table, contiguous(table32));
  FACULA_TRY(const Tensor wide, cast(indices, DType::kInt64));
  FACULA_TRY(const Tensor index, contiguous(wide));
  FACULA_TRY(const Tensor wide_starts, cast(offsets, DType::kInt64));
  FACULA_TRY(const Tensor starts, contiguous(wide_starts));
  const I bags = starts.numel() - (include_last ? 1 : 0), rows = weight.size(1), count = index.numel();
  FACULA_CHECK(bags >= 0, "include_last_offset: number of offsets should be at least 1");
  const I* start = starts.data_as<I>();
  FACULA_CHECK(starts.numel() == 0 || start[0] == 0, "offsets[0] has to be 0, i.e., the first sequence in the mini-batch has to start from position 0. However, got {}", start[0]);
  for (I b = 0; b < starts.numel(); ++b)
    FACULA_CHECK(start[b] <= count && (b == 0 || start[b] >= start[b - 1]), "offsets[-1] can not be greater than input's length({}) but got offsets[-1] of {}", count, start[b]);
  Tensor scale;
  if (weights.defined()) {
    FACULA_CHECK(same_sizes(weights.sizes(), indices.sizes()), "expected per_sample_weights ({}) to have the same shape as indices ({})", ints_text(weights.sizes()), ints_text(indices.sizes()));
    FACULA_TRY(scale, cast(weights, DType::kFloat));
    FACULA_TRY(scale, contiguous(scale));
  }
  FACULA_TRY(Tensor out, Tensor::empty(Dims{bags, rows}, DType::kFloat));
  const I skip = padding ? (*padding < 0 ? *padding + weight.size(0) : *padding) : -1;
  if (out.numel() > 0)
    kernels::embedding_bag(out.data_as<float>(), table.data_as<float>(), rows, index.data_as<I>(), count, start, bags,
                           scale.defined() ? scale.data_as<float>() : nullptr, static_cast<int>(mode), skip);
  FACULA_TRY(out, cast(out, weight.dtype()));
  // What only the backward pass needs: which bag each index belongs to, bag sizes, indices of maxima.
  FACULA_TRY(Tensor bag_of, zeros(indices.sizes(), indices.dtype()));
  FACULA_TRY(Tensor bag_size, zeros(Dims{bags}, indices.dtype()));
  FACULA_TRY(Tensor maxima, zeros(mode == 2 ? Dims{bags, rows} : Dims{0}, indices.dtype()));
  return std::tuple(std::move(out), std::move(bag_of), std::move(bag_size), std::move(maxima));
}
Four embedding_bag(T weight, T indices, T offsets, bool by_freq, I mode, bool sparse, T weights, bool include_last) {
  return embedding_bag_padding(weight, indices, offsets, by_freq, mode, sparse, weights, include_last, std::nullopt);
}

Result<Tensor> one_hot(T self, I classes) {
  FACULA_CHECK(self.dtype() == DType::kInt64, "one_hot is only applicable to index tensor of type LongTensor.");
  FACULA_CHECK(self.numel() > 0 || classes > 0, "Can not infer total number of classes from empty tensor.");
  I n = classes;
  if (self.numel() > 0) {
    FACULA_TRY(const Tensor least, extreme(self, false, std::nullopt, false));
    FACULA_TRY(const Tensor most, extreme(self, true, std::nullopt, false));
    FACULA_CHECK(*least.data_as<I>() >= 0, "Class values must be non-negative.");
    if (classes == -1) n = wrap_add(*most.data_as<I>(), 1);
    FACULA_CHECK(n >= 1, "num_classes should be positive");
    FACULA_CHECK(*most.data_as<I>() < n, "Class values must be smaller than num_classes.");
  }
  Dims sizes(self.sizes());
  sizes.push_back(n);
  FACULA_TRY(Tensor out, zeros(sizes, DType::kInt64));
  FACULA_TRY(const Tensor index, unsqueeze(self, -1));
  FACULA_TRY(const Tensor one, scalar_tensor(1, DType::kInt64));
  FACULA_TRY_VOID(scatter_into(out, -1, index, one, kernels::ScatterOp::kSet));
  return out;
}

Result<Tensor> interleaved(T repeats, std::optional<I> size) {
  FACULA_CHECK(repeats.dim() == 1, "repeat_interleave only accept 1D vector as repeat");
  FACULA_CHECK(repeats.dtype() == DType::kInt64 || repeats.dtype() == DType::kInt32, "repeats has to be Long or Int tensor");
  FACULA_TRY(const Tensor wide, cast(repeats, DType::kInt64));
  FACULA_TRY(const Tensor dense, contiguous(wide));
  I total = 0;
  for (I i = 0; i < dense.numel(); ++i) {
    FACULA_CHECK(dense.data_as<I>()[i] >= 0, "repeats can not be negative");
    FACULA_CHECK(!__builtin_add_overflow(total, dense.data_as<I>()[i], &total), "repeats are too large");
  }
  FACULA_CHECK(!size || *size == total, "allocated size does not match required size");
  FACULA_TRY(const Tensor out, Tensor::empty({&total, 1}, DType::kInt64));
  I* to = out.data_as<I>();
  for (I i = 0; i < dense.numel(); ++i) to = std::fill_n(to, dense.data_as<I>()[i], i);
  return cast(out, repeats.dtype());
}
Result<Tensor> repeat_interleave(T self, T repeats, std::optional<I> dim, std::optional<I> size) {
  Tensor x = self;
  I d = 0;
  if (dim) {
    FACULA_TRY(d, wrap_dim(*dim, self.dim()));
  } else {
    FACULA_TRY(x, reshape(self, Dims{-1}));
  }
  if (x.dim() == 0) {
    FACULA_TRY(x, view(x, Dims{1}));
  }
  Tensor counts = repeats;
  if (repeats.dim() == 0 || (repeats.dim() == 1 && repeats.size(0) == 1)) {
    FACULA_TRY(counts, reshape(repeats, Dims{1}));
    FACULA_TRY(counts, expand_to(counts, Dims{x.size(d)}));
  } else {
    FACULA_CHECK(repeats.dim() == 1, "repeats must be 0-dim or 1-dim tensor");
    FACULA_CHECK(repeats.size(0) == x.size(d), "repeats must have the same size as input along dim, but got repeats.size(0) = {} and input.size({}) = {}", repeats.size(0), d, x.size(d));
  }
  FACULA_TRY(const Tensor index, interleaved(counts, size));
  return index_select(x, d, index);
}
Result<Tensor> repeat_interleave_int(T self, I repeats, std::optional<I> dim, std::optional<I> size) {
  FACULA_TRY(const Tensor counts, full(Dims{1}, repeats, DType::kInt64));
  return repeat_interleave(self, counts, dim, size);
}

}  // namespace

constexpr Op kEmbedding[] = {
    row<embedding>("aten::embedding(Tensor weight, Tensor indices, SymInt padding_idx=-1, bool scale_grad_by_freq=False, bool sparse=False) -> Tensor",
        {.forms = kOut, .samples = {"randn(5,3), tensor([0,4,2])", "randn(5,3), tensor([[0,1],[2,3]])",
            "randn(5,3), tensor([5])", "randn(5,3), tensor(2)", "randn(3,5).t(), tensor([1])",
            "randn(5,3), tensor([1],dtype=torch.int32)", "randn(5,3), randn(2)"}}),
    row<embedding_bag>("aten::embedding_bag(Tensor weight, Tensor indices, Tensor offsets, bool scale_grad_by_freq=False, int mode=0, bool sparse=False, Tensor? per_sample_weights=None, bool include_last_offset=False) -> (Tensor, Tensor, Tensor, Tensor)"),
    row<embedding_bag_padding>("aten::embedding_bag.padding_idx(Tensor weight, Tensor indices, Tensor offsets, bool scale_grad_by_freq, int mode, bool sparse, Tensor? per_sample_weights, bool include_last_offset, int? padding_idx) -> (Tensor, Tensor, Tensor, Tensor)"),
    row<one_hot>("aten::one_hot(Tensor self, int num_classes=-1) -> Tensor",
        {.samples = {"tensor([0,2,1])", "tensor([[0],[1]]), 4", "tensor([0,2]), 2"}}),
    row<interleaved>("aten::repeat_interleave.Tensor(Tensor repeats, *, SymInt? output_size=None) -> Tensor",
        {.forms = kOut, .traits = kDataDependentShape, .samples = {"tensor([1,0,3])"}}),
    row<repeat_interleave>("aten::repeat_interleave.self_Tensor(Tensor self, Tensor repeats, int? dim=None, *, SymInt? output_size=None) -> Tensor",
        {.traits = kDataDependentShape, .samples = {"randn(3,2), tensor([1,0,2]), 0", "randn(3,2), tensor([2])",
            "randn(3,2), tensor([1,2]), 1", "randn(3), tensor([1,2])"}}),
    row<repeat_interleave_int>("aten::repeat_interleave.self_int(Tensor self, SymInt repeats, int? dim=None, *, SymInt? output_size=None) -> Tensor",
        {.samples = {"randn(3,2), 2", "randn(3,2), 2, 1", "randn(()), 3"}}),
};
FACULA_FAMILY(embedding, kEmbedding)

}  // namespace fac
