// facula compile, check, repl: programs from plain .py files, without Python.
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iostream>

#include "command.h"
#include "compile_module.h"
#include "module/program.h"
#include "module/save.h"
#include "source/render.h"
#include "tensor/print.h"
#include "value/print.h"

namespace cli {
namespace {

struct Options {
  std::string file, out, folder;
  bool strict = false, graphs = false, no_debug = false;
  ModuleOptions module;
};

fac::CompileOptions compile_options(const Options& o) {
  fac::CompileOptions c;
  c.strict = o.strict;
  c.folder = o.folder;
  return c;
}

bool use_colour(int descriptor) { return isatty(descriptor) != 0 && std::getenv("NO_COLOR") == nullptr; }

// Shows what is wrong with a program; the exit code.
int show_diagnostics(const fac::DiagSink& sink, const Global& global) {
  if (global.json) std::cout << fac::render_json(sink) << "\n";
  else if (!sink.diagnostics().empty()) {
    std::cerr << fac::render(sink, {use_colour(STDERR_FILENO)});
    if (sink.has_errors()) std::cerr << sink.error_count() << (sink.error_count() == 1 ? " error\n" : " errors\n");
  }
  return sink.has_errors() ? kBadArchive : kOk;
}

int check(const Options& o, const Global& global) {
  auto program = fac::compile_file(o.file, compile_options(o));
  if (!program.ok()) return report(program.error(), global);
  const int code = show_diagnostics((*program)->diagnostics(), global);
  if (code != kOk || global.json) return code;
  for (const fac::ir::Function* f : (*program)->functions()) std::cout << f->schema().str() << "\n";
  if (o.graphs)
    for (fac::ir::Function* f : (*program)->functions())
      if (auto g = f->graph(); g.ok()) std::cout << "\n" << f->name() << ":\n" << fac::ir::print(**g);
  return kOk;
}

int compile(const Options& o, const Global& global) {
  if (o.module.is_wanted()) return compile_module(o.module, o.strict, o.file, o.out, !o.no_debug, global);
  auto program = fac::compile_file(o.file, compile_options(o));
  if (!program.ok()) return report(program.error(), global);
  if (const int code = show_diagnostics((*program)->diagnostics(), global); code != kOk) return code;
  const std::filesystem::path from(o.file);
  const std::string out = o.out.empty() ? from.stem().string() + ".pt" : o.out;
  std::string name = from.stem().string();
  for (char& c : name)
    if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'))) c = '_';
  auto module = fac::module_of_program(**program, name + "_functions");
  if (!module.ok()) return report(module.error(), global);
  fac::SaveOptions save;
  save.debug_records = !o.no_debug;
  if (auto s = fac::save_module(*module, out, save); !s.ok()) return report(s.error(), global);
  if (!global.json) {
    std::cout << out << ":";
    for (const auto* m : (*module)->type().methods()) std::cout << " " << m->name();
    std::cout << "\n";
  }
  return kOk;
}

std::string show(const fac::Value& v) { return v.is_tensor() ? fac::tensor_repr(v.tensor()) : fac::value_repr(v); }

int repl(const Options& o, const Global& global) {
  const bool terminal = isatty(STDIN_FILENO) != 0;
  fac::Session session(compile_options(o));
  int code = kOk;
  const auto feed = [&](const std::string& text) {
    auto result = session.run(text);
    if (!result.ok()) {
      code = report(result.error(), global);
    } else if (*result) {
      if (global.json) std::cout << to_json(**result).dump() << "\n";
      else std::cout << show(**result) << "\n";
    }
  };
  if (!o.file.empty()) {
    std::ifstream in(o.file);
    if (!in) {
      std::cerr << "facula: error: cannot read " << o.file << "\n";
      return kIo;
    }
    const std::string text((std::istreambuf_iterator<char>(in)), {});
    if (auto r = session.load(text, o.file); !r.ok()) return report(r.error(), global);
  }
  if (terminal) std::cout << "Facula " << FACULA_VERSION << ". TorchScript, line by line; an empty line ends a block; Ctrl-D leaves.\n";
  std::string text, line;
  const auto prompt = [&] {
    if (terminal) std::cout << (text.empty() ? ">>> " : "... ") << std::flush;
  };
  for (prompt(); std::getline(std::cin, line); prompt()) {
    if (text.empty() && line.find_first_not_of(" \t\r") == line.npos) continue;
    const bool continues = !text.empty() && !line.empty();
    if (text.empty() || continues) {
      text += (text.empty() ? "" : "\n") + line;
      if (continues || fac::Session::is_open(text)) continue;
    }
    feed(text);
    text.clear();
  }
  if (!text.empty()) feed(text);
  if (terminal) std::cout << "\n";
  return terminal ? kOk : code;
}

void common(CLI::App* c, Options& o) {
  c->add_flag("--strict", o.strict, "accept exactly what torch.jit.script accepts");
  c->add_option("--root", o.folder, "folder below which `import` finds your own files (default: the file's folder)");
}

}  // namespace

void add_compile(CLI::App& app, Global& global, int& exit) {
  auto o = std::make_shared<Options>();
  CLI::App* c = app.add_subcommand("compile", "Compile the functions or a module of a .py file to an archive, without Python");
  c->footer(
      "Each function whose name does not begin with `_` becomes a method of the archive's module; a single function is its\n"
      "`forward` as well. Parameters need types unless they are tensors:  def scale(x: Tensor, by: float = 2.0): return x * by\n"
      "Imports of your own files, math, torch, torch.nn.functional, typing, enum, dataclasses are understood.\n"
      "Example:\n  facula compile funcs.py -o funcs.pt && facula run funcs.pt --method scale --input 'ones(3)'\n"
      "A module: its __init__ is run by Facula itself, weights come from a state dict (docs/modules_without_python.md):\n"
      "  facula compile model.py --class Net --args \"num_classes=10\" --weights net.pth -o net.pt\n"
      "What Python can do and this cannot: docs/language.md. What a message means: docs/diagnostics.md.");
  c->add_option("file", o->file, "the program (.py)")->required();
  c->add_option("-o,--out", o->out, "the archive to write (default: the file's name with .pt)");
  c->add_flag("--strip", o->no_debug, "leave out the source lines that run-time errors show");
  common(c, *o);
  add_module_options(*c, o->module);
  c->callback([o, &global, &exit] { exit = compile(*o, global); });
}

void add_check(CLI::App& app, Global& global, int& exit) {
  auto o = std::make_shared<Options>();
  CLI::App* c = app.add_subcommand("check", "Check the types of a .py file; nothing is written");
  c->footer(
      "Prints the signatures it found, or all errors of the file. --json gives one object an error (id, message, file, line,\n"
      "column, end, hints) for editors.\nExit codes: 0 no errors, 3 errors, 4 unreadable file.\n"
      "Example:\n  facula check model_utils.py --strict");
  c->add_option("file", o->file, "the program (.py)")->required();
  c->add_flag("--graphs", o->graphs, "show the graphs of the functions, too");
  common(c, *o);
  c->callback([o, &global, &exit] { exit = check(*o, global); });
}

void add_repl(CLI::App& app, Global& global, int& exit) {
  auto o = std::make_shared<Options>();
  CLI::App* c = app.add_subcommand("repl", "Try TorchScript line by line");
  c->footer("Definitions stay, variables keep their values. With input from a file or pipe it prints results only.\n"
            "Example:\n  echo 'torch.arange(4).float().mean()' | facula repl");
  c->add_option("file", o->file, "a program to load first (.py)");
  common(c, *o);
  c->callback([o, &global, &exit] { exit = repl(*o, global); });
}

}  // namespace cli
