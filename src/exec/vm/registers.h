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
  // Registers by what they hold, in this order; the last of each kind is scratch, for moves that form a cycle.
  std::uint32_t ints = 0, bools = 0, floats = 0, references = 0;
  std::uint32_t scalar_registers() const { return ints + bools + floats; }
  std::uint32_t registers() const { return scalar_registers() + references; }
  std::uint32_t scratch_of(std::uint32_t reg) const {
    if (reg < ints) return ints - 1;
    if (reg < ints + bools) return ints + bools - 1;
    return reg < scalar_registers() ? scalar_registers() - 1 : registers() - 1;
  }
  static constexpr std::uint32_t kNone = ~0u;
};

// A register holds values of one kind for ever. Scalars never hold a reference; dtypes and the like are ints.
enum class RegisterKind : std::uint8_t { kInt, kBool, kFloat, kReference };
RegisterKind register_kind(const TypePtr& t);
inline bool is_scalar_type(const TypePtr& t) { return register_kind(t) != RegisterKind::kReference; }

// errors: more registers than a word can name.
Result<Allocation> allocate_registers(const ir::Graph& g);

}  // namespace fac::vm
