// Every row of the operator table is well formed, and a few operators do what they say.
#include <doctest/doctest.h>

#include <set>

#include "ops/copy.h"
#include "ops/functions.h"
#include "ops/generator.h"
#include "ops/table.h"

using namespace fac;

namespace {
Tensor numbers(std::initializer_list<std::int64_t> sizes) {
  const Dims shape(sizes);
  auto t = ops::arange(0, product(shape), 1, DType::kFloat);
  return *ops::view(*t, shape);
}
Result<Tensor> call(std::string_view name, std::string_view overload, std::vector<Value> args) {
  const auto* op = ops::find(name, overload);
  REQUIRE(op != nullptr);
  const auto& arguments = op->schema().arguments;
  for (std::size_t i = args.size(); i < arguments.size(); ++i) args.push_back(arguments[i].default_value.value_or(Value()));
  std::vector<Value> results(op->schema().returns.size());
  FACULA_TRY_VOID(op->call(args, results));
  return results.empty() ? Tensor() : results[0].tensor_or_undefined();
}
}  // namespace

TEST_CASE("every schema text parses and prints as it was written") {
  for (const auto* o : ops::all()) {
    const auto parsed = parse_schema(o->schema_text());
    INFO(o->schema_text());
    REQUIRE(parsed.ok());
    CHECK(parsed->str() == o->schema_text());
  }
}

TEST_CASE("no overload is defined twice") {
  std::set<std::string> seen;
  for (const auto* o : ops::all()) {
    INFO(o->schema_text());
    CHECK(seen.insert(std::string(o->name()) + "." + std::string(o->overload())).second);
  }
}

TEST_CASE("in-place and out forms write where they should") {
  const Tensor x = numbers({2, 3});
  const auto same = call("aten::add_", "Scalar", {x, 1, 1});
  REQUIRE(same.ok());
  CHECK(same->is_same(x));
  CHECK(x.data_as<float>()[5] == 6.0f);

  const Tensor out = *Tensor::empty(Dims{0}, DType::kDouble);
  REQUIRE(call("aten::add", "out", {x, x, 1, out}).ok());
  CHECK(out.dim() == 2);
  CHECK(out.data_as<double>()[5] == 12.0);

  const Tensor whole = *Tensor::empty(Dims{2, 3}, DType::kInt64);
  const auto refused = call("aten::add_", "Tensor", {whole, x, 1});
  REQUIRE(!refused.ok());
  CHECK(refused.error().message == "result type Float can't be cast to the desired output type Long");
}

TEST_CASE("writing to an expanded tensor is refused, overlapping inputs are copied") {
  const Tensor wide = numbers({1, 3}).as_view(Dims{2, 3}, Dims{0, 1}, 0);
  CHECK(!call("aten::add_", "Scalar", {wide, 1, 1}).ok());
  const Tensor line = numbers({6});
  const Tensor head = *ops::slice(line, 0, 0, 4, 1), tail = *ops::slice(line, 0, 2, 6, 1);
  REQUIRE(copy_into(tail, head).ok());
  CHECK(line.data_as<float>()[5] == 3.0f);
}

TEST_CASE("views share storage, reshape copies only where it must") {
  const Tensor x = numbers({2, 3, 4});
  const Tensor t = *ops::transpose(x, 0, 2);
  CHECK(ops::view(t, Dims{24}).ok() == false);
  CHECK(ops::reshape(t, Dims{24})->storage() != x.storage());
  CHECK(ops::reshape(x, Dims{-1, 4})->storage() == x.storage());
}

TEST_CASE("the generator gives PyTorch's numbers") {
  REQUIRE(call("aten::manual_seed", "", {0}).ok());
  const auto u = call("aten::rand", "", {ListBox::of_ints(Dims{3})});
  REQUIRE(u.ok());
  CHECK(u->data_as<float>()[0] == doctest::Approx(0.49625659));
  CHECK(u->data_as<float>()[1] == doctest::Approx(0.76822180));
  REQUIRE(call("aten::manual_seed", "", {0}).ok());
  const auto n = call("aten::randn", "", {ListBox::of_ints(Dims{3})});
  REQUIRE(n.ok());
  CHECK(n->data_as<float>()[0] == doctest::Approx(1.5409961));
}
