// The `.debug_pkl` beside each source of an archive: which place of the author's program a piece of code came from.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "archive/byte_source.h"
#include "base/limits.h"
#include "base/result.h"

namespace fac::archive {

struct OriginalSource {
  std::string file;  // may be empty
  std::string text;
  std::int64_t starting_line = 0;  // of text in the file, 0-based
};

// Code from `code_offset` (bytes) up to the next record's came from [start, end) of the original text.
struct DebugRecord {
  std::int64_t code_offset = 0;
  std::shared_ptr<const OriginalSource> source;  // shared by the records of one function; never null in what was read
  std::int64_t start = 0, end = 0;               // bytes in source->text; start <= end <= size
};

struct DebugRecords {
  std::vector<DebugRecord> records;  // by code_offset
  // The record whose code contains the offset; null when there is none or it has no text.
  const DebugRecord* find(std::int64_t code_offset) const;
};

// Both formats: whole texts, and the string table that PyTorch 1.13 introduced.
Result<DebugRecords> read_debug_records(Bytes pickle, std::string_view member, const Limits& limits);

// The pickle that read_debug_records reads, with a table of strings (PyTorch 1.13 and later). Records without a source
// (null) say that nobody knows. tags: one for each record, equal for equal ranges of a program.
std::string write_debug_records(const DebugRecords& records, const std::vector<std::int64_t>& tags);

}  // namespace fac::archive
