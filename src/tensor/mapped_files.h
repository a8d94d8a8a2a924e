// Files that are mapped as tensor memory, and reading them without keeping what was read.
//
// A weight that is packed is read once and hardly ever again. Read through the archive's own mapping, its pages would count as
// memory of the program for as long as the module lives, beside the packed form. FileReading reads it through a mapping that goes
// when the reading is done.
#pragma once

#include <cstddef>
#include <string>

namespace fac {

// Of a private mapping of a whole file: [at, at + bytes) shows what `path` held when it was mapped. Thread-safe.
void remember_mapped_file(const void* at, std::size_t bytes, const std::string& path);
void forget_mapped_file(const void* at);

class FileReading {
 public:
  FileReading(const void* at, std::size_t bytes);
  ~FileReading();
  FileReading(const FileReading&) = delete;
  FileReading& operator=(const FileReading&) = delete;

  // The bytes that stand at `at`: `at` itself, or, where it lies in a mapped file that is still the same and into which nobody has
  // written, another mapping of them.
  template <class T>
  const T* as() const {
    return static_cast<const T*>(data_);
  }

 private:
  const void* data_;
  void* mapping_ = nullptr;
  std::size_t mapped_ = 0;
};

}  // namespace fac
