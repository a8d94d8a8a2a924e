// The fast forms for tiny tensors against the operators themselves: same values bit for bit, same sizes, strides and dtype,
// over dtypes, shapes, numbers and both kinds of operands (read again, or taken apart).
#include <doctest/doctest.h>

#include <cmath>
#include <cstring>

#include "ops/tiny.h"

using namespace fac;

namespace {

Tensor filled(Dims sizes, DType dtype, int seed) {
  Tensor t = *Tensor::empty(sizes, dtype);
  static const double kValues[] = {0.5, -1.25, 3, 0.0, -0.0, 1e30, -7, INFINITY, NAN, 2, 1.0 / 3, 100};
  for (std::int64_t i = 0; i < t.numel(); ++i) {
    const double v = kValues[static_cast<std::size_t>(i * 5 + seed) % std::size(kValues)];
    if (dtype == DType::kFloat) t.data_as<float>()[i] = static_cast<float>(v);
    if (dtype == DType::kDouble) t.data_as<double>()[i] = v;
    if (dtype == DType::kInt64) t.data_as<std::int64_t>()[i] = i * 37 - 11 * seed;
  }
  return t;
}

void check_same(const Value& fast, const Value& slow) {
  REQUIRE(fast.tag() == slow.tag());
  if (!fast.is_tensor()) {
    if (fast.is_float()) {
      const double a = fast.d(), b = slow.d();
      CHECK(std::memcmp(&a, &b, sizeof a) == 0);
    } else {
      CHECK(fast.i() == slow.i());
    }
    return;
  }
  const Tensor a = fast.tensor(), b = slow.tensor();
  REQUIRE(a.dtype() == b.dtype());
  REQUIRE(Dims(a.sizes()) == Dims(b.sizes()));
  CHECK(Dims(a.strides()) == Dims(b.strides()));
  CHECK(a.offset() == b.offset());
  CHECK(a.is_contiguous() == b.is_contiguous());
  if (!a.is_contiguous()) return;
  for (std::int64_t i = 0; i < a.numel(); ++i) {
    // Of NaNs only that they are ones: the sign is the processor's.
    if (a.dtype() == DType::kFloat && std::isnan(b.data_as<float>()[i])) CHECK(std::isnan(a.data_as<float>()[i]));
    else if (a.dtype() == DType::kDouble && std::isnan(b.data_as<double>()[i])) CHECK(std::isnan(a.data_as<double>()[i]));
    else CHECK(std::memcmp(static_cast<char*>(a.data()) + i * static_cast<std::int64_t>(a.element_bytes()),
                           static_cast<char*>(b.data()) + i * static_cast<std::int64_t>(a.element_bytes()), a.element_bytes()) == 0);
  }
}

Value copy_of(const Value& v) {
  if (!v.is_tensor()) return v;
  const Tensor t = v.tensor();
  Tensor out = *Tensor::empty(t.sizes(), t.dtype());
  std::memcpy(out.data(), t.data(), static_cast<std::size_t>(t.numel()) * t.element_bytes());
  return Value(out);
}

int g_taken = 0;

void compare(std::string_view name, std::string_view overload, std::vector<Value> args) {
  CAPTURE(name);
  CAPTURE(overload);
  const ops::Overload* o = ops::find(name, overload);
  REQUIRE(o);
  const ops::TinyFn fn = ops::tiny_form(*o);
  REQUIRE((fn != nullptr));
  const bool in_place = name.ends_with("_");
  for (const bool last : {false, true}) {
    std::vector<Value> mine, theirs;
    for (const Value& v : args) {
      const bool fresh = in_place || last;
      mine.push_back(fresh ? copy_of(v) : v);
      theirs.push_back(fresh ? copy_of(v) : v);
    }
    const Value before = copy_of(mine[0]);
    Value* places[6];
    for (std::size_t i = 0; i < mine.size(); ++i) places[i] = &mine[i];
    Value fast, slow;
    const bool done = fn(places, last && !in_place ? 1u : 0u, fast);
    const Status s = o->call(theirs, {&slow, 1});
    if (!done) {
      if (before.is_tensor()) check_same(mine[0], before);
      continue;
    }
    ++g_taken;
    REQUIRE(s.ok());
    // Views of different copies: compare what they show.
    check_same(fast, slow);
    if (!last && !in_place && before.is_tensor()) check_same(args[0], before);
  }
}

}  // namespace

