// Runs the text tests in tests/lang/parse/*.txt. A file holds cases:
//   === what is tested
//   Python text
//   --- tree        (or errors)
//   the tree that must come of it (or the diagnostics, as the compact rendering shows them)
// A case with a tree is also written back to Python, which must parse to the same tree.
// FACULA_BLESS=1 in the environment rewrites the expected parts.
#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "frontend/script/parser.h"
#include "frontend/script/tree_print.h"
#include "source/render.h"

namespace fs = std::filesystem;
using namespace fac;
using namespace fac::script;

namespace {

struct Case {
  std::string title, source, kind, expected;
};

std::vector<Case> read_cases(const fs::path& path) {
  std::vector<Case> cases;
  std::ifstream in(path);
  std::string* to = nullptr;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("=== ")) {
      cases.push_back({line.substr(4), "", "tree", ""});
      to = &cases.back().source;
    } else if (line.starts_with("--- ") && to) {
      cases.back().kind = line.substr(4);
      to = &cases.back().expected;
    } else if (to) {
      *to += line + "\n";
    }
  }
  return cases;
}

std::string without_trailing_blank_lines(std::string text) {
  while (text.ends_with("\n\n")) text.pop_back();
  return text == "\n" ? "" : text;
}

}  // namespace

TEST_CASE("tests/lang/parse") {
  const bool bless = std::getenv("FACULA_BLESS") != nullptr;
  const fs::path folder = fs::path(__FILE__).parent_path() / ".." / ".." / "lang" / "parse";
  int files = 0;
  for (const auto& entry : fs::directory_iterator(folder)) {
    ++files;
    std::ostringstream blessed;
    for (const Case& c : read_cases(entry.path())) {
      INFO(entry.path().filename().string() << ": " << c.title);
      DiagSink sink;
      const std::string text = without_trailing_blank_lines(c.source);
      const auto tree = parse_module(make_ref<SourceFile>("t.py", text), sink);
      const std::string printed = print_tree(*tree);
      const std::string actual = sink.diagnostics().empty() ? printed : render(sink);
      const std::string kind = sink.diagnostics().empty() ? "tree" : "errors";
      blessed << "=== " << c.title << "\n" << text << "--- " << kind << "\n" << actual << "\n";
      if (!bless) {
        CHECK(kind == c.kind);
        CHECK(actual == without_trailing_blank_lines(c.expected));
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
