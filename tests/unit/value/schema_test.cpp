#include "value/schema.h"

#include <doctest/doctest.h>

using namespace fac;

TEST_CASE("schema text round-trips") {
  const char* const texts[] = {
      "aten::add.Tensor(Tensor self, Tensor other, *, Scalar alpha=1) -> Tensor",
      "aten::add_.Tensor(Tensor(a!) self, Tensor other, *, Scalar alpha=1) -> Tensor(a!)",
      "aten::max_pool2d(Tensor self, int[2] kernel_size, int[2] stride=[], int[2] padding=0, int[2] dilation=1, bool "
      "ceil_mode=False) -> Tensor",
      "aten::conv2d(Tensor input, Tensor weight, Tensor? bias=None, SymInt[2] stride=[1, 1], SymInt[2] padding=[0, 0], "
      "SymInt[2] dilation=[1, 1], SymInt groups=1) -> Tensor",
      "aten::mean.dim(Tensor self, int[1]? dim, bool keepdim=False, *, ScalarType? dtype=None) -> Tensor",
      "aten::items.str(Dict(str, t) self) -> ((str, t)[])",
      "aten::split.Tensor(Tensor(a -> *) self, SymInt split_size, int dim=0) -> Tensor(a)[]",
      "aten::max.dim(Tensor self, int dim, bool keepdim=False) -> (Tensor values, Tensor indices)",
      "aten::layer_norm(Tensor input, SymInt[] normalized_shape, Tensor? weight=None, Tensor? bias=None, float "
      "eps=1.0000000000000001e-05, bool cudnn_enable=True) -> Tensor",
      "aten::strip(str self, str chars=\" \\n\\t\\f\\v\") -> str",
      "aten::append.t(t[](a!) self, t(c -> *) el) -> t[](a!)",
      "aten::format(str self, ...) -> str",
      "prim::TupleUnpack(Any tup) -> ...",
      "aten::manual_seed(int seed) -> ()",
      "aten::wait(Future(t) self) -> t",
      "aten::lu_factor.out(Tensor A, *, bool pivot=True, Tensor(a!) LU, Tensor(b!) pivots) -> (Tensor(a!) LU, Tensor(b!) "
      "pivots)",
      "aten::_foreach_add_.Scalar(Tensor(a!)[] self, Scalar scalar) -> ()",
      "aten::to.prim_other(Tensor(a) self, bool non_blocking=False, bool copy=False) -> Tensor(b|a)",
      "q::run(Tensor x, __torch__.torch.classes.quantized.LinearPackedParamsBase w) -> Tensor",
      "__torch__.net.Block.forward(__torch__.net.Block self, Tensor x) -> Tensor",
  };
  for (const std::string_view text : texts) {
    const auto s = parse_schema(text);
    REQUIRE_MESSAGE(s.ok(), s.error().message);
    CHECK(s->str() == text);
  }
}

TEST_CASE("schema parts") {
  const auto s = parse_schema("aten::pool.x(Tensor(a!) self, int[2] size=3, *, float eps=1, Scalar k=2.5) -> (int, int)");
  REQUIRE(s.ok());
  CHECK(s->name == "aten::pool");
  CHECK(s->overload == "x");
  CHECK(s->writes());
  CHECK(s->arguments[1].fixed_size == 2);
  CHECK(s->arguments[1].default_value->list().ints() == std::vector<std::int64_t>{3, 3});
  CHECK(s->arguments[2].keyword_only);
  CHECK(s->arguments[2].default_value->d() == 1.0);
  CHECK(s->arguments[3].default_value->is_float());
  CHECK(s->returns.size() == 2);
  CHECK(parse_schema("__torch__.a.b(int x) -> int")->name == "__torch__.a.b");
}

TEST_CASE("malformed schemas are refused with a place") {
  CHECK(parse_schema("aten::f(Tensor self -> Tensor").error().message ==
        "schema `aten::f(Tensor self -> Tensor`: expected `)` at column 21, found `-> Tensor`");
  for (const char* text : {"", "f", "f(", "f(Tensor) -> Tensor", "f(Foo x) -> int", "f(int x=) -> int", "f(int[ x) -> int",
                           "f(int x=[1]) -> int", "f(str s=\"a) -> int", "f() -> (int", "f() -> int x y"})
    CHECK_FALSE(parse_schema(text).ok());
  std::string deep(100000, '(');
  CHECK_FALSE(parse_schema_type(deep).ok());
}

TEST_CASE("schema types") {
  for (const std::string_view text : {"int[]?", "Dict(str, t)", "(Tensor, int)", "Future(t)", "Tensor?[]", "Union(float, int)",
                                      "Any", "RRef(t)", "Device", "Scalar", "()", "int[][]"}) {
    const auto t = parse_schema_type(text);
    REQUIRE_MESSAGE(t.ok(), t.error().message);
    CHECK((*t)->str() == text);
  }
}
