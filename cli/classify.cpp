// facula classify: the most probable classes of a picture.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <numeric>

#include "command.h"
#include "precision.h"
#include "ops/copy.h"

namespace cli {
namespace {

struct Options {
  std::string model, picture, labels;
  int top = 5, size = 224, resize = 0;
  bool raw = false, probabilities = false;
};

// One label a line, or a JSON list, or a JSON object of index -> label (or [wnid, label]).
fac::Result<std::vector<std::string>> read_labels(const std::string& path) {
  std::ifstream in(path);
  if (!in) return fac::error(fac::ErrorKind::kIo, "cannot open the labels {}", path);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  std::vector<std::string> out;
  const auto start = text.find_first_not_of(" \t\r\n");
  if (start != std::string::npos && (text[start] == '[' || text[start] == '{')) {
    const auto json = nlohmann::json::parse(text, nullptr, false);
    if (json.is_discarded()) return fac::error(fac::ErrorKind::kIo, "{} is not valid JSON", path);
    const auto label = [](const nlohmann::json& j) {
      return j.is_string() ? j.get<std::string>() : j.is_array() && !j.empty() && j.back().is_string() ? j.back().get<std::string>() : j.dump();
    };
    if (json.is_array()) {
      for (const auto& j : json) out.push_back(label(j));
    } else {
      for (std::size_t i = 0; i < json.size(); ++i) {
        const auto it = json.find(std::to_string(i));
        out.push_back(it == json.end() ? std::to_string(i) : label(*it));
      }
    }
    return out;
  }
  for (std::size_t at = 0; at < text.size();) {
    auto end = text.find('\n', at);
    if (end == std::string::npos) end = text.size();
    std::string line = text.substr(at, end - at);
    if (!line.empty() && line.back() == '\r') line.pop_back();
    out.push_back(std::move(line));
    at = end + 1;
  }
  return out;
}

std::string bar(double share) {
  static constexpr const char* kEighths[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  const int eighths = static_cast<int>(std::lround(share * 30 * 8));
  std::string out;
  for (int i = 0; i < eighths / 8; ++i) out += "█";
  return out + kEighths[eighths % 8];
}

// The scores of classes that a model's result holds. errors: it holds none.
fac::Result<fac::Tensor> scores_of(const fac::Value& returned) {
  const fac::Value result = returned.is_tuple() && !returned.tuple().values.empty() ? fac::Value(returned.tuple().values[0]) : returned;
  if (!result.is_tensor()) return fac::runtime_error("the model returned {}, not the scores of classes", describe(result));
  FACULA_TRY(fac::Tensor scores, fac::cast(result.tensor(), fac::DType::kDouble));
  FACULA_TRY(scores, fac::contiguous(scores));
  if (scores.numel() < 2 || (scores.dim() > 1 && scores.size(scores.dim() - 1) != scores.numel()))
    return fac::runtime_error("the model returned {}, not the scores of classes", describe(result));
  return scores;
}

// The classes with the highest scores, best first.
std::vector<std::size_t> best_of(const fac::Tensor& scores, std::size_t top) {
  const double* p = scores.data_as<double>();
  std::vector<std::size_t> order(static_cast<std::size_t>(scores.numel()));
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(top), order.end(), [&](std::size_t a, std::size_t b) { return p[a] > p[b] || (p[a] == p[b] && a < b); });
  order.resize(top);
  return order;
}

fac::Status classify(const Options& o, const Global& global) {
  FACULA_TRY_VOID(check_precision(global));
  FACULA_TRY(auto module, load(o.model));
  FACULA_TRY(fac::Tensor x, read_picture(o.picture, {!o.raw, o.size, o.resize}));
  std::vector<std::string> labels;
  if (!o.labels.empty()) {
    FACULA_TRY(labels, read_labels(o.labels));
  }
  FACULA_TRY_VOID(fac::train(module, false));
  FACULA_TRY(auto same, copy_arguments({fac::Value(x)}));  // a model may write into its input
  FACULA_TRY(fac::Value result, fac::run_method(module, "forward", {fac::Value(x)}, {}, run_options(global)));
  FACULA_TRY(const fac::Tensor scores, scores_of(result));
  const auto n = static_cast<std::size_t>(scores.numel());
  std::vector<double> p(scores.data_as<double>(), scores.data_as<double>() + n);
  if (!o.probabilities) {
    const double most = *std::max_element(p.begin(), p.end());
    double sum = 0;
    for (double& v : p) sum += v = std::exp(v - most);
    for (double& v : p) v /= sum;
  }
  const std::size_t top = std::min(n, static_cast<std::size_t>(o.top));
  const std::vector<std::size_t> order = best_of(scores, top);
  std::optional<Accuracy> accuracy;
  bool best_agrees = true, order_agrees = true;
  if (global.precision != fac::Precision::kFloat32) {
    FACULA_TRY(auto other, load(o.model));
    FACULA_TRY_VOID(fac::train(other, false));
    auto full = run_options(global);
    full.precision = fac::Precision::kFloat32;
    FACULA_TRY(const fac::Value in_float32, fac::run_method(other, "forward", std::move(same), {}, full));
    FACULA_TRY(accuracy, compare(module, "forward", global, in_float32, result));
    FACULA_TRY(const fac::Tensor expected, scores_of(in_float32));
    const auto best = best_of(expected, top);
    best_agrees = best[0] == order[0];
    order_agrees = best == order;
  }
  // Lists with a background class in front have one label more.
  const auto name = [&](std::size_t i) { return i < labels.size() ? labels[i] : "class " + std::to_string(i); };
  if (global.json) {
    nlohmann::json out = nlohmann::json::array();
    for (std::size_t k = 0; k < top; ++k) out.push_back({{"class", order[k]}, {"label", name(order[k])}, {"probability", p[order[k]]}});
    if (accuracy) out = {{"classes", std::move(out)}, {"accuracy", json_of(*accuracy)}};
    if (accuracy) out["accuracy"]["best_class_agrees"] = best_agrees, out["accuracy"]["order_agrees"] = order_agrees;
    std::cout << out.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) << "\n";
    return {};
  }
  std::size_t width = 0;
  for (std::size_t k = 0; k < top; ++k) width = std::max(width, name(order[k]).size());
  for (std::size_t k = 0; k < top; ++k)
    std::printf("%-*s  %.4f  %s\n", static_cast<int>(width), name(order[k]).c_str(), p[order[k]], bar(p[order[k]]).c_str());
  if (accuracy)
    std::printf("%s  the best class %s, the order of the %zu shown %s\n", text_of(*accuracy).c_str(), best_agrees ? "agrees" : "differs", top,
                order_agrees ? "agrees" : "differs");
  std::fflush(stdout);
  return {};
}

}  // namespace

