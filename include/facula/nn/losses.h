// torch::nn's loss modules and their functions: programs that measure a model use them.
#pragma once

#include "facula/nn/stateless.h"

namespace facula {
namespace nn {

// `reduction` alone.
#define FACULA_LOSS(Name, function, fn_name)                                                                          \
  struct Name##Options {                                                                                              \
    using reduction_t = enumtype::Mode;                                                                               \
    Name##Options(enumtype::Mode reduction = kMean) : reduction_(reduction) {}                                        \
    TORCH_ARG(enumtype::Mode, reduction);                                                                             \
  };                                                                                                                  \
  class Name##Impl : public Stateless<Name##Impl> {                                                                   \
   public:                                                                                                            \
    explicit Name##Impl(Name##Options o = {}) : options(o) {}                                                         \
    Tensor forward(const Tensor& x, const Tensor& target) {                                                           \
      return function(x, target, reduction_number(options.reduction()));                                              \
    }                                                                                                                 \
    Name##Options options;                                                                                            \
  };                                                                                                                  \
  TORCH_MODULE(Name);                                                                                                 \
  namespace functional {                                                                                              \
  inline Tensor fn_name(const Tensor& x, const Tensor& target, const Name##Options& o = {}) {                         \
    return function(x, target, reduction_number(o.reduction()));                                                      \
  }                                                                                                                   \
  }
FACULA_LOSS(MSELoss, facula::mse_loss, mse_loss)
FACULA_LOSS(L1Loss, facula::l1_loss, l1_loss)
FACULA_LOSS(SoftMarginLoss, facula::soft_margin_loss, soft_margin_loss)
#undef FACULA_LOSS

struct SmoothL1LossOptions {
  using reduction_t = enumtype::Mode;
  SmoothL1LossOptions(enumtype::Mode reduction = kMean) : reduction_(reduction) {}
  TORCH_ARG(enumtype::Mode, reduction);
  TORCH_ARG(std::optional<double>, beta) = std::nullopt;
};
struct HuberLossOptions {
  using reduction_t = enumtype::Mode;
  HuberLossOptions(enumtype::Mode reduction = kMean) : reduction_(reduction) {}
  TORCH_ARG(enumtype::Mode, reduction);
  TORCH_ARG(double, delta) = 1;
};
// With weights of classes or elements.
struct BCELossOptions {
  using reduction_t = enumtype::Mode;
  TORCH_ARG(Tensor, weight) = {};
  TORCH_ARG(enumtype::Mode, reduction) = kMean;
};
struct BCEWithLogitsLossOptions {
  using reduction_t = enumtype::Mode;
  TORCH_ARG(Tensor, weight) = {};
  TORCH_ARG(enumtype::Mode, reduction) = kMean;
  TORCH_ARG(Tensor, pos_weight) = {};
};
struct NLLLossOptions {
  using reduction_t = enumtype::Mode;
  TORCH_ARG(Tensor, weight) = {};
  TORCH_ARG(std::int64_t, ignore_index) = -100;
  TORCH_ARG(enumtype::Mode, reduction) = kMean;
};
struct CrossEntropyLossOptions {
  using reduction_t = enumtype::Mode;
  TORCH_ARG(Tensor, weight) = {};
  TORCH_ARG(std::int64_t, ignore_index) = -100;
  TORCH_ARG(enumtype::Mode, reduction) = kMean;
  TORCH_ARG(double, label_smoothing) = 0;
};
struct KLDivLossOptions {
  using reduction_t = enumtype::Mode;
  KLDivLossOptions(enumtype::Mode reduction = kMean) : reduction_(reduction) {}
  TORCH_ARG(enumtype::Mode, reduction);
  TORCH_ARG(bool, log_target) = false;
};
struct CosineSimilarityOptions {
  TORCH_ARG(std::int64_t, dim) = 1;
  TORCH_ARG(double, eps) = 1e-8;
};
struct PairwiseDistanceOptions {
  TORCH_ARG(double, p) = 2;
  TORCH_ARG(double, eps) = 1e-6;
  TORCH_ARG(bool, keepdim) = false;
};

