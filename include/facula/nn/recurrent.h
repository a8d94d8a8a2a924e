// torch::nn::LSTM, GRU and RNN, and their cells.
#pragma once

#include "facula/nn/layers.h"

namespace facula {
namespace nn {

struct RNNOptions {
  RNNOptions(std::int64_t input_size, std::int64_t hidden_size) : input_size_(input_size), hidden_size_(hidden_size) {}
  TORCH_ARG(std::int64_t, input_size);
  TORCH_ARG(std::int64_t, hidden_size);
  TORCH_ARG(std::int64_t, num_layers) = 1;
  TORCH_ARG(enumtype::Mode, nonlinearity) = kTanh;  // of plain RNNs
  TORCH_ARG(bool, bias) = true;
  TORCH_ARG(bool, batch_first) = false;
  TORCH_ARG(double, dropout) = 0;
  TORCH_ARG(bool, bidirectional) = false;
  TORCH_ARG(std::int64_t, proj_size) = 0;  // of LSTMs
};
using LSTMOptions = RNNOptions;
using GRUOptions = RNNOptions;

template <class Derived>
class RNNBase : public Cloneable<Derived> {
 public:
  RNNBase(const RNNOptions& o, std::int64_t gates) : options(o), gates_(gates) { RNNBase::reset(); }
  void reset() override {
    weights_.clear();
    const std::int64_t directions = options.bidirectional() ? 2 : 1;
    const std::int64_t out = options.proj_size() ? options.proj_size() : options.hidden_size();
    const std::int64_t rows = gates_ * options.hidden_size();
    for (std::int64_t layer = 0; layer < options.num_layers(); ++layer)
      for (std::int64_t d = 0; d < directions; ++d) {
        const std::string suffix = "_l" + std::to_string(layer) + (d ? "_reverse" : "");
        add("weight_ih" + suffix, {rows, layer ? out * directions : options.input_size()});
        add("weight_hh" + suffix, {rows, out});
        if (options.bias()) {
          add("bias_ih" + suffix, {rows});
          add("bias_hh" + suffix, {rows});
        }
        if (options.proj_size()) add("weight_hr" + suffix, {options.proj_size(), options.hidden_size()});
      }
    reset_parameters();
  }
  void reset_parameters() {
    const double bound = options.hidden_size() > 0 ? 1 / std::sqrt(static_cast<double>(options.hidden_size())) : 0;
    for (Tensor& w : weights_) w.uniform_(-bound, bound);
  }
  void flatten_parameters() {}
  std::vector<Tensor> all_weights() const { return weights_; }
  void pretty_print(std::ostream& out) const override {
    const std::string name = detail::class_name(typeid(Derived));
    const std::string word = name.substr(name.rfind(':') + 1);
    out << "torch::nn::" << word.substr(0, word.rfind("Impl")) << "(input_size=" << options.input_size()
        << ", hidden_size=" << options.hidden_size() << ", num_layers=" << options.num_layers()
        << ", bias=" << std::boolalpha << options.bias() << ", batch_first=" << std::boolalpha << options.batch_first()
        << ", dropout=" << options.dropout() << ", bidirectional=" << std::boolalpha << options.bidirectional();
    if (options.proj_size()) out << ", proj_size=" << options.proj_size();
    out << ')';
  }
  RNNOptions options;

 protected:
  // The state to begin with, [layers * directions, batch, size].
  Tensor start(const Tensor& x, std::int64_t size) const {
    const std::int64_t layers = options.num_layers() * (options.bidirectional() ? 2 : 1);
    return zeros({layers, x.size(options.batch_first() ? 0 : 1), size}, x.options());
  }
  // Sequences without a batch are run as a batch of one.
  Tensor batched(const Tensor& x) const {
    if (x.dim() != 2 && x.dim() != 3) fail(facula::detail::text("RNN: Expected input to be 2D or 3D, got ", x.dim(), "D instead"));
    return x.dim() == 2 ? x.unsqueeze(batch_dim()) : x;
  }
  std::int64_t batch_dim() const { return options.batch_first() ? 0 : 1; }
  std::vector<Tensor> weights_;

