// Indexed writes and checks shared by the families that gather and scatter.
#pragma once

#include "kernels/index.h"
#include "ops/op.h"

namespace fac::ops {

// errors: an element of `index` outside [0, size) (or [-size, size) if negative ones count from the end); `text` or,
// if empty, PyTorch's sentence about dimension `dim`.
Status check_index_range(const Tensor& index, std::int64_t size, bool negative, std::string_view text, std::int64_t dim,
                         ErrorKind kind);
// self[indices] = values, or += if accumulate. Undefined indices stand for whole dimensions.
Status index_put(const Tensor& self, std::span<const Tensor> indices, const Tensor& values, bool accumulate);
// out[..., index, ...] op= src along dim; a 0-dim src serves every element.
Status scatter_into(const Tensor& out, std::int64_t dim, const Tensor& index, const Tensor& src, kernels::ScatterOp op);
Tensor at_least_1d(const Tensor& t);

}  // namespace fac::ops
