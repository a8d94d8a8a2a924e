// Norms of matrices, and what is made of decompositions: powers, exponentials, pseudo-inverses, ranks, least squares.
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

// --- norms -----------------------------------------------------------------------------------------------------------

struct Axes {
  std::int64_t row, column;
};
Result<Axes> axes(const Tensor& x, Ints dim) {
  FACULA_CHECK(x.dim() >= 2, "linalg.matrix_norm: The input tensor A must have at least 2 dimensions.");
  FACULA_CHECK(dim.size() == 2, "linalg.matrix_norm: dim must be a 2-tuple. Got {}", ints_text(dim));
  FACULA_TRY(const std::int64_t r, wrap_dim(dim[0], x.dim()));
  FACULA_TRY(const std::int64_t c, wrap_dim(dim[1], x.dim()));
  FACULA_CHECK(r != c, "linalg.matrix_norm: dims must be different. Got ({}, {})", dim[0], dim[1]);
  return Axes{r, c};
}
Result<Tensor> in_dtype(const Tensor& x, std::optional<DType> dtype) {
  FACULA_CHECK(is_floating(x.dtype()) || is_complex(x.dtype()), "linalg.matrix_norm: Expected a floating point or complex tensor as input. Got {}", dtype_name(x.dtype()));
  return dtype ? cast(x, *dtype) : Result<Tensor>(x);
}
// Singular values of the matrices in `at`, with these dimensions last.
Result<Tensor> singular_values(const Tensor& x, const Axes& at) {
  const Dims from{at.row, at.column}, to{-2, -1};
  FACULA_TRY(Tensor t, ops::movedim(x, from, to));
  FACULA_TRY(Svd s, svd(t, false, false));
  return s.s;
}
// [..., k] reduced to [...], or with ones in the places of `at`.
Result<Tensor> finish(const Tensor& reduced, const Axes& at, bool keepdim) {
  if (!keepdim) return reduced;
  FACULA_TRY(Tensor y, ops::unsqueeze(reduced, std::min(at.row, at.column)));
  return ops::unsqueeze(y, std::max(at.row, at.column));
}

Result<Tensor> matrix_norm(const Tensor& self, const Scalar& ord, Ints dim, bool keepdim, std::optional<DType> dtype) {
  FACULA_TRY(const Axes at, axes(self, dim));
  FACULA_TRY(Tensor x, in_dtype(self, dtype));
  const double p = ord.to_double(), size = std::fabs(p);
  FACULA_CHECK(size == 1 || size == 2 || std::isinf(size), "linalg.matrix_norm: Order {} not supported.", p);
  const bool largest = p > 0;
  if (size == 2) {
    FACULA_TRY(Tensor s, singular_values(x, at));
    const Dims last{-1};
    FACULA_TRY(s, s.size(s.dim() - 1) == 0 ? sum(s, last, false) : extreme(s, largest, last, false));
    return finish(s, at, keepdim);
  }
  FACULA_TRY(Tensor a, call("aten::abs", "", {x}));
  const Dims add{size == 1 ? at.row : at.column}, pick{size == 1 ? at.column : at.row};
  FACULA_TRY(a, sum(a, add, true));
  if (a.size(pick[0]) == 0) {  // no column or row at all
    FACULA_TRY(a, sum(a, pick, true));
  } else {
    FACULA_TRY(a, extreme(a, largest, pick, true));
  }
  if (keepdim) return a;
  DimSet set;
  set.set(static_cast<std::size_t>(at.row)).set(static_cast<std::size_t>(at.column));
  return drop_dims(a, set);
}
Result<Tensor> matrix_norm_named(const Tensor& self, std::string_view ord, Ints dim, bool keepdim, std::optional<DType> dtype) {
  FACULA_CHECK(ord == "fro" || ord == "nuc", "linalg.matrix_norm: Order {} not supported.", ord);
  FACULA_TRY(const Axes at, axes(self, dim));
  FACULA_TRY(Tensor x, in_dtype(self, dtype));
  if (ord == "fro") {
    const Dims dims{at.row, at.column};
    return vector_norm(x, Scalar(2.0), dims, keepdim, std::nullopt);
  }
  FACULA_TRY(Tensor s, singular_values(x, at));
  const Dims last{-1};
  FACULA_TRY(s, sum(s, last, false));
  return finish(s, at, keepdim);
}
Result<Tensor> linalg_norm(const Tensor& x, const std::optional<Scalar>& ord, std::optional<Ints> dim, bool keepdim, std::optional<DType> dtype) {
  if (!ord) return vector_norm(x, Scalar(2.0), dim, keepdim, dtype);
  FACULA_CHECK(dim || x.dim() == 1 || x.dim() == 2, "linalg.norm: If dim is not specified but ord is, the input must be 1D or 2D. Got {}D.", x.dim());
  const Dims both{0, 1};
  if (dim ? dim->size() == 2 : x.dim() == 2) return matrix_norm(x, *ord, dim ? *dim : Ints(both), keepdim, dtype);
  return vector_norm(x, *ord, dim, keepdim, dtype);
}
Result<Tensor> linalg_norm_named(const Tensor& x, std::string_view ord, std::optional<Ints> dim, bool keepdim, std::optional<DType> dtype) {
  FACULA_CHECK(dim || x.dim() == 2, "linalg.norm: If dim is not specified but ord is, the input must be 1D or 2D. Got {}D.", x.dim());
  const Dims both{0, 1};
  return matrix_norm_named(x, ord, dim ? *dim : Ints(both), keepdim, dtype);
}
Result<Tensor> nuclear_norm_of(const Tensor& x, Ints dim, bool keepdim) { return matrix_norm_named(x, "nuc", dim, keepdim, std::nullopt); }
Result<Tensor> nuclear_norm(const Tensor& x, bool keepdim) {
  FACULA_CHECK(x.dim() == 2, "Expected a tensor with 2 dimensions, but got a tensor with {} dimensions instead.", x.dim());
  const Dims both{0, 1};
  return nuclear_norm_of(x, both, keepdim);
}

