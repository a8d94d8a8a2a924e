// Rounding to the grid of a quantised type and back, in floating point: what models in quantisation-aware training contain.
//   q = clamp(nearest(x / scale) + zero_point, quant_min, quant_max);  result (q - zero_point) * scale
#include <cmath>

#include "ops/copy.h"
#include "ops/dims.h"
#include "ops/elementwise.h"
#include "ops/functions.h"

namespace fac {
namespace {

using namespace ops;
using I = std::int64_t;
using T = const Tensor&;
using Masked = Result<std::tuple<Tensor, Tensor>>;

struct Grid {
  float scale = 1;
  I zero = 0;
};
// grid(i) tells the grid of element i of the dense x.
template <class F>
Masked on_grid(T x, I low, I high, F&& grid) {
  FACULA_CHECK(low <= high, "`quant_min` should be less than or equal to `quant_max`.");
  FACULA_CHECK(is_floating(x.dtype()), "\"fake_quantize_tensor_cachemask_kernel_type_handling\" not implemented for '{}'", dtype_name(x.dtype()));
  FACULA_TRY(const Tensor wide, cast(x, DType::kFloat));
  FACULA_TRY(const Tensor in, contiguous(wide));
  FACULA_TRY(const Tensor y, Tensor::empty(x.sizes(), DType::kFloat));
  FACULA_TRY(const Tensor mask, Tensor::empty(x.sizes(), DType::kBool));
  for (I i = 0; i < in.numel(); ++i) {
    const Grid g = grid(i);
    const float inverse = 1.0f / g.scale, moved = static_cast<float>(g.zero) + std::nearbyint(in.data_as<float>()[i] * inverse);
    mask.data_as<bool>()[i] = moved >= static_cast<float>(low) && moved <= static_cast<float>(high);
    const float q = std::fmin(std::fmax(moved, static_cast<float>(low)), static_cast<float>(high));
    y.data_as<float>()[i] = (q - static_cast<float>(g.zero)) * g.scale;
  }
  FACULA_TRY(const Tensor out, Tensor::empty_like(x));
  FACULA_TRY_VOID(copy_into(out, y));
  FACULA_TRY(const Tensor inside, Tensor::empty_like(x, DType::kBool));
  FACULA_TRY_VOID(copy_into(inside, mask));
  return std::tuple(out, inside);
}
Result<Tensor> first(Masked both) {
  if (!both.ok()) return both.take_error();
  return std::get<0>(*both);
}

Masked per_tensor_mask(T x, double scale, I zero, I low, I high) {
  FACULA_CHECK(zero >= low && zero <= high, "`zero_point` must be between `quant_min` and `quant_max`.");
  return on_grid(x, low, high, [&](I) { return Grid{static_cast<float>(scale), zero}; });
}
Result<Tensor> per_tensor(T x, double scale, I zero, I low, I high) { return first(per_tensor_mask(x, scale, zero, low, high)); }
Result<Tensor> per_tensor_params(T x, T scale, T zero, I low, I high) {
  FACULA_TRY(const Scalar s, item(scale));
  FACULA_TRY(const Scalar z, item(zero));
  return first(on_grid(x, low, high, [&](I) { return Grid{static_cast<float>(s.to_double()), z.to_int()}; }));
}
Masked per_channel_mask(T x, T scale, T zero, I axis_in, I low, I high) {
  FACULA_CHECK(scale.dtype() == DType::kFloat || scale.dtype() == DType::kBFloat16, "Scale must be Float or BFloat16, found {}", dtype_name(scale.dtype()));
  FACULA_CHECK(scale.dim() == 1 && zero.dim() == 1, "scale and zero-point should be 1-D tensors");
  FACULA_CHECK(scale.numel() == zero.numel(), "scale and zero-point need to have the same dimensions");
  FACULA_CHECK(x.dim() > 0 && axis_in >= 0 && axis_in < x.dim(), "`axis` must be between 0 and number of dimensions of input");
  const I axis = axis_in;
  FACULA_CHECK(scale.numel() == x.size(axis), "dimensions of scale and zero-point are not consistent with input tensor");
  FACULA_TRY(const Tensor typed, cast(scale, DType::kFloat));
  FACULA_TRY(const Tensor scales, contiguous(typed));
  FACULA_TRY(const Tensor wide, cast(zero, DType::kInt64));
  FACULA_TRY(const Tensor zeros, contiguous(wide));
  for (I c = 0; c < zeros.numel(); ++c)
    FACULA_CHECK(zeros.data_as<I>()[c] >= low && zeros.data_as<I>()[c] <= high, "`zero_point` must be between `quant_min` and `quant_max`.");
  const I inner = product(Ints(x.sizes()).subspan(static_cast<std::size_t>(axis) + 1)), channels = x.size(axis);
  return on_grid(x, low, high, [&](I i) {
    const I c = i / inner % channels;
    return Grid{scales.data_as<float>()[c], zeros.data_as<I>()[c]};
  });
}
Result<Tensor> per_channel(T x, T scale, T zero, I axis, I low, I high) { return first(per_channel_mask(x, scale, zero, axis, low, high)); }

constexpr Op kFakeQuantize[] = {
    row<per_tensor>("aten::fake_quantize_per_tensor_affine(Tensor self, float scale, int zero_point, int quant_min, int quant_max) -> Tensor", {.samples = {"randn(3,4)*3, 0.1, 3, -20, 20"}}),
    row<per_tensor_params>("aten::fake_quantize_per_tensor_affine.tensor_qparams(Tensor self, Tensor scale, Tensor zero_point, int quant_min, int quant_max) -> Tensor", {.samples = {"randn(3,4)*3, torch.tensor([0.1],dtype=torch.float32), torch.tensor([3],dtype=torch.int32), -20, 20"}}),
    row<per_tensor_mask>("aten::fake_quantize_per_tensor_affine_cachemask(Tensor self, float scale, int zero_point, int quant_min, int quant_max) -> (Tensor output, Tensor mask)", {.samples = {"randn(3,4)*3, 0.1, 3, -20, 20"}}),
    row<per_channel>("aten::fake_quantize_per_channel_affine(Tensor self, Tensor scale, Tensor zero_point, int axis, int quant_min, int quant_max) -> Tensor", {.samples = {"randn(3,4)*3, rand(4)+0.1, torch.tensor([0,1,2,3],dtype=torch.int32), 1, -20, 20"}}),
    row<per_channel_mask>("aten::fake_quantize_per_channel_affine_cachemask(Tensor self, Tensor scale, Tensor zero_point, int axis, int quant_min, int quant_max) -> (Tensor output, Tensor mask)", {.samples = {"randn(3,4)*3, rand(3)+0.1, torch.tensor([0,1,2],dtype=torch.int32), 0, -20, 20"}}),
};

}  // namespace

FACULA_FAMILY(fake_quantize, kFakeQuantize)

}  // namespace fac
