// What torch.jit.script's own front end rejects before it looks at types, with PyTorch's words.
#pragma once

#include "frontend/script/tree.h"
#include "source/diag.h"

namespace fac::script {

void check_strict(const FunctionDef& def, DiagSink& sink);

}  // namespace fac::script
