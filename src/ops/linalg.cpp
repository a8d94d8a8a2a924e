// Linear systems: LU, Cholesky and QR factorisations and what is solved with them. One family in one file, as the
// factorisations share their checks and layouts: longer than most files.
#include "ops/linalg.h"

#include <cmath>

#include "ops/copy.h"
#include "ops/dims.h"
#include "ops/elementwise.h"
#include "ops/functions.h"
#include "ops/matmul.h"
#include "ops/reduction.h"

namespace fac {

namespace ops {

Status check_matrix(const Tensor& a, std::string_view name) {
  FACULA_CHECK(a.dim() >= 2, "{}: The input tensor A must have at least 2 dimensions.", name);
  FACULA_CHECK(a.dtype() == DType::kFloat || a.dtype() == DType::kDouble || a.dtype() == DType::kComplexFloat || a.dtype() == DType::kComplexDouble,
               "{}: Expected a floating point or complex tensor as input. Got {}", name, dtype_name(a.dtype()));
  return {};
}
Status check_square(const Tensor& a, std::string_view name) {
  FACULA_TRY_VOID(check_matrix(a, name));
  FACULA_CHECK(rows_of(a) == columns_of(a), "{}: A must be batches of square matrices, but they are {} by {} matrices", name, rows_of(a), columns_of(a));
  return {};
}

DType wide_dtype(DType t) { return is_complex(t) ? DType::kComplexDouble : DType::kDouble; }
Result<Tensor> wide_copy(const Tensor& a) {
  FACULA_TRY(Tensor y, Tensor::empty(a.sizes(), wide_dtype(a.dtype())));
  FACULA_TRY_VOID(copy_into(y, a));
  return y;
}
Result<Tensor> by_columns(const Tensor& a, DType dtype) {
  FACULA_TRY(Tensor y, Tensor::empty(with(batch_of(a), {columns_of(a), rows_of(a)}), dtype));
  FACULA_TRY(y, transpose(y, -2, -1));
  FACULA_TRY_VOID(copy_into(y, a));
  return y;
}
Result<Tensor> adjoint(const Tensor& a) {
  FACULA_TRY(Tensor t, transpose(a, -2, -1));
  return is_complex(a.dtype()) ? unary(t, UnaryOp::conj) : Result<Tensor>(t);
}

}  // namespace ops

namespace {

using namespace ops;
using kernels::Triangle;

// "(Batch element 1): " where there is a batch.
std::string element(const Tensor& a, std::int64_t i) { return a.dim() > 2 ? fmt("(Batch element {}): ", i) : ""; }
// errors: the first of the infos that is not zero, with `text` after it.
Status check_info(const Tensor& a, const Tensor& info, std::string_view name, std::string_view before, std::string_view after) {
  for (std::int64_t i = 0; i < info.numel(); ++i)
    if (const auto k = info.data_as<std::int32_t>()[i]; k != 0) return runtime_error("{}: {}{}{}{}", name, element(a, i), before, k, after);
  return {};
}

// --- LU --------------------------------------------------------------------------------------------------------------

struct Lu {
  Tensor lu;      // double precision, [..., m, n]
  Tensor pivots;  // [..., min(m, n)] int32, from 1
  Tensor info;    // [...] int32
};
Result<Lu> factor(const Tensor& a) {
  Lu f;
  const std::int64_t m = rows_of(a), n = columns_of(a), least = std::min(m, n);
  FACULA_TRY(f.lu, wide_copy(a));
  FACULA_TRY(f.pivots, Tensor::empty(with(batch_of(a), {least}), DType::kInt32));
  FACULA_TRY(f.info, Tensor::empty(batch_of(a), DType::kInt32));
  each_matrix(f.lu, f.info.numel(), [&](auto tag, std::int64_t i) {
    using T = decltype(tag);
    f.info.data_as<std::int32_t>()[i] = static_cast<std::int32_t>(kernels::lu(f.lu.data_as<T>() + i * m * n, m, n, f.pivots.data_as<std::int32_t>() + i * least));
  });
  return f;
}
// b [..., n, k] in double precision becomes the solution.
void solve_factored(const Lu& f, const Tensor& b, bool adjoint) {
  const std::int64_t n = columns_of(f.lu), k = columns_of(b);
  each_matrix(f.lu, product(batch_of(f.lu)), [&](auto tag, std::int64_t i) {
    using T = decltype(tag);
    kernels::lu_solve(f.lu.data_as<T>() + i * n * n, f.pivots.data_as<std::int32_t>() + i * n, n, b.data_as<T>() + i * n * k, k, adjoint);
  });
}

Result<std::tuple<Tensor, Tensor, Tensor>> lu_factor_ex(const Tensor& a, bool pivot, bool check_errors) {
  FACULA_TRY_VOID(check_matrix(a, "torch.lu_factor"));
  FACULA_CHECK(pivot, "linalg.lu_factor: LU without pivoting is not implemented on the CPU");
  FACULA_TRY(Lu f, factor(a));
  if (check_errors) FACULA_TRY_VOID(check_info(a, f.info, "torch.linalg.lu_factor_ex", "U[", "] is zero and using it on lu_solve would result in a division by zero."));
  FACULA_TRY(Tensor lu, by_columns(f.lu, a.dtype()));
  return std::tuple(lu, f.pivots, f.info);
}
Result<std::tuple<Tensor, Tensor>> lu_factor(const Tensor& a, bool pivot) {
  FACULA_TRY(auto all, lu_factor_ex(a, pivot, false));
  return std::tuple(std::get<0>(all), std::get<1>(all));
}
// P [..., m, m] from exchanges of rows.
Result<Tensor> permutation(const Tensor& pivots, std::int64_t m, DType dtype) {
  FACULA_TRY(Tensor p, ops::zeros(with(Ints(pivots.sizes()).first(pivots.sizes().size() - 1), {m, m}), DType::kDouble));
  const std::int64_t least = pivots.size(pivots.dim() - 1);
  std::vector<std::int64_t> rows(static_cast<std::size_t>(m));
  for (std::int64_t b = 0; m && b < p.numel() / (m * m); ++b) {
    for (std::int64_t i = 0; i < m; ++i) rows[static_cast<std::size_t>(i)] = i;
    for (std::int64_t i = 0; i < least; ++i) {
      const std::int64_t j = std::int64_t{pivots.data_as<std::int32_t>()[b * least + i]} - 1;
      FACULA_CHECK(j >= 0 && j < m, "pivots passed to lu_unpack must be between 1 and {} inclusive.", m);
      std::swap(rows[static_cast<std::size_t>(i)], rows[static_cast<std::size_t>(j)]);
    }
    for (std::int64_t i = 0; i < m; ++i) p.data_as<double>()[(b * m + rows[static_cast<std::size_t>(i)]) * m + i] = 1;
  }
  return cast(p, dtype);
}
// The triangles of a packed factorisation: L [..., m, least] with ones, U [..., least, n].
Result<std::tuple<Tensor, Tensor>> triangles(const Tensor& lu) {
  const std::int64_t m = rows_of(lu), n = columns_of(lu), least = std::min(m, n);
  FACULA_TRY(Tensor l, ops::zeros(with(batch_of(lu), {m, least}), lu.dtype()));
  FACULA_TRY(Tensor u, ops::zeros(with(batch_of(lu), {least, n}), lu.dtype()));
  each_matrix(lu, product(batch_of(lu)), [&](auto tag, std::int64_t b) {
    using T = decltype(tag);
    const T* from = lu.data_as<T>() + b * m * n;
    for (std::int64_t i = 0; i < m; ++i)
      for (std::int64_t j = 0; j < n; ++j) {
        if (j < i && j < least) l.data_as<T>()[(b * m + i) * least + j] = from[i * n + j];
        if (i == j) l.data_as<T>()[(b * m + i) * least + j] = T(1);
        if (i <= j && i < least) u.data_as<T>()[(b * least + i) * n + j] = from[i * n + j];
      }
  });
  return std::tuple(l, u);
}
Result<std::tuple<Tensor, Tensor, Tensor>> unpacked(const Tensor& wide_lu, const Tensor& pivots, DType dtype) {
  FACULA_TRY(auto both, triangles(wide_lu));
  FACULA_TRY(Tensor p, permutation(pivots, rows_of(wide_lu), dtype));
  FACULA_TRY(Tensor l, cast(std::get<0>(both), dtype));
  FACULA_TRY(Tensor u, cast(std::get<1>(both), dtype));
  return std::tuple(p, l, u);
}
Result<std::tuple<Tensor, Tensor, Tensor>> linalg_lu(const Tensor& a, bool pivot) {
  FACULA_TRY_VOID(check_matrix(a, "linalg.lu"));
  FACULA_CHECK(pivot, "linalg.lu: LU without pivoting is not implemented on the CPU");
  FACULA_TRY(Lu f, factor(a));
  return unpacked(f.lu, f.pivots, a.dtype());
}
Result<std::tuple<Tensor, Tensor, Tensor>> lu_unpack(const Tensor& lu, const Tensor& pivots, bool unpack_data, bool unpack_pivots) {
  if (lu.dtype() == DType::kHalf || lu.dtype() == DType::kBFloat16) {
    FACULA_TRY(const Tensor wide, cast(lu, DType::kFloat));
    FACULA_TRY(auto all, lu_unpack(wide, pivots, unpack_data, unpack_pivots));
    FACULA_TRY(Tensor p, cast(std::get<0>(all), lu.dtype()));
    FACULA_TRY(Tensor l, cast(std::get<1>(all), lu.dtype()));
    FACULA_TRY(Tensor u, cast(std::get<2>(all), lu.dtype()));
    return std::tuple(p, l, u);
  }
  FACULA_TRY_VOID(check_matrix(lu, "torch.lu_unpack"));
  FACULA_CHECK(pivots.dtype() == DType::kInt32, "torch.lu_unpack: LU_pivots is expected to be a contiguous tensor of torch.int32 dtype.");
  FACULA_CHECK(ops::same_sizes(pivots.sizes(), with(batch_of(lu), {std::min(rows_of(lu), columns_of(lu))})), "torch.lu_unpack: LU_pivots of size {} do not fit LU of size {}", ints_text(pivots.sizes()), ints_text(lu.sizes()));
  FACULA_TRY(Tensor wide, wide_copy(lu));
  FACULA_TRY(Tensor dense, contiguous(pivots));
  FACULA_TRY(auto all, unpacked(wide, dense, lu.dtype()));
  FACULA_TRY(Tensor none, Tensor::empty(Dims{0}, lu.dtype()));
  return std::tuple(unpack_pivots ? std::get<0>(all) : none, unpack_data ? std::get<1>(all) : none, unpack_data ? std::get<2>(all) : none);
}

struct Determinant {
  Tensor sign, log;  // sign * exp(log)
};
Result<Determinant> determinant(const Tensor& a) {
  FACULA_TRY(Lu f, factor(a));
  const std::int64_t n = columns_of(a);
  Determinant d;
  FACULA_TRY(d.sign, Tensor::empty(batch_of(a), f.lu.dtype()));
  FACULA_TRY(d.log, Tensor::empty(batch_of(a), DType::kDouble));
  each_matrix(f.lu, f.info.numel(), [&](auto tag, std::int64_t i) {
    using T = decltype(tag);
    T sign = 1;
    double log = 0;
    for (std::int64_t j = 0; j < n; ++j) {
      const T p = f.lu.data_as<T>()[(i * n + j) * n + j];
      const double size = std::abs(p);
      sign *= size > 0 ? p / size : T(0);
      if (f.pivots.data_as<std::int32_t>()[i * n + j] != j + 1) sign = -sign;
      log += std::log(size);
    }
    d.sign.data_as<T>()[i] = sign;
    d.log.data_as<double>()[i] = log;
  });
  return d;
}
Result<Tensor> det(const Tensor& a) {
  FACULA_TRY_VOID(check_square(a, "linalg.det"));
  FACULA_TRY(Lu f, factor(a));
  const std::int64_t n = columns_of(a);
  FACULA_TRY(Tensor y, Tensor::empty(batch_of(a), f.lu.dtype()));
  each_matrix(f.lu, f.info.numel(), [&](auto tag, std::int64_t i) {
    using T = decltype(tag);
    T d = 1;
    for (std::int64_t j = 0; j < n; ++j) {
      d *= f.lu.data_as<T>()[(i * n + j) * n + j];
      if (f.pivots.data_as<std::int32_t>()[i * n + j] != j + 1) d = -d;
    }
    y.data_as<T>()[i] = d;
  });
  return cast(y, a.dtype());
}
Result<std::tuple<Tensor, Tensor>> slogdet(const Tensor& a) {
  FACULA_TRY_VOID(check_square(a, "linalg.slogdet"));
  FACULA_TRY(Determinant d, determinant(a));
  FACULA_TRY(Tensor sign, cast(d.sign, a.dtype()));
  FACULA_TRY(Tensor log, cast(d.log, real_dtype(a.dtype())));
  return std::tuple(sign, log);
}
Result<Tensor> logdet(const Tensor& a) {
  FACULA_TRY_VOID(check_square(a, "logdet"));
  FACULA_TRY(Determinant d, determinant(a));
  FACULA_TRY(Tensor sign, unary(d.sign, UnaryOp::log));  // NaN for a negative determinant
  FACULA_TRY(Tensor y, binary(sign, d.log, BinaryOp::add));
  for (std::int64_t i = 0; y.dtype() == DType::kDouble && i < y.numel(); ++i)
    if (d.sign.data_as<double>()[i] == 0) y.data_as<double>()[i] = -INFINITY;
  return cast(y, a.dtype());
}

Result<std::tuple<Tensor, Tensor>> inverse_ex(const Tensor& a, bool check_errors) {
  FACULA_TRY_VOID(check_square(a, "linalg.inv"));
  FACULA_TRY(Lu f, factor(a));
  if (check_errors) FACULA_TRY_VOID(check_info(a, f.info, "linalg.inv_ex", "The diagonal element ", " is zero, the inversion could not be completed because the input matrix is singular."));
  const std::int64_t n = columns_of(a);
  FACULA_TRY(Tensor y, ops::zeros(a.sizes(), f.lu.dtype()));
  FACULA_TRY(Tensor diagonal, ops::diagonal(y, 0, -2, -1));
  FACULA_TRY_VOID(ops::fill(diagonal, 1));
  if (n) solve_factored(f, y, false);
  FACULA_TRY(y, by_columns(y, a.dtype()));
  return std::tuple(y, f.info);
}
Result<Tensor> inverse(const Tensor& a) {
  FACULA_TRY(auto both, inverse_ex(a, false));
  FACULA_TRY_VOID(check_info(a, std::get<1>(both), "linalg.inv", "The diagonal element ", " is zero, the inversion could not be completed because the input matrix is singular."));
  return std::get<0>(both);
}

// a and b [..., n, k] with their batches broadcast against each other.
Result<std::tuple<Tensor, Tensor>> same_batch(const Tensor& a, const Tensor& b) {
  FACULA_TRY(const Dims batch, broadcast_shape(batch_of(a), batch_of(b)));
  FACULA_TRY(Tensor x, expand_to(a, with(batch, {rows_of(a), columns_of(a)})));
  FACULA_TRY(Tensor y, expand_to(b, with(batch, {rows_of(b), columns_of(b)})));
  return std::tuple(x, y);
}
Result<std::tuple<Tensor, Tensor>> solve_ex(const Tensor& a, const Tensor& b_in, bool left, bool check_errors) {
  FACULA_TRY_VOID(check_square(a, "linalg.solve"));
  FACULA_CHECK(a.dtype() == b_in.dtype(), "linalg.solve: Expected A and B to have the same dtype, but found A of type {} and B of type {} instead", dtype_name(a.dtype()), dtype_name(b_in.dtype()));
  FACULA_CHECK(b_in.dim() >= 1, "linalg.solve: The input tensor B must have at least 1 dimension.");
  // b is a batch of vectors if its sizes are those of a without the last one.
  const bool vector = b_in.dim() == 1 || (b_in.dim() == a.dim() - 1 && same_sizes(b_in.sizes(), Ints(a.sizes()).first(a.sizes().size() - 1)));
  FACULA_CHECK(left || !vector, "linalg.solve: Vector broadcasting of the left hand side is not supported for left=False. In this case linalg.solve is equivalent to B / A.squeeze(-1)");
  Tensor b = b_in;
  if (vector) {
    FACULA_TRY(b, ops::unsqueeze(b, -1));
  } else if (!left) {
    FACULA_TRY(b, ops::transpose(b, -2, -1));
  }
  FACULA_CHECK(rows_of(b) == columns_of(a), "linalg.solve: Incompatible shapes of A and B for the equation {} ({}x{} and {}x{})", left ? "AX = B" : "XA = B", rows_of(a), columns_of(a), rows_of(b), columns_of(b));
  FACULA_TRY(auto both, same_batch(a, b));
  Tensor matrix = std::get<0>(both);
  if (!left) {
    FACULA_TRY(matrix, ops::transpose(matrix, -2, -1));
  }
  FACULA_TRY(Lu f, factor(matrix));
  if (check_errors) FACULA_TRY_VOID(check_info(a, f.info, "torch.linalg.solve_ex", "The solver failed because the input matrix is singular: U[", "] is zero."));
  FACULA_TRY(Tensor x, wide_copy(std::get<1>(both)));
  if (x.numel()) solve_factored(f, x, false);
  FACULA_TRY(x, by_columns(x, a.dtype()));
  if (vector) {
    FACULA_TRY(x, ops::squeeze(x, -1));
    if (x.dim() >= 2) {  // vectors of a batch lie as the columns of a matrix do
      FACULA_TRY(x, by_columns(x, x.dtype()));
    }
  } else if (!left) {
    FACULA_TRY(x, ops::transpose(x, -2, -1));
  }
  return std::tuple(x, f.info);
}
Result<Tensor> linalg_solve(const Tensor& a, const Tensor& b, bool left) {
  FACULA_TRY(auto both, solve_ex(a, b, left, false));
  const Tensor& info = std::get<1>(both);
  for (std::int64_t i = 0; i < info.numel(); ++i)
    FACULA_CHECK(info.data_as<std::int32_t>()[i] == 0, "torch.linalg.solve: {}The solver failed because the input matrix is singular.", element(a, i));
  return std::get<0>(both);
}
Result<Tensor> linalg_lu_solve(const Tensor& lu, const Tensor& pivots, const Tensor& b_in, bool left, bool adjoint) {
  FACULA_TRY_VOID(check_square(lu, "torch.linalg.lu_solve"));
  FACULA_CHECK(lu.dtype() == b_in.dtype() && b_in.dim() >= 2, "linalg.lu_solve: Expected LU and B to have the same dtype and B to be a batch of matrices");
  FACULA_CHECK(pivots.dtype() == DType::kInt32 && pivots.dim() == lu.dim() - 1 && pivots.size(pivots.dim() - 1) == columns_of(lu), "linalg.lu_solve: pivots should be a tensor of torch.int32 with one number a row of LU");
  Tensor b = b_in;
  if (!left) {  // X A = B is A^H X^H = B^H
    FACULA_TRY(b, ops::adjoint(b));
  }
  FACULA_CHECK(rows_of(b) == rows_of(lu), "linalg.lu_solve: Incompatible shapes of LU and B");
  FACULA_TRY(auto both, same_batch(lu, b));
  Lu f;
  FACULA_TRY(f.lu, wide_copy(std::get<0>(both)));
  Dims sizes(batch_of(f.lu));
  sizes.push_back(columns_of(lu));
  FACULA_TRY(f.pivots, expand_to(pivots, sizes));
  FACULA_TRY(f.pivots, contiguous(f.pivots));
  for (std::int64_t i = 0; i < f.pivots.numel(); ++i)
    FACULA_CHECK(f.pivots.data_as<std::int32_t>()[i] >= 1 && f.pivots.data_as<std::int32_t>()[i] <= columns_of(lu), "Pivots given to lu_solve must all be greater or equal to 1 and at most the matrix's size");
  FACULA_TRY(Tensor x, wide_copy(std::get<1>(both)));
  if (x.numel()) solve_factored(f, x, adjoint != !left);
  FACULA_TRY(x, by_columns(x, lu.dtype()));
  return left ? Result<Tensor>(x) : ops::adjoint(x);
}
Result<Tensor> lu_solve(const Tensor& b, const Tensor& lu, const Tensor& pivots) { return linalg_lu_solve(lu, pivots, b, true, false); }

// --- Cholesky and triangular systems ---------------------------------------------------------------------------------

Result<std::tuple<Tensor, Tensor>> cholesky_ex(const Tensor& a, bool upper, bool check_errors) {
  FACULA_TRY_VOID(check_square(a, "linalg.cholesky"));
  Tensor source = a;
  if (upper) {
    FACULA_TRY(source, ops::adjoint(a));
  }
  FACULA_TRY(Tensor l, wide_copy(source));
  FACULA_TRY(Tensor info, Tensor::empty(batch_of(a), DType::kInt32));
  const std::int64_t n = columns_of(a);
  each_matrix(l, info.numel(), [&](auto tag, std::int64_t i) {
    using T = decltype(tag);
    info.data_as<std::int32_t>()[i] = static_cast<std::int32_t>(kernels::cholesky(l.data_as<T>() + i * n * n, n));
  });
  if (check_errors) FACULA_TRY_VOID(check_info(a, info, "torch.linalg.cholesky_ex", "The factorization could not be completed because the input is not positive-definite (the leading minor of order ", " is not positive-definite)."));
  if (upper) {
    FACULA_TRY(l, ops::adjoint(l));
  }
  FACULA_TRY(l, by_columns(l, a.dtype()));
  return std::tuple(l, info);
}
Result<Tensor> cholesky_of(const Tensor& a, bool upper, std::string_view name) {
  FACULA_TRY(auto both, cholesky_ex(a, upper, false));
  FACULA_TRY_VOID(check_info(a, std::get<1>(both), name, "The factorization could not be completed because the input is not positive-definite (the leading minor of order ", " is not positive-definite)."));
  return std::get<0>(both);
}
Result<Tensor> linalg_cholesky(const Tensor& a, bool upper) { return cholesky_of(a, upper, "linalg.cholesky"); }
Result<Tensor> cholesky(const Tensor& a, bool upper) { return cholesky_of(a, upper, "cholesky"); }

// op(a) x = b for each of a list of triangles in turn.
Result<Tensor> solve_triangles(const Tensor& a, const Tensor& b, std::initializer_list<Triangle> steps) {
  FACULA_CHECK(a.dtype() == b.dtype(), "linalg.solve_triangular: Expected A and B to have the same dtype, but found A of type {} and B of type {} instead", dtype_name(a.dtype()), dtype_name(b.dtype()));
  FACULA_CHECK(b.dim() >= 2, "linalg.solve_triangular: The input tensor B must have at least 2 dimensions.");
  FACULA_CHECK(rows_of(b) == columns_of(a), "linalg.solve_triangular: Incompatible shapes of A and B for the equation AX = B ({}x{} and {}x{})", rows_of(a), columns_of(a), rows_of(b), columns_of(b));
  FACULA_TRY(auto both, same_batch(a, b));
  FACULA_TRY(Tensor l, wide_copy(std::get<0>(both)));
  FACULA_TRY(Tensor x, wide_copy(std::get<1>(both)));
  const std::int64_t n = columns_of(a), k = columns_of(b);
  each_matrix(l, product(batch_of(l)), [&](auto tag, std::int64_t i) {
    using T = decltype(tag);
    for (const Triangle& t : steps) kernels::solve_triangular(l.data_as<T>() + i * n * n, n, t, x.data_as<T>() + i * n * k, k);
  });
  return by_columns(x, a.dtype());
}
Result<Tensor> solve_triangular(const Tensor& a, const Tensor& b, bool upper, bool left, bool unit) {
  FACULA_TRY_VOID(check_square(a, "linalg.solve_triangular"));
  if (left) return solve_triangles(a, b, {{.upper = upper, .unit = unit}});
  FACULA_CHECK(b.dim() >= 2, "linalg.solve_triangular: The input tensor B must have at least 2 dimensions.");
  FACULA_TRY(Tensor bh, ops::adjoint(b));
  FACULA_TRY(Tensor x, solve_triangles(a, bh, {{.upper = upper, .unit = unit, .adjoint = true}}));
  FACULA_TRY(x, ops::adjoint(x));
  return by_columns(x, x.dtype());
}
Result<std::tuple<Tensor, Tensor>> triangular_solve(const Tensor& b, const Tensor& a, bool upper, bool transpose, bool unit) {
  FACULA_TRY_VOID(check_square(a, "triangular_solve"));
  Tensor matrix = a;
  if (transpose) {
    FACULA_TRY(matrix, ops::transpose(a, -2, -1));
  }
  FACULA_TRY(Tensor x, solve_triangles(matrix, b, {{.upper = upper != transpose, .unit = unit}}));
  FACULA_TRY(auto both, same_batch(a, b));
  FACULA_TRY(Tensor copy, by_columns(std::get<0>(both), a.dtype()));
  return std::tuple(x, copy);
}
Result<Tensor> cholesky_solve(const Tensor& b, const Tensor& l, bool upper) {
  FACULA_TRY_VOID(check_square(l, "cholesky_solve"));
  return solve_triangles(l, b, {{.upper = upper, .adjoint = upper}, {.upper = upper, .adjoint = !upper}});
}
Result<Tensor> cholesky_inverse(const Tensor& l, bool upper) {
  FACULA_TRY_VOID(check_square(l, "cholesky_inverse"));
  FACULA_TRY(Tensor one, ops::zeros(l.sizes(), l.dtype()));
  FACULA_TRY(Tensor diagonal, ops::diagonal(one, 0, -2, -1));
  FACULA_TRY_VOID(ops::fill(diagonal, 1));
  return cholesky_solve(one, l, upper);
}

// --- QR --------------------------------------------------------------------------------------------------------------

Result<std::tuple<Tensor, Tensor>> qr(const Tensor& a, bool reduced, bool want_q, std::string_view name) {
  FACULA_TRY_VOID(check_matrix(a, name));
  const std::int64_t m = rows_of(a), n = columns_of(a), least = std::min(m, n), width = reduced ? least : m, count = product(batch_of(a));
  FACULA_TRY(Tensor f, wide_copy(a));
  FACULA_TRY(Tensor r, ops::zeros(with(batch_of(a), {width, n}), f.dtype()));
  FACULA_TRY(Tensor q, want_q ? Tensor::empty(with(batch_of(a), {m, width}), f.dtype()) : Tensor::empty(Dims{0}, f.dtype()));
  each_matrix(f, count, [&](auto tag, std::int64_t i) {
    using T = decltype(tag);
    std::vector<T> tau(static_cast<std::size_t>(least));
    T* x = f.data_as<T>() + i * m * n;
    kernels::qr(x, m, n, tau.data());
    for (std::int64_t row = 0; row < least; ++row) std::copy(x + row * n + row, x + (row + 1) * n, r.data_as<T>() + (i * width + row) * n + row);
    if (want_q) kernels::qr_columns(x, m, n, tau.data(), least, q.data_as<T>() + i * m * width, width);
  });
  FACULA_TRY(q, want_q ? by_columns(q, a.dtype()) : cast(q, a.dtype()));
  FACULA_TRY(r, by_columns(r, a.dtype()));
  return std::tuple(q, r);
}
Result<std::tuple<Tensor, Tensor>> linalg_qr(const Tensor& a, std::string_view mode) {
  FACULA_CHECK(mode == "reduced" || mode == "complete" || mode == "r", "qr received unrecognized mode '{}' but expected one of 'reduced' (default), 'r', or 'complete'", mode);
  return qr(a, mode != "complete", mode != "r", "linalg.qr");
}
Result<std::tuple<Tensor, Tensor>> old_qr(const Tensor& a, bool some) { return qr(a, some, true, "qr"); }

constexpr Op kLinalg[] = {
    row<lu_factor>("aten::linalg_lu_factor(Tensor A, *, bool pivot=True) -> (Tensor LU, Tensor pivots)", {.samples = {"randn(4,4)", "randn(2,3,5)"}}),
    row<lu_factor_ex>("aten::linalg_lu_factor_ex(Tensor A, *, bool pivot=True, bool check_errors=False) -> (Tensor LU, Tensor pivots, Tensor info)", {.samples = {"randn(4,4)"}}),
    row<linalg_lu>("aten::linalg_lu(Tensor A, *, bool pivot=True) -> (Tensor P, Tensor L, Tensor U)", {.samples = {"randn(4,4)", "randn(2,5,3)"}}),
    row<lu_unpack>("aten::lu_unpack(Tensor LU_data, Tensor LU_pivots, bool unpack_data=True, bool unpack_pivots=True) -> (Tensor P, Tensor L, Tensor U)", {.samples = {"torch.linalg.lu_factor(randn(4,4))[0], torch.linalg.lu_factor(eye(4).flip(0))[1]"}}),
    row<det>("aten::linalg_det(Tensor A) -> Tensor", {.forms = kOut, .samples = {"randn(4,4)", "randn(2,3,3)", "ones(3,3)"}}),
    row<det>("aten::det(Tensor self) -> Tensor", {.samples = {"randn(4,4)"}}),
    row<slogdet>("aten::linalg_slogdet(Tensor A) -> (Tensor sign, Tensor logabsdet)", {.samples = {"randn(4,4)", "randn(2,3,3)"}}),
    row<slogdet>("aten::slogdet(Tensor self) -> (Tensor sign, Tensor logabsdet)", {.samples = {"randn(4,4)"}}),
    row<logdet>("aten::logdet(Tensor self) -> Tensor", {.samples = {"eye(3)*2", "randn(2,3,3)"}}),
    row<inverse>("aten::linalg_inv(Tensor A) -> Tensor", {.forms = kOut, .samples = {"randn(4,4)", "randn(2,3,3)", "torch.zeros(3,3)"}}),
    row<inverse_ex>("aten::linalg_inv_ex(Tensor A, *, bool check_errors=False) -> (Tensor inverse, Tensor info)", {.samples = {"randn(4,4)"}}),
    row<inverse>("aten::inverse(Tensor self) -> Tensor", {.forms = kOut, .samples = {"randn(2,4,4)"}}),
    row<linalg_solve>("aten::linalg_solve(Tensor A, Tensor B, *, bool left=True) -> Tensor", {.forms = kOut, .samples = {"randn(4,4), randn(4,2)", "randn(4,4), randn(4)", "randn(2,3,3), randn(2,3)", "randn(3,3), randn(2,4,3), left=False", "randn(2,3,3), randn(3,5)"}}),
    row<solve_ex>("aten::linalg_solve_ex(Tensor A, Tensor B, *, bool left=True, bool check_errors=False) -> (Tensor result, Tensor info)", {.samples = {"randn(4,4), randn(4,2)"}}),
    row<linalg_lu_solve>("aten::linalg_lu_solve(Tensor LU, Tensor pivots, Tensor B, *, bool left=True, bool adjoint=False) -> Tensor", {.forms = kOut, .samples = {"randn(4,4)+eye(4)*4, tensor([2,2,4,4], dtype=torch.int32), randn(4,3)", "randn(4,4)+eye(4)*4, tensor([2,2,4,4], dtype=torch.int32), randn(4,3), adjoint=True"}}),
    row<lu_solve>("aten::lu_solve(Tensor self, Tensor LU_data, Tensor LU_pivots) -> Tensor", {.forms = kOut, .samples = {"randn(4,3), randn(4,4)+eye(4)*4, tensor([2,2,4,4], dtype=torch.int32)"}}),
    row<linalg_cholesky>("aten::linalg_cholesky(Tensor self, *, bool upper=False) -> Tensor", {.forms = kOut, .samples = {"eye(3)*2+ones(3,3)", "eye(3)*2+ones(2,3,3), upper=True", "-eye(3)"}}),
    row<cholesky_ex>("aten::linalg_cholesky_ex(Tensor self, *, bool upper=False, bool check_errors=False) -> (Tensor L, Tensor info)", {.samples = {"eye(3)*2+ones(3,3)"}}),
    row<cholesky>("aten::cholesky(Tensor self, bool upper=False) -> Tensor", {.forms = kOut, .samples = {"eye(3)*2+ones(3,3)", "eye(3)*2+ones(3,3), True"}}),
    row<cholesky_solve>("aten::cholesky_solve(Tensor self, Tensor input2, bool upper=False) -> Tensor", {.forms = kOut, .samples = {"randn(3,2), torch.linalg.cholesky(eye(3)*2+ones(3,3))", "randn(3,2), torch.linalg.cholesky(eye(3)*2+ones(3,3)).t(), True"}}),
    row<cholesky_inverse>("aten::cholesky_inverse(Tensor self, bool upper=False) -> Tensor", {.forms = kOut, .samples = {"torch.linalg.cholesky(eye(3)*2+ones(3,3))"}}),
    row<solve_triangular>("aten::linalg_solve_triangular(Tensor self, Tensor B, *, bool upper, bool left=True, bool unitriangular=False) -> Tensor", {.forms = kOut, .samples = {"randn(4,4)+eye(4)*4, randn(4,2), upper=True", "randn(4,4), randn(4,2), upper=False, unitriangular=True", "randn(4,4)+eye(4)*4, randn(2,2,4), upper=True, left=False"}}),
    row<triangular_solve>("aten::triangular_solve(Tensor self, Tensor A, bool upper=True, bool transpose=False, bool unitriangular=False) -> (Tensor solution, Tensor cloned_coefficient)", {.samples = {"randn(4,2), randn(4,4)+eye(4)*4", "randn(4,2), randn(4,4)+eye(4)*4, False, True"}}),
    row<linalg_qr>("aten::linalg_qr(Tensor A, str mode=\"reduced\") -> (Tensor Q, Tensor R)", {.samples = {"randn(5,3)", "randn(2,3,5)", "randn(5,3), 'complete'", "randn(5,3), 'r'"}}),
    row<old_qr>("aten::qr(Tensor self, bool some=True) -> (Tensor Q, Tensor R)", {.samples = {"randn(5,3)"}}),
};

}  // namespace

namespace ops {
Result<Tensor> solve(const Tensor& a, const Tensor& b) { return linalg_solve(a, b, true); }
}  // namespace ops

FACULA_FAMILY(linalg, kLinalg)

}  // namespace fac
