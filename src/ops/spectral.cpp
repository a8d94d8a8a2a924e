// Fourier transforms and short-time transforms. Results have the transformed dimensions innermost in memory, as
// PyTorch's have.
// Longer than most files: one family, a short function and a row for each of its operators.
#include <algorithm>
#include <cmath>

#include "kernels/fft.h"
#include "ops/call.h"
#include "ops/copy.h"
#include "ops/dims.h"
#include "ops/elementwise.h"
#include "ops/functions.h"
#include "ops/op.h"
#include "ops/reduction.h"

namespace fac {
namespace {

using kernels::FftKind;

enum class Norm : std::int64_t { kNone = 0, kRoot = 1, kWhole = 2 };  // PyTorch's numbers; divide by 1, sqrt(n), n
double scale_of(Norm norm, double n) { return norm == Norm::kNone ? 1 : norm == Norm::kRoot ? 1 / std::sqrt(n) : 1 / n; }
Result<Norm> norm_of(std::optional<std::string_view> text, bool forward) {
  const std::string_view t = text.value_or("backward");
  if (t == "ortho") return Norm::kRoot;
  if (t == "backward") return forward ? Norm::kNone : Norm::kWhole;
  if (t == "forward") return forward ? Norm::kWhole : Norm::kNone;
  return runtime_error("Invalid normalization mode: \"{}\"", t);
}

// --- transforms of given dimensions ----------------------------------------------------------------------------------

// One pass over the last dimension of a dense tensor; n: its length as a signal.
Result<Tensor> pass(const Tensor& x, FftKind kind, std::int64_t n, bool forward, double scale) {
  Dims sizes(x.sizes());
  const std::int64_t last = sizes.back();
  sizes.back() = kind == FftKind::kRealInput ? n / 2 + 1 : n;
  const DType component = real_dtype(x.dtype());
  FACULA_TRY(Tensor y, Tensor::empty(sizes, kind == FftKind::kRealOutput ? component : complex_dtype(component)));
  kernels::Fft f;
  f.component = ops::kind_of(component);
  f.kind = kind;
  f.rows = last ? x.numel() / last : 0;
  f.n = n;
  f.forward = forward;
  f.scale = scale;
  FACULA_TRY_VOID(ops::check(kernels::fft(f, x.data(), y.data()), "fft", x.dtype()));
  return y;
}

// By falling stride, as PyTorch lays out its results.
void sort_by_stride(const Tensor& x, Dims& dims) {
  std::stable_sort(dims.begin(), dims.end(), [&](std::int64_t a, std::int64_t b) { return x.stride(a) > x.stride(b); });
}
Dims dims_last(const Tensor& x, const Dims& dims) {
  Dims order;
  for (std::int64_t d = 0; d < x.dim(); ++d)
    if (std::find(dims.begin(), dims.end(), d) == dims.end()) order.push_back(d);
  sort_by_stride(x, order);
  for (auto d : dims) order.push_back(d);
  return order;
}
Result<Tensor> undo(const Tensor& y, const Dims& order) {
  Dims back(order.size(), 0);
  for (std::size_t i = 0; i < order.size(); ++i) back[static_cast<std::size_t>(order[i])] = static_cast<std::int64_t>(i);
  return ops::permute(y, back);
}

// All of the last `count` dimensions of a dense complex tensor.
Result<Tensor> complex_passes(Tensor y, std::size_t count, bool forward, double scale) {
  for (std::size_t i = 0; i < count; ++i) {
    const std::int64_t d = y.dim() - 1 - static_cast<std::int64_t>(i);
    FACULA_TRY(Tensor t, ops::transpose(y, d, -1));
    FACULA_TRY(t, contiguous(t));
    FACULA_TRY(t, pass(t, FftKind::kComplex, t.size(t.dim() - 1), forward, i == 0 ? scale : 1));
    FACULA_TRY(y, ops::transpose(t, d, -1));
  }
  return contiguous(y);
}

double signal_size(const Tensor& x, const Dims& dims) {
  double n = 1;
  for (auto d : dims) n *= static_cast<double>(x.size(d));
  return n;
}

Result<Tensor> c2c(const Tensor& x, Dims dims, Norm norm, bool forward) {
  if (dims.empty()) return clone(x);
  sort_by_stride(x, dims);
  const Dims order = dims_last(x, dims);
  FACULA_TRY(Tensor t, ops::permute(x, order));
  FACULA_TRY(t, contiguous(t));
  FACULA_TRY(t, complex_passes(t, dims.size(), forward, scale_of(norm, signal_size(x, dims))));
  return undo(t, order);
}
// Real input; the last of dims is halved where onesided.
Result<Tensor> r2c(const Tensor& x, const Dims& dims, Norm norm, bool onesided) {
  if (!onesided) {
    FACULA_TRY(Tensor z, cast(x, complex_dtype(x.dtype())));
    return c2c(z, dims, norm, true);
  }
  const Dims order = dims_last(x, dims);
  FACULA_TRY(Tensor t, ops::permute(x, order));
  FACULA_TRY(t, contiguous(t));
  FACULA_TRY(t, pass(t, FftKind::kRealInput, t.size(t.dim() - 1), true, scale_of(norm, signal_size(x, dims))));
  if (dims.size() > 1) {  // the other dimensions, with the last one out of the way
    FACULA_TRY(t, ops::transpose(t, t.dim() - 1 - static_cast<std::int64_t>(dims.size() - 1), -1));
    FACULA_TRY(t, contiguous(t));
    FACULA_TRY(t, complex_passes(t, dims.size() - 1, true, 1));
    FACULA_TRY(t, ops::transpose(t, t.dim() - 1 - static_cast<std::int64_t>(dims.size() - 1), -1));
    FACULA_TRY(t, contiguous(t));
  }
  return undo(t, order);
}
// Real output of length `last` along the last of dims.
Result<Tensor> c2r(const Tensor& x, const Dims& dims, Norm norm, std::int64_t last) {
  const double n = signal_size(x, dims) / static_cast<double>(x.size(dims.back())) * static_cast<double>(last);
  Dims others = dims;
  others.pop_back();
  FACULA_TRY(Tensor t, others.empty() ? Result<Tensor>(x) : c2c(x, others, Norm::kNone, false));
  const Dims order = dims_last(x, dims);
  FACULA_TRY(t, ops::permute(t, order));
  if (t.size(t.dim() - 1) != last / 2 + 1) {
    FACULA_TRY(t, ops::narrow(t, -1, 0, last / 2 + 1));
  }
  FACULA_TRY(t, contiguous(t));
  FACULA_TRY(t, pass(t, FftKind::kRealOutput, last, false, scale_of(norm, n)));
  return undo(t, order);
}

Dims wrapped(Ints dims, std::int64_t rank) {
  Dims out;
  for (auto d : dims) out.push_back(d < 0 ? d + rank : d);
  return out;
}
Result<Tensor> fft_c2c(const Tensor& x, Ints dims, std::int64_t norm, bool forward) {
  FACULA_CHECK(is_complex(x.dtype()), "Expected a complex tensor, but got {}", dtype_name(x.dtype()));
  FACULA_TRY_VOID(ops::dim_set(dims, x.dim(), false));
  return c2c(x, wrapped(dims, x.dim()), static_cast<Norm>(norm), forward);
}
Result<Tensor> fft_r2c(const Tensor& x, Ints dims, std::int64_t norm, bool onesided) {
  FACULA_CHECK(x.dtype() != DType::kBFloat16, "MKL FFT doesn't support tensors of type: BFloat16");
  FACULA_CHECK(is_floating(x.dtype()) && !dims.empty(), "Expected a real tensor and a dimension, but got {}", dtype_name(x.dtype()));
  FACULA_TRY_VOID(ops::dim_set(dims, x.dim(), false));
  return r2c(x, wrapped(dims, x.dim()), static_cast<Norm>(norm), onesided);
}
Result<Tensor> fft_c2r(const Tensor& x, Ints dims, std::int64_t norm, std::int64_t last) {
  FACULA_CHECK(is_complex(x.dtype()) && !dims.empty(), "Expected a complex tensor and a dimension, but got {}", dtype_name(x.dtype()));
  FACULA_TRY_VOID(ops::dim_set(dims, x.dim(), false));
  FACULA_CHECK(last >= 1 && x.size(wrapped(dims, x.dim()).back()) >= last / 2 + 1, "Invalid number of data points ({}) specified", last);
  return c2r(x, wrapped(dims, x.dim()), static_cast<Norm>(norm), last);
}

// --- torch.fft -------------------------------------------------------------------------------------------------------

Result<Tensor> promoted(const Tensor& x, bool complex_wanted) {
  DType t = is_integral(x.dtype(), true) ? default_dtype() : x.dtype();
  FACULA_CHECK(t != DType::kHalf && t != DType::kBFloat16 && t != DType::kComplexHalf, "Unsupported dtype {}", dtype_name(t));
  if (complex_wanted && !is_complex(t)) t = complex_dtype(t);
  return cast(x, t);
}

// Cut or padded with zeros to length n along d.
Result<Tensor> resized(const Tensor& x, std::int64_t d, std::int64_t n) {
  if (x.size(d) == n) return x;
  if (x.size(d) > n) return ops::narrow(x, d, 0, n);
  Dims sizes(x.sizes());
  sizes[static_cast<std::size_t>(d)] = n;
  FACULA_TRY(Tensor y, ops::zeros(sizes, x.dtype()));
  FACULA_TRY(Tensor part, ops::narrow(y, d, 0, x.size(d)));
  FACULA_TRY_VOID(copy_into(part, x));
  return y;
}

enum class Form : std::uint8_t { kC2C, kR2C, kC2R };

// Dimensions and signal lengths as the n-dimensional forms take them.
struct Shape {
  Dims dims, lengths;
};
Result<Shape> shape_of(const Tensor& x, std::optional<Ints> s, std::optional<Ints> dim, Form form) {
  Shape out;
  const std::int64_t rank = x.dim();
  if (dim) {
    FACULA_CHECK(!s || s->size() == dim->size(), "When given, dim and shape arguments must have the same length");
    for (auto d : *dim) {
      FACULA_TRY(const std::int64_t w, ops::wrap_dim(d, rank));
      FACULA_CHECK(std::find(out.dims.begin(), out.dims.end(), w) == out.dims.end(), "FFT dims must be unique");
      out.dims.push_back(w);
    }
  } else {
    const std::int64_t count = s ? static_cast<std::int64_t>(s->size()) : rank;
    FACULA_CHECK(count <= rank, "Got shape with {} values but input tensor only has {} dimensions.", count, rank);
    for (std::int64_t d = rank - count; d < rank; ++d) out.dims.push_back(d);
  }
  for (std::size_t i = 0; i < out.dims.size(); ++i) {
    const std::int64_t size = x.size(out.dims[i]);
    std::int64_t n = s && (*s)[i] != -1 ? (*s)[i] : form == Form::kC2R && i + 1 == out.dims.size() ? 2 * (size - 1) : size;
    FACULA_CHECK(n >= 1, "Invalid number of data points ({}) specified", n);
    out.lengths.push_back(n);
  }
  return out;
}

// hermitian: hfft and ihfft, which are c2r and r2c with the directions exchanged.
Result<Tensor> transform(const Tensor& self, const Shape& shape, std::optional<std::string_view> norm_text, Form form, bool forward, std::string_view name) {
  FACULA_TRY(const Norm norm, norm_of(norm_text, forward));
  FACULA_CHECK(form != Form::kR2C || !is_complex(self.dtype()), "{} expects a real input tensor, but got {}", name, dtype_name(self.dtype()));
  FACULA_TRY(Tensor x, promoted(self, form != Form::kR2C));
  FACULA_CHECK(form == Form::kC2C || !shape.dims.empty(), "{} must transform at least one axis", name);
  for (std::size_t i = 0; i < shape.dims.size(); ++i) {
    const bool half = form == Form::kC2R && i + 1 == shape.dims.size();
    FACULA_TRY(x, resized(x, shape.dims[i], half ? shape.lengths[i] / 2 + 1 : shape.lengths[i]));
  }
  if (form == Form::kC2C) return c2c(x, shape.dims, norm, forward);
  if (form == Form::kR2C) {
    if (forward) return r2c(x, shape.dims, norm, true);
    // The real transform of the last dimension is conjugated, the others are inverse ones.
    FACULA_TRY(Tensor y, r2c(x, shape.dims, norm, true));
    return ops::unary(y, ops::UnaryOp::conj);
  }
  if (forward) {
    FACULA_TRY(x, ops::unary(x, ops::UnaryOp::conj));
  }
  return c2r(x, shape.dims, norm, shape.lengths.back());
}

template <Form F, bool Forward, bool Hermitian>
constexpr std::string_view name_of() {
  if (F == Form::kC2C) return Forward ? "fft" : "ifft";
  if (Hermitian) return Forward ? "hfft" : "ihfft";
  return Forward ? "rfft" : "irfft";
}
template <Form F, bool Forward, bool Hermitian = false>
Result<Tensor> one(const Tensor& x, std::optional<std::int64_t> n, std::int64_t dim, std::optional<std::string_view> norm) {
  FACULA_CHECK_KIND(x.dim() > 0, kIndex, "Dimension specified as {} but tensor has no dimensions", dim);
  const Dims dims{dim};
  const Dims length{n.value_or(-1)};
  FACULA_CHECK(n.value_or(1) >= 1, "Invalid number of data points ({}) specified", n.value_or(1));
  FACULA_TRY(const Shape shape, shape_of(x, length, dims, F));
  return transform(x, shape, norm, F, Forward, name_of<F, Forward, Hermitian>());
}
template <Form F, bool Forward, bool Hermitian = false>
Result<Tensor> many(const Tensor& x, std::optional<Ints> s, std::optional<Ints> dim, std::optional<std::string_view> norm) {
  FACULA_TRY(const Shape shape, shape_of(x, s, dim, F));
  return transform(x, shape, norm, F, Forward, name_of<F, Forward, Hermitian>());
}
template <Form F, bool Forward, bool Hermitian = false>
Result<Tensor> two(const Tensor& x, std::optional<Ints> s, Ints dim, std::optional<std::string_view> norm) {
  return many<F, Forward, Hermitian>(x, s, dim, norm);
}

template <bool Inverse>
Result<Tensor> shift(const Tensor& x, std::optional<Ints> dim) {
  Dims dims;
  if (dim) {
    for (auto d : *dim) {
      FACULA_TRY(const std::int64_t w, ops::wrap_dim(d, x.dim()));
      dims.push_back(w);
    }
  } else {
    for (std::int64_t d = 0; d < x.dim(); ++d) dims.push_back(d);
  }
  if (dims.empty()) return clone(x);
  Dims shifts;
  for (auto d : dims) shifts.push_back((x.size(d) + (Inverse ? 1 : 0)) / 2);
  return ops::call("aten::roll", "", {x, ListBox::of_ints(shifts), ListBox::of_ints(dims)});
}

// --- short-time transforms -------------------------------------------------------------------------------------------

// The window centred in n_fft; ones where there is none.
Result<Tensor> centred_window(const Tensor& window, std::int64_t win_length, std::int64_t n_fft, DType dtype) {
  if (window.defined() && win_length == n_fft) return window;
  FACULA_TRY(Tensor w, ops::zeros(Dims{n_fft}, window.defined() ? window.dtype() : dtype));
  FACULA_TRY(Tensor middle, ops::narrow(w, 0, (n_fft - win_length) / 2, win_length));
  if (window.defined()) FACULA_TRY_VOID(copy_into(middle, window));
  else FACULA_TRY_VOID(ops::fill(middle, 1));
  return w;
}

Result<Tensor> padded(const Tensor& x, std::int64_t amount, std::string_view mode) {  // x [batch, length]
  if (amount == 0) return x;
  FACULA_TRY(Tensor t, ops::unsqueeze(x, 0));
  const Dims pad{amount, amount};
  FACULA_TRY(t, ops::call("aten::pad", "", {t, ListBox::of_ints(pad), mode, Value()}));
  return ops::squeeze(t, 0);
}

Result<Tensor> stft_centred(const Tensor& self, std::int64_t n_fft, std::optional<std::int64_t> hop, std::optional<std::int64_t> win, const Tensor& window, bool center,
                            std::string_view pad_mode, bool normalized, std::optional<bool> onesided_in, std::optional<bool> return_complex_in, std::optional<bool> align) {
  const std::int64_t hop_length = hop.value_or(n_fft / 4), win_length = win.value_or(n_fft);
  const bool complex_in = is_complex(self.dtype()) || (window.defined() && is_complex(window.dtype()));
  FACULA_CHECK(return_complex_in || complex_in, "stft requires the return_complex parameter be given for real inputs, and will further require that return_complex=True in a future PyTorch release.");
  FACULA_CHECK(!center || !align, "stft align_to_window should only be set when center = false");
  FACULA_CHECK(is_floating(self.dtype()) || is_complex(self.dtype()), "stft: expected a tensor of floating point or complex values");
  FACULA_CHECK(self.dim() == 1 || self.dim() == 2, "stft: expected a 1D or 2D tensor");
  FACULA_CHECK(n_fft > 0, "stft: expected 0 < n_fft, but got n_fft={}", n_fft);
  FACULA_CHECK(hop_length > 0, "stft: expected hop_length > 0, but got hop_length={}", hop_length);
  FACULA_CHECK(win_length > 0 && win_length <= n_fft, "stft: expected 0 < win_length <= n_fft, but got win_length={}", win_length);
  FACULA_CHECK(!window.defined() || (window.dim() == 1 && window.size(0) == win_length),
               "stft: expected a 1D window tensor of size equal to win_length={}, but got window with size {}", win_length, window.defined() ? ints_text(window.sizes()) : "");
  Tensor x = self;
  if (x.dim() == 1) {
    FACULA_TRY(x, ops::unsqueeze(x, 0));
  }
  if (center) {
    FACULA_TRY(x, padded(x, n_fft / 2, pad_mode));
  } else if (align.value_or(false)) {
    FACULA_TRY(x, padded(x, (n_fft - win_length) / 2, "constant"));
  }
  FACULA_CHECK(n_fft <= x.size(1), "stft: expected 0 < n_fft < {}, but got n_fft={}", x.size(1), n_fft);
  const std::int64_t frames = 1 + (x.size(1) - n_fft) / hop_length;
  x = x.as_view(Dims{x.size(0), frames, n_fft}, Dims{x.stride(0), frames > 1 ? hop_length * x.stride(1) : 1, x.stride(1)}, x.offset());
  if (window.defined() || win_length < n_fft) {
    FACULA_TRY(Tensor w, centred_window(window, win_length, n_fft, self.dtype()));
    FACULA_TRY(x, ops::binary(x, w, ops::BinaryOp::mul));
  }
  FACULA_CHECK(x.dtype() != DType::kBFloat16, "MKL FFT doesn't support tensors of type: BFloat16");
  const bool complex_fft = is_complex(x.dtype());
  const bool onesided = onesided_in.value_or(!complex_fft);
  FACULA_CHECK(!(complex_fft && onesided), "Cannot have onesided output if window or input is complex");
  const Norm norm = normalized ? Norm::kRoot : Norm::kNone;
  const Dims dims{2};
  FACULA_TRY(Tensor y, complex_fft ? c2c(x, dims, norm, true) : r2c(x, dims, norm, onesided));
  FACULA_TRY(y, ops::transpose(y, 1, 2));
  if (self.dim() == 1) {
    FACULA_TRY(y, ops::squeeze(y, 0));
  }
  if (return_complex_in.value_or(true)) return y;
  return ops::call("aten::view_as_real", "", {y});
}
Result<Tensor> stft(const Tensor& self, std::int64_t n_fft, std::optional<std::int64_t> hop, std::optional<std::int64_t> win, const Tensor& window, bool normalized,
                    std::optional<bool> onesided, std::optional<bool> return_complex, std::optional<bool> align) {
  return stft_centred(self, n_fft, hop, win, window, false, "constant", normalized, onesided, return_complex, align);
}

// frames [batch, count, n] added up at distances of hop: [batch, (count - 1) * hop + n].
Result<Tensor> overlap_add(const Tensor& frames, std::int64_t hop) {
  const std::int64_t count = frames.size(1), n = frames.size(2);
  FACULA_TRY(Tensor y, ops::zeros(Dims{frames.size(0), (count - 1) * hop + n}, frames.dtype()));
  // Frames that do not touch each other are added in one step.
  const std::int64_t apart = (n + hop - 1) / hop;
  for (std::int64_t first = 0; first < std::min(apart, count); ++first) {
    const std::int64_t steps = (count - first + apart - 1) / apart;
    const Tensor to = y.as_view(Dims{y.size(0), steps, n}, Dims{y.stride(0), apart * hop, 1}, y.offset() + first * hop);
    const Tensor from = frames.as_view(Dims{frames.size(0), steps, n}, Dims{frames.stride(0), apart * frames.stride(1), frames.stride(2)}, frames.offset() + first * frames.stride(1));
    Out out(Out::Form::kInPlace, to);
    FACULA_TRY_VOID(ops::binary(out, to, from, ops::BinaryOp::add, ops::Rule::kSame));
    FACULA_TRY_VOID(out.finish());
  }
  return y;
}

Result<Tensor> istft(const Tensor& self, std::int64_t n_fft, std::optional<std::int64_t> hop, std::optional<std::int64_t> win, const Tensor& window, bool center,
                     bool normalized, std::optional<bool> onesided_in, std::optional<std::int64_t> length, bool return_complex) {
  FACULA_CHECK(is_complex(self.dtype()), "istft requires a complex-valued input tensor matching the output from stft with return_complex=True.");
  const std::int64_t hop_length = hop.value_or(n_fft / 4), win_length = win.value_or(n_fft);
  FACULA_CHECK(self.numel() > 0, "istft: input tensor cannot be empty.");
  FACULA_CHECK(self.dim() == 2 || self.dim() == 3, "istft: expected a tensor with 2 or 3 dimensions, but got {}", self.dim());
  const std::int64_t frames = self.size(self.dim() - 1), bins = self.size(self.dim() - 2);
  const bool onesided = onesided_in.value_or(bins != n_fft);
  FACULA_CHECK(bins == (onesided ? n_fft / 2 + 1 : n_fft), "istft: expected the frequency dimension (3rd to the last) of the input tensor to match n_fft{} when onesided={}, but got {}",
               onesided ? " / 2 + 1" : "", onesided ? "True" : "False", bins);
  FACULA_CHECK(0 < hop_length && hop_length <= win_length, "istft: expected 0 < hop_length <= win_length");
  FACULA_CHECK(0 < win_length && win_length <= n_fft, "istft: expected 0 < win_length <= n_fft");
  FACULA_CHECK(!window.defined() || (window.dim() == 1 && window.size(0) == win_length), "istft: Invalid window shape. window has to be 1D and length of `win_length`");
  FACULA_CHECK(return_complex || !window.defined() || !is_complex(window.dtype()), "Complex windows are incompatible with return_complex=False");
  FACULA_CHECK(!length || (*length >= 0 && *length <= (std::int64_t{1} << 61)), "istft: a length of {} is not supported", length.value_or(0));
  FACULA_CHECK(!return_complex || !onesided, "Cannot have onesided output if window or input is complex");
  FACULA_TRY(Tensor w, centred_window(window, win_length, n_fft, real_dtype(self.dtype())));
  Tensor x = self;
  if (x.dim() == 2) {
    FACULA_TRY(x, ops::unsqueeze(x, 0));
  }
  FACULA_TRY(x, ops::transpose(x, 1, 2));  // [batch, frames, bins]
  const Norm norm = normalized ? Norm::kRoot : Norm::kWhole;
  const Dims dims{2};
  FACULA_TRY(x, return_complex ? c2c(x, dims, norm, false) : c2r(x, dims, norm, n_fft));
  FACULA_TRY(x, ops::binary(x, w, ops::BinaryOp::mul));
  FACULA_TRY(x, contiguous(x));
  FACULA_TRY(Tensor y, overlap_add(x, hop_length));
  FACULA_TRY(Tensor power, ops::binary(w, w, ops::BinaryOp::mul));
  FACULA_TRY(power, ops::expand_to(power, Dims{1, frames, n_fft}));
  FACULA_TRY(Tensor envelope, overlap_add(power, hop_length));
  // The padding of a centred transform goes.
  const std::int64_t whole = n_fft + hop_length * (frames - 1), start = center ? n_fft / 2 : 0;
  const std::int64_t end = length ? start + *length : center ? whole - n_fft / 2 : whole;
  FACULA_TRY(y, ops::slice(y, 1, start, end, 1));
  FACULA_TRY(envelope, ops::slice(envelope, 1, start, end, 1));
  FACULA_TRY(Tensor size, ops::unary(envelope, ops::UnaryOp::abs));
  FACULA_CHECK(size.numel() > 0, "istft: the signal is shorter than its padding");
  FACULA_TRY(size, ops::extreme(size, false, std::nullopt, false));
  FACULA_TRY(Scalar least, ops::item(size));
  FACULA_CHECK(!(least.to_double() < 1e-11), "istft: window overlap add min: 1");
  FACULA_TRY(y, ops::binary(y, envelope, ops::BinaryOp::div));
  if (end > whole) {
    FACULA_TRY(y, resized(y, 1, end - start));
  }
  return self.dim() == 2 ? ops::squeeze(y, 0) : Result<Tensor>(y);
}

constexpr Op kSpectral[] = {
    row<(one<Form::kC2C, true>)>("aten::fft_fft(Tensor self, SymInt? n=None, int dim=-1, str? norm=None) -> Tensor", {.forms = kOut, .samples = {"randn(2,12)", "randn(3,5,2), 7, 1", "randn(37)", "randn(2,74), None, -1, 'ortho'", "randn(2,30).to(torch.complex64)", "randn(9), 4, 0, 'forward'"}}),
    row<(one<Form::kC2C, false>)>("aten::fft_ifft(Tensor self, SymInt? n=None, int dim=-1, str? norm=None) -> Tensor", {.forms = kOut, .samples = {"randn(2,12)", "randn(3,5,2).to(torch.complex64), 7, 1", "randn(2,77), None, -1, 'forward'"}}),
    row<(one<Form::kR2C, true>)>("aten::fft_rfft(Tensor self, SymInt? n=None, int dim=-1, str? norm=None) -> Tensor", {.forms = kOut, .samples = {"randn(2,12)", "randn(3,5,2), 7, 1", "randn(41), None, -1, 'ortho'", "randn(5,49)"}}),
    row<(one<Form::kC2R, false>)>("aten::fft_irfft(Tensor self, SymInt? n=None, int dim=-1, str? norm=None) -> Tensor", {.forms = kOut, .samples = {"randn(2,12)", "randn(3,5,2).to(torch.complex64), 7, 1", "randn(5,26).to(torch.complex64), None, -1, 'ortho'"}}),
    row<(one<Form::kC2R, true, true>)>("aten::fft_hfft(Tensor self, SymInt? n=None, int dim=-1, str? norm=None) -> Tensor", {.forms = kOut, .samples = {"randn(2,12)", "randn(3,5,2).to(torch.complex64), 7, 1", "randn(5,26).to(torch.complex64), None, -1, 'ortho'"}}),
    row<(one<Form::kR2C, false, true>)>("aten::fft_ihfft(Tensor self, SymInt? n=None, int dim=-1, str? norm=None) -> Tensor", {.forms = kOut, .samples = {"randn(2,12)", "randn(3,5,2), 7, 1", "randn(5,26), None, -1, 'ortho'"}}),
    row<(two<Form::kC2C, true>)>("aten::fft_fft2(Tensor self, SymInt[1]? s=None, int[1] dim=[-2, -1], str? norm=None) -> Tensor", {.forms = kOut, .samples = {"randn(2,5,6)", "randn(2,5,6), [4,8], [0,2], 'ortho'"}}),
    row<(two<Form::kC2C, false>)>("aten::fft_ifft2(Tensor self, SymInt[1]? s=None, int[1] dim=[-2, -1], str? norm=None) -> Tensor", {.forms = kOut, .samples = {"randn(2,5,6)", "randn(2,5,6), [4,8], [0,2], 'ortho'"}}),
    row<(two<Form::kR2C, true>)>("aten::fft_rfft2(Tensor self, SymInt[1]? s=None, int[1] dim=[-2, -1], str? norm=None) -> Tensor", {.forms = kOut, .samples = {"randn(2,5,6)", "randn(2,5,6), [4,8], [0,2], 'ortho'"}}),
    row<(two<Form::kC2R, false>)>("aten::fft_irfft2(Tensor self, SymInt[1]? s=None, int[1] dim=[-2, -1], str? norm=None) -> Tensor", {.forms = kOut, .samples = {"randn(2,5,6)", "randn(2,5,6).to(torch.complex64), [4,8], [0,2], 'ortho'"}}),
    row<(two<Form::kC2R, true, true>)>("aten::fft_hfft2(Tensor self, SymInt[1]? s=None, int[1] dim=[-2, -1], str? norm=None) -> Tensor", {.samples = {"randn(2,5,6)", "randn(2,5,6).to(torch.complex64), [4,8], [0,2], 'ortho'"}}),
    row<(two<Form::kR2C, false, true>)>("aten::fft_ihfft2(Tensor self, SymInt[1]? s=None, int[1] dim=[-2, -1], str? norm=None) -> Tensor", {.samples = {"randn(2,5,6)", "randn(2,5,6), [4,8], [0,2], 'ortho'"}}),
    row<(many<Form::kC2C, true>)>("aten::fft_fftn(Tensor self, SymInt[1]? s=None, int[1]? dim=None, str? norm=None) -> Tensor", {.forms = kOut, .samples = {"randn(2,5,6)", "randn(2,5,6), [4,8]", "randn(2,5,6), None, [2,0]"}}),
    row<(many<Form::kC2C, false>)>("aten::fft_ifftn(Tensor self, SymInt[1]? s=None, int[1]? dim=None, str? norm=None) -> Tensor", {.forms = kOut, .samples = {"randn(2,5,6)", "randn(2,5,6), [4,8]"}}),
    row<(many<Form::kR2C, true>)>("aten::fft_rfftn(Tensor self, SymInt[1]? s=None, int[1]? dim=None, str? norm=None) -> Tensor", {.forms = kOut, .samples = {"randn(2,5,6)", "randn(2,5,6), [4,8]", "randn(2,5,6), None, [2,0]"}}),
    row<(many<Form::kC2R, false>)>("aten::fft_irfftn(Tensor self, SymInt[1]? s=None, int[1]? dim=None, str? norm=None) -> Tensor", {.forms = kOut, .samples = {"randn(2,5,6)", "randn(2,5,6), [4,8]", "randn(2,5,6), None, [2,0]"}}),
    row<(many<Form::kC2R, true, true>)>("aten::fft_hfftn(Tensor self, SymInt[1]? s=None, int[1]? dim=None, str? norm=None) -> Tensor", {.samples = {"randn(2,5,6)", "randn(2,5,6), [4,8]"}}),
    row<(many<Form::kR2C, false, true>)>("aten::fft_ihfftn(Tensor self, SymInt[1]? s=None, int[1]? dim=None, str? norm=None) -> Tensor", {.samples = {"randn(2,5,6)", "randn(2,5,6), [4,8]"}}),
    row<fft_c2c>("aten::_fft_c2c(Tensor self, SymInt[] dim, int normalization, bool forward) -> Tensor", {.forms = kOut, .samples = {"randn(2,5,6).to(torch.complex64), [1,2], 1, True"}}),
    row<fft_r2c>("aten::_fft_r2c(Tensor self, int[] dim, int normalization, bool onesided) -> Tensor", {.forms = kOut, .samples = {"randn(2,5,6), [1], 0, True", "randn(2,5,6), [1,2], 2, False"}}),
    row<fft_c2r>("aten::_fft_c2r(Tensor self, int[] dim, int normalization, SymInt last_dim_size) -> Tensor", {.forms = kOut, .samples = {"randn(2,5,6).to(torch.complex64), [1,2], 2, 10"}}),
    row<shift<false>>("aten::fft_fftshift(Tensor self, int[1]? dim=None) -> Tensor", {.samples = {"randn(5)", "randn(4,5)", "randn(4,5), [1]"}}),
    row<shift<true>>("aten::fft_ifftshift(Tensor self, int[1]? dim=None) -> Tensor", {.samples = {"randn(5)", "randn(4,5)", "randn(4,5), [1]"}}),
    row<stft>("aten::stft(Tensor self, int n_fft, int? hop_length=None, int? win_length=None, Tensor? window=None, bool normalized=False, bool? onesided=None, bool? return_complex=None, bool? align_to_window=None) -> Tensor", {.samples = {"randn(100), 16, 4, 16, rand(16), False, True, True, None", "randn(2,100), 20, None, None, None, True, None, False, None", "randn(100), 16, 4, 12, rand(12), False, None, True, True", "randn(2,100), 16, 4, 12, None, False, False, True"}}),
    row<stft_centred>("aten::stft.center(Tensor self, int n_fft, int? hop_length=None, int? win_length=None, Tensor? window=None, bool center=True, str pad_mode=\"reflect\", bool normalized=False, bool? onesided=None, bool? return_complex=None, bool? align_to_window=None) -> Tensor", {.samples = {"randn(100), 16, 4, 16, rand(16), return_complex=True", "randn(2,100), 20, center=True, pad_mode='constant', return_complex=False"}}),
    row<istft>("aten::istft(Tensor self, int n_fft, int? hop_length=None, int? win_length=None, Tensor? window=None, bool center=True, bool normalized=False, bool? onesided=None, int? length=None, bool return_complex=False) -> Tensor", {.samples = {"complex(randn(9,22),randn(9,22)), 16, 4, 16, rand(16)+0.1", "complex(randn(2,9,22),randn(2,9,22)), 16, 4, None, None, True, True, None, 95", "complex(randn(9,22),randn(9,22)), 16, 4, 12, rand(12)+0.1, True, False, True, 70"}}),
};

}  // namespace

FACULA_FAMILY(spectral, kSpectral)

}  // namespace fac
