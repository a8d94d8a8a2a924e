// Matrix products: mm, bmm, matmul, linear and the forms with an addend.
#include "ops/matmul.h"

#include "kernels/gemm.h"
#include "kernels/gemm_generic.h"
#include "ops/broadcast.h"
#include "ops/copy.h"
#include "ops/elementwise.h"
#include "ops/functions.h"

namespace fac {
namespace {

// A matrix operand for the kernels: rows dense (not transposed) or columns dense (transposed).
struct Matrix {
  Tensor t;
  std::int64_t ld = 0;
  bool trans = false;
};
// The last two dimensions of t; copies where neither dimension is dense.
Result<Matrix> matrix(const Tensor& t) {
  const std::int64_t r = t.dim() - 2, c = t.dim() - 1;
  const auto at_least = [](std::int64_t v, std::int64_t least) { return std::max(v, least); };
  if ((t.stride(c) == 1 || t.size(c) == 1) && (t.stride(r) >= t.size(c) || t.size(r) == 1))
    return Matrix{t, at_least(t.size(r) == 1 ? t.size(c) : t.stride(r), at_least(t.size(c), 1)), false};
  if ((t.stride(r) == 1 || t.size(r) == 1) && (t.stride(c) >= t.size(r) || t.size(c) == 1))
    return Matrix{t, at_least(t.size(c) == 1 ? t.size(r) : t.stride(c), at_least(t.size(r), 1)), true};
  FACULA_TRY(Tensor dense, contiguous(t));
  return Matrix{dense, at_least(dense.size(c), 1), false};
}

template <class T>
Status product(const kernels::Gemm& g, const kernels::GemmBatch& batch, const Tensor& a, const Tensor& b, const Tensor& y,
               const T* bias) {
  kernels::GemmEpilogue<T> e;
  e.bias = bias;
  const bool many = batch.count != 1;
  const std::size_t bytes = many ? kernels::gemm_batch_scratch_bytes<T>(g, batch) : kernels::gemm_scratch_bytes<T>(g, false);
  Ref<Storage> scratch;
  if (bytes) {
    FACULA_TRY(scratch, allocate_storage(bytes));
  }
  void* s = scratch ? scratch->data() : nullptr;
  if (many) kernels::gemm_run_batch<T>(g, batch, a.data_as<T>(), b.data_as<T>(), e, y.data_as<T>(), s, bytes);
  else kernels::gemm_run<T>(g, a.data_as<T>(), b.data_as<T>(), e, y.data_as<T>(), s, bytes);
  return {};
}
template <class T, class Acc = T>
void product_generic(const kernels::Gemm& g, const kernels::GemmBatch& batch, const Tensor& a, const Tensor& b, const Tensor& y) {
  for (std::int64_t i = 0; i < batch.count; ++i)
    kernels::gemm_generic<T, Acc>(g, a.data_as<T>() + i * batch.stride_a, b.data_as<T>() + i * batch.stride_b,
                                  y.data_as<T>() + i * batch.stride_c);
}

// a [batch, m, k] x b [batch, k, n] + bias [n]; shapes and dtypes checked by the callers.
Result<Tensor> multiply(const Tensor& a_in, const Tensor& b_in, const Tensor& bias) {
  const DType dtype = a_in.dtype();
  if (dtype == DType::kHalf || dtype == DType::kBFloat16) {
    FACULA_TRY(Tensor a, cast(a_in, DType::kFloat));
    FACULA_TRY(Tensor b, cast(b_in, DType::kFloat));
    Tensor c = bias;
    if (bias.defined()) {
      FACULA_TRY(c, cast(bias, DType::kFloat));
    }
    FACULA_TRY(Tensor y, multiply(a, b, c));
    return cast(y, dtype);
  }
  FACULA_TRY(const Matrix a, matrix(a_in));
  FACULA_TRY(const Matrix b, matrix(b_in));
  kernels::Gemm g;
  kernels::GemmBatch batch;
  batch.count = a_in.size(0);
  g.m = a_in.size(1), g.k = a_in.size(2), g.n = b_in.size(2);
  g.lda = a.ld, g.ldb = b.ld, g.ldc = std::max<std::int64_t>(g.n, 1);
  g.trans_a = a.trans, g.trans_b = b.trans;
  batch.stride_a = a.t.size(0) == 1 ? 0 : a.t.stride(0);
  batch.stride_b = b.t.size(0) == 1 ? 0 : b.t.stride(0);
  batch.stride_c = g.m * g.n;
  FACULA_TRY(Tensor y, Tensor::empty(Dims{batch.count, g.m, g.n}, dtype));
  if (y.numel() == 0) return y;
  switch (dtype) {
    case DType::kFloat:
      FACULA_TRY_VOID(product<float>(g, batch, a.t, b.t, y, bias.defined() ? bias.data_as<float>() : nullptr));
      return y;
    case DType::kDouble:
      FACULA_TRY_VOID(product<double>(g, batch, a.t, b.t, y, bias.defined() ? bias.data_as<double>() : nullptr));
      return y;
    case DType::kComplexFloat: product_generic<std::complex<float>>(g, batch, a.t, b.t, y); break;
    case DType::kComplexDouble: product_generic<std::complex<double>>(g, batch, a.t, b.t, y); break;
    case DType::kInt64: product_generic<std::int64_t, std::uint64_t>(g, batch, a.t, b.t, y); break;
    case DType::kInt32: product_generic<std::int32_t, std::uint32_t>(g, batch, a.t, b.t, y); break;
    case DType::kInt16: product_generic<std::int16_t, std::uint32_t>(g, batch, a.t, b.t, y); break;
    case DType::kInt8: product_generic<std::int8_t, std::uint32_t>(g, batch, a.t, b.t, y); break;
    case DType::kUInt8: product_generic<std::uint8_t, std::uint32_t>(g, batch, a.t, b.t, y); break;
    case DType::kBool: {  // sums of truth values are true where any is
      FACULA_TRY(Tensor wide_a, cast(a_in, DType::kInt32));
      FACULA_TRY(Tensor wide_b, cast(b_in, DType::kInt32));
      FACULA_TRY(Tensor sums, multiply(wide_a, wide_b, {}));
      return ops::binary(sums, Scalar(0), ops::BinaryOp::ne, ops::Rule::kBool);
    }
    default: return runtime_error("\"addmm_impl_cpu_\" not implemented for '{}'", dtype_name(dtype));
  }
  if (bias.defined()) return ops::binary(y, bias, ops::BinaryOp::add);
  return y;
}

Status same_dtype(const Tensor& a, const Tensor& b) {
  FACULA_CHECK(a.dtype() == b.dtype(), "expected m1 and m2 to have the same dtype, but got: {} != {}", dtype_name(a.dtype()), dtype_name(b.dtype()));
  return {};
}

}  // namespace

namespace ops {

Result<Tensor> bmm(const Tensor& a, const Tensor& b) {
  FACULA_CHECK(a.dim() == 3, "batch1 must be a 3D tensor");
  FACULA_CHECK(b.dim() == 3, "batch2 must be a 3D tensor");
  FACULA_CHECK(a.size(0) == b.size(0) && a.size(2) == b.size(1),
               "Expected size for first two dimensions of batch2 tensor to be: [{}, {}] but got: [{}, {}].", a.size(0), a.size(2), b.size(0), b.size(1));
  FACULA_TRY_VOID(same_dtype(a, b));
  return multiply(a, b, {});
}

Result<Tensor> mm(const Tensor& a, const Tensor& b) {
  FACULA_CHECK(a.dim() == 2, "self must be a matrix");
  FACULA_CHECK(b.dim() == 2, "mat2 must be a matrix");
  FACULA_CHECK(a.size(1) == b.size(0), "mat1 and mat2 shapes cannot be multiplied ({}x{} and {}x{})", a.size(0), a.size(1), b.size(0), b.size(1));
  FACULA_TRY_VOID(same_dtype(a, b));
  FACULA_TRY(Tensor a3, unsqueeze(a, 0));
  FACULA_TRY(Tensor b3, unsqueeze(b, 0));
  FACULA_TRY(Tensor y, multiply(a3, b3, {}));
  return squeeze(y, 0);
}

Result<Tensor> matmul(const Tensor& a, const Tensor& b) {
  FACULA_CHECK(a.dim() > 0 && b.dim() > 0, "both arguments to matmul need to be at least 1D, but they are {}D and {}D", a.dim(), b.dim());
  FACULA_TRY_VOID(same_dtype(a, b));
  Tensor x = a, y = b;
  if (a.dim() == 1) {
    FACULA_TRY(x, unsqueeze(a, 0));
  }
  if (b.dim() == 1) {
    FACULA_TRY(y, unsqueeze(b, 1));
  }
  const std::int64_t m = x.size(x.dim() - 2), k = x.size(x.dim() - 1), n = y.size(y.dim() - 1);
  if (a.dim() == 1 && b.dim() == 1) {
    FACULA_CHECK(k == y.size(0), "inconsistent tensor size, expected tensor [{}] and src [{}] to have the same number of elements, but got {} and {} elements respectively", k, y.size(0), k, y.size(0));
  } else if (b.dim() == 1) {
    FACULA_CHECK(k == y.size(0), "size mismatch, got input ({}), mat ({}x{}), vec ({})", m, m, k, y.size(0));
  } else {
    FACULA_CHECK(k == y.size(y.dim() - 2), "mat1 and mat2 shapes cannot be multiplied ({}x{} and {}x{})", m, k, y.size(y.dim() - 2), n);
  }
  Tensor out;
  if (y.dim() == 2) {
    // One matrix for all rows: the batch dimensions of x are rows of one product.
    FACULA_TRY(Tensor flat, reshape(x, Dims{product(Ints(x.sizes()).first(static_cast<std::size_t>(x.dim() - 1))), k}));
    FACULA_TRY(out, mm(flat, y));
    Dims sizes(x.sizes());
    sizes.back() = n;
    FACULA_TRY(out, view(out, sizes));
  } else {
    FACULA_TRY(Dims batch, broadcast_shape(Ints(x.sizes()).first(static_cast<std::size_t>(x.dim() - 2)),
                                           Ints(y.sizes()).first(static_cast<std::size_t>(y.dim() - 2))));
    Dims xs = batch, ys = batch;
    xs.push_back(m), xs.push_back(k);
    ys.push_back(k), ys.push_back(n);
    FACULA_TRY(Tensor xe, expand_to(x, xs));
    FACULA_TRY(Tensor ye, expand_to(y, ys));
    const std::int64_t count = product(batch);
    FACULA_TRY(Tensor x3, reshape(xe, Dims{count, m, k}));
    FACULA_TRY(Tensor y3, reshape(ye, Dims{count, k, n}));
    FACULA_TRY(out, multiply(x3, y3, {}));
    batch.push_back(m), batch.push_back(n);
    FACULA_TRY(out, view(out, batch));
  }
  if (a.dim() == 1) {
    FACULA_TRY(out, squeeze(out, out.dim() - 2));
  }
  if (b.dim() == 1) {
    FACULA_TRY(out, squeeze(out, out.dim() - 1));
  }
  return out;
}

Result<Tensor> linear(const Tensor& x, const Tensor& weight, const Tensor& bias) {
  FACULA_CHECK(x.dim() > 0, "both arguments to linear need to be at least 1D, but they are 0D and {}D", weight.dim());
  FACULA_CHECK(weight.dim() == 2 || weight.dim() == 1, "linear: weight must be a matrix, but got a {}D tensor", weight.dim());
  if (weight.dim() == 1) {
    FACULA_TRY(Tensor y, matmul(x, weight));
    if (!bias.defined()) return y;
    return binary(y, bias, BinaryOp::add);
  }
  FACULA_TRY_VOID(same_dtype(x, weight));
  const std::int64_t k = x.size(x.dim() - 1);
  const std::int64_t rows = product(Ints(x.sizes()).first(static_cast<std::size_t>(x.dim() - 1)));
  FACULA_CHECK(k == weight.size(1), "mat1 and mat2 shapes cannot be multiplied ({}x{} and {}x{})", rows, k, weight.size(1), weight.size(0));
  FACULA_TRY(Tensor x3, reshape(x, Dims{1, rows, k}));
  FACULA_TRY(Tensor wt, transpose(weight, 0, 1));
  FACULA_TRY(Tensor w3, unsqueeze(wt, 0));
  const bool fused = bias.defined() && bias.dim() == 1 && bias.size(0) == weight.size(0) && bias.dtype() == x.dtype();
  Tensor dense_bias;
  if (fused) {
    FACULA_TRY(dense_bias, contiguous(bias));
  }
  FACULA_TRY(Tensor y, multiply(x3, w3, dense_bias));
  Dims sizes(x.sizes());
  sizes.back() = weight.size(0);
  FACULA_TRY(y, view(y, sizes));
  if (bias.defined() && !fused) return binary(y, bias, BinaryOp::add);
  return y;
}

}  // namespace ops

namespace {

// beta * self + alpha * product, with self broadcast to the product's shape. beta = 0 ignores self, NaN included.
Result<Tensor> add_product(const Tensor& self, const Tensor& p, const Scalar& beta_in, const Scalar& alpha_in) {
  const bool whole = is_integral(p.dtype(), true);  // the factors are cut to the tensors' dtype
  const Scalar beta = whole ? Scalar(beta_in.to_int()) : beta_in, alpha = whole ? Scalar(alpha_in.to_int()) : alpha_in;
  FACULA_CHECK(self.dtype() == p.dtype(), "self and mat2 must have the same dtype, but got {} and {}", dtype_name(self.dtype()), dtype_name(p.dtype()));
  FACULA_TRY(Tensor addend, ops::expand_to(self, p.sizes()));
  Tensor y = p;
  if (alpha.to_complex() != 1.0) {
    FACULA_TRY(y, ops::binary(y, alpha, ops::BinaryOp::mul));
  }
  if (beta.to_complex() == 0.0) return y;
  if (beta.to_complex() != 1.0) {
    FACULA_TRY(addend, ops::binary(addend, beta, ops::BinaryOp::mul));
  }
  return ops::binary(y, addend, ops::BinaryOp::add);
}

Result<Tensor> addmm(const Tensor& self, const Tensor& a, const Tensor& b, const Scalar& beta, const Scalar& alpha) {
  FACULA_CHECK(a.dim() == 2, "mat1 must be a matrix, got {}-D tensor", a.dim());
  FACULA_CHECK(b.dim() == 2, "mat2 must be a matrix, got {}-D tensor", b.dim());
  FACULA_TRY(Tensor p, ops::mm(a, b));
  return add_product(self, p, beta, alpha);
}
Result<Tensor> baddbmm(const Tensor& self, const Tensor& a, const Tensor& b, const Scalar& beta, const Scalar& alpha) {
  FACULA_TRY(Tensor p, ops::bmm(a, b));
  return add_product(self, p, beta, alpha);
}
Result<Tensor> addbmm(const Tensor& self, const Tensor& a, const Tensor& b, const Scalar& beta, const Scalar& alpha) {
  FACULA_CHECK(a.dim() == 3, "batch1 must be a 3D tensor");
  FACULA_CHECK(b.dim() == 3, "batch2 must be a 3D tensor");
  // The sum over the batch is one product over batch * k.
  FACULA_TRY(Tensor at, ops::transpose(a, 0, 1));
  FACULA_TRY(Tensor am, ops::reshape(at, Dims{a.size(1), a.size(0) * a.size(2)}));
  FACULA_TRY(Tensor bm, ops::reshape(b, Dims{b.size(0) * b.size(1), b.size(2)}));
  FACULA_TRY(Tensor p, ops::mm(am, bm));
  return add_product(self, p, beta, alpha);
}
Result<Tensor> mv(const Tensor& a, const Tensor& x) {
  FACULA_CHECK(a.dim() == 2 && x.dim() == 1, "vector + matrix @ vector expected, got {}, {}", a.dim(), x.dim());
  return ops::matmul(a, x);
}
Result<Tensor> addmv(const Tensor& self, const Tensor& a, const Tensor& x, const Scalar& beta, const Scalar& alpha) {
  FACULA_TRY(Tensor p, mv(a, x));
  return add_product(self, p, beta, alpha);
}
Result<Tensor> dot(const Tensor& a, const Tensor& b) {
  FACULA_CHECK(a.dim() == 1 && b.dim() == 1, "1D tensors expected, but got {}D and {}D tensors", a.dim(), b.dim());
  return ops::matmul(a, b);
}
Result<Tensor> outer(const Tensor& a, const Tensor& b) {
  FACULA_CHECK(a.dim() == 1, "outer: Expected 1-D argument self, but got {}-D", a.dim());
  FACULA_CHECK(b.dim() == 1, "outer: Expected 1-D argument vec2, but got {}-D", b.dim());
  FACULA_TRY(Tensor column, ops::unsqueeze(a, 1));
  return ops::binary(column, b, ops::BinaryOp::mul);
}
Result<Tensor> addr(const Tensor& self, const Tensor& a, const Tensor& b, const Scalar& beta, const Scalar& alpha) {
  FACULA_TRY(Tensor p, outer(a, b));
  const DType t = promote(self.dtype(), p.dtype());
  if (t == DType::kBool) {
    FACULA_TRY(Tensor addend, ops::expand_to(self, p.sizes()));
    FACULA_TRY(const Tensor no, ops::zeros(Ints{}, DType::kBool));
    const Tensor kept = beta.to_bool() ? addend : no;
    return ops::binary(kept, alpha.to_bool() ? p : no, ops::BinaryOp::logical_or, ops::Rule::kBool);
  }
  FACULA_CHECK(!is_integral(t, true) || (!beta.is_float() && !beta.is_complex()), "For integral input tensors, argument beta must not be a floating point number.");
  FACULA_CHECK(!is_integral(t, true) || (!alpha.is_float() && !alpha.is_complex()), "For integral input tensors, argument alpha must not be a floating point number.");
  FACULA_TRY(p, cast(p, t));
  FACULA_TRY(const Tensor typed, cast(self, t));
  return add_product(typed, p, beta, alpha);
}
Result<Tensor> inner(const Tensor& a, const Tensor& b) {
  if (a.dim() == 0 || b.dim() == 0) return ops::binary(a, b, ops::BinaryOp::mul);
  FACULA_CHECK(a.size(a.dim() - 1) == b.size(b.dim() - 1), "inner() the last dimension must match on both input tensors but got shapes {} and {}", ints_text(a.sizes()), ints_text(b.sizes()));
  const std::int64_t k = a.size(a.dim() - 1);
  FACULA_TRY(Tensor am, ops::reshape(a, Dims{k ? a.numel() / k : 0, k}));
  FACULA_TRY(Tensor bm, ops::reshape(b, Dims{k ? b.numel() / k : 0, k}));
  FACULA_TRY(Tensor bt, ops::transpose(bm, 0, 1));
  FACULA_TRY(Tensor p, ops::mm(am, bt));
  Dims sizes(a.sizes());
  sizes.pop_back();
  for (std::int64_t i = 0; i + 1 < b.dim(); ++i) sizes.push_back(b.size(i));
  return ops::reshape(p, sizes);
}

constexpr Op kMatmul[] = {
    row<ops::linear>("aten::linear(Tensor input, Tensor weight, Tensor? bias=None) -> Tensor",
        {.forms = kOut, .samples = {"randn(3,4), randn(5,4), randn(5)", "randn(2,3,4), randn(5,4)", "randn(4), randn(5,4), randn(5)", "randn(0,4), randn(5,4)", "randn(6,4), randn(4,5).t()"}}),
    row<ops::matmul>("aten::matmul(Tensor self, Tensor other) -> Tensor",
        {.forms = kOut, .samples = {"randn(3,4), randn(4,5)", "randn(4), randn(4)", "randn(2,3,4), randn(4)", "randn(4), randn(2,4,5)", "randn(2,1,3,4), randn(5,4,6)", "randn(3,4).t(), randn(3,5)", "randn(2,3,0), randn(0,4)"}}),
    row<ops::mm>("aten::mm(Tensor self, Tensor mat2) -> Tensor", {.forms = kOut, .samples = {"randn(3,4), randn(4,5)", "randn(3,0), randn(0,5)"}}),
    row<ops::bmm>("aten::bmm(Tensor self, Tensor mat2) -> Tensor", {.forms = kOut, .samples = {"randn(2,3,4), randn(2,4,5)", "randn(2,4,3).transpose(1,2), randn(2,5,4).transpose(1,2)"}}),
    row<addmm>("aten::addmm(Tensor self, Tensor mat1, Tensor mat2, *, Scalar beta=1, Scalar alpha=1) -> Tensor", {.forms = kInPlace | kOut, .samples = {"randn(3,5), randn(3,4), randn(4,5)", "randn(5), randn(3,4), randn(4,5), beta=0.5, alpha=2"}}),
    row<baddbmm>("aten::baddbmm(Tensor self, Tensor batch1, Tensor batch2, *, Scalar beta=1, Scalar alpha=1) -> Tensor", {.forms = kInPlace | kOut, .samples = {"randn(2,3,5), randn(2,3,4), randn(2,4,5)", "randn(5), randn(2,3,4), randn(2,4,5), beta=0, alpha=2"}}),
    row<addbmm>("aten::addbmm(Tensor self, Tensor batch1, Tensor batch2, *, Scalar beta=1, Scalar alpha=1) -> Tensor", {.forms = kInPlace | kOut, .samples = {"randn(3,5), randn(2,3,4), randn(2,4,5)"}}),
    row<mv>("aten::mv(Tensor self, Tensor vec) -> Tensor", {.forms = kOut, .samples = {"randn(3,4), randn(4)"}}),
    row<addmv>("aten::addmv(Tensor self, Tensor mat, Tensor vec, *, Scalar beta=1, Scalar alpha=1) -> Tensor", {.forms = kInPlace | kOut, .samples = {"randn(3), randn(3,4), randn(4)"}}),
    row<dot>("aten::dot(Tensor self, Tensor tensor) -> Tensor", {.forms = kOut, .samples = {"randn(4), randn(4)"}}),
    row<outer>("aten::outer(Tensor self, Tensor vec2) -> Tensor", {.forms = kOut, .samples = {"randn(3), randn(4)"}}),
    row<outer>("aten::ger(Tensor self, Tensor vec2) -> Tensor", {.forms = kOut, .samples = {"randn(3), randn(4)"}}),
    row<addr>("aten::addr(Tensor self, Tensor vec1, Tensor vec2, *, Scalar beta=1, Scalar alpha=1) -> Tensor", {.forms = kInPlace | kOut, .samples = {"randn(3,4), randn(3), randn(4)"}}),
    row<inner>("aten::inner(Tensor self, Tensor other) -> Tensor", {.forms = kOut, .samples = {"randn(2,4), randn(3,4)"}}),
};

}  // namespace

FACULA_FAMILY(matmul, kMatmul)

}  // namespace fac
