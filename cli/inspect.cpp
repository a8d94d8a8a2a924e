// facula inspect: what is in an archive, without running it.
#include <algorithm>
#include <cstdio>
#include <iostream>
#include <map>

#include "archive/reader.h"
#include "command.h"
#include "exec/vm/code.h"
#include "ir/unit.h"
#include "module/executor.h"
#include "ops/table.h"

namespace cli {
namespace {

struct Options {
  std::string model, method = "forward", stage = "inlined";
  bool code = false, graph = false, files = false, parameters = false, operators = false, bytecode = false;
};

std::string bytes_text(std::uint64_t n) {
  char buf[32];
  if (n < 1024) std::snprintf(buf, sizeof buf, "%llu B", static_cast<unsigned long long>(n));
  else if (n < 1024 * 1024) std::snprintf(buf, sizeof buf, "%.1f kB", static_cast<double>(n) / 1024);
  else std::snprintf(buf, sizeof buf, "%.1f MB", static_cast<double>(n) / (1024 * 1024));
  return buf;
}

// Operators that any method of the module tree reaches, and whether the table has them.
std::map<std::string, bool> operators_of(const fac::Ref<fac::ObjectBox>& module, std::vector<std::string>& problems) {
  std::map<std::string, bool> out;
  for (fac::Callable* method : module->type().methods()) {
    auto graph = fac::method_graph(module, method->name(), fac::GraphStage::kInlined);
    if (!graph.ok()) {
      problems.push_back(std::string(method->name()) + ": " + graph.error().message);
      continue;
    }
    const fac::ir::Graph& g = **graph;
    g.for_each_deep(g.top(), [&](fac::ir::NodeId n) {
      const auto& node = g.node(n);
      if (node.op) {
        const std::string overload(node.op->overload());
        out[std::string(node.kind.str()) + (overload.empty() ? "" : "." + overload)] = true;
      } else if (!node.kind.str().starts_with("prim::")) {
        out[std::string(node.kind.str())] = false;
      }
    });
  }
  return out;
}

fac::Status inspect(const Options& o, const Global& global) {
  FACULA_TRY(auto bytes, fac::archive::ByteSource::map_file(o.model));
  FACULA_TRY(auto archive, fac::archive::Archive::open(bytes));
  FACULA_TRY_VOID(archive->expect_torchscript());
  FACULA_TRY(auto module, fac::load_module(std::move(bytes)));
  const bool all = !(o.code || o.graph || o.files || o.parameters || o.operators || o.bytecode);
  nlohmann::json out;

  std::uint64_t total = 0;
  for (const auto& m : archive->members()) total += m.bytes;
  const auto tensors = fac::named_tensors(module);
  std::uint64_t weights = 0, numbers = 0;
  for (const auto& t : tensors) {
    weights += static_cast<std::uint64_t>(t.tensor.numel()) * t.tensor.element_bytes();
    numbers += t.is_parameter ? static_cast<std::uint64_t>(t.tensor.numel()) : 0;
  }
  if (all) {
    if (global.json) {
      out["file"] = o.model;
      out["version"] = archive->version();
      out["class"] = module->type().name();
      out["bytes"] = total;
      out["parameters_count"] = numbers;
      out["extra_files"] = archive->extra_files();
      out["training"] = fac::is_training(*module);
    } else {
      std::printf("%s: TorchScript archive, format version %lld, %zu members, %s\n", o.model.c_str(),
                  static_cast<long long>(archive->version()), archive->members().size(), bytes_text(total).c_str());
      std::printf("module %s: %llu parameters, %s of weights and buffers%s\n", module->type().name().c_str(),
                  static_cast<unsigned long long>(numbers), bytes_text(weights).c_str(),
                  fac::is_training(*module) ? "; IN TRAINING MODE (call eval() before saving)" : "");
      for (const auto& e : archive->extra_files()) std::printf("extra file: %s\n", e.c_str());
      std::printf("\nmethods:\n");
    }
    for (fac::Callable* m : module->type().methods()) {
      if (global.json) out["methods"].push_back(m->schema().str());
      else std::printf("  %s\n", m->schema().str().c_str());
    }
  }
  if (o.files) {
    for (const auto& m : archive->members()) {
      if (global.json) out["files"].push_back({{"name", m.name}, {"bytes", m.bytes}});
      else std::printf("%10s  %s\n", bytes_text(m.bytes).c_str(), m.name.c_str());
    }
  }
  if (o.parameters || all) {
    if (!global.json) std::printf("%sparameters and buffers:\n", all ? "\n" : "");
    std::size_t shown = 0;
    for (const auto& t : tensors) {
      if (global.json) {
        out["tensors"].push_back({{"name", t.name}, {"dtype", fac::dtype_python(t.tensor.dtype())}, {"shape", std::vector<std::int64_t>(t.tensor.sizes().begin(), t.tensor.sizes().end())},
                                  {"bytes", static_cast<std::uint64_t>(t.tensor.numel()) * t.tensor.element_bytes()}, {"parameter", t.is_parameter}});
      } else if (!all || shown < 20) {
        std::printf("  %-48s %-9s %-22s %10s%s\n", t.name.c_str(), std::string(fac::dtype_python(t.tensor.dtype())).c_str(), fac::ints_text(t.tensor.sizes()).c_str(),
                    bytes_text(static_cast<std::uint64_t>(t.tensor.numel()) * t.tensor.element_bytes()).c_str(), t.is_parameter ? "" : "  (buffer)");
      }
      ++shown;
    }
    if (!global.json && all && shown > 20) std::printf("  ... and %zu more (--parameters shows all)\n", shown - 20);
  }
  if (o.operators || all) {
    std::vector<std::string> problems;
    const auto ops = operators_of(module, problems);
    std::size_t missing = 0;
    for (const auto& [name, known] : ops) missing += known ? 0 : 1;
    if (global.json) {
      for (const auto& [name, known] : ops) out["operators"].push_back({{"name", name}, {"supported", known}});
      out["problems"] = problems;
    } else {
      std::printf("\noperators: %zu used, %zu missing\n", ops.size(), missing);
      for (const auto& [name, known] : ops)
        if (o.operators || !known) std::printf("  %s %s\n", known ? "ok     " : "MISSING", name.c_str());
      for (const auto& p : problems) std::printf("  does not compile: %s\n", p.c_str());
    }
  }
  if (o.code) {
    for (const auto& name : archive->sources()) {
      FACULA_TRY(const auto text, archive->source(name));
      if (global.json) out["code"][name] = text.value_or("");
      else std::printf("# %s\n%s\n", name.c_str(), text.value_or("").c_str());
    }
  }
  if (o.graph || o.bytecode) FACULA_TRY_VOID(need_method(module, o.method));
  if (o.graph) {
    const fac::GraphStage stage = o.stage == "compiled" ? fac::GraphStage::kCompiled : o.stage == "inlined" ? fac::GraphStage::kInlined
                                  : o.stage == "optimized" ? fac::GraphStage::kOptimized : fac::GraphStage::kPlanned;
    FACULA_TRY(const auto g, fac::method_graph(module, o.method, stage));
    if (global.json) out["graph"] = fac::ir::print(*g);
    else std::cout << fac::ir::print(*g) << std::flush;
  }
  if (o.bytecode) {
    auto* f = dynamic_cast<fac::ir::Function*>(module->type().find_method(o.method));
    if (!f) return fac::runtime_error("`{}` is no compiled method", o.method);
    FACULA_TRY(const auto code, fac::method_code(module, *f, !global.no_plan));
    if (global.json) out["bytecode"] = fac::vm::disassemble(*code);
    else std::cout << fac::vm::disassemble(*code) << std::flush;
  }
  if (global.json) std::cout << out.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) << "\n";
  std::fflush(stdout);
  return {};
}

}  // namespace

