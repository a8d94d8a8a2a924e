// Decompositions of single dense matrices, row-major, in double precision. T: double or std::complex<double>.
//   Written for the small matrices of models (up to some hundreds), not for large systems.
//   Sources: Golub and Van Loan, Matrix Computations (4th ed.), 3.4, 4.2, 5.2, 8.5, 8.6.3; LAPACK's sign conventions.
// Errors: none; what could not be done is in the results, as stated.
#pragma once

#include <complex>
#include <cstdint>

namespace fac::kernels {

// a [m, n] becomes L (unit diagonal, below) and U. pivots [min(m, n)]: row exchanged with row i, counted from 1.
// Returns 0, or the number from 1 of the first pivot that is exactly zero.
template <class T>
std::int64_t lu(T* a, std::int64_t m, std::int64_t n, std::int32_t* pivots) noexcept;
// b [n, k] becomes the solution of op(LU) x = b; adjoint: op is the conjugate transpose.
template <class T>
void lu_solve(const T* lu, const std::int32_t* pivots, std::int64_t n, T* b, std::int64_t k, bool adjoint) noexcept;

// The lower triangle of a [n, n] becomes L with L L^H = a; the rest is zeroed. Returns 0, or the order from 1 of the
// first leading minor that is not positive.
template <class T>
std::int64_t cholesky(T* a, std::int64_t n) noexcept;

struct Triangle {
  bool upper = false, unit = false;
  bool adjoint = false;  // solve with the conjugate transpose of the stored triangle
};
// b [n, k] becomes the solution of op(a) x = b.
template <class T>
void solve_triangular(const T* a, std::int64_t n, const Triangle& t, T* b, std::int64_t k) noexcept;

// a [m, n] becomes R above and Householder vectors below the diagonal; tau [min(m, n)].
template <class T>
void qr(T* a, std::int64_t m, std::int64_t n, T* tau) noexcept;
// The first `columns` columns of Q from vectors [m, n] and tau [count].
template <class T>
void qr_columns(const T* a, std::int64_t m, std::int64_t n, const T* tau, std::int64_t count, T* q, std::int64_t columns) noexcept;

// Eigenvalues (ascending) and eigenvectors (columns of v [n, n]; may be null) of the Hermitian a [n, n], destroyed.
template <class T>
void eigh(T* a, std::int64_t n, double* values, T* v);

// a [m, n], m >= n, becomes U S V^H: singular values (descending), V [n, n]; U [m, n] replaces a. Columns of U for zero
// singular values are orthonormal too.
template <class T>
void svd(T* a, std::int64_t m, std::int64_t n, double* values, T* v);
// Eigenvalues [n] and eigenvectors (columns of vectors [n, n] of length 1; may be null) of a general a [n, n], destroyed.
// false: the iteration did not converge. Allocates.
bool eig(double* a, std::int64_t n, std::complex<double>* values, std::complex<double>* vectors);
bool eig(std::complex<double>* a, std::int64_t n, std::complex<double>* values, std::complex<double>* vectors);

// The lower triangle of the symmetric a [n, n] becomes L (unit diagonal, not stored) and the block-diagonal D. pivots [n], from 1:
// positive for a 1 x 1 block (row exchanged), a pair of equal negative ones for a 2 x 2 block. Returns 0, or the number from
// 1 of the first zero pivot. Source: Bunch and Kaufman (1977).
template <class T>
std::int64_t ldl(T* a, std::int64_t n, std::int32_t* pivots) noexcept;
// b [n, k] becomes the solution.
template <class T>
void ldl_solve(const T* ld, const std::int32_t* pivots, std::int64_t n, T* b, std::int64_t k) noexcept;

// Columns [have, want) of q [m, want] are filled in to make all of them orthonormal.
template <class T>
void complete_basis(T* q, std::int64_t m, std::int64_t have, std::int64_t want) noexcept;

}  // namespace fac::kernels
