// Eigenvalues of general matrices, and systems with symmetric indefinite ones.
#include <algorithm>
#include <cmath>

#include "ops/broadcast.h"
#include "ops/copy.h"
#include "ops/elementwise.h"
#include "ops/functions.h"
#include "ops/linalg.h"

namespace fac {
namespace {

using namespace ops;
using I = std::int64_t;
using T = const Tensor&;

// Values [..., n], vectors [..., n, n] (undefined where not wanted), both complex double.
Result<std::tuple<Tensor, Tensor>> spectrum(T a, std::string_view name, bool vectors) {
  FACULA_TRY_VOID(check_square(a, name));
  const I n = columns_of(a), count = product(batch_of(a));
  FACULA_TRY(const Tensor work, wide_copy(a));
  for (I i = 0; i < work.numel() * (is_complex(work.dtype()) ? 2 : 1); ++i)
    FACULA_CHECK(std::isfinite(work.data_as<double>()[i]), "torch.linalg.eig: input tensor should not contain infs or NaNs.");
  FACULA_TRY(Tensor values, Tensor::empty(with(batch_of(a), {n}), DType::kComplexDouble));
  Tensor v;
  if (vectors) {
    FACULA_TRY(v, Tensor::empty(a.sizes(), DType::kComplexDouble));
  }
  I failed = -1;
  each_matrix(work, count, [&](auto tag, I i) {
    using N = decltype(tag);
    using C = std::complex<double>;
    if (n > 0 && !kernels::eig(work.data_as<N>() + i * n * n, n, values.data_as<C>() + i * n, vectors ? v.data_as<C>() + i * n * n : nullptr)) failed = i;
  });
  FACULA_CHECK(failed < 0, "{}: The algorithm failed to converge because the input matrix is ill-conditioned or has too many repeated eigenvalues.", name);
  FACULA_TRY(values, cast(values, complex_dtype(a.dtype())));
  return std::tuple(values, v);
}
Result<std::tuple<Tensor, Tensor>> linalg_eig(T a) {
  FACULA_TRY(auto both, spectrum(a, "linalg.eig", true));
  FACULA_TRY(Tensor v, by_columns(std::get<1>(both), complex_dtype(a.dtype())));
  return std::tuple(std::get<0>(both), v);
}
Result<Tensor> linalg_eigvals(T a) {
  FACULA_TRY(auto both, spectrum(a, "linalg.eigvals", false));
  return std::get<0>(both);
}

Result<std::tuple<Tensor, Tensor, Tensor>> ldl_factor_ex(T a, bool hermitian, bool check_errors) {
  FACULA_TRY_VOID(check_square(a, "torch.linalg.ldl_factor_ex"));
  FACULA_CHECK(!hermitian || !is_complex(a.dtype()), "torch.linalg.ldl_factor_ex: hermitian complex matrices are not supported");
  const I n = columns_of(a);
  FACULA_TRY(const Tensor ld, wide_copy(a));
  FACULA_TRY(const Tensor pivots, Tensor::empty(with(batch_of(a), {n}), DType::kInt32));
  FACULA_TRY(const Tensor info, Tensor::empty(batch_of(a), DType::kInt32));
  each_matrix(ld, info.numel(), [&](auto tag, I i) {
    using N = decltype(tag);
    for (I r = 0; r < n; ++r) std::fill_n(ld.data_as<N>() + (i * n + r) * n + r + 1, n - r - 1, N(0));  // only the lower triangle counts
    info.data_as<std::int32_t>()[i] = static_cast<std::int32_t>(kernels::ldl(ld.data_as<N>() + i * n * n, n, pivots.data_as<std::int32_t>() + i * n));
  });
  for (I i = 0; check_errors && i < info.numel(); ++i)
    FACULA_CHECK(info.data_as<std::int32_t>()[i] == 0, "torch.linalg.ldl_factor_ex: {}The diagonal element {} is zero.", a.dim() > 2 ? fmt("(Batch element {}): ", i) : "", info.data_as<std::int32_t>()[i]);
  FACULA_TRY(Tensor packed, by_columns(ld, a.dtype()));
  return std::tuple(packed, pivots, info);
}
Result<std::tuple<Tensor, Tensor>> ldl_factor(T a, bool hermitian) {
  FACULA_TRY(auto all, ldl_factor_ex(a, hermitian, true));
  return std::tuple(std::get<0>(all), std::get<1>(all));
}
Result<Tensor> ldl_solve(T ld, T pivots, T b, bool hermitian) {
  FACULA_TRY_VOID(check_square(ld, "torch.linalg.ldl_solve"));
  FACULA_CHECK(!hermitian || !is_complex(ld.dtype()), "torch.linalg.ldl_solve: hermitian complex matrices are not supported");
  FACULA_CHECK(b.dim() >= 2, "torch.linalg.ldl_solve: Expected B to have at least 2 dimensions, but it has {} dimensions instead", b.dim());
  FACULA_CHECK(rows_of(b) == rows_of(ld), "torch.linalg.ldl_solve: Incompatible shapes of LD and B");
  FACULA_CHECK(b.dtype() == ld.dtype(), "torch.linalg.ldl_solve: LD and B must have the same dtype");
  FACULA_CHECK(pivots.dtype() == DType::kInt32 && same_sizes(pivots.sizes(), with(batch_of(ld), {columns_of(ld)})), "torch.linalg.ldl_solve: Expected LD.shape[:-1] and pivots.shape to be the same, with pivots of dtype torch.int32");
  const I n = columns_of(ld), k = columns_of(b);
  FACULA_TRY(const Dims batch, broadcast_shape(batch_of(ld), batch_of(b)));
  FACULA_TRY(const Tensor wide_ld, expand_to(ld, with(batch, {n, n})));
  FACULA_TRY(const Tensor wide_b, expand_to(b, with(batch, {n, k})));
  FACULA_TRY(const Tensor wide_p, expand_to(pivots, with(batch, {n})));
  FACULA_TRY(const Tensor f, wide_copy(wide_ld));
  FACULA_TRY(const Tensor p, contiguous(wide_p));
  FACULA_TRY(const Tensor x, wide_copy(wide_b));
  for (I i = 0; i < p.numel(); ++i) {
    const auto v = p.data_as<std::int32_t>()[i];
    FACULA_CHECK(v != 0 && std::abs(static_cast<I>(v)) <= n, "torch.linalg.ldl_solve: pivots must be between 1 and {} in size", n);
  }
  each_matrix(f, product(batch), [&](auto tag, I i) {
    using N = decltype(tag);
    kernels::ldl_solve(f.data_as<N>() + i * n * n, p.data_as<std::int32_t>() + i * n, n, x.data_as<N>() + i * n * k, k);
  });
  return by_columns(x, b.dtype());
}

constexpr Op kLinalgGeneral[] = {
    row<linalg_eig>("aten::linalg_eig(Tensor self) -> (Tensor eigenvalues, Tensor eigenvectors)", {.samples = {"randn(3,3)", "randn(2,5,5)", "torch.diag(arange(3.))", "randn(4,4).tril()"}}),
    row<linalg_eigvals>("aten::linalg_eigvals(Tensor self) -> Tensor", {.forms = kOut, .samples = {"randn(3,3)", "randn(2,5,5)", "ones(3,3)"}}),
    row<linalg_eigvals>("aten::_linalg_eigvals(Tensor self) -> Tensor", {.samples = {"randn(3,3)"}}),
    row<ldl_factor_ex>("aten::linalg_ldl_factor_ex(Tensor self, *, bool hermitian=False, bool check_errors=False) -> (Tensor LD, Tensor pivots, Tensor info)", {.samples = {"randn(4,4)", "(lambda a: a + a.mT)(randn(2,5,5))"}}),
    row<ldl_factor>("aten::linalg_ldl_factor(Tensor self, *, bool hermitian=False) -> (Tensor LD, Tensor pivots)", {.samples = {"(lambda a: a + a.mT)(randn(2,5,5))"}}),
    row<ldl_solve>("aten::linalg_ldl_solve(Tensor LD, Tensor pivots, Tensor B, *, bool hermitian=False) -> Tensor", {.forms = kOut, .samples = {"*torch.linalg.ldl_factor((lambda a: a + a.mT)(randn(2,5,5))), randn(2,5,3)", "*torch.linalg.ldl_factor((lambda a: a + a.mT)(randn(4,4))), randn(4,1)"}}),
};

}  // namespace

FACULA_FAMILY(linalg_general, kLinalgGeneral)

}  // namespace fac
