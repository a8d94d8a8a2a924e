// One module in many threads, changes between calls, and what must make compiled methods stale.
#include "module/module.h"

#include <doctest/doctest.h>

#include <cmath>
#include <cstdlib>
#include <thread>

#include "../source_root.h"
#include "ops/functions.h"
#include "tensor/tensor.h"

using namespace fac;

namespace {

Ref<ObjectBox> load_demo() {
  auto bytes = archive::ByteSource::map_file(source_path("examples/data/mobilenet_v2.pt"));
  REQUIRE(bytes.ok());
  auto m = load_module(std::move(*bytes));
  REQUIRE(m.ok());
  return *m;
}

Tensor ramp(std::int64_t size) {
  auto t = Tensor::empty(Dims{1, 3, size, size}, DType::kFloat);
  REQUIRE(t.ok());
  for (std::int64_t i = 0; i < t->numel(); ++i) t->data_as<float>()[i] = static_cast<float>(std::sin(static_cast<double>(i) * 0.01));
  return *t;
}

std::vector<float> run(const Ref<ObjectBox>& m, const Tensor& x, bool plan = true) {
  RunOptions options;
  options.plan = plan;
  options.threads = 1;
  auto y = run_method(m, "forward", {Value(x)}, {}, options);
  REQUIRE(y.ok());
  const Tensor t = y->tensor();
  return {t.data_as<float>(), t.data_as<float>() + t.numel()};
}

double distance(const std::vector<float>& a, const std::vector<float>& b) {
  REQUIRE(a.size() == b.size());
  double most = 0, scale = 1e-9;
  for (std::size_t i = 0; i < a.size(); ++i) {
    most = std::max(most, std::abs(static_cast<double>(a[i]) - b[i]));
    scale = std::max(scale, std::abs(static_cast<double>(b[i])));
  }
  return most / scale;
}

}  // namespace

TEST_CASE("planned and plain execution agree, for several shapes in turn") {
  const auto m = load_demo();
  for (const std::int64_t size : {32, 64, 47, 32, 64}) CHECK(distance(run(m, ramp(size)), run(m, ramp(size), false)) < 1e-5);
}

TEST_CASE("one module runs in many threads at once") {
  const auto m = load_demo();
  const auto expected = run(m, ramp(32));
  std::vector<std::vector<float>> got(6);
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < got.size(); ++i)
    threads.emplace_back([&, i] {
      for (int k = 0; k < 3; ++k) {
        RunOptions options;
        options.threads = 1;
        auto y = run_method(m, "forward", {Value(ramp(k == 1 ? 40 : 32))}, {}, options);
        if (k != 1 && y.ok()) got[i].assign(y->tensor().data_as<float>(), y->tensor().data_as<float>() + y->tensor().numel());
      }
    });
  for (auto& t : threads) t.join();
  for (const auto& g : got) CHECK(distance(g, expected) < 1e-6);
}

TEST_CASE("changed weights are seen by the next call") {
  const auto m = load_demo();
  const Tensor x = ramp(32);
  const auto before = run(m, x);
  // In place, in the last layer and in a folded convolution.
  for (const auto& t : named_tensors(m))
    if (t.name == "classifier.1.bias" || t.name == "features.0.0.weight") {
      REQUIRE(ops::fill(t.tensor, Scalar(0.25)).ok());
      t.tensor.bump_version();
    }
  const auto after = run(m, x);
  CHECK(distance(after, before) > 1e-3);
  CHECK(distance(after, run(m, x, false)) < 1e-5);
  // By assignment.
  for (const auto& sub : named_modules(m))
    if (sub.name == "classifier.1") {
      auto bias = Tensor::empty(Dims{1000}, DType::kFloat);
      REQUIRE(bias.ok());
      REQUIRE(ops::fill(*bias, Scalar(1.5)).ok());
      REQUIRE(set_attr(*sub.module, "bias", Value(*bias)).ok());
    }
  CHECK(distance(run(m, x), after) > 1e-3);
}

TEST_CASE("errors name the argument and the line") {
  const auto m = load_demo();
  auto missing = run_method(m, "forward", {});
  REQUIRE_FALSE(missing.ok());
  CHECK(missing.error().message.find("missing value for argument 'x'") != std::string::npos);
  auto wrong = run_method(m, "forward", {Value(3)});
  REQUIRE_FALSE(wrong.ok());
  CHECK(wrong.error().message.find("Expected a value of type 'Tensor'") != std::string::npos);
  auto flat = Tensor::empty(Dims{1, 4, 8, 8}, DType::kFloat);
  auto shape = run_method(m, "forward", {Value(*flat)});
  REQUIRE_FALSE(shape.ok());
  CHECK(shape.error().message.find("channels") != std::string::npos);
  CHECK(shape.error().full().find("<--- HERE") != std::string::npos);
}

