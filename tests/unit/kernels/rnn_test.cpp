#include "kernels/rnn.h"

#include <doctest/doctest.h>

#include <cmath>

#include "kernels/pointwise_chain.h"
#include "strided_fixture.h"

using namespace fac::kernels;
using namespace fac::kernels::test;

namespace {
double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }
double wave(std::int64_t i) { return std::sin(static_cast<double>(i) * 1.3) * 3; }
}  // namespace

TEST_CASE("recurrent cells") {
  on_each_target([] {
    const std::int64_t rows = 3, hidden = 37;
    Array<float> gates({rows, 4 * hidden}), more({rows, 4 * hidden}), c({rows, hidden}), h({rows, hidden}), c2({rows, hidden});
    gates.generate(wave);
    more.generate([](std::int64_t i) { return wave(i + 1000); });
    c.generate([](std::int64_t i) { return wave(i + 77); });
    lstm_cell(gates.data(), 4 * hidden, c.data(), hidden, h.data(), hidden, c2.data(), hidden, rows, hidden);
    for (std::int64_t r = 0; r < rows; ++r)
      for (std::int64_t k = 0; k < hidden; ++k) {
        auto g = [&](std::int64_t gate) { return as_double(gates.at(r * 4 * hidden + gate * hidden + k)); };
        const double cell = sigmoid(g(1)) * as_double(c.at(r * hidden + k)) + sigmoid(g(0)) * std::tanh(g(2));
        REQUIRE(std::fabs(as_double(c2.at(r * hidden + k)) - cell) < 2e-6);
        REQUIRE(std::fabs(as_double(h.at(r * hidden + k)) - sigmoid(g(3)) * std::tanh(cell)) < 2e-6);
      }
    gru_cell(gates.data(), 4 * hidden, more.data(), 4 * hidden, c.data(), hidden, h.data(), hidden, rows, hidden);
    for (std::int64_t r = 0; r < rows; ++r)
      for (std::int64_t k = 0; k < hidden; ++k) {
        auto gi = [&](std::int64_t gate) { return as_double(gates.at(r * 4 * hidden + gate * hidden + k)); };
        auto gh = [&](std::int64_t gate) { return as_double(more.at(r * 4 * hidden + gate * hidden + k)); };
        const double z = sigmoid(gi(1) + gh(1)), n = std::tanh(gi(2) + sigmoid(gi(0) + gh(0)) * gh(2));
        REQUIRE(std::fabs(as_double(h.at(r * hidden + k)) - ((1 - z) * n + z * as_double(c.at(r * hidden + k)))) < 2e-6);
      }
    rnn_tanh_cell(gates.data(), 4 * hidden, h.data(), hidden, rows, hidden);
    CHECK(as_double(h.at(hidden + 3)) == doctest::Approx(std::tanh(as_double(gates.at(4 * hidden + 3)))));
    rnn_relu_cell(gates.data(), 4 * hidden, h.data(), hidden, rows, hidden);
    CHECK(h.at(hidden + 3) == std::max(0.0f, gates.at(4 * hidden + 3)));
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
