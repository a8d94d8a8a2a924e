// Triangles, diagonals and window functions.
#include <cmath>
#include <cstring>

#include "kernels/copy.h"
#include "ops/copy.h"
#include "ops/elementwise.h"
#include "ops/functions.h"
#include "ops/options.h"
#include "ops/reduction.h"

namespace fac {
namespace {

using namespace ops;
using I = std::int64_t;
using T = const Tensor&;

// Zeroes what lies outside the triangle, in a dense copy.
template <bool upper>
Result<Tensor> triangle(T self, I diagonal) {
  FACULA_CHECK(self.defined(), "expected a Tensor but got None");
  FACULA_CHECK(self.dim() >= 2, "{}: input tensor must have at least 2 dimensions", upper ? "triu" : "tril");
  FACULA_TRY(const Tensor out, clone_as(self, MemoryFormat::kContiguous));
  const I rows = self.size(self.dim() - 2), columns = self.size(self.dim() - 1), width = static_cast<I>(self.element_bytes());
  diagonal = std::clamp(diagonal, -rows - 1, columns);  // beyond, nothing changes
  const I matrices = self.numel() > 0 ? self.numel() / (rows * columns) : 0;
  char* p = static_cast<char*>(out.data());
  for (I m = 0; m < matrices; ++m)
    for (I r = 0; r < rows; ++r, p += columns * width) {
      const I edge = std::clamp<I>(upper ? r + diagonal : r + diagonal + 1, 0, columns);
      if (upper) std::memset(p, 0, static_cast<std::size_t>(edge * width));
      else std::memset(p + edge * width, 0, static_cast<std::size_t>((columns - edge) * width));
    }
  return out;
}
template <bool upper>
Result<Tensor> triangle_(T self, I diagonal) {
  FACULA_TRY(const Tensor t, triangle<upper>(self, diagonal));
  FACULA_TRY_VOID(copy_into(self, t));
  self.bump_version();
  return self;
}
constexpr I kFar = I{1} << 61;  // sums of two sizes or offsets up to here fit

template <bool upper>
Result<Tensor> triangle_indices(I rows, I columns, I offset, DT dtype, LA layout, DV device, PM) {
  FACULA_TRY_VOID(check_place(device, layout));
  FACULA_CHECK(rows >= 0, "row must be non-negative, got {}", rows);
  FACULA_CHECK(columns >= 0, "col must be non-negative, got {}", columns);
  FACULA_CHECK(rows <= kFar && columns <= kFar, "a triangle of {} rows and {} columns is not supported", rows, columns);
  offset = std::clamp(offset, -rows, columns);  // beyond, nothing changes
  // Rows that have entries, and the columns of row i.
  const I first = upper ? 0 : std::max<I>(-offset, 0), last = columns == 0 ? first : upper ? std::min(rows, columns - offset) : rows;
  const auto from = [&](I i) { return upper ? std::max<I>(i + offset, 0) : 0; };
  const auto to = [&](I i) { return upper ? columns : std::min(i + offset + 1, columns); };
  FACULA_TRY_VOID(Tensor::empty(Dims{2, last - first}, DType::kInt64));  // each of them has at least one: too many end here
  I n = 0;
  for (I i = first; i < last; ++i)
    FACULA_CHECK(!__builtin_add_overflow(n, to(i) - from(i), &n), "a triangle of {} rows and {} columns is too large", rows, columns);
  FACULA_TRY(const Tensor out, Tensor::empty(Dims{2, n}, DType::kInt64));
  I *r = out.data_as<I>(), *c = r + n;
  for (I i = first; i < last; ++i)
    for (I j = from(i); j < to(i); ++j) *r++ = i, *c++ = j;
  return cast(out, dtype.value_or(DType::kInt64));
}

Result<Tensor> diag_embed(T self, I offset, I dim1, I dim2) {
  const I rank = self.dim() + 1;
  const auto wrap = [rank](I d) { return d < 0 ? d + rank : d; };
  const I a = wrap(dim1), b = wrap(dim2);
  FACULA_CHECK_KIND(a >= 0 && a < rank && b >= 0 && b < rank, kIndex, "Dimension out of range (expected to be in range of [{}, {}], but got {})", -rank, rank - 1, a < 0 || a >= rank ? dim1 : dim2);
  FACULA_CHECK(a != b, "diagonal dimensions cannot be identical {}, {}", dim1, dim2);
  FACULA_CHECK(self.dim() > 0, "diag_embed: expected at least 1 dimension");
  FACULA_CHECK(offset >= -kFar && offset <= kFar, "diag_embed: an offset of {} is not supported", offset);
  const I n = self.size(self.dim() - 1) + std::abs(offset);
  Dims sizes;
  for (I d = 0, k = 0; d < rank; ++d) sizes.push_back(d == a || d == b ? n : self.size(k++));
  FACULA_TRY(const Tensor out, zeros(sizes, self.dtype()));
  FACULA_TRY(const Tensor slot, diagonal(out, offset, a, b));
  FACULA_TRY_VOID(copy_into(slot, self));
  return out;
}
Result<Tensor> diag(T self, I offset) {
  FACULA_CHECK(self.dim() == 1 || self.dim() == 2, "diag(): Supports 1D or 2D tensors. Got {}D", self.dim());
  if (self.dim() == 1) return diag_embed(self, offset, 0, 1);
  FACULA_TRY(const Tensor d, diagonal(self, offset, 0, 1));
  return clone_as(d, MemoryFormat::kContiguous);
}
Result<Tensor> diagflat(T self, I offset) {
  FACULA_TRY(const Tensor flat, reshape(self, Dims{-1}));
  return diag_embed(flat, offset, 0, 1);
}
Result<Tensor> trace(T self) {
  FACULA_CHECK(self.dim() == 2, "trace: expected a matrix, but got tensor with dim {}", self.dim());
  FACULA_TRY(const Tensor d, diagonal(self, 0, 0, 1));
  return sum(d, std::nullopt, false);
}
Result<Tensor> fill_diagonal_(T self, const Scalar& value, bool wrap) {
  FACULA_CHECK(self.dim() >= 2, "dimensions must larger than 1");
  I n = self.size(0), step = 0;
  for (I d = 0; d < self.dim(); ++d) {
    FACULA_CHECK(self.dim() == 2 || self.size(d) == self.size(0), "all dimensions of input must be of equal length");
    n = std::min(n, self.size(d));
    step += self.stride(d);
  }
  FACULA_TRY_VOID(fill(self.as_view({&n, 1}, {&step, 1}, self.offset()), value));
  // A tall matrix goes on with another diagonal after a gap of one row.
  if (wrap && self.dim() == 2 && self.size(0) > self.size(1) + 1) {
    for (I r = self.size(1) + 1; r < self.size(0); r += self.size(1) + 1) {
      const I count = std::min(self.size(0) - r, self.size(1));
      FACULA_TRY_VOID(fill(self.as_view({&count, 1}, {&step, 1}, self.offset() + r * self.stride(0)), value));
    }
  }
  self.bump_version();
  return self;
}

// Windows: f(i, n) over a length that is one longer for periodic ones, whose last number is cut.
template <class F>
Result<Tensor> window(I length, bool periodic, const DT& dtype, const LA& layout, const DV& device, F&& f) {
  FACULA_TRY_VOID(check_place(device, layout));
  const DType t = dtype.value_or(default_dtype());
  FACULA_CHECK(is_floating(t) || is_complex(t), "window functions expect floating point dtypes, got: {}", dtype_name(t));
  FACULA_CHECK(length >= 0, "window functions require non-negative window_length, got window_length={}", length);
  FACULA_TRY(Tensor out, Tensor::empty({&length, 1}, t));
  std::vector<double> values(static_cast<std::size_t>(length), 1.0);
  const I n = periodic ? length + 1 : length;
  if (length > 1)
    for (I i = 0; i < length; ++i) values[static_cast<std::size_t>(i)] = f(static_cast<double>(i), static_cast<double>(n - 1));
  if (length > 0) kernels::convert(out.data(), kind_of(t), values.data(), ScalarKind::kDouble, length);
  return out;
}
Result<Tensor> hamming_ab(I length, bool periodic, double alpha, double beta, DT dtype, LA layout, DV device, PM) {
  return window(length, periodic, dtype, layout, device, [=](double i, double n) { return alpha - beta * std::cos(2 * M_PI * i / n); });
}
Result<Tensor> hamming_a(I length, bool periodic, double alpha, DT dtype, LA layout, DV device, PM pin) {
  return hamming_ab(length, periodic, alpha, 0.46, dtype, layout, device, pin);
}
Result<Tensor> hamming_p(I length, bool periodic, DT dtype, LA layout, DV device, PM pin) {
  return hamming_ab(length, periodic, 0.54, 0.46, dtype, layout, device, pin);
}
Result<Tensor> hamming(I length, DT dtype, LA layout, DV device, PM pin) { return hamming_p(length, true, dtype, layout, device, pin); }
Result<Tensor> hann_p(I length, bool periodic, DT dtype, LA layout, DV device, PM pin) {
  return hamming_ab(length, periodic, 0.5, 0.5, dtype, layout, device, pin);
}
Result<Tensor> hann(I length, DT dtype, LA layout, DV device, PM pin) { return hann_p(length, true, dtype, layout, device, pin); }
Result<Tensor> blackman_p(I length, bool periodic, DT dtype, LA layout, DV device, PM) {
  return window(length, periodic, dtype, layout, device, [](double i, double n) {
    return 0.42 - 0.5 * std::cos(2 * M_PI * i / n) + 0.08 * std::cos(4 * M_PI * i / n);
  });
}
Result<Tensor> blackman(I length, DT dtype, LA layout, DV device, PM pin) { return blackman_p(length, true, dtype, layout, device, pin); }
Result<Tensor> bartlett_p(I length, bool periodic, DT dtype, LA layout, DV device, PM) {
  return window(length, periodic, dtype, layout, device, [](double i, double n) { return 1 - std::abs(2 * i / n - 1); });
}
Result<Tensor> bartlett(I length, DT dtype, LA layout, DV device, PM pin) { return bartlett_p(length, true, dtype, layout, device, pin); }
// Modified Bessel function of the first kind, order 0, by its power series (converges fast for the arguments here).
double bessel_i0(double x) {
  double term = 1, total = 1;
  for (int k = 1; k < 500 && term > total * 1e-17; ++k) {
    term *= (x / (2 * k)) * (x / (2 * k));
    total += term;
  }
  return total;
}
Result<Tensor> kaiser_beta(I length, bool periodic, double beta, DT dtype, LA layout, DV device, PM) {
  return window(length, periodic, dtype, layout, device, [=](double i, double n) {
    const double x = 2 * i / n - 1;
    return bessel_i0(beta * std::sqrt(std::max(0.0, 1 - x * x))) / bessel_i0(beta);
  });
}
Result<Tensor> kaiser_p(I length, bool periodic, DT dtype, LA layout, DV device, PM pin) {
  return kaiser_beta(length, periodic, 12.0, dtype, layout, device, pin);
}
Result<Tensor> kaiser(I length, DT dtype, LA layout, DV device, PM pin) { return kaiser_p(length, true, dtype, layout, device, pin); }

}  // namespace

constexpr Op kTriangular[] = {
    row<triangle<false>>("aten::tril(Tensor self, SymInt diagonal=0) -> Tensor",
        {.forms = kOut, .samples = {"randn(3,4)", "randn(3,4), 1", "randn(2,3,3), -1", "randn(3,4).t()",
            "randn(3)"}}),
    row<triangle<true>>("aten::triu(Tensor self, SymInt diagonal=0) -> Tensor",
        {.forms = kOut, .samples = {"randn(3,4)", "randn(3,4), 1", "randn(2,3,3), -1"}}),
    row<triangle_<false>>("aten::tril_(Tensor(a!) self, SymInt diagonal=0) -> Tensor(a!)",
        {.samples = {"randn(3,4)"}}),
    row<triangle_<true>>("aten::triu_(Tensor(a!) self, SymInt diagonal=0) -> Tensor(a!)",
        {.samples = {"randn(3,4), 1"}}),
    row<triangle_indices<false>>("aten::tril_indices(int row, int col, int offset=0, *, ScalarType? dtype=4, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor",
        {.samples = {"3, 4", "3, 4, 1"}}),
    row<triangle_indices<true>>("aten::triu_indices(int row, int col, int offset=0, *, ScalarType? dtype=4, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor",
        {.samples = {"3, 4", "3, 4, -1, dtype=torch.int32"}}),
    row<diag_embed>("aten::diag_embed(Tensor self, int offset=0, int dim1=-2, int dim2=-1) -> Tensor",
        {.forms = kOut, .samples = {"randn(2,3)", "randn(2,3), 1, 0, 2"}}),
    row<diag>("aten::diag(Tensor self, int diagonal=0) -> Tensor",
        {.forms = kOut, .samples = {"randn(3)", "randn(3,4), 1", "randn(3), -1"}}),
    row<diagflat>("aten::diagflat(Tensor self, int offset=0) -> Tensor", {.samples = {"randn(2,2), 1"}}),
    row<trace>("aten::trace(Tensor self) -> Tensor",
        {.forms = kOut, .samples = {"randn(3,4)", "arange(4).view(2,2)"}}),
    row<fill_diagonal_>("aten::fill_diagonal_(Tensor(a!) self, Scalar fill_value, bool wrap=False) -> Tensor(a!)",
        {.samples = {"randn(3,4), 7", "randn(7,3), 1, True"}}),
    row<hamming>("aten::hamming_window(int window_length, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor",
        {.samples = {"6", "1", "0"}}),
    row<hamming_p>("aten::hamming_window.periodic(int window_length, bool periodic, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor",
        {.samples = {"6, False"}}),
    row<hamming_a>("aten::hamming_window.periodic_alpha(int window_length, bool periodic, float alpha, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor",
        {.samples = {"6, False, 0.5"}}),
    row<hamming_ab>("aten::hamming_window.periodic_alpha_beta(int window_length, bool periodic, float alpha, float beta, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor",
        {.samples = {"6, False, 0.5, 0.3"}}),
    row<hann>("aten::hann_window(int window_length, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor",
        {.samples = {"6", "400", "1"}}),
    row<hann_p>("aten::hann_window.periodic(int window_length, bool periodic, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor",
        {.samples = {"6, False"}}),
    row<blackman>("aten::blackman_window(int window_length, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor",
        {.samples = {"6"}}),
    row<blackman_p>("aten::blackman_window.periodic(int window_length, bool periodic, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor",
        {.samples = {"6, False"}}),
    row<bartlett>("aten::bartlett_window(int window_length, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor",
        {.samples = {"6"}}),
    row<bartlett_p>("aten::bartlett_window.periodic(int window_length, bool periodic, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor",
        {.samples = {"7, False"}}),
    row<kaiser>("aten::kaiser_window(int window_length, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor",
        {.samples = {"6"}}),
    row<kaiser_p>("aten::kaiser_window.periodic(int window_length, bool periodic, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor",
        {.samples = {"6, False"}}),
    row<kaiser_beta>("aten::kaiser_window.beta(int window_length, bool periodic, float beta, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor",
        {.samples = {"6, False, 5."}}),
};
FACULA_FAMILY(triangular, kTriangular)

}  // namespace fac
