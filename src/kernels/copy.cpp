#include "kernels/copy.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/thread_pool.h"
#include "kernels/element_io.h"
#include "kernels/transpose.h"

namespace fac::kernels {
namespace {

constexpr std::int64_t kBlock = 1024;

template <class T>
void move_row(char* to, std::int64_t to_stride, const char* from, std::int64_t from_stride, std::int64_t n) {
  constexpr auto size = static_cast<std::int64_t>(sizeof(T));
  if (to_stride == size && from_stride == size) {
    std::memcpy(to, from, static_cast<std::size_t>(n * size));
  } else if (to_stride == size && from_stride == 0) {
    std::fill_n(reinterpret_cast<T*>(to), n, *reinterpret_cast<const T*>(from));
  } else if (to_stride == size) {
    for (std::int64_t i = 0; i < n; ++i) reinterpret_cast<T*>(to)[i] = *reinterpret_cast<const T*>(from + i * from_stride);
  } else {
    for (std::int64_t i = 0; i < n; ++i)
      *reinterpret_cast<T*>(to + i * to_stride) = *reinterpret_cast<const T*>(from + i * from_stride);
  }
}

// A transposing copy reads or writes a cache line per element unless it goes by tiles; 16 x 16 floats are 16 lines on
// either side.
constexpr std::int64_t kTile = 16;

template <class T>
void move_tile(char* to, const char* from, const std::int64_t* inner, const std::int64_t* outer, std::int64_t n0,
               std::int64_t n1) {
  for (std::int64_t j = 0; j < n1; ++j)
    move_row<T>(to + j * outer[0], inner[0], from + j * outer[1], inner[1], n0);
}

// The dimension along which the source is dense, if that is not the destination's; else 0.
int transposed_dim(const LoopNest& nest, std::int64_t size) {
  if (nest.strides[0][0] != size || nest.strides[0][1] == size || nest.sizes[0] < kTile / 2) return 0;
  for (int d = 1; d < nest.rank; ++d)
    if (nest.strides[d][1] == size && nest.sizes[d] >= 4) return d;
  return 0;
}

void copy_transposed(LoopNest& nest, int dim, std::int64_t size) {
  std::swap(nest.sizes[1], nest.sizes[dim]);
  for (int o = 0; o < 2; ++o) std::swap(nest.strides[1][o], nest.strides[dim][o]);
  const std::int64_t n0 = nest.sizes[0], n1 = nest.sizes[1];
  const std::int64_t tiles1 = (n1 + kTile - 1) / kTile;
  const std::int64_t slabs = nest.numel / (n0 * n1);
  parallel_for(slabs * tiles1, std::max<std::int64_t>(1, kGrain / (n0 * kTile)), [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t k = begin; k < end; ++k) {
      const std::int64_t first1 = k % tiles1 * kTile;
      char* to = nest.data[0] + first1 * nest.strides[1][0];
      const char* from = nest.data[1] + first1 * nest.strides[1][1];
      std::int64_t rest = k / tiles1;
      for (int d = 2; d < nest.rank; ++d) {
        to += rest % nest.sizes[d] * nest.strides[d][0];
        from += rest % nest.sizes[d] * nest.strides[d][1];
        rest /= nest.sizes[d];
      }
      const std::int64_t m1 = std::min(kTile, n1 - first1);
      if (size == sizeof(float)) {  // any elements of four bytes: they are only moved
        transpose_f32(reinterpret_cast<const float*>(from), nest.strides[0][1] / size, reinterpret_cast<float*>(to), nest.strides[1][0] / size, n0, m1);
        continue;
      }
      visit_size(size, [&](auto tag) {
        for (std::int64_t i = 0; i < n0; i += kTile)
          move_tile<typename decltype(tag)::type>(to + i * nest.strides[0][0], from + i * nest.strides[0][1],
                                                  nest.strides[0], nest.strides[1], std::min(kTile, n0 - i), m1);
      });
    }
  });
}

template <class C>
void convert_row(Storer<C> store, Loader<C> load, bool from_is_c, bool to_is_c, char* const* data,
                 const std::int64_t* strides, std::int64_t n) {
  alignas(64) C buffer[kBlock];
  constexpr auto size = static_cast<std::int64_t>(sizeof(C));
  if (to_is_c && strides[0] == size) return load(reinterpret_cast<C*>(data[0]), data[1], strides[1], n);
  if (from_is_c && strides[1] == size) return store(data[0], strides[0], reinterpret_cast<const C*>(data[1]), n);
  for (std::int64_t i = 0; i < n; i += kBlock) {
    const std::int64_t m = std::min(kBlock, n - i);
    load(buffer, data[1] + i * strides[1], strides[1], m);
    store(data[0] + i * strides[0], strides[0], buffer, m);
  }
}

// Runs f with the computing type that keeps what both kinds can express.
template <class F>
void with_intermediate(ScalarKind to, ScalarKind from, F&& f) {
  if (is_complex(to) || (is_complex(from) && to == ScalarKind::kBool)) f(TypeTag<std::complex<double>>());
  else if (is_integral(to) && is_integral(from)) f(TypeTag<std::int64_t>());
  else if (to == ScalarKind::kDouble || from == ScalarKind::kDouble || from == ScalarKind::kComplexDouble) f(TypeTag<double>());
  else f(TypeTag<float>());
}

void copy_converting(const Strided& s) {
  const ScalarKind to = s.kinds[0], from = s.kinds[1];
  with_intermediate(to, from, [&](auto tag) {
    using C = typename decltype(tag)::type;
    const auto load = loader<C>(from);
    const auto store = storer<C>(to);
    for_each_1d(s, kGrain, [&](char* const* data, const std::int64_t* strides, std::int64_t n) {
      convert_row<C>(store, load, from == kind_of<C>(), to == kind_of<C>(), data, strides, n);
    });
  });
}

}  // namespace

