// The library of torch.nn.functional: TorchScript text (functional.py, our own), compiled function by function at first
// use. In archives its functions have PyTorch's names, `__torch__.torch.nn.functional.relu`.
#pragma once

#include <string_view>
#include <vector>

#include "frontend/script/meaning.h"
#include "ir/unit.h"

namespace fac::nn {

// The text of a file of this folder, "functional"; empty: there is none of that name.
std::string_view library_text(std::string_view file);

// The signatures of a function of torch.nn.functional, in the order of trying; empty: the library has none of that name
// (most often it is an operator).
const std::vector<ir::Function*>& functional(std::string_view name);
// What `torch.nn.functional.NAME` means; never null.
script::MeaningPtr functional_meaning(std::string_view name);
// `torch.nn.functional` itself.
script::MeaningPtr functional_module();

}  // namespace fac::nn