void add_inspect(CLI::App& app, Global& global, int& exit) {
  auto o = std::make_shared<Options>();
  CLI::App* c = app.add_subcommand("inspect", "Show what is in an archive: methods, parameters, operators, code, graphs");
  c->footer("Examples:\n  facula inspect model.pt\n  facula inspect model.pt --graph --stage optimized\n  facula inspect model.pt --operators --json");
  c->add_option("model", o->model, "the archive (.pt)")->required();
  c->add_flag("--files", o->files, "the archive's members");
  c->add_flag("--code", o->code, "the program's text");
  c->add_flag("--parameters", o->parameters, "all parameters and buffers");
  c->add_flag("--operators", o->operators, "operators used, and whether each is supported");
  c->add_flag("--graph", o->graph, "the graph of a method");
  c->add_option("--stage", o->stage, "of the graph")->capture_default_str()->check(CLI::IsMember({"compiled", "inlined", "optimized", "planned"}));
  c->add_flag("--bytecode", o->bytecode, "the VM's instructions of a method");
  c->add_option("-m,--method", o->method, "the method for --graph and --bytecode")->capture_default_str();
  c->callback([o, &global, &exit] {
    if (auto s = inspect(*o, global); !s.ok()) exit = report(s.error(), global);
  });
}

}  // namespace cli
