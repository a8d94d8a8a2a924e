#include "kernels/conv.h"

#include <algorithm>

#include "kernels/conv_impl.h"
#include "kernels/layout.h"
#include "kernels/parts.h"

namespace fac::kernels {

void conv2d_set_output(Conv2d& d) noexcept {
  d.out_h = (d.h + d.pad_top + d.pad_bottom - d.dilation_h * (d.kh - 1) - 1) / d.stride_h + 1;
  d.out_w = (d.w + d.pad_left + d.pad_right - d.dilation_w * (d.kw - 1) - 1) / d.stride_w + 1;
}

const char* conv_algo_name(ConvAlgo algo) noexcept {
  switch (algo) {
    case ConvAlgo::kDirect: return "direct";
    case ConvAlgo::kPointwise: return "pointwise";
    case ConvAlgo::kPlainInput: return "plain_input";
    case ConvAlgo::kDepthwise: return "depthwise";
    case ConvAlgo::kTaps: return "taps";
    case ConvAlgo::kWinograd: return "winograd";
  }
  return "?";
}

bool conv2d_supports(const Conv2d& d, ConvAlgo algo) noexcept {
  switch (algo) {
    case ConvAlgo::kDirect: return true;
    case ConvAlgo::kPointwise:
      return d.kh == 1 && d.kw == 1 && d.stride_h == 1 && d.stride_w == 1 && d.pad_top == 0 && d.pad_left == 0 &&
             d.pad_bottom == 0 && d.pad_right == 0;
    case ConvAlgo::kPlainInput: return d.groups == 1;
    case ConvAlgo::kDepthwise: return depthwise_supports(d);
    case ConvAlgo::kTaps: return taps_supports(d);
    case ConvAlgo::kWinograd: return winograd_supports(d);
  }
  return false;
}

ConvAlgo conv2d_choose(const Conv2d& d, bool plain_input) noexcept {
  if (conv2d_supports(d, ConvAlgo::kDepthwise)) return ConvAlgo::kDepthwise;
  // With up to half a block of channels the blocked form would be mostly pads.
  if (plain_input && conv2d_supports(d, ConvAlgo::kPlainInput) && 2 * d.c_in <= channel_block())
    return ConvAlgo::kPlainInput;
  if (conv2d_supports(d, ConvAlgo::kPointwise)) return ConvAlgo::kPointwise;
  const double direct = products_seconds(conv_flops(d));
  ConvAlgo best = ConvAlgo::kDirect;
  double least = direct;
  // Few channels make short products, whose sums go to memory and back too often. A tenth must be won to leave the simpler way.
  const auto offer = [&](ConvAlgo algo, double seconds) {
    if (seconds < std::min(0.9 * direct, least)) best = algo, least = seconds;
  };
  if (conv2d_supports(d, ConvAlgo::kTaps) && d.c_in >= 64) offer(ConvAlgo::kTaps, products_seconds(taps_flops(d)));
  if (conv2d_supports(d, ConvAlgo::kWinograd)) offer(ConvAlgo::kWinograd, winograd_seconds(d));
  return best;
}

std::size_t conv2d_packed_bytes(const Conv2d& d, ConvAlgo algo) noexcept {
  switch (algo) {
    case ConvAlgo::kDepthwise: return depthwise_packed_bytes(d);
    case ConvAlgo::kTaps: return taps_packed_bytes(d);
    case ConvAlgo::kWinograd: return winograd_packed_bytes(d);
    default: return direct_packed_bytes(d, algo);
  }
}

void conv2d_pack_weights(const Conv2d& d, ConvAlgo algo, const float* weights, const float* scale, float* packed) noexcept {
  switch (algo) {
    case ConvAlgo::kDepthwise: return depthwise_pack(d, weights, scale, packed);
    case ConvAlgo::kTaps: return taps_pack(d, weights, scale, packed);
    case ConvAlgo::kWinograd: return winograd_pack(d, weights, scale, packed);
    default: return direct_pack(d, algo, weights, scale, packed);
  }
}

std::size_t conv2d_scratch_bytes(const Conv2d& d, ConvAlgo algo, int threads) noexcept {
  const std::size_t one = algo == ConvAlgo::kDepthwise  ? depthwise_scratch_bytes(d)
                          : algo == ConvAlgo::kTaps     ? taps_scratch_bytes(d)
                          : algo == ConvAlgo::kWinograd ? winograd_scratch_bytes(d)
                                                        : direct_scratch_bytes(d, algo);
  return one * static_cast<std::size_t>(threads_or_default(threads));
}

void conv2d_run(const Conv2d& d, ConvAlgo algo, const float* x, const float* packed, const float* bias,
                const Epilogue& epilogue, float* y, void* scratch, std::size_t scratch_bytes) noexcept {
  const ConvTask task{x, packed, bias, epilogue, y, static_cast<float*>(scratch), scratch_bytes};
  switch (algo) {
    case ConvAlgo::kDepthwise: return depthwise_run(d, task);
    case ConvAlgo::kTaps: return taps_run(d, task);
    case ConvAlgo::kWinograd: return winograd_run(d, task);
    default: return direct_run(d, algo, task);
  }
}

}  // namespace fac::kernels
