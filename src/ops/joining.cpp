// Putting tensors together and laying them out anew: cat, stack, repeat, flip, roll, pixel_shuffle.
// Longer than most files: one family, a short function and a row for each of its operators.
#include <cstring>

#include "ops/broadcast.h"
#include "ops/copy.h"
#include "ops/dims.h"
#include "ops/elementwise.h"
#include "ops/functions.h"

namespace fac {
namespace ops {

namespace {
// Old programs concatenate with an empty 1-d tensor, whatever the other sizes.
bool is_skipped(const Tensor& t) { return t.dim() == 1 && t.size(0) == 0; }

// `rows` times n bytes. Of a few numbers: a call for each would cost more than they do.
template <std::size_t n>
void copy_rows_of(char* to, std::int64_t to_step, const char* from, std::int64_t rows) {
  for (std::int64_t i = 0; i < rows; ++i) std::memcpy(to + i * to_step, from + i * static_cast<std::int64_t>(n), n);
}
void copy_rows(char* to, std::int64_t to_step, const char* from, std::size_t n, std::int64_t rows) {
  switch (n) {
    case 4: return copy_rows_of<4>(to, to_step, from, rows);
    case 8: return copy_rows_of<8>(to, to_step, from, rows);
    case 16: return copy_rows_of<16>(to, to_step, from, rows);
    default:
      for (std::int64_t i = 0; i < rows; ++i) std::memcpy(to + i * to_step, from + i * static_cast<std::int64_t>(n), n);
  }
}

// Dense inputs of the result's dtype: rows of bytes one after the other.
void join_bytes(const Tensor& out, std::span<const Tensor> tensors, std::int64_t dim) {
  const auto width = static_cast<std::int64_t>(out.element_bytes());
  std::int64_t outer = 1, inner = width;
  for (std::int64_t d = 0; d < dim; ++d) outer *= out.size(d);
  for (std::int64_t d = dim + 1; d < out.dim(); ++d) inner *= out.size(d);
  const std::int64_t row = out.size(dim) * inner;
  char* to = static_cast<char*>(out.data());
  for (const Tensor& t : tensors) {
    if (is_skipped(t) || t.numel() == 0) continue;
    const auto n = static_cast<std::size_t>(t.size(dim) * inner);
    const char* from = static_cast<const char*>(t.data());
    copy_rows(to, row, from, n, outer);
    to += n;
  }
}
}  // namespace

Result<Tensor> cat(std::span<const Tensor> tensors, std::int64_t dim) {
  FACULA_CHECK(!tensors.empty(), "torch.cat(): expected a non-empty list of Tensors");
  ResultType type;
  const Tensor* first = nullptr;
  bool channels_last = true, dense = true;
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    const Tensor& t = tensors[i];
    FACULA_CHECK(t.defined(), "expected a Tensor but got None");
    FACULA_CHECK(t.dim() > 0, "zero-dimensional tensor (at position {}) cannot be concatenated", i);
    type.add(t);
    if (is_skipped(t)) continue;
    if (!first) first = &t;
    channels_last = channels_last && t.suggest_memory_format() == MemoryFormat::kChannelsLast;
    dense = dense && t.is_contiguous();
  }
  const DType dtype = type.get();
  if (!first) return Tensor::empty(Dims{0}, dtype);
  FACULA_TRY(const std::int64_t d, wrap_dim(dim, first->dim()));
  Dims sizes(first->sizes());
  std::int64_t& joined = sizes[static_cast<std::size_t>(d)];
  joined = 0;
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    const Tensor& t = tensors[i];
    if (is_skipped(t)) continue;
    FACULA_CHECK(t.dim() == first->dim(), "Tensors must have same number of dimensions: got {} and {}", first->dim(), t.dim());
    for (std::int64_t k = 0; k < t.dim(); ++k)
      FACULA_CHECK(k == d || t.size(k) == first->size(k),
                   "Sizes of tensors must match except in dimension {}. Expected size {} but got size {} for tensor "
                   "number {} in the list.", d, first->size(k), t.size(k), i);
    joined += t.size(d);
    dense = dense && t.dtype() == dtype;
  }
  if (channels_last && !dense && sizes.size() == 4) {
    FACULA_TRY(const Tensor out, Tensor::empty_strided(sizes, channels_last_strides(sizes), dtype));
    std::int64_t start = 0;
    for (const Tensor& t : tensors) {
      if (is_skipped(t)) continue;
      FACULA_TRY(const Tensor part, slice(out, d, start, start + t.size(d), 1));
      FACULA_TRY_VOID(copy_into(part, t));
      start += t.size(d);
    }
    return out;
  }
  FACULA_TRY(const Tensor out, Tensor::empty(sizes, dtype));
  if (dense) {
    join_bytes(out, tensors, d);
    return out;
  }
  std::int64_t start = 0;
  for (const Tensor& t : tensors) {
    if (is_skipped(t)) continue;
    FACULA_TRY(const Tensor part, slice(out, d, start, start + t.size(d), 1));
    FACULA_TRY_VOID(copy_into(part, t));
    start += t.size(d);
  }
  return out;
}

