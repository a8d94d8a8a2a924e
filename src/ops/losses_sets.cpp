// Losses over sets and sequences of labels: connectionist temporal classification, multi-label margins.
#include <cmath>
#include <limits>

#include "ops/copy.h"
#include "ops/elementwise.h"
#include "ops/functions.h"
#include "ops/op.h"
#include "ops/reduction.h"

namespace fac {
namespace {

using namespace ops;

// --- connectionist temporal classification (Graves et al. 2006) ------------------------------------------------------

struct CtcShape {
  std::int64_t steps, batch, labels, blank;
  Ints input_lengths, target_lengths;
};

// log(sum of exp) of three; -inf where all are.
template <class T>
T log_sum(T a, T b, T c) {
  const T m = std::max({a, b, c});
  if (m == -std::numeric_limits<T>::infinity()) return m;
  return std::log(std::exp(a - m) + std::exp(b - m) + std::exp(c - m)) + m;
}

// log_probs [steps, batch, labels] and alpha [batch, steps, 2 * longest + 1] dense; target(b, i) is label i of sequence b.
// The extended target has blanks around and between the labels; alpha[t][s] is the log probability of its first s + 1
// symbols after t + 1 steps.
template <class T, class Target>
void ctc_forward(const CtcShape& c, const T* log_probs, Target&& target, T* alpha, std::int64_t width, T* loss) {
  constexpr T kNever = -std::numeric_limits<T>::infinity();
  for (std::int64_t b = 0; b < c.batch; ++b) {
    const auto at = static_cast<std::size_t>(b);
    const std::int64_t length = c.target_lengths[at], steps = c.input_lengths[at], symbols = 2 * length + 1;
    const auto symbol = [&](std::int64_t s) { return s % 2 ? target(b, s / 2) : c.blank; };
    const auto probability = [&](std::int64_t t, std::int64_t s) { return log_probs[(t * c.batch + b) * c.labels + symbol(s)]; };
    T* rows = alpha + b * c.steps * width;
    if (steps == 0) {
      loss[b] = length == 0 ? T(0) : -kNever;
      continue;
    }
    std::fill_n(rows, width, kNever);
    rows[0] = probability(0, 0);
    if (length > 0) rows[1] = probability(0, 1);
    for (std::int64_t t = 1; t < steps; ++t) {
      const T* before = rows + (t - 1) * width;
      for (std::int64_t s = 0; s < symbols; ++s) {
        const bool may_skip = s > 1 && symbol(s - 2) != symbol(s);
        rows[t * width + s] = log_sum(before[s], s > 0 ? before[s - 1] : kNever, may_skip ? before[s - 2] : kNever) + probability(t, s);
      }
    }
    const T* last = rows + (steps - 1) * width;
    loss[b] = -log_sum(last[symbols - 1], length > 0 ? last[symbols - 2] : kNever, kNever);
  }
}

Result<std::tuple<Tensor, Tensor>> ctc_both(const Tensor& log_probs, const Tensor& targets, Ints input_lengths, Ints target_lengths, std::int64_t blank, bool) {
  FACULA_CHECK(log_probs.dim() == 3, "Expected 3-dimensional tensor, but got {}-dimensional tensor for argument #1 'log_probs' (while checking arguments for ctc_loss_cpu)", log_probs.dim());
  FACULA_CHECK(targets.dim() == 1 || targets.dim() == 2, "Expected 1 to 2 dimensions, but got {}-dimensional tensor for argument #2 'targets' (while checking arguments for ctc_loss_cpu)", targets.dim());
  FACULA_CHECK(log_probs.dtype() == DType::kFloat || log_probs.dtype() == DType::kDouble, "\"ctc_loss_cpu\" not implemented for '{}'", dtype_name(log_probs.dtype()));
  FACULA_CHECK(is_integral(targets.dtype(), false), "Expected tensor for argument #2 'targets' to have integral scalar type, but got {}", dtype_name(targets.dtype()));
  const CtcShape c{log_probs.size(0), log_probs.size(1), log_probs.size(2), blank, input_lengths, target_lengths};
  FACULA_CHECK(blank >= 0 && blank < c.labels, "blank must be in label range");
  FACULA_CHECK(static_cast<std::int64_t>(input_lengths.size()) == c.batch, "input_lengths must be of size batch_size");
  FACULA_CHECK(static_cast<std::int64_t>(target_lengths.size()) == c.batch, "target_lengths must be of size batch_size");
  std::int64_t longest = 0, total = 0;
  std::vector<std::int64_t> starts;
  for (std::size_t b = 0; b < input_lengths.size(); ++b) {
    FACULA_CHECK(input_lengths[b] >= 0 && input_lengths[b] <= c.steps, "Expected input_lengths to have value at most {}, but got value {} (while checking arguments for ctc_loss_cpu)", c.steps, input_lengths[b]);
    FACULA_CHECK(target_lengths[b] >= 0, "Expected target_lengths to have value at least 0, but got value {} (while checking arguments for ctc_loss_cpu)", target_lengths[b]);
    starts.push_back(targets.dim() == 1 ? total : static_cast<std::int64_t>(b) * targets.size(1));
    FACULA_CHECK(!__builtin_add_overflow(total, target_lengths[b], &total), "target_lengths are too large: {}", ints_text(target_lengths));
    longest = std::max(longest, target_lengths[b]);
  }
  if (targets.dim() == 1) FACULA_CHECK(targets.size(0) == total, "Expected tensor to have size {} at dimension 0, but got size {} for argument #2 'targets' (while checking arguments for ctc_loss_cpu)", total, targets.size(0));
  else FACULA_CHECK(targets.size(0) == c.batch && targets.size(1) >= longest, "Expected tensor to have size at least {} at dimension 1, but got size {} for argument #2 'targets' (while checking arguments for ctc_loss_cpu)", longest, targets.size(1));
  FACULA_TRY(Tensor labels, cast(targets, DType::kInt64));
  FACULA_TRY(labels, contiguous(labels));
  const auto* label = labels.data_as<std::int64_t>();
  for (std::size_t b = 0; b < starts.size(); ++b)
    for (std::int64_t i = 0; i < target_lengths[b]; ++i)
      FACULA_CHECK(label[starts[b] + i] >= 0 && label[starts[b] + i] < c.labels, "targets: label {} is out of range for {} labels", label[starts[b] + i], c.labels);
  FACULA_TRY(Tensor probs, contiguous(log_probs));
  const std::int64_t width = 2 * longest + 1;
  FACULA_TRY(Tensor alpha, ops::full(Dims{c.batch, c.steps, width}, -std::numeric_limits<double>::infinity(), probs.dtype()));
  FACULA_TRY(Tensor loss, Tensor::empty(Dims{c.batch}, probs.dtype()));
  const auto target = [&](std::int64_t b, std::int64_t i) { return label[starts[static_cast<std::size_t>(b)] + i]; };
  if (probs.dtype() == DType::kFloat) ctc_forward(c, probs.data_as<float>(), target, alpha.data_as<float>(), width, loss.data_as<float>());
  else ctc_forward(c, probs.data_as<double>(), target, alpha.data_as<double>(), width, loss.data_as<double>());
  return std::tuple(loss, alpha);
}

Result<Tensor> ctc_loss(const Tensor& log_probs, const Tensor& targets, Ints input_lengths, Ints target_lengths, std::int64_t blank, std::int64_t reduction, bool zero_infinity) {
  Tensor probs = log_probs;
  const bool batched = log_probs.dim() == 3;
  if (!batched) {
    FACULA_TRY(probs, ops::unsqueeze(log_probs, 1));
  }
  FACULA_TRY(auto both, ctc_both(probs, targets, input_lengths, target_lengths, blank, zero_infinity));
  Tensor loss = std::get<0>(both);
  if (zero_infinity) {
    FACULA_TRY(Tensor infinite, unary(loss, UnaryOp::isposinf, Rule::kBool));
    FACULA_TRY(Tensor zero, ops::scalar_tensor(0.0, loss.dtype()));
    FACULA_TRY(loss, ops::where(infinite, zero, loss));
  }
  if (reduction == 2) return sum(loss, std::nullopt, false);
  if (reduction == 1) {  // each loss by its target's length first
    FACULA_TRY(Tensor lengths, Tensor::empty(Dims{loss.numel()}, DType::kInt64));
    for (std::size_t b = 0; b < target_lengths.size(); ++b) lengths.data_as<std::int64_t>()[b] = std::max<std::int64_t>(1, target_lengths[b]);
    FACULA_TRY(lengths, cast(lengths, loss.dtype()));
    FACULA_TRY(loss, binary(loss, lengths, BinaryOp::div));
    return mean(loss, std::nullopt, false);
  }
  return batched ? Result<Tensor>(loss) : ops::squeeze(loss, 0);
}

struct Lengths {
  Tensor dense;
  Ints ints() const { return Ints(dense.data_as<std::int64_t>(), static_cast<std::size_t>(dense.numel())); }
};
Result<Lengths> lengths_of(const Tensor& t, std::string_view name) {
  FACULA_CHECK(is_integral(t.dtype(), false), "{} must be integral", name);
  Lengths out;
  FACULA_TRY(out.dense, cast(t, DType::kInt64));
  FACULA_TRY(out.dense, contiguous(out.dense));
  return out;
}
Result<Tensor> ctc_loss_tensor(const Tensor& log_probs, const Tensor& targets, const Tensor& input_lengths, const Tensor& target_lengths, std::int64_t blank, std::int64_t reduction,
                               bool zero_infinity) {
  FACULA_TRY(const Lengths in, lengths_of(input_lengths, "input_lengths"));
  FACULA_TRY(const Lengths out, lengths_of(target_lengths, "target_lengths"));
  return ctc_loss(log_probs, targets, in.ints(), out.ints(), blank, reduction, zero_infinity);
}
Result<std::tuple<Tensor, Tensor>> ctc_both_tensor(const Tensor& log_probs, const Tensor& targets, const Tensor& input_lengths, const Tensor& target_lengths, std::int64_t blank,
                                                   bool zero_infinity) {
  FACULA_TRY(const Lengths in, lengths_of(input_lengths, "input_lengths"));
  FACULA_TRY(const Lengths out, lengths_of(target_lengths, "target_lengths"));
  return ctc_both(log_probs, targets, in.ints(), out.ints(), blank, zero_infinity);
}

// --- multi-label margins ---------------------------------------------------------------------------------------------

// The targets of a row are its class numbers up to the first -1.
template <class T>
T margin_row(const T* x, const std::int64_t* target, T* is_target, std::int64_t classes) {
  std::fill_n(is_target, classes, T(0));
  std::int64_t count = 0;
  while (count < classes && target[count] >= 0) is_target[target[count++]] = 1;
  T sum = 0;
  for (std::int64_t i = 0; i < count; ++i)
    for (std::int64_t d = 0; d < classes; ++d)
      if (is_target[d] == 0) sum += std::max(T(0), 1 - x[target[i]] + x[d]);
  return sum / static_cast<T>(classes);
}

Result<std::tuple<Tensor, Tensor>> multilabel_margin_both(const Tensor& self, const Tensor& target, std::int64_t reduction) {
  FACULA_CHECK(self.dim() <= 2 && (self.dim() == 0 || self.size(self.dim() - 1) > 0), "Expected non-empty vector or matrix with optional 0-dim batch size, but got: {}", ints_text(self.sizes()));
  FACULA_CHECK(same_sizes(self.sizes(), target.sizes()) || (self.dim() < 2 && target.dim() < 2 && self.numel() == target.numel()), "inconsistent size {} for argument #2 'target'", ints_text(target.sizes()));
  FACULA_CHECK(self.dtype() == DType::kFloat || self.dtype() == DType::kDouble, "\"multilabel_margin_loss_forward_out_frame\" not implemented for '{}'", dtype_name(self.dtype()));
  FACULA_CHECK(target.dtype() == DType::kInt64, "expected scalar type Long but found {}", dtype_name(target.dtype()));
  const std::int64_t rows = self.dim() == 2 ? self.size(0) : 1, classes = self.dim() == 0 ? 1 : self.size(self.dim() - 1);
  FACULA_TRY(Tensor x, contiguous(self));
  FACULA_TRY(Tensor labels, contiguous(target));
  for (std::int64_t i = 0; i < labels.numel(); ++i)
    FACULA_CHECK(labels.data_as<std::int64_t>()[i] >= -1 && labels.data_as<std::int64_t>()[i] < classes, "argument #2 'target' is out of range");
  FACULA_TRY(Tensor is_target, Tensor::empty(target.sizes(), self.dtype()));
  FACULA_TRY(Tensor loss, Tensor::empty(self.dim() == 2 ? Dims{rows} : Dims{}, self.dtype()));
  const auto run = [&](auto tag) {
    using T = decltype(tag);
    for (std::int64_t r = 0; r < rows; ++r)
      loss.data_as<T>()[r] = margin_row(x.data_as<T>() + r * classes, labels.data_as<std::int64_t>() + r * classes, is_target.data_as<T>() + r * classes, classes);
  };
  if (self.dtype() == DType::kFloat) run(float{});
  else run(double{});
  if (reduction == 1) {
    FACULA_TRY(loss, mean(loss, std::nullopt, false));
  } else if (reduction == 2) {
    FACULA_TRY(loss, sum(loss, std::nullopt, false));
  }
  return std::tuple(loss, is_target);
}
Result<Tensor> multilabel_margin_loss(const Tensor& self, const Tensor& target, std::int64_t reduction) {
  FACULA_TRY(auto both, multilabel_margin_both(self, target, reduction));
  return std::get<0>(both);
}

constexpr Op kLossesSets[] = {
    row<ctc_loss>("aten::ctc_loss.IntList(Tensor log_probs, Tensor targets, int[] input_lengths, int[] target_lengths, int blank=0, int reduction=1, bool zero_infinity=False) -> Tensor", {.samples = {"randn(9,2,5).log_softmax(2), tensor([[1,2,2],[3,1,4]]), [9,7], [3,2]", "randn(9,2,5).log_softmax(2), tensor([1,2,2,3,1]), [9,7], [3,2], 0, 2", "randn(3,2,5).log_softmax(2), tensor([[1,1,1],[3,1,4]]), [3,3], [3,0], 0, 0, True", "randn(9,5).log_softmax(1), tensor([1,2,2]), [9], [3], 4, 0"}}),
    row<ctc_loss_tensor>("aten::ctc_loss.Tensor(Tensor log_probs, Tensor targets, Tensor input_lengths, Tensor target_lengths, int blank=0, int reduction=1, bool zero_infinity=False) -> Tensor", {.samples = {"randn(9,2,5).log_softmax(2), tensor([[1,2,2],[3,1,4]]), tensor([9,7]), tensor([3,2])"}}),
    row<ctc_both>("aten::_ctc_loss(Tensor log_probs, Tensor targets, int[] input_lengths, int[] target_lengths, int blank=0, bool zero_infinity=False) -> (Tensor, Tensor)", {.samples = {"randn(9,2,5).log_softmax(2), tensor([[1,2,2],[3,1,4]]), [9,9], [3,3]"}}),
    row<ctc_both_tensor>("aten::_ctc_loss.Tensor(Tensor log_probs, Tensor targets, Tensor input_lengths, Tensor target_lengths, int blank=0, bool zero_infinity=False) -> (Tensor, Tensor)", {.samples = {"randn(9,2,5).log_softmax(2), tensor([[1,2,2],[3,1,4]]), tensor([9,9]), tensor([3,3])"}}),
    row<multilabel_margin_loss>("aten::multilabel_margin_loss(Tensor self, Tensor target, int reduction=1) -> Tensor", {.forms = kOut, .samples = {"randn(2,4), tensor([[3,0,-1,1],[1,-1,2,0]])", "randn(4), tensor([3,0,-1,1]), 0", "randn(2,4), tensor([[3,0,-1,1],[1,-1,2,0]]), 0", "randn(2,4), tensor([[3,0,-1,1],[-1,-1,2,0]]), 2"}}),
    row<multilabel_margin_both>("aten::multilabel_margin_loss_forward(Tensor self, Tensor target, int reduction) -> (Tensor output, Tensor is_target)", {.samples = {"randn(2,4), tensor([[3,0,-1,1],[1,-1,2,0]]), 1"}}),
};

}  // namespace

FACULA_FAMILY(losses_sets, kLossesSets)

}  // namespace fac
