// Which input indices one output cell of a pooling covers along one axis; shared by plain and blocked pooling.
#pragma once

#include <algorithm>
#include <cstdint>

#include "base/thread_pool.h"
#include "kernels/pool.h"

namespace fac::kernels {

enum class PoolKind { kMax, kAvg, kAdaptiveAvg, kAdaptiveMax };

struct PoolWindow {
  std::int64_t begin = 0, end = 0;  // within the input
  std::int64_t step = 1;
  std::int64_t padded = 0;  // size of the window clipped to the padded input
};

inline PoolWindow max_window(const Pool& p, int axis, std::int64_t i) {
  PoolWindow w;
  w.step = p.dilation[axis];
  w.begin = i * p.stride[axis] - p.pad[axis];
  w.end = std::min(w.begin + (p.kernel[axis] - 1) * w.step + 1, p.in[axis]);
  if (w.begin < 0) w.begin += (-w.begin + w.step - 1) / w.step * w.step;
  return w;
}

inline PoolWindow avg_window(const Pool& p, int axis, std::int64_t i) {
  PoolWindow w;
  w.begin = i * p.stride[axis] - p.pad[axis];
  w.end = std::min(w.begin + p.kernel[axis], p.in[axis] + p.pad[axis]);
  w.padded = w.end - w.begin;
  w.begin = std::max<std::int64_t>(w.begin, 0);
  w.end = std::min(w.end, p.in[axis]);
  return w;
}

inline std::int64_t avg_divisor(const Pool& p, const PoolWindow& a, const PoolWindow& b, const PoolWindow& c) {
  if (p.divisor_override != 0) return p.divisor_override;
  if (p.count_include_pad) return a.padded * b.padded * c.padded;
  return (a.end - a.begin) * (b.end - b.begin) * (c.end - c.begin);
}

inline PoolWindow adaptive_window(const Pool& p, int axis, std::int64_t i) {
  PoolWindow w;
  w.begin = i * p.in[axis] / p.out[axis];
  w.end = ((i + 1) * p.in[axis] + p.out[axis] - 1) / p.out[axis];
  w.padded = w.end - w.begin;
  return w;
}

}  // namespace fac::kernels
