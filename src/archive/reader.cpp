#include "archive/reader.h"

#include <algorithm>
#include <charconv>

#include "archive/legacy.h"

namespace fac::archive {

namespace {

constexpr std::string_view kCode = "code/", kPython = ".py", kDebug = ".debug_pkl", kExtra = "extra/";

ErrorPtr in_file(const ByteSource& source, std::string_view text) {
  return error(ErrorKind::kArchive, "cannot read '{}': {}", source.name(), text);
}
ErrorPtr in_file(const ByteSource& source, ErrorPtr e) {
  e->message = fmt("cannot read '{}': {}", source.name(), e->message);
  return e;
}

// "__torch__.a.b" -> "code/__torch__/a/b.py"
std::string source_path(std::string_view qualified_name) {
  std::string path(kCode);
  path += qualified_name;
  std::replace(path.begin(), path.end(), '.', '/');
  return path += kPython;
}

Bytes bytes_of(const std::string& s) { return {reinterpret_cast<const std::uint8_t*>(s.data()), s.size()}; }

bool looks_like_zip(Bytes b) {
  constexpr std::uint8_t kMember[] = {'P', 'K', 3, 4}, kEmpty[] = {'P', 'K', 5, 6};
  if (b.size() >= 4 && (std::equal(kMember, kMember + 4, b.begin()) || std::equal(kEmpty, kEmpty + 4, b.begin()))) return true;
  // Something may stand before the archive (a self-extracting program): then its end decides.
  constexpr std::size_t kSearched = 22 + 0xFFFF;
  const Bytes end = b.last(std::min(b.size(), kSearched));
  return std::search(end.begin(), end.end(), kEmpty, kEmpty + 4) != end.end();
}

}  // namespace

Result<std::unique_ptr<Archive>> Archive::open(ByteSource source, const OpenOptions& options) {
  if (!looks_like_zip(source.bytes())) return in_file(source, describe_foreign(source.bytes()));
  Result<Zip> zip = Zip::open(source, options.limits);
  if (!zip.ok()) return in_file(source, zip.take_error());
  std::unique_ptr<Archive> a(new Archive(std::move(zip).value(), options));
  Status s = a->read_header();
  if (!s.ok()) return in_file(source, s.take_error());
  return a;
}

Status Archive::read_header() {
  if (zip_.members().empty()) return error(ErrorKind::kArchive, "the archive has no members");
  const std::string& first = zip_.members()[0].name;
  name_ = first.substr(0, first.find('/'));
  prefix_ = name_ + "/";
  kind_ = kind_of(zip_, name_);
  if (kind_ == ArchiveKind::kTorchScript || kind_ == ArchiveKind::kPickled) {
    FACULA_TRY_VOID(read_version());
    FACULA_TRY_VOID(read_byte_order());
  }
  data_storages_.emplace(zip_, prefix_ + "data/", big_endian_, options_.verify);
  constant_storages_.emplace(zip_, prefix_ + "constants/", big_endian_, options_.verify);
  return {};
}

Status Archive::read_version() {
  const std::string_view where = has(".data/version") ? ".data/version" : "version";
  FACULA_TRY(std::string text, record(where));
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r' || text.back() == ' ')) text.pop_back();
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), version_);
  if (text.empty() || ec != std::errc() || end != text.data() + text.size() || version_ < 1)
    return error(ErrorKind::kArchive, "member '{}{}' should hold the version, but holds '{}'", prefix_, where, text);
  if (version_ > kNewestVersion)
    return error(ErrorKind::kArchive, "the archive has format version {}; the newest known one is {}, that of PyTorch "
                 "1.12 and later. A newer Facula is needed, or an older PyTorch to save it", version_, kNewestVersion);
  return {};
}

Status Archive::read_byte_order() {
  if (!has("byteorder")) return {};  // written since PyTorch 2.0; before, always the little-endian order
  FACULA_TRY(const std::string text, record("byteorder"));
  if (text != "little" && text != "big")
    return error(ErrorKind::kArchive, "member '{}byteorder' should be 'little' or 'big', but is '{}'", prefix_, text);
  big_endian_ = text == "big";
  return {};
}

