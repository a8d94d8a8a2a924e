#include "archive/pickle_stream.h"

#include <cstring>
#include <limits>

namespace fac::archive {

PickleStream& PickleStream::little(std::uint64_t v, int bytes) {
  for (int i = 0; i < bytes; ++i) byte(static_cast<std::uint8_t>(v >> (8 * i) & 0xff));
  return *this;
}

PickleStream& PickleStream::integer(std::int64_t i) {
  const auto bits = static_cast<std::uint64_t>(i);
  if (i >= 0 && i <= 0xff) return op('K').byte(static_cast<std::uint8_t>(i));
  if (i >= 0 && i <= 0xffff) return op('M').little(bits, 2);
  if (i >= std::numeric_limits<std::int32_t>::min() && i <= std::numeric_limits<std::int32_t>::max()) return op('J').little(bits, 4);
  return op('\x8a').byte(8).little(bits, 8);
}

PickleStream& PickleStream::real(double d) {
  std::uint64_t bits;
  std::memcpy(&bits, &d, sizeof bits);
  op('G');
  for (int i = 7; i >= 0; --i) byte(static_cast<std::uint8_t>(bits >> (8 * i) & 0xff));
  return *this;
}

PickleStream& PickleStream::text(std::string_view s) {
  const auto [it, fresh] = texts_.try_emplace(std::string(s));
  if (!fresh) return get(it->second);
  op('X').little(s.size(), 4);
  bytes_ += s;
  it->second = put();
  return *this;
}

PickleStream& PickleStream::global(std::string_view module, std::string_view name) {
  std::string key = std::string(module) + "\n" + std::string(name) + "\n";
  const auto [it, fresh] = globals_.try_emplace(std::move(key));
  if (!fresh) return get(it->second);
  op('c');
  bytes_ += it->first;
  it->second = put();
  return *this;
}

PickleStream& PickleStream::tuple_of(std::size_t n) { return op(n == 0 ? ')' : static_cast<char>(0x84 + n)); }

std::uint32_t PickleStream::put() {
  if (next_ <= 0xff) op('q').byte(static_cast<std::uint8_t>(next_));
  else op('r').little(next_, 4);
  return next_++;
}

PickleStream& PickleStream::get(std::uint32_t memo) {
  return memo <= 0xff ? op('h').byte(static_cast<std::uint8_t>(memo)) : op('j').little(memo, 4);
}

}  // namespace fac::archive
