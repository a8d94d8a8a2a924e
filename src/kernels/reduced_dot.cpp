// Tiles and rounding of reduced precision, per CPU target.
#include "kernels/reduced_dot.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "kernels/cpu_extras.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/reduced_dot.cpp"
#include "kernels/targets.h"
#include "kernels/clamp-inl.h"

HWY_BEFORE_NAMESPACE();
namespace fac::kernels {
namespace HWY_NAMESPACE {
namespace {

using Float = hn::ScalableTag<float>;
using Int = hn::ScalableTag<std::int32_t>;
constexpr int kLanes = HWY_LANES(float);
// 12 of 16 or 28 of 32 registers hold sums.
constexpr int kDotRows = HWY_TARGET == HWY_AVX3 ? 14 : HWY_TARGET == HWY_SCALAR ? 4 : 6;

namespace emulated_bf16 {
struct Dot {
  static constexpr int kRows = 4, kVectorBytes = 4 * kLanes;  // halves of words need registers, too
  static constexpr bool kInteger = false, kCorrects = false;
  using Sum = float;
  using Acc = hn::Vec<Float>;
  using Word = hn::Vec<Int>;
  using W = hn::Vec<Int>;
  static HWY_INLINE Acc zero() { return hn::Zero(Float()); }
  static HWY_INLINE hn::Vec<Float> to_float(const Sum* s) { return hn::Load(Float(), s); }
  static HWY_INLINE Word broadcast(std::int32_t word) { return hn::Set(Int(), word); }
  static HWY_INLINE W load(const std::uint8_t* w) { return hn::LoadU(Int(), reinterpret_cast<const std::int32_t*>(w)); }
  static HWY_INLINE Acc high(W w) { return hn::BitCast(Float(), hn::And(w, hn::Set(Int(), static_cast<std::int32_t>(0xFFFF0000u)))); }
  static HWY_INLINE Acc low(W w) { return hn::BitCast(Float(), hn::ShiftLeft<16>(w)); }
  // The instruction's order. Products of two bf16 are exact in float32.
  static HWY_INLINE Acc step(Acc acc, Word x, W w) {
    return hn::MulAdd(low(x), low(w), hn::MulAdd(high(x), high(w), acc));
  }
};
#include "kernels/reduced_tile-inl.h"
}  // namespace emulated_bf16

#if HWY_ARCH_X86 && HWY_TARGET != HWY_SCALAR
#define FACULA_DOT_PAIRS_ 1
namespace pairs {
struct Dot {
  static constexpr int kRows = kDotRows, kVectorBytes = 2 * kLanes;
  static constexpr bool kInteger = true, kCorrects = false;
  using Short = hn::ScalableTag<std::int16_t>;
  using Sum = std::int32_t;
  using Acc = hn::Vec<Int>;
  using Word = hn::Vec<Short>;
  using W = hn::Vec<Short>;
  static HWY_INLINE Acc zero() { return hn::Zero(Int()); }
  static HWY_INLINE hn::Vec<Float> to_float(const Sum* s) { return hn::ConvertTo(Float(), hn::Load(Int(), s)); }
  static HWY_INLINE Word broadcast(std::int32_t word) { return hn::BitCast(Short(), hn::Set(Int(), word)); }
  static HWY_INLINE W load(const std::uint8_t* w) {
    const hn::Rebind<std::int8_t, Short> bytes;
    return hn::PromoteTo(Short(), hn::LoadU(bytes, reinterpret_cast<const std::int8_t*>(w)));
  }
  static HWY_INLINE Acc step(Acc acc, Word x, W w) {
    Acc unused = acc;  // x86 adds the two products of a word in the first sum
    return hn::ReorderWidenMulAccumulate(Int(), x, w, acc, unused);
  }
};
#include "kernels/reduced_tile-inl.h"
}  // namespace pairs
#endif

// With AVX2 it is for tests: VNNI's layout and corrections, on machines without its instruction.
#if !defined(FACULA_DOT_PAIRS_) || HWY_TARGET == HWY_AVX2
#define FACULA_DOT_WORDS_ 1
namespace words {
struct Dot {
  static constexpr int kRows = kDotRows, kVectorBytes = 4 * kLanes;
  static constexpr bool kInteger = true, kCorrects = true;
  using Sum = std::int32_t;
  using Acc = hn::Vec<Int>;
  using Word = hn::Vec<Int>;
  using W = hn::Vec<Int>;
  static HWY_INLINE Acc zero() { return hn::Zero(Int()); }
  static HWY_INLINE hn::Vec<Float> to_float(const Sum* s) { return hn::ConvertTo(Float(), hn::Load(Int(), s)); }
  static HWY_INLINE Word broadcast(std::int32_t word) { return hn::Set(Int(), word); }
  static HWY_INLINE W load(const std::uint8_t* w) { return hn::LoadU(Int(), reinterpret_cast<const std::int32_t*>(w)); }
  static HWY_INLINE Acc step(Acc acc, Word x, W w) {
    const auto byte = hn::Set(Int(), 255);
    acc = hn::Add(acc, hn::Mul(hn::And(x, byte), hn::ShiftRight<24>(hn::ShiftLeft<24>(w))));
    acc = hn::Add(acc, hn::Mul(hn::And(hn::ShiftRight<8>(x), byte), hn::ShiftRight<24>(hn::ShiftLeft<16>(w))));
    acc = hn::Add(acc, hn::Mul(hn::And(hn::ShiftRight<16>(x), byte), hn::ShiftRight<24>(hn::ShiftLeft<8>(w))));
    return hn::Add(acc, hn::Mul(hn::And(hn::ShiftRight<24>(x), byte), hn::ShiftRight<24>(w)));
  }
};
#include "kernels/reduced_tile-inl.h"
}  // namespace words
#endif

// A number is finite if its bits without the sign are below infinity's.
void range_impl(const float* x, std::int64_t count, Range& range) {
  const Float d;
  const Int di;
  const auto magnitude = hn::Set(di, 0x7FFFFFFF);
  auto lo = hn::Set(d, range.lo), hi = hn::Set(d, range.hi);
  auto bits = hn::Zero(di);
  std::int64_t i = 0;
  for (; i + kLanes <= count; i += kLanes) {
    const auto v = hn::LoadU(d, x + i);
    lo = hn::Min(lo, v);
    hi = hn::Max(hi, v);
    bits = hn::Max(bits, hn::And(hn::BitCast(di, v), magnitude));
  }
  alignas(64) float least[kLanes], most[kLanes];
  alignas(64) std::int32_t largest[kLanes];
  hn::Store(lo, d, least);
  hn::Store(hi, d, most);
  hn::Store(bits, di, largest);
  for (int k = 0; k < kLanes; ++k) {
    range.lo = std::min(range.lo, least[k]);
    range.hi = std::max(range.hi, most[k]);
    range.finite = range.finite && largest[k] < 0x7F800000;
  }
  for (; i < count; ++i) {
    range.lo = std::min(range.lo, x[i]);
    range.hi = std::max(range.hi, x[i]);
    range.finite = range.finite && x[i] - x[i] == 0.0f;
  }
}

// x * inverse rounded to the nearest integer, ties to even, by adding a number whose last bit is 1. |x * inverse| < 2^22.
HWY_INLINE hn::Vec<Int> nearest(hn::Vec<Float> x, hn::Vec<Float> inverse) {
  const auto magic = hn::Set(Float(), 12582912.0f);  // 1.5 * 2^23
  return hn::Sub(hn::BitCast(Int(), hn::Add(hn::Mul(x, inverse), magic)), hn::BitCast(Int(), magic));
}

HWY_INLINE hn::Vec<Int> bf16_bits(hn::Vec<Float> x) {
  const Int d;
  const auto bits = hn::BitCast(d, x);
  const auto last = hn::And(hn::ShiftRight<16>(bits), hn::Set(d, 1));
  const auto rounded = hn::Add(bits, hn::Add(last, hn::Set(d, 0x7FFF)));
  const auto nan = hn::RebindMask(d, hn::IsNaN(x));
  const auto kept = hn::IfThenElse(nan, hn::Or(bits, hn::Set(d, 0x400000)), rounded);
  return hn::And(hn::ShiftRight<16>(kept), hn::Set(d, 0xFFFF));
}

// form: which of the three kinds of inputs.
template <class Put>
HWY_INLINE void pieces(const float* x, std::int64_t count, std::int64_t piece, std::uint8_t* out, std::int64_t step, int bytes,
                       Put put) {
  const Float d;
  alignas(64) float tail[kLanes] = {};
  alignas(64) std::uint8_t put_tail[4 * kLanes];
  for (std::int64_t first = 0; first < count; first += piece, out += step) {
    const std::int64_t n = std::min(piece, count - first);
    std::int64_t i = 0;
    for (; i + kLanes <= n; i += kLanes) put(hn::LoadU(d, x + first + i), out + i * bytes);
    if (i < n) {
      std::copy(x + first + i, x + first + n, tail);
      put(hn::Load(d, tail), put_tail);
      std::copy_n(put_tail, (n - i) * bytes, out + i * bytes);
    }
  }
}

void inputs_impl(DotForm form, const float* x, std::int64_t count, std::int64_t piece, const Quantiser& q, std::uint8_t* out,
                 std::int64_t step) {
  const Int di;
  const hn::Rebind<std::int16_t, Int> d16;
  const hn::Rebind<std::uint8_t, Int> d8;
  const auto inverse = hn::Set(Float(), q.inverse);
  const auto zero = hn::Set(di, q.zero), least = hn::Set(di, -q.zero), most = hn::Set(di, 255 - q.zero);  // of x / scale
  if (!is_int8(form)) {
    const hn::Rebind<std::uint16_t, Int> du16;
    pieces(x, count, piece, out, step, 2, [&](hn::Vec<Float> v, std::uint8_t* to) HWY_ATTR {
      // Through signed numbers, which every target can narrow: 0 .. 65535 less 32768 and back by flipping the top bit.
      const auto narrow = hn::DemoteTo(d16, hn::Sub(bf16_bits(v), hn::Set(di, 0x8000)));
      const auto flipped = hn::Xor(hn::BitCast(du16, narrow), hn::Set(du16, 0x8000));
      hn::StoreU(flipped, du16, reinterpret_cast<std::uint16_t*>(to));
    });
  } else if (std::isnan(q.scale)) {
    for (std::int64_t first = 0; first < count; first += piece, out += step)
      std::memset(out, 0, static_cast<std::size_t>(std::min(piece, count - first) * (form == DotForm::kInt8Pairs ? 2 : 1)));
  } else if (form == DotForm::kInt8Pairs) {
    pieces(x, count, piece, out, step, 2, [&](hn::Vec<Float> v, std::uint8_t* to) HWY_ATTR {
      const auto level = hn::Min(most, hn::Max(least, nearest(v, inverse)));
      hn::StoreU(hn::DemoteTo(d16, level), d16, reinterpret_cast<std::int16_t*>(to));
    });
  } else {
    pieces(x, count, piece, out, step, 1, [&](hn::Vec<Float> v, std::uint8_t* to) HWY_ATTR {
      const auto level = hn::Min(most, hn::Max(least, nearest(v, inverse)));
      hn::StoreU(hn::DemoteTo(d8, hn::Add(level, zero)), d8, to);
    });
  }
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace fac::kernels
HWY_AFTER_NAMESPACE();

// Instructions beyond the target's own. `native` stands for the sets that a CPU of this target may have besides.
#if HWY_TARGET == HWY_AVX2 || HWY_TARGET == HWY_AVX3
#if HWY_TARGET == HWY_AVX2
HWY_PUSH_ATTRIBUTES(HWY_TARGET_STR ",avxvnni")
#else
HWY_PUSH_ATTRIBUTES(HWY_TARGET_STR ",avx512vnni")
#endif
namespace fac::kernels {
namespace HWY_NAMESPACE {
namespace {
namespace vnni {
struct Dot {
  static constexpr int kRows = kDotRows, kVectorBytes = 4 * kLanes;
  static constexpr bool kInteger = true, kCorrects = true;
  using Sum = std::int32_t;
  using Acc = hn::Vec<Int>;
  using Word = hn::Vec<Int>;
  using W = hn::Vec<Int>;
  static HWY_INLINE Acc zero() { return hn::Zero(Int()); }
  static HWY_INLINE hn::Vec<Float> to_float(const Sum* s) { return hn::ConvertTo(Float(), hn::Load(Int(), s)); }
  static HWY_INLINE Word broadcast(std::int32_t word) { return hn::Set(Int(), word); }
  static HWY_INLINE W load(const std::uint8_t* w) { return hn::LoadU(Int(), reinterpret_cast<const std::int32_t*>(w)); }
  static HWY_INLINE Acc step(Acc acc, Word x, W w) {
#if HWY_TARGET == HWY_AVX2
    return Acc{_mm256_dpbusd_avx_epi32(acc.raw, x.raw, w.raw)};
#else
    return Acc{_mm512_dpbusd_epi32(acc.raw, x.raw, w.raw)};
#endif
  }
};
#include "kernels/reduced_tile-inl.h"
}  // namespace vnni
}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace fac::kernels
HWY_POP_ATTRIBUTES
#endif

#if HWY_TARGET == HWY_AVX3
HWY_PUSH_ATTRIBUTES(HWY_TARGET_STR ",avx512bf16")
namespace fac::kernels {
namespace HWY_NAMESPACE {
namespace {
namespace bf16 {
struct Dot {
  static constexpr int kRows = kDotRows, kVectorBytes = 4 * kLanes;
  static constexpr bool kInteger = false, kCorrects = false;
  using Sum = float;
  using Acc = hn::Vec<Float>;
  using Word = hn::Vec<Int>;
  using W = hn::Vec<Int>;
  static HWY_INLINE Acc zero() { return hn::Zero(Float()); }
  static HWY_INLINE hn::Vec<Float> to_float(const Sum* s) { return hn::Load(Float(), s); }
  static HWY_INLINE Word broadcast(std::int32_t word) { return hn::Set(Int(), word); }
  static HWY_INLINE W load(const std::uint8_t* w) { return hn::LoadU(Int(), reinterpret_cast<const std::int32_t*>(w)); }
  static HWY_INLINE Acc step(Acc acc, Word x, W w) {
    return Acc{_mm512_dpbf16_ps(acc.raw, (__m512bh)x.raw, (__m512bh)w.raw)};  // a cast between vectors of bits
  }
};
#include "kernels/reduced_tile-inl.h"
}  // namespace bf16
}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace fac::kernels
HWY_POP_ATTRIBUTES
#endif

HWY_BEFORE_NAMESPACE();
namespace fac::kernels {
namespace HWY_NAMESPACE {
namespace {

void kernels_impl(DotForm form, DotKernels& k) {
  switch (form) {
    case DotForm::kBf16Emulated: k = emulated_bf16::make_kernels(2, 4); return;
#if defined(FACULA_DOT_PAIRS_)
    case DotForm::kInt8Pairs: k = pairs::make_kernels(2, 2); return;
#endif
#if defined(FACULA_DOT_WORDS_)
    case DotForm::kInt8: k = words::make_kernels(4, 4); return;
#endif
#if HWY_TARGET == HWY_AVX2 || HWY_TARGET == HWY_AVX3
    case DotForm::kInt8Vnni: k = vnni::make_kernels(4, 4); return;
#endif
#if HWY_TARGET == HWY_AVX3
    case DotForm::kBf16: k = bf16::make_kernels(2, 4); return;
#endif
    default: return;
  }
}
#undef FACULA_DOT_PAIRS_
#undef FACULA_DOT_WORDS_

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace fac::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace fac::kernels {
namespace {

FACULA_EXPORT(range_impl)
FACULA_EXPORT(inputs_impl)
FACULA_EXPORT(kernels_impl)

bool cpu_has(DotForm form) {
  if (form == DotForm::kInt8Vnni) return has_vnni(current_target());
  if (form == DotForm::kBf16) return current_target() == Target::kAvx512 && has_avx512_bf16();
  return true;
}

}  // namespace

const DotKernels& dot_kernels(DotForm form) noexcept {
  static const auto tables = [] {
    struct Tables {
      DotKernels of[kTargetCount][kDotForms];
    } t;
    for (int target = 0; target < kTargetCount; ++target)
      for (int f = 0; f < kDotForms; ++f)
        if (target_available(static_cast<Target>(target))) kernels_impl_table[target](static_cast<DotForm>(f), t.of[target][f]);
    return t;
  }();
  static const DotKernels none;
  return cpu_has(form) ? tables.of[static_cast<int>(current_target())][static_cast<int>(form)] : none;
}

void widen_range(const float* x, std::int64_t count, Range& range) noexcept { FACULA_DISPATCH(range_impl)(x, count, range); }

void reduce_inputs(DotForm form, const float* x, std::int64_t count, std::int64_t piece, const Quantiser& q, std::uint8_t* out,
                   std::int64_t step) noexcept {
  FACULA_DISPATCH(inputs_impl)(form, x, count, piece, q, out, step);
}

Quantiser Quantiser::of(const Range& r) noexcept {
  Quantiser q;
  if (!r.finite) {
    q.scale = std::numeric_limits<float>::quiet_NaN();
    return q;
  }
  q.scale = std::max(r.hi / 255.0f - r.lo / 255.0f, std::numeric_limits<float>::min());
  q.inverse = 1.0f / q.scale;
  q.zero = std::clamp(static_cast<std::int32_t>(std::nearbyint(-r.lo * q.inverse)), 0, 255);
  return q;
}

}  // namespace fac::kernels
#endif
