#include "exec/vm/native/native.h"

#include <cstring>
#include <exception>

#if defined(__x86_64__) && defined(__linux__)
#define FACULA_HAS_NATIVE 1
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

class Program final : public NativeCode {
 public:
  static const NativeCode* make(const Code& code) {
    Compiler compiler(code);
    if (!compiler.compile()) return nullptr;
    auto memory = CodeMemory::make(compiler.assembler().bytes());
    if (!memory) return nullptr;
    auto* program = new Program(std::move(memory), code.words.data());
    program->entries_.resize(code.words.size() + 1);
    for (std::size_t i = 0; i < code.words.size(); ++i)
      if (code.words[i].op == Opcode::k_poll)
        program->entries_[i + 1] = static_cast<std::uint32_t>(compiler.position_of(i + 1));
    return program;
  }

  NativeExit enter(Machine& machine, std::size_t word) const override {
    Bridge bridge{&machine, machine.context().fuel, &step, &poll, words_};
    using Entry = std::uint64_t (*)(Value*, Bridge*, const void*);
    Entry entry;
    const void* const begin = memory_->at(0);
    std::memcpy(&entry, &begin, sizeof entry);
    const std::uint64_t out = entry(machine.registers(), &bridge, memory_->at(entries_[word]));
    machine.context().fuel = bridge.fuel;
    return {static_cast<std::uint32_t>(out), (out >> 32) != 0};
  }

 private:
  Program(std::unique_ptr<const CodeMemory> memory, const Word* words) : memory_(std::move(memory)), words_(words) {}
  const std::unique_ptr<const CodeMemory> memory_;
  const Word* words_;
  std::vector<std::uint32_t> entries_;  // by word behind a poll: offset of its code
};

}  // namespace

const NativeCode* native_code(const Code& code) {
  std::call_once(code.native_once, [&] {
    code.native_owner = {Program::make(code), [](const NativeCode* p) { delete p; }};
    code.native.store(code.native_owner.get(), std::memory_order_release);
  });
  return code.native.load(std::memory_order_acquire);
}
#else
const NativeCode* native_code(const Code&) { return nullptr; }
#endif

}  // namespace fac::vm
