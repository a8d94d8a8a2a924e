// Bytecode of one function: words of 64 bits over typed registers, constants and side tables. Made from a graph by
// lower(), run by the loop; never stored.
//
//   63        48 47        32 31        16 15     8 7      0
//   +-----------+------------+------------+--------+--------+
//   |     c     |     b      |     a      | flags  |   op   |      wide = b | c << 16: jump targets
//   +-----------+------------+------------+--------+--------+
//
// Registers are typed for ever, in four ranges: ints, bools, floats (together the scalars, written without releasing
// what was there), then the others, which own their Value. A scalar register has its tag from the start.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "exec/plan/precision.h"
#include "ir/graph.h"
#include "ir/host_function.h"
#include "ir/unit.h"
#include "ops/tiny.h"
#include "value/value.h"

namespace fac::plan {
class Plan;
class LeanRegion;
}

namespace fac::vm {

class NativeCode;

enum class Opcode : std::uint8_t {
#define OP(name, operands, meaning) k_##name,
#include "exec/vm/opcodes.def"
#undef OP
};

struct Word {
  Opcode op;
  std::uint8_t flags = 0;
  std::uint16_t a = 0, b = 0, c = 0;
  std::uint32_t wide() const { return b | static_cast<std::uint32_t>(c) << 16; }
  void set_wide(std::uint32_t w) {
    b = static_cast<std::uint16_t>(w);
    c = static_cast<std::uint16_t>(w >> 16);
  }
};
static_assert(sizeof(Word) == 8);

struct Operand {
  std::uint16_t reg;
  bool last;  // not read again: moved, so that a tensor may arrive with one owner and be reused in place
};

constexpr std::size_t kMostTinyArguments = 6;
constexpr std::size_t kMostLeanArguments = 16;

// Everything a call-like instruction needs besides its word.
struct Call {
  std::vector<Operand> args;
  std::vector<std::uint16_t> results;
  const ops::Overload* op = nullptr;   // call_op
  ops::TinyFn tiny = nullptr;          // call_op: its fast form, asked first
  std::uint32_t present = 0;           // call_op: bit i: argument i must be there; operators may give no tensor
  std::uint32_t present_items = 0;     // call_op: bit i: each item of list i must be there
  bool brief = false;                  // call_op: no tensors, so it cannot take long
  std::string name;                    // call_method: the method; unknown operators: their name
  ir::Function* function = nullptr;    // call_function
  Ref<ir::HostFunction> host;          // call_host
  TypePtr type;                        // make_list: element; make_dict: the dict; make_tuple: named tuple or null; make_object: class
  std::vector<TypePtr> types;          // is_instance
  std::shared_ptr<const class Code> body;  // fork: what the task runs
  std::string where;                       // warn: "file.py:12"
  std::uint64_t place = 0;                 // warn: the statement and the inlined call that it came with; copies are one place
  bool calls_methods = false;              // call_op: the operator may call methods of its operands (ir/implicit_calls.h)
  std::shared_ptr<plan::LeanRegion> lean;  // attempt: of a region and what is written behind it; else `tiny`
  bool isolated = false;                   // fork: the task may run at any time (ir/tasks.h)
};

struct PlanCall {
  std::shared_ptr<plan::Plan> plan;
  std::vector<Operand> args;
  std::vector<std::uint16_t> results;
};

// Where a word came from; looked up only when something fails.
struct WordSource {
  std::uint32_t first_word;  // valid up to the next entry's
  Range range;
  std::int32_t scope;
};

class Code {
 public:
  std::string function_name;
  std::vector<Word> words;
  std::vector<Value> constants;
  std::vector<Call> calls;
  std::vector<PlanCall> plans;
  plan::Precision precision = plan::Precision::kFloat32;  // of the plans
  std::vector<TypePtr> types;  // of casts
  std::uint32_t ints = 0, bools = 0, floats = 0, references = 0;  // registers of each kind, in this order
  std::uint32_t scalar_registers() const { return ints + bools + floats; }
  std::uint32_t registers() const { return scalar_registers() + references; }
  bool has_loops = false;                // worth native code, should it run long
  bool has_tasks = false;                // it forks
  std::vector<std::uint16_t> params;     // registers of the inputs
  std::vector<TypePtr> param_types;
  std::vector<WordSource> sources;
  std::vector<ir::InlineScope> scopes;
  std::shared_ptr<const ir::Graph> graph;  // kept: ranges point into its files, plans into its nodes

  const WordSource* source_of(std::size_t word) const;

  // Native code of its loops, made when they have run for a while (native/native.h); null: none yet.
  mutable std::atomic<const NativeCode*> native{nullptr};
  mutable std::atomic<std::uint32_t> heat{0};  // loop rounds run so far, about
  mutable std::once_flag native_once;
  mutable std::unique_ptr<const NativeCode, void (*)(const NativeCode*)> native_owner{nullptr, [](const NativeCode*) {}};
};

// Makes code from a verified graph with one result. With `planned`, straight-line tensor regions that the planner
// marked (facula::Plan nodes) become plan instructions. errors: more than 65535 registers, malformed structural nodes.
Result<std::shared_ptr<const Code>> lower(std::shared_ptr<const ir::Graph> graph, std::string function_name,
                                          plan::Precision precision = plan::Precision::kFloat32);

// One instruction a line, for people: `facula inspect --bytecode`.
std::string disassemble(const Code& code);

}  // namespace fac::vm