void add_classify(CLI::App& app, Global& global, int& exit) {
  auto o = std::make_shared<Options>();
  CLI::App* c = app.add_subcommand("classify", "Name what a picture shows, with the probabilities of the best classes");
  c->footer("The picture is resized (shorter side size*256/224), cropped and normalised as torchvision does.\n"
            "Example: facula classify mobilenet_v2.pt cat.jpg --labels imagenet_classes.txt");
  c->add_option("model", o->model, "the archive (.pt); its forward takes [1, 3, size, size]")->required();
  c->add_option("picture", o->picture, "PNG, JPEG, BMP ...")->required();
  c->add_option("-l,--labels", o->labels, "names of the classes: one a line, or JSON");
  c->add_option("-k,--top", o->top, "how many classes to show")->capture_default_str()->check(CLI::Range(1, 100000));
  c->add_option("--size", o->size, "side of the cropped picture")->capture_default_str()->check(CLI::Range(1, 1 << 15));
  c->add_option("--resize", o->resize, "shorter side before cropping (default: size*256/224)")->check(CLI::Range(1, 1 << 15));
  c->add_flag("--no-normalise", o->raw, "leave pixels in 0..1");
  c->add_flag("--probabilities", o->probabilities, "the model returns probabilities, not logits");
  add_precision(*c, global);
  c->callback([o, &global, &exit] {
    if (auto s = classify(*o, global); !s.ok()) exit = report(s.error(), global);
  });
}

}  // namespace cli
