// The views that other operators are made of; the rows are in views.cpp.
#include <algorithm>

#include "base/checked.h"
#include "ops/broadcast.h"
#include "ops/copy.h"
#include "ops/dims.h"
#include "ops/functions.h"

namespace fac::ops {

Tensor view_of(const Tensor& t, Ints sizes, Ints strides, std::int64_t offset) {
  return t.as_view(sizes, strides, offset);
}

Result<Tensor> select(const Tensor& t, std::int64_t dim, std::int64_t index) {
  FACULA_CHECK_KIND(t.dim() > 0, kIndex, "select() cannot be applied to a 0-dim tensor.");
  FACULA_TRY(const std::int64_t d, wrap_dim(dim, t.dim()));
  const std::int64_t n = t.size(d);
  FACULA_CHECK_KIND(index >= -n && index < n, kIndex,
                    "select(): index {} out of range for tensor of size {} at dimension {}", index,
                    ints_text(t.sizes()), d);
  const std::int64_t i = index < 0 ? index + n : index;
  Dims sizes(t.sizes()), strides(t.strides());
  const std::int64_t offset = t.offset() + i * t.stride(d);
  sizes.erase(sizes.begin() + d);
  strides.erase(strides.begin() + d);
  return view_of(t, sizes, strides, offset);
}

Result<Tensor> slice(const Tensor& t, std::int64_t dim, std::optional<std::int64_t> start,
                     std::optional<std::int64_t> end, std::int64_t step) {
  FACULA_CHECK(t.dim() > 0, "slice() cannot be applied to a 0-dim tensor.");
  FACULA_TRY(const std::int64_t d, wrap_dim(dim, t.dim()));
  FACULA_CHECK(step > 0, "slice step must be positive");
  const std::int64_t n = t.size(d);
  const auto clip = [n](std::int64_t i) { return std::clamp<std::int64_t>(i < 0 ? i + n : i, 0, n); };
  const std::int64_t from = clip(start.value_or(0));
  const std::int64_t to = std::max(from, clip(end.value_or(n)));
  Dims sizes(t.sizes()), strides(t.strides());
  const auto k = static_cast<std::size_t>(d);
  sizes[k] = to == from ? 0 : (to - from - 1) / step + 1;
  strides[k] = wrap_mul(strides[k], step);
  return view_of(t, sizes, strides, t.offset() + from * t.stride(d));
}

Result<Tensor> narrow(const Tensor& t, std::int64_t dim, std::int64_t start, std::int64_t length) {
  FACULA_CHECK(t.dim() > 0, "narrow() cannot be applied to a 0-dim tensor.");
  FACULA_CHECK(length >= 0, "narrow(): length must be non-negative.");
  FACULA_TRY(const std::int64_t d, wrap_dim(dim, t.dim()));
  const std::int64_t n = t.size(d);
  FACULA_CHECK_KIND(start >= -n && start <= n, kIndex,
                    "Dimension out of range (expected to be in range of [{}, {}], but got {})", -n, n, start);
  const std::int64_t from = start < 0 ? start + n : start;
  FACULA_CHECK(from <= n - length, "start ({}) + length ({}) exceeds dimension size ({}).", from, length, n);
  return slice(t, d, from, from + length, 1);
}

Result<Tensor> transpose(const Tensor& t, std::int64_t a, std::int64_t b) {
  FACULA_TRY(const std::int64_t i, wrap_dim(a, t.dim()));
  FACULA_TRY(const std::int64_t j, wrap_dim(b, t.dim()));
  if (i == j) return t.alias();
  Dims sizes(t.sizes()), strides(t.strides());
  std::swap(sizes[static_cast<std::size_t>(i)], sizes[static_cast<std::size_t>(j)]);
  std::swap(strides[static_cast<std::size_t>(i)], strides[static_cast<std::size_t>(j)]);
  return view_of(t, sizes, strides, t.offset());
}

Result<Tensor> permute(const Tensor& t, Ints dims) {
  FACULA_CHECK(static_cast<std::int64_t>(dims.size()) == t.dim(),
               "permute(sparse_coo): number of dimensions in the tensor input does not match the length of the "
               "desired ordering of dimensions i.e. input.dim() = {} is not equal to len(dims) = {}",
               t.dim(), dims.size());
  Dims sizes, strides;
  std::uint64_t seen = 0;
  for (auto dim : dims) {
    FACULA_TRY(const std::int64_t d, wrap_dim(dim, t.dim()));
    FACULA_CHECK(!(seen >> d & 1), "permute(): duplicate dims are not allowed.");
    seen |= std::uint64_t{1} << d;
    sizes.push_back(t.size(d));
    strides.push_back(t.stride(d));
  }
  return view_of(t, sizes, strides, t.offset());
}

Result<Tensor> movedim(const Tensor& t, Ints from, Ints to) {
  FACULA_CHECK(from.size() == to.size(),
               "movedim: Invalid source or destination dims: source ({} dims) should contain the same number of dims "
               "as destination ({} dims)",
               ints_text(from), ints_text(to));
  const auto rank = static_cast<std::size_t>(t.dim());
  Dims order(rank, -1);
  std::uint64_t taken = 0;
  for (std::size_t k = 0; k < from.size(); ++k) {
    FACULA_TRY(const std::int64_t f, wrap_dim(from[k], t.dim()));
    FACULA_TRY(const std::int64_t d, wrap_dim(to[k], t.dim()));
    if (rank == 0) return t.alias();
    FACULA_CHECK(!(taken >> f & 1), "movedim: repeated dim in `source` ({})", ints_text(from));
    FACULA_CHECK(order[static_cast<std::size_t>(d)] < 0, "movedim: repeated dim in `destination` ({})", ints_text(to));
    taken |= std::uint64_t{1} << f;
    order[static_cast<std::size_t>(d)] = f;
  }
  std::int64_t next = 0;
  for (auto& d : order) {
    if (d >= 0) continue;
    while (taken >> next & 1) ++next;
    d = next++;
  }
  return permute(t, order);
}

Result<Tensor> unsqueeze(const Tensor& t, std::int64_t dim) {
  FACULA_TRY(const std::int64_t d, wrap_dim(dim, t.dim() + 1));
  Dims sizes(t.sizes()), strides(t.strides());
  const std::int64_t stride = d < t.dim() ? t.size(d) * t.stride(d) : 1;
  sizes.insert(sizes.begin() + d, 1);
  strides.insert(strides.begin() + d, stride);
  return view_of(t, sizes, strides, t.offset());
}

Tensor squeeze_set(const Tensor& t, const std::bitset<64>& set) {
  Dims sizes, strides;
  for (std::int64_t d = 0; d < t.dim(); ++d) {
    if (t.size(d) == 1 && set[static_cast<std::size_t>(d)]) continue;
    sizes.push_back(t.size(d));
    strides.push_back(t.stride(d));
  }
  return view_of(t, sizes, strides, t.offset());
}

namespace {

// Sizes with one -1 replaced. errors: PyTorch's.
Result<Dims> infer_sizes(Ints asked, std::int64_t numel) {
  Dims sizes(asked);
  std::int64_t known = 1, hole = -1;
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    if (sizes[i] == -1) {
      FACULA_CHECK(hole < 0, "only one dimension can be inferred");
      hole = static_cast<std::int64_t>(i);
    } else {
      FACULA_CHECK(sizes[i] >= 0, "invalid shape dimension {} at index {} of shape {}", sizes[i], i, ints_text(asked));
      if (__builtin_mul_overflow(known, sizes[i], &known)) known = -1;
    }
  }
  if (hole < 0) {
    FACULA_CHECK(known == numel, "shape '{}' is invalid for input of size {}", ints_text(asked), numel);
    return sizes;
  }
  FACULA_CHECK(known != 0 || numel != 0,
               "cannot reshape tensor of 0 elements into shape {} because the unspecified dimension size -1 can be any "
               "value and is ambiguous",
               ints_text(asked));
  FACULA_CHECK(known > 0 && numel % known == 0, "shape '{}' is invalid for input of size {}", ints_text(asked), numel);
  sizes[static_cast<std::size_t>(hole)] = numel / known;
  return sizes;
}

// Strides that show t's elements as `sizes` without a copy: each run of dimensions of t that is dense in itself must
// be covered by whole dimensions of the new shape.
std::optional<Dims> view_strides(const Tensor& t, Ints sizes) {
  if (t.numel() == 0) {
    if (same_sizes(sizes, t.sizes())) return Dims(t.strides());
    return contiguous_strides(sizes);
  }
  if (t.dim() == 0) return Dims(sizes.size(), 1);
  Dims out(sizes.size());
  std::int64_t next = static_cast<std::int64_t>(sizes.size()) - 1;  // dimension of the new shape to be placed
  std::int64_t base = t.stride(t.dim() - 1), run = 1, placed = 1;
  for (std::int64_t d = t.dim() - 1; d >= 0; --d) {
    run *= t.size(d);
    if (d != 0 && (t.size(d - 1) == 1 || t.stride(d - 1) == run * base)) continue;
    while (next >= 0 && (placed < run || sizes[static_cast<std::size_t>(next)] == 1)) {
      out[static_cast<std::size_t>(next)] = placed * base;
      placed *= sizes[static_cast<std::size_t>(next)];
      --next;
    }
    if (placed != run) return std::nullopt;
    if (d > 0) {
      base = t.stride(d - 1);
      run = placed = 1;
    }
  }
  if (next != -1) return std::nullopt;
  return out;
}
}  // namespace

