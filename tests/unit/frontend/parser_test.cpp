#include "frontend/script/parser.h"

#include <doctest/doctest.h>

#include <string>

#include "frontend/script/tree_print.h"
#include "source/render.h"

using namespace fac;
using namespace fac::script;

namespace {

Ref<Tree> parse(std::string text, DiagSink& sink, const ParseOptions& options = {}) {
  return parse_module(make_ref<SourceFile>("t.py", std::move(text)), sink, options);
}

std::string repeat(std::string_view part, int count) {
  std::string out;
  for (int i = 0; i < count; ++i) out += part;
  return out;
}

const Expr& value_of(const Tree& tree) { return *tree.body[0]->as<Assign>().value; }

}  // namespace

TEST_CASE("every node knows its text") {
  DiagSink sink;
  const auto tree = parse("y = f(a.b[1:], c=2) + -x\n", sink);
  const auto& sum = value_of(*tree).as<Binary>();
  CHECK(sum.range.text() == "f(a.b[1:], c=2) + -x");
  CHECK(sum.op_range.text() == "+");
  CHECK(sum.right->range.text() == "-x");
  const auto& call = sum.left->as<Call>();
  CHECK(call.range.text() == "f(a.b[1:], c=2)");
  CHECK(call.args[0].range.text() == "a.b[1:]");
  CHECK(call.args[1].range.text() == "c=2");
  const auto& index = call.args[0].value->as<Subscript>();
  CHECK(index.object->as<Attribute>().name_range.text() == "b");
  CHECK(index.indices[0]->range.text() == "1:");
}

TEST_CASE("type comments fill in annotations") {
  DiagSink sink;
  const auto tree = parse(
      "def f(self, a, b=2):\n    # type: (Tensor, int) -> Tensor\n    return a\n"
      "def g(a,  # type: int\n      b   # type: Tensor\n      ):\n    # type: (...) -> int\n    return a\n",
      sink);
  REQUIRE(sink.diagnostics().empty());
  const auto& f = tree->body[0]->as<FunctionDef>();
  CHECK(f.params[0].annotation == nullptr);
  CHECK(f.params[1].annotation->range.text() == "Tensor");
  CHECK(f.params[2].annotation->range.text() == "int");
  CHECK(f.returns->range.text() == "Tensor");
  const auto& g = tree->body[1]->as<FunctionDef>();
  CHECK(g.params[0].annotation->range.text() == "int");
  CHECK(g.params[1].annotation->range.text() == "Tensor");
  CHECK(g.returns->range.text() == "int");
}

TEST_CASE("strings: escapes are code points in Python, bytes in archives") {
  DiagSink sink;
  const std::string text = "x = '\\303\\251\\n\\x41'\n";
  CHECK(value_of(*parse(text, sink)).as<StringLit>().value == "\xC3\x83\xC2\xA9\nA");
  ParseOptions archive;
  archive.byte_escapes = true;
  CHECK(value_of(*parse(text, sink, archive)).as<StringLit>().value == "\xC3\xA9\nA");
  CHECK(value_of(*parse("x = r'\\n' \"\\u00e9\" '''a\n'b'''\n", sink)).as<StringLit>().value == "\\n\xC3\xA9" "a\n'b");
}

TEST_CASE("an indented text, Windows line ends and no final newline are fine") {
  DiagSink sink;
  const auto tree = parse("    def f(x):\r\n        return x\r\n\r\n    def g(x):\r\n        return x", sink);
  CHECK(sink.diagnostics().empty());
  CHECK(tree->body.size() == 2);
}

TEST_CASE("the smallest int is one literal") {
  DiagSink sink;
  CHECK(value_of(*parse("x = -9223372036854775808\n", sink)).as<IntLit>().value == INT64_MIN);
  CHECK(value_of(*parse("x = 9223372036854775808\n", sink)).kind == ExprKind::kBigIntLit);
}

TEST_CASE("a function with bad text inside is marked, the others are not") {
  DiagSink sink;
  const auto tree = parse("def f(x):\n    if x:\n        yield x\n    return x\ndef g(x):\n    return x\n", sink);
  CHECK(sink.error_count() == 1);
  REQUIRE(tree->body.size() == 2);
  CHECK(tree->body[0]->as<FunctionDef>().is_broken);
  CHECK(tree->body[0]->as<FunctionDef>().body.size() == 2);
  CHECK(!tree->body[1]->as<FunctionDef>().is_broken);
}

