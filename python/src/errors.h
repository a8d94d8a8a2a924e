// The exception classes that the binding raises.
#pragma once

#include "binding.h"

namespace fac::python {

struct ErrorClasses {
  nb::object error, index, key, value, type, not_implemented, assertion, limit, archive;
  nb::object frontend, not_supported, unsupported_node, compile;
};
const ErrorClasses& error_classes();
void bind_errors(nb::module_& m);

}  // namespace fac::python
