// Overloads of operators that are written in TorchScript: `2 * tensor` is `tensor * 2`, `"a" in text` is a `find`.
// A call is replaced by the function's body, so graphs and archives know the plain operators only.
#pragma once

#include <string_view>
#include <vector>

#include "ir/unit.h"

namespace fac::script {

// In matching order, after the operator's own overloads. Their bodies are compiled when they are first needed.
const std::vector<ir::Function*>& composites(std::string_view qualified_name);

}  // namespace fac::script
