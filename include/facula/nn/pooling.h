// torch::nn's pooling layers.
#pragma once

#include "facula/nn/stateless.h"

namespace facula {
namespace nn {

template <std::size_t D>
struct MaxPoolOptions {
  MaxPoolOptions(ExpandingArray<D> kernel_size) : kernel_size_(kernel_size), stride_(kernel_size) {}
  TORCH_ARG(ExpandingArray<D>, kernel_size);
  TORCH_ARG(ExpandingArray<D>, stride);
  TORCH_ARG(ExpandingArray<D>, padding) = 0;
  TORCH_ARG(ExpandingArray<D>, dilation) = 1;
  TORCH_ARG(bool, ceil_mode) = false;
};
template <std::size_t D>
struct AvgPoolOptions {
  AvgPoolOptions(ExpandingArray<D> kernel_size) : kernel_size_(kernel_size), stride_(kernel_size) {}
  TORCH_ARG(ExpandingArray<D>, kernel_size);
  TORCH_ARG(ExpandingArray<D>, stride);
  TORCH_ARG(ExpandingArray<D>, padding) = 0;
  TORCH_ARG(bool, ceil_mode) = false;
  TORCH_ARG(bool, count_include_pad) = true;
  TORCH_ARG(std::optional<std::int64_t>, divisor_override) = std::nullopt;
};
// A size for each dimension; without one the input's is kept.
template <std::size_t D>
struct AdaptiveSize {
  AdaptiveSize(std::int64_t v) { values.fill(v); }
  AdaptiveSize(std::initializer_list<std::optional<std::int64_t>> v) : AdaptiveSize(std::vector<std::optional<std::int64_t>>(v)) {}
  AdaptiveSize(const std::vector<std::int64_t>& v) : AdaptiveSize(std::vector<std::optional<std::int64_t>>(v.begin(), v.end())) {}
  AdaptiveSize(const std::vector<std::optional<std::int64_t>>& v) {
    if (v.size() != D) fail(facula::detail::text("Expected ", D, " values, but instead got ", v.size()));
    std::copy(v.begin(), v.end(), values.begin());
  }
  std::vector<std::int64_t> of(const Tensor& x) const {
    std::vector<std::int64_t> sizes;
    for (std::size_t d = 0; d < D; ++d)
      sizes.push_back(values[d].value_or(x.size(static_cast<std::int64_t>(d) - static_cast<std::int64_t>(D))));
    return sizes;
  }
  friend std::ostream& operator<<(std::ostream& out, const AdaptiveSize& s) {
    out << (D > 1 ? "[" : "");
    for (std::size_t d = 0; d < D; ++d) {
      out << (d ? ", " : "");
      if (s.values[d]) out << *s.values[d];
      else out << "None";
    }
    return out << (D > 1 ? "]" : "");
  }
  std::array<std::optional<std::int64_t>, D> values;
};
template <std::size_t D>
struct AdaptivePoolOptions {
  AdaptivePoolOptions(AdaptiveSize<D> output_size) : output_size_(output_size) {}
  TORCH_ARG(AdaptiveSize<D>, output_size);
};

namespace detail {
template <class Derived, std::size_t D>
class MaxPoolBase : public Stateless<Derived> {
 public:
  explicit MaxPoolBase(const MaxPoolOptions<D>& o) : options(o) {}
  MaxPoolOptions<D> options;

 protected:
  void print_options(std::ostream& out) const override {
    out << "kernel_size=" << options.kernel_size() << ", stride=" << options.stride() << ", padding=" << options.padding()
        << ", dilation=" << options.dilation() << ", ceil_mode=" << std::boolalpha << options.ceil_mode();
  }
};
template <class Derived, std::size_t D>
class AvgPoolBase : public Stateless<Derived> {
 public:
  explicit AvgPoolBase(const AvgPoolOptions<D>& o) : options(o) {}
  AvgPoolOptions<D> options;

 protected:
  void print_options(std::ostream& out) const override {
    out << "kernel_size=" << options.kernel_size() << ", stride=" << options.stride() << ", padding=" << options.padding();
  }
};
template <class Derived, std::size_t D>
class AdaptivePoolBase : public Stateless<Derived> {
 public:
  explicit AdaptivePoolBase(const AdaptivePoolOptions<D>& o) : options(o) {}
  AdaptivePoolOptions<D> options;

