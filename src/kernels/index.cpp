#include "kernels/index.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <type_traits>

#include "base/thread_pool.h"

namespace fac::kernels {
namespace {

// For work whose order matters: never split over threads.
constexpr std::int64_t kSerial = std::numeric_limits<std::int64_t>::max();

std::int64_t index_at(const char* p) { return *reinterpret_cast<const std::int64_t*>(p); }
std::int64_t from_end(std::int64_t i, std::int64_t size) { return i < 0 ? i + size : i; }

// Byte offset that the index operands (from operand 2 on) give for element i of a row.
struct Offsets {
  const IndexedDims& dims;
  std::int64_t operator()(char* const* data, const std::int64_t* strides, std::int64_t i) const {
    std::int64_t offset = 0;
    for (int k = 0; k < dims.count; ++k)
      offset += from_end(index_at(data[2 + k] + i * strides[2 + k]), dims.sizes[k]) * dims.strides[k];
    return offset;
  }
};

// copy(to, from) moves one piece of inner_bytes.
template <class Index, class Copy>
void select_pieces(char* to, const char* from, const Index* index, std::int64_t count, std::int64_t outer, std::int64_t dim_size,
                   std::int64_t inner_bytes, Copy copy) {
  parallel_for(outer * count, std::max<std::int64_t>(1, kGrain * 4 / std::max<std::int64_t>(16, inner_bytes)),
               [&](std::int64_t begin, std::int64_t end) {
                 std::int64_t row = begin / count, i = begin % count;
                 for (std::int64_t k = begin; k < end; ++row, i = 0) {
                   const char* base = from + row * dim_size * inner_bytes;
                   for (; i < count && k < end; ++i, ++k)
                     copy(to + k * inner_bytes, base + from_end(static_cast<std::int64_t>(index[i]), dim_size) * inner_bytes);
                 }
               });
}
template <class Index>
void select_by(void* out, const void* self, const void* index, std::int64_t count, std::int64_t outer, std::int64_t dim_size,
               std::int64_t inner_bytes) {
  auto* to = static_cast<char*>(out);
  const auto* from = static_cast<const char*>(self);
  const auto* at = static_cast<const Index*>(index);
  const auto pieces = [&](auto copy) { select_pieces(to, from, at, count, outer, dim_size, inner_bytes, copy); };
  const auto fixed = [&](auto bytes) { pieces([](char* t, const char* f) { std::memcpy(t, f, decltype(bytes)::value); }); };
  switch (inner_bytes) {
    case 1: return fixed(std::integral_constant<std::size_t, 1>());
    case 2: return fixed(std::integral_constant<std::size_t, 2>());
    case 4: return fixed(std::integral_constant<std::size_t, 4>());
    case 8: return fixed(std::integral_constant<std::size_t, 8>());
    default: return pieces([size = static_cast<std::size_t>(inner_bytes)](char* t, const char* f) { std::memcpy(t, f, size); });
  }
}

}  // namespace

void index_range(const Strided& s, std::int64_t* lo, std::int64_t* hi) noexcept {
  *lo = 0;
  *hi = -1;
  if (s.numel() == 0) return;
  std::int64_t low = INT64_MAX, high = INT64_MIN;
  visit_kind(s.kinds[0], [&](auto tag) {
    using T = typename decltype(tag)::type;
    if constexpr (std::is_integral_v<T>) {
      for_each_1d(s, kSerial, [&](char* const* data, const std::int64_t* strides, std::int64_t n) {
        for (std::int64_t i = 0; i < n; ++i) {
          const auto x = static_cast<std::int64_t>(*reinterpret_cast<const T*>(data[0] + i * strides[0]));
          low = std::min(low, x);
          high = std::max(high, x);
        }
      });
    }
  });
  *lo = low;
  *hi = high;
}

void gather(const Strided& s, std::int64_t self_dim_stride, std::int64_t dim_size) noexcept {
  visit_size(element_size(s.kinds[0]), [&](auto tag) {
    using T = typename decltype(tag)::type;
    for_each_1d(s, kGrain / 4, [&](char* const* data, const std::int64_t* strides, std::int64_t n) {
      for (std::int64_t i = 0; i < n; ++i) {
        const std::int64_t at = from_end(index_at(data[1] + i * strides[1]), dim_size);
        *reinterpret_cast<T*>(data[0] + i * strides[0]) =
            *reinterpret_cast<const T*>(data[2] + i * strides[2] + at * self_dim_stride);
      }
    });
  });
}

void index_get(const Strided& s, const IndexedDims& dims) noexcept {
  const Offsets offset{dims};
  visit_size(element_size(s.kinds[0]), [&](auto tag) {
    using T = typename decltype(tag)::type;
    for_each_1d(s, kGrain / 4, [&](char* const* data, const std::int64_t* strides, std::int64_t n) {
      for (std::int64_t i = 0; i < n; ++i)
        *reinterpret_cast<T*>(data[0] + i * strides[0]) =
            *reinterpret_cast<const T*>(data[1] + i * strides[1] + offset(data, strides, i));
    });
  });
}

void embedding(void* out, const void* table, std::int64_t row_bytes, const void* index, ScalarKind index_kind,
               std::int64_t count) noexcept {
  index_select(out, table, index, index_kind, count, 1, 0, row_bytes);
}

void index_select(void* out, const void* self, const void* index, ScalarKind index_kind, std::int64_t count,
                  std::int64_t outer, std::int64_t dim_size, std::int64_t inner_bytes) noexcept {
  if (index_kind == ScalarKind::kInt32) select_by<std::int32_t>(out, self, index, count, outer, dim_size, inner_bytes);
  else select_by<std::int64_t>(out, self, index, count, outer, dim_size, inner_bytes);
}

void embedding_bag(float* out, const float* table, std::int64_t row, const std::int64_t* index, std::int64_t count,
                   const std::int64_t* offsets, std::int64_t bags, const float* weights, int mode,
                   std::int64_t padding) noexcept {
  parallel_for(bags, std::max<std::int64_t>(1, kGrain / 8 / std::max<std::int64_t>(1, row)),
               [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t b = begin; b < end; ++b) {
      const std::int64_t last = b + 1 < bags ? offsets[b + 1] : count;
      float* to = out + b * row;
      std::fill_n(to, row, 0.0f);
      std::int64_t taken = 0;
      for (std::int64_t i = offsets[b]; i < last; ++i) {
        if (index[i] == padding) continue;
        const float* from = table + index[i] * row;
        const float w = weights ? weights[i] : 1.0f;
        for (std::int64_t k = 0; k < row; ++k) {
          if (mode == 2) to[k] = taken == 0 || from[k] > to[k] ? from[k] : to[k];
          else to[k] += w * from[k];
        }
        ++taken;
      }
      if (mode == 1 && taken > 0)
        for (std::int64_t k = 0; k < row; ++k) to[k] /= static_cast<float>(taken);
    }
  });
}

