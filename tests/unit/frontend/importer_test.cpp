#include <doctest/doctest.h>

#include <map>

#include "frontend/script/importer.h"
#include "ir/graph.h"

using namespace fac;

namespace {

using Files = std::map<std::string, std::string, std::less<>>;

struct Program {
  std::shared_ptr<ir::Unit> unit = std::make_shared<ir::Unit>();
  std::shared_ptr<script::SourceImporter> importer;

  explicit Program(const Files& files, std::int64_t version = 0) {
    auto constants = std::make_shared<std::vector<Value>>();
    Tensor scalar = *Tensor::empty(Ints(), DType::kFloat);
    *scalar.data_as<float>() = 2;
    constants->push_back(Value(scalar));
    importer = std::make_shared<script::SourceImporter>(
        *unit, constants,
        [files](std::string_view qualifier) -> Result<Ref<const SourceFile>> {
          const auto found = files.find(qualifier);
          if (found == files.end()) return Ref<const SourceFile>();
          return Ref<const SourceFile>(make_ref<SourceFile>("code/" + found->first + ".py", found->second));
        },
        version, Limits{});
  }
  TypePtr type(std::string_view name) {
    auto t = importer->type(name);
    REQUIRE_MESSAGE(t.ok(), (t.ok() ? "" : t.error().full()));
    return *t;
  }
  std::string graph(Callable* f) {
    REQUIRE(f);
    auto g = static_cast<ir::Function*>(f)->graph();
    if (!g.ok()) return g.error().full();
    auto verified = ir::verify(**g);
    CHECK_MESSAGE(verified.ok(), (verified.ok() ? "" : verified.error().message));
    return ir::print(**g);
  }
};

bool holds(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("a module's class: attributes, parameters, buffers, constants, methods") {
  Program p(Files{{"__torch__", R"(class M(Module):
  __parameters__ = ["weight", ]
  __buffers__ = ["mean", ]
  weight : Tensor
  mean : Tensor
  training : bool
  __annotations__["0"] = __torch__.nets.Layer
  scale : Final[int] = 3
  def forward(self: __torch__.M,
    x: Tensor,
    k: float=inf) -> Tensor:
    _0 = getattr(self, "0")
    weight = self.weight
    _1 = torch.add((_0).forward(x, ), weight)
    return torch.mul(_1, CONSTANTS.c0)
)"},
             {"__torch__.nets", R"(class Layer(Module):
  __parameters__ = []
  training : bool
  def forward(self: __torch__.nets.Layer,
    x: Tensor) -> Tensor:
    return __torch__.nets.twice(x, )
def twice(x: Tensor) -> Tensor:
  return torch.mul(x, 2)
)"}});
  const TypePtr t = p.type("__torch__.M");
  const ClassType* cls = as_class(t);
  REQUIRE(cls);
  CHECK(cls->is_module());
  REQUIRE(cls->attributes().size() == 4);
  CHECK(cls->attributes()[0].is_parameter);
  CHECK(cls->attributes()[1].is_buffer);
  CHECK(cls->attributes()[3].name == "0");
  CHECK(cls->attributes()[3].type == p.type("__torch__.nets.Layer"));
  REQUIRE(cls->find_constant("scale"));
  CHECK(cls->find_constant("scale")->i() == 3);
  const std::string graph = p.graph(cls->find_method("forward"));
  CHECK(holds(graph, "prim::GetAttr[name=\"0\"](%self)"));
  CHECK(holds(graph, "prim::CallMethod[name=\"forward\"]"));
  CHECK(holds(p.graph(as_class(p.type("__torch__.nets.Layer"))->find_method("forward")), "prim::CallFunction"));
}

TEST_CASE("enums, named tuples, interfaces, classes with __init__") {
  Program p(Files{{"__torch__", R"(class Color(Enum):
  RED = 1
  GREEN = 2
class Point(NamedTuple):
  x : Tensor
  y : int = 3
class Shape(Interface):
  def area(self,
    k: int) -> int:
    pass
class Square(object):
  side : int
  def __init__(self: __torch__.Square,
    side: int) -> NoneType:
    self.side = side
    return None
  def area(self: __torch__.Square,
    k: int) -> int:
    side = self.side
    return torch.mul(torch.mul(side, side), k)
def f(x: Tensor,
    s: __torch__.Shape,
    c: __torch__.Color) -> Tuple[__torch__.Point, int, bool]:
  p = __torch__.Point(x, 4)
  _0 = __torch__.Square.__new__(__torch__.Square)
  _1 = (_0).__init__(2, )
  n = torch.add((_0).area(3, ), (s).area(1, ))
  return (p, torch.add(n, p.y), torch.eq(c, __torch__.Color.RED))
)"}});
  CHECK(as_enum(p.type("__torch__.Color"))->members().size() == 2);
  const TypePtr point = p.type("__torch__.Point");
  CHECK(as_tuple(point)->defaults().size() == 1);
  auto f = p.importer->function("__torch__.f");
  REQUIRE(f.ok());
  const std::string graph = p.graph(*f);
  INFO(graph);
  CHECK(holds(graph, "prim::CreateObject()"));
  CHECK(holds(graph, "prim::CallMethod[name=\"area\"](%s"));
  CHECK(holds(graph, "prim::TupleConstruct(%x"));
}

TEST_CASE("hooks are kept in their order and can be called") {
  Program p(Files{{"__torch__", R"(class L(Module):
  training : bool
  __forward_pre_hooks__ = ["pre", ]
  __forward_hooks__ = ["post", ]
  def forward(self: __torch__.L,
    x: Tensor) -> Tensor:
    return x
  def pre(self: __torch__.L,
    input: Tuple[Tensor]) -> Tuple[Tensor]:
    return input
  def post(self: __torch__.L,
    input: Tuple[Tensor],
    output: Tensor) -> Tensor:
    return output
def f(l: __torch__.L,
    x: Tensor) -> Tensor:
  x0, = __torch__.L.pre(l, (x,), )
  return __torch__.L.post(l, (x0,), (l).forward(x0, ), )
)"}});
  const ClassType* cls = as_class(p.type("__torch__.L"));
  REQUIRE(cls->forward_pre_hooks().size() == 1);
  CHECK(cls->forward_hooks()[0]->name() == "post");
  auto f = p.importer->function("__torch__.f");
  CHECK(holds(p.graph(*f), "prim::CallFunction"));
}

TEST_CASE("an unknown operator fails when it runs, not when it is loaded") {
  Program p(Files{{"__torch__", R"(def f(x: Tensor) -> Tensor:
  a, b, = ops.strange.thing(x, 3)
  _0 : List[int] = ops.strange.sizes(x)
  return torch.view(a, _0)
)"}});
  auto f = p.importer->function("__torch__.f");
  CHECK(holds(p.graph(*f), "strange::thing(%x"));
}

TEST_CASE("old archives call the old operators") {
  const Files files{{"__torch__", R"(def f(x: Tensor, y: Tensor) -> Tensor:
  return torch.div(x, y)
)"}};
  Program old(files, 3), now(files, 9);
  CHECK(holds(old.graph(*old.importer->function("__torch__.f")), "\"trunc\""));
  CHECK_FALSE(holds(now.graph(*now.importer->function("__torch__.f")), "\"trunc\""));
}

TEST_CASE("errors name the place") {
  Program p(Files{{"__torch__", "def f(x: Tensor) -> Tensor:\n  return __torch__.g(x)\ndef g(x: Strange) -> Tensor:\n  return x\n"}});
  const std::string text = p.graph(*p.importer->function("__torch__.f"));
  CHECK(holds(text, "Strange"));
  CHECK(holds(text, "'__torch__.g' is used here"));
}

TEST_CASE("early returns that follow each other are bounded") {
  const auto returns = [](int count) {
    std::string text = "def f(n: int) -> int:\n";
    for (int i = 0; i < count; ++i) text += fmt("  if torch.eq(n, {}):\n    return {}\n", i, i + 1);
    return Files{{"__torch__", text + "  return 0\n"}};
  };
  const auto compiled = [](const Files& files) {
    const Program p(files);
    auto f = p.importer->function("__torch__.f");
    REQUIRE(f.ok());
    auto g = (*f)->graph();
    return g.ok() ? std::string() : g.error().full();
  };
  CHECK(compiled(returns(250)) == "");
  CHECK(holds(compiled(returns(400)), "more than 300 returns, breaks or continues follow each other in one function"));
}
