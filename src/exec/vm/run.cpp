// The VM's loop and what surrounds it. The rules of instructions stand in machine.h.
#include "exec/vm/run.h"

#include <algorithm>
#include <new>

#include "base/checked.h"
#include "exec/vm/frames.h"
#include "exec/vm/machine.h"
#include "exec/vm/native/native.h"

namespace fac::vm {

RunContext::RunContext(CodeSource& code_source, const Limits& l, Observer* o)
    : source(code_source), limits(l), observer(o), has_deadline(l.milliseconds != ~0ull) {
  if (l.memory_bytes != ~0ull) memory = std::make_shared<MemoryLimit>(l.memory_bytes);
  if (has_deadline) deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(l.milliseconds);
}

Status RunContext::look(std::uint64_t words) {
  const std::uint64_t used = instructions();
  fuel = 0;
  granted_ = used;
  if (words > limits.instructions - std::min(used, limits.instructions))
    return error(ErrorKind::kLimit, "the program ran more than {} instructions", limits.instructions);
  if (stop && stop->load(std::memory_order_relaxed)) return error(ErrorKind::kLimit, "the run was stopped");
  if (has_deadline && std::chrono::steady_clock::now() > deadline)
    return error(ErrorKind::kLimit, "the program ran longer than {} ms", limits.milliseconds);
  const std::uint64_t grant = std::max(words, std::min(kSlice, limits.instructions - used));
  granted_ += grant;
  fuel = static_cast<std::int64_t>(grant - words);
  return {};
}

namespace {

// Rounds after which a loop is worth native code (made in well under a millisecond).
constexpr std::uint32_t kHot = 2048;

std::int64_t floor_div(std::int64_t a, std::int64_t b) {
  if (b == -1) return wrap_sub(0, a);
  const std::int64_t q = a / b;
  return q - ((a % b != 0 && (a < 0) != (b < 0)) ? 1 : 0);
}
std::int64_t floor_mod(std::int64_t a, std::int64_t b) {
  if (b == -1) return 0;
  const std::int64_t r = a % b;
  return r != 0 && (r < 0) != (b < 0) ? r + b : r;
}

}  // namespace

Machine::Machine(const Code& code, RunContext& context) : code_(code), context_(context), begun_(context.instructions()) {
  const std::size_t count = code.registers();
  if (count <= kInlineRegisters) {
    regs_ = reinterpret_cast<Value*>(inline_);
    std::uninitialized_default_construct_n(regs_ + code.scalar_registers(), code.references);
  } else {
    heap_ = std::make_unique<Value[]>(count);
    regs_ = heap_.get();
  }
  Value* r = regs_;
  for (std::uint32_t i = 0; i < code.ints; ++i) new (r++) Value(std::int64_t{0});
  for (std::uint32_t i = 0; i < code.bools; ++i) new (r++) Value(false);
  for (std::uint32_t i = 0; i < code.floats; ++i) new (r++) Value(0.0);
  use_native_ = code.has_loops && native_enabled() && !context.observer;
  native_ = use_native_ ? code.native.load(std::memory_order_acquire) : nullptr;
}

Machine::~Machine() {
  if (!heap_) std::destroy_n(regs_ + code_.scalar_registers(), code_.references);
}

Result<Value> Machine::run(std::span<Value> args) {
  for (std::size_t i = 0; i < args.size(); ++i) regs_[code_.params[i]] = std::move(args[i]);
  const Word* pc = code_.words.data();
  auto result = loop(pc);
  if (use_native_ && !native_)
    code_.heat.fetch_add(static_cast<std::uint32_t>(std::min<std::uint64_t>(context_.instructions() - begun_, kHot)),
                         std::memory_order_relaxed);
  if (code_.has_tasks) tasks_.end(result.ok(), &context_);
  if (!result.ok()) {
    while (!entered_.empty()) static_cast<void>(leave());  // an error of __exit__ does not hide the first one
    // A region's own code has named the place already.
    const Word* failed = pc - 1;
    const bool named = failed->op == Opcode::k_plan && !result.error().frames.empty();
    if (!named) add_frames(result.error(), code_, static_cast<std::size_t>(failed - code_.words.data()));
  }
  return result;
}

// A loop's head when there is native code to go to, or when the limits must be looked at.
Status Machine::poll(const Word*& pc) {
  if (context_.fuel > 0) {
    --context_.fuel;
  } else {
    FACULA_TRY_VOID(context_.look(1));
    if (!use_native_) return {};
    if (!native_) {
      if (context_.instructions() - begun_ + code_.heat.load(std::memory_order_relaxed) < kHot) return {};
      native_ = native_code(code_);
      use_native_ = native_ != nullptr;
    }
  }
  if (!native_) return {};
  // Native code begins behind the poll and comes back where it does not know further.
  const Word* const first = code_.words.data();
  const NativeExit e = native_->enter(*this, static_cast<std::size_t>(pc - first));
  pc = first + e.word;
  if (!e.failed) return {};
  ++pc;
  return std::move(pending);
}

#define FACULA_VM_TRY(...)                                   \
  if (Status s = (__VA_ARGS__); !s.ok()) [[unlikely]]        \
    return s.take_error();                                   \
  break

Result<Value> Machine::loop(const Word*& pc) {
  Value* const R = regs_;
  const Word* const base = pc;
  for (;;) {
    const Word w = *pc++;
    switch (w.op) {
      case Opcode::k_move: R[w.a] = R[w.b]; break;
      case Opcode::k_drop: R[w.a] = Value(); break;
      case Opcode::k_constant: R[w.a] = code_.constants[w.b]; break;
      case Opcode::k_jump: pc = base + w.wide(); break;
      case Opcode::k_jump_if: if (R[w.a].b()) pc = base + w.wide(); break;
      case Opcode::k_jump_unless: if (!R[w.a].b()) pc = base + w.wide(); break;
      case Opcode::k_poll:
        if (context_.fuel > 0 && !native_) {
          --context_.fuel;
          break;
        }
        FACULA_VM_TRY(poll(pc));
      case Opcode::k_ret: return std::move(R[w.a]);

      case Opcode::k_add_int: R[w.a].put_int(wrap_add(R[w.b].i(), R[w.c].i())); break;
      case Opcode::k_sub_int: R[w.a].put_int(wrap_sub(R[w.b].i(), R[w.c].i())); break;
      case Opcode::k_mul_int: R[w.a].put_int(wrap_mul(R[w.b].i(), R[w.c].i())); break;
      case Opcode::k_floordiv_int:
        if (R[w.c].i() == 0) return error(ErrorKind::kRuntime, "division by 0");
        R[w.a].put_int(floor_div(R[w.b].i(), R[w.c].i()));
        break;
      case Opcode::k_mod_int:
        if (R[w.c].i() == 0) return error(ErrorKind::kRuntime, "ZeroDivisionError: integer modulo by zero");
        R[w.a].put_int(floor_mod(R[w.b].i(), R[w.c].i()));
        break;
      case Opcode::k_neg_int: R[w.a].put_int(wrap_sub(0, R[w.b].i())); break;
      case Opcode::k_and_int: R[w.a].put_int(R[w.b].i() & R[w.c].i()); break;
      case Opcode::k_or_int: R[w.a].put_int(R[w.b].i() | R[w.c].i()); break;
      case Opcode::k_xor_int: R[w.a].put_int(R[w.b].i() ^ R[w.c].i()); break;
      case Opcode::k_lt_int: R[w.a].put_bool(R[w.b].i() < R[w.c].i()); break;
      case Opcode::k_le_int: R[w.a].put_bool(R[w.b].i() <= R[w.c].i()); break;
      case Opcode::k_eq_int: R[w.a].put_bool(R[w.b].i() == R[w.c].i()); break;
      case Opcode::k_ne_int: R[w.a].put_bool(R[w.b].i() != R[w.c].i()); break;
      case Opcode::k_add_int_imm: R[w.a].put_int(wrap_add(R[w.b].i(), static_cast<std::int16_t>(w.c))); break;
      case Opcode::k_min_int: R[w.a].put_int(std::min(R[w.b].i(), R[w.c].i())); break;
      case Opcode::k_max_int: R[w.a].put_int(std::max(R[w.b].i(), R[w.c].i())); break;

      case Opcode::k_add_float: R[w.a].put_float(R[w.b].d() + R[w.c].d()); break;
      case Opcode::k_sub_float: R[w.a].put_float(R[w.b].d() - R[w.c].d()); break;
      case Opcode::k_mul_float: R[w.a].put_float(R[w.b].d() * R[w.c].d()); break;
      case Opcode::k_div_float: R[w.a].put_float(R[w.b].d() / R[w.c].d()); break;
      case Opcode::k_neg_float: R[w.a].put_float(-R[w.b].d()); break;
      case Opcode::k_lt_float: R[w.a].put_bool(R[w.b].d() < R[w.c].d()); break;
      case Opcode::k_le_float: R[w.a].put_bool(R[w.b].d() <= R[w.c].d()); break;
      case Opcode::k_eq_float: R[w.a].put_bool(R[w.b].d() == R[w.c].d()); break;
      case Opcode::k_ne_float: R[w.a].put_bool(R[w.b].d() != R[w.c].d()); break;

      case Opcode::k_not_bool: R[w.a].put_bool(!R[w.b].b()); break;
      case Opcode::k_and_bool: R[w.a].put_bool(R[w.b].b() && R[w.c].b()); break;
      case Opcode::k_or_bool: R[w.a].put_bool(R[w.b].b() || R[w.c].b()); break;
      case Opcode::k_eq_bool: R[w.a].put_bool(R[w.b].b() == R[w.c].b()); break;
      case Opcode::k_ne_bool: R[w.a].put_bool(R[w.b].b() != R[w.c].b()); break;

      case Opcode::k_int_to_float: R[w.a].put_float(static_cast<double>(R[w.b].i())); break;
      case Opcode::k_float_to_int: R[w.a].put_int(float_to_int(R[w.b].d())); break;
      case Opcode::k_int_to_bool: R[w.a].put_bool(R[w.b].i() != 0); break;
      case Opcode::k_bool_to_int: R[w.a].put_int(R[w.b].b() ? 1 : 0); break;
      case Opcode::k_range_len:
        R[w.a].put_int(R[w.b].i() < R[w.c].i() ? wrap_sub(R[w.c].i(), R[w.b].i()) : 0);
        break;

      case Opcode::k_list_len: R[w.a].put_int(static_cast<std::int64_t>(R[w.b].list().size())); break;
      case Opcode::k_ints_get: {
        const auto& v = R[w.b].list().ints();
        std::int64_t i = R[w.c].i();
        if (!wrap_index(i, v.size())) return index_error();
        R[w.a].put_int(v[static_cast<std::size_t>(i)]);
        break;
      }
      case Opcode::k_floats_get: {
        const auto& v = R[w.b].list().floats();
        std::int64_t i = R[w.c].i();
        if (!wrap_index(i, v.size())) return index_error();
        R[w.a].put_float(v[static_cast<std::size_t>(i)]);
        break;
      }
      case Opcode::k_bools_get: {
        const auto& v = R[w.b].list().bools();
        std::int64_t i = R[w.c].i();
        if (!wrap_index(i, v.size())) return index_error();
        R[w.a].put_bool(v[static_cast<std::size_t>(i)] != 0);
        break;
      }
      case Opcode::k_ints_set: {
        auto& v = R[w.a].list().ints();
        std::int64_t i = R[w.b].i();
        if (!wrap_index(i, v.size())) return index_error();
        v[static_cast<std::size_t>(i)] = R[w.c].i();
        break;
      }
      case Opcode::k_floats_set: {
        auto& v = R[w.a].list().floats();
        std::int64_t i = R[w.b].i();
        if (!wrap_index(i, v.size())) return index_error();
        v[static_cast<std::size_t>(i)] = R[w.c].d();
        break;
      }
      case Opcode::k_bools_set: {
        auto& v = R[w.a].list().bools();
        std::int64_t i = R[w.b].i();
        if (!wrap_index(i, v.size())) return index_error();
        v[static_cast<std::size_t>(i)] = R[w.c].b();
        break;
      }

      default: FACULA_VM_TRY(step(w));
    }
  }
}

Result<Value> run(const Code& code, std::span<Value> args, RunContext& context) {
  return Machine(code, context).run(args);
}

}  // namespace fac::vm
