// Program: plain .py files as one program. Names mean what Python's import system makes of them: functions, classes and
// constants of the file, imports of the user's own files (given by the loader), and the modules that the language knows
// (torch, torch.nn.functional, math, typing, ...). Nothing at module level is executed: functions and classes are
// compiled when something asks for them, constants are evaluated where they can be.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/limits.h"
#include "frontend/script/hints.h"
#include "frontend/script/resolver.h"
#include "frontend/script/schema_from_tree.h"
#include "ir/unit.h"
#include "source/diag.h"

namespace fac::script {

struct ProgramOptions {
  Dialect dialect = Dialect::kEveryday;
  Limits limits;
  std::shared_ptr<AttributeHints> attributes;  // kept over the attempts to compile the program; may be null
  bool session = false;  // lines typed one after the other: functions see the variables of the line that calls them
  // The file of a module of the user's ("pkg.util"); null when there is none. is_package: it is an __init__.py.
  std::function<Result<Ref<const SourceFile>>(std::string_view module, bool& is_package)> loader;
};

// A name at module level.
struct Binding {
  enum class Kind : std::uint8_t {
    kFunction, kClass, kValue,
    kModule,    // import a.b as x: `module`
    kImported,  // from module import name
    kDynamic,   // code at module level changes it: its value is not known
  };
  Kind kind = Kind::kDynamic;
  const Stmt* statement = nullptr;
  const Expr* value = nullptr;  // kValue
  std::string module, name;
};

struct ModuleScope {
  std::string name;
  bool is_package = false;
  Ref<Tree> tree;
  std::map<std::string, Binding, std::less<>> bindings;
  std::vector<std::string> order;      // of definition
  std::vector<std::string> star_imports;  // modules of the user's whose names are all taken over
  std::shared_ptr<Resolver> resolver;
};

class Program : public std::enable_shared_from_this<Program> {
 public:
  // The unit must outlive the program and keeps it alive once something is defined.
  Program(ir::Unit& unit, ProgramOptions options) : unit_(unit), options_(std::move(options)) {}

  // Reads a file as module `name`. Null after syntax errors, which are in the sink.
  ModuleScope* add_module(std::string name, Ref<const SourceFile> file, bool is_package = false);
  // A module of the user's, read on demand; null: none of that name.
  ModuleScope* find_module(std::string_view name);

  // Everything that the module defines itself, compiled. The errors are in sink().
  void compile_all(ModuleScope& module);
  // Functions that compile_all defined, in order; those whose names begin with `_` included.
  std::vector<ir::Function*> functions_of(ModuleScope& module);

  ir::Function* function(ModuleScope& module, const FunctionDef& def, const std::string& qualified_name);
  TypePtr class_type(ModuleScope& module, const ClassDef& def, std::string qualified_name);

  // What a dotted name of a module means.
  const Binding* find(ModuleScope& module, std::string_view name, ModuleScope** owner);
  MeaningPtr value(Emitter& e, ModuleScope& module, std::string_view name, Range at);
  TypePtr type(ModuleScope& module, std::string_view dotted, Range at);
  std::string canonical_type(ModuleScope& module, std::string_view dotted);
  MeaningPtr module_meaning(const std::string& name);
  ConstantNames constants(ModuleScope& module);

  ir::Unit& unit() { return unit_; }
  DiagSink& sink() { return sink_; }
  DiagSink& reports() { return trial_ ? *trial_ : sink_; }  // where the bodies' diagnostics go
  const ProgramOptions& options() const { return options_; }
  bool everyday() const { return options_.dialect == Dialect::kEveryday; }
  void keep(Ref<Tree> tree) { trees_.push_back(std::move(tree)); }
  // Copies of functions for types of arguments.
  std::map<std::string, ir::Function*>& copies() { return copies_; }
  // Evaluating a global: false when it is being evaluated already.
  bool enter(const Expr* value) {
    for (const Expr* v : evaluating_)
      if (v == value) return false;
    evaluating_.push_back(value);
    return true;
  }
  void leave() { evaluating_.pop_back(); }
  // What a class remembers of its text, for super() and overridden methods.
  struct ClassInfo {
    const ClassDef* def = nullptr;
    ModuleScope* module = nullptr;
    std::vector<TypePtr> line;                         // itself, then its bases in Python's order (MRO)
    std::vector<const FunctionDef*> methods;           // of its own text (and those a dataclass makes)
    std::map<std::string, ir::Function*> statics;      // @staticmethod
    std::vector<const FunctionDef*> class_methods;
    std::map<std::string, const Expr*> constants;      // class-level `x = 3`
  };
  ClassInfo* class_info(const TypePtr& type);
  std::map<std::string, ClassInfo>& classes() { return classes_; }

 private:
  void bind(ModuleScope& module, Block body);
  void bind_import(ModuleScope& module, const Stmt& s);
  bool knows_module(std::string_view name);
  std::string absolute(const ModuleScope& module, const ImportFrom& s) const;

  ir::Unit& unit_;
  ProgramOptions options_;
  DiagSink sink_;
  DiagSink* trial_ = nullptr;
  std::map<std::string, std::unique_ptr<ModuleScope>, std::less<>> modules_;
  std::map<std::string, ClassInfo> classes_;
  std::vector<Ref<Tree>> trees_;
  std::vector<const Expr*> evaluating_;
  std::map<std::string, ir::Function*> copies_;
};

// Modules that the language itself knows: "torch", "torch.nn.functional", "math", "typing", ...
bool is_known_module(std::string_view name);

}  // namespace fac::script
