// Which CPU targets a test runs on.
#pragma once

#include <cstdlib>
#include <stdexcept>
#include <string_view>

#include "kernels/cpu.h"

namespace kernel_test {

// Uses the target from now on; false when this machine has it not, or FACULA_TEST_TARGET names another (an emulated CPU is too
// slow for all of them). Throws when the one that it names is not there: tests of nothing would pass.
inline bool use_target(fac::kernels::Target target) {
  const char* only = std::getenv("FACULA_TEST_TARGET");
  if (only && std::string_view(only) != fac::kernels::target_name(target)) return false;
  const bool there = fac::kernels::set_target(target);
  if (only && !there) throw std::runtime_error("FACULA_TEST_TARGET: this CPU has it not");
  return there;
}

}  // namespace kernel_test
