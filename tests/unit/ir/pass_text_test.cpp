// Runs the text tests in tests/ir/*.txt. A file holds cases:
//   # what is shown
//   # run: ir --passes=constant_fold,drop_dead
//   graph(...):                      input
//   #> graph(...):                   expected output, rewritten by FACULA_BLESS=1
// `optimize` stands for all passes. The graph is verified before and after each pass.
#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "../source_root.h"
#include "ir/passes.h"

using namespace fac;
using namespace fac::ir;
namespace fs = std::filesystem;

namespace {

struct Case {
  std::string comments, passes, input, expected;
  int line;
};

std::vector<Case> read_cases(const fs::path& file) {
  std::ifstream in(file);
  std::vector<Case> cases;
  std::string line, comments;
  for (int number = 1; std::getline(in, line); ++number) {
    constexpr std::string_view kRun = "# run: ir --passes=";
    if (line.starts_with(kRun)) {
      cases.push_back({comments, line.substr(kRun.size()), "", "", number});
      comments.clear();
    } else if (line.starts_with("#>")) {
      cases.back().expected += line.substr(std::min<std::size_t>(3, line.size())) + "\n";
    } else if (line.starts_with("#")) {
      comments += line + "\n";
    } else if (!line.empty()) {
      REQUIRE(!cases.empty());
      cases.back().input += line + "\n";
    }
  }
  return cases;
}

Result<std::string> run_case(const Case& c) {
  FACULA_TRY(auto g, parse_graph(c.input));
  FACULA_TRY_VOID(verify(*g));
  std::istringstream names(c.passes);
  for (std::string name; std::getline(names, name, ',');) {
    if (name == "optimize") {
      FACULA_TRY_VOID(optimize(*g));
      continue;
    }
    const PassInfo* pass = find_pass(name);
    if (!pass) return error(ErrorKind::kValue, "no pass {}", name);
    pass->run(*g);
    FACULA_TRY_VOID(verify(*g));
  }
  return print(*g);
}

void bless(const fs::path& file, const std::vector<Case>& cases) {
  std::ofstream out(file);
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const Case& c = cases[i];
    out << (i ? "\n" : "") << c.comments << "# run: ir --passes=" << c.passes << "\n" << c.input;
    std::istringstream lines(c.expected);
    for (std::string line; std::getline(lines, line);) out << "#> " << line << "\n";
  }
}

}  // namespace

TEST_CASE("passes do what their text tests say") {
  const fs::path folder = source_path("tests/ir");
  const bool blessing = std::getenv("FACULA_BLESS") != nullptr;
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder))
    if (entry.path().extension() == ".txt") files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  CHECK(!files.empty());
  for (const auto& file : files) {
    auto cases = read_cases(file);
    for (Case& c : cases) {
      INFO(file.filename().string() << ":" << c.line);
      const auto got = run_case(c);
      REQUIRE_MESSAGE(got.ok(), got.error().message);
      if (blessing) c.expected = *got;
      else CHECK(c.expected == *got);
    }
    if (blessing) bless(file, cases);
  }
}

TEST_CASE("every pass has a text test") {
  const fs::path folder = source_path("tests/ir");
  for (const PassInfo& p : all_passes()) CHECK_MESSAGE(fs::exists(folder / (std::string(p.name) + ".txt")), p.name);
}
