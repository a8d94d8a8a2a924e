// Convolutions of 1 to 3 dimensions, plain and transposed. float32 pictures go through the blocked kernels, everything
// else through the general ones (kernels/conv_general.h).
#include <algorithm>

#include "kernels/conv.h"
#include "kernels/conv_general.h"
#include "kernels/layout.h"
#include "ops/conv_shapes.h"
#include "ops/copy.h"
#include "ops/elementwise.h"
#include "ops/functions.h"
#include "ops/op.h"

namespace fac {
namespace {

using kernels::ConvNd;

struct Window {
  Dims stride, padding, dilation, output_padding;
  bool transposed = false;
  std::int64_t groups = 1;
};

Dims widen(Ints v, std::size_t n) {
  Dims out(v);
  if (out.size() == 1) out.resize(n, out[0]);
  return out;
}

Status check_shapes(const Tensor& x, const Tensor& w, const Tensor& bias, const Window& win, std::string_view name) {
  const std::int64_t n = w.dim() - 2;
  FACULA_CHECK(n >= 1 && n <= 3, "expected weight to have 3 to 5 dimensions, but got {}", w.dim());
  FACULA_CHECK(x.dim() == w.dim(), "Expected {}D (unbatched) or {}D (batched) input to {}, but got input of size: {}",
               n + 1, n + 2, name, ints_text(x.sizes()));
  for (const Dims* v : {&win.stride, &win.padding, &win.dilation})
    FACULA_CHECK(static_cast<std::int64_t>(v->size()) == n,
                 "expected stride, padding and dilation to be a single integer value or a list of {} values", n);
  FACULA_CHECK(win.output_padding.empty() || static_cast<std::int64_t>(win.output_padding.size()) == n, "expected output_padding to be a single integer value or a list of {} values", n);
  FACULA_CHECK(std::all_of(win.output_padding.begin(), win.output_padding.end(), [](auto p) { return p >= 0; }), "negative output_padding is not supported");
  FACULA_CHECK(std::all_of(win.padding.begin(), win.padding.end(), [](auto p) { return p >= 0; }), "negative padding is not supported");
  FACULA_CHECK(std::all_of(win.stride.begin(), win.stride.end(), [](auto s) { return s > 0; }), "non-positive stride is not supported");
  FACULA_CHECK(std::all_of(win.dilation.begin(), win.dilation.end(), [](auto d) { return d > 0; }),
               "dilation should be greater than zero");
  FACULA_CHECK(win.groups > 0, "non-positive groups is not supported");
  FACULA_CHECK(std::all_of(w.sizes().begin() + 2, w.sizes().end(), [](auto k) { return k > 0; }), "kernel size should be greater than zero, but got a weight of size {}", ints_text(w.sizes()));
  const auto small = [](Ints v) { return std::all_of(v.begin(), v.end(), [](auto k) { return k <= kLargestWindowNumber; }); };
  FACULA_CHECK(small(win.stride) && small(win.padding) && small(win.dilation) && small(win.output_padding) && small(x.sizes()) && small(w.sizes()),
               "convolution: sizes, stride, padding and dilation above {} are not supported", kLargestWindowNumber);
  FACULA_CHECK(x.dtype() == w.dtype(), "Input type ({}) and weight type ({}) should be the same", dtype_name(x.dtype()),
               dtype_name(w.dtype()));
  if (bias.defined())
    FACULA_CHECK(x.dtype() == bias.dtype(), "Input type ({}) and bias type ({}) should be the same",
                 dtype_name(x.dtype()), dtype_name(bias.dtype()));
  FACULA_CHECK(w.size(0) >= win.groups && w.size(0) % win.groups == 0,
               "Given groups={}, expected weight to be at least {} at dimension 0 and divisible by it, but got weight of size {} instead",
               win.groups, win.groups, ints_text(w.sizes()));
  const std::int64_t expected = win.transposed ? w.size(0) : w.size(1) * win.groups;
  FACULA_CHECK(x.size(1) == expected,
               "Given groups={}, weight of size {}, expected input{} to have {} channels, but got {} channels instead",
               win.groups, ints_text(w.sizes()), ints_text(x.sizes()), expected, x.size(1));
  const std::int64_t c_out = win.transposed ? w.size(1) * win.groups : w.size(0);
  FACULA_CHECK(!bias.defined() || (bias.dim() == 1 && bias.size(0) == c_out),
               "Given {}weight of size {}, expected bias to be 1-dimensional with {} elements, but got bias of size {} instead",
               win.transposed ? "transposed=1, " : "", ints_text(w.sizes()), c_out,
               bias.defined() ? ints_text(bias.sizes()) : "[]");
  return {};
}

Result<Dims> output_sizes(const Tensor& x, const Tensor& w, const Window& win) {
  Dims out{x.size(0), win.transposed ? w.size(1) * win.groups : w.size(0)};
  for (std::size_t i = 0; i < win.stride.size(); ++i) {
    const std::int64_t size = x.sizes()[i + 2], kernel = w.sizes()[i + 2];
    if (win.transposed) {
      const std::int64_t extra = win.output_padding.empty() ? 0 : win.output_padding[i];
      FACULA_CHECK(extra < win.stride[i] || extra < win.dilation[i],
                   "output padding must be smaller than either stride or dilation, but got output_padding: {}", extra);
      out.push_back((size - 1) * win.stride[i] - 2 * win.padding[i] + win.dilation[i] * (kernel - 1) + extra + 1);
    } else {
      FACULA_CHECK(win.dilation[i] * (kernel - 1) + 1 <= size + 2 * win.padding[i],
                   "Calculated padded input size per channel: {}. Kernel size: {}. Kernel size can't be greater than actual input size",
                   size + 2 * win.padding[i], win.dilation[i] * (kernel - 1) + 1);
      out.push_back(conv_output_size(size, kernel, win.stride[i], win.padding[i], win.dilation[i]));
    }
    FACULA_CHECK(out.back() >= 0, "Given input size per channel, calculated output size is too small: {}", ints_text(out));
  }
  return out;
}

Result<Ref<Storage>> scratch(std::size_t bytes) {
  if (bytes == 0) return Ref<Storage>();
  return allocate_storage(bytes);
}

ConvNd describe(const Tensor& x, const Tensor& w, const Tensor& y, const Window& win) {
  ConvNd d;
  d.n = x.size(0), d.c_in = x.size(1), d.c_out = y.size(1), d.groups = win.groups;
  d.transposed = win.transposed;
  const std::size_t n = win.stride.size();
  for (std::size_t i = 0; i < n; ++i) {
    const std::size_t at = 3 - n + i;
    d.in[at] = x.sizes()[i + 2], d.out[at] = y.sizes()[i + 2], d.kernel[at] = w.sizes()[i + 2];
    d.stride[at] = win.stride[i], d.dilation[at] = win.dilation[i], d.pad_before[at] = win.padding[i];
  }
  return d;
}

template <class T>
Status run_general(const ConvNd& d, const Tensor& x, const Tensor& w, const Tensor& bias, const Tensor& y) {
  const std::size_t bytes = kernels::conv_nd_scratch_bytes<T>(d);
  FACULA_TRY(Ref<Storage> s, scratch(bytes));
  kernels::conv_nd<T>(d, x.data_as<T>(), w.data_as<T>(), bias.defined() ? bias.data_as<T>() : nullptr, y.data_as<T>(),
                      s ? s->data() : nullptr, bytes);
  return {};
}
template <class T, class Acc = T>
void run_naive(const ConvNd& d, const Tensor& x, const Tensor& w, const Tensor& bias, const Tensor& y) {
  kernels::conv_nd_naive<T, Acc>(d, x.data_as<T>(), w.data_as<T>(), bias.defined() ? bias.data_as<T>() : nullptr,
                                 y.data_as<T>());
}

// One- and two-dimensional float32 convolutions: weights packed for this call, the picture blocked and unblocked. Plans
// keep packed weights and blocked pictures between calls; this is the operator by itself.
Status run_blocked(const Tensor& x, const Tensor& w, const Tensor& bias, const Tensor& y, const Window& win) {
  const bool flat = x.dim() == 3;
  kernels::Conv2d d;
  const auto last = [&](const Tensor& t) { return t.size(t.dim() - 1); };
  const auto rows = [&](const Tensor& t) { return flat ? 1 : t.size(2); };
  d.n = x.size(0), d.c_in = x.size(1), d.h = rows(x), d.w = last(x);
  d.c_out = w.size(0), d.kh = rows(w), d.kw = last(w);
  d.stride_w = win.stride.back(), d.stride_h = flat ? 1 : win.stride[0];
  d.dilation_w = win.dilation.back(), d.dilation_h = flat ? 1 : win.dilation[0];
  d.pad_left = d.pad_right = win.padding.back();
  d.pad_top = d.pad_bottom = flat ? 0 : win.padding[0];
  d.groups = win.groups;
  kernels::conv2d_set_output(d);
  const auto algo = kernels::conv2d_choose(d, true);
  const std::int64_t block = kernels::channel_block();
  Tensor in = x;
  if (!kernels::conv2d_takes_plain_input(algo)) {
    FACULA_TRY(in, Tensor::empty(Dims{d.n, kernels::blocks_of(d.c_in, block), d.h, d.w, block}, DType::kFloat));
    kernels::nchw_to_blocked(x.data_as<float>(), in.data_as<float>(), d.n, d.c_in, d.h * d.w);
  }
  FACULA_TRY(Ref<Storage> packed, allocate_storage(kernels::conv2d_packed_bytes(d, algo)));
  kernels::conv2d_pack_weights(d, algo, w.data_as<float>(), nullptr, static_cast<float*>(packed->data()));
  FACULA_TRY(Tensor out, Tensor::empty(Dims{d.n, kernels::blocks_of(d.c_out, block), d.out_h, d.out_w, block}, DType::kFloat));
  const std::size_t bytes = kernels::conv2d_scratch_bytes(d, algo);
  FACULA_TRY(Ref<Storage> s, scratch(bytes));
  kernels::conv2d_run(d, algo, in.data_as<float>(), static_cast<const float*>(packed->data()),
                      bias.defined() ? bias.data_as<float>() : nullptr, {}, out.data_as<float>(), s ? s->data() : nullptr, bytes);
  kernels::blocked_to_nchw(out.data_as<float>(), y.data_as<float>(), d.n, d.c_out, d.out_h * d.out_w);
  return {};
}

// Blocking pays when the picture has enough channels and work; otherwise the general kernel is as good.
bool wants_blocked(const Tensor& x, const Tensor& w, const Tensor& y, const Window& win) {
  return !win.transposed && x.dtype() == DType::kFloat && x.dim() <= 4 && y.numel() * w.size(1) >= 4096;
}

Result<Tensor> convolve(const Tensor& x_in, const Tensor& w_in, const Tensor& bias_in, const Window& win, std::string_view name) {
  const std::int64_t n = w_in.dim() - 2;
  if (x_in.dim() == n + 1) {  // one picture without a batch dimension
    FACULA_TRY(Tensor batched, ops::unsqueeze(x_in, 0));
    FACULA_TRY(Tensor y, convolve(batched, w_in, bias_in, win, name));
    return ops::squeeze(y, 0);
  }
  FACULA_TRY_VOID(check_shapes(x_in, w_in, bias_in, win, name));
  FACULA_TRY(const Dims sizes, output_sizes(x_in, w_in, win));
  if (x_in.dtype() == DType::kHalf || x_in.dtype() == DType::kBFloat16) {
    FACULA_TRY(Tensor x, cast(x_in, DType::kFloat));
    FACULA_TRY(Tensor w, cast(w_in, DType::kFloat));
    Tensor bias = bias_in;
    if (bias.defined()) {
      FACULA_TRY(bias, cast(bias_in, DType::kFloat));
    }
    FACULA_TRY(Tensor y, convolve(x, w, bias, win, name));
    return cast(y, x_in.dtype());
  }
  FACULA_TRY(Tensor y, Tensor::empty(sizes, x_in.dtype()));
  if (y.numel() == 0) return y;
  FACULA_TRY(Tensor x, contiguous(x_in));
  FACULA_TRY(Tensor w, contiguous(w_in));
  Tensor bias = bias_in;
  if (bias.defined()) {
    FACULA_TRY(bias, contiguous(bias_in));
  }
  const ConvNd d = describe(x, w, y, win);
  switch (x.dtype()) {
    case DType::kFloat:
      if (wants_blocked(x, w, y, win)) {
        FACULA_TRY_VOID(run_blocked(x, w, bias, y, win));
      } else {
        FACULA_TRY_VOID(run_general<float>(d, x, w, bias, y));
      }
      break;
    case DType::kDouble: FACULA_TRY_VOID(run_general<double>(d, x, w, bias, y)); break;
    case DType::kComplexFloat: run_naive<std::complex<float>>(d, x, w, bias, y); break;
    case DType::kComplexDouble: run_naive<std::complex<double>>(d, x, w, bias, y); break;
    case DType::kInt64: run_naive<std::int64_t, std::uint64_t>(d, x, w, bias, y); break;
    case DType::kInt32: run_naive<std::int32_t, std::uint32_t>(d, x, w, bias, y); break;
    case DType::kInt16: run_naive<std::int16_t, std::uint32_t>(d, x, w, bias, y); break;
    case DType::kInt8: run_naive<std::int8_t, std::uint32_t>(d, x, w, bias, y); break;
    case DType::kUInt8: run_naive<std::uint8_t, std::uint32_t>(d, x, w, bias, y); break;
    default: return runtime_error("\"{}\" not implemented for '{}'", name, dtype_name(x.dtype()));
  }
  return y;
}

template <int N>
Result<Tensor> conv(const Tensor& x, const Tensor& w, const Tensor& bias, Ints stride, Ints padding, Ints dilation, std::int64_t groups) {
  static constexpr std::string_view kNames[] = {"conv1d", "conv2d", "conv3d"};
  FACULA_CHECK(w.dim() == N + 2, "expected weight to be {}-dimensional for {}, but got weight of size {}", N + 2, kNames[N - 1], ints_text(w.sizes()));
  return convolve(x, w, bias, {widen(stride, N), widen(padding, N), widen(dilation, N), {}, false, groups}, kNames[N - 1]);
}

// padding "same" needs one more pixel behind than before where the total is odd: such inputs are padded first.
Result<Tensor> pad_behind(const Tensor& x, const Dims& extra) {
  Dims sizes(x.sizes());
  const std::size_t first = sizes.size() - extra.size();
  for (std::size_t i = 0; i < extra.size(); ++i) sizes[first + i] += extra[i];
  FACULA_TRY(Tensor y, ops::zeros(sizes, x.dtype()));
  FACULA_TRY_VOID(copy_into(y.as_view(x.sizes(), y.strides(), y.offset()), x));
  return y;
}

template <int N>
Result<Tensor> conv_padding(const Tensor& x, const Tensor& w, const Tensor& bias, Ints stride, std::string_view padding,
                            Ints dilation, std::int64_t groups) {
  const Dims s = widen(stride, N), d = widen(dilation, N);
  Dims before(N, 0), extra(N, 0);
  if (padding == "same") {
    FACULA_CHECK(std::all_of(s.begin(), s.end(), [](auto v) { return v == 1; }), "padding='same' is not supported for strided convolutions");
    FACULA_CHECK(w.dim() == N + 2, "expected weight to be {}-dimensional", N + 2);
    FACULA_CHECK(x.dim() > N && d.size() == N, "expected an input of {} or {} dimensions and a dilation of {} values", N + 1, N + 2, N);
    bool odd = false;
    for (std::size_t i = 0; i < N; ++i) {
      FACULA_CHECK(d[i] > 0 && w.sizes()[i + 2] > 0 && fit_windows({d[i], w.sizes()[i + 2]}), "dilation should be greater than zero and, like the kernel size, not above {}", kLargestWindowNumber);
      const std::int64_t total = d[i] * (w.sizes()[i + 2] - 1);
      before[i] = total / 2;
      extra[i] = total - 2 * before[i];
      odd = odd || extra[i];
    }
    if (odd) {
      FACULA_TRY(Tensor padded, pad_behind(x, extra));
      return conv<N>(padded, w, bias, s, before, d, groups);
    }
  } else {
    FACULA_CHECK(padding == "valid", "Invalid padding string: '{}'", padding);
  }
  return conv<N>(x, w, bias, s, before, d, groups);
}

template <int N>
Result<Tensor> conv_transpose(const Tensor& x, const Tensor& w, const Tensor& bias, Ints stride, Ints padding, Ints output_padding,
                              std::int64_t groups, Ints dilation) {
  static constexpr std::string_view kNames[] = {"conv_transpose1d", "conv_transpose2d", "conv_transpose3d"};
  FACULA_CHECK(w.dim() == N + 2, "expected weight to be {}-dimensional for {}, but got weight of size {}", N + 2, kNames[N - 1], ints_text(w.sizes()));
  return convolve(x, w, bias, {widen(stride, N), widen(padding, N), widen(dilation, N), widen(output_padding, N), true, groups}, kNames[N - 1]);
}

Result<Tensor> convolution(const Tensor& x, const Tensor& w, const Tensor& bias, Ints stride, Ints padding, Ints dilation,
                           bool transposed, Ints output_padding, std::int64_t groups) {
  FACULA_CHECK(w.dim() >= 3 && w.dim() <= 5, "expected weight to have 3 to 5 dimensions, but got {}", w.dim());
  const auto n = static_cast<std::size_t>(w.dim() - 2);
  return convolve(x, w, bias, {widen(stride, n), widen(padding, n), widen(dilation, n), widen(output_padding, n), transposed, groups}, "convolution");
}
Result<Tensor> convolution_flags(const Tensor& x, const Tensor& w, const Tensor& bias, Ints stride, Ints padding, Ints dilation,
                                 bool transposed, Ints output_padding, std::int64_t groups, bool, bool, bool, bool) {
  return convolution(x, w, bias, stride, padding, dilation, transposed, output_padding, groups);
}
Result<Tensor> convolution_flags_old(const Tensor& x, const Tensor& w, const Tensor& bias, Ints stride, Ints padding, Ints dilation,
                                     bool transposed, Ints output_padding, std::int64_t groups, bool, bool, bool) {
  return convolution(x, w, bias, stride, padding, dilation, transposed, output_padding, groups);
}
Result<Tensor> convolution_mode(const Tensor& x, const Tensor& w, const Tensor& bias, Ints stride, std::string_view padding,
                                Ints dilation, std::int64_t groups) {
  switch (w.dim()) {
    case 3: return conv_padding<1>(x, w, bias, stride, padding, dilation, groups);
    case 4: return conv_padding<2>(x, w, bias, stride, padding, dilation, groups);
    case 5: return conv_padding<3>(x, w, bias, stride, padding, dilation, groups);
    default: return runtime_error("expected weight to have 3 to 5 dimensions, but got {}", w.dim());
  }
}

constexpr Op kConv[] = {
    row<convolution_flags_old>("aten::_convolution.deprecated(Tensor input, Tensor weight, Tensor? bias, SymInt[] stride, SymInt[] padding, SymInt[] dilation, bool transposed, int[] output_padding, SymInt groups, bool benchmark, bool deterministic, bool cudnn_enabled) -> Tensor"),
    row<convolution_flags>("aten::_convolution(Tensor input, Tensor weight, Tensor? bias, SymInt[] stride, SymInt[] padding, SymInt[] dilation, bool transposed, SymInt[] output_padding, SymInt groups, bool benchmark, bool deterministic, bool cudnn_enabled, bool allow_tf32) -> Tensor",
        {.samples = {"randn(1,3,8,8), randn(4,3,3,3), randn(4), [1,1], [1,1], [1,1], False, [0,0], 1, False, False, True, True"}}),
    row<convolution_mode>("aten::_convolution_mode(Tensor input, Tensor weight, Tensor? bias, SymInt[] stride, str padding, SymInt[] dilation, SymInt groups) -> Tensor"),
    row<convolution>("aten::convolution(Tensor input, Tensor weight, Tensor? bias, SymInt[] stride, SymInt[] padding, SymInt[] dilation, bool transposed, SymInt[] output_padding, SymInt groups) -> Tensor"),
    row<conv<1>>("aten::conv1d(Tensor input, Tensor weight, Tensor? bias=None, SymInt[1] stride=[1], SymInt[1] padding=[0], SymInt[1] dilation=[1], SymInt groups=1) -> Tensor",
        {.samples = {"randn(2,4,9), randn(6,4,3)", "randn(4,9), randn(6,2,3), randn(6), [2], [1], [2], 2"}}),
    row<conv_padding<1>>("aten::conv1d.padding(Tensor input, Tensor weight, Tensor? bias=None, SymInt[1] stride=[1], str padding=\"valid\", SymInt[1] dilation=[1], SymInt groups=1) -> Tensor",
        {.samples = {"randn(2,4,9), randn(6,4,4), None, [1], 'same'"}}),
    row<conv<2>>("aten::conv2d(Tensor input, Tensor weight, Tensor? bias=None, SymInt[2] stride=[1, 1], SymInt[2] padding=[0, 0], SymInt[2] dilation=[1, 1], SymInt groups=1) -> Tensor",
        {.samples = {"randn(2,3,9,8), randn(5,3,3,3), randn(5)", "randn(1,32,14,14), randn(32,1,3,3), None, [2,2], [1,1], [1,1], 32",
                     "randn(2,8,9,9), randn(16,4,3,2), randn(16), [2,1], [1,0], [1,2], 2", "randn(0,3,8,8), randn(5,3,3,3)",
                     "randn(3,9,8), randn(5,3,1,1)", "randn(2,17,12,12), randn(33,17,1,1), randn(33)"}}),
    row<conv_padding<2>>("aten::conv2d.padding(Tensor input, Tensor weight, Tensor? bias=None, SymInt[2] stride=[1, 1], str padding=\"valid\", SymInt[2] dilation=[1, 1], SymInt groups=1) -> Tensor",
        {.samples = {"randn(2,4,9,9), randn(6,4,4,3), None, [1,1], 'same'"}}),
    row<conv<3>>("aten::conv3d(Tensor input, Tensor weight, Tensor? bias=None, SymInt[3] stride=[1, 1, 1], SymInt[3] padding=[0, 0, 0], SymInt[3] dilation=[1, 1, 1], SymInt groups=1) -> Tensor",
        {.samples = {"randn(1,3,5,6,7), randn(4,3,3,3,3), randn(4), [1,2,1], [1,1,0]"}}),
    row<conv_padding<3>>("aten::conv3d.padding(Tensor input, Tensor weight, Tensor? bias=None, SymInt[3] stride=[1, 1, 1], str padding=\"valid\", SymInt[3] dilation=[1, 1, 1], SymInt groups=1) -> Tensor"),
    row<conv_transpose<1>>("aten::conv_transpose1d(Tensor input, Tensor weight, Tensor? bias=None, SymInt[1] stride=[1], SymInt[1] padding=[0], SymInt[1] output_padding=[0], SymInt groups=1, SymInt[1] dilation=[1]) -> Tensor",
        {.samples = {"randn(2,4,9), randn(4,3,3), randn(3), [2], [1], [1]"}}),
    row<conv_transpose<2>>("aten::conv_transpose2d.input(Tensor input, Tensor weight, Tensor? bias=None, SymInt[2] stride=[1, 1], SymInt[2] padding=[0, 0], SymInt[2] output_padding=[0, 0], SymInt groups=1, SymInt[2] dilation=[1, 1]) -> Tensor",
        {.samples = {"randn(2,4,5,6), randn(4,3,3,3), randn(3), [2,2], [1,1], [1,1]", "randn(2,4,5,6), randn(4,3,2,3), None, [2,1], [0,0], [0,0], 2, [1,2]"}}),
    row<conv_transpose<3>>("aten::conv_transpose3d.input(Tensor input, Tensor weight, Tensor? bias=None, SymInt[3] stride=[1, 1, 1], SymInt[3] padding=[0, 0, 0], SymInt[3] output_padding=[0, 0, 0], SymInt groups=1, SymInt[3] dilation=[1, 1, 1]) -> Tensor",
        {.samples = {"randn(1,4,3,4,5), randn(4,2,3,3,3), randn(2), [2,2,2], [1,1,1]"}}),
};

}  // namespace

FACULA_FAMILY(nn_conv, kConv)

}  // namespace fac
