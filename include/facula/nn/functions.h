// torch::nn::functional beyond facula/functional.h: the functions that share their options with modules.
#pragma once

#include "facula/nn/norm.h"
#include "facula/nn/pooling.h"

namespace facula {
namespace nn {
namespace functional {

// --- pooling -------------------------------------------------------------------------------------------------------------

#define FACULA_POOL(D)                                                                                           \
  using MaxPool##D##dFuncOptions = MaxPoolOptions<D>;                                                            \
  using AvgPool##D##dFuncOptions = AvgPoolOptions<D>;                                                            \
  using AdaptiveAvgPool##D##dFuncOptions = AdaptivePoolOptions<D>;                                               \
  using AdaptiveMaxPool##D##dFuncOptions = AdaptivePoolOptions<D>;                                               \
  inline Tensor max_pool##D##d(const Tensor& x, const MaxPoolOptions<D>& o) { return MaxPool##D##dImpl(o).forward(x); } \
  inline std::tuple<Tensor, Tensor> max_pool##D##d_with_indices(const Tensor& x, const MaxPoolOptions<D>& o) {   \
    return MaxPool##D##dImpl(o).forward_with_indices(x);                                                         \
  }                                                                                                              \
  inline Tensor avg_pool##D##d(const Tensor& x, const AvgPoolOptions<D>& o) { return AvgPool##D##dImpl(o).forward(x); } \
  inline Tensor adaptive_avg_pool##D##d(const Tensor& x, const AdaptivePoolOptions<D>& o) {                      \
    return AdaptiveAvgPool##D##dImpl(o).forward(x);                                                              \
  }                                                                                                              \
  inline Tensor adaptive_max_pool##D##d(const Tensor& x, const AdaptivePoolOptions<D>& o) {                      \
    return AdaptiveMaxPool##D##dImpl(o).forward(x);                                                              \
  }
FACULA_POOL(1)
FACULA_POOL(2)
FACULA_POOL(3)
#undef FACULA_POOL

// --- convolutions --------------------------------------------------------------------------------------------------------

template <std::size_t D>
struct ConvFuncOptions {
  TORCH_ARG(Tensor, bias) = Tensor();
  TORCH_ARG(ExpandingArray<D>, stride) = 1;
  TORCH_ARG(ConvPadding<D>, padding) = 0;
  TORCH_ARG(ExpandingArray<D>, output_padding) = 0;
  TORCH_ARG(ExpandingArray<D>, dilation) = 1;
  TORCH_ARG(std::int64_t, groups) = 1;
};
#define FACULA_CONV(D)                                                                                           \
  using Conv##D##dFuncOptions = ConvFuncOptions<D>;                                                              \
  using ConvTranspose##D##dFuncOptions = ConvFuncOptions<D>;                                                     \
  inline Tensor conv##D##d(const Tensor& x, const Tensor& weight, const ConvFuncOptions<D>& o = {}) {            \
    if (o.padding().mode)                                                                                        \
      return facula::conv##D##d(x, weight, o.bias(), o.stride(), std::string_view(o.padding().mode->name),       \
                                o.dilation(), o.groups());                                                       \
    return facula::conv##D##d(x, weight, o.bias(), o.stride(), IntArrayRef(o.padding().amounts), o.dilation(),   \
                              o.groups());                                                                       \
  }                                                                                                              \
  inline Tensor conv_transpose##D##d(const Tensor& x, const Tensor& weight, const ConvFuncOptions<D>& o = {}) {  \
    return facula::conv_transpose##D##d(x, weight, o.bias(), o.stride(), o.padding().amounts, o.output_padding(),\
                                        o.groups(), o.dilation());                                               \
  }
FACULA_CONV(1)
FACULA_CONV(2)
FACULA_CONV(3)
#undef FACULA_CONV

// --- activations ---------------------------------------------------------------------------------------------------------

using ReLUFuncOptions = ReLUOptions;
using ReLU6FuncOptions = ReLU6Options;
using SELUFuncOptions = SELUOptions;
using LeakyReLUFuncOptions = LeakyReLUOptions;
using ELUFuncOptions = ELUOptions;
using CELUFuncOptions = CELUOptions;
using GELUFuncOptions = GELUOptions;
using HardtanhFuncOptions = HardtanhOptions;
using SoftplusFuncOptions = SoftplusOptions;
using SoftminFuncOptions = SoftminOptions;
inline Tensor relu(const Tensor& x, const ReLUOptions& o) { return ReLUImpl(o).forward(x); }
inline Tensor relu6(const Tensor& x, const ReLU6Options& o = {}) { return ReLU6Impl(o).forward(x); }
inline Tensor selu(const Tensor& x, const SELUOptions& o = {}) { return SELUImpl(o).forward(x); }
inline Tensor leaky_relu(const Tensor& x, const LeakyReLUOptions& o = {}) { return LeakyReLUImpl(o).forward(x); }
inline Tensor elu(const Tensor& x, const ELUOptions& o = {}) { return ELUImpl(o).forward(x); }
inline Tensor celu(const Tensor& x, const CELUOptions& o = {}) { return CELUImpl(o).forward(x); }
inline Tensor gelu(const Tensor& x, const GELUOptions& o = {}) { return GELUImpl(o).forward(x); }
inline Tensor hardtanh(const Tensor& x, const HardtanhOptions& o = {}) { return HardtanhImpl(o).forward(x); }
inline Tensor softplus(const Tensor& x, const SoftplusOptions& o = {}) { return SoftplusImpl(o).forward(x); }
inline Tensor softmin(const Tensor& x, const SoftminOptions& o) { return SoftminImpl(o).forward(x); }
inline Tensor mish(const Tensor& x) { return facula::mish(x); }
inline Tensor logsigmoid(const Tensor& x) { return facula::log_sigmoid(x); }
inline Tensor softsign(const Tensor& x) { return x / (facula::abs(x) + 1); }
inline Tensor tanhshrink(const Tensor& x) { return x - facula::tanh(x); }
inline Tensor prelu(const Tensor& x, const Tensor& weight) { return facula::prelu(x, weight); }
inline Tensor glu(const Tensor& x, std::int64_t dim = -1) { return facula::glu(x, dim); }

