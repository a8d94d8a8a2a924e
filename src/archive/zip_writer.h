// ZipWriter: the container as PyTorch lays it out. Everything lies below one folder; the data of each member starts at a
// multiple of 64 bytes, so that readers can map it; local headers leave sizes and CRC to a data descriptor; a zip64 end
// record always stands at the end. docs/archive_format.md draws it.
#pragma once

#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "archive/byte_sink.h"

namespace fac::archive {

class ZipWriter {
 public:
  // `sink` must outlive the writer. folder: "model", without slash.
  ZipWriter(ByteSink& sink, std::string folder) : sink_(sink), prefix_(std::move(folder) + "/") {}

  // errors: the name is taken; the sink's
  Status add(std::string_view name, Bytes bytes, bool deflate = false);
  Status add(std::string_view name, std::string_view text, bool deflate = false) {
    return add(name, Bytes(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()), deflate);
  }
  // Version, byte order and serialization id as PyTorch's writer ends an archive, then the directory.
  Status finish(int version);

 private:
  struct Entry {
    std::string name;  // with the folder
    std::uint64_t offset, stored, bytes;
    std::uint32_t crc;
    bool deflated;
  };
  Status put(Bytes bytes);
  Status directory();
  std::string serialization_id() const;

  ByteSink& sink_;
  std::string prefix_;
  std::uint64_t at_ = 0;
  std::vector<Entry> entries_;
  std::unordered_set<std::string> names_;
};

}  // namespace fac::archive
