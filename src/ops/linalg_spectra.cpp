// Eigenvalues of Hermitian matrices and singular values.
#include <cmath>

#include "ops/copy.h"
#include "ops/functions.h"
#include "ops/linalg.h"

namespace fac {

namespace ops {

Result<std::tuple<Tensor, Tensor>> eigh(const Tensor& a, bool upper, bool vectors) {
  FACULA_TRY_VOID(check_square(a, "linalg.eigh"));
  const std::int64_t n = columns_of(a);
  FACULA_TRY(Tensor work, wide_copy(a));
  FACULA_TRY(Tensor values, Tensor::empty(with(batch_of(a), {n}), DType::kDouble));
  FACULA_TRY(Tensor v, Tensor::empty(vectors ? Dims(a.sizes()) : Dims{0}, work.dtype()));
  each_matrix(work, product(batch_of(a)), [&](auto tag, std::int64_t i) {
    using T = decltype(tag);
    T* x = work.data_as<T>() + i * n * n;
    for (std::int64_t r = 0; r < n; ++r) {  // only one triangle counts
      x[r * n + r] = std::real(x[r * n + r]);
      for (std::int64_t c = 0; c < r; ++c) {
        T& low = x[r * n + c];
        T& high = x[c * n + r];
        if constexpr (std::is_same_v<T, double>) (upper ? low = high : high = low);
        else (upper ? low = std::conj(high) : high = std::conj(low));
      }
    }
    kernels::eigh(x, n, values.data_as<double>() + i * n, vectors ? v.data_as<T>() + i * n * n : nullptr);
  });
  FACULA_TRY(values, cast(values, real_dtype(a.dtype())));
  FACULA_TRY(v, vectors ? by_columns(v, a.dtype()) : cast(v, a.dtype()));
  return std::tuple(values, v);
}

Result<Svd> svd(const Tensor& a, bool full_matrices, bool vectors) {
  FACULA_TRY_VOID(check_matrix(a, "linalg.svd"));
  const bool tall = rows_of(a) >= columns_of(a);  // else the adjoint is decomposed
  Tensor source = a;
  if (!tall) {
    FACULA_TRY(source, adjoint(a));
  }
  const std::int64_t m = rows_of(source), n = columns_of(source), count = product(batch_of(a));
  FACULA_TRY(Tensor u, wide_copy(source));
  FACULA_TRY(Tensor v, Tensor::empty(with(batch_of(a), {n, n}), u.dtype()));
  FACULA_TRY(Tensor values, Tensor::empty(with(batch_of(a), {n}), DType::kDouble));
  Tensor square;
  if (full_matrices && vectors) {
    FACULA_TRY(square, Tensor::empty(with(batch_of(a), {m, m}), u.dtype()));
  }
  each_matrix(u, count, [&](auto tag, std::int64_t i) {
    using T = decltype(tag);
    T* x = u.data_as<T>() + i * m * n;
    kernels::svd(x, m, n, values.data_as<double>() + i * n, v.data_as<T>() + i * n * n);
    if (!square.defined()) return;
    T* to = square.data_as<T>() + i * m * m;
    for (std::int64_t r = 0; r < m; ++r) std::copy_n(x + r * n, n, to + r * m);
    kernels::complete_basis(to, m, n, m);
  });
  Svd out;
  FACULA_TRY(out.s, cast(values, real_dtype(a.dtype())));
  if (!vectors) return out;
  // source = left S v^H
  FACULA_TRY(Tensor left, by_columns(square.defined() ? square : u, a.dtype()));
  FACULA_TRY(Tensor right, by_columns(v, a.dtype()));
  out.u = tall ? left : right;
  FACULA_TRY(out.vh, adjoint(tall ? right : left));
  return out;
}

}  // namespace ops

namespace {

using namespace ops;

Result<std::tuple<Tensor, Tensor>> linalg_eigh(const Tensor& a, std::string_view uplo) { return eigh(a, uplo == "U" || uplo == "u", true); }
Result<Tensor> eigvalsh(const Tensor& a, std::string_view uplo) {
  FACULA_TRY(auto both, eigh(a, uplo == "U" || uplo == "u", false));
  return std::get<0>(both);
}
Result<std::tuple<Tensor, Tensor, Tensor>> linalg_svd(const Tensor& a, bool full_matrices, std::optional<std::string_view>) {
  FACULA_TRY(Svd s, svd(a, full_matrices, true));
  return std::tuple(s.u, s.s, s.vh);
}
Result<Tensor> svdvals(const Tensor& a, std::optional<std::string_view>) {
  FACULA_TRY(Svd s, svd(a, false, false));
  return s.s;
}
Result<std::tuple<Tensor, Tensor, Tensor>> old_svd(const Tensor& a, bool some, bool vectors) {
  FACULA_TRY(Svd s, svd(a, !some, vectors));
  if (vectors) {
    FACULA_TRY(Tensor v, adjoint(s.vh));
    return std::tuple(s.u, s.s, v);
  }
  FACULA_TRY(Tensor u, ops::zeros(with(batch_of(a), {rows_of(a), rows_of(a)}), a.dtype()));
  FACULA_TRY(Tensor v, ops::zeros(with(batch_of(a), {columns_of(a), columns_of(a)}), a.dtype()));
  FACULA_TRY(v, by_columns(v, a.dtype()));
  return std::tuple(u, s.s, v);
}

constexpr Op kSpectra[] = {
    row<linalg_eigh>("aten::linalg_eigh(Tensor self, str UPLO=\"L\") -> (Tensor eigenvalues, Tensor eigenvectors)", {.samples = {"torch.diag(arange(4.0))", "tensor([[2.0,1.0],[1.0,3.0]])"}}),
    row<eigvalsh>("aten::linalg_eigvalsh(Tensor self, str UPLO=\"L\") -> Tensor", {.forms = kOut, .samples = {"randn(5,5)", "randn(2,4,4), 'U'"}}),
    row<linalg_svd>("aten::linalg_svd(Tensor A, bool full_matrices=True, *, str? driver=None) -> (Tensor U, Tensor S, Tensor Vh)", {.samples = {"torch.diag(arange(4.0))+0.1"}}),
    row<svdvals>("aten::linalg_svdvals(Tensor A, *, str? driver=None) -> Tensor", {.forms = kOut, .samples = {"randn(5,3)", "randn(2,3,6)", "ones(4,4)"}}),
    row<old_svd>("aten::svd(Tensor self, bool some=True, bool compute_uv=True) -> (Tensor U, Tensor S, Tensor V)", {.samples = {"randn(5,3), True, False"}}),
};

}  // namespace

FACULA_FAMILY(linalg_spectra, kSpectra)

}  // namespace fac
