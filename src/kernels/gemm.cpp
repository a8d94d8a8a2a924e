// Packed matrix product. B is cut into panels of two vectors of columns, [panel][k][2 L]; A into blocks of L columns,
// [k / L][row][L], so that packing a row of A is a plain copy; the inner loop is the convolutions' (tile.h), with
// rows for pixels. Loops: rows > depth > columns > tiles; a block of A stays in the second-level
// cache while all panels pass, a panel's slice in the first while all tiles of the block pass.
// Longer than most files, as the packed and the in-place paths share one epilogue.
#include "kernels/gemm.h"

#include <algorithm>
#include <limits>
#include <type_traits>

#include "kernels/cpu.h"
#include "kernels/epilogue_row.h"
#include "kernels/parts.h"
#include "kernels/tile.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/gemm.cpp"
#include "kernels/targets.h"
#include "kernels/clamp-inl.h"
#include "kernels/gemm_pack-inl.h"

#ifndef FACULA_GEMM_SHARED_
#define FACULA_GEMM_SHARED_
namespace fac::kernels {
namespace {

// In elements. With a large second-level cache, A's block of float32 takes 458 KB and a packed block of B 512 KB; with a
// small one 221 and 256 KB, and a panel's slice half as much of the first level.
inline bool large_cache() { return level2_bytes() >= 1 << 20; }
inline std::int64_t block_rows() { return large_cache() ? 16 * 14 : 36 * 6; }
inline std::int64_t block_depth() { return large_cache() ? 512 : 256; }
constexpr std::int64_t kColumns = 256;
constexpr std::int64_t kWidestVector = 16;

// Few rows: packing B would cost more than the product.
inline bool reads_in_place(const Gemm& g) { return g.trans_b ? !g.trans_a && g.m <= 16 : g.m <= 3; }

// One part's scratch: A's block, then B's if B is not packed.
struct GemmScratch {
  std::int64_t a = 0, b = 0;  // elements
  GemmScratch(const Gemm& g, bool packed_b) {
    const std::int64_t depth = round_up(std::min(g.k, block_depth()), kWidestVector);
    a = round_up(std::min(g.m, block_rows()), 2) * depth;
    if (!packed_b && !reads_in_place(g)) b = depth * std::min(round_up(g.n, 2 * kWidestVector), kColumns);
  }
  std::int64_t total() const { return a + b; }
};

}  // namespace
}  // namespace fac::kernels
#endif

HWY_BEFORE_NAMESPACE();
namespace fac::kernels {
namespace HWY_NAMESPACE {
namespace {

template <class T>
void activate_any(T* x, std::int64_t count, Activation act, T a, T b) {
  if constexpr (std::is_same_v<T, float>) {
    activate(x, count, act, a, b);
  } else {
    for (std::int64_t i = 0; i < count; ++i) {
      if (act == Activation::kRelu) x[i] = x[i] < 0 ? 0 : x[i];
      if (act == Activation::kClamp) x[i] = x[i] < a ? a : x[i] > b ? b : x[i];
      if (act == Activation::kLeakyRelu) x[i] = x[i] < 0 ? a * x[i] : x[i];
    }
  }
}

// Fewer rows are bound by reading B anyhow.
constexpr std::int64_t kRowsToPrefetch = 8;
// Registers for 4 x 4 sums of dot products and 5 operands.
constexpr bool kFourRows = HWY_TARGET == HWY_AVX3;

template <class T>
struct GemmRun {
  static constexpr std::int64_t L = HWY_LANES(T);
  const Gemm& g;
  const GemmEpilogue<T>& e;
  const T* a;
  const T* b;  // plain or packed
  bool packed;
  T* c;

  bool clamps() const { return e.activation == Activation::kRelu || e.activation == Activation::kClamp; }
  bool residual_in_tile() const {
    return e.residual != nullptr && (!e.residual_after || e.activation == Activation::kNone);
  }

  // Rows of C that start from beta * C and the rows' bias.
  void prepare(std::int64_t i0, std::int64_t i1, std::int64_t j0, std::int64_t j1) const {
    for (std::int64_t i = i0; i < i1; ++i) {
      T* row = c + i * g.ldc;
      const T start = e.bias_per_row && e.bias != nullptr ? e.bias[i] : T(0);
      for (std::int64_t j = j0; j < j1; ++j) row[j] = e.beta != T(0) ? e.beta * row[j] + start : start;
    }
  }
  bool prepares() const { return e.beta != T(0) || (e.bias_per_row && e.bias != nullptr); }

