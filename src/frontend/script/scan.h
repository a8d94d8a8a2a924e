// What a loop's body does, read off its tree before it is compiled: the loop needs its carried variables beforehand.
#pragma once

#include <vector>

#include "frontend/script/tree.h"

namespace fac::script {

struct BodyScan {
  std::vector<Symbol> assigned;  // sorted by name, without duplicates
  bool returns = false;          // a `return` at any depth
  bool breaks = false;           // a `break` of this loop
};
BodyScan scan_body(Block body, const Expr* target = nullptr);

}  // namespace fac::script
