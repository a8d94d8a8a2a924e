// Values as pickles, in the order of instructions that TorchScript uses. Objects, tensors and containers that are
// reached twice are written once and stay shared. What gets a memo entry depends on the values alone, so that saving what
// was loaded gives the same bytes.
//   errors: a value that no archive can hold (kRuntime: futures, generators, functions), one that contains itself, one
//   nested deeper than Limits::pickle_depth (kLimit)
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "archive/pickle_stream.h"
#include "base/limits.h"
#include "base/result.h"
#include "value/value.h"

namespace fac::archive {

// What the writer of a pickle of TorchScript must ask about classes.
class ClassNamer {
 public:
  virtual ~ClassNamer() = default;
  // The qualified name under which the archive's code defines the type.
  virtual std::string name(const TypePtr& type) = 0;
  // The same for a type inside which classes are named, as an annotation: "List[__torch__.P]".
  virtual std::string annotation(const TypePtr& type) = 0;
  // What __getstate__ gives, for classes that have it and __setstate__; none: attributes are written one by one.
  virtual Result<std::optional<Value>> state(const Ref<ObjectBox>& object) = 0;
};

class PickleWriter {
 public:
  // namer null: objects and enums are refused.
  PickleWriter(ClassNamer* namer, const Limits& limits) : namer_(namer), limits_(limits) {}

  // Writes one whole pickle.
  Result<std::string> write(const Value& root);

  // Storages by their key "0", "1" …: each is to become a member of the archive.
  const std::vector<Ref<Storage>>& storages() const { return storages_; }
  // Classes of the objects, in the order in which they were met.
  const std::vector<TypePtr>& classes() const { return classes_; }

 private:
  Status count(const Value& v, std::uint32_t depth);
  Status count_inside(const Value& v, std::uint32_t depth);
  Status value(const Value& v);
  Status unshared(const Value& v);
  Status tensor(const Tensor& t);
  void storage(const Tensor& t);
  Status list(const ListBox& l);
  Status dict(const DictBox& d);
  Status object(const Value& v);

  ClassNamer* namer_;
  bool in_state_ = false;  // below what a __getstate__ gave
  const Limits& limits_;
  PickleStream out_;
  struct Seen {
    std::uint32_t references = 0;
    bool open = false;                  // on the path from the root: meeting it again is a cycle
    std::optional<std::uint32_t> memo;
  };
  std::unordered_map<const void*, Seen> seen_;
  std::unordered_map<const void*, std::optional<Value>> states_;  // by object
  struct StorageKey {
    std::size_t number;
    std::vector<std::pair<DType, std::uint32_t>> memos;  // one storage may be viewed as several dtypes
  };
  std::unordered_map<const void*, StorageKey> storage_keys_;
  std::vector<Ref<Storage>> storages_;
  std::vector<TypePtr> classes_;
  std::unordered_map<std::string, std::uint32_t> devices_;  // by name: the memo entry
};

}  // namespace fac::archive
