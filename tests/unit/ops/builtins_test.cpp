#include <doctest/doctest.h>

#include <limits>

#include "ops/host.h"
#include "ops/table.h"
#include "value/print.h"

using namespace fac;

namespace {

struct Case {
  const char *op, *args, *answer;
};
constexpr Case kCases[] = {
#include "builtin_cases.inc"
};

const ops::Overload* lookup(std::string_view full) {
  const auto dot = full.find('.', full.find("::"));
  return dot == std::string_view::npos ? ops::find(full, "") : ops::find(full.substr(0, dot), full.substr(dot + 1));
}

Result<std::vector<Value>> call(std::string_view name, std::vector<Value>& args) {
  const ops::Overload* op = lookup(name);
  REQUIRE_MESSAGE(op, name);
  std::vector<Value> results(op->schema().returns.size());
  FACULA_TRY_VOID(op->call(args, results));
  return results;
}
std::string text_of(Result<std::vector<Value>> r) {
  if (!r.ok()) return "error: " + r.error().message;
  std::string out;
  for (const auto& v : *r) out += (out.empty() ? "" : " ; ") + value_repr(v);
  return out;
}
std::string run(std::string_view name, std::vector<Value> args) { return text_of(call(name, args)); }

// "1, [2]" as the operator's arguments: literals are read as defaults of a schema with the operator's types.
std::vector<Value> arguments(const Schema& schema, std::string_view words) {
  std::vector<Value> args;
  std::size_t at = 0;
  for (const auto& a : schema.arguments) {
    std::size_t stop = at;
    int depth = 0;
    bool quote = false;
    for (; stop < words.size(); ++stop) {
      if (words[stop] == '\\') ++stop;
      else if (words[stop] == '"') quote = !quote;
      else if (quote) continue;
      else if (words[stop] == '[') ++depth;
      else if (words[stop] == ']') --depth;
      else if (words[stop] == ',' && depth == 0) break;
    }
    std::string word(words.substr(at, stop - at));
    at = std::min(stop + 2, words.size());
    std::string type = a.type->str();
    const bool free = a.type->has_free_variables();
    if (free) type = word[0] == '[' ? "int[]" : "Any";
    if (a.type->kind() == TypeKind::kDevice) type = "str";
    auto parsed = parse_schema("f(" + type + " x=" + word + ") -> ()");
    REQUIRE_MESSAGE(parsed.ok(), parsed.error().message);
    Value v = *parsed->arguments[0].default_value;
    if (a.type->kind() == TypeKind::kDevice) v = Value(*device_from_text(v.str()));
    args.push_back(std::move(v));
  }
  return args;
}

// Lists of the table are written without annotation; tuples and several results in brackets.
std::string plain(const Value& v) {
  const auto joined = [](const std::vector<Value>& items) {
    std::string out = "[";
    for (const auto& i : items) out += (out.size() > 1 ? ", " : "") + plain(i);
    return out + "]";
  };
  if (v.is_list()) return joined(v.list().to_values());
  if (v.is_tuple()) return joined(v.tuple().values);
  if (v.is_device()) return quoted(device_text(v.device()));
  const std::string text = value_repr(v);
  return text.starts_with("-nan") ? text.substr(1) : text;  // Python does not show the sign of NaN
}

}  // namespace

TEST_CASE("built-ins answer as PyTorch does") {
  for (const Case& c : kCases) {
    CAPTURE(std::string(c.op));
    CAPTURE(std::string(c.args));
    const ops::Overload* op = lookup(c.op);
    REQUIRE(op);
    std::vector<Value> args = arguments(op->schema(), c.args);
    const auto results = call(c.op, args);
    const std::string_view want = c.answer;
    if (!results.ok()) {
      if (want == "error") continue;
      CHECK("error: " + results.error().message == want);
      continue;
    }
    std::string got = results->empty() ? "None" : results->size() == 1 ? plain((*results)[0]) : "[";
    if (results->size() > 1) {
      for (std::size_t i = 0; i < results->size(); ++i) got += (i ? ", " : "") + plain((*results)[i]);
      got += "]";
    }
    CHECK(got == want);
  }
}

