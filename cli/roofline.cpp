#include "roofline.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <map>

#include "exec/vm/code.h"
#include "ir/unit.h"
#include "kernels/peak.h"

namespace cli {

fac::Result<PlanReports> time_plans(const fac::Ref<fac::ObjectBox>& module, const std::string& method, const std::vector<fac::Value>& args,
                                    const fac::RunOptions& options, int runs) {
  const auto call = [&]() -> fac::Status {
    FACULA_TRY(const fac::Value ignored, fac::run_method(module, method, args, {}, options));
    (void)ignored;
    return {};
  };
  for (int warm = 0; warm < 2; ++warm) FACULA_TRY_VOID(call());
  fac::plan::StepClock clock;
  for (int i = 0; i < runs; ++i) FACULA_TRY_VOID(call());
  auto* function = dynamic_cast<fac::ir::Function*>(module->type().find_method(method));
  if (!function) return fac::runtime_error("'{}' is no method of this module", method);
  FACULA_TRY(const auto code, fac::method_code(module, *function, true, options.precision.value_or(fac::precision_of(module))));
  PlanReports plans;
  for (const auto& made : code->plans) plans.push_back(made.plan->report(clock));
  return plans;
}

double Roofline::share_of_limit(const Work& w) const {
  const double arithmetic = peak_flops > 0 ? w.flops / peak_flops : 0, memory = peak_bytes > 0 ? w.bytes / peak_bytes : 0;
  return w.seconds > 0 ? std::max(arithmetic, memory) / w.seconds : 0;
}

Roofline roofline(const PlanReports& plans, int threads) {
  Roofline r;
  r.peak_flops = fac::kernels::peak_flops(threads);
  r.peak_bytes = fac::kernels::peak_bytes(threads);
  std::map<std::string, Roofline::Work> kinds;
  for (const auto& variants : plans)
    for (const auto& v : variants)
      for (const auto& s : v.steps) {
        auto& w = kinds[s.text];
        w.text = s.text;
        ++w.count;
        w.seconds += s.seconds, w.flops += s.flops, w.bytes += s.bytes;
        r.seconds += s.seconds;
      }
  for (auto& [text, w] : kinds) r.work.push_back(std::move(w));
  std::sort(r.work.begin(), r.work.end(), [](const auto& a, const auto& b) { return a.seconds > b.seconds; });
  return r;
}

namespace {

std::string number(double v, const char* format) {
  char out[64];
  std::snprintf(out, sizeof out, format, v);
  return out;
}
double rate(double amount, double seconds) { return seconds > 0 ? amount / seconds / 1e9 : 0; }

}  // namespace

void print(const Roofline& r) {
  std::printf("\nplanned steps, %.3f ms; limits measured now: %.1f GFLOP/s, %.1f GB/s\n", r.seconds * 1e3, r.peak_flops / 1e9, r.peak_bytes / 1e9);
  std::printf("         ms   share   times    GFLOP/s      GB/s   of limit  step\n");
  for (const auto& w : r.work) {
    const bool counted = w.flops > 0 || w.bytes > 0;
    std::printf("  %9.4f %5.1f %% %6d x %10s %9s %10s  %s\n", w.seconds * 1e3, 100 * w.seconds / std::max(r.seconds, 1e-12), w.count,
                w.flops > 0 ? number(rate(w.flops, w.seconds), "%.1f").c_str() : "", w.bytes > 0 ? number(rate(w.bytes, w.seconds), "%.1f").c_str() : "",
                counted ? number(100 * r.share_of_limit(w), "%.0f %%").c_str() : "", w.text.c_str());
  }
  std::printf("Of limit: the least time that arithmetic or main memory allow, by the time taken. More than 100 %%: data from a cache, or fewer\n"
              "operations than a plain algorithm's, which are what is counted (Winograd).\n");
}

nlohmann::json json_of(const Roofline& r) {
  nlohmann::json steps = nlohmann::json::array();
  for (const auto& w : r.work)
    steps.push_back({{"step", w.text}, {"count", w.count}, {"ms", w.seconds * 1e3}, {"flops", w.flops}, {"bytes", w.bytes},
                     {"gflops_per_s", rate(w.flops, w.seconds)}, {"gbytes_per_s", rate(w.bytes, w.seconds)}, {"share_of_limit", r.share_of_limit(w)}});
  return {{"peak_gflops_per_s", r.peak_flops / 1e9}, {"peak_gbytes_per_s", r.peak_bytes / 1e9}, {"ms", r.seconds * 1e3}, {"steps", steps}};
}

std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) out += c == '<' ? "&lt;" : c == '&' ? "&amp;" : c == '>' ? "&gt;" : std::string(1, c);
  return out;
}

