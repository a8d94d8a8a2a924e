// Recurrent layers. float32 without a projection goes through packed weights (ops/recurrent.h), the rest step by step.
#include <algorithm>

#include "ops/copy.h"
#include "ops/elementwise.h"
#include "ops/functions.h"
#include "ops/matmul.h"
#include "ops/op.h"
#include "ops/recurrent.h"

namespace fac {
namespace {

using CellKind = ops::RecurrentKind;
using ops::CellWeights;

struct State {
  Tensor h, c;  // c: LSTM only
};

// --- one step, any dtype, in terms of other operators ----------------------------------------------------------------

using ops::binary;
using ops::BinaryOp;
using ops::unary;
using ops::UnaryOp;

Result<Tensor> gate(const Tensor& all, std::int64_t i, std::int64_t hidden) {
  return ops::narrow(all, all.dim() - 1, i * hidden, hidden);
}

Result<State> step_general(CellKind kind, const Tensor& gi, const State& s, const CellWeights& w) {
  FACULA_TRY(Tensor gh, ops::linear(s.h, w.w_hh, w.b_hh));
  if (kind == CellKind::kTanh || kind == CellKind::kRelu) {
    FACULA_TRY(Tensor sum, binary(gi, gh, BinaryOp::add));
    FACULA_TRY(Tensor h, unary(sum, kind == CellKind::kTanh ? UnaryOp::tanh : UnaryOp::relu));
    return State{h, {}};
  }
  if (kind == CellKind::kGru) {
    const std::int64_t hidden = s.h.size(s.h.dim() - 1);
    Tensor part[3][2];
    for (int g = 0; g < 3; ++g) {
      FACULA_TRY(part[g][0], gate(gi, g, hidden));
      FACULA_TRY(part[g][1], gate(gh, g, hidden));
    }
    FACULA_TRY(Tensor r, binary(part[0][0], part[0][1], BinaryOp::add));
    FACULA_TRY(r, unary(r, UnaryOp::sigmoid));
    FACULA_TRY(Tensor z, binary(part[1][0], part[1][1], BinaryOp::add));
    FACULA_TRY(z, unary(z, UnaryOp::sigmoid));
    FACULA_TRY(Tensor n, binary(r, part[2][1], BinaryOp::mul));
    FACULA_TRY(n, binary(part[2][0], n, BinaryOp::add));
    FACULA_TRY(n, unary(n, UnaryOp::tanh));
    // h' = n + z * (h - n)
    FACULA_TRY(Tensor d, binary(s.h, n, BinaryOp::sub));
    FACULA_TRY(d, binary(z, d, BinaryOp::mul));
    FACULA_TRY(Tensor h, binary(n, d, BinaryOp::add));
    return State{h, {}};
  }
  FACULA_TRY(Tensor all, binary(gi, gh, BinaryOp::add));
  const std::int64_t hidden = s.c.size(s.c.dim() - 1);
  Tensor g[4];
  for (int i = 0; i < 4; ++i) {
    FACULA_TRY(g[i], gate(all, i, hidden));
    FACULA_TRY(g[i], unary(g[i], i == 2 ? UnaryOp::tanh : UnaryOp::sigmoid));
  }
  FACULA_TRY(Tensor keep, binary(g[1], s.c, BinaryOp::mul));
  FACULA_TRY(Tensor fresh, binary(g[0], g[2], BinaryOp::mul));
  FACULA_TRY(Tensor c, binary(keep, fresh, BinaryOp::add));
  FACULA_TRY(Tensor h, unary(c, UnaryOp::tanh));
  FACULA_TRY(h, binary(g[3], h, BinaryOp::mul));
  if (w.w_hr.defined()) {
    FACULA_TRY(h, ops::linear(h, w.w_hr, {}));
  }
  return State{h, c};
}

// --- a layer in one direction ----------------------------------------------------------------------------------------

struct Sequence {
  Tensor out;  // [steps, batch, hidden]
  State last;
};

Result<Sequence> layer_general(CellKind kind, const Tensor& gi, State state, const CellWeights& w, bool reverse) {
  const std::int64_t steps = gi.size(0);
  std::vector<Tensor> outs(static_cast<std::size_t>(steps));
  for (std::int64_t k = 0; k < steps; ++k) {
    const std::int64_t t = reverse ? steps - 1 - k : k;
    FACULA_TRY(Tensor in, ops::select(gi, 0, t));
    FACULA_TRY(state, step_general(kind, in, state, w));
    outs[static_cast<std::size_t>(t)] = state.h;
  }
  Sequence s;
  FACULA_TRY(s.out, ops::stack(outs, 0));
  s.last = std::move(state);
  return s;
}

// --- the operators ---------------------------------------------------------------------------------------------------

struct Stack {
  Tensor out, h, c;
};

// As many weights as the layers need, each a matrix.
Status check_layers(const std::vector<CellWeights>& weights, std::int64_t layers, std::int64_t directions) {
  const auto given = static_cast<std::int64_t>(weights.size());
  FACULA_CHECK(layers > 0 && layers <= given && given == layers * directions, "Expected RNN weights of {} layers in {} direction{}, but got {}",
               layers, directions, directions == 1 ? "" : "s", given);
  for (const CellWeights& w : weights)
    FACULA_CHECK(w.w_ih.defined() && w.w_hh.defined() && w.w_ih.dim() == 2 && w.w_hh.dim() == 2 && (!w.w_hr.defined() || w.w_hr.dim() == 2),
                 "RNN weights must be matrices");
  return {};
}

// x [steps, batch, features], h0 and c0 [layers * directions, batch, hidden].
Result<Stack> run_stack(CellKind kind, Tensor x, const Tensor& h0, const Tensor& c0, const std::vector<CellWeights>& weights,
                        std::int64_t layers, bool bidirectional, double dropout, bool train) {
  const std::int64_t directions = bidirectional ? 2 : 1;
  FACULA_TRY_VOID(check_layers(weights, layers, directions));
  FACULA_CHECK(!(train && dropout > 0 && layers > 1), "dropout between recurrent layers in training mode is not supported");
  FACULA_CHECK(x.size(0) > 0, "Expected sequence length to be larger than 0 in RNN");
  FACULA_CHECK(h0.dim() == 3 && h0.size(0) == layers * directions && h0.size(1) == x.size(1), "Expected hidden size ({}, {}, {}), got {}",
               layers * directions, x.size(1), weights[0].w_hr.defined() ? weights[0].w_hr.size(0) : weights[0].w_hh.size(1), ints_text(h0.sizes()));
  FACULA_CHECK(x.size(2) == weights[0].w_ih.size(1), "input.size(-1) must be equal to input_size. Expected {}, got {}", weights[0].w_ih.size(1), x.size(2));
  if (x.dtype() == DType::kFloat && h0.dtype() == DType::kFloat && (!c0.defined() || ops::same_sizes(c0.sizes(), h0.sizes()))) {
    FACULA_TRY(const auto packed, ops::PackedStack::create(kind, weights, layers, bidirectional, x.size(0), x.size(1), x.size(2)));
    if (packed && h0.size(2) == weights[0].w_hh.size(1) && (!c0.defined() || c0.dtype() == DType::kFloat)) {
      FACULA_TRY(auto y, packed->run(x, h0, c0));
      return Stack{y.out, y.h, y.c};
    }
  }
  std::vector<Tensor> hs, cs;
  for (std::int64_t l = 0; l < layers; ++l) {
    std::vector<Tensor> outs;
    for (std::int64_t d = 0; d < directions; ++d) {
      const std::int64_t at = l * directions + d;
      State start;
      FACULA_TRY(start.h, ops::select(h0, 0, at));
      if (c0.defined()) {
        FACULA_TRY(start.c, ops::select(c0, 0, at));
      }
      const auto& w = weights[static_cast<std::size_t>(at)];
      FACULA_TRY(const Tensor gi, ops::linear(x, w.w_ih, w.b_ih));
      FACULA_TRY(Sequence s, layer_general(kind, gi, start, w, d == 1));
      outs.push_back(s.out);
      hs.push_back(s.last.h);
      if (c0.defined()) cs.push_back(s.last.c);
    }
    if (outs.size() == 1) {
      x = outs[0];
    } else {
      FACULA_TRY(x, ops::cat(outs, 2));
    }
  }
  Stack out;
  out.out = x;
  FACULA_TRY(out.h, ops::stack(hs, 0));
  if (c0.defined()) {
    FACULA_TRY(out.c, ops::stack(cs, 0));
  }
  return out;
}

Result<Stack> run_input(CellKind kind, const Tensor& input, const Tensor& h0, const Tensor& c0, const TensorList& params,
                        bool has_biases, std::int64_t layers, double dropout, bool train, bool bidirectional, bool batch_first) {
  FACULA_CHECK(input.dim() == 3, "RNN: Expected input to be 3-D, got {}-D", input.dim());
  Tensor x = input;
  if (batch_first) {
    FACULA_TRY(x, ops::transpose(input, 0, 1));
  }
  // An LSTM with a projection has one weight more in each layer, and h narrower than c.
  const bool projected = c0.defined() && h0.dim() == 3 && c0.dim() == 3 && h0.size(2) != c0.size(2);
  FACULA_TRY(Stack s, run_stack(kind, x, h0, c0, ops::read_weights(ops::to_vector(params), has_biases, projected), layers, bidirectional, dropout, train));
  if (batch_first) {
    FACULA_TRY(s.out, ops::transpose(s.out, 0, 1));
  }
  return s;
}

// Packed sequences: data [sum of batch_sizes, features], sorted by falling length. Each step runs on the batch_sizes[t]
// first sequences.
Result<Stack> run_packed(CellKind kind, const Tensor& data, const Tensor& batch_sizes, const Tensor& h0, const Tensor& c0,
                         const std::vector<CellWeights>& weights, std::int64_t layers, bool bidirectional) {
  FACULA_CHECK(batch_sizes.dtype() == DType::kInt64 && data.dim() == 2, "a packed sequence is a matrix with batch_sizes of int64");
  FACULA_TRY(Tensor sizes, contiguous(batch_sizes));
  const std::int64_t steps = sizes.numel(), directions = bidirectional ? 2 : 1;
  const auto* count = sizes.data_as<std::int64_t>();
  std::vector<std::int64_t> first(static_cast<std::size_t>(steps) + 1, 0);
  for (std::int64_t t = 0; t < steps; ++t) {
    FACULA_CHECK(count[t] > 0 && (t == 0 || count[t] <= count[t - 1]), "batch_sizes of a packed sequence must be positive and not increase");
    FACULA_CHECK(count[t] <= data.size(0), "batch_sizes do not add up to the {} rows of the packed sequence", data.size(0));
    first[static_cast<std::size_t>(t) + 1] = first[static_cast<std::size_t>(t)] + count[t];
  }
  FACULA_CHECK(steps > 0 && first.back() == data.size(0), "batch_sizes do not add up to the {} rows of the packed sequence", data.size(0));
  FACULA_TRY_VOID(check_layers(weights, layers, directions));
  Tensor x = data;
  std::vector<Tensor> hs, cs;
  for (std::int64_t l = 0; l < layers; ++l) {
    std::vector<Tensor> outs;
    for (std::int64_t d = 0; d < directions; ++d) {
      const std::int64_t at = l * directions + d;
      const auto& w = weights[static_cast<std::size_t>(at)];
      FACULA_TRY(Tensor gi, ops::linear(x, w.w_ih, w.b_ih));
      FACULA_TRY(Tensor h, ops::select(h0, 0, at));
      FACULA_TRY(h, clone(h));
      Tensor c;
      if (c0.defined()) {
        FACULA_TRY(c, ops::select(c0, 0, at));
        FACULA_TRY(c, clone(c));
      }
      std::vector<Tensor> rows(static_cast<std::size_t>(steps));
      for (std::int64_t k = 0; k < steps; ++k) {
        const std::int64_t t = d == 1 ? steps - 1 - k : k;
        FACULA_TRY(Tensor in, ops::narrow(gi, 0, first[static_cast<std::size_t>(t)], count[t]));
        State s;
        FACULA_TRY(s.h, ops::narrow(h, 0, 0, count[t]));
        if (c.defined()) {
          FACULA_TRY(s.c, ops::narrow(c, 0, 0, count[t]));
        }
        FACULA_TRY(State next, step_general(kind, in, s, w));
        FACULA_TRY_VOID(copy_into(s.h, next.h));  // views into h and c: finished sequences keep their last state
        if (c.defined()) FACULA_TRY_VOID(copy_into(s.c, next.c));
        rows[static_cast<std::size_t>(t)] = next.h;
      }
      FACULA_TRY(Tensor out, ops::cat(rows, 0));
      outs.push_back(out);
      hs.push_back(h);
      if (c.defined()) cs.push_back(c);
    }
    if (outs.size() == 1) {
      x = outs[0];
    } else {
      FACULA_TRY(x, ops::cat(outs, 1));
    }
  }
  Stack out;
  out.out = x;
  FACULA_TRY(out.h, ops::stack(hs, 0));
  if (c0.defined()) {
    FACULA_TRY(out.c, ops::stack(cs, 0));
  }
  return out;
}

using Three = std::tuple<Tensor, Tensor, Tensor>;
using Two = std::tuple<Tensor, Tensor>;

Result<Three> lstm_input(const Tensor& x, const TensorList& hx, const TensorList& params, bool biases, std::int64_t layers, double dropout,
                         bool train, bool bidirectional, bool batch_first) {
  FACULA_CHECK(hx.size() == 2, "lstm expects two hidden states");
  FACULA_TRY(Stack s, run_input(CellKind::kLstm, x, hx[0], hx[1], params, biases, layers, dropout, train, bidirectional, batch_first));
  return Three(s.out, s.h, s.c);
}
Result<Three> lstm_data(const Tensor& data, const Tensor& sizes, const TensorList& hx, const TensorList& params, bool biases,
                        std::int64_t layers, double, bool, bool bidirectional) {
  FACULA_CHECK(hx.size() == 2, "lstm expects two hidden states");
  const bool projected = hx[0].dim() == 3 && hx[1].dim() == 3 && hx[0].size(2) != hx[1].size(2);
  FACULA_TRY(Stack s, run_packed(CellKind::kLstm, data, sizes, hx[0], hx[1], ops::read_weights(ops::to_vector(params), biases, projected), layers, bidirectional));
  return Three(s.out, s.h, s.c);
}
template <CellKind K>
Result<Two> rnn_input(const Tensor& x, const Tensor& hx, const TensorList& params, bool biases, std::int64_t layers, double dropout,
                      bool train, bool bidirectional, bool batch_first) {
  FACULA_TRY(Stack s, run_input(K, x, hx, {}, params, biases, layers, dropout, train, bidirectional, batch_first));
  return Two(s.out, s.h);
}
template <CellKind K>
Result<Two> rnn_data(const Tensor& data, const Tensor& sizes, const Tensor& hx, const TensorList& params, bool biases, std::int64_t layers,
                     double, bool, bool bidirectional) {
  FACULA_TRY(Stack s, run_packed(K, data, sizes, hx, {}, ops::read_weights(ops::to_vector(params), biases, false), layers, bidirectional));
  return Two(s.out, s.h);
}

Result<State> cell(CellKind kind, const Tensor& x, const State& s, const CellWeights& w) {
  FACULA_CHECK(x.dim() >= 1 && x.size(x.dim() - 1) == w.w_ih.size(1), "input has inconsistent input_size: got {} expected {}", x.dim() ? x.size(x.dim() - 1) : 0, w.w_ih.size(1));
  FACULA_TRY(Tensor gi, ops::linear(x, w.w_ih, w.b_ih));
  const bool fast = kind == CellKind::kLstm && gi.dim() == 2 && gi.dtype() == DType::kFloat && s.c.dtype() == DType::kFloat && s.c.dim() == 2 && s.c.is_contiguous() && s.c.numel() > 0;
  if (!fast) return step_general(kind, gi, s, w);
  FACULA_TRY(Tensor gh, ops::linear(s.h, w.w_hh, w.b_hh));
  FACULA_TRY(Tensor gates, binary(gi, gh, BinaryOp::add));
  FACULA_CHECK(gates.size(0) == s.c.size(0) && gates.size(1) == 4 * s.c.size(1), "hidden state of size {} does not fit the gates {}", ints_text(s.c.sizes()), ints_text(gates.sizes()));
  State out;
  FACULA_TRY(out.h, Tensor::empty(s.c.sizes(), DType::kFloat));
  FACULA_TRY(out.c, Tensor::empty(s.c.sizes(), DType::kFloat));
  const std::int64_t hidden = s.c.size(1);
  std::copy_n(s.c.data_as<float>(), s.c.numel(), out.c.data_as<float>());
  const kernels::Recurrent r{kind, 1, s.c.size(0), hidden, hidden, false};
  kernels::recurrent_cells(r, gates.data_as<float>(), gates.data_as<float>(), s.c.data_as<float>(), hidden,
                           out.c.data_as<float>(), out.h.data_as<float>());
  return out;
}
Result<Two> lstm_cell(const Tensor& x, const TensorList& hx, const Tensor& w_ih, const Tensor& w_hh, const Tensor& b_ih, const Tensor& b_hh) {
  FACULA_CHECK(hx.size() == 2, "lstm_cell expects two hidden states");
  FACULA_TRY(State s, cell(CellKind::kLstm, x, {hx[0], hx[1]}, {w_ih, w_hh, b_ih, b_hh, {}}));
  return Two(s.h, s.c);
}
template <CellKind K>
Result<Tensor> rnn_cell(const Tensor& x, const Tensor& hx, const Tensor& w_ih, const Tensor& w_hh, const Tensor& b_ih, const Tensor& b_hh) {
  FACULA_TRY(State s, cell(K, x, {hx, {}}, {w_ih, w_hh, b_ih, b_hh, {}}));
  return s.h;
}

// --- packed sequences ------------------------------------------------------------------------------------------------

Result<Two> pack_padded(const Tensor& input, const Tensor& lengths_in, bool batch_first) {
  Tensor x = input;
  if (batch_first) {
    FACULA_TRY(x, ops::transpose(input, 0, 1));
  }
  FACULA_TRY(Tensor lengths, cast(lengths_in, DType::kInt64));
  FACULA_TRY(lengths, contiguous(lengths));
  const auto* len = lengths.data_as<std::int64_t>();
  const std::int64_t batch = x.size(1);
  FACULA_CHECK(lengths.numel() == batch, "Expected `len(lengths)` to be equal to batch_size, but got {} (batch_size={})", lengths.numel(), batch);
  FACULA_CHECK(batch > 0 && len[batch - 1] > 0, "Length of all samples has to be greater than 0, but found an element in 'lengths' that is <= 0");
  for (std::int64_t i = 1; i < batch; ++i)
    FACULA_CHECK(len[i] <= len[i - 1], "`lengths` array must be sorted in decreasing order when `enforce_sorted` is True. You can pass `enforce_sorted=False` to pack_padded_sequence and/or pack_sequence to sidestep this requirement if you do not need ONNX exportability.");
  FACULA_CHECK(len[0] <= x.size(0), "Expected sequence length to be at most {}, got {}", x.size(0), len[0]);
  std::vector<Tensor> parts;
  std::vector<std::int64_t> counts;
  std::int64_t n = batch;
  for (std::int64_t t = 0; t < len[0]; ++t) {
    while (n > 0 && len[n - 1] <= t) --n;
    FACULA_TRY(Tensor row, ops::select(x, 0, t));
    FACULA_TRY(row, ops::narrow(row, 0, 0, n));
    parts.push_back(row);
    counts.push_back(n);
  }
  FACULA_TRY(Tensor data, ops::cat(parts, 0));
  FACULA_TRY(Tensor sizes, Tensor::empty(Dims{len[0]}, DType::kInt64));
  std::copy(counts.begin(), counts.end(), sizes.data_as<std::int64_t>());
  return Two(data, sizes);
}

Result<Two> pad_packed(const Tensor& data, const Tensor& batch_sizes, bool batch_first, const Scalar& padding, std::int64_t total_length) {
  FACULA_TRY(Tensor sizes, contiguous(batch_sizes));
  const std::int64_t steps = sizes.numel();
  const auto* count = sizes.data_as<std::int64_t>();
  FACULA_CHECK(steps > 0, "a packed sequence needs at least one step");
  FACULA_CHECK(total_length <= 0 || total_length >= steps, "Expected total_length to be at least the length of the longest sequence in input, but got total_length={} and max sequence length being {}", total_length, steps);
  const std::int64_t total = std::max(total_length, steps), batch = count[0];
  Dims shape{total, batch};
  for (std::int64_t d = 1; d < data.dim(); ++d) shape.push_back(data.size(d));
  FACULA_TRY(Tensor out, ops::full(shape, padding, data.dtype()));
  FACULA_TRY(Tensor lengths, ops::zeros(Dims{batch}, DType::kInt64));
  std::int64_t at = 0;
  for (std::int64_t t = 0; t < steps; ++t) {
    FACULA_CHECK(count[t] > 0 && count[t] <= batch && at + count[t] <= data.size(0), "batch_sizes do not fit the packed data");
    FACULA_TRY(Tensor row, ops::select(out, 0, t));
    FACULA_TRY(row, ops::narrow(row, 0, 0, count[t]));
    FACULA_TRY(Tensor from, ops::narrow(data, 0, at, count[t]));
    FACULA_TRY_VOID(copy_into(row, from));
    for (std::int64_t i = 0; i < count[t]; ++i) ++lengths.data_as<std::int64_t>()[i];
    at += count[t];
  }
  if (batch_first) {
    FACULA_TRY(out, ops::transpose(out, 0, 1));
  }
  return Two(out, lengths);
}

constexpr Op kRnn[] = {
    row<lstm_input>("aten::lstm.input(Tensor input, Tensor[] hx, Tensor[] params, bool has_biases, int num_layers, float dropout, bool train, bool bidirectional, bool batch_first) -> (Tensor, Tensor, Tensor)"),
    row<lstm_data>("aten::lstm.data(Tensor data, Tensor batch_sizes, Tensor[] hx, Tensor[] params, bool has_biases, int num_layers, float dropout, bool train, bool bidirectional) -> (Tensor, Tensor, Tensor)"),
    row<rnn_input<CellKind::kGru>>("aten::gru.input(Tensor input, Tensor hx, Tensor[] params, bool has_biases, int num_layers, float dropout, bool train, bool bidirectional, bool batch_first) -> (Tensor, Tensor)"),
    row<rnn_data<CellKind::kGru>>("aten::gru.data(Tensor data, Tensor batch_sizes, Tensor hx, Tensor[] params, bool has_biases, int num_layers, float dropout, bool train, bool bidirectional) -> (Tensor, Tensor)"),
    row<rnn_input<CellKind::kTanh>>("aten::rnn_tanh.input(Tensor input, Tensor hx, Tensor[] params, bool has_biases, int num_layers, float dropout, bool train, bool bidirectional, bool batch_first) -> (Tensor, Tensor)"),
    row<rnn_data<CellKind::kTanh>>("aten::rnn_tanh.data(Tensor data, Tensor batch_sizes, Tensor hx, Tensor[] params, bool has_biases, int num_layers, float dropout, bool train, bool bidirectional) -> (Tensor, Tensor)"),
    row<rnn_input<CellKind::kRelu>>("aten::rnn_relu.input(Tensor input, Tensor hx, Tensor[] params, bool has_biases, int num_layers, float dropout, bool train, bool bidirectional, bool batch_first) -> (Tensor, Tensor)"),
    row<rnn_data<CellKind::kRelu>>("aten::rnn_relu.data(Tensor data, Tensor batch_sizes, Tensor hx, Tensor[] params, bool has_biases, int num_layers, float dropout, bool train, bool bidirectional) -> (Tensor, Tensor)"),
    row<lstm_cell>("aten::lstm_cell(Tensor input, Tensor[] hx, Tensor w_ih, Tensor w_hh, Tensor? b_ih=None, Tensor? b_hh=None) -> (Tensor, Tensor)",
        {.samples = {"randn(2,3), [randn(2,4), randn(2,4)], randn(16,3), randn(16,4), randn(16), randn(16)"}}),
    row<rnn_cell<CellKind::kGru>>("aten::gru_cell(Tensor input, Tensor hx, Tensor w_ih, Tensor w_hh, Tensor? b_ih=None, Tensor? b_hh=None) -> Tensor",
        {.samples = {"randn(2,3), randn(2,4), randn(12,3), randn(12,4), randn(12), randn(12)"}}),
    row<rnn_cell<CellKind::kTanh>>("aten::rnn_tanh_cell(Tensor input, Tensor hx, Tensor w_ih, Tensor w_hh, Tensor? b_ih=None, Tensor? b_hh=None) -> Tensor",
        {.samples = {"randn(2,3), randn(2,4), randn(4,3), randn(4,4)"}}),
    row<rnn_cell<CellKind::kRelu>>("aten::rnn_relu_cell(Tensor input, Tensor hx, Tensor w_ih, Tensor w_hh, Tensor? b_ih=None, Tensor? b_hh=None) -> Tensor",
        {.samples = {"randn(2,3), randn(2,4), randn(4,3), randn(4,4)"}}),
    row<pack_padded>("aten::_pack_padded_sequence(Tensor input, Tensor lengths, bool batch_first) -> (Tensor, Tensor)",
        {.samples = {"randn(4,3,2), tensor([4,2,1]), False"}}),
    row<pad_packed>("aten::_pad_packed_sequence(Tensor data, Tensor batch_sizes, bool batch_first, Scalar padding_value, int total_length) -> (Tensor, Tensor)",
        {.samples = {"randn(7,2), tensor([3,2,1,1]), True, 0.0, 5"}}),
};

}  // namespace

FACULA_FAMILY(nn_rnn, kRnn)

}  // namespace fac