Result<Tensor> stack(std::span<const Tensor> tensors, std::int64_t dim) {
  FACULA_CHECK(!tensors.empty(), "stack expects a non-empty TensorList");
  FACULA_CHECK(tensors[0].defined(), "expected a Tensor but got None");
  FACULA_TRY(const std::int64_t d, wrap_dim(dim, tensors[0].dim() + 1));
  std::vector<Tensor> parts;
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    FACULA_CHECK(tensors[i].defined() && same_sizes(tensors[i].sizes(), tensors[0].sizes()),
                 "stack expects each tensor to be equal size, but got {} at entry 0 and {} at entry {}",
                 ints_text(tensors[0].sizes()), ints_text(tensors[i].sizes()), i);
    FACULA_TRY(Tensor part, unsqueeze(tensors[i], d));
    parts.push_back(std::move(part));
  }
  return cat(parts, d);
}

}  // namespace ops

namespace {

using namespace ops;
using I = std::int64_t;
using T = const Tensor&;

Result<Tensor> cat_op(TensorList tensors, I dim) { return cat(to_vector(tensors), dim); }
Result<Tensor> stack_op(TensorList tensors, I dim) { return stack(to_vector(tensors), dim); }

// Adds dimensions as atleast_1d and so on do.
Result<std::vector<Tensor>> widened(TensorList tensors, I rank) {
  std::vector<Tensor> out;
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    Tensor t = tensors[i];
    if (t.dim() == 0) {
      FACULA_TRY(t, view(t, Dims(static_cast<std::size_t>(rank), 1)));
    } else if (t.dim() == 1 && rank >= 2) {
      FACULA_TRY(t, unsqueeze(t, 0));
    }
    if (rank == 3 && t.dim() == 2) {
      FACULA_TRY(t, unsqueeze(t, 2));
    }
    out.push_back(std::move(t));
  }
  return out;
}
Result<Tensor> hstack(TensorList tensors) {
  FACULA_CHECK(!tensors.empty(), "hstack expects a non-empty TensorList");
  FACULA_TRY(const auto parts, widened(tensors, 1));
  return cat(parts, parts[0].dim() == 1 ? 0 : 1);
}
Result<Tensor> vstack(TensorList tensors) {
  FACULA_CHECK(!tensors.empty(), "vstack expects a non-empty TensorList");
  FACULA_TRY(const auto parts, widened(tensors, 2));
  return cat(parts, 0);
}
Result<Tensor> dstack(TensorList tensors) {
  FACULA_CHECK(!tensors.empty(), "dstack expects a non-empty TensorList");
  FACULA_TRY(const auto parts, widened(tensors, 3));
  return cat(parts, 2);
}
Result<Tensor> column_stack(TensorList tensors) {
  FACULA_CHECK(!tensors.empty(), "column_stack expects a non-empty TensorList");
  std::vector<Tensor> parts;
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    Tensor t = tensors[i];
    if (t.dim() <= 1) {
      FACULA_TRY(t, reshape(t, Dims{t.numel(), 1}));
    }
    parts.push_back(std::move(t));
  }
  return cat(parts, 1);
}
Result<Tensor> block_diag(TensorList tensors) {
  I rows = 0, columns = 0;
  ResultType type;
  FACULA_TRY(const auto parts, widened(tensors, 2));
  for (T t : parts) {
    FACULA_CHECK(t.dim() == 2, "torch.block_diag: Input tensors must have 2 or fewer dimensions. Input has {} dimensions",
                 t.dim());
    rows += t.size(0);
    columns += t.size(1);
    type.add(t);
  }
  if (parts.empty()) return Tensor::empty(Dims{1, 0}, default_dtype());
  FACULA_TRY(Tensor out, zeros(Dims{rows, columns}, type.get()));
  I r = 0, c = 0;
  for (T t : parts) {
    FACULA_TRY_VOID(copy_into(out.as_view(t.sizes(), out.strides(), r * columns + c), t));
    r += t.size(0);
    c += t.size(1);
  }
  return out;
}

