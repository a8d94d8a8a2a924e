// Symbol: an interned string with a 32-bit id; comparing two symbols compares ids. Never freed.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

namespace fac {

class Symbol {
 public:
  constexpr Symbol() = default;
  explicit Symbol(std::string_view text);  // thread-safe
  std::string_view str() const;            // valid for the life of the process
  std::uint32_t id() const { return id_; }
  explicit operator bool() const { return id_ != 0; }
  friend bool operator==(Symbol a, Symbol b) { return a.id_ == b.id_; }
  friend bool operator<(Symbol a, Symbol b) { return a.id_ < b.id_; }

 private:
  std::uint32_t id_ = 0;  // 0: the empty symbol
};

}  // namespace fac

template <>
struct std::hash<fac::Symbol> {
  std::size_t operator()(fac::Symbol s) const noexcept { return s.id(); }
};