void masked_fill(const Strided& s, const void* value) noexcept {
  visit_size(element_size(s.kinds[0]), [&](auto tag) {
    using T = typename decltype(tag)::type;
    const T v = *static_cast<const T*>(value);
    for_each_1d(s, kGrain, [&](char* const* data, const std::int64_t* strides, std::int64_t n) {
      for (std::int64_t i = 0; i < n; ++i)
        if (data[1][i * strides[1]]) *reinterpret_cast<T*>(data[0] + i * strides[0]) = v;
    });
  });
}

std::int64_t count_true(const bool* mask, std::int64_t n) noexcept {
  std::int64_t count = 0;
  for (std::int64_t i = 0; i < n; ++i) count += mask[i];
  return count;
}

void masked_select(void* out, const void* self, const bool* mask, std::int64_t n, std::int64_t element_bytes) noexcept {
  visit_size(element_bytes, [&](auto tag) {
    using T = typename decltype(tag)::type;
    auto* to = static_cast<T*>(out);
    for (std::int64_t i = 0; i < n; ++i)
      if (mask[i]) *to++ = static_cast<const T*>(self)[i];
  });
}

void masked_scatter(void* self, const void* source, const bool* mask, std::int64_t n,
                    std::int64_t element_bytes) noexcept {
  visit_size(element_bytes, [&](auto tag) {
    using T = typename decltype(tag)::type;
    const auto* from = static_cast<const T*>(source);
    for (std::int64_t i = 0; i < n; ++i)
      if (mask[i]) static_cast<T*>(self)[i] = *from++;
  });
}

namespace {
template <class T>
bool is_nonzero(T x) {
  if constexpr (std::is_same_v<T, ComplexHalf>) return static_cast<float>(x.re) != 0 || static_cast<float>(x.im) != 0;
  else if constexpr (std::is_same_v<T, Half> || std::is_same_v<T, BFloat16>) return static_cast<float>(x) != 0;
  else return x != T(0);
}
}  // namespace

std::int64_t count_nonzero(const void* x, ScalarKind kind, std::int64_t n) noexcept {
  return visit_kind(kind, [&](auto tag) {
    const auto* p = static_cast<const typename decltype(tag)::type*>(x);
    std::int64_t count = 0;
    for (std::int64_t i = 0; i < n; ++i) count += is_nonzero(p[i]);
    return count;
  });
}

void nonzero(std::int64_t* out, std::int64_t count, const void* x, ScalarKind kind, const std::int64_t* sizes, int rank) noexcept {
  std::int64_t n = 1;
  for (int d = 0; d < rank; ++d) n *= sizes[d];
  visit_kind(kind, [&](auto tag) {
    const auto* p = static_cast<const typename decltype(tag)::type*>(x);
    for (std::int64_t i = 0; i < n; ++i) {
      if (!is_nonzero(p[i])) continue;
      std::int64_t rest = i;
      for (int d = rank - 1; d >= 0; --d) {
        out[d * count] = rest % sizes[d];
        rest /= sizes[d];
      }
      ++out;
    }
  });
}

}  // namespace fac::kernels
