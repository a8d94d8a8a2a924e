// facula bench: how long a method takes: distribution of latencies, first call, and where the time goes.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <iostream>
#include <map>
#include <numeric>

#include "command.h"
#include "base/thread_pool.h"
#include "precision.h"
#include "roofline.h"
#include "throughput.h"

namespace cli {
namespace {

using Clock = std::chrono::steady_clock;
double ms_since(Clock::time_point t) { return std::chrono::duration<double, std::milli>(Clock::now() - t).count(); }

struct Options {
  std::string model, method = "forward";
  std::vector<std::string> inputs;
  double seconds = 2.0;
  int warmup = 2, runs = 0, size = 0, callers = 0;
  bool profile = false;
  std::string roofline;  // a picture
};

// Adds up the time between before() and after() of each operator.
class Profiler final : public fac::vm::Observer {
 public:
  void before(std::string_view, std::span<const fac::Value>) override { start_ = Clock::now(); }
  void after(std::string_view op, std::span<const fac::Value>, fac::Range) override {
    auto& e = entries[std::string(op)];
    e.ms += ms_since(start_);
    ++e.calls;
  }
  struct Entry {
    double ms = 0;
    std::int64_t calls = 0;
  };
  std::map<std::string, Entry> entries;

 private:
  Clock::time_point start_;
};

double quantile(const std::vector<double>& sorted, double q) {
  const double at = q * static_cast<double>(sorted.size() - 1);
  const auto low = static_cast<std::size_t>(at);
  const std::size_t high = std::min(low + 1, sorted.size() - 1);
  return sorted[low] + (sorted[high] - sorted[low]) * (at - static_cast<double>(low));
}

void histogram(const std::vector<double>& sorted) {
  const double low = sorted.front(), high = quantile(sorted, 0.99);
  constexpr int kBins = 10;
  std::vector<int> bins(kBins, 0);
  for (double v : sorted) ++bins[static_cast<std::size_t>(std::clamp((v - low) / std::max(high - low, 1e-9) * kBins, 0.0, kBins - 1.0))];
  const int most = *std::max_element(bins.begin(), bins.end());
  for (int b = 0; b < kBins; ++b) {
    std::printf("  %9.3f ms  ", low + (high - low) * b / kBins);
    for (int i = 0; i < bins[static_cast<std::size_t>(b)] * 40 / std::max(most, 1); ++i) std::printf("█");
    std::printf(" %d\n", bins[static_cast<std::size_t>(b)]);
  }
}

fac::Status bench(const Options& o, const Global& global) {
  FACULA_TRY_VOID(check_precision(global));
  const auto t0 = Clock::now();
  FACULA_TRY(auto module, load(o.model));
  FACULA_TRY_VOID(need_method(module, o.method));
  const double load_ms = ms_since(t0);
  FACULA_TRY_VOID(fac::train(module, false));
  std::vector<fac::Value> args;
  for (const auto& text : o.inputs) {
    FACULA_TRY(fac::Value v, parse_input(text, {true, o.size, 0}));
    args.push_back(std::move(v));
  }
  const auto options = run_options(global);
  const auto once = [&]() -> fac::Result<double> {
    const auto t = Clock::now();
    FACULA_TRY(fac::Value r, fac::run_method(module, o.method, args, {}, options));
    (void)r;
    return ms_since(t);
  };
  FACULA_TRY(const double first_ms, once());
  for (int i = 0; i < o.warmup; ++i) FACULA_TRY_VOID([&]() -> fac::Status { FACULA_TRY(double ms, once()); (void)ms; return {}; }());
  std::vector<double> times;
  for (const auto start = Clock::now(); o.runs > 0 ? static_cast<int>(times.size()) < o.runs : times.size() < 3 || ms_since(start) < o.seconds * 1000;) {
    FACULA_TRY(double ms, once());
    times.push_back(ms);
  }
  // Beside float32: a module of its own, calls in turn, and what both give on the same arguments.
  std::optional<Accuracy> accuracy;
  double in_float32_ratio = 0;
  if (global.precision != fac::Precision::kFloat32) {
    FACULA_TRY(auto other, load(o.model));
    FACULA_TRY_VOID(fac::train(other, false));
    FACULA_TRY(auto fresh, load(o.model));  // calls may have changed what `module` holds
    FACULA_TRY_VOID(fac::train(fresh, false));
    auto full = options;
    full.precision = fac::Precision::kFloat32;
    const auto run = [&](const auto& m, const auto& with, double& ms) -> fac::Result<fac::Value> {
      FACULA_TRY(auto same, copy_arguments(args));
      const auto t = Clock::now();
      FACULA_TRY(fac::Value r, fac::run_method(m, o.method, std::move(same), {}, with));
      ms = ms_since(t);
      return r;
    };
    std::vector<double> mine, theirs;
    for (std::size_t i = 0; i < std::clamp<std::size_t>(times.size(), 3, 200) + 1; ++i) {
      double a = 0, b = 0;
      FACULA_TRY(const fac::Value in_float32, run(other, full, a));
      FACULA_TRY(const fac::Value reduced, run(i == 0 ? fresh : module, options, b));
      if (i == 0) {
        FACULA_TRY(accuracy, compare(fresh, o.method, global, in_float32, reduced));
        continue;  // float32's first call packs weights
      }
      theirs.push_back(a), mine.push_back(b);
    }
    std::sort(mine.begin(), mine.end());
    std::sort(theirs.begin(), theirs.end());
    in_float32_ratio = quantile(theirs, 0.5) / quantile(mine, 0.5);
  }
  std::sort(times.begin(), times.end());
  const double mean = std::accumulate(times.begin(), times.end(), 0.0) / static_cast<double>(times.size());
  Profiler profiler;
  if (o.profile) {
    auto observed = options;
    observed.observer = &profiler;
    FACULA_TRY(fac::Value warm, fac::run_method(module, o.method, args, {}, observed));
    profiler.entries.clear();
    FACULA_TRY(warm, fac::run_method(module, o.method, args, {}, observed));
  }
  std::optional<Throughput> requests;
  if (o.callers > 0) {
    auto of_each = options;
    if (of_each.threads <= 0) of_each.threads = 1;  // the callers share the cores among them
    FACULA_TRY(requests, throughput(module, o.method, args, of_each, o.callers, o.seconds));
  }
  std::vector<std::pair<std::string, Profiler::Entry>> rows(profiler.entries.begin(), profiler.entries.end());
  std::sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.second.ms > b.second.ms; });
  const int threads = global.threads > 0 ? global.threads : fac::thread_count();
  std::optional<Roofline> limits;
  if (o.profile || !o.roofline.empty()) {
    FACULA_TRY(const PlanReports plans, time_plans(module, o.method, args, options, 10));
    limits = roofline(plans, threads);
    if (!o.roofline.empty()) FACULA_TRY_VOID(draw(*limits, o.model + ", " + std::to_string(threads) + (threads == 1 ? " thread" : " threads"), o.roofline));
  }
  if (global.json) {
    nlohmann::json out{{"model", o.model}, {"threads", threads}, {"load_ms", load_ms}, {"first_ms", first_ms}, {"runs", times.size()},
                       {"min_ms", times.front()}, {"median_ms", quantile(times, 0.5)}, {"mean_ms", mean}, {"p90_ms", quantile(times, 0.9)},
                       {"p99_ms", quantile(times, 0.99)}, {"max_ms", times.back()}};
    if (o.profile) {
      for (const auto& [name, e] : rows) out["profile"].push_back({{"op", name}, {"calls", e.calls}, {"ms", e.ms}});
    }
    if (accuracy) {
      out["accuracy"] = json_of(*accuracy);
      out["accuracy"]["float32_times_as_long"] = in_float32_ratio;
    }
    if (requests) out["requests"] = json_of(*requests);
    if (limits) out["roofline"] = json_of(*limits);
    std::cout << out.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) << "\n";
    return {};
  }
  std::printf("load %.1f ms, first call %.2f ms (weights packed), %d thread%s\n", load_ms, first_ms, threads, threads == 1 ? "" : "s");
  std::printf("%zu runs: min %.3f  median %.3f  mean %.3f  p90 %.3f  p99 %.3f  max %.3f ms\n", times.size(), times.front(),
              quantile(times, 0.5), mean, quantile(times, 0.9), quantile(times, 0.99), times.back());
  histogram(times);
  if (accuracy) std::printf("\n%sfloat32 takes %.2f times as long (calls in turn)\n", text_of(*accuracy).c_str(), in_float32_ratio);
  if (requests) std::printf("\n%s", text_of(*requests).c_str());
  if (limits) print(*limits);
  if (o.profile) {
    double total = 0;
    for (const auto& r : rows) total += r.second.ms;
    std::printf("\noperators one by one (nothing fused), %.2f ms:\n", total);
    for (const auto& [name, e] : rows) std::printf("  %8.3f ms %5.1f %%  %6lld x  %s\n", e.ms, 100 * e.ms / std::max(total, 1e-9), static_cast<long long>(e.calls), name.c_str());
  }
  std::fflush(stdout);
  return {};
}

}  // namespace

