#include "tensor/tensor.h"

#include <algorithm>
#include <numeric>

#include "tensor/sizes.h"

namespace fac {

std::int64_t product(Ints sizes) {
  std::int64_t n = 1;
  for (auto s : sizes) n = wrap_mul(n, s);  // whoever takes sizes from outside looks at them before
  return n;
}

Dims contiguous_strides(Ints sizes) {
  Dims strides(sizes.size());
  std::int64_t step = 1;
  for (std::size_t i = sizes.size(); i-- > 0;) {
    strides[i] = step;
    step = wrap_mul(step, std::max<std::int64_t>(sizes[i], 1));
  }
  return strides;
}

Dims channels_last_strides(Ints sizes) {
  Dims strides(sizes.size());
  const std::size_t n = sizes.size();
  std::int64_t step = 1;
  const auto put = [&](std::size_t i) {
    strides[i] = step;
    step = wrap_mul(step, std::max<std::int64_t>(sizes[i], 1));
  };
  put(1);
  for (std::size_t i = n; i-- > 2;) put(i);
  put(0);
  return strides;
}

std::string ints_text(Ints v) {
  std::string out = "[";
  for (std::size_t i = 0; i < v.size(); ++i) {
    if (i) out += ", ";
    out += std::to_string(v[i]);
  }
  return out + "]";
}

void TensorImpl::refresh() {
  numel = product(sizes);
  contiguous = true;
  if (numel == 0) return;
  std::int64_t step = 1;
  for (std::size_t i = sizes.size(); i-- > 0;) {
    if (sizes[i] == 1) continue;
    if (strides[i] != step) {
      contiguous = false;
      return;
    }
    step = wrap_mul(step, sizes[i]);
  }
}

Tensor Tensor::from_storage(Ref<Storage> storage, std::int64_t offset, Ints sizes, Ints strides, DType dtype) {
  auto impl = make_ref<TensorImpl>();
  impl->storage = std::move(storage);
  impl->offset = offset;
  impl->sizes = Dims(sizes);
  impl->strides = Dims(strides);
  impl->dtype = dtype;
  impl->refresh();
  return Tensor(std::move(impl));
}

Result<Tensor> Tensor::empty(Ints sizes, DType dtype) {
  return empty_strided(sizes, contiguous_strides(sizes), dtype);
}

Result<Tensor> Tensor::empty_strided(Ints sizes, Ints strides, DType dtype) {
  std::int64_t last = 0;  // highest element index
  bool none = false;
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    FACULA_CHECK(sizes[i] >= 0, "Trying to create tensor with negative dimension {}: {}", sizes[i], ints_text(sizes));
    none = none || sizes[i] == 0;
  }
  for (std::size_t i = 0; i < sizes.size() && !none; ++i) {
    const auto reach = checked_mul(sizes[i] - 1, strides[i]);
    const auto sum = reach ? checked_add(last, *reach) : std::nullopt;
    FACULA_CHECK(sum.has_value(), "Storage size calculation overflowed with sizes={}", ints_text(sizes));
    last = *sum;
  }
  if (!none) FACULA_TRY_VOID(checked_numel(sizes));  // strides may be 0
  const auto count = none ? std::optional<std::int64_t>(0) : checked_add(last, std::int64_t{1});
  const auto bytes = count ? checked_mul(*count, static_cast<std::int64_t>(item_size(dtype))) : std::nullopt;
  FACULA_CHECK(bytes.has_value() && *bytes >= 0, "Storage size calculation overflowed with sizes={}", ints_text(sizes));
  FACULA_TRY(Ref<Storage> storage, allocate_storage(static_cast<std::size_t>(*bytes)));
  return from_storage(std::move(storage), 0, sizes, strides, dtype);
}

Result<Tensor> Tensor::empty_like(const Tensor& like) { return empty_like(like, like.dtype()); }

Result<Tensor> Tensor::empty_like(const Tensor& like, DType dtype) {
  if (like.is_contiguous()) return empty(like.sizes(), dtype);
  if (like.is_non_overlapping_and_dense()) return empty_strided(like.sizes(), like.strides(), dtype);
  // Neither: keep the order of dimensions, without gaps (outermost = largest stride, ties keep their order).
  const std::size_t n = like.sizes().size();
  SmallVec<std::size_t, 5> order(n);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    const std::int64_t sa = like.strides()[a], sb = like.strides()[b];
    return sa != 0 && sb != 0 && sa > sb;
  });
  Dims strides(n);
  std::int64_t step = 1;
  for (std::size_t k = n; k-- > 0;) {
    strides[order[k]] = step;
    step *= std::max<std::int64_t>(like.sizes()[order[k]], 1);
  }
  return empty_strided(like.sizes(), strides, dtype);
}

Tensor Tensor::as_view(Ints sizes, Ints strides, std::int64_t offset) const {
  return from_storage(impl_->storage, offset, sizes, strides, impl_->dtype);
}

bool Tensor::is_contiguous(MemoryFormat f) const {
  if (f == MemoryFormat::kContiguous || f == MemoryFormat::kPreserve) return is_contiguous();
  const std::int64_t rank = f == MemoryFormat::kChannelsLast ? 4 : 5;
  if (dim() != rank) return false;
  std::int64_t step = 1;
  const auto fits = [&](std::int64_t i) {
    if (size(i) != 1) {
      if (stride(i) != step) return false;
      step *= size(i);
    }
    return true;
  };
  if (!fits(1)) return false;
  for (std::int64_t i = rank - 1; i >= 2; --i)
    if (!fits(i)) return false;
  return fits(0);
}

bool Tensor::is_non_overlapping_and_dense() const {
  if (is_contiguous()) return true;
  SmallVec<std::size_t, 5> order(sizes().size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    if (sizes()[a] < 2) return false;
    if (sizes()[b] < 2) return true;
    return strides()[a] < strides()[b];
  });
  std::int64_t step = 1;
  for (auto d : order) {
    if (sizes()[d] < 2) return true;
    if (strides()[d] != step) return false;
    step *= sizes()[d];
  }
  return true;
}

MemoryFormat Tensor::suggest_memory_format() const {
  // Channels must be the innermost dimension with every other stride larger, as PyTorch decides it.
  const auto looks_like = [&](std::int64_t rank) {
    if (dim() != rank || stride(1) == 0) return false;
    std::int64_t smallest = 0;
    const auto step = [&](std::int64_t i) {
      if (size(i) == 0 || stride(i) < smallest) return false;
      if (i == 0 && smallest == stride(1)) return false;
      smallest = stride(i);
      if (size(i) > 1) smallest *= size(i);
      return true;
    };
    if (!step(1)) return false;
    for (std::int64_t i = rank - 1; i >= 2; --i)
      if (!step(i)) return false;
    return step(0);
  };
  if (looks_like(4)) return MemoryFormat::kChannelsLast;
  if (looks_like(5)) return MemoryFormat::kChannelsLast3d;
  return MemoryFormat::kContiguous;
}

bool may_overlap(const Tensor& a, const Tensor& b) {
  if (a.storage() != b.storage() || a.numel() == 0 || b.numel() == 0) return false;
  const auto range = [](const Tensor& t) {
    std::int64_t last = t.offset();
    for (std::int64_t i = 0; i < t.dim(); ++i) last += (t.size(i) - 1) * t.stride(i);
    const auto w = static_cast<std::int64_t>(t.element_bytes());
    return std::pair{t.offset() * w, (last + 1) * w};
  };
  const auto [a0, a1] = range(a);
  const auto [b0, b1] = range(b);
  return a0 < b1 && b0 < a1;
}

}  // namespace fac
