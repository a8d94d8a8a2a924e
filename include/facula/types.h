// Small types that the whole API speaks: errors, views of arrays, dtypes, devices, layouts, numbers, tensor options.
// Longer than most files: the API has few headers.
#pragma once

#include <array>
#include <cstdio>
#include <cstring>
#include <exception>
#include <initializer_list>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "facula/abi.h"

namespace facula {

using std::in_place;
using std::make_optional;
using std::nullopt;
using std::nullopt_t;
using std::optional;
using string_view = std::string_view;

// --- errors ----------------------------------------------------------------------------------------------------------

// What every failure of the library is thrown as. The text is shared between copies.
class FACULA_API Error : public std::exception {
 public:
  explicit Error(const std::string& message) : Error(message.data(), message.size()) {}
  Error(const char* text, std::size_t size);
  Error(const char* text, std::size_t size, const char* with_frames, std::size_t with_frames_size);
  Error(const Error& o) noexcept;
  Error& operator=(const Error& o) noexcept;
  ~Error() override;
  const char* what() const noexcept override;
  // The message without the frames of the TorchScript program.
  const char* what_without_backtrace() const noexcept;
  std::string msg() const { return what_without_backtrace(); }
  std::string backtrace() const { return {}; }

 private:
  struct Shared;
  Shared* shared_;
};
class FACULA_API IndexError : public Error {
 public:
  using Error::Error;
  ~IndexError() override;
};
class FACULA_API ValueError : public Error {
 public:
  using Error::Error;
  ~ValueError() override;
};
class FACULA_API TypeError : public Error {
 public:
  using Error::Error;
  ~TypeError() override;
};
class FACULA_API NotImplementedError : public Error {
 public:
  using Error::Error;
  ~NotImplementedError() override;
};
class FACULA_API LinAlgError : public Error {
 public:
  using Error::Error;
  ~LinAlgError() override;
};
class FACULA_API OutOfMemoryError : public Error {
 public:
  using Error::Error;
  ~OutOfMemoryError() override;
};

[[noreturn]] inline void fail(const std::string& text, abi::ErrorClass kind = abi::ErrorClass::kError) {
  abi::fail(text.data(), text.size(), kind);
}

namespace detail {
inline void append(std::string& s, const std::string& v) { s += v; }
inline void append(std::string& s, std::string_view v) { s += v; }
inline void append(std::string& s, const char* v) { s += v; }
inline void append(std::string& s, char v) { s += v; }
template <class T, std::enable_if_t<std::is_arithmetic_v<T>, int> = 0>
void append(std::string& s, T v) {
  if constexpr (std::is_floating_point_v<T>) {  // as streams print it
    char digits[32];
    std::snprintf(digits, sizeof digits, "%g", static_cast<double>(v));
    s += digits;
  } else {
    s += std::to_string(v);
  }
}
template <class T, class = void>
inline constexpr bool has_append = false;
template <class T>
inline constexpr bool has_append<T, std::void_t<decltype(append(std::declval<std::string&>(), std::declval<const T&>()))>> = true;
// The arguments one after another; a type of the program's own takes part through an `append(std::string&, const T&)`
// beside it or an operator<< (for which the program includes <sstream>, as torch/script.h does).
template <class Stream = std::ostringstream, class... A>
std::string text(const A&... a) {
  std::string s;
  [[maybe_unused]] const auto add = [&s](const auto& v) {
    if constexpr (has_append<std::decay_t<decltype(v)>>) {
      append(s, v);
    } else {
      Stream stream;
      stream << v;
      s += stream.str();
    }
  };
  (add(a), ...);
  return s;
}
}  // namespace detail

// --- views of arrays -------------------------------------------------------------------------------------------------

// A borrowed view, as c10::ArrayRef.
template <class T>
class ArrayRef final {
 public:
  using value_type = T;
  using iterator = const T*;
  using const_iterator = const T*;
  using size_type = std::size_t;

