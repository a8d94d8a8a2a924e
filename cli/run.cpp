// facula run: a method on given inputs; prints or saves what it returns.
#include <iostream>

#include "command.h"
#include "precision.h"
#include "tensor/print.h"
#include "value/print.h"

namespace cli {
namespace {

struct Options {
  std::string model, method = "forward", save;
  std::vector<std::string> inputs;
  bool raw_pictures = false, full = false;
  int size = 0;
  double seconds = 0, megabytes = 0;
};

std::string show(const fac::Value& v) {
  if (v.is_tensor()) return fac::tensor_repr(v.tensor());
  return fac::value_text(v);
}

fac::Status run(const Options& o, const Global& global) {
  FACULA_TRY_VOID(check_precision(global));
  FACULA_TRY(auto module, load(o.model));
  FACULA_TRY_VOID(need_method(module, o.method));
  std::vector<fac::Value> args;
  fac::Kwargs kwargs;
  PictureOptions picture{!o.raw_pictures, o.size, 0};
  for (const std::string& text : o.inputs) {
    // name=value is a keyword argument, unless the text is quoted or a call.
    const auto equals = text.find('=');
    const bool keyword = equals != std::string::npos && text.find_first_of("('\"[./") > equals;
    FACULA_TRY(fac::Value v, parse_input(keyword ? text.substr(equals + 1) : text, picture));
    if (keyword) kwargs.emplace_back(text.substr(0, equals), std::move(v));
    else args.push_back(std::move(v));
  }
  fac::RunOptions options = run_options(global);
  if (o.seconds > 0) options.limits.milliseconds = static_cast<std::uint64_t>(o.seconds * 1000);
  if (o.megabytes > 0) options.limits.memory_bytes = static_cast<std::uint64_t>(o.megabytes * 1e6);
  // Runs may write into their arguments and into the module: float32 gets its own.
  std::optional<fac::Value> in_float32;
  if (global.precision != fac::Precision::kFloat32) {
    FACULA_TRY(auto other, load(o.model));
    FACULA_TRY(auto same, copy_arguments(args));
    fac::Kwargs same_kwargs;
    for (const auto& [name, v] : kwargs) {
      FACULA_TRY(auto one, copy_arguments({v}));
      same_kwargs.emplace_back(name, std::move(one[0]));
    }
    auto full = options;
    full.precision = fac::Precision::kFloat32;
    restart_random_numbers();
    FACULA_TRY(in_float32, fac::run_method(other, o.method, std::move(same), std::move(same_kwargs), full));
    restart_random_numbers();
  }
  FACULA_TRY(fac::Value result, fac::run_method(module, o.method, std::move(args), std::move(kwargs), options));
  if (!o.save.empty()) FACULA_TRY_VOID(save_outputs(result, o.save));
  std::optional<Accuracy> accuracy;
  if (in_float32) {
    FACULA_TRY(accuracy, compare(module, o.method, global, *in_float32, result));
  }
  nlohmann::json shown;
  if (global.json) shown = to_json(result, o.full ? ~std::size_t{0} : 10000);
  if (accuracy && global.json) shown = {{"result", std::move(shown)}, {"accuracy", json_of(*accuracy)}};
  if (accuracy && !global.json) std::cerr << text_of(*accuracy);
  if (global.json) std::cout << shown.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) << "\n";
  else if (o.save.empty()) std::cout << show(result) << "\n";
  else std::cout << "saved " << describe(result) << " to " << o.save << "\n";
  return {};
}

}  // namespace

void add_run(CLI::App& app, Global& global, int& exit) {
  auto o = std::make_shared<Options>();
  CLI::App* c = app.add_subcommand("run", "Run a method of a model and print or save what it returns");
  c->footer("Inputs: x.npy, picture.png, rand(1,3,224,224), randn(..), zeros(..), ones(..), arange(n), 3, 2.5, True, None, 'text', [1,2];\n"
            "name=VALUE passes a keyword argument.\nExample: facula run model.pt --input 'rand(1,3,224,224)' --save out.npy");
  c->add_option("model", o->model, "the archive (.pt)")->required();
  c->add_option("-i,--input", o->inputs, "an argument of the method, in order")->allow_extra_args(false);
  c->add_option("-m,--method", o->method, "the method to call")->capture_default_str();
  c->add_option("-o,--save", o->save, "save the tensors of the result as .npy");
  c->add_option("--size", o->size, "resize and centre-crop pictures to this size")->check(CLI::Range(1, 1 << 15));
  c->add_flag("--raw-pictures", o->raw_pictures, "pictures in 0..1, without ImageNet normalisation");
  c->add_option("--max-seconds", o->seconds, "end the run after this time (for models from strangers)")->check(CLI::Range(0.001, 1e6));
  c->add_option("--max-megabytes", o->megabytes, "end the run when its tensors need more memory than this")->check(CLI::Range(0.001, 1e6));
  c->add_flag("--full", o->full, "with --json: all elements, however many");
  add_precision(*c, global);
  c->callback([o, &global, &exit] {
    if (auto s = run(*o, global); !s.ok()) exit = report(s.error(), global);
  });
}

}  // namespace cli
