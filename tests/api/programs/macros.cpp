// What programs write beside the classes: dispatch over element types, checks, ranges, standard headers that libtorch's
// headers bring along, the lite interpreter's names, a module by its qualified name.
#include <torch/csrc/jit/mobile/import.h>
#include <torch/csrc/jit/mobile/module.h>
#include <torch/script.h>
#include <torch/version.h>
#include <ATen/Dispatch.h>
#include <c10/util/irange.h>

static double total(const at::Tensor& t) {
  double sum = 0;
  AT_DISPATCH_ALL_TYPES_AND2(at::kHalf, at::kBool, t.scalar_type(), "total", [&] {
    const auto c = t.contiguous();
    const scalar_t* p = c.data_ptr<scalar_t>();
    for (const auto i : c10::irange(c.numel())) sum += static_cast<double>(p[i]);
  });
  return sum;
}
template <typename T>
static T first(const at::Tensor& t) {
  return AT_DISPATCH_FLOATING_TYPES(t.scalar_type(), "first", [&] { return static_cast<T>(t.data_ptr<scalar_t>()[0]); });
}
template <class F>
static void complains(F f) {
  try {
    f();
    std::cout << "no complaint\n";
  } catch (const c10::Error& e) {
    std::cout << e.what_without_backtrace() << '\n';
  }
}

int main(int, char** argv) {
  for (const auto type : {at::kFloat, at::kLong, at::kByte, at::kHalf, at::kBool})
    std::cout << total(torch::tensor({1, 0, 3, 4}).to(type)) << ' ';
  std::cout << first<int>(torch::tensor({2.75})) << '\n';
  complains([] { total(torch::zeros({1}, at::kComplexFloat)); });
  complains([] { first<float>(torch::zeros({1}, at::kInt)); });
  complains([] { TORCH_CHECK_INDEX(1 > 2, "index ", 3); });
  complains([] { TORCH_CHECK_VALUE(false, "value of ", at::kLong); });
  for (const auto i : c10::irange(2, 5)) std::cout << i << ' ';
  std::cout << torch::kU8 << ' ' << torch::kI8 << ' ' << (TORCH_VERSION_MAJOR >= 2) << '\n';

  auto bits = torch::tensor({5, 6});
  bits.__ior__(torch::tensor({8, 1}));
  std::cout << bits.__and__(12) << '\n';

  std::ostringstream text;
  text << std::fixed << std::setprecision(2) << 1.5;
  std::vector<int> order(3);
  std::iota(order.begin(), order.end(), 0);
  std::function<int(int)> twice = [](int v) { return 2 * v; };
  std::map<std::string, std::set<int>> sets{{"a", {1}}};
  std::mutex mutex;
  const std::lock_guard<std::mutex> lock(mutex);
  std::ifstream file(argv[1], std::ios::binary);
  assert(file.good());
  std::cout << text.str() << order[2] << twice(2) << sets.size() << '\n';

  auto module = torch::jit::load(file);
  std::cout << module.named_parameters(true).size() << '\n';
  torch::jit::Module made("Made");
  made.register_parameter("w", torch::ones({2}), false);
  made.register_attribute("n", c10::IntType::get(), 3);
  std::cout << made.attr("n").toInt() << made.attr("w").toTensor().sizes() << made.type()->name()->qualifiedName() << '\n';
}
