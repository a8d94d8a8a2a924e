// AT_DISPATCH_…: code that is compiled for each of several element types, `scalar_t`, and chosen by a tensor's dtype; and
// the smaller macros that libtorch programs use beside TORCH_CHECK.
#pragma once

#include "facula/facula.h"

namespace facula {
namespace detail {
inline ScalarType dispatched_type(ScalarType t) { return t; }
inline ScalarType dispatched_type(TypeMeta t) { return t.toScalarType(); }
inline ScalarType dispatched_type(const DeprecatedTypeProperties& t) { return t.scalarType(); }
}  // namespace detail

namespace impl {
template <ScalarType T>
struct ScalarTypeToCPPType;
#define FACULA_ELEMENT(name, cpp)                     \
  template <>                                         \
  struct ScalarTypeToCPPType<ScalarType::name> {      \
    using type = cpp;                                 \
  };
FACULA_ELEMENT(Byte, std::uint8_t)
FACULA_ELEMENT(Char, std::int8_t)
FACULA_ELEMENT(Short, std::int16_t)
FACULA_ELEMENT(Int, std::int32_t)
FACULA_ELEMENT(Long, std::int64_t)
FACULA_ELEMENT(Half, Half)
FACULA_ELEMENT(Float, float)
FACULA_ELEMENT(Double, double)
FACULA_ELEMENT(ComplexFloat, Complex<float>)
FACULA_ELEMENT(ComplexDouble, Complex<double>)
FACULA_ELEMENT(Bool, bool)
FACULA_ELEMENT(BFloat16, BFloat16)
#undef FACULA_ELEMENT
template <ScalarType T>
using ScalarTypeToCPPTypeT = typename ScalarTypeToCPPType<T>::type;
}  // namespace impl

template <class T>
class IntegerRange {
 public:
  struct iterator {
    using iterator_category = std::input_iterator_tag;
    using value_type = T;
    using difference_type = std::ptrdiff_t;
    using pointer = T*;
    using reference = T;
    T value;
    T operator*() const { return value; }
    iterator& operator++() {
      ++value;
      return *this;
    }
    iterator operator++(int) { return {value++}; }
    friend bool operator==(iterator a, iterator b) { return a.value == b.value; }
    friend bool operator!=(iterator a, iterator b) { return a.value != b.value; }
  };
  IntegerRange(T begin, T end) : begin_(begin), end_(end < begin ? begin : end) {}
  iterator begin() const { return {begin_}; }
  iterator end() const { return {end_}; }

 private:
  T begin_, end_;
};
// for (const auto i : c10::irange(n)) counts from 0 to n - 1.
template <class T, class = std::enable_if_t<std::is_integral_v<T>>>
IntegerRange<T> irange(T end) {
  return {T(), end};
}
template <class A, class B, class = std::enable_if_t<std::is_integral_v<A> && std::is_integral_v<B>>>
IntegerRange<B> irange(A begin, B end) {
  return {static_cast<B>(begin), end};
}
}  // namespace facula

#define AT_DISPATCH_CASE(TYPE, ...)                                                 \
  case TYPE: {                                                                      \
    using scalar_t [[maybe_unused]] = ::facula::impl::ScalarTypeToCPPTypeT<TYPE>;    \
    return __VA_ARGS__();                                                           \
  }
#define AT_DISPATCH_SWITCH(TYPE, NAME, ...)                                                                            \
  [&] {                                                                                                                \
    const ::facula::ScalarType facula_type = ::facula::detail::dispatched_type(TYPE);                                  \
    switch (facula_type) {                                                                                             \
      __VA_ARGS__                                                                                                      \
      default:                                                                                                         \
        ::facula::fail(::facula::detail::text('"', NAME, "\" not implemented for '", ::facula::toString(facula_type),  \
                                              '\''), ::facula::abi::ErrorClass::kNotImplemented);                      \
    }                                                                                                                  \
  }()
#define AT_DISPATCH_CASE_FLOATING_TYPES(...)                    \
  AT_DISPATCH_CASE(::facula::ScalarType::Double, __VA_ARGS__)   \
  AT_DISPATCH_CASE(::facula::ScalarType::Float, __VA_ARGS__)
