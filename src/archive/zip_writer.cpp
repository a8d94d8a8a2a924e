#include "archive/zip_writer.h"

#include <zlib.h>

#include <algorithm>
#include <bit>
#include <cstdio>
#include <limits>

namespace fac::archive {
namespace {

constexpr std::uint64_t kAlignment = 64, kMax32 = 0xFFFFFFFF;
constexpr std::uint32_t kLocalHeader = 0x04034b50, kDescriptor = 0x08074b50, kCentralHeader = 0x02014b50,
                        kEnd64 = 0x06064b50, kLocator64 = 0x07064b50, kEnd = 0x06054b50;
constexpr std::uint16_t kFlags = 0x0808;  // UTF-8 names; sizes and CRC stand behind the data
constexpr std::uint16_t kStored = 0, kDeflated = 8, kVersionDeflate = 20, kVersionZip64 = 45, kMadeBy = 0x031e;

class Record {
 public:
  Record& u16(std::uint64_t v) { return number(v, 2); }
  Record& u32(std::uint64_t v) { return number(v, 4); }
  Record& u64(std::uint64_t v) { return number(v, 8); }
  Record& text(std::string_view t) {
    bytes_ += t;
    return *this;
  }
  const std::string& bytes() const { return bytes_; }
  Bytes view() const { return {reinterpret_cast<const std::uint8_t*>(bytes_.data()), bytes_.size()}; }

