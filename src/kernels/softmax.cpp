#include "kernels/softmax.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "kernels/element_io.h"
#include "kernels/pointwise_blocks.h"
#include "kernels/reduce_blocks.h"
#include "kernels/rows_along.h"

namespace fac::kernels {
namespace {

constexpr std::int64_t kBlock = 1024;
// Columns handled side by side where the softmax runs down them; the block and two rows of state stay in L1.
constexpr std::int64_t kTile = 256;

template <class C>
C block_max(const C* x, std::int64_t n) {
  if constexpr (std::is_same_v<C, float>) {
    return max_f32(x, n);
  } else {
    C top = x[0];
    for (std::int64_t i = 1; i < n; ++i) top = std::isnan(top) ? top : x[i] <= top ? top : x[i];
    return top;
  }
}
template <class C>
C exp_minus(C* out, const C* x, C top, std::int64_t n) {
  if constexpr (std::is_same_v<C, float>) {
    return exp_minus_f32(out, x, top, n);
  } else {
    C sum = 0;
    for (std::int64_t i = 0; i < n; ++i) sum += out[i] = std::exp(x[i] - top);
    return sum;
  }
}
template <class C>
void scale_shift(C* y, const C* x, C scale, C shift, std::int64_t n) {
  if constexpr (std::is_same_v<C, float>) scale_shift_f32(y, x, scale, shift, n);
  else
    for (std::int64_t i = 0; i < n; ++i) y[i] = x[i] * scale + shift;
}
template <class C>
C join_max(C a, C b) {
  return std::isnan(a) ? a : std::isnan(b) ? b : std::max(a, b);
}

// One row of any stride. x is read three times, in blocks; a dense y of type C keeps the exponentials.
template <class C>
struct Row {
  Loader<C> load;
  Storer<C> store;
  bool in_is_c, out_is_c, log;

  void operator()(char* const* data, const std::int64_t* strides, std::int64_t n) const {
    alignas(64) C buffer[kBlock];
    constexpr auto size = static_cast<std::int64_t>(sizeof(C));
    const bool dense_in = in_is_c && strides[1] == size, dense_out = out_is_c && strides[0] == size;
    auto block = [&](std::int64_t i, std::int64_t m) -> const C* {
      if (dense_in) return reinterpret_cast<const C*>(data[1]) + i;
      load(buffer, data[1] + i * strides[1], strides[1], m);
      return buffer;
    };
    auto each = [&](auto f) {
      for (std::int64_t i = 0; i < n; i += kBlock) f(i, std::min(kBlock, n - i));
    };
    C* y = reinterpret_cast<C*>(data[0]);
    if constexpr (std::is_same_v<C, float>)
      if (dense_in && dense_out && !log && softmax_short_f32(y, reinterpret_cast<const float*>(data[1]), n)) return;
    C top = -std::numeric_limits<C>::infinity();
    each([&](std::int64_t i, std::int64_t m) { top = join_max(top, block_max(block(i, m), m)); });
    double sum = 0;
    const bool keep = dense_out && !log;
    each([&](std::int64_t i, std::int64_t m) {
      sum += static_cast<double>(exp_minus(keep ? y + i : buffer, block(i, m), top, m));
    });
    if (log) {
      const C shift = -static_cast<C>(std::log(sum));
      each([&](std::int64_t i, std::int64_t m) {
        const C* x = block(i, m);
        C* to = dense_out ? y + i : buffer;
        // In two steps, as top may be large against the logarithm.
        scale_shift(to, x, C(1), -top, m);
        scale_shift(to, static_cast<const C*>(to), C(1), shift, m);
        if (!dense_out) store(data[0] + i * strides[0], strides[0], buffer, m);
      });
    } else {
      const C scale = static_cast<C>(1 / sum);
      each([&](std::int64_t i, std::int64_t m) {
        if (keep) return scale_shift(y + i, static_cast<const C*>(y + i), scale, C(0), m);
        exp_minus(buffer, block(i, m), top, m);
        scale_shift(buffer, static_cast<const C*>(buffer), scale, C(0), m);
        store(data[0] + i * strides[0], strides[0], buffer, m);
      });
    }
  }
};

template <class C>
BlockFn<C> unary_fn(UnaryOp op) {
  if constexpr (std::is_same_v<C, float>) return unary_block_f32(op);
  else return unary_block_real<C>(op);
}
template <class C>
BlockFn<C> binary_fn(BinaryOp op) {
  if constexpr (std::is_same_v<C, float>) return binary_block_f32(op);
  else return binary_block_real<C>(op);
}

// Columns side by side: data points at the first of n columns, col strides in bytes; `length` steps of step[] bytes.
template <class C>
struct Columns {
  Loader<C> load;
  Storer<C> store;
  bool in_is_c, out_is_c, log;
  std::int64_t length, step[2];
  BlockFn<C> maximum = binary_fn<C>(BinaryOp::maximum), sub = binary_fn<C>(BinaryOp::sub),
             add = binary_fn<C>(BinaryOp::add), mul = binary_fn<C>(BinaryOp::mul), exp = unary_fn<C>(UnaryOp::exp),
             log_fn = unary_fn<C>(UnaryOp::log), reciprocal = unary_fn<C>(UnaryOp::reciprocal);
  BlockArgs args{{.a = 1, .i = 1}, 64, nullptr};