Result<Tensor> cond(const Tensor& a, const std::optional<Scalar>& p) {
  FACULA_TRY_VOID(check_matrix(a, "linalg.cond"));
  const double ord = p ? p->to_double() : 2;
  const Dims last{-1};
  if (std::fabs(ord) == 2) {
    FACULA_TRY(Svd s, svd(a, false, false));
    FACULA_TRY(Tensor high, extreme(s.s, true, last, false));
    FACULA_TRY(Tensor low, extreme(s.s, false, last, false));
    return ord > 0 ? binary(high, low, BinaryOp::div) : binary(low, high, BinaryOp::div);
  }
  FACULA_TRY_VOID(check_square(a, "linalg.cond"));
  FACULA_TRY(Tensor one, ops::zeros(a.sizes(), a.dtype()));
  FACULA_TRY(Tensor diagonal, ops::diagonal(one, 0, -2, -1));
  FACULA_TRY_VOID(ops::fill(diagonal, 1));
  FACULA_TRY(Tensor inverse, solve(a, one));
  const Dims dims{-2, -1};
  FACULA_TRY(Tensor n, matrix_norm(a, *p, dims, false, std::nullopt));
  FACULA_TRY(Tensor m, matrix_norm(inverse, *p, dims, false, std::nullopt));
  return binary(n, m, BinaryOp::mul);
}

// --- powers ----------------------------------------------------------------------------------------------------------

Result<Tensor> identity_like(const Tensor& a) {
  FACULA_TRY(Tensor y, ops::zeros(a.sizes(), a.dtype()));
  FACULA_TRY(Tensor diagonal, ops::diagonal(y, 0, -2, -1));
  FACULA_TRY_VOID(ops::fill(diagonal, 1));
  return y;
}
Result<Tensor> matrix_power(const Tensor& a, std::int64_t n) {
  FACULA_CHECK(a.dim() >= 2 && rows_of(a) == columns_of(a), "linalg.matrix_power: A must be batches of square matrices, but they are {} by {} matrices", a.dim() >= 2 ? rows_of(a) : 0, a.dim() >= 2 ? columns_of(a) : 0);
  FACULA_TRY(Tensor y, identity_like(a));
  if (n == 0) return y;
  Tensor square = a;
  if (n < 0) {
    FACULA_TRY_VOID(check_square(a, "linalg.matrix_power"));
    FACULA_TRY(square, solve(a, y));
  }
  bool started = false;
  for (std::uint64_t rest = n < 0 ? 0 - static_cast<std::uint64_t>(n) : static_cast<std::uint64_t>(n);;) {
    if (rest & 1) {
      FACULA_TRY(y, started ? matmul(y, square) : clone(square));
      started = true;
    }
    rest >>= 1;
    if (rest == 0) return y;
    FACULA_TRY(square, matmul(square, square));
  }
}

