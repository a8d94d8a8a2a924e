// Pickles written by hand: each instruction that TorchScript or Python uses, and what a stranger might try.
#include <doctest/doctest.h>

#include <string>

#include "permissive_resolver.h"

using namespace fac;
using namespace fac::archive;

namespace {

Result<Value> load(const std::string& p, const Limits& limits = {}) {
  PermissiveResolver resolver;
  return unpickle({{reinterpret_cast<const std::uint8_t*>(p.data()), p.size()}, "test.pkl", &limits, &resolver, nullptr});
}

std::string why(const std::string& p, const Limits& limits = {}) {
  Result<Value> r = load(p, limits);
  return r.ok() ? "no error" : r.error().message;
}

// A string with its zero bytes.
#define P(text) std::string(text, sizeof(text) - 1)
#define CHECK_MENTIONS(text, part) CHECK_MESSAGE(std::string(text).find(part) != std::string::npos, text)

}  // namespace

TEST_CASE("numbers and text of all protocols") {
  CHECK(load(P("\x80\x02K\x07.")).value().i() == 7);
  CHECK(load(P("\x80\x02M\x01\x02.")).value().i() == 0x201);
  CHECK(load(P("\x80\x02J\xff\xff\xff\xff.")).value().i() == -1);
  CHECK(load(P("\x80\x02\x8a\x02\x00\x80.")).value().i() == -32768);
  CHECK(load(P("\x80\x02\x8a\x00.")).value().i() == 0);
  CHECK(load("I12\n.").value().i() == 12);
  CHECK(load("I01\n.").value().b());
  CHECK(load("L-5L\n.").value().i() == -5);
  CHECK(load("F0.5\n.").value().d() == 0.5);
  CHECK(load(P("G\x3f\xf8\0\0\0\0\0\0.")).value().d() == 1.5);
  CHECK(load(P("X\x02\0\0\0hi.")).value().str() == "hi");
  CHECK(load(P("\x80\x04\x95\x06\0\0\0\0\0\0\0\x8c\x02hi\x94.")).value().str() == "hi");
  CHECK_MENTIONS(why(P("\x8a\x09\1\1\1\1\1\1\1\1\1.")), "64 bits");
}

TEST_CASE("containers and memory") {
  CHECK(load("(I1\nI2\nl.").value().list().size() == 2);
  CHECK(load(P("(I1\nI2\nd.")).value().dict().find(Value(1))->i() == 2);
  CHECK(load(P("K\x01K\x02K\x03\x87.")).value().tuple().values.size() == 3);
  CHECK(load(P("]q\0(K\x01K\x02" "e.")).value().list().get(1).i() == 2);
  CHECK(load(P("X\1\0\0\0aq\0h\0\x86.")).value().tuple().values[1].str() == "a");
  CHECK(load(P("ctorch.jit._pickle\nbuild_intlist\n(](K\x05" "etR.")).value().list().ints()[0] == 5);
  const Value dict = load(P("ctorch.jit._pickle\nrestore_type_tag\n}X\x0e\0\0\0Dict[str, int]\x86R.")).value();
  CHECK(dict.dict().value_type()->annotation() == "int");
}

TEST_CASE("globals that are not on the list are refused by name") {
  const Limits limits;
  const std::string p = "\x80\x02" "cposix\nsystem\n.";
  Result<Value> r = unpickle({{reinterpret_cast<const std::uint8_t*>(p.data()), p.size()}, "m/data.pkl", &limits});
  REQUIRE(!r.ok());
  CHECK_MENTIONS(r.error().message, "archive member 'm/data.pkl', offset 2: global 'posix.system' is refused");
  CHECK_MENTIONS(why("ctorch._utils\n_rebuild_anything\n."), "is not known");
  CHECK_MENTIONS(why("ctorch.jit._pickle\nbuild_intlist\n."), "used where a value is expected");
  CHECK_MENTIONS(why("c__torch__\nM\n)\x81."), "before it has its attributes");
}

TEST_CASE("types cannot be confused") {
  CHECK_MENTIONS(why(P("ctorch.jit._pickle\nbuild_intlist\n(](N" "etR.")), "is expected");
  // One list as List[int] and as List[str].
  CHECK_MENTIONS(why(P("]q\0" "0ctorch.jit._pickle\nbuild_intlist\nh\0\x85R0"
                       "ctorch.jit._pickle\nrestore_type_tag\nh\0X\x09\0\0\0List[str]\x86R.")), "used both as");
}

TEST_CASE("nesting is bounded and nothing holds itself") {
  const std::size_t deep = 1000000;
  CHECK_MENTIONS(why(std::string(deep, ']') + std::string(deep - 1, 'a') + "."), "nested deeper");
  CHECK_MENTIONS(why(")" + std::string(deep, '\x85') + "."), "nested deeper");
  CHECK_MENTIONS(why(P("]q\0h\0a.")), "contains itself");
  CHECK_MENTIONS(why(P("]q\0\x85q\1" "0h\0h\1a.")), "after something else holds it");
  // A chain that is deep only after the fact.
  CHECK_MENTIONS(why(P("]q\0]q\1]q\2h\0h\1ah\1h\2a.")), "after something else holds it");
  const Limits few{.pickle_items = 10};
  CHECK_MENTIONS(why(std::string(20, 'N') + ".", few), "more than 10 values");
}

TEST_CASE("malformed pickles") {
  for (const char* p : {"", ".", "a.", "e.", "0.", "t.", "(", "K", "R.", "b.", "Q.", "\x81.", "u.", "s.", "NN.", "((tl", "h\1.",
                        "r\xff\xff\xff\xff.", "cabc", "(l0e.", "N(00l."})
    CHECK_MESSAGE(!load(p).ok(), p);
}
