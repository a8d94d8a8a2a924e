// Single elements of a tensor, whatever its dtype: for printing, item() and tests, not for loops over data.
#pragma once

#include <complex>
#include <cstdint>

#include "tensor/tensor.h"

namespace fac {

// Address of the element at `index` (one entry per dimension, inside the sizes).
const void* element_address(const Tensor& t, Ints index);
// The element at that address: as an integer (integral dtypes and bool), a double (the real part of a complex one), or
// a complex number.
std::int64_t load_integer(const void* p, DType dtype);
double load_double(const void* p, DType dtype);
std::complex<double> load_complex(const void* p, DType dtype);

inline double element_as_double(const Tensor& t, Ints index) {
  return load_double(element_address(t, index), t.dtype());
}

}  // namespace fac
