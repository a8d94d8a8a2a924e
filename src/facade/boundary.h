// How the facade's functions see the inside: slots as values, results as exceptions. This room alone throws.
#pragma once

#include <exception>
#include <new>
#include <string_view>

#include "base/result.h"
#include "facula/types.h"
#include "value/value.h"

namespace fac::facade {

namespace abi = ::facula::abi;

// The public Slot is the inside's Value, byte for byte.
static_assert(sizeof(abi::Slot) == sizeof(Value) && alignof(abi::Slot) == alignof(Value));
static_assert(static_cast<int>(abi::Tag::kDevice) == static_cast<int>(Tag::kDevice));
static_assert(static_cast<int>(abi::Tag::kTensor) == static_cast<int>(Tag::kTensor));
static_assert(static_cast<int>(abi::Tag::kCapsule) == static_cast<int>(Tag::kCapsule));
static_assert(static_cast<int>(::facula::ScalarType::BFloat16) == static_cast<int>(DType::kBFloat16));
static_assert(static_cast<int>(::facula::MemoryFormat::ChannelsLast3d) == static_cast<int>(MemoryFormat::kChannelsLast3d));

inline Value& as_value(abi::Slot* s) { return *reinterpret_cast<Value*>(s); }
inline const Value& as_value(const abi::Slot* s) { return *reinterpret_cast<const Value*>(s); }
inline RefCounted* as_ref(void* p) { return static_cast<RefCounted*>(p); }
inline std::string_view view(abi::Text t) { return t.size ? std::string_view(t.data, t.size) : std::string_view(); }

template <class Box>
Box& as_box(void* p) {
  return *static_cast<Box*>(static_cast<RefCounted*>(p));
}
template <class Box>
const Box& as_box(const void* p) {
  return *static_cast<const Box*>(static_cast<const RefCounted*>(p));
}

[[noreturn]] void raise(const Error& e);
[[noreturn]] void raise(abi::ErrorClass kind, std::string_view message, std::string_view with_frames);

template <class T>
T take(Result<T> r) {
  if (!r.ok()) raise(r.error());
  return std::move(r).value();
}
inline void check(const Status& s) {
  if (!s.ok()) raise(s.error());
}

// Runs the body of a boundary function: what the standard library throws becomes an Error of ours.
template <class F>
auto guarded(F&& body) -> decltype(body()) {
  try {
    return body();
  } catch (const ::facula::Error&) {
    throw;
  } catch (const std::bad_alloc&) {
    raise(abi::ErrorClass::kOutOfMemory, "not enough memory", "not enough memory");
  } catch (const std::exception& e) {
    raise(abi::ErrorClass::kError, e.what(), e.what());
  }
}

// print() and warnings of programs go to the standard streams, unless the process has installed its own host.
void install_host();

}  // namespace fac::facade
