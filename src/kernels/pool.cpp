// Pooling on plain layout: scalar loops over clipped windows (networks in a hurry pool in the blocked layout).
#include "kernels/pool.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <type_traits>

#include "kernels/pool_window.h"

namespace fac::kernels {
namespace {

template <class T>
bool wins(T value, T best) {
  if constexpr (std::is_floating_point_v<T>) return value > best || std::isnan(value);
  else return value > best;
}

template <class T>
constexpr T kLowest =
    std::is_floating_point_v<T> ? -std::numeric_limits<T>::infinity() : std::numeric_limits<T>::lowest();

std::int64_t size(const std::int64_t (&dims)[3]) { return dims[0] * dims[1] * dims[2]; }

// Planes that are worth a thread of their own.
std::int64_t plane_grain(std::int64_t work) {
  return std::max<std::int64_t>(1, 32768 / std::max<std::int64_t>(1, work));
}

template <class T, class Window>
void max_impl(const Pool& p, const T* x, T* y, std::int64_t* argmax, std::int64_t work, Window window) {
  const std::int64_t in = size(p.in), out = size(p.out);
  parallel_for(p.planes, plane_grain(work), [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t plane = begin; plane < end; ++plane) {
      const T* source = x + plane * in;
      std::int64_t o = plane * out;
      for (std::int64_t i = 0; i < p.out[0]; ++i) {
        const PoolWindow w0 = window(0, i);
        for (std::int64_t j = 0; j < p.out[1]; ++j) {
          const PoolWindow w1 = window(1, j);
          for (std::int64_t k = 0; k < p.out[2]; ++k, ++o) {
            const PoolWindow w2 = window(2, k);
            T best = kLowest<T>;
            std::int64_t at = (w0.begin * p.in[1] + w1.begin) * p.in[2] + w2.begin;
            for (std::int64_t a = w0.begin; a < w0.end; a += w0.step)
              for (std::int64_t b = w1.begin; b < w1.end; b += w1.step)
                for (std::int64_t c = w2.begin; c < w2.end; c += w2.step) {
                  const std::int64_t index = (a * p.in[1] + b) * p.in[2] + c;
                  if (!wins(source[index], best)) continue;
                  best = source[index];
                  at = index;
                }
            y[o] = best;
            if (argmax != nullptr) argmax[o] = at;
          }
        }
      }
    }
  });
}

template <class T, class Window, class Divisor>
void avg_impl(const Pool& p, const T* x, T* y, std::int64_t work, Window window, Divisor divisor) {
  const std::int64_t in = size(p.in), out = size(p.out);
  parallel_for(p.planes, plane_grain(work), [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t plane = begin; plane < end; ++plane) {
      const T* source = x + plane * in;
      T* target = y + plane * out;
      for (std::int64_t i = 0; i < p.out[0]; ++i) {
        const PoolWindow w0 = window(0, i);
        for (std::int64_t j = 0; j < p.out[1]; ++j) {
          const PoolWindow w1 = window(1, j);
          for (std::int64_t k = 0; k < p.out[2]; ++k) {
            const PoolWindow w2 = window(2, k);
            T sum = 0;
            for (std::int64_t a = w0.begin; a < w0.end; ++a)
              for (std::int64_t b = w1.begin; b < w1.end; ++b)
                for (std::int64_t c = w2.begin; c < w2.end; ++c) sum += source[(a * p.in[1] + b) * p.in[2] + c];
            *target++ = sum / static_cast<T>(divisor(w0, w1, w2));
          }
        }
      }
    }
  });
}

}  // namespace

template <class T>
void max_pool(const Pool& p, const T* x, T* y, std::int64_t* argmax) noexcept {
  max_impl(p, x, y, argmax, size(p.out) * size(p.kernel),
           [&p](int axis, std::int64_t i) { return max_window(p, axis, i); });
}

template <class T>
void avg_pool(const Pool& p, const T* x, T* y) noexcept {
  avg_impl(p, x, y, size(p.out) * size(p.kernel), [&p](int axis, std::int64_t i) { return avg_window(p, axis, i); },
           [&p](const PoolWindow& a, const PoolWindow& b, const PoolWindow& c) { return avg_divisor(p, a, b, c); });
}

template <class T>
void adaptive_avg_pool(const Pool& p, const T* x, T* y) noexcept {
  avg_impl(p, x, y, size(p.in), [&p](int axis, std::int64_t i) { return adaptive_window(p, axis, i); },
           [](const PoolWindow& a, const PoolWindow& b, const PoolWindow& c) {
             return (a.end - a.begin) * (b.end - b.begin) * (c.end - c.begin);
           });
}

template <class T>
void adaptive_max_pool(const Pool& p, const T* x, T* y, std::int64_t* argmax) noexcept {
  max_impl(p, x, y, argmax, size(p.in), [&p](int axis, std::int64_t i) { return adaptive_window(p, axis, i); });
}

#define FACULA_POOL_MAX(T)                                                                \
  template void max_pool<T>(const Pool&, const T*, T*, std::int64_t*) noexcept;           \
  template void adaptive_max_pool<T>(const Pool&, const T*, T*, std::int64_t*) noexcept;
#define FACULA_POOL_AVG(T)                                                                \
  template void avg_pool<T>(const Pool&, const T*, T*) noexcept;                          \
  template void adaptive_avg_pool<T>(const Pool&, const T*, T*) noexcept;
FACULA_POOL_MAX(float)
FACULA_POOL_MAX(double)
FACULA_POOL_MAX(std::int64_t)
FACULA_POOL_AVG(float)
FACULA_POOL_AVG(double)
template void avg_pool<std::int64_t>(const Pool&, const std::int64_t*, std::int64_t*) noexcept;
#undef FACULA_POOL_MAX
#undef FACULA_POOL_AVG

}  // namespace fac::kernels
