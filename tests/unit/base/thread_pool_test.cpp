#include "base/task_pool.h"
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

TEST_CASE("the pool changes its size while it works") {
  std::atomic<std::int64_t> sum{0};
  std::atomic<bool> done{false};
  std::thread resizes([&] {
    for (int n = 0; !done; ++n) {
      fac::set_thread_count(n % 5);
      std::this_thread::yield();
    }
  });
  for (int r = 0; r < 300; ++r)
    fac::parallel_for(100, 1, [&](std::int64_t b, std::int64_t e) { sum += e - b; });
  done = true;
  resizes.join();
  fac::set_thread_count(0);
  CHECK(sum.load() == 300 * 100);
}

TEST_CASE("tasks run once each, beside parallel loops") {
  fac::set_thread_count(4);
  std::atomic<int> begun{0}, ended{0};
  std::atomic<std::int64_t> sum{0};
  int queued = 0;
  for (int i = 0; i < 50; ++i) {
    queued += fac::submit_task([&] {
      ++begun;
      fac::parallel_for(10, 1, [&](std::int64_t b, std::int64_t e) { sum += e - b; });
      ++ended;
    });
    fac::parallel_for(10, 1, [&](std::int64_t b, std::int64_t e) { sum += e - b; });
  }
  while (ended < queued) std::this_thread::yield();
  CHECK(queued == 50);
  CHECK(begun == 50);
  CHECK(sum.load() == 50 * 10 * 2);
  fac::set_thread_count(1);
  CHECK_FALSE(fac::submit_task([] {}));
  fac::set_thread_count(0);
}
