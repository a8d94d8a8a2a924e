// Instructions of this CPU beyond those of a target (cpu.h).
#pragma once

#include "kernels/cpu.h"

namespace fac::kernels {

bool has_vnni(Target target) noexcept;  // VPDPBUSD: AVX-VNNI with kAvx2, AVX-512 VNNI with kAvx512
bool has_avx512_bf16() noexcept;        // VDPBF16PS

}  // namespace fac::kernels
