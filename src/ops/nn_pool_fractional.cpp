// Max pooling over windows whose places are drawn at random, and whose number is chosen.
// source: B. Graham, Fractional Max-Pooling (2014); PyTorch docs
#include <cmath>
#include <limits>

#include "ops/copy.h"
#include "ops/op.h"

namespace fac {
namespace {

using I = std::int64_t;

// Starts of `out` windows of size `kernel` along an axis of `in`, from a sample of [0, 1). Whatever else it is, they are inside.
template <class F>
void starts(F sample, I in, I out, I kernel, I* at) {
  if (!(sample >= 0 && sample <= 1)) sample = 0;
  const F step = out > 1 ? static_cast<F>(in - kernel) / static_cast<F>(out - 1) : F(0);
  for (I i = 0; i + 1 < out; ++i) at[i] = std::clamp<I>(static_cast<I>((static_cast<F>(i) + sample) * step) - static_cast<I>(sample * step), 0, in - kernel);
  if (out > 0) at[out - 1] = in - kernel;
}

// x [planes, in...], samples [planes, N]; unused leading axes have size 1. Axes are depth, height, width.
template <class F, int N>
void pool(const F* x, const F* samples, F* y, I* where, I planes, const I (&in)[3], const I (&out)[3], const I (&kernel)[3]) {
  std::vector<I> at[3];
  for (int a = 0; a < 3; ++a) at[a].assign(static_cast<std::size_t>(out[a]), 0);
  const I plane = in[0] * in[1] * in[2];
  for (I p = 0; p < planes; ++p, x += plane) {
    for (int a = 3 - N; a < 3; ++a) {
      // Two dimensions: the width has the first sample; three: in order of the axes.
      const int k = N == 2 ? 2 - a : a;
      starts(samples[p * N + k], in[a], out[a], kernel[a], at[a].data());
    }
    for (I d : at[0])
      for (I h : at[1])
        for (I w : at[2]) {
          F best = -std::numeric_limits<F>::infinity();
          I best_at = (d * in[1] + h) * in[2] + w;
          for (I i = d; i < d + kernel[0]; ++i)
            for (I j = h; j < h + kernel[1]; ++j)
              for (I k = w; k < w + kernel[2]; ++k) {
                const I n = (i * in[1] + j) * in[2] + k;
                if (x[n] > best || std::isnan(x[n])) best = x[n], best_at = n;
              }
          *y++ = best;
          *where++ = best_at;
        }
  }
}

template <int N>
Result<std::tuple<Tensor, Tensor>> fractional(const Tensor& self, Ints kernel_in, Ints out_in, const Tensor& samples) {
  static constexpr std::string_view kName = N == 2 ? "fractional_max_pool2d" : "fractional_max_pool3d";
  FACULA_CHECK(kernel_in.size() == N, "{}: kernel_size must either be a single Int or tuple of Ints", kName);
  FACULA_CHECK(out_in.size() == N, "{}: output_size must either be a single Int or tuple of Ints", kName);
  FACULA_CHECK(self.dim() == N + 1 || self.dim() == N + 2, "{}: Expected {}D or {}D tensor, but got: {}", kName, N + 1, N + 2, ints_text(self.sizes()));
  const bool batched = self.dim() == N + 2;
  I in[3] = {1, 1, 1}, out[3] = {1, 1, 1}, kernel[3] = {1, 1, 1};
  Dims sizes(self.sizes());
  for (std::size_t i = 0; i < N; ++i) {
    const std::size_t a = 3 - N + i, d = sizes.size() - N + i;
    in[a] = sizes[d], out[a] = out_in[i], kernel[a] = kernel_in[i];
    FACULA_CHECK(out[a] >= 0 && kernel[a] > 0, "{}: kernel_size and output_size must be positive", kName);
    FACULA_CHECK(kernel[a] <= in[a] && out[a] <= in[a] - kernel[a] + 1, "{}: pool size {} too large relative to input size {}", kName, kernel[a], in[a]);
    sizes[d] = out[a];
  }
  for (I d = batched ? 1 : 0; d < self.dim(); ++d) FACULA_CHECK(self.size(d) > 0, "{}: Expected input to have non-zero size for non-batch dimensions, but got {}", kName, ints_text(self.sizes()));
  const I batch = batched ? self.size(0) : 1, channels = self.size(batched ? 1 : 0), planes = batch * channels;
  FACULA_CHECK(samples.dtype() == self.dtype(), "Expect _random_samples to have the same dtype as input");
  FACULA_CHECK(samples.dim() == 3, "Expect _random_samples to have 3 dimensions, got {}", samples.dim());
  FACULA_CHECK(samples.size(0) >= batch, "Expect _random_samples.size(0) no less then input batch size.");
  FACULA_CHECK(samples.size(1) == channels, "Expect _random_samples.size(1) equals to input channel size.");
  FACULA_CHECK(samples.size(2) == N, "Expect _random_samples.size(2) equals to {}; got {}.", N, samples.size(2));
  FACULA_CHECK(is_floating(self.dtype()), "\"{}\" not implemented for '{}'", kName, dtype_name(self.dtype()));
  const DType t = self.dtype() == DType::kDouble ? DType::kDouble : DType::kFloat;
  FACULA_TRY(const Tensor typed, cast(self, t));
  FACULA_TRY(const Tensor x, contiguous(typed));
  FACULA_TRY(const Tensor typed_samples, cast(samples, t));
  FACULA_TRY(const Tensor r, contiguous(typed_samples));
  FACULA_TRY(const Tensor y, Tensor::empty(sizes, t));
  FACULA_TRY(const Tensor where, Tensor::empty(sizes, DType::kInt64));
  if (y.numel() > 0) {
    const auto run = [&](auto zero) {
      using F = decltype(zero);
      pool<F, N>(x.data_as<F>(), r.data_as<F>(), y.data_as<F>(), where.data_as<I>(), planes, in, out, kernel);
    };
    if (t == DType::kDouble) run(0.0);
    else run(0.0f);
  }
  FACULA_TRY(const Tensor result, cast(y, self.dtype()));
  return std::tuple(result, where);
}

constexpr Op kFractional[] = {
    row<fractional<2>>("aten::fractional_max_pool2d(Tensor self, int[2] kernel_size, int[2] output_size, Tensor random_samples) -> (Tensor, Tensor)",
        {.samples = {"randn(2,3,9,8), [2,3], [4,3], rand(2,3,2)", "randn(3,7,7), [2,2], [1,5], rand(1,3,2)", "randn(1,1,4,4), [5,2], [1,1], rand(1,1,2)"}}),
    row<fractional<3>>("aten::fractional_max_pool3d(Tensor self, int[3] kernel_size, int[3] output_size, Tensor random_samples) -> (Tensor, Tensor)",
        {.samples = {"randn(1,2,5,6,7), [2,2,3], [2,3,2], rand(1,2,3)"}}),
};

}  // namespace

FACULA_FAMILY(nn_pool_fractional, kFractional)

}  // namespace fac