// Scaling and squaring with the [13/13] Pade approximant (Higham 2005).
Result<Tensor> matrix_exp(const Tensor& a) {
  if (a.dtype() == DType::kHalf || a.dtype() == DType::kBFloat16) {
    FACULA_TRY(Tensor wide, cast(a, DType::kFloat));
    FACULA_TRY(wide, matrix_exp(wide));
    return cast(wide, a.dtype());
  }
  FACULA_TRY_VOID(check_square(a, "linalg.matrix_exp"));
  if (a.numel() == 0) return clone(a);
  static constexpr double b[] = {64764752532480000., 32382376266240000., 7771770303897600., 1187353796428800., 129060195264000., 10559470521600., 670442572800.,
                                 33522128640., 1323241920., 40840800., 960960., 16380., 182., 1.};
  FACULA_TRY(Tensor x, wide_copy(a));
  const Dims dims{-2, -1};
  FACULA_TRY(Tensor norms, matrix_norm(x, Scalar(1.0), dims, false, std::nullopt));
  FACULA_TRY(norms, extreme(norms, true, std::nullopt, false));
  FACULA_TRY(const Scalar norm, ops::item(norms));
  const double size = norm.to_double();
  const int squarings = std::isfinite(size) && size > 5.37 ? static_cast<int>(std::ceil(std::log2(size / 5.37))) : 0;
  FACULA_TRY(x, binary(x, Scalar(std::ldexp(1.0, -squarings)), BinaryOp::mul));
  FACULA_TRY(Tensor one, identity_like(x));
  Tensor even[4] = {one};
  for (int i = 1; i < 4; ++i) {  // x^2, x^4, x^6
    FACULA_TRY(even[i], i == 1 ? matmul(x, x) : matmul(even[i - 1], even[1]));
  }
  // sum of weights[i] x^(2i)
  const auto combine = [&](std::initializer_list<double> weights) -> Result<Tensor> {
    Tensor y;
    int i = static_cast<int>(4 - weights.size());
    for (double w : weights) {
      FACULA_TRY(Tensor t, binary(even[i++], Scalar(w), BinaryOp::mul));
      if (!y.defined()) y = t;
      else {
        FACULA_TRY(y, binary(y, t, BinaryOp::add));
      }
    }
    return y;
  };
  FACULA_TRY(Tensor u_high, combine({b[9], b[11], b[13]}));
  FACULA_TRY(u_high, matmul(even[3], u_high));
  FACULA_TRY(Tensor u, combine({b[1], b[3], b[5], b[7]}));
  FACULA_TRY(u, binary(u_high, u, BinaryOp::add));
  FACULA_TRY(u, matmul(x, u));
  FACULA_TRY(Tensor v_high, combine({b[8], b[10], b[12]}));
  FACULA_TRY(v_high, matmul(even[3], v_high));
  FACULA_TRY(Tensor v, combine({b[0], b[2], b[4], b[6]}));
  FACULA_TRY(v, binary(v_high, v, BinaryOp::add));
  FACULA_TRY(Tensor above, binary(v, u, BinaryOp::add));
  FACULA_TRY(Tensor below, binary(v, u, BinaryOp::sub));
  FACULA_TRY(Tensor y, solve(below, above));
  for (int i = 0; i < squarings; ++i) {
    FACULA_TRY(y, matmul(y, y));
  }
  FACULA_TRY(y, cast(y, a.dtype()));
  return contiguous(y);
}

// --- rank, pseudo-inverse, least squares -----------------------------------------------------------------------------

