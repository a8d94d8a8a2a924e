// Little tensors for kernel tests: memory, sizes, byte strides.
#pragma once

#include <cstdint>
#include <random>
#include <vector>

#include "kernels/cpu.h"
#include "kernels/element_io.h"
#include "kernels/loop_nest.h"
#include "test_target.h"

namespace fac::kernels::test {

template <class T>
struct Array {
  std::vector<std::int64_t> sizes;
  std::vector<std::int64_t> strides;  // bytes
  std::vector<std::byte> bytes;

  explicit Array(std::vector<std::int64_t> shape) : Array(shape, order(shape.size())) {}
  // perm: dimensions from outermost to innermost in memory.
  Array(std::vector<std::int64_t> shape, std::vector<int> perm) : sizes(shape), strides(shape.size()) {
    std::int64_t step = sizeof(T);
    for (std::size_t i = perm.size(); i-- > 0;) {
      strides[static_cast<std::size_t>(perm[i])] = step;
      step *= sizes[static_cast<std::size_t>(perm[i])];
    }
    bytes.resize(static_cast<std::size_t>(std::max<std::int64_t>(step, sizeof(T))));
  }
  static std::vector<int> order(std::size_t n) {
    std::vector<int> p(n);
    for (std::size_t i = 0; i < n; ++i) p[i] = static_cast<int>(i);
    return p;
  }
  std::int64_t numel() const {
    std::int64_t n = 1;
    for (auto s : sizes) n *= s;
    return n;
  }
  T* data() { return reinterpret_cast<T*>(bytes.data()); }
  // Element of the row-major linear index.
  T& at(std::int64_t linear) {
    std::int64_t offset = 0;
    for (std::size_t d = sizes.size(); d-- > 0;) {
      offset += linear % sizes[d] * strides[d];
      linear /= sizes[d];
    }
    return *reinterpret_cast<T*>(bytes.data() + offset);
  }
  template <class F>
  void generate(F f) {
    for (std::int64_t i = 0; i < numel(); ++i) at(i) = convert_element<T>(f(i));
  }
};

template <class First, class... Rest>
Strided strided(First& first, Rest&... rest) {
  Strided s;
  s.rank = static_cast<int>(first.sizes.size());
  s.sizes = first.sizes.data();
  auto add = [&](auto& a) { s.add(a.bytes.data(), a.strides.data(), kind_of<std::remove_cvref_t<decltype(*a.data())>>()); };
  add(first);
  (add(rest), ...);
  return s;
}

template <class T>
double as_double(T x) {
  return convert_element<double>(x);
}

// Runs f once per available CPU target.
template <class F>
void on_each_target(F f) {
  const Target before = current_target();
  for (int t = 0; t < kTargetCount; ++t)
    if (kernel_test::use_target(static_cast<Target>(t))) f();
  set_target(before);
}

}  // namespace fac::kernels::test
