// Operators with numbers that no sane program passes, in tests/ops/hostile_numbers.txt: an expression, below it, indented, what it
// gives: a result or the first line of the error. What hostile_arguments.py found stays here, where every sanitizer run sees it.
// FACULA_BLESS=1 in the environment rewrites the indented lines.
#include <doctest/doctest.h>

#include <cstdlib>
#include <fstream>

#include "../source_root.h"
#include "module/module.h"
#include "tensor/print.h"
#include "value/print.h"

using namespace fac;

namespace {

std::string outcome(const std::string& expression, bool plan) {
  auto unit = compile_source("def call__():\n    return " + expression + "\n", "t.py");
  if (!unit.ok()) return "does not compile: " + unit.error().message;
  RunOptions options;
  options.plan = plan;
  options.threads = 1;
  options.limits.memory_bytes = 1 << 30;
  const auto result = run_function(*(*unit)->find_function("call__"), {}, {}, options);
  if (!result.ok()) return result.error().message.substr(0, result.error().message.find('\n'));
  std::string line;  // the whole result in one
  for (const char c : result->is_tensor() ? tensor_repr(result->tensor()) : value_text(*result))
    if (c != '\n' && (c != ' ' || !line.ends_with(' '))) line += c;
  return line;
}

}  // namespace

TEST_CASE("operators with numbers that no sane program passes") {
  const bool bless = std::getenv("FACULA_BLESS") != nullptr;
  const auto path = source_path("tests/ops/hostile_numbers.txt");
  std::ifstream in(path);
  std::string blessed, got;
  int calls = 0;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("  ")) {
      if (!bless) CHECK(line.substr(2) == got);
      got.clear();
      continue;
    }
    CHECK_MESSAGE((bless || got.empty()), "no expectation: ", got);
    blessed += line + "\n";
    if (line.empty() || line.starts_with("#")) continue;
    INFO(line);
    got = outcome(line, true);
    CHECK(outcome(line, false) == got);
    blessed += "  " + got + "\n";
    ++calls;
  }
  CHECK(calls > 0);
  if (bless) std::ofstream(path) << blessed;
}
