#include "kernels/rnn.h"

#include <algorithm>
#include <cstring>

#include "base/thread_pool.h"
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/rnn.cpp"
#include "kernels/targets.h"
#include "kernels/vector_math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace fac::kernels {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;
namespace {

using D = hn::ScalableTag<float>;
using V = hn::Vec<D>;

// f(load, store) over [0, n): load(p) gives the vector at p + i, store(p, v) writes it; the rest of a row goes through
// padded buffers and the same vector code.
struct Whole {
  std::int64_t i;
  HWY_INLINE V load(const float* p) const { return hn::LoadU(D(), p + i); }
  HWY_INLINE void store(float* p, V v) const { hn::StoreU(v, D(), p + i); }
};
struct Part {
  std::int64_t i, count;
  HWY_INLINE V load(const float* p) const {
    HWY_ALIGN float lanes[HWY_MAX_BYTES / sizeof(float)] = {};
    std::memcpy(lanes, p + i, static_cast<std::size_t>(count) * sizeof(float));
    return hn::Load(D(), lanes);
  }
  HWY_INLINE void store(float* p, V v) const {
    HWY_ALIGN float lanes[HWY_MAX_BYTES / sizeof(float)];
    hn::Store(v, D(), lanes);
    std::memcpy(p + i, lanes, static_cast<std::size_t>(count) * sizeof(float));
  }
};
template <class F>
HWY_INLINE void for_each_vector(std::int64_t n, const F& f) {
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(D()));
  std::int64_t i = 0;
  for (; i + lanes <= n; i += lanes) f(Whole{i});
  if (i < n) f(Part{i, n - i});
}

struct Lstm {
  const float *gates, *c;
  float *h_out, *c_out;
  std::int64_t hidden;
  template <class At>
  HWY_INLINE void operator()(At at) const {
    const D d;
    const V i = vm::sigmoid(d, at.load(gates)), f = vm::sigmoid(d, at.load(gates + hidden));
    const V g = vm::tanh(d, at.load(gates + 2 * hidden)), o = vm::sigmoid(d, at.load(gates + 3 * hidden));
    const V cell = hn::MulAdd(f, at.load(c), hn::Mul(i, g));
    at.store(c_out, cell);
    at.store(h_out, hn::Mul(o, vm::tanh(d, cell)));
  }
};
struct Gru {
  const float *gi, *gh, *h;
  float* h_out;
  std::int64_t hidden;
  template <class At>
  HWY_INLINE void operator()(At at) const {
    const D d;
    const V r = vm::sigmoid(d, hn::Add(at.load(gi), at.load(gh)));
    const V z = vm::sigmoid(d, hn::Add(at.load(gi + hidden), at.load(gh + hidden)));
    const V n = vm::tanh(d, hn::MulAdd(r, at.load(gh + 2 * hidden), at.load(gi + 2 * hidden)));
    at.store(h_out, hn::MulAdd(z, hn::Sub(at.load(h), n), n));
  }
};
struct Tanh {
  const float* gates;
  float* h_out;
  template <class At>
  HWY_INLINE void operator()(At at) const {
    at.store(h_out, vm::tanh(D(), at.load(gates)));
  }
};
struct Relu {
  const float* gates;
  float* h_out;
  template <class At>
  HWY_INLINE void operator()(At at) const {
    const V x = at.load(gates);
    at.store(h_out, hn::IfThenElse(hn::Lt(x, hn::Zero(D())), hn::Zero(D()), x));
  }
};

void lstm_row(const float* gates, const float* c, float* h_out, float* c_out, std::int64_t hidden) {
  for_each_vector(hidden, Lstm{gates, c, h_out, c_out, hidden});
}
void gru_row(const float* gi, const float* gh, const float* h, float* h_out, std::int64_t hidden) {
  for_each_vector(hidden, Gru{gi, gh, h, h_out, hidden});
}
void tanh_row(const float* gates, float* h_out, std::int64_t hidden) { for_each_vector(hidden, Tanh{gates, h_out}); }
void relu_row(const float* gates, float* h_out, std::int64_t hidden) { for_each_vector(hidden, Relu{gates, h_out}); }

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace fac::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace fac::kernels {
FACULA_EXPORT(lstm_row)
FACULA_EXPORT(gru_row)
FACULA_EXPORT(tanh_row)
FACULA_EXPORT(relu_row)

namespace {
// Five exponentials an element: a thread pays from about 2000 elements on.
constexpr std::int64_t kElements = 2048;
template <class F>
void for_each_row(std::int64_t rows, std::int64_t hidden, F&& f) {
  parallel_for(rows, std::max<std::int64_t>(1, kElements / std::max<std::int64_t>(1, hidden)),
               [&](std::int64_t begin, std::int64_t end) {
                 for (std::int64_t r = begin; r < end; ++r) f(r);
               });
}
}  // namespace

void lstm_cell(const float* gates, std::int64_t gate_stride, const float* c, std::int64_t c_stride, float* h_out,
               std::int64_t h_out_stride, float* c_out, std::int64_t c_out_stride, std::int64_t rows,
               std::int64_t hidden) noexcept {
  const auto row = FACULA_DISPATCH(lstm_row);
  for_each_row(rows, hidden, [&](std::int64_t r) {
    row(gates + r * gate_stride, c + r * c_stride, h_out + r * h_out_stride, c_out + r * c_out_stride, hidden);
  });
}

void gru_cell(const float* gi, std::int64_t gi_stride, const float* gh, std::int64_t gh_stride, const float* h,
              std::int64_t h_stride, float* h_out, std::int64_t h_out_stride, std::int64_t rows,
              std::int64_t hidden) noexcept {
  const auto row = FACULA_DISPATCH(gru_row);
  for_each_row(rows, hidden, [&](std::int64_t r) {
    row(gi + r * gi_stride, gh + r * gh_stride, h + r * h_stride, h_out + r * h_out_stride, hidden);
  });
}

void rnn_tanh_cell(const float* gates, std::int64_t gate_stride, float* h_out, std::int64_t h_out_stride,
                   std::int64_t rows, std::int64_t hidden) noexcept {
  const auto row = FACULA_DISPATCH(tanh_row);
  for_each_row(rows, hidden, [&](std::int64_t r) { row(gates + r * gate_stride, h_out + r * h_out_stride, hidden); });
}

void rnn_relu_cell(const float* gates, std::int64_t gate_stride, float* h_out, std::int64_t h_out_stride,
                   std::int64_t rows, std::int64_t hidden) noexcept {
  const auto row = FACULA_DISPATCH(relu_row);
  for_each_row(rows, hidden, [&](std::int64_t r) { row(gates + r * gate_stride, h_out + r * h_out_stride, hidden); });
}

}  // namespace fac::kernels
#endif
