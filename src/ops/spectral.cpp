// Fourier transforms of tensors, short-time transforms.
#include <algorithm>
#include <cmath>

#include "ops/copy.h"
#include "ops/dims.h"
#include "ops/elementwise.h"
#include "ops/fourier.h"
#include "ops/functions.h"

namespace fac {
namespace {

using namespace ops;
using I = std::int64_t;
using T = const Tensor&;
using C = std::complex<double>;
using Norm = std::optional<std::string_view>;
using OptInts = std::optional<Ints>;

// What becomes of a row: complex to complex, real input to half a spectrum, half a spectrum to real numbers.
enum class Shape : std::uint8_t { kComplex, kHalf, kReal };

// The factor of one dimension of length n.
Result<double> scale_of(const Norm& norm, I n, bool inverse) {
  const double length = static_cast<double>(n);
  if (!norm || *norm == "backward") return inverse ? 1 / length : 1.0;
  if (*norm == "forward") return inverse ? 1.0 : 1 / length;
  if (*norm == "ortho") return 1 / std::sqrt(length);
  return runtime_error("Invalid normalization mode: \"{}\"", *norm);
}

DType real_of(T self) { return to_floating(real_dtype(self.dtype())); }
Status supported(T self) {
  const DType t = real_of(self);
  FACULA_CHECK(t == DType::kFloat || t == DType::kDouble, "Unsupported dtype {}", dtype_name(self.dtype()));
  return {};
}

// One dimension. n: length of the transform; input is cut or filled with zeros. kReal: input is the first n/2+1
// numbers of a spectrum that is its own conjugate mirror.
Result<Tensor> transform(T self, I dim, std::optional<I> length, Shape shape, bool inverse, double scale) {
  FACULA_TRY(const I d, wrap_dim(dim, self.dim()));
  FACULA_CHECK(self.dim() > 0, "Dimension specified as {} but tensor has no dimensions", dim);
  const I have = self.size(d), n = length.value_or(shape == Shape::kReal ? 2 * (have - 1) : have);
  FACULA_CHECK(n >= 1, "Invalid number of data points ({}) specified", n);
  const I take = std::min(have, shape == Shape::kReal ? n / 2 + 1 : n);
  FACULA_TRY(const Tensor wide, cast(self, DType::kComplexDouble));
  FACULA_TRY(const Tensor last, movedim(wide, {&d, 1}, Dims{-1}));
  FACULA_TRY(const Tensor dense, contiguous(last));
  const I rows = have ? dense.numel() / have : 0, put = shape == Shape::kHalf ? n / 2 + 1 : n;
  Dims sizes(last.sizes());
  sizes.back() = put;
  const DType result = shape == Shape::kReal ? DType::kDouble : DType::kComplexDouble;
  FACULA_TRY(const Tensor out, Tensor::empty(sizes, result));
  Fourier fourier(n, inverse);
  std::vector<C> row(static_cast<std::size_t>(n)), spectrum(row.size());
  for (I r = 0; r < rows; ++r) {
    const C* x = dense.data_as<C>() + r * have;
    std::fill(std::copy_n(x, take, row.begin()), row.end(), C());
    if (shape == Shape::kReal) {
      row[0] = row[0].real();
      if (n % 2 == 0) row[static_cast<std::size_t>(n / 2)] = row[static_cast<std::size_t>(n / 2)].real();
      for (I k = 1; k < (n + 1) / 2; ++k) row[static_cast<std::size_t>(n - k)] = std::conj(row[static_cast<std::size_t>(k)]);
    }
    fourier.run(row.data(), spectrum.data());
    for (I k = 0; k < put; ++k) {
      const C value = spectrum[static_cast<std::size_t>(k)] * scale;
      if (shape == Shape::kReal) out.data_as<double>()[r * n + k] = value.real();
      else out.data_as<C>()[r * put + k] = value;
    }
  }
  const DType real = real_of(self);
  FACULA_TRY(const Tensor typed, cast(out, shape == Shape::kReal ? real : complex_dtype(real)));
  const I end = -1;
  return movedim(typed, {&end, 1}, {&d, 1});
}

Result<Tensor> scaled(T self, std::optional<I> n, I dim, const Norm& norm, Shape shape, bool inverse) {
  FACULA_CHECK(self.defined(), "expected a Tensor but got None");
  FACULA_TRY_VOID(supported(self));
  FACULA_TRY(const I d, wrap_dim(dim, self.dim()));
  FACULA_CHECK(self.dim() > 0, "Dimension specified as {} but tensor has no dimensions", dim);
  const I length = n && *n != -1 ? *n : shape == Shape::kReal ? 2 * (self.size(d) - 1) : self.size(d);
  FACULA_CHECK(length >= 1, "Invalid number of data points ({}) specified", length);
  FACULA_TRY(const double scale, scale_of(norm, length, inverse));
  return transform(self, d, length, shape, inverse, scale);
}
template <bool inverse>
Result<Tensor> fft(T self, std::optional<I> n, I dim, Norm norm) {
  return scaled(self, n, dim, norm, Shape::kComplex, inverse);
}
Result<Tensor> real_input(T self, std::string_view name) {
  FACULA_CHECK(!is_complex(self.dtype()), "{} expects a real input tensor, but got {}", name, dtype_name(self.dtype()));
  return self;
}
Result<Tensor> rfft(T self, std::optional<I> n, I dim, Norm norm) {
  FACULA_TRY_VOID(real_input(self, "rfft"));
  return scaled(self, n, dim, norm, Shape::kHalf, false);
}
Result<Tensor> irfft(T self, std::optional<I> n, I dim, Norm norm) { return scaled(self, n, dim, norm, Shape::kReal, true); }
Result<Tensor> hfft(T self, std::optional<I> n, I dim, Norm norm) { return scaled(self, n, dim, norm, Shape::kReal, false); }
Result<Tensor> ihfft(T self, std::optional<I> n, I dim, Norm norm) {
  FACULA_TRY_VOID(real_input(self, "ihfft"));
  return scaled(self, n, dim, norm, Shape::kHalf, true);
}

// Several dimensions: `s` names lengths, `dim` dimensions (default: the last ones, or all).
struct Plan {
  std::vector<I> dims;
  std::vector<std::optional<I>> lengths;
};
Result<Plan> plan_of(T self, const OptInts& s, const OptInts& dim) {
  Plan p;
  if (dim) {
    FACULA_TRY_VOID(dim_set(dim, self.dim(), false));
    FACULA_CHECK(!s || s->size() == dim->size(), "When given, dim and shape arguments must have the same length");
    for (auto d : *dim) p.dims.push_back(d < 0 ? d + self.dim() : d);
  } else {
    const I count = s ? static_cast<I>(s->size()) : self.dim();
    FACULA_CHECK(count <= self.dim(), "Got shape with {} values but input tensor only has {} dimensions.", count, self.dim());
    for (I d = self.dim() - count; d < self.dim(); ++d) p.dims.push_back(d);
  }
  for (std::size_t i = 0; i < p.dims.size(); ++i) p.lengths.push_back(s && (*s)[i] != -1 ? std::optional<I>((*s)[i]) : std::nullopt);
  return p;
}
enum class Kind : std::uint8_t { kFft, kRfft, kIrfft, kHfft, kIhfft };
Result<Tensor> fft_many(T self, const OptInts& s, const OptInts& dim, const Norm& norm, Kind kind, bool inverse) {
  FACULA_CHECK(self.defined(), "expected a Tensor but got None");
  FACULA_TRY_VOID(supported(self));
  FACULA_TRY(const Plan p, plan_of(self, s, dim));
  Tensor x = self;
  const std::size_t count = p.dims.size();
  if (kind != Kind::kFft) FACULA_CHECK(count > 0, "at least one dimension must be transformed");
  if (kind == Kind::kRfft || kind == Kind::kIhfft) {
    FACULA_TRY_VOID(real_input(self, "rfftn"));
    FACULA_TRY(x, scaled(x, p.lengths[count - 1], p.dims[count - 1], norm, Shape::kHalf, inverse));
  }
  const std::size_t plain = kind == Kind::kFft ? count : count - 1;
  for (std::size_t i = 0; i < plain; ++i) {
    FACULA_TRY(x, scaled(x, p.lengths[i], p.dims[i], norm, Shape::kComplex, inverse));
  }
  if (kind == Kind::kFft && count == 0) return cast(x, complex_dtype(real_of(self)));
  if (kind == Kind::kIrfft || kind == Kind::kHfft)
    return scaled(x, p.lengths[count - 1], p.dims[count - 1], norm, Shape::kReal, inverse);
  return x;
}
template <Kind kind, bool inverse>
Result<Tensor> fftn(T self, OptInts s, OptInts dim, Norm norm) {
  return fft_many(self, s, dim, norm, kind, inverse);
}
template <Kind kind, bool inverse>
Result<Tensor> fft2(T self, OptInts s, Ints dim, Norm norm) {
  return fft_many(self, s, dim, norm, kind, inverse);
}

template <bool inverse>
Result<Tensor> fftshift(T self, OptInts dims) {
  FACULA_TRY(const DimSet set, dim_set(dims, self.dim(), false));
  Tensor x = self;
  for (I d = 0; d < self.dim(); ++d) {
    if (!set[static_cast<std::size_t>(d)] || self.size(d) == 0) continue;
    const I n = self.size(d), cut = inverse ? n / 2 : (n + 1) / 2;
    FACULA_TRY(const Tensor head, slice(x, d, cut, n, 1));
    FACULA_TRY(const Tensor tail, slice(x, d, 0, cut, 1));
    FACULA_TRY(x, cat(std::vector<Tensor>{head, tail}, d));
  }
  return x;
}

// Pads a window to the length of the frames, in the middle; ones where none is given.
Result<Tensor> full_window(T window, I length, I n_fft, DType dtype) {
  FACULA_TRY(const Tensor out, zeros(Dims{n_fft}, window.defined() ? window.dtype() : dtype));
  FACULA_TRY(const Tensor slot, slice(out, 0, (n_fft - length) / 2, (n_fft - length) / 2 + length, 1));
  if (window.defined()) FACULA_TRY_VOID(copy_into(slot, window));
  else FACULA_TRY_VOID(fill(slot, 1));
  return out;
}

Result<Tensor> stft(T self, I n_fft, std::optional<I> hop_length, std::optional<I> win_length, T window, bool normalized,
                    std::optional<bool> onesided, std::optional<bool> return_complex, std::optional<bool>) {
  FACULA_CHECK(is_floating(self.dtype()) || is_complex(self.dtype()), "stft(): expected a tensor of floating point or complex values");
  FACULA_CHECK(self.dim() == 1 || self.dim() == 2, "stft(): expected a 1D or 2D tensor");
  const I hop = hop_length.value_or(n_fft / 4), length = win_length.value_or(n_fft);
  const bool complex = is_complex(self.dtype()) || (window.defined() && is_complex(window.dtype()));
  FACULA_CHECK(return_complex.has_value() || complex,
               "stft requires the return_complex parameter be given for real inputs, and will further require that "
               "return_complex=True in a future PyTorch release.");
  FACULA_TRY(Tensor x, self.dim() == 1 ? unsqueeze(self, 0) : Result<Tensor>(self));
  const I samples = x.size(1);
  FACULA_CHECK(n_fft > 0 && n_fft <= samples, "stft(): expected 0 < n_fft < {}, but got n_fft={}", samples, n_fft);
  FACULA_CHECK(hop > 0, "stft(): expected hop_length > 0, but got hop_length={}", hop);
  FACULA_CHECK(length > 0 && length <= n_fft, "stft(): expected 0 < win_length <= n_fft, but got win_length={}", length);
  FACULA_CHECK(!window.defined() || (window.dim() == 1 && window.size(0) == length), "stft(): expected a 1D window tensor of size equal to win_length={}, but got window with size {}",
               length, ints_text(window.sizes()));
  const I frames = 1 + (samples - n_fft) / hop;
  x = x.as_view(Dims{x.size(0), frames, n_fft}, Dims{x.stride(0), hop * x.stride(1), x.stride(1)}, x.offset());
  if (window.defined() || length < n_fft) {
    FACULA_TRY(const Tensor w, full_window(window, length, n_fft, self.dtype()));
    FACULA_TRY(x, binary(x, w, BinaryOp::mul));
  }
  const bool half = onesided.value_or(!complex);
  FACULA_CHECK(!half || !complex, "Cannot have onesided output if window or input is complex");
  const double scale = normalized ? 1 / std::sqrt(static_cast<double>(n_fft)) : 1;
  FACULA_TRY(const Tensor spectrum, transform(x, 2, n_fft, half ? Shape::kHalf : Shape::kComplex, false, scale));
  FACULA_TRY(Tensor out, transpose(spectrum, 1, 2));
  if (self.dim() == 1) {
    FACULA_TRY(out, squeeze(out, 0));
  }
  if (return_complex.value_or(complex)) return out;
  Dims sizes(out.sizes()), strides(out.strides());
  for (auto& s : strides) s *= 2;
  sizes.push_back(2);
  strides.push_back(1);
  return Tensor::from_storage(out.storage(), out.offset() * 2, sizes, strides, real_dtype(out.dtype()));
}

Result<Tensor> stft_center(T self, I n_fft, std::optional<I> hop, std::optional<I> win, T window, bool center,
                           std::string_view mode, bool normalized, std::optional<bool> onesided,
                           std::optional<bool> return_complex, std::optional<bool> align) {
  Tensor x = self;
  if (center) {
    FACULA_CHECK(self.dim() == 1 || self.dim() == 2, "stft(): expected a 1D or 2D tensor");
    const I samples = self.size(self.dim() - 1), pad = n_fft / 2, padded = samples + 2 * pad;
    FACULA_CHECK(mode == "reflect" || mode == "constant" || mode == "replicate" || mode == "circular", "Unrecognised padding mode {}", mode);
    FACULA_CHECK(mode != "reflect" || pad < samples, "Argument #4: Padding size should be less than the corresponding input dimension, but got: padding ({}, {}) at dimension 2 of input {}",
                 pad, pad, ints_text(self.sizes()));
    if (mode == "constant") {
      Dims sizes(self.sizes());
      sizes.back() = padded;
      FACULA_TRY(x, zeros(sizes, self.dtype()));
      FACULA_TRY(const Tensor middle, slice(x, -1, pad, pad + samples, 1));
      FACULA_TRY_VOID(copy_into(middle, self));
    } else {
      FACULA_TRY(const Tensor index, Tensor::empty(Dims{padded}, DType::kInt64));
      for (I i = 0; i < padded; ++i) {
        I at = i - pad;
        if (mode == "reflect") at = at < 0 ? -at : at >= samples ? 2 * (samples - 1) - at : at;
        else if (mode == "replicate") at = std::clamp<I>(at, 0, samples - 1);
        else at = ((at % samples) + samples) % samples;
        index.data_as<I>()[i] = at;
      }
      FACULA_TRY(x, index_select(self, -1, index));
    }
  }
  return stft(x, n_fft, hop, win, window, normalized, onesided, return_complex, align);
}

Result<Tensor> istft(T self, I n_fft, std::optional<I> hop_length, std::optional<I> win_length, T window, bool center,
                     bool normalized, std::optional<bool> onesided, std::optional<I> length, bool return_complex) {
  FACULA_CHECK(is_complex(self.dtype()), "istft requires a complex-valued input tensor matching the output from stft with return_complex=True.");
  const I hop = hop_length.value_or(n_fft / 4), win = win_length.value_or(n_fft);
  FACULA_CHECK(self.numel() > 0, "istft(): input tensor cannot be empty.");
  FACULA_CHECK(self.dim() == 2 || self.dim() == 3, "istft(): expected a tensor with 3 or 4 dimensions, but got {}", self.dim() + 1);
  const I frames = self.size(self.dim() - 1), bins = self.size(self.dim() - 2);
  const bool half = onesided.value_or(bins != n_fft);
  FACULA_CHECK(half ? n_fft / 2 + 1 == bins : n_fft == bins, "istft(): expected the frequency dimension (3rd to the last) of the input tensor to match n_fft{} when onsided={}, but got {}",
               half ? " / 2 + 1" : "", half ? "True" : "False", bins);
  FACULA_CHECK(0 < hop && hop <= win, "istft(): expected 0 < hop_length <= win_length");
  FACULA_CHECK(0 < win && win <= n_fft, "istft(): expected 0 < win_length <= n_fft");
  FACULA_CHECK(!window.defined() || (window.dim() == 1 && window.size(0) == win), "istft(): Invalid window shape. window has to be 1D and length of `win_length`");
  FACULA_CHECK(!return_complex || !half, "Cannot have onesided output if window or input is complex");
  FACULA_TRY(const Tensor w, full_window(window, win, n_fft, real_dtype(self.dtype())));
  FACULA_TRY(const Tensor batch, self.dim() == 2 ? unsqueeze(self, 0) : Result<Tensor>(self));
  FACULA_TRY(const Tensor rows, transpose(batch, 1, 2));
  const double n = static_cast<double>(n_fft), scale = normalized ? 1 / std::sqrt(n) : 1 / n;
  FACULA_TRY(const Tensor y, transform(rows, 2, n_fft, return_complex ? Shape::kComplex : Shape::kReal, true, scale));
  FACULA_TRY(const Tensor weighted, binary(y, w, BinaryOp::mul));
  // Overlap and add, with the sum of squared windows beside it.
  const I total = n_fft + hop * (frames - 1), channels = batch.size(0);
  FACULA_TRY(const Tensor out, zeros(Dims{channels, total}, weighted.dtype()));
  FACULA_TRY(const Tensor envelope, zeros(Dims{total}, w.dtype()));
  FACULA_TRY(const Tensor squared, unary(w, UnaryOp::square));
  for (I f = 0; f < frames; ++f) {
    FACULA_TRY(const Tensor to, slice(out, 1, f * hop, f * hop + n_fft, 1));
    FACULA_TRY(const Tensor from, select(weighted, 1, f));
    FACULA_TRY(const Tensor total_here, binary(to, from, BinaryOp::add));
    FACULA_TRY_VOID(copy_into(to, total_here));
    FACULA_TRY(const Tensor place, slice(envelope, 0, f * hop, f * hop + n_fft, 1));
    FACULA_TRY(const Tensor weight_here, binary(place, squared, BinaryOp::add));
    FACULA_TRY_VOID(copy_into(place, weight_here));
  }
  const I start = center ? n_fft / 2 : 0;
  const I end = length ? start + *length : center ? total - n_fft / 2 : total;
  FACULA_TRY(const Tensor cut, slice(out, 1, start, end, 1));
  FACULA_TRY(const Tensor cut_envelope, slice(envelope, 0, start, end, 1));
  FACULA_TRY(const Tensor exact, cast(cut_envelope, DType::kDouble));
  FACULA_TRY(const Tensor dense, contiguous(exact));
  for (I i = 0; i < dense.numel(); ++i)
    FACULA_CHECK(std::abs(dense.data_as<double>()[i]) >= 1e-11, "istft(): window overlap add min: 1");
  FACULA_TRY(Tensor signal, binary(cut, cut_envelope, BinaryOp::div));
  if (end > total) {  // the caller asked for more than there is: zeros
    FACULA_TRY(const Tensor longer, zeros(Dims{channels, end - start}, signal.dtype()));
    FACULA_TRY(const Tensor head, slice(longer, 1, 0, signal.size(1), 1));
    FACULA_TRY_VOID(copy_into(head, signal));
    signal = longer;
  }
  return self.dim() == 2 ? squeeze(signal, 0) : Result<Tensor>(signal);
}

}  // namespace

constexpr Op kSpectral[] = {
    row<fft<false>>("aten::fft_fft(Tensor self, SymInt? n=None, int dim=-1, str? norm=None) -> Tensor",
        {.forms = kOut, .samples = {"randn(8)", "randn(2,5)", "randn(3,4), 6, 0", "randn(7), 4", "randn(67)",
            "randn(4,dtype=torch.cfloat), norm='ortho'", "arange(4)", "randn(3), 0"}}),
    row<fft<true>>("aten::fft_ifft(Tensor self, SymInt? n=None, int dim=-1, str? norm=None) -> Tensor",
        {.forms = kOut, .samples = {"randn(8)", "randn(2,6,dtype=torch.cfloat), norm='forward'"}}),
    row<rfft>("aten::fft_rfft(Tensor self, SymInt? n=None, int dim=-1, str? norm=None) -> Tensor",
        {.forms = kOut, .samples = {"randn(8)", "randn(2,5)", "randn(2,400)", "randn(3), 6, norm='ortho'"}}),
    row<irfft>("aten::fft_irfft(Tensor self, SymInt? n=None, int dim=-1, str? norm=None) -> Tensor",
        {.forms = kOut, .samples = {"randn(5,dtype=torch.cfloat)", "randn(5,dtype=torch.cfloat), 9",
            "randn(2,4,dtype=torch.cfloat), norm='ortho'"}}),
    row<hfft>("aten::fft_hfft(Tensor self, SymInt? n=None, int dim=-1, str? norm=None) -> Tensor",
        {.forms = kOut, .samples = {"randn(5,dtype=torch.cfloat)", "randn(5,dtype=torch.cfloat), 9, norm='ortho'"}}),
    row<ihfft>("aten::fft_ihfft(Tensor self, SymInt? n=None, int dim=-1, str? norm=None) -> Tensor",
        {.forms = kOut, .samples = {"randn(8)", "randn(5), norm='ortho'"}}),
    row<fft2<Kind::kFft, false>>("aten::fft_fft2(Tensor self, SymInt[1]? s=None, int[1] dim=[-2, -1], str? norm=None) -> Tensor",
        {.forms = kOut, .samples = {"randn(2,3,4)", "randn(3,4), [2,5]"}}),
    row<fft2<Kind::kFft, true>>("aten::fft_ifft2(Tensor self, SymInt[1]? s=None, int[1] dim=[-2, -1], str? norm=None) -> Tensor",
        {.forms = kOut, .samples = {"randn(3,4,dtype=torch.cfloat)"}}),
    row<fft2<Kind::kRfft, false>>("aten::fft_rfft2(Tensor self, SymInt[1]? s=None, int[1] dim=[-2, -1], str? norm=None) -> Tensor",
        {.forms = kOut, .samples = {"randn(2,3,4)"}}),
    row<fft2<Kind::kIrfft, true>>("aten::fft_irfft2(Tensor self, SymInt[1]? s=None, int[1] dim=[-2, -1], str? norm=None) -> Tensor",
        {.forms = kOut, .samples = {"randn(3,4,dtype=torch.cfloat)"}}),
    row<fft2<Kind::kHfft, false>>("aten::fft_hfft2(Tensor self, SymInt[1]? s=None, int[1] dim=[-2, -1], str? norm=None) -> Tensor",
        {.forms = kOut, .samples = {"randn(3,4,dtype=torch.cfloat)"}}),
    row<fft2<Kind::kIhfft, true>>("aten::fft_ihfft2(Tensor self, SymInt[1]? s=None, int[1] dim=[-2, -1], str? norm=None) -> Tensor",
        {.forms = kOut, .samples = {"randn(3,4)"}}),
    row<fftn<Kind::kFft, false>>("aten::fft_fftn(Tensor self, SymInt[1]? s=None, int[1]? dim=None, str? norm=None) -> Tensor",
        {.forms = kOut, .samples = {"randn(2,3,4)", "randn(2,3,4), [3], norm='ortho'"}}),
    row<fftn<Kind::kFft, true>>("aten::fft_ifftn(Tensor self, SymInt[1]? s=None, int[1]? dim=None, str? norm=None) -> Tensor",
        {.forms = kOut, .samples = {"randn(3,4,dtype=torch.cfloat), dim=[0]"}}),
    row<fftn<Kind::kRfft, false>>("aten::fft_rfftn(Tensor self, SymInt[1]? s=None, int[1]? dim=None, str? norm=None) -> Tensor",
        {.forms = kOut, .samples = {"randn(2,3,4)"}}),
    row<fftn<Kind::kIrfft, true>>("aten::fft_irfftn(Tensor self, SymInt[1]? s=None, int[1]? dim=None, str? norm=None) -> Tensor",
        {.forms = kOut, .samples = {"randn(2,3,4,dtype=torch.cfloat)"}}),
    row<fftn<Kind::kHfft, false>>("aten::fft_hfftn(Tensor self, SymInt[1]? s=None, int[1]? dim=None, str? norm=None) -> Tensor",
        {.forms = kOut, .samples = {"randn(3,4,dtype=torch.cfloat)"}}),
    row<fftn<Kind::kIhfft, true>>("aten::fft_ihfftn(Tensor self, SymInt[1]? s=None, int[1]? dim=None, str? norm=None) -> Tensor",
        {.forms = kOut, .samples = {"randn(3,4)"}}),
    row<fftshift<false>>("aten::fft_fftshift(Tensor self, int[1]? dim=None) -> Tensor",
        {.samples = {"arange(5)", "randn(3,4), [1]"}}),
    row<fftshift<true>>("aten::fft_ifftshift(Tensor self, int[1]? dim=None) -> Tensor",
        {.samples = {"arange(5)", "randn(3,4)"}}),
    row<stft>("aten::stft(Tensor self, int n_fft, int? hop_length=None, int? win_length=None, Tensor? window=None, bool normalized=False, bool? onesided=None, bool? return_complex=None, bool? align_to_window=None) -> Tensor",
        {.samples = {"randn(40), 8, return_complex=True", "randn(2,40), 8, 3, 6, rand(6), True, False, True",
            "randn(40), 8, return_complex=False"}}),
    row<stft_center>("aten::stft.center(Tensor self, int n_fft, int? hop_length=None, int? win_length=None, Tensor? window=None, bool center=True, str pad_mode=\"reflect\", bool normalized=False, bool? onesided=None, bool? return_complex=None, bool? align_to_window=None) -> Tensor",
        {.samples = {"randn(40), 8, return_complex=True",
            "randn(2,40), 8, 2, 8, rand(8), True, 'constant', return_complex=True", "randn(40), 8"}}),
    row<istft>("aten::istft(Tensor self, int n_fft, int? hop_length=None, int? win_length=None, Tensor? window=None, bool center=True, bool normalized=False, bool? onesided=None, int? length=None, bool return_complex=False) -> Tensor",
        {.samples = {"randn(5,9,dtype=torch.cfloat), 8",
            "randn(2,5,9,dtype=torch.cfloat), 8, 3, 6, rand(6)+0.5, length=20",
            "randn(8,9,dtype=torch.cfloat), 8, onesided=False"}}),
};
FACULA_FAMILY(spectral, kSpectral)

}  // namespace fac
