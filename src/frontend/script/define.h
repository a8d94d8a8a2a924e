// From a function's tree to its graph: the entry points of the compiler.
#pragma once

#include <memory>
#include <string>

#include "frontend/script/resolver.h"
#include "ir/unit.h"

namespace fac::script {

// Compiles the body into f's graph; f's schema is known, except that a return type that was not annotated is filled in.
// errors: kCompile, all diagnostics in one, worded and marked as TorchScript does.
Status compile_function(ir::Function& f, const FunctionDef& def, Ref<const Tree> tree, Resolver& resolver);

// How messages name a function: "f", "Net.forward".
std::string display_name(const ir::Function& f);

// Makes f compile itself from `def` at its first use.
void define_later(ir::Function& f, const FunctionDef& def, Ref<const Tree> tree, std::shared_ptr<Resolver> resolver);

// The functions and classes of a program text, as torch::jit::compile takes it: `torch`, `ops`, the language's builtins
// and what the text itself defines before or after a use.
enum class When : std::uint8_t { kNow, kAtFirstUse };
Result<std::shared_ptr<ir::Unit>> compile_text(std::string text, std::string name, When bodies = When::kNow);

}  // namespace fac::script
