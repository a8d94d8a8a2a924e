// Runs the text tests in tests/exec/*.txt: a program, and what becomes of it.
//   === what is tested
//   program text
//   --- call f(1, 2)       what the call returns and prints, or its error; the same with and without plans
//   --- regions f          the graph of f as it runs, with planned regions
//   --- bytecode f         the VM's instructions
//   --- plan f(ones(2))    the steps that the plans of f have after this call
// FACULA_BLESS=1 in the environment rewrites what stands below each `---` line.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "../source_root.h"
#include "exec/plan/plan.h"
#include "exec/vm/code.h"
#include "ir/passes.h"
#include "ir/tasks.h"
#include "module/executor.h"
#include "module/module.h"
#include "ops/host.h"
#include "tensor/print.h"
#include "value/print.h"

namespace fs = std::filesystem;
using namespace fac;

namespace {

struct Check {
  std::string command, expected;
};
struct Case {
  std::string title, source;
  std::vector<Check> checks;
};

std::vector<Case> read_cases(const fs::path& path) {
  std::vector<Case> cases;
  std::ifstream in(path);
  std::string* to = nullptr;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("=== ")) {
      cases.push_back({line.substr(4), "", {}});
      to = &cases.back().source;
    } else if (line.starts_with("--- ") && to) {
      cases.back().checks.push_back({line.substr(4), ""});
      to = &cases.back().checks.back().expected;
    } else if (to) {
      *to += line + "\n";
    }
  }
  return cases;
}

std::string trimmed(std::string text) {
  while (text.ends_with("\n\n")) text.pop_back();
  return text == "\n" ? "" : text;
}

std::string g_printed;

std::string shown(const Result<Value>& result) {
  if (!result.ok()) return g_printed + result.error().full() + "\n";
  return g_printed + (result->is_tensor() ? tensor_repr(result->tensor()) : value_text(*result)) + "\n";
}

// The value of an expression, computed by a function of its own behind the program; gives that program, too.
Result<Value> evaluate(const std::string& source, const std::string& expression, bool plan, std::shared_ptr<ir::Unit>* program = nullptr) {
  g_printed.clear();
  auto unit = compile_source(source + "\ndef call__():\n    return " + expression + "\n", "t.py");
  if (!unit.ok()) return unit.take_error();
  if (program) *program = *unit;
  RunOptions options;
  options.plan = plan;
  options.threads = 2;
  return run_function(*(*unit)->find_function("call__"), {}, {}, options);
}

// Steps without the algorithm of a convolution, which depends on the machine.
std::string without_algorithms(const std::string& steps) {
  std::istringstream in(steps);
  std::string out;
  for (std::string line; std::getline(in, line);) {
    if (const auto comma = line.rfind(", "); comma != line.npos && line.starts_with("  conv2d")) {
      const auto plus = line.find(" +", comma);
      line = line.substr(0, comma) + (plus == line.npos ? "" : line.substr(plus));
    }
    out += line + "\n";
  }
  return out;
}

// Results where a plan takes Winograd's algorithm, which is not exact on whole numbers: tensors of floats within 1e-5 of the largest
// number, everything else as shown.
bool nearly_agree(const Result<Value>& a, const Result<Value>& b) {
  if (!a.ok() || !b.ok() || !a->is_tensor() || !b->is_tensor()) return shown(a) == shown(b);
  const Tensor x = a->tensor(), y = b->tensor();
  if (x.dtype() != DType::kFloat || y.dtype() != DType::kFloat) return shown(a) == shown(b);
  if (Dims(x.sizes()) != Dims(y.sizes()) || !x.is_contiguous() || !y.is_contiguous()) return false;
  float largest = 0, difference = 0;
  for (std::int64_t i = 0; i < x.numel(); ++i) {
    const float u = x.data_as<float>()[i], v = y.data_as<float>()[i];
    if (u == v || (std::isnan(u) && std::isnan(v))) continue;
    if (!std::isfinite(u) || !std::isfinite(v)) return false;
    difference = std::max(difference, std::fabs(u - v));
  }
  for (std::int64_t i = 0; i < x.numel(); ++i)
    if (std::isfinite(x.data_as<float>()[i])) largest = std::max(largest, std::fabs(x.data_as<float>()[i]));
  return difference <= 1e-5f * largest;
}