  constexpr ArrayRef() = default;
  constexpr ArrayRef(const T& one) : data_(&one), size_(1) {}
  constexpr ArrayRef(const T* data, std::size_t size) : data_(data), size_(size) {}
  constexpr ArrayRef(const T* begin, const T* end) : data_(begin), size_(static_cast<std::size_t>(end - begin)) {}
  template <class C, class = std::enable_if_t<
                         std::is_same_v<std::remove_const_t<decltype(std::declval<C>().data())>, T*> ||
                         std::is_same_v<std::remove_const_t<decltype(std::declval<C>().data())>, const T*>>>
  ArrayRef(const C& c) : data_(c.data()), size_(c.size()) {}
  template <class A>
  ArrayRef(const std::vector<T, A>& v) : data_(v.data()), size_(v.size()) {
    static_assert(!std::is_same_v<T, bool>, "a vector<bool> has no array of bool");
  }
  template <std::size_t N>
  constexpr ArrayRef(const std::array<T, N>& a) : data_(a.data()), size_(N) {}
  template <std::size_t N>
  constexpr ArrayRef(const T (&a)[N]) : data_(a), size_(N) {}
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Winit-list-lifetime"
#endif
  // The list outlives the full expression, which is all that an argument needs.
  constexpr ArrayRef(const std::initializer_list<T>& v)
      : data_(v.begin() == v.end() ? nullptr : v.begin()), size_(v.size()) {}
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif

  constexpr const T* begin() const { return data_; }
  constexpr const T* end() const { return data_ + size_; }
  constexpr const T* cbegin() const { return data_; }
  constexpr const T* cend() const { return data_ + size_; }
  constexpr bool empty() const { return size_ == 0; }
  constexpr const T* data() const { return data_; }
  constexpr std::size_t size() const { return size_; }
  const T& front() const { return (*this)[0]; }
  const T& back() const { return (*this)[size_ - 1]; }
  constexpr const T& operator[](std::size_t i) const { return data_[i]; }
  const T& at(std::size_t i) const {
    if (i >= size_) fail(detail::text("ArrayRef: invalid index Index = ", i, "; Length = ", size_));
    return data_[i];
  }
  constexpr bool equals(ArrayRef o) const {
    if (size_ != o.size_) return false;
    for (std::size_t i = 0; i < size_; ++i)
      if (!(data_[i] == o.data_[i])) return false;
    return true;
  }
  constexpr ArrayRef slice(std::size_t n, std::size_t m) const { return {data_ + n, m}; }
  constexpr ArrayRef slice(std::size_t n) const { return {data_ + n, size_ - n}; }
  std::vector<T> vec() const { return std::vector<T>(data_, data_ + size_); }
  explicit operator std::vector<T>() const { return vec(); }

 private:
  const T* data_ = nullptr;
  std::size_t size_ = 0;
};
template <class T>
bool operator==(ArrayRef<T> a, ArrayRef<T> b) {
  return a.equals(b);
}
template <class T>
bool operator!=(ArrayRef<T> a, ArrayRef<T> b) {
  return !a.equals(b);
}
template <class T>
bool operator==(const std::vector<T>& a, ArrayRef<T> b) {
  return ArrayRef<T>(a).equals(b);
}
template <class T>
bool operator==(ArrayRef<T> a, const std::vector<T>& b) {
  return a.equals(ArrayRef<T>(b));
}
template <class T>
bool operator!=(const std::vector<T>& a, ArrayRef<T> b) {
  return !(a == b);
}
template <class T>
bool operator!=(ArrayRef<T> a, const std::vector<T>& b) {
  return !(a == b);
}
using IntArrayRef = ArrayRef<std::int64_t>;
using IntList = IntArrayRef;

inline std::string ints_text(IntArrayRef v) {
  std::string s = "[";
  for (std::size_t i = 0; i < v.size(); ++i) s += (i ? ", " : "") + std::to_string(v[i]);
  return s + "]";
}
inline void append(std::string& s, IntArrayRef v) { s += ints_text(v); }
inline std::ostream& operator<<(std::ostream& out, IntArrayRef v) {
  const std::string s = ints_text(v);
  abi::write_text(out, s.data(), s.size());
  return out;
}

// An ArrayRef or none, which takes what an ArrayRef takes.
template <class T>
class OptionalArrayRef final {
 public:
  constexpr OptionalArrayRef() = default;
  constexpr OptionalArrayRef(std::nullopt_t) {}
  template <class U = ArrayRef<T>,
            std::enable_if_t<!std::is_same_v<std::decay_t<U>, OptionalArrayRef> &&
                                 !std::is_same_v<std::decay_t<U>, std::nullopt_t> &&
                                 std::is_convertible_v<U&&, ArrayRef<T>> && !std::is_convertible_v<U&&, T>,
                             int> = 0>
  constexpr OptionalArrayRef(U&& v) : ref_(ArrayRef<T>(std::forward<U>(v))) {}
  constexpr OptionalArrayRef(const T& one) : ref_(ArrayRef<T>(one)) {}
  constexpr OptionalArrayRef(const std::initializer_list<T>& v) : ref_(ArrayRef<T>(v)) {}
  constexpr OptionalArrayRef(const std::optional<ArrayRef<T>>& v) : ref_(v) {}
  constexpr bool has_value() const { return ref_.has_value(); }
  constexpr explicit operator bool() const { return ref_.has_value(); }
  constexpr const ArrayRef<T>& value() const { return *ref_; }
  constexpr const ArrayRef<T>& operator*() const { return *ref_; }
  constexpr const ArrayRef<T>* operator->() const { return &*ref_; }

