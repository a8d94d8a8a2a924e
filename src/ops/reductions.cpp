// Sums, means, extremes, norms, variances: many numbers to one.
// Longer than most files: one family, a short function and a row for each of its operators.
#include "ops/reduction.h"

#include <cmath>
#include <limits>

#include "ops/copy.h"
#include "ops/expr.h"
#include "ops/functions.h"

namespace fac {
namespace {

using namespace ops;
using kernels::ReduceOp;
using I = std::int64_t;
using DT = std::optional<DType>;
using OptInts = std::optional<Ints>;
using T = const Tensor&;
using Two = Result<std::tuple<Tensor, Tensor>>;

DimSet every(T self) { return DimSet(kernels::all_dims(static_cast<int>(self.dim()))); }

// Integers are summed in int64 unless a dtype is asked for.
DType wide(T self, DT dtype) {
  return dtype.value_or(is_integral(self.dtype(), true) ? DType::kInt64 : self.dtype());
}
template <ReduceOp op>
Status total(Out& out, T self, OptInts dims, bool keepdim, DT dtype) {
  FACULA_CHECK(self.defined(), "expected a Tensor but got None");
  FACULA_TRY(const DimSet set, dim_set(dims, self.dim()));
  const DType t = wide(self, dtype);
  FACULA_CHECK(op != ReduceOp::kNansum || !is_complex(self.dtype()), "nansum on CPU does not support complex inputs");
  const bool plain = op == ReduceOp::kNansum && !is_floating(self.dtype());
  return reduce(out, self, {plain ? ReduceOp::kSum : op, t, t}, set, keepdim);
}
Status sum_all(Out& out, T self, DT dtype) { return total<ReduceOp::kSum>(out, self, std::nullopt, false, dtype); }
Status prod_all(Out& out, T self, DT dtype) { return total<ReduceOp::kProd>(out, self, std::nullopt, false, dtype); }
Status prod_dim(Out& out, T self, I dim, bool keepdim, DT dtype) {
  return total<ReduceOp::kProd>(out, self, Ints(&dim, 1), keepdim, dtype);
}
Status mean_dim(Out& out, T self, OptInts dims, bool keepdim, DT dtype) {
  FACULA_CHECK(self.defined(), "expected a Tensor but got None");
  const DType t = dtype.value_or(self.dtype());
  FACULA_CHECK(is_floating(t) || is_complex(t),
               "mean(): could not infer output dtype. {} dtype must be either a floating point or complex dtype. Got: {}",
               dtype ? "Optional" : "Input", dtype_name(t));
  FACULA_TRY(const DimSet set, dim_set(dims, self.dim()));
  return reduce(out, self, {ReduceOp::kMean, t, t}, set, keepdim);
}
Status mean_all(Out& out, T self, DT dtype) { return mean_dim(out, self, std::nullopt, false, dtype); }
Result<Tensor> nanmean(T self, OptInts dims, bool keepdim, DT dtype) {
  FACULA_CHECK(is_floating(self.dtype()), "nanmean(): expected input to have floating point or complex dtype but got {}",
               dtype_name(self.dtype()));
  FACULA_TRY(const Tensor sum, fresh(total<ReduceOp::kNansum>, self, dims, keepdim, dtype));
  FACULA_TRY(const Tensor numbers, binary(self, self, BinaryOp::eq, Rule::kBool));
  FACULA_TRY(const Tensor count, ops::sum(numbers, dims, keepdim));
  return binary(sum, count, BinaryOp::div, Rule::kFloating);
}
Result<Tensor> sum_to_size(T self, Ints size) {
  DimSet set;
  const auto lead = self.sizes().size() - std::min(self.sizes().size(), size.size());
  for (std::size_t d = 0; d < self.sizes().size(); ++d)
    if (d < lead || (size[d - lead] == 1 && self.sizes()[d] != 1)) set.set(d);
  FACULA_TRY(const Tensor kept, reduce(self, {ReduceOp::kSum, wide(self, {}), wide(self, {})}, set, true));
  return view(kept, size);
}

// any, all: bool, except that uint8 stays uint8.
template <ReduceOp op>
Status truth(Out& out, T self, const DimSet& set, bool keepdim) {
  const DType t = self.dtype() == DType::kUInt8 ? DType::kUInt8 : DType::kBool;
  return reduce(out, self, {op, self.dtype(), t}, set, keepdim);
}
template <ReduceOp op>
Status truth_all(Out& out, T self) {
  return truth<op>(out, self, every(self), false);
}
template <ReduceOp op>
Status truth_dim(Out& out, T self, I dim, bool keepdim) {
  FACULA_TRY(const I d, wrap_dim(dim, self.dim()));
  return truth<op>(out, self, DimSet(1ull << d), keepdim);
}
template <ReduceOp op>
Status truth_dims(Out& out, T self, OptInts dims, bool keepdim) {
  if (dims && dims->empty()) {  // no dimension: the truth of each element
    FACULA_TRY(const Tensor dense, contiguous(self));
    return binary_as(out, dense, Scalar(0), BinaryOp::ne, self.dtype(), self.dtype() == DType::kUInt8 ? DType::kUInt8 : DType::kBool);
  }
  FACULA_TRY(const DimSet set, dim_set(dims, self.dim()));
  return truth<op>(out, self, set, keepdim);
}
Result<Tensor> count_nonzero_dims(T self, Ints dims) {
  FACULA_TRY(const DimSet set, dim_set(dims, self.dim()));
  return reduce(self, {ReduceOp::kCountNonzero, self.dtype(), DType::kInt64}, set, false);
}
Result<Tensor> count_nonzero(T self, std::optional<I> dim) {
  return dim ? count_nonzero_dims(self, {&*dim, 1}) : count_nonzero_dims(self, {});
}

// Extremes.
template <bool largest>
Result<Tensor> amax(T self, Ints dims, bool keepdim) {
  return extreme(self, largest, dims, keepdim);
}
Status some(T self, std::string_view name) {
  FACULA_CHECK(self.numel() > 0, "{}(): Expected reduction dim to be specified for input.numel() == 0. Specify the "
               "reduction dim with the 'dim' argument.", name);
  return {};
}
template <bool largest>
Result<Tensor> max_all(T self) {
  FACULA_CHECK(self.defined(), "expected a Tensor but got None");
  FACULA_TRY_VOID(some(self, largest ? "max" : "min"));
  return extreme(self, largest, std::nullopt, false);
}
template <bool largest>
Two max_dim(T self, I dim, bool keepdim) {
  FACULA_CHECK(!is_complex(self.dtype()), "{}(): does not support complex input", largest ? "max" : "min");
  FACULA_TRY(const I d, wrap_dim(dim, self.dim()));
  FACULA_CHECK_KIND(self.dim() == 0 || self.size(d) > 0, kIndex,
                    "{}(): Expected reduction dim {} to have non-zero size.", largest ? "max" : "min", d);
  const DimSet set(1ull << d);
  const Dims sizes = self.dim() == 0 ? Dims{} : reduced_sizes(self.sizes(), set, true);
  FACULA_TRY(Tensor values, Tensor::empty(sizes, self.dtype()));
  FACULA_TRY(Tensor indices, Tensor::empty(sizes, DType::kInt64));
  if (values.numel() > 0) {
    const Outcome o = run_reduction({values, indices}, self, set, [](const kernels::Strided& s, kernels::DimMask m) {
      return largest ? kernels::arg_max(s, m) : kernels::arg_min(s, m);
    });
    FACULA_TRY_VOID(check(o, largest ? "max" : "min", self.dtype()));
  }
  if (!keepdim && self.dim() > 0) return std::tuple(drop_dims(values, set), drop_dims(indices, set));
  return std::tuple(std::move(values), std::move(indices));
}
template <bool largest>
Status max_other(Out& out, T self, T other) {
  return binary(out, self, other, largest ? BinaryOp::maximum : BinaryOp::minimum, Rule::kReal);
}
template <bool largest>
Result<Tensor> argmax(T self, std::optional<I> dim, bool keepdim) {
  FACULA_CHECK(!is_complex(self.dtype()) && self.dtype() != DType::kBool, "\"{}_cpu\" not implemented for '{}'",
               largest ? "argmax" : "argmin", dtype_name(self.dtype()));
  DimSet set = every(self);
  if (dim) {
    FACULA_TRY(const I d, wrap_dim(*dim, self.dim()));
    FACULA_CHECK_KIND(self.dim() == 0 || self.size(d) > 0, kIndex,
                      "{}(): Expected reduction dim {} to have non-zero size.", largest ? "argmax" : "argmin", d);
    set = DimSet(1ull << d);
  } else {
    FACULA_CHECK_KIND(self.numel() > 0, kIndex,
                      "{}(): Expected reduction dim to be specified for input.numel() == 0. Specify the reduction dim "
                      "with the 'dim' argument.", largest ? "argmax" : "argmin");
  }
  FACULA_TRY(Tensor indices, Tensor::empty(reduced_sizes(self.sizes(), set, true), DType::kInt64));
  if (indices.numel() > 0) {
    const Outcome o = run_reduction({indices}, self, set, [](const kernels::Strided& s, kernels::DimMask m) {
      return largest ? kernels::arg_max(s, m) : kernels::arg_min(s, m);
    });
    FACULA_TRY_VOID(check(o, largest ? "argmax" : "argmin", self.dtype()));
  }
  return keepdim ? indices : drop_dims(indices, set);
}
Two aminmax(T self, std::optional<I> dim, bool keepdim) {
  OptInts dims;
  if (dim) {
    dims = Ints(&*dim, 1);
  } else {
    FACULA_CHECK(self.numel() > 0, "aminmax(): cannot compute aminmax over an empty dimension as the operation has no "
                 "identity.");
  }
  FACULA_TRY(Tensor low, extreme(self, false, dims, keepdim));
  FACULA_TRY(Tensor high, extreme(self, true, dims, keepdim));
  return std::tuple(std::move(low), std::move(high));
}

// Norms.
Result<Tensor> norm_of(T self, const std::optional<Scalar>& p, OptInts dims, bool keepdim, DT dtype) {
  return vector_norm(self, p.value_or(Scalar(2)), dims, keepdim, dtype);
}
Result<Tensor> norm_scalar(T self, const Scalar& p) { return norm_of(self, p, std::nullopt, false, std::nullopt); }
Result<Tensor> norm_dtype(T self, const std::optional<Scalar>& p, DType dtype) {
  return norm_of(self, p, std::nullopt, false, dtype);
}
Result<Tensor> norm_dim_dtype(T self, const std::optional<Scalar>& p, Ints dims, bool keepdim, DType dtype) {
  return norm_of(self, p, dims, keepdim, dtype);
}
Result<Tensor> norm_dim(T self, const std::optional<Scalar>& p, Ints dims, bool keepdim) {
  return norm_of(self, p, dims, keepdim, std::nullopt);
}
Result<Tensor> frobenius_norm(T self, Ints dims, bool keepdim) {
  return vector_norm(self, 2, dims, keepdim, std::nullopt);
}
Result<Tensor> dist(T self, T other, const Scalar& p) {
  FACULA_TRY(const Tensor d, binary(self, other, BinaryOp::sub));
  return vector_norm(d, p, std::nullopt, false, std::nullopt);
}

// Variances.
Status var_of(Out& out, T self, OptInts dims, double correction, bool keepdim, bool root) {
  FACULA_CHECK(is_floating(self.dtype()) || is_complex(self.dtype()),
               "std and var only support floating point and complex dtypes");
  FACULA_TRY(const DimSet set, dim_set(dims, self.dim()));
  const DType real = real_dtype(self.dtype());
  if (is_complex(self.dtype())) {  // the sum of the variances of both parts
    Dims strides(self.strides());
    for (auto& s : strides) s *= 2;
    const auto part = [&](I shift) { return Tensor::from_storage(self.storage(), self.offset() * 2 + shift, self.sizes(), strides, real); };
    const Reduction variance{ReduceOp::kVar, real, real, correction};
    FACULA_TRY(const Tensor a, reduce(part(0), variance, set, keepdim));
    FACULA_TRY(const Tensor b, reduce(part(1), variance, set, keepdim));
    FACULA_TRY(Tensor both, binary(a, b, BinaryOp::add));
    if (root) {
      FACULA_TRY(both, unary(both, UnaryOp::sqrt));
    }
    out.set(std::move(both));
    return {};
  }
  return reduce(out, self, {root ? ReduceOp::kStd : ReduceOp::kVar, self.dtype(), real, correction}, set, keepdim);
}
template <bool root>
Status var_all(Out& out, T self, bool unbiased) {
  return var_of(out, self, std::nullopt, unbiased ? 1 : 0, false, root);
}
template <bool root>
Status var_dim(Out& out, T self, OptInts dims, bool unbiased, bool keepdim) {
  return var_of(out, self, dims, unbiased ? 1 : 0, keepdim, root);
}
template <bool root>
Status var_correction(Out& out, T self, OptInts dims, const std::optional<Scalar>& correction, bool keepdim) {
  return var_of(out, self, dims, correction ? correction->to_double() : 1, keepdim, root);
}
template <bool root>
Two var_mean_correction(T self, OptInts dims, const std::optional<Scalar>& correction, bool keepdim) {
  FACULA_TRY(Tensor var, fresh(var_correction<root>, self, dims, correction, keepdim));
  FACULA_TRY(Tensor mean, ops::mean(self, dims, keepdim));
  return std::tuple(std::move(var), std::move(mean));
}
template <bool root>
Two var_mean_all(T self, bool unbiased) {
  return var_mean_correction<root>(self, std::nullopt, Scalar(unbiased ? 1 : 0), false);
}
template <bool root>
Two var_mean_dim(T self, OptInts dims, bool unbiased, bool keepdim) {
  return var_mean_correction<root>(self, dims, Scalar(unbiased ? 1 : 0), keepdim);
}

// The real parts of a complex tensor, as a view.
Tensor real_part(T self) {
  Dims strides(self.strides());
  for (auto& s : strides) s *= 2;
  return Tensor::from_storage(self.storage(), self.offset() * 2, self.sizes(), strides, real_dtype(self.dtype()));
}
Result<Tensor> complex_logsumexp(T self, Ints dims, bool keepdim) {
  FACULA_TRY(const Tensor most, extreme(real_part(self), true, dims, true));
  Expr total = exp(Expr(self) - most).then([&](T t) { return sum(t, dims, keepdim); });
  FACULA_TRY(const Tensor logs, log(total).result());
  FACULA_TRY(const Tensor base, reshape(most, logs.sizes()));
  return binary(logs, base, BinaryOp::add);
}
Status logsumexp(Out& out, T self, Ints dims, bool keepdim) {
  FACULA_TRY(const DimSet set, dim_set(dims, self.dim()));
  if (is_complex(self.dtype())) {
    FACULA_TRY(Tensor y, complex_logsumexp(self, dims, keepdim));
    out.set(std::move(y));
    return {};
  }
  const DType t = to_floating(self.dtype());
  Tensor x = self;
  if (t != self.dtype()) {
    FACULA_TRY(x, cast(self, t));
  }
  return reduce(out, x, {ReduceOp::kLogsumexp, t, t}, set, keepdim);
}

// Scans.
template <kernels::ScanOp op>
Status scan(Out& out, T self, I dim, DT dtype) {
  FACULA_TRY(const I d, wrap_dim(dim, self.dim()));
  const DType t = wide(self, dtype);
  FACULA_TRY(const Tensor y, out.make(self.sizes(), t));
  if (y.numel() == 0) return {};
  if (self.dim() == 0) return copy_into(y, self);
  Operands operands(y.sizes());
  operands.add(y);
  operands.add(self);
  return check(kernels::scan(op, kind_of(t), operands.by_dim(), static_cast<int>(d)), "cumulative", t);
}
// In place the sum is worked out in self's own dtype.
template <kernels::ScanOp op>
Result<Tensor> scan_(T self, I dim, DT dtype) {
  FACULA_TRY(const Tensor y, fresh(scan<op>, self, dim, dtype.value_or(self.dtype())));
  FACULA_TRY_VOID(check_writable(self));
  self.bump_version();
  FACULA_TRY_VOID(copy_into(self, y));
  return self;
}
Status logcumsumexp(Out& out, T self, I dim) {
  FACULA_CHECK(is_floating(self.dtype()) || is_complex(self.dtype()), "logcumsumexp not implemented for '{}'",
               dtype_name(self.dtype()));
  if (is_complex(self.dtype()) && self.dim() > 0 && self.numel() > 0) {  // relative to the largest real part of the row
    FACULA_TRY(const I d, wrap_dim(dim, self.dim()));
    FACULA_TRY(const Tensor most, extreme(real_part(self), true, Ints(&d, 1), true));
    const Expr sums = exp(Expr(self) - most).then([&](T t) { return fresh(scan<kernels::ScanOp::kCumsum>, t, d, DT()); });
    FACULA_TRY(Tensor y, (log(sums) + most).result());
    out.set(std::move(y));
    return {};
  }
  return scan<kernels::ScanOp::kLogcumsumexp>(out, self, dim, std::nullopt);
}
template <bool largest>
Two cummax(T self, I dim) {
  FACULA_TRY(const I d, wrap_dim(dim, self.dim()));
  FACULA_TRY(Tensor values, Tensor::empty(self.sizes(), self.dtype()));
  FACULA_TRY(Tensor indices, Tensor::empty(self.sizes(), DType::kInt64));
  if (self.dim() == 0) {
    FACULA_TRY_VOID(copy_into(values, self));
    FACULA_TRY_VOID(fill(indices, 0));
  } else if (self.numel() > 0) {
    Operands operands(self.sizes());
    operands.add(values);
    operands.add(indices);
    operands.add(self);
    const auto run = largest ? kernels::cummax : kernels::cummin;
    FACULA_TRY_VOID(check(run(operands.by_dim(), static_cast<int>(d)), largest ? "cummax" : "cummin", self.dtype()));
  }
  return std::tuple(std::move(values), std::move(indices));
}

}  // namespace

constexpr Op kReductions[] = {
    row<sum_all>("aten::sum(Tensor self, *, ScalarType? dtype=None) -> Tensor",
        {.forms = kOut, .samples = {"randn(2,3)", "arange(4)", "randn(())", "randn(0)", "tensor([True,True])",
            "arange(3), dtype=torch.float32"}}),
    row<total<ReduceOp::kSum>>("aten::sum.dim_IntList(Tensor self, int[1]? dim, bool keepdim=False, *, ScalarType? dtype=None) -> Tensor",
        {.forms = kOut, .out_name = "IntList_out", .samples = {"randn(2,3,4), [1]", "randn(2,3,4), [0,2], True",
            "randn(2,3), [-1]", "randn(2,0), [1]", "randn(2,3), None", "arange(6).view(2,3), [0]", "randn(2,3), []",
            "randn(2,3), [0,0]"}}),
    row<prod_all>("aten::prod(Tensor self, *, ScalarType? dtype=None) -> Tensor",
        {.forms = kOut, .samples = {"randn(2,3)", "arange(1,5)", "randn(0)"}}),
    row<prod_dim>("aten::prod.dim_int(Tensor self, int dim, bool keepdim=False, *, ScalarType? dtype=None) -> Tensor",
        {.forms = kOut, .out_name = "int_out", .samples = {"randn(2,3,4), 1", "arange(1,7).view(2,3), 0, True"}}),
    row<total<ReduceOp::kNansum>>("aten::nansum(Tensor self, int[1]? dim=None, bool keepdim=False, *, ScalarType? dtype=None) -> Tensor",
        {.forms = kOut, .samples = {"tensor([[1.,float('nan')],[2.,3.]])",
            "tensor([[1.,float('nan')],[2.,3.]]), [1]", "arange(3)"}}),
    row<mean_all>("aten::mean(Tensor self, *, ScalarType? dtype=None) -> Tensor",
        {.forms = kOut, .out_name = "dtype_out", .samples = {"randn(2,3)", "randn(())", "arange(3)",
            "arange(3), dtype=torch.float32", "randn(0)"}}),
    row<mean_dim>("aten::mean.dim(Tensor self, int[1]? dim, bool keepdim=False, *, ScalarType? dtype=None) -> Tensor",
        {.forms = kOut, .out_name = "out", .samples = {"randn(2,3,4), [1]", "randn(2,3,4), [0,2], True",
            "randn(2,3,4,5).to(memory_format=torch.channels_last), [2,3]", "randn(2,3), [-1], dtype=torch.float64"}}),
    row<nanmean>("aten::nanmean(Tensor self, int[1]? dim=None, bool keepdim=False, *, ScalarType? dtype=None) -> Tensor",
        {.forms = kOut, .samples = {"tensor([[1.,float('nan')],[2.,3.]])",
            "tensor([[1.,float('nan')],[2.,3.]]), [1]"}}),
    row<sum_to_size>("aten::sum_to_size(Tensor self, SymInt[] size) -> Tensor", {.samples = {"randn(2,3,4), [3,1]"}}),
    row<truth_all<ReduceOp::kAny>>("aten::any(Tensor self) -> Tensor",
        {.forms = kOut, .out_name = "all_out", .samples = {"arange(3)", "zeros(2)", "zeros(0)",
            "tensor([False,True])"}}),
    row<truth_dim<ReduceOp::kAny>>("aten::any.dim(Tensor self, int dim, bool keepdim=False) -> Tensor",
        {.forms = kOut, .out_name = "out", .samples = {"arange(6).view(2,3), 1", "arange(6).view(2,3), 0, True"}}),
    row<truth_dims<ReduceOp::kAny>>("aten::any.dims(Tensor self, int[]? dim=None, bool keepdim=False) -> Tensor",
        {.forms = kOut, .samples = {"arange(6).view(2,3), []", "randn(2,3), [], True", "arange(6).view(2,3), [0,1]", "arange(6).view(2,3), None"}}),
    row<truth_all<ReduceOp::kAll>>("aten::all(Tensor self) -> Tensor",
        {.forms = kOut, .out_name = "all_out", .samples = {"arange(3)", "ones(2)", "zeros(0)",
            "tensor([False,True])"}}),
    row<truth_dim<ReduceOp::kAll>>("aten::all.dim(Tensor self, int dim, bool keepdim=False) -> Tensor",
        {.forms = kOut, .out_name = "out", .samples = {"arange(6).view(2,3), 1", "arange(6).view(2,3), 0, True"}}),
    row<truth_dims<ReduceOp::kAll>>("aten::all.dims(Tensor self, int[]? dim=None, bool keepdim=False) -> Tensor",
        {.forms = kOut, .samples = {"arange(6).view(2,3), []", "tensor(2.), []", "arange(6).view(2,3), [0,1]", "arange(6).view(2,3), None"}}),
    row<count_nonzero_dims>("aten::count_nonzero.dim_IntList(Tensor self, int[] dim) -> Tensor",
        {.forms = kOut, .samples = {"arange(6).view(2,3), [1]"}}),
    row<count_nonzero>("aten::count_nonzero(Tensor self, int? dim=None) -> Tensor",
        {.forms = kOut, .samples = {"arange(6).view(2,3)", "arange(6).view(2,3), 0"}}),
    row<amax<true>>("aten::amax(Tensor self, int[1] dim=[], bool keepdim=False) -> Tensor",
        {.forms = kOut, .samples = {"randn(2,3,4)", "randn(2,3,4), [1]", "randn(2,3,4), [0,2], True",
            "arange(6).view(2,3), [1]", "randn(2,0), [1]", "tensor([float('nan'),1.])"}}),
    row<amax<false>>("aten::amin(Tensor self, int[1] dim=[], bool keepdim=False) -> Tensor",
        {.forms = kOut, .samples = {"randn(2,3,4)", "randn(2,3,4), [1]", "randn(2,3,4), [0,2], True"}}),
    row<max_other<true>>("aten::max.other(Tensor self, Tensor other) -> Tensor",
        {.forms = kOut, .traits = kPointwise, .out_name = "out", .samples = {"randn(2,3), randn(3)"}}),
    row<max_all<true>>("aten::max(Tensor self) -> Tensor",
        {.forms = kOut, .out_name = "unary_out", .samples = {"randn(2,3)", "arange(3)", "randn(0)"}}),
    row<max_dim<true>>("aten::max.dim(Tensor self, int dim, bool keepdim=False) -> (Tensor values, Tensor indices)",
        {.samples = {"randn(2,3), 1", "randn(2,3,4), 1, True", "arange(6).view(2,3), 0", "randn(()), 0",
            "randn(2,0), 1", "tensor([1.,3.,3.]), 0", "tensor([1.,float('nan'),3.]), 0"}}),
    row<max_other<false>>("aten::min.other(Tensor self, Tensor other) -> Tensor",
        {.forms = kOut, .traits = kPointwise, .out_name = "out", .samples = {"randn(2,3), randn(3)"}}),
    row<max_all<false>>("aten::min(Tensor self) -> Tensor",
        {.forms = kOut, .out_name = "unary_out", .samples = {"randn(2,3)", "arange(3)", "randn(0)"}}),
    row<max_dim<false>>("aten::min.dim(Tensor self, int dim, bool keepdim=False) -> (Tensor values, Tensor indices)",
        {.samples = {"randn(2,3), 1", "randn(2,3,4), 1, True", "arange(6).view(2,3), 0", "randn(()), 0"}}),
    row<argmax<true>>("aten::argmax(Tensor self, int? dim=None, bool keepdim=False) -> Tensor",
        {.forms = kOut, .samples = {"randn(2,3)", "randn(2,3), 1", "randn(2,3,4), 1, True", "randn(())",
            "randn(2,3).t()", "randn(0)", "randn(2,3), None, True"}}),
    row<argmax<false>>("aten::argmin(Tensor self, int? dim=None, bool keepdim=False) -> Tensor",
        {.forms = kOut, .samples = {"randn(2,3)", "randn(2,3), 1", "randn(2,3,4), 1, True"}}),
    row<aminmax>("aten::aminmax(Tensor self, *, int? dim=None, bool keepdim=False) -> (Tensor min, Tensor max)",
        {.samples = {"randn(2,3)", "randn(2,3), dim=1", "randn(2,3), dim=0, keepdim=True"}}),
    row<norm_scalar>("aten::norm.Scalar(Tensor self, Scalar p=2) -> Tensor",
        {.forms = kOut, .samples = {"randn(2,3)", "randn(2,3), 1", "arange(3)"}}),
    row<norm_dtype>("aten::norm.ScalarOpt_dtype(Tensor self, Scalar? p, *, ScalarType dtype) -> Tensor",
        {.forms = kOut, .samples = {"randn(2,3), 2, dtype=torch.float64"}}),
    row<norm_dim_dtype>("aten::norm.ScalarOpt_dim_dtype(Tensor self, Scalar? p, int[1] dim, bool keepdim, *, ScalarType dtype) -> Tensor",
        {.forms = kOut, .out_name = "dtype_out", .samples = {"randn(2,3), 2, [1], True, dtype=torch.float64"}}),
    row<norm_dim>("aten::norm.ScalarOpt_dim(Tensor self, Scalar? p, int[1] dim, bool keepdim=False) -> Tensor",
        {.forms = kOut, .out_name = "out", .samples = {"randn(2,3), 2, [1]", "randn(2,3), None, [0], True",
            "randn(2,3), float('inf'), [1]", "randn(2,3), 0, [1]", "randn(2,3), 3, [1]"}}),
    row<frobenius_norm>("aten::frobenius_norm.dim(Tensor self, int[1] dim, bool keepdim=False) -> Tensor",
        {.forms = kOut, .out_name = "out", .samples = {"randn(2,3), [0,1]", "randn(2,3), [1]"}}),
    row<vector_norm>("aten::linalg_vector_norm(Tensor self, Scalar ord=2, int[1]? dim=None, bool keepdim=False, *, ScalarType? dtype=None) -> Tensor",
        {.forms = kOut, .samples = {"randn(2,3)", "randn(2,3), 1, [1]", "randn(2,3), float('inf')",
            "randn(2,3), -float('inf'), [0], True", "randn(2,3), 2.5", "randn(3,dtype=torch.cfloat)", "arange(3)"}}),
    row<dist>("aten::dist(Tensor self, Tensor other, Scalar p=2) -> Tensor",
        {.forms = kOut, .samples = {"randn(2,3), randn(3)", "randn(2,3), randn(3), 1"}}),
    row<var_all<true>>("aten::std(Tensor self, bool unbiased=True) -> Tensor",
        {.samples = {"randn(2,3)", "randn(2,3), False", "arange(3)"}}),
    row<var_dim<true>>("aten::std.dim(Tensor self, int[1]? dim, bool unbiased=True, bool keepdim=False) -> Tensor",
        {.forms = kOut, .out_name = "out", .samples = {"randn(2,3), [1]", "randn(2,3,4), [0,2], False, True"}}),
    row<var_correction<true>>("aten::std.correction(Tensor self, int[1]? dim=None, *, Scalar? correction=None, bool keepdim=False) -> Tensor",
        {.forms = kOut, .samples = {"randn(2,3), [1], correction=0", "randn(2,3)",
            "randn(2,5), [1], correction=2, keepdim=True"}}),
    row<var_all<false>>("aten::var(Tensor self, bool unbiased=True) -> Tensor",
        {.samples = {"randn(2,3)", "randn(2,3), False", "randn(1)"}}),
    row<var_dim<false>>("aten::var.dim(Tensor self, int[1]? dim, bool unbiased=True, bool keepdim=False) -> Tensor",
        {.forms = kOut, .out_name = "out", .samples = {"randn(2,3), [1]", "randn(2,3,4), [0,2], False, True"}}),
    row<var_correction<false>>("aten::var.correction(Tensor self, int[1]? dim=None, *, Scalar? correction=None, bool keepdim=False) -> Tensor",
        {.forms = kOut, .samples = {"randn(2,3), [1], correction=0", "randn(2,3)"}}),
    row<var_mean_all<true>>("aten::std_mean(Tensor self, bool unbiased=True) -> (Tensor, Tensor)",
        {.samples = {"randn(2,3)"}}),
    row<var_mean_dim<true>>("aten::std_mean.dim(Tensor self, int[1]? dim, bool unbiased=True, bool keepdim=False) -> (Tensor, Tensor)",
        {.samples = {"randn(2,3), [1]"}}),
    row<var_mean_correction<true>>("aten::std_mean.correction(Tensor self, int[1]? dim=None, *, Scalar? correction=None, bool keepdim=False) -> (Tensor, Tensor)",
        {.samples = {"randn(2,3), [1], correction=0"}}),
    row<var_mean_all<false>>("aten::var_mean(Tensor self, bool unbiased=True) -> (Tensor, Tensor)",
        {.samples = {"randn(2,3)"}}),
    row<var_mean_dim<false>>("aten::var_mean.dim(Tensor self, int[1]? dim, bool unbiased=True, bool keepdim=False) -> (Tensor, Tensor)",
        {.samples = {"randn(2,3), [1], False, True"}}),
    row<var_mean_correction<false>>("aten::var_mean.correction(Tensor self, int[1]? dim=None, *, Scalar? correction=None, bool keepdim=False) -> (Tensor, Tensor)",
        {.samples = {"randn(2,3), [1], correction=0, keepdim=True"}}),
    row<logsumexp>("aten::logsumexp(Tensor self, int[1] dim, bool keepdim=False) -> Tensor",
        {.forms = kOut, .samples = {"randn(2,3), [1]", "randn(2,3,4), [0,2], True", "arange(3), [0]"}}),
    row<logsumexp>("aten::special_logsumexp(Tensor self, int[1] dim, bool keepdim=False) -> Tensor",
        {.forms = kOut, .samples = {"randn(2,3), [1]"}}),
    row<scan<kernels::ScanOp::kCumsum>>("aten::cumsum(Tensor self, int dim, *, ScalarType? dtype=None) -> Tensor",
        {.forms = kOut, .samples = {"randn(2,3), 1", "arange(6).view(2,3), 0", "randn(()), 0",
            "randn(4,3).t(), 0", "arange(3), 0, dtype=torch.float32"}}),
    row<scan_<kernels::ScanOp::kCumsum>>("aten::cumsum_(Tensor(a!) self, int dim, *, ScalarType? dtype=None) -> Tensor(a!)",
        {.samples = {"randn(2,3), 1", "arange(6).view(2,3), 0", "tensor([True,True,False]), 0"}}),
    row<scan<kernels::ScanOp::kCumprod>>("aten::cumprod(Tensor self, int dim, *, ScalarType? dtype=None) -> Tensor",
        {.forms = kOut, .samples = {"randn(2,3), 1", "arange(6).view(2,3), 0"}}),
    row<scan_<kernels::ScanOp::kCumprod>>("aten::cumprod_(Tensor(a!) self, int dim, *, ScalarType? dtype=None) -> Tensor(a!)",
        {.samples = {"randn(2,3), 1", "arange(6).view(2,3), 0"}}),
    row<logcumsumexp>("aten::logcumsumexp(Tensor self, int dim) -> Tensor",
        {.forms = kOut, .samples = {"randn(2,3), 1"}}),
    row<cummax<true>>("aten::cummax(Tensor self, int dim) -> (Tensor values, Tensor indices)",
        {.samples = {"randn(2,5), 1", "randn(5,2), 0", "tensor([1.,1.,0.]), 0"}}),
    row<cummax<false>>("aten::cummin(Tensor self, int dim) -> (Tensor values, Tensor indices)",
        {.samples = {"randn(2,5), 1", "randn(5,2), 0"}}),
};
FACULA_FAMILY(reductions, kReductions)

}  // namespace fac
