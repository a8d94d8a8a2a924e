// Activation functions, softmax and its relatives.
#include <cmath>
#include <limits>

#include "kernels/softmax.h"
#include "ops/copy.h"
#include "ops/dims.h"
#include "ops/elementwise.h"
#include "ops/functions.h"
#include "ops/generator.h"

namespace fac {
namespace {

using namespace ops;
using U = UnaryOp;
using I = std::int64_t;

template <U op>
Status activate(Out& out, const Tensor& self) {
  return unary(out, self, op, Rule::kFloatOnly);
}

Status relu(Out& out, const Tensor& self) {
  FACULA_CHECK(self.defined(), "expected a Tensor but got None");
  FACULA_CHECK(self.dtype() != DType::kBool, "Boolean inputs not supported for relu");
  return unary(out, self, U::relu, Rule::kReal);
}
Status relu6(Out& out, const Tensor& self) {
  FACULA_CHECK(self.dtype() != DType::kBool, "Bool inputs not supported for hardtanh");
  return unary(out, self, U::clamp, Rule::kReal, {.a = 0, .b = 6, .i = 0, .j = 6});
}
Status hardtanh(Out& out, const Tensor& self, const Scalar& low, const Scalar& high) {
  FACULA_CHECK(self.dtype() != DType::kBool, "Bool inputs not supported for hardtanh");
  FACULA_CHECK(self.dtype() != DType::kUInt8 || (low.to_int() >= 0 && high.to_int() >= 0), "cannot do hardtanh on an unsigned type with negative limits");
  return unary(out, self, U::clamp, Rule::kReal,
               {.a = low.to_double(), .b = high.to_double(), .i = low.to_int(), .j = high.to_int()});
}
Status gelu(Out& out, const Tensor& self, std::string_view approximate) {
  FACULA_CHECK(approximate == "none" || approximate == "tanh", "approximate argument must be either none or tanh.");
  return unary(out, self, approximate == "none" ? U::gelu : U::gelu_tanh, Rule::kFloatOnly);
}
Status leaky_relu(Out& out, const Tensor& self, const Scalar& slope) {
  return unary(out, self, U::leaky_relu, Rule::kFloatOnly, {.a = slope.to_double()});
}
Status elu(Out& out, const Tensor& self, const Scalar& alpha, const Scalar& scale, const Scalar& input_scale) {
  return unary(out, self, U::elu, Rule::kFloatOnly,
               {.a = alpha.to_double(), .b = scale.to_double(), .c = input_scale.to_double()});
}
Status celu(Out& out, const Tensor& self, const Scalar& alpha) {
  FACULA_CHECK(alpha.to_double() != 0, "ZeroDivisionError: alpha cannot be 0 for CELU");
  return unary(out, self, U::celu, Rule::kFloatOnly, {.a = alpha.to_double()});
}
Status softplus(Out& out, const Tensor& self, const Scalar& beta, const Scalar& threshold) {
  return unary(out, self, U::softplus, Rule::kFloatOnly, {.a = beta.to_double(), .b = threshold.to_double()});
}
Status threshold(Out& out, const Tensor& self, const Scalar& limit, const Scalar& value) {
  return unary(out, self, U::threshold, Rule::kReal,
               {.a = limit.to_double(), .b = value.to_double(), .i = limit.to_int(), .j = value.to_int()});
}
template <U op>
Status shrink(Out& out, const Tensor& self, const Scalar& lambda) {
  FACULA_CHECK(op != U::softshrink || lambda.to_double() >= 0,
               "lambda must be greater or equal to 0, but found to be {}.", lambda.to_double());
  return unary(out, self, op, Rule::kFloatOnly, {.a = lambda.to_double()});
}

Result<Tensor> prelu(const Tensor& self, const Tensor& weight) {
  FACULA_CHECK(self.dtype() == weight.dtype(), "prelu: Type promoting not supported. Got {} and {}",
               dtype_python(self.dtype()), dtype_python(weight.dtype()));
  Tensor w = weight;
  if (weight.numel() != 1) {
    FACULA_CHECK(self.dim() > 0, "Not allow zero-dim input tensor.");
    const I channels = self.dim() > 1 ? self.size(1) : 1;
    FACULA_CHECK(channels == weight.numel(), "Mismatch of parameter numbers and input channel size. Found parameter "
                 "numbers = {} and channel size = {}.", weight.numel(), channels);
    Dims shape(static_cast<std::size_t>(self.dim()), 1);
    shape[1] = channels;
    FACULA_TRY(w, reshape(weight, shape));
  } else {
    FACULA_TRY(w, reshape(weight, Dims(static_cast<std::size_t>(self.dim()), 1)));
  }
  return binary(self, w, BinaryOp::prelu, Rule::kFloatOnly);
}

Status glu(Out& out, const Tensor& self, I dim) {
  FACULA_CHECK(self.dim() > 0, "glu does not support 0-dimensional tensors");
  FACULA_TRY(const I d, wrap_dim(dim, self.dim()));
  FACULA_CHECK(self.size(d) % 2 == 0, "Halving dimension must be even, but dimension {} is size {}", d, self.size(d));
  const I half = self.size(d) / 2;
  FACULA_TRY(const Tensor x, narrow(self, d, 0, half));
  FACULA_TRY(const Tensor gate, narrow(self, d, half, half));
  return binary(out, x, gate, BinaryOp::glu, Rule::kFloatOnly);
}

Status log_sigmoid(Out& out, const Tensor& self) { return unary(out, self, U::logsigmoid, Rule::kFloatOnly); }
Result<std::tuple<Tensor, Tensor>> log_sigmoid_forward(const Tensor& self) {
  FACULA_TRY(const Tensor dense, contiguous(self));
  FACULA_TRY(Tensor y, fresh(log_sigmoid, dense));
  Tensor buffer;
  FACULA_TRY(const Tensor magnitude, unary(dense, U::abs));
  FACULA_TRY(const Tensor negated, unary(magnitude, U::neg));
  FACULA_TRY(buffer, unary(negated, U::exp));
  return std::tuple(std::move(y), std::move(buffer));
}

// Randomised leaky relu: the mean slope outside training.
Status rrelu(Out& out, const Tensor& self, const Scalar& lower, const Scalar& upper, bool training,
             const Value& generator) {
  const double low = lower.to_double(), high = upper.to_double();
  if (!training) {
    FACULA_TRY(const Tensor dense, contiguous(self));
    return unary(out, out.is_in_place() ? self : dense, U::leaky_relu, Rule::kFloatOnly, {.a = (low + high) / 2});
  }
  FACULA_TRY(const Tensor noise, Tensor::empty(self.sizes(), self.dtype()));
  // One draw for each element that is not positive, in order.
  FACULA_TRY(const Tensor x, cast(self, DType::kDouble));
  FACULA_TRY(const Tensor dense, contiguous(x));
  FACULA_TRY(const Tensor slopes, Tensor::empty(self.sizes(), DType::kDouble));
  GeneratorLock random(generator);
  for (I i = 0; i < dense.numel(); ++i)
    slopes.data_as<double>()[i] = dense.data_as<double>()[i] <= 0 ? random->uniform_double() * (high - low) + low : 1.0;
  FACULA_TRY_VOID(copy_into(noise, slopes));
  return binary(out, self, noise, BinaryOp::mul, Rule::kFloatOnly);
}
Result<Tensor> rrelu_in_place(const Tensor& self, const Scalar& lower, const Scalar& upper, bool training,
                              const Value& generator) {
  Out out(Out::Form::kInPlace, self);
  FACULA_TRY_VOID(rrelu(out, self, lower, upper, training, generator));
  return out.finish();
}

template <bool log>
Result<Tensor> softmax_as(const Tensor& self, I dim, DType dtype) {
  FACULA_TRY(const I d, wrap_dim(dim, self.dim()));
  FACULA_CHECK(is_floating(dtype), "\"{}_lastdim_kernel_impl\" not implemented for '{}'", log ? "log_softmax" : "softmax", dtype_name(dtype));
  Tensor x = self;
  if (!is_floating(self.dtype())) {
    FACULA_TRY(x, cast(self, dtype));
  }
  FACULA_TRY(Tensor y, Tensor::empty(self.sizes(), dtype));
  if (y.numel() == 0) return y;
  if (self.dim() == 0) {
    FACULA_TRY_VOID(fill(y, log ? 0 : 1));
    return y;
  }
  Operands operands(y.sizes());
  operands.add(y);
  operands.add(x);
  const auto run = log ? kernels::log_softmax : kernels::softmax;
  FACULA_TRY_VOID(check(run(operands.by_dim(), static_cast<int>(d)), "softmax", x.dtype()));
  return y;
}
template <bool log>
Result<Tensor> softmax(const Tensor& self, I dim, std::optional<DType> dtype) {
  return softmax_as<log>(self, dim, dtype.value_or(self.dtype()));
}
template <bool log>
Result<Tensor> softmax_internal(const Tensor& self, I dim, bool half_to_float) {
  return softmax_as<log>(self, dim, half_to_float ? DType::kFloat : self.dtype());
}

}  // namespace

constexpr Op kActivation[] = {
    row<relu>("aten::relu(Tensor self) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise, .samples = {"randn(2,3)", "arange(-2,3)",
            "randn(2,3,4,5).to(memory_format=torch.channels_last)", "tensor([True])"}}),
    row<relu6>("aten::relu6(Tensor self) -> Tensor",
        {.forms = kInPlace, .traits = kPointwise, .samples = {"randn(2,3)*9"}}),
    row<hardtanh>("aten::hardtanh(Tensor self, Scalar min_val=-1, Scalar max_val=1) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise, .samples = {"randn(2,3)*3", "randn(5), -0.1, 0.2",
            "arange(-3,3)"}}),
    row<gelu>("aten::gelu(Tensor self, *, str approximate=\"none\") -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise, .samples = {"randn(2,3)", "randn(2,3), approximate='tanh'",
            "arange(3)", "randn(2), approximate='x'"}}),
    row<activate<U::silu>>("aten::silu(Tensor self) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise, .samples = {"randn(2,3)", "arange(3)"}}),
    row<activate<U::mish>>("aten::mish(Tensor self) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise, .samples = {"randn(2,3)"}}),
    row<activate<U::selu>>("aten::selu(Tensor self) -> Tensor",
        {.forms = kInPlace, .traits = kPointwise, .samples = {"randn(2,3)"}}),
    row<elu>("aten::elu(Tensor self, Scalar alpha=1, Scalar scale=1, Scalar input_scale=1) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise, .samples = {"randn(2,3)", "randn(5), 0.5, 2, 3"}}),
    row<celu>("aten::celu(Tensor self, Scalar alpha=1.) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise, .samples = {"randn(2,3)", "randn(5), 0.5"}}),
    row<leaky_relu>("aten::leaky_relu(Tensor self, Scalar negative_slope=0.01) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise, .samples = {"randn(2,3)", "randn(0)",
            "randn(4,4).t(), 0.2"}}),
    row<prelu>("aten::prelu(Tensor self, Tensor weight) -> Tensor",
        {.samples = {"randn(2,3), rand(1)", "randn(2,3,4), rand(3)", "randn(3), rand(1)"}}),
    row<rrelu>("aten::rrelu(Tensor self, Scalar lower=0.125, Scalar upper=0.33333333333333331, bool training=False, Generator? generator=None) -> Tensor",
        {.traits = kRandom, .samples = {"randn(2,3)"}}),
    row<rrelu_in_place>("aten::rrelu_(Tensor(a!) self, Scalar lower=0.125, Scalar upper=0.33333333333333331, bool training=False, Generator? generator=None) -> Tensor(a!)",
        {.traits = kRandom}),
    row<activate<U::hardswish>>("aten::hardswish(Tensor self) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise, .samples = {"randn(2,3)*4"}}),
    row<activate<U::hardsigmoid>>("aten::hardsigmoid(Tensor self) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise, .samples = {"randn(2,3)*4"}}),
    row<softplus>("aten::softplus(Tensor self, Scalar beta=1, Scalar threshold=20) -> Tensor",
        {.forms = kOut, .traits = kPointwise, .samples = {"randn(2,3)", "randn(5)*9, 2, 5"}}),
    row<threshold>("aten::threshold(Tensor self, Scalar threshold, Scalar value) -> Tensor",
        {.forms = kInPlace | kOut, .traits = kPointwise, .samples = {"randn(5), 0.1, 7", "arange(5), 2, 9"}}),
    row<shrink<U::hardshrink>>("aten::hardshrink(Tensor self, Scalar lambd=0.5) -> Tensor",
        {.forms = kOut, .traits = kPointwise, .samples = {"randn(9)", "randn(9), 0.1"}}),
    row<shrink<U::softshrink>>("aten::softshrink(Tensor self, Scalar lambd=0.5) -> Tensor",
        {.forms = kOut, .traits = kPointwise, .samples = {"randn(9)", "randn(9), 0.1"}}),
    row<log_sigmoid>("aten::log_sigmoid(Tensor self) -> Tensor",
        {.forms = kOut, .traits = kPointwise, .samples = {"randn(9)*9"}}),
    row<log_sigmoid_forward>("aten::log_sigmoid_forward(Tensor self) -> (Tensor output, Tensor buffer)"),
    row<glu>("aten::glu(Tensor self, int dim=-1) -> Tensor",
        {.forms = kOut, .samples = {"randn(2,6)", "randn(4,3), 0", "randn(3,3)"}}),
    row<softmax<false>>("aten::softmax.int(Tensor self, int dim, ScalarType? dtype=None) -> Tensor",
        {.forms = kOut, .samples = {"randn(2,5), 1", "randn(3,4,5), 1", "randn(4,5).t(), 0", "randn(()), 0",
            "randn(2,0), 1", "arange(4), 0, torch.float32", "arange(4), 0"}}),
    row<softmax_internal<false>>("aten::_softmax(Tensor self, int dim, bool half_to_float) -> Tensor",
        {.forms = kOut, .samples = {"randn(2,5), 1, False"}}),
    row<softmax<true>>("aten::log_softmax.int(Tensor self, int dim, ScalarType? dtype=None) -> Tensor",
        {.forms = kOut, .samples = {"randn(2,5), 1", "randn(3,4,5), 1", "randn(4,5).t(), 0",
            "arange(4), 0, torch.float32"}}),
    row<softmax_internal<true>>("aten::_log_softmax(Tensor self, int dim, bool half_to_float) -> Tensor",
        {.forms = kOut, .samples = {"randn(2,5), 1, False"}}),
    row<softmax<false>>("aten::special_softmax(Tensor self, int dim, ScalarType? dtype=None) -> Tensor",
        {.samples = {"randn(2,5), 1"}}),
    row<softmax<true>>("aten::special_log_softmax(Tensor self, int dim, *, ScalarType? dtype=None) -> Tensor",
        {.samples = {"randn(2,5), 1"}}),
};
FACULA_FAMILY(activation, kActivation)

}  // namespace fac
