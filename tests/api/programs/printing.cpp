// std::cout << tensor.
#include <torch/torch.h>

#include <iostream>

int main() {
  std::cout << torch::arange(6).view({2, 3}) << "\n";
  std::cout << torch::tensor({1.5, -2.25, 1000.0}) << "\n";
  std::cout << torch::tensor({0.001, 1e6}) << "\n";
  std::cout << torch::ones({2, 2, 2}) << "\n";
  std::cout << torch::tensor(3.5) << "\n" << torch::tensor(true) << "\n" << torch::tensor({true, false}) << "\n";
  std::cout << torch::zeros({0}) << "\n" << torch::zeros({2, 0}) << "\n";
  std::cout << torch::tensor({1., 2.}, torch::kDouble) << "\n" << torch::tensor({1, 2}, torch::kByte) << "\n";
  std::cout << torch::arange(60).view({2, 30}) << "\n";
  std::cout << torch::Tensor() << "\n";
  std::cout << torch::tensor({std::numeric_limits<float>::infinity(), 1.f}) << "\n";
  std::cout << torch::ones({2}).sizes() << torch::kFloat << torch::Device(torch::kCUDA, 1) << at::Scalar(2.5) << "\n";
  return 0;
}
