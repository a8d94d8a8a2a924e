// Many threads at once: first calls of one module, functions compiled on demand, forked tasks, a pool that changes its
// size, modules that come and go. `./dev tsan` runs these with the thread sanitizer; here the results are compared.
#include <doctest/doctest.h>

#include <atomic>
#include <cmath>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "../source_root.h"
#include "base/thread_pool.h"
#include "module/module.h"
#include "module/save.h"
#include "tensor/tensor.h"

using namespace fac;

namespace {

constexpr int kThreads = 4;

// Runs body(0) … body(n - 1), each in a thread of its own, all begun at the same moment.
void at_once(int n, const std::function<void(int)>& body) {
  std::atomic<int> waiting{n};
  std::vector<std::thread> threads;
  for (int i = 0; i < n; ++i)
    threads.emplace_back([&, i] {
      waiting.fetch_sub(1);
      while (waiting.load() > 0) std::this_thread::yield();
      body(i);
    });
  for (auto& t : threads) t.join();
}

Ref<ObjectBox> load_demo() {
  auto bytes = archive::ByteSource::map_file(source_path("examples/data/mobilenet_v2.pt"));
  if (!bytes.ok()) return {};
  auto m = load_module(std::move(*bytes));
  return m.ok() ? *m : Ref<ObjectBox>();
}

Tensor ramp(std::int64_t size) {
  Tensor t = *Tensor::empty(Dims{1, 3, size, size}, DType::kFloat);
  for (std::int64_t i = 0; i < t.numel(); ++i) t.data_as<float>()[i] = static_cast<float>(std::sin(static_cast<double>(i) * 0.01));
  return t;
}

// The sum of the squares of a module's output; -1 if it failed.
double answer(const Ref<ObjectBox>& m, std::int64_t size, const RunOptions& options = {}) {
  if (!m) return -1;
  auto y = run_method(m, "forward", {Value(ramp(size))}, {}, options);
  if (!y.ok()) return -1;
  const Tensor& t = y->tensor();
  double sum = 0;
  for (std::int64_t i = 0; i < t.numel(); ++i) sum += static_cast<double>(t.data_as<float>()[i]) * static_cast<double>(t.data_as<float>()[i]);
  return sum;
}

void check_all(const std::vector<double>& got, double expected) {
  for (const double g : got) CHECK(g == doctest::Approx(expected).epsilon(1e-5));
}

// Functions int -> int that no call has compiled yet; -1 if they fail.
struct Program {
  std::shared_ptr<ir::Unit> unit;
  explicit Program(const char* source) {
    auto compiled = compile_source(source, "threads.py");
    REQUIRE(compiled.ok());
    unit = *compiled;
  }
  std::int64_t operator()(const char* name, std::int64_t n) const {
    auto r = run_function(*unit->find_function(name), {Value(n)});
    return r.ok() ? r->i() : -1;
  }
};

}  // namespace

TEST_CASE("the first call of a module comes from many threads") {
  const double small = answer(load_demo(), 32), large = answer(load_demo(), 40);
  const auto m = load_demo();
  std::vector<double> smalls(kThreads), larges(kThreads);
  at_once(kThreads, [&](int i) {
    const auto n = static_cast<std::size_t>(i);
    RunOptions options;
    options.threads = i % 3;  // 0: as many as there are
    options.plan = i != 3;
    smalls[n] = answer(m, 32, options);
    larges[n] = answer(m, 40, options);
  });
  check_all(smalls, small);
  check_all(larges, large);
}

TEST_CASE("one module runs while it is saved, frozen and looked at") {
  const double expected = answer(load_demo(), 32);
  const auto m = load_demo();
  REQUIRE(m);
  REQUIRE(train(m, false).ok());
  std::vector<double> got(kThreads, expected);
  std::atomic<int> good{0};
  at_once(kThreads, [&](int i) {
    if (i == 0) {
      archive::StringSink sink;
      good += static_cast<int>(save_module(m, sink).ok());
    }
    if (i == 1) {
      auto frozen = freeze(m);
      good += static_cast<int>(frozen.ok());
      if (frozen.ok()) got[1] = answer(*frozen, 32);
    }
    if (i == 2) good += static_cast<int>(named_tensors(m).size() > 100);
    got[static_cast<std::size_t>(i)] = answer(m, 32);
  });
  CHECK(good == 3);
  check_all(got, expected);
}

TEST_CASE("modules come and go in many threads") {
  const double expected = answer(load_demo(), 32);
  std::vector<double> got(kThreads);
  at_once(kThreads, [&](int i) { got[static_cast<std::size_t>(i)] = answer(load_demo(), 32); });
  check_all(got, expected);
}

TEST_CASE("the pool changes its size while modules run") {
  const auto m = load_demo();
  const double expected = answer(m, 48);
  std::vector<double> got(kThreads, expected);
  at_once(kThreads, [&](int i) {
    if (i == 0)
      for (int n = 0; n < 60; ++n) {
        set_thread_count(n % 6);
        std::this_thread::yield();
      }
    else
      got[static_cast<std::size_t>(i)] = answer(m, 48);
  });
  set_thread_count(0);
  check_all(got, expected);
}

TEST_CASE("functions are compiled by whoever calls them first") {
  const Program p(R"(
def helper(n: int) -> int:
    total = 0
    for i in range(n):
        total += i
    return total

def f(n: int) -> int:
    xs = [helper(i) for i in range(n)]
    d = {str(x): x for x in xs}
    return sum(d.values())
)");
  std::vector<std::int64_t> got(kThreads * 2);
  at_once(kThreads * 2, [&](int i) { got[static_cast<std::size_t>(i)] = i % 2 ? p("f", 9) : p("helper", 9); });
  for (std::size_t i = 0; i < got.size(); ++i) CHECK(got[i] == (i % 2 ? 84 : 36));
}

TEST_CASE("forked tasks of many threads share one pool") {
  const Program p(R"(
def fib(n: int) -> int:
    a, b = 0, 1
    for i in range(n):
        a, b = b, a + b
    return a

def pair(x: Tensor, n: int) -> Tensor:
    a = torch.jit.fork(fib, n)
    y = torch.relu(x * 2) + x
    return y.sum() + torch.jit.wait(a)

def f(n: int) -> int:
    x = torch.ones([64, 64])
    tasks = [torch.jit.fork(pair, x, i) for i in range(n)]
    total = 0
    for t in tasks:
        total += int(torch.jit.wait(t))
    return total

def fails(n: int) -> int:
    if n > 2:
        raise ValueError("too much")
    return n

def g(n: int) -> int:
    t = torch.jit.fork(fails, n)
    return torch.jit.wait(t)
)");
  std::vector<std::int64_t> got(kThreads), failed(kThreads);
  at_once(kThreads, [&](int i) {
    const auto n = static_cast<std::size_t>(i);
    for (int k = 0; k < 5; ++k) got[n] = p("f", 8);
    failed[n] = p("g", i + 1);
  });
  for (const auto v : got) CHECK(v == 8 * 64 * 64 * 3 + 33);
  CHECK(failed == std::vector<std::int64_t>{1, 2, -1, -1});
}
