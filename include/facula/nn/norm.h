// torch::nn's normalisations.
#pragma once

#include "facula/nn/layers.h"

namespace facula {
namespace nn {

struct BatchNormOptions {
  BatchNormOptions(std::int64_t num_features) : num_features_(num_features) {}
  TORCH_ARG(std::int64_t, num_features);
  TORCH_ARG(double, eps) = 1e-5;
  TORCH_ARG(std::optional<double>, momentum) = 0.1;
  TORCH_ARG(bool, affine) = true;
  TORCH_ARG(bool, track_running_stats) = true;
};
struct InstanceNormOptions {
  InstanceNormOptions(std::int64_t num_features) : num_features_(num_features) {}
  TORCH_ARG(std::int64_t, num_features);
  TORCH_ARG(double, eps) = 1e-5;
  TORCH_ARG(double, momentum) = 0.1;
  TORCH_ARG(bool, affine) = false;
  TORCH_ARG(bool, track_running_stats) = false;
};

// What batch and instance norms have in common.
template <class Derived, class Options>
class NormNdImpl : public Cloneable<Derived> {
 public:
  explicit NormNdImpl(const Options& o) : options(o) { NormNdImpl::reset(); }
  void reset() override {
    const std::int64_t n = options.num_features();
    weight = this->register_parameter("weight", options.affine() ? ones({n}) : Tensor());
    bias = this->register_parameter("bias", options.affine() ? zeros({n}) : Tensor());
    const bool track = options.track_running_stats();
    running_mean = this->register_buffer("running_mean", track ? zeros({n}) : Tensor());
    running_var = this->register_buffer("running_var", track ? ones({n}) : Tensor());
    num_batches_tracked = this->register_buffer("num_batches_tracked", track ? zeros({}, kLong) : Tensor());
  }
  void reset_running_stats() {
    if (!options.track_running_stats()) return;
    running_mean.zero_();
    running_var.fill_(1);
    num_batches_tracked.zero_();
  }
  void reset_parameters() {
    reset_running_stats();
    if (!options.affine()) return;
    weight.fill_(1);
    bias.zero_();
  }
  void pretty_print(std::ostream& out) const override {
    out << title() << '(' << options.num_features() << ", eps=" << options.eps() << ", momentum=";
    if constexpr (std::is_same_v<Options, BatchNormOptions>) out << options.momentum().value_or(0);
    else out << options.momentum();
    out << ", affine=" << std::boolalpha << options.affine()
        << ", track_running_stats=" << std::boolalpha << options.track_running_stats() << ')';
  }
  Options options;
  Tensor weight, bias, running_mean, running_var, num_batches_tracked;

