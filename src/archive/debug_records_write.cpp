// Writing debug records: lines of all sources go into one table of strings, each different one once.
#include <string_view>
#include <unordered_map>

#include "archive/debug_records.h"
#include "archive/pickle_stream.h"

namespace fac::archive {
namespace {

class Writer {
 public:
  // The indexes of a source's lines and of its file name. Entry 0 is the empty string.
  struct Indexes {
    std::vector<std::int64_t> lines;
    std::int64_t file = 0;
  };

  std::string write(const DebugRecords& records, const std::vector<std::int64_t>& tags) {
    index("");
    for (const DebugRecord& r : records.records) indexes(r.source.get());
    out_.text("FORMAT_WITH_STRING_TABLE");
    tuple(strings_.size(), [&](std::size_t i) { out_.text(strings_[i]); });
    out_.put();
    tuple(records.records.size(), [&](std::size_t i) {
      const DebugRecord& r = records.records[i];
      out_.integer(r.code_offset);
      source(r.source.get());
      out_.integer(r.start).integer(r.end).tuple_of(3).integer(tags[i]).tuple_of(3);
    });
    out_.put();
    out_.tuple_of(3).stop();
    return out_.take();
  }

 private:
  template <class F>
  void tuple(std::size_t n, F item) {
    if (n > 3) out_.mark();
    for (std::size_t i = 0; i < n; ++i) item(i);
    if (n > 3) out_.tuple();
    else out_.tuple_of(n);
  }

  std::int64_t index(std::string_view text) {
    const auto [it, fresh] = known_.try_emplace(text, static_cast<std::int64_t>(strings_.size()));
    if (fresh) strings_.push_back(text);
    return it->second;
  }

  const Indexes& indexes(const OriginalSource* s) {
    const auto [it, fresh] = sources_.try_emplace(s);
    if (!fresh || !s) return it->second;
    const std::string_view text = s->text;
    for (std::size_t at = 0;;) {
      const std::size_t end = text.find('\n', at);
      it->second.lines.push_back(index(text.substr(at, end == text.npos ? end : end + 1 - at)));
      if (end == text.npos) break;
      at = end + 1;
    }
    it->second.file = index(s->file);
    return it->second;
  }

  void source(const OriginalSource* s) {
    const auto [it, fresh] = memos_.try_emplace(s);
    if (!fresh) {
      out_.get(it->second);
      return;
    }
    const Indexes& i = indexes(s);
    out_.global("torch.jit._pickle", "build_intlist").mark().empty_list().mark();
    for (const std::int64_t line : i.lines) out_.integer(line);
    out_.appends().tuple().reduce().integer(i.file).integer(s ? s->starting_line : 0).tuple_of(3);
    it->second = out_.put();
  }

  PickleStream out_;
  std::vector<std::string_view> strings_;
  std::unordered_map<std::string_view, std::int64_t> known_;
  std::unordered_map<const OriginalSource*, Indexes> sources_;
  std::unordered_map<const OriginalSource*, std::uint32_t> memos_;
};

}  // namespace

std::string write_debug_records(const DebugRecords& records, const std::vector<std::int64_t>& tags) {
  return Writer().write(records, tags);
}

}  // namespace fac::archive
