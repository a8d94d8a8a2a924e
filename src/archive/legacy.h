// What torch.save wrote before PyTorch 1.6, and still writes with _use_new_zipfile_serialization=False:
//   pickle: magic number | pickle: protocol version | pickle: facts about the machine | pickle: the object, whose tensors
//   name storages by key | pickle: list of keys | for each key: int64 number of elements, the elements
#pragma once

#include "archive/byte_source.h"
#include "base/limits.h"
#include "base/result.h"
#include "value/value.h"

namespace fac::archive {

bool is_legacy_save(Bytes bytes);
// All tensors are copied. errors: as unpickle(); truncated; keys that do not belong together
Result<Value> read_legacy_save(Bytes bytes, const Limits& limits);

}  // namespace fac::archive
