// Two ways through a time step. A small batch is bound by reading the recurrent weights: they are packed so that the gates
// of a group of hidden units lie side by side, [group][k][gate][unit], and the sums of a group go straight from registers
// into the cell. A large batch is a matrix product, then the cells.
#include "kernels/recurrent.h"

#include <algorithm>
#include <cstring>

#include "kernels/gemm.h"
#include "kernels/parts.h"
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/recurrent.cpp"
#include "kernels/targets.h"
#include "kernels/vector_math-inl.h"

#ifndef FACULA_RECURRENT_SHARED_
#define FACULA_RECURRENT_SHARED_
namespace fac::kernels {
namespace {

struct RecurrentFns {
  std::int64_t units;
  void (*pack)(std::int64_t hidden, const float* w, std::int64_t stride, float* packed);
  void (*step)(const Recurrent& r, const float* gi, const float* packed, const float* b_hh, const float* h,
               std::int64_t h_stride, float* c, float* out, std::int64_t g0, std::int64_t g1, bool back);
  void (*row)(std::int64_t hidden, const float* gates, const float* gi, const float* h, float* c, float* out);
};

}  // namespace
}  // namespace fac::kernels
#endif

HWY_BEFORE_NAMESPACE();
namespace fac::kernels {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;
namespace {

using D = hn::ScalableTag<float>;
using V = hn::Vec<D>;
constexpr std::int64_t L = HWY_LANES(float);

// The cells on one vector of units: g[] are the gates before their activation, extra: the GRU's recurrent part of n.
template <RecurrentKind K>
HWY_INLINE V cell(const V* g, V extra, V h, V& c) {
  const D d;
  if constexpr (K == RecurrentKind::kLstm) {
    const V i = vm::sigmoid(d, g[0]), f = vm::sigmoid(d, g[1]), n = vm::tanh(d, g[2]), o = vm::sigmoid(d, g[3]);
    c = hn::MulAdd(f, c, hn::Mul(i, n));
    return hn::Mul(o, vm::tanh(d, c));
  } else if constexpr (K == RecurrentKind::kGru) {
    const V r = vm::sigmoid(d, g[0]), z = vm::sigmoid(d, g[1]), n = vm::tanh(d, hn::MulAdd(r, extra, g[2]));
    return hn::MulAdd(z, hn::Sub(h, n), n);
  } else if constexpr (K == RecurrentKind::kTanh) {
    return vm::tanh(d, g[0]);
  } else {
    return hn::IfThenElse(hn::Lt(g[0], hn::Zero(d)), hn::Zero(d), g[0]);  // NaN stays
  }
}

// Vectors of units in a group: about eight sums in flight keep the multiply-add units busy.
template <RecurrentKind K>
constexpr int kVectors = K == RecurrentKind::kTanh || K == RecurrentKind::kRelu ? 8 : 2;
template <RecurrentKind K>
constexpr std::int64_t kUnits = kVectors<K> * L;

// One step of a group of units of one row: w its packed weights, h the state before [hidden]; gi, b_hh, c, h_unit and out
// stand at the group's first unit, gates lie `gate` elements apart in gi and b_hh.
template <RecurrentKind K>
HWY_NOINLINE void group_step(const float* HWY_RESTRICT w, const float* HWY_RESTRICT h, std::int64_t hidden, const float* gi,
                           const float* b_hh, std::int64_t gate, const float* h_unit, float* c, float* out) {
  constexpr int G = static_cast<int>(gates_of(K)), B = kVectors<K>;
  const D d;
  V sum[G][B];
  FACULA_UNROLL(4)
  for (int g = 0; g < G; ++g) {
    FACULA_UNROLL(8)
    for (int q = 0; q < B; ++q) {
      // The GRU's new gate keeps the recurrent part to itself.
      V start = K == RecurrentKind::kGru && g == 2 ? hn::Zero(d) : hn::LoadU(d, gi + g * gate + q * L);
      if (b_hh != nullptr) start = hn::Add(start, hn::LoadU(d, b_hh + g * gate + q * L));
      sum[g][q] = start;
    }
  }
  for (std::int64_t k = 0; k < hidden; ++k) {
    const V x = hn::Set(d, h[k]);
    FACULA_UNROLL(4)
    for (int g = 0; g < G; ++g) {
      FACULA_UNROLL(8)
      for (int q = 0; q < B; ++q) sum[g][q] = hn::MulAdd(x, hn::Load(d, w + (g * B + q) * L), sum[g][q]);
    }
    w += G * B * L;
  }
  FACULA_UNROLL(8)
  for (int q = 0; q < B; ++q) {
    V gates[G], extra = hn::Zero(d), old = hn::Zero(d), state = hn::Zero(d);
    for (int g = 0; g < G; ++g) gates[g] = sum[g][q];
    if constexpr (K == RecurrentKind::kGru) {
      extra = gates[2];
      gates[2] = hn::LoadU(d, gi + 2 * gate + q * L);
      old = hn::LoadU(d, h_unit + q * L);
    }
    if constexpr (K == RecurrentKind::kLstm) state = hn::LoadU(d, c + q * L);
    const V y = cell<K>(gates, extra, old, state);
    if constexpr (K == RecurrentKind::kLstm) hn::StoreU(state, d, c + q * L);
    hn::StoreU(y, d, out + q * L);
  }
}

// The last group, when its units are fewer than a group's: through padded copies.
template <RecurrentKind K>
void last_group(const float* w, const float* h, std::int64_t hidden, const float* gi, const float* b_hh, std::int64_t gate,
                std::int64_t units, const float* h_unit, float* c, float* out) {
  constexpr std::int64_t G = gates_of(K), U = kUnits<K>;
  alignas(64) float in[G * U] = {}, bias[G * U] = {}, old[U] = {}, state[U] = {}, y[U];
  const auto bytes = static_cast<std::size_t>(units) * sizeof(float);
  for (std::int64_t g = 0; g < G; ++g) {
    std::memcpy(in + g * U, gi + g * gate, bytes);
    if (b_hh != nullptr) std::memcpy(bias + g * U, b_hh + g * gate, bytes);
  }
  std::memcpy(old, h_unit, bytes);
  if (c != nullptr) std::memcpy(state, c, bytes);
  group_step<K>(w, h, hidden, in, b_hh != nullptr ? bias : nullptr, U, old, state, y);
  if (c != nullptr) std::memcpy(c, state, bytes);
  std::memcpy(out, y, bytes);
}

// Groups g0 .. g1 of one time step, all rows. `back`: from the last group to the first: what was read last is still in the
// cache when the next step begins (the weights of one step are often more than the second-level cache holds).
template <RecurrentKind K>
void small_step(const Recurrent& r, const float* gi, const float* packed, const float* b_hh, const float* h,
                std::int64_t h_stride, float* c, float* out, std::int64_t g0, std::int64_t g1, bool back) {
  constexpr std::int64_t G = gates_of(K), U = kUnits<K>;
  const std::int64_t H = r.hidden;
  for (std::int64_t i = g0; i < g1; ++i) {
    const std::int64_t group = back ? g0 + g1 - 1 - i : i, u = group * U, units = std::min(U, H - u);
    const float* w = packed + group * U * G * H;
    for (std::int64_t b = 0; b < r.batch; ++b) {
      const float* in = gi + b * G * H + u;
      const float* state = h + b * h_stride;
      float* cells = c != nullptr ? c + b * H + u : nullptr;
      float* y = out + b * r.out_stride + u;
      const float* bias = b_hh != nullptr ? b_hh + u : nullptr;
      if (units == U) group_step<K>(w, state, H, in, bias, H, state + u, cells, y);
      else last_group<K>(w, state, H, in, bias, H, units, state + u, cells, y);
    }
  }
}

// Cells of one vector of units after a matrix product; gates lie `gate` elements apart, for the GRU they are the recurrent
// part and gi the inputs'.
template <RecurrentKind K>
HWY_NOINLINE void cells_vector(const float* gates, const float* gi, std::int64_t gate, const float* h, float* c, float* out) {
  constexpr int G = static_cast<int>(gates_of(K));
  const D d;
  V g[G], extra = hn::Zero(d), state = hn::Zero(d), old = hn::Zero(d);
  for (int k = 0; k < G; ++k) g[k] = hn::LoadU(d, gates + k * gate);
  if constexpr (K == RecurrentKind::kGru) {
    extra = g[2];
    for (int k = 0; k < 2; ++k) g[k] = hn::Add(g[k], hn::LoadU(d, gi + k * gate));
    g[2] = hn::LoadU(d, gi + 2 * gate);
    old = hn::LoadU(d, h);
  }
  if constexpr (K == RecurrentKind::kLstm) state = hn::LoadU(d, c);
  const V y = cell<K>(g, extra, old, state);
  if constexpr (K == RecurrentKind::kLstm) hn::StoreU(state, d, c);
  hn::StoreU(y, d, out);
}
template <RecurrentKind K>
void cells_row(std::int64_t hidden, const float* gates, const float* gi, const float* h, float* c, float* out) {
  constexpr std::int64_t G = gates_of(K);
  std::int64_t i = 0;
  for (; i + L <= hidden; i += L)
    cells_vector<K>(gates + i, gi + i, hidden, h + i, c != nullptr ? c + i : nullptr, out + i);
  if (i == hidden) return;
  const auto bytes = static_cast<std::size_t>(hidden - i) * sizeof(float);
  float g[G * L] = {}, in[G * L] = {}, old[L] = {}, state[L] = {}, y[L];
  for (std::int64_t k = 0; k < G; ++k) {
    std::memcpy(g + k * L, gates + k * hidden + i, bytes);
    std::memcpy(in + k * L, gi + k * hidden + i, bytes);
  }
  std::memcpy(old, h + i, bytes);
  if (c != nullptr) std::memcpy(state, c + i, bytes);
  cells_vector<K>(g, in, L, old, state, y);
  if (c != nullptr) std::memcpy(c + i, state, bytes);
  std::memcpy(out + i, y, bytes);
}

// [group][k][gate][unit], units beyond the last are zeros.
template <RecurrentKind K>
void pack_groups(std::int64_t hidden, const float* w, std::int64_t stride, float* packed) {
  constexpr std::int64_t G = gates_of(K), U = kUnits<K>;
  constexpr std::int64_t kDepth = 16;  // so that what is written at once stays in the first-level cache
  for (std::int64_t group = 0; group * U < hidden; ++group)
    for (std::int64_t k0 = 0; k0 < hidden; k0 += kDepth)
      for (std::int64_t g = 0; g < G; ++g)
        for (std::int64_t u = 0; u < U; ++u) {
          const std::int64_t unit = group * U + u, k1 = std::min(hidden, k0 + kDepth);
          float* to = packed + (group * hidden * G + g) * U + u;
          const float* from = w + (g * hidden + std::min(unit, hidden - 1)) * stride;
          for (std::int64_t k = k0; k < k1; ++k) to[k * G * U] = unit < hidden ? from[k] : 0.0f;
        }
}

template <RecurrentKind K>
constexpr RecurrentFns fns_of() {
  return {kUnits<K>, pack_groups<K>, small_step<K>, cells_row<K>};
}
RecurrentFns recurrent_fns(RecurrentKind k) {
  switch (k) {
    case RecurrentKind::kLstm: return fns_of<RecurrentKind::kLstm>();
    case RecurrentKind::kGru: return fns_of<RecurrentKind::kGru>();
    case RecurrentKind::kTanh: return fns_of<RecurrentKind::kTanh>();
    case RecurrentKind::kRelu: break;
  }
  return fns_of<RecurrentKind::kRelu>();
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace fac::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace fac::kernels {
namespace {
FACULA_EXPORT(recurrent_fns)

// Up to here each row's pass over the weights, from the cache, costs less than going through memory for the gates.
constexpr std::int64_t kSmallBatch = 4;
bool is_small(const Recurrent& r) { return r.batch <= kSmallBatch; }

Gemm product_of(const Recurrent& r, std::int64_t h_stride) {
  Gemm g;
  g.m = r.batch, g.n = gates_of(r.kind) * r.hidden, g.k = r.hidden;
  g.lda = h_stride, g.ldb = r.hidden, g.ldc = g.n, g.trans_b = true;
  return g;
}
std::size_t gates_bytes(const Recurrent& r) {
  return static_cast<std::size_t>(round_up(r.batch * gates_of(r.kind) * r.hidden, 16)) * sizeof(float);
}

struct Run {
  const Recurrent& r;
  const RecurrentFns fns;
  const float *packed, *b_hh;
  float* c;
  void* scratch;
  std::size_t scratch_bytes;

  void small(const float* gi, const float* h, std::int64_t h_stride, float* out, bool back) const {
    const std::int64_t groups = ceil_div(r.hidden, fns.units);
    const double flops = 2.0 * static_cast<double>(r.batch * gates_of(r.kind) * r.hidden) * static_cast<double>(r.hidden);
    run_parts(groups, flops, groups, [&](std::int64_t, std::int64_t g0, std::int64_t g1) {
      fns.step(r, gi, packed, b_hh, h, h_stride, c, out, g0, g1, back);
    }, kFlopsWorthAThread / 2);  // the threads are awake: the next step follows at once
  }
  void large(const float* gi, const float* h, std::int64_t h_stride, float* out) const {
    auto* gates = static_cast<float*>(scratch);
    const Gemm g = product_of(r, h_stride);
    GemmEpilogue<float> e;
    e.bias = b_hh;
    if (r.kind != RecurrentKind::kGru) {
      e.residual = gi;
      e.ldr = g.n;
    }
    gemm_run_packed(g, h, packed, e, gates, static_cast<char*>(scratch) + gates_bytes(r), scratch_bytes - gates_bytes(r));
    recurrent_cells(r, gates, gi, h, h_stride, c, out);
  }
};

}  // namespace

std::size_t recurrent_packed_bytes(const Recurrent& r) noexcept {
  const std::int64_t width = gates_of(r.kind) * r.hidden;
  if (!is_small(r)) return gemm_packed_b_bytes<float>(width, r.hidden);
  const std::int64_t units = FACULA_DISPATCH(recurrent_fns)(r.kind).units;
  return static_cast<std::size_t>(round_up(r.hidden, units) * gates_of(r.kind) * r.hidden) * sizeof(float);
}

void recurrent_pack(const Recurrent& r, const float* w_hh, std::int64_t row_stride, float* packed) noexcept {
  if (is_small(r)) FACULA_DISPATCH(recurrent_fns)(r.kind).pack(r.hidden, w_hh, row_stride, packed);
  else gemm_pack_b(gates_of(r.kind) * r.hidden, r.hidden, w_hh, row_stride, true, packed);
}

std::size_t recurrent_scratch_bytes(const Recurrent& r) noexcept {
  return is_small(r) ? 0 : gates_bytes(r) + gemm_scratch_bytes<float>(product_of(r, r.hidden), true);
}

void recurrent_cells(const Recurrent& r, const float* gates, const float* gi, const float* h, std::int64_t h_stride, float* c,
                     float* out) noexcept {
  const auto row = FACULA_DISPATCH(recurrent_fns)(r.kind).row;
  const std::int64_t width = gates_of(r.kind) * r.hidden;
  const std::int64_t rows_each = std::max<std::int64_t>(1, 2048 / r.hidden);  // five exponentials an element
  parallel_for(r.batch, rows_each, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t b = begin; b < end; ++b)
      row(r.hidden, gates + b * width, gi + b * width, h + b * h_stride, c != nullptr ? c + b * r.hidden : nullptr,
          out + b * r.out_stride);
  });
}

void recurrent_run(const Recurrent& r, const float* gi, const float* packed, const float* b_hh, const float* h0, float* c,
                   float* out, void* scratch, std::size_t scratch_bytes) noexcept {
  const Run run{r, FACULA_DISPATCH(recurrent_fns)(r.kind), packed, b_hh, c, scratch, scratch_bytes};
  const std::int64_t width = gates_of(r.kind) * r.hidden;
  const float* h = h0;
  std::int64_t h_stride = r.hidden;
  for (std::int64_t k = 0; k < r.steps; ++k) {
    const std::int64_t t = r.reverse ? r.steps - 1 - k : k;
    const float* in = gi + t * r.batch * width;
    float* y = out + t * r.batch * r.out_stride;
    if (is_small(r)) run.small(in, h, h_stride, y, k % 2 == 1);
    else run.large(in, h, h_stride, y);
    h = y;
    h_stride = r.out_stride;
  }
}

}  // namespace fac::kernels
#endif
