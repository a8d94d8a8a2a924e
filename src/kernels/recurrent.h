// A layer of a recurrent network over all its time steps, in one direction. float32. Gate order is PyTorch's:
// LSTM i, f, g, o; GRU r, z, n.
//
//   Recurrent r{RecurrentKind::kLstm, steps, batch, hidden, ...};
//   packed: recurrent_packed_bytes(r), 64-byte aligned;    recurrent_pack(r, w_hh, row_stride, packed);
//   scratch: recurrent_scratch_bytes(r), 64-byte aligned
//   recurrent_run(r, gi, packed, b_hh, h0, c, out, scratch, bytes);
//
//   w_hh [gates * hidden, hidden]
//   gi   [steps, batch, gates * hidden]: the inputs' part of the gates, x * Wih^T + b_ih; for LSTM and plain cells b_hh
//        is best added to it once (b_hh is then null). A GRU's new gate needs b_hh apart: n = tanh(gi_n + r * (gh_n + b)).
//   h0 [batch, hidden];  c [batch, hidden], LSTM only: in and out
//   out  row (t * batch + b) at out + (t * batch + b) * out_stride: the hidden state after step t
#pragma once

#include <cstddef>
#include <cstdint>

namespace fac::kernels {

enum class RecurrentKind : std::uint8_t { kLstm, kGru, kTanh, kRelu };
constexpr std::int64_t gates_of(RecurrentKind k) {
  return k == RecurrentKind::kLstm ? 4 : k == RecurrentKind::kGru ? 3 : 1;
}

struct Recurrent {
  RecurrentKind kind{};
  std::int64_t steps = 0, batch = 0, hidden = 0;
  std::int64_t out_stride = 0;  // >= hidden
  bool reverse = false;         // from the last step to the first
};

std::size_t recurrent_packed_bytes(const Recurrent& r) noexcept;
void recurrent_pack(const Recurrent& r, const float* w_hh, std::int64_t row_stride, float* packed) noexcept;
std::size_t recurrent_scratch_bytes(const Recurrent& r) noexcept;
void recurrent_run(const Recurrent& r, const float* gi, const float* packed, const float* b_hh, const float* h0, float* c,
                   float* out, void* scratch, std::size_t scratch_bytes) noexcept;

// The cells alone, one step: gates [batch, gates * hidden] hold both parts and the biases, but for a GRU the recurrent part
// alone, with gi the inputs' (else gi is read and not used: gates will do). Row b of the result at out + b * out_stride.
void recurrent_cells(const Recurrent& r, const float* gates, const float* gi, const float* h, std::int64_t h_stride, float* c,
                     float* out) noexcept;

}  // namespace fac::kernels
