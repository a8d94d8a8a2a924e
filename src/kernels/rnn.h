// The pointwise halves of recurrent cells: what follows the two matrix products. float32, rows of one time step.
//   gates are pre-activations x*Wih^T + h*Whh^T + biases, row r at gates + r * gate_stride; strides count elements.
//   Gate order is PyTorch's: LSTM i, f, g, o; GRU r, z, n.
#pragma once

#include <cstdint>

namespace fac::kernels {

// gates [rows, 4*hidden], c [rows, hidden] -> h_out, c_out [rows, hidden]. c_out may be c.
void lstm_cell(const float* gates, std::int64_t gate_stride, const float* c, std::int64_t c_stride, float* h_out,
               std::int64_t h_out_stride, float* c_out, std::int64_t c_out_stride, std::int64_t rows,
               std::int64_t hidden) noexcept;

// The n gate needs the two products apart: gi = x*Wih^T + bih, gh = h*Whh^T + bhh, both [rows, 3*hidden].
// h_out = (1 - z) * n + z * h with n = tanh(gi_n + r * gh_n). h_out may be h.
void gru_cell(const float* gi, std::int64_t gi_stride, const float* gh, std::int64_t gh_stride, const float* h,
              std::int64_t h_stride, float* h_out, std::int64_t h_out_stride, std::int64_t rows,
              std::int64_t hidden) noexcept;

// h_out = tanh(gates) or relu(gates); gates [rows, hidden].
void rnn_tanh_cell(const float* gates, std::int64_t gate_stride, float* h_out, std::int64_t h_out_stride,
                   std::int64_t rows, std::int64_t hidden) noexcept;
void rnn_relu_cell(const float* gates, std::int64_t gate_stride, float* h_out, std::int64_t h_out_stride,
                   std::int64_t rows, std::int64_t hidden) noexcept;

}  // namespace fac::kernels