Result<Tensor> repeat(T self, Ints repeats) {
  const auto rank = static_cast<std::size_t>(self.dim());
  FACULA_CHECK(repeats.size() >= rank,
               "Number of dimensions of repeat dims can not be smaller than number of dimensions of tensor");
  const std::size_t lead = repeats.size() - rank;
  Dims sizes;
  for (std::size_t d = 0; d < repeats.size(); ++d) {
    FACULA_CHECK(repeats[d] >= 0, "Trying to create tensor with negative dimension {}: {}", repeats[d], ints_text(repeats));
    I size = d < lead ? 1 : self.sizes()[d - lead];
    FACULA_CHECK(!__builtin_mul_overflow(size, repeats[d], &size), "repeat: {} times a tensor of size {} does not fit", ints_text(repeats), ints_text(self.sizes()));
    sizes.push_back(size);
  }
  FACULA_TRY(const Tensor out, Tensor::empty(sizes, self.dtype()));
  if (out.numel() == 0) return out;
  // Both seen as [repeat, size] for each dimension.
  Dims both, to, from;
  for (std::size_t d = 0; d < repeats.size(); ++d) {
    const I size = d < lead ? 1 : self.sizes()[d - lead], step = d < lead ? 0 : self.strides()[d - lead];
    if (repeats[d] != 1) {
      both.push_back(repeats[d]);
      to.push_back(out.strides()[d] * size);
      from.push_back(0);
    }
    both.push_back(size);
    to.push_back(out.strides()[d]);
    from.push_back(step);
  }
  FACULA_TRY_VOID(copy_into(out.as_view(both, to, 0), self.as_view(both, from, self.offset())));
  return out;
}
Result<Tensor> tile(T self, Ints dims) {
  Dims all(dims);
  while (static_cast<I>(all.size()) < self.dim()) all.insert(all.begin(), 1);
  return repeat(self, all);
}

