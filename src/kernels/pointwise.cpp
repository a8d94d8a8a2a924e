// The loop around the block functions: operands that are dense and of the computing type are used in place, others
// pass through small buffers.
#include "kernels/pointwise.h"

#include <algorithm>
#include <cstring>

#include "kernels/element_io.h"
#include "kernels/pointwise_blocks.h"

namespace fac::kernels {
namespace {

// Elements per pass; four float buffers of this length fit the L1 cache twice over.
constexpr std::int64_t kBlock = 1024;
constexpr int kMaxInputs = 3;

int integer_bits(ScalarKind k) { return k == ScalarKind::kBool ? 1 : static_cast<int>(8 * element_size(k)); }

// An input of another kind than the compute kind is first rounded (wrapped) to it, as PyTorch's promotion does.
// Broadcast numbers keep their precision in floating kinds, integers always wrap.
template <class C>
void round_to(ScalarKind compute, bool is_number, C* x, std::int64_t n) {
  if constexpr (std::is_same_v<C, std::int64_t>) {
    if (compute != ScalarKind::kInt64) storer<C>(compute)(reinterpret_cast<char*>(x), sizeof(C), x, n);
    if (compute != ScalarKind::kInt64) loader<C>(compute)(x, reinterpret_cast<const char*>(x), sizeof(C), n);
  } else if constexpr (std::is_same_v<C, float>) {
    if (is_number) return;
    if (compute == ScalarKind::kHalf)
      for (std::int64_t i = 0; i < n; ++i) x[i] = Half(x[i]);
    if (compute == ScalarKind::kBFloat16)
      for (std::int64_t i = 0; i < n; ++i) x[i] = BFloat16(x[i]);
  }
}

template <class C>
struct Run {
  BlockFn<C> fn;
  BlockArgs args;
  ScalarKind compute;
  int inputs;
  bool condition_first;  // input 0 is a truth value, not a number of the compute kind
  ScalarKind kinds[kMaxInputs + 1];
  Loader<C> load[kMaxInputs];
  Storer<C> store;

  void row(char* const* data, const std::int64_t* strides, std::int64_t n) const {
    alignas(64) C buffers[kMaxInputs + 1][kBlock];
    constexpr auto size = static_cast<std::int64_t>(sizeof(C));
    const bool direct_out = kinds[0] == kind_of<C>() && strides[0] == size;
    bool direct[kMaxInputs] = {}, number[kMaxInputs] = {}, all_direct = direct_out;
    for (int k = 0; k < inputs; ++k) {
      direct[k] = kinds[k + 1] == kind_of<C>() && strides[k + 1] == size;
      number[k] = strides[k + 1] == 0 && n > 1;
      all_direct = all_direct && direct[k];
      if (!number[k]) continue;
      fetch(k, data[k + 1], 0, 1, true, buffers[k]);
      std::fill_n(buffers[k] + 1, std::min(n, kBlock) - 1, buffers[k][0]);
    }
    const std::int64_t step = all_direct ? n : kBlock;
    for (std::int64_t i = 0; i < n; i += step) {
      const std::int64_t m = std::min(step, n - i);
      const C* in[kMaxInputs];
      for (int k = 0; k < inputs; ++k) {
        const char* from = data[k + 1] + i * strides[k + 1];
        if (direct[k]) {
          in[k] = reinterpret_cast<const C*>(from);
          continue;
        }
        in[k] = buffers[k];
        if (!number[k]) fetch(k, from, strides[k + 1], m, false, buffers[k]);
      }
      char* to = data[0] + i * strides[0];
      if (direct_out) {
        fn(reinterpret_cast<C*>(to), in, m, args);
      } else {
        fn(buffers[kMaxInputs], in, m, args);
        store(to, strides[0], buffers[kMaxInputs], m);
      }
    }
  }

