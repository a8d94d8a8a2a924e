// Pooling of 1 to 3 spatial dimensions.
#include "kernels/layout.h"
#include "kernels/pool.h"
#include "ops/conv_shapes.h"
#include "ops/copy.h"
#include "ops/functions.h"
#include "ops/op.h"
#include "ops/reduction.h"

namespace fac {
namespace {

using kernels::Pool;

// The last N dimensions are the picture; everything before them is planes.
struct Picture {
  Pool p;
  Dims sizes;  // of the result
};

std::int64_t pick(Ints v, std::size_t i) { return v.size() == 1 ? v[0] : v[i]; }

template <int N>
Status check_rank(const Tensor& x, std::string_view name) {
  FACULA_CHECK(x.dim() == N + 1 || x.dim() == N + 2, "{}: Expected {}D or {}D tensor, but got: {}", name, N + 1, N + 2, ints_text(x.sizes()));
  for (std::int64_t d = x.dim() == N + 2 ? 1 : 0; d < x.dim(); ++d)
    FACULA_CHECK(x.size(d) > 0, "{}: Expected {}D or {}D (batch mode) tensor with optional 0 dim batch size for input, but got: {}", name, N + 1, N + 2, ints_text(x.sizes()));
  return {};
}

template <int N>
Picture picture(const Tensor& x) {
  Picture out;
  out.sizes = Dims(x.sizes());
  const std::size_t first = x.sizes().size() - N;
  out.p.planes = 1;
  for (std::size_t i = 0; i < first; ++i) out.p.planes *= x.sizes()[i];
  for (std::size_t i = 0; i < N; ++i) out.p.in[3 - N + i] = x.sizes()[first + i];
  return out;
}

template <int N>
Result<Picture> window(const Tensor& x, Ints kernel, Ints stride, Ints padding, Ints dilation, bool ceil_mode, std::string_view name) {
  FACULA_TRY_VOID(check_rank<N>(x, name));
  for (Ints v : {kernel, stride, padding, dilation})
    FACULA_CHECK(v.size() <= 1 || v.size() == N, "{}: kernel_size, stride, padding and dilation must either be a single int, or a tuple of {} ints", name, N);
  FACULA_CHECK(!kernel.empty() && !padding.empty() && !dilation.empty(), "{}: kernel_size must not be empty", name);
  Picture out = picture<N>(x);
  const std::size_t first = x.sizes().size() - N;
  for (std::size_t i = 0; i < N; ++i) {
    const std::size_t at = 3 - N + i;
    Pool& p = out.p;
    p.kernel[at] = pick(kernel, i);
    p.stride[at] = stride.empty() ? p.kernel[at] : pick(stride, i);
    p.pad[at] = pick(padding, i);
    p.dilation[at] = pick(dilation, i);
    FACULA_CHECK(p.kernel[at] > 0, "kernel size should be greater than zero, but got {}", p.kernel[at]);
    FACULA_CHECK(p.stride[at] > 0, "stride should not be zero");
    FACULA_CHECK(p.dilation[at] > 0, "dilation should be greater than zero, but got {}", p.dilation[at]);
    FACULA_CHECK(p.pad[at] >= 0, "pad must be non-negative, but got pad: {}", p.pad[at]);
    FACULA_CHECK(fit_windows({p.in[at], p.kernel[at], p.stride[at], p.pad[at], p.dilation[at]}), "{}: sizes, stride, padding and dilation above {} are not supported", name, kLargestWindowNumber);
    FACULA_CHECK(p.pad[at] <= ((p.kernel[at] - 1) * p.dilation[at] + 1) / 2,
                 "pad should be at most half of effective kernel size, but got pad={}, kernel_size={} and dilation={}", p.pad[at], p.kernel[at], p.dilation[at]);
    p.out[at] = pool_output_size(p.in[at], p.kernel[at], p.stride[at], p.pad[at], p.dilation[at], ceil_mode);
    FACULA_CHECK(p.out[at] >= 1, "Given input size: {}. Calculated output size: {}. Output size is too small", ints_text(x.sizes()), p.out[at]);
    out.sizes[first + i] = p.out[at];
  }
  return out;
}

template <class F>
Status by_dtype(const Tensor& x, std::string_view name, F&& f) {
  switch (x.dtype()) {
    case DType::kFloat: f(float{}); return {};
    case DType::kDouble: f(double{}); return {};
    default: return runtime_error("\"{}\" not implemented for '{}'", name, dtype_name(x.dtype()));
  }
}
bool is_narrow(const Tensor& x) { return x.dtype() == DType::kHalf || x.dtype() == DType::kBFloat16; }
// Half precision is pooled as float; maxima of small integers as int64: exact both ways.
std::optional<DType> wider(const Tensor& x, bool max) {
  if (is_narrow(x)) return DType::kFloat;
  if (max && is_integral(x.dtype(), false) && x.dtype() != DType::kInt64) return DType::kInt64;
  return std::nullopt;
}

// Pictures of many planes are pooled in the blocked layout, where a register holds one pixel of several planes: ten times faster,
// the two conversions included. False: not this one.
using BlockedPool = void (*)(const kernels::Pool&, const float*, float*) noexcept;
Result<bool> through_blocks(const kernels::Pool& p, const Tensor& in, const Tensor& y, BlockedPool pool) {
  const std::int64_t block = kernels::channel_block(), in_size = p.in[1] * p.in[2], out_size = p.out[1] * p.out[2];
  if (in.dtype() != DType::kFloat || p.in[0] != 1 || p.out[0] != 1 || 2 * p.planes < block || block == 1 || in_size * out_size == 0) return false;
  kernels::Pool blocked = p;
  blocked.planes = kernels::blocks_of(p.planes, block);
  const std::int64_t from = blocked.planes * block * in_size;
  FACULA_TRY(const Ref<Storage> scratch, allocate_storage(static_cast<std::size_t>(from + blocked.planes * block * out_size) * sizeof(float)));
  auto* x = static_cast<float*>(scratch->data());
  kernels::nchw_to_blocked(in.data_as<float>(), x, 1, p.planes, in_size);
  pool(blocked, x, x + from);
  kernels::blocked_to_nchw(x + from, y.data_as<float>(), 1, p.planes, out_size);
  return true;
}

template <int N>
Result<std::tuple<Tensor, Tensor>> max_pool_both(const Tensor& x, Ints kernel, Ints stride, Ints padding, Ints dilation, bool ceil_mode, bool indices) {
  static constexpr std::string_view kNames[] = {"max_pool1d", "max_pool2d", "max_pool3d"};
  if (const auto t = wider(x, true)) {
    FACULA_TRY(Tensor wide, cast(x, *t));
    FACULA_TRY(auto both, max_pool_both<N>(wide, kernel, stride, padding, dilation, ceil_mode, indices));
    FACULA_TRY(Tensor y, cast(std::get<0>(both), x.dtype()));
    return std::tuple(y, std::get<1>(both));
  }
  FACULA_TRY(const Picture pic, window<N>(x, kernel, stride, padding, dilation, ceil_mode, kNames[N - 1]));
  FACULA_TRY(Tensor in, contiguous(x));
  FACULA_TRY(Tensor y, Tensor::empty(pic.sizes, x.dtype()));
  Tensor at;
  if (indices) {
    FACULA_TRY(at, Tensor::empty(pic.sizes, DType::kInt64));
  }
  std::int64_t* where = indices ? at.data_as<std::int64_t>() : nullptr;
  if (!indices) {
    FACULA_TRY(const bool done, through_blocks(pic.p, in, y, kernels::max_pool_blocked));
    if (done) return std::tuple(y, at);
  }
  if (x.dtype() == DType::kInt64) {
    kernels::max_pool<std::int64_t>(pic.p, in.data_as<std::int64_t>(), y.data_as<std::int64_t>(), where);
  } else {
    FACULA_TRY_VOID(by_dtype(x, kNames[N - 1], [&](auto t) {
      using T = decltype(t);
      kernels::max_pool<T>(pic.p, in.data_as<T>(), y.data_as<T>(), where);
    }));
  }
  return std::tuple(y, at);
}
template <int N>
Result<Tensor> max_pool(const Tensor& x, Ints kernel, Ints stride, Ints padding, Ints dilation, bool ceil_mode) {
  FACULA_TRY(auto both, max_pool_both<N>(x, kernel, stride, padding, dilation, ceil_mode, false));
  return std::get<0>(both);
}
template <int N>
Result<std::tuple<Tensor, Tensor>> max_pool_indices(const Tensor& x, Ints kernel, Ints stride, Ints padding, Ints dilation, bool ceil_mode) {
  return max_pool_both<N>(x, kernel, stride, padding, dilation, ceil_mode, true);
}

template <int N>
Result<Tensor> avg_pool(const Tensor& x, Ints kernel, Ints stride, Ints padding, bool ceil_mode, bool include_pad, std::optional<std::int64_t> divisor) {
  static constexpr std::string_view kNames[] = {"avg_pool1d", "avg_pool2d", "avg_pool3d"};
  if (is_narrow(x)) {
    FACULA_TRY(Tensor wide, cast(x, DType::kFloat));
    FACULA_TRY(Tensor y, avg_pool<N>(wide, kernel, stride, padding, ceil_mode, include_pad, divisor));
    return cast(y, x.dtype());
  }
  FACULA_CHECK(!divisor || *divisor != 0, "divisor must be not zero");
  const Dims one{1};
  FACULA_TRY(Picture pic, window<N>(x, kernel, stride, padding, one, ceil_mode, kNames[N - 1]));
  pic.p.count_include_pad = include_pad;
  pic.p.divisor_override = divisor.value_or(0);
  FACULA_TRY(Tensor in, contiguous(x));
  FACULA_TRY(Tensor y, Tensor::empty(pic.sizes, x.dtype()));
  if (x.dtype() == DType::kInt64) {
    kernels::avg_pool<std::int64_t>(pic.p, in.data_as<std::int64_t>(), y.data_as<std::int64_t>());
    return y;
  }
  FACULA_TRY(const bool done, through_blocks(pic.p, in, y, kernels::avg_pool_blocked));
  if (done) return y;
  FACULA_TRY_VOID(by_dtype(x, kNames[N - 1], [&](auto t) {
    using T = decltype(t);
    kernels::avg_pool<T>(pic.p, in.data_as<T>(), y.data_as<T>());
  }));
  return y;
}
Result<Tensor> avg_pool1d(const Tensor& x, Ints kernel, Ints stride, Ints padding, bool ceil_mode, bool include_pad) {
  return avg_pool<1>(x, kernel, stride, padding, ceil_mode, include_pad, std::nullopt);
}

template <int N>
Result<Picture> adaptive(const Tensor& x, Ints out, std::string_view name) {
  FACULA_TRY_VOID(check_rank<N>(x, name));
  FACULA_CHECK(out.size() == N || out.size() == 1, "{}: internal error: output_size.size() must be {}", name, N);
  Picture pic = picture<N>(x);
  const std::size_t first = x.sizes().size() - N;
  for (std::size_t i = 0; i < N; ++i) {
    pic.p.out[3 - N + i] = pic.sizes[first + i] = pick(out, i);
    FACULA_CHECK(pick(out, i) >= 0, "{}: elements of output_size must be greater than or equal to 0 but received {}", name, ints_text(out));
  }
  return pic;
}
template <int N>
Result<Tensor> adaptive_avg_pool(const Tensor& x, Ints out) {
  static constexpr std::string_view kNames[] = {"adaptive_avg_pool1d", "adaptive_avg_pool2d", "adaptive_avg_pool3d"};
  if (is_narrow(x)) {
    FACULA_TRY(Tensor wide, cast(x, DType::kFloat));
    FACULA_TRY(Tensor y, adaptive_avg_pool<N>(wide, out));
    return cast(y, x.dtype());
  }
  FACULA_TRY(const Picture pic, adaptive<N>(x, out, kNames[N - 1]));
  // One cell over all of a picture is a mean, which knows more dtypes.
  if (N > 1 && is_complex(x.dtype()) && pic.p.out[0] * pic.p.out[1] * pic.p.out[2] == 1) {
    const Dims last = N == 2 ? Dims{-2, -1} : Dims{-3, -2, -1};
    return ops::mean(x, last, true);
  }
  FACULA_TRY(Tensor in, contiguous(x));
  FACULA_TRY(Tensor y, Tensor::empty(pic.sizes, x.dtype()));
  if (y.numel() == 0) return y;
  FACULA_TRY_VOID(by_dtype(x, kNames[N - 1], [&](auto t) {
    using T = decltype(t);
    kernels::adaptive_avg_pool<T>(pic.p, in.data_as<T>(), y.data_as<T>());
  }));
  return y;
}
template <int N>
Result<std::tuple<Tensor, Tensor>> adaptive_max_pool(const Tensor& x, Ints out) {
  static constexpr std::string_view kNames[] = {"adaptive_max_pool1d", "adaptive_max_pool2d", "adaptive_max_pool3d"};
  if (is_narrow(x)) {
    FACULA_TRY(Tensor wide, cast(x, DType::kFloat));
    FACULA_TRY(auto both, adaptive_max_pool<N>(wide, out));
    FACULA_TRY(Tensor y, cast(std::get<0>(both), x.dtype()));
    return std::tuple(y, std::get<1>(both));
  }
  FACULA_TRY(const Picture pic, adaptive<N>(x, out, kNames[N - 1]));
  FACULA_TRY(Tensor in, contiguous(x));
  FACULA_TRY(Tensor y, Tensor::empty(pic.sizes, x.dtype()));
  FACULA_TRY(Tensor at, Tensor::empty(pic.sizes, DType::kInt64));
  if (y.numel() == 0) return std::tuple(y, at);
  FACULA_TRY_VOID(by_dtype(x, kNames[N - 1], [&](auto t) {
    using T = decltype(t);
    kernels::adaptive_max_pool<T>(pic.p, in.data_as<T>(), y.data_as<T>(), at.data_as<std::int64_t>());
  }));
  return std::tuple(y, at);
}

constexpr Op kPool[] = {
    row<max_pool<1>>("aten::max_pool1d(Tensor self, int[1] kernel_size, int[1] stride=[], int[1] padding=[0], int[1] dilation=[1], bool ceil_mode=False) -> Tensor", {.samples = {"randn(2,3,11), 3, 2, 1"}}),
    row<max_pool_indices<1>>("aten::max_pool1d_with_indices(Tensor self, int[1] kernel_size, int[1] stride=[], int[1] padding=[0], int[1] dilation=[1], bool ceil_mode=False) -> (Tensor, Tensor)", {.samples = {"randn(2,3,11), 3, 2, 1"}}),
    row<max_pool<2>>("aten::max_pool2d(Tensor self, int[2] kernel_size, int[2] stride=[], int[2] padding=0, int[2] dilation=1, bool ceil_mode=False) -> Tensor", {.samples = {"randn(2,3,11,9), 3, 2, 1", "randn(3,7,9), [2,3], [1,2], [1,1], [2,1], True", "randn(1,2,8,8), 2"}}),
    row<max_pool_indices<2>>("aten::max_pool2d_with_indices(Tensor self, int[2] kernel_size, int[2] stride=[], int[2] padding=0, int[2] dilation=1, bool ceil_mode=False) -> (Tensor, Tensor)", {.samples = {"randn(2,3,11,9), 3, 2, 1"}}),
    row<max_pool<3>>("aten::max_pool3d(Tensor self, int[3] kernel_size, int[3] stride=[], int[3] padding=0, int[3] dilation=1, bool ceil_mode=False) -> Tensor", {.samples = {"randn(1,2,5,6,7), 2, 2"}}),
    row<max_pool_indices<3>>("aten::max_pool3d_with_indices(Tensor self, int[3] kernel_size, int[3] stride=[], int[3] padding=0, int[3] dilation=1, bool ceil_mode=False) -> (Tensor, Tensor)", {.samples = {"randn(1,2,5,6,7), 2, 2"}}),
    row<avg_pool1d>("aten::avg_pool1d(Tensor self, int[1] kernel_size, int[1] stride=[], int[1] padding=[0], bool ceil_mode=False, bool count_include_pad=True) -> Tensor", {.samples = {"randn(2,3,11), 3, 2, 1"}}),
    row<avg_pool<2>>("aten::avg_pool2d(Tensor self, int[2] kernel_size, int[2] stride=[], int[2] padding=0, bool ceil_mode=False, bool count_include_pad=True, int? divisor_override=None) -> Tensor", {.samples = {"randn(2,3,11,9), 3, 2, 1", "randn(3,11,9), [3,2], 2, 1, True, False", "randn(1,2,8,8), 2, 2, 0, False, True, 3"}}),
    row<avg_pool<3>>("aten::avg_pool3d(Tensor self, int[3] kernel_size, int[3] stride=[], int[3] padding=0, bool ceil_mode=False, bool count_include_pad=True, int? divisor_override=None) -> Tensor", {.samples = {"randn(1,2,5,6,7), 2, 2, 1"}}),
    row<adaptive_avg_pool<1>>("aten::adaptive_avg_pool1d(Tensor self, int[1] output_size) -> Tensor", {.samples = {"randn(2,3,11), 4"}}),
    row<adaptive_avg_pool<2>>("aten::adaptive_avg_pool2d(Tensor self, SymInt[2] output_size) -> Tensor", {.samples = {"randn(2,3,11,9), [4,3]", "randn(3,7,7), [1,1]", "randn(2,3,4,5), [6,7]"}}),
    row<adaptive_avg_pool<2>>("aten::_adaptive_avg_pool2d(Tensor self, SymInt[2] output_size) -> Tensor", {.samples = {"randn(2,3,11,9), [4,3]"}}),
    row<adaptive_avg_pool<3>>("aten::_adaptive_avg_pool3d(Tensor self, SymInt[3] output_size) -> Tensor", {.samples = {"randn(1,2,5,6,7), [2,3,1]"}}),
    row<adaptive_avg_pool<3>>("aten::adaptive_avg_pool3d(Tensor self, SymInt[3] output_size) -> Tensor", {.samples = {"randn(1,2,5,6,7), [2,3,1]"}}),
    row<adaptive_max_pool<1>>("aten::adaptive_max_pool1d(Tensor self, int[1] output_size) -> (Tensor, Tensor)", {.samples = {"randn(2,3,11), 4"}}),
    row<adaptive_max_pool<2>>("aten::adaptive_max_pool2d(Tensor self, int[2] output_size) -> (Tensor, Tensor)", {.samples = {"randn(2,3,11,9), [4,3]"}}),
    row<adaptive_max_pool<3>>("aten::adaptive_max_pool3d(Tensor self, int[3] output_size) -> (Tensor, Tensor)", {.samples = {"randn(1,2,5,6,7), [2,3,1]"}}),
};

}  // namespace

FACULA_FAMILY(nn_pool, kPool)

}  // namespace fac
