#include "precision.h"

#include <cmath>
#include <cstdio>
#include <limits>

#include "exec/plan/plan.h"
#include "exec/vm/code.h"
#include "module/executor.h"
#include "ops/copy.h"
#include "ops/generator.h"

namespace cli {

void add_precision(CLI::App& command, Global& global) {
  const auto known = [](std::string& name) -> std::string {
    auto p = fac::precision_named(name);
    return p.ok() ? "" : p.error().message;
  };
  command.add_option_function<std::string>("--precision", [&global](const std::string& name) {
    if (const auto p = fac::precision_named(name); p.ok()) global.precision = *p;
  }, "weights and inputs of products in fewer bits: int8-dynamic, bf16 or bf16-emulated; what that changes is reported")
      ->check(CLI::Validator(known, "NAME"));
}

fac::Status check_precision(const Global& global) {
  if (global.precision == fac::Precision::kFloat32 || !global.no_plan) return {};
  return usage_error("--precision {} is a property of plans: it cannot be had without them", fac::precision_name(global.precision));
}

namespace {

fac::Result<Accuracy::Output> compare_tensors(const std::string& name, const fac::Tensor& x, const fac::Tensor& y) {
  constexpr double kFar = std::numeric_limits<double>::infinity();
  Accuracy::Output out{name, 0, 0};
  if (fac::Dims(x.sizes()) != fac::Dims(y.sizes()) || x.dtype() != y.dtype() || fac::is_complex(x.dtype())) {
    out.largest = out.mean = kFar;
    return out;
  }
  FACULA_TRY(fac::Tensor a, fac::cast(x, fac::DType::kDouble));
  FACULA_TRY(a, fac::contiguous(a));
  FACULA_TRY(fac::Tensor b, fac::cast(y, fac::DType::kDouble));
  FACULA_TRY(b, fac::contiguous(b));
  double most = 0;
  for (std::int64_t i = 0; i < a.numel(); ++i) {
    const double u = a.data_as<double>()[i], v = b.data_as<double>()[i];
    if (std::isfinite(u)) most = std::max(most, std::abs(u));
    if (u == v || (std::isnan(u) && std::isnan(v))) continue;
    const double difference = std::isfinite(u) && std::isfinite(v) ? std::abs(u - v) : kFar;
    out.largest = std::max(out.largest, difference);
    out.mean += difference / static_cast<double>(a.numel());
  }
  if (out.largest > 0) out.largest /= most, out.mean /= most;
  return out;
}

}  // namespace

fac::Result<Accuracy> compare(const fac::Ref<fac::ObjectBox>& module, const std::string& method, const Global& global,
                              const fac::Value& in_float32, const fac::Value& reduced) {
  Accuracy a;
  a.precision = fac::precision_name(global.precision);
  if (auto* f = dynamic_cast<fac::ir::Function*>(module->type().find_method(method))) {
    FACULA_TRY(const auto code, fac::method_code(module, *f, true, global.precision));
    const fac::plan::StepClock none;
    for (const auto& made : code->plans)
      for (const auto& variant : made.plan->report(none))
        for (const auto& step : variant.steps) ++a.steps, a.reduced += step.reduced;
  }
  const auto x = named_outputs(in_float32), y = named_outputs(reduced);
  if (x.size() != y.size()) return fac::runtime_error("in {} the model returns another number of tensors", a.precision);
  for (std::size_t i = 0; i < x.size(); ++i) {
    FACULA_TRY(auto output, compare_tensors(x[i].first, x[i].second, y[i].second));
    a.outputs.push_back(std::move(output));
  }
  return a;
}

std::string text_of(const Accuracy& a) {
  std::string out = fac::fmt("{}: {} of {} planned steps; against float32, relative to its largest value:\n", a.precision, a.reduced, a.steps);
  for (const auto& o : a.outputs) {
    char line[96];
    std::snprintf(line, sizeof line, "largest difference %.2e, mean %.2e\n", o.largest, o.mean);
    out += "  " + (o.name.empty() ? std::string() : o.name + ": ") + line;
  }
  return out;
}

nlohmann::json json_of(const Accuracy& a) {
  const auto number = [](double v) { return std::isfinite(v) ? nlohmann::json(v) : nlohmann::json("inf"); };
  nlohmann::json outputs = nlohmann::json::array();
  for (const auto& o : a.outputs) outputs.push_back({{"name", o.name}, {"largest_difference", number(o.largest)}, {"mean_difference", number(o.mean)}});
  return {{"precision", a.precision}, {"reduced_steps", a.reduced}, {"steps", a.steps}, {"outputs", outputs}};
}

void restart_random_numbers() { fac::ops::GeneratorLock(fac::Value())->set_seed(fac::ops::Generator::kDefaultSeed); }

fac::Result<std::vector<fac::Value>> copy_arguments(const std::vector<fac::Value>& args) {
  std::vector<fac::Value> out;
  for (const auto& v : args) {
    if (!v.is_tensor()) {
      out.push_back(v);
      continue;
    }
    FACULA_TRY(fac::Tensor t, fac::clone(v.tensor()));
    out.emplace_back(std::move(t));
  }
  return out;
}

}  // namespace cli
