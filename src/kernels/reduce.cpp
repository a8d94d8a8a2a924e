// Every reduction is a map of the elements followed by one of four folds (sum, product, maximum, minimum) and a last
// step on the result. Float blocks fold on vectors in float, and blocks are joined in double.
#include "kernels/reduce.h"

#include <cmath>
#include <limits>

#include "base/checked.h"
#include "base/thread_pool.h"
#include "kernels/element_io.h"
#include "kernels/pointwise_blocks.h"
#include "kernels/reduce_blocks.h"
#include "kernels/reduce_plan.h"

namespace fac::kernels {
namespace {

constexpr std::int64_t kBlock = 1024;
// A long reduction to few outputs is cut in at most this many parts, by its length alone, so that the result does not
// depend on the number of threads.
constexpr std::int64_t kMaxParts = 256;
constexpr double kInf = std::numeric_limits<double>::infinity();

enum class Fold { kSum, kProd, kMax, kMin };
enum class Map { kNone, kZeroNan, kTruth, kAbs, kSquare, kPower, kExpMinus };

// What partial results are held in.
template <class C>
struct StateOf {
  using type = double;
};
template <>
struct StateOf<std::int64_t> {
  using type = std::int64_t;
};
template <>
struct StateOf<std::complex<double>> {
  using type = std::complex<double>;
};

template <class S>
S identity(Fold fold) {
  if (fold == Fold::kProd) return S(1);
  if constexpr (std::is_same_v<S, double>) {
    if (fold == Fold::kMax) return -kInf;
    if (fold == Fold::kMin) return kInf;
  }
  if constexpr (std::is_same_v<S, std::int64_t>) {
    if (fold == Fold::kMax) return INT64_MIN;
    if (fold == Fold::kMin) return INT64_MAX;
  }
  return S(0);
}

template <class S>
S join(Fold fold, S a, S b) {
  if constexpr (std::is_same_v<S, std::int64_t>) {
    switch (fold) {
      case Fold::kSum: return wrap_add(a, b);
      case Fold::kProd: return wrap_mul(a, b);
      case Fold::kMax: return std::max(a, b);
      case Fold::kMin: return std::min(a, b);
    }
  } else {
    if (fold == Fold::kSum) return a + b;
    if (fold == Fold::kProd) return a * b;
    if constexpr (std::is_same_v<S, double>) {
      if (std::isnan(a)) return a;
      if (std::isnan(b)) return b;
      return fold == Fold::kMax ? std::max(a, b) : std::min(a, b);
    }
  }
  return a;
}

// A pairwise sum: the error grows with the logarithm of n.
template <class S, class C>
S pairwise(const C* x, std::int64_t n) {
  if (n > 64) return pairwise<S>(x, n / 2) + pairwise<S>(x + n / 2, n - n / 2);
  S sum = 0;
  for (std::int64_t i = 0; i < n; ++i) sum += static_cast<S>(x[i]);
  return sum;
}

template <class C>
typename StateOf<C>::type fold_block(Fold fold, const C* x, std::int64_t n) {
  using S = typename StateOf<C>::type;
  if constexpr (std::is_same_v<C, float>) {
    if (fold == Fold::kSum) return sum_f32(x, n);
    if (fold == Fold::kMax) return max_f32(x, n);
    if (fold == Fold::kMin) return min_f32(x, n);
  } else if constexpr (!std::is_same_v<C, std::int64_t>) {
    if (fold == Fold::kSum) return pairwise<S>(x, n);
  }
  S acc = identity<S>(fold);
  for (std::int64_t i = 0; i < n; ++i) acc = join<S>(fold, acc, static_cast<S>(x[i]));
  return acc;
}

template <class C>
struct Reduction {
  using S = typename StateOf<C>::type;

  const Strided& s;
  const ReducePlan& plan;
  Fold fold;
  Map map = Map::kNone;
  double power = 0;  // kPower
  Loader<C> load;
  bool dense_kind;  // memory holds C

