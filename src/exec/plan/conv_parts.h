// What steps of convolutions share: constant weights as numbers, and batch norms taken into them.
#pragma once

#include <optional>
#include <vector>

#include "exec/plan/builder.h"

namespace fac::plan {

// The elements in row-major order.
std::vector<float> floats_of(const Tensor& t);

// The affine map per channel of an inference batch norm with constant statistics that reads v, if n is one. Watches its tensors.
struct Norm {
  std::vector<double> scale, shift;
};
std::optional<Norm> read_norm(VariantBuilder& b, ir::NodeId n, ir::ValueId v, std::int64_t channels);
// Bias (may be undefined) with the norm taken in; empty where there is neither.
std::vector<float> folded_bias(const Tensor& bias, const std::optional<Norm>& norm);

// Memory that outlives the run.
Result<Ref<Storage>> weight_storage(VariantBuilder& b, std::size_t bytes);

}  // namespace fac::plan
