// Rows are transformed in blocks: a block lies as re[n][rows] and im[n][rows], so that every butterfly's inner loop runs
// over neighbouring numbers. An inverse transform is a forward one with real and imaginary parts exchanged. Two real
// rows make one complex row.
#include "kernels/fft.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <vector>

#include "base/thread_pool.h"

namespace fac::kernels {
namespace {

constexpr std::int64_t kLargestRadix = 31;
constexpr double kTwoPi = 6.283185307179586476925286766559;

// Radix 4 first, then what is left; empty if a prime factor is too large.
std::vector<std::int64_t> radices(std::int64_t n) {
  std::vector<std::int64_t> out;
  while (n % 4 == 0) out.push_back(4), n /= 4;
  for (std::int64_t r = 2; r <= kLargestRadix && n > 1; ++r)
    while (n % r == 0) out.push_back(r), n /= r;
  if (n > 1) out.clear();
  return out;
}

// Split complex numbers.
template <class T>
struct Parts {
  T* __restrict re;
  T* __restrict im;
  Parts exchanged() const { return {im, re}; }
  Parts operator+(std::int64_t i) const { return {re + i, im + i}; }
};

template <class T>
struct Root {
  T re, im;
};
template <class T>
Root<T> root(std::int64_t k, std::int64_t n) {
  const double a = kTwoPi * static_cast<double>(k % n) / static_cast<double>(n);
  return {static_cast<T>(std::cos(a)), static_cast<T>(-std::sin(a))};
}

template <class T>
class Plan {
 public:
  explicit Plan(std::int64_t n) : n_(n), radices_(radices(n)) {
    if (n == 1) return;
    if (radices_.empty()) {
      set_up_chirp();
      return;
    }
    std::int64_t left = n;
    for (auto r : radices_) {
      for (std::int64_t p = 0; p < left / r; ++p)
        for (std::int64_t j = 1; j < r; ++j) twiddles_.push_back(root<T>(p * j, left));
      left /= r;
    }
    for (auto r : radices_)
      if (r > 4)
        for (std::int64_t j = 0; j < r; ++j) inner_roots_.push_back(root<T>(j, r));
  }

  // Elements of each of the four arrays that run() needs for `rows` rows.
  std::int64_t elements(std::int64_t rows) const { return (chirp_length_ ? chirp_length_ : n_) * rows; }

  // Forward transform of x; returns x or y, whichever then holds the result. Both have room for elements(rows).
  Parts<T> run(Parts<T> x, Parts<T> y, std::int64_t rows) const {
    if (chirp_length_) return run_chirp(x, y, rows);
    std::int64_t left = n_, stride = rows;
    const Root<T>* twiddle = twiddles_.data();
    const Root<T>* inner = inner_roots_.data();
    for (auto r : radices_) {
      const std::int64_t m = left / r;
      for (std::int64_t p = 0; p < m; ++p, twiddle += r - 1) {
        const Parts<T> from = x + stride * p, to = y + stride * r * p;
        const std::int64_t step = stride * m;
        switch (r) {
          case 2: butterfly2(from, step, to, stride, twiddle); break;
          case 3: butterfly3(from, step, to, stride, twiddle); break;
          case 4: butterfly4(from, step, to, stride, twiddle); break;
          default: butterfly(r, from, step, to, stride, twiddle, inner); break;
        }
      }
      if (r > 4) inner += r;
      left = m;
      stride *= r;
      std::swap(x, y);
    }
    return x;
  }