double epsilon_of(DType t) {
  return real_dtype(t) == DType::kDouble ? std::numeric_limits<double>::epsilon() : static_cast<double>(std::numeric_limits<float>::epsilon());
}
struct Tolerance {
  double absolute, relative;
};
// PyTorch's defaults: the relative one is eps * max(m, n) unless an absolute one was given.
Tolerance tolerance(const Tensor& a, std::optional<double> absolute, std::optional<double> relative) {
  const double usual = epsilon_of(a.dtype()) * static_cast<double>(std::max(rows_of(a), columns_of(a)));
  return {absolute.value_or(0), relative.value_or(absolute.value_or(0) > 0 ? 0 : usual)};
}
// 1.0 where a singular value (or the size of an eigenvalue) counts. s [..., k], the result too.
Result<Tensor> counted(const Tensor& s, const Tolerance& t) {
  const Dims last{-1};
  FACULA_TRY(Tensor limit, extreme(s, true, last, true));
  FACULA_TRY(limit, binary(limit, Scalar(t.relative), BinaryOp::mul));
  FACULA_TRY(limit, unary(limit, UnaryOp::clamp, Rule::kSame, {.a = t.absolute, .b = INFINITY}));
  return binary(s, limit, BinaryOp::gt, Rule::kBool);
}
Result<Tensor> spectrum(const Tensor& a, bool hermitian) {
  if (!hermitian) {
    FACULA_TRY(Svd s, svd(a, false, false));
    return s.s;
  }
  FACULA_TRY(auto both, eigh(a, false, false));
  return unary(std::get<0>(both), UnaryOp::abs);
}

Result<Tensor> rank_within(const Tensor& a, std::optional<double> absolute, std::optional<double> relative, bool hermitian) {
  FACULA_TRY_VOID(check_matrix(a, "linalg.matrix_rank"));
  if (a.numel() == 0) return ops::zeros(batch_of(a), DType::kInt64);
  FACULA_TRY(Tensor s, spectrum(a, hermitian));
  FACULA_TRY(Tensor c, counted(s, tolerance(a, absolute, relative)));
  const Dims last{-1};
  return sum(c, last, false, DType::kInt64);
}
Result<Tensor> matrix_rank(const Tensor& a, double tol, bool hermitian) { return rank_within(a, tol, 0.0, hermitian); }

Result<Tensor> pinv_within(const Tensor& a, std::optional<double> absolute, std::optional<double> relative, bool hermitian) {
  FACULA_TRY_VOID(check_matrix(a, "linalg.pinv"));
  if (a.numel() == 0) return Tensor::empty(with(batch_of(a), {columns_of(a), rows_of(a)}), a.dtype());
  Tensor left, s, right;  // a = left diag(s) right
  if (hermitian) {
    FACULA_TRY(auto both, eigh(a, false, true));
    s = std::get<0>(both), left = std::get<1>(both);
    FACULA_TRY(right, adjoint(left));
  } else {
    FACULA_TRY(Svd d, svd(a, false, true));
    left = d.u, s = d.s, right = d.vh;
  }
  FACULA_TRY(Tensor size, unary(s, UnaryOp::abs));
  FACULA_TRY(Tensor c, counted(size, tolerance(a, absolute, relative)));
  FACULA_TRY(Tensor inverse, unary(s, UnaryOp::reciprocal));
  FACULA_TRY(Tensor zero, ops::scalar_tensor(0.0, s.dtype()));
  FACULA_TRY(inverse, ops::where(c, inverse, zero));
  FACULA_TRY(inverse, ops::unsqueeze(inverse, -2));
  FACULA_TRY(Tensor v, adjoint(right));
  FACULA_TRY(v, binary(v, inverse, BinaryOp::mul));
  FACULA_TRY(Tensor uh, adjoint(left));
  return matmul(v, uh);
}
Result<Tensor> pinv(const Tensor& a, double rcond, bool hermitian) { return pinv_within(a, 0.0, rcond, hermitian); }
Result<Tensor> pinverse(const Tensor& a, double rcond) { return pinv_within(a, 0.0, rcond, false); }