 protected:
  virtual std::string title() const = 0;
  static void expect_rank(const Tensor& x, std::int64_t least, std::int64_t most) {
    if (x.dim() < least || x.dim() > most)
      fail(least == most ? facula::detail::text("expected ", least, "D input (got ", x.dim(), "D input)")
                         : facula::detail::text("expected ", least, "D or ", most, "D input (got ", x.dim(), "D input)"));
  }
};

#define FACULA_NORM(D, least, most, inst_least)                                                                          \
  using BatchNorm##D##dOptions = BatchNormOptions;                                                                       \
  class BatchNorm##D##dImpl : public NormNdImpl<BatchNorm##D##dImpl, BatchNormOptions> {                                 \
   public:                                                                                                               \
    explicit BatchNorm##D##dImpl(std::int64_t n) : NormNdImpl(BatchNormOptions(n)) {}                                    \
    explicit BatchNorm##D##dImpl(const BatchNormOptions& o) : NormNdImpl(o) {}                                           \
    Tensor forward(const Tensor& x) {                                                                                    \
      expect_rank(x, least, most);                                                                                       \
      double factor = options.momentum().value_or(0);                                                                    \
      if (is_training() && options.track_running_stats()) {                                                              \
        num_batches_tracked += 1;                                                                                        \
        if (!options.momentum()) factor = 1 / num_batches_tracked.item<double>();                                        \
      }                                                                                                                  \
      return facula::batch_norm(x, weight, bias, running_mean, running_var, is_training() || !running_mean.defined(),    \
                                factor, options.eps(), false);                                                           \
    }                                                                                                                    \
                                                                                                                         \
   protected:                                                                                                            \
    std::string title() const override { return "torch::nn::BatchNorm" #D "d"; }                                         \
  };                                                                                                                     \
  TORCH_MODULE(BatchNorm##D##d);                                                                                         \
  using InstanceNorm##D##dOptions = InstanceNormOptions;                                                                 \
  class InstanceNorm##D##dImpl : public NormNdImpl<InstanceNorm##D##dImpl, InstanceNormOptions> {                        \
   public:                                                                                                               \
    explicit InstanceNorm##D##dImpl(std::int64_t n) : NormNdImpl(InstanceNormOptions(n)) {}                              \
    explicit InstanceNorm##D##dImpl(const InstanceNormOptions& o) : NormNdImpl(o) {}                                     \
    Tensor forward(const Tensor& x) {                                                                                    \
      expect_rank(x, inst_least, most);                                                                                  \
      return facula::instance_norm(x, weight, bias, running_mean, running_var,                                           \
                                   is_training() || !options.track_running_stats(), options.momentum(), options.eps(),   \
                                   false);                                                                               \
    }                                                                                                                    \
                                                                                                                         \
   protected:                                                                                                            \
    std::string title() const override { return "torch::nn::InstanceNorm" #D "d"; }                                      \
  };                                                                                                                     \
  TORCH_MODULE(InstanceNorm##D##d)
FACULA_NORM(1, 2, 3, 2);
FACULA_NORM(2, 4, 4, 3);
FACULA_NORM(3, 5, 5, 4);
#undef FACULA_NORM

struct LayerNormOptions {
  LayerNormOptions(std::vector<std::int64_t> normalized_shape) : normalized_shape_(std::move(normalized_shape)) {}
  TORCH_ARG(std::vector<std::int64_t>, normalized_shape);
  TORCH_ARG(double, eps) = 1e-5;
  TORCH_ARG(bool, elementwise_affine) = true;
};
class LayerNormImpl : public Cloneable<LayerNormImpl> {
 public:
  explicit LayerNormImpl(std::vector<std::int64_t> shape) : LayerNormImpl(LayerNormOptions(std::move(shape))) {}
  explicit LayerNormImpl(LayerNormOptions o) : options(std::move(o)) { LayerNormImpl::reset(); }
  void reset() override {
    const bool affine = options.elementwise_affine();
    weight = register_parameter("weight", affine ? ones(options.normalized_shape()) : Tensor());
    bias = register_parameter("bias", affine ? zeros(options.normalized_shape()) : Tensor());
  }
  void pretty_print(std::ostream& out) const override {
    out << "torch::nn::LayerNorm(" << IntArrayRef(options.normalized_shape()) << ", eps=" << options.eps()
        << ", elementwise_affine=" << std::boolalpha << options.elementwise_affine() << ')';
  }
  Tensor forward(const Tensor& x) { return facula::layer_norm(x, options.normalized_shape(), weight, bias, options.eps()); }
  LayerNormOptions options;
  Tensor weight, bias;
};
TORCH_MODULE(LayerNorm);

struct GroupNormOptions {
  GroupNormOptions(std::int64_t num_groups, std::int64_t num_channels) : num_groups_(num_groups), num_channels_(num_channels) {}
  TORCH_ARG(std::int64_t, num_groups);
  TORCH_ARG(std::int64_t, num_channels);
  TORCH_ARG(double, eps) = 1e-5;
  TORCH_ARG(bool, affine) = true;
};
class GroupNormImpl : public Cloneable<GroupNormImpl> {
 public:
  GroupNormImpl(std::int64_t groups, std::int64_t channels) : GroupNormImpl(GroupNormOptions(groups, channels)) {}
  explicit GroupNormImpl(const GroupNormOptions& o) : options(o) { GroupNormImpl::reset(); }
  void reset() override {
    weight = register_parameter("weight", options.affine() ? ones({options.num_channels()}) : Tensor());
    bias = register_parameter("bias", options.affine() ? zeros({options.num_channels()}) : Tensor());
  }
  void pretty_print(std::ostream& out) const override {
    out << "torch::nn::GroupNorm(" << options.num_groups() << ", " << options.num_channels() << ", eps=" << options.eps()
        << ", affine=" << std::boolalpha << options.affine() << ')';
  }
  Tensor forward(const Tensor& x) { return facula::group_norm(x, options.num_groups(), weight, bias, options.eps()); }
  GroupNormOptions options;
  Tensor weight, bias;
};
TORCH_MODULE(GroupNorm);

}  // namespace nn
}  // namespace facula
