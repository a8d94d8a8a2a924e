// What a parallel_for costs by itself: two ranges with next to nothing to do (the caller takes what no worker has begun, so
// this is what it costs when none is in time), and two ranges of five microseconds, less these five: fork and join.
// Without two free cores the figures say little: read the least and the quartile.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <vector>

#include "base/thread_pool.h"

namespace {

using Clock = std::chrono::steady_clock;
double since(Clock::time_point start) { return std::chrono::duration<double, std::micro>(Clock::now() - start).count(); }

void work_for(double microseconds) {
  for (const auto start = Clock::now(); since(start) < microseconds;) {
  }
}

template <class F>
void report(const char* what, double less, F&& f) {
  std::vector<double> t;
  for (int i = 0; i < 4000; ++i) {
    const auto start = Clock::now();
    f();
    t.push_back(since(start) - less);
  }
  std::sort(t.begin(), t.end());
  std::printf("%-44s least %6.2f  q1 %6.2f  median %6.2f  q3 %6.2f us\n", what, t[0], t[t.size() / 4], t[t.size() / 2], t[t.size() * 3 / 4]);
}

}  // namespace

int main() {
  fac::set_thread_count(2);
  volatile int sink[2] = {};
  const auto nothing = [&](std::int64_t begin, std::int64_t) { sink[begin] = 1; };
  report("two empty ranges, back to back", 0, [&] { fac::parallel_for(2, 1, nothing); });
  report("two empty ranges, after 20 us alone", 20, [&] {
    work_for(20);
    fac::parallel_for(2, 1, nothing);
  });
  report("two ranges of 5 us", 5, [&] { fac::parallel_for(2, 1, [](std::int64_t, std::int64_t) { work_for(5); }); });
}
