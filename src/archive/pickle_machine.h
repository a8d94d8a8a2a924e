// The state of the pickle machine; only pickle*.cpp include this. pickle.cpp has the instructions, pickle_globals.cpp what
// globals stand for, pickle_objects.cpp how objects get their attributes.
//
// Hostile nesting. Every container built here has a Node with its exact depth. A container is complete as soon as
// something holds it, and is refused any later change: that makes depths final and self-reference impossible, so that
// destroying, comparing or printing a result recurses at most Limits::pickle_depth levels.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "archive/pickle.h"
#include "archive/restore_types.h"

namespace fac::archive {

enum class GlobalKind : std::uint8_t {
  kRebuildTensor, kRebuildTensorV2, kRebuildTensorV3, kRebuildParameter, kRebuildFromType,
  kBuildIntList, kBuildFloatList, kBuildBoolList, kBuildTensorList, kRestoreTypeTag,
  kOrderedDict, kDevice, kComplex, kSize, kEncode,
  kStorageType,  // torch.FloatStorage …: its dtype
  kTensorClass,  // torch.Tensor, torch.nn.Parameter as arguments of kRebuildFromType
  kClass,        // of the program: its type
};

// What stands on the stack without being a value of the language: functions, classes, storages, objects before BUILD.
// Tuples of arguments may hold them; lists, dictionaries, attributes and results may not.
class RawBox final : public RefCounted {
 public:
  enum class Kind : std::uint8_t { kGlobal, kStorage, kUnbuilt } kind = Kind::kGlobal;
  GlobalKind global = GlobalKind::kClass;
  DType dtype = DType::kUndefined;  // of storages and storage types
  TypePtr type;                     // of classes and unbuilt objects
  Ref<Storage> storage;
  std::string name;
};

class Machine {
 public:
  explicit Machine(const PickleInput& input) : in_(input) { nodes_.push_back({0, true, false}); }
  Result<Value> run();
  std::size_t used() const { return at_; }

 private:
  struct Node {
    std::uint32_t depth;  // 0: not a container
    bool complete;
    bool raw;  // is or holds a RawBox
  };
  static constexpr std::uint32_t kNoMemo = ~0u;  // node of memo entries that were never stored
  struct Item {
    Value value;
    std::uint32_t node = 0;
  };

  // pickle.cpp
  template <class... A>
  ErrorPtr fail(std::string_view format, const A&... args) const {
    return located(ErrorKind::kArchive, fmt(format, args...));
  }
  ErrorPtr located(ErrorKind kind, std::string_view text) const;
  ErrorPtr located(ErrorPtr e) const;  // adds member and offset to an error from below
  Result<const std::uint8_t*> take(std::uint64_t bytes);
  Result<std::uint64_t> take_uint(int bytes);
  Result<std::string_view> take_line();
  Result<std::string_view> take_counted(int length_bytes);
  Status push(Value v, std::uint32_t node = 0);
  Status push_text_int(std::string_view digits);
  Status push_long(std::uint64_t bytes);
  Result<Item> pop();
  Result<Item*> top();
  Result<std::size_t> pop_mark();
  std::uint32_t new_node(std::uint32_t depth, bool complete, bool raw);
  // Counts `child` as held by a container of depth `depth`, which grows.
  Status hold(const Item& child, std::uint32_t& depth, bool raw_allowed, bool* raw = nullptr);
  Status make_tuple(std::size_t first);
  Status append(std::size_t list, std::size_t first);
  Status set_items(std::size_t dict, std::size_t first);
  Status put(std::uint64_t id);
  Status get(std::uint64_t id);
  Status step(std::uint8_t op);

  // pickle_globals.cpp
  Status push_global(std::string_view module, std::string_view name);
  Status push_raw(RawBox raw);
  Status reduce();
  Result<Value> call(const RawBox& f, const Value& args, bool& fresh);
  Result<Value> call_on_tuple(const RawBox& f, const std::vector<Value>& args, bool& fresh);
  Status persistent_id();
  Result<Value> rebuild_tensor(const RawBox& f, const std::vector<Value>& args);
  Result<Value> rebuild_parameter(const std::vector<Value>& args);
  Result<Value> ordered_dict(const std::vector<Value>& args);
  Result<Value> encode(const std::vector<Value>& args);

  // pickle_objects.cpp
  Status new_object();
  Status build();
  Status build_object(const RawBox& unbuilt, Item state);
  Status check_slots(const ObjectBox& object, const char* when);
  Result<Value> enum_member(const RawBox& f, const Value& value);
  Result<Value> named_tuple(const RawBox& f, const std::vector<Value>& args);

  const PickleInput& in_;
  std::size_t at_ = 0;           // next byte
  std::size_t instruction_ = 0;  // start of the current instruction, for messages
  std::uint64_t items_ = 0;      // pushed so far
  std::vector<Item> stack_;
  std::vector<std::size_t> marks_;
  std::vector<Item> memo_;
  std::vector<Node> nodes_;
  TypeRestorer restorer_;
  std::unordered_map<std::string, TypePtr> classes_;  // resolved so far
};

const RawBox* as_raw(const Value& v);  // null for values of the language

}  // namespace fac::archive
