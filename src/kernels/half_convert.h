// Dense conversions between Half and float by the CPU's instructions where it has them.
#pragma once

#include <cstdint>

#include "base/half.h"

namespace fac::kernels {

void half_to_float(float* to, const Half* from, std::int64_t n) noexcept;
void float_to_half(Half* to, const float* from, std::int64_t n) noexcept;

}  // namespace fac::kernels
