// Reductions of dense float blocks to a number, on vectors, and what usually follows them.
#pragma once

#include <cstdint>

namespace fac::kernels {

float sum_f32(const float* x, std::int64_t n) noexcept;             // lanes, then halves: n should be a few thousand at most
float shifted_sum_f32(const float* x, float center, std::int64_t n) noexcept;     // of x - center
float sum_of_squares_f32(const float* x, float center, std::int64_t n) noexcept;  // of x - center
// out = e^(x - top); returns the sum of out, to be trusted as sum_f32. out may be x.
float exp_minus_f32(float* out, const float* x, float top, std::int64_t n) noexcept;
// y = softmax of a dense row, if it is a short one. False: it is not, nothing was done. y may be x.
bool softmax_short_f32(float* y, const float* x, std::int64_t n) noexcept;
// y = (x - center) * scale * weight + bias; weight and bias may be null. y may be x.
void normalize_f32(float* y, const float* x, float center, float scale, const float* weight, const float* bias,
                   std::int64_t n) noexcept;
// y = x * scale + shift with numbers. y may be x.
void scale_shift_f32(float* y, const float* x, float scale, float shift, std::int64_t n) noexcept;
// out[c] = sum of x[r * stride + c] over rows >= 1, in order of the rows.
void sum_rows_f32(float* out, const float* x, std::int64_t stride, std::int64_t rows, std::int64_t cols) noexcept;
float max_f32(const float* x, std::int64_t n) noexcept;             // n > 0; a NaN wins
float min_f32(const float* x, std::int64_t n) noexcept;
// The extreme and where it stands first.
struct Place {
  float value;
  std::int64_t index;
};
Place max_place_f32(const float* x, std::int64_t n) noexcept;
Place min_place_f32(const float* x, std::int64_t n) noexcept;

}  // namespace fac::kernels
