// Inlining and freezing, on small units whose bodies are given in the text form.
#include <doctest/doctest.h>

#include "ir/literal.h"
#include "ir/passes.h"
#include "ir/unit.h"

using namespace fac;
using namespace fac::ir;

namespace {

struct World {
  std::shared_ptr<Unit> unit = std::make_shared<Unit>();
  std::vector<Ref<ClassType>> classes;

  Ref<ClassType> add_class(const std::string& name, std::vector<std::pair<std::string, TypePtr>> attributes) {
    auto c = make_ref<ClassType>(name, true);
    for (auto& [attribute, type] : attributes) c->add_attribute({attribute, type});
    REQUIRE(unit->add_type(c).ok());
    classes.push_back(c);
    return c;
  }
  std::unique_ptr<Graph> graph(std::string_view text) {
    auto g = parse_graph(text, [this](std::string_view name) -> TypePtr {
      if (TypePtr t = unit->find_type(name)) return t;
      if (Function* f = unit->find_function(name)) return make_ref<FunctionType>(f);
      return nullptr;
    });
    REQUIRE_MESSAGE(g.ok(), g.error().message);
    return std::move(*g);
  }
  Function* function(const std::string& name, std::string_view text) {
    auto f = unit->add_function(name, Schema{});
    REQUIRE(f.ok());
    (*f)->set_graph(graph(text));
    return *f;
  }
  void method(const Ref<ClassType>& c, const std::string& name, std::string_view text) {
    c->add_method(function(c->name() + "." + name, text));
  }
  Ref<ObjectBox> object(const Ref<ClassType>& c, std::vector<Value> slots) {
    auto o = make_ref<ObjectBox>(c, unit);
    o->slots = std::move(slots);
    return o;
  }
};

Tensor scalar_tensor(double d) {
  const std::int64_t sizes[1] = {1};
  Tensor t = std::move(*Tensor::empty(sizes, DType::kFloat));
  set_element(t, 0, d);
  return t;
}

}  // namespace

TEST_CASE("calls are inlined with their scopes; recursion stays a call") {
  World w;
  w.function("__torch__.twice", "graph(%a : int):\n  %b : int = foo::plus(%a, %a)\n  return (%b)\n");
  w.function("__torch__.four", R"(graph(%a : int):
  %f : Function = prim::Constant[name="__torch__.twice"]()
  %b : int = prim::CallFunction(%f, %a)
  %c : int = prim::CallFunction(%f, %b)
  return (%c)
)");
  auto g = w.graph(R"(graph(%x : int):
  %f : Function = prim::Constant[name="__torch__.four"]()
  %y : int = prim::CallFunction(%f, %x)
  return (%y)
)");
  REQUIRE(inline_calls(*g).ok());
  REQUIRE(verify(*g).ok());
  drop_dead(*g);
  CHECK(print(*g) == "graph(%x : int):\n  %b.3 : int = foo::plus(%x, %x)\n  %b : int = foo::plus(%b.3, %b.3)\n  return (%b)\n");
  const Node& last = g->node(g->value(g->outputs()[0]).producer);
  const InlineScope& inner = g->scopes()[static_cast<std::size_t>(last.scope)];
  CHECK(inner.function == "__torch__.twice");
  CHECK(g->scopes()[static_cast<std::size_t>(inner.parent)].function == "__torch__.four");

  auto loop = make_ref<ClassType>("__torch__.R", true);
  REQUIRE(w.unit->add_type(loop).ok());
  w.method(loop, "forward", R"(graph(%self : __torch__.R, %a : int):
  %b : int = prim::CallMethod[name="forward"](%self, %a)
  return (%b)
)");
  auto r = w.graph(R"(graph(%self : __torch__.R, %a : int):
  %b : int = prim::CallMethod[name="forward"](%self, %a)
  return (%b)
)");
  REQUIRE(inline_calls(*r).ok());
  CHECK(verify(*r).ok());
  CHECK(print(*r).find("CallMethod") != std::string::npos);
}

