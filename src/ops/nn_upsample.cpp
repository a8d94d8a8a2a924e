// Resampling of pictures: interpolation, grid sampling, sliding blocks. The last N dimensions are the picture.
#include "kernels/upsample.h"

#include <cmath>

#include "ops/copy.h"
#include "ops/elementwise.h"
#include "ops/functions.h"
#include "ops/matmul.h"
#include "ops/op.h"
#include "tensor/sizes.h"

namespace fac {
namespace {

using kernels::UpsampleMode;

// --- interpolation ---------------------------------------------------------------------------------------------------

struct Resampling {
  UpsampleMode mode;
  bool antialias = false;
  bool align_corners = false;
};

constexpr std::string_view kAxes[] = {"D", "H", "W"};
template <int N>
std::string extents(Ints v) {
  std::string text;
  for (std::size_t i = 0; i < N; ++i)
    text += std::string(i ? ", " : "") + std::string(kAxes[3 - N + i]) + ": " + std::to_string(v[v.size() - N + i]);
  return text;
}

// given: scale factors of the user, 0 where there are none; the picture's axes in order.
template <int N>
Result<Tensor> interpolate(const Tensor& x, Ints out, const double* given, const Resampling& how) {
  FACULA_CHECK(out.size() == N, "It is expected output_size equals to {}, but got size {}", N, out.size());
  FACULA_CHECK(x.dim() == N + 2, "It is expected input_size equals to {}, but got size {}", N + 2, x.dim());
  bool positive = true;
  for (std::size_t i = 0; i < N; ++i) positive = positive && x.sizes()[2 + i] > 0 && out[i] > 0;
  FACULA_CHECK(positive, "Input and output sizes should be greater than 0, but got input ({}) output ({})", extents<N>(x.sizes()), extents<N>(out));
  FACULA_CHECK(x.size(1) > 0, "Non-empty {}D data tensor expected but got a tensor with sizes {}", N + 2, ints_text(x.sizes()));
  const MemoryFormat format = N == 1 ? MemoryFormat::kContiguous : x.suggest_memory_format();
  FACULA_TRY(Tensor in, contiguous(x));
  Dims sizes{x.size(0), x.size(1)};
  for (auto n : out) sizes.push_back(n);
  FACULA_TRY(Tensor y, Tensor::empty(sizes, x.dtype()));
  if (y.numel() == 0) return y;  // its extents may be anything
  kernels::Upsample u;
  u.x = in.data(), u.y = y.data();
  u.kind = ops::kind_of(x.dtype());
  u.mode = how.mode;
  u.align_corners = how.align_corners;
  u.planes = x.size(0) * x.size(1);
  for (std::size_t i = 0; i < N; ++i) {
    const std::size_t at = 3 - N + i;
    u.in[at] = x.sizes()[2 + i];
    u.out[at] = out[i];
    u.scale[at] = kernels::area_scale(u.in[at], u.out[at], how.align_corners, given[i]);
  }
  kernels::Outcome outcome = kernels::Outcome::kDone;
  const bool moves = how.mode == UpsampleMode::kNearest || how.mode == UpsampleMode::kNearestExact;
  if (N == 2 && x.dtype() == DType::kUInt8 && !moves) {
    FACULA_TRY(Ref<Storage> scratch, allocate_storage(static_cast<std::size_t>(kernels::upsample_bytes_scratch(u, how.antialias))));
    kernels::upsample_bytes(u, how.antialias, scratch->data());
  } else if (how.antialias) {
    FACULA_TRY(Ref<Storage> scratch, allocate_storage(static_cast<std::size_t>(kernels::antialias_scratch_bytes(u))));
    outcome = kernels::upsample_antialias(u, scratch->data());
  } else {
    outcome = kernels::upsample(u);
  }
  FACULA_TRY_VOID(ops::check(outcome, "compute_indices_weights", x.dtype()));
  if (format == MemoryFormat::kContiguous || y.is_contiguous(format)) return y;
  return ops::clone_as(y, format);
}

template <int N>
Result<Tensor> by_size(const Tensor& x, Ints out, std::optional<double> a, std::optional<double> b, std::optional<double> c,
                       const Resampling& how) {
  const double given[] = {a.value_or(0), b.value_or(0), c.value_or(0)};
  return interpolate<N>(x, out, given, how);
}

// The .vec overloads: a size or scale factors.
template <int N>
Result<Tensor> by_either(const Tensor& x, std::optional<Ints> out, std::optional<Floats> factors, const Resampling& how) {
  FACULA_CHECK(out.has_value() != factors.has_value(), "Must specify exactly one of output_size and scale_factors");
  double given[3] = {0, 0, 0};
  if (out) return interpolate<N>(x, *out, given, how);
  FACULA_CHECK(factors->size() == N, "It is expected scale_factors to have {} elements, but got {}", N, factors->size());
  FACULA_CHECK(x.dim() == N + 2, "It is expected input_size equals to {}, but got size {}", N + 2, x.dim());
  Dims sizes;
  for (std::size_t i = 0; i < N; ++i) {
    given[i] = (*factors)[i];
    const double size = static_cast<double>(x.sizes()[2 + i]) * given[i];
    FACULA_CHECK(size >= 0 && size < 0x1p62, "Input and output sizes should be greater than 0, but got a scale factor of {}", given[i]);
    sizes.push_back(static_cast<std::int64_t>(size));
  }
  return interpolate<N>(x, sizes, given, how);
}

template <UpsampleMode M>
Result<Tensor> nearest1(const Tensor& x, Ints out, std::optional<double> s) {
  return by_size<1>(x, out, s, {}, {}, {M});
}
template <UpsampleMode M>
Result<Tensor> nearest2(const Tensor& x, Ints out, std::optional<double> h, std::optional<double> w) {
  return by_size<2>(x, out, h, w, {}, {M});
}
template <UpsampleMode M>
Result<Tensor> nearest3(const Tensor& x, Ints out, std::optional<double> d, std::optional<double> h, std::optional<double> w) {
  return by_size<3>(x, out, d, h, w, {M});
}
template <int N, UpsampleMode M>
Result<Tensor> nearest_vec(const Tensor& x, std::optional<Ints> out, std::optional<Floats> factors) {
  return by_either<N>(x, out, factors, {M});
}
Result<Tensor> linear1(const Tensor& x, Ints out, bool corners, std::optional<double> s) {
  return by_size<1>(x, out, s, {}, {}, {UpsampleMode::kLinear, false, corners});
}
template <UpsampleMode M, bool Antialias>
Result<Tensor> smooth2(const Tensor& x, Ints out, bool corners, std::optional<double> h, std::optional<double> w) {
  return by_size<2>(x, out, h, w, {}, {M, Antialias, corners});
}
Result<Tensor> linear3(const Tensor& x, Ints out, bool corners, std::optional<double> d, std::optional<double> h, std::optional<double> w) {
  return by_size<3>(x, out, d, h, w, {UpsampleMode::kLinear, false, corners});
}
template <int N, UpsampleMode M, bool Antialias>
Result<Tensor> smooth_vec(const Tensor& x, std::optional<Ints> out, bool corners, std::optional<Floats> factors) {
  return by_either<N>(x, out, factors, {M, Antialias, corners});
}

// --- grids -----------------------------------------------------------------------------------------------------------

Result<Tensor> grid_sample(const Tensor& x, const Tensor& grid, std::int64_t mode, std::int64_t padding, bool align_corners, int dims) {
  FACULA_CHECK(x.dim() == dims + 2 && grid.dim() == x.dim(),
               "grid_sampler(): expected {}D input and grid with same number of dimensions, but got input with sizes {} and grid with sizes {}",
               dims + 2, ints_text(x.sizes()), ints_text(grid.sizes()));
  FACULA_CHECK(x.size(0) == grid.size(0), "grid_sampler(): expected grid and input to have same batch size, but got input with sizes {} and grid with sizes {}",
               ints_text(x.sizes()), ints_text(grid.sizes()));
  FACULA_CHECK(grid.size(dims + 1) == dims, "grid_sampler(): expected grid to have size {} in last dimension, but got grid with sizes {}", dims, ints_text(grid.sizes()));
  for (int d = 2; d < dims + 2; ++d)
    FACULA_CHECK(x.size(d) > 0, "grid_sampler(): expected input to have non-empty spatial dimensions, but input has sizes {} with dimension {} being empty", ints_text(x.sizes()), d);
  FACULA_CHECK(x.dtype() == grid.dtype(), "grid_sampler(): expected input and grid to have same dtype, but input has {} and grid has {}", dtype_python(x.dtype()), dtype_python(grid.dtype()));
  FACULA_CHECK(mode >= 0 && mode <= 2 && padding >= 0 && padding <= 2, "grid_sampler(): unknown interpolation or padding mode");
  FACULA_CHECK(dims == 2 || mode != 2, "grid_sampler(): bicubic interpolation only supports 4D input");
  if (x.dtype() == DType::kHalf || x.dtype() == DType::kBFloat16) {
    FACULA_TRY(Tensor wide_x, cast(x, DType::kFloat));
    FACULA_TRY(Tensor wide_grid, cast(grid, DType::kFloat));
    FACULA_TRY(Tensor y, grid_sample(wide_x, wide_grid, mode, padding, align_corners, dims));
    return cast(y, x.dtype());
  }
  const MemoryFormat format = x.suggest_memory_format();
  FACULA_TRY(Tensor in, contiguous(x));
  FACULA_TRY(Tensor at, contiguous(grid));
  Dims sizes{x.size(0), x.size(1)};
  kernels::GridSample g;
  for (int d = 0; d < dims; ++d) {
    g.in[3 - dims + d] = x.size(2 + d);
    g.out[3 - dims + d] = grid.size(1 + d);
    sizes.push_back(grid.size(1 + d));
  }
  FACULA_TRY(Tensor y, Tensor::empty(sizes, x.dtype()));
  if (y.numel() == 0) return y;
  g.x = in.data(), g.grid = at.data(), g.y = y.data();
  g.kind = ops::kind_of(x.dtype());
  g.dims = dims;
  g.batch = x.size(0), g.channels = x.size(1);
  g.mode = static_cast<kernels::GridMode>(mode);
  g.padding = static_cast<kernels::GridPadding>(padding);
  g.align_corners = align_corners;
  FACULA_TRY_VOID(ops::check(kernels::grid_sample(g), dims == 2 ? "grid_sampler_2d_cpu_kernel_impl" : "grid_sampler_3d_cpu", x.dtype()));
  if (dims == 3 || format == MemoryFormat::kContiguous || y.is_contiguous(format)) return y;
  return ops::clone_as(y, format);
}
Result<Tensor> grid_sampler_2d(const Tensor& x, const Tensor& grid, std::int64_t mode, std::int64_t padding, bool align_corners) {
  return grid_sample(x, grid, mode, padding, align_corners, 2);
}
Result<Tensor> grid_sampler_3d(const Tensor& x, const Tensor& grid, std::int64_t mode, std::int64_t padding, bool align_corners) {
  return grid_sample(x, grid, mode, padding, align_corners, 3);
}
Result<Tensor> grid_sampler(const Tensor& x, const Tensor& grid, std::int64_t mode, std::int64_t padding, bool align_corners) {
  FACULA_CHECK((x.dim() == 4 || x.dim() == 5) && x.dim() == grid.dim(),
               "grid_sampler(): expected 4D or 5D input and grid with same number of dimensions, but got input with sizes {} and grid with sizes {}",
               ints_text(x.sizes()), ints_text(grid.sizes()));
  return grid_sample(x, grid, mode, padding, align_corners, x.dim() == 4 ? 2 : 3);
}

// Coordinates from -1 to 1 along one axis: of the pixels' centres, or, with align_corners, of the outer pixels' centres.
template <class T>
std::vector<T> base_coordinates(std::int64_t steps, bool align_corners) {
  std::vector<T> out(static_cast<std::size_t>(steps), T(0));
  if (steps <= 1) return out;
  const T step = T(2) / static_cast<T>(steps - 1);
  for (std::int64_t i = 0; i < steps; ++i) {
    T v = i < steps / 2 ? T(-1) + step * static_cast<T>(i) : T(1) - step * static_cast<T>(steps - 1 - i);
    if (!align_corners) v = v * static_cast<T>(steps - 1) / static_cast<T>(steps);
    out[static_cast<std::size_t>(i)] = v;
  }
  return out;
}

template <class T>
void fill_base_grid(T* to, Ints extents, bool align_corners) {  // extents: (depth,) height, width
  const std::size_t rank = extents.size();
  std::vector<std::vector<T>> axis;
  for (auto n : extents) axis.push_back(base_coordinates<T>(n, align_corners));
  for (std::int64_t i = 0; i < product(extents); ++i) {
    std::int64_t rest = i;
    for (std::size_t d = 0; d < rank; ++d) {  // width comes first in a coordinate
      const std::int64_t n = extents[rank - 1 - d];
      *to++ = axis[rank - 1 - d][static_cast<std::size_t>(rest % n)];
      rest /= n;
    }
    *to++ = T(1);
  }
}

Result<Tensor> affine_grid_generator(const Tensor& theta, Ints size, bool align_corners) {
  FACULA_CHECK(size.size() == 4 || size.size() == 5, "AffineGridGenerator needs 4d (spatial) or 5d (volumetric) inputs.");
  const auto dims = static_cast<std::int64_t>(size.size()) - 2;
  FACULA_CHECK(theta.dim() == 3 && theta.size(0) == size[0] && theta.size(1) == dims && theta.size(2) == dims + 1,
               "Expected a batch of {}D affine matrices of shape Nx{}x{} for size {}. Got {}.", dims, dims, dims + 1, ints_text(size), ints_text(theta.sizes()));
  FACULA_CHECK(is_floating(theta.dtype()), "Expected theta to have floating point type, but got {}", dtype_name(theta.dtype()));
  for (auto n : size) FACULA_CHECK(n > 0, "Expected non-zero, positive output size. Got {}", ints_text(size));
  const DType work = theta.dtype() == DType::kDouble ? DType::kDouble : DType::kFloat;
  const Ints extents = size.subspan(2);
  FACULA_TRY_VOID(checked_numel(size));
  FACULA_TRY(Tensor base, Tensor::empty(Dims{1, product(extents), dims + 1}, work));
  if (work == DType::kDouble) fill_base_grid(base.data_as<double>(), extents, align_corners);
  else fill_base_grid(base.data_as<float>(), extents, align_corners);
  FACULA_TRY(Tensor wide, cast(theta, work));
  FACULA_TRY(Tensor transposed, ops::transpose(wide, 1, 2));
  FACULA_TRY(Tensor repeated, ops::expand_to(base, Dims{size[0], product(extents), dims + 1}));
  FACULA_TRY(Tensor y, ops::bmm(repeated, transposed));
  Dims sizes{size[0]};
  for (auto n : extents) sizes.push_back(n);
  sizes.push_back(dims);
  FACULA_TRY(y, ops::view(y, sizes));
  return cast(y, theta.dtype());
}

// --- sliding blocks --------------------------------------------------------------------------------------------------

Result<kernels::Blocks> blocks(const Tensor& x, std::int64_t h, std::int64_t w, Ints kernel, Ints dilation, Ints padding, Ints stride) {
  kernels::Blocks b;
  const auto read = [](Ints v, std::int64_t* to) {
    if (v.size() != 1 && v.size() != 2) return false;
    to[0] = v[0], to[1] = v[v.size() - 1];
    return to[0] <= INT32_MAX && to[1] <= INT32_MAX;  // products of two cannot overflow
  };
  FACULA_CHECK(read(kernel, b.kernel) && read(dilation, b.dilation) && read(padding, b.padding) && read(stride, b.stride),
               "It is expected kernel_size, dilation, padding and stride equal to 2");
  FACULA_CHECK(b.kernel[0] > 0 && b.kernel[1] > 0, "kernel size should be greater than zero, but got kernel_height: {} kernel_width: {}", b.kernel[0], b.kernel[1]);
  FACULA_CHECK(b.dilation[0] > 0 && b.dilation[1] > 0, "dilation should be greater than zero, but got dilation_height: {} dilation_width: {}", b.dilation[0], b.dilation[1]);
  FACULA_CHECK(b.padding[0] >= 0 && b.padding[1] >= 0, "padding should be non-negative, but got pad_height: {} pad_width: {}", b.padding[0], b.padding[1]);
  FACULA_CHECK(b.stride[0] > 0 && b.stride[1] > 0, "stride should be greater than zero, but got stride_height: {} stride_width: {}", b.stride[0], b.stride[1]);
  b.kind = ops::kind_of(x.dtype());
  FACULA_CHECK(h >= 0 && w >= 0 && h <= INT32_MAX && w <= INT32_MAX, "negative sizes and sizes above 2^31 are not supported, but got ({}, {})", h, w);
  b.h = h, b.w = w;
  const auto positions = [&](std::int64_t size, int i) {
    const std::int64_t room = size + 2 * b.padding[i] - b.dilation[i] * (b.kernel[i] - 1) - 1;
    return room < 0 ? std::int64_t{0} : room / b.stride[i] + 1;
  };
  b.oh = positions(h, 0), b.ow = positions(w, 1);
  const auto area = checked_mul(b.kernel[0], b.kernel[1]);
  const bool fits = checked_mul(b.oh, b.ow) && area && checked_mul(*area, std::max<std::int64_t>(1, x.numel()));
  FACULA_CHECK(fits, "kernel_size=({}, {}) and ({}, {}) blocks make a result that is too large", b.kernel[0], b.kernel[1], b.oh, b.ow);
  return b;
}

Result<Tensor> im2col(const Tensor& x, Ints kernel, Ints dilation, Ints padding, Ints stride) {
  const std::int64_t rank = x.dim();
  FACULA_CHECK((rank == 3 && x.numel() > 0) || (rank == 4 && x.size(1) > 0 && x.size(2) > 0 && x.size(3) > 0),
               "Expected 3D or 4D (batch mode) tensor with possibly 0 batch size and other non-zero dimensions for input, but got: {}", ints_text(x.sizes()));
  FACULA_TRY(kernels::Blocks b, blocks(x, x.size(rank - 2), x.size(rank - 1), kernel, dilation, padding, stride));
  FACULA_CHECK(b.oh > 0 && b.ow > 0, "Given input with spatial size ({}, {}), kernel_size=({}, {}), dilation=({}, {}), padding=({}, {}), calculated shape of the array of sliding blocks as ({}, {}), but its components must be at least one.",
               b.h, b.w, b.kernel[0], b.kernel[1], b.dilation[0], b.dilation[1], b.padding[0], b.padding[1], b.oh, b.ow);
  FACULA_TRY(Tensor in, contiguous(x));
  const std::int64_t channels = x.size(rank - 3);
  b.planes = rank == 4 ? x.size(0) * channels : channels;
  Dims sizes;
  if (rank == 4) sizes.push_back(x.size(0));
  sizes.push_back(channels * b.kernel[0] * b.kernel[1]);
  sizes.push_back(b.oh * b.ow);
  FACULA_TRY(Tensor y, Tensor::empty(sizes, x.dtype()));
  kernels::im2col(b, in.data(), y.data());
  return y;
}

Result<Tensor> col2im(const Tensor& x, Ints out, Ints kernel, Ints dilation, Ints padding, Ints stride) {
  FACULA_CHECK(out.size() == 2, "It is expected output_size equals to 2, but got size {}", out.size());
  const std::int64_t rank = x.dim();
  FACULA_CHECK((rank == 2 && x.numel() > 0) || (rank == 3 && x.size(1) > 0 && x.size(2) > 0),
               "Expected 2D or 3D (batch mode) tensor for input with possibly 0 batch size and non-zero dimensions for input, but got: {}", ints_text(x.sizes()));
  FACULA_TRY(kernels::Blocks b, blocks(x, out[0], out[1], kernel, dilation, padding, stride));
  const std::int64_t each = b.kernel[0] * b.kernel[1], rows = x.size(rank - 2);
  FACULA_CHECK(rows % each == 0, "Expected size of input's dimension 1 to be divisible by the product of kernel_size, but got input.size(1)={} and kernel_size=({}, {}).", rows, b.kernel[0], b.kernel[1]);
  FACULA_CHECK(x.size(rank - 1) == b.oh * b.ow && b.oh > 0 && b.ow > 0,
               "Given output_size=({}, {}), kernel_size=({}, {}), dilation=({}, {}), padding=({}, {}), stride=({}, {}), expected size of input's dimension 2 to match the calculated number of sliding blocks {} * {} = {}, but got input.size(2)={}.",
               out[0], out[1], b.kernel[0], b.kernel[1], b.dilation[0], b.dilation[1], b.padding[0], b.padding[1], b.stride[0], b.stride[1], b.oh, b.ow, b.oh * b.ow, x.size(rank - 1));
  FACULA_TRY(Tensor in, contiguous(x));
  b.planes = (rank == 3 ? x.size(0) : 1) * (rows / each);
  Dims sizes;
  if (rank == 3) sizes.push_back(x.size(0));
  sizes.push_back(rows / each), sizes.push_back(out[0]), sizes.push_back(out[1]);
  FACULA_TRY(Tensor y, Tensor::empty(sizes, x.dtype()));
  FACULA_TRY_VOID(ops::check(kernels::col2im(b, in.data(), y.data()), "col2im_out_cpu", x.dtype()));
  return y;
}

constexpr auto kNearest = UpsampleMode::kNearest, kExact = UpsampleMode::kNearestExact, kLinear = UpsampleMode::kLinear, kCubic = UpsampleMode::kCubic,
               kLanczos = UpsampleMode::kLanczos;

constexpr Op kUpsample[] = {
    row<nearest1<kNearest>>("aten::upsample_nearest1d(Tensor self, SymInt[1] output_size, float? scales=None) -> Tensor", {.forms = kOut, .samples = {"randn(2,3,7), [11]", "randn(2,3,7), [3]"}}),
    row<(nearest_vec<1, kNearest>)>("aten::upsample_nearest1d.vec(Tensor input, SymInt[]? output_size, float[]? scale_factors) -> Tensor", {.samples = {"randn(2,3,7), None, [2.0]", "randn(2,3,7), [5], None"}}),
    row<nearest1<kExact>>("aten::_upsample_nearest_exact1d(Tensor self, SymInt[1] output_size, float? scales=None) -> Tensor", {.forms = kOut, .samples = {"randn(2,3,7), [11]"}}),
    row<(nearest_vec<1, kExact>)>("aten::_upsample_nearest_exact1d.vec(Tensor input, SymInt[]? output_size, float[]? scale_factors) -> Tensor", {.samples = {"randn(2,3,7), None, [1.6]"}}),
    row<(nearest_vec<2, kNearest>)>("aten::upsample_nearest2d.vec(Tensor input, SymInt[]? output_size, float[]? scale_factors) -> Tensor", {.forms = kOut, .samples = {"randn(2,3,7,5), None, [2.0,1.5]", "randn(2,3,7,5), [3,9], None", "randn(2,3,4,5).contiguous(memory_format=torch.channels_last), [8,10], None"}}),
    row<nearest2<kNearest>>("aten::upsample_nearest2d(Tensor self, SymInt[2] output_size, float? scales_h=None, float? scales_w=None) -> Tensor", {.forms = kOut, .samples = {"randn(2,3,7,5), [11,6]", "randn(2,3,7,5), [14,10], 2.0, 2.0"}}),
    row<nearest2<kExact>>("aten::_upsample_nearest_exact2d(Tensor self, SymInt[2] output_size, float? scales_h=None, float? scales_w=None) -> Tensor", {.forms = kOut, .samples = {"randn(2,3,7,5), [11,3]"}}),
    row<(nearest_vec<2, kExact>)>("aten::_upsample_nearest_exact2d.vec(Tensor input, SymInt[]? output_size, float[]? scale_factors) -> Tensor", {.samples = {"randn(2,3,7,5), None, [2.0,1.5]"}}),
    row<nearest3<kNearest>>("aten::upsample_nearest3d(Tensor self, SymInt[3] output_size, float? scales_d=None, float? scales_h=None, float? scales_w=None) -> Tensor", {.forms = kOut, .samples = {"randn(1,2,3,4,5), [5,3,10]"}}),
    row<(nearest_vec<3, kNearest>)>("aten::upsample_nearest3d.vec(Tensor input, SymInt[]? output_size, float[]? scale_factors) -> Tensor", {.samples = {"randn(1,2,3,4,5), None, [2.0,2.0,1.5]"}}),
    row<nearest3<kExact>>("aten::_upsample_nearest_exact3d(Tensor self, SymInt[3] output_size, float? scales_d=None, float? scales_h=None, float? scales_w=None) -> Tensor", {.forms = kOut, .samples = {"randn(1,2,3,4,5), [5,3,10]"}}),
    row<(nearest_vec<3, kExact>)>("aten::_upsample_nearest_exact3d.vec(Tensor input, SymInt[]? output_size, float[]? scale_factors) -> Tensor", {.samples = {"randn(1,2,3,4,5), None, [2.0,2.0,1.5]"}}),
    row<linear1>("aten::upsample_linear1d(Tensor self, SymInt[1] output_size, bool align_corners, float? scales=None) -> Tensor", {.forms = kOut, .samples = {"randn(2,3,7), [11], False", "randn(2,3,7), [3], True"}}),
    row<(smooth_vec<1, kLinear, false>)>("aten::upsample_linear1d.vec(Tensor input, SymInt[]? output_size, bool align_corners, float[]? scale_factors) -> Tensor", {.samples = {"randn(2,3,7), None, True, [1.7]"}}),
    row<(smooth_vec<2, kLinear, false>)>("aten::upsample_bilinear2d.vec(Tensor input, SymInt[]? output_size, bool align_corners, float[]? scale_factors) -> Tensor", {.forms = kOut, .samples = {"randn(2,3,7,5), None, False, [2.0,1.5]", "randn(2,3,7,5), [3,9], True, None", "randn(2,3,4,5).contiguous(memory_format=torch.channels_last), [8,10], False, None"}}),
    row<(smooth2<kLinear, false>)>("aten::upsample_bilinear2d(Tensor self, SymInt[2] output_size, bool align_corners, float? scales_h=None, float? scales_w=None) -> Tensor", {.forms = kOut, .samples = {"randn(2,3,7,5), [11,6], False", "randn(2,3,7,5), [14,10], False, 2.0, 2.0", "randn(2,3,1,1), [4,4], True"}}),
    row<(smooth2<kCubic, false>)>("aten::upsample_bicubic2d(Tensor self, SymInt[2] output_size, bool align_corners, float? scales_h=None, float? scales_w=None) -> Tensor", {.forms = kOut, .samples = {"randn(2,3,7,5), [11,6], False", "randn(2,3,7,5), [3,4], True"}}),
    row<(smooth_vec<2, kCubic, false>)>("aten::upsample_bicubic2d.vec(Tensor input, SymInt[]? output_size, bool align_corners, float[]? scale_factors) -> Tensor", {.samples = {"randn(2,3,7,5), None, False, [2.0,1.5]"}}),
    row<linear3>("aten::upsample_trilinear3d(Tensor self, SymInt[3] output_size, bool align_corners, float? scales_d=None, float? scales_h=None, float? scales_w=None) -> Tensor", {.forms = kOut, .samples = {"randn(1,2,3,4,5), [5,3,10], False", "randn(1,2,3,4,5), [5,3,10], True"}}),
    row<(smooth_vec<3, kLinear, false>)>("aten::upsample_trilinear3d.vec(Tensor input, SymInt[]? output_size, bool align_corners, float[]? scale_factors) -> Tensor", {.samples = {"randn(1,2,3,4,5), None, False, [2.0,2.0,1.5]"}}),
    row<(smooth2<kLinear, true>)>("aten::_upsample_bilinear2d_aa(Tensor self, SymInt[2] output_size, bool align_corners, float? scales_h=None, float? scales_w=None) -> Tensor", {.forms = kOut, .samples = {"randn(2,3,17,15), [6,5], False", "randn(2,3,4,5), [8,7], True"}}),
    row<(smooth_vec<2, kLinear, true>)>("aten::_upsample_bilinear2d_aa.vec(Tensor input, SymInt[]? output_size, bool align_corners, float[]? scale_factors) -> Tensor", {.samples = {"randn(2,3,17,15), None, False, [0.4,0.3]"}}),
    row<(smooth2<kCubic, true>)>("aten::_upsample_bicubic2d_aa(Tensor self, SymInt[2] output_size, bool align_corners, float? scales_h=None, float? scales_w=None) -> Tensor", {.forms = kOut, .samples = {"randn(2,3,17,15), [6,5], False", "randn(2,3,4,5), [8,7], True"}}),
    row<(smooth_vec<2, kCubic, true>)>("aten::_upsample_bicubic2d_aa.vec(Tensor input, SymInt[]? output_size, bool align_corners, float[]? scale_factors) -> Tensor", {.samples = {"randn(2,3,17,15), None, False, [0.4,0.3]"}}),
    row<(smooth2<kLanczos, true>)>("aten::_upsample_lanczos2d_aa(Tensor self, SymInt[2] output_size, bool align_corners, float? scales_h=None, float? scales_w=None) -> Tensor", {.forms = kOut, .samples = {"randn(2,3,17,15), [6,5], False", "randn(2,3,4,5), [8,7], True"}}),
    row<(smooth_vec<2, kLanczos, true>)>("aten::_upsample_lanczos2d_aa.vec(Tensor input, SymInt[]? output_size, bool align_corners, float[]? scale_factors) -> Tensor", {.samples = {"randn(2,3,17,15), None, False, [0.4,0.3]"}}),
    row<grid_sampler>("aten::grid_sampler(Tensor input, Tensor grid, int interpolation_mode, int padding_mode, bool align_corners) -> Tensor", {.samples = {"randn(2,3,5,6), rand(2,4,7,2)*2.4-1.2, 0, 0, False", "randn(2,3,5,6), rand(2,4,7,2)*2.4-1.2, 1, 1, False", "randn(2,3,5,6), rand(2,4,7,2)*2.4-1.2, 2, 2, False", "randn(1,2,3,4,5), rand(1,2,3,4,3)*2.4-1.2, 0, 2, True"}}),
    row<grid_sampler_2d>("aten::grid_sampler_2d(Tensor input, Tensor grid, int interpolation_mode, int padding_mode, bool align_corners) -> Tensor", {.forms = kOut, .samples = {"randn(2,3,5,6), rand(2,4,7,2)*2.4-1.2, 0, 1, True", "randn(2,3,5,6), rand(2,4,7,2)*4-2, 0, 2, True", "randn(2,3,5,6), rand(2,4,7,2)*2.4-1.2, 2, 0, True"}}),
    row<grid_sampler_3d>("aten::grid_sampler_3d(Tensor input, Tensor grid, int interpolation_mode, int padding_mode, bool align_corners) -> Tensor", {.forms = kOut, .samples = {"randn(1,2,3,4,5), rand(1,2,3,4,3)*2.4-1.2, 1, 0, False", "randn(1,2,3,4,5), rand(1,2,3,4,3)*2.4-1.2, 0, 1, False"}}),
    row<affine_grid_generator>("aten::affine_grid_generator(Tensor theta, SymInt[] size, bool align_corners) -> Tensor", {.forms = kOut, .samples = {"randn(2,2,3), [2,3,4,5], False", "randn(2,2,3), [2,3,4,1], True", "randn(2,3,4), [2,1,3,4,5], True"}}),
    row<im2col>("aten::im2col(Tensor self, int[2] kernel_size, int[2] dilation, int[2] padding, int[2] stride) -> Tensor", {.forms = kOut, .samples = {"randn(2,3,7,6), [3,2], [1,1], [1,0], [2,1]", "randn(3,7,6), [3,3], [2,2], [0,0], [1,1]"}}),
    row<col2im>("aten::col2im(Tensor self, SymInt[2] output_size, int[2] kernel_size, int[2] dilation, int[2] padding, int[2] stride) -> Tensor", {.forms = kOut, .samples = {"randn(2,18,20), [7,6], [3,2], [1,1], [1,0], [2,1]", "randn(2*4,30), [6,7], [2,2], [1,1], [0,0], [1,1]"}}),
};

}  // namespace

FACULA_FAMILY(nn_upsample, kUpsample)

}  // namespace fac
