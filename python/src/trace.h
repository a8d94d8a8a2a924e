// Calls of compiled functions while a program is traced.
#pragma once

#include "binding.h"

namespace fac::python {

// The result of a call that the tracer took over, or an invalid object where nothing is traced. callee: a ScriptFunction,
// or an object of which `method` is called (null for functions).
bool is_call_observed();  // on this thread
nb::object observed_call(nb::handle callee, const char* method, nb::args args, nb::kwargs kwargs);

}  // namespace fac::python