  // What the inner loop left out, on rows i0 .. i1 and columns j0 .. j1.
  void finish(std::int64_t i0, std::int64_t i1, std::int64_t j0, std::int64_t j1) const {
    if (e.activation == Activation::kNone || (clamps() && !(e.residual != nullptr && !residual_in_tile()))) return;
    const std::int64_t width = j1 - j0;
    if (!clamps() && width <= 2 * L && i1 - i0 <= kMostTilePixels) {
      // A tile's rows are short: together they keep the activation's polynomials busy.
      alignas(64) T rows[kMostTilePixels * 2 * L];
      for (std::int64_t i = i0; i < i1; ++i) std::copy_n(c + i * g.ldc + j0, width, rows + (i - i0) * width);
      activate_any(rows, (i1 - i0) * width, e.activation, e.a, e.b);
      for (std::int64_t i = i0; i < i1; ++i) std::copy_n(rows + (i - i0) * width, width, c + i * g.ldc + j0);
    } else if (!clamps()) {
      for (std::int64_t i = i0; i < i1; ++i) activate_any(c + i * g.ldc + j0, width, e.activation, e.a, e.b);
    }
    if (e.residual != nullptr && !residual_in_tile())
      for (std::int64_t i = i0; i < i1; ++i)
        for (std::int64_t j = j0; j < j1; ++j) c[i * g.ldc + j] += e.residual[i * e.ldr + j];
  }

  // Tiles of one panel (columns j .. j + columns) for packed rows i0 .. i1, depths k0 .. k1.
  // next: the slice of the panel that follows, or null.
  void panel(const T* rows, const T* w, const T* next, std::int64_t i0, std::int64_t i1, std::int64_t j,
             std::int64_t columns, std::int64_t k0, std::int64_t k1) const {
    const int vectors = columns > L ? 2 : 1;
    const std::int64_t width = vectors * L;
    const bool first = k0 == 0, last = k1 == g.k;
    TileArgs<T> t;
    t.blocks = ceil_div(k1 - k0, L);
    t.kc = L;
    t.kc_last = k1 - k0 - (t.blocks - 1) * L;
    if (k1 == k0) t.blocks = 0;
    t.y_pixel = g.ldc;
    t.y_ob = t.r_ob = L;
    t.r_pixel = e.ldr;
    t.accumulate = !first || prepares();
    t.clamp = last && clamps();
    t.lo = e.activation == Activation::kRelu ? T(0) : e.a;
    t.hi = e.activation == Activation::kRelu ? std::numeric_limits<T>::infinity() : e.b;
    const T* residual = last && residual_in_tile() ? e.residual + j : nullptr;
    const bool partial = columns < width;
    alignas(64) T bias[2 * L];
    alignas(64) T corner[kMostTilePixels * 2 * L];
    alignas(64) T residual_corner[kMostTilePixels * 2 * L];
    if (partial && residual != nullptr) std::fill_n(residual_corner, kMostTilePixels * 2 * L, T(0));
    const T* start = nullptr;
    if (first && e.bias != nullptr && !e.bias_per_row) {
      for (std::int64_t q = 0; q < width; ++q) bias[q] = q < columns ? e.bias[j + q] : T(0);
      start = bias;
    }
    const TileCuts cuts(i1 - i0, tile_pixels());
    const TilePair<T> tiles(cuts, vectors, 1, L);
    FetchAhead<T> fetch(t, next, width * (k1 - k0), cuts.count);  // the next panel's slice
    for (std::int64_t piece = 0; piece < cuts.count; ++piece) {
      const std::int64_t p0 = i0 + cuts.begin_of(piece), p1 = p0 + cuts.size_of(piece);
      if (first && prepares()) prepare(p0, p1, j, j + columns);
      const TileFn<T> tile = tiles.of(cuts, piece);
      const T* x = rows + (p0 - i0) * round_up(k1 - k0, L);
      t.x_block = (p1 - p0) * L;
      fetch.step();
      T* out = c + p0 * g.ldc + j;
      if (!partial) {
        tile(t, x, w, start, residual != nullptr ? residual + p0 * e.ldr : nullptr, out);
      } else {
        TileArgs<T> u = t;
        u.y_pixel = u.r_pixel = width;
        for (std::int64_t p = p0; p < p1; ++p) {
          T* row = corner + (p - p0) * width;
          for (std::int64_t q = 0; q < width; ++q)
            row[q] = t.accumulate && q < columns ? out[(p - p0) * g.ldc + q] : T(0);
          if (residual != nullptr) std::copy_n(residual + p * e.ldr, columns, residual_corner + (p - p0) * width);
        }
        tile(u, x, w, start, residual != nullptr ? residual_corner : nullptr, corner);
        for (std::int64_t p = p0; p < p1; ++p) std::copy_n(corner + (p - p0) * width, columns, out + (p - p0) * g.ldc);
      }
      if (last) finish(p0, p1, j, j + columns);
    }
  }