Status Archive::expect_torchscript() const {
  if (kind_ == ArchiveKind::kTorchScript) return {};
  return in_file(zip_.source(), describe_kind(kind_));
}

const Member* Archive::find(std::string_view record) const { return zip_.find(prefix_ + std::string(record)); }

Result<std::string> Archive::record(std::string_view record) const {
  const Member* m = find(record);
  if (!m) return error(ErrorKind::kArchive, "member '{}{}' is missing", prefix_, record);
  if (m->bytes > options_.limits.source_bytes)
    return error(ErrorKind::kLimit, "member '{}' has {} bytes; the limit is {}", m->name, m->bytes,
                 options_.limits.source_bytes);
  return zip_.extract(*m);
}

Result<std::optional<std::string>> Archive::source(std::string_view qualified_name) const {
  const std::string path = source_path(qualified_name);
  if (!has(path)) return std::optional<std::string>();
  FACULA_TRY(std::string text, record(path));
  return std::optional<std::string>(std::move(text));
}

std::vector<std::string> Archive::sources() const {
  std::vector<std::string> names;
  for (const Member& m : zip_.members()) {
    std::string_view n = m.name;
    if (!n.starts_with(prefix_)) continue;
    n.remove_prefix(prefix_.size());
    if (!n.starts_with(kCode) || !n.ends_with(kPython)) continue;
    n.remove_prefix(kCode.size());
    n.remove_suffix(kPython.size());
    names.emplace_back(n);
    std::replace(names.back().begin(), names.back().end(), '/', '.');
  }
  return names;
}

Result<DebugRecords> Archive::debug_records(std::string_view qualified_name) const {
  const std::string path = source_path(qualified_name) + std::string(kDebug);
  if (!has(path)) return DebugRecords();
  FACULA_TRY(const std::string pickle, record(path));
  return read_debug_records(bytes_of(pickle), prefix_ + path, options_.limits);
}

Result<Value> Archive::read_pickle(std::string_view name, ClassResolver* classes, StorageLoader* storages) const {
  FACULA_TRY(const std::string pickle, record(name));
  const std::string member = prefix_ + std::string(name);
  return unpickle({bytes_of(pickle), member, &options_.limits, classes, storages});
}

Result<std::vector<Value>> Archive::constants(ClassResolver* classes) {
  if (!has("constants.pkl")) return std::vector<Value>();
  Result<Value> v = read_pickle("constants.pkl", classes, &*constant_storages_);
  if (!v.ok()) return in_file(zip_.source(), v.take_error());
  if (!v->is_tuple())
    return in_file(zip_.source(), fmt("member '{}constants.pkl' should hold a tuple, but holds a {}", prefix_, tag_name(v->tag())));
  return v->tuple().values;
}

Result<Value> Archive::data(ClassResolver* classes) {
  if (kind_ != ArchiveKind::kPickled) FACULA_TRY_VOID(expect_torchscript());
  Result<Value> v = read_pickle("data.pkl", classes, &*data_storages_);
  if (!v.ok() && v.error().kind == ErrorKind::kArchive) return in_file(zip_.source(), v.take_error());
  return v;
}

std::vector<std::string> Archive::extra_files() const {
  std::vector<std::string> names;
  const std::string prefix = prefix_ + std::string(kExtra);
  for (const Member& m : zip_.members())
    if (m.name.starts_with(prefix)) names.push_back(m.name.substr(prefix.size()));
  return names;
}

Result<std::string> Archive::extra_file(std::string_view name) const { return record(std::string(kExtra) + std::string(name)); }

Result<Value> read_saved(ByteSource source, const OpenOptions& options) {
  if (is_legacy_save(source.bytes())) {
    Result<Value> v = read_legacy_save(source.bytes(), options.limits);
    if (!v.ok()) return in_file(source, v.take_error());
    return v;
  }
  FACULA_TRY(const std::unique_ptr<Archive> archive, Archive::open(std::move(source), options));
  return archive->data(nullptr);
}

}  // namespace fac::archive