#define AT_DISPATCH_CASE_FLOATING_TYPES_AND(T, ...) AT_DISPATCH_CASE_FLOATING_TYPES(__VA_ARGS__) AT_DISPATCH_CASE(T, __VA_ARGS__)
#define AT_DISPATCH_CASE_FLOATING_TYPES_AND_HALF(...) AT_DISPATCH_CASE_FLOATING_TYPES_AND(::facula::ScalarType::Half, __VA_ARGS__)
#define AT_DISPATCH_CASE_INTEGRAL_TYPES(...)                    \
  AT_DISPATCH_CASE(::facula::ScalarType::Byte, __VA_ARGS__)     \
  AT_DISPATCH_CASE(::facula::ScalarType::Char, __VA_ARGS__)     \
  AT_DISPATCH_CASE(::facula::ScalarType::Int, __VA_ARGS__)      \
  AT_DISPATCH_CASE(::facula::ScalarType::Long, __VA_ARGS__)     \
  AT_DISPATCH_CASE(::facula::ScalarType::Short, __VA_ARGS__)
#define AT_DISPATCH_CASE_COMPLEX_TYPES(...)                             \
  AT_DISPATCH_CASE(::facula::ScalarType::ComplexDouble, __VA_ARGS__)    \
  AT_DISPATCH_CASE(::facula::ScalarType::ComplexFloat, __VA_ARGS__)
#define AT_DISPATCH_CASE_ALL_TYPES(...) AT_DISPATCH_CASE_INTEGRAL_TYPES(__VA_ARGS__) AT_DISPATCH_CASE_FLOATING_TYPES(__VA_ARGS__)
#define AT_DISPATCH_CASE_ALL_TYPES_AND_COMPLEX(...) AT_DISPATCH_CASE_ALL_TYPES(__VA_ARGS__) AT_DISPATCH_CASE_COMPLEX_TYPES(__VA_ARGS__)
#define AT_DISPATCH_CASE_INDEX_TYPES(...)                   \
  AT_DISPATCH_CASE(::facula::ScalarType::Int, __VA_ARGS__)  \
  AT_DISPATCH_CASE(::facula::ScalarType::Long, __VA_ARGS__)

#define AT_DISPATCH_FLOATING_TYPES(TYPE, NAME, ...) AT_DISPATCH_SWITCH(TYPE, NAME, AT_DISPATCH_CASE_FLOATING_TYPES(__VA_ARGS__))
#define AT_DISPATCH_FLOATING_TYPES_AND(T, TYPE, NAME, ...) \
  AT_DISPATCH_SWITCH(TYPE, NAME, AT_DISPATCH_CASE_FLOATING_TYPES_AND(T, __VA_ARGS__))
#define AT_DISPATCH_FLOATING_TYPES_AND2(T1, T2, TYPE, NAME, ...) \
  AT_DISPATCH_SWITCH(TYPE, NAME, AT_DISPATCH_CASE_FLOATING_TYPES_AND(T1, __VA_ARGS__) AT_DISPATCH_CASE(T2, __VA_ARGS__))
#define AT_DISPATCH_FLOATING_TYPES_AND_HALF(TYPE, NAME, ...) \
  AT_DISPATCH_SWITCH(TYPE, NAME, AT_DISPATCH_CASE_FLOATING_TYPES_AND_HALF(__VA_ARGS__))
#define AT_DISPATCH_FLOATING_AND_COMPLEX_TYPES(TYPE, NAME, ...) \
  AT_DISPATCH_SWITCH(TYPE, NAME, AT_DISPATCH_CASE_FLOATING_TYPES(__VA_ARGS__) AT_DISPATCH_CASE_COMPLEX_TYPES(__VA_ARGS__))
#define AT_DISPATCH_INTEGRAL_TYPES(TYPE, NAME, ...) AT_DISPATCH_SWITCH(TYPE, NAME, AT_DISPATCH_CASE_INTEGRAL_TYPES(__VA_ARGS__))
#define AT_DISPATCH_COMPLEX_TYPES(TYPE, NAME, ...) AT_DISPATCH_SWITCH(TYPE, NAME, AT_DISPATCH_CASE_COMPLEX_TYPES(__VA_ARGS__))
#define AT_DISPATCH_ALL_TYPES(TYPE, NAME, ...) AT_DISPATCH_SWITCH(TYPE, NAME, AT_DISPATCH_CASE_ALL_TYPES(__VA_ARGS__))
#define AT_DISPATCH_ALL_TYPES_AND(T, TYPE, NAME, ...) \
  AT_DISPATCH_SWITCH(TYPE, NAME, AT_DISPATCH_CASE_ALL_TYPES(__VA_ARGS__) AT_DISPATCH_CASE(T, __VA_ARGS__))
#define AT_DISPATCH_ALL_TYPES_AND2(T1, T2, TYPE, NAME, ...) \
  AT_DISPATCH_SWITCH(TYPE, NAME, AT_DISPATCH_CASE_ALL_TYPES(__VA_ARGS__) AT_DISPATCH_CASE(T1, __VA_ARGS__) AT_DISPATCH_CASE(T2, __VA_ARGS__))
