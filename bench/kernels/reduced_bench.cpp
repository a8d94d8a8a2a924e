// Reduced precision beside float32, each kernel with packed weights: time of float32 divided by that of each form.
//   reduced_bench [threads] [target 0..3]
#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "base/thread_pool.h"
#include "kernels/cpu.h"
#include "kernels/layout.h"
#include "kernels/reduced.h"
#include "timing.h"

using namespace fac::kernels;

namespace {

struct Shape {
  std::int64_t m, n, k;
};
constexpr Shape kShapes[] = {{1, 256, 256},   {1, 1024, 1024}, {1, 4096, 4096}, {4, 1024, 1024}, {16, 1024, 1024}, {128, 64, 64},
                             {128, 16, 768},  {128, 768, 16},  {128, 768, 32},  {32, 384, 384},  {32, 1536, 384},  {128, 768, 768},
                             {128, 3072, 768}, {128, 768, 3072}, {197, 768, 768}, {1024, 1024, 1024}};
struct Picture {
  std::int64_t c_in, size, c_out, k, stride;
};
constexpr Picture kPictures[] = {{16, 112, 96, 1, 1},  {32, 112, 16, 1, 1}, {24, 56, 144, 1, 1}, {144, 56, 24, 1, 1},  {32, 28, 192, 1, 1},
                                 {192, 28, 32, 1, 1},  {64, 14, 384, 1, 1}, {384, 14, 64, 1, 1}, {160, 7, 960, 1, 1},  {960, 7, 160, 1, 1},
                                 {320, 7, 1280, 1, 1}, {64, 56, 64, 1, 1},  {64, 56, 256, 1, 1}, {256, 56, 64, 1, 1},  {512, 28, 128, 1, 1},
                                 {64, 56, 64, 3, 1},   {128, 28, 128, 3, 1}, {256, 14, 256, 3, 1}, {512, 7, 512, 3, 1}, {128, 56, 128, 3, 2},
                                 {256, 56, 512, 1, 2}};

void print(double float_ms, double gflop) { std::printf("  float32 %.4f ms %.1f GFLOP/s", float_ms, gflop / float_ms * 1e3); }

template <class F>
void forms(double float_ms, F&& once) {
  for (int f = 0; f < kDotForms; ++f) {
    const auto form = static_cast<DotForm>(f);
    if (!dot_form_available(form) || (form == DotForm::kInt8 && best_int8_form() != form)) continue;
    const double ms = once(form);
    std::printf("  %s %.4f ms x%.2f", dot_form_name(form), ms, float_ms / ms);
  }
  std::printf("\n");
}

}  // namespace

int main(int argc, char** argv) {
  if (argc > 1) fac::set_thread_count(std::atoi(argv[1]));
  if (argc > 2) set_target(static_cast<Target>(std::atoi(argv[2])));
  std::printf("%s, %d threads\n", target_name(current_target()), fac::thread_count());
  for (const Shape& s : kShapes) {
    const Gemm g{s.m, s.n, s.k, s.k, s.k, s.n, false, true};
    const auto a = buffer(4 * static_cast<std::size_t>(s.m * s.k), 0.5f), b = buffer(4 * static_cast<std::size_t>(s.n * s.k), 0.01f);
    const auto c = buffer(4 * static_cast<std::size_t>(s.m * s.n), 0), packed = buffer(gemm_packed_b_bytes<float>(s.n, s.k), 0);
    const std::size_t bytes = gemm_scratch_bytes<float>(g, true);
    const auto scratch = buffer(bytes, 0);
    std::printf("%lld x %lld x %lld:", static_cast<long long>(s.m), static_cast<long long>(s.n), static_cast<long long>(s.k));
    gemm_pack_b<float>(s.n, s.k, b.get(), s.k, true, packed.get());
    const double ms = fastest_ms([&] { gemm_run_packed<float>(g, a.get(), packed.get(), {}, c.get(), scratch.get(), bytes); });
    print(ms, 2e-9 * static_cast<double>(s.m * s.n * s.k));
    forms(ms, [&](DotForm form) {
      const ReducedGemm r{s.m, s.n, s.k, s.k, s.n};
      const auto small = buffer(reduced_packed_bytes(form, s.n, s.k), 0), room = buffer(reduced_scratch_bytes(form, r), 0);
      reduced_pack(form, s.n, s.k, b.get(), s.k, false, nullptr, small.get());
      return fastest_ms([&] { reduced_gemm(form, r, a.get(), small.get(), {}, c.get(), room.get()); });
    });
  }
  for (const Picture& p : kPictures) {
    Conv2d d;
    d.c_in = p.c_in, d.c_out = p.c_out, d.h = d.w = p.size, d.kh = d.kw = p.k, d.stride_h = d.stride_w = p.stride;
    d.pad_top = d.pad_left = d.pad_bottom = d.pad_right = p.k / 2;
    conv2d_set_output(d);
    const ConvAlgo algo = conv2d_choose(d);
    const auto x = buffer(4 * static_cast<std::size_t>(padded_channels(d.c_in) * d.h * d.w), 0.5f);
    const auto y = buffer(4 * static_cast<std::size_t>(padded_channels(d.c_out) * d.out_h * d.out_w), 0);
    const auto w = buffer(4 * static_cast<std::size_t>(d.c_in * d.c_out * d.kh * d.kw), 0.01f);
    const auto packed = buffer(conv2d_packed_bytes(d, algo), 0);
    const std::size_t bytes = conv2d_scratch_bytes(d, algo);
    const auto scratch = buffer(bytes, 0);
    std::printf("conv %lldx%lld / %lld, %lld at %lld -> %lld, %s:", static_cast<long long>(p.k), static_cast<long long>(p.k),
                static_cast<long long>(p.stride), static_cast<long long>(p.c_in), static_cast<long long>(p.size),
                static_cast<long long>(p.c_out), conv_algo_name(algo));
    conv2d_pack_weights(d, algo, w.get(), nullptr, packed.get());
    const double ms = fastest_ms([&] { conv2d_run(d, algo, x.get(), packed.get(), nullptr, {}, y.get(), scratch.get(), bytes); });
    print(ms, 2e-9 * static_cast<double>(d.out_h * d.out_w * d.c_in * d.c_out * d.kh * d.kw));
    forms(ms, [&](DotForm form) {
      const auto small = buffer(reduced_conv_packed_bytes(form, d), 0), room = buffer(reduced_conv_scratch_bytes(form, d), 0);
      reduced_conv_pack(form, d, w.get(), nullptr, nullptr, small.get());
      return fastest_ms([&] { reduced_conv(form, d, x.get(), small.get(), {}, y.get(), room.get()); });
    });
  }
}
