// Which CPU targets a test runs on.
#pragma once

#include <cstdlib>
#include <string_view>

#include "kernels/cpu.h"

namespace kernel_test {

// Uses the target from now on; false when this machine has it not, or FACULA_TEST_TARGET names another (an emulated CPU is too
// slow for all of them).
inline bool use_target(fac::kernels::Target target) {
  const char* only = std::getenv("FACULA_TEST_TARGET");
  return (!only || std::string_view(only) == fac::kernels::target_name(target)) && fac::kernels::set_target(target);
}

}  // namespace kernel_test
