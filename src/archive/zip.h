// Zip container, read from its central directory: stored and deflated members, zip64, data descriptors, a comment at
// the end, bytes before the first member. docs/archive_format.md has the layout.
//   errors (kArchive, kLimit): name the member and the offset; duplicates, overlaps and false lengths are refused by
//   open(), so that everything a Member says can be trusted afterwards
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "archive/byte_source.h"
#include "base/limits.h"
#include "base/result.h"

namespace fac::archive {

struct Member {
  std::string name;
  std::uint64_t header_offset = 0;  // of the local header, from the start of the source
  std::uint64_t data_offset = 0;
  std::uint64_t stored_bytes = 0;  // in the file
  std::uint64_t bytes = 0;         // after inflation
  std::uint32_t crc32 = 0;         // 0: the writer did not compute it (torch.serialization.set_crc32_options(False))
  bool deflated = false;
};

class Zip {
 public:
  static Result<Zip> open(ByteSource source, const Limits& limits);
  Zip(Zip&&) = default;
  Zip& operator=(Zip&&) = default;

  const std::vector<Member>& members() const { return members_; }  // in the order of the directory, without folders
  const Member* find(std::string_view name) const;
  const ByteSource& source() const { return source_; }

  // The bytes of a stored member as they lie in the source, unchecked.
  Bytes stored(const Member& m) const;
  // Inflates or copies to `to`, which has room for m.bytes; checks the CRC unless the writer left it out.
  Status extract(const Member& m, std::uint8_t* to) const;
  Result<std::string> extract(const Member& m) const;
  Status check_crc(const Member& m) const;  // of a stored member

 private:
  Zip() = default;
  ByteSource source_;
    std::vector<Member> members_;
  std::unordered_map<std::string_view, std::size_t> index_;  // keys point into members_
};

}  // namespace fac::archive
