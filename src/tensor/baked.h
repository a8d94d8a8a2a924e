// Storages whose bytes compiled code has baked in: packed weights, folded constants. A baked copy is stale when the
// storage's version has changed. Who lends memory to others (DLPack) asks here whether their writes can make one stale.
#pragma once

#include "tensor/storage.h"

namespace fac {

// Kept beside the baked copy.
struct BakedFrom {
  explicit BakedFrom(Ref<Storage> s);  // notes the storage for is_baked()
  bool stale() const { return storage->version() != version; }
  Ref<Storage> storage;
  std::uint32_t version;
};

// Whether something was ever baked from this storage. A storage that took the place of an older one in memory may be
// mistaken for it: the answer "yes" costs time, never correctness. Thread-safe.
bool is_baked(const Storage* s);

}  // namespace fac
