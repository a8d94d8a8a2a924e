#include "kernels/tile.h"

#include <array>
#include <cstdint>
#include <utility>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/tile.cpp"
#include "hwy/cache_control.h"
#include "kernels/targets.h"
#include "kernels/clamp-inl.h"

HWY_BEFORE_NAMESPACE();
namespace fac::kernels {
namespace HWY_NAMESPACE {
namespace {

#if HWY_TARGET == HWY_AVX3
constexpr int kPixels = kMostTilePixels, kTwoRows = 7;
#elif HWY_TARGET == HWY_SCALAR
constexpr int kPixels = 4, kTwoRows = 0;
#else
constexpr int kPixels = 6, kTwoRows = 0;
#endif
constexpr int kAnyDistance = 4;  // pixels of a tile with an arbitrary distance: each needs an address of its own

// One channel: OB weight vectors times R rows of Q numbers, px elements apart.
template <class T, int OB, int R, int Q, class D, class V>
HWY_INLINE void channel(D d, const T* HWY_RESTRICT x0, const T* HWY_RESTRICT x1, std::int64_t px, const T* HWY_RESTRICT w,
                        V (&acc)[OB][R * Q]) {
  constexpr int L = static_cast<int>(HWY_LANES(T));
  V weight[OB];
  FACULA_UNROLL(2)
  for (int o = 0; o < OB; ++o) weight[o] = hn::Load(d, w + o * L);
  FACULA_UNROLL(16)
  for (int p = 0; p < R * Q; ++p) {
    const V v = hn::Set(d, p < Q ? x0[p * px] : x1[(p - Q) * px]);
    FACULA_UNROLL(2)
    for (int o = 0; o < OB; ++o) acc[o][p] = hn::MulAdd(v, weight[o], acc[o][p]);
  }
}

// `count` channels one after the other; a whole block's loop has a constant length, which the branch predictor learns.
// Unrolling it gains nothing: its instructions come from the decoded-instruction cache, which unrolled ones crowd (3 % slower).
template <class T, int OB, int R, int Q, class D, class V>
HWY_INLINE void channels(D d, const T* HWY_RESTRICT x0, const T* HWY_RESTRICT x1, std::int64_t px, std::int64_t count,
                         const T* HWY_RESTRICT& w, V (&acc)[OB][R * Q]) {
  constexpr int L = static_cast<int>(HWY_LANES(T));
  if (count == L) {
    FACULA_UNROLL(1)
    for (int k = 0; k < L; ++k) channel<T, OB, R, Q>(d, x0 + k, x1 + k, px, w + k * OB * L, acc);
  } else {
    FACULA_UNROLL(1)
    for (std::int64_t k = 0; k < count; ++k) channel<T, OB, R, Q>(d, x0 + k, x1 + k, px, w + k * OB * L, acc);
  }
  w += count * OB * L;
}

// Fetches some lines and moves on.
template <class T>
HWY_INLINE void fetch(const T*& next, std::int64_t lines) {
  constexpr std::int64_t kLine = 64 / sizeof(T);
  for (std::int64_t k = 0; k < lines; ++k, next += kLine) __builtin_prefetch(next, 0, 2);  // into the second level
}

// OB vectors by R rows of Q pixels, PX elements apart (0: arbitrary).
template <class T, int OB, int R, int Q, int PX>
void tile(const TileArgs<T>& a, const T* HWY_RESTRICT x, const T* HWY_RESTRICT w, const T* HWY_RESTRICT bias,
          const T* residual, T* y) {
  const hn::ScalableTag<T> d;
  using V = hn::Vec<decltype(d)>;
  constexpr int L = static_cast<int>(HWY_LANES(T));
  constexpr int P = R * Q;
  const std::int64_t px = PX != 0 ? PX : a.x_pixel;
  V acc[OB][P];
  FACULA_UNROLL(2)
  for (int o = 0; o < OB; ++o) {
    const V start = bias != nullptr ? hn::LoadU(d, bias + o * L) : hn::Zero(d);
    FACULA_UNROLL(16)
    for (int p = 0; p < P; ++p) acc[o][p] = start;
  }
  // The loops around a block of channels must cost little: its 8 or 16 turns take only 50 or 220 cycles.
  const T* next = a.next_weights;
  const std::int64_t lines = next != nullptr ? a.next_lines : 0;
  const std::int64_t row = R == 2 ? a.x_row : 0;
  constexpr bool kProducts = R == 1 && PX == L;
  if (kProducts && a.kh * a.kw == 1) {
    const T* HWY_RESTRICT x0 = x;
    for (std::int64_t b = a.blocks; b > 0; --b) {
      if (a.x_ahead != 0 && b > 1) {
        // Every line once: pixels are half a line (AVX2) or a line (AVX-512) apart.
        constexpr int kStep = sizeof(T) * L < 64 ? 2 : 1;
        FACULA_UNROLL(16)
        for (int p = 0; p < Q; p += kStep) hwy::Prefetch(x0 + a.x_ahead + p * PX);
        if (kStep == 2 && Q % 2 == 0) hwy::Prefetch(x0 + a.x_ahead + (Q - 1) * PX);
      }
      fetch(next, lines);
      channels<T, OB, R, Q>(d, x0, x0, px, b > 1 ? a.kc : a.kc_last, w, acc);
      x0 += a.x_block;
    }
  } else {
    for (std::int64_t b = 0; b < a.blocks; ++b) {
      const std::int64_t kc = b + 1 == a.blocks ? a.kc_last : a.kc;
      const T* HWY_RESTRICT x_tap_row = x + b * a.x_block;
      for (std::int64_t i = a.kh; i > 0; --i, x_tap_row += a.x_kh) {
        const T* HWY_RESTRICT x0 = x_tap_row;
        for (std::int64_t j = a.kw; j > 0; --j, x0 += a.x_kw) {
          if constexpr (PX == L) fetch(next, lines);
          channels<T, OB, R, Q>(d, x0, x0 + row, px, kc, w, acc);
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

template <class T, int R, int PX, int... Q>
constexpr std::array<std::array<TileFn<T>, sizeof...(Q)>, 2> make_tiles(std::integer_sequence<int, Q...>) {
  return {{{{&tile<T, 1, R, Q + 1, PX>...}}, {{&tile<T, 2, R, Q + 1, PX>...}}}};
}

using Single = std::make_integer_sequence<int, kPixels>;

int limits_impl(bool two_rows) { return two_rows ? kTwoRows : kPixels; }

TileFn<float> find_f32(int vectors, int rows, int pixels, std::int64_t distance) {
  constexpr int L = HWY_LANES(float);
  static constexpr auto kOne = make_tiles<float, 1, L>(Single{});
  static constexpr auto kTwo = make_tiles<float, 1, 2 * L>(Single{});
  static constexpr auto kAny = make_tiles<float, 1, 0>(std::make_integer_sequence<int, kAnyDistance>{});
  const auto v = static_cast<std::size_t>(vectors - 1), p = static_cast<std::size_t>(pixels - 1);
  if constexpr (kTwoRows > 0) {
    using Narrow = std::make_integer_sequence<int, kTwoRows>;
    static constexpr auto kPairOne = make_tiles<float, 2, L>(Narrow{});
    static constexpr auto kPairTwo = make_tiles<float, 2, 2 * L>(Narrow{});
    if (rows == 2 && pixels <= kTwoRows)
      return distance == L ? kPairOne[v][p] : distance == 2 * L ? kPairTwo[v][p] : nullptr;
  }
  if (rows != 1) return nullptr;
  if (distance == L) return kOne[v][p];
  if (distance == 2 * L) return kTwo[v][p];
  if constexpr (L > 2) {  // first layers on plain pictures, stride 1 and 2
    static constexpr auto kPlainOne = make_tiles<float, 1, 1>(Single{});
    static constexpr auto kPlainTwo = make_tiles<float, 1, 2>(Single{});
    if (distance == 1) return kPlainOne[v][p];
    if (distance == 2) return kPlainTwo[v][p];
  }
  return pixels <= kAnyDistance ? kAny[v][p] : nullptr;
}

TileFn<double> find_f64(int vectors, int rows, int pixels, std::int64_t distance) {
  constexpr int L = HWY_LANES(double);
  static constexpr auto kOne = make_tiles<double, 1, L>(Single{});
  if (rows != 1 || distance != L) return nullptr;
  return kOne[static_cast<std::size_t>(vectors - 1)][static_cast<std::size_t>(pixels - 1)];
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace fac::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace fac::kernels {
namespace {
FACULA_EXPORT(limits_impl)
FACULA_EXPORT(find_f32)
FACULA_EXPORT(find_f64)
}  // namespace

int tile_pixels() noexcept { return FACULA_DISPATCH(limits_impl)(false); }
int tile_pixels_in_two_rows() noexcept { return FACULA_DISPATCH(limits_impl)(true); }

template <>
TileFn<float> find_tile(int vectors, int rows, int pixels, std::int64_t distance) noexcept {
  return FACULA_DISPATCH(find_f32)(vectors, rows, pixels, distance);
}
template <>
TileFn<double> find_tile(int vectors, int rows, int pixels, std::int64_t distance) noexcept {
  return FACULA_DISPATCH(find_f64)(vectors, rows, pixels, distance);
}

int widest_tile(std::int64_t distance) noexcept {
  return find_tile<float>(1, 1, tile_pixels(), distance) != nullptr ? tile_pixels() : 4;
}

}  // namespace fac::kernels
#endif
