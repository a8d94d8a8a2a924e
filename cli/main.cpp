// The `facula` program: TorchScript models from the command line.
#include <iostream>

#include "command.h"
#include "ops/host.h"
#include "source/did_you_mean.h"

namespace cli {

int exit_code(const fac::Error& e) {
  if (e.kind != fac::ErrorKind::kRaised && e.python_class == kUsageMark) return kUsage;
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

fac::Status need_method(const fac::Ref<fac::ObjectBox>& module, const std::string& method) {
  if (module->type().find_method(method)) return {};
  std::vector<std::string_view> names;
  for (const fac::Callable* c : module->type().methods()) names.push_back(c->name());
  const std::string hint = fac::did_you_mean(method, names);
  return usage_error("the model has no method `{}`{}", method, hint.empty() ? "" : "; " + hint);
}

fac::RunOptions run_options(const Global& global) {
  fac::RunOptions o;
  o.threads = global.threads;
  o.plan = !global.no_plan;
  o.precision = global.precision;
  return o;
}

// The first word that is no option and no option's value: where a command should stand.
const char* first_word(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    if (word == "-t" || word == "--threads") ++i;
    else if (!word.starts_with("-")) return argv[i];
  }
  return nullptr;
}

// What is wrong with the command line, and where its help is.
int report_usage(const CLI::App& app, const CLI::ParseError& e, int argc, char** argv, Global global) {
  for (int i = 1; i < argc; ++i) global.json = global.json || std::string_view(argv[i]) == "--json";  // it may stand behind the mistake
  std::string message = e.what(), command = "facula";
  if (const auto chosen = app.get_subcommands(); !chosen.empty()) {
    command += " " + chosen.front()->get_name();
  } else if (const char* word = first_word(argc, argv)) {
    std::vector<std::string_view> names;
    for (const CLI::App* sub : app.get_subcommands(nullptr)) names.push_back(sub->get_name());
    const std::string hint = fac::did_you_mean(word, names);
    message = fac::fmt("no command `{}`{}", word, hint.empty() ? "" : "; " + hint);
  }
  return report(*usage_error("{}\nsee `{} --help`", message, command), global);
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
  cli::add_plan(app, global, exit);
  cli::add_ops(app, global, exit);
  cli::add_compile(app, global, exit);
  cli::add_check(app, global, exit);
  cli::add_repl(app, global, exit);
  cli::add_worker(app, global, exit);
  cli::add_convert(app, global, exit);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    return e.get_exit_code() == 0 ? app.exit(e) : cli::report_usage(app, e, argc, argv, global);
  } catch (const std::bad_alloc&) {
    std::cerr << "facula: error: out of memory\n";
    return cli::kFailed;
  }
  return exit;
}
