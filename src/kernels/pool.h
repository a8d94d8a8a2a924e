// Pooling over up to 3 spatial dimensions.
//   Plain layout: x [planes, in...], y [planes, out...], planes = N * C; float, double (max also std::int64_t).
//   Blocked layout (layout.h), 2-d, float32: the same with planes = N * ceil(C / block) and pixels of `block` channels.
//   Unused dimensions stand first with size 1. ceil_mode shows only in `out`: windows are clipped to the padded input.
//   Max: padding never wins; NaN wins (the last one met, as in PyTorch); argmax is the index into the plane's in...
//   Average: divides by divisor_override, else by the window's size clipped to the padded (count_include_pad) or to the
//   real input, as PyTorch does. Sums in the element type (float: float; PyTorch does the same).
#pragma once

#include <cstdint>

namespace fac::kernels {

struct Pool {
  std::int64_t planes = 1;
  std::int64_t in[3] = {1, 1, 1}, out[3] = {1, 1, 1}, kernel[3] = {1, 1, 1};
  std::int64_t stride[3] = {1, 1, 1}, pad[3] = {0, 0, 0}, dilation[3] = {1, 1, 1};  // dilation: max only
  bool count_include_pad = true;
  std::int64_t divisor_override = 0;  // 0: none
};

// argmax [planes, out...] or null.
template <class T>
void max_pool(const Pool& p, const T* x, T* y, std::int64_t* argmax) noexcept;
template <class T>
void avg_pool(const Pool& p, const T* x, T* y) noexcept;

// Cell i of an axis covers floor(i * in / out) .. ceil((i + 1) * in / out); kernel, stride, pad, dilation unused.
template <class T>
void adaptive_avg_pool(const Pool& p, const T* x, T* y) noexcept;
template <class T>
void adaptive_max_pool(const Pool& p, const T* x, T* y, std::int64_t* argmax) noexcept;

// Mean of each plane of `size` numbers (planes [count, size] -> y [count]).
void global_avg_pool(const float* x, float* y, std::int64_t count, std::int64_t size) noexcept;

// Blocked forms: p.planes = N * ceil(C / block), dimension 0 unused (size 1). Pads stay zero.
void max_pool_blocked(const Pool& p, const float* x, float* y) noexcept;
void avg_pool_blocked(const Pool& p, const float* x, float* y) noexcept;
void adaptive_avg_pool_blocked(const Pool& p, const float* x, float* y) noexcept;
void adaptive_max_pool_blocked(const Pool& p, const float* x, float* y) noexcept;
// x blocked [n, c, hw] -> y [n, padded c]: a blocked picture of one pixel.
void global_avg_pool_blocked(const float* x, float* y, std::int64_t n, std::int64_t c, std::int64_t hw) noexcept;

}  // namespace fac::kernels
