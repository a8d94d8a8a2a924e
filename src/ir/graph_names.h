// Graph's debug names: who holds which, and where numbering goes on.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>

#include "ir/graph.h"

namespace fac::ir {

struct Graph::Names {
  std::unordered_map<std::string, ValueId> owners;
  std::unordered_map<std::string, std::uint64_t> next_suffix;  // by name without its number
  std::uint32_t next_number = 0;
};

}  // namespace fac::ir
