// Corners of the API that programs use now and then: options, guards, random numbers, threads, lists of tensors.
#include <torch/script.h>
#include <torch/torch.h>

#include <iostream>
#include <vector>

struct Net {
  torch::Device device{torch::kCPU};
  torch::jit::script::Module module;
  explicit Net(const std::string& path) : module(torch::jit::load(path, device)) { module.eval(); }
  std::vector<float> run(const std::vector<float>& pixels, int64_t height, int64_t width) {
    torch::InferenceMode guard;
    auto options = torch::TensorOptions().dtype(torch::kFloat32).layout(torch::kStrided).requires_grad(false);
    auto in = torch::from_blob(const_cast<float*>(pixels.data()), {1, 3, height, width}, options).clone().to(device);
    auto out = module.forward({in}).toTensor().to(torch::kCPU).contiguous();
    return std::vector<float>(out.data_ptr<float>(), out.data_ptr<float>() + out.numel());
  }
};

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  Net net(argv[1]);
  const auto scores = net.run(std::vector<float>(3 * 4 * 4, 0.25f), 4, 4);
  std::cout << scores.size() << " " << (scores[0] + scores[1] > 0.9999f) << "\n";

  std::cout << torch::GradMode::is_enabled();
  {
    torch::NoGradGuard no_grad;
    std::cout << torch::GradMode::is_enabled();
    torch::AutoGradMode again(true);
    std::cout << torch::GradMode::is_enabled();
  }
  std::cout << torch::GradMode::is_enabled() << torch::cuda::is_available() << static_cast<int>(torch::cuda::device_count()) << "\n";

  torch::manual_seed(7);
  auto r1 = torch::rand({3});
  torch::manual_seed(7);
  std::cout << torch::equal(r1, torch::rand({3})) << torch::randint(0, 10, {4}).max().lt(10).item<bool>()
            << torch::randperm(5).sum().item<int64_t>() << "\n";
  std::cout << torch::rand({2}, torch::kDouble).dtype() << torch::zeros_like(r1).sizes() << torch::ones_like(r1, torch::kInt).dtype()
            << torch::full_like(r1, 2).sum().item<float>() << r1.new_zeros({2, 2}).sizes() << "\n";

  std::vector<at::Tensor> list{torch::ones({2}), torch::zeros({2})};
  at::TensorList view(list);
  std::cout << at::cat(view).sizes() << torch::stack(list, 1).sizes() << at::meshgrid({torch::arange(2), torch::arange(3)}, "ij")[1].sizes() << "\n";
  c10::IntArrayRef shape = r1.sizes();
  std::vector<int64_t> own = shape.vec();
  std::cout << shape.size() << own[0] << (shape == c10::IntArrayRef({3})) << (shape.equals({3})) << "\n";
  auto image = torch::arange(16, torch::kFloat).view({1, 1, 4, 4});
  std::cout << at::upsample_bilinear2d(image, {8, 8}, false).sizes() << torch::nn::functional::pad(image, torch::nn::functional::PadFuncOptions({1, 1})).sizes()
            << torch::nn::functional::interpolate(image, torch::nn::functional::InterpolateFuncOptions().size(std::vector<int64_t>{2, 2}).mode(torch::kNearest)).sum().item<float>()
            << "\n";
  std::cout << torch::nn::functional::softmax(image, torch::nn::functional::SoftmaxFuncOptions(3)).sum().item<float>() << " "
            << torch::nn::functional::normalize(torch::tensor({{3.f, 4.f}}), torch::nn::functional::NormalizeFuncOptions().p(2).dim(1))[0][1].item<float>() << "\n";
  std::cout << image.flip({3})[0][0][0][0].item<float>() << image.pow(2).mean().item<float>() << " " << image.clamp(2, 5).sum().item<float>()
            << " " << image.gt(3).sum().item<int>() << image.squeeze().sizes() << image.argmax(-1).sizes() << "\n";
  int64_t total = 0;
  at::parallel_for(0, 10, 100, [&](int64_t begin, int64_t end) { total += end - begin; });
  std::cout << total << (torch::get_num_threads() >= 1) << "\n";
  torch::Half h(1.5f);
  c10::complex<float> z(1, 2);
  std::cout << static_cast<float>(h) << z.real() << z.imag() << "\n";
  try {
    TORCH_CHECK(1 == 2, "not ", 3, " equal");
  } catch (const c10::Error& e) {
    std::cout << e.msg() << "\n";
  }
  // Everyday Python, compiled without Python.
  const auto unit = facula::compile(
      "import math\n"
      "def halves(n: int):\n"
      "    xs = []\n"
      "    for i in range(n):\n"
      "        xs.append(i / 2)\n"
      "    return sum(xs) + math.floor(2.5)\n");
  std::cout << unit->run_method("halves", 4).toDouble() << "\n";
  try {
    facula::compile("def f(x: int):\n    return x.foo\n");
  } catch (const c10::Error& e) {
    std::cout << (std::string(e.what()).find("has no attribute or method 'foo'") != std::string::npos) << "\n";
  }
  // Reduced precision, of a module and of a frozen one.
  torch::jit::Module module = torch::jit::load(argv[1]);
  module.eval();
  const torch::Tensor picture = torch::arange(48, torch::kFloat).view({1, 3, 4, 4}).div(48);
  const torch::Tensor full = module.forward({picture}).toTensor();
  module.set_precision("bf16-emulated");
  const torch::Tensor half = module.forward({picture}).toTensor();
  const auto frozen = torch::jit::freeze(module, {}, true, "bf16-emulated");
  std::cout << module.precision() << " " << half.equal(full) << " " << torch::allclose(half, full, 0.02) << " " << frozen.precision() << " "
            << frozen.forward({picture}).toTensor().equal(half) << " " << torch::jit::freeze(module).precision() << "\n";
  try {
    module.set_precision("int9");
  } catch (const c10::Error& e) {
    std::cout << (std::string(e.what()).find("no precision `int9`") != std::string::npos) << "\n";
  }
  return 0;
}
