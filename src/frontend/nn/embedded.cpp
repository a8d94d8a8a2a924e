#include "frontend/nn/embedded.h"

#include <zlib.h>

#include <algorithm>

namespace fac::nn {
namespace {

std::string inflated(std::span<const unsigned char> stream, std::size_t size) {
  std::string out(size, '\0');
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

}  // namespace

const EmbeddedFiles* inflate_files(std::span<const unsigned char> stream, std::size_t size) {
  auto* out = new EmbeddedFiles{inflated(stream, size), {}};
  const std::string_view text = out->text;
  for (std::size_t at = 0; at < text.size();) {  // \1, a name, a newline, its text
    const std::size_t name_end = text.find('\n', at), end = std::min(text.find('\1', at + 1), text.size());
    if (name_end == std::string_view::npos) break;
    std::string_view name = text.substr(at + 1, name_end - at - 1);
    if (name.ends_with(".py")) name.remove_suffix(3);
    out->by_name[name] = text.substr(name_end + 1, end - name_end - 1);
    at = end;
  }
  return out;
}

}  // namespace fac::nn
