// Runs the text tests in tests/lang/modules/*.txt: model files, as `facula compile --class Net` takes them, and the graph
// of Net().forward or the error.
//   === what is tested
//   Python text
//   --- graph (or errors)
//   the expected part; FACULA_BLESS=1 in the environment rewrites it
#include <doctest/doctest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "../frontend/text_cases.h"
#include "interp/compile.h"
#include "ir/graph.h"

namespace fs = std::filesystem;
using namespace fac;

namespace {

struct Outcome {
  std::string kind, text;
};

Result<std::string> forward_of(interp::Interp& in, const std::string& source) {
  FACULA_TRY(const Ref<interp::Module> file, in.run_text("import torch\nfrom torch import nn, Tensor\n" + source, "net.py"));
  FACULA_TRY(const auto cls, in.find_attr(value_of(Ref<interp::Obj>(file.get())), "Net"));
  if (!cls) return error(ErrorKind::kCompile, "no class Net");
  FACULA_TRY(const Value net, in.call(*cls, interp::Args{}));
  interp::Compiler compiler(in);
  FACULA_TRY(const Ref<ObjectBox> module, compiler.module(net));
  auto* f = static_cast<ir::Function*>(module->type().find_method("forward"));
  FACULA_TRY(const ir::Graph* g, f->graph());
  FACULA_TRY_VOID(ir::verify(*g));
  return ir::print(*g);
}

Outcome outcome(const std::string& source) {
  interp::Interp in;
  auto text = forward_of(in, source);
  if (text.ok()) return {"graph", *text};
  return {"errors", in.explained(text.take_error())->message};
}

}  // namespace

TEST_CASE("tests/lang/modules") {
  const bool bless = std::getenv("FACULA_BLESS") != nullptr;
  int files = 0;
  for (const auto& entry : fs::directory_iterator(text_cases::folder("modules"))) {
    ++files;
    std::ostringstream blessed;
    for (const auto& c : text_cases::read_cases(entry.path())) {
      INFO(entry.path().filename().string() << ": " << c.title);
      const std::string text = text_cases::without_trailing_blank_lines(c.source);
      Outcome o = outcome(text);
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