TEST_CASE("limits end a run") {
  auto unit = compile_source("def spin(n: int) -> int:\n  i = 0\n  while i < n:\n    i += 1\n  return i\n", "spin.py");
  REQUIRE(unit.ok());
  ir::Function* f = (*unit)->find_function("spin");
  REQUIRE(f);
  auto fine = run_function(*f, {Value(1000)});
  REQUIRE(fine.ok());
  CHECK(fine->i() == 1000);
  RunOptions options;
  options.limits.instructions = 10000;
  auto stopped = run_function(*f, {Value(std::int64_t{1} << 60)}, {}, options);
  REQUIRE_FALSE(stopped.ok());
  CHECK(stopped.error().kind == ErrorKind::kLimit);
}

TEST_CASE("the memory of a call is limited") {
  auto unit = compile_source(R"(
def grow(n: int) -> Tensor:
  xs = [torch.ones([1000]) for i in range(n)]
  return torch.cat(xs)
def reuse(n: int) -> Tensor:
  x = torch.ones([1000])
  for i in range(n):
    x = x + 1
  return x
def tasks(n: int) -> Tensor:
  t = torch.jit.fork(grow, n)
  return torch.jit.wait(t)
)", "memory.py");
  REQUIRE_MESSAGE(unit.ok(), unit.error().full());
  RunOptions options;
  options.limits.memory_bytes = 100'000;
  const auto run = [&](const char* name, std::int64_t n) { return run_function(*(*unit)->find_function(name), {Value(n)}, {}, options); };
  CHECK(run("grow", 10).ok());
  CHECK(run("reuse", 1000).ok());  // what is freed counts no more
  CHECK(run("tasks", 10).ok());
  for (const char* name : {"grow", "tasks"}) {
    auto refused = run(name, 50);
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().kind == ErrorKind::kLimit);
    CHECK(refused.error().message.find("more than 100000 bytes") != std::string::npos);
  }
  // A method, and a result that outlives the call.
  const auto m = load_demo();
  options.limits.memory_bytes = 1000;
  CHECK_FALSE(run_method(m, "forward", {Value(ramp(32))}, {}, options).ok());
  options.limits.memory_bytes = 10'000'000;
  CHECK(run_method(m, "forward", {Value(ramp(32))}, {}, options).ok());
}

TEST_CASE("a frozen module has only what it still needs") {
  const auto m = load_demo();
  REQUIRE(train(m, false).ok());
  const auto before = run(m, ramp(64));
  auto frozen = freeze(m);
  REQUIRE(frozen.ok());
  CHECK(named_tensors(*frozen).empty());
  CHECK((*frozen)->slots.empty());
  CHECK((*frozen)->type().methods().size() == 1);
  CHECK(distance(run(*frozen, ramp(64)), before) < 1e-5);
  CHECK(distance(run(*frozen, ramp(64), false), before) < 1e-5);

  // Later changes of the original do not reach it.
  for (const auto& t : named_tensors(m)) std::fill_n(t.tensor.data_as<char>(), static_cast<std::size_t>(t.tensor.numel()), 0);
  CHECK(distance(run(*frozen, ramp(64)), before) < 1e-5);
}

TEST_CASE("freezing keeps what is preserved") {
  const auto m = load_demo();
  REQUIRE(train(m, false).ok());
  const auto before = run(m, ramp(32));
  const std::vector<std::string> names{"classifier"};
  auto frozen = freeze(m, names);
  REQUIRE(frozen.ok());
  REQUIRE((*frozen)->slots.size() == 1);
  const auto left = named_tensors(*frozen);
  REQUIRE(left.size() == 2);
  CHECK(left[0].name == "classifier.1.weight");
  CHECK(distance(run(*frozen, ramp(32)), before) < 1e-5);
  // What is preserved can be changed.
  auto* weights = left[0].tensor.data_as<float>();
  for (std::int64_t i = 0; i < left[0].tensor.numel(); ++i) weights[i] *= 2;
  left[0].tensor.bump_version();
  CHECK(distance(run(*frozen, ramp(32)), before) > 1e-3);

  const std::vector<std::string> wrong{"no_such_name"};
  CHECK(!freeze(m, wrong).ok());
  REQUIRE(train(m, true).ok());
  CHECK(!freeze(m).ok());
}
