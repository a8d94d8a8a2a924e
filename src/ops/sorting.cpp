// Sorting and what follows from it: topk, medians, quantiles, unique, searching in sorted tensors, counting.
// Longer than most files: one family, a short function and a row for each of its operators.
#include "kernels/sort.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "kernels/copy.h"
#include "ops/copy.h"
#include "ops/dims.h"
#include "ops/elementwise.h"
#include "ops/functions.h"
#include "ops/reduction.h"

namespace fac {
namespace ops {

Result<std::tuple<Tensor, Tensor>> sort(const Tensor& t, std::int64_t dim, bool descending) {
  FACULA_CHECK(t.defined(), "expected a Tensor but got None");
  FACULA_TRY(const std::int64_t d, wrap_dim(dim, t.dim()));
  FACULA_CHECK(!is_complex(t.dtype()), "Sort currently does not support complex dtypes on CPU");
  FACULA_TRY(Tensor values, Tensor::empty_like(t));
  FACULA_TRY(Tensor indices, Tensor::empty_like(t, DType::kInt64));
  if (t.dim() == 0) {
    FACULA_TRY_VOID(copy_into(values, t));
    FACULA_TRY_VOID(fill(indices, 0));
  } else if (t.numel() > 0) {
    FACULA_TRY(const auto scratch, allocate_storage(static_cast<std::size_t>(kernels::sort_scratch_bytes(kind_of(t.dtype()), t.size(d)))));
    Operands operands(t.sizes());
    operands.add(values);
    operands.add(indices);
    operands.add(t);
    FACULA_TRY_VOID(check(kernels::sort(operands.by_dim(), static_cast<int>(d), descending, scratch->data()), "sort", t.dtype()));
  }
  return std::tuple(std::move(values), std::move(indices));
}

}  // namespace ops

namespace {

using namespace ops;
using I = std::int64_t;
using T = const Tensor&;
using Two = Result<std::tuple<Tensor, Tensor>>;
using Three = Result<std::tuple<Tensor, Tensor, Tensor>>;

Two sort_stable(T self, std::optional<bool>, I dim, bool descending) { return sort(self, dim, descending); }
Result<Tensor> argsort(T self, I dim, bool descending) {
  FACULA_TRY(auto both, sort(self, dim, descending));
  return std::get<1>(std::move(both));
}
Result<Tensor> argsort_stable(T self, bool, I dim, bool descending) { return argsort(self, dim, descending); }
Result<Tensor> msort(T self) {
  FACULA_TRY(auto both, sort(self, 0, false));
  return std::get<0>(std::move(both));
}

Two topk(T self, I k, I dim, bool largest, bool sorted) {
  FACULA_TRY(const I d, wrap_dim(dim, self.dim()));
  FACULA_CHECK(k >= 0 && k <= (self.dim() > 0 ? self.size(d) : 1), "selected index k out of range");
  FACULA_CHECK(!is_complex(self.dtype()) && self.dtype() != DType::kBool, "\"topk_cpu\" not implemented for '{}'", dtype_name(self.dtype()));
  Dims sizes(self.sizes());
  if (self.dim() > 0) sizes[static_cast<std::size_t>(d)] = k;
  FACULA_TRY(Tensor values, Tensor::empty(sizes, self.dtype()));
  FACULA_TRY(Tensor indices, Tensor::empty(sizes, DType::kInt64));
  if (self.dim() == 0) {
    FACULA_TRY_VOID(copy_into(values, self));
    FACULA_TRY_VOID(fill(indices, 0));
  } else if (values.numel() > 0) {
    FACULA_TRY(const auto scratch, allocate_storage(static_cast<std::size_t>(kernels::sort_scratch_bytes(kind_of(self.dtype()), self.size(d)))));
    Operands operands(self.sizes());
    for (T y : {values, indices}) {
      Dims strides(y.strides());
      for (auto& s : strides) s *= static_cast<I>(y.element_bytes());
      operands.add_raw(y.data(), strides, kind_of(y.dtype()));
    }
    operands.add(self);
    FACULA_TRY_VOID(check(kernels::topk(operands.by_dim(), static_cast<int>(d), k, largest, sorted, scratch->data()), "topk", self.dtype()));
  }
  return std::tuple(std::move(values), std::move(indices));
}

Two kthvalue(T self, I k, I dim, bool keepdim) {
  FACULA_TRY(const I d, wrap_dim(dim, self.dim()));
  FACULA_CHECK(k >= 1 && k <= (self.dim() > 0 ? self.size(d) : 1), "kthvalue(): selected number k out of range for dimension {}", d);
  FACULA_CHECK(!is_complex(self.dtype()) && self.dtype() != DType::kBool, "\"kthvalue_cpu\" not implemented for '{}'", dtype_name(self.dtype()));
  if (self.dim() == 0) return sort(self, d, false);
  const DimSet set(1ull << d);
  FACULA_TRY(Tensor value, Tensor::empty(reduced_sizes(self.sizes(), set, true), self.dtype()));
  FACULA_TRY(Tensor index, Tensor::empty(value.sizes(), DType::kInt64));
  if (value.numel() > 0) {
    FACULA_TRY(const auto scratch, allocate_storage(static_cast<std::size_t>(kernels::sort_scratch_bytes(kind_of(self.dtype()), self.size(d)))));
    Operands operands(self.sizes());
    for (T y : {value, index}) {
      Dims strides(y.strides());
      for (auto& s : strides) s *= static_cast<I>(y.element_bytes());
      strides[static_cast<std::size_t>(d)] = 0;
      operands.add_raw(y.data(), strides, kind_of(y.dtype()));
    }
    operands.add(self);
    FACULA_TRY_VOID(check(kernels::kth_value(operands.by_dim(), static_cast<int>(d), k, scratch->data()), "kthvalue", self.dtype()));
  }
  if (!keepdim) return std::tuple(drop_dims(value, set), drop_dims(index, set));
  return std::tuple(std::move(value), std::move(index));
}

// The middle number of each row (the lower one of two). NaN makes the row NaN, or is left out.
template <bool ignore_nan>
Two median_dim(T self, I dim, bool keepdim) {
  FACULA_TRY(const I d, wrap_dim(dim, self.dim()));
  FACULA_CHECK_KIND(self.dim() == 0 || self.size(d) > 0, kIndex, "median(): Expected reduction dim {} to have non-zero size.", d);
  FACULA_TRY(const auto both, sort(self, d, false));
  if (self.dim() == 0) return both;
  const I n = self.size(d);
  FACULA_TRY(const Tensor nan, unary(std::get<0>(both), UnaryOp::isnan, Rule::kBool));
  FACULA_TRY(Tensor at, sum(nan, Ints(&d, 1), true));  // NaNs of each row stand last
  for (I* p = at.data_as<I>(); p != at.data_as<I>() + at.numel(); ++p) {
    const I numbers = n - *p;
    if (ignore_nan) *p = numbers > 0 ? (numbers - 1) / 2 : 0;
    else *p = *p > 0 ? numbers : (n - 1) / 2;
  }
  FACULA_TRY(Tensor value, gather(std::get<0>(both), d, at));
  FACULA_TRY(Tensor index, gather(std::get<1>(both), d, at));
  const DimSet set(1ull << d);
  if (!keepdim) return std::tuple(drop_dims(value, set), drop_dims(index, set));
  return std::tuple(std::move(value), std::move(index));
}
template <bool ignore_nan>
Result<Tensor> median(T self) {
  FACULA_CHECK(!is_complex(self.dtype()), "median(): input tensor must be either integer or floating point dtype");
  if (self.numel() == 0) return scalar_tensor(is_floating(self.dtype()) ? Scalar(std::nan("")) : Scalar(std::numeric_limits<I>::min()), self.dtype());
  FACULA_TRY(const Tensor flat, reshape(self, Dims{-1}));
  FACULA_TRY(auto both, median_dim<ignore_nan>(flat, 0, false));
  return std::get<0>(std::move(both));
}

// Rows along dim made dense: [rows, n] of T.
struct Rows {
  Tensor dense;  // dim moved last
  I rows = 0, n = 0;
};
Result<Rows> rows_of(T self, I dim, DType dtype) {
  Rows out;
  FACULA_TRY(const Tensor typed, cast(self, dtype));
  FACULA_TRY(const Tensor last, self.dim() == 0 ? reshape(typed, Dims{1}) : movedim(typed, {&dim, 1}, Dims{-1}));
  FACULA_TRY(out.dense, contiguous(last));
  out.n = out.dense.size(out.dense.dim() - 1);
  out.rows = out.n ? out.dense.numel() / out.n : product(out.dense.sizes().first(out.dense.sizes().size() - 1));
  return out;
}

// The most frequent number, the smallest of several. Of its places the one that stands last after an unstable sort, as in
// PyTorch: so the sort must be the standard library's.
template <class N>
void modes(const Rows& rows, I* at) {
  struct Element {
    N value;
    I index;
  };
  std::vector<Element> row(static_cast<std::size_t>(rows.n));
  for (I r = 0; r < rows.rows; ++r) {
    const N* x = rows.dense.data_as<N>() + r * rows.n;
    for (I i = 0; i < rows.n; ++i) row[static_cast<std::size_t>(i)] = {x[i], i};
    std::sort(row.begin(), row.end(), [](const Element& a, const Element& b) { return (a.value == a.value && b.value != b.value) || a.value < b.value; });
    I longest = 0, run = 0;
    for (std::size_t i = 0; i < row.size(); ++i) {
      ++run;
      if (i + 1 < row.size() && row[i].value == row[i + 1].value) continue;
      if (run > longest) longest = run, at[r] = row[i].index;
      run = 0;
    }
  }
}
Two mode(T self, I dim, bool keepdim) {
  FACULA_TRY(const I d, wrap_dim(dim, self.dim()));
  FACULA_CHECK_KIND(self.dim() == 0 || self.size(d) > 0, kIndex, "mode(): Expected reduction dim {} to have non-zero size.", d);
  FACULA_CHECK(!is_complex(self.dtype()), "\"mode_cpu\" not implemented for '{}'", dtype_name(self.dtype()));
  if (self.dim() == 0) return sort(self, d, false);
  const bool whole = is_integral(self.dtype(), true);
  FACULA_TRY(const Rows rows, rows_of(self, d, whole ? DType::kInt64 : DType::kDouble));
  const DimSet set(1ull << d);
  FACULA_TRY(Tensor index, Tensor::empty(reduced_sizes(self.sizes(), set, true), DType::kInt64));
  if (index.numel() > 0) {
    if (whole) modes<I>(rows, index.data_as<I>());
    else modes<double>(rows, index.data_as<I>());
  }
  FACULA_TRY(Tensor value, gather(self, d, index));
  if (!keepdim) return std::tuple(drop_dims(value, set), drop_dims(index, set));
  return std::tuple(std::move(value), std::move(index));
}

template <bool ignore_nan>
Result<Tensor> quantile(T self, T q, std::optional<I> dim, bool keepdim, std::string_view interpolation) {
  FACULA_CHECK(self.numel() > 0, "quantile() input tensor must be non-empty");
  FACULA_CHECK(q.dim() <= 1, "quantile() q must be a scalar or 1D tensor");
  FACULA_CHECK(self.dtype() == DType::kFloat || self.dtype() == DType::kDouble, "quantile() input tensor must be either float or double dtype");
  FACULA_CHECK(self.dtype() == q.dtype(), "quantile() q tensor must be same dtype as the input tensor");
  const bool linear = interpolation == "linear", lower = interpolation == "lower", higher = interpolation == "higher",
             midpoint = interpolation == "midpoint", nearest = interpolation == "nearest";
  FACULA_CHECK(linear || lower || higher || midpoint || nearest,
               "quantile() interpolation must be one of linear, lower, higher, midpoint or nearest, but got {}", interpolation);
  DimSet set(kernels::all_dims(static_cast<int>(self.dim())));
  Tensor x = self;
  I d = 0;
  if (dim) {
    FACULA_TRY(d, wrap_dim(*dim, self.dim()));
    set = DimSet(1ull << d);
  } else {
    FACULA_TRY(x, reshape(self, Dims{-1}));
  }
  FACULA_TRY(const auto both, sort(x, d, false));
  FACULA_TRY(const Rows sorted, rows_of(std::get<0>(both), d, DType::kDouble));
  FACULA_TRY(const Tensor exact, cast(q, DType::kDouble));
  FACULA_TRY(const Tensor points, contiguous(exact));
  const bool single = self.dtype() == DType::kFloat;
  std::vector<double> values;
  for (I k = 0; k < points.numel(); ++k) {
    const double p = points.data_as<double>()[k];
    FACULA_CHECK(p >= 0 && p <= 1, "quantile() q values must be in the range [0, 1]");
    for (I r = 0; r < sorted.rows; ++r) {
      const double* row = sorted.dense.data_as<double>() + r * sorted.n;
      I count = sorted.n;
      while (count > 0 && std::isnan(row[count - 1])) --count;
      if ((count < sorted.n && !ignore_nan) || count == 0) {
        values.push_back(std::nan(""));
        continue;
      }
      const double rank = single ? static_cast<double>(static_cast<float>(p) * static_cast<float>(count - 1)) : p * static_cast<double>(count - 1);
      const double below = std::floor(rank);
      double weight = linear ? rank - below : midpoint ? (rank > below ? 0.5 : 0.0) : 0.0;
      I low = static_cast<I>(below);
      if (higher) low = static_cast<I>(std::ceil(rank));
      if (nearest) low = static_cast<I>(std::nearbyint(rank));
      low = std::min(low, count - 1);  // of many numbers a float's rank may be rounded up
      const I high = std::min(low + 1, count - 1);
      values.push_back(weight == 0 ? row[low] : row[low] + weight * (row[high] - row[low]));
    }
  }
  Dims sizes;
  if (q.dim() == 1) sizes.push_back(q.numel());
  for (auto s : reduced_sizes(self.sizes(), set, keepdim)) sizes.push_back(s);
  FACULA_TRY(Tensor out, Tensor::empty(sizes, self.dtype()));
  if (!values.empty()) kernels::convert(out.data(), kind_of(out.dtype()), values.data(), ScalarKind::kDouble, out.numel());
  if (q.dim() == 1) {  // PyTorch has the numbers of q next to each other in memory
    Dims strides = contiguous_strides(Ints(sizes).subspan(1));
    for (auto& s : strides) s *= q.numel();
    strides.insert(strides.begin(), 1);
    FACULA_TRY(const Tensor turned, Tensor::empty_strided(sizes, strides, out.dtype()));
    FACULA_TRY_VOID(copy_into(turned, out));
    return turned;
  }
  return out;
}
template <bool ignore_nan>
Result<Tensor> quantile_scalar(T self, double q, std::optional<I> dim, bool keepdim, std::string_view interpolation) {
  FACULA_CHECK(q >= 0 && q <= 1, "quantile() q must be in the range [0, 1] but got {}", q);
  FACULA_TRY(const Tensor point, scalar_tensor(q, self.dtype()));
  return quantile<ignore_nan>(self, point, dim, keepdim, interpolation);
}

// Runs of equal numbers in a dense row; `order` tells where each came from (null: it stands there).
Three runs(T sorted, const I* order, Ints inverse_sizes, bool want_inverse, bool want_counts) {
  const I n = sorted.numel();
  const I count = n ? kernels::unique_sorted(sorted.data(), kind_of(sorted.dtype()), n, nullptr, nullptr, nullptr, nullptr) : 0;
  FACULA_TRY(Tensor values, Tensor::empty({&count, 1}, sorted.dtype()));
  FACULA_TRY(Tensor inverse, want_inverse ? Tensor::empty(inverse_sizes, DType::kInt64) : Tensor::empty(Dims{0}, DType::kInt64));
  FACULA_TRY(Tensor counts, want_counts ? Tensor::empty({&count, 1}, DType::kInt64) : Tensor::empty(Dims{0}, DType::kInt64));
  std::vector<I> places;
  if (want_inverse && !order) {
    places.resize(static_cast<std::size_t>(n));
    std::iota(places.begin(), places.end(), I{0});
    order = places.data();
  }
  if (n > 0)
    kernels::unique_sorted(sorted.data(), kind_of(sorted.dtype()), n, order, values.data(),
                           want_inverse ? inverse.data_as<I>() : nullptr, want_counts ? counts.data_as<I>() : nullptr);
  return std::tuple(std::move(values), std::move(inverse), std::move(counts));
}
Three unique2(T self, bool, bool want_inverse, bool want_counts) {
  FACULA_TRY(const Tensor flat, reshape(self, Dims{-1}));
  FACULA_TRY(const auto both, sort(flat, 0, false));
  FACULA_TRY(const Tensor sorted, contiguous(std::get<0>(both)));
  FACULA_TRY(const Tensor order, contiguous(std::get<1>(both)));
  return runs(sorted, order.data_as<I>(), self.sizes(), want_inverse, want_counts);
}
Two unique(T self, bool sorted, bool want_inverse) {
  FACULA_TRY(auto three, unique2(self, sorted, want_inverse, false));
  return std::tuple(std::get<0>(std::move(three)), std::get<1>(std::move(three)));
}

// Slices along dim, sorted or as they stand; equal neighbours become one.
Three unique_slices(T self, I dim, bool sorted, bool want_inverse, bool want_counts) {
  FACULA_TRY(const I d, wrap_dim(dim, self.dim()));
  FACULA_TRY(const Tensor front, movedim(self, {&d, 1}, Dims{0}));
  FACULA_TRY(const Tensor exact, cast(front, DType::kDouble));
  FACULA_TRY(const Tensor dense, contiguous(exact));
  const I n = self.dim() ? dense.size(0) : 1, width = n ? dense.numel() / n : 0;
  const double* x = dense.data_as<double>();
  const auto row = [&](I i) { return std::span(x + i * width, static_cast<std::size_t>(width)); };
  std::vector<I> order(static_cast<std::size_t>(n));
  std::iota(order.begin(), order.end(), I{0});
  if (sorted)
    std::stable_sort(order.begin(), order.end(), [&](I a, I b) {
      return std::lexicographical_compare(row(a).begin(), row(a).end(), row(b).begin(), row(b).end());
    });
  std::vector<I> firsts, counts, inverse(static_cast<std::size_t>(n));
  for (std::size_t i = 0; i < order.size(); ++i) {
    const bool fresh_run = i == 0 || !std::equal(row(order[i]).begin(), row(order[i]).end(), row(order[i - 1]).begin());
    if (fresh_run) {
      firsts.push_back(order[i]);
      counts.push_back(0);
    }
    ++counts.back();
    inverse[static_cast<std::size_t>(order[i])] = static_cast<I>(firsts.size()) - 1;
  }
  const auto to_tensor = [](const std::vector<I>& v) -> Result<Tensor> {
    const auto size = static_cast<I>(v.size());
    FACULA_TRY(Tensor t, Tensor::empty({&size, 1}, DType::kInt64));
    std::copy(v.begin(), v.end(), t.data_as<I>());
    return t;
  };
  FACULA_TRY(const Tensor which, to_tensor(firsts));
  FACULA_TRY(const Tensor rows, index_select(front, 0, which));
  FACULA_TRY(Tensor values, self.dim() ? movedim(rows, Dims{0}, {&d, 1}) : Result<Tensor>(rows));
  FACULA_TRY(Tensor inverse_t, to_tensor(want_inverse ? inverse : std::vector<I>()));
  FACULA_TRY(Tensor counts_t, to_tensor(want_counts ? counts : std::vector<I>()));
  return std::tuple(std::move(values), std::move(inverse_t), std::move(counts_t));
}
// PyTorch's unique_dim gives inverse and counts in any case.
Three unique_dim(T self, I dim, bool, bool, bool) { return unique_slices(self, dim, true, true, true); }
Three unique_dim_consecutive(T self, I dim, bool, bool) { return unique_slices(self, dim, false, true, true); }
Three unique_consecutive(T self, bool want_inverse, bool want_counts, std::optional<I> dim) {
  if (dim && !(self.dim() == 1 && (*dim == 0 || *dim == -1))) return unique_slices(self, *dim, false, true, true);
  FACULA_TRY(const Tensor flat, contiguous(self));
  return runs(flat, nullptr, self.sizes(), want_inverse, want_counts);
}

Result<Tensor> searchsorted(T boundaries, T self, bool int32, bool right, std::optional<std::string_view> side, T sorter) {
  const auto leading = [](T t) { return Ints(t.sizes()).first(static_cast<std::size_t>(std::max<I>(t.dim() - 1, 0))); };
  FACULA_CHECK(boundaries.dim() <= 1 || (boundaries.dim() == self.dim() && same_sizes(leading(boundaries), leading(self))),
               "torch.searchsorted(): boundaries tensor should be 1 dimension or the first N-1 dimensions of boundaries "
               "tensor and input value tensor must match, but we got boundaries tensor {} and input value tensor {}",
               ints_text(boundaries.sizes()), ints_text(self.sizes()));
  FACULA_CHECK(boundaries.dim() > 0, "torch.searchsorted(): boundaries tensor should have positive dimension, but got 0 dimension");
  FACULA_CHECK(!side || *side == "left" || *side == "right", "torch.searchsorted(): side can only be 'left' or 'right' but got {}", *side);
  FACULA_CHECK(!side || *side != "left" || !right, "torch.searchsorted(): side and right can't be set to opposites, got side of left while right was True");
  const bool after = right || (side && *side == "right");
  const DType t = promote(boundaries.dtype(), self.dtype());
  Tensor ordered = boundaries;
  if (sorter.defined()) {
    FACULA_TRY(ordered, gather(boundaries, -1, sorter));
  }
  FACULA_TRY(ordered, cast(ordered, t));
  FACULA_TRY(ordered, contiguous(ordered));
  FACULA_TRY(Tensor x, cast(self, t));
  FACULA_TRY(x, contiguous(x));
  const DType result = int32 ? DType::kInt32 : DType::kInt64;
  FACULA_TRY(Tensor out, Tensor::empty(self.sizes(), result));
  if (out.numel() == 0) return out;
  const I n = ordered.size(ordered.dim() - 1);
  const bool shared = ordered.dim() == 1;
  const I m = shared || x.dim() == 0 ? x.numel() : x.size(x.dim() - 1);
  if (n == 0) {
    FACULA_TRY_VOID(fill(out, 0));
    return out;
  }
  FACULA_TRY_VOID(check(kernels::searchsorted(out.data(), kind_of(result), ordered.data(), x.data(), kind_of(t), x.numel() / std::max<I>(m, 1), n, m, shared, after), "searchsorted", t));
  return out;
}
Result<Tensor> searchsorted_scalar(T boundaries, const Scalar& x, bool int32, bool right, std::optional<std::string_view> side, T sorter) {
  FACULA_TRY(const Tensor t, scalar_tensor(x, x.dtype()));
  return searchsorted(boundaries, t, int32, right, side, sorter);
}
Result<Tensor> bucketize(T self, T boundaries, bool int32, bool right) {
  FACULA_CHECK(boundaries.dim() == 1, "boundaries tensor must be 1 dimension, but got dim({})", boundaries.dim());
  return searchsorted(boundaries, self, int32, right, std::nullopt, Tensor());
}
Result<Tensor> bucketize_scalar(const Scalar& x, T boundaries, bool int32, bool right) {
  FACULA_TRY(const Tensor t, scalar_tensor(x, x.dtype()));
  return bucketize(t, boundaries, int32, right);
}

// Is each element among the others? Searched in the sorted others.
Result<Tensor> isin(T elements, T tests, bool, bool invert) {
  if (tests.numel() == 0) return full(elements.sizes(), invert, DType::kBool);
  const DType t = result_type(elements, tests);
  FACULA_TRY(const Tensor x, cast(elements, t));
  FACULA_TRY(const Tensor typed, cast(tests, t));
  FACULA_TRY(const Tensor flat, reshape(typed, Dims{-1}));
  FACULA_TRY(const auto both, sort(flat, 0, false));
  FACULA_TRY(const Tensor at, searchsorted(std::get<0>(both), x, false, false, std::nullopt, Tensor()));
  FACULA_TRY(const Tensor inside, binary(at, Scalar(flat.numel() - 1), BinaryOp::minimum));
  FACULA_TRY(const Tensor places, reshape(inside, Dims{-1}));
  FACULA_TRY(const Tensor found, gather(std::get<0>(both), 0, places));
  FACULA_TRY(const Tensor shaped, reshape(found, elements.sizes()));
  return binary(shaped, x, invert ? BinaryOp::ne : BinaryOp::eq, Rule::kBool);
}
Result<Tensor> isin_ts(T elements, const Scalar& test, bool, bool invert) {
  FACULA_TRY(const Tensor dense, contiguous(elements));
  return binary(dense, test, invert ? BinaryOp::ne : BinaryOp::eq, Rule::kBool);
}
Result<Tensor> isin_st(const Scalar& element, T tests, bool unique, bool invert) {
  FACULA_TRY(const Tensor x, scalar_tensor(element, element.dtype()));
  FACULA_TRY(const Tensor flat, view(tests, Dims{-1}));
  return isin(x, flat, unique, invert);
}

Result<Tensor> bincount(T self, T weights, I least) {
  FACULA_CHECK(self.dim() == 1 && is_integral(self.dtype(), true), "bincount only supports 1-d non-negative integral inputs.");
  FACULA_CHECK(least >= 0, "minlength should be >= 0");
  FACULA_CHECK(!weights.defined() || (weights.dim() == 1 && weights.size(0) == self.size(0)), "weights should be 1-d and have the same length as input");
  FACULA_TRY(const Tensor wide, cast(self, DType::kInt64));
  FACULA_TRY(const Tensor x, contiguous(wide));
  I n = least;
  for (const I* p = x.data_as<I>(); p != x.data_as<I>() + x.numel(); ++p) {
    FACULA_CHECK(*p >= 0, "bincount only supports 1-d non-negative integral inputs.");
    FACULA_CHECK(*p < std::numeric_limits<I>::max(), "bincount: {} is too large", *p);
    n = std::max(n, *p + 1);
  }
  if (!weights.defined() || x.numel() == 0) {
    FACULA_TRY(Tensor out, zeros({&n, 1}, DType::kInt64));
    if (x.numel() > 0) kernels::bincount(out.data(), x.data_as<I>(), x.numel(), nullptr, ScalarKind::kInt64);
    return out;
  }
  const DType t = weights.dtype() == DType::kFloat ? DType::kFloat : DType::kDouble;
  FACULA_TRY(const Tensor typed, cast(weights, t));
  FACULA_TRY(const Tensor w, contiguous(typed));
  FACULA_TRY(Tensor out, zeros({&n, 1}, t));
  if (x.numel() > 0) kernels::bincount(out.data(), x.data_as<I>(), x.numel(), w.data(), kind_of(t));
  return out;
}
Result<Tensor> histc(T self, I bins, const Scalar& low, const Scalar& high) {
  if (self.dtype() == DType::kHalf || self.dtype() == DType::kBFloat16) {
    FACULA_TRY(const Tensor wide, cast(self, DType::kFloat));
    FACULA_TRY(const Tensor counts, histc(wide, bins, low, high));
    return cast(counts, self.dtype());
  }
  FACULA_CHECK(is_floating(self.dtype()), "\"histogram_cpu\" not implemented for '{}'", dtype_name(self.dtype()));
  FACULA_CHECK(bins > 0, "torch.histogram(): bins must be > 0, but got {} for dimension 0", bins);
  double a = low.to_double(), b = high.to_double();
  FACULA_CHECK(a <= b, "torch.histc: max must be larger than min");
  if (a == b && self.numel() > 0) {
    FACULA_TRY(const Tensor least, extreme(self, false, std::nullopt, false));
    FACULA_TRY(const Tensor most, extreme(self, true, std::nullopt, false));
    FACULA_TRY(const Scalar from, item(least));
    FACULA_TRY(const Scalar to, item(most));
    a = from.to_double();
    b = to.to_double();
  }
  FACULA_CHECK(std::isfinite(a) && std::isfinite(b), "range of [{}, {}] is not finite", a, b);
  if (a == b) {
    a -= 1;
    b += 1;
  }
  FACULA_TRY(const Tensor x, contiguous(self));
  FACULA_TRY(Tensor out, zeros({&bins, 1}, self.dtype()));
  FACULA_TRY_VOID(check(kernels::histc(out.data(), bins, a, b, x.data(), kind_of(x.dtype()), x.numel()), "histc", self.dtype()));
  return out;
}

}  // namespace

constexpr Op kSorting[] = {
    row<sort>("aten::sort(Tensor self, int dim=-1, bool descending=False) -> (Tensor values, Tensor indices)",
        {.samples = {"randn(3,5)", "randn(3,5), 0, True", "tensor([3,1,2,1])", "randn(5,3).t()", "randn(())",
            "tensor([1.,float('nan'),0.])", "randn(2,0)", "tensor([True,False])"}}),
    row<sort_stable>("aten::sort.stable(Tensor self, *, bool? stable, int dim=-1, bool descending=False) -> (Tensor values, Tensor indices)",
        {.samples = {"randn(3,5), stable=True, dim=0", "tensor([1.,0.,1.,0.]), stable=True, descending=True"}}),
    row<argsort>("aten::argsort(Tensor self, int dim=-1, bool descending=False) -> Tensor",
        {.samples = {"randn(3,5)", "randn(3,5), 0, True"}}),
    row<argsort_stable>("aten::argsort.stable(Tensor self, *, bool stable, int dim=-1, bool descending=False) -> Tensor",
        {.forms = kOut, .samples = {"tensor([3,1,2,1]), stable=True"}}),
    row<msort>("aten::msort(Tensor self) -> Tensor", {.forms = kOut, .samples = {"randn(3,5)"}}),
    row<topk>("aten::topk(Tensor self, SymInt k, int dim=-1, bool largest=True, bool sorted=True) -> (Tensor values, Tensor indices)",
        {.samples = {"randn(3,5), 2", "randn(3,5), 2, 0, False", "randn(5,3).t(), 3", "tensor([1,5,3]), 2",
            "randn(3), 4", "randn(4), 0", "randn(64), 5"}}),
    row<kthvalue>("aten::kthvalue(Tensor self, SymInt k, int dim=-1, bool keepdim=False) -> (Tensor values, Tensor indices)",
        {.samples = {"randn(3,5), 2", "randn(3,5), 1, 0, True", "randn(3), 4"}}),
    row<median<false>>("aten::median(Tensor self) -> Tensor",
        {.forms = kOut, .samples = {"randn(3,5)", "randn(4)", "tensor([1.,float('nan'),0.])", "tensor([3,1,2,4])"}}),
    row<median_dim<false>>("aten::median.dim(Tensor self, int dim, bool keepdim=False) -> (Tensor values, Tensor indices)",
        {.samples = {"randn(3,5), 1", "randn(3,4), 0, True"}}),
    row<median<true>>("aten::nanmedian(Tensor self) -> Tensor",
        {.forms = kOut, .samples = {"tensor([1.,float('nan'),0.])"}}),
    row<median_dim<true>>("aten::nanmedian.dim(Tensor self, int dim, bool keepdim=False) -> (Tensor values, Tensor indices)",
        {.samples = {"tensor([[1.,float('nan'),0.],[2.,3.,4.]]), 1"}}),
    row<mode>("aten::mode(Tensor self, int dim=-1, bool keepdim=False) -> (Tensor values, Tensor indices)",
        {.samples = {"tensor([[1,2,2,3],[4,4,1,1]])", "tensor([[1.,2.,2.],[4.,4.,1.]]), 1, True"}}),
    row<quantile<false>>("aten::quantile(Tensor self, Tensor q, int? dim=None, bool keepdim=False, *, str interpolation=\"linear\") -> Tensor",
        {.forms = kOut, .samples = {"randn(3,5), tensor([0.1,0.5])", "randn(3,5), tensor(0.3), 1",
            "randn(3,5), tensor([0.2,0.9]), 0, True", "randn(7), tensor([0.3,0.77]), interpolation='nearest'",
            "randn(7), tensor([0.3]), interpolation='midpoint'"}}),
    row<quantile_scalar<false>>("aten::quantile.scalar(Tensor self, float q, int? dim=None, bool keepdim=False, *, str interpolation=\"linear\") -> Tensor",
        {.forms = kOut, .samples = {"randn(3,5), 0.4", "randn(3,5), 0.4, 1, interpolation='lower'",
            "randn(3,5), 0.4, 1, interpolation='higher'"}}),
    row<quantile<true>>("aten::nanquantile(Tensor self, Tensor q, int? dim=None, bool keepdim=False, *, str interpolation=\"linear\") -> Tensor",
        {.forms = kOut, .samples = {"tensor([1.,float('nan'),0.]), tensor(0.5)"}}),
    row<quantile_scalar<true>>("aten::nanquantile.scalar(Tensor self, float q, int? dim=None, bool keepdim=False, *, str interpolation=\"linear\") -> Tensor",
        {.forms = kOut, .samples = {"tensor([1.,float('nan'),0.]), 0.5"}}),
    row<unique2>("aten::_unique2(Tensor self, bool sorted=True, bool return_inverse=False, bool return_counts=False) -> (Tensor, Tensor, Tensor)",
        {.traits = kDataDependentShape, .samples = {"tensor([3,1,2,1,3]), True, True, True", "randn(4)",
            "tensor([[1,0],[1,1]]), True, True, False"}}),
    row<unique>("aten::_unique(Tensor self, bool sorted=True, bool return_inverse=False) -> (Tensor, Tensor)",
        {.traits = kDataDependentShape, .samples = {"tensor([3,1,2,1,3]), True, True"}}),
    row<unique_dim>("aten::unique_dim(Tensor self, int dim, bool sorted=True, bool return_inverse=False, bool return_counts=False) -> (Tensor, Tensor, Tensor)",
        {.traits = kDataDependentShape, .samples = {"tensor([[1,0],[1,1],[1,0]]), 0, True, True, True",
            "tensor([[1,0,1],[1,1,1]]), 1"}}),
    row<unique_consecutive>("aten::unique_consecutive(Tensor self, bool return_inverse=False, bool return_counts=False, int? dim=None) -> (Tensor, Tensor, Tensor)",
        {.traits = kDataDependentShape, .samples = {"tensor([1,1,2,2,1]), True, True", "tensor([1.,1.,2.])"}}),
    row<unique_dim_consecutive>("aten::unique_dim_consecutive(Tensor self, int dim, bool return_inverse=False, bool return_counts=False) -> (Tensor, Tensor, Tensor)",
        {.traits = kDataDependentShape, .samples = {"tensor([[1,0],[1,0],[1,1]]), 0, True, True"}}),
    row<searchsorted>("aten::searchsorted.Tensor(Tensor sorted_sequence, Tensor self, *, bool out_int32=False, bool right=False, str? side=None, Tensor? sorter=None) -> Tensor",
        {.forms = kOut, .samples = {"tensor([1.,3.,5.]), tensor([0.,1.,4.,9.])",
            "tensor([1.,3.,5.]), tensor([[1.,3.]]), right=True",
            "tensor([[1,3,5],[2,4,6]]), tensor([[3],[3]]), out_int32=True", "tensor([1.,3.]), tensor([1])"}}),
    row<searchsorted_scalar>("aten::searchsorted.Scalar(Tensor sorted_sequence, Scalar self, *, bool out_int32=False, bool right=False, str? side=None, Tensor? sorter=None) -> Tensor",
        {.forms = kOut, .samples = {"tensor([1.,3.,5.]), 3.", "tensor([1,3,5]), 3, side='right'"}}),
    row<bucketize>("aten::bucketize.Tensor(Tensor self, Tensor boundaries, *, bool out_int32=False, bool right=False) -> Tensor",
        {.forms = kOut, .samples = {"tensor([0.,1.,4.,9.]), tensor([1.,3.,5.])",
            "tensor([[1,3]]), tensor([1,3,5]), right=True"}}),
    row<bucketize_scalar>("aten::bucketize.Scalar(Scalar self, Tensor boundaries, *, bool out_int32=False, bool right=False) -> Tensor",
        {.forms = kOut, .samples = {"3, tensor([1,3,5])"}}),
    row<isin>("aten::isin.Tensor_Tensor(Tensor elements, Tensor test_elements, *, bool assume_unique=False, bool invert=False) -> Tensor",
        {.forms = kOut, .samples = {"tensor([[1,2],[3,4]]), tensor([2,4,9])",
            "tensor([1,2]), tensor([2]), invert=True"}}),
    row<isin_ts>("aten::isin.Tensor_Scalar(Tensor elements, Scalar test_element, *, bool assume_unique=False, bool invert=False) -> Tensor",
        {.forms = kOut, .samples = {"tensor([[1,2],[3,4]]), 2"}}),
    row<isin_st>("aten::isin.Scalar_Tensor(Scalar element, Tensor test_elements, *, bool assume_unique=False, bool invert=False) -> Tensor",
        {.forms = kOut, .samples = {"2, tensor([[1,2],[3,4]])"}}),
    row<bincount>("aten::bincount(Tensor self, Tensor? weights=None, SymInt minlength=0) -> Tensor",
        {.forms = kOut, .traits = kDataDependentShape, .samples = {"tensor([1,3,1,0])",
            "tensor([1,3]), tensor([0.5,2.])", "tensor([1]), None, 5", "tensor([-1])"}}),
    row<histc>("aten::histc(Tensor self, int bins=100, Scalar min=0, Scalar max=0) -> Tensor",
        {.forms = kOut, .samples = {"randn(20)", "randn(20), 5, -1, 1", "ones(3), 4"}}),
};
FACULA_FAMILY(sorting, kSorting)

}  // namespace fac
