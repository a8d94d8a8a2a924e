#pragma once

#include "binding.h"

namespace fac::python {

// Calls one overload: all arguments of its schema in order. The GIL is released meanwhile; the observer is told.
std::vector<Value> invoke(const ops::Overload& o, std::vector<Value> args);
// The same by name, for operators with one result.
Value invoke(std::string_view name, std::string_view overload, std::vector<Value> args);

}  // namespace fac::python
