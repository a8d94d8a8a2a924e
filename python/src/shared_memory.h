// Memory that Facula shares with other libraries. They write into it without telling; packed weights and folded constants
// made from it would be stale, and results silently wrong. So before each run it is looked whether such memory changed.
#pragma once

#include "binding.h"

namespace fac::python {

// Memory of a torch tensor: torch counts writes (`_version`); writes past the counter (x.data) are found by a sample.
class TorchMemory {
 public:
  TorchMemory(nb::object tensor, void* data, std::size_t bytes);  // holds the tensor
  ~TorchMemory();                                                 // any thread
  TorchMemory(const TorchMemory&) = delete;
  TorchMemory& operator=(const TorchMemory&) = delete;
  void set_storage(Storage* s) { storage_ = s; }

 private:
  friend void notice_outside_writes();
  PyObject* tensor_;
  const void* data_;
  std::size_t bytes_;
  Storage* storage_ = nullptr;
  std::int64_t version_ = 0;
  std::uint64_t sample_ = 0;
};

// Memory without a counter: NumPy's and other libraries', or our own while a capsule of it lives with somebody else.
// Compared as a whole, but only where something was baked from it.
class UncountedMemory {
 public:
  explicit UncountedMemory(Storage* s);
  ~UncountedMemory();  // any thread; takes the GIL
  UncountedMemory(const UncountedMemory&) = delete;
  UncountedMemory& operator=(const UncountedMemory&) = delete;

 private:
  friend void notice_outside_writes();
  Storage* storage_;
  bool compared_ = false;
  std::uint64_t sum_ = 0;
};

// Bumps the version of every shared storage whose bytes have changed since it was looked at last. Needs the GIL.
void notice_outside_writes();

}  // namespace fac::python
