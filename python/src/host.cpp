// What a running program asks of its host: print goes to Python's sys.stdout, warnings to Python's warnings.
#include <thread>

#include "base/thread_pool.h"
#include "binding.h"
#include "ops/generator.h"
#include "ops/host.h"

namespace fac::python {
namespace {

nb::object text_object(std::string_view s) {
  return nb::steal(PyUnicode_DecodeUTF8(s.data(), static_cast<Py_ssize_t>(s.size()), "replace"));
}

// Called from any thread, without the GIL. A failing sys.stdout must not end the program: the error is shown and dropped.
void print_to_python(std::string_view text) {
  nb::gil_scoped_acquire gil;
  PyObject* out = PySys_GetObject("stdout");  // borrowed
  if (!out || out == Py_None) return;
  nb::object keep = nb::borrow(out);
  if (PyFile_WriteObject(text_object(text).ptr(), keep.ptr(), Py_PRINT_RAW) != 0) PyErr_WriteUnraisable(keep.ptr());
}

void warn_in_python(std::string_view text, std::string_view where) {
  nb::gil_scoped_acquire gil;
  nb::object message = text_object(text);
  // "error" filters turn a warning into an exception, which cannot leave through the program: it is reported.
  const auto colon = where.rfind(':');
  const std::string file(where.substr(0, colon == where.npos ? 0 : colon)), line(colon == where.npos ? "" : where.substr(colon + 1));
  const int failed = file.empty() ? PyErr_WarnEx(PyExc_UserWarning, PyUnicode_AsUTF8(message.ptr()), 1)
                                  : PyErr_WarnExplicit(PyExc_UserWarning, PyUnicode_AsUTF8(message.ptr()), file.c_str(),
                                                       std::atoi(line.c_str()), nullptr, nullptr);
  if (failed != 0) PyErr_WriteUnraisable(nullptr);
}

}  // namespace

void follow_torch_default_dtype() {
  static PyObject* name = PyUnicode_InternFromString("torch");
  static PyObject* ask = nullptr;   // torch.get_default_dtype, once torch is there
  static PyObject* seen = nullptr;  // its last answer: what facula.set_default_dtype says in between stays
  if (!ask) {
    PyObject* torch = PyDict_GetItem(PyImport_GetModuleDict(), name);  // borrowed
    if (!torch || !(ask = PyObject_GetAttrString(torch, "get_default_dtype"))) {
      PyErr_Clear();
      return;
    }
  }
  PyObject* now = PyObject_CallNoArgs(ask);
  if (!now) return PyErr_Clear();
  Py_DECREF(now);  // dtypes are never destroyed
  if (now == seen) return;
  if (const auto dtype = to_dtype(now); dtype && is_floating(*dtype)) set_default_dtype(*dtype);
  seen = now;
}

void bind_host(nb::module_& m) {
  set_host({print_to_python, warn_in_python});
  m.def("manual_seed", [](nb::handle seed) {
    // Negative seeds wrap, as in PyTorch.
    const auto value = static_cast<std::uint64_t>(PyLong_AsUnsignedLongLongMask(nb::object(nb::steal(PyNumber_Index(seed.ptr()))).ptr()));
    ops::GeneratorLock generator{Value()};
    generator->set_seed(value);
  }, nb::arg("seed"), "Starts the default stream of random numbers anew; the numbers are those of torch.manual_seed.");
  m.def("initial_seed", [] { return ops::default_generator().seed(); });
  m.def("get_num_threads", [] { return thread_count(); });
  m.def("set_num_threads", [](int n) {
    if (n < 1) throw nb::value_error("set_num_threads expects a positive integer");
    set_thread_count(n);
  }, nb::arg("n"));
  m.def("get_default_dtype", [] { return static_cast<std::int64_t>(default_dtype()); });
  m.def("_set_default_dtype", [](nb::handle dtype) {
    const auto d = to_dtype(dtype);
    if (!d || !is_floating(*d)) throw nb::type_error("only floating-point types are supported as the default type");
    set_default_dtype(*d);
  }, nb::arg("dtype"));
}

}  // namespace fac::python
