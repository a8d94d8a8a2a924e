// Text form: what PyTorch prints is read and printed again unchanged.
#include <doctest/doctest.h>

#include "ir/graph.h"
#include "ir/literal.h"
#include "ir/symbols.h"

using namespace fac;
using namespace fac::ir;

namespace {

void round_trip(std::string_view text) {
  auto g = parse_graph(text);
  REQUIRE_MESSAGE(g.ok(), g.error().message);
  const auto checked = verify(**g);
  CHECK_MESSAGE(checked.ok(), checked.error().message);
  CHECK(print(**g) == text);
  const auto copy = (*g)->clone();
  CHECK(verify(*copy).ok());
  CHECK(print(*copy) == text);
}

std::string parse_error(std::string_view text) {
  auto g = parse_graph(text);
  return g.ok() ? "" : g.error().message;
}

}  // namespace

TEST_CASE("graphs round-trip") {
  round_trip(R"(graph(%self : __torch__.M,
      %x.1 : Tensor,
      %y : int?):
  %3 : int = prim::Constant[value=3]()
  %z.1 : Tensor = aten::frobnicate(%x.1, %3)
  return (%z.1)
)");
  round_trip(R"(graph(%c : bool,
      %n : int,
      %a.1 : int):
  %5 : bool = prim::Constant[value=1]()
   = prim::If(%c)
    block0():
       = foo::effect(%a.1)
      -> ()
    block1():
      -> ()
  %r : int, %q : int = prim::If(%c)
    block0():
      -> (%a.1, %n)
    block1():
      %o : int = prim::Loop(%n, %5, %a.1)
        block0(%i : int, %k : int):
          %12 : int = foo::plus(%k, %i)
          -> (%5, %12)
      -> (%o, %o)
  return (%r, %q)
)");
}

TEST_CASE("constants round-trip") {
  round_trip(R"(graph():
  %0 : NoneType = prim::Constant()
  %1 : float = prim::Constant[value=-0.]()
  %2 : float = prim::Constant[value=1.0000000000000001e-05]()
  %3 : float = prim::Constant[value=inf]()
  %4 : float = prim::Constant[value=1e+20]()
  %5 : str = prim::Constant[value="a\n\'\"b\\\001\177\303\251"]()
  %6 : Device = prim::Constant[value="cpu"]()
  %7 : int[] = prim::Constant[value=[-1, 3]]()
  %8 : int[] = prim::Constant[value=annotate(List[int], [])]()
  %9 : (int, float, (NoneType, str)) = prim::Constant[value=(1, 2.5, (None, "s"))]()
  %10 : (int) = prim::Constant[value=(1,)]()
  %11 : Dict(str, float) = prim::Constant[value={"a": 1.5, "b": 2.}]()
  %12 : bool[] = prim::Constant[value=[True, False]]()
  %13 : complex = prim::Constant[value=1.-2.5j]()
  %14 : int?[] = prim::Constant[value=annotate(List[Optional[int]], [None, 2])]()
  %15 : Float(2, strides=[1], requires_grad=0, device=cpu) = prim::Constant[value= 1  2 [ CPUFloatType{2} ]]()
  %16 : Long(requires_grad=0, device=cpu) = prim::Constant[value={3}]()
  %17 : Half(100, 2, strides=[2, 1], requires_grad=0, device=cpu) = prim::Constant[value=<Tensor>]()
  return (%0, %17)
)");
}

TEST_CASE("types round-trip") {
  round_trip(R"(graph(%a : Tensor?[],
      %b : Dict(str, (int, Tensor)[]),
      %c : Future[Tensor][],
      %d : Union(Tensor, int),
      %e : NamedTuple(x : int, y : float),
      %f : Scalar,
      %g : Any,
      %h : Generator?):
  return (%a)
)");
}

TEST_CASE("enums and nested graphs round-trip") {
  round_trip(R"(graph(%x : Tensor,
      %c : Enum<__torch__.Color>):
  %2 : Enum<__torch__.Color> = prim::Constant[value=__torch__.Color.RED]()
  %3 : Enum<__torch__.Color> = prim::Constant[value=__torch__.Color.BLUE]()
  %f : Future[Tensor] = prim::fork_0(%x)
  return (%2, %3, %f)
with prim::fork_0 = graph(%x.5 : Tensor):
  %1 : Tensor = foo::relu(%x.5)
  return (%1)
)");
}

TEST_CASE("errors name the place") {
  CHECK(parse_error("graph(%x : Tensor):\n  return (%y)\n") == "line 2, column 13: %y is not defined");
  CHECK(parse_error("graph(%x : Tenso):\n  return (%x)\n") == "line 1, column 17: unknown type `Tenso`");
  std::string deep = "graph(%x : ";
  deep.append(100000, '(');
  CHECK(parse_error(deep).find("nested too deeply") != std::string::npos);
}

TEST_CASE("names give way as in TorchScript") {
  Graph g;
  const ValueId a = g.add_param(g.top(), types::int_(), "x");
  const ValueId b = g.add_param(g.top(), types::int_(), "x");
  const ValueId c = g.add_param(g.top(), types::int_(), "x");
  CHECK(g.value(a).name == "x.1");
  CHECK(g.value(b).name == "x.3");
  CHECK(g.value(c).name == "x");
}

TEST_CASE("verify finds what is broken") {
  Graph g;
  const ValueId x = g.add_param(g.top(), types::int_(), "x");
  const NodeId n = g.create(Symbol("foo::bar"), {x}, {});
  const ValueId y = g.add_output(n, types::int_());
  g.append(g.top(), n);
  g.add_return(g.top(), y);
  CHECK(verify(g).ok());
  const NodeId late = g.create(Symbol("foo::late"), {}, {});
  const ValueId z = g.add_output(late, types::int_());
  g.append(g.top(), late);
  g.set_input(n, 0, z);
  CHECK_FALSE(verify(g).ok());
}

TEST_CASE("editing keeps uses and order") {
  auto g = std::move(*parse_graph(R"(graph(%a : int, %b : int):
  %c : int = foo::f(%a, %b, %a)
  %d : int = foo::g(%c)
  return (%d)
)"));
  const NodeId f = g->block(g->top()).first, last = g->node(f).next;
  const ValueId a = g->inputs()[0], b = g->inputs()[1];
  g->remove_input(f, 0);
  CHECK(verify(*g).ok());
  g->replace_uses(a, b);
  CHECK(g->uses(a).empty());
  CHECK(verify(*g).ok());
  g->replace_uses(g->node(last).outputs[0], g->node(f).outputs[0]);
  g->erase(last);
  CHECK(verify(*g).ok());
  CHECK(print(*g) == "graph(%a : int,\n      %b : int):\n  %c : int = foo::f(%b, %b)\n  return (%c)\n");
}