Result<Tensor> squeeze(const Tensor& t, std::int64_t dim) {
  FACULA_TRY(const std::int64_t d, wrap_dim(dim, t.dim()));
  return squeeze_set(t, DimSet(1ull << d));
}

Result<Tensor> view(const Tensor& t, Ints asked) {
  FACULA_TRY(const Dims sizes, infer_sizes(asked, t.numel()));
  const auto strides = view_strides(t, sizes);
  FACULA_CHECK(strides.has_value(),
               "view size is not compatible with input tensor's size and stride (at least one dimension spans across "
               "two contiguous subspaces). Use .reshape(...) instead.");
  return view_of(t, sizes, *strides, t.offset());
}

Result<Tensor> reshape(const Tensor& t, Ints asked) {
  FACULA_TRY(const Dims sizes, infer_sizes(asked, t.numel()));
  if (const auto strides = view_strides(t, sizes)) return view_of(t, sizes, *strides, t.offset());
  FACULA_TRY(const Tensor dense, clone_as(t, MemoryFormat::kContiguous));
  return view_of(dense, sizes, contiguous_strides(sizes), dense.offset());
}

Result<Tensor> flatten(const Tensor& t, std::int64_t from, std::int64_t to) {
  FACULA_TRY(const std::int64_t a, wrap_dim(from, t.dim()));
  FACULA_TRY(const std::int64_t b, wrap_dim(to, t.dim()));
  FACULA_CHECK(a <= b, "flatten() has invalid args: start_dim cannot come after end_dim");
  if (t.dim() == 0) return reshape(t, Dims{1});
  if (a == b) return t;
  Dims sizes;
  std::int64_t merged = 1;
  for (std::int64_t d = 0; d < t.dim(); ++d) {
    if (d < a || d > b) sizes.push_back(t.size(d));
    else merged *= t.size(d);
    if (d == b) sizes.push_back(merged);
  }
  return reshape(t, sizes);
}

