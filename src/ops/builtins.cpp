#include "ops/builtins.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "tensor/element.h"

namespace fac::ops {

Result<int> compare_single(const Tensor& a, const Tensor& b) {
  for (const Tensor& t : {a, b}) {
    FACULA_CHECK(t.defined(), "Expected a Tensor in the list, found None");
    FACULA_CHECK(t.numel() != 0, "Boolean value of Tensor with no values is ambiguous");
    FACULA_CHECK(t.numel() == 1, "Boolean value of Tensor with more than one value is ambiguous");
  }
  const auto sign = [](auto x, auto y) { return x < y ? -1 : x == y ? 0 : 1; };
  const void *p = a.data(), *q = b.data();
  if (is_complex(a.dtype()) || is_complex(b.dtype()))
    return load_complex(p, a.dtype()) == load_complex(q, b.dtype()) ? 0 : 1;
  if (is_integral(a.dtype(), true) && is_integral(b.dtype(), true))
    return sign(load_integer(p, a.dtype()), load_integer(q, b.dtype()));
  return sign(load_double(p, a.dtype()), load_double(q, b.dtype()));
}

// Smith's method (CACM 5, 1962): scale by the larger part of the divisor.
std::complex<double> divide(std::complex<double> a, std::complex<double> b) {
  const double c = b.real(), d = b.imag();
  if (c == 0 && d == 0) return {a.real() / std::fabs(c), a.imag() / std::fabs(d)};
  if (std::fabs(c) >= std::fabs(d)) {
    const double ratio = d / c, scale = 1.0 / (c + d * ratio);
    return {(a.real() + a.imag() * ratio) * scale, (a.imag() - a.real() * ratio) * scale};
  }
  const double ratio = c / d, scale = 1.0 / (c * ratio + d);
  return {(a.real() * ratio + a.imag()) * scale, (a.imag() * ratio - a.real()) * scale};
}

Result<SliceRange> slice_range(std::int64_t length, std::optional<std::int64_t> start, std::optional<std::int64_t> end,
                               std::int64_t step) {
  FACULA_CHECK(step != 0, "List slice should have non-zero step");
  FACULA_CHECK(step != std::numeric_limits<std::int64_t>::min(), "List slice step is out of bounds");
  const bool down = step < 0;
  // A bound that was not given lies past the end that the walk starts from or goes to.
  const std::int64_t lowest = down ? -1 : 0, highest = down ? length - 1 : length;
  const auto clamp = [&](std::int64_t i) {
    if (i < 0) i = i < -length ? lowest : i + length;
    return std::clamp(i, lowest, highest);
  };
  const std::int64_t first = start ? clamp(*start) : down ? highest : lowest;
  const std::int64_t last = end ? clamp(*end) : down ? lowest : highest;
  std::int64_t count = 0;
  if (down && last < first) count = (first - last - 1) / -step + 1;
  if (!down && first < last) count = (last - first - 1) / step + 1;
  return SliceRange{first, step, count};
}

}  // namespace fac::ops
