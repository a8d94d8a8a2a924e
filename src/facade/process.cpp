// What belongs to the process or the thread: threads, random numbers, modes, default dtype.
#include <iostream>

#include "base/thread_pool.h"
#include "facade/boundary.h"
#include "ops/generator.h"

namespace facula::abi {

namespace {
thread_local bool grad_mode = true;
thread_local bool inference_mode = false;
}  // namespace

int thread_count() noexcept { return fac::thread_count(); }
void set_thread_count(int n) noexcept { fac::set_thread_count(n); }
void manual_seed(std::uint64_t seed) {
  fac::facade::guarded([&] {
    fac::ops::GeneratorLock generator{fac::Value()};
    generator->set_seed(seed);
  });
}
std::int8_t default_dtype() noexcept { return static_cast<std::int8_t>(fac::default_dtype()); }
void set_default_dtype(std::int8_t dtype) noexcept { fac::set_default_dtype(static_cast<fac::DType>(dtype)); }
void parallel_for(std::int64_t n, std::int64_t grain, RangeFn fn, void* context) noexcept {
  fac::parallel_for(n, grain, [=](std::int64_t begin, std::int64_t end) { fn(context, begin, end); });
}
bool mode(Mode which) noexcept { return which == Mode::kGrad ? grad_mode : inference_mode; }
void set_mode(Mode which, bool on) noexcept { (which == Mode::kGrad ? grad_mode : inference_mode) = on; }
Text version() noexcept { return {FACULA_VERSION, sizeof FACULA_VERSION - 1}; }
void print_text(Text text, bool to_standard_error) {
  fac::facade::guarded([&] { (to_standard_error ? std::cerr : std::cout) << fac::facade::view(text) << std::flush; });
}

}  // namespace facula::abi
