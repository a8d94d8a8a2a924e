// Splitting a kernel's work over threads that each own a slice of the caller's scratch.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "base/thread_pool.h"

namespace fac::kernels {

// Below this much arithmetic a second thread costs more than it brings (a fork and join takes some microseconds).
inline constexpr double kFlopsWorthAThread = 400e3;

constexpr std::int64_t ceil_div(std::int64_t a, std::int64_t b) { return (a + b - 1) / b; }
constexpr std::int64_t round_up(std::int64_t a, std::int64_t b) { return ceil_div(a, b) * b; }

inline int threads_or_default(int threads) { return threads > 0 ? threads : thread_count(); }

// Cuts units 0 .. units - 1 into equal consecutive parts, at most `most`, each worth a thread, and runs
// body(part, begin, end) on each; part < most numbers the slice of scratch.
template <class F>
void run_parts(std::int64_t units, double flops, std::int64_t most, F&& body, double flops_a_thread = kFlopsWorthAThread) {
  const auto worth = static_cast<std::int64_t>(flops / flops_a_thread) + 1;
  const std::int64_t parts =
      std::max<std::int64_t>(1, std::min({units, most, worth, static_cast<std::int64_t>(thread_count())}));
  parallel_for(parts, 1, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) body(i, units * i / parts, units * (i + 1) / parts);
  });
}

// Parts for which `scratch_bytes` has room.
inline std::int64_t parts_in(std::size_t scratch_bytes, std::size_t bytes_per_part) {
  if (bytes_per_part == 0) return INT64_MAX;
  return std::max<std::int64_t>(1, static_cast<std::int64_t>(scratch_bytes / bytes_per_part));
}

}  // namespace fac::kernels
