// torch::nn's layers without weights: activations, dropout, pooling, padding, shapes, upsampling, distances.
#pragma once

#include "facula/nn/layers.h"

namespace facula {
namespace nn {

// A module that has options and no weights; `text` is what it prints between the parentheses.
template <class Derived>
class Stateless : public Cloneable<Derived> {
 public:
  void reset() override {}
  void pretty_print(std::ostream& out) const override {
    const std::string name = detail::class_name(typeid(Derived));
    const std::string word = name.substr(name.rfind(':') + 1);
    out << "torch::nn::" << word.substr(0, word.rfind("Impl")) << '(';
    print_options(out);
    out << ')';
  }

 protected:
  virtual void print_options(std::ostream&) const {}
};

// --- activations ---------------------------------------------------------------------------------------------------------

#define FACULA_PLAIN(Name, expression)                             \
  class Name##Impl : public Stateless<Name##Impl> {                \
   public:                                                         \
    Tensor forward(const Tensor& x) { return expression; }         \
  };                                                               \
  TORCH_MODULE(Name)
FACULA_PLAIN(Sigmoid, facula::sigmoid(x));
FACULA_PLAIN(Tanh, facula::tanh(x));
FACULA_PLAIN(SiLU, facula::silu(x));
FACULA_PLAIN(Mish, facula::mish(x));
FACULA_PLAIN(LogSigmoid, facula::log_sigmoid(x));
FACULA_PLAIN(Softsign, x / (facula::abs(x) + 1));
FACULA_PLAIN(Tanhshrink, x - facula::tanh(x));
FACULA_PLAIN(Softmax2d, facula::softmax(x, -3));
#undef FACULA_PLAIN

struct GELUOptions {
  TORCH_ARG(std::string, approximate) = "none";
};
class GELUImpl : public Stateless<GELUImpl> {
 public:
  explicit GELUImpl(GELUOptions o = {}) : options(std::move(o)) {}
  Tensor forward(const Tensor& x) { return facula::gelu(x, options.approximate()); }
  GELUOptions options;
};
TORCH_MODULE(GELU);

// ReLU and ReLU6: nothing but `inplace`.
#define FACULA_INPLACE(Name, function)                                                              \
  struct Name##Options {                                                                            \
    Name##Options(bool inplace = false) : inplace_(inplace) {}                                      \
    TORCH_ARG(bool, inplace);                                                                       \
  };                                                                                                \
  class Name##Impl : public Stateless<Name##Impl> {                                                 \
   public:                                                                                          \
    explicit Name##Impl(const Name##Options& o = {}) : options(o) {}                                \
    Tensor forward(Tensor x) { return options.inplace() ? function##_(x) : function(x); }           \
    Name##Options options;                                                                          \
                                                                                                    \
   protected:                                                                                       \
    void print_options(std::ostream& out) const override {                                          \
      if (options.inplace()) out << "inplace=" << std::boolalpha << true;                                                 \
    }                                                                                               \
  };                                                                                                \
  TORCH_MODULE(Name)
FACULA_INPLACE(ReLU, facula::relu);
FACULA_INPLACE(ReLU6, facula::relu6);
FACULA_INPLACE(SELU, facula::selu);
#undef FACULA_INPLACE

// One number and `inplace`.
#define FACULA_NUMBER(Name, number, value, function)                                                       \
  struct Name##Options {                                                                                   \
    Name##Options(double number = value) : number##_(number) {}                                            \
    TORCH_ARG(double, number);                                                                             \
    TORCH_ARG(bool, inplace) = false;                                                                      \
  };                                                                                                       \
  class Name##Impl : public Stateless<Name##Impl> {                                                        \
   public:                                                                                                 \
    explicit Name##Impl(const Name##Options& o = {}) : options(o) {}                                       \
    Tensor forward(Tensor x) {                                                                             \
      return options.inplace() ? function##_(x, Scalar(options.number())) : function(x, Scalar(options.number())); \
    }                                                                                                      \
    Name##Options options;                                                                                 \
                                                                                                           \
   protected:                                                                                              \
    void print_options(std::ostream& out) const override {                                                 \
      out << #number "=" << options.number();                                                              \
      if (options.inplace()) out << ", inplace=" << std::boolalpha << true;                                                      \
    }                                                                                                      \
  };                                                                                                       \
  TORCH_MODULE(Name)
FACULA_NUMBER(LeakyReLU, negative_slope, 1e-2, facula::leaky_relu);
FACULA_NUMBER(ELU, alpha, 1.0, facula::elu);
FACULA_NUMBER(CELU, alpha, 1.0, facula::celu);
#undef FACULA_NUMBER

struct HardtanhOptions {
  TORCH_ARG(double, min_val) = -1;
  TORCH_ARG(double, max_val) = 1;
  TORCH_ARG(bool, inplace) = false;
};
class HardtanhImpl : public Stateless<HardtanhImpl> {
 public:
  explicit HardtanhImpl(const HardtanhOptions& o = {}) : options(o) {}
  Tensor forward(Tensor x) {
    return options.inplace() ? facula::hardtanh_(x, options.min_val(), options.max_val())
                             : facula::hardtanh(x, options.min_val(), options.max_val());
  }
  HardtanhOptions options;

