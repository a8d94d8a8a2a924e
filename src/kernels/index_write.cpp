// Writes through indices. Several indices may name one element, so these run on one thread, in order.
#include <algorithm>
#include <limits>

#include "base/checked.h"
#include "kernels/element_io.h"
#include "kernels/index.h"

namespace fac::kernels {
namespace {

constexpr std::int64_t kSerial = std::numeric_limits<std::int64_t>::max();

std::int64_t index_at(const char* p) { return *reinterpret_cast<const std::int64_t*>(p); }
std::int64_t from_end(std::int64_t i, std::int64_t size) { return i < 0 ? i + size : i; }

template <class T>
T add(T a, T b) {
  if constexpr (std::is_same_v<T, bool>) return a || b;
  else if constexpr (is_half_type<T>) return T(static_cast<float>(a) + static_cast<float>(b));
  else if constexpr (std::is_same_v<T, ComplexHalf>) return convert_element<T>(convert_element<std::complex<float>>(a) + convert_element<std::complex<float>>(b));
  else if constexpr (std::is_integral_v<T>) return static_cast<T>(wrap_add(static_cast<std::int64_t>(a), static_cast<std::int64_t>(b)));
  else return a + b;
}
template <class T>
T multiply(T a, T b) {
  if constexpr (std::is_same_v<T, bool>) return a && b;
  else if constexpr (is_half_type<T>) return T(static_cast<float>(a) * static_cast<float>(b));
  else if constexpr (std::is_integral_v<T>) return static_cast<T>(wrap_mul(static_cast<std::int64_t>(a), static_cast<std::int64_t>(b)));
  else return a * b;
}
// A NaN wins.
template <bool kMax, class T>
T extreme(T a, T b) {
  if constexpr (is_half_type<T>) return T(extreme<kMax>(static_cast<float>(a), static_cast<float>(b)));
  else {
    if (a != a) return a;
    if (b != b) return b;
    return kMax ? std::max(a, b) : std::min(a, b);
  }
}

template <class T>
Outcome combine(ScatterOp op, T& to, T x) {
  switch (op) {
    case ScatterOp::kSet: to = x; return Outcome::kDone;
    case ScatterOp::kAdd:
    case ScatterOp::kMean: to = add(to, x); return Outcome::kDone;
    case ScatterOp::kMul:
      if constexpr (!std::is_same_v<T, ComplexHalf>) {
        to = multiply(to, x);
        return Outcome::kDone;
      }
      break;
    case ScatterOp::kMax:
    case ScatterOp::kMin:
      if constexpr (!is_complex_type<T>) {
        to = op == ScatterOp::kMax ? extreme<true>(to, x) : extreme<false>(to, x);
        return Outcome::kDone;
      }
      break;
  }
  return Outcome::kUndefined;
}

}  // namespace

Outcome scatter(ScatterOp op, const Strided& s, std::int64_t out_dim_stride, std::int64_t dim_size) noexcept {
  return visit_kind(s.kinds[0], [&](auto tag) {
    using T = typename decltype(tag)::type;
    Outcome result = Outcome::kDone;
    for_each_1d(s, kSerial, [&](char* const* data, const std::int64_t* strides, std::int64_t n) {
      for (std::int64_t i = 0; i < n; ++i) {
        const std::int64_t at = from_end(index_at(data[1] + i * strides[1]), dim_size);
        T& to = *reinterpret_cast<T*>(data[0] + i * strides[0] + at * out_dim_stride);
        result = combine<T>(op, to, *reinterpret_cast<const T*>(data[2] + i * strides[2]));
      }
    });
    return result;
  });
}

Outcome index_put(const Strided& s, const IndexedDims& dims, bool accumulate) noexcept {
  return visit_kind(s.kinds[0], [&](auto tag) {
    using T = typename decltype(tag)::type;
    for_each_1d(s, kSerial, [&](char* const* data, const std::int64_t* strides, std::int64_t n) {
      for (std::int64_t i = 0; i < n; ++i) {
        std::int64_t offset = 0;
        for (int k = 0; k < dims.count; ++k)
          offset += from_end(index_at(data[2 + k] + i * strides[2 + k]), dims.sizes[k]) * dims.strides[k];
        T& to = *reinterpret_cast<T*>(data[0] + i * strides[0] + offset);
        const T x = *reinterpret_cast<const T*>(data[1] + i * strides[1]);
        to = accumulate ? add(to, x) : x;
      }
    });
    return Outcome::kDone;
  });
}

Outcome index_add(void* out, ScalarKind kind, std::int64_t row, const std::int64_t* index, std::int64_t count,
                  const void* source, double alpha) noexcept {
  return visit_kind(kind, [&](auto tag) {
    using T = typename decltype(tag)::type;
    if constexpr (std::is_same_v<T, ComplexHalf>) {
      return Outcome::kUndefined;
    } else {
      const T scale = convert_element<T>(alpha);
      for (std::int64_t i = 0; i < count; ++i) {
        T* to = static_cast<T*>(out) + index[i] * row;
        const T* from = static_cast<const T*>(source) + i * row;
        for (std::int64_t k = 0; k < row; ++k) to[k] = add(to[k], alpha == 1 ? from[k] : multiply(scale, from[k]));
      }
      return Outcome::kDone;
    }
  });
}

}  // namespace fac::kernels
