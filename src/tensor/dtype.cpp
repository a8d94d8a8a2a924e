#include "tensor/dtype.h"

#include <array>
#include <atomic>
#include <charconv>

namespace fac {
namespace {

struct Info {
  std::uint8_t bytes;
  std::string_view name, python;
};
constexpr std::array<Info, 16> kInfo = {{
    {1, "Byte", "uint8"}, {1, "Char", "int8"}, {2, "Short", "int16"}, {4, "Int", "int32"}, {8, "Long", "int64"},
    {2, "Half", "float16"}, {4, "Float", "float32"}, {8, "Double", "float64"},
    {4, "ComplexHalf", "complex32"}, {8, "ComplexFloat", "complex64"}, {16, "ComplexDouble", "complex128"},
    {1, "Bool", "bool"}, {1, "QInt8", "qint8"}, {1, "QUInt8", "quint8"}, {4, "QInt32", "qint32"},
    {2, "BFloat16", "bfloat16"},
}};
constexpr Info kNoInfo{0, "Undefined", "undefined"};

const Info& info(DType t) {
  const auto i = static_cast<std::size_t>(static_cast<std::int8_t>(t));
  return t == DType::kUndefined ? kNoInfo : kInfo[i];
}

std::atomic<DType> g_default_dtype{DType::kFloat};

// Rank within the floating dtypes; half and bfloat16 meet at float.
DType promote_floats(DType a, DType b) {
  if (a == b) return a;
  if (a == DType::kDouble || b == DType::kDouble) return DType::kDouble;
  return DType::kFloat;
}

}  // namespace

std::size_t item_size(DType t) { return info(t).bytes; }
std::string_view dtype_name(DType t) { return info(t).name; }
std::string_view dtype_python(DType t) { return info(t).python; }
bool is_valid_dtype(std::int64_t n) { return n >= 0 && n < static_cast<std::int64_t>(kInfo.size()); }

std::optional<DType> dtype_from_python(std::string_view name) {
  struct Alias {
    std::string_view name;
    DType t;
  };
  static constexpr Alias kAliases[] = {
      {"float", DType::kFloat}, {"double", DType::kDouble}, {"half", DType::kHalf}, {"long", DType::kInt64},
      {"int", DType::kInt32}, {"short", DType::kInt16}, {"cfloat", DType::kComplexFloat},
      {"cdouble", DType::kComplexDouble}, {"chalf", DType::kComplexHalf}};
  for (std::size_t i = 0; i < kInfo.size(); ++i)
    if (kInfo[i].python == name) return static_cast<DType>(i);
  for (const auto& a : kAliases)
    if (a.name == name) return a.t;
  return std::nullopt;
}

DType real_dtype(DType t) {
  switch (t) {
    case DType::kComplexHalf: return DType::kHalf;
    case DType::kComplexFloat: return DType::kFloat;
    case DType::kComplexDouble: return DType::kDouble;
    default: return t;
  }
}

DType complex_dtype(DType t) {
  switch (t) {
    case DType::kHalf: return DType::kComplexHalf;
    case DType::kBFloat16:
    case DType::kFloat: return DType::kComplexFloat;
    case DType::kDouble: return DType::kComplexDouble;
    default: return is_complex(t) ? t : complex_dtype(default_dtype());
  }
}

DType promote(DType a, DType b) {
  if (a == b) return a;
  if (a == DType::kUndefined) return b;
  if (b == DType::kUndefined) return a;
  if (is_complex(a) || is_complex(b)) {
    const DType ra = real_dtype(a), rb = real_dtype(b);
    const DType fa = is_floating(ra) ? ra : DType::kHalf, fb = is_floating(rb) ? rb : DType::kHalf;
    return complex_dtype(promote_floats(fa, fb));
  }
  if (is_floating(a) || is_floating(b)) {
    if (!is_floating(a)) return b;
    if (!is_floating(b)) return a;
    return promote_floats(a, b);
  }
  if (a == DType::kBool) return b;
  if (b == DType::kBool) return a;
  // uint8 with a signed integer needs a signed type that holds both: at least int16.
  if (a == DType::kUInt8 || b == DType::kUInt8) {
    const DType s = a == DType::kUInt8 ? b : a;
    return s == DType::kInt8 ? DType::kInt16 : s;
  }
  return a > b ? a : b;
}

bool can_cast(DType from, DType to) {
  if (is_complex(from) && !is_complex(to)) return false;
  if (is_floating(from) && is_integral(to, true)) return false;
  return from == DType::kBool || to != DType::kBool;
}

DType default_dtype() { return g_default_dtype.load(std::memory_order_relaxed); }
void set_default_dtype(DType t) { g_default_dtype.store(t, std::memory_order_relaxed); }

namespace {
struct DeviceName {
  DeviceType type;
  std::string_view name;
};
constexpr DeviceName kDevices[] = {{DeviceType::kCPU, "cpu"}, {DeviceType::kCUDA, "cuda"},
                                   {DeviceType::kMKLDNN, "mkldnn"}, {DeviceType::kMPS, "mps"},
                                   {DeviceType::kMeta, "meta"}};
}  // namespace

std::string device_text(Device d) {
  std::string out = "?";
  for (const auto& n : kDevices)
    if (n.type == d.type) out = n.name;
  if (d.index >= 0) out += ":" + std::to_string(d.index);
  return out;
}

std::optional<Device> device_from_text(std::string_view text) {
  const auto colon = text.find(':');
  const auto name = text.substr(0, colon);
  for (const auto& n : kDevices) {
    if (n.name != name) continue;
    Device d{n.type, -1};
    if (colon != std::string_view::npos) {
      const auto digits = text.substr(colon + 1);
      int index = 0;
      const auto [end, ec] = std::from_chars(digits.data(), digits.data() + digits.size(), index);
      if (ec != std::errc() || end != digits.data() + digits.size() || index < 0 || index > 127) return std::nullopt;
      d.index = static_cast<std::int8_t>(index);
    }
    return d;
  }
  return std::nullopt;
}

}  // namespace fac
