#include "ir/passes/tensor_facts.h"

#include <algorithm>
#include <string_view>

#include "ir/alias.h"
#include "ir/symbols.h"

namespace fac::ir {
namespace {

template <std::size_t N>
bool contains(const std::string_view (&names)[N], std::string_view name) {
  return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

// Results have the rank and, where it is floating, the dtype of the first input.
constexpr std::string_view kLikeFirst[] = {
    "batch_norm",  "instance_norm", "group_norm",  "layer_norm",     "relu",         "relu6",      "hardtanh",
    "silu",        "hardswish",     "hardsigmoid", "leaky_relu",     "elu",          "selu",       "celu",
    "gelu",        "mish",          "sigmoid",     "tanh",           "softplus",     "dropout",    "max_pool1d",
    "max_pool2d",  "max_pool3d",    "avg_pool1d",  "avg_pool2d",     "avg_pool3d",   "adaptive_avg_pool1d",
    "adaptive_avg_pool2d", "adaptive_avg_pool3d",  "contiguous",     "clone",        "detach",     "neg",
    "abs",         "pad",           "constant_pad_nd", "reflection_pad1d", "reflection_pad2d", "replication_pad1d",
    "replication_pad2d", "transpose", "permute", "flip", "upsample_nearest2d", "upsample_bilinear2d", "channel_shuffle",
    "pixel_shuffle", "feature_dropout", "narrow", "slice", "expand_as_"};

// Results have the rank of the first input and the dtype of the weight, which is the second; a dtype that differs
// from the input's is an error.
constexpr std::string_view kWeighted[] = {"conv1d",      "conv2d",           "conv3d",           "_convolution",
                                          "convolution", "conv_transpose1d", "conv_transpose2d", "conv_transpose3d",
                                          "linear"};

// The dtype of the first input; the rank changes.
constexpr std::string_view kSameDtype[] = {"flatten", "view",    "reshape", "squeeze", "unsqueeze",
                                           "select",  "expand",  "t"};

constexpr std::string_view kArithmetic[] = {"add", "sub", "mul", "div"};

std::string_view plain_name(const Node& n) {
  const std::string_view kind = n.kind.str();
  return n.op && kind.starts_with("aten::") ? kind.substr(6) : std::string_view{};
}

// What cat joins, where its list is constructed for it and nothing else.
std::span<const ValueId> joined_list(const Graph& g, const Node& n) {
  if (plain_name(n) != "cat" || n.inputs.empty()) return {};
  const NodeId list = g.value(n.inputs[0]).producer;
  if (!list || g.node(list).kind != sym::ListConstruct) return {};
  // A list that some node writes may hold other tensors by then.
  for (const Use& u : g.uses(n.inputs[0]))
    if (!u.user || g.has_effect(u.user) || !AliasInfo::makes_fresh(g, u.user)) return {};
  return g.node(list).inputs;
}

}  // namespace

ValueId RankRoots::within(ValueId v, int steps) {
  if (const auto found = found_.find(v.index); found != found_.end()) return found->second;
  if (steps == 0) return v;
  const ValueId root = derive(v, steps - 1);
  found_.emplace(v.index, root);
  return root;
}

ValueId RankRoots::derive(ValueId v, int steps) {
  const NodeId producer = g_.value(v).producer;
  if (!producer) return v;
  const Node& at = g_.node(producer);
  const std::string_view name = plain_name(at);
  if (at.outputs.size() != 1 || at.inputs.empty()) return v;
  if (contains(kLikeFirst, name) || contains(kWeighted, name)) return within(at.inputs[0], steps);
  std::span<const ValueId> operands;
  if (contains(kArithmetic, name) && at.inputs.size() >= 2) {
    if (g_.type(at.inputs[1])->kind() != TypeKind::kTensor) return within(at.inputs[0], steps);
    operands = std::span(at.inputs).first(2);
  } else if (const auto list = joined_list(g_, at); !list.empty()) {
    operands = list;
  }
  if (operands.empty()) return v;
  const ValueId root = within(operands[0], steps);
  for (ValueId o : operands.subspan(1))
    if (within(o, steps) != root) return v;
  return root;
}

std::optional<DType> KnownDTypes::within(ValueId v, int steps) {
  if (const auto found = found_.find(v.index); found != found_.end()) return found->second;
  if (steps == 0) return std::nullopt;
  const auto dtype = derive(v, steps - 1);
  found_.emplace(v.index, dtype);
  return dtype;
}

std::optional<DType> KnownDTypes::derive(ValueId v, int steps) {
  if (const Value* c = g_.constant(v)) {
    if (c->is_tensor()) return c->tensor().dtype();
    return std::nullopt;
  }
  const NodeId producer = g_.value(v).producer;
  if (!producer || g_.type(v)->kind() != TypeKind::kTensor) return std::nullopt;
  const Node& at = g_.node(producer);
  const std::string_view name = plain_name(at);
  if (name.empty() || at.inputs.empty()) return std::nullopt;
  if (contains(kWeighted, name)) return at.inputs.size() > 1 ? within(at.inputs[1], steps) : std::nullopt;
  if (contains(kSameDtype, name)) return within(at.inputs[0], steps);
  if (const auto list = joined_list(g_, at); !list.empty()) {
    const auto dtype = within(list[0], steps);
    for (ValueId o : list.subspan(1))
      if (within(o, steps) != dtype) return std::nullopt;
    return dtype;
  }
  const auto first = within(at.inputs[0], steps);
  if (!first || !is_floating(*first)) return std::nullopt;
  if (contains(kLikeFirst, name)) return first;
  const std::string_view functional = name.ends_with("_") ? name.substr(0, name.size() - 1) : name;
  if (functional != name && (contains(kLikeFirst, functional) || contains(kArithmetic, functional))) return first;
  if (contains(kArithmetic, name) && at.inputs.size() >= 2) {
    const TypeKind other = g_.type(at.inputs[1])->kind();
    if (other == TypeKind::kInt || other == TypeKind::kFloat) return first;
    if (other == TypeKind::kTensor && within(at.inputs[1], steps) == first) return first;
  }
  return std::nullopt;
}

}  // namespace fac::ir
