#include "binding.h"
#include "errors.h"

namespace py = fac::python;

NB_MODULE(_facula, m) {
  // Types and functions stay with the package until the process ends; nanobind need not report them.
  nanobind::set_leak_warnings(false);
  m.attr("__version__") = FACULA_VERSION;
  py::bind_errors(m);
  py::bind_types(m);
  py::bind_tensor(m);
  py::bind_operators(m);
  py::bind_functions(m);
  py::bind_objects(m);
  py::bind_values(m);
  py::bind_archives(m);
  py::bind_host(m);
  py::bind_script(m);
  py::bind_trace(m);
  m.def("_set_classes", [](nanobind::dict classes) {
    auto& c = py::python_classes();
    c.script_module = classes["ScriptModule"];
    c.script_object = classes["RecursiveScriptClass"];
    c.script_function = classes["ScriptFunction"];
    c.script_method = classes["ScriptMethod"];
  });
}
