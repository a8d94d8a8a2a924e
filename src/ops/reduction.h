// Driver of reductions: which dimensions, keepdim, the result tensor, the kernel call.
#pragma once

#include "kernels/reduce.h"
#include "ops/dims.h"
#include "ops/elementwise.h"

namespace fac::ops {

// Sizes after reducing the dimensions of `set`.
Dims reduced_sizes(Ints sizes, const DimSet& set, bool keepdim);

// One reduction of `self` over `set`. result: dtype of the result; compute: dtype in which it is worked out.
struct Reduction {
  kernels::ReduceOp op;
  DType compute, result;
  double parameter = 0;
};
Status reduce(Out& out, const Tensor& self, const Reduction& r, const DimSet& set, bool keepdim);
Result<Tensor> reduce(const Tensor& self, const Reduction& r, const DimSet& set, bool keepdim);

// Calls kernel(Strided of (outputs..., input), mask): outputs are given with their reduced dimensions kept (size 1).
template <class Kernel>
Outcome run_reduction(std::initializer_list<Tensor> outputs, const Tensor& self, const DimSet& set, Kernel&& kernel) {
  Tensor input = self;
  std::uint64_t mask = set.to_ullong();
  if (self.dim() == 0) {
    input = self.as_view(Dims{1}, Dims{1}, self.offset());
    mask = 1;
  }
  Operands operands(input.sizes());
  for (const Tensor& y : outputs) {
    const Tensor kept = y.dim() == 0 ? y.as_view(Dims{1}, Dims{1}, y.offset()) : y;
    Dims strides;
    for (std::int64_t d = 0; d < input.dim(); ++d)
      strides.push_back(mask >> d & 1 ? 0 : kept.stride(d) * static_cast<std::int64_t>(kept.element_bytes()));
    operands.add_raw(kept.data(), strides, kind_of(kept.dtype()));
  }
  operands.add(input);
  return kernel(operands.by_dim(), mask);
}

// `t` without its dimensions of `set` (which have size 1).
Tensor drop_dims(const Tensor& t, const DimSet& set);

// Common ones for operators that are made of others.
Result<Tensor> sum(const Tensor& self, std::optional<Ints> dims, bool keepdim, std::optional<DType> dtype = {});
Result<Tensor> mean(const Tensor& self, std::optional<Ints> dims, bool keepdim, std::optional<DType> dtype = {});
Result<Tensor> extreme(const Tensor& self, bool largest, std::optional<Ints> dims, bool keepdim);  // amax, amin
Result<Tensor> vector_norm(const Tensor& self, const Scalar& ord, std::optional<Ints> dims, bool keepdim,
                           std::optional<DType> dtype);

}  // namespace fac::ops
