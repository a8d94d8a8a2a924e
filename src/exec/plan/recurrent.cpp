// Recurrent layers and cells with constant weights: packed once.
#include <algorithm>
#include <array>

#include "exec/plan/builder.h"
#include "ops/copy.h"
#include "ops/functions.h"
#include "ops/recurrent.h"

namespace fac::plan {

using ir::NodeId;
using ir::ValueId;
using ops::RecurrentKind;

namespace {

std::optional<RecurrentKind> kind_of(std::string_view name) {
  if (name == "lstm") return RecurrentKind::kLstm;
  if (name == "gru") return RecurrentKind::kGru;
  if (name == "rnn_tanh") return RecurrentKind::kTanh;
  if (name == "rnn_relu") return RecurrentKind::kRelu;
  return std::nullopt;
}

// x [steps, batch, features], or [batch, steps, features] with batch_first.
class RecurrentStep final : public Step {
 public:
  ops::PackedStack stack;
  bool batch_first = false;
  Slot x = 0, h0 = 0, y = 0, h = 0;
  std::optional<Slot> c0, c;

  Status run(Frame& f) const override {
    Tensor in = f.slots[x].tensor();
    if (batch_first) {
      FACULA_TRY(in, ops::transpose(in, 0, 1));
    }
    FACULA_TRY(auto out, stack.run(in, f.slots[h0].tensor(), c0 ? f.slots[*c0].tensor() : Tensor()));
    if (batch_first) {
      FACULA_TRY(out.out, ops::transpose(out.out, 0, 1));
    }
    f.slots[y] = Value(std::move(out.out));
    f.slots[h] = Value(std::move(out.h));
    if (c) f.slots[*c] = Value(std::move(out.c));
    return {};
  }
  std::string text() const override { return "recurrent layers"; }
};

// One step of one layer: x [batch, features].
class CellStep final : public Step {
 public:
  ops::PackedLayer layer;
  std::int64_t batch = 0, features = 0;
  Slot x = 0, h0 = 0, h = 0;
  std::optional<Slot> c0, c;

