#include "exec/plan/activation.h"

#include <limits>

namespace fac::plan {

using kernels::Activation;

std::optional<FusedActivation> activation_of(const VariantBuilder& b, ir::NodeId n) {
  const auto& node = b.graph().node(n);
  std::string_view kind = node.kind.str();
  if (!kind.starts_with("aten::")) return std::nullopt;
  kind.remove_prefix(6);
  if (kind.ends_with('_')) kind.remove_suffix(1);
  const auto number = [&](std::size_t i) { return b.known_number(node.inputs.at(i)); };
  const auto plain = [](Activation a) { return FusedActivation{a, 0, 0}; };
  if (kind == "relu") return plain(Activation::kRelu);
  if (kind == "relu6") return FusedActivation{Activation::kClamp, 0.0f, 6.0f};
  if (kind == "sigmoid") return plain(Activation::kSigmoid);
  if (kind == "tanh") return plain(Activation::kTanh);
  if (kind == "silu") return plain(Activation::kSilu);
  if (kind == "hardsigmoid") return plain(Activation::kHardsigmoid);
  if (kind == "hardswish") return plain(Activation::kHardswish);
  if (kind == "hardtanh") {
    const auto lo = number(1), hi = number(2);
    if (lo && hi && *lo <= *hi) return FusedActivation{Activation::kClamp, static_cast<float>(*lo), static_cast<float>(*hi)};
  }
  if (kind == "clamp" && node.inputs.size() == 3 && node.op && node.op->overload().empty()) {
    constexpr float kInf = std::numeric_limits<float>::infinity();
    const auto lo = number(1), hi = number(2);
    if ((lo || b.known_none(node.inputs[1])) && (hi || b.known_none(node.inputs[2]))) {
      const float low = lo ? static_cast<float>(*lo) : -kInf, high = hi ? static_cast<float>(*hi) : kInf;
      if (low <= high) return FusedActivation{Activation::kClamp, low, high};
    }
  }
  if (kind == "leaky_relu")
    if (const auto slope = number(1)) return FusedActivation{Activation::kLeakyRelu, static_cast<float>(*slope), 0};
  if (kind == "gelu" && node.inputs.size() == 2)
    if (const Value* mode = b.known(node.inputs[1]); mode && mode->is_str())
      return plain(mode->str() == "tanh" ? Activation::kGeluTanh : Activation::kGelu);
  return std::nullopt;
}

std::optional<ir::ValueId> addend(const VariantBuilder& b, ir::NodeId n, ir::ValueId v) {
  const auto& node = b.graph().node(n);
  const std::string_view kind = node.kind.str();
  if ((kind != "aten::add" && kind != "aten::add_") || node.inputs.size() != 3) return std::nullopt;
  if (!node.op || node.op->overload() != "Tensor") return std::nullopt;
  const auto alpha = b.known_number(node.inputs[2]);
  if (!alpha || *alpha != 1.0) return std::nullopt;
  if (node.inputs[0] == v) return node.inputs[1];
  // `x += v` writes x, which others may read: only the functional form may be turned round.
  if (node.inputs[1] == v && kind == "aten::add") return node.inputs[0];
  return std::nullopt;
}

}  // namespace fac::plan
