// Type promotion over tensors and numbers. Tensors with dimensions outrank 0-dim tensors, which outrank numbers: a
// lower category changes the result only if its kind (bool < integer < floating < complex) is higher.
#pragma once

#include "ops/op.h"
#include "tensor/tensor.h"

namespace fac::ops {

class ResultType {
 public:
  ResultType& add(const Tensor& t) {
    DType& slot = t.dim() > 0 ? dims_ : zero_;
    slot = promote(slot, t.dtype());
    return *this;
  }
  ResultType& add(const Scalar& s) {
    number_ = promote(number_, s.dtype());
    return *this;
  }
  DType get() const { return combine(dims_, combine(zero_, number_)); }

 private:
  static DType combine(DType higher, DType lower);
  DType dims_ = DType::kUndefined, zero_ = DType::kUndefined, number_ = DType::kUndefined;
};

template <class... T>
DType result_type(const T&... operands) {
  ResultType r;
  (r.add(operands), ...);
  return r.get();
}

// Integers become the default floating dtype, as for exp or true division.
inline DType to_floating(DType t) { return is_integral(t, true) ? default_dtype() : t; }

}  // namespace fac::ops