  void fetch(int k, const char* from, std::int64_t stride, std::int64_t n, bool is_number, C* to) const {
    load[k](to, from, stride, n);
    if (kinds[k + 1] != compute && !(condition_first && k == 0)) round_to(compute, is_number, to, n);
  }
};

// Corners of boxes: float operands whose rows are two numbers each (`x[:, :2]` of [n, 4]) move as pairs, down the rows.
bool are_pairs(const Strided& s, ScalarKind compute) {
  if (compute != ScalarKind::kFloat || s.rank < 2 || s.sizes[s.rank - 1] != 2) return false;
  bool gaps = false;
  for (int o = 0; o < s.operands; ++o) {
    if (s.kinds[o] != ScalarKind::kFloat || s.strides[o][s.rank - 1] != sizeof(float)) return false;
    gaps = gaps || s.strides[o][s.rank - 2] != 2 * sizeof(float);
  }
  return gaps;  // else all of it is one row
}
void move_pairs(char* to, std::int64_t to_step, const char* from, std::int64_t from_step, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) std::memcpy(to + i * to_step, from + i * from_step, 2 * sizeof(float));
}
void run_pairs(BlockFn<float> fn, const BlockArgs& args, Strided s) {
  --s.rank;
  for_each_1d(s, kGrain / 2, [&](char* const* data, const std::int64_t* strides, std::int64_t n) {
    constexpr std::int64_t kPairs = kBlock / 2, kPair = 2 * sizeof(float);
    alignas(64) float buffers[kMaxInputs + 1][kBlock];
    for (std::int64_t i = 0; i < n; i += kPairs) {
      const std::int64_t m = std::min(kPairs, n - i);
      const float* in[kMaxInputs];
      for (int k = 0; k + 1 < s.operands; ++k) {
        const char* from = data[k + 1] + i * strides[k + 1];
        in[k] = strides[k + 1] == kPair ? reinterpret_cast<const float*>(from) : buffers[k];
        if (strides[k + 1] != kPair) move_pairs(reinterpret_cast<char*>(buffers[k]), kPair, from, strides[k + 1], m);
      }
      char* to = data[0] + i * strides[0];
      const bool direct = strides[0] == kPair;
      fn(direct ? reinterpret_cast<float*>(to) : buffers[kMaxInputs], in, 2 * m, args);
      if (!direct) move_pairs(to, strides[0], reinterpret_cast<const char*>(buffers[kMaxInputs]), kPair, m);
    }
  });
}

template <class C>
Outcome run(BlockFn<C> fn, ScalarKind compute, const Strided& s, const PointwiseParams& p, bool condition_first) {
  if (fn == nullptr) return Outcome::kUndefined;
  std::atomic<bool> zero_division{false};
  if constexpr (std::is_same_v<C, float>)
    if (are_pairs(s, compute)) {
      run_pairs(fn, {p, integer_bits(compute), &zero_division}, s);
      return Outcome::kDone;
    }
  Run<C> r{fn, {p, integer_bits(compute), &zero_division}, compute, s.operands - 1, condition_first, {}, {}, {}};
  std::copy_n(s.kinds, s.operands, r.kinds);
  for (int k = 0; k < r.inputs; ++k) r.load[k] = loader<C>(s.kinds[k + 1]);
  r.store = storer<C>(s.kinds[0]);
  for_each_1d(s, kGrain, [&](char* const* data, const std::int64_t* strides, std::int64_t n) { r.row(data, strides, n); });
  return zero_division.load(std::memory_order_relaxed) ? Outcome::kZeroDivision : Outcome::kDone;
}

// A power with one exponent for all elements often has a cheaper name.
bool simpler_power(const Strided& s, ScalarKind compute, UnaryOp* op) {
  if (!is_floating(compute) || s.numel() == 0) return false;
  for (int d = 0; d < s.rank; ++d)
    if (s.strides[2][d] != 0 && s.sizes[d] != 1) return false;
  double exponent;
  loader<double>(s.kinds[2])(&exponent, static_cast<const char*>(s.data[2]), 0, 1);
  if (exponent == 2) *op = UnaryOp::square;
  else if (exponent == 0.5) *op = UnaryOp::sqrt;
  else if (exponent == -0.5) *op = UnaryOp::rsqrt;
  else if (exponent == -1) *op = UnaryOp::reciprocal;
  else if (exponent == 1) *op = UnaryOp::positive;
  else return false;
  return true;
}

}  // namespace

Outcome unary(UnaryOp op, ScalarKind compute, const Strided& s, const PointwiseParams& p) noexcept {
  if (is_integral(compute)) return run(unary_block_int(op), compute, s, p, false);
  if (is_complex(compute)) return run(unary_block_complex(op), compute, s, p, false);
  if (compute == ScalarKind::kDouble) return run(unary_block_real<double>(op), compute, s, p, false);
  return run(unary_block_f32(op), compute, s, p, false);
}

Outcome binary(BinaryOp op, ScalarKind compute, const Strided& s, const PointwiseParams& p) noexcept {
  UnaryOp simpler;
  if (op == BinaryOp::pow && simpler_power(s, compute, &simpler)) {
    Strided base = s;
    base.operands = 2;
    return unary(simpler, compute, base, p);
  }
  // The neighbour of a Half is not the neighbour of the float that it is computed in.
  if (op == BinaryOp::nextafter && compute != ScalarKind::kFloat && compute != ScalarKind::kDouble) return Outcome::kUndefined;
  if (is_integral(compute)) return run(binary_block_int(op), compute, s, p, false);
  if (is_complex(compute)) return run(binary_block_complex(op), compute, s, p, false);
  if (compute == ScalarKind::kDouble) return run(binary_block_real<double>(op), compute, s, p, false);
  return run(binary_block_f32(op), compute, s, p, false);
}

Outcome ternary(TernaryOp op, ScalarKind compute, const Strided& s, const PointwiseParams& p) noexcept {
  const bool condition = op == TernaryOp::where;
  if (is_integral(compute)) return run(ternary_block_int(op), compute, s, p, condition);
  if (is_complex(compute)) return run(ternary_block_complex(op), compute, s, p, condition);
  if (compute == ScalarKind::kDouble) return run(ternary_block_real<double>(op), compute, s, p, condition);
  return run(ternary_block_f32(op), compute, s, p, condition);
}

}  // namespace fac::kernels
