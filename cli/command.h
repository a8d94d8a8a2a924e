// What the commands of the `facula` program share: one file a command, each adds itself to the parser.
#pragma once

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "module/module.h"
#include "tensor/tensor.h"
#include "value/value.h"

namespace cli {

// Exit codes, the same for every command.
enum Exit : int {
  kOk = 0,
  kFailed = 1,       // the program or model failed while running
  kUsage = 2,        // arguments
  kBadArchive = 3,   // the archive or its code was rejected
  kIo = 4,           // a file could not be read or written
};
int exit_code(const fac::Error& e);

// A mistake in the command's arguments: exits with kUsage.
inline constexpr const char* kUsageMark = "facula.UsageError";  // in Error::python_class, which a run of a model fills with kRaised only
template <class... A>
fac::ErrorPtr usage_error(std::string_view format, const A&... args) {
  fac::ErrorPtr e = fac::runtime_error(format, args...);
  e->python_class = kUsageMark;
  return e;
}

struct Global {
  bool json = false;
  bool no_plan = false;
  int threads = 0;
  fac::Precision precision = fac::Precision::kFloat32;  // of the commands that take --precision
};

// Each adds its subcommand; the command's result is written to `exit`.
using Register = void (*)(CLI::App& app, Global& global, int& exit);
void add_run(CLI::App&, Global&, int&);
void add_classify(CLI::App&, Global&, int&);
void add_inspect(CLI::App&, Global&, int&);
void add_bench(CLI::App&, Global&, int&);
void add_plan(CLI::App&, Global&, int&);
void add_ops(CLI::App&, Global&, int&);
void add_compile(CLI::App&, Global&, int&);
void add_check(CLI::App&, Global&, int&);
void add_repl(CLI::App&, Global&, int&);
void add_worker(CLI::App&, Global&, int&);
void add_convert(CLI::App&, Global&, int&);

// Prints an error (to stderr; as JSON on stdout with --json) and gives the exit code.
int report(const fac::Error& e, const Global& global);

fac::Result<fac::Ref<fac::ObjectBox>> load(const std::string& path);
fac::Status need_method(const fac::Ref<fac::ObjectBox>& module, const std::string& method);  // else an error of usage
fac::RunOptions run_options(const Global& global);

// --- inputs.cpp: "pic.png", "x.npy", "rand(1,3,224,224)", "randn(...)", "zeros(...)", "ones(...)", "arange(n)", "3", "2.5",
// "True", "None", "'text'", "[1,2,3]", "[0.5,1]".
struct PictureOptions {
  bool normalise = true;  // ImageNet mean and deviation
  int size = 0;           // crop to size x size after resizing the shorter side; 0: as it is
  int resize = 0;         // shorter side; 0: size * 256 / 224
};
fac::Result<fac::Value> parse_input(const std::string& text, const PictureOptions& picture);

// --- npy.cpp
fac::Result<fac::Tensor> read_npy(const std::string& path);
fac::Status write_npy(const std::string& path, const fac::Tensor& t);

// --- picture.cpp: float32 [1, 3, h, w]. Resizing as torchvision's transforms on PIL pictures: antialiased bilinear on
// bytes, rounded to bytes, then centre crop.
fac::Result<fac::Tensor> read_picture(const std::string& path, const PictureOptions& options);

// --- output.cpp
nlohmann::json to_json(const fac::Value& v, std::size_t most_elements = 10000);
std::vector<std::pair<std::string, fac::Tensor>> named_outputs(const fac::Value& v);  // the tensors inside
std::string describe(const fac::Value& v);  // "Tensor float32 [1, 1000]", "tuple of 2: ..."
// Saves tensors as PATH (one) or PATH with .0, .1, .name (several), .npy. errors: no tensor inside, cannot write.
fac::Status save_outputs(const fac::Value& v, const std::string& path);

}  // namespace cli
