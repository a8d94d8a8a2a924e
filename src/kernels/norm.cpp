#include "kernels/norm.h"

#include <algorithm>
#include <cmath>

#include "base/thread_pool.h"
#include "kernels/element_io.h"
#include "kernels/loop_nest.h"
#include "kernels/reduce_blocks.h"

namespace fac::kernels {
namespace {

constexpr std::int64_t kBlock = 1024;

template <class C>
double block_sum(const C* x, C center, std::int64_t n) {
  if constexpr (std::is_same_v<C, float>) return static_cast<double>(shifted_sum_f32(x, center, n));
  double sum = 0;
  for (std::int64_t i = 0; i < n; ++i) sum += static_cast<double>(x[i] - center);
  return sum;
}
template <class C>
double block_squares(const C* x, C center, std::int64_t n) {
  if constexpr (std::is_same_v<C, float>) return static_cast<double>(sum_of_squares_f32(x, center, n));
  double sum = 0;
  for (std::int64_t i = 0; i < n; ++i) sum += static_cast<double>((x[i] - center) * (x[i] - center));
  return sum;
}
template <class C>
void normalize(C* y, const C* x, C center, C scale, const C* weight, const C* bias, std::int64_t n) {
  if constexpr (std::is_same_v<C, float>) return normalize_f32(y, x, center, scale, weight, bias, n);
  for (std::int64_t i = 0; i < n; ++i) {
    const C z = (x[i] - center) * scale;
    y[i] = z * (weight ? weight[i] : C(1)) + (bias ? bias[i] : C(0));
  }
}
template <class C>
void scale_shift(C* y, const C* x, C scale, C shift, std::int64_t n) {
  if constexpr (std::is_same_v<C, float>) return scale_shift_f32(y, x, scale, shift, n);
  for (std::int64_t i = 0; i < n; ++i) y[i] = x[i] * scale + shift;
}

// Dense memory of some kind, seen as blocks of C.
template <class C>
struct View {
  const char* data;
  std::int64_t size;
  bool direct;
  Loader<C> load;

  View(const void* p, ScalarKind kind)
      : data(static_cast<const char*>(p)), size(element_size(kind)), direct(kind == kind_of<C>()), load(loader<C>(kind)) {}
  explicit operator bool() const { return data != nullptr; }
  const C* block(std::int64_t at, std::int64_t n, C* buffer) const {
    if (direct) return reinterpret_cast<const C*>(data) + at;
    load(buffer, data + at * size, size, n);
    return buffer;
  }
  C at(std::int64_t i) const {
    C x;
    load(&x, data + i * size, size, 1);
    return x;
  }
};
template <class C>
struct Sink {
  char* data;
  std::int64_t size;
  bool direct;
  Storer<C> store;

