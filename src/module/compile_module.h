// A module from the Python source of its class, without Python: the class's __init__ is run by Facula's own interpreter,
// the weights are read from a state dict, the methods are compiled.
#pragma once

#include <string>
#include <vector>

#include "interp/interp.h"
#include "module/module.h"

namespace fac {

struct ModuleSource {
  std::string file;                // model.py; its neighbours and the package it lies in can be imported
  std::vector<std::string> paths;  // further folders with packages
  std::string class_name;          // a class of the file that is called, or
  std::string factory;             // a function of the file that gives a module
  std::string arguments;           // Python text: "num_classes=10, layers=[2, 2]"
  std::vector<std::string> input_types;  // "Tensor", "int": how many inputs a `forward(self, *args)` takes; empty: unknown
  std::string weights;             // .pth or .safetensors; empty: as __init__ leaves it
  bool allow_missing = false, allow_unexpected = false;
  std::string strip_prefix;
  bool strict = false;             // the user's files are compiled as torch.jit.script would
  bool training = false;           // false: eval() before it is compiled
  interp::RunLimits limits;
  Limits archive_limits;
};

struct CompiledModule {
  Ref<ObjectBox> module;
  std::vector<std::string> warnings;  // warnings.warn of the program
};

// errors: kIo; kCompile with Python's traceback, or the compiler's diagnostics; kLimit.
Result<CompiledModule> compile_module(const ModuleSource& source);

}  // namespace fac
