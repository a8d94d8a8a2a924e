#include "value/value.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "value/print.h"

using namespace fac;

TEST_CASE("values share boxes and release them") {
  Value list(ListBox::of_ints(Dims{1, 2, 3}));
  Value other = list;
  other.list().append(Value(4));
  CHECK(list.list().size() == 4);
  CHECK(list.is_same(other));
  CHECK(list.box_ptr()->use_count() == 2);
  other = Value(1.5);
  CHECK(list.box_ptr()->use_count() == 1);
  CHECK(other.d() == 1.5);
}

TEST_CASE("lists keep the order of their edits") {
  for (const TypePtr& t : {types::int_(), types::float_(), types::any()}) {
    ListBox list(t);
    for (int i = 0; i < 4; ++i) list.append(t->kind() == TypeKind::kFloat ? Value(static_cast<double>(i)) : Value(i));
    list.insert(1, t->kind() == TypeKind::kFloat ? Value(9.0) : Value(9));
    list.erase(3);
    CHECK(equal(list.get(1), Value(9)));
    CHECK(equal(list.get(3), Value(3)));
    CHECK(list.to_values().size() == 4);
  }
}

TEST_CASE("dictionaries keep insertion order through erasure") {
  DictBox d(types::str(), types::int_());
  for (int i = 0; i < 100; ++i) d.set(Value(std::to_string(i)), Value(i));
  for (int i = 0; i < 100; ++i)
    if (i % 3) CHECK(d.erase(Value(std::to_string(i))));
  CHECK_FALSE(d.erase(Value("1")));
  d.set(Value("3"), Value(-3));
  d.set(Value("1"), Value(-1));
  const auto items = d.items();
  CHECK(items.size() == 35);
  CHECK(items[1].first.str() == "3");
  CHECK(items[1].second.i() == -3);
  CHECK(items.back().first.str() == "1");
  CHECK(d.find(Value("99"))->i() == 99);
  CHECK(d.find(Value("98")) == nullptr);
}

TEST_CASE("equality is Python's") {
  CHECK(equal(Value(1), Value(1.0)));
  CHECK(equal(Value(true), Value(1)));
  CHECK_FALSE(equal(Value("1"), Value(1)));
  CHECK(equal(Value(ListBox::of_ints(Dims{1})), Value(ListBox::of_floats(std::vector<double>{1.0}))));
  CHECK_FALSE(equal(Value(), Value(0)));
}

TEST_CASE("text of values") {
  const double inf = std::numeric_limits<double>::infinity();
  CHECK(value_text(Value(1.0)) == "1.");
  CHECK(value_text(Value(1.0 / 3)) == "0.33333333333333331");
  CHECK(value_text(Value(1e-8)) == "1e-08");
  CHECK(value_text(Value(1e15)) == "1000000000000000.");
  CHECK(value_text(Value(std::ldexp(1.0, 63))) == "9.2233720368547758e+18");
  CHECK(value_text(Value(-0.0)) == "0.");
  CHECK(value_text(Value(-inf)) == "-inf");
  CHECK(value_repr(Value(-0.0)) == "-0.");
  CHECK(value_repr(Value(1e10)) == "10000000000");
  CHECK(value_text(Value(std::complex<double>(1, -2))) == "1.-2.j");
  CHECK(value_text(Value(std::complex<double>(1.5, -0.0))) == "1.5+0.j");
  CHECK(value_text(Value(make_ref<TupleBox>(std::vector<Value>{Value("a'b")}))) == "(a'b,)");
  CHECK(value_repr(Value("a'b\n\x01")) == "\"a\\'b\\n\\001\"");
  CHECK(value_repr(Value(ListBox::of_ints({}))) == "annotate(List[int], [])");
  CHECK(value_repr(Value(ListBox::of_ints(Dims{1, 2}))) == "[1, 2]");
  auto d = make_ref<DictBox>(types::str(), types::float_());
  d->set(Value("k"), Value(1.0));
  CHECK(value_text(Value(d)) == "{k: 1.}");
  CHECK(value_repr(Value(d)) == "{\"k\": 1.}");
  const auto color = make_ref<EnumType>("__torch__.m.Color", types::int_(),
                                        std::vector<std::pair<std::string, Value>>{{"RED", Value(1)}});
  const Value red(make_ref<EnumBox>(color, 0));
  CHECK(value_text(red) == "Enum<Color.RED>");
  CHECK(value_repr(red) == "__torch__.m.Color.RED");
}

TEST_CASE("futures hand a copy of the result or the error to every waiter") {
  FutureBox f(types::int_());
  CHECK_FALSE(f.done());
  f.complete(Value(3));
  CHECK(f.wait()->i() == 3);
  FutureBox g(types::int_());
  g.complete(runtime_error("no"));
  CHECK(g.wait().error().message == "no");
  CHECK(g.wait().error().message == "no");
}
