// Archives that lie. First every kind against every other; then the text tests in tests/hostile/*.txt: archives whose code lies about kinds or whose attributes are not what it declares.
//   === what is tested
//   text of code/__torch__.py, with `class M(Module)`
//   --- data n, s = (1, "a")   attributes of M, in plain pickles; none: an empty dictionary. `data = 1`: what __setstate__ is given
//   --- call forward(1, [2])   what the call gives, or its error, or why the archive does not load
// Each call runs with and without plans and native code, and gives the same each time. Nothing may crash: ./dev asan runs this, too.
// FACULA_BLESS=1 in the environment rewrites what stands below each `---` line.
#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "../source_root.h"
#include "exec/vm/native/native.h"
#include "hostile_archive.h"
#include "module/module.h"
#include "tensor/print.h"
#include "value/print.h"

namespace fs = std::filesystem;
using namespace fac;

namespace {

Result<Value> evaluate(const std::string& expression) {
  FACULA_TRY(auto unit, compile_source("def call__():\n    return " + expression + "\n", "t.py"));
  return run_function(*unit->find_function("call__"), {});
}

std::string first_line(const Error& e) { return e.message.substr(0, e.message.find('\n')) + "\n"; }

std::string shown(const Result<Value>& result) {
  if (!result.ok()) return first_line(result.error());
  return (result->is_tensor() ? tensor_repr(result->tensor()) : value_text(*result)) + "\n";
}

struct Attributes {
  std::vector<std::string> names;
  std::vector<Value> values;
};

// "data n, s = (1, 'a')"
Attributes read_attributes(const std::string& text) {
  Attributes a;
  const auto equals = text.find(" = ");
  REQUIRE(equals != text.npos);
  std::istringstream names(text.substr(0, equals));
  for (std::string name; std::getline(names, name, ',');) a.names.push_back(name.substr(name.find_first_not_of(' ')));
  auto values = evaluate(text.substr(equals + 3));
  REQUIRE_MESSAGE(values.ok(), values.error().full());
  if (a.names.size() == 1) a.values = {*values};
  else a.values = values->tuple().values;
  if (a.names == std::vector<std::string>{"data"}) a.names.clear();
  return a;
}

std::string call_once(const std::string& archive, const std::string& call, bool plan) {
  const auto open = call.find('(');
  auto arguments = evaluate(open + 2 == call.size() ? "None" : "(" + call.substr(open + 1, call.size() - open - 2) + ",)");
  REQUIRE_MESSAGE(arguments.ok(), arguments.error().full());
  LoadOptions load;
  load.limits.instructions = 1 << 20;
  auto source = archive::ByteSource::copy(archive.data(), archive.size());
  REQUIRE(source.ok());
  auto module = load_module(std::move(*source), load);
  if (!module.ok()) return "not loaded: " + first_line(module.error());
  RunOptions options;
  options.plan = plan;
  options.threads = 1;
  options.limits.instructions = 1 << 20;
  // The second call uses what a plan remembers of the first, on the state that the first left.
  std::string got;
  for (int i = 0; i < 2; ++i) {
    std::vector<Value> args;
    if (arguments->is_tuple()) args = arguments->tuple().values;
    got += shown(run_method(*module, call.substr(0, open), std::move(args), {}, options));
  }
  const std::string first = got.substr(0, got.size() / 2);
  return got == first + first ? first : got;
}

std::string outcome(const std::string& archive, const std::string& call) {
  const bool before = vm::native_enabled();
  std::string got;
  for (const bool plan : {true, false})
    for (const bool native : {true, false}) {
      vm::set_native_enabled(native);
      const std::string again = call_once(archive, call, plan);
      if (!got.empty()) CHECK(again == got);
      got = again;
    }
  vm::set_native_enabled(before);
  return got;
}


// Kinds, an expression of each, and what only a value of that kind can do.
struct Kind {
  std::string type, value, use;
};
const std::vector<Kind>& kinds() {
  static const std::vector<Kind> all = {
      {"int", "7", "torch.add(v, 1)"},
      {"float", "1.5", "torch.mul(v, 2.)"},
      {"bool", "True", "torch.__not__(v)"},
      {"str", "\"abc\"", "torch.add(v, \"z\")"},
      {"Device", "torch.device(\"cpu\")", "torch.zeros([2], dtype=None, layout=None, device=v)"},
      {"Tensor", "x", "torch.add(v, v)"},
      {"List[int]", "[1, 2]", "torch.append(v, 5)"},
      {"List[Tensor]", "[x, x]", "torch.cat(v)"},
      {"Dict[str, Tensor]", "{\"a\": x}", "torch.keys(v)"},
      {"Dict[str, List[int]]", "{\"a\": [1]}", "torch.append(v[\"a\"], 1)"},
      {"Tuple[int, Tensor]", "(1, x)", "torch.add((v)[1], 1)"},
      {"Tuple[Tensor, Tensor]", "(x, x)", "torch.add((v)[1], 1)"},
      {"Tuple[int, int, int]", "(1, 2, 3)", "(v)[2]"},
      {"List[Tuple[int, Tensor]]", "[(1, x)]", "torch.add(((v)[0])[1], 1)"},
      {"Future[Tensor]", "", "torch.wait(v)"},
      {"__torch__.Box", "", "(v).m()"},
      {"__torch__.Pair", "", "torch.add(v.b, 1)"},
      {"__torch__.Face", "", "(v).m()"},
      {"__torch__.Colour", "", "v.value"},
  };
  return all;
}

constexpr std::string_view kClasses = R"(class Box:
  t : Tensor
  n : int
  def m(self: __torch__.Box) -> Tensor:
    return self.t
class Pair(NamedTuple):
  a : Tensor
  b : Tensor
class Face(ModuleInterface):
  def m(self: __torch__.Face) -> Tensor:
    pass
class Colour(Enum):
  red = 1
)";

