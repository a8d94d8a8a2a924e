// Which version of the kernels runs: chosen once from the CPU, changeable by tests.
#pragma once

#include <cstdint>

namespace fac::kernels {

// In rising order of preference. Other architectures than x86 have one target, kScalar, which then stands for the
// best that the compiler was allowed to use.
enum class Target : int { kScalar, kSse4, kAvx2, kAvx512 };
inline constexpr int kTargetCount = 4;

const char* target_name(Target target) noexcept;

// True when this build contains code for the target and this CPU can run it.
bool target_available(Target target) noexcept;

// The target in use. Packed weights and blocked layouts depend on it (channel_block()), so it must not change while
// any are alive.
Target current_target() noexcept;

// For tests and measurements: uses `target` from now on, in all threads; false (and no change) when not available.
bool set_target(Target target) noexcept;

// Size of a core's second-level cache in bytes, within [256 KB, 2 MB] (1 MB where the system does not say): how much of
// their operands kernels take at once. Decides the order of work, never the layout of packed data.
std::int64_t level2_bytes() noexcept;

}  // namespace fac::kernels
