// Lines typed one after the other, as `facula repl` takes them.
#include <doctest/doctest.h>

#include "module/program.h"
#include "value/print.h"

using namespace fac;

namespace {

std::string answer(Session& s, const std::string& line) {
  auto v = s.run(line);
  if (!v.ok()) return "error: " + v.error().message;
  return *v ? value_text(**v) : "";
}

}  // namespace

TEST_CASE("functions of a session see its variables, as they are when they are called") {
  Session s{CompileOptions{}};
  CHECK(answer(s, "n = 3") == "");
  CHECK(answer(s, "def f(x: int):\n    return x + n\n") == "");
  CHECK(answer(s, "f(1)") == "4");
  CHECK(answer(s, "n = 10") == "");
  CHECK(answer(s, "f(1)") == "11");
  CHECK(answer(s, "n = 0.5") == "");
  CHECK(answer(s, "f(1)") == "1.5");
  // Through another function, whose own names stay its own.
  CHECK(answer(s, "def g(n: int):\n    return f(n) * 2\n") == "");
  CHECK(answer(s, "g(4)") == "9.");
  CHECK(answer(s, "xs = [1, 2]") == "");
  CHECK(answer(s, "def add(x: int):\n    xs.append(x)\n") == "");
  CHECK(answer(s, "add(5)") == "");
  CHECK(answer(s, "xs") == "[1, 2, 5]");
}

TEST_CASE("a function may be written before the variable that it reads") {
  Session s{CompileOptions{}};
  CHECK(answer(s, "def f():\n    return later + 1\n") == "");
  CHECK(answer(s, "f()").find("undefined value later") != std::string::npos);
  CHECK(answer(s, "later = 1") == "");
  CHECK(answer(s, "f()") == "2");
  CHECK(answer(s, "def wrong(x: int):\n    return x.nothing\n").find("nothing") != std::string::npos);
}
