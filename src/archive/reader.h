// Archive: a file that torch.jit.save or torch.save wrote, as a whole.
//
//   FACULA_TRY(auto bytes, ByteSource::map_file("model.pt"));
//   FACULA_TRY(auto archive, Archive::open(std::move(bytes)));
//   FACULA_TRY(auto constants, archive->constants());                   // first: the code refers to CONSTANTS.c0 …
//   FACULA_TRY(auto text, archive->source("__torch__.nets"));           // what the resolver compiles, on demand
//   FACULA_TRY(Value module, archive->data(resolver));
//
// Tensors keep what they need of the bytes; nothing else points into the Archive. Not for several threads at once.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "archive/byte_source.h"
#include "archive/debug_records.h"
#include "archive/identify.h"
#include "archive/pickle.h"
#include "archive/restore_types.h"
#include "archive/tensors.h"
#include "archive/zip.h"
#include "base/limits.h"

namespace fac::archive {

constexpr std::int64_t kNewestVersion = 10;  // of the file format, in PyTorch 1.12 up to 2.13

struct OpenOptions {
  Limits limits{};
  bool verify = false;  // also check the CRC of tensors that are used in place (reads the whole file)
};

class Archive {
 public:
  // Any zip written by PyTorch. errors: not a zip (says what it is instead), damaged, of a newer format version.
  static Result<std::unique_ptr<Archive>> open(ByteSource source, const OpenOptions& options = {});

  ArchiveKind kind() const { return kind_; }
  // An error that says what the file is and what to do, unless it is TorchScript.
  Status expect_torchscript() const;

  // File format version, which is also the version of the operators its code was written for; 1 … kNewestVersion.
  std::int64_t version() const { return version_; }
  const std::string& name() const { return name_; }           // the top folder
  const std::string& file() const { return zip_.source().name(); }
  const std::vector<Member>& members() const { return zip_.members(); }  // with full names
  bool has_bytecode() const { return has("bytecode.pkl"); }  // of the mobile interpreter, not used

  // Records are named below the top folder: "code/__torch__.py".
  bool has(std::string_view record) const { return find(record) != nullptr; }
  const Member* find(std::string_view record) const;
  Result<std::string> record(std::string_view record) const;

  // The text of a module of the program: "__torch__.nets" is "code/__torch__/nets.py". No value when there is none.
  Result<std::optional<std::string>> source(std::string_view qualified_name) const;
  std::vector<std::string> sources() const;  // qualified names of all of them
  // Where the code of that module came from; empty when the archive does not say. Costs as much as reading the
  // text, so it is left for when a message needs it.
  Result<DebugRecords> debug_records(std::string_view qualified_name) const;

  // CONSTANTS.c0, c1 …; usually tensors. Objects among them need `classes`.
  Result<std::vector<Value>> constants(ClassResolver* classes = nullptr);
  // The module (or whatever torch.save was given). Called twice, the tensors share their memory.
  Result<Value> data(ClassResolver* classes);
  Result<Value> data(ClassResolver& classes) { return data(&classes); }

  // What the user stored beside the model: `_extra_files`.
  std::vector<std::string> extra_files() const;
  Result<std::string> extra_file(std::string_view name) const;

 private:
  Archive(Zip zip, const OpenOptions& options) : zip_(std::move(zip)), options_(options) {}
  Status read_header();
  Status read_version();
  Status read_byte_order();
  Result<Value> read_pickle(std::string_view record, ClassResolver* classes, StorageLoader* storages) const;

  const Zip zip_;
  const OpenOptions options_;
  std::string name_, prefix_;  // "net", "net/"
  ArchiveKind kind_ = ArchiveKind::kOther;
  std::int64_t version_ = 0;
  bool big_endian_ = false;
  std::optional<ZipStorages> data_storages_, constant_storages_;
};

// What torch.save(object) wrote, in the zip format or in the one before PyTorch 1.6: state dicts, tensors, and lists,
// tuples and dictionaries of them. errors: as Archive::open; a pickled Python object (says which class).
Result<Value> read_saved(ByteSource source, const OpenOptions& options = {});

}  // namespace fac::archive
