// Text whose parts remember which range of the user's program they were made for.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "frontend/unparse/printer.h"

namespace fac::script {

class MarkedText {
 public:
  // Appends `text`, made for `range`. An empty string leaves no mark.
  void add(std::string_view text, Range range) {
    if (text.empty()) return;
    mark(text_.size(), range);
    text_ += text;
  }
  void add(const MarkedText& other) {
    for (const TextMark& m : other.marks_) mark(text_.size() + m.offset, m.range);
    text_ += other.text_;
  }
  const std::string& text() const { return text_; }
  const std::vector<TextMark>& marks() const { return marks_; }

 private:
  void mark(std::size_t offset, Range range) {
    if (marks_.empty() || !(marks_.back().range == range)) marks_.push_back({offset, range});
  }

  std::string text_;
  std::vector<TextMark> marks_;
};

}  // namespace fac::script
