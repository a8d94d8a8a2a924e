#include "kernels/strided_chain.h"

#include <algorithm>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/strided_chain.cpp"
#include "kernels/targets.h"

HWY_BEFORE_NAMESPACE();
namespace fac::kernels {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;
namespace {

constexpr std::int64_t kBlock = kStridedBlock;
// Registers are worked on in whole vectors: what stands behind a block's end is computed and never read.
constexpr std::int64_t kPad = 16;
constexpr std::int64_t padded(std::int64_t n) { return (n + kPad - 1) / kPad * kPad; }

void fill(float* to, float x, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) to[i] = x;
}
void load_floats(float* to, const float* from, std::int64_t stride, std::int64_t n) {
  if (stride == 1) {
    for (std::int64_t i = 0; i < n; ++i) to[i] = from[i];
  } else {
    for (std::int64_t i = 0; i < n; ++i) to[i] = from[i * stride];
  }
}
void load_truth(float* to, const std::uint8_t* from, std::int64_t stride, std::int64_t n) {
  std::int64_t i = 0;
  if (stride == 1) {
    const hn::ScalableTag<float> d;
    const hn::Rebind<std::int32_t, decltype(d)> wide;
    const hn::Rebind<std::uint8_t, decltype(d)> bytes;
    const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
    for (; i + lanes <= n; i += lanes) {
      const auto zero = hn::Eq(hn::PromoteTo(wide, hn::LoadU(bytes, from + i)), hn::Zero(wide));
      hn::Store(hn::IfThenZeroElse(hn::RebindMask(d, zero), hn::Set(d, 1.0f)), d, to + i);
    }
  }
  for (; i < n; ++i) to[i] = from[i * stride] != 0 ? 1.0f : 0.0f;
}
void store_floats(float* to, std::int64_t stride, const float* from, std::int64_t n) {
  if (stride == 1) {
    for (std::int64_t i = 0; i < n; ++i) to[i] = from[i];
  } else {
    for (std::int64_t i = 0; i < n; ++i) to[i * stride] = from[i];
  }
}
void store_truth(std::uint8_t* to, std::int64_t stride, const float* from, std::int64_t n) {
  std::int64_t i = 0;
  if (stride == 1) {
    const hn::ScalableTag<float> d;
    const hn::Rebind<std::int32_t, decltype(d)> wide;
    const hn::Rebind<std::uint8_t, decltype(d)> bytes;
    const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
    for (; i + lanes <= n; i += lanes) hn::StoreU(hn::DemoteTo(bytes, hn::ConvertTo(wide, hn::Load(d, from + i))), bytes, to + i);
  }
  for (; i < n; ++i) to[i * stride] = from[i] != 0;
}

// n rows of `ways` (2 or 4) numbers, one after the other, into a register for each column.
void split_columns(float* const* to, const float* from, int ways, std::int64_t n) {
  std::int64_t i = 0;
#if HWY_TARGET != HWY_SCALAR
  const hn::ScalableTag<float> d;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  hn::Vec<decltype(d)> a, b, c, e;
  if (ways == 4) {
    for (; i + lanes <= n; i += lanes) {
      hn::LoadInterleaved4(d, from + i * 4, a, b, c, e);
      hn::Store(a, d, to[0] + i);
      hn::Store(b, d, to[1] + i);
      hn::Store(c, d, to[2] + i);
      hn::Store(e, d, to[3] + i);
    }
  } else {
    for (; i + lanes <= n; i += lanes) {
      hn::LoadInterleaved2(d, from + i * 2, a, b);
      hn::Store(a, d, to[0] + i);
      hn::Store(b, d, to[1] + i);
    }
  }
#endif
  for (; i < n; ++i)
    for (int k = 0; k < ways; ++k) to[k][i] = from[i * ways + k];
}

// The loops that are left of the result's dimensions, innermost first, once those that run together are merged.
struct Loops {
  int rank = 0;
  std::int64_t sizes[kStridedRank], out[kStridedRank];
  std::int64_t strides[kMaxStridedInputs][kStridedRank];
};

Loops merge(const StridedChain& c, const StridedOperands& o) {
  Loops l;
  for (int d = c.rank; d-- > 0;) {
    const std::int64_t size = o.sizes[d];
    if (size == 1) continue;
    bool together = l.rank > 0 && o.out_strides[d] == l.out[l.rank - 1] * l.sizes[l.rank - 1];
    for (int k = 0; together && k < c.inputs; ++k)
      together = o.strides[k][d] == l.strides[k][l.rank - 1] * l.sizes[l.rank - 1];
    if (together) {
      l.sizes[l.rank - 1] *= size;
      continue;
    }
    l.sizes[l.rank] = size;
    l.out[l.rank] = o.out_strides[d];
    for (int k = 0; k < c.inputs; ++k) l.strides[k][l.rank] = o.strides[k][d];
    ++l.rank;
  }
  if (l.rank == 0) {
    l.rank = 1;
    l.sizes[0] = 1;
    l.out[0] = 1;
    for (int k = 0; k < c.inputs; ++k) l.strides[k][0] = 0;
  }
  // Rows of a few numbers are better walked down their columns.
  const auto longest = static_cast<int>(std::max_element(l.sizes, l.sizes + l.rank) - l.sizes);
  if (longest > 0 && l.sizes[0] < kPad) {
    std::swap(l.sizes[0], l.sizes[longest]);
    std::swap(l.out[0], l.out[longest]);
    for (int k = 0; k < c.inputs; ++k) std::swap(l.strides[k][0], l.strides[k][longest]);
  }
  return l;
}

// Inputs that are the columns of one table, read together. `first` and the last column must be among them, so that
// nothing outside of what they cover is read.
struct Columns {
  int ways = 0;
  std::uint8_t input[4];  // by column; kNoInput: nobody reads it
};
constexpr std::uint8_t kNoInput = 255;

class Runner {
 public:
  Runner(const StridedChain& c, const StridedOperands& o) : c_(c), o_(o), l_(merge(c, o)) {
    std::int64_t most = std::min(kBlock, l_.sizes[0]);
    most = padded(most);
    for (int k = 0; k < c_.inputs; ++k) {
      bool fixed = true;
      for (int d = 0; d < l_.rank; ++d) fixed = fixed && l_.strides[k][d] == 0;
      loads_[k] = !fixed;
      if (fixed) fill(registers_[k], number(k), c_.native && c_.same[k] ? 1 : most);
      data_[k] = static_cast<const char*>(o_.data[k]);
    }
    for (int k = 0; k < c_.numbers; ++k) fill(registers_[c_.inputs + k], o_.numbers[k], c_.native ? 1 : most);
    find_columns();
  }

