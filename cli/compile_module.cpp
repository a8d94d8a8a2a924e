#include "compile_module.h"

#include <cstdio>
#include <filesystem>
#include <iostream>

#include "module/save.h"

namespace cli {

void add_module_options(CLI::App& c, ModuleOptions& o) {
  c.add_option("--class", o.source.class_name, "class of the file whose instance becomes the archive; its __init__ is run by Facula");
  c.add_option("--factory", o.source.factory, "function of the file that makes the module (resnet34) instead of a class");
  c.add_option("--args", o.source.arguments, "arguments as Python writes them: \"num_classes=10, layers=[2, 2]\"");
  c.add_option("--weights", o.source.weights, "state dict: .pth (either format) or .safetensors");
  c.add_option("--path", o.source.paths, "folder in which imported packages are looked for");
  c.add_flag("--allow-missing", o.source.allow_missing, "parameters that the weights lack keep their initial values");
  c.add_flag("--allow-unexpected", o.source.allow_unexpected, "weights that the module has no place for are left out");
  c.add_option("--strip-prefix", o.source.strip_prefix, "taken off the names of the weights: module.");
  c.add_flag("--train", o.source.training, "leave the module in training mode");
  c.add_option("--example", o.examples, "run the module once on these inputs, as `facula run --input` takes them");
}

int compile_module(ModuleOptions o, bool strict, const std::string& file, const std::string& out, bool debug_records, const Global& global) {
  o.source.file = file;
  o.source.strict = strict;
  std::vector<fac::Value> inputs;
  for (const std::string& e : o.examples) {
    auto v = parse_input(e, {});
    if (!v.ok()) return report(v.error(), global);
    o.source.input_types.push_back(fac::type_of(*v)->annotation());
    inputs.push_back(std::move(*v));
  }
  auto made = fac::compile_module(o.source);
  if (!made.ok()) return report(made.error(), global);
  for (const std::string& w : made->warnings) std::fprintf(stderr, "warning: %s\n", w.c_str());
  const fac::Ref<fac::ObjectBox>& module = made->module;
  if (!o.examples.empty()) {
    auto result = fac::run_method(module, "forward", std::move(inputs), {}, run_options(global));
    if (!result.ok()) return report(result.error(), global);
    if (!global.json) std::cout << describe(*result) << "\n";
  }
  const std::string to = out.empty() ? std::filesystem::path(file).stem().string() + ".pt" : out;
  fac::SaveOptions save;
  save.debug_records = debug_records;
  if (auto s = fac::save_module(module, to, save); !s.ok()) return report(s.error(), global);
  if (global.json) std::cout << "[]\n";  // no errors, as for a file of functions
  else
    std::cout << to << ": " << module->type().name() << ", " << fac::named_tensors(module).size() << " parameters and buffers\n";
  return kOk;
}

}  // namespace cli
