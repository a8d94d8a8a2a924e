// The one inner loop of convolutions and matrix products, compiled once per CPU target and size (tile.cpp).
//
// A tile is P pixels (rows of a matrix) x OB vectors of output channels (columns), all sums in registers:
//
//   for each input block b, tap row i, tap column j, channel k of the block:
//     OB weight vectors are loaded, and each of the P input numbers x[b, i, j, pixel, k] is broadcast and multiplied.
//
// Weights lie in exactly this order (64-byte aligned), so they are read as one stream. k is contiguous in the input.
// Sizes: 14 x 2 sums use 28 of AVX-512's 32 registers, with 2 weights and 1 broadcast; 6 x 2 use 12 of AVX2's 16.
// Both keep the multiply-add units busy (>= 10 sums in flight) and load less than two vectors a cycle; measured on
// ResNet-34's 3x3 layers: 165 to 172 of 178 GFLOP/s (bench/kernels/conv_bench.cpp).
// Narrow pictures (up to 7 pixels) take two rows at once, else they would read the weights twice as often.
#pragma once

#include <cstdint>

namespace fac::kernels {

template <class T>
struct TileArgs {
  // Reduction: blocks x kh x kw x (kc channels, kc_last in the last block); distances in elements.
  std::int64_t blocks = 1, kh = 1, kw = 1, kc = 1, kc_last = 1;
  std::int64_t x_block = 0, x_kh = 0, x_kw = 0;
  std::int64_t x_pixel = 0;  // between pixels; read only by tiles of an arbitrary distance
  std::int64_t x_row = 0;    // between the two rows of a tile
  // Distance to what is read next, whose lines are fetched ahead: a block on where there is one tap (products
  // and 1x1 gain 8 %: their input is read once, in 64-byte pieces that no hardware prefetcher follows), else 0.
  std::int64_t x_ahead = 0;
  // Weights that a later tile will read: so many cache lines are fetched per tap and block (see FetchAhead). Weights of
  // deep layers come from memory, and the hardware's own fetching stops at every page: fetched early, they cost no time.
  const T* next_weights = nullptr;
  std::int64_t next_lines = 0;
  // Output: vector ob of pixel p of row r stands at y + r * y_row + p * y_pixel + ob * y_ob.
  std::int64_t y_row = 0, y_pixel = 0, y_ob = 0;
  std::int64_t r_row = 0, r_pixel = 0, r_ob = 0;  // the same for the residual
  bool accumulate = false;                        // starts from y's content: partial sums of earlier input channels
  bool clamp = false;
  T lo = 0, hi = 0;
};

// Hands out the fetching of `count` numbers at `next` (null: nothing to fetch) to `tiles` tiles, spread over all of them, so that the
// fetches do not stand in the way of what the tiles themselves read. Made once per row of tiles: it divides.
template <class T>
class FetchAhead {
 public:
  FetchAhead(TileArgs<T>& a, const T* next, std::int64_t count, std::int64_t tiles) : args_(a), next_(next) {
    a.next_weights = nullptr;
    const std::int64_t lines = (count + kLine - 1) / kLine, turns = a.blocks * a.kh * a.kw * tiles;
    if (turns <= 0 || next == nullptr) return;
    a.next_lines = (lines + turns - 1) / turns;
    step_ = a.next_lines * (turns / tiles);
    left_ = lines;
  }
  // Before each tile.
  void step() {
    args_.next_weights = left_ > 0 ? next_ : nullptr;
    if (left_ > 0) next_ += step_ * kLine;
    left_ -= step_;
  }

 private:
  static constexpr std::int64_t kLine = 64 / sizeof(T);
  TileArgs<T>& args_;
  const T* next_;
  std::int64_t step_ = 0, left_ = 0;
};

// x: pixel 0;  w: weights;  bias [OB * L]: null when absent;  residual, y: see TileArgs, residual may be null.
template <class T>
using TileFn = void (*)(const TileArgs<T>& a, const T* x, const T* w, const T* bias, const T* residual, T* y);

inline constexpr int kMostTilePixels = 14;  // of any target
int tile_pixels() noexcept;                 // most pixels of a tile row for the target in use: 14, 6 or 4
int tile_pixels_in_two_rows() noexcept;     // most for tiles of two rows; 0: there are none

// The tile of `vectors` (1, 2) by `rows` (1, 2) x `pixels` that lie `distance` input elements apart. Compiled distances
// serve one address register a row; for float: L, 2 L, 1, 2, for double: L, where L is the vector's length.
// Null: no such tile. For other distances of floats there are single rows of up to 4 pixels.
// Defined for float and double.
template <class T>
TileFn<T> find_tile(int vectors, int rows, int pixels, std::int64_t distance) noexcept;

// `total` pixels in as few tiles of at most `most` as there can be: the first `larger` have size + 1 pixels, the others size.
// Dividing once for all of them matters: a tile with few channels takes as long as some divisions.
struct TileCuts {
  std::int64_t count, size, larger;
  TileCuts(std::int64_t total, std::int64_t most)
      : count((total + most - 1) / most), size(count > 0 ? total / count : 0), larger(total - size * count) {}
  std::int64_t size_of(std::int64_t i) const { return size + (i < larger ? 1 : 0); }
  std::int64_t begin_of(std::int64_t i) const { return i * size + (i < larger ? i : larger); }
};

// The tiles of a row that is cut so.
template <class T>
struct TilePair {
  TileFn<T> smaller = nullptr, larger = nullptr;
  TilePair(const TileCuts& cuts, int vectors, int rows, std::int64_t distance) {
    if (cuts.size > 0) smaller = find_tile<T>(vectors, rows, static_cast<int>(cuts.size), distance);
    if (cuts.larger > 0) larger = find_tile<T>(vectors, rows, static_cast<int>(cuts.size) + 1, distance);
  }
  TileFn<T> of(const TileCuts& cuts, std::int64_t i) const { return i < cuts.larger ? larger : smaller; }
};

// Most pixels that a single-row tile of floats may have for this distance.
int widest_tile(std::int64_t distance) noexcept;

}  // namespace fac::kernels
