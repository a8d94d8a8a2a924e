// fold_conv_batch_norm — the affine map of a batch norm in evaluation goes into the weights of the convolution before it:
//     s = gamma / sqrt(var + eps);  weight'[o] = weight[o] * s[o];  bias' = (bias - mean) * s + beta
//   Needs: frozen parameters.  Keeps: values up to rounding (computed in double, stored in the weights' dtype).
//   Only float32 and float64, all parameters alike and written by nobody; the convolution's result is read by the batch
//   norm alone, apart from questions about its shape and dtype.  Cost: O(nodes) and the new weights.
#include <cmath>

#include "ir/alias.h"
#include "ir/literal.h"
#include "ir/passes.h"
#include "ir/passes/support.h"
#include "ir/symbols.h"
#include "tensor/element.h"

namespace fac::ir {
namespace {

bool is_convolution(const Graph& g, NodeId n) {
  const Node& at = g.node(n);
  const std::string_view name = at.kind.str();
  if (!at.op || at.outputs.size() != 1) return false;
  if (name == "aten::conv1d" || name == "aten::conv2d" || name == "aten::conv3d") return at.inputs.size() == 7;
  // (input, weight, bias, stride, padding, dilation, transposed, ...)
  if (name == "aten::_convolution" || name == "aten::convolution")
    return at.inputs.size() > 6 && constant_bool(g, at.inputs[6]) == false;
  return false;
}

bool asks_about_shape(std::string_view kind) {
  return kind == "aten::dim" || kind == "aten::size" || kind == "aten::numel" || kind == "prim::dtype" ||
         kind == "prim::device" || kind == "aten::is_floating_point";
}

// A vector of `n` numbers as doubles; absent ones are `otherwise`.
std::vector<double> numbers(const Value* v, std::size_t n, double otherwise) {
  std::vector<double> out(n, otherwise);
  if (v->is_tensor()) {
    const Tensor t = v->tensor();
    for (std::size_t i = 0; i < n; ++i) {
      const std::int64_t index[1] = {static_cast<std::int64_t>(i)};
      out[i] = element_as_double(t, index);
    }
  }
  return out;
}

template <class T>
void scale_rows(const T* from, T* to, const std::vector<double>& scale, std::size_t row) {
  for (std::size_t o = 0; o < scale.size(); ++o)
    for (std::size_t i = 0; i < row; ++i)
      to[o * row + i] = static_cast<T>(static_cast<double>(from[o * row + i]) * scale[o]);
}

class Fold {
 public:
  explicit Fold(Graph& g) : g_(g), alias_(g) {}

  bool run() {
    bool changed = false;
    g_.for_each_deep(g_.top(), [&](NodeId n) { changed = batch_norm(n) || changed; });
    return changed;
  }

 private:
  // A constant nobody writes; null otherwise.
  const Value* steady(ValueId v) const {
    const Value* c = g_.constant(v);
    return c && !alias_.may_be_written(v) ? c : nullptr;
  }

  bool only_reader(ValueId x, NodeId n) const {
    for (const Use& u : g_.uses(x)) {
      if (u.user == n) continue;
      if (!u.user || !asks_about_shape(g_.node(u.user).kind.str())) return false;
    }
    return true;
  }

  bool batch_norm(NodeId n) {
    // (input, weight, bias, mean, var, training, momentum, eps, cudnn_enabled)
    const Node at = g_.node(n);
    if (at.kind.str() != "aten::batch_norm" || !at.op || at.inputs.size() != 9) return false;
    if (constant_bool(g_, at.inputs[5]) != false) return false;
    const NodeId conv = g_.value(at.inputs[0]).producer;
    if (!conv || !is_convolution(g_, conv) || !only_reader(at.inputs[0], n)) return false;
    if (g_.node(conv).parent != at.parent) return false;

    const Value* weight = steady(g_.node(conv).inputs[1]);
    const Value* conv_bias = steady(g_.node(conv).inputs[2]);
    const Value* eps = g_.constant(at.inputs[7]);
    const Value* of_norm[4];  // gamma, beta, mean, var
    for (std::size_t i = 0; i < 4; ++i)
      if (!(of_norm[i] = steady(at.inputs[i + 1]))) return false;
    if (!weight || !weight->is_tensor() || !conv_bias || !eps || !eps->is_float()) return false;
    if (!of_norm[2]->is_tensor() || !of_norm[3]->is_tensor()) return false;
    const Tensor w = weight->tensor();
    if (w.dim() < 3 || !w.is_contiguous() || (w.dtype() != DType::kFloat && w.dtype() != DType::kDouble)) return false;
    for (const Value* v : {conv_bias, of_norm[0], of_norm[1], of_norm[2], of_norm[3]}) {
      if (v->is_none()) continue;
      if (!v->is_tensor() || v->tensor().dtype() != w.dtype() || v->tensor().dim() != 1 || v->tensor().size(0) != w.size(0))
        return false;
    }

    const auto channels = static_cast<std::size_t>(w.size(0));
    if (channels == 0) return false;
    auto scale = numbers(of_norm[0], channels, 1);
    const auto beta = numbers(of_norm[1], channels, 0), mean = numbers(of_norm[2], channels, 0);
    const auto var = numbers(of_norm[3], channels, 1), old_bias = numbers(conv_bias, channels, 0);
    for (std::size_t o = 0; o < channels; ++o) scale[o] /= std::sqrt(var[o] + eps->d());

    auto new_weight = Tensor::empty(w.sizes(), w.dtype());
    auto new_bias = Tensor::empty(std::array{w.size(0)}, w.dtype());
    if (!new_weight.ok() || !new_bias.ok()) return false;
    const std::size_t row = static_cast<std::size_t>(w.numel()) / channels;
    if (w.dtype() == DType::kFloat) scale_rows(w.data_as<float>(), new_weight->data_as<float>(), scale, row);
    else scale_rows(w.data_as<double>(), new_weight->data_as<double>(), scale, row);
    for (std::size_t o = 0; o < channels; ++o)
      set_element(*new_bias, static_cast<std::int64_t>(o), (old_bias[o] - mean[o]) * scale[o] + beta[o]);

    replace_parameter(conv, 1, std::move(*new_weight), ".weight");
    replace_parameter(conv, 2, std::move(*new_bias), ".bias");
    g_.replace_uses(at.outputs[0], at.inputs[0]);
    g_.erase(n);
    return true;
  }

  void replace_parameter(NodeId conv, std::size_t i, Tensor t, std::string_view suffix) {
    // Named after the weight: "self.conv1.weight" -> "self.conv1.bias_fused_bn".
    std::string name = g_.value(g_.node(conv).inputs[1]).name;
    if (const auto at = name.rfind(".weight"); at != std::string::npos) name.resize(at);
    const ValueId fresh = constant_before(g_, conv, Value(std::move(t)), types::tensor());
    if (!name.empty()) g_.set_name(fresh, name + std::string(suffix) + "_fused_bn");
    g_.set_input(conv, i, fresh);
  }

  Graph& g_;
  AliasInfo alias_;
};

}  // namespace

bool fold_conv_batch_norm(Graph& g) { return Fold(g).run(); }

}  // namespace fac::ir
