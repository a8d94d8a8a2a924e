#include "ops/reduction.h"

#include "ops/copy.h"
#include "ops/functions.h"

namespace fac::ops {

using kernels::ReduceOp;

Dims reduced_sizes(Ints sizes, const DimSet& set, bool keepdim) {
  Dims out;
  for (std::size_t d = 0; d < sizes.size(); ++d) {
    if (!set[d]) out.push_back(sizes[d]);
    else if (keepdim) out.push_back(1);
  }
  return out;
}

Tensor drop_dims(const Tensor& t, const DimSet& set) {
  Dims sizes, strides;
  for (std::int64_t d = 0; d < t.dim(); ++d) {
    if (set[static_cast<std::size_t>(d)]) continue;
    sizes.push_back(t.size(d));
    strides.push_back(t.stride(d));
  }
  return t.as_view(sizes, strides, t.offset());
}

namespace {
// The same memory with size 1 where a dimension was reduced away.
Tensor keep_dims(const Tensor& t, Ints input_sizes, const DimSet& set) {
  Dims sizes, strides;
  std::size_t k = 0;
  for (std::size_t d = 0; d < input_sizes.size(); ++d) {
    sizes.push_back(set[d] ? 1 : t.sizes()[k]);
    strides.push_back(set[d] ? 0 : t.strides()[k]);
    k += !set[d];
  }
  return t.as_view(sizes, strides, t.offset());
}
}  // namespace

Status reduce(Out& out, const Tensor& self, const Reduction& r, const DimSet& set, bool keepdim) {
  const Dims sizes = reduced_sizes(self.sizes(), set, keepdim);
  FACULA_TRY(const Tensor y, out.make(sizes, r.result));
  if (y.numel() == 0) return {};
  const Tensor kept = keepdim || self.dim() == 0 ? y : keep_dims(y, self.sizes(), set);
  const Outcome o = run_reduction({kept}, self, set, [&](const kernels::Strided& s, kernels::DimMask mask) {
    return kernels::reduce(r.op, kind_of(r.compute), s, mask, r.parameter);
  });
  return check(o, "reduce", r.compute);
}

Result<Tensor> reduce(const Tensor& self, const Reduction& r, const DimSet& set, bool keepdim) {
  Out out;
  FACULA_TRY_VOID(reduce(out, self, r, set, keepdim));
  return out.finish();
}

Result<Tensor> sum(const Tensor& self, std::optional<Ints> dims, bool keepdim, std::optional<DType> dtype) {
  FACULA_TRY(const DimSet set, dim_set(dims, self.dim()));
  const DType t = dtype.value_or(is_integral(self.dtype(), true) ? DType::kInt64 : self.dtype());
  return reduce(self, {ReduceOp::kSum, t, t}, set, keepdim);
}

Result<Tensor> mean(const Tensor& self, std::optional<Ints> dims, bool keepdim, std::optional<DType> dtype) {
  FACULA_TRY(const DimSet set, dim_set(dims, self.dim()));
  const DType t = dtype.value_or(self.dtype());
  FACULA_CHECK(is_floating(t) || is_complex(t),
               "mean(): could not infer output dtype. Input dtype must be either a floating point or complex dtype. Got: {}",
               dtype_name(t));
  return reduce(self, {ReduceOp::kMean, t, t}, set, keepdim);
}

Result<Tensor> extreme(const Tensor& self, bool largest, std::optional<Ints> dims, bool keepdim) {
  FACULA_TRY(const DimSet set, dim_set(dims, self.dim()));
  for (std::int64_t d = 0; d < self.dim(); ++d)
    FACULA_CHECK_KIND(self.size(d) != 0 || !set[static_cast<std::size_t>(d)], kIndex,
                      "{}(): Expected reduction dim {} to have non-zero size.", largest ? "amax" : "amin", d);
  return reduce(self, {largest ? ReduceOp::kAmax : ReduceOp::kAmin, self.dtype(), self.dtype()}, set, keepdim);
}

Result<Tensor> vector_norm(const Tensor& self, const Scalar& ord, std::optional<Ints> dims, bool keepdim,
                           std::optional<DType> dtype) {
  FACULA_CHECK(is_floating(self.dtype()) || is_complex(self.dtype()),
               "linalg.vector_norm: Expected a floating point or complex tensor as input. Got {}",
               dtype_name(self.dtype()));
  FACULA_TRY(const DimSet set, dim_set(dims, self.dim()));
  const double p = ord.to_double();
  for (std::int64_t d = 0; d < self.dim(); ++d)
    FACULA_CHECK(self.size(d) != 0 || !set[static_cast<std::size_t>(d)] || (p >= 0 && p < 1e300),
                 "linalg.vector_norm cannot compute the {} norm on the dimension {} because this dimension is empty and "
                 "the operation does not have an identity", p, d);
  const DType compute = dtype.value_or(self.dtype());
  FACULA_CHECK(is_complex(self.dtype()) == is_complex(compute), "linalg.vector_norm: dtype should be {} for {} inputs, but got {}",
               is_complex(self.dtype()) ? "complex" : "floating point", is_complex(self.dtype()) ? "complex" : "real", dtype_name(compute));
  if (is_complex(self.dtype()) && !(p > -1e300 && p < 1e300)) {
    Out magnitudes;
    FACULA_TRY_VOID(unary_as(magnitudes, self, UnaryOp::abs, self.dtype(), real_dtype(compute)));
    FACULA_TRY(const Tensor size, magnitudes.finish());
    return reduce(size, {ReduceOp::kNorm, size.dtype(), size.dtype(), p}, set, keepdim);
  }
  return reduce(self, {ReduceOp::kNorm, compute, real_dtype(compute), p}, set, keepdim);
}

}  // namespace fac::ops