 protected:
  void print_options(std::ostream& out) const override {
    out << "min_val=" << options.min_val() << ", max_val=" << options.max_val();
    if (options.inplace()) out << ", inplace=" << std::boolalpha << true;
  }
};
TORCH_MODULE(Hardtanh);

struct SoftplusOptions {
  TORCH_ARG(double, beta) = 1;
  TORCH_ARG(double, threshold) = 20;
};
class SoftplusImpl : public Stateless<SoftplusImpl> {
 public:
  explicit SoftplusImpl(const SoftplusOptions& o = {}) : options(o) {}
  Tensor forward(const Tensor& x) { return facula::softplus(x, options.beta(), options.threshold()); }
  SoftplusOptions options;

 protected:
  void print_options(std::ostream& out) const override {
    out << "beta=" << options.beta() << ", threshold=" << options.threshold();
  }
};
TORCH_MODULE(Softplus);

#define FACULA_ALONG(Name, expression)                                                    \
  struct Name##Options {                                                                  \
    Name##Options(std::int64_t dim) : dim_(dim) {}                                        \
    TORCH_ARG(std::int64_t, dim);                                                         \
  };                                                                                      \
  class Name##Impl : public Stateless<Name##Impl> {                                       \
   public:                                                                                \
    explicit Name##Impl(std::int64_t dim) : options(dim) {}                               \
    explicit Name##Impl(const Name##Options& o) : options(o) {}                           \
    Tensor forward(const Tensor& x) { return expression; }                                \
    Name##Options options;                                                                \
                                                                                          \
   protected:                                                                             \
    void print_options(std::ostream& out) const override { out << "dim=" << options.dim(); } \
  };                                                                                      \
  TORCH_MODULE(Name)
FACULA_ALONG(Softmax, facula::softmax(x, options.dim()));
FACULA_ALONG(Softmin, facula::softmax(-x, options.dim()));
FACULA_ALONG(LogSoftmax, facula::log_softmax(x, options.dim()));
#undef FACULA_ALONG

// --- dropout -------------------------------------------------------------------------------------------------------------

struct DropoutOptions {
  DropoutOptions(double p = 0.5) : p_(p) {}
  TORCH_ARG(double, p);
  TORCH_ARG(bool, inplace) = false;
};
using Dropout2dOptions = DropoutOptions;
using Dropout3dOptions = DropoutOptions;
using AlphaDropoutOptions = DropoutOptions;
#define FACULA_DROPOUT(Name, function)                                                              \
  class Name##Impl : public Stateless<Name##Impl> {                                                 \
   public:                                                                                          \
    explicit Name##Impl(double p) : Name##Impl(DropoutOptions(p)) {}                                \
    explicit Name##Impl(const DropoutOptions& o = {}) : options(o) {                                \
      if (o.p() < 0 || o.p() > 1)                                                                   \
        fail(facula::detail::text("dropout probability has to be between 0 and 1, but got ", o.p())); \
    }                                                                                               \
    Tensor forward(Tensor x) { return function(x, options.p(), is_training()); }                    \
    DropoutOptions options;                                                                         \
                                                                                                    \
   protected:                                                                                       \
    void print_options(std::ostream& out) const override {                                          \
      out << "p=" << options.p() << ", inplace=" << std::boolalpha << options.inplace();           \
    }                                                                                               \
  };                                                                                                \
  TORCH_MODULE(Name)
FACULA_DROPOUT(Dropout, facula::dropout);
FACULA_DROPOUT(Dropout2d, facula::feature_dropout);
FACULA_DROPOUT(Dropout3d, facula::feature_dropout);
FACULA_DROPOUT(AlphaDropout, facula::alpha_dropout);
#undef FACULA_DROPOUT

// --- shapes --------------------------------------------------------------------------------------------------------------

class IdentityImpl : public Stateless<IdentityImpl> {
 public:
  Tensor forward(const Tensor& x) { return x; }
};
TORCH_MODULE(Identity);

struct FlattenOptions {
  TORCH_ARG(std::int64_t, start_dim) = 1;
  TORCH_ARG(std::int64_t, end_dim) = -1;
};
class FlattenImpl : public Stateless<FlattenImpl> {
 public:
  explicit FlattenImpl(const FlattenOptions& o = {}) : options(o) {}
  Tensor forward(const Tensor& x) { return facula::flatten(x, options.start_dim(), options.end_dim()); }
  FlattenOptions options;

 protected:
  void print_options(std::ostream& out) const override {
    out << "start_dim=" << options.start_dim() << ", end_dim=" << options.end_dim();
  }
};
TORCH_MODULE(Flatten);