 private:
  // Inputs a_k = from[k * step + q], outputs to[j * n + q] for q in [0, n); output j > 0 times w[j - 1].
  static void store(Parts<T> to, std::int64_t q, T re, T im, Root<T> w) {
    to.re[q] = re * w.re - im * w.im;
    to.im[q] = re * w.im + im * w.re;
  }
  static void butterfly2(Parts<T> from, std::int64_t step, Parts<T> to, std::int64_t n, const Root<T>* w) {
    const Root<T> w1 = w[0];
    for (std::int64_t q = 0; q < n; ++q) {
      const T ar = from.re[q], ai = from.im[q], br = from.re[step + q], bi = from.im[step + q];
      to.re[q] = ar + br;
      to.im[q] = ai + bi;
      store(to + n, q, ar - br, ai - bi, w1);
    }
  }
  static void butterfly3(Parts<T> from, std::int64_t step, Parts<T> to, std::int64_t n, const Root<T>* w) {
    constexpr T kSine = static_cast<T>(0.86602540378443864676);
    const Root<T> w1 = w[0], w2 = w[1];
    for (std::int64_t q = 0; q < n; ++q) {
      const T ar = from.re[q], ai = from.im[q];
      const T br = from.re[step + q], bi = from.im[step + q], cr = from.re[2 * step + q], ci = from.im[2 * step + q];
      const T sr = br + cr, si = bi + ci, dr = kSine * (bi - ci), di = kSine * (cr - br);
      const T mr = ar - sr / 2, mi = ai - si / 2;
      to.re[q] = ar + sr;
      to.im[q] = ai + si;
      store(to + n, q, mr + dr, mi + di, w1);
      store(to + 2 * n, q, mr - dr, mi - di, w2);
    }
  }
  static void butterfly4(Parts<T> from, std::int64_t step, Parts<T> to, std::int64_t n, const Root<T>* w) {
    const Root<T> w1 = w[0], w2 = w[1], w3 = w[2];
    for (std::int64_t q = 0; q < n; ++q) {
      const T ar = from.re[q], ai = from.im[q], br = from.re[step + q], bi = from.im[step + q];
      const T cr = from.re[2 * step + q], ci = from.im[2 * step + q], dr = from.re[3 * step + q], di = from.im[3 * step + q];
      const T er = ar + cr, ei = ai + ci, fr = ar - cr, fi = ai - ci;
      const T gr = br + dr, gi = bi + di, hr = bi - di, hi = dr - br;  // h = -i (b - d)
      to.re[q] = er + gr;
      to.im[q] = ei + gi;
      store(to + n, q, fr + hr, fi + hi, w1);
      store(to + 2 * n, q, er - gr, ei - gi, w2);
      store(to + 3 * n, q, fr - hr, fi - hi, w3);
    }
  }
  static void butterfly(std::int64_t r, Parts<T> from, std::int64_t step, Parts<T> to, std::int64_t n, const Root<T>* w, const Root<T>* roots) {
    for (std::int64_t j = 0; j < r; ++j) {
      const Parts<T> out = to + j * n;
      std::copy_n(from.re, n, out.re);
      std::copy_n(from.im, n, out.im);
      for (std::int64_t k = 1; k < r; ++k) {
        const Root<T> u = roots[j * k % r];
        const Parts<T> a = from + k * step;
        for (std::int64_t q = 0; q < n; ++q) {
          out.re[q] += a.re[q] * u.re - a.im[q] * u.im;
          out.im[q] += a.re[q] * u.im + a.im[q] * u.re;
        }
      }
      if (j > 0)
        for (std::int64_t q = 0; q < n; ++q) store(out, q, out.re[q], out.im[q], w[j - 1]);
    }
  }

  // x[j] c[j] convolved with conj(c) and times c is the transform, where c[j] = exp(-pi i j^2 / n).
  void set_up_chirp() {
    chirp_length_ = 1;
    while (chirp_length_ < 2 * n_ - 1) chirp_length_ *= 2;
    inner_ = std::make_unique<Plan>(chirp_length_);
    for (std::int64_t j = 0; j < n_; ++j) chirp_.push_back(root<T>(static_cast<std::int64_t>(static_cast<unsigned __int128>(j) * static_cast<unsigned __int128>(j) % static_cast<unsigned __int128>(2 * n_)), 2 * n_));
    const auto m = static_cast<std::size_t>(chirp_length_);
    std::vector<T> work(4 * m, T(0));
    const Parts<T> x{work.data(), work.data() + m}, y{work.data() + 2 * m, work.data() + 3 * m};
    for (std::int64_t j = 0; j < n_; ++j) {
      const auto c = chirp_[static_cast<std::size_t>(j)];
      const std::int64_t mirror = j ? chirp_length_ - j : 0;
      x.re[j] = x.re[mirror] = c.re;
      x.im[j] = x.im[mirror] = -c.im;
    }
    const Parts<T> b = inner_->run(x, y, 1);
    for (std::int64_t j = 0; j < chirp_length_; ++j)
      filter_.push_back({b.re[j] / static_cast<T>(chirp_length_), b.im[j] / static_cast<T>(chirp_length_)});
  }
  static void times(Parts<T> x, const std::vector<Root<T>>& w, std::int64_t rows) {
    for (std::size_t j = 0; j < w.size(); ++j)
      for (std::int64_t q = 0; q < rows; ++q) {
        const Parts<T> at = x + static_cast<std::int64_t>(j) * rows;
        store(at, q, at.re[q], at.im[q], w[j]);
      }
  }
  Parts<T> run_chirp(Parts<T> x, Parts<T> y, std::int64_t rows) const {
    times(x, chirp_, rows);
    std::fill(x.re + n_ * rows, x.re + chirp_length_ * rows, T(0));
    std::fill(x.im + n_ * rows, x.im + chirp_length_ * rows, T(0));
    Parts<T> a = inner_->run(x, y, rows);
    Parts<T> other = a.re == x.re ? y : x;
    times(a, filter_, rows);
    const Parts<T> back = inner_->run(a.exchanged(), other.exchanged(), rows).exchanged();
    times(back, chirp_, rows);
    return back;
  }

  std::int64_t n_;
  std::vector<std::int64_t> radices_;
  std::vector<Root<T>> twiddles_;     // in the order of use
  std::vector<Root<T>> inner_roots_;  // r roots for each radix above 4
  std::int64_t chirp_length_ = 0;     // 0: mixed radix
  std::unique_ptr<Plan> inner_;
  std::vector<Root<T>> chirp_, filter_;
};

// Rows [first, first + rows) of the block; with real numbers a row of the block is two rows of x or y.
template <class T>
struct Block {
  const Fft& f;
  const T* x;
  T* y;
  std::int64_t first, rows;

