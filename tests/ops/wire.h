// The wire format between tests/ops/compare.py and the runners, little-endian: value = u8 tag and payload, see read_value.
#pragma once

#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <vector>

#include "tensor/tensor.h"
#include "value/value.h"

namespace fac::wire {

struct Reader {
  const char* p;
  const char* end;
  template <class T>
  T get() {
    T v;
    std::memcpy(&v, p, sizeof v);
    p += sizeof v;
    return v;
  }
  std::string text() {
    const auto n = get<std::uint32_t>();
    std::string s(p, n);
    p += n;
    return s;
  }
};

enum Kind : std::uint8_t { kNone, kBool, kInt, kFloat, kComplex, kStr, kTensor, kInts, kFloats, kBools, kTensors, kList, kCpu };

inline Tensor read_tensor(Reader& r) {
  const auto dtype = static_cast<DType>(r.get<std::int8_t>());
  const auto rank = r.get<std::uint8_t>();
  Dims sizes, strides;
  for (int i = 0; i < rank; ++i) sizes.push_back(r.get<std::int64_t>());
  for (int i = 0; i < rank; ++i) strides.push_back(r.get<std::int64_t>());
  const auto offset = r.get<std::int64_t>();
  const auto bytes = r.get<std::uint64_t>();
  auto storage = allocate_storage(bytes);
  if (bytes > 0) std::memcpy((*storage)->data(), r.p, bytes);
  r.p += bytes;
  return Tensor::from_storage(*storage, offset, sizes, strides, dtype);
}

inline Value read_value(Reader& r) {
  switch (r.get<std::uint8_t>()) {
    case kBool: return Value(r.get<std::uint8_t>() != 0);
    case kInt: return Value(r.get<std::int64_t>());
    case kFloat: return Value(r.get<double>());
    case kComplex: {
      const double re = r.get<double>(), im = r.get<double>();
      return Value(std::complex<double>(re, im));
    }
    case kStr: return Value(r.text());
    case kTensor: return Value(read_tensor(r));
    case kInts: {
      std::vector<std::int64_t> v(r.get<std::uint32_t>());
      for (auto& x : v) x = r.get<std::int64_t>();
      return Value(ListBox::of_ints(v));
    }
    case kFloats: {
      std::vector<double> v(r.get<std::uint32_t>());
      for (auto& x : v) x = r.get<double>();
      return Value(ListBox::of_floats(v));
    }
    case kBools: {
      auto list = make_ref<ListBox>(types::bool_());
      const auto n = r.get<std::uint32_t>();
      for (std::uint32_t i = 0; i < n; ++i) list->append(Value(r.get<std::uint8_t>() != 0));
      return Value(std::move(list));
    }
    case kTensors: {
      std::vector<Value> v(r.get<std::uint32_t>());
      for (auto& x : v) x = read_value(r);
      return Value(make_ref<ListBox>(types::tensor(), std::move(v)));
    }
    case kCpu: return Value(Device{});
    default: return Value();
  }
}

struct Writer {
  std::string out;
  template <class T>
  void put(T v) {
    out.append(reinterpret_cast<const char*>(&v), sizeof v);
  }
  void text(std::string_view s) {
    put(static_cast<std::uint32_t>(s.size()));
    out += s;
  }
};

// A tensor: dtype, sizes, strides, which argument's storage it shares (-1: none), whether it is that argument itself,
// and its elements in row-major order.
inline void write_tensor(Writer& w, const Tensor& t, std::span<const Tensor> arguments) {
  w.put(static_cast<std::int8_t>(t.dtype()));
  w.put(static_cast<std::uint8_t>(t.dim()));
  for (auto s : t.sizes()) w.put(s);
  for (auto s : t.strides()) w.put(s);
  std::int32_t shares = -1;
  std::uint8_t is_argument = 0;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (!arguments[i].defined() || arguments[i].storage() != t.storage()) continue;
    if (shares < 0 || arguments[i].is_same(t)) shares = static_cast<std::int32_t>(i);
    is_argument |= arguments[i].is_same(t);
  }
  w.put(shares);
  w.put(is_argument);
  const auto width = static_cast<std::int64_t>(t.element_bytes());
  w.put(static_cast<std::uint64_t>(t.numel() * width));
  Dims at(t.sizes().size(), 0);
  const char* base = static_cast<const char*>(t.data());
  for (std::int64_t n = 0; n < t.numel(); ++n) {
    std::int64_t offset = 0;
    for (std::size_t d = 0; d < at.size(); ++d) offset += at[d] * t.strides()[d];
    w.out.append(base + offset * width, static_cast<std::size_t>(width));
    for (std::size_t d = at.size(); d-- > 0;) {
      if (++at[d] < t.sizes()[d]) break;
      at[d] = 0;
    }
  }
}

inline void write_value(Writer& w, const Value& v, std::span<const Tensor> arguments) {
  switch (v.tag()) {
    case Tag::kBool: w.put<std::uint8_t>(kBool); w.put<std::uint8_t>(v.b()); break;
    case Tag::kInt: w.put<std::uint8_t>(kInt); w.put(v.i()); break;
    case Tag::kFloat: w.put<std::uint8_t>(kFloat); w.put(v.d()); break;
    case Tag::kComplex: w.put<std::uint8_t>(kComplex); w.put(v.c().real()); w.put(v.c().imag()); break;
    case Tag::kStr: w.put<std::uint8_t>(kStr); w.text(v.str()); break;
    case Tag::kTensor: w.put<std::uint8_t>(kTensor); write_tensor(w, v.tensor(), arguments); break;
    case Tag::kList:
      w.put<std::uint8_t>(kList);
      w.put(static_cast<std::uint32_t>(v.list().size()));
      for (std::size_t i = 0; i < v.list().size(); ++i) write_value(w, v.list().get(i), arguments);
      break;
    case Tag::kTuple:
      w.put<std::uint8_t>(kList);
      w.put(static_cast<std::uint32_t>(v.tuple().values.size()));
      for (const auto& e : v.tuple().values) write_value(w, e, arguments);
      break;
    case Tag::kDevice: w.put<std::uint8_t>(kCpu); break;
    default: w.put<std::uint8_t>(kNone);
  }
}

}  // namespace fac::wire