namespace {
Value ints(std::initializer_list<std::int64_t> v) { return Value(ListBox::of_ints(Dims(v))); }
Value strs(std::initializer_list<const char*> v) {
  auto list = make_ref<ListBox>(types::str());
  for (const char* s : v) list->append(Value(s));
  return Value(std::move(list));
}
Value tuple(std::vector<Value> v) { return Value(make_ref<TupleBox>(std::move(v))); }
}  // namespace

// What follows was tried by hand in PyTorch: its Python binding calls no generic and no mutating list operator.
TEST_CASE("lists change in place and are shared") {
  Value l = ints({3, 1, 2});
  CHECK(run("aten::append.t", {l, Value(5)}) == "[3, 1, 2, 5]");
  CHECK(run("aten::insert.t", {l, Value(-100), Value(9)}) == "");
  CHECK(run("aten::insert.t", {l, Value(100), Value(8)}) == "");
  CHECK(value_repr(l) == "[9, 3, 1, 2, 5, 8]");
  CHECK(run("aten::pop.t", {l, Value(-1)}) == "8");
  CHECK(run("aten::pop.t", {l, Value(7)}) == "error: list index out of range");
  CHECK(run("aten::Delete.t", {l, Value(0)}) == "");
  CHECK(run("aten::sort.int", {l, Value(true)}) == "");
  CHECK(value_repr(l) == "[5, 3, 2, 1]");
  CHECK(run("aten::reverse.t", {l}) == "");
  CHECK(run("aten::remove.int", {l, Value(3)}) == "");
  CHECK(run("aten::remove.int", {l, Value(3)}) == "error: list.remove(x): x not in list");
  CHECK(run("aten::extend.t", {l, l}) == "");
  CHECK(value_repr(l) == "[1, 2, 5, 1, 2, 5]");
  CHECK(run("aten::_set_item.t", {l, Value(-1), Value(7)}) == "[1, 2, 5, 1, 2, 7]");
  CHECK(run("aten::__getitem__.t", {l, Value(-6)}) == "1");
  CHECK(run("aten::__getitem__.t", {l, Value(6)}) == "error: list index out of range");
  CHECK(run("aten::slice.t", {l, Value(), Value(), Value(-2)}) == "[7, 1, 2]");
  CHECK(run("aten::slice.t", {l, Value(1), Value(-1), Value(0)}) == "error: List slice should have non-zero step");
  CHECK(run("aten::mul.left_t", {ints({1, 2}), Value(2)}) == "[1, 2, 1, 2]");
  CHECK(run("aten::mul_.t", {l, Value(0)}) == "annotate(List[int], [])");
  CHECK(run("aten::pop.t", {l, Value(-1)}) == "error: pop from empty list");
  CHECK(run("aten::len.t", {strs({"a"})}) == "1");
  CHECK(run("aten::sorted.str", {strs({"b", "", "ab"})}) == "[\"\", \"ab\", \"b\"]");
  CHECK(run("aten::__range_length", {Value(10), Value(0), Value(-3)}) == "4");
  CHECK(run("aten::__range_length", {Value(0), Value(1), Value(0)}) == "error: range() arg 3 must not be zero");
  CHECK(run("aten::__derive_index", {Value(2), Value(10), Value(-3)}) == "4");
}

TEST_CASE("tuples sort by their elements") {
  auto list = make_ref<ListBox>(types::tuple({types::int_(), types::str()}));
  list->append(tuple({Value(2), Value("a")}));
  list->append(tuple({Value(1), Value("z")}));
  list->append(tuple({Value(1), Value("b")}));
  CHECK(run("aten::sorted.any", {Value(list)}) == "[(1, \"b\"), (1, \"z\"), (2, \"a\")]");
}

