// Normalisations. Floating kinds; Half and BFloat16 compute in float. Statistics are two-pass.
// Errors: kUndefined for other kinds.
#pragma once

#include <cstdint>

#include "kernels/types.h"

namespace fac::kernels {

// y[r, c] = (x[r, c] - mean_r) * rstd_r * weight[c] + bias[c], over dense rows.
struct RowNorm {
  const void* x = nullptr;
  void* y = nullptr;          // may be x
  ScalarKind kind{};          // of x and y
  std::int64_t rows = 0, cols = 0;
  const void* weight = nullptr;  // [cols] or null
  const void* bias = nullptr;    // [cols] or null
  ScalarKind param_kind{};       // of weight and bias
  double eps = 0;
  void* mean = nullptr;          // [rows], optional outputs, float (double for kind double)
  void* rstd = nullptr;
};
Outcome layer_norm(const RowNorm& n) noexcept;
Outcome rms_norm(const RowNorm& n) noexcept;  // no mean, no bias: x * rsqrt(mean(x^2) + eps) * weight

// x, y [batch, channels, spatial] dense. Each group of channels/groups channels is normalised by its own statistics.
// instance_norm is groups == channels.
struct GroupNorm {
  const void* x = nullptr;
  void* y = nullptr;
  ScalarKind kind{};
  std::int64_t batch = 0, channels = 0, spatial = 0, groups = 1;
  const void* weight = nullptr;  // [channels] or null
  const void* bias = nullptr;
  ScalarKind param_kind{};
  double eps = 0;
  void* mean = nullptr;  // [batch * groups], optional outputs, float (double for kind double)
  void* rstd = nullptr;
};
Outcome group_norm(const GroupNorm& n) noexcept;

// x, y [batch, channels, spatial] dense: y = (x - mean[c]) / sqrt(var[c] + eps) * weight[c] + bias[c].
struct BatchNorm {
  const void* x = nullptr;
  void* y = nullptr;
  ScalarKind kind{};
  std::int64_t batch = 0, channels = 0, spatial = 0;
  const void* mean = nullptr;    // [channels]
  const void* var = nullptr;     // [channels]
  const void* weight = nullptr;  // [channels] or null
  const void* bias = nullptr;
  ScalarKind param_kind{};       // of mean, var, weight and bias
  double eps = 0;
};
Outcome batch_norm(const BatchNorm& n) noexcept;
// Mean and biased variance of each channel over batch and spatial, for training mode; outputs of param_kind
// (mean and var are written here).
Outcome batch_norm_stats(const BatchNorm& n, void* mean, void* var) noexcept;

}  // namespace fac::kernels
