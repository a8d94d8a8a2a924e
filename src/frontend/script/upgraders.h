// Operators whose meaning changed: what an old archive's call must do today, as TorchScript text.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "ir/unit.h"
#include "value/schema.h"

namespace fac::script {

struct Upgrader {
  std::string_view op;          // "aten::div.Tensor"
  std::int64_t bumped_at;       // archives below this version mean the old operator
  std::string_view old_schema;  // what such archives' calls match
  std::string_view source;      // TorchScript text
  std::string_view function;    // the function in it that does what the old operator did
};

// version 0: today's operators, no upgrader applies. Null: the operator means what it meant.
const Upgrader* find_upgrader(std::string_view op_with_overload, std::int64_t version);
// Those of every overload of a name ("aten::div") that apply.
std::vector<const Upgrader*> upgraders_of(std::string_view op_name, std::int64_t version);

const Schema* upgrader_schema(const Upgrader& u);        // parsed once
ir::Function* upgrader_function(const Upgrader& u);      // compiled once; null if it does not compile

}  // namespace fac::script
