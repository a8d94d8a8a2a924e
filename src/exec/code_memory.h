// Memory for machine code made at run time: x86-64 on Linux; elsewhere, and with FACULA_NATIVE=0, there is none and what is
// portable runs instead.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace fac {

bool native_enabled();             // FACULA_NATIVE, read once; "0": off
void set_native_enabled(bool on);  // for tests that compare; runs that have begun keep what they had

// Pages are written, then made executable: never both at once.
class CodeMemory {
 public:
  static std::unique_ptr<const CodeMemory> make(const std::vector<std::uint8_t>& bytes);  // null: not here, or no memory
  ~CodeMemory();
  CodeMemory(const CodeMemory&) = delete;
  CodeMemory& operator=(const CodeMemory&) = delete;
  const void* at(std::size_t offset) const { return static_cast<const char*>(memory_) + offset; }

 private:
  CodeMemory(void* memory, std::size_t size) : memory_(memory), size_(size) {}
  void* memory_;
  std::size_t size_;
};

}  // namespace fac
