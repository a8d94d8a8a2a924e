// From the values of a call to the C++ function of a row and back. What depends on the function alone is a few instructions
// (Wrap); what depends on its signature exists once for each signature (Caller), the rest once: 2,400 functions are called so,
// and a copy of everything for each was a tenth of the library.
#pragma once

#include <complex>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "ops/op_row.h"
#include "ops/op_schema.h"
#include "ops/scalar.h"

namespace fac::detail {

// C++ parameter -> accepted codes, and conversion from a Value.
template <class T>
struct Param;
#define FACULA_PARAM(T, accepted, expr)                                   \
  template <>                                                             \
  struct Param<T> {                                                       \
    static constexpr std::string_view codes = accepted;                   \
    static T get(Value& v) { return expr; }                               \
  }
FACULA_PARAM(Tensor, "tT", v.tensor_or_undefined());
FACULA_PARAM(TensorList, "l*", TensorList(v.is_list() ? &v.list() : nullptr));
FACULA_PARAM(std::int64_t, "iy", v.i());
FACULA_PARAM(double, "f", v.is_float() ? v.d() : static_cast<double>(v.i()));
FACULA_PARAM(bool, "b", v.b());
FACULA_PARAM(std::complex<double>, "c", v.c());
FACULA_PARAM(Scalar, "s", Scalar::from_value(v));
FACULA_PARAM(Ints, "n", Ints(v.list().ints()));
FACULA_PARAM(Floats, "d", Floats(v.list().floats()));
FACULA_PARAM(std::string_view, "r", std::string_view(v.str()));
FACULA_PARAM(DType, "y", static_cast<DType>(v.i()));
FACULA_PARAM(Device, "v", v.device());
FACULA_PARAM(Layout, "a", static_cast<Layout>(v.i()));
FACULA_PARAM(MemoryFormat, "m", static_cast<MemoryFormat>(v.i()));
#undef FACULA_PARAM
template <>
struct Param<Value> {
  static constexpr std::string_view codes = "tTliIfFbBcsSnNdDrRyYvVaAmM*";
  static const Value& get(Value& v) { return v; }
};
template <class T>
struct Param<std::optional<T>> {
  static constexpr char upper = static_cast<char>(Param<T>::codes[0] - 32);
  static constexpr char text[1] = {upper};
  static constexpr std::string_view codes{text, 1};
  static std::optional<T> get(Value& v) {
    if (v.is_none()) return std::nullopt;
    return std::optional<T>(Param<T>::get(v));
  }
};

// C++ result -> accepted codes, and conversion to a Value.
template <class T>
struct Return {
  static constexpr std::string_view codes = std::is_same_v<T, Tensor> ? "tT" : std::is_same_v<T, std::int64_t> ? "iy"
                                            : std::is_same_v<T, double> ? "f" : std::is_same_v<T, std::complex<double>> ? "c" : std::is_same_v<T, bool> ? "b"
                                            : std::is_same_v<T, Device> ? "v" : std::is_same_v<T, DType> ? "yi"
                                            : std::is_same_v<T, std::string> ? "r"
                                                                             : "tTliIfFbBcsSnNdDrRyYvVaAmM*";
  static Value put(T&& v) {
    if constexpr (std::is_same_v<T, Tensor>) {
      return Value(std::move(v));
    } else {
      return Value(std::move(v));
    }
  }
};
template <>
struct Return<Scalar> {
  static constexpr std::string_view codes = "s";
  static Value put(Scalar&& s) { return s.to_value(); }
};
template <>
struct Return<std::vector<Tensor>> {
  static constexpr std::string_view codes = "l";
  static Value put(std::vector<Tensor>&& v) { return Value(ListBox::of_tensors(std::move(v))); }
};
template <>
struct Return<std::vector<std::int64_t>> {
  static constexpr std::string_view codes = "n";
  static Value put(std::vector<std::int64_t>&& v) { return Value(ListBox::of_ints(v)); }
};

template <class R>
struct ResultShape {
  static constexpr std::size_t count = 1;
  static consteval bool accepts(const char* codes) { return Return<R>::codes.find(codes[0]) != std::string_view::npos; }
  static void store(R&& r, std::span<Value> results) { results[0] = Return<R>::put(std::move(r)); }
};
template <class... R>
struct ResultShape<std::tuple<R...>> {
  static constexpr std::size_t count = sizeof...(R);
  static consteval bool accepts(const char* codes) {
    std::size_t i = 0;
    return ((Return<R>::codes.find(codes[i++]) != std::string_view::npos) && ...);
  }
  static void store(std::tuple<R...>&& r, std::span<Value> results) {
    [&]<std::size_t... I>(std::index_sequence<I...>) {
      ((results[I] = Return<std::tuple_element_t<I, std::tuple<R...>>>::put(std::move(std::get<I>(r)))), ...);
    }(std::index_sequence_for<R...>{});
  }
};

// Guards the unchecked accessors where a wrong tag would be dereferenced as a tensor. None becomes an undefined tensor.
template <class T>
bool param_fits(const Value& v) {
  if constexpr (std::is_same_v<T, Tensor>) return v.is_tensor() || v.is_none();
  else return true;
}
ErrorPtr not_a_tensor(std::size_t index, const Value& found);

template <class... A>
struct Arguments {
  static constexpr std::size_t count = sizeof...(A);
  static consteval bool fit(const SchemaShape& s) {
    if (s.count != count) throw "the schema's arguments and the C++ function's differ in number";
    std::size_t i = 0;
    if (!((Param<std::decay_t<A>>::codes.find(s.params[i++]) != std::string_view::npos) && ...))
      throw "a schema argument's type does not fit the C++ parameter";
    return true;
  }
  // The first argument that is no tensor where one is expected; count if there is none.
  template <std::size_t... I>
  static std::size_t misfit([[maybe_unused]] std::span<Value> args, std::index_sequence<I...>) {
    std::size_t bad = count;
    ((bad == count && !param_fits<std::decay_t<A>>(args[I]) ? void(bad = I) : void()), ...);
    return bad;
  }
};

// A function that returns its results.
template <class R, class... A>
struct Caller {
  [[gnu::noinline]] static Status call(Result<R> (*f)(A...), std::span<Value> args, std::span<Value> results) {
    return [&]<std::size_t... I>(std::index_sequence<I...> each) -> Status {
      if (const auto bad = Arguments<A...>::misfit(args, each); bad != sizeof...(A)) return not_a_tensor(bad, args[bad]);
      if constexpr (std::is_void_v<R>) {
        return f(Param<std::decay_t<A>>::get(args[I])...);
      } else {
        Result<R> r = f(Param<std::decay_t<A>>::get(args[I])...);
        if (!r.ok()) return r.take_error();
        ResultShape<R>::store(std::move(*r), results);
        return {};
      }
    }(std::index_sequence_for<A...>{});
  }
};
// Its in-place and out forms: compute, then copy with a cast.
Status call_in_place(OpFn call, std::span<Value> args, std::span<Value> results);
Status call_out(OpFn call, std::span<Value> args, std::span<Value> results);

// A function that writes through Out.
using OutFn = Status (*)(Out& out, std::span<Value> args);
template <class... A>
struct OutCaller {
  [[gnu::noinline]] static Status call(Status (*f)(Out&, A...), Out& out, std::span<Value> args) {
    return [&]<std::size_t... I>(std::index_sequence<I...> each) -> Status {
      if (const auto bad = Arguments<A...>::misfit(args, each); bad != sizeof...(A)) return not_a_tensor(bad, args[bad]);
      return f(out, Param<std::decay_t<A>>::get(args[I])...);
    }(std::index_sequence_for<A...>{});
  }
};
Status write_fresh(OutFn write, std::span<Value> args, std::span<Value> results);
Status write_in_place(OutFn write, std::span<Value> args, std::span<Value> results);
Status write_out(OutFn write, std::span<Value> args, std::span<Value> results);

template <auto F, class Sig>
struct Wrap;

template <auto F, class R, class... A>
struct Wrap<F, Result<R> (*)(A...)> {
  static consteval bool matches(const SchemaShape& s) {
    Arguments<A...>::fit(s);
    if constexpr (std::is_void_v<R>) {
      if (s.return_count != 0) throw "the C++ function returns nothing, the schema says otherwise";
    } else {
      if (s.return_count != ResultShape<R>::count) throw "the number of results differs from the schema's";
      if (!ResultShape<R>::accepts(s.returns)) throw "a result's type does not fit the schema";
    }
    return true;
  }
  static Status call(std::span<Value> args, std::span<Value> results) { return Caller<R, A...>::call(F, args, results); }
  // Only operators that return one Tensor have these; `row` takes them of those whose facts say so.
  static Status in_place(std::span<Value> args, std::span<Value> results) {
    if constexpr (std::is_same_v<R, Tensor>) return call_in_place(&call, args, results);
    else return {};
  }
  static Status out(std::span<Value> args, std::span<Value> results) {
    if constexpr (std::is_same_v<R, Tensor>) return call_out(&call, args, results);
    else return {};
  }
};

template <auto F, class... A>
struct Wrap<F, Status (*)(Out&, A...)> {
  static consteval bool matches(const SchemaShape& s) {
    Arguments<A...>::fit(s);
    if (s.return_count != 1 || s.returns[0] != 't') throw "an operator with Out& returns one Tensor";
    return true;
  }
  static Status write(Out& out, std::span<Value> args) { return OutCaller<A...>::call(F, out, args); }
  static Status call(std::span<Value> args, std::span<Value> results) { return write_fresh(&write, args, results); }
  static Status in_place(std::span<Value> args, std::span<Value> results) { return write_in_place(&write, args, results); }
  static Status out(std::span<Value> args, std::span<Value> results) { return write_out(&write, args, results); }
};

// Untyped functions see the raw arguments; only the caller's schema match protects them.
template <auto F>
struct Wrap<F, Status (*)(std::span<Value>, std::span<Value>)> {
  static consteval bool matches(const SchemaShape&) { return true; }
  static Status call(std::span<Value> args, std::span<Value> results) { return F(args, results); }
  static Status in_place(std::span<Value> args, std::span<Value> results) { return F(args, results); }
  static Status out(std::span<Value> args, std::span<Value> results) { return F(args, results); }
};

}  // namespace fac::detail