  void run() {
    std::int64_t at[kStridedRank] = {};
    char* out = static_cast<char*>(o_.out);
    const std::int64_t out_size = c_.result_truth ? 1 : sizeof(float);
    for (;;) {
      row(out);
      int d = 1;
      for (; d < l_.rank; ++d) {
        const bool more = ++at[d] < l_.sizes[d];
        const std::int64_t back = more ? 1 : 1 - l_.sizes[d];
        for (int k = 0; k < c_.inputs; ++k) data_[k] += back * l_.strides[k][d] * size(k);
        out += back * l_.out[d] * out_size;
        if (more) break;
        at[d] = 0;
      }
      if (d == l_.rank) return;
    }
  }

 private:
  std::int64_t size(int k) const { return c_.truth[k] ? 1 : sizeof(float); }
  float number(int k) const {
    if (c_.truth[k]) return *static_cast<const std::uint8_t*>(o_.data[k]) != 0 ? 1.0f : 0.0f;
    return *static_cast<const float*>(o_.data[k]);
  }

  void find_columns() {
    if (l_.sizes[0] < kPad / 2) return;
    std::uint8_t candidates[kMaxStridedInputs];
    int count = 0;
    for (int k = 0; k < c_.inputs; ++k)
      if (loads_[k] && !c_.truth[k] && (l_.strides[k][0] == 2 || l_.strides[k][0] == 4)) candidates[count++] = static_cast<std::uint8_t>(k);
    if (count < 2) return;
    for (int a = 0; a < count && tables_ < kMaxTables; ++a) {
      const int k = candidates[a];
      const std::int64_t ways = l_.strides[k][0];
      if (!loads_[k]) continue;
      Columns t{static_cast<int>(ways), {kNoInput, kNoInput, kNoInput, kNoInput}};
      for (int b = 0; b < count; ++b) {
        const int j = candidates[b];
        const std::int64_t bytes = data_[j] - data_[k];
        if (!loads_[j] || bytes < 0 || bytes >= ways * 4 || bytes % 4 != 0) continue;
        if (!std::equal(l_.strides[j], l_.strides[j] + l_.rank, l_.strides[k])) continue;
        t.input[bytes / 4] = static_cast<std::uint8_t>(j);
      }
      if (t.input[ways - 1] == kNoInput) continue;
      for (int i = 0; i < ways; ++i)
        if (t.input[i] != kNoInput) loads_[t.input[i]] = false;
      columns_[tables_++] = t;
    }
  }

