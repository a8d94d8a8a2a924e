// A state dict's tensors take the place of a module's parameters and buffers.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "interp/interp.h"

namespace fac::interp {

struct WeightOptions {
  bool allow_missing = false;     // parameters that the file lacks keep what __init__ gave them
  bool allow_unexpected = false;  // names of the file that the module lacks are left out
  std::string strip_prefix;       // taken off every name of the file that has it
};

// errors (kCompile): a list of all names that are missing, unexpected or of another shape.
Status load_weights(Interp& in, const Value& module, const std::vector<std::pair<std::string, Tensor>>& weights,
                    const WeightOptions& options);

}  // namespace fac::interp
