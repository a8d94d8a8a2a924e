// Functions whose parameters have no annotation, called with what is no tensor: a copy is compiled for the types that were given.
#pragma once

#include <optional>
#include <string>

#include "frontend/script/emitter.h"

namespace fac::script {

struct Specialised {
  Schema schema;
  std::string key;  // names the copy: the function and the types that differ
};
// nullopt: the general function fits, or the arguments are not understood. derived(given, wanted): an object of the class `given`
// stands for the class `wanted` that its parameter is annotated with, by a copy for `given`.
std::optional<Specialised> specialise(Emitter& e, const ir::Function& general, const FunctionDef& def, const std::vector<CallArg>& args,
                                      const std::function<bool(const TypePtr&, const TypePtr&)>& derived = nullptr);
// Whether a call can only be compiled into its place: `*args` and `**kwargs` parameters, functions as arguments.
bool inlines(const FunctionDef& def, const std::vector<CallArg>& args);

}  // namespace fac::script
