// Operators of PyTorch's insides that programs and traces contain now and then, made of public ones.
// Longer than most files: one family, a short function and a row for each of its operators.
#include <cmath>
#include <limits>

#include "ops/call.h"
#include "ops/copy.h"
#include "ops/expr.h"
#include "ops/generator.h"
#include "ops/linalg.h"
#include "ops/matmul.h"
#include "ops/options.h"

namespace fac {
namespace {

using namespace ops;
using I = std::int64_t;
using T = const Tensor&;
using B = BinaryOp;
using Two = Result<std::tuple<Tensor, Tensor>>;
using Three = Result<std::tuple<Tensor, Tensor, Tensor>>;
using Four = Result<std::tuple<Tensor, Tensor, Tensor, Tensor>>;

// All results of an operator, as tensors.
Result<std::vector<Tensor>> call_all(std::string_view name, std::string_view overload, std::vector<Value> args) {
  const Overload* o = find(name, overload);
  FACULA_CHECK(o && o->schema().arguments.size() == args.size(), "operator {} is missing", name);
  std::vector<Value> results(o->schema().returns.size());
  FACULA_TRY_VOID(o->call(args, results));
  std::vector<Tensor> out;
  for (Value& v : results) out.push_back(v.tensor_or_undefined());
  return out;
}

// --- batch normalisation under its newer names -----------------------------------------------------------------------

Three normed(T x, T weight, T bias, T mean, T var, bool training, double momentum, double eps) {
  FACULA_TRY(auto r, call_all("aten::native_batch_norm", "", {x, weight, bias, mean, var, training, momentum, eps}));
  return std::tuple(r[0], r[1], r[2]);
}
Three no_stats(T x, T weight, T bias, bool training, double momentum, double eps) { return normed(x, weight, bias, Tensor(), Tensor(), training, momentum, eps); }
Three no_training(T x, T weight, T bias, T mean, T var, double momentum, double eps) { return normed(x, weight, bias, mean, var, false, momentum, eps); }
Four with_reserve(T x, T weight, T bias, T mean, T var, double momentum, double eps) {
  FACULA_TRY(auto r, normed(x, weight, bias, mean, var, true, momentum, eps));
  FACULA_TRY(Tensor reserve, Tensor::empty(Dims{0}, DType::kUInt8));
  return std::tuple(std::get<0>(r), std::get<1>(r), std::get<2>(r), reserve);
}
Four without_update(T x, T weight, T bias, T mean, T var, double momentum, double eps) {
  FACULA_TRY(auto r, normed(x, weight, bias, mean, var, false, momentum, eps));
  FACULA_TRY(Tensor reserve, Tensor::empty(Dims{0}, DType::kUInt8));
  return std::tuple(std::get<0>(r), std::get<1>(r), std::get<2>(r), reserve);
}
Result<std::tuple<Tensor, Tensor, Tensor, Tensor, Tensor, Tensor>> with_update_functional(T x, T weight, T bias, T mean, T var, double momentum, double eps) {
  FACULA_TRY(Tensor new_mean, clone(mean));
  FACULA_TRY(Tensor new_var, clone(var));
  FACULA_TRY(auto r, with_reserve(x, weight, bias, new_mean, new_var, momentum, eps));
  return std::tuple(std::get<0>(r), std::get<1>(r), std::get<2>(r), std::get<3>(r), new_mean, new_var);
}
Result<std::tuple<Tensor, Tensor, Tensor, Tensor, Tensor>> functional_norm(T x, T weight, T bias, T mean, T var, bool training, double momentum, double eps) {
  FACULA_TRY(Tensor new_mean, clone(mean));
  FACULA_TRY(Tensor new_var, clone(var));
  FACULA_TRY(auto r, normed(x, weight, bias, new_mean, new_var, training, momentum, eps));
  return std::tuple(std::get<0>(r), std::get<1>(r), std::get<2>(r), new_mean, new_var);
}
Result<std::tuple<Tensor, Tensor, Tensor, Tensor, I>> impl_index(T x, T weight, T bias, T mean, T var, bool training, double momentum, double eps, bool) {
  FACULA_TRY(auto r, normed(x, weight, bias, mean, var, training, momentum, eps));
  FACULA_TRY(Tensor reserve, Tensor::empty(Dims{0}, DType::kUInt8));
  return std::tuple(std::get<0>(r), std::get<1>(r), std::get<2>(r), reserve, I{0});
}

// --- checks ----------------------------------------------------------------------------------------------------------

Status assert_message(T self, std::string_view text) {
  FACULA_CHECK(self.numel() == 1, "Boolean value of Tensor with {} is ambiguous", self.numel() == 0 ? "no values" : "more than one value");
  FACULA_TRY(const Scalar s, item(self));
  FACULA_CHECK(s.to_bool(), "{}", text);
  return {};
}
Status assert_nonzero(T self) { return assert_message(self, "Expected Tensor with single nonzero value, but got zero"); }
Status assert_metadata(T a, std::optional<Ints> size, std::optional<Ints> stride, DT dtype, DV device, LA layout) {
  FACULA_CHECK(!size || same_sizes(*size, a.sizes()), "Tensor sizes mismatch! Expected: {}, Got: {}", size ? ints_text(*size) : "", ints_text(a.sizes()));
  FACULA_CHECK(!stride || same_sizes(*stride, a.strides()), "Tensor strides mismatch! Expected: {}, Got: {}", stride ? ints_text(*stride) : "", ints_text(a.strides()));
  FACULA_CHECK(!dtype || *dtype == a.dtype(), "Tensor dtype mismatch! Expected: {}, Got: {}", dtype ? dtype_name(*dtype) : "", dtype_name(a.dtype()));
  FACULA_CHECK(!device || device->type == a.device().type, "Tensor device mismatch!");
  FACULA_CHECK(!layout || *layout == Layout::kStrided, "Tensor layout mismatch!");
  return {};
}

// --- lists, sizes, storage ------------------------------------------------------------------------------------------

Result<std::vector<I>> tensor_to_list(T self) {
  FACULA_CHECK(self.dtype() == DType::kInt32, "expected scalar type Int but found {}", dtype_name(self.dtype()));
  FACULA_CHECK(self.dim() == 1, "_tensor_to_list: expected a 1-dimensional tensor, but got {} dimensions", self.dim());
  FACULA_TRY(const Tensor wide, cast(self, DType::kInt64));
  FACULA_TRY(const Tensor dense, contiguous(wide));
  return std::vector<I>(dense.data_as<I>(), dense.data_as<I>() + dense.numel());
}
Result<Tensor> list_to_tensor(Ints list) {
  FACULA_TRY(const Tensor t, Tensor::empty(Dims{static_cast<I>(list.size())}, DType::kInt64));
  std::copy(list.begin(), list.end(), t.data_as<I>());
  return cast(t, DType::kInt32);
}
Result<Tensor> dim_arange(T like, I dim) {
  FACULA_TRY(const I d, wrap_dim(dim, like.dim()));
  return arange(0, like.dim() ? like.size(d) : 1, 1, DType::kInt64);
}
Result<std::tuple<Tensor, Tensor, Value, Value>> pack_sequence(T output, T batch_sizes, const Value& sorted, const Value& unsorted) {
  return std::tuple(Tensor(output), Tensor(batch_sizes), Value(sorted), Value(unsorted));
}
Result<Tensor> conj_physical(T self) { return is_complex(self.dtype()) ? unary(self, UnaryOp::conj) : clone(self); }
Result<Tensor> resize_output_(T self, Ints size, Device) {
  FACULA_TRY_VOID(resize(self, size));
  return self;
}
Result<bool> same_storage_numel(T a, T b) { return a.storage()->bytes() / a.element_bytes() == b.storage()->bytes() / b.element_bytes(); }
Result<Tensor> set_to(T self, T source, I offset, Ints size, Ints stride_in) {
  FACULA_CHECK(self.dtype() == source.dtype(), "Could not set tensor of type {} to a tensor of type {}", dtype_name(source.dtype()), dtype_name(self.dtype()));
  FACULA_CHECK(source.is_contiguous(), "passed in tensor to be used as storage must be contiguous");
  const Dims stride = stride_in.empty() ? contiguous_strides(size) : Dims(stride_in);
  FACULA_TRY(const Tensor view, call("aten::as_strided", "", {source, ListBox::of_ints(size), ListBox::of_ints(stride), offset}));
  FACULA_TRY_VOID([&]() -> Status {
    const Overload* set = find("aten::set_data", "");
    FACULA_CHECK(set, "operator aten::set_data is missing");
    Value args[] = {self, view};
    return set->call(args, {});
  }());
  return self;
}
Result<Tensor> set_to_nothing(T self) {
  FACULA_TRY(const Tensor nothing, Tensor::empty(Dims{0}, self.dtype()));
  return set_to(self, nothing, 0, Dims{0}, Dims{1});
}
// The tensor whose slice is src: only a view knows it.
Result<Tensor> slice_inverse(T self, T src, I dim, std::optional<I> start, std::optional<I> end, I step) {
  FACULA_TRY(const Tensor part, slice(src, dim, start, end, step));
  FACULA_CHECK(same_sizes(part.sizes(), self.sizes()), "slice_inverse: the sizes of self do not fit");
  return call("aten::as_strided", "", {self, ListBox::of_ints(src.sizes()), ListBox::of_ints(src.strides()), src.offset()});
}

Result<Tensor> autocast_full(T self, bool, bool on_cpu) {
  return on_cpu && (self.dtype() == DType::kHalf || self.dtype() == DType::kBFloat16) ? cast(self, DType::kFloat) : Result<Tensor>(self);
}
Result<Tensor> autocast_reduced(T self, bool, bool on_cpu, DType, DType dtype) { return on_cpu && self.dtype() == DType::kFloat ? cast(self, dtype) : Result<Tensor>(self); }
Result<Tensor> grad_sum_to_size(T self, std::optional<Ints> size) { return size ? call("aten::sum_to_size", "", {self, ListBox::of_ints(*size)}) : Result<Tensor>(self); }
Result<Tensor> narrow_copy(T self, I dim, I start, I length) {
  FACULA_TRY(const Tensor part, narrow(self, dim, start, length));
  return clone_as(part, MemoryFormat::kContiguous);
}
Result<Tensor> to_float(T self) { return cast(self, DType::kFloat); }  // quantised tensors do not exist here

// --- extremes, norms -------------------------------------------------------------------------------------------------

Two aminmax_all(T self) {
  FACULA_TRY(auto r, call_all("aten::aminmax", "", {self, Value(), false}));
  return std::tuple(r[0], r[1]);
}
Two aminmax_dim(T self, I dim, bool keepdim) {
  FACULA_TRY(auto r, call_all("aten::aminmax", "", {self, dim, keepdim}));
  return std::tuple(r[0], r[1]);
}
// The sum of |x|^ord, without the root.
Result<Tensor> powsum(T self, const Scalar& ord, std::optional<Ints> dims, bool keepdim, DT dtype) {
  FACULA_TRY(const Tensor x, dtype ? cast(self, *dtype) : Result<Tensor>(self));
  Out out;
  FACULA_TRY_VOID(unary_as(out, x, UnaryOp::abs, x.dtype(), real_dtype(x.dtype())));
  FACULA_TRY(const Tensor size, out.finish());
  FACULA_TRY(const Tensor power, binary(size, ord, B::pow));
  return sum(power, dims, keepdim);
}

// --- activations, attention ------------------------------------------------------------------------------------------

// Rows that are -inf everywhere give zeros instead of NaN.
Result<Tensor> safe_softmax(T self, I dim, DT dtype) {
  FACULA_TRY(const Tensor y, call("aten::softmax", "int", {self, dim, dtype ? Value(static_cast<I>(*dtype)) : Value()}));
  FACULA_TRY(const Tensor masked, binary(self, Scalar(-std::numeric_limits<double>::infinity()), B::eq, Rule::kBool));
  FACULA_TRY(const Tensor all, call("aten::all", "dim", {masked, dim, true}));
  FACULA_TRY(const Tensor zero, scalar_tensor(0, y.dtype()));
  return where(all, zero, y);
}
// Gradients that traces of training code contain as operators.
Result<Tensor> softmax_backward(T grad, T y, I dim, DType input) {
  FACULA_TRY(const Tensor dense, contiguous(grad));
  const Expr g(dense), product = g * y, total = Expr(g * y).then([&](T t) { return sum(t, Ints(&dim, 1), true); });
  return cast_to(product - Expr(y) * total, input == DType::kHalf ? input : grad.dtype()).result();
}
Result<Tensor> log_softmax_backward(T grad, T y, I dim, DType input) {
  FACULA_TRY(const Tensor dense, contiguous(grad));
  const Expr g(dense), total = Expr(dense).then([&](T t) { return sum(t, Ints(&dim, 1), true); });
  return cast_to(g - exp(Expr(y)) * total, input == DType::kHalf ? input : grad.dtype()).result();
}
Result<Tensor> dropout_backward(T grad, T mask, double scale) {
  FACULA_CHECK(mask.dtype() == DType::kBool, "Mask should be Bool Scalar Type {}", dtype_name(mask.dtype()));
  FACULA_TRY(const Tensor kept, binary(grad, mask, B::mul));
  return binary(kept, Scalar(scale), B::mul);
}
// mask: true is left out. type 0: [L, L], 1: [B, L], 2: as self.
Result<Tensor> masked_softmax(T self, T mask, std::optional<I> dim, std::optional<I> type) {
  FACULA_CHECK(mask.dtype() == DType::kBool, "Mask should be a boolean tensor");
  FACULA_CHECK(type, "Mask Type should be defined");
  Tensor m = mask;
  if (*type == 1 && self.dim() == 4) {
    FACULA_TRY(m, view(mask, Dims{mask.size(0), 1, 1, mask.numel() / std::max<I>(mask.size(0), 1)}));
  }
  FACULA_TRY(m, expand_to(m, self.sizes()));
  FACULA_TRY(const Tensor low, call("aten::masked_fill", "Scalar", {self, m, -std::numeric_limits<double>::infinity()}));
  return call("aten::softmax", "int", {low, dim.value_or(self.dim() - 1), Value()});
}
Result<std::tuple<Tensor, Tensor>> attention_math(T q, T k_in, T v_in, T mask_in, double p, bool causal, T dropout_mask, std::optional<double> scale, bool grouped) {
  FACULA_CHECK(!causal || !mask_in.defined(), "_scaled_dot_product_attention: Explicit attn_mask should not be set when is_causal=True");
  FACULA_CHECK(!dropout_mask.defined(), "_scaled_dot_product_attention_math: dropout masks are not supported");
  FACULA_CHECK(q.dim() >= 2 && k_in.dim() >= 2 && v_in.dim() >= 2, "Expected query, key, and value to all be  at least 2 dimensional");
  Tensor k = k_in, v = v_in;
  if (grouped && q.dim() >= 3 && k.dim() == q.dim()) {
    const I heads = q.size(q.dim() - 3), groups = k.size(k.dim() - 3);
    FACULA_CHECK(groups > 0 && heads % groups == 0, "Number of heads in key and value must divide the number of heads in query");
    FACULA_TRY(k, call("aten::repeat_interleave", "self_int", {k, heads / groups, k.dim() - 3, Value()}));
    FACULA_TRY(v, call("aten::repeat_interleave", "self_int", {v, heads / groups, v.dim() - 3, Value()}));
  }
  Tensor mask = mask_in;
  if (causal) {
    FACULA_TRY(const Tensor ones, full(Dims{q.size(q.dim() - 2), k.size(k.dim() - 2)}, true, DType::kBool));
    FACULA_TRY(mask, call("aten::tril", "", {ones, 0}));
  }
  // A given mask is added as it is, even one of truth values: so does this operator of PyTorch.
  if (causal) {
    FACULA_TRY(const Tensor zero, scalar_tensor(0, q.dtype()));
    FACULA_TRY(const Tensor low, scalar_tensor(-std::numeric_limits<double>::infinity(), q.dtype()));
    FACULA_TRY(mask, where(mask, zero, low));
  }
  const double root = std::sqrt(scale.value_or(1 / std::sqrt(static_cast<double>(std::max<I>(q.size(q.dim() - 1), 1)))));
  FACULA_TRY(const Tensor kt, transpose(k, -2, -1));
  FACULA_TRY(const Tensor qs, binary(q, Scalar(root), B::mul));
  FACULA_TRY(const Tensor ks, binary(kt, Scalar(root), B::mul));
  FACULA_TRY(Tensor scores, matmul(qs, ks));
  if (mask.defined()) {
    FACULA_TRY(scores, binary(scores, mask, B::add));
  }
  FACULA_TRY(Tensor weights, safe_softmax(scores, -1, std::nullopt));
  if (p > 0) {
    FACULA_TRY(weights, call("aten::dropout", "", {weights, p, true}));
  }
  FACULA_TRY(Tensor y, matmul(weights, v));
  return std::tuple(y, weights);
}
Four bag(T weight, T indices, T offsets, bool scale, I mode, bool sparse, T weights, bool last, I padding) {
  FACULA_TRY(auto r, call_all("aten::embedding_bag", "padding_idx", {weight, indices, offsets, scale, mode, sparse, weights, last, padding < 0 ? Value() : Value(padding)}));
  return std::tuple(r[0], r[1], r[2], r[3]);
}
template <class C>
Status add_relu(Out& out, T self, C other, const Scalar& alpha) {
  FACULA_TRY(const Tensor y, binary(self, other, B::add, Rule::kSame, {.a = alpha.to_double(), .i = alpha.to_int()}));
  return unary(out, y, UnaryOp::relu, Rule::kReal);
}
Result<Tensor> addmm_activation(T self, T a, T b, const Scalar& beta, const Scalar& alpha, bool gelu) {
  FACULA_TRY(const Tensor y, call("aten::addmm", "", {self, a, b, beta.to_value(), alpha.to_value()}));
  return gelu ? call("aten::gelu", "", {y, "none"}) : call("aten::relu", "", {y});
}
Result<Tensor> int_mm(T a, T b) {
  FACULA_CHECK(a.dtype() == DType::kInt8 && b.dtype() == DType::kInt8, "_int_mm_out_cpu(): expected self and mat2 dtype to be int8 but got {}", dtype_name(a.dtype()));
  FACULA_TRY(const Tensor x, cast(a, DType::kInt32));
  FACULA_TRY(const Tensor y, cast(b, DType::kInt32));
  return mm(x, y);
}
Result<Tensor> glu_jvp(T y, T x, T dx, I dim) {
  FACULA_TRY(const I d, wrap_dim(dim, x.dim()));
  const I half = y.dim() ? y.size(d) : 0;
  const auto part = [&](T t, I start) { return Expr(narrow(t, d, start, half)); };
  const Expr gate = apply(part(x, half), UnaryOp::sigmoid);
  return (part(dx, 0) * gate + part(dx, half) * (y - gate * y)).result();
}

// Slopes of the negative elements go to `noise`.
Two rrelu_noise(T self, T noise_in, const Scalar& lower, const Scalar& upper, bool training, const Value& generator) {
  const double low = lower.to_double(), high = upper.to_double();
  FACULA_CHECK(is_floating(self.dtype()), "\"rrelu_with_noise_out_cpu\" not implemented for '{}'", dtype_name(self.dtype()));
  if (!training) {
    FACULA_TRY(const Tensor dense, contiguous(self));
    FACULA_TRY(Tensor y, unary(dense, UnaryOp::leaky_relu, Rule::kFloatOnly, {.a = (low + high) / 2}));
    return std::tuple(y, noise_in);
  }
  FACULA_TRY(const Tensor wide, cast(self, DType::kDouble));
  FACULA_TRY(const Tensor x, contiguous(wide));
  FACULA_TRY(const Tensor slopes, Tensor::empty(self.sizes(), DType::kDouble));
  {
    GeneratorLock random(generator);
    for (I i = 0; i < x.numel(); ++i) slopes.data_as<double>()[i] = x.data_as<double>()[i] <= 0 ? random->uniform_double() * (high - low) + low : 1.0;
  }
  FACULA_TRY(Tensor noise, cast(slopes, self.dtype()));
  FACULA_TRY(Tensor y, binary(noise, self, B::mul));
  return std::tuple(y, noise);
}
Result<Tensor> rrelu_with_noise(T self, T noise, const Scalar& lower, const Scalar& upper, bool training, const Value& generator) {
  FACULA_CHECK(same_sizes(self.sizes(), noise.sizes()), "noise tensor shape must match self tensor shape. Got self.shape = {} noise.shape = {}", ints_text(self.sizes()), ints_text(noise.sizes()));
  FACULA_TRY(auto both, rrelu_noise(self, noise, lower, upper, training, generator));
  if (training) {
    noise.bump_version();
    FACULA_TRY_VOID(copy_into(noise, std::get<1>(both)));
  }
  return std::get<0>(both);
}
Result<Tensor> rrelu_with_noise_(T self, T noise, const Scalar& lower, const Scalar& upper, bool training, const Value& generator) {
  FACULA_TRY(const Tensor y, rrelu_with_noise(self, noise, lower, upper, training, generator));
  self.bump_version();
  FACULA_TRY_VOID(copy_into(self, y));
  return self;
}

// --- linear algebra --------------------------------------------------------------------------------------------------

Two eigh_maybe(T a, std::string_view uplo, bool vectors) {
  FACULA_TRY(auto both, eigh(a, uplo == "U" || uplo == "u", vectors));
  return both;
}
Three svd_maybe(T a, bool full, bool vectors, std::optional<std::string_view>) {
  FACULA_TRY(Svd s, svd(a, full, vectors));
  if (!vectors) {
    FACULA_TRY(s.u, Tensor::empty(Dims{0}, a.dtype()));
    FACULA_TRY(s.vh, Tensor::empty(Dims{0}, a.dtype()));
  }
  return std::tuple(s.u, s.s, s.vh);
}
Three det_parts(T a) {
  FACULA_TRY(Tensor d, call("aten::linalg_det", "", {a}));
  FACULA_TRY(auto lu, call_all("aten::linalg_lu_factor", "", {a, true}));
  return std::tuple(d, lu[0], lu[1]);
}
Four slogdet_parts(T a) {
  FACULA_TRY(auto d, call_all("aten::linalg_slogdet", "", {a}));
  FACULA_TRY(auto lu, call_all("aten::linalg_lu_factor", "", {a, true}));
  return std::tuple(d[0], d[1], lu[0], lu[1]);
}
Status check_errors(T info, std::string_view name, bool is_matrix) {
  FACULA_TRY(const Tensor wide, cast(info, DType::kInt64));
  FACULA_TRY(const Tensor dense, contiguous(wide));
  for (I i = 0; i < dense.numel(); ++i)
    FACULA_CHECK(dense.data_as<I>()[i] == 0, "{}: {}the factorization failed (error code {}).", name, is_matrix ? "" : fmt("(Batch element {}): ", i), dense.data_as<I>()[i]);
  return {};
}
// Products with the Q of a QR factorisation, from its Householder vectors.
Result<Tensor> ormqr(T a, T tau, T other, bool left, bool transposed) {
  FACULA_TRY_VOID(check_matrix(a, "torch.ormqr"));
  FACULA_CHECK(other.dim() >= 2, "torch.ormqr: other must have at least 2 dimensions.");
  FACULA_CHECK(tau.dtype() == a.dtype() && other.dtype() == a.dtype(), "torch.ormqr: tau and other must have the dtype of input");
  const I m = rows_of(a), n = columns_of(a);
  FACULA_CHECK(a.dim() == other.dim() && tau.dim() == a.dim() - 1, "torch.ormqr: batch dimensions of tau and other must be those of input");
  FACULA_CHECK(same_sizes(batch_of(a), batch_of(other)) && same_sizes(batch_of(a), Ints(tau.sizes()).first(tau.sizes().size() - 1)), "torch.ormqr: batch dimensions of tau and other must be equal to input.shape[:-2]");
  const I count = tau.size(tau.dim() - 1), side = left ? rows_of(other) : columns_of(other);
  FACULA_CHECK(count == std::min(side, n), "torch.ormqr: tau.shape[-1] must be equal to min(other.shape[{}], input.shape[-1])", left ? -2 : -1);
  FACULA_CHECK(count <= n, "torch.ormqr: input.shape[-1] must be greater than or equal to tau.shape[-1]");
  FACULA_CHECK(side == m, "torch.ormqr: other.shape[{}] must be equal to input.shape[-2]", left ? -2 : -1);
  FACULA_TRY(const Tensor f, wide_copy(a));
  FACULA_TRY(const Tensor t, wide_copy(tau));
  FACULA_TRY(const Tensor wide_q, Tensor::empty(with(batch_of(a), {m, m}), f.dtype()));
  each_matrix(f, product(batch_of(a)), [&](auto tag, I i) {
    using N = decltype(tag);
    kernels::qr_columns(f.data_as<N>() + i * m * n, m, n, t.data_as<N>() + i * count, count, wide_q.data_as<N>() + i * m * m, m);
  });
  FACULA_TRY(Tensor q, cast(wide_q, a.dtype()));
  if (transposed) {
    FACULA_TRY(q, adjoint(q));
  }
  FACULA_TRY(const Tensor y, left ? matmul(q, other) : matmul(other, q));
  return by_columns(y, a.dtype());
}

constexpr Op kInternals[] = {
    row<normed>("aten::_native_batch_norm_legit(Tensor input, Tensor? weight, Tensor? bias, Tensor(a!) running_mean, Tensor(b!) running_var, bool training, float momentum, float eps) -> (Tensor, Tensor, Tensor)", {.samples = {"randn(2,3,4,5), randn(3), randn(3), zeros(3), ones(3), True, 0.1, 1e-5"}}),
    row<no_stats>("aten::_native_batch_norm_legit.no_stats(Tensor input, Tensor? weight, Tensor? bias, bool training, float momentum, float eps) -> (Tensor, Tensor, Tensor)", {.samples = {"randn(2,3,4,5), randn(3), randn(3), True, 0.1, 1e-5"}}),
    row<no_training>("aten::_native_batch_norm_legit_no_training(Tensor input, Tensor? weight, Tensor? bias, Tensor running_mean, Tensor running_var, float momentum, float eps) -> (Tensor, Tensor, Tensor)", {.samples = {"randn(2,3,4,5), randn(3), randn(3), zeros(3), ones(3), 0.1, 1e-5"}}),
    row<functional_norm>("aten::_native_batch_norm_legit_functional(Tensor input, Tensor? weight, Tensor? bias, Tensor running_mean, Tensor running_var, bool training, float momentum, float eps) -> (Tensor, Tensor, Tensor, Tensor running_mean_out, Tensor running_var_out)", {.samples = {"randn(2,3,4,5), randn(3), randn(3), zeros(3), ones(3), True, 0.1, 1e-5"}}),
    row<with_reserve>("aten::_batch_norm_with_update(Tensor input, Tensor? weight, Tensor? bias, Tensor(a!) running_mean, Tensor(b!) running_var, float momentum, float eps) -> (Tensor, Tensor, Tensor, Tensor)", {.samples = {"randn(2,3,4,5), randn(3), randn(3), zeros(3), ones(3), 0.1, 1e-5"}}),
    row<without_update>("aten::_batch_norm_no_update(Tensor input, Tensor? weight, Tensor? bias, Tensor? running_mean, Tensor? running_var, float momentum, float eps) -> (Tensor, Tensor, Tensor, Tensor)", {.samples = {"randn(2,3,4,5), randn(3), randn(3), zeros(3), ones(3), 0.1, 1e-5"}}),
    row<with_update_functional>("aten::_batch_norm_with_update_functional(Tensor input, Tensor? weight, Tensor? bias, Tensor running_mean, Tensor running_var, float momentum, float eps) -> (Tensor, Tensor, Tensor, Tensor, Tensor running_mean_out, Tensor running_var_out)", {.samples = {"randn(2,3,4,5), randn(3), randn(3), zeros(3), ones(3), 0.1, 1e-5"}}),
    row<impl_index>("aten::_batch_norm_impl_index(Tensor input, Tensor? weight, Tensor? bias, Tensor? running_mean, Tensor? running_var, bool training, float momentum, float eps, bool cudnn_enabled) -> (Tensor, Tensor, Tensor, Tensor, int)", {.samples = {"randn(2,3,4,5), randn(3), randn(3), zeros(3), ones(3), True, 0.1, 1e-5, False"}}),
    row<assert_nonzero>("aten::_assert_async(Tensor self) -> ()", {.traits = kSideEffect, .samples = {"tensor(1)", "tensor(0)"}}),
    row<assert_message>("aten::_assert_async.msg(Tensor self, str assert_msg) -> ()", {.traits = kSideEffect, .samples = {"tensor(1), 'no'", "tensor(0), 'no'"}}),
    row<assert_metadata>("aten::_assert_tensor_metadata(Tensor a, SymInt[]? size=None, SymInt[]? stride=None, ScalarType? dtype=None, *, Device? device=None, Layout? layout=None) -> ()", {.traits = kSideEffect, .samples = {"randn(2,3), [2,3], [3,1], torch.float32", "randn(2,3), [2,4]"}}),
    row<tensor_to_list>("aten::_tensor_to_list(Tensor self) -> int[]"),
    row<list_to_tensor>("aten::_list_to_tensor(int[] self) -> Tensor"),
    row<dim_arange>("aten::_dim_arange(Tensor like, int dim) -> Tensor", {.samples = {"randn(2,3), 1"}}),
    row<pack_sequence>("aten::_pack_sequence(Tensor output, Tensor batch_sizes, Tensor? sorted_indices, Tensor? unsorted_indices) -> (Tensor, Tensor, Tensor?, Tensor?)"),
    row<conj_physical>("aten::_conj_physical(Tensor self) -> Tensor", {.samples = {"randn(2,3)", "torch.complex(randn(2),randn(2))"}}),
    row<resize_output_>("aten::_resize_output_(Tensor(a!) self, SymInt[] size, Device device) -> Tensor(a!)"),
    row<same_storage_numel>("aten::_has_same_storage_numel(Tensor self, Tensor other) -> bool", {.samples = {"randn(2,3), randn(6)", "randn(2), randn(3)"}}),
    row<set_to>("aten::set_.source_Tensor_storage_offset(Tensor(a!) self, Tensor source, SymInt storage_offset, SymInt[] size, SymInt[] stride=[]) -> Tensor(a!)", {.samples = {"randn(2), randn(6), 1, [2,2], [2,1]"}}),
    row<set_to_nothing>("aten::set_(Tensor(a!) self) -> Tensor(a!)", {.samples = {"randn(2)"}}),
    row<slice_inverse>("aten::slice_inverse(Tensor(a) self, Tensor src, int dim=0, SymInt? start=None, SymInt? end=None, SymInt step=1) -> Tensor(a)"),
    row<autocast_full>("aten::_autocast_to_full_precision(Tensor(a) self, bool cuda_enabled, bool cpu_enabled) -> Tensor(a)", {.traits = kCompositeAlias, .samples = {"randn(2), False, True"}}),
    row<autocast_reduced>("aten::_autocast_to_reduced_precision(Tensor(a) self, bool cuda_enabled, bool cpu_enabled, ScalarType cuda_dtype, ScalarType cpu_dtype) -> Tensor(a)", {.traits = kCompositeAlias, .samples = {"randn(2), False, True, torch.float16, torch.bfloat16", "randn(2), False, False, torch.float16, torch.bfloat16"}}),
    row<grad_sum_to_size>("aten::_grad_sum_to_size(Tensor(a) self, int[]? size) -> Tensor(a)", {.traits = kCompositeAlias, .samples = {"randn(2,3), [1,3]", "randn(2,3), None"}}),
    row<narrow_copy>("aten::narrow_copy(Tensor self, int dim, SymInt start, SymInt length) -> Tensor", {.forms = kOut, .samples = {"randn(2,5), 1, 1, 3"}}),
    row<to_float>("aten::dequantize.self(Tensor self) -> Tensor", {.samples = {"randn(2,3)"}}),
    row<to_float>("aten::dequantize.tensor(Tensor qtensor) -> Tensor", {.samples = {"randn(2,3)"}}),
    row<aminmax_all>("aten::_aminmax(Tensor self) -> (Tensor, Tensor)", {.samples = {"randn(2,3)"}}),
    row<aminmax_dim>("aten::_aminmax.dim(Tensor self, int dim, bool keepdim=False) -> (Tensor, Tensor)", {.samples = {"randn(2,3), 1"}}),
    row<powsum>("aten::linalg__powsum(Tensor self, Scalar ord=2, int[1]? dim=None, bool keepdim=False, *, ScalarType? dtype=None) -> Tensor", {.samples = {"randn(2,3)", "randn(2,3), 3, [1], True"}}),
    row<safe_softmax>("aten::_safe_softmax(Tensor self, int dim, ScalarType? dtype=None) -> Tensor", {.samples = {"randn(2,3), 1", "tensor([[1.,2.],[-float('inf'),-float('inf')]]), 1"}}),
    row<softmax_backward>("aten::_softmax_backward_data(Tensor grad_output, Tensor output, int dim, ScalarType input_dtype) -> Tensor", {.samples = {"randn(2,3), randn(2,3), 1, torch.float32"}}),
    row<log_softmax_backward>("aten::_log_softmax_backward_data(Tensor grad_output, Tensor output, int dim, ScalarType input_dtype) -> Tensor", {.forms = kOut, .out_name = "out", .samples = {"randn(2,3), randn(2,3), 1, torch.float32"}}),
    row<dropout_backward>("aten::native_dropout_backward(Tensor grad_output, Tensor mask, float scale) -> Tensor", {.forms = kOut, .samples = {"randn(2,3), randn(2,3)>0, 2.0"}}),
    row<masked_softmax>("aten::_masked_softmax(Tensor self, Tensor mask, int? dim=None, int? mask_type=None) -> Tensor", {.samples = {"randn(2,2,3,3), rand(2,2,3,3)>0.7, 3, 2", "randn(2,2,3,3), tensor([[False,False,True],[False,True,False]]), 3, 1"}}),
    row<attention_math>("aten::_scaled_dot_product_attention_math(Tensor query, Tensor key, Tensor value, Tensor? attn_mask=None, float dropout_p=0., bool is_causal=False, Tensor? dropout_mask=None, *, float? scale=None, bool enable_gqa=False) -> (Tensor, Tensor)", {.samples = {"randn(2,3,4), randn(2,5,4), randn(2,5,4)", "randn(2,3,4), randn(2,3,4), randn(2,3,4), None, 0., True", "randn(2,4,3,4), randn(2,2,5,4), randn(2,2,5,4), rand(3,5)>0.5, enable_gqa=True"}}),
    row<bag>("aten::_embedding_bag(Tensor weight, Tensor indices, Tensor offsets, bool scale_grad_by_freq=False, int mode=0, bool sparse=False, Tensor? per_sample_weights=None, bool include_last_offset=False, int padding_idx=-1) -> (Tensor, Tensor, Tensor, Tensor)"),
    row<bag>("aten::_embedding_bag_forward_only(Tensor weight, Tensor indices, Tensor offsets, bool scale_grad_by_freq=False, int mode=0, bool sparse=False, Tensor? per_sample_weights=None, bool include_last_offset=False, int padding_idx=-1) -> (Tensor, Tensor, Tensor, Tensor)"),
    row<add_relu<T>>("aten::_add_relu.Tensor(Tensor self, Tensor other, *, Scalar alpha=1) -> Tensor", {.forms = kInPlace | kOut, .out_name = "out", .samples = {"randn(2,3), randn(3), alpha=2"}}),
    row<add_relu<const Scalar&>>("aten::_add_relu.Scalar(Tensor self, Scalar other, Scalar alpha=1) -> Tensor", {.forms = kInPlace, .samples = {"randn(2,3), 0.5, 2"}}),
    row<addmm_activation>("aten::_addmm_activation(Tensor self, Tensor mat1, Tensor mat2, *, Scalar beta=1, Scalar alpha=1, bool use_gelu=False) -> Tensor", {.forms = kOut, .samples = {"randn(4), randn(2,3), randn(3,4)", "randn(4), randn(2,3), randn(3,4), beta=2, use_gelu=True"}}),
    row<int_mm>("aten::_int_mm(Tensor self, Tensor mat2) -> Tensor", {.forms = kOut, .samples = {"(randn(17,8)*5).to(torch.int8), (randn(8,8)*5).to(torch.int8)"}}),
    row<glu_jvp>("aten::glu_jvp(Tensor glu, Tensor x, Tensor dx, int dim) -> Tensor", {.forms = kOut, .samples = {"randn(2,3), randn(2,6), randn(2,6), 1"}}),
    row<rrelu_with_noise>("aten::rrelu_with_noise(Tensor self, Tensor(b!) noise, Scalar lower=0.125, Scalar upper=0.33333333333333331, bool training=False, Generator? generator=None) -> Tensor", {.traits = kRandom, .samples = {"randn(2,3), zeros(2,3), 0.1, 0.3, True", "randn(2,3), zeros(2,3)"}}),
    row<rrelu_with_noise_>("aten::rrelu_with_noise_(Tensor(a!) self, Tensor(b!) noise, Scalar lower=0.125, Scalar upper=0.33333333333333331, bool training=False, Generator? generator=None) -> Tensor(a!)", {.traits = kRandom, .samples = {"randn(2,3), zeros(2,3), 0.1, 0.3, True"}}),
    row<rrelu_noise>("aten::rrelu_with_noise_functional(Tensor self, Tensor noise, Scalar lower=0.125, Scalar upper=0.33333333333333331, bool training=False, Generator? generator=None) -> (Tensor, Tensor noise_out)", {.traits = kRandom, .samples = {"randn(2,3), zeros(2,3), 0.1, 0.3, True"}}),
    row<eigh_maybe>("aten::_linalg_eigh(Tensor A, str UPLO=\"L\", bool compute_v=True) -> (Tensor eigenvalues, Tensor eigenvectors)", {.samples = {"randn(4,4), 'L', False"}}),
    row<svd_maybe>("aten::_linalg_svd(Tensor A, bool full_matrices=False, bool compute_uv=True, *, str? driver=None) -> (Tensor U, Tensor S, Tensor Vh)", {.samples = {"randn(4,3), False, False"}}),
    row<det_parts>("aten::_linalg_det(Tensor A) -> (Tensor result, Tensor LU, Tensor pivots)", {.samples = {"randn(3,3)", "randn(2,3,3)"}}),
    row<slogdet_parts>("aten::_linalg_slogdet(Tensor A) -> (Tensor sign, Tensor logabsdet, Tensor LU, Tensor pivots)", {.samples = {"randn(3,3)", "randn(2,3,3)"}}),
    row<check_errors>("aten::_linalg_check_errors(Tensor info, str api_name, *, bool is_matrix) -> ()", {.traits = kSideEffect}),
    row<ormqr>("aten::ormqr(Tensor self, Tensor input2, Tensor input3, bool left=True, bool transpose=False) -> Tensor", {.forms = kOut, .samples = {"randn(5,3)*0.1, tensor([1.9,1.8,1.7]), randn(5,2)", "randn(5,3)*0.1, tensor([1.9,1.8,1.7]), randn(2,5), False, True", "randn(2,5,3)*0.1, ones(2,3), randn(2,5,2)"}}),
};

}  // namespace

FACULA_FAMILY(internals, kInternals)

}  // namespace fac
