// Classes that name themselves go with their compilation unit, unless somebody still holds them.
#include <doctest/doctest.h>

#include <memory>

#include "ir/unit.h"
#include "value/schema.h"

using namespace fac;
using namespace fac::ir;

namespace {

// Says when the types that hold it are gone.
class Witness final : public Type {
 public:
  explicit Witness(bool& gone) : Type(TypeKind::kAny), gone_(gone) {}
  ~Witness() override { gone_ = true; }

 private:
  bool& gone_;
};

// A class with `next: Optional[itself]` and a witness.
Ref<ClassType> list_node(Unit& unit, bool& gone) {
  auto c = make_ref<ClassType>("__torch__.Node", false);
  c->add_attribute({"next", types::optional(TypePtr(c)), false, false});
  c->add_attribute({"w", TypePtr(make_ref<Witness>(gone)), false, false});
  REQUIRE(unit.add_type(TypePtr(c)).ok());
  return c;
}

}  // namespace

TEST_CASE("a class that names itself goes with its unit") {
  bool gone = false;
  auto unit = std::make_unique<Unit>();
  list_node(*unit, gone);
  CHECK(!gone);
  unit.reset();
  CHECK(gone);
}

TEST_CASE("classes and interfaces that name one another in a circle go with their unit") {
  bool gone = false;
  auto unit = std::make_unique<Unit>();
  {
    auto a = list_node(*unit, gone);
    auto face = make_ref<InterfaceType>("__torch__.Face", false);
    Schema method;
    method.name = "visit";
    method.arguments.emplace_back().type = TypePtr(face);
    method.returns.emplace_back().type = types::list(TypePtr(a));
    face->add_method(std::move(method));
    REQUIRE(unit->add_type(TypePtr(face)).ok());
    auto b = make_ref<ClassType>("__torch__.B", false);
    b->add_attribute({"face", TypePtr(face), false, false});
    a->add_attribute({"b", TypePtr(b), false, false});
    REQUIRE(unit->add_type(TypePtr(b)).ok());
  }
  unit.reset();
  CHECK(gone);
}

TEST_CASE("a class that outlives its unit has no methods, whose code went with the unit") {
  auto unit = std::make_unique<Unit>();
  auto c = make_ref<ClassType>("__torch__.Acc", false);
  REQUIRE(unit->add_type(TypePtr(c)).ok());
  for (const char* name : {"__torch__.Acc.get", "__torch__.Acc.set"}) {
    auto f = unit->add_function(name, Schema{});
    REQUIRE(f.ok());
    c->add_method(*f);
  }
  ClassType::Property property;
  property.name = "value";
  property.getter = c->find_method("get");
  c->add_property(property);
  REQUIRE(c->find_method("get"));
  unit.reset();
  CHECK(!c->find_method("get"));
  CHECK(c->methods().empty());
  CHECK(!c->find_property("value"));
}

TEST_CASE("a class that somebody holds stays whole, with all that it names, after its unit") {
  bool gone = false;
  auto unit = std::make_unique<Unit>();
  auto held = list_node(*unit, gone);
  auto other = make_ref<ClassType>("__torch__.Other", false);
  other->add_attribute({"back", TypePtr(held), false, false});
  held->add_attribute({"other", TypePtr(other), false, false});
  REQUIRE(unit->add_type(TypePtr(other)).ok());
  other = nullptr;
  unit.reset();
  REQUIRE(held->attributes().size() == 3);
  CHECK(held->attributes()[0].type->element().get() == held.get());
  const auto& named = static_cast<const ClassType&>(*held->attributes()[2].type);
  CHECK(named.attributes()[0].type.get() == held.get());
  CHECK(!gone);
  // Nobody takes this circle apart any more: the unit is gone. Do it here, so that the test itself leaves nothing behind.
  held->set_attribute_type(0, nullptr);
  held->set_attribute_type(2, nullptr);
  held = nullptr;
  CHECK(gone);
}
