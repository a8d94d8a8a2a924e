// Running bytecode.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <span>

#include "base/limits.h"
#include "exec/vm/code.h"
#include "exec/vm/memory_limit.h"

namespace fac::vm {

// How functions that are called but not inlined get their code. module/ supplies the cache.
class CodeSource {
 public:
  virtual ~CodeSource() = default;
  virtual Result<std::shared_ptr<const Code>> code(ir::Function& f) = 0;
};

// Sees every operator call; for profiles and layer-by-layer comparison.
class Observer {
 public:
  virtual ~Observer() = default;
  virtual void before(std::string_view op, std::span<const Value> args) = 0;
  virtual void after(std::string_view op, std::span<const Value> results, Range range) = 0;
};

struct RunContext {
  explicit RunContext(CodeSource& source, const Limits& limits = {}, Observer* observer = nullptr);
  CodeSource& source;
  Limits limits;
  Observer* observer;
  std::uint64_t instructions = 0;
  std::uint32_t depth = 0;
  std::chrono::steady_clock::time_point deadline;
  bool has_deadline;
  const std::atomic<bool>* stop = nullptr;  // set by another thread: the run ends with an error
  std::shared_ptr<MemoryLimit> memory;      // null: unlimited; whoever runs code with this context installs it

  Status poll(std::uint64_t words);  // called at loop heads and calls
};

// Runs a function on its arguments (moved from). The arguments' tags must fit the parameters; see check_args.
// errors: what the program raises or an operator refuses, with frames innermost first; limits.
Result<Value> run(const Code& code, std::span<Value> args, RunContext& context);

}  // namespace fac::vm