// Copies from strides of either sign (elements), which tensors do not have.
template <class Word>
void signed_copy(Word* to, const Word* from, Ints sizes, Ints to_strides, Ints strides) {
  if (sizes.empty()) {
    *to = *from;
    return;
  }
  const bool last = sizes.size() == 1;
  for (I i = 0; i < sizes[0]; ++i, to += to_strides[0], from += strides[0]) {
    if (last) *to = *from;
    else signed_copy(to, from, sizes.subspan(1), to_strides.subspan(1), strides.subspan(1));
  }
}
Result<Tensor> flip(T self, Ints dims) {
  FACULA_TRY(const DimSet set, dim_set(dims, self.dim(), false));
  FACULA_TRY(const Tensor out, Tensor::empty_like(self));
  if (out.numel() == 0) return out;
  Dims strides(self.strides());
  I start = 0;
  for (std::size_t d = 0; d < strides.size(); ++d) {
    if (!set[d]) continue;
    start += (self.sizes()[d] - 1) * strides[d];
    strides[d] = -strides[d];
  }
  kernels::visit_size(static_cast<I>(self.element_bytes()), [&](auto tag) {
    using Word = typename decltype(tag)::type;
    signed_copy(out.data_as<Word>(), self.data_as<const Word>() + start, self.sizes(), out.strides(), strides);
  });
  return out;
}
Result<Tensor> fliplr(T self) {
  FACULA_CHECK(self.dim() >= 2, "Input must be >= 2-d.");
  return flip(self, Dims{1});
}
Result<Tensor> flipud(T self) {
  FACULA_CHECK(self.dim() >= 1, "Input must be >= 1-d.");
  return flip(self, Dims{0});
}
Result<Tensor> rot90(T self, I k, Ints dims) {
  FACULA_CHECK(dims.size() == 2, "expected total rotation dims == 2, but got dims = {}", dims.size());
  FACULA_CHECK(self.dim() >= 2, "expected total dims >= 2, but got total dims = {}", self.dim());
  FACULA_TRY(const I a, wrap_dim(dims[0], self.dim()));
  FACULA_TRY(const I b, wrap_dim(dims[1], self.dim()));
  FACULA_CHECK(a != b, "expected rotation dims to be different, but got dim0 = {} and dim1 = {}", dims[0], dims[1]);
  const I turns = ((k % 4) + 4) % 4;
  if (turns == 0) return clone_as(self, MemoryFormat::kContiguous);
  if (turns == 2) return flip(self, dims);
  FACULA_TRY(const Tensor flipped, flip(self, Dims{turns == 1 ? b : a}));
  return transpose(flipped, a, b);
}

Result<Tensor> roll_one(T self, I shift, I d) {
  FACULA_TRY(const Tensor out, Tensor::empty(self.sizes(), self.dtype()));
  if (out.numel() == 0) return out;
  const I n = self.size(d), k = ((shift % n) + n) % n;
  const auto move = [&](I to, I from, I length) -> Status {
    FACULA_TRY(const Tensor dst, slice(out, d, to, to + length, 1));
    FACULA_TRY(const Tensor src, slice(self, d, from, from + length, 1));
    return copy_into(dst, src);
  };
  if (k > 0) FACULA_TRY_VOID(move(0, n - k, k));
  FACULA_TRY_VOID(move(k, 0, n - k));
  return out;
}
Result<Tensor> roll(T self, Ints shifts, Ints dims) {
  FACULA_CHECK(!shifts.empty(), "`shifts` required");
  if (dims.empty() && shifts.size() == 1) {
    FACULA_TRY(const Tensor flat, reshape(self, Dims{-1}));
    if (self.numel() == 0) return clone(self);
    FACULA_TRY(const Tensor rolled, roll_one(flat, shifts[0], 0));
    return view(rolled, self.sizes());
  }
  if (self.numel() == 0) return clone(self);
  FACULA_CHECK(self.dim() > 0, "Dimension specified as {} but tensor has no dimensions", dims.empty() ? 0 : dims[0]);
  FACULA_CHECK(shifts.size() == dims.size(), "shifts and dimensions must align. shifts: {}, dims:{}", shifts.size(), dims.size());
  Tensor t = self;
  for (std::size_t i = 0; i < dims.size(); ++i) {
    FACULA_TRY(const I d, wrap_dim(dims[i], self.dim()));
    FACULA_TRY(t, roll_one(t, shifts[i], d));
  }
  return t;
}

