// Dimension numbers as users write them: negative ones count from the end; a 0-dim tensor counts as one dimension.
#pragma once

#include <bitset>

#include "tensor/tensor.h"

namespace fac::ops {

// errors: IndexError with PyTorch's text.
inline Result<std::int64_t> wrap_dim(std::int64_t dim, std::int64_t rank) {
  const std::int64_t n = rank > 0 ? rank : 1;
  FACULA_CHECK_KIND(dim >= -n && dim < n, kIndex,
                    "Dimension out of range (expected to be in range of [{}, {}], but got {})", -n, n - 1, dim);
  return dim < 0 ? dim + n : dim;
}

// A set of dimensions; `dims` empty or absent means all. errors: range, a dimension named twice.
using DimSet = std::bitset<64>;
inline Result<DimSet> dim_set(std::optional<Ints> dims, std::int64_t rank, bool empty_is_all = true) {
  FACULA_CHECK(rank <= 64, "only tensors with up to 64 dims are supported");
  DimSet set;
  if (!dims || (dims->empty() && empty_is_all)) {
    for (std::int64_t d = 0; d < rank; ++d) set.set(static_cast<std::size_t>(d));
    return set;
  }
  for (auto d : *dims) {
    FACULA_TRY(const std::int64_t w, wrap_dim(d, rank));
    FACULA_CHECK(!set[static_cast<std::size_t>(w)], "dim {} appears multiple times in the list of dims", w);
    set.set(static_cast<std::size_t>(w));
  }
  return set;
}

}  // namespace fac::ops
