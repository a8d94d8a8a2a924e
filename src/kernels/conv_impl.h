// Between conv.cpp, which chooses, and the files that implement one algorithm each.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/thread_pool.h"
#include "kernels/conv.h"
#include "kernels/layout.h"

namespace fac::kernels {

struct ConvTask {
  const float* x;
  const float* packed;
  const float* bias;
  const Epilogue& epilogue;
  float* y;
  float* scratch;
  std::size_t scratch_bytes;
};

// kDirect, kPointwise, kPlainInput
std::size_t direct_packed_bytes(const Conv2d& d, ConvAlgo algo) noexcept;
void direct_pack(const Conv2d& d, ConvAlgo algo, const float* weights, const float* scale, float* packed) noexcept;
std::size_t direct_scratch_bytes(const Conv2d& d, ConvAlgo algo) noexcept;  // per thread
void direct_run(const Conv2d& d, ConvAlgo algo, const ConvTask& task) noexcept;

bool depthwise_supports(const Conv2d& d) noexcept;
std::size_t depthwise_packed_bytes(const Conv2d& d) noexcept;
void depthwise_pack(const Conv2d& d, const float* weights, const float* scale, float* packed) noexcept;
std::size_t depthwise_scratch_bytes(const Conv2d& d) noexcept;  // per thread
void depthwise_run(const Conv2d& d, const ConvTask& task) noexcept;

bool winograd_supports(const Conv2d& d) noexcept;
double winograd_seconds(const Conv2d& d) noexcept;  // by a model, comparable with products_seconds
std::size_t winograd_packed_bytes(const Conv2d& d) noexcept;
void winograd_pack(const Conv2d& d, const float* weights, const float* scale, float* packed) noexcept;
std::size_t winograd_scratch_bytes(const Conv2d& d) noexcept;  // per thread
void winograd_run(const Conv2d& d, const ConvTask& task) noexcept;

bool taps_supports(const Conv2d& d) noexcept;
double taps_flops(const Conv2d& d) noexcept;  // without what would be multiplied with padding
std::size_t taps_packed_bytes(const Conv2d& d) noexcept;
void taps_pack(const Conv2d& d, const float* weights, const float* scale, float* packed) noexcept;
std::size_t taps_scratch_bytes(const Conv2d& d) noexcept;  // per thread
void taps_run(const Conv2d& d, const ConvTask& task) noexcept;

inline double conv_flops(const Conv2d& d) {
  return 2.0 * static_cast<double>(d.n * d.out_h * d.out_w) * static_cast<double>(d.c_out) *
         static_cast<double>(d.c_in / d.groups * d.kh * d.kw);
}

// What so many operations take the direct kernel (165 GFLOP/s on the core behind winograd_seconds).
inline double products_seconds(double flops) noexcept {
  return flops / 165e9 * 16.0 / static_cast<double>(channel_block()) / thread_count();
}

}  // namespace fac::kernels
