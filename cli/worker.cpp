// facula worker: one engine of an interleaved benchmark (bench/README.md). Answers a line protocol on stdin and stdout:
//   check DIR   writes the outputs as DIR/o0.npy, o1.npy ...
//   run MS      calls for MS milliseconds: {"t": [seconds a call], "cpu": [...], "bad": [disturbed?], "rss_mb": ...}
//   quit
#include <sys/resource.h>
#include <time.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>

#include "command.h"
#include "ops/functions.h"

namespace cli {
namespace {

using Clock = std::chrono::steady_clock;
double since(Clock::time_point t) { return std::chrono::duration<double>(Clock::now() - t).count(); }

double cpu_seconds() {
  timespec t{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) * 1e-9;
}
long involuntary_switches() {
  rusage u{};
  getrusage(RUSAGE_SELF, &u);
  return u.ru_nivcsw;
}
// Jiffies that the hypervisor took from this machine.
long steal() {
  std::ifstream in("/proc/stat");
  std::string cpu;
  long v[8] = {};
  in >> cpu;
  for (long& x : v) in >> x;
  return v[7];
}

// The members of tuples, one after the other.
void flatten(const fac::Value& v, std::vector<fac::Value>& out) {
  if (!v.is_tuple()) return out.push_back(v);
  for (const auto& item : v.tuple().values) flatten(item, out);
}

void say(const nlohmann::json& j) { std::cout << j.dump() << std::endl; }

// One measured call. Audio models with a state (reset_states, forward(chunk, rate)) run over all rows of their input.
class Workload {
 public:
  static fac::Result<Workload> open(const std::string& model, const std::string& folder, const fac::RunOptions& options) {
    Workload w;
    w.options_ = options;
    FACULA_TRY(w.module_, load(model));
    FACULA_TRY_VOID(fac::train(w.module_, false));
    for (int i = 0;; ++i) {
      const std::string path = folder + "/in" + std::to_string(i) + ".npy";
      if (!std::filesystem::exists(path)) break;
      FACULA_TRY(fac::Tensor t, read_npy(path));
      w.inputs_.emplace_back(std::move(t));
    }
    w.stream_ = w.inputs_.size() == 1 && w.module_->type().find_method("reset_states") != nullptr;
    return w;
  }

  fac::Result<fac::Value> call() {
    if (!stream_) return fac::run_method(module_, "forward", inputs_, {}, options_);
    FACULA_TRY(fac::Value none, fac::run_method(module_, "reset_states", {}, {}, options_));
    std::vector<fac::Tensor> outs;
    const fac::Tensor x = inputs_[0].tensor();
    for (std::int64_t i = 0; i < x.size(0); ++i) {
      FACULA_TRY(fac::Tensor chunk, fac::ops::narrow(x, 0, i, 1));
      FACULA_TRY(fac::Value y, fac::run_method(module_, "forward", {fac::Value(std::move(chunk)), fac::Value(16000)}, {}, options_));
      outs.push_back(y.tensor());
    }
    FACULA_TRY(fac::Tensor all, fac::ops::cat(outs, 0));
    return fac::Value(std::move(all));
  }

 private:
  fac::Ref<fac::ObjectBox> module_;
  std::vector<fac::Value> inputs_;
  fac::RunOptions options_;
  bool stream_ = false;
};

fac::Status work(const std::string& model, const std::string& folder, const Global& global) {
  auto t = Clock::now();
  FACULA_TRY(Workload w, Workload::open(model, folder, run_options(global)));
  const double load_s = since(t);
  t = Clock::now();
  FACULA_TRY(fac::Value result, w.call());
  const double first_s = since(t);
  std::vector<double> warm;
  for (int i = 0; i < 4; ++i) {
    t = Clock::now();
    FACULA_TRY(result, w.call());
    warm.push_back(since(t));
  }
  const double one = *std::min_element(warm.begin(), warm.end());
  const int inner = std::max(1, static_cast<int>(0.002 / one));
  say({{"ready", 1}, {"load_s", load_s}, {"first_s", first_s}, {"second_s", warm[0]}, {"one_s", one}, {"inner", inner}});
  for (std::string line; std::getline(std::cin, line);) {
    std::istringstream in(line);
    std::string command, argument;
    in >> command >> argument;
    if (command.empty() || command == "quit") break;
    if (command == "check") {
      std::vector<fac::Value> outs;
      flatten(result, outs);
      for (std::size_t i = 0; i < outs.size(); ++i) FACULA_TRY_VOID(save_outputs(outs[i], argument + "/o" + std::to_string(i) + ".npy"));
      say({{"n", outs.size()}});
    } else if (command == "run") {
      const double seconds = std::atof(argument.c_str()) / 1e3;
      if (one < 0.15) {
        FACULA_TRY(result, w.call());
      }
      nlohmann::json ts = nlohmann::json::array(), cpu = nlohmann::json::array(), bad = nlohmann::json::array();
      const auto start = Clock::now();
      while (ts.empty() || since(start) < seconds) {
        const long s0 = steal(), r0 = involuntary_switches();
        const double c0 = cpu_seconds();
        const auto t0 = Clock::now();
        for (int i = 0; i < inner; ++i) {
          FACULA_TRY(result, w.call());
        }
        ts.push_back(since(t0) / inner);
        cpu.push_back((cpu_seconds() - c0) / inner);
        bad.push_back(steal() != s0 || involuntary_switches() != r0 ? 1 : 0);
      }
      rusage u{};
      getrusage(RUSAGE_SELF, &u);
      say({{"t", ts}, {"cpu", cpu}, {"bad", bad}, {"rss_mb", static_cast<double>(u.ru_maxrss) / 1024}});
    }
  }
  return {};
}

}  // namespace

void add_worker(CLI::App& app, Global& global, int& exit) {
  struct Options {
    std::string model, inputs;
  };
  auto o = std::make_shared<Options>();
  CLI::App* c = app.add_subcommand("worker", "One engine of an interleaved benchmark: a line protocol on stdin and stdout");
  c->footer("Commands: `check DIR`, `run MILLISECONDS`, `quit`. Inputs are DIR/in0.npy, in1.npy ...");
  c->add_option("model", o->model, "the archive (.pt)")->required();
  c->add_option("inputs", o->inputs, "folder with in0.npy ...")->required();
  c->callback([o, &global, &exit] {
    if (auto s = work(o->model, o->inputs, global); !s.ok()) {
      say({{"error", s.error().full()}});
      exit = exit_code(s.error());
    }
  });
}

}  // namespace cli
