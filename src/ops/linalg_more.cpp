// Linear algebra around the decompositions: tolerances given as tensors, Householder vectors, systems of tensors.
#include <cmath>
#include <limits>

#include "ops/call.h"
#include "ops/copy.h"
#include "ops/dims.h"
#include "ops/elementwise.h"
#include "ops/functions.h"
#include "ops/linalg.h"
#include "ops/matmul.h"
#include "ops/reduction.h"

namespace fac {
namespace {

using namespace ops;

// --- tolerances as tensors -------------------------------------------------------------------------------------------

// Where singular values count: s > max(absolute, relative * largest), the tolerances one a matrix (or undefined).
Result<Tensor> counted(const Tensor& a, const Tensor& s, const Tensor& absolute, const Tensor& relative) {
  const Dims last{-1};
  FACULA_TRY(Tensor largest, extreme(s, true, last, false));
  Tensor atol = absolute, rtol = relative;
  if (!atol.defined()) {
    FACULA_TRY(atol, ops::scalar_tensor(0.0, s.dtype()));
  }
  if (!rtol.defined()) {
    const double eps = s.dtype() == DType::kDouble ? std::numeric_limits<double>::epsilon() : static_cast<double>(std::numeric_limits<float>::epsilon());
    FACULA_TRY(rtol, ops::scalar_tensor(eps * static_cast<double>(std::max(rows_of(a), columns_of(a))), s.dtype()));
    if (absolute.defined()) {  // only where no absolute tolerance is given
      FACULA_TRY(Tensor zero, ops::scalar_tensor(0.0, s.dtype()));
      FACULA_TRY(Tensor given, binary(atol, Scalar(0.0), BinaryOp::gt, Rule::kBool));
      FACULA_TRY(rtol, ops::where(given, zero, rtol));
    }
  }
  FACULA_TRY(Tensor limit, binary(rtol, largest, BinaryOp::mul));
  FACULA_TRY(limit, binary(limit, atol, BinaryOp::maximum));
  FACULA_TRY(limit, ops::unsqueeze(limit, -1));
  return binary(s, limit, BinaryOp::gt, Rule::kBool);
}

struct Factors {
  Tensor left, s, right;  // a = left diag(s) right
};
Result<Factors> factors(const Tensor& a, bool hermitian) {
  if (!hermitian) {
    FACULA_TRY(Svd d, svd(a, false, true));
    return Factors{d.u, d.s, d.vh};
  }
  FACULA_TRY(auto both, eigh(a, false, true));
  FACULA_TRY(Tensor right, adjoint(std::get<1>(both)));
  return Factors{std::get<1>(both), std::get<0>(both), right};
}

Result<Tensor> rank_tensor(const Tensor& a, const Tensor& absolute, const Tensor& relative, bool hermitian) {
  FACULA_TRY_VOID(check_matrix(a, "linalg.matrix_rank"));
  if (a.numel() == 0) return ops::zeros(batch_of(a), DType::kInt64);
  FACULA_TRY(Factors f, factors(a, hermitian));
  FACULA_TRY(Tensor size, unary(f.s, UnaryOp::abs));
  FACULA_TRY(Tensor c, counted(a, size, absolute, relative));
  const Dims last{-1};
  return sum(c, last, false, DType::kInt64);
}
Result<Tensor> rank_tolerance(const Tensor& a, const Tensor& tol, bool hermitian) {
  FACULA_TRY(Tensor zero, ops::scalar_tensor(0.0, real_dtype(a.dtype())));
  return rank_tensor(a, tol, zero, hermitian);
}
Result<Tensor> pinv_tensor(const Tensor& a, const Tensor& absolute, const Tensor& relative, bool hermitian) {
  FACULA_TRY_VOID(check_matrix(a, "linalg.pinv"));
  if (a.numel() == 0) return Tensor::empty(with(batch_of(a), {columns_of(a), rows_of(a)}), a.dtype());
  FACULA_TRY(Factors f, factors(a, hermitian));
  FACULA_TRY(Tensor size, unary(f.s, UnaryOp::abs));
  FACULA_TRY(Tensor c, counted(a, size, absolute, relative));
  FACULA_TRY(Tensor inverse, unary(f.s, UnaryOp::reciprocal));
  FACULA_TRY(Tensor zero, ops::scalar_tensor(0.0, f.s.dtype()));
  FACULA_TRY(inverse, ops::where(c, inverse, zero));
  FACULA_TRY(inverse, ops::unsqueeze(inverse, -2));
  FACULA_TRY(Tensor v, adjoint(f.right));
  FACULA_TRY(v, binary(v, inverse, BinaryOp::mul));
  FACULA_TRY(Tensor uh, adjoint(f.left));
  return matmul(v, uh);
}
Result<Tensor> pinv_rcond(const Tensor& a, const Tensor& rcond, bool hermitian) {
  FACULA_TRY(Tensor zero, ops::scalar_tensor(0.0, real_dtype(a.dtype())));
  return pinv_tensor(a, zero, rcond, hermitian);
}
Result<Tensor> cond_named(const Tensor& a, std::string_view p) {
  FACULA_TRY_VOID(check_square(a, "linalg.cond"));
  FACULA_TRY(Tensor inverse, call("aten::linalg_inv", "", {a}));
  const Dims dims{-2, -1};
  FACULA_TRY(Tensor n, call("aten::linalg_matrix_norm", "str_ord", {a, p, ListBox::of_ints(dims), false, Value()}));
  FACULA_TRY(Tensor m, call("aten::linalg_matrix_norm", "str_ord", {inverse, p, ListBox::of_ints(dims), false, Value()}));
  return binary(n, m, BinaryOp::mul);
}

// --- Householder vectors ---------------------------------------------------------------------------------------------

Result<std::tuple<Tensor, Tensor>> geqrf(const Tensor& a) {
  FACULA_TRY_VOID(check_matrix(a, "torch.geqrf"));
  const std::int64_t m = rows_of(a), n = columns_of(a), least = std::min(m, n);
  FACULA_TRY(Tensor f, wide_copy(a));
  FACULA_TRY(Tensor tau, Tensor::empty(with(batch_of(a), {least}), f.dtype()));
  each_matrix(f, product(batch_of(a)), [&](auto tag, std::int64_t i) {
    using T = decltype(tag);
    kernels::qr(f.data_as<T>() + i * m * n, m, n, tau.data_as<T>() + i * least);
  });
  FACULA_TRY(f, by_columns(f, a.dtype()));
  FACULA_TRY(tau, cast(tau, a.dtype()));
  return std::tuple(f, tau);
}
Result<Tensor> householder_product(const Tensor& a, const Tensor& tau) {
  FACULA_TRY_VOID(check_matrix(a, "torch.linalg.householder_product"));
  const std::int64_t m = rows_of(a), n = columns_of(a);
  FACULA_CHECK(m >= n, "torch.linalg.householder_product: input.shape[-2] must be greater than or equal to input.shape[-1]");
  FACULA_CHECK(tau.dim() == a.dim() - 1 && tau.size(tau.dim() - 1) <= n && same_sizes(batch_of(a), Ints(tau.sizes()).first(tau.sizes().size() - 1)),
               "torch.linalg.householder_product: input.shape[-1] must be greater than or equal to tau.shape[-1], with the same batch dimensions");
  FACULA_CHECK(tau.dtype() == a.dtype(), "torch.linalg.householder_product: tau dtype {} does not match input dtype {}", dtype_name(tau.dtype()), dtype_name(a.dtype()));
  const std::int64_t count = tau.size(tau.dim() - 1);
  FACULA_TRY(Tensor f, wide_copy(a));
  FACULA_TRY(Tensor t, wide_copy(tau));
  FACULA_TRY(Tensor q, Tensor::empty(a.sizes(), f.dtype()));
  each_matrix(f, product(batch_of(a)), [&](auto tag, std::int64_t i) {
    using T = decltype(tag);
    kernels::qr_columns(f.data_as<T>() + i * m * n, m, n, t.data_as<T>() + i * count, count, q.data_as<T>() + i * m * n, n);
  });
  return by_columns(q, a.dtype());
}

// --- systems of tensors ----------------------------------------------------------------------------------------------

Result<Tensor> tensorinv(const Tensor& a, std::int64_t ind) {
  FACULA_CHECK(ind > 0, "Expected a strictly positive integer for 'ind'");
  FACULA_CHECK(ind <= a.dim(), "Expected self to satisfy prod(self.shape[ind:]) == prod(self.shape[:ind])");
  const Ints start = Ints(a.sizes()).first(static_cast<std::size_t>(ind)), end = Ints(a.sizes()).subspan(static_cast<std::size_t>(ind));
  FACULA_CHECK(product(start) == product(end), "Expected self to satisfy prod(self.shape[ind:]) == prod(self.shape[:ind]), but got {} != {}", product(end), product(start));
  FACULA_TRY(Tensor matrix, ops::reshape(a, Dims{product(end), product(start)}));
  FACULA_TRY(Tensor inverse, call("aten::linalg_inv", "", {matrix}));
  Dims sizes(end);
  for (auto n : start) sizes.push_back(n);
  return ops::reshape(inverse, sizes);
}
Result<Tensor> tensorsolve(const Tensor& a_in, const Tensor& b, std::optional<Ints> dims) {
  Tensor a = a_in;
  if (dims) {  // these dimensions of a come last
    Dims to;
    for (std::size_t i = 0; i < dims->size(); ++i) to.push_back(a.dim() - static_cast<std::int64_t>(dims->size() - i));
    FACULA_TRY(a, ops::movedim(a, *dims, to));
  }
  FACULA_CHECK(b.dim() <= a.dim(), "Expected self to have at least as many dimensions as other");
  const Ints sizes = Ints(a.sizes()).subspan(static_cast<std::size_t>(b.dim()));
  FACULA_CHECK(product(sizes) == b.numel(), "Expected self to satisfy prod(self.shape[other.ndim:]) == prod(self.shape[:other.ndim]), but got {} != {}", product(sizes), b.numel());
  FACULA_TRY(Tensor matrix, ops::reshape(a, Dims{b.numel(), b.numel()}));
  FACULA_TRY(Tensor flat, ops::reshape(b, Dims{b.numel(), 1}));
  FACULA_TRY(Tensor x, solve(matrix, flat));
  return ops::reshape(x, sizes);
}

// Powers 0 .. n - 1 of each number of x, along a new last dimension.
Result<Tensor> vander(const Tensor& x, std::optional<std::int64_t> count) {
  FACULA_CHECK(x.dim() >= 1 || count, "linalg.vander: the input must have dimension greater than 0.");
  const bool known = x.dtype() != DType::kBool && x.dtype() != DType::kHalf && x.dtype() != DType::kBFloat16;
  FACULA_CHECK(known, "linalg.vander supports floating point, complex, and integer tensors, but got {}", dtype_name(x.dtype()));
  const std::int64_t n = count ? *count : x.size(x.dim() - 1);
  FACULA_CHECK(n > 1, "N must be greater than 1.");
  FACULA_TRY(Tensor wide, cast(x, is_integral(x.dtype(), true) ? DType::kInt64 : x.dtype()));
  if (wide.dim() == 0) {
    FACULA_TRY(wide, ops::unsqueeze(wide, 0));
  }
  FACULA_TRY(Tensor column, ops::unsqueeze(wide, -1));
  FACULA_TRY(Tensor one, ops::full(column.sizes(), 1, wide.dtype()));
  Dims sizes(column.sizes());
  sizes.back() = n - 1;
  FACULA_TRY(const Tensor repeated, ops::expand_to(column, sizes));
  FACULA_TRY(const Tensor powers, ops::call("aten::cumprod", "", {repeated, -1, Value()}));
  const Tensor parts[] = {one, powers};
  return ops::cat(parts, -1);
}
Result<Tensor> vdot(const Tensor& a, const Tensor& b) {
  FACULA_CHECK(a.dim() == 1 && b.dim() == 1, "1D tensors expected, but got {}D and {}D tensors", a.dim(), b.dim());
  FACULA_TRY(Tensor x, is_complex(a.dtype()) ? unary(a, UnaryOp::conj) : Result<Tensor>(a));
  return matmul(x, b);
}

constexpr Op kLinalgMore[] = {
    row<rank_tensor>("aten::linalg_matrix_rank.atol_rtol_tensor(Tensor input, *, Tensor? atol=None, Tensor? rtol=None, bool hermitian=False) -> Tensor", {.forms = kOut, .samples = {"randn(2,4,3), atol=tensor([0.1,5.0])", "randn(4,4), atol=None, rtol=tensor(0.3)", "ones(3,3)"}}),
    row<rank_tolerance>("aten::linalg_matrix_rank.tol_tensor(Tensor input, Tensor tol, bool hermitian=False) -> Tensor", {.forms = kOut, .out_name = "out_tol_tensor", .samples = {"randn(2,4,3), tensor([0.1,5.0])"}}),
    row<pinv_tensor>("aten::linalg_pinv.atol_rtol_tensor(Tensor self, *, Tensor? atol=None, Tensor? rtol=None, bool hermitian=False) -> Tensor", {.forms = kOut, .samples = {"randn(2,4,3)", "randn(4,3), atol=tensor(0.5)"}}),
    row<pinv_rcond>("aten::linalg_pinv.rcond_tensor(Tensor self, Tensor rcond, bool hermitian=False) -> Tensor", {.forms = kOut, .out_name = "out_rcond_tensor", .samples = {"randn(4,3), tensor(0.1)"}}),
    row<cond_named>("aten::linalg_cond.p_str(Tensor self, str p) -> Tensor", {.forms = kOut, .samples = {"randn(3,3), 'fro'", "randn(2,3,3), 'nuc'"}}),
    row<geqrf>("aten::geqrf(Tensor self) -> (Tensor a, Tensor tau)", {.samples = {"randn(5,3)", "randn(2,3,5)"}}),
    row<householder_product>("aten::linalg_householder_product(Tensor input, Tensor tau) -> Tensor", {.forms = kOut, .samples = {"randn(5,3)*0.1, tensor([1.9,1.8,1.7])", "randn(2,5,3)*0.1, ones(2,2)"}}),
    row<householder_product>("aten::orgqr(Tensor self, Tensor input2) -> Tensor", {.forms = kOut, .samples = {"randn(5,3)*0.1, tensor([1.9,1.8,1.7])"}}),
    row<tensorinv>("aten::linalg_tensorinv(Tensor self, int ind=2) -> Tensor", {.forms = kOut, .samples = {"randn(2,3,6)", "randn(6,2,3), 1"}}),
    row<tensorsolve>("aten::linalg_tensorsolve(Tensor self, Tensor other, int[]? dims=None) -> Tensor", {.forms = kOut, .samples = {"randn(2,3,6), randn(2,3)", "randn(2,6,3), randn(2,3), [1]"}}),
    row<vander>("aten::linalg_vander(Tensor x, *, SymInt? N=None) -> Tensor", {.samples = {"randn(4)", "randn(2,3), N=5"}}),
    row<vdot>("aten::vdot(Tensor self, Tensor other) -> Tensor", {.forms = kOut, .samples = {"randn(4), randn(4)"}}),
};

}  // namespace

FACULA_FAMILY(linalg_more, kLinalgMore)

}  // namespace fac
