// ByteSource: a read-only view of a whole file's bytes, and what keeps them alive. Copies share the bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <memory>
#include <span>
#include <string>

#include "base/result.h"

namespace fac::archive {

using Bytes = std::span<const std::uint8_t>;

class ByteSource {
 public:
  // Maps a regular file privately (copy on write: tensors that point into it may be written, the file never changes);
  // anything else that can be opened (a pipe) is read into memory. The file must not shrink while it is mapped.
  static Result<ByteSource> map_file(const std::string& path);

  // The user's memory, not copied: it must stay valid while `keep_alive` lives or, when that is null, until the archive
  // has been read. Tensors never point into it.
  static ByteSource borrow(const void* data, std::size_t bytes, std::shared_ptr<const void> keep_alive = nullptr);

  static Result<ByteSource> copy(const void* data, std::size_t bytes);

  // Everything from the stream's current position on. Where that is not the start of an archive and the stream can be
  // rewound, it is read from its beginning, as libtorch does. errors: at its end or failed, and not seekable.
  static Result<ByteSource> read_stream(std::istream& in);

  Bytes bytes() const { return bytes_; }
  const std::string& name() const { return name_; }  // for messages: the path, "stream" or "memory"

  // What keeps writable bytes alive; null when the bytes belong to somebody else and must be copied before use.
  const std::shared_ptr<const void>& owner() const { return owner_; }

 private:
  Bytes bytes_;
  std::shared_ptr<const void> owner_;       // of bytes that are ours to write
  std::shared_ptr<const void> keep_alive_;  // of borrowed bytes
  std::string name_;
};

}  // namespace fac::archive
