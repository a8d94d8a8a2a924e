// Copies between tensors, the one place where a dtype cast of a whole tensor happens.
#pragma once

#include "tensor/tensor.h"

namespace fac {

// dst <- src with broadcasting and cast; dst and src may be strided. errors: shapes that do not broadcast.
Status copy_into(const Tensor& dst, const Tensor& src);
// Gives `t` new sizes, growing its storage where needed (out forms, resize_).
Status resize(const Tensor& t, Ints sizes);
// A fresh contiguous tensor with the same elements, or `t` itself where it already is.
Result<Tensor> contiguous(const Tensor& t);
// A fresh tensor (always), keeping the memory order; optionally another dtype.
Result<Tensor> clone(const Tensor& t);
Result<Tensor> cast(const Tensor& t, DType dtype);  // `t` itself where it has that dtype

}  // namespace fac