std::string with_forward(std::string_view body) {
  std::string code = std::string(kClasses) + "class M(Module):\n  __parameters__ = []\n  __buffers__ = []\n  def forward(self: __torch__.M,\n    x: Tensor) -> Any:\n";
  std::istringstream lines{std::string(body)};
  for (std::string line; std::getline(lines, line);) code += "    " + line + "\n";
  return code;
}

std::string outcome_of(std::string_view body) { return outcome(hostile_archive(with_forward(body), {}, {}), "forward(torch.ones([2]))"); }

}  // namespace

TEST_CASE("no kind passes as another one") {
  for (const Kind& from : kinds())
    for (const Kind& to : kinds()) {
      if (from.value.empty()) continue;
      INFO(from.type << " cast to " << to.type);
      const std::string got = outcome_of("a = annotate(Any, " + from.value + ")\nv = unchecked_cast(" + to.type + ", a)\nreturn " + to.use);
      const bool widens = from.type == "int" && to.type == "float";
      CHECK((got.find("was cast to") != got.npos) == (from.type != to.type && !widens));
    }
}

TEST_CASE("what was never made is not used") {
  for (const Kind& k : kinds()) {
    INFO(k.type);
    const bool scalar = k.type == "int" || k.type == "float" || k.type == "bool";
    const std::string unset = "uninitialized(" + k.type + ")", object = "b = __torch__.B.__new__(__torch__.B)\n";
    const std::string bodies[] = {
        "v = " + unset + "\nreturn " + k.use,
        "v0 = " + unset + "\nv = v0\nfor i in range(3):\n  if torch.gt(i, 1):\n    v = v0\n  else:\n    pass\nreturn " + k.use,
        "w = [" + unset + "]\nv = w[0]\nreturn " + k.use,
        "w = (1, " + unset + ")\nv = (w)[1]\nreturn " + k.use,
        "w = {\"a\": " + unset + "}\nv = w[\"a\"]\nreturn " + k.use,
        "return " + unset,
        object + "v = b.v\nreturn " + k.use,
        object + "v = b.v\nreturn v",
        object + "b.v = " + unset + "\nv = b.v\nreturn " + k.use,
        "y = torch.relu(torch.add(x, 1))\nv = " + unset + "\nz = torch.mul(y, torch.sigmoid(y))\nreturn (z, " + k.use + ")",
    };
    for (const std::string& body : bodies) {
      INFO(body);
      const std::string code = "class B:\n  v : " + k.type + "\n" + with_forward(body);
      const std::string got = outcome(hostile_archive(code, {}, {}), "forward(torch.ones([2]))");
      CHECK((got.find("never set") != got.npos) == !scalar);
    }
  }
}

