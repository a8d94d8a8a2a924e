// Bounds on what an archive or a program from a stranger may use. One struct, one set of defaults.
#pragma once

#include <cstdint>

namespace fac {

struct Limits {
  std::uint64_t archive_entries = 1u << 20;         // members of one zip container
  std::uint64_t inflated_bytes = 1ull << 36;        // sum over deflated members, bytes
  std::uint64_t inflation_ratio = 2000;             // inflated / deflated size of one member
  std::uint64_t pickle_items = 1u << 26;            // values built by one pickle
  std::uint32_t pickle_depth = 2000;                // nesting of pickled containers
  std::uint32_t source_depth = 500;                 // nesting of expressions and blocks in program text
  std::uint64_t source_bytes = 1ull << 30;          // one source file
  std::uint32_t call_depth = 1000;                  // TorchScript calls on the stack; as Python's recursion limit
  std::uint64_t instructions = ~0ull;               // VM instructions of one call
  std::uint64_t memory_bytes = ~0ull;               // of the tensors that one call allocates, at one time
  std::uint64_t milliseconds = ~0ull;               // wall time of one call
};

}  // namespace fac