 private:
  std::optional<ArrayRef<T>> ref_;
};
using OptionalIntArrayRef = OptionalArrayRef<std::int64_t>;

// --- element types ---------------------------------------------------------------------------------------------------

enum class ScalarType : std::int8_t {
  Byte = 0, Char = 1, Short = 2, Int = 3, Long = 4,
  Half = 5, Float = 6, Double = 7,
  ComplexHalf = 8, ComplexFloat = 9, ComplexDouble = 10,
  Bool = 11,
  QInt8 = 12, QUInt8 = 13, QInt32 = 14,
  BFloat16 = 15,
  Undefined = -1,
};
using Dtype = ScalarType;

constexpr ScalarType kByte = ScalarType::Byte, kUInt8 = ScalarType::Byte, kU8 = ScalarType::Byte;
constexpr ScalarType kChar = ScalarType::Char, kInt8 = ScalarType::Char, kI8 = ScalarType::Char;
constexpr ScalarType kShort = ScalarType::Short, kInt16 = ScalarType::Short, kI16 = ScalarType::Short;
constexpr ScalarType kInt = ScalarType::Int, kInt32 = ScalarType::Int, kI32 = ScalarType::Int;
constexpr ScalarType kLong = ScalarType::Long, kInt64 = ScalarType::Long, kI64 = ScalarType::Long;
constexpr ScalarType kHalf = ScalarType::Half, kFloat16 = ScalarType::Half, kF16 = ScalarType::Half;
constexpr ScalarType kFloat = ScalarType::Float, kFloat32 = ScalarType::Float, kF32 = ScalarType::Float;
constexpr ScalarType kDouble = ScalarType::Double, kFloat64 = ScalarType::Double, kF64 = ScalarType::Double;
constexpr ScalarType kComplexHalf = ScalarType::ComplexHalf, kComplex32 = ScalarType::ComplexHalf;
constexpr ScalarType kComplexFloat = ScalarType::ComplexFloat, kComplex64 = ScalarType::ComplexFloat;
constexpr ScalarType kComplexDouble = ScalarType::ComplexDouble, kComplex128 = ScalarType::ComplexDouble;
constexpr ScalarType kBool = ScalarType::Bool;
constexpr ScalarType kBFloat16 = ScalarType::BFloat16;
constexpr ScalarType kQInt8 = ScalarType::QInt8, kQUInt8 = ScalarType::QUInt8, kQInt32 = ScalarType::QInt32;

inline const char* toString(ScalarType t) {
  constexpr const char* names[] = {"Byte", "Char", "Short", "Int", "Long", "Half", "Float", "Double", "ComplexHalf",
                                   "ComplexFloat", "ComplexDouble", "Bool", "QInt8", "QUInt8", "QInt32", "BFloat16"};
  return t == ScalarType::Undefined ? "Undefined" : names[static_cast<int>(t)];
}
inline std::size_t elementSize(ScalarType t) {
  constexpr std::uint8_t sizes[] = {1, 1, 2, 4, 8, 2, 4, 8, 4, 8, 16, 1, 1, 1, 4, 2};
  return t == ScalarType::Undefined ? 0 : sizes[static_cast<int>(t)];
}
inline bool isFloatingType(ScalarType t) {
  return t == kHalf || t == kFloat || t == kDouble || t == kBFloat16;
}
inline bool isComplexType(ScalarType t) { return t == kComplexHalf || t == kComplexFloat || t == kComplexDouble; }
inline bool isIntegralType(ScalarType t, bool include_bool = false) {
  return (t >= kByte && t <= kLong) || (include_bool && t == kBool);
}
inline std::ostream& operator<<(std::ostream& out, ScalarType t) {
  abi::write_text(out, toString(t), std::strlen(toString(t)));
  return out;
}

// Numbers of 16 bits: storage only; arithmetic happens in float.
struct Half {
  std::uint16_t x = 0;
  Half() = default;
  struct FromBits {};
  constexpr Half(std::uint16_t bits, FromBits) : x(bits) {}
  Half(float f);
  operator float() const;
};
struct BFloat16 {
  std::uint16_t x = 0;
  BFloat16() = default;
  struct FromBits {};
  constexpr BFloat16(std::uint16_t bits, FromBits) : x(bits) {}
  BFloat16(float f) {
    std::uint32_t u;
    std::memcpy(&u, &f, 4);
    if ((u & 0x7fffffffu) > 0x7f800000u) x = 0x7fc0;
    else x = static_cast<std::uint16_t>((u + 0x7fffu + ((u >> 16) & 1u)) >> 16);
  }
  operator float() const {
    const std::uint32_t u = static_cast<std::uint32_t>(x) << 16;
    float f;
    std::memcpy(&f, &u, 4);
    return f;
  }
};
inline Half::Half(float f) {
  // Scaling by powers of two rounds to nearest even where the result is subnormal or normal.
  std::uint32_t w;
  std::memcpy(&w, &f, 4);
  const auto sign = static_cast<std::uint16_t>((w >> 16) & 0x8000u);
  const std::uint32_t magnitude = w & 0x7fffffffu;
  if (magnitude > 0x7f800000u) {
    x = static_cast<std::uint16_t>(sign | 0x7e00u);
  } else if (magnitude >= 0x477ff000u) {  // rounds beyond 65504
    x = static_cast<std::uint16_t>(sign | 0x7c00u);
  } else if (magnitude < 0x38800000u) {  // below the least normal half
    float a;
    std::memcpy(&a, &magnitude, 4);
    a += 0.5f;  // aligns the mantissa; the addition rounds
    std::uint32_t u;
    std::memcpy(&u, &a, 4);
    x = static_cast<std::uint16_t>(sign | (u - 0x3f000000u));
  } else {
    const std::uint32_t rounded = magnitude - 0x38000000u + 0xfffu + ((magnitude >> 13) & 1u);
    x = static_cast<std::uint16_t>(sign | (rounded >> 13));
  }
}
inline Half::operator float() const {
  const std::uint32_t sign = static_cast<std::uint32_t>(x & 0x8000u) << 16;
  const std::uint32_t rest = x & 0x7fffu;
  std::uint32_t w;
  if (rest >= 0x7c00u) {
    w = sign | 0x7f800000u | (rest & 0x3ffu) << 13;
  } else if (rest >= 0x400u) {
    w = sign | ((rest << 13) + 0x38000000u);
  } else {
    float f = static_cast<float>(rest) * 5.9604644775390625e-8f;  // 2^-24
    std::memcpy(&w, &f, 4);
    w |= sign;
  }
  float f;
  std::memcpy(&f, &w, 4);
  return f;
}

// c10::complex. Layout of std::complex, and converts to and from it, without its header.
template <class T>
struct Complex {
  using value_type = T;
  T real_ = T(0), imag_ = T(0);
  constexpr Complex() = default;
  constexpr Complex(T re, T im = T()) : real_(re), imag_(im) {}
  template <class C, class = decltype(std::declval<const C&>().real()),
            class = std::enable_if_t<!std::is_same_v<C, Complex>>>
  constexpr Complex(const C& c) : real_(static_cast<T>(c.real())), imag_(static_cast<T>(c.imag())) {}
  constexpr T real() const { return real_; }
  constexpr T imag() const { return imag_; }
  template <class C, class = std::enable_if_t<std::is_same_v<decltype(C(T(), T()).real()), typename C::value_type>>>
  explicit operator C() const {
    return C(static_cast<typename C::value_type>(real_), static_cast<typename C::value_type>(imag_));
  }
  friend constexpr bool operator==(const Complex& a, const Complex& b) {
    return a.real_ == b.real_ && a.imag_ == b.imag_;
  }
  friend constexpr bool operator!=(const Complex& a, const Complex& b) { return !(a == b); }
  friend constexpr Complex operator+(const Complex& a, const Complex& b) {
    return {a.real_ + b.real_, a.imag_ + b.imag_};
  }
  friend constexpr Complex operator-(const Complex& a, const Complex& b) {
    return {a.real_ - b.real_, a.imag_ - b.imag_};
  }
  friend constexpr Complex operator*(const Complex& a, const Complex& b) {
    return {a.real_ * b.real_ - a.imag_ * b.imag_, a.real_ * b.imag_ + a.imag_ * b.real_};
  }
};

template <class T>
struct CppTypeToScalarType {
  static constexpr ScalarType value = ScalarType::Undefined;
};
#define FACULA_CPP_TYPE(T, name)                            \
  template <>                                               \
  struct CppTypeToScalarType<T> {                           \
    static constexpr ScalarType value = ScalarType::name;   \
  };
FACULA_CPP_TYPE(std::uint8_t, Byte)
FACULA_CPP_TYPE(std::int8_t, Char)
FACULA_CPP_TYPE(std::int16_t, Short)
FACULA_CPP_TYPE(std::int32_t, Int)
FACULA_CPP_TYPE(std::int64_t, Long)
FACULA_CPP_TYPE(Half, Half)
FACULA_CPP_TYPE(float, Float)
FACULA_CPP_TYPE(double, Double)
FACULA_CPP_TYPE(bool, Bool)
FACULA_CPP_TYPE(BFloat16, BFloat16)
FACULA_CPP_TYPE(Complex<float>, ComplexFloat)
FACULA_CPP_TYPE(Complex<double>, ComplexDouble)
#undef FACULA_CPP_TYPE
// Types that some platforms spell differently from the sized ones: long long beside long.
template <>
struct CppTypeToScalarType<std::conditional_t<std::is_same_v<std::int64_t, long>, long long, long>> {
  static constexpr ScalarType value =
      sizeof(std::conditional_t<std::is_same_v<std::int64_t, long>, long long, long>) == 8 ? ScalarType::Long
                                                                                           : ScalarType::Int;
};

// What Tensor::dtype() gives: compares with ScalarType.
class TypeMeta {
 public:
  TypeMeta() = default;
  TypeMeta(ScalarType t) : type_(t) {}
  template <class T>
  static TypeMeta Make() {
    return CppTypeToScalarType<std::remove_cv_t<T>>::value;
  }
  static TypeMeta fromScalarType(ScalarType t) { return t; }
  ScalarType toScalarType() const { return type_; }
  bool isScalarType() const { return type_ != ScalarType::Undefined; }
  bool isScalarType(ScalarType t) const { return type_ == t; }
  std::size_t itemsize() const { return elementSize(type_); }
  std::string_view name() const {
    constexpr const char* names[] = {"unsigned char", "signed char", "short int", "int", "long int", "c10::Half",
                                     "float", "double", "c10::complex<c10::Half>", "c10::complex<float>",
                                     "c10::complex<double>", "bool", "c10::qint8", "c10::quint8", "c10::qint32",
                                     "c10::BFloat16"};
    return type_ == ScalarType::Undefined ? "nullptr (uninitialized)" : names[static_cast<int>(type_)];
  }
  template <class T>
  bool Match() const {
    return type_ == CppTypeToScalarType<T>::value;
  }
  friend bool operator==(const TypeMeta& a, const TypeMeta& b) { return a.type_ == b.type_; }
  friend bool operator!=(const TypeMeta& a, const TypeMeta& b) { return a.type_ != b.type_; }
  friend bool operator==(const TypeMeta& a, ScalarType b) { return a.type_ == b; }
  friend bool operator!=(const TypeMeta& a, ScalarType b) { return a.type_ != b; }
  friend bool operator==(ScalarType a, const TypeMeta& b) { return a == b.type_; }
  friend bool operator!=(ScalarType a, const TypeMeta& b) { return a != b.type_; }
  friend std::ostream& operator<<(std::ostream& out, const TypeMeta& t) {
    abi::write_text(out, t.name().data(), t.name().size());
    return out;
  }

