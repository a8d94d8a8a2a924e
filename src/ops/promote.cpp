#include "ops/promote.h"

namespace fac::ops {

DType ResultType::combine(DType higher, DType lower) {
  if (higher == DType::kUndefined) return lower;
  if (lower == DType::kUndefined || is_complex(higher)) return higher;
  if (is_floating(higher)) return is_complex(lower) ? complex_dtype(higher) : higher;
  if (higher == DType::kBool || is_floating(lower) || is_complex(lower)) return promote(higher, lower);
  return higher;
}

}  // namespace fac::ops
