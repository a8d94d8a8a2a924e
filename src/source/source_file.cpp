#include "source/source_file.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace fac {

std::string_view Range::text() const {
  if (!file || begin >= end || begin >= file->size()) return {};
  return file->text().substr(begin, end - begin);
}

Range cover(Range a, Range b) {
  if (!a) return b;
  if (!b || a.file != b.file) return a;
  return {a.file, std::min(a.begin, b.begin), std::max(a.end, b.end)};
}

SourceFile::SourceFile(std::string name, std::string text, std::uint32_t first_line)
    : name_(std::move(name)), text_(std::move(text)), first_line_(first_line) {
  constexpr std::size_t kMaxBytes = std::numeric_limits<std::uint32_t>::max() - 1;
  if (text_.size() > kMaxBytes) text_.resize(kMaxBytes);
  line_begins_.push_back(0);
  for (std::size_t at = text_.find('\n'); at != std::string::npos; at = text_.find('\n', at + 1))
    line_begins_.push_back(static_cast<std::uint32_t>(at + 1));
}

std::uint32_t SourceFile::line_index(std::uint32_t offset) const {
  const auto after = std::upper_bound(line_begins_.begin(), line_begins_.end(), offset);
  return static_cast<std::uint32_t>(after - line_begins_.begin()) - 1;
}

std::string_view SourceFile::line_text(std::uint32_t line_index) const {
  const std::uint32_t begin = line_begins_[line_index];
  const std::uint32_t end = line_index + 1 < line_count() ? line_begins_[line_index + 1] - 1 : size();
  return text().substr(begin, end - begin);
}

Position SourceFile::position(std::uint32_t offset) const {
  const std::uint32_t line = line_index(offset);
  return {first_line_ + line, offset - line_begins_[line] + 1};
}

void SourceFile::set_origins(std::vector<Origin> origins, std::vector<Ref<const SourceFile>> files) {
  origins_ = std::move(origins);
  origin_files_ = std::move(files);
}

Range SourceFile::origin(Range serialized) const {
  const auto after = std::upper_bound(origins_.begin(), origins_.end(), serialized.begin,
                                      [](std::uint32_t offset, const Origin& o) { return offset < o.begin; });
  return after == origins_.begin() ? Range{} : std::prev(after)->range;
}

}  // namespace fac
