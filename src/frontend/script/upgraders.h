// Operators that changed their meaning: how a program written for an older operator set calls them today.
#pragma once

#include <cstdint>
#include <string_view>

#include "ir/unit.h"
#include "value/schema.h"

namespace fac::script {

struct Upgrader {
  std::string_view op;          // "aten::div.Tensor"
  std::int64_t bumped_at;       // the first version with today's meaning
  std::string_view old_schema;  // what old programs may write
  std::string_view function;    // name of the function in the embedded program (upgraders.cpp) that does the old thing
};

// The upgrader for programs of this version; null: the operator means what it meant. version 0 is today.
const Upgrader* find_upgrader(std::string_view op_with_overload, std::int64_t version);
const Schema* upgrader_schema(const Upgrader& u);
// Compiled once per process; null if it does not compile (an operator that it needs is missing).
ir::Function* upgrader_function(const Upgrader& u);

}  // namespace fac::script
