// Moving elements between memory of any kind and dense blocks of a computing type C: float, double, int64 or
// complex<double>. With these, an operation is written once per computing type instead of once per element type.
#pragma once

#include <cmath>
#include <complex>
#include <cstdint>
#include <type_traits>

#include "kernels/types.h"

namespace fac::kernels {

template <class C>
using Loader = void (*)(C* to, const char* from, std::int64_t stride, std::int64_t n);  // stride in bytes
template <class C>
using Storer = void (*)(char* to, std::int64_t stride, const C* from, std::int64_t n);

template <class C>
Loader<C> loader(ScalarKind kind) noexcept;
template <class C>
Storer<C> storer(ScalarKind kind) noexcept;

// The C++ conversion is undefined where the value does not fit; this is what x86 gives.
inline std::int64_t to_int64(double x) {
  return x >= -0x1p63 && x < 0x1p63 ? static_cast<std::int64_t>(x) : INT64_MIN;
}

template <class T>
inline constexpr bool is_complex_type =
    std::is_same_v<T, std::complex<float>> || std::is_same_v<T, std::complex<double>> || std::is_same_v<T, ComplexHalf>;
template <class T>
inline constexpr bool is_half_type = std::is_same_v<T, Half> || std::is_same_v<T, BFloat16>;

// One element converted as PyTorch's copy does.
template <class To, class From>
To convert_element(From x) {
  if constexpr (std::is_same_v<To, From>) {
    return x;
  } else if constexpr (std::is_same_v<From, ComplexHalf>) {
    return convert_element<To>(std::complex<float>(x.re, x.im));
  } else if constexpr (std::is_same_v<To, ComplexHalf>) {
    const auto z = convert_element<std::complex<float>>(x);
    return {Half(z.real()), Half(z.imag())};
  } else if constexpr (is_complex_type<From>) {
    if constexpr (is_complex_type<To>) return To(x);
    else if constexpr (std::is_same_v<To, bool>) return x != From(0);
    else return convert_element<To>(x.real());
  } else if constexpr (is_complex_type<To>) {
    return To(convert_element<typename To::value_type>(x));
  } else if constexpr (is_half_type<From>) {
    return convert_element<To>(static_cast<float>(x));
  } else if constexpr (std::is_same_v<To, bool>) {
    return x != From(0);
  } else if constexpr (is_half_type<To>) {
    return To(static_cast<float>(x));
  } else if constexpr (std::is_floating_point_v<From> && std::is_integral_v<To>) {
    return static_cast<To>(to_int64(static_cast<double>(x)));
  } else {
    return static_cast<To>(x);
  }
}

}  // namespace fac::kernels