TEST_CASE("frozen attributes become constants, changing ones stay") {
  World w;
  auto inner = w.add_class("__torch__.Inner", {{"weight", types::tensor()}, {"training", types::bool_()}});
  auto outer = w.add_class("__torch__.Outer", {{"inner", inner}, {"count", types::int_()}, {"state", types::tensor()},
                                               {"shared", types::tensor()}, {"k", types::list(types::int_())}});
  w.method(inner, "forward", R"(graph(%self : __torch__.Inner, %x : Tensor):
  %t : bool = prim::GetAttr[name="training"](%self)
  %1 : int = prim::Constant[value=1]()
   = prim::If(%t)
    block0():
      %w.1 : Tensor = prim::GetAttr[name="weight"](%self)
      %w.2 : Tensor = aten::add_(%w.1, %1, %1)
      -> ()
    block1():
      -> ()
  %w.3 : Tensor = prim::GetAttr[name="weight"](%self)
  %y : Tensor = aten::mul(%x, %w.3)
  return (%y)
)");
  constexpr std::string_view kForward = R"(graph(%self : __torch__.Outer, %x : Tensor):
  %1 : int = prim::Constant[value=1]()
  %i : __torch__.Inner = prim::GetAttr[name="inner"](%self)
  %y : Tensor = prim::CallMethod[name="forward"](%i, %x)
  %c : int = prim::GetAttr[name="count"](%self)
  %s : Tensor = prim::GetAttr[name="state"](%self)
  %h : Tensor = prim::GetAttr[name="shared"](%self)
  %k : int[] = prim::GetAttr[name="k"](%self)
  %s2 : Tensor = aten::add_(%s, %y, %1)
   = prim::SetAttr[name="count"](%self, %1)
  return (%y, %c, %h, %k)
)";
  w.method(outer, "forward", kForward);
  const Tensor weight = scalar_tensor(2), state = scalar_tensor(3);
  auto in = w.object(inner, {Value(weight), Value(false)});
  auto self = w.object(outer, {Value(in), Value(7), Value(state), Value(state.alias()),
                               Value(ListBox::of_ints(std::vector<std::int64_t>{1, 2}))});

  auto g = w.graph(kForward);
  REQUIRE(inline_calls(*g).ok());
  std::vector<Ref<ObjectBox>> used;
  REQUIRE(freeze_attributes(*g, self, &used, "__torch__.Outer.forward").ok());
  REQUIRE(verify(*g).ok());
  CHECK(used.size() == 2);
  const std::string text = print(*g);
  INFO(text);
  CHECK(text.find("%self.inner.weight : Float(1, strides=[1], requires_grad=0, device=cpu) = prim::Constant[value={2}]()") !=
        std::string::npos);
  CHECK(text.find("prim::If") == std::string::npos);
  CHECK(text.find("%self.k : int[] = prim::Constant[value=[1, 2]]()") != std::string::npos);
  CHECK(text.find("GetAttr[name=\"count\"]") != std::string::npos);   // assigned
  CHECK(text.find("GetAttr[name=\"state\"]") != std::string::npos);   // written in place
  CHECK(text.find("GetAttr[name=\"shared\"]") != std::string::npos);  // shares the written memory
  CHECK(text.find("GetAttr[name=\"weight\"]") == std::string::npos);
  ValueId constant;
  for (std::uint32_t i = 0; i < g->value_count(); ++i)
    if (g->value(ValueId{i}).name == "self.inner.weight") constant = ValueId{i};
  REQUIRE(static_cast<bool>(constant));
  CHECK(g->constant(constant)->tensor().is_same(weight));
}

TEST_CASE("what another method changes is not frozen") {
  World w;
  auto c = w.add_class("__torch__.C", {{"a", types::tensor()}, {"b", types::tensor()}, {"n", types::int_()}, {"m", types::int_()}});
  constexpr std::string_view kForward = R"(graph(%self : __torch__.C):
  %a : Tensor = prim::GetAttr[name="a"](%self)
  %b : Tensor = prim::GetAttr[name="b"](%self)
  %n : int = prim::GetAttr[name="n"](%self)
  %m : int = prim::GetAttr[name="m"](%self)
  return (%a, %b, %n, %m)
)";
  w.method(c, "forward", kForward);
  w.method(c, "update", R"(graph(%self : __torch__.C, %x : Tensor):
  %1 : int = prim::Constant[value=1]()
  %0 : int = prim::Constant[value=0]()
  %a : Tensor = prim::GetAttr[name="a"](%self)
  %v : Tensor = aten::select(%a, %0, %0)
  %l : Tensor[] = prim::ListConstruct(%v)
  %w : Tensor = aten::__getitem__(%l, %0)
  %y : Tensor = aten::add_(%w, %x, %1)
   = prim::SetAttr[name="n"](%self, %1)
  return (%y)
)");
  auto self = w.object(c, {Value(scalar_tensor(1)), Value(scalar_tensor(2)), Value(3), Value(4)});
  auto g = w.graph(kForward);
  REQUIRE(inline_calls(*g).ok());
  REQUIRE(freeze_attributes(*g, self, nullptr).ok());
  const std::string text = print(*g);
  INFO(text);
  CHECK(text.find("GetAttr[name=\"a\"]") != std::string::npos);
  CHECK(text.find("GetAttr[name=\"b\"]") == std::string::npos);
  CHECK(text.find("GetAttr[name=\"n\"]") != std::string::npos);
  CHECK(text.find("GetAttr[name=\"m\"]") == std::string::npos);
}