TEST_CASE("tiny forms give what the operators give") {
  const Value one(std::int64_t{1});
  for (const DType t : {DType::kFloat, DType::kDouble, DType::kInt64})
    for (const Dims& sizes : {Dims{}, Dims{1}, Dims{8}, Dims{2, 3}, Dims{1, 4, 1}}) {
      const Value x(filled(sizes, t, 1));
      for (const Dims& other : {sizes, Dims{}, Dims{1}, Dims{1, 1, 1}, Dims{3}}) {
        if (other.size() == 1 && other[0] == 3 && !(sizes.size() == 2)) continue;
        const Value y(filled(other, t, 4));
        for (const char* name : {"aten::add", "aten::sub"}) compare(name, "Tensor", {x, y, one});
        for (const char* name : {"aten::mul", "aten::div"}) compare(name, "Tensor", {x, y});
        if (other.size() <= sizes.size()) {
          for (const char* name : {"aten::add_", "aten::sub_"}) compare(name, "Tensor", {x, y, one});
          compare("aten::mul_", "Tensor", {x, y});
          compare("aten::copy_", "", {x, y, Value(false)});
          if (t != DType::kInt64) compare("aten::div_", "Tensor", {x, y});
        }
      }
      for (const Value& number : {Value(std::int64_t{3}), Value(std::int64_t{-2}), Value(0.1), Value(1e300)}) {
        for (const char* name : {"aten::add", "aten::sub"}) compare(name, "Scalar", {x, number, one});
        for (const char* name : {"aten::mul", "aten::div"}) compare(name, "Scalar", {x, number});
        if (t == DType::kInt64) continue;
        for (const char* name : {"aten::add_", "aten::sub_"}) compare(name, "Scalar", {x, number, one});
        for (const char* name : {"aten::mul_", "aten::div_"}) compare(name, "Scalar", {x, number});
      }
      compare("aten::relu", "", {x});
      compare("aten::neg", "", {x});
      if (product(sizes) == 1)
        for (const char* name : {"aten::Float", "aten::Bool"}) compare(name, "Tensor", {x});
      if (product(sizes) == 1) compare("aten::item", "", {x});
      for (const std::int64_t size : {-1, 1, 2}) {
        const std::int64_t rest = size == 1 ? product(sizes) : -1;
        if (size == 2 && product(sizes) % 2) continue;
        const Value view(size == -1 ? ListBox::of_ints(Dims{-1}) : ListBox::of_ints(Dims{size, rest}));
        compare("aten::view", "", {x, view});
      }
      for (std::int64_t d = -static_cast<std::int64_t>(sizes.size()) - 1; d <= static_cast<std::int64_t>(sizes.size()); ++d)
        compare("aten::unsqueeze", "", {x, Value(d)});
      for (std::int64_t d = 0; d < static_cast<std::int64_t>(sizes.size()); ++d) {
        compare("aten::select", "int", {x, Value(d), Value(std::int64_t{-1})});
        compare("aten::slice", "Tensor", {x, Value(d), Value(), Value(std::int64_t{1}), one});
        compare("aten::slice", "Tensor", {x, Value(d), Value(std::int64_t{-2}), Value(std::int64_t{9}), one});
        compare("aten::slice", "Tensor", {x, Value(d), Value(std::int64_t{5}), Value(std::int64_t{2}), one});
      }
    }
  CHECK(g_taken > 300);
}

TEST_CASE("a tiny result takes an operand's memory only where nobody else sees it") {
  const ops::TinyFn add = ops::tiny_form(*ops::find("aten::add", "Scalar"));
  REQUIRE((add != nullptr));
  const auto run = [&](Value& x) {
    Value two(std::int64_t{2}), one(std::int64_t{1}), result;
    Value* args[] = {&x, &two, &one};
    REQUIRE(add(args, 1, result));
    return result;
  };
  Value lone(filled(Dims{4}, DType::kFloat, 0));
  const void* memory = lone.tensor_impl()->storage->data();
  CHECK(run(lone).tensor().data() == memory);
  // Another handle, a view, and memory of the user's.
  const Tensor kept = filled(Dims{4}, DType::kFloat, 0);
  Value shared(kept);
  CHECK(run(shared).tensor().data() != kept.data());
  Value view(kept.alias());
  CHECK(run(view).tensor().data() != kept.data());
  float user[4] = {1, 2, 3, 4};
  Value borrowed(Tensor::from_storage(borrow_storage(user, sizeof user, {}), 0, Dims{4}, Dims{1}, DType::kFloat));
  CHECK(run(borrowed).tensor().data() != user);
  CHECK(user[0] == 1);
}
