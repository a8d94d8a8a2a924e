// Plain .py files -> functions and classes, without Python: `facula compile`, facula::compile.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/limits.h"
#include "frontend/script/program/program.h"
#include "ir/unit.h"
#include "source/diag.h"
#include "value/value.h"

namespace fac {

struct CompileOptions {
  bool strict = false;  // accept and reject what torch.jit.script does, instead of the everyday dialect
  std::string folder;   // imports of the user's own files are looked up here and below; empty: there are none
  Limits limits;
};

class CompiledProgram {
 public:
  explicit CompiledProgram(CompileOptions options);
  // A file of the program; its functions and classes are compiled at once. The errors are in diagnostics().
  void add(std::string module_name, Ref<const SourceFile> file);

  const DiagSink& diagnostics() const { return program_->sink(); }
  const std::shared_ptr<ir::Unit>& unit() const { return unit_; }
  // Of the files that were added, in order of definition.
  const std::vector<ir::Function*>& functions() const { return functions_; }
  ir::Function* find(std::string_view name) const;  // by unqualified name; null: none
  script::Program& program() { return *program_; }

 private:
  void compile(const std::string& module_name, const Ref<const SourceFile>& file);

  CompileOptions options_;
  std::vector<std::pair<std::string, Ref<const SourceFile>>> files_;
  std::shared_ptr<ir::Unit> unit_;
  std::shared_ptr<script::Program> program_;
  std::vector<ir::Function*> functions_;
};

// errors: kIo (the file), kLimit. Errors of the program are in its diagnostics.
Result<std::shared_ptr<CompiledProgram>> compile_file(const std::string& path, CompileOptions options = {});
// errors: kCompile with all diagnostics.
Result<std::shared_ptr<CompiledProgram>> compile_program(std::string text, std::string name, CompileOptions options = {});

// A module with a method for each function whose name does not begin with `_`; a single function is its `forward`, too.
// errors: the program has no such function.
Result<Ref<ObjectBox>> module_of_program(const CompiledProgram& program, std::string_view class_name);

// Lines typed one after the other: definitions stay, variables keep their values.
class Session {
 public:
  explicit Session(CompileOptions options);
  // Runs a statement or expression; the value of an expression, none for anything else.
  // errors: kCompile, kRuntime and all that running may give.
  Result<std::optional<Value>> run(const std::string& text);
  // The definitions of a whole file.
  Status load(std::string text, std::string name);
  // Whether a line opens a block, so that more lines belong to it.
  static bool is_open(std::string_view text);

 private:
  CompileOptions options_;
  std::shared_ptr<ir::Unit> unit_;
  std::shared_ptr<script::Program> program_;
  std::vector<std::string> modules_;  // latest first
  std::map<std::string, Value> variables_;
  int lines_ = 0;
};

}  // namespace fac
