#include "kernels/recurrent.h"

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "kernels/pointwise_chain.h"
#include "kernel_test.h"
#include "strided_fixture.h"

using namespace fac::kernels;
using namespace fac::kernels::test;

namespace {
double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }
double wave(std::int64_t i) { return std::sin(static_cast<double>(i) * 1.3) * 3; }
}  // namespace

namespace {
// A recurrent layer by the book, in double precision.
struct Reference {
  RecurrentKind kind;
  std::int64_t steps, batch, hidden;
  Array<float>&gi, &w, &b_hh;
  std::vector<double> h, c, out;

  void run(bool reverse) {
    const std::int64_t G = gates_of(kind);
    out.assign(static_cast<std::size_t>(steps * batch * hidden), 0);
    for (std::int64_t k = 0; k < steps; ++k) {
      const std::int64_t t = reverse ? steps - 1 - k : k;
      std::vector<double> next = h;
      for (std::int64_t b = 0; b < batch; ++b)
        for (std::int64_t u = 0; u < hidden; ++u) {
          double in[4] = {}, rec[4] = {};
          for (std::int64_t g = 0; g < G; ++g) {
            in[g] = as_double(gi.at((t * batch + b) * G * hidden + g * hidden + u));
            rec[g] = as_double(b_hh.at(g * hidden + u));
            for (std::int64_t j = 0; j < hidden; ++j)
              rec[g] += as_double(w.at((g * hidden + u) * hidden + j)) * h[static_cast<std::size_t>(b * hidden + j)];
          }
          const auto at = static_cast<std::size_t>(b * hidden + u);
          if (kind == RecurrentKind::kLstm) {
            c[at] = sigmoid(in[1] + rec[1]) * c[at] + sigmoid(in[0] + rec[0]) * std::tanh(in[2] + rec[2]);
            next[at] = sigmoid(in[3] + rec[3]) * std::tanh(c[at]);
          } else if (kind == RecurrentKind::kGru) {
            const double z = sigmoid(in[1] + rec[1]), n = std::tanh(in[2] + sigmoid(in[0] + rec[0]) * rec[2]);
            next[at] = (1 - z) * n + z * h[at];
          } else {
            next[at] = kind == RecurrentKind::kTanh ? std::tanh(in[0] + rec[0]) : std::max(0.0, in[0] + rec[0]);
          }
          out[static_cast<std::size_t>((t * batch + b) * hidden + u)] = next[at];
        }
      h = next;
    }
  }
};
}  // namespace

TEST_CASE("recurrent layers equal the definition: every cell, small and large batches, both directions, odd sizes") {
  on_each_target([] {
    for (const auto kind : {RecurrentKind::kLstm, RecurrentKind::kGru, RecurrentKind::kTanh, RecurrentKind::kRelu})
      for (const std::int64_t batch : {1, 3, 6})
        for (const std::int64_t hidden : {1, 16, 37, 64})
          for (const bool reverse : {false, true}) {
            const std::int64_t steps = 4, G = gates_of(kind), stride = hidden + 5;
            Array<float> gi({steps, batch, G * hidden}), w({G * hidden, hidden}), bias({G * hidden}), h0({batch, hidden}), c({batch, hidden});
            gi.generate(wave);
            w.generate([&](std::int64_t i) { return wave(i + 31) / static_cast<double>(hidden); });
            bias.generate([](std::int64_t i) { return wave(i + 7) / 4; });
            h0.generate([](std::int64_t i) { return wave(i + 900) / 3; });
            c.generate([](std::int64_t i) { return wave(i + 77); });
            Reference ref{kind, steps, batch, hidden, gi, w, bias, {}, {}, {}};
            for (std::int64_t i = 0; i < batch * hidden; ++i) {
              ref.h.push_back(as_double(h0.at(i)));
              ref.c.push_back(as_double(c.at(i)));
            }
            ref.run(reverse);
            const Recurrent r{kind, steps, batch, hidden, stride, reverse};
            kernel_test::Array<float> packed(recurrent_packed_bytes(r) / sizeof(float)), scratch(recurrent_scratch_bytes(r) / sizeof(float) + 1);
            Array<float> out({steps, batch, stride});
            out.generate([](std::int64_t) { return 99.0; });
            recurrent_pack(r, w.data(), hidden, packed.data());
            recurrent_run(r, gi.data(), packed.data(), bias.data(), h0.data(), kind == RecurrentKind::kLstm ? c.data() : nullptr,
                          out.data(), scratch.data(), recurrent_scratch_bytes(r));
            CAPTURE(hidden);
            CAPTURE(batch);
            for (std::int64_t i = 0; i < steps * batch; ++i) {
              for (std::int64_t u = 0; u < hidden; ++u)
                REQUIRE(std::fabs(as_double(out.at(i * stride + u)) - ref.out[static_cast<std::size_t>(i * hidden + u)]) < 2e-5);
              for (std::int64_t u = hidden; u < stride; ++u) REQUIRE(out.at(i * stride + u) == 99.0f);
            }
            if (kind == RecurrentKind::kLstm)
              for (std::int64_t i = 0; i < batch * hidden; ++i)
                REQUIRE(std::fabs(as_double(c.at(i)) - ref.c[static_cast<std::size_t>(i)]) < 2e-5);
          }
  });
}

TEST_CASE("a fused chain equals its steps") {
  on_each_target([] {
    // silu(x * scale[c] + 0.5) - x
    Chain chain;
    chain.inputs = 3;
    chain.input_kinds[0] = ChainInput::kDense;
    chain.input_kinds[1] = ChainInput::kChannel;
    chain.input_kinds[2] = ChainInput::kScalar;
    chain.steps = 4;
    chain.tape[0] = {true, {}, BinaryOp::mul, 0, 1, {}};
    chain.tape[1] = {true, {}, BinaryOp::add, 3, 2, {.a = 1}};
    chain.tape[2] = {false, UnaryOp::silu, {}, 4, 0, {}};
    chain.tape[3] = {true, {}, BinaryOp::sub, 5, 0, {.a = 1}};
    Array<float> x({2, 5, 700}), y({2, 5, 700}), scale({5});
    x.generate(wave);
    scale.generate([](std::int64_t i) { return 0.3 * static_cast<double>(i + 1); });
    const float half = 0.5f;
    const float* in[] = {x.data(), scale.data(), &half};
    run_chain(chain, in, y.data(), 2, 5, 700);
    for (std::int64_t i = 0; i < x.numel(); ++i) {
      const double v = as_double(x.at(i)), z = v * as_double(scale.at(i / 700 % 5)) + 0.5;
      REQUIRE(std::fabs(as_double(y.at(i)) - (z * sigmoid(z) - v)) < 2e-6);
    }
  });
  CHECK(chainable(UnaryOp::gelu));
  CHECK(!chainable(UnaryOp::isnan));
  CHECK(!chainable(BinaryOp::lt));
}
