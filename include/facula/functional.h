// torch::nn::functional: the functions that programs use around a model, with libtorch's option classes.
#pragma once

#include "facula/facula.h"

namespace facula {

// torch::kBilinear and the like: modes by name.
namespace enumtype {
struct Mode {
  const char* name;
};
}  // namespace enumtype
inline constexpr enumtype::Mode kNearest{"nearest"}, kLinear{"linear"}, kBilinear{"bilinear"}, kBicubic{"bicubic"},
    kTrilinear{"trilinear"}, kArea{"area"}, kConstant{"constant"}, kReflect{"reflect"}, kReplicate{"replicate"},
    kCircular{"circular"}, kZeros{"zeros"}, kBorder{"border"}, kReflection{"reflection"};

namespace nn {
namespace functional {

// An option `name` with a getter and a chaining setter.
#define FACULA_OPTION(Class, T, name)    \
 public:                                 \
  Class& name(const T& v) {              \
    name##_ = v;                         \
    return *this;                        \
  }                                      \
  const T& name() const { return name##_; } \
                                         \
 private:                                \
  T name##_

class InterpolateFuncOptions {
  FACULA_OPTION(InterpolateFuncOptions, std::optional<std::vector<std::int64_t>>, size) = std::nullopt;
  FACULA_OPTION(InterpolateFuncOptions, std::optional<std::vector<double>>, scale_factor) = std::nullopt;
  FACULA_OPTION(InterpolateFuncOptions, enumtype::Mode, mode) = kNearest;
  FACULA_OPTION(InterpolateFuncOptions, std::optional<bool>, align_corners) = std::nullopt;
  FACULA_OPTION(InterpolateFuncOptions, std::optional<bool>, recompute_scale_factor) = std::nullopt;
  FACULA_OPTION(InterpolateFuncOptions, bool, antialias) = false;
};

inline Tensor interpolate(const Tensor& x, const InterpolateFuncOptions& o) {
  const std::string_view mode = o.mode().name;
  const std::int64_t spatial = x.dim() - 2;
  std::vector<std::int64_t> size;
  std::optional<std::vector<double>> scales;
  if (o.size()) {
    size = *o.size();
  } else if (o.scale_factor()) {
    std::vector<double> s = *o.scale_factor();
    if (s.size() == 1) s.assign(static_cast<std::size_t>(spatial), s[0]);
    if (static_cast<std::int64_t>(s.size()) != spatial) fail("scale_factor shape must match input shape");
    for (std::int64_t d = 0; d < spatial; ++d)
      size.push_back(static_cast<std::int64_t>(static_cast<double>(x.size(d + 2)) * s[static_cast<std::size_t>(d)]));
    if (!o.recompute_scale_factor().value_or(false)) scales = s;
  } else {
    fail("either size or scale_factor should be defined");
  }
  if (size.size() == 1 && spatial > 1) size.assign(static_cast<std::size_t>(spatial), size[0]);
  const auto scale = [&](std::size_t d) -> std::optional<double> {
    if (!scales) return std::nullopt;
    return (*scales)[d];
  };
  const bool align = o.align_corners().value_or(false);
  if (mode == "nearest" && spatial == 1) return upsample_nearest1d(x, IntArrayRef(size), scale(0));
  if (mode == "nearest" && spatial == 2) return upsample_nearest2d(x, IntArrayRef(size), scale(0), scale(1));
  if (mode == "nearest" && spatial == 3) return upsample_nearest3d(x, IntArrayRef(size), scale(0), scale(1), scale(2));
  if (mode == "linear" && spatial == 1) return upsample_linear1d(x, IntArrayRef(size), align, scale(0));
  if (mode == "bilinear" && spatial == 2) return upsample_bilinear2d(x, IntArrayRef(size), align, scale(0), scale(1));
  if (mode == "bicubic" && spatial == 2) return upsample_bicubic2d(x, IntArrayRef(size), align, scale(0), scale(1));
  if (mode == "trilinear" && spatial == 3)
    return upsample_trilinear3d(x, IntArrayRef(size), align, scale(0), scale(1), scale(2));
  if (mode == "area" && spatial == 2) return adaptive_avg_pool2d(x, size);
  fail("Input Error: interpolation mode '" + std::string(mode) + "' does not fit an input of " + std::to_string(x.dim()) + " dimensions");
}

class PadFuncOptions {
 public:
  PadFuncOptions(std::vector<std::int64_t> pad) : pad_(std::move(pad)) {}
  FACULA_OPTION(PadFuncOptions, std::vector<std::int64_t>, pad);
  FACULA_OPTION(PadFuncOptions, enumtype::Mode, mode) = kConstant;
  FACULA_OPTION(PadFuncOptions, double, value) = 0;
};
inline Tensor pad(const Tensor& x, const PadFuncOptions& o) {
  const std::string_view mode = o.mode().name;
  return facula::pad(x, o.pad(), mode, mode == "constant" ? std::optional<double>(o.value()) : std::nullopt);
}

class SoftmaxFuncOptions {
 public:
  SoftmaxFuncOptions(std::int64_t dim) : dim_(dim) {}
  FACULA_OPTION(SoftmaxFuncOptions, std::int64_t, dim);
  FACULA_OPTION(SoftmaxFuncOptions, std::optional<ScalarType>, dtype) = std::nullopt;
};
using LogSoftmaxFuncOptions = SoftmaxFuncOptions;
inline Tensor softmax(const Tensor& x, const SoftmaxFuncOptions& o) { return facula::softmax(x, o.dim(), o.dtype()); }
inline Tensor log_softmax(const Tensor& x, const SoftmaxFuncOptions& o) {
  return facula::log_softmax(x, o.dim(), o.dtype());
}

class NormalizeFuncOptions {
  FACULA_OPTION(NormalizeFuncOptions, double, p) = 2;
  FACULA_OPTION(NormalizeFuncOptions, std::int64_t, dim) = 1;
  FACULA_OPTION(NormalizeFuncOptions, double, eps) = 1e-12;
};
inline Tensor normalize(const Tensor& x, const NormalizeFuncOptions& o = {}) {
  return x / x.norm(Scalar(o.p()), o.dim(), true).clamp_min(o.eps()).expand_as(x);
}

class GridSampleFuncOptions {
  FACULA_OPTION(GridSampleFuncOptions, enumtype::Mode, mode) = kBilinear;
  FACULA_OPTION(GridSampleFuncOptions, enumtype::Mode, padding_mode) = kZeros;
  FACULA_OPTION(GridSampleFuncOptions, std::optional<bool>, align_corners) = std::nullopt;
};
inline Tensor grid_sample(const Tensor& x, const Tensor& grid, const GridSampleFuncOptions& o = {}) {
  const std::string_view mode = o.mode().name, padding = o.padding_mode().name;
  return grid_sampler(x, grid, mode == "bilinear" ? 0 : mode == "nearest" ? 1 : 2,
                      padding == "zeros" ? 0 : padding == "border" ? 1 : 2, o.align_corners().value_or(false));
}
#undef FACULA_OPTION

inline Tensor relu(const Tensor& x) { return facula::relu(x); }
inline Tensor sigmoid(const Tensor& x) { return facula::sigmoid(x); }
inline Tensor tanh(const Tensor& x) { return facula::tanh(x); }
inline Tensor silu(const Tensor& x) { return facula::silu(x); }
inline Tensor linear(const Tensor& x, const Tensor& weight, const Tensor& bias = {}) {
  return facula::linear(x, weight, bias);
}
inline Tensor one_hot(const Tensor& x, std::int64_t classes = -1) { return facula::one_hot(x, classes); }

}  // namespace functional
}  // namespace nn
}  // namespace facula
