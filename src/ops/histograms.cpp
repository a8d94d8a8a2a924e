// Histograms over one and more dimensions.
//   self [points] or [..., dims]; edges ascending; bin i takes edge[i] <= x < edge[i+1], the last one its right edge, too.
// source: PyTorch docs, torch.histogram and torch.histogramdd
#include <algorithm>
#include <cmath>

#include "kernels/copy.h"
#include "ops/expr.h"

namespace fac {
namespace {

using namespace ops;
using I = std::int64_t;
using T = const Tensor&;
using OptFloats = std::optional<Floats>;
using Counted = Result<std::tuple<Tensor, std::vector<Tensor>>>;

// A dense copy as double: both dtypes that histograms take fit.
Result<Tensor> exact(T t) {
  FACULA_TRY(const Tensor wide, cast(t, DType::kDouble));
  return contiguous(wide);
}

Counted count(T self, std::vector<Tensor> edges, T weight, bool density) {
  const I dims = self.size(self.dim() - 1);
  FACULA_CHECK(static_cast<I>(edges.size()) == dims, "torch.histogramdd: expected {} sequences of bin edges for a {}-dimensional histogram but got {}", dims, dims, edges.size());
  FACULA_CHECK(is_floating(self.dtype()), "\"histogramdd\" not implemented for '{}'", dtype_name(self.dtype()));
  Dims sizes;
  std::vector<Tensor> exact_edges;
  for (std::size_t d = 0; d < edges.size(); ++d) {
    T e = edges[d];
    FACULA_CHECK(e.dtype() == self.dtype(), "torch.histogramdd: input tensor and bins tensors should have the same dtype, but got input with dtype {} and bins for dimension {} with dtype {}", dtype_python(self.dtype()), d, dtype_python(e.dtype()));
    FACULA_CHECK(e.dim() == 1, "torch.histogramdd: bins tensor should have one dimension, but got {} dimensions in the bins tensor for dimension {}", e.dim(), d);
    FACULA_CHECK(e.numel() > 0, "torch.histogramdd: bins tensor should have at least 1 element, but got {} elements in the bins tensor for dimension {}", e.numel(), d);
    sizes.push_back(e.numel() - 1);
    FACULA_TRY(Tensor x, exact(e));
    exact_edges.push_back(std::move(x));
  }
  const I points = dims ? self.numel() / dims : 0;
  Tensor weights;
  if (weight.defined()) {
    FACULA_CHECK(weight.dtype() == self.dtype(), "torch.histogramdd: if weight tensor is provided, input tensor and weight tensor should have the same dtype, but got input({}) and weight({})", dtype_python(self.dtype()), dtype_python(weight.dtype()));
    FACULA_CHECK(same_sizes(weight.sizes(), Ints(self.sizes()).first(self.sizes().size() - 1)), "torch.histogramdd: if weight tensor is provided it should have the same shape as the input tensor excluding its innermost dimension, but got input with shape {} and weight with shape {}", ints_text(self.sizes()), ints_text(weight.sizes()));
    FACULA_TRY(weights, exact(weight));
  }
  FACULA_TRY(const Tensor x, exact(self));
  FACULA_TRY(const Tensor sums, zeros(sizes, DType::kDouble));
  double* to = sums.data_as<double>();
  for (I p = 0; p < points && sums.numel() > 0; ++p) {
    I at = 0;
    bool inside = true;
    for (I d = 0; d < dims && inside; ++d) {
      const double v = x.data_as<double>()[p * dims + d];
      const double* e = exact_edges[static_cast<std::size_t>(d)].data_as<double>();
      const I n = sizes[static_cast<std::size_t>(d)];
      inside = v >= e[0] && v <= e[n];
      if (inside) at = at * n + std::min<I>(std::upper_bound(e, e + n + 1, v) - e - 1, n - 1);
    }
    if (inside) to[at] += weights.defined() ? weights.data_as<double>()[p] : 1.0;
  }
  FACULA_TRY(Tensor hist, cast(sums, self.dtype()));
  if (density) {
    FACULA_TRY(const Tensor total, sum(hist, std::nullopt, false));
    Expr scaled = Expr(hist) / Expr(total);
    for (std::size_t d = 0; d < edges.size(); ++d) {
      Dims shape(edges.size(), 1);
      shape[d] = sizes[d];
      scaled = scaled / (Expr(slice(edges[d], 0, 1, {}, 1)) - Expr(slice(edges[d], 0, 0, -1, 1))).then([&](T widths) { return reshape(widths, shape); });
    }
    FACULA_TRY(hist, scaled.result());
  }
  return std::tuple(std::move(hist), std::move(edges));
}

// Edges that divide the range of each dimension evenly; the range of the data where none is given.
Result<std::vector<Tensor>> even_edges(T self, Ints bins, OptFloats range) {
  const I dims = self.size(self.dim() - 1);
  FACULA_CHECK(static_cast<I>(bins.size()) == dims, "torch.histogramdd: expected {} bin counts for a {}-dimensional histogram, but got {}", dims, dims, bins.size());
  FACULA_CHECK(!range || static_cast<I>(range->size()) == 2 * dims, "torch.histogramdd: for a {}-dimensional histogram range should have {} elements, but got {}", dims, 2 * dims, range ? range->size() : 0);
  FACULA_CHECK(is_floating(self.dtype()), "\"histogramdd\" not implemented for '{}'", dtype_name(self.dtype()));
  FACULA_TRY(const Tensor x, exact(self));
  std::vector<Tensor> out;
  for (I d = 0; d < dims; ++d) {
    const I n = bins[static_cast<std::size_t>(d)];
    FACULA_CHECK(n > 0 && n < (I{1} << 40), "torch.histogramdd(): bins must be > 0, but got {} for dimension {}", n, d);
    double low = 0, high = 0;
    if (range) {
      low = (*range)[static_cast<std::size_t>(2 * d)], high = (*range)[static_cast<std::size_t>(2 * d + 1)];
    } else if (x.numel() == 0) {
      high = 1;
    } else {
      low = high = x.data_as<double>()[d];
      for (I p = d; p < x.numel(); p += dims) {
        const double v = x.data_as<double>()[p];
        low = v < low || std::isnan(v) ? v : low;
        high = v > high || std::isnan(v) ? v : high;
      }
    }
    FACULA_CHECK(std::isfinite(low) && std::isfinite(high), "torch.histogramdd: dimension {}'s range [{}, {}] is not finite", d, low, high);
    FACULA_CHECK(low <= high, "torch.histogramdd: min should not exceed max, but got min {} max {} for dimension {}", low, high, d);
    if (low == high) low -= 0.5, high += 0.5;
    // As linspace does it: from both ends towards the middle.
    FACULA_TRY(const Tensor e, Tensor::empty(Dims{n + 1}, self.dtype() == DType::kDouble ? DType::kDouble : DType::kFloat));
    const auto fill = [&](auto* p) {
      using F = std::remove_pointer_t<decltype(p)>;
      const F a = static_cast<F>(low), b = static_cast<F>(high), step = (b - a) / static_cast<F>(n);
      for (I i = 0; i <= n; ++i) p[i] = i < (n + 1) / 2 ? a + step * static_cast<F>(i) : b - step * static_cast<F>(n - i);
    };
    if (e.dtype() == DType::kFloat) fill(e.data_as<float>());
    else fill(e.data_as<double>());
    FACULA_TRY(Tensor typed, cast(e, self.dtype()));
    out.push_back(std::move(typed));
  }
  return out;
}
Status check_rank(T self) {
  FACULA_CHECK(self.dim() >= 2, "torch.histogramdd: input tensor should have at least 2 dimensions, but got {}", self.dim());
  return {};
}

Counted histogramdd(T self, Ints bins, OptFloats range, T weight, bool density) {
  FACULA_TRY_VOID(check_rank(self));
  FACULA_TRY(auto edges, even_edges(self, bins, range));
  return count(self, std::move(edges), weight, density);
}
Counted histogramdd_int(T self, I bins, OptFloats range, T weight, bool density) {
  FACULA_TRY_VOID(check_rank(self));
  const Dims all(static_cast<std::size_t>(self.size(self.dim() - 1)), bins);
  return histogramdd(self, all, range, weight, density);
}
Counted histogramdd_tensors(T self, TensorList bins, OptFloats, T weight, bool density) {
  FACULA_TRY_VOID(check_rank(self));
  return count(self, to_vector(bins), weight, density);
}
Result<std::vector<Tensor>> bin_edges(T self, Ints bins, OptFloats range, T, bool) {
  FACULA_TRY_VOID(check_rank(self));
  return even_edges(self, bins, range);
}

// One dimension: the elements are the points.
using Pair = Result<std::tuple<Tensor, Tensor>>;
Result<std::pair<Tensor, Tensor>> as_points(T self, T weight) {
  FACULA_TRY(Tensor points, reshape(self, Dims{self.numel(), 1}));
  if (!weight.defined()) return std::pair(std::move(points), Tensor());
  FACULA_TRY(Tensor weights, reshape(weight, Dims{weight.numel()}));
  return std::pair(std::move(points), std::move(weights));
}
Pair histogram_tensor(T self, T bins, T weight, bool density) {
  FACULA_TRY(const auto p, as_points(self, weight));
  FACULA_TRY(const Tensor edges, clone(bins));
  FACULA_TRY(auto counted, count(p.first, {edges}, p.second, density));
  return std::tuple(std::get<0>(std::move(counted)), std::get<1>(counted)[0]);
}
Pair histogram_count(T self, I bins, OptFloats range, T weight, bool density) {
  FACULA_TRY(const auto p, as_points(self, weight));
  FACULA_TRY(auto edges, even_edges(p.first, Ints(&bins, 1), range));
  FACULA_TRY(auto counted, count(p.first, std::move(edges), p.second, density));
  return std::tuple(std::get<0>(std::move(counted)), std::get<1>(counted)[0]);
}

constexpr Op kHistograms[] = {
    row<histogram_tensor>("aten::histogram.bins_tensor(Tensor self, Tensor bins, *, Tensor? weight=None, bool density=False) -> (Tensor hist, Tensor bin_edges)",
        {.samples = {"randn(20), tensor([-2.,-1.,0.,0.5,2.])", "randn(4,5), tensor([-2.,0.,0.5,2.]), weight=rand(4,5), density=True"}}),
    row<histogram_count>("aten::histogram.bin_ct(Tensor self, int bins=100, *, float[]? range=None, Tensor? weight=None, bool density=False) -> (Tensor hist, Tensor bin_edges)",
        {.samples = {"randn(20), 5", "randn(4,5), 7, range=[-1.,1.5], density=True", "ones(3), 4", "zeros(0), 3"}}),
    row<histogramdd>("aten::histogramdd(Tensor self, int[] bins, float[]? range=None, Tensor? weight=None, bool density=False) -> (Tensor hist, Tensor[] bin_edges)",
        {.samples = {"randn(20,2), [3,4]", "randn(4,5,2), [3,2], [-1.,1.,-2.,2.], rand(4,5), True"}}),
    row<histogramdd_int>("aten::histogramdd.int_bins(Tensor self, int bins, float[]? range=None, Tensor? weight=None, bool density=False) -> (Tensor hist, Tensor[] bin_edges)",
        {.samples = {"randn(20,2), 3", "randn(20,3), 2, density=True"}}),
    row<histogramdd_tensors>("aten::histogramdd.TensorList_bins(Tensor self, Tensor[] bins, float[]? range=None, Tensor? weight=None, bool density=False) -> (Tensor hist, Tensor[] bin_edges)",
        {.samples = {"randn(20,2), [tensor([-1.,0.,1.]), tensor([-2.,0.,1.,3.])]"}}),
    row<bin_edges>("aten::_histogramdd_bin_edges(Tensor self, int[] bins, *, float[]? range=None, Tensor? weight=None, bool density=False) -> Tensor[]",
        {.samples = {"randn(20,2), [3,4]"}}),
};

}  // namespace

FACULA_FAMILY(histograms, kHistograms)

}  // namespace fac
