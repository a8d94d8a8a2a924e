// Integer arithmetic that reports overflow. All sizes and offsets that come from files go through these.
#pragma once

#include <cstdint>
#include <optional>

namespace fac {

template <class I>
std::optional<I> checked_add(I a, I b) {
  I r;
  if (__builtin_add_overflow(a, b, &r)) return std::nullopt;
  return r;
}
template <class I>
std::optional<I> checked_sub(I a, I b) {
  I r;
  if (__builtin_sub_overflow(a, b, &r)) return std::nullopt;
  return r;
}
template <class I>
std::optional<I> checked_mul(I a, I b) {
  I r;
  if (__builtin_mul_overflow(a, b, &r)) return std::nullopt;
  return r;
}

// TorchScript's int is 64 bits and wraps as in libtorch; signed overflow would be undefined in C++.
inline std::int64_t wrap_add(std::int64_t a, std::int64_t b) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
}
inline std::int64_t wrap_sub(std::int64_t a, std::int64_t b) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) - static_cast<std::uint64_t>(b));
}
inline std::int64_t wrap_mul(std::int64_t a, std::int64_t b) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) * static_cast<std::uint64_t>(b));
}

}  // namespace fac
