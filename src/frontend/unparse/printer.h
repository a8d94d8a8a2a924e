// IR -> TorchScript text: what archives hold in code/, and the `code` of functions and modules. The text is laid out as
// PyTorch's own printer lays it out (tests/oracle/test_save.py compares byte for byte), which importers and people's
// tests rely on: values used once become nested expressions where the order of evaluation allows it.
//   source of the rules: torch/csrc/jit/serialization/python_print.cpp
//   errors (kCompile): a function does not compile, or holds what no archive can (calls of Python functions)
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "frontend/unparse/names.h"
#include "ir/unit.h"
#include "source/source_file.h"

namespace fac::script {

// The text from `offset` (bytes) on, up to the next mark, was made for `range` of the user's program.
struct TextMark {
  std::size_t offset;
  Range range;  // may be "no range"
};

struct PrintOptions {
  TypeNames names;          // empty: each type's own name
  bool importable = false;  // refuse what could not be read again
};

// One file of a program: definitions are appended. `constants` and `dependencies` are shared by a program's files.
class ProgramPrinter {
 public:
  ProgramPrinter(std::vector<Value>& constants, Dependencies& dependencies, PrintOptions options);
  ~ProgramPrinter();
  ProgramPrinter(ProgramPrinter&&) noexcept;

  // A class with its methods, a named tuple, enum, interface, or the function of a FunctionType.
  Status definition(const TypePtr& t);
  Status function(ir::Function& f);
  Status method(ir::Function& f);  // `self` without annotation
  // A graph without a function's signature around it: its inputs are the arguments.
  Status graph(const ir::Graph& g, std::string_view name, bool is_method);

  const std::string& text() const;
  const std::vector<TextMark>& marks() const;
  // The oldest format version whose readers understand the operators printed so far; 0: any.
  int version() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace fac::script
