// torch::nn's layers with weights: Linear, Conv, ConvTranspose, Embedding, the norms, PReLU; and their option classes.
#pragma once

#include "facula/nn/containers.h"
#include "facula/nn/options.h"

namespace facula {
namespace nn {

namespace detail {
// As kaiming_uniform_ with a = sqrt(5): the bound of weights and biases of linear layers and convolutions.
inline void uniform_by_fan_in(const Tensor& weight, const Tensor& bias) {
  const double fan_in = static_cast<double>(weight.numel()) / static_cast<double>(weight.size(0));
  const double bound = fan_in > 0 ? 1 / std::sqrt(fan_in) : 0;
  Tensor w = weight, b = bias;
  w.uniform_(-bound, bound);
  if (b.defined()) b.uniform_(-bound, bound);
}
}  // namespace detail

// --- Linear --------------------------------------------------------------------------------------------------------------

struct LinearOptions {
  LinearOptions(std::int64_t in_features, std::int64_t out_features) : in_features_(in_features), out_features_(out_features) {}
  TORCH_ARG(std::int64_t, in_features);
  TORCH_ARG(std::int64_t, out_features);
  TORCH_ARG(bool, bias) = true;
};
class LinearImpl : public Cloneable<LinearImpl> {
 public:
  LinearImpl(std::int64_t in_features, std::int64_t out_features) : LinearImpl(LinearOptions(in_features, out_features)) {}
  explicit LinearImpl(const LinearOptions& o) : options(o) { LinearImpl::reset(); }
  void reset() override {
    weight = register_parameter("weight", empty({options.out_features(), options.in_features()}));
    bias = register_parameter("bias", options.bias() ? empty({options.out_features()}) : Tensor());
    reset_parameters();
  }
  void reset_parameters() { detail::uniform_by_fan_in(weight, bias); }
  void pretty_print(std::ostream& out) const override {
    out << "torch::nn::Linear(in_features=" << options.in_features() << ", out_features=" << options.out_features()
        << ", bias=" << std::boolalpha << options.bias() << ')';
  }
  Tensor forward(const Tensor& x) { return facula::linear(x, weight, bias); }
  LinearOptions options;
  Tensor weight, bias;
};
TORCH_MODULE(Linear);

// --- convolutions --------------------------------------------------------------------------------------------------------

// A number, numbers, torch::kSame or torch::kValid.
template <std::size_t D>
struct ConvPadding {
  template <class T, class = std::enable_if_t<std::is_constructible_v<ExpandingArray<D>, T>>>
  ConvPadding(const T& v) : amounts(v) {}
  ConvPadding(std::initializer_list<std::int64_t> v) : amounts(v) {}
  ConvPadding(enumtype::Mode m) : amounts(0), mode(m) {}
  ExpandingArray<D> amounts;
  std::optional<enumtype::Mode> mode;
};
template <std::size_t D>
struct ConvOptions {
  ConvOptions(std::int64_t in_channels, std::int64_t out_channels, ExpandingArray<D> kernel_size)
      : in_channels_(in_channels), out_channels_(out_channels), kernel_size_(kernel_size) {}
  TORCH_ARG(std::int64_t, in_channels);
  TORCH_ARG(std::int64_t, out_channels);
  TORCH_ARG(ExpandingArray<D>, kernel_size);
  TORCH_ARG(ExpandingArray<D>, stride) = 1;
  TORCH_ARG(ConvPadding<D>, padding) = 0;
  TORCH_ARG(ExpandingArray<D>, output_padding) = 0;  // of transposed convolutions
  TORCH_ARG(ExpandingArray<D>, dilation) = 1;
  TORCH_ARG(std::int64_t, groups) = 1;
  TORCH_ARG(bool, bias) = true;
  TORCH_ARG(enumtype::Mode, padding_mode) = kZeros;
  TORCH_ARG(bool, transposed) = false;
};
template <std::size_t D>
using ConvTransposeOptions = ConvOptions<D>;

template <std::size_t D, class Derived>
class ConvNdImpl : public Cloneable<Derived> {
 public:
  explicit ConvNdImpl(const ConvOptions<D>& o) : options(o) { ConvNdImpl::reset(); }
  void reset() override {
    if (options.in_channels() % options.groups() != 0) fail("in_channels must be divisible by groups");
    if (options.out_channels() % options.groups() != 0) fail("out_channels must be divisible by groups");
    std::vector<std::int64_t> sizes{options.transposed() ? options.in_channels() : options.out_channels(),
                                    (options.transposed() ? options.out_channels() : options.in_channels()) / options.groups()};
    for (const std::int64_t k : *options.kernel_size()) sizes.push_back(k);
    weight = this->register_parameter("weight", empty(IntArrayRef(sizes)));
    bias = this->register_parameter("bias", options.bias() ? empty(IntArrayRef(options.out_channels())) : Tensor());
    reset_parameters();
  }
  void reset_parameters() { detail::uniform_by_fan_in(weight, bias); }
  void pretty_print(std::ostream& out) const override {
    const auto& o = options;
    out << "torch::nn::Conv" << (o.transposed() ? "Transpose" : "") << D << "d(" << o.in_channels() << ", " << o.out_channels()
        << ", kernel_size=" << o.kernel_size() << ", stride=" << o.stride();
    if (o.padding().mode) out << ", padding='" << o.padding().mode->name << "'";
    else if (!o.padding().amounts.all(0)) out << ", padding=" << o.padding().amounts;
    if (!o.dilation().all(1)) out << ", dilation=" << o.dilation();
    if (!o.output_padding().all(0)) out << ", output_padding=" << o.output_padding();
    if (o.groups() != 1) out << ", groups=" << o.groups();
    if (!o.bias()) out << ", bias=" << std::boolalpha << false;
    if (o.padding_mode() != kZeros) out << ", padding_mode=" << enumtype::get_enum_name(o.padding_mode());
    out << ')';
  }
  ConvOptions<D> options;
  Tensor weight, bias;

