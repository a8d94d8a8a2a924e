// Tensors of an archive: storages by key, one Storage for all tensors that share it, and views on them.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>

#include "archive/pickle.h"
#include "archive/zip.h"
#include "tensor/tensor.h"

namespace fac::archive {

// Stored members of a source that owns its bytes are used in place: a mapped file costs nothing until it is read.
// Copied instead: deflated members, borrowed memory, big-endian archives, addresses not aligned to 16 bytes.
class ZipStorages final : public StorageLoader {
 public:
  // `folder`: "name/data/"; `big_endian`: elements are swapped while they are copied; `verify`: checks CRCs of
  // members that are used in place. zip must outlive this object; the storages need neither.
  ZipStorages(const Zip& zip, std::string folder, bool big_endian, bool verify)
      : zip_(zip), folder_(std::move(folder)), big_endian_(big_endian), verify_(verify) {}

  // Same key, same Storage. errors: no such member, shorter than numel elements. Not for several threads at once.
  Result<Ref<Storage>> load(std::string_view key, DType dtype, std::int64_t numel) override;

 private:
  Result<Ref<Storage>> read(const Member& m, DType dtype) const;

  const Zip& zip_;
  std::string folder_;
  bool big_endian_, verify_;
  struct Loaded {
    Ref<Storage> storage;
    std::size_t swapped_item;  // bytes of the component that was swapped; 0: none
  };
  std::unordered_map<std::string, Loaded> loaded_;
};

// A view after checking that every element lies inside the storage.
// errors (kArchive): ranks differ, negative size, stride or offset, overflow, outside the storage
Result<Tensor> checked_view(Ref<Storage> storage, std::int64_t offset, Ints sizes, Ints strides, DType dtype);

// Applies the lazy conjugate and negative bits that Python's torch.save keeps beside a tensor: a contiguous copy.
Result<Tensor> resolve_bits(const Tensor& t, bool conjugate, bool negative);

// Reverses the bytes of each component (complex numbers have two).
void swap_bytes(void* data, std::size_t bytes, DType dtype);
std::size_t component_size(DType dtype);

}  // namespace fac::archive
