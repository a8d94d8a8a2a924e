// Element-wise functions of two tensors, or of a tensor and a number.
// Longer than most files: one family, a short function and a row for each of its operators.
#include <cmath>

#include "ops/copy.h"
#include "ops/elementwise.h"
#include "ops/functions.h"

namespace fac {
namespace {

using namespace ops;
using B = BinaryOp;
using T = const Tensor&;
using S = const Scalar&;

template <B op, Rule rule, class A, class C>
Status bin(Out& out, A a, C b) {
  return binary(out, a, b, op, rule);
}

DType common(Arg a, Arg b) {
  ResultType r;
  for (const Arg& x : {a, b}) {
    if (x.tensor) r.add(*x.tensor);
    else r.add(*x.number);
  }
  return r.get();
}

// x + alpha * y and its relatives.
template <B op>
Status linear(Out& out, Arg a, Arg b, const Scalar& alpha) {
  if (a.tensor && b.tensor) FACULA_CHECK(a.tensor->defined() && b.tensor->defined(), "expected a Tensor but got None");
  const DType t = common(a, b);
  FACULA_CHECK(!alpha.is_bool() || t == DType::kBool, "Boolean alpha only supported for Boolean results.");
  FACULA_CHECK(is_floating(t) || is_complex(t) || alpha.is_int() || alpha.is_bool(),
               "For integral input tensors, argument alpha must not be a floating point number.");
  FACULA_CHECK(is_complex(t) || !alpha.is_complex(),
               "For non-complex input tensors, argument alpha must not be a complex number.");
  if (op != B::add) {
    const auto is_bool = [](Arg x) { return x.tensor ? x.tensor->dtype() == DType::kBool : x.number->is_bool(); };
    FACULA_CHECK(!(is_bool(a) && is_bool(b)),
                 "Subtraction, the `-` operator, with two bool tensors is not supported. Use the `^` or `logical_xor()` "
                 "operator instead.");
    FACULA_CHECK(!is_bool(a) && !is_bool(b),
                 "Subtraction, the `-` operator, with a bool tensor is not supported. If you are trying to invert a "
                 "mask, use the `~` or `logical_not()` operator instead.");
  }
  if (alpha.is_complex()) {
    FACULA_TRY(const Tensor scaled, binary(op == B::rsub ? a : b, alpha, B::mul));
    return op == B::rsub ? binary_as(out, scaled, b, op, t, t) : binary_as(out, a, scaled, op, t, t);
  }
  return binary_as(out, a, b, op, t, t, {.a = alpha.to_double(), .i = alpha.to_int()});
}
template <B op, class C>
Status with_alpha(Out& out, T self, C other, S alpha) {
  return linear<op>(out, self, other, alpha);
}

template <class C>
Status div_mode(Out& out, T self, C other, std::optional<std::string_view> mode) {
  if (!mode) return binary(out, self, other, B::div, Rule::kFloating);
  FACULA_CHECK(*mode == "trunc" || *mode == "floor",
               "div expected rounding_mode to be one of None, 'trunc', or 'floor' but found '{}'", *mode);
  return binary(out, self, other, *mode == "trunc" ? B::div_trunc : B::div_floor, Rule::kReal);
}

Status pow_tt(Out& out, T self, T exponent) { return binary(out, self, exponent, B::pow, Rule::kSame); }
Status pow_ts(Out& out, T self, S exponent) {
  FACULA_CHECK(self.defined(), "expected a Tensor but got None");
  const DType t = result_type(self, exponent);
  if (is_integral(t, true)) {
    FACULA_CHECK(exponent.to_int() >= 0, "Integers to negative integer powers are not allowed.");
  }
  // The same roundings as PyTorch for the powers that it singles out.
  if (is_floating(t) && !exponent.is_complex()) {
    const double e = exponent.to_double();
    if (e == 2) return unary_as(out, self, UnaryOp::square, t, t);
    if (e == 0.5) return unary_as(out, self, UnaryOp::sqrt, t, t);
    if (e == -0.5) return unary_as(out, self, UnaryOp::rsqrt, t, t);
    if (e == 1) return unary_as(out, self, UnaryOp::positive, t, t);
    if (e == -1) return unary_as(out, self, UnaryOp::reciprocal, t, t);
  }
  return binary_as(out, self, exponent, B::pow, t, t);
}
Status pow_st(Out& out, S self, T exponent) { return binary(out, self, exponent, B::pow, Rule::kSame); }

template <class A, class C>
Status float_power(Out& out, A self, C exponent) {
  const DType t = is_complex(common(self, exponent)) ? DType::kComplexDouble : DType::kDouble;
  if constexpr (std::is_same_v<A, T>)
    FACULA_CHECK(!out.is_in_place() || self.dtype() == t,
                 "the base given to float_power_ has dtype {} but the operation's result requires dtype {}",
                 dtype_name(self.dtype()), dtype_name(t));
  return binary_as(out, self, exponent, B::pow, t, t);
}

// x * 2^y
Status ldexp(Out& out, T self, T other) {
  FACULA_TRY(Tensor scale, binary(Scalar(2.0), other, B::pow));
  if (is_floating(self.dtype())) {
    FACULA_TRY(scale, cast(scale, self.dtype()));
  }
  return binary(out, self, scale, B::mul, Rule::kSame);
}

template <B op, class A, class C>
Status shift(Out& out, A a, C b) {
  return binary(out, a, b, op, Rule::kIntegral);
}
// << and >> also scale floating tensors by powers of two.
template <bool left, class C>
Status scale_shift(Out& out, T a, C b) {
  const DType t = common(a, b);
  if (is_integral(t, true)) return binary(out, a, b, left ? B::shift_left : B::shift_right, Rule::kIntegral);
  Tensor scale;
  if constexpr (std::is_same_v<C, S>) {
    FACULA_TRY(scale, scalar_tensor(Scalar(std::pow(2.0, b.to_double())), t));
  } else {
    FACULA_TRY(scale, binary(Scalar(2.0), b, B::pow));
  }
  return binary(out, a, scale, left ? B::mul : B::div, Rule::kSame);
}

// Half precision: the neighbour in the order of the numbers, which is that of their bits.
template <class H>
H half_after(H x, H y) {
  const float a = static_cast<float>(x), b = static_cast<float>(y);
  if (std::isnan(a)) return x;
  if (std::isnan(b) || a == b) return y;
  H out = x;
  if (a == 0) out.bits = static_cast<std::uint16_t>(b > 0 ? 1 : 0x8001);
  else out.bits = static_cast<std::uint16_t>((a < b) == (a > 0) ? x.bits + 1 : x.bits - 1);
  return out;
}
Status next_after(Out& out, T a, T b) {
  const DType t = common(a, b);
  if (t != DType::kHalf && t != DType::kBFloat16) return binary(out, a, b, B::nextafter, Rule::kFloatOnly);
  FACULA_TRY(const Dims shape, broadcast_shape(a.sizes(), b.sizes()));
  FACULA_TRY(const Tensor x, Tensor::empty(shape, t));
  FACULA_TRY(const Tensor y, Tensor::empty(shape, t));
  FACULA_TRY_VOID(copy_into(x, a));
  FACULA_TRY_VOID(copy_into(y, b));
  const auto step = [&](auto* to, const auto* toward) {
    for (std::int64_t i = 0; i < x.numel(); ++i) to[i] = half_after(to[i], toward[i]);
  };
  if (t == DType::kHalf) step(x.data_as<Half>(), y.data_as<Half>());
  else step(x.data_as<BFloat16>(), y.data_as<BFloat16>());
  out.set(x);
  return {};
}

Dims twice(Ints strides) {
  Dims out(strides);
  for (auto& s : out) s *= 2;
  return out;
}
// log(exp(x) + exp(y)); complex numbers relative to the larger real part.
Status log_add(Out& out, T a, T b) {
  const DType t = common(a, b);
  if (!is_complex(t)) return binary(out, a, b, B::logaddexp, Rule::kFloating);
  FACULA_TRY(const Tensor x, cast(a, t));
  FACULA_TRY(const Tensor y, cast(b, t));
  const auto real = [&](T z) { return Tensor::from_storage(z.storage(), z.offset() * 2, z.sizes(), twice(z.strides()), real_dtype(t)); };
  FACULA_TRY(const Tensor most, binary(real(x), real(y), B::maximum));
  FACULA_TRY(const Tensor dx, binary(x, most, B::sub));
  FACULA_TRY(const Tensor dy, binary(y, most, B::sub));
  FACULA_TRY(const Tensor ex, unary(dx, UnaryOp::exp));
  FACULA_TRY(const Tensor ey, unary(dy, UnaryOp::exp));
  FACULA_TRY(const Tensor sum, binary(ex, ey, B::add));
  FACULA_TRY(const Tensor logs, unary(sum, UnaryOp::log));
  return binary(out, logs, most, B::add, Rule::kSame);
}

Status heaviside(Out& out, T self, T values) {
  FACULA_CHECK(self.dtype() == values.dtype(), "heaviside is not yet implemented for tensors with different dtypes.");
  return binary(out, self, values, B::heaviside, Rule::kReal);
}

Status isclose(Out& out, T self, T other, double rtol, double atol, bool equal_nan) {
  FACULA_CHECK(self.dtype() == other.dtype(), "{} did not match {}", dtype_name(self.dtype()), dtype_name(other.dtype()));
  FACULA_CHECK(rtol >= 0, "rtol must be greater than or equal to zero, but got {}", rtol);
  FACULA_CHECK(atol >= 0, "atol must be greater than or equal to zero, but got {}", atol);
  return binary(out, self, other, B::isclose, Rule::kBool, {.a = rtol, .b = atol, .i = equal_nan});
}
bool all_true(const Tensor& t) {
  const bool* p = t.data_as<bool>();
  return std::all_of(p, p + t.numel(), [](bool b) { return b; });
}
Result<bool> allclose(T self, T other, double rtol, double atol, bool equal_nan) {
  FACULA_TRY(const Tensor close, fresh(isclose, self, other, rtol, atol, equal_nan));
  return all_true(close);
}
Result<bool> equal_op(T self, T other) {
  FACULA_CHECK(self.dtype() == other.dtype(), "Expected object of data type {} but got data type {} for argument #2 "
               "'other' in call to equal", dtype_name(self.dtype()), dtype_name(other.dtype()));
  if (!same_sizes(self.sizes(), other.sizes())) return false;
  FACULA_TRY(const Tensor same, binary(self, other, B::eq, Rule::kBool));
  return all_true(same);
}

// Complex numbers of two real tensors.
template <B op>
Status join(Out& out, T a, T b) {
  FACULA_CHECK(is_floating(a.dtype()) && is_floating(b.dtype()) && a.dtype() != DType::kBFloat16,
               "Expected both inputs to be Half, Float or Double tensors but got {} and {}", dtype_name(a.dtype()),
               dtype_name(b.dtype()));
  FACULA_CHECK(a.dtype() == b.dtype(), "Expected object of scalar type {} but got scalar type {} for second argument",
               dtype_name(a.dtype()), dtype_name(b.dtype()));
  const DType t = complex_dtype(a.dtype());
  return binary_as(out, a, b, op, t, t);
}

// &=, |= and so on where they are operators of their own.
template <auto f, class C>
Result<Tensor> assign(T self, C other) {
  Out out(Out::Form::kInPlace, self);
  FACULA_TRY_VOID(f(out, self, other));
  return out.finish();
}

constexpr Rule kSame = Rule::kSame, kReal = Rule::kReal, kFloating = Rule::kFloating, kBool = Rule::kBool,
               kIntegral = Rule::kIntegral, kFloatOnly = Rule::kFloatOnly;

}  // namespace

constexpr Op kPointwiseBinary[] = {
    row<with_alpha<B::add, T>>("aten::add.Tensor(Tensor self, Tensor other, *, Scalar alpha=1) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise, .out_name = "out", .samples = {"randn(2,3), randn(2,3)",
            "randn(2,3), randn(3)", "randn(2,1), randn(3), alpha=2", "arange(3), randn(3)", "arange(3), tensor(1.5)",
            "randn(2,3).t(), randn(3,2)", "arange(3), arange(3), alpha=1.5", "randn(2), randn(3)"}}),
    row<with_alpha<B::add, S>>("aten::add.Scalar(Tensor self, Scalar other, Scalar alpha=1) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise, .samples = {"randn(2,3), 2", "arange(3), 1.5",
            "arange(3), 2, 3", "tensor([True]), 1", "randn(2), 1+2j"}}),
    row<with_alpha<B::sub, T>>("aten::sub.Tensor(Tensor self, Tensor other, *, Scalar alpha=1) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise, .out_name = "out", .samples = {"randn(2,3), randn(3)",
            "arange(3), arange(3), alpha=2", "tensor([True]), tensor([True])"}}),
    row<with_alpha<B::sub, S>>("aten::sub.Scalar(Tensor self, Scalar other, Scalar alpha=1) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise, .samples = {"randn(2,3), 2", "arange(3), 1.5"}}),
    row<with_alpha<B::sub, T>>("aten::subtract.Tensor(Tensor self, Tensor other, *, Scalar alpha=1) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise, .out_name = "out"}),
    row<with_alpha<B::sub, S>>("aten::subtract.Scalar(Tensor self, Scalar other, Scalar alpha=1) -> Tensor",
        {.forms = kInPlace, .traits = kPointwise}),
    row<with_alpha<B::rsub, T>>("aten::rsub.Tensor(Tensor self, Tensor other, *, Scalar alpha=1) -> Tensor",
        {.forms = kOut, .traits = kPointwise, .samples = {"randn(2,3), randn(3)", "arange(3), arange(3), alpha=2"}}),
    row<with_alpha<B::rsub, S>>("aten::rsub.Scalar(Tensor self, Scalar other, Scalar alpha=1) -> Tensor",
        {.forms = kOut, .traits = kPointwise, .samples = {"randn(2,3), 2", "arange(3), 1.5, 2"}}),
    row<bin<B::mul, kSame, T, T>>("aten::mul.Tensor(Tensor self, Tensor other) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise, .out_name = "out", .samples = {"randn(2,3), randn(3)",
            "arange(3), randn(())", "randn(3,2).t(), randn(2,3)", "randn(2,dtype=torch.cfloat), randn(2)",
            "tensor([True,False]), tensor([True,True])"}}),
    row<bin<B::mul, kSame, T, S>>("aten::mul.Scalar(Tensor self, Scalar other) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise, .samples = {"randn(2,3), 2", "arange(3), 1.5",
            "randn(2), 2j"}}),
    row<bin<B::mul, kSame, T, T>>("aten::multiply.Tensor(Tensor self, Tensor other) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise, .out_name = "out"}),
    row<bin<B::mul, kSame, T, S>>("aten::multiply.Scalar(Tensor self, Scalar other) -> Tensor",
        {.forms = kInPlace, .traits = kPointwise}),
    row<bin<B::div, kFloating, T, T>>("aten::div.Tensor(Tensor self, Tensor other) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise, .out_name = "out", .samples = {"randn(2,3), randn(3)",
            "arange(3), arange(1,4)", "randn(2,dtype=torch.cfloat), randn(2)"}}),
    row<bin<B::div, kFloating, T, S>>("aten::div.Scalar(Tensor self, Scalar other) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise, .samples = {"randn(2,3), 2", "arange(3), 2",
            "randn(2), 0"}}),
    row<div_mode<T>>("aten::div.Tensor_mode(Tensor self, Tensor other, *, str? rounding_mode) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise, .out_name = "out_mode", .samples = {
            "randn(5)*9, randn(5), rounding_mode='floor'", "randn(5)*9, randn(5), rounding_mode='trunc'",
            "arange(-4,4), arange(1,9), rounding_mode='floor'", "randn(3), randn(3), rounding_mode=None",
            "arange(-4,4), tensor(-3), rounding_mode='trunc'", "arange(3), arange(3), rounding_mode='floor'",
            "randn(3), randn(3), rounding_mode='x'"}}),
    row<div_mode<S>>("aten::div.Scalar_mode(Tensor self, Scalar other, *, str? rounding_mode) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise, .samples = {"randn(5)*9, 2, rounding_mode='floor'",
            "arange(-4,4), 3, rounding_mode='trunc'", "arange(-4,4), 3, rounding_mode='floor'",
            "arange(3), 0, rounding_mode='floor'"}}),
    row<bin<B::div, kFloating, T, T>>("aten::divide.Tensor(Tensor self, Tensor other) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise, .out_name = "out"}),
    row<bin<B::div, kFloating, T, S>>("aten::divide.Scalar(Tensor self, Scalar other) -> Tensor",
        {.forms = kInPlace, .traits = kPointwise}),
    row<div_mode<T>>("aten::divide.Tensor_mode(Tensor self, Tensor other, *, str? rounding_mode) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise, .out_name = "out_mode"}),
    row<div_mode<S>>("aten::divide.Scalar_mode(Tensor self, Scalar other, *, str? rounding_mode) -> Tensor",
        {.forms = kInPlace, .traits = kPointwise}),
    row<bin<B::div, kFloating, T, T>>("aten::true_divide.Tensor(Tensor self, Tensor other) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise, .out_name = "out"}),
    row<bin<B::div, kFloating, T, S>>("aten::true_divide.Scalar(Tensor self, Scalar other) -> Tensor",
        {.forms = kInPlace, .traits = kPointwise}),
    row<bin<B::div_floor, kReal, T, T>>("aten::floor_divide(Tensor self, Tensor other) -> Tensor",
        {.forms = kOut, .traits = kPointwise, .samples = {"randn(5)*9, randn(5)", "arange(-4,4), tensor(3)"}}),
    row<bin<B::div_floor, kReal, T, S>>("aten::floor_divide.Scalar(Tensor self, Scalar other) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise, .samples = {"randn(5)*9, 2", "arange(-4,4), 3",
            "arange(-4,4), -3"}}),
    row<bin<B::remainder, kReal, T, T>>("aten::remainder.Tensor(Tensor self, Tensor other) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise, .samples = {"randn(5)*9, randn(5)",
            "arange(-4,4), tensor(3)", "arange(3), arange(3)"}}),
    row<bin<B::remainder, kReal, T, S>>("aten::remainder.Scalar(Tensor self, Scalar other) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise, .samples = {"randn(5)*9, 2", "arange(-4,4), -3",
            "randn(3), 0"}}),
    row<bin<B::remainder, kReal, S, T>>("aten::remainder.Scalar_Tensor(Scalar self, Tensor other) -> Tensor",
        {.forms = kOut, .traits = kPointwise, .samples = {"5, randn(5)", "5, arange(1,4)"}}),
    row<bin<B::fmod, kReal, T, T>>("aten::fmod.Tensor(Tensor self, Tensor other) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise, .samples = {"randn(5)*9, randn(5)",
            "arange(-4,4), tensor(3)"}}),
    row<bin<B::fmod, kReal, T, S>>("aten::fmod.Scalar(Tensor self, Scalar other) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise, .samples = {"randn(5)*9, 2", "arange(-4,4), -3"}}),
    row<pow_tt>("aten::pow.Tensor_Tensor(Tensor self, Tensor exponent) -> Tensor",
        {.forms = kOut, .traits = kPointwise, .samples = {"rand(5), randn(5)", "arange(4), arange(4)",
            "arange(1,4), randn(3)"}}),
    row<pow_st>("aten::pow.Scalar(Scalar self, Tensor exponent) -> Tensor",
        {.forms = kOut, .traits = kPointwise, .samples = {"2, randn(5)", "3, arange(4)", "1, randn(3)",
            "2.5, arange(3)"}}),
    row<pow_ts>("aten::pow.Tensor_Scalar(Tensor self, Scalar exponent) -> Tensor",
        {.forms = kOut, .traits = kPointwise, .samples = {"rand(5), 2", "rand(5), 0.5", "rand(5), 3", "rand(5), -1",
            "rand(5), -0.5", "arange(4), 3", "arange(4), -1", "arange(4), 2.5"}}),
    row<float_power<T, T>>("aten::float_power.Tensor_Tensor(Tensor self, Tensor exponent) -> Tensor",
        {.forms = kOut, .traits = kPointwise, .samples = {"rand(5), randn(5)", "arange(4), arange(4)"}}),
    row<float_power<S, T>>("aten::float_power.Scalar(Scalar self, Tensor exponent) -> Tensor",
        {.forms = kOut, .traits = kPointwise, .samples = {"2, randn(5)"}}),
    row<float_power<T, S>>("aten::float_power.Tensor_Scalar(Tensor self, Scalar exponent) -> Tensor",
        {.forms = kOut, .traits = kPointwise, .samples = {"rand(5), 2"}}),
    row<bin<B::atan2, kFloating, T, T>>("aten::atan2(Tensor self, Tensor other) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise, .samples = {"randn(5), randn(5)", "arange(3), arange(3)"}}),
    row<bin<B::atan2, kFloating, T, T>>("aten::arctan2(Tensor self, Tensor other) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise}),
    row<bin<B::hypot, kFloatOnly, T, T>>("aten::hypot(Tensor self, Tensor other) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise, .samples = {"randn(5), randn(5)"}}),
    row<bin<B::copysign, kFloating, T, T>>("aten::copysign.Tensor(Tensor self, Tensor other) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise, .out_name = "out", .samples = {"randn(5), randn(5)",
            "arange(3), randn(3)"}}),
    row<bin<B::copysign, kFloating, T, S>>("aten::copysign.Scalar(Tensor self, Scalar other) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise, .samples = {"randn(5), -1"}}),
    row<next_after>("aten::nextafter(Tensor self, Tensor other) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise, .samples = {"randn(5), randn(5)"}}),
    row<log_add>("aten::logaddexp(Tensor self, Tensor other) -> Tensor",
        {.forms = kOut, .traits = kPointwise, .samples = {"randn(5), randn(5)"}}),
    row<bin<B::logaddexp2, kFloating, T, T>>("aten::logaddexp2(Tensor self, Tensor other) -> Tensor",
        {.forms = kOut, .traits = kPointwise, .samples = {"randn(5), randn(5)"}}),
    row<bin<B::xlogy, kFloating, T, T>>("aten::xlogy.Tensor(Tensor self, Tensor other) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise, .out_name = "OutTensor", .samples = {"rand(5), rand(5)",
            "arange(3), arange(3)"}}),
    row<bin<B::xlogy, kFloating, S, T>>("aten::xlogy.Scalar_Self(Scalar self, Tensor other) -> Tensor",
        {.forms = kOut, .traits = kPointwise, .out_name = "OutScalar_Self", .samples = {"2, rand(5)"}}),
    row<bin<B::xlogy, kFloating, T, S>>("aten::xlogy.Scalar_Other(Tensor self, Scalar other) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise, .out_name = "OutScalar_Other", .samples = {"rand(5), 2"}}),
    row<bin<B::xlogy, kFloating, T, T>>("aten::special_xlogy(Tensor self, Tensor other) -> Tensor",
        {.forms = kOut, .traits = kPointwise, .samples = {"rand(5), rand(5)"}}),
    row<bin<B::xlogy, kFloating, S, T>>("aten::special_xlogy.self_scalar(Scalar self, Tensor other) -> Tensor",
        {.forms = kOut, .traits = kPointwise}),
    row<bin<B::xlogy, kFloating, T, S>>("aten::special_xlogy.other_scalar(Tensor self, Scalar other) -> Tensor",
        {.forms = kOut, .traits = kPointwise}),
    row<bin<B::xlog1py, kFloating, T, T>>("aten::special_xlog1py(Tensor self, Tensor other) -> Tensor",
        {.forms = kOut, .traits = kPointwise, .samples = {"rand(5), rand(5)"}}),
    row<bin<B::xlog1py, kFloating, S, T>>("aten::special_xlog1py.self_scalar(Scalar self, Tensor other) -> Tensor",
        {.forms = kOut, .traits = kPointwise}),
    row<bin<B::xlog1py, kFloating, T, S>>("aten::special_xlog1py.other_scalar(Tensor self, Scalar other) -> Tensor",
        {.forms = kOut, .traits = kPointwise}),
    row<bin<B::gcd, kIntegral, T, T>>("aten::gcd(Tensor self, Tensor other) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise, .samples = {"arange(6), tensor([4])"}}),
    row<bin<B::lcm, kIntegral, T, T>>("aten::lcm(Tensor self, Tensor other) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise, .samples = {"arange(6), tensor([4])"}}),
    row<heaviside>("aten::heaviside(Tensor self, Tensor values) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise, .samples = {"randn(5), rand(5)"}}),
    row<ldexp>("aten::ldexp.Tensor(Tensor self, Tensor other) -> Tensor",
        {.forms = kOut, .traits = kPointwise, .out_name = "out", .samples = {"randn(5), arange(5)"}}),
    row<bin<B::maximum, kReal, T, T>>("aten::maximum(Tensor self, Tensor other) -> Tensor",
        {.forms = kOut, .traits = kPointwise, .samples = {"randn(2,3), randn(3)", "arange(3), tensor(1)"}}),
    row<bin<B::minimum, kReal, T, T>>("aten::minimum(Tensor self, Tensor other) -> Tensor",
        {.forms = kOut, .traits = kPointwise, .samples = {"randn(2,3), randn(3)"}}),
    row<bin<B::fmax, kReal, T, T>>("aten::fmax(Tensor self, Tensor other) -> Tensor",
        {.forms = kOut, .traits = kPointwise, .samples = {"randn(2,3), randn(3)",
            "tensor([float('nan')]), randn(3)"}}),
    row<bin<B::fmin, kReal, T, T>>("aten::fmin(Tensor self, Tensor other) -> Tensor",
        {.forms = kOut, .traits = kPointwise, .samples = {"randn(2,3), randn(3)"}}),
    row<bin<B::eq, kBool, T, S>>("aten::eq.Scalar(Tensor self, Scalar other) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise, .samples = {"arange(3), 1", "arange(3), 1.5",
            "randn(2,3).t(), 0"}}),
    row<bin<B::eq, kBool, T, T>>("aten::eq.Tensor(Tensor self, Tensor other) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise, .samples = {"arange(3), tensor([0,2,2])",
            "randn(3), arange(3)"}}),
    row<bin<B::ne, kBool, T, S>>("aten::ne.Scalar(Tensor self, Scalar other) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise, .samples = {"arange(3), 1"}}),
    row<bin<B::ne, kBool, T, T>>("aten::ne.Tensor(Tensor self, Tensor other) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise, .samples = {"arange(3), tensor([0,2,2])"}}),
    row<bin<B::ne, kBool, T, S>>("aten::not_equal.Scalar(Tensor self, Scalar other) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise}),
    row<bin<B::ne, kBool, T, T>>("aten::not_equal.Tensor(Tensor self, Tensor other) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise}),
    row<bin<B::lt, kBool, T, S>>("aten::lt.Scalar(Tensor self, Scalar other) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise, .samples = {"arange(3), 1", "randn(3), 0.1"}}),
    row<bin<B::lt, kBool, T, T>>("aten::lt.Tensor(Tensor self, Tensor other) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise, .samples = {"arange(3), tensor([0,2,2])"}}),
    row<bin<B::lt, kBool, T, S>>("aten::less.Scalar(Tensor self, Scalar other) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise}),
    row<bin<B::lt, kBool, T, T>>("aten::less.Tensor(Tensor self, Tensor other) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise}),
    row<bin<B::le, kBool, T, S>>("aten::le.Scalar(Tensor self, Scalar other) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise, .samples = {"arange(3), 1"}}),
    row<bin<B::le, kBool, T, T>>("aten::le.Tensor(Tensor self, Tensor other) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise, .samples = {"arange(3), tensor([0,2,2])"}}),
    row<bin<B::le, kBool, T, S>>("aten::less_equal.Scalar(Tensor self, Scalar other) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise}),
    row<bin<B::le, kBool, T, T>>("aten::less_equal.Tensor(Tensor self, Tensor other) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise}),
    row<bin<B::gt, kBool, T, S>>("aten::gt.Scalar(Tensor self, Scalar other) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise, .samples = {"arange(3), 1"}}),
    row<bin<B::gt, kBool, T, T>>("aten::gt.Tensor(Tensor self, Tensor other) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise, .samples = {"arange(3), tensor([0,2,2])"}}),
    row<bin<B::gt, kBool, T, S>>("aten::greater.Scalar(Tensor self, Scalar other) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise}),
    row<bin<B::gt, kBool, T, T>>("aten::greater.Tensor(Tensor self, Tensor other) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise}),
    row<bin<B::ge, kBool, T, S>>("aten::ge.Scalar(Tensor self, Scalar other) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise, .samples = {"arange(3), 1"}}),
    row<bin<B::ge, kBool, T, T>>("aten::ge.Tensor(Tensor self, Tensor other) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise, .samples = {"arange(3), tensor([0,2,2])"}}),
    row<bin<B::ge, kBool, T, S>>("aten::greater_equal.Scalar(Tensor self, Scalar other) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise}),
    row<bin<B::ge, kBool, T, T>>("aten::greater_equal.Tensor(Tensor self, Tensor other) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise}),
    row<bin<B::logical_and, kBool, T, T>>("aten::logical_and(Tensor self, Tensor other) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise, .samples = {"arange(3), tensor([0,2,2])",
            "randn(3), tensor([True,False,True])"}}),
    row<bin<B::logical_or, kBool, T, T>>("aten::logical_or(Tensor self, Tensor other) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise, .samples = {"arange(3), tensor([0,2,2])"}}),
    row<bin<B::logical_xor, kBool, T, T>>("aten::logical_xor(Tensor self, Tensor other) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise, .samples = {"arange(3), tensor([0,2,2])"}}),
    row<bin<B::bitwise_and, kIntegral, T, T>>("aten::bitwise_and.Tensor(Tensor self, Tensor other) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise, .samples = {"arange(4), tensor([3])",
            "tensor([True,False]), tensor([True,True])", "randn(2), randn(2)"}}),
    row<bin<B::bitwise_and, kIntegral, T, S>>("aten::bitwise_and.Scalar(Tensor self, Scalar other) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise, .samples = {"arange(4), 3"}}),
    row<bin<B::bitwise_and, kIntegral, S, T>>("aten::bitwise_and.Scalar_Tensor(Scalar self, Tensor other) -> Tensor",
        {.forms = kOut, .traits = kPointwise, .samples = {"3, arange(4)"}}),
    row<bin<B::bitwise_and, kIntegral, T, S>>("aten::__and__.Scalar(Tensor self, Scalar other) -> Tensor",
        {.traits = kPointwise, .samples = {"arange(4), 3"}}),
    row<bin<B::bitwise_and, kIntegral, T, T>>("aten::__and__.Tensor(Tensor self, Tensor other) -> Tensor",
        {.traits = kPointwise, .samples = {"arange(4), tensor([3])"}}),
    row<bin<B::bitwise_or, kIntegral, T, T>>("aten::bitwise_or.Tensor(Tensor self, Tensor other) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise, .samples = {"arange(4), tensor([3])"}}),
    row<bin<B::bitwise_or, kIntegral, T, S>>("aten::bitwise_or.Scalar(Tensor self, Scalar other) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise, .samples = {"arange(4), 3"}}),
    row<bin<B::bitwise_or, kIntegral, S, T>>("aten::bitwise_or.Scalar_Tensor(Scalar self, Tensor other) -> Tensor",
        {.forms = kOut, .traits = kPointwise, .samples = {"3, arange(4)"}}),
    row<bin<B::bitwise_or, kIntegral, T, T>>("aten::__or__.Tensor(Tensor self, Tensor other) -> Tensor",
        {.traits = kPointwise, .samples = {"arange(4), tensor([3])"}}),
    row<bin<B::bitwise_or, kIntegral, T, S>>("aten::__or__.Scalar(Tensor self, Scalar other) -> Tensor",
        {.traits = kPointwise, .samples = {"arange(4), 3"}}),
    row<bin<B::bitwise_xor, kIntegral, T, T>>("aten::bitwise_xor.Tensor(Tensor self, Tensor other) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise, .samples = {"arange(4), tensor([3])"}}),
    row<bin<B::bitwise_xor, kIntegral, T, S>>("aten::bitwise_xor.Scalar(Tensor self, Scalar other) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise, .samples = {"arange(4), 3"}}),
    row<bin<B::bitwise_xor, kIntegral, S, T>>("aten::bitwise_xor.Scalar_Tensor(Scalar self, Tensor other) -> Tensor",
        {.forms = kOut, .traits = kPointwise, .samples = {"3, arange(4)"}}),
    row<bin<B::bitwise_xor, kIntegral, T, T>>("aten::__xor__.Tensor(Tensor self, Tensor other) -> Tensor",
        {.traits = kPointwise, .samples = {"arange(4), tensor([3])"}}),
    row<bin<B::bitwise_xor, kIntegral, T, S>>("aten::__xor__.Scalar(Tensor self, Scalar other) -> Tensor",
        {.traits = kPointwise, .samples = {"arange(4), 3"}}),
    row<shift<B::shift_left, T, T>>("aten::bitwise_left_shift.Tensor(Tensor self, Tensor other) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise, .samples = {"arange(4), tensor([3])"}}),
    row<shift<B::shift_left, T, S>>("aten::bitwise_left_shift.Tensor_Scalar(Tensor self, Scalar other) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise, .samples = {"arange(4), 3"}}),
    row<shift<B::shift_left, S, T>>("aten::bitwise_left_shift.Scalar_Tensor(Scalar self, Tensor other) -> Tensor",
        {.forms = kOut, .traits = kPointwise, .samples = {"3, arange(4)"}}),
    row<shift<B::shift_right, T, T>>("aten::bitwise_right_shift.Tensor(Tensor self, Tensor other) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise, .samples = {"arange(9), tensor([1])"}}),
    row<shift<B::shift_right, T, S>>("aten::bitwise_right_shift.Tensor_Scalar(Tensor self, Scalar other) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise, .samples = {"arange(9), 1"}}),
    row<shift<B::shift_right, S, T>>("aten::bitwise_right_shift.Scalar_Tensor(Scalar self, Tensor other) -> Tensor",
        {.forms = kOut, .traits = kPointwise, .samples = {"30, arange(4)"}}),
    row<scale_shift<true, T>>("aten::__lshift__.Tensor(Tensor self, Tensor other) -> Tensor",
        {.forms = kOut, .traits = kPointwise, .samples = {"arange(4), tensor([3])"}}),
    row<scale_shift<true, S>>("aten::__lshift__.Scalar(Tensor self, Scalar other) -> Tensor",
        {.forms = kOut, .traits = kPointwise, .samples = {"arange(4), 3"}}),
    row<scale_shift<false, T>>("aten::__rshift__.Tensor(Tensor self, Tensor other) -> Tensor",
        {.forms = kOut, .traits = kPointwise, .samples = {"arange(9), tensor([1])"}}),
    row<scale_shift<false, S>>("aten::__rshift__.Scalar(Tensor self, Scalar other) -> Tensor",
        {.forms = kOut, .traits = kPointwise, .samples = {"arange(9), 1"}}),
    row<isclose>("aten::isclose(Tensor self, Tensor other, float rtol=1.0000000000000001e-05, float atol=1e-08, bool equal_nan=False) -> Tensor",
        {.traits = kPointwise, .samples = {"tensor([1.,2.,float('nan')]), tensor([1.,2.1,float('nan')])",
            "tensor([1.,2.,float('nan')]), tensor([1.,2.1,float('nan')]), 0.1, 0.1, True", "arange(3), arange(3)"}}),
    row<allclose>("aten::allclose(Tensor self, Tensor other, float rtol=1.0000000000000001e-05, float atol=1e-08, bool equal_nan=False) -> bool",
        {.samples = {"randn(3), randn(3)", "ones(2), ones(2)"}}),
    row<equal_op>("aten::equal(Tensor self, Tensor other) -> bool",
        {.samples = {"randn(3), randn(3)", "ones(2), ones(2)", "ones(2), ones(3)"}}),
    row<join<B::complex>>("aten::complex(Tensor real, Tensor imag) -> Tensor",
        {.forms = kOut, .traits = kPointwise, .samples = {"randn(3), randn(3)",
            "randn(3), randn(3,dtype=torch.float64)"}}),
    row<join<B::polar>>("aten::polar(Tensor abs, Tensor angle) -> Tensor",
        {.forms = kOut, .traits = kPointwise, .samples = {"rand(3), randn(3)"}}),
    row<assign<bin<B::bitwise_and, kIntegral, T, T>, T>>("aten::__iand__.Tensor(Tensor(a!) self, Tensor other) -> Tensor(a!)"),
    row<assign<bin<B::bitwise_and, kIntegral, T, S>, S>>("aten::__iand__.Scalar(Tensor(a!) self, Scalar other) -> Tensor(a!)"),
    row<assign<bin<B::bitwise_or, kIntegral, T, T>, T>>("aten::__ior__.Tensor(Tensor(a!) self, Tensor other) -> Tensor(a!)"),
    row<assign<bin<B::bitwise_or, kIntegral, T, S>, S>>("aten::__ior__.Scalar(Tensor(a!) self, Scalar other) -> Tensor(a!)"),
    row<assign<bin<B::bitwise_xor, kIntegral, T, T>, T>>("aten::__ixor__.Tensor(Tensor(a!) self, Tensor other) -> Tensor(a!)"),
    row<assign<bin<B::bitwise_xor, kIntegral, T, S>, S>>("aten::__ixor__.Scalar(Tensor(a!) self, Scalar other) -> Tensor(a!)"),
    row<assign<scale_shift<true, T>, T>>("aten::__ilshift__.Tensor(Tensor(a!) self, Tensor other) -> Tensor(a!)"),
    row<assign<scale_shift<true, S>, S>>("aten::__ilshift__.Scalar(Tensor(a!) self, Scalar other) -> Tensor(a!)"),
    row<assign<scale_shift<false, T>, T>>("aten::__irshift__.Tensor(Tensor(a!) self, Tensor other) -> Tensor(a!)"),
    row<assign<scale_shift<false, S>, S>>("aten::__irshift__.Scalar(Tensor(a!) self, Scalar other) -> Tensor(a!)"),
    row<assign<pow_ts, S>>("aten::pow_.Scalar(Tensor(a!) self, Scalar exponent) -> Tensor(a!)",
        {.samples = {"rand(5), 2", "arange(4), 3", "arange(4), 0.5"}}),
    row<assign<pow_tt, T>>("aten::pow_.Tensor(Tensor(a!) self, Tensor exponent) -> Tensor(a!)",
        {.samples = {"rand(5), randn(5)"}}),
    row<assign<float_power<T, S>, S>>("aten::float_power_.Scalar(Tensor(a!) self, Scalar exponent) -> Tensor(a!)",
        {.samples = {"rand(5).double(), 2", "rand(5), 2"}}),
    row<assign<float_power<T, T>, T>>("aten::float_power_.Tensor(Tensor(a!) self, Tensor exponent) -> Tensor(a!)"),
    row<assign<bin<B::div_floor, kReal, T, T>, T>>("aten::floor_divide_.Tensor(Tensor(a!) self, Tensor other) -> Tensor(a!)",
        {.samples = {"randn(5)*9, randn(5)"}}),
    row<assign<ldexp, T>>("aten::ldexp_(Tensor(a!) self, Tensor other) -> Tensor(a!)",
        {.samples = {"randn(5), arange(5)"}}),
};
FACULA_FAMILY(pointwise_binary, kPointwiseBinary)

}  // namespace fac