 private:
  ScalarType type_ = ScalarType::Undefined;
};
inline ScalarType typeMetaToScalarType(TypeMeta t) { return t.toScalarType(); }
inline TypeMeta scalarTypeToTypeMeta(ScalarType t) { return t; }

// --- devices, layouts, memory formats ----------------------------------------------------------------------------------

enum class DeviceType : std::int8_t {
  CPU = 0, CUDA = 1, MKLDNN = 2, OPENGL = 3, OPENCL = 4, IDEEP = 5, HIP = 6, FPGA = 7, MAIA = 8, XLA = 9, Vulkan = 10,
  Metal = 11, XPU = 12, MPS = 13, Meta = 14, HPU = 15, VE = 16, Lazy = 17, IPU = 18, MTIA = 19, PrivateUse1 = 20,
};
using DeviceIndex = std::int8_t;
constexpr DeviceType kCPU = DeviceType::CPU, kCUDA = DeviceType::CUDA, kMPS = DeviceType::MPS,
                     kMeta = DeviceType::Meta, kXPU = DeviceType::XPU, kHIP = DeviceType::HIP,
                     kVulkan = DeviceType::Vulkan, kXLA = DeviceType::XLA;

inline const char* DeviceTypeName(DeviceType t) {
  constexpr const char* names[] = {"cpu", "cuda", "mkldnn", "opengl", "opencl", "ideep", "hip", "fpga", "maia", "xla",
                                   "vulkan", "metal", "xpu", "mps", "meta", "hpu", "ve", "lazy", "ipu", "mtia",
                                   "privateuseone"};
  return names[static_cast<int>(t)];
}

struct Device final {
  using Type = DeviceType;
  Device(DeviceType type, DeviceIndex index = -1) : type_(type), index_(index) {}
  Device(const std::string& text) : type_(DeviceType::CPU) {
    const auto colon = text.find(':');
    const std::string name = text.substr(0, colon);
    bool found = false;
    for (int t = 0; t <= static_cast<int>(DeviceType::PrivateUse1) && !found; ++t)
      if (name == DeviceTypeName(static_cast<DeviceType>(t))) {
        type_ = static_cast<DeviceType>(t);
        found = true;
      }
    if (!found) fail("Expected one of cpu, cuda, mkldnn, hip, xla, vulkan, xpu, mps, meta device type at start of device string: " + text);
    if (colon == std::string::npos) return;
    int index = 0;
    const std::string digits = text.substr(colon + 1);
    if (digits.empty() || digits.size() > 2) fail("Invalid device string: '" + text + "'");
    for (const char c : digits) {
      if (c < '0' || c > '9') fail("Invalid device string: '" + text + "'");
      index = index * 10 + (c - '0');
    }
    index_ = static_cast<DeviceIndex>(index);
  }
  Device(const char* text) : Device(std::string(text)) {}