TEST_CASE("dictionaries") {
  const auto box = make_ref<DictBox>(types::str(), types::int_());
  const Value d(box);
  CHECK(run("aten::_set_item.str", {d, Value("b"), Value(1)}) == "");
  CHECK(run("aten::_set_item.str", {d, Value("a"), Value(2)}) == "");
  CHECK(run("aten::__getitem__.Dict_str", {d, Value("b")}) == "1");
  CHECK(run("aten::__getitem__.Dict_str", {d, Value("x")}) == "error: KeyError: x");
  CHECK(run("aten::get.str", {d, Value("x")}) == "None");
  CHECK(run("aten::get.default_str", {d, Value("x"), Value(5)}) == "5");
  CHECK(run("aten::setdefault.str", {d, Value("c"), Value(3)}) == "3");
  CHECK(run("aten::keys.str", {d}) == "[\"b\", \"a\", \"c\"]");
  CHECK(run("aten::values.str", {d}) == "[1, 2, 3]");
  CHECK(run("aten::items.str", {d}) == "[(\"b\", 1), (\"a\", 2), (\"c\", 3)]");
  CHECK(run("aten::__contains__.str", {d, Value("c")}) == "True");
  CHECK(run("aten::popitem.str", {d}) == "(\"b\", 1)");
  CHECK(run("aten::pop.Dict_str", {d, Value("b")}) == "error: KeyError: b");
  CHECK(run("aten::pop.Dict_default_str", {d, Value("b"), Value(0)}) == "0");
  std::vector<Value> one_d = {d};
  const Value copy = (*call("aten::copy.Dict_str", one_d))[0];
  CHECK(run("aten::clear.str", {d}) == "");
  CHECK(run("aten::update.str", {d, copy}) == "");
  CHECK(run("aten::Delete.Dict_str", {d, Value("a")}) == "");
  CHECK(value_repr(d) == "{\"c\": 3}");
  std::vector<Value> one_copy = {copy};
  CHECK(run("aten::dict.str", {(*call("aten::items.str", one_copy))[0]}) ==
        "{\"a\": 2, \"c\": 3}");
}

TEST_CASE("text of several values") {
  CHECK(run("aten::format", {Value("{} {}|{:.2f}"), Value(1.0), Value("s")}) == "\"1. s|{:.2f}\"");
  CHECK(run("aten::format", {Value("{}{}"), Value(1)}) == "error: Too few arguments for format string: {}{}");
  CHECK(run("aten::percentFormat", {Value("%s %d %f %e%%"), tuple({Value("x"), Value(2.7), Value(2), Value(0.5)})}) ==
        "\"x 2 2.000000 5.000000e-01%\"");
  CHECK(run("aten::percentFormat", {Value("%d"), Value("s")}) ==
        "error: %d requires a number for formatting, but got String");
  CHECK(run("aten::percentFormat", {Value("%g"), Value(1.0)}) ==
        "error: The specifier %g is not supported in TorchScript format strings");
  static std::string printed;
  set_host({[](std::string_view text) { printed += text; }, nullptr});
  CHECK(run("prim::Print", {Value(1.5), Value("a"), ints({1})}) == "");
  set_host({});
  CHECK(printed == "1.5 a [1]\n");
}

TEST_CASE("division by zero is an error, not a trap") {
  CHECK(run("aten::remainder.int", {Value(1), Value(0)}) == "error: ZeroDivisionError: integer modulo by zero");
  CHECK(run("aten::floordiv.int", {Value(std::numeric_limits<std::int64_t>::min()), Value(-1)}) == "-9223372036854775808");
  CHECK(run("aten::remainder.int", {Value(std::numeric_limits<std::int64_t>::min()), Value(-1)}) == "0");
  CHECK(run("aten::count", {Value("abc"), Value(""), Value(0), Value(-1)}) == "4");
  CHECK(run("aten::replace", {Value("abc"), Value(""), Value("-"), Value(-1)}) == "\"-a-b-c-\"");
}
