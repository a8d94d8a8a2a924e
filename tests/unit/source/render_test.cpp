// Expected texts of highlight() were taken from PyTorch 2.13 on the same program.
#include "source/render.h"

#include <doctest/doctest.h>

#include "source/did_you_mean.h"

using namespace fac;

namespace {

Ref<const SourceFile> make_file(std::string text, std::uint32_t first_line = 1) {
  return make_ref<SourceFile>("model.py", std::move(text), first_line);
}
Range find(const Ref<const SourceFile>& file, std::string_view what) {
  const auto at = static_cast<std::uint32_t>(file->text().find(what));
  return {file.get(), at, at + static_cast<std::uint32_t>(what.size())};
}

constexpr Diag<std::string_view> kNoName{"no-such-name", "name `{}` is not defined"};
constexpr Diag<> kOdd{"odd", "that is odd"};

}  // namespace

TEST_CASE("positions count from the file's first line") {
  const auto file = make_file("ab\ncd\n\nx", 10);
  CHECK(file->line_count() == 4);
  CHECK(file->position(0).line == 10);
  CHECK(file->position(4).line == 11);
  CHECK(file->position(4).column == 2);
  CHECK(file->position(7).line == 13);
  CHECK(file->line_text(1) == "cd");
  CHECK(file->line_text(2) == "");
  CHECK(location(find(file, "x")) == "model.py:13:1");
  CHECK(location(Range{}) == "<unknown>");
}

TEST_CASE("cover joins ranges") {
  const auto file = make_file("abcdef");
  const Range a = find(file, "bc"), b = find(file, "e");
  CHECK(cover(a, b).text() == "bcde");
  CHECK(cover(Range{}, b) == b);
  CHECK(cover(a, Range{}) == a);
}

TEST_CASE("highlight shows two lines around, as PyTorch") {
  const auto file = make_file(
      "def f(x):\n    y = x + 1\n    z = y * 2\n    return torch.addd(x,\n        y,\n      z)\n# end\n# a\n");
  CHECK(highlight(find(file, "torch.addd")) ==
        "  File \"model.py\", line 4\n    y = x + 1\n    z = y * 2\n    return torch.addd(x,\n"
        "           ~~~~~~~~~~ <--- HERE\n        y,\n      z)\n");
  CHECK(highlight(find(file, "x + 1"), "f") ==
        "  File \"model.py\", line 2, in f\ndef f(x):\n    y = x + 1\n        ~~~~~ <--- HERE\n    z = y * 2\n"
        "    return torch.addd(x,\n");
}

TEST_CASE("highlight of several lines marks each") {
  const auto file = make_file("a = f(x,\n      y)\nb = 1\n");
  CHECK(highlight(find(file, "f(x,\n      y)")) ==
        "  File \"model.py\", line 1\na = f(x,\n    ~~~~\n      y)\n      ~~ <--- HERE\nb = 1\n");
}

TEST_CASE("highlight puts the original source first") {
  const auto python = make_file("return a + b\n# more\n", 7);
  auto code = make_ref<SourceFile>("code/__torch__/m.py", "def f(a, b):\n  return torch.add(a, b)\n");
  code->set_origins({{0, Range{}}, {15, find(python, "a + b")}}, {python});
  const Ref<const SourceFile> shared = code;
  CHECK(highlight(find(shared, "torch.add(a, b)")) ==
        "  File \"model.py\", line 7\nreturn a + b\n       ~~~~~ <--- HERE\n# more\n"
        "Serialized   File \"code/__torch__/m.py\", line 2\ndef f(a, b):\n  return torch.add(a, b)\n"
        "         ~~~~~~~~~~~~~~~ <--- HERE\n");
  CHECK(!shared->origin(find(shared, "def")));
}

TEST_CASE("compact rendering with label and hint") {
  const auto file = make_file("def f(x):\n    return rleu(x)\n");
  DiagSink sink;
  const std::string_view names[] = {"exp", "relu", "x"};
  sink.error(find(file, "rleu"), kNoName, "rleu")
      .label(find(file, "f(x)"), "in `{}`", "f")
      .hint(did_you_mean("rleu", names));
  CHECK(render(sink) ==
        "model.py:2:12: error[no-such-name]: name `rleu` is not defined\n"
        "    2 |     return rleu(x)\n"
        "      |            ^^^^\n"
        "    1 | def f(x):\n"
        "      |     ---- in `f`\n"
        "      = hint: did you mean `relu`?\n");
  CHECK(render_json(sink) ==
        "[{\"id\":\"no-such-name\",\"severity\":\"error\",\"message\":\"name `rleu` is not defined\","
        "\"file\":\"model.py\",\"line\":2,\"column\":12,\"end_line\":2,\"end_column\":16,"
        "\"labels\":[{\"text\":\"in `f`\",\"file\":\"model.py\",\"line\":1,\"column\":5,\"end_line\":1,\"end_column\":9}],"
        "\"hints\":[\"did you mean `relu`?\"]}]\n");
  CHECK(render(sink, {.colour = true}).find("\x1b[1;31m") != std::string::npos);
}

TEST_CASE("a sink becomes one compile error") {
  const auto file = make_file("a\nb\n");
  DiagSink sink;
  sink.warning(find(file, "a"), kOdd);
  CHECK(!sink.has_errors());
  sink.error(find(file, "a"), kNoName, "a");
  sink.error(find(file, "a"), kNoName, "a");  // the same again is not shown again
  sink.error(find(file, "b"), kOdd);
  CHECK(sink.diagnostics().size() == 3);
  const ErrorPtr error = to_error(sink);
  CHECK(error->kind == ErrorKind::kCompile);
  CHECK(error->message ==
        "name `a` is not defined:\n  File \"model.py\", line 1\na\n~ <--- HERE\nb\n"
        "\nthat is odd:\n  File \"model.py\", line 2\na\nb\n~ <--- HERE\n");
}

TEST_CASE("a sink keeps a bounded number of diagnostics") {
  const auto file = make_file(std::string(1000, 'a'));
  DiagSink sink;
  for (std::uint32_t i = 0; i < 1000; ++i) sink.error({file.get(), i, i + 1}, kOdd).hint("none");
  CHECK(sink.error_count() == 1000);
  CHECK(sink.diagnostics().size() == DiagSink::kMaxKept);
  CHECK(to_error(sink)->message.ends_with("and 900 more errors"));
}

TEST_CASE("spelling suggestions") {
  CHECK(edit_distance("relu", "rleu", 3) == 1);
  CHECK(edit_distance("kitten", "sitting", 5) == 3);
  CHECK(edit_distance("kitten", "sitting", 1) == 2);
  const std::string_view names[] = {"conv2d", "conv1d", "a", "max_pool2d"};
  CHECK(nearest_name("conv2", names) == "conv2d");
  CHECK(nearest_name("max_pol2d", names) == "max_pool2d");
  CHECK(nearest_name("b", names) == "");
  CHECK(did_you_mean("softmax", names) == "");
}