  std::int64_t half() const { return f.n / 2 + 1; }
  bool has_pair(std::int64_t r) const { return 2 * (first + r) + 1 < f.rows; }

  void load(Parts<T> to) const {
    for (std::int64_t r = 0; r < rows; ++r) {
      if (f.kind == FftKind::kComplex) {
        const T* from = x + 2 * (first + r) * f.n;
        for (std::int64_t j = 0; j < f.n; ++j) to.re[j * rows + r] = from[2 * j], to.im[j * rows + r] = from[2 * j + 1];
      } else if (f.kind == FftKind::kRealInput) {
        const T* a = x + 2 * (first + r) * f.n;
        const T* b = has_pair(r) ? a + f.n : nullptr;
        for (std::int64_t j = 0; j < f.n; ++j) to.re[j * rows + r] = a[j], to.im[j * rows + r] = b ? b[j] : T(0);
      } else {
        load_spectra(to, r);
      }
    }
  }
  // The full spectra A and B of two real rows as A + i B.
  void load_spectra(Parts<T> to, std::int64_t r) const {
    const T* a = x + 4 * (first + r) * half();
    const T* b = has_pair(r) ? a + 2 * half() : nullptr;
    for (std::int64_t j = 0; j < half(); ++j) {
      const bool own = j == 0 || 2 * j == f.n;  // its own mirror: real
      const T ar = a[2 * j], ai = own ? T(0) : a[2 * j + 1], br = b ? b[2 * j] : T(0), bi = b && !own ? b[2 * j + 1] : T(0);
      to.re[j * rows + r] = ar - bi;
      to.im[j * rows + r] = ai + br;
      if (own) continue;
      to.re[(f.n - j) * rows + r] = ar + bi;
      to.im[(f.n - j) * rows + r] = br - ai;
    }
  }
  void save(Parts<T> from) const {
    const T s = static_cast<T>(f.scale);
    for (std::int64_t r = 0; r < rows; ++r) {
      if (f.kind == FftKind::kComplex) {
        T* to = y + 2 * (first + r) * f.n;
        for (std::int64_t j = 0; j < f.n; ++j) to[2 * j] = s * from.re[j * rows + r], to[2 * j + 1] = s * from.im[j * rows + r];
      } else if (f.kind == FftKind::kRealOutput) {
        T* a = y + 2 * (first + r) * f.n;
        for (std::int64_t j = 0; j < f.n; ++j) {
          a[j] = s * from.re[j * rows + r];
          if (has_pair(r)) a[f.n + j] = s * from.im[j * rows + r];
        }
      } else {
        T* a = y + 4 * (first + r) * half();
        T* b = a + 2 * half();
        for (std::int64_t j = 0; j < half(); ++j) {
          const std::int64_t at = j * rows + r, mirror = (j ? f.n - j : 0) * rows + r;
          a[2 * j] = s * (from.re[at] + from.re[mirror]) / 2;
          a[2 * j + 1] = s * (from.im[at] - from.im[mirror]) / 2;
          if (!has_pair(r)) continue;
          b[2 * j] = s * (from.im[at] + from.im[mirror]) / 2;
          b[2 * j + 1] = s * (from.re[mirror] - from.re[at]) / 2;
        }
      }
    }
  }
};

template <class T>
void run(const Fft& f, const T* x, T* y) {
  const Plan<T> plan(f.n);
  const std::int64_t rows = f.kind == FftKind::kComplex ? f.rows : (f.rows + 1) / 2;
  const std::int64_t most = std::clamp<std::int64_t>(8192 / std::max<std::int64_t>(1, f.n), 1, 16);  // rows a block
  const std::int64_t blocks = (rows + most - 1) / most;
  parallel_for(blocks, std::max<std::int64_t>(1, 8192 / (f.n * most)), [&](std::int64_t begin, std::int64_t end) {
    const std::int64_t size = plan.elements(most);
    std::vector<T> work(static_cast<std::size_t>(4 * size));
    const Parts<T> a{work.data(), work.data() + size}, b{work.data() + 2 * size, work.data() + 3 * size};
    for (std::int64_t i = begin; i < end; ++i) {
      const Block<T> block{f, x, y, i * most, std::min(most, rows - i * most)};
      block.load(a);
      const Parts<T> done = f.forward ? plan.run(a, b, block.rows) : plan.run(a.exchanged(), b.exchanged(), block.rows).exchanged();
      block.save(done);
    }
  });
}

}  // namespace

Outcome fft(const Fft& f, const void* x, void* y) noexcept {
  if (f.rows == 0) return Outcome::kDone;
  switch (f.component) {
    case ScalarKind::kFloat: run(f, static_cast<const float*>(x), static_cast<float*>(y)); break;
    case ScalarKind::kDouble: run(f, static_cast<const double*>(x), static_cast<double*>(y)); break;
    default: return Outcome::kUndefined;
  }
  return Outcome::kDone;
}

}  // namespace fac::kernels
