#include "archive/safetensors.h"

#include <algorithm>
#include <charconv>
#include <cstring>

#include "archive/reader.h"
#include "archive/tensors.h"
#include "base/checked.h"

namespace fac::archive {

namespace {

using Named = std::vector<std::pair<std::string, Tensor>>;

constexpr std::uint64_t kMostHeader = 100'000'000;  // as the format's own library
constexpr std::size_t kAlignment = 16;

struct DTypeRow {
  std::string_view name;
  DType dtype;
};
constexpr DTypeRow kTypes[] = {{"F64", DType::kDouble}, {"F32", DType::kFloat}, {"F16", DType::kHalf}, {"BF16", DType::kBFloat16},
                               {"I64", DType::kInt64}, {"I32", DType::kInt32}, {"I16", DType::kInt16}, {"I8", DType::kInt8},
                               {"U8", DType::kUInt8}, {"BOOL", DType::kBool}, {"C64", DType::kComplexFloat}};

std::uint64_t header_length(Bytes b) {
  std::uint64_t n = 0;
  for (std::size_t i = 8; i-- > 0;) n = n << 8 | b[i];
  return n;
}

struct Entry {
  std::string name, dtype;
  std::vector<std::int64_t> shape;
  std::uint64_t begin = 0, end = 0;
  bool has_offsets = false;
};

// The subset of JSON that a header needs; nothing recurses but values that are skipped, to a fixed depth.
class Header {
 public:
  explicit Header(std::string_view text) : text_(text) {}

  Result<std::vector<Entry>> read() {
    std::vector<Entry> out;
    FACULA_TRY_VOID(expect('{'));
    if (accept('}')) return out;
    do {
      Entry e;
      FACULA_TRY(e.name, string());
      FACULA_TRY_VOID(expect(':'));
      if (e.name == "__metadata__") {
        FACULA_TRY_VOID(skip(0));
        continue;
      }
      FACULA_TRY_VOID(entry(e));
      out.push_back(std::move(e));
    } while (accept(','));
    FACULA_TRY_VOID(expect('}'));
    space();
    if (at_ != text_.size()) return fail("something follows the header");
    return out;
  }

