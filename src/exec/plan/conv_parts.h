// What steps of convolutions share: constant weights as numbers, and batch norms taken into them.
#pragma once

#include <optional>
#include <vector>

#include "exec/plan/builder.h"

namespace fac::plan {

// The elements in row-major order.
std::vector<float> floats_of(const Tensor& t);

// The first three arguments of a convolution: a float32 input that is not empty, constant float32 weights of the same rank,
// and a constant bias of one dimension or none (then undefined).
struct ConvWeights {
  Dims input;
  Tensor weight, bias;
  bool bias_fits(std::int64_t channels) const { return !bias.defined() || bias.size(0) == channels; }
};
std::optional<ConvWeights> read_weights(const VariantBuilder& b, ir::NodeId n);

// The affine map per channel of an inference batch norm with constant statistics.
struct Norm {
  std::vector<double> scale, shift;
  std::vector<float> factors() const { return {scale.begin(), scale.end()}; }
};
// The norm that alone reads y (of the given sizes), taken in: y becomes its result, its tensors are watched.
std::optional<Norm> take_norm(VariantBuilder& b, ir::ValueId& y, std::int64_t channels, const Dims& sizes);
// Bias (may be undefined) with the norm taken in; empty where there is neither.
std::vector<float> folded_bias(const Tensor& bias, const std::optional<Norm>& norm);

// Memory that outlives the run.
Result<Ref<Storage>> weight_storage(VariantBuilder& b, std::size_t bytes);

}  // namespace fac::plan
