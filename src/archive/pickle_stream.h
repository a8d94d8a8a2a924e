// PickleStream: the instructions of a pickle of protocol 2, as TorchScript writes them. Equal strings and globals are
// written once and fetched from the memo afterwards.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

namespace fac::archive {

class PickleStream {
 public:
  PickleStream() { op('\x80').byte(2); }  // PROTO
  void stop() { op('.'); }
  std::string take() { return std::move(bytes_); }

  PickleStream& none() { return op('N'); }
  PickleStream& boolean(bool b) { return op(b ? '\x88' : '\x89'); }
  PickleStream& integer(std::int64_t i);
  PickleStream& real(double d);
  PickleStream& text(std::string_view s);
  PickleStream& global(std::string_view module, std::string_view name);

  PickleStream& mark() { return op('('); }
  PickleStream& tuple() { return op('t'); }           // of what stands above the mark
  PickleStream& tuple_of(std::size_t n);              // of the last n values, n <= 3
  PickleStream& empty_list() { return op(']'); }
  PickleStream& appends() { return op('e'); }
  PickleStream& empty_dict() { return op('}'); }
  PickleStream& set_items() { return op('u'); }
  PickleStream& reduce() { return op('R'); }
  PickleStream& new_object() { return op('\x81'); }
  PickleStream& build() { return op('b'); }
  PickleStream& persistent_id() { return op('Q'); }

  std::uint32_t put();              // remembers the value on top of the stack
  PickleStream& get(std::uint32_t memo);

 private:
  PickleStream& op(char c) {
    bytes_ += c;
    return *this;
  }
  PickleStream& byte(std::uint8_t b) { return op(static_cast<char>(b)); }
  PickleStream& little(std::uint64_t v, int bytes);

  std::string bytes_;
  std::uint32_t next_ = 0;
  std::unordered_map<std::string, std::uint32_t> texts_, globals_;
};

}  // namespace fac::archive
