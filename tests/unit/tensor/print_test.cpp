#include "tensor/print.h"

#include <doctest/doctest.h>

#include <cstring>
#include <limits>
#include <vector>

using namespace fac;

namespace {
template <class T>
Tensor make(Dims sizes, const std::vector<T>& data, DType dtype) {
  auto t = Tensor::empty(sizes, dtype);
  REQUIRE(t.ok());
  if (!data.empty()) std::memcpy(t->data(), data.data(), data.size() * sizeof(T));
  return *t;
}
Tensor floats(Dims sizes, const std::vector<float>& data) { return make(sizes, data, DType::kFloat); }
Tensor longs(Dims sizes, const std::vector<std::int64_t>& data) { return make(sizes, data, DType::kInt64); }
}  // namespace

// Expected texts were made with PyTorch 2.13 (str() in TorchScript, repr() in Python).
TEST_CASE("the C++ form") {
  CHECK(tensor_text(floats({2, 2}, {1, 2, 3, 4})) == " 1  2\n 3  4\n[ CPUFloatType{2,2} ]");
  CHECK(tensor_text(longs({}, {3})) == "3\n[ CPULongType{} ]");
  CHECK(tensor_text(floats({}, {1e-5f})) == "9.999999747378752e-06\n[ CPUFloatType{} ]");
  CHECK(tensor_text(floats({0}, {})) == "[ CPUFloatType{0} ]");
  CHECK(tensor_text(floats({2}, {1e-7f, 2e-7f})) == "1e-07 *\n 1.0000\n 2.0000\n[ CPUFloatType{2} ]");
  CHECK(tensor_text(floats({1, 3}, {1.5f, std::numeric_limits<float>::quiet_NaN(), -std::numeric_limits<float>::infinity()})) ==
        " 1.5000     nan    -inf\n[ CPUFloatType{1,3} ]");
  CHECK(tensor_text(longs({2, 1, 2}, {10, 31, 7, 70})) ==
        "(1,.,.) = \n 10  31\n\n(2,.,.) = \n  7  70\n[ CPULongType{2,1,2} ]");
  const std::string wide = tensor_text(longs({1, 41}, std::vector<std::int64_t>(41, 1)));
  CHECK(wide.starts_with("Columns 1 to 26 1  1"));
  CHECK(wide.find("\n\nColumns 27 to 41 1") != std::string::npos);
}

TEST_CASE("the Python form") {
  CHECK(tensor_repr(floats({2, 2}, {1, 2, 3, 4})) == "tensor([[1., 2.],\n        [3., 4.]])");
  CHECK(tensor_repr(floats({2}, {1.5f, -0.25f})) == "tensor([ 1.5000, -0.2500])");
  CHECK(tensor_repr(floats({2}, {1e-6f, 1})) == "tensor([1.0000e-06, 1.0000e+00])");
  CHECK(tensor_repr(longs({2, 0}, {})) == "tensor([], size=(2, 0), dtype=torch.int64)");
  CHECK(tensor_repr(make<std::uint8_t>({2}, {1, 0}, DType::kBool)) == "tensor([ True, False])");
  CHECK(tensor_repr(make<std::uint8_t>({}, {7}, DType::kUInt8)) == "tensor(7, dtype=torch.uint8)");
  CHECK(tensor_repr(make<float>({1}, {1, -2}, DType::kComplexFloat)) == "tensor([1.-2.j])");
  std::vector<std::int64_t> many(1001);
  for (std::size_t i = 0; i < many.size(); ++i) many[i] = static_cast<std::int64_t>(i);
  CHECK(tensor_repr(longs({1001}, many)) == "tensor([   0,    1,    2,  ...,  998,  999, 1000])");
}

TEST_CASE("sizes whose product overflows are refused, not computed with") {
  const std::int64_t sizes[] = {4, std::int64_t{1} << 62};
  CHECK(!Tensor::empty(sizes, DType::kFloat).ok());
  CHECK(product(sizes) == 0);  // wraps
}
