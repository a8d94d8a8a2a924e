// Where a planned method stands against the machine's limits: time, arithmetic and memory traffic of each kind of step beside the
// measured peaks (S. Williams et al., "Roofline", CACM 52(4), 2009).
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "exec/plan/plan.h"
#include "module/executor.h"
#include "module/module.h"

namespace cli {

using PlanReports = std::vector<std::vector<fac::plan::VariantReport>>;  // [plan][variant]

// Runs the method until its plans are made, then `runs` times under a clock.
fac::Result<PlanReports> time_plans(const fac::Ref<fac::ObjectBox>& module, const std::string& method, const std::vector<fac::Value>& args,
                                    const fac::RunOptions& options, int runs);

struct Roofline {
  double peak_flops = 0, peak_bytes = 0;  // a second, of this machine with these threads, measured just now
  struct Work {                           // equal steps together
    std::string text;
    int count = 0;
    double seconds = 0, flops = 0, bytes = 0;
  };
  std::vector<Work> work;                 // longest first
  double seconds = 0;                     // of all

  // The least time that the limits allow, as a share of the time taken: 1 is the roof. Above 1: the data were in a cache, or the
  // algorithm needs less arithmetic than a plain one (Winograd).
  double share_of_limit(const Work& w) const;
};
Roofline roofline(const PlanReports& plans, int threads);

void print(const Roofline& r);
nlohmann::json json_of(const Roofline& r);
// Operations per byte against operations per second, both logarithmic; areas of the circles are shares of the time.
fac::Status draw(const Roofline& r, const std::string& title, const std::string& path);

// Text for XML.
std::string escaped(const std::string& text);

}  // namespace cli
