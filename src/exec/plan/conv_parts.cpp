#include "exec/plan/conv_parts.h"

#include <algorithm>
#include <cmath>

namespace fac::plan {

using ir::NodeId;
using ir::ValueId;

std::vector<float> floats_of(const Tensor& t) {
  std::vector<float> out(static_cast<std::size_t>(t.numel()));
  if (t.is_contiguous()) {
    std::copy_n(t.data_as<float>(), out.size(), out.data());
    return out;
  }
  Dims index(static_cast<std::size_t>(t.dim()));
  for (auto& o : out) {
    std::int64_t at = 0;
    for (std::int64_t k = 0; k < t.dim(); ++k) at += index[static_cast<std::size_t>(k)] * t.stride(k);
    o = t.data_as<float>()[at];
    for (std::int64_t k = t.dim(); k-- > 0;) {
      if (++index[static_cast<std::size_t>(k)] < t.size(k)) break;
      index[static_cast<std::size_t>(k)] = 0;
    }
  }
  return out;
}

namespace {

std::optional<Norm> read_norm(VariantBuilder& b, NodeId n, ValueId v, std::int64_t channels) {
  const auto& node = b.graph().node(n);
  if (node.kind.str() != "aten::batch_norm" || node.inputs.at(0) != v) return std::nullopt;
  if (b.known_bool(node.inputs.at(5)) != false) return std::nullopt;
  const auto eps = b.known_number(node.inputs.at(7));
  const Tensor mean = b.constant_tensor(node.inputs.at(3)), var = b.constant_tensor(node.inputs.at(4));
  const Tensor gamma = b.constant_tensor(node.inputs.at(1)), beta = b.constant_tensor(node.inputs.at(2));
  if (!eps || !mean.defined() || !var.defined()) return std::nullopt;
  if ((!gamma.defined() && !b.known_none(node.inputs[1])) || (!beta.defined() && !b.known_none(node.inputs[2]))) return std::nullopt;
  for (const Tensor& t : {mean, var, gamma, beta})
    if (t.defined() && (t.dtype() != DType::kFloat || t.dim() != 1 || t.size(0) != channels)) return std::nullopt;
  Norm out;
  const auto m = floats_of(mean), s = floats_of(var);
  const auto g = gamma.defined() ? floats_of(gamma) : std::vector<float>(m.size(), 1.0f);
  const auto h = beta.defined() ? floats_of(beta) : std::vector<float>(m.size(), 0.0f);
  for (std::size_t i = 0; i < m.size(); ++i) {
    const double scale = static_cast<double>(g[i]) / std::sqrt(static_cast<double>(s[i]) + *eps);
    out.scale.push_back(scale);
    out.shift.push_back(static_cast<double>(h[i]) - static_cast<double>(m[i]) * scale);
  }
  for (const Tensor& t : {mean, var, gamma, beta}) b.watch(t);
  return out;
}

}  // namespace

std::optional<Norm> take_norm(VariantBuilder& b, ValueId& y, std::int64_t channels, const Dims& sizes) {
  const auto next = b.only_reader(y);
  if (!next) return std::nullopt;
  auto norm = read_norm(b, *next, y, channels);
  if (!norm) return std::nullopt;
  b.fuse(*next);
  b.define_sizes(y, sizes);
  y = b.graph().node(*next).outputs.at(0);
  return norm;
}

std::optional<ConvWeights> read_weights(const VariantBuilder& b, NodeId n) {
  const auto& in = b.graph().node(n).inputs;
  const Dims* x = b.sizes(in.at(0));
  const Tensor w = b.constant_tensor(in.at(1)), bias = b.constant_tensor(in.at(2));
  if (!x || !w.defined() || static_cast<std::int64_t>(x->size()) != w.dim() || product(*x) == 0 || w.numel() == 0) return std::nullopt;
  if (b.dtype(in[0]) != DType::kFloat || w.dtype() != DType::kFloat) return std::nullopt;
  if (!bias.defined() && !b.known_none(in[2])) return std::nullopt;
  if (bias.defined() && (bias.dtype() != DType::kFloat || bias.dim() != 1)) return std::nullopt;
  return ConvWeights{*x, w, bias};
}

Result<Ref<Storage>> weight_storage(VariantBuilder& b, std::size_t bytes) {
  const AllocHookGuard guard(b.weights());
  return allocate_storage(bytes);
}

std::vector<float> folded_bias(const Tensor& bias, const std::optional<Norm>& norm) {
  std::vector<float> out;
  if (bias.defined()) out = floats_of(bias);
  if (!norm) return out;
  out.resize(norm->scale.size(), 0.0f);
  for (std::size_t o = 0; o < out.size(); ++o)
    out[o] = static_cast<float>(out[o] * norm->scale[o] + norm->shift[o]);
  return out;
}

}  // namespace fac::plan
