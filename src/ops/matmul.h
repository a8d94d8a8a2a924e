// Matrix products as plain functions, for operators that are made of them.
#pragma once

#include "ops/op.h"

namespace fac::ops {

// Batches of matrices: a [b, m, k], b [b, k, n] -> [b, m, n]. Strided operands are taken as they lie where rows or
// columns are dense. errors: dtypes that differ, shapes.
Result<Tensor> bmm(const Tensor& a, const Tensor& b);
Result<Tensor> mm(const Tensor& a, const Tensor& b);
Result<Tensor> matmul(const Tensor& a, const Tensor& b);           // numpy's rules for ranks 1 and up
Result<Tensor> linear(const Tensor& x, const Tensor& weight, const Tensor& bias);  // bias may be undefined

}  // namespace fac::ops