void add_bench(CLI::App& app, Global& global, int& exit) {
  auto o = std::make_shared<Options>();
  CLI::App* c = app.add_subcommand("bench", "Measure how long a model takes");
  c->footer("Example: facula bench resnet34.pt --input 'rand(1,3,224,224)' --threads 2 --profile --roofline resnet34.svg");
  c->add_option("model", o->model, "the archive (.pt)")->required();
  c->add_option("-i,--input", o->inputs, "an argument, as for `facula run`")->allow_extra_args(false);
  c->add_option("-m,--method", o->method, "the method to call")->capture_default_str();
  c->add_option("--seconds", o->seconds, "how long to measure")->capture_default_str()->check(CLI::PositiveNumber);
  c->add_option("--runs", o->runs, "how many calls to measure, instead of --seconds")->check(CLI::Range(1, 1000000000));
  c->add_option("--warmup", o->warmup, "calls before measuring")->capture_default_str()->check(CLI::Range(0, 1000000));
  c->add_option("--callers", o->callers, "also: requests a second with one and with this many callers at the same time, each call on one thread (or --threads)")
      ->check(CLI::Range(1, 1024));
  c->add_option("--size", o->size, "resize and centre-crop pictures to this size");
  c->add_flag("--profile", o->profile, "time of each planned step beside the machine's limits, and of each operator run one by one");
  c->add_option("--roofline", o->roofline, "write a picture (SVG): the steps under the machine's measured limits");
  add_precision(*c, global);
  c->callback([o, &global, &exit] {
    if (auto s = bench(*o, global); !s.ok()) exit = report(s.error(), global);
  });
}

}  // namespace cli
