// Tensor: a handle on a strided view of a Storage. Copying a handle shares the view, as in PyTorch.
// No arithmetic here: operators live in ops/, loops in kernels/.
#pragma once

#include <cstdint>
#include <span>

#include "base/ref.h"
#include "base/result.h"
#include "base/small_vec.h"
#include "tensor/dtype.h"
#include "tensor/storage.h"

namespace fac {

using Dims = SmallVec<std::int64_t, 5>;
using Ints = std::span<const std::int64_t>;

std::int64_t product(Ints sizes);                 // number of elements; 1 for rank 0
Dims contiguous_strides(Ints sizes);              // row-major, in elements
Dims channels_last_strides(Ints sizes);           // rank 4 or 5
std::string ints_text(Ints v);                    // "[2, 3]"

class TensorImpl final : public RefCounted {
 public:
  Ref<Storage> storage;
  std::int64_t offset = 0;  // elements from the start of the storage
  std::int64_t numel = 0;
  Dims sizes, strides;      // strides in elements; may be 0 (broadcast), never negative
  DType dtype = DType::kFloat;
  bool contiguous = true;   // row-major without gaps
  bool requires_grad = false;
  bool is_parameter = false;  // came from an archive or API as nn.Parameter

  // Recomputes numel and contiguous after sizes or strides changed.
  void refresh();
};

class Tensor {
 public:
  Tensor() = default;  // undefined
  explicit Tensor(Ref<TensorImpl> impl) : impl_(std::move(impl)) {}

  // Uninitialised memory. errors: negative size, overflow of the byte count, no memory.
  static Result<Tensor> empty(Ints sizes, DType dtype);
  static Result<Tensor> empty_strided(Ints sizes, Ints strides, DType dtype);
  // Same sizes and dtype (or `dtype`); keeps the memory order of `like` where it is dense, as preserve_format does.
  static Result<Tensor> empty_like(const Tensor& like);
  static Result<Tensor> empty_like(const Tensor& like, DType dtype);
  // A view of storage; the caller has checked that every element lies inside it.
  static Tensor from_storage(Ref<Storage> storage, std::int64_t offset, Ints sizes, Ints strides, DType dtype);
  // Another view on this tensor's storage with the same dtype; `offset` is absolute, in elements.
  Tensor as_view(Ints sizes, Ints strides, std::int64_t offset) const;
  // A new handle on the same memory: own sizes and strides, shared storage (detach, alias).
  Tensor alias() const { return as_view(sizes(), strides(), impl_->offset); }

  bool defined() const { return static_cast<bool>(impl_); }
  TensorImpl* impl() const { return impl_.get(); }
  const Ref<TensorImpl>& ref() const { return impl_; }
  Ref<TensorImpl> take() && { return std::move(impl_); }
  bool is_same(const Tensor& o) const { return impl_ == o.impl_; }

  std::int64_t dim() const { return static_cast<std::int64_t>(impl_->sizes.size()); }
  std::int64_t numel() const { return impl_->numel; }
  Ints sizes() const { return impl_->sizes; }
  Ints strides() const { return impl_->strides; }
  // i in [0, dim()); the caller wraps negative dims (ops/dims.h) first.
  std::int64_t size(std::int64_t i) const { return impl_->sizes[static_cast<std::size_t>(i)]; }
  std::int64_t stride(std::int64_t i) const { return impl_->strides[static_cast<std::size_t>(i)]; }
  std::int64_t offset() const { return impl_->offset; }
  DType dtype() const { return impl_->dtype; }
  Device device() const { return impl_->storage->device(); }
  const Ref<Storage>& storage() const { return impl_->storage; }
  std::size_t element_bytes() const { return item_size(impl_->dtype); }

  bool is_contiguous() const { return impl_->contiguous; }
  bool is_contiguous(MemoryFormat f) const;
  // Every element of the storage range is covered once, in some order of dimensions.
  bool is_non_overlapping_and_dense() const;
  MemoryFormat suggest_memory_format() const;  // channels-last where the strides say so

  void* data() const {
    return static_cast<char*>(impl_->storage->data()) + impl_->offset * static_cast<std::int64_t>(element_bytes());
  }
  template <class T>
  T* data_as() const {
    return static_cast<T*>(data());
  }
  // Call before writing into a tensor that others may see (in-place and out forms).
  void bump_version() const { impl_->storage->bump_version(); }

 private:
  Ref<TensorImpl> impl_;
};

// Whether two tensors' memory may overlap (conservative: compares byte ranges).
bool may_overlap(const Tensor& a, const Tensor& b);

}  // namespace fac