  // One row by four whole panels: its eight sums hide the latency of an addition, which the tile of one row by one panel
  // waits for at each step. The same arithmetic in the same order.
  void one_row(const T* x, std::int64_t i, std::int64_t q) const {
    const hn::ScalableTag<T> d;
    hn::Vec<decltype(d)> s[8];
    const std::int64_t j = q * 2 * L, step = 2 * L * g.k;
    FACULA_UNROLL(8)
    for (int v = 0; v < 8; ++v) s[v] = e.bias != nullptr ? hn::LoadU(d, e.bias + j + v * L) : hn::Zero(d);
    const T* w = b + j * g.k;
    for (std::int64_t k = 0; k < g.k; ++k, w += 2 * L) {
      const auto xk = hn::Set(d, x[k]);
      FACULA_UNROLL(8)
      for (int v = 0; v < 8; ++v) s[v] = hn::MulAdd(xk, hn::LoadU(d, w + (v / 2) * step + (v % 2) * L), s[v]);
    }
    const bool relu = e.activation == Activation::kRelu;
    const auto lo = hn::Set(d, relu ? T(0) : e.a), hi = hn::Set(d, relu ? std::numeric_limits<T>::infinity() : e.b);
    T* out = c + i * g.ldc + j;
    FACULA_UNROLL(8)
    for (int v = 0; v < 8; ++v) {
      if (residual_in_tile()) s[v] = hn::Add(s[v], hn::LoadU(d, e.residual + i * e.ldr + j + v * L));
      if (clamps()) s[v] = clamp_keeping_nan(d, s[v], lo, hi);
      hn::StoreU(s[v], d, out + v * L);
    }
    finish(i, i + 1, j, j + 8 * L);
  }

  // Rows i0 .. i1 by panels q0 .. q1.
  void block(std::int64_t i0, std::int64_t i1, std::int64_t q0, std::int64_t q1, T* scratch_a, T* scratch_b) const {
    const std::int64_t slices = std::max<std::int64_t>(1, ceil_div(g.k, block_depth()));
    const std::int64_t step = round_up(ceil_div(g.k, slices), L);
    const std::int64_t panels_at_once = packed ? q1 - q0 : kColumns / (2 * L);
    for (std::int64_t k0 = 0; k0 == 0 || k0 < g.k; k0 += std::max<std::int64_t>(step, 1)) {
      const std::int64_t k1 = std::min(g.k, k0 + step);
      const TileCuts cuts(i1 - i0, tile_pixels());
      for (std::int64_t piece = 0; piece < cuts.count; ++piece) {
        const std::int64_t p0 = i0 + cuts.begin_of(piece), p1 = p0 + cuts.size_of(piece);
        pack_rows(a, g.lda, g.trans_a, e.alpha, p0, p1, k0, k1, scratch_a + (p0 - i0) * round_up(k1 - k0, L));
      }
      for (std::int64_t first = q0; first < q1; first += panels_at_once) {
        const std::int64_t end = std::min(q1, first + panels_at_once);
        if (!packed)
          pack_panels(b, g.ldb, g.trans_b, first * 2 * L, std::min(g.n, end * 2 * L), k0, k1, scratch_b);
        const bool whole_row = packed && i1 - i0 == 1 && k0 == 0 && k1 == g.k && !prepares();
        std::int64_t q = first;
        for (; whole_row && q + 4 <= end && (q + 4) * 2 * L <= g.n; q += 4) one_row(scratch_a, i0, q);
        for (; q < end; ++q) {
          const std::int64_t j = q * 2 * L, columns = std::min(2 * L, g.n - j);
          const std::int64_t width = columns > L ? 2 * L : L;
          const T* w = packed ? b + j * g.k + k0 * width : scratch_b + (q - first) * 2 * L * (k1 - k0);
          const bool fetches = packed && q + 1 < end && i1 - i0 >= kRowsToPrefetch;
          const T* next = fetches ? b + (j + 2 * L) * g.k + k0 * 2 * L : nullptr;
          panel(scratch_a, w, next, i0, i1, j, columns, k0, k1);
        }
      }
    }
  }