 private:
  Record& number(std::uint64_t v, int n) {
    for (int i = 0; i < n; ++i) bytes_ += static_cast<char>(v >> (8 * i) & 0xff);
    return *this;
  }
  std::string bytes_;
};

// What does not fit into 32 bits: uncompressed size, compressed size, offset, in this order.
std::string zip64_field(std::uint64_t bytes, std::uint64_t stored, std::uint64_t offset) {
  Record values;
  if (bytes >= kMax32) values.u64(bytes);
  if (stored >= kMax32) values.u64(stored);
  if (offset >= kMax32) values.u64(offset);
  if (values.bytes().empty()) return {};
  return Record().u16(1).u16(values.bytes().size()).text(values.bytes()).bytes();
}

std::uint32_t crc_of(Bytes b) {
  uLong crc = crc32(0, nullptr, 0);
  while (!b.empty()) {
    const std::size_t n = std::min<std::size_t>(b.size(), 1u << 30);
    crc = crc32(crc, b.data(), static_cast<uInt>(n));
    b = b.subspan(n);
  }
  return static_cast<std::uint32_t>(crc);
}

Result<std::string> deflated(Bytes b) {
  z_stream z{};
  if (deflateInit2(&z, Z_BEST_COMPRESSION, Z_DEFLATED, -MAX_WBITS, 9, Z_DEFAULT_STRATEGY) != Z_OK)
    return error(ErrorKind::kLimit, "no memory to compress a member of the archive");
  std::string out(deflateBound(&z, static_cast<uLong>(b.size())), '\0');
  z.next_in = const_cast<Bytef*>(b.data());
  z.avail_in = static_cast<uInt>(b.size());
  z.next_out = reinterpret_cast<Bytef*>(out.data());
  z.avail_out = static_cast<uInt>(out.size());
  const int end = deflate(&z, Z_FINISH);
  out.resize(z.total_out);
  deflateEnd(&z);
  if (end != Z_STREAM_END) return error(ErrorKind::kInternal, "zlib could not compress a member of the archive");
  return out;
}

std::uint64_t fnv(std::uint64_t hash, std::string_view text) {
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return hash;
}

}  // namespace

Status ZipWriter::put(Bytes bytes) {
  FACULA_TRY_VOID(sink_.write(bytes));
  at_ += bytes.size();
  return {};
}

Status ZipWriter::add(std::string_view name, Bytes bytes, bool deflate) {
  std::string full = prefix_ + std::string(name);
  if (full.size() > std::numeric_limits<std::uint16_t>::max()) return error(ErrorKind::kArchive, "the name of a member of the archive is too long");
  if (!names_.insert(full).second) return error(ErrorKind::kArchive, "Tried to serialize file twice: {}", name);
  Entry e{std::move(full), at_, bytes.size(), bytes.size(), crc_of(bytes), false};
  std::string packed;
  if (deflate && bytes.size() > 3 && bytes.size() < (1u << 31)) {
    FACULA_TRY(packed, deflated(bytes));
    bytes = {reinterpret_cast<const std::uint8_t*>(packed.data()), packed.size()};
    e.stored = packed.size();
    e.deflated = true;
  }
  // The sizes in the local header's zip64 field count for its length only; they stand in the descriptor, too.
  const std::string wide = zip64_field(e.bytes, e.stored, e.offset);
  const std::uint64_t start = at_ + 30 + e.name.size() + wide.size() + 4;
  const std::uint64_t padding = (kAlignment - start % kAlignment) % kAlignment;
  Record header;
  header.u32(kLocalHeader).u16(e.deflated ? kVersionDeflate : 0).u16(kFlags).u16(e.deflated ? kDeflated : kStored);
  header.u16(0).u16(0).u32(0).u32(0).u32(0).u16(e.name.size()).u16(wide.size() + 4 + padding);
  header.text(e.name).text(wide).text("FB").u16(padding).text(std::string(padding, 'Z'));
  FACULA_TRY_VOID(put(header.view()));
  FACULA_TRY_VOID(put(bytes));
  Record footer;
  footer.u32(kDescriptor).u32(e.crc);
  if (wide.empty()) footer.u32(e.stored).u32(e.bytes);
  else footer.u64(e.stored).u64(e.bytes);
  FACULA_TRY_VOID(put(footer.view()));
  entries_.push_back(std::move(e));
  return {};
}

// 40 decimal digits that stand for what was saved: one half from the names of the members, one from their contents.
std::string ZipWriter::serialization_id() const {
  std::uint64_t names = 0xcbf29ce484222325, contents = names;
  for (const Entry& e : entries_) {
    names = fnv(names, std::string_view(e.name).substr(prefix_.size()));
    contents = fnv(contents, Record().u32(e.crc).bytes());
  }
  char text[48];
  std::snprintf(text, sizeof text, "%020llu%020llu", static_cast<unsigned long long>(names), static_cast<unsigned long long>(contents));
  return text;
}

Status ZipWriter::finish(int version) {
  // Newer readers look in the second place, and PyTorch writes there what older ones could not read anyway.
  FACULA_TRY_VOID(add(version >= 6 ? ".data/version" : "version", std::to_string(version) + "\n"));
  FACULA_TRY_VOID(add("byteorder", std::endian::native == std::endian::little ? "little" : "big"));
  FACULA_TRY_VOID(add(".data/serialization_id", serialization_id()));
  return directory();
}

Status ZipWriter::directory() {
  const std::uint64_t start = at_;
  for (const Entry& e : entries_) {
    const std::string wide = zip64_field(e.bytes, e.stored, e.offset);
    const auto fit = [](std::uint64_t v) { return std::min(v, kMax32); };
    Record r;
    r.u32(kCentralHeader).u16(0).u16(e.deflated ? kVersionDeflate : 0).u16(kFlags).u16(e.deflated ? kDeflated : kStored);
    r.u16(0).u16(0).u32(e.crc).u32(fit(e.stored)).u32(fit(e.bytes)).u16(e.name.size()).u16(wide.size()).u16(0).u16(0).u16(0);
    r.u32(0).u32(fit(e.offset)).text(e.name).text(wide);
    FACULA_TRY_VOID(put(r.view()));
  }
  const std::uint64_t end = at_, size = end - start, count = entries_.size();
  Record r;
  r.u32(kEnd64).u64(44).u16(kMadeBy).u16(kVersionZip64).u32(0).u32(0).u64(count).u64(count).u64(size).u64(start);
  r.u32(kLocator64).u32(0).u64(end).u32(1);
  r.u32(kEnd).u16(0).u16(0).u16(std::min<std::uint64_t>(count, 0xFFFF)).u16(std::min<std::uint64_t>(count, 0xFFFF));
  r.u32(std::min(size, kMax32)).u32(std::min(start, kMax32)).u16(0);
  return put(r.view());
}

}  // namespace fac::archive
