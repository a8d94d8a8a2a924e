// Modules that a program writes in C++ with torch::nn: the tree, its names and texts, layers with known weights, saving.
#include <torch/torch.h>

namespace F = torch::nn::functional;

struct BlockOptions {
  BlockOptions(int64_t channels) : channels_(channels) {}
  TORCH_ARG(int64_t, channels);
  TORCH_ARG(bool, residual) = false;
};

struct BlockImpl : torch::nn::Cloneable<BlockImpl> {
  explicit BlockImpl(const BlockOptions& o) : options(o) { reset(); }
  void reset() override {
    const auto c = options.channels();
    conv = register_module("conv", torch::nn::Conv2d(torch::nn::Conv2dOptions(c, c, 3).padding(1).bias(false)));
    norm = register_module("norm", torch::nn::BatchNorm2d(c));
  }
  torch::Tensor forward(torch::Tensor x) {
    const auto y = torch::relu(norm(conv(x)));
    return options.residual() ? x + y : y;
  }
  BlockOptions options;
  torch::nn::Conv2d conv{nullptr};
  torch::nn::BatchNorm2d norm{nullptr};
};
TORCH_MODULE(Block);

struct NetImpl : torch::nn::Module {
  NetImpl() : head(torch::nn::LinearOptions(4, 2).bias(true)) {
    body = register_module(
        "body", torch::nn::Sequential(torch::nn::Conv2d(torch::nn::Conv2dOptions(3, 4, {3, 3}).stride(2).padding({1, 1})),
                                      torch::nn::LeakyReLU(torch::nn::LeakyReLUOptions().negative_slope(0.1)),
                                      Block(BlockOptions(4).residual(true)), torch::nn::MaxPool2d(2),
                                      torch::nn::Functional(torch::relu), torch::nn::Dropout(0.25)));
    list = register_module("list", torch::nn::ModuleList(torch::nn::Identity(), torch::nn::Tanh()));
    pool = register_module("pool", torch::nn::AdaptiveAvgPool2d(torch::nn::AdaptiveAvgPool2dOptions({1, 1})));
    register_module("head", head);
    scale = register_parameter("scale", torch::full({1}, 2.0));
    offset = register_buffer("offset", torch::tensor({0.5, -0.5}));
  }
  torch::Tensor forward(torch::Tensor x) {
    x = body->forward(x);
    for (const auto& m : *list)
      if (auto* tanh = m->as<torch::nn::Tanh>()) x = tanh->forward(x);
    return head(pool(x).flatten(1)) * scale + offset;
  }
  torch::nn::Sequential body;
  torch::nn::ModuleList list;
  torch::nn::AdaptiveAvgPool2d pool{nullptr};
  torch::nn::Linear head;
  torch::Tensor scale, offset;
};
TORCH_MODULE(Net);

// Weights that are the same everywhere, whatever random numbers are.
void set_weights(torch::nn::Module& m) {
  torch::NoGradGuard no_grad;
  int64_t k = 0;
  for (auto& p : m.named_parameters()) {
    auto n = p.value().numel();
    p.value().copy_(torch::sin(torch::arange(n, torch::kFloat) * 0.7 + double(++k)).view(p.value().sizes()) * 0.5);
  }
}

template <class M>
void show(const char* what, M layer, const torch::Tensor& x) {
  set_weights(*layer);
  layer->eval();
  std::cout << what << ": " << layer << '\n' << torch::round(layer(x) * 1000).flatten().slice(0, 0, 6) << '\n';
}