  Status run(Frame& f) const override {
    FACULA_TRY(const Tensor in, contiguous(f.slots[x].tensor()));
    FACULA_TRY(const Tensor before, contiguous(f.slots[h0].tensor()));
    const std::int64_t hidden = layer.hidden();
    if (in.numel() != batch * features || before.numel() != batch * hidden)
      return error(ErrorKind::kInternal, "a planned recurrent cell met another shape");
    FACULA_TRY(Tensor out, Tensor::empty(Dims{batch, hidden}, DType::kFloat));
    Tensor state;
    if (c) {
      FACULA_TRY(state, Tensor::empty(Dims{batch, hidden}, DType::kFloat));
      FACULA_TRY_VOID(copy_into(state, f.slots[*c0].tensor()));
    }
    FACULA_TRY_VOID(layer.run(in, before.data_as<float>(), c ? state.data_as<float>() : nullptr, out.data_as<float>(), hidden));
    f.slots[h] = Value(std::move(out));
    if (c) f.slots[*c] = Value(std::move(state));
    return {};
  }
  std::string text() const override { return fmt("recurrent cell {} -> {}", features, layer.hidden()); }
};

bool is_float(const VariantBuilder& b, ValueId v, const Dims& sizes) {
  const Dims* s = b.sizes(v);
  return s && *s == sizes && b.dtype(v) == DType::kFloat;
}

// The state's values: h alone, or the items of [h, c].
std::optional<std::vector<ValueId>> states_of(const VariantBuilder& b, ValueId v, RecurrentKind kind) {
  if (kind != RecurrentKind::kLstm) return std::vector<ValueId>{v};
  auto items = b.list_items(v);
  if (!items || items->size() != 2) return std::nullopt;
  return items;
}

Result<bool> plan_layers(VariantBuilder& b, NodeId n, RecurrentKind kind) {
  const auto& node = b.graph().node(n);
  if (!node.op || node.op->overload() != "input" || node.inputs.size() != 9) return false;
  const Dims* x = b.sizes(node.inputs[0]);
  const auto states = states_of(b, node.inputs[1], kind);
  const auto weights = b.constant_tensors(node.inputs[2]);
  const auto biases = b.known_bool(node.inputs[3]), bidirectional = b.known_bool(node.inputs[7]),
             batch_first = b.known_bool(node.inputs[8]), train = b.known_bool(node.inputs[6]);
  const auto layers = b.known_int(node.inputs[4]);
  const auto dropout = b.known_number(node.inputs[5]);
  if (!x || x->size() != 3 || b.dtype(node.inputs[0]) != DType::kFloat || !states || !weights) return false;
  if (!biases || !layers || *layers < 1 || *layers > 1000 || !bidirectional || !batch_first || !train || !dropout) return false;
  if (*train && *dropout > 0) return false;
  const std::int64_t steps = (*x)[*batch_first ? 1 : 0], batch = (*x)[*batch_first ? 0 : 1], features = (*x)[2];
  const auto cells = ops::read_weights(*weights, *biases, false);
  if (cells.empty() || cells.size() * (*biases ? 4 : 2) != weights->size() || cells[0].w_hh.dim() != 2) return false;
  const Dims state{*layers * (*bidirectional ? 2 : 1), batch, cells[0].w_hh.size(1)};
  for (const ValueId v : *states)
    if (!is_float(b, v, state)) return false;
  auto step = std::make_unique<RecurrentStep>();
  {
    const AllocHookGuard guard(b.weights());
    FACULA_TRY(auto stack, ops::PackedStack::create(kind, cells, *layers, *bidirectional, steps, batch, features));
    if (!stack) return false;
    step->stack = std::move(*stack);
  }
  step->batch_first = *batch_first;
  FACULA_TRY(step->x, b.need_plain(node.inputs[0]));
  FACULA_TRY(step->h0, b.need_plain((*states)[0]));
  if (states->size() == 2) {
    FACULA_TRY(const Slot c0, b.need_plain((*states)[1]));
    step->c0 = c0;
    step->c = plain_slot(node.outputs.at(2));
  }
  step->y = plain_slot(node.outputs.at(0));
  step->h = plain_slot(node.outputs.at(1));
  FACULA_TRY_VOID(b.add(std::move(step)));
  for (const Tensor& w : *weights) b.watch(w);
  for (const ValueId v : node.outputs) b.define_plain(v);
  return true;
}

Result<bool> plan_cell(VariantBuilder& b, NodeId n, RecurrentKind kind) {
  const auto& node = b.graph().node(n);
  if (node.inputs.size() != 6) return false;
  const Dims* x = b.sizes(node.inputs[0]);
  const auto states = states_of(b, node.inputs[1], kind);
  if (!x || x->size() != 2 || b.dtype(node.inputs[0]) != DType::kFloat || !states) return false;
  ops::CellWeights w;
  std::array<Tensor*, 4> parts{&w.w_ih, &w.w_hh, &w.b_ih, &w.b_hh};
  for (std::size_t i = 0; i < parts.size(); ++i) {
    *parts[i] = b.constant_tensor(node.inputs[2 + i]);
    if (!parts[i]->defined() && (i < 2 || !b.known_none(node.inputs[2 + i]))) return false;
  }
  if (w.w_hh.dim() != 2) return false;
  const Dims state{(*x)[0], w.w_hh.size(1)};
  for (const ValueId v : *states)
    if (!is_float(b, v, state)) return false;
  auto step = std::make_unique<CellStep>();
  step->batch = (*x)[0], step->features = (*x)[1];
  {
    const AllocHookGuard guard(b.weights());
    FACULA_TRY(auto layer, ops::PackedLayer::create(kind, w, 1, step->batch, step->features, false));
    if (!layer) return false;
    step->layer = std::move(*layer);
  }
  FACULA_TRY(step->x, b.need_plain(node.inputs[0]));
  FACULA_TRY(step->h0, b.need_plain((*states)[0]));
  step->h = plain_slot(node.outputs.at(0));
  if (states->size() == 2) {
    FACULA_TRY(const Slot c0, b.need_plain((*states)[1]));
    step->c0 = c0;
    step->c = plain_slot(node.outputs.at(1));
  }
  FACULA_TRY_VOID(b.add(std::move(step)));
  for (const Tensor* t : parts) b.watch(*t);
  for (const ValueId v : node.outputs) b.define_plain(v);
  return true;
}

}  // namespace

Result<bool> plan_recurrent(VariantBuilder& b, NodeId n) {
  std::string_view name = b.graph().node(n).kind.str();
  if (!name.starts_with("aten::")) return false;
  name.remove_prefix(6);
  const bool cell = name.ends_with("_cell");
  if (cell) name.remove_suffix(5);
  const auto kind = kind_of(name);
  if (!kind) return false;
  return cell ? plan_cell(b, n, *kind) : plan_layers(b, n, *kind);
}

}  // namespace fac::plan
