#include "archive/tensors.h"

#include <algorithm>
#include <complex>
#include <cstring>
#include <optional>

#include "base/checked.h"
#include "base/half.h"

namespace fac::archive {

namespace {

// Suits every dtype and the loads of the kernels; PyTorch itself aligns members to 64 bytes.
constexpr std::uintptr_t kAlignment = 16;

}  // namespace

std::size_t component_size(DType dtype) { return is_complex(dtype) ? item_size(dtype) / 2 : item_size(dtype); }

void swap_bytes(void* data, std::size_t bytes, DType dtype) {
  const std::size_t step = component_size(dtype);
  if (step < 2) return;
  auto* p = static_cast<std::uint8_t*>(data);
  for (std::size_t at = 0; at + step <= bytes; at += step) std::reverse(p + at, p + at + step);
}

Result<Ref<Storage>> ZipStorages::load(std::string_view key, DType dtype, std::int64_t numel) {
  const std::optional<std::int64_t> wanted = checked_mul(numel, static_cast<std::int64_t>(item_size(dtype)));
  if (!wanted || numel < 0) return error(ErrorKind::kArchive, "storage '{}' cannot have {} elements", key, numel);
  auto it = loaded_.find(std::string(key));
  if (it == loaded_.end()) {
    const Member* m = zip_.find(folder_ + std::string(key));
    Loaded loaded{nullptr, component_size(dtype)};
    if (m) {
      FACULA_TRY(loaded.storage, read(*m, dtype));
    } else if (numel == 0) {
      FACULA_TRY(loaded.storage, allocate_storage(0));
    } else {
      return error(ErrorKind::kArchive, "member '{}{}' with the data of a tensor is missing", folder_, key);
    }
    it = loaded_.emplace(key, std::move(loaded)).first;
  }
  if (big_endian_ && it->second.swapped_item != component_size(dtype))
    return error(ErrorKind::kNotImplemented, "storage '{}' of a big-endian archive is used with two dtypes", key);
  if (it->second.storage->bytes() < static_cast<std::uint64_t>(*wanted))
    return error(ErrorKind::kArchive, "member '{}{}' has {} bytes, but {} elements of {} need {}", folder_, key,
                 it->second.storage->bytes(), numel, dtype_name(dtype), *wanted);
  return it->second.storage;
}

Result<Ref<Storage>> ZipStorages::read(const Member& m, DType dtype) const {
  const std::shared_ptr<const void>& owner = zip_.source().owner();
  if (!m.deflated && owner && !(big_endian_ && component_size(dtype) > 1)) {
    const Bytes bytes = zip_.stored(m);
    if (reinterpret_cast<std::uintptr_t>(bytes.data()) % kAlignment == 0) {
      if (verify_) FACULA_TRY_VOID(zip_.check_crc(m));
      // Ours to write: see ByteSource::owner().
      return borrow_storage(const_cast<std::uint8_t*>(bytes.data()), bytes.size(), [owner] {});
    }
  }
  FACULA_TRY(Ref<Storage> storage, allocate_storage(m.bytes));
  FACULA_TRY_VOID(zip_.extract(m, static_cast<std::uint8_t*>(storage->data())));
  if (big_endian_) swap_bytes(storage->data(), storage->bytes(), dtype);
  return storage;
}

Result<Tensor> checked_view(Ref<Storage> storage, std::int64_t offset, Ints sizes, Ints strides, DType dtype) {
  const auto bad = [&](std::string_view why) {
    return error(ErrorKind::kArchive, "a tensor of sizes {}, strides {}, offset {}: {}", ints_text(sizes),
                 ints_text(strides), offset, why);
  };
  if (sizes.size() != strides.size()) return bad("as many strides as sizes are needed");
  if (offset < 0) return bad("the offset is negative");
  std::int64_t numel = 1, last = offset;  // last: largest element index reached
  bool overflow = false, empty = false;
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    if (sizes[i] < 0) return bad("a size is negative");
    if (strides[i] < 0) return bad("a stride is negative");
    empty |= sizes[i] == 0;
  }
  for (std::size_t i = 0; i < sizes.size() && !empty; ++i) {
    const auto n = checked_mul(numel, sizes[i]);
    const auto reach = checked_mul(sizes[i] - 1, strides[i]);
    const auto sum = reach ? checked_add(last, *reach) : std::nullopt;
    overflow |= !n || !sum;
    if (overflow) break;
    numel = *n;
    last = *sum;
  }
  const auto item = static_cast<std::int64_t>(item_size(dtype));
  const auto end = empty || overflow ? std::nullopt : checked_add(last, std::int64_t{1});
  const auto bytes = checked_mul(empty ? offset : end.value_or(0), item);
  if (overflow || (!empty && !end) || !bytes) return bad("the number of elements overflows");
  if (!empty && static_cast<std::uint64_t>(*bytes) > storage->bytes())
    return bad(fmt("{} bytes are needed, the storage has {}", *bytes, storage->bytes()));
  // Sizes with a zero may still hold others whose product overflows later.
  std::int64_t product = 1;
  for (const std::int64_t s : sizes) {
    const auto p = checked_mul(product, std::max<std::int64_t>(s, 1));
    const auto in_bytes = p ? checked_mul(*p, item) : std::nullopt;
    if (!in_bytes) return bad("the number of elements overflows");
    product = *p;
  }
  return Tensor::from_storage(std::move(storage), offset, sizes, strides, dtype);
}