  DeviceType type() const { return type_; }
  DeviceIndex index() const { return index_; }
  bool has_index() const { return index_ != -1; }
  void set_index(DeviceIndex i) { index_ = i; }
  bool is_cpu() const { return type_ == DeviceType::CPU; }
  bool is_cuda() const { return type_ == DeviceType::CUDA; }
  bool is_mps() const { return type_ == DeviceType::MPS; }
  bool is_meta() const { return type_ == DeviceType::Meta; }
  std::string str() const {
    std::string s = DeviceTypeName(type_);
    if (has_index()) s += ":" + std::to_string(static_cast<int>(index_));
    return s;
  }
  bool operator==(const Device& o) const { return type_ == o.type_ && index_ == o.index_; }
  bool operator!=(const Device& o) const { return !(*this == o); }
  // The number that a Slot holds.
  std::int64_t packed() const {
    return static_cast<std::int64_t>(type_) * 256 + static_cast<std::uint8_t>(index_);
  }
  static Device unpacked(std::int64_t v) {
    return {static_cast<DeviceType>(v >> 8), static_cast<DeviceIndex>(v & 0xff)};
  }

 private:
  DeviceType type_;
  DeviceIndex index_ = -1;
};
inline std::ostream& operator<<(std::ostream& out, const Device& d) {
  const std::string s = d.str();
  abi::write_text(out, s.data(), s.size());
  return out;
}
inline std::ostream& operator<<(std::ostream& out, DeviceType t) {
  abi::write_text(out, DeviceTypeName(t), std::strlen(DeviceTypeName(t)));
  return out;
}

enum class Layout : std::int8_t { Strided = 0, Sparse = 1, SparseCsr = 2, Mkldnn = 3 };
constexpr Layout kStrided = Layout::Strided, kSparse = Layout::Sparse, kSparseCsr = Layout::SparseCsr,
                 kMkldnn = Layout::Mkldnn;
enum class MemoryFormat : std::int8_t { Contiguous = 0, Preserve = 1, ChannelsLast = 2, ChannelsLast3d = 3 };
inline std::ostream& operator<<(std::ostream& out, Layout v) {
  constexpr const char* names[] = {"Strided", "Sparse", "SparseCsr", "Mkldnn"};
  const char* s = names[static_cast<int>(v)];
  abi::write_text(out, s, std::strlen(s));
  return out;
}
inline std::ostream& operator<<(std::ostream& out, MemoryFormat v) {
  constexpr const char* names[] = {"Contiguous", "Preserve", "ChannelsLast", "ChannelsLast3d"};
  const char* s = names[static_cast<int>(v)];
  abi::write_text(out, s, std::strlen(s));
  return out;
}
namespace Reduction {
enum Reduction { None = 0, Mean = 1, Sum = 2, END };
}
inline ScalarType get_default_dtype_as_scalartype() { return static_cast<ScalarType>(abi::default_dtype()); }
inline TypeMeta get_default_dtype() { return get_default_dtype_as_scalartype(); }
inline void set_default_dtype(TypeMeta t) { abi::set_default_dtype(static_cast<std::int8_t>(t.toScalarType())); }

// --- numbers -----------------------------------------------------------------------------------------------------------

// A number as an operator's argument, exact in its own kind.
class Scalar {
 public:
  Scalar() = default;
  template <class T, std::enable_if_t<std::is_arithmetic_v<T>, int> = 0>
  Scalar(T v) {
    if constexpr (std::is_same_v<T, bool>) {
      kind_ = abi::Tag::kBool;
      i_ = v;
    } else if constexpr (std::is_floating_point_v<T>) {
      kind_ = abi::Tag::kFloat;
      d_ = static_cast<double>(v);
    } else {
      i_ = static_cast<std::int64_t>(v);
    }
  }
  Scalar(Half v) : Scalar(static_cast<float>(v)) {}
  Scalar(BFloat16 v) : Scalar(static_cast<float>(v)) {}
  template <class T>
  Scalar(Complex<T> v) : kind_(abi::Tag::kComplex), d_(v.real()), imag_(v.imag()) {}

