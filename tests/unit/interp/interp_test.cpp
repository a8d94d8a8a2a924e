// The interpreter against CPython: tests/interp/NAME.py, whose output under CPython is in NAME.txt
// (tests/interp/expect.py writes it). And its limits.
#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "../source_root.h"
#include "interp/interp.h"
#include "ops/host.h"

using namespace fac;

namespace {

std::string printed;

std::string read(const std::string& path) {
  std::ifstream in(path);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

std::string run(const std::string& text, interp::RunLimits limits = {}) {
  printed.clear();
  set_host({[](std::string_view s) { printed += s; }, nullptr});
  interp::Interp in(limits);
  auto m = in.run_text(text, "test.py");
  set_host({});
  if (!m.ok()) return in.explained(m.take_error())->message;
  return "";
}

}  // namespace

TEST_CASE("programs print what CPython prints") {
  std::vector<std::filesystem::path> files;
  for (const auto& e : std::filesystem::directory_iterator(source_path("tests/interp")))
    if (e.path().extension() == ".py" && e.path().filename() != "expect.py") files.push_back(e.path());
  std::sort(files.begin(), files.end());
  REQUIRE(files.size() >= 5);
  for (const auto& path : files) {
    const std::string error = run(read(path.string()));
    CHECK_MESSAGE(error.empty(), path.filename().string() << ": " << error);
    auto expected = path;
    expected.replace_extension(".txt");
    const std::string want = read(expected.string());
    REQUIRE(!want.empty());
    if (printed == want) continue;
    std::istringstream a(printed), b(want);
    std::string x, y;
    for (int line = 1; std::getline(b, y); ++line) {
      std::getline(a, x);
      CHECK_MESSAGE(x == y, path.filename().string() << " line " << line);
      if (x != y) break;
      x.clear();
    }
    CHECK_MESSAGE(printed == want, path.filename().string());
  }
}

TEST_CASE("a file by hand: FACULA_RUN=file.py") {
  if (const char* path = std::getenv("FACULA_RUN")) {
    set_host({[](std::string_view s) { std::fwrite(s.data(), 1, s.size(), stdout); }, nullptr});
    interp::Interp in;
    auto m = in.run_file(path);
    std::string why = m.ok() ? "" : in.explained(m.take_error())->message;
    CHECK_MESSAGE(why.empty(), why);
    set_host({});
  }
}

TEST_CASE("hostile programs end with an error") {
  interp::RunLimits small;
  small.steps = 2'000'000;
  small.text_bytes = 1 << 26;
  small.tensor_bytes = 1 << 26;
  struct Row {
    const char* text;
    const char* part;
  };
  const Row rows[] = {
      {"while True:\n    pass\n", "steps"},
      {"for i in range(10**15):\n    pass\n", "steps"},
      {"sum(range(10**15))\n", "steps"},
      {"def f(n):\n    return f(n + 1)\nf(0)\n", "RecursionError"},
      {"f = lambda x: f(x)\nf(0)\n", "RecursionError"},
      {"class A:\n    def __getattr__(self, n):\n        return getattr(self, n + 'x')\nA().a\n", "RecursionError"},
      {"class A:\n    def __repr__(self):\n        return repr(self)\nprint(A())\n", "RecursionError"},
      {"class A:\n    def __eq__(self, o):\n        return self == o\nA() == A()\n", "RecursionError"},
      {"x = 'a' * 10**10\n", "MiB"},
      {"x = [0] * 10**12\n", "MiB"},
      {"x = (1, 2) * (2**62)\n", "MiB"},
      {"x = 'a'\nwhile True:\n    x += x\n", "MiB"},
      {"x = [1]\nwhile True:\n    x = x + x\n", "MiB"},
      {"x = [1]\nwhile True:\n    x.extend(x)\n", "MiB"},
      {"'%1000000000d' % 3\n", "too large"},
      {"'{:>999999999}'.format(3)\n", "too large"},
      {"'%*d' % (10**15, 3)\n", "too large"},
      {"f'{1.0:.99999f}'\n", "too large"},
      {"'x'.ljust(10**12)\n", "MiB"},
      {"2 ** 100000\n", "OverflowError"},
      {"1 << 70\n", "OverflowError"},
      {"-9223372036854775808 // -1\n", "OverflowError"},
      {"10 ** 30\n", "OverflowError"},
      {"import torch\ntorch.zeros(10**6, 10**6)\n", "too large"},
      {"import torch\nwhile True:\n    torch.zeros(1000000)\n", "MiB"},
      {"import torch\ntorch.zeros(3).expand(10**18)\n", "too large"},
      {"range(10)[10**18]\n", "IndexError"},
      {"import a.b.c\na.b.c.d()()[0] + 1\n", "not available"},
      {"class A(A): pass\n", "NameError"},
      {"class A: pass\nclass B(A, A): pass\n", "MRO"},
      {"x = 1\nx()\n", "not callable"},
      {"def f(a, *, b): pass\nf(1, 2)\n", "positional"},
      {"[].pop()\n", "IndexError"},
      {"{}['a']\n", "KeyError"},
      {"open('/etc/passwd')\n", "out of reach"},
      {"eval('1')\n", "not available"},
      {"yield 3\n", "SyntaxError"},
      {"list.append(1, 2)\n", "TypeError"},
      {"str.join('a')\n", "TypeError"},
      {"dict.get({})\n", "TypeError"},
      {"int.__new__()\n", "TypeError"},
      {"tuple.__new__()\n", "TypeError"},
      {"set.__new__()\n", "TypeError"},
      {"object.__new__()\n", "TypeError"},
      {"BaseException.__init__()\n", "TypeError"},
      {"property.getter()\n", "TypeError"},
      {"type.__new__()\n", "TypeError"},
      {"range.__new__()\n", "TypeError"},
      {"from torch import Tensor\nTensor.tolist()\n", "TypeError"},
      {"from torch import Tensor\nTensor.float()\n", "TypeError"},
      {"import torch\ntorch.device.__new__()\n", "TypeError"},
      {"import torch\ntorch.is_tensor()\ntorch.tensor()\n", "TypeError"},
      {"object.__dir__()\nobject.__setattr__()\n", "TypeError"},
  };
  for (const Row& r : rows) {
    const std::string error = run(r.text, small);
    CHECK_MESSAGE(error.find(r.part) != std::string::npos, r.text << "gave: " << error);
  }
}

TEST_CASE("deep data is freed without deep recursion") {
  interp::RunLimits limits;
  limits.steps = 20'000'000;
  CHECK(run("x = []\nfor i in range(300000):\n    x = [x]\n", limits) == "");
  CHECK(run("x = {}\nfor i in range(300000):\n    x = {'a': x}\n", limits) == "");
  CHECK(run("x = ()\nfor i in range(300000):\n    x = (x,)\n", limits) == "");
  CHECK(run("class A: pass\nx = None\nfor i in range(300000):\n    a = A()\n    a.x = x\n    x = a\n", limits) == "");
  CHECK(run("x = iter([])\nfor i in range(300000):\n    x = iter(zip(x))\n", limits) == "");
  CHECK(run("from functools import partial\nx = len\nfor i in range(3000):\n    x = partial(x, 1)\n", limits) == "");
  CHECK(run("x = len\nfor i in range(100000):\n    x = (lambda y: (lambda: y))(x)\n", limits) == "");
  CHECK(run("x = []\nfor i in range(300000):\n    x = [x]\nprint(x)\n", limits).find("RecursionError") != std::string::npos);
  CHECK(run("x = []\ny = []\nfor i in range(300000):\n    x = [x]\n    y = [y]\nx == y\n", limits).find("RecursionError") != std::string::npos);
  CHECK(run("x = ()\nfor i in range(300000):\n    x = (x,)\nhash(x)\n", limits).find("RecursionError") != std::string::npos);
  CHECK(run("x = []\nx.append(x)\nprint(x)\n", limits).find("RecursionError") != std::string::npos);
}

TEST_CASE("errors show Python's traceback") {
  const std::string error = run("def f(x):\n    return x.foo\n\ndef g():\n    f(3)\n\ng()\n");
  CHECK(error ==
        "Traceback (most recent call last):\n"
        "  File \"test.py\", line 7, in <module>\n"
        "    g()\n"
        "  File \"test.py\", line 5, in g\n"
        "    f(3)\n"
        "  File \"test.py\", line 2, in f\n"
        "    return x.foo\n"
        "AttributeError: 'int' object has no attribute 'foo'");
}