Result<Tensor> diagonal(const Tensor& t, std::int64_t offset, std::int64_t dim1, std::int64_t dim2) {
  FACULA_TRY(const std::int64_t a, wrap_dim(dim1, t.dim()));
  FACULA_TRY(const std::int64_t b, wrap_dim(dim2, t.dim()));
  FACULA_CHECK(a != b && t.dim() >= 2, "diagonal dimensions cannot be identical {}, {}", dim1, dim2);
  const std::int64_t n = offset >= 0 ? std::max<std::int64_t>(std::min(t.size(a), t.size(b) - offset), 0)
                                     : std::max<std::int64_t>(std::min(t.size(a) + offset, t.size(b)), 0);
  std::int64_t start = t.offset();
  if (n > 0) start += offset >= 0 ? offset * t.stride(b) : -offset * t.stride(a);
  Dims sizes, strides;
  for (std::int64_t d = 0; d < t.dim(); ++d) {
    if (d == a || d == b) continue;
    sizes.push_back(t.size(d));
    strides.push_back(t.stride(d));
  }
  sizes.push_back(n);
  strides.push_back(wrap_add(t.stride(a), t.stride(b)));
  return view_of(t, sizes, strides, start);
}

Result<std::vector<Tensor>> broadcast_tensors(std::span<const Tensor> tensors) {
  Dims shape;
  for (const auto& t : tensors)
    if (t.defined()) FACULA_TRY_VOID(broadcast_into(shape, t.sizes()));
  std::vector<Tensor> out;
  for (const auto& t : tensors) {
    if (!t.defined()) {
      out.emplace_back();
      continue;
    }
    FACULA_TRY(Tensor e, expand_to(t, shape));
    out.push_back(std::move(e));
  }
  return out;
}

}  // namespace fac::ops
