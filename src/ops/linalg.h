// Matrix decompositions as plain functions. All work in double precision on batches [..., m, n].
#pragma once

#include "kernels/linalg.h"
#include "ops/op.h"

namespace fac::ops {

// errors: fewer than two dimensions, not square, not floating or complex. `name` as in "linalg.inv".
Status check_matrix(const Tensor& a, std::string_view name);
Status check_square(const Tensor& a, std::string_view name);

// A dense copy in double or complex double, to be overwritten.
Result<Tensor> wide_copy(const Tensor& a);
DType wide_dtype(DType t);
// A copy in `dtype` whose columns are dense, as LAPACK leaves its results and PyTorch returns them.
Result<Tensor> by_columns(const Tensor& a, DType dtype);

struct Svd {
  Tensor u, s, vh;  // in the input's dtype; u and vh undefined where not wanted
};
Result<Svd> svd(const Tensor& a, bool full_matrices, bool vectors);
Result<std::tuple<Tensor, Tensor>> eigh(const Tensor& a, bool upper, bool vectors);
Result<Tensor> solve(const Tensor& a, const Tensor& b);  // b a batch of matrices. errors: singular
Result<Tensor> adjoint(const Tensor& a);                 // conjugate transpose of the last two dimensions

// f(T{}, i) for each matrix of the batch, T double or std::complex<double> by the dtype of `wide`.
template <class F>
void each_matrix(const Tensor& wide, std::int64_t count, F&& f) {
  for (std::int64_t i = 0; i < count; ++i) {
    if (wide.dtype() == DType::kDouble) f(double{}, i);
    else f(std::complex<double>{}, i);
  }
}
inline std::int64_t rows_of(const Tensor& a) { return a.size(a.dim() - 2); }
inline std::int64_t columns_of(const Tensor& a) { return a.size(a.dim() - 1); }
inline Ints batch_of(const Tensor& a) { return Ints(a.sizes()).first(a.sizes().size() - 2); }
inline Dims with(Ints batch, std::initializer_list<std::int64_t> tail) {
  Dims out(batch);
  for (auto n : tail) out.push_back(n);
  return out;
}

}  // namespace fac::ops
