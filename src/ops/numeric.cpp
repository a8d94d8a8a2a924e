// Differences, integrals, covariances and other small compositions of operators.
#include <cmath>
#include <numeric>

#include "ops/call.h"
#include "ops/copy.h"
#include "ops/dims.h"
#include "ops/elementwise.h"
#include "ops/functions.h"
#include "ops/options.h"
#include "ops/reduction.h"
#include "tensor/sizes.h"

namespace fac {
namespace {

using namespace ops;
using I = std::int64_t;
using T = const Tensor&;
using B = BinaryOp;
using U = UnaryOp;

Result<Tensor> diff(T self, I n, I dim, T prepend, T append) {
  FACULA_CHECK(self.dim() >= 1, "diff expects input to be at least one-dimensional");
  FACULA_CHECK(n >= 0, "order must be non-negative but got {}", n);
  FACULA_TRY(const I d, wrap_dim(dim, self.dim()));
  std::vector<Tensor> parts;
  for (T t : {prepend, self, append})
    if (t.defined()) parts.push_back(t);
  FACULA_TRY(Tensor x, parts.size() > 1 ? cat(parts, d) : Result<Tensor>(self));
  for (I k = 0; k < std::min(n, self.size(d) + 1); ++k) {
    const I length = x.size(d);
    FACULA_TRY(const Tensor later, slice(x, d, std::min<I>(1, length), length, 1));
    FACULA_TRY(const Tensor earlier, slice(x, d, 0, std::max<I>(length - 1, 0), 1));
    FACULA_TRY(x, x.dtype() == DType::kBool ? binary(later, earlier, B::logical_xor, Rule::kBool) : binary(later, earlier, B::sub));
  }
  return x;
}

// Sum of neighbours along dim, for the trapezoid rules.
Result<Tensor> neighbours(T y, I d, B op) {
  FACULA_TRY(const Tensor later, slice(y, d, 1, y.size(d), 1));
  FACULA_TRY(const Tensor earlier, slice(y, d, 0, y.size(d) - 1, 1));
  return binary(later, earlier, op);
}
// dx * (left + right), in the dtype of the operands; with a number for dx the sums alone.
Result<Tensor> trapezoid_pieces(T y, I d, const std::optional<Scalar>& dx, T x) {
  FACULA_CHECK(y.dtype() != DType::kBool, "trapezoid: received a bool input for `x` or `y`, but bool is not supported");
  FACULA_TRY(const Tensor both, neighbours(y, d, B::add));
  if (dx) return both;
  FACULA_TRY(Tensor steps, neighbours(x, x.dim() == 1 ? 0 : d, B::sub));
  if (x.dim() == 1 && y.dim() > 1) {
    Dims shape(static_cast<std::size_t>(y.dim()), 1);
    shape[static_cast<std::size_t>(d)] = steps.numel();
    FACULA_TRY(steps, reshape(steps, shape));
  }
  return binary(steps, both, B::mul);
}
Result<Tensor> trapezoid_of(T y, I dim, const std::optional<Scalar>& dx, T x) {
  FACULA_TRY(const I d, wrap_dim(dim, y.dim()));
  if (y.dim() == 0 || y.size(d) == 0) return zeros(y.dim() ? reduced_sizes(y.sizes(), DimSet(1ull << d), false) : Dims{}, y.dtype());
  FACULA_TRY(const Tensor pieces, trapezoid_pieces(y, d, dx, x));
  FACULA_TRY(const Tensor total, sum(pieces, Ints(&d, 1), false));
  if (!dx) return binary(total, Scalar(2.0), B::div, Rule::kFloating);
  return binary(total, dx->is_complex() ? Scalar(dx->to_complex() / 2.0) : Scalar(dx->to_double() / 2), B::mul);
}
Result<Tensor> trapezoid_dx(T y, const Scalar& dx, I dim) { return trapezoid_of(y, dim, dx, Tensor()); }
Result<Tensor> trapezoid_x(T y, T x, I dim) { return trapezoid_of(y, dim, std::nullopt, x); }
Result<Tensor> trapz_dx(T y, double dx, I dim) { return trapezoid_of(y, dim, Scalar(dx), Tensor()); }
Result<Tensor> cumulative(T y, I dim, const std::optional<Scalar>& dx, T x) {
  FACULA_TRY(const I d, wrap_dim(dim, y.dim()));
  FACULA_TRY(Tensor pieces, trapezoid_pieces(y, d, dx, x));
  if (dx) {
    FACULA_TRY(pieces, binary(pieces, dx->is_complex() ? Scalar(dx->to_complex() / 2.0) : Scalar(dx->to_double() / 2), B::mul));
  }
  FACULA_TRY(const Tensor sums, call("aten::cumsum", "", {pieces, d, Value()}));
  return dx ? Result<Tensor>(sums) : binary(sums, Scalar(2.0), B::div, Rule::kFloating);
}
Result<Tensor> cumulative_dx(T y, const Scalar& dx, I dim) { return cumulative(y, dim, dx, Tensor()); }
Result<Tensor> cumulative_x(T y, T x, I dim) { return cumulative(y, dim, std::nullopt, x); }

Result<Tensor> renorm(T self, const Scalar& p, I dim, const Scalar& most) {
  FACULA_CHECK(p.to_double() > 0, "renorm: non-positive-norm not supported");
  FACULA_CHECK(self.dim() > 1, "renorm: input needs at least 2 dimensions, got {} dimensions", self.dim());
  FACULA_TRY(const I d, wrap_dim(dim, self.dim()));
  Dims others;
  for (I i = 0; i < self.dim(); ++i)
    if (i != d) others.push_back(i);
  FACULA_TRY(const Tensor norm, vector_norm(self, p, others, true, std::nullopt));
  FACULA_TRY(const Tensor moved, binary(norm, Scalar(1e-7), B::add));
  FACULA_TRY(const Tensor limit, scalar_tensor(most.to_double(), norm.dtype()));
  FACULA_TRY(const Tensor shrunk, binary(limit, moved, B::div));
  FACULA_TRY(const Tensor large, binary(norm, most, B::gt, Rule::kBool));
  FACULA_TRY(const Tensor one, scalar_tensor(1, norm.dtype()));
  FACULA_TRY(const Tensor factor, where(large, shrunk, one));
  FACULA_TRY(const Tensor dense, contiguous(self));
  return binary(dense, factor, B::mul);
}

Result<Tensor> vander(T x, std::optional<I> columns, bool increasing) {
  FACULA_CHECK(x.dim() == 1, "x must be a one-dimensional tensor.");
  const I n = columns.value_or(x.size(0));
  FACULA_CHECK(n >= 0, "N must be non-negative.");
  FACULA_TRY(const Tensor powers, arange(increasing ? 0 : n - 1, increasing ? n : -1, increasing ? 1 : -1, DType::kInt64));
  FACULA_TRY(const Tensor column, unsqueeze(x, 1));
  return binary(column, powers, B::pow);
}
Result<Tensor> combinations(T self, I r, bool repeated) {
  FACULA_CHECK(self.dim() == 1, "Expect a 1D vector, but got shape {}", ints_text(self.sizes()));
  FACULA_CHECK(r >= 0, "Expect a non-negative number, but got {}", r);
  if (r == 0) return Tensor::empty(Dims{0}, self.dtype());
  const I n = self.size(0);
  if (n == 0 || (r > n && !repeated)) return Tensor::empty(Dims{0, r}, self.dtype());
  // Of n numbers, or n + r - 1 with repetitions, r are chosen.
  I many = n, count = 1;
  FACULA_CHECK(!repeated || !__builtin_add_overflow(n, r - 1, &many), "combinations of {} are too many", r);
  const I fewer = std::min(r, many - r);
  for (I k = 1; k <= fewer; ++k) {
    FACULA_CHECK(!__builtin_mul_overflow(count, many - fewer + k, &count), "combinations of {} are too many", r);
    count /= k;
  }
  const Dims sizes{count, r};
  FACULA_TRY(const I indices, checked_numel(sizes));
  FACULA_TRY(const Tensor index, Tensor::empty(Dims{indices}, DType::kInt64));
  I* to = index.data_as<I>();
  std::vector<I> pick(static_cast<std::size_t>(r));
  for (std::size_t k = 0; k < pick.size(); ++k) pick[k] = repeated ? 0 : static_cast<I>(k);
  for (;;) {
    to = std::copy(pick.begin(), pick.end(), to);
    // The rightmost position that can still move on.
    std::size_t k = pick.size();
    while (k > 0 && pick[k - 1] == (repeated ? n - 1 : n - static_cast<I>(pick.size() - (k - 1)))) --k;
    if (k == 0) break;
    ++pick[k - 1];
    for (std::size_t j = k; j < pick.size(); ++j) pick[j] = repeated ? pick[j - 1] : pick[j - 1] + 1;
  }
  FACULA_TRY(const Tensor flat, index_select(self, 0, index));
  return view(flat, sizes);
}

Result<Tensor> frequencies(I n, I count, double d, DT dtype, LA layout, DV device, bool wrap) {
  FACULA_TRY_VOID(check_place(device, layout));
  const DType t = dtype.value_or(default_dtype());
  FACULA_CHECK(is_floating(t) || is_complex(t), "fftfreq requires a floating point or complex dtype");
  FACULA_TRY(Tensor out, arange(0, count, 1, t));
  if (wrap && n > 1) {
    FACULA_TRY(const Tensor late, slice(out, 0, (n + 1) / 2, n, 1));
    FACULA_TRY(const Tensor negative, arange(-(n / 2), 0, 1, t));
    FACULA_TRY_VOID(copy_into(late, negative));
  }
  return binary(out, Scalar(1.0 / (static_cast<double>(n) * d)), B::mul);
}
Result<Tensor> fftfreq(I n, double d, DT dtype, LA layout, DV device, PM) { return frequencies(n, n, d, dtype, layout, device, true); }
Result<Tensor> rfftfreq(I n, double d, DT dtype, LA layout, DV device, PM) { return frequencies(n, n / 2 + 1, d, dtype, layout, device, false); }

Result<Tensor> cov_of(T self, I correction, T fweights, T aweights) {
  FACULA_CHECK(self.dim() <= 2, "cov(): expected input to have two or fewer dimensions but got an input with {} dimensions", self.dim());
  FACULA_CHECK(self.dtype() != DType::kBool, "cov(): bool dtype is not supported for input");
  FACULA_CHECK(!fweights.defined() && !aweights.defined(), "cov(): weights are not supported");
  FACULA_TRY(const Tensor rows, view(self, self.dim() < 2 ? Dims{1, self.numel()} : Dims(self.sizes())));
  FACULA_TRY(const Tensor x, cast(rows, to_floating(self.dtype())));
  const I observations = 1, n = x.size(1);
  FACULA_TRY(const Tensor average, mean(x, Ints(&observations, 1), true));
  FACULA_TRY(const Tensor centred, binary(x, average, B::sub));
  FACULA_TRY(const Tensor left, unsqueeze(centred, 1));
  FACULA_TRY(const Tensor right, unsqueeze(centred, 0));
  FACULA_TRY(const Tensor products, binary(left, right, B::mul));
  const I last = 2;
  FACULA_TRY(const Tensor total, sum(products, Ints(&last, 1), false));
  FACULA_TRY(const Tensor out, binary(total, Scalar(static_cast<double>(std::max(static_cast<double>(n) - static_cast<double>(correction), 0.0))), B::div));
  return self.dim() < 2 ? reshape(out, Ints{}) : Result<Tensor>(out);
}
Result<Tensor> corrcoef(T self) {
  FACULA_TRY(const Tensor c, cov_of(self, 1, Tensor(), Tensor()));
  if (c.dim() == 0) return binary(c, c, B::div);
  FACULA_TRY(const Tensor variances, diagonal(c, 0, 0, 1));
  FACULA_TRY(const Tensor deviations, unary(variances, U::sqrt));
  FACULA_TRY(const Tensor column, unsqueeze(deviations, 1));
  FACULA_TRY(const Tensor once, binary(c, column, B::div));
  FACULA_TRY(const Tensor twice, binary(once, deviations, B::div));
  if (is_complex(twice.dtype())) {  // both parts by themselves
    FACULA_TRY(const Tensor parts, call("aten::view_as_real", "", {twice}));
    FACULA_TRY(const Tensor inside, unary(parts, U::clamp, Rule::kSame, {.a = -1, .b = 1}));
    return call("aten::view_as_complex", "", {inside});
  }
  FACULA_TRY(const Tensor high, binary(twice, Scalar(1.0), B::minimum));
  return binary(high, Scalar(-1.0), B::maximum);
}

Result<Tensor> pad_sequence(TensorList sequences, bool batch_first, double value, std::string_view side) {
  FACULA_CHECK(!sequences.empty(), "received an empty list of sequences");
  FACULA_CHECK(side == "left" || side == "right", "Expected padding_side to be one of left or right, but got {}.", side);
  const auto list = to_vector(sequences);
  I longest = 0;
  for (T t : list) {
    FACULA_CHECK(t.dim() > 0, "pad_sequence expects sequences with at least one dimension");
    longest = std::max(longest, t.size(0));
  }
  Dims sizes;
  const I n = static_cast<I>(list.size());
  for (I s : {batch_first ? n : longest, batch_first ? longest : n}) sizes.push_back(s);
  for (auto s : list[0].sizes().subspan(1)) sizes.push_back(s);
  FACULA_TRY(const Tensor out, full(sizes, value, list[0].dtype()));
  for (I i = 0; i < n; ++i) {
    T t = list[static_cast<std::size_t>(i)];
    FACULA_TRY(const Tensor row, select(out, batch_first ? 0 : 1, i));
    const I start = side == "left" ? longest - t.size(0) : 0;
    FACULA_TRY(const Tensor part, slice(row, 0, start, start + t.size(0), 1));
    FACULA_TRY_VOID(copy_into(part, t));
  }
  return out;
}
Result<Tensor> flatten_dense_tensors(TensorList tensors) {
  std::vector<Tensor> flat;
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    FACULA_TRY(Tensor t, reshape(tensors[i], Dims{-1}));
    flat.push_back(std::move(t));
  }
  return cat(flat, 0);
}
Result<std::vector<Tensor>> unflatten_dense_tensors(T flat, TensorList like) {
  std::vector<Tensor> out;
  I start = 0;
  for (std::size_t i = 0; i < like.size(); ++i) {
    const Tensor model = like[i];
    FACULA_TRY(const Tensor part, narrow(flat, 0, start, model.numel()));
    FACULA_TRY(Tensor shaped, view(part, model.sizes()));
    out.push_back(std::move(shaped));
    start += model.numel();
  }
  return out;
}
Result<std::vector<I>> broadcast_shapes(Ints a, Ints b) {
  FACULA_TRY(const Dims shape, broadcast_shape(a, b));
  return std::vector<I>(shape.begin(), shape.end());
}

}  // namespace

