// What pointwise.cpp runs: operations on dense blocks of a computing type (element_io.h), looked up by name.
#pragma once

#include <atomic>
#include <complex>
#include <cstdint>

#include "kernels/pointwise.h"

namespace fac::kernels {

struct BlockArgs {
  PointwiseParams p;
  int bits = 64;                                   // width of the integer kind; 1 for bool
  std::atomic<bool>* zero_division = nullptr;      // set by integer division
};

// out may be one of the inputs. Predicates and comparisons give 0 and 1.
template <class C>
using BlockFn = void (*)(C* out, const C* const* in, std::int64_t n, const BlockArgs& args);

// Null where the operation is not defined for the computing type.
BlockFn<float> unary_block_f32(UnaryOp op) noexcept;  // SIMD where it exists, else unary_block_real
BlockFn<float> binary_block_f32(BinaryOp op) noexcept;
BlockFn<float> ternary_block_f32(TernaryOp op) noexcept;

template <class T>  // float, double: one element at a time through libm
BlockFn<T> unary_block_real(UnaryOp op) noexcept;
template <class T>
BlockFn<T> binary_block_real(BinaryOp op) noexcept;
template <class T>
BlockFn<T> ternary_block_real(TernaryOp op) noexcept;

BlockFn<std::int64_t> unary_block_int(UnaryOp op) noexcept;
BlockFn<std::int64_t> binary_block_int(BinaryOp op) noexcept;
BlockFn<std::int64_t> ternary_block_int(TernaryOp op) noexcept;

using Complex = std::complex<double>;
BlockFn<Complex> unary_block_complex(UnaryOp op) noexcept;
BlockFn<Complex> binary_block_complex(BinaryOp op) noexcept;
BlockFn<Complex> ternary_block_complex(TernaryOp op) noexcept;

}  // namespace fac::kernels
