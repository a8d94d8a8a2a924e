// What the families of language built-ins share.
#pragma once

#include <complex>
#include <cstdint>
#include <optional>

#include "base/result.h"
#include "ops/scalar.h"
#include "tensor/tensor.h"
#include "value/value.h"

namespace fac::ops {

// Two tensors of one element each, compared as Python compares list elements: negative, zero or positive; a tensor
// without or with several elements has no truth value and is an error. NaN counts as different from everything.
Result<int> compare_single(const Tensor& a, const Tensor& b);

// Quotient of complex numbers, rounded as libtorch and NumPy round it.
std::complex<double> divide(std::complex<double> a, std::complex<double> b);

// Operators whose result cannot be complex say so instead of dropping the imaginary part.
inline Status real_numbers(const Scalar& a, const Scalar& b) {
  if (a.is_complex() || b.is_complex()) return runtime_error("TypeError: this operator is not defined for complex numbers of which one is real, or expected int or float");
  return {};
}

// Python's slice arithmetic: the number of elements of [start:end:step] of a sequence, with `start` made absolute.
struct SliceRange {
  std::int64_t start, step, count;
};
Result<SliceRange> slice_range(std::int64_t length, std::optional<std::int64_t> start, std::optional<std::int64_t> end,
                               std::int64_t step);

// An index that may count from the end; out of [0, size) if the given one is.
inline std::int64_t from_end(std::int64_t index, std::size_t size) {
  return index < 0 ? index + static_cast<std::int64_t>(size) : index;
}

}  // namespace fac::ops