  void apply(C* to, const C* from, std::int64_t n, const S* center, std::int64_t center_step) const {
    for (std::int64_t i = 0; i < n; ++i) {
      const C x = from[i];
      if (map == Map::kTruth) {
        to[i] = x != C(0) ? C(1) : C(0);
      } else if constexpr (std::is_same_v<C, std::complex<double>>) {
        if (map == Map::kZeroNan) to[i] = std::isnan(x.real()) || std::isnan(x.imag()) ? C(0) : x;
        else if (map == Map::kAbs) to[i] = std::abs(x);
        else if (map == Map::kSquare) to[i] = std::norm(x);
        else if (map == Map::kPower) to[i] = std::pow(std::abs(x), power);
      } else if constexpr (std::is_same_v<C, std::int64_t>) {
        if (map == Map::kAbs) to[i] = x < 0 ? wrap_sub(0, x) : x;
        else if (map == Map::kSquare) to[i] = wrap_mul(x, x);
        else to[i] = x;
      } else {
        if (map == Map::kZeroNan) to[i] = std::isnan(x) ? C(0) : x;
        else if (map == Map::kAbs) to[i] = std::fabs(x);
        else if (map == Map::kSquare) to[i] = x * x;
        else if (map == Map::kPower) to[i] = static_cast<C>(std::pow(std::fabs(x), static_cast<C>(power)));
        else if (map == Map::kExpMinus) to[i] = std::exp(x - static_cast<C>(center[i * center_step]));
      }
    }
  }

  // One output: folds the reduced indices [begin, end) of the input that starts at `base`.
  S horizontal(const char* base, std::int64_t begin, std::int64_t end, const S* center) const {
    struct Context {
      const Reduction* self;
      const S* center;
      S acc;
    } context{this, center, identity<S>(fold)};
    char* from = const_cast<char*>(base);
    run_rows_at(
        plan.reduced, &from, begin, end,
        [](void* c, char* const* data, const std::int64_t* strides, std::int64_t n) {
          auto& context = *static_cast<Context*>(c);
          const Reduction& self = *context.self;
          alignas(64) C buffer[kBlock];
          for (std::int64_t i = 0; i < n; i += kBlock) {
            const std::int64_t m = std::min(kBlock, n - i);
            const C* block = buffer;
            if (self.dense_kind && strides[0] == sizeof(C)) block = reinterpret_cast<const C*>(data[0]) + i;
            else self.load(buffer, data[0] + i * strides[0], strides[0], m);
            if (self.map != Map::kNone) {
              self.apply(buffer, block, m, context.center, 0);
              block = buffer;
            }
            context.acc = join<S>(self.fold, context.acc, fold_block<C>(self.fold, block, m));
          }
        },
        &context);
    return context.acc;
  }

  // The row of `cols` mapped elements at `from`; `buffer` holds it unless memory does already.
  const C* fetch_row(const char* from, std::int64_t col_stride, std::int64_t cols, const S* center, C* buffer) const {
    const C* row = buffer;
    if (dense_kind && col_stride == sizeof(C)) row = reinterpret_cast<const C*>(from);
    else load(buffer, from, col_stride, cols);
    if (map == Map::kNone) return row;
    apply(buffer, row, cols, center, 1);
    return buffer;
  }

  // `cols` outputs side by side, input elements col_stride bytes apart.
  void vertical(const char* base, std::int64_t col_stride, std::int64_t cols, const S* center, S* acc) const {
    struct Context {
      const Reduction* self;
      std::int64_t col_stride, cols;
      const S* center;
      S* acc;
    } context{this, col_stride, cols, center, acc};
    std::fill_n(acc, cols, identity<S>(fold));
    char* first = const_cast<char*>(base);
    run_rows_at(
        plan.reduced, &first, 0, plan.reduced.numel,
        [](void* c, char* const* data, const std::int64_t* strides, std::int64_t n) {
          const auto& context = *static_cast<Context*>(c);
          const Reduction& self = *context.self;
          alignas(64) C buffer[kReduceTile];
          if constexpr (std::is_same_v<C, float>)
            if (self.fold != Fold::kProd) return self.fold_rows(data[0], strides[0], n, context.col_stride, context.cols, context.center, context.acc);
          for (std::int64_t i = 0; i < n; ++i) {
            const C* row = self.fetch_row(data[0] + i * strides[0], context.col_stride, context.cols, context.center, buffer);
            S* acc = context.acc;
            if (self.fold == Fold::kSum && !std::is_same_v<S, std::int64_t>) {
              for (std::int64_t k = 0; k < context.cols; ++k) acc[k] += static_cast<S>(row[k]);
            } else {
              for (std::int64_t k = 0; k < context.cols; ++k) acc[k] = join<S>(self.fold, acc[k], static_cast<S>(row[k]));
            }
          }
        },
        &context);
  }

