// Padding: constant, reflected, replicated, circular.
#include "kernels/index.h"
#include "ops/copy.h"
#include "ops/elementwise.h"
#include "ops/functions.h"

namespace fac {
namespace {

using namespace ops;
using I = std::int64_t;
using T = const Tensor&;

// So that sums of a size and two paddings fit.
Status reasonable(Ints pad) {
  constexpr I kMost = I{1} << 61;
  for (I p : pad) FACULA_CHECK(p >= -kMost && p <= kMost, "padding of {} is out of range", p);
  return {};
}

// pad: (before, after) of the last dimension first. Negative padding crops.
Result<Tensor> constant_pad(T self, Ints pad, const Scalar& value) {
  FACULA_CHECK(pad.size() % 2 == 0, "Length of pad must be even but instead it equals {}", pad.size());
  FACULA_TRY_VOID(reasonable(pad));
  const I rank = self.dim(), padded = static_cast<I>(pad.size() / 2);
  FACULA_CHECK(rank >= padded, "Length of pad should be no more than twice the number of dimensions of the input. Pad "
               "length is {}while the input has {}dimensions.", pad.size(), rank);
  Dims sizes(self.sizes());
  Tensor from = self;
  for (I k = 0; k < padded; ++k) {
    const auto d = static_cast<std::size_t>(rank - 1 - k);
    const I before = pad[static_cast<std::size_t>(2 * k)], after = pad[static_cast<std::size_t>(2 * k + 1)];
    sizes[d] += before + after;
    FACULA_CHECK(sizes[d] >= 0, "The input size {}, plus negative padding {} and {} resulted in a negative output size, "
                 "which is invalid. Check dimension {} of your input.", self.sizes()[d], before, after, d);
    const I start = std::max<I>(-before, 0), end = self.sizes()[d] - std::max<I>(-after, 0);
    FACULA_TRY(from, slice(from, static_cast<I>(d), start, std::max(start, end), 1));
  }
  Tensor out;
  if (self.suggest_memory_format() == MemoryFormat::kChannelsLast) {
    FACULA_TRY(out, Tensor::empty_strided(sizes, channels_last_strides(sizes), self.dtype()));
    FACULA_TRY_VOID(fill(out, value));
  } else {
    FACULA_TRY(out, full(sizes, value, self.dtype()));
  }
  Tensor to = out;
  for (I k = 0; k < padded; ++k) {
    const I d = rank - 1 - k, before = std::max<I>(pad[static_cast<std::size_t>(2 * k)], 0);
    FACULA_TRY(to, slice(to, d, before, before + from.size(d), 1));
  }
  FACULA_TRY_VOID(copy_into(to, from));
  return out;
}

enum class Mode : std::uint8_t { kReflect, kReplicate, kCircular };

// Where position i of the padded row comes from in a row of n.
I source_of(Mode mode, I i, I n) {
  switch (mode) {
    case Mode::kReflect: return i < 0 ? -i : i >= n ? 2 * (n - 1) - i : i;
    case Mode::kReplicate: return std::clamp<I>(i, 0, n - 1);
    default: return ((i % n) + n) % n;
  }
}

Result<Tensor> pad_few(Mode mode, T t, I d, I before, I after) {
  const I n = t.size(d);
  Dims sizes(t.sizes());
  sizes[static_cast<std::size_t>(d)] += before + after;
  FACULA_TRY(Tensor out, Tensor::empty(sizes, t.dtype()));
  const auto move = [&](I to, I from, I count) -> Status {
    FACULA_TRY(Tensor place, slice(out, d, to, to + count, 1));
    FACULA_TRY(const Tensor source, slice(t, d, from, from + count, 1));
    return copy_into(place, source);
  };
  FACULA_TRY_VOID(move(before, 0, n));
  for (I i = before > 0 ? -before : n; i < n + after; i = i == -1 ? n : i + 1)
    if (i < 0 || i >= n) FACULA_TRY_VOID(move(i + before, source_of(mode, i, n), 1));
  return out;
}

Result<Tensor> pad_with(Mode mode, T self, Ints pad) {
  FACULA_TRY_VOID(reasonable(pad));
  const I padded = static_cast<I>(pad.size() / 2);
  FACULA_CHECK(self.dim() >= padded, "Only 2D, 3D, 4D, 5D padding with non-constant padding are supported for now");
  Tensor t = self;
  for (I k = 0; k < padded; ++k) {
    const I d = t.dim() - 1 - k;
    I n = t.size(d), before = pad[static_cast<std::size_t>(2 * k)], after = pad[static_cast<std::size_t>(2 * k + 1)];
    FACULA_CHECK(mode != Mode::kReflect || (before < n && after < n),
                 "Argument #4: Padding size should be less than the corresponding input dimension, but got: padding "
                 "({}, {}) at dimension {} of input {}", before, after, d, ints_text(self.sizes()));
    FACULA_CHECK(mode != Mode::kCircular || (before <= n && after <= n), "Padding value causes wrapping around more than once.");
    const I length = n + before + after;
    FACULA_CHECK(length >= 1 || mode == Mode::kCircular, "input (W: {}) is too small. Calculated output W: {}", n, length);
    FACULA_CHECK(length >= 0, "Negative padding value is resulting in an empty dimension");
    if (mode == Mode::kCircular && length > 0 && (before < 0 || after < 0)) {  // what is left after cropping is what goes round
      const I end = n - std::max<I>(-after, 0);
      FACULA_TRY(t, slice(t, d, std::max<I>(-before, 0), end, 1));
      n = t.size(d), before = std::max<I>(before, 0), after = std::max<I>(after, 0);
    }
    FACULA_CHECK(n > 0 || length == 0, "Expected a non-empty dimension {} to pad, but got input of size {}", d, ints_text(self.sizes()));
    if (before + after <= 16 && before >= 0 && after >= 0) {  // a few lines around what moves as a whole
      FACULA_TRY(t, pad_few(mode, t, d, before, after));
      continue;
    }
    FACULA_TRY(const Tensor index, Tensor::empty({&length, 1}, DType::kInt64));
    for (I i = 0; i < length; ++i) index.data_as<I>()[i] = source_of(mode, i - before, n);
    FACULA_TRY(t, index_select(t, d, index));
  }
  return t;
}

template <Mode mode, int spatial>
Result<Tensor> pad_nd(T self, Ints pad) {
  FACULA_CHECK(pad.size() == 2 * spatial, "padding size is expected to be {}, but got: {}", 2 * spatial, pad.size());
  FACULA_CHECK(self.dim() == spatial + 1 || self.dim() == spatial + 2,
               "Expected {}D or {}D (batch mode) tensor with possibly 0 batch size and other non-zero dimensions for "
               "input, but got: {}", spatial + 1, spatial + 2, ints_text(self.sizes()));
  return pad_with(mode, self, pad);
}
Result<Tensor> pad_circular(T self, Ints pad) { return pad_with(Mode::kCircular, self, pad); }

Result<Tensor> pad(T self, Ints amounts, std::string_view mode, std::optional<double> value) {
  FACULA_CHECK(self.defined(), "expected a Tensor but got None");
  FACULA_CHECK(amounts.size() % 2 == 0, "Padding length must be divisible by 2");
  FACULA_CHECK(static_cast<I>(amounts.size()) <= self.dim() * 2, "Padding length should be less than or equal to two times "
               "the input dimension but got padding length {} and input of dimension {}", amounts.size(), self.dim());
  if (mode == "constant") return constant_pad(self, amounts, value.value_or(0));
  FACULA_CHECK(!value || *value == 0, "Padding mode \"{}\" doesn't take in value argument", mode);
  const I rank = self.dim(), n = static_cast<I>(amounts.size());
  FACULA_CHECK((n == 2 && (rank == 2 || rank == 3)) || (n == 4 && (rank == 3 || rank == 4)) || (n == 6 && (rank == 4 || rank == 5)),
               "Only 2D, 3D, 4D, 5D padding with non-constant padding are supported for now");
  if (mode == "reflect") return pad_with(Mode::kReflect, self, amounts);
  if (mode == "replicate") return pad_with(Mode::kReplicate, self, amounts);
  FACULA_CHECK(mode == "circular", "Unrecognised padding mode {}", mode);
  return pad_with(Mode::kCircular, self, amounts);
}
Result<Tensor> pad_enum(T self, Ints amounts, I mode, std::optional<double> value) {
  constexpr std::string_view kModes[] = {"reflect", "replicate", "circular", "constant"};
  FACULA_CHECK(mode >= 0 && mode < 4, "Unrecognised padding mode {}", mode);
  return pad(self, amounts, kModes[mode], value);
}

}  // namespace

constexpr Op kPadding[] = {
    row<pad>("aten::pad(Tensor self, SymInt[] pad, str mode=\"constant\", float? value=None) -> Tensor",
        {.samples = {"randn(2,3), [1,2]", "randn(2,3,4), [1,0,2,1], 'constant', 7.",
            "randn(1,2,3,4), [1,2,2,1], 'reflect'", "randn(1,2,3,4), [1,2,2,1], 'replicate'",
            "randn(1,2,3,4), [1,2,2,1], 'circular'", "randn(2,5), [-1,2]", "randn(2,3), [1]",
            "randn(1,2,3), [3,0], 'reflect'"}}),
    row<pad_enum>("aten::_pad_enum(Tensor self, SymInt[] pad, int mode, float? value=None) -> Tensor",
        {.samples = {"randn(1,2,3,4), [1,2,2,1], 1"}}),
    row<pad_circular>("aten::_pad_circular(Tensor self, SymInt[] pad) -> Tensor",
        {.samples = {"randn(1,2,3,4), [1,2,2,1]"}}),
    row<constant_pad>("aten::constant_pad_nd(Tensor self, SymInt[] pad, Scalar value=0) -> Tensor",
        {.forms = kOut, .samples = {"randn(2,3), [1,2,1,0], 3", "arange(3), [1,1]"}}),
    row<pad_nd<Mode::kReflect, 1>>("aten::reflection_pad1d(Tensor self, SymInt[2] padding) -> Tensor",
        {.forms = kOut, .samples = {"randn(2,5), [1,2]"}}),
    row<pad_nd<Mode::kReflect, 2>>("aten::reflection_pad2d(Tensor self, SymInt[4] padding) -> Tensor",
        {.forms = kOut, .samples = {"randn(2,4,5), [1,2,0,1]"}}),
    row<pad_nd<Mode::kReflect, 3>>("aten::reflection_pad3d(Tensor self, SymInt[6] padding) -> Tensor",
        {.forms = kOut, .samples = {"randn(2,3,4,5), [1,2,0,1,1,1]"}}),
    row<pad_nd<Mode::kReplicate, 1>>("aten::replication_pad1d(Tensor self, SymInt[2] padding) -> Tensor",
        {.forms = kOut, .samples = {"randn(2,5), [1,2]"}}),
    row<pad_nd<Mode::kReplicate, 2>>("aten::replication_pad2d(Tensor self, SymInt[4] padding) -> Tensor",
        {.forms = kOut, .samples = {"randn(2,4,5), [1,2,0,1]"}}),
    row<pad_nd<Mode::kReplicate, 3>>("aten::replication_pad3d(Tensor self, SymInt[6] padding) -> Tensor",
        {.forms = kOut, .samples = {"randn(2,3,4,5), [1,2,0,1,1,1]"}}),
};
FACULA_FAMILY(padding, kPadding)

}  // namespace fac
