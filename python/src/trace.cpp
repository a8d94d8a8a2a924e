// facula.trace.
#include "binding.h"

namespace fac::python {

void bind_trace(nb::module_&) {}

}  // namespace fac::python
