// Helpers of the kernel tests: guarded random arrays, every CPU target, comparison with a tolerance.
#pragma once

#include <doctest/doctest.h>
#include <sys/mman.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <new>
#include <random>
#include <vector>

#include "base/thread_pool.h"
#include "test_target.h"

namespace kernel_test {

// Arrays start 64-byte aligned and end (but for that alignment) at a page that cannot be touched: reading or writing
// beyond them crashes.
template <class T>
struct Guarded {
  using value_type = T;
  Guarded() = default;
  template <class U>
  Guarded(const Guarded<U>&) {}
  static constexpr std::size_t kPage = 4096;
  static std::size_t used(std::size_t n) { return (n * sizeof(T) + 63) / 64 * 64; }
  static std::size_t pages(std::size_t n) { return (used(n) + kPage - 1) / kPage * kPage; }
  T* allocate(std::size_t n) {
    void* p = mmap(nullptr, pages(n) + kPage, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED) throw std::bad_alloc();
    char* base = static_cast<char*>(p);
    mprotect(base + pages(n), kPage, PROT_NONE);
    return reinterpret_cast<T*>(base + pages(n) - used(n));
  }
  void deallocate(T* p, std::size_t n) {
    munmap(reinterpret_cast<char*>(p) + used(n) - pages(n), pages(n) + kPage);
  }
  bool operator==(const Guarded&) const { return true; }
};
template <class T>
using Array = std::vector<T, Guarded<T>>;

// Uniform in [-1, 1], from multiples of 1/64 so that short sums are exact.
template <class T = float>
Array<T> random_array(std::int64_t n, unsigned seed) {
  std::mt19937 engine(seed);
  std::uniform_int_distribution<int> pick(-64, 64);
  Array<T> out(static_cast<std::size_t>(n));
  for (T& v : out) v = static_cast<T>(pick(engine)) / static_cast<T>(64);
  return out;
}

// Largest |x - y| divided by the largest |y|; infinite where one is NaN and the other is not.
template <class A, class B>
double relative_error(const A& x, const B& y, std::size_t n) {
  double worst = 0, largest = 1e-30;
  for (std::size_t i = 0; i < n; ++i) {
    const double a = static_cast<double>(x[i]), b = static_cast<double>(y[i]);
    if (std::isnan(a) != std::isnan(b)) return HUGE_VAL;
    if (std::isnan(a) || a == b) continue;
    worst = std::max(worst, std::abs(a - b));
    largest = std::max(largest, std::abs(b));
  }
  return worst / largest;
}

// Runs f once per CPU target that this machine has.
template <class F>
void on_every_target(F&& f) {
  const auto before = fac::kernels::current_target();
  for (int t = 0; t < fac::kernels::kTargetCount; ++t) {
    const auto target = static_cast<fac::kernels::Target>(t);
    if (!use_target(target)) continue;
    CAPTURE(fac::kernels::target_name(target));
    f();
  }
  fac::kernels::set_target(before);
}

// Runs f with 1 and 3 threads.
template <class F>
void with_threads(F&& f) {
  for (const int threads : {1, 3}) {
    fac::ThreadCountGuard guard(threads);
    CAPTURE(threads);
    f();
  }
}

}  // namespace kernel_test
