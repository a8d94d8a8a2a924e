// facula plan: what became of a method: its regions as steps, with the least time of each, its share and its speed, and the memory
// of a run; as text, JSON or a picture.
#include <algorithm>
#include <cstdio>
#include <fstream>
#include <iostream>

#include "command.h"
#include "precision.h"
#include "roofline.h"

namespace cli {
namespace {

struct Options {
  std::string model, method = "forward", svg;
  std::vector<std::string> inputs;
  int runs = 10, size = 0;
};

using Report = fac::plan::VariantReport;

std::string number(double v, const char* format) {
  char out[64];
  std::snprintf(out, sizeof out, format, v);
  return out;
}
double step_ms(const Report::Step& s) { return s.seconds * 1e3; }
double gflops(const Report::Step& s) { return s.flops > 0 && s.seconds > 0 ? s.flops / s.seconds / 1e9 : 0; }
double total_ms(const PlanReports& plans) {
  double ms = 0;
  for (const auto& variants : plans)
    for (const auto& v : variants)
      for (const auto& s : v.steps) ms += step_ms(s);
  return ms;
}

void print(const PlanReports& plans) {
  const double total = total_ms(plans);
  for (std::size_t p = 0; p < plans.size(); ++p) {
    if (plans[p].empty()) std::printf("plan %zu: run operator by operator\n", p);
    for (const Report& v : plans[p]) {
      std::printf("plan %zu: %zu steps, arena %.2f MB (at least %.2f MB at one time)\n", p, v.steps.size(),
                  static_cast<double>(v.arena_bytes) / 1e6, static_cast<double>(v.arena_lower_bound) / 1e6);
      for (const auto& s : v.steps)
        std::printf("  %9.4f ms %5.1f %% %s  %s\n", step_ms(s), 100 * step_ms(s) / std::max(total, 1e-9),
                    gflops(s) > 0 ? number(gflops(s), "%7.1f GFLOP/s").c_str() : "               ", s.text.c_str());
    }
  }
  std::printf("all steps %.3f ms. Speed counts the multiplications and additions of a plain algorithm: Winograd needs fewer.\n", total);
}

nlohmann::json json_of(const PlanReports& plans) {
  nlohmann::json out = nlohmann::json::array();
  for (std::size_t p = 0; p < plans.size(); ++p)
    for (const Report& v : plans[p]) {
      nlohmann::json steps = nlohmann::json::array();
      for (const auto& s : v.steps)
        steps.push_back({{"step", s.text}, {"ms", step_ms(s)}, {"flops", s.flops}, {"bytes", s.bytes}, {"gflops_per_s", gflops(s)}, {"reduced", s.reduced}});
      out.push_back({{"plan", p}, {"arena_bytes", v.arena_bytes}, {"arena_lower_bound", v.arena_lower_bound}, {"steps", steps}});
    }
  return out;
}

// One bar a step, as long as its time.
fac::Status draw(const PlanReports& plans, const std::string& model, const std::string& path) {
  constexpr int kRow = 16, kBar = 360, kText = 380;
  double longest = 1e-9;
  int rows = 3;
  for (const auto& variants : plans)
    for (const auto& v : variants) {
      rows += static_cast<int>(v.steps.size()) + 1;
      for (const auto& s : v.steps) longest = std::max(longest, step_ms(s));
    }
  std::ofstream out(path);
  out << "<svg xmlns='http://www.w3.org/2000/svg' width='1000' height='" << rows * kRow << "' font-family='sans-serif' font-size='11'>\n"
      << "<rect width='100%' height='100%' fill='white'/>\n<text x='8' y='14' font-weight='bold'>" << escaped(model) << ": "
      << number(total_ms(plans), "%.3f") << " ms</text>\n";
  int y = 2 * kRow;
  for (std::size_t p = 0; p < plans.size(); ++p)
    for (const Report& v : plans[p]) {
      out << "<text x='8' y='" << y + 12 << "' fill='#555'>plan " << p << ", arena " << number(static_cast<double>(v.arena_bytes) / 1e6, "%.2f")
          << " MB</text>\n";
      y += kRow;
      for (const auto& s : v.steps) {
        const double width = kBar * step_ms(s) / longest;
        out << "<rect x='8' y='" << y + 2 << "' width='" << number(std::max(width, 0.5), "%.1f") << "' height='" << kRow - 4 << "' fill='"
            << (s.flops > 0 ? "#d9822b" : "#4a7fb5") << "'/><text x='" << kText << "' y='" << y + 12 << "'>" << number(step_ms(s), "%.4f ms  ")
            << (gflops(s) > 0 ? number(gflops(s), "%.0f GFLOP/s  ") : std::string()) << escaped(s.text) << "</text>\n";
        y += kRow;
      }
    }
  out << "</svg>\n";
  out.close();
  if (!out) return fac::error(fac::ErrorKind::kIo, "cannot write {}", path);
  return {};
}

fac::Status plan(const Options& o, const Global& global) {
  FACULA_TRY_VOID(check_precision(global));
  FACULA_TRY(auto module, load(o.model));
  FACULA_TRY_VOID(need_method(module, o.method));
  FACULA_TRY_VOID(fac::train(module, false));
  std::vector<fac::Value> args;
  for (const auto& text : o.inputs) {
    FACULA_TRY(fac::Value v, parse_input(text, {true, o.size, 0}));
    args.push_back(std::move(v));
  }
  FACULA_TRY(const PlanReports plans, time_plans(module, o.method, args, run_options(global), o.runs));
  if (!o.svg.empty()) FACULA_TRY_VOID(draw(plans, o.model, o.svg));
  if (global.json) std::cout << json_of(plans).dump(2, ' ', false, nlohmann::json::error_handler_t::replace) << "\n";
  else print(plans);
  std::fflush(stdout);
  return {};
}

}  // namespace

void add_plan(CLI::App& app, Global& global, int& exit) {
  auto o = std::make_shared<Options>();
  CLI::App* c = app.add_subcommand("plan", "Show what a method became: steps, fusions, layouts, memory, and the time of each step");
  c->footer("Straight-line tensor code is planned on the first call: weights packed, what follows fused, memory laid out.\n"
            "Example: facula plan resnet34.pt --input 'rand(1,3,224,224)' --svg resnet34.svg");
  c->add_option("model", o->model, "the archive (.pt)")->required();
  c->add_option("-i,--input", o->inputs, "an argument, as for `facula run`")->allow_extra_args(false);
  c->add_option("-m,--method", o->method, "the method to call")->capture_default_str();
  c->add_option("--runs", o->runs, "calls that are timed")->capture_default_str()->check(CLI::Range(1, 1000000));
  c->add_option("--size", o->size, "resize and centre-crop pictures to this size");
  c->add_option("--svg", o->svg, "write a picture of the steps");
  add_precision(*c, global);
  c->callback([o, &global, &exit] {
    if (auto s = plan(*o, global); !s.ok()) exit = report(s.error(), global);
  });
}

}  // namespace cli
