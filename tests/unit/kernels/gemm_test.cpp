#include "kernels/gemm.h"

#include <complex>
#include <limits>

#include "kernel_test.h"
#include "kernels/gemm_generic.h"

using namespace fac::kernels;
using namespace kernel_test;

namespace {

struct Shape {
  std::int64_t m, n, k;
};
constexpr Shape kShapes[] = {{1, 1, 1},   {1, 100, 64},  {2, 33, 17}, {3, 70, 130}, {5, 16, 40},   {14, 32, 16},
                             {15, 31, 9}, {29, 65, 100}, {64, 64, 64}, {7, 5, 1100}, {230, 40, 30}, {20, 600, 70},
                             {4, 9, 0},   {1, 12, 0}};

template <class T>
void check(const Shape& s, bool trans_a, bool trans_b, bool packed, const GemmEpilogue<T>& given, bool bias,
           bool residual) {
  Gemm g{s.m, s.n, s.k, (trans_a ? s.m : s.k) + 3, (trans_b ? s.k : s.n) + 2, s.n + 5, trans_a, trans_b};
  const auto a = random_array<T>((trans_a ? s.k : s.m) * g.lda, 1);
  const auto b = random_array<T>((trans_b ? s.n : s.k) * g.ldb, 2);
  const auto c0 = random_array<T>(s.m * g.ldc, 3), r = random_array<T>(s.m * (s.n + 1), 4);
  const auto v = random_array<T>(std::max(s.m, s.n), 5);
  GemmEpilogue<T> e = given;
  if (bias) e.bias = v.data();
  if (residual) e.residual = r.data(), e.ldr = s.n + 1;
  std::vector<double> expected(c0.begin(), c0.end());
  for (std::int64_t i = 0; i < s.m; ++i)
    for (std::int64_t j = 0; j < s.n; ++j) {
      double sum = 0;
      for (std::int64_t k = 0; k < s.k; ++k)
        sum += static_cast<double>(a[static_cast<std::size_t>(trans_a ? k * g.lda + i : i * g.lda + k)]) *
               static_cast<double>(b[static_cast<std::size_t>(trans_b ? j * g.ldb + k : k * g.ldb + j)]);
      const auto at = static_cast<std::size_t>(i * g.ldc + j);
      double y = static_cast<double>(e.alpha) * sum + static_cast<double>(e.beta) * static_cast<double>(c0[at]);
      if (bias) y += static_cast<double>(v[static_cast<std::size_t>(e.bias_per_row ? i : j)]);
      const double add = residual ? static_cast<double>(r[static_cast<std::size_t>(i * e.ldr + j)]) : 0;
      if (!e.residual_after) y += add;
      if (e.activation == Activation::kRelu) y = std::max(0.0, y);
      if (e.activation == Activation::kLeakyRelu) y = y < 0 ? y * static_cast<double>(e.a) : y;
      if (e.activation == Activation::kSilu) y = y / (1 + std::exp(-y));
      if (e.residual_after) y += add;
      expected[at] = y;
    }
  with_threads([&] {
    const std::size_t bytes = gemm_scratch_bytes<T>(g, packed);
    Array<T> c = c0, scratch(bytes / sizeof(T), std::numeric_limits<T>::quiet_NaN());
    if (packed) {
      Array<T> p(gemm_packed_b_bytes<T>(s.n, s.k) / sizeof(T));
      gemm_pack_b<T>(s.n, s.k, b.data(), g.ldb, trans_b, p.data());
      gemm_run_packed<T>(g, a.data(), p.data(), e, c.data(), scratch.data(), bytes);
    } else {
      gemm_run<T>(g, a.data(), b.data(), e, c.data(), scratch.data(), bytes);
    }
    CHECK(relative_error(c, expected, expected.size()) < 3e-6);
  });
}

template <class T>
void check_all() {
  on_every_target([] {
    for (const Shape& s : kShapes) {
      CAPTURE(s.m);
      CAPTURE(s.n);
      CAPTURE(s.k);
      for (int bits = 0; bits < 8; ++bits) {
        CAPTURE(bits);
        const bool trans_a = (bits & 1) != 0, trans_b = (bits & 2) != 0, packed = (bits & 4) != 0;
        GemmEpilogue<T> e;
        check<T>(s, trans_a, trans_b, packed, e, false, false);
        e.activation = Activation::kRelu;
        check<T>(s, trans_a, trans_b, packed, e, true, true);
        e.alpha = static_cast<T>(0.5), e.beta = static_cast<T>(2), e.activation = Activation::kLeakyRelu;
        e.a = static_cast<T>(0.25), e.bias_per_row = true, e.residual_after = true;
        check<T>(s, trans_a, trans_b, packed, e, true, true);
      }
    }
  });
}

}  // namespace