namespace {

// Steps through all elements of `from` in row-major order and writes f(element) to `to`.
template <class T, class F>
void map_elements(const Tensor& from, T* to, F f) {
  const T* base = from.data_as<T>();
  Dims index(static_cast<std::size_t>(from.dim()), 0);
  std::int64_t at = 0;
  for (std::int64_t n = from.numel(); n-- > 0;) {
    *to++ = f(base[at]);
    for (std::size_t d = index.size(); d-- > 0;) {
      at += from.strides()[d];
      if (++index[d] < from.sizes()[d]) break;
      at -= from.strides()[d] * from.sizes()[d];
      index[d] = 0;
    }
  }
}

template <class C>
void resolve_complex(const Tensor& from, const Tensor& to, bool conjugate, bool negative) {
  map_elements(from, to.data_as<C>(), [=](C c) {
    if (conjugate) c = std::conj(c);
    return negative ? -c : c;
  });
}

}  // namespace

Result<Tensor> resolve_bits(const Tensor& t, bool conjugate, bool negative) {
  // A stride-0 view of a small storage may have any number of elements: do not let a stranger fill the memory.
  constexpr std::int64_t kMostExpansion = 1 << 20;
  if (t.numel() > kMostExpansion && static_cast<std::uint64_t>(t.numel()) > t.storage()->bytes())
    return error(ErrorKind::kLimit, "a conjugated or negated view has {} elements in {} bytes", t.numel(),
                 t.storage()->bytes());
  FACULA_TRY(Tensor out, Tensor::empty(t.sizes(), t.dtype()));
  switch (t.dtype()) {
    case DType::kComplexFloat: resolve_complex<std::complex<float>>(t, out, conjugate, negative); return out;
    case DType::kComplexDouble: resolve_complex<std::complex<double>>(t, out, conjugate, negative); return out;
    // Views on the imaginary part of conjugated tensors are negated real ones.
    case DType::kFloat: map_elements(t, out.data_as<float>(), [=](float x) { return negative ? -x : x; }); return out;
    case DType::kDouble: map_elements(t, out.data_as<double>(), [=](double x) { return negative ? -x : x; }); return out;
    default:
      return error(ErrorKind::kNotImplemented, "a conjugated or negated view of dtype {} is not supported",
                   dtype_name(t.dtype()));
  }
}

}  // namespace fac::archive
