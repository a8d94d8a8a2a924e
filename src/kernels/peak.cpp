#include "kernels/peak.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <memory>
#include <new>

#include "base/thread_pool.h"
#include "kernels/parts.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/peak.cpp"
#include "kernels/targets.h"

HWY_BEFORE_NAMESPACE();
namespace fac::kernels {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;
namespace {

constexpr int kSums = 12;  // two multiply-adds a cycle with a latency of four or five need eight to ten

// Operations of `turns` turns, which leave something behind in `out` so that they are not left out.
double multiply_add(std::int64_t turns, float* out) {
  const hn::ScalableTag<float> d;
  hn::Vec<decltype(d)> sums[kSums];
  FACULA_UNROLL(16)
  for (int i = 0; i < kSums; ++i) sums[i] = hn::Set(d, static_cast<float>(i));
  auto x = hn::Set(d, 0.999f), y = hn::Set(d, 0.5f);
  for (std::int64_t t = 0; t < turns; ++t) {
    FACULA_UNROLL(16)
    for (int i = 0; i < kSums; ++i) sums[i] = hn::MulAdd(sums[i], x, y);
  }
  FACULA_UNROLL(16)
  for (int i = 1; i < kSums; ++i) sums[0] = hn::Add(sums[0], sums[i]);
  *out = hn::GetLane(sums[0]);
  return 2.0 * static_cast<double>(turns * kSums) * static_cast<double>(hn::Lanes(d));
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace fac::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace fac::kernels {

FACULA_EXPORT(multiply_add)

namespace {

using Clock = std::chrono::steady_clock;

// The shortest of some runs of work() on every thread.
template <class F>
double shortest_seconds(int threads, int runs, F&& work) {
  const ThreadCountGuard guard(threads);
  double least = 1e9;
  for (int i = 0; i < runs; ++i) {
    const auto start = Clock::now();
    parallel_for(threads, 1, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t t = begin; t < end; ++t) work(t);
    });
    least = std::min(least, std::chrono::duration<double>(Clock::now() - start).count());
  }
  return std::max(least, 1e-9);
}

}  // namespace

double peak_flops(int threads) {
  threads = threads_or_default(threads);
  constexpr std::int64_t kTurns = 200'000;
  constexpr int kMostThreads = 256;
  static float left[kMostThreads * 16];
  double operations = 0;
  const double seconds = shortest_seconds(threads, 20, [&](std::int64_t t) {
    const double n = FACULA_DISPATCH(multiply_add)(kTurns, left + t % kMostThreads * 16);
    if (t == 0) operations = n;
  });
  return operations * threads / seconds;
}

double peak_bytes(int threads) {
  threads = threads_or_default(threads);
  constexpr std::size_t kHalf = std::size_t{128} << 20;
  const std::unique_ptr<char[]> memory(new (std::nothrow) char[2 * kHalf]);
  if (!memory) return 0;
  std::memset(memory.get(), 1, 2 * kHalf);
  const double seconds = shortest_seconds(threads, 5, [&](std::int64_t t) {
    const std::size_t begin = kHalf / static_cast<std::size_t>(threads) * static_cast<std::size_t>(t), count = kHalf / static_cast<std::size_t>(threads);
    std::memcpy(memory.get() + kHalf + begin, memory.get() + begin, count);
  });
  return 2.0 * static_cast<double>(kHalf) / seconds;
}

}  // namespace fac::kernels
#endif
