// Convolutions under their older, more special names, and unpooling.
#include "ops/call.h"
#include "ops/copy.h"
#include "ops/elementwise.h"
#include "ops/functions.h"
#include "ops/op.h"

namespace fac {
namespace {

struct Window {
  Ints stride, padding, dilation;
  bool transposed = false;
  Ints output_padding = {};
};

template <std::size_t N>
Result<Tensor> convolve(const Tensor& x, const Tensor& weight, Ints kernel, const Tensor& bias, const Window& w) {
  FACULA_CHECK(kernel.size() == N || kernel.size() == 1, "It is expected kernel_size equals to {}, but got size {}", N, kernel.size());
  FACULA_CHECK(weight.dim() == N + 2, "Expected a weight of {} dimensions, but got {}", N + 2, weight.dim());
  for (std::size_t i = 0; i < N; ++i)
    FACULA_CHECK(weight.size(static_cast<std::int64_t>(2 + i)) == kernel[kernel.size() == 1 ? 0 : i], "weight of sizes {} does not fit kernel_size {}", ints_text(weight.sizes()), ints_text(kernel));
  Dims zeros(N, 0);
  const Ints output_padding = w.output_padding.empty() ? Ints(zeros) : w.output_padding;
  return ops::call("aten::convolution", "", {x, weight, bias, ListBox::of_ints(w.stride), ListBox::of_ints(w.padding), ListBox::of_ints(w.dilation), w.transposed,
                                             ListBox::of_ints(output_padding), 1});
}
template <std::size_t N>
Result<Tensor> plain(const Tensor& x, const Tensor& weight, Ints kernel, const Tensor& bias, Ints stride, Ints padding) {
  const Dims ones(N, 1);
  return convolve<N>(x, weight, kernel, bias, {stride, padding, ones});
}
template <std::size_t N>
Result<Tensor> dilated(const Tensor& x, const Tensor& weight, Ints kernel, const Tensor& bias, Ints stride, Ints padding, Ints dilation) {
  return convolve<N>(x, weight, kernel, bias, {stride, padding, dilation});
}
template <std::size_t N>
Result<Tensor> transposed(const Tensor& x, const Tensor& weight, Ints kernel, const Tensor& bias, Ints stride, Ints padding, Ints output_padding, Ints dilation) {
  return convolve<N>(x, weight, kernel, bias, {stride, padding, dilation, true, output_padding});
}

// x [time, batch, in], weight [kernel, in, out] -> [time, batch, out]
Result<Tensor> conv_tbc(const Tensor& x, const Tensor& weight, const Tensor& bias, std::int64_t pad) {
  FACULA_CHECK(x.dim() == 3, "Input must have 3 dims: time, batch, in_channel");
  FACULA_CHECK(weight.dim() == 3, "Weight tensor must have 3 dims: kernel_width, in_channels, out_channels.");
  FACULA_CHECK(bias.dim() == 1, "Bias must be 1-D");
  const Dims inner{1, 2, 0}, outer{2, 1, 0}, back{2, 0, 1};
  FACULA_TRY(Tensor in, ops::permute(x, inner));
  FACULA_TRY(Tensor w, ops::permute(weight, outer));
  const Dims one{1}, padding{pad}, kernel{weight.size(0)};
  FACULA_TRY(Tensor y, convolve<1>(in, w, kernel, bias, {one, padding, one}));
  FACULA_TRY(y, ops::permute(y, back));
  return contiguous(y);
}

// Puts each number where `indices` (from max pooling, inside a plane) say; zeros elsewhere.
Result<Tensor> unpool(const Tensor& x, const Tensor& indices, Ints out, std::string_view name) {
  const auto dims = static_cast<std::int64_t>(out.size());
  FACULA_CHECK(indices.dtype() == DType::kInt64, "elements in indices should be type int64 but got: {}", dtype_name(indices.dtype()));
  FACULA_CHECK(x.dim() == dims + 1 || x.dim() == dims + 2, "Input to {} should be a {}d or {}d Tensor, but got a tensor with {} dimensions.", name, dims + 1, dims + 2, x.dim());
  FACULA_CHECK(ops::same_sizes(x.sizes(), indices.sizes()), "Expected shape of indices to be same as that of the input tensor ({}) but got indices tensor with shape: {}", ints_text(x.sizes()), ints_text(indices.sizes()));
  FACULA_CHECK(x.numel() > 0 || x.size(0) == 0, "{}: Expected input to have non-zero size for non-batch dimensions, but got {}", name, ints_text(x.sizes()));
  Dims sizes(Ints(x.sizes()).first(x.sizes().size() - out.size()));
  const std::int64_t planes = product(sizes), from = planes ? x.numel() / planes : 0, to = product(out);
  for (auto n : out) {
    FACULA_CHECK(n >= 0, "{}: output_size must not be negative, but got {}", name, ints_text(out));
    sizes.push_back(n);
  }
  FACULA_TRY(Tensor in, contiguous(x));
  FACULA_TRY(Tensor at, contiguous(indices));
  FACULA_TRY(Tensor y, ops::zeros(sizes, x.dtype()));
  const auto* index = at.data_as<std::int64_t>();
  for (std::int64_t i = 0; i < in.numel(); ++i)
    FACULA_CHECK(index[i] >= 0 && index[i] < to, "Found an invalid max index: {} (output volumes are of size {})", index[i], ints_text(out));
  kernels::visit_size(static_cast<std::int64_t>(x.element_bytes()), [&](auto tag) {
    using T = typename decltype(tag)::type;
    for (std::int64_t i = 0; i < in.numel(); ++i) y.data_as<T>()[i / from * to + index[i]] = in.data_as<T>()[i];
  });
  return y;
}
Result<Tensor> max_unpool2d(const Tensor& x, const Tensor& indices, Ints out) {
  FACULA_CHECK(out.size() == 2, "There should be exactly two elements (height, width) in output_size, but got {} elements.", out.size());
  return unpool(x, indices, out, "max_unpooling2d");
}
Result<Tensor> max_unpool3d(const Tensor& x, const Tensor& indices, Ints out, Ints stride, Ints padding) {
  FACULA_CHECK(out.size() == 3, "There should be exactly three elements (depth, height, width) in output_size, but got {} elements.", out.size());
  FACULA_CHECK(stride.size() == 3 && padding.size() == 3, "There should be exactly three elements (depth, height, width) in stride and padding");
  return unpool(x, indices, out, "max_unpooling3d");
}

constexpr Op kConvNamed[] = {
    row<plain<2>>("aten::thnn_conv2d(Tensor self, Tensor weight, SymInt[2] kernel_size, Tensor? bias=None, SymInt[2] stride=[1, 1], SymInt[2] padding=[0, 0]) -> Tensor", {.forms = kOut, .samples = {"randn(2,3,7,8), randn(4,3,3,2), [3,2], randn(4), [2,1], [1,0]"}}),
    row<plain<2>>("aten::_slow_conv2d_forward(Tensor self, Tensor weight, SymInt[2] kernel_size, Tensor? bias, SymInt[2] stride, SymInt[2] padding) -> Tensor", {.samples = {"randn(2,3,7,8), randn(4,3,3,2), [3,2], randn(4), [2,1], [1,0]"}}),
    row<plain<3>>("aten::slow_conv3d(Tensor self, Tensor weight, SymInt[3] kernel_size, Tensor? bias=None, SymInt[3] stride=[1, 1, 1], SymInt[3] padding=[0, 0, 0]) -> Tensor", {.forms = kOut, .samples = {"randn(1,2,4,5,6), randn(3,2,2,2,3), [2,2,3], None, [1,2,1], [0,1,1]"}}),
    row<plain<3>>("aten::slow_conv3d_forward(Tensor self, Tensor weight, SymInt[3] kernel_size, Tensor? bias, SymInt[3] stride, SymInt[3] padding) -> Tensor", {.samples = {"randn(1,2,4,5,6), randn(3,2,2,2,3), [2,2,3], randn(3), [1,2,1], [0,1,1]"}}),
    row<dilated<2>>("aten::slow_conv_dilated2d(Tensor self, Tensor weight, SymInt[2] kernel_size, Tensor? bias=None, SymInt[2] stride=[1, 1], SymInt[2] padding=[0, 0], SymInt[2] dilation=[1, 1]) -> Tensor", {.samples = {"randn(2,3,7,8), randn(4,3,3,2), [3,2], randn(4), [2,1], [1,0], [2,1]"}}),
    row<dilated<3>>("aten::slow_conv_dilated3d(Tensor self, Tensor weight, SymInt[3] kernel_size, Tensor? bias=None, SymInt[3] stride=[1, 1, 1], SymInt[3] padding=[0, 0, 0], SymInt[3] dilation=[1, 1, 1]) -> Tensor", {.samples = {"randn(1,2,6,7,8), randn(3,2,2,2,3), [2,2,3], None, [1,2,1], [0,1,1], [2,1,1]"}}),
    row<transposed<2>>("aten::slow_conv_transpose2d(Tensor self, Tensor weight, SymInt[2] kernel_size, Tensor? bias=None, SymInt[2] stride=[1, 1], SymInt[2] padding=[0, 0], SymInt[2] output_padding=[0, 0], SymInt[2] dilation=[1, 1]) -> Tensor", {.forms = kOut, .samples = {"randn(2,3,5,6), randn(3,4,3,2), [3,2], randn(4), [2,1], [1,0], [1,0], [1,1]"}}),
    row<transposed<3>>("aten::slow_conv_transpose3d(Tensor self, Tensor weight, SymInt[3] kernel_size, Tensor? bias=None, SymInt[3] stride=[1, 1, 1], SymInt[3] padding=[0, 0, 0], SymInt[3] output_padding=[0, 0, 0], SymInt[3] dilation=[1, 1, 1]) -> Tensor", {.forms = kOut, .samples = {"randn(1,2,3,4,5), randn(2,3,2,2,3), [2,2,3], None, [1,2,1], [0,1,1]"}}),
    row<conv_tbc>("aten::conv_tbc(Tensor self, Tensor weight, Tensor bias, int pad=0) -> Tensor", {.samples = {"randn(7,2,3), randn(3,3,4), randn(4), 1"}}),
    row<max_unpool2d>("aten::max_unpool2d(Tensor self, Tensor indices, SymInt[2] output_size) -> Tensor", {.forms = kOut, .samples = {"randn(1,1,2,2), tensor([[[[0,3],[9,14]]]]), [4,4]", "randn(2,2,2), tensor([[[0,3],[9,14]],[[1,2],[10,15]]]), [4,4]"}}),
    row<max_unpool3d>("aten::max_unpool3d(Tensor self, Tensor indices, SymInt[3] output_size, int[3] stride, int[3] padding) -> Tensor", {.forms = kOut, .samples = {"randn(1,1,1,2,2), tensor([[[[[0,3],[9,14]]]]]), [1,4,4], [1,2,2], [0,0,0]"}}),
};

}  // namespace

FACULA_FAMILY(nn_conv_named, kConvNamed)

}  // namespace fac
