// Runs the text tests in tests/lang/parse/*.txt: Python text and the tree that must come of it, or the diagnostics as the
// compact rendering shows them. A case with a tree is also written back to Python, which must parse to the same tree.
#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "frontend/script/parser.h"
#include "frontend/script/tree_print.h"
#include "source/render.h"
#include "text_cases.h"

namespace fs = std::filesystem;
using namespace fac;
using namespace fac::script;

TEST_CASE("tests/lang/parse") {
  const bool bless = std::getenv("FACULA_BLESS") != nullptr;
  const fs::path folder = text_cases::folder("parse");
  int files = 0;
  for (const auto& entry : fs::directory_iterator(folder)) {
    ++files;
    std::ostringstream blessed;
    for (const auto& c : text_cases::read_cases(entry.path())) {
      INFO(entry.path().filename().string() << ": " << c.title);
      DiagSink sink;
      const std::string text = text_cases::without_trailing_blank_lines(c.source);
      const auto tree = parse_module(make_ref<SourceFile>("t.py", text), sink);
      const std::string printed = print_tree(*tree);
      const std::string actual = sink.diagnostics().empty() ? printed : render(sink);
      const std::string kind = sink.diagnostics().empty() ? "tree" : "errors";
      blessed << "=== " << c.title << "\n" << text << "--- " << kind << "\n" << actual << "\n";
      if (!bless) {
        CHECK(kind == c.kind);
        CHECK(actual == text_cases::without_trailing_blank_lines(c.expected));
      }
      if (sink.has_errors()) continue;
      DiagSink again;
      const std::string source = to_source(*tree);
      CHECK_MESSAGE(print_tree(*parse_module(make_ref<SourceFile>("printed", source), again)) == printed, source);
    }
    if (bless) std::ofstream(entry.path()) << blessed.str();
  }
  CHECK(files > 0);
}
