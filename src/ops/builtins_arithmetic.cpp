// Arithmetic on Python numbers: int is 64 bits and wraps, as in libtorch; // and % round towards minus infinity.
#include <cmath>
#include <cstdlib>

#include "base/checked.h"
#include "ops/builtins.h"
#include "ops/op.h"

namespace fac::ops {
namespace {

using Int = std::int64_t;
using Complex = std::complex<double>;

// --- the operations on two operands of one kind -----------------------------------------------------------------------

struct Add {
  static Int of(Int a, Int b) { return wrap_add(a, b); }
  static double of(double a, double b) { return a + b; }
  static Complex of(Complex a, Complex b) { return a + b; }
};
struct Sub {
  static Int of(Int a, Int b) { return wrap_sub(a, b); }
  static double of(double a, double b) { return a - b; }
  static Complex of(Complex a, Complex b) { return a - b; }
};
struct Mul {
  static Int of(Int a, Int b) { return wrap_mul(a, b); }
  static double of(double a, double b) { return a * b; }
  // The plain formula: std::complex repairs infinities, libtorch does not.
  static Complex of(Complex a, Complex b) {
    return {a.real() * b.real() - a.imag() * b.imag(), a.real() * b.imag() + a.imag() * b.real()};
  }
};
struct FloorDiv {
  static Result<Int> of(Int a, Int b) {
    FACULA_CHECK(b != 0, "division by 0");
    if (b == -1) return wrap_sub(0, a);  // the one quotient that does not fit
    const Int q = a / b;
    return (a % b != 0 && (a < 0) != (b < 0)) ? q - 1 : q;
  }
  static double of(double a, double b) { return std::floor(a / b); }
};
struct Remainder {
  static Result<Int> of(Int a, Int b) {
    FACULA_CHECK(b != 0, "ZeroDivisionError: integer modulo by zero");
    if (b == -1) return Int{0};
    const Int r = a % b;
    return r != 0 && (r < 0) != (b < 0) ? r + b : r;
  }
  static double of(double a, double b) { return std::fmod(b + std::fmod(a, b), b); }
};
struct Div {
  static double of(double a, double b) { return a / b; }
  static Complex of(Complex a, Complex b) { return divide(a, b); }
};
struct Pow {
  static Result<double> of(double a, double b) {
    FACULA_CHECK(!(a == 0.0 && b < 0.0), "0.0 cannot be raised to a negative power");
    return std::pow(a, b);
  }
};

// One operand is widened to the other's kind: row<mixed<Add, Int, double>>("aten::add.int_float(int a, float b) -> float").
template <class A, class B>
using Wider = std::conditional_t<std::is_same_v<A, Complex> || std::is_same_v<B, Complex>, Complex,
                                 std::conditional_t<std::is_same_v<A, Int> && std::is_same_v<B, Int>, Int, double>>;
template <class T, class F>
T widen(F x) {
  if constexpr (std::is_same_v<F, Complex> || std::is_same_v<T, F>) return x;
  else return T(static_cast<double>(x));
}

template <class T>
struct Plain {
  using type = T;
};
template <class T>
struct Plain<Result<T>> {
  using type = T;
};

// `R` is the kind that the operation is done in.
template <class Op, class R, class A, class B>
auto in_kind(A a, B b) -> Result<typename Plain<decltype(Op::of(widen<R>(a), widen<R>(b)))>::type> {
  return Op::of(widen<R>(a), widen<R>(b));
}
template <class Op, class A, class B>
auto mixed(A a, B b) {
  return in_kind<Op, Wider<A, B>>(a, b);
}
// Division and powers of ints are done on floats.
template <class Op, class A, class B>
auto mixed_float(A a, B b) {
  using W = Wider<A, B>;
  return in_kind<Op, std::conditional_t<std::is_same_v<W, Int>, double, W>>(a, b);
}

template <class T>
Result<Scalar> to_scalar(Result<T> r) {
  if (!r.ok()) return r.take_error();
  return Scalar(*r);
}
// Two numbers whose kind is known at run time only.
template <class Op>
Result<Scalar> scalars(const Scalar& a, const Scalar& b) {
  if constexpr (requires { Op::of(Complex(), Complex()); }) {
    if (a.is_complex() || b.is_complex()) return Scalar(Op::of(a.to_complex(), b.to_complex()));
  }
  FACULA_TRY_VOID(real_numbers(a, b));
  if (a.is_float() || b.is_float()) return to_scalar(in_kind<Op, double>(a.to_double(), b.to_double()));
  return to_scalar(in_kind<Op, Int>(a.to_int(), b.to_int()));
}
Result<double> div_scalars(const Scalar& a, const Scalar& b) {
  FACULA_TRY_VOID(real_numbers(a, b));
  return a.to_double() / b.to_double();
}
// No complaint about 0 ** -1 where the kinds are not known beforehand.
Result<double> pow_scalars(const Scalar& a, const Scalar& b) {
  FACULA_TRY_VOID(real_numbers(a, b));
  return std::pow(a.to_double(), b.to_double());
}
template <class A, class B>
Result<Complex> pow_complex(A a, B b) {
  return std::pow(a, b);
}

// --- the rest -----------------------------------------------------------------------------------------------------------

Result<std::tuple<Int, Int>> divmod_int(Int a, Int b) {
  FACULA_CHECK(b != 0, "ZeroDivisionError: integer division or modulo by zero");
  FACULA_TRY(const Int q, FloorDiv::of(a, b));
  return std::tuple(q, wrap_sub(a, wrap_mul(q, b)));
}
Result<std::tuple<double, double>> divmod_float(double a, double b) {
  FACULA_CHECK(b != 0, "ZeroDivisionError: float divmod()");
  double r = std::fmod(a, b);
  if (r != 0 && (a < 0) != (b < 0)) r += b;
  return std::tuple((a - r) / b, r);
}
// libtorch computes these two in float32 and int32, which is a defect; here they are exact, as in Python.
template <class A, class B>
Result<std::tuple<double, double>> divmod_mixed(A a, B b) {
  return divmod_float(static_cast<double>(a), static_cast<double>(b));
}

Result<Int> neg_int(Int a) { return wrap_sub(0, a); }
Result<double> neg_float(double a) { return -a; }
Result<Complex> neg_complex(Complex a) { return -a; }
Result<Scalar> neg_scalar(const Scalar& a) {
  if (a.is_complex()) return Scalar(-a.to_complex());
  return a.is_float() ? Scalar(-a.to_double()) : Scalar(wrap_sub(0, a.to_int()));
}
Result<Int> abs_int(Int a) { return a < 0 ? wrap_sub(0, a) : a; }
Result<double> abs_float(double a) { return std::fabs(a); }
Result<double> abs_complex(Complex a) { return std::abs(a); }
Result<Scalar> abs_scalar(const Scalar& a) {
  if (a.is_complex()) return Scalar(static_cast<double>(static_cast<float>(std::abs(a.to_complex()))));  // as libtorch
  return a.is_float() ? Scalar(std::fabs(a.to_double())) : to_scalar(abs_int(a.to_int()));
}
Result<Int> pow_int_to_int(Int a, Int b) {
  const double r = std::pow(static_cast<double>(a), static_cast<double>(b));
  if (!(std::fabs(r) < 9007199254740992.0)) {  // above 2^53 the detour over double would lose digits
    Int out = 1;
    for (Int i = 0; i < b && i < 64; ++i) out = wrap_mul(out, a);
    return out;
  }
  return static_cast<Int>(r);
}

Result<Int> bit_and(Int a, Int b) { return a & b; }
Result<Int> bit_or(Int a, Int b) { return a | b; }
Result<Int> bit_xor(Int a, Int b) { return a ^ b; }
// Counts are taken modulo 64, as x86 does it for libtorch.
Result<Int> shift_left(Int a, Int b) { return static_cast<Int>(static_cast<std::uint64_t>(a) << (b & 63)); }
Result<Int> shift_right(Int a, Int b) { return a >> (b & 63); }
Result<Int> truncated_div(Int a, Int b) {
  FACULA_CHECK(b != 0, "division by 0");
  return b == -1 ? wrap_sub(0, a) : a / b;
}

constexpr Op kArithmetic[] = {
    row<mixed<Add, Int, Int>>("aten::add.int(int a, int b) -> int"),
    row<mixed<Add, Complex, Complex>>("aten::add.complex(complex a, complex b) -> complex"),
    row<mixed<Add, double, double>>("aten::add.float(float a, float b) -> float"),
    row<mixed<Add, Int, Complex>>("aten::add.int_complex(int a, complex b) -> complex"),
    row<mixed<Add, Complex, Int>>("aten::add.complex_int(complex a, int b) -> complex"),
    row<mixed<Add, double, Complex>>("aten::add.float_complex(float a, complex b) -> complex"),
    row<mixed<Add, Complex, double>>("aten::add.complex_float(complex a, float b) -> complex"),
    row<mixed<Add, Int, double>>("aten::add.int_float(int a, float b) -> float"),
    row<mixed<Add, double, Int>>("aten::add.float_int(float a, int b) -> float"),
    row<scalars<Add>>("aten::add(Scalar a, Scalar b) -> Scalar"),
    row<mixed<Sub, Int, Int>>("aten::sub.int(int a, int b) -> int"),
    row<mixed<Sub, Complex, Complex>>("aten::sub.complex(complex a, complex b) -> complex"),
    row<mixed<Sub, double, double>>("aten::sub.float(float a, float b) -> float"),
    row<mixed<Sub, Int, Complex>>("aten::sub.int_complex(int a, complex b) -> complex"),
    row<mixed<Sub, Complex, Int>>("aten::sub.complex_int(complex a, int b) -> complex"),
    row<mixed<Sub, double, Complex>>("aten::sub.float_complex(float a, complex b) -> complex"),
    row<mixed<Sub, Complex, double>>("aten::sub.complex_float(complex a, float b) -> complex"),
    row<mixed<Sub, Int, double>>("aten::sub.int_float(int a, float b) -> float"),
    row<mixed<Sub, double, Int>>("aten::sub.float_int(float a, int b) -> float"),
    row<scalars<Sub>>("aten::sub(Scalar a, Scalar b) -> Scalar"),
    row<mixed<Mul, Int, Int>>("aten::mul.int(int a, int b) -> int"),
    row<mixed<Mul, Complex, Complex>>("aten::mul.complex(complex a, complex b) -> complex"),
    row<mixed<Mul, double, double>>("aten::mul.float(float a, float b) -> float"),
    row<mixed<Mul, Int, Complex>>("aten::mul.int_complex(int a, complex b) -> complex"),
    row<mixed<Mul, Complex, Int>>("aten::mul.complex_int(complex a, int b) -> complex"),
    row<mixed<Mul, double, Complex>>("aten::mul.float_complex(float a, complex b) -> complex"),
    row<mixed<Mul, Complex, double>>("aten::mul.complex_float(complex a, float b) -> complex"),
    row<mixed<Mul, Int, double>>("aten::mul.int_float(int a, float b) -> float"),
    row<mixed<Mul, double, Int>>("aten::mul.float_int(float a, int b) -> float"),
    row<scalars<Mul>>("aten::mul(Scalar a, Scalar b) -> Scalar"),
    row<mixed_float<Div, Int, Int>>("aten::div.int(int a, int b) -> float"),
    row<mixed_float<Div, Complex, Complex>>("aten::div.complex(complex a, complex b) -> complex"),
    row<mixed_float<Div, double, double>>("aten::div.float(float a, float b) -> float"),
    row<div_scalars>("aten::div(Scalar a, Scalar b) -> float"),
    row<mixed<FloorDiv, Int, Int>>("aten::floordiv.int(int a, int b) -> int"),
    row<mixed<FloorDiv, double, double>>("aten::floordiv.float(float a, float b) -> float"),
    row<mixed<FloorDiv, Int, double>>("aten::floordiv.int_float(int a, float b) -> float"),
    row<mixed<FloorDiv, double, Int>>("aten::floordiv.float_int(float a, int b) -> float"),
    row<scalars<FloorDiv>>("aten::floordiv(Scalar a, Scalar b) -> Scalar"),
    row<mixed<Remainder, Int, Int>>("aten::remainder.int(int a, int b) -> int"),
    row<mixed<Remainder, double, double>>("aten::remainder.float(float a, float b) -> float"),
    row<mixed<Remainder, Int, double>>("aten::remainder.int_float(int a, float b) -> float"),
    row<mixed<Remainder, double, Int>>("aten::remainder.float_int(float a, int b) -> float"),
    row<scalars<Remainder>>("aten::remainder(Scalar a, Scalar b) -> Scalar"),
    row<mixed_float<Pow, Int, Int>>("aten::pow.int(int a, int b) -> float"),
    row<pow_complex<Complex, Complex>>("aten::pow.complex(complex a, complex b) -> complex"),
    row<mixed_float<Pow, double, double>>("aten::pow.float(float a, float b) -> float"),
    row<mixed_float<Pow, Int, double>>("aten::pow.int_float(int a, float b) -> float"),
    row<mixed_float<Pow, double, Int>>("aten::pow.float_int(float a, int b) -> float"),
    row<pow_complex<double, Complex>>("aten::pow.float_complex(float a, complex b) -> complex"),
    row<pow_complex<Complex, double>>("aten::pow.complex_float(complex a, float b) -> complex"),
    row<pow_scalars>("aten::pow.Scalar_Scalar(Scalar a, Scalar b) -> float"),
    row<pow_int_to_int>("aten::pow.int_to_int(int a, int b) -> int"),
    row<divmod_int>("aten::divmod.int(int x, int y) -> (int, int)"),
    row<divmod_float>("aten::divmod.float(float x, float y) -> (float, float)"),
    row<divmod_mixed<Int, double>>("aten::divmod.int_float(int x, float y) -> (float, float)"),
    row<divmod_mixed<double, Int>>("aten::divmod.float_int(float x, int y) -> (float, float)"),
    row<neg_int>("aten::neg.int(int a) -> int"),
    row<neg_float>("aten::neg.float(float a) -> float"),
    row<neg_complex>("aten::neg.complex(complex a) -> complex"),
    row<neg_scalar>("aten::neg.Scalar(Scalar a) -> Scalar"),
    row<abs_int>("prim::abs.int(int a) -> int"),
    row<abs_float>("prim::abs.float(float a) -> float"),
    row<abs_complex>("prim::abs.complex(complex a) -> float"),
    row<abs_scalar>("prim::abs.Scalar(Scalar a) -> Scalar"),
    row<bit_and>("aten::__and__.int(int a, int b) -> int"),
    row<bit_or>("aten::__or__.int(int a, int b) -> int"),
    row<bit_xor>("aten::__xor__.int(int a, int b) -> int"),
    row<shift_left>("aten::__lshift__.int(int a, int b) -> int"),
    row<shift_right>("aten::__rshift__.int(int a, int b) -> int"),
    row<truncated_div>("aten::__round_to_zero_floordiv.int(int a, int b) -> int"),
};

}  // namespace

}  // namespace fac::ops

namespace fac {
FACULA_FAMILY(builtins_arithmetic, ops::kArithmetic)
}
