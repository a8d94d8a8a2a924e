// Text of tensors, in both forms that PyTorch users know.
#pragma once

#include <cstdint>
#include <string>

#include "tensor/tensor.h"

namespace fac {

// As C++ prints them, and TorchScript's print(): " 1  2\n 3  4\n[ CPUFloatType{2,2} ]". Wide matrices are cut into
// blocks of columns so that lines stay within `line_size` characters; a common power of ten may be taken out.
std::string tensor_text(const Tensor& t, std::int64_t line_size = 80);

// As Python prints them: "tensor([[1., 2.],\n        [3., 4.]])".
struct ReprOptions {
  std::int64_t precision = 4;     // digits after the point
  std::int64_t threshold = 1000;  // more elements than this are summarised
  std::int64_t edge_items = 3;    // shown at each end of a summarised dimension
  std::int64_t line_width = 80;   // characters
};
std::string tensor_repr(const Tensor& t, const ReprOptions& options = {});

}  // namespace fac