TEST_CASE("expressions inside other text") {
  DiagSink sink;
  const auto tree = parse("x: 'List[\"int\"]' = []\n", sink);
  const Expr* annotation = tree->body[0]->as<AnnAssign>().annotation;
  const Range inside{annotation->range.file, annotation->range.begin + 1, annotation->range.end - 1};
  const std::uint32_t ids = tree->expr_count;
  const Expr* type = parse_expression(*tree, inside, sink);
  REQUIRE(type);
  CHECK(print_tree(*type) == "(index (name List) (str \"int\"))");
  CHECK(type->range.text() == "List[\"int\"]");
  CHECK(type->id >= ids);
  CHECK(parse_expression(*tree, {inside.file, inside.begin, inside.end - 1}, sink) == nullptr);
  CHECK(sink.has_errors());
}

TEST_CASE("nesting has a limit, and nothing recurses beyond it") {
  constexpr int kDeep = 100000;
  const std::string deep[] = {
      "x = " + repeat("(", kDeep) + "1" + repeat(")", kDeep), "x = " + repeat("[", kDeep), "x = a" + repeat(".b", kDeep),
      "x = a" + repeat("()", kDeep), "x = a" + repeat(" + a", kDeep), "x = " + repeat("-", kDeep) + "a",
      "x = a" + repeat(" ** a", kDeep), "x = " + repeat("not ", kDeep) + "a", "x = " + repeat("lambda: ", kDeep) + "a",
      "x = " + repeat("a if b else ", kDeep) + "c", "if a:\n  b\n" + repeat("elif a:\n  b\n", kDeep)};
  for (const std::string& text : deep) {
    INFO(text.substr(0, 20));
    DiagSink sink;
    const auto tree = parse(text, sink);
    CHECK(sink.has_errors());
    print_tree(*tree);
  }
  std::string blocks;
  for (std::size_t i = 0; i < 1000; ++i) blocks += std::string(i, ' ') + "if a:\n";
  DiagSink sink;
  parse(blocks + std::string(1000, ' ') + "b\n", sink);
  CHECK(sink.has_errors());
  CHECK(sink.diagnostics()[0].id == "too-deep");
}

TEST_CASE("wide is not deep") {
  DiagSink sink;
  parse("x = [" + repeat("1, ", 100000) + "]\ny = a" + repeat(" and a", 5000) + "\nz = a" + repeat(" < a", 5000) + "\n" +
            repeat("q = 1\n", 10000),
        sink);
  CHECK(sink.diagnostics().empty());
}

TEST_CASE("every prefix of a program parses or is refused politely") {
  const std::string text =
      "@deco(1)\nclass C(B, metaclass=M):\n    x: int = 0\n    def f(self, a, /, b=1, *args, c: 'int' = 2, **kw) -> T:\n"
      "        '''doc'''\n        with a as b, c:\n            y = [i for i in f\"{a!r:>{b}}{c=}\" if i] # type: List[int]\n"
      "        try:\n            raise E(\"a\\x41\") from None\n        except (A, B) as e:\n            del a[0], b\n"
      "        finally:\n            z = {**a, 'b': lambda x: -x ** 2} if (q := 3) not in (1, 2,) else {1, *a}\n"
      "        return a[..., 1:2, ::3] @ b\n";
  for (std::size_t n = 0; n <= text.size(); ++n) {
    DiagSink sink;
    const auto tree = parse(text.substr(0, n), sink);
    print_tree(*tree);
    render(sink);
  }
  DiagSink sink;
  const auto tree = parse(text, sink);
  CHECK_MESSAGE(sink.diagnostics().empty(), render(sink));
  DiagSink again;
  CHECK(print_tree(*parse(to_source(*tree), again)) == print_tree(*tree));
}

TEST_CASE("a text that is larger than allowed is not parsed") {
  ParseOptions options;
  options.limits.source_bytes = 10;
  DiagSink sink;
  CHECK(parse("x = 1\n", sink, options)->body.size() == 1);
  CHECK(parse("x = 1\ny = 2\n", sink, options)->body.empty());
  REQUIRE(sink.diagnostics().size() == 1);
  CHECK(sink.diagnostics()[0].id == "source-too-large");
}