namespace functional {
using MSELossFuncOptions = MSELossOptions;
using L1LossFuncOptions = L1LossOptions;
using SmoothL1LossFuncOptions = SmoothL1LossOptions;
using HuberLossFuncOptions = HuberLossOptions;
using BinaryCrossEntropyFuncOptions = BCELossOptions;
using BinaryCrossEntropyWithLogitsFuncOptions = BCEWithLogitsLossOptions;
using NLLLossFuncOptions = NLLLossOptions;
using CrossEntropyFuncOptions = CrossEntropyLossOptions;
using KLDivFuncOptions = KLDivLossOptions;
using CosineSimilarityFuncOptions = CosineSimilarityOptions;
using PairwiseDistanceFuncOptions = PairwiseDistanceOptions;

inline Tensor smooth_l1_loss(const Tensor& x, const Tensor& target, const SmoothL1LossOptions& o = {}) {
  return facula::smooth_l1_loss(x, target, reduction_number(o.reduction()), o.beta().value_or(1.0));
}
inline Tensor huber_loss(const Tensor& x, const Tensor& target, const HuberLossOptions& o = {}) {
  return facula::huber_loss(x, target, reduction_number(o.reduction()), o.delta());
}
inline Tensor binary_cross_entropy(const Tensor& x, const Tensor& target, const BCELossOptions& o = {}) {
  return facula::binary_cross_entropy(x, target, o.weight(), reduction_number(o.reduction()));
}
inline Tensor binary_cross_entropy_with_logits(const Tensor& x, const Tensor& target, const BCEWithLogitsLossOptions& o = {}) {
  return facula::binary_cross_entropy_with_logits(x, target, o.weight(), o.pos_weight(), reduction_number(o.reduction()));
}
inline Tensor nll_loss(const Tensor& x, const Tensor& target, const NLLLossOptions& o = {}) {
  return facula::nll_loss_nd(x, target, o.weight(), reduction_number(o.reduction()), o.ignore_index());
}
inline Tensor cross_entropy(const Tensor& x, const Tensor& target, const CrossEntropyLossOptions& o = {}) {
  return facula::cross_entropy_loss(x, target, o.weight(), reduction_number(o.reduction()), o.ignore_index(), o.label_smoothing());
}
inline Tensor kl_div(const Tensor& x, const Tensor& target, const KLDivLossOptions& o = {}) {
  if (o.reduction() != kBatchMean) return facula::kl_div(x, target, reduction_number(o.reduction()), o.log_target());
  return facula::kl_div(x, target, Reduction::Sum, o.log_target()) / static_cast<double>(x.dim() ? x.size(0) : 1);
}
inline Tensor cosine_similarity(const Tensor& a, const Tensor& b, const CosineSimilarityOptions& o = {}) {
  return facula::cosine_similarity(a, b, o.dim(), o.eps());
}
inline Tensor pairwise_distance(const Tensor& a, const Tensor& b, const PairwiseDistanceOptions& o = {}) {
  return facula::pairwise_distance(a, b, o.p(), o.eps(), o.keepdim());
}
}  // namespace functional

#define FACULA_PAIR(Name, function)                                                                        \
  class Name##Impl : public Stateless<Name##Impl> {                                                        \
   public:                                                                                                 \
    explicit Name##Impl(Name##Options o = {}) : options(std::move(o)) {}                                   \
    Tensor forward(const Tensor& x, const Tensor& y) { return functional::function(x, y, options); }       \
    Name##Options options;                                                                                 \
  };                                                                                                       \
  TORCH_MODULE(Name)
FACULA_PAIR(SmoothL1Loss, smooth_l1_loss);
FACULA_PAIR(HuberLoss, huber_loss);
FACULA_PAIR(BCELoss, binary_cross_entropy);
FACULA_PAIR(BCEWithLogitsLoss, binary_cross_entropy_with_logits);
FACULA_PAIR(NLLLoss, nll_loss);
FACULA_PAIR(CrossEntropyLoss, cross_entropy);
FACULA_PAIR(KLDivLoss, kl_div);
FACULA_PAIR(CosineSimilarity, cosine_similarity);
FACULA_PAIR(PairwiseDistance, pairwise_distance);
#undef FACULA_PAIR

}  // namespace nn
}  // namespace facula
