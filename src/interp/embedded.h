// Our own Python modules (src/interp/py/*.py), embedded as text by room.cmake.
#pragma once

#include <span>
#include <string_view>
#include <utility>

namespace fac::interp {

// Name and text of every file, "torch.nn.init.py" and so on.
std::span<const std::pair<std::string_view, std::string_view>> embedded_files();
// "torch.nn.init": its text; null where there is none.
const std::string_view* embedded_module(std::string_view name);

}  // namespace fac::interp
