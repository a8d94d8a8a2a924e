// NumPy's .npy files, versions 1 to 3.   source: numpy.lib.format's documentation
#include <bit>
#include <cstring>
#include <fstream>

#include "base/checked.h"
#include "command.h"
#include "ops/copy.h"

namespace cli {
namespace {

using fac::DType;

struct Kind {
  const char* descr;
  DType dtype;
};
constexpr Kind kKinds[] = {{"|u1", DType::kUInt8}, {"|i1", DType::kInt8}, {"<i2", DType::kInt16}, {"<i4", DType::kInt32},
                           {"<i8", DType::kInt64}, {"<f2", DType::kHalf}, {"<f4", DType::kFloat}, {"<f8", DType::kDouble},
                           {"<c8", DType::kComplexFloat}, {"<c16", DType::kComplexDouble}, {"|b1", DType::kBool}};

fac::ErrorPtr bad(const std::string& path, const std::string& what) {
  return fac::error(fac::ErrorKind::kIo, "{} is not a .npy file that can be read: {}", path, what);
}

// The text after `'key':` in the header, up to the next comma outside parentheses.
std::string field(const std::string& header, const std::string& key) {
  auto at = header.find("'" + key + "'");
  if (at == std::string::npos) return {};
  at = header.find(':', at);
  if (at == std::string::npos) return {};
  std::string out;
  int depth = 0;
  for (++at; at < header.size(); ++at) {
    const char c = header[at];
    if (c == '(') ++depth;
    if (c == ')') --depth;
    if ((c == ',' || c == '}') && depth == 0) break;
    if (c != ' ') out += c;
  }
  return out;
}

}  // namespace

fac::Result<fac::Tensor> read_npy(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return fac::error(fac::ErrorKind::kIo, "cannot open {}", path);
  char magic[8];
  if (!in.read(magic, 8) || std::memcmp(magic, "\x93NUMPY", 6) != 0) return bad(path, "it does not begin with \\x93NUMPY");
  std::uint32_t length = 0;
  const int length_bytes = magic[6] == 1 ? 2 : 4;
  unsigned char raw[4] = {};
  if (!in.read(reinterpret_cast<char*>(raw), length_bytes)) return bad(path, "truncated header");
  for (int i = length_bytes; i-- > 0;) length = length << 8 | raw[i];
  if (length > (1u << 20)) return bad(path, "header too long");
  std::string header(length, ' ');
  if (!in.read(header.data(), length)) return bad(path, "truncated header");
  std::string descr = field(header, "descr");
  if (descr.size() >= 2) descr = descr.substr(1, descr.size() - 2);
  const bool fortran = field(header, "fortran_order") == "True";
  fac::Dims sizes;
  std::int64_t bytes = 1, number = -1;
  for (const char c : field(header, "shape")) {
    if (c >= '0' && c <= '9') {
      number = (number < 0 ? 0 : number) * 10 + (c - '0');
      if (number > (std::int64_t{1} << 48)) return bad(path, "absurd shape");
    } else if (number >= 0) {
      sizes.push_back(number);
      number = -1;
    }
  }
  if (fortran) std::reverse(sizes.begin(), sizes.end());
  for (const auto& k : kKinds) {
    if (descr != k.descr) continue;
    for (auto s : sizes) {
      const auto next = fac::checked_mul(bytes, s);
      if (!next) return bad(path, "absurd shape");
      bytes = *next;
    }
    FACULA_TRY(fac::Tensor t, fac::Tensor::empty(sizes, k.dtype));
    bytes *= static_cast<std::int64_t>(fac::item_size(k.dtype));
    if (!in.read(static_cast<char*>(t.data()), bytes)) return bad(path, fac::fmt("{} bytes of data expected", bytes));
    if (!fortran) return t;
    fac::Dims order_sizes, strides;
    for (std::size_t i = sizes.size(); i-- > 0;) {
      order_sizes.push_back(t.sizes()[i]);
      strides.push_back(t.strides()[i]);
    }
    return fac::contiguous(t.as_view(order_sizes, strides, 0));
  }
  return bad(path, "element type " + descr + " is not supported");
}

fac::Status write_npy(const std::string& path, const fac::Tensor& source) {
  FACULA_TRY(fac::Tensor t, fac::contiguous(source));
  if (t.dtype() == DType::kBFloat16) {
    FACULA_TRY(t, fac::cast(t, DType::kFloat));
  }
  const char* descr = nullptr;
  for (const auto& k : kKinds)
    if (k.dtype == t.dtype()) descr = k.descr;
  if (!descr) return fac::error(fac::ErrorKind::kIo, "a tensor of {} cannot be saved as .npy", fac::dtype_python(t.dtype()));
  std::string shape;
  for (auto s : t.sizes()) shape += std::to_string(s) + ",";
  std::string header = fac::fmt("{'descr': '{}', 'fortran_order': False, 'shape': ({}), }", descr, shape);
  while ((10 + header.size() + 1) % 64) header += ' ';
  header += '\n';
  // Written beside the target and renamed, so that a failure leaves an old file whole.
  const std::string partial = path + ".partial";
  {
    std::ofstream out(partial, std::ios::binary);
    const char start[8] = {'\x93', 'N', 'U', 'M', 'P', 'Y', 1, 0};
    const char size[2] = {static_cast<char>(header.size() & 0xff), static_cast<char>(header.size() >> 8)};
    out.write(start, 8).write(size, 2).write(header.data(), static_cast<std::streamsize>(header.size()));
    out.write(static_cast<const char*>(t.data()), t.numel() * static_cast<std::int64_t>(t.element_bytes()));
    if (!out.flush()) {
      std::remove(partial.c_str());
      return fac::error(fac::ErrorKind::kIo, "cannot write {}", path);
    }
  }
  if (std::rename(partial.c_str(), path.c_str()) != 0) return fac::error(fac::ErrorKind::kIo, "cannot write {}", path);
  return {};
}

}  // namespace cli
