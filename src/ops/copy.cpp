#include "ops/copy.h"

#include <cstring>

#include "kernels/copy.h"
#include "ops/broadcast.h"
#include "ops/elementwise.h"
#include "tensor/sizes.h"

namespace fac {

Status copy_into(const Tensor& dst, const Tensor& src) {
  if (dst.is_same(src)) return {};
  FACULA_TRY_VOID(ops::check_writable(dst));
  if (!ops::same_sizes(dst.sizes(), src.sizes())) {
    Dims shape(dst.sizes());
    const Status fits = ops::broadcast_into(shape, src.sizes());
    FACULA_CHECK(fits.ok() && ops::same_sizes(shape, dst.sizes()),
                 "output with shape {} doesn't match the broadcast shape {}", ints_text(dst.sizes()),
                 ints_text(fits.ok() ? Ints(shape) : src.sizes()));
  }
  if (dst.numel() == 0) return {};
  FACULA_CHECK(dst.dim() <= 64, "only tensors with up to 64 dims are supported");
  Tensor from = src;
  if (dst.storage() == src.storage()) {
    if (dst.data() == src.data() && dst.dtype() == src.dtype() && ops::same_sizes(dst.sizes(), src.sizes()) &&
        ops::same_sizes(dst.strides(), src.strides()))
      return {};
    if (may_overlap(dst, src)) {
      FACULA_TRY(from, clone(src));
    }
  }
  if (dst.dtype() == from.dtype() && dst.is_contiguous() && from.is_contiguous() && dst.numel() == from.numel() &&
      dst.numel() <= 512) {
    std::memcpy(dst.data(), from.data(), static_cast<std::size_t>(dst.numel()) * dst.element_bytes());
    return {};
  }
  ops::Operands operands(dst.sizes());
  operands.add(dst);
  operands.add(from);
  kernels::copy(operands.get());
  return {};
}

Status resize(const Tensor& t, Ints sizes) {
  TensorImpl& impl = *t.impl();
  if (ops::same_sizes(impl.sizes, sizes)) return {};
  const auto width = static_cast<std::int64_t>(t.element_bytes());
  FACULA_TRY(const std::int64_t count, checked_numel(sizes));
  const auto end = checked_add(impl.offset, count), bytes = end ? checked_mul(*end, width) : std::nullopt;
  FACULA_CHECK(bytes, "Storage size calculation overflowed with sizes={}", ints_text(sizes));
  const auto need = static_cast<std::size_t>(*bytes);
  if (need > impl.storage->bytes()) {
    FACULA_TRY(Ref<Storage> larger, allocate_storage(need));
    if (impl.storage->bytes() > 0) std::memcpy(larger->data(), impl.storage->data(), impl.storage->bytes());
    impl.storage = std::move(larger);
  }
  impl.sizes = Dims(sizes);
  impl.strides = contiguous_strides(sizes);
  impl.refresh();
  return {};
}

Result<Tensor> contiguous(const Tensor& t) {
  if (t.is_contiguous()) return t;
  FACULA_TRY(Tensor out, Tensor::empty(t.sizes(), t.dtype()));
  FACULA_TRY_VOID(copy_into(out, t));
  return out;
}

Result<Tensor> clone(const Tensor& t) {
  FACULA_TRY(Tensor out, Tensor::empty_like(t));
  FACULA_TRY_VOID(copy_into(out, t));
  return out;
}

Result<Tensor> cast(const Tensor& t, DType dtype) {
  if (t.dtype() == dtype) return t;
  FACULA_TRY(Tensor out, Tensor::empty_like(t, dtype));
  FACULA_TRY_VOID(copy_into(out, t));
  return out;
}

namespace ops {

Result<Tensor> expand_to(const Tensor& t, Ints sizes) {
  const std::size_t rank = static_cast<std::size_t>(t.dim());
  FACULA_CHECK(sizes.size() >= rank,
               "expand({}, size={}): the number of sizes provided ({}) must be greater or equal to the number of "
               "dimensions in the tensor ({})",
               ints_text(t.sizes()), ints_text(sizes), sizes.size(), rank);
  const std::size_t shift = sizes.size() - rank;
  Dims out(sizes), strides(sizes.size(), 0);
  for (std::size_t i = sizes.size(); i-- > 0;) {
    if (i < shift) {
      FACULA_CHECK(sizes[i] != -1,
                   "The expanded size of the tensor ({}) isn't allowed in a leading, non-existing dimension {}",
                   sizes[i], i);
      FACULA_CHECK(sizes[i] >= 0, "The expanded size of the tensor ({}) isn't allowed in a leading, non-existing "
                   "dimension {}", sizes[i], i);
      continue;
    }
    const std::int64_t have = t.sizes()[i - shift];
    if (sizes[i] == -1) out[i] = have;
    FACULA_CHECK(out[i] == have || have == 1,
                 "The expanded size of the tensor ({}) must match the existing size ({}) at non-singleton dimension "
                 "{}.  Target sizes: {}.  Tensor sizes: {}",
                 out[i], have, i, ints_text(sizes), ints_text(t.sizes()));
    strides[i] = out[i] == have ? t.strides()[i - shift] : 0;
  }
  // Strides of new leading dimensions: as PyTorch, the product to the right if size 1, else 0.
  for (std::size_t i = shift; i-- > 0;)
    if (out[i] == 1) strides[i] = i + 1 < out.size() ? wrap_mul(out[i + 1], strides[i + 1]) : 1;
  FACULA_TRY_VOID(checked_numel(out));
  return t.as_view(out, strides, t.offset());
}

}  // namespace ops
}  // namespace fac
