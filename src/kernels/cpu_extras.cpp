#include "kernels/cpu_extras.h"

#if defined(__x86_64__) || defined(__i386__)
#include <cpuid.h>
#endif

namespace fac::kernels {
namespace {

struct Extras {
  bool avx_vnni = false, avx512_vnni = false, avx512_bf16 = false;
};

// Bits as in Intel's manual, volume 2, CPUID, leaf 7. Whether the system saves the registers is a matter of the target.
Extras detect() {
  Extras e;
#if defined(__x86_64__) || defined(__i386__)
  unsigned a = 0, b = 0, c = 0, d = 0;
  if (!__get_cpuid_count(7, 0, &a, &b, &c, &d)) return e;
  const unsigned subleaves = a;
  e.avx512_vnni = (c >> 11 & 1u) != 0;
  if (subleaves < 1 || !__get_cpuid_count(7, 1, &a, &b, &c, &d)) return e;
  e.avx_vnni = (a >> 4 & 1u) != 0;
  e.avx512_bf16 = (a >> 5 & 1u) != 0;
#endif
  return e;
}

const Extras& extras() {
  static const Extras found = detect();
  return found;
}

}  // namespace

bool has_vnni(Target target) noexcept {
  return target == Target::kAvx512 ? extras().avx512_vnni : target == Target::kAvx2 && extras().avx_vnni;
}
bool has_avx512_bf16() noexcept { return extras().avx512_bf16; }

}  // namespace fac::kernels
