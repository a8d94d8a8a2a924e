#include "kernels/cpu.h"

#include <algorithm>
#include <atomic>

#include "kernels/targets.h"

#if HWY_ARCH_X86
#include <cpuid.h>
#endif
#if __has_include(<unistd.h>)
#include <unistd.h>
#endif

namespace fac::kernels {
namespace {

#if HWY_ARCH_X86
constexpr bool kCompiled[kTargetCount] = {
    (HWY_TARGETS & HWY_SCALAR) != 0 || HWY_STATIC_TARGET == HWY_SCALAR, (HWY_TARGETS & HWY_SSE4) != 0,
    (HWY_TARGETS & HWY_AVX2) != 0, (HWY_TARGETS & HWY_AVX3) != 0};

bool bit(unsigned word, int index) { return ((word >> index) & 1u) != 0; }

// The register states that the operating system saves (XCR0). Written out, as _xgetbv needs a compiler flag.
unsigned saved_states() {
  unsigned low = 0, high = 0;
  __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return low;
}

// Best target of this CPU. Bits as in Intel's manual, volume 2, CPUID; the sets are what Highway's target attributes
// let the compiler use (hwy/ops/set_macros-inl.h).
Target detect() {
  unsigned a = 0, b = 0, c = 0, d = 0;
  if (!__get_cpuid(1, &a, &b, &c, &d)) return Target::kScalar;
  const bool sse4 = bit(c, 9) && bit(c, 19) && bit(c, 20) && bit(c, 1) && bit(c, 25);  // ssse3 sse4.1 sse4.2 pclmul aes
  if (!sse4) return Target::kScalar;
  const bool avx = bit(c, 27) && bit(c, 28) && bit(c, 12) && bit(c, 29);  // osxsave avx fma f16c
  if (!avx || (saved_states() & 0x6u) != 0x6u) return Target::kSse4;      // xmm, ymm
  unsigned b7 = 0, c7 = 0, d7 = 0;
  if (!__get_cpuid_count(7, 0, &a, &b7, &c7, &d7)) return Target::kSse4;
  if (!(bit(b7, 5) && bit(b7, 3) && bit(b7, 8))) return Target::kSse4;                     // avx2 bmi1 bmi2
  const bool avx512 = bit(b7, 16) && bit(b7, 17) && bit(b7, 30) && bit(b7, 31);            // f dq bw vl
  if (!avx512 || (saved_states() & 0xE6u) != 0xE6u) return Target::kAvx2;                  // and opmask, zmm
  return Target::kAvx512;
}
#else
constexpr bool kCompiled[kTargetCount] = {true, false, false, false};
Target detect() { return Target::kScalar; }
#endif

Target best() {
  static const Target supported = detect();
  for (int t = static_cast<int>(supported); t > 0; --t)
    if (kCompiled[t]) return static_cast<Target>(t);
  return Target::kScalar;
}

std::atomic<int> g_target{-1};  // -1: not chosen yet

}  // namespace

const char* target_name(Target target) noexcept {
  constexpr const char* kNames[kTargetCount] = {"scalar", "SSE4", "AVX2", "AVX-512"};
  return kNames[static_cast<int>(target)];
}

bool target_available(Target target) noexcept { return kCompiled[static_cast<int>(target)] && target <= best(); }

Target current_target() noexcept {
  const int t = g_target.load(std::memory_order_relaxed);
  if (t >= 0) return static_cast<Target>(t);
  g_target.store(static_cast<int>(best()), std::memory_order_relaxed);
  return best();
}

bool set_target(Target target) noexcept {
  if (!target_available(target)) return false;
  g_target.store(static_cast<int>(target), std::memory_order_relaxed);
  return true;
}

std::int64_t level2_bytes() noexcept {
  static const std::int64_t bytes = [] {
    long found = 0;
#ifdef _SC_LEVEL2_CACHE_SIZE
    found = sysconf(_SC_LEVEL2_CACHE_SIZE);
#endif
    return std::clamp<std::int64_t>(found > 0 ? found : 1 << 20, 256 << 10, 2 << 20);
  }();
  return bytes;
}

}  // namespace fac::kernels
