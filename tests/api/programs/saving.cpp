// Modules, tensors and values written and read back.
#include <torch/script.h>
#include <torch/torch.h>

#include <cstdio>
#include <fstream>
#include <iostream>
#include <sstream>

int main(int argc, const char* argv[]) {
  if (argc != 2) return 2;
  torch::NoGradGuard no_grad;
  torch::jit::Module module = torch::jit::load(argv[1]);
  module.eval();
  const torch::Tensor x = torch::arange(48, torch::kFloat).view({1, 3, 4, 4}).div(48);
  const torch::Tensor expected = module.forward({x}).toTensor();

  // A file, with extra files.
  const std::string path = "saved_by_a_test.pt";
  torch::jit::ExtraFilesMap extra{{"labels.txt", "cat\ndog\n"}, {"config.json", "{}"}};
  module.save(path, extra);
  torch::jit::ExtraFilesMap wanted{{"labels.txt", ""}, {"nothing.txt", ""}};
  torch::jit::Module again = torch::jit::load(path, torch::kCPU, wanted);
  std::cout << again.forward({x}).toTensor().equal(expected) << " " << wanted["labels.txt"].size() << " " << wanted["nothing.txt"].size() << " "
            << again.is_training() << " " << again.attr("scale").toDouble() << "\n";
  std::cout << again.run_method("label", 1).toStringRef() << " " << again.parameters().size() << "\n";

  // A stream; a change is kept.
  again.setattr("scale", 3.0);
  std::stringstream stream;
  again.save(stream);
  torch::jit::Module third = torch::jit::load(stream);
  std::cout << third.attr("scale").toDouble() << " " << third.forward({x}).toTensor().equal(again.forward({x}).toTensor()) << "\n";

  // A failed save says so and leaves the file as it was.
  try {
    module.save("no/such/folder/model.pt");
    std::cout << "saved\n";
  } catch (const c10::Error&) {
    std::cout << "refused\n";
  }
  std::cout << torch::jit::load(path).attr("scale").toDouble() << "\n";
  std::remove(path.c_str());

  // Tensors alone.
  const std::string tensors = "tensors_of_a_test.pt";
  torch::save(expected, tensors);
  torch::Tensor back;
  torch::load(back, tensors);
  std::cout << back.equal(expected) << "\n";
  torch::save(std::vector<torch::Tensor>{x, torch::ones({2}, torch::kLong)}, tensors);
  std::vector<torch::Tensor> several;
  torch::load(several, tensors);
  std::cout << several.size() << several[0].equal(x) << several[1].scalar_type() << "\n";
  std::remove(tensors.c_str());

  // Values as bytes, which Python's torch.load reads.
  c10::Dict<std::string, torch::Tensor> dict;
  dict.insert("x", x);
  dict.insert("y", x.slice(1, 0, 2));
  const std::vector<char> bytes = torch::pickle_save(dict);
  const auto same = torch::pickle_load(bytes).toGenericDict();
  std::cout << same.size() << same.at("x").toTensor().equal(x) << same.at("y").toTensor().sizes() << "\n";
  std::cout << torch::pickle_load(torch::pickle_save(c10::IValue(std::vector<int64_t>{1, 2, 300000}))).toIntVector()[2] << "\n";
  return 0;
}
