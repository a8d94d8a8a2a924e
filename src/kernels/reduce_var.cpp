// Variance: moments of blocks joined by Chan's formula, or Welford's update over rows; everything but the sums inside
// a float block is in double.       Source: Chan, Golub, LeVeque 1983.
#include <cmath>

#include "kernels/element_io.h"
#include "kernels/reduce.h"
#include "kernels/reduce_blocks.h"
#include "kernels/reduce_plan.h"

namespace fac::kernels {
namespace {

constexpr std::int64_t kBlock = 1024;

struct Moments {
  double count = 0, mean = 0, squares = 0;  // squares: sum of (x - mean)^2

  void join(const Moments& o) {
    const double n = count + o.count;
    if (n == 0) return;
    const double delta = o.mean - mean;
    mean += delta * (o.count / n);
    squares += o.squares + delta * delta * (count * o.count / n);
    count = n;
  }
};

Moments of_block(const float* x, std::int64_t n) {
  Moments m;
  m.count = static_cast<double>(n);
  // The sum in float is off by some roundings; what it misses is found around the center.
  const float center = sum_f32(x, n) / static_cast<float>(n);
  const double rest = static_cast<double>(shifted_sum_f32(x, center, n)) / m.count;
  m.mean = static_cast<double>(center) + rest;
  m.squares = static_cast<double>(sum_of_squares_f32(x, center, n)) - m.count * rest * rest;
  if (m.squares < 0) m.squares = 0;
  return m;
}

Moments of_block(const double* x, std::int64_t n) {
  Moments m;
  m.count = static_cast<double>(n);
  double sum = 0;
  for (std::int64_t i = 0; i < n; ++i) sum += x[i];
  m.mean = sum / m.count;
  for (std::int64_t i = 0; i < n; ++i) m.squares += (x[i] - m.mean) * (x[i] - m.mean);
  return m;
}

template <class C>
struct Walk {
  const ReducePlan& plan;
  Loader<C> load;
  bool dense_kind;

  Moments horizontal(const char* base) const {
    struct Context {
      const Walk* self;
      Moments all;
    } context{this, {}};
    char* from = const_cast<char*>(base);
    run_rows_at(
        plan.reduced, &from, 0, plan.reduced.numel,
        [](void* c, char* const* data, const std::int64_t* strides, std::int64_t n) {
          auto& context = *static_cast<Context*>(c);
          alignas(64) C buffer[kBlock];
          for (std::int64_t i = 0; i < n; i += kBlock) {
            const std::int64_t m = std::min(kBlock, n - i);
            const C* block = buffer;
            if (context.self->dense_kind && strides[0] == sizeof(C)) block = reinterpret_cast<const C*>(data[0]) + i;
            else context.self->load(buffer, data[0] + i * strides[0], strides[0], m);
            context.all.join(of_block(block, m));
          }
        },
        &context);
    return context.all;
  }

  void vertical(const char* base, std::int64_t col_stride, std::int64_t cols, double* mean, double* squares) const {
    struct Context {
      const Walk* self;
      std::int64_t col_stride, cols;
      double *mean, *squares, count;
    } context{this, col_stride, cols, mean, squares, 0};
    std::fill_n(mean, cols, 0.0);
    std::fill_n(squares, cols, 0.0);
    char* from = const_cast<char*>(base);
    run_rows_at(
        plan.reduced, &from, 0, plan.reduced.numel,
        [](void* c, char* const* data, const std::int64_t* strides, std::int64_t n) {
          auto& context = *static_cast<Context*>(c);
          alignas(64) C row[kReduceTile];
          for (std::int64_t i = 0; i < n; ++i) {
            context.self->load(row, data[0] + i * strides[0], context.col_stride, context.cols);
            context.count += 1;
            const double share = 1 / context.count;
            for (std::int64_t k = 0; k < context.cols; ++k) {
              const double x = static_cast<double>(row[k]), delta = x - context.mean[k];
              context.mean[k] += delta * share;
              context.squares[k] += delta * (x - context.mean[k]);
            }
          }
        },
        &context);
  }
};

template <class C>
void run(const Strided& s, DimMask mask, double correction, bool take_root) {
  const ReducePlan plan(s, mask);
  const ScalarKind in_kind = s.kinds[s.operands - 1];
  const Walk<C> walk{plan, loader<C>(in_kind), in_kind == kind_of<C>()};
  const auto store = storer<double>(s.kinds[0]);
  const bool wants_mean = s.operands == 3;
  const auto store_mean = wants_mean ? storer<double>(s.kinds[1]) : nullptr;
  const auto n_reduced = static_cast<double>(plan.reduced.numel);
  const double divisor = std::max(0.0, n_reduced - correction);
  for_each_kept(plan, [&](char* const* data, const std::int64_t* strides, std::int64_t n) {
    double mean[kReduceTile], var[kReduceTile];
    for (std::int64_t i = 0; i < n; i += kReduceTile) {
      const std::int64_t m = std::min(kReduceTile, n - i);
      const char* base = data[0] + i * strides[0];
      if (plan.vertical) walk.vertical(base, strides[0], m, mean, var);
      else
        for (std::int64_t k = 0; k < m; ++k) {
          const Moments all = walk.horizontal(base + k * strides[0]);
          mean[k] = all.mean;
          var[k] = all.squares;
        }
      for (std::int64_t k = 0; k < m; ++k) {
        var[k] /= divisor;
        if (take_root) var[k] = std::sqrt(var[k]);
        if (n_reduced == 0) mean[k] = std::nan("");
      }
      store(data[1] + i * strides[1], strides[1], var, m);
      if (wants_mean) store_mean(data[2] + i * strides[2], strides[2], mean, m);
    }
  });
}

}  // namespace

Outcome var_mean(ScalarKind compute, const Strided& s, DimMask mask, double correction, bool take_root) noexcept {
  if (!is_floating(compute)) return Outcome::kUndefined;
  if (compute == ScalarKind::kDouble) run<double>(s, mask, correction, take_root);
  else run<float>(s, mask, correction, take_root);
  return Outcome::kDone;
}

}  // namespace fac::kernels