  void load(std::int64_t i, std::int64_t n) {
    for (int t = 0; t < tables_; ++t) {
      const Columns& table = columns_[t];
      float* to[4];
      for (int w = 0; w < table.ways; ++w) to[w] = table.input[w] == kNoInput ? unread_ : registers_[table.input[w]];
      split_columns(to, reinterpret_cast<const float*>(data_[table.input[0]]) + i * table.ways, table.ways, n);
    }
    for (int k = 0; k < c_.inputs; ++k) {
      if (!loads_[k]) continue;
      const std::int64_t stride = l_.strides[k][0];
      if (c_.truth[k]) load_truth(registers_[k], reinterpret_cast<const std::uint8_t*>(data_[k]) + i * stride, stride, n);
      else load_floats(registers_[k], reinterpret_cast<const float*>(data_[k]) + i * stride, stride, n);
    }
  }

  void row(char* out) {
    for (std::int64_t i = 0; i < l_.sizes[0]; i += kBlock) {
      const std::int64_t n = std::min(kBlock, l_.sizes[0] - i), whole = padded(n);
      load(i, n);
      if (c_.native) c_.native(registers_[0], whole * static_cast<std::int64_t>(sizeof(float)));
      for (int s = 0; s < c_.steps && !c_.native; ++s) {
        const StridedStep& step = c_.tape[s];
        const float* operands[] = {registers_[step.x], registers_[step.y]};
        step.fn(registers_[step.to], operands, whole, step.args);
      }
      if (c_.result_truth) store_truth(reinterpret_cast<std::uint8_t*>(out) + i * l_.out[0], l_.out[0], registers_[c_.result], n);
      else store_floats(reinterpret_cast<float*>(out) + i * l_.out[0], l_.out[0], registers_[c_.result], n);
    }
  }

  static constexpr int kMaxTables = 6;
  const StridedChain& c_;
  const StridedOperands& o_;
  const Loops l_;
  const char* data_[kMaxStridedInputs];
  bool loads_[kMaxStridedInputs];  // not fixed, and not by a table
  int tables_ = 0;
  Columns columns_[kMaxTables];
  alignas(64) float registers_[kStridedRegisters][kBlock];
  alignas(64) float unread_[kBlock];
};

void strided_chain(const StridedChain& chain, const StridedOperands& operands) { Runner(chain, operands).run(); }

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace fac::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace fac::kernels {
FACULA_EXPORT(strided_chain)
void run_strided_chain(const StridedChain& chain, const StridedOperands& operands) noexcept {
  for (int d = 0; d < chain.rank; ++d)
    if (operands.sizes[d] == 0) return;
  FACULA_DISPATCH(strided_chain)(chain, operands);
}
}  // namespace fac::kernels
#endif