  // float rows: a few are folded on vectors before they join the state in double.
  void fold_rows(const char* from, std::int64_t row_stride, std::int64_t n, std::int64_t col_stride, std::int64_t cols,
                 const S* center, S* acc) const
    requires std::is_same_v<C, float>
  {
    constexpr std::int64_t kRows = 16;
    const BlockFn<float> combine = binary_block_f32(fold == Fold::kSum   ? BinaryOp::add
                                                    : fold == Fold::kMax ? BinaryOp::maximum
                                                                         : BinaryOp::minimum);
    const BlockArgs args{{.a = 1, .i = 1}, 64, nullptr};
    alignas(64) float buffer[kReduceTile], part[kReduceTile];
    const bool direct = fold == Fold::kSum && map == Map::kNone && dense_kind && col_stride == sizeof(float);
    for (std::int64_t i = 0; i < n; i += kRows) {
      const std::int64_t rows = std::min(kRows, n - i);
      if (direct) sum_rows_f32(part, reinterpret_cast<const float*>(from + i * row_stride), row_stride / static_cast<std::int64_t>(sizeof(float)), rows, cols);
      else std::copy_n(fetch_row(from + i * row_stride, col_stride, cols, center, buffer), cols, part);
      for (std::int64_t r = i + 1; !direct && r < i + rows; ++r) {
        const float* in[] = {part, fetch_row(from + r * row_stride, col_stride, cols, center, buffer)};
        combine(part, in, cols, args);
      }
      // A NaN in the state stays; a NaN in `part` compares false and so replaces a number.
      if (fold == Fold::kSum) {
        for (std::int64_t k = 0; k < cols; ++k) acc[k] += static_cast<double>(part[k]);
      } else if (fold == Fold::kMax) {
        for (std::int64_t k = 0; k < cols; ++k) {
          const double x = static_cast<double>(part[k]), top = acc[k] > x ? acc[k] : x;
          acc[k] = acc[k] != acc[k] ? acc[k] : top;
        }
      } else {
        for (std::int64_t k = 0; k < cols; ++k) {
          const double x = static_cast<double>(part[k]), low = acc[k] < x ? acc[k] : x;
          acc[k] = acc[k] != acc[k] ? acc[k] : low;
        }
      }
    }
  }

  // A long fold to one output, in parts.
  S in_parts(const char* base, const S* center) const {
    const std::int64_t n = plan.reduced.numel;
    const std::int64_t part = std::max(kGrain, (n + kMaxParts - 1) / kMaxParts);
    const std::int64_t parts = (n + part - 1) / part;
    if (parts <= 1) return horizontal(base, 0, n, center);
    S results[kMaxParts];
    parallel_for(parts, 1, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t k = begin; k < end; ++k)
        results[k] = horizontal(base, k * part, std::min(n, (k + 1) * part), center);
    });
    S acc = results[0];
    for (std::int64_t k = 1; k < parts; ++k) acc = join<S>(fold, acc, results[k]);
    return acc;
  }
};

// The last step on a folded value.
struct Finish {
  double divide = 1;  // mean
  double root = 0;    // x^(1/root)
  bool truth = false;
};

template <class S>
S finish(const Finish& f, S x) {
  if (f.truth) return x != S(0) ? S(1) : S(0);
  if constexpr (!std::is_same_v<S, std::int64_t>) {
    if (f.divide != 1) x /= f.divide;
    if (f.root == 2) x = std::sqrt(x);
    else if (f.root != 0 && f.root != 1) x = std::pow(x, 1 / f.root);
  }
  return x;
}

