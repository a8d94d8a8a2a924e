// Element-wise functions of one tensor.
#include <algorithm>
#include <cmath>
#include <limits>

#include "ops/elementwise.h"

namespace fac {
namespace {

using namespace ops;
using U = UnaryOp;

template <U op, Rule rule>
Status map(Out& out, const Tensor& self) {
  return unary(out, self, op, rule);
}

// Complex tensors have a real absolute value.
Status abs(Out& out, const Tensor& self) {
  FACULA_CHECK(!is_complex(self.dtype()) || !out.is_in_place(), "In-place abs is not supported for complex tensors.");
  return unary_as(out, self, U::abs, self.dtype(), real_dtype(self.dtype()));
}
Status angle(Out& out, const Tensor& self) {
  const DType t = to_floating(self.dtype());
  return unary_as(out, self, U::angle, t, real_dtype(t));
}
Status neg(Out& out, const Tensor& self) {
  FACULA_CHECK(self.dtype() != DType::kBool,
               "Negation, the `-` operator, on a bool tensor is not supported. If you are trying to invert a mask, use "
               "the `~` or `logical_not()` operator instead.");
  return unary(out, self, U::neg, Rule::kSame);
}
Result<Tensor> positive(const Tensor& self) {
  FACULA_CHECK(self.dtype() != DType::kBool, "The `+` operator, on a bool tensor is not supported.");
  return self;
}
Status square(Out& out, const Tensor& self) {
  const DType t = self.dtype() == DType::kBool ? DType::kInt64 : self.dtype();
  return unary_as(out, self, U::square, t, t);
}
// Sign of a complex number is its direction; other dtypes as sign.
Status sgn(Out& out, const Tensor& self) {
  return unary(out, self, is_complex(self.dtype()) ? U::sgn : U::sign, Rule::kSame);
}
Status round_decimals(Out& out, const Tensor& self, std::int64_t decimals) {
  FACULA_CHECK(decimals == 0 || !is_integral(self.dtype(), true), "\"round_cpu\" not implemented for '{}'", dtype_name(self.dtype()));
  if (decimals == 0) return unary(out, self, U::round, Rule::kReal);
  return unary(out, self, U::round_decimals, Rule::kReal, {.i = std::clamp<std::int64_t>(decimals, -1000, 1000)});  // beyond, the power is infinite anyway
}
Status logit(Out& out, const Tensor& self, std::optional<double> eps) {
  return unary(out, self, U::logit, Rule::kFloating, {.a = eps.value_or(-1)});
}
Status signbit(Out& out, const Tensor& self) {
  FACULA_CHECK(!is_complex(self.dtype()), "signbit is not implemented for complex tensors.");
  return unary(out, self, U::signbit, Rule::kBool);
}
template <U op>
Status infinite(Out& out, const Tensor& self) {
  FACULA_CHECK(!is_complex(self.dtype()), "{} does not support complex inputs.", name_of(op));
  return unary(out, self, op, Rule::kBool);
}
Status isreal(Out& out, const Tensor& self) {
  if (!is_complex(self.dtype())) {
    FACULA_TRY(Tensor yes, out.make(self.sizes(), DType::kBool, self));
    if (yes.numel() > 0) std::fill_n(yes.data_as<bool>(), yes.numel(), true);
    return {};
  }
  const Tensor imag = Tensor::from_storage(self.storage(), self.offset() * 2 + 1, self.sizes(), [&] {
    Dims s(self.strides());
    for (auto& x : s) x *= 2;
    return s;
  }(), real_dtype(self.dtype()));
  return binary(out, imag, Scalar(0), BinaryOp::eq, Rule::kBool);
}

// Largest finite number of a floating dtype.
double largest(DType t) {
  switch (t) {
    case DType::kHalf: return 65504.0;
    case DType::kBFloat16: return std::ldexp(255.0, 120);
    case DType::kDouble: return std::numeric_limits<double>::max();
    default: return std::numeric_limits<float>::max();
  }
}
Status nan_to_num(Out& out, const Tensor& self, std::optional<double> nan, std::optional<double> posinf,
                  std::optional<double> neginf) {
  if (is_integral(self.dtype(), true)) return unary(out, self, U::positive, Rule::kSame);
  const double most = largest(real_dtype(self.dtype()));
  return unary(out, self, U::nan_to_num, Rule::kSame,
               {.a = nan.value_or(0), .b = posinf.value_or(most), .c = neginf.value_or(-most)});
}

// Standard normal distribution: 0.5 * erfc(-x / sqrt(2)).
Status ndtr(Out& out, const Tensor& self) {
  FACULA_TRY(const Tensor scaled, binary(self, Scalar(-M_SQRT1_2), BinaryOp::mul, Rule::kFloating));
  FACULA_TRY(const Tensor tail, unary(scaled, U::erfc, Rule::kFloating));
  return binary(out, tail, Scalar(0.5), BinaryOp::mul, Rule::kFloating);
}
// -x log x, 0 at 0, -inf below.
Status entr(Out& out, const Tensor& self) {
  FACULA_TRY(const Tensor xlogx, binary(self, self, BinaryOp::xlogy, Rule::kFloating));
  FACULA_TRY(const Tensor value, unary(xlogx, U::neg));
  FACULA_TRY(const Tensor below, binary(self, Scalar(0), BinaryOp::lt, Rule::kBool));
  return ternary(out, below, Scalar(-std::numeric_limits<double>::infinity()), value, TernaryOp::where, Rule::kSame);
}

}  // namespace

constexpr Op kPointwiseUnary[] = {
    row<abs>("aten::abs(Tensor self) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise, .samples = {"randn(2,3)", "randn(2,3).t()", "arange(-3,3)",
            "randn(3,dtype=torch.cfloat)", "randn(())", "randn(0,2)"}}),
    row<abs>("aten::absolute(Tensor self) -> Tensor", {.forms = kInPlace | kOut, .traits = kPointwise}),
    row<neg>("aten::neg(Tensor self) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise, .samples = {"randn(2,3)", "arange(3)", "tensor([True])"}}),
    row<neg>("aten::negative(Tensor self) -> Tensor", {.forms = kInPlace | kOut, .traits = kPointwise}),
    row<positive>("aten::positive(Tensor(a) self) -> Tensor(a)", {.traits = kPointwise, .samples = {"randn(3)"}}),
    row<map<U::sign, Rule::kReal>>("aten::sign(Tensor self) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise, .samples = {"randn(5)", "arange(-2,3)"}}),
    row<sgn>("aten::sgn(Tensor self) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise, .samples = {"randn(5)", "randn(3,dtype=torch.cfloat)"}}),
    row<square>("aten::square(Tensor self) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise, .samples = {"randn(2,3)", "arange(4)", "tensor([True])"}}),
    row<map<U::exp, Rule::kFloating>>("aten::exp(Tensor self) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise, .samples = {"randn(2,3)", "arange(4)", "randn(3,4).t()",
            "randn(2,dtype=torch.cfloat)"}}),
    row<map<U::exp2, Rule::kFloating>>("aten::exp2(Tensor self) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise, .samples = {"randn(2,3)", "arange(4)"}}),
    row<map<U::expm1, Rule::kFloating>>("aten::expm1(Tensor self) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise, .samples = {"randn(2,3)", "arange(4)"}}),
    row<map<U::log, Rule::kFloating>>("aten::log(Tensor self) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise, .samples = {"rand(2,3)", "arange(4)"}}),
    row<map<U::log2, Rule::kFloating>>("aten::log2(Tensor self) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise, .samples = {"rand(2,3)", "arange(4)"}}),
    row<map<U::log10, Rule::kFloating>>("aten::log10(Tensor self) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise, .samples = {"rand(2,3)", "arange(4)"}}),
    row<map<U::log1p, Rule::kFloating>>("aten::log1p(Tensor self) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise, .samples = {"rand(2,3)", "arange(4)"}}),
    row<map<U::sqrt, Rule::kFloating>>("aten::sqrt(Tensor self) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise, .samples = {"rand(2,3)", "arange(4)"}}),
    row<map<U::rsqrt, Rule::kFloating>>("aten::rsqrt(Tensor self) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise, .samples = {"rand(2,3)", "arange(4)"}}),
    row<map<U::reciprocal, Rule::kFloating>>("aten::reciprocal(Tensor self) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise, .samples = {"rand(2,3)", "arange(4)"}}),
    row<map<U::sin, Rule::kFloating>>("aten::sin(Tensor self) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise, .samples = {"randn(2,3)*9", "arange(4)"}}),
    row<map<U::cos, Rule::kFloating>>("aten::cos(Tensor self) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise, .samples = {"randn(2,3)*9", "arange(4)"}}),
    row<map<U::tan, Rule::kFloating>>("aten::tan(Tensor self) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise, .samples = {"randn(2,3)", "arange(4)"}}),
    row<map<U::asin, Rule::kFloating>>("aten::asin(Tensor self) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise, .samples = {"rand(2,3)", "arange(4)"}}),
    row<map<U::asin, Rule::kFloating>>("aten::arcsin(Tensor self) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise}),
    row<map<U::acos, Rule::kFloating>>("aten::acos(Tensor self) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise, .samples = {"rand(2,3)", "arange(4)"}}),
    row<map<U::acos, Rule::kFloating>>("aten::arccos(Tensor self) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise}),
    row<map<U::atan, Rule::kFloating>>("aten::atan(Tensor self) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise, .samples = {"randn(2,3)", "arange(4)"}}),
    row<map<U::atan, Rule::kFloating>>("aten::arctan(Tensor self) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise}),
    row<map<U::sinh, Rule::kFloating>>("aten::sinh(Tensor self) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise, .samples = {"randn(2,3)", "arange(4)"}}),
    row<map<U::cosh, Rule::kFloating>>("aten::cosh(Tensor self) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise, .samples = {"randn(2,3)", "arange(4)"}}),
    row<map<U::tanh, Rule::kFloating>>("aten::tanh(Tensor self) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise, .samples = {"randn(2,3)", "arange(4)"}}),
    row<map<U::asinh, Rule::kFloating>>("aten::asinh(Tensor self) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise, .samples = {"randn(2,3)", "arange(4)"}}),
    row<map<U::asinh, Rule::kFloating>>("aten::arcsinh(Tensor self) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise}),
    row<map<U::acosh, Rule::kFloating>>("aten::acosh(Tensor self) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise, .samples = {"rand(2,3)+1", "arange(4)"}}),
    row<map<U::acosh, Rule::kFloating>>("aten::arccosh(Tensor self) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise}),
    row<map<U::atanh, Rule::kFloating>>("aten::atanh(Tensor self) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise, .samples = {"rand(2,3)", "arange(4)"}}),
    row<map<U::atanh, Rule::kFloating>>("aten::arctanh(Tensor self) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise}),
    row<map<U::sigmoid, Rule::kFloating>>("aten::sigmoid(Tensor self) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise, .samples = {"randn(2,3)", "arange(4)", "randn(3,4).t()"}}),
    row<map<U::sigmoid, Rule::kFloating>>("aten::special_expit(Tensor self) -> Tensor",
        {.forms = kOut, .traits = kPointwise}),
    row<map<U::erf, Rule::kFloating>>("aten::erf(Tensor self) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise, .samples = {"randn(2,3)", "arange(4)"}}),
    row<map<U::erf, Rule::kFloating>>("aten::special_erf(Tensor self) -> Tensor",
        {.forms = kOut, .traits = kPointwise}),
    row<map<U::erfc, Rule::kFloating>>("aten::erfc(Tensor self) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise, .samples = {"randn(2,3)", "arange(4)"}}),
    row<map<U::erfc, Rule::kFloating>>("aten::special_erfc(Tensor self) -> Tensor",
        {.forms = kOut, .traits = kPointwise}),
    row<map<U::erfinv, Rule::kFloating>>("aten::erfinv(Tensor self) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise, .samples = {"rand(2,3)"}}),
    row<map<U::erfinv, Rule::kFloating>>("aten::special_erfinv(Tensor self) -> Tensor",
        {.forms = kOut, .traits = kPointwise}),
    row<map<U::lgamma, Rule::kFloating>>("aten::lgamma(Tensor self) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise, .samples = {"rand(2,3)*5"}}),
    row<map<U::lgamma, Rule::kFloating>>("aten::special_gammaln(Tensor self) -> Tensor",
        {.forms = kOut, .traits = kPointwise}),
    row<map<U::digamma, Rule::kFloating>>("aten::digamma(Tensor self) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise, .samples = {"rand(2,3)*5"}}),
    row<map<U::digamma, Rule::kFloating>>("aten::special_digamma(Tensor self) -> Tensor",
        {.forms = kOut, .traits = kPointwise}),
    row<map<U::digamma, Rule::kFloating>>("aten::special_psi(Tensor self) -> Tensor",
        {.forms = kOut, .traits = kPointwise}),
    row<map<U::sinc, Rule::kFloating>>("aten::sinc(Tensor self) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise, .samples = {"randn(2,3)", "arange(3)"}}),
    row<map<U::sinc, Rule::kFloating>>("aten::special_sinc(Tensor self) -> Tensor",
        {.forms = kOut, .traits = kPointwise}),
    row<map<U::i0, Rule::kFloating>>("aten::i0(Tensor self) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise, .samples = {"randn(2,3)"}}),
    row<map<U::i0, Rule::kFloating>>("aten::special_i0(Tensor self) -> Tensor",
        {.forms = kOut, .traits = kPointwise}),
    row<map<U::i0, Rule::kFloating>>("aten::special_modified_bessel_i0(Tensor self) -> Tensor",
        {.forms = kOut, .traits = kPointwise}),
    row<map<U::exp2, Rule::kFloating>>("aten::special_exp2(Tensor self) -> Tensor",
        {.forms = kOut, .traits = kPointwise}),
    row<map<U::expm1, Rule::kFloating>>("aten::special_expm1(Tensor self) -> Tensor",
        {.forms = kOut, .traits = kPointwise}),
    row<map<U::log1p, Rule::kFloating>>("aten::special_log1p(Tensor self) -> Tensor",
        {.forms = kOut, .traits = kPointwise}),
    row<map<U::floor, Rule::kReal>>("aten::floor(Tensor self) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise, .samples = {"randn(5)*3", "arange(3)"}}),
    row<map<U::ceil, Rule::kReal>>("aten::ceil(Tensor self) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise, .samples = {"randn(5)*3", "arange(3)"}}),
    row<map<U::trunc, Rule::kReal>>("aten::trunc(Tensor self) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise, .samples = {"randn(5)*3", "arange(3)"}}),
    row<map<U::trunc, Rule::kReal>>("aten::fix(Tensor self) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise}),
    row<map<U::round, Rule::kReal>>("aten::round(Tensor self) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise, .samples = {"randn(5)*3", "arange(3)",
            "tensor([0.5,1.5,2.5,-0.5])"}}),
    row<round_decimals>("aten::round.decimals(Tensor self, *, int decimals) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise, .samples = {"randn(5), decimals=2",
            "randn(5)*1000, decimals=-1"}}),
    row<round_decimals>("aten::special_round(Tensor self, *, int decimals=0) -> Tensor",
        {.forms = kOut, .traits = kPointwise, .samples = {"randn(5), decimals=2"}}),
    row<map<U::frac, Rule::kReal>>("aten::frac(Tensor self) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise, .samples = {"randn(5)*3"}}),
    row<map<U::deg2rad, Rule::kFloating>>("aten::deg2rad(Tensor self) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise, .samples = {"randn(5)*90", "arange(3)"}}),
    row<map<U::rad2deg, Rule::kFloating>>("aten::rad2deg(Tensor self) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise, .samples = {"randn(5)", "arange(3)"}}),
    row<angle>("aten::angle(Tensor self) -> Tensor",
        {.forms = kOut, .traits = kPointwise, .samples = {"randn(5)", "arange(-2,2)",
            "randn(3,dtype=torch.cfloat)"}}),
    row<logit>("aten::logit(Tensor self, float? eps=None) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise, .samples = {"rand(5)", "rand(5), 0.2", "arange(2)"}}),
    row<logit>("aten::special_logit(Tensor self, float? eps=None) -> Tensor", {.forms = kOut, .traits = kPointwise}),
    row<nan_to_num>("aten::nan_to_num(Tensor self, float? nan=None, float? posinf=None, float? neginf=None) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise, .samples = {
            "tensor([float('nan'),float('inf'),-float('inf'),1.])", "arange(3)",
            "tensor([float('nan'),float('inf')]), 1., 2., 3."}}),
    row<map<U::bitwise_not, Rule::kIntegral>>("aten::bitwise_not(Tensor self) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise, .samples = {"arange(4)", "tensor([True,False])",
            "randn(2)"}}),
    row<map<U::logical_not, Rule::kBool>>("aten::logical_not(Tensor self) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise, .samples = {"randn(3)", "arange(3)",
            "tensor([True,False])"}}),
    row<map<U::isnan, Rule::kBool>>("aten::isnan(Tensor self) -> Tensor",
        {.forms = kOut, .traits = kPointwise, .samples = {"tensor([float('nan'),1.])", "arange(3)"}}),
    row<map<U::isinf, Rule::kBool>>("aten::isinf(Tensor self) -> Tensor",
        {.forms = kOut, .traits = kPointwise, .samples = {"tensor([float('inf'),1.])", "arange(3)"}}),
    row<map<U::isfinite, Rule::kBool>>("aten::isfinite(Tensor self) -> Tensor",
        {.traits = kPointwise, .samples = {"tensor([float('inf'),1.,float('nan')])", "arange(3)"}}),
    row<infinite<U::isposinf>>("aten::isposinf(Tensor self) -> Tensor",
        {.forms = kOut, .traits = kPointwise, .samples = {"tensor([float('inf'),1.,-float('inf')])", "arange(3)"}}),
    row<infinite<U::isneginf>>("aten::isneginf(Tensor self) -> Tensor",
        {.forms = kOut, .traits = kPointwise, .samples = {"tensor([float('inf'),1.,-float('inf')])", "arange(3)"}}),
    row<signbit>("aten::signbit(Tensor self) -> Tensor",
        {.forms = kOut, .traits = kPointwise, .samples = {"randn(4)", "tensor([-0.,0.])", "arange(-2,2)"}}),
    row<isreal>("aten::isreal(Tensor self) -> Tensor",
        {.traits = kPointwise, .samples = {"randn(2)", "randn(2,dtype=torch.cfloat)"}}),
    row<ndtr>("aten::special_ndtr(Tensor self) -> Tensor",
        {.forms = kOut, .traits = kPointwise, .samples = {"randn(5)"}}),
    row<entr>("aten::special_entr(Tensor self) -> Tensor",
        {.forms = kOut, .traits = kPointwise, .samples = {"rand(5)", "tensor([-1.,0.,2.])"}}),
};
FACULA_FAMILY(pointwise_unary, kPointwiseUnary)

}  // namespace fac
