// The library of torch.nn.functional: every function compiles, and programs find it.
#include <doctest/doctest.h>

#include "frontend/nn/library.h"
#include "frontend/script/define.h"
#include "frontend/script/parser.h"

using namespace fac;

TEST_CASE("every function of functional.py compiles") {
  DiagSink sink;
  const auto file = make_ref<SourceFile>("functional.py", std::string(nn::library_text("functional")));
  const Ref<script::Tree> tree = script::parse_module(file, sink);
  REQUIRE(!sink.has_errors());
  int count = 0;
  for (const script::Stmt* s : tree->body) {
    const auto* def = s->try_as<script::FunctionDef>();
    if (!def) continue;
    const std::string full(def->name.str());
    const auto& versions = nn::functional(full.substr(0, full.find("__of_")));
    REQUIRE_MESSAGE(!versions.empty(), full);
    for (ir::Function* f : versions) {
      auto graph = f->graph();
      CHECK_MESSAGE(graph.ok(), full << ": " << (graph.ok() ? "" : graph.error().full()));
    }
    ++count;
  }
  CHECK(count > 70);
}

TEST_CASE("programs call it") {
  const auto unit = script::compile_text(
      "def f(x: Tensor):\n"
      "    a, i = torch.nn.functional.max_pool2d(x, 2, return_indices=True)\n"
      "    b = torch.nn.functional.max_pool2d(x, [2, 2], 1)\n"
      "    y = torch.nn.functional.interpolate(x, scale_factor=2.0, mode='bilinear')\n"
      "    return torch.nn.functional.gelu(torch.nn.functional.relu(a)), b, i, y\n",
      "t.py");
  CHECK_MESSAGE(unit.ok(), (unit.ok() ? "" : unit.error().full()));
  const auto wrong = script::compile_text(
      "def f(x: Tensor, b: bool):\n    return torch.nn.functional.max_pool2d(x, 2, return_indices=b)\n", "t.py");
  REQUIRE(!wrong.ok());
  CHECK(wrong.error().full().find("must be a constant") != std::string::npos);
}