 protected:
  void print_options(std::ostream& out) const override { out << "output_size=" << options.output_size(); }
};
}  // namespace detail

#define FACULA_POOL(D, averaged)                                                                                          \
  using MaxPool##D##dOptions = MaxPoolOptions<D>;                                                                         \
  class MaxPool##D##dImpl : public detail::MaxPoolBase<MaxPool##D##dImpl, D> {                                            \
   public:                                                                                                                \
    MaxPool##D##dImpl(ExpandingArray<D> kernel) : MaxPoolBase(MaxPoolOptions<D>(kernel)) {}                               \
    explicit MaxPool##D##dImpl(const MaxPoolOptions<D>& o) : MaxPoolBase(o) {}                                            \
    Tensor forward(const Tensor& x) {                                                                                     \
      return facula::max_pool##D##d(x, options.kernel_size(), options.stride(), options.padding(), options.dilation(),    \
                                    options.ceil_mode());                                                                 \
    }                                                                                                                     \
    std::tuple<Tensor, Tensor> forward_with_indices(const Tensor& x) {                                                    \
      return facula::max_pool##D##d_with_indices(x, options.kernel_size(), options.stride(), options.padding(),           \
                                                 options.dilation(), options.ceil_mode());                                \
    }                                                                                                                     \
  };                                                                                                                      \
  TORCH_MODULE(MaxPool##D##d);                                                                                            \
  using AvgPool##D##dOptions = AvgPoolOptions<D>;                                                                         \
  class AvgPool##D##dImpl : public detail::AvgPoolBase<AvgPool##D##dImpl, D> {                                            \
   public:                                                                                                                \
    AvgPool##D##dImpl(ExpandingArray<D> kernel) : AvgPoolBase(AvgPoolOptions<D>(kernel)) {}                               \
    explicit AvgPool##D##dImpl(const AvgPoolOptions<D>& o) : AvgPoolBase(o) {}                                            \
    Tensor forward(const Tensor& x) { return averaged; }                                                                  \
  };                                                                                                                      \
  TORCH_MODULE(AvgPool##D##d);                                                                                            \
  using AdaptiveAvgPool##D##dOptions = AdaptivePoolOptions<D>;                                                            \
  class AdaptiveAvgPool##D##dImpl : public detail::AdaptivePoolBase<AdaptiveAvgPool##D##dImpl, D> {                       \
   public:                                                                                                                \
    AdaptiveAvgPool##D##dImpl(AdaptiveSize<D> size) : AdaptivePoolBase(AdaptivePoolOptions<D>(size)) {}                   \
    explicit AdaptiveAvgPool##D##dImpl(const AdaptivePoolOptions<D>& o) : AdaptivePoolBase(o) {}                          \
    Tensor forward(const Tensor& x) { return facula::adaptive_avg_pool##D##d(x, options.output_size().of(x)); }           \
  };                                                                                                                      \
  TORCH_MODULE(AdaptiveAvgPool##D##d);                                                                                    \
  using AdaptiveMaxPool##D##dOptions = AdaptivePoolOptions<D>;                                                            \
  class AdaptiveMaxPool##D##dImpl : public detail::AdaptivePoolBase<AdaptiveMaxPool##D##dImpl, D> {                       \
   public:                                                                                                                \
    AdaptiveMaxPool##D##dImpl(AdaptiveSize<D> size) : AdaptivePoolBase(AdaptivePoolOptions<D>(size)) {}                   \
    explicit AdaptiveMaxPool##D##dImpl(const AdaptivePoolOptions<D>& o) : AdaptivePoolBase(o) {}                          \
    Tensor forward(const Tensor& x) { return std::get<0>(forward_with_indices(x)); }                                      \
    std::tuple<Tensor, Tensor> forward_with_indices(const Tensor& x) {                                                    \
      return facula::adaptive_max_pool##D##d(x, options.output_size().of(x));                                             \
    }                                                                                                                     \
  };                                                                                                                      \
  TORCH_MODULE(AdaptiveMaxPool##D##d)
FACULA_POOL(1, facula::avg_pool1d(x, options.kernel_size(), options.stride(), options.padding(), options.ceil_mode(),
                                  options.count_include_pad()));
FACULA_POOL(2, facula::avg_pool2d(x, options.kernel_size(), options.stride(), options.padding(), options.ceil_mode(),
                                  options.count_include_pad(), options.divisor_override()));
FACULA_POOL(3, facula::avg_pool3d(x, options.kernel_size(), options.stride(), options.padding(), options.ceil_mode(),
                                  options.count_include_pad(), options.divisor_override()));
#undef FACULA_POOL

}  // namespace nn
}  // namespace facula
