// Shapes of broadcast operands.
#pragma once

#include "tensor/tensor.h"

namespace fac::ops {

// The common shape of two; `into` is extended. errors: PyTorch's text for sizes that do not match.
inline Status broadcast_into(Dims& into, Ints other) {
  const std::size_t n = into.size(), m = other.size();
  if (m > n) {
    Dims wider(m, 1);
    std::copy(into.begin(), into.end(), wider.begin() + (m - n));
    into = std::move(wider);
  }
  const std::size_t rank = into.size();
  for (std::size_t i = 0; i < m; ++i) {
    std::int64_t& a = into[rank - 1 - i];
    const std::int64_t b = other[m - 1 - i];
    if (a == b || b == 1) continue;
    FACULA_CHECK(a == 1, "The size of tensor a ({}) must match the size of tensor b ({}) at non-singleton dimension {}",
                 a, b, rank - 1 - i);
    a = b;
  }
  return {};
}
inline Result<Dims> broadcast_shape(Ints a, Ints b) {
  Dims out(a);
  FACULA_TRY_VOID(broadcast_into(out, b));
  return out;
}

inline bool same_sizes(Ints a, Ints b) { return std::equal(a.begin(), a.end(), b.begin(), b.end()); }

// A view of `t` with size 1 repeated to `sizes` (stride 0). errors: PyTorch's text of expand.
Result<Tensor> expand_to(const Tensor& t, Ints sizes);

}  // namespace fac::ops
