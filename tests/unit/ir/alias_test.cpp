// Alias analysis: what it must never miss, and what it must not confuse if programs are to be optimised at all.
#include <doctest/doctest.h>

#include "ir/alias.h"

using namespace fac;
using namespace fac::ir;

namespace {

struct Parsed {
  std::unique_ptr<Graph> g;
  explicit Parsed(std::string_view text) {
    auto parsed = parse_graph(text);
    REQUIRE_MESSAGE(parsed.ok(), parsed.error().message);
    g = std::move(*parsed);
  }
  ValueId operator[](std::string_view name) const {
    for (std::uint32_t i = 0; i < g->value_count(); ++i)
      if (g->value(ValueId{i}).name == name) return ValueId{i};
    FAIL("no value " << name);
    return {};
  }
};

}  // namespace

TEST_CASE("views and control flow carry memory on; fresh results do not") {
  const Parsed p(R"(graph(%x : Tensor, %c : bool, %n : int, %sizes : int[]):
  %0 : int = prim::Constant[value=0]()
  %a : Tensor = aten::neg(%x)
  %b : Tensor = aten::neg(%x)
  %d : Tensor = aten::neg(%x)
  %view : Tensor = aten::select(%a, %0, %0)
  %maybe : Tensor = aten::reshape(%a, %sizes)
  %w : Tensor = aten::relu_(%view)
  %either : Tensor = prim::If(%c)
    block0():
      -> (%b)
    block1():
      %e : Tensor = aten::neg(%x)
      -> (%e)
  %carried : Tensor = prim::Loop(%n, %c, %d)
    block0(%i : int, %p : Tensor):
      %q : Tensor = aten::unsqueeze(%p, %0)
      -> (%c, %q)
  return (%n)
)");
  const AliasInfo info(*p.g);
  CHECK_FALSE(info.may_alias(p["a"], p["x"]));
  CHECK_FALSE(info.may_alias(p["a"], p["b"]));
  CHECK(info.may_alias(p["a"], p["view"]));
  CHECK(info.may_alias(p["a"], p["maybe"]));
  CHECK(info.may_be_written(p["a"]));
  CHECK(info.may_be_written(p["maybe"]));
  CHECK_FALSE(info.may_be_written(p["b"]));
  CHECK_FALSE(info.may_be_written(p["x"]));
  CHECK(info.may_alias(p["either"], p["b"]));
  CHECK(info.may_alias(p["either"], p["e"]));
  CHECK(info.may_alias(p["carried"], p["d"]));
  CHECK(info.may_alias(p["carried"], p["q"]));
  CHECK_FALSE(info.escapes(p["carried"]));
  CHECK(info.escapes(p["x"]));
}

TEST_CASE("containers hold what is put in; calls may do anything") {
  const Parsed p(R"(graph(%x : Tensor):
  %0 : int = prim::Constant[value=0]()
  %a : Tensor = aten::neg(%x)
  %b : Tensor = aten::neg(%x)
  %c : Tensor = aten::neg(%x)
  %l : Tensor[] = prim::ListConstruct(%a)
  %g : Tensor = aten::__getitem__(%l, %0)
  %w : Tensor = aten::relu_(%g)
  %m : Tensor[] = prim::ListConstruct()
  %n : Tensor[] = aten::append(%m, %b)
  %o : Tensor[] = aten::slice(%m, %0, %0, %0)
  %k : Tensor = foo::call(%c)
  return (%0)
)");
  const AliasInfo info(*p.g);
  CHECK(info.may_be_written(p["a"]));
  CHECK(info.may_alias(p["m"], p["b"]));
  CHECK(info.container_may_be_written(p["m"]));
  CHECK_FALSE(info.container_may_be_written(p["l"]));
  CHECK(info.may_be_written(p["c"]));
  CHECK(info.may_alias(p["c"], p["x"]));
  CHECK_FALSE(is_private_and_unwritten(*p.g, p["a"]));
  CHECK_FALSE(is_private_and_unwritten(*p.g, p["c"]));
}

TEST_CASE("dropout, casts and batch norm do more than their schemas say") {
  const Parsed p(R"(graph(%x : Tensor, %mean : Tensor, %other : Tensor, %training : bool, %f : float):
  %n : NoneType = prim::Constant()
  %d : Tensor = aten::dropout(%x, %f, %training)
  %u : Tensor = prim::unchecked_cast(%x)
  %y : Tensor = aten::batch_norm(%d, %n, %n, %mean, %mean, %training, %f, %f, %training)
  %m : Tensor, %v : Tensor = aten::batch_norm_update_stats(%x, %other, %n, %f)
  return (%y)
)");
  const AliasInfo info(*p.g);
  CHECK(info.may_alias(p["d"], p["x"]));
  CHECK(info.may_alias(p["u"], p["x"]));
  CHECK(info.may_be_written(p["mean"]));
  CHECK(info.may_be_written(p["other"]));
  CHECK_FALSE(AliasInfo::makes_fresh(*p.g, p.g->value(p["d"]).producer));
  CHECK_FALSE(AliasInfo::makes_fresh(*p.g, p.g->value(p["u"]).producer));
  CHECK(p.g->has_effect(p.g->value(p["y"]).producer));
}