  // alpha * sum of one element with everything that the inner loop does for packed tiles.
  void put(std::int64_t i, std::int64_t j, T sum) const {
    T* out = c + i * g.ldc + j;
    T v = e.alpha * sum + (e.beta != T(0) ? e.beta * *out : T(0));
    if (e.bias != nullptr) v += e.bias[e.bias_per_row ? i : j];
    if (residual_in_tile()) v += e.residual[i * e.ldr + j];
    if (clamps()) activate_scalar(v);
    *out = v;
  }

  // Rows i .. i + R times columns j .. j + C of a transposed B: dot products along contiguous memory.
  template <int R, int C>
  void dots(std::int64_t i, std::int64_t j) const {
    const hn::ScalableTag<T> d;
    using V = hn::Vec<decltype(d)>;
    V sums[R][C];
    FACULA_UNROLL(4)
    for (int r = 0; r < R; ++r) {
      FACULA_UNROLL(4)
      for (int q = 0; q < C; ++q) sums[r][q] = hn::Zero(d);
    }
    const T* rows = a + i * g.lda;
    const T* columns = b + j * g.ldb;
    std::int64_t k = 0;
    for (; k + L <= g.k; k += L) {
      V row[R];
      FACULA_UNROLL(4)
      for (int r = 0; r < R; ++r) row[r] = hn::LoadU(d, rows + r * g.lda + k);
      FACULA_UNROLL(4)
      for (int q = 0; q < C; ++q) {
        const V column = hn::LoadU(d, columns + q * g.ldb + k);
        FACULA_UNROLL(4)
        for (int r = 0; r < R; ++r) sums[r][q] = hn::MulAdd(row[r], column, sums[r][q]);
      }
    }
    for (int r = 0; r < R; ++r)
      for (int q = 0; q < C; ++q) {
        T sum = hn::GetLane(hn::SumOfLanes(d, sums[r][q]));
        for (std::int64_t t = k; t < g.k; ++t) sum += rows[r * g.lda + t] * columns[q * g.ldb + t];
        put(i + r, j + q, sum);
      }
  }

  // Few rows by columns j0 .. j1, B (transposed, A not) read where it lies.
  void thin_transposed(std::int64_t j0, std::int64_t j1) const {
    std::int64_t j = j0;
    for (; j + 4 <= j1; j += 4) {
      std::int64_t i = 0;
      for (; kFourRows && i + 4 <= g.m; i += 4) dots<4, 4>(i, j);  // 24 registers
      for (; i + 2 <= g.m; i += 2) dots<2, 4>(i, j);
      if (i < g.m) dots<1, 4>(i, j);
    }
    for (; j < j1; ++j)
      for (std::int64_t i = 0; i < g.m; ++i) dots<1, 1>(i, j);
  }

  // The same, B not transposed: rows of B scaled and summed, four vectors of columns at once.
  void thin_straight(std::int64_t j0, std::int64_t j1) const {
    const hn::ScalableTag<T> d;
    using V = hn::Vec<decltype(d)>;
    const std::int64_t a_row = g.trans_a ? 1 : g.lda, a_col = g.trans_a ? g.lda : 1;
    for (std::int64_t i = 0; i < g.m; ++i) {
      const T* row = a + i * a_row;
      std::int64_t j = j0;
      for (; j + 4 * L <= j1; j += 4 * L) {
        V s0 = hn::Zero(d), s1 = hn::Zero(d), s2 = hn::Zero(d), s3 = hn::Zero(d);
        for (std::int64_t k = 0; k < g.k; ++k) {
          const V v = hn::Set(d, row[k * a_col]);
          const T* line = b + k * g.ldb + j;
          s0 = hn::MulAdd(v, hn::LoadU(d, line), s0);
          s1 = hn::MulAdd(v, hn::LoadU(d, line + L), s1);
          s2 = hn::MulAdd(v, hn::LoadU(d, line + 2 * L), s2);
          s3 = hn::MulAdd(v, hn::LoadU(d, line + 3 * L), s3);
        }
        alignas(64) T sums[4 * L];
        hn::Store(s0, d, sums);
        hn::Store(s1, d, sums + L);
        hn::Store(s2, d, sums + 2 * L);
        hn::Store(s3, d, sums + 3 * L);
        for (std::int64_t q = 0; q < 4 * L; ++q) put(i, j + q, sums[q]);
      }
      for (; j < j1; ++j) {
        T sum = 0;
        for (std::int64_t k = 0; k < g.k; ++k) sum += row[k * a_col] * b[k * g.ldb + j];
        put(i, j, sum);
      }
    }
  }
  void activate_scalar(T& v) const {
    const T lo = e.activation == Activation::kRelu ? T(0) : e.a;
    if (v < lo) v = lo;
    if (e.activation == Activation::kClamp && v > e.b) v = e.b;
  }

