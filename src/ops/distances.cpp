// Distances and similarities of vectors, bilinear forms, weight normalisation.
#include <cmath>

#include "base/thread_pool.h"
#include "ops/copy.h"
#include "ops/dims.h"
#include "ops/elementwise.h"
#include "ops/functions.h"
#include "ops/matmul.h"
#include "ops/op.h"
#include "ops/reduction.h"

namespace fac {
namespace {

using ops::binary;
using ops::BinaryOp;

Result<Tensor> cosine_similarity(const Tensor& a, const Tensor& b, std::int64_t dim, double eps) {
  const DType dtype = ops::result_type(a, b);
  FACULA_CHECK(is_floating(dtype), "expected common dtype to be floating point, yet common dtype is {}", dtype_name(dtype));
  FACULA_TRY(const Dims sizes, ops::broadcast_shape(a.sizes(), b.sizes()));
  const Dims dims{dim};
  Tensor unit[2];
  const Tensor* given[] = {&a, &b};
  for (int i = 0; i < 2; ++i) {
    FACULA_TRY(Tensor x, cast(*given[i], dtype));
    FACULA_TRY(x, ops::expand_to(x, sizes));
    FACULA_TRY(Tensor norm, ops::vector_norm(x, Scalar(2.0), dims, true, std::nullopt));
    FACULA_TRY(norm, ops::unary(norm, ops::UnaryOp::clamp, ops::Rule::kSame, {.a = eps, .b = INFINITY}));
    FACULA_TRY(unit[i], binary(x, norm, BinaryOp::div));
  }
  FACULA_TRY(Tensor products, binary(unit[0], unit[1], BinaryOp::mul));
  return ops::sum(products, dims, false);
}

Result<Tensor> pairwise_distance(const Tensor& a, const Tensor& b, double p, double eps, bool keepdim) {
  FACULA_CHECK(a.dtype() != DType::kBool || b.dtype() != DType::kBool, "Subtraction, the `-` operator, with two bool tensors is not supported. Use the `^` or `logical_xor()` operator instead.");
  FACULA_TRY(Tensor d, binary(a, b, BinaryOp::sub));
  FACULA_TRY(d, binary(d, Scalar(eps), BinaryOp::add));
  const Dims dims{std::max(a.dim(), b.dim()) - 1};
  return ops::vector_norm(d, Scalar(p), dims, keepdim, std::nullopt);
}

template <class T>
T distance(const T* a, const T* b, std::int64_t n, double p) {
  T sum = 0;
  if (p == 0) {
    for (std::int64_t i = 0; i < n; ++i) sum += static_cast<T>(a[i] != b[i]);
    return sum;
  }
  if (p == 1) {
    for (std::int64_t i = 0; i < n; ++i) sum += std::fabs(a[i] - b[i]);
    return sum;
  }
  if (p == 2) {
    for (std::int64_t i = 0; i < n; ++i) sum += (a[i] - b[i]) * (a[i] - b[i]);
    return std::sqrt(sum);
  }
  if (std::isinf(p)) {
    for (std::int64_t i = 0; i < n; ++i) {
      const T d = std::fabs(a[i] - b[i]);
      sum = d > sum || std::isnan(d) ? d : sum;
    }
    return sum;
  }
  for (std::int64_t i = 0; i < n; ++i) sum += std::pow(std::fabs(a[i] - b[i]), static_cast<T>(p));
  return std::pow(sum, T(1) / static_cast<T>(p));
}

// a [batch, m, k], b [batch, n, k], y [batch, m, n].
template <class T>
void distances(const Tensor& a, const Tensor& b, const Tensor& y, double p) {
  const std::int64_t m = a.size(1), n = b.size(1), k = a.size(2);
  parallel_for(a.size(0) * m, std::max<std::int64_t>(1, 16384 / std::max<std::int64_t>(1, n * k)), [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t r = begin; r < end; ++r)
      for (std::int64_t j = 0; j < n; ++j)
        y.data_as<T>()[r * n + j] = distance(a.data_as<T>() + r * k, b.data_as<T>() + (r / m * n + j) * k, k, p);
  });
}

Status check_floating_pair(const Tensor& a, const Tensor& b, std::string_view name) {
  FACULA_CHECK((a.dtype() == DType::kFloat || a.dtype() == DType::kDouble) && a.dtype() == b.dtype(), "{} only supports floating-point dtypes of one kind, got: {} and {}", name, dtype_name(a.dtype()), dtype_name(b.dtype()));
  return {};
}

Result<Tensor> cdist_forward(const Tensor& a_in, const Tensor& b_in, double p, std::optional<std::int64_t> mode) {
  FACULA_CHECK(a_in.dim() >= 2, "cdist only supports at least 2D tensors, X1 got: {}D", a_in.dim());
  FACULA_CHECK(b_in.dim() >= 2, "cdist only supports at least 2D tensors, X2 got: {}D", b_in.dim());
  const std::int64_t k = a_in.size(a_in.dim() - 1);
  FACULA_CHECK(k == b_in.size(b_in.dim() - 1), "X1 and X2 must have the same number of columns. X1: {} X2: {}", k, b_in.size(b_in.dim() - 1));
  FACULA_CHECK(p >= 0, "cdist only supports non-negative p values");
  FACULA_CHECK(!mode || (*mode >= 0 && *mode <= 2), "possible modes: None, 0, 1, 2, but was: {}", mode.value_or(0));
  if (a_in.dtype() == b_in.dtype() && (a_in.dtype() == DType::kHalf || a_in.dtype() == DType::kBFloat16)) {
    FACULA_TRY(const Tensor x, cast(a_in, DType::kFloat));
    FACULA_TRY(const Tensor y, cast(b_in, DType::kFloat));
    FACULA_TRY(const Tensor d, cdist_forward(x, y, p, mode));
    return cast(d, a_in.dtype());
  }
  FACULA_TRY_VOID(check_floating_pair(a_in, b_in, "cdist"));
  const std::int64_t m = a_in.size(a_in.dim() - 2), n = b_in.size(b_in.dim() - 2);
  FACULA_TRY(Dims batch, ops::broadcast_shape(Ints(a_in.sizes()).first(a_in.sizes().size() - 2), Ints(b_in.sizes()).first(b_in.sizes().size() - 2)));
  const std::int64_t count = product(batch);
  const auto spread = [&](const Tensor& t, std::int64_t rows) -> Result<Tensor> {
    Dims sizes = batch;
    sizes.push_back(rows), sizes.push_back(k);
    FACULA_TRY(Tensor e, ops::expand_to(t, sizes));
    FACULA_TRY(e, ops::reshape(e, Dims{count, rows, k}));
    return contiguous(e);
  };
  FACULA_TRY(Tensor a, spread(a_in, m));
  FACULA_TRY(Tensor b, spread(b_in, n));
  Dims sizes = batch;
  sizes.push_back(m), sizes.push_back(n);
  FACULA_TRY(Tensor y, Tensor::empty(sizes, a.dtype()));
  if (y.numel() == 0) return y;
  if (a.dtype() == DType::kFloat) distances<float>(a, b, y, p);
  else distances<double>(a, b, y, p);
  return y;
}

Result<Tensor> pdist(const Tensor& x_in, double p) {
  FACULA_CHECK(x_in.dim() == 2, "pdist only supports 2D tensors, got: {}D", x_in.dim());
  FACULA_TRY_VOID(check_floating_pair(x_in, x_in, "pdist"));
  FACULA_CHECK(p >= 0, "pdist only supports non-negative p values");
  FACULA_TRY(Tensor x, contiguous(x_in));
  const std::int64_t n = x.size(0), k = x.size(1);
  FACULA_TRY(Tensor y, Tensor::empty(Dims{n * (n - 1) / 2}, x.dtype()));
  const auto fill = [&](auto tag) {
    using T = decltype(tag);
    T* to = y.data_as<T>();
    for (std::int64_t i = 0; i < n; ++i)
      for (std::int64_t j = i + 1; j < n; ++j) *to++ = distance(x.data_as<T>() + i * k, x.data_as<T>() + j * k, k, p);
  };
  if (x.dtype() == DType::kFloat) fill(float{});
  else fill(double{});
  return y;
}

// out[.., o] = sum over i and j of a[.., i] weight[o, i, j] b[.., j] + bias[o]
Result<Tensor> bilinear(const Tensor& a, const Tensor& b, const Tensor& weight, const Tensor& bias) {
  FACULA_CHECK(a.dim() == b.dim(), "bilinear(): input dimensions do not match: got {} and {}", a.dim(), b.dim());
  FACULA_CHECK(a.dim() >= 1 && weight.dim() == 3, "bilinear(): weight must be 3-dimensional, got {}", weight.dim());
  const std::int64_t last = a.dim() - 1, outs = weight.size(0), left = weight.size(1), right = weight.size(2);
  for (std::int64_t d = 0; d < last; ++d)
    FACULA_CHECK(a.size(d) == b.size(d), "bilinear(): input batch dimensions do not match at dim {}: got {} and {}", d, a.size(d), b.size(d));
  FACULA_CHECK(a.size(last) == left, "bilinear(): input1 size does not match weight size: got {} but expected {}", a.size(last), left);
  FACULA_CHECK(b.size(last) == right, "bilinear(): input2 size does not match weight size: got {} but expected {}", b.size(last), right);
  FACULA_CHECK(!bias.defined() || bias.size(0) == outs, "bilinear(): bias size does not match weight size: got {} but expected {}", bias.defined() ? bias.size(0) : 0, outs);
  const std::int64_t rows = product(Ints(a.sizes()).first(static_cast<std::size_t>(last)));
  Dims sizes(a.sizes());
  sizes.back() = outs;
  const Dims order{1, 0, 2};
  FACULA_TRY(Tensor w, ops::permute(weight, order));
  FACULA_TRY(w, ops::reshape(w, Dims{left, outs * right}));
  FACULA_TRY(Tensor x, ops::reshape(a, Dims{rows, left}));
  FACULA_TRY(x, ops::mm(x, w));
  FACULA_TRY(x, ops::view(x, Dims{rows, outs, right}));
  FACULA_TRY(Tensor z, ops::reshape(b, Dims{rows, right, 1}));
  FACULA_TRY(Tensor y, ops::bmm(x, z));
  FACULA_TRY(y, ops::view(y, sizes));
  if (!bias.defined()) return y;
  return binary(y, bias, BinaryOp::add);
}

// The norm of v over all dimensions but `dim`, which stay with size 1; dim = -1: over all.
Result<Tensor> norm_except_dim(const Tensor& v, std::int64_t power, std::int64_t dim) {
  const Scalar ord(static_cast<double>(power));
  if (dim == -1) return ops::vector_norm(v, ord, std::nullopt, false, std::nullopt);
  FACULA_TRY(const std::int64_t kept, ops::wrap_dim(dim, v.dim()));
  Dims others;
  for (std::int64_t d = 0; d < v.dim(); ++d)
    if (d != kept) others.push_back(d);
  if (others.empty()) return ops::unary(v, ops::UnaryOp::abs);
  return ops::vector_norm(v, ord, others, true, std::nullopt);
}
Result<std::tuple<Tensor, Tensor>> weight_norm_with_norms(const Tensor& v, const Tensor& g, std::int64_t dim) {
  FACULA_TRY(const Tensor wide, v.dtype() == DType::kHalf || v.dtype() == DType::kBFloat16 ? cast(v, DType::kFloat) : Result<Tensor>(v));
  FACULA_TRY(Tensor norms, norm_except_dim(wide, 2, dim));
  FACULA_TRY(Tensor factor, binary(g, norms, BinaryOp::div));
  FACULA_TRY(Tensor w, binary(wide, factor, BinaryOp::mul));
  FACULA_TRY(w, cast(w, v.dtype()));
  FACULA_TRY(w, contiguous(w));
  return std::tuple(w, norms);
}
Result<Tensor> weight_norm(const Tensor& v, const Tensor& g, std::int64_t dim) {
  if (dim == 0 || dim == v.dim() - 1) {
    FACULA_TRY(auto both, weight_norm_with_norms(v, g, dim));
    return std::get<0>(both);
  }
  FACULA_TRY(Tensor norms, norm_except_dim(v, 2, dim));
  FACULA_TRY(Tensor factor, binary(g, norms, BinaryOp::div));
  return binary(v, factor, BinaryOp::mul);
}

Result<Tensor> pdist_forward(const Tensor& x, double p) {
  FACULA_CHECK(x.is_contiguous(), "_pdist_forward requires contiguous input");
  return pdist(x, p);
}

// Vectors of three along `dim`.
Result<Tensor> cross_along(const Tensor& a, const Tensor& b, std::int64_t dim) {
  FACULA_CHECK(a.dim() == b.dim(), "linalg.cross: inputs must have the same number of dimensions.");
  FACULA_TRY(const std::int64_t d, ops::wrap_dim(dim, a.dim()));
  FACULA_CHECK(a.dim() > 0 && a.size(d) == 3 && b.size(d) == 3, "linalg.cross: inputs dimension {} must have length 3. Got {} and {}", dim, a.dim() ? a.size(d) : 1, b.dim() ? b.size(d) : 1);
  FACULA_TRY(const Dims sizes, ops::broadcast_shape(a.sizes(), b.sizes()));
  const DType dtype = ops::result_type(a, b);
  FACULA_TRY(Tensor y, Tensor::empty(sizes, dtype));
  FACULA_TRY(Tensor x, ops::expand_to(a, sizes));
  FACULA_TRY(Tensor z, ops::expand_to(b, sizes));
  for (std::int64_t i = 0; i < 3; ++i) {
    const std::int64_t j = (i + 1) % 3, k = (i + 2) % 3;
    FACULA_TRY(Tensor xj, ops::select(x, d, j));
    FACULA_TRY(Tensor xk, ops::select(x, d, k));
    FACULA_TRY(Tensor zj, ops::select(z, d, j));
    FACULA_TRY(Tensor zk, ops::select(z, d, k));
    FACULA_TRY(Tensor plus, binary(xj, zk, BinaryOp::mul));
    FACULA_TRY(Tensor minus, binary(xk, zj, BinaryOp::mul));
    FACULA_TRY(Tensor part, binary(plus, minus, BinaryOp::sub));
    FACULA_TRY(Tensor to, ops::select(y, d, i));
    FACULA_TRY_VOID(copy_into(to, part));
  }
  return y;
}
Result<Tensor> cross(const Tensor& a, const Tensor& b, std::optional<std::int64_t> dim) {
  if (dim) return cross_along(a, b, *dim);
  FACULA_TRY(const Dims sizes, ops::broadcast_shape(a.sizes(), b.sizes()));
  for (std::size_t d = 0; d < sizes.size(); ++d)
    if (sizes[d] == 3) return cross_along(a, b, static_cast<std::int64_t>(d));
  return runtime_error("no dimension of size 3 in input");
}

constexpr Op kDistances[] = {
    row<cosine_similarity>("aten::cosine_similarity(Tensor x1, Tensor x2, int dim=1, float eps=1e-08) -> Tensor", {.samples = {"randn(3,5), randn(3,5)", "randn(3,5,2), randn(1,5,2), 1", "randn(3,5), randn(5), -1, 0.1"}}),
    row<pairwise_distance>("aten::pairwise_distance(Tensor x1, Tensor x2, float p=2., float eps=9.9999999999999995e-07, bool keepdim=False) -> Tensor", {.samples = {"randn(3,5), randn(3,5)", "randn(3,5), randn(5), 1.0, 1e-6, True"}}),
    row<cdist_forward>("aten::cdist(Tensor x1, Tensor x2, float p=2., int? compute_mode=None) -> Tensor", {.samples = {"randn(3,5), randn(4,5)", "randn(2,3,5), randn(4,5), 1.0", "randn(3,5), randn(4,5), 3.0", "randn(3,5), randn(4,5), float('inf')", "randn(30,5), randn(4,5)"}}),
    row<cdist_forward>("aten::_cdist_forward(Tensor x1, Tensor x2, float p, int? compute_mode) -> Tensor", {.forms = kOut, .samples = {"randn(3,5), randn(4,5), 0.0, None"}}),
    row<pdist>("aten::pdist(Tensor self, float p=2.) -> Tensor", {.samples = {"randn(4,5)", "randn(4,5), 1.0"}}),
    row<pdist_forward>("aten::_pdist_forward(Tensor self, float p=2.) -> Tensor", {.forms = kOut, .samples = {"randn(4,5), 3.0"}}),
    row<bilinear>("aten::bilinear(Tensor input1, Tensor input2, Tensor weight, Tensor? bias=None) -> Tensor", {.samples = {"randn(3,4), randn(3,5), randn(6,4,5), randn(6)", "randn(2,3,4), randn(2,3,5), randn(6,4,5)"}}),
    row<norm_except_dim>("aten::norm_except_dim(Tensor v, int pow=2, int dim=0) -> Tensor", {.samples = {"randn(3,4,5)", "randn(3,4,5), 2, 2", "randn(3,4), 2, -1"}}),
    row<weight_norm>("aten::_weight_norm(Tensor v, Tensor g, int dim=0) -> Tensor", {.samples = {"randn(3,4,5), randn(3,1,1)", "randn(3,4,5), randn(1,1,5), 2"}}),
    row<weight_norm_with_norms>("aten::_weight_norm_interface(Tensor v, Tensor g, int dim=0) -> (Tensor, Tensor)", {.samples = {"randn(3,4,5), randn(3,1,1)"}}),
    row<cross_along>("aten::linalg_cross(Tensor self, Tensor other, *, int dim=-1) -> Tensor", {.forms = kOut, .samples = {"randn(4,3), randn(4,3)", "randn(3,4), randn(3,1), dim=0"}}),
    row<cross>("aten::cross(Tensor self, Tensor other, int? dim=None) -> Tensor", {.forms = kOut, .samples = {"randn(4,3), randn(4,3)", "randn(2,4,3), randn(2,4,3), 2"}}),
};

}  // namespace

FACULA_FAMILY(distances, kDistances)

}  // namespace fac
