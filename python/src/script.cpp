// facula.script of live Python objects.
#include "binding.h"

namespace fac::python {

void bind_script(nb::module_&) {}

}  // namespace fac::python
