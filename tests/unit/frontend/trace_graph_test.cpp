// TraceGraph: graphs of traced programs are written node by node, and what does not hold is refused.
#include "frontend/trace/trace_graph.h"

#include <doctest/doctest.h>
#include "ir/unit.h"

using namespace fac;
using trace::TraceGraph;
using trace::Values;

namespace {

// y = x + 2, as a method of a module with a parameter `w` it would be called on.
Ref<ClassType> module_with_method(ir::Unit& unit) {
  auto cls = make_ref<ClassType>("__torch__.M", true);
  cls->add_attribute({"w", types::tensor(), true, false});
  TraceGraph g;
  g.input("self", TypePtr(cls));
  const auto x = g.input("x", types::tensor());
  const auto two = g.constant(Value(2), types::int_()), one = g.constant(Value(1), types::int_());
  const auto y = g.op("aten::add", "Scalar", {x, two, one}, {});
  REQUIRE(y.ok());
  const auto graph = g.finish(y->at(0));
  REQUIRE(graph.ok());
  auto f = unit.add_function("__torch__.M.forward", g.schema("__torch__.M.forward"));
  REQUIRE(f.ok());
  (*f)->set_graph(*graph);
  cls->add_method(*f);
  return cls;
}

}  // namespace

TEST_CASE("a traced function is an ordinary graph") {
  TraceGraph g;
  const auto x = g.input("x", types::tensor());
  const auto dim = g.constant(Value(0), types::int_());
  const auto size = g.op("aten::size", "int", {x, dim}, {});
  REQUIRE(size.ok());
  const auto list = g.list(types::int_(), *size);
  REQUIRE(list.ok());
  const auto y = g.op("aten::view", "", {x, *list}, {});
  REQUIRE(y.ok());
  g.set_name(y->at(0), "flat");
  const auto graph = g.finish(y->at(0));
  REQUIRE(graph.ok());
  CHECK(ir::print(**graph) ==
        "graph(%x : Tensor):\n"
        "  %1 : int = prim::Constant[value=0]()\n"
        "  %2 : int = aten::size(%x, %1)\n"
        "  %3 : int[] = prim::ListConstruct(%2)\n"
        "  %flat : Tensor = aten::view(%x, %3)\n"
        "  return (%flat)\n");
  CHECK(g.schema("f").str() == "f(Tensor x) -> Tensor");
}

TEST_CASE("attributes and methods follow the class") {
  ir::Unit unit;
  const auto cls = module_with_method(unit);
  TraceGraph g;
  const auto self = g.input("self", TypePtr(cls));
  const auto w = g.get_attr(self, "w");
  REQUIRE(w.ok());
  CHECK(same(g.type(*w), types::tensor()));
  const auto y = g.call_method(self, "forward", {*w});
  REQUIRE(y.ok());
  CHECK(g.finish(*y).ok());
  CHECK_FALSE(g.get_attr(self, "v").ok());
  CHECK_FALSE(g.call_method(self, "backward", {*w}).ok());
  CHECK_FALSE(g.call_method(self, "forward", {}).ok());
  CHECK_FALSE(g.call_method(*w, "forward", {}).ok());
}

TEST_CASE("what does not fit is refused") {
  TraceGraph g;
  const auto x = g.input("x", types::tensor());
  const auto n = g.constant(Value(1), types::int_());
  CHECK_FALSE(g.op("aten::relu", "", {x, x}, {}).ok());
  CHECK_FALSE(g.list(types::tensor(), {x, n}).ok());
  CHECK_FALSE(g.dict(types::str(), types::tensor(), {n, x}).ok());
  CHECK_FALSE(g.unpack(x, 2).ok());
  CHECK_FALSE(g.unpack(g.tuple({x, n}), 3).ok());
  CHECK_FALSE(g.wait(x).ok());
  const auto wrong = g.op("aten::relu", "", {n}, {});  // an int: found when the graph is finished
  REQUIRE(wrong.ok());
  CHECK_FALSE(g.finish(wrong->at(0)).ok());
}

TEST_CASE("an operator that is not in the table keeps its place") {
  TraceGraph g;
  const auto x = g.input("x", types::tensor());
  const TypePtr types[] = {types::tensor()};
  const auto y = g.op("mine::twice", "", {x}, types);
  REQUIRE(y.ok());
  const auto graph = g.finish(y->at(0));
  REQUIRE(graph.ok());
  CHECK(ir::print(**graph).find("mine::twice(%x)") != std::string::npos);
}

TEST_CASE("inputs have names that a signature can have") {
  TraceGraph g;
  g.input("x", types::tensor());
  g.input("x", types::tensor());
  const auto z = g.input("3.weird", types::tensor());
  REQUIRE(g.finish(z).ok());
  CHECK(g.schema("f").str() == "f(Tensor x, Tensor x_1, Tensor argument_2) -> Tensor");
}