  static void apply(BlockFn<C> f, C* out, const C* x, const C* y, std::int64_t n, const BlockArgs& args) {
    const C* in[] = {x, y};
    f(out, in, n, args);
  }

  void operator()(char* const* data, const std::int64_t* strides, std::int64_t n) const {
    alignas(64) C buffer[kTile], top[kTile], sum[kTile];
    constexpr auto size = static_cast<std::int64_t>(sizeof(C));
    const bool dense_in = in_is_c && strides[1] == size, dense_out = out_is_c && strides[0] == size;
    for (std::int64_t i = 0; i < n; i += kTile) {
      const std::int64_t m = std::min(kTile, n - i);
      const char* from = data[1] + i * strides[1];
      char* to = data[0] + i * strides[0];
      auto row = [&](std::int64_t r) -> const C* {
        if (dense_in) return reinterpret_cast<const C*>(from + r * step[1]);
        load(buffer, from + r * step[1], strides[1], m);
        return buffer;
      };
      auto target = [&](std::int64_t r) { return dense_out ? reinterpret_cast<C*>(to + r * step[0]) : buffer; };
      auto finish = [&](std::int64_t r) {
        if (!dense_out) store(to + r * step[0], strides[0], buffer, m);
      };
      std::fill_n(top, m, -std::numeric_limits<C>::infinity());
      std::fill_n(sum, m, C(0));
      for (std::int64_t r = 0; r < length; ++r) apply(maximum, top, top, row(r), m, args);
      // A dense output of type C keeps the exponentials between the passes.
      const bool keep = dense_out && !log;
      for (std::int64_t r = 0; r < length; ++r) {
        C* e = keep ? target(r) : buffer;
        apply(sub, e, row(r), top, m, args);
        apply(exp, e, e, e, m, args);
        apply(add, sum, sum, e, m, args);
      }
      apply(log ? log_fn : reciprocal, sum, sum, sum, m, args);
      for (std::int64_t r = 0; r < length; ++r) {
        C* y = target(r);
        if (!keep) apply(sub, y, row(r), top, m, args);
        if (!keep && !log) apply(exp, y, y, y, m, args);
        apply(log ? sub : mul, y, y, sum, m, args);
        finish(r);
      }
    }
  }
};

template <class C>
void run(const Strided& s, int dim, bool log) {
  const auto load = loader<C>(s.kinds[1]);
  const auto store = storer<C>(s.kinds[0]);
  if (s.rank == 0 || s.sizes[dim] == 0) {
    if (s.rank == 0) for_each_row(s, 0, Row<C>{load, store, false, false, log});
    return;
  }
  // The other dimensions, with `dim` shrunk to 1.
  std::int64_t sizes[LoopNest::kMaxDims];
  Strided others = s;
  others.rank = std::min(s.rank, LoopNest::kMaxDims);
  std::copy_n(s.sizes, others.rank, sizes);
  sizes[dim] = 1;
  others.sizes = sizes;
  const LoopNest nest(others);
  const bool down_columns = nest.sizes[0] >= 8 && nest.strides[0][1] < s.strides[1][dim];
  if (!down_columns)
    return for_each_row(s, dim, Row<C>{load, store, s.kinds[1] == kind_of<C>(), s.kinds[0] == kind_of<C>(), log});
  Columns<C> columns{load, store, s.kinds[1] == kind_of<C>(), s.kinds[0] == kind_of<C>(), log, s.sizes[dim], {s.strides[0][dim], s.strides[1][dim]}};
  for_each_1d(others, std::max<std::int64_t>(1, kGrain / (4 * s.sizes[dim])), columns);
}

Outcome dispatch(const Strided& s, int dim, bool log) {
  if (!is_floating(s.kinds[0]) || !is_floating(s.kinds[1])) return Outcome::kUndefined;
  if (s.kinds[0] == ScalarKind::kDouble || s.kinds[1] == ScalarKind::kDouble) run<double>(s, dim, log);
  else run<float>(s, dim, log);
  return Outcome::kDone;
}

}  // namespace

Outcome softmax(const Strided& s, int dim) noexcept { return dispatch(s, dim, false); }
Outcome log_softmax(const Strided& s, int dim) noexcept { return dispatch(s, dim, true); }

}  // namespace fac::kernels
