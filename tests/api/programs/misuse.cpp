// Values of the wrong kind, sizes that cannot be, arguments that do not fit: errors that can be caught, never a crash.
#include <torch/script.h>

#include <cstdint>
#include <iostream>
#include <limits>
#include <string>
#include <vector>

namespace {

template <class F>
void attempt(const char* what, F&& f) {
  std::cout << what << ": ";
  try {
    f();
    std::cout << "done\n";
  } catch (const std::exception&) {
    std::cout << "error\n";
  }
}

}  // namespace

int main(int argc, char** argv) {
  using torch::jit::IValue;
  constexpr int64_t kHuge = int64_t{1} << 62;
  const IValue values[] = {IValue(),
                           IValue(torch::ones({2})),
                           IValue(3),
                           IValue(2.5),
                           IValue(true),
                           IValue("text"),
                           IValue(std::vector<int64_t>{1, 2}),
                           IValue(std::vector<double>{1.5}),
                           IValue(std::vector<torch::Tensor>{torch::ones({1})}),
                           IValue(std::make_tuple(1, torch::ones({1}))),
                           IValue(torch::Device("cpu"))};
  for (size_t i = 0; i < sizeof values / sizeof *values; ++i) {
    const IValue& v = values[i];
    std::cout << "value " << i << "\n";
    attempt("toTensor", [&] { std::cout << v.toTensor().dim() << " "; });
    attempt("toInt", [&] { std::cout << v.toInt() << " "; });
    if (!v.isInt()) attempt("toDouble", [&] { std::cout << v.toDouble() << " "; });  // ours takes an int
    attempt("toBool", [&] { std::cout << v.toBool() << " "; });
    attempt("toStringRef", [&] { std::cout << v.toStringRef() << " "; });
    attempt("toIntVector", [&] { std::cout << v.toIntVector().size() << " "; });
    if (!v.isIntList()) attempt("toDoubleVector", [&] { std::cout << v.toDoubleVector().size() << " "; });
    attempt("toTensorVector", [&] { std::cout << v.toTensorVector().size() << " "; });
    attempt("toTuple", [&] { std::cout << v.toTuple()->elements().size() << " "; });
    attempt("toListRef", [&] { std::cout << v.toListRef().size() << " "; });
    attempt("toGenericDict", [&] { std::cout << v.toGenericDict().size() << " "; });
    attempt("toDevice", [&] { std::cout << v.toDevice() << " "; });
    attempt("toModule", [&] { v.toModule(); });
    attempt("toObject", [&] { v.toObject(); });
  }

  const auto x = torch::arange(6, torch::kFloat).reshape({2, 3});
  attempt("data_ptr of another type", [&] { std::cout << (x.data_ptr<int64_t>() != nullptr) << " "; });
  attempt("data_ptr of bytes", [&] { std::cout << (x.data_ptr<uint8_t>() != nullptr) << " "; });
  attempt("accessor of another type", [&] { std::cout << x.accessor<double, 2>()[0][0] << " "; });
  attempt("accessor of another rank", [&] { std::cout << x.accessor<float, 3>()[0][0][0] << " "; });
  attempt("item of six numbers", [&] { std::cout << x.item<float>() << " "; });
  attempt("index out of range", [&] { std::cout << x[7].dim() << " "; });
  attempt("size out of range", [&] { std::cout << x.size(5) << " "; });
  attempt("view of another size", [&] { x.view({4, 4}); });
  attempt("view of two unknowns", [&] { x.view({-1, -1}); });
  attempt("an undefined tensor's sum", [&] { torch::Tensor().sum(); });
  attempt("cat of nothing", [&] { torch::cat({}); });
  attempt("cat of undefined tensors", [&] { torch::cat({torch::Tensor(), torch::Tensor()}); });

  float memory[6] = {};
  attempt("from_blob", [&] { std::cout << torch::from_blob(memory, {2, 3}).numel() << " "; });
  attempt("from_blob, negative", [&] { torch::from_blob(memory, {-2, 3}); });
  attempt("from_blob, overflow", [&] { torch::from_blob(memory, {kHuge, 8, 8}); });
  attempt("from_blob, nothing", [&] { std::cout << torch::from_blob(nullptr, {0}).numel() << " "; });
  attempt("zeros, negative", [&] { torch::zeros({-1}); });
  attempt("zeros, overflow", [&] { torch::zeros({kHuge, kHuge, 4}); });
  attempt("expand, negative", [&] { x.expand({-5, 3}); });
  attempt("arange without end", [&] { torch::arange(0.0, std::numeric_limits<double>::infinity(), 1.0); });

  if (argc < 2) return 1;
  auto module = torch::jit::load(argv[1]);
  const auto call = [&](std::vector<IValue> inputs) { module.forward(std::move(inputs)); };
  attempt("forward", [&] { call({torch::ones({1, 3, 8, 8})}); });
  attempt("forward without arguments", [&] { call({}); });
  attempt("forward with too many", [&] { call({torch::ones({1, 3, 8, 8}), 1, 2}); });
  for (size_t i = 0; i < sizeof values / sizeof *values; ++i)
    if (i != 1) attempt("forward of a wrong kind", [&] { call({values[i]}); });
  attempt("forward of an undefined tensor", [&] { call({torch::Tensor()}); });
  attempt("forward of another rank", [&] { call({torch::ones({2})}); });
  attempt("a method that is not there", [&] { module.get_method("nothing")({}); });
  attempt("an attribute that is not there", [&] { module.attr("nothing"); });
  attempt("an attribute of another kind", [&] { module.setattr("scale", IValue("text")); });
  attempt("label of a text", [&] { module.get_method("label")({IValue("text")}); });
  attempt("label out of range", [&] { module.get_method("label")({IValue(99)}); });
  attempt("label far below", [&] { module.get_method("label")({IValue(-99)}); });
  attempt("a file that is not there", [&] { torch::jit::load("/nowhere/nothing.pt"); });
  return 0;
}
