// What a loop's body does, read off its tree before it is compiled: the loop needs its carried variables beforehand.
#pragma once

#include <vector>

#include "frontend/script/tree.h"

namespace fac::script {

struct BodyScan {
  std::vector<Symbol> assigned;  // sorted by name, without duplicates
  bool returns = false;          // a `return` at any depth
  bool breaks = false;           // a `break` of this loop
  bool continues = false;        // a `continue` of it
};
bool holds_walrus(const Expr& e);  // an assignment expression at any depth, lambdas and comprehensions left out
// target: of a `for`; condition: of a `while`.
BodyScan scan_body(Block body, const Expr* target = nullptr, const Expr* condition = nullptr);

// Names that functions inside this one declare `nonlocal`. Names may repeat.
std::vector<Symbol> nonlocals_below(const FunctionDef& def);

// Attributes of the first parameter (`self`): those that are read inside an index, `shape[:self.n]`, `layers[self.i]`, and those
// that are assigned. Names may repeat.
struct AttributeScan {
  std::vector<Symbol> indexes, assigned;
  std::vector<Symbol> conditions;  // asked or compared by `if` and `x if … else y`
};
void scan_attributes(const FunctionDef& def, AttributeScan& out);

}  // namespace fac::script
