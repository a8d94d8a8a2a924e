#include "kernels/element_io.h"

#include "kernels/half_convert.h"

namespace fac::kernels {
namespace {

template <class C, class T>
void load(C* to, const char* from, std::int64_t stride, std::int64_t n) {
  if (stride == sizeof(T)) {
    const T* p = reinterpret_cast<const T*>(from);
    if constexpr (std::is_same_v<T, Half> && std::is_same_v<C, float>) return half_to_float(to, p, n);
    for (std::int64_t i = 0; i < n; ++i) to[i] = convert_element<C>(p[i]);
    return;
  }
  for (std::int64_t i = 0; i < n; ++i) to[i] = convert_element<C>(*reinterpret_cast<const T*>(from + i * stride));
}

template <class C, class T>
void store(char* to, std::int64_t stride, const C* from, std::int64_t n) {
  if (stride == sizeof(T)) {
    T* p = reinterpret_cast<T*>(to);
    if constexpr (std::is_same_v<T, Half> && std::is_same_v<C, float>) return float_to_half(p, from, n);
    for (std::int64_t i = 0; i < n; ++i) p[i] = convert_element<T>(from[i]);
    return;
  }
  for (std::int64_t i = 0; i < n; ++i) *reinterpret_cast<T*>(to + i * stride) = convert_element<T>(from[i]);
}

}  // namespace

template <class C>
Loader<C> loader(ScalarKind kind) noexcept {
  return visit_kind(kind, [](auto tag) -> Loader<C> { return load<C, typename decltype(tag)::type>; });
}
template <class C>
Storer<C> storer(ScalarKind kind) noexcept {
  return visit_kind(kind, [](auto tag) -> Storer<C> { return store<C, typename decltype(tag)::type>; });
}

template Loader<float> loader<float>(ScalarKind) noexcept;
template Loader<double> loader<double>(ScalarKind) noexcept;
template Loader<std::int64_t> loader<std::int64_t>(ScalarKind) noexcept;
template Loader<std::complex<double>> loader<std::complex<double>>(ScalarKind) noexcept;
template Storer<float> storer<float>(ScalarKind) noexcept;
template Storer<double> storer<double>(ScalarKind) noexcept;
template Storer<std::int64_t> storer<std::int64_t>(ScalarKind) noexcept;
template Storer<std::complex<double>> storer<std::complex<double>>(ScalarKind) noexcept;

}  // namespace fac::kernels