struct UnflattenOptions {
  UnflattenOptions(std::int64_t dim, std::vector<std::int64_t> sizes) : dim_(dim), sizes_(std::move(sizes)) {}
  TORCH_ARG(std::int64_t, dim);
  TORCH_ARG(std::vector<std::int64_t>, sizes);
};
class UnflattenImpl : public Stateless<UnflattenImpl> {
 public:
  UnflattenImpl(std::int64_t dim, std::vector<std::int64_t> sizes) : options(dim, std::move(sizes)) {}
  explicit UnflattenImpl(UnflattenOptions o) : options(std::move(o)) {}
  Tensor forward(const Tensor& x) { return x.unflatten(options.dim(), options.sizes()); }
  UnflattenOptions options;

 protected:
  void print_options(std::ostream& out) const override {
    out << "dim=" << options.dim() << ", unflattened_size=" << IntArrayRef(options.sizes());
  }
};
TORCH_MODULE(Unflatten);

#define FACULA_SHUFFLE(Name, factor, function)                                                            \
  struct Name##Options {                                                                                  \
    Name##Options(std::int64_t factor) : factor##_(factor) {}                                             \
    TORCH_ARG(std::int64_t, factor);                                                                      \
  };                                                                                                      \
  class Name##Impl : public Stateless<Name##Impl> {                                                       \
   public:                                                                                                \
    explicit Name##Impl(const Name##Options& o) : options(o) {}                                           \
    Tensor forward(const Tensor& x) { return function(x, options.factor()); }                             \
    Name##Options options;                                                                                \
                                                                                                          \
   protected:                                                                                             \
    void print_options(std::ostream& out) const override { out << #factor "=" << options.factor(); }      \
  };                                                                                                      \
  TORCH_MODULE(Name)
FACULA_SHUFFLE(PixelShuffle, upscale_factor, facula::pixel_shuffle);
FACULA_SHUFFLE(PixelUnshuffle, downscale_factor, facula::pixel_unshuffle);
#undef FACULA_SHUFFLE

struct UpsampleOptions {
  TORCH_ARG(std::optional<std::vector<std::int64_t>>, size) = std::nullopt;
  TORCH_ARG(std::optional<std::vector<double>>, scale_factor) = std::nullopt;
  TORCH_ARG(enumtype::Mode, mode) = kNearest;
  TORCH_ARG(std::optional<bool>, align_corners) = std::nullopt;
};
class UpsampleImpl : public Stateless<UpsampleImpl> {
 public:
  explicit UpsampleImpl(UpsampleOptions o = {}) : options(std::move(o)) {}
  Tensor forward(const Tensor& x) {
    functional::InterpolateFuncOptions o;
    o.size(options.size()).scale_factor(options.scale_factor()).mode(options.mode()).align_corners(options.align_corners());
    return functional::interpolate(x, o);
  }
  UpsampleOptions options;

 protected:
  void print_options(std::ostream& out) const override {
    if (options.scale_factor()) {
      const char* before = "scale_factor=[";
      for (const double f : *options.scale_factor()) out << std::exchange(before, ", ") << f;
      out << ']';
    } else if (options.size()) {
      out << "size=" << IntArrayRef(*options.size());
    }
    out << ", mode=" << enumtype::get_enum_name(options.mode());
  }
};
TORCH_MODULE(Upsample);

#define FACULA_PAD(Name, D, mode_name)                                                                    \
  struct Name##D##dOptions {                                                                              \
    Name##D##dOptions(ExpandingArray<2 * D> padding) : padding_(padding) {}                               \
    TORCH_ARG(ExpandingArray<2 * D>, padding);                                                            \
  };                                                                                                      \
  class Name##D##dImpl : public Stateless<Name##D##dImpl> {                                               \
   public:                                                                                                \
    explicit Name##D##dImpl(ExpandingArray<2 * D> padding) : options(padding) {}                          \
    explicit Name##D##dImpl(const Name##D##dOptions& o) : options(o) {}                                   \
    Tensor forward(const Tensor& x) { return facula::pad(x, options.padding(), mode_name); }              \
    Name##D##dOptions options;                                                                            \
                                                                                                          \
   protected:                                                                                             \
    void print_options(std::ostream& out) const override { out << "padding=" << options.padding(); }      \
  };                                                                                                      \
  TORCH_MODULE(Name##D##d)
FACULA_PAD(ReflectionPad, 1, "reflect");
FACULA_PAD(ReflectionPad, 2, "reflect");
FACULA_PAD(ReflectionPad, 3, "reflect");
FACULA_PAD(ReplicationPad, 1, "replicate");
FACULA_PAD(ReplicationPad, 2, "replicate");
FACULA_PAD(ReplicationPad, 3, "replicate");
FACULA_PAD(ZeroPad, 1, "constant");
FACULA_PAD(ZeroPad, 2, "constant");
FACULA_PAD(ZeroPad, 3, "constant");
#undef FACULA_PAD

}  // namespace nn
}  // namespace facula
