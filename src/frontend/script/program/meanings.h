// What the names of a Program mean, and its classes. Between the .cpp files of this folder.
#pragma once

#include "frontend/script/emitter.h"
#include "frontend/script/program/program.h"

namespace fac::script {

inline constexpr Diag<std::string_view> kDynamicGlobal{
    "dynamic-global", "the value of the global `{}` is made by code at module level, which is not executed"};

std::string qualified(const ModuleScope& module, std::string_view name);  // "__torch__.pkg.mod.f"

// A function of the program. In the everyday dialect its parameters without annotation take the types of the arguments:
// one compiled copy for each set of types.
MeaningPtr program_function(std::shared_ptr<Program> program, ModuleScope& module, const FunctionDef& def);
// Null: the decorators change nothing.
MeaningPtr decorated_function(Program& program, ModuleScope& module, const FunctionDef& def);
// Whether `facula check` compiles it by itself: not when a decorator says otherwise, or when parameters without
// annotation are not tensors by the look of it.
bool is_compiled(Program& program, ModuleScope& module, const FunctionDef& def);
MeaningPtr program_class(std::shared_ptr<Program> program, TypePtr type);
MeaningPtr object_init_meaning();  // object.__init__: does nothing
// A module-level value: a constant, a function by another name, or (everyday) an expression compiled anew at each use.
MeaningPtr program_constant(std::shared_ptr<Program> program, ModuleScope& module, const Binding& b, Emitter& e, Range at);
std::optional<Value> constant_named(Program& program, ModuleScope& module, const Expr& expr);
// P = namedtuple("P", "x y"), NamedTuple("P", [("x", int)]), Enum("E", "A B"); null: the value is nothing of that kind.
TypePtr functional_type(Program& program, ModuleScope& module, const Binding& b, const std::string& qualified_name);

// The method `def` of a base class, compiled for objects of `type`; under its own name or, where the class overrides it,
// as `_Base__name`.
std::string method_for(Program& program, const TypePtr& type, const Program::ClassInfo& base, const FunctionDef& def);
// `name` found in the classes of `type`'s line from `first` on; null: none has it. `owner`: the class that does.
const FunctionDef* find_method(Program& program, const TypePtr& type, std::size_t first, std::string_view name,
                               Program::ClassInfo** owner);
// A name looked up on an object or its class beyond what ClassType holds: static and class methods, class constants.
MeaningPtr class_member(const std::shared_ptr<Program>& program, Emitter& e, const TypePtr& type, ValueId self,
                        std::string_view name, Range at);

enum class MethodKind : std::uint8_t { kPlain, kStatic, kClass, kGetter, kSetter, kIgnored };
MethodKind method_kind(const FunctionDef& def, std::string* property);
// Whether some method is left to derived classes: marked so, or it only raises NotImplementedError.
bool is_abstract(Program& program, const TypePtr& type);

// The text of `__init__` and `__eq__` of a dataclass.
std::string dataclass_text(const ClassDef& def, const std::vector<const ClassDef*>& bases);
bool is_dataclass(const ClassDef& def);

}  // namespace fac::script