 private:
  void add(const std::string& name, std::vector<std::int64_t> sizes) {
    weights_.push_back(this->register_parameter(name, empty(IntArrayRef(sizes))));
  }
  std::int64_t gates_;
};

class LSTMImpl : public RNNBase<LSTMImpl> {
 public:
  LSTMImpl(std::int64_t input_size, std::int64_t hidden_size) : LSTMImpl(RNNOptions(input_size, hidden_size)) {}
  explicit LSTMImpl(const RNNOptions& o) : RNNBase(o, 4) {}
  std::tuple<Tensor, std::tuple<Tensor, Tensor>> forward(const Tensor& input,
                                                         std::optional<std::tuple<Tensor, Tensor>> hx_opt = {}) {
    const bool single = input.dim() == 2;
    const Tensor x = batched(input);
    const std::int64_t out = options.proj_size() ? options.proj_size() : options.hidden_size();
    std::vector<Tensor> hx = hx_opt ? std::vector<Tensor>{std::get<0>(*hx_opt), std::get<1>(*hx_opt)}
                                    : std::vector<Tensor>{start(x, out), start(x, options.hidden_size())};
    if (single && hx_opt) hx = {hx[0].unsqueeze(1), hx[1].unsqueeze(1)};
    auto [y, h, c] = facula::lstm(x, hx, weights_, options.bias(), options.num_layers(), options.dropout(), is_training(),
                                  options.bidirectional(), options.batch_first());
    if (single) return {y.squeeze(batch_dim()), {h.squeeze(1), c.squeeze(1)}};
    return {y, {h, c}};
  }
};
TORCH_MODULE(LSTM);

class GRUImpl : public RNNBase<GRUImpl> {
 public:
  GRUImpl(std::int64_t input_size, std::int64_t hidden_size) : GRUImpl(RNNOptions(input_size, hidden_size)) {}
  explicit GRUImpl(const RNNOptions& o) : RNNBase(o, 3) {}
  std::tuple<Tensor, Tensor> forward(const Tensor& input, Tensor hx = {}) {
    const bool single = input.dim() == 2;
    const Tensor x = batched(input);
    if (!hx.defined()) hx = start(x, options.hidden_size());
    else if (single) hx = hx.unsqueeze(1);
    auto [y, h] = facula::gru(x, hx, weights_, options.bias(), options.num_layers(), options.dropout(), is_training(),
                              options.bidirectional(), options.batch_first());
    if (single) return {y.squeeze(batch_dim()), h.squeeze(1)};
    return {y, h};
  }
};
TORCH_MODULE(GRU);

class RNNImpl : public RNNBase<RNNImpl> {
 public:
  RNNImpl(std::int64_t input_size, std::int64_t hidden_size) : RNNImpl(RNNOptions(input_size, hidden_size)) {}
  explicit RNNImpl(const RNNOptions& o) : RNNBase(o, 1) {}
  std::tuple<Tensor, Tensor> forward(const Tensor& input, Tensor hx = {}) {
    const bool single = input.dim() == 2;
    const Tensor x = batched(input);
    if (!hx.defined()) hx = start(x, options.hidden_size());
    else if (single) hx = hx.unsqueeze(1);
    auto [y, h] = options.nonlinearity() == kReLU
                      ? facula::rnn_relu(x, hx, weights_, options.bias(), options.num_layers(), options.dropout(),
                                         is_training(), options.bidirectional(), options.batch_first())
                      : facula::rnn_tanh(x, hx, weights_, options.bias(), options.num_layers(), options.dropout(),
                                         is_training(), options.bidirectional(), options.batch_first());
    if (single) return {y.squeeze(batch_dim()), h.squeeze(1)};
    return {y, h};
  }
};
TORCH_MODULE(RNN);

struct RNNCellOptions {
  RNNCellOptions(std::int64_t input_size, std::int64_t hidden_size) : input_size_(input_size), hidden_size_(hidden_size) {}
  TORCH_ARG(std::int64_t, input_size);
  TORCH_ARG(std::int64_t, hidden_size);
  TORCH_ARG(bool, bias) = true;
  TORCH_ARG(enumtype::Mode, nonlinearity) = kTanh;
};
using LSTMCellOptions = RNNCellOptions;
using GRUCellOptions = RNNCellOptions;

template <class Derived>
class RNNCellBase : public Cloneable<Derived> {
 public:
  RNNCellBase(const RNNCellOptions& o, std::int64_t gates) : options(o), gates_(gates) { RNNCellBase::reset(); }
  void reset() override {
    const std::int64_t rows = gates_ * options.hidden_size();
    weight_ih = this->register_parameter("weight_ih", empty({rows, options.input_size()}));
    weight_hh = this->register_parameter("weight_hh", empty({rows, options.hidden_size()}));
    bias_ih = this->register_parameter("bias_ih", options.bias() ? empty({rows}) : Tensor());
    bias_hh = this->register_parameter("bias_hh", options.bias() ? empty({rows}) : Tensor());
    const double bound = 1 / std::sqrt(static_cast<double>(options.hidden_size()));
    for (const auto& p : this->parameters_)
      if (p.value().defined()) Tensor(p.value()).uniform_(-bound, bound);
  }
  void pretty_print(std::ostream& out) const override {
    const std::string name = detail::class_name(typeid(Derived));
    const std::string word = name.substr(name.rfind(':') + 1);
    out << "torch::nn::" << word.substr(0, word.rfind("Impl")) << '(' << options.input_size() << ", " << options.hidden_size();
    if (!options.bias()) out << ", bias=" << std::boolalpha << false;
    out << ')';
  }
  RNNCellOptions options;
  Tensor weight_ih, weight_hh, bias_ih, bias_hh;

