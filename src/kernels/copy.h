// Strided copies with conversion.
#pragma once

#include <cstdint>

#include "kernels/loop_nest.h"
#include "kernels/types.h"

namespace fac::kernels {

// s: destination, source (stride 0 to broadcast); memory must not overlap. Any pair of kinds: float to integer
// truncates, wide integers wrap, complex to real drops the imaginary part, to bool is "not zero".
void copy(const Strided& s) noexcept;

// n dense elements.
void convert(void* to, ScalarKind to_kind, const void* from, ScalarKind from_kind, std::int64_t n) noexcept;

// Sets every element of s (one operand) to *value, an element of the same kind.
void fill(const Strided& s, const void* value) noexcept;

}  // namespace fac::kernels
