// Pooling on the blocked layout (a vector is the channels of one pixel), and global averages.
#include <algorithm>
#include <limits>

#include "kernels/layout.h"
#include "kernels/parts.h"
#include "kernels/pool.h"
#include "kernels/pool_window.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/pool_blocked.cpp"
#include "kernels/targets.h"

HWY_BEFORE_NAMESPACE();
namespace fac::kernels {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;
namespace {

constexpr std::int64_t kBlock = HWY_LANES(float);
using D = hn::ScalableTag<float>;
using V = hn::Vec<D>;

// max that keeps NaN from either side (Highway's Ne is ordered on AVX: false for NaN).
HWY_INLINE V max_or_nan(V best, V x) {
  return hn::IfThenElse(hn::Or(hn::Gt(x, best), hn::IsNaN(x)), x, best);
}

// Reduces windows of one plane's rows r0 .. r1.
void plane_rows(const Pool& p, PoolKind kind, const float* x, float* y, std::int64_t r0, std::int64_t r1) {
  const D d;
  const bool max = kind == PoolKind::kMax || kind == PoolKind::kAdaptiveMax;
  const bool adaptive = kind == PoolKind::kAdaptiveAvg || kind == PoolKind::kAdaptiveMax;
  const auto window = [&](int axis, std::int64_t i) {
    return adaptive ? adaptive_window(p, axis, i) : max ? max_window(p, axis, i) : avg_window(p, axis, i);
  };
  PoolWindow whole;
  whole.end = whole.padded = 1;
  for (std::int64_t i = r0; i < r1; ++i) {
    const PoolWindow a = window(1, i);
    for (std::int64_t j = 0; j < p.out[2]; ++j) {
      const PoolWindow b = window(2, j);
      float* out = y + (i * p.out[2] + j) * kBlock;
      if (max) {
        V best = hn::Set(d, -std::numeric_limits<float>::infinity());
        for (std::int64_t r = a.begin; r < a.end; r += a.step)
          for (std::int64_t c = b.begin; c < b.end; c += b.step)
            best = max_or_nan(best, hn::LoadU(d, x + (r * p.in[2] + c) * kBlock));
        hn::StoreU(best, d, out);
      } else {
        const std::int64_t divisor =
            adaptive ? a.padded * b.padded : avg_divisor(p, whole, a, b);
        V sum = hn::Zero(d);
        for (std::int64_t r = a.begin; r < a.end; ++r)
          for (std::int64_t c = b.begin; c < b.end; ++c)
            sum = hn::Add(sum, hn::LoadU(d, x + (r * p.in[2] + c) * kBlock));
        hn::StoreU(hn::Div(sum, hn::Set(d, static_cast<float>(divisor))), d, out);
      }
    }
  }
}

void pool_impl(const Pool& p, PoolKind kind, const float* x, float* y) {
  const std::int64_t in = p.in[1] * p.in[2] * kBlock, out = p.out[1] * p.out[2] * kBlock;
  const std::int64_t bands = std::clamp<std::int64_t>(ceil_div(16, p.planes), 1, p.out[1]);
  run_parts(p.planes * bands, 4.0 * static_cast<double>(p.planes * (in + out)), INT64_MAX,
            [&](std::int64_t, std::int64_t begin, std::int64_t end) {
              for (std::int64_t u = begin; u < end; ++u)
                plane_rows(p, kind, x + u / bands * in, y + u / bands * out, p.out[1] * (u % bands) / bands,
                           p.out[1] * (u % bands + 1) / bands);
            });
}

void global_blocked_impl(const float* x, float* y, std::int64_t planes, std::int64_t hw) {
  const D d;
  const V factor = hn::Set(d, static_cast<float>(hw));
  const std::int64_t grain = std::max<std::int64_t>(1, 65536 / (hw * kBlock));
  parallel_for(planes, grain, [&](std::int64_t begin, std::int64_t end) HWY_ATTR {
    for (std::int64_t plane = begin; plane < end; ++plane) {
      const float* p = x + plane * hw * kBlock;
      V s0 = hn::Zero(d), s1 = hn::Zero(d), s2 = hn::Zero(d), s3 = hn::Zero(d);
      std::int64_t i = 0;
      for (; i + 4 <= hw; i += 4, p += 4 * kBlock) {
        s0 = hn::Add(s0, hn::LoadU(d, p));
        s1 = hn::Add(s1, hn::LoadU(d, p + kBlock));
        s2 = hn::Add(s2, hn::LoadU(d, p + 2 * kBlock));
        s3 = hn::Add(s3, hn::LoadU(d, p + 3 * kBlock));
      }
      for (; i < hw; ++i, p += kBlock) s0 = hn::Add(s0, hn::LoadU(d, p));
      hn::StoreU(hn::Div(hn::Add(hn::Add(s0, s1), hn::Add(s2, s3)), factor), d, y + plane * kBlock);
    }
  });
}

void global_plain_impl(const float* x, float* y, std::int64_t count, std::int64_t size) {
  const D d;
  const std::int64_t grain = std::max<std::int64_t>(1, 65536 / std::max<std::int64_t>(1, size));
  parallel_for(count, grain, [&](std::int64_t begin, std::int64_t end) HWY_ATTR {
    for (std::int64_t plane = begin; plane < end; ++plane) {
      const float* p = x + plane * size;
      V s0 = hn::Zero(d), s1 = hn::Zero(d);
      std::int64_t i = 0;
      for (; i + 2 * kBlock <= size; i += 2 * kBlock) {
        s0 = hn::Add(s0, hn::LoadU(d, p + i));
        s1 = hn::Add(s1, hn::LoadU(d, p + i + kBlock));
      }
      float sum = hn::GetLane(hn::SumOfLanes(d, hn::Add(s0, s1)));
      for (; i < size; ++i) sum += p[i];
      y[plane] = sum / static_cast<float>(size);
    }
  });
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace fac::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace fac::kernels {

FACULA_EXPORT(pool_impl)
FACULA_EXPORT(global_blocked_impl)
FACULA_EXPORT(global_plain_impl)

void max_pool_blocked(const Pool& p, const float* x, float* y) noexcept {
  FACULA_DISPATCH(pool_impl)(p, PoolKind::kMax, x, y);
}
void avg_pool_blocked(const Pool& p, const float* x, float* y) noexcept {
  FACULA_DISPATCH(pool_impl)(p, PoolKind::kAvg, x, y);
}
void adaptive_avg_pool_blocked(const Pool& p, const float* x, float* y) noexcept {
  FACULA_DISPATCH(pool_impl)(p, PoolKind::kAdaptiveAvg, x, y);
}
void adaptive_max_pool_blocked(const Pool& p, const float* x, float* y) noexcept {
  FACULA_DISPATCH(pool_impl)(p, PoolKind::kAdaptiveMax, x, y);
}

void global_avg_pool(const float* x, float* y, std::int64_t count, std::int64_t size) noexcept {
  FACULA_DISPATCH(global_plain_impl)(x, y, count, size);
}
void global_avg_pool_blocked(const float* x, float* y, std::int64_t n, std::int64_t c, std::int64_t hw) noexcept {
  FACULA_DISPATCH(global_blocked_impl)(x, y, n * blocks_of(c, channel_block()), hw);
}

}  // namespace fac::kernels
#endif
