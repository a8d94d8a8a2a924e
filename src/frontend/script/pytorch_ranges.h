// Where PyTorch's messages and graphs place things: its front end marks less than a whole expression.
#pragma once

#include "frontend/script/tree.h"

namespace fac::script {

// Shortens the ranges of a tree that has just been parsed, so that marks end where PyTorch's do: a call, list or tuple
// ends with its last item and not with the bracket. In the source of a Python function (`python`) a string ends before its
// closing quote. Annotations are left as they are.
void shorten_ranges_as_pytorch(Tree& tree, bool python);

}  // namespace fac::script