  bool isIntegral(bool include_bool = false) const {
    return kind_ == abi::Tag::kInt || (include_bool && kind_ == abi::Tag::kBool);
  }
  bool isFloatingPoint() const { return kind_ == abi::Tag::kFloat; }
  bool isComplex() const { return kind_ == abi::Tag::kComplex; }
  bool isBoolean() const { return kind_ == abi::Tag::kBool; }
  ScalarType type() const {
    return isFloatingPoint() ? kDouble : isComplex() ? kComplexDouble : isBoolean() ? kBool : kLong;
  }
  template <class T>
  T to() const {
    if constexpr (std::is_same_v<T, Complex<float>> || std::is_same_v<T, Complex<double>>) {
      using E = typename T::value_type;
      return T(static_cast<E>(as_double()), static_cast<E>(isComplex() ? imag_ : 0.0));
    } else if constexpr (std::is_same_v<T, bool>) {
      return isFloatingPoint() || isComplex() ? d_ != 0 || imag_ != 0 : i_ != 0;
    } else if constexpr (std::is_integral_v<T>) {
      return isFloatingPoint() || isComplex() ? static_cast<T>(d_) : static_cast<T>(i_);
    } else {
      return static_cast<T>(static_cast<std::conditional_t<std::is_floating_point_v<T>, T, float>>(as_double()));
    }
  }
  float toFloat() const { return to<float>(); }
  double toDouble() const { return to<double>(); }
  int toInt() const { return to<int>(); }
  std::int64_t toLong() const { return to<std::int64_t>(); }
  std::int16_t toShort() const { return to<std::int16_t>(); }
  std::uint8_t toByte() const { return to<std::uint8_t>(); }
  std::int8_t toChar() const { return to<std::int8_t>(); }
  Half toHalf() const { return to<Half>(); }
  bool toBool() const { return to<bool>(); }
  Complex<double> toComplexDouble() const { return to<Complex<double>>(); }
  Complex<float> toComplexFloat() const { return to<Complex<float>>(); }
  Scalar operator-() const {
    Scalar s = *this;
    s.i_ = -i_;
    s.d_ = -d_;
    s.imag_ = -imag_;
    return s;
  }
  bool equal(const Scalar& o) const { return as_double() == o.as_double() && imag_ == o.imag_; }

