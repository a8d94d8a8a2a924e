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

using text_cases::Outcome;

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

TEST_CASE("tests/lang/compile") { text_cases::check_folder("compile", compile); }
