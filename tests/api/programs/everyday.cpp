// Everyday calls, with the using-directives that programs have. What is printed is the same with libtorch.
#include <ATen/ATen.h>
#include <c10/util/Optional.h>
#include <torch/script.h>
#include <torch/torch.h>

#include <thread>

using namespace torch;
using namespace torch::indexing;
using namespace std;
#define CK(x) cout << #x << ": " << (x) << "\n"
int main(int argc, const char** argv) {
  if (argc != 2) return 2;
  torch::jit::script::Module module = torch::jit::load(argv[1], torch::kCPU);
  module.eval();
  auto x = torch::rand({1, 3, 8, 8});
  auto out = module.forward({x}).toTensor();
  auto [mv, mi] = out.max(1, true);
  const int best = mi.item().toInt();
  const float score = mv[0][0].item().to<float>();
  cout << (best < 2 && score >= 0.5f) << "\n";
  std::cout << out.slice(/*dim=*/1, /*start=*/0, /*end=*/1).sizes() << x.type() << "\n";
  torch::jit::FusionStrategy strategy = {{torch::jit::FusionBehavior::DYNAMIC, 1}};
  torch::jit::setFusionStrategy(strategy);
  torch::jit::getExecutorMode() = false;
  c10::impl::GenericDict d(c10::StringType::get(), c10::TensorType::get());
  d.insert("x", x);
  d.insert(std::string("y"), x);
  CK(d.size());
  for (auto& item : d) CK(item.key());
  std::vector<at::Tensor> ts = {x, x};
  torch::jit::IValue iv = ts;
  for (const at::Tensor& t : iv.toTensorList()) CK(t.sizes());
  for (auto e : iv.toList()) CK(torch::jit::IValue(e).toTensor().dim());
  for (torch::Tensor t : iv.toTensorVector()) CK(t.dim());
  std::vector<torch::jit::IValue> tup{x, 1, std::vector<int64_t>{1, 2}};
  torch::jit::IValue tv = c10::ivalue::Tuple::create(tup);
  const auto& els = tv.toTuple()->elements();
  for (const auto& e : els) CK(e.tagKind());
  CK(tv.toTupleRef().elements()[1].toInt());
  at::Tensor m = torch::tensor({{1.0, 2.0}, {3.0, 4.0}});
  CK(m.masked_select(m > 2));
  CK(torch::nonzero(m > 2).sizes());
  CK((m > 2).nonzero().squeeze().sizes());
  CK(std::get<0>(m.topk(1, 1)).sum().item<double>());
  CK(m.sum({1}).sizes());
  CK(m.sum(-1, /*keepdim=*/true).sizes());
  CK(m.mean(1));
  CK(m.mean().item<double>());
  CK(m.to(torch::kInt32));
  CK(m.toType(at::kHalf));
  CK(m.t().contiguous().data_ptr<float>()[1]);
  CK(m.data<float>()[0]);
  CK(torch::argmax(m, 1));
  m.resize_({4});
  CK(m.sizes());
  m = m.reshape({2, 2});
  m.copy_(torch::zeros({2, 2}));
  m.zero_();
  m.fill_(3);
  CK(m.sum().item<float>());
  CK(m.eq(3).all().item<bool>());
  CK(torch::sum(m).item<float>());
  CK(torch::mean(m, 0));
  CK(torch::logical_and(m > 1, m < 5).sum().item<int>());
  CK(torch::bmm(m.unsqueeze(0), m.unsqueeze(0)).sizes());
  CK(torch::nn::functional::one_hot(torch::tensor({0, 2}), 3));
  CK(torch::einsum("ij,jk->ik", {m, m}).sizes());
  CK(torch::arange(0, 10, 2));
  CK(torch::arange(3.0));
  CK(torch::ones(3));
  CK(torch::zeros({2, 2}, torch::dtype(torch::kInt16)).dtype());
  CK(torch::hstack({m, m}).sizes());
  CK(torch::roll(m, 1, 0).sizes());
  CK(torch::cumsum(m, 1));
  CK(torch::min(m).item<float>());
  CK(torch::max(m, torch::ones({2, 2})));
  CK(std::get<1>(torch::max(m, 1, false)));
  CK(torch::std(m, 1));
  CK(torch::var(m).item<float>());
  CK(m.norm(2).item<float>());
  CK(m.norm(2, 1));
  CK(torch::norm(m));
  CK(torch::pow(m, 2).sum().item<float>());
  CK(torch::clamp(m, 0, 1).sum().item<float>());
  CK(m.clamp_max(1).sum().item<float>());
  CK(torch::where(m > 2, torch::ones_like(m), torch::zeros_like(m)).sum().item<float>());
  CK(torch::flatten(m, 0).sizes());
  CK(m.view({-1}).sizes());
  CK(m.numel() * m.element_size());
  CK(m.is_floating_point());
  CK(m.requires_grad());
  CK(m.is_contiguous());
  CK(x.contiguous(at::MemoryFormat::ChannelsLast).strides());
  CK(torch::empty({2}, m.options().dtype(torch::kLong)).dtype());
  CK(m.unbind(0).size());
  CK(torch::repeat_interleave(m, 2, 0).sizes());
  CK(torch::dot(torch::ones({2}), torch::ones({2})));
  CK(m.index({Slice(), Slice(0, 1)}).sizes());
  CK(m.diag());
  CK(m.tril());
  // Weights that are written through a pointer take effect in the next call.
  auto before = module.forward({x}).toTensor();
  auto weight = module.attr("block").toModule().attr("conv").toModule().attr("weight").toTensor();
  weight.data_ptr<float>()[0] += 3;
  auto after = module.forward({x}).toTensor();
  CK(torch::equal(before, after));

  // One module in many threads.
  std::vector<std::thread> pool;
  for (int i = 0; i < 4; ++i)
    pool.emplace_back([&] {
      for (int k = 0; k < 5; ++k) module.forward({x});
    });
  for (auto& t : pool) t.join();
  return 0;
}
