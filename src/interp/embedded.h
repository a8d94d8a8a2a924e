// Our own Python modules (src/interp/py/*.py), embedded as compressed text by room.cmake.
#pragma once

#include <string_view>

namespace fac::interp {

// "torch.nn.init": its text; null where there is none.
const std::string_view* embedded_module(std::string_view name);

}  // namespace fac::interp
