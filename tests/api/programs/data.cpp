// torch::data: datasets, transforms, samplers and loaders, with worker threads and without; what a dataset throws.
#include <torch/torch.h>
using namespace torch;
struct Squares : torch::data::datasets::Dataset<Squares> {
  explicit Squares(size_t n) : n_(n) {}
  torch::data::Example<> get(size_t i) override {
    if (i == 99) throw std::runtime_error("no ninety-nine");
    return {torch::full({2}, (double)i), torch::tensor((int64_t)(i * i))};
  }
  torch::optional<size_t> size() const override { return n_; }
  size_t n_;
};
struct Numbers : torch::data::datasets::StatefulDataset<Numbers, std::vector<int>> {
  torch::optional<std::vector<int>> get_batch(size_t n) override {
    std::lock_guard<std::mutex> l(*m);
    if (i >= 7) return torch::nullopt;
    std::vector<int> v; while (n-- && i < 7) v.push_back(i++); return v; }
  torch::optional<size_t> size() const override { return 7; }
  void reset() override { i = 0; }
  void save(torch::serialize::OutputArchive&) const override {}
  void load(torch::serialize::InputArchive&) override {}
  int i = 0; std::shared_ptr<std::mutex> m = std::make_shared<std::mutex>();
};
int main() {
  for (size_t workers : {0, 3}) {
    auto set = Squares(7).map(torch::data::transforms::TensorLambda<>([](torch::Tensor t) { return t + 1; })).map(torch::data::transforms::Stack<>());
    auto loader = torch::data::make_data_loader<torch::data::samplers::SequentialSampler>(std::move(set), torch::data::DataLoaderOptions().batch_size(3).workers(workers));
    for (int epoch = 0; epoch < 2; ++epoch)
      for (auto& batch : *loader) std::cout << workers << " " << batch.data.sizes() << " " << batch.data.sum().item<float>() << " " << batch.target.dtype() << " " << batch.target.sum().item<int64_t>() << "\n";
    auto shared = torch::data::datasets::make_shared_dataset<Squares>(5);
    auto drop = torch::data::make_data_loader(shared, torch::data::DataLoaderOptions(2).workers(workers).drop_last(true));
    int64_t n = 0; std::set<double> seen; for (auto& batch : *drop) { n += batch.size(); for (auto& e : batch) seen.insert(e.data[0].item<double>()); }
    std::cout << n << " " << seen.size() << " " << *shared->size() << "\n";
    auto stream = torch::data::make_data_loader(Numbers(), torch::data::DataLoaderOptions(2).workers(workers));
    std::multiset<int> all; for (auto& b : *stream) all.insert(b.begin(), b.end());
    for (int i : all) std::cout << i;
    std::cout << "\n";
    auto bad = torch::data::make_data_loader<torch::data::samplers::SequentialSampler>(Squares(100), torch::data::DataLoaderOptions(50).workers(workers).enforce_ordering(true));
    try { for (auto it = bad->begin(); it != bad->end(); ++it) std::cout << it->size() << "\n"; } catch (const std::exception& e) { std::cout << e.what() << "\n"; }
    auto loose = torch::data::make_data_loader<torch::data::samplers::SequentialSampler>(Squares(9), torch::data::DataLoaderOptions(2).workers(workers).enforce_ordering(false).timeout(std::chrono::milliseconds(60000)));
    int64_t sum = 0; for (auto& b : *loose) for (auto& e : b) sum += e.target.item<int64_t>(); std::cout << sum << "\n";
  }
  auto plain = torch::data::make_data_loader(torch::data::datasets::TensorDataset(torch::arange(6).view({3, 2})).map(torch::data::transforms::Stack<torch::data::TensorExample>()), torch::data::samplers::SequentialSampler(3), 2);
  for (torch::data::TensorExample& e : *plain) std::cout << e.data << "\n";
  torch::data::transforms::Normalize<> norm({0.5, 0.25}, {0.5, 2.0});
  std::cout << norm(torch::ones({2, 1, 2})) << "\n";
  torch::data::samplers::StreamSampler s(5); while (auto b = s.next(2)) std::cout << b->size() << " "; std::cout << "\n";
  torch::data::samplers::RandomSampler r(4); std::cout << r.next(3)->size() << r.next(3)->size() << r.next(3).has_value() << r.index() << "\n";
  try { torch::data::datasets::MNIST m("/nowhere"); } catch (const c10::Error& e) { std::cout << e.msg() << "\n"; }
}
