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

using text_cases::Outcome;

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

TEST_CASE("tests/lang/modules") { text_cases::check_folder("modules", outcome); }
