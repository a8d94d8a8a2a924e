// index({...}), index_put_({...}) and assignment through operator[].
#include <torch/script.h>

#include <iostream>

int main() {
  using namespace torch::indexing;
  auto x = torch::arange(24).view({2, 3, 4});
  std::cout << x.index({0}).sizes() << x.index({0, 1, 2}).item<int64_t>() << x.index({-1, -1}).sum().item<int64_t>() << "\n";
  std::cout << x.index({Slice(), 1}).sizes() << x.index({"...", 0}).sizes() << x.index({Ellipsis, Slice(1, 3)}).sizes()
            << x.index({None, Slice(), Slice(None, None, 2)}).sizes() << "\n";
  std::cout << x.index({Slice(0, 1), Slice(1), Slice(None, -1)}).sum().item<int64_t>() << "\n";
  auto mask = x > 10;
  std::cout << x.index({mask}).sizes() << x.index({mask}).sum().item<int64_t>() << "\n";
  auto rows = torch::tensor({1, 0});
  std::cout << x.index({rows}).sizes() << x.index({rows, Slice(), rows}).sizes() << x.index({Slice(), rows}).sizes() << "\n";
  std::cout << x.index({torch::tensor(1), 2}).sizes() << x.index({true}).sizes() << x.index({false}).sizes() << "\n";
  std::cout << x[1][2][3].item<int64_t>() << x[torch::tensor(0)].sizes() << x.select(1, 0).sizes() << x.slice(2, 1, 3).sizes()
            << x.narrow(0, 0, 1).sizes() << "\n";
  std::cout << x.index_select(2, torch::tensor({0, 3})).sum().item<int64_t>() << " "
            << x.gather(2, torch::zeros({2, 3, 1}, torch::kLong)).flatten() << "\n";

  auto y = torch::zeros({3, 4});
  y.index_put_({1}, 5);
  y.index_put_({Slice(), 0}, torch::tensor({1.f, 2.f, 3.f}));
  y.index_put_({torch::tensor({0, 2}), torch::tensor({3, 3})}, 9.0);
  y.index_put_({y == 5}, -1);
  y[2][1] = 8;
  y.masked_fill_(y == 0, 0.5);
  std::cout << y << "\n";
  y.index({Slice(None, 2), Slice(2, None)}).fill_(7);
  std::cout << y.sum().item<float>() << "\n";
  c10::List<c10::optional<at::Tensor>> indices;
  indices.push_back(torch::tensor({0, 1}));
  std::cout << y.index(indices).sizes() << "\n";
  try {
    x.index({0, 0, 0, 0});
  } catch (const c10::Error& e) {
    std::cout << e.msg() << "\n";
  }
  try {
    x.index({7});
  } catch (const c10::Error& e) {
    std::cout << e.msg().substr(0, 26) << "\n";
  }
  return 0;
}