TEST_CASE("gemm: float32") { check_all<float>(); }
TEST_CASE("gemm: float64") { check_all<double>(); }

TEST_CASE("gemm: other activations, residual in place") {
  on_every_target([] {
    GemmEpilogue<float> e;
    e.activation = Activation::kSilu;
    check<float>({20, 45, 33}, false, true, true, e, true, true);
    check<float>({2, 45, 33}, false, true, false, e, true, true);
    const Gemm g{30, 50, 1200, 1200, 1200, 50, false, true};  // two slices of depth
    const auto a = random_array(30 * 1200, 1), b = random_array(50 * 1200, 2), start = random_array(30 * 50, 3);
    Array<float> c = start, other = start, scratch(gemm_scratch_bytes<float>(g, false) / 4);
    GemmEpilogue<float> in_place, apart;
    in_place.residual = c.data(), apart.residual = start.data();
    in_place.ldr = apart.ldr = 50;
    gemm_run(g, a.data(), b.data(), in_place, c.data(), scratch.data(), scratch.size() * 4);
    gemm_run(g, a.data(), b.data(), apart, other.data(), scratch.data(), scratch.size() * 4);
    CHECK(relative_error(c, other, c.size()) < 1e-6);
  });
}

TEST_CASE("gemm: batches equal single products") {
  on_every_target([] {
    with_threads([] {
      for (const std::int64_t count : {2, 7}) {
        const Gemm g{18, 37, 24, 24, 24, 37, false, true};
        const GemmBatch batch{count, 18 * 24, 37 * 24, 18 * 37};
        const auto a = random_array(count * batch.stride_a, 1), b = random_array(count * batch.stride_b, 2);
        Array<float> c(static_cast<std::size_t>(count * batch.stride_c)), one(c.size());
        Array<float> scratch(gemm_batch_scratch_bytes<float>(g, batch) / 4);
        gemm_run_batch<float>(g, batch, a.data(), b.data(), {}, c.data(), scratch.data(), scratch.size() * 4);
        for (std::int64_t i = 0; i < count; ++i)
          gemm_run<float>(g, a.data() + i * batch.stride_a, b.data() + i * batch.stride_b, {},
                          one.data() + i * batch.stride_c, scratch.data(), scratch.size() * 4);
        CHECK(c == one);
      }
    });
  });
}

TEST_CASE("gemm_generic: integers and complex numbers") {
  const Gemm g{3, 40, 5, 5, 5, 40, false, true};
  std::vector<std::int64_t> a(15), b(200), c(120, 1);
  for (std::size_t i = 0; i < a.size(); ++i) a[i] = static_cast<std::int64_t>(i) - 7;
  for (std::size_t i = 0; i < b.size(); ++i) b[i] = static_cast<std::int64_t>(i % 11) - 5;
  gemm_generic<std::int64_t>(g, a.data(), b.data(), c.data(), 2, 3);
  std::vector<std::complex<float>> za(a.begin(), a.end()), zb(b.begin(), b.end()), zc(120);
  gemm_generic<std::complex<float>>(g, za.data(), zb.data(), zc.data());
  for (std::size_t i = 0; i < 3; ++i)
    for (std::size_t j = 0; j < 40; ++j) {
      std::int64_t sum = 0;
      for (std::size_t k = 0; k < 5; ++k) sum += a[i * 5 + k] * b[j * 5 + k];
      CHECK(c[i * 40 + j] == 2 * sum + 3);
      CHECK(zc[i * 40 + j] == std::complex<float>(static_cast<float>(sum)));
    }
}
