// Deformable convolution: each tap of each position reads where an offset says, between the pixels.
//   input [N, C, H, W], weight [O, C / groups, kh, kw], offset [N, offset_groups * kh * kw * 2, oh, ow] as (down, right) pairs,
//   mask [N, offset_groups * kh * kw, oh, ow] (read if use_mask), bias [O]  ->  [N, O, oh, ow]
//   Outside the picture is 0. The taps are gathered as columns, then multiplied.
// source: Zhu et al., Deformable ConvNets v2 (2018); torchvision docs, deform_conv2d
#include <cmath>

#include "ops/conv_shapes.h"
#include "ops/copy.h"
#include "ops/elementwise.h"
#include "ops/functions.h"
#include "ops/matmul.h"

namespace fac {
namespace {

using namespace ops;
using I = std::int64_t;
using T = const Tensor&;

struct Shape {
  I channels, height, width, kernel_h, kernel_w, out_h, out_w, stride_h, stride_w, pad_h, pad_w, dilation_h, dilation_w, offset_groups;
};

// Bilinear value at (y, x), of which each corner outside the plane counts as 0.
template <class F>
F between(const F* plane, I height, I width, F y, F x) {
  if (!(y > -1 && y < static_cast<F>(height) && x > -1 && x < static_cast<F>(width))) return 0;
  const F top = std::floor(y), left = std::floor(x), dy = y - top, dx = x - left;
  const auto i = static_cast<I>(top), j = static_cast<I>(left);
  const auto at = [&](I r, I c) { return r >= 0 && r < height && c >= 0 && c < width ? plane[r * width + c] : F(0); };
  return (1 - dy) * ((1 - dx) * at(i, j) + dx * at(i, j + 1)) + dy * ((1 - dx) * at(i + 1, j) + dx * at(i + 1, j + 1));
}

// The columns [channels * kernel, positions] of one picture.
template <class F>
void gather(const Shape& s, const F* input, const F* offset, const F* mask, F* to) {
  const I taps = s.kernel_h * s.kernel_w, positions = s.out_h * s.out_w, shared = s.channels / s.offset_groups;
  for (I c = 0; c < s.channels; ++c)
    for (I k = 0; k < taps; ++k) {
      const I tap = c / shared * taps + k;
      const F *down = offset + 2 * tap * positions, *right = down + positions, *scale = mask ? mask + tap * positions : nullptr;
      for (I p = 0; p < positions; ++p) {
        const I y = p / s.out_w * s.stride_h - s.pad_h + k / s.kernel_w * s.dilation_h, x = p % s.out_w * s.stride_w - s.pad_w + k % s.kernel_w * s.dilation_w;
        const F v = between(input + c * s.height * s.width, s.height, s.width, static_cast<F>(y) + down[p], static_cast<F>(x) + right[p]);
        *to++ = scale ? scale[p] * v : v;
      }
    }
}

Result<Tensor> deform_conv2d(T input, T weight, T offset, T mask, T bias, I stride_h, I stride_w, I pad_h, I pad_w, I dilation_h, I dilation_w,
                             I groups, I offset_groups, bool use_mask) {
  FACULA_CHECK(input.dim() == 4 && offset.dim() == 4 && weight.dim() == 4, "deform_conv2d: expected input, offset and weight of 4 dimensions, got {}, {} and {}", input.dim(), offset.dim(), weight.dim());
  FACULA_CHECK(is_floating(input.dtype()), "\"deformable_im2col\" not implemented for '{}'", dtype_name(input.dtype()));
  for (T t : {weight, offset, bias}) FACULA_CHECK(t.dtype() == input.dtype(), "deform_conv2d: expected tensors of one dtype, got {} and {}", dtype_name(input.dtype()), dtype_name(t.dtype()));
  FACULA_CHECK(stride_h > 0 && stride_w > 0 && pad_h >= 0 && pad_w >= 0 && dilation_h > 0 && dilation_w > 0,
               "stride_h: {} stride_w: {} pad_h: {} pad_w: {} dilation_h: {} dilation_w: {}", stride_h, stride_w, pad_h, pad_w, dilation_h, dilation_w);
  Shape s{input.size(1), input.size(2), input.size(3), weight.size(2), weight.size(3), 0, 0, stride_h, stride_w, pad_h, pad_w, dilation_h, dilation_w, offset_groups};
  FACULA_CHECK(s.kernel_h > 0 && s.kernel_w > 0, "weight_h: {} weight_w: {}", s.kernel_h, s.kernel_w);
  FACULA_CHECK(fit_windows({s.height, s.width, s.kernel_h, s.kernel_w, stride_h, stride_w, pad_h, pad_w, dilation_h, dilation_w}), "deform_conv2d: sizes, stride, padding and dilation above {} are not supported", kLargestWindowNumber);
  FACULA_CHECK(groups > 0 && weight.size(0) % groups == 0 && s.channels % groups == 0 && weight.size(1) == s.channels / groups, "deform_conv2d: a weight of size {} in {} groups does not fit an input of size {}", ints_text(weight.sizes()), groups, ints_text(input.sizes()));
  FACULA_CHECK(offset_groups > 0 && s.channels % offset_groups == 0 && s.channels > 0, "the number of input channels {} must be a multiple of the number of offset groups {}", s.channels, offset_groups);
  s.out_h = conv_output_size(s.height, s.kernel_h, stride_h, pad_h, dilation_h);
  s.out_w = conv_output_size(s.width, s.kernel_w, stride_w, pad_w, dilation_w);
  FACULA_CHECK(s.out_h > 0 && s.out_w > 0, "Calculated output size too small - out_h: {} out_w: {}", s.out_h, s.out_w);
  const I batch = input.size(0), out_channels = weight.size(0), taps = s.kernel_h * s.kernel_w;
  FACULA_CHECK(same_sizes(offset.sizes(), Dims{batch, 2 * offset_groups * taps, s.out_h, s.out_w}), "deform_conv2d: expected an offset of size {}, got {}", ints_text(Dims{batch, 2 * offset_groups * taps, s.out_h, s.out_w}), ints_text(offset.sizes()));
  FACULA_CHECK(!use_mask || (mask.dtype() == input.dtype() && same_sizes(mask.sizes(), Dims{batch, offset_groups * taps, s.out_h, s.out_w})), "deform_conv2d: expected a mask of size {}, got {}", ints_text(Dims{batch, offset_groups * taps, s.out_h, s.out_w}), ints_text(mask.sizes()));
  FACULA_CHECK(bias.dim() == 1 && bias.size(0) == out_channels, "deform_conv2d: expected a bias of {} elements, got {}", out_channels, ints_text(bias.sizes()));

  const DType work = input.dtype() == DType::kDouble ? DType::kDouble : DType::kFloat;
  const auto dense = [&](T t) -> Result<Tensor> {
    FACULA_TRY(const Tensor typed, cast(t, work));
    return contiguous(typed);
  };
  FACULA_TRY(const Tensor x, dense(input));
  FACULA_TRY(const Tensor o, dense(offset));
  FACULA_TRY(const Tensor m, use_mask ? dense(mask) : Result<Tensor>(Tensor()));
  FACULA_TRY(const Tensor flat, dense(weight));
  FACULA_TRY(const Tensor w, view(flat, Dims{groups, out_channels / groups, s.channels / groups * taps}));
  FACULA_TRY(const Tensor b, cast(bias, work));
  FACULA_TRY(const Tensor shaped_bias, reshape(b, Dims{out_channels, 1, 1}));
  FACULA_TRY(const Tensor columns, Tensor::empty(Dims{groups, s.channels / groups * taps, s.out_h * s.out_w}, work));
  FACULA_TRY(const Tensor y, Tensor::empty(Dims{batch, out_channels, s.out_h, s.out_w}, work));
  for (I n = 0; n < batch; ++n) {
    const auto run = [&](auto zero) {
      using F = decltype(zero);
      const auto of = [n](T t) { return t.data_as<F>() + n * t.stride(0); };
      gather<F>(s, of(x), of(o), use_mask ? of(m) : nullptr, columns.data_as<F>());
    };
    if (work == DType::kDouble) run(0.0);
    else run(0.0f);
    FACULA_TRY(const Tensor product, bmm(w, columns));
    FACULA_TRY(const Tensor picture, view(product, Dims{out_channels, s.out_h, s.out_w}));
    FACULA_TRY(const Tensor sum, binary(picture, shaped_bias, BinaryOp::add));
    FACULA_TRY(const Tensor place, select(y, 0, n));
    FACULA_TRY_VOID(copy_into(place, sum));
  }
  return cast(y, input.dtype());
}

}  // namespace

constexpr Op kDeformConv[] = {
    row<deform_conv2d>("torchvision::deform_conv2d(Tensor input, Tensor weight, Tensor offset, Tensor mask, Tensor bias, SymInt stride_h, SymInt stride_w, SymInt pad_h, SymInt pad_w, SymInt dilation_h, SymInt dilation_w, SymInt groups, SymInt offset_groups, bool use_mask) -> Tensor"),
};
FACULA_FAMILY(deform_conv, kDeformConv)

}  // namespace fac