 private:
  ErrorPtr fail(std::string_view what) const { return error(ErrorKind::kArchive, "safetensors header, offset {}: {}", at_ + 8, what); }
  void space() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\t' || text_[at_] == '\r')) ++at_;
  }
  bool accept(char c) {
    space();
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  Status expect(char c) {
    if (!accept(c)) return fail(fmt("expected `{}`", c));
    return {};
  }
  Result<std::string> string() {
    FACULA_TRY_VOID(expect('"'));
    std::string out;
    while (at_ < text_.size() && text_[at_] != '"') {
      char c = text_[at_++];
      if (c == '\\') {
        if (at_ >= text_.size()) break;
        c = text_[at_++];
        switch (c) {
          case 'n': c = '\n'; break;
          case 't': c = '\t'; break;
          case '"': case '\\': case '/': break;
          default: return fail("an escape that names of tensors do not need");
        }
      }
      out += c;
    }
    FACULA_TRY_VOID(expect('"'));
    return out;
  }
  Result<std::uint64_t> number() {
    space();
    std::uint64_t n = 0;
    const auto [end, code] = std::from_chars(text_.data() + at_, text_.data() + text_.size(), n);
    if (code != std::errc() || n > static_cast<std::uint64_t>(INT64_MAX)) return fail("expected a non-negative number");
    at_ = static_cast<std::size_t>(end - text_.data());
    return n;
  }
  template <class F>
  Status array(F each) {
    FACULA_TRY_VOID(expect('['));
    if (accept(']')) return {};
    do {
      FACULA_TRY(const std::uint64_t n, number());
      FACULA_TRY_VOID(each(n));
    } while (accept(','));
    return expect(']');
  }
  Status entry(Entry& e) {
    FACULA_TRY_VOID(expect('{'));
    do {
      FACULA_TRY(const std::string key, string());
      FACULA_TRY_VOID(expect(':'));
      if (key == "dtype") {
        FACULA_TRY(e.dtype, string());
      } else if (key == "shape") {
        FACULA_TRY_VOID(array([&](std::uint64_t n) -> Status {
          if (e.shape.size() >= 64) return fail("a tensor of more than 64 dimensions");
          e.shape.push_back(static_cast<std::int64_t>(n));
          return {};
        }));
      } else if (key == "data_offsets") {
        int i = 0;
        FACULA_TRY_VOID(array([&](std::uint64_t n) -> Status {
          if (i > 1) return fail("data_offsets has two numbers");
          (i++ == 0 ? e.begin : e.end) = n;
          return {};
        }));
        e.has_offsets = i == 2;
      } else {
        FACULA_TRY_VOID(skip(0));
      }
    } while (accept(','));
    return expect('}');
  }
  Status skip(int depth) {
    if (depth > 32) return fail("values are nested too deeply");
    space();
    if (at_ >= text_.size()) return fail("the header ends early");
    const char c = text_[at_];
    if (c == '"') {
      FACULA_TRY_VOID(string());
      return {};
    }
    if (c == '{' || c == '[') {
      const char close = c == '{' ? '}' : ']';
      ++at_;
      if (accept(close)) return {};
      do {
        if (c == '{') {
          FACULA_TRY_VOID(string());
          FACULA_TRY_VOID(expect(':'));
        }
        FACULA_TRY_VOID(skip(depth + 1));
      } while (accept(','));
      return expect(close);
    }
    const std::size_t start = at_;
    while (at_ < text_.size() && std::string_view(",}] \n\t\r").find(text_[at_]) == std::string_view::npos) ++at_;
    if (at_ == start) return fail("expected a value");
    return {};
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

bool is_safetensors(Bytes b) {
  if (b.size() < 10 || b[8] != '{') return false;
  const std::uint64_t n = header_length(b);
  return n >= 2 && n <= kMostHeader && n <= b.size() - 8;
}

Result<Named> read_safetensors(const ByteSource& source, const Limits& limits) {
  const Bytes bytes = source.bytes();
  if (!is_safetensors(bytes)) return error(ErrorKind::kArchive, "{}: not a safetensors file", source.name());
  const auto length = static_cast<std::size_t>(header_length(bytes));
  FACULA_TRY(auto entries, Header(std::string_view(reinterpret_cast<const char*>(bytes.data()) + 8, length)).read());
  if (entries.size() > limits.archive_entries) return error(ErrorKind::kLimit, "{}: more than {} tensors", source.name(), limits.archive_entries);
  const Bytes data = bytes.subspan(8 + length);
  Named out;
  for (const Entry& e : entries) {
    const auto bad = [&](std::string_view why) {
      return error(ErrorKind::kArchive, "{}: tensor '{}' at offset {}: {}", source.name(), e.name, 8 + length + e.begin, why);
    };
    const auto* type = std::find_if(std::begin(kTypes), std::end(kTypes), [&](const DTypeRow& r) { return r.name == e.dtype; });
    if (type == std::end(kTypes)) return bad(fmt("dtype {} is not supported", e.dtype.empty() ? "(none)" : e.dtype));
    if (!e.has_offsets || e.begin > e.end || e.end > data.size()) return bad("its data lie outside the file");
    std::optional<std::int64_t> bytes_needed = static_cast<std::int64_t>(item_size(type->dtype));
    for (const std::int64_t n : e.shape)
      if (bytes_needed) bytes_needed = checked_mul(*bytes_needed, n);
    if (!bytes_needed || static_cast<std::uint64_t>(*bytes_needed) != e.end - e.begin)
      return bad(fmt("shape {} of {} needs other than {} bytes", ints_text(e.shape), e.dtype, e.end - e.begin));
    const Bytes part = data.subspan(e.begin, e.end - e.begin);
    const auto& owner = source.owner();
    Ref<Storage> storage;
    // Mapped: in place, unless the element does not stand where the CPU wants it.
    if (owner && reinterpret_cast<std::uintptr_t>(part.data()) % std::min<std::size_t>(kAlignment, std::max<std::size_t>(item_size(type->dtype), 1)) == 0) {
      storage = borrow_storage(const_cast<std::uint8_t*>(part.data()), part.size(), [owner] {});
    } else {
      FACULA_TRY(storage, allocate_storage(part.size()));
      if (!part.empty()) std::memcpy(storage->data(), part.data(), part.size());
    }
    FACULA_TRY(Tensor t, checked_view(std::move(storage), 0, e.shape, contiguous_strides(e.shape), type->dtype));
    out.emplace_back(e.name, std::move(t));
  }
  return out;
}

Result<Named> read_state_dict(ByteSource source, const Limits& limits) {
  if (is_safetensors(source.bytes())) return read_safetensors(source, limits);
  const std::string file = source.name();
  OpenOptions options;
  options.limits = limits;
  FACULA_TRY(Value v, read_saved(std::move(source), options));
  const auto tensors_of = [](const Value& d) {
    Named out;
    if (!d.is_dict()) return out;
    for (const auto& [k, item] : d.dict().items())
      if (k.is_str() && item.is_tensor()) out.emplace_back(k.str(), item.tensor());
    return out;
  };
  Named found = tensors_of(v);
  if (!found.empty() || (v.is_dict() && v.dict().size() == 0)) return found;  // a module may have no weights
  if (v.is_dict())
    for (const char* key : {"state_dict", "model_state_dict", "model", "net", "params", "params_ema", "module", "weights"})
      if (const Value* inner = v.dict().find(Value(key))) {
        found = tensors_of(*inner);
        if (!found.empty()) return found;
      }
  return error(ErrorKind::kArchive, "{}: no state dict: a {} without tensors by name", file, tag_name(v.tag()));
}

}  // namespace fac::archive
