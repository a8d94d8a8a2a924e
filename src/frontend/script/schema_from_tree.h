// A function's signature from its `def`.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "frontend/script/constant_from_tree.h"
#include "frontend/script/types_from_tree.h"
#include "value/schema.h"

namespace fac::script {

// The default value of an argument that a `def` wrote, where it is known already (Python has evaluated it). nullopt: read
// the text.
using KnownDefaults = std::function<std::optional<Value>(const Argument&)>;

// Arguments with types (none written: Tensor; `self`: self_type) and defaults. `returns` has one entry when the result is
// annotated and none otherwise: the emitter infers it. nullopt after errors, which are in the sink.
std::optional<Schema> schema_of(const FunctionDef& def, std::string qualified_name, const TypePtr& self_type,
                                TypeReader& types, DiagSink& sink, const ConstantNames& names = {},
                                Dialect dialect = Dialect::kText, const KnownDefaults& known = {});

// The type of a parameter that nobody annotated: Tensor, but messages say that it was assumed.
const TypePtr& inferred_tensor();
bool is_inferred_tensor(const Type& t);

}  // namespace fac::script
