// Between reduced.cpp, which packs and drives, and reduced_dot.cpp, which computes: the parts of reduced precision that
// are compiled for each CPU target.
//
// A panel is two vectors of output channels; its weights lie as [tap][word][channel], a word being one, two or four
// successive inputs of a channel (DotForm). Inputs lie as words of four bytes, which the tile broadcasts.
#pragma once

#include <cstdint>

#include "kernels/reduced.h"

namespace fac::kernels {

// R rows by one panel.
struct DotTile {
  std::int64_t x_row = 0;                // bytes between rows
  const std::int64_t* taps = nullptr;    // byte offsets of the taps
  std::int64_t tap_count = 1, words = 0;  // words of each tap
  // int8: of the rows; row r has scale[r * row_step], zero[r * row_step].
  const float* row_scale = nullptr;
  const std::int32_t* row_zero = nullptr;
  std::int64_t row_step = 1;
  const float* scale = nullptr;          // int8: of the panel's channels
  const std::int32_t* sums = nullptr;    // kInt8, kInt8Vnni: sums of the channels' weights
  const float* bias = nullptr;
  // Element (r, vector v) stands at y + r * y_row + v * y_vector; the residual, if any, at the same distances.
  std::int64_t y_row = 0, y_vector = 0;
  std::int64_t r_row = 0, r_vector = 0;
  int vectors = 2;                       // that are stored
  bool clamp = false;
  float lo = 0, hi = 0;
};
using DotTileFn = void (*)(const DotTile& t, const std::uint8_t* x, const std::uint8_t* w, const float* residual, float* y);

inline constexpr int kMostDotSizes = 3;  // kinds of tiles
struct DotKernels {
  int lanes = 0;                         // of float32
  int group = 0;                         // inputs in a word
  int weight_bytes = 0;                  // of a word of weights
  int sizes[kMostDotSizes] = {};         // rows of the tiles, descending to 1, then 0
  DotTileFn tiles[kMostDotSizes] = {};
  bool signed_inputs = false;            // kInt8Pairs: q - z as 16 bits, no correction by sums
};
// All zero: the target in use has no such form.
const DotKernels& dot_kernels(DotForm form) noexcept;

struct Range {
  float lo = 0, hi = 0;                  // with zero
  bool finite = true;
};
// Widens `range` by x.
void widen_range(const float* x, std::int64_t count, Range& range) noexcept;

struct Quantiser {
  float scale = 0, inverse = 0;          // scale is NaN where a number was not finite; everything becomes 0 then
  std::int32_t zero = 0;
  static Quantiser of(const Range& r) noexcept;
};
// `count` numbers into inputs of the form, `step` bytes for each piece of `piece` numbers (the last may be shorter).
//   int8: by q;  bf16: q is not used.
void reduce_inputs(DotForm form, const float* x, std::int64_t count, std::int64_t piece, const Quantiser& q,
                   std::uint8_t* out, std::int64_t step) noexcept;

}  // namespace fac::kernels
