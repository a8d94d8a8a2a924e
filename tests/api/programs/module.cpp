// A module from an archive (argv[1]), and functions from text.
#include <torch/script.h>
#include <torch/torch.h>

#include <fstream>
#include <iostream>
#include <memory>
#include <sstream>

static void show(const torch::Tensor& t) {
  auto flat = t.flatten();
  for (int64_t i = 0; i < flat.numel(); ++i) printf("%s%.4f", i ? " " : "", flat[i].item<double>());
  puts("");
  fflush(stdout);
}

int main(int argc, const char* argv[]) {
  if (argc != 2) return 2;
  torch::jit::getProfilingMode() = false;
  torch::jit::setGraphExecutorOptimize(true);
  torch::jit::script::Module module;
  try {
    module = torch::jit::load(argv[1]);
  } catch (const c10::Error& e) {
    std::cerr << "error loading the model\n" << e.what();
    return 1;
  }
  torch::Device device(torch::cuda::is_available() ? torch::kCUDA : torch::kCPU);
  module.to(device);
  module.eval();
  torch::NoGradGuard no_grad;
  c10::InferenceMode guard;
  at::set_num_threads(2);

  std::vector<torch::jit::IValue> inputs;
  inputs.push_back(torch::arange(48, torch::kFloat).view({1, 3, 4, 4}).div(48));
  at::Tensor output = module.forward(inputs).toTensor();
  show(output);
  show(module({inputs[0].toTensor()}).toTensor());
  std::cout << output.sizes() << output.argmax(1).item<int>() << " " << module.is_training() << "\n";

  // Other methods, keyword arguments, structured results.
  auto parts = module.get_method("parts")({torch::ones({2})}).toTuple();
  std::cout << parts->elements().size() << "\n";
  show(parts->elements()[0].toTensor());
  auto result = module.run_method("parts", torch::ones({2}), 3, torch::ones({1})).toTuple();
  auto dict = result->elements()[1].toGenericDict();
  show(dict.at("out").toTensor());
  show(dict.at("neg").toTensor());
  std::cout << result->elements()[2].toIntVector().size() << "\n";
  show(module.get_method("parts")({torch::ones({1})}, {{"times", 5}}).toTuple()->elements()[0].toTensor());
  std::cout << module.run_method("label", 1).toStringRef() << " " << module.find_method("nothing").has_value()
            << module.find_method("label").has_value() << "\n";

  // State.
  std::cout << module.attr("scale").toDouble() << " " << module.attr("names").toListRef().size() << module.hasattr("block")
            << module.hasattr("nothing") << module.attr("nothing", 7).toInt() << "\n";
  for (const auto& p : module.named_parameters()) std::cout << p.name << p.value.sizes() << " ";
  std::cout << "\n" << module.parameters().size() << "\n";
  for (const auto& p : module.named_buffers()) std::cout << p.name << p.value.sizes() << " ";
  std::cout << "\n";
  for (const auto& m : module.named_children()) std::cout << m.name << " ";
  for (const auto& m : module.named_modules()) std::cout << "[" << m.name << "] ";
  std::cout << "\n";
  module.setattr("scale", 4.0);
  show(module.forward(inputs).toTensor());
  auto copy = module.deepcopy();
  copy.setattr("scale", 2.0);
  show(copy.forward(inputs).toTensor());
  module.attr("fc").toModule().attr("bias").toTensor().fill_(1);
  show(module.forward(inputs).toTensor());
  auto frozen = torch::jit::freeze(copy);
  show(frozen.forward(inputs).toTensor());

  // From a stream, from memory, with extra files; shared between copies of the handle.
  std::ifstream file(argv[1], std::ios::binary);
  auto streamed = std::make_shared<torch::jit::Module>(torch::jit::load(file, torch::kCPU));
  streamed->eval();
  show(streamed->forward(inputs).toTensor());
  torch::jit::ExtraFilesMap extra{{"labels.txt", ""}};
  auto with_extra = torch::jit::load(std::string(argv[1]), c10::nullopt, extra);
  std::cout << extra["labels.txt"];
  with_extra.train();
  std::cout << with_extra.is_training() << "\n";
  module.to(torch::kDouble);
  std::cout << module.forward({inputs[0].toTensor().to(torch::kFloat64)}).toTensor().dtype() << "\n";

  auto unit = torch::jit::compile(R"(
def twice(x: Tensor, n: int = 2):
    return x * n

def collatz(n: int) -> int:
    steps = 0
    while n != 1:
        n = n // 2 if n % 2 == 0 else 3 * n + 1
        steps += 1
    return steps
)");
  show(unit->run_method("twice", torch::ones({2})).toTensor());
  std::cout << unit->run_method("collatz", 27).toInt() << "\n";

  // Errors.
  try {
    torch::jit::load("no such file.pt");
  } catch (const c10::Error&) {
    std::cout << "no such file\n";
  }
  try {
    std::istringstream nonsense("this is no archive");
    torch::jit::load(nonsense);
  } catch (const std::exception&) {
    std::cout << "no archive\n";
  }
  try {
    module.run_method("label", 5);
  } catch (const std::exception& e) {
    std::cout << (std::string(e.what()).find("no name for class 5") != std::string::npos) << "\n";
  }
  try {
    module.get_method("nothing");
  } catch (const std::exception&) {
    std::cout << "no method\n";
  }
  try {
    module.forward({});
  } catch (const std::exception& e) {
    std::cout << "missing argument\n";
  }
  return 0;
}
