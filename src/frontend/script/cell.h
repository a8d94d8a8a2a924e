// Variables that a function inside a function writes (`nonlocal n`): kept in a list of one element, which both of them hold.
#pragma once

#include "frontend/script/hints.h"
#include "frontend/script/meaning.h"

namespace fac::script {

class CellMeaning final : public Meaning {
 public:
  CellMeaning(ir::ValueId list, Hints::Key key) : list(list), key(key) {}
  std::string kind() const override { return "nonlocal variable"; }
  const ir::ValueId list;  // in the graph of the function that made it
  const Hints::Key key;    // what other types it takes
};

}  // namespace fac::script