template <class C>
void run(const Strided& s, DimMask mask, Fold fold, Map map, double power, const Finish& last, bool log_sum) {
  using S = typename StateOf<C>::type;
  const ReducePlan plan(s, mask);
  const ScalarKind in_kind = s.kinds[s.operands - 1];
  const Reduction<C> r{s, plan, fold, map, power, loader<C>(in_kind), in_kind == kind_of<C>()};
  Reduction<C> top = r;  // of logsumexp: the maximum, then the sum of exp(x - maximum)
  top.fold = Fold::kMax;
  top.map = Map::kNone;
  const auto store = storer<S>(s.kinds[0]);
  // Where all elements are -inf (or one is inf) the maximum itself is the result; 0 avoids inf - inf.
  auto finite_top = [](S m) {
    if constexpr (std::is_same_v<S, double>) return std::isinf(m) ? 0.0 : m;
    else return m;
  };
  auto log_of = [](S sum, S m) {
    if constexpr (std::is_same_v<S, double>) return std::log(sum) + m;
    else return sum;
  };

  if (plan.kept.numel < 16 && plan.reduced.numel >= 2 * kGrain) {
    auto each = [&](char* const* data, const std::int64_t* strides, std::int64_t n) {
      for (std::int64_t i = 0; i < n; ++i) {
        const char* base = data[0] + i * strides[0];
        const S m = log_sum ? finite_top(top.in_parts(base, nullptr)) : S(0);
        S x = r.in_parts(base, &m);
        x = log_sum ? log_of(x, m) : finish(last, x);
        store(data[1] + i * strides[1], static_cast<std::int64_t>(sizeof(S)), &x, 1);
      }
    };
    return rows_of(plan.kept, 0, plan.kept.numel, each);
  }

  auto row = [&](char* const* data, const std::int64_t* strides, std::int64_t n) {
    S acc[kReduceTile], center[kReduceTile];
    for (std::int64_t i = 0; i < n; i += kReduceTile) {
      const std::int64_t m = std::min(kReduceTile, n - i);
      const char* base = data[0] + i * strides[0];
      if (plan.vertical) {
        if (log_sum) {
          top.vertical(base, strides[0], m, nullptr, center);
          for (std::int64_t k = 0; k < m; ++k) center[k] = finite_top(center[k]);
        }
        r.vertical(base, strides[0], m, center, acc);
      } else {
        for (std::int64_t k = 0; k < m; ++k) {
          const char* at = base + k * strides[0];
          if (log_sum) center[k] = finite_top(top.horizontal(at, 0, plan.reduced.numel, nullptr));
          acc[k] = r.horizontal(at, 0, plan.reduced.numel, center + k);
        }
      }
      for (std::int64_t k = 0; k < m; ++k) acc[k] = log_sum ? log_of(acc[k], center[k]) : finish(last, acc[k]);
      store(data[1] + i * strides[1], strides[1], acc, m);
    }
  };
  for_each_kept(plan, row);
}

std::int64_t reduced_count(const Strided& s, DimMask mask) {
  std::int64_t n = 1;
  for (int d = 0; d < s.rank; ++d)
    if (mask >> d & 1) n *= s.sizes[d];
  return n;
}

}  // namespace

Outcome reduce(ReduceOp op, ScalarKind compute, const Strided& s, DimMask mask, double a) noexcept {
  Fold fold = Fold::kSum;
  Map map = Map::kNone;
  Finish last;
  const bool integral = is_integral(compute), complex = is_complex(compute);
  switch (op) {
    case ReduceOp::kSum: break;
    case ReduceOp::kNansum: map = integral ? Map::kNone : Map::kZeroNan; break;
    case ReduceOp::kMean:
      if (integral) return Outcome::kUndefined;
      last.divide = static_cast<double>(reduced_count(s, mask));
      break;
    case ReduceOp::kProd: fold = Fold::kProd; break;
    case ReduceOp::kAmax:
    case ReduceOp::kAmin:
      if (complex) return Outcome::kUndefined;
      fold = op == ReduceOp::kAmax ? Fold::kMax : Fold::kMin;
      break;
    case ReduceOp::kAny:
    case ReduceOp::kAll:
      // Sums and products of truth values: fold types that complex numbers have, too.
      fold = op == ReduceOp::kAny ? Fold::kSum : Fold::kProd;
      map = Map::kTruth;
      last.truth = true;
      break;
    case ReduceOp::kCountNonzero: map = Map::kTruth; break;
    case ReduceOp::kSumSquares: map = Map::kSquare; break;
    case ReduceOp::kNorm:
      if (integral) return Outcome::kUndefined;
      map = a == 0 ? Map::kTruth : a == 2 ? Map::kSquare : a == 1 || std::isinf(a) ? Map::kAbs : Map::kPower;
      if (std::isinf(a)) fold = a > 0 ? Fold::kMax : Fold::kMin;
      else if (a != 0) last.root = a;
      // A maximum of complex numbers' absolute values: a real reduction cannot read them, so let the caller take abs.
      if (std::isinf(a) && complex) return Outcome::kUndefined;
      if (std::isinf(a) && a > 0 && reduced_count(s, mask) == 0) fold = Fold::kSum;  // 0
      break;
    case ReduceOp::kVar:
    case ReduceOp::kStd: return var_mean(compute, s, mask, a, op == ReduceOp::kStd);
    case ReduceOp::kLogsumexp:
      if (integral || complex) return Outcome::kUndefined;
      map = Map::kExpMinus;
      break;
  }
  const bool log_sum = op == ReduceOp::kLogsumexp;
  if (complex) run<std::complex<double>>(s, mask, fold, map, a, last, log_sum);
  else if (integral) run<std::int64_t>(s, mask, fold, map, a, last, log_sum);
  else if (compute == ScalarKind::kDouble) run<double>(s, mask, fold, map, a, last, log_sum);
  else run<float>(s, mask, fold, map, a, last, log_sum);
  return Outcome::kDone;
}

}  // namespace fac::kernels