 private:
  double as_double() const { return isFloatingPoint() || isComplex() ? d_ : static_cast<double>(i_); }
  abi::Tag kind_ = abi::Tag::kInt;
  std::int64_t i_ = 0;
  double d_ = 0, imag_ = 0;
};
FACULA_API std::ostream& operator<<(std::ostream& out, const Scalar& s);

// --- options of new tensors --------------------------------------------------------------------------------------------

struct TensorOptions {
  TensorOptions() = default;
  TensorOptions(Layout v) : layout_(v) {}
  TensorOptions(MemoryFormat v) : memory_format_(v) {}
  TensorOptions(ScalarType v) : dtype_(v) {}
  TensorOptions(TypeMeta v) : dtype_(v.toScalarType()) {}
  template <class T, std::enable_if_t<std::is_constructible_v<Device, T&&> &&
                                          !std::is_same_v<std::decay_t<T>, TensorOptions>,
                                      int> = 0>
  TensorOptions(T&& v) : device_(Device(std::forward<T>(v))) {}

  TensorOptions dtype(std::optional<ScalarType> v) const { return with(&TensorOptions::dtype_, v); }
  TensorOptions dtype(TypeMeta v) const { return dtype(v.toScalarType()); }
  TensorOptions dtype(ScalarType v) const { return with(&TensorOptions::dtype_, std::optional<ScalarType>(v)); }
  template <class T>
  TensorOptions dtype() const {
    return dtype(CppTypeToScalarType<T>::value);
  }
  TensorOptions layout(std::optional<Layout> v) const { return with(&TensorOptions::layout_, v); }
  template <class... A>
  TensorOptions device(A&&... a) const {
    if constexpr (sizeof...(A) == 1 && (std::is_same_v<std::decay_t<A>, std::optional<Device>> && ...))
      return with(&TensorOptions::device_, std::optional<Device>(std::forward<A>(a)...));
    else
      return with(&TensorOptions::device_, std::optional<Device>(Device(std::forward<A>(a)...)));
  }
  TensorOptions device_index(DeviceIndex i) const { return device(DeviceType::CUDA, i); }
  TensorOptions requires_grad(std::optional<bool> v) const { return with(&TensorOptions::requires_grad_, v); }
  TensorOptions pinned_memory(std::optional<bool> v) const { return with(&TensorOptions::pinned_, v); }
  TensorOptions memory_format(std::optional<MemoryFormat> v) const { return with(&TensorOptions::memory_format_, v); }

