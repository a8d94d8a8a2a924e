// Conversions between numbers and strings: bool(), int(), float(), complex(), str(), ord(), chr(), hex() and the like.
#include <cerrno>
#include <cmath>
#include <cstdlib>
#include <functional>
#include <limits>

#include "ops/op.h"
#include "value/print.h"

namespace fac::ops {
namespace {

using Int = std::int64_t;
using Complex = std::complex<double>;

template <class A>
Result<bool> to_bool(A a) {
  return a != 0;
}
Result<Int> int_of_bool(bool a) { return Int{a}; }
// Out of range and NaN give the smallest int, as the conversion instruction of x86 does.
Int truncated(double a) {
  return a >= -9223372036854775808.0 && a < 9223372036854775808.0 ? static_cast<Int>(a) : std::numeric_limits<Int>::min();
}
Result<Int> int_of_float(double a) { return truncated(a); }
Result<Int> int_of_scalar(const Scalar& a) { return a.is_float() ? truncated(a.to_double()) : a.to_int(); }

// strtoll and strtod need a terminator; both skip leading white space, and nothing may follow the number.
Result<Int> int_of_str(std::string_view s) {
  const std::string text(s);
  char* end = nullptr;
  errno = 0;
  const Int value = std::strtoll(text.c_str(), &end, 10);
  FACULA_CHECK(errno == 0 && end != text.c_str() && end == text.c_str() + text.size(),
               "invalid literal for int() with base 10: '{}'", s);
  return value;
}
Result<double> float_of_str(std::string_view s) {
  const std::string text(s);
  char* end = nullptr;
  const double value = std::strtod(text.c_str(), &end);
  FACULA_CHECK(end != text.c_str() && end == text.c_str() + text.size(), "could not convert string to float: '{}'", s);
  return value;
}
template <class A>
Result<double> to_float(A a) {
  return static_cast<double>(a);
}
Result<double> float_of_scalar(const Scalar& a) { return a.to_double(); }

template <class A, class B>
Result<Complex> to_complex(A a, B b) {
  return Complex(static_cast<double>(a), static_cast<double>(b));
}
Result<Complex> complex_of_scalar(const Scalar& a) { return a.to_complex(); }

Result<std::string> to_str(const Value& v) { return value_text(v); }
Result<Int> ord(std::string_view s) {
  FACULA_CHECK(s.size() == 1, "String for ord() must be 1 character, found {}", s.size());
  return Int{static_cast<unsigned char>(s[0])};
}
Result<std::string> chr(Int i) {
  FACULA_CHECK(i >= 0 && i < 1114111, "chr() arg not in range(0x110000), found {}", i);
  return std::string(1, static_cast<char>(i));  // strings are bytes in TorchScript
}
template <unsigned Base>
Result<std::string> digits(Int i) {
  constexpr std::string_view kPrefix = Base == 16 ? "0x" : Base == 8 ? "0o" : "0b";
  std::string out;
  std::uint64_t rest = i < 0 ? -static_cast<std::uint64_t>(i) : static_cast<std::uint64_t>(i);
  do out.insert(out.begin(), "0123456789abcdef"[rest % Base]);
  while (rest /= Base);
  return (i < 0 ? "-" : "") + std::string(kPrefix) + out;
}

Result<Int> hash(const Value& v) {
  switch (v.tag()) {
    case Tag::kBool:
    case Tag::kInt: return v.i();
    case Tag::kNone: return Int{0};
    case Tag::kFloat: return static_cast<Int>(std::hash<double>()(v.d()));
    case Tag::kStr: return static_cast<Int>(std::hash<std::string>()(v.str()));
    case Tag::kTuple: {
      std::uint64_t h = 0;
      for (const auto& e : v.tuple().values) {
        FACULA_TRY(const Int part, hash(e));
        h = h * 1000003 + static_cast<std::uint64_t>(part);
      }
      return static_cast<Int>(h);
    }
    case Tag::kList:
    case Tag::kDict:
      return runtime_error("TypeError: unhashable type: '{}'", type_of(v)->annotation());
    default: return static_cast<Int>(std::hash<const void*>()(v.is_ref() ? v.box_ptr() : nullptr));
  }
}

constexpr Op kConvert[] = {
    row<to_bool<double>>("aten::Bool.float(float a) -> bool"),
    row<to_bool<Int>>("aten::Bool.int(int a) -> bool"),
    row<int_of_bool>("aten::Int.bool(bool a) -> int"),
    row<int_of_float>("aten::Int.float(float a) -> int"),
    row<int_of_scalar>("aten::Int.Scalar(Scalar a) -> int"),
    row<int_of_str>("aten::Int.str(str a) -> int"),
    row<float_of_scalar>("aten::Float.Scalar(Scalar a) -> float"),
    row<to_float<Int>>("aten::Float.int(int a) -> float"),
    row<to_float<bool>>("aten::Float.bool(bool a) -> float"),
    row<float_of_str>("aten::Float.str(str a) -> float"),
    row<complex_of_scalar>("aten::Complex.Scalar(Scalar a) -> complex"),
    row<to_complex<Int, bool>>("aten::Complex.int_bool(int x, bool y) -> complex"),
    row<to_complex<bool, Int>>("aten::Complex.bool_int(bool x, int y) -> complex"),
    row<to_complex<double, bool>>("aten::Complex.float_bool(float x, bool y) -> complex"),
    row<to_complex<bool, double>>("aten::Complex.bool_float(bool x, float y) -> complex"),
    row<to_complex<double, Int>>("aten::Complex.float_int(float x, int y) -> complex"),
    row<to_complex<Int, double>>("aten::Complex.int_float(int x, float y) -> complex"),
    row<to_complex<Int, Int>>("aten::Complex.int_int(int x, int y) -> complex"),
    row<to_complex<bool, bool>>("aten::Complex.bool_bool(bool x, bool y) -> complex"),
    row<to_complex<double, double>>("aten::Complex.float_float(float x, float y) -> complex"),
    row<to_str>("aten::str(t elem) -> str"),
    row<ord>("aten::ord(str string) -> int"),
    row<chr>("aten::chr(int i) -> str"),
    row<digits<16>>("aten::hex(int i) -> str"),
    row<digits<8>>("aten::oct(int i) -> str"),
    row<digits<2>>("aten::bin(int i) -> str"),
    row<hash>("aten::hash.generic(t value) -> int"),
};

}  // namespace

}  // namespace fac::ops

namespace fac {
FACULA_FAMILY(builtins_convert, ops::kConvert)
}
