// `facula compile model.py --class Net`: a module from its Python source, without Python.
#pragma once

#include "command.h"
#include "module/compile_module.h"

namespace cli {

struct ModuleOptions {
  fac::ModuleSource source;
  std::vector<std::string> examples;
  bool is_wanted() const { return !source.class_name.empty() || !source.factory.empty(); }
};
// The options of the command that concern modules.
void add_module_options(CLI::App& command, ModuleOptions& options);
// Makes the module from `file`, saves it as `out`, runs it on the examples; the exit code.
int compile_module(ModuleOptions options, bool strict, const std::string& file, const std::string& out, bool debug_records, const Global& global);

}  // namespace cli
