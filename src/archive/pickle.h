// The pickle machine: runs the instructions of a pickle (protocols 0 to 5) and builds a Value. Nothing is ever imported
// or executed: a global that is not on the list in pickle_globals.cpp is refused by name.
//   limits: pickle_items, pickle_depth; self-referring values are refused, so results can be destroyed recursively
//   errors (kArchive, kLimit, kNotImplemented): name the member and the offset of the instruction
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "archive/byte_source.h"
#include "base/limits.h"
#include "base/result.h"
#include "value/value.h"

namespace fac::archive {

class TypeRestorer;

// What a pickle of TorchScript needs to know about the classes of its program.
class ClassResolver {
 public:
  virtual ~ClassResolver() = default;
  // A class, enum or named tuple by qualified name ("__torch__.nets.Net"); null when the program has none. Any name that a
  // stranger wrote may be asked for: look it up in the archive's own code only.
  virtual Result<TypePtr> resolve(std::string_view qualified_name) = 0;
  // Whether objects of the class restore themselves from a state; otherwise their attributes are pickled one by one.
  virtual bool has_set_state(const ClassType& type) { return type.find_method("__setstate__") != nullptr; }
  // Runs __setstate__. The state's lists and dictionaries may lack element types: first call
  // types.restore(state, declared type of the argument). Afterwards every slot is checked against its declared type.
  virtual Status set_state(const Ref<ObjectBox>& object, Value state, TypeRestorer& types) = 0;
  // Kept by every object: the compilation unit.
  virtual std::shared_ptr<void> owner() { return nullptr; }
};

// Where persistent ids ("storage", dtype, key, location, numel) lead.
class StorageLoader {
 public:
  virtual ~StorageLoader() = default;
  virtual Result<Ref<Storage>> load(std::string_view key, DType dtype, std::int64_t numel) = 0;
};

struct PickleInput {
  Bytes bytes;
  std::string_view member;            // for messages
  const Limits* limits = nullptr;     // required
  ClassResolver* classes = nullptr;   // null: class names are refused
  StorageLoader* storages = nullptr;  // null: tensors are refused
};

// Reads one pickle from the start of input.bytes. `used`, when given, receives its length in bytes.
Result<Value> unpickle(const PickleInput& input, std::size_t* used = nullptr);

}  // namespace fac::archive
