#include "kernels/pointwise_chain.h"

#include <algorithm>

#include "base/thread_pool.h"
#include "kernels/pointwise_blocks.h"

namespace fac::kernels {
namespace {

// A place is 2 KiB. What a real tape keeps busy, a handful of them, stays in a 32 KiB L1 cache beside the blocks on their way.
constexpr std::int64_t kBlock = 512;
constexpr int kRegisters = kMaxChainInputs + kMaxChainSteps;

// Where each register lies: the place of one that nobody reads any more is free for the next result.
struct Places {
  int of[kRegisters] = {};
  int count = 0;
  explicit Places(const Chain& chain) {
    int last_read[kRegisters] = {};
    for (int s = 0; s < chain.steps; ++s) {
      last_read[chain.tape[s].x] = s;
      if (chain.tape[s].is_binary) last_read[chain.tape[s].y] = s;
    }
    int free[kRegisters], free_count = 0;
    for (int k = 0; k < chain.inputs; ++k) of[k] = count++;
    for (int s = 0; s < chain.steps; ++s) {
      // Inputs keep theirs: numbers are written once for all blocks. A step may write over what it reads itself.
      for (int r = chain.inputs; r < chain.inputs + s; ++r)
        if (last_read[r] == s) free[free_count++] = of[r];
      of[chain.inputs + s] = free_count > 0 ? free[--free_count] : count++;
    }
  }
};

struct Runner {
  const Chain& chain;
  const float* const* in;
  float* out;
  std::int64_t channels, inner;
  Places places;
  BlockFn<float> fn[kMaxChainSteps];
  BlockArgs args[kMaxChainSteps];

  // Elements [begin, end) of the output.
  void operator()(std::int64_t begin, std::int64_t end) const {
    alignas(64) float registers[kRegisters][kBlock];
    const float* at[kRegisters];
    for (int k = 0; k < chain.inputs; ++k) {
      at[k] = registers[places.of[k]];
      if (chain.input_kinds[k] == ChainInput::kScalar) std::fill_n(registers[places.of[k]], kBlock, *in[k]);
    }
    for (std::int64_t i = begin; i < end; i += kBlock) {
      const std::int64_t n = std::min(kBlock, end - i);
      fetch_ahead(i + kBlock, std::min(i + 2 * kBlock, end));
      for (int k = 0; k < chain.inputs; ++k) {
        if (chain.input_kinds[k] == ChainInput::kDense) at[k] = in[k] + i;
        else if (chain.input_kinds[k] == ChainInput::kChannel) spread(in[k], i, n, registers[places.of[k]]);
      }
      for (int s = 0; s < chain.steps; ++s) {
        const ChainStep& step = chain.tape[s];
        const float* operands[] = {at[step.x], at[step.y]};
        float* to = s + 1 == chain.steps ? out + i : registers[places.of[chain.inputs + s]];
        fn[s](to, operands, n, args[s]);
        at[chain.inputs + s] = to;
      }
    }
  }

  // The next block on its way while this one is computed: the steps between two reads of memory are too many for the
  // processor to see the next read by itself. The output is fetched too, or each write would wait for its line.
  void fetch_ahead(std::int64_t begin, std::int64_t end) const {
    constexpr std::int64_t kLine = 64 / sizeof(float);
    for (int k = 0; k < chain.inputs; ++k) {
      if (chain.input_kinds[k] != ChainInput::kDense) continue;
      for (std::int64_t i = begin; i < end; i += kLine) __builtin_prefetch(in[k] + i);
    }
    for (std::int64_t i = begin; i < end; i += kLine) __builtin_prefetch(out + i, 1);
  }

  // Numbers of the channels that elements [first, first + n) belong to.
  void spread(const float* per_channel, std::int64_t first, std::int64_t n, float* to) const {
    if (inner == 1) {  // rows of numbers, one after the other
      for (std::int64_t i = 0, c = first % channels; i < n; c = 0) {
        const std::int64_t run = std::min(n - i, channels - c);
        std::copy_n(per_channel + c, run, to + i);
        i += run;
      }
      return;
    }
    for (std::int64_t i = 0; i < n;) {
      const std::int64_t row = (first + i) / inner;
      const std::int64_t run = std::min(n - i, (row + 1) * inner - first - i);
      std::fill_n(to + i, run, per_channel[row % channels]);
      i += run;
    }
  }
};

}  // namespace

// Predicates give truth values, which a chain could only hold as numbers: they stay outside.
bool chainable(UnaryOp op) noexcept { return op < UnaryOp::bitwise_not && unary_block_f32(op) != nullptr; }
bool chainable(BinaryOp op) noexcept {
  const bool truth = (op >= BinaryOp::eq && op <= BinaryOp::logical_xor) || op == BinaryOp::isclose;
  return !truth && binary_block_f32(op) != nullptr;
}

void run_chain(const Chain& chain, const float* const* in, float* out, std::int64_t outer, std::int64_t channels,
               std::int64_t inner) noexcept {
  Runner runner{chain, in, out, channels, inner, Places(chain), {}, {}};
  for (int s = 0; s < chain.steps; ++s) {
    const ChainStep& step = chain.tape[s];
    runner.fn[s] = step.is_binary ? binary_block_f32(step.binary) : unary_block_f32(step.unary);
    runner.args[s].p = step.params;
  }
  parallel_for(outer * channels * inner, kGrain / std::max(1, std::min(chain.steps, 8)), runner);
}

}  // namespace fac::kernels