  Sink(void* p, ScalarKind kind)
      : data(static_cast<char*>(p)), size(element_size(kind)), direct(kind == kind_of<C>()), store(storer<C>(kind)) {}
  C* block(std::int64_t at, C* buffer) const { return direct ? reinterpret_cast<C*>(data) + at : buffer; }
  void flush(std::int64_t at, const C* buffer, std::int64_t n) const {
    if (!direct) store(data + at * size, size, buffer, n);
  }
};

struct Statistics {
  double mean, var;  // var: biased
};

template <class F>
void blocks(std::int64_t begin, std::int64_t end, F&& f) {
  for (std::int64_t i = begin; i < end; i += kBlock) f(i, std::min(kBlock, end - i));
}

template <class C>
Statistics statistics(const View<C>& x, std::int64_t begin, std::int64_t end) {
  alignas(64) C buffer[kBlock];
  const auto n = static_cast<double>(end - begin);
  double sum = 0, squares = 0, rest = 0;
  blocks(begin, end, [&](std::int64_t i, std::int64_t m) { sum += block_sum(x.block(i, m, buffer), C(0), m); });
  const C center = static_cast<C>(sum / n);
  blocks(begin, end, [&](std::int64_t i, std::int64_t m) {
    const C* p = x.block(i, m, buffer);
    squares += block_squares(p, center, m);
    rest += block_sum(p, center, m);
  });
  // The center is the mean rounded to C; `rest` says by how much it is off.
  const double off = rest / n;
  return {static_cast<double>(center) + off, std::max(0.0, squares / n - off * off)};
}

template <class C>
void store_statistic(void* p, std::int64_t i, double x) {
  if (p) static_cast<C*>(p)[i] = static_cast<C>(x);
}

template <class C>
void run_rows_norm(const RowNorm& r, bool centered) {
  const View<C> x(r.x, r.kind), weight(r.weight, r.param_kind), bias(r.bias, r.param_kind);
  const Sink<C> y(r.y, r.kind);
  parallel_for(r.rows, std::max<std::int64_t>(1, kGrain / 2 / std::max<std::int64_t>(1, r.cols)),
               [&](std::int64_t begin, std::int64_t end) {
    alignas(64) C in[kBlock], out[kBlock], w[kBlock], b[kBlock];
    for (std::int64_t row = begin; row < end; ++row) {
      const std::int64_t first = row * r.cols;
      Statistics s{0, 0};
      if (centered) {
        s = statistics(x, first, first + r.cols);
      } else {
        blocks(first, first + r.cols, [&](std::int64_t i, std::int64_t m) { s.var += block_squares(x.block(i, m, in), C(0), m); });
        s.var /= static_cast<double>(r.cols);
      }
      const double rstd = 1 / std::sqrt(s.var + r.eps);
      store_statistic<C>(r.mean, row, s.mean);
      store_statistic<C>(r.rstd, row, rstd);
      blocks(0, r.cols, [&](std::int64_t i, std::int64_t m) {
        normalize(y.block(first + i, out), x.block(first + i, m, in), static_cast<C>(s.mean), static_cast<C>(rstd),
                  weight ? weight.block(i, m, w) : nullptr, bias ? bias.block(i, m, b) : nullptr, m);
        y.flush(first + i, out, m);
      });
    }
  });
}

template <class C>
void run_group_norm(const GroupNorm& g) {
  const View<C> x(g.x, g.kind), weight(g.weight, g.param_kind), bias(g.bias, g.param_kind);
  const Sink<C> y(g.y, g.kind);
  const std::int64_t per_group = g.channels / g.groups, length = per_group * g.spatial;
  parallel_for(g.batch * g.groups, std::max<std::int64_t>(1, kGrain / 2 / std::max<std::int64_t>(1, length)),
               [&](std::int64_t begin, std::int64_t end) {
    alignas(64) C in[kBlock], out[kBlock];
    for (std::int64_t k = begin; k < end; ++k) {
      const Statistics s = statistics(x, k * length, (k + 1) * length);
      const double rstd = 1 / std::sqrt(s.var + g.eps);
      store_statistic<C>(g.mean, k, s.mean);
      store_statistic<C>(g.rstd, k, rstd);
      for (std::int64_t c = 0; c < per_group; ++c) {
        const std::int64_t channel = k % g.groups * per_group + c;
        const double scale = rstd * (weight ? static_cast<double>(weight.at(channel)) : 1);
        const double shift = (bias ? static_cast<double>(bias.at(channel)) : 0) - s.mean * scale;
        const std::int64_t first = k * length + c * g.spatial;
        blocks(first, first + g.spatial, [&](std::int64_t i, std::int64_t m) {
          scale_shift(y.block(i, out), x.block(i, m, in), static_cast<C>(scale), static_cast<C>(shift), m);
          y.flush(i, out, m);
        });
      }
    }
  });
}

template <class C>
void run_batch_norm(const BatchNorm& b) {
  const View<C> x(b.x, b.kind), mean(b.mean, b.param_kind), var(b.var, b.param_kind), weight(b.weight, b.param_kind),
      bias(b.bias, b.param_kind);
  const Sink<C> y(b.y, b.kind);
  parallel_for(b.batch * b.channels, std::max<std::int64_t>(1, kGrain / std::max<std::int64_t>(1, b.spatial)),
               [&](std::int64_t begin, std::int64_t end) {
    alignas(64) C in[kBlock], out[kBlock];
    for (std::int64_t k = begin; k < end; ++k) {
      const std::int64_t c = k % b.channels;
      const double scale =
          (weight ? static_cast<double>(weight.at(c)) : 1) / std::sqrt(static_cast<double>(var.at(c)) + b.eps);
      const double shift = (bias ? static_cast<double>(bias.at(c)) : 0) - static_cast<double>(mean.at(c)) * scale;
      blocks(k * b.spatial, (k + 1) * b.spatial, [&](std::int64_t i, std::int64_t m) {
        scale_shift(y.block(i, out), x.block(i, m, in), static_cast<C>(scale), static_cast<C>(shift), m);
        y.flush(i, out, m);
      });
    }
  });
}

template <class C>
void run_batch_stats(const BatchNorm& b, void* mean_out, void* var_out) {
  const View<C> x(b.x, b.kind);
  const auto store = storer<double>(b.param_kind);
  const std::int64_t size = element_size(b.param_kind);
  const std::int64_t work = std::max<std::int64_t>(1, b.batch * b.spatial);
  parallel_for(b.channels, std::max<std::int64_t>(1, kGrain / work), [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t c = begin; c < end; ++c) {
      // Chan's formula over the pictures of the batch.
      double count = 0, mean = 0, squares = 0;
      for (std::int64_t n = 0; n < b.batch && b.spatial > 0; ++n) {
        const std::int64_t first = (n * b.channels + c) * b.spatial;
        const Statistics s = statistics(x, first, first + b.spatial);
        const auto m = static_cast<double>(b.spatial);
        const double delta = s.mean - mean, total = count + m;
        mean += delta * m / total;
        squares += s.var * m + delta * delta * count * m / total;
        count = total;
      }
      const double var = squares / count;
      if (mean_out) store(static_cast<char*>(mean_out) + c * size, size, &mean, 1);
      if (var_out) store(static_cast<char*>(var_out) + c * size, size, &var, 1);
    }
  });
}

}  // namespace

