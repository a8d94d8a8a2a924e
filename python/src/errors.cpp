// Errors of the library as Python exceptions. The classes are made here, so that the binding never depends on the state
// of the package's Python files.
#include <map>

#include "binding.h"
#include "errors.h"

namespace fac::python {
namespace {

// A Python exception that travels through the library is kept here, by the number that its Error carries. An Error may be
// raised more than once (each wait() of a failed task) or never: the latest ones are kept.
struct Passing {
  std::map<std::uint64_t, nb::object> exceptions;
  std::uint64_t next = 0;
};
constexpr std::size_t kKeptExceptions = 256;
Passing& passing() {
  static auto* p = new Passing;  // never destroyed: the interpreter may be gone by then
  return *p;
}
constexpr std::string_view kPassing = "python exception ";

ErrorClasses* classes = nullptr;

nb::object new_class(const char* name, std::initializer_list<nb::handle> bases, const char* doc) {
  nb::list list;
  for (const auto& b : bases) list.append(b);
  nb::dict members;
  members["__module__"] = "facula";
  members["__doc__"] = doc;
  // KeyError alone would print its text as a literal.
  members["__str__"] = nb::handle(PyExc_BaseException).attr("__str__");
  return nb::module_::import_("builtins").attr("type")(name, nb::tuple(list), members);
}

}  // namespace

const ErrorClasses& error_classes() { return *classes; }

void bind_errors(nb::module_& m) {
  classes = new ErrorClasses;
  auto& c = *classes;
  c.error = new_class("Error", {PyExc_RuntimeError}, "A compiled program failed while it ran.");
  // Both worlds may be caught: facula.Error, and the class that the same Python program would have raised.
  c.index = new_class("IndexError", {c.error, PyExc_IndexError}, "An index out of range, in a compiled program.");
  c.key = new_class("KeyError", {c.error, PyExc_KeyError}, "A missing key, in a compiled program.");
  c.value = new_class("ValueError", {c.error, PyExc_ValueError}, "A wrong value, in a compiled program.");
  c.type = new_class("TypeError", {c.error, PyExc_TypeError}, "A value of a wrong type, in a compiled program.");
  c.not_implemented = new_class("NotImplementedError", {c.error, PyExc_NotImplementedError},
                                "Something that Facula knows and does not run yet.");
  c.assertion = new_class("AssertionError", {c.error, PyExc_AssertionError}, "A failed assert, in a compiled program.");
  c.limit = new_class("LimitError", {c.error}, "A bound on memory, instructions or time was exceeded.");
  c.archive = new_class("ArchiveError", {c.error}, "A file is no archive that can be read.");
  c.frontend = new_class("FrontendError", {PyExc_RuntimeError}, "A program was rejected by the compiler.");
  c.not_supported = new_class("NotSupportedError", {c.frontend}, "A construct that cannot be compiled.");
  c.unsupported_node = new_class("UnsupportedNodeError", {c.not_supported}, "A syntactic form that cannot be compiled.");
  c.compile = new_class("CompileError", {c.unsupported_node}, "A program was rejected by the compiler.");
  for (nb::handle h : {c.error, c.index, c.key, c.value, c.type, c.not_implemented, c.assertion, c.limit, c.archive, c.frontend,
                       c.not_supported, c.unsupported_node, c.compile})
    m.attr(h.attr("__name__")) = h;
}

ErrorPtr from_python_error(nb::python_error& e) {
  auto& p = passing();
  ErrorPtr error = make_error(ErrorKind::kRaised, e.what());
  error->python_class = fmt("{}{}", kPassing, p.next);
  p.exceptions[p.next++] = nb::borrow(e.value());
  if (p.exceptions.size() > kKeptExceptions) p.exceptions.erase(p.exceptions.begin());
  return error;
}

void raise(const Error& e) {
  if (e.python_class.starts_with(kPassing)) {
    auto& p = passing();
    const auto found = p.exceptions.find(std::stoull(e.python_class.substr(kPassing.size())));
    if (found != p.exceptions.end()) {
      nb::object exception = found->second;
      PyErr_SetObject(reinterpret_cast<PyObject*>(Py_TYPE(exception.ptr())), exception.ptr());
      throw nb::python_error();
    }
  }
  const auto& c = *classes;
  nb::handle cls = c.error;
  switch (e.kind) {
    case ErrorKind::kIndex: cls = c.index; break;
    case ErrorKind::kKey: cls = c.key; break;
    case ErrorKind::kValue: cls = c.value; break;
    case ErrorKind::kType: cls = c.type; break;
    case ErrorKind::kNotImplemented: cls = c.not_implemented; break;
    case ErrorKind::kCompile: cls = c.compile; break;
    case ErrorKind::kArchive:
    case ErrorKind::kIo: cls = c.archive; break;
    case ErrorKind::kLimit: cls = c.limit; break;
    case ErrorKind::kRaised:
      if (e.python_class.ends_with("ValueError")) cls = c.value;
      else if (e.python_class.ends_with("IndexError")) cls = c.index;
      else if (e.python_class.ends_with("KeyError")) cls = c.key;
      else if (e.python_class.ends_with("TypeError")) cls = c.type;
      else if (e.python_class.ends_with("NotImplementedError")) cls = c.not_implemented;
      else if (e.python_class.ends_with("AssertionError") || e.message.starts_with("AssertionError")) cls = c.assertion;
      break;
    default: break;
  }
  const std::string text = e.full();
  nb::object message = nb::steal(PyUnicode_DecodeUTF8(text.data(), static_cast<Py_ssize_t>(text.size()), "replace"));
  nb::object exception = cls(message);
  exception.attr("message") = nb::steal(PyUnicode_DecodeUTF8(e.message.data(), static_cast<Py_ssize_t>(e.message.size()), "replace"));
  PyErr_SetObject(cls.ptr(), exception.ptr());
  throw nb::python_error();
}

}  // namespace fac::python