fac::Status draw(const Roofline& r, const std::string& title, const std::string& path) {
  constexpr double kWidth = 900, kHeight = 560, kLeft = 70, kTop = 40, kRight = 30, kBottom = 60;
  // Powers of two of operations per byte, powers of ten of GFLOP/s.
  constexpr double kLow = -4, kHigh = 11;
  const double top = std::ceil(std::log10(std::max(r.peak_flops / 1e9, 1.0)) + 0.4), bottom = top - 4;
  const auto x_of = [&](double intensity) { return kLeft + (std::clamp(std::log2(intensity), kLow, kHigh) - kLow) / (kHigh - kLow) * (kWidth - kLeft - kRight); };
  const auto y_of = [&](double gflops) { return kTop + (top - std::clamp(std::log10(std::max(gflops, 1e-9)), bottom, top)) / (top - bottom) * (kHeight - kTop - kBottom); };
  const double ridge = r.peak_bytes > 0 ? r.peak_flops / r.peak_bytes : 1;
  std::ofstream out(path);
  out << "<svg xmlns='http://www.w3.org/2000/svg' width='" << kWidth << "' height='" << kHeight << "' font-family='sans-serif' font-size='11'>\n"
      << "<rect width='100%' height='100%' fill='white'/>\n<text x='" << kLeft << "' y='20' font-size='14' font-weight='bold'>" << escaped(title) << "</text>\n";
  for (int e = static_cast<int>(kLow); e <= static_cast<int>(kHigh); ++e)
    out << "<line x1='" << x_of(std::exp2(e)) << "' x2='" << x_of(std::exp2(e)) << "' y1='" << kTop << "' y2='" << kHeight - kBottom << "' stroke='#eee'/>"
        << "<text x='" << x_of(std::exp2(e)) << "' y='" << kHeight - kBottom + 16 << "' text-anchor='middle'>" << number(std::exp2(e), "%g") << "</text>\n";
  for (int e = static_cast<int>(bottom); e <= static_cast<int>(top); ++e)
    out << "<line x1='" << kLeft << "' x2='" << kWidth - kRight << "' y1='" << y_of(std::pow(10.0, e)) << "' y2='" << y_of(std::pow(10.0, e)) << "' stroke='#eee'/>"
        << "<text x='" << kLeft - 6 << "' y='" << y_of(std::pow(10.0, e)) + 4 << "' text-anchor='end'>" << number(std::pow(10.0, e), "%g") << "</text>\n";
  out << "<text x='" << (kLeft + kWidth - kRight) / 2 << "' y='" << kHeight - 18 << "' text-anchor='middle'>operations per byte</text>"
      << "<text transform='translate(18 " << (kTop + kHeight - kBottom) / 2 << ") rotate(-90)' text-anchor='middle'>GFLOP/s</text>\n";
  const double first = std::exp2(kLow);
  out << "<polyline fill='none' stroke='#444' stroke-width='2' points='" << x_of(first) << "," << y_of(first * r.peak_bytes / 1e9) << " " << x_of(ridge) << ","
      << y_of(r.peak_flops / 1e9) << " " << x_of(std::exp2(kHigh)) << "," << y_of(r.peak_flops / 1e9) << "'/>\n"
      << "<text x='" << kWidth - kRight << "' y='" << y_of(r.peak_flops / 1e9) - 6 << "' text-anchor='end'>" << number(r.peak_flops / 1e9, "%.0f GFLOP/s") << ", "
      << number(r.peak_bytes / 1e9, "%.1f GB/s") << "</text>\n";
  for (const auto& w : r.work) {
    if (w.flops <= 0 || w.bytes <= 0 || w.seconds <= 0) continue;
    const double share = w.seconds / std::max(r.seconds, 1e-12);
    out << "<circle cx='" << x_of(w.flops / w.bytes) << "' cy='" << y_of(rate(w.flops, w.seconds)) << "' r='" << number(2 + 40 * std::sqrt(share), "%.1f")
        << "' fill='#d9822b' fill-opacity='0.35' stroke='#d9822b'><title>" << escaped(w.text) << ": " << number(w.seconds * 1e3, "%.4f ms, ")
        << number(rate(w.flops, w.seconds), "%.1f GFLOP/s, ") << number(100 * r.share_of_limit(w), "%.0f %% of the limit") << "</title></circle>\n";
  }
  out << "</svg>\n";
  out.close();
  if (!out) return fac::error(fac::ErrorKind::kIo, "cannot write {}", path);
  return {};
}

}  // namespace cli