#define AT_DISPATCH_ALL_TYPES_AND3(T1, T2, T3, TYPE, NAME, ...)                                                      \
  AT_DISPATCH_SWITCH(TYPE, NAME, AT_DISPATCH_CASE_ALL_TYPES(__VA_ARGS__) AT_DISPATCH_CASE(T1, __VA_ARGS__)           \
                     AT_DISPATCH_CASE(T2, __VA_ARGS__) AT_DISPATCH_CASE(T3, __VA_ARGS__))
#define AT_DISPATCH_ALL_TYPES_AND_COMPLEX(TYPE, NAME, ...) \
  AT_DISPATCH_SWITCH(TYPE, NAME, AT_DISPATCH_CASE_ALL_TYPES_AND_COMPLEX(__VA_ARGS__))
#define AT_DISPATCH_INDEX_TYPES(TYPE, NAME, ...)                                                                     \
  [&] {                                                                                                              \
    switch (::facula::detail::dispatched_type(TYPE)) {                                                               \
      case ::facula::ScalarType::Int: {                                                                              \
        using index_t [[maybe_unused]] = std::int32_t;                                                               \
        return __VA_ARGS__();                                                                                        \
      }                                                                                                              \
      case ::facula::ScalarType::Long: {                                                                             \
        using index_t [[maybe_unused]] = std::int64_t;                                                               \
        return __VA_ARGS__();                                                                                        \
      }                                                                                                              \
      default:                                                                                                       \
        ::facula::fail(::facula::detail::text('"', NAME, "\" not implemented for '",                                 \
                                              ::facula::toString(::facula::detail::dispatched_type(TYPE)), '\''),    \
                       ::facula::abi::ErrorClass::kNotImplemented);                                                  \
    }                                                                                                                \
  }()

#define AT_ASSERTM(cond, ...) TORCH_CHECK(cond, __VA_ARGS__)
#define TORCH_CHECK_EQ(a, b) TORCH_CHECK((a) == (b), "Check failed: " #a " == " #b)
#define TORCH_CHECK_NE(a, b) TORCH_CHECK((a) != (b), "Check failed: " #a " != " #b)
#define TORCH_CHECK_LE(a, b) TORCH_CHECK((a) <= (b), "Check failed: " #a " <= " #b)
#define TORCH_CHECK_LT(a, b) TORCH_CHECK((a) < (b), "Check failed: " #a " < " #b)
#define TORCH_CHECK_GE(a, b) TORCH_CHECK((a) >= (b), "Check failed: " #a " >= " #b)
#define TORCH_CHECK_GT(a, b) TORCH_CHECK((a) > (b), "Check failed: " #a " > " #b)
#define TORCH_CHECK_NOTNULL(x) (TORCH_CHECK((x) != nullptr, "'" #x "' Must be non NULL"), (x))
#define FACULA_CHECK_AS(cond, kind, ...)                                                                       \
  do {                                                                                                         \
    if (!(cond)) {                                                                                             \
      const std::string facula_text = ::facula::detail::text(__VA_ARGS__);                                     \
      ::facula::fail(facula_text.empty() ? "Expected " #cond " to be true, but got false." : facula_text,      \
                     ::facula::abi::ErrorClass::kind);                                                         \
    }                                                                                                          \
  } while (false)
#define TORCH_CHECK_INDEX(cond, ...) FACULA_CHECK_AS(cond, kIndex, __VA_ARGS__)
#define TORCH_CHECK_VALUE(cond, ...) FACULA_CHECK_AS(cond, kValue, __VA_ARGS__)
#define TORCH_CHECK_TYPE(cond, ...) FACULA_CHECK_AS(cond, kType, __VA_ARGS__)
#define TORCH_CHECK_NOT_IMPLEMENTED(cond, ...) FACULA_CHECK_AS(cond, kNotImplemented, __VA_ARGS__)
#define TORCH_INTERNAL_ASSERT_DEBUG_ONLY(...) static_cast<void>(0)
#define TORCH_WARN_ONCE(...)                \
  do {                                      \
    static const bool facula_warned = [&] { \
      TORCH_WARN(__VA_ARGS__);              \
      return true;                          \
    }();                                    \
    static_cast<void>(facula_warned);       \
  } while (false)

#define C10_LIKELY(x) (x)
#define C10_UNLIKELY(x) (x)
#define C10_UNUSED [[maybe_unused]]
#define C10_NODISCARD [[nodiscard]]
#define C10_NOINLINE
#define C10_ALWAYS_INLINE inline
#define C10_HOST_DEVICE
#define C10_HOST
#define C10_DEVICE
#define C10_EXPORT
#define C10_IMPORT
#define C10_API
#define TORCH_API
