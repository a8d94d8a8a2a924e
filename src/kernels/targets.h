// One kernel source, several CPU targets: the only place that knows how.
//
// Highway compiles a .cpp once per target by including it again: `hwy/foreach_target.h` includes the file named by
// HWY_TARGET_INCLUDE once for each target but the last, each time with another HWY_TARGET (and so another
// HWY_NAMESPACE: N_SCALAR, N_SSE4, N_AVX2, N_AVX3), then returns and lets the outermost pass compile the last one.
// Inside an inner pass this header skips foreach_target.h (its guard) and only re-includes highway.h, which must be
// seen anew for every target; that is why this header has no `#pragma once`. A kernel file looks like this:
//
//   #include "kernels/thing.h"                      // plain declarations: void thing(const float* x, ...) noexcept;
//   #undef HWY_TARGET_INCLUDE
//   #define HWY_TARGET_INCLUDE "kernels/thing.cpp"  // this very file
//   #include "kernels/targets.h"
//   #include "base/thread_pool.h"                   // every other header stands before HWY_BEFORE_NAMESPACE
//   HWY_BEFORE_NAMESPACE();                         // code from here may use the target's instructions
//   namespace fac::kernels {
//   namespace HWY_NAMESPACE {
//   namespace hn = hwy::HWY_NAMESPACE;
//   namespace {                                     // two files may use one helper name: keep helpers in here
//   ...
//   void thing_impl(const float* x, ...) { parallel_for(n, grain, [&](auto b, auto e) HWY_ATTR { ... }); }
//   }  // namespace
//   }  // namespace HWY_NAMESPACE
//   }  // namespace fac::kernels
//   HWY_AFTER_NAMESPACE();
//   #if HWY_ONCE                                    // only in the outermost pass
//   namespace fac::kernels {
//   FACULA_EXPORT(thing_impl)                       // table of the function's versions
//   void thing(const float* x, ...) noexcept { FACULA_DISPATCH(thing_impl)(x, ...); }
//   }
//   #endif
//
// Lambdas need HWY_ATTR (clang's target pragma does not reach them). Shared "-inl.h" headers guard themselves with
// HWY_TARGET_TOGGLE as Highway's own do, and are included after this one. The baseline target is N_SCALAR (one lane, plain C++ that the compiler may
// turn into SSE2): it lacks Highway's shuffles.
//
// Highway is used header-only: its run-time part (libhwy) is replaced by FACULA_EXPORT / FACULA_DISPATCH below, and
// its debug assertions, which need libhwy, are off.

// Not worth their code size: SSSE3 alone (no CPU of interest stops there), and AVX3_DL, which adds nothing to float32.
#ifndef HWY_DISABLED_TARGETS
#define HWY_DISABLED_TARGETS (HWY_SSSE3 | HWY_AVX3_DL)
#endif
// EMU128 is miscompiled by g++ 12.2; without it every compiler has the same fallback, SCALAR.
#ifndef HWY_BROKEN_EMU128
#define HWY_BROKEN_EMU128 1
#endif
#ifndef HWY_IS_DEBUG_BUILD
#define HWY_IS_DEBUG_BUILD 0
#endif

#ifdef HWY_TARGET_INCLUDE
#include "hwy/foreach_target.h"
#endif
#include "hwy/highway.h"

#ifndef FACULA_KERNELS_TARGETS_H_
#define FACULA_KERNELS_TARGETS_H_

#include "kernels/cpu.h"

// FACULA_EXPORT(fn): a table of fn's versions, in the order of fac::kernels::Target. An entry is null when the target
// was not compiled (for instance below -march=haswell's baseline); current_target() never names such a one.
#if HWY_ARCH_X86
#define FACULA_EXPORT(fn)                                                                                 \
  static decltype(&HWY_STATIC_DISPATCH(fn)) const fn##_table[] = {HWY_CHOOSE_FALLBACK(fn), HWY_CHOOSE_SSE4(fn), \
                                                                  HWY_CHOOSE_AVX2(fn), HWY_CHOOSE_AVX3(fn)};
#define FACULA_DISPATCH(fn) (fn##_table[static_cast<int>(::fac::kernels::current_target())])
#else
#define FACULA_EXPORT(fn) static decltype(&HWY_STATIC_DISPATCH(fn)) const fn##_table[] = {&HWY_STATIC_DISPATCH(fn)};
#define FACULA_DISPATCH(fn) (fn##_table[0])
#endif

// FACULA_UNROLL(n) before a loop: unrolled fully by both compilers, so that small arrays of vectors stay in registers
// (g++ 12 at -O3 alone keeps them in memory). n is a literal or a macro of one.
#define FACULA_PRAGMA_(x) _Pragma(#x)
#if defined(__clang__)
#define FACULA_UNROLL(n) FACULA_PRAGMA_(clang loop unroll(full))
#else
#define FACULA_UNROLL(n) FACULA_PRAGMA_(GCC unroll n)
#endif

#endif  // FACULA_KERNELS_TARGETS_H_