  Device device() const { return device_.value_or(Device(kCPU)); }
  TypeMeta dtype() const { return dtype_.value_or(get_default_dtype_as_scalartype()); }
  Layout layout() const { return layout_.value_or(kStrided); }
  bool requires_grad() const { return requires_grad_.value_or(false); }
  bool pinned_memory() const { return pinned_.value_or(false); }
  bool has_dtype() const { return dtype_.has_value(); }
  bool has_device() const { return device_.has_value(); }
  bool has_layout() const { return layout_.has_value(); }
  bool has_requires_grad() const { return requires_grad_.has_value(); }
  const std::optional<ScalarType>& dtype_opt() const { return dtype_; }
  const std::optional<Layout>& layout_opt() const { return layout_; }
  const std::optional<Device>& device_opt() const { return device_; }
  const std::optional<bool>& pinned_memory_opt() const { return pinned_; }
  const std::optional<bool>& requires_grad_opt() const { return requires_grad_; }
  const std::optional<MemoryFormat>& memory_format_opt() const { return memory_format_; }
  bool is_sparse() const { return layout() == kSparse; }

 private:
  template <class T>
  TensorOptions with(std::optional<T> TensorOptions::*member, std::optional<T> v) const {
    TensorOptions o = *this;
    o.*member = v;
    return o;
  }
  std::optional<ScalarType> dtype_;
  std::optional<Layout> layout_;
  std::optional<Device> device_;
  std::optional<bool> requires_grad_;
  std::optional<bool> pinned_;
  std::optional<MemoryFormat> memory_format_;
};
inline TensorOptions dtype(ScalarType v) { return TensorOptions().dtype(v); }
inline TensorOptions dtype(TypeMeta v) { return TensorOptions().dtype(v); }
template <class T>
TensorOptions dtype() {
  return TensorOptions().dtype<T>();
}
inline TensorOptions layout(Layout v) { return TensorOptions().layout(v); }
inline TensorOptions device(Device v) { return TensorOptions().device(v); }
inline TensorOptions requires_grad(bool v = true) { return TensorOptions().requires_grad(v); }
inline TensorOptions memory_format(MemoryFormat v) { return TensorOptions().memory_format(v); }

}  // namespace facula

// --- checks in programs --------------------------------------------------------------------------------------------------

#define TORCH_CHECK(cond, ...)                                                                              \
  do {                                                                                                      \
    if (!(cond)) {                                                                                          \
      const std::string facula_text = ::facula::detail::text(__VA_ARGS__);                                  \
      ::facula::fail(facula_text.empty() ? "Expected " #cond " to be true, but got false." : facula_text);  \
    }                                                                                                       \
  } while (false)
#define TORCH_INTERNAL_ASSERT(...) TORCH_CHECK(__VA_ARGS__)
#define TORCH_WARN(...)                                                                  \
  do {                                                                                   \
    const std::string facula_text = ::facula::detail::text("[W] ", __VA_ARGS__, "\n");   \
    ::facula::abi::print_text({facula_text.data(), facula_text.size()}, true);           \
  } while (false)
