#include "base/thread_pool.h"

#include <doctest/doctest.h>

#include <atomic>
#include <numeric>
#include <thread>
#include <vector>

TEST_CASE("parallel_for covers each index once") {
  fac::set_thread_count(4);
  for (int round = 0; round < 200; ++round) {
    std::vector<int> hits(1000, 0);
    fac::parallel_for(1000, 10, [&](std::int64_t b, std::int64_t e) {
      for (auto i = b; i < e; ++i) ++hits[static_cast<std::size_t>(i)];
    });
    CHECK(std::accumulate(hits.begin(), hits.end(), 0) == 1000);
  }
  fac::set_thread_count(0);
}

TEST_CASE("parallel_for from several threads and nested") {
  fac::set_thread_count(3);
  std::atomic<std::int64_t> sum{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 3; ++t)
    threads.emplace_back([&] {
      for (int r = 0; r < 50; ++r)
        fac::parallel_for(64, 1, [&](std::int64_t b, std::int64_t e) {
          for (auto i = b; i < e; ++i) fac::parallel_for(4, 1, [&](std::int64_t x, std::int64_t y) { sum += y - x; });
        });
    });
  for (auto& t : threads) t.join();
  CHECK(sum.load() == 3 * 50 * 64 * 4);
  fac::set_thread_count(0);
}
