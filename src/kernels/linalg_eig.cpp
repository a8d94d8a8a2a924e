// Eigenvalues and eigenvectors of general matrices: balancing, reduction to Hessenberg form by reflections, then shifted QR
// steps with deflation; vectors by back substitution in the triangular form. Orders and signs follow LAPACK's geev.
// Sources: Golub and Van Loan, Matrix Computations (4th ed.), 7.3 to 7.6; LAPACK Users' Guide.
// Longer than most files: the steps of one algorithm share its state.
#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "kernels/linalg.h"

namespace fac::kernels {
namespace {

using Complex = std::complex<double>;
constexpr double kUlp = std::numeric_limits<double>::epsilon(), kSafe = std::numeric_limits<double>::min();

// A square matrix seen by rows.
template <class T>
struct Square {
  T* p;
  std::int64_t n;
  T& operator()(std::int64_t i, std::int64_t j) const { return p[i * n + j]; }
};

// Rows and columns lo..hi (inclusive) are left to work on; what was permuted away or scaled is in `scale`.
struct Balance {
  std::int64_t lo = 0, hi = 0;
  std::vector<double> scale;
};
void exchange(Square<double> a, Balance& b, std::int64_t from, std::int64_t to) {
  b.scale[static_cast<std::size_t>(to)] = static_cast<double>(from);
  if (from == to) return;
  for (std::int64_t i = 0; i <= b.hi; ++i) std::swap(a(i, from), a(i, to));
  for (std::int64_t j = b.lo; j < a.n; ++j) std::swap(a(from, j), a(to, j));
}
Balance balance(Square<double> a) {
  Balance b{0, a.n - 1, std::vector<double>(static_cast<std::size_t>(a.n), 1.0)};
  for (bool again = true; again;) {  // rows that isolate an eigenvalue go to the end
    again = false;
    for (std::int64_t i = b.hi; i >= 0; --i) {
      bool alone = true;
      for (std::int64_t j = 0; j <= b.hi && alone; ++j) alone = i == j || a(i, j) == 0;
      if (!alone) continue;
      exchange(a, b, i, b.hi);
      if (b.hi == 0) {
        b.lo = 0;
        return b;
      }
      --b.hi;
      again = true;
    }
  }
  for (bool again = true; again;) {  // columns that do, to the front
    again = false;
    for (std::int64_t j = b.lo; j <= b.hi; ++j) {
      bool alone = true;
      for (std::int64_t i = b.lo; i <= b.hi && alone; ++i) alone = i == j || a(i, j) == 0;
      if (!alone) continue;
      exchange(a, b, j, b.lo);
      ++b.lo;
      again = true;
    }
  }
  for (std::int64_t i = b.lo; i <= b.hi; ++i) b.scale[static_cast<std::size_t>(i)] = 1;
  for (bool again = true; again;) {  // powers of two that bring the norms of row and column together
    again = false;
    for (std::int64_t i = b.lo; i <= b.hi; ++i) {
      double c = 0, r = 0;
      for (std::int64_t k = b.lo; k <= b.hi; ++k) {
        c = std::hypot(c, a(k, i));
        r = std::hypot(r, a(i, k));
      }
      if (c == 0 || r == 0 || !std::isfinite(c + r)) continue;
      const double before = c + r;
      double f = 1, g = r / 2;
      while (c < g && f < 0x1p500) f *= 2, c *= 2, r /= 2, g /= 2;
      g = c / 2;
      while (g >= r && f > 0x1p-500) f /= 2, c /= 2, g /= 2, r *= 2;
      if (c + r >= 0.95 * before) continue;
      b.scale[static_cast<std::size_t>(i)] *= f;
      again = true;
      for (std::int64_t k = b.lo; k < a.n; ++k) a(i, k) /= f;
      for (std::int64_t k = 0; k <= b.hi; ++k) a(k, i) *= f;
    }
  }
  return b;
}

// The reflection 1 - tau v v^T with v[0] = 1 that maps x onto beta e1: x[0] becomes beta, the rest v.
double reflect(double* x, std::int64_t n, std::int64_t step) {
  double norm = 0;
  for (std::int64_t i = 1; i < n; ++i) norm = std::hypot(norm, x[i * step]);
  if (norm == 0) return 0;
  const double beta = -std::copysign(std::hypot(x[0], norm), x[0]), tau = (beta - x[0]) / beta, scale = 1 / (x[0] - beta);
  for (std::int64_t i = 1; i < n; ++i) x[i * step] *= scale;
  x[0] = beta;
  return tau;
}

// a becomes H with a = q H q^T.
void hessenberg(Square<double> a, Square<double> q, std::int64_t lo, std::int64_t hi) {
  const std::int64_t n = a.n;
  for (std::int64_t i = 0; i < n; ++i)
    for (std::int64_t j = 0; j < n; ++j) q(i, j) = i == j;
  std::vector<double> v(static_cast<std::size_t>(n));
  for (std::int64_t k = lo; k + 1 < hi; ++k) {
    const std::int64_t m = hi - k;  // rows k + 1 .. hi
    double* x = &a(k + 1, k);
    const double tau = reflect(x, m, n), beta = x[0];
    for (std::int64_t i = 0; i < m; ++i) {
      v[static_cast<std::size_t>(i)] = i ? x[i * n] : 1.0;
      if (i) x[i * n] = 0;
    }
    x[0] = beta;
    if (tau == 0) continue;
    const auto w = [&](std::int64_t i) { return v[static_cast<std::size_t>(i)]; };
    for (std::int64_t r = 0; r <= hi; ++r) {  // from the right
      double s = 0;
      for (std::int64_t i = 0; i < m; ++i) s += a(r, k + 1 + i) * w(i);
      for (std::int64_t i = 0; i < m; ++i) a(r, k + 1 + i) -= tau * s * w(i);
    }
    for (std::int64_t c = k + 1; c < n; ++c) {  // from the left
      double s = 0;
      for (std::int64_t i = 0; i < m; ++i) s += w(i) * a(k + 1 + i, c);
      for (std::int64_t i = 0; i < m; ++i) a(k + 1 + i, c) -= tau * s * w(i);
    }
    for (std::int64_t r = 0; r < n; ++r) {
      double s = 0;
      for (std::int64_t i = 0; i < m; ++i) s += q(r, k + 1 + i) * w(i);
      for (std::int64_t i = 0; i < m; ++i) q(r, k + 1 + i) -= tau * s * w(i);
    }
  }
}

struct Rotation {
  double c = 1, s = 0;
};
double sign(double x) { return std::copysign(1.0, x); }
// Brings [a b; c d] to the standard form: triangular, or equal diagonal entries and off-diagonal ones of opposite signs.
Rotation standardize(double& a, double& b, double& c, double& d) {
  Rotation r;
  if (c == 0) return r;
  if (b == 0) {
    std::swap(a, d);
    b = -c;
    c = 0;
    return {0, 1};
  }
  if (a - d == 0 && sign(b) != sign(c)) return r;
  double temp = a - d, p = temp / 2;
  const double most = std::max(std::fabs(b), std::fabs(c)), least = std::min(std::fabs(b), std::fabs(c)) * sign(b) * sign(c);
  const double scale = std::max(std::fabs(p), most);
  double z = p / scale * p + most / scale * least;
  if (z >= 4 * kUlp) {  // two real eigenvalues
    z = p + std::copysign(std::sqrt(scale) * std::sqrt(z), p);
    a = d + z;
    d -= most / z * least;
    const double tau = std::hypot(c, z);
    r = {z / tau, c / tau};
    b -= c;
    c = 0;
    return r;
  }
  const double sigma = b + c, tau = std::hypot(sigma, temp);
  r.c = std::sqrt((1 + std::fabs(sigma) / tau) / 2);
  r.s = -(p / (tau * r.c)) * sign(sigma);
  const double aa = a * r.c + b * r.s, bb = -a * r.s + b * r.c, cc = c * r.c + d * r.s, dd = -c * r.s + d * r.c;
  a = aa * r.c + cc * r.s;
  b = bb * r.c + dd * r.s;
  c = -aa * r.s + cc * r.c;
  d = -bb * r.s + dd * r.c;
  a = d = (a + d) / 2;
  if (c == 0) return r;
  if (b == 0) {
    b = -c;
    c = 0;
    return {-r.s, r.c};
  }
  if (sign(b) != sign(c)) return r;
  const double root_b = std::sqrt(std::fabs(b)), root_c = std::sqrt(std::fabs(c));
  p = std::copysign(root_b * root_c, c);
  const double inverse = 1 / std::sqrt(std::fabs(b + c));
  temp = a;
  a = temp + p;
  d = temp - p;
  b -= c;
  c = 0;
  const double c1 = root_b * inverse, s1 = root_c * inverse;
  return {r.c * c1 - r.s * s1, r.c * s1 + r.s * c1};
}

// The Hessenberg h becomes quasi-triangular; q takes the rotations. false: no convergence.
bool schur(Square<double> h, Square<double> q, std::int64_t lo, std::int64_t hi) {
  const std::int64_t n = h.n;
  const double tiny = kSafe * (static_cast<double>(hi - lo + 1) / kUlp);
  std::int64_t i = hi, stalled = 0;
  const std::int64_t most = 30 * std::max<std::int64_t>(10, hi - lo + 1);
  for (std::int64_t step = 0; i >= lo;) {
    // Where does the active block begin?
    std::int64_t l = i;
    for (; l > lo; --l) {
      const double sub = std::fabs(h(l, l - 1));
      if (sub <= tiny) break;
      double size = std::fabs(h(l - 1, l - 1)) + std::fabs(h(l, l));
      if (size == 0) {
        if (l - 2 >= lo) size += std::fabs(h(l - 1, l - 2));
        if (l + 1 <= hi) size += std::fabs(h(l + 1, l));
      }
      if (sub > kUlp * size) continue;
      const double gap = std::fabs(h(l - 1, l - 1) - h(l, l)), up = std::fabs(h(l - 1, l));
      const double ab = std::max(sub, up), ba = std::min(sub, up), aa = std::max(std::fabs(h(l, l)), gap), bb = std::min(std::fabs(h(l, l)), gap), s = aa + ab;
      if (ba * (ab / s) <= std::max(tiny, kUlp * (bb * (aa / s)))) break;
    }
    if (l > lo) h(l, l - 1) = 0;
    if (l >= i - 1) {  // one or two eigenvalues are ready
      if (l == i - 1) {
        const Rotation r = standardize(h(i - 1, i - 1), h(i - 1, i), h(i, i - 1), h(i, i));
        for (std::int64_t j = i + 1; j < n; ++j) {
          const double x = h(i - 1, j), y = h(i, j);
          h(i - 1, j) = r.c * x + r.s * y;
          h(i, j) = r.c * y - r.s * x;
        }
        for (std::int64_t j = 0; j < i - 1; ++j) {
          const double x = h(j, i - 1), y = h(j, i);
          h(j, i - 1) = r.c * x + r.s * y;
          h(j, i) = r.c * y - r.s * x;
        }
        for (std::int64_t j = 0; j < n; ++j) {
          const double x = q(j, i - 1), y = q(j, i);
          q(j, i - 1) = r.c * x + r.s * y;
          q(j, i) = r.c * y - r.s * x;
        }
      }
      i = l - 1;
      stalled = 0;
      step = 0;
      continue;
    }
    if (++step > most) return false;
    ++stalled;
    double h11, h12, h21, h22;
    if (stalled % 20 == 0) {  // exceptional shifts break cycles
      const double s = std::fabs(h(i, i - 1)) + std::fabs(h(i - 1, i - 2));
      h11 = h22 = 0.75 * s + h(i, i), h12 = -0.4375 * s, h21 = s;
    } else if (stalled % 10 == 0) {
      const double s = std::fabs(h(l + 1, l)) + std::fabs(h(l + 2, l + 1));
      h11 = h22 = 0.75 * s + h(l, l), h12 = -0.4375 * s, h21 = s;
    } else {
      h11 = h(i - 1, i - 1), h21 = h(i, i - 1), h12 = h(i - 1, i), h22 = h(i, i);
    }
    double re1 = 0, re2 = 0, im1 = 0, im2 = 0;
    if (const double s = std::fabs(h11) + std::fabs(h12) + std::fabs(h21) + std::fabs(h22); s != 0) {
      h11 /= s, h12 /= s, h21 /= s, h22 /= s;
      const double trace = (h11 + h22) / 2, det = (h11 - trace) * (h22 - trace) - h12 * h21, root = std::sqrt(std::fabs(det));
      if (det >= 0) {
        re1 = re2 = trace * s;
        im1 = root * s, im2 = -im1;
      } else {
        re1 = trace + root, re2 = trace - root;
        re1 = re2 = (std::fabs(re1 - h22) <= std::fabs(re2 - h22) ? re1 : re2) * s;
      }
    }
    double v[3];
    std::int64_t m = i - 2;
    for (;; --m) {
      double s = std::fabs(h(m, m) - re2) + std::fabs(im2) + std::fabs(h(m + 1, m));
      const double sub = h(m + 1, m) / s;
      v[0] = sub * h(m, m + 1) + (h(m, m) - re1) * ((h(m, m) - re2) / s) - im1 * (im2 / s);
      v[1] = sub * (h(m, m) + h(m + 1, m + 1) - re1 - re2);
      v[2] = sub * h(m + 2, m + 1);
      s = std::fabs(v[0]) + std::fabs(v[1]) + std::fabs(v[2]);
      for (double& x : v) x /= s;
      if (m == l) break;
      if (std::fabs(h(m, m - 1)) * (std::fabs(v[1]) + std::fabs(v[2])) <= kUlp * std::fabs(v[0]) * (std::fabs(h(m - 1, m - 1)) + std::fabs(h(m, m)) + std::fabs(h(m + 1, m + 1)))) break;
    }
    for (std::int64_t k = m; k < i; ++k) {  // chase the bulge
      const std::int64_t rows = std::min<std::int64_t>(3, i - k + 1);
      if (k > m)
        for (std::int64_t j = 0; j < rows; ++j) v[j] = h(k + j, k - 1);
      const double tau = reflect(v, rows, 1);
      if (k > m) {
        h(k, k - 1) = v[0];
        for (std::int64_t j = 1; j < rows; ++j) h(k + j, k - 1) = 0;
      } else if (m > l) {
        h(k, k - 1) *= 1 - tau;
      }
      v[0] = 1;
      for (std::int64_t j = k; j < n; ++j) {
        double s = 0;
        for (std::int64_t r = 0; r < rows; ++r) s += v[r] * h(k + r, j);
        for (std::int64_t r = 0; r < rows; ++r) h(k + r, j) -= tau * s * v[r];
      }
      for (std::int64_t j = 0; j <= std::min(k + 3, i); ++j) {
        double s = 0;
        for (std::int64_t r = 0; r < rows; ++r) s += v[r] * h(j, k + r);
        for (std::int64_t r = 0; r < rows; ++r) h(j, k + r) -= tau * s * v[r];
      }
      for (std::int64_t j = 0; j < n; ++j) {
        double s = 0;
        for (std::int64_t r = 0; r < rows; ++r) s += v[r] * q(j, k + r);
        for (std::int64_t r = 0; r < rows; ++r) q(j, k + r) -= tau * s * v[r];
      }
    }
  }
  return true;
}

// x with (t - w) x = 0 for the (quasi-)triangular t, given its entries at `top` and below; those above are filled in.
template <class T>
void back_substitute(Square<T> t, Complex w, std::int64_t top, std::int64_t last, std::vector<Complex>& x) {
  double size = 0;
  for (std::int64_t i = 0; i < t.n; ++i)
    for (std::int64_t j = i; j < t.n; ++j) size = std::max(size, std::abs(t(i, j)));
  const double least = std::max(kUlp * size, kSafe);
  const auto at = [&](std::int64_t i) -> Complex& { return x[static_cast<std::size_t>(i)]; };
  const auto rest = [&](std::int64_t i, std::int64_t from) {
    Complex s = 0;
    for (std::int64_t j = from; j <= last; ++j) s -= Complex(t(i, j)) * at(j);
    return s;
  };
  const auto guard = [&](Complex d) { return std::abs(d) < least ? Complex(least) : d; };
  for (std::int64_t i = top - 1; i >= 0; --i) {
    if (i > 0 && t(i, i - 1) != T(0)) {  // a block of two rows
      const Complex a = Complex(t(i - 1, i - 1)) - w, b = t(i - 1, i), c = t(i, i - 1), d = Complex(t(i, i)) - w;
      const Complex r = rest(i - 1, i + 1), s = rest(i, i + 1), det = guard(a * d - b * c);
      at(i - 1) = (r * d - b * s) / det;
      at(i) = (a * s - c * r) / det;
      --i;
    } else {
      at(i) = rest(i, i + 1) / guard(Complex(t(i, i)) - w);
    }
  }
}

// Column `column` of v becomes q x, undone of balancing by the caller.
template <class T>
void combine(Square<T> q, const std::vector<Complex>& x, std::int64_t last, Complex* v, std::int64_t column) {
  for (std::int64_t i = 0; i < q.n; ++i) {
    Complex s = 0;
    for (std::int64_t j = 0; j <= last; ++j) s += Complex(q(i, j)) * x[static_cast<std::size_t>(j)];
    v[i * q.n + column] = s;
  }
}
// To length 1, with the largest component real.
void normalize(Complex* v, std::int64_t n, std::int64_t column, bool positive) {
  double length = 0, most = -1;
  Complex largest = 1;
  for (std::int64_t i = 0; i < n; ++i) {
    const Complex x = v[i * n + column];
    length = std::hypot(length, std::abs(x));
    if (std::norm(x) > most * (1 + 4 * kUlp)) most = std::norm(x), largest = x;
  }
  if (length == 0) return;
  Complex turn = std::abs(largest) > 0 ? std::conj(largest) / std::abs(largest) : Complex(1);
  if (!positive && largest.real() < 0) turn = -turn;
  for (std::int64_t i = 0; i < n; ++i) {
    Complex& x = v[i * n + column];
    const bool is_largest = x == largest;
    x = x / length * turn;
    if (is_largest) x.imag(0);
  }
}

}  // namespace

bool eig(double* a_data, std::int64_t n, Complex* values, Complex* vectors) {
  std::vector<double> q_data(static_cast<std::size_t>(n * n));
  const Square<double> a{a_data, n}, q{q_data.data(), n};
  const Balance b = balance(a);
  hessenberg(a, q, b.lo, b.hi);
  if (!schur(a, q, b.lo, b.hi)) return false;
  for (std::int64_t i = 0; i < n; ++i) {
    if (i + 1 < n && a(i + 1, i) != 0) {
      const double im = std::sqrt(std::fabs(a(i, i + 1))) * std::sqrt(std::fabs(a(i + 1, i)));
      values[i] = {a(i, i), im};
      values[i + 1] = {a(i, i), -im};
      ++i;
    } else {
      values[i] = a(i, i);
    }
  }
  if (vectors == nullptr) return true;
  std::vector<Complex> x(static_cast<std::size_t>(n));
  for (std::int64_t k = 0; k < n; ++k) {
    const bool pair = values[k].imag() > 0;
    const std::int64_t last = pair ? k + 1 : k;
    std::fill(x.begin(), x.end(), Complex(0));
    if (pair) {
      const bool upper = std::fabs(a(k, k + 1)) >= std::fabs(a(k + 1, k));
      x[static_cast<std::size_t>(k)] = upper ? 1.0 : -values[k].imag() / a(k + 1, k);
      x[static_cast<std::size_t>(k + 1)] = upper ? Complex(0, values[k].imag() / a(k, k + 1)) : Complex(0, 1);
    } else {
      x[static_cast<std::size_t>(k)] = 1;
    }
    back_substitute(a, values[k], k, last, x);
    combine(q, x, last, vectors, k);
    // Undo the balancing.
    for (std::int64_t i = b.lo; i <= b.hi; ++i) vectors[i * n + k] *= b.scale[static_cast<std::size_t>(i)];
    const auto swap_rows = [&](std::int64_t i) {
      const auto j = static_cast<std::int64_t>(b.scale[static_cast<std::size_t>(i)]);
      if (i != j) std::swap(vectors[i * n + k], vectors[j * n + k]);
    };
    for (std::int64_t i = b.lo - 1; i >= 0; --i) swap_rows(i);
    for (std::int64_t i = b.hi + 1; i < n; ++i) swap_rows(i);
    if (!pair) {
      double length = 0;
      for (std::int64_t i = 0; i < n; ++i) length = std::hypot(length, vectors[i * n + k].real());
      for (std::int64_t i = 0; i < n && length > 0; ++i) vectors[i * n + k] = vectors[i * n + k].real() / length;
      continue;
    }
    normalize(vectors, n, k, false);
    for (std::int64_t i = 0; i < n; ++i) vectors[i * n + k + 1] = std::conj(vectors[i * n + k]);
    ++k;
  }
  return true;
}

bool eig(Complex* a_data, std::int64_t n, Complex* values, Complex* vectors) {
  std::vector<Complex> q_data(static_cast<std::size_t>(n * n)), v(static_cast<std::size_t>(n));
  const Square<Complex> a{a_data, n}, q{q_data.data(), n};
  for (std::int64_t i = 0; i < n; ++i) q(i, i) = 1;
  for (std::int64_t k = 0; k + 2 < n; ++k) {  // reflections: Hessenberg form
    const std::int64_t m = n - k - 1;
    double norm = 0;
    for (std::int64_t i = 0; i < m; ++i) norm = std::hypot(norm, std::abs(a(k + 1 + i, k)));
    if (norm == 0) continue;
    const Complex first = a(k + 1, k), phase = std::abs(first) > 0 ? first / std::abs(first) : Complex(1);
    double square = 0;
    for (std::int64_t i = 0; i < m; ++i) {
      v[static_cast<std::size_t>(i)] = a(k + 1 + i, k) + (i == 0 ? phase * norm : Complex(0));
      square += std::norm(v[static_cast<std::size_t>(i)]);
    }
    const auto apply = [&](auto&& entry, std::int64_t count, bool right) {
      for (std::int64_t r = 0; r < count; ++r) {
        Complex s = 0;
        for (std::int64_t i = 0; i < m; ++i) s += (right ? v[static_cast<std::size_t>(i)] : std::conj(v[static_cast<std::size_t>(i)])) * entry(r, i);
        s *= 2 / square;
        for (std::int64_t i = 0; i < m; ++i) entry(r, i) -= s * (right ? std::conj(v[static_cast<std::size_t>(i)]) : v[static_cast<std::size_t>(i)]);
      }
    };
    apply([&](std::int64_t c, std::int64_t i) -> Complex& { return a(k + 1 + i, c); }, n, false);
    apply([&](std::int64_t r, std::int64_t i) -> Complex& { return a(r, k + 1 + i); }, n, true);
    apply([&](std::int64_t r, std::int64_t i) -> Complex& { return q(r, k + 1 + i); }, n, true);
  }
  for (std::int64_t i = n - 1, step = 0; i > 0;) {  // shifted QR steps by rotations
    std::int64_t l = i;
    for (; l > 0; --l) {
      double size = std::abs(a(l - 1, l - 1)) + std::abs(a(l, l));
      if (size == 0) size = 1;
      if (std::abs(a(l, l - 1)) <= kUlp * size) break;
    }
    if (l > 0) a(l, l - 1) = 0;
    if (l == i) {
      --i;
      step = 0;
      continue;
    }
    if (++step > 300) return false;
    // The eigenvalue of the last two rows that is nearer to the corner.
    const Complex p = a(i - 1, i - 1), s = a(i, i), d = (p - s) * 0.5, root = std::sqrt(d * d + a(i - 1, i) * a(i, i - 1));
    const Complex near = std::abs(d + root) < std::abs(d - root) ? s + d + root : s + d - root;
    const Complex shift = step % 10 == 0 ? s + std::abs(a(i, i - 1)) : near;
    std::vector<std::pair<double, Complex>> turns;
    for (std::int64_t k = l; k <= i; ++k) a(k, k) -= shift;
    for (std::int64_t k = l; k < i; ++k) {
      const Complex x = a(k, k), y = a(k + 1, k);
      const double r = std::hypot(std::abs(x), std::abs(y));
      const Complex phase = std::abs(x) > 0 ? x / std::abs(x) : Complex(1);
      const double c = r > 0 ? std::abs(x) / r : 1;
      const Complex sn = r > 0 ? phase * std::conj(y) / r : Complex(0);
      turns.emplace_back(c, sn);
      for (std::int64_t j = k; j < n; ++j) {
        const Complex u = a(k, j), w = a(k + 1, j);
        a(k, j) = c * u + sn * w;
        a(k + 1, j) = c * w - std::conj(sn) * u;
      }
    }
    for (std::int64_t k = l; k < i; ++k) {
      const auto [c, sn] = turns[static_cast<std::size_t>(k - l)];
      for (std::int64_t j = 0; j < n; ++j) {
        if (j <= std::min(k + 1, i)) {
          const Complex u = a(j, k), w = a(j, k + 1);
          a(j, k) = c * u + std::conj(sn) * w;
          a(j, k + 1) = c * w - sn * u;
        }
        const Complex u = q(j, k), w = q(j, k + 1);
        q(j, k) = c * u + std::conj(sn) * w;
        q(j, k + 1) = c * w - sn * u;
      }
    }
    for (std::int64_t k = l; k <= i; ++k) a(k, k) += shift;
  }
  for (std::int64_t i = 0; i < n; ++i) values[i] = a(i, i);
  if (vectors == nullptr) return true;
  for (std::int64_t i = 1; i < n; ++i) a(i, i - 1) = 0;
  std::vector<Complex> x(static_cast<std::size_t>(n));
  for (std::int64_t k = 0; k < n; ++k) {
    std::fill(x.begin(), x.end(), Complex(0));
    x[static_cast<std::size_t>(k)] = 1;
    back_substitute(a, values[k], k, k, x);
    combine(q, x, k, vectors, k);
    normalize(vectors, n, k, true);
  }
  return true;
}

}  // namespace fac::kernels