TEST_CASE("attributes are what their class declares") {
  const std::vector<std::pair<std::string, std::string>> declared = {
      {"int", "3"}, {"float", "1.5"}, {"str", "\"s\""}, {"bool", "True"}, {"List[int]", "[1, 2]"}, {"List[float]", "[1., 2.]"},
      {"List[str]", "[\"a\"]"}, {"Dict[str, int]", "{\"a\": 1}"}, {"Dict[int, str]", "{1: \"a\"}"}, {"Tuple[int, int]", "(1, 2)"},
      {"Tuple[int, str, int]", "(1, \"a\", 3)"}, {"List[Tuple[int, int]]", "[(1, 2)]"}, {"List[List[int]]", "[[1], [2]]"},
      {"Dict[str, List[int]]", "{\"a\": [1]}"}, {"Tuple[Tuple[int, int], int]", "((1, 2), 3)"}, {"NoneType", "None"}, {"Tensor", ""},
      {"__torch__.M", ""}, {"__torch__.Box", ""}, {"Future[int]", ""}, {"Device", ""}, {"complex", ""}};
  for (const auto& [type, unused] : declared)
    for (const auto& [own, value] : declared) {
      if (value.empty()) continue;
      INFO(value << " as " << type);
      const std::string code = std::string(kClasses) + "class M(Module):\n  __parameters__ = []\n  __buffers__ = []\n  v : " + type +
                               "\n  def forward(self: __torch__.M) -> Any:\n    return self.v\n";
      auto v = evaluate(value);
      REQUIRE(v.ok());
      const std::string names[] = {"v"};
      const Value values[] = {*v};
      CHECK(outcome(hostile_archive(code, names, values), "forward()").starts_with("not loaded") == (own != type));
    }
}

TEST_CASE("tests/hostile") {
  const bool bless = std::getenv("FACULA_BLESS") != nullptr;
  int files = 0;
  for (const auto& entry : fs::directory_iterator(source_path("tests/hostile"))) {
    ++files;
    std::ifstream in(entry.path());
    std::string blessed, code, expected;
    Attributes attributes;
    std::string call;
    const auto finish = [&] {
      if (call.empty()) return;
      const std::string got = outcome(hostile_archive(code, attributes.names, attributes.values), call);
      INFO(entry.path().filename().string() << ": " << code << call);
      blessed += got;
      if (!bless) CHECK(got == expected);
      call.clear();
      expected.clear();
    };
    bool in_code = false;
    for (std::string line; std::getline(in, line);) {
      if (line.starts_with("=== ")) {
        finish();
        blessed += (blessed.empty() ? "" : "\n") + line + "\n";
        code.clear();
        attributes = {};
        in_code = true;
      } else if (line.starts_with("--- data ")) {
        attributes = read_attributes(line.substr(9));
        blessed += line + "\n";
        in_code = false;
      } else if (line.starts_with("--- call ")) {
        finish();
        call = line.substr(9);
        blessed += line + "\n";
        in_code = false;
      } else if (in_code) {
        code += line + "\n";
        blessed += line + "\n";
      } else if (!line.empty()) {
        expected += line + "\n";
      }
    }
    finish();
    if (bless) std::ofstream(entry.path()) << blessed;
  }
  CHECK(files > 0);
}