Outcome layer_norm(const RowNorm& n) noexcept {
  if (!is_floating(n.kind)) return Outcome::kUndefined;
  if (n.kind == ScalarKind::kDouble) run_rows_norm<double>(n, true);
  else run_rows_norm<float>(n, true);
  return Outcome::kDone;
}
Outcome rms_norm(const RowNorm& n) noexcept {
  if (!is_floating(n.kind)) return Outcome::kUndefined;
  if (n.kind == ScalarKind::kDouble) run_rows_norm<double>(n, false);
  else run_rows_norm<float>(n, false);
  return Outcome::kDone;
}
Outcome group_norm(const GroupNorm& n) noexcept {
  if (!is_floating(n.kind)) return Outcome::kUndefined;
  if (n.kind == ScalarKind::kDouble) run_group_norm<double>(n);
  else run_group_norm<float>(n);
  return Outcome::kDone;
}
Outcome batch_norm(const BatchNorm& n) noexcept {
  if (!is_floating(n.kind)) return Outcome::kUndefined;
  if (n.kind == ScalarKind::kDouble) run_batch_norm<double>(n);
  else run_batch_norm<float>(n);
  return Outcome::kDone;
}
Outcome batch_norm_stats(const BatchNorm& n, void* mean, void* var) noexcept {
  if (!is_floating(n.kind)) return Outcome::kUndefined;
  if (n.kind == ScalarKind::kDouble) run_batch_stats<double>(n, mean, var);
  else run_batch_stats<float>(n, mean, var);
  return Outcome::kDone;
}

}  // namespace fac::kernels
