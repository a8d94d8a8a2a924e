// Numbers of elements of sizes that somebody else chose.
#pragma once

#include "base/checked.h"
#include "tensor/tensor.h"

namespace fac {

// `product` for sizes that no memory stands behind yet, or that repeat it (expanded views). A size of 0 makes it 0, whatever the
// others are. errors: a negative size, the product does not fit.
inline Result<std::int64_t> checked_numel(Ints sizes) {
  bool none = false;
  for (const auto n : sizes) {
    FACULA_CHECK(n >= 0, "Trying to create tensor with negative dimension {}: {}", n, ints_text(sizes));
    none = none || n == 0;
  }
  if (none) return 0;
  std::int64_t count = 1;
  for (const auto n : sizes) FACULA_CHECK(!__builtin_mul_overflow(count, n, &count), "numel: integer multiplication overflow with sizes={}", ints_text(sizes));
  return count;
}

}  // namespace fac
