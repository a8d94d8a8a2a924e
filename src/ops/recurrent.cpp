#include "ops/recurrent.h"

#include <algorithm>

#include "kernels/gemm.h"
#include "ops/broadcast.h"
#include "ops/copy.h"

namespace fac::ops {

std::vector<CellWeights> read_weights(std::span<const Tensor> params, bool has_biases, bool projected) {
  const std::size_t each = (has_biases ? 4 : 2) + (projected ? 1 : 0);
  std::vector<CellWeights> out;
  for (std::size_t i = 0; i + each <= params.size(); i += each) {
    CellWeights w{params[i], params[i + 1], {}, {}, {}};
    if (has_biases) {
      w.b_ih = params[i + 2];
      w.b_hh = params[i + 3];
    }
    if (projected) w.w_hr = params[i + each - 1];
    out.push_back(std::move(w));
  }
  return out;
}

namespace {

bool is_float(const Tensor& t, Ints sizes) {
  return t.defined() && t.dtype() == DType::kFloat && same_sizes(t.sizes(), sizes);
}

// Sum of the biases that are there; null if there are none.
Result<Ref<Storage>> bias_sum(std::int64_t width, const Tensor& a, const Tensor& b) {
  if (!a.defined() && !b.defined()) return Ref<Storage>();
  FACULA_TRY(Ref<Storage> sum, allocate_storage(static_cast<std::size_t>(width) * sizeof(float)));
  auto* to = static_cast<float*>(sum->data());
  std::fill_n(to, width, 0.0f);
  for (const Tensor& t : {a, b}) {
    if (!t.defined()) continue;
    FACULA_TRY(const Tensor dense, contiguous(t));
    for (std::int64_t i = 0; i < width; ++i) to[i] += dense.data_as<float>()[i];
  }
  return sum;
}

Result<Ref<Storage>> scratch_of(std::size_t bytes) {
  if (bytes == 0) return Ref<Storage>();
  return allocate_storage(bytes);
}

}  // namespace

Result<std::optional<PackedLayer>> PackedLayer::create(RecurrentKind kind, const CellWeights& w, std::int64_t steps,
                                                       std::int64_t batch, std::int64_t features, bool reverse) {
  if (w.w_hr.defined() || !w.w_hh.defined() || w.w_hh.dim() != 2) return std::optional<PackedLayer>();
  const std::int64_t hidden = w.w_hh.size(1), width = kernels::gates_of(kind) * hidden;
  if (!is_float(w.w_hh, Dims{width, hidden}) || !is_float(w.w_ih, Dims{width, features})) return std::optional<PackedLayer>();
  for (const Tensor& b : {w.b_ih, w.b_hh})
    if (b.defined() && !is_float(b, Dims{width})) return std::optional<PackedLayer>();
  if (steps < 1 || batch < 1 || features < 1 || hidden < 1) return std::optional<PackedLayer>();
  PackedLayer p;
  p.r_ = {kind, steps, batch, hidden, hidden, reverse};
  p.features_ = features;
  FACULA_TRY(const Tensor w_ih, contiguous(w.w_ih));
  FACULA_TRY(const Tensor w_hh, contiguous(w.w_hh));
  FACULA_TRY(p.w_ih_, allocate_storage(kernels::gemm_packed_b_bytes<float>(width, features)));
  kernels::gemm_pack_b(width, features, w_ih.data_as<float>(), features, true, static_cast<float*>(p.w_ih_->data()));
  FACULA_TRY(p.w_hh_, allocate_storage(kernels::recurrent_packed_bytes(p.r_)));
  kernels::recurrent_pack(p.r_, w_hh.data_as<float>(), hidden, static_cast<float*>(p.w_hh_->data()));
  // Only the GRU needs its biases apart.
  const bool apart = kind == RecurrentKind::kGru;
  FACULA_TRY(p.bias_, bias_sum(width, w.b_ih, apart ? Tensor() : w.b_hh));
  if (apart) {
    FACULA_TRY(p.b_hh_, bias_sum(width, w.b_hh, {}));
  }
  return std::optional<PackedLayer>(std::move(p));
}

Status PackedLayer::run(const Tensor& x, const float* h0, float* c, float* out, std::int64_t out_stride) const {
  const std::int64_t width = kernels::gates_of(r_.kind) * r_.hidden;
  kernels::Gemm g;
  g.m = r_.steps * r_.batch, g.n = width, g.k = features_;
  g.lda = g.ldb = features_, g.ldc = width, g.trans_b = true;
  FACULA_TRY(const Ref<Storage> gi, allocate_storage(static_cast<std::size_t>(g.m * width) * sizeof(float)));
  kernels::Recurrent r = r_;
  r.out_stride = out_stride;
  const std::size_t gemm_bytes = kernels::gemm_scratch_bytes<float>(g, true), step_bytes = kernels::recurrent_scratch_bytes(r);
  FACULA_TRY(const Ref<Storage> scratch, scratch_of(std::max(gemm_bytes, step_bytes)));
  void* at = scratch ? scratch->data() : nullptr;
  kernels::GemmEpilogue<float> e;
  if (bias_) e.bias = static_cast<const float*>(bias_->data());
  kernels::gemm_run_packed(g, x.data_as<float>(), static_cast<const float*>(w_ih_->data()), e, static_cast<float*>(gi->data()),
                           at, gemm_bytes);
  kernels::recurrent_run(r, static_cast<const float*>(gi->data()), static_cast<const float*>(w_hh_->data()),
                         b_hh_ ? static_cast<const float*>(b_hh_->data()) : nullptr, h0, c, out, at, step_bytes);
  return {};
}

Result<std::optional<PackedStack>> PackedStack::create(RecurrentKind kind, const std::vector<CellWeights>& weights,
                                                       std::int64_t layers, bool bidirectional, std::int64_t steps,
                                                       std::int64_t batch, std::int64_t features) {
  PackedStack s;
  s.kind_ = kind;
  s.steps_ = steps, s.batch_ = batch, s.features_ = features;
  s.directions_ = bidirectional ? 2 : 1;
  if (static_cast<std::int64_t>(weights.size()) != layers * s.directions_) return std::optional<PackedStack>();
  std::int64_t width = features;
  for (std::int64_t l = 0; l < layers; ++l) {
    for (std::int64_t d = 0; d < s.directions_; ++d) {
      FACULA_TRY(auto layer, PackedLayer::create(kind, weights[static_cast<std::size_t>(l * s.directions_ + d)], steps, batch,
                                                 width, d == 1));
      if (!layer || (!s.layers_.empty() && layer->hidden() != s.layers_[0].hidden())) return std::optional<PackedStack>();
      s.layers_.push_back(std::move(*layer));
    }
    width = s.directions_ * s.layers_[0].hidden();
  }
  if (s.layers_.empty()) return std::optional<PackedStack>();
  return std::optional<PackedStack>(std::move(s));
}

Result<PackedStack::Result3> PackedStack::run(const Tensor& input, const Tensor& h0_in, const Tensor& c0) const {
  const std::int64_t hidden = layers_[0].hidden(), count = static_cast<std::int64_t>(layers_.size());
  const Dims state{count, batch_, hidden};
  const bool lstm = kind_ == RecurrentKind::kLstm;
  FACULA_CHECK(is_float(input, Dims{steps_, batch_, features_}) && is_float(h0_in, state) && (!lstm || is_float(c0, state)),
               "a packed recurrent layer met inputs of another shape");
  Result3 y;
  FACULA_TRY(const Tensor h0, contiguous(h0_in));
  FACULA_TRY(y.h, Tensor::empty(state, DType::kFloat));
  if (lstm) {
    FACULA_TRY(y.c, Tensor::empty(state, DType::kFloat));
    FACULA_TRY_VOID(copy_into(y.c, c0));
  }
  FACULA_TRY(Tensor x, contiguous(input));
  const std::int64_t width = directions_ * hidden;
  for (std::int64_t at = 0; at < count; ++at) {
    const std::int64_t direction = at % directions_;
    if (direction == 0) {
      FACULA_TRY(y.out, Tensor::empty(Dims{steps_, batch_, width}, DType::kFloat));
    }
    float* out = y.out.data_as<float>() + direction * hidden;
    FACULA_TRY_VOID(layers_[static_cast<std::size_t>(at)].run(x, h0.data_as<float>() + at * batch_ * hidden,
                                                              lstm ? y.c.data_as<float>() + at * batch_ * hidden : nullptr, out, width));
    const float* last = out + (direction == 1 ? 0 : steps_ - 1) * batch_ * width;
    for (std::int64_t b = 0; b < batch_; ++b)
      std::copy_n(last + b * width, hidden, y.h.data_as<float>() + (at * batch_ + b) * hidden);
    if (direction + 1 == directions_) x = y.out;
  }
  return y;
}

}  // namespace fac::ops
