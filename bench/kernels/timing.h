// What the kernel benchmarks share: aligned buffers and the fastest of several runs.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <memory>
#include <new>

struct FreeAligned {
  void operator()(float* p) const { ::operator delete(p, std::align_val_t{64}); }
};
using Buffer = std::unique_ptr<float, FreeAligned>;

inline Buffer buffer(std::size_t bytes, float value) {
  const std::size_t count = bytes / sizeof(float) + 16;
  Buffer b(static_cast<float*>(::operator new(count * sizeof(float), std::align_val_t{64})));
  std::fill_n(b.get(), count, value);
  return b;
}

template <class F>
double fastest_ms(F&& f) {
  using Clock = std::chrono::steady_clock;
  double best = 1e30, total = 0;
  for (int i = 0; i < 200 && (i < 5 || total < 60); ++i) {
    const auto t0 = Clock::now();
    f();
    const double ms = std::chrono::duration<double, std::milli>(Clock::now() - t0).count();
    best = std::min(best, ms);
    total += ms;
  }
  return best;
}
