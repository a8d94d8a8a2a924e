#include "archive/legacy.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <string>
#include <unordered_map>

#include "archive/pickle.h"
#include "archive/tensors.h"
#include "base/checked.h"

namespace fac::archive {

namespace {

// LONG1, 10 bytes: 0x1950a86a20f9469cfc6c, the number that starts the first pickle; then STOP.
constexpr std::array<std::uint8_t, 13> kMagic = {0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, '.'};
constexpr std::int64_t kProtocolVersion = 1001;
constexpr std::size_t kProto = 2, kFrame = 9;  // bytes of the PROTO and FRAME instructions

// End of the first pickle, or 0 when there is no magic number.
std::size_t after_magic(Bytes b) {
  for (const std::size_t at : {kProto, kProto + kFrame})
    if (b.size() >= at + kMagic.size() && b[0] == 0x80 && std::equal(kMagic.begin(), kMagic.end(), b.begin() + static_cast<std::ptrdiff_t>(at)))
      return at + kMagic.size();
  return 0;
}

// Hands out storages of the sizes that the object's pickle asks for; the data follow later in the file.
class LaterStorages final : public StorageLoader {
 public:
  struct Entry {
    Ref<Storage> storage;
    DType dtype;
    std::int64_t numel;
  };
  explicit LaterStorages(std::uint64_t bytes_left) : bytes_left_(bytes_left) {}

  Result<Ref<Storage>> load(std::string_view key, DType dtype, std::int64_t numel) override {
    auto it = entries.find(std::string(key));
    if (it == entries.end()) {
      const auto bytes = checked_mul(static_cast<std::uint64_t>(numel), static_cast<std::uint64_t>(item_size(dtype)));
      if (!bytes || *bytes > bytes_left_)
        return error(ErrorKind::kArchive, "storage '{}' of {} elements is larger than what is left of the file", key, numel);
      bytes_left_ -= *bytes;
      FACULA_TRY(Ref<Storage> storage, allocate_storage(*bytes));
      std::memset(storage->data(), 0, *bytes);
      it = entries.emplace(key, Entry{std::move(storage), dtype, numel}).first;
    }
    return it->second.storage;
  }

  std::unordered_map<std::string, Entry> entries;

 private:
  std::uint64_t bytes_left_;
};

class Reader {
 public:
  Reader(Bytes bytes, const Limits& limits) : bytes_(bytes), limits_(limits), at_(after_magic(bytes)) {}

  Result<Value> read() {
    FACULA_TRY(const Value version, next("protocol version", nullptr));
    if (!version.is_int() || version.i() != kProtocolVersion)
      return error(ErrorKind::kArchive, "the old format of torch.save in a version that is not known");
    FACULA_TRY(const Value machine, next("system information", nullptr));
    const Value* little = machine.is_dict() ? machine.dict().find(Value("little_endian")) : nullptr;
    big_endian_ = little && little->is_bool() && !little->b();
    LaterStorages storages(bytes_.size() - at_);
    // Run twice: the storages' data stand behind the object, but some tensors are computed from them when they are built.
    const std::size_t object_at = at_;
    FACULA_TRY_VOID(next("object", &storages));
    FACULA_TRY(const Value keys, next("list of keys", nullptr));
    if (!keys.is_list()) return error(ErrorKind::kArchive, "the list of storages is missing");
    std::size_t filled = 0;
    for (const Value& key : keys.list().to_values()) {
      const auto it = key.is_str() ? storages.entries.find(key.str()) : storages.entries.end();
      if (it == storages.entries.end()) return error(ErrorKind::kArchive, "offset {}: data of a storage that nothing uses", at_);
      FACULA_TRY_VOID(fill(it->first, it->second));
      ++filled;
    }
    if (filled != storages.entries.size())
      return error(ErrorKind::kArchive, "the file has data for {} of {} storages", filled, storages.entries.size());
    at_ = object_at;
    return next("object", &storages);
  }

 private:
  Result<Value> next(std::string_view what, StorageLoader* storages) {
    std::size_t used = 0;
    Result<Value> v = unpickle({bytes_.subspan(at_), what, &limits_, nullptr, storages}, &used);
    at_ += used;
    return v;
  }

  Status fill(const std::string& key, const LaterStorages::Entry& e) {
    if (bytes_.size() - at_ < 8 + e.storage->bytes())
      return error(ErrorKind::kArchive, "offset {}: the file ends before the {} bytes of storage '{}'", at_,
                   e.storage->bytes(), key);
    std::int64_t numel = 0;
    for (std::size_t i = 8; i-- > 0;) numel = static_cast<std::int64_t>(static_cast<std::uint64_t>(numel) << 8 | bytes_[at_ + i]);
    if (numel != e.numel)
      return error(ErrorKind::kArchive, "offset {}: storage '{}' has {} elements here and {} in the object", at_, key,
                   numel, e.numel);
    at_ += 8;
    if (e.storage->bytes() != 0) std::memcpy(e.storage->data(), bytes_.data() + at_, e.storage->bytes());
    at_ += e.storage->bytes();
    if (big_endian_) swap_bytes(e.storage->data(), e.storage->bytes(), e.dtype);
    return {};
  }

  Bytes bytes_;
  const Limits& limits_;
  std::size_t at_;
  bool big_endian_ = false;
};

}  // namespace

bool is_legacy_save(Bytes bytes) { return after_magic(bytes) != 0; }

Result<Value> read_legacy_save(Bytes bytes, const Limits& limits) { return Reader(bytes, limits).read(); }

}  // namespace fac::archive
