// Loss functions. reduction: 0 none, 1 mean, 2 sum.
// Longer than most files: one family, a short function and a row for each of its operators.
#include <cmath>
#include <limits>

#include "ops/call.h"
#include "ops/copy.h"
#include "ops/dims.h"
#include "ops/elementwise.h"
#include "ops/functions.h"
#include "ops/reduction.h"

namespace fac {
namespace {

using namespace ops;
using I = std::int64_t;
using T = const Tensor&;
using B = BinaryOp;
using U = UnaryOp;

Result<Tensor> reduced(T loss, I reduction) {
  if (reduction == 1) return mean(loss, std::nullopt, false);
  if (reduction == 2) return sum(loss, std::nullopt, false);
  return loss;
}
// An element-wise loss with one number in it.
Result<Tensor> pairwise(T self, T target, B op, I reduction, const PointwiseParams& p = {}) {
  FACULA_TRY(const Tensor loss, binary(self, target, op, Rule::kSame, p));
  return reduced(loss, reduction);
}
Result<Tensor> l1_loss(T self, T target, I reduction) {
  const DType t = result_type(self, target);
  if (is_floating(t)) return pairwise(self, target, B::l1, reduction);
  FACULA_CHECK(self.dtype() != DType::kBool && target.dtype() != DType::kBool, "Subtraction, the `-` operator, with a bool tensor is not supported.");
  FACULA_TRY(const Tensor d, binary(self, target, B::sub));
  Out out;
  FACULA_TRY_VOID(unary_as(out, d, U::abs, t, real_dtype(t)));
  FACULA_TRY(const Tensor loss, out.finish());
  return reduced(loss, reduction);
}
Result<Tensor> mse_loss(T self, T target, I reduction) { return pairwise(self, target, B::mse, reduction); }
Result<Tensor> smooth_l1_loss(T self, T target, I reduction, double beta) {
  FACULA_CHECK(beta >= 0, "smooth_l1_loss does not support negative values for beta.");
  return pairwise(self, target, beta == 0 ? B::l1 : B::smooth_l1, reduction, {.a = beta});
}
Result<Tensor> huber_loss(T self, T target, I reduction, double delta) {
  FACULA_CHECK(delta > 0, "huber_loss does not support non-positive values for delta.");
  return pairwise(self, target, B::huber, reduction, {.a = delta});
}

Result<Tensor> weighted(T loss, T weight) {
  return weight.defined() ? binary(loss, weight, B::mul) : Result<Tensor>(loss);
}
Result<Tensor> binary_cross_entropy(T self, T target, T weight, I reduction) {
  if (self.numel() > 0) {
    FACULA_TRY(const Tensor low, extreme(self, false, std::nullopt, false));
    FACULA_TRY(const Tensor high, extreme(self, true, std::nullopt, false));
    FACULA_TRY(const Scalar a, item(low));
    FACULA_TRY(const Scalar b, item(high));
    FACULA_CHECK(a.to_double() >= 0 && b.to_double() <= 1, "all elements of input should be between 0 and 1");
  }
  FACULA_TRY(const Tensor loss, binary(self, target, B::bce, Rule::kFloatOnly));
  FACULA_TRY(const Tensor scaled, weighted(loss, weight));
  return reduced(scaled, reduction);
}
// (1 - y) x + (1 + (p - 1) y) softplus(-x), where p weighs the positive answers.
Result<Tensor> bce_with_logits(T self, T target, T weight, T pos_weight, I reduction) {
  FACULA_CHECK(same_sizes(self.sizes(), target.sizes()), "Target size ({}) must be the same as input size ({})", ints_text(target.sizes()), ints_text(self.sizes()));
  Tensor loss;
  if (!pos_weight.defined()) {
    FACULA_TRY(loss, binary(self, target, B::bce_logits, Rule::kFloatOnly));
  } else {
    FACULA_TRY(const Tensor extra, binary(pos_weight, Scalar(1.0), B::sub));
    FACULA_TRY(const Tensor scaled, binary(extra, target, B::mul));
    FACULA_TRY(const Tensor factor, binary(scaled, Scalar(1.0), B::add));
    FACULA_TRY(const Tensor log_sigmoid, unary(self, U::logsigmoid));
    FACULA_TRY(const Tensor penalty, binary(factor, log_sigmoid, B::mul));
    FACULA_TRY(const Tensor miss, binary(target, Scalar(1.0), B::rsub));
    FACULA_TRY(const Tensor base, binary(miss, self, B::mul));
    FACULA_TRY(loss, binary(base, penalty, B::sub));
  }
  FACULA_TRY(const Tensor scaled, weighted(loss, weight));
  return reduced(scaled, reduction);
}
Result<Tensor> kl_div(T self, T target, I reduction, bool log_target) {
  FACULA_CHECK(!is_complex(self.dtype()) && !is_complex(target.dtype()), "kl_div: Complex inputs not supported.");
  FACULA_CHECK(!is_integral(self.dtype(), true) && !is_integral(target.dtype(), true), "kl_div: Integral inputs not supported.");
  Tensor loss;
  if (log_target) {
    FACULA_TRY(const Tensor p, unary(target, U::exp, Rule::kFloating));
    FACULA_TRY(const Tensor d, binary(target, self, B::sub));
    FACULA_TRY(loss, binary(p, d, B::mul));
  } else {
    FACULA_TRY(const Tensor entropy, binary(target, target, B::xlogy, Rule::kFloating));
    FACULA_TRY(const Tensor cross, binary(target, self, B::mul));
    FACULA_TRY(loss, binary(entropy, cross, B::sub));
  }
  return reduced(loss, reduction);
}
Result<Tensor> soft_margin_loss(T self, T target, I reduction) {
  const DType t = result_type(self, target);
  FACULA_CHECK(!is_integral(t, true), "result type Float can't be cast to the desired output type {}", dtype_name(t));
  FACULA_TRY(const Tensor agreement, binary(self, target, B::mul));
  FACULA_TRY(const Tensor negated, unary(agreement, U::neg));
  FACULA_TRY(const Tensor grown, unary(negated, U::exp, Rule::kFloating));
  FACULA_TRY(const Tensor loss, unary(grown, U::log1p));
  return reduced(loss, reduction);
}
Result<Tensor> poisson_nll_loss(T input, T target, bool log_input, bool full, double eps, I reduction) {
  FACULA_TRY(const Tensor rate, log_input ? unary(input, U::exp, Rule::kFloating) : Result<Tensor>(input));
  Tensor log_rate = input;
  if (!log_input) {
    FACULA_TRY(const Tensor moved, binary(input, Scalar(eps), B::add));
    FACULA_TRY(log_rate, unary(moved, U::log, Rule::kFloating));
  }
  FACULA_TRY(const Tensor gain, binary(target, log_rate, B::mul));
  FACULA_TRY(Tensor loss, call("aten::sub", "Tensor", {rate, gain, 1}));
  if (full) {  // Stirling's approximation of log(target!)
    FACULA_TRY(const Tensor logs, unary(target, U::log, Rule::kFloating));
    FACULA_TRY(const Tensor main, binary(target, logs, B::mul));
    FACULA_TRY(const Tensor rest, binary(main, target, B::sub));
    FACULA_TRY(const Tensor circle, binary(target, Scalar(2 * M_PI), B::mul));
    FACULA_TRY(const Tensor circle_log, unary(circle, U::log, Rule::kFloating));
    FACULA_TRY(const Tensor stirling, binary(rest, circle_log, B::add, Rule::kSame, {.a = 0.5}));
    FACULA_TRY(const Tensor large, binary(target, Scalar(1), B::gt, Rule::kBool));
    FACULA_TRY(const Tensor nothing, scalar_tensor(0, stirling.dtype()));
    FACULA_TRY(const Tensor term, where(large, stirling, nothing));
    FACULA_TRY(loss, binary(loss, term, B::add));
  }
  return reduced(loss, reduction);
}

// max(0, x)
Result<Tensor> hinge(T x) { return binary(x, Scalar(0), B::maximum); }
Result<Tensor> hinge_embedding_loss(T self, T target, double margin, I reduction) {
  FACULA_TRY(const Tensor wanted, full(Ints{}, margin, self.dtype()));  // in self's dtype
  FACULA_TRY(const Tensor slack, call("aten::sub", "Tensor", {wanted, self, 1}));
  FACULA_TRY(const Tensor apart, hinge(slack));
  FACULA_TRY(const Tensor nothing, scalar_tensor(0, self.dtype()));
  FACULA_TRY(const Tensor negative, binary(target, Scalar(-1), B::eq, Rule::kBool));
  FACULA_TRY(const Tensor positive, binary(target, Scalar(1), B::eq, Rule::kBool));
  FACULA_TRY(const Tensor not_positive, unary(positive, U::logical_not, Rule::kBool));
  FACULA_TRY(const Tensor not_negative, unary(negative, U::logical_not, Rule::kBool));
  FACULA_TRY(const Tensor a, where(not_positive, apart, nothing));
  FACULA_TRY(const Tensor b, where(not_negative, self, nothing));
  FACULA_TRY(const Tensor loss, binary(a, b, B::add));
  return reduced(loss, reduction);
}
Result<Tensor> margin_ranking_loss(T a, T b, T target, double margin, I reduction) {
  FACULA_TRY(const Tensor d, call("aten::sub", "Tensor", {a, b, 1}));
  FACULA_TRY(const Tensor turned, unary(target, U::neg));
  FACULA_TRY(const Tensor signed_d, binary(turned, d, B::mul));
  FACULA_TRY(const Tensor slack, binary(signed_d, Scalar(margin), B::add));
  FACULA_TRY(const Tensor loss, hinge(slack));
  return reduced(loss, reduction);
}
Result<Tensor> distance(T a, T b, double p, double eps) {
  FACULA_TRY(const Tensor d, call("aten::sub", "Tensor", {a, b, 1}));
  FACULA_TRY(const Tensor moved, binary(d, Scalar(eps), B::add));
  const I last = -1;
  return vector_norm(moved, p, Ints(&last, 1), false, std::nullopt);
}
Result<Tensor> triplet_margin_loss(T anchor, T positive, T negative, double margin, double p, double eps, bool swap, I reduction) {
  FACULA_TRY(const Tensor near, distance(anchor, positive, p, eps));
  FACULA_TRY(Tensor far, distance(anchor, negative, p, eps));
  if (swap) {
    FACULA_TRY(const Tensor other, distance(positive, negative, p, eps));
    FACULA_TRY(far, binary(far, other, B::minimum));
  }
  FACULA_TRY(const Tensor d, binary(near, far, B::sub));
  FACULA_TRY(const Tensor slack, binary(d, Scalar(margin), B::add));
  FACULA_TRY(const Tensor loss, hinge(slack));
  return reduced(loss, reduction);
}
Result<Tensor> cosine_embedding_loss(T a, T b, T target, double margin, I reduction) {
  const I last = target.dim() == 0 ? 0 : 1;
  constexpr double kEps = 1e-12;
  const auto dot = [&](T x, T y) -> Result<Tensor> {
    FACULA_TRY(const Tensor product, binary(x, y, B::mul));
    return sum(product, Ints(&last, 1), false);
  };
  FACULA_TRY(const Tensor ab, dot(a, b));
  FACULA_TRY(const Tensor aa0, dot(a, a));
  FACULA_TRY(const Tensor bb0, dot(b, b));
  FACULA_TRY(const Tensor aa, binary(aa0, Scalar(kEps), B::add));
  FACULA_TRY(const Tensor bb, binary(bb0, Scalar(kEps), B::add));
  FACULA_TRY(const Tensor square, binary(aa, bb, B::mul));
  FACULA_TRY(const Tensor length, unary(square, U::sqrt, Rule::kFloating));
  FACULA_TRY(const Tensor cosine, binary(ab, length, B::div));
  FACULA_TRY(const Tensor unlike, binary(cosine, Scalar(1.0), B::rsub));
  FACULA_TRY(const Tensor slack, binary(cosine, Scalar(margin), B::sub));
  FACULA_TRY(const Tensor like, hinge(slack));
  FACULA_TRY(const Tensor nothing, scalar_tensor(0, cosine.dtype()));
  FACULA_TRY(const Tensor positive, binary(target, Scalar(1), B::eq, Rule::kBool));
  FACULA_TRY(const Tensor negative, binary(target, Scalar(-1), B::eq, Rule::kBool));
  FACULA_TRY(const Tensor x, where(positive, unlike, nothing));
  FACULA_TRY(const Tensor y, where(negative, like, nothing));
  FACULA_TRY(const Tensor loss, binary(x, y, B::add));
  return reduced(loss, reduction);
}

// Negative log likelihood over [N, C, positions] of log probabilities and [N, positions] of classes.
struct Likelihood {
  Tensor loss, total_weight;
};
template <class F>
Status likelihood(T x, T classes, const F* weight, I batch, I channels, I positions, I ignore, F* loss, double* sum, double* total) {
  const F* p = x.data_as<F>();
  const I* y = classes.data_as<I>();
  for (I n = 0; n < batch; ++n)
    for (I s = 0; s < positions; ++s) {
      const I c = y[n * positions + s];
      F& out = loss[n * positions + s];
      out = 0;
      if (c == ignore) continue;
      FACULA_CHECK_KIND(c >= 0 && c < channels, kIndex, "Target {} is out of bounds.", c);
      const F w = weight ? weight[c] : F(1);
      out = -p[(n * channels + c) * positions + s] * w;
      *sum += static_cast<double>(out);
      *total += static_cast<double>(w);
    }
  return {};
}
Result<Likelihood> nll(T self, T target, T weight, I reduction, I ignore) {
  FACULA_CHECK(self.dim() > 0, "input tensor should be 1D or 2D");
  FACULA_CHECK(is_floating(self.dtype()), "\"nll_loss_out_frame\" not implemented for '{}'", dtype_name(self.dtype()));
  FACULA_CHECK(target.dtype() == DType::kInt64 || target.dtype() == DType::kUInt8, "expected scalar type Long but found {}", dtype_name(target.dtype()));
  const bool single = self.dim() == 1;
  const I channels = self.size(single ? 0 : 1), batch = single ? 1 : self.size(0);
  Dims want;
  for (I d = 0; d < self.dim(); ++d)
    if (d != (single ? 0 : 1)) want.push_back(self.size(d));
  FACULA_CHECK(same_sizes(target.sizes(), want), "Expected target size {}, got {}", ints_text(want), ints_text(target.sizes()));
  FACULA_CHECK(!weight.defined() || weight.numel() == channels, "weight tensor should be defined either for all {} classes or no classes but got weight tensor of shape: {}", channels, ints_text(weight.sizes()));
  const DType t = self.dtype() == DType::kDouble ? DType::kDouble : DType::kFloat;
  FACULA_TRY(const Tensor typed, cast(self, t));
  FACULA_TRY(const Tensor x, contiguous(typed));
  FACULA_TRY(const Tensor wide, cast(target, DType::kInt64));
  FACULA_TRY(const Tensor y, contiguous(wide));
  Tensor w;
  if (weight.defined()) {
    FACULA_TRY(w, cast(weight, t));
    FACULA_TRY(w, contiguous(w));
  }
  FACULA_TRY(Tensor loss, Tensor::empty(target.sizes(), t));
  const I positions = batch ? target.numel() / batch : 0;
  double total_loss = 0, total = 0;
  const auto run = [&](auto zero) {
    using F = decltype(zero);
    return likelihood<F>(x, y, w.defined() ? w.data_as<F>() : nullptr, batch, channels, positions, ignore, loss.data_as<F>(), &total_loss, &total);
  };
  FACULA_TRY_VOID(t == DType::kDouble ? run(0.0) : run(0.0f));
  if (reduction != 0) {
    FACULA_TRY(loss, scalar_tensor(reduction == 2 ? total_loss : total_loss / total, t));
  }
  FACULA_TRY(loss, cast(loss, self.dtype()));
  FACULA_TRY(Tensor sum, scalar_tensor(reduction == 0 ? 0 : total, self.dtype()));
  return Likelihood{std::move(loss), std::move(sum)};
}
Result<Tensor> nll_loss(T self, T target, T weight, I reduction, I ignore) {
  FACULA_TRY(auto l, nll(self, target, weight, reduction, ignore));
  return std::move(l.loss);
}
Result<std::tuple<Tensor, Tensor>> nll_loss_forward(T self, T target, T weight, I reduction, I ignore) {
  FACULA_TRY(auto l, nll(self, target, weight, reduction, ignore));
  return std::tuple(std::move(l.loss), std::move(l.total_weight));
}

Result<Tensor> log_softmax_of(T self, I dim) {
  FACULA_TRY(const Tensor norm, [&]() -> Result<Tensor> {
    return reduce(self, {kernels::ReduceOp::kLogsumexp, self.dtype(), self.dtype()}, DimSet(1ull << dim), true);
  }());
  return binary(self, norm, B::sub);
}
Result<Tensor> cross_entropy_loss(T self, T target, T weight, I reduction, I ignore, double smoothing) {
  FACULA_CHECK(self.dim() > 0, "input tensor should be at least 1D");
  FACULA_CHECK(smoothing >= 0 && smoothing <= 1, "label_smoothing must be between 0.0 and 1.0. Got: {}", smoothing);
  const I channel = self.dim() == 1 ? 0 : 1, channels = self.size(channel);
  FACULA_TRY(const Tensor logs, log_softmax_of(self, channel));
  Tensor class_weight = weight;
  if (weight.defined()) {
    Dims shape(static_cast<std::size_t>(self.dim()), 1);
    shape[static_cast<std::size_t>(channel)] = weight.numel();
    FACULA_TRY(class_weight, view(weight, shape));
  }
  if (same_sizes(self.sizes(), target.sizes())) {  // probabilities of all classes
    FACULA_CHECK(is_floating(target.dtype()), "Expected floating point type for target with class probabilities, got {}", dtype_name(target.dtype()));
    FACULA_CHECK(ignore < 0, "ignore_index is not supported for floating point target");
    Tensor wanted = target;
    if (smoothing > 0) {
      FACULA_TRY(const Tensor kept, binary(target, Scalar(1 - smoothing), B::mul));
      FACULA_TRY(wanted, binary(kept, Scalar(smoothing / static_cast<double>(channels)), B::add));
    }
    FACULA_TRY(const Tensor terms, binary(logs, wanted, B::mul));
    FACULA_TRY(const Tensor scaled, weighted(terms, class_weight));
    FACULA_TRY(const Tensor summed, sum(scaled, Ints(&channel, 1), false));
    FACULA_TRY(const Tensor loss, unary(summed, U::neg));
    if (reduction != 1) return reduced(loss, reduction);
    FACULA_TRY(const Tensor total, sum(loss, std::nullopt, false));
    const double count = channels ? static_cast<double>(self.numel()) / static_cast<double>(channels) : 0;
    return binary(total, Scalar(count), B::div);
  }
  FACULA_TRY(auto l, nll(logs, target, weight, reduction, ignore));
  if (smoothing == 0) return std::move(l.loss);
  // The smoothed part: all classes alike.
  FACULA_TRY(const Tensor scaled, weighted(logs, class_weight));
  FACULA_TRY(const Tensor summed, sum(scaled, Ints(&channel, 1), false));
  FACULA_TRY(const Tensor negated, unary(summed, U::neg));
  FACULA_TRY(const Tensor ignored, binary(target, Scalar(ignore), B::eq, Rule::kBool));
  FACULA_TRY(const Tensor nothing, scalar_tensor(0, negated.dtype()));
  FACULA_TRY(const Tensor smooth, where(ignored, nothing, negated));
  Tensor smooth_loss = smooth;
  if (reduction != 0) {
    FACULA_TRY(smooth_loss, sum(smooth, std::nullopt, false));
  }
  if (reduction == 1) {
    FACULA_TRY(smooth_loss, binary(smooth_loss, l.total_weight, B::div));
  }
  FACULA_TRY(const Tensor main, binary(l.loss, Scalar(1 - smoothing), B::mul));
  return binary(main, smooth_loss, B::add, Rule::kSame, {.a = smoothing / static_cast<double>(channels)});
}

Result<Tensor> multi_margin_loss(T self, T target, const Scalar& p, const Scalar& margin, T weight, I reduction) {
  FACULA_CHECK(p.to_int() == 1 || p.to_int() == 2, "only p == 1 and p == 2 supported");
  FACULA_TRY(const Tensor rows, self.dim() <= 1 ? reshape(self, Dims{1, self.numel()}) : Result<Tensor>(self));
  FACULA_CHECK(rows.dim() == 2, "Expected non-empty vector or matrix with optional 0-dim batch size, but got: {}", ints_text(self.sizes()));
  FACULA_TRY(const Tensor classes, reshape(target, Dims{rows.size(0), 1}));
  FACULA_TRY(const Tensor own, gather(rows, 1, classes));
  FACULA_TRY(const Tensor d, binary(rows, own, B::sub));
  FACULA_TRY(const Tensor slack, binary(d, margin, B::add));
  FACULA_TRY(Tensor z, hinge(slack));
  if (p.to_int() == 2) {
    FACULA_TRY(z, unary(z, U::square));
  }
  if (weight.defined()) {
    FACULA_TRY(const Tensor flat, reshape(classes, Dims{-1}));
    FACULA_TRY(const Tensor chosen, index_select(weight, 0, flat));
    FACULA_TRY(const Tensor column, unsqueeze(chosen, 1));
    FACULA_TRY(z, binary(z, column, B::mul));
  }
  FACULA_TRY(const Tensor line, arange(0, rows.size(1), 1, DType::kInt64));
  FACULA_TRY(const Tensor others, binary(line, classes, B::ne, Rule::kBool));
  FACULA_TRY(const Tensor nothing, scalar_tensor(0, z.dtype()));
  FACULA_TRY(const Tensor kept, where(others, z, nothing));
  const I dim = 1;
  FACULA_TRY(const Tensor total, sum(kept, Ints(&dim, 1), false));
  FACULA_TRY(const Tensor loss, binary(total, Scalar(static_cast<double>(rows.size(1))), B::div));
  FACULA_TRY(const Tensor shaped, self.dim() <= 1 ? reshape(loss, Ints{}) : Result<Tensor>(loss));
  return reduced(shaped, reduction);
}

}  // namespace

constexpr Op kLosses[] = {
    row<l1_loss>("aten::l1_loss(Tensor self, Tensor target, int reduction=1) -> Tensor",
        {.samples = {"randn(2,3), randn(2,3)", "randn(2,3), randn(2,3), 0", "randn(2,3), randn(3), 2"}}),
    row<mse_loss>("aten::mse_loss(Tensor self, Tensor target, int reduction=1) -> Tensor",
        {.forms = kOut, .samples = {"randn(2,3), randn(2,3)", "randn(2,3), randn(2,3), 0"}}),
    row<smooth_l1_loss>("aten::smooth_l1_loss(Tensor self, Tensor target, int reduction=1, float beta=1.) -> Tensor",
        {.forms = kOut, .samples = {"randn(2,3), randn(2,3)", "randn(2,3)*3, randn(2,3), 0, 0.5",
            "randn(2,3), randn(2,3), 2, 0."}}),
    row<huber_loss>("aten::huber_loss(Tensor self, Tensor target, int reduction=1, float delta=1.) -> Tensor",
        {.forms = kOut, .samples = {"randn(2,3), randn(2,3)", "randn(2,3)*3, randn(2,3), 0, 0.5"}}),
    row<binary_cross_entropy>("aten::binary_cross_entropy(Tensor self, Tensor target, Tensor? weight=None, int reduction=1) -> Tensor",
        {.forms = kOut, .samples = {"rand(2,3), rand(2,3)", "rand(2,3), rand(2,3), rand(3), 0"}}),
    row<bce_with_logits>("aten::binary_cross_entropy_with_logits(Tensor self, Tensor target, Tensor? weight=None, Tensor? pos_weight=None, int reduction=1) -> Tensor",
        {.forms = kOut, .samples = {"randn(2,3), rand(2,3)", "randn(2,3), rand(2,3), rand(3), rand(3), 0",
            "randn(2,3), rand(2,3), None, rand(3), 2"}}),
    row<kl_div>("aten::kl_div(Tensor self, Tensor target, int reduction=1, *, bool log_target=False) -> Tensor",
        {.samples = {"randn(2,3), rand(2,3)", "randn(2,3), randn(2,3), 0, log_target=True",
            "randn(2,3), rand(2,3), 2"}}),
    row<soft_margin_loss>("aten::soft_margin_loss(Tensor self, Tensor target, int reduction=1) -> Tensor",
        {.forms = kOut, .samples = {"randn(2,3), randn(2,3).sign()"}}),
    row<poisson_nll_loss>("aten::poisson_nll_loss(Tensor input, Tensor target, bool log_input, bool full, float eps, int reduction) -> Tensor",
        {.samples = {"randn(2,3), rand(2,3)*4, True, False, 1e-8, 1",
            "rand(2,3), rand(2,3)*4, False, True, 1e-8, 0"}}),
    row<hinge_embedding_loss>("aten::hinge_embedding_loss(Tensor self, Tensor target, float margin=1., int reduction=1) -> Tensor",
        {.samples = {"randn(2,3), randn(2,3).sign()", "randn(2,3), randn(2,3).sign(), 2., 0"}}),
    row<margin_ranking_loss>("aten::margin_ranking_loss(Tensor input1, Tensor input2, Tensor target, float margin=0., int reduction=1) -> Tensor",
        {.samples = {"randn(4), randn(4), randn(4).sign(), 0.5"}}),
    row<triplet_margin_loss>("aten::triplet_margin_loss(Tensor anchor, Tensor positive, Tensor negative, float margin=1., float p=2., float eps=9.9999999999999995e-07, bool swap=False, int reduction=1) -> Tensor",
        {.samples = {"randn(4,3), randn(4,3), randn(4,3)",
            "randn(4,3), randn(4,3), randn(4,3), 0.5, 1., 1e-6, True, 0"}}),
    row<cosine_embedding_loss>("aten::cosine_embedding_loss(Tensor input1, Tensor input2, Tensor target, float margin=0., int reduction=1) -> Tensor",
        {.samples = {"randn(4,3), randn(4,3), tensor([1,-1,1,-1])",
            "randn(4,3), randn(4,3), tensor([1,-1,1,-1]), 0.2, 0"}}),
    row<nll_loss>("aten::nll_loss(Tensor self, Tensor target, Tensor? weight=None, int reduction=1, SymInt ignore_index=-100) -> Tensor",
        {.forms = kOut, .samples = {"randn(3,4), tensor([0,3,1])", "randn(3,4), tensor([0,3,1]), rand(4), 0",
            "randn(3,4), tensor([0,3,1]), None, 2, 3", "randn(4), tensor(2)", "randn(3,4), tensor([0,4,1])"}}),
    row<nll_loss>("aten::nll_loss_nd(Tensor self, Tensor target, Tensor? weight=None, int reduction=1, SymInt ignore_index=-100) -> Tensor",
        {.samples = {"randn(3,4), tensor([0,3,1])", "randn(2,3,2,2), tensor([[[0,1],[2,0]],[[1,1],[0,2]]])"}}),
    row<nll_loss>("aten::nll_loss2d(Tensor self, Tensor target, Tensor? weight=None, int reduction=1, SymInt ignore_index=-100) -> Tensor",
        {.forms = kOut, .samples = {"randn(2,3,2,2), tensor([[[0,1],[2,0]],[[1,1],[0,2]]])"}}),
    row<nll_loss_forward>("aten::nll_loss_forward(Tensor self, Tensor target, Tensor? weight, int reduction, SymInt ignore_index) -> (Tensor output, Tensor total_weight)",
        {.samples = {"randn(3,4), tensor([0,3,1]), rand(4), 1, -100"}}),
    row<nll_loss_forward>("aten::nll_loss2d_forward(Tensor self, Tensor target, Tensor? weight, int reduction, SymInt ignore_index) -> (Tensor output, Tensor total_weight)",
        {.samples = {"randn(2,3,2,2), tensor([[[0,1],[2,0]],[[1,1],[0,2]]]), None, 1, -100"}}),
    row<cross_entropy_loss>("aten::cross_entropy_loss(Tensor self, Tensor target, Tensor? weight=None, int reduction=1, SymInt ignore_index=-100, float label_smoothing=0.) -> Tensor",
        {.samples = {"randn(3,4), tensor([0,3,1])", "randn(3,4), tensor([0,3,1]), rand(4), 0",
            "randn(3,4), rand(3,4)", "randn(3,4), tensor([0,3,1]), None, 1, 3, 0.1", "randn(4), tensor(2)",
            "randn(2,3,2,2), tensor([[[0,1],[2,0]],[[1,1],[0,2]]]), rand(3), 1, -100, 0.2",
            "randn(3,4), rand(3,4), rand(4), 1, -100, 0.1"}}),
    row<multi_margin_loss>("aten::multi_margin_loss(Tensor self, Tensor target, Scalar p=1, Scalar margin=1, Tensor? weight=None, int reduction=1) -> Tensor",
        {.forms = kOut, .samples = {"randn(3,4), tensor([0,3,1])",
            "randn(3,4), tensor([0,3,1]), 2, 0.5, rand(4), 0"}}),
};
FACULA_FAMILY(losses, kLosses)

}  // namespace fac
