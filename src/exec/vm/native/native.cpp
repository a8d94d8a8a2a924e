#include "exec/vm/native/native.h"

#include <atomic>
#include <cstdlib>
#include <cstring>
#include <exception>

#if defined(__x86_64__) && defined(__linux__)
#define FACULA_HAS_NATIVE 1
#include <sys/mman.h>
#include <unistd.h>

#include "exec/vm/machine.h"
#include "exec/vm/native/compiler.h"
#endif

namespace fac::vm {

#ifdef FACULA_HAS_NATIVE
namespace {

bool step(Bridge* b, std::uint32_t word) {
  Machine& m = *b->machine;
  m.context().fuel = b->fuel;
  try {
    Status s = m.step(b->words[word]);
    b->fuel = m.context().fuel;
    if (s.ok()) [[likely]] return true;
    m.pending = std::move(s);
  } catch (const std::exception& e) {  // no memory: an exception would find no way through native frames
    b->fuel = m.context().fuel;
    m.pending = error(ErrorKind::kLimit, "{}", e.what());
  }
  return false;
}

bool poll(Bridge* b, std::uint32_t) {
  Machine& m = *b->machine;
  m.context().fuel = b->fuel + 1;  // it was taken before it was looked at
  Status s = m.context().look(1);
  b->fuel = m.context().fuel;
  if (s.ok()) [[likely]] return true;
  m.pending = std::move(s);
  return false;
}

// Pages are written, then made executable: never both at once.
class Program final : public NativeCode {
 public:
  static const NativeCode* make(const Code& code) {
    Compiler compiler(code);
    if (!compiler.compile()) return nullptr;
    const auto& bytes = compiler.assembler().bytes();
    const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
    const std::size_t size = (bytes.size() + page - 1) / page * page;
    void* p = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED) return nullptr;
    std::memcpy(p, bytes.data(), bytes.size());
    if (mprotect(p, size, PROT_READ | PROT_EXEC) != 0) {
      munmap(p, size);
      return nullptr;
    }
    auto* program = new Program(p, size, code.words.data());
    program->entries_.resize(code.words.size() + 1);
    for (std::size_t i = 0; i < code.words.size(); ++i)
      if (code.words[i].op == Opcode::k_poll)
        program->entries_[i + 1] = static_cast<std::uint32_t>(compiler.position_of(i + 1));
    return program;
  }
  ~Program() override { munmap(memory_, size_); }

  NativeExit enter(Machine& machine, std::size_t word) const override {
    Bridge bridge{&machine, machine.context().fuel, &step, &poll, words_};
    using Entry = std::uint64_t (*)(Value*, Bridge*, const void*);
    Entry entry;
    std::memcpy(&entry, &memory_, sizeof entry);
    const std::uint64_t out = entry(machine.registers(), &bridge, static_cast<const char*>(memory_) + entries_[word]);
    machine.context().fuel = bridge.fuel;
    return {static_cast<std::uint32_t>(out), (out >> 32) != 0};
  }

 private:
  Program(void* memory, std::size_t size, const Word* words) : memory_(memory), size_(size), words_(words) {}
  void* memory_;
  std::size_t size_;
  const Word* words_;
  std::vector<std::uint32_t> entries_;  // by word behind a poll: offset of its code
};

std::atomic<bool>& native_switch() {
  static std::atomic<bool> on = [] {
    const char* v = std::getenv("FACULA_NATIVE");
    return !v || std::strcmp(v, "0") != 0;
  }();
  return on;
}
}  // namespace

bool native_enabled() { return native_switch().load(std::memory_order_relaxed); }
void set_native_enabled(bool on) { native_switch().store(on, std::memory_order_relaxed); }

const NativeCode* native_code(const Code& code) {
  std::call_once(code.native_once, [&] {
    code.native_owner = {Program::make(code), [](const NativeCode* p) { delete p; }};
    code.native.store(code.native_owner.get(), std::memory_order_release);
  });
  return code.native.load(std::memory_order_acquire);
}
#else
bool native_enabled() { return false; }
void set_native_enabled(bool) {}
const NativeCode* native_code(const Code&) { return nullptr; }
#endif

}  // namespace fac::vm