constexpr Op kNumeric[] = {
    row<diff>("aten::diff(Tensor self, int n=1, int dim=-1, Tensor? prepend=None, Tensor? append=None) -> Tensor",
        {.forms = kOut, .samples = {"randn(5)", "randn(3,4), 2, 0", "randn(3,4), 1, -1, randn(3,1), randn(3,2)",
            "tensor([True,False,True])", "randn(3), 5"}}),
    row<trapezoid_x>("aten::trapezoid.x(Tensor y, Tensor x, *, int dim=-1) -> Tensor",
        {.samples = {"randn(3,4), randn(4)", "randn(3,4), randn(3,4), dim=0"}}),
    row<trapezoid_dx>("aten::trapezoid.dx(Tensor y, *, Scalar dx=1, int dim=-1) -> Tensor",
        {.samples = {"randn(3,4)", "randn(3,4), dx=2, dim=0", "arange(4)"}}),
    row<trapezoid_x>("aten::trapz.x(Tensor y, Tensor x, *, int dim=-1) -> Tensor",
        {.samples = {"randn(3,4), randn(4)"}}),
    row<trapz_dx>("aten::trapz.dx(Tensor y, *, float dx=1., int dim=-1) -> Tensor",
        {.samples = {"randn(3,4), dx=2."}}),
    row<cumulative_x>("aten::cumulative_trapezoid.x(Tensor y, Tensor x, *, int dim=-1) -> Tensor",
        {.samples = {"randn(3,4), randn(4)"}}),
    row<cumulative_dx>("aten::cumulative_trapezoid.dx(Tensor y, *, Scalar dx=1, int dim=-1) -> Tensor",
        {.samples = {"randn(3,4), dx=2"}}),
    row<renorm>("aten::renorm(Tensor self, Scalar p, int dim, Scalar maxnorm) -> Tensor",
        {.forms = kInPlace | kOut, .samples = {"randn(3,4), 2, 0, 1.", "randn(3,4), 1, 1, 0.5"}}),
    row<vander>("aten::vander(Tensor x, int? N=None, bool increasing=False) -> Tensor",
        {.samples = {"randn(3)", "tensor([1,2,3]), 4, True"}}),
    row<combinations>("aten::combinations(Tensor self, int r=2, bool with_replacement=False) -> Tensor",
        {.samples = {"arange(4)", "arange(3), 2, True", "arange(4), 3"}}),
    row<fftfreq>("aten::fft_fftfreq(int n, float d=1., *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor",
        {.samples = {"5", "4, 0.5"}}),
    row<rfftfreq>("aten::fft_rfftfreq(int n, float d=1., *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor",
        {.samples = {"5", "4, 0.5"}}),
    row<cov_of>("aten::cov(Tensor self, *, int correction=1, Tensor? fweights=None, Tensor? aweights=None) -> Tensor",
        {.samples = {"randn(3,5)", "randn(5)", "randn(3,5), correction=0"}}),
    row<corrcoef>("aten::corrcoef(Tensor self) -> Tensor", {.samples = {"randn(3,5)"}}),
    row<pad_sequence>("aten::pad_sequence(Tensor[] sequences, bool batch_first=False, float padding_value=0., str padding_side=\"right\") -> Tensor",
        {.samples = {"[randn(2,3), randn(4,3)]", "[randn(2), randn(1)], True, 7.",
            "[randn(2), randn(1)], True, 0., 'left'"}}),
    row<flatten_dense_tensors>("aten::flatten_dense_tensors(Tensor[] tensors) -> Tensor",
        {.samples = {"[randn(2,3), randn(4)]"}}),
    row<unflatten_dense_tensors>("aten::unflatten_dense_tensors(Tensor flat, Tensor[] tensors) -> Tensor[]",
        {.samples = {"randn(10), [randn(2,3), randn(4)]"}}),
    row<broadcast_shapes>("aten::broadcast_shapes(int[] a, int[] b) -> int[]"),
};
FACULA_FAMILY(numeric, kNumeric)

}  // namespace fac
