// Recurrent layers of float32 with their weights packed: for the operators, which pack at each call, and for plans, which
// pack once.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "kernels/recurrent.h"
#include "tensor/tensor.h"

namespace fac::ops {

using kernels::RecurrentKind;

// One direction of one layer. Biases and the projection (LSTM only) may be undefined.
struct CellWeights {
  Tensor w_ih, w_hh, b_ih, b_hh, w_hr;
};
// Cuts an operator's flat list of weights: one entry per layer and direction.
std::vector<CellWeights> read_weights(std::span<const Tensor> params, bool has_biases, bool projected);

// One direction of one layer for inputs [steps, batch, features].
class PackedLayer {
 public:
  // nullopt: not all float32, or of shapes that do not fit together: the general path reports that.
  static Result<std::optional<PackedLayer>> create(RecurrentKind kind, const CellWeights& w, std::int64_t steps,
                                                   std::int64_t batch, std::int64_t features, bool reverse);
  std::int64_t hidden() const { return r_.hidden; }
  // x [steps, batch, features] contiguous;  h0 [batch, hidden];  c [batch, hidden] in and out (LSTM), else null;
  // out: row t * batch + b at out + (t * batch + b) * out_stride.
  Status run(const Tensor& x, const float* h0, float* c, float* out, std::int64_t out_stride) const;

 private:
  kernels::Recurrent r_;
  std::int64_t features_ = 0;
  Ref<Storage> w_ih_, w_hh_, bias_, b_hh_;  // the biases may be null
};

// Layers on layers, in one or both directions.
class PackedStack {
 public:
  static Result<std::optional<PackedStack>> create(RecurrentKind kind, const std::vector<CellWeights>& weights,
                                                   std::int64_t layers, bool bidirectional, std::int64_t steps,
                                                   std::int64_t batch, std::int64_t features);
  struct Result3 {
    Tensor out, h, c;  // [steps, batch, directions * hidden], [layers * directions, batch, hidden], the same (LSTM)
  };
  // x [steps, batch, features] float32 of any strides;  h0, c0 [layers * directions, batch, hidden] float32.
  Result<Result3> run(const Tensor& x, const Tensor& h0, const Tensor& c0) const;

 private:
  RecurrentKind kind_{};
  std::int64_t steps_ = 0, batch_ = 0, features_ = 0, directions_ = 1;
  std::vector<PackedLayer> layers_;
};

}  // namespace fac::ops
