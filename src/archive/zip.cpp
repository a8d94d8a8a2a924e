#include "archive/zip.h"

#include <zlib.h>

#include <algorithm>
#include <cstring>
#include <optional>

#include "base/checked.h"

namespace fac::archive {

namespace {

// Names as in PKWARE's APPNOTE 6.3, sections 4.3 and 4.5.
constexpr std::uint32_t kLocalHeader = 0x04034b50, kCentralHeader = 0x02014b50, kEnd = 0x06054b50,
                        kZip64Locator = 0x07064b50, kZip64End = 0x06064b50;
constexpr std::uint64_t kLocalSize = 30, kCentralSize = 46, kEndSize = 22, kZip64LocatorSize = 20, kZip64EndSize = 56;
constexpr std::uint64_t kLongestComment = 0xFFFF;
constexpr std::uint16_t kEncrypted = 1u << 0, kHasDescriptor = 1u << 3;
constexpr std::uint16_t kStored = 0, kDeflated = 8;
constexpr std::uint16_t kZip64Extra = 1;

std::uint16_t read16(const std::uint8_t* p) { return static_cast<std::uint16_t>(p[0] | p[1] << 8); }
std::uint32_t read32(const std::uint8_t* p) {
  return static_cast<std::uint32_t>(read16(p)) | static_cast<std::uint32_t>(read16(p + 2)) << 16;
}
std::uint64_t read64(const std::uint8_t* p) {
  return static_cast<std::uint64_t>(read32(p)) | static_cast<std::uint64_t>(read32(p + 4)) << 32;
}

// Whether [at, at + length) lies inside `size` bytes.
bool inside(std::uint64_t at, std::uint64_t length, std::uint64_t size) { return at <= size && length <= size - at; }

template <class... A>
ErrorPtr damaged(std::string_view format, const A&... args) {
  return error(ErrorKind::kArchive, format, args...);
}

struct Directory {
  std::uint64_t entries = 0, bytes = 0, offset = 0;  // offset: in the source
  std::uint64_t shift = 0;                           // bytes before the archive; added to every offset that it states
};

std::optional<std::uint64_t> find_end(Bytes b) {
  if (b.size() < kEndSize) return std::nullopt;
  const std::uint64_t last = b.size() - kEndSize;
  const std::uint64_t first = last - std::min(last, kLongestComment);
  for (std::uint64_t at = last + 1; at-- > first;)
    if (read32(&b[at]) == kEnd && read16(&b[at + 20]) <= last - at) return at;
  return std::nullopt;
}

Result<Directory> find_directory(Bytes b) {
  const std::optional<std::uint64_t> end = find_end(b);
  if (!end)
    return damaged("the file is truncated or damaged: its {} bytes start as a zip archive, but the central directory "
                   "that belongs at the end is missing",
                   b.size());
  const std::uint8_t* e = &b[*end];
  if (read16(e + 4) != 0 && read16(e + 4) != 0xFFFF)
    return damaged("offset {}: archives split over several files are not supported", *end);
  Directory d;
  d.entries = read16(e + 10);
  d.bytes = read32(e + 12);
  d.offset = read32(e + 16);
  std::uint64_t after = *end;  // where the directory ought to end
  if (*end >= kZip64LocatorSize && read32(&b[*end - kZip64LocatorSize]) == kZip64Locator) {
    const std::uint64_t locator = *end - kZip64LocatorSize;
    // The record stands right before its locator; the offset is only needed when the record is longer than usual.
    std::uint64_t at = locator >= kZip64EndSize ? locator - kZip64EndSize : 0;
    if (locator < kZip64EndSize || read32(&b[at]) != kZip64End) at = read64(&b[locator + 8]);
    if (!inside(at, kZip64EndSize, locator) || read32(&b[at]) != kZip64End)
      return damaged("offset {}: the zip64 locator points to offset {}, where no zip64 record stands", locator, at);
    d.entries = read64(&b[at + 32]);
    d.bytes = read64(&b[at + 40]);
    d.offset = read64(&b[at + 48]);
    after = at;
  }
  if (!inside(d.offset, d.bytes, after))
    return damaged("offset {}: the central directory (offset {}, {} bytes) does not lie inside the file; it is "
                   "truncated or damaged",
                   *end, d.offset, d.bytes);
  const std::uint64_t shift = after - d.bytes - d.offset;
  const auto starts_directory = [&](std::uint64_t at) {
    return d.entries == 0 || (inside(at, kCentralSize, b.size()) && read32(&b[at]) == kCentralHeader);
  };
  if (shift != 0 && starts_directory(d.offset + shift)) {
    d.shift = shift;
    d.offset += shift;
  } else if (!starts_directory(d.offset)) {
    return damaged("offset {}: no central directory stands here; the file is damaged", d.offset);
  }
  return d;
}

// The zip64 extra field holds those of (size, stored size, header offset) whose 32-bit fields are all ones, in order.
Status apply_zip64(Bytes extra, Member& m, bool size, bool stored, bool offset) {
  for (std::size_t at = 0; extra.size() - at >= 4;) {
    const std::uint16_t id = read16(&extra[at]), length = read16(&extra[at + 2]);
    at += 4;
    if (length > extra.size() - at) break;  // PyTorch's padding fields need not be exact; nothing follows them
    if (id == kZip64Extra) {
      std::size_t p = at;
      for (const auto& [wanted, field] : {std::pair{size, &m.bytes}, std::pair{stored, &m.stored_bytes},
                                          std::pair{offset, &m.header_offset}}) {
        if (!wanted) continue;
        if (p + 8 > at + length) return damaged("member '{}': its zip64 field is too short", m.name);
        *field = read64(&extra[p]);
        p += 8;
      }
      return {};
    }
    at += length;
  }
  if (size || stored || offset) return damaged("member '{}': its zip64 field is missing", m.name);
  return {};
}

Status check_local_header(Bytes b, Member& m, std::uint16_t method, std::uint64_t limit) {
  if (!inside(m.header_offset, kLocalSize, limit))
    return damaged("member '{}': its header at offset {} lies outside the file", m.name, m.header_offset);
  const std::uint8_t* h = &b[m.header_offset];
  if (read32(h) != kLocalHeader)
    return damaged("member '{}': no member starts at offset {}", m.name, m.header_offset);
  const std::uint64_t name_length = read16(h + 26), extra_length = read16(h + 28);
  m.data_offset = m.header_offset + kLocalSize + name_length + extra_length;
  if (!inside(m.data_offset, m.stored_bytes, limit))
    return damaged("member '{}': its {} bytes at offset {} reach beyond offset {}, where the members end", m.name,
                   m.stored_bytes, m.data_offset, limit);
  const std::string_view name(reinterpret_cast<const char*>(h + kLocalSize), name_length);
  if (name != m.name)
    return damaged("member '{}': its header at offset {} names '{}'", m.name, m.header_offset, name);
  if (read16(h + 8) != method)
    return damaged("member '{}': header at offset {} and directory state different methods", m.name, m.header_offset);
  const std::uint32_t stored = read32(h + 18);
  if (!(read16(h + 6) & kHasDescriptor) && stored != 0xFFFFFFFFu && stored != m.stored_bytes)
    return damaged("member '{}': {} bytes by its header at offset {}, {} by the directory", m.name, stored,
                   m.header_offset, m.stored_bytes);
  return {};
}

}  // namespace

Result<Zip> Zip::open(ByteSource source, const Limits& limits) {
  Zip zip;
  zip.source_ = std::move(source);
  const Bytes b = zip.source_.bytes();
  FACULA_TRY(const Directory directory, find_directory(b));
  if (directory.entries > limits.archive_entries)
    return error(ErrorKind::kLimit, "the archive has {} members; the limit is {}", directory.entries,
                 limits.archive_entries);
  if (directory.entries > directory.bytes / kCentralSize)
    return damaged("the central directory of {} bytes cannot hold {} members", directory.bytes, directory.entries);

  std::uint64_t at = directory.offset, inflated = 0;
  const std::uint64_t directory_end = directory.offset + directory.bytes;
  zip.members_.reserve(directory.entries);
  for (std::uint64_t i = 0; i < directory.entries; ++i) {
    if (!inside(at, kCentralSize, directory_end) || read32(&b[at]) != kCentralHeader)
      return damaged("offset {}: entry {} of the central directory is damaged", at, i);
    const std::uint8_t* h = &b[at];
    const std::uint16_t flags = read16(h + 8), method = read16(h + 10);
    const std::uint64_t name_length = read16(h + 28), extra_length = read16(h + 30), comment_length = read16(h + 32);
    const std::uint64_t length = kCentralSize + name_length + extra_length + comment_length;
    if (!inside(at, length, directory_end))
      return damaged("offset {}: entry {} reaches beyond the central directory", at, i);
    Member m;
    m.name.assign(reinterpret_cast<const char*>(h + kCentralSize), name_length);
    m.crc32 = read32(h + 16);
    m.stored_bytes = read32(h + 20);
    m.bytes = read32(h + 24);
    m.header_offset = read32(h + 42);
    constexpr std::uint64_t kSeeExtra = 0xFFFFFFFFu;
    FACULA_TRY_VOID(apply_zip64(b.subspan(at + kCentralSize + name_length, extra_length), m, m.bytes == kSeeExtra,
                                m.stored_bytes == kSeeExtra, m.header_offset == kSeeExtra));
    const std::uint64_t entry_offset = at;
    at += length;
    if (m.name.empty() || m.name.find('\0') != std::string::npos)
      return damaged("offset {}: entry {} of the central directory has no proper name", entry_offset, i);
    if (flags & kEncrypted) return damaged("member '{}' is encrypted, which is not supported", m.name);
    if (method != kStored && method != kDeflated)
      return damaged("member '{}' is compressed by method {}; only deflate is supported", m.name, method);
    m.deflated = method == kDeflated;
    const std::optional<std::uint64_t> shifted = checked_add(m.header_offset, directory.shift);
    if (!shifted) return damaged("member '{}': its offset {} overflows", m.name, m.header_offset);
    m.header_offset = *shifted;
    FACULA_TRY_VOID(check_local_header(b, m, method, directory.offset));
    if (!m.deflated && m.bytes != m.stored_bytes)
      return damaged("member '{}' at offset {} is stored, but states {} bytes for {} stored ones", m.name,
                     m.header_offset, m.bytes, m.stored_bytes);
    if (m.deflated) {
      // Small members may state any size up to one deflate block of zeros; what is absurd are large ratios at scale.
      if (m.bytes / std::max<std::uint64_t>(m.stored_bytes, 1) > limits.inflation_ratio)
        return error(ErrorKind::kLimit, "member '{}' at offset {} would inflate {} bytes to {}; the limit is {} times",
                     m.name, m.header_offset, m.stored_bytes, m.bytes, limits.inflation_ratio);
      inflated += m.bytes;  // cannot overflow: bounded by ratio x size of the file
      if (inflated > limits.inflated_bytes)
        return error(ErrorKind::kLimit, "member '{}': the archive would inflate to more than {} bytes", m.name,
                     limits.inflated_bytes);
    }
    if (m.name.back() != '/') zip.members_.push_back(std::move(m));
  }

  zip.index_.reserve(zip.members_.size());
  for (std::size_t i = 0; i < zip.members_.size(); ++i)
    if (!zip.index_.emplace(zip.members_[i].name, i).second)
      return damaged("member '{}' at offset {} stands twice in the archive", zip.members_[i].name,
                     zip.members_[i].header_offset);

  std::vector<const Member*> order;
  order.reserve(zip.members_.size());
  for (const Member& m : zip.members_) order.push_back(&m);
  std::sort(order.begin(), order.end(),
            [](const Member* a, const Member* c) { return a->header_offset < c->header_offset; });
  for (std::size_t i = 1; i < order.size(); ++i)
    if (order[i - 1]->data_offset + order[i - 1]->stored_bytes > order[i]->header_offset)
      return damaged("members '{}' and '{}' overlap at offset {}", order[i - 1]->name, order[i]->name,
                     order[i]->header_offset);
  return zip;
}

const Member* Zip::find(std::string_view name) const {
  const auto it = index_.find(name);
  return it == index_.end() ? nullptr : &members_[it->second];
}

Bytes Zip::stored(const Member& m) const { return source_.bytes().subspan(m.data_offset, m.stored_bytes); }

namespace {

// zlib counts in 32 bits.
constexpr std::uint64_t kZlibChunk = 1u << 30;

Status inflate_all(const Member& m, Bytes from, std::uint8_t* to) {
  z_stream z{};
  if (inflateInit2(&z, -MAX_WBITS) != Z_OK) return error(ErrorKind::kInternal, "zlib cannot be started");
  std::uint64_t in_left = from.size(), out_left = m.bytes;
  std::uint8_t past_end = 0;  // a stream that is longer than it states must have somewhere to write to
  z.next_in = const_cast<Bytef*>(from.data());
  z.next_out = m.bytes == 0 ? &past_end : to;
  int rc = Z_OK;
  while (rc == Z_OK) {
    const auto in_now = static_cast<uInt>(std::min(in_left, kZlibChunk));
    const auto out_now = static_cast<uInt>(std::min(out_left, kZlibChunk));
    z.avail_in = in_now;
    z.avail_out = out_now;
    rc = inflate(&z, Z_NO_FLUSH);
    in_left -= in_now - z.avail_in;
    out_left -= out_now - z.avail_out;
    if (rc == Z_OK && z.avail_in == in_now && z.avail_out == out_now) rc = Z_BUF_ERROR;
  }
  std::string why = z.msg ? z.msg : "its end is missing";
  inflateEnd(&z);
  if (rc == Z_STREAM_END && out_left == 0) return {};
  if (rc == Z_STREAM_END) why = fmt("it holds {} bytes instead of {}", m.bytes - out_left, m.bytes);
  return damaged("member '{}': its compressed data at offset {} is damaged: {}", m.name, m.data_offset, why);
}

Status compare_crc(const Member& m, const std::uint8_t* data) {
  if (m.crc32 == 0) return {};
  uLong crc = ::crc32(0, nullptr, 0);
  for (std::uint64_t at = 0; at < m.bytes; at += kZlibChunk)
    crc = ::crc32(crc, data + at, static_cast<uInt>(std::min(m.bytes - at, kZlibChunk)));
  if (crc != m.crc32)
    return damaged("member '{}': its {} bytes at offset {} are damaged (checksum {} instead of {})", m.name, m.bytes,
                   m.data_offset, static_cast<std::uint64_t>(crc), m.crc32);
  return {};
}

}  // namespace

Status Zip::extract(const Member& m, std::uint8_t* to) const {
  const Bytes from = stored(m);
  if (m.deflated) FACULA_TRY_VOID(inflate_all(m, from, to));
  else if (!from.empty()) std::memcpy(to, from.data(), from.size());
  return compare_crc(m, to);
}

Result<std::string> Zip::extract(const Member& m) const {
  std::string text(m.bytes, '\0');
  FACULA_TRY_VOID(extract(m, reinterpret_cast<std::uint8_t*>(text.data())));
  return text;
}

Status Zip::check_crc(const Member& m) const { return compare_crc(m, stored(m).data()); }

}  // namespace fac::archive
