#include "throughput.h"

#include <algorithm>
#include <atomic>
#include <barrier>
#include <chrono>
#include <cstdio>
#include <thread>

#include "precision.h"

namespace cli {
namespace {

using Clock = std::chrono::steady_clock;
double seconds_since(Clock::time_point t) { return std::chrono::duration<double>(Clock::now() - t).count(); }

double quantile(const std::vector<double>& sorted, double q) {
  return sorted[static_cast<std::size_t>(q * static_cast<double>(sorted.size() - 1) + 0.5)];
}

// What one thread does between the barrier and the end.
struct Caller {
  std::vector<fac::Value> args;
  std::vector<double> ms;
  fac::Status status;
};

void put_together(Load& sum, const Load& part) {
  sum.callers = part.callers;
  sum.seconds += part.seconds;
  sum.ms.insert(sum.ms.end(), part.ms.begin(), part.ms.end());
}

nlohmann::json json_of(const Load& l) {
  return {{"callers", l.callers}, {"calls", l.ms.size()}, {"per_second", l.per_second()}, {"median_ms", quantile(l.ms, 0.5)},
          {"p99_ms", quantile(l.ms, 0.99)}};
}

}  // namespace

fac::Result<Load> load_with(const fac::Ref<fac::ObjectBox>& module, const std::string& method, const std::vector<fac::Value>& args,
                            const fac::RunOptions& options, int callers, double seconds) {
  std::vector<Caller> each(static_cast<std::size_t>(callers));
  for (auto& c : each) {
    FACULA_TRY(c.args, copy_arguments(args));
  }
  std::atomic<bool> failed{false};
  Clock::time_point start;
  std::barrier all_there(callers, [&start]() noexcept { start = Clock::now(); });
  const auto work = [&](Caller& c) {
    all_there.arrive_and_wait();
    do {
      const auto t = Clock::now();
      auto r = fac::run_method(module, method, c.args, {}, options);
      if (!r.ok()) {
        c.status = r.take_error();
        failed = true;
        return;
      }
      c.ms.push_back(seconds_since(t) * 1e3);
    } while (!failed && seconds_since(start) < seconds);
  };
  std::vector<std::thread> threads;
  for (std::size_t i = 1; i < each.size(); ++i) threads.emplace_back(work, std::ref(each[i]));
  work(each[0]);
  for (auto& t : threads) t.join();
  Load load;
  load.callers = callers;
  load.seconds = seconds_since(start);
  for (auto& c : each) {
    if (!c.status.ok()) return c.status.take_error();
    load.ms.insert(load.ms.end(), c.ms.begin(), c.ms.end());
  }
  std::sort(load.ms.begin(), load.ms.end());
  return load;
}

fac::Result<Throughput> throughput(const fac::Ref<fac::ObjectBox>& module, const std::string& method, const std::vector<fac::Value>& args,
                                   const fac::RunOptions& options, int callers, double seconds) {
  constexpr int kTurns = 4;
  Throughput t;
  t.threads = options.threads;
  for (int turn = 0; turn < kTurns; ++turn) {
    FACULA_TRY(const Load alone, load_with(module, method, args, options, 1, seconds / (2 * kTurns)));
    FACULA_TRY(const Load together, load_with(module, method, args, options, callers, seconds / (2 * kTurns)));
    put_together(t.alone, alone);
    put_together(t.together, together);
  }
  std::sort(t.alone.ms.begin(), t.alone.ms.end());
  std::sort(t.together.ms.begin(), t.together.ms.end());
  return t;
}

std::string text_of(const Throughput& t) {
  std::string out = "requests at the same time, each on " + std::to_string(t.threads) + (t.threads == 1 ? " thread:\n" : " threads:\n");
  for (const Load* l : {&t.alone, &t.together}) {
    char line[160];
    std::snprintf(line, sizeof line, "  %3d caller%s %10.1f calls a second, median %.3f  p99 %.3f ms\n", l->callers, l->callers == 1 ? " " : "s",
                  l->per_second(), quantile(l->ms, 0.5), quantile(l->ms, 0.99));
    out += line;
  }
  char line[80];
  std::snprintf(line, sizeof line, "  %.2f times as many\n", t.scaling());
  return out + line;
}

nlohmann::json json_of(const Throughput& t) {
  return {{"threads_of_a_call", t.threads}, {"alone", json_of(t.alone)}, {"together", json_of(t.together)}, {"scaling", t.scaling()}};
}

}  // namespace cli