// [*, C r^2, H, W] <-> [*, C, H r, W r]
Result<Tensor> pixel_shuffle(T self, I r) {
  FACULA_CHECK(self.dim() >= 3, "pixel_shuffle expects input to have at least 3 dimensions, but got input with {} "
               "dimension(s)", self.dim());
  FACULA_CHECK(r > 0 && r <= INT32_MAX, "pixel_shuffle expects a positive upscale_factor, but got {}", r);
  const I n = self.dim(), c = self.size(n - 3), h = self.size(n - 2), w = self.size(n - 1);
  FACULA_CHECK(c % (r * r) == 0, "pixel_shuffle expects its input's 'channel' dimension to be divisible by the square of "
               "upscale_factor, but input.size(-3)={} is not divisible by {}", c, r * r);
  Dims split(self.sizes().begin(), self.sizes().end() - 3), out = split;
  for (I x : {c / (r * r), r, r, h, w}) split.push_back(x);
  for (I x : {c / (r * r), h * r, w * r}) out.push_back(x);
  FACULA_TRY(const Tensor parts, reshape(self, split));
  Dims order;
  for (I d = 0; d < n - 3; ++d) order.push_back(d);
  for (I d : {0, 3, 1, 4, 2}) order.push_back(n - 3 + d);
  FACULA_TRY(const Tensor moved, permute(parts, order));
  FACULA_TRY(const Tensor dense, clone_as(moved, MemoryFormat::kContiguous));
  return view(dense, out);
}
Result<Tensor> pixel_unshuffle(T self, I r) {
  FACULA_CHECK(self.dim() >= 3, "pixel_unshuffle expects input to have at least 3 dimensions, but got input with {} "
               "dimension(s)", self.dim());
  FACULA_CHECK(r > 0 && r <= INT32_MAX, "pixel_unshuffle expects a positive downscale_factor, but got {}", r);
  const I n = self.dim(), c = self.size(n - 3), h = self.size(n - 2), w = self.size(n - 1);
  FACULA_CHECK(h % r == 0, "pixel_unshuffle expects height to be divisible by downscale_factor, but input.size(-2)={} is "
               "not divisible by {}", h, r);
  FACULA_CHECK(w % r == 0, "pixel_unshuffle expects width to be divisible by downscale_factor, but input.size(-1)={} is "
               "not divisible by {}", w, r);
  if (self.numel() == 0) return clone_as(self, MemoryFormat::kContiguous);  // sizes too stay, as in PyTorch
  Dims split(self.sizes().begin(), self.sizes().end() - 3), out = split;
  for (I x : {c, h / r, r, w / r, r}) split.push_back(x);
  for (I x : {c * r * r, h / r, w / r}) out.push_back(x);
  FACULA_TRY(const Tensor parts, reshape(self, split));
  Dims order;
  for (I d = 0; d < n - 3; ++d) order.push_back(d);
  for (I d : {0, 2, 4, 1, 3}) order.push_back(n - 3 + d);
  FACULA_TRY(const Tensor moved, permute(parts, order));
  FACULA_TRY(const Tensor dense, clone_as(moved, MemoryFormat::kContiguous));
  return view(dense, out);
}
Result<Tensor> channel_shuffle(T self, I groups) {
  FACULA_CHECK(self.dim() > 2, "channel_shuffle expects input with > 2 dims, but got input with sizes {}", ints_text(self.sizes()));
  FACULA_CHECK(groups > 0, "Number of groups to divide channels in must be positive. Value of groups:{}", groups);
  const I c = self.size(1);
  FACULA_CHECK(c % groups == 0, "Number of channels must be divisible by groups. Got {} channels and {} groups.", c, groups);
  if (self.numel() == 0) return clone_as(self, MemoryFormat::kContiguous);
  FACULA_TRY(const Tensor parts, reshape(self, Dims{self.size(0), groups, c / groups, -1}));
  FACULA_TRY(const Tensor moved, transpose(parts, 1, 2));
  FACULA_TRY(const Tensor dense, clone_as(moved, MemoryFormat::kContiguous));
  return view(dense, self.sizes());
}

