// The hidden variables that carry control flow (see emitter.h). No program can name them.
#pragma once

#include "base/symbol.h"

namespace fac::script::hidden_names {

inline const Symbol kValue{"$value"};        // what `return` gave
inline const Symbol kLeft{"$left"};          // the rest of this body is to be skipped
inline const Symbol kStop{"$stop"};          // the loop ends with this iteration
inline const Symbol kReturned{"$returned"};  // a `return` happened inside a loop

}  // namespace fac::script::hidden_names