Result<std::tuple<Tensor, Tensor, Tensor, Tensor>> lstsq(const Tensor& a, const Tensor& b_in, std::optional<double> rcond, std::optional<std::string_view> driver) {
  FACULA_TRY_VOID(check_matrix(a, "torch.linalg.lstsq"));
  FACULA_CHECK(a.dtype() == b_in.dtype(), "torch.linalg.lstsq: Expected input and other to have the same dtype, but got input's dtype {} and other's dtype {}", dtype_name(a.dtype()), dtype_name(b_in.dtype()));
  const bool vector = b_in.dim() == 1 || b_in.dim() == a.dim() - 1;
  Tensor b = b_in;
  if (vector) {
    FACULA_TRY(b, ops::unsqueeze(b, -1));
  }
  FACULA_CHECK(rows_of(b) == rows_of(a), "torch.linalg.lstsq: input.size(-2) should match other.size(-2)");
  const std::string_view how = driver.value_or("gelsy");
  FACULA_CHECK(how == "gels" || how == "gelsy" || how == "gelsd" || how == "gelss", "torch.linalg.lstsq: parameter `driver` should be one of (gels, gelsy, gelsd, gelss)");
  const double usual = epsilon_of(a.dtype()) * static_cast<double>(std::max(rows_of(a), columns_of(a)));
  const double limit = rcond.value_or(usual);
  FACULA_TRY(Tensor inverse, pinv_within(a, 0.0, limit, false));
  FACULA_TRY(Tensor x, matmul(inverse, b));
  FACULA_TRY(Tensor none, Tensor::empty(Dims{0}, real_dtype(a.dtype())));
  Tensor rank, residuals = none, values = none;
  if (how == "gels") {
    FACULA_TRY(rank, Tensor::empty(Dims{0}, DType::kInt64));
  } else {
    FACULA_TRY(rank, rank_within(a, 0.0, limit, false));
  }
  if (how == "gelsd" || how == "gelss") {
    FACULA_TRY(values, spectrum(a, false));
  }
  bool full = rows_of(a) > columns_of(a) && how != "gelsy";
  for (std::int64_t i = 0; how != "gels" && i < rank.numel(); ++i) full = full && rank.data_as<std::int64_t>()[i] == columns_of(a);
  if (full) {
    FACULA_TRY(Tensor fit, matmul(a, x));
    FACULA_TRY(Tensor rest, binary(fit, b, BinaryOp::sub));
    FACULA_TRY(rest, call("aten::abs", "", {rest}));
    FACULA_TRY(rest, binary(rest, rest, BinaryOp::mul));
    const Dims rows{-2};
    FACULA_TRY(residuals, sum(rest, rows, false));
  }
  // The solution stands in the first rows of what held the right-hand sides, column by column.
  Dims whole(x.sizes());
  whole[whole.size() - 2] = std::max(rows_of(a), columns_of(a));
  FACULA_TRY(Tensor room, ops::zeros(whole, x.dtype()));
  FACULA_TRY(room, by_columns(room, x.dtype()));
  FACULA_TRY(room, ops::narrow(room, -2, 0, columns_of(a)));
  FACULA_TRY_VOID(copy_into(room, x));
  x = room;
  if (vector) {
    FACULA_TRY(x, ops::squeeze(x, -1));
  }
  return std::tuple(x, residuals, rank, values);
}

Result<Tensor> vecdot(const Tensor& x, const Tensor& y, std::int64_t dim) {
  FACULA_CHECK(is_floating(x.dtype()) || is_complex(x.dtype()), "linalg.vecdot: Expected a floating point or complex tensor as input. Got {}", dtype_name(x.dtype()));
  FACULA_CHECK(x.dtype() == y.dtype(), "linalg.vecdot: Expected x and y to have the same dtype, but found x of type {} and y of type {} instead", dtype_name(x.dtype()), dtype_name(y.dtype()));
  FACULA_TRY(Tensor a, is_complex(x.dtype()) ? unary(x, UnaryOp::conj) : Result<Tensor>(x));
  FACULA_TRY(a, binary(a, y, BinaryOp::mul));
  const Dims dims{dim};
  return sum(a, dims, false);
}