  void run(T* scratch, std::size_t scratch_bytes) const {
    // A matrix-vector product is bound by reading B: count four operations a number at least.
    const double flops = 2.0 * static_cast<double>(std::max<std::int64_t>(g.m, 4)) * static_cast<double>(g.n) *
                         static_cast<double>(g.k);
    if (!packed && reads_in_place(g)) {
      run_parts(ceil_div(g.n, 4 * L), flops, INT64_MAX, [&](std::int64_t, std::int64_t begin, std::int64_t end) {
        const std::int64_t j0 = begin * 4 * L, j1 = std::min(g.n, end * 4 * L);
        if (g.trans_b) thin_transposed(j0, j1);
        else thin_straight(j0, j1);
        finish(0, g.m, j0, j1);
      });
      return;
    }
    const GemmScratch s(g, packed);
    const std::int64_t panels = ceil_div(g.n, 2 * L), strips = ceil_div(g.m, block_rows());
    const std::int64_t most = parts_in(scratch_bytes, static_cast<std::size_t>(s.total()) * sizeof(T));
    run_parts(strips * panels, flops, most, [&](std::int64_t part, std::int64_t u, std::int64_t end) {
      T* mine = scratch + part * s.total();
      while (u < end) {
        const std::int64_t strip = u / panels, q0 = u % panels, q1 = std::min(panels, q0 + end - u);
        block(g.m * strip / strips, g.m * (strip + 1) / strips, q0, q1, mine, mine + s.a);
        u += q1 - q0;
      }
    });
  }
};

template <class T>
void gemm_impl(const Gemm& g, const T* a, const T* b, bool packed, const GemmEpilogue<T>& given, T* c, T* scratch,
               std::size_t scratch_bytes) {
  if (g.m <= 0 || g.n <= 0) return;
  GemmEpilogue<T> e = given;
  if (e.residual == c && !e.residual_after) {  // partial sums overwrite C: take it as the start instead
    e.beta += 1;
    e.residual = nullptr;
  }
  GemmRun<T>{g, e, a, b, packed, c}.run(scratch, scratch_bytes);
}
void gemm_f32(const Gemm& g, const float* a, const float* b, bool packed, const GemmEpilogue<float>& e, float* c,
              float* scratch, std::size_t bytes) {
  gemm_impl(g, a, b, packed, e, c, scratch, bytes);
}
void gemm_f64(const Gemm& g, const double* a, const double* b, bool packed, const GemmEpilogue<double>& e, double* c,
              double* scratch, std::size_t bytes) {
  gemm_impl(g, a, b, packed, e, c, scratch, bytes);
}
void pack_f32(std::int64_t n, std::int64_t k, const float* b, std::int64_t ldb, bool trans_b, float* packed) {
  constexpr std::int64_t width = 2 * HWY_LANES(float);
  parallel_for(ceil_div(n, width), 8, [&](std::int64_t begin, std::int64_t end) {
    pack_panels(b, ldb, trans_b, begin * width, std::min(n, end * width), 0, k, packed + begin * width * k);
  });
}
void pack_f64(std::int64_t n, std::int64_t k, const double* b, std::int64_t ldb, bool trans_b, double* packed) {
  pack_panels(b, ldb, trans_b, 0, n, 0, k, packed);
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace fac::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace fac::kernels {
namespace {

FACULA_EXPORT(gemm_f32)
FACULA_EXPORT(gemm_f64)
FACULA_EXPORT(pack_f32)
FACULA_EXPORT(pack_f64)

template <class T>
auto run_function() {
  if constexpr (std::is_same_v<T, float>) return FACULA_DISPATCH(gemm_f32);
  else return FACULA_DISPATCH(gemm_f64);
}

}  // namespace

template <class T>
std::size_t gemm_packed_b_bytes(std::int64_t n, std::int64_t k) noexcept {
  return static_cast<std::size_t>(round_up(n, 2 * kWidestVector) * k) * sizeof(T);
}

template <class T>
void gemm_pack_b(std::int64_t n, std::int64_t k, const T* b, std::int64_t ldb, bool trans_b, T* packed) noexcept {
  if constexpr (std::is_same_v<T, float>) FACULA_DISPATCH(pack_f32)(n, k, b, ldb, trans_b, packed);
  else FACULA_DISPATCH(pack_f64)(n, k, b, ldb, trans_b, packed);
}

template <class T>
std::size_t gemm_scratch_bytes(const Gemm& g, bool packed_b, int threads) noexcept {
  return static_cast<std::size_t>(GemmScratch(g, packed_b).total() * threads_or_default(threads)) * sizeof(T);
}

template <class T>
void gemm_run(const Gemm& g, const T* a, const T* b, const GemmEpilogue<T>& epilogue, T* c, void* scratch,
              std::size_t scratch_bytes) noexcept {
  run_function<T>()(g, a, b, false, epilogue, c, static_cast<T*>(scratch), scratch_bytes);
}

template <class T>
void gemm_run_packed(const Gemm& g, const T* a, const T* packed_b, const GemmEpilogue<T>& epilogue, T* c,
                     void* scratch, std::size_t scratch_bytes) noexcept {
  run_function<T>()(g, a, packed_b, true, epilogue, c, static_cast<T*>(scratch), scratch_bytes);
}

template <class T>
std::size_t gemm_batch_scratch_bytes(const Gemm& g, const GemmBatch&, int threads) noexcept {
  return gemm_scratch_bytes<T>(g, false, threads);
}

template <class T>
void gemm_run_batch(const Gemm& g, const GemmBatch& batch, const T* a, const T* b, const GemmEpilogue<T>& epilogue,
                    T* c, void* scratch, std::size_t scratch_bytes) noexcept {
  const auto run = run_function<T>();
  const auto one = [&](std::int64_t i, T* slice, std::size_t bytes) {
    GemmEpilogue<T> e = epilogue;
    if (e.residual != nullptr) e.residual += i * batch.stride_c;
    run(g, a + i * batch.stride_a, b + i * batch.stride_b, false, e, c + i * batch.stride_c, slice, bytes);
  };
  T* const base = static_cast<T*>(scratch);
  if (batch.count < thread_count()) {  // few products: threads share each
    for (std::int64_t i = 0; i < batch.count; ++i) one(i, base, scratch_bytes);
    return;
  }
  const std::int64_t slice = GemmScratch(g, false).total();
  const auto slice_bytes = static_cast<std::size_t>(slice) * sizeof(T);
  const double flops = 2.0 * static_cast<double>(batch.count * g.m * g.n) * static_cast<double>(g.k);
  run_parts(batch.count, flops, parts_in(scratch_bytes, slice_bytes),
            [&](std::int64_t part, std::int64_t begin, std::int64_t end) {
              for (std::int64_t i = begin; i < end; ++i) one(i, base + part * slice, slice_bytes);
            });
}

#define FACULA_GEMM_INSTANCES(T)                                                                                   \
  template std::size_t gemm_packed_b_bytes<T>(std::int64_t, std::int64_t) noexcept;                                \
  template void gemm_pack_b<T>(std::int64_t, std::int64_t, const T*, std::int64_t, bool, T*) noexcept;             \
  template std::size_t gemm_scratch_bytes<T>(const Gemm&, bool, int) noexcept;                                     \
  template void gemm_run<T>(const Gemm&, const T*, const T*, const GemmEpilogue<T>&, T*, void*, std::size_t) noexcept; \
  template void gemm_run_packed<T>(const Gemm&, const T*, const T*, const GemmEpilogue<T>&, T*, void*,             \
                                   std::size_t) noexcept;                                                          \
  template std::size_t gemm_batch_scratch_bytes<T>(const Gemm&, const GemmBatch&, int) noexcept;                   \
  template void gemm_run_batch<T>(const Gemm&, const GemmBatch&, const T*, const T*, const GemmEpilogue<T>&, T*,   \
                                  void*, std::size_t) noexcept;
FACULA_GEMM_INSTANCES(float)
FACULA_GEMM_INSTANCES(double)
#undef FACULA_GEMM_INSTANCES

}  // namespace fac::kernels
#endif
