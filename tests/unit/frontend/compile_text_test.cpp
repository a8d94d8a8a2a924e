// Runs the text tests in tests/lang/compile/*.txt: functions and the graphs that they compile to, or the error.
// tests/lang/compare_graphs.py holds the same programs against PyTorch's compiler.
#include <doctest/doctest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "frontend/script/define.h"
#include "ir/graph.h"
#include "text_cases.h"

namespace fs = std::filesystem;
using namespace fac;

namespace {

struct Outcome {
  std::string kind, text;
};

Outcome compile(const std::string& source) {
  auto unit = script::compile_text(source, "t.py");
  if (!unit.ok()) return {"errors", unit.error().full()};
  std::string out;
  for (ir::Function* f : (*unit)->functions()) {
    auto graph = f->graph();
    REQUIRE(graph.ok());
    auto verified = ir::verify(**graph);
    CHECK_MESSAGE(verified.ok(), (verified.ok() ? "" : verified.error().message));
    out += ir::print(**graph);
  }
  return {"graph", out};
}

}  // namespace

TEST_CASE("tests/lang/compile") {
  const bool bless = std::getenv("FACULA_BLESS") != nullptr;
  int files = 0;
  for (const auto& entry : fs::directory_iterator(text_cases::folder("compile"))) {
    ++files;
    std::ostringstream blessed;
    for (const auto& c : text_cases::read_cases(entry.path())) {
      INFO(entry.path().filename().string() << ": " << c.title);
      const std::string text = text_cases::without_trailing_blank_lines(c.source);
      Outcome o = compile(text);
      if (!o.text.ends_with('\n')) o.text += '\n';
      o.text = text_cases::without_trailing_blank_lines(o.text);
      blessed << "=== " << c.title << "\n" << text << "--- " << o.kind << "\n" << o.text << "\n";
      if (bless) continue;
      CHECK(o.kind == c.kind);
      CHECK(o.text == text_cases::without_trailing_blank_lines(c.expected));
    }
    if (bless) std::ofstream(entry.path()) << blessed.str();
  }
  CHECK(files > 0);
}
