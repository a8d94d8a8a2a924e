// Normalisation layers: batch, layer, group, instance, RMS.
#include "kernels/norm.h"
#include "ops/copy.h"
#include "ops/elementwise.h"
#include "ops/expr.h"
#include "ops/functions.h"
#include "ops/op.h"
#include "tensor/sizes.h"

namespace fac {
namespace {

// A parameter as the kernels take it: contiguous; dtype as it is. Undefined stays null.
struct Param {
  Tensor t;
  const void* data() const { return t.defined() ? t.data() : nullptr; }
};
Result<Param> param(const Tensor& t, std::int64_t expected, std::string_view what) {
  if (!t.defined()) return Param{};
  FACULA_CHECK(t.numel() == expected, "{} should contain {} elements not {}", what, expected, t.numel());
  FACULA_TRY(Tensor dense, contiguous(t));
  return Param{dense};
}
// The one dtype of all parameters: kernels read them alike.
Status unify(std::initializer_list<Param*> params, DType dtype) {
  for (Param* p : params)
    if (p->t.defined()) {
      FACULA_TRY(p->t, cast(p->t, dtype));
    }
  return {};
}
DType param_dtype(const Tensor& x, std::initializer_list<const Tensor*> params) {
  for (const Tensor* p : params)
    if (p->defined()) return p->dtype();
  return x.dtype() == DType::kHalf || x.dtype() == DType::kBFloat16 ? DType::kFloat : x.dtype();
}

struct Normed {
  Tensor y, mean, rstd;  // statistics of the batch; undefined in inference
};

// running = (1 - momentum) * running + momentum * batch; the variance unbiased. `count`: elements of a channel.
Status update_running(const Tensor& running_mean, const Tensor& running_var, const Tensor& mean, const Tensor& var, double momentum,
                      std::int64_t count) {
  const auto update = [&](const Tensor& running, const Tensor& batch, double factor) -> Status {
    if (!running.defined()) return {};
    FACULA_TRY(Tensor keep, ops::binary(running, Scalar(1.0 - momentum), ops::BinaryOp::mul));
    FACULA_TRY(Tensor add, ops::binary(batch, Scalar(momentum * factor), ops::BinaryOp::mul));
    FACULA_TRY(Tensor sum, ops::binary(keep, add, ops::BinaryOp::add));
    running.bump_version();
    return copy_into(running, sum);
  };
  FACULA_TRY_VOID(update(running_mean, mean, 1.0));
  return update(running_var, var, static_cast<double>(count) / static_cast<double>(std::max<std::int64_t>(count - 1, 1)));
}

Result<Normed> batch_norm_all(const Tensor& x, const Tensor& weight, const Tensor& bias, const Tensor& running_mean,
                              const Tensor& running_var, bool training, double momentum, double eps) {
  FACULA_CHECK(x.dim() >= 2, "Expected more than 1 dimension for batch_norm, but got input of size {}", ints_text(x.sizes()));
  const std::int64_t channels = x.size(1);
  FACULA_CHECK(training || (running_mean.defined() && running_var.defined()), "running_mean and running_var must be defined in evaluation mode");
  const DType pd = param_dtype(x, {&weight, &running_mean, &bias});
  FACULA_TRY(Param w, param(weight, channels, "weight"));
  FACULA_TRY(Param b, param(bias, channels, "bias"));
  FACULA_TRY(Param m, param(running_mean, channels, "running_mean"));
  FACULA_TRY(Param v, param(running_var, channels, "running_var"));
  FACULA_TRY_VOID(unify({&w, &b, &m, &v}, pd));
  FACULA_TRY(Tensor in, contiguous(x));
  Normed out;
  FACULA_TRY(out.y, Tensor::empty(x.sizes(), x.dtype()));
  kernels::BatchNorm n;
  n.x = in.data(), n.y = out.y.data();
  n.kind = ops::kind_of(x.dtype()), n.param_kind = ops::kind_of(pd);
  n.batch = x.size(0), n.channels = channels;
  n.spatial = x.numel() == 0 ? 0 : x.numel() / (x.size(0) * channels);
  n.weight = w.data(), n.bias = b.data(), n.eps = eps;
  if (!training) {
    n.mean = m.data(), n.var = v.data();
    FACULA_TRY_VOID(ops::check(kernels::batch_norm(n), "batch_norm", x.dtype()));
    return out;
  }
  const std::int64_t count = n.batch * n.spatial;
  FACULA_CHECK(count > 1 || x.numel() == 0, "Expected more than 1 value per channel when training, got input size {}", ints_text(x.sizes()));
  FACULA_TRY(Tensor mean, Tensor::empty(Dims{channels}, pd));
  FACULA_TRY(Tensor var, Tensor::empty(Dims{channels}, pd));
  FACULA_TRY_VOID(ops::check(kernels::batch_norm_stats(n, mean.data(), var.data()), "batch_norm", x.dtype()));
  n.mean = mean.data(), n.var = var.data();
  FACULA_TRY_VOID(ops::check(kernels::batch_norm(n), "batch_norm", x.dtype()));
  FACULA_TRY_VOID(update_running(running_mean, running_var, mean, var, momentum, count));
  FACULA_TRY(Tensor shifted, ops::binary(var, Scalar(eps), ops::BinaryOp::add));
  FACULA_TRY(out.rstd, ops::unary(shifted, ops::UnaryOp::rsqrt));
  out.mean = mean;
  return out;
}

// The statistics of a batch alone: mean and biased variance of each channel.
Result<std::tuple<Tensor, Tensor>> batch_norm_update_stats(const Tensor& x, const Tensor& running_mean, const Tensor& running_var,
                                                           double momentum) {
  FACULA_CHECK(x.defined(), "expected a Tensor but got None");
  FACULA_CHECK(x.dim() >= 2, "Dimension out of range (expected to be in range of [{}, {}], but got 1)", -std::max<std::int64_t>(x.dim(), 1),
               std::max<std::int64_t>(x.dim(), 1) - 1);
  FACULA_CHECK(x.numel() > 0, "input tensor must have at least one element, but got input_sizes = {}", ints_text(x.sizes()));
  const std::int64_t channels = x.size(1);
  FACULA_TRY_VOID(param(running_mean, channels, "running_mean"));
  FACULA_TRY_VOID(param(running_var, channels, "running_var"));
  const DType pd = running_mean.defined() ? running_mean.dtype() : running_var.defined() ? running_var.dtype() : x.dtype();
  FACULA_TRY(Tensor in, contiguous(x));
  FACULA_TRY(Tensor mean, Tensor::empty(Dims{channels}, pd));
  FACULA_TRY(Tensor var, Tensor::empty(Dims{channels}, pd));
  kernels::BatchNorm n;
  n.x = in.data();
  n.kind = ops::kind_of(x.dtype()), n.param_kind = ops::kind_of(pd);
  n.batch = x.size(0), n.channels = channels, n.spatial = x.numel() / (x.size(0) * channels);
  FACULA_TRY_VOID(ops::check(kernels::batch_norm_stats(n, mean.data(), var.data()), "batch_norm_update_stats", x.dtype()));
  FACULA_TRY_VOID(update_running(running_mean, running_var, mean, var, momentum, n.batch * n.spatial));
  return std::tuple(mean, var);
}

Result<Tensor> batch_norm(const Tensor& x, const Tensor& weight, const Tensor& bias, const Tensor& mean, const Tensor& var,
                          bool training, double momentum, double eps, bool) {
  FACULA_TRY(Normed n, batch_norm_all(x, weight, bias, mean, var, training, momentum, eps));
  return n.y;
}
Result<std::tuple<Tensor, Tensor, Tensor>> native_batch_norm(const Tensor& x, const Tensor& weight, const Tensor& bias, const Tensor& mean,
                                                             const Tensor& var, bool training, double momentum, double eps) {
  FACULA_TRY(Normed n, batch_norm_all(x, weight, bias, mean, var, training, momentum, eps));
  if (training && !weight.defined() && !mean.defined() && !bias.defined()) {
    FACULA_TRY(n.mean, cast(n.mean, x.dtype()));
    FACULA_TRY(n.rstd, cast(n.rstd, x.dtype()));
  }
  if (!training) {
    FACULA_TRY(n.mean, Tensor::empty(Dims{0}, x.dtype()));
    FACULA_TRY(n.rstd, Tensor::empty(Dims{0}, x.dtype()));
  }
  return std::tuple(n.y, n.mean, n.rstd);
}

// The trailing dimensions named by `shape` are one row.
Result<kernels::RowNorm> rows_of(const Tensor& x, Ints shape) {
  FACULA_CHECK(!shape.empty(), "Expected normalized_shape to be at least 1-dimensional, i.e., containing at least one element, but got normalized_shape = {}", ints_text(shape));
  const auto rank = static_cast<std::size_t>(x.dim());
  FACULA_CHECK(rank >= shape.size() && std::equal(shape.begin(), shape.end(), x.sizes().end() - static_cast<std::ptrdiff_t>(shape.size())),
               "Given normalized_shape={}, expected input with shape [*, {}], but got input of size{}", ints_text(shape), ints_text(shape), ints_text(x.sizes()));
  kernels::RowNorm n;
  n.cols = product(shape);
  n.rows = product(Ints(x.sizes()).first(rank - shape.size()));
  n.kind = ops::kind_of(x.dtype());
  return n;
}
DType stats_dtype(const Tensor& x) { return x.dtype() == DType::kDouble ? DType::kDouble : DType::kFloat; }
// Statistics come back in the parameters' precision where it is the wider one, else in the input's.
Status store_stats(Tensor& mean, Tensor& rstd, const Tensor& x, const Tensor& weight, const Tensor& bias) {
  const bool mixed = (weight.defined() && weight.dtype() != x.dtype()) || (bias.defined() && bias.dtype() != x.dtype());
  if (mixed) return {};
  FACULA_TRY(mean, cast(mean, x.dtype()));
  FACULA_TRY(rstd, cast(rstd, x.dtype()));
  return {};
}

Result<Normed> layer_norm_all(const Tensor& x, Ints shape, const Tensor& weight, const Tensor& bias, double eps, bool stats) {
  FACULA_TRY(kernels::RowNorm n, rows_of(x, shape));
  const DType pd = param_dtype(x, {&weight, &bias});
  FACULA_TRY(Param w, param(weight, n.cols, "weight"));
  FACULA_TRY(Param b, param(bias, n.cols, "bias"));
  FACULA_TRY_VOID(unify({&w, &b}, pd));
  FACULA_TRY(Tensor in, contiguous(x));
  Normed out;
  FACULA_TRY(out.y, Tensor::empty(x.sizes(), x.dtype()));
  n.x = in.data(), n.y = out.y.data();
  n.weight = w.data(), n.bias = b.data(), n.param_kind = ops::kind_of(pd), n.eps = eps;
  if (stats) {
    Dims sizes(x.sizes());
    for (std::size_t i = sizes.size() - shape.size(); i < sizes.size(); ++i) sizes[i] = 1;
    FACULA_TRY(out.mean, Tensor::empty(sizes, stats_dtype(x)));
    FACULA_TRY(out.rstd, Tensor::empty(sizes, stats_dtype(x)));
    n.mean = out.mean.data(), n.rstd = out.rstd.data();
  }
  FACULA_TRY_VOID(ops::check(kernels::layer_norm(n), "LayerNormKernelImpl", x.dtype()));
  return out;
}
Result<Tensor> layer_norm(const Tensor& x, Ints shape, const Tensor& weight, const Tensor& bias, double eps, bool) {
  FACULA_TRY(Normed n, layer_norm_all(x, shape, weight, bias, eps, false));
  return n.y;
}
Result<std::tuple<Tensor, Tensor, Tensor>> native_layer_norm(const Tensor& x, Ints shape, const Tensor& weight, const Tensor& bias, double eps) {
  FACULA_TRY(Normed n, layer_norm_all(x, shape, weight, bias, eps, true));
  FACULA_TRY_VOID(store_stats(n.mean, n.rstd, x, weight, bias));
  return std::tuple(n.y, n.mean, n.rstd);
}

Result<Tensor> rms_norm(const Tensor& x, Ints shape, const Tensor& weight, std::optional<double> eps) {
  FACULA_TRY(kernels::RowNorm n, rows_of(x, shape));
  if (is_complex(x.dtype())) {
    Dims last;
    for (std::size_t i = 0; i < shape.size(); ++i) last.push_back(-1 - static_cast<std::int64_t>(i));
    const double e = eps.value_or(x.dtype() == DType::kComplexDouble ? 2.220446049250313e-16 : 1.1920928955078125e-07);
    const ops::Expr value(x), power = (value * value).then([&](const Tensor& t) { return ops::mean(t, last, true); });
    ops::Expr y = value * apply(power + e, ops::UnaryOp::rsqrt);
    return (weight.defined() ? y * weight : std::move(y)).result();
  }
  FACULA_TRY(Param w, param(weight, n.cols, "weight"));
  FACULA_TRY(Tensor in, contiguous(x));
  FACULA_TRY(Tensor y, Tensor::empty(x.sizes(), x.dtype()));
  n.x = in.data(), n.y = y.data(), n.weight = w.data();
  n.param_kind = ops::kind_of(w.t.defined() ? w.t.dtype() : x.dtype());
  // The machine epsilon of the dtype that the sum is computed in.
  n.eps = eps.value_or(x.dtype() == DType::kDouble ? 2.220446049250313e-16 : 1.1920928955078125e-07);
  FACULA_TRY_VOID(ops::check(kernels::rms_norm(n), "rms_norm", x.dtype()));
  return y;
}

Result<Normed> group_norm_all(const Tensor& x, std::int64_t batch, std::int64_t channels, std::int64_t groups, const Tensor& weight,
                              const Tensor& bias, double eps, bool stats) {
  FACULA_CHECK(groups > 0 && channels % groups == 0, "Expected number of channels in input to be divisible by num_groups, but got input of shape {} and num_groups={}", ints_text(x.sizes()), groups);
  const DType pd = param_dtype(x, {&weight, &bias});
  FACULA_TRY(Param w, param(weight, channels, "weight"));
  FACULA_TRY(Param b, param(bias, channels, "bias"));
  FACULA_TRY_VOID(unify({&w, &b}, pd));
  FACULA_TRY(Tensor in, contiguous(x));
  Normed out;
  FACULA_TRY(out.y, Tensor::empty(x.sizes(), x.dtype()));
  kernels::GroupNorm n;
  n.x = in.data(), n.y = out.y.data(), n.kind = ops::kind_of(x.dtype());
  n.batch = batch, n.channels = channels, n.groups = groups;
  n.spatial = batch > 0 && channels > 0 ? x.numel() / (batch * channels) : 0;
  n.weight = w.data(), n.bias = b.data(), n.param_kind = ops::kind_of(pd), n.eps = eps;
  if (stats) {
    FACULA_TRY(out.mean, Tensor::empty(Dims{batch, groups}, stats_dtype(x)));
    FACULA_TRY(out.rstd, Tensor::empty(Dims{batch, groups}, stats_dtype(x)));
    n.mean = out.mean.data(), n.rstd = out.rstd.data();
  }
  FACULA_TRY_VOID(ops::check(kernels::group_norm(n), "GroupNormKernelImpl", x.dtype()));
  return out;
}
Result<Tensor> group_norm(const Tensor& x, std::int64_t groups, const Tensor& weight, const Tensor& bias, double eps, bool) {
  FACULA_CHECK(x.dim() >= 2, "Expected at least 2 dimensions for input tensor but received {}", x.dim());
  FACULA_TRY(Normed n, group_norm_all(x, x.size(0), x.size(1), groups, weight, bias, eps, false));
  return n.y;
}
Result<std::tuple<Tensor, Tensor, Tensor>> native_group_norm(const Tensor& x, const Tensor& weight, const Tensor& bias, std::int64_t batch,
                                                             std::int64_t channels, std::int64_t spatial, std::int64_t groups, double eps) {
  FACULA_TRY(const std::int64_t count, checked_numel(Dims{batch, channels, spatial}));
  FACULA_CHECK(count == x.numel(), "native_group_norm: {} pictures of {} channels of {} elements are not the {} of the input", batch, channels, spatial, x.numel());
  FACULA_CHECK(x.is_contiguous(x.suggest_memory_format()), "Expected X.is_contiguous(memory_format) to be true, but got false.");
  FACULA_TRY(Normed n, group_norm_all(x, batch, channels, groups, weight, bias, eps, true));
  FACULA_TRY_VOID(store_stats(n.mean, n.rstd, x, weight, bias));
  return std::tuple(n.y, n.mean, n.rstd);
}

// Each channel of each picture by its own statistics, or all by the running ones.
Result<Tensor> instance_norm(const Tensor& x, const Tensor& weight, const Tensor& bias, const Tensor& running_mean, const Tensor& running_var,
                             bool use_input_stats, double momentum, double eps, bool) {
  FACULA_CHECK(x.dim() >= 2, "Expected at least 2 dimensions for instance_norm, but got input of size {}", ints_text(x.sizes()));
  if (!use_input_stats) return batch_norm(x, weight, bias, running_mean, running_var, false, momentum, eps, false);
  FACULA_TRY(Normed n, group_norm_all(x, x.size(0), x.size(1), x.size(1), weight, bias, eps, running_mean.defined()));
  if (running_mean.defined() && x.numel() > 0) {
    FACULA_TRY_VOID(param(running_mean, x.size(1), "running_mean"));
    FACULA_TRY_VOID(param(running_var, x.size(1), "running_var"));
    // The batch's mean of the statistics of its pictures updates the running ones; the variance unbiased.
    const std::int64_t pictures = x.size(0), channels = x.size(1), spatial = x.numel() / (pictures * channels);
    const Dims sizes{channels};
    FACULA_TRY(const Tensor means, ops::zeros(sizes, DType::kDouble));
    FACULA_TRY(const Tensor variances, ops::zeros(sizes, DType::kDouble));
    const auto at = [](const Tensor& t, std::int64_t i) { return t.dtype() == DType::kDouble ? t.data_as<double>()[i] : static_cast<double>(t.data_as<float>()[i]); };
    for (std::int64_t i = 0; i < pictures * channels; ++i) {
      const double rstd = at(n.rstd, i);
      means.data_as<double>()[i % channels] += at(n.mean, i) / static_cast<double>(pictures);
      variances.data_as<double>()[i % channels] += (1.0 / (rstd * rstd) - eps) / static_cast<double>(pictures);
    }
    FACULA_TRY_VOID(update_running(running_mean, running_var, means, variances, momentum, spatial));
  }
  return n.y;
}

constexpr Op kNorm[] = {
    row<batch_norm>("aten::batch_norm(Tensor input, Tensor? weight, Tensor? bias, Tensor? running_mean, Tensor? running_var, bool training, float momentum, float eps, bool cudnn_enabled) -> Tensor",
        {.samples = {"randn(2,3,4,5), randn(3), randn(3), randn(3), rand(3)+0.5, False, 0.1, 1e-5, False", "randn(2,3), None, None, randn(3), rand(3)+0.5, False, 0.1, 1e-3, False", "randn(4,3,5), randn(3), randn(3), None, None, True, 0.1, 1e-5, False"}}),
    row<native_batch_norm>("aten::native_batch_norm(Tensor input, Tensor? weight, Tensor? bias, Tensor? running_mean, Tensor? running_var, bool training, float momentum, float eps) -> (Tensor, Tensor, Tensor)"),
    row<batch_norm_update_stats>("aten::batch_norm_update_stats(Tensor input, Tensor? running_mean, Tensor? running_var, float momentum) -> (Tensor, Tensor)", {.samples = {"randn(4,3,5), zeros(3), ones(3), 0.1", "randn(2,3), None, None, 0.1", "randn(2,3,2,2,2), randn(3), None, 0.5"}}),
    row<layer_norm>("aten::layer_norm(Tensor input, SymInt[] normalized_shape, Tensor? weight=None, Tensor? bias=None, float eps=1.0000000000000001e-05, bool cudnn_enable=True) -> Tensor",
        {.samples = {"randn(2,3,8), [8], randn(8), randn(8)", "randn(2,3,8), [3,8]", "randn(0,8), [8]", "randn(4,33), [33], randn(33)"}}),
    row<native_layer_norm>("aten::native_layer_norm(Tensor input, SymInt[] normalized_shape, Tensor? weight, Tensor? bias, float eps) -> (Tensor, Tensor, Tensor)", {.samples = {"randn(2,3,8), [8], randn(8), randn(8), 1e-5"}}),
    row<rms_norm>("aten::rms_norm(Tensor input, SymInt[] normalized_shape, Tensor? weight=None, float? eps=None) -> Tensor", {.samples = {"randn(2,3,8), [8], randn(8)", "randn(2,8), [8], None, 1e-3"}}),
    row<group_norm>("aten::group_norm(Tensor input, int num_groups, Tensor? weight=None, Tensor? bias=None, float eps=1.0000000000000001e-05, bool cudnn_enabled=True) -> Tensor", {.samples = {"randn(2,6,4,5), 3, randn(6), randn(6)", "randn(2,6), 2"}}),
    row<native_group_norm>("aten::native_group_norm(Tensor input, Tensor? weight, Tensor? bias, SymInt N, SymInt C, SymInt HxW, int group, float eps) -> (Tensor, Tensor, Tensor)", {.samples = {"randn(2,6,4,5), randn(6), randn(6), 2, 6, 20, 3, 1e-5"}}),
    row<instance_norm>("aten::instance_norm(Tensor input, Tensor? weight, Tensor? bias, Tensor? running_mean, Tensor? running_var, bool use_input_stats, float momentum, float eps, bool cudnn_enabled) -> Tensor", {.samples = {"randn(2,3,4,5), randn(3), randn(3), None, None, True, 0.1, 1e-5, False"}}),
};

}  // namespace

FACULA_FAMILY(nn_norm, kNorm)

}  // namespace fac
