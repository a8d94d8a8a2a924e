// The one inner loop of convolutions and matrix products, compiled per CPU target.
//
// A tile is P pixels (rows of a matrix) x OB vectors of output channels (columns), all sums in registers:
//
//   for each input block b, tap row i, tap column j, channel k of the block:
//     OB weight vectors are loaded, and each of the P input numbers x[b, i, j, pixel, k] is broadcast and multiplied.
//
// Weights lie in exactly this order, so they are read as one stream. Input numbers lie `PX` elements apart from pixel
// to pixel (a constant, so that one address register serves a row); k is contiguous.
// Sizes: 14 x 2 sums use 28 of AVX-512's 32 registers, with 2 weights and 1 broadcast; 6 x 2 use 12 of AVX2's 16.
// Both keep the multiply-add units busy (>= 10 sums in flight) and load less than two vectors a cycle.
// Narrow pictures (Q <= 7) take two rows at once (R = 2), else they would read the weights twice as often.

#if defined(FACULA_TILE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef FACULA_TILE_INL_H_
#undef FACULA_TILE_INL_H_
#else
#define FACULA_TILE_INL_H_
#endif

#include <array>
#include <cstdint>
#include <utility>

#include "hwy/cache_control.h"
#include "kernels/targets.h"

HWY_BEFORE_NAMESPACE();
namespace fac::kernels {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;
namespace {

#if HWY_TARGET == HWY_AVX3
inline constexpr int kTileQ = 14;     // most pixels of one tile row
inline constexpr int kTileTwoRows = 7;  // up to this many pixels a tile may have two rows
#elif HWY_TARGET == HWY_SCALAR
inline constexpr int kTileQ = 4;
inline constexpr int kTileTwoRows = 0;
#else
inline constexpr int kTileQ = 6;
inline constexpr int kTileTwoRows = 0;
#endif

template <class T>
inline constexpr int kVec = static_cast<int>(HWY_LANES(T));

template <class T>
struct TileArgs {
  // Reduction: blocks x kh x kw x (kc channels, kc_last in the last block); distances in elements.
  std::int64_t blocks = 1, kh = 1, kw = 1, kc = 1, kc_last = 1;
  std::int64_t x_block = 0, x_kh = 0, x_kw = 0;
  std::int64_t x_pixel = 0;  // read only where PX = 0
  std::int64_t x_row = 0;    // between the two rows of a tile
  // Distance to what is read next, whose lines are fetched meanwhile: a block on where there is one tap (matrix products
  // and 1x1 gain 10 %: their input is read once and by 64-byte pieces, which no hardware prefetcher follows), else 0.
  std::int64_t x_ahead = 0;
  // Output: vector ob of pixel p of row r stands at y + r * y_row + p * y_pixel + ob * y_ob.
  std::int64_t y_row = 0, y_pixel = 0, y_ob = 0;
  std::int64_t r_row = 0, r_pixel = 0, r_ob = 0;  // the same for the residual
  bool accumulate = false;                        // starts from y's content: partial sums of earlier input channels
  bool clamp = false;
  T lo = 0, hi = 0;
};

// max(lo, min(hi, x)) that lets NaN through. x86's instructions return the second operand if one is NaN; Highway's
// scalar target returns the number.
template <class D, class V = hn::Vec<D>>
HWY_INLINE V clamp_keeping_nan(D, V x, V lo, V hi) {
#if HWY_TARGET == HWY_SCALAR
  return hn::IfThenElse(hn::Lt(x, lo), lo, hn::IfThenElse(hn::Gt(x, hi), hi, x));
#else
  return hn::Min(hi, hn::Max(lo, x));
#endif
}

// bias, residual: null when absent (or when this is not the last part of the sum).
template <class T, int OB, int R, int Q, int PX>
void tile(const TileArgs<T>& a, const T* HWY_RESTRICT x, const T* HWY_RESTRICT w, const T* HWY_RESTRICT bias,
          const T* residual, T* y) {
  const hn::ScalableTag<T> d;
  using V = hn::Vec<decltype(d)>;
  constexpr int L = kVec<T>;
  constexpr int P = R * Q;
  const std::int64_t px = PX != 0 ? PX : a.x_pixel;
  V acc[OB][P];
  FACULA_UNROLL(2)
  for (int o = 0; o < OB; ++o) {
    const V start = bias != nullptr ? hn::LoadU(d, bias + o * L) : hn::Zero(d);
    FACULA_UNROLL(16)
    for (int p = 0; p < P; ++p) acc[o][p] = start;
  }
  for (std::int64_t b = 0; b < a.blocks; ++b) {
    const std::int64_t kc = b + 1 == a.blocks ? a.kc_last : a.kc;
    for (std::int64_t i = 0; i < a.kh; ++i) {
      for (std::int64_t j = 0; j < a.kw; ++j) {
        const T* HWY_RESTRICT x0 = x + b * a.x_block + i * a.x_kh + j * a.x_kw;
        const T* HWY_RESTRICT x1 = R == 2 ? x0 + a.x_row : x0;
        const T* ahead = x0 + (b + 1 < a.blocks ? a.x_ahead : 0);
        for (std::int64_t k = 0; k < kc; ++k) {
          if constexpr (PX == L) {
            hwy::Prefetch(ahead);
            ahead += PX;
          }
          V weight[OB];
          FACULA_UNROLL(2)
          for (int o = 0; o < OB; ++o) weight[o] = hn::Load(d, w + o * L);
          FACULA_UNROLL(16)
          for (int p = 0; p < P; ++p) {
            const V v = hn::Set(d, p < Q ? x0[p * px] : x1[(p - Q) * px]);
            FACULA_UNROLL(2)
            for (int o = 0; o < OB; ++o) acc[o][p] = hn::MulAdd(v, weight[o], acc[o][p]);
          }
          w += OB * L;
          ++x0;
          ++x1;
        }
      }
    }
  }
  if (a.accumulate) {
    FACULA_UNROLL(2)
    for (int o = 0; o < OB; ++o) {
      FACULA_UNROLL(16)
      for (int p = 0; p < P; ++p)
        acc[o][p] = hn::Add(acc[o][p], hn::LoadU(d, y + (p / Q) * a.y_row + (p % Q) * a.y_pixel + o * a.y_ob));
    }
  }
  if (residual != nullptr) {
    FACULA_UNROLL(2)
    for (int o = 0; o < OB; ++o) {
      FACULA_UNROLL(16)
      for (int p = 0; p < P; ++p)
        acc[o][p] = hn::Add(acc[o][p], hn::LoadU(d, residual + (p / Q) * a.r_row + (p % Q) * a.r_pixel + o * a.r_ob));
    }
  }
  if (a.clamp) {
    const V lo = hn::Set(d, a.lo), hi = hn::Set(d, a.hi);
    FACULA_UNROLL(2)
    for (int o = 0; o < OB; ++o) {
      FACULA_UNROLL(16)
      for (int p = 0; p < P; ++p) acc[o][p] = clamp_keeping_nan(d, acc[o][p], lo, hi);
    }
  }
  FACULA_UNROLL(2)
  for (int o = 0; o < OB; ++o) {
    FACULA_UNROLL(16)
    for (int p = 0; p < P; ++p) hn::StoreU(acc[o][p], d, y + (p / Q) * a.y_row + (p % Q) * a.y_pixel + o * a.y_ob);
  }
}

template <class T>
using TileFn = void (*)(const TileArgs<T>&, const T*, const T*, const T*, const T*, T*);

template <class T, int R, int PX, int... Q>
constexpr std::array<std::array<TileFn<T>, sizeof...(Q)>, 2> make_tiles(std::integer_sequence<int, Q...>) {
  return {{{{&tile<T, 1, R, Q + 1, PX>...}}, {{&tile<T, 2, R, Q + 1, PX>...}}}};
}

// The tile of `ob` vectors (1, 2) by rows x q pixels that lie `pixel` elements apart: kTileQ >= q; rows = 2 needs
// q <= kTileTwoRows and a compiled distance. Null: no such tile (use one row; or fewer pixels when the distance is odd).
inline constexpr int kTileAnyPixel = 4;  // q of tiles with an arbitrary distance: each pixel needs its own address

template <class T>
TileFn<T> find_tile(int ob, int rows, int q, std::int64_t pixel) {
  constexpr int L = kVec<T>;
  using Wide = std::make_integer_sequence<int, kTileQ>;
  static constexpr auto kOne = make_tiles<T, 1, L>(Wide{});
  static constexpr auto kTwo = make_tiles<T, 1, 2 * L>(Wide{});
  static constexpr auto kAny = make_tiles<T, 1, 0>(std::make_integer_sequence<int, kTileAnyPixel>{});
  const auto o = static_cast<std::size_t>(ob - 1), i = static_cast<std::size_t>(q - 1);
  if constexpr (kTileTwoRows > 0) {
    if (rows == 2) {
      using Narrow = std::make_integer_sequence<int, kTileTwoRows>;
      static constexpr auto kOneRows = make_tiles<T, 2, L>(Narrow{});
      static constexpr auto kTwoRows = make_tiles<T, 2, 2 * L>(Narrow{});
      if (q > kTileTwoRows) return nullptr;
      return pixel == L ? kOneRows[o][i] : pixel == 2 * L ? kTwoRows[o][i] : nullptr;
    }
  }
  if (rows != 1) return nullptr;
  if (pixel == L) return kOne[o][i];
  if (pixel == 2 * L) return kTwo[o][i];
  if constexpr (L > 2 && sizeof(T) == 4) {  // first layers on plain pictures, stride 1 and 2
    static constexpr auto kPlainOne = make_tiles<T, 1, 1>(Wide{});
    static constexpr auto kPlainTwo = make_tiles<T, 1, 2>(Wide{});
    if (pixel == 1) return kPlainOne[o][i];
    if (pixel == 2) return kPlainTwo[o][i];
  }
  return q <= kTileAnyPixel ? kAny[o][i] : nullptr;
}

// Most pixels a tile may have for this distance.
template <class T>
int widest_tile(std::int64_t pixel) {
  return find_tile<T>(1, 1, kTileQ, pixel) != nullptr ? kTileQ : kTileAnyPixel;
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace fac::kernels
HWY_AFTER_NAMESPACE();

#endif  // per-target include guard
