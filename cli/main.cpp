// The `facula` program: TorchScript models from the command line.
#include <cstdio>
#include <iostream>

#include "command.h"
#include "ops/host.h"

namespace cli {

int exit_code(const fac::Error& e) {
  switch (e.kind) {
    case fac::ErrorKind::kArchive:
    case fac::ErrorKind::kCompile: return kBadArchive;
    case fac::ErrorKind::kIo: return kIo;
    default: return kFailed;
  }
}

int report(const fac::Error& e, const Global& global) {
  const int code = exit_code(e);
  if (global.json) {
    nlohmann::json frames = nlohmann::json::array();
    for (const auto& f : e.frames) frames.push_back({{"function", f.function}, {"text", f.text}});
    std::cout << nlohmann::json{{"error", {{"message", e.message}, {"exit_code", code}, {"frames", frames}}}}.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) << "\n";
  } else {
    std::cerr << "facula: error: " << e.full() << "\n";
  }
  return code;
}

fac::Result<fac::Ref<fac::ObjectBox>> load(const std::string& path) {
  FACULA_TRY(auto bytes, fac::archive::ByteSource::map_file(path));
  return fac::load_module(std::move(bytes));
}

fac::RunOptions run_options(const Global& global) {
  fac::RunOptions o;
  o.threads = global.threads;
  o.plan = !global.no_plan;
  return o;
}

}  // namespace cli

int main(int argc, char** argv) {
  fac::set_host({[](std::string_view text) { std::cout << text << std::flush; },
                 [](std::string_view text, std::string_view where) {
                   std::cerr << "warning: " << text;
                   if (!where.empty()) std::cerr << " (" << where << ")";
                   std::cerr << "\n";
                 }});
  CLI::App app{"Runs, inspects and measures TorchScript archives, without PyTorch."};
  app.footer(
      "Examples:\n"
      "  facula classify model.pt cat.jpg --labels imagenet.txt\n"
      "  facula run model.pt --input 'rand(1,3,224,224)' --save out.npy\n"
      "  facula inspect model.pt --code\n"
      "  facula bench model.pt --input 'rand(1,3,224,224)' --threads 2\n"
      "Exit codes: 0 success, 1 the model failed while running, 2 wrong arguments, 3 bad archive, 4 unreadable file.");
  app.set_version_flag("--version", std::string("facula ") + FACULA_VERSION);
  app.require_subcommand(1);
  cli::Global global;
  app.add_flag("--json", global.json, "machine-readable output");
  app.add_flag("--no-plan", global.no_plan, "run operator by operator: nothing fused, equal results (also FACULA_PLAN=off)");
  app.add_option("-t,--threads", global.threads, "threads to use (default: all cores)")->check(CLI::Range(1, 1024));
  app.fallthrough();
  if (const char* plan = std::getenv("FACULA_PLAN"); plan && std::string_view(plan) == "off") global.no_plan = true;

  int exit = cli::kOk;
  cli::add_run(app, global, exit);
  cli::add_classify(app, global, exit);
  cli::add_inspect(app, global, exit);
  cli::add_bench(app, global, exit);
  cli::add_ops(app, global, exit);
  cli::add_compile(app, global, exit);
  cli::add_check(app, global, exit);
  cli::add_repl(app, global, exit);
  cli::add_worker(app, global, exit);
  cli::add_convert(app, global, exit);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    const int code = app.exit(e);
    return code == 0 ? cli::kOk : cli::kUsage;
  } catch (const std::bad_alloc&) {
    std::cerr << "facula: error: out of memory\n";
    return cli::kFailed;
  }
  return exit;
}