Result<std::vector<Tensor>> meshgrid_of(TensorList tensors, std::string_view indexing) {
  FACULA_CHECK(!tensors.empty(), "meshgrid expects a non-empty TensorList");
  FACULA_CHECK(indexing == "ij" || indexing == "xy", "torch.meshgrid: indexing must be one of \"xy\" or \"ij\", but "
               "received: {}", indexing);
  const std::size_t n = tensors.size();
  const bool swap = indexing == "xy" && n >= 2;
  Dims sizes;
  for (std::size_t i = 0; i < n; ++i) {
    const Tensor t = tensors[i];
    FACULA_CHECK(t.dim() <= 1, "torch.meshgrid: Expected 0D or 1D tensor in the tensor list but got: {}", t.dim());
    FACULA_CHECK(t.dtype() == tensors[0].dtype(), "torch.meshgrid expects all tensors to have the same dtype");
    sizes.push_back(t.numel());
  }
  if (swap) std::swap(sizes[0], sizes[1]);
  std::vector<Tensor> out;
  for (std::size_t i = 0; i < n; ++i) {
    const std::size_t at = swap && i < 2 ? 1 - i : i;
    Dims shape(n, 1);
    shape[at] = sizes[at];
    FACULA_TRY(const Tensor line, view(tensors[i], shape));
    FACULA_TRY(Tensor grid, expand_to(line, sizes));
    out.push_back(std::move(grid));
  }
  return out;
}
Result<std::vector<Tensor>> meshgrid(TensorList tensors) { return meshgrid_of(tensors, "ij"); }
Result<Tensor> cartesian_prod(TensorList tensors) {
  for (std::size_t i = 0; i < tensors.size(); ++i)
    FACULA_CHECK(tensors[i].dim() == 1, "Expect a 1D vector, but got shape {}", ints_text(tensors[i].sizes()));
  if (tensors.size() == 1) return tensors[0];
  FACULA_TRY(const auto grids, meshgrid(tensors));
  std::vector<Tensor> columns;
  for (T g : grids) {
    FACULA_TRY(Tensor flat, reshape(g, Dims{-1}));
    columns.push_back(std::move(flat));
  }
  return stack(columns, 1);
}

}  // namespace

