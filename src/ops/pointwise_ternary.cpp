// Element-wise functions of three operands: where, clamp, lerp, addcmul, addcdiv.
#include <limits>

#include "ops/elementwise.h"
#include "ops/functions.h"

namespace fac {
namespace ops {

namespace {
Status where_of(Out& out, const Tensor& condition, Arg a, Arg b) {
  FACULA_CHECK(condition.defined(), "expected a Tensor but got None");
  FACULA_CHECK(condition.dtype() == DType::kBool || condition.dtype() == DType::kUInt8,
               "where expected condition to be a boolean tensor, but got a tensor with dtype {}",
               dtype_name(condition.dtype()));
  return ternary(out, condition, a, b, TernaryOp::where, Rule::kSame);
}
}  // namespace

Result<Tensor> where(const Tensor& condition, const Tensor& a, const Tensor& b) {
  Out out;
  FACULA_TRY_VOID(where_of(out, condition, a, b));
  return out.finish();
}

}  // namespace ops

namespace {

using namespace ops;
using T = const Tensor&;
using S = const Scalar&;
using OptionalScalar = const std::optional<Scalar>&;

template <class A, class B>
Status where_op(Out& out, T condition, A a, B b) {
  return where_of(out, condition, a, b);
}

Status addcmul(Out& out, T self, T a, T b, S value) {
  return ternary(out, self, a, b, TernaryOp::addcmul, Rule::kSame, {.a = value.to_double(), .i = value.to_int()});
}
Status addcdiv(Out& out, T self, T a, T b, S value) {
  FACULA_CHECK(!(is_integral(a.dtype(), true) && is_integral(b.dtype(), true)),
               "Integer division with addcdiv is no longer supported, and in a future release addcdiv will perform a "
               "true division of tensor1 and tensor2. The historic addcdiv behavior can be implemented as (input + value "
               "* torch.trunc(tensor1 / tensor2)).to(input.dtype) for integer inputs and as (input + value * tensor1 / "
               "tensor2) for float inputs. The future addcdiv behavior is just the latter implementation: (input + "
               "value * tensor1 / tensor2), for all dtypes.");
  return ternary(out, self, a, b, TernaryOp::addcdiv, Rule::kSame, {.a = value.to_double(), .i = value.to_int()});
}

Status lerp_tensor(Out& out, T self, T end, T weight) {
  FACULA_CHECK(self.dtype() == end.dtype(), "expected dtype {} for `end`, but got dtype {}",
               dtype_python(self.dtype()), dtype_python(end.dtype()));
  FACULA_CHECK(self.dtype() == weight.dtype() || weight.dim() == 0, "expected dtype {} for `weight`, but got dtype {}",
               dtype_python(self.dtype()), dtype_python(weight.dtype()));
  return ternary(out, self, end, weight, TernaryOp::lerp, Rule::kFloatOnly);
}
Status lerp_scalar(Out& out, T self, T end, S weight) {
  FACULA_CHECK(self.dtype() == end.dtype(), "expected dtype {} for `end`, but got dtype {}",
               dtype_python(self.dtype()), dtype_python(end.dtype()));
  return ternary(out, self, end, weight, TernaryOp::lerp, Rule::kFloatOnly);
}

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max(), kLeast = std::numeric_limits<std::int64_t>::min();

Status clamp(Out& out, T self, OptionalScalar low, OptionalScalar high) {
  FACULA_CHECK(self.defined(), "expected a Tensor but got None");
  FACULA_CHECK(low || high, "torch.clamp: At least one of 'min' or 'max' must not be None");
  ResultType r;
  r.add(self);
  if (low) r.add(*low);
  if (high) r.add(*high);
  const DType t = r.get();
  FACULA_CHECK(!is_complex(t), "clamp is not supported for complex types");
  if (t == DType::kBool) {
    const Scalar from = low.value_or(Scalar(false)), to = high.value_or(Scalar(true));
    FACULA_TRY(const Tensor raised, binary(self, from, BinaryOp::maximum));
    return binary(out, raised, to, BinaryOp::minimum, Rule::kSame);
  }
  // A NaN bound makes everything NaN.
  for (const auto* bound : {&low, &high})
    if (*bound && (**bound).is_float() && (**bound).to_double() != (**bound).to_double())
      return binary_as(out, self, **bound, BinaryOp::maximum, t, t);
  // Bounds of bytes wrap, as every number does that becomes one.
  const auto bound = [&](const Scalar& s) { return t == DType::kUInt8 ? s.to_int() & 255 : s.to_int(); };
  const PointwiseParams p{.a = low ? low->to_double() : -kInf,
                          .b = high ? high->to_double() : kInf,
                          .i = low ? bound(*low) : kLeast,
                          .j = high ? bound(*high) : kMost};
  return unary_as(out, self, UnaryOp::clamp, t, t, p);
}
Status clamp_tensor(Out& out, T self, T low, T high) {
  FACULA_CHECK(low.defined() || high.defined(), "torch.clamp: At least one of 'min' or 'max' must not be None");
  if (!high.defined()) return binary(out, self, low, BinaryOp::maximum, Rule::kReal);
  if (!low.defined()) return binary(out, self, high, BinaryOp::minimum, Rule::kReal);
  return ternary(out, self, low, high, TernaryOp::clamp_tensor, Rule::kReal);
}
Status clamp_min(Out& out, T self, S low) { return clamp(out, self, low, std::nullopt); }
Status clamp_max(Out& out, T self, S high) { return clamp(out, self, std::nullopt, high); }
Status clamp_min_tensor(Out& out, T self, T low) { return binary(out, self, low, BinaryOp::maximum, Rule::kReal); }
Status clamp_max_tensor(Out& out, T self, T high) { return binary(out, self, high, BinaryOp::minimum, Rule::kReal); }

}  // namespace

constexpr Op kPointwiseTernary[] = {
    row<where_op<T, T>>("aten::where.self(Tensor condition, Tensor self, Tensor other) -> Tensor",
        {.forms = kOut, .traits = kPointwise, .samples = {"randn(2,3)>0, randn(2,3), randn(3)",
            "randn(3)>0, randn(2,3).t().t(), arange(3)", "randn(3), randn(3), randn(3)"}}),
    row<where_op<T, S>>("aten::where.ScalarOther(Tensor condition, Tensor self, Scalar other) -> Tensor",
        {.traits = kPointwise, .samples = {"randn(2,3)>0, randn(2,3), 1", "randn(3)>0, arange(3), 1.5"}}),
    row<where_op<S, T>>("aten::where.ScalarSelf(Tensor condition, Scalar self, Tensor other) -> Tensor",
        {.traits = kPointwise, .samples = {"randn(2,3)>0, 1, randn(2,3)"}}),
    row<where_op<S, S>>("aten::where.Scalar(Tensor condition, Scalar self, Scalar other) -> Tensor",
        {.traits = kPointwise, .samples = {"randn(2,3)>0, 1, 2", "randn(3)>0, 1.5, 2", "randn(3)>0, True, False"}}),
    row<addcmul>("aten::addcmul(Tensor self, Tensor tensor1, Tensor tensor2, *, Scalar value=1) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise, .samples = {"randn(2,3), randn(2,3), randn(3)",
            "randn(2,3), randn(2,1), randn(3), value=2", "arange(3), arange(3), arange(3), value=2"}}),
    row<addcdiv>("aten::addcdiv(Tensor self, Tensor tensor1, Tensor tensor2, *, Scalar value=1) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise, .samples = {"randn(2,3), randn(2,3), randn(3)",
            "randn(2,3), randn(2,1), randn(3), value=2", "arange(3), arange(3), arange(1,4)"}}),
    row<lerp_scalar>("aten::lerp.Scalar(Tensor self, Tensor end, Scalar weight) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise, .samples = {"randn(2,3), randn(3), 0.3",
            "randn(2,3), randn(3), 0.7"}}),
    row<lerp_tensor>("aten::lerp.Tensor(Tensor self, Tensor end, Tensor weight) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise, .samples = {"randn(2,3), randn(3), rand(2,1)",
            "randn(3), randn(3), tensor(0.2)"}}),
    row<clamp>("aten::clamp(Tensor self, Scalar? min=None, Scalar? max=None) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise, .samples = {"randn(2,3), -0.5, 0.5", "randn(2,3), min=0",
            "randn(2,3).t(), max=0.1", "arange(5), 1, 3", "arange(5), 1.5", "randn(3), 1, -1",
            "tensor([float('nan'),1.]), 0, 1", "randn(2)"}}),
    row<clamp_tensor>("aten::clamp.Tensor(Tensor self, Tensor? min=None, Tensor? max=None) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise, .samples = {"randn(2,3), randn(3), randn(3)",
            "randn(2,3), min=randn(3)", "randn(2,3), max=randn(1)", "arange(3), tensor(1), tensor(2)"}}),
    row<clamp_min>("aten::clamp_min(Tensor self, Scalar min) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise, .samples = {"randn(3), 0.1", "arange(4), 2"}}),
    row<clamp_min_tensor>("aten::clamp_min.Tensor(Tensor self, Tensor min) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise, .samples = {"randn(3), randn(3)"}}),
    row<clamp_max>("aten::clamp_max(Tensor self, Scalar max) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise, .samples = {"randn(3), 0.1", "arange(4), 2"}}),
    row<clamp_max_tensor>("aten::clamp_max.Tensor(Tensor self, Tensor max) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise, .samples = {"randn(3), randn(3)"}}),
    row<clamp>("aten::clip(Tensor self, Scalar? min=None, Scalar? max=None) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise, .samples = {"randn(2,3), -0.5, 0.5"}}),
    row<clamp_tensor>("aten::clip.Tensor(Tensor self, Tensor? min=None, Tensor? max=None) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise, .samples = {"randn(2,3), randn(3), randn(3)"}}),
};
FACULA_FAMILY(pointwise_ternary, kPointwiseTernary)

}  // namespace fac
