// Resolver: what does a name mean here? The compiler is one; archives, plain .py files and live Python differ in this.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "frontend/script/tree.h"
#include "source/diag.h"
#include "ir/graph.h"
#include "value/value.h"

namespace fac::script {

class AttributeHints;
class Emitter;
class Meaning;
using MeaningPtr = std::shared_ptr<Meaning>;  // null: no meaning (unknown, or an error has been reported)

// Which programs are accepted.
enum class Dialect : std::uint8_t {
  kText,      // TorchScript text as PyTorch's own parser takes it: archives, torch::jit::compile
  kStrict,    // Python source, accepted and rejected as torch.jit.script does it
  kEveryday,  // the superset: everyday Python that torch.jit.script stumbles over, compiled to plain TorchScript
};

// A module that holds others (or parameters) by position or by key: it is iterated, indexed and unpacked while compiling.
struct ModuleContainer {
  enum class Kind : std::uint8_t { kList, kDict, kParameterList, kParameterDict } kind;
  std::vector<std::string> names;  // of its attributes, in order; a dict's keys are these names
};

class Resolver {
 public:
  virtual ~Resolver() = default;
  // A name that no local variable and no builtin of the language has. Null: unknown.
  virtual MeaningPtr value(std::string_view name, Range range) = 0;
  // The same, asked while `e` compiles the name's use.
  virtual MeaningPtr value_in(Emitter& e, std::string_view name, Range at);
  // The program itself defines this name: it then hides the language's builtin of that name (everyday dialect).
  virtual bool defines(std::string_view) { return false; }
  // "L" -> "typing.List" where the program imported it so.
  virtual std::string canonical_type(std::string_view dotted) { return std::string(dotted); }
  // `super()` in a method, where the program knows its classes; null: as TorchScript has it.
  virtual MeaningPtr super_of(Emitter&, Range) { return nullptr; }
  // A member of a class beyond what its type holds (static methods, class constants). self: the object; may be none.
  virtual MeaningPtr class_member(Emitter& e, const TypePtr& type, ir::ValueId self, std::string_view name, Range at);
  // What is known of the attributes of the program's own classes; null: their types are what they are first given.
  virtual AttributeHints* attribute_hints() { return nullptr; }
  // Where diagnostics go besides the function's error; may be null.
  virtual DiagSink* diagnostics() { return nullptr; }
  // A type by its (dotted) name: classes, interfaces, enums, named tuples. Null: unknown.
  virtual TypePtr type(std::string_view qualified_name, Range range) = 0;
  // A type by the text of its annotation, where its names alone do not say it (`tp.List[int]`, an alias). Null: unknown.
  virtual TypePtr annotation(std::string_view, Range) { return nullptr; }
  // What the object `self` of class `cls` calls `name`, where the class has no such attribute, method or constant: methods
  // that are compiled at their first use, functions kept as attributes, static methods. Null: unknown, or reported.
  virtual MeaningPtr member(Emitter&, Range, ir::ValueId /*self*/, const ClassType&, std::string_view /*name*/) { return nullptr; }
  virtual bool has_member(const ClassType&, std::string_view /*name*/) { return false; }
  // Why the class lacks `name`, for the message; nullopt: this resolver did not make the class.
  virtual std::optional<std::string> missing_member(const ClassType&, std::string_view /*name*/) { return std::nullopt; }
  virtual const ModuleContainer* container(const ClassType&) { return nullptr; }
  // Messages mark what PyTorch's do (the whole statement for a wrong assignment or return, the callee of a call), where
  // ours would mark less or more.
  virtual bool marks_as_pytorch() const { return false; }
  // What went wrong behind the resolver's back (an exception of the language around us): compile_function reports it in
  // place of the diagnostics.
  virtual Status outcome() { return {}; }
  // Where a resolver reports why something that has the name cannot be used; set while a function is compiled.
  DiagSink* sink = nullptr;
  std::string_view function;
  Range statement;  // the simple statement that is being compiled; none inside the head of a compound one
  // The code comes from PyTorch's own printer: it matched when it was written, so a call that fits no overload means an
  // operator that Facula lacks. Such a call is kept and fails when it is executed, not when the archive is loaded.
  virtual bool keeps_unknown_operators() const { return false; }
  virtual Dialect dialect() const { return Dialect::kText; }
  // Version of the operator set that the code was written for; 0: today's.
  virtual std::int64_t operator_version() const { return 0; }
};

}  // namespace fac::script