struct DropoutFuncOptions {
  TORCH_ARG(double, p) = 0.5;
  TORCH_ARG(bool, training) = true;
  TORCH_ARG(bool, inplace) = false;
};
inline Tensor dropout(const Tensor& x, const DropoutFuncOptions& o = {}) { return facula::dropout(x, o.p(), o.training()); }

// --- norms, embeddings, shapes ---------------------------------------------------------------------------------------------

struct BatchNormFuncOptions {
  TORCH_ARG(Tensor, weight) = Tensor();
  TORCH_ARG(Tensor, bias) = Tensor();
  TORCH_ARG(bool, training) = false;
  TORCH_ARG(double, momentum) = 0.1;
  TORCH_ARG(double, eps) = 1e-5;
};
inline Tensor batch_norm(const Tensor& x, const Tensor& mean, const Tensor& var, const BatchNormFuncOptions& o = {}) {
  return facula::batch_norm(x, o.weight(), o.bias(), mean, var, o.training(), o.momentum(), o.eps(), false);
}
struct LayerNormFuncOptions {
  LayerNormFuncOptions(std::vector<std::int64_t> normalized_shape) : normalized_shape_(std::move(normalized_shape)) {}
  TORCH_ARG(std::vector<std::int64_t>, normalized_shape);
  TORCH_ARG(Tensor, weight) = Tensor();
  TORCH_ARG(Tensor, bias) = Tensor();
  TORCH_ARG(double, eps) = 1e-5;
};
inline Tensor layer_norm(const Tensor& x, const LayerNormFuncOptions& o) {
  return facula::layer_norm(x, o.normalized_shape(), o.weight(), o.bias(), o.eps());
}
struct GroupNormFuncOptions {
  GroupNormFuncOptions(std::int64_t num_groups) : num_groups_(num_groups) {}
  TORCH_ARG(std::int64_t, num_groups);
  TORCH_ARG(Tensor, weight) = Tensor();
  TORCH_ARG(Tensor, bias) = Tensor();
  TORCH_ARG(double, eps) = 1e-5;
};
inline Tensor group_norm(const Tensor& x, const GroupNormFuncOptions& o) {
  return facula::group_norm(x, o.num_groups(), o.weight(), o.bias(), o.eps());
}
struct InstanceNormFuncOptions {
  TORCH_ARG(Tensor, running_mean) = Tensor();
  TORCH_ARG(Tensor, running_var) = Tensor();
  TORCH_ARG(Tensor, weight) = Tensor();
  TORCH_ARG(Tensor, bias) = Tensor();
  TORCH_ARG(bool, use_input_stats) = true;
  TORCH_ARG(double, momentum) = 0.1;
  TORCH_ARG(double, eps) = 1e-5;
};
inline Tensor instance_norm(const Tensor& x, const InstanceNormFuncOptions& o = {}) {
  return facula::instance_norm(x, o.weight(), o.bias(), o.running_mean(), o.running_var(), o.use_input_stats(), o.momentum(),
                               o.eps(), false);
}
inline Tensor embedding(const Tensor& indices, const Tensor& weight) { return facula::embedding(weight, indices); }

struct PixelShuffleFuncOptions {
  PixelShuffleFuncOptions(std::int64_t upscale_factor) : upscale_factor_(upscale_factor) {}
  TORCH_ARG(std::int64_t, upscale_factor);
};
inline Tensor pixel_shuffle(const Tensor& x, const PixelShuffleFuncOptions& o) {
  return facula::pixel_shuffle(x, o.upscale_factor());
}
inline Tensor affine_grid(const Tensor& theta, IntArrayRef size, bool align_corners = false) {
  return affine_grid_generator(theta, size, align_corners);
}
struct UnfoldFuncOptions {
  UnfoldFuncOptions(ExpandingArray<2> kernel_size) : kernel_size_(kernel_size) {}
  TORCH_ARG(ExpandingArray<2>, kernel_size);
  TORCH_ARG(ExpandingArray<2>, dilation) = 1;
  TORCH_ARG(ExpandingArray<2>, padding) = 0;
  TORCH_ARG(ExpandingArray<2>, stride) = 1;
};
inline Tensor unfold(const Tensor& x, const UnfoldFuncOptions& o) {
  return im2col(x, o.kernel_size(), o.dilation(), o.padding(), o.stride());
}

}  // namespace functional
}  // namespace nn
}  // namespace facula