// The steps that the plans of f have after a call `f(...)`.
std::string plan_steps(const std::string& source, const std::string& expression) {
  const auto open = expression.find('(');
  std::shared_ptr<ir::Unit> program;
  auto arguments = evaluate(source, "(" + expression.substr(open + 1, expression.size() - open - 2) + ",)", true, &program);
  if (!arguments.ok()) return shown(arguments);
  ir::Function* f = program->find_function(expression.substr(0, open));
  REQUIRE(f);
  RunOptions plain, planned;
  plain.plan = false;
  planned.plan = true;
  const auto expected = run_function(*f, arguments->tuple().values, {}, plain), got = run_function(*f, arguments->tuple().values, {}, planned);
  FunctionCode source_of_code(true);
  auto code = source_of_code.code(*f);
  REQUIRE(code.ok());
  std::string out;
  bool exact = true;
  for (std::size_t i = 0; i < (*code)->plans.size(); ++i) {
    const std::string steps = (*code)->plans[i].plan->text();
    exact = exact && steps.find("winograd") == std::string::npos;
    out += fmt("plan {}\n", i) + without_algorithms(steps);
  }
  CHECK_MESSAGE((exact ? shown(expected) == shown(got) : nearly_agree(expected, got)), shown(expected), "\nbut planned ", shown(got));
  return out;
}

std::string answer(const std::string& source, const std::string& command) {
  const auto space = command.find(' ');
  const std::string what = command.substr(0, space), rest = command.substr(space + 1);
  if (what == "call") {
    const std::string planned = shown(evaluate(source, rest, true));
    CHECK(planned == shown(evaluate(source, rest, false)));
    return planned;
  }
  if (what == "plan") return plan_steps(source, rest);
  auto unit = compile_source(source, "t.py");
  if (!unit.ok()) return unit.error().full() + "\n";
  ir::Function* f = (*unit)->find_function(rest);
  REQUIRE_MESSAGE(f, "no function " << rest);
  if (what == "bytecode") {
    FunctionCode code(true);
    auto made = code.code(*f);
    return made.ok() ? vm::disassemble(**made) : made.error().full() + "\n";
  }
  REQUIRE(what == "regions");
  auto compiled = f->graph();
  if (!compiled.ok()) return compiled.error().full() + "\n";
  const auto g = (*compiled)->clone();
  REQUIRE(ir::inline_calls(*g).ok());
  REQUIRE(ir::prepare_tasks(*g).ok());
  REQUIRE(ir::optimize(*g).ok());
  plan::form_regions(*g);
  return ir::print(*g);
}

}  // namespace

TEST_CASE("tests/exec") {
  const bool bless = std::getenv("FACULA_BLESS") != nullptr;
  const Host before = host();
  set_host({[](std::string_view text) { g_printed += text; }, nullptr});
  int files = 0;
  for (const auto& entry : fs::directory_iterator(source_path("tests/exec"))) {
    ++files;
    std::ostringstream blessed;
    for (const auto& c : read_cases(entry.path())) {
      INFO(entry.path().filename().string() << ": " << c.title);
      blessed << "=== " << c.title << "\n" << trimmed(c.source);
      for (const auto& check : c.checks) {
        const std::string got = trimmed(answer(trimmed(c.source), check.command));
        blessed << "--- " << check.command << "\n" << got;
        if (!bless) CHECK(got == trimmed(check.expected));
      }
      blessed << "\n";
    }
    if (bless) std::ofstream(entry.path()) << blessed.str();
  }
  set_host(before);
  CHECK(files > 0);
}
