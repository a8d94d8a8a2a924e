// Running bytecode.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

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
  std::uint32_t depth = 0;
  std::chrono::steady_clock::time_point deadline;
  bool has_deadline;
  std::vector<std::uint64_t> warned;        // places (Call::place): a program warns once in a run from each, as in PyTorch
  const std::atomic<bool>* stop = nullptr;  // set by another thread: the run ends with an error
  std::shared_ptr<MemoryLimit> memory;      // null: unlimited; whoever runs code with this context installs it

  // Loop heads and calls take from the fuel; where it is used up, the limits are looked at and it is filled again.
  static constexpr std::uint64_t kSlice = 1024;
  std::int64_t fuel = 0;
  Status poll(std::uint64_t words) {
    if (fuel < static_cast<std::int64_t>(words)) return look(words);
    fuel -= static_cast<std::int64_t>(words);
    return {};
  }
  Status look(std::uint64_t words);
  // What runs now may take long: look at the next loop head.
  void look_soon() {
    granted_ -= static_cast<std::uint64_t>(fuel);
    fuel = 0;
  }
  std::uint64_t instructions() const { return granted_ - static_cast<std::uint64_t>(fuel); }  // used so far
  void add_instructions(std::uint64_t n) { granted_ += n; }

 private:
  std::uint64_t granted_ = 0;  // used, and the fuel that is left
};

// Runs a function on its arguments (moved from). The arguments' tags must fit the parameters; see check_args.
// errors: what the program raises or an operator refuses, with frames innermost first; limits.
Result<Value> run(const Code& code, std::span<Value> args, RunContext& context);

}  // namespace fac::vm