void copy(const Strided& s) noexcept {
  if (s.kinds[0] != s.kinds[1]) return copy_converting(s);
  const std::int64_t size = element_size(s.kinds[0]);
  LoopNest nest(s);
  if (nest.numel == 0) return;
  if (const int dim = transposed_dim(nest, size)) return copy_transposed(nest, dim, size);
  visit_size(size, [&](auto tag) {
    using T = typename decltype(tag)::type;
    auto row = [](void*, char* const* data, const std::int64_t* strides, std::int64_t n) {
      move_row<T>(data[0], strides[0], data[1], strides[1], n);
    };
    parallel_for(nest.numel, kGrain,
                 [&](std::int64_t begin, std::int64_t end) { run_rows(nest, begin, end, row, nullptr); });
  });
}

void convert(void* to, ScalarKind to_kind, const void* from, ScalarKind from_kind, std::int64_t n) noexcept {
  const std::int64_t to_stride = element_size(to_kind), from_stride = element_size(from_kind);
  Strided s;
  s.rank = 1;
  s.sizes = &n;
  s.add(to, &to_stride, to_kind);
  s.add(from, &from_stride, from_kind);
  copy(s);
}

void fill(const Strided& s, const void* value) noexcept {
  constexpr std::int64_t kZeros[LoopNest::kMaxDims] = {};
  Strided pair = s;
  // Dimensions beyond the array are of size 1 in practice; copy them away to be sure of the bound.
  std::int64_t sizes[LoopNest::kMaxDims], strides[LoopNest::kMaxDims];
  int rank = 0;
  for (int d = 0; d < s.rank; ++d) {
    if (s.sizes[d] == 0) return;
    if (s.sizes[d] == 1) continue;
    sizes[rank] = s.sizes[d];
    strides[rank++] = s.strides[0][d];
  }
  pair.rank = rank;
  pair.sizes = sizes;
  pair.strides[0] = strides;
  pair.add(value, kZeros, s.kinds[0]);
  copy(pair);
}

}  // namespace fac::kernels
