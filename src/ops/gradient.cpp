// torch.gradient: second-order central differences inside, one-sided ones of edge_order at both ends.
// source: PyTorch docs, torch.gradient
#include "ops/expr.h"

namespace fac {
namespace {

using namespace ops;
using I = std::int64_t;
using T = const Tensor&;
using Many = Result<std::vector<Tensor>>;

// The dimensions asked for, checked; all of them where none are.
Result<Dims> gradient_dims(T self, std::optional<Ints> dims, I order) {
  FACULA_CHECK(self.dtype() != DType::kUInt8, "torch.gradient does not support uint8 input.");
  FACULA_CHECK(self.dtype() != DType::kBool, "Subtraction, the `-` operator, with two bool tensors is not supported. Use the `^` or `logical_xor()` operator instead.");
  FACULA_CHECK(order == 1 || order == 2, "torch.gradient only supports edge_order=1 and edge_order=2.");
  Dims out;
  if (dims) {
    DimSet seen;
    for (I d : *dims) {
      FACULA_TRY(const I w, wrap_dim(d, self.dim()));
      FACULA_CHECK(!seen[static_cast<std::size_t>(w)], "dim {} appears multiple times in the list of dims", w);
      seen.set(static_cast<std::size_t>(w));
      out.push_back(w);
    }
  } else {
    for (I d = 0; d < self.dim(); ++d) out.push_back(d);
  }
  for (I d : out)
    FACULA_CHECK(self.dim() > 0 && self.size(d) >= order + 1, "torch.gradient expected each dimension size to be at least edge_order+1");
  return out;
}

// Steps of one size.
Result<Tensor> evenly_spaced(T x, I d, const Scalar& step, I order) {
  const auto part = [&](I from, std::optional<I> to) { return Expr(slice(x, d, from, to, 1)); };
  Expr first = order == 1 ? (part(1, 2) - part(0, 1)) / step : (part(0, 1) * -1.5 + part(1, 2) * 2 - part(2, 3) * 0.5) / step;
  Expr last = order == 1 ? (part(-1, {}) - part(-2, -1)) / step : (part(-3, -2) * 0.5 - part(-2, -1) * 2 + part(-1, {}) * 1.5) / step;
  Expr centre = (part(2, {}) - part(0, -2)) / step / 2;
  std::vector<Tensor> parts(3);
  FACULA_TRY(parts[0], first.result());
  FACULA_TRY(parts[1], centre.result());
  FACULA_TRY(parts[2], last.result());
  return cat(parts, d);
}
// Steps given by the coordinates of the points.
Result<Tensor> unevenly_spaced(T x, I d, T coordinates, I order) {
  FACULA_CHECK(coordinates.dim() == 1, "torch.gradient expected each element of spacing to have one dimension, but got an element with {} dimensions.", coordinates.dim());
  FACULA_CHECK(coordinates.numel() == x.size(d), "torch.gradient expected each element of spacing to have as many numbers as the dimension, but got {} for a dimension of size {}", coordinates.numel(), x.size(d));
  FACULA_TRY(const Tensor flat, (Expr(slice(coordinates, 0, 1, {}, 1)) - Expr(slice(coordinates, 0, 0, -1, 1))).result());
  Dims shape(static_cast<std::size_t>(x.dim()), 1);
  shape[static_cast<std::size_t>(d)] = flat.numel();
  FACULA_TRY(const Tensor steps, reshape(flat, shape));
  const auto cut = [&](T t, I from, std::optional<I> to) { return Expr(slice(t, d, from, to, 1)); };
  const Expr h1 = cut(steps, 0, -1), h2 = cut(steps, 1, {});
  Expr centre = -h2 / (h1 * (h1 + h2)) * cut(x, 0, -2) + (h2 - h1) / (h1 * h2) * cut(x, 1, -1) + h1 / (h2 * (h1 + h2)) * cut(x, 2, {});
  Expr first = (cut(x, 1, 2) - cut(x, 0, 1)) / cut(steps, 0, 1);
  Expr last = (cut(x, -1, {}) - cut(x, -2, -1)) / cut(steps, -1, {});
  if (order == 2) {
    const Expr a1 = cut(h1.tensor(), 0, 1), a2 = cut(h2.tensor(), 0, 1), b1 = cut(h1.tensor(), -1, {}), b2 = cut(h2.tensor(), -1, {});
    first = -(a1 * 2 + a2) / (a1 * (a1 + a2)) * cut(x, 0, 1) + (a1 + a2) / (a1 * a2) * cut(x, 1, 2) - a1 / (a2 * (a1 + a2)) * cut(x, 2, 3);
    last = b2 / (b1 * (b1 + b2)) * cut(x, -3, -2) - (b2 + b1) / (b1 * b2) * cut(x, -2, -1) + (b2 * 2 + b1) / (b2 * (b1 + b2)) * cut(x, -1, {});
  }
  std::vector<Tensor> parts(3);
  FACULA_TRY(parts[0], first.result());
  FACULA_TRY(parts[1], centre.result());
  FACULA_TRY(parts[2], last.result());
  return cat(parts, d);
}

Many with_steps(T self, std::span<const Scalar> spacing, std::optional<Ints> dims, I order) {
  FACULA_TRY(const Dims directions, gradient_dims(self, dims, order));
  FACULA_CHECK(spacing.size() == 1 || spacing.size() == directions.size(),
               "torch.gradient expected spacing to be unspecified, a scalar, or a list of length equal to the number of dimensions {}, but got a list of length {}", directions.size(), spacing.size());
  std::vector<Tensor> out;
  for (std::size_t i = 0; i < directions.size(); ++i) {
    FACULA_TRY(Tensor g, evenly_spaced(self, directions[i], spacing[spacing.size() == 1 ? 0 : i], order));
    out.push_back(std::move(g));
  }
  return out;
}
Many with_coordinates(T self, const TensorList& spacing, std::optional<Ints> dims, I order) {
  FACULA_TRY(const Dims directions, gradient_dims(self, dims, order));
  FACULA_CHECK(spacing.size() == directions.size(),
               "torch.gradient expected spacing to be unspecified, a scalar, or a list of length equal to the number of dimensions {}, but got a list of length {}", directions.size(), spacing.size());
  std::vector<Tensor> out;
  for (std::size_t i = 0; i < directions.size(); ++i) {
    FACULA_TRY(Tensor g, unevenly_spaced(self, directions[i], spacing[i], order));
    out.push_back(std::move(g));
  }
  return out;
}
// number[] arrives as a list of ints, floats or mixed numbers.
std::vector<Scalar> numbers(const Value& list) {
  std::vector<Scalar> out;
  for (std::size_t i = 0; i < list.list().size(); ++i) out.push_back(Scalar::from_value(list.list().get(i)));
  return out;
}
std::optional<Ints> one(const std::optional<I>& dim) { return dim ? std::optional<Ints>(Ints(&*dim, 1)) : std::nullopt; }

Many scalar_int(T self, const std::optional<Scalar>& spacing, std::optional<I> dim, I order) {
  const Scalar step = spacing.value_or(Scalar(1.0));
  return with_steps(self, {&step, 1}, one(dim), order);
}
Many scalar_array(T self, const Scalar& spacing, Ints dims, I order) { return with_steps(self, {&spacing, 1}, dims, order); }
Many array(T self, Ints dims, I order) {
  const Scalar step(1.0);
  return with_steps(self, {&step, 1}, dims, order);
}
Many scalars_int(T self, const Value& spacing, std::optional<I> dim, I order) { return with_steps(self, numbers(spacing), one(dim), order); }
Many scalars_array(T self, const Value& spacing, Ints dims, I order) { return with_steps(self, numbers(spacing), dims, order); }
Many tensors_int(T self, TensorList spacing, std::optional<I> dim, I order) { return with_coordinates(self, spacing, one(dim), order); }
Many tensors_array(T self, TensorList spacing, Ints dims, I order) { return with_coordinates(self, spacing, dims, order); }

constexpr Op kGradient[] = {
    row<scalar_int>("aten::gradient.scalarint(Tensor self, *, Scalar? spacing=None, int? dim=None, int edge_order=1) -> Tensor[]",
        {.samples = {"randn(5)", "randn(3,4), spacing=2", "randn(4,5), dim=1, edge_order=2", "arange(12).view(3,4)"}}),
    row<scalar_array>("aten::gradient.scalararray(Tensor self, *, Scalar spacing, int[] dim, int edge_order=1) -> Tensor[]",
        {.samples = {"randn(3,4), spacing=0.5, dim=[1,0]"}}),
    row<array>("aten::gradient.array(Tensor self, *, int[] dim, int edge_order=1) -> Tensor[]",
        {.samples = {"randn(3,4,3), dim=[0,2]", "randn(3,4), dim=[-1], edge_order=2"}}),
    row<scalars_int>("aten::gradient.scalarrayint(Tensor self, *, Scalar[] spacing, int? dim=None, int edge_order=1) -> Tensor[]",
        {.samples = {"randn(3,4), spacing=[2.,3.]", "randn(3,4), spacing=[2], dim=0"}}),
    row<scalars_array>("aten::gradient.scalarrayarray(Tensor self, *, Scalar[] spacing, int[] dim, int edge_order=1) -> Tensor[]",
        {.samples = {"randn(3,4), spacing=[2,3], dim=[1,0]"}}),
    row<tensors_int>("aten::gradient.tensorarrayint(Tensor self, *, Tensor[] spacing, int? dim=None, int edge_order=1) -> Tensor[]",
        {.samples = {"randn(3,4), spacing=[tensor([0.,1.,3.]), tensor([1.,2.,4.,5.])]", "randn(4), spacing=[tensor([0.,1.,3.,4.5])], dim=0, edge_order=2"}}),
    row<tensors_array>("aten::gradient.tensorarray(Tensor self, *, Tensor[] spacing, int[] dim, int edge_order=1) -> Tensor[]",
        {.samples = {"randn(3,4), spacing=[tensor([1.,2.,4.,5.]), tensor([0,1,3])], dim=[1,0]"}}),
};

}  // namespace

FACULA_FAMILY(gradient, kGradient)

}  // namespace fac
