// Native code of functions with loops: made from bytecode when a loop has run for a while, entered at loop heads, left
// wherever it does not know further: the VM goes on at the word that it names, in the state that the VM would be in there.
// x86-64 on Linux; elsewhere, and with FACULA_NATIVE=0, the VM runs everything.
#pragma once

#include <cstddef>
#include <cstdint>

#include "exec/code_memory.h"
#include "exec/vm/code.h"

namespace fac::vm {

class Machine;

struct NativeExit {
  std::uint32_t word;  // where the VM goes on, or the word that failed
  bool failed;         // the error is in Machine::pending
};

class NativeCode {
 public:
  NativeCode() = default;
  virtual ~NativeCode() = default;
  NativeCode(const NativeCode&) = delete;
  NativeCode& operator=(const NativeCode&) = delete;
  // `word` stands behind a poll.
  virtual NativeExit enter(Machine& machine, std::size_t word) const = 0;
};

using fac::native_enabled;  // exec/code_memory.h
using fac::set_native_enabled;

// Made on first use and kept with the code. Null: this code or machine cannot have it.
const NativeCode* native_code(const Code& code);

}  // namespace fac::vm