 protected:
  Tensor start(const Tensor& x) const { return zeros({x.size(0), options.hidden_size()}, x.options()); }

 private:
  std::int64_t gates_;
};
class LSTMCellImpl : public RNNCellBase<LSTMCellImpl> {
 public:
  LSTMCellImpl(std::int64_t in, std::int64_t hidden) : LSTMCellImpl(RNNCellOptions(in, hidden)) {}
  explicit LSTMCellImpl(const RNNCellOptions& o) : RNNCellBase(o, 4) {}
  std::tuple<Tensor, Tensor> forward(const Tensor& x, std::optional<std::tuple<Tensor, Tensor>> hx = {}) {
    const std::vector<Tensor> state = hx ? std::vector<Tensor>{std::get<0>(*hx), std::get<1>(*hx)}
                                         : std::vector<Tensor>{start(x), start(x)};
    return facula::lstm_cell(x, state, weight_ih, weight_hh, bias_ih, bias_hh);
  }
};
TORCH_MODULE(LSTMCell);
class GRUCellImpl : public RNNCellBase<GRUCellImpl> {
 public:
  GRUCellImpl(std::int64_t in, std::int64_t hidden) : GRUCellImpl(RNNCellOptions(in, hidden)) {}
  explicit GRUCellImpl(const RNNCellOptions& o) : RNNCellBase(o, 3) {}
  Tensor forward(const Tensor& x, const Tensor& hx = {}) {
    return facula::gru_cell(x, hx.defined() ? hx : start(x), weight_ih, weight_hh, bias_ih, bias_hh);
  }
};
TORCH_MODULE(GRUCell);
class RNNCellImpl : public RNNCellBase<RNNCellImpl> {
 public:
  RNNCellImpl(std::int64_t in, std::int64_t hidden) : RNNCellImpl(RNNCellOptions(in, hidden)) {}
  explicit RNNCellImpl(const RNNCellOptions& o) : RNNCellBase(o, 1) {}
  Tensor forward(const Tensor& x, const Tensor& hx = {}) {
    const Tensor h = hx.defined() ? hx : start(x);
    return options.nonlinearity() == kReLU ? facula::rnn_relu_cell(x, h, weight_ih, weight_hh, bias_ih, bias_hh)
                                           : facula::rnn_tanh_cell(x, h, weight_ih, weight_hh, bias_ih, bias_hh);
  }
};
TORCH_MODULE(RNNCell);

}  // namespace nn
}  // namespace facula
