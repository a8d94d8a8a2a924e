// torchvision's C++ header: including it is how programs make its operators known, which Facula always has.
#pragma once

#include "torchvision/ops/ops.h"

namespace vision {
inline std::int64_t cuda_version() { return -1; }
}  // namespace vision
