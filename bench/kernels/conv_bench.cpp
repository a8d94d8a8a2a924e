// GFLOP/s of the convolutions of ResNet-34 and MobileNetV2 (batch 1): the measurements behind tile sizes and the choice
// of algorithms.   conv_bench [threads] [filter] [target 0..3]
// Prints the fastest of several runs, each algorithm that supports the layer.
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "base/thread_pool.h"
#include "kernels/conv.h"
#include "kernels/cpu.h"
#include "kernels/layout.h"
#include "timing.h"

using namespace fac::kernels;

namespace {

struct Layer {
  const char* name;
  std::int64_t c_in, size, c_out, k, stride, groups;
  int count;  // times that the network has it
  std::int64_t dilation = 1;
};

constexpr Layer kLayers[] = {
    {"resnet34 conv1", 3, 224, 64, 7, 2, 1, 1},       {"resnet34 64@56", 64, 56, 64, 3, 1, 1, 6},
    {"resnet34 64-128/2", 64, 56, 128, 3, 2, 1, 1},   {"resnet34 down1", 64, 56, 128, 1, 2, 1, 1},
    {"resnet34 128@28", 128, 28, 128, 3, 1, 1, 7},    {"resnet34 128-256/2", 128, 28, 256, 3, 2, 1, 1},
    {"resnet34 down2", 128, 28, 256, 1, 2, 1, 1},     {"resnet34 256@14", 256, 14, 256, 3, 1, 1, 11},
    {"resnet34 256-512/2", 256, 14, 512, 3, 2, 1, 1}, {"resnet34 down3", 256, 14, 512, 1, 2, 1, 1},
    {"resnet34 512@7", 512, 7, 512, 3, 1, 1, 5},      {"mobilenet conv1", 3, 224, 32, 3, 2, 1, 1},
    {"mobilenet dw32@112", 32, 112, 32, 3, 1, 32, 1}, {"mobilenet 32-16@112", 32, 112, 16, 1, 1, 1, 1},
    {"mobilenet 16-96@112", 16, 112, 96, 1, 1, 1, 1}, {"mobilenet dw96/2", 96, 112, 96, 3, 2, 96, 1},
    {"mobilenet 96-24@56", 96, 56, 24, 1, 1, 1, 1},   {"mobilenet 24-144@56", 24, 56, 144, 1, 1, 1, 2},
    {"mobilenet dw144@56", 144, 56, 144, 3, 1, 144, 1}, {"mobilenet dw144/2", 144, 56, 144, 3, 2, 144, 1},
    {"mobilenet 144-24@56", 144, 56, 24, 1, 1, 1, 1}, {"mobilenet 192-32@28", 192, 28, 32, 1, 1, 1, 2},
    {"mobilenet dw192@28", 192, 28, 192, 3, 1, 192, 2}, {"mobilenet 32-192@28", 32, 28, 192, 1, 1, 1, 3},
    {"mobilenet 384-64@14", 384, 14, 64, 1, 1, 1, 3}, {"mobilenet 64-384@14", 64, 14, 384, 1, 1, 1, 4},
    {"mobilenet dw384@14", 384, 14, 384, 3, 1, 384, 4}, {"mobilenet 576-96@14", 576, 14, 96, 1, 1, 1, 2},
    {"mobilenet dw960@7", 960, 7, 960, 3, 1, 960, 3}, {"mobilenet 160-960@7", 160, 7, 960, 1, 1, 1, 3},
    {"mobilenet 960-320@7", 960, 7, 320, 1, 1, 1, 1}, {"mobilenet 320-1280@7", 320, 7, 1280, 1, 1, 1, 1},
    {"aspp 2048-256 d12", 2048, 32, 256, 3, 1, 1, 0, 12}, {"aspp 2048-256 d24", 2048, 32, 256, 3, 1, 1, 0, 24},
    {"aspp 2048-256 d36", 2048, 32, 256, 3, 1, 1, 0, 36}, {"deep 2048-512@32", 2048, 32, 512, 1, 1, 1, 0},
    {"deep 512-2048@32", 512, 32, 2048, 1, 1, 1, 0},      {"deep 256-1024@14", 256, 14, 1024, 1, 1, 1, 0},
    {"deep 1024-256@14", 1024, 14, 256, 1, 1, 1, 0},      {"deep 256-64@56", 256, 56, 64, 1, 1, 1, 0},
    {"deep 64-256@56", 64, 56, 256, 1, 1, 1, 0},          {"deep 512@32 d4", 512, 32, 512, 3, 1, 1, 0, 4},
};

void bench_layer(const Layer& l, double& total) {
  Conv2d d;
  d.c_in = l.c_in, d.h = d.w = l.size, d.c_out = l.c_out, d.kh = d.kw = l.k;
  d.stride_h = d.stride_w = l.stride;
  d.pad_top = d.pad_left = d.pad_bottom = d.pad_right = l.k / 2 * l.dilation;
  d.dilation_h = d.dilation_w = l.dilation;
  d.groups = l.groups;
  conv2d_set_output(d);
  const double gflop = 2e-9 * static_cast<double>(d.out_h * d.out_w * d.c_out * (d.c_in / d.groups) * d.kh * d.kw);
  const bool plain = d.c_in <= 4;
  const ConvAlgo chosen = conv2d_choose(d, plain);
  for (const ConvAlgo algo : {ConvAlgo::kDirect, ConvAlgo::kPointwise, ConvAlgo::kPlainInput, ConvAlgo::kDepthwise,
                              ConvAlgo::kTaps, ConvAlgo::kWinograd}) {
    if (!conv2d_supports(d, algo) || (d.groups > 1 && algo == ConvAlgo::kDirect)) continue;
    if (plain != (algo == ConvAlgo::kPlainInput)) continue;
    const auto weights = buffer(static_cast<std::size_t>(d.c_out * d.c_in / d.groups * d.kh * d.kw) * 4, 0.01f);
    const auto packed = buffer(conv2d_packed_bytes(d, algo), 0);
    conv2d_pack_weights(d, algo, weights.get(), nullptr, packed.get());
    const auto x = buffer(static_cast<std::size_t>(padded_channels(d.c_in) * d.h * d.w) * 4, 0.5f);
    const auto y = buffer(static_cast<std::size_t>(padded_channels(d.c_out) * d.out_h * d.out_w) * 4, 0);
    const std::size_t scratch_bytes = conv2d_scratch_bytes(d, algo);
    const auto scratch = buffer(scratch_bytes, 0);
    Epilogue e;
    e.activation = Activation::kRelu;
    const double ms = fastest_ms([&] {
      conv2d_run(d, algo, x.get(), packed.get(), nullptr, e, y.get(), scratch.get(), scratch_bytes);
    });
    std::printf("%-22s %-12s%c %8.3f ms %8.1f GFLOP/s\n", l.name, conv_algo_name(algo), algo == chosen ? '*' : ' ', ms,
                gflop / ms * 1e3);
    if (algo == chosen) total += ms * l.count;
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc > 1) fac::set_thread_count(std::atoi(argv[1]));
  const char* filter = argc > 2 ? argv[2] : "";
  if (argc > 3) set_target(static_cast<Target>(std::atoi(argv[3])));
  std::printf("%s, %d threads; * chosen\n", target_name(current_target()), fac::thread_count());
  double resnet = 0, mobilenet = 0;
  for (const Layer& l : kLayers)
    if (std::strstr(l.name, filter) != nullptr) bench_layer(l, l.name[0] == 'r' ? resnet : mobilenet);
  std::printf("sum of the layers listed, times their count: resnet34 %.2f ms, mobilenet_v2 %.2f ms\n", resnet, mobilenet);
}
