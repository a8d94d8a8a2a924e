// Integer and bool operations, in int64; results wrap when they are stored to a narrower kind.
#include <algorithm>
#include <cstdlib>
#include <numeric>

#include "base/checked.h"
#include "kernels/pointwise_blocks.h"

namespace fac::kernels {
namespace {

using I = std::int64_t;
using U = std::uint64_t;

template <class F>
BlockFn<I> unary_loop(F) {
  return [](I* out, const I* const* in, I n, const BlockArgs& args) {
    const I* x = in[0];
    for (I i = 0; i < n; ++i) out[i] = F()(x[i], args);
  };
}
template <class F>
BlockFn<I> binary_loop(F) {
  return [](I* out, const I* const* in, I n, const BlockArgs& args) {
    const I *x = in[0], *y = in[1];
    for (I i = 0; i < n; ++i) out[i] = F()(x[i], y[i], args);
  };
}
template <class F>
BlockFn<I> ternary_loop(F) {
  return [](I* out, const I* const* in, I n, const BlockArgs& args) {
    const I *x = in[0], *y = in[1], *z = in[2];
    for (I i = 0; i < n; ++i) out[i] = F()(x[i], y[i], z[i], args);
  };
}

bool divisible(I y, const BlockArgs& args) {
  if (y != 0) return true;
  args.zero_division->store(true, std::memory_order_relaxed);
  return false;
}
// x / -1 overflows for the least integer; negation wraps instead.
I div_trunc(I x, I y, const BlockArgs& args) {
  if (!divisible(y, args)) return 0;
  return y == -1 ? wrap_sub(0, x) : x / y;
}
I fmod(I x, I y, const BlockArgs& args) {
  if (!divisible(y, args)) return 0;
  return y == -1 ? 0 : x % y;
}
I remainder(I x, I y, const BlockArgs& args) {
  const I r = fmod(x, y, args);
  return r != 0 && (r < 0) != (y < 0) ? r + y : r;
}
I div_floor(I x, I y, const BlockArgs& args) {
  const I q = div_trunc(x, y, args);
  return y != 0 && y != -1 && x % y != 0 && (x < 0) != (y < 0) ? q - 1 : q;
}
I power(I x, I y) {
  if (y < 0) return x == 1 ? 1 : x == -1 ? (y % 2 == 0 ? 1 : -1) : 0;
  I result = 1;
  for (; y > 0; y >>= 1, x = wrap_mul(x, x))
    if (y & 1) result = wrap_mul(result, x);
  return result;
}
I absolute(I x) { return x < 0 ? wrap_sub(0, x) : x; }
I gcd(I x, I y) {
  U a = static_cast<U>(absolute(x)), b = static_cast<U>(absolute(y));
  return static_cast<I>(std::gcd(a, b));
}
I lcm(I x, I y) {
  const I g = gcd(x, y);
  return g == 0 ? 0 : absolute(wrap_mul(x / g, y));
}
I shift_left(I x, I y, int bits) { return y < 0 || y >= bits ? 0 : static_cast<I>(static_cast<U>(x) << y); }
I shift_right(I x, I y, int bits) { return x >> (y < 0 || y >= bits ? bits - 1 : y); }
I clamp(I x, I lo, I hi) { return std::min(std::max(x, lo), hi); }

}  // namespace

#define UNARY(name, expr) \
  case UnaryOp::name: return unary_loop([](I x, const BlockArgs& args) -> I { (void)args; (void)x; return expr; });

BlockFn<I> unary_block_int(UnaryOp op) noexcept {
  switch (op) {
    UNARY(abs, absolute(x))
    UNARY(neg, wrap_sub(0, x))
    UNARY(sign, (x > 0) - (x < 0))
    UNARY(sgn, (x > 0) - (x < 0))
    UNARY(square, wrap_mul(x, x))
    UNARY(positive, x)
    UNARY(conj, x)
    UNARY(floor, x)
    UNARY(ceil, x)
    UNARY(round, x)
    UNARY(round_decimals, x)
    UNARY(trunc, x)
    UNARY(nan_to_num, x)
    UNARY(relu, x < 0 ? 0 : x)
    UNARY(relu6, clamp(x, 0, 6))
    UNARY(clamp, clamp(x, args.p.i, args.p.j))
    UNARY(threshold, x <= args.p.i ? args.p.j : x)
    UNARY(bitwise_not, args.bits == 1 ? x == 0 : ~x)
    UNARY(logical_not, x == 0)
    UNARY(isnan, 0)
    UNARY(isinf, 0)
    UNARY(isfinite, 1)
    UNARY(isposinf, 0)
    UNARY(isneginf, 0)
    UNARY(signbit, x < 0)
    default: return nullptr;
  }
}
#undef UNARY

#define BINARY(name, expr) \
  case BinaryOp::name: return binary_loop([](I x, I y, const BlockArgs& args) -> I { (void)args; return expr; });

BlockFn<I> binary_block_int(BinaryOp op) noexcept {
  switch (op) {
    BINARY(add, wrap_add(x, wrap_mul(args.p.i, y)))
    BINARY(sub, wrap_sub(x, wrap_mul(args.p.i, y)))
    BINARY(rsub, wrap_sub(y, wrap_mul(args.p.i, x)))
    BINARY(mul, wrap_mul(x, y))
    BINARY(div_floor, div_floor(x, y, args))
    BINARY(div_trunc, div_trunc(x, y, args))
    BINARY(remainder, remainder(x, y, args))
    BINARY(fmod, fmod(x, y, args))
    BINARY(pow, power(x, y))
    BINARY(maximum, std::max(x, y))
    BINARY(minimum, std::min(x, y))
    BINARY(fmax, std::max(x, y))
    BINARY(fmin, std::min(x, y))
    BINARY(gcd, gcd(x, y))
    BINARY(lcm, lcm(x, y))
    BINARY(heaviside, x == 0 ? y : x > 0)
    BINARY(eq, x == y)
    BINARY(ne, x != y)
    BINARY(lt, x < y)
    BINARY(le, x <= y)
    BINARY(gt, x > y)
    BINARY(ge, x >= y)
    BINARY(logical_and, x != 0 && y != 0)
    BINARY(logical_or, x != 0 || y != 0)
    BINARY(logical_xor, (x != 0) != (y != 0))
    BINARY(bitwise_and, x & y)
    BINARY(bitwise_or, x | y)
    BINARY(bitwise_xor, x ^ y)
    BINARY(shift_left, shift_left(x, y, args.bits))
    BINARY(shift_right, shift_right(x, y, args.bits))
    BINARY(mse, wrap_mul(wrap_sub(x, y), wrap_sub(x, y)))
    BINARY(isclose, x == y || static_cast<double>(absolute(wrap_sub(x, y))) <=
                                  args.p.b + std::abs(args.p.a * static_cast<double>(y)))
    default: return nullptr;
  }
}
#undef BINARY

#define TERNARY(name, expr) \
  case TernaryOp::name:     \
    return ternary_loop([](I x, I y, I z, const BlockArgs& args) -> I { (void)args; return expr; });

BlockFn<I> ternary_block_int(TernaryOp op) noexcept {
  switch (op) {
    TERNARY(where, x != 0 ? y : z)
    TERNARY(addcmul, wrap_add(x, wrap_mul(args.p.i, wrap_mul(y, z))))
    TERNARY(clamp_tensor, clamp(x, y, z))
    TERNARY(fma, wrap_add(wrap_mul(x, y), z))
    default: return nullptr;
  }
}
#undef TERNARY

}  // namespace fac::kernels
