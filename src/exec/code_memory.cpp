#include "exec/code_memory.h"

#include <atomic>
#include <cstdlib>
#include <cstring>

#if defined(__x86_64__) && defined(__linux__)
#define FACULA_HAS_NATIVE 1
#include <sys/mman.h>
#include <unistd.h>
#endif

namespace fac {

#ifdef FACULA_HAS_NATIVE
namespace {
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

std::unique_ptr<const CodeMemory> CodeMemory::make(const std::vector<std::uint8_t>& bytes) {
  const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  const std::size_t size = (bytes.size() + page - 1) / page * page;
  if (size == 0) return nullptr;
  void* p = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (p == MAP_FAILED) return nullptr;
  std::unique_ptr<const CodeMemory> m(new CodeMemory(p, size));
  std::memcpy(p, bytes.data(), bytes.size());
  if (mprotect(p, size, PROT_READ | PROT_EXEC) != 0) return nullptr;
  return m;
}
CodeMemory::~CodeMemory() { munmap(memory_, size_); }
#else
bool native_enabled() { return false; }
void set_native_enabled(bool) {}
std::unique_ptr<const CodeMemory> CodeMemory::make(const std::vector<std::uint8_t>&) { return nullptr; }
CodeMemory::~CodeMemory() = default;
#endif

}  // namespace fac