constexpr Op kLinalgNorms[] = {
    row<matrix_norm>("aten::linalg_matrix_norm(Tensor self, Scalar ord, int[] dim=[-2, -1], bool keepdim=False, *, ScalarType? dtype=None) -> Tensor", {.forms = kOut, .samples = {"randn(3,4), 1", "randn(2,3,4), -1", "randn(3,4), 2", "randn(3,4,2), -2, [0,1], True", "randn(3,4), float('inf')", "randn(2,3,4), -float('inf'), [0,2], True"}}),
    row<matrix_norm_named>("aten::linalg_matrix_norm.str_ord(Tensor self, str ord=\"fro\", int[] dim=[-2, -1], bool keepdim=False, *, ScalarType? dtype=None) -> Tensor", {.forms = kOut, .samples = {"randn(3,4)", "randn(2,3,4), 'nuc'", "randn(2,3,4), 'fro', [0,1], True"}}),
    row<linalg_norm>("aten::linalg_norm(Tensor self, Scalar? ord=None, int[1]? dim=None, bool keepdim=False, *, ScalarType? dtype=None) -> Tensor", {.forms = kOut, .samples = {"randn(3,4)", "randn(3,4), 2", "randn(5), 3", "randn(2,3,4), 1, [1,2]", "randn(2,3,4), None, [1], True"}}),
    row<linalg_norm_named>("aten::linalg_norm.ord_str(Tensor self, str ord, int[1]? dim=None, bool keepdim=False, *, ScalarType? dtype=None) -> Tensor", {.forms = kOut, .samples = {"randn(3,4), 'fro'", "randn(3,4), 'nuc', None, True"}}),
    row<nuclear_norm>("aten::nuclear_norm(Tensor self, bool keepdim=False) -> Tensor", {.forms = kOut, .samples = {"randn(3,4)"}}),
    row<nuclear_norm_of>("aten::nuclear_norm.dim(Tensor self, int[2] dim, bool keepdim=False) -> Tensor", {.forms = kOut, .samples = {"randn(2,3,4), [0,2]"}}),
    row<cond>("aten::linalg_cond(Tensor self, Scalar? p=None) -> Tensor", {.forms = kOut, .samples = {"randn(3,4)", "randn(2,3,3), 1", "randn(3,3), -2"}}),
    row<matrix_power>("aten::linalg_matrix_power(Tensor self, int n) -> Tensor", {.forms = kOut, .samples = {"randn(3,3), 3", "randn(2,3,3), 0", "randn(3,3), -2"}}),
    row<matrix_power>("aten::matrix_power(Tensor self, int n) -> Tensor", {.forms = kOut, .samples = {"randn(3,3), 5"}}),
    row<matrix_exp>("aten::linalg_matrix_exp(Tensor self) -> Tensor", {.samples = {"randn(4,4)", "randn(2,3,3)*8"}}),
    row<matrix_exp>("aten::matrix_exp(Tensor self) -> Tensor", {.samples = {"randn(4,4)"}}),
    row<pinv>("aten::linalg_pinv(Tensor self, float rcond, bool hermitian=False) -> Tensor", {.forms = kOut, .samples = {"randn(5,3), 0.01"}}),
    row<pinv_within>("aten::linalg_pinv.atol_rtol_float(Tensor self, *, float? atol=None, float? rtol=None, bool hermitian=False) -> Tensor", {.forms = kOut, .samples = {"randn(5,3)", "randn(2,3,5)", "ones(3,3), hermitian=True"}}),
    row<pinverse>("aten::pinverse(Tensor self, float rcond=1.0000000000000001e-15) -> Tensor", {.samples = {"randn(5,3)"}}),
    row<matrix_rank>("aten::linalg_matrix_rank(Tensor self, float tol, bool hermitian=False) -> Tensor", {.forms = kOut, .samples = {"randn(5,3), 0.5"}}),
    row<rank_within>("aten::linalg_matrix_rank.atol_rtol_float(Tensor self, *, float? atol=None, float? rtol=None, bool hermitian=False) -> Tensor", {.forms = kOut, .samples = {"randn(5,3)", "ones(2,4,4)", "ones(3,3), hermitian=True"}}),
    row<lstsq>("aten::linalg_lstsq(Tensor self, Tensor b, float? rcond=None, *, str? driver=None) -> (Tensor solution, Tensor residuals, Tensor rank, Tensor singular_values)", {.samples = {"randn(5,3), randn(5,2)", "randn(2,5,3), randn(2,5,1), driver='gelsd'"}}),
    row<matmul>("aten::linalg_matmul(Tensor self, Tensor other) -> Tensor", {.forms = kOut, .samples = {"randn(3,4), randn(4,5)"}}),
    row<vecdot>("aten::linalg_vecdot(Tensor x, Tensor y, *, int dim=-1) -> Tensor", {.forms = kOut, .samples = {"randn(3,4), randn(3,4)", "randn(3,4), randn(3,4), dim=0"}}),
};

}  // namespace

FACULA_FAMILY(linalg_norms, kLinalgNorms)

}  // namespace fac
