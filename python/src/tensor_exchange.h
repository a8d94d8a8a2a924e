#pragma once

#include <unordered_map>

#include "binding.h"

namespace fac::python {

bool is_torch_tensor(nb::handle h);
// A capsule for other libraries. versioned: of DLPack 1.x, for those that asked for it.
nb::object dlpack_capsule(const Tensor& t, bool versioned);

}  // namespace fac::python
