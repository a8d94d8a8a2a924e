// GFLOP/s of matrix products with a linear layer's packed weights, with unpacked ones, and of attention's batches.
//   gemm_bench [threads] [target 0..3]
#include <cstdio>
#include <cstdlib>

#include "base/thread_pool.h"
#include "kernels/cpu.h"
#include "kernels/gemm.h"
#include "timing.h"

using namespace fac::kernels;

namespace {

struct Shape {
  std::int64_t m, n, k, batch;
};
constexpr Shape kShapes[] = {
    {1, 512, 512, 1},     {1, 1024, 1024, 1},   {1, 4096, 4096, 1},    {4, 1024, 1024, 1},  {16, 1024, 1024, 1},
    {32, 384, 384, 1},    {32, 1536, 384, 1},   {128, 768, 768, 1},    {128, 3072, 768, 1}, {128, 768, 3072, 1},
    {197, 768, 768, 1},   {197, 3072, 768, 1},  {512, 512, 512, 1},    {1024, 1024, 1024, 1}, {2048, 2048, 2048, 1},
    {128, 128, 64, 12},   {128, 64, 128, 12},   {197, 197, 64, 12},
};

}  // namespace

int main(int argc, char** argv) {
  if (argc > 1) fac::set_thread_count(std::atoi(argv[1]));
  if (argc > 2) set_target(static_cast<Target>(std::atoi(argv[2])));
  std::printf("%s, %d threads\n", target_name(current_target()), fac::thread_count());
  for (const Shape& s : kShapes) {
    const Gemm g{s.m, s.n, s.k, s.k, s.k, s.n, false, true};
    const auto count = static_cast<std::size_t>(s.batch) * 4;
    const auto a = buffer(count * static_cast<std::size_t>(s.m * s.k), 0.5f);
    const auto b = buffer(count * static_cast<std::size_t>(s.n * s.k), 0.01f);
    const auto c = buffer(count * static_cast<std::size_t>(s.m * s.n), 0);
    const auto packed = buffer(gemm_packed_b_bytes<float>(s.n, s.k), 0);
    const std::size_t bytes = gemm_scratch_bytes<float>(g, false);
    const auto scratch = buffer(bytes, 0);
    const double gflop = 2e-9 * static_cast<double>(s.batch * s.m * s.n * s.k);
    std::printf("%lld x (%lld x %lld x %lld):", static_cast<long long>(s.batch), static_cast<long long>(s.m),
                static_cast<long long>(s.n), static_cast<long long>(s.k));
    if (s.batch == 1) {
      gemm_pack_b<float>(s.n, s.k, b.get(), s.k, true, packed.get());
      const double ms = fastest_ms([&] { gemm_run_packed<float>(g, a.get(), packed.get(), {}, c.get(), scratch.get(), bytes); });
      std::printf("  packed %.4f ms %.1f GFLOP/s (B at %.1f GB/s)", ms, gflop / ms * 1e3,
                  4e-6 * static_cast<double>(s.n * s.k) / ms);
    }
    const GemmBatch batch{s.batch, s.m * s.k, s.n * s.k, s.m * s.n};
    const double ms = fastest_ms([&] { gemm_run_batch<float>(g, batch, a.get(), b.get(), {}, c.get(), scratch.get(), bytes); });
    std::printf("  unpacked %.4f ms %.1f GFLOP/s\n", ms, gflop / ms * 1e3);
  }
}
