// Element types, devices and memory formats, numbered as in PyTorch: archives and TorchScript store the numbers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace fac {

enum class DType : std::int8_t {
  kUInt8 = 0, kInt8 = 1, kInt16 = 2, kInt32 = 3, kInt64 = 4,
  kHalf = 5, kFloat = 6, kDouble = 7,
  kComplexHalf = 8, kComplexFloat = 9, kComplexDouble = 10,
  kBool = 11,
  kQInt8 = 12, kQUInt8 = 13, kQInt32 = 14,
  kBFloat16 = 15,
  kUndefined = -1,
};

std::size_t item_size(DType t);          // bytes of one element; 0 for kUndefined
std::string_view dtype_name(DType t);    // "Float", "Long", "Bool": as PyTorch's messages call it
std::string_view dtype_python(DType t);  // "float32", "int64", "bool": the name after `torch.`
std::optional<DType> dtype_from_python(std::string_view name);  // "float32", "float", "long", "half" …
bool is_valid_dtype(std::int64_t number);

constexpr bool is_floating(DType t) {
  return t == DType::kHalf || t == DType::kFloat || t == DType::kDouble || t == DType::kBFloat16;
}
constexpr bool is_complex(DType t) {
  return t == DType::kComplexHalf || t == DType::kComplexFloat || t == DType::kComplexDouble;
}
constexpr bool is_integral(DType t, bool include_bool) {
  return (t >= DType::kUInt8 && t <= DType::kInt64) || (include_bool && t == DType::kBool);
}
// float for complex float and so on; other dtypes unchanged.
DType real_dtype(DType t);
// complex float for float; the complex dtype of a default-float for integers.
DType complex_dtype(DType t);

// PyTorch's promotion lattice for two dtypes of equal category priority (c10::promoteTypes).
DType promote(DType a, DType b);
// Whether a value computed in `from` may be stored into `to` by an in-place or out form.
bool can_cast(DType from, DType to);

// The dtype of tensors made from Python floats; float32 unless the program set another.
DType default_dtype();
void set_default_dtype(DType t);

enum class DeviceType : std::int8_t { kCPU = 0, kCUDA = 1, kMKLDNN = 2, kMPS = 13, kMeta = 14 };
struct Device {
  DeviceType type = DeviceType::kCPU;
  std::int8_t index = -1;  // -1: none given
  friend bool operator==(const Device&, const Device&) = default;
};
std::string device_text(Device d);                              // "cpu", "cuda:0"
std::optional<Device> device_from_text(std::string_view text);  // as torch.device() reads it

enum class MemoryFormat : std::int8_t { kContiguous = 0, kPreserve = 1, kChannelsLast = 2, kChannelsLast3d = 3 };
enum class Layout : std::int8_t { kStrided = 0, kSparse = 1, kSparseCsr = 2, kMkldnn = 3 };

}  // namespace fac
