// What modules can do while compiling that other objects cannot: containers are iterated, indexed and unpacked; any
// module lists its children and buffers; a call runs its hooks.
#pragma once

#include "frontend/script/emitter.h"

namespace fac::script {

struct ModuleValue {
  ValueId self;
  const ClassType& cls;
};

// What a `for` runs over; null after an error.
MeaningPtr module_iterable(Emitter& e, Range at, const ModuleValue& m);
// self.layers[i]; wanted: the interface that a variable index needs.
MeaningPtr module_item(Emitter& e, Range at, const ModuleValue& m, ValueId index, const TypePtr& wanted);
std::optional<std::vector<MeaningPtr>> module_elements(Emitter& e, Range at, const ModuleValue& m);
// keys, values, items of a module dict; children, named_modules, named_buffers ...; null: none of them.
MeaningPtr module_method(Emitter& e, Range at, const ModuleValue& m, std::string_view name);
bool has_module_method(Emitter& e, const ModuleValue& m, std::string_view name);
MeaningPtr call_module(Emitter& e, Range at, const ModuleValue& m, std::vector<CallArg> args, const Wanted& wanted);

}  // namespace fac::script