 protected:
  // A convolution whose border is not zeros pads beforehand; `amounts` from the last dimension to the first, before and after.
  Tensor padded(const Tensor& x) const {
    std::vector<std::int64_t> amounts;
    for (std::size_t d = D; d-- > 0;) {
      std::int64_t before = options.padding().amounts[d], after = before;
      if (options.padding().mode == std::optional<enumtype::Mode>(kSame)) {
        const std::int64_t all = options.dilation()[d] * (options.kernel_size()[d] - 1);
        before = all / 2;
        after = all - before;
      }
      amounts.insert(amounts.end(), {before, after});
    }
    return facula::pad(x, amounts, options.padding_mode().name);
  }
};

#define FACULA_CONV(D)                                                                                                    \
  using Conv##D##dOptions = ConvOptions<D>;                                                                               \
  class Conv##D##dImpl : public ConvNdImpl<D, Conv##D##dImpl> {                                                           \
   public:                                                                                                                \
    Conv##D##dImpl(std::int64_t in, std::int64_t out, ExpandingArray<D> kernel)                                           \
        : Conv##D##dImpl(ConvOptions<D>(in, out, kernel)) {}                                                              \
    explicit Conv##D##dImpl(const ConvOptions<D>& o) : ConvNdImpl(ConvOptions<D>(o).transposed(false)) {}                 \
    Tensor forward(const Tensor& x) {                                                                                     \
      const auto& o = options;                                                                                            \
      if (o.padding_mode() != kZeros)                                                                                     \
        return facula::conv##D##d(padded(x), weight, bias, o.stride(), IntArrayRef(0), o.dilation(), o.groups());         \
      if (o.padding().mode)                                                                                               \
        return facula::conv##D##d(x, weight, bias, o.stride(), std::string_view(o.padding().mode->name), o.dilation(),    \
                                  o.groups());                                                                            \
      return facula::conv##D##d(x, weight, bias, o.stride(), IntArrayRef(o.padding().amounts), o.dilation(), o.groups()); \
    }                                                                                                                     \
  };                                                                                                                      \
  TORCH_MODULE(Conv##D##d);                                                                                               \
  using ConvTranspose##D##dOptions = ConvOptions<D>;                                                                      \
  class ConvTranspose##D##dImpl : public ConvNdImpl<D, ConvTranspose##D##dImpl> {                                         \
   public:                                                                                                                \
    ConvTranspose##D##dImpl(std::int64_t in, std::int64_t out, ExpandingArray<D> kernel)                                  \
        : ConvTranspose##D##dImpl(ConvOptions<D>(in, out, kernel)) {}                                                     \
    explicit ConvTranspose##D##dImpl(const ConvOptions<D>& o) : ConvNdImpl(ConvOptions<D>(o).transposed(true)) {          \
      if (o.padding_mode() != kZeros) fail("Only `zeros` padding mode is supported for ConvTranspose" #D "d");            \
    }                                                                                                                     \
    Tensor forward(const Tensor& x, const std::optional<IntArrayRef>& output_size = std::nullopt) {                       \
      ExpandingArray<D> extra = options.output_padding();                                                                 \
      if (output_size) extra = extra_for(x, *output_size);                                                                \
      return facula::conv_transpose##D##d(x, weight, bias, options.stride(), options.padding().amounts, extra,            \
                                          options.groups(), options.dilation());                                          \
    }                                                                                                                     \
                                                                                                                          \
   private:                                                                                                               \
    ExpandingArray<D> extra_for(const Tensor& x, IntArrayRef want) const {                                                \
      if (want.size() > D) want = want.slice(want.size() - D);                                                            \
      if (want.size() != D) fail("output_size must have as many elements as the input has spatial dimensions");           \
      ExpandingArray<D> extra = 0;                                                                                        \
      for (std::size_t d = 0; d < D; ++d) {                                                                               \
        const std::int64_t least = (x.size(static_cast<std::int64_t>(d) - static_cast<std::int64_t>(D)) - 1) *            \
                                       options.stride()[d] - 2 * options.padding().amounts[d] +                           \
                                   options.dilation()[d] * (options.kernel_size()[d] - 1) + 1;                            \
        if (want[d] < least || want[d] > least + options.stride()[d] - 1)                                                 \
          fail("the output_size asked for is not one that this transposed convolution can give");                         \
        (*extra)[d] = want[d] - least;                                                                                    \
      }                                                                                                                   \
      return extra;                                                                                                       \
    }                                                                                                                     \
  };                                                                                                                      \
  TORCH_MODULE(ConvTranspose##D##d)
FACULA_CONV(1);
FACULA_CONV(2);
FACULA_CONV(3);
#undef FACULA_CONV

// --- Embedding -----------------------------------------------------------------------------------------------------------

struct EmbeddingOptions {
  EmbeddingOptions(std::int64_t num_embeddings, std::int64_t embedding_dim)
      : num_embeddings_(num_embeddings), embedding_dim_(embedding_dim) {}
  TORCH_ARG(std::int64_t, num_embeddings);
  TORCH_ARG(std::int64_t, embedding_dim);
  TORCH_ARG(std::optional<std::int64_t>, padding_idx) = std::nullopt;
  TORCH_ARG(std::optional<double>, max_norm) = std::nullopt;
  TORCH_ARG(double, norm_type) = 2;
  TORCH_ARG(bool, scale_grad_by_freq) = false;
  TORCH_ARG(bool, sparse) = false;
  TORCH_ARG(Tensor, _weight) = Tensor();
};
struct EmbeddingFromPretrainedOptions {
  TORCH_ARG(bool, freeze) = true;
  TORCH_ARG(std::optional<std::int64_t>, padding_idx) = std::nullopt;
};
class EmbeddingImpl : public Cloneable<EmbeddingImpl> {
 public:
  EmbeddingImpl(std::int64_t count, std::int64_t size) : EmbeddingImpl(EmbeddingOptions(count, size)) {}
  explicit EmbeddingImpl(EmbeddingOptions o) : options(std::move(o)) { EmbeddingImpl::reset(); }
  void reset() override {
    if (options._weight().defined()) {
      weight = register_parameter("weight", options._weight());
      return;
    }
    weight = register_parameter("weight", empty({options.num_embeddings(), options.embedding_dim()}));
    reset_parameters();
  }
  void reset_parameters() {
    weight.normal_(0, 1);
    if (options.padding_idx()) weight[*options.padding_idx()].fill_(0);
  }
  void pretty_print(std::ostream& out) const override {
    out << "torch::nn::Embedding(num_embeddings=" << options.num_embeddings() << ", embedding_dim=" << options.embedding_dim();
    if (options.padding_idx()) out << ", padding_idx=" << *options.padding_idx();
    if (options.max_norm()) out << ", max_norm=" << *options.max_norm();
    if (options.norm_type() != 2) out << ", norm_type=" << options.norm_type();
    out << ')';
  }
  Tensor forward(const Tensor& indices) {
    if (options.max_norm()) embedding_renorm_(weight, indices, *options.max_norm(), options.norm_type());
    return facula::embedding(weight, indices, options.padding_idx().value_or(-1));
  }
  EmbeddingOptions options;
  Tensor weight;
};
class Embedding : public ModuleHolder<EmbeddingImpl> {
 public:
  using ModuleHolder<EmbeddingImpl>::ModuleHolder;
  using Impl = EmbeddingImpl;
  static Embedding from_pretrained(const Tensor& weights, const EmbeddingFromPretrainedOptions& o = {}) {
    if (weights.dim() != 2) fail("Embeddings parameter is expected to be 2-dimensional");
    return Embedding(EmbeddingOptions(weights.size(0), weights.size(1))._weight(weights).padding_idx(o.padding_idx()));
  }
};

// --- PReLU ---------------------------------------------------------------------------------------------------------------

struct PReLUOptions {
  TORCH_ARG(std::int64_t, num_parameters) = 1;
  TORCH_ARG(double, init) = 0.25;
};
class PReLUImpl : public Cloneable<PReLUImpl> {
 public:
  explicit PReLUImpl(const PReLUOptions& o = {}) : options(o) { PReLUImpl::reset(); }
  void reset() override { weight = register_parameter("weight", full({options.num_parameters()}, options.init(), kFloat)); }
  void pretty_print(std::ostream& out) const override {
    out << "torch::nn::PReLU(num_parameters=" << options.num_parameters() << ')';
  }
  Tensor forward(const Tensor& x) { return facula::prelu(x, weight); }
  PReLUOptions options;
  Tensor weight;
};
TORCH_MODULE(PReLU);

}  // namespace nn
}  // namespace facula
