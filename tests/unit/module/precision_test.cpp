// Reduced precision as an option of runs and of modules: which steps it changes, by how much, and what it leaves alone.
#include <doctest/doctest.h>

#include <cmath>

#include "base/thread_pool.h"
#include "exec/plan/plan.h"
#include "exec/vm/code.h"
#include "kernels/reduced.h"
#include "module/executor.h"
#include "module/module.h"
#include "../source_root.h"

using namespace fac;

namespace {

const char* const kProgram = R"(
def layers(x: Tensor) -> Tensor:
    w = (torch.arange(256 * 384) * 37 % 101 - 50).reshape(256, 384).float() / 50
    v = (torch.arange(256 * 256) * 41 % 103 - 51).reshape(256, 256).float() / 51
    b = torch.arange(256).float() / 64
    y = torch.relu(torch.linear(x, w, b))
    return torch.linear(y, v)

def products(x: Tensor) -> Tensor:
    w = (torch.arange(384 * 256) * 37 % 101 - 50).reshape(384, 256).float() / 50
    b = torch.arange(256).float() / 64
    y = torch.matmul(x, w)
    return y + torch.addmm(b, x, w) + torch.mm(x, w.t().contiguous().t())

def picture(x: Tensor) -> Tensor:
    w = (torch.arange(256 * 384) * 37 % 101 - 50).reshape(256, 384, 1, 1).float() / 50
    b = torch.arange(256).float() / 64
    return torch.relu(torch.conv2d(x, w, b))

def odd_weights(x: Tensor) -> Tensor:
    w = torch.ones([256, 384]) * float('inf')
    return torch.linear(x, w)

def in_double(x: Tensor) -> Tensor:
    return torch.linear(x, torch.ones([128, 96], dtype=torch.float64))

def small(x: Tensor) -> Tensor:
    return torch.linear(x, torch.ones([4, 4]))
)";

struct Run {
  Tensor y;
  std::string steps;
  std::size_t reduced = 0;
};

Tensor uneven(Dims sizes) {
  Tensor x = *Tensor::empty(sizes, DType::kFloat);
  for (std::int64_t i = 0; i < x.numel(); ++i) x.data_as<float>()[i] = std::sin(static_cast<float>(i) * 0.7f) + 0.3f;
  return x;
}

Run run(const char* name, const Tensor& x, Precision precision, int threads = 1, int calls = 2) {
  const auto unit = compile_source(kProgram, "precision.py");
  REQUIRE_MESSAGE(unit.ok(), unit.error().full());
  ir::Function* f = (*unit)->find_function(name);
  REQUIRE(f);
  RunOptions options;
  options.precision = precision;
  options.threads = threads;
  Run out;
  for (int i = 0; i < calls; ++i) {
    auto y = run_function(*f, {Value(x)}, {}, options);
    REQUIRE_MESSAGE(y.ok(), y.error().full());
    out.y = y->tensor();
  }
  FunctionCode source(true, precision);
  const auto code = source.code(*f);
  REQUIRE(code.ok());
  const plan::StepClock none;
  for (const auto& p : (*code)->plans) {
    out.steps += p.plan->text();
    for (const auto& v : p.plan->report(none))
      for (const auto& s : v.steps) out.reduced += s.reduced;
  }
  return out;
}

double difference(const Tensor& x, const Tensor& y) {
  REQUIRE(Dims(x.sizes()) == Dims(y.sizes()));
  double most = 0, largest = 0;
  for (std::int64_t i = 0; i < x.numel(); ++i) {
    const double u = static_cast<double>(x.data_as<float>()[i]), v = static_cast<double>(y.data_as<float>()[i]);
    most = std::max(most, std::isnan(u) || std::isnan(v) ? HUGE_VAL : std::abs(u - v));
    largest = std::max(largest, std::abs(v));
  }
  return most / largest;
}

bool multiplies_int8() { return kernels::best_int8_form() != kernels::DotForm::kInt8; }

}  // namespace

