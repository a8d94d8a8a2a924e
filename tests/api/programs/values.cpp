// IValue and the containers that it holds.
#include <torch/script.h>

#include <iostream>
#include <string>
#include <vector>

int main() {
  using torch::jit::IValue;
  std::vector<IValue> inputs;
  inputs.push_back(torch::ones({2}));
  inputs.emplace_back(3);
  inputs.push_back(2.5);
  inputs.push_back(true);
  inputs.push_back("text");
  inputs.push_back(std::string("more"));
  inputs.push_back(IValue());
  inputs.push_back(std::vector<int64_t>{1, 2, 3});
  inputs.push_back(std::vector<double>{0.5, 1.5});
  inputs.push_back(std::vector<torch::Tensor>{torch::zeros({1}), torch::ones({1})});
  inputs.push_back(std::make_tuple(1, torch::ones({1}), std::string("x")));
  inputs.push_back(std::vector<std::string>{"a", "b"});
  inputs.push_back(c10::optional<int64_t>());
  inputs.push_back(torch::Device("cpu"));
  inputs.push_back(at::Scalar(4));
  for (const auto& v : inputs) std::cout << v.tagKind() << " ";
  std::cout << "\n";
  std::cout << inputs[0].isTensor() << inputs[1].isInt() << inputs[2].isDouble() << inputs[3].isBool() << inputs[4].isString()
            << inputs[6].isNone() << inputs[7].isIntList() << inputs[8].isDoubleList() << inputs[9].isTensorList()
            << inputs[10].isTuple() << inputs[11].isList() << inputs[12].isNone() << inputs[13].isDevice() << "\n";
  std::cout << inputs[0].toTensor().sum().item<float>() << inputs[1].toInt() << inputs[2].toDouble() << inputs[3].toBool()
            << inputs[4].toStringRef() << inputs[5].toString()->string() << "\n";
  for (int64_t i : inputs[7].toIntVector()) std::cout << i;
  for (double d : inputs[8].toDoubleVector()) std::cout << " " << d;
  std::cout << " " << inputs[9].toTensorVector().size() << inputs[9].toTensorList().get(1).item<float>() << "\n";
  auto tuple = inputs[10].toTuple();
  std::cout << tuple->elements().size() << tuple->elements()[0].toInt() << tuple->elements()[2].toStringRef() << "\n";
  std::cout << inputs[1].to<int>() << inputs[2].to<double>() << inputs[1].toScalar().toDouble() << inputs[7].to<std::vector<int64_t>>().size() << "\n";
  for (size_t i = 1; i < 9; ++i) std::cout << inputs[i] << ";";
  std::cout << inputs[11] << inputs[13] << "\n";

  c10::List<int64_t> list({4, 5});
  list.push_back(6);
  c10::List<int64_t> same = list;
  same.set(0, 40);
  int64_t sum = 0;
  for (int64_t i : list) sum += i;
  std::cout << list.size() << " " << sum << " " << list.get(0) << list[1] << " " << list.vec().back() << "\n";
  IValue as_value(list);
  std::cout << as_value.isIntList() << as_value.toIntList().size() << as_value.toListRef()[2].toInt() << as_value << "\n";

  c10::impl::GenericList generic(c10::AnyType::get());
  generic.push_back(1);
  generic.push_back(torch::ones({1}));
  std::cout << generic.size() << generic.get(0).toInt() << generic.get(1).toTensor().sizes() << "\n";

  c10::Dict<std::string, torch::Tensor> dict;
  dict.insert("first", torch::ones({1}));
  dict.insert("second", torch::zeros({2}));
  dict.insert_or_assign("first", torch::full({1}, 3.0));
  std::cout << dict.size() << dict.at("first").item<float>() << dict.contains("second") << dict.contains("third") << "\n";
  IValue boxed(dict);
  auto generic_dict = boxed.toGenericDict();
  std::cout << generic_dict.at("second").toTensor().sizes() << "\n";
  for (const auto& entry : generic_dict) std::cout << entry.key().toStringRef() << entry.value().toTensor().numel() << " ";
  for (auto it = dict.begin(); it != dict.end(); ++it) std::cout << it->key() << it->value().numel() << " ";
  std::cout << (dict.find("third") == dict.end()) << "\n";

  auto made = c10::ivalue::Tuple::create({torch::ones({1}), 2, "three"});
  IValue tuple_value(made);
  std::cout << made->elements().size() << tuple_value.toTuple()->elements()[1].toInt() << "\n";
  auto typed = tuple_value.to<std::tuple<torch::Tensor, int64_t, std::string>>();
  std::cout << std::get<1>(typed) << std::get<2>(typed) << "\n";
  try {
    inputs[1].toTensor();
  } catch (const c10::Error& e) {
    std::cout << e.msg().substr(0, 27) << "\n";
  }
  try {
    dict.at("third");
  } catch (const std::exception&) {
    std::cout << "no third\n";
  }
  return 0;
}
