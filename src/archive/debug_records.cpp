#include "archive/debug_records.h"

#include <algorithm>
#include <unordered_map>

#include "archive/pickle.h"

namespace fac::archive {

namespace {

// First element of the newer format: (marker, table of strings, records).
constexpr std::string_view kStringTableMarker = "FORMAT_WITH_STRING_TABLE";

const std::vector<Value>* tuple_of(const Value& v, std::size_t at_least) {
  if (!v.is_tuple() || v.tuple().values.size() < at_least) return nullptr;
  return &v.tuple().values;
}

class Decoder {
 public:
  Decoder(std::string_view member, const Limits& limits) : member_(member), limits_(limits) {}

  Result<DebugRecords> decode(const Value& root) {
    const std::vector<Value>* top = tuple_of(root, 0);
    if (!top) return bad("not a tuple of records");
    if (!top->empty() && (*top)[0].is_str()) {
      if (top->size() != 3 || (*top)[0].str() != kStringTableMarker) return bad("a format that is not known");
      table_ = tuple_of((*top)[1], 0);
      top = tuple_of((*top)[2], 0);
      if (!table_ || !top) return bad("the table of strings or the records are missing");
    }
    DebugRecords out;
    out.records.reserve(top->size());
    for (const Value& entry : *top) {
      FACULA_TRY(DebugRecord r, record(entry));
      out.records.push_back(std::move(r));
    }
    std::stable_sort(out.records.begin(), out.records.end(),
                     [](const DebugRecord& a, const DebugRecord& b) { return a.code_offset < b.code_offset; });
    return out;
  }

 private:
  ErrorPtr bad(std::string_view why) const {
    return error(ErrorKind::kArchive, "archive member '{}': damaged debug records: {}", member_, why);
  }

  // (offset in the code, (source, start, end) [, tag])
  Result<DebugRecord> record(const Value& v) {
    const std::vector<Value>* r = tuple_of(v, 2);
    const std::vector<Value>* range = r ? tuple_of((*r)[1], 3) : nullptr;
    if (!range || !(*r)[0].is_int() || !(*range)[1].is_int() || !(*range)[2].is_int()) return bad("a record of another shape");
    DebugRecord out;
    out.code_offset = (*r)[0].i();
    FACULA_TRY(out.source, source((*range)[0]));
    const auto size = static_cast<std::int64_t>(out.source->text.size());
    out.start = std::clamp<std::int64_t>((*range)[1].i(), 0, size);
    out.end = std::clamp<std::int64_t>((*range)[2].i(), out.start, size);
    return out;
  }

  // (text or indexes of its lines, file name or its index or None, first line); shared by many records.
  Result<std::shared_ptr<const OriginalSource>> source(const Value& v) {
    const std::vector<Value>* s = tuple_of(v, 3);
    if (!s || !(*s)[2].is_int()) return bad("a source of another shape");
    auto& known = sources_[v.box_ptr()];
    if (known) return known;
    auto out = std::make_shared<OriginalSource>();
    out->starting_line = (*s)[2].i();
    const Value& text = (*s)[0];
    const Value& file = (*s)[1];
    if (table_) {
      if (!text.is_list()) return bad("a source without lines");
      for (const Value& line : text.list().to_values()) FACULA_TRY_VOID(add_text(line, out->text));
      FACULA_TRY_VOID(add_text(file, out->file));
    } else {
      if (!text.is_str()) return bad("a source without text");
      out->text = text.str();
      if (file.is_str()) out->file = file.str();
    }
    known = std::move(out);
    return known;
  }

  // Appends entry `index` of the string table. One long line may be named again and again: the sum is bounded.
  Status add_text(const Value& index, std::string& to) {
    if (!index.is_int() || index.i() < 0 || static_cast<std::uint64_t>(index.i()) >= table_->size() ||
        !(*table_)[static_cast<std::size_t>(index.i())].is_str())
      return bad("an index outside the table of strings");
    const std::string& text = (*table_)[static_cast<std::size_t>(index.i())].str();
    total_ += text.size();
    if (total_ > limits_.source_bytes) return error(ErrorKind::kLimit, "archive member '{}' holds too much text", member_);
    to += text;
    return {};
  }

  std::string_view member_;
  const Limits& limits_;
  const std::vector<Value>* table_ = nullptr;  // null in the older format
  std::uint64_t total_ = 0;
  std::unordered_map<const void*, std::shared_ptr<const OriginalSource>> sources_;
};

}  // namespace

Result<DebugRecords> read_debug_records(Bytes pickle, std::string_view member, const Limits& limits) {
  FACULA_TRY(const Value root, unpickle({pickle, member, &limits, nullptr, nullptr}));
  return Decoder(member, limits).decode(root);
}

const DebugRecord* DebugRecords::find(std::int64_t code_offset) const {
  auto it = std::upper_bound(records.begin(), records.end(), code_offset,
                             [](std::int64_t offset, const DebugRecord& r) { return offset < r.code_offset; });
  if (it == records.begin()) return nullptr;
  --it;
  return it->source->text.empty() ? nullptr : &*it;
}

}  // namespace fac::archive
