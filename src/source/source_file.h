// SourceFile: the text of one program file. Range: a stretch of it.
// Both are what every diagnostic, IR node and stack frame points with.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/ref.h"

namespace fac {

class SourceFile;

// 16 bytes, copied freely, owns nothing: whoever stores ranges for long (a Tree, a Graph, a DiagSink) also keeps a
// Ref<const SourceFile> of the file. A default Range is "no range" (code that Facula itself made up).
struct Range {
  const SourceFile* file = nullptr;
  std::uint32_t begin = 0;  // byte offsets into file->text(), end exclusive
  std::uint32_t end = 0;

  explicit operator bool() const { return file != nullptr; }
  friend bool operator==(const Range&, const Range&) = default;
  std::string_view text() const;  // the marked program text; "" without a range
};

// The smallest range holding both; the other one where one of them is "no range".
Range cover(Range a, Range b);

struct Position {
  std::uint32_t line = 0;    // as the user counts: 1-based, shifted by the file's first line
  std::uint32_t column = 0;  // 1-based, bytes
};

// An archive's debug record says for stretches of its serialized code which original Python source they came from.
struct Origin {
  std::uint32_t begin;  // where the stretch starts in the serialized text; it lasts until the next entry
  Range range;          // original source; may be "no range"
};

class SourceFile : public RefCounted {
 public:
  // first_line: number of the text's first line in the file named `name` (a function cut out of a .py file has > 1).
  // Text beyond 4 GiB is cut off; readers check Limits::source_bytes before.
  SourceFile(std::string name, std::string text, std::uint32_t first_line = 1);

  const std::string& name() const { return name_; }
  std::string_view text() const { return text_; }
  std::uint32_t size() const { return static_cast<std::uint32_t>(text_.size()); }
  std::uint32_t first_line() const { return first_line_; }

  std::uint32_t line_count() const { return static_cast<std::uint32_t>(line_begins_.size()); }
  std::uint32_t line_index(std::uint32_t offset) const;  // 0-based within text()
  std::uint32_t line_begin(std::uint32_t line_index) const { return line_begins_[line_index]; }
  std::string_view line_text(std::uint32_t line_index) const;  // without its newline
  Position position(std::uint32_t offset) const;

  // Entries sorted by begin; `files` keeps alive what they point to. Set once, before the file is shared.
  void set_origins(std::vector<Origin> origins, std::vector<Ref<const SourceFile>> files);
  Range origin(Range serialized) const;  // "no range" where unknown

 private:
  std::string name_;
  std::string text_;
  std::uint32_t first_line_;
  std::vector<std::uint32_t> line_begins_;
  std::vector<Origin> origins_;
  std::vector<Ref<const SourceFile>> origin_files_;
};

}  // namespace fac
