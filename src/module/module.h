// Modules: loading an archive, running its methods, reading and changing its state. The glue over archive/, frontend/,
// ir/ and exec/; the facade, the CLI and Python stand on these functions alone.
//
// A module is an ObjectBox whose class says is_module(). Its ir::Unit (classes, functions) lives as long as any of its
// objects. One module may run in many threads at once, as long as nobody changes it meanwhile.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "archive/byte_source.h"
#include "base/limits.h"
#include "exec/vm/run.h"
#include "ir/unit.h"
#include "value/value.h"

namespace fac {

struct LoadOptions {
  Limits limits;
  bool verify = false;                                  // check every CRC (reads the whole file)
  Device device{};                                      // kCPU is what this build runs on; others are refused
  std::map<std::string, std::string>* extra_files = nullptr;  // keys asked for; values are filled in
};

using plan::Precision;
using plan::precision_name, plan::precision_named;

struct RunOptions {
  Limits limits;
  int threads = 0;                          // of this call; 0: the global setting
  vm::Observer* observer = nullptr;         // sees each operator; switches planning off
  const std::atomic<bool>* stop = nullptr;  // set it to end the run with an error
  bool plan = true;                         // false: every operator by itself, nothing fused (equal results)
  std::optional<Precision> precision;       // of the plans; nullopt: the module's (set_precision), float32 for functions
};

using Kwargs = std::vector<std::pair<std::string, Value>>;

// errors: kIo, kArchive, kCompile (with the range in the archive's code).
Result<Ref<ObjectBox>> load_module(archive::ByteSource source, const LoadOptions& options = {});

// Matches arguments to the schema as a Python call does (defaults, keywords, int -> float, list element types).
// Pre-hooks and hooks of `forward` run, too.
Result<Value> run_method(const Ref<ObjectBox>& self, std::string_view method, std::vector<Value> args,
                         Kwargs kwargs = {}, const RunOptions& options = {});
Result<Value> run_function(ir::Function& f, std::vector<Value> args, Kwargs kwargs = {}, const RunOptions& options = {});
// The arguments as the function's graph takes them. errors: PyTorch's texts ("missing value for argument", ...).
Result<std::vector<Value>> bind_arguments(const Schema& schema, std::vector<Value> args, Kwargs kwargs, bool has_self);

// Program text compiled to functions (torch::jit::compile). `name` appears in messages.
Result<std::shared_ptr<ir::Unit>> compile_source(std::string text, std::string name);

// Attributes. Setting checks the type and makes compiled methods that depend on it stale.
Result<Value> get_attr(const ObjectBox& object, std::string_view name);
Status set_attr(ObjectBox& object, std::string_view name, Value v);

// The tree of modules below `root` (included, with the empty name), depth first in order of attributes; each object once.
struct NamedModule {
  std::string name;
  Ref<ObjectBox> module;
};
std::vector<NamedModule> named_modules(const Ref<ObjectBox>& root);
struct NamedTensor {
  std::string name;  // "layer1.0.conv1.weight"
  Tensor tensor;
  bool is_parameter;
};
// In order of modules and attributes, as state_dict has them; a shared tensor appears under each of its names.
std::vector<NamedTensor> named_tensors(const Ref<ObjectBox>& root);

Status train(const Ref<ObjectBox>& root, bool on);             // sets every `training`
bool is_training(const ObjectBox& module);
Status to_dtype(const Ref<ObjectBox>& root, DType dtype);      // floating parameters and buffers
Result<Ref<ObjectBox>> clone_module(const Ref<ObjectBox>& root, bool copy_tensors);

// A module that later changes of `root` do not reach, with the values of attributes folded into its methods:
// torch.jit.freeze. Keeps `forward`, the methods and attributes in `preserved` ("a", "sub.b") and what those still read.
// errors: the module is in training mode, an unknown name.
Result<Ref<ObjectBox>> freeze(const Ref<ObjectBox>& root, std::span<const std::string> preserved = {});

// The precision of calls of this object's methods that do not say otherwise. What its methods call runs in it, too; calls of its
// sub-modules by themselves do not. Neither saved nor cloned.
void set_precision(const Ref<ObjectBox>& root, Precision precision);
Precision precision_of(const Ref<ObjectBox>& module);

// The graph of a method as compiled, inlined, or as it runs (frozen, optimised, with planned regions).
enum class GraphStage : std::uint8_t { kCompiled, kInlined, kOptimized, kPlanned };
Result<std::shared_ptr<const ir::Graph>> method_graph(const Ref<ObjectBox>& self, std::string_view method, GraphStage stage);

}  // namespace fac