TEST_CASE("linear layers in reduced precision") {
  const Tensor x = uneven({24, 384});
  const Run full = run("layers", x, Precision::kFloat32);
  CHECK(full.reduced == 0);
  CHECK(full.steps.find("int8") == std::string::npos);
  const Run half = run("layers", x, Precision::kBf16Emulated);
  CHECK(half.steps == "  linear 384 -> 256, bf16 emulated + activation\n  linear 256 -> 256, bf16 emulated\n");
  CHECK(half.reduced == 2);
  const double by_half = difference(half.y, full.y);
  CHECK(by_half < 0.01);
  CHECK(by_half > 0);  // it is not float32
  if (!multiplies_int8()) return;
  const Run eight = run("layers", x, Precision::kInt8Dynamic);
  CHECK(eight.reduced == 2);
  CHECK(eight.steps.find("linear 384 -> 256, int8") != std::string::npos);
  const double by_eight = difference(eight.y, full.y);
  CHECK(by_eight < 0.03);
  CHECK(by_eight > 0);
  CHECK(difference(run("layers", x, Precision::kInt8Dynamic, 2).y, eight.y) == 0);
  CHECK(difference(run("layers", x, Precision::kInt8Dynamic, 1, 1).y, eight.y) == 0);  // the first call is reduced, too
}

TEST_CASE("other products with constant weights, and convolutions, in reduced precision") {
  const Tensor x = uneven({24, 384}), p = uneven({1, 384, 5, 5});
  for (const Precision precision : {Precision::kBf16Emulated, Precision::kInt8Dynamic}) {
    if (precision == Precision::kInt8Dynamic && !multiplies_int8()) continue;
    const Run products = run("products", x, precision);
    CHECK(products.reduced == 3);
    CHECK(difference(products.y, run("products", x, Precision::kFloat32).y) < 0.03);
    const Run picture = run("picture", p, precision);
    CHECK(picture.reduced == 1);
    CHECK(difference(picture.y, run("picture", p, Precision::kFloat32).y) < 0.03);
  }
}

TEST_CASE("what cannot be reduced stays as it is") {
  const Tensor x = uneven({24, 384});
  for (const Precision precision : {Precision::kBf16Emulated, Precision::kInt8Dynamic}) {
    const Run odd = run("odd_weights", x, precision);
    CHECK(odd.reduced == 0);
    CHECK(odd.steps == run("odd_weights", x, Precision::kFloat32).steps);
  }
  Tensor wide = *Tensor::empty(Dims{48, 96}, DType::kDouble);
  for (std::int64_t i = 0; i < wide.numel(); ++i) wide.data_as<double>()[i] = 0.1;
  const Run in_double = run("in_double", wide, Precision::kInt8Dynamic);
  CHECK(in_double.reduced == 0);
  CHECK(in_double.y.data_as<double>()[0] == doctest::Approx(9.6).epsilon(1e-12));
  if (multiplies_int8()) CHECK(run("small", uneven({64, 4}), Precision::kInt8Dynamic).reduced == 0);  // nothing to win
}

TEST_CASE("the precision of a module") {
  auto bytes = archive::ByteSource::map_file(source_path("tests/api/data/small.pt"));
  REQUIRE(bytes.ok());
  auto module = load_module(std::move(*bytes));
  REQUIRE(module.ok());
  REQUIRE(train(*module, false).ok());
  CHECK(precision_of(*module) == Precision::kFloat32);
  const Tensor x = uneven({1, 3, 8, 8});
  const auto call = [&](const RunOptions& options) {
    auto y = run_method(*module, "forward", {Value(x)}, {}, options);
    REQUIRE_MESSAGE(y.ok(), y.error().full());
    return y->tensor();
  };
  const Tensor full = call({});
  set_precision(*module, Precision::kBf16Emulated);
  CHECK(precision_of(*module) == Precision::kBf16Emulated);
  const double by = difference(call({}), full);
  CHECK(by > 0);
  CHECK(by < 0.02);
  RunOptions said;  // a call that says otherwise
  said.precision = Precision::kFloat32;
  CHECK(difference(call(said), full) == 0);
  auto copy = clone_module(*module, true);
  REQUIRE(copy.ok());
  CHECK(precision_of(*copy) == Precision::kFloat32);
  set_precision(*module, Precision::kFloat32);
  CHECK(difference(call({}), full) == 0);
}

TEST_CASE("names of precisions") {
  CHECK(*precision_named("int8-dynamic") == Precision::kInt8Dynamic);
  CHECK(*precision_named("bf16-emulated") == Precision::kBf16Emulated);
  CHECK(precision_name(Precision::kFloat32) == "float32");
  const auto missing = precision_named("int9");
  REQUIRE_FALSE(missing.ok());
  CHECK(missing.error().message == "no precision `int9`: it is float32, int8-dynamic, bf16 or bf16-emulated");
  const auto half = precision_named("bf16");
  CHECK(half.ok() == kernels::dot_form_available(kernels::DotForm::kBf16));
  if (!half.ok()) CHECK(half.error().message.find("this CPU has no instructions for bf16") == 0);
}
