// Running sums, products and extremes along a dimension. Floats are summed in double, as in PyTorch.
#include <cmath>

#include "base/checked.h"
#include "kernels/element_io.h"
#include "kernels/reduce.h"
#include "kernels/rows_along.h"

namespace fac::kernels {
namespace {

constexpr std::int64_t kBlock = 512;

// PyTorch's: the smaller summand first; -inf with -inf stays -inf.
double log_add_exp(double a, double b) {
  if (std::isnan(a) || std::isnan(b)) return a + b;
  const double low = std::min(a, b), high = std::max(a, b);
  if (low == high && std::isinf(low)) return low;
  return high + std::log1p(std::exp(low - high));
}

template <class C>
C step(ScanOp op, C acc, C x) {
  if constexpr (std::is_same_v<C, std::int64_t>) return op == ScanOp::kCumsum ? wrap_add(acc, x) : wrap_mul(acc, x);
  else if constexpr (std::is_same_v<C, double>)
    return op == ScanOp::kCumsum ? acc + x : op == ScanOp::kCumprod ? acc * x : log_add_exp(acc, x);
  else return op == ScanOp::kCumsum ? acc + x : acc * x;
}

template <class C>
void run(ScanOp op, const Strided& s, int dim) {
  const auto load = loader<C>(s.kinds[1]);
  const auto store = storer<C>(s.kinds[0]);
  for_each_row(s, dim, [&](char* const* data, const std::int64_t* strides, std::int64_t n) {
    C buffer[kBlock];
    C acc = op == ScanOp::kCumsum ? C(0) : C(1);
    if constexpr (std::is_same_v<C, double>)
      if (op == ScanOp::kLogcumsumexp) acc = -HUGE_VAL;
    for (std::int64_t i = 0; i < n; i += kBlock) {
      const std::int64_t m = std::min(kBlock, n - i);
      load(buffer, data[1] + i * strides[1], strides[1], m);
      for (std::int64_t k = 0; k < m; ++k) buffer[k] = acc = step<C>(op, acc, buffer[k]);
      store(data[0] + i * strides[0], strides[0], buffer, m);
    }
  });
}

template <bool kMax, class C>
void run_extreme(const Strided& s, int dim) {
  const auto load = loader<C>(s.kinds[2]);
  const auto store = storer<C>(s.kinds[0]);
  const auto store_index = storer<std::int64_t>(s.kinds[1]);
  for_each_row(s, dim, [&](char* const* data, const std::int64_t* strides, std::int64_t n) {
    C buffer[kBlock], best = C(0);
    std::int64_t index[kBlock], best_at = 0;
    for (std::int64_t i = 0; i < n; i += kBlock) {
      const std::int64_t m = std::min(kBlock, n - i);
      load(buffer, data[2] + i * strides[2], strides[2], m);
      for (std::int64_t k = 0; k < m; ++k) {
        const C x = buffer[k];
        if (i + k == 0 || (kMax ? x >= best : x <= best) || x != x) {
          best = x;
          best_at = i + k;
        }
        buffer[k] = best;
        index[k] = best_at;
      }
      store(data[0] + i * strides[0], strides[0], buffer, m);
      store_index(data[1] + i * strides[1], strides[1], index, m);
    }
  });
}

template <bool kMax>
Outcome dispatch_extreme(const Strided& s, int dim) {
  const ScalarKind kind = s.kinds[2];
  if (is_complex(kind)) return Outcome::kUndefined;
  if (is_integral(kind)) run_extreme<kMax, std::int64_t>(s, dim);
  else run_extreme<kMax, double>(s, dim);
  return Outcome::kDone;
}

}  // namespace

Outcome scan(ScanOp op, ScalarKind compute, const Strided& s, int dim) noexcept {
  if (op == ScanOp::kLogcumsumexp && !is_floating(compute)) return Outcome::kUndefined;
  if (is_complex(compute)) run<std::complex<double>>(op, s, dim);
  else if (is_integral(compute)) run<std::int64_t>(op, s, dim);
  else run<double>(op, s, dim);
  return Outcome::kDone;
}

Outcome cummax(const Strided& s, int dim) noexcept { return dispatch_extreme<true>(s, dim); }
Outcome cummin(const Strided& s, int dim) noexcept { return dispatch_extreme<false>(s, dim); }

}  // namespace fac::kernels
