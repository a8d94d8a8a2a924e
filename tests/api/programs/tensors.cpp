// Tensors as a libtorch program uses them.
#include <torch/torch.h>

#include <iostream>
#include <vector>

int main() {
  torch::NoGradGuard no_grad;
  torch::manual_seed(0);

  // Creation.
  auto a = torch::arange(6, torch::kFloat32).view({2, 3});
  auto b = torch::ones({2, 3});
  auto c = torch::full({2, 3}, 0.5, torch::TensorOptions().dtype(torch::kFloat64).device(torch::kCPU));
  auto z = torch::zeros({3}, at::kLong);
  std::cout << a.sizes() << " " << a.dtype() << " " << c.dtype() << " " << z.scalar_type() << "\n";
  std::cout << (a.dtype() == torch::kFloat) << (c.dtype() == torch::kFloat) << " " << a.device() << "\n";
  std::cout << torch::eye(2).sum().item<float>() << " " << torch::linspace(0, 1, 5)[1].item<double>() << "\n";
  std::cout << torch::empty({0, 4}).numel() << " " << torch::randn({4, 5}).sizes() << " " << torch::rand({2}).dim() << "\n";
  auto t = torch::tensor({{1, 2}, {3, 4}});
  auto f = torch::tensor({1.5, 2.5});
  auto fv = torch::tensor(std::vector<float>{1.f, 2.f}, torch::kFloat64);
  auto bo = torch::tensor({true, false});
  std::cout << t.scalar_type() << t.sizes() << " " << f.scalar_type() << " " << fv.scalar_type() << " " << bo.scalar_type()
            << " " << torch::tensor(7).scalar_type() << torch::tensor(7).dim() << "\n";

  // Arithmetic, promotion, comparison.
  auto s = a + b * 2 - 1;
  s += 1;
  s *= a;
  std::cout << (2 / (s + 1)).sum().item<double>() << " " << (1 - a).min().item<float>() << "\n";
  std::cout << (t + 0.5).scalar_type() << " " << (t / 2).scalar_type() << " " << (t > 2).scalar_type() << "\n";
  std::cout << (a == b).sum().item<int64_t>() << " " << (a >= 3).any().item<bool>() << (~(a >= 0)).any().item<bool>() << "\n";
  std::cout << -a[1][2].item<float>() << " " << (t % 2).sum().item().toLong() << "\n";

  // Methods with defaults, several results, in-place and out forms.
  std::cout << a.sum(1) << "\n" << a.mean({0, 1}).item<float>() << " " << a.sum(0, true).sizes() << "\n";
  auto [values, indices] = a.max(1);
  std::cout << values[0].item<float>() << " " << indices[1].item<int64_t>() << "\n";
  auto top = a.flatten().topk(2);
  std::cout << std::get<0>(top)[0].item<float>() << " " << std::get<1>(top)[1].item<int>() << "\n";
  std::tuple<torch::Tensor, torch::Tensor> sorted = torch::sort(-a, 1);
  std::cout << std::get<0>(sorted)[0][0].item<float>() << "\n";
  auto r = torch::relu(a - 3);
  r.add_(1).mul_(2).clamp_(0, 5);
  std::cout << r.sum().item<float>() << "\n";
  torch::Tensor out = torch::empty({2, 3});
  torch::add_out(out, a, b, 3);
  std::cout << out[1][2].item<float>() << "\n";
  std::cout << torch::softmax(f, 0).sum().item<float>() << " " << f.softmax(-1).argmax().item<int64_t>() << "\n";
  std::cout << torch::cat({a, b}, 0).sizes() << torch::stack({a, b}).sizes() << a.t().sizes() << a.unsqueeze(0).sizes()
            << a.permute({1, 0}).strides() << a.transpose(0, 1).contiguous().strides() << "\n";
  std::cout << torch::matmul(a, b.t()).sizes() << a.mm(b.t())[1][1].item<float>() << "\n";
  std::vector<torch::Tensor> parts = a.split(1, 1);
  std::cout << parts.size() << parts[2].sizes() << torch::chunk(a, 2)[0].sizes() << "\n";
  std::cout << a.expand({2, 2, 3}).sizes() << a.repeat({2, 1}).sizes() << a.reshape({-1}).sizes() << a.view({3, -1}).sizes() << "\n";
  std::cout << torch::where(a > 2, a, -b).sum().item<float>() << " " << a.norm().item<float>() << " "
            << a.std().item<float>() << " " << a.var(0, false)[0].item<float>() << "\n";

  // Convolution, pooling, interpolation.
  auto img = torch::arange(32, torch::kFloat).view({1, 2, 4, 4});
  auto w = torch::ones({1, 2, 3, 3});
  std::cout << torch::conv2d(img, w, {}, 1, 1).sum().item<float>() << " "
            << torch::max_pool2d(img, 2).sum().item<float>() << " " << torch::avg_pool2d(img, {2, 2}).mean().item<float>()
            << " " << torch::adaptive_avg_pool2d(img, {1, 1}).sizes() << "\n";
  std::cout << torch::batch_norm(img, {}, {}, torch::zeros({2}), torch::ones({2}), false, 0.1, 1e-5, false).mean().item<float>() << "\n";

  // Direct access.
  auto acc = a.accessor<float, 2>();
  float total = 0;
  for (int64_t i = 0; i < acc.size(0); ++i)
    for (int64_t j = 0; j < acc.size(1); ++j) total += acc[i][j];
  a.data_ptr<float>()[0] = 10;
  std::cout << total << " " << a[0][0].item<float>() << " " << *b.const_data_ptr<float>() << " " << a.nbytes() << a.itemsize() << "\n";
  a[0][1] = 42;
  a[1] = b[0] * 7;
  std::cout << a.sum().item<float>() << "\n";

  // Memory of the program's own.
  std::vector<uint8_t> bytes{1, 2, 3, 4, 5, 6};
  auto v = torch::from_blob(bytes.data(), {1, 2, 3}, torch::kByte);
  auto half = torch::from_blob(bytes.data(), {3}, {2}, torch::kUInt8);
  bytes[0] = 100;
  bool released = false;
  {
    auto owned = torch::from_blob(bytes.data(), {6}, [&](void*) { released = true; }, torch::TensorOptions(torch::kByte));
    std::cout << owned.sum().item<int>() << " " << released;
  }
  std::cout << released << " " << v.to(torch::kFloat).div_(2).sum().item<float>() << " " << half.sum().item<int>() << "\n";
  auto chw = v.permute({2, 0, 1}).toType(torch::kFloat32).div(255).sub_(0.5).contiguous();
  std::cout << chw.sizes() << chw.is_contiguous() << v.permute({2, 0, 1}).is_contiguous() << "\n";
  auto cl = torch::zeros({1, 3, 2, 2}).contiguous(at::MemoryFormat::ChannelsLast);
  std::cout << cl.strides() << cl.is_contiguous(at::MemoryFormat::ChannelsLast) << "\n";
  std::cout << a.to(at::kDouble).dtype() << " " << a.to(torch::Device("cpu")).device() << " "
            << a.to(torch::device(torch::kCPU).dtype(torch::kHalf)).scalar_type() << "\n";
  std::cout << torch::Tensor().defined() << a.defined() << a.is_cuda() << a.clone().is_same(a) << torch::equal(a, a.clone())
            << torch::allclose(a, a + 1e-9) << "\n";

  // Errors.
  try {
    a.data_ptr<double>();
  } catch (const c10::Error& e) {
    std::cout << e.msg().substr(0, 45) << "\n";
  }
  try {
    torch::ones({2, 3}) + torch::ones({4});
  } catch (const std::exception& e) {
    std::cout << std::string(e.what()).substr(0, 63) << "\n";
  }
  try {
    a.size(5);
  } catch (const c10::IndexError& e) {
    std::cout << "IndexError\n";
  }
  try {
    a.view({4, 4});
  } catch (c10::Error& e) {
    std::cout << e.what_without_backtrace() << "\n";
  }
  return 0;
}
