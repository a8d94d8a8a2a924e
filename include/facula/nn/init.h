// torch::nn::init: fills tensors in place, and gives them back.
#pragma once

#include "facula/nn/options.h"

namespace facula {
namespace nn {
namespace init {

inline Tensor zeros_(Tensor t) { return t.zero_(); }
inline Tensor ones_(Tensor t) { return t.fill_(1); }
inline Tensor constant_(Tensor t, const Scalar& v) { return t.fill_(v); }
inline Tensor normal_(Tensor t, double mean = 0, double std = 1) { return t.normal_(mean, std); }
inline Tensor uniform_(Tensor t, double low = 0, double high = 1) { return t.uniform_(low, high); }
inline Tensor eye_(Tensor t) {
  if (t.dim() != 2) fail("Only tensors with 2 dimensions are supported");
  return t.copy_(eye(t.size(0), t.size(1), t.options()));
}

inline std::tuple<std::int64_t, std::int64_t> _calculate_fan_in_and_fan_out(const Tensor& t) {
  if (t.dim() < 2) fail("Fan in and fan out can not be computed for tensor with fewer than 2 dimensions");
  std::int64_t field = 1;
  for (std::int64_t d = 2; d < t.dim(); ++d) field *= t.size(d);
  return {t.size(1) * field, t.size(0) * field};
}
inline double calculate_gain(enumtype::Mode nonlinearity, double param = 0.01) {
  if (nonlinearity == kTanh) return 5.0 / 3;
  if (nonlinearity == kReLU) return std::sqrt(2.0);
  if (nonlinearity == kLeakyReLU) return std::sqrt(2 / (1 + param * param));
  return 1;
}
inline Tensor xavier_uniform_(Tensor t, double gain = 1) {
  const auto [in, out] = _calculate_fan_in_and_fan_out(t);
  const double a = gain * std::sqrt(6.0 / static_cast<double>(in + out));
  return t.uniform_(-a, a);
}
inline Tensor xavier_normal_(Tensor t, double gain = 1) {
  const auto [in, out] = _calculate_fan_in_and_fan_out(t);
  return t.normal_(0, gain * std::sqrt(2.0 / static_cast<double>(in + out)));
}
inline double kaiming_std(const Tensor& t, double a, enumtype::Mode mode, enumtype::Mode nonlinearity) {
  const auto [in, out] = _calculate_fan_in_and_fan_out(t);
  return calculate_gain(nonlinearity, a) / std::sqrt(static_cast<double>(mode == kFanIn ? in : out));
}
inline Tensor kaiming_normal_(Tensor t, double a = 0, enumtype::Mode mode = kFanIn, enumtype::Mode nonlinearity = kLeakyReLU) {
  return t.normal_(0, kaiming_std(t, a, mode, nonlinearity));
}
inline Tensor kaiming_uniform_(Tensor t, double a = 0, enumtype::Mode mode = kFanIn, enumtype::Mode nonlinearity = kLeakyReLU) {
  const double bound = std::sqrt(3.0) * kaiming_std(t, a, mode, nonlinearity);
  return t.uniform_(-bound, bound);
}

}  // namespace init
}  // namespace nn
}  // namespace facula