int main() {
  torch::NoGradGuard no_grad;
  Net net;
  set_weights(*net);
  net->eval();
  std::cout << net << '\n';
  for (const auto& p : net->named_parameters()) std::cout << p.key() << ' ' << p.value().sizes() << '\n';
  for (const auto& b : net->named_buffers()) std::cout << b.key() << ' ' << b.value().sizes() << '\n';
  for (const auto& m : net->named_modules("net", false)) std::cout << m.key() << (m.value()->is_training() ? " training\n" : "\n");
  std::cout << net->parameters().size() << ' ' << net->children().size() << ' ' << net->modules(false).size() << '\n';

  const auto x = torch::cos(torch::arange(2 * 3 * 8 * 8, torch::kFloat)).view({2, 3, 8, 8});
  const auto y = net->forward(x);
  std::cout << torch::round(y * 1000) << '\n';

  // Saving and loading, also into a module that others hold tensors of.
  std::stringstream file;
  torch::save(net, file);
  Net again;
  const auto held = again->head->weight;
  torch::load(again, file);
  again->eval();
  std::cout << "loaded " << torch::equal(again(x), y) << torch::equal(held, net->head->weight) << '\n';
  torch::serialize::OutputArchive out;
  out.write("a", torch::ones(3));
  out.write("n", torch::IValue(7));
  std::stringstream pieces;
  out.save_to(pieces);
  torch::serialize::InputArchive in;
  in.load_from(pieces);
  torch::Tensor a;
  c10::IValue n;
  in.read("a", a);
  in.read("n", n);
  std::cout << a.sum().item<float>() << ' ' << n.toInt() << ' ' << in.try_read("b", a) << '\n';

  // A clone has tensors of its own.
  Block block(BlockOptions(2));
  set_weights(*block);
  auto copy = std::dynamic_pointer_cast<BlockImpl>(block->clone());
  block->conv->weight.zero_();
  std::cout << block->conv->weight.abs().sum().item<float>() << ' ' << (copy->conv->weight.abs().sum().item<float>() > 1) << '\n';
  net->to(torch::kDouble);
  std::cout << net->head->weight.dtype() << ' ' << net->body->ptr(0)->parameters()[0].dtype() << '\n';
  try {
    net->register_module("head", torch::nn::Linear(1, 1));
  } catch (const c10::Error& e) {
    std::cout << e.what_without_backtrace() << '\n';
  }
  try {
    net->register_parameter("a.b", torch::ones(1));
  } catch (const c10::Error& e) {
    std::cout << e.what_without_backtrace() << '\n';
  }

  // Layers one by one.
  const auto picture = x.slice(0, 0, 1).clone(), rows = x.view({-1, 6}).slice(0, 0, 4).clone();
  show("linear", torch::nn::Linear(6, 3), rows);
  show("same", torch::nn::Conv2d(torch::nn::Conv2dOptions(3, 2, 3).padding(torch::kSame).groups(1)), picture);
  show("reflect", torch::nn::Conv2d(torch::nn::Conv2dOptions(3, 2, 3).padding(1).padding_mode(torch::kReflect)), picture);
  show("transpose", torch::nn::ConvTranspose2d(torch::nn::ConvTranspose2dOptions(3, 2, 3).stride(2).padding(1).output_padding(1)), picture);
  show("conv1d", torch::nn::Conv1d(torch::nn::Conv1dOptions(3, 2, 3).dilation(2)), picture.flatten(2));
  show("layer norm", torch::nn::LayerNorm(torch::nn::LayerNormOptions({6})), rows);
  show("group norm", torch::nn::GroupNorm(torch::nn::GroupNormOptions(3, 3)), picture);
  show("instance norm", torch::nn::InstanceNorm2d(torch::nn::InstanceNorm2dOptions(3).affine(true)), picture);
  show("embedding", torch::nn::Embedding(5, 3), torch::tensor({4, 0, 2}));
  show("prelu", torch::nn::PReLU(), rows);
  show("average", torch::nn::AvgPool2d(torch::nn::AvgPool2dOptions(3).stride(2).padding(1)), picture);
  show("adaptive", torch::nn::AdaptiveMaxPool2d(2), picture);
  show("upsample", torch::nn::Upsample(torch::nn::UpsampleOptions().scale_factor(std::vector<double>{2, 2}).mode(torch::kBilinear).align_corners(false)), picture);
  show("pad", torch::nn::ReflectionPad2d(2), picture);
  show("softmax", torch::nn::Softmax(1), rows);
  show("gelu", torch::nn::GELU(), rows);
  show("silu", torch::nn::SiLU(), rows);
  show("flatten", torch::nn::Flatten(), picture);
  show("relu6", torch::nn::ReLU6(), rows);
  show("elu", torch::nn::ELU(torch::nn::ELUOptions().alpha(0.5)), rows);
  show("hardtanh", torch::nn::Hardtanh(torch::nn::HardtanhOptions().min_val(-0.25).max_val(0.5)), rows);
  show("shuffle", torch::nn::PixelShuffle(torch::nn::PixelShuffleOptions(2)), torch::cat({picture, picture.slice(1, 0, 1)}, 1));

  torch::nn::LSTM lstm(torch::nn::LSTMOptions(6, 3).num_layers(2).bidirectional(true).batch_first(true));
  set_weights(*lstm);
  auto [steps, state] = lstm->forward(rows.unsqueeze(0));
  std::cout << lstm << '\n' << torch::round(steps[0][3] * 1000) << '\n' << std::get<1>(state).sizes() << '\n';
  torch::nn::GRU gru(6, 2);
  set_weights(*gru);
  std::cout << gru << '\n' << torch::round(std::get<0>(gru(rows.unsqueeze(1))) * 1000) << '\n';
  torch::nn::LSTMCell cell(6, 2);
  set_weights(*cell);
  std::cout << torch::round(std::get<0>(cell(rows)) * 1000) << '\n';

  // Functions.
  std::cout << F::cross_entropy(rows, torch::tensor({0, 1, 2, 3})).item<float>() << ' '
            << F::mse_loss(rows, torch::zeros({4, 6})).item<float>() << ' '
            << F::max_pool2d(picture, F::MaxPool2dFuncOptions(2)).sum().item<float>() << ' '
            << F::cosine_similarity(rows[0], rows[1], F::CosineSimilarityFuncOptions().dim(0)).item<float>() << '\n';
  std::cout << torch::round(torch::fft::rfft(rows[0]).abs() * 100) << torch::linalg_norm(rows).item<float>() << '\n';

  torch::nn::AnyModule any(torch::nn::Linear(2, 2));
  set_weights(*any.ptr());
  std::cout << torch::round(any.forward(torch::ones({1, 2})) * 1000) << any.get<torch::nn::Linear>()->options.in_features() << '\n';
}
