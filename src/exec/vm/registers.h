// Register allocation for structured graphs: one linear walk, intervals stretched over the loops that they cross.
#pragma once

#include <cstdint>
#include <vector>

#include "base/result.h"
#include "ir/graph.h"

namespace fac::vm {

struct Allocation {
  std::vector<std::uint32_t> reg;       // by value id; kNone: the value needs no register (constants loaded in place)
  std::vector<std::uint32_t> last_use;  // by value id: position of the last read
  std::vector<std::uint32_t> position;  // by node id
  std::vector<bool> hoisted;            // by node id: constants inside loops, loaded once at the start
  std::uint32_t registers = 0, scalar_registers = 0;
  static constexpr std::uint32_t kNone = ~0u;
};

// Values of exactly int, float or bool: they never hold a reference.
bool is_scalar_type(const TypePtr& t);

// errors: more registers than a word can name.
Result<Allocation> allocate_registers(const ir::Graph& g);

}  // namespace fac::vm
