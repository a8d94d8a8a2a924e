#include "interp/embedded.h"

#include <zlib.h>

#include <algorithm>
#include <span>
#include <string>
#include <unordered_map>

namespace fac::interp {

std::span<const unsigned char> compressed_files();  // generated
extern const std::size_t kInflatedBytes;

namespace {

using Files = std::unordered_map<std::string_view, std::string_view>;

std::string inflated() {
  const auto stream = compressed_files();
  std::string out(kInflatedBytes, '\0');
  z_stream z{};
  z.next_in = const_cast<unsigned char*>(stream.data());
  z.avail_in = static_cast<uInt>(stream.size());
  z.next_out = reinterpret_cast<unsigned char*>(out.data());
  z.avail_out = static_cast<uInt>(out.size());
  if (inflateInit2(&z, 16 + MAX_WBITS) != Z_OK) return {};  // 16: gzip
  const int end = inflate(&z, Z_FINISH);
  inflateEnd(&z);
  return end == Z_STREAM_END && z.total_out == out.size() ? out : std::string();
}

Files split() {
  static const std::string text = inflated();
  Files out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t name_end = text.find('\n', at), end = std::min(text.find('\1', at + 1), text.size());
    if (name_end == std::string::npos) break;
    std::string_view name = std::string_view(text).substr(at + 1, name_end - at - 1);
    if (name.ends_with(".py")) name.remove_suffix(3);
    out[name] = std::string_view(text).substr(name_end + 1, end - name_end - 1);
    at = end;
  }
  return out;
}

}  // namespace

const std::string_view* embedded_module(std::string_view name) {
  static const Files files = split();
  const auto it = files.find(name);
  return it == files.end() ? nullptr : &it->second;
}

}  // namespace fac::interp
