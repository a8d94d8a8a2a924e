// Module -> archive, and programs as text.
//   errors: kCompile (a method does not compile, or calls Python), kRuntime (a value that no archive can hold), kIo
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "archive/byte_sink.h"
#include "base/limits.h"
#include "ir/unit.h"
#include "value/value.h"

namespace fac {

struct SaveOptions {
  std::map<std::string, std::string> extra_files;
  bool debug_records = true;     // keep the author's source lines, so that run-time errors can show them after a load
  std::string name = "archive";  // of the archive's folder, when it is written to a sink; a file's is the file's
  // Told while tensors are written, at least every 16 MB: bytes of tensors done and in all. False stops the save.
  std::function<bool(std::uint64_t done, std::uint64_t total)> progress;
  Limits limits;
};

// The archive that torch.jit.load reads. A file appears whole or not at all (archive::FileSink).
Status save_module(const Ref<ObjectBox>& module, const std::string& path, const SaveOptions& options = {});
Status save_module(const Ref<ObjectBox>& module, archive::ByteSink& sink, const SaveOptions& options = {});

// A function as the `forward` of a module without attributes: how archives hold functions.
Result<Ref<ObjectBox>> module_of_function(ir::Function& f);
Status save_function(ir::Function& f, const std::string& path, const SaveOptions& options = {});
Status save_function(ir::Function& f, archive::ByteSink& sink, const SaveOptions& options = {});

// The `code` of functions, methods and graphs: TorchScript text, laid out as PyTorch's. CONSTANTS.c0, c1 ... in it are
// `constants`.
struct CodeText {
  std::string text;
  std::vector<Value> constants;
};
Result<CodeText> code_of_function(ir::Function& f);
Result<CodeText> code_of_method(const ObjectBox& object, std::string_view method);
Result<CodeText> code_of_graph(const ir::Graph& g, std::string_view name, bool is_method);
// Everything that the type of `module` needs, as in the archive's code/: each file's qualifier ("__torch__.nets") and text.
Result<std::vector<std::pair<std::string, std::string>>> code_of_program(const Ref<ObjectBox>& module);

}  // namespace fac
