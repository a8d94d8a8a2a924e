// Runs the text tests of tests/lang/everyday and tests/lang/strict: plain .py programs, and the graphs that they compile to
// or the diagnostics. Both folders hold the same programs where the dialects differ (make_strict.py copies them).
#include <doctest/doctest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "frontend/script/program/program.h"
#include "ir/graph.h"
#include "source/render.h"
#include "text_cases.h"

namespace fs = std::filesystem;
using namespace fac;

namespace {

struct Outcome {
  std::string kind, text;
};

// A case may hold several files: a line `#file util.py` begins one that the program may import.
Outcome compile(const std::string& source, script::Dialect dialect, std::weak_ptr<script::Program>& left) {
  std::map<std::string, std::string> files;
  std::string* to = &files[""];
  std::istringstream lines(source);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("#file ")) to = &files[line.substr(6)];
    else *to += line + "\n";
  }
  script::ProgramOptions options;
  options.dialect = dialect;
  options.loader = [&files](std::string_view module, bool& is_package) -> Result<Ref<const SourceFile>> {
    std::string path;
    for (const char c : module) path += c == '.' ? '/' : c;
    auto found = files.find(path + ".py");
    if (found == files.end()) {
      found = files.find(path + "/__init__.py");
      is_package = true;
    }
    if (found == files.end()) return Ref<const SourceFile>();
    return Ref<const SourceFile>(make_ref<SourceFile>(found->first, found->second));
  };
  if (dialect == script::Dialect::kEveryday) options.attributes = std::make_shared<script::AttributeHints>();
  std::shared_ptr<ir::Unit> unit;
  std::shared_ptr<script::Program> program;
  script::ModuleScope* module = nullptr;
  for (int attempt = 0; attempt == 0 || (options.attributes && options.attributes->grown() && attempt < 20); ++attempt) {
    if (options.attributes) options.attributes->start_attempt();
    program = nullptr;
    unit = std::make_shared<ir::Unit>();
    program = std::make_shared<script::Program>(*unit, options);
    module = program->add_module("t", make_ref<SourceFile>("t.py", files[""]));
    if (!program->sink().has_errors()) program->compile_all(*module);
  }
  left = program;
  std::string out = render(program->sink());
  if (program->sink().has_errors()) return {"errors", out};
  for (ir::Function* f : program->functions_of(*module)) {
    auto graph = f->graph();
    if (!graph.ok()) continue;
    auto verified = ir::verify(**graph);
    CHECK_MESSAGE(verified.ok(), (verified.ok() ? "" : verified.error().message));
    out += std::string(f->name()) + ": " + ir::print(**graph);
  }
  return {"graph", out};
}

void run_folder(const char* name, script::Dialect dialect) {
  const bool bless = std::getenv("FACULA_BLESS") != nullptr;
  int files = 0;
  for (const auto& entry : fs::directory_iterator(text_cases::folder(name))) {
    ++files;
    std::ostringstream blessed;
    for (const auto& c : text_cases::read_cases(entry.path())) {
      INFO(entry.path().filename().string() << ": " << c.title);
      const std::string text = text_cases::without_trailing_blank_lines(c.source);
      std::weak_ptr<script::Program> left;
      Outcome o = compile(text, dialect, left);
      CHECK(left.expired());  // nothing that the program made keeps it alive
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

}  // namespace

TEST_CASE("tests/lang/everyday") { run_folder("everyday", script::Dialect::kEveryday); }
TEST_CASE("tests/lang/strict") { run_folder("strict", script::Dialect::kStrict); }
