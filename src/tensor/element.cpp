#include "tensor/element.h"

#include <cstring>

#include "base/half.h"

namespace fac {
namespace {

template <class T>
T load(const void* p) {
  T v;
  std::memcpy(&v, p, sizeof v);
  return v;
}

}  // namespace

const void* element_address(const Tensor& t, Ints index) {
  std::int64_t offset = 0;
  for (std::size_t d = 0; d < index.size(); ++d) offset += index[d] * t.strides()[d];
  return static_cast<const char*>(t.data()) + offset * static_cast<std::int64_t>(t.element_bytes());
}

std::int64_t load_integer(const void* p, DType dtype) {
  switch (dtype) {
    case DType::kUInt8:
    case DType::kQUInt8: return load<std::uint8_t>(p);
    case DType::kBool: return load<std::uint8_t>(p) != 0;
    case DType::kInt8:
    case DType::kQInt8: return load<std::int8_t>(p);
    case DType::kInt16: return load<std::int16_t>(p);
    case DType::kInt32:
    case DType::kQInt32: return load<std::int32_t>(p);
    case DType::kInt64: return load<std::int64_t>(p);
    default: return static_cast<std::int64_t>(load_double(p, dtype));
  }
}

double load_double(const void* p, DType dtype) {
  switch (dtype) {
    case DType::kFloat:
    case DType::kComplexFloat: return static_cast<double>(load<float>(p));
    case DType::kDouble:
    case DType::kComplexDouble: return load<double>(p);
    case DType::kHalf:
    case DType::kComplexHalf: return static_cast<double>(static_cast<float>(load<Half>(p)));
    case DType::kBFloat16: return static_cast<double>(static_cast<float>(load<BFloat16>(p)));
    case DType::kUndefined: return 0;
    default: return static_cast<double>(load_integer(p, dtype));
  }
}

std::complex<double> load_complex(const void* p, DType dtype) {
  const double real = load_double(p, dtype);
  if (!is_complex(dtype)) return real;
  const DType part = real_dtype(dtype);
  return {real, load_double(static_cast<const char*>(p) + item_size(part), part)};
}

}  // namespace fac
