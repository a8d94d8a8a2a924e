// A Python object inside a Value: what PyTorch calls a PyObject.
#pragma once

#include "binding.h"

namespace fac::python {

class PythonBox final : public RefCounted {
 public:
  explicit PythonBox(nb::object o) : object_(o.release().ptr()) {}
  ~PythonBox() override {
    if (!Py_IsInitialized()) return;
    nb::gil_scoped_acquire gil;
    Py_DECREF(object_);
  }
  nb::object get() const { return nb::borrow(object_); }

 private:
  PyObject* object_;
};

}  // namespace fac::python