constexpr Op kJoining[] = {
    row<cat_op>("aten::cat(Tensor[] tensors, int dim=0) -> Tensor",
        {.forms = kOut, .samples = {"[randn(2,3), randn(4,3)]", "[randn(2,3), randn(2,1)], 1",
            "[randn(2), arange(3)]", "[randn(0), randn(2,3)]", "[randn(2,3).t(), randn(3,1)], -1",
            "[randn(2,3), randn(2,4)]",
            "[randn(1,4,2,2).to(memory_format=torch.channels_last), randn(1,3,2,2).to(memory_format=torch.channels_last)], 1",
            "[randn(())]"}}),
    row<cat_op>("aten::concat(Tensor[] tensors, int dim=0) -> Tensor",
        {.forms = kOut, .samples = {"[randn(2,3), randn(4,3)]"}}),
    row<cat_op>("aten::concatenate(Tensor[] tensors, int dim=0) -> Tensor",
        {.forms = kOut, .samples = {"[randn(2,3), randn(4,3)]"}}),
    row<stack_op>("aten::stack(Tensor[] tensors, int dim=0) -> Tensor",
        {.forms = kOut, .samples = {"[randn(2,3), randn(2,3)]", "[randn(2,3), randn(2,3)], -1",
            "[randn(()), randn(())]", "[randn(2), randn(3)]"}}),
    row<hstack>("aten::hstack(Tensor[] tensors) -> Tensor",
        {.forms = kOut, .samples = {"[randn(2,3), randn(2,1)]", "[randn(2), randn(3)]", "[randn(()), randn(())]"}}),
    row<vstack>("aten::vstack(Tensor[] tensors) -> Tensor",
        {.forms = kOut, .samples = {"[randn(2,3), randn(1,3)]", "[randn(3), randn(3)]"}}),
    row<vstack>("aten::row_stack(Tensor[] tensors) -> Tensor", {.forms = kOut, .samples = {"[randn(3), randn(3)]"}}),
    row<dstack>("aten::dstack(Tensor[] tensors) -> Tensor",
        {.forms = kOut, .samples = {"[randn(2,3), randn(2,3)]", "[randn(3), randn(3)]"}}),
    row<column_stack>("aten::column_stack(Tensor[] tensors) -> Tensor",
        {.forms = kOut, .samples = {"[randn(2), randn(2,3)]"}}),
    row<block_diag>("aten::block_diag(Tensor[] tensors) -> Tensor",
        {.forms = kOut, .samples = {"[randn(2,3), randn(1,2), randn(()), randn(3)]"}}),
    row<repeat>("aten::repeat(Tensor self, SymInt[] repeats) -> Tensor",
        {.forms = kOut, .samples = {"randn(2,3), [2,2]", "randn(2,3), [2,1,3]", "randn(()), [3]", "randn(2), [0]",
            "randn(2,3), [2]", "randn(2,3).t(), [1,2]"}}),
    row<tile>("aten::tile(Tensor self, SymInt[] dims) -> Tensor",
        {.samples = {"randn(2,3), [2]", "randn(2,3), [2,1,3]"}}),
    row<flip>("aten::flip(Tensor self, int[] dims) -> Tensor",
        {.forms = kOut, .samples = {"randn(2,3), [0]", "randn(2,3,4), [0,-1]", "randn(2,3).t(), [1]",
            "arange(4), [0]", "randn(2,3), []"}}),
    row<fliplr>("aten::fliplr(Tensor self) -> Tensor", {.samples = {"randn(2,3)"}}),
    row<flipud>("aten::flipud(Tensor self) -> Tensor", {.samples = {"randn(2,3)"}}),
    row<rot90>("aten::rot90(Tensor self, int k=1, int[] dims=[0, 1]) -> Tensor",
        {.forms = kOut, .samples = {"randn(2,3)", "randn(2,3,4), 3, [1,2]", "randn(2,3), 2", "randn(2,3), -1"}}),
    row<roll>("aten::roll(Tensor self, SymInt[1] shifts, int[1] dims=[]) -> Tensor",
        {.forms = kOut, .samples = {"randn(2,3), [1], [0]", "randn(2,3), [1]", "randn(4,4), [1,-2], [0,1]",
            "randn(2,3), [7], [1]", "randn(2,3).t(), [1], [1]", "randn(2,3), [1], [2]"}}),
    row<pixel_shuffle>("aten::pixel_shuffle(Tensor self, int upscale_factor) -> Tensor",
        {.forms = kOut, .samples = {"randn(1,8,2,3), 2", "randn(9,2,2), 3", "randn(1,7,2,2), 2"}}),
    row<pixel_unshuffle>("aten::pixel_unshuffle(Tensor self, int downscale_factor) -> Tensor",
        {.forms = kOut, .samples = {"randn(1,2,4,6), 2", "randn(1,2,3,4), 2"}}),
    row<channel_shuffle>("aten::channel_shuffle(Tensor self, SymInt groups) -> Tensor",
        {.forms = kOut, .samples = {"randn(2,6,2,2), 3", "randn(2,6,2), 2"}}),
    row<channel_shuffle>("aten::native_channel_shuffle(Tensor self, SymInt groups) -> Tensor",
        {.samples = {"randn(2,6,2,2), 3"}}),
    row<meshgrid>("aten::meshgrid(Tensor[] tensors) -> Tensor[]", {.samples = {"[randn(2), randn(3)]"}}),
    row<meshgrid_of>("aten::meshgrid.indexing(Tensor[] tensors, *, str indexing) -> Tensor[]",
        {.samples = {"[randn(2), randn(3)], indexing='ij'", "[randn(2), randn(3), randn(4)], indexing='xy'",
            "[randn(2)], indexing='xx'"}}),
    row<cartesian_prod>("aten::cartesian_prod(Tensor[] tensors) -> Tensor",
        {.samples = {"[arange(2), arange(3)]", "[arange(2)]"}}),
};
FACULA_FAMILY(joining, kJoining)

}  // namespace fac
