// Convolution of films (three dimensions), float32, as convolutions of their frames (conv.h): one for each tap in depth, summed in
// the result's place. So films have what pictures have: packed weights, Winograd, epilogues.
//
//   weights [c_out, c_in / groups, kd, kh, kw], contiguous, taken times scale [c_out] (null: 1);  bias [c_out] or null
//   x [n, c_in, d, h, w], y [n, c_out, out_d, out_h, out_w], plain and contiguous
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/conv.h"

namespace fac::kernels {

struct ConvFrames {
  Conv2d frame;  // height and width; n is set here
  std::int64_t n = 1, d = 1, kd = 1, stride = 1, pad = 0, dilation = 1, out_d = 1;  // the batch, and the depth
};

// out_d and the frame's sizes from the rest. False: not in this way (a frame of the result that no tap reaches).
bool conv_frames_set_output(ConvFrames& c) noexcept;
ConvAlgo conv_frames_choose(const ConvFrames& c) noexcept;

std::size_t conv_frames_packed_bytes(const ConvFrames& c, ConvAlgo algo) noexcept;
void conv_frames_pack_weights(const ConvFrames& c, ConvAlgo algo, const float* weights, const float* scale, float* packed);
std::size_t conv_frames_scratch_bytes(const ConvFrames& c, ConvAlgo algo) noexcept;
// The epilogue has no residual.
void conv_frames_run(const ConvFrames& c, ConvAlgo algo, const float* x, const float* packed, const float* bias,
                     const Epilogue& epilogue, float* y, void* scratch, std::size_t scratch_bytes) noexcept;

}  // namespace fac::kernels
