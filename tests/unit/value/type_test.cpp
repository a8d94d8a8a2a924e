#include "value/type.h"

#include <doctest/doctest.h>

#include "value/schema.h"
#include "value/value.h"

using namespace fac;

namespace {
TypePtr parse(std::string_view text) {
  auto t = parse_schema_type(text);
  REQUIRE_MESSAGE(t.ok(), text);
  return *t;
}
std::string unified(std::string_view a, std::string_view b, bool to_union = false) {
  const TypePtr t = unify(parse(a), parse(b), to_union);
  return t ? t->annotation() : "-";
}
}  // namespace

TEST_CASE("type text") {
  CHECK(parse("int[]?")->annotation() == "Optional[List[int]]");
  CHECK(parse("()")->annotation() == "Tuple[()]");
  CHECK(types::number()->annotation() == "number");
  const TypePtr point = types::named_tuple("__torch__.P", {"a", "b"}, {types::tensor(), types::int_()});
  CHECK(point->annotation() == "__torch__.P");
  CHECK(point->str() == "NamedTuple(a : Tensor, b : int)");
}

TEST_CASE("subtypes") {
  struct Case {
    const char *sub, *super;
    bool yes;
  };
  const Case cases[] = {
      {"int", "Scalar", true}, {"float", "Scalar", true}, {"bool", "Scalar", false}, {"int", "float", false},
      {"NoneType", "int?", true}, {"int", "int?", true}, {"int?", "int", false}, {"int?", "Scalar?", true},
      {"int[]", "Scalar[]", false}, {"int[]", "int[]?", true}, {"int?[]", "int[]", false}, {"int[]", "list", true},
      {"(int, Tensor)", "(Scalar, Tensor?)", true}, {"(int, int)", "(int)", false}, {"Dict(str, int)", "Dict(str, Any)", false},
      {"Future(int)", "Future(int?)", true}, {"int", "Union(int, str)", true}, {"Union(int, str)", "Union(int, str, Tensor)", true},
      {"Union(int, str)", "int", false}, {"Tensor", "Any", true}, {"Any", "Tensor", false}, {"int", "ScalarType", true},
      {"ScalarType", "int", true}, {"ScalarType[]", "int[]", true}, {"ScalarType?", "int?", true}, {"Scalar", "Union(int, float, complex, str)", true},
      {"NoneType", "Tensor", false}, {"str?", "Union(int, NoneType, str)", true}};
  for (const auto& c : cases) {
    CAPTURE(c.sub);
    CAPTURE(c.super);
    CHECK(is_subtype(parse(c.sub), parse(c.super)) == c.yes);
  }
}

TEST_CASE("unify") {
  CHECK(unified("int", "int?") == "Optional[int]");
  CHECK(unified("int", "NoneType") == "Optional[int]");
  CHECK(unified("int", "float") == "-");
  CHECK(unified("int", "float", true) == "Union[float, int]");
  CHECK(unified("(int, NoneType)", "(int, str)") == "Tuple[int, Optional[str]]");
  CHECK(unified("int[]", "float[]") == "-");
  CHECK(unified("int", "str?", true) == "Union[int, NoneType, str]");
}

TEST_CASE("unions take their normal form") {
  using types::union_of;
  CHECK(union_of({types::int_(), types::none()})->str() == "int?");
  CHECK(union_of({types::int_(), types::int_()})->str() == "int");
  CHECK(union_of({types::float_(), types::int_(), types::complex_()})->str() == "Scalar");
  CHECK(union_of({types::str(), types::optional(types::int_())})->str() == "Union(int, NoneType, str)");
  CHECK(types::optional(union_of({types::str(), types::int_()}))->str() == "Union(int, NoneType, str)");
  CHECK(types::optional(types::optional(types::str()))->str() == "str?");
  CHECK(same(union_of({types::str(), types::int_()}), union_of({types::int_(), types::str()})));
}

TEST_CASE("an interface's methods do not keep it alive") {
  const auto face = make_ref<InterfaceType>("__torch__.I", false);
  Schema method{"one", "", {}, {}, false, false};
  method.arguments.push_back({"self", TypePtr(face), std::nullopt, std::nullopt, false, std::nullopt, std::nullopt, false});
  face->add_method(std::move(method));
  CHECK(face->use_count() == 1);
  CHECK(face->methods()[0].str() == "one(__torch__.I self) -> ()");
  CHECK(is_subtype(*face, *face->methods()[0].arguments[0].type));
}
