// The element types that kernels know, by the numbers that PyTorch's ScalarType gives them.
#pragma once

#include <complex>
#include <cstddef>
#include <cstdint>

#include "base/half.h"

namespace fac::kernels {

enum class ScalarKind : std::int8_t {
  kUInt8 = 0,
  kInt8 = 1,
  kInt16 = 2,
  kInt32 = 3,
  kInt64 = 4,
  kHalf = 5,
  kFloat = 6,
  kDouble = 7,
  kComplexHalf = 8,  // storage and copies only
  kComplexFloat = 9,
  kComplexDouble = 10,
  kBool = 11,  // one byte, 0 or 1
  kBFloat16 = 15,
};

struct ComplexHalf {
  Half re, im;
};

// What became of a call: kernels never fail otherwise.
enum class [[nodiscard]] Outcome : std::uint8_t {
  kDone,
  kUndefined,     // the operation does not exist for this element type; nothing was written
  kZeroDivision,  // an integer was divided by zero; the output is unspecified
};

constexpr bool is_integral(ScalarKind k) { return k <= ScalarKind::kInt64 || k == ScalarKind::kBool; }
constexpr bool is_complex(ScalarKind k) { return k >= ScalarKind::kComplexHalf && k <= ScalarKind::kComplexDouble; }
constexpr bool is_floating(ScalarKind k) { return !is_integral(k) && !is_complex(k); }

constexpr std::int64_t element_size(ScalarKind k) {
  switch (k) {
    case ScalarKind::kUInt8:
    case ScalarKind::kInt8:
    case ScalarKind::kBool: return 1;
    case ScalarKind::kInt16:
    case ScalarKind::kHalf:
    case ScalarKind::kBFloat16: return 2;
    case ScalarKind::kInt32:
    case ScalarKind::kFloat:
    case ScalarKind::kComplexHalf: return 4;
    case ScalarKind::kInt64:
    case ScalarKind::kDouble:
    case ScalarKind::kComplexFloat: return 8;
    case ScalarKind::kComplexDouble: return 16;
  }
  return 0;
}

template <class T>
constexpr ScalarKind kind_of();
template <> constexpr ScalarKind kind_of<std::uint8_t>() { return ScalarKind::kUInt8; }
template <> constexpr ScalarKind kind_of<std::int8_t>() { return ScalarKind::kInt8; }
template <> constexpr ScalarKind kind_of<std::int16_t>() { return ScalarKind::kInt16; }
template <> constexpr ScalarKind kind_of<std::int32_t>() { return ScalarKind::kInt32; }
template <> constexpr ScalarKind kind_of<std::int64_t>() { return ScalarKind::kInt64; }
template <> constexpr ScalarKind kind_of<Half>() { return ScalarKind::kHalf; }
template <> constexpr ScalarKind kind_of<float>() { return ScalarKind::kFloat; }
template <> constexpr ScalarKind kind_of<double>() { return ScalarKind::kDouble; }
template <> constexpr ScalarKind kind_of<ComplexHalf>() { return ScalarKind::kComplexHalf; }
template <> constexpr ScalarKind kind_of<std::complex<float>>() { return ScalarKind::kComplexFloat; }
template <> constexpr ScalarKind kind_of<std::complex<double>>() { return ScalarKind::kComplexDouble; }
template <> constexpr ScalarKind kind_of<bool>() { return ScalarKind::kBool; }
template <> constexpr ScalarKind kind_of<BFloat16>() { return ScalarKind::kBFloat16; }

template <class T>
struct TypeTag {
  using type = T;
};

// visit_kind(k, [&](auto tag) { using T = typename decltype(tag)::type; ... })
template <class F>
decltype(auto) visit_kind(ScalarKind k, F&& f) {
  switch (k) {
    case ScalarKind::kUInt8: return f(TypeTag<std::uint8_t>());
    case ScalarKind::kInt8: return f(TypeTag<std::int8_t>());
    case ScalarKind::kInt16: return f(TypeTag<std::int16_t>());
    case ScalarKind::kInt32: return f(TypeTag<std::int32_t>());
    case ScalarKind::kInt64: return f(TypeTag<std::int64_t>());
    case ScalarKind::kHalf: return f(TypeTag<Half>());
    case ScalarKind::kFloat: return f(TypeTag<float>());
    case ScalarKind::kDouble: return f(TypeTag<double>());
    case ScalarKind::kComplexHalf: return f(TypeTag<ComplexHalf>());
    case ScalarKind::kComplexFloat: return f(TypeTag<std::complex<float>>());
    case ScalarKind::kComplexDouble: return f(TypeTag<std::complex<double>>());
    case ScalarKind::kBool: return f(TypeTag<bool>());
    case ScalarKind::kBFloat16: break;
  }
  return f(TypeTag<BFloat16>());
}

// Moves elements of one size without knowing their meaning: f gets a tag of an unsigned type of that size.
struct Bytes16 {
  std::uint64_t words[2];
};
template <class F>
decltype(auto) visit_size(std::int64_t bytes, F&& f) {
  switch (bytes) {
    case 1: return f(TypeTag<std::uint8_t>());
    case 2: return f(TypeTag<std::uint16_t>());
    case 4: return f(TypeTag<std::uint32_t>());
    case 8: return f(TypeTag<std::uint64_t>());
    default: return f(TypeTag<Bytes16>());
  }
}

}  // namespace fac::kernels
