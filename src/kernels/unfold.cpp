// im2col and col2im.
#include <algorithm>
#include <cstring>

#include "base/checked.h"
#include "base/thread_pool.h"
#include "kernels/element_io.h"
#include "kernels/loop_nest.h"
#include "kernels/upsample.h"

namespace fac::kernels {
namespace {

// f(column row, input offset or -1, output index) in the order of `columns` for one plane.
template <class F>
void for_each_element(const Blocks& b, F&& f) {
  std::int64_t at = 0;
  for (std::int64_t i = 0; i < b.kernel[0]; ++i)
    for (std::int64_t j = 0; j < b.kernel[1]; ++j)
      for (std::int64_t oy = 0; oy < b.oh; ++oy) {
        const std::int64_t y = oy * b.stride[0] - b.padding[0] + i * b.dilation[0];
        for (std::int64_t ox = 0; ox < b.ow; ++ox, ++at) {
          const std::int64_t x = ox * b.stride[1] - b.padding[1] + j * b.dilation[1];
          f(at, y >= 0 && y < b.h && x >= 0 && x < b.w ? y * b.w + x : -1);
        }
      }
}

template <class T>
T sum(T a, T b) {
  if constexpr (std::is_same_v<T, bool>) return a || b;
  else if constexpr (is_half_type<T>) return T(static_cast<float>(a) + static_cast<float>(b));
  else if constexpr (std::is_integral_v<T>) return static_cast<T>(wrap_add(static_cast<std::int64_t>(a), static_cast<std::int64_t>(b)));
  else return a + b;
}

std::int64_t column_elements(const Blocks& b) { return b.kernel[0] * b.kernel[1] * b.oh * b.ow; }
std::int64_t plane_grain(const Blocks& b) {
  return std::max<std::int64_t>(1, kGrain / 2 / std::max<std::int64_t>(1, column_elements(b)));
}

}  // namespace

void im2col(const Blocks& b, const void* x, void* columns) noexcept {
  visit_size(element_size(b.kind), [&](auto tag) {
    using T = typename decltype(tag)::type;
    parallel_for(b.planes, plane_grain(b), [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t p = begin; p < end; ++p) {
        const T* from = static_cast<const T*>(x) + p * b.h * b.w;
        T* to = static_cast<T*>(columns) + p * column_elements(b);
        for_each_element(b, [&](std::int64_t at, std::int64_t offset) { to[at] = offset < 0 ? T{} : from[offset]; });
      }
    });
  });
}

Outcome col2im(const Blocks& b, const void* columns, void* x) noexcept {
  return visit_kind(b.kind, [&](auto tag) {
    using T = typename decltype(tag)::type;
    if constexpr (std::is_same_v<T, ComplexHalf>) {
      return Outcome::kUndefined;
    } else {
      parallel_for(b.planes, plane_grain(b), [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t p = begin; p < end; ++p) {
          T* to = static_cast<T*>(x) + p * b.h * b.w;
          const T* from = static_cast<const T*>(columns) + p * column_elements(b);
          std::memset(static_cast<void*>(to), 0, static_cast<std::size_t>(b.h * b.w) * sizeof(T));
          for_each_element(b, [&](std::int64_t at, std::int64_t offset) {
            if (offset >= 0) to[offset] = sum(to[offset], from[at]);
          });
        }
      });
      return Outcome::kDone;
    }
  });
}

}  // namespace fac::kernels
